/*
 * coverage_sample.h - coverages as text for unit tests: regions stand behind
 * '/', rings behind '|' (the first of a polygon) or '!' (holes), points as
 * "x y" behind commas.
 */
#ifndef TMAP_COVERAGE_SAMPLE_H
#define TMAP_COVERAGE_SAMPLE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coverage.h"

#define SAMPLE_POINTS 4096
#define SAMPLE_TEXT 65536

/* The memory of a test. */
typedef struct sample_memory
{
	int			live;			/* blocks not given back */
	int			granted;		/* so many requests are served, all when negative */
	int			ticks;
} sample_memory;

/* The core's allocator, which may run dry. */
static inline void *
sample_resize(void *context, void *old, size_t size)
{
	sample_memory *m = context;

	if (size == 0)
	{
		m->live--;
		free(old);
		return NULL;
	}
	if (m->granted == 0)
		return NULL;
	m->granted -= m->granted > 0;
	m->live += old == NULL;
	return realloc(old, size);
}

/* Counts ticks. */
static inline void
sample_tick(void *context)
{
	((sample_memory *) context)->ticks++;
}

/* Adds what a text says to a coverage. */
static inline tm_status
sample_add(tm_coverage *c, const char *text)
{
	static tm_point point[SAMPLE_POINTS];
	uint32_t	region = UINT32_MAX;
	tm_status	status = TM_OK;

	while (*text && status == TM_OK)
	{
		tm_wkb_ring ring = {point, 0, false};

		if (*text == '/')
		{
			region++;
			text++;
			continue;
		}
		ring.hole = *text == '!';
		do
		{
			char	   *end;

			point[ring.n].x = strtod(text + 1, &end);
			point[ring.n++].y = strtod(end, &end);
			text = end;
		} while (*text == ',');
		status = tm_coverage_add(c, region == UINT32_MAX ? 0 : region, &ring);
	}
	return status;
}

/* Writes what is left of a coverage as such a text. */
static inline void
sample_text(const tm_coverage *c, char *out)
{
	char	   *at = out;

	*out = '\0';
	for (uint32_t r = 0; r < c->n_rings; r++)
	{
		bool		first = true;

		if (r == 0 || c->ring[r].region != c->ring[r - 1].region)
			*at++ = '/';
		*at = '\0';
		for (uint32_t i = 0; i < c->ring[r].n && !c->ring[r].dropped; i++)
		{
			uint32_t	v = c->corner[c->ring[r].first + i];

			if (tm_removed(c, v))
				continue;
			at += sprintf(at, "%c%.15g %.15g", !first ? ',' : c->ring[r].shell == r ? '|' : '!', c->vertex[v].x, c->vertex[v].y);
			first = false;
		}
	}
}

/* Generalises a text into another; the status of the first step that fails. */
static inline tm_status
sample_run(const char *text, double tolerance, double min_part, sample_memory *m, char *out)
{
	tm_coverage c;
	tm_status	status;

	tm_coverage_start(&c, (tm_memory) {sample_resize, sample_tick, m});
	status = sample_add(&c, text);
	if (status == TM_OK)
		status = tm_coverage_link(&c);
	if (status == TM_OK && min_part > 0)
		status = tm_coverage_drop(&c, min_part);
	if (status == TM_OK)
		status = tm_coverage_generalise(&c, tolerance);
	if (status == TM_OK)
		sample_text(&c, out);
	tm_coverage_free(&c);
	return status;
}

#endif
