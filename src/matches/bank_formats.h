/* Files of hashes as others write them. Pure: bytes in, records out. */
#pragma once

#include "banks.h"

enum bank_format { FORMAT_NONE, FORMAT_LOCAL /* "pdq HEX" lines */, FORMAT_CSV, FORMAT_STOPNCII, FORMAT_NCMEC, BANK_FORMATS };
const char *bank_format_code(enum bank_format format);          /* "local" "csv" "stopncii" "ncmec" */
/* By what it begins with: '<', '{' or '[', a header with commas, else lines. */
enum bank_format bank_format_of(struct str text);

enum file_fault_kind {
    FILE_FINE, FILE_EMPTY, FILE_HEADER, FILE_SHAPE, FILE_KIND, FILE_VALUE, FILE_QUALITY, FILE_STATUS, FILE_FAMILY, FILE_SOURCE_ID, FILE_JSON,
    FILE_XML, FILE_DOCTYPE, FILE_MANY
};
struct file_fault { i64 line; struct str text; enum file_fault_kind kind; };
enum { FAULTS_KEPT = 200, FILE_RECORDS_MAX = 20000000 };

/* What a file holds. A record without a value ends all that its source calls by this id: kind 0, source_id, status. */
struct file_check {
    enum bank_format format;
    i64 records, ended, of_kind[HASH_KINDS];
    struct file_fault at[FAULTS_KEPT];
    size_t n;                   /* kept; faults: all */
    i64 faults;
    struct out *list;           /* where records go, as lines of our own (list_line_read); NULL: nowhere */
};
/* The whole file is gone through, whatever is wrong with it. Faults' texts borrow from `text` or lie in the arena. */
void bank_file_check(struct arena *a, struct str text, struct file_check *check);

/* One record of the list that is kept until the import is over. */
void list_line_write(struct out *o, struct arena *a, const struct hash_new *h);
status list_line_read(struct arena *a, struct str line, struct hash_new *h);
/* The list in the order of its records' ids; `sorted` needs room for all of it. */
status list_sort(struct arena *a, struct str list, struct out *sorted);
