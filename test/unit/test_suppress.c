/*
 * test_suppress.c - secondary suppression against GaussSuppression's patterns
 * (test/oracles/disclosure_*.csv) and small tables worked out by hand.
 */
#include <stdlib.h>
#include <string.h>

#include "counting.h"
#include "csv.h"
#include "suppress.h"
#include "tap.h"

#define ORACLES "test/oracles"
#define THRESHOLD 10

/* A table of the oracle. */
typedef struct table
{
	csv			inner;
	csv			cells;
	int64_t    *count;
	int64_t    *first;
	int32_t    *atom;
	uint8_t    *rule;
	uint8_t    *status;
} table;

/* Says whether an atom lies in a cell. */
static bool
covers(const table *t, size_t cell, size_t atom)
{
	static const char *const by[] = {"age", "sex", "year"};
	const char *area = csv_text(&t->cells, cell, "area");

	if (strcmp(area, "Total") != 0 && !csv_is(&t->inner, atom, "region", area) && !csv_is(&t->inner, atom, "area", area))
		return false;
	for (size_t d = 0; d < 3; d++)
	{
		const char *level = csv_text(&t->cells, cell, by[d]);

		if (strcmp(level, "Total") != 0 && !csv_is(&t->inner, atom, by[d], level))
			return false;
	}
	return true;
}

/* Reads the oracle's table; the primary cells are those of a column. */
static table
load(const char *primary)
{
	table		t = {.inner = csv_read(ORACLES, "disclosure_inner.csv"), .cells = csv_read(ORACLES, "disclosure_cells.csv")};
	size_t		n = 0;

	t.count = malloc(t.inner.rows * sizeof *t.count);
	t.first = malloc((t.cells.rows + 1) * sizeof *t.first);
	t.atom = malloc(t.inner.rows * t.cells.rows * sizeof *t.atom);
	t.rule = malloc(t.cells.rows);
	t.status = malloc(t.cells.rows);
	for (size_t i = 0; i < t.inner.rows; i++)
		t.count[i] = csv_int(&t.inner, i, "n");
	for (size_t j = 0; j < t.cells.rows; j++)
	{
		t.first[j] = (int64_t) n;
		for (size_t i = 0; i < t.inner.rows; i++)
			if (covers(&t, j, i))
				t.atom[n++] = (int32_t) i;
		t.rule[j] = csv_is(&t.cells, j, primary, "TRUE") ? TM_CELL_PROTECTED : TM_CELL_FREE;
	}
	t.first[t.cells.rows] = (int64_t) n;
	return t;
}

/* Suppresses the table; gives the number of allocations left over. */
static int
run(table *t, bool singletons, tm_status *status)
{
	int			live = 0;
	tm_suppression task = {
		.cells = {(int32_t) t->inner.rows, (int32_t) t->cells.rows, t->first, t->atom},
		.rule = t->rule, .n_counts = 1, .count = {t->count}, .singletons = singletons, .zeros = true,
		.memory = {resize, NULL, &live},
	};

	*status = tm_suppress(&task, t->status);
	return live;
}

/* Frees a table. */
static void
drop(table *t)
{
	csv_free(&t->inner);
	csv_free(&t->cells);
	free(t->count);
	free(t->first);
	free(t->atom);
	free(t->rule);
	free(t->status);
}

/* The pattern of GaussSuppression without singletons, cell by cell. */
static void
test_pattern(const char *primary, const char *pattern)
{
	table		t = load(primary);
	tm_status	status;
	size_t		differ = 0;
	size_t		secondary = 0;
	int			left = run(&t, false, &status);

	for (size_t j = 0; j < t.cells.rows; j++)
	{
		differ += (t.status[j] != TM_CELL_PUBLISHED) != csv_is(&t.cells, j, pattern, "TRUE");
		secondary += t.status[j] == TM_CELL_SECONDARY;
	}
	tap_is(status, TM_OK, "the table is suppressed");
	tap_ok(differ == 0, "column %s: %zu cells differ, %zu secondary", pattern, differ, secondary);
	tap_is(left, 0, "all memory is given back");
	drop(&t);
}

/* With singletons: the mass withheld is within 5 % of GaussSuppression's. */
static void
test_singletons(void)
{
	table		t = load("primary");
	tm_status	status;
	int64_t		mass = 0;
	int64_t		reference = 0;
	size_t		more = 0;
	int			left = run(&t, true, &status);

	for (size_t j = 0; j < t.cells.rows; j++)
	{
		int64_t		n = csv_int(&t.cells, j, "n");

		mass += t.status[j] != TM_CELL_PUBLISHED ? n : 0;
		reference += csv_is(&t.cells, j, "suppressed", "TRUE") ? n : 0;
		more += t.status[j] == TM_CELL_SECONDARY;
	}
	tap_is(status, TM_OK, "the table is suppressed against singletons");
	tap_is(reference, 3350, "the reference withholds 3,350");
	tap_ok(mass > 0.95 * reference && mass < 1.05 * reference, "tmap withholds %lld", (long long) mass);
	tap_ok(more > 87, "singletons cost more cells: %zu", more);
	tap_is(left, 0, "all memory is given back");
	drop(&t);
}

