-- Estimates: scalars over counts first, then from tallies. Each family has a value, two limits and a row.
-- Limits stay inside the parameter space: what a formula puts below 0 (or a proportion above 1) is given as 0 (1).

CREATE TYPE tmap.estimate AS (
  value float8, lower float8, upper float8, events bigint, at_risk bigint, expected float8,
  per float8, confidence float8, method text, coverage float8
);
COMMENT ON TYPE tmap.estimate IS 'An estimate with its limits and the counts behind it. value, lower, upper: on the scale per (a ratio: per 1), NULL when undefined; events, at_risk: the counts used; expected: events expected by a ratio; confidence: level of the limits; method: of the limits; coverage: share of the standard with people at risk.';

CREATE FUNCTION tmap.proportion(events bigint, at_risk bigint, per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_proportion' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion(bigint, bigint, float8) IS 'Crude proportion events / at_risk, for example thrombectomies per ischaemic stroke on the scale per (1, 100, 100000 …). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 negative count, events > at risk or scale not above 0.';

CREATE FUNCTION tmap.proportion_lower(events bigint, at_risk bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_proportion_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_lower(bigint, bigint, float8, text, float8) IS 'Lower confidence limit of tmap.proportion on the scale per (1, 100, 100000 …). Methods: wilson (Wilson 1927, default), clopper_pearson (Clopper & Pearson 1934), wilson_cc (Newcombe 1998, method 4), jeffreys (Brown, Cai & DasGupta 2001), agresti_coull (Agresti & Coull 1998). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 negative count, events > at risk or scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.proportion_upper(events bigint, at_risk bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_proportion_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_upper(bigint, bigint, float8, text, float8) IS 'Upper confidence limit of tmap.proportion on the scale per (1, 100, 100000 …). Methods: wilson (Wilson 1927, default), clopper_pearson (Clopper & Pearson 1934), wilson_cc (Newcombe 1998, method 4), jeffreys (Brown, Cai & DasGupta 2001), agresti_coull (Agresti & Coull 1998). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 negative count, events > at risk or scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.proportion_estimate(events bigint, at_risk bigint, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson', per float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_proportion_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_estimate(bigint, bigint, float8, text, float8) IS 'tmap.proportion with both limits and the counts behind it, as a row on the scale per (1, 100, 100000 …). Methods: wilson (Wilson 1927, default), clopper_pearson (Clopper & Pearson 1934), wilson_cc (Newcombe 1998, method 4), jeffreys (Brown, Cai & DasGupta 2001), agresti_coull (Agresti & Coull 1998). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 negative count, events > at risk or scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.proportion(tally tmap.tally, per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_proportion_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion(tmap.tally, float8) IS 'Crude proportion of a tally: all events / everybody at risk on the scale per (1, 100, 100000 …). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0.';

CREATE FUNCTION tmap.proportion_lower(tally tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_proportion_tally_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_lower(tmap.tally, float8, text, float8) IS 'Lower confidence limit of tmap.proportion on the scale per (1, 100, 100000 …). Methods: wilson (Wilson 1927, default), clopper_pearson (Clopper & Pearson 1934), wilson_cc (Newcombe 1998, method 4), jeffreys (Brown, Cai & DasGupta 2001), agresti_coull (Agresti & Coull 1998). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.proportion_upper(tally tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_proportion_tally_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_upper(tmap.tally, float8, text, float8) IS 'Upper confidence limit of tmap.proportion on the scale per (1, 100, 100000 …). Methods: wilson (Wilson 1927, default), clopper_pearson (Clopper & Pearson 1934), wilson_cc (Newcombe 1998, method 4), jeffreys (Brown, Cai & DasGupta 2001), agresti_coull (Agresti & Coull 1998). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.proportion_estimate(tally tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'wilson', per float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_proportion_tally_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.proportion_estimate(tmap.tally, float8, text, float8) IS 'tmap.proportion with both limits and the counts behind it, as a row on the scale per (1, 100, 100000 …). Methods: wilson (Wilson 1927, default), clopper_pearson (Clopper & Pearson 1934), wilson_cc (Newcombe 1998, method 4), jeffreys (Brown, Cai & DasGupta 2001), agresti_coull (Agresti & Coull 1998). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.rate(events bigint, population float8, per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_rate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate(bigint, float8, float8) IS 'Crude rate events / population (persons or person-years) on the scale per (1, 100, 100000 …). NULL when an argument is NULL or the population is 0 (22023 when there are events). Errors: 22003 a result beyond float8; 22023 negative count or population, events without population, scale not above 0.';

CREATE FUNCTION tmap.rate_lower(events bigint, population float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_rate_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_lower(bigint, float8, float8, text, float8) IS 'Lower confidence limit of tmap.rate on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or the population is 0 (22023 when there are events). Errors: 22003 a result beyond float8; 22023 negative count or population, events without population, scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.rate_upper(events bigint, population float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_rate_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_upper(bigint, float8, float8, text, float8) IS 'Upper confidence limit of tmap.rate on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or the population is 0 (22023 when there are events). Errors: 22003 a result beyond float8; 22023 negative count or population, events without population, scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.rate_estimate(events bigint, population float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_rate_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_estimate(bigint, float8, float8, text, float8) IS 'tmap.rate with both limits and the counts behind it, as a row on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or the population is 0 (22023 when there are events). Errors: 22003 a result beyond float8; 22023 negative count or population, events without population, scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.rate(tally tmap.tally, per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_rate_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate(tmap.tally, float8) IS 'Crude rate of a tally: all events / everybody at risk, its count taken as Poisson on the scale per (1, 100, 100000 …). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0.';

CREATE FUNCTION tmap.rate_lower(tally tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_rate_tally_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_lower(tmap.tally, float8, text, float8) IS 'Lower confidence limit of tmap.rate on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.rate_upper(tally tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_rate_tally_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_upper(tmap.tally, float8, text, float8) IS 'Upper confidence limit of tmap.rate on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.rate_estimate(tally tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_rate_tally_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rate_estimate(tmap.tally, float8, text, float8) IS 'tmap.rate with both limits and the counts behind it, as a row on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or nobody is at risk. Errors: 22003 a result beyond float8; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.smr(observed bigint, expected float8) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_smr' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr(bigint, float8) IS 'Ratio of observed to expected events (SMR, SIR), per 1. NULL when an argument is NULL or nothing is expected. Errors: 22023 negative count or expected number, 22003 a result beyond float8.';

CREATE FUNCTION tmap.smr_lower(observed bigint, expected float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact') RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_smr_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_lower(bigint, float8, float8, text) IS 'Lower confidence limit of tmap.smr. Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or nothing is expected. Errors: 22023 negative count or expected number, 22003 a result beyond float8; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.smr_upper(observed bigint, expected float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact') RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_smr_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_upper(bigint, float8, float8, text) IS 'Upper confidence limit of tmap.smr. Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or nothing is expected. Errors: 22023 negative count or expected number, 22003 a result beyond float8; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.smr_estimate(observed bigint, expected float8, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact') RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_smr_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_estimate(bigint, float8, float8, text) IS 'tmap.smr with both limits and the counts behind it, as a row. Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL or nothing is expected. Errors: 22023 negative count or expected number, 22003 a result beyond float8; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.smr(tally tmap.tally, reference tmap.tally) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_smr_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr(tmap.tally, tmap.tally) IS 'Indirectly standardised ratio: a tally''s events / tmap.expected(tally, reference), per 1. NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference.';

CREATE FUNCTION tmap.smr_lower(tally tmap.tally, reference tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact') RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_smr_tally_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_lower(tmap.tally, tmap.tally, float8, text) IS 'Lower confidence limit of tmap.smr. Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.smr_upper(tally tmap.tally, reference tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact') RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_smr_tally_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_upper(tmap.tally, tmap.tally, float8, text) IS 'Upper confidence limit of tmap.smr. Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.smr_estimate(tally tmap.tally, reference tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact') RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_smr_tally_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.smr_estimate(tmap.tally, tmap.tally, float8, text) IS 'tmap.smr with both limits and the counts behind it, as a row. Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.isr(tally tmap.tally, reference tmap.tally, per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_isr_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.isr(tmap.tally, tmap.tally, float8) IS 'Indirectly standardised rate: tmap.smr(tally, reference) × the reference''s crude rate on the scale per (1, 100, 100000 …). NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference; 22023 scale not above 0.';

CREATE FUNCTION tmap.isr_lower(tally tmap.tally, reference tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_isr_tally_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.isr_lower(tmap.tally, tmap.tally, float8, text, float8) IS 'Lower confidence limit of tmap.isr on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.isr_upper(tally tmap.tally, reference tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_isr_tally_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.isr_upper(tmap.tally, tmap.tally, float8, text, float8) IS 'Upper confidence limit of tmap.isr on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.isr_estimate(tally tmap.tally, reference tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'exact', per float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_isr_tally_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.isr_estimate(tmap.tally, tmap.tally, float8, text, float8) IS 'tmap.isr with both limits and the counts behind it, as a row on the scale per (1, 100, 100000 …). Methods: exact (Garwood 1936, default), byar (Breslow & Day 1987, eq. 2.13; lower limit 0 at 0 events). NULL when an argument is NULL, nothing is expected, or the reference lacks a stratum of the tally. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the reference; 22023 scale not above 0; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.dsr(tally tmap.tally, standard tmap.tally, per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_dsr_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr(tmap.tally, tmap.tally, float8, float8) IS 'Directly standardised rate: Σ weight × stratum rate / Σ weight, weights = the standard''s people at risk, on the scale per (1, 100, 100000 …). The standard says what is adjusted for: the tally is collapsed to its dimensions, both to the coarser age cut. A stratum of the standard with nobody at risk makes the rate undefined (NULL) unless the covered share of the standard reaches min_coverage; the rate is then the one over the covered part. NULL when an argument is. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the standard; 22023 scale not above 0, min_coverage outside 0..1.';

CREATE FUNCTION tmap.dsr_lower(tally tmap.tally, standard tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'fay_feuer', per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_dsr_tally_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr_lower(tmap.tally, tmap.tally, float8, text, float8, float8) IS 'Lower confidence limit of tmap.dsr on the scale per (1, 100, 100000 …). Methods: fay_feuer (Fay & Feuer 1997, default), tiwari (Tiwari, Clegg & Zou 2006), dobson_exact and dobson_byar (Dobson et al. 1991 on Garwood''s or Byar''s limits; NULL without events). The standard says what is adjusted for: the tally is collapsed to its dimensions, both to the coarser age cut. A stratum of the standard with nobody at risk makes the rate undefined (NULL) unless the covered share of the standard reaches min_coverage; the rate is then the one over the covered part. NULL when an argument is. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the standard; 22023 scale not above 0, min_coverage outside 0..1; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.dsr_upper(tally tmap.tally, standard tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'fay_feuer', per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_dsr_tally_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr_upper(tmap.tally, tmap.tally, float8, text, float8, float8) IS 'Upper confidence limit of tmap.dsr on the scale per (1, 100, 100000 …). Methods: fay_feuer (Fay & Feuer 1997, default), tiwari (Tiwari, Clegg & Zou 2006), dobson_exact and dobson_byar (Dobson et al. 1991 on Garwood''s or Byar''s limits; NULL without events). The standard says what is adjusted for: the tally is collapsed to its dimensions, both to the coarser age cut. A stratum of the standard with nobody at risk makes the rate undefined (NULL) unless the covered share of the standard reaches min_coverage; the rate is then the one over the covered part. NULL when an argument is. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the standard; 22023 scale not above 0, min_coverage outside 0..1; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.dsr_estimate(tally tmap.tally, standard tmap.tally, confidence float8 DEFAULT 0.95, method text DEFAULT 'fay_feuer', per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_dsr_tally_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr_estimate(tmap.tally, tmap.tally, float8, text, float8, float8) IS 'tmap.dsr with both limits and the counts behind it, as a row on the scale per (1, 100, 100000 …). Methods: fay_feuer (Fay & Feuer 1997, default), tiwari (Tiwari, Clegg & Zou 2006), dobson_exact and dobson_byar (Dobson et al. 1991 on Garwood''s or Byar''s limits; NULL without events). The standard says what is adjusted for: the tally is collapsed to its dimensions, both to the coarser age cut. A stratum of the standard with nobody at risk makes the rate undefined (NULL) unless the covered share of the standard reaches min_coverage; the rate is then the one over the covered part. NULL when an argument is. Errors: 22003 a result beyond float8; 42804 the tally lacks a dimension of the standard; 22023 scale not above 0, min_coverage outside 0..1; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.dsr(events float8[], at_risk float8[], weights float8[], per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_dsr_arrays' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr(float8[], float8[], float8[], float8, float8) IS 'Directly standardised rate from columns, one element a stratum: Σ weight × events/at_risk / Σ weight, on the scale per (1, 100, 100000 …). A weight with nobody at risk makes the rate undefined (NULL) unless the covered share reaches min_coverage. NULL when an argument is. The order of the elements fixes the last bits: use array_agg(… ORDER BY stratum). Errors: 22003 a result beyond float8; 2202E arrays with NULLs, of different length or shape; 22023 negative or non-finite numbers, events without people at risk, scale not above 0, min_coverage outside 0..1.';

CREATE FUNCTION tmap.dsr_lower(events float8[], at_risk float8[], weights float8[], confidence float8 DEFAULT 0.95, method text DEFAULT 'fay_feuer', per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_dsr_arrays_lower' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr_lower(float8[], float8[], float8[], float8, text, float8, float8) IS 'Lower confidence limit of tmap.dsr on the scale per (1, 100, 100000 …). Methods: fay_feuer (Fay & Feuer 1997, default), tiwari (Tiwari, Clegg & Zou 2006), dobson_exact and dobson_byar (Dobson et al. 1991 on Garwood''s or Byar''s limits; NULL without events). A weight with nobody at risk makes the rate undefined (NULL) unless the covered share reaches min_coverage. NULL when an argument is. The order of the elements fixes the last bits: use array_agg(… ORDER BY stratum). Errors: 22003 a result beyond float8; 2202E arrays with NULLs, of different length or shape; 22023 negative or non-finite numbers, events without people at risk, scale not above 0, min_coverage outside 0..1; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.dsr_upper(events float8[], at_risk float8[], weights float8[], confidence float8 DEFAULT 0.95, method text DEFAULT 'fay_feuer', per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_dsr_arrays_upper' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr_upper(float8[], float8[], float8[], float8, text, float8, float8) IS 'Upper confidence limit of tmap.dsr on the scale per (1, 100, 100000 …). Methods: fay_feuer (Fay & Feuer 1997, default), tiwari (Tiwari, Clegg & Zou 2006), dobson_exact and dobson_byar (Dobson et al. 1991 on Garwood''s or Byar''s limits; NULL without events). A weight with nobody at risk makes the rate undefined (NULL) unless the covered share reaches min_coverage. NULL when an argument is. The order of the elements fixes the last bits: use array_agg(… ORDER BY stratum). Errors: 22003 a result beyond float8; 2202E arrays with NULLs, of different length or shape; 22023 negative or non-finite numbers, events without people at risk, scale not above 0, min_coverage outside 0..1; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.dsr_estimate(events float8[], at_risk float8[], weights float8[], confidence float8 DEFAULT 0.95, method text DEFAULT 'fay_feuer', per float8 DEFAULT 1, min_coverage float8 DEFAULT 1) RETURNS tmap.estimate
AS 'MODULE_PATHNAME', 'tmap_dsr_arrays_estimate' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.dsr_estimate(float8[], float8[], float8[], float8, text, float8, float8) IS 'tmap.dsr with both limits and the counts behind it, as a row on the scale per (1, 100, 100000 …). Methods: fay_feuer (Fay & Feuer 1997, default), tiwari (Tiwari, Clegg & Zou 2006), dobson_exact and dobson_byar (Dobson et al. 1991 on Garwood''s or Byar''s limits; NULL without events). A weight with nobody at risk makes the rate undefined (NULL) unless the covered share reaches min_coverage. NULL when an argument is. The order of the elements fixes the last bits: use array_agg(… ORDER BY stratum). Errors: 22003 a result beyond float8; 2202E arrays with NULLs, of different length or shape; 22023 negative or non-finite numbers, events without people at risk, scale not above 0, min_coverage outside 0..1; 22023 confidence outside (0.5, 1) or unknown method.';

CREATE FUNCTION tmap.expected(tally tmap.tally, reference tmap.tally) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_expected_tally' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.expected(tmap.tally, tmap.tally) IS 'Events expected in the tally at the reference''s stratum rates: Σ at risk × reference events / reference at risk. NULL when an argument is, or the reference has nobody in a stratum of the tally. Errors: 42804 the tally lacks a dimension of the reference.';

CREATE FUNCTION tmap.expected(at_risk float8[], ref_events float8[], ref_at_risk float8[]) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_expected_arrays' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.expected(float8[], float8[], float8[]) IS 'Events expected from columns, one element a stratum: Σ at_risk × ref_events / ref_at_risk. NULL when an argument is, or a stratum at risk has an empty reference. Errors: 2202E arrays with NULLs, of different length or shape; 22023 negative or non-finite numbers.';

CREATE FUNCTION tmap.can_standardise(tally tmap.tally, standard tmap.tally) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_can_standardise' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.can_standardise(tmap.tally, tmap.tally) IS 'True when the tally has every dimension of the standard (or reference) and the age cuts nest, so that dsr, smr and isr do not fail. NULL when an argument is.';
