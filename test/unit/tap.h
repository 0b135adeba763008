/*
 * tap.h - the Test Anything Protocol for unit tests: one line per test, the
 * plan at the end, exit code 1 if anything failed.
 */
#ifndef TMAP_TAP_H
#define TMAP_TAP_H

#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

static int	tap_count = 0;
static int	tap_failed = 0;

/* Prints one test line; the name is a printf format. */
__attribute__((format(printf, 2, 3)))
static inline bool
tap_ok(bool good, const char *name, ...)
{
	va_list		args;

	tap_count++;
	if (!good)
		tap_failed++;
	printf("%sok %d - ", good ? "" : "not ", tap_count);
	va_start(args, name);
	vprintf(name, args);
	va_end(args);
	printf("\n");
	return good;
}

/* Prints one test line that compares two integers (statuses, counts). */
static inline bool
tap_is(long got, long want, const char *name)
{
	bool		good = tap_ok(got == want, "%s", name);

	if (!good)
		printf("# got %ld, want %ld\n", got, want);
	return good;
}

/* The relative error of a number; 0 for two NaN, infinite if only one is, or if want is 0 and got is not. */
static inline double
tap_error(double got, double want)
{
	if (isnan(got) && isnan(want))
		return 0.0;
	if (got == want)
		return 0.0;
	if (isnan(got) || isnan(want) || want == 0.0)
		return INFINITY;
	return fabs((got - want) / want);
}

/* Prints one test line that compares two doubles to a relative tolerance. */
static inline bool
tap_near(double got, double want, double tolerance, const char *name)
{
	bool		good = tap_ok(tap_error(got, want) <= tolerance, "%s", name);

	if (!good)
		printf("# got %.17g, want %.17g\n", got, want);
	return good;
}

/* Prints the plan and gives the exit code. */
static inline int
tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed == 0 ? 0 : 1;
}

#endif
