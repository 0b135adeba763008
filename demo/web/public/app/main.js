// Puts the page together: the state decides what is shown, every part draws itself anew from it.
import { $, announce, fill, h, oncePerFrame } from './dom.js';
import * as data from './data.js';
import { areaName, chooseLanguage, indicatorTitle, indicatorUnit, levelName, number, setLanguage, t } from './i18n.js';
import { onChange, set, state } from './state.js';
import { drawControls, drawFoot, drawFrame } from './frame.js';
import { drawLegend, paletteOf } from './legend.js';
import { drawPlayer, stopPlaying } from './player.js';
import { drawDots, markDot } from './dots.js';
import { drawTable } from './table.js';
import { drawSheet } from './sheet.js';
import { drawShare } from './share.js';
import { showTip } from './tooltip.js';
import { startSearch } from './search.js';

let map = null; // the map on view: map.js or svgmap.js
let wantedMap = null; // which one should be, while it is being made
let centreList = []; // of the world, for the map that has no tiles
let zoomNow = 1;
let hoverByPanel = false; // whether the area marked now was marked by the panel

const indicator = () => data.indicatorOf(state().indicator);
const year = () => state().year;
/** The level on the map: the one chosen, or the deepest whose turn it is at this zoom. */
function shownLevel() {
  const { levels } = data.getInfo();
  if (state().level !== 'auto') return state().level;
  const zoom = Math.floor(zoomNow + 1e-6);
  return (levels.filter((l) => (l.min_zoom ?? 0) <= zoom).at(-1) ?? levels[0]).level;
}
const figures = (level = shownLevel()) => data.figuresOf(indicator().indicator, level, year(), state().older);

/** The figures of all levels that the map may draw: deeper ones where there are any, else the area itself. */
function mapFigures() {
  const { rank } = data.levelOf(shownLevel());
  const all = new Map();
  for (const l of data.getInfo().levels) if (l.rank <= rank) for (const [id, f] of figures(l.level)) all.set(id, f);
  return all;
}

/** The figures of the panel: of the level shown, of one country when chosen. */
function panelFigures() {
  const within = state().within;
  const all = figures();
  if (!within || shownLevel() === 'country') return all;
  return new Map([...all].filter(([, f]) => f.area.country === within));
}

async function loadLevels() {
  const { rank } = data.levelOf(shownLevel());
  await Promise.all(data.getInfo().levels.filter((l) => l.rank <= rank).map((l) => data.loadValues(indicator().indicator, l.level)));
}

// ---- the map ---------------------------------------------------------------------------------------------------------

const handlers = {
  hover: oncePerFrame((area, centre, point) => {
    // The pointer has left the map, perhaps for a row of the panel that has marked its own area since.
    if (!area && hoverByPanel) { showTip(null); return; }
    hoverByPanel = false;
    showTip(area, area && figures(area.level).get(area.id), indicator(), centre, point);
    map?.hover(area?.id ?? null);
    markDot(area?.id ?? null, true);
  }),
  select: (area) => choosePlace(area, { move: false }),
  outdated: () => { fill($('#map-note'), t('newRelease'), ' ', h('button', { class: 'plain', onclick: () => location.reload() }, t('reload'))); $('#map-note').hidden = false; },
  moved: ({ lon, lat, zoom }) => {
    const before = shownLevel();
    zoomNow = zoom;
    set({ lon: Number(lon.toFixed(3)), lat: Number(lat.toFixed(3)), zoom: Number(zoom.toFixed(2)) }, { quiet: true });
    if (before !== shownLevel()) levelChanged();
  },
};

async function levelChanged() {
  if (map?.kind === 'svg') await map.level(shownLevel());
  await loadLevels();
  drawFigures();
}

/** Makes the map that the state asks for, in WebGL or as SVG. */
async function makeMap() {
  const s = state();
  const gl = await import('./map.js');
  const noGl = !s.svg && !gl.hasWebGl();
  const kind = s.svg || noGl || s.projection === 'equal' ? 'svg' : 'webgl';
  $('#map-note').hidden = !(kind === 'svg' && (noGl || s.projection === 'equal'));
  $('#map-note').textContent = t(noGl ? 'svgNote' : 'equalNote');
  document.documentElement.dataset.map = kind === 'webgl' && s.projection === 'globe' ? 'globe' : kind;
  if (wantedMap === kind) return;
  wantedMap = kind;
  map?.remove();
  map = null;
  fill($('#map'));
  const { createMap } = kind === 'svg' ? await import('./svgmap.js') : gl;
  const made = await createMap($('#map'), handlers, { lon: s.lon, lat: s.lat, zoom: s.zoom, level: kind === 'svg' ? shownLevel() : s.level, palette: paletteOf(indicator().indicator), globe: s.projection === 'globe' });
  if (wantedMap !== kind) { made.remove(); return; }
  map = made;
  zoomNow = map.zoom();
  if (kind === 'svg') centreList = await data.loadCentres();
  window.tmap = { map, ready: false }; // for tests and for the curious
}

