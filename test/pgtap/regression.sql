-- The regressions against the values of test/oracles (R: glm and MASS with epsilon 1e-14, sandwich; mpmath): relative error at most 1e-8 for
-- every coefficient, standard error, z, p, ratio and statistic. psql variable oracles: the folder.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SELECT no_plan();

-- What a double cannot hold (1e-1586) is 0.
CREATE FUNCTION pg_temp.number(v text) RETURNS float8 LANGUAGE sql IMMUTABLE RETURN CASE WHEN v ~ 'e-\d{4,}$' THEN 0 ELSE v::float8 END;
CREATE FUNCTION pg_temp.error(have float8, want float8) RETURNS float8 LANGUAGE sql IMMUTABLE
RETURN CASE WHEN want IS NULL OR want = 0 THEN CASE WHEN have IS NOT DISTINCT FROM want THEN 0 ELSE 'Infinity'::float8 END ELSE coalesce(abs(have / want - 1), 'Infinity'::float8) END;

CREATE TEMP TABLE coef (model text, family text, name text, coef text, se_model text, z text, p text, ratio text, hc0 text, hc1 text, stata text, hc3 text, cluster_cr0 text, cluster text, cluster_cr1 text, i int GENERATED ALWAYS AS IDENTITY);
CREATE TEMP TABLE stat (model text, family text, statistic text, value float8);
CREATE TEMP TABLE allzero ("y" float8, "x" float8);
CREATE TEMP TABLE collinear ("y" float8, "x1" float8, "x2" float8);
CREATE TEMP TABLE esoph_grouped ("successes" float8, "trials" float8, "age2" float8, "age3" float8, "age4" float8, "age5" float8, "age6" float8, "alc2" float8, "alc3" float8, "alc4" float8, "tob2" float8, "tob3" float8, "tob4" float8);
CREATE TEMP TABLE hugecounts ("y" float8, "exposure" float8, "z" float8);
CREATE TEMP TABLE illscaled ("y" float8, "x" float8);
CREATE TEMP TABLE infert ("y" float8, "spontaneous" float8, "induced" float8, "cluster" float8);
CREATE TEMP TABLE insurance ("y" float8, "exposure" float8, "D2" float8, "D3" float8, "D4" float8, "G2" float8, "G3" float8, "G4" float8, "A2" float8, "A3" float8, "A4" float8);
CREATE TEMP TABLE quine ("y" float8, "EthN" float8, "SexM" float8, "AgeF1" float8, "AgeF2" float8, "AgeF3" float8, "LrnSL" float8);
CREATE TEMP TABLE scotland_lip ("y" float8, "exposure" float8, "aff" float8);
CREATE TEMP TABLE separated ("y" float8, "x" float8);
CREATE TEMP TABLE thrombectomy_area ("y" float8, "exposure" float8, "deprivation" float8, "km" float8, "dripship" float8, "cluster" float8);
CREATE TEMP TABLE thrombectomy_patient ("y" float8, "age" float8, "nihss" float8, "onset_min" float8, "male" float8, "hub" float8, "cluster" float8);
CREATE TEMP TABLE warpbreaks ("y" float8, "woolB" float8, "tensionM" float8, "tensionH" float8);
\cd :oracles
\copy coef (model, family, name, coef, se_model, z, p, ratio, hc0, hc1, stata, hc3, cluster_cr0, cluster, cluster_cr1) FROM 'oracle_glm_coef.csv' (FORMAT csv, HEADER)
\copy stat FROM 'oracle_glm_fit.csv' (FORMAT csv, HEADER)
\copy allzero FROM 'glmdata_allzero.csv' (FORMAT csv, HEADER)
\copy collinear FROM 'glmdata_collinear.csv' (FORMAT csv, HEADER)
\copy esoph_grouped FROM 'glmdata_esoph_grouped.csv' (FORMAT csv, HEADER)
\copy hugecounts FROM 'glmdata_hugecounts.csv' (FORMAT csv, HEADER)
\copy illscaled FROM 'glmdata_illscaled.csv' (FORMAT csv, HEADER)
\copy infert FROM 'glmdata_infert.csv' (FORMAT csv, HEADER)
\copy insurance FROM 'glmdata_insurance.csv' (FORMAT csv, HEADER)
\copy quine FROM 'glmdata_quine.csv' (FORMAT csv, HEADER)
\copy scotland_lip FROM 'glmdata_scotland_lip.csv' (FORMAT csv, HEADER)
\copy separated FROM 'glmdata_separated.csv' (FORMAT csv, HEADER)
\copy thrombectomy_area FROM 'glmdata_thrombectomy_area.csv' (FORMAT csv, HEADER)
\copy thrombectomy_patient FROM 'glmdata_thrombectomy_patient.csv' (FORMAT csv, HEADER)
\copy warpbreaks FROM 'glmdata_warpbreaks.csv' (FORMAT csv, HEADER)