/* Suppresses a small table given as masks of atoms; gives the statuses as digits. */
static const char *
small(int32_t n_atoms, const int64_t *events, const int64_t *others, int32_t n_cells, const unsigned *mask, const char *rules, bool singletons)
{
	static char answer[32];
	int64_t		first[32] = {0};
	int32_t		atom[1024];
	uint8_t		rule[32];
	uint8_t		status[32] = {0};
	int			live = 0;
	tm_status	result;

	for (int32_t j = 0; j < n_cells; j++)
	{
		first[j + 1] = first[j];
		for (int32_t i = 0; i < n_atoms; i++)
			if (mask[j] & 1u << i)
				atom[first[j + 1]++] = i;
		rule[j] = (uint8_t) (rules[j] - '0');
	}
	result = tm_suppress(&(tm_suppression) {.cells = {n_atoms, n_cells, first, atom}, .rule = rule, .n_counts = others ? 2 : 1,
						 .count = {events, others}, .singletons = singletons, .zeros = true, .memory = {resize, NULL, &live}}, status);
	for (int32_t j = 0; j < n_cells; j++)
		answer[j] = (char) ('0' + status[j]);
	answer[n_cells] = '\0';
	if (result != TM_OK || live != 0)
		snprintf(answer, sizeof answer, "status %d, %d left", result, live);
	return answer;
}

/* Compares the statuses of a small table. */
static void
expect(const char *got, const char *want, const char *name)
{
	tap_ok(strcmp(got, want) == 0, "%s: %s, expected %s", name, got, want);
}

int
main(void)
{
	const unsigned three[] = {1, 2, 4, 7};
	const unsigned overlap[] = {3, 6, 7, 2, 1, 4};

	test_pattern("primary", "nosingleton");
	test_singletons();

	/* Three areas and their total: one more area hides the small one, the smaller of the two. */
	expect(small(3, (int64_t[]) {3, 50, 20}, NULL, 4, three, "1000", true), "1020", "an area is withheld beside a small one");
	expect(small(3, (int64_t[]) {3, 0, 20}, NULL, 4, three, "1000", true), "1020", "a zero protects nothing");
	expect(small(3, (int64_t[]) {3, 50, 20}, NULL, 4, three, "0000", true), "0000", "without protected cells all is published");
	expect(small(3, (int64_t[]) {3, 50, 20}, NULL, 4, three, "1002", true), "1020", "a total that is public already counts");
	expect(small(3, (int64_t[]) {3, 50, 20}, NULL, 4, three, "1222", true), "3000", "what is public already exposes a cell: that is said");
	/* 1 + 4 = 5: whoever is the one knows the four, so a third cell goes. */
	expect(small(3, (int64_t[]) {1, 4, 20}, NULL, 4, three, "1100", false), "1100", "two small cells hide each other");
	expect(small(3, (int64_t[]) {1, 4, 20}, NULL, 4, three, "1100", true), "1120", "but not from the person who is alone in one");
	expect(small(3, (int64_t[]) {9, 4, 20}, (int64_t[]) {1, 8, 30}, 4, three, "1100", true), "1120", "nor from one without an event");
	expect(small(2, (int64_t[]) {1, 0}, NULL, 3, (unsigned[]) {1, 2, 3}, "101", true), "101", "a total of one person tells that person nothing new");
	/* Overlapping geographies: atoms 0, 1 and 1, 2 in two catchments, all in one area. */
	/* The total less the second gives the first atom; so the first catchment and the third atom must go. */
	expect(small(3, (int64_t[]) {30, 4, 60}, NULL, 6, overlap, "000100", true), "200102", "an overlap is not the difference of what is published");
	/* Women, men and one of unknown sex, who had no event: sums of 0 elsewhere tell that, so women and all would give men away. */
	expect(small(3, (int64_t[]) {30, 4, 0}, (int64_t[]) {300, 40, 5}, 3, (unsigned[]) {7, 1, 2}, "001", true), "021", "an atom of 0 in one of the counts protects nothing");
	expect(small(1, (int64_t[]) {-1}, NULL, 1, (unsigned[]) {1}, "0", true), "status 2, 0 left", "a negative count is refused");
	expect(small(1, (int64_t[]) {1}, NULL, 0, (unsigned[]) {1}, "", true), "", "no cells");
	return tap_done();
}
