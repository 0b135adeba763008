-- What a reader can work out: reads :figures (columns of value_by_edition) alone and leaves temporary tables found and split.
-- Bounds of every count are tightened over all sums until nothing changes; a sum with one unknown is the simplest case.
SET client_min_messages = warning;
CREATE TEMP TABLE seen AS
SELECT edition, year, code, parent_code, indicator, sex, coalesce(age_from, -1) AS age, status, events::bigint AS events, at_risk::bigint AS at_risk, smr, dsr FROM :figures WHERE basis = 'counts';
-- Each edition by itself; and each helped by the others of its year: what stands in a total that both print alike has not changed.
CREATE TEMP TABLE own AS
WITH what AS (
  SELECT edition, year, code, parent_code, sex, age, CASE WHEN indicator = 'thrombectomy_per_inhabitant' THEN 'inhabitants' ELSE 'strokes' END AS base, status, events, at_risk FROM seen
), long AS (
  -- A thrombectomy is one, whether per stroke or per inhabitant.
  SELECT edition, year, code, parent_code, sex, age, 'thrombectomies' AS what, events AS n FROM what
  UNION ALL SELECT edition, year, code, parent_code, sex, age, base, at_risk FROM what
  UNION ALL SELECT edition, year, code, parent_code, sex, age, 'not treated', at_risk - events FROM what WHERE base = 'strokes'
)
SELECT edition, year, code, min(parent_code) AS parent_code, sex, age, what, max(n) AS n FROM long GROUP BY edition, year, code, sex, age, what;
CREATE INDEX ON own (year, code, sex, age, what);
ANALYZE own;
CREATE TEMP TABLE count AS
SELECT row_number() OVER () AS id, a.*, coalesce(a.known, 0) AS lo, coalesce(a.known, 1000000000) AS hi
FROM (SELECT o.*, false AS helped, o.n AS known FROM own o
      UNION ALL
      SELECT o.*, true, coalesce(o.n, (SELECT max(p.n) FROM own p WHERE p.edition <> o.edition AND (p.year, p.code, p.sex, p.age, p.what) = (o.year, o.code, o.sex, o.age, o.what)
        AND EXISTS (SELECT FROM own t JOIN own u ON (u.edition, u.year, u.code, u.sex, u.age, u.what, u.n) = (p.edition, t.year, t.code, t.sex, t.age, t.what, t.n)
                    WHERE (t.edition, t.year, t.what) = (o.edition, o.year, o.what) AND t.code IN (o.code, o.parent_code) AND t.sex IN (o.sex, 'all') AND t.age IN (o.age, -1))))
      FROM own o WHERE EXISTS (SELECT FROM own p WHERE p.edition <> o.edition AND p.year = o.year)) a;
CREATE INDEX ON count (edition, year, helped, code, sex, age, what);
ANALYZE count;
CREATE TEMP TABLE total AS
SELECT dense_rank() OVER (ORDER BY t.kind, t.id) AS sum, t.id AS whole, p.id AS part FROM (
  SELECT 'area' AS kind, t.id, p.id AS part FROM count t JOIN count p ON (p.edition, p.year, p.helped, p.parent_code, p.sex, p.age, p.what) = (t.edition, t.year, t.helped, t.code, t.sex, t.age, t.what)
  UNION ALL
  SELECT 'sex', t.id, p.id FROM count t JOIN count p ON (p.edition, p.year, p.helped, p.code, p.age, p.what) = (t.edition, t.year, t.helped, t.code, t.age, t.what) AND p.sex <> 'all' WHERE t.sex = 'all'
  UNION ALL
  SELECT 'age', t.id, p.id FROM count t JOIN count p ON (p.edition, p.year, p.helped, p.code, p.sex, p.what) = (t.edition, t.year, t.helped, t.code, t.sex, t.what) AND p.age >= 0 WHERE t.age = -1
  UNION ALL
  SELECT 'inner', t.id, p.id FROM count t JOIN count p ON (p.edition, p.year, p.helped, p.code, p.what) = (t.edition, t.year, t.helped, t.code, t.what) AND p.age >= 0 AND p.sex <> 'all' WHERE t.age = -1 AND t.sex = 'all'
  UNION ALL
  SELECT 'two levels', t.id, p.id FROM count t JOIN (SELECT DISTINCT code, parent_code FROM seen) m ON m.parent_code = t.code
    JOIN count p ON (p.edition, p.year, p.helped, p.parent_code, p.sex, p.age, p.what) = (t.edition, t.year, t.helped, m.code, t.sex, t.age, t.what)
  UNION ALL
  SELECT 'catchment', t.id, p.id FROM count t JOIN :catchments m ON m.whole = t.code JOIN count p ON (p.edition, p.year, p.helped, p.code, p.sex, p.age, p.what) = (t.edition, t.year, t.helped, m.part, t.sex, t.age, t.what)
  UNION ALL
  SELECT 'treated', t.id, p.id FROM count t JOIN count p ON (p.edition, p.year, p.helped, p.code, p.sex, p.age) = (t.edition, t.year, t.helped, t.code, t.sex, t.age) AND p.what IN ('thrombectomies', 'not treated') WHERE t.what = 'strokes'
) t JOIN count p ON p.id = t.part;
-- As signed terms that add up to 0; those without an unknown say nothing.
CREATE TEMP TABLE term AS
SELECT sum, whole AS id, 1 AS sign FROM total GROUP BY sum, whole UNION ALL SELECT sum, part, -1 FROM total;
DELETE FROM term t USING (SELECT sum FROM term JOIN count USING (id) GROUP BY sum HAVING bool_and(lo = hi)) s WHERE s.sum = t.sum;
CREATE INDEX ON term (sum);
ANALYZE term;
CREATE TEMP TABLE round (rounds int);
DO $block$
DECLARE
  changed bigint;
