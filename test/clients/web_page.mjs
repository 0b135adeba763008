// What the tests of the web page stand on: lines of results, the page's server, a browser that forgives nothing, pixels.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const web = join(root, 'demo/web');
export const out = join(process.env.TMAP_OUT ?? join(root, 'build/clients'), 'web');
mkdirSync(out, { recursive: true });
const require = createRequire(join(web, 'package.json'));
const { chromium } = require('playwright-core');
const pg = require('pg');

// ---- lines of results ------------------------------------------------------------------------------------------------

const only = process.argv.slice(2);
let passed = 0;
let failed = 0;
export function ok(condition, text, why) {
  if (condition) passed++; else failed++;
  console.log(`${condition ? 'ok' : 'not ok'} ${passed + failed} - ${text}`);
  if (!condition && why !== undefined) console.log(`#   ${String(typeof why === 'string' ? why : JSON.stringify(why)).slice(0, 1500).replaceAll('\n', '\n#   ')}`);
}
export const same = (got, expected, text) => ok(JSON.stringify(got) === JSON.stringify(expected), text, `got ${JSON.stringify(got)}, expected ${JSON.stringify(expected)}`);

/** Runs a group of checks, unless others were named on the command line; an exception is one failed check, and the next goes on. */
export async function group(name, work) {
  if (only.length && !only.some((part) => name.includes(part))) return;
  console.log(`# ${name}`);
  try { await work(); } catch (error) { ok(false, `${name}: came to its end`, error.stack); }
}
export function finish() {
  console.log(`1..${passed + failed}`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0;
}

// ---- the atlas and the page's server -----------------------------------------------------------------------------------

const client = new pg.Client();
await client.connect();
export const sql = async (text, values) => (await client.query(text, values)).rows;
export const closeSql = () => client.end();

/** A program's standard output, or an error. */
export const run = (command, args, options) => new Promise((done, fail) => {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let text = '';
  let errors = '';
  // Letters of two bytes may lie across two pieces.
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (data) => { text += data; });
  child.stderr.on('data', (data) => { errors += data; });
  child.on('error', fail);
  child.on('close', (code) => (code === 0 ? done(text) : fail(new Error(`${command} ended with ${code}: ${errors}`))));
});

/** The page's own server on a free port: { address, stop, log }. */
export function startServer(environment = {}) {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [join(web, 'server.mjs')], { env: { ...process.env, PORT: '0', ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    const server = { log: '', stop: () => new Promise((end) => { child.once('close', end); child.kill(); }) };
    child.stderr.on('data', (data) => { server.log += data; });
    child.stdout.once('data', (data) => done(Object.assign(server, { address: String(data).trim() })));
    child.once('close', (code) => fail(new Error(`the server ended with ${code}: ${server.log}`)));
  });
}

/** The plainest static host there can be, over a folder. */
export function serveFolder(folder) {
  const types = { html: 'text/html', js: 'text/javascript', mjs: 'text/javascript', css: 'text/css', json: 'application/json', svg: 'image/svg+xml', woff2: 'font/woff2' };
  return new Promise((done) => {
    const server = createServer(async (request, response) => {
      const path = new URL(request.url, 'http://x').pathname;
      const file = join(folder, path.endsWith('/') ? `${path}index.html` : path);
      try {
        const body = await readFile(file);
        response.writeHead(200, { 'Content-Type': types[file.split('.').pop()] ?? 'application/octet-stream' }).end(body);
      } catch { response.writeHead(404).end(); }
    });
    server.listen(0, '127.0.0.1', () => done({ address: `http://127.0.0.1:${server.address().port}/`, stop: () => { server.closeAllConnections(); server.close(); } }));
  });
}

// ---- the browser -----------------------------------------------------------------------------------------------------

