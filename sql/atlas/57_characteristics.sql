-- Who the patients are: the characteristics of all strokes and of the treated, as papers print them in table 1.

CREATE FUNCTION @atlas@.age_quantile(ages int4[], counts bigint[], share float8) RETURNS float8
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  WITH running AS (
    SELECT u.age, pg_catalog.sum(u.n) OVER (ORDER BY u.age) AS upto
    FROM ROWS FROM (pg_catalog.unnest(age_quantile.ages), pg_catalog.unnest(age_quantile.counts)) AS u (age, n) WHERE u.age IS NOT NULL AND u.n > 0
  ), place AS (
    SELECT (pg_catalog.max(r.upto)::float8 - 1) * age_quantile.share AS h FROM running AS r
  )
  SELECT low.age + (p.h - pg_catalog.floor(p.h)) * (high.age - low.age)
  FROM place AS p
  CROSS JOIN LATERAL (SELECT pg_catalog.min(r.age) AS age FROM running AS r WHERE r.upto > pg_catalog.floor(p.h)) AS low
  CROSS JOIN LATERAL (SELECT pg_catalog.min(r.age) AS age FROM running AS r WHERE r.upto > pg_catalog.ceil(p.h)) AS high;
END;
COMMENT ON FUNCTION @atlas@.age_quantile(int4[], bigint[], float8) IS
'Internal: the age below which a share (0 to 1) of the people lie, from ages and numbers of people, interpolated between neighbours: as percentile_cont over the people themselves (Hyndman and Fan 1996, type 7). NULL ages are passed over; NULL when nobody is left.';

CREATE VIEW @atlas@.stroke_count_area AS
WITH RECURSIVE inside AS (
  SELECT a.area_id, a.area_id AS whole_id, a.parent_id, a.rank FROM @atlas@.area a
  UNION ALL
  SELECT i.area_id, p.area_id, p.parent_id, p.rank FROM inside i JOIN @atlas@.area p ON p.area_id = i.parent_id
)
SELECT c.source_id, i.whole_id AS area_id, c.area_id AS residence_id, c.year, c.stratum, c.age, c.sex, c.comorbidity, c.path, c.transferred,
       c.path <> 'not treated' AS treated, c.strokes
FROM @atlas@.stroke_count c
JOIN inside i ON i.area_id = c.area_id
WHERE i.rank >= (SELECT l.rank FROM @atlas@.area_level l WHERE l.level = 'country');
COMMENT ON VIEW @atlas@.stroke_count_area IS 'Groups of strokes by area, each counted in its area of residence and in the areas above, up to the country
One row per group and area. Small groups: not for the public.';
COMMENT ON COLUMN @atlas@.stroke_count_area.source_id IS 'Source of the figures: stays and case definition, see definition_source.';
COMMENT ON COLUMN @atlas@.stroke_count_area.area_id IS 'The area: that of residence, or one above it.';
COMMENT ON COLUMN @atlas@.stroke_count_area.residence_id IS 'Area of residence.';
COMMENT ON COLUMN @atlas@.stroke_count_area.year IS 'Year of the first admission.';
COMMENT ON COLUMN @atlas@.stroke_count_area.stratum IS 'The stratum of all of them.';
COMMENT ON COLUMN @atlas@.stroke_count_area.age IS 'Age in completed years; NULL when not known.';
COMMENT ON COLUMN @atlas@.stroke_count_area.sex IS 'female, male or unknown.';
COMMENT ON COLUMN @atlas@.stroke_count_area.comorbidity IS 'none, low, moderate, high; NULL when not known or not used.';
COMMENT ON COLUMN @atlas@.stroke_count_area.path IS 'not treated, direct admission, drip-and-ship or unknown.';
COMMENT ON COLUMN @atlas@.stroke_count_area.transferred IS 'True: stays in two hospitals or more.';
COMMENT ON COLUMN @atlas@.stroke_count_area.treated IS 'True when treated.';
COMMENT ON COLUMN @atlas@.stroke_count_area.strokes IS 'Number of strokes.';

