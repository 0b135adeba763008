-- Editions: from facts to cells under disclosure control.

CREATE FUNCTION @atlas@.disclosure_threshold(country text) RETURNS int4
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT coalesce((SELECT r.threshold FROM @atlas@.disclosure_rule AS r WHERE r.country = disclosure_threshold.country), 10);
END;
COMMENT ON FUNCTION @atlas@.disclosure_threshold(text) IS 'Largest count that is protected in a country: its rule''s, or 10.';

CREATE FUNCTION @atlas@.edition_facts(edition_id int4)
RETURNS TABLE (area_id int4, year int4, indicator text, source_id int4, tally tmap.tally)
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT f.area_id, y.year, f.indicator, f.source_id, f.tally
  FROM @atlas@.edition AS e
  CROSS JOIN LATERAL unnest(e.years) AS y (year)
  JOIN @atlas@.fact AS f ON f.valid_from = make_date(y.year, 1, 1) AND f.valid_to = make_date(y.year, 12, 31)
  WHERE e.edition_id = edition_facts.edition_id AND f.shown AND NOT f.unlocated AND f.tally IS NOT NULL
    AND e.parameters -> 'indicators' ? f.indicator AND NOT EXISTS (SELECT FROM @atlas@.area_member AS u WHERE u.area_id = f.area_id)
  UNION ALL
  SELECT u.area_id, y.year, f.indicator, pg_catalog.min(f.source_id), tmap.rollup(f.tally)
  FROM @atlas@.edition AS e
  CROSS JOIN LATERAL unnest(e.years) AS y (year)
  JOIN @atlas@.fact AS f ON f.valid_from = make_date(y.year, 1, 1) AND f.valid_to = make_date(y.year, 12, 31)
  JOIN @atlas@.area_member AS u ON u.member_id = f.area_id
  WHERE e.edition_id = edition_facts.edition_id AND f.shown AND NOT f.unlocated AND f.tally IS NOT NULL
    AND e.parameters -> 'indicators' ? f.indicator
  GROUP BY u.area_id, y.year, f.indicator
  HAVING pg_catalog.count(DISTINCT f.source_id) = 1 AND pg_catalog.count(*) = (SELECT pg_catalog.count(*) FROM @atlas@.area_member AS w WHERE w.area_id = u.area_id);
END;
COMMENT ON FUNCTION @atlas@.edition_facts(int4) IS 'Internal: the facts that enter an edition: shown, with counts, of a calendar year; of unions of areas (area_member) the sums of their members'', where each has one, of the same source.';

CREATE FUNCTION @atlas@.analyze_edition(VARIADIC names text[]) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  name text;
BEGIN
  -- Only the owner may; for others PostgreSQL would warn, and go by the size of the tables.
  FOR name IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = (SELECT e.relnamespace FROM pg_class e WHERE e.oid = '@atlas@.edition'::regclass) AND c.relname = ANY (names) AND (c.relname LIKE 'edition%' OR c.relname IN ('published_value', 'area_shape', 'map_area', 'map_value')) AND pg_has_role(c.relowner, 'USAGE') LOOP
    EXECUTE format('ANALYZE @atlas@.%I', name);
  END LOOP;
END
$function$;
COMMENT ON FUNCTION @atlas@.analyze_edition(text[]) IS 'Internal: gathers the planner''s statistics of tables of editions, of published_value and of the map, when the present role may.';
REVOKE EXECUTE ON FUNCTION @atlas@.analyze_edition(text[]) FROM PUBLIC;

CREATE FUNCTION @atlas@.edition_atoms(edition_id int4, year int4) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
DECLARE
  this @atlas@.edition;
  changed bigint;
