#include "learn.h"

#include <linear.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Found by five-fold cross-validation; small changes make little difference. */
static const double tagger_c = 0.5, smoothing = 0.5;

/* Features of fewer messages say nothing to the heads: their ratios are chance. */
enum { MESSAGES_MIN = 3 };

/* Rows of a liblinear problem in one block of memory. */
struct rows {
	struct feature_node *node, **x;
	double *y;
	size_t node_count, row_count;
};

static void *taken(size_t n, size_t size)
{
	void *memory = calloc(n ? n : 1, size);
	if (!memory) {
		fprintf(stderr, "out of memory\n");
		exit(1);
	}
	return memory;
}

static struct rows rows_new(size_t nodes, size_t rows)
{
	return (struct rows){ .node = taken(nodes, sizeof(struct feature_node)), .x = taken(rows, sizeof(void *)),
		.y = taken(rows, sizeof(double)) };
}

static void rows_free(struct rows *r)
{
	free(r->node);
	free(r->x);
	free(r->y);
}

static int by_index(const void *a, const void *b)
{
	return ((const struct feature_node *)a)->index - ((const struct feature_node *)b)->index;
}

/* Sorts and adds up what was written since `from`, ends the row. */
static void end_row(struct rows *r, struct feature_node *from, size_t n, double y)
{
	size_t kept = 0;
	qsort(from, n, sizeof *from, by_index);
	for (size_t i = 0; i < n; i++)
		if (kept && from[kept - 1].index == from[i].index)
			from[kept - 1].value += from[i].value;
		else
			from[kept++] = from[i];
	from[kept] = (struct feature_node){ -1, 0 };
	r->x[r->row_count] = from;
	r->y[r->row_count++] = y;
	r->node_count = (size_t)(from - r->node) + kept + 1;
}

static void quiet(const char *line)
{
	(void)line;
}

static struct model *fit(struct rows *r, int columns, int solver, double c)
{
	struct problem p = { (int)r->row_count, columns, r->y, r->x, -1 };
	struct parameter how = { .solver_type = solver, .eps = 0.005, .C = c };
	set_print_string_function(quiet);
	srand(1); /* liblinear shuffles by rand: the same data give the same model */
	return train(&p, &how);
}

static void put(struct feature_node **at, uint32_t index, double value)
{
	*(*at)++ = (struct feature_node){ (int)index + 1, value };
}

static uint32_t slot(const struct feature *f)
{
	return f->hash & (MODEL_SIZE - 1);
}

static void copy_weights(double *to, const struct model *m, int from, size_t n)
{
	/* liblinear's sign says "the class of label[0]". */
	double sign = m->label[0] == 1 ? 1 : -1;
	for (size_t i = 0; i < n; i++)
		to[i] = sign * m->w[(size_t)from + i];
}

struct tagger learn_tagger(const struct corpus *c, const uint8_t *use)
{
	size_t nodes = 0, count = 0;
	for (size_t i = 0; i < c->count; i++)
		if (use[i] && c->at[i].tags) {
			nodes += 2 * (size_t)c->at[i].feature_count + 2 * c->at[i].token_count;
			count += c->at[i].token_count;
		}
	struct rows r = rows_new(nodes, count);
	for (size_t i = 0; i < c->count; i++) {
		const struct sample *s = c->at + i;
		const struct feature *f = s->features, *end = f + s->feature_count;
		for (uint32_t t = 0; use[i] && s->tags && t < s->token_count; t++) {
			struct feature_node *from = r.node + r.node_count, *at = from;
			for (; f < end && f->token == t; f++)
				put(&at, slot(f), 1);
			for (const struct feature *g = f; g < end && g->token == t + 1; g++)
				if (g->kind == FEATURE_PAIR)
					put(&at, MODEL_SIZE + slot(g), 1);
			put(&at, 2 * MODEL_SIZE, 1);
			end_row(&r, from, (size_t)(at - from), s->tags[t]);
		}
	}
	struct model *m = fit(&r, 2 * MODEL_SIZE + 1, L2R_LR_DUAL, tagger_c);
	struct tagger t = { taken(MODEL_SIZE, sizeof(double)), taken(MODEL_SIZE, sizeof(double)), 0 };
	copy_weights(t.own, m, 0, MODEL_SIZE);
	copy_weights(t.left, m, MODEL_SIZE, MODEL_SIZE);
	copy_weights(&t.bias, m, 2 * MODEL_SIZE, 1);
	free_and_destroy_model(&m);
	rows_free(&r);
	return t;
}

