/* Inside partners/: the addresses that notices go to. */
#pragma once

#include "../outbox/reach.h"
#include "partners.h"

#include "tables.sql.h"

/* Minutes from one try to the next; behind the last of them it is given up. */
enum { WEBHOOK_TRIES = 10 };
i64 webhook_pause(int tries);           /* ms until the next, after so many; 0: none any more. Pure. */
/* What an answer means: 2xx taken, 410 nobody is there any more, else try again. Pure. */
enum webhook_state webhook_after(int code, int tries);

struct reach webhook_reach(const struct app *app);
/* NOT_FOUND: none is set. */
status webhook_address(struct ledger *l, struct id org, bool sandbox, struct partner_webhooks_row *row);
/* Inside an open act. A new address comes with a new secret, shown once; the same address keeps its own unless `renew`. */
struct webhook_wish { struct id org, by; bool sandbox, renew; struct str url; i64 now; };
status webhook_address_set(struct ledger *l, const struct webhook_wish *wish, struct str *secret);
status webhook_address_drop(struct ledger *l, struct id org, bool sandbox);
