// The page's server by itself: what it answers, what it refuses, how long answers may be kept, and that it tells nothing else.
import { ok, root, run, same, sql, web } from './web_page.mjs';

export async function checkServer(address, schema, indicator) {
  const get = (path, options) => fetch(address + path, options);
  const info = await (await get('api/info')).json();
  same(info, (await sql(`SELECT ${schema}.map_info() AS j`))[0].j, 'api/info is map_info()');
  same(await (await get(`api/values?indicator=${indicator}&level=region`)).json(), (await sql(`SELECT ${schema}.values_json($1, 'region') AS j`, [indicator]))[0].j, 'api/values is values_json()');
  const [{ area_id: id }] = await sql(`SELECT area_id FROM ${schema}.value WHERE code = 'DEU' LIMIT 1`);
  same(await (await get(`api/area?id=${id}`)).json(), (await sql(`SELECT ${schema}.area_json($1) AS j`, [id]))[0].j, 'api/area is area_json()');
  same(await (await get(`api/geojson?indicator=${indicator}&level=region&year=2024`)).json(), (await sql(`SELECT ${schema}.geojson($1, 'region', 2024) AS j`, [indicator]))[0].j, 'api/geojson is geojson()');
  const release = info.release.id;
  const tile = await get(`tiles/${release}/3/4/2.mvt?indicator=${indicator}&level=auto`);
  const bytes = Buffer.from(await tile.arrayBuffer());
  const [{ t }] = await sql(`SELECT ${schema}.tile(3, 4, 2, $1) AS t`, [JSON.stringify({ indicator, level: 'auto' })]);
  ok(bytes.equals(t) && bytes.length > 1000, 'tiles are those of tile()');
  same(tile.headers.get('cache-control'), 'public, max-age=31536000, immutable', 'kept for good, because the address names the release');
  same(tile.headers.get('content-encoding'), 'gzip', 'compressed');
  const again = await get(`tiles/${release}/3/4/2.mvt?indicator=${indicator}&level=auto`, { headers: { 'If-None-Match': tile.headers.get('etag') } });
  same([again.status, (await again.arrayBuffer()).byteLength], [304, 0], 'asked again with its ETag: 304');
  const free = await get(`api/values?indicator=${indicator}`);
  same(free.headers.get('cache-control'), 'no-cache', 'an address without the release is asked again');
  await free.arrayBuffer();
  same([(await get(`tiles/${release}/2/9/9.mvt`)).status, (await (await get(`tiles/${release}/2/9/9.mvt`)).arrayBuffer()).byteLength], [200, 0], 'outside the grid: an empty tile');
  const refused = [
    ['api/values?indicator=nonsense', 400], ['api/values', 400], [`api/values?indicator=${indicator}&level=moon`, 400], [`api/values?indicator=${indicator}&indicator=${indicator}`, 400],
    ['api/area?id=-1', 400], ['api/area?id=1e9', 400], ['api/area?id=99999999999', 400], ['api/area', 400], [`api/geojson?indicator=${indicator}&level=country&year=x`, 400], [`api/geojson?indicator=${indicator}&level=moon&year=2024`, 400],
    [`tiles/${release}/3/4/2.mvt?level=moon`, 400], [`tiles/${release}/3/4/2.mvt?year=1066`, 400], ['tiles/0000/0/0/0.mvt', 410], [`tiles/${release}/3/4.mvt`, 404], ['api/csv', 400], ['api/csv?total=2', 400],
    ['api/nothing', 404], ['server.mjs', 404], ['../package.json', 404], ['%2e%2e/package.json', 404], ['lib/../../package.json', 404], ['node_modules/pg/package.json', 404], ['%00', 404], ['%zz', 404],
    [`api/values?indicator=${encodeURIComponent("x'; SELECT 1; --")}`, 400], [`api/values?indicator=${'x'.repeat(3000)}`, 414],
  ];
  const wrong = [];
  for (const [path, status] of refused) {
    const answer = await get(path);
    const body = await answer.text();
    const kept = answer.headers.get('cache-control');
    if (answer.status !== status || kept !== 'no-store' || /node:|\bat \/|\.mjs|plpgsql|pg_|stack/.test(JSON.parse(body).error) || !JSON.parse(body).error) wrong.push(`${path.slice(0, 60)}: ${answer.status} ${kept} ${body.slice(0, 200)}`);
  }
  ok(wrong.length === 0, `${refused.length} wrong requests are refused in plain words, kept nowhere, without a look inside`, wrong.join('\n'));
  same((await get('api/info', { method: 'POST' })).status, 405, 'only GET and HEAD');
  same((await (await get('api/info', { method: 'HEAD' })).text()).length, 0, 'HEAD has no body');
  const csv = await (await get(`api/csv?indicator=${indicator}&level=department`)).text();
  const copied = await run('psql', ['-X', '-q', '-c', `COPY (SELECT * FROM ${schema}.value WHERE indicator = '${indicator}' AND level = 'department' ORDER BY fid) TO STDOUT (FORMAT csv, HEADER)`], { env: process.env });
  ok(csv === copied && csv.length > 100000, 'the CSV is, byte for byte, what COPY gives', `${csv.length} and ${copied.length} bytes`);
  ok(!/secret|password/i.test(JSON.stringify(await (await get('config.json')).json())), 'config.json tells no secret');
  const lock = await run('cat', [`${web}/package-lock.json`]);
  ok(!/"resolved"/.test(lock) && /"integrity"/.test(lock), 'the lock file names no registry, and has the digest of every package');
  if (process.env.TMAP_SERVER) await checkReplaced(get, schema, indicator, release);
}

/** The release is replaced a moment after the server has asked for it: nothing of the new one may be kept under the old address. */
async function checkReplaced(get, schema, indicator, release) {
  const owner = (text) => run('bash', [`${root}/test/server.sh`, 'psql', process.env.TMAP_SERVER, '-qAt', '-v', 'ON_ERROR_STOP=1', '-d', process.env.PGDATABASE, '-c', text], { env: process.env });
  const [{ breaks }] = await sql(`SELECT array_agg(lower ORDER BY class)::text AS breaks FROM ${schema}.legend WHERE indicator = $1 AND measure = 'value' AND class > 1`, [indicator]);
  await get('api/info');
  await owner(`SELECT ${schema}.set_classes('${indicator}', '{1}')`);
  same((await get(`api/values?indicator=${indicator}&release=${release}`)).headers.get('cache-control'), 'no-cache', 'figures of a release that was replaced just now are not kept');
  const gone = await get(`tiles/${release}/0/0/0.mvt?indicator=${indicator}`);
  same([gone.status, gone.headers.get('cache-control')], [410, 'no-store'], 'nor are tiles');
  await owner(`SELECT ${schema}.set_classes('${indicator}', '${breaks}')`);
  // The address of before holds again, once the server has asked anew.
  for (let i = 0; i < 20 && (await (await get('api/info')).json()).release.id !== release; i++) await new Promise((done) => { setTimeout(done, 500); });
  same((await get(`tiles/${release}/0/0/0.mvt?indicator=${indicator}`)).status, 200, 'with the classes of before the address holds again');
}
