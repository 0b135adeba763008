// The ranking: a row an area with its value as a dot and its interval as a line, linked to the map both ways.
import { $, fill, h } from './dom.js';
import { areaName, compare, levelName, number, rate, t } from './i18n.js';
import { figureWords } from './tooltip.js';

const FIRST = 300; // rows drawn at once
let shown = FIRST;

/** Draws the ranking. figures: of the level shown; handlers: hover(id), select(id), older(). */
export function drawDots(element, { figures, palette, indicator, level, year, older, chosen }, handlers) {
  const all = [...figures.values()];
  const rated = all.filter((f) => f.v !== null && f.c > 0).sort((a, b) => b.v - a.v || compare(a.area.name, b.area.name));
  const hidden = all.filter((f) => f.c === -1).sort((a, b) => compare(areaName(a.area), areaName(b.area)));
  const without = all.length - rated.length - hidden.length;
  if (rated.length + hidden.length === 0) {
    fill(element, h('p', { class: 'empty' }, t('noFigures', { level: levelName(level).toLowerCase(), year })),
      !older && h('p', { class: 'empty' }, h('button', { class: 'plain', onclick: handlers.older }, t('olderHint'))));
    return;
  }
  const top = Math.max(...rated.map((f) => Math.max(f.v, Math.min(f.u ?? 0, 2.5 * f.v))), 0) * 1.02 || 1;
  const at = (value) => `${Math.max(0, Math.min(100, (100 * value) / top)).toFixed(2)}%`;
  const allSynthetic = all.every((f) => f.synthetic || f.c === -2);
  const row = (f) => {
    const words = figureWords(f, indicator);
    const label = [areaName(f.area), words.value, words.interval, words.counts, ...words.notes, f.synthetic && t('synthetic')].filter(Boolean).join(', ');
    return h('li', {}, h('button', { class: `dot-row${f.area.id === chosen ? ' chosen' : ''}`, 'data-id': f.area.id, 'aria-label': label, 'aria-current': f.area.id === chosen ? 'true' : null },
      h('span', { class: 'rank' }, f.k === null || f.older ? '' : number(f.k)),
      h('span', { class: 'name' }, areaName(f.area), f.older && h('small', {}, ` ${f.year}`), f.synthetic && !allSynthetic && h('span', { class: 'badge tiny' }, t('synthetic').slice(0, 3))),
      f.c === -1 ? h('span', { class: 'track hidden-value' }, t('suppressedShort')) : h('span', { class: 'track' },
        f.l !== null && f.u !== null && h('i', { class: 'line', style: { left: at(f.l), right: `calc(100% - ${at(f.u)})` } }),
        h('i', { class: `dot${f.l === null ? ' open' : ''}`, style: { left: at(f.v), '--colour': palette.get(f.c)?.colour ?? '#888' } })),
      h('span', { class: 'value' }, f.c === -1 ? '' : rate(f.v))));
  };
  const rows = [...rated, ...hidden];
  const visible = rows.slice(0, shown);
  const list = h('ol', { class: 'dots', 'aria-label': t('dots') }, visible.map(row));
  list.addEventListener('mouseover', (event) => handlers.hover(Number(event.target.closest('[data-id]')?.dataset.id) || null));
  list.addEventListener('mouseleave', () => handlers.hover(null));
  list.addEventListener('focusin', (event) => handlers.hover(Number(event.target.dataset.id) || null));
  list.addEventListener('focusout', () => handlers.hover(null));
  list.addEventListener('click', (event) => { const id = event.target.closest('[data-id]')?.dataset.id; if (id) handlers.select(Number(id)); });
  list.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const buttons = [...list.querySelectorAll('button')];
    const here = buttons.indexOf(document.activeElement);
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? buttons.length - 1 : step ? here + step : -1;
    if (!buttons[to]) return;
    buttons[to].focus();
    event.preventDefault();
  });
  // One stop of the Tab key for the whole list; arrows go on from there.
  const buttons = [...list.querySelectorAll('button')];
  const stop = buttons.find((b) => Number(b.dataset.id) === chosen) ?? buttons[0];
  for (const b of buttons) b.tabIndex = b === stop ? 0 : -1;
  const ticks = [0, top / 2, top].map((v) => h('span', {}, number(v, top < 4 ? 1 : 0)));
  fill(element,
    allSynthetic && h('p', { class: 'synthetic all-synthetic' }, h('span', { class: 'badge' }, t('synthetic')), ' ', t('syntheticNote')),
    h('p', { class: 'help' }, t('dotsHelp')),
    h('div', { class: 'axis', 'aria-hidden': 'true' }, h('span', { class: 'ticks' }, ticks)),
    list,
    rows.length > visible.length && h('button', { class: 'plain', onclick: () => { shown += 1000; handlers.redraw(); } }, t('more', { n: number(rows.length - visible.length) })),
    without > 0 && h('p', { class: 'help' }, t('without', { n: number(without) })));
}

/** Marks the row of the area under the pointer, and brings it into view inside its list when it comes from the map. */
export function markDot(id, fromMap) {
  for (const b of document.querySelectorAll('.dot-row.hover, tr.hover')) b.classList.remove('hover');
  if (id === null) return;
  const row = document.querySelector(`#panel [data-id="${id}"]`);
  if (!row) return;
  (row.closest('tr') ?? row).classList.add('hover');
  if (!fromMap) return;
  const box = $('#panel .scroll');
  const place = row.getBoundingClientRect();
  const view = box.getBoundingClientRect();
  if (place.top < view.top + 40 || place.bottom > view.bottom - 10) box.scrollTop += place.top - view.top - view.height / 2;
}
