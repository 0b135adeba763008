-- Small-area variation: how much one measure differs between the areas of a map, and how much of that is more than chance.
--
-- The aggregates of this part and the next hold their rows, 8 bytes a number, at most 1 GB a group, and take twice that again while they compute. The
-- state is internal because a flat typed one would be copied each time it grows. Rows are put in a canonical order first: the same rows give the same
-- bits in any order, under any plan, with any number of workers.

CREATE FUNCTION tmap.columns_combine(internal, internal) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_columns_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.columns_combine(internal, internal) IS 'Combine function of the aggregates that hold rows of numbers: the rows of both states.';

CREATE FUNCTION tmap.columns_serialize(internal) RETURNS bytea
AS 'MODULE_PATHNAME', 'tmap_columns_serialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.columns_serialize(internal) IS 'Internal: The rows of a worker as bytes.';

CREATE FUNCTION tmap.columns_deserialize(bytea, internal) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_columns_deserialize' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.columns_deserialize(bytea, internal) IS 'Internal: The rows of a worker back from bytes.';

CREATE TYPE tmap.variation_summary AS (
  areas bigint, areas_left_out bigint, observed bigint, denominator float8, overall float8, mean float8, min float8, max float8, range float8,
  extremal_quotient float8, extremal_quotient_95_5 float8, extremal_quotient_90_10 float8, extremal_quotient_75_25 float8,
  sd float8, cv float8, cv_population float8, cv_weighted float8, scv float8, scv_log float8, eb_variance float8, moment_variance float8,
  chi2 float8, df bigint, p float8, log_p float8
);
COMMENT ON TYPE tmap.variation_summary IS 'Variation of a measure y = events / denominator over k areas; NULL where undefined, all from range on with one area. observed, denominator: totals; overall: their quotient; mean, min, max: of the areas, unweighted. extremal_quotient: max / min, NULL when min is 0; _95_5, _90_10, _75_25: quotients of percentiles (Hyndman & Fan 1996, definition 7), NULL when the lower is 0. sd: standard deviation of the areas, k - 1 below; cv: sd / mean; cv_population: with k below; cv_weighted: root of the mean of (y - overall)², weighted by the denominator, / overall. scv: systematic component of variation (McPherson et al. 1982), (1/k) sum of ((O - E)² - E) / E², not times 100, negative when areas differ less than by chance, never clamped; scv_log: (1/k) sum of ln(O/E)² - 1/E (McPherson et al. 1982, on the logarithm), NULL when an area has no event. eb_variance: variance of the true ratios by empirical Bayes, gamma-distributed, from the moment equations of Clayton & Kaldor 1987, 0 when there is none beyond chance; moment_variance: the same by Marshall''s 1991 moments, relative to overall², not clamped. chi2: sum of (O - E)² / E on df = k - 1; p: its upper tail (Diehr et al. 1990); log_p: natural logarithm of p, where p itself is too small for a number.';

CREATE FUNCTION tmap.variation_step(state internal, observed bigint, expected float8) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_variation_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.variation_step(internal, bigint, float8) IS 'Transition function of variation and rate_variation: holds one more area.';

CREATE FUNCTION tmap.proportion_variation_step(state internal, events bigint, at_risk bigint) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_proportion_variation_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_variation_step(internal, bigint, bigint) IS 'Transition function of proportion_variation: holds one more area.';

CREATE FUNCTION tmap.variation_final(internal) RETURNS tmap.variation_summary
AS 'MODULE_PATHNAME', 'tmap_variation_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.variation_final(internal) IS 'Final function of variation.';

CREATE FUNCTION tmap.rate_variation_final(internal) RETURNS tmap.variation_summary
AS 'MODULE_PATHNAME', 'tmap_rate_variation_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_variation_final(internal) IS 'Final function of rate_variation.';

CREATE FUNCTION tmap.proportion_variation_final(internal) RETURNS tmap.variation_summary
AS 'MODULE_PATHNAME', 'tmap_proportion_variation_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_variation_final(internal) IS 'Final function of proportion_variation.';

CREATE AGGREGATE tmap.variation(observed bigint, expected float8) (
  SFUNC = tmap.variation_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.variation_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.variation(bigint, float8) IS
'Variation of observed / expected (SMR, standardised ratio) over areas, one row each, as tmap.variation_summary; y = O / E, chance is Poisson, E as given. observed: events; expected: events expected from the area''s strata, in all as many as observed when the reference is the areas themselves (else chi2 also measures the distance from the reference).
Areas with a NULL or nothing expected are left out and counted; no rows give NULL. Errors: 22023 a number negative, NaN or infinite; 22003 totals out of range; 54000 more than 1 GB of rows.
Sources: McPherson, Wennberg, Hovind and Clifford 1982, N Engl J Med 307:1310-1314; Diehr, Cain, Connell and Volinn 1990, Health Serv Res 24:741-771; Clayton and Kaldor 1987, Biometrics 43:671-681; Shwartz et al. 1994, Med Care 32:189-201 (why the empirical Bayes variance).';

CREATE AGGREGATE tmap.rate_variation(events bigint, population float8) (
  SFUNC = tmap.variation_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.rate_variation_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.rate_variation(bigint, float8) IS
'Variation of crude rates over areas, one row each, as tmap.variation_summary; y = events / population, per 1, chance is Poisson, E = population × overall rate. population: people or person-time.
Areas with a NULL or nobody are left out and counted; no rows give NULL. Errors: 22023 a number negative, NaN or infinite; 22003 totals out of range; 54000 more than 1 GB of rows.
Sources: those of tmap.variation; moment_variance: Marshall 1991, Appl Stat 40:283-294.';

CREATE AGGREGATE tmap.proportion_variation(events bigint, at_risk bigint) (
  SFUNC = tmap.proportion_variation_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.proportion_variation_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.proportion_variation(bigint, bigint) IS
'Variation of proportions over areas, one row each, as tmap.variation_summary, for measures that are no rare events (thrombectomies per stroke); y = events / at_risk, per 1, E = at_risk × overall proportion p. Chance is binomial: where tmap.variation subtracts or divides by E, this takes E (1 - p): scv is (1/k) sum of ((O - E)² - E (1 - p)) / E², chi2 that of the 2 × k table. eb_variance is NULL, for its model is Poisson''s; moment_variance is the beta-binomial''s.
Areas with a NULL or nobody at risk are left out and counted; no rows give NULL. Errors: 22023 a negative number, more events than people at risk; 22003 totals out of range; 54000 more than 1 GB of rows.
Sources: those of tmap.variation; moment_variance: Martuzzi and Elliott 1996, Stat Med 15:1867-1873.';
