-- Variation between areas and inequality: the aggregates, NULLs, zeros, one row, windows, big and hostile input. Numbers rounded.
\set VERBOSITY terse
SET search_path = public, tmap;
CREATE FUNCTION pg_temp.r(v float8, digits integer DEFAULT 6) RETURNS numeric LANGUAGE sql RETURN round(v::numeric, digits);
CREATE TEMP TABLE district (name text, region text, deprivation float8, treated bigint, strokes bigint, expected float8);
INSERT INTO district VALUES ('Abbey', 'N', 31, 21, 290, 29.1), ('Barrow', 'N', 12, 64, 410, 43.0), ('Combe', 'N', 18, 30, 260, 25.2), ('Dale', 'N', 44, 9, 230, 24.8),
  ('Eyot', 'S', 12, 71, 380, 38.7), ('Ford', 'S', 27, 33, 350, 33.5), ('Glen', 'S', 39, 12, 190, 18.1), ('Holt', 'S', 8, 58, 340, 35.6), ('Isle', 'S', 50, 1, 40, 3.9);

-- The three kinds.
SELECT x.kind, (x.v).areas, (x.v).observed, pg_temp.r((x.v).denominator) AS denominator, pg_temp.r((x.v).overall) AS overall, pg_temp.r((x.v).mean) AS mean, pg_temp.r((x.v).min) AS min, pg_temp.r((x.v).max) AS max, pg_temp.r((x.v).range) AS range,
  pg_temp.r((x.v).extremal_quotient) AS eq, pg_temp.r((x.v).extremal_quotient_95_5) AS eq95, pg_temp.r((x.v).extremal_quotient_90_10) AS eq90, pg_temp.r((x.v).extremal_quotient_75_25) AS eq75
FROM (SELECT variation(treated, expected) AS a, rate_variation(treated, strokes) AS b, proportion_variation(treated, strokes) AS c FROM district) s, LATERAL (VALUES ('ratio', a), ('rate', b), ('proportion', c)) x (kind, v);
SELECT x.kind, pg_temp.r((x.v).sd) AS sd, pg_temp.r((x.v).cv) AS cv, pg_temp.r((x.v).cv_population) AS cv_population, pg_temp.r((x.v).cv_weighted) AS cv_weighted, pg_temp.r((x.v).scv) AS scv, pg_temp.r((x.v).scv_log) AS scv_log,
  pg_temp.r((x.v).eb_variance) AS eb, pg_temp.r((x.v).moment_variance) AS moments, pg_temp.r((x.v).chi2) AS chi2, (x.v).df, to_char((x.v).p, '9.999EEEE') AS p, pg_temp.r((x.v).log_p) AS log_p
FROM (SELECT variation(treated, expected) AS a, rate_variation(treated, strokes) AS b, proportion_variation(treated, strokes) AS c FROM district) s, LATERAL (VALUES ('ratio', a), ('rate', b), ('proportion', c)) x (kind, v);
-- By group, with a filter, whole rows.
SELECT region, (v).areas, (v).areas_left_out, pg_temp.r((v).scv) AS scv FROM (SELECT region, variation(treated, expected) FILTER (WHERE strokes > 200) AS v FROM district GROUP BY region) s ORDER BY region;
-- Left out and counted: NULL, nothing expected. No row, no usable row, one area, no events, a zero.
SELECT what, (v).areas, (v).areas_left_out, (v).observed, (v).overall, (v).min, (v).extremal_quotient AS eq, (v).cv, pg_temp.r((v).scv) AS scv, (v).chi2, (v).df FROM (
  SELECT 'left out' AS what, variation(o, e) AS v FROM (VALUES (3, 2.0), (1, 1), (NULL, 1), (1, NULL), (0, 0), (7, 0)) x (o, e)
  UNION ALL SELECT 'none usable', rate_variation(NULL, 1)
  UNION ALL SELECT 'one', rate_variation(1, 4)
  UNION ALL SELECT 'no events', proportion_variation(0, n) FROM generate_series(1, 3) n
  UNION ALL SELECT 'all events', proportion_variation(n, n) FROM generate_series(1, 3) n
  UNION ALL SELECT 'a zero', rate_variation(n, 4) FROM generate_series(0, 2) n) s;
