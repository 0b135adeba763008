-- Inequality of a value over people, and against a rank such as deprivation.

CREATE FUNCTION tmap.columns_step(state internal, value float8) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_columns_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.columns_step(internal, float8) IS 'Transition function of the inequality aggregates: holds one more value.';

CREATE FUNCTION tmap.columns_step(state internal, value float8, weight float8) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_columns_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.columns_step(internal, float8, float8) IS 'Transition function of the inequality aggregates: holds one more row of two numbers.';

CREATE FUNCTION tmap.columns_step(state internal, value float8, weight float8, argument float8) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_columns_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.columns_step(internal, float8, float8, float8) IS 'Transition function of the inequality aggregates: holds one more row of three numbers.';

CREATE FUNCTION tmap.columns_step(state internal, value float8, weight float8, rank float8, confidence float8, lower_bound float8, upper_bound float8) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_columns_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.columns_step(internal, float8, float8, float8, float8, float8, float8) IS 'Transition function of concentration: holds one more row of six numbers.';

CREATE FUNCTION tmap.theil_step(state internal, value float8, group_name text) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_theil_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.theil_step(internal, float8, text) IS 'Transition function of theil: holds one more value and its group.';

CREATE FUNCTION tmap.theil_step(state internal, value float8, weight float8, group_name text) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_theil_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.theil_step(internal, float8, float8, text) IS 'Transition function of theil: holds one more value, its weight and its group.';

CREATE FUNCTION tmap.gradient_step(state internal, value float8, rank float8) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_gradient_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.gradient_step(internal, float8, float8) IS 'Transition function of the unweighted indices against a rank.';

CREATE FUNCTION tmap.gradient_step(state internal, value float8, weight float8, rank float8, se float8) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_gradient_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.gradient_step(internal, float8, float8, float8, float8) IS 'Transition function of gradient with standard errors.';

CREATE FUNCTION tmap.gradient_step(state internal, value float8, weight float8, rank float8, se float8, confidence float8) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_gradient_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.gradient_step(internal, float8, float8, float8, float8, float8) IS 'Transition function of gradient with standard errors and confidence.';

CREATE TYPE tmap.inequality_summary AS (
  n bigint, n_left_out bigint, weight float8, mean float8, gini float8, gini_corrected float8, hoover float8, theil_t float8, theil_l float8
);
COMMENT ON TYPE tmap.inequality_summary IS 'Inequality of a value, see tmap.gini, tmap.hoover, tmap.theil_t and tmap.theil_l. n: rows used; n_left_out: rows with a NULL or weight 0; weight: their total; mean: weighted; gini_corrected: gini × n / (n - 1) (Deltas 2003), unweighted only, for the rows of a sample: NULL with weights, for people are not sampled by row.';

CREATE TYPE tmap.theil_summary AS (
  n bigint, n_left_out bigint, groups bigint, theil_t float8, theil_t_between float8, theil_t_within float8, theil_l float8, theil_l_between float8, theil_l_within float8
);
COMMENT ON TYPE tmap.theil_summary IS 'Theil''s indices and their exact parts between and within groups (Shorrocks 1980), see tmap.theil. between: the index of the groups'' means; within: the mean of the groups'' own indices, weighted by their share of the total (T) or of the people (L).';

CREATE TYPE tmap.concentration_summary AS (
  n bigint, n_left_out bigint, mean float8, concentration_index float8, se float8, lower float8, upper float8, erreygers float8, wagstaff float8
);
COMMENT ON TYPE tmap.concentration_summary IS 'A concentration index, see tmap.concentration. se and limits: NULL with one row; erreygers, wagstaff: the indices for a value between two bounds, which do not depend on whether presence or absence is counted, NULL where the bounds or the mean leave no room.';

