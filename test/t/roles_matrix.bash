# Every relation and function of the atlas schema x every role, against these lists; tried out, logged in as each. Sourced by roles.sh.
# An object that nobody decided about fails here: give it a line, and its rights in sql/atlas/97_roles.sql.
# r read, a add, w change, d delete; - nothing. Columns: contributor, analyst, publisher, reader.
cat >"$work/relations" <<'LIST'
area r r r -
area_area_id_seq - - - -
area_factor - r - -
area_latest - r r -
area_level r r r -
area_shape r r rawd r
area_year - r r -
atlas_info r r r -
atlas_role - - - -
case_definition r ra r -
centre r r r r
code_rule r rawd r -
code_rule_rule_id_seq - - - -
code_system r r r -
counted_year - rawd - -
country_latest r r r r
country_year r r r r
current_edition - - r -
definition_source - rawd r -
disclosure_rule r r r -
edition - r rawd -
edition_atom - r rawd -
edition_atom_count - r rawd -
edition_cell - r rawd -
edition_cell_atom - r rawd -
edition_derived - r rawd -
edition_edition_id_seq - - - -
edition_figure - r r -
edition_value - r rawd -
event r r r -
event_event_id_seq - - - -
fact rawd rawd r -
fact_fact_id_seq - - - -
factor - rawd - -
factor_name - rawd - -
factor_submission r raw - -
federated_offer - r - -
federated_offer_atl - - - -
federated_take - ra r -
federated_take_take_id_seq - - - -
inbox rad rad - -
inbox_line_no_seq - - - -
indicator r r r r
indicator_definition r r r -
indicator_definition_fid_seq - - - -
legend r r r r
map_area r r rawd r
map_class r r rawd -
map_level r r rawd r
map_panel r r r -
map_value r r rawd r
my_area_year r - - -
my_inbox rad rad - -
patient_characteristics - r - -
population r rawd - -
published_value - r rawd -
region_latest r r r r
region_year r r r r
rejected_line ra ra - -
release r r r r
role_country r r r -
source r raw r -
source_source_id_seq - - - -
standard - r r -
stay rad rw - -
stay_2024 - - - -
stay_history ra r - -
stay_other - - - -
stay_source r r - -
stay_submission raw r - -
stroke rawd rw - -
stroke_2024 - - - -
stroke_centre r r r -
stroke_centre_centre_id_seq - - - -
stroke_count r rawd - -
stroke_count_area - r - -
stroke_other - - - -
submission raw raw r -
submission_submission_id_seq - - - -
submitted_count ra r - -
tally_agreement - - - -
tally_agreement_agreement_id_seq - - - -
tally_offer - - - -
tally_offer_suppressed - - - -
unlocated - r r -
value r r r r
value_by_edition r r r r
LIST
# Functions by who may call them: c, a, p, r as above.
cat >"$work/functions" <<'LIST'
- add_contributor add_stay_year add_stroke_year area_check_code area_check_geometry area_moved area_place case_definition_check check_strokes_of checked_role code_rule_check
- edition_frozen edition_steps enrol_contributor event_stays function_rights indicator_check log_edition log_facts log_rule log_submission my_inbox_insert one_uploader population_check
- close_offer factor_check factor_name_check factor_submission_check import_areas import_check_files import_edition import_lines import_terms open_offer stay_source_check
- build_layers layer_columns layer_indicators
- install_qgis_styles qgis_document qgis_fill qgis_marker qgis_options qgis_style qgis_styles
- relation_rights remove_contributor set_up_roles standard_check stay_check stay_submission_check stroke_check
c check_column_map check_counts check_header count_fault is_stay_column load_counts load_counts_text load_stays report_stay_columns stay_date_format stay_header stay_place stay_places
c stay_sex_scheme submission_facts upload_lines empty_inbox
ca checked_upload choose_facts current_upload locate_strokes lock_source per_population population_tally put_facts rejected_by_reason roll_up tally_inhabitants
cap area_at case_definition_text checked_level checked_point codebook find_country find_definition find_source locate my_areas my_countries sees_all_countries
a age_quantile below_alert_level characteristics compare_definitions count_years definition_source refresh_tallies show_fact standardised_ratio stay_inputs strokes_of_stays table_one
a tally_stays tally_strokes target_levels trace chosen_areas missing_procedures locate_stays take_federated
a check_factors factor_fault factor_header factor_rows load_factors load_factors_text funnel_curves funnel_labels funnel_points funnel_svg funnel_ticks
ap audit_edition audit_findings disclosure_threshold edition_cell_counts edition_digest edition_facts edition_figures edition_text map_breaks map_colours map_figures map_lines map_number
ap archive_areas archive_columns archive_edition archive_edition_json archive_field archive_file archive_files archive_line archive_names edition_bounds edition_known shortened
ap map_shapes map_svg map_words standard_tally svg_frames svg_header svg_legend svg_list svg_notes svg_text xml_text
p analyze_edition compute_edition edition_atoms edition_changes edition_counts edition_inputs edition_mend edition_rules edition_suppress edition_tables edition_values publish_edition
p refresh_published significant withdraw_edition class_of edition_derive make_classes set_classes build_shapes build_level place_on_map refresh_map
capr area_json check_map_level geojson map_band map_indicator map_info map_tile map_tile_areas map_tile_box map_tile_centres map_years maplibre_style mvt short_number tile tile_year values_json
LIST

