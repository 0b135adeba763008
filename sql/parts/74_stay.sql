-- Hospital stays: lines of a file read in one pass, and pseudonyms.

CREATE FUNCTION tmap.pseudonym(id text) RETURNS uuid
LANGUAGE c STABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_pseudonym';
COMMENT ON FUNCTION tmap.pseudonym(text) IS
'Pseudonym of an identifier: the first 128 bits of its HMAC-SHA-256 under the key of this session, blanks around it left out. The same key gives the same pseudonym; without the key nobody can try identifiers out. NULL for an empty one. NULL in, NULL out.
The key is the setting tmap.pseudonym_key, at least 16 bytes, given with the connection: PGOPTIONS="-c tmap.pseudonym_key=...". It is kept in no table, shown by no view, and logged nowhere when given so (SET would be logged as any statement).
Errors: 55000 no key, 22023 key too short. Source: RFC 2104, FIPS 180-4.';

CREATE FUNCTION tmap.pseudonym_key_fingerprint() RETURNS text
LANGUAGE c STABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_pseudonym_key_fingerprint';
COMMENT ON FUNCTION tmap.pseudonym_key_fingerprint() IS
'Sixteen hexadecimal digits that tell keys of pseudonyms apart and say nothing else about a random key. Errors: 55000 no key, 22023 key too short.';

CREATE FUNCTION tmap.lines_sha256_add(state internal, line text, line_end text) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_lines_sha256_add';
COMMENT ON FUNCTION tmap.lines_sha256_add(internal, text, text) IS 'Internal: transition of the aggregate lines_sha256.';

CREATE FUNCTION tmap.lines_sha256_final(state internal) RETURNS text[]
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_lines_sha256_final';
COMMENT ON FUNCTION tmap.lines_sha256_final(internal) IS 'Internal: result of the aggregate lines_sha256.';

CREATE AGGREGATE tmap.lines_sha256(line text, line_end text) (
  SFUNC = tmap.lines_sha256_add, STYPE = internal, SSPACE = 128, FINALFUNC = tmap.lines_sha256_final, PARALLEL = SAFE);
COMMENT ON AGGREGATE tmap.lines_sha256(text, text) IS
'Internal: SHA-256 of the file that these lines are, in hexadecimal: with a line end behind the last line, and without. Give the lines in order: lines_sha256(line, E''\n'' ORDER BY line_no). line_end is E''\n'' or E''\r\n''; a NULL line is empty. NULL over no rows. Errors: 22004 line_end NULL, 22023 another line end. Source: FIPS 180-4.';

CREATE TYPE tmap.stay_fields AS (
  reason text, column_name text, detail text,
  stay uuid, patient uuid, year int4, admitted date, discharged date, age int2, sex text, residence text, lon float8, lat float8,
  hospital text, principal text, diagnoses text[], procedures text[], procedure_on date,
  transfer_in boolean, transfer_out boolean, planned boolean, unreadable int2);
COMMENT ON TYPE tmap.stay_fields IS 'A line of a file of hospital stays: either reason (with the column at fault, and a detail that holds nothing of the line) or the normalised values. unreadable counts the other diagnoses and procedures that cannot be codes of their system.';

CREATE FUNCTION tmap.stay_plan(columns text[], delimiter text, date_format text, sex_scheme text, diagnosis_system text, procedure_system text, today date) RETURNS int4[]
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_stay_plan';
COMMENT ON FUNCTION tmap.stay_plan(text[], text, text, text, text, text, date) IS
'Internal: how the lines of a file are read, for stay_line; made once a load.
columns: what each column is: stay_id, patient_id, admitted, discharged, age, birth_year, birth_date, sex, residence, lon, lat, hospital, principal, diagnoses, procedures, procedure_on, transfer_in, transfer_out, planned; anything else is not read. diagnoses and procedures may occur several times, also as diagnosis_1, procedure_2. stay_id, admitted and principal have to be there.
date_format: yyyy-mm-dd, dd/mm/yyyy (also with dots or hyphens), mm/dd/yyyy, yyyymmdd, ddmmyyyy, yyyy/mm/dd or ddmonyyyy (03MAY2021 as SAS writes it, 03-May-2021; English). NULL: not known yet, good for stay_signs only.
sex_scheme: iso5218 (1 male, 2 female, 0 and 9 unknown), m/f, h/f (homme, femme), m/w (weiblich), m/k (kvinde, kvinna), h/m (hombre or V varon, M mujer), 0/1 (1 female), 1/0 (0 female) or words. NULL: not known yet. Whole words (female, femme, weiblich, mujer ...) are read in every scheme.
procedure_system: NULL when procedures are not read. today: no date may be later.
Errors: 22004 NULL, 22023 unknown name, column missing or twice, 42704 no such code system.';

