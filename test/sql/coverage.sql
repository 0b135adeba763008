-- coverage_simplify: borders of all polygons of a window made simpler together.
\set SHOW_CONTEXT never
SET client_min_messages = warning;
SET search_path = tmap, public;

CREATE TEMP TABLE pair (id int, geom geometry);
INSERT INTO pair VALUES
  (1, 'SRID=3857;POLYGON((0 0, 10 0, 11 2, 9 4, 11 6, 10 10, 0 10, 0 0))'), (2, 'SRID=3857;POLYGON((10 0, 20 0, 20 10, 10 10, 11 6, 9 4, 11 2, 10 0))'), (3, NULL), (4, 'SRID=3857;POLYGON EMPTY');
-- A tolerance of 2 takes vertices whose triangle is 4 square units or less, on both sides of a border; NULL and empty stay what they are.
SELECT id, ST_AsEWKT(coverage_simplify(geom::bytea, 2) OVER ()::geometry) FROM pair ORDER BY id;
SELECT id, ST_AsEWKT(coverage_simplify(geom::bytea, 100) OVER ()::geometry) FROM pair ORDER BY id;
SELECT id, ST_AsEWKT(coverage_simplify(geom::bytea, 0) OVER ()::geometry) FROM pair ORDER BY id;
-- Alone, a polygon knows nothing of its neighbour; what is in another partition is another coverage.
SELECT id, ST_AsEWKT(coverage_simplify(geom::bytea, 100) OVER (PARTITION BY id)::geometry) FROM pair ORDER BY id;
-- WKB without an SRID, the other byte order, polygons and multipolygons.
SELECT id, encode(coverage_simplify(ST_AsBinary(geom, 'XDR'), 100) OVER (), 'hex') FROM pair ORDER BY id;
SELECT id, coverage_simplify(ST_AsEWKB(ST_Multi(geom), 'XDR'), 2) OVER () = coverage_simplify(geom::bytea, 2) OVER () AS same FROM pair ORDER BY id;
SELECT count(*) FROM (SELECT coverage_simplify(geom::bytea, 1) OVER () FROM pair WHERE false) AS none;

-- Parts: islands and holes below min_part go, the largest part stays, a hole stays as long as who fills it, and so does a part with a neighbour.
CREATE TEMP TABLE parts (id int, geom geometry);
INSERT INTO parts VALUES
  (1, 'MULTIPOLYGON(((0 0, 90 0, 90 90, 0 90, 0 0), (10 10, 10 20, 20 20, 20 10, 10 10), (30 30, 30 33, 33 33, 33 30, 30 30), (50 50, 50 55, 55 55, 55 50, 50 50)), ((100 0, 101 0, 101 1, 100 1, 100 0)))'),
  (2, 'POLYGON((10 10, 20 10, 20 20, 10 20, 10 10))'),
  (3, 'MULTIPOLYGON(((50 50, 55 50, 55 55, 50 55, 50 50)), ((200 0, 220 0, 220 20, 200 20, 200 0)))'),
  (4, 'POLYGON((90 0, 95 0, 95 1, 95 90, 90 90, 90 0))'),
  (5, 'MULTIPOLYGON(((95 0, 96 0, 96 1, 95 1, 95 0)), ((300 0, 301 0, 301 1, 300 1, 300 0)), ((400 0, 420 0, 420 20, 400 20, 400 0)))');
SELECT id, ST_AsText(coverage_simplify(ST_AsBinary(geom), 0, 0) OVER ()::geometry) = ST_AsText(ST_Multi(geom)) AS with_all FROM parts ORDER BY id;
SELECT id, ST_AsText(coverage_simplify(ST_AsBinary(geom), 0, 2) OVER ()::geometry) FROM parts ORDER BY id;
SELECT id, ST_AsText(coverage_simplify(ST_AsBinary(geom), 0, 1000) OVER ()::geometry) FROM parts ORDER BY id;
SELECT id, ST_AsText(coverage_simplify(ST_AsBinary(geom), 100, 1e300) OVER ()::geometry) FROM parts ORDER BY id;

-- Degenerate rings stay, with the four points that the form demands.
SELECT ST_AsText(coverage_simplify(ST_AsBinary('POLYGON((1 1, 1 1, 1 1, 1 1))'::geometry), 5, 5) OVER ()::geometry), ST_AsText(coverage_simplify(ST_AsBinary('POLYGON((0 0, 5 5, 5 5, 0 0))'::geometry), 5, 5) OVER ()::geometry);

-- Errors.
SELECT coverage_simplify(ST_AsBinary('POINT(1 1)'::geometry), 1) OVER ();
SELECT coverage_simplify(ST_AsBinary('GEOMETRYCOLLECTION(POLYGON((0 0, 1 0, 1 1, 0 0)))'::geometry), 1) OVER ();
SELECT coverage_simplify('POLYGON Z((0 0 0, 1 0 0, 1 1 0, 0 0 0))'::geometry::bytea, 1) OVER ();
SELECT coverage_simplify(ST_AsBinary('POLYGON M((0 0 0, 1 0 0, 1 1 0, 0 0 0))'::geometry), 1) OVER ();
SELECT coverage_simplify(ST_AsBinary('POLYGON((0 0, 1 0, 1 1, NaN 1, 0 0))'::geometry), 1) OVER ();
SELECT coverage_simplify(ST_AsBinary('POLYGON((0 0, 1 0, 1 1e200, 0 0))'::geometry), 1) OVER ();
SELECT coverage_simplify('', 1) OVER ();
SELECT coverage_simplify('\x02', 1) OVER ();
SELECT coverage_simplify('\x0203000000', 1) OVER ();
SELECT coverage_simplify('\x0103000000ffffffff', 1) OVER ();
SELECT coverage_simplify('\x010300000001000000ffffffff', 1) OVER ();
SELECT coverage_simplify('\x0106000000ffffffff', 1) OVER ();
SELECT coverage_simplify('\x01030000000100000003000000' || decode(repeat('00', 48), 'hex'), 1) OVER ();
SELECT coverage_simplify('\x01030000000100000004000000' || decode(repeat('00', 62) || 'f03f', 'hex'), 1) OVER ();
SELECT coverage_simplify(ST_AsBinary('POLYGON((0 0, 1 0, 1 1, 0 0))'::geometry) || '\x00', 1) OVER ();
SELECT coverage_simplify(geom::bytea, 1) OVER () FROM (SELECT ST_SetSRID('POLYGON((0 0, 1 0, 1 1, 0 0))'::geometry, srid) AS geom FROM (VALUES (4326), (3857)) AS s (srid)) AS g;
SELECT coverage_simplify(geom::bytea, -1) OVER () FROM pair;
SELECT coverage_simplify(geom::bytea, 'NaN') OVER () FROM pair;
SELECT coverage_simplify(geom::bytea, 'Infinity') OVER () FROM pair;
SELECT coverage_simplify(geom::bytea, NULL) OVER () FROM pair;
SELECT coverage_simplify(geom::bytea, id) OVER () FROM pair;
SELECT coverage_simplify(geom::bytea, 1, -1) OVER () FROM pair;
SELECT coverage_simplify(geom::bytea, 1, 'NaN') OVER () FROM pair;
SELECT coverage_simplify(geom::bytea, 1, NULL) OVER () FROM pair;
SELECT coverage_simplify(geom::bytea, 1, id) OVER () FROM pair;
SELECT coverage_simplify(geom::bytea, 1) FROM pair;
