/*
 * Box blurs along lines: what is averaged, the running sums of a strip, and dividing them. For kernel.c alone: it is
 * compiled anew for each instruction set.
 */
#ifndef PDQ_BOXES_H
#define PDQ_BOXES_H

#include "lanes.h"
#include "pdq.h"

/* ---- A line's box blur: which samples each output averages ------------------------------------------- */

struct box {
	uint32_t n, window, lead; /* length, full window, samples taken in before the first output */
};

static struct box box_of(uint32_t side, uint32_t n)
{
	uint32_t window = (side + 127) / 128;
	return (struct box){ n, window, (window + 2) / 2 - 1 };
}

/* 1 beyond the edge, where nobody reads the quotient. */
static float box_count(struct box b, uint32_t output)
{
	uint32_t step = output + b.lead;
	uint32_t last = step < b.n ? step : b.n - 1;
	uint32_t first = step < b.window ? 0 : step - b.window + 1;
	return last < first ? 1 : (float)(last - first + 1);
}

/* A strip is passed through in chunks; before each chunk lie the `window` columns that came before it. */
struct strip {
	struct box box;
	struct strand *columns; /* window + CHUNK of them */
	struct strand sum;
	uint32_t from, step; /* the first column of the chunk; the next step of the running sum */
};

/* Steps up to `last`, all of one phase: which parts a step has is constant at each call. sums gets what each
 * output divides, unless NULL. Adds before it subtracts, as defined. */
static inline void strip_phase(struct strip *t, struct strand *restrict sums, uint32_t last)
{
	const struct box b = t->box;
	const bool add = t->step < b.n, subtract = t->step >= b.window, emit = sums && t->step >= b.lead;
	const struct strand *leaves = t->columns + (t->step - t->from), *enters = leaves + b.window;
	vec s0 = t->sum.v[0], s1 = t->sum.v[1]; /* apart, for the compiler to keep them in registers */
	for (uint32_t i = 0; i < last - t->step; i++) {
		if (add) {
			s0 += enters[i].v[0];
			s1 += enters[i].v[1];
		}
		if (subtract) {
			s0 -= leaves[i].v[0];
			s1 -= leaves[i].v[1];
		}
		if (emit)
			sums[i] = (struct strand){ { s0, s1 } };
	}
	t->sum = (struct strand){ { s0, s1 } };
	t->step = last;
}

/* Steps up to `last` through the four phases of the definition; sums gets those of the outputs completed.
 * Returns where the next one goes. */
static struct strand *strip_run(struct strip *t, struct strand *sums, uint32_t last)
{
	const uint32_t ends[] = { t->box.lead, t->box.window, t->box.n, t->box.n + t->box.lead };
	for (int phase = 0; phase < 4; phase++) {
		const uint32_t end = ends[phase] < last ? ends[phase] : last, begin = t->step;
		if (begin >= end)
			continue;
		strip_phase(t, sums, end);
		if (sums && begin >= t->box.lead)
			sums += end - begin;
	}
	return sums;
}

/* Makes room for the next chunk. */
static void strip_shift(struct strip *t)
{
	for (uint32_t i = 0; i < t->box.window; i++)
		t->columns[i] = t->columns[i + CHUNK];
	t->from += CHUNK;
}

/* ---- Dividing ---------------------------------------------------------------------------------------- */

enum dividing {
	BY_PRODUCT,  /* the count is a power of two: multiplying by the inverse gives the same bits */
	BY_PRODUCTS, /* with the inverse in two parts */
	BY_DIVISION
};

struct divisor {
	float count, inverse, rest; /* 1 / count is nearly inverse + rest */
	enum dividing how;
};

/*
 * BY_PRODUCTS gives the bits of a division in a fraction of its time. The inverse in two floats is right to 2^-48 of
 * itself, and the second product is rounded to as little, so that what the one rounding at the end sees is off by less
 * than 2^-22 units of the last place; and a quotient by a count of at most 512 that is no float lies at least 2^-10
 * units from the middle between two, where rounding turns. Sums of pixels are 0 or at least 2^-27, and in the second
 * blur 2^-59: nothing is denormal. A caller's luma may be anything, infinite too, and is divided.
 */
static struct divisor divisor_of(const struct pdq_source *s, float count)
{
	const uint32_t n = (uint32_t)count;
	const float inverse = 1 / count;
	struct divisor by = { .count = count, .inverse = inverse, .how = BY_DIVISION };
	if ((n & (n - 1)) == 0)
		by.how = BY_PRODUCT;
	else if (LANES > 4 && !s->luma) {
		by.rest = (float)((1 - (double)inverse * (double)count) / (double)count);
		by.how = BY_PRODUCTS;
	}
	return by;
}

static inline vec quotient(vec sum, struct divisor by)
{
	switch (by.how) {
	case BY_PRODUCT: return sum * by.inverse;
	case BY_PRODUCTS: return plus_product(sum * by.rest, sum, by.inverse);
	default: return sum / by.count;
	}
}

#endif
