/*
 * plan_guard.h - keeps plans over the rows of countries from those who do not see all countries.
 */
#ifndef TMAP_PLAN_GUARD_H
#define TMAP_PLAN_GUARD_H

extern void tmap_plan_guard_init(void);

#endif
