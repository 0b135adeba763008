-- Episodes: the hospital stays of a patient chained into episodes of care and strokes.

CREATE FUNCTION tmap.episode(admitted date, discharged date, transfer_in boolean DEFAULT false, transfer_out boolean DEFAULT false,
  gap integer DEFAULT 1, transfer_gap integer DEFAULT 2) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_episode' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.episode(date, date, boolean, boolean, integer, integer) IS
'Window function: number of the episode of care that a hospital stay belongs to, from 1 per patient. OVER (PARTITION BY patient ORDER BY admitted, discharged, stay_id).
A stay carries on the running episode when it is admitted at most gap days (default 1: the next day) after the latest discharge of the episode; or at most transfer_gap days (default 2) after it when the stay, or another admitted on the same day, has transfer_in; or at most transfer_gap days after a discharge of the episode that has transfer_out. Otherwise it begins an episode.
The latest discharge counts, not that of the stay before: stays that overlap, or lie inside one another, are one episode. Days are calendar days; 0 is the same day. Gaps of one and two days, with and without transfer fields, gave much the same episodes: Fransoo et al. (2012), BMC Med Res Methodol 12:133.
The number depends on the set of stays alone, not on the order of stays admitted on the same day.
Two people under one patient number are not told apart: PARTITION BY patient, sex, birth_year separates them (and a patient whose sex or year was once miscoded); of the same sex and year they stay one, and years between their stays still make two strokes.
Moments are given as days of the place: (admitted_at AT TIME ZONE ''Europe/Paris'')::date.
NULL discharged, the day of discharge is not known: the day of admission is taken. NULL transfer flag: no. NULL admitted: the number is NULL and the row is passed over. gap and transfer_gap are read on the first row of each patient.
Errors: 22023 discharged before admitted, or a negative number of days; 22004 number of days NULL; 22008 infinite date; 42P20 the window has no ORDER BY, or not by day of admission.';

CREATE FUNCTION tmap.episode_stay(admitted date, discharged date, transfer_in boolean DEFAULT false, transfer_out boolean DEFAULT false,
  gap integer DEFAULT 1, transfer_gap integer DEFAULT 2) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_episode_stay' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.episode_stay(date, date, boolean, boolean, integer, integer) IS
'Window function: number of a hospital stay within its episode, from 1 in the order of the window, OVER (PARTITION BY patient ORDER BY admitted, discharged, stay_id). Stay 1 is the first hospital: of stays admitted on the same day the one discharged first, then the one with the smaller number; one whose day of discharge is not known comes after those that have one.
Arguments, NULLs and errors as for tmap.episode; and 42P20 when two stays are equal in the ORDER BY, for then either could be the first.';

CREATE FUNCTION tmap.stroke_number(admitted date, discharged date, transfer_in boolean DEFAULT false, transfer_out boolean DEFAULT false,
  gap integer DEFAULT 1, transfer_gap integer DEFAULT 2, new_after integer DEFAULT 28, from_onset boolean DEFAULT false) RETURNS integer
AS 'MODULE_PATHNAME', 'tmap_stroke_number' LANGUAGE C WINDOW IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.stroke_number(date, date, boolean, boolean, integer, integer, integer, boolean) IS
'Window function: number of the stroke that a stay for stroke belongs to, from 1 per patient. OVER (PARTITION BY patient ORDER BY admitted, discharged, stay_id) over stays, or over episodes that contain a stroke.
Stays of one episode (see tmap.episode for the first six arguments) are one stroke. An episode that begins new_after days or more (default 28) after the end of the episode before is a new stroke; one that begins sooner is an early recurrence or readmission: an episode of its own that keeps the number of the stroke. from_onset: the days run from the first admission of the stroke, which stands for the onset, as in WHO MONICA (28 days) and definition C of Coull and Rothwell (2004), Stroke 35:1925-9.
new_after 0 makes every episode a stroke: recurrences inside an episode are left out, those after it count. Recurrence is commonest in the first weeks, so the choice changes the figure: name it with the result.
NULLs and errors as for tmap.episode; NULL from_onset: no. All numbers are counted from the first row of the patient: a stroke before the data begin is not known.';

