/* The time course of films against its definition, written down once more in the plainest way. */
#include "check.h"
#include "lachan/detect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PI 3.14159265358979323846

static char scratch[] = "/tmp/tmk-test-XXXXXX";

static void random_feature(uint64_t *seed, float out[256])
{
	for (int i = 0; i < 256; i++)
		out[i] = (float)(check_random(seed) % 2001) - 1000;
}

/* A film whose frames drift slowly from one random picture to the next, from frame `first` on. */
static struct detect_tmk *make_film(uint64_t seed, int first, int frames)
{
	struct detect_tmk *film = malloc(sizeof *film);
	float from[256], to[256], now[256];

	detect_tmk_begin(film);
	random_feature(&seed, to);
	for (int t = 0; t < first + frames; t++) {
		const int within = t % 20;
		if (within == 0) {
			memcpy(from, to, sizeof from);
			random_feature(&seed, to);
		}
		for (int i = 0; i < 256; i++)
			now[i] = from[i] + (to[i] - from[i]) * (float)within / 20;
		if (t >= first)
			detect_tmk_add_feature(film, now);
	}
	detect_tmk_end(film);
	return film;
}

static double level2(const struct detect_tmk *a, const struct detect_tmk *b)
{
	double score = -9;
	CHECK(detect_tmk_level2(a, b, &score) == DETECT_OK, " ");
	return score;
}

static void a_film_agrees_with_itself(void)
{
	struct detect_tmk *a = make_film(1, 0, 300);
	CHECK(fabs(detect_tmk_level1(a, a) - 1) < 1e-6, "%f", detect_tmk_level1(a, a));
	CHECK(fabs(level2(a, a) - 1) < 1e-5, "%f", level2(a, a));
	CHECK(a->frames == 300 && a->frames_per_second == 15, " ");
	free(a);
}

static void a_clip_agrees_and_another_film_does_not(void)
{
	struct detect_tmk *film = make_film(1, 0, 600), *clip = make_film(1, 60, 540),
					  *other = make_film(2, 0, 600);
	CHECK(level2(film, clip) >= 0.7, "%f", level2(film, clip));
	CHECK(fabs(level2(film, clip) - level2(clip, film)) < 1e-3, " ");
	CHECK(level2(film, other) < 0.7, "%f", level2(film, other));
	CHECK(detect_tmk_level1(film, other) < 0.7, "%f", detect_tmk_level1(film, other));
	free(film);
	free(clip);
	free(other);
}

/* The sums as detection's definition has them, term by term. */
static void sums_are_those_of_the_definition(void)
{
	enum { FRAMES = 9 };
	static float f[FRAMES][256];
	uint64_t seed = 5;
	struct detect_tmk *film = malloc(sizeof *film);

	detect_tmk_begin(film);
	for (int t = 0; t < FRAMES; t++) {
		random_feature(&seed, f[t]);
		detect_tmk_add_feature(film, f[t]);
	}
	for (int p = 0; p < 4; p++)
		for (int j = 0; j < 32; j += 7)
			for (int i = 0; i < 256; i += 51) {
				double c = 0, s = 0;
				for (int t = 0; t < FRAMES; t++) {
					double length = 0;
					for (int k = 0; k < 256; k++)
						length += (double)f[t][k] * (double)f[t][k];
					c += (double)f[t][i] / sqrt(length) * cos(2 * PI * j * t / film->periods[p]);
					s += (double)f[t][i] / sqrt(length) * sin(2 * PI * j * t / film->periods[p]);
				}
				CHECK(fabs(c - (double)film->cosines[p][j][i]) < 1e-5, "%d %d %d", p, j, i);
				CHECK(fabs(s - (double)film->sines[p][j][i]) < 1e-5, "%d %d %d", p, j, i);
			}
	detect_tmk_end(film);
	double length = 0;
	for (int i = 0; i < 256; i++)
		length += (double)film->sines[2][3][i] * (double)film->sines[2][3][i];
	CHECK(fabs(length - (double)film->weights[3]) < 1e-6, "%f", length);
	free(film);
}

