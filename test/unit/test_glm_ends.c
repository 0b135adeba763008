/*
 * test_glm_ends.c - how regressions end when there are no estimates, and what
 * must not change a fit: the order of the rows, the scale of covariates and weights.
 */
#include "glm_sample.h"

/* Rows of three covariates (one binary), some in clusters, with outcomes of the family; the same for the same seed. */
static fitted
sample(tm_family family, size_t n, uint64_t seed)
{
	fitted		f = make(family, n, 3, true);

	for (size_t i = 0; i < n; i++)
	{
		double		a = uniform(&seed) * 10;
		double		b = uniform(&seed) < 0.3;
		double		c = floor(uniform(&seed) * 20) + 2000;
		double		m = family == TM_LOGISTIC ? 1 + floor(uniform(&seed) * 4) : 10 + uniform(&seed) * 90;
		double		y = floor(uniform(&seed) * (family == TM_LOGISTIC ? m + 1 : 3 + a + m / 4));
		double	   *x = set_row(&f, i, y, m, 0.5 + floor(uniform(&seed) * 3), i % 5 ? (int64_t) (i % 7) - 3 : TM_ALONE);

		x[0] = a;
		x[1] = b;
		x[2] = c;
	}
	return f;
}

/* True when two fits of the same width are the same bits. */
static bool
same_bits(const fitted *a, const fitted *b)
{
	size_t		q = a->task.p + a->task.intercept;
	bool		same = memcmp(a->fit.estimate, b->fit.estimate, q * sizeof(double)) == 0;

	for (int c = 0; c < TM_COV_N; c++)
		same = same && memcmp(a->fit.cov[c], b->fit.cov[c], q * q * sizeof(double)) == 0;
	return same && memcmp(&a->fit.log_likelihood, &b->fit.log_likelihood, sizeof(double)) == 0 &&
		memcmp(&a->fit.theta_se, &b->fit.theta_se, sizeof(double)) == 0;
}

/* Any order of the rows gives the same bits; every second row is there twice, so that rows tie. */
static void
check_order(void)
{
	for (int family = 0; family < 3; family++)
	{
		fitted		a = sample(family, 3000, 7);
		fitted		b = sample(family, 3000, 7);
		size_t		width = a.task.p + TM_ROW_HEAD;
		uint64_t	seed = 99;
		bool		same = true;

		for (size_t i = 0; i + 1 < a.task.n; i += 2)
			memcpy(a.rows + i * width, a.rows + (i + 1) * width, width * sizeof(double));
		memcpy(b.rows, a.rows, a.task.n * width * sizeof(double));
		run(&a);
		for (int round = 0; round < 3; round++)
		{
			for (size_t i = b.task.n - 1; i > 0; i--)
			{
				size_t		j = (size_t) (uniform(&seed) * (double) (i + 1));
				double		row[16];

				memcpy(row, b.rows + i * width, width * sizeof(double));
				memcpy(b.rows + i * width, b.rows + j * width, width * sizeof(double));
				memcpy(b.rows + j * width, row, width * sizeof(double));
			}
			run(&b);
			same = same && same_bits(&a, &b);
		}
		tap_ok(a.fit.end == TM_GLM_CONVERGED && same, "family %d: shuffled rows give the same bits", family);
		drop(&a);
		drop(&b);
	}
}

/* Shifted and scaled covariates scale the coefficients; doubled weights halve the model's variance. */
static void
check_scale(void)
{
	for (int family = 0; family < 3; family++)
	{
		fitted		a = sample(family, 500, 3);
		fitted		b = sample(family, 500, 3);
		double		error = 0;

		for (size_t i = 0; i < b.task.n; i++)
		{
			double	   *row = b.rows + i * (b.task.p + TM_ROW_HEAD);

			row[TM_ROW_HEAD] = row[TM_ROW_HEAD] * 1e-6 + 8;
			row[TM_ROW_HEAD + 2] = row[TM_ROW_HEAD + 2] * 1e6;
			row[TM_ROW_W] *= 2;
		}
		run(&a);
		run(&b);
		error = fmax(tap_error(b.fit.estimate[1], a.fit.estimate[1] * 1e6), tap_error(b.fit.estimate[2], a.fit.estimate[2]));
		error = fmax(error, tap_error(b.fit.estimate[3], a.fit.estimate[3] / 1e6));
		error = fmax(error, tap_error(se(&b, TM_COV_MODEL, 1) * sqrt(2), se(&a, TM_COV_MODEL, 1) * 1e6));
		error = fmax(error, tap_error(se(&b, TM_COV_HC0, 2), se(&a, TM_COV_HC0, 2)));
		error = fmax(error, tap_error(b.fit.deviance, 2 * a.fit.deviance));
		tap_ok(error < 1e-8, "family %d: shifted, scaled, weighted: %.1e", family, error);
		drop(&a);
		drop(&b);
	}
}

