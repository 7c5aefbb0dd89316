#include "reading.h"

#include <string.h>

#include "letters.h"
#include "syllable.h"

static int is_letter(const struct glyph *g)
{
	return g->kind == KIND_LETTER;
}

static int is_word(const struct glyph *g)
{
	return g->kind == KIND_LETTER || g->kind == KIND_DIGIT;
}

/* A letter three times or more is one that was stretched; a symbol says no more after the second. */
static int stretched(const struct reading *r, struct letter l)
{
	const struct glyph *g = r->glyphs + r->glyph_count;
	size_t limit = l.kind == KIND_SPACE ? 3 : 2;
	if (r->glyph_count < limit || l.kind == KIND_DIGIT)
		return 0;
	for (size_t i = 1; i <= limit; i++)
		if (g[-(ptrdiff_t)i].code != l.code)
			return 0;
	return 1;
}

static void combine(struct glyph *g, struct letter l, uint32_t end)
{
	if (g->kind == KIND_LETTER) {
		g->mark = l.mark ? l.mark : g->mark;
		g->tone = l.tone ? l.tone : g->tone;
	}
	g->end = end;
}

static void append(struct reading *r, struct letter l, uint32_t start, uint32_t end)
{
	struct glyph *last = r->glyph_count ? r->glyphs + r->glyph_count - 1 : NULL;
	if (l.kind == KIND_HIDDEN || l.kind == KIND_COMBINING) {
		if (last)
			combine(last, l, end);
		return;
	}
	if (last && stretched(r, l)) {
		last->end = end;
		last->stretched = 1;
		return;
	}
	r->glyphs[r->glyph_count++] = (struct glyph){ start, end, l.code, l.mark, l.tone, l.kind, 0, 0 };
}

/* The pair that a stretched letter leaves behind becomes one letter: vãii was vãiiii, and quáa is quá. */
static void squeeze(struct reading *r)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < r->glyph_count; i++) {
		struct glyph g = r->glyphs[i];
		struct glyph *p = kept ? r->glyphs + kept - 1 : NULL;
		int trails = p && !g.tone && !g.mark && (p->tone || p->mark);
		if (p && is_letter(&g) && p->code == g.code && (g.stretched || trails))
			p->end = g.end;
		else
			r->glyphs[kept++] = g;
	}
	r->glyph_count = kept;
}

/* Reads until the stretch is nearly full and a space gives a clean cut, or to the end of the line. */
static void read_glyphs(struct reading *r, const char *line, size_t n, size_t from)
{
	r->glyph_count = 0;
	size_t at = from;
	while (at < n && r->glyph_count < READING_GLYPHS_MAX) {
		uint32_t point;
		size_t length = letters_decode(line + at, n - at, &point);
		struct letter l = letters_fold(point);
		if (l.kind == KIND_SPACE && r->glyph_count > READING_GLYPHS_MAX - 100)
			break;
		append(r, l, (uint32_t)at, (uint32_t)(at + length));
		at += length;
	}
	r->next = (uint32_t)at;
	squeeze(r);
}

/* ---- Digits and symbols in the place of letters ------------------------------------------------------ */

static char leet(uint16_t code)
{
	switch (code) {
	case '0': return 'o';
	case '1': case '!': case '|': return 'i';
	case '3': return 'e';
	case '4': case '@': return 'a';
	case '5': case '$': return 's';
	case '7': case '+': return 't';
	default: return 0;
	}
}

/* "2k5", "10k", "3tr" are numbers with a unit: a digit is a letter only inside a word that starts as one. */
static void unleet(struct reading *r)
{
	for (uint32_t i = 0; i < r->glyph_count; i++) {
		struct glyph *g = r->glyphs + i;
		if (g->kind != KIND_DIGIT && g->kind != KIND_SYMBOL)
			continue;
		char letter = leet(g->code);
		int before = i > 0 && is_letter(g - 1), after = i + 1 < r->glyph_count && is_letter(g + 1);
		int at_start = (g->code == '@' || g->code == '4') && after && !before
			&& i + 2 < r->glyph_count && (g + 1)->code == 'n' && (g + 2)->code == 'h';
		if (letter && ((before && after && (g->kind == KIND_SYMBOL || (g - 1)->code != 'k')) || at_start)) {
			g->code = (uint16_t)letter;
			g->kind = KIND_LETTER;
			g->replaced = 1;
		}
	}
}

