/* Inside takedown/: tracks and notices. Every change of one is an act: one transaction, one log entry, one line in the track's timeline,
   and a line in the timeline of each case that the content belongs to. */
#pragma once

#include "rules.h"
#include "takedown.h"

#include "../partners/partners.h"

#include "tables.sql.h"
#include "takedown.sql.h"

enum { RECIPIENTS_MOST = 20, NOTICE_TOKEN_BYTES = 32 };

/* A track while somebody works on it. */
struct track {
    struct takedowns_row row;
    struct item_read items[TAKEDOWN_ITEMS];
    size_t n_items;
    struct str words;                       /* why it was reported */
    const struct take_class *class;         /* NULL: gone from content/ */
    struct takedown_notices_rows notices;
    struct str ref;                         /* "GB-7K3M9" */
};
status track_load(struct ctx *c, struct id id, struct track *t);
/* All tracks, live or over, that know this name; those of a number ("GB-7K3M9Q"), among the newest 5,000. */
status track_of_item(struct ctx *c, const struct item_read *item, struct takedowns_rows *rows);
status track_of_ref(struct ctx *c, struct str ref, struct takedowns_rows *rows);
struct str track_ref(struct arena *a, struct id id);
struct takedown_notices_row *track_notice(struct track *t, struct id id);      /* NULL: it is not of this track */
/* One line for each name; `plain`: as it is, else so that no mail program makes a link of it. */
struct str track_what(struct arena *a, const struct track *t, bool plain);
struct notice_sum track_sum(const struct track *t, i64 now);

/* Platforms can look for a hash, hosts remove what lies with them. */
bool track_fits(const struct track *t, const struct takedown_recipients_row *recipient);

/* One act on a track; on PostgreSQL again where somebody changed the same row meanwhile. DENIED: it does not fit any more. What the notices
   say becomes the track's state when the body has ended, and the cases hear of it. */
typedef status track_body(struct ctx *c, struct track *t, const void *what);
status track_act(struct ctx *c, struct id id, const char *name, track_body *body, const void *what);
/* Inside such a body: a line of the timeline. */
struct track_note { const char *act; struct opt_id notice; struct str words; };
status track_tell(struct ctx *c, struct track *t, struct track_note note);
/* A line in the timeline of each case: what is cases.event.takedown_WHAT, given the track's number and `to`. */
status track_tell_cases(struct ctx *c, struct track *t, const char *what, struct str to);
/* For open.c: reads the sealed text of a row into t; seals such a text; a line of the timeline for who has no track at hand. */
/* How a name of content is found again. */
void track_digest(struct key *digest, const struct house_keys *h, const struct item_read *item);
status track_names_put(struct ledger *l, struct id track, const struct item_read *items, size_t n);
status track_text(struct ledger *l, struct track *t);
struct str track_seal(struct ledger *l, struct id id, const struct item_read *items, size_t n, struct str words);
status track_event_put(struct ledger *l, struct id track, struct takedown_events_row row, struct str words);
status track_event_words(struct ledger *l, const struct takedown_events_row *row, struct str *words);

/* -- acts of staff (track_acts.c, notices.c) ------------------------------------------------------------------------------------------ */
struct triage { struct str class, basis, words; };
status take_triage(struct ctx *c, struct id id, const struct triage *triage);
status take_drop(struct ctx *c, struct id id, struct str words);
status take_confirm(struct ctx *c, struct id id, struct str words);
struct ids { struct id *at; size_t n; };
status take_choose(struct ctx *c, struct id id, const struct ids *recipients);
status take_unchoose(struct ctx *c, struct id id, struct id notice);
/* Sends what is chosen, or asks for a second person where the class says so (*waits). */
status take_send(struct ctx *c, struct id id, bool *waits);
status take_second(struct ctx *c, struct id id);
status take_decline(struct ctx *c, struct id id, struct str words);
/* It is still there: the same recipient is asked again, with a new clock. */
status take_again(struct ctx *c, struct id id, struct id notice, struct str words);
status take_escalate(struct ctx *c, struct id id, struct str words);
/* The appeal of a recipient: upheld withdraws the notice. */
struct appeal_end { struct id notice; bool uphold; struct str words; };
status take_appeal_end(struct ctx *c, struct id id, const struct appeal_end *end);
/* A link to hand over by other ways than a letter; shown once. */
status take_link(struct ctx *c, struct id id, struct id notice, struct str *link);
/* The address goes to the blocklist as a proposal. NOT_FOUND: the class has no list, or the item is no address that may stand there. */
struct block_wish { size_t item; bool host; };          /* host: the whole name, not the one address */
status take_block(struct ctx *c, const struct track *t, const struct block_wish *w, struct id *entry, bool *there);

/* -- answers ------------------------------------------------------------------------------------------------------------------------------- */
enum answer_kind { ANSWER_REMOVED, ANSWER_CANNOT, ANSWER_NOTOURS, ANSWER_APPEAL, ANSWERS };
extern const char *const answer_codes[ANSWERS];         /* "removed" ... */
struct reply { struct id notice; enum answer_kind kind; i64 removed; struct str words; };     /* removed: ms, when it was gone */
/* By the recipient, or by staff for them (c->actor). DENIED: it was answered, or the track is over. */
status take_answer(struct ctx *c, struct id track, const struct reply *answer);
/* The notice that a link opens. NOT_FOUND: no such link, or its days are over. */
status notice_of_token(struct ctx *c, struct str token, struct takedown_notices_row *notice);

/* -- letters (letters.c) --------------------------------------------------------------------------------------------------------------------- */
/* Inside an open act: by every way that the recipient has. */
status letter_send(struct ctx *c, struct track *t, struct takedown_notices_row *notice, struct str code);
status letter_link(struct ctx *c, const struct takedown_notices_row *notice, struct str *link);
/* Starts the clock of a notice anew, and sends it. */
status notice_start(struct ctx *c, struct track *t, struct takedown_notices_row *notice, struct str code);
/* The same as data, for the partner's program. */
status notice_data(struct ctx *c, const struct track *t, const struct takedown_notices_row *notice, struct str *data);
/* The link goes by another way (a form of the recipient's, by word of mouth): only that it was made is kept. */
status letter_by_hand(struct ctx *c, const struct takedown_notices_row *notice);
/* Inside a body: tells everybody of kind authority who was not asked yet. by: whose organisation the letter names. */
status track_escalate(struct ctx *c, struct track *t, struct id by, struct str words);

/* -- looking again (check.c) ------------------------------------------------------------------------------------------------------------------ */
/* The operator named a program that asks whether an address still answers. */
bool check_there(const struct app *app);
status check_queue(struct ctx *c, struct id track, size_t item);