SELECT variation(1, 1) IS NULL AS no_rows FROM district WHERE false;
-- Over a window: the state survives its final function.
SELECT name, pg_temp.r((variation(treated, expected) OVER w).chi2) AS chi2, pg_temp.r(gini(deprivation) OVER w) AS gini, pg_temp.r(atkinson(deprivation, strokes, 2) OVER w) AS atkinson, pg_temp.r((gradient(treated, strokes, deprivation) OVER w).sii) AS sii FROM district WINDOW w AS (ORDER BY name);

-- Inequality: unweighted and of people.
SELECT pg_temp.r(gini(y)) AS gini, pg_temp.r(hoover(y)) AS hoover, pg_temp.r(theil_t(y)) AS t, pg_temp.r(theil_l(y)) AS l, pg_temp.r(atkinson(y, 0.5)) AS a05, pg_temp.r(atkinson(y, 1)) AS a1, pg_temp.r(atkinson(y, 2)) AS a2, pg_temp.r(lorenz(y, 0.5)) AS lorenz
FROM (SELECT treated / strokes::float8 AS y FROM district) s;
SELECT pg_temp.r(gini(y, w)) AS gini, pg_temp.r(hoover(y, w)) AS hoover, pg_temp.r(theil_t(y, w)) AS t, pg_temp.r(theil_l(y, w)) AS l, pg_temp.r(atkinson(y, w, 0.5)) AS a05, pg_temp.r(atkinson(y, w, 1)) AS a1, pg_temp.r(atkinson(y, w, 2)) AS a2, pg_temp.r(lorenz(y, w, 0.5)) AS lorenz
FROM (SELECT treated / strokes::float8 AS y, strokes AS w FROM district) s;
SELECT n, n_left_out, weight, mean, gini, gini_corrected, hoover, pg_temp.r(theil_t) AS t, theil_l AS l FROM (SELECT (inequality(y)).* FROM (VALUES (0), (4), (NULL)) v (y)) s;
SELECT n, n_left_out, weight, mean, gini, gini_corrected, hoover, pg_temp.r(theil_t) AS t, theil_l AS l FROM (SELECT (inequality(y, w)).* FROM (VALUES (0, 3), (4, 1), (NULL, 1), (4, NULL), (4, 0)) v (y, w)) s;
SELECT lorenz(y, 0) AS none, lorenz(y, 0.5) AS half, lorenz(y, 0.75) AS three_quarters, lorenz(y, 1) AS whole FROM (VALUES (1), (3)) v (y);
SELECT gini(0) AS all_zero, theil_t(0) AS t, hoover(0) AS hoover, atkinson(0, 1) AS atkinson, lorenz(0, 0.5) AS lorenz, (inequality(0)).mean AS mean, theil_l(y) AS l_with_zero, atkinson(y, 1) AS a1_with_zero, pg_temp.r(atkinson(y, 0.5)) AS a05 FROM (VALUES (0), (1)) v (y);
SELECT gini(NULL) AS nulls, gini(1, 0) AS nobody, (inequality(NULL)).n, (inequality(1, 0)).n_left_out, atkinson(1, NULL) AS no_epsilon, gini(5) AS one FROM (VALUES (1)) v;
SELECT gini(y) IS NULL AS a, inequality(y) IS NULL AS b, theil(y, 'x') IS NULL AS c, atkinson(y, 1) IS NULL AS d, lorenz(y, 1) IS NULL AS e, concentration(y, 1, 1) IS NULL AS f, concentration_index(y, 1) IS NULL AS g, gradient(y, 1, 1) IS NULL AS h, slope_index(y, 1) IS NULL AS i, relative_index(y, 1) IS NULL AS j
FROM (SELECT 1 AS y WHERE false) s;
SELECT n, n_left_out, groups, pg_temp.r(theil_t) AS t, pg_temp.r(theil_t_between) AS between, pg_temp.r(theil_t_within) AS within, pg_temp.r(theil_l) AS l, pg_temp.r(theil_l_between) AS between, pg_temp.r(theil_l_within) AS within
FROM (SELECT (theil(treated / strokes::float8, strokes, region)).* FROM district UNION ALL SELECT (theil(y, g)).* FROM (VALUES (1, 'a'), (2, 'a'), (3, 'b'), (3, NULL), (NULL, 'b')) v (y, g)) s;

