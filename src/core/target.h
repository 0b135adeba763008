/*
 * target.h - a target level over areas (a quantile of their standardised
 * values), which areas lie below it, what they lack, and how uncertain it all is.
 */
#ifndef TMAP_TARGET_H
#define TMAP_TARGET_H

#include "draws.h"

/* Areas, in canonical order. */
typedef struct tm_target_task
{
	size_t		n;
	const double *observed;		/* events */
	const double *expected;		/* events at the reference's rates; 0: the area has no value */
	const double *reference;	/* crude value of the reference; values are on its scale */
	const double *defining;		/* 0: the area is compared with the target but does not define it; NULL: all define it */
	double		share;			/* 0.5: the median */
} tm_target_task;

/* An area against the target; value NaN when it has none. */
typedef struct tm_target_area
{
	double		value;			/* observed / expected x reference */
	double		below;			/* 1 or 0 */
	double		p_below;		/* share of draws in which it lies below */
	double		missing;		/* whole events more that would reach the target */
	double		missing_lower;
	double		missing_upper;
} tm_target_area;

/* The target, and what all areas are against it. */
typedef struct tm_target
{
	size_t		areas;			/* with a value */
	size_t		defining;
	double		level, lower, upper;
	double		below, below_lower, below_upper;	/* areas */
	double		missing, missing_lower, missing_upper;	/* events, all areas together */
} tm_target;

extern size_t tm_target_room(size_t n, uint32_t draws);
extern tm_status tm_targets(const tm_target_task *task, const tm_draws *how, void *room, tm_target_area *out, tm_target *all);

#endif
