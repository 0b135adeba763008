/*
 * sparse.h - sparse vectors over the integers modulo a prime, and the space
 * that a growing set of them spans.
 *
 * What depends on a set over the rationals also does modulo a prime (the
 * entries are whole numbers), and by chance a little more does: whoever keeps
 * vectors out of a span errs on the side of keeping too many out.
 */
#ifndef TMAP_SPARSE_H
#define TMAP_SPARSE_H

#include "core.h"

#define TM_PRIME 2147483647u	/* 2^31 - 1 */

/* Memory that grows: resize(NULL) allocates, size 0 frees, NULL is an answer too; tick may leave for good. */
typedef struct tm_memory
{
	void	   *(*resize) (void *context, void *old, size_t size);
	void		(*tick) (void *context);
	void	   *context;
} tm_memory;

/* Entries in ascending order of place, none of them 0. */
typedef struct tm_sparse
{
	int32_t		n;
	int32_t		room;
	int32_t    *place;
	uint32_t   *value;
} tm_sparse;

/* The span: vectors with a 1 at their pivot, each free of the pivots of those before it. */
typedef struct tm_span
{
	int32_t		width;
	int32_t		n;
	int32_t		room;
	tm_sparse  *vector;
	int32_t    *pivot;			/* of each vector */
	int32_t    *owner;			/* of each place: the vector whose pivot it is, or -1 */
	uint32_t   *sum;			/* working room: a vector laid out, */
	int32_t    *touched;		/* its places, */
	uint8_t    *marked;			/* which of them are listed, */
	int32_t    *heap;			/* and the vectors still to be taken away */
	int32_t		heap_room;
	tm_memory	memory;
} tm_span;

extern tm_status tm_span_init(tm_span *s, int32_t width, tm_memory memory);
extern void tm_span_free(tm_span *s);
extern tm_status tm_span_reduce(tm_span *s, const int32_t *place, int64_t n, tm_sparse *out);
extern tm_status tm_span_add(tm_span *s, const tm_sparse *v, int32_t pivot);
extern tm_status tm_sparse_room(tm_sparse *v, int32_t n, tm_memory memory);
extern void tm_sparse_free(tm_sparse *v, tm_memory memory);
extern tm_status tm_sparse_less(const tm_sparse *v, uint32_t times, const tm_sparse *w, tm_sparse *out, tm_memory memory);
extern uint32_t tm_sparse_at(const tm_sparse *v, int32_t place);
extern uint64_t tm_sparse_direction(const tm_sparse *v);
extern uint32_t tm_mod_times(uint32_t a, uint32_t b);
extern uint32_t tm_mod_inverse(uint32_t a);

#endif
