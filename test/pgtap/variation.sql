-- Variation, inequality, gradients and quantile groups against the values of test/oracles (R and mpmath): relative error at most 1e-10 for every row.
-- psql variable oracles: the folder.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SELECT no_plan();

CREATE FUNCTION pg_temp.error(have float8, want float8) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN CASE WHEN want IS NULL OR want = 0 THEN CASE WHEN have IS NOT DISTINCT FROM want THEN 0 ELSE 'Infinity'::float8 END ELSE coalesce(abs(have / want - 1), 'Infinity'::float8) END;

CREATE TEMP TABLE sav (name text, statistic text, value float8, note text);
CREATE TEMP TABLE sav_input (name text, area text, observed bigint, expected float8, pop float8);
CREATE TEMP TABLE eb (name text, method text, param text, value float8, note text);
CREATE TEMP TABLE ineq (name text, statistic text, value float8);
CREATE TEMP TABLE ineq_input (name text, i int, y float8, weight float8, rank_var float8);
CREATE TEMP TABLE sii (name text, statistic text, value float8);
CREATE TEMP TABLE sii_input (name text, quantile int, population float8, value text, se float8);
CREATE TEMP TABLE quantile_row (name text, i int, groups int, invert boolean, want int);
CREATE TEMP TABLE quantile_input (name text, i int, value float8);
\cd :oracles
\copy sav FROM 'oracle_sav.csv' (FORMAT csv, HEADER)
\copy sav_input FROM 'oracle_sav_input.csv' (FORMAT csv, HEADER)
\copy eb FROM 'oracle_eb_params.csv' (FORMAT csv, HEADER)
\copy ineq FROM 'oracle_inequality.csv' (FORMAT csv, HEADER)
\copy ineq_input FROM 'data_inequality.csv' (FORMAT csv, HEADER)
\copy sii FROM 'oracle_sii.csv' (FORMAT csv, HEADER)
\copy sii_input FROM 'oracle_sii_input.csv' (FORMAT csv, HEADER)
\copy quantile_row FROM 'oracle_quantile.csv' (FORMAT csv, HEADER)
\copy quantile_input FROM 'oracle_quantile_input.csv' (FORMAT csv, HEADER)
CREATE TEMP TABLE checked (file text, name text, what text, have float8, want float8, tolerance float8 DEFAULT 1e-10);

-- Sets with populations are rates; the one with expected events is a ratio.
CREATE TEMP TABLE v AS
SELECT name, (tmap.variation(observed, expected)).* FROM sav_input WHERE expected IS NOT NULL GROUP BY name
UNION ALL SELECT name, (tmap.rate_variation(observed, pop)).* FROM sav_input WHERE pop IS NOT NULL GROUP BY name;
CREATE TEMP TABLE w AS
SELECT name, (tmap.inequality(y)).*, tmap.atkinson(y, 0.5) AS atkinson_half, tmap.atkinson(y, 1) AS atkinson_1, tmap.inequality(y, w) AS weighted
FROM (SELECT name, observed / coalesce(pop, expected) AS y, coalesce(pop, expected) AS w FROM sav_input) s GROUP BY name;
INSERT INTO checked (file, name, what, have, want)
SELECT 'sav', name, o.statistic, CASE o.statistic WHEN 'n_areas' THEN v.areas WHEN 'mean_rate' THEN v.mean WHEN 'overall_rate' THEN v.overall WHEN 'extremal_quotient' THEN v.extremal_quotient
  WHEN 'eq_p95_p5' THEN v.extremal_quotient_95_5 WHEN 'eq_p90_p10' THEN v.extremal_quotient_90_10 WHEN 'iq_ratio_p75_p25' THEN v.extremal_quotient_75_25 WHEN 'range' THEN v.range WHEN 'sd_sample' THEN v.sd
  WHEN 'cv_sample' THEN v.cv WHEN 'cv_population' THEN v.cv_population WHEN 'cv_weighted' THEN v.cv_weighted WHEN 'scv' THEN v.scv WHEN 'scv_x100' THEN 100 * v.scv WHEN 'scv_log' THEN v.scv_log
  WHEN 'chi2' THEN v.chi2 WHEN 'chi2_p' THEN v.p WHEN 'gini' THEN w.gini WHEN 'gini_corrected' THEN w.gini_corrected WHEN 'gini_weighted' THEN (w.weighted).gini WHEN 'theil_t' THEN w.theil_t
  WHEN 'theil_l' THEN w.theil_l WHEN 'theil_t_weighted' THEN (w.weighted).theil_t WHEN 'theil_l_weighted' THEN (w.weighted).theil_l WHEN 'hoover_weighted' THEN (w.weighted).hoover
  WHEN 'atkinson_0.5' THEN w.atkinson_half WHEN 'atkinson_1' THEN w.atkinson_1 ELSE 'NaN' END, o.value
