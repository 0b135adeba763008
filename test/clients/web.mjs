// The web page in a real browser, over the atlas that PGHOST, PGPORT, PGUSER, PGDATABASE name; pictures in build/clients/web.
import { clean, close, closeSql, finish, group, ok, openBrowser, openPage, picture, pixels, ready, rgb, same, settle, spot, sql, startServer, tileRequests } from './web_page.mjs';
import { checkServer } from './web_server.mjs';
import { checkAround } from './web_around.mjs';

const SCHEMA = 'atlas';
const STROKE = 'thrombectomy_per_stroke';
// Points well inside, away from dots of centres.
const INSIDE = { DEU: [10.2, 51.3], USA: [-98.5, 39.2], POL: [19.3, 52.2], SWE: [15.6, 62.6], BRA: [-52, -10], NZL: [171.8, -43.2] };

const legend = await sql(`SELECT class, colour FROM ${SCHEMA}.legend WHERE indicator = $1 AND measure = 'value'`, [STROKE]);
const colourOf = (c) => rgb(legend.find((row) => row.class === c).colour);
/** The class that the view gives a country in a year, or in the newest year up to it that has a figure. */
async function classOf(code, year, older) {
  const [row] = await sql(`SELECT class, year FROM ${SCHEMA}.value WHERE indicator = $1 AND code = $2 AND level = 'country' AND year ${older ? '<=' : '='} $3 AND sex = 'all' AND age_from IS NULL AND (class > 0 OR class = -1)
    ORDER BY year DESC LIMIT 1`, [STROKE, code, year]);
  return row?.class ?? -2;
}
const figure = async (code, year, level = 'country') => (await sql(`SELECT * FROM ${SCHEMA}.value WHERE indicator = $1 AND code = $2 AND level = $4 AND year = $3 AND sex = 'all' AND age_from IS NULL`, [STROKE, code, year, level]))[0];
const two = (v) => v.toFixed(v < 10 ? 2 : 1);
const whole = (v) => Number(v).toLocaleString('en-GB');

/** Checks the colours of known countries on the map against the legend and the view. */
async function colours(page, year, older, what) {
  const seen = await pixels(page);
  const wrong = [];
  for (const [code, place] of Object.entries(INSIDE)) {
    const { x, y } = await spot(page, place);
    const expected = colourOf(await classOf(code, year, older));
    // Dots of older figures are white: one of nine neighbouring pixels is between them.
    const around = [-3, 0, 3].flatMap((i) => [-3, 0, 3].map((j) => seen.at(x + i, y + j)));
    if (!around.some((pixel) => close(pixel, expected))) wrong.push(`${code}: ${around[4]} is not ${expected}`);
  }
  ok(wrong.length === 0, `${what}: ${Object.keys(INSIDE).length} countries have the legend's colour of their class`, wrong.join('\n'));
}

async function checkMap(page) {
  await colours(page, 2024, true, 'the map is drawn');
  await picture(page, '01-world');
  await page.visit('?older=0&y=2019&lang=en');
  await colours(page, 2019, false, '2019 alone');
  const before = tileRequests(page);
  await page.locator('#year').focus();
  await page.keyboard.press('ArrowLeft');
  await settle(page);
  same(await page.evaluate(() => document.querySelector('#year-now').textContent), '2018', 'an arrow key on the slider goes a year back');
  await colours(page, 2018, false, '2018 alone');
  await page.keyboard.press('End');
  await settle(page);
  await colours(page, 2024, false, '2024 alone');
  same(tileRequests(page) - before, 0, 'the slider asks for 0 tiles');
  await page.keyboard.press('Home');
  const years = await page.evaluate(() => new Promise((done) => {
    const seen = [];
    const watch = new MutationObserver(() => { seen.push(document.querySelector('#year-now').textContent); if (seen.at(-1) === '2024') { watch.disconnect(); done(seen); } });
    watch.observe(document.querySelector('#year-now'), { childList: true, characterData: true, subtree: true });
    document.querySelector('#play').click();
    setTimeout(() => done(seen), 30000);
  }));
  same([...new Set(years)], ['2019', '2020', '2021', '2022', '2023', '2024'], 'play goes through every year and ends');
  same(await page.locator('#play').getAttribute('aria-pressed'), 'false', 'and the button says play again');
  same(tileRequests(page) - before, 0, 'playing asks for 0 tiles');
}

