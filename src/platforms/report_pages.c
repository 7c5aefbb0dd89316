/* /platform-reports/:id: what was said, the files by their hashes (never a picture), and what the reader may make of it. */
#include "platforms.h"

#include "pages.h"
#include "words.h"

#include "told_words.h"

#include "../casework/casefile.h"
#include "../casework/evidence.h"
#include "../casework/words.h"

#include "platforms_pages.h"
#include "texts.h"

const char *const platform_ages[] = { "", "under9", "9-11", "12-15", "16-17", NULL };

/* -- what was said ----------------------------------------------------------------------------------------------------------------------- */

static struct platform_fact fact_of(const struct told_line *l)
{
    int key = told_text(l->name);

    return (struct platform_fact){ key, key ? STR_NULL : l->name, l->text };
}

/* An element without a text says that something is so. */
static void add_fact(struct ctx *c, struct platform_facts *facts, const struct told_line *l)
{
    struct platform_fact fact = fact_of(l);
    enum incident kind;

    if (incident_of_words(fact.text, &kind))
        fact.text = text_of(c, incident_text(str_c(incident_code(kind))));
    if (fact.text.n == 0 || str_is(fact.text, "true"))
        fact.text = text_of(c, T_PLATFORMS_REPORT_YES);
    if (str_is(fact.text, "false"))
        fact.text = text_of(c, T_PLATFORMS_REPORT_NO);
    facts->at[facts->n++] = fact;
}

static int entries_of(const struct told_lines *lines, enum section section)
{
    int most = 0;

    for (size_t i = 0; i < lines->n; i++)
        if (lines->at[i].section == section && lines->at[i].entry > most)
            most = lines->at[i].entry;
    return most;
}

static void fill_blocks(struct ctx *c, const struct told_lines *lines, struct platform_blocks *blocks)
{
    const struct told_line *last = NULL;
    struct platform_block *b = NULL;

    blocks->at = NEW_N(c->arena, struct platform_block, lines->n + 1);
    for (size_t i = 0; i < lines->n; i++) {
        const struct told_line *l = &lines->at[i];

        if (last == NULL || last->section != l->section || last->entry != l->entry) {
            b = &blocks->at[blocks->n++];
            *b = (struct platform_block){ .title = section_text(l->section), .no = entries_of(lines, l->section) > 1 ? l->entry : 0 };
            b->facts.at = NEW_N(c->arena, struct platform_fact, lines->n - i);
        }
        if (l->text.n || l->block.n)
            add_fact(c, &b->facts, l);
        last = l;
    }
}

static void fill_hits(struct ctx *c, const struct kept_file *f, struct platform_file *v)
{
    v->hits.at = NEW_N(c->arena, struct platform_hit, f->n_hits + 1);
    for (size_t i = 0; i < f->n_hits; i++) {
        const struct kept_hit *h = &f->hits[i];

        v->known |= h->live;
        v->hits.at[v->hits.n++] = (struct platform_hit){ h->bank, takedown_class_name(c, h->class), h->kind, arena_f(c->arena, "%lld", (long long)h->distance), h->live };
    }
}

static void fill_file(struct ctx *c, const struct kept_file *f, struct platform_file *v)
{
    *v = (struct platform_file){
        .name = f->name, .size = evidence_size_text(c, f->size), .type = f->type, .sha256 = f->sha256, .md5 = f->md5, .pdq = f->pdq,
        .class = f->class, .look = look_text(f->look), .unsure = !f->asked,
    };
    fill_hits(c, f, v);
    v->said.at = NEW_N(c->arena, struct platform_fact, f->said.n + 1);
    for (size_t i = 0; i < f->said.n; i++)
        if (!str_is(f->said.at[i].name, "reportId") && !str_is(f->said.at[i].name, "fileId"))
            add_fact(c, &v->said, &f->said.at[i]);
}

static void fill_files(struct ctx *c, const struct kept_files *files, struct platform_view *v)
{
    v->files.at = NEW_N(c->arena, struct platform_file, files->n + 1);
    for (size_t i = 0; i < files->n; i++) {
        fill_file(c, &files->at[i], &v->files.at[v->files.n]);
        v->known += v->files.at[v->files.n++].known;
    }
}

