/*
 * lp.c - linear programming by GLPK.
 *
 * GLPK says what is wrong by a hook that must not return and then wants its
 * whole environment freed. It is never left otherwise: between slices of a
 * quarter of a second the caller's tick may leave, GLPK not being at work then.
 */
#include "lp.h"

#include <glpk.h>
#include <math.h>
#include <setjmp.h>

#define SLICE_MS 250
#define MOST_NODES 500			/* of a search for whole numbers: a number, not a time, so that the answer is the same everywhere */

/* Leaves GLPK after an error of its own. */
static void
leave(void *info)
{
	longjmp(*(jmp_buf *) info, 1);
}

/* Gives a program back. */
void
tmap_lp_close(void *context)
{
	tmap_lp_state *s = context;

	if (s->problem)
		glp_delete_prob(s->problem);
	s->problem = NULL;
}

/* Forgets everything after an error of GLPK. */
static tm_status
give_up(tmap_lp_state *s)
{
	glp_error_hook(NULL, NULL);
	glp_free_env();
	s->problem = NULL;
	return TM_TOO_MANY;
}

/* Fills a program: changes with lower limits, rows that sum some of them to 0. */
static void
fill(glp_prob *problem, int32_t n, const double *lower, int32_t rows, const int64_t *first, const int32_t *place)
{
	int		   *column = glp_calloc(n + 1, sizeof(int));
	double	   *one = glp_calloc(n + 1, sizeof(double));

	glp_set_obj_dir(problem, GLP_MAX);
	glp_add_cols(problem, n);
	for (int32_t i = 0; i < n; i++)
		glp_set_col_bnds(problem, i + 1, GLP_LO, lower[i], 0.0);
	if (rows > 0)
		glp_add_rows(problem, rows);
	for (int32_t r = 0; r < rows; r++)
	{
		int			length = (int) (first[r + 1] - first[r]);

		for (int k = 1; k <= length; k++)
		{
			column[k] = place[first[r] + k - 1] + 1;
			one[k] = 1.0;
		}
		glp_set_mat_row(problem, r + 1, length, column, one);
		glp_set_row_bnds(problem, r + 1, GLP_FX, 0.0, 0.0);
	}
	glp_free(column);
	glp_free(one);
	/* All atoms stand at their count: not a corner, but the crash basis finds one that is feasible. */
	glp_adv_basis(problem, 0);
}

/* Opens a program. */
static tm_status
open_program(void *context, int32_t n, const double *lower, int32_t rows, const int64_t *first, const int32_t *place)
{
	tmap_lp_state *s = context;
	jmp_buf		error;

	glp_term_out(GLP_OFF);
	if (setjmp(error))
		return give_up(s);
	glp_error_hook(leave, &error);
	s->problem = glp_create_prob();
	s->n = n;
	fill(s->problem, n, lower, rows, first, place);
	glp_error_hook(NULL, NULL);
	return TM_OK;
}

/* One slice of the simplex method; gives GLPK's answer. */
static int
slice(tmap_lp_state *s, int method)
{
	glp_smcp	parameters;

	glp_init_smcp(&parameters);
	parameters.msg_lev = GLP_MSG_OFF;
	parameters.meth = method;
	parameters.tm_lim = SLICE_MS;
	return glp_simplex(s->problem, &parameters);
}

/* Sets the objective; the basis stays, so that a program starts where the last one ended. */
static void
aim(tmap_lp_state *s, int32_t n, const int32_t *place, const double *times)
{
	for (int32_t i = 0; i <= s->n; i++)
		if (glp_get_obj_coef(s->problem, i) != 0.0)
			glp_set_obj_coef(s->problem, i, 0.0);
	for (int32_t i = 0; i < n; i++)
		glp_set_obj_coef(s->problem, place[i] + 1, times[i]);
}

/* The largest sum of times × change, and the changes that reach it. */
static tm_status
most(void *context, int32_t n, const int32_t *place, const double *times, double *value, double *change)
{
	tmap_lp_state *s = context;
	jmp_buf		error;
	int			answer = GLP_ETMLIM;

	if (setjmp(error))
		return give_up(s);
	glp_error_hook(leave, &error);
	aim(s, n, place, times);
	for (int tries = 0; tries < 100000 && answer == GLP_ETMLIM; tries++)
	{
		answer = slice(s, GLP_PRIMAL);
		if (answer == GLP_ETMLIM && s->tick)
		{
			glp_error_hook(NULL, NULL);
			s->tick(s->context);
			glp_error_hook(leave, &error);
		}
	}
	glp_error_hook(NULL, NULL);
	if (answer != 0)
		return TM_TOO_MANY;
	*value = glp_get_status(s->problem) == GLP_UNBND ? INFINITY : glp_get_obj_val(s->problem);
	for (int32_t i = 0; i < s->n; i++)
		change[i] = glp_get_col_prim(s->problem, i + 1);
	return glp_get_status(s->problem) == GLP_UNBND || glp_get_status(s->problem) == GLP_OPT ? TM_OK : TM_TOO_MANY;
}

/* Gives the search for whole numbers up when it has looked at too many nodes. */
static void
count_nodes(glp_tree *tree, void *info)
{
	tmap_lp_state *s = info;

	if (glp_ios_reason(tree) == GLP_ISELECT && ++s->nodes > MOST_NODES)
		glp_ios_terminate(tree);
}

/* A sum of times × whole changes that is more than 0, or that there is none; after most() of the same sum, whose basis is feasible. */
static tm_status
whole(void *context, int32_t n, const int32_t *place, const double *times, bool *found, double *value, double *change)
{
	tmap_lp_state *s = context;
	glp_iocp	parameters;
	jmp_buf		error;
	tm_status	status = most(context, n, place, times, value, change);
	int			answer;

	*found = false;
	if (status != TM_OK || isinf(*value))
		return status;
	if (setjmp(error))
		return give_up(s);
	glp_error_hook(leave, &error);
	for (int i = 1; i <= s->n; i++)
		glp_set_col_kind(s->problem, i, GLP_IV);
	glp_init_iocp(&parameters);
	parameters.msg_lev = GLP_MSG_OFF;
	parameters.br_tech = GLP_BR_DTH;
	parameters.bt_tech = GLP_BT_BLB;
	parameters.cb_func = count_nodes;
	parameters.cb_info = s;
	s->nodes = 0;
	/* Anything above 0 ends it: the gap to 0 alone is larger than this. */
	parameters.mip_gap = 1e12;
	answer = glp_intopt(s->problem, &parameters);
	*found = answer == 0 || answer == GLP_EMIPGAP;
	*value = glp_mip_status(s->problem) == GLP_OPT || glp_mip_status(s->problem) == GLP_FEAS ? glp_mip_obj_val(s->problem) : 0.0;
	*found |= *value > 0.5;
	for (int32_t i = 0; i < s->n; i++)
		change[i] = *value > 0.5 ? glp_mip_col_val(s->problem, i + 1) : 0.0;
	for (int i = 1; i <= s->n; i++)
		glp_set_col_kind(s->problem, i, GLP_CV);
	glp_error_hook(NULL, NULL);
	return TM_OK;
}

/* GLPK as the core's linear programming. */
tm_lp
tmap_lp(tmap_lp_state *state)
{
	return (tm_lp) {open_program, most, whole, tmap_lp_close, state};
}
