-- The answer as views. fid first (int4, unique) and geometry last (typed), so that every map client takes them as they are.

CREATE VIEW @atlas@.area_year AS
WITH standard AS MATERIALIZED (
  -- Not standard_tally(): a function would need rights on the table standard from every reader.
  SELECT i.indicator, coalesce(s.tally, tmap.standard(i.standard)) AS tally FROM @atlas@.indicator_definition i LEFT JOIN @atlas@.standard s ON s.name = i.standard
)
SELECT f.fact_id AS fid,
       a.area_id, a.code_system, a.code, a.name, a.level, p.code AS parent_code, p.name AS parent_name,
       f.indicator, i.title AS indicator_title, i.unit, i.direction,
       f.valid_from, f.valid_to,
       CASE WHEN date_part('month', f.valid_from) = 1 AND date_part('day', f.valid_from) = 1
             AND f.valid_to = (f.valid_from + interval '1 year' - interval '1 day')::date
            THEN date_part('year', f.valid_from)::int4 END AS year,
       coalesce(n.events, f.events)::float8 AS events,
       coalesce(n.at_risk, f.at_risk)::float8 AS at_risk,
       coalesce(s.definition, i.events_definition) AS events_definition,
       coalesce(CASE WHEN i.measure = 'proportion' THEN s.denominator_definition END, i.at_risk_definition) AS at_risk_definition,
       i.measure = 'proportion' AND s.denominator_differs AS denominator_differs,
       f.at_risk_basis,
       coalesce((crude.e).value, f.reported_value * (i.per / f.reported_per)) AS value,
       CASE WHEN f.at_risk_basis IS DISTINCT FROM 'derived' THEN (crude.e).lower END AS lower,
       CASE WHEN f.at_risk_basis IS DISTINCT FROM 'derived' THEN (crude.e).upper END AS upper,
       CASE WHEN (crude.e).value IS NOT NULL THEN 'counts' WHEN f.reported_value IS NOT NULL THEN 'reported' ELSE 'none' END AS value_basis,
       f.reported_value * (i.per / f.reported_per) AS reported_value,
       CASE WHEN direct.used THEN (direct.e).value END AS dsr, CASE WHEN direct.used THEN (direct.e).lower END AS dsr_lower, CASE WHEN direct.used THEN (direct.e).upper END AS dsr_upper,
       i.standard AS dsr_standard, (direct.e).coverage AS dsr_coverage, (direct.e).at_risk::float8 AS dsr_at_risk,
       (ratio.e).expected, (ratio.e).value AS smr, (ratio.e).lower AS smr_lower, (ratio.e).upper AS smr_upper,
       (ratio.e).value * c.crude AS isr, (ratio.e).lower * c.crude AS isr_lower, (ratio.e).upper * c.crude AS isr_upper,
       country.code AS reference_code, c.crude AS reference_value,
       i.per, i.confidence,
       f.basis, f.parts, f.parts_expected, f.note,
       s.source_key, s.title AS source, s.definition, s.doi, s.url, s.origin, s.quality, f.shown, f.choice_reason,
       a.geom::@postgis@.geometry(MultiPolygon, 4326) AS geom
FROM @atlas@.fact f
JOIN @atlas@.area a ON a.area_id = f.area_id
JOIN @atlas@.indicator_definition i ON i.indicator = f.indicator
JOIN @atlas@.source s ON s.source_id = f.source_id
JOIN standard ON standard.indicator = f.indicator
LEFT JOIN @atlas@.area p ON p.area_id = a.parent_id
LEFT JOIN @atlas@.area country ON country.area_id = a.country_id
LEFT JOIN @atlas@.fact r ON r.indicator = f.indicator AND r.area_id = a.country_id AND r.valid_from = f.valid_from AND r.valid_to = f.valid_to
  AND r.source_id = f.source_id AND NOT r.unlocated
-- OFFSET 0: each row of estimates is computed once, not once for each of its columns.
CROSS JOIN LATERAL (SELECT tmap.events(f.tally) AS events, tmap.at_risk(f.tally) AS at_risk) n
CROSS JOIN LATERAL (
  SELECT CASE WHEN f.tally IS NULL THEN NULL
              WHEN i.measure = 'proportion' THEN tmap.proportion_estimate(f.tally, i.confidence, i.method, i.per)
              ELSE tmap.rate_estimate(f.tally, i.confidence, i.method, i.per) END AS e OFFSET 0) crude
CROSS JOIN LATERAL (
  SELECT d.e, (d.e).at_risk >= i.min_coverage * n.at_risk AS used
  FROM (SELECT CASE WHEN tmap.can_standardise(f.tally, standard.tally)
                    THEN tmap.dsr_estimate(f.tally, standard.tally, i.confidence, 'fay_feuer', i.per, i.min_coverage) END AS e OFFSET 0) d) direct
CROSS JOIN LATERAL (
  SELECT CASE WHEN tmap.can_standardise(f.tally, r.tally)
              THEN tmap.smr_estimate(f.tally, r.tally, i.confidence) END AS e OFFSET 0) ratio
CROSS JOIN LATERAL (SELECT tmap.proportion(r.tally, i.per) AS crude) c
WHERE NOT f.unlocated;

CREATE VIEW @atlas@.area_latest AS
SELECT y.*
FROM @atlas@.area_year y
WHERE y.shown AND NOT EXISTS (
  SELECT FROM @atlas@.fact later
  WHERE later.shown AND later.area_id = y.area_id AND later.indicator = y.indicator
    AND (coalesce(later.reported_value IS NOT NULL OR tmap.at_risk(later.tally) > 0, false), later.valid_to, later.valid_from)
        > (y.value_basis <> 'none', y.valid_to, y.valid_from));

