// What the reader sees, kept in the address: every state can be shared, and the browser's back button works.

/** Each field: its name in the address, its default, and how it is read (undefined: nonsense, the default holds). */
const oneOf = (...words) => (text) => (words.includes(text) ? text : undefined);
const flag = (text) => (text === '1' ? true : text === '0' ? false : undefined);
const number = (low, high) => (text) => (text.trim() !== '' && Number(text) >= low && Number(text) <= high ? Number(text) : undefined);
const word = (text) => (/^[\w .:-]{1,80}(\/[\w .:-]{1,80}){0,2}$/u.test(text) ? text : undefined);
const FIELDS = {
  indicator: { key: 'i', start: null, read: word },
  year: { key: 'y', start: null, read: (text) => (/^\d{4}$/.test(text) ? Number(text) : undefined) },
  level: { key: 'level', start: 'auto', read: word },
  place: { key: 'place', start: null, read: word },
  view: { key: 'view', start: 'dots', read: oneOf('dots', 'table', 'place') },
  within: { key: 'in', start: null, read: word },
  fade: { key: 'fade', start: false, read: flag },
  older: { key: 'older', start: true, read: flag },
  centres: { key: 'centres', start: true, read: flag },
  projection: { key: 'map', start: 'flat', read: oneOf('flat', 'globe', 'equal') },
  language: { key: 'lang', start: null, read: oneOf('en', 'fr') },
  lon: { key: 'lon', start: null, read: number(-180, 180) },
  lat: { key: 'lat', start: null, read: number(-86, 86) },
  zoom: { key: 'z', start: null, read: number(0, 14) },
  svg: { key: 'svg', start: false, read: flag },
};
/** Fields whose change the back button takes back; the others only rewrite the address. */
const STEPS = new Set(['indicator', 'level', 'place', 'view', 'within', 'projection', 'language']);

/** The fields that an address gives. */
export function parse(search) {
  const given = new URLSearchParams(search);
  const state = {};
  for (const [name, { key, start, read }] of Object.entries(FIELDS)) {
    const text = given.get(key);
    state[name] = (text === null ? undefined : read(text)) ?? start;
  }
  return state;
}

/** The address of a state, without what is at its default. */
export function format(state) {
  const query = new URLSearchParams();
  for (const [name, { key, start }] of Object.entries(FIELDS)) {
    const value = state[name];
    if (value === null || value === undefined || value === start) continue;
    query.set(key, value === true ? '1' : value === false ? '0' : String(value));
  }
  const text = query.toString().replaceAll('%2F', '/').replaceAll('%3A', ':');
  return text ? `?${text}` : location.pathname;
}

let current = parse(location.search);
const listeners = [];

/** The state now; not to be changed but by set(). */
export const state = () => current;

/** Calls f(state, changed) after every change; changed is the set of fields. */
export const onChange = (f) => listeners.push(f);

function change(next, changed, how) {
  current = next;
  if (how) history[how](null, '', format(current));
  for (const f of listeners) f(current, changed);
}

/** Changes fields; quiet: the address follows, but nobody is told (the map has moved by itself). */
export function set(fields, { quiet = false, step = true } = {}) {
  const changed = new Set(Object.keys(fields).filter((name) => fields[name] !== current[name]));
  if (changed.size === 0) return;
  const next = { ...current, ...fields };
  if (quiet) { current = next; history.replaceState(null, '', format(current)); return; }
  change(next, changed, step && [...changed].some((name) => STEPS.has(name)) ? 'pushState' : 'replaceState');
}

window.addEventListener('popstate', () => {
  const next = parse(location.search);
  const changed = new Set(Object.keys(FIELDS).filter((name) => next[name] !== current[name]));
  change(next, changed, null);
});
