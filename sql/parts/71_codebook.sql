-- Which codes stand for which concepts: the shipped list, and its compiled form that queries probe row by row.

CREATE FUNCTION tmap.code_list(OUT system text, OUT country text, OUT code text, OUT match text, OUT concept text,
  OUT valid_from date, OUT valid_to date, OUT description text, OUT source text, OUT note text)
RETURNS SETOF record LANGUAGE sql IMMUTABLE PARALLEL SAFE ROWS 68
BEGIN ATOMIC
  SELECT l.system, l.country, l.code, l.match, l.concept, l.valid_from::pg_catalog.date, l.valid_to::pg_catalog.date, l.description, l.source, l.note
  FROM (VALUES
    ('ICD-10', 'INT', 'I61', 'prefix', 'intracerebral_haemorrhage', NULL, NULL, 'intracerebral haemorrhage', 'jackwasey/icd ICD10_Charlson.sas; Riksstroke pocket guide 2013; BHFDSC stroke exploration', NULL),
    ('ICD-10', 'INT', 'I63', 'prefix', 'ischaemic_stroke', NULL, NULL, 'cerebral infarction', 'jackwasey/icd ICD10_Charlson.sas; Riksstroke pocket guide 2013; BHFDSC stroke exploration', NULL),
    ('ICD-10', 'INT', 'I62', 'prefix', 'other_intracranial_haemorrhage', NULL, NULL, 'other non-traumatic intracranial haemorrhage', 'jackwasey/icd ICD10_Charlson.sas; Riksstroke pocket guide 2013; BHFDSC stroke exploration', NULL),
    ('ICD-10', 'INT', 'I64', 'prefix', 'stroke_unspecified', NULL, NULL, 'stroke, not specified as haemorrhage or infarction; ischaemic only by explicit choice', 'jackwasey/icd ICD10_Charlson.sas; Riksstroke pocket guide 2013; BHFDSC stroke exploration', NULL),
    ('ICD-10', 'INT', 'I60', 'prefix', 'subarachnoid_haemorrhage', NULL, NULL, 'subarachnoid haemorrhage', 'jackwasey/icd ICD10_Charlson.sas; Riksstroke pocket guide 2013; BHFDSC stroke exploration', NULL),
    ('ICD-10', 'INT', 'G45', 'prefix', 'tia', NULL, NULL, 'transient cerebral ischaemic attacks and related syndromes', 'jackwasey/icd ICD10_Charlson.sas; Riksstroke pocket guide 2013; BHFDSC stroke exploration', 'Riksstroke leaves out G45.4, transient global amnesia: not left out here'),
    ('CIM-10', 'FRA', 'I61', 'prefix', 'intracerebral_haemorrhage', NULL, NULL, 'intracerebral haemorrhage', 'Guide méthodologique MCO, BO 2016/7 bis, IV 2.2: les accidents vasculaires cérébraux', NULL),
    ('CIM-10', 'FRA', 'I63', 'prefix', 'ischaemic_stroke', NULL, NULL, 'cerebral infarction', 'Eur J Epidemiol 2024, methods (main diagnosis I63)', 'the paper prints I63.0; it takes the principal diagnosis and ages from 20'),
    ('CIM-10', 'FRA', 'I62', 'prefix', 'other_intracranial_haemorrhage', NULL, NULL, 'other non-traumatic intracranial haemorrhage', 'Guide méthodologique MCO, BO 2016/7 bis, IV 2.2: les accidents vasculaires cérébraux', NULL),
    ('CIM-10', 'FRA', 'I64', 'prefix', 'stroke_unspecified', NULL, NULL, 'stroke, not specified as haemorrhage or infarction; ischaemic only by explicit choice', 'Guide méthodologique MCO, BO 2016/7 bis, IV 2.2: les accidents vasculaires cérébraux', NULL),
    ('CIM-10', 'FRA', 'I60', 'prefix', 'subarachnoid_haemorrhage', NULL, NULL, 'subarachnoid haemorrhage', 'Guide méthodologique MCO, BO 2016/7 bis, IV 2.2: les accidents vasculaires cérébraux', NULL),
    ('CIM-10', 'FRA', 'G45', 'prefix', 'tia', NULL, NULL, 'transient cerebral ischaemic attacks and related syndromes', 'Guide méthodologique MCO, BO 2016/7 bis, IV 2.2: les accidents vasculaires cérébraux', NULL),
    ('ICD-10-GM', 'DEU', 'I61', 'prefix', 'intracerebral_haemorrhage', NULL, NULL, 'intracerebral haemorrhage', 'BfArM, ICD-10-GM 2024, I60-I69; for G45 Spezifikation Schlaganfall Nordrhein 2015', NULL),
    ('ICD-10-GM', 'DEU', 'I63', 'prefix', 'ischaemic_stroke', NULL, NULL, 'cerebral infarction', 'doi:10.1186/s42466-019-0010-8', 'the paper takes the principal diagnosis'),
    ('ICD-10-GM', 'DEU', 'I62', 'prefix', 'other_intracranial_haemorrhage', NULL, NULL, 'other non-traumatic intracranial haemorrhage', 'BfArM, ICD-10-GM 2024, I60-I69; for G45 Spezifikation Schlaganfall Nordrhein 2015', NULL),
    ('ICD-10-GM', 'DEU', 'I64', 'prefix', 'stroke_unspecified', NULL, NULL, 'stroke, not specified as haemorrhage or infarction; ischaemic only by explicit choice', 'BfArM, ICD-10-GM 2024, I60-I69; for G45 Spezifikation Schlaganfall Nordrhein 2015', NULL),
    ('ICD-10-GM', 'DEU', 'I60', 'prefix', 'subarachnoid_haemorrhage', NULL, NULL, 'subarachnoid haemorrhage', 'BfArM, ICD-10-GM 2024, I60-I69; for G45 Spezifikation Schlaganfall Nordrhein 2015', NULL),
    ('ICD-10-GM', 'DEU', 'G45', 'prefix', 'tia', NULL, NULL, 'transient cerebral ischaemic attacks and related syndromes', 'BfArM, ICD-10-GM 2024, I60-I69; for G45 Spezifikation Schlaganfall Nordrhein 2015', NULL),
    ('ICD-10-CM', 'USA', 'I61', 'prefix', 'intracerebral_haemorrhage', NULL, NULL, 'intracerebral haemorrhage', 'medtrack-io/icd_code, list of ICD-10-CM', NULL),
    ('ICD-10-CM', 'USA', 'I63', 'prefix', 'ischaemic_stroke', NULL, NULL, 'cerebral infarction', 'published code of a Medicare stroke study', 'open at its start: the day of the US change-over in the list, 2015-10-01, is not from a source'),
    ('ICD-10-CM', 'USA', 'I62', 'prefix', 'other_intracranial_haemorrhage', NULL, NULL, 'other non-traumatic intracranial haemorrhage', 'medtrack-io/icd_code, list of ICD-10-CM', NULL),
    ('ICD-10-CM', 'USA', 'I60', 'prefix', 'subarachnoid_haemorrhage', NULL, NULL, 'subarachnoid haemorrhage', 'medtrack-io/icd_code, list of ICD-10-CM', NULL),
    ('ICD-10-CM', 'USA', 'G45', 'prefix', 'tia', NULL, NULL, 'transient cerebral ischaemic attacks and related syndromes', 'medtrack-io/icd_code, list of ICD-10-CM', NULL),
    ('ICD-9-CM', 'USA', '433.11', 'exact', 'ischaemic_stroke', NULL, NULL, 'ischaemic stroke', 'PMC3237608 figure 1 legend', 'open at its end: the day of the US change-over in the list, 2015-09-30, is not from a source. The paper takes the primary diagnosis and leaves out 433.01 and 433.21'),
    ('ICD-9-CM', 'USA', '433.31', 'exact', 'ischaemic_stroke', NULL, NULL, 'ischaemic stroke', 'PMC3237608 figure 1 legend', 'open at its end: the day of the US change-over in the list, 2015-09-30, is not from a source. The paper takes the primary diagnosis and leaves out 433.01 and 433.21'),
    ('ICD-9-CM', 'USA', '433.81', 'exact', 'ischaemic_stroke', NULL, NULL, 'ischaemic stroke', 'PMC3237608 figure 1 legend', 'open at its end: the day of the US change-over in the list, 2015-09-30, is not from a source. The paper takes the primary diagnosis and leaves out 433.01 and 433.21'),
    ('ICD-9-CM', 'USA', '433.91', 'exact', 'ischaemic_stroke', NULL, NULL, 'ischaemic stroke', 'PMC3237608 figure 1 legend', 'open at its end: the day of the US change-over in the list, 2015-09-30, is not from a source. The paper takes the primary diagnosis and leaves out 433.01 and 433.21'),
    ('ICD-9-CM', 'USA', '434.01', 'exact', 'ischaemic_stroke', NULL, NULL, 'ischaemic stroke', 'PMC3237608 figure 1 legend', 'open at its end: the day of the US change-over in the list, 2015-09-30, is not from a source. The paper takes the primary diagnosis and leaves out 433.01 and 433.21'),
    ('ICD-9-CM', 'USA', '434.11', 'exact', 'ischaemic_stroke', NULL, NULL, 'ischaemic stroke', 'PMC3237608 figure 1 legend', 'open at its end: the day of the US change-over in the list, 2015-09-30, is not from a source. The paper takes the primary diagnosis and leaves out 433.01 and 433.21'),
    ('ICD-9-CM', 'USA', '434.91', 'exact', 'ischaemic_stroke', NULL, NULL, 'ischaemic stroke', 'PMC3237608 figure 1 legend', 'open at its end: the day of the US change-over in the list, 2015-09-30, is not from a source. The paper takes the primary diagnosis and leaves out 433.01 and 433.21'),
    ('ICD-9-CM', 'USA', '436', 'exact', 'ischaemic_stroke', NULL, NULL, 'ischaemic stroke', 'PMC3237608 figure 1 legend', 'open at its end: the day of the US change-over in the list, 2015-09-30, is not from a source. The paper takes the primary diagnosis and leaves out 433.01 and 433.21'),
    ('CCAM', 'FRA', 'EAJF341', 'exact', 'mechanical_thrombectomy', '2017-07-01', NULL, 'removal of thrombus from an intracranial artery by transcutaneous arterial route', 'Eur J Epidemiol 2024, methods; sfmu.org, new CCAM code of July 2017', 'the source gives the month'),
    ('OPS', 'DEU', '8-020.8', 'exact', 'iv_thrombolysis', NULL, NULL, 'systemic thrombolysis', 'DKG hospital profile (deutsches-krankenhaus-verzeichnis.de)', NULL),
    ('OPS', 'DEU', '8-836.80', 'exact', 'mechanical_thrombectomy', NULL, NULL, '(percutaneous-)transluminal intervention: thrombectomy: intracranial vessels', 'foka.medizincontroller.de Anfrage 0290; SEG 4 Kodierempfehlungen (MDS) record 605', NULL),
    ('OPS', 'DEU', '8-981.30', 'exact', 'stroke_unit_care', NULL, NULL, 'complex treatment of acute stroke', 'DKG hospital profile', 'the source lists the code without its wording'),
    ('OPS', 'DEU', '8-981.31', 'exact', 'stroke_unit_care', NULL, NULL, 'complex treatment of acute stroke', 'DKG hospital profile', 'the source lists the code without its wording'),
    ('OPS', 'DEU', '8-981.32', 'exact', 'stroke_unit_care', NULL, NULL, 'complex treatment of acute stroke', 'DKG hospital profile', 'the source lists the code without its wording'),
    ('OPS', 'DEU', '8-83b.80', 'exact', 'thrombectomy_device', NULL, '2021-12-31', 'additional code: microwire retriever, until 2021 also aspiration', 'SEG 4 Kodierempfehlungen (MDS) record 605; medconweb.de ZE133', 'the list ends it with 2021; whether the code lives on for microwire retrievers alone is not from a source'),
    ('OPS', 'DEU', '8-83b.84', 'exact', 'thrombectomy_device', NULL, NULL, 'additional code: stent retriever', 'SEG 4 Kodierempfehlungen (MDS) record 605; medconweb.de ZE133', 'the source gives the range of codes; how many devices a single code stands for is not shipped'),
    ('OPS', 'DEU', '8-83b.85', 'exact', 'thrombectomy_device', NULL, NULL, 'additional code: stent retriever', 'SEG 4 Kodierempfehlungen (MDS) record 605; medconweb.de ZE133', 'the source gives the range of codes; how many devices a single code stands for is not shipped'),
    ('OPS', 'DEU', '8-83b.86', 'exact', 'thrombectomy_device', NULL, NULL, 'additional code: stent retriever', 'SEG 4 Kodierempfehlungen (MDS) record 605; medconweb.de ZE133', 'the source gives the range of codes; how many devices a single code stands for is not shipped'),
    ('OPS', 'DEU', '8-83b.87', 'exact', 'thrombectomy_device', '2022-01-01', NULL, 'additional code: aspiration catheter', 'SEG 4 Kodierempfehlungen (MDS) record 605; medconweb.de ZE133', 'the source gives the range of codes; how many devices a single code stands for is not shipped'),
    ('OPS', 'DEU', '8-83b.88', 'exact', 'thrombectomy_device', '2022-01-01', NULL, 'additional code: aspiration catheter', 'SEG 4 Kodierempfehlungen (MDS) record 605; medconweb.de ZE133', 'the source gives the range of codes; how many devices a single code stands for is not shipped'),
    ('OPS', 'DEU', '8-83b.89', 'exact', 'thrombectomy_device', '2022-01-01', NULL, 'additional code: aspiration catheter', 'SEG 4 Kodierempfehlungen (MDS) record 605; medconweb.de ZE133', 'the source gives the range of codes; how many devices a single code stands for is not shipped'),
    ('OPCS-4', 'GBR', 'X83.3', 'exact', 'iv_thrombolysis', NULL, NULL, 'fibrinolytic drugs band 1', 'BHFDSC/hds_phenotyping_score_cvd_stroke, explorations', NULL),
    ('OPCS-4', 'GBR', 'L35.4', 'exact', 'mechanical_thrombectomy', NULL, NULL, 'percutaneous transluminal embolectomy of cerebral artery', 'BHFDSC/hds_phenotyping_score_cvd_stroke, explorations', NULL),
    ('OPCS-4', 'GBR', 'Y53.2', 'exact', 'supplementary', NULL, NULL, 'approach under ultrasonic control', 'BHFDSC/hds_phenotyping_score_cvd_stroke, explorations', 'says how or where, always beside another code'),
    ('OPCS-4', 'GBR', 'Y53.4', 'exact', 'supplementary', NULL, NULL, 'approach under fluoroscopic control', 'BHFDSC/hds_phenotyping_score_cvd_stroke, explorations', 'says how or where, always beside another code'),
    ('OPCS-4', 'GBR', 'Y79.3', 'exact', 'supplementary', NULL, NULL, 'transluminal approach through femoral artery', 'BHFDSC/hds_phenotyping_score_cvd_stroke, explorations', 'says how or where, always beside another code'),
    ('OPCS-4', 'GBR', 'Z35.4', 'exact', 'supplementary', NULL, NULL, 'middle cerebral artery', 'BHFDSC/hds_phenotyping_score_cvd_stroke, explorations', 'says how or where, always beside another code'),
    ('OPCS-4', 'GBR', 'Z35.9', 'exact', 'supplementary', NULL, NULL, 'cerebral artery NEC', 'BHFDSC/hds_phenotyping_score_cvd_stroke, explorations', 'says how or where, always beside another code'),
    ('ICD-10-PCS', 'USA', '3E03317', 'exact', 'iv_thrombolysis', NULL, NULL, 'intravenous thrombolysis', 'published code of a National Inpatient Sample study', NULL),
    ('ICD-10-PCS', 'USA', '03CG3Z6', 'exact', 'mechanical_thrombectomy', NULL, NULL, 'intracranial artery, bifurcation', 'published code of a National Inpatient Sample study', NULL),
    ('ICD-10-PCS', 'USA', '03CG3ZZ', 'exact', 'mechanical_thrombectomy', NULL, NULL, 'extirpation of matter, head/neck/intracranial artery body part G, percutaneous', 'published code list of a Medicare stroke study', 'open at its start: the day of the US change-over in the list, 2015-10-01, is not from a source'),
    ('ICD-10-PCS', 'USA', '03CH3ZZ', 'exact', 'mechanical_thrombectomy', NULL, NULL, 'extirpation of matter, head/neck/intracranial artery body part H, percutaneous', 'published code list of a Medicare stroke study', 'open at its start: the day of the US change-over in the list, 2015-10-01, is not from a source'),
    ('ICD-10-PCS', 'USA', '03CJ3ZZ', 'exact', 'mechanical_thrombectomy', NULL, NULL, 'extirpation of matter, head/neck/intracranial artery body part J, percutaneous', 'published code list of a Medicare stroke study', 'open at its start: the day of the US change-over in the list, 2015-10-01, is not from a source'),
    ('ICD-10-PCS', 'USA', '03CK3ZZ', 'exact', 'mechanical_thrombectomy', NULL, NULL, 'extirpation of matter, head/neck/intracranial artery body part K, percutaneous', 'published code list of a Medicare stroke study', 'open at its start: the day of the US change-over in the list, 2015-10-01, is not from a source'),
    ('ICD-10-PCS', 'USA', '03CL3ZZ', 'exact', 'mechanical_thrombectomy', NULL, NULL, 'extirpation of matter, head/neck/intracranial artery body part L, percutaneous', 'published code list of a Medicare stroke study', 'open at its start: the day of the US change-over in the list, 2015-10-01, is not from a source'),
    ('ICD-10-PCS', 'USA', '03CM3ZZ', 'exact', 'mechanical_thrombectomy', NULL, NULL, 'extirpation of matter, head/neck/intracranial artery body part M, percutaneous', 'published code list of a Medicare stroke study', 'open at its start: the day of the US change-over in the list, 2015-10-01, is not from a source'),
    ('ICD-10-PCS', 'USA', '03CN3ZZ', 'exact', 'mechanical_thrombectomy', NULL, NULL, 'extirpation of matter, head/neck/intracranial artery body part N, percutaneous', 'published code list of a Medicare stroke study', 'open at its start: the day of the US change-over in the list, 2015-10-01, is not from a source'),
    ('ICD-10-PCS', 'USA', '03CP3ZZ', 'exact', 'mechanical_thrombectomy', NULL, NULL, 'extirpation of matter, head/neck/intracranial artery body part P, percutaneous', 'published code list of a Medicare stroke study', 'open at its start: the day of the US change-over in the list, 2015-10-01, is not from a source'),
    ('ICD-10-PCS', 'USA', '03CQ3ZZ', 'exact', 'mechanical_thrombectomy', NULL, NULL, 'extirpation of matter, head/neck/intracranial artery body part Q, percutaneous', 'published code list of a Medicare stroke study', 'open at its start: the day of the US change-over in the list, 2015-10-01, is not from a source'),
    ('CPT', 'USA', '61645', 'exact', 'mechanical_thrombectomy', NULL, NULL, 'percutaneous arterial transluminal mechanical thrombectomy and/or infusion for thrombolysis, intracranial', 'genhealth.ai/code/cpt4/61645', NULL),
    ('K-code', 'JPN', 'K178-3', 'exact', 'intraarterial_thrombolysis', NULL, NULL, 'intra-arterial thrombolysis, intracranial or cervical', 'published table of Japanese procedure codes', 'receipt codes 150301110 (intracranial), 150301210 (cervical)'),
    ('K-code', 'JPN', 'K178-4', 'exact', 'mechanical_thrombectomy', NULL, NULL, 'percutaneous cerebral thrombus retrieval', 'published table of Japanese procedure codes', 'receipt code 150372510'),
    ('MBS', 'AUS', '35414', 'exact', 'mechanical_thrombectomy', NULL, NULL, 'mechanical thrombectomy for acute ischaemic stroke (billing item)', 'ccinr.org.au/mbs-item-35414; www9.health.gov.au/mbs item 35414', NULL),
    ('MS-DRG', 'USA', '023', 'exact', 'mechanical_thrombectomy_proxy', NULL, NULL, 'proxy of thrombectomy', 'published code of a National Inpatient Sample study', 'not specific to thrombectomy: used together with procedure codes'),
    ('MS-DRG', 'USA', '024', 'exact', 'mechanical_thrombectomy_proxy', NULL, NULL, 'proxy of thrombectomy', 'published code of a National Inpatient Sample study', 'not specific to thrombectomy: used together with procedure codes')
  ) AS l (system, country, code, match, concept, valid_from, valid_to, description, source, note);
