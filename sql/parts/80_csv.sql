-- Comma-separated values, one line at a time.

CREATE FUNCTION tmap.csv_fields(line text, delimiter text DEFAULT ',') RETURNS text[]
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_csv_fields';
COMMENT ON FUNCTION tmap.csv_fields(text, text) IS
'Fields of one line of comma-separated values.
Fields in double quotes may hold the delimiter, line breaks and doubled quotes; spaces belong to the field; one line end at the end is ignored; an empty line is one empty field.
delimiter: one ASCII character. NULL in, NULL out. Errors: 22P04 malformed line (with its place), 22023 bad delimiter, 54000 more than 10000 fields.
Source: RFC 4180, section 2.';

CREATE FUNCTION tmap.csv_problem(line text, delimiter text DEFAULT ',') RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_csv_problem';
COMMENT ON FUNCTION tmap.csv_problem(text, text) IS
'What makes a line malformed for tmap.csv_fields, with the place in characters from 1; NULL when the line is fine.
For checking a file line by line without stopping at the first bad one. NULL in, NULL out. Error 22023 bad delimiter.
Source: RFC 4180, section 2.';
