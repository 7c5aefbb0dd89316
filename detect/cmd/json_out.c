#include "json_out.h"

#include <stdint.h>

/* Length of the well-formed UTF-8 sequence at p (RFC 3629), or 0. */
static size_t utf8_length(const unsigned char *p, size_t n)
{
	const size_t length = p[0] < 0x80 ? 1
		: p[0] < 0xc2                 ? 0
		: p[0] < 0xe0                 ? 2
		: p[0] < 0xf0                 ? 3
		: p[0] < 0xf5                 ? 4
									  : 0;
	if (length == 0 || length > n)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) || (p[0] == 0xf0 && p[1] < 0x90) ||
		(p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return length;
}

void json_string(FILE *to, const char *text, size_t n)
{
	const unsigned char *p = (const unsigned char *)text;
	putc('"', to);
	for (size_t i = 0, length; i < n; i += length) {
		length = utf8_length(p + i, n - i);
		if (length == 0) {
			fputs("\xef\xbf\xbd", to);
			length = 1;
		} else if (p[i] == '"' || p[i] == '\\') {
			fprintf(to, "\\%c", p[i]);
		} else if (p[i] < 0x20 || p[i] == 0x7f) {
			fprintf(to, "\\u%04x", p[i]);
		} else {
			fwrite(p + i, 1, length, to);
		}
	}
	putc('"', to);
}
