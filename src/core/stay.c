/*
 * stay.c - reads one line of a file of hospital stays. The first fault in the order of the columns counts.
 */
#include "stay.h"

#include <string.h>

#define DAYS_1990 (-3652)		/* 1990-01-01 in days from 2000-01-01: older stays are typing errors */
#define NO_VALUE (-1)

static const char *const column_names[TM_STAY_COLUMNS] = {
	NULL, "stay_id", "patient_id", "admitted", "discharged", "age", "birth_year", "birth_date", "sex", "residence",
	"lon", "lat", "hospital", "principal", "diagnoses", "procedures", "procedure_on", "transfer_in", "transfer_out", "planned"
};

static const char *const reason_names[TM_STAY_REASONS] = {
	NULL, "blank_line", "line_too_long", "malformed_csv", "wrong_field_count", "missing_value", "field_too_long", "bad_date",
	"date_in_future", "date_too_old", "discharge_before_admission", "procedure_outside_stay", "bad_age", "age_out_of_range", "bad_sex", "bad_point",
	"bad_flag", "unreadable_principal", "too_many_codes"
};

/* A column's name as the header has it, NULL for none. */
const char *
tm_stay_column_name(tm_stay_column c)
{
	return column_names[c];
}

/* A reason's name as reports have it, NULL for none. */
const char *
tm_stay_reason_name(tm_stay_reason r)
{
	return reason_names[r];
}

/* True when a column may occur several times. */
bool
tm_stay_column_repeats(tm_stay_column c)
{
	return c == TM_STAY_DIAGNOSES || c == TM_STAY_PROCEDURES;
}

/* The column of a name, also of diagnosis_1 or procedure_12; TM_STAY_NOT_READ when it is none. */
tm_stay_column
tm_stay_column_of(const char *name, size_t length)
{
	tm_piece	p = {name, length};

	for (int c = 1; c < TM_STAY_COLUMNS; c++)
	{
		if (tm_piece_is(p, column_names[c]))
			return (tm_stay_column) c;
	}
	while (p.length > 0 && name[p.length - 1] >= '0' && name[p.length - 1] <= '9')
		p.length--;
	if (p.length > 0 && p.length < length && name[p.length - 1] == '_')
		p.length--;
	if (p.length < length && tm_piece_is(p, "diagnosis"))
		return TM_STAY_DIAGNOSES;
	if (p.length < length && tm_piece_is(p, "procedure"))
		return TM_STAY_PROCEDURES;
	return TM_STAY_NOT_READ;
}

/* True when every part of a plan is in range, so that reading by it is safe. */
bool
tm_stay_plan_valid(const tm_stay_plan *plan)
{
	if (!tm_csv_delimiter_valid((unsigned char) plan->delimiter)
		|| (unsigned) plan->dates >= TM_DATE_FORMATS || (unsigned) plan->sexes >= TM_SEX_SCHEMES
		|| (unsigned) plan->transfers >= TM_TRANSFER_SCHEMES
		|| plan->diagnosis_system == TM_NO_SYSTEM || (unsigned) plan->diagnosis_system >= TM_SYSTEMS
		|| (unsigned) plan->procedure_system >= TM_SYSTEMS
		|| plan->fields == 0 || plan->fields > TM_STAY_MAX_FIELDS)
		return false;
	for (size_t i = 0; i < plan->fields; i++)
	{
		if (plan->columns[i] < 0 || plan->columns[i] >= TM_STAY_COLUMNS)
			return false;
	}
	return true;
}

/* What is being read: the stay, and what it is made from in the end. */
typedef struct reader
{
	const tm_stay_plan *plan;
	tm_stay    *stay;
	tm_piece	value[TM_STAY_COLUMNS]; /* trimmed; those that may repeat are read at once */
} reader;

/* Notes the fault of a stay. */
static bool
fail(tm_stay *s, tm_stay_reason reason, tm_stay_column column)
{
	s->reason = reason;
	s->column = column;
	return false;
}

