-- Styles for QGIS: what install_qgis_styles() writes to public.layer_styles, and what it leaves alone.
\set VERBOSITY terse
SET client_min_messages = warning;
SET search_path = public;
DROP TABLE IF EXISTS public.layer_styles;
CREATE ROLE qg_owner; CREATE ROLE qg_other; CREATE ROLE qg_reader;
GRANT USAGE ON SCHEMA tmap TO qg_owner;
GRANT EXECUTE ON FUNCTION tmap.create_atlas(text), tmap.upgrade_atlas(text) TO qg_owner;
DO $$BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO qg_owner', current_database()); END$$;
SET ROLE qg_owner;
SELECT tmap.create_atlas('qg') \g /dev/null
SELECT qg.install_qgis_styles();
INSERT INTO qg.area (code_system, code, name, level) VALUES ('tmap', 'W', 'World', 'world');
INSERT INTO qg.area (code_system, code, name, level, parent_id, geom) SELECT 'ISO 3166-1', 'AAA', 'A land', 'country', area_id, public.ST_Multi(public.ST_MakeEnvelope(0, 0, 9, 1, 4326)) FROM qg.area WHERE code = 'W';
INSERT INTO qg.area (code_system, code, name, level, parent_id, geom)
SELECT 'tmap', 'R' || i, 'Region ' || i, 'region', area_id, public.ST_Multi(public.ST_MakeEnvelope(i, 0, i + 1, 1, 4326)) FROM qg.area, generate_series(1, 6) i WHERE code = 'AAA';
INSERT INTO qg.source (source_key, title, origin) VALUES ('count', 'Counts handed in', 'submitted');
INSERT INTO qg.fact (area_id, valid_from, valid_to, indicator, source_id, tally, at_risk_basis)
SELECT area_id, '2024-01-01', '2024-12-31', 'thrombectomy_per_stroke', qg.find_source('count'), tmap.tally(tmap.stratum('total', NULL, NULL, NULL), 20 * substr(code, 2)::int8, 900), 'reported' FROM qg.area WHERE level = 'region';
SELECT qg.choose_facts() > 0 AS chosen;
SELECT suppressed FROM qg.compute_edition('2024', '{2024}', '{}', false);
SELECT qg.publish_edition('2024') > 0 AS published;

-- The table is made as QGIS makes it, by whoever may; readers of the layers read it.
SELECT qg.install_qgis_styles();
RESET ROLE;
GRANT CREATE ON SCHEMA public TO qg_owner;
GRANT USAGE ON SCHEMA qg TO qg_reader;
GRANT SELECT ON qg.country_latest TO qg_reader;
SET ROLE qg_owner;
SELECT qg.install_qgis_styles();
RESET ROLE;
SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type, pg_get_expr(d.adbin, d.adrelid) AS "default" FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = 'public.layer_styles'::regclass AND a.attnum > 0 ORDER BY a.attnum;
SELECT relacl FROM pg_class WHERE oid = 'public.layer_styles'::regclass;
SELECT f_table_name AS layer, stylename, useasdefault AS "default", f_table_catalog = current_database() AS here, f_table_schema, f_geometry_column, owner, type FROM layer_styles WHERE f_table_name IN ('region_year', 'centre') ORDER BY f_table_name, update_time DESC;
SELECT f_table_name AS layer, count(*), count(*) FILTER (WHERE useasdefault) AS defaults, count(DISTINCT stylename) AS names FROM layer_styles GROUP BY 1 ORDER BY 1;

