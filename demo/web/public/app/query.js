// The statement behind each view: the server runs it for the CSV, and the page shows it to be copied.

const literal = (value) => (typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`);

/**
 * Rows of the view value. wanted: indicator, level, year, area (an area_id): only those, when given; total: both sexes and all
 * ages alone; older: of each area the latest figure up to the year. Gives { text, values } with $1 …, and the same as one text.
 */
export function valueQuery(schema, { indicator, level, year, area, total, older }) {
  const values = [];
  const is = (column, sign, value) => { values.push(value); return `${column} ${sign} $${values.length}`; };
  const where = [
    indicator && is('indicator', '=', indicator),
    level && is('level', '=', level),
    year && is('year', older ? '<=' : '=', year),
    area && is('area_id', '=', area),
    total && "sex = 'all' AND age_from IS NULL",
    older && "(status = 'suppressed' OR value IS NOT NULL)",
  ].filter(Boolean);
  const text = `SELECT ${older ? 'DISTINCT ON (area_id) ' : ''}*\nFROM ${schema}.value\nWHERE ${where.join('\n  AND ')}\nORDER BY ${older ? 'area_id, year DESC' : 'fid'}`;
  return { text, values, literal: `${text.replace(/\$(\d+)/g, (_, n) => literal(values[n - 1]))};` };
}
