/* What a case knows already stands in a new paper: names of people from I, the rest from clear columns and from other papers. */
#include "communes.h"
#include "day.h"
#include "paper_work.h"

static const struct person *child_of(const struct persons *persons)
{
    for (size_t i = 0; i < persons->n; i++)
        if (!persons->at[i].gone && str_is(persons->at[i].role, "child"))
            return &persons->at[i];
    return NULL;
}

/* "2013", "24/11/2013", "2013-11-24": the four digits that stand together. 0 where there are none. */
static i64 year_of(struct str born)
{
    for (size_t i = 0; i + 4 <= born.n; i++) {
        i64 year;

        if (born.at[i] != '-' && str_i64(str_of(born.at + i, 4), &year) && year > 1900 && year < 3000)
            return year;
    }
    return 0;
}

static struct str age_of(struct ctx *c, struct str born)
{
    i64 year = year_of(born), age = clock_local(c->now).year - year;

    return year && age >= 0 && age < 120 ? arena_f(c->arena, "%lld", (long long)age) : STR("");
}

static struct str child_value(struct ctx *c, const struct persons *persons, struct str what)
{
    const struct person *child = child_of(persons);

    if (child == NULL)
        return STR("");
    if (str_is(what, "name"))
        return child->name;
    if (str_is(what, "born"))
        return child->born;
    if (str_is(what, "age"))
        return age_of(c, child->born);
    if (str_is(what, "address"))
        return child->address;
    if (str_is(what, "phone"))
        return child->phone;
    return STR("");
}

static struct str day_text(struct ctx *c, i64 ms)
{
    char text[CLOCK_TEXT];

    clock_day_iso(ms, text);
    return arena_copy(c->arena, str_c(text));
}

/* Where a value goes: only a question of I takes what lies in I, or need to know would end at the first form. */
struct filling { const struct casefile *f; const struct persons *persons; struct case_communes communes; struct meeting_last meeting; bool identity; };

/* "event_commune", "home_province": the two communes of the case; of where it happened at least the province that was reported. */
static struct str commune_value(const struct filling *to, struct str what)
{
    bool event = str_starts(what, STR("event_"));
    struct str commune = event ? to->communes.event : to->communes.home, province = network_commune_province(commune);

    if (str_ends(what, STR("_province")))
        return province.n || !event ? province : to->f->row.province;
    return province.n ? network_commune_name(province, commune) : STR("");
}

static struct str case_value(struct ctx *c, const struct filling *to, struct str what)
{
    const struct casefile *f = to->f;

    if (str_is(what, "number"))
        return f->ref;
    if (str_is(what, "opened"))
        return day_text(c, f->file.opened);
    if (str_is(what, "harm"))
        return f->row.harm;
    if (str_is(what, "danger"))
        return f->row.danger;
    if (str_is(what, "risk"))
        return f->file.risk;
    if (str_is(what, "province"))
        return f->row.province;
    return str_starts(what, STR("event_")) || str_starts(what, STR("home_")) ? commune_value(to, what) : STR("");
}

static struct str unit_value(struct ctx *c, const struct casefile *f, struct str what)
{
    struct units_row unit = { .id = f->file.unit };
    struct organisations_row org = { 0 };

    if (row_get(c->ledger, &table_units, &unit) != OK)
        return STR("");
    if (str_is(what, "name"))
        return unit.name;
    org.id = unit.org;
    return str_is(what, "organisation") && row_get(c->ledger, &table_organisations, &org) == OK ? org.name : STR("");
}

static bool is_identity(const struct xform_item *item)
{
    return str_is(xform_extra(item, "lachan:compartment"), "I");
}

/* "mau-01.child_sex": the answer of the newest paper of that form. */
static struct str paper_value(struct ctx *c, const struct filling *to, struct str what)
{
    const struct casefile *f = to->f;
    struct str form = str_upto(what, str_find_char(what, '.')), question = str_from(what, form.n + 1);
    struct papers_rows rows;
    struct case_paper p = { .file = *f };

