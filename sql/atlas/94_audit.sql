-- Editions: the audit, which does not trust the suppression.

CREATE FUNCTION @atlas@.edition_known(edition_id int4, year int4, indicator text) RETURNS TABLE (cell int4, figure boolean, before boolean, known boolean)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
  WITH here AS MATERIALIZED (
    SELECT v.area_id, v.sex, v.age_from, v.status = 'published' AS printed FROM @atlas@.edition_value v
    WHERE v.edition_id = edition_known.edition_id AND v.year = edition_known.year AND v.indicator = edition_known.indicator AND v.basis = 'counts'
  ), elsewhere AS MATERIALIZED (
    SELECT DISTINCT c.cell FROM @atlas@.edition_others(edition_known.edition_id) o
    JOIN @atlas@.edition_value v ON v.edition_id = o.other_id AND v.year = edition_known.year AND v.indicator = edition_known.indicator AND v.status = 'published' AND v.basis = 'counts'
    JOIN @atlas@.edition_cell c ON c.edition_id = edition_known.edition_id AND c.year = v.year AND c.area_id = v.area_id AND c.sex = v.sex AND c.age_from IS NOT DISTINCT FROM v.age_from
    JOIN @atlas@.edition_cell_counts(edition_known.edition_id, edition_known.year) n ON n.cell = c.cell AND n.indicator = v.indicator AND n.events = v.events AND n.at_risk = v.at_risk
  ), cell AS (
    SELECT c.cell, c.area_id, c.sex, c.age_from, c.status, edition_known.indicator = ANY (c.indicators) AS counted, edition_known.indicator = ANY (c.known) AS known,
           bool_or(edition_known.indicator = ANY (c.indicators)) OVER (PARTITION BY c.area_id, c.sex <> 'all', c.age_from IS NOT NULL) AS like_it
    FROM @atlas@.edition_cell c WHERE c.edition_id = edition_known.edition_id AND c.year = edition_known.year
  )
  SELECT c.cell, f.figure, c.known OR e.cell IS NOT NULL,
         -- A group without a figure, beside groups of the area that have one, is taken for nobody.
         coalesce(h.printed, false) OR f.figure AND c.status = 0 OR c.known OR e.cell IS NOT NULL OR NOT f.figure AND c.like_it
  FROM cell c LEFT JOIN here h ON h.area_id = c.area_id AND h.sex = c.sex AND h.age_from IS NOT DISTINCT FROM c.age_from LEFT JOIN elsewhere e ON e.cell = c.cell
  CROSS JOIN LATERAL (SELECT c.counted OR h.area_id IS NOT NULL AS figure) f
$function$;
COMMENT ON FUNCTION @atlas@.edition_known(int4, int4, text) IS 'Internal: of each cell of a year, whether it has a figure of an indicator, whether the public knows that before (printed by its source, or equal in another edition that counts as known), and whether it will know it: that, or published by what was decided or by what the figures say, or nobody, for only other groups of the area have figures of the indicator.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_known(int4, int4, text) FROM PUBLIC;

CREATE FUNCTION @atlas@.edition_bounds(edition_id int4, only_year int4 DEFAULT NULL)
RETURNS TABLE (year int4, indicator text, cell int4, count text, lower float8, upper float8, exact boolean, allowed boolean, proof text)
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
DECLARE
  y int4;
  i text;
  tables record;
  counts record;
  known boolean[];
  figure boolean[];
  before boolean[];
