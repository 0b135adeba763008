/*
 * interval.c - any counts, quantities and confidence: a status, or limits that
 * are numbers in their order. Ends even for hostile floating-point numbers.
 */
#include "fuzz.h"

#include <math.h>

#include "../../src/core/interval.h"
#include "../../src/core/standardise.h"

/* What one input is read as. */
typedef struct input
{
	uint8_t		method;
	uint8_t		free_confidence;
	uint8_t		unused[6];
	int64_t		x,
				n;
	double		q[6];
	double		confidence;
} input;

/* Limits that exist are finite and in order. */
static void
check(tm_status status, const tm_ci *ci)
{
	law(status != TM_OK || (isfinite(ci->lower) && isfinite(ci->upper) && ci->lower <= ci->upper));
}

/* A standardised rate of two strata. */
static void
check_dsr(const input *in, double confidence)
{
	tm_dsr		dsr;

	if (tm_dsr_arrays(2, in->q, in->q + 2, in->q + 4, confidence, (tm_dsr_method_t) (in->method % 4), 0.0, &dsr) == TM_OK)
		law(isfinite(dsr.value) && dsr.lower <= dsr.upper);
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
	memcpy(&in, data, sizeof in);
	confidence = in.free_confidence % 2 ? in.confidence : usual[in.free_confidence / 2 % 4];
	check(tm_proportion(in.x, in.n, confidence, (tm_prop_method_t) (in.method % 6), &ci), &ci);
	check(tm_poisson((double) in.x, confidence, (tm_poisson_method_t) (in.method % 3), &ci), &ci);
	check(tm_rate(in.q[0], in.q[1], confidence, (tm_poisson_method_t) (in.method % 3), &ci), &ci);
	check(tm_isr(in.q[0], in.q[1], in.q[2], confidence, (tm_poisson_method_t) (in.method % 3), &ci), &ci);
	check_dsr(&in, confidence);
	law(tm_expected_add(in.q[0], in.q[1], in.q[2], &e) != TM_OK || isfinite(e));
	return 0;
}
