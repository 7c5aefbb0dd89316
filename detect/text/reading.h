/*
 * A reading: a stretch of a message as glyphs (folded characters that know their bytes) and tokens (words).
 * Zero-width tricks, stretched letters (vãiii), digits for letters (ch3t) and spaced-out words (n g u) are
 * undone here, so everything after this step sees plain words, and still can say which bytes they were.
 */
#ifndef DETECT_TEXT_READING_H
#define DETECT_TEXT_READING_H

#include <stddef.h>
#include <stdint.h>

enum {
	READING_GLYPHS_MAX = 1000, /* longer messages are read in several stretches */
	READING_TOKENS_MAX = 500,
	WORD_LETTERS_MAX = 16
};

enum token_kind { TOKEN_WORD, TOKEN_NUMBER, TOKEN_SYMBOL, TOKEN_MENTION, TOKEN_LINK };

struct glyph {
	uint32_t start, end; /* bytes of the line */
	uint16_t code;
	uint8_t mark, tone, kind;
	uint8_t stretched; /* stands for three or more of the same */
	uint8_t replaced;  /* was typed as a digit or a symbol */
};

struct token {
	uint16_t first, count; /* glyphs */
	uint8_t kind;
	uint8_t marked;        /* has a mark or tone */
	uint8_t disguised;     /* has a letter typed as something else */
	uint16_t word;         /* id in the vocabulary of the rules, 0 unknown; set by terms_find */
	uint32_t bare, full;   /* hash of the letters, and of the letters with their marks */
	uint64_t shape;        /* marks, four bits a letter, and the tone in the top byte */
};

struct reading {
	uint32_t glyph_count, token_count;
	uint32_t next; /* byte of the line at which the next stretch starts */
	struct glyph glyphs[READING_GLYPHS_MAX];
	struct token tokens[READING_TOKENS_MAX];
};

/* Reads line[from..n) until the stretch is full; r->next is n when the line is done. */
void reading_of(struct reading *r, const char *line, size_t n, size_t from);

/* The same reading as if the message had been typed without diacritics. */
void reading_strip(struct reading *r);

/* Whether nothing has a diacritic and more than an eighth of the words end as no Vietnamese syllable does: English, most
 * likely. Words without a vowel are teencode and tell nothing. */
int reading_foreign(const struct reading *r);

/* Hash of a word's glyphs; marks 0 leaves marks and tones out. */
uint32_t reading_hash(const struct glyph *glyphs, size_t n, int marks);

uint64_t reading_shape(const struct glyph *glyphs, size_t n);

/* The bytes of the line that tokens first to last stand on. */
void reading_bytes(const struct reading *r, size_t first, size_t last, uint32_t *start, uint32_t *end);

#endif
