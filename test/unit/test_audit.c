/*
 * test_audit.c - the audit of suppressed cells: the oracle's patterns
 * (test/oracles/disclosure_*.csv), small tables worked out by hand, and many
 * small tables against the enumeration of all tables that there can be.
 */
#include <stdlib.h>
#include <string.h>

#include "../../src/lp.c"
#include "counting.h"
#include "csv.h"
#include "tap.h"

#define ORACLES "test/oracles"

/* Audits one count; gives the status, and in left the allocations not given back. */
static tm_status
audit(tm_cells cells, const uint8_t *published, const int64_t *count, tm_bounds *bounds, int *left)
{
	tmap_lp_state program = {0};
	tm_audit	task = {
		.cells = cells, .published = published, .n_counts = 1, .count = {count},
		.lp = tmap_lp(&program), .memory = {resize, NULL, left},
	};

	*left = 0;
	return tm_audit_cells(&task, (tm_bounds *[]) {bounds});
}

/* Says whether an atom of the oracle lies in a cell. */
static bool
covers(const csv *inner, const csv *cells, size_t cell, size_t atom)
{
	static const char *const by[] = {"age", "sex", "year"};
	const char *area = csv_text(cells, cell, "area");

	if (strcmp(area, "Total") != 0 && !csv_is(inner, atom, "region", area) && !csv_is(inner, atom, "area", area))
		return false;
	for (size_t d = 0; d < 3; d++)
	{
		const char *level = csv_text(cells, cell, by[d]);

		if (strcmp(level, "Total") != 0 && !csv_is(inner, atom, by[d], level))
			return false;
	}
	return true;
}

/* Audits the oracle's table under a pattern (NULL: that of tm_suppress, primary cells those of the column primary). */
static void
test_pattern(const char *pattern, const char *primary, int linear, int exact)
{
	csv			inner = csv_read(ORACLES, "disclosure_inner.csv");
	csv			table = csv_read(ORACLES, "disclosure_cells.csv");
	int64_t    *count = malloc(inner.rows * sizeof *count);
	int64_t    *first = malloc((table.rows + 1) * sizeof *first);
	int32_t    *atom = malloc(inner.rows * table.rows * sizeof *atom);
	uint8_t    *rule = malloc(table.rows);
	uint8_t    *published = malloc(table.rows);
	tm_bounds  *bounds = malloc(table.rows * sizeof *bounds);
	int64_t		n = 0;
	int			left;
	int			by_sums = 0;
	int			found = 0;
	int			wrong = 0;
	double		narrowest = INFINITY;
	tm_status	status;

	for (size_t i = 0; i < inner.rows; i++)
		count[i] = csv_int(&inner, i, "n");
	for (size_t j = 0; j < table.rows; j++)
	{
		first[j] = n;
		for (size_t i = 0; i < inner.rows; i++)
			if (covers(&inner, &table, j, i))
				atom[n++] = (int32_t) i;
		rule[j] = csv_is(&table, j, primary, "TRUE") ? TM_CELL_PROTECTED : TM_CELL_FREE;
		published[j] = pattern ? !csv_is(&table, j, pattern, "TRUE") : 0;
	}
	first[table.rows] = n;
	if (pattern == NULL)
	{
		tm_suppress(&(tm_suppression) {.cells = {(int32_t) inner.rows, (int32_t) table.rows, first, atom}, .rule = rule, .n_counts = 1,
					.count = {count}, .singletons = true, .memory = {resize, NULL, &left}}, published);
		for (size_t j = 0; j < table.rows; j++)
			published[j] = published[j] == TM_CELL_PUBLISHED;
	}
	status = audit((tm_cells) {(int32_t) inner.rows, (int32_t) table.rows, first, atom}, published, count, bounds, &left);
	for (size_t j = 0; j < table.rows; j++)
	{
		double		truth = (double) csv_int(&table, j, "n");

		by_sums += bounds[j].proof == TM_PROOF_LINEAR && rule[j] == TM_CELL_PROTECTED;
		found += bounds[j].proof != TM_PROOF_NONE && bounds[j].exact;
		wrong += bounds[j].lower > truth || bounds[j].upper < truth || (bounds[j].proof == TM_PROOF_NONE) != (published[j] == 1);
		if (!published[j] && !bounds[j].exact)
			narrowest = fmin(narrowest, bounds[j].upper - bounds[j].lower);
	}
	pattern = pattern ? pattern : "tm_suppress";
	tap_is(status, TM_OK, "the pattern is audited");
	tap_ok(by_sums == linear, "%s: %d primary cells are sums and differences of published ones, expected %d", pattern, by_sums, linear);
	tap_ok(found == exact, "%s: %d suppressed cells can be worked out, expected %d", pattern, found, exact);
	tap_ok(narrowest >= 1, "%s: the others have at least two values, the narrowest interval is %g wide", pattern, narrowest);
	tap_is(wrong, 0, "the truth lies within all bounds");
	tap_is(left, 0, "all memory is given back");
	csv_free(&inner);
	csv_free(&table);
	for (void **p = (void *[]) {count, first, atom, rule, published, bounds, NULL}; *p; p++)
		free(*p);
}

