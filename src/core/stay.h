/*
 * stay.h - one line of a file of hospital stays: taken apart, checked and normalised in one pass.
 */
#ifndef TMAP_STAY_H
#define TMAP_STAY_H

#include "code.h"
#include "csv.h"
#include "stay_value.h"
#include "transfer.h"

/* What a column of the file is. The numbers are in plans only, which live as long as a load. */
typedef enum tm_stay_column
{
	TM_STAY_NOT_READ = 0,
	TM_STAY_ID,
	TM_STAY_PATIENT,
	TM_STAY_ADMITTED,
	TM_STAY_DISCHARGED,
	TM_STAY_AGE,
	TM_STAY_BIRTH_YEAR,
	TM_STAY_BIRTH_DATE,
	TM_STAY_SEX,
	TM_STAY_RESIDENCE,
	TM_STAY_LON,
	TM_STAY_LAT,
	TM_STAY_HOSPITAL,
	TM_STAY_PRINCIPAL,
	TM_STAY_DIAGNOSES,			/* may occur several times: diagnosis_1, diagnosis_2 ... */
	TM_STAY_PROCEDURES,			/* may occur several times: procedure_1, procedure_2 ... */
	TM_STAY_PROCEDURE_ON,
	TM_STAY_TRANSFER_IN,
	TM_STAY_TRANSFER_OUT,
	TM_STAY_PLANNED,
	TM_STAY_COLUMNS				/* one more than the last */
} tm_stay_column;

/* Why a line is not accepted. */
typedef enum tm_stay_reason
{
	TM_STAY_FINE = 0,
	TM_STAY_BLANK,
	TM_STAY_TOO_LONG,			/* the line */
	TM_STAY_MALFORMED,
	TM_STAY_FIELDS,
	TM_STAY_MISSING,
	TM_STAY_FIELD_TOO_LONG,
	TM_STAY_BAD_DATE,
	TM_STAY_FUTURE,
	TM_STAY_OLD,
	TM_STAY_BACKWARDS,			/* discharged before admitted */
	TM_STAY_PROCEDURE_OUTSIDE,	/* before the admission or after the discharge */
	TM_STAY_BAD_AGE,
	TM_STAY_AGE_RANGE,
	TM_STAY_BAD_SEX,
	TM_STAY_BAD_POINT,
	TM_STAY_BAD_FLAG,
	TM_STAY_BAD_CODE,			/* the principal diagnosis */
	TM_STAY_MANY_CODES,
	TM_STAY_REASONS				/* one more than the last */
} tm_stay_reason;

#define TM_STAY_MAX_LINE 65536	/* bytes of a line */
#define TM_STAY_MAX_FIELDS 1000
#define TM_STAY_MAX_ID 128		/* bytes of an identifier */
#define TM_STAY_MAX_TEXT 64		/* bytes of a residence or hospital code */
#define TM_STAY_MAX_CODES 250	/* other diagnoses, and procedures, of one stay */
#define TM_STAY_MAX_AGE 120
#define TM_STAY_NO_DATE INT32_MIN

/* How the lines of one file are read. */
typedef struct tm_stay_plan
{
	char		delimiter;
	tm_date_format dates;
	tm_sex_scheme sexes;
	tm_system	diagnosis_system;
	tm_system	procedure_system;	/* TM_NO_SYSTEM: procedures are not read */
	tm_transfer_scheme transfers;
	int32_t		today;			/* days from 2000-01-01: nothing is later */
	size_t		fields;
	const int32_t *columns;		/* a tm_stay_column for each field */
} tm_stay_plan;

/* A line that was read. The pieces point into the caller's text. */
typedef struct tm_stay
{
	tm_stay_reason reason;
	tm_stay_column column;		/* at fault; TM_STAY_NOT_READ when the line as a whole is */
	tm_csv_fault fault;
	size_t		where;
	size_t		fields;
	tm_piece	id,
				patient,
				residence,
				hospital;
	int32_t		admitted,
				discharged,
				procedure_on;
	int32_t		age;			/* -1: unknown */
	tm_sex		sex;
	double		lon,
				lat;
	bool		located;
	int8_t		transfer_in,
				transfer_out,
				planned;		/* 0, 1, or -1: not said */
	tm_key		principal;
	unsigned	diagnosis_count,
				procedure_count,
				unreadable;		/* other codes that cannot be codes of their system */
	tm_key		diagnoses[TM_STAY_MAX_CODES];
	tm_key		procedures[TM_STAY_MAX_CODES];
} tm_stay;

const char *tm_stay_column_name(tm_stay_column c);
tm_stay_column tm_stay_column_of(const char *name, size_t length);
bool		tm_stay_column_repeats(tm_stay_column c);
const char *tm_stay_reason_name(tm_stay_reason r);
bool		tm_stay_plan_valid(const tm_stay_plan *plan);
void		tm_stay_read(const tm_stay_plan *plan, const char *line, size_t length,
						 char *text, tm_csv_field *fields, tm_stay *stay);
uint32_t	tm_stay_signs(const tm_stay_plan *plan, const char *line, size_t length,
						  char *text, tm_csv_field *fields);

#endif