END;
COMMENT ON FUNCTION tmap.code_list() IS
'The shipped code list, one row a code (match exact) or group of codes (match prefix) and concept. Country is ISO 3166-1 alpha-3, INT international; valid_from and valid_to are the first and last day, NULL open; note says what the source does not.
Only codes seen in the source named are here. Concepts: ischaemic_stroke, stroke_unspecified, intracerebral_haemorrhage, subarachnoid_haemorrhage, other_intracranial_haemorrhage, tia, mechanical_thrombectomy, mechanical_thrombectomy_proxy, thrombectomy_device, iv_thrombolysis, intraarterial_thrombolysis, stroke_unit_care, supplementary.
Add to it and override it with a list of your own: tmap.codebook_agg over both.';

CREATE TYPE tmap.codebook;

CREATE FUNCTION tmap.codebook_in(cstring) RETURNS tmap.codebook
AS 'MODULE_PATHNAME', 'tmap_codebook_in' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.codebook_in(cstring) IS 'Text to codebook, rules in any order. Errors: 22P02 malformed, 54000 more than 16384 rules or 64 concepts.';

CREATE FUNCTION tmap.codebook_out(tmap.codebook) RETURNS cstring
AS 'MODULE_PATHNAME', 'tmap_codebook_out' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.codebook_out(tmap.codebook) IS 'Codebook to text, loss-free: tmapbook1 {ICD-10 G45*: tia; ICD-10 G454: -tia; OPS 883B80 ..2021-12-31: thrombectomy_device}. A star makes a prefix, a minus an exclusion, a period has its first and last day.';

