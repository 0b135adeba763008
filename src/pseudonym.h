/*
 * pseudonym.h - digests, and the keyed hash that stands for an identifier.
 */
#ifndef TMAP_PSEUDONYM_H
#define TMAP_PSEUDONYM_H

#include "glue.h"

#include "utils/uuid.h"

#include "core/sha256.h"

extern Datum tmap_sha256_hex(const tm_sha256 *sha);
extern void tmap_pseudonym_init(void);
extern const tm_hmac_key *tmap_pseudonym_key(void);
extern void tmap_pseudonym_of(const tm_hmac_key *key, const char *id, size_t length, pg_uuid_t *out);

#endif
