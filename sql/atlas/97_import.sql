-- Taking over an archive of another atlas: every digest is checked before anything is written.

CREATE FUNCTION @atlas@.import_lines(upload text, file text) RETURNS TABLE (line_no bigint, field text[])
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  width int4;
  want text;
  have text;
BEGIN
  SELECT count(*), string_agg(c.column_name, ',' ORDER BY c.place) INTO width, want FROM @atlas@.archive_columns() c WHERE c.file = import_lines.file;
  SELECT i.line INTO have FROM @atlas@.inbox i WHERE i.upload = import_lines.upload || '/' || import_lines.file ORDER BY i.line_no LIMIT 1;
  IF have IS DISTINCT FROM want THEN
    RAISE EXCEPTION 'file "%" has other columns than this atlas knows', file USING ERRCODE = '22023', DETAIL = format('Its header is %s.', coalesce(left(have, 500), 'missing')), HINT = 'The archive may come from another version of tmap.';
  END IF;
  SELECT format('line %s has %s fields instead of %s', l.place, l.fields, width) INTO have
  FROM (SELECT row_number() OVER (ORDER BY i.line_no) AS place, cardinality(tmap.csv_fields(i.line)) AS fields FROM @atlas@.inbox i WHERE i.upload = import_lines.upload || '/' || import_lines.file) l
  WHERE l.fields <> width ORDER BY l.place LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'file "%" is not the table that its header says', file USING ERRCODE = '22023', DETAIL = format('%s.', have);
  END IF;
  RETURN QUERY SELECT i.line_no, array_replace(tmap.csv_fields(i.line), '', NULL) FROM @atlas@.inbox i WHERE i.upload = import_lines.upload || '/' || import_lines.file ORDER BY i.line_no OFFSET 1;
END
$function$;
COMMENT ON FUNCTION @atlas@.import_lines(text, text) IS 'Internal: fields of the lines of a file of an uploaded archive, header left out, empty fields as NULL. Errors: 22023 other columns, other number of fields; 22P04 malformed line.';
REVOKE EXECUTE ON FUNCTION @atlas@.import_lines(text, text) FROM PUBLIC;