# tried ROLE: what the role can do with each relation, found by doing it, one line each. "permission denied" is the only no: other errors come later.
tried() {
  as "$1" <<'SQL' 2>&1 | sed 's/^NOTICE:  //'
SET client_min_messages = notice;
DO $do$
DECLARE
  c record;
  k text;
  a record;
  can text;
  sql text;
BEGIN
  FOR c IN SELECT oid, relname, relkind FROM pg_class WHERE relnamespace = 'atlas'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S') ORDER BY relname COLLATE "C" LOOP
    can := '';
    FOREACH k IN ARRAY '{r,a,w,d}'::text[] LOOP
      FOR a IN SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND (k = 'w' OR attnum = 1) LOOP
        sql := CASE k WHEN 'r' THEN format('SELECT * FROM atlas.%I LIMIT 1', c.relname) WHEN 'a' THEN format('INSERT INTO atlas.%I DEFAULT VALUES', c.relname)
                      WHEN 'w' THEN format('UPDATE atlas.%I SET %I = NULL WHERE false', c.relname, a.attname) ELSE format('DELETE FROM atlas.%I WHERE false', c.relname) END;
        BEGIN
          EXECUTE sql;
          RAISE EXCEPTION 'undo';
        EXCEPTION WHEN OTHERS THEN
          IF SQLERRM NOT LIKE 'permission denied%' AND SQLSTATE <> '428C9' AND NOT (c.relkind = 'S' AND k <> 'r') AND can !~ k
             -- 428C9: nobody sets a generated column. A view over several tables, or a column that it works out, takes nothing in, whatever the rights; then the rights themselves are asked.
             AND (SQLSTATE NOT IN ('55000', '0A000') OR has_table_privilege(c.oid, CASE k WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' ELSE 'DELETE' END)) THEN
            can := can || k;
          END IF;
        END;
      END LOOP;
    END LOOP;
    IF has_table_privilege(c.oid, 'TRUNCATE') OR has_any_column_privilege(c.oid, 'REFERENCES') OR has_table_privilege(c.oid, 'TRIGGER') OR (c.relkind = 'S' AND has_sequence_privilege(c.oid, 'USAGE, UPDATE')) THEN
      can := can || '+';
    END IF;
    RAISE NOTICE '% %', c.relname, coalesce(nullif(can, ''), '-');
  END LOOP;
END
$do$;
SQL
}
# called ROLE: the functions that the role may call, found by calling each with NULLs (in sub-selects, or a strict one would not be called); whatever it does is undone.
called() {
  as "$1" <<'SQL' 2>&1 | sed 's/^NOTICE:  //' | grep '^can '
SET client_min_messages = notice;
SET lock_timeout = '2s';
DO $do$
DECLARE
  f record;
BEGIN
  FOR f IN SELECT p.oid, p.proname, format('SELECT atlas.%I(%s)', p.proname, (SELECT string_agg(CASE WHEN p.provariadic <> 0 AND u.n = p.pronargs THEN 'VARIADIC ' ELSE '' END || '(SELECT NULL::' || format_type(u.t, NULL) || ')', ', ' ORDER BY u.n)
                                                                        FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY u (t, n))) AS sql
           FROM pg_proc p WHERE p.pronamespace = 'atlas'::regnamespace LOOP
    BEGIN
      EXECUTE f.sql;
      RAISE EXCEPTION 'undo';
    EXCEPTION WHEN OTHERS THEN
      IF SQLERRM <> ALL (ARRAY[format('permission denied for function %s', f.proname), 'permission denied for schema tmap']) THEN
        RAISE NOTICE 'can %', f.proname;
      END IF;
    END;
  END LOOP;
END
$do$;
SQL
}
letters=(c a p r); users=(rt_ann rt_ana rt_pub rt_rea)
for i in 0 1 2 3; do
  awk -v i=$((i + 2)) '{print $1, $i}' "$work/relations" | LC_ALL=C sort >"$work/want"
  tried "${users[$i]}" | LC_ALL=C sort >"$work/have"
  same "${users[$i]}: all $(wc -l <"$work/have") relations as decided" "$(diff "$work/want" "$work/have")" ""
  # A function of another layout may be listed though it is not here; one that is here has to be listed.
  psql roles_from -c "SELECT DISTINCT proname FROM pg_proc WHERE pronamespace = 'atlas'::regnamespace" | LC_ALL=C sort >"$work/there"
  awk -v l="${letters[$i]}" 'index($1, l) {for (k = 2; k <= NF; k++) print $k}' "$work/functions" | LC_ALL=C sort | comm -12 - "$work/there" >"$work/want"
  called "${users[$i]}" | sed 's/^can //' | LC_ALL=C sort -u >"$work/have"
  same "${users[$i]}: $(wc -l <"$work/have") of $(wc -l <"$work/there") functions as decided" "$(diff "$work/want" "$work/have")" ""
done
same "every function is in the list" "$(awk '{for (k = 2; k <= NF; k++) print $k}' "$work/functions" | LC_ALL=C sort | LC_ALL=C comm -13 - "$work/there")" ""
same "nobody else may do anything" "$(psql roles_from -c "SELECT count(*) FROM (SELECT aclexplode(coalesce(relacl, acldefault('r', relowner))) AS x FROM pg_class WHERE relnamespace = 'atlas'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
  UNION ALL SELECT aclexplode(coalesce(proacl, acldefault('f', proowner))) FROM pg_proc WHERE pronamespace = 'atlas'::regnamespace) a WHERE (a.x).grantee = 0")" 0
