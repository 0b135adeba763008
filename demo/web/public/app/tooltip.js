// What the pointer is over: the figure in words, beside the pointer.
import { $, fill, h } from './dom.js';
import { areaName, indicatorUnit, levelOne, lookup, number, percent, rate, t } from './i18n.js';

/** The figure of an area in lines of words: value, interval, counts, remarks. The sheet and the tests say the same. */
export function figureWords(figure, indicator) {
  const lines = { value: '', interval: '', counts: '', notes: [] };
  if (!figure || figure.c === -2 && figure.v === null) { lines.value = t('noDataShort'); if (figure?.e) lines.counts = t('countsEvents', { events: number(figure.e) }); return lines; }
  if (figure.c === -1) {
    lines.value = t('suppressed');
    if (figure.p !== null) lines.notes.push(t('parentValue', { value: rate(figure.p) }));
  } else {
    lines.value = `${rate(figure.v)} ${indicatorUnit(indicator)}`;
    lines.interval = figure.l === null || figure.u === null ? t('noInterval')
      : t('interval', { confidence: percent(indicator.confidence, 1), lower: rate(figure.l), upper: rate(figure.u) });
    lines.counts = figure.e !== null && figure.n !== null ? t('counts', { events: number(figure.e), at_risk: number(figure.n) })
      : figure.e !== null ? t('countsEvents', { events: number(figure.e) }) : '';
  }
  if (figure.older) lines.notes.push(t('ofYear', { year: figure.year }));
  return lines;
}

/** Shows the tip of an area (or a centre) at a point of the map; without an area hides it. */
export function showTip(area, figure, indicator, centre, point) {
  const tip = $('#tip');
  if ((!area && !centre) || !point) { tip.hidden = true; return; }
  if (centre) {
    fill(tip, h('strong', {}, centre.name), h('span', {}, lookup(`centreLevels.${centre.level}`) ?? centre.level), h('span', { class: 'muted' }, centre.opened ? t('centreOpened', { year: centre.opened }) : t('centreNoYear')));
  } else {
    const words = figureWords(figure, indicator);
    fill(tip,
      h('span', { class: 'head' }, h('strong', {}, areaName(area)), h('span', { class: 'muted' }, levelOne(area.level))),
      figure?.synthetic && h('span', { class: 'badge' }, t('synthetic')),
      h('span', { class: figure?.c > 0 ? 'figure' : 'figure none' }, words.value),
      words.interval && h('span', {}, words.interval),
      words.counts && h('span', {}, words.counts),
      words.notes.map((note) => h('span', { class: 'muted' }, note)));
  }
  tip.hidden = false;
  const frame = tip.parentElement;
  const left = point.x + 16 + tip.offsetWidth > frame.clientWidth ? point.x - 16 - tip.offsetWidth : point.x + 16;
  tip.style.transform = `translate(${Math.round(Math.max(4, left))}px, ${Math.round(Math.max(4, Math.min(point.y + 14, frame.clientHeight - tip.offsetHeight - 4)))}px)`;
}
