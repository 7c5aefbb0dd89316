/* The whole file of a case as one document. */
#include "print.h"

#include "texts.h"

static struct str day_of(struct ctx *c, i64 ms)
{
    char text[CLOCK_TEXT];

    clock_day_vi(ms, text);
    return arena_copy(c->arena, str_c(text));
}

static struct str org_of(struct ctx *c, struct id unit, struct str *unit_name)
{
    struct units_row row = { .id = unit };
    struct organisations_row org;

    *unit_name = STR("");
    if (row_get(c->ledger, &table_units, &row) != OK)
        return STR("");
    *unit_name = row.name;
    org = (struct organisations_row){ .id = row.org };
    return row_get(c->ledger, &table_organisations, &org) == OK ? org.name : STR("");
}

struct str print_day_words(struct ctx *c, i64 ms)
{
    struct clock_local day = clock_local(ms);

    if (c->lang == LANG_EN)
        return day_of(c, ms);
    return arena_f(c->arena, "ngày %02d tháng %02d năm %d", day.day, day.month, day.year);
}

void print_letterhead(struct ctx *c, const struct casefile *f, struct str form, struct doc *doc)
{
    struct str unit, org = org_of(c, f->file.unit, &unit), place = desk_place(c, f->row.province);
    struct doc_head head = {
        .above = org, .body = unit, .country = text_of(c, T_PRINT_COUNTRY), .motto = text_of(c, T_PRINT_MOTTO),
        .number = text_fill(c->arena, (int)c->lang, T_PRINT_NUMBER, f->ref, STR("")), .place_date = print_day_words(c, c->now),
        .form = form };

    if (place.n)
        head.place_date = arena_f(c->arena, "%.*s, %.*s", (int)place.n, place.at, (int)head.place_date.n, head.place_date.at);
    doc_letterhead(doc, &head);
}

/* -- the cover --------------------------------------------------------------------------------------------------------------------------- */

static struct str harm_words(struct ctx *c, struct str codes)
{
    struct desk_words list = desk_harms(c, codes);
    struct out o = { .max = 4096 };
    struct str all;

    for (size_t i = 0; i < list.n; i++) {
        out_c(&o, i ? ", " : "");
        out_str(&o, text_of(c, list.at[i].key));
    }
    all = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return all;
}

static void pair(struct ctx *c, struct doc *doc, int label, struct str value)
{
    doc_pair(doc, text_of(c, label), value.n ? value : text_of(c, T_PRINT_UNKNOWN));
}

static int part_says(enum part_look look)
{
    static const int says[] = { [PART_OPEN] = T_PRINT_PART_OPEN, [PART_COVERED] = T_PRINT_PART_COVERED,
                                [PART_CLOSED] = T_PRINT_PART_CLOSED, [PART_SEALED] = T_PRINT_PART_SEALED };

    return says[look];
}

/* What the file has, and what of it is not on this paper: nobody may take the bundle for the whole. */
static void cover_parts(struct ctx *c, const struct casefile *f, bool identity, struct doc *doc)
{
    const struct doc_column columns[] = { { text_of(c, T_PRINT_COLUMN_PART), 3, false }, { text_of(c, T_PRINT_COLUMN_HERE), 4, false } };
    struct case_parts parts = { 0 };

    case_parts_fill(c, &f->comps, &parts);
    doc_heading(doc, 1, text_of(c, T_PRINT_PARTS));
    doc_table(doc, columns, COUNT_OF(columns));
    for (size_t i = 0; i < parts.n; i++) {
        int says = part_says(parts.at[i].look);

        if (parts.at[i].name == T_CASES_PART_C)
            says = T_PRINT_PART_TALK;
        else if (parts.at[i].name == T_CASES_PART_I && parts.at[i].look == PART_OPEN && !identity)
            says = T_PRINT_PART_IDENTITY;
        doc_row(doc, (struct str[]){ text_of(c, parts.at[i].name), text_of(c, says) }, 2);
    }
}

static void cover(struct ctx *c, const struct casefile *f, const struct print_ask *ask, struct doc *doc)
{
    print_letterhead(c, f, STR(""), doc);
    doc_title(doc, text_of(c, T_PRINT_BUNDLE_TITLE), text_fill(c->arena, (int)c->lang, T_PRINT_BUNDLE_OF, f->ref, STR("")));
    pair(c, doc, T_PRINT_OPENED, day_of(c, f->file.opened));
    pair(c, doc, T_PRINT_STATE, case_state_name(c, &f->file));
    pair(c, doc, T_PRINT_RISK, f->file.risk.n ? list_name(c, "risk", f->file.risk) : STR(""));
    pair(c, doc, T_PRINT_HARM, harm_words(c, f->row.harm));
    pair(c, doc, T_PRINT_AGE, text_of(c, desk_word(DESK_AGE, f->row.age_band)));
    pair(c, doc, T_PRINT_PLACE, desk_place(c, f->row.province));
    pair(c, doc, T_PRINT_WORKER, desk_user_name(c, f->file.worker));
    pair(c, doc, T_PRINT_PRINTED_BY, c->actor.name);
    pair(c, doc, T_PRINT_WHY, ask->words);
    cover_parts(c, f, ask->identity, doc);
    doc_contents(doc, text_of(c, T_PRINT_CONTENTS));
}