/* A weight of 2 is the same row twice, but for the number of rows. */
static void
check_weight(void)
{
	for (int family = 0; family < 3; family++)
	{
		fitted		a = sample(family, 200, 11);
		fitted		b = make(family, 400, 3, true);
		size_t		width = a.task.p + TM_ROW_HEAD;
		double		error = 0;

		for (size_t i = 0; i < 400; i++)
			memcpy(b.rows + i * width, a.rows + i / 2 * width, width * sizeof(double));
		for (size_t i = 0; i < 200; i++)
			a.rows[i * width + TM_ROW_W] *= 2;
		run(&a);
		run(&b);
		for (size_t j = 0; j < 4; j++)
			error = fmax(error, fmax(tap_error(a.fit.estimate[j], b.fit.estimate[j]), tap_error(se(&a, TM_COV_MODEL, j), se(&b, TM_COV_MODEL, j))));
		error = fmax(error, tap_error(a.fit.log_likelihood, b.fit.log_likelihood));
		tap_ok(error < 1e-10, "family %d: weight 2 is two rows: %.1e", family, error);
		drop(&a);
		drop(&b);
	}
}

/* A fit of one covariate given as columns of numbers. */
static fitted
small(tm_family family, size_t n, const double *y, const double *x, bool intercept)
{
	fitted		f = make(family, n, 1, intercept);

	for (size_t i = 0; i < n; i++)
		*set_row(&f, i, y[i], 1, 1, TM_ALONE) = x[i];
	run(&f);
	return f;
}

/* One way to end, checked: no numbers without estimates. */
static void
check_end(const char *what, tm_family family, size_t n, const double *y, const double *x, bool intercept, tm_glm_end end)
{
	fitted		f = small(family, n, y, x, intercept);
	bool		estimated = end <= TM_GLM_NOT_OVERDISPERSED;

	tap_ok(f.status == TM_OK && f.fit.end == end, "%s (%d after %d steps)", what, f.fit.end, f.fit.iterations);
	tap_ok(isnan(f.fit.deviance) == !estimated && isnan(f.fit.estimate[0]) == !estimated && (f.fit.rank > 0) == estimated,
		   "%s: %s", what, estimated ? "has numbers" : "has none");
	drop(&f);
}