BEGIN
  FOR y IN SELECT DISTINCT c.year FROM @atlas@.edition_cell c WHERE c.edition_id = edition_bounds.edition_id AND c.year = coalesce(only_year, c.year) ORDER BY 1 LOOP
    SELECT * INTO tables FROM @atlas@.edition_tables(edition_bounds.edition_id, y);
    FOR i IN SELECT DISTINCT n.indicator FROM @atlas@.edition_atom_count n WHERE n.edition_id = edition_bounds.edition_id AND n.year = y ORDER BY 1 LOOP
      SELECT * INTO counts FROM @atlas@.edition_counts(edition_bounds.edition_id, y, i);
      SELECT array_agg(k.known ORDER BY k.cell), array_agg(k.figure ORDER BY k.cell), CASE WHEN bool_or(k.before) THEN array_agg(k.before ORDER BY k.cell) END
      INTO known, figure, before FROM @atlas@.edition_known(edition_bounds.edition_id, y, i) k;
      RETURN QUERY
      WITH exposed AS MATERIALIZED (
        -- What is public already gives these away, whatever this edition does.
        SELECT b.cell, b.count FROM tmap.audit_cells(tables.cells, tables.atoms, before, counts.events, counts.others) b WHERE b.exact
      )
      SELECT y, i, b.cell, b.count, b.lower, b.upper, b.exact,
             b.exact AND (x.cell IS NOT NULL OR b.lower = 0 AND b.upper = 0 AND coalesce((SELECT r.zeros FROM @atlas@.disclosure_rule r WHERE r.country = k.code), 'publish') = 'publish'),
             b.proof
      FROM tmap.audit_cells(tables.cells, tables.atoms, known, counts.events, counts.others) b
      JOIN @atlas@.edition_cell c ON c.edition_id = edition_bounds.edition_id AND c.year = y AND c.cell = b.cell
      JOIN @atlas@.area a ON a.area_id = c.area_id LEFT JOIN @atlas@.area k ON k.area_id = a.country_id
      LEFT JOIN exposed x ON x.cell = b.cell AND x.count = b.count
      WHERE figure[b.cell];
    END LOOP;
  END LOOP;
END
$function$;
COMMENT ON FUNCTION @atlas@.edition_bounds(int4, int4) IS 'Internal: tmap.audit_cells() for each year (NULL: all) and indicator of an edition. allowed: worked out exactly, but a zero where zeros are published, or already from what was public before. Counts of indicators are taken apart, though some share their people at risk.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_bounds(int4, int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.audit_edition(edition text) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
DECLARE
  this int4;
  report jsonb;
