/* /help and its JSON: services by need, province and opening hours, from what organisations keep up to date. */
#include "rules.h"

#include "views.h"

#include "network.sql.h"
#include "network_pages.h"
#include "tables.sql.h"
#include "texts.h"

#include <stdlib.h>

static const struct { const char *code; int text; } needs[] = {
    { "talk", T_NETWORK_NEED_TALK }, { "safe", T_NETWORK_NEED_SAFE }, { "health", T_NETWORK_NEED_HEALTH },
    { "mind", T_NETWORK_NEED_MIND }, { "legal", T_NETWORK_NEED_LEGAL }, { "school", T_NETWORK_NEED_SCHOOL },
    { "online", T_NETWORK_NEED_ONLINE }, { "family", T_NETWORK_NEED_FAMILY },
};

/* -- finding --------------------------------------------------------------------------------------------------------------- */

struct found { struct services_row *row; struct opening opening; };
struct founds { struct found *at; size_t n; };

static struct str known_need(struct str code)
{
    for (size_t i = 0; i < COUNT_OF(needs); i++)
        if (str_is(code, needs[i].code))
            return code;
    return STR("");
}

/* Open ones first, then the operator's rank. */
static int order(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    if (x->opening.open != y->opening.open)
        return x->opening.open ? -1 : 1;
    if (x->row->rank != y->row->rank)
        return x->row->rank < y->row->rank ? -1 : 1;
    return memcmp(x->row->id.b, y->row->id.b, sizeof x->row->id.b);
}

static status find(struct ctx *c, struct str province, struct str need, struct founds *all)
{
    struct sql_services_near in = { .province = province, .need = known_need(need), .after_rank = -1 };
    struct services_rows rows;

    TRY(sql_services_near(c->ledger, in, &rows));
    *all = (struct founds){ .at = NEW_N(c->arena, struct found, rows.n + 1) };
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            all->at[all->n++] = (struct found){ &rows.at[i], opening_at(rows.at[i].hours, c->now) };
    qsort(all->at, all->n, sizeof *all->at, order);
    return OK;
}

static struct str in_language(const struct ctx *c, struct str vi, struct str en)
{
    return c->lang == LANG_EN && en.n ? en : vi;
}

/* -- the page ----------------------------------------------------------------------------------------------------------------- */

static struct str hour_words(struct ctx *c, i64 at)
{
    char text[CLOCK_TEXT];

    clock_time(at, text);
    return arena_copy(c->arena, str_c(text));
}

/* "8:00 ngày mai", "24/11/2026 8:00" */
static struct str opens_words(struct ctx *c, i64 at)
{
    struct str hour = hour_words(c, at);
    char day[CLOCK_TEXT];

    if (clock_local_day(at) == clock_local_day(c->now))
        return text_fill(c->arena, (int)c->lang, T_NETWORK_HELP_TODAY, hour, STR(""));
    if (clock_local_day(at) == clock_local_day(c->now + DAY_MS))
        return text_fill(c->arena, (int)c->lang, T_NETWORK_HELP_TOMORROW, hour, STR(""));
    clock_day_vi(at, day);
    return arena_f(c->arena, "%s %.*s", day, (int)hour.n, hour.at);
}

static struct help_service card(struct ctx *c, const struct found *f)
{
    struct help_service s = {
        .name = in_language(c, f->row->name, f->row->name_en), .does = in_language(c, f->row->does, f->row->does_en),
        .place = STR(""), .hours_known = f->opening.known, .open = f->opening.open, .always = f->opening.always,
        .until = STR(""), .opens = STR(""), .number = f->row->phone, .call = url_tel(c->arena, f->row->phone),
        .connect = url_lang(c->arena, url_path("/speak"), c->page.lang_query),
    };

    if (f->opening.changes && f->opening.open)
        s.until = hour_words(c, f->opening.changes);
    if (f->opening.changes && !f->opening.open)
        s.opens = opens_words(c, f->opening.changes);
    return s;
}

struct choices network_province_choices(struct ctx *c, struct str chosen)
{
    struct provinces all = network_provinces();
    struct choices list = { .at = NEW_N(c->arena, struct choice, all.n + 1), .n = all.n };

    for (size_t i = 0; i < all.n; i++)
        list.at[i] = (struct choice){ .code = all.at[i].code, .name = in_language(c, all.at[i].name, all.at[i].name_en),
                                      .on = str_eq(all.at[i].code, chosen) };
    return list;
}

struct choices network_need_choices(struct ctx *c, struct str chosen)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, COUNT_OF(needs)), .n = COUNT_OF(needs) };

    for (size_t i = 0; i < COUNT_OF(needs); i++)
        list.at[i] = (struct choice){ .code = str_c(needs[i].code), .name = text_of(c, needs[i].text),
                                      .on = str_is(chosen, needs[i].code) };
    return list;
}

