/*
 * code.h - codes of medical code systems: what they look like, how real files
 * write them, and their canonical form packed into one sortable word.
 */
#ifndef TMAP_CODE_H
#define TMAP_CODE_H

#include "core.h"

/* The numbers are stored in codebooks: never renumber, only append, fewer than TM_SYSTEM_ROOM. */
typedef enum tm_system
{
	TM_NO_SYSTEM = 0,
	TM_ICD10,
	TM_CIM10,
	TM_ICD10GM,
	TM_ICD10CM,
	TM_ICD9CM,
	TM_ICD9CM_PX,
	TM_CCAM,
	TM_OPS,
	TM_OPCS4,
	TM_ICD10PCS,
	TM_CPT,
	TM_KCODE,
	TM_MBS,
	TM_MSDRG,
	TM_SYSTEMS					/* one more than the last */
} tm_system;

#define TM_SYSTEM_ROOM 16
#define TM_SYSTEM_TEXT 16		/* bytes of a system's name with its zero */

/*
 * A code in one word: 8 bits system, nine characters of 6 bits, 2 bits free.
 * Words sort as (system, ASCII), and the codes with a prefix are a range.
 */
typedef uint64_t tm_key;

#define TM_CODE_MAX 9			/* characters of a code */
#define TM_CODE_TEXT (TM_CODE_MAX + 1)

/* Why a text is no code of its system. */
typedef enum tm_code_fault
{
	TM_CODE_FINE = 0,
	TM_CODE_EMPTY,				/* nothing but decoration */
	TM_CODE_SHORT,
	TM_CODE_LONG,
	TM_CODE_STRANGE,			/* a character that no code of the system has */
	TM_CODE_DIGIT,				/* a digit is expected here */
	TM_CODE_LETTER,				/* a letter is expected here */
	TM_CODE_HYPHEN,				/* a hyphen is expected here */
	TM_CODE_ZERO,				/* a leading zero */
	TM_CODE_SEPARATOR			/* dot, hyphen, space or mark inside, where the system has none */
} tm_code_fault;

/* The key's first so many characters. */
static inline tm_key
tm_key_prefix(tm_key key, unsigned characters)
{
	return key & ~(((tm_key) 1 << (56 - 6 * characters)) - 1);
}

/* The key's code system. */
static inline tm_system
tm_key_system(tm_key key)
{
	return (tm_system) (key >> 56);
}

tm_status	tm_system_parse(const char *name, size_t len, tm_system *out);
const char *tm_system_name(tm_system s);
tm_status	tm_code_read(tm_system s, const char *text, size_t len, bool prefix,
						 tm_key *key, tm_code_fault *fault, size_t *where);
unsigned	tm_key_length(tm_key key);
size_t		tm_key_format(tm_key key, char *buf);

#endif
