-- Archives of editions, taken over by another atlas; tallies that countries offer.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET search_path = public;
SELECT tmap.create_atlas('home'), tmap.create_atlas('away') \g /dev/null
SET search_path = home, tmap, public;
INSERT INTO code_system VALUES ('UTO', 'Codes, "quoted", of Utopia', NULL);
INSERT INTO area_level VALUES ('county', 4, 'County');
INSERT INTO area (code_system, code, name, level) VALUES ('tmap', 'W', 'World', 'world');
INSERT INTO area (code_system, code, name, level, parent_id) SELECT 'ISO 3166-1', 'UTO', 'Utopia', 'country', area_id FROM area;
INSERT INTO area (code_system, code, name, level, parent_id, valid_from, geom)
SELECT 'UTO', '0' || i, format('County "%s", é', i) || E'\nof Utopia', 'county', area_id, '2000-01-01', ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(i / 3.0, i / 7.0), 4326), 0.1)) FROM area, generate_series(1, 6) i WHERE code = 'UTO';
INSERT INTO source (source_key, title, definition, origin) VALUES ('count', E'Counts, handed in\nby Utopia', 'as "coded"', 'submitted'), ('paper', 'A paper', NULL, 'reported');
INSERT INTO indicator (indicator, title, events_definition, at_risk_definition, measure, per, unit, direction, method, standard) VALUES
  ('lysis_per_stroke', 'Thrombolyses', 'thrombolyses', 'ischaemic strokes', 'proportion', 100, 'per 100', 'higher is better', 'wilson', 'ESP2013');
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, events, at_risk_basis)
SELECT a.area_id, '2024-01-01', '2024-12-31', i.indicator, find_source('count'), t, tmap.events(t), 'reported'
FROM area a, unnest('{thrombectomy_per_stroke,lysis_per_stroke}'::text[]) i (indicator), LATERAL (
  SELECT tmap.tally_agg(tmap.stratum(30 + b * 10, x), (CASE WHEN a.code = '03' THEN 0 ELSE 9 + b END)::int8, (CASE WHEN a.code = '03' THEN 1 ELSE 80 + b * ascii(right(a.code, 1)) END)::int8) AS t
  FROM generate_series(0, 5) b, unnest('{female,male}'::text[]) x WHERE a.code <> '03' OR b < 4) t WHERE a.level = 'county';
SELECT roll_up('count') > 0 AS summed;
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, reported_value, reported_per) SELECT area_id, '2023-01-01', '2023-12-31', 'thrombectomy_per_stroke', find_source('paper'), 0.1, 1 FROM area WHERE code = 'UTO';
SELECT choose_facts() >= 0 AS chosen;
SELECT figures, suppressed > 0 AS suppressed FROM compute_edition('2024', '{2023,2024}', '{0,60}');
SELECT archive_files('2024');
SELECT publish_edition('2024');

SELECT name, CASE WHEN name <> 'edition.json' THEN lines END AS lines, sha256 = (SELECT encode(sha256(convert_to(string_agg(l || E'\n', '' ORDER BY o), 'UTF8')), 'hex') FROM archive_file('2024', name) WITH ORDINALITY f (l, o)) AS digest FROM archive_files('2024');
SELECT archive_file('2024', 'indicators.csv');
SELECT archive_file('2024', 'sources.csv');
SELECT left(l, 110) AS areas FROM archive_file('2024', 'areas.csv') l LIMIT 4;
SELECT l AS figures FROM archive_file('2024', 'figures.csv') l LIMIT 3;
SELECT l AS suppressed FROM archive_file('2024', 'figures.csv') l WHERE l LIKE '%,suppressed,%' AND l LIKE '%,all,,,%' ORDER BY 1 LIMIT 1;
SELECT archive_file('2024', 'README.txt');
-- Every column of every file has a meaning, and is where the codebook says.
SELECT count(*) AS columns, count(*) FILTER (WHERE coalesce(meaning, '') = '') AS "without meaning", count(*) FILTER (WHERE unit IS NOT NULL) AS "with unit" FROM archive_columns();
SELECT file, string_agg(column_name, ',' ORDER BY place) = (SELECT l FROM archive_file('2024', file) l LIMIT 1) AS header FROM archive_columns() GROUP BY file ORDER BY 1;
SELECT bool_and(cardinality(csv_fields(l)) = 28) AS "28 fields" FROM archive_file('2024', 'figures.csv') l;
SELECT jsonb_object_keys(string_agg(l, E'\n' ORDER BY o)::jsonb) AS "edition.json" FROM archive_file('2024', 'edition.json') WITH ORDINALITY f (l, o) ORDER BY 1;
SELECT archive_file('2024', 'stroke.csv');
SELECT archive_file('2024', NULL);
SELECT archive_file(NULL, 'figures.csv');
SELECT archive_files('none');

