/* The least a test program needs: CHECK counts and names failures, check_done() is main's return value. */
#ifndef CHECK_H
#define CHECK_H

#include <stdint.h>
#include <stdio.h>

#define CHECK_SKIP 77 /* the exit status by which a test says that it could not run */

static int check_failed, check_made;

#define CHECK(condition, ...)                                                                                \
	do {                                                                                                     \
		check_made++;                                                                                        \
		if (!(condition) && ++check_failed < 50) {                                                           \
			fprintf(stderr, "%s:%d: %s:", __FILE__, __LINE__, #condition);                                   \
			fprintf(stderr, " " __VA_ARGS__);                                                                \
			fputc('\n', stderr);                                                                             \
		}                                                                                                    \
	} while (0)

static inline int check_done(void)
{
	fprintf(stderr, "%d checks, %d failed\n", check_made, check_failed);
	return check_failed || !check_made;
}

/* A small generator (splitmix64): the same numbers on every machine. */
static inline uint64_t check_random(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

#endif
