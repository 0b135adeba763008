-- Reading the header and the habits of a file of hospital stays.

CREATE TABLE @atlas@.stay_submission (
  submission_id int4 PRIMARY KEY REFERENCES @atlas@.submission,
  file_sha256 text NOT NULL,
  key_fingerprint text NOT NULL,
  date_format text NOT NULL,
  sex_scheme text,
  years int4[] NOT NULL DEFAULT '{}',
  unreadable bigint NOT NULL DEFAULT 0,
  unlocated bigint NOT NULL DEFAULT 0
);
COMMENT ON TABLE @atlas@.stay_submission IS 'What submissions of hospital stays have beside what all submissions have. A submission without a row here is one of counts.';
COMMENT ON COLUMN @atlas@.stay_submission.submission_id IS 'The submission.';
COMMENT ON COLUMN @atlas@.stay_submission.file_sha256 IS 'SHA-256 of the lines, in hexadecimal, each ended by LF: what sha256sum says of the file when its lines end so.';
COMMENT ON COLUMN @atlas@.stay_submission.key_fingerprint IS 'Fingerprint of the key that its pseudonyms were made with, tmap.pseudonym_key_fingerprint().';
COMMENT ON COLUMN @atlas@.stay_submission.date_format IS 'Format that its dates were read in.';
COMMENT ON COLUMN @atlas@.stay_submission.sex_scheme IS 'Scheme that its sexes were read in; NULL when the file has none.';
COMMENT ON COLUMN @atlas@.stay_submission.years IS 'Years of admission of its accepted stays.';
COMMENT ON COLUMN @atlas@.stay_submission.unreadable IS 'Other diagnoses and procedures of accepted stays that were left out because they cannot be codes of their system.';
COMMENT ON COLUMN @atlas@.stay_submission.unlocated IS 'Accepted stays that had neither a residence that is an area of the country nor a point when they were loaded.';

CREATE FUNCTION @atlas@.stay_submission_check() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  IF EXISTS (SELECT FROM @atlas@.stay_submission s WHERE s.submission_id = OLD.submission_id)
     AND NOT EXISTS (SELECT FROM @atlas@.stay_submission s WHERE s.submission_id = NEW.superseded_by) THEN
    RAISE EXCEPTION 'submission "%" is one of hospital stays', OLD.submission_key
      USING ERRCODE = '22023', HINT = 'Give counts another name; stays are replaced by load_stays().';
  END IF;
  RETURN NEW;
END
$function$;
COMMENT ON FUNCTION @atlas@.stay_submission_check() IS 'Internal: trigger of submission: error 22023 when counts would replace hospital stays, which would stay where they are.';
CREATE TRIGGER stay_submission_check BEFORE UPDATE OF status ON @atlas@.submission FOR EACH ROW
  WHEN (OLD.status = 'in force' AND NEW.status <> 'in force') EXECUTE FUNCTION @atlas@.stay_submission_check();

