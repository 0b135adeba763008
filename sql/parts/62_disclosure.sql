-- Disclosure control: which cells of linked tables may be published, and what the published ones give away.
--
-- A cell is a sum over atoms, the finest cells there are. Cells and atoms are numbered from 1; which atoms a cell sums is given as pairs of numbers.
-- Tables are linked by the atoms that they share: margins, trees of areas, years, overlapping geographies, editions that are still public.

CREATE FUNCTION tmap.suppress(cells integer[], atoms integer[], rules smallint[], events bigint[], others bigint[], singletons boolean DEFAULT true, zeros boolean DEFAULT true) RETURNS smallint[]
AS 'MODULE_PATHNAME', 'tmap_suppress' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE COST 100000;
COMMENT ON FUNCTION tmap.suppress(integer[], integer[], smallint[], bigint[], bigint[], boolean, boolean) IS
'Secondary suppression: the status of each cell, 0 published, 1 protected, 2 withheld so that no protected cell can be worked out, 3 protected but worked out from what is public already.
cells, atoms: pairs saying that a cell sums an atom, numbers from 1, in any order; rules: one a cell, 0 free, 1 protected, 2 public already (an edition before); events, others: of each atom, and people at risk without an event;
singletons: protect cells also from the one person counted by an atom, who knows it; zeros: a count of 0 may be public, so that atoms of 0 protect nothing and a cell''s 0 needs no protection. A cell is withheld or published with both counts and all that is derived from them.
Cells are taken zeros first, then by size; a cell is withheld when publishing it would make a protected cell a linear combination of published ones. No pattern is the least possible, this one is near it. NULL when an argument is.
Memory and time grow with the entries that elimination brings, in trees of areas × age × sex × year about linearly with the cells.
Errors: 2202E arrays with NULLs or of different length; 22023 a number that is none, an atom twice in a cell, unknown rule, negative count.
Source: Langsrud 2024, Privacy in Statistical Databases, LNCS 14915 (GaussSuppression); singletons: Robertson and Ethier 2002, in Inference Control in Statistical Databases.';
