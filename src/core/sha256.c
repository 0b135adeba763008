/*
 * sha256.c - SHA-256 (FIPS 180-4, section 6.2) and HMAC-SHA-256 (RFC 2104).
 *
 * The server has both, but its states hang on resource owners and cannot be
 * kept in an aggregate, and its HMAC prepares the key anew for every value.
 */
#include "sha256.h"
#include "sha256_cpu.h"

#include <string.h>

static const uint32_t start[8] = {
	0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
};

const uint32_t tm_sha256_k[64] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
};

#define ROTATE(x, n) ((x) >> (n) | (x) << (32 - (n)))

/* One round; the caller turns the eight letters instead of moving eight values. */
#define ROUND(a, b, c, d, e, f, g, h, i) \
	do { \
		uint32_t	t = h + (ROTATE(e, 6) ^ ROTATE(e, 11) ^ ROTATE(e, 25)) + (g ^ (e & (f ^ g))) + tm_sha256_k[i] + w[i]; \
		d += t; \
		h = t + (ROTATE(a, 2) ^ ROTATE(a, 13) ^ ROTATE(a, 22)) + ((a & b) | (c & (a | b))); \
	} while (0)

/* Takes one block of 64 bytes into the hash. */
static void
take_block(uint32_t hash[8], const uint8_t *p)
{
	uint32_t	w[64] = {0};	/* gcc -fanalyzer does not see that the loops fill it */
	uint32_t	a = hash[0],
				b = hash[1],
				c = hash[2],
				d = hash[3],
				e = hash[4],
				f = hash[5],
				g = hash[6],
				h = hash[7];

	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t) p[4 * i] << 24 | (uint32_t) p[4 * i + 1] << 16 | (uint32_t) p[4 * i + 2] << 8 | p[4 * i + 3];
	for (int i = 16; i < 64; i++)
		w[i] = w[i - 16] + (ROTATE(w[i - 15], 7) ^ ROTATE(w[i - 15], 18) ^ w[i - 15] >> 3)
			+ w[i - 7] + (ROTATE(w[i - 2], 17) ^ ROTATE(w[i - 2], 19) ^ w[i - 2] >> 10);
	for (int i = 0; i < 64; i += 8)
	{
		ROUND(a, b, c, d, e, f, g, h, i);
		ROUND(h, a, b, c, d, e, f, g, i + 1);
		ROUND(g, h, a, b, c, d, e, f, i + 2);
		ROUND(f, g, h, a, b, c, d, e, i + 3);
		ROUND(e, f, g, h, a, b, c, d, i + 4);
		ROUND(d, e, f, g, h, a, b, c, i + 5);
		ROUND(c, d, e, f, g, h, a, b, i + 6);
		ROUND(b, c, d, e, f, g, h, a, i + 7);
	}
	hash[0] += a;
	hash[1] += b;
	hash[2] += c;
	hash[3] += d;
	hash[4] += e;
	hash[5] += f;
	hash[6] += g;
	hash[7] += h;
}

/* Takes so many blocks into the hash, by the processor's instructions when it has them. */
static void
take_blocks(bool cpu, uint32_t hash[8], const uint8_t *p, size_t blocks)
{
	if (cpu)
		tm_sha256_cpu_take(hash, p, blocks);
	else
	{
		for (; blocks > 0; blocks--, p += 64)
			take_block(hash, p);
	}
}

/* Begins a digest. Asking the processor is dear, above all in a virtual machine: the answer goes with the state and its copies. */
void
tm_sha256_start(tm_sha256 *s)
{
	memset(s, 0, sizeof *s);
	memcpy(s->h, start, sizeof start);
	s->cpu = tm_sha256_cpu_has();
}

/* Takes bytes into a digest. */
void
tm_sha256_add(tm_sha256 *s, const void *data, size_t length)
{
	const uint8_t *p = data;
	size_t		held = s->length % 64;

	s->length += length;
	if (held > 0)
	{
		size_t		part = length < 64 - held ? length : 64 - held;

		memcpy(s->block + held, p, part);
		p += part;
		length -= part;
		if (held + part < 64)
			return;
		take_blocks(s->cpu, s->h, s->block, 1);
	}
	if (length >= 64)
	{
		take_blocks(s->cpu, s->h, p, length / 64);
		p += length / 64 * 64;
		length %= 64;
	}
	if (length > 0)
		memcpy(s->block, p, length);
}

/* Gives the digest of what was taken; the state stays and can take more. */
void
tm_sha256_digest(const tm_sha256 *s, uint8_t digest[TM_SHA256_BYTES])
{
	uint32_t	h[8];
	uint8_t		block[64] = {0};
	size_t		held = s->length % 64;
	uint64_t	bits = s->length * 8;

	memcpy(h, s->h, sizeof h);
	memcpy(block, s->block, held);
	block[held] = 0x80;
	if (held >= 56)
	{
		take_blocks(s->cpu, h, block, 1);
		memset(block, 0, sizeof block);
	}
	for (int i = 0; i < 8; i++)
		block[56 + i] = (uint8_t) (bits >> (56 - 8 * i));
	take_blocks(s->cpu, h, block, 1);
	for (int i = 0; i < TM_SHA256_BYTES; i++)
		digest[i] = (uint8_t) (h[i / 4] >> (24 - 8 * (i % 4)));
}

/* Makes a key ready for tm_hmac: hashed when longer than a block, then its two blocks taken (RFC 2104, section 2). */
void
tm_hmac_prepare(tm_hmac_key *key, const void *secret, size_t length)
{
	uint8_t		block[64] = {0};

	if (length > sizeof block)
	{
		tm_sha256_start(&key->inner);
		tm_sha256_add(&key->inner, secret, length);
		tm_sha256_digest(&key->inner, block);
	}
	else if (length > 0)
		memcpy(block, secret, length);
	for (int i = 0; i < 64; i++)
		block[i] ^= 0x36;
	tm_sha256_start(&key->inner);
	tm_sha256_add(&key->inner, block, sizeof block);
	for (int i = 0; i < 64; i++)
		block[i] ^= 0x36 ^ 0x5c;
	tm_sha256_start(&key->outer);
	tm_sha256_add(&key->outer, block, sizeof block);
}

/* Gives the HMAC-SHA-256 of some bytes under a prepared key. */
void
tm_hmac(const tm_hmac_key *key, const void *data, size_t length, uint8_t digest[TM_SHA256_BYTES])
{
	tm_sha256	s = key->inner;

	tm_sha256_add(&s, data, length);
	tm_sha256_digest(&s, digest);
	s = key->outer;
	tm_sha256_add(&s, digest, TM_SHA256_BYTES);
	tm_sha256_digest(&s, digest);
}
