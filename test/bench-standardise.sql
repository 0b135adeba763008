-- Standardisation from stored tallies against plain SQL over the rows, by the functions of bench.sql that reads this file;
-- and the limits of a million counts, which bench-r.sh sets beside R.
CREATE UNLOGGED TABLE area_stratum AS
SELECT a AS area, b AS band, s AS sex, tmap.stratum('age90+sex', b * 5, CASE WHEN s = 0 THEN 'female' ELSE 'male' END, NULL) AS stratum,
       n AS at_risk, n * (hashint8(a * 100 + b * 2 + s + 7) & 127) / 1000 AS events
FROM generate_series(1, 10000) a, generate_series(0, 18) b, generate_series(0, 1) s, LATERAL (SELECT (20 + (hashint8(a * 1000 + b * 10 + s) & 255))::bigint AS n) r;
CREATE UNLOGGED TABLE area_tally AS SELECT area, tmap.tally_agg(stratum, events, at_risk) AS tally FROM area_stratum GROUP BY area;
CREATE UNLOGGED TABLE whole AS SELECT tmap.rollup(tally) AS tally FROM area_tally;
CREATE UNLOGGED TABLE whole_stratum AS SELECT band, sex, sum(events)::float8 AS events, sum(at_risk)::float8 AS at_risk FROM area_stratum GROUP BY 1, 2;
VACUUM (ANALYZE, FREEZE) area_stratum; VACUUM (ANALYZE, FREEZE) area_tally; ANALYZE whole; ANALYZE whole_stratum;
SELECT alternate('g: DSR + SMR, 10,000 × 38, with limits; base without', 0,
  'SELECT sum(dsr), sum(smr) FROM (SELECT a.area, sum(w.at_risk * a.events / a.at_risk) / sum(w.at_risk) AS dsr, sum(a.events) / sum(a.at_risk * w.events / w.at_risk) AS smr
     FROM area_stratum a JOIN whole_stratum w USING (band, sex) GROUP BY a.area) s',
  'SELECT sum((d).value), sum((d).lower), sum((d).upper), sum((s).value), sum((s).lower), sum((s).upper)
     FROM (SELECT tmap.dsr_estimate(t.tally, w.tally) AS d, tmap.smr_estimate(t.tally, w.tally) AS s FROM area_tally t, whole w OFFSET 0) e');
-- The counts of bench-r.sh: x from 0 to 999, n = x + 1 to x + 1000.
CREATE UNLOGGED TABLE pair AS SELECT x, x + 1 + (hashint8(x * 1000 + k) & 1023) AS n FROM generate_series(0, 999) x, generate_series(1, 1000) k;
VACUUM (ANALYZE, FREEZE) pair;
SELECT alternate('h: a million Garwood pairs; base reads the rows', 0, 'SELECT sum(x), sum(n) FROM pair', 'SELECT sum(tmap.rate_lower(x, n)), sum(tmap.rate_upper(x, n)) FROM pair');
SELECT alternate('h: a million Clopper-Pearson pairs; base reads the rows', 0, 'SELECT sum(x), sum(n) FROM pair',
  'SELECT sum(tmap.proportion_lower(x, n, method => ''clopper_pearson'')), sum(tmap.proportion_upper(x, n, method => ''clopper_pearson'')) FROM pair');
COPY (SELECT x, n FROM pair ORDER BY x, n) TO PROGRAM 'cat > tmap-bench-pair.csv' (FORMAT csv);
COPY (SELECT area, band * 2 + sex AS stratum, events, at_risk FROM area_stratum ORDER BY 1, 2) TO PROGRAM 'cat > tmap-bench-strata.csv' (FORMAT csv);
