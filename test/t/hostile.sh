#!/usr/bin/env bash
# Installing into a database that somebody prepared: look-alikes in public leave no trace, a schema tmap that is not ours alone is refused.
. "$(dirname "$0")/lib.bash"
with_tmap hostile_clean
catalogue hostile_clean >"$work/clean" || exit 1
database hostile
psql hostile -c "SET client_min_messages = warning" -c "CREATE EXTENSION postgis"
psql hostile <<'SQL' || exit 1
-- Look-alikes that fit better than what the library means, each of which says so when it is called.
CREATE FUNCTION public.hijacked() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'hijacked'; END $$;
DO $do$
DECLARE
  sign text;
  o record;
BEGIN
  -- Operators on the types that the library's SQL uses.
  FOR o IN SELECT oid, oprname, oprleft::regtype AS l, oprright::regtype AS r, oprresult::regtype AS result FROM pg_operator WHERE oprnamespace = 'pg_catalog'::regnamespace
             AND oprleft = ANY ('{text,name,int4,int8,float8,date,oid,bool,text[],float8[]}'::regtype[]::oid[]) AND oprright = ANY ('{text,name,int4,int8,float8,date,oid,bool,text[],float8[]}'::regtype[]::oid[]) LOOP
    EXECUTE format('CREATE FUNCTION public.planted_%s(%s, %s) RETURNS %s LANGUAGE plpgsql AS $$ BEGIN PERFORM public.hijacked(); END $$', o.oid, o.l, o.r, o.result);
    EXECUTE format('CREATE OPERATOR public.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = public.planted_%s)', o.oprname, o.l, o.r, o.oid);
  END LOOP;
  -- Functions by the names that the library's SQL uses, with arguments that fit exactly where the built-in ones are generic.
  FOREACH sign IN ARRAY ARRAY['array_append(float8[], float8) RETURNS float8[]', 'array_cat(float8[], float8[]) RETURNS float8[]', 'unnest(bigint[]) RETURNS SETOF bigint', 'unnest(float8[]) RETURNS SETOF float8', 'unnest(text[]) RETURNS SETOF text',
    'format(text, text) RETURNS text', 'format(text, name) RETURNS text', 'quote_ident(text) RETURNS text', 'replace(text, text, text) RETURNS text', 'btrim(text) RETURNS text', 'translate(text, text, text) RETURNS text', 'regexp_match(text, text) RETURNS text[]',
    'make_date(int, int, int) RETURNS date', 'daterange(date, date, text) RETURNS daterange', 'to_regclass(text) RETURNS regclass', 'octet_length(text) RETURNS int', 'now() RETURNS timestamptz', 'date_part(text, date) RETURNS float8',
    'concat(text, text) RETURNS text', 'array_length(text[], int) RETURNS int', 'cardinality(text[]) RETURNS int', 'percentile_cont(float8, float8) RETURNS float8'] LOOP
    EXECUTE format('CREATE FUNCTION public.%s LANGUAGE plpgsql AS $$ BEGIN PERFORM public.hijacked(); END $$', sign);
  END LOOP;
  -- Types and a table by names that the library may use.
  CREATE TYPE public.estimate AS (value int);
  CREATE DOMAIN public.stratum AS text;
  CREATE TABLE public.pg_depend (x int);
  CREATE TABLE public.pg_extension (x int);
END $do$;
CREATE ROLE hostile_owner;
-- Whoever connects looks into public before pg_catalog.
ALTER DATABASE hostile SET search_path = public, pg_catalog;
SQL
same "the look-alikes work: a plain call is hijacked" "$(psql hostile -c "SELECT 1 + 1" 2>&1 | head -1)" "ERROR:  hijacked"
ok "the extension installs" psql hostile -c "CREATE EXTENSION tmap"
catalogue hostile >"$work/hostile"
ok "every member is the same as in a clean database" diff "$work/clean" "$work/hostile"

