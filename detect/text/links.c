#include "links.h"

#include <string.h>

static int is_host_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'
		|| (unsigned char)c >= 0x80;
}

static int is_address_byte(char c)
{
	return (unsigned char)c > ' ' && !strchr("\"'<>()[]{}", c);
}

/* A host in running text has a dot inside and two letters or more after the last one. */
static int looks_like_host(const char *at, size_t n)
{
	size_t label = 0, dots = 0;
	for (size_t i = 0; i < n; i++) {
		int dot = at[i] == '.';
		if (dot && (label == 0 || i + 1 == n))
			return 0;
		dots += (size_t)dot;
		label = dot ? 0 : label + 1;
	}
	return dots > 0 && label >= 2 && n <= 253;
}

static size_t run(const char *text, size_t n, size_t at, int (*test)(char))
{
	size_t end = at;
	while (end < n && test(text[end]))
		end++;
	return end - at;
}

static size_t scheme(const char *text, size_t n, size_t at)
{
	size_t i = at;
	while (i < n && i - at < 10 && ((text[i] | 32) >= 'a' && (text[i] | 32) <= 'z'))
		i++;
	return n - i >= 3 && i > at && !memcmp(text + i, "://", 3) ? i + 3 - at : 0;
}

int links_next(const char *text, size_t n, struct link *link)
{
	for (size_t at = link->end; at < n;) {
		size_t skip = scheme(text, n, at), host = at + skip;
		size_t user = run(text, n, host, is_address_byte), length = run(text, n, host, is_host_byte);
		const char *sign = skip ? memchr(text + host, '@', user) : NULL;
		if (sign && !memchr(text + host, '/', (size_t)(sign - text) - host)) {
			host = (size_t)(sign - text) + 1;
			length = run(text, n, host, is_host_byte);
		}
		while (length && text[host + length - 1] == '.')
			length--;
		if (looks_like_host(text + host, length)) {
			size_t end = host + run(text, n, host, is_address_byte);
			while (end > host + length && strchr(".,;:!?", text[end - 1]))
				end--;
			*link = (struct link){ at, end, host, length };
			return 1;
		}
		at = length ? host + length : at + 1;
	}
	return 0;
}