async function checkHover(page) {
  await page.visit('?lang=en');
  const d = await figure('DEU', 2024);
  const { x, y } = await spot(page, INSIDE.DEU);
  await page.mouse.move(x, y);
  await page.waitForSelector('#tip:not([hidden])');
  const tip = await page.locator('#tip').innerText();
  const expected = ['Germany', `${two(d.value)} per 100 ischaemic strokes`, `95% CI ${two(d.lower)} to ${two(d.upper)}`, `${whole(d.events)} of ${whole(d.at_risk)}`];
  ok(expected.every((words) => tip.includes(words)), 'hover says value, interval and counts of the view', { tip, expected });
  const state = await page.evaluate((id) => window.tmap.map.gl.getFeatureState({ source: 'tmap', sourceLayer: 'areas', id }), d.area_id);
  same(state.h, true, 'and outlines the area');
  ok(await page.evaluate((id) => document.querySelector(`.dot-row[data-id="${id}"]`).classList.contains('hover'), d.area_id), 'the map marks the row of the ranking');
  await picture(page, '02-hover');
  const brazil = await spot(page, INSIDE.BRA);
  await page.mouse.move(brazil.x, brazil.y);
  await page.waitForFunction(() => document.querySelector('#tip').innerText.includes('Brazil'));
  ok((await page.locator('#tip').innerText()).includes('no figure'), 'hover over a country without a figure says so');
  const usa = await spot(page, INSIDE.USA);
  await page.mouse.move(usa.x, usa.y);
  await page.waitForFunction(() => document.querySelector('#tip').innerText.includes('United States'));
  ok((await page.locator('#tip').innerText()).includes('figure of 2019'), 'a figure of an earlier year is called that');
  const se = await figure('SWE', 2022);
  await page.locator(`.dot-row[data-id="${se.area_id}"]`).hover();
  const from = await page.evaluate((id) => window.tmap.map.gl.getFeatureState({ source: 'tmap', sourceLayer: 'areas', id }).h, se.area_id);
  same(from, true, 'the ranking outlines its area on the map');
}

async function checkSheet(page) {
  await page.visit('?lang=en');
  const { x, y } = await spot(page, INSIDE.DEU);
  await page.mouse.click(x, y);
  await page.waitForSelector('#view h2');
  same(await page.locator('#view h2').innerText(), 'Germany', 'a click opens the sheet');
  ok(new URL(page.url()).searchParams.get('place') === 'DEU', 'and the address names the place', page.url());
  const d = await figure('DEU', 2024);
  ok((await page.locator('.headline').innerText()).includes(two(d.value)), 'with the figure of the view');
  ok((await page.locator('#view').innerText()).includes(d.source), 'and its source');
  await picture(page, '03-sheet-country');
  await page.keyboard.press('Escape');
  await page.waitForFunction(() => !new URL(location.href).searchParams.has('place'));
  ok(await page.locator('.dots').count() === 1, 'Escape closes it');
  await page.visit('?lang=en&place=FRA/department/75');
  const p = await figure('75', 2024, 'department');
  const words = await page.locator('#view').innerText();
  for (const part of ['Trend', 'Rank', 'Funnel plot', 'By age and sex', 'Standardised', 'Centres', 'Data quality and source', 'Definition', 'SYNTHETIC']) ok(words.includes(part), `the sheet of a department has: ${part}`);
  ok(words.includes(`Rank ${p.rank} of ${p.ranked}`), 'rank as in the view', words.match(/Rank \d+ of \d+/)?.[0]);
  const place = { '-2': 'Below the 99.8 % limit', '-1': 'Below the 95 % limit', 0: 'Within chance', 1: 'Above the 95 % limit', 2: 'Above the 99.8 % limit' }[p.funnel];
  ok(words.includes(place), 'place in the funnel as in the view', place);
  same(await page.locator('#view svg[role=img]').count(), 4, 'four charts, each with a name for screen readers');
  await page.setViewportSize({ width: 1440, height: 2100 });
  await settle(page);
  await picture(page, '04-sheet-department');
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.visit('?lang=en&place=BEL');
  ok((await page.locator('.headline').innerText()).includes('no figure'), 'the sheet of a country without a figure says so');
}

