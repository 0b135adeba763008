/*
 * core.h - what every part of the core shares: the status codes.
 *
 * The core is plain C11: no postgres.h, no allocation, no globals, no output.
 * A function takes its input and workspace from the caller, answers a status,
 * and writes its result only when the status is TM_OK.
 */
#ifndef TMAP_CORE_H
#define TMAP_CORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum tm_status
{
	TM_OK = 0,
	TM_UNDEFINED,				/* no value exists (nobody at risk, nothing expected): SQL NULL */
	TM_NEGATIVE,				/* a count or weight is negative, NaN or infinite */
	TM_EVENTS_EXCEED,			/* more events than people at risk */
	TM_CONFIDENCE,				/* confidence level outside (0.5, 1) */
	TM_METHOD,					/* no such method */
	TM_OVERFLOW,				/* a count does not fit 64 bits */
	TM_SCHEME_MIX,				/* two different stratification schemes */
	TM_SCHEME_COARSEN,			/* target scheme is not a coarsening of the source */
	TM_SCHEME_UNKNOWN,			/* no such scheme, dimension or level */
	TM_AGE_RANGE,				/* age outside 0..130 */
	TM_AGE_BOUNDARY,			/* age limit is not a band boundary */
	TM_NOT_CONTAINED,			/* a subtraction would go below zero */
	TM_SYNTAX,					/* text is not of the form expected */
	TM_DUPLICATE,				/* the same stratum twice */
	TM_UNSORTED,				/* strata out of order in a binary value */
	TM_TOO_MANY				/* more strata than the limit */
} tm_status;

#endif
