-- Draws the funnel of the French départements of 2024 (SYNTHETIC).
--   psql -v funnel=funnel.svg -f demo/funnel.sql
\set ON_ERROR_STOP on
\pset tuples_only on
\pset format unaligned
SELECT atlas.funnel_svg('thrombectomy_per_stroke', 'department', 2024, 'FRA',
  title => 'Thrombectomies per 100 ischaemic strokes, by département',
  note => 'Were all départements alike, 95 % (99.8 %) of them would lie within the dashed (solid) limits.')
\g :funnel
