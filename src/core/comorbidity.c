/*
 * comorbidity.c - comorbidity groups as a value: names, text form, weights and scores.
 */
#include "comorbidity.h"

#include <string.h>

#define NO (-1)

/* Charlson's groups as Quan et al. 2005 code them; weights of Charlson et al. 1987 and Quan et al. 2011. */
static const tm_comorbidity_group charlson[TM_CHARLSON_GROUPS] = {
	[TM_C_MI] = {"mi", "Myocardial infarction", NO, {1, 0}},
	[TM_C_CHF] = {"chf", "Congestive heart failure", NO, {1, 2}},
	[TM_C_PVD] = {"pvd", "Peripheral vascular disease", NO, {1, 0}},
	[TM_C_CEVD] = {"cevd", "Cerebrovascular disease", NO, {1, 0}},
	[TM_C_DEMENTIA] = {"dementia", "Dementia", NO, {1, 2}},
	[TM_C_CPD] = {"cpd", "Chronic pulmonary disease", NO, {1, 1}},
	[TM_C_RHEUMD] = {"rheumd", "Rheumatic disease", NO, {1, 1}},
	[TM_C_PUD] = {"pud", "Peptic ulcer disease", NO, {1, 0}},
	[TM_C_MLD] = {"mld", "Mild liver disease", TM_C_MSLD, {1, 2}},
	[TM_C_DIAB] = {"diab", "Diabetes without chronic complication", TM_C_DIABWC, {1, 0}},
	[TM_C_DIABWC] = {"diabwc", "Diabetes with chronic complication", NO, {2, 1}},
	[TM_C_HP] = {"hp", "Hemiplegia or paraplegia", NO, {2, 2}},
	[TM_C_REND] = {"rend", "Renal disease", NO, {2, 1}},
	[TM_C_CANC] = {"canc", "Malignancy, including lymphoma and leukaemia, except of skin", TM_C_METACANC, {2, 2}},
	[TM_C_MSLD] = {"msld", "Moderate or severe liver disease", NO, {3, 4}},
	[TM_C_METACANC] = {"metacanc", "Metastatic solid tumour", NO, {6, 6}},
	[TM_C_AIDS] = {"aids", "AIDS/HIV", NO, {6, 4}},
};

/* Elixhauser's groups as Quan et al. 2005 code them; weights of van Walraven et al. 2009 and Sharma et al. 2021 (Swiss). */
static const tm_comorbidity_group elixhauser[TM_ELIXHAUSER_GROUPS] = {
	[TM_E_CHF] = {"chf", "Congestive heart failure", NO, {7, 13}},
	[TM_E_CARIT] = {"carit", "Cardiac arrhythmias", NO, {5, 6}},
	[TM_E_VALV] = {"valv", "Valvular disease", NO, {-1, -1}},
	[TM_E_PCD] = {"pcd", "Pulmonary circulation disorders", NO, {4, 6}},
	[TM_E_PVD] = {"pvd", "Peripheral vascular disorders", NO, {2, 3}},
	[TM_E_HYPUNC] = {"hypunc", "Hypertension, uncomplicated", TM_E_HYPC, {0, -4}},
	[TM_E_HYPC] = {"hypc", "Hypertension, complicated", NO, {0, -3}},
	[TM_E_PARA] = {"para", "Paralysis", NO, {7, 11}},
	[TM_E_OND] = {"ond", "Other neurological disorders", NO, {6, 10}},
	[TM_E_CPD] = {"cpd", "Chronic pulmonary disease", NO, {3, 3}},
	[TM_E_DIABUNC] = {"diabunc", "Diabetes, uncomplicated", TM_E_DIABC, {0, 1}},
	[TM_E_DIABC] = {"diabc", "Diabetes, complicated", NO, {0, -1}},
	[TM_E_HYPOTHY] = {"hypothy", "Hypothyroidism", NO, {0, -3}},
	[TM_E_RF] = {"rf", "Renal failure", NO, {5, 8}},
	[TM_E_LD] = {"ld", "Liver disease", NO, {11, 16}},
	[TM_E_PUD] = {"pud", "Peptic ulcer disease excluding bleeding", NO, {0, 0}},
	[TM_E_AIDS] = {"aids", "AIDS/HIV", NO, {0, 0}},
	[TM_E_LYMPH] = {"lymph", "Lymphoma", NO, {9, 9}},
	[TM_E_METACANC] = {"metacanc", "Metastatic cancer", NO, {12, 17}},
	[TM_E_SOLIDTUM] = {"solidtum", "Solid tumour without metastasis", TM_E_METACANC, {4, 10}},
	[TM_E_RHEUMD] = {"rheumd", "Rheumatoid arthritis and collagen vascular diseases", NO, {0, -1}},
	[TM_E_COAG] = {"coag", "Coagulopathy", NO, {3, 9}},
	[TM_E_OBES] = {"obes", "Obesity", NO, {-4, -6}},
	[TM_E_WLOSS] = {"wloss", "Weight loss", NO, {6, 6}},
	[TM_E_FED] = {"fed", "Fluid and electrolyte disorders", NO, {5, 5}},
	[TM_E_BLANE] = {"blane", "Blood loss anaemia", NO, {-2, -5}},
	[TM_E_DANE] = {"dane", "Deficiency anaemia", NO, {-2, -7}},
	[TM_E_ALCOHOL] = {"alcohol", "Alcohol abuse", NO, {0, -3}},
	[TM_E_DRUG] = {"drug", "Drug abuse", NO, {-7, -5}},
	[TM_E_PSYCHO] = {"psycho", "Psychoses", NO, {0, -4}},
	[TM_E_DEPRE] = {"depre", "Depression", NO, {-3, -3}},
};

