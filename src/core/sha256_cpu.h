/*
 * sha256_cpu.h - the SHA-256 instructions of the processor, where it has them.
 */
#ifndef TMAP_SHA256_CPU_H
#define TMAP_SHA256_CPU_H

#include "core.h"

extern const uint32_t tm_sha256_k[64];

bool		tm_sha256_cpu_has(void);
void		tm_sha256_cpu_take(uint32_t hash[8], const uint8_t *p, size_t blocks);

#endif
