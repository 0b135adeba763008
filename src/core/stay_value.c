/*
 * stay_value.c - reads the values of hospital stays as national files write them.
 */
#include "stay_value.h"

#include <string.h>

#define N_OF(array) (sizeof (array) / sizeof *(array))

/* The width of the blank at the start of some bytes, 0 when there is none: ASCII, no-break, narrow, ideographic, byte order mark. */
static size_t
blank_width(const char *p, size_t left)
{
	if (*p == ' ' || (*p >= '\t' && *p <= '\r'))
		return 1;
	if (left >= 2 && memcmp(p, "\xC2\xA0", 2) == 0)
		return 2;
	if (left >= 3 && (memcmp(p, "\xE2\x80\xAF", 3) == 0 || memcmp(p, "\xE3\x80\x80", 3) == 0 || memcmp(p, "\xEF\xBB\xBF", 3) == 0))
		return 3;
	return 0;
}

/* The text without blanks around it. */
tm_piece
tm_piece_trim(const char *text, size_t length)
{
	size_t		width;

	while (length > 0 && (width = blank_width(text, length)) > 0)
	{
		text += width;
		length -= width;
	}
	for (bool more = true; more && length > 0;)
	{
		more = false;
		for (size_t w = 1; w <= 3 && w <= length && !more; w++)
		{
			if (blank_width(text + length - w, w) == w)
			{
				length -= w;
				more = true;
			}
		}
	}
	return (tm_piece) {text, length};
}

/* True when the text is the word, whatever the case of its ASCII letters; the word is written in small ones. */
bool
tm_piece_is(tm_piece p, const char *word)
{
	size_t		i;

	for (i = 0; i < p.length && word[i] != '\0'; i++)
	{
		char		c = p.at[i];

		if ((c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c) != word[i])
			return false;
	}
	return i == p.length && word[i] == '\0';
}

/* The place of the text among the words, 0 when it is none of them; a NULL is skipped. */
static size_t
place_of(tm_piece p, const char *const *words, size_t n)
{
	for (size_t i = 1; i < n; i++)
	{
		if (words[i] != NULL && tm_piece_is(p, words[i]))
			return i;
	}
	return 0;
}

static const char *const format_names[TM_DATE_FORMATS] = {
	NULL, "yyyy-mm-dd", "dd/mm/yyyy", "mm/dd/yyyy", "yyyymmdd", "ddmmyyyy", "yyyy/mm/dd", "ddmonyyyy"
};

/* Finds a date format by its name. */
tm_status
tm_date_format_parse(tm_piece name, tm_date_format *out)
{
	*out = (tm_date_format) place_of(name, format_names, TM_DATE_FORMATS);
	return *out == TM_DATE_UNKNOWN ? TM_SYNTAX : TM_OK;
}

/* Letters and digits of each scheme: male, female, unknown. */
static const struct
{
	const char *name;
	const char *letters[3];		/* by tm_sex: female, male, unknown */
}			schemes[TM_SEX_SCHEMES] = {
	[TM_SEX_ISO5218] = {"iso5218", {"2", "1", "09"}},
	[TM_SEX_MF] = {"m/f", {"F", "M", "UIX"}},
	[TM_SEX_HF] = {"h/f", {"F", "H", "UIX"}},
	[TM_SEX_MW] = {"m/w", {"W", "M", "DUX"}},
	[TM_SEX_MK] = {"m/k", {"K", "M", "UX"}},
	[TM_SEX_HM] = {"h/m", {"M", "HV", "UIX"}},
	[TM_SEX_01] = {"0/1", {"1", "0", "9"}},
	[TM_SEX_10] = {"1/0", {"0", "1", "9"}},
	[TM_SEX_WORDS] = {"words", {"", "", ""}}
};

/* Finds a scheme of sex codes by its name. */
tm_status
tm_sex_scheme_parse(tm_piece name, tm_sex_scheme *out)
{
	for (int i = 1; i < TM_SEX_SCHEMES; i++)
	{
		if (tm_piece_is(name, schemes[i].name))
		{
			*out = (tm_sex_scheme) i;
			return TM_OK;
		}
	}
	return TM_SYNTAX;
}

/* Words that mean the same whatever the scheme. */
static const struct
{
	const char *word;
	tm_sex		sex;
}			sex_words[] = {
	{"female", TM_SEX_FEMALE}, {"male", TM_SEX_MALE}, {"unknown", TM_SEX_UNKNOWN},
	{"femme", TM_SEX_FEMALE}, {"homme", TM_SEX_MALE}, {"inconnu", TM_SEX_UNKNOWN},
	{"f\xC3\xA9minin", TM_SEX_FEMALE}, {"f\xC3\x89minin", TM_SEX_FEMALE}, {"feminin", TM_SEX_FEMALE}, {"masculin", TM_SEX_MALE},
	{"weiblich", TM_SEX_FEMALE}, {"m\xC3\xA4nnlich", TM_SEX_MALE}, {"m\xC3\x84nnlich", TM_SEX_MALE},
	{"unbekannt", TM_SEX_UNKNOWN}, {"divers", TM_SEX_UNKNOWN},
	{"mujer", TM_SEX_FEMALE}, {"hombre", TM_SEX_MALE}, {"var\xC3\xB3n", TM_SEX_MALE}, {"varon", TM_SEX_MALE},
	{"kvinde", TM_SEX_FEMALE}, {"kvinna", TM_SEX_FEMALE}, {"kvinne", TM_SEX_FEMALE},
	{"mand", TM_SEX_MALE}, {"mann", TM_SEX_MALE}, {"man", TM_SEX_MALE}
};

