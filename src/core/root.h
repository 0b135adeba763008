/*
 * root.h - the root of a function of one variable within a bracket, and the
 * tick by which long loops let their caller stop.
 */
#ifndef TMAP_ROOT_H
#define TMAP_ROOT_H

#include "core.h"

/* Called often in long loops, so that the caller can stop by leaving; call may be NULL. */
typedef struct tm_ticker
{
	void		(*call) (void *);
	void	   *arg;
} tm_ticker;

/* A function of one variable. */
typedef double (*tm_function) (double x, void *context);

extern double tm_root(tm_function f, void *context, double low, double high);

#endif
