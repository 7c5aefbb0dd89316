/*
 * The PDQ signal, vectorised. Compiled once for each instruction set, with PDQ_LANES floats to a vector.
 *
 * The definition asks for four box blurs one after the other over the whole picture: along rows, along
 * columns, and both again. Each is a running sum, so its order cannot change; but different lines do not
 * meet. Hence vectors run across lines: a block of rows is transposed into a strip whose vector x holds
 * pixel x of every row, while the column sums take neighbouring columns as they lie in memory.
 *
 * The picture flows through the four blurs in blocks of rows, with rings that hold just the rows still in a
 * window, so nothing of the size of the picture is ever stored. The second half computes quotients only
 * for the 64 columns and 64 rows that the hash looks at.
 */
#include "boxes.h"
#include "lanes.h"
#include "luma.h"
#include "pdq.h"
#include "planes.h"
#include "cosines.h"

/* ---- The pipeline ------------------------------------------------------------------------------------ */

struct ring { /* the latest rows of a picture: row y lies at y % capacity */
	float *rows;
	size_t pitch;
	uint32_t capacity;
};

static float *ring_row(const struct ring *r, uint32_t y)
{
	return r->rows + (size_t)(y % r->capacity) * r->pitch;
}

/* One step of the first blur along columns: the rows that enter and leave the window, what the sums are divided by. */
struct down_step {
	const float *enters, *leaves;
	struct divisor by;
};

struct flow {
	const struct pdq_source *source;
	struct box across, down;            /* the blur along a row; the blur along a column */
	uint32_t columns;                   /* width rounded up to LANES */
	size_t pitch;                       /* floats from one row in memory to the next */
	float *luma;                        /* CHUNK columns of BLOCK rows */
	struct strand *strip;               /* window + CHUNK columns of BLOCK rows */
	struct strand *sums;                /* lead + CHUNK + 4 columns of them */
	float *lines;                       /* CHUNK columns of BLOCK rows before the second blur along rows */
	struct ring blurred;                /* after the first blur along rows */
	float *down_sums;                   /* pitch; running sums of the first blur along columns */
	const float *zeros;                 /* pitch; the rows above and below the picture */
	struct down_step down_steps[BLOCK]; /* those that complete the rows now in work */
	struct ring sampled;                /* after the second blur along rows: 64 columns; by step, not by row */
	float last_sums[64];                /* the same of the second blur along columns */
	uint32_t column_at[64], row_at[64]; /* the columns and rows that the hash looks at */
	uint32_t step;                      /* the next one of the first blur along columns */
	uint32_t kept;                      /* of the 64 rows that the hash looks at */
	float (*small)[64];
};

/* One step of a blur along columns over n columns; enters or leaves is NULL at the ends, out when no row that is
 * asked for is completed. */
static void step_down(const struct flow *f, float *restrict sums, const float *enters, const float *leaves,
	uint32_t step, float *restrict out, size_t n)
{
	struct divisor by = { 0 };
	if (out)
		by = divisor_of(f->source, box_count(f->down, step - f->down.lead));
	for (size_t x = 0; x < n; x += LANES) {
		vec sum = *(vec_any *)(sums + x);
		if (enters)
			sum += *(const vec_any *)(enters + x);
		if (leaves)
			sum -= *(const vec_any *)(leaves + x);
		*(vec_any *)(sums + x) = sum;
		if (out)
			*(vec_any *)(out + x) = quotient(sum, by);
	}
}

/* Fourth blur: takes rows of 64 columns up to `end` steps and keeps those that the hash looks at. */
static void flow_last(struct flow *f, uint32_t begin, uint32_t end)
{
	for (uint32_t step = begin; step < end; step++) {
		const bool wanted = f->kept < 64 && f->row_at[f->kept] + f->down.lead == step;
		const struct box b = f->down;
		const float *enters = step < b.n ? ring_row(&f->sampled, step + b.lead) : NULL;
		const float *leaves = step >= b.window ? ring_row(&f->sampled, step + b.lead - b.window) : NULL;
		float *row = f->small[f->kept];
		step_down(f, f->last_sums, enters, leaves, step, wanted ? row : NULL, 64);
		if (!wanted)
			continue;
		for (f->kept++; f->kept < 64 && f->row_at[f->kept] == f->row_at[f->kept - 1]; f->kept++)
			for (int j = 0; j < 64; j++)
				f->small[f->kept][j] = row[j]; /* pictures of under 64 rows give some twice */
	}
}

/* The columns of a strip's chunk, a multiple of LANES; and the step that it ends before: the last chunk takes
 * the steps beyond the edge as well. */
static uint32_t chunk_size(const struct flow *f, const struct strip *t)
{
	return f->columns - t->from < CHUNK ? f->columns - t->from : CHUNK;
}