/* Reads a sex as a scheme has it; empty is unknown. */
tm_status
tm_sex_read(tm_sex_scheme scheme, tm_piece p, tm_sex *sex)
{
	*sex = TM_SEX_UNKNOWN;
	if (p.length == 0)
		return TM_OK;
	if (p.length == 1)
	{
		char		c = p.at[0] >= 'a' && p.at[0] <= 'z' ? (char) (p.at[0] - ('a' - 'A')) : p.at[0];

		for (int i = 0; i < 3 && c != '\0'; i++)
		{
			if (schemes[scheme].letters[i] != NULL && strchr(schemes[scheme].letters[i], c) != NULL)
			{
				*sex = (tm_sex) i;
				return TM_OK;
			}
		}
		return TM_SYNTAX;
	}
	for (size_t i = 0; i < N_OF(sex_words); i++)
	{
		if (tm_piece_is(p, sex_words[i].word))
		{
			*sex = sex_words[i].sex;
			return TM_OK;
		}
	}
	return TM_SYNTAX;
}

/* The place of a one-letter sex code in MFHWKV0129, from 0; -1 for anything else. */
int
tm_sex_sign(tm_piece p)
{
	static const char signs[] = "MFHWKV0129";
	const char *at;

	if (p.length != 1 || p.at[0] == '\0')
		return -1;
	at = strchr(signs, p.at[0] >= 'a' && p.at[0] <= 'z' ? p.at[0] - ('a' - 'A') : p.at[0]);
	return at == NULL ? -1 : (int) (at - signs);
}

/* Days from 2000-01-01 to a day of the Gregorian calendar, counting years from March (leap days come last). */
static int32_t
days_of(int year, int month, int day)
{
	int			y = month <= 2 ? year - 1 : year;
	int			of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return y * 365 + y / 4 - y / 100 + y / 400 + of_year - 730425;
}

/* The year of a day given in days from 2000-01-01, years 1800 to 2199. */
int
tm_year_of(int32_t days)
{
	int			year = 2000 + (int) (days / 365.2425);

	while (days_of(year, 1, 1) > days)
		year--;
	while (days_of(year + 1, 1, 1) <= days)
		year++;
	return year;
}

/* Completed years from one day to another, the later one not being before. */
int
tm_years_between(int32_t from, int32_t to)
{
	int			from_year = tm_year_of(from),
				to_year = tm_year_of(to);
	int32_t		from_start = days_of(from_year, 1, 1);
	int32_t		to_start = days_of(to_year, 1, 1);
	/* Days from March on are shifted by a leap day: compare with 1 March as the origin. */
	int32_t		from_march = days_of(from_year, 3, 1),
				to_march = days_of(to_year, 3, 1);
	bool		reached;

	if (from >= from_march)
		reached = to >= to_march && to - to_march >= from - from_march;
	else
		reached = to >= to_march || to - to_start >= from - from_start;
	return to_year - from_year - (reached ? 0 : 1);
}

/* The number that so many digits are; -1 when they are not digits. */
static int
digits(const char *p, size_t n)
{
	int			value = 0;

	for (size_t i = 0; i < n; i++)
	{
		if (p[i] < '0' || p[i] > '9')
			return -1;
		value = value * 10 + (p[i] - '0');
	}
	return n == 0 ? -1 : value;
}

/* Reads 03MAY2019 or 3-May-2019 into year, month and day; what is none leaves -1. */
static void
read_named_month(tm_piece p, int *y, int *m, int *d)
{
	static const char *const months[] = {NULL, "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"};
	size_t		day = p.length > 1 && p.at[1] >= '0' && p.at[1] <= '9' ? 2 : 1;
	size_t		hyphen = p.length > day && p.at[day] == '-';

	if (p.length != day + hyphen + 3 + hyphen + 4 || (hyphen && p.at[day + 4] != '-'))
		return;
	*d = digits(p.at, day);
	*m = (int) place_of((tm_piece) {p.at + day + hyphen, 3}, months, N_OF(months));
	*y = digits(p.at + p.length - 4, 4);
}

/* The text of a date without a time of day that follows it. */
static tm_piece
without_time(tm_piece p)
{
	for (size_t i = 8; i + 1 < p.length; i++)
	{
		if ((p.at[i] == ' ' || p.at[i] == 'T' || p.at[i] == ':') && p.at[i + 1] >= '0' && p.at[i + 1] <= '9')
			return (tm_piece) {p.at, i};
	}
	return p;
}

