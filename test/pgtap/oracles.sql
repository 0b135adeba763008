-- The SQL functions against the values of test/oracles (R and mpmath): relative error at most 1e-10 for every row whose method exists.
-- psql variable oracles: the folder. SQL gives limits inside the parameter space, where the oracle gives the plain formula.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SELECT no_plan();

CREATE FUNCTION pg_temp.agrees(have float8, want float8) RETURNS boolean LANGUAGE sql IMMUTABLE
RETURN CASE WHEN want IS NULL THEN have IS NULL WHEN want = 0 THEN have = 0 ELSE coalesce(abs(have / want - 1) <= 1e-10, false) END;

CREATE TEMP TABLE prop (x bigint, n bigint, conf float8, method text, value float8, lower float8, upper float8);
CREATE TEMP TABLE rate (x float8, pop float8, conf float8, method text, value float8, lower float8, upper float8);
CREATE TEMP TABLE dsr (name text, conf float8, events float8, at_risk float8, value float8, variance float8, method text, lower float8, upper float8);
CREATE TEMP TABLE dsr_strata (name text, stratum text, events float8, at_risk float8, weight float8, i int GENERATED ALWAYS AS IDENTITY);
CREATE TEMP TABLE isr (name text, conf float8, observed float8, expected float8, value float8, ref_rate float8, isr float8, method text, lower float8, upper float8);
CREATE TEMP TABLE isr_strata (name text, stratum text, events float8, at_risk float8, ref_events float8, ref_at_risk float8, i int GENERATED ALWAYS AS IDENTITY);
-- \copy takes no variables: the path is put in by :"…"-free SQL text.
\set load '\\copy prop FROM ' :'oracles' '/oracle_prop_ci.csv'
SELECT format('cat %L', :'oracles' || '/oracle_prop_ci.csv') AS prop, format('cat %L', :'oracles' || '/oracle_rate_ci.csv') AS rate, format('cat %L', :'oracles' || '/oracle_dsr.csv') AS dsr,
       format('cat %L', :'oracles' || '/oracle_dsr_strata.csv') AS dsr_strata, format('cat %L', :'oracles' || '/oracle_isr.csv') AS isr, format('cat %L', :'oracles' || '/oracle_isr_strata.csv') AS isr_strata \gset
