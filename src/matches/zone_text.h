/* `lachan rpz check`: reads a response policy zone strictly and says, by line, what a resolver would refuse or misread. Pure. */
#pragma once

#include "../base/memory.h"
#include "../base/status.h"

enum { ZONE_FAULTS_MAX = 50 };
struct zone_fault { i64 line; bool warning; struct str what, remedy; };
struct zone_check {
    struct zone_fault at[ZONE_FAULTS_MAX];
    size_t n;                       /* noted; all are counted below */
    i64 errors, warnings;
    i64 records, names, serial;     /* names: owners of triggers, wildcards not counted */
    struct str origin;
};

/* `origin`: of the zone, for a file that does not say $ORIGIN; may be "". All texts live in the arena. */
void zone_check(struct arena *a, struct str text, struct str origin, struct zone_check *found);
