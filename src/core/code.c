/*
 * code.c - reads codes as files have them and checks them against the shape of their system. Decoration goes
 * (case, dots, spaces, daggers, trailing punctuation); what could change the meaning is a fault, not a guess.
 */
#include "code.h"
#include <string.h>

/* What a byte of a code's text is: below VALUES its value in a key, else one of these. */
enum
{
	PLUS = 1,
	HYPHEN = 2,
	DIGIT = 3,					/* 0 to 9 are 3 to 12 */
	LETTER = 13,				/* A to Z are 13 to 38 */
	VALUES = 39,
	SPACE,
	DOT,
	MARK,						/* asterisk, exclamation mark, dagger */
	PUNCTUATION,
	WIDE						/* first byte of a longer character */
};
#define VALUE(c) ((c) >= 'A' ? LETTER + (c) - 'A' : DIGIT + (c) - '0')
#define PAIR(C, c) [C] = VALUE(C), [c] = VALUE(C)
#define D(c) [c] = VALUE(c)

static const uint8_t kinds[256] = {
	D('0'), D('1'), D('2'), D('3'), D('4'), D('5'), D('6'), D('7'), D('8'), D('9'),
	PAIR('A', 'a'), PAIR('B', 'b'), PAIR('C', 'c'), PAIR('D', 'd'), PAIR('E', 'e'), PAIR('F', 'f'),
	PAIR('G', 'g'), PAIR('H', 'h'), PAIR('I', 'i'), PAIR('J', 'j'), PAIR('K', 'k'), PAIR('L', 'l'),
	PAIR('M', 'm'), PAIR('N', 'n'), PAIR('O', 'o'), PAIR('P', 'p'), PAIR('Q', 'q'), PAIR('R', 'r'),
	PAIR('S', 's'), PAIR('T', 't'), PAIR('U', 'u'), PAIR('V', 'v'), PAIR('W', 'w'), PAIR('X', 'x'),
	PAIR('Y', 'y'), PAIR('Z', 'z'),
	['+'] = PLUS, ['-'] = HYPHEN, ['.'] = DOT,
	[' '] = SPACE, ['\t'] = SPACE, ['\n'] = SPACE, ['\v'] = SPACE, ['\f'] = SPACE, ['\r'] = SPACE,
	['*'] = MARK, ['!'] = MARK, [','] = PUNCTUATION, [';'] = PUNCTUATION, [':'] = PUNCTUATION,
	[0xC2] = WIDE, [0xE2] = WIDE, [0xE3] = WIDE, [0xEF] = WIDE
};

/*
 * One shape of codes. What may stand at each place: d digit, l letter, a
 * either, n digit but 0, x digit or the filler X, p digit or plus, s digit or
 * letter but I and O, c digit or F M T U; anything else is itself.
 */
typedef struct shape
{
	const char *places;
	uint8_t		min,
				max;			/* characters */
	uint8_t		dot;			/* characters before the dot, 0: no dot */
	uint8_t		hyphen;			/* characters before a hyphen that is decoration, 0: none */
	bool		spaces;			/* spaces inside are decoration: two codes in one cell never pass as one */
	bool		marks;			/* dagger, asterisk, plus and exclamation mark behind are decoration */
} shape;

static const shape shapes[TM_SYSTEMS] = {
	[TM_ICD10] = {"lddxd", 3, 5, 3, 0, true, true},
	[TM_CIM10] = {"lddppp", 3, 6, 3, 0, true, true},
	[TM_ICD10GM] = {"ldddd", 3, 5, 3, 0, true, true},
	[TM_ICD10CM] = {"ldaaaaa", 3, 7, 3, 0, false, true},
	[TM_ICD9CM] = {"ddddd", 3, 5, 3, 0, true, false},
	[TM_ICD9CM_PX] = {"dddd", 2, 4, 2, 0, true, false},
	[TM_CCAM] = {"llllddd", 7, 7, 0, 0, true, false},
	[TM_OPS] = {"dddaaa", 4, 6, 4, 1, true, false},
	[TM_OPCS4] = {"lddd", 3, 4, 3, 0, true, false},
	[TM_ICD10PCS] = {"sssssss", 7, 7, 0, 0, false, false},
	[TM_CPT] = {"ddddc", 5, 5, 0, 0, false, false},
	[TM_KCODE] = {"Kddd-d-d", 4, 8, 0, 0, false, false},
	[TM_MBS] = {"ndddd", 1, 5, 0, 0, false, false},
	[TM_MSDRG] = {"ddd", 3, 3, 0, 0, false, false}
};