CREATE FUNCTION @atlas@.characteristics(figures int4, from_year int4 DEFAULT NULL, to_year int4 DEFAULT NULL, of_area int4 DEFAULT NULL, by_year boolean DEFAULT false)
RETURNS TABLE (area_id int4, year int4, patients text, n bigint, age_known bigint, age_mean float8, age_sd float8, age_q1 float8, age_median float8, age_q3 float8,
               female bigint, male bigint, sex_unknown bigint, female_share float8,
               comorbidity_none bigint, comorbidity_low bigint, comorbidity_moderate bigint, comorbidity_high bigint, comorbidity_unknown bigint,
               transferred bigint, direct_admission bigint, drip_and_ship bigint, path_unknown bigint)
LANGUAGE sql STABLE
BEGIN ATOMIC
  WITH by_age AS MATERIALIZED (
    SELECT c.area_id, c.in_year AS year, c.patients, c.age, pg_catalog.sum(c.counted)::int8 AS n,
           pg_catalog.sum(c.counted) FILTER (WHERE c.sex = 'female') AS female, pg_catalog.sum(c.counted) FILTER (WHERE c.sex = 'male') AS male,
           pg_catalog.sum(c.counted) FILTER (WHERE c.comorbidity = 'none') AS none, pg_catalog.sum(c.counted) FILTER (WHERE c.comorbidity = 'low') AS low,
           pg_catalog.sum(c.counted) FILTER (WHERE c.comorbidity = 'moderate') AS moderate, pg_catalog.sum(c.counted) FILTER (WHERE c.comorbidity = 'high') AS high,
           pg_catalog.sum(c.counted) FILTER (WHERE c.transferred) AS transferred, pg_catalog.sum(c.counted) FILTER (WHERE c.path = 'direct admission') AS direct,
           pg_catalog.sum(c.counted) FILTER (WHERE c.path = 'drip-and-ship') AS shipped, pg_catalog.sum(c.counted) FILTER (WHERE c.path = 'unknown') AS unclear
    FROM (
      -- Where nobody was treated there is a group of nobody.
      SELECT c.*, CASE WHEN characteristics.by_year THEN c.year END AS in_year, g.patients, CASE WHEN c.treated OR NOT g.only_treated THEN c.strokes ELSE 0 END AS counted
      FROM @atlas@.stroke_count_area AS c CROSS JOIN (VALUES ('all', false), ('treated', true)) AS g (patients, only_treated)
      WHERE c.source_id = characteristics.figures AND (characteristics.of_area IS NULL OR c.area_id = characteristics.of_area)
        AND (characteristics.from_year IS NULL OR c.year >= characteristics.from_year) AND (characteristics.to_year IS NULL OR c.year <= characteristics.to_year)) AS c
    GROUP BY 1, 2, 3, 4
  ), summed AS (
    SELECT b.area_id, b.year, b.patients, pg_catalog.sum(b.n) AS n, pg_catalog.sum(b.n) FILTER (WHERE b.age IS NOT NULL) AS known,
           pg_catalog.sum(b.n * b.age) AS s1, pg_catalog.sum(b.n * b.age * b.age) AS s2,
           pg_catalog.array_agg(b.age ORDER BY b.age) AS ages, pg_catalog.array_agg(b.n ORDER BY b.age) AS counts,
           coalesce(pg_catalog.sum(b.female), 0) AS female, coalesce(pg_catalog.sum(b.male), 0) AS male,
           coalesce(pg_catalog.sum(b.none), 0) AS none, coalesce(pg_catalog.sum(b.low), 0) AS low, coalesce(pg_catalog.sum(b.moderate), 0) AS moderate, coalesce(pg_catalog.sum(b.high), 0) AS high,
           coalesce(pg_catalog.sum(b.transferred), 0) AS transferred, coalesce(pg_catalog.sum(b.direct), 0) AS direct,
           coalesce(pg_catalog.sum(b.shipped), 0) AS shipped, coalesce(pg_catalog.sum(b.unclear), 0) AS unclear
    FROM by_age AS b GROUP BY b.area_id, b.year, b.patients
  )
  SELECT s.area_id, s.year, s.patients, s.n::int8, coalesce(s.known, 0)::int8, (s.s1 / nullif(s.known, 0))::float8,
         CASE WHEN s.known > 1 THEN pg_catalog.sqrt(((s.s2 - s.s1 * s.s1 / s.known) / (s.known - 1))::float8) END,
         @atlas@.age_quantile(s.ages, s.counts, 0.25), @atlas@.age_quantile(s.ages, s.counts, 0.5), @atlas@.age_quantile(s.ages, s.counts, 0.75),
         s.female::int8, s.male::int8, (s.n - s.female - s.male)::int8, (s.female / nullif(s.female + s.male, 0))::float8,
         s.none::int8, s.low::int8, s.moderate::int8, s.high::int8, (s.n - s.none - s.low - s.moderate - s.high)::int8,
         s.transferred::int8, s.direct::int8, s.shipped::int8, s.unclear::int8
  FROM summed AS s;