BEGIN
  SELECT e.edition_id INTO this FROM @atlas@.edition e WHERE e.edition = audit_edition.edition;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no edition "%"', coalesce(edition, 'NULL') USING ERRCODE = '22023', HINT = 'SELECT edition FROM edition lists them.';
  END IF;
  WITH bound AS MATERIALIZED (
    SELECT b.year, b.indicator, count(*) FILTER (WHERE b.exact AND NOT b.allowed) AS exact, count(*) FILTER (WHERE b.exact AND b.allowed) AS allowed,
           count(*) FILTER (WHERE b.proof = 'witness') AS by_witness, count(*) FILTER (WHERE b.proof = 'bounds') AS by_bounds,
           min(b.upper - b.lower) FILTER (WHERE NOT b.exact AND b.upper < 'Infinity') AS narrowest
    FROM @atlas@.edition_bounds(this) b GROUP BY b.year, b.indicator
  ), cell AS MATERIALIZED (
    SELECT c.year, n.indicator, count(*) AS cells, count(*) FILTER (WHERE c.status = 1) AS primary_cells, count(*) FILTER (WHERE c.status = 2) AS secondary, count(*) FILTER (WHERE c.status = 3) AS exposed,
           coalesce(sum(n.at_risk) FILTER (WHERE c.status <> 0), 0) AS withheld, sum(n.at_risk) AS total
    FROM (SELECT DISTINCT d.year FROM @atlas@.edition_cell d WHERE d.edition_id = this) y
    CROSS JOIN LATERAL @atlas@.edition_cell_counts(this, y.year) n
    JOIN @atlas@.edition_cell c ON c.edition_id = this AND c.year = y.year AND c.cell = n.cell
    GROUP BY c.year, n.indicator
  ), part AS (
    SELECT c.*, coalesce(b.exact, 0) AS exact, coalesce(b.allowed, 0) AS allowed, coalesce(b.by_witness, 0) AS by_witness, coalesce(b.by_bounds, 0) AS by_bounds, round(b.narrowest::numeric, 6) AS narrowest
    FROM cell c LEFT JOIN bound b ON b.year = c.year AND b.indicator = c.indicator
  )
  SELECT jsonb_build_object(
    'passed', coalesce(sum(p.exact), 0) = 0, 'exact', coalesce(sum(p.exact), 0), 'exact_allowed', coalesce(sum(p.allowed), 0),
    'cells', coalesce(sum(p.cells), 0), 'primary', coalesce(sum(p.primary_cells), 0), 'secondary', coalesce(sum(p.secondary), 0), 'exposed', coalesce(sum(p.exposed), 0),
    'narrowest', min(p.narrowest), 'withheld', -- Not to the person: the sum of all that is suppressed is one equation more.
      coalesce(round(round(sum(p.withheld) / greatest(sum(p.total) / 100, 1000)) * greatest(sum(p.total) / 100, 1000) / nullif(sum(p.total), 0), 2), 0),
    'method', 'linear dependency, tables of whole numbers, bounds by linear programming',
    'parts', coalesce(jsonb_agg(jsonb_build_object('year', p.year, 'indicator', p.indicator, 'cells', p.cells, 'primary', p.primary_cells, 'secondary', p.secondary, 'exposed', p.exposed,
      'exact', p.exact, 'exact_allowed', p.allowed, 'by_witness', p.by_witness, 'by_bounds', p.by_bounds, 'narrowest', p.narrowest) ORDER BY p.year, p.indicator COLLATE "C"), '[]'))
  INTO report FROM part p;
  RETURN report;
END
$function$;
COMMENT ON FUNCTION @atlas@.audit_edition(text) IS
'Audits an edition by another method than the one that made it: what can be worked out of its suppressed cells from all that would be public, see tmap.audit_cells(). The report, as publish_edition() stores it; the same edition gives the same report.
passed: nothing that must not; exact: counts of suppressed cells that can be worked out (0 to pass); exact_allowed: zeros where zeros are published, and what is public already; cells, primary, secondary, exposed: by status, each cell once an indicator; narrowest: width of the narrowest interval in which a suppressed count is known to lie;
withheld: share of people at risk, over all cells, in suppressed ones, in whole hundredths and to no less than 1,000 people; parts: the same by year and indicator, with how many intervals rest on tables found and on linear programs. Errors: 22023 no such edition; 54000 the audit did not come to an end.';
REVOKE EXECUTE ON FUNCTION @atlas@.audit_edition(text) FROM PUBLIC;

CREATE FUNCTION @atlas@.audit_findings(edition text)
RETURNS TABLE (year int4, indicator text, code text, name text, sex text, age_from int4, count text, value float8, proof text)
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $function$
  SELECT b.year, b.indicator, a.code, a.name, c.sex, c.age_from, b.count, round(b.lower), b.proof
  FROM @atlas@.edition e CROSS JOIN LATERAL @atlas@.edition_bounds(e.edition_id) b
  JOIN @atlas@.edition_cell c ON c.edition_id = e.edition_id AND c.year = b.year AND c.cell = b.cell JOIN @atlas@.area a ON a.area_id = c.area_id
  WHERE e.edition = audit_findings.edition AND b.exact AND NOT b.allowed
  ORDER BY b.year, b.indicator, b.cell, b.count
$function$;
COMMENT ON FUNCTION @atlas@.audit_findings(text) IS 'For the steward: the suppressed cells of an edition of which a count can be worked out, with the value that anybody could find and why (linear, bounds). No rows: nothing found, or no such edition.';
REVOKE EXECUTE ON FUNCTION @atlas@.audit_findings(text) FROM PUBLIC;
