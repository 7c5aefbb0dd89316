#include "corpus.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../letters.h"
#include "csv.h"

static void *checked(void *memory)
{
	if (!memory) {
		fprintf(stderr, "out of memory\n");
		exit(1);
	}
	return memory;
}

static void *copied(const void *from, size_t n)
{
	return memcpy(checked(malloc(n ? n : 1)), from, n);
}

static void keep(struct corpus *c, const struct reading *r, const uint8_t *tags, struct sample s)
{
	static struct feature features[GRAMS_MAX];
	s.feature_count = (uint32_t)grams_of(r, features);
	s.token_count = r->token_count;
	s.foreign = (uint8_t)reading_foreign(r);
	s.features = copied(features, s.feature_count * sizeof *features);
	s.tags = tags ? copied(tags, r->token_count) : NULL;
	if (c->count == c->room)
		c->at = checked(realloc(c->at, (c->room = 2 * c->room + 1024) * sizeof *c->at));
	c->at[c->count++] = s;
}

/* "[3, 4, 5]" as one mark for each code point of the text. */
static void read_span(const char *list, uint8_t *marks, size_t n)
{
	memset(marks, 0, n);
	for (const char *p = list; *p;) {
		char *end;
		unsigned long i = strtoul(p, &end, 10);
		if (end == p)
			p++;
		else {
			p = end;
			if (i < n)
				marks[i] = 1;
		}
	}
}

/* A token is marked when any of its code points is. */
static void tag_tokens(const struct reading *r, const char *text, const uint8_t *marks, uint8_t *tags)
{
	size_t n = strlen(text), at = 0, point_index = 0;
	memset(tags, 0, r->token_count);
	for (size_t t = 0; at < n; point_index++) {
		uint32_t point, start, end;
		size_t length = letters_decode(text + at, n - at, &point);
		while (t < r->token_count) {
			reading_bytes(r, t, t, &start, &end);
			if (at < end)
				break;
			t++;
		}
		if (t < r->token_count && at >= start)
			tags[t] |= marks[point_index];
		at += length;
	}
}

void corpus_add_vihos(struct corpus *c, const char *path)
{
	struct csv csv = { 0 };
	size_t n;
	char *file = csv_file(path, &n);
	csv.at = file, csv.end = file + n;
	csv_next(&csv);
	size_t text = csv_column(&csv, "text"), spans = csv_column(&csv, "char_spans"),
	       label = csv_column(&csv, "has_hate_or_offensive_span");
	while (csv_next(&csv) && csv.count > label) {
		static struct reading r;
		static uint8_t marks[1 << 16], tags[READING_TOKENS_MAX];
		size_t length = strlen(csv.field[text]);
		struct sample s = { .row = c->rows++, .source = SOURCE_VIHOS, .hate = LABEL_UNKNOWN };
		s.insult = csv.field[label][0] == '1';
		if (length >= sizeof marks)
			continue;
		reading_of(&r, csv.field[text], length, 0);
		read_span(csv.field[spans], marks, sizeof marks);
		tag_tokens(&r, csv.field[text], marks, tags);
		keep(c, &r, tags, s);
		reading_strip(&r);
		s.stripped = 1;
		keep(c, &r, tags, s);
	}
	free(file);
}

/* English files have one text column and labels that a function of the row tells. */
static void add_english(struct corpus *c, const char *path, const char *const columns[2],
	void (*label)(struct sample *, char *const *))
{
	struct csv csv = { 0 };
	size_t n;
	char *file = csv_file(path, &n);
	csv.at = file, csv.end = file + n;
	csv_next(&csv);
	size_t text = csv_column(&csv, columns[0]), answer = csv_column(&csv, columns[1]);
	while (csv_next(&csv) && csv.count > answer && csv.count > text) {
		static struct reading r;
		struct sample s = { .row = c->rows++ };
		label(&s, csv.field + answer);
		reading_of(&r, csv.field[text], strlen(csv.field[text]), 0);
		keep(c, &r, NULL, s);
	}
	free(file);
}

static void label_davidson(struct sample *s, char *const *answer)
{
	s->source = SOURCE_DAVIDSON;
	s->hate = **answer == '0';
	s->insult = **answer != '2';
}

static void label_hatecheck(struct sample *s, char *const *answer)
{
	s->source = SOURCE_HATECHECK;
	s->hate = LABEL_UNKNOWN; /* its templates would teach the word hate, not hatred as people write it */
	s->insult = **answer == 'h';
}

void corpus_add_davidson(struct corpus *c, const char *path)
{
	add_english(c, path, (const char *const[]){ "tweet", "class_0hate_1offensive_2neither" }, label_davidson);
}

void corpus_add_hatecheck(struct corpus *c, const char *path)
{
	add_english(c, path, (const char *const[]){ "test_case", "label_gold" }, label_hatecheck);
}

static void add_synthetic_line(struct corpus *c, const char *line, size_t n)
{
	static struct reading r;
	static const uint8_t none[READING_TOKENS_MAX];
	const char *tab = memchr(line, '\t', n);
	size_t label = tab ? (size_t)(tab - line) : 0;
	int benign = label == 6 && !memcmp(line, "benign", 6), bullying = label == 8 && !memcmp(line, "bullying", 8);
	struct sample s = { .source = SOURCE_SYNTHETIC, .insult = (uint8_t)bullying, .hate = LABEL_UNKNOWN };
	if (!benign && !bullying)
		return;
	s.row = c->rows++;
	reading_of(&r, tab + 1, n - label - 1, 0);
	/* In a friendly message no word is part of an insult: the tagger learns that too. */
	keep(c, &r, benign ? none : NULL, s);
	reading_strip(&r);
	s.stripped = 1;
	keep(c, &r, benign ? none : NULL, s);
}

void corpus_add_synthetic(struct corpus *c, const char *path)
{
	size_t n;
	char *file = csv_file(path, &n);
	for (const char *line = file, *end; line < file + n; line = end + 1) {
		end = memchr(line, '\n', (size_t)(file + n - line));
		if (!end)
			break;
		add_synthetic_line(c, line, (size_t)(end - line));
	}
	free(file);
}

/* splitmix64: the whole state is the seed and the row, so a fold does not depend on what was read before. */
static uint64_t shuffled(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

void corpus_deal(struct corpus *c, unsigned folds, uint64_t seed)
{
	for (size_t i = 0; i < c->count; i++)
		c->at[i].fold = (uint8_t)(shuffled(seed ^ (uint64_t)c->at[i].row << 20) % folds);
}
