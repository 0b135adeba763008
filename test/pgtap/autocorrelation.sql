-- Spatial autocorrelation against the values of test/oracles (mpmath, exact enumerations, spdep): relative error at most 1e-10 for every row, 5e-12 near 0.
-- psql variable oracles: the folder.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SELECT no_plan();

CREATE FUNCTION pg_temp.error(have float8, want float8) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN CASE WHEN want IS NULL OR have IS NULL THEN CASE WHEN have IS NOT DISTINCT FROM want THEN 0 ELSE 'Infinity'::float8 END WHEN abs(have - want) <= 5e-12 THEN 0 ELSE abs(have / nullif(want, 0) - 1) END;

CREATE TEMP TABLE v (dataset text, variable text, i int, value float8);
CREATE TEMP TABLE pair (dataset text, weights text, i int, j int);
CREATE TEMP TABLE global (dataset text, variable text, weights text, style text, islands text, n_islands int, stat text, value float8);
CREATE TEMP TABLE local (dataset text, variable text, weights text, style text, i int, lag float8, ii float8, e float8, var float8, z float8, quadrant text, gi float8, gi_z float8, gistar float8, gistar_z float8);
CREATE TEMP TABLE idw (dataset text, variable text, weights text, style text, stat text, i int, value float8);
CREATE TEMP TABLE lattice (i int, rank int, j int, d2 float8, xi float8, yi float8);
CREATE TEMP TABLE conditional (dataset text, variable text, weights text, i int, k int, n_subsets bigint, p_ge float8, p_le float8, p_ii_ge float8, p_two float8);
CREATE TEMP TABLE permutation (grid text, style text, x text, i float8, mean float8, var float8, p_ge float8, p_le float8);
CREATE TEMP TABLE multiple (dataset text, variable text, i int, p float8, bonferroni float8, holm float8, bh float8, by float8);
CREATE TEMP TABLE rates_moran (dataset text, weights text, n_var text, p_var text, style text, value float8);
\cd :oracles
\copy v FROM 'spatial_values.csv' (FORMAT csv, HEADER)
\copy pair FROM 'spatial_neighbours.csv' (FORMAT csv, HEADER)
\copy global FROM 'spatial_global.csv' (FORMAT csv, HEADER)
\copy local FROM 'spatial_local.csv' (FORMAT csv, HEADER)
\copy idw FROM 'spatial_idw.csv' (FORMAT csv, HEADER)
\copy lattice FROM 'spatial_lattice.csv' (FORMAT csv, HEADER)
\copy conditional FROM 'spatial_conditional.csv' (FORMAT csv, HEADER)
\copy permutation FROM 'spatial_permutation.csv' (FORMAT csv, HEADER)
\copy multiple FROM 'spatial_multiple.csv' (FORMAT csv, HEADER)
\copy rates_moran FROM 'spatial_rates_moran.csv' (FORMAT csv, HEADER)
CREATE TEMP TABLE checked (file text, name text, what text, have float8, want float8);

-- Every area with its neighbours, an island with none.
CREATE TEMP TABLE nb AS
SELECT a.dataset, a.weights, a.i, coalesce(array_agg(p.j ORDER BY p.j) FILTER (WHERE p.j IS NOT NULL), '{}') AS js
FROM (SELECT DISTINCT v.dataset, w.weights, v.i FROM v JOIN (SELECT DISTINCT dataset, weights FROM pair) AS w USING (dataset)) AS a LEFT JOIN pair AS p USING (dataset, weights, i)
GROUP BY 1, 2, 3;
CREATE TEMP TABLE styled AS
SELECT n.*, s.style, CASE s.style WHEN 'B' THEN tmap.weights_style(i, js, NULL, 'B') OVER (PARTITION BY dataset, weights, s.style) END AS w FROM nb AS n, (VALUES ('W'), ('B')) AS s (style);

