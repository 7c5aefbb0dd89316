/* A table as a file: CSV or XLSX. Pure: no database, no case. A spreadsheet program must never take a cell for a formula:
   in XLSX a text is written as a text; in CSV a sign that begins one gets an apostrophe before it (docs/exports.md). */
#pragma once

#include "../base/memory.h"
#include "../base/status.h"

enum sheet_format { SHEET_CSV, SHEET_XLSX };
enum { SHEET_COLUMNS_MAX = 1000, SHEET_CELL_BYTES = 32000 };

/* Rows are packed one after the other as they are found, so that what a case needed can be forgotten before the next. */
struct sheet_cell { struct str text; bool number; i64 n; };
void sheet_pack(struct out *packed, const struct sheet_cell *cells, size_t n);

/* packed: the rows, the first is the head, each of `columns` cells. Takes nothing from an arena, so nothing is left behind where
   a request is broken off. TOO_LARGE: over to->max. BROKEN: XLSX needs /dev/shm, where its parts lie while it is made. */
struct sheet_file { enum sheet_format format; struct str packed, name; size_t columns; i64 made; };
status sheet_write(const struct sheet_file *file, struct out *to);

/* One cell of CSV, quoted; separate from the next by a comma. */
void sheet_csv_cell(struct out *o, struct str text);
