/*
 * Rules: which concepts together are a signal. They speak for what no labelled data covers, and each is a line
 * that a person can read, doubt and change (rules.def).
 */
#ifndef DETECT_TEXT_RULES_H
#define DETECT_TEXT_RULES_H

#include "lachan/detect.h"
#include "terms.h"

struct rule {
	uint8_t topic;    /* enum detect_topic */
	uint8_t signal;   /* enum signal */
	uint8_t percent;  /* how far the signal alone goes towards "yes" */
	uint8_t window;   /* most tokens from the first to the last word, 0: the whole message */
	uint64_t needs, unless; /* concepts */
};

enum signal {
#define SIGNAL(id, name, vi, en) S_##id,
#include "signals.def"
#undef SIGNAL
	SIGNALS
};

const char *signal_name(enum signal signal);
const char *signal_why(enum signal signal, int english);

/* What the rules found in one stretch: for each signal the strongest rule, 0 where there is none. */
struct findings {
	uint8_t percent[SIGNALS], topic[SIGNALS];
	uint16_t first[SIGNALS], last[SIGNALS]; /* tokens */
};

void rules_apply(const struct hits *hits, struct findings *found);

#endif
