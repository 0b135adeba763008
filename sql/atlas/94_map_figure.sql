-- Figures of the map.

CREATE VIEW @atlas@.map_figure AS
SELECT v.*, CASE WHEN v.status = 'suppressed' THEN -1 WHEN v.value IS NULL THEN -2 ELSE least(5, 1 + floor(v.value / 3))::int4 END AS class, NULL::float8 AS reliability, NULL::float8 AS smoothed,
       NULL::int4 AS rank, NULL::int4 AS rank_lower, NULL::int4 AS rank_upper, NULL::int4 AS ranked, NULL::int4 AS funnel
FROM @atlas@.published_value v WHERE v.sex = 'all' AND v.age_from IS NULL;
COMMENT ON VIEW @atlas@.map_figure IS 'STAND-IN until the view value has class and the rest';