CREATE TEMP TABLE fitted (model text, fit tmap.regression_fit);
INSERT INTO fitted
SELECT 'warpbreaks_nb', tmap.negbin_reg(y, ARRAY["woolB", "tensionM", "tensionH"]) FROM warpbreaks
UNION ALL SELECT 'insurance_poisson', tmap.poisson_reg(y, ARRAY["D2", "D3", "D4", "G2", "G3", "G4", "A2", "A3", "A4"], exposure) FROM insurance
UNION ALL SELECT 'quine_nb', tmap.negbin_reg(y, ARRAY["EthN", "SexM", "AgeF1", "AgeF2", "AgeF3", "LrnSL"]) FROM quine
UNION ALL SELECT 'scotland_nb', tmap.negbin_reg(y, ARRAY["aff"], exposure) FROM scotland_lip
UNION ALL SELECT 'scotland_nb_intercept', tmap.negbin_reg(y, '{}', exposure) FROM scotland_lip
UNION ALL SELECT 'infert_logit', tmap.logistic_reg(y, ARRAY["spontaneous", "induced"], 1, 1, cluster::bigint, true) FROM infert
UNION ALL SELECT 'esoph_logit', tmap.logistic_reg(successes, ARRAY["age2", "age3", "age4", "age5", "age6", "alc2", "alc3", "alc4", "tob2", "tob3", "tob4"], trials) FROM esoph_grouped
UNION ALL SELECT 'mt_area_nb', tmap.negbin_reg(y, ARRAY["deprivation", "km", "dripship"], exposure, 1, cluster::bigint, true) FROM thrombectomy_area
UNION ALL SELECT 'mt_patient_poisson_rr', tmap.poisson_reg(y, ARRAY["age", "nihss", "onset_min", "male", "hub"], 1, 1, cluster::bigint, true) FROM thrombectomy_patient
UNION ALL SELECT 'illscaled_poisson', tmap.poisson_reg(y, ARRAY["x"]) FROM illscaled
UNION ALL SELECT 'hugecounts_poisson', tmap.poisson_reg(y, ARRAY["z"], exposure) FROM hugecounts;

-- Stored and read back, a fit is the same.
CREATE TEMP TABLE again AS SELECT model, fit::text::tmap.regression_fit AS fit FROM fitted;

CREATE TEMP TABLE checked AS
SELECT o.model, o.name AS what, w.what AS column, pg_temp.error(w.have, pg_temp.number(w.want)) AS error
FROM (SELECT *, row_number() OVER (PARTITION BY model ORDER BY i) - 1 AS term FROM coef) o JOIN again f USING (model),
     LATERAL (SELECT * FROM tmap.coefficients(f.fit) c WHERE c.term = o.term) c,
     LATERAL (SELECT max(se) FILTER (WHERE t = 'hc0') AS hc0, max(se) FILTER (WHERE t = 'hc1') AS hc1, max(se) FILTER (WHERE t = 'stata') AS stata, max(se) FILTER (WHERE t = 'hc3') AS hc3,
                     max(se) FILTER (WHERE t = 'cluster_cr0') AS cluster_cr0, max(se) FILTER (WHERE t = 'cluster') AS cluster, max(se) FILTER (WHERE t = 'cluster_cr1') AS cluster_cr1
              FROM unnest('{hc0,hc1,stata,hc3,cluster_cr0,cluster,cluster_cr1}'::text[]) t, tmap.coefficients(f.fit, se_type => t) s WHERE s.term = o.term) r,
     LATERAL (VALUES ('estimate', c.estimate, o.coef), ('se', c.se, o.se_model), ('z', c.z, o.z), ('p', c.p, o.p), ('ratio', c.ratio, o.ratio), ('hc0', r.hc0, o.hc0), ('hc1', r.hc1, o.hc1),
       ('stata', r.stata, o.stata), ('hc3', r.hc3, o.hc3), ('cluster_cr0', r.cluster_cr0, o.cluster_cr0), ('cluster', r.cluster, o.cluster), ('cluster_cr1', r.cluster_cr1, o.cluster_cr1)) w (what, have, want)
