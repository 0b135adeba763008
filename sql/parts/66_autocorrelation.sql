-- Global spatial autocorrelation: is the map a pattern, or would chance draw it as well? Aggregates over areas, one row each.
--
-- The state holds 64 bytes an area and 8 or 16 a neighbour, at most 1 GB a group, in the form of the aggregates of part 52. Areas are put in the order of
-- their ids first: the same rows give the same bits in any order, under any plan, with any number of workers.

CREATE TYPE tmap.autocorrelation AS (
  n bigint, islands bigint, links bigint, left_out bigint, value float8, expectation float8,
  variance_normality float8, z_normality float8, p_normality float8, variance_randomisation float8, z_randomisation float8, p_randomisation float8,
  p_greater float8, p_less float8, p_two float8
);
COMMENT ON TYPE tmap.autocorrelation IS 'A global statistic of spatial autocorrelation over n areas; NULL where undefined. islands: areas without a link in either direction, out of n unless they were kept; links: directed; left_out: rows with a NULL. value: the statistic; expectation: under the null. variance, z, p: with values from a normal distribution (normality) or dealt to the areas at random (randomisation, from 4 areas on); p two-sided; z above 0 means that neighbours are alike, for Geary''s C too. p_greater, p_less: (r + 1) / (M + 1), r of M permutations with a value as large or larger, as small or smaller; p_two: twice the smaller, at most 1; NULL without permutations.';

CREATE FUNCTION tmap.areas_step(state internal, value float8, id integer, neighbours integer[]) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_areas_value_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.areas_step(internal, float8, integer, integer[]) IS 'Transition function of moran, geary and getis_ord_g: holds one more area.';

CREATE FUNCTION tmap.areas_step(state internal, value float8, id integer, neighbours integer[], weights float8[]) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_areas_value_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.areas_step(internal, float8, integer, integer[], float8[]) IS 'Transition function of moran, geary and getis_ord_g: holds one more area.';

CREATE FUNCTION tmap.areas_step(state internal, value float8, id integer, neighbours integer[], weights float8[], permutations integer, seed bigint) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_areas_value_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.areas_step(internal, float8, integer, integer[], float8[], integer, bigint) IS 'Transition function of moran, geary and getis_ord_g: holds one more area.';

CREATE FUNCTION tmap.areas_step(state internal, value float8, id integer, neighbours integer[], weights float8[], permutations integer, seed bigint, keep_islands boolean) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_areas_value_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.areas_step(internal, float8, integer, integer[], float8[], integer, bigint, boolean) IS 'Transition function of moran, geary and getis_ord_g: holds one more area.';

CREATE FUNCTION tmap.areas_step(state internal, x float8, y float8, id integer, neighbours integer[]) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_areas_pair_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.areas_step(internal, float8, float8, integer, integer[]) IS 'Transition function of moran_bivariate: holds one more area.';

CREATE FUNCTION tmap.areas_step(state internal, x float8, y float8, id integer, neighbours integer[], weights float8[]) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_areas_pair_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.areas_step(internal, float8, float8, integer, integer[], float8[]) IS 'Transition function of moran_bivariate: holds one more area.';

CREATE FUNCTION tmap.areas_step(state internal, x float8, y float8, id integer, neighbours integer[], weights float8[], permutations integer, seed bigint) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_areas_pair_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.areas_step(internal, float8, float8, integer, integer[], float8[], integer, bigint) IS 'Transition function of moran_bivariate: holds one more area.';

CREATE FUNCTION tmap.areas_step(state internal, events bigint, population float8, id integer, neighbours integer[]) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_areas_rate_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.areas_step(internal, bigint, float8, integer, integer[]) IS 'Transition function of moran_rate: holds one more area.';

CREATE FUNCTION tmap.areas_step(state internal, events bigint, population float8, id integer, neighbours integer[], weights float8[]) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_areas_rate_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.areas_step(internal, bigint, float8, integer, integer[], float8[]) IS 'Transition function of moran_rate: holds one more area.';

CREATE FUNCTION tmap.areas_step(state internal, events bigint, population float8, id integer, neighbours integer[], weights float8[], permutations integer, seed bigint) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_areas_rate_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.areas_step(internal, bigint, float8, integer, integer[], float8[], integer, bigint) IS 'Transition function of moran_rate: holds one more area.';

CREATE FUNCTION tmap.areas_step(state internal, value float8, id integer, neighbours integer[], orders integer) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_areas_orders_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.areas_step(internal, float8, integer, integer[], integer) IS 'Transition function of correlogram: holds one more area.';

