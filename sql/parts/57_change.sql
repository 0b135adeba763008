-- Change over time: by how much a rate changes a year, and whether areas changed alike between two periods.
--
-- The aggregates hold their rows, at most 1 GB a group: 40 bytes a year, 48 bytes an area. The same rows give the same bits in any order.

CREATE TYPE tmap.trend_estimate AS (
  annual_percent float8, lower float8, upper float8, p float8, log_ratio float8, se float8, dispersion float8, n bigint, n_left_out bigint, status text
);
COMMENT ON TYPE tmap.trend_estimate IS 'Annual change of a rate. annual_percent with limits: change from a year to the next, in percent; p: two-sided, of no change; log_ratio, se: the same on the scale of the regression; dispersion: Pearson''s chi² / (n - 2), 1 when the counts scatter about the line as Poisson''s do, NULL with two rows; n, n_left_out: rows; status: converged; one year, all zero, separated, not converged, no data (these have no estimates).';

CREATE FUNCTION tmap.rate_trend_step(state internal, events bigint, population float8, year float8) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_rate_trend_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_trend_step(internal, bigint, float8, float8) IS 'Transition function of rate_trend: holds one more row.';

CREATE FUNCTION tmap.rate_trend_step(state internal, events bigint, population float8, year float8, confidence float8, se_type text) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_rate_trend_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_trend_step(internal, bigint, float8, float8, float8, text) IS 'Transition function of rate_trend: holds one more row.';

CREATE FUNCTION tmap.rate_trend_final(internal) RETURNS tmap.trend_estimate
AS 'MODULE_PATHNAME', 'tmap_rate_trend_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_trend_final(internal) IS 'Final function of rate_trend.';

