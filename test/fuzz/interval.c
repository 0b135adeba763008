/*
 * interval.c - any counts, quantities and confidence: a status, or limits that
 * are numbers in their order. Ends even for hostile floating-point numbers. Counts are
 * whole, as they are outside the core.
 */
#include "fuzz.h"

#include <math.h>

#include "../../src/core/compare.h"
#include "../../src/core/interval.h"
#include "../../src/core/standardise.h"

/* What one input is read as. */
typedef struct input
{
	uint8_t		method;
	uint8_t		free_confidence;
	uint8_t		shift_x;		/* how many bits the counts lose, so that all sizes come up */
	uint8_t		shift_n;
	uint8_t		moderate;		/* quantities to be brought below 10^9, a bit each */
	uint8_t		unused[3];
	int64_t		x,
				n;
	double		q[6];
	double		confidence;
} input;

/* True when the limits are in order; at counts near 2^63 both can be the same number but for one rounding. */
static int
in_order(double lower, double upper)
{
	return lower <= upper + 4e-16 * fabs(upper);
}

/* Limits that exist are finite and in order. */
static void
check(tm_status status, const tm_ci *ci)
{
	law(status != TM_OK || (isfinite(ci->lower) && isfinite(ci->upper) && in_order(ci->lower, ci->upper)));
}

/* A standardised rate of two strata of whole numbers, as tallies have them. */
static void
check_dsr(const input *in, double confidence)
{
	double		q[6];
	tm_dsr		dsr;

	for (int i = 0; i < 6; i++)
		q[i] = floor(fmod(in->q[i], TM_COUNT_MAX));
	if (tm_dsr_arrays(2, q, q + 2, q + 4, confidence, (tm_dsr_method_t) (in->method % 7), 0.0, &dsr) == TM_OK)
		law(isfinite(dsr.value) && in_order(dsr.lower, dsr.upper));
}

/* Comparisons: limits in order where they exist, infinite ones above only, p a probability. */
static void
check_comparison(tm_status status, const tm_comparison *c)
{
	if (status != TM_OK)
		return;
	law(isnan(c->lower) == isnan(c->upper) && !isinf(c->lower));
	law(isnan(c->lower) || in_order(c->lower, c->upper));
	law(isnan(c->p) || (c->p >= 0.0 && c->p <= 1.0));
}

/* A count below a billion from any quantity. */
static int64_t
few(double q)
{
	return isfinite(q) ? (int64_t) fmod(q, 1e9) : 0;
}

/* Two groups, every comparison. */
static void
check_comparisons(const input *in, double confidence)
{
	static const char *const names[] = {"miettinen_nurminen", "newcombe", "koopman", "log", "exact", "mid_p", "mover"};

	for (int what = TM_PROPORTION_DIFFERENCE; what <= TM_RATE_DIFFERENCE; what++)
	{
		tm_compare_method_t method;
		tm_comparison c;

		if (tm_compare_method((tm_compared) what, names[in->method % 7], &method) != TM_OK)
			continue;
		if (what <= TM_ODDS_RATIO)
			check_comparison(tm_compare_proportions((tm_compared) what, in->x, in->n, few(in->q[0]), few(in->q[1]), confidence, method, &c), &c);
		else
			check_comparison(tm_compare_rates((tm_compared) what, in->q[0], in->q[2], in->q[1], in->q[3], confidence, method, &c), &c);
	}
}

/* Reads an input; whole counts, quantities as they are or of a size met in practice. */
static void
read_input(const uint8_t *data, input *in)
{
	memcpy(in, data, sizeof *in);
	in->x >>= in->shift_x % 63;
	in->n >>= in->shift_n % 63;
	for (int i = 0; i < 6; i++)
		if (in->moderate >> i & 1)
			in->q[i] = fmod(fabs(in->q[i]), 1e9);
	in->q[0] = floor(in->q[0]);
	in->q[1] = floor(in->q[1]);
}

/* One input. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const double usual[] = {0.95, 0.9, 0.99, 0.998};
	input		in;
	tm_ci		ci;
	double		confidence,
				e = 0;

	if (size < sizeof in)
		return 0;
	read_input(data, &in);
	confidence = in.free_confidence % 2 ? in.confidence : usual[in.free_confidence / 2 % 4];
	check(tm_proportion(in.x, in.n, confidence, (tm_prop_method_t) (in.method % 7), &ci), &ci);
	check(tm_poisson((double) in.x, confidence, (tm_poisson_method_t) (in.method % 5), &ci), &ci);
	check(tm_rate(in.q[0], in.q[2], confidence, (tm_poisson_method_t) (in.method % 5), &ci), &ci);
	check(tm_isr(in.q[0], in.q[2], in.q[3], confidence, (tm_poisson_method_t) (in.method % 5), &ci), &ci);
	check_dsr(&in, confidence);
	check_comparisons(&in, confidence);
	law(tm_expected_add(in.q[2], in.q[0], in.q[3], &e) != TM_OK || isfinite(e));
	return 0;
}