/* Reads one code of a list into the next place; false: too many. What is nothing but decoration is no code. */
static bool
read_code(tm_system system, tm_piece p, tm_key *keys, unsigned *count, unsigned *unreadable)
{
	tm_key		key = 0;
	tm_code_fault fault;
	size_t		where;

	if (p.length == 0)
		return true;
	if (*count == TM_STAY_MAX_CODES)
		return false;
	if (tm_code_read(system, p.at, p.length, false, &key, &fault, &where) == TM_OK)
		keys[(*count)++] = key;
	else if (fault != TM_CODE_EMPTY)
		++*unreadable;
	return true;
}

/*
 * Reads the codes of one field, which semicolons, bars or commas separate;
 * spaces do when there is none of these and the field is not one code that
 * has a space inside. false: too many codes.
 */
static bool
read_codes(tm_system system, tm_piece p, tm_key *keys, unsigned *count, unsigned *unreadable)
{
	const char *separators = " ";
	tm_key		key;
	tm_code_fault fault;
	size_t		where;

	for (size_t i = 0; i < p.length; i++)
	{
		if (p.at[i] == ';' || p.at[i] == '|' || p.at[i] == ',')
			separators = ";|,";
	}
	if (*separators == ' ' && tm_code_read(system, p.at, p.length, false, &key, &fault, &where) == TM_OK)
		return read_code(system, p, keys, count, unreadable);
	for (size_t i = 0, start = 0; i <= p.length; i++)
	{
		if (i < p.length && (p.at[i] == '\0' || strchr(separators, p.at[i]) == NULL))
			continue;
		if (!read_code(system, tm_piece_trim(p.at + start, i - start), keys, count, unreadable))
			return false;
		start = i + 1;
	}
	return true;
}

/* Reads one date column; false after a fault. An empty one is none. */
static bool
read_date(reader *r, tm_stay_column column, int32_t *days)
{
	tm_piece	p = r->value[column];

	*days = TM_STAY_NO_DATE;
	if (p.length == 0)
		return true;
	if (tm_date_read(r->plan->dates, p, days) != TM_OK)
		return fail(r->stay, TM_STAY_BAD_DATE, column);
	if (*days > r->plan->today)
		return fail(r->stay, TM_STAY_FUTURE, column);
	if (*days < DAYS_1990 && column != TM_STAY_BIRTH_DATE)
		return fail(r->stay, TM_STAY_OLD, column);
	return true;
}

/* Reads the dates of the stay. */
static bool
read_dates(reader *r)
{
	tm_stay    *s = r->stay;

	if (r->value[TM_STAY_ADMITTED].length == 0)
		return fail(s, TM_STAY_MISSING, TM_STAY_ADMITTED);
	if (!read_date(r, TM_STAY_ADMITTED, &s->admitted)
		|| !read_date(r, TM_STAY_DISCHARGED, &s->discharged)
		|| !read_date(r, TM_STAY_PROCEDURE_ON, &s->procedure_on))
		return false;
	if (s->discharged != TM_STAY_NO_DATE && s->discharged < s->admitted)
		return fail(s, TM_STAY_BACKWARDS, TM_STAY_DISCHARGED);
	if (s->procedure_on != TM_STAY_NO_DATE
		&& (s->procedure_on < s->admitted || (s->discharged != TM_STAY_NO_DATE && s->procedure_on > s->discharged)))
		return fail(s, TM_STAY_PROCEDURE_OUTSIDE, TM_STAY_PROCEDURE_ON);
	return true;
}

/* Reads the age in completed years: as given, else from the date or the year of birth, of which nothing is kept. */
static bool
read_age(reader *r)
{
	tm_stay    *s = r->stay;
	tm_stay_column column = TM_STAY_AGE;
	int32_t		birth;

	s->age = NO_VALUE;
	if (r->value[TM_STAY_AGE].length > 0)
	{
		if (tm_whole_read(r->value[TM_STAY_AGE], &s->age) != TM_OK)
			return fail(s, TM_STAY_BAD_AGE, column);
	}
	else if (r->value[TM_STAY_BIRTH_DATE].length > 0)
	{
		column = TM_STAY_BIRTH_DATE;
		if (!read_date(r, column, &birth))
			return false;
		s->age = birth > s->admitted ? -2 : tm_years_between(birth, s->admitted);
	}
	else if (r->value[TM_STAY_BIRTH_YEAR].length > 0)
	{
		column = TM_STAY_BIRTH_YEAR;
		if (tm_whole_read(r->value[column], &birth) != TM_OK)
			return fail(s, TM_STAY_BAD_AGE, column);
		s->age = tm_year_of(s->admitted) - birth;
	}
	else
		return true;
	if (s->age < 0 || s->age > TM_STAY_MAX_AGE)
		return fail(s, TM_STAY_AGE_RANGE, column);
	return true;
}