/* A small table: cells as masks of atoms. */
typedef struct small
{
	int32_t		n_atoms;
	int32_t		n_cells;
	unsigned	mask[16];
	uint8_t		published[16];
	int64_t		count[8];
	tm_bounds	bounds[16];
} small;

/* Audits a small table; gives the status, or 100 if memory is left over. */
static int
audit_small(small *t)
{
	int64_t		first[17] = {0};
	int32_t		atom[128];
	int			left;
	tm_status	status;

	for (int32_t j = 0; j < t->n_cells; j++)
	{
		first[j + 1] = first[j];
		for (int32_t i = 0; i < t->n_atoms; i++)
			if (t->mask[j] & 1u << i)
				atom[first[j + 1]++] = i;
	}
	status = audit((tm_cells) {t->n_atoms, t->n_cells, first, atom}, t->published, t->count, t->bounds, &left);
	return left ? 100 : (int) status;
}

/* The sum of a cell in a table. */
static int64_t
sum(const small *t, const int64_t *table, int32_t cell)
{
	int64_t		s = 0;

	for (int32_t i = 0; i < t->n_atoms; i++)
		if (t->mask[cell] & 1u << i)
			s += table[i];
	return s;
}

/* The least and largest value of every cell over all tables of whole numbers to a limit with the published cells. */
static void
enumerate(const small *t, int64_t limit, int64_t *low, int64_t *high)
{
	int64_t		table[8] = {0};
	int32_t		i = 0;

	for (int32_t j = 0; j < t->n_cells; j++)
		low[j] = high[j] = sum(t, t->count, j);
	while (i < t->n_atoms)
	{
		bool		same = true;

		for (int32_t j = 0; j < t->n_cells && same; j++)
			same = !t->published[j] || sum(t, table, j) == sum(t, t->count, j);
		for (int32_t j = 0; j < t->n_cells && same; j++)
		{
			int64_t		s = sum(t, table, j);

			low[j] = s < low[j] ? s : low[j];
			high[j] = s > high[j] ? s : high[j];
		}
		for (i = 0; i < t->n_atoms && ++table[i] > limit; i++)
			table[i] = 0;
	}
}

/* Random small tables, the last cell (published) a total, so that enumeration ends. */
static void
test_enumeration(void)
{
	uint32_t	state = 12345;
	int			failed = 0,
				outside = 0,
				missed = 0,
				invented = 0,
				cells = 0,
				exact = 0,
				tight = 0;

	for (int round = 0; round < 4000; round++)
	{
		small		t = {.n_atoms = 2 + round % 5, .n_cells = 4 + round % 9};
		int64_t		low[16],
					high[16];

		for (int32_t i = 0; i < t.n_atoms; i++)
			t.count[i] = (state = state * 1664525 + 1013904223) >> 24 < 110 ? 0 : (state >> 16) % 3;
		for (int32_t j = 0; j < t.n_cells; j++)
		{
			state = state * 1664525 + 1013904223;
			t.mask[j] = j == t.n_cells - 1 ? (1u << t.n_atoms) - 1 : (state >> 12) % (1u << t.n_atoms);
			t.published[j] = j == t.n_cells - 1 || state >> 28 < 6;
		}
		failed += audit_small(&t) != TM_OK;
		enumerate(&t, sum(&t, t.count, t.n_cells - 1), low, high);
		for (int32_t j = 0; j < t.n_cells; j++)
		{
			tm_bounds	b = t.bounds[j];

			if (t.published[j])
				continue;
			cells++;
			exact += low[j] == high[j];
			missed += low[j] == high[j] && !b.exact;
			invented += low[j] != high[j] && b.exact;
			if (b.proof == TM_PROOF_WITNESS)
			{
				outside += b.lower < (double) low[j] || b.upper > (double) high[j] || b.lower >= b.upper;
				tight += b.lower == (double) low[j] && b.upper == (double) high[j];
			}
			else
			{
				outside += b.lower > (double) low[j] + 1e-9 || b.upper < (double) high[j] - 1e-9;
				tight += fabs(b.lower - (double) low[j]) < 1e-9 && fabs(b.upper - (double) high[j]) < 1e-9;
			}
		}
	}
	tap_is(failed, 0, "4,000 random tables are audited");
	tap_ok(invented == 0, "no cell with two possible values is called exact, of %d", cells - exact);
	tap_ok(missed == 0 && exact > 10000, "of %d cells with one possible value %d are missed, though fractional tables allow for some", exact, missed);
	tap_ok(outside == 0, "bounds of witnesses lie within the possible values, those of programs around them");
	tap_ok(tight * 100 >= cells * 95, "%d of %d bounds are the possible values themselves", tight, cells);
}

