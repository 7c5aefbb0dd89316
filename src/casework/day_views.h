/* What the pages of the caseworker's day show. Part of views.h, behind struct case_head. */
#pragma once

/* -- /cases/ID/support: services and follow-ups -------------------------------------------------------------------------------------- */
enum support_look { SUPPORT_PLANNED, SUPPORT_GIVEN, SUPPORT_NOT_GIVEN };
struct support_view {
    struct id id;
    bool follow;
    enum support_look look;
    struct desk_clock clock;
    struct str type, provider, aim, outcome, due, set_by, since, ended, ended_by;
    struct url referral;            /* the outcome comes from there; STR_NULL: by hand */
};
struct support_list { struct support_view *at; size_t n; };
struct case_support_view {
    struct staff_nav nav;
    struct case_head head;
    struct support_list services, follows;
    struct choices types, providers, referrals, follow_types;
    struct str provider, aim, due, type_error, provider_error, due_error;
    struct str follow_aim, follow_due, follow_type_error, follow_due_error;
};

/* -- /cases/ID/meetings ----------------------------------------------------------------------------------------------------------------- */
enum meeting_look { MEETING_PLANNED, MEETING_HELD, MEETING_DROPPED };
struct meeting_view {
    struct id id;
    enum meeting_look look;
    struct desk_clock clock;
    struct str when, place, subject, guests, others, minutes, set_by;
};
struct meeting_list { struct meeting_view *at; size_t n; };
struct case_meetings_view {
    struct staff_nav nav;
    struct case_head head;
    struct meeting_list meetings;
    struct str form, form_title;    /* the form of the minutes; STR_NULL: the case has none */
    struct url form_to;             /* the newest paper of it; STR_NULL: not begun */
    bool form_done;
    struct choices people, units;
    struct str at, place, subject, others, at_error;
};

/* -- /cases/ID/consent ------------------------------------------------------------------------------------------------------------------- */
struct consent_view { struct str purpose, who, from, items, why, basis, by, day; bool yes; };
struct consent_list { struct consent_view *at; size_t n; };
struct case_consent_view {
    struct staff_nav nav;
    struct case_head head;
    struct consent_list consents;
    struct choices purposes, whos, answers, from, items;
    struct str basis, why, purpose_error, who_error, answer_error, basis_error, why_error;
};

/* -- /cases/ID/family: cases of the same family, which the reader may open as well --------------------------------------------------------- */
struct kin_view { struct id id; struct str ref, kind, words; };
struct kin_list { struct kin_view *at; size_t n; };
struct case_family_view {
    struct staff_nav nav;
    struct case_head head;
    bool sealed;                    /* I does not open for the reader */
    struct kin_list kin;
    struct choices kinds;
    struct str ref, words, ref_error, kind_error;
};

/* -- /cases/team: for supervisors ---------------------------------------------------------------------------------------------------------- */
struct team_person {
    struct str id, name;            /* name STR_NULL: nobody carries these */
    i64 open, late, high;
    bool over, tired, chosen;       /* more than the aim; over the time for looking at evidence today */
    struct url see;
};
struct team_people { struct team_person *at; size_t n; };
struct team_move { struct id id; struct str ref, state; struct desk_clock clock; bool on; };
struct team_moves { struct team_move *at; size_t n; };
struct team_unit { struct id id; struct str name; struct team_people people; };
struct team_units { struct team_unit *at; size_t n; };
struct team_view {
    struct staff_nav nav;
    i64 aim;
    struct own_tasks approvals;
    struct team_units units;
    bool moving;                    /* somebody's cases are shown below, to hand some of them on */
    struct str unit, from, from_name;           /* ids as text */
    struct team_moves moves;
    struct url next;
    struct choices workers;
    struct str words, case_error, worker_error;
};

/* -- /care: what a person sets for themselves ------------------------------------------------------------------------------------------------ */
struct care_view {
    struct staff_nav nav;
    i64 minutes, budget, pause;     /* looked at evidence today; how much is enough; when a break is suggested */
    bool over, grey;
};
