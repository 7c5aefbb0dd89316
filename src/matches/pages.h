/* Inside matches/: what its pages share. */
#pragma once

#include "../people/admin_pages.h"
#include "blocklist.h"
#include "views.h"

page_function blocklist_show, blocklist_review, blocklist_new_show, blocklist_new_add, blocklist_import_show, blocklist_import_add,
    blocklist_entry_show, blocklist_entry_do;

int list_state_text(struct str state);
int name_fault_text(enum name_fault fault);
struct str class_name(const struct ctx *c, struct str code);
struct str blocklist_name(const struct ctx *c, const struct list_def *list);
