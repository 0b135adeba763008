-- Comorbidity: groups of codes, text form, aggregates, scores, bands, the code lists.
\set VERBOSITY terse
SET search_path = public, tmap; -- the operators live in tmap
-- One code, as real files have it. A bare E10 is no diabetes, a typing error is no code.
SELECT code, tmap.charlson_code(code), tmap.elixhauser_code(code)
FROM unnest(ARRAY['I50', 'i50.0', ' I50.9 ', 'I 5 0', 'I50.0+', 'I50.0*', '(I50)', 'I50-', 'I50.†', 'I50é', 'E10', 'E10.0', 'E10l', 'e11.21', 'E11.6', 'I42.6', 'I11', 'I11.0', 'I13.2', 'F31.5', 'K70.3', 'I63.9',
                  'I5', 'I5O', 'II50', '5I0', 'Î50', '', ' ', '{I50,I21}', NULL]) WITH ORDINALITY AS u (code, i) ORDER BY i;
-- Arrays: NULL elements are skipped, an empty array has no groups, NULL is unknown.
SELECT tmap.charlson('{I50,I70,E11.2}'), tmap.charlson('{I50,NULL,I50}'), tmap.charlson('{{I50,I70},{E112,NULL}}') AS two_dimensions, tmap.charlson('[5:6]={I50,I70}') AS from_five;
SELECT tmap.charlson('{}'), tmap.charlson('{NULL}'), tmap.charlson('{I10,R51,xyz}'), tmap.charlson(NULL) IS NULL AS null_is_unknown, tmap.elixhauser('{}'), tmap.elixhauser('{I10,I50,F32}'), tmap.elixhauser(NULL) IS NULL AS null_is_unknown;
SELECT tmap.charlson('I50'); -- not an array
SELECT tmap.charlson('I50'::text); -- not an array

-- The value: text, order, equality.
SELECT v::tmap.comorbidities FROM unnest(ARRAY['charlson{}', 'charlson{pvd,chf}', 'elixhauser{}', 'elixhauser{depre,chf}']) WITH ORDINALITY AS u (v, i) ORDER BY i;
SELECT ''::tmap.comorbidities;
SELECT 'charlson'::tmap.comorbidities;
SELECT 'deyo{chf}'::tmap.comorbidities;
SELECT 'charlson{alcohol}'::tmap.comorbidities;
SELECT 'charlson{chf,chf}'::tmap.comorbidities;
SELECT 'charlson{chf,}'::tmap.comorbidities;
SELECT v FROM unnest(ARRAY['elixhauser{}', 'charlson{aids}', 'charlson{chf}', 'charlson{mi}', 'charlson{}', 'charlson{mi,chf}', 'elixhauser{depre}']::tmap.comorbidities[]) AS v ORDER BY v;
SELECT a < b AS lt, a <= b AS le, a = b AS eq, a <> b AS ne, a >= b AS ge, a > b AS gt, tmap.comorbidities_cmp(a, b), tmap.comorbidities_hash(a) = tmap.comorbidities_hash(b) AS same_hash,
       tmap.comorbidities_hash_extended(a, 1) = tmap.comorbidities_hash_extended(b, 1) AS same_seeded
FROM (VALUES ('charlson{mi}'::tmap.comorbidities, 'charlson{chf}'::tmap.comorbidities), ('charlson{mi}', 'charlson{mi}'), ('elixhauser{}', 'charlson{aids}')) AS v (a, b);
SELECT encode(tmap.comorbidities_send('charlson{}'), 'hex') AS none, encode(tmap.comorbidities_send('charlson{mi,aids}'), 'hex') AS charlson, encode(tmap.comorbidities_send('elixhauser{chf,depre}'), 'hex') AS elixhauser;
SELECT tmap.scheme(v), tmap.groups(v), cardinality(tmap.groups(v)) FROM unnest(ARRAY['charlson{}', 'charlson{pvd,chf}', 'elixhauser{depre,chf}', NULL]::tmap.comorbidities[]) WITH ORDINALITY AS u (v, i) ORDER BY i;
SELECT tmap.has_group('charlson{chf}', 'chf') AS has, tmap.has_group('charlson{chf}', 'mi') AS has_not, tmap.has_group('charlson{chf}', NULL) IS NULL AS "null";
SELECT tmap.has_group('charlson{chf}', 'alcohol');
SELECT tmap.has_group('charlson{chf}', 'CHF');