/* Checks one cell of a small table. */
static void
expect(small t, int32_t cell, double lower, double upper, bool exact, tm_proof proof, const char *name)
{
	int			status = audit_small(&t);
	tm_bounds	b = t.bounds[cell];

	tap_ok(status == TM_OK && b.lower == lower && b.upper == upper && b.exact == exact && b.proof == proof,
		   "%s: %g to %g, exact %d, proof %d", name, b.lower, b.upper, b.exact, b.proof);
}

/* Tables worked out by hand. */
static void
test_hand(void)
{
	small		two = {3, 4, {1, 2, 4, 7}, {0, 0, 1, 1}, {3, 4, 20}, {{0, 0, false, 0}}};
	small		zeros = {2, 3, {1, 2, 3}, {0, 0, 1}, {0, 0}, {{0, 0, false, 0}}};
	small		free_cell = {2, 2, {1, 2}, {0, 1}, {5, 5}, {{0, 0, false, 0}}};
	/* a + b and a + b + c + d are published and equal: c and d are 0, though each alone may move. */
	small		nested = {4, 6, {1, 2, 4, 8, 3, 15}, {0, 0, 0, 0, 1, 1}, {2, 3, 0, 0}, {{0, 0, false, 0}}};
	/* Two by two with margins, a zero on one diagonal: no way but one. */
	small		square = {4, 8, {1, 2, 4, 8, 3, 12, 5, 10}, {0, 0, 0, 0, 1, 1, 1, 1}, {0, 4, 3, 0}, {{0, 0, false, 0}}};
	/* a + b, b + c and a + c published: a regular system, derivable by 2a = … */
	small		odd = {3, 6, {3, 6, 5, 1, 2, 4}, {1, 1, 1, 0, 0, 0}, {4, 5, 6}, {{0, 0, false, 0}}};
	small		negative = {1, 1, {1}, {0}, {-1}, {{0, 0, false, 0}}};

	expect(two, 0, 0, 7, false, TM_PROOF_WITNESS, "two cells hide each other up to their sum");
	two.published[1] = 1;
	expect(two, 0, 3, 3, true, TM_PROOF_LINEAR, "one alone does not");
	expect(zeros, 0, 0, 0, true, TM_PROOF_BOUNDS, "two zeros do not hide each other");
	expect(free_cell, 0, 0, INFINITY, false, TM_PROOF_WITNESS, "a cell in no published one has no limit");
	expect(nested, 2, 0, 0, true, TM_PROOF_BOUNDS, "a difference of 0 is a sum of zeros");
	expect(nested, 0, 0, 5, false, TM_PROOF_WITNESS, "the rest of it moves");
	expect(square, 0, 0, 3, false, TM_PROOF_WITNESS, "a square moves along its diagonals");
	expect(odd, 3, 4, 4, true, TM_PROOF_LINEAR, "halves of sums count too");
	tap_is(audit_small(&negative), TM_NEGATIVE, "a negative count is refused");
	tap_is(audit_small(&(small) {.n_atoms = 1}), TM_OK, "no cells");
	tap_is(audit_small(&(small) {.n_cells = 1}), TM_OK, "a cell of nothing");
}

int
main(void)
{
	test_pattern("primary", "primary", 71, 71);
	test_pattern("suppressed", "primary", 0, 0);
	test_pattern("nosingleton", "primary", 0, 0);
	test_pattern(NULL, "primary", 0, 0);
	test_hand();
	test_enumeration();
	return tap_done();
}
