// The web page beyond its map: addresses, keyboard, table, downloads, French, phone, SVG, static files, failures.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clean, close, group, ok, openBrowser, openPage, picture, pixels, ready, rgb, run, same, serveFolder, settle, spot, sql, tileRequests, web } from './web_page.mjs';

const words = (page, selector) => page.locator(selector).innerText();

async function checkAddresses({ page, STROKE }) {
  const full = `?i=thrombectomy_per_inhabitant&y=2020&level=country&place=CZE&view=table&fade=1&older=0&centres=0&lang=fr&lon=15.5&lat=49.8&z=4.2`;
  await page.visit(full);
  same(await page.evaluate(() => ({ i: document.querySelector('#indicator').value, y: document.querySelector('#year-now').textContent, level: document.querySelector('#level').value,
    view: document.querySelector('#tabs [aria-selected=true]').id, fade: document.querySelector('#fade').checked, older: document.querySelector('#older').checked, centres: document.querySelector('#centres').checked,
    lang: document.documentElement.lang, chosen: document.querySelector('tr.chosen th')?.innerText, lon: window.tmap.map.gl.getCenter().lng.toFixed(1), zoom: window.tmap.map.gl.getZoom().toFixed(1) })),
  { i: 'thrombectomy_per_inhabitant', y: '2020', level: 'country', view: 'tab-table', fade: true, older: false, centres: false, lang: 'fr', chosen: 'Tchéquie', lon: '15.5', zoom: '4.2' }, 'an address gives back every part of the view');
  same(Object.fromEntries(new URL(page.url()).searchParams), Object.fromEntries(new URLSearchParams(full)), 'and the view gives the same address');
  await page.visit('?lang=en');
  await page.selectOption('#indicator', 'thrombectomy_per_inhabitant');
  await settle(page);
  await page.locator('#tab-table').click();
  await page.goBack();
  ok(await page.locator('#tab-dots').getAttribute('aria-selected') === 'true', 'the back button takes the last choice back');
  await page.goBack();
  same(await page.locator('#indicator').inputValue(), STROKE, 'and the one before');
  await page.visit('?lang=xx&y=1066&i=nonsense&level=moon&place=Nowhere/x/y&view=q&lon=999&z=abc&fade=7&map=cube');
  ok(await page.locator('#view').isVisible() && (await words(page, '#year-now')) === '2024', 'nonsense in an address does no harm');
  const tiles = tileRequests(page);
  await page.visit('?lang=en&map=globe');
  await picture(page, '07-globe');
  ok(tileRequests(page) > tiles && await page.evaluate(() => window.tmap.map.gl.getProjection().type) === 'globe', 'the globe is drawn');
}

async function checkKeyboard({ page, figure, two, server }) {
  await page.visit('?lang=en');
  await page.keyboard.press('Tab');
  same(await page.evaluate(() => document.activeElement.id), 'skip', 'the first Tab is a way past the head');
  const stops = [];
  const bare = [];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const e = document.activeElement;
      const style = getComputedStyle(e);
      const name = e.getAttribute('aria-label') || e.innerText || e.labels?.[0]?.innerText || e.title || e.placeholder;
      return { tag: `${e.tagName}#${e.id}.${String(e.className.baseVal ?? e.className).split(' ')[0]}`, name, outline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 1 };
    });
    if (stop.tag.startsWith('BODY')) break;
    stops.push(stop.tag);
    if (!stop.name || !stop.outline) bare.push(stop);
  }
  ok(stops.length > 18 && bare.length === 0, `${stops.length} stops of the Tab key, each with a name and a visible outline`, bare);
  for (const want of ['INPUT#search', 'SELECT#indicator', 'INPUT#year', 'BUTTON#play', 'BUTTON#tab-dots', 'BUTTON#.dot-row', 'A#.chip']) ok(stops.some((s) => s.startsWith(want)), `${want} is reached`, stops.join(' '));
  await page.locator('#search').focus();
  await page.keyboard.type('germ');
  await page.waitForSelector('#search-list li[aria-selected=true]');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelector('#view h2')?.innerText === 'Germany');
  await settle(page);
  ok((await words(page, '.headline')).includes(two((await figure('DEU', 2024)).value)), 'search, Enter: the sheet, by the keyboard alone');
  ok(await page.evaluate(() => { const b = window.tmap.map.gl.getBounds(); return b.contains([10, 51]) && b.getNorth() - b.getSouth() < 25; }), 'and the map has gone there');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.dots');
  await page.visit('?lang=en');
  await page.locator('.dot-row').first().focus();
  await page.keyboard.press('ArrowDown');
  const second = await page.evaluate(() => document.activeElement.querySelector('.name').firstChild.textContent);
  await page.keyboard.press('Enter');
  await page.waitForSelector('#view h2');
  same(await words(page, '#view h2'), second, 'arrow down and Enter in the ranking open the sheet');
  await page.locator('#tab-place').focus();
  await page.keyboard.press('ArrowLeft');
  await page.waitForSelector('#view table');
  ok(await page.evaluate(() => document.activeElement.id === 'tab-table'), 'arrow keys go along the views');
  await page.locator('#search').fill('Côte d');
  await page.waitForSelector('#search-list li');
  ok((await words(page, '#search-list')).includes('Ivoire'), 'places are found with and without accents');
  await page.locator('#search').fill('');
}