CREATE FUNCTION tmap.stay_plan(columns text[], delimiter text, date_format text, sex_scheme text, diagnosis_system text, procedure_system text, today date, transfer_scheme text) RETURNS int4[]
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_stay_plan';
COMMENT ON FUNCTION tmap.stay_plan(text[], text, text, text, text, text, date, text) IS
'Internal: the same for a file whose transfers are codes. transfer_scheme: how transfer_in and transfer_out are read.
yes/no (also NULL): 1/0, yes/no and their like. pmsi (France): mode d''entrée and mode de sortie, alone or followed by provenance or destination: 7 and 0 are transfers; 6 (mutation, the same hospital), 8, 9, N and O are none. ub-04 (United States): point of origin 4 is a transfer, 9 is not known; discharge status 02, 05, 43, 66 and the same with a planned readmission, 82, 85, 88, 94, are transfers to a hospital. 301 (Germany): Aufnahmeanlass V and A, Entlassungsgrund 06, 08 and 13, with or without its third digit.
Other codes of a scheme are no transfers; what cannot be a code of it rejects the line as bad_flag. Errors: as there, and 22023 unknown scheme. Sources: ATIH, Guide méthodologique MCO; NUBC, UB-04, form locators 15 and 17, and CMS''s patient discharge status codes; Vereinbarung nach § 301 Abs. 3 SGB V, Anlage 2.';

CREATE FUNCTION tmap.stay_line(line text, plan int4[]) RETURNS tmap.stay_fields
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'tmap_stay_line';
COMMENT ON FUNCTION tmap.stay_line(text, int4[]) IS
'Internal: reads one line of a file of hospital stays by a plan of stay_plan: every field checked and normalised, stay and patient as pseudonyms, codes in their canonical form, the age from the birth date (completed years) or the birth year (year of admission less year of birth) when it is not given.
The first fault gives the reason: blank_line, line_too_long (more than 64 KB), malformed_csv, wrong_field_count, missing_value (stay_id, admitted, principal), field_too_long (identifiers 128 bytes, residence and hospital 64), bad_date, date_in_future, date_too_old (before 1990), discharge_before_admission, procedure_outside_stay (before admitted, or after discharged when that is known), bad_age, age_out_of_range (0 to 120), bad_sex, bad_point, bad_flag, unreadable_principal, too_many_codes (250).
Codes of one field are separated by semicolon, bar or comma, or by spaces when there is none of these. Whole numbers may end in .0, coordinates have a point or a comma before their decimals. Flags are 1/0, yes/no and their like in several languages. NULL in, NULL out. Errors: 22023 invalid plan, or key too short, 55000 no pseudonym key.';

CREATE FUNCTION tmap.stay_signs(line text, plan int4[]) RETURNS int4
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE COST 10
AS 'MODULE_PATHNAME', 'tmap_stay_signs';
COMMENT ON FUNCTION tmap.stay_signs(text, int4[]) IS
'Internal: what a line tells of its file, to be gathered with bit_or: bits 1 to 7, the admission is a date in the first to seventh format of stay_plan and in no other; bits 16 to 25, the sex is M, F, H, W, K, V, 0, 1, 2, 9. NULL in, NULL out. Error 22023 invalid plan.';

CREATE FUNCTION tmap.stay_redacted(line text, plan int4[]) RETURNS text
LANGUAGE c STABLE STRICT PARALLEL SAFE COST 20
AS 'MODULE_PATHNAME', 'tmap_stay_redacted';
COMMENT ON FUNCTION tmap.stay_redacted(text, int4[]) IS
'Internal: a line as it may be kept: stay and patient as pseudonyms, the date of birth and columns that are not read as *, all else as it came. Of a line that cannot be taken apart only the shape is kept, every letter an a and every digit a 9, because an identifier can stand anywhere in it. NULL in, NULL out. Errors: 22023 invalid plan, or key too short, 55000 no pseudonym key.';

