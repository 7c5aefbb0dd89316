/* The text form of vPDQ: a line `frame,quality,hash,seconds` for each frame, as the reference writes it. */
#include "lachan/detect.h"
#include "status.h"
#include "whole_file.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is left of a line. */
struct text {
	const char *at, *end;
};

static bool take_char(struct text *text, char wanted)
{
	if (text->at == text->end || *text->at != wanted)
		return false;
	text->at++;
	return true;
}

/* Digits, at least one, up to a value of most. */
static bool take_number(struct text *text, uint64_t most, uint64_t *out)
{
	const char *start = text->at;

	for (*out = 0; text->at < text->end && *text->at >= '0' && *text->at <= '9'; text->at++) {
		*out = *out * 10 + (uint64_t)(*text->at - '0');
		if (*out > most)
			return false;
	}
	return text->at > start;
}

/* By hand, as the C library's reading depends on the language of the machine. */
static bool take_seconds(struct text *text, double *out)
{
	uint64_t whole;
	double place = 1;

	if (!take_number(text, DETECT_VPDQ_SECONDS_MAX, &whole))
		return false;
	*out = (double)whole;
	if (!take_char(text, '.'))
		return true;
	uint64_t thousandths = 0;
	const char *start = text->at;
	for (; text->at < text->end && *text->at >= '0' && *text->at <= '9'; text->at++)
		if (text->at - start < 9) {
			thousandths = thousandths * 10 + (uint64_t)(*text->at - '0');
			place *= 10;
		}
	*out += (double)thousandths / place;
	return text->at > start;
}

static bool take_hash(struct text *text, struct detect_pdq *out)
{
	if (text->end - text->at < 64 || detect_pdq_from_hex(text->at, 64, out) != DETECT_OK)
		return false;
	text->at += 64;
	return true;
}

/* NULL, or what is wrong with the line. */
static const char *read_line(struct text line, struct detect_vpdq_frame *out)
{
	uint64_t frame, quality;

	*out = (struct detect_vpdq_frame){ .hash.family = DETECT_FULL };
	if (!take_number(&line, UINT32_MAX, &frame) || !take_char(&line, ','))
		return "no frame number";
	if (!take_number(&line, 100, &quality) || !take_char(&line, ','))
		return "no quality from 0 to 100";
	if (!take_hash(&line, &out->hash) || !take_char(&line, ','))
		return "no hash of 64 hexadecimal digits";
	if (!take_seconds(&line, &out->seconds) || line.at != line.end)
		return "no time in seconds";
	out->frame = (uint32_t)frame;
	out->hash.quality = (uint8_t)quality;
	return NULL;
}

static enum detect_status read_lines(struct text text, struct detect_vpdq *out, struct detect_error *error)
{
	for (unsigned long n = 1; text.at < text.end; n++) {
		const char *newline = memchr(text.at, '\n', (size_t)(text.end - text.at));
		struct text line = { text.at, newline ? newline : text.end };
		struct detect_vpdq_frame frame;

		text.at = newline ? newline + 1 : text.end;
		if (line.end > line.at && line.end[-1] == '\r')
			line.end--;
		if (line.at == line.end)
			continue;
		const char *wrong = read_line(line, &frame);
		if (wrong)
			return detect_fail(DETECT_INVALID, error, "line %lu: %s", n, wrong);
		if (detect_vpdq_add(out, &frame) != DETECT_OK)
			return detect_fail(DETECT_MEMORY, error, "line %lu: no memory for more frames", n);
	}
	return DETECT_OK;
}

enum detect_status detect_vpdq_parse(const char *text, size_t n, struct detect_vpdq *out,
                                     struct detect_error *error)
{
	*out = (struct detect_vpdq){ 0 };
	enum detect_status status = n ? read_lines((struct text){ text, text + n }, out, error) : DETECT_OK;
	if (status != DETECT_OK)
		detect_vpdq_free(out);
	return status;
}

size_t detect_vpdq_line(const struct detect_vpdq_frame *frame, char out[DETECT_VPDQ_LINE_BYTES])
{
	char hex[65];
	uint64_t thousandths = (uint64_t)(frame->seconds * 1000 + 0.5);

	detect_pdq_to_hex(&frame->hash, hex);
	int n = snprintf(out, DETECT_VPDQ_LINE_BYTES, "%u,%u,%s,%llu.%03u\n", frame->frame, frame->hash.quality,
		hex, (unsigned long long)(thousandths / 1000), (unsigned)(thousandths % 1000));
	return (size_t)n;
}

enum detect_status detect_vpdq_load(const char *path, struct detect_vpdq *out, struct detect_error *error)
{
	struct whole_file file;

	*out = (struct detect_vpdq){ 0 };
	enum detect_status status = whole_file_read(path, DETECT_VPDQ_FILE_MAX, &file, error);
	if (status != DETECT_OK)
		return status;
	status = detect_vpdq_parse((const char *)file.at, file.n, out, error);
	free(file.at);
	return status;
}

enum detect_status detect_vpdq_save(
	const struct detect_vpdq *video, const char *path, struct detect_error *error)
{
	char line[DETECT_VPDQ_LINE_BYTES];
	FILE *file = fopen(path, "we");

	if (!file)
		return detect_fail(DETECT_IO, error, "%s cannot be written", path);
	for (size_t i = 0; i < video->n; i++)
		fwrite(line, 1, detect_vpdq_line(&video->at[i], line), file);
	bool failed = ferror(file);
	if (fclose(file) != 0 || failed)
		return detect_fail(DETECT_IO, error, "%s cannot be written to its end", path);
	return DETECT_OK;
}
