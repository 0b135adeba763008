-- Styles for QGIS, written from the view legend into public.layer_styles, the one place where QGIS looks for them.

-- A table of this name in any other schema breaks styles for everybody who opens the database in QGIS: it asks whether there is
-- one in any schema, and then reads the one on the search path.

CREATE FUNCTION @atlas@.qgis_options(options text[]) RETURNS xml
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT xmlelement(NAME "Option", xmlattributes('Map' AS type), xmlagg(xmlelement(NAME "Option", xmlattributes('QString' AS type, o.pair[1] AS name, o.pair[2] AS value)) ORDER BY o.n))
  FROM (SELECT i AS n, ARRAY[options[i], options[i + 1]] AS pair FROM pg_catalog.generate_series(1, pg_catalog.cardinality(options), 2) AS i) AS o;
END;
COMMENT ON FUNCTION @atlas@.qgis_options(text[]) IS 'Internal: names and values, taken in turn, as the element Option of a QGIS style.';

CREATE FUNCTION @atlas@.qgis_fill(name text, colour text, hatched boolean, opacity text) RETURNS xml
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT xmlelement(NAME symbol, xmlattributes('fill' AS type, qgis_fill.name AS name, 1 AS alpha, 1 AS clip_to_extent, 0 AS force_rhr),
    CASE WHEN opacity IS NOT NULL THEN
      xmlelement(NAME data_defined_properties, xmlelement(NAME "Option", xmlattributes('Map' AS type),
        xmlelement(NAME "Option", xmlattributes('QString' AS type, 'name' AS name, '' AS value)),
        xmlelement(NAME "Option", xmlattributes('Map' AS type, 'properties' AS name), xmlelement(NAME "Option", xmlattributes('Map' AS type, 'alpha' AS name),
          xmlelement(NAME "Option", xmlattributes('bool' AS type, 'active' AS name, 'true' AS value)),
          xmlelement(NAME "Option", xmlattributes('QString' AS type, 'expression' AS name, opacity AS value)),
          xmlelement(NAME "Option", xmlattributes('int' AS type, 'type' AS name, 3 AS value)))),
        xmlelement(NAME "Option", xmlattributes('QString' AS type, 'type' AS name, 'collection' AS value)))) END,
    xmlelement(NAME layer, xmlattributes('SimpleFill' AS class, 1 AS enabled, 0 AS locked, 0 AS pass),
      @atlas@.qgis_options(ARRAY['color', colour, 'style', 'solid', 'joinstyle', 'bevel', 'outline_color', '#6e6e6e', 'outline_style', 'solid', 'outline_width', '0.1', 'outline_width_unit', 'MM'])),
    CASE WHEN hatched THEN
      xmlelement(NAME layer, xmlattributes('LinePatternFill' AS class, 1 AS enabled, 0 AS locked, 0 AS pass),
        @atlas@.qgis_options(ARRAY['angle', '45', 'color', '#ffffff', 'distance', '1.2', 'distance_unit', 'MM', 'line_width', '0.25', 'line_width_unit', 'MM']),
        xmlelement(NAME symbol, xmlattributes('line' AS type, '@' || qgis_fill.name || '@1' AS name, 1 AS alpha, 1 AS clip_to_extent, 0 AS force_rhr),
          xmlelement(NAME layer, xmlattributes('SimpleLine' AS class, 1 AS enabled, 0 AS locked, 0 AS pass),
            @atlas@.qgis_options(ARRAY['line_color', '#ffffff', 'line_style', 'solid', 'line_width', '0.25', 'line_width_unit', 'MM', 'capstyle', 'square', 'joinstyle', 'bevel'])))) END);
END;
COMMENT ON FUNCTION @atlas@.qgis_fill(text, text, boolean, text) IS 'Internal: a symbol of areas as XML of a QGIS style: its number, colour, whether hatched, and an expression for the opacity in per cent or NULL.';

CREATE FUNCTION @atlas@.qgis_marker(name text, colour text, size float8) RETURNS xml
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT xmlelement(NAME symbol, xmlattributes('marker' AS type, qgis_marker.name AS name, 1 AS alpha, 1 AS clip_to_extent, 0 AS force_rhr),
    xmlelement(NAME layer, xmlattributes('SimpleMarker' AS class, 1 AS enabled, 0 AS locked, 0 AS pass),
      @atlas@.qgis_options(ARRAY['name', 'circle', 'color', colour, 'size', size::text, 'size_unit', 'MM', 'outline_color', '#ffffff', 'outline_style', 'solid', 'outline_width', '0.2', 'outline_width_unit', 'MM'])));
