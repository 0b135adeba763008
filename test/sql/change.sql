-- Change over time: the trend of a rate, two periods over areas, the median rate ratio.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET search_path = tmap, public;
CREATE TEMP TABLE trend (year float8, events bigint, population float8);
INSERT INTO trend SELECT 2010 + g, 100 + 7 * g + (g * g * 13) % 11, 100000 + 500 * g FROM generate_series(0, 9) g;
SELECT round(annual_percent::numeric, 8) AS percent, round(lower::numeric, 8) AS lower, round(upper::numeric, 8) AS upper, round(p::numeric, 12) AS p, round(dispersion::numeric, 8) AS dispersion, n, n_left_out, status FROM (SELECT (rate_trend(events, population, year)).* FROM trend) t;
SELECT round(annual_percent::numeric, 8) AS percent, round(lower::numeric, 8) AS lower, round(upper::numeric, 8) AS upper FROM (SELECT (rate_trend(events, population, year, 0.9, 'quasi')).* FROM trend) t;
-- Two years: the closed form. A year less or more of all does not matter, nor the order of rows.
SELECT abs(annual_percent - 100 * (sqrt((45 / 1010.0) / (30 / 1000.0)) - 1)) < 1e-11 AS percent, abs(se - sqrt(1 / 45.0 + 1 / 30.0) / 2) < 1e-13 AS se, dispersion, status FROM (SELECT (rate_trend(e, n, y)).* FROM (VALUES (30, 1000, 2018), (45, 1010, 2020)) v (e, n, y)) t;
SELECT count(DISTINCT t) AS results FROM (SELECT rate_trend(events, population, year ORDER BY o) FROM trend, LATERAL (SELECT md5(year::text || s) AS o, s FROM generate_series(1, 5) s) k GROUP BY s) x (t);
SELECT a.annual_percent BETWEEN b.annual_percent - 1e-9 AND b.annual_percent + 1e-9 AS shifted FROM (SELECT (rate_trend(events, population, year)).* FROM trend) a, (SELECT (rate_trend(events, population, year - 2000)).* FROM trend) b;
-- It is the regression's own coefficient.
SELECT c.estimate = t.log_ratio AND c.se = t.se AND c.p = t.p AS same FROM (SELECT (rate_trend(events, population, year)).* FROM trend) t, (SELECT (c).* FROM (SELECT coefficients(poisson_reg(events, ARRAY[year], population)) AS c FROM trend) k WHERE (c).term = 1) c;
-- No estimate, and why.
SELECT k, (t).annual_percent, (t).lower, (t).n, (t).n_left_out, (t).status FROM (
  SELECT k, rate_trend(e, n, y) AS t FROM (VALUES ('one year', 3, 100.0, 2020.0), ('one year', 4, 100, 2020), ('all zero', 0, 100, 2020), ('all zero', 0, 100, 2021), ('one row', 5, 100, 2020),
    ('nulls', NULL, 100, 2020), ('nulls', 3, NULL, 2020), ('nulls', 3, 100, NULL), ('nulls', 0, 0, 2020), ('zero then some', 0, 100, 2020), ('zero then some', 5, 100, 2021)) v (k, e, n, y) GROUP BY k) t ORDER BY k;
SELECT rate_trend(1, 2, 3) FROM trend WHERE false;
SELECT rate_trend(-1, 2, 3);
SELECT rate_trend(1, 0, 3);
SELECT rate_trend(1, 'NaN', 3);
SELECT rate_trend(1, 1, 'Infinity');
SELECT rate_trend(1, 1, 1, 0.5, 'model');
SELECT rate_trend(1, 1, 1, 0.9, 'robust');
SELECT rate_trend(1, 1, 1, NULL, 'model');
SELECT rate_trend(events, population, year, 0.9 + 0.001 * (year - 2010), 'model') FROM trend;
-- In workers and in a window.
SELECT DISTINCT (t).annual_percent = (SELECT (rate_trend(events, population, year)).annual_percent FROM trend) AS in_window FROM (SELECT rate_trend(events, population, year) OVER () AS t FROM trend) w;

