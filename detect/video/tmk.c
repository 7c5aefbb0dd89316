/* TMK+PDQF: the time course of a film's frames as a row of Fourier coefficients for four periods, so that
 * two films can be laid over each other at any offset without their frames. */
#include "lachan/detect.h"

#include "pdq/luma.h"
#include "pdq/pdq.h"
#include "status.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define PI 3.14159265358979323846

enum { SIDE = 64, PERIODS = DETECT_TMK_PERIODS, WAVES = DETECT_TMK_WAVES, FEATURES = DETECT_TMK_FEATURES };

static const int32_t usual_periods[PERIODS] = { 2731, 4391, 9767, 14653 };

/* Poullot's weights of the waves. */
static const float usual_weights[WAVES] = {
	0.0708041893112f, 0.13937789309f, 0.132897260304f, 0.122765735552f, 0.109878684888f,
	0.09529606433f, 0.0800986647852f, 0.0652590650356f, 0.0515478238322f, 0.0394851531195f,
	0.0293374252025f, 0.0211492623679f, 0.0147973073245f, 0.0100512818746f, 0.0066306408014f,
	0.00424947117334f, 0.0026467615764f, 0.00160270959695f, 0.000943882629639f, 0.000540841638603f,
	0.000301633183798f, 0.000163800158855f, 8.66454753015e-05f, 4.46626303151e-05f, 2.24429442235e-05f,
	1.09982139799e-05f, 5.25823487999e-06f, 2.45358229988e-06f, 1.11781474895e-06f, 4.97406489221e-07f,
	2.16265487234e-07f, 9.19087006565e-08f,
};

void detect_tmk_begin(struct detect_tmk *tmk)
{
	*tmk = (struct detect_tmk){ .frames_per_second = DETECT_TMK_FPS };
	memcpy(tmk->periods, usual_periods, sizeof tmk->periods);
	memcpy(tmk->weights, usual_weights, sizeof tmk->weights);
}

static double length_of(const float v[FEATURES])
{
	double sum = 0;
	for (int i = 0; i < FEATURES; i++)
		sum += (double)v[i] * (double)v[i];
	return sqrt(sum);
}

static void add_scaled(float to[FEATURES], const float from[FEATURES], float by)
{
	for (int i = 0; i < FEATURES; i++)
		to[i] += from[i] * by;
}

static void scale(float v[FEATURES], float by)
{
	for (int i = 0; i < FEATURES; i++)
		v[i] *= by;
}

static void add_waves(struct detect_tmk *tmk, int p, const float feature[FEATURES])
{
	for (int j = 0; j < WAVES; j++) {
		double angle = 2 * PI * j * tmk->frames / tmk->periods[p];
		add_scaled(tmk->cosines[p][j], feature, (float)cos(angle));
		if (j > 0)
			add_scaled(tmk->sines[p][j], feature, (float)sin(angle));
	}
}

void detect_tmk_add_feature(struct detect_tmk *tmk, const float feature[DETECT_TMK_FEATURES])
{
	float unit[FEATURES];
	const double length = length_of(feature);

	add_scaled(tmk->average, feature, 1);
	memcpy(unit, feature, sizeof unit);
	scale(unit, length > 0 ? (float)(1 / length) : 0);
	for (int p = 0; p < PERIODS; p++)
		add_waves(tmk, p, unit);
	tmk->frames++;
}

enum detect_status detect_tmk_add(struct detect_tmk *tmk, const struct detect_image *frame)
{
	float luma[SIDE][SIDE], feature[FEATURES];
	struct pdq_signal signal;
	static_assert(sizeof feature == sizeof signal.dct, "the features are the DCT");
	const size_t stride = frame->stride ? frame->stride : (size_t)SIDE * frame->channels;

	if (frame->width != SIDE || frame->height != SIDE || frame->channels < 1 || frame->channels > 4
		|| frame->sampling || tmk->frames == INT32_MAX)
		return DETECT_INVALID;
	for (int y = 0; y < SIDE; y++)
		luma_run(frame->pixels + stride * (size_t)y, frame->channels, SIDE, luma[y]);
	pdq_kernel()->transform(luma, &signal);
	memcpy(feature, signal.dct, sizeof feature);
	detect_tmk_add_feature(tmk, feature);
	return DETECT_OK;
}

static void weigh(float v[FEATURES], float weight)
{
	const double length = length_of(v);
	scale(v, length > 0 ? (float)(sqrt((double)weight) / length) : 0);
}

void detect_tmk_end(struct detect_tmk *tmk)
{
	if (tmk->frames == 0)
		return;
	scale(tmk->average, 1 / (float)tmk->frames);
	for (int p = 0; p < PERIODS; p++)
		for (int j = 0; j < WAVES; j++) {
			weigh(tmk->cosines[p][j], tmk->weights[j]);
			weigh(tmk->sines[p][j], tmk->weights[j]);
		}
}

/* ---- Scores ---- */

static double dot(const float a[FEATURES], const float b[FEATURES])
{
	double sum = 0;
	for (int i = 0; i < FEATURES; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

double detect_tmk_level1(const struct detect_tmk *a, const struct detect_tmk *b)
{
	const double lengths = length_of(a->average) * length_of(b->average);
	return lengths > 0 ? dot(a->average, b->average) / lengths : 0;
}

/* How well two films agree at an offset is a sum of waves of that offset: its amplitudes for one period. */
struct agreement {
	double even[WAVES], odd[WAVES];
};

static void prepare(const struct detect_tmk *a, const struct detect_tmk *b, int p, struct agreement *out)
{
	for (int j = 0; j < WAVES; j++) {
		out->even[j] = dot(a->cosines[p][j], b->cosines[p][j]) + dot(a->sines[p][j], b->sines[p][j]);
		out->odd[j] = dot(a->sines[p][j], b->cosines[p][j]) - dot(a->cosines[p][j], b->sines[p][j]);
	}
}

/* cos(j*angle) and sin(j*angle) by turning on from j - 1: a million of them make one score. */
static double agree_at(const struct agreement *waves, double angle)
{
	const double turn_cos = cos(angle), turn_sin = sin(angle);
	double c = turn_cos, s = turn_sin, sum = waves->even[0];

	for (int j = 1; j < WAVES; j++) {
		sum += c * waves->even[j] + s * waves->odd[j];
		double next = c * turn_cos - s * turn_sin;
		s = s * turn_cos + c * turn_sin;
		c = next;
	}
	return sum;
}

static double weight_sum(const struct detect_tmk *tmk)
{
	double sum = (double)tmk->weights[0];
	for (int j = 1; j < WAVES; j++)
		sum += 2 * (double)tmk->weights[j];
	return sum;
}

enum detect_status detect_tmk_level2(const struct detect_tmk *a, const struct detect_tmk *b, double *out)
{
	double best = -INFINITY;

	if (memcmp(a->periods, b->periods, sizeof a->periods) != 0
		|| memcmp(a->weights, b->weights, sizeof a->weights) != 0)
		return DETECT_INVALID;
	for (int p = 0; p < PERIODS; p++) {
		struct agreement waves;
		prepare(a, b, p, &waves);
		for (int32_t d = 0; d < a->periods[p]; d++) {
			double here = agree_at(&waves, 2 * PI * d / a->periods[p]);
			best = here > best ? here : best;
		}
	}
	*out = best / weight_sum(a);
	return DETECT_OK;
}
