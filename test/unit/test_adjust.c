/*
 * test_adjust.c - standardisation of tallies: laws that hold for any counts,
 * small cases by hand, and every refusal.
 */
#include "../../src/core/adjust.h"

#include <stdio.h>

#include "sample.h"
#include "tap.h"

#define ROUNDS 300

/* The tally under a coarser scheme, in a block of its own. */
static tm_tally *
as(const tm_tally *t, tm_scheme to)
{
	tm_entry   *work = sample_block(t->n * sizeof *work);
	tm_tally   *out = sample_room(t->n);

	if (tm_tally_collapse(t, to, work, out) != TM_OK)
		tap_ok(false, "collapse fails");
	free(work);
	return out;
}

/* The directly standardised rate of a tally, or NaN; coverage 1 is asked for. */
static double
dsr(const tm_tally *t, const tm_tally *standard)
{
	tm_dsr_acc	acc;
	tm_dsr		out;

	return tm_tally_dsr(t, standard, &acc) == TM_OK && tm_dsr_finish(&acc, 1.0, &out) == TM_OK ? out.value : NAN;
}

/* The events expected at a reference's rates, or NaN. */
static double
expected(const tm_tally *t, const tm_tally *reference)
{
	double		e = NAN;

	return tm_tally_expected(t, reference, &e) == TM_OK ? e : NAN;
}

/* The crude rate. */
static double
crude(const tm_tally *t)
{
	tm_count	c = {0, 0};

	tm_tally_total(t, &c);
	return (double) c.events / (double) c.at_risk;
}

/* The same strata with people and events times k. */
static tm_tally *
times(const tm_tally *t, int64_t k)
{
	tm_tally   *out = sample_block(tm_tally_size(t->n));

	memcpy(out, t, tm_tally_size(t->n));
	for (uint32_t i = 0; i < out->n; i++)
		out->counts[i] = (tm_count) {t->counts[i].events * k, t->counts[i].at_risk * k};
	return out;
}

/* A tally with people in each stratum of the scheme. */
static tm_tally *
full(uint64_t *seed, tm_scheme s)
{
	sample_levels all = sample_all(s);
	tm_entry   *e = sample_block(all.n * sizeof *e);
	tm_tally   *t;

	for (uint32_t i = 0; i < all.n; i++)
	{
		e[i].levels = all.levels[i];
		e[i].count.at_risk = 1 + sample_below(seed, 100000);
		e[i].count.events = sample_below(seed, (uint32_t) e[i].count.at_risk + 1);
	}
	t = sample_build(s, e, all.n);
	free(e);
	return t;
}

/* Laws of direct standardisation. */
static void
direct_laws(void)
{
	uint64_t	seed = 1;
	double		self = 0,
				scaled = 0,
				total = 0;
	int			between = 0;

	for (int r = 0; r < ROUNDS; r++)
	{
		tm_scheme	s = r % 2 ? AGE(1) | SEX : AGE(5) | SEX | COMORBIDITY;
		tm_tally   *t = full(&seed, s),
				   *standard = sample_tally(&seed, s, 100),
				   *more = times(standard, 1000),
				   *all = as(t, TM_SCHEME_TOTAL),
				   *one = as(standard, TM_SCHEME_TOTAL);
		double		low = 1,
					high = 0,
					rate = dsr(t, standard);

		for (uint32_t i = 0; i < t->n; i++)
		{
			double		stratum = (double) t->counts[i].events / (double) t->counts[i].at_risk;

			low = fmin(low, stratum);
			high = fmax(high, stratum);
		}
		self = fmax(self, tap_error(dsr(t, t), crude(t)));
		if (standard->n)
		{
			scaled = fmax(scaled, tap_error(dsr(t, more), rate));
			total = fmax(total, tap_error(dsr(all, one), crude(t)));
		}
		between += standard->n == 0 ? isnan(rate) : rate >= low && rate <= high;
		for (size_t i = 0; i < 5; i++)
			free((tm_tally *[]) {t, standard, more, all, one}[i]);
	}
	tap_ok(self <= 1e-15, "standardised to its own people it is the crude rate (error %.2g)", self);
	tap_ok(scaled <= 1e-14, "a standard of a thousand times the people changes nothing (error %.2g)", scaled);
	tap_ok(total <= 1e-15, "a standard without dimensions gives the crude rate (error %.2g)", total);
	tap_is(between, ROUNDS, "the rate lies between the lowest and the highest of the strata");
}