function paintMap() {
  if (!map) return;
  map.paint(mapFigures(), paletteOf(indicator().indicator), { fade: state().fade });
  map.year?.(year());
  map.centres(year(), state().centres, centreList);
}

// ---- the panel -------------------------------------------------------------------------------------------------------

const panelHandlers = {
  hover: (id) => { hoverByPanel = id !== null; map?.hover(id); markDot(id, false); },
  select: (id) => choosePlace(data.areaOf(id), { move: true }),
  selectId: (id, child) => choosePlace(data.areaOf(id) ?? data.remember({ id, ...child, country: child.country ?? placeArea()?.country }), { move: true }),
  older: () => set({ older: true }),
  redraw: () => drawPanel(),
  close: () => { set({ place: null, view: state().view === 'place' ? 'dots' : state().view }); $('#tabs [aria-selected=true]')?.focus(); },
};

let placeFound = null; // the area of state().place, once it is known
const placeArea = () => (placeFound && state().place === data.placeName(placeFound) ? placeFound : null);

/** Opens the sheet of an area, and moves the map there when it was not chosen on the map. */
async function choosePlace(area, { move }) {
  placeFound = area;
  if (move && map && !map.gl?.isMoving()) goTo(area).catch((error) => console.error(error));
  set({ place: data.placeName(area), view: 'place' });
  announce(areaName(area));
}

/** Moves the map to an area by its shape; leaves it where the area is already seen well enough. */
async function goTo(area, animate = true) {
  const level = area.level && data.levelOf(area.level) ? area.level : 'country';
  const { features } = await data.loadShapes(level, Math.min(3, 1 + 2 * (data.levelOf(level).rank - 1)));
  const shape = features.find((f) => f.id === area.id);
  if (shape?.geometry) map?.show(boundsOfLargest(shape.geometry), animate);
}

/** Moves the map to a country by its code. */
async function showCountry(code) {
  await data.loadShapes('country');
  const country = [...data.allAreas()].find((a) => a.level === 'country' && a.code === code);
  if (country) goTo(country).catch((error) => console.error(error));
}

/** West, south, east, north of the largest polygon: France is to be seen, not the oceans between its territories. */
function boundsOfLargest(geometry) {
  const rings = (geometry.type === 'MultiPolygon' ? geometry.coordinates : [geometry.coordinates]).map(([ring]) => ring);
  const largest = rings.reduce((a, b) => (Math.abs(window.d3.polygonArea(a)) >= Math.abs(window.d3.polygonArea(b)) ? a : b));
  const [x, y] = [0, 1].map((i) => window.d3.extent(largest, (p) => p[i]));
  return [[x[0], y[0]], [x[1], y[1]]];
}

function drawTabs() {
  const views = ['dots', 'table', 'place'];
  fill($('#tabs'), views.map((view) => h('button', {
    role: 'tab', id: `tab-${view}`, 'aria-selected': String(state().view === view), 'aria-controls': 'view', tabindex: state().view === view ? 0 : -1,
    onclick: () => set({ view }),
    onkeydown: (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      set({ view: views[(views.indexOf(state().view) + step + views.length) % views.length] });
      $('#tabs [aria-selected=true]').focus();
    },
  }, t(view))));
  $('#view').setAttribute('aria-labelledby', `tab-${state().view}`);
  $('#panel').dataset.view = state().view;
}

/** What the panel shows, in a line, with the choice of a country below the country level. */
function drawPanelHead() {
  const level = shownLevel();
  const words = t(state().older ? 'shownOlder' : 'shown', { level: levelName(level, data.levelOf(level).title), year: year() });
  const countries = new Map();
  if (level !== 'country') for (const f of figures().values()) countries.set(f.area.country, true);
  const name = (code) => areaName([...data.allAreas()].find((a) => a.level === 'country' && a.code === code) ?? { name: code, code, level: 'country' });
  fill($('#panel-head'), state().view === 'place' ? null : [
    h('p', {}, words),
    countries.size > 1 && h('label', {}, t('within'), ' ', h('select', { id: 'within', onchange: (event) => { set({ within: event.target.value || null }); showCountry(event.target.value); } },
      h('option', { value: '' }, t('all')), [...countries.keys()].sort().map((code) => h('option', { value: code, selected: code === state().within }, name(code)))))]);
}

async function drawPanel() {
  drawTabs();
  drawPanelHead();
  const s = state();
  const view = $('#view');
  const level = shownLevel();
  const context = { figures: panelFigures(), palette: paletteOf(indicator().indicator), indicator: indicator(), level, year: year(), older: s.older, chosen: placeArea()?.id ?? null };
  const keep = view.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  if (s.view === 'dots') drawDots(view, context, panelHandlers);
  else if (s.view === 'table') drawTable(view, { ...context, caption: t('tableCaption', { indicator: indicatorTitle(indicator()), shown: $('#panel-head p')?.textContent ?? '' }) }, panelHandlers);
  else await drawPlace(view);
  if (keep) view.querySelector(`[data-id="${keep}"]`)?.focus({ preventScroll: true });
  drawShare($('#share-map'), t('takeMap'), { state: s, level });
  const area = s.view === 'place' ? placeArea() : null;
  $('#share-view').hidden = s.view === 'place' && !area;
  drawShare($('#share-view'), t('take'), { state: s, level, area });
}

