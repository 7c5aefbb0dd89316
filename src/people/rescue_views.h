/* What the pages of the recovery key and of key health show. */
#pragma once

#include "admin_views.h"

struct trustee_line { struct str name, printed_on, tried_on; int state; bool due, me; };
struct trustee_lines { struct trustee_line *at; size_t n; };

/* Who waits for a lost unit, and could be its new member. */
struct waiting_line { struct id unit, user; struct str name, check; bool joined, can; };
struct waiting_lines { struct waiting_line *at; size_t n; };
struct key_unit { struct id id; struct str name; i64 holders; bool lost, covered, asked; struct waiting_lines waiting; };
struct key_units { struct key_unit *at; size_t n; };

struct rescue_line { struct id id; struct str unit, person, asked_by, asked_at, opens_at; int state; bool open; };
struct rescue_lines { struct rescue_line *at; size_t n; };

/* /admin/keys: what opens what, and what is wanting. */
struct keys_view {
    struct staff_nav nav;
    struct str org_name;
    bool has_key, single, proposed;     /* single: one share is the key */
    bool sets, asks;                    /* the reader names trustees; asks for a recovery */
    bool my_print, my_drill, few;       /* few: a trustee has gone, or cannot open the share any more */
    i64 lost, open, unprinted;          /* units without a key-holder; keys that the recovery key does not open; sheets to print */
    struct str made_on;
    struct trustee_lines trustees;
    struct key_units units;
    struct rescue_lines rescues;
};

struct keys_trustees_view {
    struct staff_nav nav;
    struct form_faults faults;
    bool single, has_key;
    struct choices first, second, third;
    struct typed one, two, three;
};

struct keys_share_view {
    struct staff_nav nav;
    struct form_faults faults;
    bool gone;                          /* the account was given anew: nobody can open this share */
    bool single;
    struct str org_name, name, day, number;
    struct str line1, line2, line3, line4;
    struct typed last;
};

/* Four lines of a sheet, typed in. */
struct typed_share { struct typed line1, line2, line3, line4; };

struct keys_drill_view {
    struct staff_nav nav;
    struct form_faults faults;
    struct typed_share share;
};

struct keys_rescue_view {
    struct staff_nav nav;
    struct form_faults faults;
    struct id id;
    enum { RESCUE_SHOW_TOLD, RESCUE_SHOW_OPEN, RESCUE_SHOW_OVER, RESCUE_SHOW_DONE, RESCUE_SHOW_REFUSED } state;
    int state_text;
    struct str unit, person, check, asked_by, asked_at, opens_at, ends_at, decided_by, decided_at, reason;
    bool trustee, single, mine;         /* mine: the reader's share is in already */
    i64 typed;
    bool refusable;
    struct typed_share share;
    struct typed why;
};
