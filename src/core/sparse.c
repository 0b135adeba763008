/*
 * sparse.c - elimination with sparse vectors modulo a prime.
 */
#include "sparse.h"
#include "heap_sort.h"

#include <string.h>

/* The product of two residues. */
uint32_t
tm_mod_times(uint32_t a, uint32_t b)
{
	return (uint32_t) ((uint64_t) a * b % TM_PRIME);
}

/* The residue a - b. */
static uint32_t
mod_less(uint32_t a, uint32_t b)
{
	return a >= b ? a - b : a + (TM_PRIME - b);
}

/* The inverse of a residue that is not 0: a to the power of the prime less 2 (Fermat). */
uint32_t
tm_mod_inverse(uint32_t a)
{
	uint32_t	result = 1;

	for (uint32_t e = TM_PRIME - 2; e > 0; e >>= 1)
	{
		if (e & 1)
			result = tm_mod_times(result, a);
		a = tm_mod_times(a, a);
	}
	return result;
}

/* Makes room for n entries. */
tm_status
tm_sparse_room(tm_sparse *v, int32_t n, tm_memory memory)
{
	void	   *grown;

	if (n <= v->room)
		return TM_OK;
	grown = memory.resize(memory.context, v->place, (size_t) n * sizeof *v->place);
	if (grown == NULL)
		return TM_TOO_MANY;
	v->place = grown;
	grown = memory.resize(memory.context, v->value, (size_t) n * sizeof *v->value);
	if (grown == NULL)
		return TM_TOO_MANY;
	v->value = grown;
	v->room = n;
	return TM_OK;
}

/* Gives a vector's memory back. */
void
tm_sparse_free(tm_sparse *v, tm_memory memory)
{
	if (v->place)
		memory.resize(memory.context, v->place, 0);
	if (v->value)
		memory.resize(memory.context, v->value, 0);
	*v = (tm_sparse) {0};
}

/* The entry at a place, 0 where there is none. */
uint32_t
tm_sparse_at(const tm_sparse *v, int32_t place)
{
	int32_t		low = 0;
	int32_t		high = v->n;

	while (low < high)
	{
		int32_t		middle = low + (high - low) / 2;

		if (v->place[middle] < place)
			low = middle + 1;
		else
			high = middle;
	}
	return low < v->n && v->place[low] == place ? v->value[low] : 0;
}

/* Sets out (another vector) to v - times w. */
tm_status
tm_sparse_less(const tm_sparse *v, uint32_t times, const tm_sparse *w, tm_sparse *out, tm_memory memory)
{
	tm_status	status = tm_sparse_room(out, v->n + w->n, memory);
	int32_t		i = 0;
	int32_t		j = 0;
	int32_t		n = 0;

	if (status != TM_OK)
		return status;
	while (i < v->n || j < w->n)
	{
		bool		left = j == w->n || (i < v->n && v->place[i] <= w->place[j]);
		bool		right = i == v->n || (j < w->n && w->place[j] <= v->place[i]);
		uint32_t	value = left ? v->value[i] : 0;

		out->place[n] = left ? v->place[i] : w->place[j];
		if (right)
			value = mod_less(value, tm_mod_times(times, w->value[j]));
		out->value[n] = value;
		n += value != 0;
		i += left;
		j += right;
	}
	out->n = n;
	return TM_OK;
}

/* A number that all multiples of a vector share, and by chance (1 in 2^64) others. */
uint64_t
tm_sparse_direction(const tm_sparse *v)
{
	uint64_t	hash = (uint64_t) v->n;
	uint32_t	scale = v->n > 0 ? tm_mod_inverse(v->value[0]) : 0;

	for (int32_t i = 0; i < v->n; i++)
	{
		/* The mixing of splitmix64 (Steele, Lea & Flood 2014). */
		uint64_t	x = ((uint64_t) (uint32_t) v->place[i] << 32 | tm_mod_times(v->value[i], scale)) + 0x9E3779B97F4A7C15u;

		x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
		x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
		hash += x ^ (x >> 31);
	}
	return hash;
}

/* Room for n things of a size; NULL when there is none. */
static void *
room(tm_memory memory, int32_t n, size_t size)
{
	return memory.resize(memory.context, NULL, ((size_t) n + 1) * size);
}

/* Starts a span of nothing over that many places. */
tm_status
tm_span_init(tm_span *s, int32_t width, tm_memory memory)
{
	*s = (tm_span) {.width = width, .memory = memory};
	s->owner = room(memory, width, sizeof *s->owner);
	s->sum = room(memory, width, sizeof *s->sum);
	s->touched = room(memory, width, sizeof *s->touched);
	s->marked = room(memory, width, sizeof *s->marked);
	if (!s->owner || !s->sum || !s->touched || !s->marked)
		return TM_TOO_MANY;
	for (int32_t i = 0; i < width; i++)
		s->owner[i] = -1;
	memset(s->sum, 0, (size_t) width * sizeof *s->sum);
	memset(s->marked, 0, (size_t) width * sizeof *s->marked);
	return TM_OK;
}

/* Gives all memory of a span back. */
void
tm_span_free(tm_span *s)
{
	void	   *all[] = {s->vector, s->pivot, s->owner, s->sum, s->touched, s->marked, s->heap};

	for (int32_t i = 0; i < s->n; i++)
		tm_sparse_free(&s->vector[i], s->memory);
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (all[i])
			s->memory.resize(s->memory.context, all[i], 0);
	*s = (tm_span) {0};
}

