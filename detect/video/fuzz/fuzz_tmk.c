/* Any bytes, padded to the length, as a TMK+PDQF file: refused, or written again unchanged. */
#include "lachan/detect.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint8_t *file = calloc(1, DETECT_TMK_BYTES), *again = malloc(DETECT_TMK_BYTES);
	struct detect_tmk *tmk = malloc(sizeof *tmk);
	struct detect_error error = { "" };

	memcpy(file, data, n < DETECT_TMK_BYTES ? n : DETECT_TMK_BYTES);
	if (detect_tmk_from_bytes(data, n, tmk, &error) != DETECT_OK && !error.text[0])
		abort();
	if (detect_tmk_from_bytes(file, DETECT_TMK_BYTES, tmk, &error) == DETECT_OK) {
		detect_tmk_to_bytes(tmk, again);
		if (memcmp(file, again, DETECT_TMK_BYTES) != 0 || isnan(detect_tmk_level1(tmk, tmk)))
			abort();
	}
	free(file);
	free(again);
	free(tmk);
	return 0;
}