END;
COMMENT ON FUNCTION @atlas@.qgis_marker(text, text, float8) IS 'Internal: a symbol of points as XML of a QGIS style: its number, colour, and diameter in millimetres.';

CREATE FUNCTION @atlas@.qgis_document(attribute text, classes text[], labels text[], symbols xml, temporal boolean, drawing_order text[], map_tip text) RETURNS xml
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  -- Without aliases: QGIS Server would give them as names of the columns. The last day is inside the period: limitMode 1.
  SELECT xmlelement(NAME qgis, xmlattributes('3.22.16' AS version, 'Symbology|Labeling|MapTips|Temporal' AS "styleCategories", 0 AS "labelsEnabled"),
    xmlelement(NAME temporal, xmlattributes(temporal::int4 AS enabled, 2 AS mode, 1 AS "limitMode", 'valid_from' AS "startField", 'valid_to' AS "endField", '' AS "startExpression", '' AS "endExpression",
      '' AS "durationField", 'min' AS "durationUnit", 0 AS "fixedDuration", 0 AS accumulate)),
    xmlelement(NAME "renderer-v2", xmlattributes('categorizedSymbol' AS type, attribute AS attr, 0 AS forceraster, 0 AS symbollevels, (drawing_order IS NOT NULL)::int4 AS enableorderby),
      xmlelement(NAME categories, (SELECT xmlagg(xmlelement(NAME category, xmlattributes(k.n - 1 AS symbol, k.class AS value, k.label AS label, 'true' AS render)) ORDER BY k.n)
                                   FROM ROWS FROM (pg_catalog.unnest(classes), pg_catalog.unnest(labels)) WITH ORDINALITY AS k (class, label, n))),
      xmlelement(NAME symbols, symbols), xmlelement(NAME rotation), xmlelement(NAME sizescale),
      CASE WHEN drawing_order IS NOT NULL THEN xmlelement(NAME orderby, (SELECT xmlagg(xmlelement(NAME "orderByClause", xmlattributes(1 AS asc, 1 AS "nullsFirst"), d.expression) ORDER BY d.n) FROM pg_catalog.unnest(drawing_order) WITH ORDINALITY AS d (expression, n))) END),
    xmlelement(NAME "blendMode", 0), xmlelement(NAME "featureBlendMode", 0), xmlelement(NAME "layerOpacity", 1),
    xmlelement(NAME "mapTip", map_tip), xmlelement(NAME "previewExpression", '"name"'));
END;
COMMENT ON FUNCTION @atlas@.qgis_document(text, text[], text[], xml, boolean, text[], text) IS
'Internal: a QGIS style with one symbol for each class of a column or expression, without labels; with the time slider on valid_from and valid_to if temporal; drawing_order holds expressions or is NULL, map_tip what shows beside the pointer.';

