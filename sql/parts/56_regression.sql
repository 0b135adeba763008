-- Regression: the coefficients behind rates, shares and counts, with standard errors that can be trusted and an honest status.
--
-- Every iteration reads every row, so the aggregates hold their rows: 8 × (4 + covariates) bytes each, at most 1 GB a group, and while fitting
-- 8 × max(covariates + 1, 3) + 57 bytes a row more. The state is internal because a flat typed one would be copied each time it grows. Rows are put
-- in a canonical order first: the same rows give the same bits in any order, under any plan, with any number of workers.

CREATE TYPE tmap.regression_fit AS (
  model text, status text, n bigint, n_dropped bigint, intercept boolean, clusters bigint, n_estimates integer, iterations integer,
  log_likelihood float8, deviance float8, null_deviance float8, pearson_chi2 float8, theta float8, theta_se float8,
  estimates float8[], cov_model float8[], cov_hc0 float8[], cov_hc3 float8[], cov_cluster float8[]
);
COMMENT ON TYPE tmap.regression_fit IS 'A fitted regression, storable; read it with tmap.coefficients and tmap.fit_summary. estimates: intercept first, then the covariates in order, NULL where none exists; cov_*: their covariance matrices, from the model, HC0 (White 1980), HC3 (MacKinnon & White 1985) and by clusters without a factor (CR0, Liang & Zeger 1986); status: converged, collinear (columns that depend on earlier ones have no estimate), not overdispersed (negbin: theta is infinite, the fit is Poisson''s), separated, not converged, all zero, all events, no data (these five have no estimates).';

CREATE FUNCTION tmap.regression_step(state internal, outcome float8, covariates float8[]) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_regression_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.regression_step(internal, float8, float8[]) IS 'Transition function of the regressions: holds one more row.';

CREATE FUNCTION tmap.regression_step(state internal, outcome float8, covariates float8[], exposure float8) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_regression_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.regression_step(internal, float8, float8[], float8) IS 'Transition function of the regressions with exposure or trials.';

CREATE FUNCTION tmap.regression_step(state internal, outcome float8, covariates float8[], exposure float8, weight float8, cluster bigint, intercept boolean) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_regression_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.regression_step(internal, float8, float8[], float8, float8, bigint, boolean) IS 'Transition function of the regressions with exposure or trials, weight, cluster and intercept.';

CREATE FUNCTION tmap.regression_combine(internal, internal) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_regression_combine' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.regression_combine(internal, internal) IS 'Combine function of the regressions: the rows of both states.';

CREATE FUNCTION tmap.poisson_reg_final(internal) RETURNS tmap.regression_fit
AS 'MODULE_PATHNAME', 'tmap_poisson_reg_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.poisson_reg_final(internal) IS 'Final function of poisson_reg: fits the rows held.';

