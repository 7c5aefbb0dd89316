/* Pure decisions of the review: no database, no web, no clock. */
#pragma once

#include "../base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum verdict { VERDICT_CONFIRMED, VERDICT_REJECTED, VERDICT_DOUBTFUL, VERDICTS };
enum verdict verdict_of(struct str code);           /* VERDICTS: no such code */
const char *verdict_code(enum verdict v);

/* How a thing stands for one reader. */
struct review_standing {
    struct str state;               /* seen.h */
    size_t n;                       /* verdicts so far */
    enum verdict first;             /* where n > 0 */
    bool mine;                      /* the reader has given one */
    bool reviewer;                  /* may end a difference */
    bool blind;                     /* it is one of those that a second person sees without the first verdict */
};
enum review_bar { REVIEW_FINE, REVIEW_ENDED, REVIEW_MINE, REVIEW_DIFFER };
enum review_bar review_bar(const struct review_standing *s);
/* The state after a verdict of the reader. A difference between two people is never decided by either of them. */
const char *review_next(const struct review_standing *s, enum verdict v);
/* The reader must say why: two people differed, so words have to be left. */
bool review_needs_words(const struct review_standing *s);

/* Agreement of two people beyond chance over pairs: table[first][second] counts them. Cohen's kappa (1960) and Gwet's AC1 (2008), each
   with the 95 % interval of Gwet's linearised variance (Handbook of Inter-Rater Reliability, 4th ed., chapters 5 and 6). known: there
   are at least two pairs, and not all of them are alike for both (then kappa is 0/0). */
struct measure { double value, low, high; bool known; };
struct agreement { int64_t pairs, same; struct measure kappa, ac1; };
struct agreement review_agreement(int64_t table[VERDICTS][VERDICTS]);
