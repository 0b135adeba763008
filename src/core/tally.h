/*
 * tally.h - the tally: an exact count of events and people at risk by stratum.
 *
 * One contiguous value, which is at once the aggregate's state, the stored
 * column and the answer:
 *
 *   word     length in the glue's own form (a varlena header)
 *   version  1
 *   zero     three bytes, always 0
 *   scheme   how the strata are cut
 *   n        number of strata
 *   counts   n times (events, at_risk), 64-bit
 *   levels   n times 32-bit, strictly ascending
 *
 * Canonical: a stratum with nobody at risk is not stored, 0 <= events <=
 * at_risk, no padding and no slack. Equal tallies are equal bytes.
 */
#ifndef TMAP_TALLY_H
#define TMAP_TALLY_H

#include "stratum.h"

#define TM_TALLY_VERSION 1
#define TM_TALLY_MAX (1u << 20) /* strata; far above what any scheme yields */

typedef struct tm_count
{
	int64_t		events;
	int64_t		at_risk;
} tm_count;

typedef struct tm_tally
{
	int32_t		word;
	uint8_t		version;
	uint8_t		zero[3];
	tm_scheme	scheme;
	uint32_t	n;
	tm_count	counts[];
} tm_tally;

/* The n level words that stand behind the counts. */
static inline const tm_levels *
tm_tally_levels(const tm_tally *t)
{
	return (const tm_levels *) (t->counts + t->n);
}

/* Bytes that a tally of n strata takes. */
static inline size_t
tm_tally_size(uint32_t n)
{
	return sizeof(tm_tally) + n * (sizeof(tm_count) + sizeof(tm_levels));
}

/* One stratum with its counts, for building from unsorted input. */
typedef struct tm_entry
{
	tm_count	count;
	tm_levels	levels;
	uint32_t	zero;
} tm_entry;

typedef bool (*tm_keep) (tm_levels l, const void *arg);

tm_status	tm_count_check(tm_count c);
tm_status	tm_count_add(tm_count *into, tm_count c);
tm_status	tm_tally_frame(const tm_tally *t, size_t size);
tm_status	tm_tally_validate(const tm_tally *t, size_t size);
bool		tm_tally_find(const tm_tally *t, tm_levels l, uint32_t *pos);
void		tm_tally_start(tm_tally *t, tm_scheme s, uint32_t n);
void		tm_tally_insert(const tm_tally *t, uint32_t pos, tm_levels l, tm_count c, tm_tally *out);
uint32_t	tm_tally_union_n(const tm_tally *a, const tm_tally *b);
tm_status	tm_tally_union(const tm_tally *a, const tm_tally *b, tm_tally *out);
tm_status	tm_tally_union_into(tm_tally *into, const tm_tally *b);
bool		tm_tally_contains(const tm_tally *a, const tm_tally *b);
tm_status	tm_tally_difference(const tm_tally *a, const tm_tally *b, tm_tally *out);
tm_status	tm_tally_from_entries(tm_scheme s, tm_entry *e, uint32_t n, bool merge, tm_tally *out);
tm_status	tm_tally_collapse(const tm_tally *t, tm_scheme to, tm_entry *work, tm_tally *out);
void		tm_tally_filter(const tm_tally *t, tm_keep keep, const void *arg, tm_tally *out);
tm_status	tm_tally_total(const tm_tally *t, tm_count *total);
int			tm_tally_compare(const tm_tally *a, const tm_tally *b);

#endif