/* -- people ------------------------------------------------------------------------------------------------------------------------------ */

static void person(struct ctx *c, const struct person *p, struct doc *doc)
{
    doc_heading(doc, 2, list_name(c, "person", p->role));
    pair(c, doc, T_PRINT_NAME, p->name);
    pair(c, doc, T_PRINT_BORN, p->born);
    pair(c, doc, T_PRINT_PHONE, p->phone);
    pair(c, doc, T_PRINT_ADDRESS, p->address);
    if (p->words.n)
        doc_text(doc, p->words);
}

/* Paper lies about and is read out on the telephone: a carer who may be who does harm is on it neither with a name nor a number. */
static status people(struct ctx *c, const struct casefile *f, bool identity, struct doc *doc)
{
    struct persons persons;
    bool unsafe;

    doc_section(doc, text_of(c, T_PRINT_PEOPLE));
    doc_heading(doc, 1, text_of(c, T_PRINT_PEOPLE));
    if (!identity) {
        doc_sealed(doc, text_of(c, T_PRINT_PEOPLE));
        return OK;
    }
    TRY(case_persons(c, &f->comps, &persons));
    TRY(case_carer_unsafe(c, f->row.id, &unsafe));
    for (size_t i = 0; i < persons.n; i++)
        if (!persons.at[i].gone && !(unsafe && str_is(persons.at[i].role, "carer")))
            person(c, &persons.at[i], doc);
    if (unsafe)
        doc_text(doc, text_of(c, T_PRINT_CARER));
    return OK;
}

/* -- timeline, referrals ------------------------------------------------------------------------------------------------------------------ */

/* As on the page, the oldest first: on paper one reads from the beginning. */
static status timeline(struct ctx *c, const struct casefile *f, struct doc *doc)
{
    const struct doc_column columns[] = { { text_of(c, T_PRINT_COLUMN_WHEN), 3, false }, { text_of(c, T_PRINT_COLUMN_WHAT), 9, false },
                                          { text_of(c, T_PRINT_COLUMN_WHO), 3, false } };
    struct moments moments;

    TRY(case_moments(c, &f->comps, &moments));
    doc_section(doc, text_of(c, T_PRINT_TIMELINE));
    doc_heading(doc, 1, text_of(c, T_PRINT_TIMELINE));
    doc_table(doc, columns, COUNT_OF(columns));
    for (size_t i = moments.n; i-- > 0;) {
        i64 day = 0;
        struct case_moment m = case_moment_view(c, f, &moments.at[i], &day);
        struct str what = m.altered ? text_of(c, T_PRINT_ALTERED) : m.title;

        if (m.words.n && !m.altered)
            what = arena_f(c->arena, "%.*s\n%.*s", (int)what.n, what.at, (int)m.words.n, m.words.at);
        doc_row(doc, (struct str[]){ arena_f(c->arena, "%.*s\n%.*s", (int)m.day.n, m.day.at, (int)m.time.n, m.time.n ? m.time.at : ""),
                                     what, m.by.n ? m.by : STR("") }, 3);
    }
    return OK;
}

static status referrals(struct ctx *c, const struct casefile *f, struct doc *doc)
{
    const struct doc_column columns[] = { { text_of(c, T_PRINT_COLUMN_WHEN), 2, false }, { text_of(c, T_PRINT_COLUMN_TO), 5, false },
                                          { text_of(c, T_PRINT_COLUMN_PURPOSE), 4, false }, { text_of(c, T_PRINT_COLUMN_STATE), 3, false } };
    struct case_referrals_view v = { 0 };

    TRY(case_referral_lines(c, f, &v.lines));
    doc_section(doc, text_of(c, T_PRINT_REFERRALS));
    doc_heading(doc, 1, text_of(c, T_PRINT_REFERRALS));
    if (v.lines.n == 0) {
        doc_text(doc, text_of(c, T_PRINT_REFERRALS_NONE));
        return OK;
    }
    doc_table(doc, columns, COUNT_OF(columns));
    for (size_t i = 0; i < v.lines.n; i++) {
        const struct referral_line *line = &v.lines.at[i];

        doc_row(doc, (struct str[]){ line->day, line->other, line->purpose, text_of(c, line->state) }, 4);
    }
    return OK;
}

status print_bundle(struct ctx *c, struct casefile *f, const struct print_ask *ask, struct doc *doc)
{
    cover(c, f, ask, doc);
    TRY(people(c, f, ask->identity, doc));
    TRY(print_papers(c, f, ask->identity, doc));
    TRY(timeline(c, f, doc));
    TRY(referrals(c, f, doc));
    return print_log(c, f, doc);
}
