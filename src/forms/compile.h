/* From tables to a definition; shared by compile.c (rows), choices.c, types.c and check.c. */
#pragma once

#include "book.h"
#include "expr.h"

struct maker {
    struct book *b;
    struct arena *a;
    struct xform *form;
    size_t size;                    /* of form->items */
    int open[XFORM_DEPTH];           /* groups and repeats that are not closed yet, outermost first */
    const struct book_row *open_row[XFORM_DEPTH];
    size_t depth;
    bool stop;                      /* too large to go on */
    const struct xform_choice *loop; /* the choice that a loop stands at */
    const struct book_row **rows;   /* of each item, for findings */
    bool flat, choice_twice;
    const char *dir;                /* where .csv files lie, or NULL */
    const struct xform_kept *tables;        /* or they are here */
};

/* -- types.c ----------------------------------------------------------------------------------------------- */
enum type_kind { TYPE_QUESTION, TYPE_BEGIN, TYPE_END, TYPE_LOOP, TYPE_UNKNOWN };
struct type_read {
    enum type_kind kind;
    enum xform_type type;
    struct str list;                /* name of a list of choices, or of a file */
    bool other;                     /* or_other */
    bool file;                      /* choices lie in a file: not asked on the web */
    const char *constraint;         /* what the type itself asks, or NULL */
};
struct type_read type_read(struct arena *a, struct str written);
/* The type that an XForm's bind would have: "string", "int", "binary"; for comparison with other tools. */
const char *xform_bind_type(const struct xform_item *item);

/* -- choices.c --------------------------------------------------------------------------------------------- */
void choices_read(struct maker *m);
int choices_list(const struct xform *form, struct str name);            /* -1 */
void choices_add_other(struct maker *m, int list);
struct str other_label(struct str language);                           /* "Khác", "Other" */
struct str specify_label(struct str language);

/* -- compartment.c ----------------------------------------------------------------------------------------- */
void compartment_inherit(struct maker *m, int item);                    /* in the order of the items */
void compartments_check(struct maker *m);                               /* behind all rules; sets identity of items */

/* -- check.c ----------------------------------------------------------------------------------------------- */
void languages_read(struct maker *m);                                   /* of the columns, before anything else */
struct xform_text text_read(struct maker *m, const struct book_table *t, const struct book_row *r, const char *column);
void languages_check(struct maker *m);
void rules_read(struct maker *m);                                       /* translates and checks all expressions and texts */
void cycles_check(struct maker *m);
void tables_read(struct maker *m);                                      /* the .csv files that pulldata names */
void pages_make(struct maker *m);

void maker_find(struct maker *m, bool error, int text, int item, const char *column, struct str a, struct str b);

enum { PAGE_QUESTIONS = 8 };        /* loose questions on one page */
