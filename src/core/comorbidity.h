/*
 * comorbidity.h - Charlson and Elixhauser comorbidity groups of ICD-10 codes:
 * the groups as a set of bits, the score under published weights, the text form.
 *
 * Codes: Quan et al., Med Care 2005;43:1130-9. Weights: Charlson et al., J Chronic
 * Dis 1987;40:373-83; Quan et al., Am J Epidemiol 2011;173:676-82; van Walraven et
 * al., Med Care 2009;47:626-33; Sharma et al., BMC Health Serv Res 2021;21:13.
 */
#ifndef TMAP_COMORBIDITY_H
#define TMAP_COMORBIDITY_H

#include "core.h"

/* A scheme in the upper half, its groups as bits in the lower. */
typedef uint64_t tm_comorbidities;

typedef enum tm_comorbidity_scheme
{
	TM_CHARLSON = 1,
	TM_ELIXHAUSER = 2
} tm_comorbidity_scheme;

/* The groups of both schemes in their customary order; a group's number is its bit. */
enum
{
	TM_C_MI, TM_C_CHF, TM_C_PVD, TM_C_CEVD, TM_C_DEMENTIA, TM_C_CPD, TM_C_RHEUMD, TM_C_PUD, TM_C_MLD,
	TM_C_DIAB, TM_C_DIABWC, TM_C_HP, TM_C_REND, TM_C_CANC, TM_C_MSLD, TM_C_METACANC, TM_C_AIDS,
	TM_CHARLSON_GROUPS
};
enum
{
	TM_E_CHF, TM_E_CARIT, TM_E_VALV, TM_E_PCD, TM_E_PVD, TM_E_HYPUNC, TM_E_HYPC, TM_E_PARA, TM_E_OND, TM_E_CPD,
	TM_E_DIABUNC, TM_E_DIABC, TM_E_HYPOTHY, TM_E_RF, TM_E_LD, TM_E_PUD, TM_E_AIDS, TM_E_LYMPH, TM_E_METACANC,
	TM_E_SOLIDTUM, TM_E_RHEUMD, TM_E_COAG, TM_E_OBES, TM_E_WLOSS, TM_E_FED, TM_E_BLANE, TM_E_DANE, TM_E_ALCOHOL,
	TM_E_DRUG, TM_E_PSYCHO, TM_E_DEPRE,
	TM_ELIXHAUSER_GROUPS
};

/* Ways to add up groups: each counts 1, or has its published weight. */
typedef enum tm_comorbidity_weights
{
	TM_UNWEIGHTED,
	TM_CHARLSON_1987,
	TM_QUAN_2011,
	TM_VAN_WALRAVEN,
	TM_SWISS,
	TM_COMORBIDITY_WEIGHTS
} tm_comorbidity_weights;

typedef struct tm_comorbidity_group
{
	const char *name;
	const char *label;
	int			overruled_by;	/* the severer form of the same disease, -1 if none */
	signed char weight[2];		/* Charlson: 1987, Quan 2011; Elixhauser: van Walraven, Swiss */
} tm_comorbidity_group;

#define TM_COMORBIDITY_TEXT 320 /* bytes that any value's text fits in, with its end */
#define TM_ICD10_BLOCKS 2600	/* three-character categories A00 to Z99 */
#define TM_ICD10_WHOLE 10		/* in the place of a fourth digit: the category as such */
#define TM_ICD10_PREFIX 5		/* bytes of a prefix of 3 or 4 characters, with its end */

/* The value of a scheme and groups. */
static inline tm_comorbidities
tm_comorbidities_of(tm_comorbidity_scheme s, uint32_t groups)
{
	return (tm_comorbidities) s << 32 | groups;
}

/* The scheme of a value. */
static inline tm_comorbidity_scheme
tm_comorbidities_scheme(tm_comorbidities v)
{
	return (tm_comorbidity_scheme) (v >> 32);
}

/* The groups of a value, one bit each. */
static inline uint32_t
tm_comorbidities_groups(tm_comorbidities v)
{
	return (uint32_t) v;
}

uint32_t	tm_comorbidity_of_code(tm_comorbidity_scheme s, const char *code, size_t len);
bool		tm_comorbidity_prefix(tm_comorbidity_scheme s, int group, int block, int digit, char out[TM_ICD10_PREFIX]);

bool		tm_comorbidities_valid(tm_comorbidities v);
const char *tm_comorbidity_scheme_name(tm_comorbidity_scheme s);
int			tm_comorbidity_groups(tm_comorbidity_scheme s);
const tm_comorbidity_group *tm_comorbidity_group_of(tm_comorbidity_scheme s, int group);
int			tm_comorbidity_group_named(tm_comorbidity_scheme s, const char *name, size_t len);
tm_status	tm_comorbidities_parse(const char *text, size_t len, tm_comorbidities *out);
size_t		tm_comorbidities_format(tm_comorbidities v, char buf[TM_COMORBIDITY_TEXT]);

bool		tm_comorbidity_weighs(tm_comorbidity_weights w, tm_comorbidity_scheme s);
int			tm_comorbidity_weight(tm_comorbidity_weights w, tm_comorbidity_scheme s, int group);
tm_status	tm_comorbidity_weights_parse(tm_comorbidity_scheme s, const char *name, size_t len, tm_comorbidity_weights *out);
int			tm_comorbidity_score(tm_comorbidities v, tm_comorbidity_weights w, bool hierarchy);
int			tm_charlson_age_points(int age);
const char *tm_comorbidity_band(int score);

#endif
