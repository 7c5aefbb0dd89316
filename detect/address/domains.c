/*
 * A set of host names in which a name covers all names below it. Names are kept with their labels reversed
 * ("example.bad."), so that a parent sorts before its children and is a prefix of them.
 */
#include <stdlib.h>
#include <string.h>

#include "address.h"

enum { NAME_MAX_BYTES = 253, LABEL_MAX_BYTES = 63 };

struct entry {
	size_t key;  /* offset of the reversed name in text */
	size_t name; /* offset of the name as it reads */
};

struct detect_domains {
	char *text;
	size_t text_n, text_room;
	struct entry *entries;
	size_t count, room;
};

struct detect_domains *detect_domains_new(void)
{
	return calloc(1, sizeof(struct detect_domains));
}

void detect_domains_free(struct detect_domains *d)
{
	if (d) {
		free(d->text);
		free(d->entries);
	}
	free(d);
}

static int is_name_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

/* Lower case, without "*." and last dot; 0 if this is no host name. */
static size_t clean(char out[NAME_MAX_BYTES + 1], const char *name, size_t n)
{
	size_t label = 0;
	if (n > 2 && name[0] == '*' && name[1] == '.')
		name += 2, n -= 2;
	if (n && name[n - 1] == '.')
		n--;
	if (!n || n > NAME_MAX_BYTES)
		return 0;
	for (size_t i = 0; i < n; i++) {
		char c = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] + 32) : name[i];
		int dot = c == '.';
		if (dot ? label == 0 || i + 1 == n : !is_name_byte(c) || ++label > LABEL_MAX_BYTES)
			return 0;
		label = dot ? 0 : label;
		out[i] = c;
	}
	out[n] = 0;
	return n;
}

/* "a.bad.example" to "example.bad.a."; the last dot makes a parent a whole-label prefix of its children. */
static void reverse_labels(char out[NAME_MAX_BYTES + 2], const char *name, size_t n)
{
	size_t to = 0;
	for (size_t end = n, at = n; at-- > 0;)
		if (at == 0 || name[at - 1] == '.') {
			memcpy(out + to, name + at, end - at);
			to += end - at;
			out[to++] = '.';
			end = at ? at - 1 : 0;
		}
	out[to] = 0;
}

static int grow(void **memory, size_t *room, size_t need, size_t size)
{
	if (need <= *room)
		return 1;
	size_t more = need * 2 + 64;
	void *grown = realloc(*memory, more * size);
	if (!grown)
		return 0;
	*memory = grown;
	*room = more;
	return 1;
}

enum detect_status detect_domains_add(struct detect_domains *d, const char *name, size_t n)
{
	char plain[NAME_MAX_BYTES + 1];
	n = clean(plain, name, n);
	if (!n)
		return DETECT_INVALID;
	void *text = d->text, *entries = d->entries;
	int fits = grow(&text, &d->text_room, d->text_n + 2 * n + 3, 1);
	d->text = text;
	fits = fits && grow(&entries, &d->room, d->count + 1, sizeof *d->entries);
	d->entries = entries;
	if (!fits)
		return DETECT_MEMORY;
	d->entries[d->count++] = (struct entry){ d->text_n, d->text_n + n + 2 };
	reverse_labels(d->text + d->text_n, plain, n);
	memcpy(d->text + d->text_n + n + 2, plain, n + 1);
	d->text_n += 2 * n + 3;
	return DETECT_OK;
}

static int by_key(const void *a, const void *b, void *text)
{
	return strcmp((char *)text + ((const struct entry *)a)->key, (char *)text + ((const struct entry *)b)->key);
}

static int is_prefix(const char *prefix, const char *text)
{
	return !strncmp(text, prefix, strlen(prefix));
}

void detect_domains_finish(struct detect_domains *d)
{
	size_t kept = 0;
	if (d->count)
		qsort_r(d->entries, d->count, sizeof *d->entries, by_key, d->text);
	for (size_t i = 0; i < d->count; i++)
		if (!kept || !is_prefix(d->text + d->entries[kept - 1].key, d->text + d->entries[i].key))
			d->entries[kept++] = d->entries[i];
	d->count = kept;
}

size_t detect_domains_count(const struct detect_domains *d)
{
	return d->count;
}

/* No entry is a prefix of another, so only the last one that does not sort after the name can cover it. */
int detect_domains_covers(const struct detect_domains *d, const char *name, size_t n, const char **covering)
{
	char plain[NAME_MAX_BYTES + 1], key[NAME_MAX_BYTES + 2];
	n = clean(plain, name, n);
	if (!n)
		return 0;
	reverse_labels(key, plain, n);
	size_t low = 0, high = d->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(d->text + d->entries[middle].key, key) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (!low || !is_prefix(d->text + d->entries[low - 1].key, key))
		return 0;
	if (covering)
		*covering = d->text + d->entries[low - 1].name;
	return 1;
}
