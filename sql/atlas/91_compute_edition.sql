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
    AND e.parameters -> 'indicators' ? f.indicator;
END;
COMMENT ON FUNCTION @atlas@.edition_facts(int4) IS 'Internal: the facts that enter an edition: shown, with counts, of a calendar year.';

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
    FROM @atlas@.edition_facts(this.edition_id) f CROSS JOIN LATERAL tmap.strata(f.tally) s WHERE f.year = edition_atoms.year
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
  ANALYZE edition_cover;
  INSERT INTO @atlas@.edition_cell (edition_id, year, cell, area_id, sex, age_from)
  SELECT this.edition_id, edition_atoms.year, row_number() OVER (ORDER BY k.area_id, k.sex, k.age_from NULLS FIRST), k.area_id, k.sex, k.age_from
  FROM (SELECT t.area_id, 'all' AS sex, NULL::int4 AS age_from FROM edition_tree t
        UNION SELECT d.area_id, s.sex, a.age_from FROM edition_detail d JOIN edition_tree t ON t.area_id = d.area_id AND t.linked <> 1
        CROSS JOIN LATERAL (VALUES ('all'), (d.sex)) AS s (sex) CROSS JOIN LATERAL (VALUES (NULL), (d.age_from)) AS a (age_from)
        WHERE s.sex IN ('all', 'female', 'male')) k;
  PERFORM @atlas@.analyze_edition('edition_cell');
  INSERT INTO @atlas@.edition_cell_atom
  SELECT DISTINCT c.edition_id, c.year, c.cell, v.atom
  FROM @atlas@.edition_cell c JOIN edition_cover v ON v.area_id = c.area_id AND (c.sex = 'all' OR c.sex = v.sex) AND (c.age_from IS NULL OR c.age_from = v.age_from)
  WHERE c.edition_id = this.edition_id AND c.year = edition_atoms.year;
  PERFORM @atlas@.analyze_edition('edition_cell_atom');
  DROP TABLE edition_detail, edition_tree, edition_rest, edition_found, edition_cover;
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

