/* What the log's pages show: who did what to what and when, never what was written. Filled by log_pages.c, read by
   pages/log*.html. */
#pragma once

#include "../ledger/look.h"
#include "../web/web.h"

/* An act in words. */
struct log_word { int key; struct str code; };      /* key 0: an act that has no words here: its code is shown */

/* One entry. */
struct log_item {
    struct id id;
    struct str seq;                 /* "48.210"; STR_NULL: no number yet */
    struct str day, time;           /* 24/11/2026, 14:12:07; time STR_NULL: an anonymous act, whose day alone is known */
    struct log_word act;
    struct str who, who_org;        /* STR_NULL: a child where `anonymous`, else the program itself */
    struct str object;              /* PA-7K3M9, TH-2026-0148, a login, a unit's name; STR_NULL: nothing in particular */
    struct url object_url, who_url; /* the list of what was done to it, by them; STR_NULL: none */
    struct str rows;                /* "cases 1, grants 5"; STR_NULL: none was written */
    bool anonymous, refused, altered;
};
struct log_items { struct log_item *at; size_t n; };

/* What was done to one object (people_log_of). */
struct object_log {
    struct log_items rows;
    bool more;                      /* older ones begin at `next` */
    struct log_place next;
};

/* The state of the log, above the list. */
struct log_state {
    struct str entries;             /* numbered and signed */
    struct str root;                /* of the signed head, shortened; STR_NULL: none yet */
    struct str checked, checked_entries, checked_rows;      /* when the last whole check was, what it read; STR_NULL: none yet */
    struct str bad, bad_at;         /* what it found; STR_NULL: nothing */
    bool waiting_few;               /* entries of anonymous acts wait for the hour: none or up to four, not told apart */
    struct str waiting;             /* their number, if more */
    struct log_witnesses { struct log_witness { struct str name, entries, at; bool silent; } *at; size_t n; } witnesses;
                                    /* silent: has signed nothing for a day */
};

struct log_view {
    struct staff_nav nav;
    bool national;                  /* sees every organisation */
    struct log_state state;
    struct str who, what, since, until;     /* as typed */
    struct str since_error, until_error;
    struct choices acts, orgs;
    bool filtered;
    struct log_items rows;
    struct url start, next;         /* keyset pages; STR_NULL: none */
    bool wide;                      /* the search stopped early: `next` goes on */
};

/* One step of a proof. */
struct log_step { struct str hash; bool left; };    /* left: the hash stands left of what is known so far */
struct log_steps { struct log_step *at; size_t n; };
struct log_written { struct str table, key; int what; };        /* what: T_LOG_ROW_NEW, _CHANGED, _GONE */
struct log_writtens { struct log_written *at; size_t n; };

struct log_entry_view {
    struct staff_nav nav;
    struct log_item row;
    struct str id, unit, object_id;
    struct log_writtens written;
    bool proved, faulty;            /* faulty: it has a number and could not be proved */
    struct str leaf, root, head, size, bytes;
    struct log_steps steps;
    struct url proof;               /* the same as a text file */
};

struct log_export_view {
    struct staff_nav nav;
    bool national;                  /* else: only the national auditor takes the whole log out */
    struct str entries;
};
