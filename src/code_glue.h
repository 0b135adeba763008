/*
 * code_glue.h - what the glue of codes and codebooks shares.
 */
#ifndef TMAP_CODE_GLUE_H
#define TMAP_CODE_GLUE_H

#include "glue.h"

#include "core/codebook.h"

extern tm_system tmap_system_arg(text *name);
extern char *tmap_code_problem_text(text *code, tm_code_fault fault, size_t where);
extern tm_codebook *tmap_codebook_datum(Datum d);

#define PG_GETARG_CODEBOOK(n) tmap_codebook_datum(PG_GETARG_DATUM(n))

#endif
