-- Loading submitted counts.

CREATE OR REPLACE FUNCTION @atlas@.submission_facts(source_id int4, area_ids int4[], first_days date[], last_days date[]) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  made @atlas@.new_fact[];
  old int4[];
BEGIN
  SELECT array_agg((m.area_id, m.valid_from, m.valid_to, 'thrombectomy_per_stroke', false, m.tally, 'reported', NULL, NULL, NULL, m.note)::@atlas@.new_fact
                   ORDER BY m.area_id, m.valid_from, m.valid_to) INTO made
  FROM (SELECT k.area_id, k.valid_from, k.valid_to, tmap.tally_agg(k.stratum, k.thrombectomies, k.strokes) AS tally,
               max(format('lines left out of %s: %s', s.submission_key, s.unplaced)) FILTER (WHERE s.unplaced > 0) AS note
        FROM @atlas@.submission s
        JOIN @atlas@.submitted_count k ON k.submission_id = s.submission_id
        JOIN (SELECT DISTINCT * FROM unnest(area_ids, first_days, last_days)) AS t (area_id, valid_from, valid_to)
          ON t.area_id = k.area_id AND t.valid_from = k.valid_from AND t.valid_to = k.valid_to
        WHERE s.source_id = submission_facts.source_id AND s.status = 'in force'
        GROUP BY k.area_id, k.valid_from, k.valid_to) m;
  SELECT array_agg(f.fact_id) INTO old
  FROM @atlas@.fact f JOIN unnest(area_ids, first_days, last_days) AS t (area_id, valid_from, valid_to)
    ON t.area_id = f.area_id AND t.valid_from = f.valid_from AND t.valid_to = f.valid_to
  WHERE f.source_id = submission_facts.source_id AND f.basis = 'submission';
  RETURN @atlas@.put_facts(source_id, 'submission', made, old);
END
$function$;
COMMENT ON FUNCTION @atlas@.submission_facts(int4, int4[], date[], date[]) IS 'Internal: makes the facts of these areas and periods anew from the submissions of a source that are in force, and removes those that no submission gives any more; returns how many changed. Used by load_counts().';
REVOKE EXECUTE ON FUNCTION @atlas@.submission_facts(int4, int4[], date[], date[]) FROM PUBLIC;

CREATE OR REPLACE FUNCTION @atlas@.load_counts(upload text, country text, source_key text, delimiter text DEFAULT NULL, column_map jsonb DEFAULT NULL,
  expected_lines bigint DEFAULT NULL, again boolean DEFAULT false, accept_partial boolean DEFAULT false)
