// The sheet of a place: its figure, trend, rank, funnel position, groups, parts, centres, quality, source, definition.
import { fill, h } from './dom.js';
import { MANY, areaOf, figuresOf, getInfo, levelOf, loadArea, loadValues, remember } from './data.js';
import { areaName, compare, indicatorTitle, indicatorUnit, levelName, levelOne, locale, lookup, number, percent, rate, t } from './i18n.js';
import { figureWords } from './tooltip.js';
import { ageName, funnel, groupColours, groups, limitNames, rank, trend } from './charts.js';

const section = (title, ...children) => h('section', {}, h('h3', {}, title), children);
const pair = (name, ...value) => [h('dt', {}, name), h('dd', {}, value)];
const text = (words) => h('p', { class: 'note' }, words);

/** An entry of the sheet's series as the figures of the map have it. */
const asFigure = (d, area, older) => ({ area, c: d.status === 'suppressed' ? -1 : d.class ?? (d.value === null ? -2 : 1), v: d.value, l: d.lower, u: d.upper, e: d.events, n: d.at_risk, p: d.parent_value, year: d.year, older, synthetic: d.origin === 'synthetic' });

/** The entry of a year, or of the latest before it that says something. */
function entryOf(series, year, older) {
  const exact = series.find((d) => d.year === year);
  if (!older || (exact && (exact.value !== null || exact.status === 'suppressed'))) return exact;
  return series.filter((d) => d.year <= year && (d.value !== null || d.status === 'suppressed')).at(-1) ?? exact;
}

function headline(area, entry, indicator, older) {
  const words = figureWords(entry ? asFigure(entry, area, older) : null, indicator);
  return h('div', { class: 'headline' },
    h('p', { class: 'big' }, entry && entry.value !== null && entry.status !== 'suppressed' ? [h('b', {}, rate(entry.value)), h('span', {}, indicatorUnit(indicator))] : h('span', {}, words.value)),
    h('p', {}, [words.interval, words.counts].filter(Boolean).join(' · ')),
    words.notes.map(text));
}

function rankPart(entry, area, width) {
  if (!entry || entry.rank === null || entry.rank === undefined || entry.ranked < 2) return section(t('rankTitle'), text(t('rankNone')));
  const country = areaOf([...figuresOfCountry(area)][0])?.name;
  const among = area.level === 'country' ? t('rankAmong.country') : t('rankAmong.other', { level: levelName(area.level).toLowerCase(), country: country ?? area.country ?? '' });
  const words = `${t('rankText', { rank: number(entry.rank), ranked: number(entry.ranked) })}${entry.rank_lower ? ` (${t('rankInterval', { lower: number(entry.rank_lower), upper: number(entry.rank_upper) })})` : ''}, ${among}.`;
  return section(t('rankTitle'), text(words), rank({ rank: entry.rank, lower: entry.rank_lower, upper: entry.rank_upper, ranked: entry.ranked }, { width, label: words }));
}

/** The id of the country that an area lies in, when the page knows it. */
function* figuresOfCountry(area) {
  for (const [id] of figuresOf(getInfo().indicators[0].indicator, 'country', getInfo().years.at(-1), true)) if (areaOf(id).code === area.country) yield id;
}

function funnelPart(entry, area, indicator, width, handlers) {
  if (!entry) return null;
  const peers = [...figuresOf(indicator.indicator, area.level, entry.year, false).values()]
    .filter((f) => f.v !== null && f.n > 0 && f.e !== null && (area.level === 'country' || f.area.country === area.country));
  if (peers.length < 3) return section(t('funnelTitle'), text(t('funnelNone')));
  const events = peers.reduce((sum, f) => sum + f.e, 0);
  const target = (indicator.per * events) / peers.reduce((sum, f) => sum + f.n, 0);
  const place = entry.funnel === null || entry.funnel === undefined ? null : t(`funnels.${entry.funnel}`);
  return section(t('funnelTitle'), place && h('p', { class: `place-in f${entry.funnel}` }, place),
    funnel(peers, { width, target, per: indicator.per, measure: indicator.measure ?? (indicator.per > 1000 ? 'rate' : 'proportion'), chosen: area.id, label: `${t('funnelTitle')}. ${place ?? ''}`, onSelect: handlers.select }),
    text(t('funnelNote', { ...limitNames(), target: rate(target) })));
}

