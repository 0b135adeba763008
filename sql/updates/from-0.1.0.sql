\echo Use "ALTER EXTENSION tmap UPDATE" to load this file. \quit

-- 0.2.0: from hospital stays to strokes, and the statistics of an atlas. Functions of 0.1.0 keep their arguments; the atlas's DDL is replaced.

-- Estimates say why a number is NULL, and have methods more: the type grows at its end, functions keep their arguments.
ALTER TYPE tmap.estimate ADD ATTRIBUTE reason text;
-- @comments 50_estimate.sql
-- @part 51_compare.sql
-- @part 51_minimum.sql
-- @part 52_variation.sql
-- @part 53_inequality.sql
-- @part 54_funnel.sql
-- @part 55_smoothing.sql
-- @part 56_regression.sql
-- @part 57_change.sql
-- @part 58_rank.sql
-- @part 59_median_ratio.sql
-- @part 61_target_limits.sql
-- @part 70_code.sql
-- @part 71_codebook.sql
-- @part 72_comorbidity.sql
-- @part 73_episode.sql
-- @part 62_disclosure.sql
-- @part 63_audit.sql
-- @part 65_neighbours.sql
-- @part 66_autocorrelation.sql
-- @part 67_local.sql
-- @part 64_plan_guard.sql
-- @part 64_coverage.sql
-- @part 74_stay.sql
-- @embed