RETURNS TABLE (submission_id int4, status text, lines_read bigint, accepted bigint, rejected bigint, duplicates bigint, facts_changed bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
  this_source int4 := @atlas@.find_source(source_key);
  digest text;
  uploaded bigint;
  last @atlas@.submission;
  old @atlas@.submission;
  lost bigint;
BEGIN
  PERFORM @atlas@.checked_upload(upload);
  PERFORM @atlas@.find_country(country);
  -- Two sessions that load the same name, or facts of the same source, one after the other.
  PERFORM pg_advisory_xact_lock('@atlas@.submission'::regclass::oid::int8::bit(32)::int4, hashtext(upload));
  PERFORM @atlas@.lock_source(this_source);
  SELECT count(*), encode(sha256(convert_to(jsonb_build_array(load_counts.upload, country, source_key, delimiter, column_map, accept_partial)::text || E'\n'
                                            || coalesce(string_agg(rtrim(coalesce(i.line, ''), E'\r'), E'\n' ORDER BY i.line_no), ''), 'UTF8')), 'hex')
  INTO uploaded, digest
  FROM @atlas@.inbox i WHERE i.upload = load_counts.upload;
  IF expected_lines <> uploaded THEN
    RAISE EXCEPTION '% lines arrived instead of %', uploaded, expected_lines
      USING ERRCODE = '22023', DETAIL = 'Lines are lost when a file holds NUL bytes or a line with \. alone, and doubled when it is copied twice.',
        HINT = format('Empty the inbox, DELETE FROM inbox WHERE upload = %L, and copy the file again.', upload);
  END IF;
  SELECT * INTO last FROM @atlas@.submission s WHERE s.country = load_counts.country AND s.submission_key = upload ORDER BY s.submission_id DESC LIMIT 1;
  IF uploaded > 0 AND last.sha256 = digest AND NOT coalesce(again, false) THEN
    DELETE FROM @atlas@.inbox i WHERE i.upload = load_counts.upload;
    RETURN QUERY SELECT last.submission_id, 'unchanged'::text, last.lines_read, last.accepted, last.rejected, last.duplicates, 0::bigint;
    RETURN;
  END IF;
  SELECT * INTO old FROM @atlas@.submission s WHERE s.country = load_counts.country AND s.submission_key = upload AND s.status = 'in force';
  IF old.source_id <> this_source OR old.country <> country THEN
    RAISE EXCEPTION 'submission "%" was filed under another source or country', upload
      USING ERRCODE = '22023', DETAIL = format('It is filed under source "%s", country %s.', (SELECT s.source_key FROM @atlas@.source s WHERE s.source_id = old.source_id), old.country),
        HINT = 'Give these, or another name for the upload.';
  END IF;

  INSERT INTO @atlas@.submission (submission_key, country, source_id, status, sha256)
  VALUES (upload, country, this_source, 'refused', digest) RETURNING submission.submission_id INTO submission_id;
  WITH checked AS MATERIALIZED (
    SELECT * FROM @atlas@.check_counts(upload, country, source_key, delimiter, column_map)
  ), refusal AS (   -- why the upload as a whole is refused; NULL when it is not
    SELECT n.lost, CASE WHEN accept_partial THEN NULL
                        WHEN n.lost > 0 THEN format('lines without a known area and period: %s', n.lost)
                        WHEN n.at_fault > 0 AND old.submission_id IS NOT NULL THEN format('would replace submission %s, with lines at fault: %s', old.submission_id, n.at_fault) END AS why
    FROM (SELECT count(*) FILTER (WHERE c.area_id IS NULL AND c.reason <> 'blank_line') AS lost,
                 count(*) FILTER (WHERE c.reason NOT IN ('blank_line', 'duplicate_line', 'incomplete_group')) AS at_fault FROM checked c) n
  ), kept AS (
    INSERT INTO @atlas@.submitted_count (submission_id, line_no, area_id, valid_from, valid_to, stratum, strokes, thrombectomies)
    SELECT load_counts.submission_id, c.line_no, c.area_id, c.valid_from, c.valid_to, c.stratum, c.strokes, c.thrombectomies
    FROM checked c, refusal r WHERE c.reason IS NULL AND r.why IS NULL ORDER BY c.line_no
    RETURNING 1
  ), refused AS (
    INSERT INTO @atlas@.rejected_line (submission_id, line_no, line, reason, column_name, detail)
    SELECT load_counts.submission_id, c.line_no, c.line, coalesce(c.reason, 'upload_refused'), c.column_name, CASE WHEN c.reason IS NULL THEN r.why ELSE c.detail END
    FROM checked c, refusal r WHERE c.reason IS NOT NULL OR r.why IS NOT NULL ORDER BY c.line_no
    RETURNING reason
  )
  SELECT (SELECT count(*) FROM kept), (SELECT count(*) FROM refused), (SELECT count(*) FROM refused r WHERE r.reason = 'duplicate_line'), (SELECT r.lost FROM refusal r)
  INTO accepted, rejected, duplicates, lost;
  lines_read := uploaded - 1;
  status := CASE WHEN accepted > 0 THEN 'loaded' ELSE 'refused' END;
  IF accepted > 0 AND old.submission_id IS NOT NULL THEN
    UPDATE @atlas@.submission s SET status = 'superseded', superseded_by = load_counts.submission_id WHERE s.submission_id = old.submission_id;
  END IF;
  -- The table's own constraint checks that every line is accounted for.
  UPDATE @atlas@.submission s
  SET status = CASE WHEN load_counts.accepted > 0 THEN 'in force' ELSE 'refused' END, lines_read = load_counts.lines_read,
      accepted = load_counts.accepted, rejected = load_counts.rejected, duplicates = load_counts.duplicates, unplaced = lost
  WHERE s.submission_id = load_counts.submission_id;
  DELETE FROM @atlas@.inbox i WHERE i.upload = load_counts.upload;
  facts_changed := 0;
  IF accepted > 0 THEN
    SELECT @atlas@.submission_facts(this_source, array_agg(t.area_id), array_agg(t.valid_from), array_agg(t.valid_to)) INTO facts_changed
    FROM (SELECT DISTINCT k.area_id, k.valid_from, k.valid_to FROM @atlas@.submitted_count k
          WHERE k.submission_id IN (load_counts.submission_id, old.submission_id)) t;
    facts_changed := facts_changed + @atlas@.roll_up(source_key) + @atlas@.tally_inhabitants(source_key);
  END IF;
  RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION @atlas@.load_counts(text, text, text, text, jsonb, bigint, boolean, boolean) IS
'Checks and loads the lines of an upload (table inbox) as the submission of that name, all in one transaction: the counts of areas and periods become facts of the source, sums of regions and countries follow.
upload: its name, also the key of the submission; the same lines again change nothing (status unchanged), other lines replace the old submission, which stays as history. country: whose areas may occur, ISO 3166-1 alpha-3. source_key: source to file under. delimiter: one character; found out from the header when NULL. column_map: {"their column": "our column"}.
The header names the columns, in any order: area, period, strokes, thrombectomies; may have age_band, sex, comorbidity, code_system. expected_lines: lines of the file, header included (wc -l), to be sure that all arrived. again: check anew although the lines are the same, for example after adding areas.
A line at fault rejects its whole area and period, see check_counts(). The upload as a whole is refused when it has lines of no known area and period, for nobody can say which sum they belong to, or when it would replace a submission and has lines at fault; accept_partial => true loads what is good all the same, and the facts then carry a note of the lines without a place.
Returns status loaded, unchanged or refused (nothing loaded; a previous submission stays in force) and lines_read = accepted + rejected; duplicates are among the rejected, each of which is kept in rejected_line. Limit: 1 GB of lines.
Errors, after which nothing has changed and the inbox is as it was: 22023 no name, nothing uploaded, lines missing, unknown source or country, bad header, another source or country than before; 22P04 malformed header.';
REVOKE EXECUTE ON FUNCTION @atlas@.load_counts(text, text, text, text, jsonb, bigint, boolean, boolean) FROM PUBLIC;

CREATE OR REPLACE FUNCTION @atlas@.load_counts_text(document text, upload text, country text, source_key text, delimiter text DEFAULT NULL, column_map jsonb DEFAULT NULL, again boolean DEFAULT false,
  accept_partial boolean DEFAULT false)
RETURNS TABLE (submission_id int4, status text, lines_read bigint, accepted bigint, rejected bigint, duplicates bigint, facts_changed bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  PERFORM @atlas@.checked_upload(upload);
  IF EXISTS (SELECT FROM @atlas@.inbox i WHERE i.upload = load_counts_text.upload) THEN
    RAISE EXCEPTION 'the inbox already holds lines of "%"', upload
      USING ERRCODE = '55000', HINT = 'Load them with load_counts(), or delete them.';
  END IF;
  INSERT INTO @atlas@.inbox (upload, line)
  SELECT load_counts_text.upload, t.line
  FROM unnest(string_to_array(regexp_replace(replace(replace(document, E'\r\n', E'\n'), E'\r', E'\n'), E'\n$', ''), E'\n')) WITH ORDINALITY AS t (line, place)
  ORDER BY t.place;
  RETURN QUERY SELECT * FROM @atlas@.load_counts(upload, country, source_key, delimiter, column_map, NULL, again, accept_partial);
END
$function$;
COMMENT ON FUNCTION @atlas@.load_counts_text(text, text, text, text, text, jsonb, boolean, boolean) IS
'The same as load_counts() for a whole document in one argument, for web clients. Lines end with LF, CRLF or CR. Errors: as load_counts(), and 55000 when the inbox already holds lines of that name.';
REVOKE EXECUTE ON FUNCTION @atlas@.load_counts_text(text, text, text, text, text, jsonb, boolean, boolean) FROM PUBLIC;