BEGIN
  SELECT * INTO this FROM @atlas@.edition e WHERE e.edition_id = edition_atoms.edition_id;
  -- Counts by sex and age group; a band across the border of two groups is of no known group.
  CREATE TEMP TABLE edition_detail ON COMMIT DROP AS
  WITH facts AS MATERIALIZED (
    SELECT f.area_id, f.indicator, s.stratum, s.events, s.at_risk
    FROM @atlas@.edition_facts(this.edition_id) f CROSS JOIN LATERAL tmap.strata(f.tally) s
    WHERE f.year = edition_atoms.year AND NOT EXISTS (SELECT FROM @atlas@.area_member u WHERE u.area_id = f.area_id)
  ), kind AS (
    SELECT d.stratum, CASE WHEN this.by_sex THEN tmap.sex(d.stratum) END AS sex,
           (SELECT max(a) FROM unnest(this.age_groups) a WHERE a <= tmap.age_from(d.stratum)
              AND NOT EXISTS (SELECT FROM unnest(this.age_groups) b WHERE b > tmap.age_from(d.stratum) AND b <= coalesce(tmap.age_to(d.stratum), 1000))) AS age_from
    FROM (SELECT DISTINCT f.stratum FROM facts f) d
  )
  SELECT f.area_id, f.indicator, k.sex, k.age_from, sum(f.events)::int8 AS events, sum(f.at_risk)::int8 AS at_risk
  FROM facts f JOIN kind k ON k.stratum OPERATOR(tmap.=) f.stratum GROUP BY 1, 2, 3, 4;
  -- The planner knows nothing of tables just filled.
  ANALYZE edition_detail;
  -- The nearest area above that has counts too; linked: 2 by sex and age, 1 in total, 0 not the sum of its parts.
  CREATE TEMP TABLE edition_tree ON COMMIT DROP AS
  WITH RECURSIVE here AS MATERIALIZED (SELECT DISTINCT d.area_id FROM edition_detail d),
  up AS (
    SELECT h.area_id, a.parent_id AS above FROM here h JOIN @atlas@.area a ON a.area_id = h.area_id
    UNION ALL
    SELECT u.area_id, a.parent_id FROM up u JOIN @atlas@.area a ON a.area_id = u.above WHERE u.above NOT IN (SELECT h.area_id FROM here h)
  )
  SELECT h.area_id, u.above AS parent_id, 2 AS linked, a.rank
  FROM here h JOIN @atlas@.area a ON a.area_id = h.area_id LEFT JOIN (SELECT p.area_id, p.above FROM up p JOIN here x ON x.area_id = p.above) u ON u.area_id = h.area_id;
  CREATE TEMP TABLE edition_rest ON COMMIT DROP AS
  WITH parts AS (
    SELECT t.parent_id AS area_id, d.indicator, d.sex, d.age_from, sum(d.events)::int8 AS events, sum(d.at_risk)::int8 AS at_risk
    FROM edition_detail d JOIN edition_tree t ON t.area_id = d.area_id WHERE t.parent_id IS NOT NULL GROUP BY 1, 2, 3, 4
  )
  SELECT coalesce(d.area_id, p.area_id) AS area_id, coalesce(d.indicator, p.indicator) AS indicator, coalesce(d.sex, p.sex) AS sex, coalesce(d.age_from, p.age_from) AS age_from,
         coalesce(d.events, 0) - coalesce(p.events, 0) AS events, coalesce(d.at_risk, 0) - coalesce(p.at_risk, 0) AS at_risk
  FROM edition_detail d FULL JOIN parts p ON p.area_id = d.area_id AND p.indicator = d.indicator AND p.sex IS NOT DISTINCT FROM d.sex AND p.age_from IS NOT DISTINCT FROM d.age_from
  WHERE EXISTS (SELECT FROM edition_detail x WHERE x.area_id = coalesce(d.area_id, p.area_id) AND x.indicator = coalesce(d.indicator, p.indicator));
  ANALYZE edition_tree;
  ANALYZE edition_rest;
  UPDATE edition_tree t SET linked = CASE WHEN r.total THEN 1 ELSE 0 END
  FROM (SELECT b.area_id, bool_and(b.detail) AS detail, bool_and(b.total) AS total
        FROM (SELECT x.area_id, x.indicator, bool_and(x.events >= 0 AND x.at_risk >= x.events) AS detail, sum(x.events) >= 0 AND sum(x.at_risk) >= sum(x.events) AS total
              FROM edition_rest x GROUP BY 1, 2) b GROUP BY 1) r
  WHERE r.area_id = t.area_id AND NOT r.detail;
  LOOP -- whoever has a part that is known in total only is known in total only
    UPDATE edition_tree t SET linked = 1 WHERE t.linked = 2 AND EXISTS (SELECT FROM edition_tree p WHERE p.parent_id = t.area_id AND p.linked < 2);
    GET DIAGNOSTICS changed = ROW_COUNT;
    EXIT WHEN changed = 0;
  END LOOP;

  CREATE TEMP TABLE edition_found ON COMMIT DROP AS
  SELECT dense_rank() OVER (ORDER BY q.area_id, q.sex, q.age_from)::int4 AS atom, q.*
  FROM (SELECT r.area_id, r.sex, r.age_from, r.indicator, r.events, r.at_risk FROM edition_rest r JOIN edition_tree t ON t.area_id = r.area_id WHERE t.linked = 2
        UNION ALL
        SELECT r.area_id, NULL, NULL, r.indicator, sum(r.events)::int8, sum(r.at_risk)::int8 FROM edition_rest r JOIN edition_tree t ON t.area_id = r.area_id
        WHERE t.linked = 1 GROUP BY r.area_id, r.indicator
        UNION ALL
        SELECT d.area_id, d.sex, d.age_from, d.indicator, d.events, d.at_risk FROM edition_detail d JOIN edition_tree t ON t.area_id = d.area_id WHERE t.linked = 0) q
  WHERE q.at_risk > 0 OR NOT EXISTS (SELECT FROM edition_tree p WHERE p.parent_id = q.area_id);
  INSERT INTO @atlas@.edition_atom SELECT this.edition_id, edition_atoms.year, f.atom, min(f.area_id), min(f.sex), min(f.age_from) FROM edition_found f GROUP BY f.atom;
  INSERT INTO @atlas@.edition_atom_count SELECT this.edition_id, edition_atoms.year, f.atom, f.indicator, f.events, f.at_risk FROM edition_found f;

  PERFORM @atlas@.analyze_edition('edition_atom', 'edition_atom_count');

  -- Cells: all of an area, and its sexes and age groups where it has them.
  CREATE TEMP TABLE edition_cover ON COMMIT DROP AS
  WITH RECURSIVE below AS (
    SELECT t.area_id, t.area_id AS part FROM edition_tree t
    UNION ALL
    SELECT t.parent_id, b.part FROM below b JOIN edition_tree t ON t.area_id = b.area_id JOIN edition_tree p ON p.area_id = t.parent_id WHERE p.linked > 0
  )
  SELECT b.area_id, f.atom, f.sex, f.age_from FROM below b JOIN @atlas@.edition_atom f ON f.edition_id = this.edition_id AND f.year = edition_atoms.year AND f.area_id = b.part;
  -- Unions of areas are sums of the same groups.
  CREATE TEMP TABLE edition_union ON COMMIT DROP AS
  SELECT m.area_id, m.member_id FROM @atlas@.area_member m WHERE EXISTS (SELECT FROM @atlas@.edition_facts(this.edition_id) f WHERE f.year = edition_atoms.year AND f.area_id = m.area_id);
  INSERT INTO edition_cover SELECT u.area_id, v.atom, v.sex, v.age_from FROM edition_union u JOIN edition_cover v ON v.area_id = u.member_id;
  IF EXISTS (SELECT FROM edition_cover v WHERE v.area_id IN (SELECT u.area_id FROM edition_union u) GROUP BY v.area_id, v.atom HAVING count(*) > 1) THEN
    RAISE EXCEPTION 'members of a union of areas overlap' USING ERRCODE = '55000', HINT = 'Areas were moved in the tree since: correct the table area_member.';
  END IF;
  ANALYZE edition_cover;
  INSERT INTO @atlas@.edition_cell (edition_id, year, cell, area_id, sex, age_from)
  SELECT this.edition_id, edition_atoms.year, row_number() OVER (ORDER BY k.area_id, k.sex, k.age_from NULLS FIRST), k.area_id, k.sex, k.age_from
  FROM (SELECT t.area_id, 'all' AS sex, NULL::int4 AS age_from FROM edition_tree t
        UNION SELECT d.area_id, s.sex, a.age_from FROM edition_detail d JOIN edition_tree t ON t.area_id = d.area_id AND t.linked <> 1
        CROSS JOIN LATERAL (VALUES ('all'), (d.sex)) AS s (sex) CROSS JOIN LATERAL (VALUES (NULL), (d.age_from)) AS a (age_from)
        WHERE s.sex IN ('all', 'female', 'male')
        UNION SELECT u.area_id, s.sex, a.age_from FROM edition_union u JOIN edition_detail d ON d.area_id = u.member_id CROSS JOIN LATERAL (VALUES ('all'), (d.sex)) AS s (sex) CROSS JOIN LATERAL (VALUES (NULL), (d.age_from)) AS a (age_from)
        WHERE s.sex IN ('all', 'female', 'male') AND (s.sex = 'all' AND a.age_from IS NULL OR NOT EXISTS (SELECT FROM edition_union o JOIN edition_tree t ON t.area_id = o.member_id WHERE o.area_id = u.area_id AND t.linked = 1))) k;
  PERFORM @atlas@.analyze_edition('edition_cell');
  INSERT INTO @atlas@.edition_cell_atom
  SELECT DISTINCT c.edition_id, c.year, c.cell, v.atom
  FROM @atlas@.edition_cell c JOIN edition_cover v ON v.area_id = c.area_id AND (c.sex = 'all' OR c.sex = v.sex) AND (c.age_from IS NULL OR c.age_from = v.age_from)
  WHERE c.edition_id = this.edition_id AND c.year = edition_atoms.year;
  PERFORM @atlas@.analyze_edition('edition_cell_atom');
  DROP TABLE edition_detail, edition_tree, edition_rest, edition_found, edition_cover, edition_union;