-- Global: n counts the islands, as the oracle's rows do.
CREATE TEMP TABLE g AS
SELECT dataset, variable, weights, style, tmap.moran(value, i, js, w, 0, 1, true) AS m, tmap.geary(value, i, js, w, 0, 1, true) AS c
FROM styled JOIN v USING (dataset, i) GROUP BY 1, 2, 3, 4;
INSERT INTO checked
SELECT 'global', concat_ws(' ', dataset, variable, weights, style), stat,
  CASE stat WHEN 'moran_I' THEN (m).value WHEN 'moran_EI' THEN (m).expectation WHEN 'moran_VI_rand' THEN (m).variance_randomisation WHEN 'moran_VI_norm' THEN (m).variance_normality
    WHEN 'moran_z_rand' THEN (m).z_randomisation WHEN 'moran_z_norm' THEN (m).z_normality WHEN 'moran_p2_rand' THEN (m).p_randomisation WHEN 'moran_p2_norm' THEN (m).p_normality
    WHEN 'geary_C' THEN (c).value WHEN 'geary_EC' THEN (c).expectation WHEN 'geary_VC_rand' THEN (c).variance_randomisation WHEN 'geary_VC_norm' THEN (c).variance_normality
    WHEN 'geary_z_rand_lowC_positive' THEN (c).z_randomisation WHEN 'geary_z_norm_lowC_positive' THEN (c).z_normality END, o.value
FROM global AS o JOIN g USING (dataset, variable, weights, style) WHERE stat NOT IN ('S0', 'S1', 'S2');

-- Local.
CREATE TEMP TABLE l AS
SELECT dataset, variable, weights, style, i, tmap.local_moran(value, i, js, w, 0, 1, true) OVER k AS m, tmap.local_gi(value, i, js, w, 0, 1, true) OVER k AS g, tmap.local_gi_star(value, i, js, w, 0, 1, true) OVER k AS s
FROM styled JOIN v USING (dataset, i) WINDOW k AS (PARTITION BY dataset, variable, weights, style);
INSERT INTO checked
SELECT 'local', concat_ws(' ', dataset, variable, weights, style, i), c.what, c.have, c.want
FROM local AS o JOIN l USING (dataset, variable, weights, style, i),
  LATERAL (VALUES ('lag', (m).lag, o.lag), ('I', (m).value, o.ii), ('E', (m).expectation, o.e), ('V', (m).variance, o.var), ('z', (m).z, o.z), ('G', (g).value, o.gi), ('zG', (g).z, o.gi_z), ('G*', (s).value, o.gistar), ('zG*', (s).z, o.gistar_z)) AS c (what, have, want)
WHERE o.quadrant <> 'Island';
SELECT is_empty($$SELECT * FROM local AS o JOIN l USING (dataset, variable, weights, style, i) WHERE (m).quadrant IS DISTINCT FROM nullif(o.quadrant, 'Island')$$, 'quadrants, none for islands');