static uint32_t chunk_last(const struct flow *f, const struct strip *t)
{
	return f->columns - t->from <= CHUNK ? t->box.n + t->box.lead : t->from + CHUNK;
}

/* The quotients of the sums that now end at column_at[j] go into column j of BLOCK rows, of which the first lies
 * at out. */
static void sample(const struct flow *f, const struct strip *t, uint32_t j, float *out)
{
	const float count = box_count(t->box, f->column_at[j]);
	for (uint32_t k = 0; k < STRANDS; k++) {
		const vec one = t->sum.v[k] / count;
		for (uint32_t i = 0; i < LANES; i++)
			out[(k * LANES + i) * 64 + j] = one[i];
	}
}

static inline void quotients(const vec sum[4], struct divisor by, float *out)
{
	if (by.how == BY_PRODUCT) { /* one question for all four, as in blur_inside */
		by.how = BY_PRODUCT;
		for (int k = 0; k < 4; k++)
			*(vec_any *)(out + k * LANES) = quotient(sum[k], by);
	} else
		for (int k = 0; k < 4; k++)
			*(vec_any *)(out + k * LANES) = quotient(sum[k], by);
}

/* Second blur, along columns, of the CHUNK columns from x on, whose rows go to f->lines. Sums of four vectors of
 * columns stay in registers all the way down the block. */
static void flow_second(const struct flow *f, uint32_t x, uint32_t count)
{
	for (uint32_t part = 0; part < CHUNK; part += 4 * LANES) {
		float *const sums = f->down_sums + x + part, *out = f->lines + part;
		vec sum[4];
		for (int k = 0; k < 4; k++)
			sum[k] = *(const vec_any *)(sums + k * LANES);
		for (uint32_t i = 0; i < count; i++, out += CHUNK) {
			const struct down_step *step = f->down_steps + i;
			const float *enters = step->enters + x + part, *leaves = step->leaves + x + part;
			for (int k = 0; k < 4; k++) {
				sum[k] += *(const vec_any *)(enters + k * LANES);
				sum[k] -= *(const vec_any *)(leaves + k * LANES);
			}
			quotients(sum, step->by, out);
		}
		for (int k = 0; k < 4; k++)
			*(vec_any *)(sums + k * LANES) = sum[k];
	}
}

/* Third blur, along the rows that the second blur completes in the steps from f->step on; its results go on to the
 * fourth. */
static void flow_third(struct flow *f, uint32_t count)
{
	struct strip t = { .box = f->across, .columns = f->strip };
	uint32_t j = 0;
	for (; t.from < f->columns; strip_shift(&t)) {
		flow_second(f, t.from, count);
		rows_to_strip(f->lines, CHUNK, chunk_size(f, &t), t.columns + t.box.window);
		const uint32_t last = chunk_last(f, &t);
		for (; j < 64 && f->column_at[j] + t.box.lead < last; j++) {
			strip_run(&t, NULL, f->column_at[j] + t.box.lead + 1);
			sample(f, &t, j, ring_row(&f->sampled, f->step));
		}
		strip_run(&t, NULL, last);
	}
}

/* Rows beyond the edge count as zeros, which change no sum. What the first steps give is no row yet. */
static void plan_down(struct flow *f, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		const struct box b = f->down;
		const uint32_t step = f->step + i;
		f->down_steps[i] = (struct down_step){
			.enters = step < b.n ? ring_row(&f->blurred, step) : f->zeros,
			.leaves = step >= b.window ? ring_row(&f->blurred, step - b.window) : f->zeros,
			.by = divisor_of(f->source, step < b.lead ? 1 : box_count(b, step - b.lead)),
		};
	}
}

/* All steps down for which the first blur has given the rows: `ready` of them. */
static void flow_on(struct flow *f, uint32_t ready)
{
	const uint32_t n = f->down.n, lead = f->down.lead, end = ready < n ? ready : n + lead;
	while (f->step < end) {
		const uint32_t last = end - f->step < BLOCK ? end : f->step + BLOCK;
		plan_down(f, last - f->step);
		flow_third(f, last - f->step);
		flow_last(f, f->step < lead ? 0 : f->step - lead, last < lead ? 0 : last - lead);
		f->step = last;
	}
}

/* Four columns of one vector's rows, of which the first lies at out. */
static inline void store_columns(vec m[4], float *out, size_t pitch)
{
	transpose_quads(m);
	for (size_t i = 0; i < 4; i++)
		store_quads(out + i * pitch, pitch, m[i]);
}