/* Takes a date of three groups apart, the separators alike; the groups' order is the caller's. */
static bool
three_groups(tm_piece p, const char *separators, tm_piece group[3])
{
	size_t		start = 0;
	int			n = 0;
	char		separator = '\0';

	for (size_t i = 0; i <= p.length; i++)
	{
		if (i < p.length && p.at[i] >= '0' && p.at[i] <= '9')
			continue;
		if (i < p.length)
		{
			if (n == 2 || p.at[i] == '\0' || strchr(separators, p.at[i]) == NULL || (separator != '\0' && p.at[i] != separator))
				return false;
			separator = p.at[i];
		}
		group[n++] = (tm_piece) {p.at + start, i - start};
		start = i + 1;
	}
	return n == 3;
}

/* The number of a group of min to max digits, -1 when it is none. */
static int
group_number(tm_piece g, size_t min, size_t max)
{
	return g.length < min || g.length > max ? -1 : digits(g.at, g.length);
}

/* Reads a date of one format as days from 2000-01-01, years 1850 to 2099; a time of day behind it is dropped. */
tm_status
tm_date_read(tm_date_format format, tm_piece p, int32_t *days)
{
	static const uint8_t month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	tm_piece	g[3];
	int			y = -1,
				m = -1,
				d = -1;

	p = without_time(p);
	if (format == TM_DATE_YMD8 || format == TM_DATE_DMY8)
	{
		if (p.length != 8)
			return TM_SYNTAX;
		y = digits(p.at + (format == TM_DATE_YMD8 ? 0 : 4), 4);
		m = digits(p.at + (format == TM_DATE_YMD8 ? 4 : 2), 2);
		d = digits(p.at + (format == TM_DATE_YMD8 ? 6 : 0), 2);
	}
	else if (format == TM_DATE_DMONY)
		read_named_month(p, &y, &m, &d);
	else if (three_groups(p, format == TM_DATE_ISO ? "-" : format == TM_DATE_YMD ? "/." : "/.-", g))
	{
		bool		year_first = format == TM_DATE_ISO || format == TM_DATE_YMD;
		size_t		least = format == TM_DATE_ISO ? 2 : 1;

		y = group_number(g[year_first ? 0 : 2], 4, 4);
		m = group_number(g[format == TM_DATE_MDY ? 0 : 1], least, 2);
		d = group_number(g[year_first ? 2 : format == TM_DATE_MDY ? 1 : 0], least, 2);
	}
	if (y < 1850 || y > 2099 || m < 1 || m > 12 || d < 1 || d > month_days[m - 1])
		return TM_SYNTAX;
	if (m == 2 && d == 29 && (y % 4 != 0 || (y % 100 == 0 && y % 400 != 0)))
		return TM_SYNTAX;
	*days = days_of(y, m, d);
	return TM_OK;
}

/* Reads yes or no in the languages of the files. */
tm_status
tm_flag_read(tm_piece p, bool *flag)
{
	static const char *const yes[] = {NULL, "1", "t", "true", "y", "yes", "o", "oui", "j", "ja", "s", "si", "x"};
	static const char *const no[] = {NULL, "0", "f", "false", "n", "no", "non", "nein", "nej", "nei"};

	*flag = place_of(p, yes, N_OF(yes)) > 0;
	return *flag || place_of(p, no, N_OF(no)) > 0 ? TM_OK : TM_SYNTAX;
}

/* Reads a whole number of at most six digits, with a minus sign or without; 78.0 and 78,00 are whole, but 1,000 is none. */
tm_status
tm_whole_read(tm_piece p, int32_t *value)
{
	bool		negative = p.length > 1 && p.at[0] == '-';
	size_t		zeros = 0;
	int			n;

	while (zeros < p.length && p.at[p.length - 1 - zeros] == '0')
		zeros++;
	if (zeros > 0 && zeros < 3 && zeros < p.length && (p.at[p.length - 1 - zeros] == '.' || p.at[p.length - 1 - zeros] == ','))
		p.length -= zeros + 1;
	n = p.length - negative > 6 ? -1 : digits(p.at + negative, p.length - negative);

	if (n < 0)
		return TM_SYNTAX;
	*value = negative ? -n : n;
	return TM_OK;
}

/*
 * Reads a decimal number with a point or a comma: at most three digits before
 * it and twelve behind, so that neither can stand between thousands.
 */
tm_status
tm_decimal_read(tm_piece p, double *value)
{
	size_t		i = p.length > 0 && (p.at[0] == '-' || p.at[0] == '+');
	size_t		before = 0,
				behind = 0;
	int64_t		mantissa = 0;
	double		scale = 1.0;
	bool		point = false;

	for (; i < p.length; i++)
	{
		if ((p.at[i] == '.' || p.at[i] == ',') && !point)
			point = true;
		else if (p.at[i] < '0' || p.at[i] > '9' || (point ? ++behind > 12 : ++before > 3))
			return TM_SYNTAX;
		else
		{
			mantissa = mantissa * 10 + (p.at[i] - '0');
			scale *= point ? 10.0 : 1.0;
		}
	}
	if (before == 0)
		return TM_SYNTAX;
	*value = (p.at[0] == '-' ? -1.0 : 1.0) * (double) mantissa / scale;
	return TM_OK;
}
