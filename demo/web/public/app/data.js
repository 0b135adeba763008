// The figures: fetched once, kept, and laid out by year. The page works the same over its server and as static files.

let config;
let info;
const areas = new Map(); // id -> { id, code, name, level, country, parent }
const kept = new Map(); // address -> promise of its JSON

async function fetchJson(address, options) {
  const response = await fetch(address, options);
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  return response.json();
}

/** Fetches an address once; a failure is not kept. */
function once(address) {
  if (!kept.has(address)) kept.set(address, fetchJson(address).catch((error) => { kept.delete(address); throw error; }));
  return kept.get(address);
}

/** Reads config.json and map_info(); everything else needs it. */
export async function open() {
  config = await fetchJson('config.json', { cache: 'no-cache' });
  info = await fetchJson(config.static ? 'data/info.json' : 'api/info', { cache: 'no-cache' });
  info.levels.sort((a, b) => a.rank - b.rank);
  return info;
}

export const getInfo = () => info;
export const getConfig = () => config;
export const indicatorOf = (name) => info.indicators.find((i) => i.indicator === name) ?? info.indicators[0];
/** Levels of more areas than this are loaded only to be drawn on the map, not for lists of names or for company. */
export const MANY = 5000;
export const levelOf = (name) => info.levels.find((l) => l.level === name);

/** Remembers an area that the page has met. */
export function remember(area) {
  if (!areas.has(area.id)) areas.set(area.id, area);
  return areas.get(area.id);
}
export const areaOf = (id) => areas.get(id);
export const allAreas = () => areas.values();

const query = (fields) => new URLSearchParams({ ...fields, release: info.release.id }).toString();

/** The template of the tiles' addresses. */
export function tilesOf(level) {
  if (config.tiles) return decodeURI(new URL(config.tiles, location.href).href).replace('{level}', level).replace('{indicator}', info.indicators[0].indicator);
  if (config.static) return `file-tiles://${level}/{z}/{x}/{y}`;
  return `${new URL('tiles/', location.href).href.split('?')[0]}${info.release.id}/{z}/{x}/{y}.mvt?indicator=${encodeURIComponent(info.indicators[0].indicator)}&level=${encodeURIComponent(level)}`;
}

/** The bytes of a tile kept as a file, by an address that tilesOf() made; empty where the release has nothing. */
export async function fileTile(address) {
  const [level, ...place] = address.replace('file-tiles://', '').split('/');
  const written = await once('data/tiles.json').then((all) => all[level]);
  if (!written?.includes(place.join('/'))) return new ArrayBuffer(0);
  const response = await fetch(`data/tiles/${level}/${place.join('/')}.mvt`);
  if (!response.ok) throw new Error(`${response.status} ${response.url}`);
  return response.arrayBuffer();
}

const series = new Map(); // indicator/level -> { years, areas: [{ area, ...arrays }] }, once it has come

/** Loads the figures of a level, all years. */
export async function loadValues(indicator, level) {
  const key = `${indicator}/${level}`;
  if (series.has(key)) return series.get(key);
  const json = await once(config.static ? `data/values/${key}.json` : `api/values?${query({ indicator, level })}`);
  const rows = Object.entries(json.areas ?? {}).map(([id, row]) => ({
    ...row, area: remember({ id: Number(id), code: row.code, name: row.name, level: row.level ?? level, country: row.country, parent: row.parent }),
  }));
  series.set(key, { years: json.years, areas: rows });
  return series.get(key);
}

const NOTHING = { c: -2, v: null, l: null, u: null, e: null, n: null, r: null, p: null, k: null, kl: null, ku: null, f: null, synthetic: false };

/** The figure of a row at a place in its years. */
function figureAt(row, at, year, older) {
  if (at < 0) return { ...NOTHING, area: row.area, year, older: false, quality: null };
  const figure = { area: row.area, year, older, quality: Array.isArray(row.q) ? row.q[at] : row.quality ?? row.q ?? null };
  for (const name of Object.keys(NOTHING)) figure[name] = row[name]?.[at] ?? NOTHING[name];
  figure.synthetic = row.s?.[at] === 1;
  return figure;
}

const laid = new Map(); // figures laid out lately, by indicator, level, year and older

/** The figures of a level in a year, by area id; older: where the year has none, the latest before it. Empty until loaded. */
export function figuresOf(indicator, level, year, older) {
  const loaded = series.get(`${indicator}/${level}`);
  if (!loaded) return new Map();
  const key = `${indicator}/${level}/${year}/${older}`;
  if (laid.has(key)) return laid.get(key);
  const found = new Map();
  const at = loaded.years.indexOf(year);
  for (const row of loaded.areas) {
    let i = at;
    if (older && at >= 0) while (i >= 0 && (row.c[i] ?? -2) === -2) i--;
    const use = i >= 0 ? i : at;
    found.set(row.area.id, figureAt(row, use, loaded.years[use] ?? year, use !== at));
  }
  if (laid.size > 60) laid.clear();
  laid.set(key, found);
  return found;
}

/** The sheet of an area. */
export async function loadArea(id) {
  const sheet = await once(config.static ? `data/area/${id}.json` : `api/area?${query({ id })}`);
  // Days or years, as the release has them: the page shows years.
  for (const c of sheet.centres ?? []) for (const end of ['opened', 'closed']) c[end] = c[end] ? Number(String(c[end]).slice(0, 4)) : null;
  return sheet;
}

/** All centres, from the sheet of the area above the countries; years of opening as numbers. */
export async function loadCentres() {
  const [first] = (await loadShapes('country')).features;
  const { parent } = (await loadArea(first.id)).area;
  return parent ? (await loadArea(parent.area_id)).centres : [];
}

/** The shapes of a level as GeoJSON, simplified; remembers all its areas. */
export async function loadShapes(level, zoom = 1) {
  const indicator = info.indicators[0].indicator;
  const year = info.years.at(-1);
  const json = await once(config.static ? `data/geojson/${indicator}/${level}/${year}.json` : `api/geojson?${query({ indicator, level, year, zoom })}`);
  for (const f of json.features) remember({ id: f.id, code: f.properties.code, name: f.properties.name, level, country: f.properties.country ?? (level === 'country' ? f.properties.code : undefined) });
  return json;
}

/** Where the page's own files of figures lie. */
export const csvAddress = (where) => (config.static ? `data/csv/${where.indicator}.csv` : `api/csv?${query(where)}`);
export const geojsonAddress = (indicator, level, year) =>
  (config.static ? `data/geojson/${indicator}/${level}/${year}.json` : `api/geojson?${query({ indicator, level, year })}`);

/** The name of an area in the page's address: a country's code, else country/level/code. */
export const placeName = (area) => (area.level === 'country' ? area.code : `${area.country ?? '-'}/${area.level}/${area.code}`);

/** The area of such a name, loading what it takes; undefined when there is none. */
export async function findPlace(place, indicator) {
  const parts = place.split('/');
  const [country, level, code] = parts.length === 3 ? parts : [undefined, 'country', parts[0]];
  const match = () => [...areas.values()].find((a) => a.level === level && a.code === code && (!country || country === '-' || !a.country || a.country === country));
  if (!levelOf(level)) return undefined;
  if (!match()) await loadValues(indicator, level);
  if (!match()) await loadShapes(level);
  return match();
}
