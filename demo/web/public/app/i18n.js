// Words, numbers and names in the reader's language.
import en from './en.js';
import fr from './fr.js';
import { countryName } from './countries.js';

const WORDS = { en, fr };
let language = 'en';

/** The language to start with: the one asked for, else the browser's. */
export const chooseLanguage = (asked) => asked ?? (navigator.languages?.find((l) => /^(en|fr)\b/i.test(l))?.slice(0, 2).toLowerCase() ?? 'en');

export function setLanguage(chosen) {
  language = WORDS[chosen] ? chosen : 'en';
  document.documentElement.lang = language;
}

export const locale = () => (language === 'fr' ? 'fr-FR' : 'en-GB');

/** The words of a key such as 'levels.country', with {name} replaced; undefined when there are none. */
export function lookup(key, values = {}) {
  let words = WORDS[language];
  for (const part of key.split('.')) words = words?.[part];
  return typeof words === 'string' ? words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '') : undefined;
}

/** As lookup, but a missing key is a mistake of ours. */
export function t(key, values) {
  const words = lookup(key, values);
  if (words === undefined) throw new Error(`no words for ${key} in ${language}`);
  return words;
}

const formats = new Map();
function formatter(options) {
  const key = language + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(locale(), options));
  return formats.get(key);
}

/** A rate with two decimals below 10, else one: as precise as the limits make sense. */
export function rate(value) {
  if (value === null || value === undefined) return '–';
  const digits = Math.abs(value) < 10 ? 2 : 1;
  return formatter({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

/** A number with at most so many decimals. */
export const number = (value, digits = 0) => (value === null || value === undefined ? '–' : formatter({ maximumFractionDigits: digits }).format(value));

/** A share from 0 to 1 in per cent. */
export const percent = (value, digits = 0) => formatter({ style: 'percent', maximumFractionDigits: digits }).format(value);

/** A day, as readers write it. */
export const date = (iso) => new Intl.DateTimeFormat(locale(), { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(iso));

/** The name of an area: countries in the reader's language where the browser knows them, all others as the release has them. */
export function areaName(area) {
  if (!area) return '';
  return (language !== 'en' && area.level === 'country' && countryName(area.code, language)) || area.name;
}

export const levelName = (level, title) => lookup(`levels.${level}`) ?? title ?? level;
export const levelOne = (level, title) => lookup(`levelOne.${level}`) ?? title ?? level;
export const indicatorTitle = (indicator) => lookup(`indicators.${indicator.indicator}.title`) ?? indicator.title;
export const indicatorUnit = (indicator) => lookup(`indicators.${indicator.indicator}.unit`) ?? indicator.unit;
export const compare = (a, b) => a.localeCompare(b, locale());