CREATE FUNCTION @atlas@.edition_rules(edition_id int4, year int4) RETURNS void
LANGUAGE sql SET search_path = pg_catalog, pg_temp SET jit = off SET enable_nestloop = off
AS $function$
  WITH count AS MATERIALIZED (
    SELECT n.cell, n.indicator, i.measure, n.events, n.at_risk FROM @atlas@.edition_cell_counts(edition_rules.edition_id, edition_rules.year) n JOIN @atlas@.indicator_definition i ON i.indicator = n.indicator
  ), own AS (
    SELECT c.cell, bool_or(n.events BETWEEN 1 AND t.threshold OR n.at_risk BETWEEN 1 AND t.threshold
                           OR n.measure = 'proportion' AND n.at_risk - n.events BETWEEN 1 AND t.threshold
                           OR t.zeros = 'protect' AND (n.events = 0 OR n.measure = 'proportion' AND n.at_risk = n.events)) AS small
    FROM @atlas@.edition_cell c JOIN count n ON n.cell = c.cell JOIN @atlas@.area a ON a.area_id = c.area_id LEFT JOIN @atlas@.area k ON k.area_id = a.country_id
    CROSS JOIN LATERAL (SELECT @atlas@.disclosure_threshold(k.code) AS threshold, coalesce((SELECT r.zeros FROM @atlas@.disclosure_rule r WHERE r.country = k.code), 'publish') AS zeros) t
    WHERE c.edition_id = edition_rules.edition_id AND c.year = edition_rules.year
    GROUP BY c.cell
  ), before AS (
    -- What other editions that are still public say of the same cell; the same only when they say it of every indicator.
    SELECT c.cell, bool_and(v.events = n.events AND v.at_risk = n.at_risk) AND count(DISTINCT v.indicator) = (SELECT count(*) FROM count x WHERE x.cell = c.cell) AS same,
           bool_or(abs(v.events - n.events) BETWEEN 1 AND @atlas@.disclosure_threshold(k.code) OR abs(v.at_risk - n.at_risk) BETWEEN 1 AND @atlas@.disclosure_threshold(k.code)
                   OR abs((v.at_risk - v.events) - (n.at_risk - n.events)) BETWEEN 1 AND @atlas@.disclosure_threshold(k.code)) AS near
    FROM @atlas@.edition_cell c JOIN @atlas@.area a ON a.area_id = c.area_id LEFT JOIN @atlas@.area k ON k.area_id = a.country_id
    JOIN @atlas@.edition this ON this.edition_id = c.edition_id
    JOIN @atlas@.edition o ON o.status = 'published' AND o.edition_id <> c.edition_id AND o.edition_id IS DISTINCT FROM this.corrects
    JOIN @atlas@.edition_value v ON v.edition_id = o.edition_id AND v.year = c.year AND v.area_id = c.area_id AND v.sex = c.sex AND v.age_from IS NOT DISTINCT FROM c.age_from
      AND v.status = 'published' AND v.basis = 'counts'
    JOIN count n ON n.cell = c.cell AND n.indicator = v.indicator
    WHERE c.edition_id = edition_rules.edition_id AND c.year = edition_rules.year
    GROUP BY c.cell
  ), hidden AS (
    -- What another public edition withholds, for whatever indicator, stays withheld: the two together would give it away.
    SELECT DISTINCT c.cell FROM @atlas@.edition_cell c JOIN @atlas@.edition this ON this.edition_id = c.edition_id
    JOIN @atlas@.edition o ON o.status = 'published' AND o.edition_id <> c.edition_id AND o.edition_id IS DISTINCT FROM this.corrects
    JOIN @atlas@.edition_value v ON v.edition_id = o.edition_id AND v.year = c.year AND v.area_id = c.area_id AND v.sex = c.sex AND v.age_from IS NOT DISTINCT FROM c.age_from
      AND v.status = 'suppressed'
    WHERE c.edition_id = edition_rules.edition_id AND c.year = edition_rules.year
  ), printed AS (
    -- Figures that their source has printed are public already.
    SELECT DISTINCT c.cell FROM @atlas@.edition_facts(edition_rules.edition_id) f JOIN @atlas@.source s ON s.source_id = f.source_id AND s.origin IN ('reported', 'derived')
    JOIN @atlas@.edition_cell c ON c.edition_id = edition_rules.edition_id AND c.year = f.year AND c.area_id = f.area_id AND c.sex = 'all' AND c.age_from IS NULL
    WHERE f.year = edition_rules.year
  )
  UPDATE @atlas@.edition_cell c
  SET rule = CASE WHEN b.same OR p.cell IS NOT NULL THEN 2 WHEN o.small OR b.near OR h.cell IS NOT NULL THEN 1 ELSE 0 END
  FROM own o LEFT JOIN before b ON b.cell = o.cell LEFT JOIN hidden h ON h.cell = o.cell LEFT JOIN printed p ON p.cell = o.cell
  WHERE c.edition_id = edition_rules.edition_id AND c.year = edition_rules.year AND c.cell = o.cell
