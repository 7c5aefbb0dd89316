/* Expressions of a form, translated once into XPath that libxml2 evaluates. Differences that the translation bridges: ${x} becomes
   a path as seen from where the expression stands (inside a repeat: of the same instance); comparisons and + - understand dates;
   an answer counts as true when it is not empty; names of functions and their number of arguments are checked here. */
#pragma once

#include "forms.h"

enum xform_expr { XFORM_RELEVANT, XFORM_REQUIRED, XFORM_READONLY, XFORM_CONSTRAINT, XFORM_CALCULATION,
                  XFORM_FILTER, XFORM_DEFAULT, XFORM_COUNT,
                 XFORM_EXPRS };

struct xform_rules {
    struct str xpath[XFORM_EXPRS];   /* "" where there is none */
    int *refs[XFORM_EXPRS];          /* items that it reads */
    size_t n_refs[XFORM_EXPRS];
    int *paths[XFORM_EXPRS];         /* and by paths of its own, as far as they are known */
    size_t n_paths[XFORM_EXPRS];
    bool wide[XFORM_EXPRS];          /* it reads by paths too, and so perhaps any item */
    bool closed[XFORM_EXPRS];        /* it reads an answer of compartment I, or may: a run that has none does not judge by it */
    int *triggers;                  /* a calculation with a trigger: runs when one of these was set */
    size_t n_triggers;
};

struct expr {
    struct str xpath;
    int *refs;
    size_t n_refs;
    bool wide;                      /* it goes by paths of its own: what it reads is not known here */
    int error;                      /* text of what is wrong, 0: nothing */
    struct str a, b;                /* what fills its places */
};

/* `item` is where it stands; -1: at the top. A filter and a repeat's count are seen from elsewhere, so `kind` matters. */
struct expr expr_translate(struct arena *a, const struct xform *form, int item, enum xform_expr kind,
                           struct str source);

/* Items that it reads by paths of its own ("../a"): their number, and in *refs which. */
struct expr_place { int item; enum xform_expr kind; };
size_t expr_paths(struct arena *a, const struct xform *form, struct expr_place place, struct str source, int **refs);

/* The item that ${name} means, seen from `item`: -1 none, -2 several. */
int expr_resolve(const struct xform *form, int item, struct str name);
/* The next ${name} of a text from *at on; false where there is none. *at moves behind it. */
bool expr_next_ref(struct str text, size_t *at, size_t *begin, struct str *name);

/* Functions that forms may call; NULL where there is none. */
struct expr_function { const char *name; int min, max; };
const struct expr_function *expr_function(struct str name);

/* Pattern of regex() for libxml2's engine, which matches the whole text: without ^ and $ around it. */
void expr_pattern_write(struct out *o, struct str pattern);
