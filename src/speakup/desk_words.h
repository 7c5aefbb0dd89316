/* Inside speakup/: rows and answers in the reader's words, for the lists and the panes of the desk. */
#pragma once

#include "child.h"
#include "desk.h"

enum desk_list { DESK_WHO, DESK_DANGER, DESK_AGE, DESK_HARM, DESK_EXCLUDE, DESK_STATE };
int desk_word(enum desk_list list, struct str code);                    /* a text key */
struct desk_words desk_harms(struct ctx *c, struct str codes);          /* "threat,images" */
struct desk_words desk_excludes(struct ctx *c, struct strs codes);
struct str desk_place(const struct ctx *c, struct str province);        /* STR_NULL if unknown */
struct str desk_number(struct ctx *c, i64 n);
struct str desk_user_name(struct ctx *c, struct opt_id user);           /* STR_NULL: nobody */
bool desk_is_mine(const struct ctx *c, const struct cases_row *row);
struct desk_clock desk_clock_of(struct ctx *c, const struct cases_row *row);
/* One row of a list; `current` is the one shown in the next pane. */
struct desk_row desk_row_of(struct ctx *c, const struct cases_row *row, struct id current);

/* Unclaimed reports of all the reader's units, most pressing first, at most a page: the left pane. */
status desk_queue(struct ctx *c, struct id current, struct desk_rows *queue);
status desk_show(struct ctx *c);                                         /* GET /desk */