-- Inverse distance weights, distances in km.
CREATE TEMP TABLE d AS
SELECT i, js, x.value AS x, y.value AS y, f.value AS z FROM nb JOIN v AS x USING (dataset, i) JOIN v AS y USING (dataset, i) JOIN v AS f USING (dataset, i)
WHERE dataset = 'nc' AND weights = 'd60km' AND x.variable = 'x' AND y.variable = 'y' AND f.variable = 'ft_sid74';
CREATE TEMP TABLE iw AS
SELECT a AS alpha, s AS style, i, z, js, tmap.weights_style(i, js, tmap.inverse_distance_weights(km, a), s) OVER (PARTITION BY a, s) AS w_style, tmap.inverse_distance_weights(km, a) AS w
FROM (SELECT *, tmap.neighbour_distances(i, x / 1000, y / 1000, js) OVER () AS km FROM d) AS q, (VALUES (1), (2)) AS k (a), (VALUES ('W'), ('B')) AS t (s);
UPDATE iw SET w_style = w WHERE style = 'B';
CREATE TEMP TABLE il AS SELECT alpha, style, i, tmap.local_moran(z, i, js, w_style, 0) OVER k AS m, tmap.local_gi(z, i, js, w_style, 0) OVER k AS g FROM iw WINDOW k AS (PARTITION BY alpha, style);
CREATE TEMP TABLE ig AS SELECT alpha, style, tmap.moran(z, i, js, w_style) AS m, tmap.geary(z, i, js, w_style) AS c FROM iw GROUP BY 1, 2;
INSERT INTO checked
SELECT 'idw', concat_ws(' ', o.weights, o.style, o.i), stat, CASE stat WHEN 'moran_I' THEN (g.m).value WHEN 'moran_VI_rand' THEN (g.m).variance_randomisation WHEN 'moran_VI_norm' THEN (g.m).variance_normality WHEN 'moran_z_rand' THEN (g.m).z_randomisation
  WHEN 'geary_C' THEN (g.c).value WHEN 'geary_VC_rand' THEN (g.c).variance_randomisation WHEN 'local_Ii_n' THEN (il.m).value WHEN 'local_Zi_cond' THEN (il.m).z WHEN 'local_Gi_z' THEN (il.g).z END, o.value
FROM idw AS o JOIN ig AS g ON g.style = o.style AND g.alpha = right(o.weights, 1)::int LEFT JOIN il ON il.style = o.style AND il.alpha = g.alpha AND il.i = o.i WHERE stat NOT IN ('S0', 'S1', 'S2');
INSERT INTO checked SELECT 'idw', weights, 'S0', (SELECT sum(t) FROM iw, unnest(w_style) AS t WHERE iw.style = o.style AND alpha = right(o.weights, 1)::int), value FROM idw AS o WHERE stat = 'S0';

-- Rates by Assuncao and Reis.
INSERT INTO checked
SELECT 'rates', concat_ws(' ', o.dataset, o.weights, o.n_var, o.style), 'I', (tmap.moran_rate(e.value::bigint, p.value, s.i, s.js, s.w)).value, o.value
FROM rates_moran AS o JOIN styled AS s USING (dataset, weights, style) JOIN v AS e ON e.dataset = o.dataset AND e.variable = o.n_var AND e.i = s.i JOIN v AS p ON p.dataset = o.dataset AND p.variable = o.p_var AND p.i = s.i
WHERE o.dataset = 'nc' GROUP BY o.dataset, o.weights, o.n_var, o.style, o.value;

-- Adjusted p.
INSERT INTO checked
SELECT 'multiple', concat_ws(' ', dataset, variable, i), c.what, c.have, c.want
FROM (SELECT *, tmap.adjusted_p(p) OVER k AS h1, tmap.adjusted_p(p, 'by') OVER k AS h2, tmap.adjusted_p(p, 'holm') OVER k AS h3, tmap.adjusted_p(p, 'bonferroni') OVER k AS h4 FROM multiple WINDOW k AS (PARTITION BY dataset, variable)) AS o,
  LATERAL (VALUES ('bh', h1, bh), ('by', h2, by), ('holm', h3, holm), ('bonferroni', h4, bonferroni)) AS c (what, have, want);

SELECT is((SELECT count(*) FROM checked WHERE file = 'global'), (SELECT count(*) FROM global WHERE stat NOT IN ('S0', 'S1', 'S2')), 'all rows of the global statistics are compared');
SELECT is((SELECT count(*) FROM checked WHERE file = 'local'), (SELECT 9 * count(*) FROM local WHERE quadrant <> 'Island'), 'and of the local ones');
SELECT is((SELECT count(*) FROM checked WHERE file = 'idw'), (SELECT count(*) FROM idw WHERE stat NOT IN ('S1', 'S2')), 'and of inverse distances');
SELECT is_empty(format($$SELECT * FROM checked WHERE file = %L AND NOT pg_temp.error(have, want) <= 1e-10$$, f), f || ': relative error at most 1e-10') FROM (SELECT DISTINCT file AS f FROM checked) AS t ORDER BY f;

