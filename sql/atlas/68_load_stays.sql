-- Loading hospital stays.

CREATE FUNCTION @atlas@.upload_lines(upload text, first_no bigint, gaps boolean) RETURNS TABLE (n bigint, line text)
LANGUAGE sql STABLE
BEGIN ATOMIC
  -- Without a SET clause, so that it becomes part of the query. Numbering by a window costs a copy of every line.
  SELECT i.line_no - upload_lines.first_no + 1, coalesce(i.line, '') FROM @atlas@.inbox i
  WHERE i.upload = upload_lines.upload AND NOT upload_lines.gaps
  UNION ALL
  SELECT row_number() OVER (ORDER BY i.line_no), coalesce(i.line, '') FROM @atlas@.inbox i
  WHERE i.upload = upload_lines.upload AND upload_lines.gaps;
END;
COMMENT ON FUNCTION @atlas@.upload_lines(text, bigint, boolean) IS 'Internal: the lines of an upload numbered from 1. first_no: the smallest line_no; gaps: whether another upload came in at the same time, so that numbers are missing.';
REVOKE EXECUTE ON FUNCTION @atlas@.upload_lines(text, bigint, boolean) FROM PUBLIC;

CREATE FUNCTION @atlas@.load_stays(upload text, country text, source_key text, delimiter text DEFAULT NULL, column_map jsonb DEFAULT NULL,
  expected_lines bigint DEFAULT NULL, expected_sha256 text DEFAULT NULL, again boolean DEFAULT false)
RETURNS TABLE (submission_id int4, status text, lines_read bigint, accepted bigint, rejected bigint, duplicates bigint, unreadable_codes bigint, unlocated bigint)
-- Tables filled a moment ago have no statistics: stays are found by their key. Scans begin at the beginning, where the first lines are.
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off SET synchronize_seqscans = off SET work_mem = '256MB' SET jit = off SET max_parallel_workers_per_gather = 0
AS $function$
#variable_conflict use_column
DECLARE
  this_source int4 := @atlas@.find_source(source_key);
  fingerprint text := tmap.pseudonym_key_fingerprint();
  how @atlas@.stay_source;
  head record;
  place record;
  plan int4[];
  asked int4[];
  file tmap.stay_file;
  lines refcursor;
  uploaded bigint;
  present bytea;
  years_present bytea;
  digest text;
  last @atlas@.submission;
  old @atlas@.submission;
  old_years int4[] := '{}';
  new_years int4[];
  others boolean;
  elsewhere bigint;
  elsewhere_in text;
  gaps boolean;