FROM sav o JOIN v USING (name) JOIN w USING (name)
-- The oracle's p is 1 - P, which is 0 below 1e-50; those are compared below.
WHERE NOT (o.statistic = 'chi2_p' AND o.value = 0);
-- Clayton and Kaldor's variance is iterated there; Marshall's is of the rate, here relative to the squared overall rate.
INSERT INTO checked SELECT 'eb', name, 'eb_variance', v.eb_variance, e.value, 1e-8 FROM eb e JOIN v USING (name) WHERE e.param = 'scv_eb';
INSERT INTO checked (file, name, what, have, want) SELECT 'eb', name, 'moment_variance', v.moment_variance * v.overall ^ 2, e.value FROM eb e JOIN v USING (name) WHERE e.param = 'a_raw';

INSERT INTO checked (file, name, what, have, want)
SELECT 'inequality', name, o.statistic, CASE o.statistic WHEN 'n' THEN i.n + i.n_left_out WHEN 'weighted_mean' THEN i.mean WHEN 'gini' THEN i.gini WHEN 'gini_unbiased_n_over_nminus1' THEN u.gini_corrected WHEN 'hoover' THEN i.hoover
  WHEN 'theil_t' THEN i.theil_t WHEN 'theil_l_mld' THEN i.theil_l WHEN 'concentration_index_tie_averaged' THEN c.concentration_index WHEN 'erreygers_minmax_of_data' THEN c.erreygers
  WHEN 'wagstaff_minmax_of_data' THEN c.wagstaff WHEN 'atkinson_1' THEN a1 WHEN 'atkinson_0.5' THEN a05 ELSE l.value END, o.value
FROM ineq o JOIN LATERAL (SELECT (tmap.inequality(y, weight)).*, tmap.inequality(y) AS u, tmap.atkinson(y, weight, 1) AS a1, tmap.atkinson(y, weight, 0.5) AS a05, tmap.concentration(y, weight, rank_var) AS c FROM ineq_input d WHERE d.name = o.name) i ON true,
  LATERAL (SELECT (i.u).*) u, LATERAL (SELECT (i.c).*) c,
  LATERAL (SELECT CASE WHEN o.statistic LIKE 'lorenz_p%' THEN (SELECT tmap.lorenz(y, weight, substr(o.statistic, 9)::float8 / 100) FROM ineq_input d WHERE d.name = o.name) ELSE 'NaN' END AS value) l;
-- With bounds given: those of the data here.
INSERT INTO checked (file, name, what, have, want)
SELECT 'inequality', name, 'bounds given', (SELECT (tmap.concentration(y, weight, rank_var, 0.99, least, most)).wagstaff FROM ineq_input d, (SELECT min(y) AS least, max(y) AS most FROM ineq_input d WHERE d.name = o.name) b WHERE d.name = o.name), o.value
FROM ineq o WHERE statistic = 'wagstaff_minmax_of_data';