static double dot(const float *a, const float *b)
{
	double sum = 0;
	for (int i = 0; i < 256; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

static double plain_level2(const struct detect_tmk *a, const struct detect_tmk *b)
{
	double best = -9, whole = (double)a->weights[0];
	for (int j = 1; j < 32; j++)
		whole += 2 * (double)a->weights[j];
	for (int p = 0; p < 4; p++) {
		double even[32], odd[32];
		for (int j = 0; j < 32; j++) {
			even[j] = dot(a->cosines[p][j], b->cosines[p][j]) + dot(a->sines[p][j], b->sines[p][j]);
			odd[j] = dot(a->sines[p][j], b->cosines[p][j]) - dot(a->cosines[p][j], b->sines[p][j]);
		}
		for (int d = 0; d < a->periods[p]; d++) {
			double sum = dot(a->cosines[p][0], b->cosines[p][0]);
			for (int j = 1; j < 32; j++)
				sum += cos(j * 2 * PI * d / a->periods[p]) * even[j]
					+ sin(j * 2 * PI * d / a->periods[p]) * odd[j];
			best = sum > best ? sum : best;
		}
	}
	return best / whole;
}

static void the_fast_score_is_the_plain_one(void)
{
	struct detect_tmk *a = make_film(3, 0, 200), *b = make_film(4, 33, 150);
	CHECK(fabs(level2(a, b) - plain_level2(a, b)) < 1e-9, "%f %f", level2(a, b), plain_level2(a, b));
	free(a);
	free(b);
}

static void files_hold_it_unchanged(void)
{
	struct detect_tmk *film = make_film(6, 0, 50), *back = malloc(sizeof *back);
	uint8_t *bytes = malloc(DETECT_TMK_BYTES);

	detect_tmk_to_bytes(film, bytes);
	CHECK(memcmp(bytes, "TMK1FVECPDQF\x0f\0\0\0\4\0\0\0\x20\0\0\0\0\1\0\0\x32\0\0\0\xab\x0a\0\0", 36) == 0,
		" ");
	CHECK(detect_tmk_from_bytes(bytes, DETECT_TMK_BYTES, back, NULL) == DETECT_OK, " ");
	CHECK(memcmp(film, back, sizeof *film) == 0, " ");
	CHECK(detect_tmk_save(film, scratch, NULL) == DETECT_OK, " ");
	memset(back, 0, sizeof *back);
	CHECK(detect_tmk_load(scratch, back, NULL) == DETECT_OK && memcmp(film, back, sizeof *film) == 0, " ");
	free(film);
	free(back);
	free(bytes);
}

static void broken_files_are_refused(void)
{
	static const struct { size_t at; uint8_t value; enum detect_status status;
	} rows[] = {
		{ 0, 'X', DETECT_INVALID },
		{ 8, 'X', DETECT_INVALID },
		{ 16, 5, DETECT_VERSION },
		{ 20, 31, DETECT_VERSION },
		{ 24, 1, DETECT_VERSION },
		{ 31, 0x80, DETECT_VERSION },
		{ 35, 0xff, DETECT_VERSION },
		{ 15, 0xff, DETECT_VERSION },
		{ 12, 15, DETECT_OK },
	};
	struct detect_tmk *film = make_film(6, 0, 50), *back = malloc(sizeof *back);
	uint8_t *bytes = malloc(DETECT_TMK_BYTES);
	struct detect_error error;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		detect_tmk_to_bytes(film, bytes);
		bytes[rows[i].at] = rows[i].value;
		CHECK(detect_tmk_from_bytes(bytes, DETECT_TMK_BYTES, back, &error) == rows[i].status, "row %zu", i);
	}
	memset(bytes + 1000, 0xff, 4);
	CHECK(detect_tmk_from_bytes(bytes, DETECT_TMK_BYTES, back, &error) == DETECT_BROKEN, "not a number");
	for (size_t n = 0; n < DETECT_TMK_BYTES; n += 997)
		CHECK(detect_tmk_from_bytes(bytes, n, back, &error) == DETECT_BROKEN, "%zu", n);
	CHECK(detect_tmk_load("/nowhere/film.tmk", back, &error) == DETECT_NOT_FOUND, " ");
	free(film);
	free(back);
	free(bytes);
}

static void other_periods_cannot_be_compared(void)
{
	struct detect_tmk *a = make_film(1, 0, 10), *b = make_film(1, 0, 10);
	double score;
	b->periods[1]++;
	CHECK(detect_tmk_level2(a, b, &score) == DETECT_INVALID, " ");
	free(a);
	free(b);
}

static void empty_and_black_films_have_no_score(void)
{
	static const float black[256];
	static const uint8_t pixels[64 * 64 * 3];
	struct detect_tmk *film = make_film(1, 0, 10), *empty = make_film(1, 0, 0), *dark = malloc(sizeof *dark);
	struct detect_image frame = { .pixels = pixels, .width = 64, .height = 64, .channels = 3 };

	detect_tmk_begin(dark);
	detect_tmk_add_feature(dark, black);
	CHECK(detect_tmk_add(dark, &frame) == DETECT_OK && dark->frames == 2, " ");
	frame.width = 63;
	CHECK(detect_tmk_add(dark, &frame) == DETECT_INVALID && dark->frames == 2, " ");
	detect_tmk_end(dark);
	CHECK(detect_tmk_level1(film, empty) == 0 && detect_tmk_level1(dark, film) == 0, " ");
	CHECK(level2(film, empty) == 0 && level2(dark, film) == 0, " ");
	free(film);
	free(empty);
	free(dark);
}

int main(void)
{
	int fd = mkstemp(scratch);

	a_film_agrees_with_itself();
	a_clip_agrees_and_another_film_does_not();
	sums_are_those_of_the_definition();
	the_fast_score_is_the_plain_one();
	files_hold_it_unchanged();
	broken_files_are_refused();
	other_periods_cannot_be_compared();
	empty_and_black_films_have_no_score();
	close(fd);
	unlink(scratch);
	return check_done();
}
