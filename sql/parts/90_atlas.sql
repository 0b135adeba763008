-- Atlases: ordinary schemas made and upgraded by functions, so that the extension owns no table.

CREATE FUNCTION tmap.check_atlas_name(schema text) RETURNS void
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF coalesce(schema, '') = '' THEN
    RAISE EXCEPTION 'an atlas needs a name' USING ERRCODE = '42602', HINT = 'Give the schema to make, for example ''atlas''.';
  ELSIF octet_length(schema) > 63 THEN
    RAISE EXCEPTION 'name of the atlas is too long' USING ERRCODE = '42622',
      DETAIL = format('It has %s bytes; a schema name has at most 63.', octet_length(schema));
  ELSIF schema ~ '[''"$@%\\[:cntrl:]]' THEN
    -- The name is written into DDL, inside quotes of several kinds: keep it free of them.
    RAISE EXCEPTION 'name of the atlas holds a quote, dollar, at or percent sign, backslash or control character' USING ERRCODE = '42602',
      HINT = 'Letters, digits, underscores, hyphens and spaces are fine.';
  ELSIF schema ~ '^pg_' OR schema IN ('tmap', 'information_schema') THEN
    RAISE EXCEPTION 'schema "%" is reserved', schema USING ERRCODE = '42939', HINT = 'Choose another name for the atlas.';
  END IF;
END
$function$;
COMMENT ON FUNCTION tmap.check_atlas_name(text) IS 'Internal: checks the name of an atlas. Errors: 42602 NULL, empty or with quotes, 42622 longer than 63 bytes, 42939 reserved (pg_..., tmap, information_schema).';

