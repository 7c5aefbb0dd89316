/* Screens any bytes, and checks that signals lie within them and scores within 0 and 1. */
#include <assert.h>
#include <stddef.h>

#include "lachan/detect.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct detect_text *text;
	struct detect_screening s;
	if (!text && detect_text_open(&text, NULL, 0, NULL))
		return 0;
	detect_text_screen(text, (const char *)data, n, NULL, &s);
	for (int t = 0; t < DETECT_TOPICS; t++)
		assert(s.score[t] >= 0 && s.score[t] <= 1);
	assert(s.signal_count <= DETECT_SIGNALS_MAX);
	for (uint32_t i = 0; i < s.signal_count; i++)
		assert(s.signals[i].start < s.signals[i].end && s.signals[i].end <= n);
	return 0;
}
