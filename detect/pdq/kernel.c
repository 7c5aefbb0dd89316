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
#include "luma.h"
#include "pdq.h"
#include "cosines.h"

#define LANES PDQ_LANES
#define STRANDS 2 /* vectors abreast in a strip: two chains of additions hide each other's latency */
#define BLOCK ((uint32_t)(LANES * STRANDS))

typedef float vec __attribute__((vector_size(LANES * 4)));
typedef float vec_any __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int32_t ivec __attribute__((vector_size(LANES * 4)));

struct strand { /* one pixel of each of BLOCK rows */
	vec v[STRANDS];
};

/* ---- A line's box blur: which samples each output averages ------------------------------------------- */

struct box {
	uint32_t n, window, lead; /* length, full window, samples taken in before the first output */
};

static struct box box_of(uint32_t side, uint32_t n)
{
	uint32_t window = (side + 127) / 128;
	return (struct box){ n, window, (window + 2) / 2 - 1 };
}

static float box_count(struct box b, uint32_t output)
{
	uint32_t step = output + b.lead;
	uint32_t last = step < b.n ? step : b.n - 1;
	uint32_t first = step < b.window ? 0 : step - b.window + 1;
	return (float)(last - first + 1);
}

/* Steps first..last-1 of the running sums along a strip; which parts a step has is constant at each call. */
static inline struct strand box_steps(struct box b, const struct strand *in, struct strand *sums,
	struct strand sum, uint32_t first, uint32_t last)
{
	const bool add = first < b.n, subtract = first >= b.window, emit = first >= b.lead;
	for (uint32_t s = first; s < last; s++) {
		for (int k = 0; k < STRANDS && add; k++)
			sum.v[k] += in[s].v[k];
		for (int k = 0; k < STRANDS && subtract; k++)
			sum.v[k] -= in[s - b.window].v[k];
		if (emit)
			sums[s - b.lead] = sum;
	}
	return sum;
}

/* Running sums along a strip: sums[x] is what output x divides. Adds before it subtracts, as defined. */
static void box_strip(struct box b, const struct strand *restrict in, struct strand *restrict sums)
{
	struct strand sum = { 0 };
	sum = box_steps(b, in, sums, sum, 0, b.lead);
	sum = box_steps(b, in, sums, sum, b.lead, b.window);
	sum = box_steps(b, in, sums, sum, b.window, b.n);
	box_steps(b, in, sums, sum, b.n, b.n + b.lead);
}

/* ---- Transposing ------------------------------------------------------------------------------------- */

#define P2(x) (x), (x) + LANES
#if LANES == 4
#define LOW_HALVES P2(0), P2(1)
#define HIGH_HALVES P2(2), P2(3)
#elif LANES == 8
#define LOW_HALVES P2(0), P2(1), P2(2), P2(3)
#define HIGH_HALVES P2(4), P2(5), P2(6), P2(7)
#else
#define LOW_HALVES P2(0), P2(1), P2(2), P2(3), P2(4), P2(5), P2(6), P2(7)
#define HIGH_HALVES P2(8), P2(9), P2(10), P2(11), P2(12), P2(13), P2(14), P2(15)
#endif

/* Interleaving line i with line i + LANES/2, log2(LANES) times over, transposes a square. */
static inline void transpose(vec m[LANES])
{
	for (int round = 1; round < LANES; round *= 2) {
		vec t[LANES];
		for (int i = 0; i < LANES / 2; i++) {
			t[2 * i] = __builtin_shufflevector(m[i], m[i + LANES / 2], LOW_HALVES);
			t[2 * i + 1] = __builtin_shufflevector(m[i], m[i + LANES / 2], HIGH_HALVES);
		}
		for (int i = 0; i < LANES; i++)
			m[i] = t[i];
	}
}

/* BLOCK rows of `columns` floats (a multiple of LANES), `pitch` floats apart, to a strip. */
static void rows_to_strip(const float *rows, size_t pitch, uint32_t columns, struct strand *strip)
{
	for (uint32_t x = 0; x < columns; x += LANES)
		for (int k = 0; k < STRANDS; k++) {
			vec m[LANES];
			for (size_t i = 0; i < LANES; i++)
				m[i] = *(const vec_any *)(rows + ((size_t)k * LANES + i) * pitch + x);
			transpose(m);
			for (size_t i = 0; i < LANES; i++)
				strip[x + i].v[k] = m[i];
		}
}

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

struct flow {
	const struct pdq_source *source;
	struct box across, down;            /* the blur along a row; the blur along a column */
	uint32_t columns;                   /* width rounded up to LANES */
	float *lines;                       /* BLOCK rows on their way into a strip */
	struct strand *strip, *sums;        /* columns of each */
	struct ring blurred;                /* after the first blur along rows */
	float *down_sums;                   /* columns; running sums of the first blur along columns */
	struct ring sampled;                /* after the second blur along rows: 64 columns */
	float last_sums[64];                /* the same of the second blur along columns */
	uint32_t column_at[64], row_at[64]; /* the columns and rows that the hash looks at */
	uint32_t done;                      /* rows that have left the second blur along rows */
	float (*small)[64];
};

/* One step of n column sums; add or subtract is NULL at the ends. */
static void box_down(float *restrict sums, const float *add, const float *subtract, size_t n)
{
	for (size_t x = 0; x < n; x += LANES) {
		vec sum = *(vec_any *)(sums + x);
		if (add)
			sum += *(const vec_any *)(add + x);
		if (subtract)
			sum -= *(const vec_any *)(subtract + x);
		*(vec_any *)(sums + x) = sum;
	}
}

