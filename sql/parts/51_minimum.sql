-- Estimates under a minimum-count rule: the rows of 50_estimate with the least number of events behind the data.
-- Overloads, not a default argument more: whoever uses the old ones (views of an atlas do) keeps them when the library is updated.

CREATE FUNCTION tmap.proportion_estimate(events bigint, at_risk bigint, min_events bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson', per float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_proportion_minimum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_estimate(bigint, bigint, bigint, float8, text, float8) IS 'tmap.proportion_estimate(bigint, bigint, float8, text, float8) with a rule: value and limits are NULL, with reason min_events, when there are fewer than min_events events (of a directly standardised rate: in the covered strata); 0 is no rule. NULL when an argument is. Errors: those of that function; 22023 min_events below 0.';

CREATE FUNCTION tmap.proportion_estimate(tally tmap.tally, min_events bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson', per float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_proportion_tally_minimum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_estimate(tmap.tally, bigint, float8, text, float8) IS 'tmap.proportion_estimate(tmap.tally, float8, text, float8) with a rule: value and limits are NULL, with reason min_events, when there are fewer than min_events events (of a directly standardised rate: in the covered strata); 0 is no rule. NULL when an argument is. Errors: those of that function; 22023 min_events below 0.';

CREATE FUNCTION tmap.rate_estimate(events bigint, population float8, min_events bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_rate_minimum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_estimate(bigint, float8, bigint, float8, text, float8) IS 'tmap.rate_estimate(bigint, float8, float8, text, float8) with a rule: value and limits are NULL, with reason min_events, when there are fewer than min_events events (of a directly standardised rate: in the covered strata); 0 is no rule. NULL when an argument is. Errors: those of that function; 22023 min_events below 0.';

CREATE FUNCTION tmap.rate_estimate(tally tmap.tally, min_events bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_rate_tally_minimum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_estimate(tmap.tally, bigint, float8, text, float8) IS 'tmap.rate_estimate(tmap.tally, float8, text, float8) with a rule: value and limits are NULL, with reason min_events, when there are fewer than min_events events (of a directly standardised rate: in the covered strata); 0 is no rule. NULL when an argument is. Errors: those of that function; 22023 min_events below 0.';

CREATE FUNCTION tmap.smr_estimate(observed bigint, expected float8, min_events bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact') RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_smr_minimum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_estimate(bigint, float8, bigint, float8, text) IS 'tmap.smr_estimate(bigint, float8, float8, text) with a rule: value and limits are NULL, with reason min_events, when there are fewer than min_events events (of a directly standardised rate: in the covered strata); 0 is no rule. NULL when an argument is. Errors: those of that function; 22023 min_events below 0.';

CREATE FUNCTION tmap.smr_estimate(tally tmap.tally, reference tmap.tally, min_events bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact') RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_smr_tally_minimum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_estimate(tmap.tally, tmap.tally, bigint, float8, text) IS 'tmap.smr_estimate(tmap.tally, tmap.tally, float8, text) with a rule: value and limits are NULL, with reason min_events, when there are fewer than min_events events (of a directly standardised rate: in the covered strata); 0 is no rule. NULL when an argument is. Errors: those of that function; 22023 min_events below 0.';

CREATE FUNCTION tmap.isr_estimate(tally tmap.tally, reference tmap.tally, min_events bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_isr_tally_minimum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.isr_estimate(tmap.tally, tmap.tally, bigint, float8, text, float8) IS 'tmap.isr_estimate(tmap.tally, tmap.tally, float8, text, float8) with a rule: value and limits are NULL, with reason min_events, when there are fewer than min_events events (of a directly standardised rate: in the covered strata); 0 is no rule. NULL when an argument is. Errors: those of that function; 22023 min_events below 0.';

CREATE FUNCTION tmap.dsr_estimate(tally tmap.tally, standard tmap.tally, min_events bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'fay_feuer', per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_dsr_tally_minimum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr_estimate(tmap.tally, tmap.tally, bigint, float8, text, float8, float8) IS 'tmap.dsr_estimate(tmap.tally, tmap.tally, float8, text, float8, float8) with a rule: value and limits are NULL, with reason min_events, when there are fewer than min_events events (of a directly standardised rate: in the covered strata); 0 is no rule. NULL when an argument is. Errors: those of that function; 22023 min_events below 0.';

CREATE FUNCTION tmap.dsr_estimate(events float8[], at_risk float8[], weights float8[], min_events bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'fay_feuer', per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_dsr_arrays_minimum' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr_estimate(float8[], float8[], float8[], bigint, float8, text, float8, float8) IS 'tmap.dsr_estimate(float8[], float8[], float8[], float8, text, float8, float8) with a rule: value and limits are NULL, with reason min_events, when there are fewer than min_events events (of a directly standardised rate: in the covered strata); 0 is no rule. NULL when an argument is. Errors: those of that function; 22023 min_events below 0.';
