// Writes the page and its release as files that any static host can serve.
//   node export.mjs FOLDER [--zoom 6]      PGHOST, PGPORT, PGUSER, PGDATABASE, TMAP_SCHEMA, TMAP_CONNECTION as for server.mjs
// Tiles up to the zoom given; beyond it the page enlarges the last. Empty tiles are left out, and named in tiles.json, so that
// the page does not ask for them. With config.json's "tiles" set to the address of a tile server (Martin and the like, with
// {z}, {x}, {y}, {level}, {indicator}) the page takes its tiles from there, and FOLDER/data/tiles is not needed.
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { openAtlas } from './sql.mjs';
import { listFiles } from './files.mjs';

const CONNECTIONS = 2;
const [, , folder, option, given] = process.argv;
const deepest = option === undefined ? 6 : Number(given);
if (!folder || (option !== undefined && option !== '--zoom') || !Number.isInteger(deepest) || deepest < 0 || deepest > 10) {
  console.error('usage: node export.mjs FOLDER [--zoom 0 to 10]');
  process.exit(2);
}
const schema = process.env.TMAP_SCHEMA || 'atlas';
const atlas = openAtlas({ schema, connections: CONNECTIONS });
let files = 0;

async function put(name, body) {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, body);
  files++;
}

/** Runs an asynchronous function over items, a few at a time. */
async function each(items, work) {
  const rest = items[Symbol.iterator]();
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => { for (const item of rest) await work(item); }));
}

async function copyPage() {
  for (const [name, path] of listFiles()) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await copyFile(path, join(folder, name));
    files++;
  }
}

/** Figures, sheets, shapes and tables of the release. */
async function writeFigures(info) {
  const areas = new Set();
  const names = info.indicators.map((i) => i.indicator);
  for (const level of info.levels.map((l) => l.level)) {
    for (const indicator of names) {
      await put(`data/values/${indicator}/${level}.json`, await atlas.values(indicator, level));
      await each(info.years, async (year) => {
        const json = await atlas.geojson(indicator, level, year, 3);
        await put(`data/geojson/${indicator}/${level}/${year}.json`, json);
        for (const f of JSON.parse(json).features) areas.add(f.id);
      });
    }
  }
  for (const indicator of names) await put(`data/csv/${indicator}.csv`, await atlas.csv({ indicator }));
  const parents = new Set();
  const sheet = async (id) => {
    const json = await atlas.area(id);
    const { parent } = JSON.parse(json).area;
    if (parent && !areas.has(parent.area_id)) parents.add(parent.area_id);
    await put(`data/area/${id}.json`, json);
  };
  await each(areas, sheet);
  await each(parents, sheet);
}

/** Tiles of all levels; below an empty tile everything is empty. Gives the list of those written, by level. */
async function writeTiles(info) {
  const written = {};
  for (const level of ['auto', ...info.levels.map((l) => l.level)]) {
    written[level] = [];
    let row = [[0, 0, 0]];
    while (row.length) {
      const next = [];
      await each(row, async ([z, x, y]) => {
        const bytes = await atlas.tile(z, x, y, { indicator: info.indicators[0].indicator, level });
        if (bytes.length === 0) return;
        await put(`data/tiles/${level}/${z}/${x}/${y}.mvt`, bytes);
        written[level].push(`${z}/${x}/${y}`);
        if (z < deepest) for (const [i, j] of [[0, 0], [1, 0], [0, 1], [1, 1]]) next.push([z + 1, 2 * x + i, 2 * y + j]);
      });
      row = next;
    }
    written[level].sort();
  }
  return written;
}

try {
  const text = await atlas.info();
  const info = JSON.parse(text);
  await copyPage();
  await put('data/info.json', text);
  await writeFigures(info);
  await put('data/tiles.json', JSON.stringify(await writeTiles(info)));
  // Each file is read by itself: if something was published meanwhile, they are of two releases.
  const after = JSON.parse(await atlas.info()).release.id;
  if (after !== info.release.id) throw new Error(`release ${info.release.id} was replaced by ${after} meanwhile; run it again`);
  await put('config.json', JSON.stringify({ static: true, schema, connection: process.env.TMAP_CONNECTION || null, maxzoom: deepest }));
  console.log(`${files} files of release ${info.release.id} in ${folder}`);
} finally {
  await atlas.close();
}