static void divide(const float *restrict sums, float count, float *restrict out, size_t n)
{
	for (size_t x = 0; x < n; x += LANES)
		*(vec_any *)(out + x) = *(const vec_any *)(sums + x) / count;
}

/* One step of a blur along columns over a ring of rows. */
static void step_down(const struct box *b, const struct ring *in, float *sums, uint32_t step)
{
	const float *add = step < b->n ? ring_row(in, step) : NULL;
	const float *subtract = step >= b->window ? ring_row(in, step - b->window) : NULL;
	box_down(sums, add, subtract, in->pitch);
}

/* Fourth blur: takes rows of 64 columns up to `end` steps and keeps those that the hash looks at. */
static void flow_last(struct flow *f, uint32_t begin, uint32_t end)
{
	for (uint32_t step = begin; step < end; step++) {
		step_down(&f->down, &f->sampled, f->last_sums, step);
		for (int i = 0; i < 64 && step >= f->down.lead; i++)
			if (f->row_at[i] == step - f->down.lead)
				divide(f->last_sums, box_count(f->down, f->row_at[i]), f->small[i], 64);
	}
}

/* Third blur, along `count` finished rows that lie in f->lines; its results go on to the fourth. */
static void flow_third(struct flow *f, uint32_t count)
{
	rows_to_strip(f->lines, f->columns, f->columns, f->strip);
	box_strip(f->across, f->strip, f->sums);
	float *at[BLOCK];
	for (uint32_t i = 0; i < count; i++)
		at[i] = ring_row(&f->sampled, f->done + i);
	for (int j = 0; j < 64; j++) {
		struct strand s = f->sums[f->column_at[j]];
		float one[BLOCK];
		for (int k = 0; k < STRANDS; k++)
			*(vec_any *)(one + k * LANES) = s.v[k] / box_count(f->across, f->column_at[j]);
		for (uint32_t i = 0; i < count; i++)
			at[i][j] = one[i];
	}
	flow_last(f, f->done, f->done + count);
	f->done += count;
}

/* Second blur, along columns; whenever a block of rows is full, or the picture ends, it goes on. */
static void flow_second(struct flow *f, uint32_t begin, uint32_t end)
{
	for (uint32_t step = begin; step < end; step++) {
		step_down(&f->down, &f->blurred, f->down_sums, step);
		if (step < f->down.lead)
			continue;
		uint32_t row = step - f->down.lead, place = row % BLOCK;
		divide(f->down_sums, box_count(f->down, row), f->lines + place * f->columns, f->columns);
		if (place == BLOCK - 1 || row == f->down.n - 1)
			flow_third(f, place + 1);
	}
}

/* First blur, along rows y .. y + count - 1. */
static void flow_first(struct flow *f, float *rows, uint32_t y, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		luma_row(f->source, y + i, rows + (size_t)i * f->columns);
	rows_to_strip(rows, f->columns, f->columns, f->strip);
	box_strip(f->across, f->strip, f->sums);
	for (uint32_t x = 0; x < f->columns; x += LANES)
		for (uint32_t k = 0; k < STRANDS; k++) {
			vec m[LANES];
			for (uint32_t i = 0; i < LANES; i++)
				m[i] = f->sums[x + i].v[k] / box_count(f->across, x + i);
			transpose(m);
			for (uint32_t i = 0; i < LANES && k * LANES + i < count; i++)
				*(vec *)(ring_row(&f->blurred, y + k * LANES + i) + x) = m[i];
		}
}

static void flow_run(struct flow *f, float *rows)
{
	const uint32_t n = f->source->height;
	for (uint32_t y = 0; y < n; y += BLOCK) {
		uint32_t count = n - y < BLOCK ? n - y : BLOCK;
		flow_first(f, rows, y, count);
		flow_second(f, y, y + count);
	}
	flow_second(f, n, n + f->down.lead);
	flow_last(f, n, n + f->down.lead);
}

/* ---- Scratch memory ---------------------------------------------------------------------------------- */

struct plan { /* offsets into the scratch memory, in bytes, all multiples of 64 */
	size_t luma, lines, strip, sums, blurred, down_sums, sampled, end;
	uint32_t columns, ring;
};

static struct plan plan_of(const struct pdq_source *s)
{
	struct plan p = { .columns = (s->width + LANES - 1) / LANES * LANES };
	p.ring = box_of(s->height, s->height).window + BLOCK;
	const size_t row = (p.columns * sizeof(float) + 63) & ~(size_t)63;
	p.lines = p.luma + row * BLOCK;
	p.strip = p.lines + row * BLOCK;
	p.sums = p.strip + row * BLOCK;
	p.blurred = p.sums + row * BLOCK;
	p.down_sums = p.blurred + row * p.ring;
	p.sampled = p.down_sums + row;
	p.end = p.sampled + 64 * sizeof(float) * p.ring;
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
		.lines = (float *)(void *)(scratch + p.lines),
		.strip = (struct strand *)(void *)(scratch + p.strip),
		.sums = (struct strand *)(void *)(scratch + p.sums),
		.blurred = { (float *)(void *)(scratch + p.blurred), p.columns, p.ring },
		.down_sums = (float *)(void *)(scratch + p.down_sums),
		.sampled = { (float *)(void *)(scratch + p.sampled), 64, p.ring },
		.small = small,
	};
	for (uint32_t i = 0; i < 64; i++) {
		f.column_at[i] = sample_at(i, s->width);
		f.row_at[i] = sample_at(i, s->height);
	}
	for (size_t i = 0; i < p.end; i++)
		scratch[i] = 0; /* lanes past the edge take part in sums that nobody reads: keep them finite */
	flow_run(&f, (float *)(void *)(scratch + p.luma));
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
			luma_row(source, y, small[y]);
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
