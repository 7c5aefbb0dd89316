/*
 * The learned part: two steps over one table of weights. First each token gets a score (does this word belong
 * to an insult, as annotators of ViHOS marked it), then the message gets its scores from all pieces
 * of words, from the words, and from a summary of the token scores.
 */
#ifndef DETECT_TEXT_MODEL_H
#define DETECT_TEXT_MODEL_H

#include "grams.h"

enum { MODEL_VERSION = 2, MODEL_BITS = 18, MODEL_SIZE = 1 << MODEL_BITS, MODEL_STACK = 4 };

/* What each entry of the table says. */
enum lane { LANE_TOKEN, LANE_LEFT /* of a pair: about its left word */, LANE_INSULT, LANE_HATE, LANES };

enum { HEAD_INSULT, HEAD_HATE, HEADS };

/* The file: this header (little endian), then MODEL_SIZE times LANES int16. */
struct model_header {
	char magic[4]; /* "LCTX" */
	uint32_t version, bits, lanes;
	uint32_t checksum;         /* FNV-1a over all that follows this field */
	float scale[LANES];        /* weight = entry * scale */
	float token_bias, bias[HEADS];
	float stack[HEADS][MODEL_STACK];
	float slope[HEADS];        /* turns the distance from the border into log-odds */
};

struct text_model {
	const struct model_header *header;
	const int16_t (*table)[LANES];
};

struct judgement {
	double head[HEADS];                /* log-odds; above 0 is "yes" */
	float token[READING_TOKENS_MAX];   /* above 0: part of an insult */
	float insult[READING_TOKENS_MAX];  /* how much each token adds to the message's insult score */
};

uint32_t model_checksum(const void *data, size_t n);

/* Takes a file in memory, which must stay; 0 if it is not a model of this version or its checksum fails. */
int model_open(struct text_model *m, const void *data, size_t n);

/* The model that is compiled in. */
const void *model_builtin(size_t *n);

void model_judge(const struct text_model *m, const struct reading *r, struct judgement *j);

/* The summary of n token scores, zeros of none: as of foreign messages, since words are taught by Vietnamese alone. Shared with the trainer, so that both mean the same. */
void model_stack(const float *token, size_t n, double stack[MODEL_STACK]);

#endif
