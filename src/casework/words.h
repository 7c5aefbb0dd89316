/* Words, levels and clocks that lists and pages of reports and cases share. */
#pragma once

#include "../people/views.h"
#include "casework.h"

#include "tables.sql.h"

/* One word of a list of words, as a key of lang/. */
struct desk_word { int key; };
struct desk_words { struct desk_word *at; size_t n; };

/* Level of a report, as cases.urgency has it: what a machine sorts by and a person may raise. */
enum desk_level { LEVEL_ODD, LEVEL_LOW, LEVEL_MIDDLE, LEVEL_HIGH, LEVEL_NOW, LEVELS };

/* The clock that runs out first, in words: T_DESK_CLOCK_* with up to two numbers ("Quá hạn {1} giờ {2} phút"). */
enum clock_look { CLOCK_DONE, CLOCK_FINE, CLOCK_SOON, CLOCK_LATE };
struct desk_clock {
    enum clock_look look;
    int words;
    struct str a, b;
};

enum desk_list { DESK_WHO, DESK_DANGER, DESK_AGE, DESK_HARM, DESK_EXCLUDE, DESK_STATE };
int desk_word(enum desk_list list, struct str code);                    /* a text key */
struct desk_words desk_harms(struct ctx *c, struct str codes);          /* "threat,images" */
struct desk_words desk_excludes(struct ctx *c, struct strs codes);
struct str desk_place(const struct ctx *c, struct str province);        /* STR_NULL if unknown */
struct str desk_number(struct ctx *c, i64 n);
struct str desk_user_name(struct ctx *c, struct opt_id user);           /* STR_NULL: nobody */
/* The words of a due time, and how it looks: late, soon (less than 20 minutes), fine. */
struct desk_clock desk_clock_due(struct ctx *c, i64 due);

/* The same where something says since when it is soon. */
struct desk_clock desk_clock_until(struct ctx *c, i64 due, i64 soon);

/* How a clock of law stands; late: it was stopped after its due moment. */
enum clock_run { RUN_RUNNING, RUN_PAUSED, RUN_MET, RUN_LATE, RUN_DROPPED };

/* What the reader's units hear of clocks that are late: the number of a case, and of their own cases the way there. */
struct clock_notice { struct id id, case_id; struct str ref, name, due, role; bool open; };
struct clock_notices { struct clock_notice *at; size_t n; };
status clock_notices_of_actor(struct ctx *c, struct clock_notices *list);

/* The reader's own open tasks in cases and the running clocks of their cases, the nearest due time first; a page may show the first n of the total. */
struct own_task { struct id case_id; struct str ref, kind; struct desk_clock clock; i64 due; };
struct own_tasks { struct own_task *at; size_t n, total; };
status case_own_tasks(struct ctx *c, struct own_tasks *list);
