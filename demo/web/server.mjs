// The page's server: static files and the atlas's SQL functions over HTTP, on 127.0.0.1 alone; put your web server before it.
//   node server.mjs          PGHOST, PGPORT, PGUSER (a reader), PGDATABASE as psql takes them
// PORT: default 8090, 0 = any free one. TMAP_SCHEMA: the atlas, default atlas. TMAP_CONNECTION: what the page tells QGIS users,
// for example "host 127.0.0.1, port 5432, database maps, user reader"; without it the page names no server.
import http from 'node:http';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { isFault, openAtlas } from './sql.mjs';
import { listFiles, typeOf } from './files.mjs';

const compress = promisify(gzip);
const schema = process.env.TMAP_SCHEMA || 'atlas';
const atlas = openAtlas({ schema });
const files = listFiles();
const INFO_SECONDS = 5;
const SECURITY = {
  'Content-Security-Policy': "default-src 'self'; script-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors *",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
};

/** An answer that says what is wrong with the request. */
class Refusal extends Error {
  constructor(status, message, hint) { super(message); Object.assign(this, { status, hint }); }
}
const refuse = (message, hint) => { throw new Refusal(400, message, hint); };
const missing = (message) => { throw new Refusal(404, message); };

let known; // { text, id, stamp, until }: map_info(), the release's id and stamp, asked anew every few seconds
/** The text of map_info() and the id of the release that is current. */
async function release() {
  if (!known || known.until < Date.now()) {
    const [text, stamp] = await atlas.stampedInfo();
    known = { text, id: JSON.parse(text).release.id, stamp, until: Date.now() + 1000 * INFO_SECONDS };
  }
  return known;
}

/** A parameter of the query string as text; given once or not at all. */
function text(query, name, fallback) {
  const all = query.getAll(name);
  if (all.length > 1) refuse(`"${name}" is given twice`);
  if (all.length === 0 || all[0] === '') return fallback === undefined ? refuse(`"${name}" is missing`) : fallback;
  if (all[0].length > 200 || all[0].includes('\0')) refuse(`"${name}" is not a name`);
  return all[0];
}

/** A parameter as a whole number that fits int4. */
function whole(query, name, fallback) {
  const given = text(query, name, fallback);
  if (given === fallback) return fallback;
  return /^-?\d{1,10}$/.test(given) && Math.abs(given) < 2 ** 31 ? Number(given) : refuse(`"${name}" is not a whole number`);
}

/** What the address asks for, as { body, type, release }; release: the answer belongs to that release for good. */
async function answer(url) {
  const q = url.searchParams;
  const tile = url.pathname.match(/^\/tiles\/([^/]+)\/(\d{1,2})\/(\d{1,8})\/(\d{1,8})\.mvt$/);
  if (tile) {
    const [, asked, z, x, y] = tile;
    const { id } = await release();
    // 410: the page then offers the new release; maps pass over 404 in silence.
    if (asked !== id) throw new Refusal(410, `release ${asked.slice(0, 40)} is not the current one, ${id}`);
    const params = {};
    for (const name of ['indicator', 'level']) if (q.has(name)) params[name] = text(q, name);
    if (q.has('year')) params.year = whole(q, 'year');
    return { body: await atlas.tile(+z, +x, +y, params), type: typeOf('.mvt'), release: id };
  }
  const json = (body) => ({ body: body ?? missing('there is no such figure'), type: typeOf('.json') });
  switch (url.pathname) {
    case '/config.json': return json(JSON.stringify({ static: false, schema, connection: process.env.TMAP_CONNECTION || null }));
    case '/api/info': return json((await release()).text);
    case '/api/values': return json(await atlas.values(text(q, 'indicator'), text(q, 'level', 'country')));
    case '/api/area': return json(await atlas.area(whole(q, 'id')));
    case '/api/geojson': {
      const body = await atlas.geojson(text(q, 'indicator'), text(q, 'level', 'country'), whole(q, 'year'), whole(q, 'zoom', 3));
      return { ...json(body), type: 'application/geo+json', name: `${text(q, 'indicator')}-${text(q, 'level', 'country')}-${whole(q, 'year')}.geojson` };
    }
    case '/api/csv': {
      const flag = (name) => ({ 1: true, 0: false })[text(q, name, '0')] ?? refuse(`"${name}" is neither 0 nor 1`);
      const wanted = { indicator: text(q, 'indicator', null), level: text(q, 'level', null), year: whole(q, 'year', null), area: whole(q, 'area', null), total: flag('total'), older: flag('older') };
      const name = [wanted.indicator, wanted.level, wanted.year, wanted.area].filter((value) => value !== null).join('-');
      if (!name) refuse('nothing to choose by', 'Give indicator, level, year or area.');
      return { body: await atlas.csv(wanted), type: typeOf('.csv'), name: `${name}.csv` };
    }
    default: return missing('there is no such address');
  }
}