CREATE FUNCTION tmap.moran_final(internal) RETURNS tmap.autocorrelation
AS 'MODULE_PATHNAME', 'tmap_moran_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.moran_final(internal) IS 'Final function of moran.';

CREATE FUNCTION tmap.geary_final(internal) RETURNS tmap.autocorrelation
AS 'MODULE_PATHNAME', 'tmap_geary_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.geary_final(internal) IS 'Final function of geary.';

CREATE FUNCTION tmap.getis_ord_g_final(internal) RETURNS tmap.autocorrelation
AS 'MODULE_PATHNAME', 'tmap_getis_ord_g_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.getis_ord_g_final(internal) IS 'Final function of getis_ord_g.';

CREATE FUNCTION tmap.moran_rate_final(internal) RETURNS tmap.autocorrelation
AS 'MODULE_PATHNAME', 'tmap_moran_rate_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.moran_rate_final(internal) IS 'Final function of moran_rate.';

CREATE FUNCTION tmap.moran_bivariate_final(internal) RETURNS tmap.autocorrelation
AS 'MODULE_PATHNAME', 'tmap_moran_bivariate_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.moran_bivariate_final(internal) IS 'Final function of moran_bivariate.';

CREATE FUNCTION tmap.correlogram_final(internal) RETURNS tmap.autocorrelation[]
AS 'MODULE_PATHNAME', 'tmap_correlogram_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.correlogram_final(internal) IS 'Final function of correlogram.';

CREATE AGGREGATE tmap.moran(value float8, id integer, neighbours integer[]) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.moran_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.moran(float8, integer, integer[]) IS
'Moran''s I = n / S0 × Σ w_ij z_i z_j / Σ z², z the values less their mean, as tmap.autocorrelation: near -1 / (n - 1) without a pattern, above it where neighbours are alike.
A row is an area: id; neighbours: ids of others of the group. Without weights those of an area share 1 (style W). One group is one map: GROUP BY year, indicator.
Areas with a NULL are left out and counted, links to them and to ids that are no row are passed over. Islands are out of n, mean and variance. No rows give NULL; equal values, one area or no links NULL with the counts. Errors: 22003 value not finite; 22004 a NULL in an array; 22023 two rows with one id, an area its own neighbour or a neighbour twice; 54000 more than 1 GB of rows.
Sources: Moran 1950, Biometrika 37:17-23; moments: Cliff and Ord 1981, Spatial Processes, eqs. 2.11, 2.24, 2.31.';

CREATE AGGREGATE tmap.moran(value float8, id integer, neighbours integer[], weights float8[]) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.moran_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.moran(float8, integer, integer[], float8[]) IS
'As tmap.moran of areas without weights. The same with weights, one for each neighbour and used as they are (tmap.weights_style brings them to a style). NULL in all rows: as without. Errors beside: 2202E not as many weights as neighbours; 22004 weights in some rows only; 22023 a weight negative or not finite.';

CREATE AGGREGATE tmap.moran(value float8, id integer, neighbours integer[], weights float8[], permutations integer, seed bigint) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.moran_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.moran(float8, integer, integer[], float8[], integer, bigint) IS
'As tmap.moran of areas without weights. The same with permutations (0 to 9999999) of all values and a seed: the same answer anywhere. weights may be NULL in all rows. Values within 1e-9 count as equal. Errors beside: 22004 permutations or seed NULL; 22023 permutations out of range, or different between rows.';

CREATE AGGREGATE tmap.moran(value float8, id integer, neighbours integer[], weights float8[], permutations integer, seed bigint, keep_islands boolean) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.moran_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.moran(float8, integer, integer[], float8[], integer, bigint, boolean) IS
'As tmap.moran of areas without weights. The same with islands kept in n, mean, variance and permutations when keep_islands is true, which makes the statistic differ by how many there are.';

CREATE AGGREGATE tmap.geary(value float8, id integer, neighbours integer[]) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.geary_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.geary(float8, integer, integer[]) IS
'Geary''s C = (n - 1) / (2 S0) × Σ w_ij (x_i - x_j)² / Σ z², as tmap.autocorrelation: 1 without a pattern, below it where neighbours are alike (z is then above 0, p_less the p of likeness).
A row is an area: id; neighbours: ids of others of the group. Without weights those of an area share 1 (style W). One group is one map: GROUP BY year, indicator.
Areas with a NULL are left out and counted, links to them and to ids that are no row are passed over. Islands are out of n, mean and variance. No rows give NULL; equal values, one area or no links NULL with the counts. Errors: 22003 value not finite; 22004 a NULL in an array; 22023 two rows with one id, an area its own neighbour or a neighbour twice; 54000 more than 1 GB of rows.
Sources: Geary 1954, The Incorporated Statistician 5:115-145; moments: Cliff and Ord 1981, Spatial Processes, eqs. 2.12, 2.26, 2.32.';