/* ICD-9-CM has two more, told by their first letter. */
static const shape icd9_v = {"Vdddd", 3, 5, 3, 0, true, false};
static const shape icd9_e = {"Edddd", 4, 5, 4, 0, true, false};

/* Every name of every system, letters and digits only; the first of a system is its own. */
static const struct
{
	const char *folded;
	tm_system	system;
	const char *name;
}			names[] = {
	{"icd10", TM_ICD10, "ICD-10"}, {"icd10who", TM_ICD10, NULL},
	{"cim10", TM_CIM10, "CIM-10"}, {"cim10pmsi", TM_CIM10, NULL}, {"cim10fr", TM_CIM10, NULL},
	{"icd10gm", TM_ICD10GM, "ICD-10-GM"},
	{"icd10cm", TM_ICD10CM, "ICD-10-CM"},
	{"icd9cm", TM_ICD9CM, "ICD-9-CM"}, {"icd9cmdx", TM_ICD9CM, NULL},
	{"icd9cmpx", TM_ICD9CM_PX, "ICD-9-CM-PX"}, {"icd9cmprocedure", TM_ICD9CM_PX, NULL},
	{"icd9cmprocedures", TM_ICD9CM_PX, NULL},
	{"ccam", TM_CCAM, "CCAM"},
	{"ops", TM_OPS, "OPS"},
	{"opcs4", TM_OPCS4, "OPCS-4"}, {"opcs", TM_OPCS4, NULL},
	{"icd10pcs", TM_ICD10PCS, "ICD-10-PCS"},
	{"cpt", TM_CPT, "CPT"}, {"cpt4", TM_CPT, NULL},
	{"kcode", TM_KCODE, "K-code"}, {"kcodes", TM_KCODE, NULL},
	{"mbs", TM_MBS, "MBS"},
	{"msdrg", TM_MSDRG, "MS-DRG"}
};

#define N_NAMES (sizeof names / sizeof *names)

/* Finds a system by any of its names, whatever case, spaces, hyphens and brackets. */
tm_status
tm_system_parse(const char *name, size_t len, tm_system *out)
{
	char		folded[TM_SYSTEM_TEXT + 8];
	size_t		n = 0;

	for (size_t i = 0; i < len; i++)
	{
		uint8_t		kind = kinds[(unsigned char) name[i]];

		if (kind >= DIGIT && kind < VALUES)
		{
			if (n + 1 >= sizeof folded)
				return TM_SYNTAX;
			folded[n++] = (char) (kind < LETTER ? '0' + kind - DIGIT : 'a' + kind - LETTER);
		}
		else if (strchr(" -_./()", name[i]) == NULL || name[i] == '\0')
			return TM_SYNTAX;
	}
	folded[n] = '\0';
	for (size_t i = 0; i < N_NAMES; i++)
	{
		if (strcmp(folded, names[i].folded) == 0)
		{
			*out = names[i].system;
			return TM_OK;
		}
	}
	return TM_SYNTAX;
}

/* A system's own name, or NULL when there is no such system. */
const char *
tm_system_name(tm_system s)
{
	for (size_t i = 0; i < N_NAMES; i++)
	{
		if (names[i].system == s)
			return names[i].name;
	}
	return NULL;
}

/* The shape of a system's codes that start with a character of this value. */
static const shape *
shape_of(tm_system s, uint8_t first)
{
	if (s == TM_ICD9CM && first == VALUE('V'))
		return &icd9_v;
	if (s == TM_ICD9CM && first == VALUE('E'))
		return &icd9_e;
	return &shapes[s];
}

/* Checks one character's value against what may stand at its place. */
static tm_code_fault
check_place(char place, uint8_t value)
{
	bool		digit = value >= DIGIT && value < LETTER,
				letter = value >= LETTER;

	switch (place)
	{
		case 'd':
			return digit ? TM_CODE_FINE : TM_CODE_DIGIT;
		case 'l':
			return letter ? TM_CODE_FINE : TM_CODE_LETTER;
		case 'a':
			return digit || letter ? TM_CODE_FINE : TM_CODE_STRANGE;
		case 'n':
			return value == VALUE('0') ? TM_CODE_ZERO : digit ? TM_CODE_FINE : TM_CODE_DIGIT;
		case 'x':
			return digit || value == VALUE('X') ? TM_CODE_FINE : TM_CODE_DIGIT;
		case 'p':
			return digit || value == PLUS ? TM_CODE_FINE : TM_CODE_DIGIT;
		case 's':
			return digit || (letter && value != VALUE('I') && value != VALUE('O')) ? TM_CODE_FINE : TM_CODE_STRANGE;
		case 'c':
			return digit || value == VALUE('F') || value == VALUE('M') || value == VALUE('T') || value == VALUE('U')
				? TM_CODE_FINE : TM_CODE_DIGIT;
		case '-':
			return value == HYPHEN ? TM_CODE_FINE : TM_CODE_HYPHEN;
		default:
			return value == VALUE(place) ? TM_CODE_FINE : letter ? TM_CODE_STRANGE : TM_CODE_LETTER;
	}
}

