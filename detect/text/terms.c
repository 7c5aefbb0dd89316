#include "terms.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static_assert(CONCEPTS <= 64, "struct hits has one bit for each concept");

enum { EDGES_MAX = 8192, SLOTS = 16384, OUTPUTS_MAX = 4096, SHORTS_MAX = 512, SHORT_SLOTS = 1024 };

/* An edge is also the node that it leads to. Edge 0 is the root. */
struct edge {
	uint32_t parent, bare;
	uint64_t shape;
	uint16_t twin;   /* next edge of the same parent and letters with other marks */
	uint16_t output; /* first output, 0 none */
};

struct output {
	uint16_t next;
	uint8_t concept;
};

struct shorthand {
	uint32_t typed, bare;
	uint64_t shape;
};

struct terms {
	size_t edge_count, output_count;
	struct edge edges[EDGES_MAX];
	uint16_t slots[SLOTS]; /* by parent and letters; 0 free */
	struct output outputs[OUTPUTS_MAX];
	struct shorthand shorts[SHORT_SLOTS]; /* by letters; typed 0 is free */
	uint32_t number;
};

static const struct {
	const char *terms;
} concepts[] = {
#define CONCEPT(name, terms) { terms },
#include "concepts.def"
#undef CONCEPT
};

static const struct {
	const char *typed, *meant;
} shorthands[] = {
#define SHORT(typed, meant) { typed, meant },
#include "shorthand.def"
#undef SHORT
};

static size_t slot_of(uint32_t parent, uint32_t bare)
{
	uint32_t h = (parent * 0x9e3779b1u ^ bare) * 0x85ebca6bu;
	return (h >> 16 ^ h) & (SLOTS - 1);
}

/* The first edge with these letters, 0 if there is none. */
static uint16_t find(const struct terms *t, uint32_t parent, uint32_t bare)
{
	for (size_t s = slot_of(parent, bare); t->slots[s]; s = (s + 1) & (SLOTS - 1)) {
		const struct edge *e = t->edges + t->slots[s];
		if (e->parent == parent && e->bare == bare)
			return t->slots[s];
	}
	return 0;
}

static uint16_t add_edge(struct terms *t, uint16_t parent, const struct token *word)
{
	uint16_t first = find(t, parent, word->bare);
	for (uint16_t e = first; e; e = t->edges[e].twin)
		if (t->edges[e].shape == word->shape)
			return e;
	uint16_t made = (uint16_t)++t->edge_count;
	assert(made < EDGES_MAX);
	t->edges[made] = (struct edge){ .parent = parent, .bare = word->bare, .shape = word->shape };
	if (first) {
		t->edges[made].twin = t->edges[first].twin;
		t->edges[first].twin = made;
		return made;
	}
	size_t s = slot_of(parent, word->bare);
	while (t->slots[s])
		s = (s + 1) & (SLOTS - 1);
	t->slots[s] = made;
	return made;
}

static void add_term(struct terms *t, struct reading *r, uint8_t concept)
{
	uint16_t node = 0;
	for (size_t i = 0; i < r->token_count; i++)
		node = add_edge(t, node, r->tokens + i);
	if (!node)
		return;
	assert(t->output_count + 1 < OUTPUTS_MAX);
	t->outputs[++t->output_count] = (struct output){ t->edges[node].output, concept };
	t->edges[node].output = (uint16_t)t->output_count;
}

static void add_terms(struct terms *t, struct reading *r, uint8_t concept, const char *list)
{
	while (*list) {
		size_t n = strcspn(list, "|");
		reading_of(r, list, n, 0);
		add_term(t, r, concept);
		list += n + (list[n] == '|');
	}
}

static const struct shorthand *shorthand_of(const struct terms *t, uint32_t bare)
{
	size_t s = bare & (SHORT_SLOTS - 1);
	while (t->shorts[s].typed && t->shorts[s].typed != bare)
		s = (s + 1) & (SHORT_SLOTS - 1);
	return t->shorts + s;
}

