/* The learning itself: LIBLINEAR over hashed features, in two steps (words first, then messages). */
#ifndef DETECT_TRAIN_LEARN_H
#define DETECT_TRAIN_LEARN_H

#include "../model.h"
#include "corpus.h"

/* For each feature what it says about its own token and about the token to the left. */
struct tagger {
	double *own, *left;
	double bias;
};

/* One question about a whole message. */
struct head {
	double *weight;
	double stack[MODEL_STACK];
	double bias;
};

/* use[i] != 0: sample i takes part. */
struct tagger learn_tagger(const struct corpus *c, const uint8_t *use);

/* The summary of a message's token scores that the heads see. */
void tagger_stack(const struct tagger *t, const struct sample *s, double stack[MODEL_STACK]);

/* Stack values for every sample of use, each from a tagger that has not seen it. */
void learn_stacks(const struct corpus *c, const uint8_t *use, double (*stacks)[MODEL_STACK]);

/*
 * LIBLINEAR of Debian 12 weighs classes, not rows, so a row counts as often as its copies say. A label
 * of LABEL_UNKNOWN leaves the sample out; c is LIBLINEAR's cost of an error.
 */
struct lesson {
	const uint8_t *labels, *copies;
	double (*stacks)[MODEL_STACK];
	double c;
};

struct head learn_head(const struct corpus *c, const uint8_t *use, const struct lesson *lesson);
double head_value(const struct head *h, const struct sample *s, const double stack[MODEL_STACK]);

void tagger_free(struct tagger *t);
void head_free(struct head *h);

#endif