END
$function$;
COMMENT ON FUNCTION @atlas@.edition_atoms(int4, int4) IS 'Internal: the finest groups and the cells of an edition in a year. An area whose counts are not at least the sum of its parts'' (other sources) stands for itself; what an area has beyond its parts is a group of its own.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_atoms(int4, int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.edition_cell_counts(edition_id int4, year int4)
RETURNS TABLE (cell int4, indicator text, events int8, at_risk int8)
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT m.cell, n.indicator, pg_catalog.sum(n.events)::int8, pg_catalog.sum(n.at_risk)::int8
  FROM @atlas@.edition_cell_atom AS m
  JOIN @atlas@.edition_atom_count AS n ON n.edition_id = m.edition_id AND n.year = m.year AND n.atom = m.atom
  WHERE m.edition_id = edition_cell_counts.edition_id AND m.year = edition_cell_counts.year
  GROUP BY m.cell, n.indicator;
END;
COMMENT ON FUNCTION @atlas@.edition_cell_counts(int4, int4) IS 'Internal: counts of the cells of an edition in a year. Not for the public.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_cell_counts(int4, int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.edition_others(edition_id int4) RETURNS TABLE (other_id int4, standing boolean)
LANGUAGE sql STABLE
BEGIN ATOMIC
  -- A correction takes the place of the edition that it corrects.
  SELECT o.edition_id, o.status = 'published' AND o.edition_id IS DISTINCT FROM this.corrects
  FROM @atlas@.edition AS this
  JOIN @atlas@.edition AS o ON o.edition_id <> this.edition_id AND o.years && this.years AND (o.status = 'published' OR o.status = 'withdrawn' AND o.stays_known)
  WHERE this.edition_id = edition_others.edition_id;
