/*
 * codebook.h - a compiled code list: which concepts a code of a system stands
 * for on a day. One contiguous value, built once and probed in place:
 *
 *   word      length in the glue's own form (a varlena header)
 *   version   1
 *   zero      three bytes, always 0
 *   n         rules
 *   k         concepts, at most 64
 *   lengths   a system's prefix lengths as bits; bit 0: it has exact rules
 *   rules     n times 32 bytes, strictly ascending by (key, from, to)
 *   names     k times 40 bytes, ascending, padded with zeros
 *
 * A concept's bit is its rank among the names. Canonical: every concept is
 * used, no rule is empty, what is excluded is not included, no slack. Equal
 * lists are equal bytes, whatever order their rules came in.
 *
 * For each concept the most specific rule about it decides: an exact code
 * before a prefix, a longer prefix before a shorter; among equals an exclusion.
 */
#ifndef TMAP_CODEBOOK_H
#define TMAP_CODEBOOK_H

#include "code.h"

#define TM_CODEBOOK_VERSION 1
#define TM_CONCEPTS_MAX 64
#define TM_CONCEPT_NAME 40		/* bytes of a name with at least one zero behind */
#define TM_RULES_MAX 16384		/* far above any list of stroke codes; bounds the work for hostile input */

/* Days count from 2000-01-01, as the server's dates do. */
#define TM_DAY_FIRST INT32_MIN	/* open start */
#define TM_DAY_LAST INT32_MAX	/* open end */
#define TM_DAY_ANY INT64_MIN	/* a probe that takes rules of any period */

#define TM_KEY_EXACT 1			/* lowest bit of a rule's key: the code itself, not a prefix */

typedef struct tm_rule
{
	tm_key		key;
	uint64_t	include;
	uint64_t	exclude;
	int32_t		from;			/* first day */
	int32_t		to;				/* last day */
} tm_rule;

typedef struct tm_concept
{
	char		name[TM_CONCEPT_NAME];
} tm_concept;

typedef struct tm_codebook
{
	int32_t		word;
	uint8_t		version;
	uint8_t		zero[3];
	uint32_t	n;
	uint32_t	k;
	uint16_t	lengths[TM_SYSTEM_ROOM];
	tm_rule		rules[];
} tm_codebook;

/* The names that stand behind the rules. */
static inline const tm_concept *
tm_codebook_concepts(const tm_codebook *b)
{
	return (const tm_concept *) (b->rules + b->n);
}

/* Bytes that a codebook of n rules and k concepts takes. */
static inline size_t
tm_codebook_size(uint32_t n, uint32_t k)
{
	return sizeof(tm_codebook) + n * sizeof(tm_rule) + k * sizeof(tm_concept);
}

/* A list under construction: room for rules from the caller, sorted at any time. */
typedef struct tm_draft
{
	tm_rule    *rules;
	uint32_t	n;
	uint32_t	room;
	uint32_t	k;
	uint16_t	lengths[TM_SYSTEM_ROOM];
	tm_concept	concepts[TM_CONCEPTS_MAX];
} tm_draft;

tm_status	tm_codebook_frame(const tm_codebook *b, size_t size);
tm_status	tm_codebook_validate(const tm_codebook *b, size_t size);
uint64_t	tm_codebook_probe(const tm_codebook *b, tm_key key, int64_t day);
bool		tm_codebook_rank(const tm_codebook *b, const char *name, size_t len, unsigned *rank);
int			tm_codebook_compare(const tm_codebook *a, const tm_codebook *b);
bool		tm_concept_valid(const char *name, size_t len);
bool		tm_period_valid(int32_t from, int32_t to);
void		tm_draft_start(tm_draft *d, tm_rule *rules, uint32_t room);
void		tm_draft_load(tm_draft *d, const tm_codebook *b);
tm_status	tm_draft_concept(tm_draft *d, const char *name, size_t len, unsigned *rank);
tm_status	tm_draft_rule(tm_draft *d, const tm_rule *rule);
void		tm_draft_measure(tm_draft *d);
tm_status	tm_draft_merge(tm_draft *d, const tm_codebook *b);
void		tm_draft_write(const tm_draft *d, tm_codebook *out);

#endif
