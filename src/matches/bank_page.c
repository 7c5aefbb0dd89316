/* One bank and one of its records. */
#include "bank_pages.h"

#include "matches_pages.h"
#include "texts.h"

enum { PAGE_ROWS = 50 };

/* -- facts ----------------------------------------------------------------------------------------------------------------------- */

static struct str who_when(struct ctx *c, struct opt_id who, i64 when)
{
    struct str name = user_name(c, who), day = day_words(c, when);

    return name.n ? arena_f(c->arena, "%.*s, %.*s", (int)name.n, name.at, (int)day.n, day.at) : day;
}

static struct str hour_words(struct ctx *c, i64 ms)
{
    char time[CLOCK_TEXT];
    struct str day = day_words(c, ms);

    clock_time(ms, time);
    return arena_f(c->arena, "%s %.*s", time, (int)day.n, day.at);
}

static status file_facts(struct ctx *c, const struct banks_row *b, struct list_facts *f)
{
    struct bank_versions_row version = { 0 };
    struct bank_builds_row build = { 0 };
    status s = version_newest(c->ledger, b->no, &version);

    if (s != NOT_FOUND)
        TRY(s);
    s = sql_bank_build_newest(c->ledger, (struct sql_bank_build_newest){ .bank = b->no }, &build);
    if (s != NOT_FOUND)
        TRY(s);
    bank_fact(f, T_BANKS_FACT_RECORDS, number_text(c, version.records));
    bank_fact(f, T_BANKS_FACT_BUILD, build.build ? text_fill(c->arena, (int)c->lang, T_BANKS_FACT_BUILD_OF,
        number_text(c, build.n_full + build.n_cpp512 + build.n_exact), hour_words(c, build.at)) : text_of(c, T_BANKS_FACT_NO_BUILD));
    return OK;
}

static status fill_facts(struct ctx *c, const struct banks_row *b, struct bank_view *v)
{
    v->facts.at = NEW_N(c->arena, struct list_fact, 12);
    bank_fact(&v->facts, T_BANKS_FIELD_CODE, b->code);
    bank_fact(&v->facts, T_MATCHES_FIELD_CLASS, bank_class_name(c, b->class));
    bank_fact(&v->facts, T_MATCHES_FIELD_SOURCE, b->source);
    bank_fact(&v->facts, T_MATCHES_FIELD_BASIS, b->basis);
    bank_fact(&v->facts, T_BANKS_FIELD_RADIUS, arena_f(c->arena, "%lld", (long long)b->radius));
    bank_fact(&v->facts, T_BANKS_FIELD_FLOOD, number_text(c, b->flood));
    TRY(file_facts(c, b, &v->facts));
    bank_fact(&v->facts, T_MATCHES_FACT_PROPOSED, who_when(c, (struct opt_id){ !id_is_zero(b->set_by), b->set_by }, b->set_at));
    if (b->first_by.has)
        bank_fact(&v->facts, T_MATCHES_FACT_FIRST, who_when(c, b->first_by, b->first_at.v));
    return OK;
}

static status fill_alarm(struct ctx *c, const struct banks_row *b, struct bank_view *v)
{
    struct bank_alarms_all_rows alarms;

    TRY(sql_bank_alarms_all(c->ledger->db, &alarms));
    for (size_t i = 0; i < alarms.n; i++)
        if (alarms.at[i].bank == b->no) {
            v->alarm = alarms.at[i].why;
            v->alarm_rows = alarms.at[i].rows_wrong;
        }
    return OK;
}

/* -- records ----------------------------------------------------------------------------------------------------------------------- */

static const struct { const char *code; int text; i64 hold; } holds[] = {
    { "", T_BANKS_SHOW_NEWEST, HOLD_NONE }, { "waits", T_BANKS_RECORD_WAITS, HOLD_WAITS }, { "flood", T_BANKS_RECORD_FLOOD, HOLD_FLOOD },
    { "denied", T_BANKS_RECORD_DENIED, HOLD_DENIED },
};

static i64 hold_asked(struct str code)
{
    for (size_t i = 0; i < COUNT_OF(holds); i++)
        if (str_is(code, holds[i].code))
            return holds[i].hold;
    return HOLD_NONE;
}

static status read_page(struct ctx *c, const struct banks_row *b, i64 hold, struct bank_hashes_rows *rows)
{
    struct str from = query_text(c, "from");
    struct sql_bank_hashes_held held = { .bank = b->no, .hold = hold };
    i64 before = INT64_MAX;

    if (hold == HOLD_NONE) {
        if (from.n > 0 && !str_i64(from, &before))
            return fail(NOT_FOUND, "no such place in the bank");
        return sql_bank_hashes_newest(c->ledger->db, (struct sql_bank_hashes_newest){ .bank = b->no, .before = before }, rows);
    }
    if (from.n > 0 && !id_of_text(from, &held.after))
        return fail(NOT_FOUND, "no such place in the bank");
    return sql_bank_hashes_held(c->ledger->db, held, rows);
}

static struct url page_url(struct ctx *c, struct id bank, struct str show, struct str from)
{
    struct url u = url_path(bank_path_text(c, bank, "").at);

    if (show.n > 0)
        u = url_query(c->arena, u, "show", show);
    if (from.n > 0)
        u = url_query(c->arena, u, "from", from);
    return url_lang(c->arena, u, c->page.lang_query);
}

