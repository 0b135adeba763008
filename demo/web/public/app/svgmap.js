// The map as SVG: without WebGL, and wherever areas should be in true proportion (Equal Earth projection). d3 draws it.
import { loadShapes, areaOf, getInfo } from './data.js';
import { NO_DATA, SUPPRESSED, certainty } from './legend.js';
import { h } from './dom.js';
import { t } from './i18n.js';

const { d3 } = window;
const TEXTURES = `
  <pattern id="svg-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect width="6" height="6" fill="var(--suppressed)"/><line y1="3" x2="6" y2="3" stroke="#4d4d4d" stroke-width="1.3"/></pattern>
  <pattern id="svg-dots" width="6" height="6" patternUnits="userSpaceOnUse"><circle cx="3" cy="3" r="1.05" fill="#fff" fill-opacity=".85"/></pattern>`;

/** The zoom of web maps that shows as much as a scale of the projection. */
const webZoom = (scale) => Math.log2((scale * 2 * Math.PI) / 512);

/** Makes the map with the same handlers and methods as the one in WebGL. */
export async function createMap(container, handlers, { lon, lat, zoom, level, select }) {
  const svg = d3.select(container).append('svg').attr('class', 'svgmap').attr('role', 'img').attr('aria-label', t('mapKeys')).attr('tabindex', 0);
  svg.append('defs').html(TEXTURES);
  const ocean = svg.append('path').attr('class', 'ocean');
  const world = svg.append('g');
  const fills = world.append('g');
  const points = world.append('g').attr('class', 'centres');
  const projection = d3.geoEqualEarth();
  // Shapes are flat and cut at the antimeridian: projected point by point, not as figures on the sphere.
  const path = d3.geoPath(d3.geoTransform({ point(x, y) { this.stream.point(...projection([x, y])); } }));
  const sphere = d3.geoPath(projection);
  let size = [0, 0];
  let transform = d3.zoomIdentity;
  let look = { figures: new Map(), palette: new Map(), fade: false };
  let features = [];
  let drawn = null;
  let marked = { h: null, s: select ?? null };

  const colour = (f) => (f.c === SUPPRESSED ? 'url(#svg-hatch)' : look.palette.get(f.c)?.colour ?? look.palette.get(NO_DATA)?.colour ?? '#e8e8e6');
  const figure = (id) => look.figures.get(id) ?? { c: NO_DATA, older: false, r: 1 };
  function paint() {
    svg.style('--suppressed', look.palette.get(SUPPRESSED)?.colour ?? '#bbb');
    fills.selectAll('path.area').attr('fill', (d) => colour(figure(d.id))).attr('data-class', (d) => figure(d.id).c)
      .attr('fill-opacity', (d) => { const f = figure(d.id); return look.fade ? certainty(f) : 1; })
      .classed('hover', (d) => d.id === marked.h).classed('selected', (d) => d.id === marked.s);
    fills.selectAll('path.earlier').attr('fill', 'url(#svg-dots)').attr('display', (d) => (figure(d.id).older && figure(d.id).c !== NO_DATA ? null : 'none'));
  }
  function draw() {
    ocean.attr('d', sphere({ type: 'Sphere' }));
    fills.selectAll('path.area').data(features, (d) => d.id).join('path').attr('class', 'area').attr('d', path).attr('data-id', (d) => d.id);
    fills.selectAll('path.earlier').data(features, (d) => d.id).join('path').attr('class', 'earlier').attr('d', path).attr('pointer-events', 'none');
    paint();
  }
  const zoomer = d3.zoom().scaleExtent([1, 60]).on('zoom', (event) => {
    transform = event.transform;
    world.attr('transform', transform);
    ocean.attr('transform', transform);
    svg.style('--k', 1 / transform.k);
    // Hatch and dots keep their size whatever the zoom.
    svg.selectAll('pattern').attr('patternTransform', function turn() { return `${this.id === 'svg-hatch' ? 'rotate(-45) ' : ''}scale(${1 / transform.k})`; });
  }).on('end', (event) => {
    handlers.moved(centre());
    if (event.sourceEvent) handlers.hover(null, null, null);
  });
  function centre() {
    const [x, y] = projection.invert(transform.invert([size[0] / 2, size[1] / 2])) ?? [0, 0];
    return { lon: Math.max(-180, Math.min(180, x || 0)), lat: Math.max(-84, Math.min(84, y || 0)), zoom: Math.max(0, webZoom(projection.scale() * transform.k)) };
  }
  function resize() {
    size = [container.clientWidth || 300, container.clientHeight || 200];
    const at = transform.k > 1 ? centre() : null;
    svg.attr('viewBox', [0, 0, ...size]);
    projection.fitExtent([[6, 6], [size[0] - 6, size[1] - 6]], { type: 'Sphere' });
    zoomer.extent([[0, 0], size]).translateExtent([[0, 0], size]);
    draw();
    if (at) go(at);
  }
  function go({ lon: x, lat: y, zoom: z }) {
    const k = z === null || z === undefined ? 1 : Math.max(1, Math.min(60, 2 ** (z - webZoom(projection.scale()))));
    const [px, py] = projection([x ?? 12, y ?? 10]);
    svg.call(zoomer.transform, k === 1 ? d3.zoomIdentity : d3.zoomIdentity.translate(size[0] / 2, size[1] / 2).scale(k).translate(-px, -py));
  }
  /** Areas of a level, and in place of what it does not cover the level above: nothing goes blank. */
  async function setLevel(name) {
    if (name === drawn) return;
    drawn = name;
    const wanted = getInfo().levels.filter((l) => l.rank <= getInfo().levels.find((x) => x.level === name).rank);
    const sets = await Promise.all(wanted.map((l) => loadShapes(l.level, wanted.length > 1 ? 3 : 1)));
    if (drawn !== name) return;
    // A coarser area stays below its parts and shows where there are none.
    features = sets.flatMap((s) => s.features.filter((f) => f.geometry));
    draw();
  }

  svg.call(zoomer).on('dblclick.zoom', null);
  fills.on('mousemove', (event) => {
    const d = d3.select(event.target).datum();
    if (d) handlers.hover(areaOf(d.id), null, { x: d3.pointer(event, container)[0], y: d3.pointer(event, container)[1] });
  }).on('mouseleave', () => handlers.hover(null, null, null))
    .on('click', (event) => { const d = d3.select(event.target).datum(); if (d && areaOf(d.id)) handlers.select(areaOf(d.id)); });
  svg.on('keydown', (event) => {
    const by = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    if (by) svg.call(zoomer.translateBy, by[0] / transform.k, by[1] / transform.k);
    else if (event.key === '+' || event.key === '=') svg.call(zoomer.scaleBy, 1.6);
    else if (event.key === '-') svg.call(zoomer.scaleBy, 1 / 1.6);
    else return;
    event.preventDefault();
  });
  const button = (sign, words, by) => h('button', { 'aria-label': t(words), title: t(words), onclick: () => svg.call(zoomer.scaleBy, by) }, sign);
  container.append(h('div', { class: 'svg-zoom' }, button('+', 'zoomIn', 1.6), button('−', 'zoomOut', 1 / 1.6)));
  resize();
  await setLevel(level);
  if (zoom !== null && zoom !== undefined) go({ lon, lat, zoom });

  return {
    kind: 'svg',
    zoom: () => webZoom(projection.scale() * transform.k),
    paint(figures, palette, { fade }) { look = { figures, palette, fade }; paint(); },
    hover(id) { marked.h = id; paint(); },
    select(id) { marked.s = id; paint(); },
    /** Centres as circles; those that the sheet of the place knows. */
    centres(year, on, list = []) {
      const open = list.filter((c) => on && Number.isFinite(c.lon) && (!c.opened || c.opened <= year) && (!c.closed || c.closed >= year));
      points.selectAll('circle').data(open).join('circle').attr('r', 4).attr('class', (d) => (d.opened ? '' : 'hollow'))
        .attr('transform', (d) => `translate(${projection([d.lon, d.lat])})`).selectAll('title').data((d) => [d]).join('title').text((d) => d.name);
    },
    level: setLevel,
    globe() {},
    show([[west, south], [east, north]]) {
      const corners = [[west, south], [west, north], [east, south], [east, north]].map(projection);
      const [x0, x1] = d3.extent(corners, (p) => p[0]);
      const [y0, y1] = d3.extent(corners, (p) => p[1]);
      const k = Math.max(1, Math.min(40, 0.8 / Math.max((x1 - x0) / size[0], (y1 - y0) / size[1], 0.01)));
      svg.call(zoomer.transform, d3.zoomIdentity.translate(size[0] / 2, size[1] / 2).scale(k).translate(-(x0 + x1) / 2, -(y0 + y1) / 2));
    },
    go,
    resize,
    remove() { container.replaceChildren(); },
  };
}
