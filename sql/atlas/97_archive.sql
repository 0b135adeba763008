-- A published edition as an archive: files of text that another atlas can check and take over.

CREATE FUNCTION @atlas@.archive_columns()
RETURNS TABLE (file text, place int4, column_name text, type text, unit text, meaning text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
  -- Meanings are the comments of the columns that the figures come from, unless told here.
  SELECT c.file, c.place, c.column_name, c.type, c.unit, coalesce(c.own, col_description(t.oid, a.attnum))
  FROM (VALUES
    ('figures.csv', 1, 'fid', 'Integer', NULL, 'edition_value', 'fid', NULL), ('figures.csv', 2, 'year', 'Integer', 'calendar year', 'edition_value', 'year', NULL),
    ('figures.csv', 3, 'area', 'Integer', NULL, NULL, NULL, 'Number of the area in areas.csv.'), ('figures.csv', 4, 'code_system', 'String', NULL, 'area', 'code_system', NULL),
    ('figures.csv', 5, 'code', 'String', NULL, 'area', 'code', NULL), ('figures.csv', 6, 'name', 'String', NULL, 'area', 'name', NULL), ('figures.csv', 7, 'level', 'String', NULL, 'area', 'level', NULL),
    ('figures.csv', 8, 'country', 'String', NULL, 'published_value', 'country', NULL), ('figures.csv', 9, 'indicator', 'String', NULL, NULL, NULL, 'What is measured; indicators.csv has the words, the unit and the scale.'),
    ('figures.csv', 10, 'sex', 'String', NULL, 'edition_value', 'sex', NULL), ('figures.csv', 11, 'age_from', 'Integer', 'years', 'edition_value', 'age_from', NULL),
    ('figures.csv', 12, 'age_to', 'Integer', 'years', 'edition_value', 'age_to', NULL), ('figures.csv', 13, 'status', 'String', NULL, 'edition_value', 'status', NULL),
    ('figures.csv', 14, 'events', 'Integer64', 'count', 'edition_value', 'events', NULL), ('figures.csv', 15, 'at_risk', 'Integer64', 'count', 'edition_value', 'at_risk', NULL),
    ('figures.csv', 16, 'value', 'Real', 'unit of the indicator', 'edition_value', 'value', NULL), ('figures.csv', 17, 'lower', 'Real', 'unit of the indicator', 'edition_value', 'lower', NULL),
    ('figures.csv', 18, 'upper', 'Real', 'unit of the indicator', 'edition_value', 'upper', NULL), ('figures.csv', 19, 'dsr', 'Real', 'unit of the indicator', 'edition_value', 'dsr', NULL),
    ('figures.csv', 20, 'dsr_lower', 'Real', 'unit of the indicator', 'edition_value', 'dsr_lower', NULL), ('figures.csv', 21, 'dsr_upper', 'Real', 'unit of the indicator', 'edition_value', 'dsr_upper', NULL),
    ('figures.csv', 22, 'smr', 'Real', 'ratio, 1 is the country', 'edition_value', 'smr', NULL), ('figures.csv', 23, 'smr_lower', 'Real', 'ratio, 1 is the country', 'edition_value', 'smr_lower', NULL),
    ('figures.csv', 24, 'smr_upper', 'Real', 'ratio, 1 is the country', 'edition_value', 'smr_upper', NULL), ('figures.csv', 25, 'parent_value', 'Real', 'unit of the indicator', 'edition_value', 'parent_value', NULL),
    ('figures.csv', 26, 'parent_area', 'Integer', NULL, NULL, NULL, 'Number, in areas.csv, of the area that parent_value is of.'),
    ('figures.csv', 27, 'basis', 'String', NULL, 'edition_value', 'basis', NULL), ('figures.csv', 28, 'source', 'String', NULL, NULL, NULL, 'Where the figure comes from; sources.csv has the words.'),
    ('areas.csv', 1, 'area', 'Integer', NULL, NULL, NULL, 'Number of the area in this archive, from 1; parents come before their parts.'), ('areas.csv', 2, 'code_system', 'String', NULL, 'area', 'code_system', NULL),
    ('areas.csv', 3, 'code_system_title', 'String', NULL, 'code_system', 'title', NULL), ('areas.csv', 4, 'code_system_url', 'String', NULL, 'code_system', 'url', NULL),
    ('areas.csv', 5, 'code', 'String', NULL, 'area', 'code', NULL), ('areas.csv', 6, 'name', 'String', NULL, 'area', 'name', NULL), ('areas.csv', 7, 'level', 'String', NULL, 'area', 'level', NULL),
    ('areas.csv', 8, 'level_rank', 'Integer', NULL, 'area_level', 'rank', NULL), ('areas.csv', 9, 'level_title', 'String', NULL, 'area_level', 'title', NULL),
    ('areas.csv', 10, 'parent', 'Integer', NULL, NULL, NULL, 'Number, in this file, of the area that it is part of.'), ('areas.csv', 11, 'parent_code', 'String', NULL, 'published_value', 'parent_code', NULL),
    ('areas.csv', 12, 'valid_from', 'Date', 'day', 'area', 'valid_from', NULL), ('areas.csv', 13, 'valid_to', 'Date', 'day', 'area', 'valid_to', NULL),
    ('areas.csv', 14, 'source', 'String', NULL, 'area', 'source', NULL), ('areas.csv', 15, 'geom', 'WKT', 'degrees, EPSG:4326', NULL, NULL, 'Boundary as well-known text, longitude first; empty when there is none.'),
    ('indicators.csv', 1, 'indicator', 'String', NULL, NULL, NULL, 'Short name, as figures.csv has it.'), ('indicators.csv', 2, 'title', 'String', NULL, 'indicator_definition', 'title', NULL),
    ('indicators.csv', 3, 'events_definition', 'String', NULL, 'indicator_definition', 'events_definition', NULL), ('indicators.csv', 4, 'at_risk_definition', 'String', NULL, 'indicator_definition', 'at_risk_definition', NULL),
    ('indicators.csv', 5, 'measure', 'String', NULL, 'indicator_definition', 'measure', NULL), ('indicators.csv', 6, 'per', 'Real', 'people or person-years', 'indicator_definition', 'per', NULL),
    ('indicators.csv', 7, 'unit', 'String', NULL, 'indicator_definition', 'unit', NULL), ('indicators.csv', 8, 'direction', 'String', NULL, 'indicator_definition', 'direction', NULL),
    ('indicators.csv', 9, 'method', 'String', NULL, 'indicator_definition', 'method', NULL), ('indicators.csv', 10, 'confidence', 'Real', 'probability', 'indicator_definition', 'confidence', NULL),
    ('indicators.csv', 11, 'standard', 'String', NULL, 'indicator_definition', 'standard', NULL), ('indicators.csv', 12, 'min_coverage', 'Real', 'share', 'indicator_definition', 'min_coverage', NULL),
    ('indicators.csv', 13, 'sort', 'Integer', NULL, 'indicator_definition', 'sort', NULL),
    ('sources.csv', 1, 'source', 'String', NULL, NULL, NULL, 'Short name, as figures.csv has it.'), ('sources.csv', 2, 'title', 'String', NULL, 'source', 'title', NULL),
    ('sources.csv', 3, 'definition', 'String', NULL, 'source', 'definition', NULL), ('sources.csv', 4, 'denominator_definition', 'String', NULL, 'source', 'denominator_definition', NULL),
    ('sources.csv', 5, 'denominator_differs', 'String', 'true or false', 'source', 'denominator_differs', NULL), ('sources.csv', 6, 'origin', 'String', NULL, 'source', 'origin', NULL),
    ('sources.csv', 7, 'quality', 'String', NULL, 'source', 'quality', NULL), ('sources.csv', 8, 'note', 'String', NULL, 'source', 'note', NULL),
    ('sources.csv', 9, 'doi', 'String', NULL, 'source', 'doi', NULL), ('sources.csv', 10, 'url', 'String', NULL, 'source', 'url', NULL),
    ('codebook.csv', 1, 'file', 'String', NULL, NULL, NULL, 'File of the archive.'), ('codebook.csv', 2, 'place', 'Integer', NULL, NULL, NULL, 'Place of the column in the file, from 1.'),
    ('codebook.csv', 3, 'column', 'String', NULL, NULL, NULL, 'Name of the column, as the header of the file has it.'), ('codebook.csv', 4, 'type', 'String', NULL, NULL, NULL, 'Type of the column in the words of GDAL.'),
    ('codebook.csv', 5, 'unit', 'String', NULL, NULL, NULL, 'Unit; empty when it has none.'), ('codebook.csv', 6, 'meaning', 'String', NULL, NULL, NULL, 'What the column says.')
  ) AS c (file, place, column_name, type, unit, of_table, of_column, own)
  LEFT JOIN pg_class t ON t.relname = c.of_table AND t.relnamespace = (SELECT r.relnamespace FROM pg_class r WHERE r.oid = '@atlas@.edition'::regclass)
  LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = c.of_column
  ORDER BY array_position('{figures.csv,areas.csv,indicators.csv,sources.csv,codebook.csv}', c.file), c.place
$function$;
COMMENT ON FUNCTION @atlas@.archive_columns() IS 'Internal: the columns of the files of an archive in their order, with type, unit and meaning: its codebook.';

CREATE FUNCTION @atlas@.archive_field(field text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
-- A line stays a line: line breaks and other control characters become spaces.
RETURN CASE WHEN field ~ '[",[:cntrl:]]' THEN '"' || replace(regexp_replace(field, '[[:cntrl:]]+', ' ', 'g'), '"', '""') || '"' ELSE coalesce(field, '') END;
COMMENT ON FUNCTION @atlas@.archive_field(text) IS 'Internal: a text as a field of comma-separated values (RFC 4180, section 2), quoted where needed; NULL is empty.';

CREATE FUNCTION @atlas@.archive_line(VARIADIC fields text[]) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT string_agg(@atlas@.archive_field(f.field), ',' ORDER BY f.place) FROM unnest(fields) WITH ORDINALITY AS f (field, place)
$function$;
COMMENT ON FUNCTION @atlas@.archive_line(text[]) IS 'Internal: fields as one line of comma-separated values.';

CREATE FUNCTION @atlas@.archive_names() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN '{README.txt,areas.csv,areas.csvt,codebook.csv,edition.json,figures.csv,figures.csvt,indicators.csv,indicators.csvt,sources.csv}'::text[];
COMMENT ON FUNCTION @atlas@.archive_names() IS 'Internal: the files of an archive, beside SHA256SUMS.';

CREATE FUNCTION @atlas@.archive_areas(edition_id int4) RETURNS TABLE (area int4, area_id int4, parent int4)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
  WITH RECURSIVE used AS (
    SELECT v.area_id FROM @atlas@.edition_value v WHERE v.edition_id = archive_areas.edition_id
    UNION
    SELECT a.parent_id FROM used u JOIN @atlas@.area a ON a.area_id = u.area_id WHERE a.parent_id IS NOT NULL
  ), numbered AS MATERIALIZED (
    SELECT row_number() OVER (ORDER BY a.rank, a.code_system COLLATE "C", a.code COLLATE "C", a.valid_from NULLS FIRST)::int4 AS area, a.area_id, a.parent_id
    FROM used u JOIN @atlas@.area a ON a.area_id = u.area_id
  )
  SELECT n.area, n.area_id, p.area FROM numbered n LEFT JOIN numbered p ON p.area_id = n.parent_id
$function$;
COMMENT ON FUNCTION @atlas@.archive_areas(int4) IS 'Internal: the areas of an edition and those above them, numbered from 1, parents first.';

CREATE FUNCTION @atlas@.archive_edition(edition text) RETURNS @atlas@.edition
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  this @atlas@.edition;
  bad text;
BEGIN
  SELECT * INTO this FROM @atlas@.edition e WHERE e.edition = archive_edition.edition AND e.status = 'published';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no published edition "%"', coalesce(edition, 'NULL')
      USING ERRCODE = '22023', HINT = 'The view release lists what is public; drafts and withdrawn editions do not leave the house.';
  END IF;
  WITH used AS MATERIALIZED (SELECT DISTINCT v.area_id, v.indicator, v.source_id FROM @atlas@.edition_value v WHERE v.edition_id = this.edition_id)
  SELECT min(k.key) INTO bad
  FROM used u JOIN @atlas@.area a ON a.area_id = u.area_id JOIN @atlas@.source s ON s.source_id = u.source_id
  CROSS JOIN LATERAL unnest(ARRAY[a.code_system, a.code, u.indicator, s.source_key]) AS k (key)
  WHERE k.key ~ '[[:cntrl:]]';
  IF bad IS NOT NULL THEN
    RAISE EXCEPTION 'a code or key holds a line break or another control character' USING ERRCODE = '22023', DETAIL = format('It is %L.', bad), HINT = 'Files of lines cannot carry it.';
  END IF;
  RETURN this;
END
$function$;
COMMENT ON FUNCTION @atlas@.archive_edition(text) IS 'Internal: the published edition of that name. Errors: 22023 when there is none, NULL included, or when a code or key holds a control character.';
REVOKE EXECUTE ON FUNCTION @atlas@.archive_edition(text) FROM PUBLIC;

CREATE FUNCTION @atlas@.archive_edition_json(edition_id int4) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC'
AS $function$
  SELECT jsonb_build_object('format', 'tmap archive 1', 'edition', e.edition, 'years', to_jsonb(e.years), 'age_groups', to_jsonb(e.age_groups), 'by_sex', e.by_sex,
    'figures', (SELECT count(*) FROM @atlas@.edition_value v WHERE v.edition_id = e.edition_id), 'sha256', e.sha256,
    'corrects', coalesce((SELECT jsonb_build_object('edition', c.edition, 'sha256', c.sha256) FROM @atlas@.edition c WHERE c.edition_id = e.corrects), e.parameters #> '{imported,corrects}', 'null'),
    'computed_at', to_jsonb(e.computed_at), 'published_at', to_jsonb(e.published_at), 'parameters', e.parameters - '{imported,submissions,takes,facts}'::text[], 'audit', e.audit, 'changes', e.changes)
  FROM @atlas@.edition e WHERE e.edition_id = archive_edition_json.edition_id
$function$;
COMMENT ON FUNCTION @atlas@.archive_edition_json(int4) IS 'Internal: what an archive says of its edition: name, years, parameters without the digests of what was handed in (who knows all counts but one could try out that one), report of the audit, digest of the figures.';
REVOKE EXECUTE ON FUNCTION @atlas@.archive_edition_json(int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.archive_file(edition text, name text) RETURNS SETOF text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET extra_float_digits = 1 SET datestyle = 'ISO' SET jit = off
AS $function$
DECLARE
  this @atlas@.edition := @atlas@.archive_edition(edition);
  stem text := substring(name FROM '^(.*)\.csvt?$');
BEGIN
  IF NOT coalesce(name = 'SHA256SUMS' OR name = ANY (@atlas@.archive_names()), false) THEN
    RAISE EXCEPTION 'an archive has no file "%"', coalesce(name, 'NULL') USING ERRCODE = '22023', HINT = 'archive_files(edition) lists them.';
  ELSIF name = 'SHA256SUMS' THEN
    RETURN QUERY SELECT f.sha256 || '  ' || f.name FROM @atlas@.archive_files(edition) f WHERE f.name <> 'SHA256SUMS' ORDER BY f.name COLLATE "C";
  ELSIF name = 'edition.json' THEN
    RETURN QUERY SELECT string_to_table(jsonb_pretty(@atlas@.archive_edition_json(this.edition_id)), E'\n');
  ELSIF name = 'README.txt' THEN
    RETURN QUERY SELECT unnest(ARRAY[
      format('Edition %s of an atlas of thrombectomy for ischaemic stroke.', regexp_replace(this.edition, '[[:cntrl:]]+', ' ', 'g')),
      'figures.csv      the figures; a suppressed one has no number of its own in any column',
      'areas.csv        the areas, with boundaries as well-known text (EPSG:4326)', 'indicators.csv   what is measured, with units and scales',
      'sources.csv      where the figures come from', 'codebook.csv     every column of these files: meaning and unit',
      'edition.json     what the edition was computed with, the report of the audit, the digest of the figures',
      '*.csvt           types of the columns, for GDAL and QGIS', 'SHA256SUMS       digests of the files; sha256sum -c SHA256SUMS checks them',
      'Files are UTF-8; fields are separated by commas and quoted as in RFC 4180; an empty field is missing.',
      'Another atlas takes the edition over, and checks it, with import_edition() of the PostgreSQL extension tmap.']);
  ELSIF name LIKE '%.csvt' THEN
    RETURN QUERY SELECT string_agg('"' || c.type || '"', ',' ORDER BY c.place) FROM @atlas@.archive_columns() c WHERE c.file = stem || '.csv';
  ELSE
    RETURN QUERY SELECT string_agg(c.column_name, ',' ORDER BY c.place) FROM @atlas@.archive_columns() c WHERE c.file = name;
    IF stem = 'figures' THEN
      RETURN QUERY
      WITH place AS MATERIALIZED (   -- the words of an area once, not for each of its figures
        SELECT n.area_id, n.area, @atlas@.archive_line(a.code_system, a.code, a.name, a.level, k.code) AS words
        FROM @atlas@.archive_areas(this.edition_id) n JOIN @atlas@.area a ON a.area_id = n.area_id LEFT JOIN @atlas@.area k ON k.area_id = a.country_id
      )
      SELECT concat_ws(',', v.fid, v.year, n.area, n.words, @atlas@.archive_field(v.indicator), v.sex, coalesce(v.age_from::text, ''), coalesce(v.age_to::text, ''), v.status,
        coalesce(v.events::text, ''), coalesce(v.at_risk::text, ''), coalesce(v.value::text, ''), coalesce(v.lower::text, ''), coalesce(v.upper::text, ''), coalesce(v.dsr::text, ''),
        coalesce(v.dsr_lower::text, ''), coalesce(v.dsr_upper::text, ''), coalesce(v.smr::text, ''), coalesce(v.smr_lower::text, ''), coalesce(v.smr_upper::text, ''),
        coalesce(v.parent_value::text, ''), coalesce(p.area::text, ''), @atlas@.archive_field(v.basis), @atlas@.archive_field(s.source_key))
      FROM @atlas@.edition_value v
      JOIN place n ON n.area_id = v.area_id
      JOIN @atlas@.source s ON s.source_id = v.source_id
      LEFT JOIN place p ON p.area_id = v.parent_area_id
      WHERE v.edition_id = this.edition_id ORDER BY v.fid;
    ELSIF stem = 'areas' THEN
      RETURN QUERY
      SELECT @atlas@.archive_line(n.area::text, a.code_system, c.title, c.url, a.code, a.name, a.level, l.rank::text, l.title, n.parent::text, p.code, a.valid_from::text, a.valid_to::text, a.source,
        @postgis@.ST_AsText(a.geom, 20))
      FROM @atlas@.archive_areas(this.edition_id) n
      JOIN @atlas@.area a ON a.area_id = n.area_id
      JOIN @atlas@.code_system c ON c.code_system = a.code_system
      JOIN @atlas@.area_level l ON l.level = a.level
      LEFT JOIN @atlas@.area p ON p.area_id = a.parent_id ORDER BY n.area;
    ELSIF stem = 'indicators' THEN
      RETURN QUERY
      SELECT @atlas@.archive_line(i.indicator, i.title, i.events_definition, i.at_risk_definition, i.measure, i.per::text, i.unit, i.direction, i.method, i.confidence::text, i.standard, i.min_coverage::text, i.sort::text)
      FROM @atlas@.indicator_definition i WHERE EXISTS (SELECT FROM @atlas@.edition_value v WHERE v.edition_id = this.edition_id AND v.indicator = i.indicator) ORDER BY i.indicator COLLATE "C";
    ELSIF stem = 'sources' THEN
      RETURN QUERY
      SELECT @atlas@.archive_line(s.source_key, s.title, s.definition, s.denominator_definition, s.denominator_differs::text, s.origin, s.quality, s.note, s.doi, s.url)
      FROM @atlas@.source s WHERE EXISTS (SELECT FROM @atlas@.edition_value v WHERE v.edition_id = this.edition_id AND v.source_id = s.source_id) ORDER BY s.source_key COLLATE "C";
    ELSE
      RETURN QUERY SELECT @atlas@.archive_line(c.file, c.place::text, c.column_name, c.type, c.unit, c.meaning) FROM @atlas@.archive_columns() WITH ORDINALITY AS c (file, place, column_name, type, unit, meaning, o) ORDER BY c.o;
    END IF;
  END IF;
END
$function$;
COMMENT ON FUNCTION @atlas@.archive_file(text, text) IS
'One file of the archive of a published edition, line by line, in order; the file is these lines, each ended by LF, in UTF-8. The same edition gives the same bytes.
edition: its name; name: README.txt, areas.csv, areas.csvt, codebook.csv, edition.json, figures.csv, figures.csvt, indicators.csv, indicators.csvt, sources.csv or SHA256SUMS.
Only what is public is in it: no groups, no cells, no counts that are suppressed. Errors: 22023 no published edition or file of that name, NULL included; 22023 a code or key with a line break.';
REVOKE EXECUTE ON FUNCTION @atlas@.archive_file(text, text) FROM PUBLIC;

CREATE FUNCTION @atlas@.archive_files(edition text) RETURNS TABLE (name text, lines bigint, sha256 text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
  sums text[];
BEGIN
  FOREACH name IN ARRAY @atlas@.archive_names() LOOP
    SELECT count(*), (tmap.lines_sha256(f.line, E'\n' ORDER BY f.place))[1] INTO lines, sha256
    FROM @atlas@.archive_file(edition, name) WITH ORDINALITY AS f (line, place);
    sums := sums || (sha256 || '  ' || name);
    RETURN NEXT;
  END LOOP;
  name := 'SHA256SUMS';
  SELECT count(*), (tmap.lines_sha256(f.line, E'\n' ORDER BY substr(f.line, 67) COLLATE "C"))[1] INTO lines, sha256 FROM unnest(sums) AS f (line);
  RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION @atlas@.archive_files(text) IS
'The files of the archive of a published edition: name, number of lines, SHA-256. The last one, SHA256SUMS, holds the digests of the others: make its digest known, and who gets the archive can tell that nothing in it was changed.
Errors: as archive_file().';
REVOKE EXECUTE ON FUNCTION @atlas@.archive_files(text) FROM PUBLIC;