void tagger_stack(const struct tagger *t, const struct sample *s, double stack[MODEL_STACK])
{
	float score[READING_TOKENS_MAX];
	for (size_t i = 0; i < s->token_count; i++)
		score[i] = (float)t->bias;
	for (size_t i = 0; i < s->feature_count; i++) {
		const struct feature *f = s->features + i;
		score[f->token] += (float)t->own[slot(f)];
		if (f->kind == FEATURE_PAIR && f->token)
			score[f->token - 1] += (float)t->left[slot(f)];
	}
	model_stack(score, s->foreign ? 0 : s->token_count, stack);
}

void learn_stacks(const struct corpus *c, const uint8_t *use, double (*stacks)[MODEL_STACK])
{
	enum { PARTS = 4 };
	uint8_t *some = taken(c->count, 1);
	for (unsigned part = 0; part < PARTS; part++) {
		for (size_t i = 0; i < c->count; i++)
			some[i] = use[i] && c->at[i].row % PARTS != part;
		struct tagger t = learn_tagger(c, some);
		for (size_t i = 0; i < c->count; i++)
			if (use[i] && !some[i])
				tagger_stack(&t, c->at + i, stacks[i]);
		tagger_free(&t);
	}
	free(some);
}

/* One over the length of each view, so that long messages weigh no more than short ones. */
static void units(const struct sample *s, double unit[2])
{
	size_t n[2] = { 1, 1 };
	for (size_t i = 0; i < s->feature_count; i++)
		n[s->features[i].kind != FEATURE_PIECE]++;
	unit[0] = 1 / sqrt((double)n[0]);
	unit[1] = 1 / sqrt((double)n[1]);
}

static void put_message(struct rows *r, const struct sample *s, const double *ratio, const double stack[MODEL_STACK],
	uint8_t label)
{
	struct feature_node *from = r->node + r->node_count, *at = from;
	double unit[2];
	units(s, unit);
	for (size_t i = 0; i < s->feature_count; i++)
		put(&at, slot(s->features + i),
			unit[s->features[i].kind != FEATURE_PIECE] * ratio[slot(s->features + i)]);
	for (uint32_t i = 0; i < MODEL_STACK; i++)
		put(&at, MODEL_SIZE + i, stack[i]);
	put(&at, MODEL_SIZE + MODEL_STACK, 1);
	end_row(r, from, (size_t)(at - from), label);
}

/*
 * For each source what a message of the kind "no" counts, so that both kinds count the same in it. Else a word of a
 * language whose messages are mostly insults would pass for one itself.
 */
static void weigh_sources(const struct corpus *c, const uint8_t *use, const uint8_t *labels, double weight[SOURCES])
{
	size_t n[SOURCES][2] = { 0 };
	for (size_t i = 0; i < c->count; i++)
		if (use[i] && labels[i] != LABEL_UNKNOWN)
			n[c->at[i].source][labels[i]]++;
	for (int source = 0; source < SOURCES; source++)
		weight[source] = n[source][0] ? (double)n[source][1] / (double)n[source][0] : 1;
}