/* Puts a vector's number on the heap, the smallest of which comes first. */
static tm_status
push(tm_span *s, int32_t *n, int32_t k)
{
	int32_t		i = (*n)++;

	if (*n > s->heap_room)
	{
		int32_t		more = s->heap_room * 2 + 64;
		void	   *grown = s->memory.resize(s->memory.context, s->heap, (size_t) more * sizeof *s->heap);

		if (grown == NULL)
			return TM_TOO_MANY;
		s->heap = grown;
		s->heap_room = more;
	}
	for (; i > 0 && s->heap[(i - 1) / 2] > k; i = (i - 1) / 2)
		s->heap[i] = s->heap[(i - 1) / 2];
	s->heap[i] = k;
	return TM_OK;
}

/* Takes the smallest number off the heap. */
static int32_t
pop(tm_span *s, int32_t *n)
{
	int32_t		top = s->heap[0];
	int32_t		last = s->heap[--*n];
	int32_t		i = 0;

	for (int32_t child = 1; child < *n; child = 2 * i + 1)
	{
		if (child + 1 < *n && s->heap[child + 1] < s->heap[child])
			child++;
		if (s->heap[child] >= last)
			break;
		s->heap[i] = s->heap[child];
		i = child;
	}
	if (*n > 0)
		s->heap[i] = last;
	return top;
}

/* Lists a place of the vector laid out, and the span's vector that has its pivot there. */
static tm_status
touch(tm_span *s, int32_t place, int32_t *n_touched, int32_t *n_heap)
{
	if (s->marked[place])
		return TM_OK;
	s->marked[place] = 1;
	s->touched[(*n_touched)++] = place;
	return s->owner[place] >= 0 ? push(s, n_heap, s->owner[place]) : TM_OK;
}

/* Says whether place a comes before b. */
static bool
place_before(const int32_t *a, const int32_t *b)
{
	return *a < *b;
}

/* Sorts places in place, ascending. */
TM_HEAP_SORT(sort_places, int32_t, int32_t, place_before)

/* Gathers the vector laid out, clearing the working room. */
static tm_status
gather(tm_span *s, int32_t n_touched, tm_sparse *out)
{
	tm_status	status;
	int32_t		n = 0;

	for (int32_t i = 0; i < n_touched; i++)
		n += s->sum[s->touched[i]] != 0;
	status = tm_sparse_room(out, n, s->memory);
	if (n > s->width / 8)		/* many: in order of the places themselves */
	{
		n_touched = 0;
		for (int32_t i = 0; i < s->width; i++)
			if (s->marked[i])
				s->touched[n_touched++] = i;
	}
	else
		sort_places(s->touched, n_touched);
	out->n = 0;
	for (int32_t i = 0; i < n_touched; i++)
	{
		int32_t		place = s->touched[i];

		if (s->sum[place] != 0 && status == TM_OK)
		{
			out->place[out->n] = place;
			out->value[out->n++] = s->sum[place];
		}
		s->sum[place] = 0;
		s->marked[place] = 0;
	}
	return status;
}

/*
 * What is left of a vector of ones at n places (each once) when its part in the
 * span is taken away; no entry is left when it lies in the span.
 */
tm_status
tm_span_reduce(tm_span *s, const int32_t *place, int64_t n, tm_sparse *out)
{
	tm_status	status = TM_OK;
	tm_status	gathered;
	int32_t		n_touched = 0;
	int32_t		n_heap = 0;

	for (int64_t i = 0; i < n && status == TM_OK; i++)
	{
		s->sum[place[i]] = 1;
		status = touch(s, place[i], &n_touched, &n_heap);
	}
	while (n_heap > 0 && status == TM_OK)
	{
		int32_t		k = pop(s, &n_heap);
		const tm_sparse *v = &s->vector[k];
		uint32_t	times = s->sum[s->pivot[k]];

		for (int32_t i = 0; i < v->n && times != 0 && status == TM_OK; i++)
		{
			int32_t		at = v->place[i];

			s->sum[at] = mod_less(s->sum[at], tm_mod_times(times, v->value[i]));
			status = touch(s, at, &n_touched, &n_heap);
		}
	}
	gathered = gather(s, n_touched, out);
	return status == TM_OK ? gathered : status;
}

/* Adds a reduced vector, not of nothing, to the span, scaled to 1 at its pivot. */
tm_status
tm_span_add(tm_span *s, const tm_sparse *v, int32_t pivot)
{
	uint32_t	scale = tm_mod_inverse(tm_sparse_at(v, pivot));
	tm_sparse	own = {0};
	tm_status	status;

	if (s->n == s->room)
	{
		int32_t		more = s->room * 2 + 64;
		void	   *grown = s->memory.resize(s->memory.context, s->vector, (size_t) more * sizeof *s->vector);

		if (grown == NULL)
			return TM_TOO_MANY;
		s->vector = grown;
		grown = s->memory.resize(s->memory.context, s->pivot, (size_t) more * sizeof *s->pivot);
		if (grown == NULL)
			return TM_TOO_MANY;
		s->pivot = grown;
		s->room = more;
	}
	status = tm_sparse_room(&own, v->n, s->memory);
	if (status != TM_OK)
		return status;
	own.n = v->n;
	for (int32_t i = 0; i < v->n; i++)
	{
		own.place[i] = v->place[i];
		own.value[i] = tm_mod_times(v->value[i], scale);
	}
	s->vector[s->n] = own;
	s->pivot[s->n] = pivot;
	s->owner[pivot] = s->n++;
	return TM_OK;
}