/* Every end but convergence. */
static void
check_ends(void)
{
	const double x[] = {1, 2, 3, 4, 5, 6, 7, 8};
	const double one[] = {1, 1, 1, 1, 1, 1, 1, 1};
	const double group[] = {0, 0, 0, 0, 1, 1, 1, 1};
	const double split[] = {0, 0, 0, 0, 1, 1, 1, 1};
	const double overlap[] = {0, 0, 0, 1, 0, 1, 1, 1};
	const double touching[] = {0, 0, 1, 0, 1, 1, 1, 1};
	const double quasi[] = {1, 2, 3, 3, 5, 6, 7, 8};
	const double zero[8] = {0};
	const double counts[] = {3, 1, 4, 2, 0, 0, 0, 0};
	const double even[] = {5, 5, 5, 5, 5, 6, 5, 5};
	const double mixed[] = {-1, 1, -1, 1, -1, 1, -1, 1};

	check_end("complete separation", TM_LOGISTIC, 8, split, x, true, TM_GLM_SEPARATED);
	check_end("quasi-complete separation", TM_LOGISTIC, 8, touching, quasi, true, TM_GLM_SEPARATED);
	check_end("overlap", TM_LOGISTIC, 8, overlap, x, true, TM_GLM_CONVERGED);
	check_end("a group without events, Poisson", TM_POISSON, 8, counts, group, true, TM_GLM_SEPARATED);
	check_end("a group without events, negative binomial", TM_NEGBIN, 8, counts, group, true, TM_GLM_SEPARATED);
	for (int family = 0; family < 3; family++)
		check_end("no events", family, 8, zero, x, true, TM_GLM_ALL_ZERO);
	check_end("all events", TM_LOGISTIC, 8, one, x, true, TM_GLM_ALL_EVENTS);
	check_end("all events, no intercept", TM_LOGISTIC, 8, one, x, false, TM_GLM_SEPARATED);
	check_end("no events, no intercept, two signs", TM_POISSON, 8, zero, mixed, false, TM_GLM_CONVERGED);
	check_end("a constant covariate", TM_POISSON, 8, even, one, true, TM_GLM_COLLINEAR);
	check_end("a covariate of zeros alone", TM_POISSON, 8, even, zero, false, TM_GLM_NO_DATA);
	check_end("counts more even than Poisson's", TM_NEGBIN, 8, even, x, true, TM_GLM_NOT_OVERDISPERSED);
	check_end("no rows", TM_POISSON, 0, NULL, NULL, true, TM_GLM_NO_DATA);
	check_end("one row", TM_POISSON, 1, even, x, true, TM_GLM_COLLINEAR);
	check_end("a saturated fit", TM_POISSON, 2, even + 4, x, true, TM_GLM_CONVERGED);
}

/* Columns that differ by 1 in 100,000 keep their digits: the score equations hold. */
static void
check_nearly_collinear(void)
{
	fitted		f = sample(TM_POISSON, 400, 21);
	double		score[3] = {0},
				size = 0;

	for (size_t i = 0; i < f.task.n; i++)
	{
		double	   *x = f.rows + i * (f.task.p + TM_ROW_HEAD) + TM_ROW_HEAD;

		x[1] = x[0] + 1e-5 * sin((double) i);
	}
	run(&f);
	for (size_t i = 0; i < f.task.n; i++)
	{
		const double *row = f.rows + i * (f.task.p + TM_ROW_HEAD);
		const double *x = row + TM_ROW_HEAD;
		const double *b = f.fit.estimate;
		double		r = row[TM_ROW_W] * (row[TM_ROW_Y] - row[TM_ROW_M] * exp(b[0] + b[1] * x[0] + b[2] * x[1] + b[3] * x[2]));

		score[0] += r;
		score[1] += r * x[0];
		score[2] += r * (x[1] - x[0]) * 1e5;
		size += fabs(r);
	}
	tap_ok(f.fit.end == TM_GLM_CONVERGED && fabs(score[0]) < 1e-9 * size && fabs(score[1]) < 1e-8 * size && fabs(score[2]) < 1e-9 * size,
		   "nearly collinear: the score is 0 (%.1e, %.1e, %.1e of %.1e)", score[0], score[1], score[2], size);
	drop(&f);
}

/* The sums of the negative binomial beyond their table against the plain sums. */
static void
check_nb_sums(void)
{
	const double alphas[] = {1e-12, 1e-6, 4e-5, 1e-3, 0.1, 10};
	tm_nb	   *nb = block(sizeof *nb);

	for (size_t a = 0; a < sizeof alphas / sizeof *alphas; a++)
	{
		double		alpha = alphas[a];
		long double l = 0,
					k1 = 0,
					k2 = 0;
		tm_nb_sum	s;

		for (int k = 0; k < 5000; k++)
		{
			long double f = k / (1 + (long double) alpha * k);

			l += log1pl((long double) alpha * k);
			k1 += f;
			k2 += f * f;
		}
		tm_nb_set(nb, alpha);
		s = tm_nb_sums(nb, 5000);
		tap_ok(tap_error(s.l, (double) l) < 1e-13 && tap_error(s.k1, (double) k1) < 1e-13 && tap_error(s.k2, (double) k2) < 1e-12,
			   "sums to 5000, alpha %g: %.1e %.1e %.1e", alpha, tap_error(s.l, (double) l), tap_error(s.k1, (double) k1), tap_error(s.k2, (double) k2));
	}
	free(nb);
}

