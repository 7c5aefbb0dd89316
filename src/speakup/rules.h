/* Pure decisions of intake: no database, no web, no clock. */
#pragma once

#include "speakup.h"

/* Codes of contract.md. Unknown words are SKIP (public forms refuse nothing). */
enum who who_of(struct str code);
enum danger danger_of(struct str code);
unsigned harm_of(struct strs codes);
const char *who_code(enum who who);
const char *danger_code(enum danger danger);
struct str harm_codes(struct arena *a, unsigned harm);      /* "threat,images" */
bool age_known(struct str age);                             /* one of the bands */

/* 4 in danger now, or may hurt themselves; 3 soon; 2 threats, pictures, meeting; 1 the rest; 0 empty, odd or repeated:
   read last, never dropped. A score may raise urgency, never lower what a person said: danger beats odd. */
i64 urgency_of(const struct report_new *report, bool odd);

/* Silent or made of one repeated character: kept, read last. */
bool story_odd(const struct report_new *report);

/* When somebody should have read it: minutes after it came, by urgency. */
i64 patience_minutes(i64 urgency);

/* The name that people read aloud: PA- and 5 random characters of the code's alphabet. */
void report_ref(char ref[9]);

/* -- the desk ------------------------------------------------------------------------------------------------------------------ */
/* States of a report (cases.state): new (nobody's), claimed, answered, closed, prank (set aside), merged (goes on in another
   one), none (a case without a conversation). */
enum desk_act {
    ACT_CLAIM, ACT_RELEASE, ACT_REPLY, ACT_HAND_OVER, ACT_MERGE, ACT_BE_MERGED, ACT_UNMERGE, ACT_PRANK, ACT_UNPRANK, ACT_CLOSE,
    ACT_REOPEN
};
struct standing {
    struct str state;
    bool held, mine;            /* somebody took it; the reader did */
    bool supervise;             /* the reader may act on what colleagues hold */
    bool filed, joined;         /* a case was opened of it; others were merged into it */
    bool marked;                /* a prank, whatever its state: the child may have written again since */
};
bool desk_allows(enum desk_act act, const struct standing *s);
/* The state after the child wrote: what was closed or set aside comes back by itself. */
struct str state_after_child(struct str state, bool held);
/* The state of what somebody holds. */
struct str state_of_held(i64 waiting);