BEGIN
  PERFORM @atlas@.find_country(country);
  SELECT * INTO how FROM @atlas@.stay_source s WHERE s.source_id = this_source;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'nothing is known of how source "%" codes stays', source_key
      USING ERRCODE = '22023', HINT = 'Insert a row into the table stay_source: at least its diagnosis_system.';
  END IF;
  -- Two sessions that load the same name, or stays of the same source, one after the other.
  PERFORM pg_advisory_xact_lock('@atlas@.submission'::regclass::oid::int8::bit(32)::int4, hashtext(upload));
  PERFORM @atlas@.lock_source(this_source);
  -- And loads of one country, whose stays share a key.
  PERFORM pg_advisory_xact_lock('@atlas@.stay'::regclass::oid::int8::bit(32)::int4, hashtext(country));
  SELECT * INTO head FROM @atlas@.stay_header(upload, delimiter, column_map);
  plan := tmap.stay_plan(head.columns, head.separator, how.date_format, how.sex_scheme, how.diagnosis_system, how.procedure_system, (now() AT TIME ZONE 'UTC')::date + 1, how.transfer_scheme);
  asked := CASE WHEN how.date_format IS NULL OR how.sex_scheme IS NULL THEN plan END;
  -- Lines nearly always stand in their order, and are not sorted then.
  SELECT (f).* INTO file FROM (SELECT tmap.stay_survey(i.line_no, i.line, asked) AS f FROM @atlas@.inbox i WHERE i.upload = load_stays.upload OFFSET 0) s;
  IF NOT file.in_order THEN
    SELECT (f).* INTO file FROM (SELECT tmap.stay_survey(l.line_no, l.line, asked) AS f
      FROM (SELECT i.line_no, i.line FROM @atlas@.inbox i WHERE i.upload = load_stays.upload ORDER BY i.line_no) l OFFSET 0) s;
    OPEN lines NO SCROLL FOR SELECT i.line_no, i.line FROM @atlas@.inbox i WHERE i.upload = load_stays.upload ORDER BY i.line_no;
  ELSE
    OPEN lines NO SCROLL FOR SELECT i.line_no, i.line FROM @atlas@.inbox i WHERE i.upload = load_stays.upload;
  END IF;
  uploaded := file.lines;
  gaps := file.last_no - file.first_no + 1 <> uploaded;
  IF expected_lines <> uploaded THEN
    RAISE EXCEPTION '% lines arrived instead of %', uploaded, expected_lines
      USING ERRCODE = '22023', DETAIL = 'Lines are lost when a file holds NUL bytes or a line with \. alone, and doubled when it is copied twice.',
        HINT = format('Empty the inbox, DELETE FROM inbox WHERE upload = %L, and copy the file again.', upload);
  ELSIF lower(btrim(expected_sha256)) <> ALL (file.sha256)
    AND lower(btrim(expected_sha256)) <> ALL ((SELECT tmap.lines_sha256(l.line, E'\r\n') FROM (SELECT i.line FROM @atlas@.inbox i WHERE i.upload = load_stays.upload ORDER BY i.line_no) l)::text[]) THEN
    RAISE EXCEPTION 'the lines that arrived are not those of the file'
      USING ERRCODE = '22023', DETAIL = format('Their SHA-256 is %s.', file.sha256[1]),
        HINT = format('Empty the inbox, DELETE FROM inbox WHERE upload = %L, and copy the file again; the file has to be in UTF-8.', upload);
  END IF;
  digest := encode(sha256(convert_to(jsonb_build_array(upload, country, source_key, delimiter, column_map, to_jsonb(how), fingerprint, file.sha256[1])::text, 'UTF8')), 'hex');

  -- The same as the last one, or as the one in force when corrections of it were refused since.
  SELECT * INTO last FROM @atlas@.submission s
  WHERE s.country = load_stays.country AND s.submission_key = upload AND s.sha256 = digest
    AND (s.status = 'in force' OR s.submission_id = (SELECT max(l.submission_id) FROM @atlas@.submission l WHERE l.country = load_stays.country AND l.submission_key = upload))
  ORDER BY s.submission_id DESC LIMIT 1;
  IF FOUND AND NOT coalesce(again, false) THEN
    CLOSE lines;
    PERFORM @atlas@.empty_inbox(upload, uploaded);
    RETURN QUERY SELECT last.submission_id, 'unchanged'::text, last.lines_read, last.accepted, last.rejected, last.duplicates, s.unreadable, s.unlocated
                 FROM @atlas@.stay_submission s WHERE s.submission_id = last.submission_id;
    RETURN;
  END IF;
  SELECT * INTO old FROM @atlas@.submission s WHERE s.country = load_stays.country AND s.submission_key = upload AND s.status = 'in force';
  IF old.source_id <> this_source OR old.country <> country THEN
    RAISE EXCEPTION 'submission "%" was filed under another source or country', upload
      USING ERRCODE = '22023', DETAIL = format('It is filed under source "%s", country %s.', (SELECT s.source_key FROM @atlas@.source s WHERE s.source_id = old.source_id), old.country),
        HINT = 'Give these, or another name for the upload.';
  ELSIF old.submission_id IS NOT NULL AND NOT EXISTS (SELECT FROM @atlas@.stay_submission s WHERE s.submission_id = old.submission_id) THEN
    RAISE EXCEPTION 'submission "%" is one of counts', upload USING ERRCODE = '22023', HINT = 'Give stays another name for the upload.';
  ELSIF EXISTS (SELECT FROM @atlas@.stay_submission k JOIN @atlas@.submission s ON s.submission_id = k.submission_id
                WHERE s.source_id = this_source AND s.status = 'in force' AND k.key_fingerprint <> fingerprint) THEN
    RAISE EXCEPTION 'the pseudonyms of source "%" were made with another key', source_key
      USING ERRCODE = '22023', HINT = 'Give the same key, so that one patient has one pseudonym; under a new key, file under a new source.';
  END IF;

  -- A plan could be made: the first line is a header, and may be told.
  PERFORM @atlas@.report_stay_columns(head.columns, how.procedure_system IS NOT NULL);
  how.date_format := coalesce(how.date_format, @atlas@.stay_date_format(file.signs));
  IF 'sex' = ANY (head.columns) THEN
    how.sex_scheme := coalesce(how.sex_scheme, @atlas@.stay_sex_scheme(file.signs));
  END IF;
  plan := tmap.stay_plan(head.columns, head.separator, how.date_format, how.sex_scheme, how.diagnosis_system, how.procedure_system, (now() AT TIME ZONE 'UTC')::date + 1, how.transfer_scheme);
  SELECT * INTO place FROM @atlas@.stay_places(country, how.residence_system);

  INSERT INTO @atlas@.submission (submission_key, country, source_id, status, sha256)
  VALUES (upload, country, this_source, 'refused', digest) RETURNING submission.submission_id INTO submission_id;
  INSERT INTO @atlas@.stay_submission (submission_id, file_sha256, key_fingerprint, date_format, sex_scheme)
  VALUES (submission_id, file.sha256[1], fingerprint, how.date_format, how.sex_scheme);
  IF old.submission_id IS NOT NULL THEN
    SELECT s.years INTO old_years FROM @atlas@.stay_submission s WHERE s.submission_id = old.submission_id;
    -- The old one gives way only when at least one line will be accepted.
    IF EXISTS (SELECT FROM (SELECT tmap.stay_line(coalesce(i.line, ''), plan) AS f FROM @atlas@.inbox i WHERE i.upload = load_stays.upload AND i.line_no > file.first_no OFFSET 0) c
               WHERE (c.f).reason IS NULL
                 AND NOT EXISTS (SELECT FROM @atlas@.stay s WHERE s.country = load_stays.country AND s.year = (c.f).year
                                   AND s.stay = (c.f).stay AND s.submission_id <> old.submission_id)) THEN
      INSERT INTO @atlas@.stay_history
      SELECT s.* FROM @atlas@.stay s WHERE s.country = load_stays.country AND s.year = ANY (old_years) AND s.submission_id = old.submission_id;
      DELETE FROM @atlas@.stay s WHERE s.country = load_stays.country AND s.year = ANY (old_years) AND s.submission_id = old.submission_id;
      UPDATE @atlas@.submission s SET status = 'superseded', superseded_by = load_stays.submission_id WHERE s.submission_id = old.submission_id;
    END IF;
  END IF;

  others := EXISTS (SELECT FROM @atlas@.stay s WHERE s.country = load_stays.country);
  -- The rows come as the key is sorted within a year: pseudonyms in no order are dear to put into an index.
  WITH kept AS (
    INSERT INTO @atlas@.stay (country, year, stay, patient, admitted, discharged, age, sex, area_id, residence, point, hospital, principal,
      diagnoses, procedures, procedure_on, transfer_in, transfer_out, planned, unreadable, source_id, submission_id, line_no)
    SELECT load_stays.country, r.year, r.stay, r.patient, r.admitted, r.discharged, r.age, r.sex,
           CASE WHEN r.area_id IS NOT NULL THEN r.area_id
                WHEN r.residence = ANY (place.sometimes) THEN @atlas@.stay_place(load_stays.country, how.residence_system, r.residence, r.admitted) END,
           r.residence, CASE WHEN r.lon IS NOT NULL THEN @postgis@.ST_SetSRID(@postgis@.ST_MakePoint(r.lon, r.lat), 4326) END,
           r.hospital, r.principal, r.diagnoses, r.procedures, r.procedure_on, r.transfer_in, r.transfer_out, r.planned,
           r.unreadable, this_source, load_stays.submission_id, r.line_no
    FROM tmap.stay_rows(lines, plan, place.always, place.areas) r
    WHERE NOT (others AND EXISTS (SELECT FROM @atlas@.stay s WHERE s.country = load_stays.country AND s.year = r.year AND s.stay = r.stay))
    RETURNING year, unreadable, line_no, area_id IS NULL AND point IS NULL AS nowhere
  )
  SELECT count(*), coalesce(sum(k.unreadable), 0)::int8, count(*) FILTER (WHERE k.nowhere), tmap.lines_present(k.year), tmap.lines_present(k.line_no)
  INTO accepted, unreadable_codes, unlocated, years_present, present FROM kept k;
  CLOSE lines;
  new_years := ARRAY(SELECT y FROM generate_series(1900, 2099) y WHERE tmap.line_is_present(years_present, y) ORDER BY y);

  -- The rest was refused by a fault, or because the stay is there already.
  lines_read := uploaded - 1;
  rejected := 0;
  duplicates := 0;
  IF accepted < lines_read THEN
    WITH missed AS MATERIALIZED (
      SELECT c.n, c.line, tmap.stay_line(c.line, plan) AS f
      FROM @atlas@.upload_lines(load_stays.upload, file.first_no, gaps) c
      WHERE c.n > 1 AND tmap.line_is_present(present, c.n) IS NOT TRUE
    ), refused AS (
      INSERT INTO @atlas@.rejected_line (submission_id, line_no, line, reason, column_name, detail)
      SELECT load_stays.submission_id, m.n, tmap.stay_redacted(m.line, plan),
             coalesce((m.f).reason, CASE WHEN s.submission_id IS DISTINCT FROM load_stays.submission_id THEN 'in_other_submission'
               WHEN (s.patient, s.admitted, s.discharged, s.age, s.sex, s.residence, s.hospital, s.principal, s.diagnoses, s.procedures, s.procedure_on, s.transfer_in, s.transfer_out, s.planned)
                 IS NOT DISTINCT FROM ((m.f).patient, (m.f).admitted, (m.f).discharged, (m.f).age, (m.f).sex, (m.f).residence, (m.f).hospital, (m.f).principal, (m.f).diagnoses,
                                       (m.f).procedures, (m.f).procedure_on, (m.f).transfer_in, (m.f).transfer_out, (m.f).planned) THEN 'duplicate_line'
               ELSE 'conflicting_duplicate' END),
             CASE WHEN (m.f).reason IS NULL THEN 'stay_id' ELSE (m.f).column_name END,
             CASE WHEN (m.f).reason IS NOT NULL THEN (m.f).detail
                  WHEN s.submission_id IS DISTINCT FROM load_stays.submission_id THEN format('submission %s', o.submission_key)
                  ELSE format('same stay as line %s', s.line_no) END
      FROM missed m
      LEFT JOIN @atlas@.stay s ON (m.f).reason IS NULL AND s.country = load_stays.country AND s.year = (m.f).year AND s.stay = (m.f).stay
      LEFT JOIN @atlas@.submission o ON o.submission_id = s.submission_id
      RETURNING reason, detail
    )
    SELECT count(*), count(*) FILTER (WHERE r.reason = 'duplicate_line'),
           count(*) FILTER (WHERE r.reason = 'in_other_submission'), min(r.detail COLLATE "C") FILTER (WHERE r.reason = 'in_other_submission')
    INTO rejected, duplicates, elsewhere, elsewhere_in FROM refused r;
    IF elsewhere > 0 THEN
      RAISE WARNING '% lines are of stays that are in another submission already (%)', elsewhere, elsewhere_in
        USING HINT = 'A corrected file replaces an earlier one only when it is uploaded under the same name.';
    END IF;
  END IF;
  status := CASE WHEN accepted > 0 THEN 'loaded' ELSE 'refused' END;
  -- The table's own constraint checks that every line is accounted for.
  UPDATE @atlas@.submission s
  SET status = CASE WHEN load_stays.accepted > 0 THEN 'in force' ELSE 'refused' END, lines_read = load_stays.lines_read,
      accepted = load_stays.accepted, rejected = load_stays.rejected, duplicates = load_stays.duplicates
  WHERE s.submission_id = load_stays.submission_id;
  UPDATE @atlas@.stay_submission s SET years = new_years, unreadable = unreadable_codes, unlocated = load_stays.unlocated WHERE s.submission_id = load_stays.submission_id;
  PERFORM @atlas@.empty_inbox(upload, uploaded);
  RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION @atlas@.load_stays(text, text, text, text, jsonb, bigint, text, boolean) IS
