/*
 * fuzz.h - what the fuzz targets share. Each target states a law for any
 * input; an input that breaks it stops the run with a trap.
 */
#ifndef TMAP_FUZZ_H
#define TMAP_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Stops the run unless the law holds. */
static inline void
law(int holds)
{
	if (!holds)
		__builtin_trap();
}

/* A block of exactly that many bytes, so that the sanitizer sees any byte too far. */
static inline void *
block(size_t size)
{
	void	   *p = malloc(size ? size : 1);

	law(p != NULL);
	return p;
}

#endif
