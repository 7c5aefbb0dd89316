/* What the pages of the review show. A picture is not among it. */
#pragma once

#include "../people/views.h"

struct review_line {
    struct id id;
    struct str class, when;
    int source, state;              /* T_REVIEW_SOURCE_*, T_REVIEW_STATE_* */
    bool urgent, mine;              /* mine: the reader has decided; another person must */
};
struct review_view {
    struct staff_nav nav;
    struct choices states;
    struct { struct review_line *at; size_t n; } rows;
    i64 waiting, today, enough;     /* of the reader, today; what is enough for a day */
    bool over;                      /* it is enough, or the time for looking at evidence is over */
    bool sandbox;
    struct url next_page, start_page, other_side;
};

struct review_hash { struct str kind, value; i64 quality; bool has_quality; };
struct review_hit {
    struct str bank, class, basis;
    i64 distance;
    bool exact;                     /* no distance: the same file or address */
    bool negative, suppressed, held, confirmed;
};
struct review_piece { struct str text, why; };      /* why "": not marked */
struct review_sign { struct str why; i64 n; };      /* how often */
struct review_score { struct str topic; i64 percent; };
struct review_message {
    bool there;                     /* it is a message */
    bool words;                     /* its words were kept */
    struct { struct review_piece *at; size_t n; } pieces;
    struct { struct review_sign *at; size_t n; } signs;
    struct { struct review_score *at; size_t n; } scores;
};
struct review_said { int verdict; struct str who, when, reason, words; bool hidden; };      /* hidden: given blind, not shown yet */
struct review_item_view {
    struct staff_nav nav;
    struct id id;
    struct review_line line;
    struct str ref;                 /* the sender's own; "" */
    struct url object;              /* page of the report that it belongs to; "": none for this reader */
    struct { struct review_hash *at; size_t n; } hashes;
    struct { struct review_hit *at; size_t n; } hits;
    struct review_message message;
    struct str words_until;         /* day; "": no words are kept */
    struct { struct review_said *at; size_t n; } said;
    bool may_decide;
    int bar;                        /* T_REVIEW_BAR_*: why not; 0 */
    bool needs_words;
    struct choices reasons;
    struct str words, words_error;
    bool confirmed;                 /* then these acts: */
    bool may_ask;                   /* for its removal */
    bool may_opine;                 /* about the hashes of the bank */
    struct choices classes;
    struct str class_error;
    bool over;
};

struct review_cell { i64 n; bool same; };
struct review_row { int verdict; struct review_cell cell[3]; };
struct review_measure { int name; struct str value, low, high; };       /* value "": not known */
struct review_agreement_view {
    struct staff_nav nav;
    i64 pairs, same, one_in;
    struct { struct review_row *at; size_t n; } rows;
    struct { struct review_measure *at; size_t n; } measures;
    bool few;                       /* under 30 pairs */
};
