-- The map as a picture: a choropleth in SVG, 1600 x 900, written from the views. Here: its layouts.

CREATE TABLE @atlas@.map_panel (
  layout text NOT NULL CHECK (layout <> ''),
  panel int4 NOT NULL,
  kind text NOT NULL DEFAULT 'areas' CHECK (kind IN ('areas', 'zoom', 'list')),
  title text,
  west float8 NOT NULL DEFAULT -180,
  south float8 NOT NULL DEFAULT -90,
  east float8 NOT NULL DEFAULT 180,
  north float8 NOT NULL DEFAULT 90,
  cut float8,
  projection text,
  x float8 NOT NULL,
  y float8 NOT NULL,
  width float8 NOT NULL CHECK (width > 0),
  height float8 NOT NULL CHECK (height > 0),
  PRIMARY KEY (layout, panel)
);
COMMENT ON TABLE @atlas@.map_panel IS 'Layouts of map_svg(): boxes on a picture of 1600 x 900, each with its part of the earth and its projection. Add your own.';
COMMENT ON COLUMN @atlas@.map_panel.layout IS 'Name of the layout.';
COMMENT ON COLUMN @atlas@.map_panel.panel IS 'Number of the box within the layout.';
COMMENT ON COLUMN @atlas@.map_panel.kind IS 'areas: every polygon is drawn in the smallest such box that holds its centre, or nowhere; zoom: draws its polygons once more; list: place of the list of values.';
COMMENT ON COLUMN @atlas@.map_panel.title IS 'Label above the box, which then gets a frame; NULL = neither.';
COMMENT ON COLUMN @atlas@.map_panel.west IS 'Part of the earth, in degrees.';
COMMENT ON COLUMN @atlas@.map_panel.south IS 'Part of the earth, in degrees.';
COMMENT ON COLUMN @atlas@.map_panel.east IS 'Part of the earth, in degrees.';
COMMENT ON COLUMN @atlas@.map_panel.north IS 'Part of the earth, in degrees.';
COMMENT ON COLUMN @atlas@.map_panel.cut IS 'Longitude at which the map is cut: polygons whose centre lies west of it are drawn at the eastern edge, joined with what they touch there; NULL = -180.';
COMMENT ON COLUMN @atlas@.map_panel.projection IS 'EPSG:NNNN or a PROJ string; NULL = Lambert azimuthal equal-area around the middle of what is drawn.';
COMMENT ON COLUMN @atlas@.map_panel.x IS 'Left edge on the picture, of 1600.';
COMMENT ON COLUMN @atlas@.map_panel.y IS 'Upper edge on the picture, of 900.';
COMMENT ON COLUMN @atlas@.map_panel.width IS 'Width on the picture.';
COMMENT ON COLUMN @atlas@.map_panel.height IS 'Height on the picture.';

-- world: Equal Earth (Savric, Patterson and Jenny 2019, Int J Geogr Inf Sci 33:454-465) around 11 degrees east, so that the
-- cut passes through the Bering Strait; without Antarctica. france: the official grids (Lambert-93, EPSG:2154, and UTM on
-- GRS 80), written out so that PROJ needs no search; overseas departements and Paris each on a scale of its own.
INSERT INTO @atlas@.map_panel (layout, panel, kind, title, west, south, east, north, cut, projection, x, y, width, height) VALUES
  ('plain', 1, 'areas', NULL, -180, -90, 180, 90, NULL, NULL, 40, 104, 1060, 656),
  ('plain', 9, 'list', NULL, -180, -90, 180, 90, NULL, NULL, 1140, 120, 420, 630),
  ('world', 1, 'areas', NULL, -180, -60, 180, 90, -169, '+proj=eqearth +lon_0=11 +datum=WGS84 +units=m +over', 110, 92, 1450, 676),
  ('world', 9, 'list', NULL, -180, -90, 180, 90, NULL, NULL, 40, 486, 400, 290),
  ('france', 1, 'areas', NULL, -6, 41, 10, 52, NULL, '+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 +ellps=GRS80', 270, 100, 760, 664),
  ('france', 2, 'areas', 'Guadeloupe', -62, 15.7, -60.9, 16.7, NULL, '+proj=utm +zone=20 +ellps=GRS80', 40, 128, 200, 86),
  ('france', 3, 'areas', 'Martinique', -61.4, 14.3, -60.7, 15, NULL, '+proj=utm +zone=20 +ellps=GRS80', 40, 258, 200, 86),
  ('france', 4, 'areas', 'Guyane', -55, 2, -51, 6, NULL, '+proj=utm +zone=22 +ellps=GRS80', 40, 388, 200, 86),
  ('france', 5, 'areas', 'La Réunion', 55, -21.5, 56, -20.7, NULL, '+proj=utm +zone=40 +south +ellps=GRS80', 40, 518, 200, 86),
  ('france', 6, 'areas', 'Mayotte', 44.9, -13.2, 45.4, -12.5, NULL, '+proj=utm +zone=38 +south +ellps=GRS80', 40, 648, 200, 86),
  ('france', 7, 'zoom', 'Paris and around', 2.2, 48.73, 2.52, 48.96, NULL, '+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 +ellps=GRS80', 930, 128, 130, 100),
  ('france', 9, 'list', NULL, -180, -90, 180, 90, NULL, NULL, 1120, 128, 440, 620);
