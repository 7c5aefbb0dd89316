/* The shape of a Vietnamese syllable, without marks: onset, vowels, coda. */
#ifndef DETECT_TEXT_SYLLABLE_H
#define DETECT_TEXT_SYLLABLE_H

#include <stddef.h>

enum { SYLLABLES_MAX = 24 };

/*
 * Cuts n lower-case letters into syllables and writes the length of each. Returns how many, or 0 if the
 * letters cannot all be used up (the word is not Vietnamese, or is teencode).
 */
size_t syllables_cut(const char *letters, size_t n, unsigned char lengths[SYLLABLES_MAX]);

#endif
