/* Whom the reporter left out, and the unit that alone may open what lies in P. */
#include "casework.h"

#include "tables.sql.h"

#include <jansson.h>

enum { WISHES_MAX = 200 };     /* records of a wish: the report's own, and one for each that was merged into it */

static void add_name(struct ctx *c, struct strs *names, struct str name)
{
    struct str *more;

    if (name.n == 0)
        return;
    more = NEW_N(c->arena, struct str, names->n + 1);
    if (names->n)
        memcpy(more, names->at, names->n * sizeof *more);
    more[names->n++] = arena_copy(c->arena, name);
    names->at = more;
}

static status lines_of(struct ctx *c, const struct comp_open *talk, struct strs *names)
{
    struct strs texts;

    TRY(records_of_kind(c, talk, (struct kind_wanted){ RECORD_EXCLUDE, WISHES_MAX }, &texts));
    for (size_t i = 0; i < texts.n; i++) {
        struct str rest = texts.at[i], line;

        while (str_cut(&rest, '\n', &line))
            add_name(c, names, line);
    }
    return OK;
}

static status answers_of(struct ctx *c, const struct comp_open *notes, struct strs *names)
{
    struct strs texts;

    TRY(records_of_kind(c, notes, (struct kind_wanted){ RECORD_ANSWERS, WISHES_MAX }, &texts));
    for (size_t i = 0; i < texts.n; i++) {
        json_t *o = json_loadb(texts.at[i].at, texts.at[i].n, 0, NULL), *list = json_object_get(o, "exclude"), *name;
        size_t k;

        json_array_foreach(list, k, name)
            add_name(c, names, str_of(json_string_value(name), json_string_length(name)));
        json_decref(o);
    }
    return OK;
}

/* Kept in C (for whoever comes back with the code) and in N (for staff). All of them count: what a second reporter of a merged
   case left out, too. */
status case_excluded(struct ctx *c, const struct comps *comps, struct strs *names)
{
    bool known = false;

    *names = (struct strs){ 0 };
    for (size_t i = 0; i < comps->n; i++) {
        const struct comp_open *comp = &comps->at[i];
        bool talk = str_is(comp->letter, "C"), notes = str_is(comp->letter, "N");

        if (comp->keys == NULL || !(talk || notes))
            continue;
        TRY(talk ? lines_of(c, comp, names) : answers_of(c, comp, names));
        known = true;
    }
    return known ? OK : NOT_FOUND;
}

status police_unit(struct ctx *c, struct id report, const struct comps *comps, bool against, struct unit_key *unit)
{
    struct cases_row row = { .id = report };
    struct route_query q = { .commune = STR(""), .now = c->now };

    if (!against)
        TRY(case_excluded(c, comps, &q.without.names));
    TRY(row_get(c->ledger, &table_cases, &row));
    q.province = row.province;
    return network_police(c->ledger, &q, unit);
}
