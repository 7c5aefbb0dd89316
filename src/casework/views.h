/* What the pages of case work show. Lists come from clear columns alone; a case's own pages hold what was opened with a key. */
#pragma once

#include "evidence_views.h"
#include "export_views.h"
#include "referral_views.h"
#include "retention_views.h"
#include "stats_views.h"
#include "words.h"

/* One case in a list. */
struct case_row {
    struct id id;
    struct str ref;                 /* TH-2026-0148 */
    enum desk_level level;
    struct desk_clock clock;        /* of the task or clock that runs out first */
    struct str clock_name;          /* STR_NULL: it is a task, or nothing */
    struct str state, place, worker;        /* STR_NULL: unknown, nobody */
    struct desk_words harms;
    int age;
    i64 flags;
    bool mine, altered;
};
struct case_rows { struct case_row *at; size_t n; i64 total; };

enum cases_show { CASES_ALL, CASES_MINE, CASES_CLOSED, CASES_LATE };

struct cases_view {
    struct staff_nav nav;
    enum cases_show show;
    bool can_write, can_lead;
    struct url tasks_start, tasks_next;
    struct str q;                   /* what was searched for */
    bool searched, busy;            /* by name; the last search still runs */
    i64 looked;                     /* cases that were opened for it */
    struct choices states, risks, provinces;
    struct own_tasks tasks;
    struct clock_notices notices;
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

struct case_act_link { struct url to; struct str name; bool direct, onward; };        /* direct: a button; else its page asks for words;
                                                                                          onward: to the next step of the road */
struct case_act_links { struct case_act_link *at; size_t n; };

enum part_look { PART_OPEN, PART_COVERED, PART_CLOSED, PART_SEALED };
struct case_part { int name; i64 no; enum part_look look; };          /* T_CASES_PART_... */
struct case_parts { struct case_part *at; size_t n; };

enum case_tab { TAB_TIMELINE, TAB_TASKS, TAB_PAPERS, TAB_PEOPLE, TAB_SUPPORT, TAB_REFERRALS, TAB_LOG };

struct case_task_view {
    struct id id;
    struct str kind, words, worker, set_by, since, ended, ended_by;
    struct desk_clock clock;
    bool open, dropped;
};
struct case_tasks { struct case_task_view *at; size_t n; };
struct case_flag_view { struct id id; struct str kind, words, set_by, since, until, ended; bool open, look; };
struct case_flags { struct case_flag_view *at; size_t n; };

/* A clock of law: its due moment in words and colour, and the article that it comes from. */
struct case_clock_view {
    struct str name, term, source, due, started, ended;     /* term: "5 ngày làm việc"; ended: STR_NULL while it has not */
    struct desk_clock clock;
    enum clock_run run;
    i64 gone, whole;                /* minutes, for the bar */
    bool rough, to_check;           /* started is the full hour of an anonymous act; the term was not read in the original */
};
struct case_clocks { struct case_clock_view *at; size_t n; };

/* A track beside the case: where it stands, and what may be done in it. */
struct case_track_view { struct str name, state; bool begun; struct case_act_links acts; };
struct case_tracks { struct case_track_view *at; size_t n; };

/* An act for two that waits for its second person. */
struct case_ask_shown { struct str name, by, day; struct url second, decline; bool own; };

enum case_sub { SUB_SUPPORT, SUB_MEETINGS, SUB_CONSENT, SUB_FAMILY };
/* What every page of a case carries. */
struct case_head {
    struct id id;
    struct str ref, report, unit, worker, opened, state, risk;       /* report: PA-7K3M9, STR_NULL for a case without one */
    enum desk_level level;
    enum case_tab tab;
    bool closed, can_write, talk, files, no_process;   /* talk, files: the reader may go there */
    i64 waiting;                    /* messages of the child that nobody answered */
    struct case_steps steps;
    struct case_act_links acts, others;     /* others: away from the road, to another place or to an early end */
    struct case_clocks clocks;      /* open ones */
    struct case_tracks tracks;
    struct case_ask_shown ask;      /* name STR_NULL: nothing waits */
    struct url newer;               /* a newer version of the process is in force; STR_NULL none */
    struct case_tasks tasks;        /* open ones */
    struct case_flags flags;        /* open ones */
    struct case_parts parts;
    bool danger_now, self_harm;
    enum case_sub sub;              /* of TAB_SUPPORT: which of its pages */
    bool carer_unsafe;              /* a carer may be the abuser: nobody may tell them */
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

struct case_need { struct str title; };
struct case_needs { struct case_need *at; size_t n; };

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
    struct case_needs missing;      /* titles of forms that have to be finished before */
    struct url papers;              /* where they are */
    struct str beside;              /* what goes on beside the case and would stay open, or forbids the end; STR_NULL */
};

struct case_tasks_view {
    struct staff_nav nav;
    struct case_head head;
    struct case_clocks clocks;      /* that ended, too */
    struct case_tasks tasks;
    struct case_flags flags;
    struct choices kinds, workers, flag_kinds;
    struct str due, words, until, flag_words, kind_error, due_error, flag_error, until_error;
};

/* unsafe: a carer of a case whose carer may be who does harm; they stand last. */
struct case_person_view { struct url edit; struct str role, name, born, phone, address, words; bool unsafe; };
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

/* /cases/ID/communes: where it happened and where the child lives. */
struct case_commune_view {
    const char *name, *province_name;       /* of the fields */
    struct str now;                         /* "Xã Lá Xanh, Cao Bằng", or STR_NULL */
    struct str province;
    struct choices provinces, communes;
    struct str error;
};
struct case_communes_view {
    struct staff_nav nav;
    struct case_head head;
    struct case_commune_view event, home;
    struct str words;
};

/* /cases/ID/process: what changes where the case follows the version that is in force now. */
struct process_change { struct str was, is; };
struct process_changes { struct process_change *at; size_t n; };
struct case_process_view {
    struct staff_nav nav;
    struct case_head head;
    struct str was;                         /* the state that the person sees */
    struct str from, to, since;             /* versions, and since when the newer one is in force */
    struct process_changes clocks, acts, states;    /* was or is "": new, or gone */
    struct choices map;                     /* where the case stands in the new one; n 0: its state stays */
    struct str map_error, words, words_error;
};

/* /clocks/notices: for who has no desk, such as a coordinator of the organisation that hears last. */
struct clock_notices_view { struct staff_nav nav; struct clock_notices notices; };

/* /clocks: the sweep, for who runs the machine. */
struct clock_sweep_view {
    struct staff_nav nav;
    bool held, never;
    struct str last, now, wrong;            /* in the instance's zone */
    struct str words, words_error;
};

#include "print_views.h"
#include "paper_views.h"
#include "day_views.h"        /* stands here because its views begin with the head */
