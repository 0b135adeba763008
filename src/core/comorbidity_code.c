/*
 * comorbidity_code.c - the comorbidity groups of one ICD-10 code.
 *
 * Every prefix of Quan et al. (Med Care 2005;43:1130-9, tables 1 and 2) has three or
 * four characters, so two levels decide any code: its category (A00 to Z99), then its
 * fourth digit. The lists are those on which two independent copies agree, the R
 * packages comorbidity and icd (whose cancer range also takes in C7A and C7B of
 * ICD-10-CM; they are in no group here).
 */
#include "comorbidity.h"

/* A cell holds the groups of both schemes: Charlson's in the lower half, Elixhauser's in the upper. */
#define C(group) ((uint64_t) 1 << TM_C_##group)
#define E(group) ((uint64_t) 1 << (32 + TM_E_##group))
#define NONE 0

/* Pairs that often stand together. */
#define HEART (C(CHF) | E(CHF))
#define VESSEL (C(PVD) | E(PVD))
#define PLEGIA (C(HP) | E(PARA))
#define LUNG (C(CPD) | E(CPD))
#define KIDNEY (C(REND) | E(RF))
#define MILD_LIVER (C(MLD) | E(LD))
#define SEVERE_LIVER (C(MSLD) | E(LD))
#define JOINT (C(RHEUMD) | E(RHEUMD))
#define TUMOUR (C(CANC) | E(SOLIDTUM))
#define LYMPHOMA (C(CANC) | E(LYMPH))
#define SPREAD (C(METACANC) | E(METACANC))
#define HIV (C(AIDS) | E(AIDS))
#define DIABETES \
	[0] = C(DIAB) | E(DIABUNC), [1] = C(DIAB) | E(DIABUNC), [2] = C(DIABWC) | E(DIABC), [3] = C(DIABWC) | E(DIABC), \
	[4] = C(DIABWC) | E(DIABC), [5] = C(DIABWC) | E(DIABC), [6] = C(DIAB) | E(DIABC), [7] = C(DIABWC) | E(DIABC), \
	[8] = C(DIAB) | E(DIABC), [9] = C(DIAB) | E(DIABUNC)

