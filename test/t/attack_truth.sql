-- As the owner: which of what was worked out is true of a suppressed cell. A count of 0 is no secret here; one that another public edition prints neither.
-- Standard input: edition|year|helped|code|sex|age|what|n, as COPY writes it.
SET client_min_messages = warning;
CREATE TEMP TABLE found (edition text, year int, helped boolean, code text, sex text, age int, what text, n bigint);
\copy found FROM pstdin WITH (DELIMITER '|')
CREATE TEMP TABLE truth AS
SELECT e.edition, c.year, a.code, c.sex, coalesce(c.age_from, -1) AS age, w.what, w.n, c.status
FROM atlas.edition e CROSS JOIN LATERAL unnest(e.years) y (year) CROSS JOIN LATERAL atlas.edition_cell_counts(e.edition_id, y.year) k
JOIN atlas.edition_cell c ON c.edition_id = e.edition_id AND c.year = y.year AND c.cell = k.cell JOIN atlas.area a USING (area_id)
CROSS JOIN LATERAL (VALUES ('thrombectomies', k.events), (CASE k.indicator WHEN 'thrombectomy_per_stroke' THEN 'strokes' ELSE 'inhabitants' END, k.at_risk),
  (CASE k.indicator WHEN 'thrombectomy_per_stroke' THEN 'not treated' END, k.at_risk - k.events)) AS w (what, n)
WHERE e.status = 'published' AND w.what IS NOT NULL;
SELECT DISTINCT f.* FROM found f JOIN truth t ON (t.edition, t.year, t.code, t.sex, t.age, t.what, t.n) = (f.edition, f.year, f.code, f.sex, f.age, f.what, f.n)
WHERE f.n > 0 AND t.status <> 0 AND NOT EXISTS (SELECT FROM truth o WHERE o.status = 0 AND (o.year, o.code, o.sex, o.age, o.what, o.n) = (t.year, t.code, t.sex, t.age, t.what, t.n))
ORDER BY 1, 2, 3, 4, 5, 6, 7;
