/* What the pages of referrals and transfers show. Filled by referral_pages.c and referral_received.c. Texts named by an int are
   keys; STR_NULL leaves its place out. */
#pragma once

#include "../people/views.h"
#include "consent.h"

/* -- the paper: what the receiver sees, and what is not there ------------------------------------------------------------------ */
struct paper_row { int key; struct str label, text; };
struct paper_rows { struct paper_row *at; size_t n; };
struct paper_file { int kind; struct str size, hash; struct url open; };       /* open: STR_NULL before it was sent */
struct paper_files { struct paper_file *at; size_t n; };
struct paper_word { int key; };
struct paper_words { struct paper_word *at; size_t n; };
struct paper {
    bool transfer;
    struct str from, to, by, purpose, need, consent, consent_words, expires;
    struct paper_rows rows;
    struct paper_files files;
    struct paper_words missing, left_out;
    bool left_out_unknown;
    i64 sealed;                     /* files that police alone may open */
};

/* -- /cases/ID/refer, /cases/ID/transfer: whom to ------------------------------------------------------------------------------- */
struct refer_receiver { struct str org, name; bool against; struct url go; };
struct refer_receivers { struct refer_receiver *at; size_t n; };
/* The commune where it happened, and where the child lives, with the unit that works there. */
enum place_look { PLACE_UNKNOWN, PLACE_NO_UNIT, PLACE_OWN, PLACE_UNIT };
struct refer_place { int title; enum place_look look; struct str commune, unit; bool against; struct url go; };
struct refer_places { struct refer_place *at; size_t n; };
struct refer_choose_view {
    struct staff_nav nav;
    struct url back, here;          /* here: without a query, for the form of the search */
    struct str ref, wanted;
    bool transfer, more;
    struct refer_receivers receivers;
    struct str act;                 /* the process calls this hand-over so; STR_NULL */
    struct url communes;            /* where the two communes are written down; STR_NULL where there is no file */
    struct refer_places places;
};

/* -- the form -------------------------------------------------------------------------------------------------------------------- */
struct refer_field { struct str key, label, text; int name; bool on; i64 rows; };
struct refer_fields { struct refer_field *at; size_t n; };
struct refer_file { struct id id; int kind; struct str size, hash; bool on; };
struct refer_files { struct refer_file *at; size_t n; };
struct refer_error { struct url at; struct str text; };
struct refer_errors { struct refer_error *at; size_t n; };
struct refer_form_view {
    struct staff_nav nav;
    struct url back, here, choose;
    struct str ref, to;
    bool transfer, against;
    bool carer_unsafe;
    enum consent_says says;         /* of sharing with this receiver, as the case records it */
    struct str share_why;
    struct choices purposes, consents;
    struct str need, consent_words, against_words, expires;
    struct str purpose_error, need_error, consent_error, consent_words_error, against_error, expires_error;
    struct refer_errors errors;
    struct refer_fields fields;
    struct refer_files files;
    i64 sealed;
    struct paper paper;             /* as it was at the last look */
};

struct open_work { int key; struct str what, until; };       /* "Thời hạn: Lập kế hoạch, đến 17:40, 30/11/2026" */
struct open_works { struct open_work *at; size_t n; };
struct refer_check_view {
    struct staff_nav nav;
    struct url here, edit;
    struct str ref, seen;           /* seen: a hash of what is shown, so that nothing else is sent */
    bool transfer, against, law;    /* law: nobody agreed, so a second person decides */
    struct paper paper;
    struct open_works open;         /* of a transfer: what is not done yet and goes along */
};

/* -- /referrals ------------------------------------------------------------------------------------------------------------------- */
enum referral_look { LOOK_WAITS, LOOK_OPEN, LOOK_OVER };
struct referral_line {
    struct id id;
    struct str other, ref, purpose, day, until;
    bool transfer, mine;            /* mine: it waits for the reader */
    int state;
    enum referral_look look;
};
struct referral_lines { struct referral_line *at; size_t n; };
struct referral_state_choice { struct str code; int name; bool on; };
struct referral_state_choices { struct referral_state_choice *at; size_t n; };
struct referrals_view {
    struct staff_nav nav;
    bool sent;
    struct referral_state_choices states;
    struct referral_lines lines;
    struct url start, next, received;
    struct url sent_url;
};

/* -- /referrals/ID ------------------------------------------------------------------------------------------------------------------ */
struct referral_message { bool us, altered; struct str name, when, text; };
struct referral_messages { struct referral_message *at; size_t n; };
struct referral_view {
    struct staff_nav nav;
    struct id id;
    struct str other, day, until;
    bool transfer, received, open;  /* received: the reader stands on that side; open: T opens to the reader */
    bool waits_second;              /* asked, and the reader cannot be the second person */
    bool can_accept, can_decline, can_done, can_revoke, can_confirm, can_write;
    int state;
    enum referral_look look;
    struct url case_url;            /* the sender's case, or the receiver's own; STR_NULL: none */
    struct str case_ref;
    struct paper paper;
    struct referral_messages messages;
    struct url older;               /* the part of the thread before this one; STR_NULL: there is none */
    struct str text, text_error;
};

/* -- confirm pages of its acts ------------------------------------------------------------------------------------------------------- */
enum referral_page { PAGE_DECLINE, PAGE_DONE, PAGE_REVOKE, PAGE_CONFIRM };
struct referral_act_view {
    struct staff_nav nav;
    struct id id;
    enum referral_page page;
    bool transfer, law;             /* law: confirmed without anybody's consent */
    struct str other;
    struct url here;
    struct choices reasons;
    struct str text, text_error, reason_error;
};

struct referral_file_view {
    struct staff_nav nav;
    struct id id;
    struct url here;
    int kind;
    struct str size, hash;
    struct choices reasons;
    struct str text, text_error, reason_error;
};
