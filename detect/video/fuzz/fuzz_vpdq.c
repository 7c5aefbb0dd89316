/* Any text as a vPDQ file: an error with a message, or frames that are written and read again unchanged. */
#include "lachan/detect.h"

#include <stdlib.h>
#include <string.h>

/* Seconds may carry more decimals than are written: they change once, and then stay. */
static void check_line(const struct detect_vpdq_frame *frame)
{
	char line[DETECT_VPDQ_LINE_BYTES], again[DETECT_VPDQ_LINE_BYTES];
	struct detect_vpdq back;
	size_t n = detect_vpdq_line(frame, line);

	if (n != strlen(line) || detect_vpdq_parse(line, n, &back, NULL) != DETECT_OK || back.n != 1)
		abort();
	if (detect_vpdq_line(&back.at[0], again) != n || strcmp(line, again) != 0)
		abort();
	detect_vpdq_free(&back);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct detect_vpdq film;
	struct detect_error error = { "" };

	if (detect_vpdq_parse((const char *)data, n, &film, &error) != DETECT_OK) {
		if (!error.text[0] || film.at)
			abort();
		return 0;
	}
	for (size_t i = 0; i < film.n; i++)
		check_line(&film.at[i]);
	detect_vpdq_free(&film);
	return 0;
}