END;
COMMENT ON FUNCTION @atlas@.characteristics(int4, int4, int4, int4, boolean) IS
'The characteristics of the patients of a source in definition_source, one row an area and group of patients (all, and treated, also where nobody was): the columns of the view patient_characteristics. from_year, to_year: NULL = open; of_area: NULL = every area; by_year: one row for each year instead of one for the period (year is NULL then). A patient with two strokes counts twice.';

CREATE VIEW @atlas@.patient_characteristics AS
SELECT (row_number() OVER (ORDER BY d.source_id, c.area_id, c.year, c.patients))::int4 AS fid,
       d.definition, d.version, s.source_key AS stays_source, c.area_id, a.code_system, a.code, a.name, a.level, c.year, c.patients, c.n::float8,
       c.age_known::float8, c.age_mean, c.age_sd, c.age_q1, c.age_median, c.age_q3, c.female::float8, c.male::float8, c.sex_unknown::float8, c.female_share,
       c.comorbidity_none::float8, c.comorbidity_low::float8, c.comorbidity_moderate::float8, c.comorbidity_high::float8, c.comorbidity_unknown::float8,
       c.transferred::float8, c.direct_admission::float8, c.drip_and_ship::float8, c.path_unknown::float8, f.source_key
FROM @atlas@.definition_source d
JOIN @atlas@.source s ON s.source_id = d.stays_source_id
JOIN @atlas@.source f ON f.source_id = d.source_id
CROSS JOIN LATERAL @atlas@.characteristics(d.source_id, by_year => true) c
JOIN @atlas@.area a ON a.area_id = c.area_id;
COMMENT ON VIEW @atlas@.patient_characteristics IS 'Patient characteristics by case definition, area and year, for all strokes and for the treated
One row per definition, source of stays, area, year and group of patients. For a period of years see table_one(). Small groups: not for the public; readers need SELECT on stroke_count_area too.';
DO $block$
DECLARE
  c record;
