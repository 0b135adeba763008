/*
 * codebook.c - building compiled code lists, and probing them in place.
 */
#include "codebook.h"

#include <string.h>

#define YEAR_ONE (-730119)		/* 0001-01-01 in days from 2000-01-01 */
#define YEAR_9999 2921939		/* 9999-12-31 */

/* The bits of the first k concepts. */
static uint64_t
first_bits(unsigned k)
{
	return k >= 64 ? UINT64_MAX : ((uint64_t) 1 << k) - 1;
}

/* True for a name of lower case letters, digits and underscores that starts with a letter. */
bool
tm_concept_valid(const char *name, size_t len)
{
	if (len == 0 || len >= TM_CONCEPT_NAME || name[0] < 'a' || name[0] > 'z')
		return false;
	for (size_t i = 1; i < len; i++)
	{
		bool		letter = name[i] >= 'a' && name[i] <= 'z',
					digit = name[i] >= '0' && name[i] <= '9';

		if (!letter && !digit && name[i] != '_')
			return false;
	}
	return true;
}

/* True for a period of at least a day whose ends are open or in the years 1 to 9999. */
bool
tm_period_valid(int32_t from, int32_t to)
{
	if (from != TM_DAY_FIRST && (from < YEAR_ONE || from > YEAR_9999))
		return false;
	if (to != TM_DAY_LAST && (to < YEAR_ONE || to > YEAR_9999))
		return false;
	return from <= to;
}

/* The characters of a stored name, at most TM_CONCEPT_NAME. */
static size_t
name_length(const tm_concept *c)
{
	const char *end = memchr(c->name, '\0', TM_CONCEPT_NAME);

	return end ? (size_t) (end - c->name) : TM_CONCEPT_NAME;
}