-- Aggregates: codes of rows, arrays of rows, sets of rows. NULLs are skipped; no rows give no groups.
CREATE TEMP TABLE stay (patient int, stay int, codes text[]);
INSERT INTO stay VALUES (1, 1, '{I63.4,I48,E11.2}'), (1, 2, '{I63.4,I50.0,E11.9,NULL}'), (2, 3, '{I63.9}'), (3, 4, NULL), (4, 5, '{}'), (5, 6, '{C34.1,C78.0,F32}');
SELECT patient, tmap.charlson_agg(codes), tmap.elixhauser_agg(codes), tmap.rollup(tmap.charlson(codes)) AS rollup FROM stay GROUP BY patient ORDER BY patient;
SELECT patient, tmap.charlson_agg(code) AS charlson, tmap.elixhauser_agg(code) AS elixhauser FROM stay LEFT JOIN LATERAL unnest(codes) AS code ON true GROUP BY patient ORDER BY patient;
SELECT tmap.charlson_agg(codes) AS none, tmap.elixhauser_agg(codes) AS none, tmap.rollup(tmap.charlson(codes)) IS NULL AS unknown FROM stay WHERE false;
SELECT tmap.charlson_agg(c ORDER BY c) AS ordered, tmap.charlson_agg(DISTINCT c) AS "distinct", tmap.charlson_agg(c) FILTER (WHERE c <> 'I50') AS filtered FROM unnest(ARRAY['I50', 'I70', NULL, 'I50']) AS c;
SELECT patient, stay, tmap.charlson_agg(codes) OVER (PARTITION BY patient ORDER BY stay) AS so_far FROM stay ORDER BY stay;
SELECT tmap.rollup(v) FROM (VALUES ('charlson{}'::tmap.comorbidities), ('elixhauser{}')) AS x (v);
SELECT tmap.comorbidities_union('charlson{mi}', 'charlson{chf}');

-- Scores. The stroke itself is left out unless told otherwise; a milder form counts nothing beside the severer.
SELECT v, tmap.charlson_score(v) AS quan2011, tmap.charlson_score(v, 'charlson1987') AS charlson1987, tmap.charlson_score(v, 'charlson1987', leave_out => '{}') AS with_stroke,
       tmap.charlson_score(v, 'charlson1987', false) AS without_hierarchy, tmap.charlson_score(v, 'unweighted') AS unweighted
FROM unnest(ARRAY['charlson{}', 'charlson{cevd}', 'charlson{cevd,chf,diabwc}', 'charlson{diab,diabwc}', 'charlson{mld,msld}', 'charlson{canc,metacanc}', 'charlson{mi,pvd,pud}', NULL]::tmap.comorbidities[]) WITH ORDINALITY AS u (v, i) ORDER BY i;
SELECT tmap.charlson_score('charlson{canc,metacanc}', leave_out => '{metacanc}') AS left_out_before_the_hierarchy, tmap.charlson_score('charlson{canc,chf}', leave_out => '{canc,chf,NULL}') AS several,
       tmap.charlson_score('charlson{chf}', NULL) IS NULL AND tmap.charlson_score('charlson{chf}', leave_out => NULL) IS NULL AS "null";
SELECT v, tmap.elixhauser_score(v) AS van_walraven, tmap.elixhauser_score(v, 'swiss') AS swiss, tmap.elixhauser_score(v, 'swiss', false) AS without_hierarchy, tmap.elixhauser_score(v, 'unweighted') AS unweighted,
       tmap.elixhauser_score(v, leave_out => '{para,ond}') AS without_paralysis
FROM unnest(ARRAY['elixhauser{}', 'elixhauser{obes,drug}', 'elixhauser{chf,para,ond}', 'elixhauser{hypunc,hypc}', 'elixhauser{diabunc,diabc}', 'elixhauser{solidtum,metacanc}', NULL]::tmap.comorbidities[]) WITH ORDINALITY AS u (v, i) ORDER BY i;
SELECT age, tmap.charlson_age_score('charlson{chf,cevd}', age) AS "1987", tmap.charlson_age_score('charlson{chf,cevd}', age, 'quan2011') AS "2011" FROM unnest(ARRAY[0, 49, 50, 59, 60, 69, 70, 79, 80, 89, 90, 130, NULL]) AS age;
SELECT score, tmap.comorbidity_band(score), tmap.stratum(82, 'female', tmap.comorbidity_band(score)) FROM unnest(ARRAY[0, 1, 2, 3, 4, 5, 24, NULL]) AS score;
SELECT patient, tmap.stratum(82, 'female', tmap.comorbidity_band(tmap.charlson_score(tmap.charlson(codes)))) FROM stay ORDER BY stay;
SELECT tmap.charlson_score('elixhauser{}');
SELECT tmap.elixhauser_score('charlson{}');
SELECT tmap.charlson_score('charlson{}', 'swiss');
SELECT tmap.charlson_score('charlson{}', leave_out => '{stroke}');
SELECT tmap.charlson_age_score('charlson{}', -1);
SELECT tmap.charlson_age_score('charlson{}', 131);
SELECT tmap.comorbidity_band(-1);

-- The lists.
SELECT scheme, name, label, count(*) AS prefixes, min(prefix COLLATE "C") AS first, charlson1987, quan2011, van_walraven, swiss, overruled_by
FROM tmap.comorbidity_codes() WITH ORDINALITY AS l (scheme, name, label, prefix, charlson1987, quan2011, van_walraven, swiss, overruled_by, source, i)
GROUP BY scheme, name, label, charlson1987, quan2011, van_walraven, swiss, overruled_by ORDER BY min(i);
SELECT scheme, count(*), count(DISTINCT prefix), source FROM tmap.comorbidity_codes() GROUP BY scheme, source ORDER BY scheme;
SELECT prefix FROM tmap.comorbidity_codes() WHERE scheme = 'charlson' AND name = 'mi';
