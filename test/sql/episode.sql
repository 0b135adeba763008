-- Episodes: stays of a patient chained into episodes of care and strokes.
\set SHOW_CONTEXT never
SET datestyle = ISO;
CREATE TABLE episode_stay (stay_id int4, patient text, admitted date, discharged date, transfer_in boolean, transfer_out boolean, hospital text, treated boolean, area text);
INSERT INTO episode_stay (patient, stay_id, admitted, discharged, transfer_in, transfer_out, hospital, treated, area) VALUES
  -- drip-and-ship on one day, and home again
  ('A', 1, '2019-01-01', '2019-01-01', false, true, 'General', false, '30'), ('A', 2, '2019-01-01', '2019-01-06', true, false, 'University', true, '34'), ('A', 3, '2019-01-07', '2019-01-20', NULL, NULL, 'General', false, '30'),
  -- direct, early readmission after 10 days, a new stroke 28 days after that
  ('B', 4, '2019-02-01', '2019-02-10', false, false, 'University', true, '30'), ('B', 5, '2019-02-20', '2019-02-22', false, false, 'General', false, '30'), ('B', 6, '2019-03-22', '2019-03-30', false, false, 'General', false, NULL),
  -- transfers that take two days, flagged at one end or the other; three days are too many
  ('C', 7, '2019-01-01', '2019-01-03', false, false, 'General', false, '48'), ('C', 8, '2019-01-05', '2019-01-06', true, false, 'University', true, '48'),
  ('C', 9, '2019-05-01', '2019-05-03', false, true, 'General', false, '48'), ('C', 10, '2019-05-05', '2019-05-06', false, false, 'University', false, '48'),
  ('C', 11, '2019-09-01', '2019-09-03', false, true, 'General', false, '48'), ('C', 12, '2019-09-06', '2019-09-06', true, false, 'University', false, '48'),
  -- overlapping, inside one another, and after the longer
  ('D', 13, '2019-01-01', '2019-01-20', false, false, 'General', false, '30'), ('D', 14, '2019-01-02', '2019-01-03', false, false, 'University', true, '30'), ('D', 15, '2019-01-18', '2019-01-25', false, false, 'Clinic', false, '30'), ('D', 16, '2019-01-26', '2019-01-27', false, false, 'Clinic', false, '30'),
  -- equal days: the number of the stay decides which is first
  ('E', 18, '2019-01-01', '2019-01-05', false, false, 'University', true, '30'), ('E', 17, '2019-01-01', '2019-01-05', false, false, 'General', false, '30'),
  -- the day of discharge is not known: the day of admission
  ('F', 19, '2019-01-01', NULL, false, false, 'General', false, '30'), ('F', 20, '2019-01-02', NULL, false, false, 'University', true, '30'), ('F', 21, '2019-01-10', '2019-01-12', false, false, 'General', false, '30'),
  -- the day of admission is not known: no number, and no effect on the others
  ('G', 22, NULL, '2019-01-05', true, true, 'General', true, '30'), ('G', 23, '2019-01-05', '2019-01-06', true, false, 'University', true, '30'), ('G', 24, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  -- one patient number, two people
  ('H', 25, '1998-01-01', '1998-01-05', false, false, 'General', false, '30'), ('H', 26, '2019-01-01', '2019-01-05', false, false, 'General', false, '30');
CREATE VIEW episode_numbered AS
SELECT s.*, tmap.episode(admitted, discharged, transfer_in, transfer_out) OVER chain AS episode,
       tmap.episode_stay(admitted, discharged, transfer_in, transfer_out) OVER chain AS stay,
       tmap.stroke_number(admitted, discharged, transfer_in, transfer_out) OVER chain AS stroke
FROM episode_stay s WINDOW chain AS (PARTITION BY patient ORDER BY admitted, discharged, stay_id);
SELECT patient, stay_id, admitted, discharged, transfer_in AS "in", transfer_out AS out, episode, stay, stroke FROM episode_numbered ORDER BY patient, admitted, discharged, stay_id;

-- One row an episode, with the road to thrombectomy: ordinary aggregates over the numbers.
CREATE VIEW episode_care AS
SELECT patient, episode, min(stroke) AS stroke, min(admitted) AS starts, max(coalesce(discharged, admitted)) AS ends, count(*) AS stays,
       min(hospital) FILTER (WHERE stay = 1) AS first_hospital, min(area) FILTER (WHERE stay = 1) AS residence,
       (array_agg(hospital ORDER BY stay) FILTER (WHERE treated))[1] AS treating_centre,
       coalesce(bool_or(treated), false) AS treated, min(hospital) <> max(hospital) AS transferred
FROM episode_numbered WHERE episode IS NOT NULL GROUP BY patient, episode;
SELECT *, tmap.care_path(treated, first_hospital, treating_centre) FROM episode_care ORDER BY patient, episode;

-- The same over episodes as over stays: strokes of episodes, read from the episodes' own rows.
SELECT count(*) FILTER (WHERE again <> stroke) AS other, count(*) AS episodes
FROM (SELECT *, tmap.stroke_number(starts, ends, gap => 0, transfer_gap => 0) OVER (PARTITION BY patient ORDER BY starts) AS again FROM episode_care) s;

-- Each definition by its arguments.
SELECT stay_id, admitted, discharged,
       tmap.episode(admitted, discharged, gap => 0) OVER chain AS same_day, tmap.episode(admitted, discharged, gap => 10) OVER chain AS ten_days,
       tmap.episode(admitted, discharged, transfer_in, transfer_out, transfer_gap => 0) OVER chain AS flags_ignored,
       tmap.stroke_number(admitted, discharged, new_after => 0) OVER chain AS each_episode, tmap.stroke_number(admitted, discharged, new_after => 29) OVER chain AS from_29,
       tmap.stroke_number(admitted, discharged, from_onset => true) OVER chain AS from_onset, tmap.stroke_number(admitted, discharged, new_after => 10, from_onset => true) OVER chain AS onset_10
FROM episode_stay WHERE patient = 'B' WINDOW chain AS (PARTITION BY patient ORDER BY admitted, discharged, stay_id);
-- A definition from a table, two side by side; the rule is that of the patient's first row.
SELECT d.name, count(*) AS episodes
FROM (VALUES ('next day', 1), ('same day', 0), ('month', 30)) AS d (name, gap),
     LATERAL (SELECT DISTINCT patient, tmap.episode(admitted, discharged, gap => d.gap) OVER (PARTITION BY patient ORDER BY admitted) FROM episode_stay WHERE admitted IS NOT NULL) s
GROUP BY 1 ORDER BY 1;
-- One number, two people: sex and year of birth in the partition tell them apart.
SELECT stay_id, tmap.stroke_number(admitted, discharged) OVER (PARTITION BY patient ORDER BY admitted) AS as_one,
       tmap.stroke_number(admitted, discharged) OVER (PARTITION BY patient, born ORDER BY admitted) AS as_two
FROM (SELECT *, CASE stay_id WHEN 25 THEN 1920 ELSE 1980 END AS born FROM episode_stay WHERE patient = 'H') s ORDER BY 1;
-- Moments are given as days of the place.
SELECT tmap.episode(('2019-01-01 23:30:00+00'::timestamptz AT TIME ZONE 'Europe/Paris')::date, NULL) OVER () AS one;

-- Roads.
SELECT tmap.care_path(t, f, c) FROM (VALUES (true, 'a', 'a'), (true, 'a', 'b'), (true, NULL, 'b'), (true, 'a', NULL), (false, NULL, NULL), (false, 'a', 'b'), (NULL, 'a', 'a')) AS v (t, f, c);

-- What is refused.
SELECT tmap.episode(admitted, discharged) OVER (PARTITION BY patient) FROM episode_stay;
SELECT tmap.episode(admitted, discharged) OVER (PARTITION BY patient ORDER BY admitted DESC) FROM episode_stay WHERE admitted IS NOT NULL;
SELECT tmap.episode(admitted, discharged) OVER (ORDER BY patient, admitted) FROM episode_stay;
SELECT tmap.stroke_number(admitted, discharged) OVER () FROM (SELECT * FROM episode_stay WHERE patient = 'B' ORDER BY admitted) s; -- in order by chance
SELECT tmap.episode_stay(admitted, discharged) OVER (PARTITION BY patient ORDER BY admitted, discharged) FROM episode_stay WHERE patient = 'E';
SELECT tmap.episode(discharged, admitted) OVER (PARTITION BY patient ORDER BY discharged) FROM episode_stay WHERE patient = 'B';
SELECT tmap.episode('infinity', NULL) OVER ();
SELECT tmap.episode('2019-01-01', 'infinity') OVER ();
SELECT tmap.episode('2019-01-01', NULL, gap => -1) OVER ();
SELECT tmap.stroke_number('2019-01-01', NULL, new_after => -1) OVER ();
SELECT tmap.stroke_number('2019-01-01', NULL, new_after => NULL) OVER ();
SELECT tmap.episode('2019-01-01', NULL, transfer_gap => NULL) OVER ();
SELECT tmap.episode('2019-01-01', NULL);
-- The ends of the calendar.
SELECT tmap.episode(d, d, gap => 2147483647) OVER (ORDER BY d), tmap.stroke_number(d, d, new_after => 2147483647, from_onset => NULL) OVER (ORDER BY d) FROM (VALUES ('4713-01-01 BC'::date), ('5874897-12-31')) AS v (d);
SELECT tmap.episode(NULL, NULL) OVER () IS NULL AS none, tmap.episode_stay(NULL, '2019-01-01') OVER () IS NULL AS none, tmap.stroke_number(NULL, NULL) OVER () IS NULL AS none;

-- care_agg: the same rows in one aggregate, the stays in any order.
CREATE VIEW episode_row AS
SELECT patient, (e).* FROM (SELECT patient, unnest(tmap.care_agg(stay_id, admitted, discharged, transfer_in, transfer_out, treated, hospital, area)) AS e
                            FROM episode_stay WHERE admitted IS NOT NULL GROUP BY patient) s;
SELECT * FROM episode_row ORDER BY patient, episode;
SELECT count(*) FILTER (WHERE (c.stroke, c.starts, c.ends, c.stays, c.transferred, c.first_hospital, c.residence, c.treating_centre, tmap.care_path(c.treated, c.first_hospital, c.treating_centre))
  IS DISTINCT FROM (r.stroke, r.starts, r.ends, r.stays, r.transferred, r.first_hospital, r.residence, r.treating_centre, r.path)) AS different, count(*) AS episodes
FROM episode_care c FULL JOIN episode_row r USING (patient, episode);
SELECT tmap.care_agg(stay_id, admitted, discharged, transfer_in, transfer_out, treated, hospital, area) IS NULL AS no_rows FROM episode_stay WHERE false;
SELECT patient, cardinality(tmap.care_agg(stay_id, admitted, discharged, transfer_in, transfer_out, treated, hospital, area, 30, 0, 0, NULL)) AS month,
       (tmap.care_agg(stay_id, admitted, discharged, transfer_in, transfer_out, treated, hospital, area, 1, 2, 10, true))[2].stroke AS onset_10,
       cardinality(tmap.care_agg(stay_id, admitted, discharged, NULL, NULL, treated, hospital, area) FILTER (WHERE admitted > '2019-02-15')) AS later
FROM episode_stay WHERE patient = 'B' GROUP BY 1;
SELECT stay_id, cardinality(tmap.care_agg(stay_id, admitted, discharged, NULL, NULL, NULL, NULL, NULL) OVER (ORDER BY stay_id)) AS so_far FROM episode_stay WHERE patient = 'B';
-- What is refused.
SELECT tmap.care_agg(stay_id, admitted, discharged, NULL, NULL, NULL, NULL, NULL) FROM episode_stay WHERE patient = 'G';
SELECT tmap.care_agg(NULL, '2019-01-01', NULL, NULL, NULL, NULL, NULL, NULL);
SELECT tmap.care_agg(1, '2019-01-02', '2019-01-01', NULL, NULL, NULL, NULL, NULL);
SELECT tmap.care_agg(1, '-infinity', NULL, NULL, NULL, NULL, NULL, NULL);
SELECT tmap.care_agg(1, '2019-01-01', NULL, NULL, NULL, NULL, NULL, NULL, -1, 2, 28, false);
SELECT tmap.care_agg(1, '2019-01-01', NULL, NULL, NULL, NULL, NULL, NULL, 1, NULL, 28, false);
SELECT tmap.care_agg(i, '2019-01-01', NULL, NULL, NULL, NULL, NULL, NULL, i, 2, 28, false) FROM generate_series(1, 2) i;
SELECT tmap.care_agg(i, '2019-01-01', NULL, NULL, NULL, NULL, NULL, NULL) FROM generate_series(1, 10001) i;
SELECT (tmap.care_agg(i, '2019-01-01', NULL, NULL, NULL, NULL, NULL, NULL))[1].stays FROM generate_series(1, 10000) i;
SELECT tmap.care_final('');
SELECT tmap.care_final(decode(repeat('00', 24), 'hex'));
SELECT tmap.care_final(decode(repeat('01', 24), 'hex'));
-- States that nobody made: every byte of a true one changed, every length cut (taken where only spare room is lost). Never an internal error.
CREATE FUNCTION pg_temp.tried(state bytea) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM tmap.care_final(state), tmap.care_combine(state, state);
  RETURN 'taken';
EXCEPTION WHEN OTHERS THEN
  RETURN SQLSTATE;
END $$;
WITH true_state AS (SELECT tmap.care_step(tmap.care_step(NULL, 1, '2019-01-01', '2019-01-02', true, false, true, 'General', NULL), 2, '2019-01-03', NULL, NULL, NULL, NULL, NULL, '30') AS s)
SELECT pg_temp.tried(set_byte(s, i, v)) AS outcome, count(*) > 0 AS some FROM true_state, generate_series(0, length(s) - 1) i, unnest(ARRAY[0, 1, 2, 127, 128, 255]) v GROUP BY 1
UNION ALL SELECT 'cut: ' || pg_temp.tried(substr(s, 1, n)), count(*) > 0 FROM true_state, generate_series(0, length(s) - 1) n GROUP BY 1 ORDER BY 1;

-- Random patients: the numbers do not depend on the order of input, on how equal days are ordered, or on the plan.
CREATE TABLE episode_random AS
SELECT i AS stay_id, hashint4(i) & 1023 AS patient, date '2019-01-01' + (hashint4(i + 10000) & 127) AS admitted,
       CASE WHEN hashint4(i + 20000) & 15 > 0 THEN date '2019-01-01' + (hashint4(i + 10000) & 127) + (hashint4(i + 30000) & 7) END AS discharged,
       (hashint4(i + 40000) & 3) = 0 AS transfer_in, (hashint4(i + 50000) & 3) = 0 AS transfer_out
FROM generate_series(1, 6000) i;
CREATE TABLE episode_serial AS
SELECT stay_id, tmap.episode(admitted, discharged, transfer_in, transfer_out, 1, 5) OVER chain AS episode, tmap.episode_stay(admitted, discharged, transfer_in, transfer_out, 1, 5) OVER chain AS stay,
       tmap.stroke_number(admitted, discharged, transfer_in, transfer_out, 1, 5, 14) OVER chain AS stroke
FROM episode_random WINDOW chain AS (PARTITION BY patient ORDER BY admitted, discharged, stay_id);
SELECT max(episode) > 5 AS many, count(DISTINCT stroke) > 2 AS strokes, sum((stay > 1)::int4) > 1000 AS chained FROM episode_serial;
SELECT count(*) FILTER (WHERE r.episode <> s.episode OR r.stroke <> s.stroke) AS different, count(*) AS stays
FROM (SELECT stay_id, tmap.episode(admitted, discharged, transfer_in, transfer_out, 1, 5) OVER w AS episode, tmap.stroke_number(admitted, discharged, transfer_in, transfer_out, 1, 5, 14) OVER w AS stroke
      FROM (SELECT * FROM episode_random ORDER BY hashint4(stay_id + 7)) s WINDOW w AS (PARTITION BY patient ORDER BY admitted, hashint4(stay_id + 9))) r JOIN episode_serial s USING (stay_id);
CREATE TABLE episode_rows AS
SELECT patient, tmap.care_agg(stay_id, admitted, discharged, transfer_in, transfer_out, stay_id % 7 = 0, 'H' || stay_id % 3, NULL, 1, 5, 14, false) AS care FROM episode_random GROUP BY patient;
SELECT count(*) FILTER (WHERE (e).stays <> w.stays OR (e).stroke <> w.stroke) AS different, count(*) = count(w.stays) AND count(*) = count(e) AS same_episodes
FROM (SELECT patient, unnest(care) AS e FROM episode_rows) c
FULL JOIN (SELECT patient, episode, count(*) AS stays, min(s.stroke) AS stroke FROM episode_serial s JOIN episode_random USING (stay_id) GROUP BY 1, 2) w ON w.patient = c.patient AND w.episode = (e).episode;
SELECT count(*) FILTER (WHERE r.care <> o.care) AS different
FROM episode_rows r JOIN (SELECT patient, tmap.care_agg(stay_id, admitted, discharged, transfer_in, transfer_out, stay_id % 7 = 0, 'H' || stay_id % 3, NULL, 1, 5, 14, false ORDER BY hashint4(stay_id)) AS care
                          FROM episode_random GROUP BY patient) o USING (patient);
SET parallel_setup_cost = 0; SET parallel_tuple_cost = 0; SET min_parallel_table_scan_size = 0; SET max_parallel_workers_per_gather = 4;
SELECT count(*) FILTER (WHERE r.episode <> s.episode OR r.stay <> s.stay OR r.stroke <> s.stroke) AS different, count(*) AS stays
FROM (SELECT stay_id, tmap.episode(admitted, discharged, transfer_in, transfer_out, 1, 5) OVER chain AS episode, tmap.episode_stay(admitted, discharged, transfer_in, transfer_out, 1, 5) OVER chain AS stay,
             tmap.stroke_number(admitted, discharged, transfer_in, transfer_out, 1, 5, 14) OVER chain AS stroke
      FROM episode_random WINDOW chain AS (PARTITION BY patient ORDER BY admitted, discharged, stay_id)) r JOIN episode_serial s USING (stay_id);
SET enable_sort = off;
CREATE FUNCTION pg_temp.plan_has(query text, what text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  line text;
  found boolean := false;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (COSTS off) ' || query LOOP
    found := found OR strpos(line, what) > 0;
  END LOOP;
  RETURN found;
END $$;
ANALYZE episode_random;
SELECT pg_temp.plan_has('SELECT patient % 8, tmap.care_agg(stay_id, admitted, discharged, NULL, NULL, NULL, NULL, NULL) FROM episode_random GROUP BY 1', 'Partial') AS partial;
CREATE TABLE episode_parallel AS
SELECT patient % 8 AS k, tmap.care_agg(stay_id, admitted, discharged, transfer_in, transfer_out, stay_id % 7 = 0, 'H' || stay_id % 3, NULL) AS care FROM episode_random GROUP BY 1;
SET max_parallel_workers_per_gather = 0;
SELECT count(*) FILTER (WHERE p.care <> s.care) AS different, count(*) AS groups
FROM episode_parallel p JOIN (SELECT patient % 8 AS k, tmap.care_agg(stay_id, admitted, discharged, transfer_in, transfer_out, stay_id % 7 = 0, 'H' || stay_id % 3, NULL) AS care FROM episode_random GROUP BY 1) s USING (k);
RESET enable_sort;
RESET parallel_setup_cost; RESET parallel_tuple_cost; RESET min_parallel_table_scan_size; RESET max_parallel_workers_per_gather;
-- Plain SQL (gaps and islands), same-day transfers included, numbers the same episodes.
SELECT count(*) FILTER (WHERE p.episode <> t.episode) AS different, count(*) AS stays
FROM (SELECT stay_id, count(*) FILTER (WHERE starts) OVER (PARTITION BY patient ORDER BY admitted, discharged, stay_id ROWS UNBOUNDED PRECEDING) AS episode
      FROM (SELECT *, (admitted - max(until) OVER before <= CASE WHEN any_in THEN 5 ELSE 1 END OR admitted - max(until) FILTER (WHERE transfer_out) OVER before <= 5) IS NOT TRUE AS starts
            FROM (SELECT *, coalesce(discharged, admitted) AS until, bool_or(transfer_in) OVER (PARTITION BY patient, admitted) AS any_in FROM episode_random) r
            WINDOW before AS (PARTITION BY patient ORDER BY admitted, discharged, stay_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) s) p
JOIN episode_serial t USING (stay_id);
-- One patient with many stays: rows that are done are forgotten, nothing goes to disk.
SET work_mem = '64kB';
CREATE FUNCTION pg_temp.spilled(query text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  line text;
  spilled boolean := false;
BEGIN
  FOR line IN EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, COSTS off, TIMING off, SUMMARY off) ' || query LOOP
    spilled := spilled OR line ~ 'temp (read|written)';
  END LOOP;
  RETURN spilled;
END $$;
CREATE TABLE episode_long AS SELECT i AS stay_id, date '2000-01-01' + i / 50 AS admitted FROM generate_series(1, 100000) i;
CREATE INDEX ON episode_long (admitted);
ANALYZE episode_long;
SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; SET max_parallel_workers_per_gather = 0;
SELECT pg_temp.spilled('SELECT tmap.episode(admitted, admitted) OVER (ORDER BY admitted) FROM episode_long') AS spills,
       pg_temp.spilled('SELECT last_value(stay_id) OVER (ORDER BY admitted ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) FROM episode_long') AS control;
RESET ALL;
DROP VIEW episode_row, episode_care, episode_numbered;
DROP TABLE episode_stay, episode_random, episode_serial, episode_long, episode_rows, episode_parallel;