function groupsPart(found, entry, width) {
  const rows = found.groups.filter((g) => g.year === entry?.year);
  if (rows.length === 0) return null;
  const hidden = rows.filter((g) => g.status === 'suppressed' && g.sex !== 'all' && g.age_from !== null).length;
  const key = (colour, words, square) => h('span', { class: `key${square ? ' square' : ''}`, style: { '--colour': colour } }, words);
  const whole = rows.filter((g) => g.age_from === null && g.sex !== 'all' && g.value !== null)
    .map((g) => `${g.sex === 'female' ? t('women') : t('men')} ${rate(g.value)}`).join(' · ');
  const drawn = rows.some((g) => g.value !== null && g.age_from !== null && g.sex !== 'all');
  const label = rows.filter((g) => g.value !== null && g.sex !== 'all').map((g) => `${g.sex === 'female' ? t('women') : t('men')}, ${ageName(g)}: ${rate(g.value)}`).join('; ');
  return section(t('groups'), h('p', { class: 'note' }, key(groupColours.women, t('women')), key(groupColours.men, t('men'), true), whole && ` ${whole}`),
    drawn && groups(rows, { width, label }), hidden > 0 && text(t('groupsHidden', { n: hidden })));
}

function standardisedPart(entry, area) {
  if (!entry) return null;
  const limits = (name) => (entry[`${name}_lower`] === null || entry[`${name}_lower`] === undefined ? '' : ` (${rate(entry[`${name}_lower`])} – ${rate(entry[`${name}_upper`])})`);
  const rows = [
    // Of a country, observed over expected compares it with itself.
    ['dsr', 'smr'].filter((name) => (name === 'dsr' || area.level !== 'country') && entry[name] !== null && entry[name] !== undefined).map((name) => pair(t(name), rate(entry[name]), limits(name))),
    entry.smoothed !== null && entry.smoothed !== undefined && pair(t('smoothed'), rate(entry.smoothed)),
    entry.reliability !== null && entry.reliability !== undefined && pair(t('reliability'), t('reliabilityText', { value: percent(entry.reliability) })),
  ].filter(Boolean).flat(2);
  return rows.length ? section(t('standardised'), h('dl', {}, rows)) : null;
}

function centresPart(centres, year) {
  if (!centres.length) return section(t('centresHere'), text(t('centresNone')));
  const rows = [...centres].sort((a, b) => (a.opened ?? 0) - (b.opened ?? 0) || compare(a.name, b.name));
  return section(`${t('centresHere')} (${number(rows.length)})`, h('ul', { class: 'centres-list' }, rows.map((c) =>
    h('li', { class: c.opened && c.opened > year ? 'later' : null }, h('span', { class: `swatch centre${c.opened ? '' : ' hollow'}`, 'aria-hidden': 'true' }), c.name, h('small', {}, ` ${c.opened ? t('centreOpened', { year: c.opened }) : t('centreNoYear')}`)))),
    text(t('centreNone')));
}

function partsPart(children, indicator, year, older, handlers) {
  if (!children?.length) return null;
  const figures = figuresOf(indicator.indicator, children[0].level, year, older);
  const rows = [...children].sort((a, b) => (figures.get(b.area_id)?.v ?? -1) - (figures.get(a.area_id)?.v ?? -1) || compare(a.name, b.name));
  return section(`${t('parts')} (${number(rows.length)})`, h('ul', { class: 'parts' }, rows.map((c) => {
    const f = figures.get(c.area_id);
    return h('li', {}, h('button', { class: 'link', onclick: () => handlers.selectId(c.area_id, c) }, c.name), h('span', {}, f ? (f.c === -1 ? t('suppressedShort') : rate(f.v)) : '–'));
  })));
}

