// The same figures as a table: for screen readers, for copying, for whoever likes numbers.
import { fill, h } from './dom.js';
import { areaName, compare, number, percent, rate, t } from './i18n.js';

let order = { column: 'v', down: true };
let shown = 1000; // rows drawn at once

const COLUMNS = [
  { key: 'name', label: 'name', text: (f) => areaName(f.area), value: (f) => areaName(f.area), left: true },
  { key: 'v', label: 'value', text: (f) => (f.c === -1 ? t('suppressedShort') : f.v === null ? t('noDataShort') : rate(f.v)), value: (f) => f.v },
  { key: 'l', label: 'ci', text: (f) => (f.l === null || f.u === null ? '–' : `${rate(f.l)} – ${rate(f.u)}`), value: (f) => f.l },
  { key: 'e', label: 'events', text: (f) => number(f.e), value: (f) => f.e },
  { key: 'n', label: 'atRisk', text: (f) => number(f.n), value: (f) => f.n },
  { key: 'k', label: 'rank', text: (f) => (f.k === null || f.older ? '–' : f.kl === null ? number(f.k) : `${number(f.k)} (${number(f.kl)}–${number(f.ku)})`), value: (f) => f.k },
  { key: 'r', label: 'reliability', text: (f) => (f.r === null ? '–' : percent(f.r)), value: (f) => f.r },
  { key: 'year', label: 'year', text: (f) => String(f.year), value: (f) => f.year },
  { key: 'q', label: 'latestGrade', text: (f) => (f.synthetic ? t('synthetic') : f.quality ?? '–'), value: (f) => f.quality ?? null },
];

/** Rows in the order chosen; what has no value comes last either way. */
function sorted(figures) {
  const { value } = COLUMNS.find((c) => c.key === order.column);
  const sign = order.down ? -1 : 1;
  return [...figures.values()].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return (x === null) - (y === null) || compare(areaName(a.area), areaName(b.area));
    return sign * (typeof x === 'string' ? compare(x, y) : x - y) || compare(areaName(a.area), areaName(b.area));
  });
}

/** Draws the table. handlers: hover(id), select(id), redraw(). */
export function drawTable(element, { figures, indicator, caption, chosen }, handlers) {
  const head = COLUMNS.map((c) => h('th', { scope: 'col', class: c.left ? 'left' : null, 'aria-sort': order.column === c.key ? (order.down ? 'descending' : 'ascending') : null },
    h('button', { title: t('sortBy', { column: t(c.label) }), 'data-column': c.key, onclick: () => {
      order = { column: c.key, down: order.column === c.key ? !order.down : c.key !== 'name' && c.key !== 'k' };
      handlers.redraw();
      element.querySelector(`[data-column="${c.key}"]`)?.focus();
    } }, t(c.label))));
  const all = sorted(figures);
  const rows = all.slice(0, shown).map((f) => h('tr', { class: `${f.area.id === chosen ? 'chosen' : ''} ${f.c < 0 ? 'none' : ''}` },
    COLUMNS.map((c, i) => (i === 0
      ? h('th', { scope: 'row', class: 'left' }, h('button', { 'data-id': f.area.id, onclick: () => handlers.select(f.area.id) }, c.text(f)))
      : h('td', {}, c.text(f))))));
  const body = h('tbody', {}, rows);
  const over = (event) => handlers.hover(Number(event.target.closest('tr')?.querySelector('[data-id]')?.dataset.id) || null);
  body.addEventListener('mouseover', over);
  body.addEventListener('focusin', over);
  body.addEventListener('mouseleave', () => handlers.hover(null));
  body.addEventListener('focusout', () => handlers.hover(null));
  fill(element, h('table', { 'data-indicator': indicator.indicator }, h('caption', { class: 'offscreen' }, caption), h('thead', {}, h('tr', {}, head)), body),
    all.length > shown && h('button', { class: 'plain', onclick: () => { shown += 2000; handlers.redraw(); } }, t('more', { n: number(all.length - shown) })));
}
