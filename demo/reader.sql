-- A role for QGIS, web servers and the like: reads what is published, without password over loopback, and nothing else.
\set ON_ERROR_STOP on
SELECT 'CREATE ROLE reader LOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'reader')
\gexec
GRANT USAGE ON SCHEMA atlas TO reader;
SELECT format('GRANT %s ON atlas.%I TO reader', r.rights, r.relation) FROM atlas.relation_rights() r WHERE r.kind = 'reader'
UNION ALL
SELECT format('GRANT EXECUTE ON FUNCTION %s TO reader', p.oid::regprocedure) FROM pg_proc p JOIN atlas.function_rights() f ON f.function_name = p.proname AND f.kind = 'reader' WHERE p.pronamespace = 'atlas'::regnamespace
\gexec