-- The other atlas. Its inbox gets the files as \copy brings them.
SET search_path = away, tmap, public;
CREATE FUNCTION public.send(name text) RETURNS bigint LANGUAGE sql AS $$
  DELETE FROM away.inbox;
  INSERT INTO away.inbox (upload, line) SELECT send.name || '/' || f.name, l.line FROM home.archive_files('2024') f, LATERAL (SELECT x.line, x.o FROM home.archive_file('2024', f.name) WITH ORDINALITY x (line, o)) l ORDER BY f.name, l.o;
  SELECT count(DISTINCT upload) FROM away.inbox $$;
SELECT import_edition(NULL);
SELECT import_edition('from home');
SELECT send('from home') AS files;
\set VERBOSITY terse
SELECT import_edition('from home', repeat('0', 64));
\set VERBOSITY default
UPDATE inbox SET line = regexp_replace(line, 'published,\d+', 'published,11') WHERE upload LIKE '%/figures.csv';
SELECT import_edition('from home');
SELECT send('from home') AS files;
DELETE FROM inbox WHERE upload LIKE '%/sources.csv';
INSERT INTO inbox (upload, line) VALUES ('from home/extra.csv', 'a');
SELECT import_edition('from home');
-- Who changes a file and its digest is caught by the digest of the figures.
SELECT send('from home') AS files;
UPDATE inbox SET line = regexp_replace(line, ',published,(\d+)', ',published,1\1') WHERE upload LIKE '%/figures.csv';
UPDATE inbox i SET line = (SELECT (tmap.lines_sha256(x.line, E'\n' ORDER BY x.line_no))[1] FROM inbox x WHERE x.upload = 'from home/figures.csv') || '  figures.csv' WHERE i.upload LIKE '%SUMS' AND i.line LIKE '%  figures.csv';
SELECT import_edition('from home');
UPDATE inbox SET line = 'nonsense' WHERE upload LIKE '%SUMS' AND line LIKE '%areas.csv';
SELECT import_edition('from home');
-- Names that mean something else here.
SELECT send('from home') AS files;
INSERT INTO source (source_key, title, origin) VALUES ('paper', 'Another paper', 'reported');
UPDATE indicator SET per = 1000 WHERE indicator = 'thrombectomy_per_stroke';
SELECT import_edition('from home');
UPDATE indicator SET per = 100 WHERE indicator = 'thrombectomy_per_stroke';
DELETE FROM source;
INSERT INTO area_level VALUES ('county', 3, 'County');
SELECT import_edition('from home');
DELETE FROM area_level WHERE level = 'county';
INSERT INTO area (code_system, code, name, level) VALUES ('ISO 3166-1', 'UTO', 'A region', 'region');
SELECT import_edition('from home');
DELETE FROM area;
SELECT (SELECT count(*) FROM area) + (SELECT count(*) FROM edition) + (SELECT count(*) FROM source) AS "nothing was written", count(DISTINCT upload) AS files FROM inbox;
-- An area that is here already stays as it is.
SELECT figures FROM compute_edition('ours', '{2024}', '{0,60}');
INSERT INTO area (code_system, code, name, level) VALUES ('ISO 3166-1', 'UTO', 'Our own name', 'country');
SELECT edition, status, figures, areas_made, indicators_made, sources_made FROM import_edition('from home', (SELECT sha256 FROM home.archive_files('2024') WHERE name = 'SHA256SUMS'));
SELECT h.sha256 = a.sha256 AS same_digest, edition_digest(a.edition_id) = h.sha256 AS same_figures, a.status, a.published_at = h.published_at AS same_time, a.audit = (SELECT r.audit FROM home.release r WHERE r.fid = h.edition_id) AND NOT a.audit ? 'narrowest' AND h.audit ? 'narrowest' AS public_audit, a.parameters - 'imported' = h.parameters - '{submissions,takes,facts}'::text[] AS same_parameters,
  (SELECT string_agg(k, ' ' ORDER BY k) FROM jsonb_object_keys(a.parameters -> 'imported') k) AS imported
