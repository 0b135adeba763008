-- The hospital stays of SYNTHETIC France joined to episodes and counted as strokes by a case definition, by département,
-- région and country.
--   psql -v definition=frandon2024 -f demo/count.sql      (after demo/france.sql; several definitions at once do no harm)
\set ON_ERROR_STOP on
\pset tuples_only on
\pset format unaligned
SET work_mem = '256MB';
SET jit = off;
SELECT format('progress: counted by %s: %s strokes, %s treated, residence of %s not known', :'definition', strokes, treated, unlocated)
FROM atlas.tally_stays(:'definition', 'FRA-SYNTHETIC');
