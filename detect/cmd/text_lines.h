/* Printing the result of one screened message. */
#ifndef CMD_TEXT_LINES_H
#define CMD_TEXT_LINES_H

#include <stdio.h>

#include "lachan/detect.h"

struct text_style {
	int json;
	const char *language;
	const struct detect_talk_state *talk; /* NULL without --conversation */
};

/* One line, always; the message is quoted only in part: the signals' own words, without --json. */
void text_print(FILE *to, const struct detect_screening *s, const struct text_style *style);

#endif