END;
COMMENT ON FUNCTION @atlas@.edition_others(int4) IS 'Internal: the editions that share a year with this one and count as known: public ones (standing, unless this one corrects it), and withdrawn ones that somebody may have kept.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_others(int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.edition_rules(edition_id int4, year int4) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp SET jit = off SET enable_nestloop = off
AS $function$
  WITH fact AS MATERIALIZED (
    SELECT f.area_id, f.indicator, s.origin IN ('reported', 'derived') AS printed
    FROM @atlas@.edition_facts(edition_rules.edition_id) f JOIN @atlas@.source s ON s.source_id = f.source_id WHERE f.year = edition_rules.year
  ), count AS MATERIALIZED (
    SELECT c.cell, c.area_id, c.sex, c.age_from, n.indicator, n.events, n.at_risk, i.measure = 'proportion' AS both, coalesce(r.threshold, 10) AS threshold,
           -- A 0 above the countries is a 0 of each.
           CASE WHEN a.country_id IS NULL THEN EXISTS (SELECT FROM @atlas@.disclosure_rule z WHERE z.zeros = 'protect') ELSE coalesce(r.zeros = 'protect', false) END AS zeros,
           f.area_id IS NOT NULL AS figure, coalesce(f.printed, false) AND c.sex = 'all' AND c.age_from IS NULL AS printed
    FROM @atlas@.edition_cell_counts(edition_rules.edition_id, edition_rules.year) n
    JOIN @atlas@.edition_cell c ON c.edition_id = edition_rules.edition_id AND c.year = edition_rules.year AND c.cell = n.cell
    JOIN @atlas@.indicator_definition i ON i.indicator = n.indicator JOIN @atlas@.area a ON a.area_id = c.area_id
    LEFT JOIN @atlas@.area k ON k.area_id = a.country_id LEFT JOIN @atlas@.disclosure_rule r ON r.country = k.code
    LEFT JOIN fact f ON f.area_id = c.area_id AND f.indicator = n.indicator
  ), before AS (
    -- What other editions say of the same count: equal, so that it is known, or so little else that the difference would be a small count. What is withdrawn was said
    -- not to hold: its difference is an error's.
    SELECT n.cell, n.indicator, bool_or(v.events = n.events AND v.at_risk = n.at_risk) AS same, bool_or(o.standing AND v.events = n.events AND v.at_risk = n.at_risk) AS stands,
           bool_or(o.standing AND (abs(v.events - n.events) BETWEEN 1 AND n.threshold OR abs(v.at_risk - n.at_risk) BETWEEN 1 AND n.threshold
                   OR abs((v.at_risk - v.events) - (n.at_risk - n.events)) BETWEEN 1 AND n.threshold)) AS near
    FROM @atlas@.edition_others(edition_rules.edition_id) o
    JOIN @atlas@.edition_value v ON v.edition_id = o.other_id AND v.year = edition_rules.year AND v.status = 'published' AND v.basis = 'counts'
    JOIN count n ON n.area_id = v.area_id AND n.sex = v.sex AND n.age_from IS NOT DISTINCT FROM v.age_from AND n.indicator = v.indicator
    GROUP BY n.cell, n.indicator
  ), hidden AS (
    -- What another edition withholds, for whatever indicator, stays withheld: the two together would give it away. Of one no longer public, where the counts are equal still.
    SELECT DISTINCT c.cell FROM @atlas@.edition_others(edition_rules.edition_id) o
    JOIN @atlas@.edition_value v ON v.edition_id = o.other_id AND v.year = edition_rules.year AND v.status = 'suppressed'
    JOIN @atlas@.edition_cell c ON c.edition_id = edition_rules.edition_id AND c.year = v.year AND c.area_id = v.area_id AND c.sex = v.sex AND c.age_from IS NOT DISTINCT FROM v.age_from
    WHERE o.standing OR NOT EXISTS (
      SELECT FROM @atlas@.edition_cell w WHERE w.edition_id = o.other_id AND w.year = v.year AND w.area_id = v.area_id AND w.sex = v.sex AND w.age_from IS NOT DISTINCT FROM v.age_from
        AND EXISTS (SELECT FROM count n WHERE n.cell = c.cell AND n.indicator = v.indicator
          AND (n.events, n.at_risk) <> (SELECT sum(k.events), sum(k.at_risk) FROM @atlas@.edition_cell_atom m JOIN @atlas@.edition_atom_count k ON k.edition_id = m.edition_id AND k.year = m.year AND k.atom = m.atom
                                        WHERE m.edition_id = w.edition_id AND m.year = w.year AND m.cell = w.cell AND k.indicator = v.indicator)))
  ), own AS (
    SELECT n.cell, array_agg(n.indicator ORDER BY n.indicator COLLATE "C") FILTER (WHERE n.figure) AS figures,
           array_agg(n.indicator ORDER BY n.indicator COLLATE "C") FILTER (WHERE n.figure AND (n.printed OR b.same)) AS known,
           coalesce(bool_and(n.printed OR coalesce(b.same, false)) FILTER (WHERE n.figure), false) AS all_known, coalesce(bool_and(n.printed OR coalesce(b.stands, false)) FILTER (WHERE n.figure), false) AS all_stand,
           bool_or(coalesce(b.near, false) AND NOT n.printed) AS near,
           -- What is public already needs no protection of its own.
           bool_or(NOT n.printed AND NOT coalesce(b.stands, false) AND (n.events BETWEEN 1 AND n.threshold OR n.at_risk BETWEEN 1 AND n.threshold OR n.both AND n.at_risk - n.events BETWEEN 1 AND n.threshold
                   OR n.zeros AND (n.events = 0 OR n.both AND n.at_risk = n.events))) AS small
    FROM count n LEFT JOIN before b ON b.cell = n.cell AND b.indicator = n.indicator GROUP BY n.cell
  )
  UPDATE @atlas@.edition_cell c
  SET indicators = coalesce(o.figures, '{}'), known = coalesce(o.known, '{}'),
      rule = CASE WHEN o.all_stand THEN 2 WHEN o.all_known THEN CASE WHEN o.small OR h.cell IS NOT NULL THEN 3 ELSE 2 END WHEN o.small OR o.near OR h.cell IS NOT NULL THEN 1 ELSE 0 END
  FROM own o LEFT JOIN hidden h ON h.cell = o.cell
  WHERE c.edition_id = edition_rules.edition_id AND c.year = edition_rules.year AND c.cell = o.cell
