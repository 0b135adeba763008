-- Areas against a target level: how far below, how many procedures are missing, and how sure that is.

CREATE TYPE tmap.target_gap AS (
  value float8, target float8, target_lower float8, target_upper float8, below boolean, p_below float8,
  missing float8, missing_lower float8, missing_upper float8
);
COMMENT ON TYPE tmap.target_gap IS 'An area against the target of its window. value: observed / expected × reference; target with limits: the quantile of the values, on their scale; below: value < target; p_below: share of the draws in which it lies below; missing with limits: whole events more that would reach the target.';

CREATE FUNCTION tmap.target_gap(observed bigint, expected float8, reference float8 DEFAULT 1, defining boolean DEFAULT true, share float8 DEFAULT 0.5,
  draws integer DEFAULT 1000, seed bigint DEFAULT 1, confidence float8 DEFAULT 0.95, prior text DEFAULT 'exchangeable') RETURNS tmap.target_gap
AS 'MODULE_PATHNAME', 'tmap_target_gap' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.target_gap(bigint, float8, float8, boolean, float8, integer, bigint, float8, text) IS 'Window function: an area''s standardised value observed / expected × reference against the target of its partition, their quantile (share 0.5: Thrombectomy Target Level, 0.25: Alert Level of the French study 2018-2024; Hyndman & Fan 1996, definition 7), and the missing procedures: the smallest whole number of events more that brings the area to the target, target × expected / reference - observed, 0 for areas at or above it; in the period of the counts. expected: events at the rates of a reference; reference: its crude value, on the scale wanted; defining: false for an area that is compared but does not define the target. Limits: the areas are all there are, so that what is uncertain are their counts, not which were sampled: each draw takes every area''s true value from its posterior, and with them target and missing procedures. prior => ''exchangeable'' (default): values come from one gamma distribution, another one for areas that do not define the target, of which every draw takes mean and precision as well (uniform shrinkage prior: Christiansen & Morris 1997; Daniels 1999); areas that differ by chance alone are no special case. ''jeffreys'': each by itself from gamma(observed + 1/2), which adds the chance of the draw to that of the counts: small areas then seem to lack far more than they do. Measured coverage of limits of 95 % (400 sets, areas that differ by 6 or 18 %; 13 areas of 450 events, 100 of 60, 100 of 20): median .94 to .98, alert level .94 to .99, missing sum .94 to .98, missing of an area .97 to 1.00; by jeffreys .97 to 1.00, 0 to .95, 0 to .96, .97. missing and below are of the counts as they are: with many small areas they may lie outside their limits, towards more, for chance makes areas seem to differ. draws: 100 to 100000, 0 = no limits; seed: any, the same gives the same limits, for any order of rows. Rows with NULL, or nothing expected, have no value and do not count; all but the target is NULL there. Errors: 22023 negative, NaN or infinite number, draws or confidence out of range, unknown prior, options that differ between rows; 22003 share outside 0..1, a value beyond float8; 22004 an option is NULL; 54000 more than 1 GB of draws.';

CREATE TYPE tmap.target_estimate AS (
  areas bigint, areas_left_out bigint, target float8, target_lower float8, target_upper float8,
  below float8, below_lower float8, below_upper float8, missing float8, missing_lower float8, missing_upper float8
);
COMMENT ON TYPE tmap.target_estimate IS 'The target of a set of areas. areas: with a standardised value; target with limits: the quantile of their values, on their scale; below with limits: areas under it; missing with limits: whole events that the areas below lack, all together.';

CREATE FUNCTION tmap.target_summary_step(state internal, observed bigint, expected float8, reference float8) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_target_summary_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.target_summary_step(internal, bigint, float8, float8) IS 'Transition function of target_summary: holds one more area.';

CREATE FUNCTION tmap.target_summary_step(state internal, observed bigint, expected float8, reference float8, share float8, draws integer, seed bigint, confidence float8) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_target_summary_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.target_summary_step(internal, bigint, float8, float8, float8, integer, bigint, float8) IS 'Transition function of target_summary: holds one more area.';