CREATE FUNCTION @atlas@.qgis_style(indicator text, measure text, layer text) RETURNS xml
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
  WITH name AS (
    -- Names of columns, quoted as QGIS's expressions want them.
    SELECT i.*, '"' || replace(i.indicator, '"', '""') AS head FROM @atlas@.indicator i WHERE i.indicator = qgis_style.indicator
  ), row AS (
    SELECT n.head, row_number() OVER (ORDER BY l.codes, l.class * CASE WHEN l.codes THEN -1 ELSE 1 END) - 1 AS n, l.class, l.codes,
      -- What XML 1.0 cannot hold is left out of labels.
      regexp_replace(l.label, '[\x01-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]', '', 'g') AS label, l.colour
    FROM name n CROSS JOIN LATERAL (
      SELECT g.class, false AS codes, g.label, g.colour FROM @atlas@.legend g
      WHERE g.indicator = n.indicator AND g.measure = CASE qgis_style.measure WHEN 'fade' THEN 'value' ELSE qgis_style.measure END AND (qgis_style.measure = 'funnel' OR g.class > 0)
      UNION ALL
      SELECT g.class, true, g.label, g.colour FROM @atlas@.legend g WHERE g.indicator = n.indicator AND g.measure = 'value' AND g.class < 0) l
  )
  SELECT @atlas@.qgis_document(
    -- Places in the funnel are coded -2 to 2: there the codes of suppressed and no data are words.
    CASE WHEN measure IN ('value', 'fade') THEN CASE WHEN indicator ~ '^[a-z_][a-z0-9_]*$' THEN indicator || '_class' ELSE (SELECT n.head || '_class"' FROM name n) END
         ELSE format('CASE WHEN %1$s_status" = ''suppressed'' THEN ''suppressed'' WHEN %1$s_%2$s" IS NULL THEN ''no data'' %3$s END', (SELECT n.head FROM name n), measure,
           CASE measure WHEN 'funnel' THEN format('ELSE to_string(%s_funnel")', (SELECT n.head FROM name n))
                ELSE (SELECT string_agg(format('WHEN %s_%s" >= %s THEN ''%s''', n.head, qgis_style.measure, g.lower, g.class), ' ' ORDER BY g.class DESC)
                      FROM name n JOIN @atlas@.legend g ON g.indicator = n.indicator AND g.measure = qgis_style.measure AND g.class > 0) END) END,
    (SELECT array_agg(CASE WHEN measure IN ('value', 'fade') OR NOT r.codes THEN r.class::text WHEN r.class = -1 THEN 'suppressed' ELSE 'no data' END ORDER BY r.n) FROM row r),
    (SELECT array_agg(r.label ORDER BY r.n) FROM row r),
    (SELECT xmlagg(@atlas@.qgis_fill(r.n::text, r.colour, r.codes AND r.class = -1,
                     CASE WHEN measure = 'fade' AND NOT r.codes THEN format('20 + 80 * coalesce(%s_reliability", 0)', r.head) END) ORDER BY r.n) FROM row r),
    layer LIKE '%\_year',
    -- Finer areas over coarser ones: each place shows the finest level that there is. In one order, so that equal data make equal pictures.
    CASE WHEN layer LIKE 'region\_%' THEN ARRAY[(SELECT format('array_find(array(%s), "level")', string_agg('''' || replace(v.level, '''', '''''') || '''', ', ' ORDER BY v.rank, v.level COLLATE "C")) FROM @atlas@.area_level v WHERE v.rank > 1)] END || '"area_id"'::text,
    (SELECT format('<b>[%% replace(replace("name", ''&'', ''&amp;''), ''<'', ''&lt;'') %%]</b> [%% %2$s %%]<br/>'
         || '[%% CASE WHEN %1$s_status" = ''published'' THEN round(%1$s", 2) || coalesce('' ('' || round(%1$s_lower", 2) || '' to '' || round(%1$s_upper", 2) || '')'', '''')'
         || ' || coalesce('', '' || %1$s_events" || '' of '' || %1$s_at_risk", '''') WHEN %1$s_status" = ''suppressed'' THEN ''suppressed'' ELSE ''no data'' END %%]<br/>%3$s',
       n.head, CASE WHEN layer LIKE '%\_year' THEN '"year"' ELSE format('coalesce(%s_year", '''')', n.head) END,
       regexp_replace(replace(replace(replace(n.title, '&', '&amp;'), '<', '&lt;'), '[%', '['), '[\x01-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]', '', 'g')) FROM name n))
  WHERE EXISTS (SELECT FROM row)
$function$;
COMMENT ON FUNCTION @atlas@.qgis_style(text, text, text) IS
'Internal: the style of one indicator for a layer view, which is named: measure value (classes), fade (classes, the less reliable the paler), funnel (place in the funnel) or reliability. NULL when the legend has no rows for it.';

CREATE FUNCTION @atlas@.qgis_styles() RETURNS TABLE (layer text, style text, place int4, qml xml)
LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
  WITH space AS (
    SELECT c.relnamespace AS oid FROM pg_class c WHERE c.oid = '@atlas@.area'::regclass
  ), shown AS (
    -- Of each layer the indicators that it has columns of.
    SELECT l.layer, i.indicator, i.title || CASE WHEN count(*) OVER (PARTITION BY l.layer, i.title) > 1 THEN ' (' || i.indicator || ')' ELSE '' END AS title,
      row_number() OVER (PARTITION BY l.layer ORDER BY i.sort, i.indicator COLLATE "C") AS place
    FROM unnest('{country_latest,country_year,region_latest,region_year}'::text[]) AS l (layer) CROSS JOIN @atlas@.indicator i
    -- XML 1.0 cannot hold every name that a column can have.
    WHERE i.indicator !~ '[\x01-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]' AND EXISTS (SELECT FROM @atlas@.legend g WHERE g.indicator = i.indicator)
      AND EXISTS (SELECT FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN space s ON s.oid = c.relnamespace
                  WHERE c.relname = l.layer AND a.attname::text = i.indicator || '_class' AND NOT a.attisdropped)
  )
  SELECT s.layer, s.title || m.words, (m.n + 4 * s.place - 4)::int4, @atlas@.qgis_style(s.indicator, m.measure, s.layer)
  FROM shown s CROSS JOIN (VALUES (1, 'value', ''), (2, 'fade', ': uncertain figures faded'), (3, 'funnel', ': place in the funnel'), (4, 'reliability', ': reliability')) AS m (n, measure, words)
  UNION ALL
  SELECT 'centre', 'Centres by level of service', 1, @atlas@.qgis_document('level', array_agg(c.level ORDER BY c.n), array_agg(c.label ORDER BY c.n),
    xmlagg(@atlas@.qgis_marker((c.n - 1)::text, c.colour, c.size) ORDER BY c.n), true, NULL,
    '<b>[% replace(replace("name", ''&'', ''&amp;''), ''<'', ''&lt;'') %]</b><br/>[% "level" %][% coalesce('', since '' || year("opened"), '''') %]')
  FROM (VALUES (1, 'comprehensive', 'thrombectomies and neurosurgery', '#b10026', 2.6), (2, 'thrombectomy_capable', 'thrombectomies', '#d95f0e', 2.2),
               (3, 'primary', 'thrombolysis only', '#5e3c99', 1.8)) AS c (n, level, label, colour, size)
$function$;
COMMENT ON FUNCTION @atlas@.qgis_styles() IS 'Internal: the styles that install_qgis_styles() writes: layer view, name, place in the list of the layer (1: the default), QML.';

CREATE FUNCTION @atlas@.install_qgis_styles() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  space text := (SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = '@atlas@.area'::regclass);
  -- By this description its own rows are known. QGIS writes another when somebody saves a style over one of them.
  mark CONSTANT text := 'Written by install_qgis_styles() of the atlas; its next call replaces it.';
  styles regclass;
  owner name;
  n bigint;
  r record;
BEGIN
  IF NOT EXISTS (SELECT FROM @atlas@.map_class) THEN
    RAISE EXCEPTION 'the atlas has nothing to draw yet' USING ERRCODE = '55000', HINT = 'Publish an edition first; styles are made of the view legend.';
  ELSIF to_regnamespace('public') IS NULL THEN
    RAISE EXCEPTION 'there is no schema "public"' USING ERRCODE = '3F000', HINT = 'QGIS looks for styles there.';
  END IF;
  IF to_regclass('public.layer_styles') IS NULL THEN
    IF NOT has_schema_privilege('public', 'CREATE') THEN
      RAISE EXCEPTION 'no right to make the table public.layer_styles' USING ERRCODE = '42501',
        HINT = format('Let the owner of the database GRANT CREATE ON SCHEMA public TO %I;', current_user);
    END IF;
    -- As QGIS makes it.
    CREATE TABLE public.layer_styles (id serial PRIMARY KEY, f_table_catalog varchar, f_table_schema varchar, f_table_name varchar, f_geometry_column varchar, stylename text,
      styleqml xml, stylesld xml, useasdefault boolean, description text, owner varchar(63) DEFAULT CURRENT_USER, ui xml, update_time timestamp DEFAULT CURRENT_TIMESTAMP, type varchar);
    COMMENT ON TABLE public.layer_styles IS 'Styles of layers, where QGIS looks for them.';
  END IF;
  styles := 'public.layer_styles'::regclass;
  -- Who owns a table decides what runs when it is written to: triggers, defaults. Such a role has to be trusted with the writer's rights.
  SELECT o.rolname INTO owner FROM pg_class c JOIN pg_roles o ON o.oid = c.relowner WHERE c.oid = styles AND (c.relkind <> 'r' OR NOT pg_has_role(c.relowner, current_user, 'MEMBER'));
  IF FOUND THEN
    RAISE EXCEPTION 'public.layer_styles belongs to "%"', owner USING ERRCODE = '42501', DETAIL = 'It has to be a table of a role that may do all that you may.',
      HINT = format('Let a superuser look at its triggers and defaults, then ALTER TABLE public.layer_styles OWNER TO %I;', current_user);
  END IF;
  FOR r IN SELECT c.oid::regclass AS name FROM pg_class c WHERE c.relname = 'layer_styles' AND c.oid <> styles AND c.relkind IN ('r', 'p', 'v', 'm', 'f') LOOP
    RAISE WARNING 'there is another table of styles: %', r.name USING HINT = 'QGIS reads the one that comes first on the search path: drop or rename it.';
  END LOOP;
  LOCK TABLE public.layer_styles IN SHARE ROW EXCLUSIVE MODE;
  -- Also those written before the database was renamed or restored.
  DELETE FROM public.layer_styles s WHERE s.f_table_schema = space AND s.description = mark;
  -- Without a type of geometry, which QGIS takes for every one; those of a layer are listed the newest first.
  INSERT INTO public.layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, stylename, styleqml, useasdefault, description, owner, update_time)
  SELECT current_database(), space, q.layer, 'geom', q.style, q.qml,
    q.place = 1 AND NOT EXISTS (SELECT FROM public.layer_styles s WHERE s.f_table_catalog = current_database() AND s.f_table_schema = space AND s.f_table_name = q.layer AND s.useasdefault),
    mark, current_user, localtimestamp - q.place * interval '1 ms'
  FROM @atlas@.qgis_styles() q
  WHERE NOT EXISTS (SELECT FROM public.layer_styles s WHERE s.f_table_catalog = current_database() AND s.f_table_schema = space AND s.f_table_name = q.layer AND s.stylename = q.style)
  ORDER BY q.layer, q.place;
  GET DIAGNOSTICS n = ROW_COUNT;
  -- Whoever may read the layers may read their styles.
  FOR r IN SELECT DISTINCT x.grantee, x.grantee = 0 OR g.rolname IS NULL AS everybody, g.rolname FROM pg_class c JOIN pg_namespace m ON m.oid = c.relnamespace
           CROSS JOIN LATERAL aclexplode(c.relacl) x LEFT JOIN pg_roles g ON g.oid = x.grantee
           WHERE m.nspname = space AND c.relname = 'country_latest' AND x.privilege_type = 'SELECT' LOOP
    IF r.everybody THEN
      GRANT SELECT ON public.layer_styles TO PUBLIC;
    ELSIF NOT has_table_privilege(r.grantee, styles, 'SELECT') THEN
      EXECUTE format('GRANT SELECT ON public.layer_styles TO %I', r.rolname);
    END IF;
  END LOOP;
  RETURN n;
END
$function$;
COMMENT ON FUNCTION @atlas@.install_qgis_styles() IS
'Writes styles for QGIS to public.layer_styles, which it makes as QGIS does when it is missing: of each layer view the first indicator as the default, then the others, and of each: uncertain figures faded, place in the funnel, reliability; and of the centres. Colours and labels are those of the view legend. Returns how many styles.
Replaces its own rows alone: a style of the same name that somebody saved stays, and so does a default of somebody else. Whoever may read country_latest may then read the styles. Call it again after set_classes(), a new indicator, set_up_roles(), and when the database was renamed.
For the owner of the atlas. Errors: 55000 nothing was published yet; 42501 no right to make the table, or it belongs to a role that may not do all that the caller may; 3F000 no schema public.';
REVOKE EXECUTE ON FUNCTION @atlas@.qgis_options(text[]), @atlas@.qgis_fill(text, text, boolean, text), @atlas@.qgis_marker(text, text, float8),
  @atlas@.qgis_document(text, text[], text[], xml, boolean, text[], text), @atlas@.qgis_style(text, text, text), @atlas@.qgis_styles(), @atlas@.install_qgis_styles() FROM PUBLIC;
