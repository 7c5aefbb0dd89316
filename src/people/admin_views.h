/* What the pages of administration show. Errors of a form are texts in the reader's language, "" where the field is right. */
#pragma once

#include "../web/web.h"

/* A field that keeps what was typed. */
struct typed { struct str text, error; };
/* The box above a form whose fields were refused: one line for each, linked to it. */
struct form_fault { struct url to; struct str text; };
struct form_faults { struct form_fault *at; size_t n; };

struct former_name { struct str name, from, to, org; bool now; };      /* from: "" is from the beginning; to: "" is until today */
struct former_names { struct former_name *at; size_t n; };

/* What waits for a second person, or was decided. */
struct proposal_line {
    struct id id;
    int kind, state;                /* texts */
    struct str about, set_by, set_on, decided_by, decided_on, reason;
    bool waits;
};
struct proposal_lines { struct proposal_line *at; size_t n; };

struct admin_view {
    struct staff_nav nav;
    bool sets, confirms, admits;    /* which parts the reader sees */
    struct str org_name;
    i64 units, people, routes, services, waiting_people;    /* of the own organisation */
    i64 to_confirm, to_admit;
    struct proposal_lines proposals;
};

struct unit_line { struct id id; struct str name; int kind, state; i64 members, waiting; bool few; };
struct unit_lines { struct unit_line *at; size_t n; };
struct admin_units_view {
    struct staff_nav nav;
    struct unit_lines units;
    struct form_faults faults;
    struct typed name, kind;
    struct choices kinds;
};

struct member_line { struct id id; struct str name, roles, since, until; bool waits; };
struct member_lines { struct member_line *at; size_t n; };
struct admin_unit_view {
    struct staff_nav nav;
    struct id id;
    struct str name;
    int kind, state;
    struct str reason;              /* why it was refused */
    struct former_names names;
    struct member_lines members;
    bool empty, few;                /* nobody holds the key yet, or one person alone does */
    struct form_faults faults;
    struct typed new_name, since;
    struct url here;                /* where the form of the new name goes */
};

struct person_line { struct id id; struct str name, login, roles, units; int state; bool waits; };
struct person_lines { struct person_line *at; size_t n; };
struct admin_people_view {
    struct staff_nav nav;
    struct person_lines people;
    i64 all;                        /* of the organisation, without those who have left */
    struct url next;                /* "" on the last page */
    struct form_faults faults;
    struct typed login, name;
};

struct role_line { struct str role, title, since, until; i64 began; int state; };
struct role_lines { struct role_line *at; size_t n; };
struct place_line { struct id unit; struct str name, since, until; int state; bool waits, alone; };
struct place_lines { struct place_line *at; size_t n; };
struct admin_person_view {
    struct staff_nav nav;
    struct id id;
    struct str name, login;
    int state;
    struct str check;               /* characters of the public key, to be compared */
    struct str link;                /* shown once */
    struct str link_until;
    bool invited, left, self;
    struct role_lines roles;
    struct place_lines units;
    struct form_faults faults;
    struct typed role, role_since, role_until, unit, unit_until, leave_on;
    struct choices role_choices, unit_choices;
};

struct admin_org_view {
    struct staff_nav nav;
    struct str name, code;
    int kind;
    struct former_names names;
    struct form_faults faults;
    struct typed new_name, since, into, merge_on;
    struct url here;
    struct choices others;
};

struct admin_new_org_view {
    struct staff_nav nav;
    struct form_faults faults;
    struct typed name, code, kind, person, login;
    struct choices kinds;
    struct str link, link_until;    /* shown once, after it was made */
};

struct admission_line { struct id unit, user; struct str name, login, unit_name, org, set_by, set_on, until, check; bool joined; };
struct admission_lines { struct admission_line *at; size_t n; };
struct admissions_view {
    struct staff_nav nav;
    struct admission_lines rows;
};

enum admin_sure { SURE_RESET, SURE_GONE, SURE_LEAVE };
/* "Sure?": what changes, what cannot be undone. */
struct admin_sure_view {
    struct staff_nav nav;
    enum admin_sure what;
    struct id person;
    struct str name, unit_name;
    struct str alone;               /* units that nobody could open any more; "" if there is none */
    struct url action, back;
    struct form_faults faults;
    struct typed leave_on;
};