static void add_shorthand(struct terms *t, struct reading *r, const char *typed, const char *meant)
{
	struct shorthand s;
	reading_of(r, typed, strlen(typed), 0);
	s.typed = r->tokens[0].bare;
	reading_of(r, meant, strlen(meant), 0);
	s.bare = r->tokens[0].bare;
	s.shape = r->tokens[0].shape;
	*(struct shorthand *)shorthand_of(t, s.typed) = s;
}

struct terms *terms_new(void)
{
	struct terms *t = calloc(1, sizeof *t);
	struct reading *r = malloc(sizeof *r);
	static_assert(sizeof shorthands / sizeof *shorthands < SHORTS_MAX, "the table must stay half empty");
	for (size_t i = 0; t && r && i < CONCEPTS; i++)
		add_terms(t, r, (uint8_t)i, concepts[i].terms);
	for (size_t i = 0; t && r && i < sizeof shorthands / sizeof *shorthands; i++)
		add_shorthand(t, r, shorthands[i].typed, shorthands[i].meant);
	if (t && r) {
		reading_of(r, "#", 1, 0);
		t->number = r->tokens[0].bare;
	} else {
		free(t);
		t = NULL;
	}
	free(r);
	return t;
}

void terms_free(struct terms *t)
{
	free(t);
}

/* A word typed without any mark fits every word of its letters; one with marks must have just these. */
static int fits(uint64_t typed, uint64_t meant)
{
	return typed == 0 || typed == meant;
}

struct walk {
	const struct terms *t;
	const struct reading *r;
	struct hits *hits;
	size_t first;
	int marked;
};

static void report(struct walk *w, const struct edge *e, size_t last)
{
	const struct token *t = w->r->tokens + last;
	/* "bo" alone in a message that writes its marks is not "bố"; whoever types "b0" may leave them out. */
	int plain = !t->shape && !t->disguised && e->bare == t->bare;
	if (last == w->first && w->marked && e->shape && plain)
		return;
	for (uint16_t o = e->output; o && w->hits->count < HITS_MAX; o = w->t->outputs[o].next) {
		uint8_t c = w->t->outputs[o].concept;
		w->hits->seen |= (uint64_t)1 << c;
		w->hits->at[w->hits->count++] = (struct hit){ c, (uint16_t)w->first, (uint16_t)last };
	}
}

static void step(struct walk *w, uint16_t node, size_t at);

static void follow(struct walk *w, uint16_t node, size_t at, struct shorthand as)
{
	for (uint16_t e = find(w->t, node, as.bare); e; e = w->t->edges[e].twin)
		/* A short form stands for one word, marks and all. */
		if (as.typed ? as.shape == w->t->edges[e].shape : fits(as.shape, w->t->edges[e].shape)) {
			report(w, w->t->edges + e, at);
			step(w, e, at + 1);
		}
}

/* Terms have few words, so this goes no deeper than the longest of them. */
static void step(struct walk *w, uint16_t node, size_t at)
{
	if (at >= w->r->token_count)
		return;
	const struct token *t = w->r->tokens + at;
	follow(w, node, at, (struct shorthand){ 0, t->bare, t->shape });
	const struct shorthand *s = shorthand_of(w->t, t->bare);
	if (s->typed)
		follow(w, node, at, *s);
	if (t->kind == TOKEN_NUMBER)
		follow(w, node, at, (struct shorthand){ 0, w->t->number, 0 });
}

void terms_find(const struct terms *t, const struct reading *r, struct hits *hits)
{
	struct walk w = { .t = t, .r = r, .hits = hits };
	hits->count = 0;
	hits->seen = 0;
	for (size_t i = 0; i < r->token_count; i++)
		w.marked |= r->tokens[i].marked;
	for (w.first = 0; w.first < r->token_count; w.first++)
		step(&w, 0, w.first);
}
