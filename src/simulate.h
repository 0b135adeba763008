/*
 * simulate.h - what the functions that simulate share: their options.
 */
#ifndef TMAP_SIMULATE_H
#define TMAP_SIMULATE_H

#include "glue.h"

#include "core/draws.h"

extern tm_draws tmap_draws(int32 draws, int64 seed, float8 confidence, tm_draw_prior prior, bool may_be_none);
extern tm_draw_prior tmap_draw_prior(const char *name);
extern void *tmap_draws_room(Size room);

#endif