/* Reads the residence's point: both coordinates or none. */
static bool
read_point(reader *r)
{
	tm_piece	lon = r->value[TM_STAY_LON],
				lat = r->value[TM_STAY_LAT];
	tm_stay    *s = r->stay;

	s->located = lon.length > 0 || lat.length > 0;
	if (!s->located)
		return true;
	if (tm_decimal_read(lon, &s->lon) != TM_OK || s->lon < -180.0 || s->lon > 180.0)
		return fail(s, TM_STAY_BAD_POINT, TM_STAY_LON);
	if (tm_decimal_read(lat, &s->lat) != TM_OK || s->lat < -90.0 || s->lat > 90.0)
		return fail(s, TM_STAY_BAD_POINT, TM_STAY_LAT);
	return true;
}

/* Reads one yes-or-no column, and those of transfers by the file's scheme. */
static bool
read_flag(reader *r, tm_stay_column column, int8_t *flag)
{
	tm_transfer_scheme scheme = column == TM_STAY_PLANNED ? TM_TRANSFER_FLAG : r->plan->transfers;

	if (tm_transfer_read(scheme, column == TM_STAY_TRANSFER_OUT, r->value[column], flag) != TM_OK)
		return fail(r->stay, TM_STAY_BAD_FLAG, column);
	return true;
}

/* Takes a text column, which has to be there when it is required and stays within a size. */
static bool
read_text(reader *r, tm_stay_column column, size_t most, bool required, tm_piece *out)
{
	*out = r->value[column];
	if (required && out->length == 0)
		return fail(r->stay, TM_STAY_MISSING, column);
	if (out->length > most)
		return fail(r->stay, TM_STAY_FIELD_TOO_LONG, column);
	return true;
}

/* Reads the principal diagnosis. */
static bool
read_principal(reader *r)
{
	tm_piece	p = r->value[TM_STAY_PRINCIPAL];
	tm_code_fault fault;
	size_t		where;

	if (p.length == 0)
		return fail(r->stay, TM_STAY_MISSING, TM_STAY_PRINCIPAL);
	if (tm_code_read(r->plan->diagnosis_system, p.at, p.length, false, &r->stay->principal, &fault, &where) != TM_OK)
		return fail(r->stay, TM_STAY_BAD_CODE, TM_STAY_PRINCIPAL);
	return true;
}

/* Splits a line into as many fields as the plan has; false after a fault. */
static bool
split(const tm_stay_plan *plan, const char *line, size_t length, char *text, tm_csv_field *fields, tm_stay *s)
{
	tm_status	status;

	if (tm_piece_trim(line, length < TM_STAY_MAX_LINE ? length : TM_STAY_MAX_LINE).length == 0)
		return fail(s, TM_STAY_BLANK, TM_STAY_NOT_READ);
	if (length > TM_STAY_MAX_LINE)
		return fail(s, TM_STAY_TOO_LONG, TM_STAY_NOT_READ);
	status = tm_csv_split(line, length, plan->delimiter, text, fields, plan->fields, &s->fields, &s->fault, &s->where);
	if (status == TM_TOO_MANY)
		s->fields = tm_csv_max_fields(line, length, plan->delimiter);
	else if (status != TM_OK)
		return fail(s, TM_STAY_MALFORMED, TM_STAY_NOT_READ);
	if (status == TM_TOO_MANY || s->fields != plan->fields)
		return fail(s, TM_STAY_FIELDS, TM_STAY_NOT_READ);
	return true;
}

