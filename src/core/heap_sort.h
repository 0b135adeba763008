/*
 * heap_sort.h - one heap sort for all that the core sorts: in place, no room, no recursion, n log n at worst
 * (Williams 1964, CACM 7:347, algorithm 232).
 */
#ifndef TM_HEAP_SORT_H
#define TM_HEAP_SORT_H

/* Makes `static void NAME(TYPE *a, INDEX n)`, which sorts a by BEFORE(const TYPE *, const TYPE *), a strict order. */
#define TM_HEAP_SORT(NAME, TYPE, INDEX, BEFORE) \
static void \
NAME(TYPE *a, INDEX n) \
{ \
	for (INDEX end = n, start = n / 2; end > 1;) \
	{ \
		TYPE		x; \
		INDEX		i; \
\
		if (start > 0) \
			x = a[--start]; \
		else \
		{ \
			x = a[--end]; \
			a[end] = a[0]; \
		} \
		i = start; \
		for (INDEX child = 2 * i + 1; child < end; child = 2 * i + 1) \
		{ \
			if (child + 1 < end && BEFORE(&a[child], &a[child + 1])) \
				child++; \
			if (!BEFORE(&x, &a[child])) \
				break; \
			a[i] = a[child]; \
			i = child; \
		} \
		a[i] = x; \
	} \
}

#endif