static const char *const weights_name[TM_COMORBIDITY_WEIGHTS] = {
	[TM_UNWEIGHTED] = "unweighted",
	[TM_CHARLSON_1987] = "charlson1987",
	[TM_QUAN_2011] = "quan2011",
	[TM_VAN_WALRAVEN] = "van_walraven",
	[TM_SWISS] = "swiss",
};

/* True when a text of that length is the word. */
static bool
is_word(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && memcmp(text, word, len) == 0;
}

/* "charlson" or "elixhauser". */
const char *
tm_comorbidity_scheme_name(tm_comorbidity_scheme s)
{
	return s == TM_ELIXHAUSER ? "elixhauser" : "charlson";
}

/* How many groups a scheme has. */
int
tm_comorbidity_groups(tm_comorbidity_scheme s)
{
	return s == TM_ELIXHAUSER ? TM_ELIXHAUSER_GROUPS : TM_CHARLSON_GROUPS;
}

/* Name, label and weights of a group (0 to one less than there are). */
const tm_comorbidity_group *
tm_comorbidity_group_of(tm_comorbidity_scheme s, int group)
{
	return s == TM_ELIXHAUSER ? &elixhauser[group] : &charlson[group];
}

/* The number of the group of that name, -1 if the scheme has none. */
int
tm_comorbidity_group_named(tm_comorbidity_scheme s, const char *name, size_t len)
{
	for (int g = 0; g < tm_comorbidity_groups(s); g++)
		if (is_word(name, len, tm_comorbidity_group_of(s, g)->name))
			return g;
	return NO;
}

/* True for a scheme that exists with groups that it has. */
bool
tm_comorbidities_valid(tm_comorbidities v)
{
	uint64_t	s = v >> 32;

	return (s == TM_CHARLSON || s == TM_ELIXHAUSER) &&
		tm_comorbidities_groups(v) >> tm_comorbidity_groups((tm_comorbidity_scheme) s) == 0;
}

/* Reads charlson{chf,pvd} or elixhauser{…}, groups in any order; TM_SYNTAX, TM_SCHEME_UNKNOWN (a group) or TM_DUPLICATE otherwise. */
tm_status
tm_comorbidities_parse(const char *text, size_t len, tm_comorbidities *out)
{
	const char *end = text + len,
			   *brace = len ? memchr(text, '{', len) : NULL;
	tm_comorbidity_scheme s;
	uint32_t	groups = 0;

	if (brace == NULL || end[-1] != '}')
		return TM_SYNTAX;
	if (is_word(text, (size_t) (brace - text), "charlson"))
		s = TM_CHARLSON;
	else if (is_word(text, (size_t) (brace - text), "elixhauser"))
		s = TM_ELIXHAUSER;
	else
		return TM_SYNTAX;
	end--;
	for (const char *at = brace + 1; at < end || at[-1] == ',';)
	{
		const char *comma = at < end ? memchr(at, ',', (size_t) (end - at)) : NULL;
		const char *stop = comma ? comma : end;
		int			g = tm_comorbidity_group_named(s, at, (size_t) (stop - at));

		if (g < 0)
			return TM_SCHEME_UNKNOWN;
		if (groups >> g & 1)
			return TM_DUPLICATE;
		groups |= (uint32_t) 1 << g;
		if (comma == NULL)
			break;
		at = comma + 1;
	}
	*out = tm_comorbidities_of(s, groups);
	return TM_OK;
}

