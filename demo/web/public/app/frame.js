// What stands around the figures: heading, controls, foot.
import { $, fill, h } from './dom.js';
import { getInfo, indicatorOf } from './data.js';
import { date, indicatorTitle, levelName, t } from './i18n.js';
import { set, state } from './state.js';

/** Heading, search, languages, and the words of the page's fixed parts. */
export function drawFrame() {
  document.title = t('title');
  $('#title').textContent = t('title');
  $('#subtitle').textContent = t('subtitle');
  $('#skip').textContent = t('skip');
  for (const [name, value] of [['placeholder', t('search')], ['aria-label', t('search')]]) $('#search').setAttribute(name, value);
  $('#search-list').setAttribute('aria-label', t('search'));
  $('#tabs').setAttribute('aria-label', t('views'));
  $('#player').setAttribute('aria-label', t('year'));
  $('#map').setAttribute('role', 'region');
  fill($('#home'), h('svg', { viewBox: '0 0 20 20', width: 16, height: 16, 'aria-hidden': 'true' }, h('path', { d: 'M10 2.5a7.5 7.5 0 100 15 7.5 7.5 0 000-15zM2.5 10h15M10 2.5c-4.5 4-4.5 11 0 15M10 2.5c4.5 4 4.5 11 0 15', fill: 'none', stroke: 'currentColor', 'stroke-width': 1.4 })));
  $('#home').setAttribute('aria-label', t('home'));
  $('#home').title = t('home');
  const here = document.documentElement.lang;
  $('#languages').setAttribute('aria-label', t('language'));
  fill($('#languages'), [['en', 'English'], ['fr', 'Français']].map(([code, name]) =>
    h('button', { lang: code, class: 'language', 'aria-pressed': String(code === here), onclick: () => set({ language: code }) }, name)));
  const banner = $('#synthetic');
  banner.hidden = !getInfo().synthetic;
  fill(banner, h('span', { class: 'badge' }, t('synthetic')), ' ', t('syntheticBanner'));
}

const choice = (id, label, options, value, onchange) => h('label', { class: 'choice' }, h('span', {}, label),
  h('select', { id, onchange: (event) => onchange(event.target.value) }, options.map(([v, words]) => h('option', { value: v, selected: v === value }, words))));
const tick = (id, label, checked, onchange) => h('label', { class: 'tick' }, h('input', { type: 'checkbox', id, checked, onchange: (event) => onchange(event.target.checked) }), h('span', {}, label));

/** The choices above the map. */
export function drawControls() {
  const s = state();
  const info = getInfo();
  const focus = document.activeElement?.id;
  $('#controls').setAttribute('aria-label', t('indicator'));
  fill($('#controls'),
    choice('indicator', t('indicator'), info.indicators.map((i) => [i.indicator, indicatorTitle(i)]), indicatorOf(s.indicator).indicator, (indicator) => set({ indicator })),
    h('button', { id: 'choices', class: 'plain', 'aria-expanded': String($('#controls').classList.contains('open')), onclick: (event) => event.target.setAttribute('aria-expanded', String($('#controls').classList.toggle('open'))) }, t('choices')),
    choice('level', t('level'), [['auto', t('auto')], ...info.levels.map((l) => [l.level, levelName(l.level, l.title)])], s.level, (level) => set({ level, within: null })),
    choice('projection', t('projection'), ['flat', 'globe', 'equal'].map((p) => [p, t(p)]), s.projection, (projection) => set({ projection })),
    h('div', { class: 'ticks-row' },
      tick('older', t('older'), s.older, (older) => set({ older })),
      tick('fade', t('fade'), s.fade, (fade) => set({ fade })),
      tick('centres', t('centres'), s.centres, (centres) => set({ centres }))));
  if (focus && $('#controls').querySelector(`#${focus}`)) $(`#${focus}`).focus();
}

/** Release, years, boundaries, sources. */
export function drawFoot() {
  const { release, years, attribution } = getInfo();
  fill($('#foot'),
    h('p', {}, h('b', {}, t('release', { id: release.id })), ', ', t('releaseEditions', { editions: `${release.editions[0]}–${release.editions.at(-1)}` }), release.published_at ? `, ${t('releaseDate', { date: date(release.published_at) })}` : '', ' · ', t('dataYears', { from: years[0], to: years.at(-1) }), ' · ', t('boundaries')),
    h('details', {}, h('summary', {}, t('sources')), h('div', {}, h('p', {}, t('sourcesNote'), ' ', t('made')), h('ul', { lang: 'en' }, attribution.map((source) => h('li', {}, typeof source === 'string' ? source : source.title ?? JSON.stringify(source)))))));
}
