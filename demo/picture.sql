-- Writes the two maps.
--   psql -v world=world.svg -v france=france.svg -f demo/picture.sql
\set ON_ERROR_STOP on
\pset tuples_only on
\pset format unaligned
SELECT atlas.map_svg('thrombectomy_per_stroke', 'country', layout => 'world', breaks => '{2,4,6,8,10}',
  title => 'Mechanical thrombectomies per 100 ischaemic strokes, by country',
  note => 'Portugal: newspaper report (grade C). New Zealand: strokes of unspecified type included. United States: modelled strokes, not admissions. '
    'China: reporting hospitals only. South Korea: audit sample.')
\g :world

SELECT atlas.map_svg('thrombectomy_per_stroke', 'department', 2024, 'FRA', 'isr', 'france',
  mark_below => t.alert_level, mark_title => format('below the alert level (%s)', round(t.alert_level::numeric, 2)),
  title => 'Thrombectomies per 100 ischaemic strokes, by département',
  note => format('Target level (median of the regions): %s. Alert level (25th percentile): %s, compared before rounding.', round(t.target_level::numeric, 4), round(t.alert_level::numeric, 4)))
FROM atlas.target_levels('region', 'thrombectomy_per_stroke', 'FRA-SYNTHETIC:frandon2024:1') AS t WHERE t.year = 2024
\g :france
