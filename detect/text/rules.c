#include "rules.h"

#include <string.h>

#define HAS(concept) ((uint64_t)1 << C_##concept)

static const struct rule rules[] = {
#define RULE(topic, signal, percent, window, needs, unless) \
	{ DETECT_##topic, S_##signal, percent, window, needs, unless },
#include "rules.def"
#undef RULE
};

static const struct {
	const char *name, *why[2];
} signals[] = {
#define SIGNAL(id, name, vi, en) { name, { vi, en } },
#include "signals.def"
#undef SIGNAL
};

const char *signal_name(enum signal signal)
{
	return signals[signal].name;
}

const char *signal_why(enum signal signal, int english)
{
	return signals[signal].why[english != 0];
}

struct extent {
	int first, last;
};

static struct extent widened(struct extent e, const struct hit *h)
{
	return (struct extent){ h->first < e.first ? h->first : e.first, h->last > e.last ? h->last : e.last };
}

/* The hit of this concept that widens the extent least; hits that share a word do not stand for two concepts. */
static int nearest(const struct hits *hits, uint8_t concept, struct extent *e)
{
	struct extent best = { 0, 1 << 20 };
	for (size_t i = 0; i < hits->count; i++) {
		struct extent w = widened(*e, hits->at + i);
		if (hits->at[i].concept == concept && w.last - w.first < best.last - best.first)
			best = w;
	}
	*e = best;
	return best.last < 1 << 20;
}

/* Starts from each hit of the first concept needed, adds the nearest of the others, keeps the tightest. */
static struct extent extent_of(const struct rule *rule, const struct hits *hits)
{
	struct extent best = { 0, 1 << 20 };
	uint8_t anchor = (uint8_t)__builtin_ctzll(rule->needs);
	for (size_t i = 0; i < hits->count; i++) {
		struct extent e = { hits->at[i].first, hits->at[i].last };
		int found = hits->at[i].concept == anchor;
		for (uint64_t left = rule->needs & (rule->needs - 1); found && left; left &= left - 1)
			found = nearest(hits, (uint8_t)__builtin_ctzll(left), &e);
		if (found && e.last - e.first < best.last - best.first)
			best = e;
	}
	return best;
}

void rules_apply(const struct hits *hits, struct findings *found)
{
	memset(found, 0, sizeof *found);
	for (const struct rule *r = rules; r < rules + sizeof rules / sizeof *rules; r++) {
		if ((r->needs & ~hits->seen) || (r->unless & hits->seen)
			|| found->percent[r->signal] >= r->percent)
			continue;
		struct extent e = extent_of(r, hits);
		if (r->window && e.last - e.first >= r->window)
			continue;
		found->percent[r->signal] = r->percent;
		found->topic[r->signal] = r->topic;
		found->first[r->signal] = (uint16_t)e.first;
		found->last[r->signal] = (uint16_t)e.last;
	}
}
