/* The .tmk file: little-endian whatever the machine. */
#include "lachan/detect.h"
#include "status.h"
#include "whole_file.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char magic[] = "TMK1FVECPDQF";

enum { MAGIC_BYTES = 12, PERIOD_MAX = 1 << 20 };

/* ---- Writing and reading, one way of naming the parts for both ---- */

static void write_32(uint8_t **to, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		*(*to)++ = (uint8_t)(v >> 8 * i);
}

static uint32_t read_32(const uint8_t **from)
{
	const uint8_t *at = *from;
	*from += 4;
	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void write_floats(uint8_t **to, const float *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint32_t bits;
		memcpy(&bits, &v[i], sizeof bits);
		write_32(to, bits);
	}
}

/* False when one of them is no number: no sum with it would mean anything. */
static bool read_floats(const uint8_t **from, float *v, size_t n)
{
	bool good = true;
	for (size_t i = 0; i < n; i++) {
		uint32_t bits = read_32(from);
		memcpy(&v[i], &bits, sizeof bits);
		good &= isfinite(v[i]) != 0;
	}
	return good;
}

enum { WAVE_FLOATS = DETECT_TMK_PERIODS * DETECT_TMK_WAVES * DETECT_TMK_FEATURES };

void detect_tmk_to_bytes(const struct detect_tmk *tmk, uint8_t out[DETECT_TMK_BYTES])
{
	uint8_t *to = out;

	memcpy(to, magic, MAGIC_BYTES);
	to += MAGIC_BYTES;
	write_32(&to, (uint32_t)tmk->frames_per_second);
	write_32(&to, DETECT_TMK_PERIODS);
	write_32(&to, DETECT_TMK_WAVES);
	write_32(&to, DETECT_TMK_FEATURES);
	write_32(&to, (uint32_t)tmk->frames);
	for (int p = 0; p < DETECT_TMK_PERIODS; p++)
		write_32(&to, (uint32_t)tmk->periods[p]);
	write_floats(&to, tmk->weights, DETECT_TMK_WAVES);
	write_floats(&to, tmk->average, DETECT_TMK_FEATURES);
	write_floats(&to, &tmk->cosines[0][0][0], WAVE_FLOATS);
	write_floats(&to, &tmk->sines[0][0][0], WAVE_FLOATS);
}

static bool read_head(const uint8_t **from, struct detect_tmk *out)
{
	out->frames_per_second = (int32_t)read_32(from);
	bool shape = read_32(from) == DETECT_TMK_PERIODS;
	shape &= read_32(from) == DETECT_TMK_WAVES;
	shape &= read_32(from) == DETECT_TMK_FEATURES;
	out->frames = (int32_t)read_32(from);
	for (int p = 0; p < DETECT_TMK_PERIODS; p++) {
		out->periods[p] = (int32_t)read_32(from);
		shape &= out->periods[p] > 0 && out->periods[p] <= PERIOD_MAX;
	}
	return shape && out->frames >= 0 && out->frames_per_second > 0;
}

enum detect_status detect_tmk_from_bytes(const uint8_t *bytes, size_t n, struct detect_tmk *out,
                                         struct detect_error *error)
{
	const uint8_t *from = bytes + MAGIC_BYTES;

	if (n != DETECT_TMK_BYTES)
		return detect_fail(
			DETECT_BROKEN, error, "a TMK+PDQF file has %d bytes, not %zu", DETECT_TMK_BYTES, n);
	if (memcmp(bytes, magic, MAGIC_BYTES) != 0)
		return detect_fail(DETECT_INVALID, error, "not a TMK+PDQF file");
	if (!read_head(&from, out))
		return detect_fail(DETECT_VERSION, error, "a TMK+PDQF file of another shape");
	bool good = read_floats(&from, out->weights, DETECT_TMK_WAVES);
	good &= read_floats(&from, out->average, DETECT_TMK_FEATURES);
	good &= read_floats(&from, &out->cosines[0][0][0], WAVE_FLOATS);
	good &= read_floats(&from, &out->sines[0][0][0], WAVE_FLOATS);
	return good ? DETECT_OK : detect_fail(DETECT_BROKEN, error, "a value that is no number");
}

enum detect_status detect_tmk_load(const char *path, struct detect_tmk *out, struct detect_error *error)
{
	struct whole_file file;

	enum detect_status status = whole_file_read(path, DETECT_TMK_BYTES, &file, error);
	if (status != DETECT_OK)
		return status;
	status = detect_tmk_from_bytes(file.at, file.n, out, error);
	free(file.at);
	return status;
}

enum detect_status detect_tmk_save(
	const struct detect_tmk *tmk, const char *path, struct detect_error *error)
{
	uint8_t *bytes = malloc(DETECT_TMK_BYTES);
	FILE *file = bytes ? fopen(path, "we") : NULL;
	bool written = false;

	if (file) {
		detect_tmk_to_bytes(tmk, bytes);
		written = fwrite(bytes, 1, DETECT_TMK_BYTES, file) == DETECT_TMK_BYTES;
		written &= fclose(file) == 0;
	}
	free(bytes);
	return written ? DETECT_OK : detect_fail(DETECT_IO, error, "%s cannot be written", path);
}
