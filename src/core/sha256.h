/*
 * sha256.h - SHA-256 (FIPS 180-4) and HMAC-SHA-256 (RFC 2104) as flat structs:
 * a digest can be the state of an aggregate, and a key is prepared only once.
 */
#ifndef TMAP_SHA256_H
#define TMAP_SHA256_H

#include "core.h"

#define TM_SHA256_BYTES 32

typedef struct tm_sha256
{
	uint32_t	h[8];
	uint64_t	length;			/* bytes taken so far */
	bool		cpu;			/* blocks are taken by the processor's instructions */
	uint8_t		block[64];		/* the last, incomplete block */
} tm_sha256;

/* A key made ready: the states behind its inner and its outer block. */
typedef struct tm_hmac_key
{
	tm_sha256	inner;
	tm_sha256	outer;
} tm_hmac_key;

void		tm_sha256_start(tm_sha256 *s);
void		tm_sha256_add(tm_sha256 *s, const void *data, size_t length);
void		tm_sha256_digest(const tm_sha256 *s, uint8_t digest[TM_SHA256_BYTES]);
void		tm_hmac_prepare(tm_hmac_key *key, const void *secret, size_t length);
void		tm_hmac(const tm_hmac_key *key, const void *data, size_t length, uint8_t digest[TM_SHA256_BYTES]);

#endif