UNION ALL
SELECT o.model, 'fit', o.statistic, pg_temp.error(CASE o.statistic WHEN 'n' THEN s.n WHEN 'p' THEN s.n_estimates WHEN 'deviance' THEN s.deviance WHEN 'loglik' THEN s.log_likelihood WHEN 'aic' THEN s.aic
  WHEN 'pearson_chi2' THEN s.pearson_chi2 WHEN 'dispersion_pearson' THEN s.dispersion WHEN 'theta' THEN s.theta WHEN 'se_theta' THEN s.theta_se WHEN 'alpha=1/theta' THEN 1 / s.theta END, o.value)
FROM stat o JOIN again f USING (model), tmap.fit_summary(f.fit) s;

SELECT is((SELECT count(*) FROM checked), (SELECT 12 * count(*) FROM coef) + (SELECT count(*) FROM stat), 'every number of the oracles was compared');
SELECT ok(max(error) <= 1e-8, format('%s: %s numbers, worst %s', model, count(*), to_char(max(error), '9.9EEEE'))) FROM checked GROUP BY model ORDER BY model;
SELECT is_empty($$SELECT * FROM checked WHERE error > 1e-8$$, 'none disagrees');
SELECT is_empty($$SELECT model, (fit).status FROM fitted WHERE (fit).status <> 'converged' OR (fit).n_dropped <> 0$$, 'all converge and use every row');
SELECT is((SELECT (tmap.logistic_reg(y, ARRAY[x])).status FROM separated), 'separated', 'separated data are reported');
SELECT is((SELECT (tmap.poisson_reg(y, ARRAY[x1, x2])).status FROM collinear), 'collinear', 'collinear columns are reported');
SELECT is((SELECT (tmap.poisson_reg(y, ARRAY[x])).status FROM allzero), 'all zero', 'data without events are reported');
SELECT is((SELECT (tmap.logistic_reg(y, ARRAY[x])).status FROM allzero), 'all zero', 'also by the logistic model');
SELECT is((SELECT (tmap.negbin_reg(y, ARRAY[x])).status FROM allzero), 'all zero', 'and the negative binomial');
SELECT is_empty($$SELECT c.* FROM (SELECT tmap.logistic_reg(y, ARRAY[x]) AS fit FROM separated) f, tmap.coefficients(f.fit) c WHERE coalesce(c.estimate, c.se, c.p, c.ratio_lower) IS NOT NULL$$, 'separated data have no coefficients');

-- Errors.
SELECT throws_ok(sql, state, NULL, sql) FROM (VALUES
  ('SELECT tmap.poisson_reg(-1, ''{1}'')', '22023'), ('SELECT tmap.logistic_reg(2, ''{1}'')', '22023'), ('SELECT tmap.negbin_reg(0.5, ''{1}'')', '22023'), ('SELECT tmap.poisson_reg(1, ''{{1}}'')', '2202E'),
  ('SELECT tmap.poisson_reg(1, array_fill(1::float8, ARRAY[257]))', '54000'), ('SELECT tmap.poisson_reg(1, ''{1}'', 1, 1, NULL, NULL)', '22004'),
  ('SELECT tmap.coefficients(fit, 1) FROM fitted', '22023'), ('SELECT tmap.coefficients(fit, 0.95, ''x'') FROM fitted', '22023'), ('SELECT tmap.coefficients(fit, names => ARRAY[''x'', ''y'', ''z'', ''a'', ''b'', ''c'', ''d'']) FROM fitted', '2202E')) e (sql, state);
SELECT * FROM finish();
ROLLBACK;