CREATE FUNCTION tmap.target_summary_step(state internal, observed bigint, expected float8, reference float8, share float8, draws integer, seed bigint, confidence float8, prior text) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_target_summary_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.target_summary_step(internal, bigint, float8, float8, float8, integer, bigint, float8, text) IS 'Transition function of target_summary: holds one more area.';

CREATE FUNCTION tmap.target_summary_final(internal) RETURNS tmap.target_estimate
AS 'MODULE_PATHNAME', 'tmap_target_summary_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.target_summary_final(internal) IS 'Final function of target_summary.';

CREATE AGGREGATE tmap.target_summary(observed bigint, expected float8, reference float8) (
  SFUNC = tmap.target_summary_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.target_summary_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.target_summary(bigint, float8, float8) IS 'Target level of a set of areas with limits, how many areas lie below it and how many procedures they lack together: what tmap.target_gap says of each area, summed up, from the same draws. observed: events; expected: at the rates of a reference; reference: its crude value, on the scale wanted (1: ratios). The median (Thrombectomy Target Level), 1000 draws, seed 1, limits of 95 %. Rows with NULL, or nothing expected, are left out and counted; no rows give NULL. Areas are exchangeable, see tmap.target_gap. Measured coverage of limits of 95 %, for 13 areas of 450 events to 100 of 20: target .94 to .98, alert level .94 to .99, missing sum .94 to .98 (1000 areas of 20, 60 sets: .90, .95, .88). missing and below are of the counts as they are: with many small areas they may lie above their limits, for chance makes areas seem to lack. Errors: 22023 negative number; 22003 number not finite; 54000 more than 1 GB of draws or rows.';

CREATE AGGREGATE tmap.target_summary(observed bigint, expected float8, reference float8, share float8, draws integer, seed bigint, confidence float8) (
  SFUNC = tmap.target_summary_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.target_summary_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.target_summary(bigint, float8, float8, float8, integer, bigint, float8) IS 'Target level of a set of areas with limits, how many areas lie below it and how many procedures they lack together: what tmap.target_gap says of each area, summed up, from the same draws. observed: events; expected: at the rates of a reference; reference: its crude value, on the scale wanted (1: ratios). share: 0.5 = median (Target Level), 0.25 = Alert Level; draws: 100 to 100000, 0 = no limits; seed: at most 2^53 either way; confidence: in (0.5, 1). Rows with NULL, or nothing expected, are left out and counted; no rows give NULL. Areas are exchangeable, see tmap.target_gap. Measured coverage of limits of 95 %, for 13 areas of 450 events to 100 of 20: target .94 to .98, alert level .94 to .99, missing sum .94 to .98 (1000 areas of 20, 60 sets: .90, .95, .88). missing and below are of the counts as they are: with many small areas they may lie above their limits, for chance makes areas seem to lack. Errors: 22023 negative number; 22003 number not finite; 54000 more than 1 GB of draws or rows; 22023 draws or confidence out of range, options that differ between rows; 22003 share or seed; 22004 an option is NULL.';

CREATE AGGREGATE tmap.target_summary(observed bigint, expected float8, reference float8, share float8, draws integer, seed bigint, confidence float8, prior text) (
  SFUNC = tmap.target_summary_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.target_summary_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.target_summary(bigint, float8, float8, float8, integer, bigint, float8, text) IS 'As tmap.target_summary with share, draws, seed and confidence, and the prior: exchangeable (the default of the others) or jeffreys, each area by itself (tmap.target_gap): limits of the alert level and of the missing sum then hold with few large areas only; measured coverage of limits of 95 %, 13 areas of 450 events: alert level .94 to .95, missing sum .82 to .96; 100 areas of 60: 0 to .43 and 0 to .11; of 20: 0 to .05 and 0. Errors also: 22023 another prior.';