BEGIN
  FOR c IN SELECT * FROM (VALUES
    ('fid', 'Number of the row; unique, not kept when figures are counted anew.'),
    ('definition', 'Name of the case definition.'),
    ('version', 'Its version.'),
    ('stays_source', 'Short name of the source of the hospital stays.'),
    ('area_id', 'Number of the area of residence.'),
    ('code_system', 'System of its code.'),
    ('code', 'Its code.'),
    ('name', 'Its name.'),
    ('level', 'Its level.'),
    ('year', 'Year of the first admission.'),
    ('patients', 'all: all ischaemic strokes; treated: those treated.'),
    ('n', 'Number of strokes. A patient with two strokes counts twice, here and below.'),
    ('age_known', 'How many with a known age.'),
    ('age_mean', 'Mean age in years; NULL when no age is known, as the next four.'),
    ('age_sd', 'Standard deviation of age; NULL for fewer than two.'),
    ('age_q1', 'First quartile of age, interpolated as percentile_cont.'),
    ('age_median', 'Median age.'),
    ('age_q3', 'Third quartile of age.'),
    ('female', 'Number of women.'),
    ('male', 'Number of men.'),
    ('sex_unknown', 'Number whose sex is not known.'),
    ('female_share', 'Share of women among those of known sex, 0 to 1; NULL when there are none.'),
    ('comorbidity_none', 'Number with comorbidity none, by the score and bands of the definition.'),
    ('comorbidity_low', 'Number with low comorbidity.'),
    ('comorbidity_moderate', 'Number with moderate comorbidity.'),
    ('comorbidity_high', 'Number with high comorbidity.'),
    ('comorbidity_unknown', 'Number whose comorbidity is not known.'),
    ('transferred', 'Number with stays in two hospitals or more.'),
    ('direct_admission', 'Number treated where first admitted.'),
    ('drip_and_ship', 'Number treated elsewhere after a transfer.'),
    ('path_unknown', 'Number treated of whom a hospital is not known.'),
    ('source_key', 'Short name of the source of the figures, as in area_year.')) AS t (name, comment) LOOP
    EXECUTE format('COMMENT ON COLUMN @atlas@.patient_characteristics.%I IS %L', c.name, c.comment);
  END LOOP;
END
$block$;

