-- Writes a SYNTHETIC file of stays and hands it in as a country would. With :year, :upto (last day of discharge in it),
-- :file (its path), :header and :map set, after stays.sql; the pseudonym key comes with the connection, as README says.
\set quiet_load 'WITH (FORMAT csv, DELIMITER E''\\x02'', QUOTE E''\\x01'')'
COPY (SELECT line FROM (SELECT :'header' AS line, NULL::date AS sorted_by, 0 AS number, 0 AS extra
                        UNION ALL SELECT line, sorted_by, number, extra FROM stay_line WHERE file = :year AND sorted_by <= :'upto') AS l
      ORDER BY sorted_by NULLS FIRST, number, extra) TO STDOUT :quiet_load \g :file
\setenv STAYS :file
\set lines `wc -l <"$STAYS"`
\set digest `sha256sum <"$STAYS" | cut -c 1-64`
SET tmap.upload = :'upload';
\copy atlas.inbox(line) FROM PROGRAM 'cat "$STAYS"' WITH (FORMAT csv, DELIMITER E'\x02', QUOTE E'\x01')
SELECT format('progress: %s: %s lines, %s accepted, %s rejected', :'upload', lines_read, accepted, rejected)
FROM atlas.load_stays(:'upload', 'FRA', 'FRA-SYNTHETIC', delimiter => ';', column_map => :'map', expected_lines => :lines, expected_sha256 => :'digest');
