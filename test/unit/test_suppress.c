/*
 * test_suppress.c - secondary suppression against GaussSuppression's patterns
 * (test/oracles/disclosure_*.csv) and small tables worked out by hand.
 */
#include <stdlib.h>
#include <string.h>

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

/* The core's allocator, counting what is not given back. */
static void *
resize(void *context, void *old, size_t size)
{
	int		   *live = context;

	if (old == NULL && size > 0)
		++*live;
	if (old != NULL && size == 0)
	{
		--*live;
		free(old);
		return NULL;
	}
	return realloc(old, size);
}

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
		.rule = t->rule, .n_counts = 1, .count = {t->count}, .singletons = singletons,
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

int
main(void)
{
	tm_status	status;
	table		t = load("primary");
	size_t		differ = 0, secondary = 0;
	int64_t		mass = 0, reference = 0;
	int			left = run(&t, false, &status);

	for (size_t j = 0; j < t.cells.rows; j++)
	{
		differ += (t.status[j] != TM_CELL_PUBLISHED) != csv_is(&t.cells, j, "nosingleton", "TRUE");
		secondary += t.status[j] == TM_CELL_SECONDARY;
	}
	printf("# differ %zu secondary %zu left %d\n", differ, secondary, left);
	left = run(&t, true, &status);
	secondary = 0;
	for (size_t j = 0; j < t.cells.rows; j++)
	{
		if (t.status[j] != TM_CELL_PUBLISHED)
			mass += csv_int(&t.cells, j, "n");
		if (csv_is(&t.cells, j, "suppressed", "TRUE"))
			reference += csv_int(&t.cells, j, "n");
		secondary += t.status[j] == TM_CELL_SECONDARY;
	}
	printf("# singleton: secondary %zu mass %lld ref %lld left %d\n", secondary, (long long) mass, (long long) reference, left);
	drop(&t);
	return 0;
}