$function$;
COMMENT ON FUNCTION @atlas@.edition_rules(int4, int4) IS 'Internal: sets the rule of each cell: protected when a count of any indicator is small, differs little from an edition that is still public, or is withheld there; public already when such editions print it for every indicator, or its source does.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_rules(int4, int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.edition_tables(edition_id int4, year int4, OUT cells int4[], OUT atoms int4[], OUT rules int2[], OUT statuses int2[])
LANGUAGE sql STABLE
BEGIN ATOMIC
  SELECT m.cells, m.atoms, c.rules, c.statuses
  FROM (SELECT pg_catalog.array_agg(x.cell ORDER BY x.cell, x.atom) AS cells, pg_catalog.array_agg(x.atom ORDER BY x.cell, x.atom) AS atoms
        FROM @atlas@.edition_cell_atom AS x WHERE x.edition_id = edition_tables.edition_id AND x.year = edition_tables.year) AS m,
       (SELECT pg_catalog.array_agg(y.rule ORDER BY y.cell) AS rules, pg_catalog.array_agg(y.status ORDER BY y.cell) AS statuses
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
  UPDATE @atlas@.edition_cell c SET status = s.status
  FROM decided d CROSS JOIN LATERAL unnest(d.status) WITH ORDINALITY AS s (status, cell)
  WHERE c.edition_id = edition_suppress.edition_id AND c.year = edition_suppress.year AND c.cell = s.cell
$function$;
COMMENT ON FUNCTION @atlas@.edition_suppress(int4, int4) IS 'Internal: decides which cells of a year are published, tmap.suppress().';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_suppress(int4, int4) FROM PUBLIC;

CREATE FUNCTION @atlas@.edition_mend(edition_id int4, year int4) RETURNS int4
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off
AS $function$
DECLARE
  tables record;
  pinned int4[];
  rounds int4 := 0;
BEGIN
  -- Elimination does not see what follows from counts being no less than 0; the audit does. What it finds costs one more cell each.
  LOOP
    SELECT * INTO tables FROM @atlas@.edition_tables(edition_mend.edition_id, edition_mend.year);
    SELECT array_agg(DISTINCT b.cell) INTO pinned
    FROM (SELECT DISTINCT n.indicator FROM @atlas@.edition_atom_count n WHERE n.edition_id = edition_mend.edition_id AND n.year = edition_mend.year) i
    CROSS JOIN LATERAL @atlas@.edition_counts(edition_mend.edition_id, edition_mend.year, i.indicator) n
    CROSS JOIN LATERAL tmap.audit_cells(tables.cells, tables.atoms, ARRAY(SELECT s = 0 FROM unnest(tables.statuses) WITH ORDINALITY AS t (s, n) ORDER BY t.n), n.events, n.others) b
    WHERE b.exact AND tables.statuses[b.cell] <> 3 AND (b.upper > 0 OR EXISTS (SELECT FROM @atlas@.disclosure_rule r WHERE r.zeros = 'protect'));
    EXIT WHEN pinned IS NULL OR rounds = 50;
    rounds := rounds + 1;
    UPDATE @atlas@.edition_cell c SET rule = 1
    FROM (SELECT DISTINCT ON (m.cell) p.cell
          FROM @atlas@.edition_cell_atom m JOIN @atlas@.edition_cell_atom o ON o.edition_id = m.edition_id AND o.year = m.year AND o.atom = m.atom AND o.cell <> m.cell
          JOIN @atlas@.edition_cell p ON p.edition_id = o.edition_id AND p.year = o.year AND p.cell = o.cell AND p.status = 0 AND p.rule = 0
          CROSS JOIN LATERAL (SELECT sum(k.at_risk) AS size FROM @atlas@.edition_cell_atom q JOIN @atlas@.edition_atom_count k ON k.edition_id = q.edition_id AND k.year = q.year AND k.atom = q.atom
                              WHERE q.edition_id = p.edition_id AND q.year = p.year AND q.cell = p.cell) s
          WHERE m.edition_id = edition_mend.edition_id AND m.year = edition_mend.year AND m.cell = ANY (pinned)
          ORDER BY m.cell, s.size, p.cell) t
    WHERE c.edition_id = edition_mend.edition_id AND c.year = edition_mend.year AND c.cell = t.cell;
    IF NOT FOUND THEN
      EXIT;
    END IF;
    PERFORM @atlas@.edition_suppress(edition_mend.edition_id, edition_mend.year);
  END LOOP;
  RETURN rounds;
END
$function$;
COMMENT ON FUNCTION @atlas@.edition_mend(int4, int4) IS 'Internal: withholds more cells of a year until nothing can be worked out of the suppressed ones by bounds either: beside each finding the smallest published cell that shares a group with it. Returns how many rounds it took. What it cannot mend the audit refuses.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_mend(int4, int4) FROM PUBLIC;
