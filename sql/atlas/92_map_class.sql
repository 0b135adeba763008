-- Classes of the public maps, fixed over years and releases so that a slider over years is honest; and figures derived from what an edition publishes.

CREATE TABLE @atlas@.map_class (
  indicator text NOT NULL REFERENCES @atlas@.indicator_definition ON UPDATE CASCADE ON DELETE CASCADE,
  class int4 NOT NULL CHECK (class BETWEEN 1 AND 11),
  lower float8,
  upper float8,
  colour text NOT NULL CHECK (colour ~ '^#[0-9a-f]{6}$'),
  label text NOT NULL,
  PRIMARY KEY (indicator, class),
  CONSTRAINT map_class_limits CHECK (lower < upper)
);
COMMENT ON TABLE @atlas@.map_class IS 'Classes of the maps of an indicator: filled when its first figures are published, changed by set_classes() alone. The public reads the view legend.';
COMMENT ON COLUMN @atlas@.map_class.indicator IS 'What is shown.';
COMMENT ON COLUMN @atlas@.map_class.class IS 'Number of the class, 1 = lowest.';
COMMENT ON COLUMN @atlas@.map_class.lower IS 'Lowest value of the class, in the unit of the indicator; NULL: no limit.';
COMMENT ON COLUMN @atlas@.map_class.upper IS 'Values of the class are below this; NULL: no limit.';
COMMENT ON COLUMN @atlas@.map_class.colour IS 'Colour, #rrggbb.';
COMMENT ON COLUMN @atlas@.map_class.label IS 'Words of the legend.';

CREATE VIEW @atlas@.legend AS
-- Funnels run from bad to good, whichever way is good.
WITH ramp (direction, colours) AS (VALUES
  ('higher is better', '{#ca0020,#f4a582,#f7f7f7,#92c5de,#0571b0}'::text[]), ('lower is better', '{#0571b0,#92c5de,#f7f7f7,#f4a582,#ca0020}'), ('neither', '{#e66101,#fdb863,#f7f7f7,#b2abd2,#5e3c99}')
), entry AS (
  SELECT i.fid, i.indicator, 1 AS place, 'value' AS measure, m.class, m.lower, m.upper, m.colour, m.label
  FROM @atlas@.indicator_definition i JOIN @atlas@.map_class m ON m.indicator = i.indicator
  UNION ALL
  SELECT i.fid, i.indicator, 2 AS place, 'funnel' AS measure, f.class, NULL AS lower, NULL AS upper, r.colours[f.class + 3] AS colour, f.label
  FROM @atlas@.indicator_definition i JOIN ramp r ON r.direction = i.direction
  CROSS JOIN (VALUES (-2, 'below the 99.8 % limit'), (-1, 'below the 95 % limit'), (0, 'within the limits'), (1, 'above the 95 % limit'), (2, 'above the 99.8 % limit')) AS f (class, label)
  UNION ALL
  SELECT i.fid, i.indicator, 3 AS place, 'reliability' AS measure, k AS class, (k - 1) / 4.0::float8 AS lower, k / 4.0::float8 AS upper, ('{#deebf7,#9ecae1,#4292c6,#08519c}'::text[])[k] AS colour,
         format(U&'%s\2013%s %%', (k - 1) * 25, k * 25) AS label
  FROM @atlas@.indicator_definition i CROSS JOIN generate_series(1, 4) k
  UNION ALL
  SELECT i.fid, i.indicator, m.place, m.measure, n.class, NULL AS lower, NULL AS upper, n.colour, n.label
  FROM @atlas@.indicator_definition i CROSS JOIN (VALUES (1, 'value'), (3, 'reliability')) AS m (place, measure)
  CROSS JOIN (VALUES (-1, '#9a9a9a', 'suppressed'), (-2, '#e8e8e8', 'no data')) AS n (class, colour, label)
)
SELECT (e.fid * 100 + e.place * 20 + e.class + 3)::int4 AS fid, e.indicator, e.measure, e.class::int4 AS class, e.lower, e.upper, e.colour, e.label FROM entry e;
COMMENT ON VIEW @atlas@.legend IS 'The legends of the maps
One row per indicator, measure and class. Classes are the same for all years and levels.';
COMMENT ON COLUMN @atlas@.legend.fid IS 'Number of the row; unique.';
COMMENT ON COLUMN @atlas@.legend.indicator IS 'What is shown.';
COMMENT ON COLUMN @atlas@.legend.measure IS 'value: the figure itself; funnel: where it lies in the funnel of its country (of the world for countries); reliability: share of its variance that is between areas.';
COMMENT ON COLUMN @atlas@.legend.class IS 'value: the column class, 1 = lowest, -1 suppressed, -2 no data. funnel: the column funnel, -2 to 2. reliability: quarters, 1 = least, and -1, -2 as for value.';
COMMENT ON COLUMN @atlas@.legend.lower IS 'Lowest number of the class; NULL: no limit.';
COMMENT ON COLUMN @atlas@.legend.upper IS 'Numbers of the class are below this; NULL: no limit.';
COMMENT ON COLUMN @atlas@.legend.colour IS 'Colour, #rrggbb: light to dark is low to high; of funnels red is bad and blue is good, or orange and violet when neither is.';
COMMENT ON COLUMN @atlas@.legend.label IS 'Words of the class.';