    if (sql_papers_of_form(c->ledger, (struct sql_papers_of_form){ .case_id = f->row.id, .form = form }, &rows) != OK)
        return STR("");
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered || str_is(rows.at[i].state, "void"))
            continue;
        if (paper_open_row(c, rows.at[i].id, &p) != OK || paper_newest_run(c, &p) != OK)
            return STR("");
        for (size_t k = 0; k < p.form->n_items; k++)
            if (str_eq(p.form->items[k].name, question) && p.form->items[k].repeat < 0 &&
                (to->identity || !p.form->items[k].identity))
                return xform_run_get(p.run, p.form->items[k].path);
    }
    return STR("");
}

static struct str value_of(struct ctx *c, const struct filling *to, struct str source)
{
    struct str head = str_upto(source, str_find_char(source, '.')), rest = str_from(source, head.n + 1);

    if (str_is(head, "child"))
        return to->identity ? child_value(c, to->persons, rest) : STR("");
    if (str_is(head, "case"))
        return case_value(c, to, rest);
    if (str_is(head, "unit"))
        return unit_value(c, to->f, rest);
    if (str_is(head, "paper"))
        return paper_value(c, to, rest);
    if (str_is(head, "meeting"))
        return str_is(rest, "at") ? to->meeting.at : str_is(rest, "place") ? to->meeting.place : STR("");
    if (str_is(head, "me") && str_is(rest, "name"))
        return c->actor.name;
    if (str_is(source, "today"))
        return day_text(c, c->now);
    if (str_is(head, "report") && str_is(rest, "day"))
        return day_text(c, to->f->row.day);
    return STR("");     /* a source that this program does not know leaves the question to the person */
}

/* "lachan:SOURCE" as a default, or the column of ours. */
static struct str source_of(const struct xform_item *item)
{
    struct str source = xform_extra(item, "lachan:prefill");

    return source.n == 0 && str_starts(item->default_value, STR("lachan:")) ? str_from(item->default_value, 7) : source;
}

/* A select takes only what is among its choices, a date only a whole day. */
static bool fits(const struct xform *form, const struct xform_item *item, struct str value)
{
    if (item->type == XFORM_SELECT_ONE)
        return xform_choice(form, item->list, value) != NULL;
    if (item->type == XFORM_DATE)
        return value.n >= 8;
    return value.n > 0;
}

/* "threat,images" of the clear column are "threat images" of a question with ticks. */
static struct str with_blanks(struct ctx *c, struct str codes)
{
    char *text = arena_alloc(c->arena, codes.n + 1);

    for (size_t i = 0; i < codes.n; i++)
        text[i] = codes.at[i] == ',' ? ' ' : codes.at[i];
    return str_of(text, codes.n);
}

static status fill_item(struct ctx *c, struct xform_run *run, const struct xform_item *item, struct str value)
{
    const struct xform *form = xform_run_form(run);
    bool from_default = str_starts(item->default_value, STR("lachan:"));
    status s;

    if (item->type == XFORM_SELECT_MULTIPLE)
        value = with_blanks(c, value);
    if (!fits(form, item, value)) {
        if (!from_default)
            return OK;
        value = STR("");        /* else the name of the source would stand there */
    }
    s = xform_run_set(run, item->path, value);
    if (s == DENIED || s == NOT_FOUND) {
        fail_clear();
        return OK;
    }
    return s;
}

status paper_prefill(struct ctx *c, struct casefile *f, struct xform_run *run)
{
    const struct xform *form = xform_run_form(run);
    struct case_communes communes;
    struct meeting_last meeting;
    struct persons persons;

    TRY(case_persons(c, &f->comps, &persons));
    TRY(case_communes_read(c, &f->comps, &communes));
    TRY(case_last_meeting(c, f, &meeting));
    for (size_t i = 0; i < form->n_items; i++) {
        struct filling to = { f, &persons, communes, meeting, is_identity(&form->items[i]) };
        struct str source = source_of(&form->items[i]);

        if (source.n && form->items[i].repeat < 0)
            TRY(fill_item(c, run, &form->items[i], value_of(c, &to, source)));
    }
    return OK;
}
