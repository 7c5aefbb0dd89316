/* Decisions of take-down: pure. Times are ms. */
#pragma once

#include "../base/clock.h"
#include "../base/id.h"
#include "../base/memory.h"
#include "../base/status.h"

/* -- content/takedown/ (data.c) ---------------------------------------------------------------------------------------------------- */
enum { CLASSES_MAX = 32, RUNGS_MAX = 8, LETTERS_MAX = 16, LETTER_CODES = 7 };

struct take_class { struct str code, name, name_en, list, basis, basis_en; bool two, to_check; };
struct take_rung { struct str code; i64 after_ms; bool authority; };    /* after the end of the clock; below 0: before it */
struct take_rules {
    i64 hours_ms, soon_ms, link_ms;
    struct str source, source_en;
    bool to_check;
    struct take_class classes[CLASSES_MAX];
    size_t n_classes;
    struct take_rung rungs[RUNGS_MAX];          /* by time */
    size_t n_rungs;
};
/* INVALID names file and line. */
status take_rules_read(struct arena *a, const char *file, struct str text, struct take_rules *rules);

struct take_letter { struct str code, subject, body; };
struct take_letters { struct take_letter at[LETTERS_MAX]; size_t n; };
status take_letters_read(struct arena *a, const char *file, struct str text, struct take_letters *letters);

const struct take_rules *take_rules(void);
const struct take_class *take_class(struct str code);                   /* NULL: none */
const struct take_letter *take_letter(bool english, struct str code);   /* never NULL for the codes that the program sends */

/* What stands for the places {ref} {what} ... of a letter. An unknown place stays as it is. */
struct take_place { const char *name; struct str text; };
struct take_places { const struct take_place *at; size_t n; };
struct str take_fill(struct arena *a, struct str text, struct take_places places);

/* -- names of content ----------------------------------------------------------------------------------------------------------------- */
enum item_fault { ITEM_FINE, ITEM_EMPTY, ITEM_NEITHER, ITEM_LONG };
/* What was typed, as an address ("hxxp://a[.]example/b" too) or as a hash by its length. kind points to a literal. */
struct item_read { const char *kind; struct str text; };
enum item_fault item_read(struct arena *a, struct str typed, struct item_read *item);
/* Host of an address, in lower case, without port; STR_NULL of a hash. */
struct str item_host(struct str url);
/* One of the names covers the host: it or a parent of it stands in `hosts`, which blanks part. */
bool hosts_cover(struct str hosts, struct str host);

/* -- notices and tracks ----------------------------------------------------------------------------------------------------------------- */
/* How many notices of a track stand where. */
struct notice_sum { i64 chosen, open, late, removed, cannot, notours, appealed, withdrawn; };
void notice_count(struct notice_sum *sum, struct str state, bool past);

/* Nothing more is done with it. */
bool track_over(struct str state);
/* Where a track stands when its notices stand so; `was` is its state now. */
const char *track_state_after(struct str was, const struct notice_sum *sum);

/* When the sweep looks again: the next rung that was not climbed. {has false}: all were. */
bool rung_next(const struct take_rules *rules, i64 due, i64 climbed, i64 *next);

/* Who may not do what. */
enum take_bar { TAKE_FINE, TAKE_SAME, TAKE_OVER };
/* The second person of a sending is another than who asked for it; who judges an appeal has not sent it. */
enum take_bar second_bar(bool waits, struct id asked_by, struct id who);
enum take_bar appeal_bar(bool appealed, struct id set_by, bool approved, struct id approved_by, struct id who);

/* -- figures ----------------------------------------------------------------------------------------------------------------------------- */
/* Median of n values; it sorts them. -1 of none. */
i64 take_median(i64 *values, size_t n);
i64 quarter_of(i64 ms);                         /* year * 4 + 0 .. 3, local */
