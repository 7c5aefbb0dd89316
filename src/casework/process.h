/* The process of a case as data (content/process/): word lists, states, and the acts that lead from one state to another. Read
   once at start and checked as a whole; a mistake names file and line. Nothing of it is law in code: product.md, principle 7. */
#pragma once

#include "../web/web.h"

#include "../base/blocks.h"

/* -- word lists (content/process/lists.txt) ------------------------------------------------------------------------------------ */
struct list_item { struct str list, code, name, name_en; bool hidden; };

/* Name in the reader's language; the code itself where the list does not know it (an old case must still be readable). */
struct str list_name(const struct ctx *c, const char *list, struct str code);
bool list_has(const char *list, struct str code);
/* The items for a select or ticks; hidden ones only where they are chosen. */
struct choices list_choices(const struct ctx *c, const char *list, struct str chosen);

/* -- processes -------------------------------------------------------------------------------------------------------------------- */
enum { PROCESS_STATES = 32, PROCESS_ACTS = 64, PROCESS_VERSIONS = 32 };

struct process_state { struct str code, name, name_en; i64 step; bool end, urgent; };      /* urgent: first in every list */
struct process_act {
    struct str code, to, name, name_en, list;
    uint32_t from;                  /* bits: places of states */
    bool supervise;                 /* who: supervise; else write */
    bool reason, risk;              /* words are required; the risk must have been concluded */
};
struct process {
    struct str code;
    i64 version, from;              /* from: ms, the day on which it came into force */
    struct str name, name_en, source;
    struct process_state states[PROCESS_STATES];
    size_t n_states;
    struct process_act acts[PROCESS_ACTS];
    size_t n_acts;
};

/* Reads all of content/process/. INVALID or NOT_FOUND names file and line. */
status process_load(void);
/* What a new case follows on this day; never NULL after process_load. */
const struct process *process_for_new(i64 now);
/* NULL: content/process/ has no such version any more. */
const struct process *process_of(struct str code, i64 version);
const struct process *process_at(size_t i);            /* each that was loaded; NULL behind the last */

/* NULL where there is none. */
const struct process_state *process_state(const struct process *p, struct str code);
const struct process_act *process_act(const struct process *p, struct str code);
/* The act may be done in this state by somebody with these rights. */
bool process_allows(const struct process *p, const struct process_act *act, struct str state, bool write, bool supervise);

/* Reads one process of a text: for process_load, the checker and tests. */
status process_read(struct arena *a, const char *file, struct str text, struct process *p);
