/*
 * memory.c - memory and cancelling of core functions that grow.
 */
#include "memory.h"

#include "miscadmin.h"
#include "utils/memutils.h"

/* The core's memory: a context, also above 1 GB. */
void *
tmap_resize(void *context, void *old, size_t size)
{
	if (old == NULL)
		return MemoryContextAllocHuge(context, size);
	if (size > 0)
		return repalloc_huge(old, size);
	pfree(old);
	return NULL;
}

/* The core's tick: a cancelled query leaves here. */
void
tmap_tick(void *context)
{
	CHECK_FOR_INTERRUPTS();
}