static struct url page_url(struct ctx *c, i64 number)
{
    struct url u = url_query(c->arena, url_lang(c->arena, url_path("/help"), c->page.lang_query), "province",
                             query_text(c, "province"));

    u = url_query(c->arena, u, "need", known_need(query_text(c, "need")));
    return url_query(c->arena, u, "page", arena_f(c->arena, "%lld", (long long)number));
}

/* 111 stands above all cards by itself, so it is not repeated among them. */
static bool is_111(const struct found *f)
{
    return str_is(f->row->phone, "111");
}

static void fill_cards(struct ctx *c, const struct founds *all, struct help_view *v)
{
    i64 number = 1;

    if (!str_i64(query_text(c, "page"), &number) || number < 1 || number > 100)
        number = 1;
    v->services.at = NEW_N(c->arena, struct help_service, HELP_PAGE_MAX);
    for (size_t i = 0; i < all->n; i++) {
        if (is_111(&all->at[i]))
            continue;
        v->open_now += all->at[i].opening.open;
        if (v->found >= (number - 1) * HELP_PAGE_MAX && v->services.n < HELP_PAGE_MAX)
            v->services.at[v->services.n++] = card(c, &all->at[i]);
        v->found++;
    }
    if (number > 1)
        v->before = page_url(c, number - 1);
    if (v->found > number * HELP_PAGE_MAX)
        v->after = page_url(c, number + 1);
}

static status help_show(struct ctx *c)
{
    struct str province = query_text(c, "province"), need = query_text(c, "need");
    struct help_view v = {
        .provinces = network_province_choices(c, province), .needs = network_need_choices(c, need), .searched = province.n + need.n > 0,
        .where = network_province_name(province, c->lang == LANG_EN), .before = { STR("") }, .after = { STR("") },
    };
    struct founds all;

    TRY(find(c, province, need, &all));
    fill_cards(c, &all, &v);
    return page_public(c, tpl_network_help, &v);
}

/* -- the same as JSON ------------------------------------------------------------------------------------------------------------ */

static void json_member(struct out *o, const char *name, struct str value)
{
    out_f(o, ",\"%s\":", name);
    out_json(o, value);
}

static void json_service(struct ctx *c, const struct found *f)
{
    char id[ID_TEXT + 1], at[CLOCK_TEXT];

    id_text(f->row->id, id);
    out_f(c->out, "{\"id\":\"%s\"", id);
    json_member(c->out, "name", in_language(c, f->row->name, f->row->name_en));
    json_member(c->out, "does", in_language(c, f->row->does, f->row->does_en));
    json_member(c->out, "phone", f->row->phone);
    json_member(c->out, "area", f->row->area);
    json_member(c->out, "needs", str_trim(f->row->needs));
    json_member(c->out, "hours", f->row->hours);
    out_f(c->out, ",\"open\":%s", f->opening.open ? "true" : "false");
    if (f->opening.changes) {
        clock_utc_iso(f->opening.changes, at);
        out_f(c->out, ",\"changes_at\":\"%s\"", at);
    }
    out_char(c->out, '}');
}

static status services_json(struct ctx *c)
{
    struct founds all;

    TRY(find(c, query_text(c, "province"), query_text(c, "need"), &all));
    out_c(c->out, "{\"services\":[");
    for (size_t i = 0; i < all.n; i++) {
        if (i)
            out_char(c->out, ',');
        json_service(c, &all.at[i]);
    }
    out_c(c->out, "]}\n");
    return answer_json(c, 200);
}

const struct route network_routes[] = {
    ROUTE(GET, "/help",            PUBLIC, NO_FORM, help_show),
    ROUTE(GET, "/api/v1/services", PUBLIC, NO_FORM, services_json, .api = true),
    ROUTES_END
};

/* -- from a data file ---------------------------------------------------------------------------------------------------------------- */

status network_add_service(struct ledger *l, const struct block *b, const struct id *org)
{
    struct services_row row = {
        .id = id_random(), .name = block_get(b, "name"), .name_en = block_get(b, "name_en"), .does = block_get(b, "does"),
        .does_en = block_get(b, "does_en"), .phone = block_get(b, "phone"), .area = block_get(b, "area"),
        .needs = arena_f(l->arena, " %.*s ", (int)block_get(b, "needs").n, block_get(b, "needs").at),
        .hours = block_get(b, "hours"), .source = block_get(b, "source"),
    };
    struct hours hours;

    if (org != NULL)
        row.org = (struct opt_id){ true, *org };
    if (!str_i64(block_get(b, "rank"), &row.rank))
        return fail(INVALID, "line %d: rank is not a number", b->line);
    if (!hours_read(row.hours, &hours))
        return fail(INVALID, "line %d: hours are like \"always\" or \"mo-fr 07:30-17:00; sa 08:00-11:30\"", b->line);
    return row_insert(l, &table_services, &row);
}
