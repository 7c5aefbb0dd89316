/* How a hash is cut into slots, buckets and sketches, and how a radius is shared among them. */
#ifndef BANK_SLOTS_H
#define BANK_SLOTS_H

#include <stdint.h>
#include <string.h>

#include "format.h"

/* A hash as four words; bit i is bit i % 64 of word i / 64. */
struct words {
	uint64_t w[4];
};

static inline struct words words_of(const uint8_t bits[32])
{
	struct words x;
	memcpy(x.w, bits, sizeof x.w);
	return x;
}

static inline struct words words_xor(struct words a, struct words b)
{
	for (int k = 0; k < 4; k++)
		a.w[k] ^= b.w[k];
	return a;
}

static inline uint32_t words_weight(struct words a)
{
	int weight = 0;
	for (int k = 0; k < 4; k++)
		weight += __builtin_popcountll(a.w[k]);
	return (uint32_t)weight;
}

/* n bits (1..32) from bit `at` on, wrapping round at 256. */
static inline uint32_t words_bits(const struct words *x, uint32_t at, uint32_t n)
{
	const uint32_t word = at / 64 % 4, shift = at % 64;
	uint64_t bits = x->w[word] >> shift;
	if (shift + n > 64)
		bits |= x->w[(word + 1) % 4] << (64 - shift);
	return (uint32_t)(bits & (((uint64_t)1 << n) - 1));
}

/* Slots 0, 4 and 8 have 24 bits, the others 23: together 256. */
static inline uint32_t slot_width(uint32_t slot)
{
	return slot % 4 == 0 ? 24 : 23;
}

static inline uint32_t slot_start(uint32_t slot)
{
	return 23 * slot + (slot + 3) / 4;
}

static inline uint32_t slot_next(uint32_t slot)
{
	return slot + 1 < BANK_SLOTS ? slot + 1 : 0;
}

static inline uint32_t slot_bucket(const struct words *x, uint32_t slot, uint32_t bucket_bits)
{
	return words_bits(x, slot_start(slot), bucket_bits);
}

/* The rest of the slot and the next slot, cut at 32 bits. */
static inline uint32_t slot_sketch(const struct words *x, uint32_t slot, uint32_t bucket_bits)
{
	uint32_t n = slot_width(slot) + slot_width(slot_next(slot)) - bucket_bits;
	return words_bits(x, slot_start(slot) + bucket_bits, n < 32 ? n : 32);
}

/* A slot's share of radius + 1. */
static inline uint32_t slot_share(uint32_t slot, uint32_t radius)
{
	return (radius + 1) / BANK_SLOTS + (slot < (radius + 1) % BANK_SLOTS);
}

/* The most bits that bucket address and sketch together may differ in. Only where the share is not 0. */
static inline uint32_t slot_limit(uint32_t slot, uint32_t radius)
{
	return slot_share(slot, radius) + slot_share(slot_next(slot), radius) - 1;
}

/* Whether the search in this slot comes upon an entry that differs from the query in x. */
static inline int slot_finds(const struct words *x, uint32_t slot, uint32_t bucket_bits, uint32_t radius)
{
	uint32_t h = (uint32_t)__builtin_popcount(slot_bucket(x, slot, bucket_bits));
	uint32_t sketch = (uint32_t)__builtin_popcount(slot_sketch(x, slot, bucket_bits));
	return h < slot_share(slot, radius) && h + sketch <= slot_limit(slot, radius);
}

/* Planted hash n, and a query at distance 31 from it that only slot n finds. */
struct words planted_hash(uint32_t n);
struct words planted_query(uint32_t n);

#endif