CREATE AGGREGATE tmap.geary(value float8, id integer, neighbours integer[], weights float8[]) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.geary_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.geary(float8, integer, integer[], float8[]) IS
'As tmap.geary of areas without weights. The same with weights, one for each neighbour and used as they are (tmap.weights_style brings them to a style). NULL in all rows: as without. Errors beside: 2202E not as many weights as neighbours; 22004 weights in some rows only; 22023 a weight negative or not finite.';

CREATE AGGREGATE tmap.geary(value float8, id integer, neighbours integer[], weights float8[], permutations integer, seed bigint) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.geary_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.geary(float8, integer, integer[], float8[], integer, bigint) IS
'As tmap.geary of areas without weights. The same with permutations (0 to 9999999) of all values and a seed: the same answer anywhere. weights may be NULL in all rows. Values within 1e-9 count as equal. Errors beside: 22004 permutations or seed NULL; 22023 permutations out of range, or different between rows.';

CREATE AGGREGATE tmap.geary(value float8, id integer, neighbours integer[], weights float8[], permutations integer, seed bigint, keep_islands boolean) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.geary_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.geary(float8, integer, integer[], float8[], integer, bigint, boolean) IS
'As tmap.geary of areas without weights. The same with islands kept in n, mean, variance and permutations when keep_islands is true, which makes the statistic differ by how many there are.';

CREATE AGGREGATE tmap.getis_ord_g(value float8, id integer, neighbours integer[]) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.getis_ord_g_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.getis_ord_g(float8, integer, integer[]) IS
'Getis and Ord''s general G = Σ w_ij x_i x_j / Σ_(i≠j) x_i x_j, as tmap.autocorrelation (randomisation alone): above its expectation S0 / (n (n - 1)) where high values lie together, below where low ones do. Values have a natural zero and are not negative (error 22023).
A row is an area: id; neighbours: ids of others of the group. Without weights those of an area share 1 (style W). One group is one map: GROUP BY year, indicator.
Areas with a NULL are left out and counted, links to them and to ids that are no row are passed over. Islands are out of n, mean and variance. No rows give NULL; equal values, one area or no links NULL with the counts. Errors: 22003 value not finite; 22004 a NULL in an array; 22023 two rows with one id, an area its own neighbour or a neighbour twice; 54000 more than 1 GB of rows.
Source: Getis and Ord 1992, Geographical Analysis 24:189-206, eqs. 5-8.';

CREATE AGGREGATE tmap.getis_ord_g(value float8, id integer, neighbours integer[], weights float8[]) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.getis_ord_g_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.getis_ord_g(float8, integer, integer[], float8[]) IS
'As tmap.getis_ord_g of areas without weights. The same with weights, one for each neighbour and used as they are (tmap.weights_style brings them to a style). NULL in all rows: as without. Errors beside: 2202E not as many weights as neighbours; 22004 weights in some rows only; 22023 a weight negative or not finite.';

CREATE AGGREGATE tmap.getis_ord_g(value float8, id integer, neighbours integer[], weights float8[], permutations integer, seed bigint) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.getis_ord_g_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.getis_ord_g(float8, integer, integer[], float8[], integer, bigint) IS
'As tmap.getis_ord_g of areas without weights. The same with permutations (0 to 9999999) of all values and a seed: the same answer anywhere. weights may be NULL in all rows. Values within 1e-9 count as equal. Errors beside: 22004 permutations or seed NULL; 22023 permutations out of range, or different between rows.';

CREATE AGGREGATE tmap.getis_ord_g(value float8, id integer, neighbours integer[], weights float8[], permutations integer, seed bigint, keep_islands boolean) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.getis_ord_g_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.getis_ord_g(float8, integer, integer[], float8[], integer, bigint, boolean) IS
'As tmap.getis_ord_g of areas without weights. The same with islands kept in n, mean, variance and permutations when keep_islands is true, which makes the statistic differ by how many there are.';

