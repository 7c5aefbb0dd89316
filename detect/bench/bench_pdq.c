/* The hash step: luma in memory to hash and quality, every kernel against the scalar oracle. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "pdq/oracle.h"

enum { WIDTHS = 2, REPEATS = 3 };

static double oracle_rate(const float *luma, uint32_t width, uint32_t height)
{
	const size_t bytes = (size_t)width * height * sizeof(float);
	float *a = malloc(bytes), *b = malloc(bytes);
	struct pdq_signal signal;
	uint8_t bits[32];
	int rounds = 0;
	double start = bench_seconds();
	while (rounds++, bench_seconds() - start < 0.5) {
		memcpy(a, luma, bytes);
		oracle_signal(a, b, (int)height, (int)width, &signal);
		oracle_bits(&signal, bits);
	}
	free(a);
	free(b);
	return rounds / (bench_seconds() - start);
}

static double kernel_rate(const struct pdq_kernel *kernel, const struct pdq_source *source)
{
	void *scratch = aligned_alloc(64, kernel->scratch_size(source));
	struct pdq_signal signal;
	uint8_t bits[32];
	int rounds = 0;
	double start = bench_seconds();
	while (rounds++, bench_seconds() - start < 0.5) {
		kernel->signal(source, scratch, &signal);
		pdq_bits(&signal, PDQ_ORIGINAL, bits);
	}
	free(scratch);
	return rounds / (bench_seconds() - start);
}

static void bench_size(const struct pdq_kernel *const *kernels, uint32_t width, uint32_t height)
{
	uint64_t seed = 7;
	float *luma = malloc((size_t)width * height * sizeof *luma);
	for (size_t i = 0; i < (size_t)width * height; i++)
		luma[i] = (float)(bench_random(&seed) & 255) * 0.587f;
	struct pdq_source source = { .luma = luma,
		.width = width,
		.height = height,
		.full_width = width,
		.full_height = height,
		.channels = 1 };
	double best[4] = { 0 }, oracle = 0;
	for (int r = 0; r < REPEATS; r++) {
		double rate = oracle_rate(luma, width, height);
		oracle = rate > oracle ? rate : oracle;
		for (int k = 0; kernels[k]; k++) {
			rate = kernels[k]->supported() ? kernel_rate(kernels[k], &source) : 0;
			best[k] = rate > best[k] ? rate : best[k];
		}
	}
	for (int k = 0; kernels[k]; k++) {
		char name[80];
		snprintf(name, sizeof name, "pdq-%ux%u-luma-%s", width, height, kernels[k]->name);
		bench_print(name, best[k], "hashes/s", "scalar oracle -O3", oracle);
	}
	free(luma);
}

int main(void)
{
	const struct pdq_kernel *const kernels[] = {
		&pdq_kernel_portable,
#ifdef __x86_64__
		&pdq_kernel_avx2,
		&pdq_kernel_avx512,
#endif
		NULL,
	};
	bench_size(kernels, 512, 512);
	bench_size(kernels, 1600, 1004);
	return 0;
}