CREATE FUNCTION tmap.codebook_recv(internal) RETURNS tmap.codebook
AS 'MODULE_PATHNAME', 'tmap_codebook_recv' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.codebook_recv(internal) IS 'Binary to codebook. Errors: 22P03 malformed, out of order or not canonical.';

CREATE FUNCTION tmap.codebook_send(tmap.codebook) RETURNS bytea
AS 'MODULE_PATHNAME', 'tmap_codebook_send' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.codebook_send(tmap.codebook) IS 'Codebook to binary: version, numbers of rules and concepts, names, rules; network order.';

CREATE TYPE tmap.codebook (
  INPUT = tmap.codebook_in, OUTPUT = tmap.codebook_out, RECEIVE = tmap.codebook_recv, SEND = tmap.codebook_send,
  INTERNALLENGTH = VARIABLE, ALIGNMENT = double, STORAGE = extended
);
COMMENT ON TYPE tmap.codebook IS 'A compiled code list: (system, code or prefix, period) → concepts, at most 64 of them named inside. Build it once in a query, probe it per row. Canonical: equal lists are equal bytes. 48 bytes + 32 a rule + 40 a concept.
For each concept the most specific rule about it decides: an exact code before a prefix, a longer prefix before a shorter, among equals an exclusion.';

CREATE FUNCTION tmap.codebook_eq(tmap.codebook, tmap.codebook) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_codebook_eq' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.codebook_eq(tmap.codebook, tmap.codebook) IS 'Behind the operator =: true when the first codebook is equal to the second. NULL when an argument is.';

