/* Labelled messages, read once and kept as features. Used by the trainer only. */
#ifndef DETECT_TRAIN_CORPUS_H
#define DETECT_TRAIN_CORPUS_H

#include "../grams.h"

enum source { SOURCE_VIHOS, SOURCE_DAVIDSON, SOURCE_HATECHECK, SOURCE_SYNTHETIC, SOURCES };

enum { LABEL_NO = 0, LABEL_YES = 1, LABEL_UNKNOWN = 2 };

/* One message in one spelling. A Vietnamese message is there twice, as typed and without diacritics. */
struct sample {
	struct feature *features;
	uint32_t feature_count, token_count;
	uint8_t *tags;          /* one a token: 1 where annotators marked it; NULL where nobody marked tokens */
	uint32_t row;           /* samples of one message have the same row, so that folds never part them */
	uint8_t source, stripped, insult, hate, fold;
	uint8_t foreign;        /* as reading_foreign */
};

struct corpus {
	struct sample *at;
	size_t count, room;
	uint32_t rows;
};

/* A file that cannot be read ends the program with a message: training has no use for half of the data. */
void corpus_add_vihos(struct corpus *c, const char *path);
void corpus_add_davidson(struct corpus *c, const char *path);
void corpus_add_hatecheck(struct corpus *c, const char *path);

/* Lines "label<TAB>text": only those that say how rude they are (benign, bullying) are taken. */
void corpus_add_synthetic(struct corpus *c, const char *path);

/* Deals the rows of each source into `folds` folds, in an order that the seed decides. */
void corpus_deal(struct corpus *c, unsigned folds, uint64_t seed);

#endif