CREATE FUNCTION @atlas@.import_check_files(upload text, manifest_sha256 text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  manifest text;
  wrong text;
BEGIN
  SELECT (tmap.lines_sha256(i.line, E'\n' ORDER BY i.line_no))[1], min(i.line) FILTER (WHERE i.line !~ '^[0-9a-f]{64} [ *].') INTO manifest, wrong
  FROM @atlas@.inbox i WHERE i.upload = import_check_files.upload || '/SHA256SUMS';
  IF manifest IS NULL THEN
    RAISE EXCEPTION 'no archive "%" in the inbox', upload
      USING ERRCODE = '22023', DETAIL = format('There are no lines under the name "%s/SHA256SUMS".', upload), HINT = 'Copy every file into the inbox under the name of the archive, a slash, and the name of the file.';
  ELSIF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'a line of SHA256SUMS is not a digest and a name' USING ERRCODE = '22023', DETAIL = format('It is %L.', left(wrong, 200));
  ELSIF manifest <> lower(manifest_sha256) THEN
    RAISE EXCEPTION 'the archive is not the one that was announced' USING ERRCODE = '22023', DETAIL = format('The SHA-256 of SHA256SUMS is %s, announced was %s.', manifest, manifest_sha256);
  END IF;
  WITH told AS (
    SELECT substr(i.line, 67) AS file, left(i.line, 64) AS sha256 FROM @atlas@.inbox i WHERE i.upload = import_check_files.upload || '/SHA256SUMS'
  ), here AS (
    SELECT substr(i.upload, length(import_check_files.upload) + 2) AS file, (tmap.lines_sha256(i.line, E'\n' ORDER BY i.line_no))[1] AS sha256
    FROM @atlas@.inbox i WHERE starts_with(i.upload, import_check_files.upload || '/') AND i.upload <> import_check_files.upload || '/SHA256SUMS' GROUP BY 1
  ), needed AS (
    SELECT unnest(@atlas@.archive_names()) AS file
  )
  SELECT string_agg(format('%s %s', f.file, f.fault), ', ' ORDER BY f.file COLLATE "C") INTO wrong
  FROM (SELECT coalesce(h.file, n.file) AS file, CASE WHEN h.file IS NULL THEN 'is missing' WHEN t.file IS NULL THEN 'is not in SHA256SUMS' WHEN h.sha256 <> t.sha256 THEN 'was changed' END AS fault
        FROM here h FULL JOIN needed n ON n.file = h.file LEFT JOIN told t ON t.file = coalesce(h.file, n.file)) f
  WHERE f.fault IS NOT NULL;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'the archive is not whole' USING ERRCODE = '22023', DETAIL = format('%s.', wrong), HINT = format('Empty the inbox, DELETE FROM inbox WHERE starts_with(upload, %L), and copy the files again, with client_encoding UTF8.', upload || '/');
  END IF;
  RETURN manifest;
END
$function$;
COMMENT ON FUNCTION @atlas@.import_check_files(text, text) IS 'Internal: checks the files of an uploaded archive against its SHA256SUMS and returns the SHA-256 of that. Errors 22023: nothing uploaded, a file missing, changed or not listed, another archive than announced.';
REVOKE EXECUTE ON FUNCTION @atlas@.import_check_files(text, text) FROM PUBLIC;

CREATE FUNCTION @atlas@.import_areas(upload text, OUT ids int4[], OUT made bigint)
-- Plans made while the table is still empty would read all of it for every area, here and in its triggers.
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO' SET enable_seqscan = off
AS $function$
DECLARE
  l text[];
  found_ids int4[];
  wrong text;
BEGIN
  made := 0;
  INSERT INTO @atlas@.code_system (code_system, title, url) SELECT DISTINCT ON (f.field[2]) f.field[2], coalesce(f.field[3], f.field[2]), f.field[4] FROM @atlas@.import_lines(upload, 'areas.csv') f ORDER BY f.field[2]
  ON CONFLICT DO NOTHING;
  INSERT INTO @atlas@.area_level (level, rank, title) SELECT DISTINCT f.field[7], f.field[8]::int4, f.field[9] FROM @atlas@.import_lines(upload, 'areas.csv') f ON CONFLICT DO NOTHING;
  SELECT string_agg(DISTINCT format('%s is of rank %s here, %s there', a.level, a.rank, f.field[8]), '; ') INTO wrong
  FROM @atlas@.import_lines(upload, 'areas.csv') f JOIN @atlas@.area_level a ON a.level = f.field[7] AND a.rank <> f.field[8]::int4;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'levels of the territory do not agree' USING ERRCODE = '22023', DETAIL = format('%s.', wrong);
  END IF;
  FOR l IN SELECT f.field FROM @atlas@.import_lines(upload, 'areas.csv') f LOOP
    -- The area of this code and period; else the one whose period meets it.
    SELECT array_agg(a.area_id ORDER BY (a.valid_from, a.valid_to) IS NOT DISTINCT FROM (l[12]::date, l[13]::date) DESC) INTO found_ids
    FROM @atlas@.area a WHERE a.code_system = l[2] AND a.code = l[5] AND daterange(a.valid_from, a.valid_to, '[]') && daterange(l[12]::date, l[13]::date, '[]');
    IF cardinality(found_ids) > 1 AND NOT EXISTS (SELECT FROM @atlas@.area a WHERE a.area_id = found_ids[1] AND (a.valid_from, a.valid_to) IS NOT DISTINCT FROM (l[12]::date, l[13]::date)) THEN
      RAISE EXCEPTION 'area "%" of % could be several areas of this atlas', l[5], l[2] USING ERRCODE = '22023', DETAIL = format('Their numbers are %s.', array_to_string(found_ids, ', ')), HINT = 'Give them the periods of validity that the archive has.';
    ELSIF EXISTS (SELECT FROM @atlas@.area a WHERE a.area_id = found_ids[1] AND a.level <> l[7]) THEN
      RAISE EXCEPTION 'area "%" of % is a % in the archive and something else here', l[5], l[2], l[7] USING ERRCODE = '22023';
    ELSIF found_ids IS NULL THEN
      INSERT INTO @atlas@.area (code_system, code, name, level, parent_id, valid_from, valid_to, source, geom)
      VALUES (l[2], l[5], l[6], l[7], ids[l[10]::int4], l[12]::date, l[13]::date, l[14], @postgis@.ST_GeomFromText(l[15], 4326)) RETURNING ARRAY[area.area_id] INTO found_ids;
      made := made + 1;
    END IF;
    ids[l[1]::int4] := found_ids[1];
  END LOOP;
END
$function$;
COMMENT ON FUNCTION @atlas@.import_areas(text) IS 'Internal: finds the areas of an uploaded archive by code and period, and makes those that are not there; returns their numbers by the archive''s numbers, and how many were made. Errors 22023: rank or level differs, several areas could be meant.';
REVOKE EXECUTE ON FUNCTION @atlas@.import_areas(text) FROM PUBLIC;

CREATE FUNCTION @atlas@.import_terms(upload text, OUT indicators_made bigint, OUT sources_made bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  wrong text;
BEGIN
  SELECT string_agg(format('indicator "%s"', i.indicator), ', ' ORDER BY i.indicator COLLATE "C") INTO wrong
  FROM @atlas@.import_lines(upload, 'indicators.csv') f JOIN @atlas@.indicator_definition i ON i.indicator = f.field[1]
  WHERE (i.events_definition, i.at_risk_definition, i.measure, i.per, i.unit, i.method, i.confidence) IS DISTINCT FROM (f.field[3], f.field[4], f.field[5], f.field[6]::float8, f.field[7], f.field[9], f.field[10]::float8);
  SELECT concat_ws(', ', wrong, string_agg(format('source "%s"', s.source_key), ', ' ORDER BY s.source_key COLLATE "C")) INTO wrong
  FROM @atlas@.import_lines(upload, 'sources.csv') f JOIN @atlas@.source s ON s.source_key = f.field[1]
  -- As the file writes them: control characters are spaces, empty is missing.
  WHERE (SELECT array_agg(nullif(regexp_replace(x, '[[:cntrl:]]+', ' ', 'g'), '') ORDER BY o) FROM unnest(ARRAY[s.title, s.definition, s.denominator_definition, s.denominator_differs::text, s.origin]) WITH ORDINALITY AS u (x, o))
        IS DISTINCT FROM f.field[2:6];
  IF wrong <> '' THEN
    RAISE EXCEPTION 'the archive means something else by a name that this atlas has already'
      USING ERRCODE = '22023', DETAIL = format('They differ in definition, unit, scale or limits, or in title, definition or origin: %s.', wrong), HINT = 'Rename yours; its figures keep it.';
  END IF;
  INSERT INTO @atlas@.source (source_key, title, definition, denominator_definition, denominator_differs, origin, quality, note, doi, url)
  SELECT f.field[1], f.field[2], f.field[3], f.field[4], f.field[5]::boolean, f.field[6], f.field[7], f.field[8], f.field[9], f.field[10] FROM @atlas@.import_lines(upload, 'sources.csv') f ORDER BY f.line_no
  ON CONFLICT (source_key) DO NOTHING;
  GET DIAGNOSTICS sources_made = ROW_COUNT;
  -- A standard population of the other atlas's own does not come along; its name stays in the parameters of the edition.
  INSERT INTO @atlas@.indicator_definition (indicator, title, events_definition, at_risk_definition, measure, per, unit, direction, method, confidence, standard, min_coverage, sort)
  SELECT f.field[1], f.field[2], f.field[3], f.field[4], f.field[5], f.field[6]::float8, f.field[7], f.field[8], f.field[9], f.field[10]::float8,
         CASE WHEN EXISTS (SELECT FROM @atlas@.standard s WHERE s.name = f.field[11]) OR EXISTS (SELECT FROM tmap.standards() s WHERE s.standard = f.field[11]) THEN f.field[11] END, f.field[12]::float8, f.field[13]::int4
  FROM @atlas@.import_lines(upload, 'indicators.csv') f ORDER BY f.line_no ON CONFLICT (indicator) DO NOTHING;
  GET DIAGNOSTICS indicators_made = ROW_COUNT;
END
$function$;
COMMENT ON FUNCTION @atlas@.import_terms(text) IS 'Internal: makes the indicators and sources of an uploaded archive that are not there; returns how many of each. Error 22023 when a name stands for something else here.';
REVOKE EXECUTE ON FUNCTION @atlas@.import_terms(text) FROM PUBLIC;

CREATE FUNCTION @atlas@.import_edition(upload text, manifest_sha256 text DEFAULT NULL)
RETURNS TABLE (edition_id int4, edition text, status text, figures bigint, areas_made bigint, indicators_made bigint, sources_made bigint, manifest text)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
  told jsonb;
  had @atlas@.edition;
  corrected int4;
  ids int4[];
BEGIN
  PERFORM @atlas@.checked_upload(upload);
  PERFORM pg_advisory_xact_lock('@atlas@.edition'::regclass::oid::int8::bit(32)::int4, 0);
  ANALYZE @atlas@.inbox;   -- the planner knows nothing of lines that have just arrived
  manifest := @atlas@.import_check_files(upload, manifest_sha256);
  SELECT string_agg(i.line, E'\n' ORDER BY i.line_no)::jsonb INTO told FROM @atlas@.inbox i WHERE i.upload = import_edition.upload || '/edition.json';
  edition := told ->> 'edition';
  IF told ->> 'format' IS DISTINCT FROM 'tmap archive 1' OR edition IS NULL THEN
    RAISE EXCEPTION 'this atlas does not know the format of the archive' USING ERRCODE = '22023', DETAIL = format('It is "%s".', told ->> 'format'), HINT = 'A newer version of tmap may.';
  ELSIF told #>> '{audit,passed}' IS DISTINCT FROM 'true' THEN
    RAISE EXCEPTION 'edition "%" has no audit that it passed', edition USING ERRCODE = '22023';
  END IF;
  SELECT * INTO had FROM @atlas@.edition e WHERE e.edition = import_edition.edition FOR UPDATE;
  IF FOUND AND (had.status = 'draft' OR had.sha256 IS DISTINCT FROM told ->> 'sha256') THEN
    RAISE EXCEPTION 'this atlas has an edition "%" of its own', edition USING ERRCODE = '55000', DETAIL = format('It is %s, with other figures or not yet public.', had.status);
  ELSIF FOUND THEN
    DELETE FROM @atlas@.inbox i WHERE starts_with(i.upload, import_edition.upload || '/');
    RETURN QUERY SELECT had.edition_id, had.edition, 'unchanged'::text, (SELECT count(*) FROM @atlas@.edition_value v WHERE v.edition_id = had.edition_id), 0::bigint, 0::bigint, 0::bigint, manifest;
    RETURN;
  END IF;
  SELECT a.ids, a.made INTO ids, areas_made FROM @atlas@.import_areas(upload) a;
  SELECT t.indicators_made, t.sources_made INTO indicators_made, sources_made FROM @atlas@.import_terms(upload) t;
  SELECT e.edition_id INTO corrected FROM @atlas@.edition e WHERE e.edition = told #>> '{corrects,edition}' AND e.sha256 = told #>> '{corrects,sha256}' AND e.status <> 'draft';
  INSERT INTO @atlas@.edition (edition, years, age_groups, by_sex, corrects, parameters, audit, changes, sha256, computed_at)
  VALUES (edition, ARRAY(SELECT y::int4 FROM jsonb_array_elements_text(told -> 'years') y), ARRAY(SELECT y::int4 FROM jsonb_array_elements_text(told -> 'age_groups') y), (told ->> 'by_sex')::boolean, corrected,
          coalesce(nullif(told -> 'parameters', 'null'), '{}') || jsonb_build_object('imported', jsonb_strip_nulls(jsonb_build_object('manifest', manifest, 'at', to_jsonb(now()), 'by', session_user, 'corrects', told -> 'corrects'))),
          told -> 'audit', nullif(told -> 'changes', 'null'), told ->> 'sha256', (told ->> 'computed_at')::timestamptz)
  RETURNING edition.edition_id INTO edition_id;
  INSERT INTO @atlas@.edition_value (edition_id, fid, year, area_id, sex, age_from, age_to, indicator, source_id, status, events, at_risk, value, lower, upper,
    dsr, dsr_lower, dsr_upper, smr, smr_lower, smr_upper, parent_value, parent_area_id, basis)
  SELECT import_edition.edition_id, f[1]::int4, f[2]::int4, ids[f[3]::int4], f[10], f[11]::int4, f[12]::int4, f[9], s.source_id, f[13], f[14]::int8, f[15]::int8, f[16]::float8, f[17]::float8, f[18]::float8,
         f[19]::float8, f[20]::float8, f[21]::float8, f[22]::float8, f[23]::float8, f[24]::float8, f[25]::float8, ids[f[26]::int4], f[27]
  FROM @atlas@.import_lines(upload, 'figures.csv') AS l (line_no, f) LEFT JOIN @atlas@.source s ON s.source_key = f[28];
  GET DIAGNOSTICS figures = ROW_COUNT;
  ANALYZE @atlas@.area, @atlas@.edition_value;
  IF (told ->> 'sha256') IS DISTINCT FROM @atlas@.edition_digest(edition_id) OR (told ->> 'figures')::bigint <> figures THEN
    RAISE EXCEPTION 'the figures are not those of edition "%"', edition USING ERRCODE = '22023', DETAIL = format('Their SHA-256 is %s instead of %s.', @atlas@.edition_digest(edition_id), told ->> 'sha256');
  ELSIF EXISTS (SELECT FROM @atlas@.edition_value v WHERE v.edition_id = import_edition.edition_id AND NOT EXISTS (SELECT FROM @atlas@.indicator_definition i WHERE i.indicator = v.indicator)) THEN
    RAISE EXCEPTION 'a figure is of an indicator that the archive does not explain' USING ERRCODE = '22023';
  END IF;
  UPDATE @atlas@.edition e SET status = 'published', published_at = (told ->> 'published_at')::timestamptz, published_by = session_user WHERE e.edition_id = import_edition.edition_id;
  UPDATE @atlas@.edition e SET status = 'withdrawn', withdrawn_at = clock_timestamp(), withdrawn_by = session_user, withdrawal_reason = format('corrected by edition %s', import_edition.edition)
  WHERE e.edition_id = corrected AND e.status = 'published';
  PERFORM @atlas@.refresh_published();
  DELETE FROM @atlas@.inbox i WHERE starts_with(i.upload, import_edition.upload || '/');
  status := 'imported';
  RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION @atlas@.import_edition(text, text) IS
'Takes over an edition from the archive of another atlas, all in one transaction: checks the digest of every file, makes areas, indicators and sources that are not here (found by code; those that are here stay as they are), files the figures, compares their digest with the one of the edition, and publishes it with the report of its audit. Finest groups and cells stay where it was computed.
upload: name of the archive; its files are in the table inbox, each under this name, a slash, and the name of the file. manifest_sha256: SHA-256 of SHA256SUMS as the publisher announced it; NULL: not compared, and then the digests say only that the archive is whole, not who made it.
The edition keeps the time of its publication, so the current release is the one published last anywhere. A correction withdraws the edition that it corrects. parameters -> imported says when and by whom it was taken over. The same archive again changes nothing (status unchanged).
Errors, after which nothing has changed and the inbox is as it was: 22023 no such archive, a file missing, changed or of other columns, another archive than announced, figures that are not the edition''s, a name that means something else here; 55000 another edition of that name.';
REVOKE EXECUTE ON FUNCTION @atlas@.import_edition(text, text) FROM PUBLIC;
