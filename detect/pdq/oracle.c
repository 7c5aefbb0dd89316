/*
 * The scalar reference: PDQ as written down, step by step, on whole pictures. It is not part of the
 * library; tests hold every kernel to its bits and benchmarks measure against it.
 */
#include "oracle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void box_line(const float *in, float *out, int n, int stride, int window)
{
	const int half = (window + 2) / 2;
	int left = 0, right = 0, at = 0, count = 0;
	float sum = 0;
	for (int i = 0; i < half - 1; i++) {
		sum += in[stride * right++];
		count++;
	}
	for (int i = 0; i < window - half + 1; i++) {
		sum += in[stride * right++];
		count++;
		out[stride * at++] = sum / (float)count;
	}
	for (int i = 0; i < n - window; i++) {
		sum += in[stride * right++];
		sum -= in[stride * left++];
		out[stride * at++] = sum / (float)count;
	}
	for (int i = 0; i < half - 1; i++) {
		sum -= in[stride * left++];
		count--;
		out[stride * at++] = sum / (float)count;
	}
}

static void blur(float *a, float *b, int rows, int columns)
{
	for (int repetition = 0; repetition < 2; repetition++) {
		for (int i = 0; i < rows; i++)
			box_line(a + (size_t)i * (size_t)columns, b + (size_t)i * (size_t)columns, columns, 1,
				(columns + 127) / 128);
		for (int j = 0; j < columns; j++)
			box_line(b + j, a + j, rows, columns, (rows + 127) / 128);
	}
}

static int quality_of(const float a[64][64])
{
	int sum = 0;
	for (int i = 0; i < 64; i++)
		for (int j = 0; j < 64; j++) {
			if (i < 63)
				sum += abs((int)(((a[i][j] - a[i + 1][j]) * 100) / 255));
			if (j < 63)
				sum += abs((int)(((a[i][j] - a[i][j + 1]) * 100) / 255));
		}
	return sum / 90 > 100 ? 100 : sum / 90;
}

static void transform(const float a[64][64], float out[16][16])
{
	float d[16][64], t[16][64];
	const float scale = (float)sqrt(2.0 / 64);
	for (int i = 0; i < 16; i++)
		for (int j = 0; j < 64; j++)
			d[i][j] = (float)(scale * cos((M_PI / 2 / 64.0) * (i + 1) * (2 * j + 1)));
	for (int i = 0; i < 16; i++)
		for (int j = 0; j < 64; j++) {
			t[i][j] = 0;
			for (int k = 0; k < 64; k++)
				t[i][j] += d[i][k] * a[k][j];
		}
	for (int i = 0; i < 16; i++)
		for (int j = 0; j < 16; j++) {
			out[i][j] = 0;
			for (int k = 0; k < 64; k++)
				out[i][j] += t[i][k] * d[j][k];
		}
}

void oracle_signal(float *a, float *b, int rows, int columns, struct pdq_signal *out)
{
	float small[64][64];
	blur(a, b, rows, columns);
	for (int i = 0; i < 64; i++)
		for (int j = 0; j < 64; j++)
			small[i][j] =
				a[(size_t)(((i + 0.5) * rows) / 64) * (size_t)columns + (size_t)(((j + 0.5) * columns) / 64)];
	out->quality = quality_of(small);
	transform(small, out->dct);
}

static float lower_median(const float values[256])
{
	for (int i = 0; i < 256; i++) {
		int below = 0, equal = 0;
		for (int j = 0; j < 256; j++) {
			below += values[j] < values[i];
			equal += values[j] == values[i];
		}
		if (below < 128 && below + equal >= 128)
			return values[i];
	}
	abort(); /* one of 256 finite values is always the 128th smallest */
}

void oracle_bits(const struct pdq_signal *signal, uint8_t bits[32])
{
	float values[256];
	memcpy(values, signal->dct, sizeof values);
	const float median = lower_median(values);
	for (int i = 0; i < 32; i++)
		bits[i] = 0;
	for (int k = 0; k < 256; k++)
		if (values[k] > median)
			bits[31 - k / 8] |= (uint8_t)(1 << (k % 8));
}