CREATE TEMP TABLE area (before bigint, n1 float8, after bigint, n2 float8);
INSERT INTO area VALUES (30, 1000, 45, 1010), (55, 2100, 60, 2000), (12, 600, 25, 650), (80, 2500.5, 95, 2600), (5, 300, 4, 310);
SELECT areas, areas_left_out AS out, round(ratio::numeric, 10) AS ratio, round(ratio_lower::numeric, 10) AS lower, round(ratio_upper::numeric, 10) AS upper, round(mh_ratio::numeric, 10) AS mh, round(difference::numeric, 12) AS difference FROM (SELECT (period_change(before, n1, after, n2)).* FROM area) t;
SELECT round(chi2::numeric, 8) AS chi2, round(p::numeric, 10) AS p, any_df, round(any_p::numeric, 10) AS any_p, homogeneity_df AS df, round(homogeneity_p::numeric, 10) AS homogeneity_p, round(dispersion::numeric, 10) AS dispersion FROM (SELECT (period_change(before, n1, after, n2)).* FROM area) t;
SELECT round(ratio_lower::numeric, 10) AS lower, round(ratio_upper::numeric, 10) AS upper, round(p::numeric, 10) AS p FROM (SELECT (period_change(before, n1, after, n2, 0.99, 'quasi')).* FROM area) t;
-- The periods exchanged: the inverse ratio, the same tests. One area: its own ratio. Any order: the same bits.
SELECT abs(a.ratio * b.ratio - 1) < 1e-13 AND abs(a.ratio_lower * b.ratio_upper - 1) < 1e-13 AND abs(a.mh_ratio * b.mh_ratio - 1) < 1e-13 AS inverse, abs(a.difference + b.difference) < 1e-15 AS negative, abs(a.homogeneity_chi2 / b.homogeneity_chi2 - 1) < 1e-12 AND abs(a.p / b.p - 1) < 1e-12 AS same_tests
FROM (SELECT (period_change(before, n1, after, n2)).* FROM area) a, (SELECT (period_change(after, n2, before, n1)).* FROM area) b;
SELECT bool_and(abs((t).ratio / ((after / n2) / (before / n1)) - 1) < 1e-13 AND (t).homogeneity_p IS NULL AND (t).dispersion IS NULL) AS own FROM (SELECT before, n1, after, n2, period_change(before, n1, after, n2) AS t FROM area GROUP BY before, n1, after, n2) o;
SELECT count(DISTINCT t) AS results FROM (SELECT period_change(before, n1, after, n2 ORDER BY md5(before::text || s)) FROM area, generate_series(1, 5) s GROUP BY s) x (t);
-- The Poisson regression with a term for each area says the same.
SELECT abs(c.ratio / t.ratio - 1) < 1e-10 AND abs(c.ratio_lower / t.ratio_lower - 1) < 1e-10 AS as_regression FROM (SELECT (period_change(before, n1, after, n2)).* FROM area) t,
  coefficients((SELECT poisson_reg(e, ARRAY[p, (i = 2)::int, (i = 3)::int, (i = 4)::int, (i = 5)::int], n) FROM (SELECT row_number() OVER () AS i, * FROM area) a, LATERAL (VALUES (0, before, n1), (1, after, n2)) v (p, e, n))) c WHERE c.term = 1;
-- Without events in a period, without areas, with what is missing.
SELECT k, (t).areas, (t).areas_left_out AS out, (t).ratio, (t).ratio_lower, (t).mh_ratio, (t).difference, (t).p < 0.01 AS p, (t).any_df FROM (SELECT k, period_change(a, b, c, d) AS t FROM (VALUES ('after', 9, 100.0, 0, 100.0), ('before', 0, 100, 9, 100), ('none', 0, 100, 0, 100), ('left out', NULL, 100, 1, 100), ('left out', 0, 0, 5, 100)) v (k, a, b, c, d) GROUP BY k) t ORDER BY k;
SELECT period_change(1, 1, 1, 1) FROM area WHERE false;
SELECT period_change(1, 1, -1, 1);
SELECT period_change(1, 1, 1, 0);
SELECT period_change(1, 1, 1, 1, 0.95, NULL);
-- Huge numbers.
SELECT round(ratio::numeric, 9) AS ratio, round(ratio_upper::numeric, 9) AS upper FROM (SELECT (period_change(1000000000, 1e12, 1100000000, 1e12)).*) t;

-- The median rate ratio: 1 without variance, Larsen & Merlo's formula, and of a negative binomial fit.
SELECT median_rate_ratio(0) AS none, round(median_rate_ratio(0.1)::numeric, 12) AS tenth, median_rate_ratio(NULL::float8);
SELECT round(gamma_median_ratio(10)::numeric, 12) AS ten, gamma_median_ratio(1) AS three, round(gamma_median_ratio(1e9)::numeric, 6) AS one;
SELECT abs(gamma_median_ratio(1e4) / median_rate_ratio(1e-4) - 1) < 1e-6 AS alike;
SELECT median_rate_ratio(f) = gamma_median_ratio((f).theta) AS of_fit, (f).theta > 0 AS theta FROM (SELECT negbin_reg((30 + (g * 37) % 53)::float8, '{}', 100) AS f FROM generate_series(1, 40) g) t;
SELECT median_rate_ratio(f) AS equal_areas, (f).status FROM (SELECT negbin_reg(30, '{}', 100) AS f FROM generate_series(1, 40) g) t;
SELECT median_rate_ratio(poisson_reg(30, '{}')) AS no_theta FROM generate_series(1, 4);
SELECT round((f).theta::numeric, 6) AS theta, round((f).theta_se::numeric, 6) AS se, round(median_rate_ratio_lower(f)::numeric, 8) AS lower, round(median_rate_ratio(f)::numeric, 8) AS ratio, round(median_rate_ratio_upper(f)::numeric, 8) AS upper, round(median_rate_ratio_upper(f, 0.8)::numeric, 8) AS upper_80
FROM (SELECT negbin_reg(n, '{}', 100) AS f FROM (VALUES (21), (64), (30), (9), (71), (33)) d (n)) t;
SELECT median_rate_ratio_lower(negbin_reg(30, '{}', 100)) AS equal_areas, median_rate_ratio_upper(poisson_reg(30, '{}')) AS no_theta, median_rate_ratio_upper(NULL) FROM generate_series(1, 4);
SELECT median_rate_ratio_lower(negbin_reg(n, '{}', 100), 0.5) FROM (VALUES (21), (64), (30)) d (n);
SELECT median_rate_ratio(-1);
SELECT median_rate_ratio('NaN'::float8);
SELECT median_rate_ratio(1e9);
SELECT gamma_median_ratio(0);
