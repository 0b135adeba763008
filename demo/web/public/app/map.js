// The map in WebGL. Colours come by feature-state from the figures that the page holds: a new year asks for no tile.
import { Map as GlMap, NavigationControl, addProtocol } from '../lib/maplibre-gl.mjs';
import { tilesOf, fileTile, getConfig, areaOf, remember } from './data.js';
import { NO_DATA, SUPPRESSED, certainty, texture } from './legend.js';
import { t } from './i18n.js';

addProtocol('file-tiles', async ({ url }) => ({ data: await fileTile(url) }));

const OCEAN = '#dbe6ec';
const MARK = '#f0690f'; // seen on every class, light or dark
const OF_THE_YEAR = ['base', 'areas', 'hatch', 'earlier', 'borders', 'rim', 'selected', 'hover'];
const AREAS = { source: 'tmap', sourceLayer: 'areas' };
const state = (name, otherwise) => ['coalesce', ['feature-state', name], otherwise];

/** Layers over the source, in drawing order; all that depends on figures reads feature-state. */
function layers(palette) {
  const none = palette.get(NO_DATA)?.colour ?? '#e8e8e6';
  const areas = (id, more) => ({ id, source: 'tmap', 'source-layer': 'areas', ...more });
  const width = (thin, thick) => ['interpolate', ['linear'], ['zoom'], 0, thin, 8, thick];
  return [
    { id: 'ocean', type: 'background', paint: { 'background-color': OCEAN } },
    // Countries below a level that does not cover the world: never an ocean where there is land.
    { id: 'land', type: 'fill', source: 'land', 'source-layer': 'areas', layout: { visibility: 'none' }, paint: { 'fill-color': '#f4f5f3' } },
    { id: 'land-rim', type: 'line', source: 'land', 'source-layer': 'areas', layout: { visibility: 'none' }, paint: { 'line-color': '#c3ccd1', 'line-width': 0.6 } },
    areas('base', { type: 'fill', paint: { 'fill-color': '#ffffff' } }),
    areas('areas', { type: 'fill', paint: { 'fill-color': none, 'fill-opacity': 1 } }),
    areas('hatch', { type: 'fill', paint: { 'fill-pattern': 'hatch', 'fill-opacity': ['case', ['==', state('c', NO_DATA), SUPPRESSED], 1, 0] } }),
    areas('earlier', { type: 'fill', paint: { 'fill-pattern': 'dots', 'fill-opacity': ['case', state('o', false), 1, 0] } }),
    areas('borders', { type: 'line', paint: { 'line-color': '#ffffff', 'line-width': width(0.5, 1.4) } }),
    areas('rim', { type: 'line', paint: { 'line-color': '#8b9aa3', 'line-width': width(0.25, 0.7) } }),
    areas('selected', { type: 'line', layout: { 'line-join': 'round' }, paint: { 'line-color': MARK, 'line-width': ['case', state('s', false), 3, 0] } }),
    areas('hover', { type: 'line', layout: { 'line-join': 'round' }, paint: { 'line-color': MARK, 'line-width': ['case', state('h', false), 2, 0] } }),
    { id: 'centres', type: 'circle', source: 'tmap', 'source-layer': 'centres', paint: {
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 0, 1.4, 4, 3.4, 8, 6],
      'circle-color': ['case', ['has', 'opened'], '#d3492a', '#ffffff'],
      'circle-stroke-color': ['case', ['has', 'opened'], '#ffffff', '#d3492a'],
      'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 0, 0.6, 4, 1.4] } },
  ];
}

/** The colour of a class, as an expression over feature-state. */
function colours(palette) {
  const pairs = [...palette.values()].filter((row) => row.class !== NO_DATA).flatMap((row) => [row.class, row.colour]);
  return ['match', state('c', NO_DATA), ...pairs, palette.get(NO_DATA)?.colour ?? '#e8e8e6'];
}

/** Centres that were open in a year; those of unknown year always. */
const openIn = (year) => ['all', ['any', ['!', ['has', 'opened']], ['<=', ['get', 'opened'], year]], ['any', ['!', ['has', 'closed']], ['>=', ['get', 'closed'], year]]];

/** Whether this browser can draw it. */
export function hasWebGl() {
  try { return Boolean(document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: false })); } catch { return false; }
}