-- Permutations against complete enumerations: within 5 standard errors; the tail that counts the map itself is (r + 1) / (M + 1).
CREATE TEMP TABLE grid_moran AS
SELECT grid, style, p_ge, p_le, tmap.moran(x, i, js, w, 99999, 42) AS m
FROM (SELECT g.grid, g.style, g.i, g.x::float8, g.p_ge, g.p_le, n.js, CASE g.style WHEN 'B' THEN array_fill(1::float8, ARRAY[cardinality(n.js)]) END AS w
      FROM (SELECT p.grid, p.style, t.n::int AS i, t.x, p.p_ge, p.p_le FROM permutation AS p, regexp_split_to_table(p.x, ' ') WITH ORDINALITY AS t (x, n)) AS g
      JOIN (SELECT weights AS grid, i, array_agg(j) AS js FROM pair WHERE dataset = 'grid' GROUP BY 1, 2) AS n USING (grid, i)) AS q GROUP BY 1, 2, 3, 4;
SELECT is_empty($$SELECT grid, style, (m).p_greater, p_ge, (m).p_less, p_le FROM grid_moran
  WHERE abs((m).p_greater - p_ge) > 5 * sqrt(p_ge * (1 - p_ge) / 1e5) + 1e-5 OR abs((m).p_less - p_le) > 5 * sqrt(p_le * (1 - p_le) / 1e5) + 1e-5$$, 'global permutations: the shares of all n! permutations');
SELECT is_empty($$SELECT o.grid, o.style FROM permutation AS o JOIN grid_moran AS g USING (grid, style) WHERE NOT pg_temp.error((g.m).value, o.i) <= 1e-10 OR NOT pg_temp.error((g.m).variance_randomisation, o.var) <= 1e-10$$, 'and their value and variance');
CREATE TEMP TABLE lp AS
SELECT dataset, variable, weights, i, tmap.local_moran(value, i, js, w, 99999, 5) OVER k AS m, tmap.local_gi(value, i, js, w, 99999, 5) OVER k AS g
FROM styled JOIN v USING (dataset, i) WHERE style = 'W' AND (dataset, variable, weights) IN (SELECT DISTINCT dataset, variable, weights FROM conditional) WINDOW k AS (PARTITION BY dataset, variable, weights);
SELECT is_empty($$SELECT dataset, variable, i, c.* FROM conditional AS o JOIN lp USING (dataset, variable, weights, i), LATERAL (VALUES ((g).p_greater, p_ge), ((g).p_less, p_le), ((m).p_greater, p_ii_ge), ((m).p_two / 2, p_two / 2)) AS c (have, want)
  WHERE abs(have - want) > 5 * sqrt(want * (1 - want) / 1e5) + 1e-5$$, 'conditional permutations: the shares of all samples without replacement');
SELECT is((SELECT count(*) FROM conditional JOIN lp USING (dataset, variable, weights, i)), (SELECT count(*) FROM conditional), 'of every area of the oracle');

-- Weights that differ give the p of equal ones when they do not differ by much.
SELECT is_empty($$SELECT * FROM (SELECT i, tmap.local_moran(value, i, js, w, 9999, 5) OVER () AS a, tmap.local_moran(value, i, js, NULL, 9999, 5) OVER () AS b
  FROM (SELECT i, js, value, (SELECT array_agg(1 + (j % 2) * 1e-7) FROM unnest(js) AS j) AS w FROM nb JOIN v USING (dataset, i) WHERE dataset = 'columbus' AND variable = 'crime' AND weights = 'gal') AS t) AS t WHERE abs((a).p_greater - (b).p_greater) > 1e-3$$, 'nearly equal weights: nearly the same p');