async function checkTable({ page, SCHEMA, STROKE, two }) {
  await page.visit('?lang=en&view=table&level=department&in=FRA&older=0&lon=2.6&lat=46.4&z=5');
  const rows = await sql(`SELECT name, value, lower, upper, events, at_risk, status FROM ${SCHEMA}.value WHERE indicator = $1 AND level = 'department' AND country = 'FRA' AND year = 2024 AND sex = 'all' AND age_from IS NULL`, [STROKE]);
  const shown = await page.evaluate(() => [...document.querySelectorAll('tbody tr')].map((tr) => [...tr.children].map((cell) => cell.innerText.trim())));
  same(shown.length, rows.length, 'the table has every department');
  const wrong = rows.filter((r) => {
    const line = shown.find(([name]) => name === r.name);
    const expected = r.status === 'suppressed' ? ['suppressed', '–', '–', '–'] : [two(r.value), `${two(r.lower)} – ${two(r.upper)}`, r.events.toLocaleString('en-GB'), r.at_risk.toLocaleString('en-GB')];
    return !line || JSON.stringify(line.slice(1, 5)) !== JSON.stringify(expected);
  });
  ok(wrong.length === 0, 'with the figures of the view, suppressed ones without a number', wrong.slice(0, 3));
  await picture(page, '08-table');
  await page.locator('th [data-column=name]').click();
  ok(await page.locator('th[aria-sort=ascending] [data-column=name]').count() === 1 && (await page.locator('tbody tr').first().innerText()).startsWith('Ain'), 'columns sort, and say so');
  ok(await page.evaluate(() => document.querySelectorAll('tbody th[scope=row]').length > 90 && document.querySelectorAll('thead th[scope=col]').length === 9 && document.querySelector('caption').textContent.length > 20), 'headers of rows and columns, and a caption');
}

async function checkShare({ page, SCHEMA, STROKE }) {
  await page.visit('?lang=en&level=region&older=0&y=2023&view=table');
  const csv = page.waitForEvent('download');
  await page.locator('#share-view [data-share=csv]').click();
  const text = readFileSync(await (await csv).path(), 'utf8');
  await page.locator('#share-view [data-share=sql]').click();
  const [query] = await page.locator('#dialog pre').allInnerTexts();
  const copied = await run('psql', ['-X', '-q', '-c', `COPY (${query.replace(/;$/, '')}) TO STDOUT (FORMAT csv, HEADER)`], { env: process.env });
  ok(text === copied && text.split('\n').length > 15, 'the CSV button gives what the SQL button says, byte for byte', `${text.length} and ${copied.length}`);
  await page.locator('#dialog button.plain').click();
  same(await page.evaluate(() => navigator.clipboard.readText()), query, 'the query can be copied');
  await picture(page, '09-sql');
  await page.keyboard.press('Escape');
  ok(!(await page.locator('#dialog').isVisible()) && page.url().includes('level=region'), 'Escape closes the dialog, nothing else');
  await page.visit('?lang=en&y=2024');
  const older = page.waitForEvent('download');
  await page.locator('#share-map [data-share=csv]').click();
  const latest = readFileSync(await (await older).path(), 'utf8').trim().split('\n');
  same(latest.length - 1, await page.locator('.dot-row').count(), 'with earlier figures allowed, the CSV has the rows of the ranking');
  await page.locator('#share-map [data-share=qgis]').click();
  const [connection, layer] = await page.locator('#dialog pre').allInnerTexts();
  ok(connection.includes('user reader') && (await sql('SELECT to_regclass($1) IS NOT NULL AS there', [layer]))[0].there, 'the QGIS button names the connection and a layer that exists', layer);
  await page.keyboard.press('Escape');
  const file = page.waitForEvent('download');
  await page.locator('#share-map [data-share=geojson]').click();
  const shapes = JSON.parse(readFileSync(await (await file).path(), 'utf8'));
  const [{ n }] = await sql(`SELECT count(*)::int AS n FROM ${SCHEMA}.country_latest`);
  same([shapes.type, shapes.features.length], ['FeatureCollection', n], 'the GeoJSON button gives every country');
  await page.visit('?lang=en&place=DEU');
  const one = page.waitForEvent('download');
  await page.locator('#share-view [data-share=geojson]').click();
  const alone = JSON.parse(readFileSync(await (await one).path(), 'utf8'));
  same(alone.features.map((f) => f.properties.code), ['DEU'], 'in the sheet, the place alone');
  ok((await words(page, '#foot')).match(/Release [0-9a-f]+.*data 2018–2024.*as held, not as recognised/s), 'release, data years and the note on boundaries stand below');
  ok((await words(page, '#synthetic')).includes('SYNTHETIC') && (await page.locator('#foot details li').count()) > 5, 'synthetic figures are announced, sources are listed');
  same(await page.evaluate((i) => fetch(`api/values?indicator=${i}&level=country&release=${document.querySelector('#foot b').innerText.split(' ')[1]}`).then((r) => r.headers.get('cache-control')), STROKE), 'public, max-age=31536000, immutable', 'figures of a named release may be kept for good');
}