/* Every category with a group: letter, number, groups of the whole category, groups by fourth digit. */
#define CATEGORIES \
	X(A, 52, NONE, [0] = E(VALV)) \
	X(B, 18, MILD_LIVER) X(B, 20, HIV) X(B, 21, HIV) X(B, 22, HIV) X(B, 24, HIV) \
	X(C, 00, TUMOUR) X(C, 01, TUMOUR) X(C, 02, TUMOUR) X(C, 03, TUMOUR) X(C, 04, TUMOUR) X(C, 05, TUMOUR) \
	X(C, 06, TUMOUR) X(C, 07, TUMOUR) X(C, 08, TUMOUR) X(C, 09, TUMOUR) X(C, 10, TUMOUR) X(C, 11, TUMOUR) \
	X(C, 12, TUMOUR) X(C, 13, TUMOUR) X(C, 14, TUMOUR) X(C, 15, TUMOUR) X(C, 16, TUMOUR) X(C, 17, TUMOUR) \
	X(C, 18, TUMOUR) X(C, 19, TUMOUR) X(C, 20, TUMOUR) X(C, 21, TUMOUR) X(C, 22, TUMOUR) X(C, 23, TUMOUR) \
	X(C, 24, TUMOUR) X(C, 25, TUMOUR) X(C, 26, TUMOUR) X(C, 30, TUMOUR) X(C, 31, TUMOUR) X(C, 32, TUMOUR) \
	X(C, 33, TUMOUR) X(C, 34, TUMOUR) X(C, 37, TUMOUR) X(C, 38, TUMOUR) X(C, 39, TUMOUR) X(C, 40, TUMOUR) \
	X(C, 41, TUMOUR) X(C, 43, TUMOUR) X(C, 45, TUMOUR) X(C, 46, TUMOUR) X(C, 47, TUMOUR) X(C, 48, TUMOUR) \
	X(C, 49, TUMOUR) X(C, 50, TUMOUR) X(C, 51, TUMOUR) X(C, 52, TUMOUR) X(C, 53, TUMOUR) X(C, 54, TUMOUR) \
	X(C, 55, TUMOUR) X(C, 56, TUMOUR) X(C, 57, TUMOUR) X(C, 58, TUMOUR) X(C, 60, TUMOUR) X(C, 61, TUMOUR) \
	X(C, 62, TUMOUR) X(C, 63, TUMOUR) X(C, 64, TUMOUR) X(C, 65, TUMOUR) X(C, 66, TUMOUR) X(C, 67, TUMOUR) \
	X(C, 68, TUMOUR) X(C, 69, TUMOUR) X(C, 70, TUMOUR) X(C, 71, TUMOUR) X(C, 72, TUMOUR) X(C, 73, TUMOUR) \
	X(C, 74, TUMOUR) X(C, 75, TUMOUR) X(C, 76, TUMOUR) X(C, 77, SPREAD) X(C, 78, SPREAD) X(C, 79, SPREAD) \
	X(C, 80, SPREAD) X(C, 81, LYMPHOMA) X(C, 82, LYMPHOMA) X(C, 83, LYMPHOMA) X(C, 84, LYMPHOMA) X(C, 85, LYMPHOMA) \
	X(C, 88, LYMPHOMA) \
	X(C, 90, C(CANC), [0] = E(LYMPH), [2] = E(LYMPH)) \
	X(C, 91, C(CANC)) X(C, 92, C(CANC)) X(C, 93, C(CANC)) X(C, 94, C(CANC)) X(C, 95, C(CANC)) X(C, 96, LYMPHOMA) \
	X(C, 97, TUMOUR) \
	X(D, 50, NONE, [0] = E(BLANE), [8] = E(DANE), [9] = E(DANE)) \
	X(D, 51, E(DANE)) X(D, 52, E(DANE)) X(D, 53, E(DANE)) X(D, 65, E(COAG)) X(D, 66, E(COAG)) X(D, 67, E(COAG)) \
	X(D, 68, E(COAG)) \
	X(D, 69, NONE, [1] = E(COAG), [3] = E(COAG), [4] = E(COAG), [5] = E(COAG), [6] = E(COAG)) \
	X(E, 00, E(HYPOTHY)) X(E, 01, E(HYPOTHY)) X(E, 02, E(HYPOTHY)) X(E, 03, E(HYPOTHY)) \
	X(E, 10, NONE, DIABETES) \
	X(E, 11, NONE, DIABETES) \
	X(E, 12, NONE, DIABETES) \
	X(E, 13, NONE, DIABETES) \
	X(E, 14, NONE, DIABETES) \
	X(E, 22, NONE, [2] = E(FED)) \
	X(E, 40, E(WLOSS)) X(E, 41, E(WLOSS)) X(E, 42, E(WLOSS)) X(E, 43, E(WLOSS)) X(E, 44, E(WLOSS)) \
	X(E, 45, E(WLOSS)) X(E, 46, E(WLOSS)) X(E, 52, E(ALCOHOL)) X(E, 66, E(OBES)) X(E, 86, E(FED)) X(E, 87, E(FED)) \
	X(E, 89, NONE, [0] = E(HYPOTHY)) \
	X(F, 00, C(DEMENTIA)) X(F, 01, C(DEMENTIA)) X(F, 02, C(DEMENTIA)) X(F, 03, C(DEMENTIA)) \
	X(F, 05, NONE, [1] = C(DEMENTIA)) \
	X(F, 10, E(ALCOHOL)) X(F, 11, E(DRUG)) X(F, 12, E(DRUG)) X(F, 13, E(DRUG)) X(F, 14, E(DRUG)) X(F, 15, E(DRUG)) \
	X(F, 16, E(DRUG)) X(F, 18, E(DRUG)) X(F, 19, E(DRUG)) \
	X(F, 20, E(PSYCHO), [4] = E(DEPRE)) \
	X(F, 22, E(PSYCHO)) X(F, 23, E(PSYCHO)) X(F, 24, E(PSYCHO)) X(F, 25, E(PSYCHO)) X(F, 28, E(PSYCHO)) \
	X(F, 29, E(PSYCHO)) \
	X(F, 30, NONE, [2] = E(PSYCHO)) \
	X(F, 31, NONE, [2] = E(PSYCHO), [3] = E(DEPRE), [4] = E(DEPRE), [5] = E(PSYCHO) | E(DEPRE)) \
	X(F, 32, E(DEPRE)) X(F, 33, E(DEPRE)) \
	X(F, 34, NONE, [1] = E(DEPRE)) \
	X(F, 41, NONE, [2] = E(DEPRE)) \
	X(F, 43, NONE, [2] = E(DEPRE)) \
	X(G, 04, NONE, [1] = PLEGIA) \
	X(G, 10, E(OND)) \
	X(G, 11, E(OND), [4] = PLEGIA) \
	X(G, 12, E(OND)) X(G, 13, E(OND)) X(G, 20, E(OND)) X(G, 21, E(OND)) X(G, 22, E(OND)) \
	X(G, 25, NONE, [4] = E(OND), [5] = E(OND)) \
	X(G, 30, C(DEMENTIA)) \
	X(G, 31, NONE, [1] = C(DEMENTIA), [2] = E(OND), [8] = E(OND), [9] = E(OND)) \
	X(G, 32, E(OND)) X(G, 35, E(OND)) X(G, 36, E(OND)) X(G, 37, E(OND)) X(G, 40, E(OND)) X(G, 41, E(OND)) \
	X(G, 45, C(CEVD)) X(G, 46, C(CEVD)) \
	X(G, 62, NONE, [1] = E(ALCOHOL)) \
	X(G, 80, NONE, [1] = PLEGIA, [2] = PLEGIA) \
	X(G, 81, PLEGIA) X(G, 82, PLEGIA) \
	X(G, 83, NONE, [0] = PLEGIA, [1] = PLEGIA, [2] = PLEGIA, [3] = PLEGIA, [4] = PLEGIA, [9] = PLEGIA) \
	X(G, 93, NONE, [1] = E(OND), [4] = E(OND)) \
	X(H, 34, NONE, [0] = C(CEVD)) \
	X(I, 05, E(VALV)) X(I, 06, E(VALV)) X(I, 07, E(VALV)) X(I, 08, E(VALV)) \
	X(I, 09, NONE, [1] = E(VALV), [8] = E(VALV), [9] = HEART) \
	X(I, 10, E(HYPUNC)) \
	X(I, 11, E(HYPC), [0] = HEART) \
	X(I, 12, E(HYPC), [0] = KIDNEY) \
	X(I, 13, E(HYPC), [0] = HEART, [1] = KIDNEY, [2] = HEART) \
	X(I, 15, E(HYPC)) X(I, 21, C(MI)) X(I, 22, C(MI)) \
	X(I, 25, NONE, [2] = C(MI), [5] = HEART) \
	X(I, 26, E(PCD)) \
	X(I, 27, E(PCD), [8] = LUNG, [9] = LUNG) \
	X(I, 28, NONE, [0] = E(PCD), [8] = E(PCD), [9] = E(PCD)) \
	X(I, 34, E(VALV)) X(I, 35, E(VALV)) X(I, 36, E(VALV)) X(I, 37, E(VALV)) X(I, 38, E(VALV)) X(I, 39, E(VALV)) \
	X(I, 42, NONE, [0] = HEART, [5] = HEART, [6] = HEART | E(ALCOHOL), [7] = HEART, [8] = HEART, [9] = HEART) \
	X(I, 43, HEART) \
	X(I, 44, NONE, [1] = E(CARIT), [2] = E(CARIT), [3] = E(CARIT)) \
	X(I, 45, NONE, [6] = E(CARIT), [9] = E(CARIT)) \
	X(I, 47, E(CARIT)) X(I, 48, E(CARIT)) X(I, 49, E(CARIT)) X(I, 50, HEART) X(I, 60, C(CEVD)) X(I, 61, C(CEVD)) \
	X(I, 62, C(CEVD)) X(I, 63, C(CEVD)) X(I, 64, C(CEVD)) X(I, 65, C(CEVD)) X(I, 66, C(CEVD)) X(I, 67, C(CEVD)) \
	X(I, 68, C(CEVD)) X(I, 69, C(CEVD)) X(I, 70, VESSEL) X(I, 71, VESSEL) \
	X(I, 73, NONE, [1] = VESSEL, [8] = VESSEL, [9] = VESSEL) \
	X(I, 77, NONE, [1] = VESSEL) \
	X(I, 79, NONE, [0] = VESSEL, [2] = VESSEL) \
	X(I, 85, E(LD), [0] = C(MSLD), [9] = C(MSLD)) \
	X(I, 86, NONE, [4] = SEVERE_LIVER) \
	X(I, 98, NONE, [2] = SEVERE_LIVER) \
	X(J, 40, LUNG) X(J, 41, LUNG) X(J, 42, LUNG) X(J, 43, LUNG) X(J, 44, LUNG) X(J, 45, LUNG) X(J, 46, LUNG) \
	X(J, 47, LUNG) X(J, 60, LUNG) X(J, 61, LUNG) X(J, 62, LUNG) X(J, 63, LUNG) X(J, 64, LUNG) X(J, 65, LUNG) \
	X(J, 66, LUNG) X(J, 67, LUNG) \
	X(J, 68, NONE, [4] = LUNG) \
	X(J, 70, NONE, [1] = LUNG, [3] = LUNG) \
	X(K, 25, C(PUD), [7] = E(PUD), [9] = E(PUD)) \
	X(K, 26, C(PUD), [7] = E(PUD), [9] = E(PUD)) \
	X(K, 27, C(PUD), [7] = E(PUD), [9] = E(PUD)) \
	X(K, 28, C(PUD), [7] = E(PUD), [9] = E(PUD)) \
	X(K, 29, NONE, [2] = E(ALCOHOL)) \
	X(K, 55, NONE, [1] = VESSEL, [8] = VESSEL, [9] = VESSEL) \
	X(K, 70, E(LD), [0] = C(MLD) | E(ALCOHOL), [1] = C(MLD), [2] = C(MLD), [3] = C(MLD) | E(ALCOHOL), \
		[4] = C(MSLD), [9] = C(MLD) | E(ALCOHOL)) \
	X(K, 71, NONE, [1] = SEVERE_LIVER, [3] = MILD_LIVER, [4] = MILD_LIVER, [5] = MILD_LIVER, [7] = MILD_LIVER) \
	X(K, 72, E(LD), [1] = C(MSLD), [9] = C(MSLD)) \
	X(K, 73, MILD_LIVER) X(K, 74, MILD_LIVER) \
	X(K, 76, NONE, [0] = MILD_LIVER, [2] = MILD_LIVER, [3] = MILD_LIVER, [4] = MILD_LIVER, [5] = SEVERE_LIVER, \
		[6] = SEVERE_LIVER, [7] = SEVERE_LIVER, [8] = MILD_LIVER, [9] = MILD_LIVER) \
	X(L, 94, NONE, [0] = E(RHEUMD), [1] = E(RHEUMD), [3] = E(RHEUMD)) \
	X(M, 05, JOINT) X(M, 06, JOINT) X(M, 08, E(RHEUMD)) \
	X(M, 12, NONE, [0] = E(RHEUMD), [3] = E(RHEUMD)) \
	X(M, 30, E(RHEUMD)) \
	X(M, 31, NONE, [0] = E(RHEUMD), [1] = E(RHEUMD), [2] = E(RHEUMD), [3] = E(RHEUMD), [5] = C(RHEUMD)) \
	X(M, 32, JOINT) X(M, 33, JOINT) X(M, 34, JOINT) \
	X(M, 35, E(RHEUMD), [1] = C(RHEUMD), [3] = C(RHEUMD)) \
	X(M, 36, NONE, [0] = C(RHEUMD)) \
	X(M, 45, E(RHEUMD)) \
	X(M, 46, NONE, [1] = E(RHEUMD), [8] = E(RHEUMD), [9] = E(RHEUMD)) \
	X(N, 03, NONE, [2] = C(REND), [3] = C(REND), [4] = C(REND), [5] = C(REND), [6] = C(REND), [7] = C(REND)) \
	X(N, 05, NONE, [2] = C(REND), [3] = C(REND), [4] = C(REND), [5] = C(REND), [6] = C(REND), [7] = C(REND)) \
	X(N, 18, KIDNEY) X(N, 19, KIDNEY) \
	X(N, 25, NONE, [0] = KIDNEY) \
	X(P, 29, NONE, [0] = HEART) \
	X(Q, 23, NONE, [0] = E(VALV), [1] = E(VALV), [2] = E(VALV), [3] = E(VALV)) \
	X(R, 00, NONE, [0] = E(CARIT), [1] = E(CARIT), [8] = E(CARIT)) \
	X(R, 47, NONE, [0] = E(OND)) \
	X(R, 56, E(OND)) \
	X(R, 63, NONE, [4] = E(WLOSS)) \
	X(R, 64, E(WLOSS)) \
	X(T, 51, E(ALCOHOL)) \
	X(T, 82, NONE, [1] = E(CARIT)) \
	X(Z, 45, NONE, [0] = E(CARIT)) \
	X(Z, 49, NONE, [0] = KIDNEY, [1] = KIDNEY, [2] = KIDNEY) \
	X(Z, 50, NONE, [2] = E(ALCOHOL)) \
	X(Z, 71, NONE, [4] = E(ALCOHOL), [5] = E(DRUG)) \
	X(Z, 72, NONE, [1] = E(ALCOHOL), [2] = E(DRUG)) \
	X(Z, 94, NONE, [0] = KIDNEY, [4] = MILD_LIVER) \
	X(Z, 95, NONE, [0] = E(CARIT), [2] = E(VALV), [3] = E(VALV), [4] = E(VALV), [8] = VESSEL, [9] = VESSEL) \
	X(Z, 99, NONE, [2] = KIDNEY)

