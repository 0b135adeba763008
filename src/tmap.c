/*
 * tmap.c - the module itself, and the one place where a core status becomes an SQL error.
 */
#include "glue.h"

#include "plan_guard.h"
#include "pseudonym.h"

PG_MODULE_MAGIC;

void		_PG_init(void);

/* Called once when a session loads the library: defines its setting, guards plans. */
void
_PG_init(void)
{
	tmap_pseudonym_init();
	tmap_plan_guard_init();
}

/* Every core status as SQLSTATE, message and hint. */
static const struct
{
	int			code;
	const char *message;
	const char *hint;
}			errors[] = {
	[TM_NEGATIVE] = {ERRCODE_INVALID_PARAMETER_VALUE, "negative or non-finite count",
	"Counts, populations and weights are numbers from 0 up."},
	[TM_EVENTS_EXCEED] = {ERRCODE_INVALID_PARAMETER_VALUE, "more events than people at risk",
	"Every event happens to somebody at risk: check numerator and denominator."},
	[TM_CONFIDENCE] = {ERRCODE_INVALID_PARAMETER_VALUE, "confidence level out of range",
	"Give a level between 0.5 and 1, for example 0.95."},
	[TM_METHOD] = {ERRCODE_INVALID_PARAMETER_VALUE, "unknown method",
	"The function's comment lists the methods."},
	[TM_OVERFLOW] = {ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "count out of range",
	"Counts are 64-bit integers."},
	[TM_SCHEME_MIX] = {ERRCODE_DATATYPE_MISMATCH, "different stratification schemes",
	"Bring both to one scheme with tmap.collapse(tally, scheme)."},
	[TM_SCHEME_COARSEN] = {ERRCODE_DATATYPE_MISMATCH, "stratification scheme cannot be derived",
	"A scheme can be collapsed to fewer dimensions or wider age bands, never refined."},
	[TM_SCHEME_UNKNOWN] = {ERRCODE_INVALID_TEXT_REPRESENTATION, "unknown stratification scheme, dimension or level",
	"SELECT * FROM tmap.levels() lists them."},
	[TM_AGE_RANGE] = {ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "age out of range",
	"Ages are completed years from 0 to 130; NULL means unknown."},
	[TM_AGE_BOUNDARY] = {ERRCODE_INVALID_PARAMETER_VALUE, "age limit inside an age band",
	"Give limits that are the first and the last age of bands of the tally's scheme."},
	[TM_NOT_CONTAINED] = {ERRCODE_NUMERIC_VALUE_OUT_OF_RANGE, "subtraction below zero",
	"The second tally counts people whom the first does not."},
	[TM_SYNTAX] = {ERRCODE_INVALID_TEXT_REPRESENTATION, "malformed tally",
	"The form of a tally is: tmap1 age90+sex {80-84 female: 12/345}"},
	[TM_DUPLICATE] = {ERRCODE_INVALID_TEXT_REPRESENTATION, "stratum or dimension given twice", NULL},
	[TM_UNSORTED] = {ERRCODE_INVALID_BINARY_REPRESENTATION, "strata out of order", NULL},
	[TM_TOO_MANY] = {ERRCODE_PROGRAM_LIMIT_EXCEEDED, "too many strata", NULL},
};

/* Raises the SQL error of a core status. */
void
tmap_raise(tm_status status, const char *detail)
{
	if (status <= TM_UNDEFINED || status >= lengthof(errors))
		elog(ERROR, "unexpected status %d", status);
	ereport(ERROR,
			(errcode(errors[status].code),
			 errmsg("%s", errors[status].message),
			 detail ? errdetail_internal("%s", detail) : 0,
			 errors[status].hint ? errhint("%s", errors[status].hint) : 0));
}

/* Raises the SQL error of two schemes that do not go together, and names them. */
void
tmap_raise_schemes(tm_status status, tm_scheme a, tm_scheme b)
{
	char		first[TM_SCHEME_TEXT],
				second[TM_SCHEME_TEXT];

	tm_scheme_format(a, first);
	tm_scheme_format(b, second);
	tmap_raise(status, psprintf("The schemes are %s and %s.", first, second));
}