CREATE AGGREGATE tmap.moran_rate(events bigint, population float8, id integer, neighbours integer[]) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.moran_rate_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.moran_rate(bigint, float8, integer, integer[]) IS
'Moran''s I of rates as tmap.autocorrelation, allowing for areas of unequal population: each rate less the overall one, over the standard deviation that an area of its population is expected to have, z_i = (p_i - b) / √(a + b / n_i) (b / n_i alone where that is not above 0).
events: number; population: people, person-time or expected events; an area without is left out. The moments take the z_i as exchangeable. Without any event the value is NULL. Errors: 22023 negative numbers, events without population.
A row is an area: id; neighbours: ids of others of the group. Without weights those of an area share 1 (style W). One group is one map: GROUP BY year, indicator.
Areas with a NULL are left out and counted, links to them and to ids that are no row are passed over. Islands are out of n, mean and variance. No rows give NULL; equal values, one area or no links NULL with the counts. Errors: 22003 value not finite; 22004 a NULL in an array; 22023 two rows with one id, an area its own neighbour or a neighbour twice; 54000 more than 1 GB of rows.
Source: Assunção and Reis 1999, Stat Med 18:2147-2162.';

CREATE AGGREGATE tmap.moran_rate(events bigint, population float8, id integer, neighbours integer[], weights float8[]) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.moran_rate_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.moran_rate(bigint, float8, integer, integer[], float8[]) IS
'As tmap.moran_rate of areas without weights. The same with weights, one for each neighbour and used as they are (tmap.weights_style brings them to a style). NULL in all rows: as without. Errors beside: 2202E not as many weights as neighbours; 22004 weights in some rows only; 22023 a weight negative or not finite.';

CREATE AGGREGATE tmap.moran_rate(events bigint, population float8, id integer, neighbours integer[], weights float8[], permutations integer, seed bigint) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.moran_rate_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.moran_rate(bigint, float8, integer, integer[], float8[], integer, bigint) IS
'As tmap.moran_rate of areas without weights. The same with permutations (0 to 9999999) of all values and a seed: the same answer anywhere. weights may be NULL in all rows. Values within 1e-9 count as equal. Errors beside: 22004 permutations or seed NULL; 22023 permutations out of range, or different between rows.';

CREATE AGGREGATE tmap.moran_bivariate(x float8, y float8, id integer, neighbours integer[]) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.moran_bivariate_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.moran_bivariate(float8, float8, integer, integer[]) IS
'Bivariate Moran''s I = Σ w_ij zx_i zy_j / S0, the standardised x of areas against the standardised y of their neighbours (n below), as tmap.autocorrelation. Null: x stays, y is dealt to the areas at random; variance_randomisation is exact, normality NULL. It holds the correlation of x and y in the same area too, in so far as y is autocorrelated.
A row is an area: id; neighbours: ids of others of the group. Without weights those of an area share 1 (style W). One group is one map: GROUP BY year, indicator.
Areas with a NULL are left out and counted, links to them and to ids that are no row are passed over. Islands are out of n, mean and variance. No rows give NULL; equal values, one area or no links NULL with the counts. Errors: 22003 value not finite; 22004 a NULL in an array; 22023 two rows with one id, an area its own neighbour or a neighbour twice; 54000 more than 1 GB of rows.
Sources: Wartenberg 1985, Geographical Analysis 17:263-283; Lee 2001, J Geogr Syst 3:369-385; variance: Hoeffding 1951, Ann Math Stat 22:558-566.';

CREATE AGGREGATE tmap.moran_bivariate(x float8, y float8, id integer, neighbours integer[], weights float8[]) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.moran_bivariate_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.moran_bivariate(float8, float8, integer, integer[], float8[]) IS
'As tmap.moran_bivariate of areas without weights. The same with weights, one for each neighbour and used as they are (tmap.weights_style brings them to a style). NULL in all rows: as without. Errors beside: 2202E not as many weights as neighbours; 22004 weights in some rows only; 22023 a weight negative or not finite.';

CREATE AGGREGATE tmap.moran_bivariate(x float8, y float8, id integer, neighbours integer[], weights float8[], permutations integer, seed bigint) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.moran_bivariate_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.moran_bivariate(float8, float8, integer, integer[], float8[], integer, bigint) IS
'As tmap.moran_bivariate of areas without weights. The same with permutations (0 to 9999999) of all values and a seed: the same answer anywhere. weights may be NULL in all rows. Values within 1e-9 count as equal. Errors beside: 22004 permutations or seed NULL; 22023 permutations out of range, or different between rows.';

CREATE AGGREGATE tmap.correlogram(value float8, id integer, neighbours integer[], orders integer) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.correlogram_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.correlogram(float8, integer, integer[], integer) IS
'Moran''s I by order of neighbours: an array of tmap.autocorrelation, the first of the neighbours given, the next of their neighbours that are not nearer, and so on to orders (1 to 100). Weights are of style W. Areas without neighbours of an order are islands of that order and out of its n, mean and variance. How far a pattern reaches. Other arguments, NULLs and errors: as tmap.moran; 22004 orders NULL; 22023 orders out of range or different between rows. Source: Cliff and Ord 1981, Spatial Processes, section 5.3.';
