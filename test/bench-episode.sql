-- Episodes of 5 million stays against plain SQL; read by bench.sql, whose alternate() and result it uses.
CREATE UNLOGGED TABLE stay AS
SELECT i AS stay_id, hashint8(i) & 2097151 AS patient, date '2015-01-01' + f.day AS admitted, date '2015-01-01' + f.day + f.length AS discharged,
       hashint8(i + 33) & 15 = 0 AS transfer_in, hashint8(i + 44) & 15 = 0 AS transfer_out, 'H' || (hashint8(i + 55) & 511) AS hospital, hashint8(i + 66) & 7 = 0 AS treated
FROM generate_series(1, 4500000) i, LATERAL (SELECT (hashint8(i + 11) & 2047) AS day, (hashint8(i + 22) & 7) AS length) f;
-- One stay in nine is followed by a transfer.
INSERT INTO stay SELECT 4500000 + stay_id / 9, patient, discharged + (stay_id % 2)::int4, discharged + 5, true, false, 'H' || (hashint8(stay_id + 77) & 63), treated
FROM stay WHERE stay_id % 9 = 0;
VACUUM (ANALYZE, FREEZE) stay;

-- Gaps and islands: an episode starts where the latest discharge so far is too far back; starts so far are its number.
CREATE VIEW episode_plain AS
SELECT patient, stay_id, admitted, discharged, hospital, treated, starts,
       count(*) FILTER (WHERE starts) OVER (PARTITION BY patient ORDER BY admitted, discharged, stay_id ROWS UNBOUNDED PRECEDING) AS episode
FROM (SELECT *, (admitted - max(discharged) OVER before <= 1) IS NOT TRUE AS starts FROM stay
      WINDOW before AS (PARTITION BY patient ORDER BY admitted, discharged, stay_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) s;
CREATE VIEW episode_plain_transfer AS
SELECT patient, count(*) FILTER (WHERE starts) OVER (PARTITION BY patient ORDER BY admitted, discharged, stay_id ROWS UNBOUNDED PRECEDING) AS episode
FROM (SELECT *, (admitted - max(discharged) OVER before <= CASE WHEN transfer_in THEN 2 ELSE 1 END
                 OR admitted - max(discharged) FILTER (WHERE transfer_out) OVER before <= 2) IS NOT TRUE AS starts FROM stay
      WINDOW before AS (PARTITION BY patient ORDER BY admitted, discharged, stay_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) s;
-- What the executor takes for any window function in this order: no function can be faster.
CREATE VIEW episode_floor AS
SELECT patient, row_number() OVER (PARTITION BY patient ORDER BY admitted, discharged, stay_id) AS episode FROM stay;
CREATE VIEW episode_tmap AS
SELECT patient, stay_id, admitted, discharged, hospital, treated,
       tmap.episode(admitted, discharged) OVER one AS episode, tmap.episode_stay(admitted, discharged) OVER one AS stay
FROM stay WINDOW one AS (PARTITION BY patient ORDER BY admitted, discharged, stay_id);
CREATE VIEW episode_tmap_transfer AS
SELECT patient, tmap.episode(admitted, discharged, transfer_in, transfer_out) OVER (PARTITION BY patient ORDER BY admitted, discharged, stay_id) AS episode FROM stay;
CREATE VIEW summary_plain AS
SELECT patient, episode, min(admitted) AS starts, max(discharged) AS ends, count(*) AS stays, bool_or(treated) AS treated,
       min(hospital) FILTER (WHERE starts) AS first_hospital,
       (array_agg(hospital ORDER BY admitted, discharged, stay_id) FILTER (WHERE treated))[1] AS treating_centre
FROM episode_plain GROUP BY patient, episode;
CREATE VIEW summary_window AS
SELECT patient, episode, min(admitted) AS starts, max(discharged) AS ends, count(*) AS stays, bool_or(treated) AS treated,
       min(hospital) FILTER (WHERE stay = 1) AS first_hospital,
       (array_agg(hospital ORDER BY admitted, discharged, stay_id) FILTER (WHERE treated))[1] AS treating_centre
FROM episode_tmap GROUP BY patient, episode;
CREATE VIEW summary_tmap AS
SELECT patient, (e).* FROM (SELECT patient, unnest(tmap.care_agg(stay_id, admitted, discharged, false, false, treated, hospital, NULL)) AS e FROM stay GROUP BY patient) s;

-- Both ways are of the same episodes, or the bench stops here.
SELECT 1 / (count(*) = 0)::int4 AS the_same FROM (
  (SELECT patient, episode, starts, ends, stays, first_hospital, treating_centre FROM summary_plain WHERE patient < 10000
   EXCEPT ALL SELECT patient, episode, starts, ends, stays, first_hospital, treating_centre FROM summary_tmap WHERE patient < 10000)
  UNION ALL (SELECT patient, episode, starts, ends, stays, first_hospital, treating_centre FROM summary_window WHERE patient < 10000
   EXCEPT ALL SELECT patient, episode, starts, ends, stays, first_hospital, treating_centre FROM summary_tmap WHERE patient < 10000)) different;

\o /dev/null
SELECT alternate(f.pair, 0, f.base, f.ours) FROM (VALUES
  ('e0: row_number() instead, with the sort', 'SELECT sum(episode) FROM episode_plain', 'SELECT sum(episode) FROM episode_floor'),
  ('e1: episodes, with the sort', 'SELECT sum(episode) FROM episode_plain', 'SELECT sum(episode) FROM episode_tmap'),
  ('e2: with transfers, with the sort', 'SELECT sum(episode) FROM episode_plain_transfer', 'SELECT sum(episode) FROM episode_tmap_transfer'),
  ('e3: one row an episode, window functions', 'SELECT count(first_hospital), count(treating_centre), max(ends) FROM summary_plain', 'SELECT count(first_hospital), count(treating_centre), max(ends) FROM summary_window'),
  ('e4: one row an episode, care_agg', 'SELECT count(first_hospital), count(treating_centre), max(ends) FROM summary_plain', 'SELECT count(first_hospital), count(treating_centre), max(ends) FROM summary_tmap')
) f (pair, base, ours);
CREATE INDEX stay_in_order ON stay (patient, admitted, discharged, stay_id) INCLUDE (transfer_in, transfer_out);
VACUUM stay;
SET enable_sort = off;          -- rows from the index, in order
SELECT alternate(f.pair, 0, f.base, f.ours) FROM (VALUES
  ('e5: row_number() instead, rows in order', 'SELECT sum(episode) FROM episode_plain', 'SELECT sum(episode) FROM episode_floor'),
  ('e6: episodes, rows in order', 'SELECT sum(episode) FROM episode_plain', 'SELECT sum(episode) FROM episode_tmap'),
  ('e7: with transfers, rows in order', 'SELECT sum(episode) FROM episode_plain_transfer', 'SELECT sum(episode) FROM episode_tmap_transfer')
) f (pair, base, ours);
RESET enable_sort;
\o
