// The charts of a place's sheet, by Observable Plot: trend, rank, funnel plot, age and sex.
import { funnelLimits } from './funnel.js';
import { areaName, number, percent, rate, t } from './i18n.js';

const { Plot, d3 } = window;
const INK = '#1c2f3a';
const ACCENT = '#0b5d75';
const MUTED = '#8a98a0';
const WOMEN = '#b3446c';
const MEN = '#2c6e8f';
const base = (width, height, more) => ({ width, height, marginLeft: 38, marginRight: 12, marginTop: 12, marginBottom: 28, style: { fontFamily: 'inherit', fontSize: '12px', background: 'none', color: INK, overflow: 'visible' }, ...more });
const year = (value) => String(value);

/** Gives a chart a name for screen readers. */
function named(chart, label) {
  const svg = chart.tagName === 'svg' ? chart : chart.querySelector('svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  return chart;
}

/** Neighbouring years with limits, as runs, so that a band does not bridge a gap. */
function runs(series) {
  let run = 0;
  return series.filter((d) => d.lower !== null && d.upper !== null).map((d, i, all) => {
    if (i && d.year !== all[i - 1].year + 1) run++;
    return { ...d, run };
  });
}

/** Value by year with its interval; the chosen year is marked, suppressed years are crosses on the axis. */
export function trend(series, { width, chosen, years, label }) {
  const have = series.filter((d) => d.value !== null);
  const banded = runs(series);
  const hidden = series.filter((d) => d.status === 'suppressed');
  const top = d3.max(series, (d) => Math.max(d.value ?? 0, d.upper ?? 0)) || 1;
  const [first, last] = d3.extent(years);
  return named(Plot.plot(base(width, 170, {
    x: { domain: [first - 0.3, last + 0.3], ticks: years.filter((y) => years.length <= 8 || y % 2 === 0), tickFormat: year, label: null, tickSize: 3 },
    y: { domain: [0, top * 1.12], ticks: 4, grid: true, tickFormat: (v) => number(v, 1), label: null, tickSize: 0 },
    marks: [
      Plot.ruleY([0], { stroke: '#b9c3c8' }),
      Plot.ruleX(chosen >= first && chosen <= last ? [chosen] : [], { stroke: '#c9d3d8', strokeWidth: 8, strokeOpacity: 0.45 }),
      Plot.areaY(banded, { x: 'year', y1: 'lower', y2: 'upper', z: 'run', fill: ACCENT, fillOpacity: 0.16 }),
      Plot.ruleX(banded, { x: 'year', y1: 'lower', y2: 'upper', stroke: ACCENT, strokeWidth: 1.4, strokeOpacity: 0.55 }),
      Plot.line(have, { x: 'year', y: 'value', stroke: ACCENT, strokeWidth: 2, strokeDasharray: have.some((d, i) => i && d.year !== have[i - 1].year + 1) ? '4 3' : null }),
      Plot.dot(have, { x: 'year', y: 'value', r: (d) => (d.year === chosen ? 5 : 3.2), fill: (d) => (d.lower === null ? '#fff' : ACCENT), stroke: ACCENT, strokeWidth: 1.4 }),
      Plot.dot(hidden, { x: 'year', y: 0, symbol: 'times', stroke: MUTED, strokeWidth: 1.6, r: 4, dy: -6 }),
      Plot.tip(have, Plot.pointerX({ x: 'year', y: 'value', title: (d) => `${d.year}: ${rate(d.value)}${d.lower === null ? '' : ` (${rate(d.lower)} – ${rate(d.upper)})`}`, fontSize: 12 })),
    ],
  })), label);
}

/** Place of an area among so many, with the interval of its rank. */
export function rank({ rank: at, lower, upper, ranked }, { width, label }) {
  return named(Plot.plot(base(width, 54, {
    marginLeft: 12, marginTop: 14, marginBottom: 24,
    x: { domain: [1, Math.max(ranked, 2)], ticks: [...new Set([1, ...d3.ticks(1, ranked, 4).filter(Number.isInteger), ranked])].filter((v, i, all) => v === ranked || Math.abs(v - ranked) > ranked / 12 || !i), tickFormat: (v) => number(v), label: null, tickSize: 3 },
    marks: [
      Plot.ruleY([0], { x1: 1, x2: ranked, stroke: '#d5dde1', strokeWidth: 2 }),
      lower && upper ? Plot.ruleY([0], { x1: lower, x2: upper, stroke: ACCENT, strokeWidth: 5, strokeOpacity: 0.35 }) : null,
      Plot.dot([0], { x: at, y: 0, r: 5.5, fill: ACCENT, stroke: '#fff', strokeWidth: 1.5 }),
    ],
    y: { axis: null },
  })), label);
}

/** Areas by size and value within their control limits; one is marked. points: { area, n, v, f }. */
export function funnel(points, { width, target, per, measure, chosen, label, onSelect }) {
  const sizes = d3.extent(points, (d) => d.n);
  const grid = d3.range(0, 61).map((i) => Math.max(1, Math.round(sizes[0] * 0.85 * (sizes[1] * 1.15 / (sizes[0] * 0.85)) ** (i / 60))));
  const lines = [0.95, 0.998].flatMap((level) => grid.map((n) => { const [lower, upper] = funnelLimits(measure, n, target, level, per); return { n, lower, upper, level }; }));
  const top = Math.max(d3.max(points, (d) => d.v), Math.min(d3.max(lines, (d) => d.upper), 2.2 * target)) * 1.06;
  const line = (end) => Plot.line(lines, { x: 'n', y: end, z: 'level', clip: true, stroke: '#5d6f79', strokeWidth: 1, strokeDasharray: (d) => null, strokeOpacity: (d) => (d.level > 0.99 ? 0.9 : 0.55) });
  const chart = Plot.plot(base(width, 230, {
    marginBottom: 32,
    x: { type: 'log', domain: [grid[0], grid.at(-1)], ticks: 5, tickFormat: (v) => (/^[125]/.test(String(v)) ? number(v) : ''), label: t('atRisk'), labelAnchor: 'right', labelArrow: 'none', labelOffset: 30 },
    y: { domain: [0, top], ticks: 5, tickFormat: (v) => number(v, 1), grid: true, label: null, tickSize: 0 },
    marks: [
      Plot.ruleY([target], { stroke: MUTED, strokeDasharray: '5 4' }),
      line('lower'), line('upper'),
      Plot.dot(points.filter((d) => d.area.id !== chosen), { x: 'n', y: 'v', r: 3.4, fill: (d) => (Math.abs(d.f ?? 0) === 2 ? '#b2451d' : Math.abs(d.f ?? 0) === 1 ? '#dd9a56' : '#a9b7bf'), stroke: '#fff', strokeWidth: 0.7, className: 'points' }),
      Plot.dot(points.filter((d) => d.area.id === chosen), { x: 'n', y: 'v', r: 6.5, fill: ACCENT, stroke: '#fff', strokeWidth: 1.6 }),
      Plot.tip(points, Plot.pointer({ x: 'n', y: 'v', title: (d) => `${areaName(d.area)}: ${rate(d.v)}\n${t('counts', { events: number(d.e), at_risk: number(d.n) })}`, fontSize: 12 })),
    ],
  }));
  if (onSelect) chart.addEventListener('click', () => { if (chart.value) onSelect(chart.value.area.id); });
  return named(chart, label);
}

/** The words of an age group. */
export const ageName = (g) => (g.age_from === null ? t('both') : g.age_to === null ? t('ageOpen', { from: g.age_from }) : g.age_from === 0 ? t('ageUnder', { to: g.age_to + 1 }) : t('ageTo', { from: g.age_from, to: g.age_to }));

/** Values by age group and sex with intervals. */
export function groups(rows, { width, label }) {
  const shown = rows.filter((g) => g.value !== null && g.age_from !== null && g.sex !== 'all');
  const ages = d3.groupSort(rows.filter((g) => g.age_from !== null), (g) => g[0].age_from, ageName);
  const top = d3.max(shown, (g) => g.upper ?? g.value) || 1;
  const colour = (g) => (g.sex === 'female' ? WOMEN : MEN);
  const shift = (g) => (g.sex === 'female' ? -6 : 6);
  const marks = ['female', 'male'].flatMap((sex) => {
    const some = shown.filter((g) => g.sex === sex);
    return some.length ? [
      Plot.ruleY(some.filter((g) => g.lower !== null), { y: ageName, x1: 'lower', x2: 'upper', stroke: colour(some[0]), strokeWidth: 2, strokeOpacity: 0.55, dy: shift(some[0]) }),
      Plot.dot(some, { y: ageName, x: 'value', r: 4, fill: colour(some[0]), stroke: '#fff', strokeWidth: 1, dy: shift(some[0]), title: (g) => `${ageName(g)}: ${rate(g.value)}`, symbol: sex === 'female' ? 'circle' : 'square' }),
    ] : [];
  });
  return named(Plot.plot(base(width, 30 + 38 * Math.max(ages.length, 1), {
    marginLeft: 84,
    x: { domain: [0, top * 1.05], ticks: 5, grid: true, tickFormat: (v) => number(v, 1), label: null, tickSize: 0 },
    y: { domain: ages, label: null, tickSize: 0 },
    marks,
  })), label);
}
export const groupColours = { women: WOMEN, men: MEN };
export const limitNames = () => ({ inner: percent(0.95), outer: percent(0.998, 1) });
