-- A country hands in counts: three totals for Germany, the last with its two numbers swapped on purpose.
--   psql -v data=demo/data -f demo/counts.sql      (after demo/load.sql)
\set ON_ERROR_STOP on
INSERT INTO atlas.source (source_key, title, definition, denominator_definition, origin, note) VALUES
  ('DEU-EXAMPLE', 'Example of a submission: totals of Germany as published (Neurol Res Pract 2021;3, ISPOR poster 2025)',
   'thrombectomies, counted in patients', 'ischaemic stroke: hospitalised cases, main diagnosis I63 (ICD-10-GM)', 'submitted',
   'Shows the loader: it repeats published figures, and its last line is wrong on purpose.');
SET tmap.upload = 'DEU-totals';
\set counts_here `pwd`
\cd :data
\copy atlas.inbox(line) FROM 'counts_example_DEU.csv' WITH (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')
\cd :counts_here
SELECT * FROM atlas.load_counts('DEU-totals', 'DEU', 'DEU-EXAMPLE') \g /dev/null