/* Writes a word at buf[n]; answers where the next byte goes. */
static size_t
put(char *buf, size_t n, const char *word)
{
	size_t		len = strlen(word);

	memcpy(buf + n, word, len + 1);
	return n + len;
}

/* Writes a valid value's text; answers its length. */
size_t
tm_comorbidities_format(tm_comorbidities v, char buf[TM_COMORBIDITY_TEXT])
{
	tm_comorbidity_scheme s = tm_comorbidities_scheme(v);
	size_t		n = put(buf, 0, tm_comorbidity_scheme_name(s));
	const char *before = "{";

	for (int g = 0; g < tm_comorbidity_groups(s); g++)
		if (tm_comorbidities_groups(v) >> g & 1)
		{
			n = put(buf, n, before);
			n = put(buf, n, tm_comorbidity_group_of(s, g)->name);
			before = ",";
		}
	if (*before == '{')
		n = put(buf, n, before);
	return put(buf, n, "}");
}

/* True when the weights are made for the scheme. */
bool
tm_comorbidity_weighs(tm_comorbidity_weights w, tm_comorbidity_scheme s)
{
	if (s == TM_ELIXHAUSER)
		return w == TM_UNWEIGHTED || w == TM_VAN_WALRAVEN || w == TM_SWISS;
	return w == TM_UNWEIGHTED || w == TM_CHARLSON_1987 || w == TM_QUAN_2011;
}

/* The points of a group under weights made for its scheme. */
int
tm_comorbidity_weight(tm_comorbidity_weights w, tm_comorbidity_scheme s, int group)
{
	if (w == TM_UNWEIGHTED)
		return 1;
	return tm_comorbidity_group_of(s, group)->weight[w == TM_QUAN_2011 || w == TM_SWISS];
}

/* The weights of that name that are made for the scheme, TM_METHOD if there are none. */
tm_status
tm_comorbidity_weights_parse(tm_comorbidity_scheme s, const char *name, size_t len, tm_comorbidity_weights *out)
{
	for (int w = 0; w < TM_COMORBIDITY_WEIGHTS; w++)
		if (tm_comorbidity_weighs((tm_comorbidity_weights) w, s) && is_word(name, len, weights_name[w]))
		{
			*out = (tm_comorbidity_weights) w;
			return TM_OK;
		}
	return TM_METHOD;
}

/* The points of all groups; under the hierarchy a milder form counts nothing beside the severer form of the same disease. */
int
tm_comorbidity_score(tm_comorbidities v, tm_comorbidity_weights w, bool hierarchy)
{
	tm_comorbidity_scheme s = tm_comorbidities_scheme(v);
	uint32_t	groups = tm_comorbidities_groups(v);
	int			score = 0;

	for (int g = 0; groups >> g; g++)
	{
		int			severer = tm_comorbidity_group_of(s, g)->overruled_by;

		if (!(groups >> g & 1) || (hierarchy && severer >= 0 && groups >> severer & 1))
			continue;
		score += tm_comorbidity_weight(w, s, g);
	}
	return score;
}

/* Points for age in completed years: one for each decade from 50, at most 4 (from 80); Charlson et al., J Clin Epidemiol 1994;47:1245-51. */
int
tm_charlson_age_points(int age)
{
	int			decades = age < 50 ? 0 : age / 10 - 4;

	return decades < 4 ? decades : 4;
}

/* The band of a Charlson score, 0 none, 1-2 low, 3-4 moderate, 5 and over high (Charlson et al. 1987: one-year mortality 12, 26, 52 and 85 %); NULL below 0. */
const char *
tm_comorbidity_band(int score)
{
	if (score < 0)
		return NULL;
	return score == 0 ? "none" : score <= 2 ? "low" : score <= 4 ? "moderate" : "high";
}
