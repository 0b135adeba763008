/*
 * wkb.h - the error of a geometry that is none.
 */
#ifndef TMAP_WKB_GLUE_H
#define TMAP_WKB_GLUE_H

#include "glue.h"

#include "core/wkb.h"

extern void tmap_raise_wkb(tm_wkb_fault fault, size_t where) pg_attribute_noreturn();

#endif
