/*
 * Features: what the model looks at. Each is a hash of a piece of a token (two to four letters with the edges
 * of the word, the word itself) or of neighbouring words, once without diacritics and, where the message has
 * any, once with them.
 */
#ifndef DETECT_TEXT_GRAMS_H
#define DETECT_TEXT_GRAMS_H

#include "reading.h"

enum { GRAMS_MAX = 16 * READING_GLYPHS_MAX };

/* Pieces of words and whole words count as two views of a message, each of length one. */
enum feature_kind {
	FEATURE_PIECE,
	FEATURE_WORD,
	FEATURE_PAIR /* words too; also says something about token - 1 */
};

struct feature {
	uint32_t hash;
	uint16_t token; /* the token it belongs to; the right one of a pair */
	uint16_t kind;
};

/* Writes the features in the order of tokens; returns how many. */
size_t grams_of(const struct reading *r, struct feature out[GRAMS_MAX]);

#endif
