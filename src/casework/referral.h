/* Inside casework/: what one unit sends to another. A referral shares chosen fields as a snapshot in a compartment T of its
   own; a transfer offers the case itself. Each act is one transaction; CONFLICT: it does not fit any more, nothing was done. */
#pragma once

#include "casefile.h"
#include "consent.h"
#include "grants.h"
#include "referral_rules.h"

enum { SHARED_ITEMS = 40, SHARED_FILES = 100, REFERRAL_DAYS = 30, REFERRAL_DAYS_MAX = 365 };

/* One field that may be shared. `kind` names it (age, place, harm, danger, risk, who, where, urls, commune, story, note,
   person, identity, summary); `ref` tells notes and people apart; `code` is what stands in clear columns of a case. */
struct shared_item { struct str kind, ref, label, text, code; bool on; };
/* A file of E. fk: its key wrapped to T, once it was sent. */
struct shared_file { struct id file; struct str name, type, sha256, fk; i64 size; bool on; };

/* What the receiver will see: while it is written (a draft, sealed to its writer) and once it was sent (a record in T). */
struct shared {
    bool transfer;
    struct id to_unit;
    struct str from_name, to_name, by;      /* organisation and unit; who sends */
    struct str purpose, consent, consent_words, need, against_words;
    i64 expires;                            /* ms: the first instant at which it is over */
    struct shared_item items[SHARED_ITEMS];
    size_t n_items;
    struct shared_file files[SHARED_FILES];
    size_t n_files;
    size_t sealed_files;                    /* in P: never shared, and said so */
    struct strs left_out;                   /* whom the child left out goes along, so that the receiver keeps to it too */
};

/* "all": with what was not ticked (a draft); else what goes out. */
struct str shared_json(struct ctx *c, const struct shared *s, bool all);
status shared_of_json(struct ctx *c, struct str json, struct shared *s);
struct shared_item *shared_find(struct shared *s, struct str kind, struct str ref);

/* -- before it is sent ----------------------------------------------------------------------------------------------------------- */
/* A case whose notes open to the reader, for sending something of it. */
struct sending {
    struct cases_row row;
    struct comps comps;
    struct id from_unit;            /* of the reader, through which the notes open */
    struct str ref;                 /* TH-YYYY-NNNN, or PA-... where there is no file */
    bool owner;                     /* the unit owns the case and holds all of C N I E: it may transfer */
    bool merged;                    /* other reports are merged into it: files of their codes would stay behind, so it may not */
    struct consents consents;       /* what the case records of them */
    bool carer_unsafe;              /* a carer may be who does harm: they are offered nowhere */
    bool emergency;                 /* nothing waits for a second person */
    bool left_all;                  /* a record that may hold what the child excluded was altered: everybody counts as left out */
    struct strs left_out;
};
/* NOT_FOUND unless N opens, for foreign and missing ones alike. */
status sending_open(struct ctx *c, struct id case_id, struct sending *s);
/* All that the case gives, nothing ticked but what a receiver needs at least. */
status sending_items(struct ctx *c, const struct sending *s, bool transfer, struct shared *shared);

/* A unit that may receive. */
struct receiver {
    struct id unit;
    struct str name, org, kind;
    struct receiver_names names;
    bool against;                   /* the child left it out */
    enum consent_says says;         /* the recorded consent to sharing */
};
struct receivers { struct receiver *at; size_t n; bool more; };
status receivers_find(struct ctx *c, const struct sending *s, struct str wanted, struct receivers *list);
/* NOT_FOUND: not fit, not confirmed, or the sender itself. */
status receiver_get(struct ctx *c, const struct sending *s, struct id unit, struct receiver *r);

/* The draft of this writer for this case; NOT_FOUND where there is none, or where it was for another unit or kind. */
status shared_draft_put(struct ctx *c, struct id case_id, const struct shared *s);
status shared_draft_get(struct ctx *c, struct id case_id, struct id to_unit, bool transfer, struct shared *s);
status shared_draft_end(struct ctx *c, struct id case_id);

/* -- consent (referral_consent.c) -------------------------------------------------------------------------------------------------- */
status sending_consent(struct ctx *c, struct sending *s);
/* Why a second person decides: the value of referrals.against. */
enum referral_two { TWO_NOT, TWO_AGAINST_CHILD, TWO_WITHOUT_CONSENT };
enum referral_two referral_two(const struct sending *from, const struct receiver *to, struct str consent);
/* Why the recorded consent does not allow this, in the reader's language; STR_NULL where it does, or where the law overrides. */
struct str referral_refused(struct ctx *c, const struct sending *from, const struct receiver *to, const struct shared *s);
/* Inside the act that sends: an emergency without consent leaves a flag for a supervisor. */
status referral_look_after(struct ctx *c, const struct sending *from, const struct shared *s);
int referral_item_key(struct str kind);             /* T_REFERRAL_ITEM_* */

/* -- acts ------------------------------------------------------------------------------------------------------------------------ */
/* Sends, or asks a second person where the child left the receiver out. CONFLICT for a transfer: one is open already. */
status referral_send(struct ctx *c, struct id case_id, const struct shared *s, struct id *id);

struct referral {
    struct referrals_row row;
    unsigned sides;                 /* of the reader */
    struct comp_open comp;          /* T; keys NULL: not open to the reader (any more) */
};
/* Where the signed-in person stands: 0 is nowhere. */
unsigned referral_sides(const struct ctx *c, const struct referrals_row *r);
/* NOT_FOUND for all but the two units; and for the receiving one as long as it has not left the house. */
status referral_open(struct ctx *c, struct id id, struct referral *r);
status referral_shared(struct ctx *c, const struct referral *r, struct shared *s);
/* The newest part of the thread, or the one before `before`. */
status referral_thread(struct ctx *c, const struct referral *r, i64 before, struct messages *messages);
status referral_log_read(struct ctx *c, const struct referral *r);

/* `choice`: of list "decline"; `words`: why, or what came of it. */
struct referral_do { enum referral_act act; struct str choice, words; };
status referral_act_on(struct ctx *c, struct id id, const struct referral_do *act);
status referral_write(struct ctx *c, struct id id, struct str text);

/* Fills s->files with what lies in T. */
status referral_files(struct ctx *c, const struct referral *r, struct shared *s);
/* The file of a referral by its id, with its key. NOT_FOUND: not shared here. */
status referral_file(struct ctx *c, const struct referral *r, struct id file, struct shared_file *shared, struct key *fk);

/* A file that goes to police alone leaves every T of its case, inside the act that moves it. */
status referrals_forget_file(struct ctx *c, struct id case_id, struct id file);

/* -- inside: transfer.c ----------------------------------------------------------------------------------------------------------- */
bool transfer_whole(const struct comps *comps);
status transfer_offer(struct ctx *c, const struct comps *comps, const struct referrals_row *r);
status transfer_take(struct ctx *c, struct referrals_row *r);
status transfer_forget(struct ledger *l, struct id referral);

struct str unit_label(struct ctx *c, struct id unit);       /* "organisation · unit" */

/* -- lists --------------------------------------------------------------------------------------------------------------------------- */
struct referrals_page { struct referrals_row *at; size_t n; bool more; };
struct referrals_query { bool sent; struct str state; i64 before; struct id id; };
status referrals_list(struct ctx *c, const struct referrals_query *q, struct referrals_page *page);
