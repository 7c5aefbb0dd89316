/* Casework: the compartments of a case and who opens them, and the work of a case from its opening to its end. What other
   modules may call. A report is a case from its first row on (table cases); the work that officials do on it is a file beside
   it (table casefiles, one for each case that was opened). */
#pragma once

#include "../network/network.h"
#include "process.h"
#include "upload.h"

/* -- compartments (SECURITY.md, "Keys") --------------------------------------------------------------------------------------- */
struct key ctx_comp_key(struct id comp, struct id unit, i64 epoch);
struct key ctx_dormant(struct id comp, struct id unit);
struct key ctx_file_key(struct id comp, struct id file);

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
/* All compartments of a case but T, none of them opened: whoever has these can write and not read. */
status comps_closed(struct ctx *c, struct id case_id, struct comps *comps);
/* Opens one by a grant: its keys go to the block of secrets. BROKEN: the grant is not for this pair or this place. */
status comp_unlock(struct ctx *c, struct comp_open *comp, const struct pair *pair, struct key ctx, struct str sealed);
/* A compartment with a key of its own, open and granted to nobody yet; its row is inserted, inside an open act. */
status comp_draw(struct ctx *c, struct id case_id, const char *letter, i64 no, struct comp_open *comp);
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

/* -- what the reporter wished, and police ------------------------------------------------------------------------------------------ */
/* Kinds and codes of organisations that the reporter left out, as C and N tell them to who may open one of the two. NOT_FOUND:
   neither opens, so nothing may be concluded. */
status case_excluded(struct ctx *c, const struct comps *comps, struct strs *names);
/* The unit that a compartment P of this case is sealed to. `against`: also one that the reporter left out, which takes two
   persons (V8). NOT_FOUND: none is fit, or the reporter left all of them out. */
status police_unit(struct ctx *c, struct id report, const struct comps *comps, bool against, struct unit_key *unit);

/* A flag says that a carer may be who does harm: nobody tells them, and they are offered nowhere as somebody to tell. Read from
   the clear rows of flags, so that every page can warn. */
status case_carer_unsafe(struct ctx *c, struct id case_id, bool *unsafe);

/* -- files that were sent (evidence.c) ----------------------------------------------------------------------------------------------- */
enum evidence_kind { KIND_PICTURE, KIND_VIDEO, KIND_TEXT, KIND_DOCUMENT, KIND_OTHER };

struct evidence {
    struct id id;                           /* of the file */
    struct comp_open *comp;                 /* where its key lies: E, or P */
    bool open;                              /* the reader's units hold that compartment's key */
    bool police;                            /* in P: the police unit alone */
    enum evidence_kind kind;                /* as its sender called it; the bytes decide what is decoded */
    struct str name, type;                  /* STR_NULL where it is closed to the reader */
    i64 size;                               /* true size; where nothing is known of it, that of the ciphertext */
    struct str sha256;                      /* hexadecimal, of the plaintext; of the ciphertext where nothing is known */
    struct str pdq;                         /* hexadecimal, of a picture that went to P; else STR_NULL */
    i64 quality;                            /* of pdq: 0 .. 100 */
    struct str class;                       /* list "fileclass", of a file that went to P; else STR_NULL */
    struct opt_id by;                       /* member of staff who added it */
    struct opt_id asked_by;                 /* who asked that it go to P against the reporter's wish, while it has not */
};
struct evidences { struct evidence *at; size_t n; };

/* All files of a case, those of open compartments in the order in which they came, then the sealed ones. */
status evidence_list(struct ctx *c, struct id case_id, struct comps *comps, struct evidences *list);
/* Files for the police alone go to one of the reader's units: /desk/sealed lists them. */
status evidence_sealed_any(struct ctx *c, bool *any);
int evidence_kind_text(enum evidence_kind kind);                        /* T_DESK_FILE_* */
struct str evidence_size_text(struct ctx *c, i64 bytes);                /* "1,2 MB" */
/* The page that asks for a reason; STR_NULL where the reader cannot open the file. */
struct url evidence_url(struct ctx *c, struct id case_id, const struct evidence *e);

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
/* What goes on beside a case and is known to the house (take-down): its track moves by this act of the process where it stands fit for it,
   and N gets a line that nobody needs a key for. Inside an open act; nothing where the case has no file, is closed, or its process has
   no such act. event: what is cases.event.WHAT, given both codes. */
status case_track_follow(struct ctx *c, struct id case_id, const char *act);
status case_tell(struct ctx *c, struct id case_id, const char *what, struct str from, struct str to);
/* The case has a file. */
bool casefile_there(struct ctx *c, struct id case_id);
struct casefiles_row;
/* It lies with one of the reader's units now. */
bool case_is_of_actor(const struct ctx *c, const struct casefiles_row *file);

/* -- numbers (stats.h has the rest) -------------------------------------------------------------------------------------------------- */
/* Timed: counts what /numbers/cases shows. */
status stats_count(struct ledger *l, const struct app *app, i64 now);
extern const struct route stats_routes[];

/* -- what units send to each other (referral.h has the rest) ----------------------------------------------------------------------- */
/* Waiting for the reader: received and not answered; and asked for a second person, where the reader may be that. */
status referrals_count(struct ctx *c, i64 *n);
/* Timed: what was not answered or not finished in time ends, and the other side's key with it. */
status referrals_expire(struct ledger *l, const struct app *app, i64 now);

/* -- clocks (clocks.h has the rest) ------------------------------------------------------------------------------------------------ */
/* Public holidays and swapped days, once at start. */
status holidays_load(void);
/* Timed: climbs the ladders of clocks that are late, each rung once, and tells the units: a batch of them, or all. */
status clocks_sweep(struct ledger *l, const struct app *app, i64 now);
status clocks_sweep_all(struct ledger *l, const struct app *app, i64 now);
/* It stands still because the machine's time jumped, until somebody answers /clocks. */
status clocks_held(struct ctx *c, bool *held);

extern const struct route casework_routes[], clock_routes[], communes_routes[], evidence_routes[], refer_routes[], referral_routes[];
extern const struct route support_routes[], meeting_routes[], consent_routes[], family_routes[], team_routes[], care_routes[];

/* -- what keeps staff well (care.h has the rest) ------------------------------------------------------------------------------------- */
status care_load(void);                     /* content/process/care.txt, once at start */
struct str care_note(struct ctx *c);        /* the line that suggests a break, or STR_NULL */
extern const struct route export_routes[], print_routes[];

/* -- how long cases are kept (retention.h has the rest) ------------------------------------------------------------------------------- */
status retention_load(void);                /* content/process/retention.txt, once at start */
/* Timed: gives closed cases their term; takes what erased ones left off the disk. */
status retention_terms(struct ledger *l, const struct app *app, i64 now);
status retention_files(struct ledger *l, const struct app *app, i64 now);
status retention_night(struct ledger *l, const struct app *app, i64 now);
extern const struct route retention_routes[];

/* What of this module names a line of the key file (ledger/turn.h). */
extern const struct key_box grant_boxes[];
