-- The atlas's figures as public releases: one edition a year, under disclosure control.
--   psql -f demo/release.sql      (after demo/shown.sql)
\set ON_ERROR_STOP on
\pset tuples_only on
\pset format unaligned
SELECT format($$SELECT format('progress: edition %s: %%s figures, %%s suppressed (%%s cells protected, %%s withheld for their sake)', figures, suppressed, protected, withheld)
  FROM atlas.compute_edition(%1$L, ARRAY[%1$s])$$, y),
  format('SELECT format(''progress: published: the public reads %%s figures'', atlas.publish_edition(%L))', y)
FROM generate_series(2018, 2024) AS y \gexec
-- Classes of the maps from all years, not from the first alone.
SELECT format('progress: map of %s in %s classes', indicator, atlas.set_classes(indicator)) FROM atlas.indicator ORDER BY sort;
