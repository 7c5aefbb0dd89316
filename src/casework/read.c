/* What N and I of a case say: the timeline, words of tasks and flags, people. */
#include "casefile.h"

#include "../base/text.h"

#include <jansson.h>

static struct str json_words(struct ctx *c, const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);

    return json_is_string(v) ? arena_copy(c->arena, str_of(json_string_value(v), json_string_length(v))) : STR("");
}

/* -- every record of a letter ------------------------------------------------------------------------------------------------------- */

static status walk_comp(struct ctx *c, const struct comp_open *comp, each_record *each, void *to)
{
    struct records_rows rows;
    i64 after = 0;

    do {
        TRY(sql_records_of(c->ledger, (struct sql_records_of){ .comp = comp->id, .after = after }, &rows));
        for (size_t i = 0; i < rows.n; i++) {
            struct records_row *row = &rows.at[i];
            struct record r;
            bool right = !row->altered && vault_record_open(c->arena, comp->keys, comp->id, row->id, row->body, &r) == OK;

            TRY(each(c, row, right ? &r : NULL, to));
            after = row->no;
        }
    } while (rows.n);
    return OK;
}

status case_records(struct ctx *c, const struct comps *comps, const char *letter, each_record *each, void *to)
{
    for (size_t i = 0; i < comps->n; i++)
        if (comps->at[i].keys != NULL && str_is(comps->at[i].letter, letter))
            TRY(walk_comp(c, &comps->at[i], each, to));
    return OK;
}

/* -- the timeline ------------------------------------------------------------------------------------------------------------------- */

struct moments_growing { struct moments *list; size_t max; };

static struct moment *moment_add(struct ctx *c, struct moments_growing *g)
{
    if (g->list->n == g->max) {
        struct moment *more = NEW_N(c->arena, struct moment, g->max * 2 + 32);

        if (g->list->n)
            memcpy(more, g->list->at, g->list->n * sizeof *more);
        g->list->at = more;
        g->max = g->max * 2 + 32;
    }
    return &g->list->at[g->list->n++];
}

static void event_read(struct ctx *c, struct str json, struct moment *m)
{
    json_t *o = json_loadb(json.at, json.n, 0, NULL);

    m->what = json_words(c, o, "what");
    m->from = json_words(c, o, "from");
    m->to = json_words(c, o, "to");
    m->words = json_words(c, o, "words");
    json_decref(o);
}

static status take_moment(struct ctx *c, const struct records_row *row, const struct record *r, void *to)
{
    struct moment *m;

    if (r != NULL && r->kind != RECORD_EVENT && r->kind != RECORD_NOTE && r->kind != RECORD_ANSWERS)
        return OK;
    m = moment_add(c, to);
    if (r == NULL) {
        *m = (struct moment){ .altered = true, .time = row->day };
        return OK;
    }
    *m = (struct moment){ .kind = r->kind, .author = r->author, .time = r->time };
    if (r->kind == RECORD_EVENT)
        event_read(c, r->text, m);
    else if (r->kind == RECORD_NOTE)
        m->words = r->text;
    return OK;
}

static int newest_first(const void *a, const void *b)
{
    const struct moment *x = a, *y = b;

    return x->time != y->time ? (x->time > y->time ? -1 : 1) : x < y ? 1 : -1;
}

status case_moments(struct ctx *c, const struct comps *comps, struct moments *moments)
{
    struct moments_growing growing = { .list = moments };

    *moments = (struct moments){ 0 };
    TRY(case_records(c, comps, "N", take_moment, &growing));
    if (moments->n)
        qsort(moments->at, moments->n, sizeof *moments->at, newest_first);
    return OK;
}

/* -- words of tasks and flags --------------------------------------------------------------------------------------------------------- */

struct words_growing { struct words_list *list; size_t max; };

static status take_words(struct ctx *c, const struct records_row *row, const struct record *r, void *to)
{
    struct words_growing *g = to;

    if (r == NULL || r->kind != RECORD_TASK)
        return OK;
    if (g->list->n == g->max) {
        struct words_of *more = NEW_N(c->arena, struct words_of, g->max * 2 + 16);

        if (g->list->n)
            memcpy(more, g->list->at, g->list->n * sizeof *more);
        g->list->at = more;
        g->max = g->max * 2 + 16;
    }
    g->list->at[g->list->n++] = (struct words_of){ row->id, r->text };
    return OK;
}

status case_words(struct ctx *c, const struct comps *comps, struct words_list *list)
{
    struct words_growing growing = { .list = list };

    *list = (struct words_list){ 0 };
    return case_records(c, comps, "N", take_words, &growing);
}

struct str words_find(const struct words_list *list, struct opt_id record)
{
    for (size_t i = 0; record.has && i < list->n; i++)
        if (id_eq(list->at[i].id, record.v))
            return list->at[i].text;
    return STR("");
}

/* -- people of the case --------------------------------------------------------------------------------------------------------------- */

struct persons_growing { struct persons *list; size_t max; };

static struct person *person_place(struct ctx *c, struct persons_growing *g, struct id id)
{
    struct persons *list = g->list;

    for (size_t i = 0; i < list->n; i++)
        if (id_eq(list->at[i].id, id))
            return &list->at[i];
    if (list->n == g->max) {
        struct person *more = NEW_N(c->arena, struct person, g->max * 2 + 8);

        if (list->n)
            memcpy(more, list->at, list->n * sizeof *more);
        list->at = more;
        g->max = g->max * 2 + 8;
    }
    return &list->at[list->n++];
}

static void person_read(struct ctx *c, struct str json, struct persons_growing *g)
{
    json_t *o = json_loadb(json.at, json.n, 0, NULL);
    struct person p = {
        .role = json_words(c, o, "role"), .name = json_words(c, o, "name"), .born = json_words(c, o, "born"),
        .phone = json_words(c, o, "phone"), .address = json_words(c, o, "address"), .words = json_words(c, o, "words"),
        .gone = json_is_true(json_object_get(o, "gone")),
    };

    if (id_of_text(json_words(c, o, "id"), &p.id))
        *person_place(c, g, p.id) = p;
    json_decref(o);
}

static status take_person(struct ctx *c, const struct records_row *row, const struct record *r, void *to)
{
    if (r == NULL)
        return OK;
    if (r->kind == RECORD_PERSON)
        person_read(c, r->text, to);
    else if (r->kind == RECORD_IDENTITY)       /* what came with the report: one text, not yet a person with fields */
        *person_place(c, to, row->id) = (struct person){
            .id = row->id, .role = STR("child"), .name = STR(""), .born = STR(""), .phone = STR(""), .address = STR(""),
            .words = r->text };
    return OK;
}

status case_persons(struct ctx *c, const struct comps *comps, struct persons *persons)
{
    struct persons_growing growing = { .list = persons };

    *persons = (struct persons){ 0 };
    return case_records(c, comps, "I", take_person, &growing);
}
