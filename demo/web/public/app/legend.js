// Colours and words of the classes, from the release's own legend; the hatch of suppressed and the dots of older figures.
import { getInfo } from './data.js';
import { h, fill } from './dom.js';
import { number, t } from './i18n.js';

export const SUPPRESSED = -1;
export const NO_DATA = -2;

/** The classes of an indicator: Map class -> { class, colour, lower, upper, label }. */
export function paletteOf(indicator, measure = 'value') {
  const rows = getInfo().legend.filter((row) => row.indicator === indicator && (row.measure ?? 'value') === measure);
  return new Map(rows.map((row) => [row.class, row]));
}

/** How opaque a figure is drawn when uncertain ones fade, 0.12 to 1: by its reliability, else by the width of its interval. */
export function certainty(f) {
  if (!(f.c > 0)) return 1;
  const sure = f.r ?? (f.l !== null && f.u !== null && f.v > 0 ? Math.max(0, 1 - (f.u - f.l) / (2 * f.v)) : 0.15);
  return 0.12 + 0.88 * sure;
}

/** What a class means, in the reader's language. */
export function classLabel(row, classes) {
  if (row.class === SUPPRESSED) return t('suppressed');
  if (row.class === NO_DATA) return t('noData');
  const top = Math.max(...classes);
  if (row.lower === null && row.upper === null) return row.label;
  if (row.lower === null || (row.class === 1 && row.lower === 0)) return `< ${number(row.upper, 1)}`;
  if (row.upper === null || row.class === top) return `≥ ${number(row.lower, 1)}`;
  return `${number(row.lower, 1)} – ${number(row.upper, 1)}`;
}

/** An image of the hatch or the dots for MapLibre and for SVG: { width, height, data } at twice the size. */
export function texture(kind) {
  const size = kind === 'hatch' ? 16 : 12;
  const canvas = Object.assign(document.createElement('canvas'), { width: size, height: size });
  const pen = canvas.getContext('2d');
  if (kind === 'hatch') {
    Object.assign(pen, { strokeStyle: '#4d4d4d', lineWidth: 2.6 });
    for (const shift of [-size, 0, size]) { pen.beginPath(); pen.moveTo(shift - 2, size + 2); pen.lineTo(shift + size + 2, -2); pen.stroke(); }
  } else {
    pen.fillStyle = 'rgba(255, 255, 255, 0.85)';
    pen.beginPath(); pen.arc(size / 2, size / 2, 2.1, 0, 7); pen.fill();
  }
  return pen.getImageData(0, 0, size, size);
}

/** Draws the legend into an element. counts: number of areas by class, older: whether any figure is of an earlier year. */
export function drawLegend(element, { indicator, unit, counts, older, fade, centres, year }) {
  const palette = paletteOf(indicator);
  const classes = [...palette.keys()];
  const row = (swatch, label, count) => h('li', {}, swatch, h('span', { class: 'label' }, label), count ? h('span', { class: 'count' }, number(count)) : null);
  const swatch = (name, colour) => h('span', { class: `swatch ${name}`, style: colour ? { '--colour': colour } : {}, 'aria-hidden': 'true' });
  const scale = classes.filter((c) => c > 0).sort((a, b) => b - a);
  fill(element,
    h('h2', {}, unit),
    h('ul', { class: 'scale' }, scale.reverse().map((c) => row(swatch('', palette.get(c).colour), classLabel(palette.get(c), scale), counts.get(c)))),
    h('ul', { class: 'signs' },
      palette.has(SUPPRESSED) && row(swatch('hatched', palette.get(SUPPRESSED).colour), t('suppressed'), counts.get(SUPPRESSED)),
      palette.has(NO_DATA) && row(swatch('', palette.get(NO_DATA).colour), t('noData')),
      older && row(swatch('dotted', palette.get(Math.ceil(scale.length / 2))?.colour), t('olderLegend')),
      fade && row(swatch('faded', palette.get(scale[0])?.colour), t('fadeLegend')),
      centres.open && row(swatch('centre'), t('centreLegend', { year })),
      centres.unknown && row(swatch('centre hollow'), t('centreUnknown'))));
}
