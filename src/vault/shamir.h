/* An organisation's recovery key in shares: Shamir over GF(256) with AES's polynomial, byte by byte. Two of the shares give the
   key again; one alone fits every key alike. A share on paper is four lines, each with its own check character. */
#pragma once

#include "vault.h"

enum { SHARES_MAX = 3, SHARE_LINES = 4, SHARE_LINE_CHARS = 14, SHARE_LINE_SHOWN = 16 };

struct share {
    struct key y;               /* the polynomials' values at `x` */
    uint8_t x;                  /* 1 .. SHARES_MAX */
};

/* a·b in GF(256), in constant time. */
uint8_t shamir_times(uint8_t a, uint8_t b);
/* Shares of the key for x = 1 .. n: `needed` (1 or 2) of them give it again. Into the secrets block. */
void shamir_split(const struct key *secret, int needed, int n, struct share *shares);
/* The same with a given slope, for test vectors: needed is 2. */
void shamir_split_with(const struct key *secret, const struct key *slope, int n, struct share *shares);
/* INVALID where a share's x is out of range, or two have the same. Whether it is the right key, its public half tells. */
status shamir_join(struct key *secret, int needed, const struct share *shares);

/* As printed: XXXXX-XXXXX-XXXX, the last one the check, which also knows the line's number. */
void share_lines(const struct share *s, char lines[SHARE_LINES][SHARE_LINE_SHOWN + 1]);
/* One line as typed, forgiving as code_digits is. INVALID: not 14 characters, or the check does not fit this line. */
status share_line_read(struct str typed, int line, char digits[SHARE_LINE_CHARS]);
/* All four lines. INVALID: no share is written so. */
status share_read(char digits[SHARE_LINES][SHARE_LINE_CHARS], struct share *s);
/* What a share must be, without being it: H(none, "share-check", org, no, x, y). */
void share_mark(struct key *mark, struct id org, i64 no, const struct share *s);
