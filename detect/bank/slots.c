#include "slots.h"

struct words planted_hash(uint32_t n)
{
	struct words x;
	uint64_t state = 0x4c61436861426e6bu + n;
	for (int k = 0; k < 4; k++) { /* splitmix64 */
		uint64_t z = state += 0x9e3779b97f4a7c15u;
		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
		z = (z ^ z >> 27) * 0x94d049bb133111ebu;
		x.w[k] = z ^ z >> 31;
	}
	return x;
}

/* Every other slot gets its full share of differing bits, all within the bucket address, so that it looks
 * elsewhere; slot n gets one fewer. */
struct words planted_query(uint32_t n)
{
	struct words x = planted_hash(n);
	for (uint32_t slot = 0; slot < BANK_SLOTS; slot++)
		for (uint32_t k = slot == n; k < slot_share(slot, 31); k++) {
			uint32_t bit = slot_start(slot) + (n + k) % BANK_BITS_MIN;
			x.w[bit / 64] ^= (uint64_t)1 << bit % 64;
		}
	return x;
}
