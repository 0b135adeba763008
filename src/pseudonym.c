/*
 * pseudonym.c - pseudonyms of identifiers, and the setting that holds their key.
 *
 * The key lives in the session only. It is not shown, not listed, and not
 * taken from where it would be stored: files and the catalogue of roles and databases.
 */
#include "pseudonym.h"

#include "utils/builtins.h"
#include "utils/guc.h"

#include "core/stay_value.h"

#define MIN_KEY 16				/* bytes; a shorter key can be found by trying */

/* tmap's only settings of the session: what the key is, and the key made ready. */
static char *key_setting = NULL;
static tm_hmac_key key_ready;
static size_t key_length = 0;

/* Refuses the key from any place that stores it. */
static bool
check_key(char **value, void **extra, GucSource source)
{
	if (*value == NULL || **value == '\0')
		return true;
	if (source == PGC_S_FILE || source == PGC_S_GLOBAL || source == PGC_S_DATABASE || source == PGC_S_USER
		|| source == PGC_S_DATABASE_USER || source == PGC_S_TEST)
	{
		/* Without a message of its own the server's would show the value. */
		GUC_check_errmsg("the pseudonym key cannot be stored in the server");
		GUC_check_errhint("Give it with the connection: PGOPTIONS=\"-c tmap.pseudonym_key=...\".");
		return false;
	}
	return true;
}

/* Makes the key ready. */
static void
assign_key(const char *value, void *extra)
{
	key_length = value == NULL ? 0 : strlen(value);
	tm_hmac_prepare(&key_ready, value, key_length);
}

/* What SHOW answers: whether there is a key. */
static const char *
show_key(void)
{
	return key_length > 0 ? "(set)" : "";
}

/* Defines the setting; called when the library is loaded. */
void
tmap_pseudonym_init(void)
{
	DefineCustomStringVariable("tmap.pseudonym_key",
							   "Key of the pseudonyms of patients and stays.",
							   "At least 16 bytes. Give it with the connection, so that no log has it.",
							   &key_setting, NULL, PGC_USERSET,
							   GUC_NO_SHOW_ALL | GUC_NOT_IN_SAMPLE | GUC_DISALLOW_IN_FILE,
							   check_key, assign_key, show_key);
}

/* The key made ready; an error when there is none or it is too short. */
const tm_hmac_key *
tmap_pseudonym_key(void)
{
	if (key_length == 0)
		ereport(ERROR,
				(errcode(ERRCODE_OBJECT_NOT_IN_PREREQUISITE_STATE),
				 errmsg("there is no pseudonym key"),
				 errhint("Give one with the connection: PGOPTIONS=\"-c tmap.pseudonym_key=...\".")));
	if (key_length < MIN_KEY)
		ereport(ERROR,
				(errcode(ERRCODE_INVALID_PARAMETER_VALUE),
				 errmsg("the pseudonym key is too short"),
				 errdetail("It has %zu bytes; at least %d are needed.", key_length, MIN_KEY),
				 errhint("\"openssl rand -hex 32\" makes a good one.")));
	return &key_ready;
}

/* The pseudonym of an identifier: the first 128 bits of its HMAC-SHA-256. */
void
tmap_pseudonym_of(const tm_hmac_key *key, const char *id, size_t length, pg_uuid_t *out)
{
	uint8_t		digest[TM_SHA256_BYTES];

	tm_hmac(key, id, length, digest);
	memcpy(out->data, digest, UUID_LEN);
}

PG_FUNCTION_INFO_V1(tmap_pseudonym);
/* pseudonym(id): the pseudonym of an identifier without the blanks around it, NULL for an empty one. */
Datum
tmap_pseudonym(PG_FUNCTION_ARGS)
{
	text	   *id = PG_GETARG_TEXT_PP(0);
	const tm_hmac_key *key = tmap_pseudonym_key();
	tm_piece	p = tm_piece_trim(VARDATA_ANY(id), VARSIZE_ANY_EXHDR(id));
	pg_uuid_t  *out;

	if (p.length == 0)
		PG_RETURN_NULL();
	out = palloc(sizeof *out);
	tmap_pseudonym_of(key, p.at, p.length, out);
	PG_RETURN_UUID_P(out);
}

PG_FUNCTION_INFO_V1(tmap_pseudonym_key_fingerprint);
/* pseudonym_key_fingerprint(): 16 hexadecimal digits that tell keys apart. */
Datum
tmap_pseudonym_key_fingerprint(PG_FUNCTION_ARGS)
{
	static const char what[] = "tmap: fingerprint of the pseudonym key";
	uint8_t		digest[TM_SHA256_BYTES];
	char		hex[17];

	tm_hmac(tmap_pseudonym_key(), what, sizeof what - 1, digest);
	hex_encode((const char *) digest, 8, hex);
	hex[16] = '\0';
	PG_RETURN_TEXT_P(cstring_to_text(hex));
}
