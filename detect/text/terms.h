/*
 * Terms: the words and phrases that stand for the concepts of concepts.def, found in a reading in one pass.
 * A trie over whole words; an edge fits a token of the same letters and marks, or of the same letters without
 * any mark.
 */
#ifndef DETECT_TEXT_TERMS_H
#define DETECT_TEXT_TERMS_H

#include "reading.h"

enum concept {
#define CONCEPT(name, terms) C_##name,
#include "concepts.def"
#undef CONCEPT
	CONCEPTS
};

enum { HITS_MAX = 400 };

struct hit {
	uint8_t concept;
	uint16_t first, last; /* tokens */
};

struct hits {
	uint64_t seen; /* bit for each concept */
	size_t count;
	struct hit at[HITS_MAX];
};

struct terms;

/* NULL when memory runs out. terms_free takes NULL. */
struct terms *terms_new(void);
void terms_free(struct terms *t);

void terms_find(const struct terms *t, const struct reading *r, struct hits *hits);

#endif
