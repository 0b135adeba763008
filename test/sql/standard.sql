-- Standard populations that ship: the weights add to what their papers print.
\set VERBOSITY terse
SELECT standard, title, count(*) AS bands, sum(weight) AS total, min(tmap.scheme(stratum)) AS scheme, count(DISTINCT source) AS sources
FROM tmap.standards() GROUP BY standard, title ORDER BY standard COLLATE "C";
SELECT tmap.standard('ESP2013');
SELECT tmap.standard('US2000');
SELECT s, tmap.at_risk(tmap.standard(s)), tmap.events(tmap.standard(s)), tmap.scheme(tmap.standard(s)) FROM (SELECT DISTINCT standard FROM tmap.standards()) AS d (s) ORDER BY s COLLATE "C";
-- A standard is a tally like any other: anyone can define one, or cut a shipped one down.
SELECT tmap.at_risk(tmap.filter_age(tmap.standard('ESP2013'), 80, NULL)) AS "80+ of 100000", tmap.collapse(tmap.standard('WHO2000_2025_21'), 'age85');
SELECT tmap.can_standardise('tmap1 age90+sex {}', tmap.standard('ESP2013')) AS esp2013, tmap.can_standardise('tmap1 sex {}', tmap.standard('ESP2013')) AS without_age,
       tmap.can_standardise('tmap1 age90 {}', tmap.standard('ESP1976')) AS coarser_standard, tmap.can_standardise('tmap1 age85 {}', tmap.standard('ESP2013')) AS finer_standard,
       tmap.can_standardise(NULL, tmap.standard('ESP2013')) IS NULL AS null_in_null_out;
SELECT tmap.standard(NULL) IS NULL AS null_in_null_out;
-- Errors.
SELECT tmap.standard('ESP2014');
SELECT tmap.standard('');