-- Against a rank: ties share their average rank, whatever the order of rows.
SELECT pg_temp.r(concentration_index(y, r ORDER BY i)) AS forwards, pg_temp.r(concentration_index(y, r ORDER BY i DESC)) AS backwards, pg_temp.r(concentration_index(y, 1, r)) AS weighted, pg_temp.r(slope_index(y, r)) AS slope, pg_temp.r(relative_index(y, r)) AS relative
FROM (VALUES (1, 5, 1), (2, 1, 1), (3, 4, 2), (4, 2, 2), (5, 3, 2), (6, 7, 3)) v (i, y, r);
SELECT n, n_left_out, pg_temp.r(mean) AS mean, pg_temp.r(concentration_index) AS c, pg_temp.r(se) AS se, pg_temp.r(lower) AS lower, pg_temp.r(upper) AS upper, pg_temp.r(erreygers) AS erreygers, pg_temp.r(wagstaff) AS wagstaff
FROM (SELECT (concentration(treated / strokes::float8, strokes, deprivation)).* FROM district UNION ALL SELECT (concentration(treated / strokes::float8, strokes, deprivation, 0.99, 0, 1)).* FROM district) s;
SELECT what, (g).n, (g).n_left_out, pg_temp.r((g).intercept) AS intercept, pg_temp.r((g).sii) AS sii, pg_temp.r((g).sii_se) AS se, pg_temp.r((g).sii_lower) AS lower, pg_temp.r((g).sii_upper) AS upper, pg_temp.r((g).p) AS p, pg_temp.r((g).rii) AS rii, pg_temp.r((g).rii_lower) AS rii_lower, pg_temp.r((g).rii_upper) AS rii_upper, (g).df
FROM (SELECT gradient(y, w, r) AS a, gradient(y, w, r, 0.5) AS b, gradient(y, w, r, 0.5, 0.99) AS c, gradient(y, w, r, NULL, 0.9) AS d, gradient(y, w, r, CASE WHEN i > 1 THEN 0.5 END) AS e, gradient(y, w, 1) AS f FROM (VALUES (1, 8.0, 10, 1), (2, 7, 20, 2), (3, 5, 20, 3), (4, 4.5, 15, 4), (5, 4, 9, 4), (6, NULL, 9, 4), (7, 4, 0, 5)) v (i, y, w, r)) s,
  LATERAL (VALUES ('residuals', a), ('errors', b), ('errors, 99 %', c), ('residuals, 90 %', d), ('an error missing', e), ('one rank', f)) x (what, g);
SELECT (concentration(0, 1, 1)).concentration_index, slope_index(1, 1) AS one_row, relative_index(y, y) AS from_zero, (gradient(1, 1, NULL)).n FROM (VALUES (1), (3)) v (y);

-- Quantile groups: ties, both directions, NULLs, fewer values than groups.
SELECT name, deprivation, quantile_group(deprivation, 3) OVER () AS thirds, quantile_group(deprivation, 3, false) OVER (ORDER BY name) AS ascending, quantile_group(nullif(deprivation, 50), 4) OVER (PARTITION BY region ORDER BY strokes) AS of_region, quantile_group(deprivation, 10) OVER () AS tenths, quantile_group(deprivation, NULL) OVER () AS none FROM district ORDER BY name;

-- Errors.
SELECT variation(-1, 1);
SELECT variation(1, 'NaN');
SELECT proportion_variation(2, 1);
SELECT gini(-1);
SELECT gini('Infinity');
SELECT atkinson(1, 1, -1);
SELECT atkinson(n, n) FROM generate_series(1, 2) n;
SELECT lorenz(1, 2);
SELECT concentration(1, 1, 1, 1, 0, 1);
SELECT concentration(1, 1, 1, 0.95, 1, 0);
SELECT concentration(2, 1, 1, 0.95, 0, 1);
SELECT gradient(1, 1, 1, -1);
SELECT gradient(1, 1, 1, 1, 0.5);
SELECT quantile_group(1, 0) OVER ();
SELECT quantile_group('NaN', 5) OVER ();
