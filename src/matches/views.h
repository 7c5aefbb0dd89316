/* What the pages of matches/ show. */
#pragma once

#include "../people/views.h"

/* -- the blocklist ---------------------------------------------------------------------------------------------------------------- */
enum list_look { LIST_WAITS, LIST_BLOCKED, LIST_COMPLAINT, LIST_ENDED };
struct list_line {
    struct id id;
    struct str name, class, by, on, until;
    int state;
    enum list_look look;
    bool two, half, tick;           /* half: one of two has approved; tick: the reader may approve it */
};
struct list_lines { struct list_line *at; size_t n; };
struct blocklist_view {
    struct staff_nav nav;
    bool reviews, runs;             /* approves; sets who takes the lists */
    i64 proposed, appealed, below;
    struct str q, q_error, searched;        /* searched: the canonical name */
    struct choices states;
    struct list_lines rows;
    bool ticks;
    struct url next, start;
    bool of_batch;
    struct id batch;
    i64 batch_open;                 /* of an import: how many the reader may approve at once */
};

/* What a new entry and a list of names have in common. */
struct list_new_view {
    struct staff_nav nav;
    struct form_faults faults;
    struct typed name, names, class, source, basis, days, words;
    struct choices classes;
    struct import_fault_lines { struct import_fault_line { i64 line; struct str text; int fault; } *at; size_t n; } lines;
    i64 lines_more, most;           /* beyond those shown; how many names one list may have */
};

struct list_fact { int name; struct str value; };
struct list_facts { struct list_fact *at; size_t n; };
struct list_event { int what; struct str by, on, words; };
struct list_events { struct list_event *at; size_t n; };
struct list_relative { struct id id; struct str name; int state; };
struct list_relatives { struct list_relative *at; size_t n; };
struct list_appeal { struct str on, words, contact; int state; bool open; };
struct list_appeals { struct list_appeal *at; size_t n; };
struct list_entry_view {
    struct staff_nav nav;
    struct id id;
    struct str name;
    int state, bar;                 /* bar: why the reader cannot approve or reject; 0 */
    enum list_look look;
    bool address, two, half, top;
    struct list_facts facts;
    struct list_relatives parents;
    i64 below;
    struct list_events events;
    struct list_appeals appeals;
    bool can_approve, can_refuse, can_remove, can_uphold, can_reject;
    struct form_faults faults;
    struct typed words;
};

/* -- who takes the lists -------------------------------------------------------------------------------------------------------------- */
struct feed_row {
    struct str code, name, zone, walled, published;
    bool open;
    i64 serial, names;              /* serial 0: not published yet */
};
struct feed_rows { struct feed_row *at; size_t n; };
struct taker_row { struct id id; struct str holder, list, since, key_name, notify; };
struct taker_rows { struct taker_row *at; size_t n; };
struct feeds_view {
    struct staff_nav nav;
    struct feed_rows feeds;
    struct taker_rows readers, peers;
    struct str token, key_name, secret;     /* shown this once */
    struct form_faults faults;
    struct choices lists;
    struct typed holder, zone, walled, key, notify;
    struct str feed_of;             /* whose settings were refused */
};

/* -- the exchange of hashes ------------------------------------------------------------------------------------------------------------- */
enum { SHARES_SHOWN = 200 };
struct share_row {
    struct id id;
    struct str code, name, source, since;
    int state;
    enum list_look look;
    bool sandbox, negative, own, may_propose, may_confirm, may_end;
};
struct share_rows { struct share_row *at; size_t n; };
struct sharing_view { struct staff_nav nav; struct share_rows rows; };
struct source_row {
    struct id id;
    struct str code, base, bank, last, fault;
    int kind;
    bool on, reading;
    i64 minutes, records, skipped;
};
struct source_rows { struct source_row *at; size_t n; };
struct sources_view {
    struct staff_nav nav;
    struct source_rows rows;
    struct choices banks;
    struct form_faults faults;
    struct typed code, base, user, secret, minutes;
    struct str bank_error;
    bool ncmec;
};

/* -- public ----------------------------------------------------------------------------------------------------------------------------- */
struct blocked_view { bool some; };
struct appeal_view {
    struct str address, found;      /* as typed; the name on the list that covers it */
    bool unknown, empty, full;      /* is not on the list; words are missing; too many wait */
};

#include "bank_views.h"        /* of pages/bank*.html; stands here because its views use those above */
/* /partner/matching: what is kept when programs ask. */
struct keeping { bool sandbox, nothing, hits, hashes; struct str code, since; };
struct keepings { struct keeping *at; size_t n; };
struct keeping_view {
    struct staff_nav nav;
    struct keepings places;
};
