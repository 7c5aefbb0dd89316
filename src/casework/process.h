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

/* -- processes (grammar: head of content/process/vn-decree-56/2.txt) ---------------------------------------------------------------- */
enum { PROCESS_STATES = 64, PROCESS_ACTS = 96, PROCESS_TRACKS = 4, PROCESS_CLOCKS = 32, PROCESS_VERSIONS = 32, CLOCK_RUNGS = 4 };

/* Who may do an act, as bits: the rights of write, supervise, chair. */
enum process_who { WHO_WRITE = 1, WHO_SUPERVISE = 2, WHO_CHAIR = 4 };

/* Sets of states and of clocks are bits by their places in the process. */
struct process_track { struct str code, name, name_en; };     /* the first is the case itself, code "" */
struct process_state {
    struct str code, name, name_en;
    struct str form;                /* of content/forms/: what is filled in here; "" none */
    i64 step;
    size_t track;
    bool end, urgent;               /* urgent: first in every list */
    uint32_t starts, stops, drops;  /* clocks, when a case comes into it */
    int line;
};
struct process_act {
    struct str code, to, name, name_en, list;
    struct str form;                /* forms with blanks between that must be finished before; "" none */
    struct str papers;              /* "submit mau-04 mau-05": what it does with the case's papers (submit, approve, return); "" nothing */
    struct str page;                /* "transfer", "refer": its button leads to that page of the case, and moves nothing itself */
    uint64_t from;
    uint64_t close_with;            /* states beside the case that may stand open when the act ends it; every other one must be over */
    uint32_t starts, stops, drops;
    size_t track;
    unsigned who;
    bool fresh;                     /* its forms count only if they were finished since the track came into its present state */
    bool reason, risk, second;      /* words are required; the risk must have been concluded; one asks, another does it */
    int line;
};

enum clock_unit { CLOCK_HOURS, CLOCK_DAYS, CLOCK_WORKDAYS };
struct clock_term { enum clock_unit unit; i64 n; };
enum rung_who { RUNG_OWNER, RUNG_SUPERVISOR, RUNG_CHAIR, RUNG_NEXT };
struct clock_rung { enum rung_who who; i64 after_ms; };         /* after the due moment */
struct process_clock {
    struct str code, name, name_en, source, certainty;
    struct clock_term term;
    i64 soon_part, soon_of;         /* "1/3": soon when a third of the time is left */
    uint64_t pause;                 /* states in which it stands still */
    struct clock_rung rungs[CLOCK_RUNGS];
    size_t n_rungs;
    enum rung_who owner;            /* whose work it is: the worker, the supervisor, the chair */
    bool on_received, on_opened;    /* starts with the receipt of the information; with the opening of the case */
    bool stop_transferred, stop_referred, stop_end;
    int line;
};
struct process {
    struct str code;
    i64 version, from;              /* from: ms, the day on which it came into force */
    struct str name, name_en, source;
    struct process_track tracks[PROCESS_TRACKS];
    size_t n_tracks;
    struct process_state states[PROCESS_STATES];
    size_t n_states;
    struct process_act acts[PROCESS_ACTS];
    size_t n_acts;
    struct process_clock clocks[PROCESS_CLOCKS];
    size_t n_clocks;
};

/* Reads all of content/process/. INVALID or NOT_FOUND names file and line. */
status process_load(void);
/* What a new case follows on this day; never NULL after process_load. */
const struct process *process_for_new(i64 now);
/* New cases follow this version whatever the day; version 0: the day decides again. For made-up data and tests: what they tell
   began under the version that was in force then. INVALID: there is none. */
status process_pin(i64 version);
/* NULL: content/process/ has no such version any more. */
const struct process *process_of(struct str code, i64 version);
/* All that were read, for the checker; NULL behind the last. */
const struct process *process_at(size_t i);

/* NULL where there is none. */
const struct process_state *process_state(const struct process *p, struct str code);
const struct process_act *process_act(const struct process *p, struct str code);
const struct process_clock *process_clock(const struct process *p, struct str code);
/* Where a track stands before its first act. */
const struct process_state *process_first(const struct process *p, size_t track);
/* The act may be done in this state (of the act's track) by somebody with these rights (enum process_who). */
bool process_allows(const struct process *p, const struct process_act *act, struct str state, unsigned who);

/* Reads one process of a text and checks it: for process_load, the checker and tests. */
status process_read(struct arena *a, const char *file, struct str text, struct process *p);
/* What was read cannot strand a case, nor leave a clock running for ever. */
status process_check(const char *file, const struct process *p);
/* Lists and forms that it names are there. */
status process_check_names(const char *file, const struct process *p);
/* INVALID with the place: "content/FILE line 12: WHAT WORD". */
status process_wrong(const char *file, int line, const char *what, struct str word);