/* -- what goes with it ---------------------------------------------------------------------------------------------------------------------- */

static status fill_shared(struct ctx *c, struct id id, struct platform_view *v)
{
    struct platform_shared_rows rows;
    char text[ID_TEXT + 1];

    id_text(id, text);
    TRY(sql_platform_shared(c->ledger->db, (struct sql_platform_shared){ .report = id }, &rows));
    v->shared.at = NEW_N(c->arena, struct platform_shared, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        struct url to = url_query(c->arena, url_lang(c->arena, url_path("/platform-reports"), c->page.lang_query), "with", str_c(text));

        v->shared.at[v->shared.n++] = (struct platform_shared){ mark_text(rows.at[i].kind), arena_f(c->arena, "%lld", (long long)rows.at[i].n),
                                                                url_query(c->arena, to, "kind", rows.at[i].kind) };
    }
    return OK;
}

static status fill_bundle(struct ctx *c, const struct platform_reports_row *row, struct platform_view *v)
{
    struct platform_bundle_size_row size;
    char text[ID_TEXT + 1];

    v->in_bundle = 1;
    if (!row->bundle.has || !row->unit.has)
        return OK;
    id_text(row->bundle.v, text);
    TRY(sql_platform_bundle_size(c->ledger->db, (struct sql_platform_bundle_size){ .bundle = row->bundle.v, .unit = row->unit.v }, &size));
    v->in_bundle = size.n;
    v->first = report_moment(c, size.first);
    v->newest = report_moment(c, size.newest);
    v->bundle = url_query(c->arena, url_lang(c->arena, url_path("/platform-reports"), c->page.lang_query), "bundle", arena_copy(c->arena, str_c(text)));
    return OK;
}

static status number_of_report(struct ctx *c, struct opt_id of, struct str *no)
{
    struct platform_reports_row row = { .id = of.v };

    *no = STR("");
    if (!of.has)
        return OK;
    TRY(row_get(c->ledger, &table_platform_reports, &row));
    *no = arena_f(c->arena, "NT-%lld", (long long)row.no);
    return OK;
}

static status fill_ask(struct ctx *c, const struct open_report *r, struct platform_view *v, bool *asked)
{
    struct platform_asks_row ask = { .report = r->row.id };
    status s = row_get(c->ledger, &table_platform_asks, &ask);
    bool own;

    *asked = s == OK;
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    own = id_eq(ask.asked_by, c->actor.user);
    v->asked = decision_text(ask.decision, false);
    v->asked_by = desk_user_name(c, (struct opt_id){ true, ask.asked_by });
    v->asked_on = report_moment(c, (struct opt_i64){ true, ask.asked });
    v->can_agree = !own;
    v->can_withdraw = own;
    return number_of_report(c, ask.of_report, &v->asked_of);
}

/* -- what may be done with it ---------------------------------------------------------------------------------------------------------------- */

static struct choices age_choices(struct ctx *c, i64 youngest)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, 8) };
    size_t likely = youngest < 0 || youngest > 17 ? 0 : youngest < 9 ? 1 : youngest < 12 ? 2 : youngest < 16 ? 3 : 4;

    for (; platform_ages[list.n] != NULL; list.n++)
        list.at[list.n] = (struct choice){ str_c(platform_ages[list.n]), text_of(c, desk_word(DESK_AGE, str_c(platform_ages[list.n]))), list.n == likely };
    return list;
}

static struct choices decision_choices(struct ctx *c)
{
    static const char *const codes[] = { "duplicate", "unfounded" };
    struct choices list = { .at = NEW_N(c->arena, struct choice, COUNT_OF(codes)), .n = COUNT_OF(codes) };

    for (size_t i = 0; i < list.n; i++)
        list.at[i] = (struct choice){ str_c(codes[i]), text_of(c, decision_text(str_c(codes[i]), false)), str_is(form_text(c, "decision"), codes[i]) };
    return list;
}

static struct choices answer_choices(struct ctx *c, struct str present)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, 8) };

    for (const char *const *code = report_answers; *code != NULL; code++)
        list.at[list.n++] = (struct choice){ str_c(*code), text_of(c, told_answer_text(str_c(*code))), str_is(present, *code) };
    return list;
}