/* Order of rules: by key, then period. */
static int
compare_rules(const tm_rule *a, const tm_rule *b)
{
	if (a->key != b->key)
		return a->key < b->key ? -1 : 1;
	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

/* The bit that a rule sets in its system's lengths. */
static uint16_t
length_bit(tm_key key)
{
	return (uint16_t) (1u << (key & TM_KEY_EXACT ? 0 : tm_key_length(key)));
}

/* Checks in constant time that the header and the numbers of rules and concepts fit the size in bytes. */
tm_status
tm_codebook_frame(const tm_codebook *b, size_t size)
{
	if (size < sizeof(tm_codebook) || b->version != TM_CODEBOOK_VERSION)
		return TM_SYNTAX;
	if (b->n > TM_RULES_MAX || b->k > TM_CONCEPTS_MAX)
		return TM_TOO_MANY;
	return tm_codebook_size(b->n, b->k) == size ? TM_OK : TM_SYNTAX;
}

/* True when a rule's key is the canonical form of a code, or prefix of codes, of its system. */
static bool
key_valid(tm_key key)
{
	char		text[TM_CODE_TEXT];
	tm_key		back;
	tm_code_fault fault;
	size_t		where;
	tm_system	s = tm_key_system(key);

	if (s == TM_NO_SYSTEM || s >= TM_SYSTEMS)
		return false;
	for (unsigned i = 0; i < TM_CODE_MAX; i++)
	{
		if ((key >> (50 - 6 * i) & 63) > 38)
			return false;
	}
	return tm_code_read(s, text, tm_key_format(key, text), !(key & TM_KEY_EXACT), &back, &fault, &where) == TM_OK &&
		back == (key & ~(tm_key) TM_KEY_EXACT);
}

/* Checks the names: valid, ascending, padded with zeros. */
static bool
concepts_valid(const tm_concept *c, uint32_t k)
{
	for (uint32_t i = 0; i < k; i++)
	{
		size_t		len = name_length(&c[i]);

		if (!tm_concept_valid(c[i].name, len))
			return false;
		for (size_t j = len; j < TM_CONCEPT_NAME; j++)
		{
			if (c[i].name[j] != '\0')
				return false;
		}
		if (i > 0 && memcmp(c[i - 1].name, c[i].name, TM_CONCEPT_NAME) >= 0)
			return false;
	}
	return true;
}

/* Checks everything: frame, names, every rule, the order, and that no concept is idle. */
tm_status
tm_codebook_validate(const tm_codebook *b, size_t size)
{
	tm_status	status = tm_codebook_frame(b, size);
	uint16_t	lengths[TM_SYSTEM_ROOM] = {0};
	uint64_t	used = 0;

	if (status != TM_OK)
		return status;
	if (b->zero[0] || b->zero[1] || b->zero[2] || !concepts_valid(tm_codebook_concepts(b), b->k))
		return TM_SYNTAX;
	for (uint32_t i = 0; i < b->n; i++)
	{
		const tm_rule *r = &b->rules[i];

		if (!key_valid(r->key) || !tm_period_valid(r->from, r->to))
			return TM_SYNTAX;
		if ((r->include & r->exclude) != 0 || (r->include | r->exclude) == 0)
			return TM_SYNTAX;
		if (i > 0 && compare_rules(r - 1, r) >= 0)
			return TM_UNSORTED;
		used |= r->include | r->exclude;
		lengths[tm_key_system(r->key)] |= length_bit(r->key);
	}
	if (used != first_bits(b->k) || memcmp(lengths, b->lengths, sizeof lengths) != 0)
		return TM_SYNTAX;
	return TM_OK;
}

/* The first of n rules whose key is not below the given one. */
static uint32_t
first_rule(const tm_rule *rules, uint32_t n, tm_key key)
{
	uint32_t	low = 0;

	while (n > 0)
	{
		uint32_t	half = n / 2;
		bool		below = rules[low + half].key < key;

		low = below ? low + half + 1 : low;
		n = below ? n - half - 1 : half;
	}
	return low;
}

/* What the rules of one key say on a day, for the concepts not decided yet. */
static inline void
consult(const tm_codebook *b, tm_key key, int64_t day, uint64_t *decided, uint64_t *answer)
{
	uint64_t	include = 0,
				exclude = 0;

	for (uint32_t i = first_rule(b->rules, b->n, key); i < b->n && b->rules[i].key == key; i++)
	{
		const tm_rule *r = &b->rules[i];

		if (day != TM_DAY_ANY && (day < r->from || day > r->to))
			continue;
		include |= r->include;
		exclude |= r->exclude;
	}
	*answer |= include & ~exclude & ~*decided;
	*decided |= include | exclude;
}

/* The concepts of a code on a day, as bits. */
uint64_t
tm_codebook_probe(const tm_codebook *b, tm_key key, int64_t day)
{
	unsigned	lengths = b->lengths[tm_key_system(key) % TM_SYSTEM_ROOM];
	uint64_t	decided = 0,
				answer = 0;

	if (lengths & 1)
		consult(b, key | TM_KEY_EXACT, day, &decided, &answer);
	lengths &= (2u << tm_key_length(key)) - 2;
	while (lengths != 0)
	{
		unsigned	longest = 31 - (unsigned) __builtin_clz(lengths);

		consult(b, tm_key_prefix(key, longest), day, &decided, &answer);
		lengths &= ~(1u << longest);
	}
	return answer;
}

/* Finds a name among sorted ones; *rank is where it stands, or would. */
static bool
find_concept(const tm_concept *c, uint32_t k, const char *name, size_t len, unsigned *rank)
{
	tm_concept	wanted = {{0}};
	unsigned	low = 0,
				high = k;

	memcpy(wanted.name, name, len);
	while (low < high)
	{
		unsigned	mid = (low + high) / 2;

		if (memcmp(c[mid].name, wanted.name, TM_CONCEPT_NAME) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	*rank = low;
	return low < k && memcmp(c[low].name, wanted.name, TM_CONCEPT_NAME) == 0;
}

/* Finds the bit of a concept in a codebook. */
bool
tm_codebook_rank(const tm_codebook *b, const char *name, size_t len, unsigned *rank)
{
	return tm_concept_valid(name, len) && find_concept(tm_codebook_concepts(b), b->k, name, len, rank);
}

/* Three-way comparison of two words. */
static int
order(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* A total order: by concepts, then rule by rule, then the shorter first. */
int
tm_codebook_compare(const tm_codebook *a, const tm_codebook *b)
{
	int			c = order(a->k, b->k);

	if (c == 0)
		c = memcmp(tm_codebook_concepts(a), tm_codebook_concepts(b), a->k * sizeof(tm_concept));
	for (uint32_t i = 0; c == 0 && i < a->n && i < b->n; i++)
	{
		c = compare_rules(&a->rules[i], &b->rules[i]);
		if (c == 0)
			c = order(a->rules[i].include, b->rules[i].include);
		if (c == 0)
			c = order(a->rules[i].exclude, b->rules[i].exclude);
	}
	if (c == 0)
		c = order(a->n, b->n);
	return (c > 0) - (c < 0);
}

/* Starts an empty list in the caller's room. */
void
tm_draft_start(tm_draft *d, tm_rule *rules, uint32_t room)
{
	d->rules = rules;
	d->n = 0;
	d->room = room;
	d->k = 0;
	memset(d->lengths, 0, sizeof d->lengths);
}

/* Starts a list (room for b->n rules at least) with those of a codebook. */
void
tm_draft_load(tm_draft *d, const tm_codebook *b)
{
	d->n = b->n;
	d->k = b->k;
	memcpy(d->rules, b->rules, b->n * sizeof(tm_rule));
	memcpy(d->concepts, tm_codebook_concepts(b), b->k * sizeof(tm_concept));
	memcpy(d->lengths, b->lengths, sizeof d->lengths);
}

/* The bits with a new one, clear, at a rank. */
static uint64_t
make_place(uint64_t bits, unsigned rank)
{
	uint64_t	low = first_bits(rank);

	return (bits & low) | (bits & ~low) << 1;
}

/* Gives the bit of a concept, new or known; bits behind a new one move up. */
tm_status
tm_draft_concept(tm_draft *d, const char *name, size_t len, unsigned *rank)
{
	if (!tm_concept_valid(name, len))
		return TM_SYNTAX;
	if (find_concept(d->concepts, d->k, name, len, rank))
		return TM_OK;
	if (d->k == TM_CONCEPTS_MAX)
		return TM_TOO_MANY;
	for (uint32_t i = 0; i < d->n; i++)
	{
		d->rules[i].include = make_place(d->rules[i].include, *rank);
		d->rules[i].exclude = make_place(d->rules[i].exclude, *rank);
	}
	memmove(d->concepts + *rank + 1, d->concepts + *rank, (d->k - *rank) * sizeof(tm_concept));
	memset(&d->concepts[*rank], 0, sizeof(tm_concept));
	memcpy(d->concepts[*rank].name, name, len);
	d->k++;
	return TM_OK;
}

/* Adds a rule, whose bits are the draft's own; it joins a rule of the same key and period. */
tm_status
tm_draft_rule(tm_draft *d, const tm_rule *rule)
{
	uint32_t	at = first_rule(d->rules, d->n, rule->key);
	tm_rule    *r;

	while (at < d->n && compare_rules(&d->rules[at], rule) < 0)
		at++;
	r = &d->rules[at];
	if (at == d->n || compare_rules(r, rule) != 0)
	{
		if (d->n == d->room)
			return TM_TOO_MANY;
		memmove(r + 1, r, (d->n - at) * sizeof(tm_rule));
		*r = *rule;
		r->include = r->exclude = 0;
		d->n++;
		d->lengths[tm_key_system(rule->key)] |= length_bit(rule->key);
	}
	r->exclude |= rule->exclude;
	r->include = (r->include | rule->include) & ~r->exclude;
	return TM_OK;
}

/* Works out the lengths of rules that were put into the draft from outside; unknown systems are left to validation. */
void
tm_draft_measure(tm_draft *d)
{
	memset(d->lengths, 0, sizeof d->lengths);
	for (uint32_t i = 0; i < d->n; i++)
	{
		tm_key		key = d->rules[i].key;

		if (tm_key_system(key) < TM_SYSTEM_ROOM)
			d->lengths[tm_key_system(key)] |= length_bit(key);
	}
}

/* Bits of one list in the numbering of another: to[i] is the new rank of bit i. */
static uint64_t
renumber(uint64_t bits, const unsigned *to)
{
	uint64_t	out = 0;

	for (; bits != 0; bits &= bits - 1)
		out |= (uint64_t) 1 << to[__builtin_ctzll(bits)];
	return out;
}

/* Adds all rules of a codebook. */
tm_status
tm_draft_merge(tm_draft *d, const tm_codebook *b)
{
	const tm_concept *c = tm_codebook_concepts(b);
	unsigned	to[TM_CONCEPTS_MAX];
	tm_status	status = TM_OK;

	/* Twice: a later name can move the ranks of earlier ones. */
	for (int pass = 0; pass < 2; pass++)
	{
		for (uint32_t i = 0; i < b->k && status == TM_OK; i++)
			status = tm_draft_concept(d, c[i].name, name_length(&c[i]), &to[i]);
	}
	for (uint32_t i = 0; i < b->n && status == TM_OK; i++)
	{
		tm_rule		rule = b->rules[i];

		rule.include = renumber(rule.include, to);
		rule.exclude = renumber(rule.exclude, to);
		status = tm_draft_rule(d, &rule);
	}
	return status;
}

/* Writes the list as a codebook to out (tm_codebook_size(n, k) bytes); the caller's length word is left alone. */
void
tm_draft_write(const tm_draft *d, tm_codebook *out)
{
	out->version = TM_CODEBOOK_VERSION;
	memset(out->zero, 0, sizeof out->zero);
	out->n = d->n;
	out->k = d->k;
	memcpy(out->lengths, d->lengths, sizeof out->lengths);
	memcpy(out->rules, d->rules, d->n * sizeof(tm_rule));
	memcpy(out->rules + d->n, d->concepts, d->k * sizeof(tm_concept));
}