$function$;
COMMENT ON FUNCTION @atlas@.edition_rules(int4, int4) IS 'Internal: sets the rule of each cell: protected when a count of any indicator is small, differs little from an edition that is still public, or is withheld there; public already when such editions print it for every indicator, or its source does; known, but protected, when only withdrawn editions do. Notes which indicators are known.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_rules(int4, int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.edition_tables(edition_id int4, year int4, OUT cells int4[], OUT atoms int4[], OUT rules int2[], OUT statuses int2[])
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT m.cells, m.atoms, c.rules, c.statuses
  FROM (SELECT pg_catalog.array_agg(x.cell ORDER BY x.cell, x.atom) AS cells, pg_catalog.array_agg(x.atom ORDER BY x.cell, x.atom) AS atoms
        FROM @atlas@.edition_cell_atom AS x WHERE x.edition_id = edition_tables.edition_id AND x.year = edition_tables.year) AS m,
       (SELECT pg_catalog.array_agg(least(y.rule, 2::int2) ORDER BY y.cell) AS rules, pg_catalog.array_agg(y.status ORDER BY y.cell) AS statuses
        FROM @atlas@.edition_cell AS y WHERE y.edition_id = edition_tables.edition_id AND y.year = edition_tables.year) AS c;
END;
COMMENT ON FUNCTION @atlas@.edition_tables(int4, int4) IS 'Internal: the cells of an edition in a year as tmap.suppress() takes them.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_tables(int4, int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.edition_counts(edition_id int4, year int4, indicator text, OUT events int8[], OUT others int8[])
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT pg_catalog.array_agg(coalesce(n.events, 0) ORDER BY a.atom), pg_catalog.array_agg(coalesce(n.at_risk - n.events, 0) ORDER BY a.atom)
  FROM @atlas@.edition_atom AS a
  LEFT JOIN @atlas@.edition_atom_count AS n ON n.edition_id = a.edition_id AND n.year = a.year AND n.atom = a.atom AND n.indicator = edition_counts.indicator
  WHERE a.edition_id = edition_counts.edition_id AND a.year = edition_counts.year;
