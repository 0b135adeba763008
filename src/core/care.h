/*
 * care.h - all stays of one patient, in any order, to one row an episode.
 *
 * What the window functions number stay by stay is here summed up: dates,
 * first hospital, treating centre and the road between them.
 */
#ifndef TMAP_CARE_H
#define TMAP_CARE_H

#include "episode.h"

/* Text inside the caller's memory; NULL when not known. */
typedef struct tm_span
{
	const char *text;
	size_t		length;
} tm_span;

typedef struct tm_care_stay
{
	tm_stay		stay;
	int64_t		id;
	bool		open;			/* the day of discharge is not known */
	bool		treated;		/* the procedure was done in this stay */
	tm_span		hospital;
	tm_span		residence;
} tm_care_stay;

/* How the patient came to treatment. */
typedef enum tm_care_path
{
	TM_PATH_NOT_TREATED,
	TM_PATH_DIRECT,				/* treated where first admitted */
	TM_PATH_DRIP_AND_SHIP,		/* treated elsewhere */
	TM_PATH_UNKNOWN				/* treated, one of the hospitals is not known */
} tm_care_path;

typedef struct tm_care
{
	int32_t		episode;
	int32_t		stroke;
	int32_t		starts;			/* first admission */
	int32_t		ends;			/* latest discharge */
	int32_t		stays;
	bool		transferred;	/* stays in two hospitals or more */
	const tm_care_stay *first;
	const tm_care_stay *treated;	/* first stay with the procedure, or NULL */
} tm_care;

void		tm_care_sort(tm_care_stay *stays, size_t n);
tm_stay_fault tm_care_episodes(const tm_care_stay *stays, size_t n, const tm_episode_rule *rule, tm_care *out, size_t *count);
tm_care_path tm_care_path_of(const tm_care *care);

#endif