CREATE FUNCTION tmap.codebook_ne(tmap.codebook, tmap.codebook) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_codebook_ne' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.codebook_ne(tmap.codebook, tmap.codebook) IS 'Behind the operator <>: true when the first codebook is not equal to the second. NULL when an argument is.';

CREATE FUNCTION tmap.codebook_lt(tmap.codebook, tmap.codebook) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_codebook_lt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.codebook_lt(tmap.codebook, tmap.codebook) IS 'Behind the operator <: true when the first codebook comes before the second. NULL when an argument is.';

CREATE FUNCTION tmap.codebook_le(tmap.codebook, tmap.codebook) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_codebook_le' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.codebook_le(tmap.codebook, tmap.codebook) IS 'Behind the operator <=: true when the first codebook is before or equal the second. NULL when an argument is.';

CREATE FUNCTION tmap.codebook_gt(tmap.codebook, tmap.codebook) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_codebook_gt' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.codebook_gt(tmap.codebook, tmap.codebook) IS 'Behind the operator >: true when the first codebook is after the second. NULL when an argument is.';

CREATE FUNCTION tmap.codebook_ge(tmap.codebook, tmap.codebook) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_codebook_ge' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.codebook_ge(tmap.codebook, tmap.codebook) IS 'Behind the operator >=: true when the first codebook is after or equal the second. NULL when an argument is.';

