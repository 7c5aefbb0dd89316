/* What the signed-in pages of network/ show: directory, confirmations, routes, services. */
#pragma once

#include "../people/views.h"

/* -- directory ------------------------------------------------------------------------------------------------------------- */
enum duty { DUTY_UNKNOWN, DUTY_OPEN, DUTY_SHUT };
struct org_line {
    struct id id;
    struct str name, before, units, places;     /* before: its name until lately, or on the day asked for; "" */
    int kind;
    enum duty duty;
    i64 holders;                    /* of the unit with the fewest; -1: no unit */
};
struct org_lines { struct org_line *at; size_t n; };
struct directory_view {
    struct staff_nav nav;
    struct str q, day;              /* as asked */
    bool day_wrong, filtered;
    struct choices kinds, provinces;
    struct org_lines rows;
    i64 found;
    struct url next, start;
};

struct directory_person { struct str name, roles; };
struct directory_people { struct directory_person *at; size_t n; };
struct directory_unit {
    struct str name, before;
    int kind;
    i64 holders;
    struct directory_people people;
};
struct directory_units { struct directory_unit *at; size_t n; };
struct directory_service { struct str name, does, phone, hours; struct url call; enum duty duty; };
struct directory_services { struct directory_service *at; size_t n; };
struct organisation_view {
    struct staff_nav nav;
    struct str name, code, places, merged, merged_on;       /* merged: into which organisation; "" */
    int kind;
    struct former_names names;
    struct directory_units units;
    struct directory_people others;         /* of no unit: coordinators, administrators ... */
    struct directory_services services;
};

/* -- confirmations ---------------------------------------------------------------------------------------------------------- */
struct confirm_line { struct id id; int kind, bar; struct str about, org, set_by, set_on; bool can; };
struct confirm_lines { struct confirm_line *at; size_t n; };
struct confirm_view { struct staff_nav nav; struct confirm_lines rows; };

struct fact { int name; struct str value; };
struct fact_list { struct fact *at; size_t n; };
struct proposal_view {
    struct staff_nav nav;
    struct id id;
    int kind, allows, bar;          /* allows: what a confirmation opens; bar: why the reader cannot give it, 0 if they can */
    bool can, can_refuse;
    struct str about, seen, check;  /* check: number of the person's key, to be compared; "" where it is about nobody */
    struct fact_list facts;
    struct form_faults faults;
    struct typed reason;
};

/* -- routes ----------------------------------------------------------------------------------------------------------------- */
struct route_line { struct id id; int kind, state; struct str place, unit; i64 rank; };
struct route_lines { struct route_line *at; size_t n; };
struct admin_routes_view {
    struct staff_nav nav;
    struct route_lines rows;
    struct form_faults faults;
    struct typed kind, province, commune, unit, rank;
    struct choices kinds, provinces, units;
};

/* -- services ----------------------------------------------------------------------------------------------------------------- */
struct service_line { struct id id; struct str name, phone, place, hours; enum duty duty; };
struct service_lines { struct service_line *at; size_t n; };
struct admin_services_view { struct staff_nav nav; struct service_lines rows; };
struct admin_service_view {
    struct staff_nav nav;
    struct url here, end;           /* end: "" for a new one */
    bool fresh;
    struct form_faults faults;
    struct typed name, name_en, does, does_en, phone, province, hours, source, needs;
    struct choices provinces, need_choices;
};
