-- Codes of diagnoses and procedures: the systems, and one code cleaned and checked.

CREATE FUNCTION tmap.code_systems(OUT system text, OUT title text, OUT country text, OUT kind text, OUT shape text, OUT example text, OUT source text)
RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 14
BEGIN ATOMIC
  SELECT s.system, s.title, s.country, s.kind, s.shape, s.example, s.source
  FROM (VALUES
    ('ICD-10', 'International Classification of Diseases, 10th revision', 'INT', 'diagnosis',
     'letter, 2 digits, up to 2 digits after a dot. Dagger, asterisk, exclamation mark and plus behind it go; so do the filler X, the filler hyphen and the mark A or D of the NHS', 'I63.9',
     'WHO ICD-10 volume 2; NHS Data Dictionary, ICD-10 code (an4 to an6: X fills the fourth character, - the fifth, A or D is the sixth)'),
    ('CIM-10', 'CIM-10 FR à usage PMSI', 'FRA', 'diagnosis',
     'letter, 2 digits, up to 3 digits or + after a dot (codes extended for the PMSI)', 'I63.9',
     'ATIH, CIM-10 FR à usage PMSI; Manuel des GHM, annexe 6, codes étendus'),
    ('ICD-10-GM', 'ICD-10 German modification', 'DEU', 'diagnosis',
     'letter, 2 digits, up to 2 digits after a dot. The suffixes A, G, V, Z of outpatient care change the meaning and are refused', 'I63.4',
     'BfArM, ICD-10-GM'),
    ('ICD-10-CM', 'ICD-10 clinical modification of the United States', 'USA', 'diagnosis',
     'letter, digit, digit or letter, up to 4 digits or letters after a dot', 'I63.412', 'CDC/NCHS, ICD-10-CM'),
    ('ICD-9-CM', 'ICD-9 clinical modification, diagnoses', 'USA', 'diagnosis',
     '3 digits and up to 2 after a dot; V, 2 digits and up to 2; E, 3 digits and up to 1. A lost leading zero is refused', '433.11', 'CDC/NCHS, ICD-9-CM volumes 1 and 2'),
    ('ICD-9-CM-PX', 'ICD-9 clinical modification, procedures', 'USA', 'procedure',
     '2 digits and up to 2 after a dot', '39.74', 'CMS, ICD-9-CM volume 3'),
    ('CCAM', 'Classification commune des actes médicaux', 'FRA', 'procedure',
     '4 letters, 3 digits; phase and activity are fields of their own', 'EAJF341', 'ATIH, format de RUM: code CCAM of 7 characters, phase apart'),
    ('OPS', 'Operationen- und Prozedurenschlüssel', 'DEU', 'procedure',
     'digit, hyphen, 2 digits, digit or letter, up to 2 digits or letters after a dot', '8-836.80', 'BfArM, OPS'),
    ('OPCS-4', 'OPCS Classification of Interventions and Procedures, version 4', 'GBR', 'procedure',
     'letter, 2 digits, up to 1 digit after a dot', 'L35.4', 'NHS England, OPCS-4'),
    ('ICD-10-PCS', 'ICD-10 procedure coding system', 'USA', 'procedure',
     '7 digits or letters, never I or O', '03CG3ZZ', 'CMS, ICD-10-PCS'),
    ('CPT', 'Current Procedural Terminology', 'USA', 'procedure',
     '5 digits, or 4 digits and F, M, T or U; modifiers are a field of their own', '61645', 'American Medical Association, CPT'),
    ('K-code', 'Codes of operations of the Japanese fee schedule', 'JPN', 'procedure',
     'K, 3 digits, up to 2 branches of a hyphen and a digit; the hyphens belong to the code', 'K178-4', 'Ministry of Health, Labour and Welfare, medical fee schedule'),
    ('MBS', 'Medicare Benefits Schedule', 'AUS', 'procedure',
     'item number of up to 5 digits without leading zeros', '35414', 'Australian Government, MBS Online'),
    ('MS-DRG', 'Medicare Severity Diagnosis Related Groups', 'USA', 'group',
     '3 digits', '023', 'CMS, MS-DRG')
  ) AS s (system, title, country, kind, shape, example, source);
END;
COMMENT ON FUNCTION tmap.code_systems() IS 'The code systems whose codes tmap reads, one row each: own name, full name, country (ISO 3166-1 alpha-3, INT: international), diagnosis, procedure or group, the shape of its codes, an example as printed, and who publishes it. The shape is checked, not whether the system has the code.';

CREATE FUNCTION tmap.code_system(name text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_code_system';
COMMENT ON FUNCTION tmap.code_system(text) IS
'The own name of a code system from any of its names: ''icd10gm'' is ''ICD-10-GM'', ''CIM-10 (PMSI)'' is ''CIM-10'', ''ICD-9-CM dx'' is ''ICD-9-CM''.
Case, spaces, hyphens, dots and brackets do not count. NULL in, NULL out. Error 42704 no such system.';

CREATE FUNCTION tmap.normalise_code(system text, code text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_normalise_code';
COMMENT ON FUNCTION tmap.normalise_code(text, text) IS
'The canonical form of a code as real files have it: capital letters and digits without decoration (''i63.9 †'' is I639, ''8-836.80'' is 883680); the hyphens of K-code and the + inside CIM-10 stay.
Decoration is case, spaces around (and, where two codes in one field cannot pass as one, inside), the dot and hyphen at their place, dagger, asterisk, plus and exclamation mark behind an ICD-10 code, punctuation behind, full-width characters.
NULL when it cannot be a code of its system: tmap.code_problem says why. Nothing is guessed: no letter O becomes a zero, no lost zero is put back. NULL in, NULL out. Error 42704 no such system.
Source: tmap.code_systems().';

CREATE FUNCTION tmap.code_problem(system text, code text) RETURNS text
LANGUAGE c IMMUTABLE STRICT PARALLEL SAFE
AS 'MODULE_PATHNAME', 'tmap_code_problem';
COMMENT ON FUNCTION tmap.code_problem(text, text) IS
'Why a text cannot be a code of its system, with the place in characters from 1; NULL when it can. NULL in, NULL out. Error 42704 no such system.
Source: tmap.code_systems().';
