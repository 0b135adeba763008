/*
 * near.h - points, the nearest of them and those within a distance, on a plane
 * or on the sphere, by a k-d tree (Bentley 1975, CACM 18:509).
 */
#ifndef TMAP_NEAR_H
#define TMAP_NEAR_H

#include "core.h"

#define TM_EARTH_RADIUS 6371008.8	/* metres: mean radius of the Earth (IUGG) */
#define TM_NEAR_FARTHEST 1e100	/* largest coordinate on a plane, so that squares stay finite */

/* Points in the order in which equal distances are told apart. */
typedef struct tm_near
{
	int32_t		n;
	bool		sphere;
	const double (*at)[3];		/* x, y, 0 on a plane; on the unit sphere */
	int32_t    *tree;			/* n places */
	uint8_t    *axis;			/* n: the coordinate by which the place in the middle of a range splits it */
} tm_near;

extern bool tm_near_point(bool sphere, double x, double y, double out[3]);
extern void tm_near_build(tm_near *t);
extern double tm_near_distance(const tm_near *t, int32_t i, int32_t j);
extern int32_t tm_near_nearest(const tm_near *t, int32_t i, int32_t k, int32_t *found, double *squares);
extern int32_t tm_near_within(const tm_near *t, int32_t i, double within, int32_t *found);

#endif
