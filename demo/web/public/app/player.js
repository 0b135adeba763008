// The years: a slider, a button before and after, and play.
import { $, announce, fill, h } from './dom.js';
import { t } from './i18n.js';

const STEP = 1100; // ms a year, long enough to see what changed
let timer = null;

const stop = () => { clearInterval(timer); timer = null; };

/** Draws the player. handlers: year(number), played by hand or by itself. */
export function drawPlayer(element, { years, year }, onYear) {
  const playing = timer !== null;
  const slider = $('#year');
  if (slider && slider.max === String(years.length - 1) && element.lang === document.documentElement.lang) {
    slider.value = years.indexOf(year);
    slider.setAttribute('aria-valuetext', String(year));
    $('#year-now').textContent = year;
    for (const tick of element.querySelectorAll('.ticks button')) tick.classList.toggle('now', Number(tick.dataset.year) === year);
    return;
  }
  element.lang = document.documentElement.lang;
  const play = h('button', { id: 'play', class: 'round', 'aria-pressed': 'false', 'aria-label': t('play'), title: t('play') });
  const look = (on) => {
    fill(play, h('svg', { viewBox: '0 0 20 20', width: 18, height: 18, 'aria-hidden': 'true' }, h('path', { d: on ? 'M5 4h4v12H5zM11 4h4v12h-4z' : 'M6 3.5v13l10.5-6.5z', fill: 'currentColor' })));
    play.setAttribute('aria-pressed', String(on));
    play.setAttribute('aria-label', t(on ? 'pause' : 'play'));
  };
  const now = () => Number($('#year').value);
  const go = (i) => { onYear(years[Math.max(0, Math.min(years.length - 1, i))]); };
  const halt = () => { if (timer !== null) { stop(); look(false); } };
  play.addEventListener('click', () => {
    if (timer !== null) { halt(); return; }
    if (now() === years.length - 1) go(0);
    look(true);
    timer = setInterval(() => { if (now() >= years.length - 1) halt(); else { go(now() + 1); if (now() === years.length - 1) halt(); } }, STEP);
  });
  const range = h('input', { id: 'year', type: 'range', min: 0, max: years.length - 1, step: 1, value: years.indexOf(year), 'aria-label': t('year'), 'aria-valuetext': String(year),
    oninput: (event) => { halt(); go(Number(event.target.value)); announce(String(years[event.target.value])); } });
  const arrow = (by, words, d) => h('button', { class: 'step', 'aria-label': t(words), title: t(words), onclick: () => { halt(); go(now() + by); } },
    h('svg', { viewBox: '0 0 20 20', width: 14, height: 14, 'aria-hidden': 'true' }, h('path', { d, fill: 'none', stroke: 'currentColor', 'stroke-width': 2.4, 'stroke-linecap': 'round', 'stroke-linejoin': 'round' })));
  const few = years.length <= 12 ? 1 : Math.ceil(years.length / 8);
  fill(element, play,
    h('output', { id: 'year-now', for: 'year' }, String(year)),
    arrow(-1, 'previous', 'M12.5 4l-6 6 6 6'),
    h('div', { class: 'slide' }, range,
      h('div', { class: 'ticks', 'aria-hidden': 'true' }, years.map((y, i) => h('button', { tabindex: '-1', 'data-year': y, class: y === year ? 'now' : null, style: { left: `${(100 * i) / Math.max(1, years.length - 1)}%` }, onclick: () => { halt(); go(i); } }, i % few === 0 || i === years.length - 1 ? String(y) : '')))),
    arrow(1, 'next', 'M7.5 4l6 6-6 6'));
  look(playing);
}

export { stop as stopPlaying };
