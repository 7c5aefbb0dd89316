/* Data that officials change without a programmer: content/. A file in DIR/content/ overrides the shipped one of the same
   name; the shipped ones lie beside the program (checkout) or under share/lachan/ (installed). */
#pragma once

#include "memory.h"
#include "status.h"

/* data_dir may be NULL (no overrides). Call once at start. */
void content_start(const char *data_dir);

/* Reads a whole file, e.g. "geo/provinces.csv". NOT_FOUND names what was looked for. */
status content_read(struct arena *a, const char *name, struct str *text);

/* Where the program looks; for `doctor` and messages. */
const char *content_shipped_dir(void);
const char *content_own_dir(void);                          /* DIR/content, or NULL where there is no DIR */

/* Any file, up to max bytes. TOO_LARGE beyond; NOT_FOUND where it cannot be opened. */
status file_read(struct arena *a, const char *path, size_t max, struct str *text);

bool file_write(int fd, struct str bytes);                 /* all of them; false: errno says why the rest was not taken */

/* Writes it beside and renames: a power cut leaves the old file or the new one. For its owner alone. */
status file_replace(const char *path, struct str text);
status file_replace_of(const char *path, struct str text, i64 changed);        /* with this time as the file's own, from the first moment */
bool file_sync_folder(const char *path);        /* of the file: that it has its name survives a power cut, too */

/* The directory of the running program, without a slash at the end. */
const char *program_dir(void);

/* CSV (RFC 4180) line by line: fields of one record in the arena. False at the end. Counts lines for messages. */
struct csv { struct str rest; int line; };
enum { CSV_FIELDS = 16 };
struct csv_record { struct str at[CSV_FIELDS]; size_t n; int line; };
bool csv_next(struct arena *a, struct csv *csv, struct csv_record *record);     /* skips blank lines and lines that begin with # */
