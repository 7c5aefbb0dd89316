/* Eight lanes of multiply and rotate, each step a bijection of its lane: one changed word always shows. */
#include <string.h>

#include "format.h"

static uint64_t mix(uint64_t lane, uint64_t word)
{
	lane = (lane ^ word) * 0x9fb21c651e98df25u;
	return lane << 29 | lane >> 35;
}

uint64_t bank_sum(const void *data, uint64_t size)
{
	const uint8_t *p = data;
	uint64_t lanes[8], words[8];
	for (uint64_t k = 0; k < 8; k++)
		lanes[k] = (k + 1) * 0xa0761d6478bd642fu;
	for (uint64_t left = size; left; left -= left < 64 ? left : 64, p += 64) {
		if (left < 64)
			memset(words, 0, sizeof words);
		memcpy(words, p, left < 64 ? left : 64);
		for (int k = 0; k < 8; k++)
			lanes[k] = mix(lanes[k], words[k]);
	}
	uint64_t sum = size;
	for (int k = 0; k < 8; k++)
		sum = mix(sum, lanes[k]);
	return sum ^ sum >> 32;
}
