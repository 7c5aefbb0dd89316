/* An expression while it is read: between expr_token.c (words, names) and expr.c (grammar). */
#pragma once

#include "expr.h"
#include "texts.h"

enum { NESTING_MAX = 60, REFS_MAX = 400, SOURCE_MAX = 8 << 10, XPATH_MAX = 64 << 10 };

enum token { END, NUMBER, LITERAL, NAME, REF, OPERATOR, BAD };
enum kind { K_OTHER, K_PATH, K_NUMBER, K_LITERAL, K_BOOLEAN, K_SUM };       /* what a piece gives, as far as it is known */

struct expr_piece { struct str text; enum kind kind; };

struct expr_reader {
    struct arena *a;
    const struct xform *form;
    int item;
    enum xform_expr kind;
    struct str source;
    size_t at;
    enum token token;
    struct str word;                /* of the present token; of a REF its name */
    int nesting;
    bool absolute;                  /* inside indexed-repeat: all instances are meant */
    struct expr *to;
};

struct expr_piece expr_wrong(struct expr_reader *r, int text, struct str a, struct str b);
struct expr_piece expr_wrong_here(struct expr_reader *r);
void expr_add_ref(struct expr_reader *r, int item);
struct str expr_path_to(struct expr_reader *r, int target);
void expr_next(struct expr_reader *r);
bool expr_is(const struct expr_reader *r, const char *operator);
bool expr_is_word(const struct expr_reader *r, const char *word);
bool expr_expect(struct expr_reader *r, const char *operator);
struct str expr_join(struct expr_reader *r, struct str a, struct str b);