CREATE OPERATOR tmap.= (
  LEFTARG = tmap.codebook, RIGHTARG = tmap.codebook, FUNCTION = tmap.codebook_eq,
  COMMUTATOR = OPERATOR(tmap.=), NEGATOR = OPERATOR(tmap.<>),
  RESTRICT = pg_catalog.eqsel, JOIN = pg_catalog.eqjoinsel, HASHES, MERGES
);
COMMENT ON OPERATOR tmap.= (tmap.codebook, tmap.codebook) IS 'equal: by concepts, then rule by rule.';

CREATE OPERATOR tmap.<> (
  LEFTARG = tmap.codebook, RIGHTARG = tmap.codebook, FUNCTION = tmap.codebook_ne,
  COMMUTATOR = OPERATOR(tmap.<>), NEGATOR = OPERATOR(tmap.=),
  RESTRICT = pg_catalog.neqsel, JOIN = pg_catalog.neqjoinsel
);
COMMENT ON OPERATOR tmap.<> (tmap.codebook, tmap.codebook) IS 'not equal: by concepts, then rule by rule.';

CREATE OPERATOR tmap.< (
  LEFTARG = tmap.codebook, RIGHTARG = tmap.codebook, FUNCTION = tmap.codebook_lt,
  COMMUTATOR = OPERATOR(tmap.>), NEGATOR = OPERATOR(tmap.>=),
  RESTRICT = pg_catalog.scalarltsel, JOIN = pg_catalog.scalarltjoinsel
);
COMMENT ON OPERATOR tmap.< (tmap.codebook, tmap.codebook) IS 'before: by concepts, then rule by rule.';

