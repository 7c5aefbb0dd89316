/* Inside matches/: files of hashes on their way into a bank. Checked whole, then taken in on a second word, held until a reviewer who did not
   bring them approves; all in steps that a crash may interrupt anywhere. */
#pragma once

#include "bank_formats.h"
#include "bank_store.h"

enum { BATCH_STEP = 10000 };
#define CHECKED_KEPT_MS DAY_MS      /* a file that was checked and never taken in */

struct batch_new { struct id bank, by; struct str name, list; const struct file_check *check; bool take; i64 now; };
/* An act of its own. `list`: what file_check wrote. take: at once, without the second word (the command line asks for it itself). */
status batch_make(struct ledger *l, const char *data_dir, const struct batch_new *b, struct id *id);

enum batch_word { BATCH_TAKE, BATCH_DROP, BATCH_APPROVE, BATCH_REFUSE };
/* An act of its own. CONFLICT: it is not in the state for that. DENIED: who brought it decides nothing about it, nor the same person twice. */
struct batch_act { struct id batch, by; enum batch_word word; i64 now; };
status batch_decide(struct ledger *l, const char *data_dir, const struct batch_act *a);
/* Why this person cannot approve or refuse it; pages show it before they try. */
enum batch_bar { BATCH_FINE, BATCH_OWN, BATCH_SEEN, BATCH_OVER };
enum batch_bar batch_bar(const struct bank_batches_row *b, struct id who);

/* A batch that is being taken in, approved or refused, to the end of that; in acts of BATCH_STEP records each, so that nobody waits long for
   the writer. Several processes may do it at once. progress may be NULL. */
typedef void batch_progress(void *to, const struct bank_batches_row *b);
struct batch_run { const char *data_dir; struct id batch; i64 now; batch_progress *progress; void *to; i64 until; };     /* until: monotonic ms, 0: no end */
status batch_run(struct ledger *l, const struct batch_run *run);
