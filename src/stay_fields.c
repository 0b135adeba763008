/*
 * stay_fields.c - an accepted line of hospital stays as the values of a row.
 */
#include "stay_glue.h"

#include "catalog/pg_type.h"
#include "utils/builtins.h"
#include "utils/date.h"

/* A piece as text, NULL when it is empty. */
static void
set_text(Datum *value, bool *null, tm_piece p)
{
	*null = p.length == 0;
	if (!*null)
		*value = PointerGetDatum(cstring_to_text_with_len(p.at, (int) p.length));
}

/* A date, NULL when there is none. */
static void
set_date(Datum *value, bool *null, int32 days)
{
	*null = days == TM_STAY_NO_DATE;
	*value = DateADTGetDatum(days);
}

/* A flag, NULL when it is not said. */
static void
set_flag(Datum *value, bool *null, int8 flag)
{
	*null = flag < 0;
	*value = BoolGetDatum(flag > 0);
}

/* The pseudonym of a piece, NULL when it is empty. */
void
tmap_stay_set_pseudonym(Datum *value, bool *null, tm_piece p)
{
	*null = p.length == 0;
	if (!*null)
	{
		pg_uuid_t  *u = palloc(sizeof *u);

		tmap_pseudonym_of(tmap_pseudonym_key(), p.at, p.length, u);
		*value = UUIDPGetDatum(u);
	}
}

/* A code as text. */
static Datum
code_text(tm_key key)
{
	char		buf[TM_CODE_TEXT];
	size_t		n = tm_key_format(key, buf);

	return PointerGetDatum(cstring_to_text_with_len(buf, (int) n));
}

/* Codes as text[]. */
static Datum
code_array(const tm_key *keys, unsigned n)
{
	Datum		values[TM_STAY_MAX_CODES];

	if (n == 0)
		return PointerGetDatum(construct_empty_array(TEXTOID));
	for (unsigned i = 0; i < n; i++)
		values[i] = code_text(keys[i]);
	return PointerGetDatum(construct_array(values, (int) n, TEXTOID, -1, false, TYPALIGN_INT));
}

/* Sets the columns of an accepted line. */
void
tmap_stay_set(const tm_stay *s, Datum *values, bool *nulls)
{
	static const char *const sexes[] = {"female", "male", "unknown"};

	tmap_stay_set_pseudonym(&values[F_STAY], &nulls[F_STAY], s->id);
	tmap_stay_set_pseudonym(&values[F_PATIENT], &nulls[F_PATIENT], s->patient);
	nulls[F_YEAR] = false;
	values[F_YEAR] = Int32GetDatum(tm_year_of(s->admitted));
	set_date(&values[F_ADMITTED], &nulls[F_ADMITTED], s->admitted);
	set_date(&values[F_DISCHARGED], &nulls[F_DISCHARGED], s->discharged);
	nulls[F_AGE] = s->age < 0;
	values[F_AGE] = Int16GetDatum((int16) s->age);
	nulls[F_SEX] = false;
	values[F_SEX] = CStringGetTextDatum(sexes[s->sex]);
	set_text(&values[F_RESIDENCE], &nulls[F_RESIDENCE], s->residence);
	nulls[F_LON] = nulls[F_LAT] = !s->located;
	values[F_LON] = Float8GetDatum(s->lon);
	values[F_LAT] = Float8GetDatum(s->lat);
	set_text(&values[F_HOSPITAL], &nulls[F_HOSPITAL], s->hospital);
	nulls[F_PRINCIPAL] = nulls[F_DIAGNOSES] = nulls[F_PROCEDURES] = nulls[F_UNREADABLE] = false;
	values[F_PRINCIPAL] = code_text(s->principal);
	values[F_DIAGNOSES] = code_array(s->diagnoses, s->diagnosis_count);
	values[F_PROCEDURES] = code_array(s->procedures, s->procedure_count);
	set_date(&values[F_PROCEDURE_ON], &nulls[F_PROCEDURE_ON], s->procedure_on);
	set_flag(&values[F_TRANSFER_IN], &nulls[F_TRANSFER_IN], s->transfer_in);
	set_flag(&values[F_TRANSFER_OUT], &nulls[F_TRANSFER_OUT], s->transfer_out);
	set_flag(&values[F_PLANNED], &nulls[F_PLANNED], s->planned);
	values[F_UNREADABLE] = Int16GetDatum((int16) Min(s->unreadable, PG_INT16_MAX));
}