CREATE OPERATOR tmap.<= (
  LEFTARG = tmap.codebook, RIGHTARG = tmap.codebook, FUNCTION = tmap.codebook_le,
  COMMUTATOR = OPERATOR(tmap.>=), NEGATOR = OPERATOR(tmap.>),
  RESTRICT = pg_catalog.scalarlesel, JOIN = pg_catalog.scalarlejoinsel
);
COMMENT ON OPERATOR tmap.<= (tmap.codebook, tmap.codebook) IS 'before or equal: by concepts, then rule by rule.';

CREATE OPERATOR tmap.> (
  LEFTARG = tmap.codebook, RIGHTARG = tmap.codebook, FUNCTION = tmap.codebook_gt,
  COMMUTATOR = OPERATOR(tmap.<), NEGATOR = OPERATOR(tmap.<=),
  RESTRICT = pg_catalog.scalargtsel, JOIN = pg_catalog.scalargtjoinsel
);
COMMENT ON OPERATOR tmap.> (tmap.codebook, tmap.codebook) IS 'after: by concepts, then rule by rule.';

CREATE OPERATOR tmap.>= (
  LEFTARG = tmap.codebook, RIGHTARG = tmap.codebook, FUNCTION = tmap.codebook_ge,
  COMMUTATOR = OPERATOR(tmap.<=), NEGATOR = OPERATOR(tmap.<),
  RESTRICT = pg_catalog.scalargesel, JOIN = pg_catalog.scalargejoinsel
);
COMMENT ON OPERATOR tmap.>= (tmap.codebook, tmap.codebook) IS 'after or equal: by concepts, then rule by rule.';

