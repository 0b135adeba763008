/*
 * test_glm.c - regressions against the expected values in test/oracles.
 */
#include "glm_sample.h"

#define TOLERANCE 1e-8
#define MAX_COLUMNS 16
#define ORACLES "test/oracles"

/* One model of the expected values and where its rows stand. */
typedef struct model
{
	const char *name;
	tm_family	family;
	const char *file;
	const char *y;
	const char *m;				/* exposure or trials, NULL: 1 */
	const char *cluster;
	const char *x[MAX_COLUMNS];
} model;

static const model models[] = {
	{"warpbreaks_nb", TM_NEGBIN, "glmdata_warpbreaks.csv", "y", NULL, NULL, {"woolB", "tensionM", "tensionH"}},
	{"insurance_poisson", TM_POISSON, "glmdata_insurance.csv", "y", "exposure", NULL, {"D2", "D3", "D4", "G2", "G3", "G4", "A2", "A3", "A4"}},
	{"quine_nb", TM_NEGBIN, "glmdata_quine.csv", "y", NULL, NULL, {"EthN", "SexM", "AgeF1", "AgeF2", "AgeF3", "LrnSL"}},
	{"scotland_nb", TM_NEGBIN, "glmdata_scotland_lip.csv", "y", "exposure", NULL, {"aff"}},
	{"scotland_nb_intercept", TM_NEGBIN, "glmdata_scotland_lip.csv", "y", "exposure", NULL, {NULL}},
	{"infert_logit", TM_LOGISTIC, "glmdata_infert.csv", "y", NULL, "cluster", {"spontaneous", "induced"}},
	{"esoph_logit", TM_LOGISTIC, "glmdata_esoph_grouped.csv", "successes", "trials", NULL,
	{"age2", "age3", "age4", "age5", "age6", "alc2", "alc3", "alc4", "tob2", "tob3", "tob4"}},
	{"mt_area_nb", TM_NEGBIN, "glmdata_thrombectomy_area.csv", "y", "exposure", "cluster", {"deprivation", "km", "dripship"}},
	{"mt_patient_poisson_rr", TM_POISSON, "glmdata_thrombectomy_patient.csv", "y", NULL, "cluster", {"age", "nihss", "onset_min", "male", "hub"}},
	{"illscaled_poisson", TM_POISSON, "glmdata_illscaled.csv", "y", NULL, NULL, {"x"}},
	{"hugecounts_poisson", TM_POISSON, "glmdata_hugecounts.csv", "y", "exposure", NULL, {"z"}},
};

static const char *const cov_columns[TM_COV_N] = {"se_model", "se_hc0", "se_hc3", "se_cluster_cr0"};

/* The data of a model. */
static fitted
load(const model *m)
{
	csv			t = csv_read(ORACLES, m->file);
	size_t		p = 0;
	fitted		f;

	while (p < MAX_COLUMNS && m->x[p])
		p++;
	f = make(m->family, t.rows, p, true);
	for (size_t i = 0; i < t.rows; i++)
	{
		double	   *x = set_row(&f, i, csv_num(&t, i, m->y), m->m ? csv_num(&t, i, m->m) : 1, 1,
								m->cluster ? (int64_t) csv_num(&t, i, m->cluster) : TM_ALONE);

		for (size_t j = 0; j < p; j++)
			x[j] = csv_num(&t, i, m->x[j]);
	}
	csv_free(&t);
	return f;
}

/* Compares a model's coefficients and standard errors. */
static void
check_coefficients(const model *m, const fitted *f, const csv *coef)
{
	double		worst = 0,
				worst_se[TM_COV_N] = {0};
	size_t		j = 0;

	for (size_t i = 0; i < coef->rows; i++)
	{
		if (!csv_is(coef, i, "model", m->name))
			continue;
		worst = fmax(worst, tap_error(f->fit.estimate[j], csv_num(coef, i, "coef")));
		for (int c = 0; c < TM_COV_N; c++)
			worst_se[c] = fmax(worst_se[c], tap_error(se(f, c, j), csv_num(coef, i, cov_columns[c])));
		j++;
	}
	tap_ok(j == f->task.p + 1 && worst <= TOLERANCE, "%s: coefficients, worst %.1e", m->name, worst);
	for (int c = 0; c < TM_COV_N; c++)
		tap_ok(worst_se[c] <= TOLERANCE, "%s: %s, worst %.1e", m->name, cov_columns[c], worst_se[c]);
}