const executable = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const ARGS = ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** A browser with a fresh profile; webgl: by SwiftShader, or not at all. */
export async function openBrowser({ webgl = true } = {}) {
  const profile = mkdtempSync(join(tmpdir(), 'tmap-web-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: executable, viewport: { width: 1440, height: 900 }, locale: 'en-GB', acceptDownloads: true, timezoneId: 'UTC',
    args: [...ARGS, ...(webgl ? ['--use-angle=swiftshader', '--enable-unsafe-swiftshader'] : ['--disable-3d-apis'])],
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  return { context, close: async () => { await context.close(); rmSync(profile, { recursive: true, force: true }); } };
}

/** Complaints that no page of ours causes: the software renderer's remark on being asked for its pixels. */
const harmless = (text) => /GL Driver Message .*GPU stall due to ReadPixels/.test(text);

/** A page that keeps everything that went wrong on it, and all it asked for. */
export async function openPage(browser, address, { width = 1440, height = 900, path = '', wait = true } = {}) {
  const page = await browser.context.newPage();
  await page.setViewportSize({ width, height });
  page.wrong = [];
  page.asked = [];
  page.on('console', (m) => { if (['error', 'warning'].includes(m.type()) && !harmless(m.text())) page.wrong.push(`console ${m.type()}: ${m.text()}`); });
  page.on('pageerror', (error) => page.wrong.push(`exception: ${error.stack}`));
  page.on('request', (request) => { page.asked.push(request.url()); if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(address)) page.wrong.push(`foreign request: ${request.url()}`); });
  // The map itself takes back requests for tiles that have left the view, and leaving a page takes back all.
  page.on('requestfailed', (request) => { if (!(request.failure()?.errorText === 'net::ERR_ABORTED' && (page.leaving || /\/tiles\//.test(request.url())))) page.wrong.push(`failed: ${request.url()} ${request.failure()?.errorText}`); });
  page.on('response', (response) => { if (response.status() >= 400) page.wrong.push(`${response.status()}: ${response.url()}`); });
  page.visit = async (to) => { page.leaving = true; await page.goto(address + to); page.leaving = false; await ready(page); return page; };
  if (wait) await page.visit(path); else await page.goto(address + path);
  return page;
}

/** Waits until the page has drawn what it was asked to draw. */
export async function ready(page) {
  await page.waitForFunction(() => window.tmap?.ready, null, { timeout: 60000 });
  await settle(page);
}
export async function settle(page) {
  await page.waitForFunction(() => !window.tmap.map.gl || (window.tmap.map.gl.areTilesLoaded() && !window.tmap.map.gl.isMoving() && window.tmap.map.gl.loaded()), null, { timeout: 60000 });
  await page.waitForTimeout(350);
}
export const picture = (page, name, options) => page.screenshot({ path: join(out, `${name}.png`), ...options });
export const tileRequests = (page) => page.asked.filter((url) => /\/tiles\/.*\.mvt/.test(url)).length;
export const clean = (page, what) => ok(page.wrong.length === 0, `${what}: no console error or warning, no failed and no foreign request`, page.wrong.join('\n'));

// ---- pixels ----------------------------------------------------------------------------------------------------------

/** The pixels of the page as it is seen: at(x, y) gives [r, g, b]. */
export async function pixels(page) {
  const image = (await page.screenshot()).toString('base64');
  const canvas = await page.context().newPage();
  await canvas.goto('about:blank');
  const { width, data } = await canvas.evaluate(async (base64) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${base64}`)).blob());
    const pen = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
    pen.drawImage(bitmap, 0, 0);
    const bytes = pen.getImageData(0, 0, bitmap.width, bitmap.height).data;
    let text = '';
    for (let i = 0; i < bytes.length; i += 32768) text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return { width: bitmap.width, data: btoa(text) };
  }, image);
  await canvas.close();
  const bytes = Buffer.from(data, 'base64');
  return { at: (x, y) => { const i = 4 * (Math.round(y) * width + Math.round(x)); return [bytes[i], bytes[i + 1], bytes[i + 2]]; } };
}
export const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
export const close = (a, b, by = 6) => a.every((v, i) => Math.abs(v - b[i]) <= by);

/** Where a place of the world is on the page. */
export const spot = (page, [lon, lat]) => page.evaluate(([x, y]) => {
  const box = document.querySelector('#map').getBoundingClientRect();
  const p = window.tmap.map.gl.project([x, y]);
  return { x: box.left + p.x, y: box.top + p.y };
}, [lon, lat]);