/* Laws of indirect standardisation. */
static void
indirect_laws(void)
{
	enum
	{
		AREAS = 20
	};
	uint64_t	seed = 2;
	double		self = 0,
				pooled_error = 0,
				added = 0;

	for (int r = 0; r < ROUNDS / 10; r++)
	{
		tm_scheme	s = AGE(1) | SEX;
		tm_tally   *area[AREAS],
				   *pooled = sample_build(s, NULL, 0);
		double		sum = 0,
					whole;
		tm_count	observed = {0, 0};

		for (int i = 0; i < AREAS; i++)
		{
			tm_tally   *next;

			area[i] = sample_tally(&seed, s, 100);
			next = sample_room(tm_tally_union_n(pooled, area[i]));
			tm_tally_union(pooled, area[i], next);
			free(pooled);
			pooled = next;
		}
		for (int i = 0; i < AREAS; i++)
		{
			tm_count	own = {0, 0};

			tm_tally_total(area[i], &own);
			if (area[i]->n)
				self = fmax(self, tap_error(expected(area[i], area[i]), (double) own.events));
			sum += expected(area[i], pooled);
			free(area[i]);
		}
		tm_tally_total(pooled, &observed);
		pooled_error = fmax(pooled_error, tap_error(sum, (double) observed.events));
		whole = expected(pooled, pooled);
		added = fmax(added, tap_error(sum, whole));
		free(pooled);
	}
	tap_ok(self <= 1e-13, "a reference's own ratio is 1 (error %.2g)", self);
	tap_ok(pooled_error <= 1e-13, "under the pooled rates all areas together expect what was observed (error %.2g)", pooled_error);
	tap_ok(added <= 1e-13, "and as much as the pooled tally itself (error %.2g)", added);
}

/* Small cases, computed by hand. */
static void
by_hand(void)
{
	tm_tally   *t = sample_text("tmap1 sex {female: 1/10, male: 4/20, sex-unknown: 9/9}"),
			   *standard = sample_text("tmap1 sex {female: 0/300, male: 0/100}"),
			   *wider = sample_text("tmap1 age90 {0-4: 0/1, 80-84: 0/3}"),
			   *young = sample_text("tmap1 age90 {80-84: 1/4}");
	tm_dsr_acc	acc;
	tm_dsr		out;

	tap_near(dsr(t, standard), 0.125, 1e-15, "3/4 of 1/10 and 1/4 of 4/20; who is not in the standard stays out");
	tap_near(expected(standard, t), 50.0, 1e-15, "300 at 1/10 and 100 at 4/20");
	tap_is(tm_tally_dsr(young, wider, &acc), TM_OK, "a stratum of the standard with nobody at risk is fed");
	tap_is(tm_dsr_finish(&acc, 1.0, &out), TM_UNDEFINED, "the rate over the whole standard does not exist");
	tap_near(out.coverage, 0.75, 0.0, "three quarters of the standard are covered");
	tap_ok(tm_dsr_finish(&acc, 0.75, &out) == TM_OK && out.value == 0.25, "the rate over the covered part does");
	tap_is(tm_tally_dsr(young, sample_text("tmap1 age90 {}"), &acc), TM_OK, "an empty standard");
	tap_is(tm_dsr_finish(&acc, 0.0, &out), TM_UNDEFINED, "gives no rate");
	tap_near(expected(sample_text("tmap1 sex {}"), t), 0.0, 0.0, "nobody expects nothing");
}

/* Which schemes can be adjusted for, and what is left of both. */
static void
schemes(void)
{
	static const struct
	{
		tm_scheme	tally,
					standard,
					want;
		const char *name;
	}			good[] = {
		{AGE(1) | SEX, AGE(1) | SEX, AGE(1) | SEX, "the same"},
		{AGE(1) | SEX | COMORBIDITY, AGE(1) | SEX, AGE(1) | SEX, "what the standard lacks is summed over"},
		{AGE(1) | SEX, AGE(5), AGE(5), "age90 to a standard of age85us"},
		{AGE(2), AGE(1), AGE(2), "a standard of age90 to age85"},
		{AGE(5) | SEX, AGE(1) | SEX, AGE(5) | SEX, "a standard of age90 to age85us"},
		{AGE(4), AGE(3), AGE(3), "age100 to age95"},
		{AGE(1) | SEX, 0, 0, "no dimension: the crude rate"},
	};
	static const struct
	{
		tm_scheme	tally,
					standard;
		const char *name;
	}			bad[] = {
		{SEX, AGE(1) | SEX, "a tally without age"},
		{0, SEX, "a tally of totals"},
		{AGE(1), AGE(1) | SEX | COMORBIDITY, "a tally without sex"},
		{AGE(6), AGE(5), "age80 and age85us share no cut"},
	};
	tm_scheme	common = 77;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		tap_ok(tm_scheme_adjusted(good[i].tally, good[i].standard, &common) == TM_OK && common == good[i].want, "%s", good[i].name);
	common = 77;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		tap_ok(tm_scheme_adjusted(bad[i].tally, bad[i].standard, &common) == TM_SCHEME_COARSEN && common == 77, "%s", bad[i].name);
}