/** Makes the map; handlers: hover(area, centre, point), select(area), moved({ lon, lat, zoom }). Resolves when it can be painted. */
export async function createMap(container, handlers, { lon, lat, zoom, level, palette, globe }) {
  const map = new GlMap({
    container, attributionControl: false, center: [lon ?? 12, lat ?? 28], zoom: zoom ?? startZoom(container, globe), minZoom: 0, maxZoom: 11.5,
    dragRotate: false, pitchWithRotate: false, touchPitch: false, fadeDuration: 0, maxPitch: 0, renderWorldCopies: true,
    locale: { 'Map.Title': t('mapKeys'), 'NavigationControl.ZoomIn': t('zoomIn'), 'NavigationControl.ZoomOut': t('zoomOut') },
    style: { version: 8, sources: {}, layers: [] },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  map.on('error', (event) => {
    // Tiles are asked for by release: 410 says that there is a newer one.
    if (event.error?.status === 410) handlers.outdated(); else console.error('map:', event.error?.message ?? event);
  });
  await new Promise((done) => { map.once('style.load', done); });
  for (const kind of ['hatch', 'dots']) map.addImage(kind, texture(kind), { pixelRatio: 2 });
  map.addSource('tmap', { type: 'vector', tiles: [tilesOf(level)], minzoom: 0, maxzoom: getConfig().maxzoom ?? 10 });
  map.addSource('land', { type: 'vector', tiles: [tilesOf('country')], minzoom: 0, maxzoom: getConfig().maxzoom ?? 10 });
  for (const layer of layers(palette)) map.addLayer(layer);
  const land = (name) => { for (const id of ['land', 'land-rim']) map.setLayoutProperty(id, 'visibility', ['auto', 'country'].includes(name) ? 'none' : 'visible'); };
  land(level);
  if (globe) map.setProjection({ type: 'globe' });
  map.addControl(new NavigationControl({ showCompass: false }), 'top-left');

  let painted = new Map();
  let shown = null;
  let marked = { h: null, s: null };
  const mark = (name, id) => {
    if (marked[name] === id) return;
    if (marked[name] !== null) map.setFeatureState({ ...AREAS, id: marked[name] }, { [name]: false });
    if (id !== null) map.setFeatureState({ ...AREAS, id }, { [name]: true });
    marked[name] = id;
  };
  const areaAt = (point) => {
    const [feature] = map.queryRenderedFeatures(point, { layers: ['areas'] });
    if (!feature) return null;
    const { code, name, level: at, country } = feature.properties;
    return areaOf(feature.id) ?? remember({ id: feature.id, code, name, level: at, country: country ?? (at === 'country' ? code : undefined) });
  };
  const near = ({ x, y }) => [[x - 4, y - 4], [x + 4, y + 4]];
  const centreAt = (point) => map.getLayoutProperty('centres', 'visibility') !== 'none' && map.queryRenderedFeatures(near(point), { layers: ['centres'] })[0]?.properties;
  map.on('mousemove', (event) => {
    const area = areaAt(event.point);
    map.getCanvas().style.cursor = area ? 'pointer' : '';
    handlers.hover(area, centreAt(event.point) || null, event.point);
  });
  map.on('mouseout', () => handlers.hover(null, null, null));
  map.on('movestart', () => handlers.hover(null, null, null));
  map.on('click', (event) => { const area = areaAt(event.point); if (area) handlers.select(area); });
  map.on('moveend', () => { const c = map.getCenter().wrap(); handlers.moved({ lon: c.lng, lat: c.lat, zoom: map.getZoom() }); });

  return {
    kind: 'webgl',
    gl: map,
    zoom: () => map.getZoom(),
    /** Colours the areas: figures by id, of all levels that may be drawn. */
    paint(figures, colourOf, { fade }) {
      map.setPaintProperty('areas', 'fill-color', colours(colourOf));
      map.setPaintProperty('areas', 'fill-opacity', fade ? state('r', 1) : 1);
      for (const id of painted.keys()) if (!figures.has(id)) map.setFeatureState({ ...AREAS, id }, { c: NO_DATA, o: false, r: 1 });
      const next = new Map();
      for (const [id, f] of figures) {
        const r = certainty(f);
        const key = `${f.c} ${f.older} ${r}`;
        if (painted.get(id) !== key) map.setFeatureState({ ...AREAS, id }, { c: f.c, o: f.older && f.c !== NO_DATA, r });
        next.set(id, key);
      }
      painted = next;
    },
    /** Leaves out areas that were not there in a year: tiles hold those of all years. What they hold is laid out anew, nothing is asked for. */
    year(year) {
      if (year === shown) return;
      shown = year;
      for (const id of OF_THE_YEAR) map.setFilter(id, ['has', `c${year}`]);
    },
    hover: (id) => mark('h', id),
    select: (id) => mark('s', id),
    centres(year, on) {
      map.setFilter('centres', openIn(year));
      map.setLayoutProperty('centres', 'visibility', on ? 'visible' : 'none');
    },
    level(name) { map.getSource('tmap').setTiles([tilesOf(name)]); land(name); },
    globe(on) { map.setProjection({ type: on ? 'globe' : 'mercator' }); },
    show([[west, south], [east, north]], animate = true) {
      const wide = east < west ? east + 360 : east;
      map.fitBounds([[west, Math.max(south, -84)], [wide, Math.min(north, 84)]], { padding: 60, maxZoom: 7.5, animate });
    },
    go({ lon: x, lat: y, zoom: z }) { map.jumpTo({ center: [x ?? 12, y ?? 28], zoom: z ?? startZoom(container, map.getProjection()?.type === 'globe') }); },
    resize: () => map.resize(),
    remove: () => map.remove(),
  };
}

/** The zoom at which the world fills a container's width, not less than the smallest useful. */
const startZoom = (container, globe) => (globe ? Math.log2(Math.min(container.clientWidth, container.clientHeight) / 512) + 1.45
  : Math.max(0.3, Math.min(2, Math.log2(container.clientWidth / 512) + 0.05)));