-- What a style says: classes of the legend, a hatch for what is suppressed, the slider on the layers by year, no labels, no aliases.
CREATE FUNCTION pg_temp.say(qml xml, path text) RETURNS text LANGUAGE sql AS $$SELECT string_agg(x::text, '|') FROM unnest(xpath(path, qml)) x$$;
SELECT f_table_name AS layer, pg_temp.say(styleqml, '/qgis/temporal/@enabled') AS slider, pg_temp.say(styleqml, '/qgis/temporal/@startField') AS start, pg_temp.say(styleqml, '/qgis/temporal/@endField') AS "end",
  pg_temp.say(styleqml, '/qgis/@labelsEnabled') AS labels, pg_temp.say(styleqml, '//alias') AS aliases, pg_temp.say(styleqml, '/qgis/renderer-v2/@attr') AS attribute,
  pg_temp.say(styleqml, '/qgis/renderer-v2/categories/category/@value') AS classes, pg_temp.say(styleqml, '//orderByClause/text()') AS drawn FROM layer_styles WHERE useasdefault ORDER BY 1;
SELECT stylename, pg_temp.say(styleqml, '/qgis/renderer-v2/@attr') AS attribute, pg_temp.say(styleqml, '/qgis/renderer-v2/categories/category/@value') AS classes,
  pg_temp.say(styleqml, '//symbol[layer/@class="LinePatternFill"]/@name') AS hatched, pg_temp.say(styleqml, '//Option[@name="alpha"]/Option[@name="expression"]/@value') AS opacity
FROM layer_styles WHERE f_table_name = 'region_latest' ORDER BY update_time DESC;
WITH style AS (
  SELECT c.n, c.value, c.label, colours[c.n] AS colour FROM layer_styles s, LATERAL (SELECT xpath('/qgis/renderer-v2/symbols/symbol/layer[@class="SimpleFill"]/Option/Option[@name="color"]/@value', s.styleqml)::text[] AS colours) k,
    ROWS FROM (unnest(xpath('/qgis/renderer-v2/categories/category/@value', s.styleqml)::text[]), unnest(xpath('/qgis/renderer-v2/categories/category/@label', s.styleqml)::text[])) WITH ORDINALITY c (value, label, n)
  WHERE s.f_table_name = 'country_year' AND s.useasdefault
)
SELECT count(*) AS classes, count(*) FILTER (WHERE (l.colour, replace(l.label, '<', '&lt;')) IS DISTINCT FROM (s.colour, s.label)) AS "not as in the legend" FROM style s FULL JOIN
  (SELECT * FROM qg.legend WHERE indicator = 'thrombectomy_per_stroke' AND measure = 'value') l ON l.class::text = s.value;

-- A second call changes nothing; rows of before a rename go; what somebody saved stays, and stays the default.
CREATE TABLE public.seen AS SELECT f_table_name, stylename, styleqml::text AS qml, useasdefault FROM layer_styles;
UPDATE layer_styles SET f_table_catalog = 'before the rename' WHERE f_table_name = 'centre';
SET ROLE qg_owner;
SELECT qg.install_qgis_styles();
RESET ROLE;
SELECT count(*) AS differ FROM (SELECT f_table_name, stylename, styleqml::text AS qml, useasdefault FROM layer_styles) n FULL JOIN seen s USING (f_table_name, stylename, qml, useasdefault) WHERE n IS NULL OR s IS NULL;
UPDATE layer_styles SET description = 'mine', styleqml = '<qgis/>' WHERE f_table_name = 'country_latest' AND useasdefault;
INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, stylename, styleqml, useasdefault, description)
VALUES (current_database(), 'qg', 'region_latest', 'geom', 'Our own', '<qgis/>', true, 'ours'), (current_database(), 'other', 'country_latest', 'geom', 'Another schema', '<qgis/>', true, NULL);
SET ROLE qg_owner;
SELECT qg.install_qgis_styles();
RESET ROLE;
SELECT f_table_schema AS schema, f_table_name AS layer, stylename, description, styleqml::text = '<qgis/>' AS untouched FROM layer_styles WHERE useasdefault ORDER BY 1, 2;