BEGIN
  FOR i IN 1 .. 400 LOOP
    WITH part AS (
      SELECT t.sum, t.id, t.sign, c.lo, c.hi, CASE t.sign WHEN 1 THEN c.lo ELSE -c.hi END AS least, CASE t.sign WHEN 1 THEN c.hi ELSE -c.lo END AS most FROM term t JOIN count c USING (id)
    ), side AS (
      SELECT p.*, sum(p.least) OVER w - p.least AS rest_least, sum(p.most) OVER w - p.most AS rest_most FROM part p WINDOW w AS (PARTITION BY p.sum)
    ), bound AS (
      SELECT s.id, max(CASE s.sign WHEN 1 THEN -s.rest_most ELSE s.rest_least END) AS lo, min(CASE s.sign WHEN 1 THEN -s.rest_least ELSE s.rest_most END) AS hi FROM side s WHERE s.lo < s.hi GROUP BY s.id
    )
    UPDATE count c SET lo = greatest(c.lo, b.lo), hi = least(c.hi, b.hi) FROM bound b WHERE b.id = c.id AND (b.lo > c.lo OR b.hi < c.hi);
    GET DIAGNOSTICS changed = ROW_COUNT;
    IF changed = 0 THEN INSERT INTO round VALUES (i); EXIT; END IF;
  END LOOP;
END
$block$;
CREATE TEMP TABLE found AS SELECT edition, year, helped, code, sex, age, what, lo AS n FROM count WHERE n IS NULL AND lo = hi AND known IS NULL;

-- Standardised figures against the splits of two withheld groups: how many splits of strokes and thrombectomies print the same figures?
-- The standard (:weights: sex, age, weight) and the published rates of the country are known to everybody.
CREATE FUNCTION pg_temp.three(x float8) RETURNS numeric LANGUAGE sql IMMUTABLE AS $$ SELECT CASE WHEN x = 0 THEN 0 ELSE round(x::numeric, 2 - floor(log(abs(x)))::int) END $$;
CREATE TEMP TABLE split AS
WITH cell AS (
  SELECT s.*, (SELECT c.events::float8 / c.at_risk FROM seen c WHERE c.code = left(s.code, 1) AND (c.edition, c.year, c.indicator, c.sex, c.age) = (s.edition, s.year, s.indicator, s.sex, s.age)) AS country_rate, w.weight
  FROM seen s JOIN :weights w ON w.sex = s.sex AND w.age = s.age WHERE s.indicator = 'thrombectomy_per_stroke'
), area AS (
  SELECT t.edition, t.year, t.code, t.smr, t.dsr, t.events, t.at_risk,
         t.events - coalesce(sum(c.events), 0) AS k, t.at_risk - coalesce(sum(c.at_risk), 0) AS n,
         coalesce(sum(c.at_risk * c.country_rate), 0) AS expected, coalesce(sum(c.weight * c.events / c.at_risk), 0) AS direct,
         array_agg(c.sex || c.age ORDER BY c.sex, c.age) FILTER (WHERE c.events IS NULL) AS hidden,
         array_agg(c.country_rate ORDER BY c.sex, c.age) FILTER (WHERE c.events IS NULL) AS rate, array_agg(c.weight ORDER BY c.sex, c.age) FILTER (WHERE c.events IS NULL) AS weight
  FROM seen t JOIN cell c ON (c.edition, c.year, c.code, c.indicator) = (t.edition, t.year, t.code, t.indicator)
  WHERE t.sex = 'all' AND t.age = -1 AND t.status = 'published' AND (t.smr IS NOT NULL OR t.dsr IS NOT NULL)
  GROUP BY t.edition, t.year, t.code, t.smr, t.dsr, t.events, t.at_risk HAVING count(*) FILTER (WHERE c.events IS NULL) = 2 AND bool_and(c.country_rate IS NOT NULL)
)
SELECT a.edition, a.year, a.code, a.hidden, a.k, a.n, count(*) AS splits, min(x.n1) AS n1, max(x.n1) AS n1_most, min(y.k1) AS k1, max(y.k1) AS k1_most
FROM area a CROSS JOIN LATERAL generate_series(1, a.n - 1) x (n1) CROSS JOIN LATERAL generate_series(greatest(0, a.k - (a.n - x.n1)), least(x.n1, a.k)) y (k1)
WHERE a.n BETWEEN 2 AND 600
  AND (a.smr IS NULL OR pg_temp.three(a.events / (a.expected + x.n1 * a.rate[1] + (a.n - x.n1) * a.rate[2])) = a.smr::numeric)
  AND (a.dsr IS NULL OR pg_temp.three(100 * (a.direct + a.weight[1] * y.k1 / x.n1 + a.weight[2] * (a.k - y.k1) / (a.n - x.n1))) = a.dsr::numeric)
GROUP BY a.edition, a.year, a.code, a.hidden, a.k, a.n;