/* ---- Spaced-out words -------------------------------------------------------------------------------- */

static int is_separator(const struct glyph *g)
{
	return g->kind == KIND_SPACE || (g->kind == KIND_SYMBOL && strchr(".-_*,/|~'", g->code < 0x80 ? g->code : 1));
}

/* Length in glyphs of a run "x y z" that starts at `at` and uses one separator, 0 if there is none. */
static size_t spaced_run(const struct reading *r, size_t at)
{
	const struct glyph *g = r->glyphs;
	size_t n = r->glyph_count, last = at;
	if ((at > 0 && is_word(g + at - 1)) || !is_letter(g + at) || at + 4 >= n || !is_separator(g + at + 1))
		return 0;
	while (last + 2 < n && g[last + 1].code == g[at + 1].code && is_letter(g + last + 2)
		&& (last + 3 >= n || !is_word(g + last + 3)))
		last += 2;
	return last - at >= 4 ? last - at + 1 : 0;
}

/* Three loose letters are often teencode ("k c j"); they are a word if they read as Vietnamese. */
static size_t spaced_word(const struct glyph *g, size_t run, unsigned char cuts[SYLLABLES_MAX])
{
	char letters[3 * SYLLABLES_MAX];
	size_t n = (run + 1) / 2;
	if (n > sizeof letters)
		return 0;
	for (size_t i = 0; i < n; i++)
		letters[i] = (char)(g[2 * i].code < 0x80 ? g[2 * i].code : '?');
	size_t count = syllables_cut(letters, n, cuts);
	for (size_t i = 0; i < count; i++)
		if (cuts[i] < 2)
			count = 0;
	if (count == 0 && n >= 4) {
		cuts[0] = (unsigned char)n;
		return 1;
	}
	return count;
}

/* Drops the separators of spaced-out words; a separator stays where one syllable ends and the next starts. */
static void unspace(struct reading *r)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < r->glyph_count;) {
		unsigned char cuts[SYLLABLES_MAX];
		size_t run = spaced_run(r, i), count = run ? spaced_word(r->glyphs + i, run, cuts) : 0;
		if (!count) {
			r->glyphs[kept++] = r->glyphs[i++];
			continue;
		}
		for (size_t s = 0; s < count; s++)
			for (size_t k = 0; k < cuts[s]; k++, i += 2) {
				r->glyphs[kept++] = r->glyphs[i];
				if (k + 1u == cuts[s] && i + 1 < r->glyph_count)
					r->glyphs[kept++] = r->glyphs[i + 1];
			}
	}
	r->glyph_count = kept;
}

/* ---- Tokens ------------------------------------------------------------------------------------------ */

uint32_t reading_hash(const struct glyph *glyphs, size_t n, int marks)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ glyphs[i].code ^ (marks ? (uint32_t)(glyphs[i].mark << 17 | glyphs[i].tone << 20) : 0)) * 16777619u;
	return h;
}

uint64_t reading_shape(const struct glyph *glyphs, size_t n)
{
	uint64_t shape = 0, tone = 0;
	for (size_t i = 0; i < n; i++) {
		shape |= i < 14 ? (uint64_t)glyphs[i].mark << 4 * i : 0;
		tone = glyphs[i].tone ? glyphs[i].tone : tone;
	}
	return shape | tone << 56;
}

static size_t span(const struct reading *r, size_t at, int (*test)(const struct glyph *))
{
	size_t end = at;
	while (end < r->glyph_count && test(r->glyphs + end))
		end++;
	return end - at;
}

static int is_solid(const struct glyph *g)
{
	return g->kind != KIND_SPACE;
}

static int starts_with(const struct reading *r, size_t at, const char *text)
{
	size_t i = 0;
	while (text[i] && at + i < r->glyph_count && r->glyphs[at + i].code == (unsigned char)text[i])
		i++;
	return !text[i];
}

