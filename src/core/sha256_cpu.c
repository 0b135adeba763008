/*
 * sha256_cpu.c - takes blocks into a SHA-256 with the processor's own instructions.
 *
 * The build asks for no such processor: whether this one has them is asked when
 * a digest begins. Bits are those of the portable code, for it is all integers.
 * Instructions: Gulley et al. (2013), Intel SHA Extensions, Intel 402097.
 */
#include "sha256_cpu.h"

#if defined(__x86_64__) && defined(__GNUC__)

#include <cpuid.h>
#include <immintrin.h>

/* True when the processor has them: leaf 7 says SHA, leaf 1 SSSE3 and SSE4.1, which go with it. */
bool
tm_sha256_cpu_has(void)
{
	unsigned	a,
				b,
				c,
				d;

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1))
		return false;
	return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & 1u << 29) != 0;
}

/* Four rounds with the words w + k; the instruction does two, on the lower half of its last argument. */
#define ROUNDS(w, i) \
	do { \
		__m128i		m = _mm_add_epi32(w, _mm_loadu_si128((const __m128i *) (tm_sha256_k + 4 * (i)))); \
		cdgh = _mm_sha256rnds2_epu32(cdgh, abef, m); \
		abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(m, 0x0E)); \
	} while (0)

/* The next four words of the schedule, in place of the oldest: w0 from w0 to w3, oldest first. */
#define SCHEDULE(w0, w1, w2, w3) \
	w0 = _mm_sha256msg2_epu32(_mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4)), w3)

#define WITH_SHA __attribute__((target("sha,ssse3,sse4.1")))

/* Takes so many blocks of 64 bytes into the hash. */
WITH_SHA void
tm_sha256_cpu_take(uint32_t hash[8], const uint8_t *p, size_t blocks)
{
	const __m128i big_endian = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
	__m128i		cdab = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *) hash), 0xB1);
	__m128i		efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *) (hash + 4)), 0x1B);
	/* The order that the instructions want. */
	__m128i		abef = _mm_alignr_epi8(cdab, efgh, 8);
	__m128i		cdgh = _mm_blend_epi16(efgh, cdab, 0xF0);

	for (; blocks > 0; blocks--, p += 64)
	{
		__m128i		abef_before = abef,
					cdgh_before = cdgh;
		__m128i		w0 = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *) p), big_endian);
		__m128i		w1 = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *) (p + 16)), big_endian);
		__m128i		w2 = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *) (p + 32)), big_endian);
		__m128i		w3 = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *) (p + 48)), big_endian);

		ROUNDS(w0, 0);
		ROUNDS(w1, 1);
		ROUNDS(w2, 2);
		ROUNDS(w3, 3);
		for (int i = 4; i < 16; i += 4)
		{
			SCHEDULE(w0, w1, w2, w3);
			ROUNDS(w0, i);
			SCHEDULE(w1, w2, w3, w0);
			ROUNDS(w1, i + 1);
			SCHEDULE(w2, w3, w0, w1);
			ROUNDS(w2, i + 2);
			SCHEDULE(w3, w0, w1, w2);
			ROUNDS(w3, i + 3);
		}
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	cdab = _mm_shuffle_epi32(abef, 0x1B);	/* f e b a */
	efgh = _mm_shuffle_epi32(cdgh, 0xB1);
	_mm_storeu_si128((__m128i *) hash, _mm_blend_epi16(cdab, efgh, 0xF0));
	_mm_storeu_si128((__m128i *) (hash + 4), _mm_alignr_epi8(efgh, cdab, 8));
}

#else

/* True when the processor has them: others are not asked. */
bool
tm_sha256_cpu_has(void)
{
	return false;
}

/* Takes no block: nobody calls it where the answer above is no. */
void
tm_sha256_cpu_take(uint32_t hash[8], const uint8_t *p, size_t blocks)
{
	(void) hash;
	(void) p;
	(void) blocks;
}

#endif
