-- Spatial weights: which areas are neighbours, and how much each counts. Window functions over the areas of a query; a neighbour list is an array of ids, ascending.

CREATE FUNCTION tmap.queen_neighbours(id integer, geom bytea, snap float8 DEFAULT 0) RETURNS integer[]
AS 'MODULE_PATHNAME', 'tmap_queen_neighbours' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.queen_neighbours(integer, bytea, float8) IS 'Window function: ids of the polygons of the partition that touch the current one in at least a point of their borders (queen contiguity), ascending; empty for an island. geom: polygon or multipolygon, a PostGIS geometry (which becomes bytea by itself) or WKB; rings may start anywhere and run either way, parts and holes count as border.
Vertices are matched by their coordinates. Edges that only one ring has are compared by distance, so that borders cut at different vertices (T-junctions) and borders that cross touch too; closer than 1e-12 of the largest coordinate is touching. snap: areas within that distance of each other touch as well, in units of the coordinates. An area inside another that does not reach its border is no neighbour. Polygons are meant not to overlap by more than slivers: where they do, a third one that touches an edge which two share may be missed. One NOTICE tells how many islands lie within 10 m of another area (10 units; 0.00009 degrees where the SRID is in the 4000s, or unknown and all coordinates at most 180), and which snap would join them.
Symmetric. The whole partition is one map, whatever the frame or the order of rows. A row with a NULL gets NULL and is nobody''s neighbour. Memory: 25 to 50 bytes a vertex, 56 more an edge that only one ring has. Errors: 22004 snap NULL; 22023 bytes that are no such geometry, Z or M, different SRIDs, an id twice, snap negative or not the same in all rows; 54000 more than 8388608 rows or 10⁹ vertices.';

CREATE FUNCTION tmap.rook_neighbours(id integer, geom bytea, snap float8 DEFAULT 0) RETURNS integer[]
AS 'MODULE_PATHNAME', 'tmap_rook_neighbours' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.rook_neighbours(integer, bytea, float8) IS 'Window function: ids of the polygons of the partition that share a stretch of border of positive length (rook contiguity), ascending; two separate points in common are none. Edges with the same ends are matched by hash; of the others those count that run along each other, closer than snap, for more than ten times snap or half the shorter edge. Arguments, NULLs, NOTICE, memory and errors: as tmap.queen_neighbours.';

CREATE FUNCTION tmap.nearest_neighbours(id integer, x float8, y float8, k integer, metric text DEFAULT 'plane') RETURNS integer[]
AS 'MODULE_PATHNAME', 'tmap_nearest_neighbours' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.nearest_neighbours(integer, float8, float8, integer, text) IS 'Window function: ids of the k areas of the partition whose points are nearest, ascending; ties by id (the lower is nearer). Fewer where there are not so many. Not symmetric: the nearest of an area need not have it among its own. metric: plane (x, y in any one unit) or sphere (longitude, latitude in degrees).
The whole partition is one map, whatever the frame. A row with a NULL gets NULL and is nobody''s neighbour. k and metric must be the same in all rows of the partition. Memory: 77 bytes a row; at most 8388608 rows. Errors: 22003 coordinates out of range; 22004 k or metric NULL; 22023 numbers not finite, an id twice, k below 1, no such metric; 54000 more rows.';

CREATE FUNCTION tmap.distance_neighbours(id integer, x float8, y float8, within float8, metric text DEFAULT 'plane') RETURNS integer[]
AS 'MODULE_PATHNAME', 'tmap_distance_neighbours' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.distance_neighbours(integer, float8, float8, float8, text) IS 'Window function: ids of the areas of the partition whose points lie within a distance, that distance too, ascending; empty for an island. within: in units of x and y, on the sphere in metres along a great circle (radius 6371008.8 m). Other arguments, NULLs and errors: as tmap.nearest_neighbours; 22023 within negative.';

CREATE FUNCTION tmap.neighbour_distances(id integer, x float8, y float8, neighbours integer[], metric text DEFAULT 'plane') RETURNS float8[]
AS 'MODULE_PATHNAME', 'tmap_neighbour_distances' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.neighbour_distances(integer, float8, float8, integer[], text) IS 'Window function: distance to each of the area''s neighbours, in their order, from which tmap.inverse_distance_weights and tmap.kernel_weights make weights. In units of x and y; metric sphere: metres along a great circle. NULL for a row with a NULL. Errors: 22023 a neighbour that is no row of the partition; others as tmap.nearest_neighbours; 22004 a NULL in the array.';

CREATE FUNCTION tmap.inverse_distance_weights(distances float8[], power float8 DEFAULT 1) RETURNS float8[]
AS 'MODULE_PATHNAME', 'tmap_inverse_distance_weights' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.inverse_distance_weights(float8[], float8) IS 'Weights 1 / distance^power from distances or travel times. NULL when an argument is. Errors: 22004 a NULL in the array; 2202E more than one dimension; 22023 a distance negative, not finite or so small that its inverse is infinite (0), power not above 0.';

