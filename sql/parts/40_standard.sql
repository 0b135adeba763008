-- Standard populations. A standard is a tally: its people at risk are the weights, whatever they add to.

CREATE FUNCTION tmap.standards(OUT standard text, OUT title text, OUT stratum tmap.stratum, OUT weight bigint, OUT source text)
RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 104
BEGIN ATOMIC
  SELECT s.standard, s.title, tmap.stratum(s.scheme, w.age, NULL, NULL), w.weight, s.source
  FROM (VALUES
    ('ESP2013', 'European Standard Population 2013', 'age90',
     'Eurostat, Revision of the European Standard Population, KS-RA-13-028, doi:10.2785/11470',
     ARRAY[5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000]::bigint[]),
    ('ESP1976', 'European (Scandinavian) Standard Population 1976', 'age85',
     'Waterhouse et al., Cancer Incidence in Five Continents III, IARC 1976; values as in IARC CanReg5',
     ARRAY[8000, 7000, 7000, 7000, 7000, 7000, 7000, 7000, 7000, 7000, 7000, 6000, 5000, 4000, 3000, 2000, 1000, 1000]::bigint[]),
    ('WHO2000_2025', 'WHO World Standard 2000-2025, 18 bands', 'age85',
     'Ahmad et al., GPE Discussion Paper 31, WHO 2001; printed percentages × 100, which add to 10003',
     ARRAY[886, 869, 860, 847, 822, 793, 761, 715, 659, 604, 537, 455, 372, 296, 221, 152, 91, 63]::bigint[]),
    ('WHO2000_2025_21', 'WHO World Standard 2000-2025, 21 bands', 'age100',
     'Ahmad et al., GPE Discussion Paper 31, WHO 2001; printed percentages × 1000, which add to 100035',
     ARRAY[8860, 8690, 8600, 8470, 8220, 7930, 7610, 7150, 6590, 6040, 5370, 4550, 3720, 2960, 2210, 1520, 910, 440, 150, 40, 5]::bigint[]),
    ('SEGI1960', 'World (Segi 1960) Standard Population', 'age85',
     'Segi 1960, modified by Doll; values as in IARC CanReg5',
     ARRAY[12000, 10000, 9000, 9000, 8000, 8000, 6000, 6000, 6000, 6000, 5000, 4000, 4000, 3000, 2000, 1000, 500, 500]::bigint[]),
    ('US2000', 'US 2000 Standard Million', 'age85us',
     'Klein & Schoenborn, Healthy People Statistical Notes 20, NCHS 2001; <1 and 1-4 merged',
     ARRAY[69135, 145565, 138646, 135573, 162613, 134834, 87247, 66037, 44842, 15508]::bigint[])
  ) AS s (standard, title, scheme, source, weights),
  LATERAL pg_catalog.unnest(s.weights) WITH ORDINALITY AS u (weight, i),
  LATERAL (SELECT u.weight, CASE WHEN s.scheme = 'age85us' THEN GREATEST(0, 10 * u.i - 15) ELSE 5 * u.i - 5 END::integer AS age) AS w
  ORDER BY s.standard, w.age;
END;
COMMENT ON FUNCTION tmap.standards() IS 'The standard populations that ship, one row a stratum: weight in persons (printed percentages as whole numbers), with their source.';

CREATE FUNCTION tmap.standard(name text) RETURNS tmap.tally
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
  found tmap.tally;
BEGIN
  SELECT tmap.tally_agg(s.stratum, 0, s.weight) INTO found FROM tmap.standards() s WHERE s.standard = name;
  IF found IS NULL THEN
    RAISE EXCEPTION 'no standard population "%"', name
      USING ERRCODE = 'undefined_object', HINT = 'SELECT DISTINCT standard, title FROM tmap.standards() lists those that ship; any tally can be a standard.';
  END IF;
  RETURN found;
END $$;
COMMENT ON FUNCTION tmap.standard(text) IS 'A shipped standard population as a tally (weights = people at risk, events 0): ESP2013, ESP1976, WHO2000_2025, WHO2000_2025_21, SEGI1960, US2000. NULL for NULL. Errors: 42704 no such standard.';
