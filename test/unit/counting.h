/*
 * counting.h - the core's allocator for tests, counting what is not given back.
 */
#ifndef TMAP_TEST_COUNTING_H
#define TMAP_TEST_COUNTING_H

#include <stdlib.h>

/* The core's allocator, counting what is not given back. */
static void *
resize(void *context, void *old, size_t size)
{
	int		   *live = context;

	if (old == NULL && size > 0)
		++*live;
	if (old != NULL && size == 0)
	{
		--*live;
		free(old);
		return NULL;
	}
	return realloc(old, size);
}

#endif