# call SQL: not hijacked, and the answer of a clean database.
call() { same "not hijacked: $1" "$(psql hostile -c "$1" 2>&1)" "$(psql hostile_clean -c "$1" 2>&1)"; }
call "SELECT tmap.standard('ESP2013')"
call "SELECT * FROM tmap.standards() LIMIT 3"
call "SELECT tmap.age_band('80-84'), tmap.sex('female'), tmap.comorbidity('low'), tmap.canonical_scheme('sex+age')"
call "SELECT tmap.common_scheme(v.s) FROM (VALUES ('sex+age'), ('age85')) AS v (s)"
call "SELECT tmap.tally_agg(v.s::tmap.stratum, true), tmap.rate(true), tmap.counts_agg(false) FROM (VALUES ('female'), ('male')) AS v (s)"
call "SELECT tmap.target_level(v.x), tmap.alert_level(v.x), tmap.median_of(ARRAY[1, 2, 4]::float8[]), tmap.quantile('{1,2}', 0.3) FROM (VALUES (1::float8), (2), (4)) AS v (x)"
call "SELECT tmap.period('2018-2024'), tmap.period('2019-04-01/2020-03-31'), tmap.csv_fields('a,\"b\"')"
call "SELECT tmap.dsr_estimate('tmap1 age90 {80-84: 1/2}'::tmap.tally, tmap.standard('ESP2013'), min_coverage => 0)"
call "SELECT tmap.create_atlas('hostile_atlas')"
call "SELECT tmap.upgrade_atlas('hostile_atlas')"

# A schema tmap that is not ours alone.
refused() { # TEXT STATE SQL
  database hostile_schema
  psql hostile_schema -c "SET client_min_messages = warning" -c "CREATE EXTENSION postgis" -c "$3"
  same "refused: $1" "$(state hostile_schema "CREATE EXTENSION tmap")" "$2"
  same "and nothing is left behind" "$(psql hostile_schema -c "SELECT count(*) FROM pg_extension WHERE extname = 'tmap'")" 0
}
refused "schema tmap holds a function" 42P06 "CREATE SCHEMA tmap; CREATE FUNCTION tmap.level(text, text) RETURNS text LANGUAGE sql AS 'SELECT NULL::text'"
refused "schema tmap holds a table" 42P06 "CREATE SCHEMA tmap; CREATE TABLE tmap.stratum (x int)"
refused "schema tmap holds an operator" 42P06 "CREATE SCHEMA tmap; CREATE OPERATOR tmap.= (LEFTARG = int, RIGHTARG = int, FUNCTION = int4eq)"
refused "schema tmap holds a type" 42P06 "CREATE SCHEMA tmap; CREATE TYPE tmap.tally"
refused "schema tmap holds a text search dictionary" 42P06 "CREATE SCHEMA tmap; CREATE TEXT SEARCH DICTIONARY tmap.d (TEMPLATE = simple)"
refused "schema tmap belongs to another role" 42501 "CREATE SCHEMA tmap AUTHORIZATION hostile_owner"
refused "others may create in schema tmap" 42501 "CREATE SCHEMA tmap; GRANT CREATE ON SCHEMA tmap TO PUBLIC"
refused "a role may create in schema tmap" 42501 "CREATE SCHEMA tmap; GRANT CREATE ON SCHEMA tmap TO hostile_owner"
database hostile_schema
psql hostile_schema -c "SET client_min_messages = warning" -c "CREATE EXTENSION postgis" -c "CREATE SCHEMA tmap"
ok "an empty schema tmap of a superuser is taken" psql hostile_schema -c "CREATE EXTENSION tmap"
same "a plain role may not install" "$(state hostile_schema "DROP EXTENSION tmap; SET ROLE hostile_owner; CREATE EXTENSION tmap")" 42501
same "the script alone refuses to run" "$(psql hostile_schema -f "tmap--$(sed -n "s/^default_version = '\(.*\)'/\1/p" tmap.control).sql" 2>&1 | head -1)" 'Use "CREATE EXTENSION tmap CASCADE" to load this file.'
psql hostile -c "SET search_path = pg_catalog" -c "DROP ROLE hostile_owner" >/dev/null 2>&1
done_testing
