\echo Use "CREATE EXTENSION tmap CASCADE" to load this file. \quit

-- The schema must be ours alone: whoever owned objects in it beforehand could shadow ours.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_depend d
             WHERE d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass
               AND d.refobjid = (SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname = 'tmap')
               AND d.deptype = 'n' AND d.classid <> 'pg_catalog.pg_extension'::pg_catalog.regclass) THEN
    RAISE EXCEPTION 'schema "tmap" already holds objects'
      USING ERRCODE = 'duplicate_schema', HINT = 'Drop or rename that schema, then create the extension.';
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_namespace n JOIN pg_catalog.pg_roles r ON r.oid = n.nspowner
             WHERE n.nspname = 'tmap' AND NOT r.rolsuper AND r.rolname <> CURRENT_USER)
     OR EXISTS (SELECT FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a
                WHERE n.nspname = 'tmap' AND a.privilege_type = 'CREATE' AND a.grantee <> n.nspowner) THEN
    RAISE EXCEPTION 'schema "tmap" is open to another role'
      USING ERRCODE = 'insufficient_privilege', HINT = 'Drop that schema, then create the extension.';
  END IF;
END $$;

COMMENT ON SCHEMA tmap IS 'The tmap library: exact tallies of events and people at risk, rates and standardised ratios with limits. Atlases are made by tmap.create_atlas.';
