/*
 * stay_glue.h - what the functions that read hospital stays share.
 */
#ifndef TMAP_STAY_GLUE_H
#define TMAP_STAY_GLUE_H

#include "code_glue.h"
#include "pseudonym.h"

#include "utils/array.h"

#include "core/stay.h"

/* Columns of the type stay_fields. */
enum
{
	F_REASON, F_COLUMN, F_DETAIL, F_STAY, F_PATIENT, F_YEAR, F_ADMITTED, F_DISCHARGED, F_AGE, F_SEX, F_RESIDENCE, F_LON, F_LAT,
	F_HOSPITAL, F_PRINCIPAL, F_DIAGNOSES, F_PROCEDURES, F_PROCEDURE_ON, F_TRANSFER_IN, F_TRANSFER_OUT, F_PLANNED, F_UNREADABLE,
	F_COUNT
};

extern void tmap_stay_plan_arg(ArrayType *a, tm_stay_plan *plan);
extern void tmap_stay_set_pseudonym(Datum *value, bool *null, tm_piece p);
extern void tmap_stay_set(const tm_stay *s, Datum *values, bool *nulls);

#endif
