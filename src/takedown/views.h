/* What the pages of takedown/ show. */
#pragma once

#include "../casework/words.h"
#include "../people/views.h"

enum take_look { TAKE_WAITS, TAKE_RUNS, TAKE_BAD, TAKE_GOOD, TAKE_ENDED };

struct take_line {
    struct id id;
    struct str ref, what, class, on;        /* what: the first name of the content; on: since when it is known */
    i64 more;                               /* further names */
    int state;
    enum take_look look;
    bool runs;                              /* the clock is shown */
    struct desk_clock clock;
    i64 asked, removed;                     /* recipients */
};
struct take_lines { struct take_line *at; size_t n; };
struct take_list_view {
    struct staff_nav nav;
    i64 reported, second, running, late, appealed, removed;
    struct choices states;
    struct str q, q_error;
    struct take_lines rows;
    struct url next, start, late_url, appealed_url, second_url;
    bool to_check;                          /* the length of the clock still has to be checked by counsel */
    struct str source;
    i64 hours;
};

struct take_new_view {
    struct staff_nav nav;
    struct form_faults faults;
    struct url action, back;
    struct str case_ref;                    /* of a case: its number; STR_NULL by hand */
    struct typed items, class, words;
    struct choices classes;
    i64 most;
    struct take_own_lines { struct take_own_line { struct str ref, what; int state; enum take_look look; i64 asked, removed, refused, late; } *at;
                            size_t n; } tracks;         /* of the case */
};

struct take_item {
    struct str what;
    const char *kind;
    i64 place;
    bool url;
};
struct take_items { struct take_item *at; size_t n; };
struct take_proof { struct str on, digest; int why, way, state; bool good, bad; i64 tries, code; };
struct take_proofs { struct take_proof *at; size_t n; };
struct take_notice {
    struct id id;
    struct str name, kind, by, second, sent, answered, removed;
    int state;
    enum take_look look;
    bool runs;
    struct desk_clock clock;
    struct take_proofs proofs;
    bool no_way;                            /* neither webhook nor mail: a link is handed over */
    bool can_unchoose, can_answer, can_link, can_again, can_judge, barred;      /* barred: has sent it, so somebody else judges */
};
struct take_notices { struct take_notice *at; size_t n; };
struct take_event { int what; struct str by, on, words; };
struct take_events { struct take_event *at; size_t n; };
struct take_pick { struct id id; struct str name, kind, ways; bool on; };
struct take_picks { struct take_pick *at; size_t n; };
struct take_fact { int name; struct str value; };
struct take_facts { struct take_fact *at; size_t n; };
struct take_view {
    struct staff_nav nav;
    struct form_faults faults;
    struct id id;
    struct str ref, class, words, link;     /* link: made just now, shown once */
    int state;
    enum take_look look;
    bool runs, two, class_to_check;
    struct desk_clock clock;
    struct take_items items;
    struct take_facts facts;
    struct take_notices notices;
    struct take_events events;
    struct take_picks picks;
    struct choices classes;
    struct typed basis, reason;
    struct str asked_by;                    /* who waits for a second person */
    bool own_ask, can_triage, can_choose, can_send, can_second, can_decline, can_drop, can_confirm, can_escalate, can_check, can_block, judges;
    i64 chosen;
};

struct take_to_row { struct id id; struct str name, kind, mail, hosts, org, lang; bool hook, waits, may_confirm; };     /* waits: for a second person */
struct take_to_rows { struct take_to_row *at; size_t n; };
struct take_to_view {
    struct staff_nav nav;
    struct form_faults faults;
    struct take_to_rows rows;
    struct typed name, mail, hosts;
    struct choices kinds, langs, orgs;
};

/* -- without an account ------------------------------------------------------------------------------------------------------------------ */
struct notice_item { const char *kind; struct str text; };
struct notice_items { struct notice_item *at; size_t n; };
struct notice_view {
    struct url action;
    struct str ref, from, name, class, basis, asked, due, answered;
    struct notice_items items;
    int state;                              /* what was answered; 0: nothing yet */
    bool open, late, withdrawn, thanks, no_words, no_answer, bad_time;
    struct str words, at, today;            /* at, today: for <input type=datetime-local> */
    i64 words_most;
};
struct clear_cell { struct str text; bool covered; };
struct clear_row { struct str name; struct clear_cell asked, in_time, late, refused, waiting, median, share; };
struct clear_rows { struct clear_row *at; size_t n; };
struct clear_view {
    struct choices quarters;
    struct clear_rows rows, total;          /* total: one row, of all classes */
    bool none, hidden;                      /* nothing counted; so few that nothing may be shown */
    i64 hours;
    struct str source, quarter;
    struct url csv;
};