FROM home.edition h JOIN away.edition a USING (edition);
SELECT (SELECT count(*) FROM edition_cell) + (SELECT count(*) FROM edition_atom) + (SELECT count(*) FROM inbox) AS "cells, groups, lines left";
SELECT count(*) AS "figures that differ" FROM (SELECT to_jsonb(v) - '{area_id,name,parent_code,source}'::text[] FROM home.value v EXCEPT SELECT to_jsonb(v) - '{area_id,name,parent_code,source}'::text[] FROM away.value v) d;
SELECT code, name, ST_AsEWKB(geom) = (SELECT ST_AsEWKB(o.geom) FROM home.area o WHERE o.code = a.code) AS same_boundary FROM area a WHERE level IN ('country', 'county') ORDER BY code LIMIT 2;
SELECT standard FROM indicator WHERE indicator = 'lysis_per_stroke';
SELECT send('again') AS files;
SELECT status, figures, areas_made FROM import_edition('again');
-- It is as frozen as any edition; a draft computed before it came is not published after it.
UPDATE edition_value SET age_to = 50;
SELECT publish_edition('ours');
SELECT withdraw_edition('2024', 'a test');
SELECT send('withdrawn') AS files;
SELECT status FROM import_edition('withdrawn');
SELECT count(*) AS "public still" FROM release;

-- Who forges an archive can make every digest in it right. What cannot be true is refused all the same: a suppressed figure with a number, numbers that are none,
-- another year or sex, a publication in time to come, which would be current for ever, or the correction of an edition that is not the forger's.
CREATE FUNCTION public.forge(file text, pattern text, by text) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  PERFORM send('forged');
  UPDATE away.inbox i SET line = replace(i.line, '"2024"', '"2024 forged"') WHERE upload = 'forged/edition.json' AND i.line LIKE '%"edition": "2024"%';
  UPDATE away.inbox i SET line = regexp_replace(i.line, pattern, by) WHERE upload = 'forged/' || file;
  FOR attempt IN 1 .. 2 LOOP
    UPDATE away.inbox i SET line = (SELECT (tmap.lines_sha256(x.line, E'\n' ORDER BY x.line_no))[1] FROM away.inbox x WHERE x.upload = 'forged/' || substr(i.line, 67)) || substr(i.line, 65) WHERE i.upload = 'forged/SHA256SUMS';
    BEGIN
      PERFORM away.import_edition('forged');
      RAISE EXCEPTION 'it was taken';
    EXCEPTION WHEN OTHERS THEN
      IF SQLERRM NOT LIKE 'the figures are not those%' THEN
        RETURN SQLSTATE || ' ' || SQLERRM;
      END IF;
      DECLARE
        digests text;
      BEGIN
        GET STACKED DIAGNOSTICS digests = PG_EXCEPTION_DETAIL;
        UPDATE away.inbox i SET line = replace(i.line, substring(digests FROM 'instead of ([0-9a-f]{64})'), substring(digests FROM 'is ([0-9a-f]{64})')) WHERE i.upload = 'forged/edition.json';
      END;
    END;
  END LOOP;
  RETURN 'not forged';
