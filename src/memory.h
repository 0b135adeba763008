/*
 * memory.h - the memory of core functions that grow: a memory context.
 */
#ifndef TMAP_MEMORY_H
#define TMAP_MEMORY_H

#include "glue.h"

extern void *tmap_resize(void *context, void *old, size_t size);
extern void tmap_tick(void *context);

#endif