CREATE AGGREGATE tmap.poisson_reg(outcome float8, covariates float8[]) (
  SFUNC = tmap.regression_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.poisson_reg_final,
  COMBINEFUNC = tmap.regression_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.poisson_reg(float8, float8[]) IS 'Poisson regression of a count on covariates, log link: log E(outcome) = log exposure + intercept + covariates × coefficients (McCullagh & Nelder 1989, chapter 6). Ratios are rate ratios; with a 0/1 outcome and robust errors, relative risks (Zou 2004). outcome: count from 0 up, need not be whole; covariates: one number each, {} for the intercept alone. An intercept is added. Rows with a missing, NaN or infinite value are left out and counted in n_dropped; no rows give NULL. Errors: 22023 outcome negative, 2202E covariates not one-dimensional or of differing number, 54000 more than 256 covariates or 1 GB of rows.';

CREATE AGGREGATE tmap.poisson_reg(outcome float8, covariates float8[], exposure float8) (
  SFUNC = tmap.regression_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.poisson_reg_final,
  COMBINEFUNC = tmap.regression_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.poisson_reg(float8, float8[], float8) IS 'Poisson regression of a count on covariates, log link: log E(outcome) = log exposure + intercept + covariates × coefficients (McCullagh & Nelder 1989, chapter 6). Ratios are rate ratios; with a 0/1 outcome and robust errors, relative risks (Zou 2004). outcome: count from 0 up, need not be whole; exposure: population, expected events or time at risk; its logarithm is the offset. An intercept is added. Rows with exposure 0 or a missing, NaN or infinite value are left out and counted in n_dropped; no rows give NULL. Errors: 22023 outcome negative, 2202E covariates not one-dimensional or of differing number, 54000 more than 256 covariates or 1 GB of rows.';

CREATE AGGREGATE tmap.poisson_reg(outcome float8, covariates float8[], exposure float8, weight float8, cluster bigint, intercept boolean) (
  SFUNC = tmap.regression_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.poisson_reg_final,
  COMBINEFUNC = tmap.regression_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.poisson_reg(float8, float8[], float8, float8, bigint, boolean) IS 'Poisson regression of a count on covariates, log link: log E(outcome) = log exposure + intercept + covariates × coefficients (McCullagh & Nelder 1989, chapter 6). Ratios are rate ratios; with a 0/1 outcome and robust errors, relative risks (Zou 2004). outcome: count from 0 up, need not be whole; exposure: population, expected events or time at risk; its logarithm is the offset; weight: a row of weight 2 counts as two in the likelihood and as one row in n; cluster: rows of one cluster may be correlated, NULL is a row alone; intercept: add one, the same in all rows. Rows with exposure or weight 0 or a missing, NaN or infinite value are left out and counted in n_dropped; no rows give NULL. Errors: 22023 outcome negative, 2202E covariates not one-dimensional or of differing number, 54000 more than 256 covariates or 1 GB of rows, 22004 intercept NULL.';

CREATE FUNCTION tmap.logistic_reg_final(internal) RETURNS tmap.regression_fit
AS 'MODULE_PATHNAME', 'tmap_logistic_reg_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.logistic_reg_final(internal) IS 'Final function of logistic_reg: fits the rows held.';

CREATE AGGREGATE tmap.logistic_reg(outcome float8, covariates float8[]) (
  SFUNC = tmap.regression_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.logistic_reg_final,
  COMBINEFUNC = tmap.regression_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.logistic_reg(float8, float8[]) IS 'Logistic regression of successes among trials on covariates: log(p / (1 - p)) = intercept + covariates × coefficients (McCullagh & Nelder 1989, chapter 4). Ratios are odds ratios. outcome: successes, 0 or 1 when no trials are given; covariates: one number each, {} for the intercept alone. An intercept is added. Rows with a missing, NaN or infinite value are left out and counted in n_dropped; no rows give NULL. Errors: 22023 outcome negative, 22023 more successes than trials, 2202E covariates not one-dimensional or of differing number, 54000 more than 256 covariates or 1 GB of rows.';

CREATE AGGREGATE tmap.logistic_reg(outcome float8, covariates float8[], trials float8) (
  SFUNC = tmap.regression_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.logistic_reg_final,
  COMBINEFUNC = tmap.regression_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.logistic_reg(float8, float8[], float8) IS 'Logistic regression of successes among trials on covariates: log(p / (1 - p)) = intercept + covariates × coefficients (McCullagh & Nelder 1989, chapter 4). Ratios are odds ratios. outcome: successes, 0 or 1 when no trials are given; trials: number of trials the outcome is out of, not below it. An intercept is added. Rows with trials 0 or a missing, NaN or infinite value are left out and counted in n_dropped; no rows give NULL. Errors: 22023 outcome negative, 22023 more successes than trials, 2202E covariates not one-dimensional or of differing number, 54000 more than 256 covariates or 1 GB of rows.';

CREATE AGGREGATE tmap.logistic_reg(outcome float8, covariates float8[], trials float8, weight float8, cluster bigint, intercept boolean) (
  SFUNC = tmap.regression_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.logistic_reg_final,
  COMBINEFUNC = tmap.regression_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.logistic_reg(float8, float8[], float8, float8, bigint, boolean) IS 'Logistic regression of successes among trials on covariates: log(p / (1 - p)) = intercept + covariates × coefficients (McCullagh & Nelder 1989, chapter 4). Ratios are odds ratios. outcome: successes, 0 or 1 when no trials are given; trials: number of trials the outcome is out of, not below it; weight: a row of weight 2 counts as two in the likelihood and as one row in n; cluster: rows of one cluster may be correlated, NULL is a row alone; intercept: add one, the same in all rows. Rows with trials or weight 0 or a missing, NaN or infinite value are left out and counted in n_dropped; no rows give NULL. Errors: 22023 outcome negative, 22023 more successes than trials, 2202E covariates not one-dimensional or of differing number, 54000 more than 256 covariates or 1 GB of rows, 22004 intercept NULL.';

CREATE FUNCTION tmap.negbin_reg_final(internal) RETURNS tmap.regression_fit
AS 'MODULE_PATHNAME', 'tmap_negbin_reg_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.negbin_reg_final(internal) IS 'Final function of negbin_reg: fits the rows held.';

CREATE AGGREGATE tmap.negbin_reg(outcome float8, covariates float8[]) (
  SFUNC = tmap.regression_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.negbin_reg_final,
  COMBINEFUNC = tmap.regression_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.negbin_reg(float8, float8[]) IS 'Negative binomial regression (NB2) of a count on covariates, log link, variance mu + mu²/theta, theta by maximum likelihood together with the coefficients (Lawless 1987). Ratios are rate ratios. outcome: whole count from 0 up; covariates: one number each, {} for the intercept alone. An intercept is added. Rows with a missing, NaN or infinite value are left out and counted in n_dropped; no rows give NULL. Errors: 22023 outcome negative or not whole, 2202E covariates not one-dimensional or of differing number, 54000 more than 256 covariates or 1 GB of rows.';

CREATE AGGREGATE tmap.negbin_reg(outcome float8, covariates float8[], exposure float8) (
  SFUNC = tmap.regression_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.negbin_reg_final,
  COMBINEFUNC = tmap.regression_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.negbin_reg(float8, float8[], float8) IS 'Negative binomial regression (NB2) of a count on covariates, log link, variance mu + mu²/theta, theta by maximum likelihood together with the coefficients (Lawless 1987). Ratios are rate ratios. outcome: whole count from 0 up; exposure: population, expected events or time at risk; its logarithm is the offset. An intercept is added. Rows with exposure 0 or a missing, NaN or infinite value are left out and counted in n_dropped; no rows give NULL. Errors: 22023 outcome negative or not whole, 2202E covariates not one-dimensional or of differing number, 54000 more than 256 covariates or 1 GB of rows.';

CREATE AGGREGATE tmap.negbin_reg(outcome float8, covariates float8[], exposure float8, weight float8, cluster bigint, intercept boolean) (
  SFUNC = tmap.regression_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.negbin_reg_final,
  COMBINEFUNC = tmap.regression_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.negbin_reg(float8, float8[], float8, float8, bigint, boolean) IS 'Negative binomial regression (NB2) of a count on covariates, log link, variance mu + mu²/theta, theta by maximum likelihood together with the coefficients (Lawless 1987). Ratios are rate ratios. outcome: whole count from 0 up; exposure: population, expected events or time at risk; its logarithm is the offset; weight: a row of weight 2 counts as two in the likelihood and as one row in n; cluster: rows of one cluster may be correlated, NULL is a row alone; intercept: add one, the same in all rows. Rows with exposure or weight 0 or a missing, NaN or infinite value are left out and counted in n_dropped; no rows give NULL. Errors: 22023 outcome negative or not whole, 2202E covariates not one-dimensional or of differing number, 54000 more than 256 covariates or 1 GB of rows, 22004 intercept NULL.';

CREATE FUNCTION tmap.coefficients(fit tmap.regression_fit, confidence float8 DEFAULT 0.95, se_type text DEFAULT 'model', names text[] DEFAULT '{}',
  OUT term integer, OUT name text, OUT estimate float8, OUT se float8, OUT z float8, OUT p float8, OUT lower float8, OUT upper float8,
  OUT ratio float8, OUT ratio_lower float8, OUT ratio_upper float8, OUT status text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'tmap_coefficients' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 10;
COMMENT ON FUNCTION tmap.coefficients(tmap.regression_fit, float8, text, text[]) IS 'The coefficients of a fit as rows: term 0 is the intercept, 1 … the covariates; Wald''s z = estimate / se, two-sided p of the normal, limits estimate ∓ z se; ratio: exp of estimate and limits (rate ratio; odds ratio of a logistic fit). se_type: model; quasi (model × Pearson''s dispersion, McCullagh & Nelder 1989; p and limits by Student''s t on the residual degrees of freedom, since the dispersion is estimated); hc0 (White 1980), hc1 (hc0 × n / (n - p)), hc3 (MacKinnon & White 1985), stata (hc0 × n / (n - 1)); cluster (Liang & Zeger 1986 × G / (G - 1)), cluster_cr0 (without factor), cluster_cr1 (cluster × (n - 1) / (n - p)). status: the fit''s, or aliased for a column that depends on earlier ones. NULL where no estimate or no such error exists (hc3: a row with hat value 1; cluster: no clusters given). No rows for a NULL argument. Errors: 22023 unknown se_type or confidence outside (0.5, 1), 2202E names not as many as covariates.';

CREATE FUNCTION tmap.fit_summary(fit tmap.regression_fit,
  OUT model text, OUT status text, OUT n bigint, OUT n_dropped bigint, OUT n_estimates integer, OUT n_aliased integer, OUT df_residual bigint, OUT clusters bigint,
  OUT log_likelihood float8, OUT aic float8, OUT deviance float8, OUT null_deviance float8, OUT pearson_chi2 float8, OUT dispersion float8,
  OUT theta float8, OUT theta_se float8, OUT iterations integer) RETURNS record
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
BEGIN ATOMIC
  SELECT (fit).model, (fit).status, (fit).n, (fit).n_dropped, (fit).n_estimates, cardinality((fit).estimates) - (fit).n_estimates,
         (fit).n - (fit).n_estimates, (fit).clusters, (fit).log_likelihood,
         -2 * (fit).log_likelihood + 2 * ((fit).n_estimates + CASE (fit).model WHEN 'negbin' THEN 1 ELSE 0 END),
         (fit).deviance, (fit).null_deviance, (fit).pearson_chi2, (fit).pearson_chi2 / nullif((fit).n - (fit).n_estimates, 0),
         (fit).theta, (fit).theta_se, (fit).iterations;
END;
COMMENT ON FUNCTION tmap.fit_summary(tmap.regression_fit) IS 'One row on a fit: rows used and left out; estimates, columns that depend on others, residual degrees of freedom n - n_estimates; clusters; log-likelihood with all constants; aic = -2 log-likelihood + 2 (estimates + 1 for theta); deviance, and that of the intercept alone (theta as fitted; without intercept: of the exposure alone); Pearson''s chi² and dispersion chi² / df; theta with its standard error at the fitted means; Newton steps. NULL where no estimates exist. NULL for NULL.';