/* A count of that mean, more spread than Poisson's as spread grows. */
static double
count_of(double mu, uint64_t *seed)
{
	double		sum = 0;
	int			k = 0;

	if (mu > 1000)
		return floor(mu * (0.9 + 0.2 * uniform(seed)));
	while ((sum -= log(1 - uniform(seed))) <= mu)
		k++;
	return k;
}

/* A small data set, often separated, collinear or overdispersed by far. */
static fitted
wild(tm_family family, uint64_t *seed)
{
	size_t		n = 4 + (size_t) (uniform(seed) * 40);
	size_t		p = (size_t) (uniform(seed) * 4);
	double		base = (uniform(seed) - 0.5) * 8;
	double		spread = exp((uniform(seed) - 0.5) * 6);
	double		slope[4];
	fitted		f = make(family, n, p, true);

	for (size_t j = 0; j < p; j++)
		slope[j] = (uniform(seed) - 0.5) * 2;
	for (size_t i = 0; i < n; i++)
	{
		double		m = family == TM_LOGISTIC ? 1 + floor(uniform(seed) * 3) : exp((uniform(seed) - 0.5) * 6);
		double		eta = base;
		double		y = 0;
		double	   *x = set_row(&f, i, 0, m, 1, TM_ALONE);

		for (size_t j = 0; j < p; j++)
		{
			x[j] = j % 2 ? uniform(seed) * 2 - 1 : floor(uniform(seed) * 3);
			eta += slope[j] * x[j];
		}
		if (family == TM_LOGISTIC)
			for (int k = 0; k < m; k++)
				y += uniform(seed) < 1 / (1 + exp(-eta));
		else
			y = count_of(m * exp(eta) * (family == TM_NEGBIN ? pow(-log(1 - uniform(seed)), spread) : 1), seed);
		set_row(&f, i, y, m, 1, TM_ALONE);
	}
	return f;
}

/* The sum of residuals, which the intercept makes 0 at the maximum, over the sum of their sizes. */
static double
imbalance(const fitted *f)
{
	double		sum = 0,
				size = 1e-300;

	for (size_t i = 0; i < f->task.n; i++)
	{
		const double *row = f->rows + i * (f->task.p + TM_ROW_HEAD);
		double		eta = f->fit.estimate[0];
		double		r;

		for (size_t j = 0; j < f->task.p; j++)
			eta += isnan(f->fit.estimate[j + 1]) ? 0 : f->fit.estimate[j + 1] * row[TM_ROW_HEAD + j];
		if (f->task.family == TM_LOGISTIC)
			r = row[TM_ROW_Y] - row[TM_ROW_M] / (1 + exp(-eta));
		else
			r = (row[TM_ROW_Y] - row[TM_ROW_M] * exp(eta)) / (1 + (isnan(f->fit.theta) ? 0 : row[TM_ROW_M] * exp(eta) / f->fit.theta));
		sum += r;
		size += fabs(r);
	}
	return fabs(sum) / size;
}

/* Every one of many wild data sets ends in estimates that solve the score equation, or in a reason why there are none. */
static void
check_wild(void)
{
	uint64_t	seed = 2024;

	for (int family = 0; family < 3; family++)
	{
		int			ends[TM_GLM_NO_DATA + 1] = {0};
		double		worst = 0;

		for (int round = 0; round < 700; round++)
		{
			fitted		f = wild(family, &seed);

			run(&f);
			ends[f.fit.end]++;
			if (f.fit.end <= TM_GLM_NOT_OVERDISPERSED)
				worst = fmax(worst, f.fit.deviance > 1e-9 ? imbalance(&f) : 0);
			drop(&f);
		}
		tap_ok(ends[TM_GLM_NOT_CONVERGED] == 0 && ends[TM_GLM_SEPARATED] > 0 && ends[TM_GLM_CONVERGED] > 100 && worst < 1e-7,
			   "family %d: of 700 wild data sets %d converge, %d are separated, %d do not converge; score %.1e", family,
			   ends[TM_GLM_CONVERGED], ends[TM_GLM_SEPARATED], ends[TM_GLM_NOT_CONVERGED], worst);
	}
}

