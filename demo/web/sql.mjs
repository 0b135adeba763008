// What the page asks the atlas: one function a question, the answer as the text or bytes that PostgreSQL gives.
import pg from 'pg';
import { valueQuery } from './public/app/query.js';

/** Answers of PostgreSQL that are the asker's fault: invalid parameter, number out of range, bad text or date. */
const FAULTS = new Set(['22023', '22003', '22P02', '22007', '22008', '22021']);
export const isFault = (error) => FAULTS.has(error?.code);

/** One value as COPY … CSV writes it; every type arrives as the server's own text. */
function csvField(value) {
  if (value === null) return '';
  return value === '' || value === '\\.' || /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** The atlas in `schema`, read through a pool of connections that can only read. */
export function openAtlas({ schema = 'atlas', connections = 4 } = {}) {
  if (!/^[a-z_][a-z0-9_]*$/.test(schema)) throw new Error(`not a plain schema name: ${schema}`);
  const asText = { getTypeParser: (oid) => (oid === 17 ? pg.types.getTypeParser(17) : (text) => text) };
  const pool = new pg.Pool({
    max: connections,
    application_name: 'tmap page',
    options: '-c default_transaction_read_only=on -c statement_timeout=15000 -c jit=off -c extra_float_digits=1 -c client_encoding=UTF8',
    connectionTimeoutMillis: 5000,
  });
  pool.on('error', (error) => console.error(`an idle connection ended: ${error.message}`));
  const query = (text, values) => pool.query({ text, values, types: asText, rowMode: 'array' });
  const one = async (text, values) => (await query(text, values)).rows[0][0];
  // Other whenever something is published or withdrawn, or classes are set: what map_info() hashes, but in a millisecond.
  const stamp = `(SELECT concat_ws(' ', count(*), max(r.fid), max(r.published_at), (SELECT md5(string_agg(l::text, ' ' ORDER BY l.fid)) FROM ${schema}.legend l)) FROM ${schema}.release r)`;
  return {
    stamp: async () => (await pool.query({ name: 'stamp', text: `SELECT ${stamp}`, types: asText, rowMode: 'array' })).rows[0][0],
    /** [map_info(), the stamp of the same moment] */
    stampedInfo: async () => (await query(`SELECT ${schema}.map_info(), ${stamp}`)).rows[0],
    info: () => one(`SELECT ${schema}.map_info()`),
    values: (indicator, level) => one(`SELECT ${schema}.values_json($1, $2)`, [indicator, level]),
    area: (id) => one(`SELECT ${schema}.area_json($1)`, [id]),
    geojson: (indicator, level, year, zoom) => one(`SELECT ${schema}.geojson($1, $2, $3, $4)`, [indicator, level, year, zoom]),
    tile: (z, x, y, params) => one(`SELECT ${schema}.tile($1, $2, $3, $4)`, [z, x, y, JSON.stringify(params)]),
    /** Rows of the view value as CSV, with a header, byte for byte as COPY … TO … (FORMAT csv, HEADER) gives them. */
    async csv(wanted) {
      const { text, values } = valueQuery(schema, wanted);
      const { fields, rows } = await query(text, values);
      return [fields.map((f) => f.name), ...rows].map((row) => row.map(csvField).join(',') + '\n').join('');
    },
    close: () => pool.end(),
  };
}