/* In how many messages of either kind each feature stands; `messages` counts both, unweighted. */
static void count_messages(const struct corpus *c, const uint8_t *use, const uint8_t *labels, double *count[2],
	uint32_t *messages)
{
	uint32_t *last = taken(MODEL_SIZE, sizeof *last); /* the message that counted it last, from 1 */
	double weight[SOURCES];
	weigh_sources(c, use, labels, weight);
	for (size_t i = 0; i < c->count; i++)
		for (size_t k = 0; use[i] && labels[i] != LABEL_UNKNOWN && k < c->at[i].feature_count; k++) {
			const uint32_t at = slot(c->at[i].features + k);
			if (last[at] == i + 1)
				continue;
			last[at] = (uint32_t)i + 1;
			messages[at]++;
			count[labels[i]][at] += labels[i] == LABEL_YES ? 1 : weight[c->at[i].source];
		}
	free(last);
}

/*
 * How much more often each feature stands in messages of the one kind than of the other: the size of the logarithm of
 * the ratio of its shares (Wang and Manning, ACL 2012, "NBSVM"). Features are scaled by it before a head is learned, so
 * that what tells nothing weighs nothing. `smoothing` stands for messages that were not seen.
 */
static double *log_count_ratios(const struct corpus *c, const uint8_t *use, const uint8_t *labels)
{
	double *count[2] = { taken(MODEL_SIZE, sizeof(double)), taken(MODEL_SIZE, sizeof(double)) }, sum[2] = { 0, 0 };
	uint32_t *messages = taken(MODEL_SIZE, sizeof *messages);
	count_messages(c, use, labels, count, messages);
	for (size_t i = 0; i < MODEL_SIZE; i++)
		for (int k = 0; k < 2; k++)
			sum[k] += count[k][i] + smoothing;
	for (size_t i = 0; i < MODEL_SIZE; i++) {
		const double yes = (count[1][i] + smoothing) / sum[1], no = (count[0][i] + smoothing) / sum[0];
		count[1][i] = messages[i] < MESSAGES_MIN ? 0 : fabs(log(yes / no));
	}
	free(messages);
	free(count[0]);
	return count[1];
}

struct head learn_head(const struct corpus *c, const uint8_t *use, const struct lesson *lesson)
{
	size_t nodes = 0, count = 0;
	for (size_t i = 0; i < c->count; i++) {
		nodes += use[i] ? c->at[i].feature_count + MODEL_STACK + 2 : 0;
		count += use[i] ? lesson->copies[i] : 0;
	}
	double *ratio = log_count_ratios(c, use, lesson->labels);
	struct rows r = rows_new(nodes, count);
	for (size_t i = 0; i < c->count; i++) {
		if (!use[i] || lesson->labels[i] == LABEL_UNKNOWN)
			continue;
		put_message(&r, c->at + i, ratio, lesson->stacks[i], lesson->labels[i]);
		for (unsigned k = 1; k < lesson->copies[i]; k++, r.row_count++) {
			r.x[r.row_count] = r.x[r.row_count - 1];
			r.y[r.row_count] = r.y[r.row_count - 1];
		}
	}
	struct model *m = fit(&r, MODEL_SIZE + MODEL_STACK + 1, L2R_L2LOSS_SVC_DUAL, lesson->c);
	struct head h = { .weight = taken(MODEL_SIZE, sizeof(double)) };
	copy_weights(h.weight, m, 0, MODEL_SIZE);
	for (size_t i = 0; i < MODEL_SIZE; i++)
		h.weight[i] *= ratio[i];
	free(ratio);
	copy_weights(h.stack, m, MODEL_SIZE, MODEL_STACK);
	copy_weights(&h.bias, m, MODEL_SIZE + MODEL_STACK, 1);
	free_and_destroy_model(&m);
	rows_free(&r);
	return h;
}

double head_value(const struct head *h, const struct sample *s, const double stack[MODEL_STACK])
{
	double unit[2], sum = h->bias;
	units(s, unit);
	for (size_t i = 0; i < s->feature_count; i++)
		sum += h->weight[slot(s->features + i)] * unit[s->features[i].kind != FEATURE_PIECE];
	for (size_t i = 0; i < MODEL_STACK; i++)
		sum += h->stack[i] * stack[i];
	return sum;
}

void tagger_free(struct tagger *t)
{
	free(t->own);
	free(t->left);
}

void head_free(struct head *h)
{
	free(h->weight);
}
