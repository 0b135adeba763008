-- Variation and inequality against plain SQL that computes the same, by the functions of bench.sql that reads this file.
CREATE UNLOGGED TABLE person_value AS SELECT i, i % 2000 AS set, (hashint8(i) & 1048575) / 1000.0::float8 AS y, (1 + (hashint8(i + 7) & 63))::float8 AS w, (hashint8(i + 9) & 31)::float8 AS r, 3.0::float8 AS se FROM generate_series(1, 1000000) i;
VACUUM (ANALYZE, FREEZE) person_value;
SELECT alternate('v: ' || f.what, w, f.base, f.ours) FROM (VALUES (0), (2)) workers (w), (VALUES
  ('Gini, 1 million rows', 'SELECT sum(y * (2 * k - n - 1)) / (max(n) * sum(y)) FROM (SELECT y, row_number() OVER (ORDER BY y) AS k, count(*) OVER () AS n FROM person_value) s', 'SELECT tmap.gini(y) FROM person_value'),
  ('Gini of people, 1 million rows', 'SELECT sum(w * y * (2 * c - w - t)) / (max(t) * sum(w * y)) FROM (SELECT y, w, sum(w) OVER (ORDER BY y ROWS UNBOUNDED PRECEDING) AS c, sum(w) OVER () AS t FROM person_value) s', 'SELECT tmap.gini(y, w) FROM person_value'),
  ('Theil T, 1 million rows', 'SELECT sum(y / m * ln(nullif(y, 0) / m)) / max(n) FROM (SELECT y, avg(y) OVER () AS m, count(*) OVER () AS n FROM person_value) s', 'SELECT tmap.theil_t(y) FROM person_value'),
  -- The base has no limits, and its ties depend on the order of rows.
  ('slope index, 2,000 sets of 500', 'SELECT set, (sum(w) * sum(w * x * y) - sum(w * x) * sum(w * y)) / (sum(w) * sum(w * x * x) - sum(w * x) ^ 2) FROM (SELECT set, y, w, (sum(w) OVER (PARTITION BY set ORDER BY r ROWS UNBOUNDED PRECEDING) - w / 2) / sum(w) OVER (PARTITION BY set) AS x FROM person_value) s GROUP BY set', 'SELECT set, tmap.gradient(y, w, r, se) FROM person_value GROUP BY set'),
  ('variation, 2,000 sets of 500', 'SELECT set, avg(o / e), stddev_samp(o / e), avg(((o - e) ^ 2 - e) / e ^ 2), sum((o - e) ^ 2 / e), percentile_cont(ARRAY[0.05, 0.1, 0.25, 0.75, 0.9, 0.95]) WITHIN GROUP (ORDER BY o / e) FROM (SELECT set, floor(y) AS o, w AS e FROM person_value) s GROUP BY set',
   'SELECT set, tmap.variation(y::bigint, w) FROM person_value GROUP BY set')) AS f (what, base, ours);
