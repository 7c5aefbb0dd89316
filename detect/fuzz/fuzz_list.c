/* Any bytes as a list of hashes, and as options: lines are taken or named, never worse. */
#include <stdlib.h>
#include <string.h>

#include "cmd/args.h"
#include "cmd/hash_list.h"
#include "cmd/json_out.h"
#include "cmd/lines.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void as_lines(const uint8_t *data, size_t n)
{
	struct lines lines = { .from = fmemopen((void *)(uintptr_t)data, n, "r") };
	FILE *nowhere = fopen("/dev/null", "w");
	if (!lines.from || !nowhere)
		abort();
	for (enum line_result r; (r = lines_next(&lines)) != LINE_END;) {
		struct hash_line parts;
		struct detect_pdq hash = { .family = DETECT_FULL }, again;
		if (r == LINE_TOO_LONG || !hash_line_split(&lines, &parts))
			continue;
		if (parts.hash + parts.hash_size > lines.text + lines.n ||
			parts.id + parts.id_size > lines.text + lines.n)
			abort();
		json_string(nowhere, parts.id, parts.id_size);
		if (detect_pdq_from_hex(parts.hash, parts.hash_size, &hash))
			continue;
		char hex[65];
		detect_pdq_to_hex(&hash, hex);
		if (detect_pdq_from_hex(hex, 64, &again) || memcmp(again.bits, hash.bits, sizeof hash.bits))
			abort();
	}
	fclose(nowhere);
	fclose(lines.from);
}

static void as_arguments(const uint8_t *data, size_t n)
{
	char *text = malloc(n + 1), *argv[40] = { "verb" };
	int argc = 1, radius = 0, family = 0;
	bool json = false;
	const char *path = NULL;
	memcpy(text, data, n);
	text[n] = '\0';
	for (char *rest = text, *word; argc < 39 && (word = strsep(&rest, " ")) != NULL;)
		argv[argc++] = word;
	const struct arg args[] = {
		{ "--radius", ARG_NUMBER, &radius, 0, 256, NULL },
		{ "--family", ARG_CHOICE, &family, 0, 0, "full|cpp512" },
		{ "--json", ARG_FLAG, &json, 0, 0, NULL },
		{ "-o", ARG_TEXT, &path, 0, 0, NULL },
		{ 0 },
	};
	args_read(args, "", &argc, argv);
	if (radius < 0 || radius > 256 || family < 0 || family > 1 || argc < 1 || argc > 39)
		abort();
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0)
		return 0;
	as_lines(data, n);
	as_arguments(data, n);
	return 0;
}