typedef struct category
{
	uint64_t	whole;
	uint64_t	digit[TM_ICD10_WHOLE + 1];	/* the last for a code without fourth digit */
} category;

/* Row numbers of the categories: K_I21 and so on; row 0 is any other category. */
#define X(letter, number, ...) K_##letter##number,
enum
{
	K_OTHER,
	CATEGORIES
	K_ROWS
};
#undef X

#define X(letter, number, everything, ...) \
	[K_##letter##number] = {.whole = everything, .digit = {[TM_ICD10_WHOLE] = 0, __VA_ARGS__}},
static const category categories[K_ROWS] = {CATEGORIES};
#undef X

enum
{
	L_A, L_B, L_C, L_D, L_E, L_F, L_G, L_H, L_I, L_J, L_K, L_L, L_M,
	L_N, L_O, L_P, L_Q, L_R, L_S, L_T, L_U, L_V, L_W, L_X, L_Y, L_Z
};

/* The row of each category A00 to Z99. */
#define X(letter, number, ...) [L_##letter * 100 + 1##number - 100] = K_##letter##number,
static const uint16_t row[TM_ICD10_BLOCKS] = {CATEGORIES};
#undef X

/* How many bytes a sign beyond ASCII takes (no-break space, dash, dagger, byte order mark, in UTF-8); 0 for a letter. */
static size_t
sign_length(const unsigned char *s, size_t len)
{
	if (s[0] == 0xC2)
		return 2;
	if (s[0] == 0xE2)
		return 3;
	if (len >= 3 && s[0] == 0xEF && s[1] == 0xBB && s[2] == 0xBF)
		return 3;
	return s[0] >= 0x80 && s[0] < 0xC0;	/* the rest of a letter */
}

/* The first four letters and digits of a code in upper case; a letter beyond ASCII counts as one that matches nothing. Answers how many there are. */
static int
clean(const char *code, size_t len, unsigned char key[4])
{
	const unsigned char *s = (const unsigned char *) code;
	int			n = 0;

	for (size_t i = 0; i < len && n < 4; i++)
	{
		unsigned char c = s[i];

		if (c >= '0' && c <= '9')
			key[n++] = c;
		else if ((unsigned char) ((c & ~0x20) - 'A') < 26 && c < 0x80)
			key[n++] = c & (unsigned char) ~0x20;
		else if (c >= 0x80)
		{
			size_t		skip = sign_length(s + i, len - i);

			if (skip == 0)
				key[n++] = c;
			else
				i += skip - 1;
		}
	}
	return n;
}

/* The groups of a code in a scheme, one bit each: by the longest prefix listed and every shorter one. Case, dots, spaces and other signs do not count. */
uint32_t
tm_comorbidity_of_code(tm_comorbidity_scheme s, const char *code, size_t len)
{
	unsigned char key[4];
	int			n = clean(code, len, key);
	unsigned	letter,
				tens,
				ones,
				digit = TM_ICD10_WHOLE;
	const category *k;

	if (n < 3)
		return 0;
	letter = (unsigned) key[0] - 'A';
	tens = (unsigned) key[1] - '0';
	ones = (unsigned) key[2] - '0';
	if (letter > 25 || tens > 9 || ones > 9)
		return 0;
	if (n == 4 && key[3] >= '0' && key[3] <= '9')
		digit = (unsigned) key[3] - '0';
	k = &categories[row[letter * 100 + tens * 10 + ones]];
	return (uint32_t) ((k->whole | k->digit[digit]) >> (s == TM_ELIXHAUSER ? 32 : 0));
}

/* True when a category (0 for A00 to 2599 for Z99) with a fourth digit, or as a whole, is listed under a group; its prefix into out. */
bool
tm_comorbidity_prefix(tm_comorbidity_scheme s, int group, int block, int digit, char out[TM_ICD10_PREFIX])
{
	const category *k = &categories[row[block]];
	uint64_t	cell = digit == TM_ICD10_WHOLE ? k->whole : k->digit[digit];

	if (!(cell >> (s == TM_ELIXHAUSER ? 32 : 0) >> group & 1))
		return false;
	out[0] = (char) ('A' + block / 100);
	out[1] = (char) ('0' + block / 10 % 10);
	out[2] = (char) ('0' + block % 10);
	out[3] = digit == TM_ICD10_WHOLE ? '\0' : (char) ('0' + digit);
	out[4] = '\0';
	return true;
}