-- Laws.
SELECT is_empty($$SELECT dataset, variable, weights, style FROM (SELECT dataset, variable, weights, style, sum((m).value) AS local FROM l GROUP BY 1, 2, 3, 4) AS t JOIN g USING (dataset, variable, weights, style)
  JOIN (SELECT dataset, variable, weights, style, value AS s0 FROM global WHERE stat = 'S0') AS s USING (dataset, variable, weights, style) WHERE NOT pg_temp.error(local / s0, (m).value) <= 1e-12$$, 'local I add up to S0 times the global I');
SELECT is(a, b, 'local statistics do not depend on the order of rows, the frame or the ORDER BY') FROM (
  SELECT array_agg(m ORDER BY i) AS a FROM (SELECT i, tmap.local_moran(value, i, js, NULL, 999) OVER () AS m FROM (SELECT * FROM nb JOIN v USING (dataset, i) WHERE dataset = 'nc' AND weights = 'queen' AND variable = 'sidr74' ORDER BY i) AS t) AS t) AS x, (
  SELECT array_agg(m ORDER BY i) AS b FROM (SELECT i, tmap.local_moran(value, i, js, NULL, 999) OVER (ORDER BY md5(i::text) ROWS BETWEEN CURRENT ROW AND CURRENT ROW) AS m FROM (SELECT * FROM nb JOIN v USING (dataset, i) WHERE dataset = 'nc' AND weights = 'queen' AND variable = 'sidr74' ORDER BY -i) AS t) AS t) AS y;
SELECT is((SELECT tmap.moran(value, i, js, NULL, 999, 7 ORDER BY i) FROM nb JOIN v USING (dataset, i) WHERE dataset = 'nc' AND weights = 'queen' AND variable = 'sidr74'),
  (SELECT tmap.moran(value, i, js, NULL, 999, 7 ORDER BY md5(i::text)) FROM nb JOIN v USING (dataset, i) WHERE dataset = 'nc' AND weights = 'queen' AND variable = 'sidr74'), 'nor does the global one');
CREATE TABLE spatial_parallel AS SELECT i, js, value FROM nb JOIN v USING (dataset, i) WHERE dataset = 'nc' AND weights = 'queen' AND variable = 'sidr74';
SELECT tmap.moran(value, i, js, NULL, 99, 7)::text AS serial FROM spatial_parallel \gset
SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0; SET LOCAL max_parallel_workers_per_gather = 2;
ALTER TABLE spatial_parallel SET (parallel_workers = 2);
CREATE FUNCTION pg_temp.plan(query text) RETURNS text LANGUAGE plpgsql AS $$DECLARE line text; plan text := ''; BEGIN FOR line IN EXECUTE 'EXPLAIN ' || query LOOP plan := plan || line; END LOOP; RETURN plan; END$$;
SELECT ok(pg_temp.plan('SELECT tmap.moran(value, i, js, NULL, 99, 7) FROM spatial_parallel') ~ 'Partial Aggregate', 'the aggregate runs in workers');
SELECT is(tmap.moran(value, i, js, NULL, 99, 7)::text, :'serial', 'and gives the same bits') FROM spatial_parallel;
SELECT is((c[1]).n, 0::bigint, 'a correlogram of one area has none') FROM (SELECT tmap.correlogram(1, 1, '{}', 1) AS c) AS t;
SELECT is_empty($$WITH c AS (SELECT tmap.correlogram(value, i, js, 3) AS c FROM spatial_parallel), o AS (SELECT s, tmap.moran(value, i, o) AS m FROM (SELECT s, i, value, tmap.higher_order(i, js, s) OVER (PARTITION BY s) AS o FROM spatial_parallel, generate_series(1, 3) AS s) AS t GROUP BY s)
  SELECT s FROM c, o WHERE c[s]::text <> m::text$$, 'a correlogram is Moran''s I over neighbours of each order');

SELECT * FROM finish();
ROLLBACK;
