/*
 * common_scheme.h - the finest scheme that two schemes can both be collapsed to.
 */
#ifndef TMAP_COMMON_SCHEME_H
#define TMAP_COMMON_SCHEME_H

#include "scheme.h"

tm_scheme	tm_scheme_meet(tm_scheme a, tm_scheme b);

#endif