CREATE FUNCTION tmap.kernel_weights(distances float8[], bandwidth float8, kernel text DEFAULT 'gaussian') RETURNS float8[]
AS 'MODULE_PATHNAME', 'tmap_kernel_weights' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.kernel_weights(float8[], float8, text) IS 'Weights K(u), u = distance / bandwidth: gaussian exp(-u²/2) / √(2π); uniform 1/2, triangular 1 - u, epanechnikov 3/4 (1 - u²), quartic 15/16 (1 - u²)², these four 0 beyond the bandwidth. A weight of 0 is no link. NULL when an argument is. Errors: 22004, 2202E, 22023 as tmap.inverse_distance_weights; 22023 bandwidth not above 0, no such kernel. Source: Silverman 1986, Density Estimation, table 3.1.';

CREATE FUNCTION tmap.higher_order(id integer, neighbours integer[], steps integer, up_to boolean DEFAULT false) RETURNS integer[]
AS 'MODULE_PATHNAME', 'tmap_higher_order' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.higher_order(integer, integer[], integer, boolean) IS 'Window function: ids of the areas that are so many steps from neighbour to neighbour away and not fewer, ascending; with up_to those of 1 to so many steps. Never the area itself. NULL for a row with a NULL; neighbours that are no row are passed over. steps and up_to must be the same in all rows of the partition. Errors: 22004 a NULL in an array or option; 22023 steps below 1, an id twice, an area its own neighbour or a neighbour twice; 54000 more than 8388608 rows. Source: Anselin and Smirnov 1996, J Reg Sci 36:67-89.';

CREATE FUNCTION tmap.weights_style(id integer, neighbours integer[], weights float8[] DEFAULT NULL, style text DEFAULT 'W') RETURNS float8[]
AS 'MODULE_PATHNAME', 'tmap_weights_style' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.weights_style(integer, integer[], float8[], text) IS 'Window function: the weights of the area''s neighbours, in their order, in a style. W: those of an area add up to 1; B: 1 each; C: those of all areas add up to the number of areas with neighbours; U: to 1; S: divided by the root of the area''s sum of squares, then as C. weights: NULL in all rows counts as 1 each. Neighbours that are no row of the partition, or have a NULL, get 0. Errors: 2202E not as many weights as neighbours; 22004 a NULL in an array, style NULL, weights in some rows only; 22023 weights negative or not finite, an id twice, an area its own neighbour or a neighbour twice, no such style. Source: Tiefelsdorf, Griffith and Boots 1999, Environ Plan A 31:165-180.';

CREATE FUNCTION tmap.areas_step(state internal, id integer, neighbours integer[]) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_areas_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.areas_step(internal, integer, integer[]) IS 'Transition function of neighbour_summary: holds one more area.';

CREATE FUNCTION tmap.areas_step(state internal, id integer, neighbours integer[], weights float8[]) RETURNS internal
AS 'MODULE_PATHNAME', 'tmap_areas_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.areas_step(internal, integer, integer[], float8[]) IS 'Transition function of neighbour_summary: holds one more area.';

CREATE TYPE tmap.neighbour_summary AS (n bigint, links bigint, islands bigint, one_way bigint, unequal bigint, outside bigint, left_out bigint, min_neighbours bigint, mean_neighbours float8, max_neighbours bigint);
COMMENT ON TYPE tmap.neighbour_summary IS 'What neighbours look like. n: areas; links: directed; islands: areas without a link in either direction; one_way: links whose way back is missing; unequal: links that weigh another number than the way back, by more than 1e-9 of it (0 without weights); neighbours are symmetric when both are 0. outside: neighbours that are no row; left_out: rows with a NULL; min_, mean_, max_neighbours: of an area.';

CREATE FUNCTION tmap.neighbour_summary_final(internal) RETURNS tmap.neighbour_summary
AS 'MODULE_PATHNAME', 'tmap_neighbour_summary_final' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.neighbour_summary_final(internal) IS 'Final function of neighbour_summary.';

CREATE AGGREGATE tmap.neighbour_summary(id integer, neighbours integer[]) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.neighbour_summary_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.neighbour_summary(integer, integer[]) IS
'Number of areas, links, islands, links without a way back, and neighbours of an area, as tmap.neighbour_summary. NULL without rows. Errors: 22004 a NULL in an array; 22023 two rows with one id, an area its own neighbour or a neighbour twice; 54000 more than 1 GB of rows.';

CREATE AGGREGATE tmap.neighbour_summary(id integer, neighbours integer[], weights float8[]) (
  SFUNC = tmap.areas_step, STYPE = internal, SSPACE = 8192, FINALFUNC = tmap.neighbour_summary_final,
  COMBINEFUNC = tmap.columns_combine, SERIALFUNC = tmap.columns_serialize, DESERIALFUNC = tmap.columns_deserialize, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.neighbour_summary(integer, integer[], float8[]) IS
'The same of neighbours with weights, which are compared with those of the way back; a weight of 0 is no link. Errors beside: 2202E not as many weights as neighbours; 22004 weights in some rows only; 22023 a weight negative or not finite.';
