-- Checking and loading submitted factors.

CREATE FUNCTION @atlas@.factor_header(upload text, delimiter text, column_map jsonb,
  OUT separator text, OUT fields int4, OUT area int4, OUT code_system int4, OUT period int4, OUT name int4, OUT value int4, OUT unit int4, OUT note int4)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  header text;
  names text[];
  known CONSTANT text[] := ARRAY['area', 'code_system', 'period', 'name', 'value', 'unit', 'note'];
  wrong text;
BEGIN
  SELECT ltrim(i.line, E'\uFEFF') INTO header FROM @atlas@.inbox i WHERE i.upload = factor_header.upload ORDER BY i.line_no LIMIT 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'nothing was uploaded as "%"', coalesce(upload, 'NULL')
      USING ERRCODE = '22023', HINT = 'SET tmap.upload = ''NAME''; and copy the lines of the file into the table inbox first.';
  END IF;
  separator := coalesce(delimiter, (SELECT d FROM unnest(ARRAY[',', ';', E'\t', '|']) WITH ORDINALITY AS t (d, place)
                                    ORDER BY length(header) - length(replace(header, d, '')) DESC, place LIMIT 1));
  IF jsonb_typeof(coalesce(column_map, '{}')) <> 'object' THEN
    RAISE EXCEPTION 'column_map is not a JSON object' USING ERRCODE = '22023', HINT = 'For example: {"Wert": "value", "Region": "area"}.';
  END IF;
  SELECT array_agg(coalesce(column_map ->> btrim(h), lower(regexp_replace(btrim(h), '\s+', '_', 'g'))) ORDER BY place) INTO names
  FROM unnest(tmap.csv_fields(coalesce(header, ''), separator)) WITH ORDINALITY AS t (h, place);
  SELECT string_agg(k, ', ') INTO wrong FROM unnest(ARRAY['area', 'period', 'name', 'value']) AS k WHERE k <> ALL (names);
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'the header lacks columns: %', wrong
      USING ERRCODE = '22023', DETAIL = format('Its columns are: %s.', array_to_string(names, ', ')),
        HINT = 'The first line names the columns; column_map => ''{"their name": "our name"}'' renames them.';
  END IF;
  SELECT string_agg(k, ', ') INTO wrong FROM unnest(known) AS k WHERE (SELECT count(*) FROM unnest(names) AS n WHERE n = k) > 1;
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION 'the header names columns twice: %', wrong USING ERRCODE = '22023', HINT = 'Each column may occur once.';
  END IF;
  SELECT string_agg(n, ', ') INTO wrong FROM unnest(names) AS n WHERE n <> ALL (known);
  IF wrong IS NOT NULL THEN
    RAISE NOTICE 'columns that are not read: %', wrong;
  END IF;
  fields := cardinality(names);
  area := array_position(names, 'area');
  code_system := array_position(names, 'code_system');
  period := array_position(names, 'period');
  name := array_position(names, 'name');
  value := array_position(names, 'value');
  unit := array_position(names, 'unit');
  note := array_position(names, 'note');
END
$function$;
COMMENT ON FUNCTION @atlas@.factor_header(text, text, jsonb) IS
'Internal: reads the header of an upload of factors: the delimiter (found out when NULL) and the position of each column, NULL when absent. Errors: 22023 nothing uploaded, columns missing or twice, 22P04 malformed header; a notice names columns that are not read.';

CREATE FUNCTION @atlas@.factor_fault(value text, lowest float8, highest float8, whole boolean) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  -- At most 40 characters and two digits of exponent: what float8 can hold, so that the cast below cannot fail.
  SELECT CASE
    WHEN coalesce(value, '') = '' THEN ARRAY['missing_value', 'value', 'leave the line out when nothing is known']
    WHEN lower(ltrim(value, '+-')) IN ('nan', 'inf', 'infinity') THEN ARRAY['not_finite', 'value', value]
    WHEN length(value) > 40 OR value !~ '^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$' THEN ARRAY['not_a_number', 'value', format('%s (decimal point, no thousands separator)', left(value, 60))]
    WHEN value::float8 < lowest OR value::float8 > highest THEN ARRAY['out_of_range', 'value', format('%s is not from %s to %s', value, coalesce(lowest::text, 'any'), coalesce(highest::text, 'any'))]
    WHEN whole AND value::float8 <> floor(value::float8) THEN ARRAY['not_a_whole_number', 'value', value] END;
