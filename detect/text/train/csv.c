#include "csv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *csv_file(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	size_t room = 1u << 16, got;
	char *text = malloc(room);
	*n = 0;
	while (f && text && (got = fread(text + *n, 1, room - *n - 1, f)) > 0) {
		*n += got;
		if (room - *n < 2)
			text = realloc(text, room *= 2);
	}
	if (!f || !text || ferror(f)) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	fclose(f);
	text[*n] = 0;
	return text;
}

/* Unquotes one field in place and returns what ended it: ',' or '\n' or 0. */
static char take_field(struct csv *c)
{
	char *to = c->at;
	int quoted = c->at < c->end && *c->at == '"';
	c->field[c->count++] = to;
	c->at += quoted;
	for (; c->at < c->end; c->at++) {
		if (quoted && *c->at == '"') {
			if (c->at + 1 < c->end && c->at[1] == '"')
				c->at++;
			else {
				quoted = 0;
				continue;
			}
		} else if (!quoted && (*c->at == ',' || *c->at == '\n'))
			break;
		*to++ = *c->at;
	}
	char ended = c->at < c->end ? *c->at : 0;
	c->at += c->at < c->end;
	if (ended != ',' && to > c->field[c->count - 1] && to[-1] == '\r')
		to--;
	*to = 0;
	return ended;
}

int csv_next(struct csv *c)
{
	c->count = 0;
	if (c->at >= c->end)
		return 0;
	while (c->count < CSV_FIELDS_MAX && take_field(c) == ',')
		;
	return 1;
}

size_t csv_column(const struct csv *c, const char *name)
{
	for (size_t i = 0; i < c->count; i++)
		if (!strcmp(c->field[i], name))
			return i;
	fprintf(stderr, "no column %s\n", name);
	exit(1);
}
