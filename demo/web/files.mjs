// The files of the page: its own in public/, and the few of the libraries that it needs. Nothing else is ever served.
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dirname, join, posix } from 'node:path';

const here = dirname(fileURLToPath(import.meta.url));
const LIBRARY = {
  'maplibre-gl.mjs': 'maplibre-gl/dist/maplibre-gl.mjs',
  'maplibre-gl-worker.mjs': 'maplibre-gl/dist/maplibre-gl-worker.mjs',
  'maplibre-gl.css': 'maplibre-gl/dist/maplibre-gl.css',
  'd3.min.js': 'd3/dist/d3.min.js',
  'plot.umd.min.js': '@observablehq/plot/dist/plot.umd.min.js',
  'sans.woff2': '@fontsource-variable/source-sans-3/files/source-sans-3-latin-wght-normal.woff2',
  'sans-ext.woff2': '@fontsource-variable/source-sans-3/files/source-sans-3-latin-ext-wght-normal.woff2',
  'serif.woff2': '@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2',
};
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.css': 'text/css; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8', '.svg': 'image/svg+xml', '.woff2': 'font/woff2', '.json': 'application/json',
  '.csv': 'text/csv; charset=utf-8', '.mvt': 'application/vnd.mapbox-vector-tile',
};
export const typeOf = (path) => TYPES[path.slice(path.lastIndexOf('.'))] ?? 'application/octet-stream';

/** Map from the path in the page's address to the file on disk. */
export function listFiles() {
  const files = new Map();
  const walk = (folder, prefix) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory()) walk(join(folder, entry.name), posix.join(prefix, entry.name));
      else if (!entry.name.startsWith('.')) files.set(posix.join(prefix, entry.name), join(folder, entry.name));
    }
  };
  walk(join(here, 'public'), '/');
  for (const [name, file] of Object.entries(LIBRARY)) files.set(`/lib/${name}`, join(here, 'node_modules', file));
  return files;
}