END;
COMMENT ON FUNCTION @atlas@.factor_fault(text, float8, float8, boolean) IS 'Internal: what is wrong with a value of a factor given as text, against its range (NULL = open): reason, column and detail; NULL when nothing is.';

CREATE FUNCTION @atlas@.check_factors(upload text, country text, source_key text, delimiter text DEFAULT NULL, column_map jsonb DEFAULT NULL)
RETURNS TABLE (line_no bigint, line text, area_id int4, valid_from date, valid_to date, name text, value float8, unit text, note text, reason text, column_name text, detail text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = off SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
  h record;
  this_source int4 := @atlas@.find_source(source_key);
  countries int4[] := CASE WHEN country IS NOT NULL THEN @atlas@.find_country(country) END;
BEGIN
  SELECT * INTO h FROM @atlas@.factor_header(upload, delimiter, column_map);
  RETURN QUERY
  WITH raw AS (
    SELECT row_number() OVER (ORDER BY i.line_no) AS n, coalesce(i.line, '') AS line FROM @atlas@.inbox i WHERE i.upload = check_factors.upload
  ), split AS MATERIALIZED (
    SELECT r.n, r.line, p.problem, CASE WHEN p.problem IS NULL THEN tmap.csv_fields(r.line, h.separator) END AS f
    FROM raw r CROSS JOIN LATERAL (SELECT tmap.csv_problem(r.line, h.separator) AS problem) p
    WHERE r.n > 1
  ), named AS MATERIALIZED (
    SELECT s.n, s.line, s.problem, cardinality(s.f) AS fields, btrim(s.f[h.area]) AS area, coalesce(btrim(s.f[h.code_system]), '') AS code_system, btrim(s.f[h.period]) AS period,
           btrim(s.f[h.name]) AS name, btrim(s.f[h.value]) AS value, nullif(btrim(s.f[h.unit]), '') AS unit, nullif(btrim(s.f[h.note]), '') AS note
    FROM split s
  ), period AS MATERIALIZED (
    SELECT d.period, tmap.period(d.period) AS days FROM (SELECT DISTINCT n.period FROM named n) d
  ), place AS MATERIALIZED (   -- each (area, code system, period) looked up once
    SELECT d.area, d.code_system, d.period, lower(d.days) AS valid_from, upper(d.days) - 1 AS valid_to,
           min(a.area_id) FILTER (WHERE c.inside AND c.valid) AS area_id, count(*) FILTER (WHERE c.inside AND c.valid) AS n_valid,
           count(*) FILTER (WHERE c.inside) AS n_inside, count(a.area_id) AS n_anywhere,
           string_agg(DISTINCT a.code_system, ', ') FILTER (WHERE c.inside AND c.valid) AS systems
    FROM (SELECT DISTINCT n.area, n.code_system, n.period, p.days FROM named n JOIN period p ON p.period = n.period) d
    LEFT JOIN @atlas@.area a ON a.code = d.area AND d.code_system IN ('', a.code_system)
    CROSS JOIN LATERAL (SELECT a.area_id IS NOT NULL AND (countries IS NULL OR coalesce(a.country_id = ANY (countries), false)) AS inside,
                               (a.valid_from IS NULL OR a.valid_from < upper(d.days)) AND (a.valid_to IS NULL OR a.valid_to >= upper(d.days) - 1) AS valid) c
    GROUP BY d.area, d.code_system, d.period, d.days
  ), checked AS (
    SELECT n.n, n.line, CASE WHEN p.n_valid = 1 AND n.fields = h.fields THEN p.area_id END AS area_id, p.valid_from, p.valid_to, n.name, n.value, k.unit, n.note,
           CASE
             WHEN btrim(n.line, E' \t\r') = '' THEN ARRAY['blank_line', NULL, NULL]
             WHEN n.problem IS NOT NULL THEN ARRAY['malformed_csv', NULL, n.problem]
             WHEN n.fields <> h.fields THEN ARRAY['wrong_field_count', NULL, format('%s instead of %s', n.fields, h.fields)]
             WHEN p.valid_from IS NULL THEN ARRAY['bad_period', 'period', n.period]
             WHEN p.n_anywhere = 0 THEN ARRAY['unknown_area', 'area', n.area]
             WHEN p.n_inside = 0 THEN ARRAY['area_not_in_country', 'area', n.area]
             WHEN p.n_valid = 0 THEN ARRAY['area_not_valid', 'area', format('%s did not exist on %s', n.area, to_char(p.valid_to, 'YYYY-MM-DD'))]
             WHEN p.n_valid > 1 THEN ARRAY['ambiguous_area', 'area', format('%s stands in: %s', n.area, p.systems)]
             WHEN k.name IS NULL THEN ARRAY['unknown_factor', 'name', n.name]
             WHEN n.unit <> k.unit THEN ARRAY['wrong_unit', 'unit', format('%s instead of %s', n.unit, k.unit)]
             ELSE @atlas@.factor_fault(n.value, k.lowest, k.highest, k.whole) END AS fault
    FROM named n LEFT JOIN place p ON p.area = n.area AND p.code_system = n.code_system AND p.period = n.period
    LEFT JOIN @atlas@.factor_name k ON k.name = n.name
  ), good AS (   -- lines without a fault of their own: now against each other
    SELECT c.*, c.value::float8 AS number, row_number() OVER w AS copy, first_value(c.n) OVER w AS first_line,
           min(c.value::float8) OVER (PARTITION BY c.area_id, c.valid_from, c.valid_to, c.name) AS least, max(c.value::float8) OVER (PARTITION BY c.area_id, c.valid_from, c.valid_to, c.name) AS most
    FROM checked c WHERE c.fault IS NULL
    WINDOW w AS (PARTITION BY c.area_id, c.valid_from, c.valid_to, c.name ORDER BY c.n)
  ), taken AS (
    SELECT f.area_id, f.valid_from, f.valid_to, f.name, s.submission_key
    FROM @atlas@.factor f LEFT JOIN @atlas@.submission s ON s.submission_id = f.submission_id
    WHERE f.source_id = this_source AND s.submission_key IS DISTINCT FROM check_factors.upload
  )
  SELECT g.n, g.line, g.area_id, g.valid_from, g.valid_to, g.name, CASE WHEN k.fault IS NULL THEN g.number END, g.unit, g.note, k.fault[1], k.fault[2], k.fault[3]
  FROM good g LEFT JOIN taken t ON t.area_id = g.area_id AND t.valid_from = g.valid_from AND t.valid_to = g.valid_to AND t.name = g.name
  CROSS JOIN LATERAL (SELECT CASE
    WHEN g.least < g.most THEN ARRAY['conflicting_duplicate', 'value', format('from %s to %s in lines of this area, period and factor', g.least, g.most)]
    WHEN g.copy > 1 THEN ARRAY['duplicate_line', NULL, format('same as line %s', g.first_line)]
    WHEN t.area_id IS NOT NULL THEN ARRAY['in_other_submission', 'area', coalesce('given by ' || t.submission_key, 'entered by hand')] END AS fault) k
  UNION ALL
  SELECT c.n, c.line, c.area_id, CASE WHEN c.area_id IS NOT NULL THEN c.valid_from END, CASE WHEN c.area_id IS NOT NULL THEN c.valid_to END, c.name, NULL, NULL, NULL, c.fault[1], c.fault[2], c.fault[3]
  FROM checked c WHERE c.fault IS NOT NULL;
END
$function$;
COMMENT ON FUNCTION @atlas@.check_factors(text, text, text, text, jsonb) IS
'Checks every line of an upload of factors without loading anything: either what it says or why it is rejected; the arguments are those of load_factors(). Lines are numbered as in the file, the header being line 1, and come in no particular order.
Reasons: those of check_counts() for lines, areas and periods; unknown_factor, wrong_unit, missing_value, not_a_number, not_finite, out_of_range, not_a_whole_number; duplicate_line (the first of equal lines stands), conflicting_duplicate (none of them stands), in_other_submission. Each line stands or falls alone: unlike counts, values of factors are not added.
Errors: 22023 unknown source or country, nothing uploaded, bad header; 22P04 malformed header.';

CREATE FUNCTION @atlas@.load_factors(upload text, country text, source_key text, delimiter text DEFAULT NULL, column_map jsonb DEFAULT NULL,
  expected_lines bigint DEFAULT NULL, again boolean DEFAULT false, accept_partial boolean DEFAULT false)
RETURNS TABLE (submission_id int4, status text, lines_read bigint, accepted bigint, rejected bigint, duplicates bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
#variable_conflict use_column
DECLARE
  this_source int4 := @atlas@.find_source(source_key);
  digest text;
  uploaded bigint;
  last @atlas@.submission;
  old @atlas@.submission;
  made @atlas@.factor[];
BEGIN
  PERFORM @atlas@.checked_upload(upload);
  PERFORM @atlas@.find_country(country) WHERE country IS NOT NULL;
  -- Two sessions that load the same name, or factors of the same source, one after the other.
  PERFORM pg_advisory_xact_lock('@atlas@.submission'::regclass::oid::int8::bit(32)::int4, hashtext(upload));
  PERFORM @atlas@.lock_source(this_source);
  SELECT count(*), encode(sha256(convert_to(jsonb_build_array('factors', load_factors.upload, country, source_key, delimiter, column_map, accept_partial)::text || E'\n'
                                            || coalesce(string_agg(rtrim(coalesce(i.line, ''), E'\r'), E'\n' ORDER BY i.line_no), ''), 'UTF8')), 'hex')
  INTO uploaded, digest
  FROM @atlas@.inbox i WHERE i.upload = load_factors.upload;
  IF expected_lines <> uploaded THEN
    RAISE EXCEPTION '% lines arrived instead of %', uploaded, expected_lines
      USING ERRCODE = '22023', DETAIL = 'Lines are lost when a file holds NUL bytes or a line with \. alone, and doubled when it is copied twice.',
        HINT = format('Empty the inbox, DELETE FROM inbox WHERE upload = %L, and copy the file again.', upload);
  END IF;
  SELECT * INTO last FROM @atlas@.submission s WHERE s.submission_key = upload ORDER BY s.submission_id DESC LIMIT 1;
  IF uploaded > 0 AND last.sha256 = digest AND NOT coalesce(again, false) THEN
    DELETE FROM @atlas@.inbox i WHERE i.upload = load_factors.upload;
    RETURN QUERY SELECT last.submission_id, 'unchanged'::text, last.lines_read, last.accepted, last.rejected, last.duplicates;
    RETURN;
  END IF;
  SELECT * INTO old FROM @atlas@.submission s WHERE s.submission_key = upload AND s.status = 'in force';
  IF old.source_id <> this_source OR old.country <> coalesce(country, 'all') THEN
    RAISE EXCEPTION 'submission "%" was filed under another source or country', upload
      USING ERRCODE = '22023', DETAIL = format('It is filed under source "%s", country %s.', (SELECT s.source_key FROM @atlas@.source s WHERE s.source_id = old.source_id), old.country),
        HINT = 'Give these, or another name for the upload.';
  ELSIF old.submission_id IS NOT NULL AND NOT EXISTS (SELECT FROM @atlas@.factor_submission s WHERE s.submission_id = old.submission_id) THEN
    RAISE EXCEPTION 'submission "%" is not one of factors', upload USING ERRCODE = '22023', HINT = 'Give factors another name for the upload.';
  END IF;

  INSERT INTO @atlas@.submission (submission_key, country, source_id, status, sha256)
  VALUES (upload, coalesce(country, 'all'), this_source, 'refused', digest) RETURNING submission.submission_id INTO submission_id;
  INSERT INTO @atlas@.factor_submission (submission_id) VALUES (submission_id);
  WITH checked AS MATERIALIZED (
    SELECT * FROM @atlas@.check_factors(upload, country, source_key, delimiter, column_map)
  ), refusal AS (   -- why the upload as a whole is refused; NULL when it is not
    SELECT CASE WHEN NOT accept_partial AND old.submission_id IS NOT NULL AND n.at_fault > 0
                THEN format('would replace submission %s, with lines at fault: %s', old.submission_id, n.at_fault) END AS why
    FROM (SELECT count(*) FILTER (WHERE c.reason NOT IN ('blank_line', 'duplicate_line')) AS at_fault FROM checked c) n
  ), gone AS (   -- the old values make room for the new
    DELETE FROM @atlas@.factor f USING refusal r WHERE f.submission_id = old.submission_id AND r.why IS NULL AND EXISTS (SELECT FROM checked c WHERE c.reason IS NULL)
    RETURNING 1
  ), refused AS (
    INSERT INTO @atlas@.rejected_line (submission_id, line_no, line, reason, column_name, detail)
    SELECT load_factors.submission_id, c.line_no, c.line, coalesce(c.reason, 'upload_refused'), c.column_name, CASE WHEN c.reason IS NULL THEN r.why ELSE c.detail END
    FROM checked c, refusal r WHERE c.reason IS NOT NULL OR r.why IS NOT NULL ORDER BY c.line_no
    RETURNING reason
  )
  SELECT count(*) FILTER (WHERE c.reason IS NULL AND r.why IS NULL), (SELECT count(*) FROM refused), (SELECT count(*) FROM refused f WHERE f.reason = 'duplicate_line'),
         array_agg((c.area_id, c.valid_from, c.valid_to, c.name, c.value, c.unit, this_source, load_factors.submission_id, c.line_no, c.note)::@atlas@.factor)
           FILTER (WHERE c.reason IS NULL AND r.why IS NULL)
  INTO accepted, rejected, duplicates, made
  FROM checked c, refusal r;
  -- A statement of its own: within one, the old values would still be in the way.
  INSERT INTO @atlas@.factor SELECT (m).* FROM unnest(made) m;
  lines_read := uploaded - 1;
  status := CASE WHEN accepted > 0 THEN 'loaded' ELSE 'refused' END;
  UPDATE @atlas@.factor_submission s SET names = ARRAY(SELECT DISTINCT m.name COLLATE "C" FROM unnest(made) m ORDER BY 1) WHERE s.submission_id = load_factors.submission_id;
  IF accepted > 0 AND old.submission_id IS NOT NULL THEN
    UPDATE @atlas@.submission s SET status = 'superseded', superseded_by = load_factors.submission_id WHERE s.submission_id = old.submission_id;
  END IF;
  -- The table's own constraint checks that every line is accounted for.
  UPDATE @atlas@.submission s
  SET status = CASE WHEN load_factors.accepted > 0 THEN 'in force' ELSE 'refused' END, lines_read = load_factors.lines_read,
      accepted = load_factors.accepted, rejected = load_factors.rejected, duplicates = load_factors.duplicates
  WHERE s.submission_id = load_factors.submission_id;
  DELETE FROM @atlas@.inbox i WHERE i.upload = load_factors.upload;
  RETURN NEXT;
END
$function$;
COMMENT ON FUNCTION @atlas@.load_factors(text, text, text, text, jsonb, bigint, boolean, boolean) IS
'Checks and loads the lines of an upload (table inbox) as the factors of the submission of that name, all in one transaction. Arguments as load_counts(); country NULL = areas of any country, and above.
The header names the columns, in any order: area, period, name (a factor of factor_name), value (decimal point); may have code_system, unit (must be the factor''s), note. The same lines again change nothing (status unchanged), others replace the values of the old submission.
A line at fault is rejected alone, see check_factors(). The upload as a whole is refused when it would replace a submission and has lines at fault; accept_partial => true loads what is good all the same.
Returns status loaded, unchanged or refused (nothing loaded; a previous submission stays in force) and lines_read = accepted + rejected; duplicates are among the rejected, each of which is kept in rejected_line.
Errors, after which nothing has changed and the inbox is as it was: 22023 no name, nothing uploaded, lines missing, unknown source or country, bad header, another source or country than before, a submission of something else; 22P04 malformed header.';
REVOKE EXECUTE ON FUNCTION @atlas@.load_factors(text, text, text, text, jsonb, bigint, boolean, boolean) FROM PUBLIC;

CREATE FUNCTION @atlas@.load_factors_text(document text, upload text, country text, source_key text, delimiter text DEFAULT NULL, column_map jsonb DEFAULT NULL, again boolean DEFAULT false,
  accept_partial boolean DEFAULT false)
RETURNS TABLE (submission_id int4, status text, lines_read bigint, accepted bigint, rejected bigint, duplicates bigint)
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  PERFORM @atlas@.checked_upload(upload);
  IF EXISTS (SELECT FROM @atlas@.inbox i WHERE i.upload = load_factors_text.upload) THEN
    RAISE EXCEPTION 'the inbox already holds lines of "%"', upload
      USING ERRCODE = '55000', HINT = 'Load them with load_factors(), or delete them.';
  END IF;
  INSERT INTO @atlas@.inbox (upload, line)
  SELECT load_factors_text.upload, t.line
  FROM unnest(string_to_array(regexp_replace(replace(replace(document, E'\r\n', E'\n'), E'\r', E'\n'), E'\n$', ''), E'\n')) WITH ORDINALITY AS t (line, place)
  ORDER BY t.place;
  RETURN QUERY SELECT * FROM @atlas@.load_factors(upload, country, source_key, delimiter, column_map, NULL, again, accept_partial);
END
$function$;
COMMENT ON FUNCTION @atlas@.load_factors_text(text, text, text, text, text, jsonb, boolean, boolean) IS
'The same as load_factors() for a whole document in one argument, for web clients. Lines end with LF, CRLF or CR. Errors: as load_factors(), and 55000 when the inbox already holds lines of that name.';
REVOKE EXECUTE ON FUNCTION @atlas@.load_factors_text(text, text, text, text, text, jsonb, boolean, boolean) FROM PUBLIC;