END;
COMMENT ON FUNCTION @atlas@.edition_counts(int4, int4, text) IS 'Internal: counts of the groups of an edition in a year, by number; 0 where the indicator is not known.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_counts(int4, int4, text) FROM PUBLIC;

CREATE FUNCTION @atlas@.edition_suppress(edition_id int4, year int4) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
  -- One pattern for all indicators; the first of them, by the order of lists, says what is large and who is alone.
  WITH first AS (
    SELECT n.indicator FROM (SELECT DISTINCT c.indicator FROM @atlas@.edition_atom_count c WHERE c.edition_id = edition_suppress.edition_id AND c.year = edition_suppress.year) n
    JOIN @atlas@.indicator_definition i ON i.indicator = n.indicator ORDER BY i.measure, i.sort, i.indicator LIMIT 1
  ), decided AS MATERIALIZED (
    SELECT tmap.suppress(t.cells, t.atoms, t.rules, n.events, n.others, zeros => NOT EXISTS (SELECT FROM @atlas@.disclosure_rule r WHERE r.zeros = 'protect')) AS status
    FROM first f, @atlas@.edition_tables(edition_suppress.edition_id, edition_suppress.year) t,
         LATERAL @atlas@.edition_counts(edition_suppress.edition_id, edition_suppress.year, f.indicator) n
  )
  UPDATE @atlas@.edition_cell c SET status = CASE WHEN c.rule = 3 THEN 3 ELSE s.status END
  FROM decided d CROSS JOIN LATERAL unnest(d.status) WITH ORDINALITY AS s (status, cell)
  WHERE c.edition_id = edition_suppress.edition_id AND c.year = edition_suppress.year AND c.cell = s.cell
