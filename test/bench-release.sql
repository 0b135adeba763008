-- Releases: an edition of :areas areas × :years years computed from tallies, and :countries countries' tallies merged. CPU seconds are those of the backend.
\set QUIET on
\pset footer off
\pset tuples_only on
\pset format unaligned
SET client_min_messages = warning;
SET jit = off;
SET work_mem = '256MB';
\if :{?areas}
\else
\set areas 35000
\endif
\if :{?years}
\else
\set years 10
\endif
\if :{?countries}
\else
\set countries 200
\endif
-- CPU seconds of this backend so far: utime and stime of /proc, in ticks of 1/100 s.
CREATE FUNCTION pg_temp.cpu() RETURNS numeric LANGUAGE sql VOLATILE AS
$$SELECT (p[14]::numeric + p[15]::numeric) / 100 FROM (SELECT string_to_array(regexp_replace(pg_read_file('/proc/self/stat'), '\(.*\)', '-'), ' ') AS p) s$$;
SELECT tmap.create_atlas('bench_release') \g /dev/null
SET search_path = bench_release, tmap, public;
-- One country, regions, departments of about 350 areas; every tally with 36 strata, sums stored as roll_up() makes them.
INSERT INTO area_level (level, rank, title) VALUES ('municipality', 4, 'Municipality');
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'W', 'World', 'world');
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', 'UTO', 'Utopia', 'country', area_id FROM area;
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', 'R' || i, 'R' || i, 'region', area_id FROM area, generate_series(1, greatest(2, :areas / 3500)) i WHERE code = 'UTO';
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'tmap', r.code || '.' || i, r.code || '.' || i, 'department', r.area_id FROM area r, generate_series(1, 10) i WHERE r.level = 'region';
INSERT INTO area (code_system, code, name, level, parent_id)
SELECT 'tmap', 'M' || i, 'M' || i, 'municipality', d.area_id FROM generate_series(1, :areas) i JOIN (SELECT area_id, row_number() OVER (ORDER BY area_id) - 1 AS n, count(*) OVER () AS all FROM area WHERE level = 'department') d ON d.n = i % d.all;
INSERT INTO source (source_key, title, origin) VALUES ('rows', 'SYNTHETIC rows', 'synthetic');
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, events, at_risk_basis)
SELECT a.area_id, make_date(y, 1, 1), make_date(y, 12, 31), 'thrombectomy_per_stroke', find_source('rows'), t.tally, events(t.tally), 'computed'
FROM area a, generate_series(2025 - :years, 2024) y, LATERAL (
  SELECT tally_agg(stratum('age90+sex', b * 5, s, NULL), n / 8, n) AS tally
  FROM generate_series(0, 17) b, unnest('{female,male}'::text[]) s, LATERAL (SELECT ((hashint8(a.area_id * 1000 + y * 40 + b * 2 + ascii(s)) & 255)::bigint * b * (1 + a.area_id % 9) / 4000) AS n) v) t
WHERE a.level = 'municipality' AND at_risk(t.tally) > 0;
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, events, at_risk_basis)
SELECT u.area_id, f.valid_from, f.valid_to, f.indicator, f.source_id, rollup(f.tally), events(rollup(f.tally)), 'computed' FROM fact f JOIN area a USING (area_id)
JOIN area d ON d.area_id = a.parent_id JOIN area r ON r.area_id = d.parent_id CROSS JOIN LATERAL (VALUES (d.area_id), (r.area_id), (r.parent_id)) u (area_id) GROUP BY 1, 2, 3, 4, 5;
SELECT choose_facts('rows') \g /dev/null
ANALYZE area;
ANALYZE fact;
SELECT pg_temp.cpu() AS before, clock_timestamp() AS started \gset
SELECT format('  %s areas × %s years: %s cells, %s protected, %s withheld for their sake, %s figures', :areas, :years, cells, protected, withheld, figures)
FROM compute_edition('bench', ARRAY(SELECT generate_series(2025 - :years, 2024)), '{}', false, indicators => '{thrombectomy_per_stroke}');
SELECT pg_temp.cpu() AS between, clock_timestamp() AS computed \gset
SELECT format('  computing it  %s s CPU (%s s elapsed)', round(:between - :before, 1), round(extract(epoch FROM :'computed'::timestamptz - :'started'::timestamptz), 1));
SELECT format('  publishing it (audit, tables) %s figures', publish_edition('bench'));
SELECT pg_temp.cpu() AS after \gset
SELECT format('                %s s CPU', round(:after - :between, 1));
DROP SCHEMA bench_release CASCADE;

-- Countries' tallies to one of the world: 36 strata each, for 10 years and 20 indicators.
CREATE TEMP TABLE handed AS
SELECT c AS country, g AS cell, (SELECT tally_agg(stratum('age90+sex', b * 5, s, NULL), n / 8, n) FROM generate_series(0, 17) b, unnest('{female,male}'::text[]) s,
  LATERAL (SELECT (hashint8(c * 100000 + g * 100 + b * 2 + ascii(s)) & 4095)::bigint AS n) v) AS tally
FROM generate_series(1, :countries) c, generate_series(1, 200) g;
ANALYZE handed;
SELECT pg_temp.cpu() AS before \gset
CREATE TEMP TABLE world AS SELECT cell, rollup(tally) AS tally FROM handed GROUP BY cell;
SELECT pg_temp.cpu() AS after \gset
SELECT format('  %s tallies of %s countries merged into %s: %s s CPU, %s million strata a second', count(*), :countries, count(DISTINCT cell), round(:after - :before, 2),
              round(count(*) * 36 / 1e6 / greatest(:after - :before, 0.01), 1)) FROM handed;
