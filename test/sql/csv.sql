-- One line of comma-separated values, as RFC 4180 says.
\set SHOW_CONTEXT never
SET datestyle = 'ISO, YMD';
SELECT line, delimiter, tmap.csv_fields(line, delimiter) AS fields, tmap.csv_problem(line, delimiter) AS problem
FROM (VALUES
  ('a,b,c', ','), ('', ','), (',', ','), ('a,,', ','), (' a , b ', ','), ('a;b,c', ';'), (E'a\tb', E'\t'),
  ('"a,b",c', ','), ('"say ""hello""",x', ','), ('"",x', ','), ('""""', ','), (E'"line\nbreak",x', ','),
  (E'a,b\r\n', ','), (E'a,b\n', ','), (E'"a"\r', ','), ('Réunion,974', ',')) AS t (line, delimiter);
SELECT tmap.csv_fields('a,b') = ARRAY['a', 'b'] AS comma_by_default, cardinality(tmap.csv_fields('"a,b"')) AS one;
-- NULL in, NULL out.
SELECT tmap.csv_fields(NULL, ','), tmap.csv_fields('a', NULL), tmap.csv_problem(NULL, ',');
-- What is wrong, and where: characters, not bytes.
SELECT line, tmap.csv_problem(line) AS problem
FROM (VALUES ('"abc'), ('a,"b,c'), ('"a"b,c'), ('"a" ,c'), ('a"b'), (' "a"'), (E'a\rb'), (E'a\n\n'), ('é,"x"y')) AS t (line);
SELECT tmap.csv_fields('a,"b,c');
SELECT tmap.csv_fields('é,"x"y');
SELECT tmap.csv_fields('5" pipe');
-- Delimiters that cannot be.
SELECT tmap.csv_fields('a', '');
SELECT tmap.csv_fields('a', '||');
SELECT tmap.csv_fields('a', '"');
SELECT tmap.csv_fields('a', E'\n');
SELECT tmap.csv_fields('a', 'é');
-- As many fields as anybody needs, not more.
SELECT cardinality(tmap.csv_fields(repeat(',', 9999)));
SELECT tmap.csv_fields(repeat(',', 10000));
SELECT tmap.csv_problem(repeat(',', 10000));
-- Quoting what was split gives the line back.
WITH field AS (SELECT n, CASE n % 5 WHEN 0 THEN '' WHEN 1 THEN 'x,y' WHEN 2 THEN 'q"q' WHEN 3 THEN E'l\nl' ELSE 'plain ' || n END AS f FROM generate_series(1, 500) n),
line AS (SELECT array_agg(f ORDER BY n) AS fields, string_agg('"' || replace(f, '"', '""') || '"', ',' ORDER BY n) AS line FROM field)
SELECT tmap.csv_fields(line) = fields AS round_trip FROM line;

-- Periods as people write them: first day, and the day after the last.
SELECT p, tmap.period(p)
FROM (VALUES ('2019'), (' 2019 '), ('2018-2024'), ('2018–2024'), ('2019-04-01/2020-03-31'), ('2020-02-29/2020-02-29'),
  ('2019-02-29/2019-12-31'), ('2019-13-01/2019-12-31'), ('2019-00-10/2019-12-31'), ('2019-04-31/2019-12-31'), ('2019-04-00/2019-12-31'),
  ('2024-2018'), ('2020-03-31/2019-04-01'), ('18'), ('1819'), ('2101'), ('2019-2020-2021'), ('2018-24'), ('Q1 2019'), (''), (NULL)) AS t (p);

-- Quantiles over areas: median and 25th percentile, interpolated (Hyndman and Fan, definition 7; R: quantile(c(1, 2, 3, 10), c(.5, .25))).
SELECT tmap.target_level(x) AS target, tmap.alert_level(x) AS alert FROM unnest(ARRAY[10, 1, NULL, 3, 2]::float8[]) AS x;
SELECT tmap.target_level(x) AS target, tmap.alert_level(x) AS alert FROM unnest(ARRAY[4.2]::float8[]) AS x;
SELECT tmap.target_level(x) AS no_rows, tmap.alert_level(x) AS no_rows FROM unnest(ARRAY[]::float8[]) AS x;
SELECT tmap.target_level(x) AS all_null, tmap.alert_level(x) AS all_null FROM unnest(ARRAY[NULL, NULL]::float8[]) AS x;
SELECT n % 2 AS odd, tmap.target_level(n) FILTER (WHERE n > 3) AS target FROM generate_series(1, 9) n GROUP BY 1 ORDER BY 1;
SELECT n, tmap.target_level(n) OVER (ORDER BY n) AS target, round(tmap.alert_level(n) OVER (ORDER BY n)::numeric, 4) AS alert FROM generate_series(1, 4) n;
SELECT tmap.target_level(x) FROM (VALUES (1), ('NaN'::float8)) AS t (x);
SELECT tmap.alert_level(x) FROM (VALUES (1), ('-Infinity'::float8)) AS t (x);
SELECT tmap.quantile(ARRAY[1, 2], 1.5);
SELECT tmap.quantile(ARRAY[1, 2], 'NaN');
SELECT tmap.quantile(ARRAY[7, 9, 1], 0) AS lowest, tmap.quantile(ARRAY[7, 9, 1], 1) AS highest, tmap.quantile(NULL, 0.5) AS none;
-- The same whatever the workers.
CREATE TABLE csv_quantile AS SELECT g % 7 AS k, sin(g) AS x FROM generate_series(1, 20000) g;
SET parallel_setup_cost = 0;
SET parallel_tuple_cost = 0;
SET min_parallel_table_scan_size = 0;
SET max_parallel_workers_per_gather = 0;
CREATE TABLE csv_serial AS SELECT tmap.target_level(x) AS t, tmap.alert_level(x) AS a FROM csv_quantile;
SET max_parallel_workers_per_gather = 4;
SELECT q.t = s.t AND q.a = s.a AS same FROM (SELECT tmap.target_level(x) AS t, tmap.alert_level(x) AS a FROM csv_quantile) q, csv_serial s;
RESET ALL;
DROP TABLE csv_quantile, csv_serial;

-- Where differently cut counts meet.
SELECT a, b, tmap.common_scheme(a, b), tmap.common_scheme(b, a) = tmap.common_scheme(a, b) AS symmetric
FROM (VALUES ('age90+sex+comorbidity', 'age100+sex'), ('age85us', 'age90+sex'), ('age85us', 'age80'), ('total', 'age90'), ('age80+sex', 'age95+sex'),
  ('sex', 'comorbidity'), ('age90', 'age90'), (NULL, 'sex')) AS t (a, b);
SELECT tmap.common_scheme(s) FROM (VALUES ('age90+sex'), (NULL), ('age85+sex+comorbidity'), ('age100+sex')) AS t (s);
SELECT tmap.common_scheme(s) IS NULL AS none FROM (VALUES (NULL::text)) AS t (s);
SELECT tmap.common_scheme('age90', 'nonsense');