function qualityPart(entry, found, indicator) {
  const foreign = t('sourceLanguage');
  const source = entry && h('dl', {},
    pair(t('ofFigure'), `${entry.year}, ${lookup(`statuses.${entry.status}`) ?? entry.status}`),
    pair(t('quality'), entry.quality ? [h('b', {}, t('grade', { quality: entry.quality })), ` – ${lookup(`grades.${entry.quality}`) ?? ''}`] : t('gradeNone')),
    pair(t('origin'), lookup(`origins.${entry.origin}`) ?? entry.origin ?? '–'),
    pair(t('source'), h('span', { lang: 'en' }, entry.source ?? '–')),
    pair(t('edition'), entry.edition ?? '–'));
  const d = found.definition ?? {};
  return [
    source && section(t('qualityTitle'), source),
    section(t('definition'), h('dl', {},
      pair(t('definitionEvents'), h('span', { lang: 'en' }, d.events ?? indicator.events_definition ?? '–')),
      pair(t('definitionAtRisk'), h('span', { lang: 'en' }, d.at_risk ?? indicator.at_risk_definition ?? '–')),
      pair(t('definitionMethod'), `${percent(d.confidence ?? indicator.confidence, 1)}, ${d.method ?? '–'}`)),
    text([lookup(`directions.${indicator.direction}`), foreign].filter(Boolean).join(' ')))];
}

let asked = 0;

/** Draws the sheet of an area. handlers: select(id), selectId(id, child), close(). */
export async function drawSheet(element, area, { indicator, year, older }, handlers) {
  const call = ++asked;
  const sheet = await loadArea(area.id);
  // The figures of its peers, of its parts, and of countries for their names.
  const company = new Set(['country', sheet.area.level, sheet.children?.[0]?.level].filter((name) => levelOf(name)?.areas <= MANY));
  await Promise.all([...company].map((name) => loadValues(indicator.indicator, name)));
  if (call !== asked) return;
  const centres = sheet.centres ?? [];
  const full = { ...area, ...sheet.area, id: area.id };
  if (sheet.area.parent) remember({ ...sheet.area.parent, id: sheet.area.parent.area_id, country: sheet.area.country });
  const found = { ...sheet.indicators.find((i) => i.indicator === indicator.indicator) };
  found.series ??= [];
  found.groups ??= [];
  const entry = entryOf(found.series, year, older);
  const width = Math.max(260, Math.min(560, element.clientWidth - 36));
  const parent = sheet.area.parent && levelOf(sheet.area.parent.level) ? sheet.area.parent : null;
  const synthetic = found.series.some((d) => d.origin === 'synthetic');
  fill(element,
    h('header', { class: 'sheet-head' },
      h('button', { class: 'close', 'aria-label': t('close'), title: `${t('close')} (Esc)`, onclick: handlers.close }, '×'),
      h('p', { class: 'crumb' }, levelOne(full.level), parent && [' · ', h('button', { class: 'link', onclick: () => handlers.selectId(parent.area_id, parent) }, t('partOf', { name: areaName(parent) }))]),
      h('h2', { tabindex: '-1' }, areaName(full))),
    synthetic && h('p', { class: 'synthetic' }, h('span', { class: 'badge' }, t('synthetic')), ' ', t('syntheticNote')),
    h('p', { class: 'what' }, `${indicatorTitle(indicator)}, ${entry?.year ?? year}`),
    headline(full, entry, indicator, Boolean(entry) && entry.year !== year),
    found.series.length > 0 && section(t('trend'), trend(found.series, { width, chosen: year, years: getInfo().years, label: `${t('trend')}: ${found.series.map((d) => `${d.year} ${rate(d.value)}`).join(', ')}` }), text(t('trendNote', { confidence: percent(indicator.confidence, 1) }))),
    entry && rankPart(entry, full, width),
    funnelPart(entry, full, indicator, width, handlers),
    groupsPart(found, entry, width),
    standardisedPart(entry, full),
    partsPart(sheet.children, indicator, year, older, handlers),
    centresPart(centres, year),
    qualityPart(entry, found, indicator));
  element.setAttribute('lang', locale().slice(0, 2));
}