CREATE FUNCTION @atlas@.make_classes(indicator text, breaks float8[]) RETURNS int4
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp
AS $function$
DECLARE
  digits int4 := (SELECT coalesce(max(scale(trim_scale(round(b::numeric, 6)))), 0) FROM unnest(breaks) AS b);
  k int4 := cardinality(breaks) + 1;
BEGIN
  DELETE FROM @atlas@.map_class m WHERE m.indicator = make_classes.indicator;
  INSERT INTO @atlas@.map_class (indicator, class, lower, upper, colour, label)
  SELECT make_classes.indicator, c, breaks[c - 1], breaks[c], (@atlas@.map_colours(k))[c],
         CASE WHEN k = 1 THEN 'all' WHEN c = 1 THEN '< ' || @atlas@.map_number(breaks[1], digits) WHEN c = k THEN U&'\2265 ' || @atlas@.map_number(breaks[c - 1], digits)
              ELSE @atlas@.map_number(breaks[c - 1], digits) || ' to < ' || @atlas@.map_number(breaks[c], digits) END
  FROM generate_series(1, k) c;
  RETURN k;
END
$function$;
COMMENT ON FUNCTION @atlas@.make_classes(text, float8[]) IS 'Internal: writes the classes of an indicator, whose limits are checked, into map_class; returns how many.';
REVOKE EXECUTE ON FUNCTION @atlas@.make_classes(text, float8[]) FROM PUBLIC;

CREATE FUNCTION @atlas@.class_of(status text, value float8, breaks float8[]) RETURNS int4
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN status = 'suppressed' THEN -1 WHEN value IS NULL THEN -2 ELSE 1 + width_bucket(value, coalesce(breaks, '{}')) END;
COMMENT ON FUNCTION @atlas@.class_of(text, float8, float8[]) IS 'Internal: class of a figure, 1 = lowest; a value on a limit belongs to the class above. -1 suppressed, -2 no value. breaks: limits between classes, NULL: one class.';