static void add_item(struct ctx *c, struct platform_items *items, const char *kind, struct str text, bool on)
{
    if (text.n && items->n < 200)
        items->at[items->n++] = (struct platform_item){ arena_f(c->arena, "%s:%.*s", kind, (int)text.n, text.at), text, str_c(kind), on };
}

/* Names of the content that a track can be opened for: addresses, and hashes of the files; those of known files are chosen already. */
void platform_items(struct ctx *c, const struct open_report *r, struct platform_items *items)
{
    items->at = NEW_N(c->arena, struct platform_item, 201);
    for (size_t i = 0; i < r->told.urls.n; i++)
        add_item(c, items, "url", r->told.urls.at[i], true);
    for (size_t i = 0; i < r->files.n; i++) {
        add_item(c, items, "sha256", r->files.at[i].sha256, r->files.at[i].class.n > 0);
        add_item(c, items, "pdq", r->files.at[i].pdq, r->files.at[i].class.n > 0);
    }
}

static void fill_acts(struct ctx *c, const struct open_report *r, bool asked, struct platform_view *v)
{
    bool waits = r->row.decision.n == 0, aside = str_is(r->row.decision, "duplicate") || str_is(r->row.decision, "unfounded");

    v->can_case = waits && !asked && may(c, MAY_WRITE_CASES);
    v->can_track = !aside && !asked && (may(c, MAY_ASK_REMOVAL) || may(c, MAY_WRITE_CASES));
    v->can_ask = waits && !asked;
    v->can_reopen = aside;
    v->ages = age_choices(c, r->told.youngest);
    v->provinces = network_province_choices(c, STR(""));
    v->classes = takedown_class_choices(c, form_text(c, "class"));
    v->decisions = decision_choices(c);
    v->answers = answer_choices(c, r->row.answer);
    platform_items(c, r, &v->items);
}

/* -- the page ------------------------------------------------------------------------------------------------------------------------------------ */

static void fill_head(struct ctx *c, const struct open_report *r, bool asked, struct platform_view *v)
{
    const struct platform_reports_row *row = &r->row;

    v->id = row->id;
    v->no = arena_f(c->arena, "NT-%lld", (long long)row->no);
    v->org = report_org(c, row->org);
    v->opened = report_moment(c, (struct opt_i64){ true, row->opened });
    v->on = report_moment(c, row->finished);
    v->incident = r->incident;
    v->urgency = r->told.urgency;
    v->urgent = row->urgent != 0;
    v->document = r->document;
    v->via = str_is(row->via, "ispws") ? STR("/ispws") : STR("JSON");
    v->kind = incident_text(row->kind);
    v->state = decision_text(row->decision, asked);
    v->look = decision_look(row->decision, asked);
    v->answer = row->answer.n ? text_of(c, told_answer_text(row->answer)) : STR("");
    v->answered = report_moment(c, row->answered);
    if (str_is(row->decision, "case"))
        v->case_url = url_lang(c->arena, url_id(c->arena, "/cases/", row->id, ""), c->page.lang_query);
}

status platform_report_show(struct ctx *c)
{
    static const char *const fields[] = { "decision", "of", "words", "back_words", "class", "item", NULL };
    struct platform_view v = { .faults = faults_of(c, fields), .words = typed_of(c, "words", STR("")), .of = typed_of(c, "of", STR("")),
                               .decision = typed_of(c, "decision", STR("")), .class = typed_of(c, "class", STR("")),
                               .back_words = typed_of(c, "back_words", STR("")) };
    struct open_report *r = NEW(c->arena, struct open_report);
    struct id id;
    bool asked;

    TRY(path_id(c, "id", &id));
    TRY(report_open_for(c, id, true, r));
    TRY(fill_ask(c, r, &v, &asked));
    fill_head(c, r, asked, &v);
    fill_blocks(c, &r->told.lines, &v.blocks);
    fill_files(c, &r->files, &v);
    TRY(fill_shared(c, id, &v));
    TRY(fill_bundle(c, &r->row, &v));
    TRY(report_reason(c, &r->comps, &v.reason));
    fill_acts(c, r, asked, &v);
    TRY(people_nav(c, &v.nav, STAFF_PLATFORMS));
    return page(c, tpl_platforms_report, &v);
}
