// CSV, GeoJSON, SQL, QGIS and link of what is on view.
import { $, announce, fill, h } from './dom.js';
import { csvAddress, geojsonAddress, getConfig, getInfo } from './data.js';
import { t } from './i18n.js';
import { valueQuery } from './query.js';

/** What the buttons hand out: the shown figures, or all years and groups of a place. */
function wanted({ state, level, area }) {
  return area ? { indicator: state.indicator, area: area.id } : { indicator: state.indicator, level, year: state.year, total: true, older: state.older };
}

const parameters = (where) => Object.fromEntries(Object.entries(where).filter(([, value]) => value !== false && value !== undefined).map(([k, v]) => [k, v === true ? '1' : String(v)]));

async function copy(text, button) {
  try { await navigator.clipboard.writeText(text); } catch {
    const field = h('textarea', { class: 'offscreen' }, text);
    (button.closest('dialog') ?? document.body).append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  }
  const before = button.textContent;
  button.textContent = t('copied');
  announce(t('copied'));
  setTimeout(() => { button.textContent = before; }, 1500);
}

/** A dialog with texts to copy; parts: [label, text] pairs. */
function showText(title, note, parts) {
  const dialog = $('#dialog');
  fill(dialog,
    h('form', { method: 'dialog' }, h('button', { class: 'close', 'aria-label': t('close') }, '×')),
    h('h2', { id: 'dialog-title' }, title), h('p', { class: 'note' }, note),
    parts.map(([label, words]) => [h('div', { class: 'copy-head' }, h('h3', {}, label), h('button', { class: 'plain', onclick: (event) => copy(words, event.target) }, t('copy'))), h('pre', { tabindex: 0 }, words)]).flat());
  dialog.showModal();
}

function save(name, blob) {
  const address = URL.createObjectURL(blob);
  const link = h('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}

/** One area of a level's GeoJSON as a file of its own. */
async function saveOne(address, area, name) {
  try {
    const all = await (await fetch(address)).json();
    save(name, new Blob([JSON.stringify({ type: 'FeatureCollection', features: all.features.filter((f) => f.id === area.id) })], { type: 'application/geo+json' }));
  } catch (error) { announce(t('shareFailed')); throw error; }
}

/** The layer and the filter that show the same in QGIS. */
function layerOf({ state, level, area }) {
  const schema = getConfig().schema ?? 'atlas';
  const latest = !area && state.older && state.year === getInfo().years.at(-1);
  const kind = (area?.level ?? level) === 'country' ? 'country' : 'region';
  const filter = [
    !latest && !area && `"year" = ${state.year}`,
    kind === 'region' && !area && `"level" = '${level}'`,
    area && `"area_id" = ${area.id}`,
  ].filter(Boolean).join(' AND ');
  return { layer: `${schema}.${kind}_${latest ? 'latest' : 'year'}`, filter };
}

/** Draws the row of buttons. context: { state, level, area (a place's sheet) }. */
export function drawShare(element, title, context) {
  const { state, level, area } = context;
  const config = getConfig();
  const where = wanted(context);
  const schema = config.schema ?? 'atlas';
  const { literal } = valueQuery(schema, config.static ? { indicator: state.indicator } : where);
  const shapes = geojsonAddress(state.indicator, area?.level ?? level, state.year);
  const file = `tmap-${getInfo().release.id}-${state.indicator}-${area ? area.code : level}-${state.year}`;
  const { layer, filter } = layerOf(context);
  fill(element, h('span', { class: 'share-title' }, title),
    h('a', { class: 'chip', 'data-share': 'csv', href: csvAddress(parameters(where)), download: `${file}.csv` }, t('csv')),
    area ? h('button', { class: 'chip', 'data-share': 'geojson', onclick: () => saveOne(shapes, area, `${file}.geojson`) }, t('geojson'))
      : h('a', { class: 'chip', 'data-share': 'geojson', href: shapes, download: `${file}.geojson` }, t('geojson')),
    h('button', { class: 'chip', 'data-share': 'sql', onclick: () => showText(t('sqlTitle'), t('sqlNote'), [[t('sql'), literal]]) }, t('sql')),
    h('button', { class: 'chip', 'data-share': 'qgis', onclick: () => showText(t('qgisTitle'), t('qgisNote'), [[t('qgisConnection'), config.connection ?? t('qgisAsk')], [t('qgisLayer'), layer], ...(filter ? [[t('qgisFilter'), filter]] : [])]) }, t('qgis')),
    h('button', { class: 'chip', 'data-share': 'link', onclick: (event) => copy(location.href, event.target) }, t('link')));
}
