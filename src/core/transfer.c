/*
 * transfer.c - reads the codes of admission and discharge as transfers between hospitals.
 *
 * A transfer is one from or to another hospital. Codes that are none of a
 * scheme's transfers are no transfers, for the lists grow; what cannot be a
 * code of the scheme is an error.
 *
 * PMSI: ATIH, Guide methodologique MCO, mode d'entree and mode de sortie: 7
 * transfer for good, 0 for a while; 6 (mutation: other unit, same hospital), 8
 * home, 9 death, N birth, O organ donor. Provenance or destination may follow.
 * UB-04: NUBC, form locator 15, 4 hospital, 9 not known; form locator 17 as in
 * CMS's table of patient discharge status: 02 short-term hospital, 05 cancer
 * or children's hospital, 43 federal, 66 critical access, and the same four
 * with a planned readmission: 82, 85, 88, 94. Not nursing, rehabilitation,
 * long-term or psychiatric facilities.
 * Section 301 SGB V, Anlage 2: Aufnahmeanlass V and A (from a hospital, after
 * more and less than 24 hours); Entlassungsgrund (Schluessel 5) 06 and 08, to a
 * hospital, and 13, for psychiatric treatment. Its third digit is not read.
 */
#include "transfer.h"

#include <string.h>

static const char *const scheme_names[TM_TRANSFER_SCHEMES] = {"yes/no", "pmsi", "ub-04", "301"};

/* Finds a scheme by its name. */
tm_status
tm_transfer_scheme_parse(tm_piece name, tm_transfer_scheme *out)
{
	for (int i = 0; i < TM_TRANSFER_SCHEMES; i++)
	{
		if (tm_piece_is(name, scheme_names[i]))
		{
			*out = (tm_transfer_scheme) i;
			return TM_OK;
		}
	}
	return TM_SYNTAX;
}

/* True for an ASCII digit. */
static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* True when the character is among some. */
static bool
is_one_of(char c, const char *some)
{
	return c != '\0' && strchr(some, c) != NULL;
}

/* Reads a code of one letter or digit: one of the transfers, one that says nothing, or one of the others. */
static tm_status
read_letter(char c, const char *transfers, const char *unknown, const char *others, int8_t *flag)
{
	if (c >= 'a' && c <= 'z')
		c = (char) (c - ('a' - 'A'));
	if (is_one_of(c, unknown))
		return TM_OK;
	if (!is_one_of(c, transfers) && !is_one_of(c, others))
		return TM_SYNTAX;
	*flag = is_one_of(c, transfers);
	return TM_OK;
}

/* Reads a code of two digits, of which a spreadsheet may have dropped a leading 0: one of the transfers, or another up to the highest. */
static tm_status
read_number(tm_piece p, const uint8_t *transfers, size_t n, int highest, int8_t *flag)
{
	int			code;

	if (p.length == 0 || p.length > 2 || !is_digit(p.at[0]) || !is_digit(p.at[p.length - 1]))
		return TM_SYNTAX;
	code = p.length == 1 ? p.at[0] - '0' : (p.at[0] - '0') * 10 + (p.at[1] - '0');
	if (code > highest)
		return TM_SYNTAX;
	*flag = 0;
	for (size_t i = 0; i < n; i++)
		*flag |= transfers[i] == code;
	return TM_OK;
}

/* Reads whether a stay began (or, with out, ended) with a transfer: 1, 0, or -1 when the code does not say. An empty one does not. */
tm_status
tm_transfer_read(tm_transfer_scheme scheme, bool out, tm_piece p, int8_t *flag)
{
	static const uint8_t ub04[] = {2, 5, 43, 66, 82, 85, 88, 94};
	static const uint8_t sgb[] = {6, 8, 13};
	tm_status	status;
	bool		yes;

	*flag = -1;
	if (p.length == 0)
		return TM_OK;
	switch (scheme)
	{
		case TM_TRANSFER_PMSI:
			if (p.length > 2 || (p.length == 2 && !is_digit(p.at[1])))
				return TM_SYNTAX;
			return read_letter(p.at[0], "70", "", out ? "689" : "68NO", flag);
		case TM_TRANSFER_UB04:
			if (out)
				return read_number(p, ub04, sizeof ub04, 99, flag);
			return p.length == 1 ? read_letter(p.at[0], "4", "9", "1235678ABCDEF", flag) : TM_SYNTAX;
		case TM_TRANSFER_301:
			if (!out)
				return p.length == 1 ? read_letter(p.at[0], "VA", "", "EZNRGB", flag) : TM_SYNTAX;
			if (p.length == 3 && is_digit(p.at[2]))
				p.length = 2;
			return read_number(p, sgb, sizeof sgb, 30, flag);
		default:
			status = tm_flag_read(p, &yes);
			if (status == TM_OK)
				*flag = yes;
			return status;
	}
}
