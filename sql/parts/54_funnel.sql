-- Funnel plots: control limits for one area, and every area's position in the funnel of its partition.
-- The limits say where an area of this size would lie were it as the target says; they are not limits of its figure.

CREATE FUNCTION tmap.smr_funnel_lower(expected float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', target float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_smr_funnel_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_funnel_lower(float8, float8, text, float8) IS 'Lower control limit of a ratio observed / expected (SMR) with this many expected events, when the true ratio is the target (default 1). Not below 0. Methods: exact (default: a count beyond has a probability below (1 - confidence) / 2 under the target; between whole counts by the incomplete gamma function, so at whole counts the limits of tmap.funnel_curve), interpolated (quantiles interpolated between counts, Spiegelhalter 2005, Stat Med 24:1185-202, appendix A.1.1), garwood (the confidence interval of a count equal to the expected events, as drawn by some packages; no control limits at small expectations: both lie too high, the lower one above 0 for any size, so that an area without events is always beyond it), normal, log (normal on the log scale). NULL when an argument is NULL, or nothing is expected. Errors: 22003 a result beyond float8 or a base too large for the method; 22023 negative or non-finite numbers, confidence outside (0.5, 1), unknown method.';

CREATE FUNCTION tmap.smr_funnel_upper(expected float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', target float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_smr_funnel_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_funnel_upper(float8, float8, text, float8) IS 'Upper control limit of a ratio observed / expected (SMR) with this many expected events, when the true ratio is the target (default 1). Not below 0. Methods: exact (default: a count beyond has a probability below (1 - confidence) / 2 under the target; between whole counts by the incomplete gamma function, so at whole counts the limits of tmap.funnel_curve), interpolated (quantiles interpolated between counts, Spiegelhalter 2005, Stat Med 24:1185-202, appendix A.1.1), garwood (the confidence interval of a count equal to the expected events, as drawn by some packages; no control limits at small expectations: both lie too high, the lower one above 0 for any size, so that an area without events is always beyond it), normal, log (normal on the log scale). NULL when an argument is NULL, or nothing is expected. Errors: 22003 a result beyond float8 or a base too large for the method; 22023 negative or non-finite numbers, confidence outside (0.5, 1), unknown method.';

CREATE FUNCTION tmap.rate_funnel_lower(population float8, target float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_rate_funnel_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_funnel_lower(float8, float8, float8, text, float8) IS 'Lower control limit of a rate in this population (persons or person-years), when the true rate is the target; both on the scale per (1, 100, 100000 …). Not below 0. Methods: exact (default: a count beyond has a probability below (1 - confidence) / 2 under the target; between whole counts by the incomplete gamma function, so at whole counts the limits of tmap.funnel_curve), interpolated (quantiles interpolated between counts, Spiegelhalter 2005, Stat Med 24:1185-202, appendix A.1.1), garwood (the confidence interval of a count equal to the expected events, as drawn by some packages; no control limits at small expectations: both lie too high, the lower one above 0 for any size, so that an area without events is always beyond it), normal, log (normal on the log scale). NULL when an argument is NULL, the population is 0 or the target is 0. Errors: 22003 a result beyond float8 or a base too large for the method; 22023 negative or non-finite numbers, confidence outside (0.5, 1), unknown method, scale not above 0.';

CREATE FUNCTION tmap.rate_funnel_upper(population float8, target float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_rate_funnel_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_funnel_upper(float8, float8, float8, text, float8) IS 'Upper control limit of a rate in this population (persons or person-years), when the true rate is the target; both on the scale per (1, 100, 100000 …). Not below 0. Methods: exact (default: a count beyond has a probability below (1 - confidence) / 2 under the target; between whole counts by the incomplete gamma function, so at whole counts the limits of tmap.funnel_curve), interpolated (quantiles interpolated between counts, Spiegelhalter 2005, Stat Med 24:1185-202, appendix A.1.1), garwood (the confidence interval of a count equal to the expected events, as drawn by some packages; no control limits at small expectations: both lie too high, the lower one above 0 for any size, so that an area without events is always beyond it), normal, log (normal on the log scale). NULL when an argument is NULL, the population is 0 or the target is 0. Errors: 22003 a result beyond float8 or a base too large for the method; 22023 negative or non-finite numbers, confidence outside (0.5, 1), unknown method, scale not above 0.';

CREATE FUNCTION tmap.proportion_funnel_lower(at_risk bigint, target float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_proportion_funnel_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_funnel_lower(bigint, float8, float8, text, float8) IS 'Lower control limit of a proportion among this many at risk, when the true proportion is the target; both on the scale per (1, 100, 100000 …). Between 0 and per. Methods: exact (default: a count beyond has a binomial probability below (1 - confidence) / 2 under the target; between whole counts by the incomplete beta function), interpolated (quantiles interpolated between counts, Spiegelhalter 2005, Stat Med 24:1185-202, appendix A.1.1), clopper_pearson (the confidence interval of a count equal to the expected events; as with garwood, an area without events is always beyond its lower limit), normal, arcsine (normal on the scale of the arcsine of the root). NULL when an argument is NULL, nobody is at risk, or the target is 0 or per. Errors: 22003 a result beyond float8 or a base too large for the method; 22023 negative or non-finite numbers, confidence outside (0.5, 1), unknown method, target above per, scale not above 0.';

CREATE FUNCTION tmap.proportion_funnel_upper(at_risk bigint, target float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_proportion_funnel_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_funnel_upper(bigint, float8, float8, text, float8) IS 'Upper control limit of a proportion among this many at risk, when the true proportion is the target; both on the scale per (1, 100, 100000 …). Between 0 and per. Methods: exact (default: a count beyond has a binomial probability below (1 - confidence) / 2 under the target; between whole counts by the incomplete beta function), interpolated (quantiles interpolated between counts, Spiegelhalter 2005, Stat Med 24:1185-202, appendix A.1.1), clopper_pearson (the confidence interval of a count equal to the expected events; as with garwood, an area without events is always beyond its lower limit), normal, arcsine (normal on the scale of the arcsine of the root). NULL when an argument is NULL, nobody is at risk, or the target is 0 or per. Errors: 22003 a result beyond float8 or a base too large for the method; 22023 negative or non-finite numbers, confidence outside (0.5, 1), unknown method, target above per, scale not above 0.';

CREATE FUNCTION tmap.smr_z(observed bigint, expected float8, target float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_smr_z' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_z(bigint, float8, float8) IS 'How far a ratio observed / expected lies above the target (default 1), in standard deviations of the figure under the target (variance of a Poisson count; Spiegelhalter 2005, Stat Med 24:1185-202). NULL when an argument is NULL, or nothing is expected. Errors: 22023 negative or non-finite numbers.';

CREATE FUNCTION tmap.rate_z(events bigint, population float8, target float8, per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_rate_z' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_z(bigint, float8, float8, float8) IS 'How far a rate lies above the target (given on the scale per (1, 100, 100000 …)), in standard deviations of the figure under the target (variance of a Poisson count; Spiegelhalter 2005, Stat Med 24:1185-202). NULL when an argument is NULL, the population is 0 or the target is 0. Errors: 22023 negative or non-finite numbers, events without population, scale not above 0.';

CREATE FUNCTION tmap.proportion_z(events bigint, at_risk bigint, target float8, per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_proportion_z' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_z(bigint, bigint, float8, float8) IS 'How far a proportion lies above the target (given on the scale per (1, 100, 100000 …)), in standard deviations of the figure under the target (variance of a binomial count; Spiegelhalter 2005, Stat Med 24:1185-202). NULL when an argument is NULL, nobody is at risk, or the target is 0 or per. Errors: 22023 negative or non-finite numbers, events > at risk, target above per, scale not above 0.';

CREATE TYPE tmap.funnel_curve AS (lower float8, upper float8, lower_at float8, upper_at float8);
COMMENT ON TYPE tmap.funnel_curve IS 'The exact limits of a funnel at a whole count of events: the figure on the lower limit and the expected events (or population) lower_at at which it lies, the figure on the upper limit and its upper_at.';

CREATE FUNCTION tmap.funnel_curve(events bigint, target float8 DEFAULT 1, confidence float8 DEFAULT 0.95, per float8 DEFAULT 1) RETURNS tmap.funnel_curve
AS 'MODULE_PATHNAME', 'tmap_funnel_curve' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.funnel_curve(bigint, float8, float8, float8) IS 'Points of the exact control limits at which this count of events lies: with target 1 of a ratio by its expected events, with a target rate (on the scale per) by its population. At lower_at this many events or fewer have the probability (1 - confidence) / 2, at upper_at this many or more; both are Garwood''s limits of the count (Garwood 1936) over the target. generate_series over events draws the curve. Without events upper is NULL and upper_at 0. NULL when an argument is NULL or the target is 0. Errors: 22003 beyond float8; 22023 negative or non-finite numbers, confidence outside (0.5, 1), scale not above 0.';

CREATE TYPE tmap.funnel_point AS (
  value float8, target float8, z float8, z_adjusted float8, phi float8, tau2 float8,
  lower2 float8, upper2 float8, lower3 float8, upper3 float8, class integer, label text
);
COMMENT ON TYPE tmap.funnel_point IS 'An area in a funnel plot. value, target, lower2, upper2 (inner control limits, 95 %), lower3, upper3 (outer, 99.8 %): on the scale per; z: standard deviations above the target; z_adjusted: the same with the overdispersion asked for; phi, tau2: overdispersion of all areas, tau2 as a variance on the scale of the comparison; class: -2 below the outer limits, -1 below the inner, 0 within, 1 above the inner, 2 above the outer; label: the class in words (low 3σ, low 2σ, within, high 2σ, high 3σ).';

CREATE FUNCTION tmap.smr_funnel(observed bigint, expected float8, target float8 DEFAULT 1,
  overdispersion text DEFAULT 'none', scale text DEFAULT 'sqrt', extremes text DEFAULT 'winsorise', share float8 DEFAULT 0.1, method text DEFAULT 'exact',
  inner_level float8 DEFAULT 0.95, outer_level float8 DEFAULT 0.998) RETURNS tmap.funnel_point
AS 'MODULE_PATHNAME', 'tmap_smr_funnel' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_funnel(bigint, float8, float8, text, text, text, float8, text, float8, float8) IS 'Window function: the area''s position in the funnel of ratios observed / expected (SMR, SIR). tmap.smr_funnel(observed, expected) OVER (PARTITION BY year).
The whole partition is one funnel, whatever the frame or the order of rows; the result for an area depends on the set of areas alone. target: the ratio all are compared with, default 1; NULL: the pooled ratio.
overdispersion: none (default: limits by method, as tmap.smr_funnel_lower), additive (variance + tau2) or multiplicative (variance × phi when phi > 1); the limits are then normal on the scale, brought back to the figure, and method is not used; no limits and no class when that tau2 or phi does not exist. phi is the mean z² after trimming, tau2 the moment estimate of the variance between areas from the same z, at least 0 (Spiegelhalter 2005, Qual Saf Health Care 14:347-51; Spiegelhalter et al. 2012, J R Stat Soc A 175:1-47). scale: none (the ratio itself), sqrt (default; exists without events) or log. extremes: winsorise (z beyond the quantiles share and 1 - share are set to them; with the sqrt scale the method of the Care Quality Commission) or truncate (the share of the lowest and of the highest z is left out; with the log scale that of the SHMI of NHS England). share: 0 to below 0.5, default 0.1. phi and tau2 are given under every choice; NULL when they do not exist (tau2 of one area; an area without events on the log scale unless trimmed). An area without events has no place on a log scale and no class there.
inner_level, outer_level: confidence of the two pairs of limits, 0.95 and 0.998.
NULL for a row with a NULL (it stays out of the funnel) or with nothing expected. Options must be the same in all rows of the partition. Memory: 20 bytes a row of the partition beside the executor''s rows, three times that while it is read; at most 8388608 rows. Errors: 22003 beyond float8; 22004 an option NULL; 22023 negative or non-finite numbers, levels outside (0.5, 1) or out of order, an option unknown, out of range or different between rows; 54000 more rows than that.';

CREATE FUNCTION tmap.rate_funnel(events bigint, population float8, target float8 DEFAULT NULL,
  overdispersion text DEFAULT 'none', scale text DEFAULT 'sqrt', extremes text DEFAULT 'winsorise', share float8 DEFAULT 0.1, method text DEFAULT 'exact',
  inner_level float8 DEFAULT 0.95, outer_level float8 DEFAULT 0.998, per float8 DEFAULT 1) RETURNS tmap.funnel_point
AS 'MODULE_PATHNAME', 'tmap_rate_funnel' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_funnel(bigint, float8, float8, text, text, text, float8, text, float8, float8, float8) IS 'Window function: the area''s position in the funnel of rates events / population. tmap.rate_funnel(events, population, per => 100000) OVER (PARTITION BY year).
The whole partition is one funnel, whatever the frame or the order of rows; the result for an area depends on the set of areas alone. target: the rate all are compared with, on the scale per; NULL (default): the pooled rate.
overdispersion: none (default: limits by method, as tmap.rate_funnel_lower), additive (variance + tau2) or multiplicative (variance × phi when phi > 1); the limits are then normal on the scale, brought back to the figure, and method is not used; no limits and no class when that tau2 or phi does not exist. phi is the mean z² after trimming, tau2 the moment estimate of the variance between areas from the same z, at least 0 (Spiegelhalter 2005, Qual Saf Health Care 14:347-51; Spiegelhalter et al. 2012, J R Stat Soc A 175:1-47). scale: none (the rate itself), sqrt (default; exists without events) or log. extremes: winsorise (z beyond the quantiles share and 1 - share are set to them; with the sqrt scale the method of the Care Quality Commission) or truncate (the share of the lowest and of the highest z is left out; with the log scale that of the SHMI of NHS England). share: 0 to below 0.5, default 0.1. phi and tau2 are given under every choice; NULL when they do not exist (tau2 of one area; an area without events on the log scale unless trimmed). An area without events has no place on a log scale and no class there.
inner_level, outer_level: confidence of the two pairs of limits, 0.95 and 0.998. per: scale of the figures, default 1.
NULL for a row with a NULL (it stays out of the funnel) or without population; no limits and no class when the target is 0. Options must be the same in all rows of the partition. Memory: 20 bytes a row of the partition beside the executor''s rows, three times that while it is read; at most 8388608 rows. Errors: 22003 beyond float8; 22004 an option NULL; 22023 negative or non-finite numbers, events without population, levels outside (0.5, 1) or out of order, an option unknown, out of range or different between rows; 54000 more rows than that.';

CREATE FUNCTION tmap.proportion_funnel(events bigint, at_risk bigint, target float8 DEFAULT NULL,
  overdispersion text DEFAULT 'none', scale text DEFAULT 'arcsine', extremes text DEFAULT 'winsorise', share float8 DEFAULT 0.1, method text DEFAULT 'exact',
  inner_level float8 DEFAULT 0.95, outer_level float8 DEFAULT 0.998, per float8 DEFAULT 1) RETURNS tmap.funnel_point
AS 'MODULE_PATHNAME', 'tmap_proportion_funnel' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_funnel(bigint, bigint, float8, text, text, text, float8, text, float8, float8, float8) IS 'Window function: the area''s position in the funnel of proportions events / at_risk, for example thrombectomies per ischaemic stroke. tmap.proportion_funnel(events, at_risk, per => 100) OVER (PARTITION BY year).
The whole partition is one funnel, whatever the frame or the order of rows; the result for an area depends on the set of areas alone. target: the proportion all are compared with, on the scale per; NULL (default): the pooled proportion.
overdispersion: none (default: limits by method, as tmap.proportion_funnel_lower), additive (variance + tau2) or multiplicative (variance × phi when phi > 1); the limits are then normal on the scale, brought back to the figure, and method is not used; no limits and no class when that tau2 or phi does not exist. phi is the mean z² after trimming, tau2 the moment estimate of the variance between areas from the same z, at least 0 (Spiegelhalter 2005, Qual Saf Health Care 14:347-51; Spiegelhalter et al. 2012, J R Stat Soc A 175:1-47). scale: none (the proportion itself), arcsine (of the root, default; exists without events) or logit. extremes: winsorise (z beyond the quantiles share and 1 - share are set to them; with the arcsine scale the method of the Care Quality Commission) or truncate (the share of the lowest and of the highest z is left out; with the log scale that of the SHMI of NHS England). share: 0 to below 0.5, default 0.1. phi and tau2 are given under every choice; NULL when they do not exist (tau2 of one area; an area without events or with nothing else on the logit scale unless trimmed). Such an area has no place on that scale and no class there.
inner_level, outer_level: confidence of the two pairs of limits, 0.95 and 0.998. per: scale of the figures, default 1.
NULL for a row with a NULL (it stays out of the funnel) or with nobody at risk; no limits and no class when the target is 0 or per. Options must be the same in all rows of the partition. Memory: 20 bytes a row of the partition beside the executor''s rows, three times that while it is read; at most 8388608 rows. Errors: 22003 beyond float8; 22004 an option NULL; 22023 negative or non-finite numbers, events > at risk, levels outside (0.5, 1) or out of order, an option unknown, out of range or different between rows; 54000 more rows than that.';

CREATE TYPE tmap.overdispersion_summary AS (areas bigint, areas_left_out bigint, areas_used bigint, target float8, phi float8, tau2 float8);
COMMENT ON TYPE tmap.overdispersion_summary IS 'Overdispersion of areas around a target. areas: with numbers and a base; areas_left_out: without; areas_used: after truncation; target per 1; phi: mean z² after trimming, 1 when areas vary by chance alone; tau2: variance between areas on the scale of the comparison, at least 0. NULL where undefined.';

CREATE FUNCTION tmap.overdispersion_step(state internal, events bigint, expected float8, target float8, scale text, extremes text, share float8) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_overdispersion_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.overdispersion_step(internal, bigint, float8, float8, text, text, float8) IS 'Internal: transition function of overdispersion and rate_overdispersion with options: holds one more area.';

CREATE FUNCTION tmap.proportion_overdispersion_step(state internal, events bigint, at_risk bigint, target float8, scale text, extremes text, share float8) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_proportion_overdispersion_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_overdispersion_step(internal, bigint, bigint, float8, text, text, float8) IS 'Internal: transition function of proportion_overdispersion with options: holds one more area.';

CREATE FUNCTION tmap.overdispersion_final(internal) RETURNS tmap.overdispersion_summary
AS 'MODULE_PATHNAME', 'tmap_overdispersion_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.overdispersion_final(internal) IS 'Internal: final function of overdispersion.';

CREATE FUNCTION tmap.rate_overdispersion_final(internal) RETURNS tmap.overdispersion_summary
AS 'MODULE_PATHNAME', 'tmap_rate_overdispersion_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_overdispersion_final(internal) IS 'Internal: final function of rate_overdispersion.';

CREATE FUNCTION tmap.proportion_overdispersion_final(internal) RETURNS tmap.overdispersion_summary
AS 'MODULE_PATHNAME', 'tmap_proportion_overdispersion_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_overdispersion_final(internal) IS 'Internal: final function of proportion_overdispersion.';

CREATE AGGREGATE tmap.overdispersion(observed bigint, expected float8) (
  SFUNC = tmap.variation_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.overdispersion_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.overdispersion(bigint, float8) IS
'How much more ratios observed / expected (SMR) of areas vary around 1 than chance allows: phi and tau2 as in tmap.smr_funnel, on the sqrt scale, the lowest and highest tenth of z winsorised (Spiegelhalter 2005, Qual Saf Health Care 14:347-51; Spiegelhalter et al. 2012, J R Stat Soc A 175:1-47). One row an area; a row with a NULL or a base of 0 is left out and counted. No rows give NULL. Holds 16 bytes a row, at most 1 GB. Errors: 22023 a number negative, NaN or infinite; 54000 more than 1 GB of rows.';

CREATE AGGREGATE tmap.overdispersion(observed bigint, expected float8, target float8, scale text, extremes text, share float8) (
  SFUNC = tmap.overdispersion_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.overdispersion_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.overdispersion(bigint, float8, float8, text, text, float8) IS
'tmap.overdispersion with its options, the same in every row of a group. target per 1, NULL: the pooled figure; scale: none, sqrt or log; extremes: winsorise or truncate; share: of areas tamed at each end, 0 to below 0.5. Holds 40 bytes a row, at most 1 GB. Errors as there; and 22023 an option unknown, out of range or different between rows, 22004 one other than the target NULL.';

CREATE AGGREGATE tmap.rate_overdispersion(events bigint, population float8) (
  SFUNC = tmap.variation_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.rate_overdispersion_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.rate_overdispersion(bigint, float8) IS
'How much more rates of areas vary around the pooled rate than chance allows: phi and tau2 as in tmap.rate_funnel, on the sqrt scale, the lowest and highest tenth of z winsorised (Spiegelhalter 2005, Qual Saf Health Care 14:347-51; Spiegelhalter et al. 2012, J R Stat Soc A 175:1-47). One row an area; a row with a NULL or a base of 0 is left out and counted. No rows give NULL. Holds 16 bytes a row, at most 1 GB. Errors: 22023 a number negative, NaN or infinite; 54000 more than 1 GB of rows.';

CREATE AGGREGATE tmap.rate_overdispersion(events bigint, population float8, target float8, scale text, extremes text, share float8) (
  SFUNC = tmap.overdispersion_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.rate_overdispersion_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.rate_overdispersion(bigint, float8, float8, text, text, float8) IS
'tmap.rate_overdispersion with its options, the same in every row of a group. target per 1, NULL: the pooled figure; scale: none, sqrt or log; extremes: winsorise or truncate; share: of areas tamed at each end, 0 to below 0.5. Holds 40 bytes a row, at most 1 GB. Errors as there; and 22023 an option unknown, out of range or different between rows, 22004 one other than the target NULL.';

CREATE AGGREGATE tmap.proportion_overdispersion(events bigint, at_risk bigint) (
  SFUNC = tmap.proportion_variation_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.proportion_overdispersion_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.proportion_overdispersion(bigint, bigint) IS
'How much more proportions of areas vary around the pooled proportion than chance allows: phi and tau2 as in tmap.proportion_funnel, on the arcsine scale, the lowest and highest tenth of z winsorised (Spiegelhalter 2005, Qual Saf Health Care 14:347-51; Spiegelhalter et al. 2012, J R Stat Soc A 175:1-47). One row an area; a row with a NULL or a base of 0 is left out and counted. No rows give NULL. Holds 16 bytes a row, at most 1 GB. Errors: 22023 a number negative, NaN or infinite, events > at risk; 54000 more than 1 GB of rows.';

CREATE AGGREGATE tmap.proportion_overdispersion(events bigint, at_risk bigint, target float8, scale text, extremes text, share float8) (
  SFUNC = tmap.proportion_overdispersion_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.proportion_overdispersion_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.proportion_overdispersion(bigint, bigint, float8, text, text, float8) IS
'tmap.proportion_overdispersion with its options, the same in every row of a group. target per 1, NULL: the pooled figure; scale: none, arcsine or logit; extremes: winsorise or truncate; share: of areas tamed at each end, 0 to below 0.5. Holds 40 bytes a row, at most 1 GB. Errors as there; and 22023 an option unknown, out of range or different between rows, 22004 one other than the target NULL.';