CREATE AGGREGATE tmap.rate_trend(events bigint, population float8, year float8) (
  SFUNC = tmap.rate_trend_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.rate_trend_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.rate_trend(bigint, float8, float8) IS 'Annual percent change of a rate: 100 (exp(b) - 1) from the log-linear Poisson regression log E(events) = log population + a + b year (McCullagh & Nelder 1989, chapter 6; Kim, Fay, Feuer & Midthune 2000 for its use on rates), Wald''s limits. events: count of a year; population: its persons, person-years or expected events (age-standardised: expected events of the year); year: any number, need not be whole, periods by their middle. Several rows may have one year (areas, strata): the trend is then that of the whole, and model errors too small when they differ among themselves. Rows with a NULL or population 0 are left out and counted; no rows give NULL. Errors: 22023 negative, NaN or infinite number, events without population; 22003 year not finite; 54000 more than 1 GB of rows.';

CREATE AGGREGATE tmap.rate_trend(events bigint, population float8, year float8, confidence float8, se_type text) (
  SFUNC = tmap.rate_trend_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.rate_trend_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.rate_trend(bigint, float8, float8, float8, text) IS 'Annual percent change of a rate: 100 (exp(b) - 1) from the log-linear Poisson regression log E(events) = log population + a + b year (McCullagh & Nelder 1989, chapter 6; Kim, Fay, Feuer & Midthune 2000 for its use on rates), Wald''s limits. events: count of a year; population: its persons, person-years or expected events (age-standardised: expected events of the year); year: any number, need not be whole, periods by their middle. confidence: of the limits, in (0.5, 1); se_type: model, or quasi (quasi-Poisson: variances times the dispersion, limits and p by Student''s t on n - 2 degrees of freedom, for the dispersion is estimated from few rows; NULL with two rows). Several rows may have one year (areas, strata): the trend is then that of the whole, and model errors too small when they differ among themselves. Rows with a NULL or population 0 are left out and counted; no rows give NULL. Errors: 22023 negative, NaN or infinite number, events without population; 22003 year not finite; 54000 more than 1 GB of rows; 22023 confidence, se_type; 22004 an option is NULL.';

CREATE TYPE tmap.change_estimate AS (
  areas bigint, areas_left_out bigint, events_before bigint, events_after bigint, ratio float8, ratio_lower float8, ratio_upper float8,
  mh_ratio float8, mh_ratio_lower float8, mh_ratio_upper float8, difference float8, difference_lower float8, difference_upper float8,
  chi2 float8, p float8, any_chi2 float8, any_df bigint, any_p float8, homogeneity_chi2 float8, homogeneity_df bigint, homogeneity_p float8, dispersion float8
);
COMMENT ON TYPE tmap.change_estimate IS 'Two periods compared over areas. ratio: the rate ratio after / before common to all areas, conditional maximum likelihood, with Wald''s limits on the log scale; mh_ratio, difference: Mantel-Haenszel''s ratio and difference of rates (per person-year), limits of Greenland & Robins 1985; chi2, p: score test that the common ratio is 1 (1 degree of freedom); any_chi2, any_p: that no area changed (as many degrees as areas with events); homogeneity_chi2, homogeneity_p: that all areas have the common ratio (one degree less); dispersion: homogeneity_chi2 / homogeneity_df. NULL where undefined.';

CREATE FUNCTION tmap.period_change_step(state internal, events_before bigint, population_before float8, events_after bigint, population_after float8) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_period_change_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.period_change_step(internal, bigint, float8, bigint, float8) IS 'Transition function of period_change: holds one more area.';

CREATE FUNCTION tmap.period_change_step(state internal, events_before bigint, population_before float8, events_after bigint, population_after float8, confidence float8, se_type text) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_period_change_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.period_change_step(internal, bigint, float8, bigint, float8, float8, text) IS 'Transition function of period_change: holds one more area.';

CREATE FUNCTION tmap.period_change_final(internal) RETURNS tmap.change_estimate
AS 'MODULE_PATHNAME', 'tmap_period_change_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.period_change_final(internal) IS 'Final function of period_change.';

CREATE AGGREGATE tmap.period_change(events_before bigint, population_before float8, events_after bigint, population_after float8) (
  SFUNC = tmap.period_change_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.period_change_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.period_change(bigint, float8, bigint, float8) IS 'Compares the rates of two periods over areas, one row an area, each area with itself: given an area''s events of both periods, those after are binomial with odds ratio × population_after / population_before, so that the areas'' levels drop out (Breslow & Day 1987, sections 3.4 to 3.6; the same as Poisson regression with a term for each area). events: counts; population: persons, person-years or expected events of the area and period. The chi² tests are large-sample: mind them when areas have few events. An area''s own ratio and limits are those of two rates. Areas with a NULL or no population in one period are left out and counted; no rows give NULL; ratio NULL without events before, its limits without events after. Errors: 22023 negative, NaN or infinite number, events without population; 54000 more than 1 GB of rows.';

CREATE AGGREGATE tmap.period_change(events_before bigint, population_before float8, events_after bigint, population_after float8, confidence float8, se_type text) (
  SFUNC = tmap.period_change_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.period_change_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.period_change(bigint, float8, bigint, float8, float8, text) IS 'Compares the rates of two periods over areas, one row an area, each area with itself: given an area''s events of both periods, those after are binomial with odds ratio × population_after / population_before, so that the areas'' levels drop out (Breslow & Day 1987, sections 3.4 to 3.6; the same as Poisson regression with a term for each area). events: counts; population: persons, person-years or expected events of the area and period. confidence: of the limits, in (0.5, 1); se_type: model, or quasi (variances times the dispersion, chi2 divided by it, limits and p by Student''s t on homogeneity_df degrees of freedom: areas that did not change alike make the common change less sure; NULL with one area). The chi² tests are large-sample: mind them when areas have few events. An area''s own ratio and limits are those of two rates. Areas with a NULL or no population in one period are left out and counted; no rows give NULL; ratio NULL without events before, its limits without events after. Errors: 22023 negative, NaN or infinite number, events without population; 54000 more than 1 GB of rows; 22023 confidence, se_type; 22004 an option is NULL.';
