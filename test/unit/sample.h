/*
 * sample.h - random but repeatable strata and tallies for property tests.
 *
 * Every tally lies in a block of exactly its size, so that a sanitizer sees
 * any byte too far. A test program is one process: blocks are freed where a
 * loop would pile them up.
 */
#ifndef TMAP_TEST_SAMPLE_H
#define TMAP_TEST_SAMPLE_H

#include <stdlib.h>
#include <string.h>

#include "../../src/core/tally_text.h"

#define AGE(v) ((tm_scheme) (v) << 28)
#define SEX ((tm_scheme) 1 << 24)
#define COMORBIDITY ((tm_scheme) 1 << 20)
#define SAMPLE_STRATA 1024		/* strata of the finest scheme that samples use */

/* The next number of the sequence (SplitMix64, Steele, Lea & Flood 2014). */
static inline uint64_t
sample_next(uint64_t *seed)
{
	uint64_t	z = (*seed += 0x9E3779B97F4A7C15u);

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

/* A number from 0 to n - 1. */
static inline uint32_t
sample_below(uint64_t *seed, uint32_t n)
{
	return (uint32_t) (sample_next(seed) % n);
}

/* A block of that many bytes; ends the test program when there is none. */
static inline void *
sample_block(size_t size)
{
	void	   *block = calloc(1, size ? size : 1);

	if (block == NULL)
	{
		printf("Bail out! no memory\n");
		exit(2);
	}
	return block;
}

/* An empty tally with room for exactly n strata. */
static inline tm_tally *
sample_room(uint32_t n)
{
	tm_tally   *t = sample_block(tm_tally_size(n));

	tm_tally_start(t, TM_SCHEME_TOTAL, 0);
	return t;
}

/* Every valid level word of a scheme, ascending; calls visit with each and answers how many. */
static inline size_t
sample_each(tm_scheme s, int from, tm_levels l, void (*visit) (tm_scheme s, tm_levels l, void *arg), void *arg)
{
	tm_dimension d = (tm_dimension) from;
	size_t		n = 0;

	if (from == TM_DIMENSIONS)
	{
		visit(s, l, arg);
		return 1;
	}
	if (!tm_scheme_variant(s, d))
		return sample_each(s, from + 1, l, visit, arg);
	for (unsigned code = 0; code <= tm_level_unknown(d); code++)
	{
		tm_scheme	alone = tm_scheme_with(TM_SCHEME_TOTAL, d, tm_scheme_variant(s, d));

		if (tm_levels_valid(alone, tm_level_set(0, d, code)))
			n += sample_each(s, from + 1, tm_level_set(l, d, code), visit, arg);
	}
	return n;
}

/* Level words collected by sample_collect. */
typedef struct sample_levels
{
	tm_levels	levels[SAMPLE_STRATA];
	uint32_t	n;
} sample_levels;

/* Keeps a level word in a sample_levels. */
static inline void
sample_collect(tm_scheme s, tm_levels l, void *arg)
{
	sample_levels *all = arg;

	(void) s;
	all->levels[all->n++] = l;
}

/* The level words of a scheme of at most SAMPLE_STRATA strata. */
static inline sample_levels
sample_all(tm_scheme s)
{
	sample_levels all = {{0}, 0};

	sample_each(s, 0, 0, sample_collect, &all);
	return all;
}

/* Up to n entries of a scheme in random order, strata repeating, nobody at risk now and then. */
static inline tm_entry *
sample_entries(uint64_t *seed, tm_scheme s, uint32_t n)
{
	sample_levels all = sample_all(s);
	tm_entry   *e = sample_block(n * sizeof *e);

	for (uint32_t i = 0; i < n; i++)
	{
		e[i].levels = all.levels[sample_below(seed, all.n)];
		e[i].count.at_risk = sample_below(seed, 8) ? sample_below(seed, 100000) : 0;
		e[i].count.events = sample_below(seed, (uint32_t) e[i].count.at_risk + 1);
	}
	return e;
}

/* A tally of the entries, equal strata added up; the entries are left as they are. */
static inline tm_tally *
sample_build(tm_scheme s, const tm_entry *e, uint32_t n)
{
	tm_entry   *work = sample_block(n * sizeof *work);
	tm_tally   *t = sample_room(n),
			   *fit;

	if (n > 0)
		memcpy(work, e, n * sizeof *work);
	if (tm_tally_from_entries(s, work, n, true, t) != TM_OK)
	{
		printf("Bail out! sample cannot be built\n");
		exit(2);
	}
	fit = sample_block(tm_tally_size(t->n));
	memcpy(fit, t, tm_tally_size(t->n));
	free(work);
	free(t);
	return fit;
}

/* A random tally of a scheme from at most n - 1 entries. */
static inline tm_tally *
sample_tally(uint64_t *seed, tm_scheme s, uint32_t n)
{
	uint32_t	k = sample_below(seed, n);
	tm_entry   *e = sample_entries(seed, s, k);
	tm_tally   *t = sample_build(s, e, k);

	free(e);
	return t;
}

/* The tally that a text says; ends the test program when it says none. */
static inline tm_tally *
sample_text(const char *text)
{
	uint32_t	n = tm_tally_text_n(text, strlen(text));
	tm_entry   *work = sample_block(n * sizeof *work);
	tm_tally   *t = sample_room(n);
	size_t		where;

	if (tm_tally_parse(text, strlen(text), work, t, &where) != TM_OK)
	{
		printf("Bail out! %s at %zu\n", text, where);
		exit(2);
	}
	free(work);
	return t;
}

/* True when two tallies are the same bytes. */
static inline bool
sample_same(const tm_tally *a, const tm_tally *b)
{
	return a->n == b->n && memcmp(a, b, tm_tally_size(a->n)) == 0;
}

/* True when a tally of exactly that many bytes is valid. */
static inline bool
sample_valid(const tm_tally *t)
{
	return tm_tally_validate(t, tm_tally_size(t->n)) == TM_OK;
}

#endif
