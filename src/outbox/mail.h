/* Mail, only where the operator named a server (settings smtp-url, smtp-from). A letter is written in the transaction of what
   it tells of and waits boxed under the house's key for jobs; a job sends it, tries again with growing pauses, and gives up. */
#pragma once

#include "../web/web.h"

struct mail { struct str to, subject, body; };      /* UTF-8; `to` passed mail_address_ok */

/* Plain ASCII, one '@', nothing that ends a header line. */
bool mail_address_ok(struct str address);
/* Inside an open transaction. */
status mail_queue(struct ledger *l, const struct mail *mail, i64 now);
/* The same for a letter that somebody must be able to account for: *id names it, in mail_look and in its Message-ID, however often it
   is tried. It is tried for some three days, not for an hour. */
status mail_queue_known(struct ledger *l, const struct mail *mail, i64 now, struct id *id);
enum mail_state { MAIL_WAITS, MAIL_TAKEN, MAIL_GIVEN_UP };      /* taken: by the operator's mail server */
struct mail_outcome { enum mail_state state; i64 made, last, tries; };          /* last: of the last try; 0 none */
status mail_look(struct ledger *l, struct id id, struct mail_outcome *outcome);
/* Timed: sends what is due. Nothing where no server is named. */
status mail_send_due(struct ledger *l, const struct app *app, i64 now);
/* Both settings or none, and of the right form. INVALID says which. */
status mail_settings_check(const char *smtp_url, const char *smtp_from);
