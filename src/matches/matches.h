/* What must not be seen: blocklists of names and addresses, each with the people who stand for it, and how they reach the resolvers of
   providers (docs/blocklist.md). What other modules may call. */
#pragma once

#include "bank_store.h"
#include "blocklist.h"
#include "seen.h"
#include "zone.h"

/* blocklist_routes: analysts and reviewers; feed_routes: who takes the lists, and the lists themselves; blocked_routes: where
   somebody lands who asked for a blocked name, and where they object. */
extern const struct route blocklist_routes[], feed_routes[], blocked_routes[], bank_routes[];      /* bank_routes: analysts and reviewers */
/* What programs of partners ask (match.h), and what may be kept of it. */
extern const struct route match_routes[], keeping_routes[];

/* One made-up entry of content/demo/blocklist.txt, with the people who approved it; inside an open act. INVALID names the line. */
struct demo_listing { const struct block *block; struct id analyst, reviewer, second; i64 now; };
status blocklist_add_demo(struct ledger *l, const struct demo_listing *d);
status bank_add_demo(struct ledger *l, const struct demo_listing *d);           /* of content/demo/banks.txt; `second` is not used */

/* The exchange of hashes: StopNCII v1, NCMEC hash sharing v2, our own form; and its pages. */
extern const struct route stopncii_routes[], ncmec_routes[], hashes_routes[], exchange_routes[];
/* Timed: takes over what changed in the banks that are shared; reads the feeds of others that are due. */
status exchange_publish(struct ledger *l, const struct app *app, i64 now);
status feeds_fetch(struct ledger *l, const struct app *app, i64 now);

/* What of this module names a line of the key file (ledger/turn.h). */
extern const struct key_box appeal_boxes[], peer_boxes[], bank_boxes[], seen_boxes[], feed_boxes[];
extern const struct key_step match_steps[];