'Checks and loads the lines of an upload (table inbox) as the submission of stays of that name, all in one transaction: until it commits nothing has changed and the lines stay in the inbox, so that after a crash or a cancelled call the same call does it again.
upload: its name, also the key of the submission; the same lines again change nothing (status unchanged), other lines replace the old submission, whose stays move to stay_history. Only the same name replaces: the stays of a corrected file under another name are rejected as in_other_submission, with a warning. country: country that reports, ISO 3166-1 alpha-3. source_key: source to file under; its row in stay_source says how it codes. delimiter: one character; found out from the header when NULL. column_map: {"their column": "our column"}.
The header names the columns, in any order, see tmap.stay_plan(); a notice names those that are not read, a warning says when there are no patients or, with a procedure_system in stay_source, no procedures: the figures would be wrong. expected_lines: lines of the file, header included (grep -c ); expected_sha256: what sha256sum says of the file, in UTF-8; both to be sure that all arrived. again: load anew although the lines are the same, for example after adding areas.
Patients and stays come in as pseudonyms (tmap.pseudonym) under the key of the session; a source keeps to one key. The raw lines stand in the inbox until the load commits, and in its dead rows until VACUUM.
Returns status loaded, unchanged or refused (no acceptable line: the previous submission stays in force) and lines_read = accepted + rejected; duplicates are among the rejected, each of which is kept in rejected_line without identifiers (tmap.stay_redacted). Of two lines with one stay identifier the first stands; the later is duplicate_line (same values), conflicting_duplicate, or in_other_submission. Stays with a residence that is no area of the country, or with none, and without a point are kept: unlocated says how many. unreadable_codes: other diagnoses and procedures left out because they cannot be codes of their system.
Errors, after which nothing has changed and the inbox is as it was: 22023 nothing uploaded, lines missing or changed, unknown source or country, bad header or column_map, uncertain dates or sexes, another source, country or key than before, key too short; 55000 no key; 22P04 malformed header.';
REVOKE EXECUTE ON FUNCTION @atlas@.load_stays(text, text, text, text, jsonb, bigint, text, boolean) FROM PUBLIC;

CREATE FUNCTION @atlas@.rejected_by_reason(submission_id int4)
RETURNS TABLE (reason text, column_name text, lines bigint, first_line bigint)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT r.reason, r.column_name, count(*), min(r.line_no)
  FROM @atlas@.rejected_line r WHERE r.submission_id = rejected_by_reason.submission_id
  GROUP BY r.reason, r.column_name
  ORDER BY count(*) DESC, r.reason COLLATE "C", r.column_name COLLATE "C"
$function$;
COMMENT ON FUNCTION @atlas@.rejected_by_reason(int4) IS 'Rejected lines of a submission by reason and column, most frequent first, with the first line of each. No rows when all were accepted.';
REVOKE EXECUTE ON FUNCTION @atlas@.rejected_by_reason(int4) FROM PUBLIC;
