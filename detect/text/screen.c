/* The screening of one message: readings, rules, model, and what they say together. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "links.h"
#include "model.h"
#include "rules.h"
#include "status.h"

struct detect_text {
	struct text_model model;
	struct terms *terms;
};

enum detect_status detect_text_open(struct detect_text **text, const void *model, size_t model_size,
	struct detect_error *error)
{
	struct detect_text *t = calloc(1, sizeof *t);
	*text = NULL;
	if (!model)
		model = model_builtin(&model_size);
	if (!t || !(t->terms = terms_new())) {
		free(t);
		return detect_fail(DETECT_MEMORY, error, "out of memory");
	}
	if (!model_open(&t->model, model, model_size)) {
		detect_text_close(t);
		return detect_fail(DETECT_BROKEN, error, "the text model is of another version or damaged");
	}
	*text = t;
	return DETECT_OK;
}

void detect_text_close(struct detect_text *text)
{
	if (text)
		terms_free(text->terms);
	free(text);
}

const char *detect_topic_name(enum detect_topic topic)
{
	static const char *const names[] = { "grooming", "sextortion", "threat", "bullying", "self_harm", "lure" };
	return (size_t)topic < DETECT_TOPICS ? names[topic] : NULL;
}

const char *detect_text_why(const char *name, const char *language)
{
	for (enum signal s = 0; s < SIGNALS; s++)
		if (!strcmp(signal_name(s), name))
			return signal_why(s, language && !strncmp(language, "en", 2));
	return NULL;
}

static void add_signal(struct detect_screening *out, struct detect_signal signal)
{
	if (out->signal_count == DETECT_SIGNALS_MAX)
		out->signals_left_out++;
	else
		out->signals[out->signal_count++] = signal;
}

static void add_tokens(struct detect_screening *out, const struct reading *r, size_t first, size_t last,
	struct detect_signal signal)
{
	reading_bytes(r, first, last, &signal.start, &signal.end);
	add_signal(out, signal);
}

static double logistic(double x)
{
	return 1 / (1 + exp(-x));
}

static void raise_to(double *score, double value)
{
	if (value > *score)
		*score = value;
}

static void add_findings(struct detect_screening *out, const struct reading *r, const struct findings *f)
{
	double doubt[DETECT_TOPICS];
	for (size_t t = 0; t < DETECT_TOPICS; t++)
		doubt[t] = 1;
	for (enum signal s = 0; s < SIGNALS; s++) {
		if (!f->percent[s])
			continue;
		doubt[f->topic[s]] *= 1 - f->percent[s] / 100.0;
		add_tokens(out, r, f->first[s], f->last[s],
			(struct detect_signal){ .name = signal_name(s), .topic = f->topic[s],
				.percent = f->percent[s] });
	}
	for (size_t t = 0; t < DETECT_TOPICS; t++)
		raise_to(&out->score[t], 1 - doubt[t]);
}

/* Where nobody taught the model which words are meant (English), the word that adds most stands for it. */
static void add_weightiest(struct detect_screening *out, const struct reading *r, const struct judgement *j,
	struct detect_signal signal)
{
	size_t best = 0;
	for (size_t i = 1; i < r->token_count; i++)
		if (j->insult[i] > j->insult[best])
			best = i;
	add_tokens(out, r, best, best, signal);
}

static void add_judgement(struct detect_screening *out, const struct reading *r, const struct judgement *j)
{
	double insult = logistic(j->head[HEAD_INSULT]), hate = logistic(j->head[HEAD_HATE]);
	raise_to(&out->insult, insult);
	raise_to(&out->hate, hate);
	raise_to(&out->score[DETECT_BULLYING], fmax(insult, hate));
	if (insult < 0.5 && hate < 0.5)
		return;
	struct detect_signal signal = { .name = signal_name(hate >= 0.5 ? S_HATE : S_INSULT),
		.topic = DETECT_BULLYING, .percent = (uint8_t)(100 * fmax(insult, hate)) };
	size_t found = 0;
	for (size_t i = 0; i < r->token_count; i++) {
		size_t first = i;
		while (i < r->token_count && j->token[i] > 0)
			i++;
		if (i > first) {
			add_tokens(out, r, first, i - 1, signal);
			found++;
		}
	}
	if (!found && r->token_count)
		add_weightiest(out, r, j, signal);
}

static void add_links(struct detect_screening *out, const char *message, size_t n,
	const struct detect_domains *blocked)
{
	struct link link = { 0 };
	while (links_next(message, n, &link))
		if (detect_domains_covers(blocked, message + link.host, link.host_length, NULL)) {
			add_signal(out, (struct detect_signal){ .start = (uint32_t)link.start, .end = (uint32_t)link.end,
				.name = signal_name(S_LINK), .topic = DETECT_LURE, .percent = 90 });
			raise_to(&out->score[DETECT_LURE], 0.9);
		}
}

static int has_signal(const struct detect_screening *s, enum signal wanted)
{
	for (size_t i = 0; i < s->signal_count; i++)
		if (s->signals[i].name == signal_name(wanted))
			return 1;
	return 0;
}

/* Life, body, blackmail: what cannot wait for office hours. */
static int is_urgent(const struct detect_screening *s)
{
	return s->score[DETECT_SELF_HARM] >= 0.5 || s->score[DETECT_SEXTORTION] >= 0.5
		|| (s->score[DETECT_THREAT] >= 0.5 && has_signal(s, S_KILL))
		|| (s->score[DETECT_GROOMING] >= 0.5 && has_signal(s, S_MEETING)) || has_signal(s, S_INCITEMENT);
}

void detect_text_screen(const struct detect_text *text, const char *message, size_t n,
	const struct detect_domains *blocked, struct detect_screening *out)
{
	struct reading reading;
	struct hits hits;
	struct findings found;
	struct judgement judgement;
	memset(out, 0, offsetof(struct detect_screening, signals));
	n = n < UINT32_MAX ? n : UINT32_MAX - 1;
	for (size_t from = 0; from < n; from = reading.next) {
		reading_of(&reading, message, n, from);
		if (!reading.token_count)
			continue;
		terms_find(text->terms, &reading, &hits);
		rules_apply(&hits, &found);
		add_findings(out, &reading, &found);
		model_judge(&text->model, &reading, &judgement);
		add_judgement(out, &reading, &judgement);
	}
	if (blocked)
		add_links(out, message, n, blocked);
	out->urgent = is_urgent(out);
}