CREATE FUNCTION @atlas@.is_stay_column(name text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce(name ~* '^(stay_id|patient_id|admitted|discharged|age|birth_year|birth_date|sex|residence|lon|lat|hospital|principal|diagnoses|procedures|procedure_on|transfer_in|transfer_out|planned|(diagnosis|procedure)_?[0-9]+)$', false);
COMMENT ON FUNCTION @atlas@.is_stay_column(text) IS 'Internal: true for the name of a column that load_stays() reads, see tmap.stay_plan(); false for NULL.';

CREATE FUNCTION @atlas@.check_column_map(column_map jsonb, header text[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  wrong text;
BEGIN
  IF jsonb_typeof(coalesce(column_map, '{}')) <> 'object' THEN
    RAISE EXCEPTION 'column_map is not a JSON object' USING ERRCODE = '22023', HINT = 'For example: {"DP": "principal", "Aufnahmedatum": "admitted"}.';
  END IF;
  -- A slip of the pen would leave a column out in silence. What the header has instead is not said: it may be a line of data.
  SELECT string_agg(k, ', ' ORDER BY k COLLATE "C") INTO wrong FROM jsonb_object_keys(column_map) k
  WHERE NOT EXISTS (SELECT FROM unnest(header) h WHERE btrim(h) = k);
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'column_map names columns that the header lacks: %', wrong
      USING ERRCODE = '22023', HINT = 'column_map is {"their column": "our column"}; capitals count in theirs.';
  END IF;
  SELECT string_agg(coalesce(m.value, 'null'), ', ' ORDER BY m.value COLLATE "C") INTO wrong FROM jsonb_each_text(column_map) m
  WHERE NOT @atlas@.is_stay_column(m.value);
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'column_map renames to columns that are not known: %', wrong
      USING ERRCODE = '22023', HINT = 'column_map is {"their column": "our column"}; leave out columns that are not to be read.';
  END IF;
END
$function$;
COMMENT ON FUNCTION @atlas@.check_column_map(jsonb, text[]) IS 'Internal: error 22023 when column_map is no object, names a column that the header lacks, or renames one to none that is known. header: its fields as they stand.';

CREATE FUNCTION @atlas@.stay_header(upload text, delimiter text, column_map jsonb, OUT separator text, OUT columns text[])
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  header text;
  first_no bigint;
  raw text[];
BEGIN
  -- Nearly always the line that stands first; looking whether one with a smaller number stands behind it is cheaper than sorting.
  SELECT i.line_no, ltrim(i.line, E'\uFEFF') INTO first_no, header FROM @atlas@.inbox i WHERE i.upload = stay_header.upload LIMIT 1;
  IF EXISTS (SELECT FROM @atlas@.inbox i WHERE i.upload = stay_header.upload AND i.line_no < first_no) THEN
    SELECT i.line_no, ltrim(i.line, E'\uFEFF') INTO first_no, header FROM @atlas@.inbox i WHERE i.upload = stay_header.upload ORDER BY i.line_no LIMIT 1;
  END IF;
  IF first_no IS NULL THEN
    RAISE EXCEPTION 'nothing was uploaded as "%"', coalesce(upload, 'NULL')
      USING ERRCODE = '22023', HINT = 'SET tmap.upload = ''NAME''; and copy the lines of the file into the table inbox first.';
  END IF;
  -- The delimiter that occurs most often in the header, unless it is given.
  separator := coalesce(delimiter, (SELECT d FROM unnest(ARRAY[',', ';', E'\t', '|']) WITH ORDINALITY AS t (d, place)
                                    ORDER BY length(header) - length(replace(header, d, '')) DESC, place LIMIT 1));
  raw := tmap.csv_fields(coalesce(header, ''), separator);
  PERFORM @atlas@.check_column_map(column_map, raw);
  SELECT array_agg(coalesce(column_map ->> btrim(h), lower(regexp_replace(btrim(h), '\s+', '_', 'g'))) ORDER BY place) INTO columns
  FROM unnest(raw) WITH ORDINALITY AS t (h, place);
END
$function$;
COMMENT ON FUNCTION @atlas@.stay_header(text, text, jsonb) IS
'Internal: reads the header of an upload of stays: the delimiter (found out when NULL) and what each column is. Errors: 22023 nothing uploaded, column_map that does not fit; 22P04 malformed header.';

CREATE FUNCTION @atlas@.report_stay_columns(columns text[], reads_procedures boolean) RETURNS void
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  unread text := (SELECT string_agg(n, ', ' ORDER BY place) FROM unnest(columns) WITH ORDINALITY AS t (n, place) WHERE n <> '' AND NOT @atlas@.is_stay_column(n));
BEGIN
  IF unread IS NOT NULL THEN
    RAISE NOTICE 'columns that are not read: %', unread;
  END IF;
  IF NOT EXISTS (SELECT FROM unnest(columns) n WHERE lower(n) = 'patient_id') THEN
    RAISE WARNING 'no column patient_id: every stay will be counted as a patient of its own'
      USING HINT = 'column_map => ''{"their name": "patient_id"}'' renames one.';
  END IF;
  IF reads_procedures AND NOT EXISTS (SELECT FROM unnest(columns) n WHERE n ~* '^procedure(s|_?[0-9]+)$') THEN
    RAISE WARNING 'no column procedures: nobody will be counted as treated'
      USING HINT = 'column_map renames one; a source that never has procedures has none as its procedure_system in the table stay_source, and is then not counted.';
  END IF;
END
$function$;
COMMENT ON FUNCTION @atlas@.report_stay_columns(text[], boolean) IS
'Internal: a notice that names the columns of a file of stays that are not read, a warning when it has no patients, or no procedures although their code system is known (reads_procedures). columns: names of a header that has stay_id, admitted and principal: anything less may be a line of data, which is shown to nobody.';

CREATE FUNCTION @atlas@.stay_date_format(signs int4) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  fits text[];
BEGIN
  SELECT array_agg(f ORDER BY place) INTO fits
  FROM unnest('{yyyy-mm-dd,dd/mm/yyyy,mm/dd/yyyy,yyyymmdd,ddmmyyyy,yyyy/mm/dd,ddmonyyyy}'::text[]) WITH ORDINALITY AS t (f, place)
  WHERE signs & (1 << place::int4) <> 0;
  IF fits IS NULL OR cardinality(fits) > 1 THEN
    RAISE EXCEPTION 'the format of the dates is not certain'
      USING ERRCODE = '22023', DETAIL = CASE WHEN fits IS NULL THEN 'No date of admission fits one format only.' ELSE format('There are dates that can only be %s.', array_to_string(fits, ', and others that can only be ')) END,
        HINT = 'Set date_format in the table stay_source.';
  END IF;
  RETURN fits[1];
END
$function$;
COMMENT ON FUNCTION @atlas@.stay_date_format(int4) IS 'Internal: the format of a file''s dates from the signs of all its lines, tmap.stay_signs(). Error 22023 when they allow none or several.';

CREATE FUNCTION @atlas@.stay_sex_scheme(signs int4) RETURNS text
LANGUAGE plpgsql IMMUTABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  -- The letters and digits that occur, in the order M F H W K V 0 1 2 9.
  seen text := (SELECT coalesce(string_agg(c, '' ORDER BY place), '') FROM unnest('{M,F,H,W,K,V,0,1,2,9}'::text[]) WITH ORDINALITY AS t (c, place) WHERE signs & (1 << (15 + place::int4)) <> 0);
  scheme text;
BEGIN
  scheme := CASE
    WHEN seen = '' THEN 'words'
    WHEN seen ~ '^0?1?29?$' THEN 'iso5218'
    WHEN seen ~ '^M?F$' THEN 'm/f'
    WHEN seen ~ '^F?H$' THEN 'h/f'
    WHEN seen ~ '^M?W$' THEN 'm/w'
    WHEN seen ~ '^M?K$' THEN 'm/k'
    WHEN seen ~ '^MH?V?$' AND seen <> 'M' OR seen = 'V' THEN 'h/m' END;
  IF scheme IS NULL THEN
    RAISE EXCEPTION 'the codes of the sex are not certain'
      USING ERRCODE = '22023', DETAIL = format('One-letter codes that occur: %s.', array_to_string(string_to_array(seen, NULL), ', ')), HINT = 'Set sex_scheme in the table stay_source.';
  END IF;
  RETURN scheme;
END
$function$;
COMMENT ON FUNCTION @atlas@.stay_sex_scheme(int4) IS 'Internal: the codes of the sex in a file from the signs of all its lines, tmap.stay_signs(): 2 with 1, 0 or 9 is iso5218; F with M, F with H, W, K, and H or V with M tell m/f, h/f, m/w, m/k and h/m. Error 22023 for any other set, such as M alone or 0 and 1.';

CREATE FUNCTION @atlas@.stay_places(country text, residence_system text, OUT always text[], OUT areas int4[], OUT sometimes text[])
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  countries int4[] := @atlas@.find_country(country);
BEGIN
  WITH place AS (
    SELECT a.code, count(*) AS n, min(a.area_id) AS area_id, bool_and(a.valid_from IS NULL AND a.valid_to IS NULL) AS always
    FROM @atlas@.area a WHERE a.country_id = ANY (countries) AND (residence_system IS NULL OR a.code_system = residence_system)
    GROUP BY a.code)
  SELECT coalesce(array_agg(p.code ORDER BY p.code COLLATE "C") FILTER (WHERE p.n = 1 AND p.always), '{}'),
         coalesce(array_agg(p.area_id ORDER BY p.code COLLATE "C") FILTER (WHERE p.n = 1 AND p.always), '{}'),
         coalesce(array_agg(p.code) FILTER (WHERE p.n > 1 OR NOT p.always), '{}')
  INTO always, areas, sometimes FROM place p;
END
$function$;
COMMENT ON FUNCTION @atlas@.stay_places(text, text) IS 'Internal: area codes of a country for load_stays(): those that stand for one area at all times, with their areas, and those whose area depends on the day or the system. Error 22023 unknown country.';

CREATE FUNCTION @atlas@.stay_place(country text, residence_system text, code text, on_day date) RETURNS int4
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT CASE WHEN count(*) = 1 THEN min(a.area_id) END
  FROM @atlas@.area a
  WHERE a.code = stay_place.code AND a.country_id = ANY (@atlas@.find_country(stay_place.country))
    AND (stay_place.residence_system IS NULL OR a.code_system = stay_place.residence_system)
    AND (a.valid_from IS NULL OR a.valid_from <= on_day) AND (a.valid_to IS NULL OR a.valid_to >= on_day)
$function$;
COMMENT ON FUNCTION @atlas@.stay_place(text, text, text, date) IS 'Internal: the one area of a country that a code stands for on a day; NULL when there is none or more than one. Error 22023 unknown country.';

CREATE FUNCTION @atlas@.empty_inbox(upload text, lines bigint) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  deleted bigint;
BEGIN
  -- Truncating is cheaper than deleting and leaves no dead rows with raw lines. Only when nobody else uses the inbox and every
  -- line of it is seen here and was read: not under row security, nor with the snapshot of an older moment. A small upload is not worth the lock.
  IF lines >= 10000 AND current_setting('transaction_isolation') = 'read committed' AND NOT row_security_active('@atlas@.inbox') THEN
    BEGIN
      LOCK TABLE @atlas@.inbox IN ACCESS EXCLUSIVE MODE NOWAIT;
      IF (SELECT count(*) <> empty_inbox.lines OR count(*) FILTER (WHERE i.upload = empty_inbox.upload) <> empty_inbox.lines FROM @atlas@.inbox i) THEN
        RAISE EXCEPTION 'others have lines in the inbox' USING ERRCODE = '55P03';
      END IF;
      TRUNCATE @atlas@.inbox;
      RETURN;
    EXCEPTION WHEN lock_not_available OR insufficient_privilege OR object_in_use THEN
      NULL; -- the lock is given back
    END;
  END IF;
  DELETE FROM @atlas@.inbox i WHERE i.upload = empty_inbox.upload;
  GET DIAGNOSTICS deleted = ROW_COUNT;
  IF deleted <> lines THEN
    RAISE EXCEPTION 'lines came into the inbox while they were loaded'
      USING ERRCODE = '40001', DETAIL = format('%s lines were read, %s are there.', lines, deleted), HINT = 'Load again when all lines are in.';
  END IF;
END
$function$;
COMMENT ON FUNCTION @atlas@.empty_inbox(text, bigint) IS
'Internal: takes the lines of an upload out of the inbox: truncates it when nothing else is in it and nobody uses it, else deletes them. lines: how many were read. Error 40001 when others have come in since.';
REVOKE EXECUTE ON FUNCTION @atlas@.empty_inbox(text, bigint) FROM PUBLIC;