-- Some values are counts in the file; 'phe020' was fitted with the count over the population.
CREATE TEMP TABLE gradient AS
SELECT name, (tmap.gradient(value, population, quantile, se)).*, tmap.concentration_index(value, population, quantile) AS ci, tmap.slope_index(value, population, quantile) AS slope, tmap.relative_index(value, population, quantile) AS relative
FROM (SELECT name, quantile, population, se, CASE WHEN value LIKE 'count:%' THEN substr(value, 7)::float8 / population ELSE value::float8 END AS value FROM sii_input) s GROUP BY name;
INSERT INTO checked (file, name, what, have, want)
SELECT 'sii', name, o.statistic || coalesce(' ' || x.what, ''), x.have, o.value
FROM sii o JOIN gradient g USING (name), LATERAL (VALUES
  (NULL, CASE o.statistic WHEN 'sii' THEN g.sii WHEN 'intercept' THEN g.intercept WHEN 'rii' THEN g.rii WHEN 'sii_se_analytic' THEN g.sii_se WHEN 'sii_lower95_analytic' THEN g.sii_lower WHEN 'sii_upper95_analytic' THEN g.sii_upper
     WHEN 'concentration_index' THEN g.ci ELSE 'NaN' END),
  ('alone', CASE o.statistic WHEN 'sii' THEN g.slope WHEN 'rii' THEN g.relative ELSE NULL END)) x (what, have)
WHERE x.what IS NULL OR o.statistic IN ('sii', 'rii');
INSERT INTO checked (file, name, what, have, want)
SELECT 'quantile', name, groups || ' ' || invert, q.have, q.want
FROM (SELECT r.name, r.groups, r.invert, r.want, tmap.quantile_group(i.value, r.groups, r.invert) OVER (PARTITION BY r.name, r.groups, r.invert ORDER BY r.i) AS have FROM quantile_row r JOIN quantile_input i USING (name, i)) q;

SELECT is((SELECT count(*) FROM checked WHERE file = 'sav'), (SELECT count(*) FROM sav WHERE statistic <> 'chi2_p' OR value > 0), 'every statistic of the areas was compared');
SELECT is((SELECT count(*) FROM checked WHERE file = 'inequality' AND what <> 'bounds given'), (SELECT count(*) FROM ineq), 'every index was compared');
SELECT is((SELECT count(*) FROM checked WHERE file = 'sii' AND what !~ 'alone'), (SELECT count(*) FROM sii), 'every slope was compared');
SELECT is((SELECT count(*) FROM checked WHERE file = 'quantile'), (SELECT count(*) FROM quantile_row), 'every quantile group was compared');
SELECT is((SELECT count(*) FROM checked WHERE file = 'eb'), 14::bigint, 'every variance component was compared');
SELECT ok(max(pg_temp.error(have, want)) <= max(tolerance), format('%s, %s numbers, worst relative error %s', file, count(*), to_char(max(pg_temp.error(have, want)), '9.9EEEE'))) FROM checked GROUP BY file, tolerance ORDER BY file, tolerance;
SELECT is_empty($$SELECT * FROM checked WHERE NOT coalesce(pg_temp.error(have, want) <= tolerance, false)$$, 'none disagrees');
-- p below the oracle's digits: logarithms by Legendre's continued fraction of the incomplete gamma function.
SELECT ok(pg_temp.error(v.log_p, w.log_p) <= 1e-12, format('log p of %s: %s', name, v.log_p)) FROM v JOIN (VALUES ('scotland_lip', -160.39644505766216), ('syn_191_ccgs', -418.9119005655216), ('huge', -15654032.456025277)) w (name, log_p) USING (name);