$function$;
COMMENT ON FUNCTION @atlas@.edition_suppress(int4, int4) IS 'Internal: decides which cells of a year are published, tmap.suppress().';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_suppress(int4, int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.edition_mend(edition_id int4, year int4) RETURNS int4
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
DECLARE
  pinned int4[];
  rounds int4 := 0;
BEGIN
  -- Elimination does not see what follows from counts being no less than 0, nor what is known of one indicator alone; the audit does. What it finds costs one more cell each.
  LOOP
    SELECT array_agg(DISTINCT b.cell) INTO pinned FROM @atlas@.edition_bounds(edition_mend.edition_id, edition_mend.year) b WHERE b.exact AND NOT b.allowed;
    EXIT WHEN pinned IS NULL OR rounds = 50;
    rounds := rounds + 1;
    WITH size AS MATERIALIZED (
      SELECT c.cell, c.rule, c.sex <> 'all' AS of_sex, c.age_from IS NOT NULL AS of_age, a.level, sum(k.at_risk) AS size
      FROM @atlas@.edition_cell c JOIN @atlas@.area a ON a.area_id = c.area_id
      JOIN @atlas@.edition_cell_atom m ON m.edition_id = c.edition_id AND m.year = c.year AND m.cell = c.cell
      JOIN @atlas@.edition_atom_count k ON k.edition_id = m.edition_id AND k.year = m.year AND k.atom = m.atom
      WHERE c.edition_id = edition_mend.edition_id AND c.year = edition_mend.year AND c.status = 0 GROUP BY 1, 2, 3, 4, 5
    ), found AS MATERIALIZED (
      SELECT c.cell, c.sex <> 'all' AS of_sex, c.age_from IS NOT NULL AS of_age, a.level FROM @atlas@.edition_cell c JOIN @atlas@.area a ON a.area_id = c.area_id
      WHERE c.edition_id = edition_mend.edition_id AND c.year = edition_mend.year AND c.cell = ANY (pinned)
    ), cover AS MATERIALIZED (   -- the published cells that hold a finding, the smallest first
      SELECT m.cell, s.cell AS cover, s.rule, s.size, row_number() OVER (PARTITION BY m.cell ORDER BY s.size, s.cell) AS place
      FROM (SELECT DISTINCT m.cell, o.cell AS cover FROM @atlas@.edition_cell_atom m JOIN @atlas@.edition_cell_atom o ON o.edition_id = m.edition_id AND o.year = m.year AND o.atom = m.atom AND o.cell <> m.cell
            WHERE m.edition_id = edition_mend.edition_id AND m.year = edition_mend.year AND m.cell = ANY (pinned)) m JOIN size s ON s.cell = m.cover
    ), beside AS MATERIALIZED (   -- and of the smallest, what of the finding's kind else it holds
      SELECT w.cover, s.cell, s.of_sex, s.of_age, s.level, s.size, row_number() OVER (PARTITION BY w.cover, s.of_sex, s.of_age, s.level ORDER BY s.size, s.cell) AS place
      FROM (SELECT DISTINCT v.cover, v.size AS most, o.cell FROM (SELECT DISTINCT v.cover, v.size FROM cover v WHERE v.place = 1 AND rounds <= 10) v
            JOIN @atlas@.edition_cell_atom m ON m.edition_id = edition_mend.edition_id AND m.year = edition_mend.year AND m.cell = v.cover
            JOIN @atlas@.edition_cell_atom o ON o.edition_id = m.edition_id AND o.year = m.year AND o.atom = m.atom) w
      JOIN size s ON s.cell = w.cell AND s.size < w.most AND s.rule = 0 AND s.size > 0
    ), choice AS (
      SELECT DISTINCT ON (f.cell) f.cell, t.chosen
      FROM found f JOIN cover v ON v.cell = f.cell
      CROSS JOIN LATERAL (SELECT b.cell AS chosen, b.size FROM beside b WHERE v.place = 1 AND b.cover = v.cover AND b.place <= 5 AND (b.of_sex, b.of_age, b.level) = (f.of_sex, f.of_age, f.level)
                            AND NOT EXISTS (SELECT FROM cover x WHERE x.cell = f.cell AND x.cover = b.cell)
                          UNION ALL SELECT v.cover, v.size WHERE v.rule = 0) t
      ORDER BY f.cell, t.size, t.chosen
    )
    UPDATE @atlas@.edition_cell c SET rule = 1 FROM choice t WHERE c.edition_id = edition_mend.edition_id AND c.year = edition_mend.year AND c.cell = t.chosen;
    IF NOT FOUND THEN
      EXIT;
    END IF;
    PERFORM @atlas@.edition_suppress(edition_mend.edition_id, edition_mend.year);
  END LOOP;
  RETURN rounds;
END
$function$;
COMMENT ON FUNCTION @atlas@.edition_mend(int4, int4) IS 'Internal: withholds more cells of a year until nothing can be worked out of the suppressed ones by bounds either: for each finding the smallest published cell of its kind (level, sex or age told apart) inside the smallest published cell that holds it, or that cell. Returns how many rounds it took. What it cannot mend the audit refuses.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_mend(int4, int4) FROM PUBLIC;