async function checkFrench({ page }) {
  const { default: en } = await import(join(web, 'public/app/en.js'));
  const { default: fr } = await import(join(web, 'public/app/fr.js'));
  const keys = (o, at = '') => Object.entries(o).flatMap(([k, v]) => (typeof v === 'object' ? keys(v, `${at}${k}.`) : [`${at}${k}`]));
  const holes = (o) => Object.fromEntries(keys(o).map((k) => [k, (k.split('.').reduce((x, p) => x[p], o).match(/\{\w+\}/g) ?? []).sort().join()]));
  const [a, b] = [holes(en), holes(fr)];
  same(Object.keys(a).filter((k) => a[k] !== b[k]), [], 'French has every text of English, with the same gaps to fill');
  await page.visit('?lang=fr&place=DEU');
  const all = await page.locator('body').innerText();
  ok(/Carte mondiale de la thrombectomie/.test(all) && /Allemagne/.test(all) && /9,56/.test(all) && /Qualité des données et source/.test(all), 'title, names of countries, decimals and sheet in French');
  ok(!/\b(Ranking|Table of|Place|Year|Fade|Flat|Whole world|Trend|Rank|Source:|Higher)\b/.test(all), 'no English word of the page is left', all.match(/\b(Ranking|Table of|Place|Year|Fade|Flat|Whole world|Trend|Rank|Source:|Higher)\b/)?.[0]);
  await picture(page, '10-french');
  await page.locator('#languages [lang=en]').click();
  await page.waitForFunction(() => document.title === 'World Thrombectomy Map');
  ok((await words(page, '#view h2')) === 'Germany', 'the language changes on the spot');
}

async function checkPhone({ browser, server }) {
  const page = await openPage(browser, server.address, { width: 375, height: 780, path: '?lang=en' });
  const wide = async () => page.evaluate(() => document.documentElement.scrollWidth);
  same(await wide(), 375, 'phone: nothing is wider than the screen');
  ok((await page.locator('#map').boundingBox()).height > 300, 'phone: the map has room');
  await picture(page, '11-phone', { fullPage: true });
  await page.locator('#choices').click();
  ok(await page.locator('#fade').isVisible(), 'phone: the other choices are behind a button');
  for (const tab of ['table', 'place']) { await page.locator(`#tab-${tab}`).click(); same(await wide(), 375, `phone: nor in the ${tab}`); }
  await page.visit('?lang=en&place=FRA/department/75');
  same(await wide(), 375, 'phone: nor in a full sheet');
  await picture(page, '12-phone-sheet', { fullPage: true });
  clean(page, 'phone');
  await page.close();
}