CREATE FUNCTION tmap.fill_atlas_ddl(ddl text, schema text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  postgis text;
BEGIN
  SELECT quote_ident(n.nspname) INTO postgis
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'postgis';
  IF postgis IS NULL THEN
    RAISE EXCEPTION 'PostGIS is not installed in this database' USING ERRCODE = '55000', HINT = 'CREATE EXTENSION postgis;';
  END IF;
  RETURN replace(replace(ddl, '@atlas@', quote_ident(schema)), '@postgis@', postgis);
END
$function$;
COMMENT ON FUNCTION tmap.fill_atlas_ddl(text, text) IS 'Internal: DDL of tmap.atlas_ddl or tmap.atlas_updates with the placeholders filled in: the schema of the atlas, and that of PostGIS in this database. Error 55000 without PostGIS.';

CREATE FUNCTION tmap.create_atlas(schema text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  part record;
BEGIN
  PERFORM tmap.check_atlas_name(schema);
  IF NOT EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = schema) THEN
    EXECUTE format('CREATE SCHEMA %I', schema);
    EXECUTE format('COMMENT ON SCHEMA %I IS %L', schema, 'Atlas of thrombectomy for ischaemic stroke
Territory, counts, facts and the views area_year and area_latest; made by tmap.create_atlas.');
  ELSIF EXISTS (SELECT FROM pg_depend d WHERE d.refclassid = 'pg_namespace'::regclass AND d.deptype = 'n'
                  AND d.refobjid = (SELECT n.oid FROM pg_namespace n WHERE n.nspname = schema)) THEN
    RAISE EXCEPTION 'schema "%" is not empty', schema USING ERRCODE = '55000',
      HINT = CASE WHEN to_regclass(format('%I.atlas_info', schema)) IS NOT NULL
                  THEN 'It seems to be an atlas already: tmap.upgrade_atlas brings it up to date.'
                  ELSE 'Choose a name that is not in use; an atlas has a schema of its own.' END;
  END IF;
  FOR part IN SELECT d.ddl FROM tmap.atlas_ddl() d ORDER BY d.part COLLATE "C" LOOP
    EXECUTE tmap.fill_atlas_ddl(part.ddl, schema);
  END LOOP;
  EXECUTE format('INSERT INTO %I.atlas_info (layout, library_version) SELECT tmap.atlas_layout(), e.extversion FROM pg_extension e WHERE e.extname = ''tmap''', schema);
  RETURN format('atlas %I made, layout %s', schema, tmap.atlas_layout());
END
$function$;
COMMENT ON FUNCTION tmap.create_atlas(text) IS
'Makes an atlas: a schema with the tables, views and functions of a mapping service, owned by the caller. Returns a line that says so.
A caller who is no superuser needs CREATE on the database, USAGE on the schema tmap and EXECUTE on tmap.create_atlas(text) and tmap.upgrade_atlas(text).
Errors: 42602, 42622, 42939 for names that cannot be, 55000 when the schema is not empty or PostGIS is missing; nothing is made then. After ALTER SCHEMA ... RENAME its functions no longer find their tables.';
REVOKE EXECUTE ON FUNCTION tmap.create_atlas(text) FROM PUBLIC;

CREATE FUNCTION tmap.upgrade_atlas(schema text) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  had int4;
  step record;
BEGIN
  PERFORM tmap.check_atlas_name(schema);
  IF to_regclass(format('%I.atlas_info', schema)) IS NULL THEN
    RAISE EXCEPTION 'schema "%" is not an atlas', schema USING ERRCODE = '55000',
      HINT = 'tmap.create_atlas makes one.';
  END IF;
  EXECUTE format('SELECT layout FROM %I.atlas_info FOR UPDATE', schema) INTO had;
  IF had IS NULL OR had > tmap.atlas_layout() THEN
    RAISE EXCEPTION 'atlas "%" has layout %, this library knows layouts up to %', schema, coalesce(had::text, 'unknown'), tmap.atlas_layout()
      USING ERRCODE = '55000', HINT = 'Update the extension first: ALTER EXTENSION tmap UPDATE.';
  ELSIF had = tmap.atlas_layout() THEN
    RETURN format('atlas %I is up to date, layout %s', schema, had);
  END IF;
  FOR step IN SELECT u.layout, u.ddl FROM tmap.atlas_updates() u WHERE u.layout > had ORDER BY u.layout LOOP
    EXECUTE tmap.fill_atlas_ddl(step.ddl, schema);
  END LOOP;
  EXECUTE format('UPDATE %I.atlas_info SET layout = tmap.atlas_layout(), upgraded_at = now(), library_version = e.extversion FROM pg_extension e WHERE e.extname = ''tmap''', schema);
  RETURN format('atlas %I upgraded from layout %s to %s', schema, had, tmap.atlas_layout());
END
$function$;
COMMENT ON FUNCTION tmap.upgrade_atlas(text) IS
'Brings an atlas to the layout of this library, all or nothing; does nothing when it has it. Returns a line that says which. Run it as the owner of the atlas after ALTER EXTENSION tmap UPDATE.
Errors: 55000 when the schema is not an atlas, or is newer than the library.';
REVOKE EXECUTE ON FUNCTION tmap.upgrade_atlas(text) FROM PUBLIC;

CREATE FUNCTION tmap.atlas_catalog(schema text) RETURNS TABLE (kind text, name text, definition text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
  WITH space AS (
    SELECT n.oid, n.nspname FROM pg_namespace n WHERE n.nspname = schema
  ), relation AS (
    SELECT c.* FROM pg_class c JOIN space s ON c.relnamespace = s.oid WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  ), object AS (
    SELECT 'relation' AS kind, c.relname::text AS name,
           format('%s rls=%s forced=%s options=%s rights=%s partition=%s %s %s', c.relkind, c.relrowsecurity, c.relforcerowsecurity,
                  c.reloptions, c.relacl, pg_get_partkeydef(c.oid), pg_get_expr(c.relpartbound, c.oid), obj_description(c.oid, 'pg_class')) AS definition
    FROM relation c
    UNION ALL
    SELECT 'column', format('%s.%s', c.relname, a.attname),
           format('%s %s null=%s default=%s identity=%s generated=%s rights=%s %s',
                  row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
                  pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, a.attacl, col_description(c.oid, a.attnum))
    FROM relation c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind <> 'S'
    UNION ALL
    SELECT 'constraint', format('%s.%s', c.relname, k.conname), format('%s valid=%s', pg_get_constraintdef(k.oid), k.convalidated)
    FROM relation c JOIN pg_constraint k ON k.conrelid = c.oid
    UNION ALL
    SELECT 'index', i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM relation c JOIN pg_index i ON i.indrelid = c.oid
    UNION ALL
    SELECT 'view', c.relname::text, pg_get_viewdef(c.oid) FROM relation c WHERE c.relkind IN ('v', 'm')
    UNION ALL
    SELECT 'trigger', format('%s.%s', c.relname, t.tgname), format('%s %s', pg_get_triggerdef(t.oid), t.tgenabled)
    FROM relation c JOIN pg_trigger t ON t.tgrelid = c.oid AND NOT t.tgisinternal
    UNION ALL
    SELECT 'policy', format('%s.%s', c.relname, p.polname),
           format('%s permissive=%s roles=%s using=%s check=%s', p.polcmd, p.polpermissive, p.polroles::regrole[],
                  pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    FROM relation c JOIN pg_policy p ON p.polrelid = c.oid
    UNION ALL
    SELECT 'function', p.oid::regprocedure::text,
           format('%s rights=%s %s', CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END, p.proacl, obj_description(p.oid, 'pg_proc'))
    FROM pg_proc p JOIN space s ON p.pronamespace = s.oid
    UNION ALL
    SELECT 'type', format_type(t.oid, NULL), format('%s %s', t.typtype, obj_description(t.oid, 'pg_type'))
    FROM pg_type t JOIN space s ON t.typnamespace = s.oid WHERE t.typtype <> 'c' AND t.typelem = 0
  )
  -- Names of this schema are written with a placeholder, so that two atlases compare equal.
  SELECT o.kind, replace(o.name, quote_ident(schema) || '.', '@atlas@.'), replace(o.definition, quote_ident(schema) || '.', '@atlas@.')
  FROM object o
  ORDER BY o.kind COLLATE "C", o.name COLLATE "C"
$function$;
COMMENT ON FUNCTION tmap.atlas_catalog(text) IS
'Everything a schema is made of, one row for each table, column, constraint, index, view, trigger, policy, function and type, with its definition, rights and comment; the schema''s own name is written @atlas@.
Two atlases of one owner are built alike when the difference of their catalogues is empty; so are an upgraded and a new one, or one before a dump and after its restore. No rows for a schema that does not exist or NULL.';
