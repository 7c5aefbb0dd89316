/* Mail, only where the operator named a server (settings smtp-url, smtp-from). A letter is written in the transaction of what
   it tells of and waits boxed under the house's key for jobs; a job sends it, tries again with growing pauses, and gives up. */
#pragma once

#include "../web/web.h"

struct mail { struct str to, subject, body; };      /* UTF-8; `to` passed mail_address_ok */

/* Plain ASCII, one '@', nothing that ends a header line. */
bool mail_address_ok(struct str address);
/* Inside an open transaction. */
status mail_queue(struct ledger *l, const struct mail *mail, i64 now);
/* Timed: sends what is due. Nothing where no server is named. */
status mail_send_due(struct ledger *l, const struct app *app, i64 now);
/* Both settings or none, and of the right form. INVALID says which. */
status mail_settings_check(const char *smtp_url, const char *smtp_from);