-- What follows from the published figures of an edition alone. Kept beside the edition, so that publishing the next one computes none of it again.
CREATE TABLE @atlas@.edition_derived (
  edition_id int4 NOT NULL REFERENCES @atlas@.edition ON DELETE CASCADE,
  fid int4 NOT NULL,
  reliability float8,
  smoothed float8,
  rank int4,
  rank_lower int4,
  rank_upper int4,
  ranked int4,
  funnel int4,
  PRIMARY KEY (edition_id, fid)
);
COMMENT ON TABLE @atlas@.edition_derived IS 'Reliability, smoothed values, ranks and funnel classes of the figures that an edition publishes, both sexes and all ages; from these figures alone. Kept by edition_derive(); the public reads them in the view value.';
COMMENT ON COLUMN @atlas@.edition_derived.edition_id IS 'The edition.';
COMMENT ON COLUMN @atlas@.edition_derived.fid IS 'Number of the figure within the edition.';

CREATE FUNCTION @atlas@.edition_derive(edition_id int4) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET jit = off SET enable_nestloop = off
AS $function$
DECLARE
  n bigint;
BEGIN
  DELETE FROM @atlas@.edition_derived d WHERE d.edition_id = edition_derive.edition_id;
  INSERT INTO @atlas@.edition_derived (edition_id, fid, reliability, smoothed, rank, rank_lower, rank_upper, ranked, funnel)
  WITH figure AS MATERIALIZED (
    SELECT v.fid, v.year, v.indicator, v.area_id, v.source_id, v.events, v.at_risk, v.value, v.lower, v.upper, i.measure, i.per, i.confidence, a.level,
           -- One group: areas of one level in one country; countries, and levels above them, in the world.
           CASE WHEN a.level = 'country' THEN 0 ELSE coalesce(a.country_id, 0) END AS within, CASE WHEN a.level = 'country' THEN a.parent_id ELSE a.country_id END AS above
    FROM @atlas@.edition_value v JOIN @atlas@.area a ON a.area_id = v.area_id JOIN @atlas@.indicator_definition i ON i.indicator = v.indicator
    WHERE v.edition_id = edition_derive.edition_id AND v.sex = 'all' AND v.age_from IS NULL AND v.status = 'published' AND v.basis = 'counts' AND v.events IS NOT NULL AND v.at_risk > 0
  ), grouped AS MATERIALIZED (
    SELECT f.*, count(*) OVER g AS ranked, rank() OVER (g ORDER BY f.value) AS rank,
           -- The total above, when the same source gives it; else the group's own.
           coalesce(t.value, CASE WHEN count(*) OVER g > 1 THEN f.per * (sum(f.events) OVER g / (sum(f.at_risk) OVER g)::float8) END) AS target
    FROM figure f LEFT JOIN figure t ON t.area_id = f.above AND t.year = f.year AND t.indicator = f.indicator AND t.source_id = f.source_id
    WINDOW g AS (PARTITION BY f.year, f.indicator, f.level, f.within)
  ), computed AS MATERIALIZED (
    SELECT x.fid, x.ranked, x.rank, x.year, x.indicator, x.level, x.within, x.lower, x.upper,
           tmap.eb_marshall(x.events, x.at_risk::float8, CASE x.measure WHEN 'proportion' THEN 'binomial' ELSE 'poisson' END, x.per) OVER g AS smooth,
           tmap.proportion_rank(CASE WHEN x.measure = 'proportion' AND x.ranked <= 1000 THEN x.events END, x.at_risk, confidence => x.confidence) OVER g AS proportion_place,
           tmap.rate_rank(CASE WHEN x.measure = 'rate' AND x.ranked <= 1000 THEN x.events END, x.at_risk::float8, confidence => x.confidence) OVER g AS rate_place,
           tmap.proportion_funnel(CASE WHEN x.measure = 'proportion' AND x.target > 0 THEN x.events END, x.at_risk, x.target, per => x.per) OVER p AS proportion_funnel,
           tmap.rate_funnel(CASE WHEN x.measure = 'rate' AND x.target > 0 THEN x.events END, x.at_risk::float8, x.target, per => x.per) OVER p AS rate_funnel
    FROM grouped x
    WINDOW g AS (PARTITION BY x.year, x.indicator, x.level, x.within), p AS (PARTITION BY x.year, x.indicator, x.level, x.within, x.target)
  ), point AS (
    -- Of large groups: an area may rank below all whose limits lie above its own, and above all whose limits lie below.
    SELECT c.fid, p.kind,
           count(*) FILTER (WHERE p.kind = 'upper') OVER (w ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS uppers,
           count(*) FILTER (WHERE p.kind = 'lower') OVER (w ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS lowers
    FROM computed c CROSS JOIN LATERAL (VALUES ('lower', c.lower), ('upper', c.upper)) AS p (kind, x)
    WHERE c.ranked > 1000
    WINDOW w AS (PARTITION BY c.year, c.indicator, c.level, c.within ORDER BY p.x, p.kind, c.fid)
  ), compared AS (
    SELECT p.fid, max(p.uppers) FILTER (WHERE p.kind = 'lower') AS below, max(p.lowers) FILTER (WHERE p.kind = 'upper') AS above FROM point p GROUP BY p.fid
  )
  SELECT edition_derive.edition_id, c.fid, CASE WHEN c.ranked > 2 THEN (c.smooth).own_weight END, CASE WHEN c.ranked > 2 THEN (c.smooth).value END, c.rank,
         coalesce((c.proportion_place).lower, (c.rate_place).lower, 1 + o.below), coalesce((c.proportion_place).upper, (c.rate_place).upper, c.ranked - o.above), c.ranked,
         coalesce((c.proportion_funnel).class, (c.rate_funnel).class)
  FROM computed c LEFT JOIN compared o ON o.fid = c.fid;
  GET DIAGNOSTICS n = ROW_COUNT;
  RETURN n;
END
$function$;
COMMENT ON FUNCTION @atlas@.edition_derive(int4) IS
'Internal: what follows from the published counts of an edition (both sexes, all ages), figure by figure, into edition_derived; returns how many. A group are the areas of one level in one country (countries: of the world) in one year.
reliability, smoothed: Marshall''s empirical Bayes over the group (tmap.eb_marshall), from three areas on. rank: 1 = lowest value, ties share the lowest. Its limits: by simulation (tmap.proportion_rank, tmap.rate_rank) in groups of up to 1000 areas; in larger ones by comparing confidence limits: above every area whose upper limit lies below the own lower one, below every area whose lower limit lies above the own upper one (Klein, Wright & Wieczorek 2020, J R Stat Soc C 69:589-606, with the limits as published; wider). funnel: exact limits of 95 and 99.8 % around the published total of the country (countries: the world) from the same source, or else around the group''s own.';
REVOKE EXECUTE ON FUNCTION @atlas@.edition_derive(int4) FROM PUBLIC;

-- These columns mean the same in the table and in public.
DO $block$
DECLARE
  c record;
BEGIN
  FOR c IN SELECT * FROM (VALUES
    ('reliability', 'Share of the value''s variance that is between areas, 0 to 1: its weight in smoothed, low where chance rules (Marshall 1991). NULL: suppressed, without counts, or fewer than three areas.'),
    ('smoothed', 'Value drawn towards the mean of its group, the more the less reliable it is (empirical Bayes, Marshall 1991); in unit.'),
    ('rank', 'Place among the areas of its level in its country (countries: in the world) and year whose counts are published, 1 = lowest value.'),
    ('rank_lower', 'Lower limit of rank.'),
    ('rank_upper', 'Upper limit of rank.'),
    ('ranked', 'How many areas are ranked.'),
    ('funnel', 'Against the total of its country (countries: of the world), with the chance that its size leaves: -2 below the 99.8 % limit, -1 below the 95 % limit, 0 within, 1 above the 95 % limit, 2 above the 99.8 % limit; NULL when not to be had.')) AS t (name, comment) LOOP
    EXECUTE format('COMMENT ON COLUMN @atlas@.edition_derived.%I IS %L', c.name, c.comment);
  END LOOP;
END
$block$;