async function checkLevels(page) {
  await page.visit('?lang=en&place=FRA');
  await settle(page);
  ok(/Regions/.test(await page.evaluate(() => { document.querySelector('#tab-dots').click(); return document.querySelector('#panel-head').innerText; })), 'near a country the regions come by themselves');
  await page.visit('?lang=en&lon=2.6&lat=46.4&z=5.4&level=department');
  const rows = await sql(`SELECT v.area_id, v.class, st_x(p) AS lon, st_y(p) AS lat FROM ${SCHEMA}.value v JOIN (SELECT area_id, st_pointonsurface(geom) AS p FROM ${SCHEMA}.region_latest) g USING (area_id)
    WHERE indicator = $1 AND level = 'department' AND year = 2024 AND sex = 'all' AND age_from IS NULL AND country = 'FRA'`, [STROKE]);
  const seen = await pixels(page);
  const box = await page.locator('#map').boundingBox();
  const wrong = [];
  let checked = 0;
  const marks = { hatched: null, plain: null };
  for (const row of rows) {
    const { x, y } = await spot(page, [row.lon, row.lat]);
    if (x < box.x + 50 || x > box.x + box.width - 20 || y < box.y + 20 || y > box.y + box.height - 20) continue;
    const square = [];
    for (let i = -6; i <= 6; i++) for (let j = -6; j <= 6; j++) square.push(seen.at(x + i, y + j));
    checked++;
    if (row.class === -1) marks.hatched = square;
    const hits = square.filter((pixel) => close(pixel, colourOf(row.class))).length;
    if (hits < (row.class === -1 ? 20 : 25)) wrong.push(`area ${row.area_id}, class ${row.class}: ${hits} of 169 pixels`);
  }
  ok(checked > 60 && wrong.length <= 2, `${checked} departments have the colour of their class (small ones may hide behind a centre's mark)`, wrong.join('\n'));
  ok((await page.locator('#map-stamp').innerText()).startsWith('SYNTHETIC'), 'the map itself is stamped SYNTHETIC');
  ok(marks.hatched && marks.hatched.filter((pixel) => close(pixel, [77, 77, 77], 45)).length > 15, 'suppressed areas are hatched');
  await page.visit('?lang=en&lon=6&lat=46.5&z=6.1');
  const alps = await pixels(page);
  const swiss = await spot(page, [8.2, 46.9]);
  const plain = [];
  for (let i = -6; i <= 6; i++) for (let j = -6; j <= 6; j++) plain.push(alps.at(swiss.x + i, swiss.y + j));
  ok(plain.every((pixel) => close(pixel, colourOf(-2))), 'areas without a figure are plain, in another colour', plain[0]);
  await page.visit('?lang=en&lon=2.6&lat=46.4&z=5.4&level=department');
  const centres = await page.evaluate(() => window.tmap.map.gl.queryRenderedFeatures({ layers: ['centres'] }).length);
  const [{ n }] = await sql(`SELECT count(*)::int AS n FROM ${SCHEMA}.centre WHERE opened IS NULL OR extract(year FROM opened) <= 2024`);
  ok(centres > 3 && centres <= n, `${centres} of ${n} centres are on this part of the map`);
  same(await page.evaluate(() => JSON.stringify(window.tmap.map.gl.getFilter('centres')).match(/\d{4}/g)), ['2024', '2024'], 'those open in the year');
  await picture(page, '05-departments');
  const paris = await spot(page, [2.35, 48.85]);
  await page.mouse.move(paris.x + 26, paris.y + 30);
  await page.waitForSelector('#tip:not([hidden])');
  ok((await page.locator('#tip').innerText()).includes('SYNTHETIC'), 'hover over a synthetic figure says so');
  await page.locator('#fade').check();
  await settle(page);
  const faded = await pixels(page);
  const [sure] = await sql(`SELECT area_id FROM ${SCHEMA}.value WHERE indicator = $1 AND level = 'department' AND year = 2024 AND sex = 'all' AND age_from IS NULL AND class > 2 ORDER BY reliability DESC LIMIT 1`, [STROKE]);
  const [unsure] = await sql(`SELECT area_id, class FROM ${SCHEMA}.value WHERE indicator = $1 AND level = 'department' AND year = 2024 AND sex = 'all' AND age_from IS NULL AND class > 3 AND reliability < 0.5 AND code ~ '^[0-9]{2}$' ORDER BY reliability LIMIT 1`, [STROKE]);
  const pale = rows.find((row) => row.area_id === unsure.area_id);
  const at = await spot(page, [pale.lon, pale.lat]);
  const brightness = (pixel) => pixel.reduce((a, b) => a + b, 0);
  ok(brightness(faded.at(at.x + 5, at.y + 5)) > brightness(seen.at(at.x + 5, at.y + 5)) + 60, 'fading makes uncertain rates paler', [faded.at(at.x + 5, at.y + 5), seen.at(at.x + 5, at.y + 5)]);
  const opacities = await page.evaluate(([a, b]) => [a, b].map((id) => window.tmap.map.gl.getFeatureState({ source: 'tmap', sourceLayer: 'areas', id }).r), [sure.area_id, unsure.area_id]);
  ok(opacities[0] > opacities[1], 'by their reliability', opacities);
  await picture(page, '06-faded');
}

let server;
let browser;
try {
  server = await startServer({ TMAP_CONNECTION: 'host 127.0.0.1, port 5432, database maps, user reader' });
  await group('the server', () => checkServer(server.address, SCHEMA, STROKE));
  browser = await openBrowser();
  const page = await openPage(browser, server.address, { path: '?lang=en' });
  await group('map, slider, play', () => checkMap(page));
  await group('hover, ranking', () => checkHover(page));
  await group('sheet', () => checkSheet(page));
  await group('levels, suppressed, fading', () => checkLevels(page));
  clean(page, 'all of this');
  await checkAround({ browser, page, server, SCHEMA, STROKE, figure, colourOf, two });
  same(server.log, '', 'the server logged no error');
} catch (error) {
  ok(false, 'the tests came to their end', error.stack);
} finally {
  await browser?.close();
  await server?.stop();
  await closeSql();
}
process.exitCode = finish() ? 0 : 1;
