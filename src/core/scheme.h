/*
 * scheme.h - stratification schemes: which dimensions cut a population, and how.
 *
 * A scheme is 32 bits, one nibble a dimension: 0 = the dimension is absent,
 * v = it is cut in its v-th way. So a scheme describes itself: no registry, no
 * table, and two differently cut sets of counts can never look alike.
 *
 * Levels are 32 bits, one bit field a dimension, the first dimension highest,
 * so that comparing two numbers is comparing age first, then sex, and so on.
 * All ones in a field is "unknown": a level of its own, sorted last.
 */
#ifndef TMAP_SCHEME_H
#define TMAP_SCHEME_H

#include "core.h"

typedef uint32_t tm_scheme;
typedef uint32_t tm_levels;

typedef enum tm_dimension
{
	TM_AGE,
	TM_SEX,
	TM_COMORBIDITY,
	TM_TIME_WINDOW,
	TM_OCCLUSION,
	TM_DEPRIVATION,
	TM_DIMENSIONS				/* how many there are */
} tm_dimension;

#define TM_SCHEME_TOTAL ((tm_scheme) 0)
#define TM_AGE_DEFAULT 1		/* variant age90 */
#define TM_AGE_MAX 130			/* oldest credible age in completed years */
#define TM_SCHEME_TEXT 96		/* bytes that hold any scheme's name */
#define TM_LEVELS_TEXT 128		/* bytes that hold any stratum's text */

/* One way to cut a dimension. */
typedef struct tm_cut
{
	const char *name;			/* as in the scheme's name */
	int			levels;			/* number of known levels; for age the code of the last band */
	const char *const *labels;	/* the levels' names; NULL for age */
	bool		decades;		/* age only: bands 0-4, 5-14, 15-24 ... */
} tm_cut;

const char *tm_dimension_name(tm_dimension d);
tm_status	tm_dimension_parse(const char *name, size_t len, tm_dimension *d);
const tm_cut *tm_cut_of(tm_dimension d, unsigned variant);

unsigned	tm_scheme_variant(tm_scheme s, tm_dimension d);
tm_scheme	tm_scheme_with(tm_scheme s, tm_dimension d, unsigned variant);
bool		tm_scheme_valid(tm_scheme s);
bool		tm_scheme_coarsens(tm_scheme from, tm_scheme to);
tm_scheme	tm_scheme_meet(tm_scheme a, tm_scheme b);
tm_status	tm_scheme_parse(const char *text, size_t len, tm_scheme *s);
size_t		tm_scheme_format(tm_scheme s, char buf[TM_SCHEME_TEXT]);

unsigned	tm_level_unknown(tm_dimension d);
unsigned	tm_level_get(tm_levels l, tm_dimension d);
tm_levels	tm_level_set(tm_levels l, tm_dimension d, unsigned code);
bool		tm_levels_valid(tm_scheme s, tm_levels l);
tm_levels	tm_levels_coarsen(tm_levels l, tm_scheme from, tm_scheme to);
tm_status	tm_level_parse(tm_scheme s, tm_dimension d, const char *text, size_t len, unsigned *code);
size_t		tm_level_format(tm_scheme s, tm_dimension d, unsigned code, char *buf);

unsigned	tm_age_level(unsigned variant, int age);
int			tm_age_from(unsigned code);
int			tm_age_next(unsigned variant, unsigned code);

#endif