-- Laws, over made-up areas: zeros, ties, regions of very different size.
CREATE TABLE pgtap_area AS
SELECT i, 'r' || i % 7 * (i % 3) AS region, (hashint8(i) & 255) % 40 AS events, 40 + (hashint8(i + 1000) & 1023) AS people, (hashint8(i + 2000) & 15)::float8 AS deprivation, ((hashint8(i + 3000) & 4095) % 700) / 7.0 AS y
FROM generate_series(1, 5000) i;
ANALYZE pgtap_area;
CREATE FUNCTION pg_temp.all_of(source text) RETURNS TABLE (what text, v float8) LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE format($q$SELECT x.* FROM (SELECT tmap.gini(y) AS gini, tmap.gini(y, w) AS gini_w, tmap.hoover(y, w) AS hoover, tmap.theil_t(y, w) AS t, tmap.theil_l(y + c, w) AS l, tmap.atkinson(y, w, 0.7) AS a, tmap.atkinson(y + c, w, 2) AS a2,
    tmap.lorenz(y, w, 0.35) AS lorenz, tmap.theil(y + c, w, g) AS theil, tmap.concentration_index(y, w, r) AS ci, tmap.relative_index(y, w, r) AS rii, tmap.concentration_index(y, r) AS ci_1 FROM (%s) s) s,
    LATERAL (VALUES ('gini', gini), ('gini_w', gini_w), ('hoover', hoover), ('t', t), ('l', l), ('a', a), ('a2', a2), ('lorenz', lorenz), ('between', (theil).theil_t_between), ('within', (theil).theil_l_within), ('ci', ci), ('rii', rii), ('ci_1', ci_1)) x$q$, source);
END $$;
CREATE FUNCTION pg_temp.same(a text, b text, what text) RETURNS text LANGUAGE sql AS $$
  SELECT ok(count(*) = 13 AND max(pg_temp.error(y.v, x.v)) <= 1e-11, format('%s: worst %s', $3, max(pg_temp.error(y.v, x.v)))) FROM pg_temp.all_of($1) x JOIN pg_temp.all_of($2) y USING (what) $$;
\set base 'SELECT y, 1.0 AS c, people AS w, deprivation AS r, region AS g FROM pgtap_area'
SELECT pg_temp.same(:'base', 'SELECT y * 1e-7 AS y, 1e-7 AS c, people AS w, deprivation AS r, region AS g FROM pgtap_area', 'the unit of the value does not matter');
SELECT pg_temp.same(:'base', 'SELECT y, 1.0 AS c, people / 3.0 AS w, ln(1 + deprivation) AS r, region AS g FROM pgtap_area', 'the unit of weight and rank does not matter');
SELECT pg_temp.same(:'base', :'base' || ', generate_series(1, 3)', 'every area three times is the same');
SELECT pg_temp.same(:'base', :'base' || ' UNION ALL SELECT NULL, 1, 1, 1, NULL', 'a row without numbers is left out');
SELECT ok(pg_temp.error(tmap.gini(y, 2), tmap.gini(y)) < 1e-12 AND pg_temp.error(tmap.concentration_index(y, people, y), tmap.gini(y, people)) < 1e-12 AND pg_temp.error(tmap.concentration_index(y, people, -deprivation), -tmap.concentration_index(y, people, deprivation)) < 1e-10
  AND pg_temp.error(tmap.slope_index(y, people, -deprivation), -tmap.slope_index(y, people, deprivation)) < 1e-10, 'equal weights, the value as rank, ranks turned round') FROM pgtap_area;
