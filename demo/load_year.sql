-- Writes one SYNTHETIC file of stays and hands it in as a country would: lines into the inbox, then one call.
-- Before: stays.sql; :upload its name, :year the stays that ended in it, :upto the last day of discharge, :file its path,
-- :header and :map; the key of the pseudonyms comes with the connection, as README says, and is not known here.
COPY (SELECT line FROM (SELECT :'header' AS line, NULL::date AS sorted_by, 0 AS number, 0 AS extra
                        UNION ALL SELECT line, sorted_by, number, extra FROM stay_line WHERE file = :year AND sorted_by <= :'upto') AS l
      ORDER BY sorted_by NULLS FIRST, number, extra)
TO STDOUT WITH (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01') \g :file
\setenv STAYS :file
\set lines `wc -l <"$STAYS"`
\set digest `sha256sum <"$STAYS" | cut -c 1-64`
SET tmap.upload = :'upload';
\copy atlas.inbox(line) FROM PROGRAM 'cat "$STAYS"' WITH (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')
SELECT format('progress: %s: %s lines read, %s accepted, %s rejected', :'upload', lines_read, accepted, rejected)
FROM atlas.load_stays(:'upload', 'FRA', 'FRA-SYNTHETIC', delimiter => ';', column_map => :'map', expected_lines => :lines, expected_sha256 => :'digest');