COMMENT ON VIEW @atlas@.area_year IS 'Every figure of every area, period and indicator
One row per figure and source; conflicting figures stand side by side, the one to show has shown = true. Filter by indicator, level and year. Values are per "per" at risk, see unit; standardised values are NULL when the strata for them are missing.';
COMMENT ON VIEW @atlas@.area_latest IS 'The latest shown figure of every area and indicator
One row per area and indicator: a figure with a value before one without, of those the period that ends last, of those the one that starts last. Columns as in area_year.';

-- The two views have the same columns, hence the same comments.
DO $block$
DECLARE
  c record;
  v text;
BEGIN
  FOR c IN SELECT * FROM (VALUES
    ('fid', 'Number of the figure; unique.'),
    ('area_id', 'Number of the area in this atlas.'),
    ('code_system', 'System of the area code.'),
    ('code', 'Code of the area.'),
    ('name', 'Name of the area.'),
    ('level', 'Level of the area: country, region, department ...'),
    ('parent_code', 'Code of the area that it is part of; NULL at the top.'),
    ('parent_name', 'Name of the area that it is part of; NULL at the top.'),
    ('indicator', 'What is measured, short name.'),
    ('indicator_title', 'What is measured.'),
    ('unit', 'Unit of value, dsr, isr and their limits.'),
    ('direction', 'Which way is good.'),
    ('valid_from', 'First day of the period.'),
    ('valid_to', 'Last day of the period.'),
    ('year', 'The year when the period is a calendar year, NULL otherwise.'),
    ('events', 'Number of events (numerator); NULL when not reported.'),
    ('at_risk', 'Number at risk (denominator): strokes, or person-years; NULL when not reported.'),
    ('events_definition', 'What was counted as an event.'),
    ('at_risk_definition', 'Who was counted as at risk.'),
    ('denominator_differs', 'True when the source counts others at risk than the indicator, so that unit does not fit; at_risk_definition says whom.'),
    ('at_risk_basis', 'reported, derived (for example from a rounded rate) or computed.'),
    ('value', 'Crude value from the counts, or the rounded value as reported when there are no counts; per unit. NULL when nobody was at risk.'),
    ('lower', 'Lower confidence limit of the crude value; NULL without counts, and where the denominator was derived from a rounded rate (limits would feign precision). Method of the indicator: Wilson 1927 for proportions, Garwood 1936 for rates by default.'),
    ('upper', 'Upper confidence limit of the crude value; NULL without counts.'),
    ('value_basis', 'What value rests on: counts, reported, or none.'),
    ('reported_value', 'Value as printed in the source, on the scale of the indicator; NULL when none is.'),
    ('dsr', 'Directly standardised value on dsr_standard; NULL when the indicator has no standard, the counts lack its strata, or too little of the standard has people at risk, or too few of the people at risk are in its strata (indicator.min_coverage). Over the covered part of the standard, see dsr_coverage, and the people in its strata, see dsr_at_risk.'),
    ('dsr_lower', 'Lower limit of dsr (Fay and Feuer 1997).'),
    ('dsr_upper', 'Upper limit of dsr (Fay and Feuer 1997).'),
    ('dsr_standard', 'Name of the standard population.'),
    ('dsr_coverage', 'Share of the standard in strata with people at risk, 0 to 1.'),
    ('dsr_at_risk', 'People at risk that the directly standardised value uses: those in strata of the standard. Fewer than at_risk where age or sex is unknown.'),
    ('expected', 'Events expected at the stratum rates of the country in the same period and source; NULL when the country has no counts or other strata.'),
    ('smr', 'Indirectly standardised ratio: events / expected; 1 = as the country.'),
    ('smr_lower', 'Lower limit of smr (exact Poisson, Garwood 1936).'),
    ('smr_upper', 'Upper limit of smr (exact Poisson, Garwood 1936).'),
    ('isr', 'Indirectly standardised value: smr times the crude value of the country; per unit.'),
    ('isr_lower', 'Lower limit of isr.'),
    ('isr_upper', 'Upper limit of isr.'),
    ('reference_code', 'Code of the country that smr and isr compare with.'),
    ('reference_value', 'Crude value of that country from the same source and period; per unit.'),
    ('per', 'Scale: values are per so many at risk.'),
    ('confidence', 'Confidence level of all limits.'),
    ('basis', 'How the figure came about: strokes, submission, population, rolled up, or words of the source.'),
    ('parts', 'Rolled up: how many parts were added.'),
    ('parts_expected', 'Rolled up: how many parts there are.'),
    ('note', 'Remarks for readers.'),
    ('source_key', 'Short name of the source.'),
    ('source', 'Title of the source.'),
    ('definition', 'Definition that the source gives; NULL when it gives none.'),
    ('doi', 'Digital object identifier of the source.'),
    ('url', 'Address of the source.'),
    ('origin', 'reported, derived, submitted or synthetic.'),
    ('quality', 'Grade of the source: A, B, C, or NULL.'),
    ('shown', 'True for the one figure to show among conflicting ones.'),
    ('choice_reason', 'Why this figure is shown, or why it is not.'),
    ('geom', 'Boundary, EPSG:4326; NULL when the area has none.')) AS t (name, comment) LOOP
    FOREACH v IN ARRAY ARRAY['area_year', 'area_latest'] LOOP
      EXECUTE format('COMMENT ON COLUMN @atlas@.%I.%I IS %L', v, c.name, c.comment);
    END LOOP;
  END LOOP;
END
$block$;