SELECT ok(pg_temp.error(tmap.gini(y, people), (SELECT sum(a.people::float8 * b.people * abs(a.y - b.y)) FROM pgtap_area a, pgtap_area b WHERE a.i <= 300 AND b.i <= 300) / (2 * sum(people) * sum(people * y))) < 1e-11, 'Gini is half the mean difference of all pairs over the mean')
FROM pgtap_area WHERE i <= 300;
SELECT ok(t.theil_t = t.theil_t_between + t.theil_t_within AND pg_temp.error(t.theil_t, tmap_t) < 1e-12 AND pg_temp.error(t.theil_l, tmap_l) < 1e-12 AND t.groups = (SELECT count(DISTINCT region) FROM pgtap_area) AND t.theil_t_between > 0 AND t.theil_t_within > 0, 'Theil''s parts add up')
FROM (SELECT (tmap.theil(y + 1, people, region)).*, tmap.theil_t(y + 1, people) AS tmap_t, tmap.theil_l(y + 1, people) AS tmap_l FROM pgtap_area) t;
SELECT ok(abs((tmap.theil(y, people, 'all')).theil_t_between) < 1e-15 AND (tmap.theil(y, people, i::text)).theil_t_within < 1e-15 AND (tmap.theil(y, people, i::text)).groups = 5000, 'one group has nothing between, each its own nothing within') FROM pgtap_area;
SELECT ok(tmap.theil_t(x) = 0 AND tmap.gini(x) = 0 AND tmap.atkinson(x, 1) = 0 AND (tmap.rate_variation(7, x)).cv = 0, 'equal areas') FROM (SELECT 0.1::float8 AS x FROM generate_series(1, 1000)) s;
SELECT ok(pg_temp.error(tmap.atkinson(y + 1, people, 1 + 1e-9), tmap.atkinson(y + 1, people, 1)) < 1e-7 AND tmap.atkinson(y, people, 0) = 0, 'Atkinson passes through epsilon 1') FROM pgtap_area;
-- Variation.
CREATE TEMP TABLE pair AS SELECT tmap.rate_variation(events, people) AS r, tmap.variation(events, people * (SELECT sum(events)::float8 / sum(people) FROM pgtap_area)) AS s, tmap.proportion_variation(events, people::bigint) AS p,
  (SELECT sum((events - e) ^ 2 / e + (events - e) ^ 2 / (people - e)) FROM (SELECT events, people, people * (SELECT sum(events)::float8 / sum(people) FROM pgtap_area) AS e FROM pgtap_area) t) AS table_chi2 FROM pgtap_area;