static int is_name(const struct glyph *g)
{
	return is_word(g) || g->code == '_';
}

static size_t token_length(const struct reading *r, size_t at, uint8_t *kind)
{
	const struct glyph *g = r->glyphs + at;
	if (starts_with(r, at, "http") && (starts_with(r, at, "http://") || starts_with(r, at, "https://"))) {
		*kind = TOKEN_LINK;
		return span(r, at, is_solid);
	}
	if (g->code == '@' && span(r, at + 1, is_name) >= 3) {
		*kind = TOKEN_MENTION;
		return 1 + span(r, at + 1, is_name);
	}
	*kind = g->kind == KIND_LETTER ? TOKEN_WORD : g->kind == KIND_DIGIT ? TOKEN_NUMBER : TOKEN_SYMBOL;
	size_t n = *kind == TOKEN_SYMBOL ? 1 : span(r, at, is_word);
	return n > WORD_LETTERS_MAX ? WORD_LETTERS_MAX : n;
}

static struct token token_of(const struct reading *r, size_t at, size_t count, uint8_t kind)
{
	const struct glyph *g = r->glyphs + at;
	struct token t = { .first = (uint16_t)at, .count = (uint16_t)count, .kind = kind };
	/* What a mention or a link spells out belongs to a person or a site, not to what is said. */
	size_t said = kind == TOKEN_MENTION || kind == TOKEN_LINK ? 1 : count;
	t.bare = reading_hash(g, said, 0);
	t.full = reading_hash(g, said, 1);
	t.marked = t.bare != t.full;
	t.shape = reading_shape(g, said);
	for (size_t i = 0; i < said; i++)
		t.disguised |= g[i].replaced;
	return t;
}

static void tokenize(struct reading *r)
{
	r->token_count = 0;
	for (size_t at = 0; at < r->glyph_count;) {
		uint8_t kind;
		if (r->glyphs[at].kind == KIND_SPACE) {
			at++;
			continue;
		}
		if (r->token_count == READING_TOKENS_MAX) {
			r->next = r->glyphs[at].start;
			r->glyph_count = (uint32_t)at;
			return;
		}
		size_t count = token_length(r, at, &kind);
		r->tokens[r->token_count++] = token_of(r, at, count, kind);
		at += count;
	}
}

void reading_of(struct reading *r, const char *line, size_t n, size_t from)
{
	read_glyphs(r, line, n, from);
	unleet(r);
	unspace(r);
	tokenize(r);
}

void reading_strip(struct reading *r)
{
	for (size_t i = 0; i < r->glyph_count; i++)
		r->glyphs[i].mark = r->glyphs[i].tone = 0;
	for (size_t i = 0; i < r->token_count; i++) {
		r->tokens[i].full = r->tokens[i].bare;
		r->tokens[i].shape = 0;
		r->tokens[i].marked = 0;
	}
}

void reading_bytes(const struct reading *r, size_t first, size_t last, uint32_t *start, uint32_t *end)
{
	const struct token *b = r->tokens + last;
	*start = r->glyphs[r->tokens[first].first].start;
	*end = r->glyphs[b->first + b->count - 1u].end;
}

static int is_vowel(uint16_t code)
{
	return code < 0x80 && strchr("aeiouy", code);
}

static int ends_foreign(const struct glyph *g, size_t n)
{
	static const char ends[] = "bdfjklqrsvwxz";
	size_t vowels = 0;
	for (size_t i = 0; i < n; i++)
		vowels += (size_t)is_vowel(g[i].code);
	return vowels && g[n - 1].code < 0x80 && strchr(ends, g[n - 1].code);
}

int reading_foreign(const struct reading *r)
{
	size_t words = 0, foreign = 0;
	for (size_t i = 0; i < r->token_count; i++) {
		const struct token *t = r->tokens + i;
		if (t->marked)
			return 0;
		if (t->kind != TOKEN_WORD || t->count < 2)
			continue;
		words++;
		foreign += (size_t)ends_foreign(r->glyphs + t->first, t->count);
	}
	return foreign * 8 > words;
}