END $$;
SELECT f.what, public.forge(f.file, f.pattern, f.by) FROM (VALUES
  ('nothing', 'figures.csv', 'x{9}', ''),
  ('a suppressed count', 'figures.csv', ',suppressed,,', ',suppressed,3,'),
  ('a negative count', 'figures.csv', ',published,\d+,', ',published,-7,'),
  ('more events than people', 'figures.csv', ',published,\d+,', ',published,9999999,'),
  ('no number', 'figures.csv', '(,published,\d+,\d+,)[^,]*', '\1NaN'),
  ('no finite number', 'figures.csv', '(,published,\d+,\d+,)[^,]*', '\1Infinity'),
  ('not even that', 'figures.csv', '(,published,\d+,\d+,)[^,]*', '\1''); DROP TABLE area; --'),
  ('too large', 'figures.csv', ',published,\d+,', ',published,99999999999999999999,'),
  ('another year', 'figures.csv', '^(\d+),2024,', '\1,1999,'),
  ('another sex', 'figures.csv', ',female,', ',robot,'),
  ('a figure of no area', 'figures.csv', '^(\d+),2024,\d+,', '\1,2024,9999,'),
  ('a boundary that is none', 'areas.csv', '^(\d+,UTO,.*,,)05,(.*)MULTIPOLYGON.*', '\105x,\2POINT(1 1)"'),
  ('a boundary with a hole in it', 'areas.csv', '^(\d+,UTO,.*,,)05,(.*)MULTIPOLYGON.*', '\105x,\2MULTIPOLYGON(((0 0,1 1,0 1,1 0,0 0)))"'),
  ('a level of another rank', 'areas.csv', ',county,4,', ',county,7,'),
  ('years to come', 'edition.json', '"published_at": ".*"', '"published_at": "2999-01-01T00:00:00+00:00"'),
  ('infinity', 'edition.json', '"published_at": ".*"', '"published_at": "infinity"'),
  ('no time', 'edition.json', '"published_at": ".*"', '"published_at": null'),
  ('published before it was computed', 'edition.json', '"published_at": ".*"', '"published_at": "1999-01-01T00:00:00+00:00"'),
  ('no years', 'edition.json', '"years": \[', '"other": ['),
  ('not JSON', 'edition.json', '"years": \[', '"years: ['),
  ('no audit', 'edition.json', '"passed": true', '"passed": false'),
  ('a NUL', 'edition.json', '"passed": true', '"passed": true, "x": "\\u0000"')) AS f (what, file, pattern, by);
INSERT INTO fact (area_id, valid_from, valid_to, indicator, source_id, tally, events, shown, choice_reason)
SELECT area_id, '2024-01-01', '2024-12-31', 'thrombectomy_per_stroke', find_source('count'), tally(stratum('total', NULL, NULL, NULL), 300, 4000), 300, true, 'a test' FROM area WHERE code = 'UTO';
SELECT figures > 0 AS computed, publish_edition('home grown') > 0 AS public FROM compute_edition('home grown', '{2024}', '{0,60}');
SELECT public.forge('edition.json', '"corrects": null', format('"corrects": {"edition": "home grown", "sha256": "%s"}', (SELECT sha256 FROM edition WHERE edition = 'home grown')));
-- Lines that another has put under the name.
SELECT send('mixed') AS files;
UPDATE inbox SET uploaded_by = 'somebody' WHERE upload = 'mixed/README.txt';
SELECT import_edition('mixed');
SELECT status FROM edition WHERE edition = 'home grown';
SELECT withdraw_edition('home grown', 'a test');
DELETE FROM inbox;
DELETE FROM fact;
DROP FUNCTION public.forge;

