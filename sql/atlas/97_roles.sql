-- Roles: contributor of a country, analyst, publisher, reader. Made by functions that the owner calls; none is made here.

CREATE TABLE @atlas@.atlas_role (
  kind text PRIMARY KEY CHECK (kind IN ('contributor', 'analyst', 'publisher', 'reader')),
  role name NOT NULL UNIQUE
);
COMMENT ON TABLE @atlas@.atlas_role IS 'The group roles of this atlas; kept by set_up_roles().';
COMMENT ON COLUMN @atlas@.atlas_role.kind IS 'What its members do.';
COMMENT ON COLUMN @atlas@.atlas_role.role IS 'Name of the role.';
CREATE TRIGGER log_rule AFTER INSERT OR UPDATE OR DELETE ON @atlas@.atlas_role FOR EACH ROW EXECUTE FUNCTION @atlas@.log_rule();

CREATE FUNCTION @atlas@.relation_rights() RETURNS TABLE (relation text, kind text, rights text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  -- Lists of columns keep numbers out of reach that the atlas gives, and who did what.
  SELECT r.relation, k.kind, k.rights
  FROM (VALUES
    -- What is public.
    ('release', 'r', 'r', 'r', 'r'), ('value', 'r', 'r', 'r', 'r'), ('value_by_edition', 'r', 'r', 'r', 'r'), ('country_year', 'r', 'r', 'r', 'r'), ('region_year', 'r', 'r', 'r', 'r'), ('country_latest', 'r', 'r', 'r', 'r'), ('region_latest', 'r', 'r', 'r', 'r'),
    ('centre', 'r', 'r', 'r', 'r'), ('indicator', 'r', 'r', 'r', 'r'), ('stroke_centre', 'r', 'r', 'r', NULL), ('indicator_definition', 'r', 'r', 'r', NULL), ('legend', 'r', 'r', 'r', 'r'), ('map_class', 'r', 'r', 'w', NULL),
    ('map_area', 'r', 'r', 'w', 'r'), ('area_shape', 'r', 'r', 'w', 'r'), ('map_level', 'r', 'r', 'w', 'r'), ('map_value', 'r', 'r', 'w', 'r'),
    -- What all who work here need.
    ('area', 'r', 'r', 'r', NULL), ('area_level', 'r', 'r', 'r', NULL), ('code_system', 'r', 'r', 'r', NULL), ('atlas_info', 'r', 'r', 'r', NULL), ('role_country', 'r', 'r', 'r', NULL),
    ('disclosure_rule', 'r', 'r', 'r', NULL), ('case_definition', 'r', 'SELECT, INSERT', 'r', NULL), ('code_rule', 'r', 'w', 'r', NULL), ('map_panel', 'r', 'r', 'r', NULL),
    -- Rows and counts of countries: under row security.
    ('source', 'r', 'SELECT, INSERT, UPDATE', 'r', NULL), ('stay_source', 'r', 'r', NULL, NULL),
    ('inbox', 'SELECT, DELETE, INSERT (upload, line)', 'SELECT, DELETE, INSERT (upload, line)', NULL, NULL), ('my_inbox', 'SELECT, INSERT, DELETE', 'SELECT, INSERT, DELETE', NULL, NULL),
    ('submission', 'SELECT, INSERT (submission_key, country, source_id, status, sha256), UPDATE (status, superseded_by, lines_read, accepted, rejected, duplicates, unplaced)',
                   'SELECT, INSERT (submission_key, country, source_id, status, sha256), UPDATE (status, superseded_by, lines_read, accepted, rejected, duplicates)', 'r', NULL),
    ('submitted_count', 'SELECT, INSERT', 'r', NULL, NULL), ('rejected_line', 'SELECT, INSERT', 'SELECT, INSERT', NULL, NULL), ('stay_submission', 'SELECT, INSERT, UPDATE (years, unreadable, unlocated)', 'r', NULL, NULL),
    ('stay', 'SELECT, INSERT, DELETE', 'SELECT, UPDATE (area_id)', NULL, NULL), ('stay_history', 'SELECT, INSERT', 'r', NULL, NULL), ('stroke', 'w', 'SELECT, UPDATE (area_id)', NULL, NULL),
    ('fact', 'SELECT, DELETE, INSERT (area_id, valid_from, valid_to, indicator, source_id, unlocated, tally, events, at_risk, reported_value, reported_per, at_risk_basis, basis, parts, parts_expected, note, shown, choice_reason), '
             'UPDATE (tally, events, at_risk, at_risk_basis, basis, parts, parts_expected, note, shown, choice_reason)', 'w', 'r', NULL),
    ('population', 'r', 'w', NULL, NULL), ('stroke_count', 'r', 'w', NULL, NULL), ('my_area_year', 'r', NULL, NULL, NULL), ('event', 'r', 'r', 'r', NULL),
    ('standard', NULL, 'r', 'r', NULL), ('definition_source', NULL, 'w', 'r', NULL), ('counted_year', NULL, 'w', NULL, NULL),
    ('area_year', NULL, 'r', 'r', NULL), ('area_latest', NULL, 'r', 'r', NULL), ('unlocated', NULL, 'r', 'r', NULL), ('stroke_count_area', NULL, 'r', NULL, NULL), ('patient_characteristics', NULL, 'r', NULL, NULL),
    -- Factors: context of areas. A contributor's correction asks whether the submission was one of factors.
    ('factor_name', NULL, 'w', NULL, NULL), ('factor', NULL, 'w', NULL, NULL), ('area_factor', NULL, 'r', NULL, NULL), ('factor_submission', 'r', 'SELECT, INSERT (submission_id), UPDATE (names)', NULL, NULL),
    -- At a centre. What is offered to one is read with a right of open_offer(), not by these roles.
    ('federated_offer', NULL, 'r', NULL, NULL), ('federated_take', NULL, 'SELECT, INSERT (country, source_id, offered_source, server, figures, facts_changed, sha256)', 'r', NULL),
    -- Editions before they are public.
    ('edition', NULL, 'r', 'w', NULL), ('edition_atom', NULL, 'r', 'w', NULL), ('edition_atom_count', NULL, 'r', 'w', NULL), ('edition_cell', NULL, 'r', 'w', NULL), ('edition_cell_atom', NULL, 'r', 'w', NULL),
    ('edition_value', NULL, 'r', 'w', NULL), ('edition_derived', NULL, 'r', 'w', NULL), ('edition_figure', NULL, 'r', 'r', NULL), ('current_edition', NULL, NULL, 'r', NULL), ('published_value', NULL, 'r', 'w', NULL)
  ) AS r (relation, contributor, analyst, publisher, reader)
  CROSS JOIN LATERAL (VALUES ('contributor', r.contributor), ('analyst', r.analyst), ('publisher', r.publisher), ('reader', r.reader)) AS w (kind, code)
  CROSS JOIN LATERAL (SELECT w.kind, CASE w.code WHEN 'r' THEN 'SELECT' WHEN 'w' THEN 'SELECT, INSERT, UPDATE, DELETE' ELSE w.code END AS rights) AS k
  WHERE k.rights IS NOT NULL;
END;
COMMENT ON FUNCTION @atlas@.relation_rights() IS 'Internal: which rights set_up_roles() gives on tables and views; those not named here are the owner''s alone.';

CREATE FUNCTION @atlas@.function_rights() RETURNS TABLE (function_name text, kind text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT f.name, g.kind
  FROM (VALUES
    ('contributor', '{load_counts,load_counts_text,check_counts,check_header,count_fault,submission_facts,upload_lines,load_stays,empty_inbox,is_stay_column,check_column_map,report_stay_columns,
      stay_header,stay_date_format,stay_sex_scheme,stay_places,stay_place}'::text[]),
    ('contributor analyst', '{checked_upload,current_upload,rejected_by_reason,lock_source,put_facts,roll_up,per_population,tally_inhabitants,population_tally,choose_facts,locate_strokes}'),
    ('contributor analyst publisher', '{find_source,find_country,checked_point,checked_level,locate,area_at,my_countries,sees_all_countries,my_areas,codebook,find_definition,case_definition_text}'),
    ('analyst', '{show_fact,tally_strokes,strokes_of_stays,definition_source,stay_inputs,count_years,refresh_tallies,tally_stays,compare_definitions,age_quantile,characteristics,table_one,
      standard_tally,standardised_ratio,chosen_areas,target_levels,below_alert_level,missing_procedures,trace,locate_stays,take_federated,
      load_factors,load_factors_text,check_factors,factor_header,factor_fault,factor_rows,funnel_points,funnel_ticks,funnel_labels,funnel_curves,funnel_svg}'),
    ('analyst publisher', '{map_number,map_breaks,map_colours,map_figures,map_shapes,map_words,shortened,map_svg,xml_text,map_lines,svg_text,svg_legend,svg_list,svg_notes,svg_frames,svg_header,
      disclosure_threshold,edition_facts,edition_cell_counts,edition_text,edition_digest,edition_figures,audit_edition,audit_findings,edition_known,edition_bounds,
      archive_file,archive_files,archive_names,archive_edition,archive_edition_json,archive_areas,archive_columns,archive_line,archive_field}'),
    ('publisher', '{standard_tally,analyze_edition,edition_atoms,edition_rules,edition_tables,edition_counts,edition_suppress,edition_mend,significant,edition_values,edition_inputs,compute_edition,edition_changes,refresh_published,edition_derive,make_classes,class_of,set_classes,
      publish_edition,withdraw_edition,build_shapes,build_level,place_on_map,refresh_map}'),
    ('contributor analyst publisher reader', '{tile,tile_year,mvt,geojson,values_json,area_json,map_info,maplibre_style,map_tile,map_tile_box,map_tile_areas,map_tile_centres,map_band,map_indicator,check_map_level,map_years,short_number}')
  ) AS l (kinds, names)
  CROSS JOIN LATERAL pg_catalog.unnest(l.names) AS f (name)
  CROSS JOIN LATERAL pg_catalog.unnest(pg_catalog.string_to_array(l.kinds, ' ')) AS g (kind);
END;
COMMENT ON FUNCTION @atlas@.function_rights() IS 'Internal: which functions set_up_roles() lets whom call; those not named here are the owner''s alone. PUBLIC may call none.';

CREATE FUNCTION @atlas@.checked_role(role text) RETURNS name
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF coalesce(role, '') = '' OR octet_length(role) > 63 OR role ~ '^pg_' OR role IN ('public', 'none') THEN
    RAISE EXCEPTION 'not a name for a role: "%"', coalesce(role, 'NULL') USING ERRCODE = '42602', HINT = 'A name has 1 to 63 bytes and does not begin with pg_.';
  ELSIF EXISTS (SELECT FROM pg_roles r WHERE r.rolname = role AND (r.rolsuper OR r.rolbypassrls)) THEN
    RAISE EXCEPTION 'role "%" is not bound by row security', role USING ERRCODE = '22023', HINT = 'Take a role that is neither a superuser nor BYPASSRLS.';
  ELSIF EXISTS (SELECT FROM pg_roles r JOIN pg_class c ON pg_has_role(r.oid, c.relowner, 'USAGE') WHERE r.rolname = role AND c.oid = '@atlas@.stay'::regclass) THEN
    RAISE EXCEPTION 'role "%" owns the atlas', role USING ERRCODE = '22023', HINT = 'Row security does not bind the owner; take another role.';
  END IF;
  RETURN role;
END
$function$;
COMMENT ON FUNCTION @atlas@.checked_role(text) IS 'Internal: the name of a role itself. Errors: 42602 no name for a role; 22023 a superuser, BYPASSRLS or (a member of) the owner, whom row security does not bind.';

CREATE FUNCTION @atlas@.set_up_roles(prefix text DEFAULT NULL) RETURNS TABLE (kind text, role name)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
  space text := (SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = '@atlas@.area'::regclass);
  k text;
  r record;
  the_role name;
BEGIN
  FOREACH k IN ARRAY '{contributor,analyst,publisher,reader}'::text[] LOOP
    SELECT a.role INTO the_role FROM @atlas@.atlas_role a WHERE a.kind = k;
    IF prefix IS NOT NULL AND the_role <> prefix || '_' || k THEN
      RAISE EXCEPTION 'the atlas has roles already' USING ERRCODE = '55000', DETAIL = format('Its %s is "%s".', k, the_role), HINT = 'Call set_up_roles() without a prefix to renew their rights.';
    END IF;
    the_role := @atlas@.checked_role(coalesce(the_role::text, coalesce(prefix, space) || '_' || k));
    IF NOT EXISTS (SELECT FROM pg_roles o WHERE o.rolname = the_role) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', the_role);
    END IF;
    INSERT INTO @atlas@.atlas_role (kind, role) VALUES (k, the_role) ON CONFLICT DO NOTHING;
    IF k IN ('analyst', 'publisher') THEN
      INSERT INTO @atlas@.role_country (role, country) VALUES (the_role, '*') ON CONFLICT DO NOTHING;
    END IF;
    EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', space, the_role);
    EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA %I FROM %I', space, the_role);
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', space, the_role);
    IF k <> 'reader' THEN
      IF has_schema_privilege('tmap', 'USAGE WITH GRANT OPTION') THEN
        EXECUTE format('GRANT USAGE ON SCHEMA tmap TO %I', the_role);
      ELSIF NOT has_schema_privilege(the_role, 'tmap', 'USAGE') THEN
        RAISE WARNING 'role "%" cannot use the library yet', the_role USING HINT = format('Let a superuser GRANT USAGE ON SCHEMA tmap TO %I;', the_role);
      END IF;
    END IF;
    FOR r IN SELECT x.relation, x.rights FROM @atlas@.relation_rights() x WHERE x.kind = k LOOP
      EXECUTE format('GRANT %s ON @atlas@.%I TO %I', r.rights, r.relation, the_role);
    END LOOP;
    FOR r IN SELECT p.oid::regprocedure AS signature FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
             WHERE n.nspname = space AND p.proname IN (SELECT x.function_name FROM @atlas@.function_rights() x WHERE x.kind = k) LOOP
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %I', r.signature, the_role);
    END LOOP;
    kind := k;
    role := the_role;
    RETURN NEXT;
  END LOOP;
  -- After a restore into another cluster the contributors' roles may be missing.
  FOR r IN SELECT DISTINCT c.role FROM @atlas@.role_country c WHERE c.country <> '*' LOOP
    PERFORM @atlas@.enrol_contributor(r.role);
  END LOOP;
END
$function$;
COMMENT ON FUNCTION @atlas@.set_up_roles(text) IS
'Makes the group roles of the atlas (NOLOGIN; existing ones are taken) and gives them their rights: <prefix>_contributor, _analyst, _publisher and _reader; prefix: the schema of the atlas when NULL. Returns them. Grant them to those who log in: GRANT atlas_reader TO web.
Call it again, without a prefix, after upgrade_atlas() and after a restore into another cluster: rights are given anew, and roles that are missing made. Rights on the atlas that were given to these roles by hand are taken away.
Needs CREATEROLE, and the owner of the atlas. Errors: 42602 no name for a role; 22023 a superuser, BYPASSRLS or the owner; 55000 the atlas has roles of another prefix.';
REVOKE EXECUTE ON FUNCTION @atlas@.set_up_roles(text) FROM PUBLIC;

CREATE FUNCTION @atlas@.enrol_contributor(role text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  the_group name := (SELECT a.role FROM @atlas@.atlas_role a WHERE a.kind = 'contributor');
BEGIN
  IF the_group IS NULL THEN
    RAISE EXCEPTION 'the atlas has no roles yet' USING ERRCODE = '55000', HINT = 'Call set_up_roles() first.';
  END IF;
  PERFORM @atlas@.checked_role(role);
  IF NOT EXISTS (SELECT FROM pg_roles r WHERE r.rolname = enrol_contributor.role) THEN
    EXECUTE format('CREATE ROLE %I NOLOGIN', role);
  END IF;
  EXECUTE format('GRANT %I TO %I', the_group, role);
END
$function$;
COMMENT ON FUNCTION @atlas@.enrol_contributor(text) IS 'Internal: makes a role when there is none, and a member of the contributors. Errors as add_contributor().';
REVOKE EXECUTE ON FUNCTION @atlas@.enrol_contributor(text) FROM PUBLIC;

CREATE FUNCTION @atlas@.add_contributor(role text, country text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  PERFORM @atlas@.find_country(country);
  PERFORM @atlas@.enrol_contributor(role);
  INSERT INTO @atlas@.role_country (role, country) VALUES (role, country) ON CONFLICT DO NOTHING;
END
$function$;
COMMENT ON FUNCTION @atlas@.add_contributor(text, text) IS
'Makes a role a contributor of a country (ISO 3166-1 alpha-3): it and its members load and see the rows and counts of this country and of no other. A role that does not exist is made, NOLOGIN. A role may contribute for several countries.
Needs CREATEROLE, and the owner of the atlas. Errors: 22023 no such country, a superuser, BYPASSRLS or the owner; 42602 no name for a role; 55000 set_up_roles() was not called.';
REVOKE EXECUTE ON FUNCTION @atlas@.add_contributor(text, text) FROM PUBLIC;

CREATE FUNCTION @atlas@.remove_contributor(role text, country text) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  the_group name := (SELECT a.role FROM @atlas@.atlas_role a WHERE a.kind = 'contributor');
BEGIN
  DELETE FROM @atlas@.role_country c WHERE c.role = remove_contributor.role AND c.country = remove_contributor.country AND c.country <> '*';
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF NOT EXISTS (SELECT FROM @atlas@.role_country c WHERE c.role = remove_contributor.role) AND EXISTS (SELECT FROM pg_roles r WHERE r.rolname = remove_contributor.role) THEN
    EXECUTE format('REVOKE %I FROM %I', the_group, role);
  END IF;
  RETURN true;
END
$function$;
COMMENT ON FUNCTION @atlas@.remove_contributor(text, text) IS 'Takes a country away from a contributor, at once; with the last one it stops being a contributor. The role stays. Returns whether it had the country. Call it before dropping a role: another of the same name would inherit its countries.';
REVOKE EXECUTE ON FUNCTION @atlas@.remove_contributor(text, text) FROM PUBLIC;

-- What the atlas can do is for its roles, not for everybody who can connect. A trigger needs no right to fire.
REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA @atlas@ FROM PUBLIC;