/* Counts ticks. */
static void
count_tick(void *arg)
{
	++*(long *) arg;
}

/*
 * The likelihood of these counts is locally greatest at alpha = 0 but greater at theta = 0.4525 (R: glm.nb of MASS
 * with epsilon = 1e-12): the fit is not Poisson's.
 */
static void
check_far_maximum(void)
{
	const double exposure[] = {0.74768920810669182, 0.20966376243107629, 0.25383113520194522,
	0.16416721760345040, 10.35684999544248086, 0.77863823320839654};
	fitted		f = make(TM_NEGBIN, 6, 0, true);

	for (size_t i = 0; i < 6; i++)
		set_row(&f, i, i == 4 ? 22 : 0, exposure[i], 1, TM_ALONE);
	run(&f);
	tap_is(f.fit.end, TM_GLM_CONVERGED, "a maximum far from Poisson's is found");
	tap_near(f.fit.theta, 0.4524855686472905, 1e-8, "its theta");
	tap_near(f.fit.log_likelihood, -6.0683360323560294, 1e-10, "its log-likelihood");
	tap_near(f.fit.estimate[0], -0.32929953681589613, 1e-8, "its coefficient");
	drop(&f);
}

/* What is refused, and that the caller is asked often. */
static void
check_errors(void)
{
	const double x[] = {1, 2, 3};
	fitted		f = small(TM_POISSON, 3, (const double[]) {1, -1, 1}, x, true);
	fitted		g = small(TM_LOGISTIC, 3, (const double[]) {1, 2, 0}, x, true);
	fitted		h = sample(TM_NEGBIN, 5000, 5);
	tm_glm_task wide = {TM_POISSON, NULL, 0, TM_GLM_COLUMNS + 1, true, NULL, NULL};
	long		ticks = 0;

	tap_is(f.status, TM_NEGATIVE, "a negative count");
	tap_is(g.status, TM_EVENTS_EXCEED, "more successes than trials");
	tap_is(tm_glm(&wide, NULL, NULL), TM_TOO_MANY, "too many columns");
	h.task.tick = count_tick;
	h.task.tick_arg = &ticks;
	run(&h);
	tap_ok(ticks > 100, "the caller is asked: %ld times", ticks);
	drop(&f);
	drop(&g);
	drop(&h);
}

/* z, p, limits and ratios of one estimate. */
static void
check_wald(void)
{
	double		v[TM_WALD_N];

	tm_wald(log(2), 0.04, INFINITY, 0.95, v);
	tap_near(v[TM_WALD_Z], log(2) / 0.2, 1e-15, "Wald z");
	tap_near(v[TM_WALD_P], 0.00052878241304448272, 1e-12, "Wald p");
	tap_near(v[TM_WALD_RATIO], 2, 1e-15, "ratio");
	tap_near(v[TM_WALD_RATIO_LOWER] * v[TM_WALD_RATIO_UPPER], 4, 1e-14, "its limits lie around it");
	tm_wald(1, 0.25, 3, 0.95, v);
	tap_near(v[TM_WALD_P], 0.13932596855884313, 1e-13, "with a dispersion on 3 degrees of freedom p is Student's");
	tap_near(v[TM_WALD_UPPER], 1 + 0.5 * 3.1824463052837078, 1e-13, "and so are the limits");
	tm_wald(1, 0, INFINITY, 0.95, v);
	tap_ok(isnan(v[TM_WALD_SE]) && isnan(v[TM_WALD_P]) && isnan(v[TM_WALD_RATIO_UPPER]) && v[TM_WALD_RATIO] == exp(1), "no variance, no limits");
}

int
main(void)
{
	check_order();
	check_scale();
	check_weight();
	check_ends();
	check_wild();
	check_nearly_collinear();
	check_nb_sums();
	check_far_maximum();
	check_wald();
	check_errors();
	return tap_done();
}