async function drawPlace(view) {
  if (!state().place) { fill(view, h('p', { class: 'empty' }, t('placeNone'))); return; }
  if (!placeArea()) placeFound = await data.findPlace(state().place, indicator().indicator);
  if (!placeFound) { fill(view, h('p', { class: 'empty' }, t('searchNone'))); return; }
  map?.select(placeFound.id);
  const before = view.querySelector('h2')?.textContent;
  await drawSheet(view, placeFound, { indicator: indicator(), year: year(), older: state().older }, panelHandlers);
  if (before !== areaName(placeFound)) view.scrollTop = 0;
}

// ---- everything ------------------------------------------------------------------------------------------------------

/** Draws all that depends on figures. */
function drawFigures() {
  const s = state();
  const counts = new Map();
  let older = false;
  let synthetic = 0;
  for (const f of figures().values()) { synthetic += f.synthetic ? 1 : 0; counts.set(f.c, (counts.get(f.c) ?? 0) + 1); older ||= f.older && f.c !== -2; }
  paintMap();
  $('#map-stamp').hidden = synthetic === 0;
  fill($('#map-stamp'), h('span', { class: 'badge' }, t('synthetic')), ' ', t('syntheticMap', { n: number(synthetic), level: levelName(shownLevel()).toLowerCase() }));
  drawLegend($('#legend'), { indicator: indicator().indicator, unit: indicatorUnit(indicator()), counts, older, fade: s.fade, year: year(), centres: { open: s.centres, unknown: s.centres } });
  drawPlayer($('#player'), { years: data.getInfo().years, year: year() }, (y) => set({ year: y }));
  $('#map').setAttribute('aria-label', t('mapLabel', { indicator: indicatorTitle(indicator()), year: year() }));
  return drawPanel().catch((error) => console.error(error));
}

async function changed(s, fields) {
  if (fields.has('language')) { setLanguage(chooseLanguage(s.language)); drawFrame(); drawFoot(); }
  if (fields.has('indicator') || fields.has('language') || ['level', 'projection', 'fade', 'older', 'centres'].some((f) => fields.has(f))) drawControls();
  if (fields.has('svg') || fields.has('projection')) { await makeMap(); map?.globe(s.projection === 'globe'); map?.select(placeArea()?.id ?? null); }
  if (fields.has('level')) await map?.level(map.kind === 'svg' ? shownLevel() : s.level);
  if (['lon', 'lat', 'zoom'].some((f) => fields.has(f))) map?.go(s);
  if (fields.has('place') && !s.place) { placeFound = null; map?.select(null); }
  if (['indicator', 'level', 'lon', 'lat', 'zoom'].some((f) => fields.has(f))) await loadLevels();
  await drawFigures();
}

/** Fills what the address left open: language, indicator and year. */
function complete() {
  const s = state();
  const info = data.getInfo();
  const known = info.indicators.some((i) => i.indicator === s.indicator) ? s.indicator : info.indicators[0].indicator;
  const level = s.level === 'auto' || data.levelOf(s.level) ? s.level : 'auto';
  set({ indicator: known, year: info.years.includes(s.year) ? s.year : info.years.at(-1), level, view: s.place && !new URLSearchParams(location.search).has('view') ? 'place' : s.view }, { quiet: true });
}

function listenToKeys() {
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || $('#dialog').open) return;
    if (!$('#tip').hidden) showTip(null);
    if (state().place) panelHandlers.close();
  });
  let waiting;
  new ResizeObserver(() => { clearTimeout(waiting); waiting = setTimeout(() => { map?.resize(); if (state().view === 'place') drawPanel(); }, 150); }).observe($('#map-frame'));
}

async function start() {
  setLanguage(chooseLanguage(state().language));
  $('#loading').textContent = t('loading');
  try {
    await data.open();
    complete();
    zoomNow = state().zoom ?? 1;
    drawFrame();
    drawControls();
    drawFoot();
    await data.loadValues(state().indicator, 'country');
    await loadLevels();
    if (state().place) placeFound = await data.findPlace(state().place, state().indicator) ?? null;
    drawFigures();
    await makeMap();
    $('#home').addEventListener('click', () => { stopPlaying(); map?.go({}); });
    if (placeFound) { map.select(placeFound.id); if (state().zoom === null) goTo(placeFound, false).catch((error) => console.error(error)); }
    startSearch(() => state().indicator, (area) => choosePlace(area, { move: true }));
    listenToKeys();
    onChange((s, fields) => { changed(s, fields).catch((error) => console.error(error)); });
    await loadLevels();
    await drawFigures();
    $('#loading').hidden = true;
    if (window.tmap) window.tmap.ready = true;
  } catch (error) {
    fill($('#loading'), h('span', {}, t('failed')), ' ', h('button', { class: 'plain', onclick: () => location.reload() }, t('retry')));
    console.error(error);
  }
}

start();