CREATE TYPE tmap.gradient_summary AS (
  n bigint, n_left_out bigint, intercept float8, sii float8, sii_se float8, sii_lower float8, sii_upper float8, p float8, rii float8, rii_lower float8, rii_upper float8, df bigint
);
COMMENT ON TYPE tmap.gradient_summary IS 'The line of a value on the rank, see tmap.gradient. intercept: its height at the lowest rank; sii: slope index of inequality, the height at the highest rank less that; p: two-sided, of no slope; rii: relative index, the two heights'' quotient, NULL when the intercept is not above 0; rii_lower, rii_upper: NULL when the intercept is not clearly above 0; df: residual degrees of freedom, NULL when the limits come from given standard errors.';

CREATE FUNCTION tmap.gini_final(internal) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_gini_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.gini_final(internal) IS 'Final function of gini.';

CREATE AGGREGATE tmap.gini(value float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.gini_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.gini(float8) IS
'Gini''s coefficient of a value from 0 up, 0 (all equal) to 1, each row counting once. Half the mean absolute difference between two people, each drawn from all, over the mean; not multiplied by n / (n - 1), for that see tmap.inequality.
NULLs are left out; NULL without rows or when all values are 0. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, 54000 more than 1 GB of rows.
Source: Gini 1912, Variabilità e mutabilità; Lerman and Yitzhaki 1989, J Econometrics 42:43-47 (weights).';

CREATE AGGREGATE tmap.gini(value float8, weight float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.gini_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.gini(float8, float8) IS
'Gini''s coefficient of a value from 0 up, 0 (all equal) to 1 over people: weight is how many a row stands for; ties count exactly, a row of weight 2 is two rows of weight 1. Half the mean absolute difference between two people, each drawn from all, over the mean; not multiplied by n / (n - 1), for that see tmap.inequality.
Rows with a NULL or weight 0 are left out; NULL without rows or when all values are 0. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, 54000 more than 1 GB of rows.
Source: Gini 1912, Variabilità e mutabilità; Lerman and Yitzhaki 1989, J Econometrics 42:43-47 (weights).';

CREATE FUNCTION tmap.hoover_final(internal) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_hoover_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.hoover_final(internal) IS 'Final function of hoover.';

CREATE AGGREGATE tmap.hoover(value float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.hoover_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.hoover(float8) IS
'Hoover''s (Robin Hood, Pietra) index of a value from 0 up, 0 to 1, each row counting once. The share of the total that would have to move to make all equal: half the mean of |value / mean - 1|.
NULLs are left out; NULL without rows or when all values are 0. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, 54000 more than 1 GB of rows.
Source: Hoover 1936, Rev Econ Stat 18:162-171.';

CREATE AGGREGATE tmap.hoover(value float8, weight float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.hoover_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.hoover(float8, float8) IS
'Hoover''s (Robin Hood, Pietra) index of a value from 0 up, 0 to 1 over people: weight is how many a row stands for; ties count exactly, a row of weight 2 is two rows of weight 1. The share of the total that would have to move to make all equal: half the mean of |value / mean - 1|.
Rows with a NULL or weight 0 are left out; NULL without rows or when all values are 0. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, 54000 more than 1 GB of rows.
Source: Hoover 1936, Rev Econ Stat 18:162-171.';

CREATE FUNCTION tmap.theil_t_final(internal) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_theil_t_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.theil_t_final(internal) IS 'Final function of theil_t.';

CREATE AGGREGATE tmap.theil_t(value float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.theil_t_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.theil_t(float8) IS
'Theil''s T of a value from 0 up, 0 to ln n, each row counting once. Mean of r ln r, r = value / mean, 0 ln 0 = 0: zeros count, they are not dropped.
NULLs are left out; NULL without rows or when all values are 0. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, 54000 more than 1 GB of rows.
Source: Theil 1967, Economics and Information Theory.';

CREATE AGGREGATE tmap.theil_t(value float8, weight float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.theil_t_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.theil_t(float8, float8) IS
'Theil''s T of a value from 0 up, 0 to ln n over people: weight is how many a row stands for; ties count exactly, a row of weight 2 is two rows of weight 1. Mean of r ln r, r = value / mean, 0 ln 0 = 0: zeros count, they are not dropped.
Rows with a NULL or weight 0 are left out; NULL without rows or when all values are 0. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, 54000 more than 1 GB of rows.
Source: Theil 1967, Economics and Information Theory.';

CREATE FUNCTION tmap.theil_l_final(internal) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_theil_l_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.theil_l_final(internal) IS 'Final function of theil_l.';

CREATE AGGREGATE tmap.theil_l(value float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.theil_l_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.theil_l(float8) IS
'Theil''s L (mean logarithmic deviation) of a value, from 0 up, each row counting once. Mean of - ln r, r = value / mean.
NULLs are left out; NULL without rows or when all values are 0, and when a value is 0, for there the index is infinite. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, 54000 more than 1 GB of rows.
Source: Theil 1967, Economics and Information Theory.';

CREATE AGGREGATE tmap.theil_l(value float8, weight float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.theil_l_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.theil_l(float8, float8) IS
'Theil''s L (mean logarithmic deviation) of a value, from 0 up over people: weight is how many a row stands for; ties count exactly, a row of weight 2 is two rows of weight 1. Mean of - ln r, r = value / mean.
Rows with a NULL or weight 0 are left out; NULL without rows or when all values are 0, and when a value is 0, for there the index is infinite. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, 54000 more than 1 GB of rows.
Source: Theil 1967, Economics and Information Theory.';

CREATE FUNCTION tmap.atkinson_final(internal) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_atkinson_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.atkinson_final(internal) IS 'Final function of atkinson.';

CREATE AGGREGATE tmap.atkinson(value float8, epsilon float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.atkinson_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.atkinson(float8, float8) IS
'Atkinson''s index of a value from 0 up, 0 to 1, each row counting once. 1 - (mean of r^(1 - epsilon))^(1 / (1 - epsilon)), r = value / mean; 1 - geometric mean of r when epsilon is 1. epsilon: aversion to inequality, from 0 up, the same in every row.
NULLs are left out; NULL without rows or when all values are 0, and when epsilon is 1 or more and a value is 0. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, epsilon negative or not the same in all rows, 54000 more than 1 GB of rows.
Source: Atkinson 1970, J Econ Theory 2:244-263.';

CREATE AGGREGATE tmap.atkinson(value float8, weight float8, epsilon float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.atkinson_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.atkinson(float8, float8, float8) IS
'Atkinson''s index of a value from 0 up, 0 to 1 over people: weight is how many a row stands for; ties count exactly, a row of weight 2 is two rows of weight 1. 1 - (mean of r^(1 - epsilon))^(1 / (1 - epsilon)), r = value / mean; 1 - geometric mean of r when epsilon is 1. epsilon: aversion to inequality, from 0 up, the same in every row.
Rows with a NULL or weight 0 are left out; NULL without rows or when all values are 0, and when epsilon is 1 or more and a value is 0. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, epsilon negative or not the same in all rows, 54000 more than 1 GB of rows.
Source: Atkinson 1970, J Econ Theory 2:244-263.';

CREATE FUNCTION tmap.lorenz_final(internal) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_lorenz_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.lorenz_final(internal) IS 'Final function of lorenz.';

CREATE AGGREGATE tmap.lorenz(value float8, share float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.lorenz_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.lorenz(float8, float8) IS
'Point of Lorenz''s curve of a value from 0 up: the share of the total that belongs to the given share of people with the lowest values, each row counting once. share: 0 to 1, the same in every row; linear between rows.
NULLs are left out; NULL without rows or when all values are 0. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, share not the same in all rows, 22003 share outside 0..1, 54000 more than 1 GB of rows.
Source: Lorenz 1905, Publ Am Stat Assoc 9:209-219.';

CREATE AGGREGATE tmap.lorenz(value float8, weight float8, share float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.lorenz_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.lorenz(float8, float8, float8) IS
'Point of Lorenz''s curve of a value from 0 up: the share of the total that belongs to the given share of people with the lowest values over people: weight is how many a row stands for; ties count exactly, a row of weight 2 is two rows of weight 1. share: 0 to 1, the same in every row; linear between rows.
Rows with a NULL or weight 0 are left out; NULL without rows or when all values are 0. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, share not the same in all rows, 22003 share outside 0..1, 54000 more than 1 GB of rows.
Source: Lorenz 1905, Publ Am Stat Assoc 9:209-219.';

CREATE FUNCTION tmap.inequality_final(internal) RETURNS tmap.inequality_summary
AS 'MODULE_PATHNAME', 'tmap_inequality_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.inequality_final(internal) IS 'Final function of inequality.';

CREATE AGGREGATE tmap.inequality(value float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.inequality_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.inequality(float8) IS
'Mean, Gini, Hoover, Theil''s T and L of a value from 0 up, each row counting once, as tmap.inequality_summary.
NULLs are left out and counted; NULL without any row. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, 54000 more than 1 GB of rows.';

CREATE AGGREGATE tmap.inequality(value float8, weight float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.inequality_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.inequality(float8, float8) IS
'Mean, Gini, Hoover, Theil''s T and L of a value from 0 up over people, as tmap.inequality_summary. weight: people a row stands for.
Rows with a NULL or weight 0 are left out and counted; NULL without any row. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, 54000 more than 1 GB of rows.';

CREATE FUNCTION tmap.theil_final(internal) RETURNS tmap.theil_summary
AS 'MODULE_PATHNAME', 'tmap_theil_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.theil_final(internal) IS 'Final function of theil.';

CREATE AGGREGATE tmap.theil(value float8, group_name text) (
  SFUNC = tmap.theil_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.theil_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.theil(float8, text) IS
'Theil''s T and L and how much of each lies between groups and within them, as tmap.theil_summary. group_name: what the rows are grouped by, a region for example; compared byte by byte. Each row counts once.
Rows with a NULL are left out and counted; NULL without any row; L is NULL when a value is 0. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, 54000 more than 1 GB of rows.
Source: Shorrocks 1980, Econometrica 48:613-625.';

CREATE AGGREGATE tmap.theil(value float8, weight float8, group_name text) (
  SFUNC = tmap.theil_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.theil_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.theil(float8, float8, text) IS
'Theil''s T and L and how much of each lies between groups and within them, as tmap.theil_summary. group_name: what the rows are grouped by, a region for example; compared byte by byte. weight: people a row stands for.
Rows with a NULL or weight 0 are left out and counted; NULL without any row; L is NULL when a value is 0. Errors: 22003 value not finite or total out of range, 22023 negative value or weight, 54000 more than 1 GB of rows.
Source: Shorrocks 1980, Econometrica 48:613-625.';

CREATE FUNCTION tmap.concentration_index_final(internal) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_concentration_index_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.concentration_index_final(internal) IS 'Final function of concentration_index.';

CREATE AGGREGATE tmap.concentration_index(value float8, rank float8) (
  SFUNC = tmap.gradient_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.concentration_index_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.concentration_index(float8, float8) IS
'Concentration index, each row counting once: 2 cov(value, ridit) / mean, -1 to 1, above 0 when the value is concentrated among the high ranks; ridit: share of people below a row and half its own. rank: any number whose order is that of the people (deprivation rank, income); rows that tie share the middle of what they cover, so that the result does not depend on the order of rows.
Rows with a NULL or weight 0 are left out; NULL without rows, or when the mean is not above 0. Errors: 22003 value not finite or total out of range, 22023 negative weight, 54000 more than 1 GB of rows.
Source: Kakwani, Wagstaff and van Doorslaer 1997, J Econometrics 77:87-103.';

CREATE AGGREGATE tmap.concentration_index(value float8, weight float8, rank float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.concentration_index_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.concentration_index(float8, float8, float8) IS
'Concentration index over people: 2 cov(value, ridit) / mean, -1 to 1, above 0 when the value is concentrated among the high ranks; ridit: share of people below a row and half its own. weight: people a row stands for. rank: any number whose order is that of the people (deprivation rank, income); rows that tie share the middle of what they cover, so that the result does not depend on the order of rows.
Rows with a NULL or weight 0 are left out; NULL without rows, or when the mean is not above 0. Errors: 22003 value not finite or total out of range, 22023 negative weight, 54000 more than 1 GB of rows.
Source: Kakwani, Wagstaff and van Doorslaer 1997, J Econometrics 77:87-103.';

CREATE FUNCTION tmap.concentration_final(internal) RETURNS tmap.concentration_summary
AS 'MODULE_PATHNAME', 'tmap_concentration_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.concentration_final(internal) IS 'Final function of concentration.';

CREATE AGGREGATE tmap.concentration(value float8, weight float8, rank float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.concentration_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.concentration(float8, float8, float8) IS
'Concentration index with standard error and 95 % limits, as tmap.concentration_summary: 2 cov(value, ridit) / mean, -1 to 1, above 0 when the value is concentrated among the high ranks; ridit: share of people below a row and half its own. rank: any number whose order is that of the people (deprivation rank, income); rows that tie share the middle of what they cover, so that the result does not depend on the order of rows. The variance is that paper''s for grouped data whose variance within groups is not known, with as many observations as rows; limits by the normal distribution. Erreygers''s index 4 mean C / (b - a) and Wagstaff''s C mean (b - a) / ((b - mean)(mean - a)) with a and b the least and the greatest value of the data.
Rows with a NULL or weight 0 are left out and counted; NULL without rows at all; indices NULL when the mean is not above 0. Errors: 22003 value not finite or total out of range, 22023 negative weight, 54000 more than 1 GB of rows.
Source: Kakwani, Wagstaff and van Doorslaer 1997, J Econometrics 77:87-103; Erreygers 2009, J Health Econ 28:504-515; Wagstaff 2005, Health Econ 14:429-432.';

CREATE AGGREGATE tmap.concentration(value float8, weight float8, rank float8, confidence float8, lower_bound float8, upper_bound float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.concentration_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.concentration(float8, float8, float8, float8, float8, float8) IS
'The same with the level of the limits and the bounds of the value, each the same in every row: confidence above 0.5 and below 1; lower_bound, upper_bound: what the value can be, 0 and 1 for a proportion. Erreygers''s index 4 mean C / (b - a) and Wagstaff''s C mean (b - a) / ((b - mean)(mean - a)), a and b the bounds.
Rows with a NULL or weight 0 are left out and counted; NULL without rows at all; indices NULL when the mean is not above 0. Errors: 22003 value not finite or total out of range, 22023 negative weight, confidence or bounds out of range, different between rows, value outside its bounds, 54000 more than 1 GB of rows.
Source: Kakwani, Wagstaff and van Doorslaer 1997, J Econometrics 77:87-103; Erreygers 2009, J Health Econ 28:504-515; Wagstaff 2005, Health Econ 14:429-432.';

CREATE FUNCTION tmap.slope_index_final(internal) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_slope_index_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.slope_index_final(internal) IS 'Final function of slope_index.';

CREATE AGGREGATE tmap.slope_index(value float8, rank float8) (
  SFUNC = tmap.gradient_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.slope_index_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.slope_index(float8, float8) IS
'Slope index of inequality, each row counting once: the slope of the least-squares line of the value on the ridit (share of people below a row and half its own), weighted by people: the value at the highest rank, 1, less that at the lowest, 0, in the unit of the value. rank: any number whose order is that of the people (deprivation rank, income); rows that tie share the middle of what they cover, so that the result does not depend on the order of rows.
Rows with a NULL or weight 0 are left out; NULL without rows or when all tie in rank. Errors: 22003 value not finite or total out of range, 22023 negative weight, 54000 more than 1 GB of rows.
Sources: Pamuk 1985, Popul Stud 39:17-31; Mackenbach and Kunst 1997, Soc Sci Med 44:757-771.';

CREATE AGGREGATE tmap.slope_index(value float8, weight float8, rank float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.slope_index_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.slope_index(float8, float8, float8) IS
'Slope index of inequality: the slope of the least-squares line of the value on the ridit (share of people below a row and half its own), weighted by people: the value at the highest rank, 1, less that at the lowest, 0, in the unit of the value. weight: people a row stands for. rank: any number whose order is that of the people (deprivation rank, income); rows that tie share the middle of what they cover, so that the result does not depend on the order of rows.
Rows with a NULL or weight 0 are left out; NULL without rows or when all tie in rank. Errors: 22003 value not finite or total out of range, 22023 negative weight, 54000 more than 1 GB of rows.
Sources: Pamuk 1985, Popul Stud 39:17-31; Mackenbach and Kunst 1997, Soc Sci Med 44:757-771.';

CREATE FUNCTION tmap.relative_index_final(internal) RETURNS float8
AS 'MODULE_PATHNAME', 'tmap_relative_index_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.relative_index_final(internal) IS 'Final function of relative_index.';

CREATE AGGREGATE tmap.relative_index(value float8, rank float8) (
  SFUNC = tmap.gradient_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.relative_index_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.relative_index(float8, float8) IS
'Relative index of inequality, each row counting once: the height at the highest rank over that at the lowest, of the line of tmap.slope_index (not the slope over the mean, which some call so). rank: any number whose order is that of the people (deprivation rank, income); rows that tie share the middle of what they cover, so that the result does not depend on the order of rows.
Rows with a NULL or weight 0 are left out; NULL without rows, when all tie in rank, or when the line is not above 0 at the lowest rank. Errors: 22003 value not finite or total out of range, 22023 negative weight, 54000 more than 1 GB of rows.
Sources: Pamuk 1985, Popul Stud 39:17-31; Mackenbach and Kunst 1997, Soc Sci Med 44:757-771.';

CREATE AGGREGATE tmap.relative_index(value float8, weight float8, rank float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.relative_index_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.relative_index(float8, float8, float8) IS
'Relative index of inequality: the height at the highest rank over that at the lowest, of the line of tmap.slope_index (not the slope over the mean, which some call so). weight: people a row stands for. rank: any number whose order is that of the people (deprivation rank, income); rows that tie share the middle of what they cover, so that the result does not depend on the order of rows.
Rows with a NULL or weight 0 are left out; NULL without rows, when all tie in rank, or when the line is not above 0 at the lowest rank. Errors: 22003 value not finite or total out of range, 22023 negative weight, 54000 more than 1 GB of rows.
Sources: Pamuk 1985, Popul Stud 39:17-31; Mackenbach and Kunst 1997, Soc Sci Med 44:757-771.';

CREATE FUNCTION tmap.gradient_final(internal) RETURNS tmap.gradient_summary
AS 'MODULE_PATHNAME', 'tmap_gradient_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.gradient_final(internal) IS 'Final function of gradient.';

CREATE AGGREGATE tmap.gradient(value float8, weight float8, rank float8) (
  SFUNC = tmap.columns_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.gradient_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.gradient(float8, float8, float8) IS
'Slope and relative index of inequality with 95 % limits, as tmap.gradient_summary: the slope of the least-squares line of the value on the ridit (share of people below a row and half its own), weighted by people: the value at the highest rank, 1, less that at the lowest, 0, in the unit of the value. rank: any number whose order is that of the people (deprivation rank, income); rows that tie share the middle of what they cover, so that the result does not depend on the order of rows. The variance is estimated from the residuals, as inversely proportional to weight, limits are Student''s on n - 2 degrees of freedom; limits of the relative index by Fieller''s theorem.
Rows with a NULL or weight 0 are left out and counted; NULL without rows at all. Errors: 22003 value not finite or total out of range, 22023 negative weight, 54000 more than 1 GB of rows.
Sources: Pamuk 1985, Popul Stud 39:17-31; Mackenbach and Kunst 1997, Soc Sci Med 44:757-771; Fieller 1954, J R Stat Soc B 16:175-185.';

CREATE AGGREGATE tmap.gradient(value float8, weight float8, rank float8, se float8) (
  SFUNC = tmap.gradient_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.gradient_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.gradient(float8, float8, float8, float8) IS
'Slope and relative index of inequality with 95 % limits, as tmap.gradient_summary: the slope of the least-squares line of the value on the ridit (share of people below a row and half its own), weighted by people: the value at the highest rank, 1, less that at the lowest, 0, in the unit of the value. rank: any number whose order is that of the people (deprivation rank, income); rows that tie share the middle of what they cover, so that the result does not depend on the order of rows. se: standard errors of the values, in their unit; with all of them given the variance of the slope is exact, the sum of its squared coefficients times theirs, and limits are normal (other programs draw the values at random 100,000 times for the same limits); with none given it is estimated from the residuals; with some given there are no limits; limits of the relative index by Fieller''s theorem.
Rows with a NULL or weight 0 are left out and counted, but for se; NULL without rows at all. Errors: 22003 value not finite or total out of range, 22023 negative weight or se, 54000 more than 1 GB of rows.
Sources: Pamuk 1985, Popul Stud 39:17-31; Mackenbach and Kunst 1997, Soc Sci Med 44:757-771; Fieller 1954, J R Stat Soc B 16:175-185.';

CREATE AGGREGATE tmap.gradient(value float8, weight float8, rank float8, se float8, confidence float8) (
  SFUNC = tmap.gradient_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.gradient_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.gradient(float8, float8, float8, float8, float8) IS
'The same with the level of the limits, above 0.5 and below 1, the same in every row. se: standard errors of the values, in their unit; with all of them given the variance of the slope is exact, the sum of its squared coefficients times theirs, and limits are normal (other programs draw the values at random 100,000 times for the same limits); with none given it is estimated from the residuals; with some given there are no limits; limits of the relative index by Fieller''s theorem.
Rows with a NULL or weight 0 are left out and counted, but for se; NULL without rows at all. Errors: 22003 value not finite or total out of range, 22023 negative weight or se, confidence out of range or different between rows, 54000 more than 1 GB of rows.
Sources: Pamuk 1985, Popul Stud 39:17-31; Mackenbach and Kunst 1997, Soc Sci Med 44:757-771; Fieller 1954, J R Stat Soc B 16:175-185.';

CREATE FUNCTION tmap.quantile_group(value float8, groups integer, highest_first boolean DEFAULT true) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_quantile_group' LANGUAGE C IMMUTABLE PARALLEL SAFE WINDOW;
COMMENT ON FUNCTION tmap.quantile_group(float8, integer, boolean) IS
'Window function: the quantile group of each row among all rows of its partition, 1 to groups, whatever the frame and the order: floor((rank - 1) groups / n) + 1, the rank being the lowest of those that tie, so that equal values are in one group (a group can be empty; ntile cuts ties apart). groups: 5 for fifths; highest_first: group 1 holds the highest values (the most deprived, when a high value means deprived), false: the lowest. groups and highest_first are taken from the first row of a partition.
NULL for a NULL value, which counts for nothing, and for all when there are fewer values than groups. Errors: 22003 value not finite, 22023 groups not positive.
Source: the quantile groups of Public Health England''s indicators (PHEindicatormethods, phe_quantile).';
