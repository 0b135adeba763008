\echo Use "ALTER EXTENSION tmap UPDATE" to load this file. \quit

-- 0.2.0: from hospital stays to strokes, and regression. New rooms only; the atlas's DDL is replaced.
-- @part 56_regression.sql
-- @part 70_code.sql
-- @part 71_codebook.sql
-- @part 72_comorbidity.sql
-- @part 73_episode.sql
-- @part 62_disclosure.sql
-- @part 63_audit.sql
-- @part 74_stay.sql
-- @embed
