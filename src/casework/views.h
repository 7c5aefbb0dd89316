/* What the pages of case work show. Lists come from clear columns alone; a case's own pages hold what was opened with a key. */
#pragma once

#include "evidence_views.h"
#include "export_views.h"
#include "referral_views.h"
#include "words.h"

/* One case in a list. */
struct case_row {
    struct id id;
    struct str ref;                 /* TH-2026-0148 */
    enum desk_level level;
    struct desk_clock clock;        /* of the task that runs out first; words 0: no task is open */
    struct str state, place, worker;        /* STR_NULL: unknown, nobody */
    struct desk_words harms;
    int age;
    i64 flags;
    bool mine, altered;
};
struct case_rows { struct case_row *at; size_t n; i64 total; };

enum cases_show { CASES_ALL, CASES_MINE, CASES_CLOSED };

struct cases_view {
    struct staff_nav nav;
    enum cases_show show;
    bool can_write;
    struct str q;                   /* what was searched for */
    bool searched, busy;            /* by name; the last search still runs */
    i64 looked;                     /* cases that were opened for it */
    struct choices states, risks, provinces;
    struct own_tasks tasks;
    struct case_rows rows;
    struct url start, next;
};

/* /cases/new */
struct case_new_view {
    struct staff_nav nav;
    struct choices harms, ages, dangers, provinces;
    struct str name, words, words_error;
    bool no_unit;
};

/* -- one case: head, steps, tabs ---------------------------------------------------------------------------------------------------- */
enum step_look { STEP_AHEAD, STEP_NOW, STEP_DONE };
struct case_step_view { struct str name; enum step_look look; };
struct case_steps { struct case_step_view *at; size_t n; };

struct case_act_link { struct url to; struct str name; bool direct; };        /* direct: a button; else its page asks for words */
struct case_act_links { struct case_act_link *at; size_t n; };

enum part_look { PART_OPEN, PART_COVERED, PART_CLOSED, PART_SEALED };
struct case_part { int name; i64 no; enum part_look look; };          /* T_CASES_PART_... */
struct case_parts { struct case_part *at; size_t n; };

enum case_tab { TAB_TIMELINE, TAB_TASKS, TAB_PAPERS, TAB_PEOPLE, TAB_REFERRALS, TAB_LOG };

struct case_task_view {
    struct id id;
    struct str kind, words, worker, set_by, since, ended, ended_by;
    struct desk_clock clock;
    bool open, dropped;
};
struct case_tasks { struct case_task_view *at; size_t n; };
struct case_flag_view { struct id id; struct str kind, words, set_by, since, until, ended; bool open, look; };
struct case_flags { struct case_flag_view *at; size_t n; };

/* What every page of a case carries. */
struct case_head {
    struct id id;
    struct str ref, report, unit, worker, opened, state, risk;       /* report: PA-7K3M9, STR_NULL for a case without one */
    enum desk_level level;
    enum case_tab tab;
    bool closed, can_write, talk, no_process;
    i64 waiting;                    /* messages of the child that nobody answered */
    struct case_steps steps;
    struct case_act_links acts;
    struct case_tasks tasks;        /* open ones */
    struct case_flags flags;        /* open ones */
    struct case_parts parts;
    bool danger_now, self_harm;
};

/* /cases/ID: the timeline. */
enum moment_look { MOMENT_ACT, MOMENT_KEY, MOMENT_NOTE, MOMENT_SEAL };
struct case_moment {
    enum moment_look look;
    struct str day, time, by, title, words;     /* day: heading above the first of a day */
    bool altered;
};
struct case_moments_view { struct case_moment *at; size_t n; };
struct case_view {
    struct staff_nav nav;
    struct case_head head;
    struct case_moments_view moments;
    struct url older;
    struct str words, words_error;
};

/* One act that asks: /cases/ID/act/CODE, /cases/ID/risk, /cases/ID/worker. */
struct case_ask_view {
    struct staff_nav nav;
    struct case_head head;
    struct url action;
    struct str title, say;
    struct choices choices;
    const char *field;              /* name of the choice's field; NULL: words alone */
    struct str choose;              /* its label */
    struct str choice_error, words, words_error;
    bool words_needed;
};

struct case_tasks_view {
    struct staff_nav nav;
    struct case_head head;
    struct case_tasks tasks;
    struct case_flags flags;
    struct choices kinds, workers, flag_kinds;
    struct str due, words, until, flag_words, kind_error, due_error, flag_error, until_error;
};

struct case_person_view { struct url edit; struct str role, name, born, phone, address, words; };
struct case_persons_view { struct case_person_view *at; size_t n; };
struct case_people_view {
    struct staff_nav nav;
    struct case_head head;
    bool sealed;                    /* I does not open for the reader */
    struct case_persons_view people;
    bool editing;
    struct id edited;
    struct choices roles;
    struct str name, born, phone, address, words, name_error;
};

/* /cases/ID/log: who read what and did what, newest first. The day stands on the first line of a day alone. */
struct case_log_view {
    struct staff_nav nav;
    struct case_head head;
    struct log_items rows;
    struct url start, older;
};

/* /cases/ID/referrals: what went out of this case, and what it began with. */
struct case_referrals_view {
    struct staff_nav nav;
    struct case_head head;
    struct referral_lines lines;
};

#include "print_views.h"
#include "paper_views.h"