CREATE FUNCTION tmap.care_path(treated boolean, first_hospital text, treating_centre text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
  WHEN treated IS NULL THEN NULL
  WHEN NOT treated THEN 'not treated'
  WHEN first_hospital IS NULL OR treating_centre IS NULL THEN 'unknown'
  WHEN first_hospital = treating_centre THEN 'direct admission'
  ELSE 'drip-and-ship'
END;
COMMENT ON FUNCTION tmap.care_path(boolean, text, text) IS
'How the patient of an episode came to thrombectomy. treated: the episode has the procedure; first_hospital: where the first stay was; treating_centre: where the first stay with the procedure was.
''direct admission'': treated where first admitted (mothership); ''drip-and-ship'': treated elsewhere after a transfer, whether or not the first hospital gave thrombolysis; ''not treated''; ''unknown'': treated, one of the hospitals is NULL. NULL treated gives NULL.';

CREATE TYPE tmap.care AS (
  episode integer, stroke integer, starts date, ends date, stays integer, transferred boolean, path text,
  first_stay bigint, first_hospital text, residence text, treated_stay bigint, treating_centre text
);
COMMENT ON TYPE tmap.care IS
'An episode of care, made of hospital stays by tmap.care_agg. episode, stroke: numbers from 1 per patient (tmap.episode, tmap.stroke_number); starts: first admission; ends: latest discharge; stays: how many; transferred: stays in two known hospitals or more; path: as tmap.care_path; first_stay, first_hospital, residence: number, hospital and residence of the first stay; treated_stay, treating_centre: number and hospital of the first stay with the procedure, NULL when none has it.';

CREATE FUNCTION tmap.care_step(state bytea, stay_id bigint, admitted date, discharged date, transfer_in boolean, transfer_out boolean,
  treated boolean, hospital text, residence text) RETURNS bytea
AS 'MODULE_PATHNAME', 'tmap_care_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.care_step(bytea, bigint, date, date, boolean, boolean, boolean, text, text) IS 'Internal: transition function of tmap.care_agg: one more stay of the patient.';

CREATE FUNCTION tmap.care_step(state bytea, stay_id bigint, admitted date, discharged date, transfer_in boolean, transfer_out boolean,
  treated boolean, hospital text, residence text, gap integer, transfer_gap integer, new_after integer, from_onset boolean) RETURNS bytea
AS 'MODULE_PATHNAME', 'tmap_care_step' LANGUAGE C IMMUTABLE PARALLEL SAFE;
COMMENT ON FUNCTION tmap.care_step(bytea, bigint, date, date, boolean, boolean, boolean, text, text, integer, integer, integer, boolean) IS 'Internal: transition function of tmap.care_agg with a rule: one more stay of the patient.';

CREATE FUNCTION tmap.care_combine(bytea, bytea) RETURNS bytea
AS 'MODULE_PATHNAME', 'tmap_care_combine' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.care_combine(bytea, bytea) IS 'Internal: combine function of tmap.care_agg: the stays of both. Errors: 22P03 malformed state, 22023 different rules.';

CREATE FUNCTION tmap.care_final(bytea) RETURNS tmap.care[]
AS 'MODULE_PATHNAME', 'tmap_care_final' LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE;
COMMENT ON FUNCTION tmap.care_final(bytea) IS 'Internal: final function of tmap.care_agg: the episodes in order. Errors: 22P03 malformed state.';

CREATE AGGREGATE tmap.care_agg(stay_id bigint, admitted date, discharged date, transfer_in boolean, transfer_out boolean,
  treated boolean, hospital text, residence text) (
  SFUNC = tmap.care_step, STYPE = bytea, SSPACE = 256, COMBINEFUNC = tmap.care_combine, FINALFUNC = tmap.care_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.care_agg(bigint, date, date, boolean, boolean, boolean, text, text) IS
'The stays of one patient, in any order, to the episodes of care in order of time: SELECT patient, (e).* FROM (SELECT patient, unnest(tmap.care_agg(stay_id, admitted, discharged, transfer_in, transfer_out, treated, hospital, residence)) AS e FROM stay GROUP BY patient) s.
Rules, NULLs and defaults are those of tmap.episode and tmap.stroke_number (gap 1, transfer_gap 2, new_after 28 from the last discharge). treated: the procedure was done in this stay. Stays of one day come in the order of discharge (not known last), then stay_id; the result does not depend on the order of rows or on the plan.
NULL discharged: the day of admission; NULL flag: no; NULL hospital or residence: not known. No rows give NULL. The memory is that of the stays of the patients in hand: one patient with sorted input, all of them in a hash.
Errors: 22004 stay_id or admitted NULL; 22023 discharged before admitted; 22008 infinite date; 54000 more than 10000 stays of one patient.';

CREATE AGGREGATE tmap.care_agg(stay_id bigint, admitted date, discharged date, transfer_in boolean, transfer_out boolean,
  treated boolean, hospital text, residence text, gap integer, transfer_gap integer, new_after integer, from_onset boolean) (
  SFUNC = tmap.care_step, STYPE = bytea, SSPACE = 256, COMBINEFUNC = tmap.care_combine, FINALFUNC = tmap.care_final, PARALLEL = SAFE
);
COMMENT ON AGGREGATE tmap.care_agg(bigint, date, date, boolean, boolean, boolean, text, text, integer, integer, integer, boolean) IS
'tmap.care_agg by another rule: gap, transfer_gap, new_after in days and from_onset as in tmap.stroke_number, the same for all stays of a patient. Errors as there; and 22023 a negative number of days, or numbers that differ within a patient; 22004 a number of days NULL.';
