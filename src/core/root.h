/*
 * root.h - the root of a function of one number between two ends.
 */
#ifndef TMAP_ROOT_H
#define TMAP_ROOT_H

typedef double (*tm_function) (double x, const void *data);

extern double tm_root(tm_function f, const void *data, double low, double high);

#endif