CREATE FUNCTION tmap.codebook_cmp(tmap.codebook, tmap.codebook) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_codebook_cmp' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.codebook_cmp(tmap.codebook, tmap.codebook) IS 'btree support: -1, 0 or 1; by concepts, then rule by rule.';

CREATE OPERATOR CLASS tmap.codebook_ops DEFAULT FOR TYPE tmap.codebook USING btree AS
  OPERATOR 1 tmap.<, OPERATOR 2 tmap.<=, OPERATOR 3 tmap.=, OPERATOR 4 tmap.>=, OPERATOR 5 tmap.>,
  FUNCTION 1 tmap.codebook_cmp(tmap.codebook, tmap.codebook);
COMMENT ON OPERATOR CLASS tmap.codebook_ops USING btree IS 'Sorting, DISTINCT and btree indexes: by concepts, then rule by rule.';
COMMENT ON OPERATOR FAMILY tmap.codebook_ops USING btree IS 'Sorting of codebooks.';

CREATE FUNCTION tmap.codebook_hash(tmap.codebook) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_codebook_hash' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.codebook_hash(tmap.codebook) IS 'Hash support: equal values have equal hashes.';

CREATE FUNCTION tmap.codebook_hash_extended(tmap.codebook, bigint) RETURNS bigint
AS 'MODULE_PATHNAME', 'tmap_codebook_hash_extended' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.codebook_hash_extended(tmap.codebook, bigint) IS 'Hash support with a seed, for hash partitioning.';

CREATE OPERATOR CLASS tmap.codebook_ops DEFAULT FOR TYPE tmap.codebook USING hash AS
  OPERATOR 1 tmap.=,
  FUNCTION 1 tmap.codebook_hash(tmap.codebook),
  FUNCTION 2 tmap.codebook_hash_extended(tmap.codebook, bigint);
COMMENT ON OPERATOR CLASS tmap.codebook_ops USING hash IS 'Hash joins, hash aggregation and hash indexes.';
COMMENT ON OPERATOR FAMILY tmap.codebook_ops USING hash IS 'Hashing of codebooks.';

CREATE FUNCTION tmap.codebook_union(tmap.codebook, tmap.codebook) RETURNS tmap.codebook
AS 'MODULE_PATHNAME', 'tmap_codebook_union' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.codebook_union(tmap.codebook, tmap.codebook) IS 'Behind +: the rules of both codebooks; where the same code, match and period are in both, an exclusion wins. NULL when an argument is. Errors: 54000 more than 16384 rules or 64 concepts.';

CREATE OPERATOR tmap.+ (LEFTARG = tmap.codebook, RIGHTARG = tmap.codebook, FUNCTION = tmap.codebook_union, COMMUTATOR = OPERATOR(tmap.+));
COMMENT ON OPERATOR tmap.+ (tmap.codebook, tmap.codebook) IS 'The rules of both codebooks: your own list on top of the shipped one.';

CREATE FUNCTION tmap.codebook_step(state tmap.codebook, system text, code text, match text, concept text, valid_from date, valid_to date) RETURNS tmap.codebook
AS 'MODULE_PATHNAME', 'tmap_codebook_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.codebook_step(tmap.codebook, text, text, text, text, date, date) IS 'Transition function of codebook_agg.';

