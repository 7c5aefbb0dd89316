/* The directory: which units receive what, and which services help where. What other modules may call. */
#pragma once

#include "../people/people.h"

#include "../base/blocks.h"

/* -- routes of reports ----------------------------------------------------------------------------------------------------- */
enum { LADDER_MAX = 4 };

/* Kinds (of units) and codes (of organisations) that must not receive a report. */
struct exclusion {
    struct strs names;
};

/* The units that may receive, best first: each fit, none excluded, each once. The first gets the keys at once, the others
   form the ladder. Never empty when the national unit is fit: it is the last resort and cannot be excluded. */
struct ladder {
    struct unit_key at[LADDER_MAX];
    size_t n;
};
struct route_query {
    const char *kind;               /* "report"; network_police sets its own */
    struct str commune, province;   /* codes or "" */
    struct exclusion without;
    i64 now;
    bool at_last;                   /* nobody else is left: rows are taken at their marks, whatever the log says */
};
status network_ladder(struct ledger *l, const struct route_query *query, struct ladder *ladder);
/* The unit for what only police may open. NOT_FOUND where none is fit or the child left all of them out: nobody else
   takes its place (SECURITY.md, "Police only"). */
status network_police(struct ledger *l, const struct route_query *query, struct unit_key *unit);
status network_add_route(struct ledger *l, struct str kind, struct str area, struct id unit, i64 rank);

/* -- how long reports waited ------------------------------------------------------------------------------------------------ */
enum { WAIT_STEP_MINUTES = 10 };
void network_wait_add(struct id unit, i64 now, i64 minutes);
/* Minutes within which two of three reports of the last days were read, rounded up to the step; 0: not known yet. */
i64 network_wait_usual(struct id unit, i64 now);

/* -- places ---------------------------------------------------------------------------------------------------------------------- */
struct province { struct str code, name, name_en; };
struct commune { struct str code, province, name; };
struct provinces { const struct province *at; size_t n; };
struct communes { const struct commune *at; size_t n; };
/* Reads the CSV files of content/geo at start; DIR/content/geo/communes-more.csv, where it is there, adds to communes.csv. INVALID
   names file and line. */
status network_load_places(void);
struct provinces network_provinces(void);
struct communes network_communes(struct str province);      /* those of one province */
struct choices network_province_choices(struct ctx *c, struct str chosen);     /* names in the reader's language */
struct choices network_need_choices(struct ctx *c, struct str chosen);
/* "Cần Thơ", "Xã Lá Xanh, Cao Bằng", "Cả nước": of an area's code in routes and services. */
struct str network_area_name(const struct ctx *c, struct str area);
bool network_area_in(struct str area, struct str province);     /* everywhere counts as in every province */
struct str network_commune_name(struct str province, struct str commune);      /* STR_NULL if unknown */
struct str network_commune_province(struct str commune);       /* its code; "" for a commune that is in no list */
struct str network_province_name(struct str code, bool english);

/* Shapes of the provinces for maps, one for each, and names to write beside them. `d` is SVG path data and nothing else. */
struct shape { struct str code, d; };
struct shape_label { struct str code, words; i64 x, y; };       /* code: "" where it names no province */
struct shapes {
    i64 view[4];                    /* viewBox */
    struct shape *at;
    size_t n;
    struct shape_label *labels;
    size_t n_labels;
};
/* Reads content/geo/shapes.svg once at start, after the places. INVALID says what is wrong with it. */
status network_load_shapes(void);
struct shapes network_shapes(void);
status network_read_shapes(struct arena *a, struct str text, struct shapes *shapes);

/* -- services ---------------------------------------------------------------------------------------------------------------------- */
/* Opening hours: "always", or "mo-fr 07:30-17:00; sa 08:00-11:30". */
struct opening {
    bool known, always, open;
    i64 changes;                    /* the instant when it next opens or closes; 0 if always or unknown */
};
struct opening opening_at(struct str hours, i64 now);

/* One [service] block of a data file (content/demo/services.txt), inside an open act. INVALID names the line. */
status network_add_service(struct ledger *l, const struct block *b, const struct id *org);

extern const struct route network_routes[], network_staff_routes[];