/* A character of two or three bytes (UTF-8) as its plain counterpart's kind, 0 when it has none. */
static uint8_t
wide_kind(const unsigned char *p, size_t left, size_t *width)
{
	*width = p[0] == 0xC2 ? 2 : 3;
	if (left < *width)
		return 0;
	if (p[0] == 0xC2)
		return p[1] == 0xA0 ? SPACE : 0;	/* no-break space */
	if (p[0] == 0xE2 && p[1] == 0x80)
	{
		if (p[2] == 0xA0)
			return MARK;		/* dagger */
		if (p[2] == 0xAF)
			return SPACE;		/* narrow no-break space */
		return p[2] >= 0x90 && p[2] <= 0x94 ? HYPHEN : 0;	/* hyphens and dashes */
	}
	if (p[0] == 0xE2 && p[1] == 0x88 && p[2] == 0x92)
		return HYPHEN;			/* minus sign */
	if (p[0] == 0xE3)
		return p[1] == 0x80 && p[2] == 0x80 ? SPACE : 0;	/* ideographic space */
	/* Full-width forms of ASCII's 21 to 7E, as Japanese files have them. */
	if (p[0] == 0xEF && p[1] == 0xBC && p[2] >= 0x81 && p[2] <= 0xBF)
		return kinds[p[2] - 0x81 + 0x21];
	if (p[0] == 0xEF && p[1] == 0xBD && p[2] >= 0x80 && p[2] <= 0x9E)
		return kinds[p[2] - 0x80 + 0x60];
	return 0;
}

/* A text on its way to a code. */
typedef struct reading
{
	tm_system	system;
	const shape *form;
	uint8_t		value[TM_CODE_MAX + 1];
	size_t		place[TM_CODE_MAX + 1]; /* byte where each character stood */
	unsigned	n;
	bool		dotted;
	bool		filled;			/* a hyphen stood for the fifth character */
	bool		loose;			/* decoration that only may stand at the end */
	size_t		loose_at;
	tm_code_fault fault;
	size_t		where;
} reading;

/* Notes what makes the text no code, and at which byte. */
static void
fail(reading *r, tm_code_fault fault, size_t where)
{
	r->fault = fault;
	r->where = where;
}

/* Notes decoration that is only fine when nothing follows. */
static void
set_loose(reading *r, size_t at)
{
	if (!r->loose)
		r->loose_at = at;
	r->loose = true;
}

/* Takes one character of the code proper. */
static void
take(reading *r, uint8_t value, size_t at)
{
	if (r->loose)
		fail(r, TM_CODE_SEPARATOR, r->loose_at);
	else if (r->n > TM_CODE_MAX)
		fail(r, TM_CODE_LONG, at);
	else
	{
		if (r->n == 0)
			r->form = shape_of(r->system, value);
		r->value[r->n] = value;
		r->place[r->n++] = at;
	}
}

/* Takes a hyphen: part of a K code, decoration at its place, the NHS's filler, or the end. */
static void
take_hyphen(reading *r, size_t at)
{
	if (r->system == TM_KCODE && r->n > 0)
		take(r, HYPHEN, at);
	else if (r->n == 0 || r->n != r->form->hyphen)
	{
		if (r->system == TM_ICD10 && r->n == 4 && !r->loose)
			r->filled = true;
		else
			set_loose(r, at);
	}
}

/* Takes one character of any other kind. */
static void
take_other(reading *r, uint8_t kind, size_t at)
{
	switch (kind)
	{
		case SPACE:
			if (r->n > 0 && !r->form->spaces)
				set_loose(r, at);
			break;
		case DOT:
			if (r->n > 0 && r->n == r->form->dot && !r->dotted)
				r->dotted = true;
			else
				set_loose(r, at);
			break;
		case HYPHEN:
			take_hyphen(r, at);
			break;
		case PLUS:
			if (r->system == TM_CIM10 && r->n > 0)
				take(r, PLUS, at);
			else if (r->n > 0 && r->form->marks)
				set_loose(r, at);
			else
				fail(r, TM_CODE_STRANGE, at);
			break;
		case MARK:
			if (r->n > 0 && r->form->marks)
				set_loose(r, at);
			else
				fail(r, TM_CODE_STRANGE, at);
			break;
		case PUNCTUATION:
			set_loose(r, at);
			break;
		default:
			fail(r, TM_CODE_STRANGE, at);
	}
}

