// Small helpers to build the page: no framework.

const SVG = new Set(['svg', 'path', 'g', 'rect', 'line', 'circle', 'pattern', 'defs', 'title']);

/** An element with attributes and children; on… are listeners, null and false are left out, true is an empty attribute. */
export function h(tag, attributes = {}, ...children) {
  const element = SVG.has(tag) ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style' && typeof value === 'object') for (const [k, v] of Object.entries(value)) element.style.setProperty(k, v);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
  return element;
}

/** Puts new children in place of all old ones. */
export const fill = (element, ...children) => element.replaceChildren(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));

export const $ = (selector) => document.querySelector(selector);

/** Tells screen readers something short, once. */
export function announce(text) { $('#live').textContent = text; }

/** Calls f at most once a frame, with the arguments given last. */
export function oncePerFrame(f) {
  let waiting = null;
  return (...args) => {
    if (!waiting) requestAnimationFrame(() => { const last = waiting; waiting = null; f(...last); });
    waiting = args;
  };
}
