/*
 * Letters: one code point to what it looks like, so that tricks of writing do not change what is read.
 * Vietnamese letters fall apart into base, mark and tone; composed and decomposed text then agree, and text
 * without diacritics is the same text with marks and tones left out.
 */
#ifndef DETECT_TEXT_LETTERS_H
#define DETECT_TEXT_LETTERS_H

#include <stddef.h>
#include <stdint.h>

enum mark { MARK_NONE, MARK_CIRCUMFLEX, MARK_BREVE, MARK_HORN, MARK_STROKE };
enum tone { TONE_NONE, TONE_ACUTE, TONE_GRAVE, TONE_HOOK, TONE_TILDE, TONE_DOT };

enum letter_kind {
	KIND_SPACE,
	KIND_LETTER,
	KIND_DIGIT,
	KIND_SYMBOL,
	KIND_COMBINING, /* changes the letter before it */
	KIND_HIDDEN     /* takes no room: dropped, its bytes belong to the character before it */
};

struct letter {
	uint16_t code; /* lower-case ASCII, or a value >= 0x80 that stands for any other character */
	uint8_t mark, tone, kind;
};

/* Reads one code point at `at` (n > 0 bytes left). A byte that is no UTF-8 gives U+FFFD and length 1. */
size_t letters_decode(const char *at, size_t n, uint32_t *point);

struct letter letters_fold(uint32_t point);

#endif
