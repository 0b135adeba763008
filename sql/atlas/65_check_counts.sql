-- Checking submitted counts line by line.

CREATE FUNCTION @atlas@.check_header(upload text, delimiter text, column_map jsonb,
  OUT separator text, OUT fields int4, OUT area int4, OUT code_system int4, OUT period int4, OUT age_band int4, OUT sex int4,
  OUT comorbidity int4, OUT strokes int4, OUT thrombectomies int4)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  header text;
  raw text[];
  names text[];
  known CONSTANT text[] := ARRAY['area', 'code_system', 'period', 'age_band', 'sex', 'comorbidity', 'strokes', 'thrombectomies'];
  missing text;
BEGIN
  SELECT ltrim(i.line, E'\uFEFF') INTO header FROM @atlas@.inbox i WHERE i.upload = check_header.upload ORDER BY i.line_no LIMIT 1;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'nothing was uploaded as "%"', coalesce(upload, 'NULL')
      USING ERRCODE = '22023', HINT = 'SET tmap.upload = ''NAME''; and copy the lines of the file into the table inbox first.';
  END IF;
  -- The delimiter that occurs most often in the header, unless it is given.
  separator := coalesce(delimiter, (SELECT d FROM unnest(ARRAY[',', ';', E'\t', '|']) WITH ORDINALITY AS t (d, place)
                                    ORDER BY length(header) - length(replace(header, d, '')) DESC, place LIMIT 1));
  raw := tmap.csv_fields(coalesce(header, ''), separator);
  IF jsonb_typeof(coalesce(column_map, '{}')) <> 'object' THEN
    RAISE EXCEPTION 'column_map is not a JSON object' USING ERRCODE = '22023', HINT = 'For example: {"Anzahl": "strokes", "Region": "area"}.';
  END IF;
  SELECT array_agg(coalesce(column_map ->> btrim(h), lower(regexp_replace(btrim(h), '\s+', '_', 'g'))) ORDER BY place) INTO names
  FROM unnest(raw) WITH ORDINALITY AS t (h, place);
  SELECT string_agg(k, ', ') INTO missing FROM unnest(ARRAY['area', 'period', 'strokes', 'thrombectomies']) AS k WHERE k <> ALL (names);
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'the header lacks columns: %', missing
      USING ERRCODE = '22023', DETAIL = format('Its columns are: %s.', array_to_string(names, ', ')),
        HINT = 'The first line names the columns; column_map => ''{"their name": "our name"}'' renames them.';
  END IF;
  SELECT string_agg(k, ', ') INTO missing FROM unnest(known) AS k WHERE (SELECT count(*) FROM unnest(names) AS n WHERE n = k) > 1;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'the header names columns twice: %', missing USING ERRCODE = '22023', HINT = 'Each column may occur once.';
  END IF;
  SELECT string_agg(n, ', ') INTO missing FROM unnest(names) AS n WHERE n <> ALL (known);
  IF missing IS NOT NULL THEN
    RAISE NOTICE 'columns that are not read: %', missing;
  END IF;
  fields := cardinality(names);
  area := array_position(names, 'area');
  code_system := array_position(names, 'code_system');
  period := array_position(names, 'period');
  age_band := array_position(names, 'age_band');
  sex := array_position(names, 'sex');
  comorbidity := array_position(names, 'comorbidity');
  strokes := array_position(names, 'strokes');
  thrombectomies := array_position(names, 'thrombectomies');
END
$function$;
COMMENT ON FUNCTION @atlas@.check_header(text, text, jsonb) IS
'Internal: reads the header of an upload: the delimiter (found out when NULL) and the position of each column, NULL when absent. Errors: 22023 nothing uploaded, columns missing or twice, 22P04 malformed header; a notice names columns that are not read.';

