/* Casework: the compartments of a case and who opens them, and the work of a case from its opening to its end. What other
   modules may call. A report is a case from its first row on (table cases); the work that officials do on it is a file beside
   it (table casefiles, one for each case that was opened). */
#pragma once

#include "../network/network.h"
#include "process.h"

/* -- compartments (SECURITY.md, "Keys") --------------------------------------------------------------------------------------- */
struct key ctx_comp_key(struct id comp, struct id unit, i64 epoch);
struct key ctx_dormant(struct id comp, struct id unit);

enum sender { FROM_CHILD, FROM_STAFF, FROM_SYSTEM };
struct message {
    enum sender from;
    bool note;                              /* private: N, never C */
    struct id author;
    struct str author_name;                 /* staff: the given name that they chose */
    i64 day, time;                          /* time: full hour for anonymous ones */
    i64 no;
    struct str text;
};
struct messages {
    struct message *at;
    size_t n;
    i64 older;                              /* what to ask for next: those before the first of these; 0: there are none */
};

/* Keys of one letter of a case, newest compartment last. */
struct comp_open {
    struct id id;
    struct str letter;
    i64 no;
    struct key dpk;
    struct comp_keys *keys;     /* NULL: no key */
    struct id by;               /* the grant that a code opened it with; zero for staff */
};
struct comps { struct comp_open *at; size_t n; };

/* Opens what the reporter may: C alone, of a merged report also what is common with the other one (last in the list, since
   new words go there). NOT_FOUND: this key opens nothing any more. */
status comps_of_reporter(struct ctx *c, struct id report, const struct pair *reporter, struct comps *comps);
/* Opens what the signed-in person's units may; the others are listed without keys. NOT_FOUND if there is not one key. */
status comps_of_actor(struct ctx *c, struct id report, struct comps *comps);
/* The newest compartment of a letter, where new writes go; NULL if there is none. */
struct comp_open *comp_newest(const struct comps *comps, const char *letter);
struct comp_open *comps_find(const struct comps *comps, struct id id);

/* The newest messages of all open compartments of a letter, oldest first: those before `before` (0: the very newest), at most
   `most`, and no more bytes than a page bears. However long somebody writes, the conversation opens, part by part. */
struct messages_part { const char *letter; i64 before; size_t most, bytes; };
enum { PART_MESSAGES = 200, PART_BYTES = 2 << 20, NOTES_SHOWN = 1000, NOTES_BYTES = 6 << 20 };
status messages_read(struct ctx *c, const struct comps *comps, struct messages_part part, struct messages *messages);
/* The texts of the records of a kind in one open compartment, the oldest first, at most `most`; altered ones are left out. */
struct kind_wanted { enum record_kind kind; size_t most; };
status records_of_kind(struct ctx *c, const struct comp_open *comp, struct kind_wanted want, struct strs *texts);

/* One more record, inside an open act: sealed with the row key where the compartment is open, else dropped. */
status record_write(struct ctx *c, const struct comp_open *comp, const struct record *r);
/* The same, and tells the record's id. */
status record_write_id(struct ctx *c, const struct comp_open *comp, const struct record *r, struct id *id);

/* One line of the case's timeline, inside an open act: a record in N (dropped where N is not open to the writer). `what` is a
   code with a text (T_CASES_EVENT_*, event_text), from and to are codes that it tells of, words are the reason. */
struct event { const char *what; struct str from, to, words; };
status event_write(struct ctx *c, const struct comps *comps, const struct event *e);

/* -- the file of a case (casefile.h has the rest) ---------------------------------------------------------------------------------- */
/* Opens the file of a case whose row and compartments the caller has, inside an open act: number, process, first state, the
   ladder ended. `comps` must hold N open; the event tells where it came from (`from`: PA-7K3M9 or ""). CONFLICT: there is one
   already, or the number was taken at the same moment: abort, and try again. */
struct cases_row;      /* tables.sql.h */
status casefile_begin(struct ctx *c, struct cases_row *row, const struct comps *comps, struct str from);
/* A new compartment for a case that is being made or moved: its row is inserted and it is granted to the unit's present key,
   inside an open act. `no` is one more than the newest of its letter. */
status comp_make(struct ctx *c, struct id case_id, const char *letter, i64 no, struct id unit, const char *why,
                 struct comp_open *comp);
/* The case has a file. */
bool casefile_there(struct ctx *c, struct id case_id);

extern const struct route casework_routes[];
