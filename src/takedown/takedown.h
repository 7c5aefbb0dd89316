/* Take-down: what must disappear from the network, whom we asked, and what they answered (docs/takedown.md). One track for each piece
   of content, one notice for each recipient of it; a clock of 24 hours runs from the moment of asking (content/takedown/rules.txt).
   What other modules may call. */
#pragma once

#include "../base/blocks.h"
#include "../network/network.h"

enum { TAKEDOWN_ITEMS = 20, TAKEDOWN_ITEM_CHARS = 2000, TAKEDOWN_WORDS_CHARS = 2000 };

/* A name under which the content is known. kind: "url", or of a hash "pdq", "sha256", "md5" (hexadecimal, either case). */
struct takedown_item { const char *kind; struct str text; };
struct takedown_items { const struct takedown_item *at; size_t n; };

struct takedown_new {
    struct takedown_items items;            /* 1 to TAKEDOWN_ITEMS names of one and the same content */
    struct opt_id case_id;                  /* whose track of content moves along, and whose timeline hears of it */
    const char *source;                     /* "case", "match", "platform", "picture", "hand" */
    struct opt_id found;                    /* the thing seen or the report that it came from, for whoever shows the track */
    struct str class;                       /* code of content/takedown/rules.txt */
    struct str basis;                       /* legal basis in words; "": the one that the class names */
    struct str words;                       /* why, for those who decide; sealed under the house's key; "": nothing */
    bool triaged;                           /* an analyst has judged it already: it is ready to be sent */
    struct id by;                           /* member of staff; zero: the house, or a child */
    i64 now;
};

/* Inside an open act. Opens a track, or finds the live one that knows one of these names and adds the new names and the case to it
   (*there). To a track that somebody wants sent already no name is added: the case is, and names that it does not know open another one.
   `l->arena` holds what is made. INVALID: no class of that code, an item that is none (fail_message says which). */
struct takedown_opened { struct id id; bool there; };
status takedown_open(struct ledger *l, const struct takedown_new *n, struct takedown_opened *opened);

/* For the signed-in analyst or officer who has judged it (c->actor; triaged): asks everybody who can remove it and was not asked yet.
   Acts of their own, so none may be open. waits: the class takes a second person, at /takedown/ID. DENIED: the track is not ready. */
struct takedown_asked { i64 n; bool waits; };
status takedown_ask(struct ctx *c, struct id track, struct takedown_asked *asked);

/* Inside an open act: the child took back what the tracks came from. Those that nobody was asked about are dropped and their names
   erased, unless another case wants them, too; what was asked of others cannot be taken back, and stays. */
status takedown_take_back(struct ledger *l, struct id found, i64 now);

/* Of all tracks of a case, for the child's page and the case's: recipients that were asked, and what became of it. late: asked, no
   answer, and past its hour. waiting: tracks that no recipient was asked about yet. */
struct takedown_progress { i64 tracks, waiting, asked, removed, refused, late; };
status takedown_progress(struct ledger *l, struct id case_id, i64 now, struct takedown_progress *p);

/* The classes of content/takedown/rules.txt for a select, in the reader's language. */
struct choices takedown_class_choices(const struct ctx *c, struct str chosen);
struct str takedown_class_name(const struct ctx *c, struct str code);

/* The setting fetch-helper: NULL, or the whole path of a program. INVALID says what is wrong. */
status takedown_check_settings(const char *program);
status takedown_load(void);                 /* content/takedown/, once at start; INVALID names file and line */

/* takedown_routes: analysts and reviewers. takedown_case_routes: who works on a case proposes. notice_routes: recipients by signed
   link, without an account; notice_api_routes: their programs by token. transparency_routes: counts for everybody. */
extern const struct route takedown_routes[], takedown_case_routes[], notice_routes[], notice_api_routes[], transparency_routes[];

/* One made-up recipient or content of content/demo/takedown.txt, inside an open act. INVALID names the line. */
struct demo_takedown { const struct block *block; struct id by; struct opt_id org; i64 now; };
status takedown_demo_recipient(struct ledger *l, const struct demo_takedown *d);
status takedown_demo_content(struct ledger *l, const struct demo_takedown *d);

/* Timed: reminders and escalation; looking again whether an address answers (slow, it waits for others' machines); counting. Letters leave
   by the jobs of outbox/mail.h and partners/partners.h. */
status takedown_sweep(struct ledger *l, const struct app *app, i64 now);
status takedown_checks(struct ledger *l, const struct app *app, i64 now);
status takedown_count(struct ledger *l, const struct app *app, i64 now);

/* What of this module names a line of the key file (ledger/turn.h). */
extern const struct key_box takedown_boxes[];
extern const struct key_step takedown_steps[];