CREATE FUNCTION @atlas@.count_fault(value text, column_name text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT CASE
    WHEN coalesce(value, '') = '' THEN ARRAY['missing_count', column_name, 'write 0 for none']
    WHEN value ~ '^[0-9]{1,9}$' THEN NULL
    WHEN value ~ '^[0-9]+$' THEN ARRAY['too_large', column_name, 'at most 999999999']
    WHEN value ~ '^-[0-9]' THEN ARRAY['negative_count', column_name, value]
    WHEN value ~ E'^[0-9]{1,3}([ .,''\u00A0\u2009\u202F][0-9]{3})+$' THEN ARRAY['thousands_separator', column_name, value]
    ELSE ARRAY['not_a_whole_number', column_name, value] END;
END;
COMMENT ON FUNCTION @atlas@.count_fault(text, text) IS 'Internal: what is wrong with a count given as text: reason, column and detail; NULL when it is a whole number of at most nine digits.';

CREATE FUNCTION @atlas@.check_counts(upload text, country text, source_key text, delimiter text DEFAULT NULL, column_map jsonb DEFAULT NULL)
RETURNS TABLE (line_no bigint, line text, area_id int4, valid_from date, valid_to date, stratum tmap.stratum,
  strokes bigint, thrombectomies bigint, reason text, column_name text, detail text)
-- Nothing is known of lines that have just come in: nested loops over a wrong guess took minutes, hash joins take a second.
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET enable_nestloop = off SET jit = off
AS $function$
#variable_conflict use_column
DECLARE
  h record;
  this_source int4 := @atlas@.find_source(source_key);
  countries int4[] := @atlas@.find_country(country);
BEGIN
  SELECT * INTO h FROM @atlas@.check_header(upload, delimiter, column_map);
  RETURN QUERY
  WITH raw AS (
    SELECT row_number() OVER (ORDER BY i.line_no) AS n, coalesce(i.line, '') AS line
    FROM @atlas@.inbox i WHERE i.upload = check_counts.upload
  ), split AS MATERIALIZED (
    SELECT r.n, r.line, p.problem, CASE WHEN p.problem IS NULL THEN tmap.csv_fields(r.line, h.separator) END AS f
    FROM raw r CROSS JOIN LATERAL (SELECT tmap.csv_problem(r.line, h.separator) AS problem) p
    WHERE r.n > 1
  ), named AS MATERIALIZED (
    SELECT s.n, s.line, s.problem, cardinality(s.f) AS fields, btrim(s.f[h.area]) AS area, coalesce(btrim(s.f[h.code_system]), '') AS code_system,
           btrim(s.f[h.period]) AS period, btrim(s.f[h.strokes]) AS strokes, btrim(s.f[h.thrombectomies]) AS thrombectomies,
           nullif(lower(replace(translate(s.f[h.age_band], E'\u2013\u2014', '--'), ' ', '')), '') AS age,
           nullif(lower(btrim(s.f[h.sex])), '') AS sex, nullif(lower(btrim(s.f[h.comorbidity])), '') AS comorbidity
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
    CROSS JOIN LATERAL (SELECT coalesce(a.country_id = ANY (countries), false) AS inside,
                               (a.valid_from IS NULL OR a.valid_from < upper(d.days)) AND (a.valid_to IS NULL OR a.valid_to >= upper(d.days) - 1) AS valid) c
    GROUP BY d.area, d.code_system, d.period, d.days
  ), checked AS (
    SELECT n.n, n.line, CASE WHEN p.n_valid = 1 AND n.fields = h.fields THEN p.area_id END AS area_id, p.valid_from, p.valid_to, n.strokes, n.thrombectomies, n.sex, n.comorbidity,
           n.age IS NOT NULL AS by_age,
           CASE WHEN n.age ~ '^[0-9]{1,3}(-[0-9]{1,3}|[+])$' THEN substring(n.age FROM '^[0-9]+')::int4 END AS age_from,
           n.age ~ '[+]$' AS open_band,
           CASE
             WHEN btrim(n.line, E' \t\r') = '' THEN ARRAY['blank_line', NULL, NULL]
             WHEN n.problem IS NOT NULL THEN ARRAY['malformed_csv', NULL, n.problem]
             WHEN n.fields <> h.fields THEN ARRAY['wrong_field_count', NULL, format('%s instead of %s', n.fields, h.fields)]
             WHEN p.valid_from IS NULL THEN ARRAY['bad_period', 'period', n.period]
             WHEN p.n_anywhere = 0 THEN ARRAY['unknown_area', 'area', n.area]
             WHEN p.n_inside = 0 THEN ARRAY['area_not_in_country', 'area', n.area]
             WHEN p.n_valid = 0 THEN ARRAY['area_not_valid', 'area', format('%s did not exist on %s', n.area, to_char(p.valid_to, 'YYYY-MM-DD'))]
             WHEN p.n_valid > 1 THEN ARRAY['ambiguous_area', 'area', format('%s stands in: %s', n.area, p.systems)]
             WHEN n.age IS NOT NULL AND NOT (
                    n.age = 'unknown' OR n.age ~ '^(80|85|90|95|100)[+]$'
                    OR (n.age ~ '^[0-9]{1,2}-[0-9]{1,3}$' AND split_part(n.age, '-', 1)::int4 % 5 = 0
                        AND split_part(n.age, '-', 2)::int4 = split_part(n.age, '-', 1)::int4 + 4))
               THEN ARRAY['bad_age_band', 'age_band', n.age]
             WHEN n.sex NOT IN ('female', 'male', 'unknown', 'f', 'm', 'u') THEN ARRAY['bad_sex', 'sex', n.sex]
             WHEN n.comorbidity NOT IN ('none', 'low', 'moderate', 'high', 'unknown') THEN ARRAY['bad_comorbidity', 'comorbidity', n.comorbidity]
             ELSE coalesce(@atlas@.count_fault(n.strokes, 'strokes'), @atlas@.count_fault(n.thrombectomies, 'thrombectomies'),
                    CASE WHEN n.thrombectomies::bigint > n.strokes::bigint
                         THEN ARRAY['thrombectomies_exceed_strokes', 'thrombectomies', format('%s of %s', n.thrombectomies, n.strokes)] END)
           END AS fault
    FROM named n LEFT JOIN place p ON p.area = n.area AND p.code_system = n.code_system AND p.period = n.period
  ), good AS (   -- lines without a fault of their own: now against each other
    SELECT c.n, c.line, c.area_id, c.valid_from, c.valid_to, c.strokes::bigint AS strokes, c.thrombectomies::bigint AS thrombectomies,
           c.by_age, c.age_from, coalesce(c.open_band, false) AS open_band, left(c.sex, 1) AS sex, c.comorbidity
    FROM checked c WHERE c.fault IS NULL
  ), numbered AS (
    SELECT g.*, row_number() OVER w AS copy, first_value(g.n) OVER w AS first_line,
           first_value(g.strokes) OVER w AS first_strokes, first_value(g.thrombectomies) OVER w AS first_thrombectomies,
           concat_ws(' and ', CASE WHEN g.by_age THEN 'age' END, CASE WHEN g.sex IS NOT NULL THEN 'sex' END,
                              CASE WHEN g.comorbidity IS NOT NULL THEN 'comorbidity' END) AS dimensions
    FROM good g
    WINDOW w AS (PARTITION BY g.area_id, g.valid_from, g.valid_to, g.by_age, g.age_from, g.sex, g.comorbidity ORDER BY g.n)
  ), cut AS (   -- how the area and period of each line is cut
    SELECT m.*, min(m.dimensions) OVER u AS one_way, max(m.dimensions) OVER u AS other_way, max(m.age_from) OVER u AS oldest,
           min(m.age_from) FILTER (WHERE m.open_band) OVER u AS first_end, max(m.age_from) FILTER (WHERE m.open_band) OVER u AS last_end
    FROM numbered m
    WINDOW u AS (PARTITION BY m.area_id, m.valid_from, m.valid_to)
  ), taken AS (
    SELECT DISTINCT k.area_id, k.valid_from, k.valid_to, s.submission_key
    FROM @atlas@.submitted_count k JOIN @atlas@.submission s ON s.submission_id = k.submission_id
    WHERE s.status = 'in force' AND s.source_id = this_source AND s.submission_key <> check_counts.upload
  ), verdict AS (
    SELECT m.n, m.line, m.area_id, m.valid_from, m.valid_to, m.strokes, m.thrombectomies, m.age_from, m.sex, m.comorbidity, m.one_way,
           coalesce(m.first_end, CASE WHEN coalesce(m.oldest, 0) < 90 THEN 90 WHEN m.oldest < 95 THEN 95 ELSE 100 END) AS last_band,
           CASE
             WHEN t.submission_key IS NOT NULL THEN ARRAY['in_other_submission', 'area', format('given by %s', t.submission_key)]
             WHEN m.copy > 1 AND m.strokes = m.first_strokes AND m.thrombectomies = m.first_thrombectomies
               THEN ARRAY['duplicate_line', NULL, format('same as line %s', m.first_line)]
             WHEN m.copy > 1 THEN ARRAY['conflicting_duplicate', NULL, format('line %s says %s of %s', m.first_line, m.first_thrombectomies, m.first_strokes)]
             WHEN m.one_way <> m.other_way
               THEN ARRAY['mixed_stratification', NULL, format('this area and period is also cut by %s',
                      coalesce(nullif(CASE WHEN m.one_way = m.dimensions THEN m.other_way ELSE m.one_way END, ''), 'nothing (totals)'))]
             WHEN m.first_end < m.last_end OR m.first_end < m.oldest
               THEN ARRAY['mixed_stratification', 'age_band', 'age bands of this area and period end in several ways']
           END AS fault
    FROM cut m
    LEFT JOIN taken t ON t.area_id = m.area_id AND t.valid_from = m.valid_from AND t.valid_to = m.valid_to
    UNION ALL
    SELECT c.n, c.line, c.area_id, c.valid_from, c.valid_to, NULL, NULL, NULL, NULL, NULL, NULL, NULL, c.fault FROM checked c WHERE c.fault IS NOT NULL
  ), grouped AS (   -- an area and period with a line at fault would be a count too low: none of its lines stands
    SELECT v.*, min(v.n) FILTER (WHERE v.fault[1] <> 'duplicate_line') OVER (PARTITION BY v.area_id, v.valid_from, v.valid_to) AS at_fault
    FROM verdict v
  )
  SELECT g.n, g.line, g.area_id, CASE WHEN g.area_id IS NOT NULL THEN g.valid_from END, CASE WHEN g.area_id IS NOT NULL THEN g.valid_to END,
         CASE WHEN k.fault IS NULL THEN tmap.stratum(coalesce(nullif(replace(replace(g.one_way, 'age', 'age' || g.last_band), ' and ', '+'), ''), 'total'), g.age_from, g.sex, g.comorbidity) END,
         CASE WHEN k.fault IS NULL THEN g.strokes END, CASE WHEN k.fault IS NULL THEN g.thrombectomies END, k.fault[1], k.fault[2], k.fault[3]
  FROM grouped g
  CROSS JOIN LATERAL (SELECT coalesce(g.fault, CASE WHEN g.at_fault IS NOT NULL
                                                    THEN ARRAY['incomplete_group', NULL, format('line %s of this area and period is at fault', g.at_fault)] END) AS fault) k;
END
$function$;
COMMENT ON FUNCTION @atlas@.check_counts(text, text, text, text, jsonb) IS
'Checks every line of an upload without loading anything: either what it says (area, period, stratum, counts) or why it is rejected; the arguments are those of load_counts(). Lines are numbered as in the file, the header being line 1, and come in no particular order.
A line at fault rejects its whole area and period, for the other lines alone would be a count too low: these are incomplete_group. So do lines that repeat one another with other counts (conflicting_duplicate), and an area and period that is cut in two ways, for example totals beside age bands. Of lines that are the same the first stands, the later are duplicate_line and do no harm.
area_id and period are NULL when they cannot be read. Age bands are of five years, the last one open (80+, 85+, 90+, 95+ or 100+); age, sex and comorbidity may be the word unknown; columns left out or empty mean a total.
Errors: 22023 unknown source or country, nothing uploaded, bad header; 22P04 malformed header.';