static inline void blur_inside_by(struct strip *t, size_t pitch, struct divisor by, float *out)
{
	const struct strand *leaves = t->columns, *enters = leaves + t->box.window;
	struct strand sum = t->sum;
	for (uint32_t x = 0; x < CHUNK; x += 4, out += 4, leaves += 4, enters += 4)
		for (size_t k = 0; k < STRANDS; k++) {
			vec m[4];
			for (uint32_t i = 0; i < 4; i++) {
				sum.v[k] += enters[i].v[k];
				sum.v[k] -= leaves[i].v[k];
				m[i] = quotient(sum.v[k], by);
			}
			store_columns(m, out + k * LANES * pitch, pitch);
		}
	t->sum = sum;
	t->step += CHUNK;
}

/* First blur through a chunk in which all outputs average a whole window; the first goes to out. A call for each way
 * of dividing, which is told again: so the compiler makes a loop without questions of each. */
static void blur_inside(struct strip *t, const struct flow *f, float *out)
{
	struct divisor by = divisor_of(f->source, (float)t->box.window);
	switch (by.how) {
	case BY_PRODUCT:
		by.how = BY_PRODUCT;
		blur_inside_by(t, f->pitch, by, out);
		break;
	case BY_PRODUCTS:
		by.how = BY_PRODUCTS;
		blur_inside_by(t, f->pitch, by, out);
		break;
	case BY_DIVISION:
		by.how = BY_DIVISION;
		blur_inside_by(t, f->pitch, by, out);
	}
}

/* The same near the edges; out is the place of column 0. By fours: what lies past the last output is overwritten by
 * the next chunk, or lies past the edge. */
static void blur_edge(struct strip *t, const struct flow *f, float *out)
{
	uint32_t x = t->step < t->box.lead ? 0 : t->step - t->box.lead;
	const struct strand *sums = f->sums, *end = strip_run(t, f->sums, chunk_last(f, t));
	for (; sums < end; sums += 4, x += 4)
		for (size_t k = 0; k < STRANDS; k++) {
			vec m[4];
			for (uint32_t i = 0; i < 4; i++)
				m[i] = quotient(sums[i].v[k], divisor_of(f->source, box_count(t->box, x + i)));
			store_columns(m, out + k * LANES * f->pitch + x, f->pitch);
		}
}

