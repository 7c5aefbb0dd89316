#include "grams.h"

enum { GRAM_LETTERS_MIN = 2, GRAM_LETTERS_MAX = 4 };

/* Seeds keep the kinds of feature apart. */
enum { SEED_BARE = 0x51ed27, SEED_FULL = 0x2f0b4d, SEED_PAIR = 0x68e31b, SEED_TRIPLE = 0x1b56c4 };

struct sink {
	struct feature *at;
	uint16_t token;
};

/* The multiplication alone leaves the low bits poor, and the table uses the low bits. */
static uint32_t mixed(uint32_t h)
{
	h ^= h >> 15;
	h *= 0x2c1b3c6du;
	return h ^ h >> 13;
}

static void add(struct sink *s, uint32_t hash, enum feature_kind kind)
{
	*s->at++ = (struct feature){ mixed(hash), s->token, (uint16_t)kind };
}

static uint32_t join(uint32_t seed, uint32_t a, uint32_t b)
{
	return (seed ^ a) * 0x9e3779b1u ^ (b + (b << 7)) * 0x85ebca6bu;
}

static uint32_t glyph_value(const struct glyph *g, int marks)
{
	return g->code ^ (marks ? (uint32_t)(g->mark << 17 | g->tone << 20) : 0);
}

/* Pieces of a word; the edges count as a letter so that "ngu" in "ngu" differs from "ngu" in "nguyen". */
static void add_grams(struct sink *s, const struct glyph *g, size_t n, int marks)
{
	uint32_t value[WORD_LETTERS_MAX + 2];
	value[0] = '<';
	for (size_t i = 0; i < n; i++)
		value[i + 1] = glyph_value(g + i, marks);
	value[n + 1] = '>';
	for (size_t i = 0; i + GRAM_LETTERS_MIN <= n + 2; i++) {
		uint32_t h = marks ? SEED_FULL : SEED_BARE;
		for (size_t k = 0; k < GRAM_LETTERS_MAX && i + k < n + 2; k++) {
			h = (h ^ value[i + k]) * 16777619u;
			if (k + 1 >= GRAM_LETTERS_MIN)
				add(s, h, FEATURE_PIECE);
		}
	}
}

static void add_token(struct sink *s, const struct reading *r, size_t i, int marked)
{
	const struct token *t = r->tokens + i;
	add(s, join(SEED_BARE, t->bare, 0), FEATURE_WORD);
	if (marked)
		add(s, join(SEED_FULL, t->full, 0), FEATURE_WORD);
	if (t->kind == TOKEN_WORD) {
		add_grams(s, r->glyphs + t->first, t->count, 0);
		if (marked)
			add_grams(s, r->glyphs + t->first, t->count, 1);
	}
}

static void add_neighbours(struct sink *s, const struct reading *r, size_t i, int marked)
{
	static const struct token edge = { .bare = 1, .full = 1 };
	const struct token *t = i < r->token_count ? r->tokens + i : &edge;
	const struct token *p = i >= 1 ? r->tokens + i - 1 : &edge;
	add(s, join(SEED_PAIR, p->bare, t->bare), FEATURE_PAIR);
	if (marked)
		add(s, join(SEED_PAIR + 1, p->full, t->full), FEATURE_PAIR);
	if (i >= 2)
		add(s, join(SEED_TRIPLE, join(SEED_PAIR, p[-1].bare, p->bare), t->bare), FEATURE_PAIR);
}

size_t grams_of(const struct reading *r, struct feature out[GRAMS_MAX])
{
	struct sink s = { .at = out };
	int marked = 0;
	for (size_t i = 0; i < r->token_count; i++)
		marked |= r->tokens[i].marked;
	for (size_t i = 0; i < r->token_count; i++) {
		s.token = (uint16_t)i;
		add_token(&s, r, i, marked);
		add_neighbours(&s, r, i, marked);
	}
	return (size_t)(s.at - out);
}
