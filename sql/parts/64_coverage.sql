-- Generalisation of maps: polygons that share borders are made simpler together.

CREATE FUNCTION tmap.coverage_simplify(geom bytea, tolerance float8) RETURNS bytea
AS 'MODULE_PATHNAME', 'tmap_coverage_simplify' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION tmap.coverage_simplify(bytea, float8) IS
'Window function: the polygon of the current row with fewer vertices, generalised together with all polygons of the partition, which are one coverage: borders that two of them share stay shared, none cross that did not, every polygon, part and hole stays, with at least three corners. As ST_CoverageSimplify of PostGIS 3.4.
geom: WKB or EWKB of a polygon or multipolygon in two dimensions (geom::bytea or ST_AsBinary(geom)), either byte order; tolerance: in units of the coordinates, from 0 up: vertices go whose triangle with their neighbours has an area of at most tolerance squared, smallest first along each border; 0 takes vertices out of straight lines alone. Points where borders meet stay.
The answer is the WKB of a MultiPolygon with the SRID of geom (EWKB when it has one): cast it to geometry. NULL for NULL, which is no part of the coverage; empty for empty. The same bits for any order of the rows and any frame. Sides and angles are planar: in degrees a square is one of degrees.
Where vertices of neighbours do not match, each has a border of its own there: gap or overlap stay, or vanish, and where edges cross already in the input they may in the answer.
Memory: 45 bytes a vertex, counted for each ring, beside the rows, up to 85 where hardly any border is shared or every vertex is a corner of three polygons; limit 67 million vertices.
Errors: 22023 no valid WKB of a polygon or multipolygon, Z or M, NaN, infinite or above 1e100 in coordinates, a ring that is not closed or of fewer than four points, different SRIDs, tolerance negative or not finite, or different between rows; 22004 tolerance NULL; 54000 too many vertices or rows.
Source: Visvalingam and Whyatt 1993, Cartogr J 30:46; kept from crossing as in de Berg, van Kreveld and Schirra 1998, Cartogr Geogr Inf Syst 25:243.';

CREATE FUNCTION tmap.coverage_simplify(geom bytea, tolerance float8, min_part float8) RETURNS bytea
AS 'MODULE_PATHNAME', 'tmap_coverage_simplify' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE COST 10000;
COMMENT ON FUNCTION tmap.coverage_simplify(bytea, float8, float8) IS
'Window function: as coverage_simplify(geom, tolerance), after parts and holes smaller than min_part were left out.
min_part: area in square units of the coordinates, from 0 up, of the rings as given. Left out are islands, empty holes, and parts that fill a hole of another polygon together with that hole, which the other polygon then covers; the largest part of each row stays, and so does every part and hole whose absence would leave a gap or an overlap: one that shares only some of its border with a neighbour, a hole in which another polygon lies.
NULL, empty, errors as there; 22023 also for min_part negative or not finite, or different between rows; 22004 for min_part NULL.';