-- An indicator of a user's own, with a name and a title that need care; before build_layers() it has no columns, and no style.
SET ROLE qg_owner;
INSERT INTO qg.indicator (indicator, title, events_definition, at_risk_definition, measure, per, unit, direction, method, sort)
VALUES ('O''Neil "x" <&> é', E'A <b> & "title"\x01', 'e', 'n', 'rate', 1000, 'per 1,000', 'neither', 'exact', 9), ('same', 'Thrombectomies per 100 ischaemic strokes', 'e', 'n', 'rate', 1000, 'per 1,000', 'neither', 'exact', 10);
SELECT qg.set_classes('O''Neil "x" <&> é', '{1,2}');
SELECT qg.install_qgis_styles() AS "as before";
SELECT qg.build_layers() AS indicators;
SELECT qg.install_qgis_styles();
RESET ROLE;
SELECT stylename, pg_temp.say(styleqml, '/qgis/renderer-v2/@attr') AS attribute, pg_temp.say(styleqml, '/qgis/renderer-v2/categories/category/@label') AS labels FROM layer_styles WHERE f_table_name = 'region_year' AND stylename LIKE 'A %' ORDER BY 1;
SELECT stylename FROM layer_styles WHERE f_table_name = 'region_year' AND stylename ~ 'Thrombectomies per 100 isch.*\)$' ORDER BY 1;
SELECT count(*) FILTER (WHERE NOT xml_is_well_formed_document(styleqml::text)) AS "not XML" FROM layer_styles;

-- Styles are made of what the public may read: with the rights of a reader they come out the same.
GRANT SELECT ON qg.indicator, qg.legend, qg.area_level TO qg_reader;
SELECT format('GRANT EXECUTE ON FUNCTION %s TO qg_reader', oid::regprocedure) FROM pg_proc WHERE pronamespace = 'qg'::regnamespace AND proname LIKE 'qgis\_%' ORDER BY 1 \gexec
SELECT count(*) AS styles, md5(string_agg(layer || style || qml::text, '' ORDER BY layer, style)) AS digest FROM qg.qgis_styles() \gset
SET ROLE qg_reader;
SELECT count(*) = :styles AND md5(string_agg(layer || style || qml::text, '' ORDER BY layer, style)) = :'digest' AS same FROM qg.qgis_styles();
SELECT count(*) > 0 AS "reads styles" FROM public.layer_styles;
SELECT qg.install_qgis_styles();
RESET ROLE;

-- A table of somebody who may do less than the caller is not written to: its triggers would run with the caller's rights.
ALTER TABLE public.layer_styles OWNER TO qg_other;
SELECT qg.install_qgis_styles();
SET ROLE qg_owner;
SELECT qg.install_qgis_styles();
RESET ROLE;
ALTER TABLE public.layer_styles OWNER TO qg_owner;
SET ROLE qg_owner;
SELECT qg.install_qgis_styles() > 0 AS again;
-- Another table of that name hides the styles from those who have its schema on their search path.
CREATE TABLE qg.layer_styles (id int);
SELECT qg.install_qgis_styles() > 0 AS again;
DROP TABLE qg.layer_styles;
RESET ROLE;
-- An older QGIS made the table without a type of geometry.
ALTER TABLE public.layer_styles DROP COLUMN type;
SELECT count(*) FROM layer_styles \gset before_
SET ROLE qg_owner;
SELECT qg.install_qgis_styles() > 0 AS again;
RESET ROLE;
SELECT count(*) = :before_count AS same FROM layer_styles;

DROP TABLE public.layer_styles, public.seen;
DROP SCHEMA qg CASCADE;
REVOKE CREATE ON SCHEMA public FROM qg_owner;
DO $$BEGIN EXECUTE format('REVOKE CREATE ON DATABASE %I FROM qg_owner', current_database()); END$$;
REVOKE ALL ON SCHEMA tmap FROM qg_owner;
REVOKE ALL ON FUNCTION tmap.create_atlas(text), tmap.upgrade_atlas(text) FROM qg_owner;
DROP ROLE qg_owner; DROP ROLE qg_other; DROP ROLE qg_reader;
