/*
 * stay.h - what the glue of episodes shares: checks of a stay and of a rule.
 */
#ifndef TMAP_STAY_H
#define TMAP_STAY_H

#include "glue.h"

#include "utils/date.h"

#include "core/episode.h"

extern void tmap_stay_check(tm_stay_fault fault);
extern void tmap_day_check(DateADT day);
extern void tmap_rule_check(const tm_episode_rule *rule);

#endif