CREATE TYPE tmap.stay_file AS (lines bigint, first_no bigint, last_no bigint, in_order boolean, sha256 text[], signs int4);
COMMENT ON TYPE tmap.stay_file IS 'What an upload of hospital stays is, see tmap.stay_survey. in_order: every line came after those with smaller numbers; only then sha256 is the file''s. sha256: as of tmap.lines_sha256 with LF. signs: as of tmap.stay_signs, over all lines.';

CREATE FUNCTION tmap.stay_survey_add(state internal, line_no bigint, line text, plan int4[]) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_stay_survey_add';
COMMENT ON FUNCTION tmap.stay_survey_add(internal, bigint, text, int4[]) IS 'Internal: transition of the aggregate stay_survey.';

CREATE FUNCTION tmap.stay_survey_final(state internal) RETURNS tmap.stay_file
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_stay_survey_final';
COMMENT ON FUNCTION tmap.stay_survey_final(internal) IS 'Internal: result of the aggregate stay_survey.';

CREATE AGGREGATE tmap.stay_survey(line_no bigint, line text, plan int4[]) (
  SFUNC = tmap.stay_survey_add, STYPE = internal, SSPACE = 70000, FINALFUNC = tmap.stay_survey_final, PARALLEL = SAFE);
COMMENT ON AGGREGATE tmap.stay_survey(bigint, text, int4[]) IS
'Internal: count, numbers, digest and signs of the lines of an upload in one pass; a NULL line is empty, no signs are gathered without a plan. NULL over no rows. Errors: 22004 line_no NULL, 22023 invalid plan.';

CREATE FUNCTION tmap.stay_rows(lines refcursor, plan int4[], codes text[], areas int4[])
RETURNS TABLE (stay uuid, patient uuid, year int4, admitted date, discharged date, age int2, sex text, residence text, lon float8, lat float8,
  hospital text, principal text, diagnoses text[], procedures text[], procedure_on date,
  transfer_in boolean, transfer_out boolean, planned boolean, unreadable int2, area_id int4, line_no bigint)
LANGUAGE c STABLE STRICT PARALLEL UNSAFE COST 1000000 ROWS 100000
AS 'MODULE_PATHNAME', 'tmap_stay_rows';
COMMENT ON FUNCTION tmap.stay_rows(refcursor, int4[], text[], int4[]) IS
'Internal: reads all lines of a cursor over (line_no bigint, line text), header first, as stay_line does, and gives the accepted ones, of several with one stay and year the first, sorted by stay and year. line_no: line of the file, the header being 1. area_id: that of codes and areas with the residence as its code, else NULL.
NULL in, no rows. Errors: 22023 invalid plan, or key too short; 55000 no pseudonym key, or lines not in the order of their number; 34000 no such cursor; 42804 another cursor; 2202E codes and areas differ in number.';

CREATE FUNCTION tmap.lines_present_add(state internal, line_no bigint) RETURNS internal
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_lines_present_add';
COMMENT ON FUNCTION tmap.lines_present_add(internal, bigint) IS 'Internal: transition of the aggregate lines_present.';

CREATE FUNCTION tmap.lines_present_final(state internal) RETURNS bytea
LANGUAGE c IMMUTABLE PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_lines_present_final';
COMMENT ON FUNCTION tmap.lines_present_final(internal) IS 'Internal: result of the aggregate lines_present.';

CREATE AGGREGATE tmap.lines_present(line_no bigint) (
  SFUNC = tmap.lines_present_add, STYPE = internal, SSPACE = 131072, FINALFUNC = tmap.lines_present_final, PARALLEL = SAFE);
COMMENT ON AGGREGATE tmap.lines_present(bigint) IS
'Internal: the set of line numbers as bits, for line_is_present. NULLs are skipped, NULL over no rows. Error 22003 number out of range.';

CREATE FUNCTION tmap.line_is_present(bits bytea, line_no bigint) RETURNS boolean
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_line_is_present';
COMMENT ON FUNCTION tmap.line_is_present(bytea, bigint) IS 'Internal: whether a line number is in the set that lines_present made. NULL in, NULL out.';
