-- Disclosure control: the audit, which shares neither method nor code with the suppression.

CREATE FUNCTION tmap.audit_cells(cells integer[], atoms integer[], published boolean[], events bigint[], others bigint[],
  OUT cell integer, OUT count text, OUT lower float8, OUT upper float8, OUT exact boolean, OUT proof text) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'tmap_audit_cells' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000 ROWS 1000;
COMMENT ON FUNCTION tmap.audit_cells(integer[], integer[], boolean[], bigint[], bigint[]) IS
'What can be worked out of suppressed cells by somebody who knows all published ones and that counts are whole numbers from 0 up: two rows for each suppressed cell, in the order of cells, one for events and one for others.
cells, atoms: pairs saying that a cell sums an atom, numbers from 1, in any order; published: one a cell; events, others: of each atom, and people at risk without an event. People at risk of a cell lie between the sums of both rows.
exact: only one value is possible, which lower and upper then are (a 0 may be known where zeros are published). proof: linear, the cell is a linear combination of published ones; bounds, no table of whole numbers was found that moves it: values that linear programming reaches with fractions, the least and the largest when they are less than 1 apart;
witness, tables of whole numbers with the same published cells were found in which the cell is lower and upper: it can be these and perhaps more. upper is Infinity when nothing limits it. No rows when an argument is NULL. For stewards: bounds tell about counts.
Where floating point decides (bounds), an interval is taken as exact when it holds only one whole number within 1e-6 of its size. Cells that fractions alone could move are tried by branch and bound, where at most 2,000 atoms hang together, and given up after 500 nodes: then they are not exact. Memory: some hundred bytes an entry of cells, and 12 to 24 bytes an entry of the moves that elimination finds, at most 100 million.
Errors: 2202E arrays with NULLs or of different length; 22023 a number that is none, an atom twice in a cell, negative count; 54000 the audit did not come to an end.
Source: bounds under non-negativity (shuttle, linear programming) as in Hundepool et al. 2012, Statistical Disclosure Control, ch. 4; moves: Diaconis and Sturmfels 1998, Ann Stat 26:363.';