CREATE AGGREGATE tmap.codebook_agg(system text, code text, match text, concept text, valid_from date, valid_to date) (
  SFUNC = tmap.codebook_step, STYPE = tmap.codebook, SSPACE = 4000, COMBINEFUNC = tmap.codebook_union, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.codebook_agg(text, text, text, text, date, date) IS
'Compiles a code list, one row a rule; the order of the rows does not matter and repeats do no harm. match is exact, prefix, not exact or not prefix: a rule with not takes the concept away from its codes, so (''ICD-10'', ''G45.4'', ''not exact'', ''tia'') leaves transient global amnesia out of a G45 that is in. valid_from and valid_to are the first and last day; NULL is open. Codes are normalised. No rows give NULL.
Errors: 22004 system, code, match or concept NULL; 42704 no such system; 22023 not a code (or prefix of codes) of the system, unknown match, name of a concept not of lower case letters, digits and underscores, period without a day; 54000 more than 16384 rules or 64 concepts.';

-- Compiled here once: to queries it is a constant, and planning one does not read the list.
DO $do$
BEGIN
  EXECUTE pg_catalog.format('CREATE FUNCTION tmap.codebook() RETURNS tmap.codebook LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN %L::tmap.codebook',
    (SELECT tmap.codebook_agg(l.system, l.code, l.match, l.concept, l.valid_from, l.valid_to) FROM tmap.code_list() l));
END $do$;
COMMENT ON FUNCTION tmap.codebook() IS 'The shipped code list, tmap.code_list(), compiled: a constant to the planner.';

CREATE FUNCTION tmap.rules(codebook tmap.codebook, OUT system text, OUT code text, OUT match text, OUT concept text, OUT valid_from date, OUT valid_to date) RETURNS SETOF record
AS 'MODULE_PATHNAME', 'tmap_codebook_rules' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 100;
COMMENT ON FUNCTION tmap.rules(tmap.codebook) IS 'The rules of a codebook as rows, one a rule and concept, in order, codes normalised: codebook_agg over them gives the codebook again. No rows for NULL.';

CREATE FUNCTION tmap.concepts(codebook tmap.codebook, system text, code text, on_date date DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'tmap_concepts_code' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.concepts(tmap.codebook, text, text, date) IS 'The concepts that a code stands for, as bits; tmap.concept_names(codebook, bits) names them. on_date is the day that a rule must be valid on; NULL takes the rules of any period. NULL when another argument is. A text that is no code of the system has no concepts: count such rows with tmap.code_problem. Errors: 42704 no such system.';

CREATE FUNCTION tmap.concepts(codebook tmap.codebook, system text, codes text[], on_date date DEFAULT NULL) RETURNS bigint
AS 'MODULE_PATHNAME', 'tmap_concepts_codes' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.concepts(tmap.codebook, text, text[], date) IS 'The concepts that any of the codes stands for, as bits; NULLs among the codes are skipped. on_date is the day that a rule must be valid on; NULL takes the rules of any period. NULL when another argument is. A text that is no code of the system has no concepts: count such rows with tmap.code_problem. Errors: 42704 no such system.';

CREATE FUNCTION tmap.has_concept(codebook tmap.codebook, system text, code text, concept text, on_date date DEFAULT NULL) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_has_concept_code' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.has_concept(tmap.codebook, text, text, text, date) IS 'True when a code stands for a concept. on_date is the day that a rule must be valid on; NULL takes the rules of any period. NULL when another argument is. A text that is no code of the system has no concepts: count such rows with tmap.code_problem. Errors: 42704 no such system or concept.';

CREATE FUNCTION tmap.has_concept(codebook tmap.codebook, system text, codes text[], concept text, on_date date DEFAULT NULL) RETURNS boolean
AS 'MODULE_PATHNAME', 'tmap_has_concept_codes' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.has_concept(tmap.codebook, text, text[], text, date) IS 'True when any of the codes stands for a concept; NULLs among the codes are skipped. on_date is the day that a rule must be valid on; NULL takes the rules of any period. NULL when another argument is. A text that is no code of the system has no concepts: count such rows with tmap.code_problem. Errors: 42704 no such system or concept.';

CREATE FUNCTION tmap.concept_names(codebook tmap.codebook, concepts bigint) RETURNS text[]
AS 'MODULE_PATHNAME', 'tmap_concept_names_bits' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.concept_names(tmap.codebook, bigint) IS 'The names of concepts given as bits, ascending. NULL when an argument is. Errors: 22023 bits beyond the concepts of the codebook.';

CREATE FUNCTION tmap.concept_names(codebook tmap.codebook) RETURNS text[]
AS 'MODULE_PATHNAME', 'tmap_concept_names' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.concept_names(tmap.codebook) IS 'The names of all concepts of a codebook, ascending: the first has bit 0. NULL for NULL.';

CREATE FUNCTION tmap.concept_bits(codebook tmap.codebook, VARIADIC concepts text[]) RETURNS bigint
AS 'MODULE_PATHNAME', 'tmap_concept_bits' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.concept_bits(tmap.codebook, text[]) IS 'The bits of concepts, to be compared with those of tmap.concepts by &. NULL names are skipped. NULL when an argument is. Errors: 42704 no such concept in the codebook.';

CREATE FUNCTION tmap.classify(system text, code text, on_date date DEFAULT NULL) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN tmap.concept_names(tmap.codebook(), tmap.concepts(tmap.codebook(), system, code, on_date));
COMMENT ON FUNCTION tmap.classify(text, text, date) IS 'The concepts of the shipped list, tmap.code_list(), that a code stands for, by name, ascending; an empty array when there is none. on_date is the day that a rule must be valid on; NULL takes the rules of any period. NULL when another argument is. A text that is no code of the system has no concepts: count such rows with tmap.code_problem. Errors: 42704 no such system.';

CREATE FUNCTION tmap.classify(system text, codes text[], on_date date DEFAULT NULL) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN tmap.concept_names(tmap.codebook(), tmap.concepts(tmap.codebook(), system, codes, on_date));
COMMENT ON FUNCTION tmap.classify(text, text[], date) IS 'The concepts of the shipped list, tmap.code_list(), that any of the codes stands for, by name, ascending; an empty array when there is none. on_date is the day that a rule must be valid on; NULL takes the rules of any period. NULL when another argument is. A text that is no code of the system has no concepts: count such rows with tmap.code_problem. Errors: 42704 no such system.';
