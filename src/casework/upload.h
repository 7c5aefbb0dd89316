/* Files on their way to DIR/files/ab/ID, sealed as they arrive; the row follows in the transaction. Part of casework.h: children
   and staff send files alike. */
#pragma once

#include "../web/web.h"

enum { FILES_MAX = 10, FILE_BYTES_MAX = 25 << 20 };

/* A file on its way: sealed already, lying in DIR/files, waiting for its row. */
struct file_new {
    struct id id;
    bool private;                           /* files_private: to the police unit alone */
    struct str name, type;
    struct file_sealed sealed;
    struct key *fk;                         /* in the secrets block */
};
struct files_new { struct file_new *at; size_t n; };

/* The record beside a file (name, type, true size, hash of the plaintext), and its row in a compartment. */
struct files_row;      /* tables.sql.h */
struct str file_json(struct arena *a, const struct file_new *file);
struct files_row *file_row(struct arena *a, struct id comp, const struct key *dpk, const struct file_new *file);

/* The files that a request brought in its two fields. Too large ones and an eleventh are left out, and named in `refused`
   (their place in the form, from 1) for a notice: the report itself always goes through. */
struct refused { int at[64]; size_t n; bool no_police, no_room; };  /* private ones that nobody may open; the disk is full */
status upload_files(struct ctx *c, struct files_new *files, struct refused *refused);

/* One file that a request brought, sealed as it is read; each piece goes to `also` as well, so that its bytes can be hashed on their
   way and are nowhere else. */
struct upload_also { file_sink *sink; void *to; };
status upload_sent(struct ctx *c, const struct form_file *sent, struct upload_also also, struct file_new *file);

struct upload_text { struct str name, type, text; bool private; };
status upload_text(struct ctx *c, struct upload_text what, struct file_new *file);

/* Whether a transaction that gave this certainly wrote no row. BUSY and BROKEN do not say so (a connection lost at COMMIT):
   then the files stay, and the sweep of orphans decides. */
static inline bool upload_is_lost(status s) { return s != OK && s != BUSY && s != BROKEN; }
/* Takes the private files out again, where no police unit may open them: they go to nobody else. */
void upload_drop_private(struct ctx *c, struct files_new *files, struct refused *refused);

/* Takes files back whose transaction failed. */
void upload_undo(struct ctx *c, const struct files_new *files);

/* Path of a file: DIR/files/ab/ID. */
struct str upload_path(struct ctx *c, struct id file);
/* Takes a file away whose row is gone; a job has no request. False: it still lies there. */
bool upload_remove(struct arena *a, const char *data_dir, struct id file, i64 now);
