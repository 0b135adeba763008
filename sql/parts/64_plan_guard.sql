-- Plans over rows that the reader must not count.

CREATE FUNCTION tmap.plan_guard() RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_plan_guard' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.plan_guard() IS
'Internal: true, always; stands in the policies of an atlas. The planner works it out, which loads the library, and with it the guard that refuses to EXPLAIN a query of such a table
to a role that does not see all countries (error 42501): a plan counts, or estimates, rows that row security hides.';
