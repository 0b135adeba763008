-- Loading 1 million stays against a bare COPY of the same file, CPU seconds of this backend, median of 3 rounds.
-- The file comes from the server itself; needs PGOPTIONS="-c tmap.pseudonym_key=..." and a database with tmap.
\set ON_ERROR_STOP on
SET client_min_messages = warning;
SELECT current_setting('data_directory') || '/tmap-stays.csv' AS file \gset
CREATE FUNCTION pg_temp.cpu() RETURNS float8 LANGUAGE sql AS $$
  SELECT (o[12]::float8 + o[13]::float8) / 100 FROM string_to_array(regexp_replace(pg_read_file('/proc/self/stat'), '^.*\) ', ''), ' ') o $$;
SELECT format($$COPY (SELECT 'stay_id,patient_id,admitted,discharged,age,sex,residence,hospital,principal,diagnoses,procedures,transfer_in,transfer_out' UNION ALL
  SELECT format('S%%s,P%%s,%%s,%%s,%%s,%%s,R%%s,H%%s,%%s,%%s,%%s,%%s,%%s', i, i * 7 / 10, date '2019-01-01' + i %% 365, date '2019-01-01' + i %% 365 + i %% 9, 20 + i %% 80, 1 + i %% 2, i %% 100, i %% 300,
    (ARRAY['I63.9', 'I63.4', 'I61.0', 'stroke', 'G45.9'])[1 + (i %% 5 + (i %% 200 <> 3 AND i %% 5 = 3)::int)], (ARRAY['I10;E11.9', 'I48.0;N18.3;I50.9', '', 'Z92.1'])[1 + i %% 4], CASE WHEN i %% 13 = 0 THEN 'EAJF341' ELSE '' END, i %% 2, i %% 3 / 2)
  FROM generate_series(1, 1000000) i) TO %L WITH (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')$$, :'file') \gexec
SELECT tmap.create_atlas('bench_stays') \g /dev/null
SET search_path = bench_stays, public;
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'WORLD', 'World', 'world');
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', 'FRA', 'France', 'country', area_id FROM area;
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', 'R' || i, 'R' || i, 'region', area_id FROM area, generate_series(0, 95) i WHERE code = 'FRA';
INSERT INTO source (source_key, title, origin) VALUES ('pmsi', 'Stays', 'synthetic');
INSERT INTO stay_source (source_id, diagnosis_system, procedure_system) SELECT source_id, 'CIM-10', 'CCAM' FROM source;
SELECT add_stay_year(2019) \g /dev/null
CREATE TABLE bench_bare (stay_id text, patient_id text, admitted date, discharged date, age int, sex int, residence text, hospital text, principal text, diagnoses text, procedures text, transfer_in boolean, transfer_out boolean);
CREATE PROCEDURE bench_round(file text, i int) LANGUAGE plpgsql AS $$
DECLARE
  c float8[] := ARRAY[pg_temp.cpu()];
BEGIN
  EXECUTE format('COPY bench_bare FROM %L WITH (FORMAT csv, HEADER)', file);
  c := c || pg_temp.cpu();
  PERFORM set_config('tmap.upload', 'FRA-2019-' || i, false);
  EXECUTE format($c$COPY inbox (line) FROM %L WITH (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')$c$, file);
  c := c || pg_temp.cpu();
  PERFORM count((s.f).reason) FROM (SELECT tmap.stay_line(n.line, p.plan) AS f
    FROM inbox n, (SELECT tmap.stay_plan(h.columns, ',', 'yyyy-mm-dd', 'iso5218', 'CIM-10', 'CCAM', current_date) AS plan FROM stay_header('FRA-2019-' || i, NULL, NULL) h) p WHERE n.upload = 'FRA-2019-' || i OFFSET 0) s;
  c := c || pg_temp.cpu();
  PERFORM load_stays('FRA-2019-' || i, 'FRA', 'pmsi');
  c := c || pg_temp.cpu();
  INSERT INTO bench_result VALUES (c[2] - c[1], c[3] - c[2], c[4] - c[3], c[5] - c[4]);
  TRUNCATE stay, inbox, bench_bare;
END $$;
CREATE TABLE bench_result (bare float8, inbox float8, checking float8, load float8);
CALL bench_round(:'file', 1);
CALL bench_round(:'file', 2);
CALL bench_round(:'file', 3);
SELECT format('1 million stays: bare COPY %s s, COPY into the inbox %s s, checking alone %s s (%s of bare), load_stays %s s (%s of bare with the COPY)',
  round(b::numeric, 2), round(i::numeric, 2), round(c::numeric, 2), round((c / b)::numeric, 2), round(l::numeric, 2), round(((l + i) / b)::numeric, 2))
FROM (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY bare) AS b, percentile_cont(0.5) WITHIN GROUP (ORDER BY inbox) AS i,
             percentile_cont(0.5) WITHIN GROUP (ORDER BY checking) AS c, percentile_cont(0.5) WITHIN GROUP (ORDER BY load) AS l FROM bench_result) r \g (format=unaligned tuples_only=on)
RESET search_path;
SET client_min_messages = error;
DROP SCHEMA bench_stays CASCADE;
SELECT format('COPY (SELECT 1 WHERE false) TO %L', :'file') \gexec
