-- Strata: text form, constructors, accessors, order.
\set VERBOSITY terse
SET search_path = public, tmap; -- the operators live in tmap
-- Text in, text out: every dimension, every cut of age, unknown levels, no dimension at all.
SELECT s::tmap.stratum, tmap.scheme(s::tmap.stratum) AS scheme, tmap.age_from(s::tmap.stratum), tmap.age_to(s::tmap.stratum)
FROM unnest(ARRAY['80-84 female low', '80-84 female', 'female', 'all', '0-4', '90+', '85+/age85 male', '95-99/age100', '100+/age100', '95+/age95', '80+/age80',
                  '5-14/age85us', '85+/age85us', 'age-unknown sex-unknown comorbidity-unknown', 'age-unknown/age85', '0-6h', 'M1', 'Q5',
                  '70-74 male high 6-24h no-occlusion Q1', 'time_window-unknown occlusion-unknown deprivation-unknown']) WITH ORDINALITY AS u (s, i) ORDER BY i;
-- Words may come in any order; they are written in the order of the dimensions.
SELECT 'female 80-84'::tmap.stratum = '80-84 female'::tmap.stratum AS same, 'low female 80-84'::tmap.stratum;

-- From a person: 5-year bands, 90 and over together; NULL is unknown.
SELECT age, tmap.stratum(age), tmap.stratum('age85', age, NULL, NULL), tmap.stratum('age85us', age, NULL, NULL), tmap.stratum('age100', age, NULL, NULL)
FROM unnest(ARRAY[0, 4, 5, 14, 15, 84, 85, 89, 90, 99, 100, 130, NULL]) AS age;
SELECT tmap.stratum(82, 'female'), tmap.stratum(82, 'F'), tmap.stratum(82, 'm'), tmap.stratum(82, 'Male'), tmap.stratum(82, 'unknown'), tmap.stratum(82, 'u'), tmap.stratum(NULL, NULL);
SELECT tmap.stratum(82, 'f', 'low'), tmap.stratum(82, 'f', 'Unknown'), tmap.stratum(NULL, NULL, NULL);
-- In a named scheme: what it lacks is ignored, what is not an argument is unknown.
SELECT tmap.stratum('sex', 82, 'f', 'low'), tmap.stratum('total', 82, 'f', 'low'), tmap.stratum('age+sex', 82, 'f', 'low'), tmap.stratum('sex+occlusion', 82, 'f', 'low'),
       tmap.stratum(NULL, 82, 'f', 'low') IS NULL AS null_scheme;

-- Accessors.
SELECT s, tmap.age_band(s), tmap.sex(s), tmap.comorbidity(s), tmap.level(s, 'occlusion') AS occlusion
FROM unnest(ARRAY['80-84 female low', '90+ sex-unknown', 'M1', 'all']::tmap.stratum[]) AS s;
SELECT tmap.with_level('80-84 female', 'occlusion', 'M1') AS added, tmap.with_level('80-84 female M1', 'occlusion', 'M2') AS replaced,
       tmap.with_level('80-84 female', 'deprivation', 'unknown') AS unknown, tmap.with_level('85+/age85', 'age', '0-4') AS in_its_own_cut;
SELECT tmap.coarsen('80-84 female low', 'age+sex'), tmap.coarsen('90+ female', 'age85'), tmap.coarsen('10-14', 'age85us'), tmap.coarsen('age-unknown female', 'age85'), tmap.coarsen('90+ female', 'total');
SELECT tmap.scheme(NULL::tmap.stratum) IS NULL AND tmap.level(NULL, 'age') IS NULL AND tmap.coarsen('all', NULL) IS NULL AND tmap.with_level('all', NULL, 'x') IS NULL AS null_in_null_out;

-- The levels that exist: bands a cut of age has, unknown included (91+ and so on are never one).
SELECT dimension, cut, count(*), min(level) FILTER (WHERE level ~ '\+$') AS last_band, count(*) FILTER (WHERE level ~ 'unknown$') AS unknown
FROM tmap.levels() GROUP BY dimension, cut ORDER BY dimension COLLATE "C", cut COLLATE "C";
SELECT dimension, string_agg(level, ' ' ORDER BY i) AS levels FROM tmap.levels() WITH ORDINALITY AS l (dimension, cut, level, i) WHERE dimension <> 'age' OR cut = 'age85us' GROUP BY dimension ORDER BY min(i);

-- Order: scheme, then age, sex, comorbidity; unknown last in each.
SELECT s FROM unnest(ARRAY['5-9 female', '10-14 female', 'age-unknown female', '90+ male', '90+ sex-unknown', '90+ female', '0-4 male', '0-4 female low', 'all', 'female']::tmap.stratum[]) AS s ORDER BY s;
SELECT a < b AS lt, a <= b AS le, a = b AS eq, a <> b AS ne, a >= b AS ge, a > b AS gt, tmap.stratum_cmp(a, b), tmap.stratum_hash(a) = tmap.stratum_hash(b) AS same_hash,
       tmap.stratum_hash_extended(a, 1) = tmap.stratum_hash_extended(b, 1) AS same_seeded
FROM (VALUES ('5-9'::tmap.stratum, '10-14'::tmap.stratum), ('5-9', '5-9'), ('10-14', '5-9')) AS v (a, b);
-- Binary form: scheme in the upper half (one nibble a dimension), levels in the lower.
SELECT encode(tmap.stratum_send('all'), 'hex') AS "all", encode(tmap.stratum_send('0-4'), 'hex') AS "0-4", encode(tmap.stratum_send('80-84 male low'), 'hex') AS "80-84 male low";

-- Errors.
SELECT ''::tmap.stratum;
SELECT ' female'::tmap.stratum;
SELECT 'female  80-84'::tmap.stratum;
SELECT 'Female'::tmap.stratum;
SELECT '80-85'::tmap.stratum;
SELECT '85+'::tmap.stratum;
SELECT '0-4 5-9'::tmap.stratum;
SELECT '0-4/age86'::tmap.stratum;
SELECT 'female/age85'::tmap.stratum;
SELECT 'all female'::tmap.stratum;
SELECT tmap.stratum(-1);
SELECT tmap.stratum(131);
SELECT tmap.stratum(80, 'woman');
SELECT tmap.stratum(80, '');
SELECT tmap.stratum(80, 'f', 'severe');
SELECT tmap.stratum('age91', 80, 'f', 'low');
SELECT tmap.stratum('age90+', 80, 'f', 'low');
SELECT tmap.stratum('age90+age85', 80, 'f', 'low');
SELECT tmap.level('all', 'height');
SELECT tmap.with_level('all', 'sex', 'M1');
SELECT tmap.coarsen('female', 'age');
SELECT tmap.coarsen('85+/age85', 'age90');
SELECT tmap.coarsen('female', '');
