-- Disclosure control of about 100,000 cells: 2,000 areas in 100 regions × 4 ages × 2 sexes × 2 years with all margins. CPU seconds are those of the backend.
\set QUIET on
\pset footer off
\pset tuples_only on
SET client_min_messages = warning;
SET search_path = tmap, public;
SET jit = off;
SET work_mem = '256MB';
-- CPU seconds of this backend so far: utime and stime of /proc, in ticks of 1/100 s.
CREATE FUNCTION pg_temp.cpu() RETURNS numeric LANGUAGE sql VOLATILE AS
$$SELECT (p[14]::numeric + p[15]::numeric) / 100 FROM (SELECT string_to_array(regexp_replace(pg_read_file('/proc/self/stat'), '\(.*\)', '-'), ' ') AS p) s$$;
SELECT setseed(0.5) \g /dev/null
CREATE TEMP TABLE inner_cell AS
WITH area AS (SELECT a, exp(1.5 * (random() + random() + random() - 1.5)) AS size FROM generate_series(0, 1999) a)
SELECT (row_number() OVER (ORDER BY a, g, s, y))::int AS atom, a, a / 20 AS r, g, s, y, (random() * 16 * (g + 1) * size * (0.5 + random()))::int AS n
FROM area, generate_series(0, 3) g, generate_series(0, 1) s, generate_series(0, 1) y;
ALTER TABLE inner_cell ADD events int;
UPDATE inner_cell SET events = least(n, round(n * (0.05 + 0.1 * random())));
ANALYZE inner_cell;
CREATE TEMP TABLE member AS
WITH place AS (SELECT 0 AS place, a FROM generate_series(0, 1999) a UNION ALL SELECT 1 + a / 20, a FROM generate_series(0, 1999) a UNION ALL SELECT 101 + a, a FROM generate_series(0, 1999) a),
shape AS (SELECT row_number() OVER (ORDER BY g, s, y) - 1 AS shape, g, s, y FROM (VALUES (0), (1), (2), (3), (NULL)) g (g), (VALUES (0), (1), (NULL)) s (s), (VALUES (0), (1), (NULL)) y (y))
SELECT (p.place * 45 + h.shape + 1)::int AS cell, i.atom, i.events, i.n FROM place p JOIN inner_cell i USING (a) JOIN shape h ON (h.g IS NULL OR h.g = i.g) AND (h.s IS NULL OR h.s = i.s) AND (h.y IS NULL OR h.y = i.y);
ANALYZE member;
CREATE TEMP TABLE linked AS
SELECT m.cells, m.atoms, r.rules, c.events, c.others FROM
  (SELECT array_agg(cell ORDER BY cell, atom) AS cells, array_agg(atom ORDER BY cell, atom) AS atoms FROM member) m,
  (SELECT array_agg(small ORDER BY cell) AS rules FROM (SELECT cell, (sum(events) BETWEEN 1 AND 10 OR sum(n) BETWEEN 1 AND 10 OR sum(n - events) BETWEEN 1 AND 10)::int::smallint AS small FROM member GROUP BY cell) s) r,
  (SELECT array_agg(events::bigint ORDER BY atom) AS events, array_agg((n - events)::bigint ORDER BY atom) AS others FROM inner_cell) c;
SELECT format('  %s cells over %s groups, %s entries, %s protected', cardinality(rules), cardinality(events), cardinality(cells), (SELECT sum(x) FROM unnest(rules) x)) FROM linked;
SELECT pg_temp.cpu() AS before \gset
CREATE TEMP TABLE decided AS SELECT suppress(cells, atoms, rules, events, others) AS status FROM linked;
SELECT pg_temp.cpu() AS between \gset
CREATE TEMP TABLE bound AS
SELECT b.* FROM linked l, decided d, LATERAL audit_cells(l.cells, l.atoms, ARRAY(SELECT x = 0 FROM unnest(d.status) WITH ORDINALITY AS u (x, n) ORDER BY n), l.events, l.others) b;
SELECT pg_temp.cpu() AS after \gset
SELECT format('  suppression %s s CPU: %s withheld for others'' sake', round(:between - :before, 1), (SELECT count(*) FROM unnest(status) x WHERE x = 2)) FROM decided;
SELECT format('  audit       %s s CPU: %s intervals, %s by tables found, %s by linear programs or zeros, %s worked out (other than zeros: %s), narrowest %s', round(:after - :between, 1), count(*), count(*) FILTER (WHERE proof = 'witness'),
              count(*) FILTER (WHERE proof = 'bounds'), count(*) FILTER (WHERE exact), count(*) FILTER (WHERE exact AND upper > 0), min(upper - lower) FILTER (WHERE NOT exact)) FROM bound;
SELECT format('  both        %s s CPU; aim: at most 20', round(:after - :before, 1));