/* Takes every field to its column, and reads the lists of codes; false after a fault. */
static bool
distribute(reader *r, const char *text, const tm_csv_field *fields)
{
	const tm_stay_plan *plan = r->plan;
	tm_stay    *s = r->stay;

	memset(r->value, 0, sizeof r->value);
	for (size_t i = 0; i < plan->fields; i++)
	{
		tm_stay_column column = (tm_stay_column) plan->columns[i];
		tm_piece	p;

		if (column == TM_STAY_NOT_READ)
			continue;
		p = tm_piece_trim(text + fields[i].start, fields[i].length);
		if (column == TM_STAY_DIAGNOSES)
		{
			if (!read_codes(plan->diagnosis_system, p, s->diagnoses, &s->diagnosis_count, &s->unreadable))
				return fail(s, TM_STAY_MANY_CODES, column);
		}
		else if (column == TM_STAY_PROCEDURES)
		{
			if (plan->procedure_system != TM_NO_SYSTEM
				&& !read_codes(plan->procedure_system, p, s->procedures, &s->procedure_count, &s->unreadable))
				return fail(s, TM_STAY_MANY_CODES, column);
		}
		else
			r->value[column] = p;
	}
	return true;
}

/*
 * Reads a line by a valid plan into *stay, whose reason says whether it is fine.
 * text has room for the line, fields for plan->fields. The identifiers are set
 * whenever the line could be taken apart.
 */
void
tm_stay_read(const tm_stay_plan *plan, const char *line, size_t length,
			 char *text, tm_csv_field *fields, tm_stay *stay)
{
	reader		r = {.plan = plan,.stay = stay};

	memset(stay, 0, offsetof(tm_stay, diagnoses));
	if (!split(plan, line, length, text, fields, stay) || !distribute(&r, text, fields))
		return;
	if (!read_text(&r, TM_STAY_ID, TM_STAY_MAX_ID, true, &stay->id)
		|| !read_text(&r, TM_STAY_PATIENT, TM_STAY_MAX_ID, false, &stay->patient)
		|| !read_dates(&r) || !read_age(&r))
		return;
	if (tm_sex_read(plan->sexes, r.value[TM_STAY_SEX], &stay->sex) != TM_OK)
	{
		fail(stay, TM_STAY_BAD_SEX, TM_STAY_SEX);
		return;
	}
	(void) (read_text(&r, TM_STAY_RESIDENCE, TM_STAY_MAX_TEXT, false, &stay->residence)
			&& read_point(&r)
			&& read_text(&r, TM_STAY_HOSPITAL, TM_STAY_MAX_TEXT, false, &stay->hospital)
			&& read_principal(&r)
			&& read_flag(&r, TM_STAY_TRANSFER_IN, &stay->transfer_in)
			&& read_flag(&r, TM_STAY_TRANSFER_OUT, &stay->transfer_out)
			&& read_flag(&r, TM_STAY_PLANNED, &stay->planned));
}

/*
 * What a line tells of its file's habits, as bits to be ORed over all lines:
 * bit f, the admission is a date in format f and in no other; bit 16 + i, the
 * sex is the i-th of MFHWKV0129. 0 for a line that cannot be taken apart.
 */
uint32_t
tm_stay_signs(const tm_stay_plan *plan, const char *line, size_t length, char *text, tm_csv_field *fields)
{
	tm_stay		stay;
	uint32_t	signs = 0;

	memset(&stay, 0, offsetof(tm_stay, diagnoses));
	if (!split(plan, line, length, text, fields, &stay))
		return 0;
	for (size_t i = 0; i < plan->fields; i++)
	{
		tm_piece	p = tm_piece_trim(text + fields[i].start, fields[i].length);

		if (plan->columns[i] == TM_STAY_ADMITTED)
		{
			uint32_t	fits = 0;
			int32_t		days;

			for (int f = 1; f < TM_DATE_FORMATS; f++)
			{
				if (tm_date_read((tm_date_format) f, p, &days) == TM_OK && days >= DAYS_1990 && days <= plan->today)
					fits |= (uint32_t) 1 << f;
			}
			signs |= (fits & (fits - 1)) == 0 ? fits : 0;
		}
		else if (plan->columns[i] == TM_STAY_SEX)
		{
			int			sign = tm_sex_sign(p);

			signs |= sign < 0 ? 0 : (uint32_t) 1 << (16 + sign);
		}
	}
	return signs;
}