async function svgColours(page, { SCHEMA, STROKE, colourOf }, what) {
  const rows = await sql(`SELECT area_id, class FROM ${SCHEMA}.value WHERE indicator = $1 AND level = 'country' AND year = 2019 AND sex = 'all' AND age_from IS NULL`, [STROKE]);
  const wrong = [];
  for (const row of rows) {
    const fill = await page.evaluate((id) => getComputedStyle(document.querySelector(`path.area[data-id="${id}"]`)).fill, row.area_id);
    if (JSON.stringify(fill.match(/\d+/g).map(Number)) !== JSON.stringify(colourOf(row.class))) wrong.push(`${row.area_id}: ${fill}`);
  }
  ok(rows.length >= 2 && wrong.length === 0 && await page.locator('path.area').count() > 230, `${what}: every country is drawn, in the legend's colour of its class`, wrong.join('\n'));
}

async function checkSvg(context) {
  const { server } = context;
  const plain = await openBrowser({ webgl: false });
  try {
    const page = await openPage(plain, server.address, { path: '?lang=en&y=2019&older=0' });
    same(await page.evaluate(() => [window.tmap.map.kind, document.documentElement.dataset.map]), ['svg', 'svg'], 'without WebGL the map is SVG');
    await svgColours(page, context, 'without WebGL');
    ok((await words(page, '#map-note')).includes('WebGL'), 'and says why');
    const [{ area_id: id }] = await sql(`SELECT area_id FROM ${context.SCHEMA}.value WHERE code = 'DEU' LIMIT 1`);
    await page.locator(`path.area[data-id="${id}"]`).hover({ position: { x: 12, y: 12 } });
    await page.waitForSelector('#tip:not([hidden])');
    ok(/Germany[\s\S]*7\.15/.test(await words(page, '#tip')), 'hover works there');
    await picture(page, '13-svg');
    await page.locator(`path.area[data-id="${id}"]`).click({ position: { x: 12, y: 12 } });
    await page.waitForFunction(() => document.querySelector('#view h2')?.innerText === 'Germany');
    ok(true, 'and click');
    same(tileRequests(page), 0, 'it needs no tile');
    clean(page, 'without WebGL');
  } finally { await plain.close(); }
  const page = await openPage(context.browser, server.address, { path: '?lang=en&y=2019&older=0&svg=1' });
  await svgColours(page, context, '?svg=1');
  await page.visit('?lang=en&map=equal');
  await picture(page, '14-equal-area');
  await page.locator('#projection').selectOption('flat');
  await page.waitForFunction(() => window.tmap.map?.kind === 'webgl');
  await settle(page);
  ok(await page.locator('.maplibregl-canvas').count() === 1 && await page.locator('.svgmap').count() === 0, 'from equal area to the map in WebGL and its tiles');
  await page.visit('?lang=en&map=equal&place=FRA');
  await page.waitForTimeout(800);
  ok(await page.locator('path.area.selected').count() === 1, 'the place chosen is marked there too');
  await picture(page, '15-equal-area-france');
  clean(page, 'SVG');
  await page.close();
}

async function checkStatic(context) {
  const folder = mkdtempSync(join(tmpdir(), 'tmap-site-'));
  try {
    await run(process.execPath, [join(web, 'export.mjs'), folder, '--zoom', '3'], { env: process.env });
    const host = await serveFolder(folder);
    const page = await openPage(context.browser, host.address, { path: '?lang=en&y=2019&older=0' });
    const seen = await pixels(page);
    const { x, y } = await spot(page, [10.2, 51.3]);
    const [{ class: c }] = await sql(`SELECT class FROM ${context.SCHEMA}.value WHERE indicator = $1 AND code = 'DEU' AND year = 2019 AND sex = 'all' AND age_from IS NULL`, [context.STROKE]);
    ok(close(seen.at(x, y), context.colourOf(c)), 'static files: the map is drawn in the same colours', seen.at(x, y));
    await page.locator('.dot-row').first().click();
    await page.waitForSelector('#view h2');
    await settle(page);
    await page.visit('?lang=en&place=FRA/department/75');
    ok((await words(page, '#view')).includes('Funnel plot'), 'static files: the sheet, and tiles beyond the last zoom');
    const file = page.waitForEvent('download');
    await page.locator('#share-view [data-share=csv]').click();
    const copied = await run('psql', ['-X', '-q', '-c', `COPY (SELECT * FROM ${context.SCHEMA}.value WHERE indicator = '${context.STROKE}' ORDER BY fid) TO STDOUT (FORMAT csv, HEADER)`], { env: process.env });
    ok(readFileSync(await (await file).path(), 'utf8') === copied, 'static files: the CSV of the whole indicator');
    await page.visit('?lang=fr&svg=1');
    ok(await page.locator('path.area').count() > 230, 'static files: SVG');
    clean(page, 'static files');
    await page.close();
    host.stop();
  } finally { rmSync(folder, { recursive: true, force: true }); }
}

