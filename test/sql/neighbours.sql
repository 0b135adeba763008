-- Neighbours: what comes out of small maps, NULLs, islands, near misses, errors.
\set VERBOSITY default
SET client_min_messages = notice;
CREATE TEMP TABLE square AS SELECT x * 3 + y AS id, x, y, ST_MakeEnvelope(x, y, x + 1, y + 1) AS geom FROM generate_series(0, 2) AS x, generate_series(0, 2) AS y;
SELECT id, tmap.queen_neighbours(id, geom) OVER () AS queen, tmap.rook_neighbours(id, geom) OVER () AS rook FROM square ORDER BY id;
-- Well-known binary of any kind, an SRID, a NULL, an empty polygon; the frame and the order do not matter.
SELECT id, tmap.queen_neighbours(id, g) OVER (ORDER BY id DESC ROWS CURRENT ROW) FROM (SELECT id, CASE id WHEN 4 THEN NULL WHEN 8 THEN ST_AsBinary('POLYGON EMPTY'::geometry) ELSE ST_AsBinary(ST_Multi(geom), CASE id % 2 WHEN 0 THEN 'XDR' ELSE 'NDR' END) END AS g FROM square) AS t ORDER BY id;
SELECT DISTINCT tmap.queen_neighbours(id, ST_SetSRID(geom, 4326)) OVER () FROM square WHERE id IN (0, 1) ORDER BY 1;
-- Islands that nearly touch are told of once; snap joins them.
SELECT id, tmap.queen_neighbours(id, geom) OVER () FROM (VALUES (1, ST_MakeEnvelope(1000, 0, 2000, 1000)), (2, ST_MakeEnvelope(2004, 0, 3000, 1000)), (3, ST_MakeEnvelope(5000, 0, 6000, 1000))) AS v (id, geom) ORDER BY 1;
SELECT id, tmap.rook_neighbours(id, geom, 5) OVER () FROM (VALUES (1, ST_MakeEnvelope(1000, 0, 2000, 1000)), (2, ST_MakeEnvelope(2004, 0, 3000, 1000)), (3, ST_MakeEnvelope(5000, 0, 6000, 1000))) AS v (id, geom) ORDER BY 1;
SELECT id, tmap.queen_neighbours(id, geom) OVER () FROM (VALUES (1, ST_MakeEnvelope(1, 0, 2, 1)), (2, ST_MakeEnvelope(2.00005, 0, 3, 1)), (3, ST_MakeEnvelope(3.1, 0, 4, 1))) AS v (id, geom) ORDER BY 1;
SELECT tmap.queen_neighbours(1, 'POINT(1 1)'::geometry) OVER ();
SELECT tmap.queen_neighbours(1, 'POLYGON Z ((0 0 1,1 0 1,1 1 1,0 0 1))'::geometry) OVER ();
SELECT tmap.queen_neighbours(1, '\x00') OVER ();
SELECT tmap.queen_neighbours(id, ST_SetSRID(geom, 2154 + id)) OVER () FROM square;
SELECT tmap.queen_neighbours(1, geom) OVER () FROM square;
SELECT tmap.queen_neighbours(id, geom, -1) OVER () FROM square;
SELECT tmap.queen_neighbours(id, geom, 'NaN') OVER () FROM square;
SELECT tmap.queen_neighbours(id, geom, NULL) OVER () FROM square;
SELECT tmap.queen_neighbours(id, geom, id) OVER () FROM square;
-- Points.
SELECT id, tmap.nearest_neighbours(id, x, y, 2) OVER () AS two, tmap.distance_neighbours(id, x, y, 1) OVER () AS within, tmap.distance_neighbours(id, x, y, 0) OVER () AS none, tmap.nearest_neighbours(id, x, y, 100) OVER () AS all FROM square ORDER BY id LIMIT 3;
SELECT id, tmap.nearest_neighbours(id, x, y, 1) OVER () FROM (VALUES (1, 0, 0), (2, NULL, 0), (3, 1, 1), (NULL, 0, 0)) AS v (id, x, y) ORDER BY id;
SELECT city, tmap.nearest_neighbours(id, lon, lat, 1, 'sphere') OVER () AS nearest, round((tmap.neighbour_distances(id, lon, lat, '{1}', 'sphere') OVER ())[1]::numeric, -3) AS from_first
FROM (VALUES (1, 'Paris', 2.3522, 48.8566), (2, 'Lyon', 4.8357, 45.7640), (3, 'Suva', 178.4419, -18.1416), (4, 'Apia', -171.7667, -13.8333)) AS v (id, city, lon, lat) ORDER BY id;
SELECT tmap.nearest_neighbours(1, 0, 0, 0) OVER ();
SELECT tmap.nearest_neighbours(1, 0, 91, 1, 'sphere') OVER ();
SELECT tmap.nearest_neighbours(1, 'Infinity', 0, 1) OVER ();
SELECT tmap.nearest_neighbours(1, 0, 0, 1, 'moon') OVER ();
SELECT tmap.nearest_neighbours(1, 0, 0, 1) OVER () FROM generate_series(1, 2);
SELECT tmap.distance_neighbours(1, 0, 0, -1) OVER ();
SELECT tmap.neighbour_distances(1, 0, 0, '{2}') OVER ();
SELECT tmap.neighbour_distances(1, 0, 0, '{NULL}') OVER ();
-- Weights.
SELECT tmap.inverse_distance_weights('{1,2,4}'), tmap.inverse_distance_weights('{1,2,4}', 2), tmap.inverse_distance_weights('{}'), tmap.inverse_distance_weights(NULL);
SELECT k, (SELECT array_agg(round(w::numeric, 6)) FROM unnest(tmap.kernel_weights('{0,1,2,3}', 2, k)) AS w) FROM unnest('{gaussian,uniform,triangular,epanechnikov,quartic}'::text[]) AS k;
SELECT tmap.inverse_distance_weights('{0}');
SELECT tmap.inverse_distance_weights('{1}', 0);
SELECT tmap.inverse_distance_weights('{-1}');
SELECT tmap.inverse_distance_weights('{{1}}');
SELECT tmap.kernel_weights('{1}', 0);
SELECT tmap.kernel_weights('{1}', 1, 'g');
CREATE TEMP TABLE path (id int, js int[], w float8[]);
INSERT INTO path VALUES (1, '{2}', '{1}'), (2, '{1,3}', '{1,3}'), (3, '{4,2}', '{2,3}'), (4, '{3}', '{1}'), (5, '{}', '{}');
SELECT style, array_agg(w ORDER BY id) FROM (SELECT id, style, (SELECT string_agg(round(u::numeric, 4)::text, $$ $$) FROM unnest(w) AS u) AS w FROM (SELECT id, style, tmap.weights_style(id, js, w, style) OVER (PARTITION BY style) AS w FROM path, unnest('{W,B,C,U,S}'::text[]) AS style) AS t) AS t WHERE id < 4 GROUP BY style ORDER BY style;
SELECT id, tmap.weights_style(id, js) OVER () FROM path ORDER BY id;
SELECT id, tmap.weights_style(id, js || 99, w || 1::float8) OVER () FROM path ORDER BY id LIMIT 1;
SELECT tmap.weights_style(id, js, w, 'X') OVER () FROM path;
SELECT tmap.weights_style(id, js, w[1:1]) OVER () FROM path;
SELECT tmap.weights_style(id, js, CASE id WHEN 1 THEN w END) OVER () FROM path;
SELECT tmap.weights_style(id, js, array_replace(w, 1, 'NaN')) OVER () FROM path;
SELECT id, tmap.higher_order(id, js, 1) OVER () AS one, tmap.higher_order(id, js, 2) OVER () AS two, tmap.higher_order(id, js, 3, true) OVER () AS three FROM path ORDER BY id;
SELECT tmap.higher_order(id, js, 0) OVER () FROM path;
SELECT tmap.higher_order(id, js || id, 1) OVER () FROM path;
SELECT tmap.higher_order(id, js || js, 1) OVER () FROM path;
SELECT tmap.neighbour_summary(id, js), tmap.neighbour_summary(id, js, w) FROM path;
SELECT tmap.neighbour_summary(id, CASE id WHEN 1 THEN '{7}' WHEN 3 THEN NULL ELSE js END) FROM path;
SELECT tmap.neighbour_summary(id, js) FROM path WHERE false;