/** A file of the page. */
async function page(path) {
  const name = path === '/' ? '/index.html' : path;
  const file = files.get(name);
  return file && { body: await readFile(file), type: typeOf(name), kept: name.startsWith('/lib/') ? 'public, max-age=86400' : 'no-cache' };
}

/** Sends a body: gzip when it pays, ETag and 304, kept for good when the address names the release. */
async function send(request, response, { body, type, kept, name }, status = 200) {
  let bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  const headers = { ...SECURITY, 'Content-Type': type, Vary: 'Accept-Encoding', 'Cache-Control': kept ?? 'no-cache' };
  if (name) headers['Content-Disposition'] = `attachment; filename="${name.replace(/[^A-Za-z0-9._-]/g, '_')}"`;
  if (status === 200) {
    headers.ETag = `W/"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
    if ((request.headers['if-none-match'] ?? '').split(/\s*,\s*/).includes(headers.ETag)) {
      response.writeHead(304, headers);
      return response.end();
    }
  }
  if (bytes.length > 1000 && type !== 'font/woff2' && /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')) {
    bytes = await compress(bytes);
    headers['Content-Encoding'] = 'gzip';
  }
  headers['Content-Length'] = bytes.length;
  response.writeHead(status, headers);
  return response.end(request.method === 'HEAD' ? undefined : bytes);
}

/** Answers one request; whatever goes wrong inside stays in the log. */
async function handle(request, response) {
  const fail = (status, message, hint) =>
    send(request, response, { body: JSON.stringify({ error: message, ...(hint && { hint }) }), type: typeOf('.json'), kept: 'no-store' }, status);
  try {
    if (request.method !== 'GET' && request.method !== 'HEAD') return await fail(405, 'only GET and HEAD are answered here');
    if (request.url.length > 2000) return await fail(414, 'the address is too long');
    const url = new URL(request.url, 'http://page');
    const file = await page(url.pathname);
    if (file) return await send(request, response, file);
    const before = /^\/tiles\//.test(url.pathname) || url.searchParams.has('release') ? await release() : null;
    const found = await answer(url);
    // An address that names the current release never changes its answer, unless the release was replaced in these seconds.
    const asked = found.release ?? url.searchParams.get('release');
    if (asked && asked === before?.id) {
      if (before.stamp === await atlas.stamp()) found.kept = 'public, max-age=31536000, immutable';
      else {
        known = undefined;
        if (found.release) throw new Refusal(410, `release ${asked} is not the current one`);
      }
    }
    if (found.name) found.name = `tmap-${(await release()).id}-${found.name}`;
    return await send(request, response, found);
  } catch (error) {
    if (response.headersSent) return response.destroy();
    if (error instanceof Refusal) return fail(error.status, error.message, error.hint);
    if (isFault(error)) return fail(400, error.message, error.hint);
    if (error instanceof URIError || error.code === 'ERR_INVALID_URL') return fail(400, 'the address is malformed');
    console.error(`${request.url}: ${error.code ?? ''} ${error.message}`);
    const away = /^(08|53|57|ECONN|ENOENT|EAI)/.test(error.code ?? '') || /timeout|terminated/.test(error.message);
    return fail(away ? 503 : 500, 'the atlas cannot answer now');
  }
}

const server = http.createServer((request, response) => {
  handle(request, response).catch((error) => { console.error(error.message); response.destroy(); });
});
server.on('error', (error) => { console.error(error.message); process.exit(1); });
server.listen(Number(process.env.PORT || 8090), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => { server.close(); server.closeAllConnections(); atlas.close().finally(() => process.exit(0)); });
