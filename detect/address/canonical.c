/* Canonical addresses after the rules of Safe Browsing v4, "URLs and Hashing". */
#include <string.h>

#include "address.h"

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 32);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One round of %XX to bytes, in place. */
static int unescape_once(char *text, size_t *n)
{
	size_t to = 0;
	for (size_t i = 0; i < *n; i++) {
		int high = text[i] == '%' && i + 2 < *n ? hex(text[i + 1]) : -1, low = high >= 0 ? hex(text[i + 2]) : -1;
		if (low >= 0)
			i += 2;
		text[to++] = low >= 0 ? (char)(high << 4 | low) : text[i];
	}
	int changed = to != *n;
	*n = to;
	return changed;
}

/* Escapes may be escaped again; each round is shorter, so this ends. */
static void unescape(char *text, size_t *n)
{
	while (unescape_once(text, n))
		;
}

static size_t trimmed(const char **url, size_t n)
{
	while (n && (unsigned char)**url <= ' ')
		++*url, n--;
	while (n && (unsigned char)(*url)[n - 1] <= ' ')
		n--;
	return n;
}

/* Copies without tab, CR and LF, and without the fragment. */
static size_t copied(char *to, const char *url, size_t n)
{
	size_t length = 0;
	for (size_t i = 0; i < n && url[i] != '#'; i++)
		if (!strchr("\t\r\n", url[i]) || !url[i])
			to[length++] = url[i];
	return length;
}

/* ---- The host ---------------------------------------------------------------------------------------- */

/* One part of a dotted address in decimal, octal (0...) or hexadecimal (0x...). */
static int number(const char *at, size_t n, uint64_t *value)
{
	int base = 10;
	if (n > 1 && at[0] == '0') {
		base = (at[1] | 32) == 'x' ? 16 : 8;
		at += base == 16 ? 2 : 1;
		n -= base == 16 ? 2 : 1;
	}
	*value = 0;
	for (size_t i = 0; i < n; i++) {
		int digit = hex(at[i]);
		if (digit < 0 || digit >= base || *value > UINT32_MAX)
			return 0;
		*value = *value * (uint64_t)base + (uint64_t)digit;
	}
	return n > 0;
}

/* As inet_aton reads it: the last part fills all the bytes that are left. */
static int read_ipv4(const char *host, size_t n, uint32_t *address)
{
	uint64_t part[4];
	size_t count = 0;
	for (size_t at = 0; at <= n && n; at++) {
		size_t end = at;
		while (end < n && host[end] != '.')
			end++;
		if (count == 4 || !number(host + at, end - at, part + count++))
			return 0;
		at = end;
	}
	if (!count || part[count - 1] >= (uint64_t)1 << 8 * (5 - count))
		return 0;
	*address = (uint32_t)part[count - 1];
	for (size_t i = 0; i + 1 < count; i++) {
		if (part[i] > 255)
			return 0;
		*address |= (uint32_t)(part[i] << (24 - 8 * i));
	}
	return 1;
}

static size_t write_ipv4(char *to, uint32_t address)
{
	char *at = to;
	for (int shift = 24; shift >= 0; shift -= 8) {
		unsigned v = address >> shift & 255;
		if (v >= 100)
			*at++ = (char)('0' + v / 100);
		if (v >= 10)
			*at++ = (char)('0' + v / 10 % 10);
		*at++ = (char)('0' + v % 10);
		*at++ = shift ? '.' : 0;
	}
	return (size_t)(at - 1 - to);
}

/* Lower case, no dots at the edges or in a row, addresses as four decimal numbers. to has 16 bytes more than n. */
static size_t clean_host(char *to, const char *host, size_t n)
{
	size_t length = 0;
	uint32_t address;
	for (size_t i = 0; i < n; i++) {
		char c = host[i] >= 'A' && host[i] <= 'Z' ? (char)(host[i] + 32) : host[i];
		if (c != '.' || (length && to[length - 1] != '.'))
			to[length++] = c;
	}
	while (length && to[length - 1] == '.')
		length--;
	return read_ipv4(to, length, &address) ? write_ipv4(to, address) : length;
}

/* ---- The path ---------------------------------------------------------------------------------------- */

static size_t back_one(const char *path, size_t length)
{
	while (length > 1 && path[length - 1] != '/')
		length--;
	return length;
}

/* Resolves . and .. and runs of slashes; the path starts with a slash. */
static size_t clean_path(char *to, const char *path, size_t n)
{
	size_t length = 0;
	to[length++] = '/';
	for (size_t at = 0; at < n;) {
		size_t end = at;
		while (end < n && path[end] != '/')
			end++;
		size_t part = end - at;
		if (part == 2 && !memcmp(path + at, "..", 2))
			length = back_one(to, length > 1 ? length - 1 : length);
		else if (part && !(part == 1 && path[at] == '.')) {
			memcpy(to + length, path + at, part);
			length += part;
			if (end < n)
				to[length++] = '/';
		}
		at = end + 1;
	}
	return length;
}

