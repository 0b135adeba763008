/*
 * lp.h - linear programming for the auditor by GLPK, free of PostgreSQL.
 */
#ifndef TMAP_LP_H
#define TMAP_LP_H

#include "core/audit.h"

typedef struct tmap_lp_state
{
	void	   *problem;		/* glp_prob, or NULL */
	int32_t		n;
	int			nodes;			/* that a search for whole numbers has looked at */
	void		(*tick) (void *context);	/* may leave for good, or NULL */
	void	   *context;
} tmap_lp_state;

extern tm_lp tmap_lp(tmap_lp_state *state);
extern void tmap_lp_close(void *state);

#endif
