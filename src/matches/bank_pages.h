/* Inside matches/: what the pages of banks share. */
#pragma once

#include "bank_batches.h"
#include "pages.h"

page_function banks_show, bank_new_show, bank_new_add, bank_show, bank_do, bank_add_show, bank_add_do, bank_hash_show, bank_hash_do,
    bank_import_show, bank_import_do, bank_list_show, bank_list_do;

status bank_of_path(struct ctx *c, struct banks_row *bank);         /* NOT_FOUND */
struct str bank_class_name(const struct ctx *c, struct str code);
int bank_state_text(struct str state);
enum bank_look bank_state_look(struct str state);
int record_state_text(const struct bank_hashes_row *r);
enum bank_look record_state_look(const struct bank_hashes_row *r);
int batch_state_text(struct str state);
enum bank_look batch_state_look(struct str state);
struct str number_text(struct ctx *c, i64 n);       /* 1.234.567 */
void bank_fact(struct list_facts *facts, int name, struct str value);
struct str short_value(struct arena *a, const struct bank_hashes_row *r);
/* After an act that somebody else was first with, or that is not this person's: says so and goes back. */
status bank_done(struct ctx *c, status s, int flash, struct str path);
struct str bank_path_text(struct ctx *c, struct id bank, const char *tail);
