-- Stratification schemes by name: what there is, and where differently cut counts meet.

CREATE FUNCTION tmap.levels(OUT dimension text, OUT cut text, OUT level text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'tmap_levels' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 150;
COMMENT ON FUNCTION tmap.levels() IS 'Every dimension, the ways to cut it (the words of a scheme''s name) and their levels in order.';

CREATE FUNCTION tmap.common_scheme(a text, b text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_common_scheme';
COMMENT ON FUNCTION tmap.common_scheme(text, text) IS
'Finest stratification scheme that two schemes can both be collapsed to; total when they share no dimension.
A scheme x can be collapsed to y exactly when common_scheme(x, y) = y. NULL in, NULL out. Error 22P02 unknown scheme.';

-- A single scheme reaches the aggregate's end unread.
CREATE FUNCTION tmap.canonical_scheme(scheme text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN tmap.common_scheme(scheme, scheme);
COMMENT ON FUNCTION tmap.canonical_scheme(text) IS
'A scheme''s name as the library writes it: sex+age is age90+sex. Final function of common_scheme. NULL in, NULL out. Error 22P02 unknown scheme.';

CREATE AGGREGATE tmap.common_scheme(text) (
  SFUNC = tmap.common_scheme, STYPE = text, COMBINEFUNC = tmap.common_scheme, FINALFUNC = tmap.canonical_scheme, PARALLEL = SAFE);
COMMENT ON AGGREGATE tmap.common_scheme(text) IS
'Finest stratification scheme that all the schemes can be collapsed to, for example before rolling up differently cut tallies: tmap.rollup(tmap.collapse(t, scheme)). NULLs are ignored; NULL when there is none. Error 22P02 unknown scheme.';
