-- The difference between areas as a ratio that can be told: the median rate ratio.

CREATE FUNCTION tmap.median_rate_ratio(variance float8) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_median_rate_ratio' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.median_rate_ratio(float8) IS 'Median rate ratio: the higher over the lower rate of two areas taken at random, its median, when log rates are normal with this variance between areas: exp(sqrt(2 variance) × 0.6745); 1 = no difference. Of a variance of log odds it is the median odds ratio (Larsen & Merlo 2005). Limits of the variance give the limits of the ratio. NULL for NULL. Errors: 22023 negative, NaN or infinite variance; 22003 a result beyond float8.';

CREATE FUNCTION tmap.gamma_median_ratio(theta float8) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_gamma_median_ratio' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.gamma_median_ratio(float8) IS 'Internal: median rate ratio of rates that are gamma with shape theta. Errors: 22023 theta not above 0, 22003 a result beyond float8.';

CREATE FUNCTION tmap.median_rate_ratio(fit tmap.regression_fit) RETURNS float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN (fit).status = 'not overdispersed' THEN 1 WHEN (fit).theta < 'Infinity' THEN tmap.gamma_median_ratio((fit).theta) END;
COMMENT ON FUNCTION tmap.median_rate_ratio(tmap.regression_fit) IS 'Median rate ratio that a negative binomial regression leaves between areas (one row an area) after its covariates: rates are gamma with shape theta, the quotient of two is F(2 theta, 2 theta), the ratio its upper quartile. 1 when the fit is not overdispersed; NULL without theta (other models, no estimates) or for NULL. Source: the definition of Larsen & Merlo 2005 with the gamma distribution of the model (Lawless 1987).';

CREATE FUNCTION tmap.gamma_median_limit(theta float8, theta_se float8, confidence float8, upper boolean) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_gamma_median_limit' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.gamma_median_limit(float8, float8, float8, boolean) IS 'Internal: a limit of tmap.gamma_median_ratio, from the standard error of theta, normal on the log scale. Errors: 22023 confidence outside (0.5, 1), theta not above 0; 22003 a result beyond float8.';

CREATE FUNCTION tmap.median_rate_ratio_lower(fit tmap.regression_fit, confidence float8 DEFAULT 0.95) RETURNS float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN (fit).theta < 'Infinity' THEN tmap.gamma_median_limit((fit).theta, (fit).theta_se, confidence, false) END;
COMMENT ON FUNCTION tmap.median_rate_ratio_lower(tmap.regression_fit, float8) IS 'Lower limit of tmap.median_rate_ratio of a negative binomial fit: that of theta × exp(+ z theta_se / theta), theta taken as normal on the log scale by its standard error (the observed information; Lawless 1987). Rough with few areas. NULL without theta, for a fit that is not overdispersed (theta has no standard error there), or for NULL. Errors: 22023 confidence outside (0.5, 1); 22003 a result beyond float8.';

CREATE FUNCTION tmap.median_rate_ratio_upper(fit tmap.regression_fit, confidence float8 DEFAULT 0.95) RETURNS float8
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN (fit).theta < 'Infinity' THEN tmap.gamma_median_limit((fit).theta, (fit).theta_se, confidence, true) END;
COMMENT ON FUNCTION tmap.median_rate_ratio_upper(tmap.regression_fit, float8) IS 'Upper limit of tmap.median_rate_ratio of a negative binomial fit: that of theta × exp(- z theta_se / theta), theta taken as normal on the log scale by its standard error (the observed information; Lawless 1987). Rough with few areas. NULL without theta, for a fit that is not overdispersed (theta has no standard error there), or for NULL. Errors: 22023 confidence outside (0.5, 1); 22003 a result beyond float8.';