/* The fit's number of that name in the expected values. */
static double
statistic(const fitted *f, const char *name)
{
	const tm_glm_fit *fit = &f->fit;
	double		nb = f->task.family == TM_NEGBIN;

	if (strcmp(name, "n") == 0)
		return (double) f->task.n;
	if (strcmp(name, "p") == 0)
		return (double) fit->rank;
	if (strcmp(name, "deviance") == 0)
		return fit->deviance;
	if (strcmp(name, "loglik") == 0)
		return fit->log_likelihood;
	if (strcmp(name, "aic") == 0)
		return -2 * fit->log_likelihood + 2 * ((double) fit->rank + nb);
	if (strcmp(name, "pearson_chi2") == 0)
		return fit->pearson;
	if (strcmp(name, "dispersion_pearson") == 0)
		return fit->pearson / (double) (f->task.n - fit->rank);
	if (strcmp(name, "theta") == 0)
		return fit->theta;
	if (strcmp(name, "se_theta") == 0)
		return fit->theta_se;
	return 1 / fit->theta;
}

/* Every row of the expected values. */
static void
check_oracles(void)
{
	csv			coef = csv_read(ORACLES, "oracle_glm_coef.csv");
	csv			sums = csv_read(ORACLES, "oracle_glm_fit.csv");

	for (size_t k = 0; k < sizeof models / sizeof *models; k++)
	{
		const model *m = models + k;
		fitted		f = load(m);

		run(&f);
		tap_ok(f.status == TM_OK && f.fit.end == TM_GLM_CONVERGED, "%s converges in %d steps", m->name, f.fit.iterations);
		check_coefficients(m, &f, &coef);
		for (size_t i = 0; i < sums.rows; i++)
			if (csv_is(&sums, i, "model", m->name))
			{
				const char *name = csv_text(&sums, i, "statistic");
				double		error = tap_error(statistic(&f, name), csv_num(&sums, i, "value"));

				tap_ok(error <= TOLERANCE, "%s: %s, %.1e", m->name, name, error);
			}
		drop(&f);
	}
	csv_free(&coef);
	csv_free(&sums);
}

/* The first of dependent columns stays, and the rest of the fit is that without the others. */
static void
check_collinear(void)
{
	csv			t = csv_read(ORACLES, "glmdata_collinear.csv");
	fitted		f = make(TM_POISSON, t.rows, 2, true);
	fitted		g = make(TM_POISSON, t.rows, 1, true);

	for (size_t i = 0; i < t.rows; i++)
	{
		double	   *x = set_row(&f, i, csv_num(&t, i, "y"), 1, 1, TM_ALONE);

		x[0] = *set_row(&g, i, csv_num(&t, i, "y"), 1, 1, TM_ALONE) = csv_num(&t, i, "x1");
		x[1] = csv_num(&t, i, "x2");
	}
	run(&f);
	run(&g);
	tap_ok(f.fit.end == TM_GLM_COLLINEAR && f.fit.rank == 2 && isnan(f.fit.estimate[2]) && isnan(se(&f, TM_COV_HC0, 2)), "collinear: the later column has no estimate");
	tap_near(f.fit.estimate[1], g.fit.estimate[1], 1e-12, "collinear: the earlier has the one it has alone");
	tap_near(se(&f, TM_COV_MODEL, 1), se(&g, TM_COV_MODEL, 1), 1e-12, "collinear: and its standard error");
	csv_free(&t);
	drop(&f);
	drop(&g);
}

int
main(void)
{
	check_oracles();
	check_collinear();
	return tap_done();
}
