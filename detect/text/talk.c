/*
 * What a series of messages shows. For every signal the strongest sighting counts once, however often it
 * comes back; a hundred harmless messages do not add up to a stage, and two stages weeks apart do.
 */
#include <math.h>
#include <stdlib.h>

#include "rules.h"

struct detect_talk {
	double doubt[DETECT_TOPICS][SIGNALS]; /* 1 - strongest sighting */
	double worst[DETECT_TOPICS];
	double n, mean, m2, m3; /* running moments of the messages' highest scores */
	int urgent;
};

struct detect_talk *detect_talk_new(void)
{
	struct detect_talk *t = calloc(1, sizeof *t);
	for (size_t i = 0; t && i < DETECT_TOPICS; i++)
		for (size_t s = 0; s < SIGNALS; s++)
			t->doubt[i][s] = 1;
	return t;
}

void detect_talk_free(struct detect_talk *talk)
{
	free(talk);
}

static size_t signal_index(const char *name)
{
	for (enum signal s = 0; s < SIGNALS; s++)
		if (signal_name(s) == name)
			return s;
	return 0;
}

/* The third moment by one pass (Pébay, "Formulas for robust, one-pass parallel computation", 2008). */
static void add_moment(struct detect_talk *t, double x)
{
	double n = t->n + 1, delta = x - t->mean, step = delta / n, term = delta * step * t->n;
	t->n = n;
	t->mean += step;
	t->m3 += term * step * (n - 2) - 3 * step * t->m2;
	t->m2 += term;
}

static double skewness(const struct detect_talk *t)
{
	return t->n < 10 || t->m2 <= 1e-12 ? 0 : sqrt(t->n) * t->m3 / (t->m2 * sqrt(t->m2));
}

void detect_talk_add(struct detect_talk *talk, const struct detect_screening *message,
	struct detect_talk_state *state)
{
	double highest = 0;
	for (size_t i = 0; i < message->signal_count; i++) {
		const struct detect_signal *s = message->signals + i;
		double *doubt = &talk->doubt[s->topic][signal_index(s->name)];
		*doubt = fmin(*doubt, 1 - s->percent / 100.0);
	}
	for (size_t t = 0; t < DETECT_TOPICS; t++) {
		double together = 1;
		for (size_t s = 0; s < SIGNALS; s++)
			together *= talk->doubt[t][s];
		talk->worst[t] = fmax(talk->worst[t], message->score[t]);
		state->score[t] = fmax(talk->worst[t], 1 - together);
		highest = fmax(highest, message->score[t]);
	}
	add_moment(talk, highest);
	talk->urgent |= message->urgent || state->score[DETECT_GROOMING] >= 0.8;
	state->urgent = talk->urgent;
	state->messages = (uint32_t)talk->n;
	state->skewness = skewness(talk);
}