/*
 * Drops what stands behind the code: a dagger written + and empty branches;
 * in ICD-10 the NHS's A or D (asterisk, dagger) and its filler X
 * (NHS Data Dictionary, ICD-10 code, format an4 to an6).
 */
static void
drop_tail(reading *r)
{
	while (r->n > 0 && r->value[r->n - 1] < DIGIT)
		r->n--;
	if (r->system != TM_ICD10)
		return;
	if (r->n > 4 && (r->value[r->n - 1] == VALUE('A') || r->value[r->n - 1] == VALUE('D')))
		r->n--;
	else if (r->filled && r->n > 4)
		fail(r, TM_CODE_SEPARATOR, r->place[4] - 1);
	if (r->n == 4 && r->value[3] == VALUE('X'))
		r->n--;
}

/* Checks the characters against the shape; a prefix may be shorter than a code. */
static void
check_shape(reading *r, bool prefix, size_t end)
{
	unsigned	n = r->n < r->form->max ? r->n : r->form->max;

	for (unsigned i = 0; i < n; i++)
	{
		tm_code_fault fault = check_place(r->form->places[i], r->value[i]);

		if (fault != TM_CODE_FINE)
		{
			fail(r, fault, r->place[i]);
			return;
		}
	}
	if (r->n > r->form->max)
		fail(r, TM_CODE_LONG, r->place[r->form->max]);
	else if (!prefix && r->n < r->form->min)
		fail(r, TM_CODE_SHORT, end);
}

/* Takes all characters of a text. */
static void
read_text(reading *r, const unsigned char *text, size_t len)
{
	for (size_t i = 0; i < len && r->fault == TM_CODE_FINE; i++)
	{
		uint8_t		kind = kinds[text[i]];
		size_t		at = i,
					width;

		if (kind == WIDE)
		{
			kind = wide_kind(text + i, len - i, &width);
			i += width - 1;
		}
		if (kind >= DIGIT && kind < VALUES)
			take(r, kind, at);
		else
			take_other(r, kind, at);
	}
}

/*
 * Reads a code, or a prefix of codes, of a system. TM_SYNTAX: it is none, for
 * the fault at byte *where (the length when something is missing).
 */
tm_status
tm_code_read(tm_system s, const char *text, size_t len, bool prefix,
			 tm_key *key, tm_code_fault *fault, size_t *where)
{
	reading		r;
	tm_key		k = (tm_key) s << 56;

	r.system = s;
	r.form = &shapes[s];
	r.n = 0;
	r.dotted = r.filled = r.loose = false;
	r.fault = TM_CODE_FINE;
	r.where = 0;
	read_text(&r, (const unsigned char *) text, len);
	if (r.fault == TM_CODE_FINE)
		drop_tail(&r);
	if (r.fault == TM_CODE_FINE)
	{
		if (r.n == 0)
			fail(&r, TM_CODE_EMPTY, len);
		else
			check_shape(&r, prefix, len);
	}
	*fault = r.fault;
	*where = r.where;
	if (r.fault != TM_CODE_FINE)
		return TM_SYNTAX;
	for (unsigned i = 0; i < r.n; i++)
		k |= (tm_key) r.value[i] << (50 - 6 * i);
	*key = k;
	return TM_OK;
}

/* The number of characters of a key. */
unsigned
tm_key_length(tm_key key)
{
	unsigned	n = 0;

	while (n < TM_CODE_MAX && (key >> (50 - 6 * n) & 63) != 0)
		n++;
	return n;
}

/* Writes a key's code in its canonical form and returns its length; buf holds TM_CODE_TEXT bytes. */
size_t
tm_key_format(tm_key key, char *buf)
{
	unsigned	n = tm_key_length(key);

	for (unsigned i = 0, v; i < n; i++)
	{
		v = key >> (50 - 6 * i) & 63;
		buf[i] = (char) (v == PLUS ? '+' : v == HYPHEN ? '-' : v < LETTER ? '0' + v - DIGIT : 'A' + v - LETTER);
	}
	buf[n] = '\0';
	return n;
}
