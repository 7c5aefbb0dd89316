/* Speak up: a report comes in, its writer comes back with a code, staff answer. What other modules may call. */
#pragma once

#include "../casework/casework.h"

enum {
    STORY_CHARS = 20000             /* longer is kept as further messages, never cut */
};

enum who { WHO_SKIP, WHO_SELF, WHO_FRIEND, WHO_PARENT, WHO_TEACHER, WHO_OTHER };
enum danger { DANGER_SKIP, DANGER_NOW, DANGER_SOON, DANGER_NO, DANGER_UNSURE };
enum harm {                         /* bits */
    HARM_BULLYING = 1, HARM_THREAT = 2, HARM_IMAGES = 4, HARM_CONTACT = 8, HARM_SCAM = 16, HARM_HATE = 32,
    HARM_SELF = 64, HARM_OTHER = 128
};

/* What a person told, parsed: nothing in it is required. */
struct report_new {
    enum who who;
    enum danger danger;
    unsigned harm;
    struct str story, where, age, province, commune;
    struct strs urls, exclude, story_rest;  /* story_rest: what did not fit, in order */
    struct strs pictures;                   /* hashes of pictures that stay with the child (pictures.h) */
    struct str name_contact;                /* into I; "" from the public form, which does not ask */
    bool repeated;                          /* the same words came lately: read last, never dropped */
};

struct report_made {
    struct id report;
    char code[CODE_CHARS + 1];
    struct pair *reporter;                  /* in the secrets block */
    struct key *m;                          /* of report_of_code: what Argon2 made of the code */
    i64 line;                               /* of the key file: under which it was drawn or found */
    bool again;                             /* a retry: the report was there already */
};

/* Writes a report and everything that belongs to it in one act. Argon2 has run before the act began. The act of a new
   report is left open: the caller adds what else belongs to it and calls act_commit. Where it was made `again`, none is.
   key: idempotency (token or Idempotency-Key, at least 16 characters, else "").
   The same key with the same fields gives the same code; the same key with other fields is CONFLICT for the API
   (`strict_key`) and a new report for the form. */
struct report_request { struct str key, fingerprint; bool strict_key; };
status report_submit(struct ctx *c, const struct report_new *report, const struct files_new *files,
                     struct report_request request, struct report_made *made);

/* The report of a code. INVALID: shape or check character, found before any work. NOT_FOUND: no such code. */
status report_of_code(struct ctx *c, struct str typed, struct report_made *found);

/* Timed: reports that nobody took in time pass to the next unit of their ladder. */
status ladder_run(struct ledger *l, const struct app *app, i64 now);
/* Timed: files of a crash, without a row since a day, are removed. */
status upload_orphans(struct ledger *l, const struct app *app, i64 now);

/* What waits for this person: the numbers of the menu (desk_list.c). */
status desk_counts(struct ctx *c, struct staff_counts *counts);

/* Ready-made answers, once at start. INVALID names file and line. */
status desk_load_answers(void);
/* Timed, inside an open transaction: who closed a page long ago has it open no more. */
status presence_sweep(struct conn *db, i64 now);

/* Timed: letters for those who asked to hear that there is something new. */
status desk_notices(struct ledger *l, const struct app *app, i64 now);

extern const struct route more_routes[], picture_routes[];       /* more_pages.c, picture_pages.c */
extern const struct route speakup_routes[], speakup_api_routes[], desk_routes[], desk_act_routes[],
    open_case_routes[], desk_setting_routes[];
extern const struct route numbers_routes[];       /* numbers.c */

/* What of this module names a line of the key file (ledger/turn.h). */
extern const struct key_step notice_steps[];
