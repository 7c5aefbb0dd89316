#include "model.h"

#include <math.h>
#include <string.h>

/* A bucket's lanes side by side, and wide enough to add up a long message. */
typedef int32_t lanes __attribute__((vector_size(4 * LANES)));
typedef int16_t narrow __attribute__((vector_size(2 * LANES)));

uint32_t model_checksum(const void *data, size_t n)
{
	const unsigned char *p = data;
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ p[i]) * 16777619u;
	return h;
}

int model_open(struct text_model *m, const void *data, size_t n)
{
	const struct model_header *h = data;
	size_t covered = offsetof(struct model_header, scale);
	if (n != sizeof *h + sizeof(int16_t[MODEL_SIZE][LANES]) || memcmp(h->magic, "LCTX", 4))
		return 0;
	if (h->version != MODEL_VERSION || h->bits != MODEL_BITS || h->lanes != LANES)
		return 0;
	if (h->checksum != model_checksum((const char *)data + covered, n - covered))
		return 0;
	m->header = h;
	m->table = (const void *)(h + 1);
	return 1;
}

void model_stack(const float *token, size_t n, double stack[MODEL_STACK])
{
	double first = -6, second = -6, sum = 0;
	memset(stack, 0, MODEL_STACK * sizeof *stack);
	if (n == 0)
		return;
	for (size_t i = 0; i < n; i++) {
		double v = token[i] < 6 ? (double)token[i] : 6;
		if (v > -8)
			sum += 1 / (1 + exp(-v));
		if (v > first) {
			second = first;
			first = v;
		} else if (v > second)
			second = v;
	}
	stack[0] = first / 6;
	stack[1] = second / 6;
	stack[2] = log1p(sum) / 2;
	stack[3] = first > 0;
}

struct sums {
	lanes piece, word;
	size_t pieces, words;
	size_t tokens;
};

static lanes entry(const struct text_model *m, uint32_t hash)
{
	narrow v;
	memcpy(&v, m->table[hash & (MODEL_SIZE - 1)], sizeof v);
	return __builtin_convertvector(v, lanes);
}

/* Adds up the features of one token; returns where the next token's start. */
static const struct feature *add_token(const struct text_model *m, const struct feature *f,
	const struct feature *end, struct sums *s, struct judgement *j)
{
	const struct model_header *h = m->header;
	lanes piece = { 0 }, word = { 0 }, pair = { 0 };
	uint16_t token = f->token;
	for (; f < end && f->token == token; f++) {
		lanes e = entry(m, f->hash);
		if (f->kind == FEATURE_PIECE) {
			piece += e;
			s->pieces++;
		} else {
			word += e;
			pair += f->kind == FEATURE_PAIR ? e : (lanes){ 0 };
			s->words++;
		}
	}
	s->piece += piece;
	s->word += word;
	j->token[token] = (float)(piece + word)[LANE_TOKEN] * h->scale[LANE_TOKEN] + h->token_bias;
	j->insult[token] = (float)(piece + word)[LANE_INSULT];
	if (token)
		j->token[token - 1] += (float)pair[LANE_LEFT] * h->scale[LANE_LEFT];
	return f;
}

void model_judge(const struct text_model *m, const struct reading *r, struct judgement *j)
{
	static const uint8_t lane_of[HEADS] = { LANE_INSULT, LANE_HATE };
	struct feature features[GRAMS_MAX];
	struct sums s = { .tokens = r->token_count };
	double stack[MODEL_STACK];
	const struct feature *end = features + grams_of(r, features);
	for (const struct feature *f = features; f < end;)
		f = add_token(m, f, end, &s, j);
	model_stack(j->token, reading_foreign(r) ? 0 : r->token_count, stack);
	for (size_t i = 0; i < HEADS; i++) {
		double scale = m->header->scale[lane_of[i]];
		double v = scale * s.piece[lane_of[i]] / sqrt((double)s.pieces + 1)
			+ scale * s.word[lane_of[i]] / sqrt((double)s.words + 1) + m->header->bias[i];
		for (size_t k = 0; k < MODEL_STACK; k++)
			v += m->header->stack[i][k] * stack[k];
		j->head[i] = v * m->header->slope[i];
	}
}
