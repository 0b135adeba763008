-- Layout 2: hospital stays, case definitions, strokes counted from stays; factors; targets with limits.
-- @include 51_code_rule.sql
-- @include 52_stay.sql
-- @include 53_case_definition.sql
-- @include 54_stroke_of_stays.sql
-- @include 56_tally_stays.sql
-- @include 57_characteristics.sql
-- @include 58_locate_stays.sql
ALTER TABLE @atlas@.inbox ALTER COLUMN upload SET DEFAULT coalesce(nullif(btrim(current_setting('tmap.upload', true)), ''), @atlas@.current_upload());
ALTER TABLE @atlas@.inbox DROP CONSTRAINT inbox_pkey;
ALTER TABLE @atlas@.inbox REPLICA IDENTITY FULL;
-- @include 66_check_stays.sql
-- @include 68_load_stays.sql
-- @include 62_factor.sql
-- @include 69_load_factors.sql
-- @include 72_factor_view.sql
DROP FUNCTION @atlas@.below_alert_level(text, text, text, text);
DROP FUNCTION @atlas@.target_levels(text, text, text);
DROP FUNCTION @atlas@.standardised_ratio(text, text, text);
-- @include 75_target.sql
DROP FUNCTION @atlas@.map_figures(text, text, int4, text, text);
DROP FUNCTION @atlas@.map_words(text, text, int4, text, text, float8[], text, text);
DROP FUNCTION @atlas@.svg_notes(text);
-- @include 85_map_words.sql
-- @include 86_funnel_svg.sql
ALTER FUNCTION @atlas@.map_svg(text, text, int4, text, text, text, float8[], float8, text, text, text) SET jit = off;
