/* Inside people/: the log's acts in words, and what its ids stand for. */
#pragma once

#include "../ledger/look.h"
#include "people.h"
#include "views.h"

/* Text key of an act's code; 0 where it has none. */
int log_word(struct str act);
struct choices log_choices(const struct ctx *c, struct str chosen);

/* What an id stands for, as people say it. */
struct log_name {
    struct id id, org;              /* org: whose it is now; zero: unknown */
    struct str name;                /* STR_NULL: nothing that has a name */
    struct str ref;                 /* what finds it again in the filter: a login, a reference, or the id */
    bool person;
};
/* Each id is looked up once for a page. */
struct log_names { struct log_name *at; size_t n, max; };
status log_name(struct ctx *c, struct log_names *names, struct id id, struct log_name *name);
/* The id of what somebody typed: a reference, a login, an id. NOT_FOUND if there is none. */
status log_find_object(struct ctx *c, struct str typed, struct id *id);
status log_find_person(struct ctx *c, struct str typed, struct id *id);

/* One entry as a line. `reader`: an auditor of one organisation, who may not learn what a refused look-up aimed at. */
struct log_names log_names_make(struct ctx *c);
status log_row(struct ctx *c, struct log_names *names, const struct log_line *line, struct opt_id reader, struct log_item *row);
/* /log with the filter of the present page; `name` takes another value. */
struct url log_list_url(struct ctx *c, const char *name, struct str value);
struct str log_count_text(struct ctx *c, i64 n);            /* 48210 as "48.210", and "48,210" in English */
struct str log_moment_text(struct ctx *c, i64 ms);          /* "14:12:07, 24/11/2026" */