CREATE FUNCTION @atlas@.table_one(source_key text, definition text, area text, from_year int4 DEFAULT NULL, to_year int4 DEFAULT NULL, version int4 DEFAULT NULL)
RETURNS TABLE (line int4, label text, all_strokes text, treated text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  figures int4 := @atlas@.definition_source(definition, source_key, version);
  d @atlas@.case_definition;
  areas int4[];
BEGIN
  SELECT * INTO d FROM @atlas@.find_definition(definition, (SELECT o.version FROM @atlas@.definition_source o WHERE o.source_id = figures));
  SELECT array_agg(DISTINCT c.area_id) INTO areas
  FROM @atlas@.stroke_count_area c JOIN @atlas@.area a ON a.area_id = c.area_id
  WHERE c.source_id = figures AND a.code = area AND (from_year IS NULL OR c.year >= from_year) AND (to_year IS NULL OR c.year <= to_year);
  IF areas IS NULL THEN   -- without strokes: a table of nobody
    SELECT array_agg(a.area_id) INTO areas FROM @atlas@.area a WHERE a.code = area HAVING count(*) > 0;
    areas := areas[:1];
  END IF;
  IF areas IS NULL OR cardinality(areas) > 1 THEN
    RAISE EXCEPTION '% the code "%"', CASE WHEN areas IS NULL THEN 'no area has' ELSE 'more than one area with strokes has' END, coalesce(area, 'NULL')
      USING ERRCODE = '22023', HINT = 'The view patient_characteristics lists areas and years.';
  END IF;
  RETURN QUERY
  WITH c AS (
    SELECT g.patients, coalesce(x.n, 0) AS n, coalesce(x.age_known, 0) AS age_known, x.age_mean, x.age_sd, x.age_q1, x.age_median, x.age_q3,
           coalesce(x.female, 0) AS female, coalesce(x.female + x.male, 0) AS sex_known, coalesce(x.sex_unknown, 0) AS sex_unknown,
           coalesce(x.comorbidity_none, 0) AS comorbidity_none, coalesce(x.comorbidity_low, 0) AS comorbidity_low, coalesce(x.comorbidity_moderate, 0) AS comorbidity_moderate,
           coalesce(x.comorbidity_high, 0) AS comorbidity_high, coalesce(x.comorbidity_unknown, 0) AS comorbidity_unknown, coalesce(x.transferred, 0) AS transferred,
           coalesce(x.direct_admission, 0) AS direct_admission, coalesce(x.drip_and_ship, 0) AS drip_and_ship, coalesce(x.path_unknown, 0) AS path_unknown
    FROM unnest('{all,treated}'::text[]) AS g (patients)
    LEFT JOIN @atlas@.characteristics(figures, from_year, to_year, areas[1]) x ON x.patients = g.patients
  ), item AS (
    SELECT c.patients, i.line, i.label, i.part, i.whole
    FROM c CROSS JOIN LATERAL (VALUES
      (4, 'Age not known, n (%)', c.n - c.age_known, c.n),
      (5, 'Women, n (% of known)', c.female, c.sex_known),
      (6, 'Sex not known, n (%)', c.sex_unknown, c.n),
      (7, format('Comorbidity none (%s score below %s), n (%%)', initcap(d.comorbidity), d.comorbidity_bands[1]), c.comorbidity_none, c.n),
      (8, format('Comorbidity low (%s to %s), n (%%)', d.comorbidity_bands[1], d.comorbidity_bands[2] - 1), c.comorbidity_low, c.n),
      (9, format('Comorbidity moderate (%s to %s), n (%%)', d.comorbidity_bands[2], d.comorbidity_bands[3] - 1), c.comorbidity_moderate, c.n),
      (10, format('Comorbidity high (%s or over), n (%%)', d.comorbidity_bands[3]), c.comorbidity_high, c.n),
      (11, 'Comorbidity not known, n (%)', c.comorbidity_unknown, c.n),
      (12, 'Stays in two hospitals or more, n (%)', c.transferred, c.n),
      (13, 'Treated where first admitted, n (%)', c.direct_admission, c.n),
      (14, 'Treated after transfer, n (%)', c.drip_and_ship, c.n),
      (15, 'Treated, path not known, n (%)', c.path_unknown, c.n)) AS i (line, label, part, whole)
    WHERE d.comorbidity <> 'none' OR i.line NOT BETWEEN 7 AND 11
  ), cell AS (
    SELECT c.patients, i.line, i.label, i.shown
    FROM c CROSS JOIN LATERAL (VALUES
      (1, 'Ischaemic strokes, n', c.n::text),
      (2, 'Age in years, mean (SD)', to_char(c.age_mean, 'FM990.0') || coalesce(' (' || to_char(c.age_sd, 'FM990.0') || ')', '')),
      (3, 'Age in years, median (quartiles)', to_char(c.age_median, 'FM990.0') || ' (' || to_char(c.age_q1, 'FM990.0') || ' to ' || to_char(c.age_q3, 'FM990.0') || ')')) AS i (line, label, shown)
    UNION ALL
    SELECT i.patients, i.line, i.label, i.part || coalesce(' (' || to_char(100.0 * i.part / nullif(i.whole, 0), 'FM990.0') || ')', '')
    FROM item i
  )
  SELECT x.line, x.label, coalesce(max(x.shown) FILTER (WHERE x.patients = 'all'), '-'),
         coalesce(max(x.shown) FILTER (WHERE x.patients = 'treated'), CASE x.line WHEN 1 THEN '0' ELSE '-' END)
  FROM cell x GROUP BY x.line, x.label ORDER BY x.line;
END
$function$;
COMMENT ON FUNCTION @atlas@.table_one(text, text, text, int4, int4, int4) IS
'Table 1 of a paper: the patients of an area (by its code) from one year to another, all strokes and the treated, one line a characteristic, as text to paste. from_year, to_year: NULL = open; version: NULL = the highest counted. A table of nobody for an area or years without strokes; "-" stands for what cannot be given. A patient with two strokes counts twice.
Errors: 22023 unknown source, not counted by the definition, no area or several with the code and strokes.';