async function checkFailure({ browser, server }) {
  const page = await browser.context.newPage();
  await page.route('**/api/info', (route) => route.fulfill({ status: 503, body: '{}' }));
  await page.goto(`${server.address}?lang=en`);
  await page.waitForFunction(() => document.querySelector('#loading button'));
  ok((await words(page, '#loading')).includes('could not be loaded'), 'when the atlas does not answer the page says so, and offers to try again');
  await page.unroute('**/api/info');
  await page.locator('#loading button').click();
  await ready(page);
  ok(await page.locator('.dot-row').count() > 3, 'and it can be tried again');
  await page.close();
}

async function checkRelease({ browser, server, STROKE }) {
  const page = await browser.context.newPage();
  await page.route('**/tiles/**', (route) => route.fulfill({ status: 410, body: '{}' }));
  await page.goto(`${server.address}?lang=en`);
  await page.waitForSelector('#map-note button');
  ok((await words(page, '#map-note')).includes('new release'), 'when the release has been replaced the page says so, and offers to show the new one');
  await page.close();
  // A tile server of its own, as config.json of the static files names it.
  const { release } = await (await fetch(`${server.address}api/info`)).json();
  const other = await openPage(browser, server.address, { wait: false });
  await other.route('**/config.json', (route) => route.fulfill({ json: { static: false, schema: 'atlas', connection: null, tiles: 'martin/tile/{z}/{x}/{y}?level={level}&indicator={indicator}' } }));
  let asked = 0;
  await other.route('**/martin/tile/**', async (route) => {
    const [, place, query] = route.request().url().match(/tile\/(.*)\?(.*)$/);
    asked++;
    const tile = await fetch(`${server.address}tiles/${release.id}/${place}.mvt?${query}`);
    await route.fulfill({ status: tile.status, body: Buffer.from(await tile.arrayBuffer()), contentType: 'application/vnd.mapbox-vector-tile' });
  });
  await other.visit('?lang=en');
  ok(asked > 0 && await other.evaluate(() => window.tmap.map.gl.queryRenderedFeatures({ layers: ['areas'] }).length) > 50, 'tiles may come from another server, with level and indicator in the address', STROKE);
  clean(other, 'another tile server');
  await other.close();
}

async function checkFunnel() {
  const { funnelLimits } = await import(join(web, 'public/app/funnel.js'));
  // tmap.proportion_funnel_lower/upper(n, 6.1, confidence, 'exact', 100) and tmap.rate_funnel_…(n, 12, …, 1e5).
  const wanted = [['proportion', 50, 6.1, 0.95, 100, 0, 14.423249188303414], ['proportion', 1000, 6.1, 0.998, 100, 3.843777397479889, 8.607728269592974], ['proportion', 200000, 6.1, 0.95, 100, 5.995069391424694, 6.205346414084891],
    ['rate', 50000, 12, 0.95, 1e5, 2.5008653485041443, 23.438125470909725], ['rate', 1e4, 12, 0.95, 1e5, 0, 42.14850018247654], ['rate', 6e7, 12, 0.998, 1e5, 11.564526524325178, 12.440223403196496]];
  const far = wanted.filter(([measure, n, target, level, per, lower, upper]) => {
    const [a, b] = funnelLimits(measure, n, target, level, per);
    return Math.abs(a - lower) > 1e-9 * target || Math.abs(b - upper) > 1e-9 * target;
  });
  same(far, [], 'limits of the funnel plot are those of the library to 1e-9');
}

export async function checkAround(context) {
  const { page } = context;
  await group('addresses', () => checkAddresses(context));
  await group('keyboard', () => checkKeyboard(context));
  await group('table', () => checkTable(context));
  await group('take away', () => checkShare(context));
  await group('French', () => checkFrench(context));
  clean(page, 'addresses, keyboard, table, take away, French');
  await page.close();
  await group('phone', () => checkPhone(context));
  await group('SVG', () => checkSvg(context));
  await group('static files', () => checkStatic(context));
  await group('failures', () => checkFailure(context));
  await group('releases, tile servers', () => checkRelease(context));
  await group('funnel plot', checkFunnel);
}