/* Both brought to the common age cut, it makes no difference which one was finer. */
static void
age_cuts(void)
{
	uint64_t	seed = 3;
	int			good = 0;

	for (int r = 0; r < 60; r++)
	{
		tm_scheme	fine = AGE(1 + r % 4) | SEX,
					other = AGE(1 + r / 4 % 4),
					common = 0;
		tm_tally   *t = full(&seed, fine),
				   *standard = full(&seed, other),
				   *tc,
				   *sc;
		double		weights = 0,
					sum = 0,
					rate;

		good += tm_scheme_adjusted(fine, other, &common) == TM_OK;
		tc = as(t, common);
		sc = as(standard, common);
		rate = dsr(tc, sc);
		for (uint32_t i = 0; i < sc->n; i++)
		{
			weights += (double) sc->counts[i].at_risk;
			sum += (double) sc->counts[i].at_risk * (double) tc->counts[i].events / (double) tc->counts[i].at_risk;
		}
		good += tap_error(rate, sum / weights) < 1e-14;
		free(t);
		free(standard);
		free(tc);
		free(sc);
	}
	tap_is(good, 120, "age cuts reconciled, the rate is the weighted mean of the strata's");
}

/* What is refused, and that a sum is then left alone. */
static void
refusals(void)
{
	tm_tally   *sex = sample_text("tmap1 sex {female: 1/10}"),
			   *age = sample_text("tmap1 age90 {80-84: 1/10}"),
			   *us = sample_text("tmap1 age85us {85+: 1/10}"),
			   *both = sample_text("tmap1 sex {female: 1/10, male: 1/10}"),
			   *broken = times(sex, -1);
	tm_dsr_acc	acc;
	double		e = 77;

	tap_is(tm_tally_dsr(sex, age, &acc), TM_SCHEME_MIX, "direct, two schemes");
	tap_is(tm_tally_dsr(age, us, &acc), TM_SCHEME_MIX, "direct, two cuts of age");
	tap_is(tm_tally_expected(sex, age, &e), TM_SCHEME_MIX, "indirect, two schemes");
	tap_is(tm_tally_expected(age, us, &e), TM_SCHEME_MIX, "indirect, two cuts of age");
	tap_is(tm_tally_expected(both, sex, &e), TM_UNDEFINED, "people at risk where the reference has no rate");
	tap_is(tm_tally_dsr(broken, sex, &acc), TM_NEGATIVE, "direct, negative counts");
	tap_is(tm_tally_expected(broken, sex, &e), TM_NEGATIVE, "indirect, negative counts");
	tap_is(tm_tally_expected(sex, broken, &e), TM_NEGATIVE, "a reference of negative counts");
	tap_ok(e == 77, "nothing written without TM_OK");
	tap_is(tm_tally_expected(sex, both, &e), TM_OK, "a stratum only in the reference");
	tap_near(e, 1.0, 1e-15, "adds nothing");
}

/* Two tallies side by side: only strata in which both have people count, with the standard's rate there. */
static void
pairs(void)
{
	tm_tally   *one = sample_text("tmap1 sex {female: 1/10, male: 4/20}"),
			   *two = sample_text("tmap1 sex {male: 3/30, sex-unknown: 1/5}"),
			   *standard = sample_text("tmap1 sex {female: 2/40, male: 9/60}"),
			   *age = sample_text("tmap1 age90 {80-84: 1/10}"),
			   *broken = times(one, -1);
	tm_dsr_acc	a,
				b;
	tm_dsr		da,
				db;

	tm_dsr_init(&a);
	tm_dsr_init(&b);
	tap_is(tm_tally_dsr_pair(one, two, standard, &a, &b), TM_OK, "two tallies and a standard");
	tap_ok(tm_dsr_finish(&a, 0.6, &da) == TM_OK && tm_dsr_finish(&b, 0.6, &db) == TM_OK && da.coverage == 0.6 && db.coverage == 0.6, "men are 0.6 of the standard");
	tap_ok(da.value == 0.2 && db.value == 0.1 && da.at_risk == 20 && db.at_risk == 30, "the rates are those of men");
	tap_is(tm_tally_dsr_pair(one, age, standard, &a, &b), TM_SCHEME_MIX, "a pair of two schemes");
	tap_is(tm_tally_dsr_pair(age, one, standard, &a, &b), TM_SCHEME_MIX, "and the other way round");
	tap_is(tm_tally_dsr_pair(one, one, broken, &a, &b), TM_NEGATIVE, "a pair and a standard of negative counts");
	tm_tally_dsr(two, standard, &a);
	tap_ok(tm_dsr_finish(&a, 0.0, &da) == TM_OK && da.ref_value == 9.0 / 60.0, "the standard's own rate where the tally has people");
}

int
main(void)
{
	direct_laws();
	indirect_laws();
	by_hand();
	schemes();
	age_cuts();
	refusals();
	pairs();
	return tap_done();
}
