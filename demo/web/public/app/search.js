// The search box: every place by name or code, with the keyboard alone.
import { $, fill, h } from './dom.js';
import { MANY, allAreas, getInfo, levelOf, loadShapes, loadValues } from './data.js';
import { areaName, compare, levelOne, t } from './i18n.js';

const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
const MOST = 8;
let loaded = null;

/** Loads the names of all places, once, when somebody starts to search. */
function loadNames(indicator) {
  loaded ??= Promise.all(getInfo().levels.filter((l) => l.areas <= MANY).flatMap((l) => [loadValues(indicator, l.level), loadShapes(l.level)]));
  return loaded;
}

function matches(words) {
  const wanted = plain(words.trim());
  if (!wanted) return [];
  const score = (area) => {
    const name = plain(areaName(area));
    if (plain(area.code) === wanted && area.level === 'country') return 0;
    if (name.startsWith(wanted)) return 1;
    if (name.split(/[\s'’-]/).some((part) => part.startsWith(wanted)) || plain(area.name).startsWith(wanted)) return 2;
    return name.includes(wanted) ? 3 : 9;
  };
  return [...allAreas()].filter((a) => a.name && levelOf(a.level)).map((area) => [score(area), area]).filter(([s]) => s < 9)
    .sort(([s, a], [z, b]) => s - z || levelOf(a.level).rank - levelOf(b.level).rank || compare(areaName(a), areaName(b))).slice(0, MOST).map(([, area]) => area);
}

/** Makes the box a combobox; onChoose(area). */
export function startSearch(getIndicator, onChoose) {
  const input = $('#search');
  const list = $('#search-list');
  let found = [];
  let at = -1;
  const close = () => { list.hidden = true; input.setAttribute('aria-expanded', 'false'); input.removeAttribute('aria-activedescendant'); at = -1; };
  const choose = (area) => { close(); input.value = ''; onChoose(area); };
  const show = () => {
    fill(list, found.length === 0 ? h('li', { class: 'empty', role: 'option', 'aria-disabled': 'true' }, t('searchNone'))
      : found.map((area, i) => h('li', { id: `found-${i}`, role: 'option', 'aria-selected': String(i === at), onmousedown: (event) => { event.preventDefault(); choose(area); } },
        areaName(area), h('small', {}, ` ${levelOne(area.level)}${area.level === 'country' || !area.country ? '' : `, ${area.country}`}`))));
    list.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    if (at >= 0) input.setAttribute('aria-activedescendant', `found-${at}`); else input.removeAttribute('aria-activedescendant');
  };
  const look = async () => {
    if (!input.value.trim()) { close(); return; }
    await loadNames(getIndicator());
    found = matches(input.value);
    at = found.length ? 0 : -1;
    if (input.value.trim() && document.activeElement === input) show();
  };
  input.addEventListener('focus', () => { loadNames(getIndicator()).catch(() => { loaded = null; }); });
  input.addEventListener('input', look);
  input.addEventListener('blur', () => setTimeout(close, 100));
  input.addEventListener('keydown', async (event) => {
    if (event.key === 'Escape') { if (!list.hidden) event.stopPropagation(); close(); input.value = ''; return; }
    if (event.key === 'Enter') { event.preventDefault(); if (input.value.trim() && found.length === 0) await look(); if (found[Math.max(at, 0)] && input.value.trim()) choose(found[Math.max(at, 0)]); return; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || found.length === 0) return;
    event.preventDefault();
    at = (at + step + found.length) % found.length;
    show();
  });
}