SELECT ok(pg_temp.error((r).scv, (s).scv) < 1e-10 AND pg_temp.error((r).cv, (s).cv) < 1e-10 AND pg_temp.error((r).chi2, (s).chi2) < 1e-10 AND pg_temp.error((r).eb_variance, (s).eb_variance) < 1e-9 AND pg_temp.error((r).moment_variance, (s).moment_variance) < 1e-9, 'a rate is the ratio to what the overall rate expects') FROM pair;
SELECT ok(pg_temp.error((p).chi2, table_chi2) < 1e-10 AND (p).eb_variance IS NULL AND (p).scv > (r).scv AND (p).moment_variance > (r).moment_variance, 'a proportion: chi² of the table, less chance than Poisson') FROM pair;
SELECT ok((r).extremal_quotient IS NULL AND (r).scv_log IS NULL AND (r).min = 0 AND (r).p BETWEEN 0 AND 1, 'areas without events') FROM pair;
-- Bits: any order, plan and number of workers.
CREATE FUNCTION pg_temp.bits(source text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE answer text; BEGIN EXECUTE format('SELECT row(tmap.variation(events, people), tmap.rate_variation(events, people), tmap.proportion_variation(events, people::bigint), tmap.inequality(y, people), tmap.inequality(y), tmap.theil(y + 1, people, region),
  tmap.atkinson(y, people, 0.5), tmap.lorenz(y, people, 0.2), tmap.concentration(y, people, deprivation), tmap.gradient(y, people, deprivation), tmap.gradient(y, people, deprivation, y / 10, 0.9))::text FROM %s', source) INTO answer; RETURN answer; END $$;
CREATE TEMP TABLE bits AS SELECT pg_temp.bits('pgtap_area') AS b;
INSERT INTO bits SELECT pg_temp.bits('(SELECT * FROM pgtap_area ORDER BY y DESC, i) s');
INSERT INTO bits SELECT pg_temp.bits('(SELECT * FROM pgtap_area ORDER BY md5(i::text)) s');
SET LOCAL parallel_setup_cost = 0; SET LOCAL parallel_tuple_cost = 0; SET LOCAL min_parallel_table_scan_size = 0; SET LOCAL max_parallel_workers_per_gather = 3;
CREATE FUNCTION pg_temp.plan(query text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE line text; whole text := ''; BEGIN FOR line IN EXECUTE 'EXPLAIN (COSTS OFF) ' || query LOOP whole := whole || line; END LOOP; RETURN whole; END $$;
SELECT ok(pg_temp.plan('SELECT tmap.variation(events, people), tmap.theil(y, people, region), tmap.gradient(y, people, deprivation) FROM pgtap_area') ~ 'Partial Aggregate', 'the aggregates run in workers');
INSERT INTO bits SELECT pg_temp.bits('pgtap_area');
SELECT is((SELECT count(*) || ' ' || count(DISTINCT b) FROM bits), '4 1', 'the same bits in any order and with workers');
-- Quantile groups: the same for any frame and order, and the formula in plain SQL.
SELECT is_empty($$SELECT * FROM (SELECT tmap.quantile_group(deprivation, 5, false) OVER (PARTITION BY region ORDER BY y ROWS 2 PRECEDING) AS a, tmap.quantile_group(deprivation, 5, false) OVER (PARTITION BY region) AS b,
  (rank() OVER (PARTITION BY region ORDER BY deprivation) - 1) * 5 / count(*) OVER (PARTITION BY region) + 1 AS c FROM pgtap_area) s WHERE a <> b OR a <> c OR a IS NULL$$, 'quantile groups do not depend on the frame');
SELECT results_eq($$SELECT tmap.quantile_group(x, 2) OVER () FROM (VALUES (3), (NULL), (1), (2), (2)) v (x)$$, $$VALUES (1), (NULL), (2), (1), (1)$$, 'NULL has no group and counts for nothing');
-- Errors.
SELECT throws_ok(sql, state, NULL, sql) FROM (VALUES
  ('SELECT tmap.variation(-1, 1)', '22023'), ('SELECT tmap.variation(1, -1)', '22023'), ('SELECT tmap.variation(1, ''NaN'')', '22023'), ('SELECT tmap.rate_variation(1, ''Infinity'')', '22023'), ('SELECT tmap.proportion_variation(2, 1)', '22023'),
  ('SELECT tmap.variation(x, 1) FROM unnest(''{9007199254740991,2}''::bigint[]) x', '22003'), ('SELECT tmap.variation(1, x) FROM unnest(''{1e-300,1}''::float8[]) x', '22003'),
  ('SELECT tmap.gini(-1)', '22023'), ('SELECT tmap.gini(1, -1)', '22023'), ('SELECT tmap.gini(''NaN'')', '22003'), ('SELECT tmap.theil_t(1, ''Infinity'')', '22003'), ('SELECT tmap.gini(x) FROM unnest(''{1e308,1e308}''::float8[]) x', '22003'),
  ('SELECT tmap.atkinson(1, -1)', '22023'), ('SELECT tmap.atkinson(x, x) FROM unnest(''{1,2}''::float8[]) x', '22023'), ('SELECT tmap.lorenz(1, 1.5)', '22003'), ('SELECT tmap.theil(-1, ''x'')', '22023'),
  ('SELECT tmap.concentration(1, -1, 1)', '22023'), ('SELECT tmap.concentration(1, 1, 1, 0.5, 0, 2)', '22023'), ('SELECT tmap.concentration(1, 1, 1, 0.9, 2, 2)', '22023'), ('SELECT tmap.concentration(3, 1, 1, 0.9, 0, 2)', '22023'),
  ('SELECT tmap.gradient(1, 1, ''NaN'')', '22003'), ('SELECT tmap.gradient(1, 1, 1, -1)', '22023'), ('SELECT tmap.gradient(1, 1, 1, 1, 1)', '22023'), ('SELECT tmap.gradient(1, 1, 1, 1, x) FROM unnest(''{0.9,0.95}''::float8[]) x', '22023'),
  ('SELECT tmap.quantile_group(1, 0) OVER ()', '22023'), ('SELECT tmap.quantile_group(''NaN'', 2) OVER ()', '22003')) e (sql, state);
SELECT * FROM finish();
ROLLBACK;
