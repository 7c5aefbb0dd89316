#include "lines.h"

#include <string.h>

enum line_result lines_next(struct lines *lines)
{
	size_t n = 0;
	int c;
	while ((c = getc_unlocked(lines->from)) != EOF && c != '\n') {
		if (n < LINE_MAX_BYTES)
			lines->text[n] = (char)c;
		n++;
	}
	if (c == EOF && n == 0)
		return LINE_END;
	lines->number++;
	if (n > LINE_MAX_BYTES)
		return LINE_TOO_LONG;
	if (n && lines->text[n - 1] == '\r')
		n--;
	lines->text[n] = '\0';
	lines->n = n;
	return LINE_READ;
}

int hash_line_split(const struct lines *lines, struct hash_line *out)
{
	static const char between[] = " \t,", blank[] = " \t";
	const char *at = lines->text + strspn(lines->text, blank), *end = lines->text + lines->n;
	out->hash = at;
	out->hash_size = strcspn(at, between);
	at += out->hash_size;
	at += strspn(at, blank);
	if (*at == ',')
		at++;
	at += strspn(at, blank);
	while (end > at && strchr(blank, end[-1]))
		end--;
	out->id = at;
	out->id_size = (size_t)(end - at);
	return out->hash_size || out->id_size;
}