-- A correction withdraws what it corrects, in the other atlas too.
SET search_path = home, tmap, public;
UPDATE fact SET tally = tally + tmap.tally(tmap.stratum(70, 'female'), 30, 300), events = tmap.events(tally) + 30 WHERE area_id = (SELECT area_id FROM area WHERE code = '05') AND indicator = 'thrombectomy_per_stroke';
SELECT roll_up('count') > 0 AS summed;
SET search_path = away, tmap, public;
SELECT tmap.create_atlas('third') \g /dev/null
SELECT send('one') AS files;
INSERT INTO third.inbox (upload, line) SELECT upload, line FROM inbox ORDER BY line_no;
SELECT status FROM third.import_edition('one');
SELECT figures FROM home.compute_edition('2024 corrected', '{2023,2024}', '{0,60}', corrects => '2024');
SELECT home.publish_edition('2024 corrected');
INSERT INTO third.inbox (upload, line) SELECT 'two/' || f.name, l.line FROM home.archive_files('2024 corrected') f, LATERAL (SELECT x.line, x.o FROM home.archive_file('2024 corrected', f.name) WITH ORDINALITY x (line, o)) l ORDER BY f.name, l.o;
SELECT status FROM third.import_edition('two');
SELECT edition, status, withdrawal_reason FROM third.edition ORDER BY edition_id;
SELECT edition, current, corrects FROM third.release;
SELECT home.archive_file('2024', 'figures.csv');
SELECT count(*) AS "files that differ when handed on" FROM home.archive_files('2024 corrected') h JOIN third.archive_files('2024 corrected') t USING (name) WHERE h.sha256 <> t.sha256;

-- Tallies without a network: a country sends what it offers, the centre has it in an ordinary partition.
SET search_path = third, tmap, public;
CREATE ROLE archive_centre;
SELECT count(*) AS "nobody has an agreement" FROM home.tally_offer;
SELECT home.open_offer('archive_centre', 'by treaty'), home.open_offer('archive_centre', 'by treaty of 2024');
SELECT count(*) AS offered, count(DISTINCT code) AS areas, bool_and(country = 'UTO') AS of_utopia FROM home.tally_offer;
SELECT count(*) AS public_totals, min(tmap.events(tally)) > 10 AS none_small FROM home.tally_offer_suppressed;
CREATE TABLE public.offer_uto PARTITION OF third.federated_offer FOR VALUES IN ('UTO');
INSERT INTO public.offer_uto SELECT * FROM home.tally_offer;
INSERT INTO source (source_key, title, origin) VALUES ('UTO', 'What Utopia offers', 'submitted');
SELECT status, figures = facts_changed AS all_new FROM take_federated('UTO', 'UTO', 'count');
SELECT status, facts_changed FROM take_federated('UTO', 'UTO', 'count');
SELECT count(*) AS "facts that differ" FROM (SELECT a.code, f.valid_from, f.indicator, f.tally, f.at_risk_basis, f.parts, f.shown FROM home.fact f JOIN home.area a USING (area_id) WHERE f.source_id = home.find_source('count')
  EXCEPT SELECT a.code, f.valid_from, f.indicator, f.tally, f.at_risk_basis, f.parts, f.shown FROM fact f JOIN area a USING (area_id)) d;
DELETE FROM public.offer_uto WHERE code = '06';
SELECT status, facts_changed FROM take_federated('UTO', 'UTO', 'count');
INSERT INTO public.offer_uto SELECT * FROM home.tally_offer WHERE code = '05';
SELECT take_federated('UTO', 'UTO', 'count');
UPDATE public.offer_uto SET code = '07' WHERE code = '05';
SELECT take_federated('UTO', 'UTO', 'count');
DELETE FROM public.offer_uto;
SELECT take_federated('UTO', 'UTO', 'count');
SELECT country, server, offered_source, figures, facts_changed, count(*) OVER () AS takes FROM federated_take ORDER BY take_id;
SELECT home.close_offer('archive_centre'), home.close_offer('archive_centre');
SELECT agreement, closed_at IS NOT NULL AS closed FROM home.tally_agreement ORDER BY agreement_id;
RESET search_path;
SET client_min_messages = error;
DROP SCHEMA home CASCADE;
DROP SCHEMA away CASCADE;
DROP SCHEMA third CASCADE;
DROP FUNCTION send;
DROP ROLE archive_centre;
