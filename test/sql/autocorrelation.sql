-- Autocorrelation: a small map by hand, degenerate values, islands, errors.
\set VERBOSITY default
SET extra_float_digits = -3;
CREATE TEMP TABLE cell AS SELECT x * 4 + y AS id, (x * x + 3 * y)::float8 AS value, ARRAY(SELECT a * 4 + b FROM generate_series(0, 3) AS a, generate_series(0, 3) AS b WHERE abs(a - x) + abs(b - y) = 1 ORDER BY 1) AS js FROM generate_series(0, 3) AS x, generate_series(0, 3) AS y;
SELECT (tmap.moran(value, id, js)).* FROM cell \gx
SELECT (tmap.geary(value, id, js)).* FROM cell \gx
SELECT (tmap.getis_ord_g(value, id, js)).* FROM cell \gx
SELECT (tmap.moran(value, id, js, NULL, 999, 1)).p_greater, (tmap.geary(value, id, js, NULL, 999, 1)).p_less, (tmap.getis_ord_g(value, id, js, NULL, 999, 1)).p_greater, (tmap.moran_bivariate(value, -value, id, js, NULL, 999, 1)).p_less FROM cell;
SELECT (tmap.moran_bivariate(value, value, id, js)).value, (tmap.moran(value, id, js)).value FROM cell;
SELECT (tmap.moran_rate(value::bigint, 100 + id, id, js)).* FROM cell \gx
SELECT (m).n, (m).islands, round((m).value::numeric, 6) FROM (SELECT unnest(tmap.correlogram(value, id, js, 7)) AS m FROM cell) AS t;
SELECT id, (m).value, (m).expectation, (m).z, (m).quadrant, (m).standardised, (m).lag, (m).standardised_lag, (m).p_two, (m).p_adjusted FROM (SELECT id, tmap.local_moran(value, id, js, NULL, 9999) OVER () AS m FROM cell) AS t WHERE id IN (0, 5, 15) ORDER BY id;
SELECT id, (m).value, (m).z, (m).p_greater, (m).p_less FROM (SELECT id, tmap.local_gi_star(value, id, js, NULL, 9999) OVER () AS m FROM cell) AS t WHERE id IN (0, 5, 15) ORDER BY id;
SELECT id, (m).value, (m).z, (m).p_less FROM (SELECT id, tmap.local_geary(value, id, js, NULL, 9999) OVER () AS m FROM cell) AS t WHERE id IN (0, 5, 15) ORDER BY id;
SELECT id, tmap.local_join_count(value > 9, id, js) OVER () FROM cell WHERE id > 7 ORDER BY id;
-- The seed decides; 0 permutations give no p.
SELECT bool_and((a).p_two = (b).p_two) AS same, bool_and((a).p_two = (c).p_two) AS other, bool_and((d).p_two IS NULL) AS none FROM (SELECT id, tmap.local_gi(value, id, js, NULL, 999, 1) OVER () AS a, tmap.local_gi(value, id, js, NULL, 999, 1) OVER () AS b, tmap.local_gi(value, id, js, NULL, 999, 2) OVER () AS c, tmap.local_gi(value, id, js, NULL, 0) OVER () AS d FROM cell) AS t;
-- Constant values, one area, all islands, nothing.
SELECT tmap.moran(1, id, js), tmap.geary(0.1, id, js), tmap.getis_ord_g(0, id, js), tmap.moran(value, id, '{}') FROM cell;
SELECT tmap.moran(value, id, js), tmap.getis_ord_g(value, id, js), tmap.moran_bivariate(value, 1, id, js) FROM cell WHERE id = 0;
SELECT tmap.moran(value, id, js), tmap.moran_rate(1, 1, id, js), tmap.correlogram(value, id, js, 1) FROM cell WHERE false;
SELECT tmap.moran_rate(0, 100, id, js), tmap.moran_rate(id, 0, id, js) FROM cell WHERE id > 20 OR false;
SELECT tmap.moran_rate(0, 100, id, js), tmap.moran_rate(0, 0, id, js) FROM cell;
SELECT tmap.local_moran(1, id, js) OVER (), tmap.local_gi(value, id, '{}') OVER (), tmap.local_join_count(false, id, js) OVER () FROM cell LIMIT 1;
SELECT (tmap.moran(CASE WHEN id = 3 THEN 1 ELSE 0 END, id, js)).value IS NOT NULL AS one_case, tmap.getis_ord_g(CASE WHEN id = 3 THEN 1 ELSE 0 END, id, js) FROM cell;
SELECT (tmap.local_gi(CASE WHEN id = 3 THEN 1 ELSE 0 END, id, js, NULL, 0) OVER ()).* FROM cell ORDER BY cell.id OFFSET 3 LIMIT 1;
-- Two and three areas, all neighbours of each other.
SELECT n, tmap.moran(i * i, i, array_remove('{1,2,3}'::int[], i)) FROM (SELECT n, i FROM generate_series(2, 3) AS n, generate_series(1, n) AS i) AS t GROUP BY n ORDER BY n;
SELECT i, tmap.local_moran(i * i, i, array_remove('{1,2,3}'::int[], i), NULL, 9) OVER () FROM generate_series(1, 3) AS i;
-- Islands and NULLs are out, unless islands are to stay; a far neighbour that is out is no neighbour.
CREATE TEMP TABLE worn AS SELECT id, CASE WHEN id = 1 THEN NULL ELSE value END AS value, CASE WHEN id = 0 THEN '{}' WHEN id = 2 THEN NULL ELSE array_remove(js, 0) END AS js FROM cell;
SELECT (tmap.moran(value, id, js)).n, (tmap.moran(value, id, js)).islands, (tmap.moran(value, id, js)).left_out, (tmap.moran(value, id, js, NULL, 0, 1, true)).n AS kept FROM worn;
SELECT id, tmap.local_moran(value, id, js, NULL, 0) OVER () IS NULL AS out, tmap.local_moran(value, id, js, NULL, 0, 1, true) OVER () IS NULL AS kept FROM worn WHERE id < 5 ORDER BY id;
SELECT tmap.moran(w.value, w.id, w.js)::text = (SELECT tmap.moran(c.value, c.id, ARRAY(SELECT unnest(c.js) INTERSECT SELECT id FROM cell WHERE id > 3 ORDER BY 1)) FROM cell AS c WHERE c.id > 3)::text AS same FROM cell AS w WHERE w.id > 3;
-- Huge and tiny values keep their statistic.
SELECT (tmap.moran(value * 2::float8 ^ 1000, id, js)).value = (tmap.moran(value, id, js)).value AS huge, abs((tmap.moran(value * 1e-290, id, js)).value / (tmap.moran(value, id, js)).value - 1) < 1e-12 AS tiny, abs((tmap.moran(value + 1e9, id, js)).value / (tmap.moran(value, id, js)).value - 1) < 1e-6 AS far FROM cell;
-- Adjusted p.
SELECT p, tmap.adjusted_p(p) OVER () AS bh, tmap.adjusted_p(p, 'by') OVER () AS by, tmap.adjusted_p(p, 'holm') OVER () AS holm, tmap.adjusted_p(p, 'bonferroni') OVER () AS bonferroni FROM unnest('{0.01,0.02,NULL,0.03,0.5}'::float8[]) AS p;
-- Errors.
SELECT tmap.moran('NaN', id, js) FROM cell;
SELECT tmap.moran(value, 1, '{2}') FROM cell;
SELECT tmap.moran(value, id, js || id) FROM cell;
SELECT tmap.moran(value, id, '{NULL}') FROM cell;
SELECT tmap.moran(value, id, '{{1}}') FROM cell;
SELECT tmap.moran(value, id, js, '{1}') FROM cell;
SELECT tmap.moran(value, id, js, NULL, -1, 1) FROM cell;
SELECT tmap.moran(value, id, js, NULL, 10000000, 1) FROM cell;
SELECT tmap.moran(value, id, js, NULL, NULL, 1) FROM cell;
SELECT tmap.moran(value, id, js, NULL, id, 1) FROM cell;
SELECT tmap.moran(value, id, js, CASE id WHEN 0 THEN array_fill(1::float8, ARRAY[cardinality(js)]) END) FROM cell;
SELECT tmap.getis_ord_g(-value, id, js) FROM cell;
SELECT tmap.moran_rate(-1, 1, id, js) FROM cell;
SELECT tmap.moran_rate(1, 0, id, js) FROM cell;
SELECT tmap.correlogram(value, id, js, 0) FROM cell;
SELECT tmap.correlogram(value, id, js, NULL) FROM cell;
SELECT tmap.local_moran('Infinity', id, js) OVER () FROM cell;
SELECT tmap.local_moran(value, 1, js) OVER () FROM cell;
SELECT tmap.local_moran(value, id, js, NULL, -1) OVER () FROM cell;
SELECT tmap.local_moran(value, id, js, NULL, 9, id) OVER () FROM cell;
SELECT tmap.local_moran(value, id, js, NULL, NULL) OVER () FROM cell;
SELECT tmap.adjusted_p(2) OVER ();
SELECT tmap.adjusted_p(0.5, 'fdr') OVER ();
