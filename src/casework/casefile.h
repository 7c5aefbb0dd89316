/* Inside casework/: the file of a case. Each act is one transaction with one log entry and one line in the timeline; where
   somebody else changed the same row meanwhile it is tried again on the new row, so nothing is lost. */
#pragma once

#include "casework.h"
#include "rules.h"

#include "casework.sql.h"
#include "people.sql.h"
#include "tables.sql.h"

#define NEVER_DUE ((i64)9007199254740991)

struct casefile {
    struct cases_row row;
    struct casefiles_row file;
    struct comps comps;
    const struct process *process;          /* NULL: its version is gone from content/ */
    const struct process_state *state;      /* NULL with it */
    struct str ref;
};

/* The case with the keys of the reader's units. NOT_FOUND unless its notes (N) open: for foreign and missing ones alike. */
status casefile_open(struct ctx *c, struct id id, struct casefile *f);

struct act_info case_act_info(const struct ctx *c, const char *act, struct id id);

/* -- making one ------------------------------------------------------------------------------------------------------------------- */
/* A case of the reader's unit without a report: somebody called, or came. Its compartments are N, I and E. */
struct case_new { struct str harm, age, province, danger, words, name; };       /* name: of the child, "" if not known */
status case_create(struct ctx *c, const struct case_new *told, struct id *id);

/* -- acts on it: CONFLICT where somebody was faster and the act no longer fits; the caller says so and keeps what was typed -------- */
/* What the signed-in person may do in a process (enum process_who). */
unsigned case_who(const struct ctx *c);
/* One act of the process. `choice` is an item of the act's list. */
struct step { const struct process_act *act; struct str choice, words; };
status case_step(struct ctx *c, struct id id, const struct step *step);
status case_conclude_risk(struct ctx *c, struct id id, struct str risk, struct str words);
status case_assign(struct ctx *c, struct id id, struct opt_id worker, struct str words);
status case_add_note(struct ctx *c, struct id id, struct str words);

struct task_new { struct str kind, words; i64 due; struct opt_id worker; };
status case_add_task(struct ctx *c, struct id id, const struct task_new *task);
/* state: done or dropped. NOT_FOUND: no such task in this case. */
status case_end_task(struct ctx *c, struct id id, struct id task, struct str state, struct str words);

struct flag_new { struct str kind, words; struct opt_i64 until; };
status case_add_flag(struct ctx *c, struct id id, const struct flag_new *flag);
status case_end_flag(struct ctx *c, struct id id, struct id flag, struct str words);

/* Somebody of the case, sealed in I. A later record of the same id stands over the earlier one. */
struct person { struct id id; struct str role, name, born, phone, address, words; bool gone; };
struct persons { struct person *at; size_t n; };
struct str person_json(struct ctx *c, const struct person *p);
status case_persons(struct ctx *c, const struct comps *comps, struct persons *persons);
status case_put_person(struct ctx *c, struct id id, const struct person *person);

/* Every record of the open compartments of a letter, in order; r is NULL for one that was altered. */
typedef status each_record(struct ctx *c, const struct records_row *row, const struct record *r, void *to);
status case_records(struct ctx *c, const struct comps *comps, const char *letter, each_record *each, void *to);

/* Words of a task or flag, by the record's id; "" where N does not give them. */
struct words_of { struct id id; struct str text; };
struct words_list { struct words_of *at; size_t n; };
status case_words(struct ctx *c, const struct comps *comps, struct words_list *list);
struct str words_find(const struct words_list *list, struct opt_id record);

/* The timeline: events, notes and answers of N, newest first. */
struct moment {
    enum record_kind kind;
    struct id author;
    i64 time;
    struct str what, from, to, words;       /* events; a note has words alone */
    bool altered;
};
struct moments { struct moment *at; size_t n; };
status case_moments(struct ctx *c, const struct comps *comps, struct moments *moments);

/* Cases of the reader's units that name somebody so. Opens I of each anew and keeps nothing; one search at a time for each
   person (BUSY). Logged. */
struct hits { struct id *at; size_t n; i64 searched; };      /* cases; at most 100 */
status case_search(struct ctx *c, struct str wanted, struct hits *hits);
