-- Neighbours from polygons and points against the lists of test/oracles (spdep, libpysal), PostGIS and brute force.
-- psql variable oracles: the folder.
BEGIN;
SET LOCAL client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS pgtap;
CREATE EXTENSION IF NOT EXISTS tmap CASCADE;
SELECT no_plan();

CREATE TEMP TABLE geo (dataset text, i int, geojson text);
CREATE TEMP TABLE pair (dataset text, weights text, i int, j int);
CREATE TEMP TABLE v (dataset text, variable text, i int, value float8);
CREATE TEMP TABLE lattice (i int, rank int, j int, d2 float8, xi float8, yi float8);
\cd :oracles
\copy geo FROM 'spatial_geometry.csv' (FORMAT csv, HEADER)
\copy pair FROM 'spatial_neighbours.csv' (FORMAT csv, HEADER)
\copy v FROM 'spatial_values.csv' (FORMAT csv, HEADER)
\copy lattice FROM 'spatial_lattice.csv' (FORMAT csv, HEADER)
CREATE TEMP TABLE area AS SELECT dataset, i, ST_GeomFromGeoJSON(geojson) AS geom FROM geo;

CREATE TEMP TABLE have AS
SELECT dataset, 'queen' AS weights, i, tmap.queen_neighbours(i, geom) OVER (PARTITION BY dataset) AS js FROM area
UNION ALL SELECT dataset, 'rook', i, tmap.rook_neighbours(i, geom) OVER (PARTITION BY dataset) FROM area
UNION ALL SELECT dataset, 'knn' || k, x.i, tmap.nearest_neighbours(x.i, x.value, y.value, k) OVER (PARTITION BY dataset, k) FROM v AS x JOIN v AS y USING (dataset) JOIN (VALUES ('columbus', 4), ('nc', 6)) AS n (dataset, k) USING (dataset)
  WHERE x.i = y.i AND x.variable = 'x' AND y.variable = 'y'
UNION ALL SELECT dataset, 'd60km', x.i, tmap.distance_neighbours(x.i, x.value, y.value, 60000) OVER () FROM v AS x JOIN v AS y USING (dataset) WHERE dataset = 'nc' AND x.i = y.i AND x.variable = 'x' AND y.variable = 'y';
SELECT is_empty(format($$(SELECT j.i, j.j FROM pair AS j WHERE (dataset, weights) = (%1$L, %2$L) EXCEPT SELECT i, unnest(js) FROM have WHERE (dataset, weights) = (%1$L, %2$L))
  UNION ALL (SELECT -i, -j FROM (SELECT i, unnest(js) AS j FROM have WHERE (dataset, weights) = (%1$L, %2$L) EXCEPT SELECT i, j FROM pair WHERE (dataset, weights) = (%1$L, %2$L)) AS t)$$, dataset, weights),
  format('%s %s: the same %s links', dataset, weights, (SELECT count(*) FROM pair AS p WHERE (p.dataset, p.weights) = (h.dataset, h.weights))))
FROM (SELECT DISTINCT dataset, weights FROM have JOIN pair USING (dataset, weights)) AS h ORDER BY dataset, weights;

-- Ties on a lattice.
CREATE TEMP TABLE grid AS SELECT DISTINCT i, xi, yi FROM lattice;
SELECT is_empty(format($$SELECT i, want, have FROM (SELECT i, tmap.nearest_neighbours(i, xi, yi, %1$s) OVER () AS have FROM grid) AS h JOIN (SELECT i, array_agg(j ORDER BY j) AS want FROM lattice WHERE rank <= %1$s GROUP BY i) AS w USING (i) WHERE have <> want$$, k),
  format('%s nearest on a lattice: ties by id', k)) FROM generate_series(1, 8) AS k;

SELECT * FROM finish();
ROLLBACK;