struct writer {
	char *at;
	size_t room, n;
	int full;
};

static void put(struct writer *w, char c)
{
	if (w->n + 1 < w->room)
		w->at[w->n++] = c;
	else
		w->full = 1;
}

static void put_escaped(struct writer *w, const char *text, size_t n)
{
	static const char digits[] = "0123456789ABCDEF";
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];
		if (c > ' ' && c < 0x7f && c != '#' && c != '%')
			put(w, (char)c);
		else {
			put(w, '%');
			put(w, digits[c >> 4]);
			put(w, digits[c & 15]);
		}
	}
}

/* ---- The whole --------------------------------------------------------------------------------------- */

struct parts {
	const char *scheme, *host, *path, *query;
	size_t scheme_n, host_n, path_n, query_n;
	int has_query;
};

static size_t until(const char *text, size_t n, const char *stops)
{
	size_t i = 0;
	while (i < n && !(text[i] && strchr(stops, text[i])))
		i++;
	return i;
}

static int is_scheme(const char *at, size_t n)
{
	if (!n || (at[0] | 32) < 'a' || (at[0] | 32) > 'z')
		return 0;
	for (size_t i = 1; i < n; i++)
		if (!(hex(at[i]) >= 0 || ((at[i] | 32) >= 'a' && (at[i] | 32) <= 'z') || memchr("+-.", at[i], 3)))
			return 0;
	return 1;
}

static struct parts split(const char *url, size_t n)
{
	/* NOLINTBEGIN(clang-analyzer-core.UndefinedBinaryOperatorResult): until() gives at most its n, which the analyzer forgets */
	struct parts p = { .scheme = "http", .scheme_n = 4 };
	size_t colon = until(url, n, ":/?");
	if (colon + 2 < n && url[colon] == ':' && url[colon + 1] == '/' && url[colon + 2] == '/' && is_scheme(url, colon)) {
		p.scheme = url, p.scheme_n = colon;
		url += colon + 3, n -= colon + 3;
	} else if (n >= 2 && url[0] == '/' && url[1] == '/')
		url += 2, n -= 2;
	size_t authority = until(url, n, "/?"), user = 0;
	for (size_t i = 0; i < authority; i++)
		if (url[i] == '@')
			user = i + 1;
	p.host = url + user, p.host_n = until(p.host, authority - user, authority > user && p.host[0] == '[' ? "" : ":");
	if (p.host_n && p.host[0] == '[')
		p.host_n = until(p.host, authority - user, "]") + 1;
	p.host_n = p.host_n > authority - user ? authority - user : p.host_n;
	url += authority, n -= authority;
	p.path = url, p.path_n = until(url, n, "?");
	p.has_query = p.path_n < n;
	p.query = url + p.path_n + p.has_query, p.query_n = n - p.path_n - (size_t)p.has_query;
	/* NOLINTEND(clang-analyzer-core.UndefinedBinaryOperatorResult) */
	return p;
}

static void put_lower(struct writer *w, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put(w, text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i]);
}

enum detect_status detect_address_canonical(const char *url, size_t n, char *out, size_t room, size_t *length)
{
	char text[DETECT_ADDRESS_MAX], part[DETECT_ADDRESS_MAX + 16];
	n = trimmed(&url, n);
	if (n > DETECT_ADDRESS_MAX || !room)
		return DETECT_MEMORY;
	n = copied(text, url, n);
	/* Splitting comes before unescaping: an escaped slash or question mark is not a border. */
	struct parts p = split(text, n);
	struct writer w = { .at = out, .room = room };
	char *host = text + (p.host - text), *path = text + (p.path - text);
	unescape(host, &p.host_n);
	size_t host_n = clean_host(part, host, p.host_n);
	if (!host_n)
		return DETECT_INVALID;
	put_lower(&w, p.scheme, p.scheme_n);
	put_escaped(&w, "://", 3);
	put_escaped(&w, part, host_n);
	unescape(path, &p.path_n);
	put_escaped(&w, part, clean_path(part, path, p.path_n));
	if (p.has_query) {
		char *query = text + (p.query - text);
		unescape(query, &p.query_n);
		put(&w, '?');
		put_escaped(&w, query, p.query_n);
	}
	out[w.n] = 0;
	*length = w.n;
	return w.full ? DETECT_MEMORY : DETECT_OK;
}
