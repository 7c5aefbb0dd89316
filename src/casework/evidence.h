/* Inside casework/: files of a case that staff open, add, or seal to the police alone. */
#pragma once

#include "casefile.h"
#include "evidence_views.h"
#include "media.h"

/* A case with its files, as far as the reader's keys go. NOT_FOUND for who holds none, like for an id that does not exist. */
struct evidence_case {
    struct cases_row row;
    struct comps comps;
    struct evidences files;
};
status evidence_case_open(struct ctx *c, struct id id, struct evidence_case *k);
/* One that the reader can open; NULL otherwise. */
const struct evidence *evidence_find(const struct evidences *files, struct id file);

/* The key of a file that is open to the reader, and its row. CONFLICT: it lies elsewhere by now. */
status evidence_key(struct ctx *c, const struct evidence *e, struct files_row *row, struct key *fk);
extern const char *const evidence_kind_codes[];     /* by enum evidence_kind; NULL ends */
/* Opens a file and gives its plaintext to the sink, checked chunk by chunk. */
status evidence_pour(struct ctx *c, const struct evidence *e, file_sink *sink, void *to);
/* Decodes it (media.h). The caller frees. */
status evidence_media(struct ctx *c, const struct evidence *e, struct media_want want, struct media *media);

/* -- acts: each is one entry in the log, and one line in the case's timeline --------------------------------------------------- */
/* `act`: "file.open", "file.clear", "file.download"; `what`: of the event. look_until: what is shown from now on is clear, until
   then at most (0: it is not), and counts as time of viewing. */
struct evidence_act { const char *act, *what; struct str words; i64 look_until; };
status evidence_note(struct ctx *c, const struct evidence_case *k, const struct evidence *e, struct evidence_act act);

/* Files that staff add: they lie in E, and whoever holds E opens them. NOT_FOUND: E is not open to the writer. */
status evidence_add(struct ctx *c, struct id case_id, const struct files_new *files, struct str words);

/* files: those that would go; all of them stand at the same place. */
status evidence_road(struct ctx *c, const struct evidence_case *k, const struct evidences *files, enum seal_road *road);

/* Seals files to the police alone, or asks for it, as the road of this moment says; in one act. *road: what was done (SEAL_FREE
   or SEAL_CONFIRM: sealed, SEAL_ASK: asked), or why nothing was. */
struct seal { struct id case_id; const struct id *files; size_t n; struct str class, words; };
status evidence_seal(struct ctx *c, const struct seal *seal, enum seal_road *road);
/* In the open act: records in E and in what was referred that name the file go, and with them its name. */
status evidence_forget(struct ctx *c, const struct comps *comps, struct id file);

/* -- what others sealed to the reader's units (sealed.c) -------------------------------------------------------------------------- */
status sealed_show(struct ctx *c);      /* GET /desk/sealed */

/* -- how long somebody looked today ------------------------------------------------------------------------------------------------ */
/* In an open act: a look begins, at most until `until`, or ends. A new look ends the one before. */
status viewing_begin(struct ctx *c, i64 until);
status viewing_end(struct ctx *c);
status viewing_ms(struct ctx *c, i64 *ms);
struct viewing_of_row;     /* casework.sql.h */
i64 viewing_sum(const struct viewing_of_row *row, i64 now);