/* Luma of rows y .. y + count - 1 into the strip. */
static void take_in(const struct flow *f, const struct strip *t, uint32_t y, uint32_t count)
{
	const struct pdq_source *s = f->source;
	const uint32_t n = chunk_size(f, t), real = s->width - t->from;
	struct strand *strip = t->columns + t->box.window;
	const bool whole = s->pixels && s->width == s->full_width && s->height == s->full_height;
	if (whole && s->sampling) {
		planes_to_strip(s, t->from, y, count, (uint8_t *)(void *)f->luma, strip);
		return;
	}
	const bool rgb = whole && s->channels == 3;
	if (rgb && count == BLOCK && real >= CHUNK + RGB_BEYOND) {
		rgb_to_strip(s->pixels + y * s->stride + 3 * (size_t)t->from, s->stride, strip);
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		luma_part(s, y + i, t->from, n < real ? n : real, f->luma + i * CHUNK);
	rows_to_strip(f->luma, CHUNK, n, strip);
}

/* First blur, along rows y .. y + count - 1. */
static void flow_first(struct flow *f, uint32_t y, uint32_t count)
{
	struct strip t = { .box = f->across, .columns = f->strip };
	float *out = ring_row(&f->blurred, y);
	for (; t.from < f->columns; strip_shift(&t)) {
		take_in(f, &t, y, count);
		if (t.from >= t.box.window && t.from + CHUNK <= t.box.n && chunk_last(f, &t) == t.from + CHUNK)
			blur_inside(&t, f, out + t.from - t.box.lead);
		else
			blur_edge(&t, f, out);
	}
}

static void flow_run(struct flow *f)
{
	const uint32_t n = f->source->height;
	for (uint32_t y = 0; y < n; y += BLOCK) {
		uint32_t count = n - y < BLOCK ? n - y : BLOCK;
		flow_first(f, y, count);
		flow_on(f, y + count);
	}
	flow_last(f, n, n + f->down.lead);
}

/* ---- Scratch memory ---------------------------------------------------------------------------------- */

struct plan { /* offsets into the scratch memory, in bytes, all multiples of 64 */
	size_t luma, lines, strip, sums, blurred, down_sums, zeros, sampled, end;
	uint32_t columns, ring;
	size_t pitch;
};

static struct plan plan_of(const struct pdq_source *s)
{
	struct plan p = { .columns = (s->width + LANES - 1) / LANES * LANES };
	p.ring = (box_of(s->height, s->height).window + 2 * BLOCK - 1) / BLOCK * BLOCK; /* blocks lie whole */
	const struct box across = box_of(s->width, s->width);
	/* An odd number of cache lines to a row: else columns of a power of two fall into a few sets of the cache. */
	const size_t row = (((p.columns + CHUNK - 1) / CHUNK * CHUNK * sizeof(float) + 63) / 64 | 1) * 64;
	p.pitch = row / sizeof(float);
	p.strip = p.luma + CHUNK * BLOCK * sizeof(float);
	p.sums = p.strip + (across.window + CHUNK) * sizeof(struct strand);
	p.lines = p.sums + (across.lead + CHUNK + 4) * sizeof(struct strand);
	p.blurred = p.lines + CHUNK * BLOCK * sizeof(float);
	p.down_sums = p.blurred + row * p.ring;
	p.zeros = p.down_sums + row;
	p.sampled = p.zeros + row;
	p.end = (p.sampled + 64 * sizeof(float) * p.ring + 63) & ~(size_t)63;
	return p;
}

static size_t scratch_size(const struct pdq_source *source)
{
	return plan_of(source).end;
}

/* Row or column i of the 64 that are looked at, of n. */
static uint32_t sample_at(uint32_t i, uint32_t n)
{
	return (uint32_t)(((i + 0.5) * n) / 64);
}

static void blur_and_sample(const struct pdq_source *s, char *scratch, float small[64][64])
{
	const struct plan p = plan_of(s);
	struct flow f = {
		.source = s,
		.across = box_of(s->width, s->width),
		.down = box_of(s->height, s->height),
		.columns = p.columns,
		.pitch = p.pitch,
		.luma = (float *)(void *)(scratch + p.luma),
		.lines = (float *)(void *)(scratch + p.lines),
		.strip = (struct strand *)(void *)(scratch + p.strip),
		.sums = (struct strand *)(void *)(scratch + p.sums),
		.blurred = { (float *)(void *)(scratch + p.blurred), p.pitch, p.ring },
		.down_sums = (float *)(void *)(scratch + p.down_sums),
		.zeros = (const float *)(const void *)(scratch + p.zeros),
		.sampled = { (float *)(void *)(scratch + p.sampled), 64, p.ring },
		.small = small,
	};
	for (uint32_t i = 0; i < 64; i++) {
		f.column_at[i] = sample_at(i, s->width);
		f.row_at[i] = sample_at(i, s->height);
	}
	for (size_t i = 0; i < p.end; i++)
		scratch[i] = 0; /* lanes past the edge take part in sums that nobody reads: keep them finite */
	flow_run(&f);
}

/* ---- From 64x64 samples to coefficients and quality -------------------------------------------------- */

static int step_size(float u, float v)
{
	int d = (int)(((u - v) * 100) / 255);
	return d < 0 ? -d : d;
}

/* How much the picture changes from sample to sample; flat pictures have hashes that mean little. */
static int quality_of(const float a[64][64])
{
	int sum = 0;
	for (int i = 0; i < 63; i++)
		for (int j = 0; j < 64; j++)
			sum += step_size(a[i][j], a[i + 1][j]);
	for (int i = 0; i < 64; i++)
		for (int j = 0; j < 63; j++)
			sum += step_size(a[i][j], a[i][j + 1]);
	return sum / 90 < 100 ? sum / 90 : 100;
}

/* Sums run over k upwards with one accumulator for each result, as defined; neighbours share a vector. */
static void transform(const float small[64][64], struct pdq_signal *out)
{
	float half[16][64];
	for (int j = 0; j < 64; j += LANES)
		for (int i = 0; i < 16; i += 8) {
			vec sum[8] = { 0 };
			for (int k = 0; k < 64; k++)
				for (int n = 0; n < 8; n++)
					sum[n] += pdq_cosines[k][i + n] * *(const vec_any *)&small[k][j];
			for (int n = 0; n < 8; n++)
				*(vec_any *)&half[i + n][j] = sum[n];
		}
	for (int j = 0; j < 16; j += LANES)
		for (int i = 0; i < 16; i += 8) {
			vec sum[8] = { 0 };
			for (int k = 0; k < 64; k++)
				for (int n = 0; n < 8; n++)
					sum[n] += half[i + n][k] * *(const vec_any *)&pdq_cosines[k][j];
			for (int n = 0; n < 8; n++)
				*(vec_any *)&out->dct[i + n][j] = sum[n];
		}
	out->quality = quality_of(small);
}

static void signal_of(const struct pdq_source *source, void *scratch, struct pdq_signal *out)
{
	float small[64][64];
	if (source->width == 64 && source->height == 64 && source->keep_64)
		for (uint32_t y = 0; y < 64; y++)
			luma_part(source, y, 0, 64, small[y]);
	else
		blur_and_sample(source, scratch, small);
	transform(small, out);
}

static bool supported(void)
{
	return PDQ_SUPPORTED;
}

const struct pdq_kernel PDQ_KERNEL = {
	.name = PDQ_NAME,
	.supported = supported,
	.scratch_size = scratch_size,
	.signal = signal_of,
	.transform = transform,
};