static struct str place_text(struct ctx *c, i64 hold, const struct bank_hashes_row *r)
{
    char text[ID_TEXT + 1];

    id_text(r->id, text);
    return hold == HOLD_NONE ? arena_f(c->arena, "%lld", (long long)r->seq) : arena_copy(c->arena, str_c(text));
}

static status fill_records(struct ctx *c, const struct banks_row *b, struct bank_view *v)
{
    struct str show = query_text(c, "show");
    i64 hold = hold_asked(show);
    struct bank_hashes_rows rows;

    TRY(read_page(c, b, hold, &rows));
    v->rows.at = NEW_N(c->arena, struct record_line, PAGE_ROWS);
    for (size_t i = 0; i < rows.n && i < PAGE_ROWS; i++) {
        const struct bank_hashes_row *r = &rows.at[i];

        v->rows.at[v->rows.n++] = (struct record_line){ r->id, str_c(hash_kind_code((enum hash_kind)r->kind)), short_value(c->arena, r),
                                                        day_words(c, r->at), record_state_text(r), record_state_look(r) };
    }
    if (rows.n > PAGE_ROWS)
        v->next = page_url(c, b->id, show, place_text(c, hold, &rows.at[PAGE_ROWS - 1]));
    if (query_text(c, "from").n > 0)
        v->start = page_url(c, b->id, show, STR(""));
    v->holds = (struct choices){ .at = NEW_N(c->arena, struct choice, COUNT_OF(holds)), .n = COUNT_OF(holds) };
    for (size_t i = 0; i < COUNT_OF(holds); i++)
        v->holds.at[i] = (struct choice){ str_c(holds[i].code), text_of(c, holds[i].text), holds[i].hold == hold };
    return OK;
}

static status fill_batches(struct ctx *c, const struct banks_row *b, struct bank_view *v)
{
    struct bank_batches_rows rows;

    TRY(sql_bank_batches_of(c->ledger, (struct sql_bank_batches_of){ .bank = b->no }, &rows));
    v->batches.at = NEW_N(c->arena, struct batch_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        const struct bank_batches_row *r = &rows.at[i];

        if (!r->altered)
            v->batches.at[v->batches.n++] = (struct batch_line){ r->id, r->name, user_name(c, (struct opt_id){ !id_is_zero(r->set_by), r->set_by }),
                day_words(c, r->set_at), r->records, batch_state_text(r->state), batch_state_look(r->state) };
    }
    return OK;
}

static void fill_rights(struct ctx *c, const struct banks_row *b, struct bank_view *v)
{
    bool reviews = may(c, MAY_REVIEW_LISTS), waits = str_is(b->state, "proposed"), own = id_eq(b->set_by, c->actor.user);

    v->active = str_is(b->state, "active");
    v->can_approve = reviews && waits && !own;
    v->bar = reviews && waits && own ? T_MATCHES_BAR_OWN : 0;
    v->can_off = reviews && v->active;
    v->can_on = reviews && str_is(b->state, "off");
}

status bank_show(struct ctx *c)
{
    struct banks_row b;
    struct bank_view v = { 0 };

    TRY(bank_of_path(c, &b));
    v.id = b.id;
    v.name = b.name;
    v.negative = b.negative;
    v.sandbox = b.sandbox;
    v.state = bank_state_text(b.state);
    v.look = bank_state_look(b.state);
    TRY(fill_facts(c, &b, &v));
    TRY(fill_alarm(c, &b, &v));
    TRY(fill_records(c, &b, &v));
    TRY(fill_batches(c, &b, &v));
    fill_rights(c, &b, &v);
    TRY(people_nav(c, &v.nav, STAFF_BANKS));
    return page(c, tpl_matches_bank, &v);
}

/* -- deciding about a bank ----------------------------------------------------------------------------------------------------------- */

static status turn(struct ctx *c, struct banks_row *b, struct str what)
{
    bool approve = str_is(what, "approve"), on = str_is(what, "on");
    const char *from = approve ? "proposed" : on ? "off" : "active";

    if (!approve && !on && !str_is(what, "off"))
        return fail(CONFLICT, "no such act");
    if (!str_is(b->state, from))
        return fail(CONFLICT, "the bank was changed meanwhile");
    if (approve && id_eq(b->set_by, c->actor.user))
        return fail(DENIED, "who proposed a bank does not approve it");
    b->state = approve || on ? STR("active") : STR("off");
    b->first_by = (struct opt_id){ true, c->actor.user };
    b->first_at = (struct opt_i64){ true, c->now };
    return OK;
}

static status turn_in_act(struct ctx *c, struct banks_row *b, struct str what)
{
    TRY(act_begin(c->ledger, (struct act_info){ .act = "bank.state", .now = c->now, .actor = c->actor.user, .object = b->id }));
    TRY(row_get(c->ledger, &table_banks, b));
    TRY(turn(c, b, what));
    TRY(banks_turn(c->ledger, c->now));
    TRY(row_update(c->ledger, &table_banks, b));
    return act_commit(c->ledger);
}

status bank_do(struct ctx *c)
{
    struct banks_row b;

    TRY(bank_of_path(c, &b));
    return bank_done(c, turn_in_act(c, &b, form_text(c, "do")), T_MATCHES_FLASH_DECIDED, bank_path_text(c, b.id, ""));
}
