/* One JSON line for each benchmark; times are the best of the repeats. */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <time.h>

static inline double bench_seconds(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* peer is the rate of the peer in the same unit; 0 when there is none. */
static inline void bench_print(
	const char *name, double value, const char *unit, const char *peer_name, double peer)
{
	printf("{\"bench\":\"%s\",\"value\":%.6g,\"unit\":\"%s\",\"peer\":\"%s\",\"peer_value\":%.6g,\"ratio\":%."
		   "4g}\n",
		name, value, unit, peer_name, peer, peer > 0 ? value / peer : 0.0);
	fflush(stdout);
}

static inline uint64_t bench_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

#endif
