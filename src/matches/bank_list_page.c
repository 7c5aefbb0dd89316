/* A list of hashes on its way into a bank: brought, checked, taken in, approved. */
#include "bank_pages.h"

#include "../base/text.h"

#include "matches_pages.h"
#include "texts.h"

enum { UPLOAD_MAX = 26 << 20, LIST_ROOM = 96 << 20 };

static int fault_text(enum file_fault_kind kind)
{
    static const int texts[] = {
        [FILE_EMPTY] = T_BANKS_FAULT_EMPTY, [FILE_HEADER] = T_BANKS_FAULT_HEADER, [FILE_SHAPE] = T_BANKS_FAULT_SHAPE, [FILE_KIND] = T_BANKS_FAULT_KIND,
        [FILE_VALUE] = T_BANKS_FAULT_VALUE, [FILE_QUALITY] = T_BANKS_FAULT_QUALITY, [FILE_STATUS] = T_BANKS_FAULT_STATUS,
        [FILE_FAMILY] = T_BANKS_FAULT_FAMILY, [FILE_SOURCE_ID] = T_BANKS_FAULT_SOURCE_ID, [FILE_JSON] = T_BANKS_FAULT_JSON,
        [FILE_XML] = T_BANKS_FAULT_XML, [FILE_DOCTYPE] = T_BANKS_FAULT_DOCTYPE, [FILE_MANY] = T_BANKS_FAULT_MANY,
    };

    return texts[kind];
}

/* -- the file that was brought ------------------------------------------------------------------------------------------------------- */

static status to_out(void *to, const void *bytes, size_t n)
{
    struct out *o = to;

    out_bytes(o, bytes, n);
    return o->over ? fail(TOO_LARGE, "the file is too large for a page") : OK;
}

static void free_out(void *what)
{
    out_free(what);
}

/* A builder that goes with the request, however it ends. */
static struct out *request_out(struct ctx *c, size_t max)
{
    struct out *o = NEW(c->arena, struct out);

    o->max = max;
    arena_at_end(c->arena, free_out, o);
    return o;
}

/* The file, else what was typed. */
static status brought(struct ctx *c, struct str *text, struct str *name)
{
    struct form_files files = form_files(c, "file");
    struct out *o;

    *text = form_text(c, "list");
    *name = text_of(c, T_BANKS_LIST_TYPED);
    if (files.n == 0 || (files.at[0].size == 0 && text->n > 0))
        return OK;
    *name = files.at[0].name;
    if (files.at[0].too_large)
        return form_refuse(c, "file", text_of(c, T_BANKS_WRONG_LARGE));
    o = request_out(c, UPLOAD_MAX);
    TRY(form_file_read(c, &files.at[0], to_out, o));
    *text = out_done(o);
    return OK;
}

static void show_faults(struct ctx *c, const struct file_check *check, struct bank_import_view *v)
{
    v->lines.at = NEW_N(c->arena, struct import_fault_line, check->n + 1);
    for (size_t i = 0; i < check->n && i < 50; i++)
        v->lines.at[v->lines.n++] = (struct import_fault_line){ check->at[i].line, text_clean(c->arena, check->at[i].text), fault_text(check->at[i].kind) };
    v->lines_all = check->faults;
    v->by_record = check->format == FORMAT_STOPNCII;
}

status bank_import_show(struct ctx *c)
{
    static const char *const fields[] = { "file", "list", NULL };
    struct bank_import_view v = { .faults = faults_of(c, fields), .text = typed_of(c, "list", STR("")), .file_error = form_error(c, "file") };
    struct banks_row bank;

    TRY(bank_of_path(c, &bank));
    v.bank = bank.id;
    v.bank_name = bank.name;
    if (form_failed(c) && v.file_error.n == 0) {
        struct file_check check = { 0 };
        struct str text, name;

        TRY(brought(c, &text, &name));
        bank_file_check(c->arena, text, &check);
        show_faults(c, &check, &v);
    }
    TRY(people_nav(c, &v.nav, STAFF_BANKS));
    return page(c, tpl_matches_bank_import, &v);
}

status bank_import_do(struct ctx *c)
{
    struct file_check check = { 0 };
    struct str text, name;
    struct banks_row bank;
    char list[ID_TEXT + 1];
    struct id id;

    TRY(bank_of_path(c, &bank));
    TRY(brought(c, &text, &name));
    check.list = request_out(c, LIST_ROOM);
    bank_file_check(c->arena, text, &check);
    if (check.faults > 0)
        return form_refuse(c, "list", text_of(c, check.at[0].kind == FILE_EMPTY ? T_BANKS_FAULT_EMPTY : T_BANKS_WRONG_LINES));
    if (check.list->over)
        return form_refuse(c, "file", text_of(c, T_BANKS_WRONG_LARGE));
    TRY(batch_make(c->ledger, c->app->data_dir, &(struct batch_new){ .bank = bank.id, .by = c->actor.user, .name = text_upto(name, 120),
        .list = out_done(check.list), .check = &check, .now = c->now }, &id));
    id_text(id, list);
    return see_other(c, bank_path_text(c, bank.id, arena_f(c->arena, "/lists/%s", list).at).at);
}

/* -- the list -------------------------------------------------------------------------------------------------------------------------- */

static status list_of_path(struct ctx *c, struct banks_row *bank, struct bank_batches_row *b)
{
    *b = (struct bank_batches_row){ 0 };
    TRY(bank_of_path(c, bank));
    TRY(path_id(c, "list", &b->id));
    TRY(row_get(c->ledger, &table_bank_batches, b));
    return b->bank == bank->no ? OK : fail(NOT_FOUND, "the list is another bank's");
}

static struct str who_when(struct ctx *c, struct opt_id who, i64 when)
{
    struct str name = user_name(c, who), day = day_words(c, when);

    return name.n ? arena_f(c->arena, "%.*s, %.*s", (int)name.n, name.at, (int)day.n, day.at) : day;
}

static void fill_facts(struct ctx *c, const struct bank_batches_row *b, struct list_facts *f)
{
    f->at = NEW_N(c->arena, struct list_fact, 10);
    bank_fact(f, T_BANKS_FACT_FORMAT, b->format);
    bank_fact(f, T_BANKS_FACT_RECORDS, number_text(c, b->records));
    if (!str_is(b->state, "checked") && b->added + b->changed + b->same > 0)
        bank_fact(f, T_BANKS_FACT_TAKEN, text_fill(c->arena, (int)c->lang, T_BANKS_FACT_TAKEN_ARE, number_text(c, b->added),
                                                   number_text(c, b->changed + b->same)));
    bank_fact(f, T_BANKS_FACT_BROUGHT, who_when(c, (struct opt_id){ !id_is_zero(b->set_by), b->set_by }, b->set_at));
    if (b->first_by.has && b->first_at.has)
        bank_fact(f, T_MATCHES_FACT_FIRST, who_when(c, b->first_by, b->first_at.v));
    if (b->second_by.has)
        bank_fact(f, T_MATCHES_FACT_SECOND, who_when(c, b->second_by, b->second_at.v));
}

static int say_of(struct str state)
{
    return str_is(state, "checked") ? T_BANKS_LIST_SAY_CHECKED : str_is(state, "waiting") ? T_BANKS_LIST_SAY_WAITING
        : str_is(state, "active") ? T_BANKS_LIST_SAY_ACTIVE : str_is(state, "refused") || str_is(state, "refusing") ? T_BANKS_LIST_SAY_REFUSED
        : T_BANKS_LIST_SAY_RUNNING;
}

static void fill_rights(struct ctx *c, const struct bank_batches_row *b, struct bank_list_view *v)
{
    bool reviews = may(c, MAY_REVIEW_LISTS), own = id_eq(b->set_by, c->actor.user);
    enum batch_bar bar = batch_bar(b, c->actor.user);

    v->can_take = v->can_drop = own && str_is(b->state, "checked");
    v->can_approve = v->can_refuse = reviews && bar == BATCH_FINE;
    v->bar = !reviews ? 0 : bar == BATCH_OWN ? T_BANKS_BAR_OWN : bar == BATCH_SEEN ? T_MATCHES_BAR_SEEN : 0;
    v->running = str_is(b->state, "importing") || str_is(b->state, "approving") || str_is(b->state, "refusing");
    v->percent = b->records ? b->done * 100 / b->records : 0;
}

status bank_list_show(struct ctx *c)
{
    struct bank_list_view v = { 0 };
    struct bank_batches_row b;
    struct banks_row bank;

    TRY(list_of_path(c, &bank, &b));
    v.bank = bank.id;
    v.bank_name = bank.name;
    v.id = b.id;
    v.name = b.name;
    v.records = b.records;
    v.state = batch_state_text(b.state);
    v.look = batch_state_look(b.state);
    v.say = say_of(b.state);
    fill_facts(c, &b, &v.facts);
    fill_rights(c, &b, &v);
    TRY(people_nav(c, &v.nav, STAFF_BANKS));
    return page(c, tpl_matches_bank_list, &v);
}

/* Who brings lists takes them in or drops them; only who reviews approves or refuses. */
static status decide(struct ctx *c, struct id batch, struct str what)
{
    static const struct { const char *name; enum batch_word word; bool reviewer; } words[] = {
        { "take", BATCH_TAKE, false }, { "drop", BATCH_DROP, false }, { "approve", BATCH_APPROVE, true }, { "refuse", BATCH_REFUSE, true },
    };

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_is(what, words[i].name))
            return words[i].reviewer && !may(c, MAY_REVIEW_LISTS) ? fail(DENIED, "only a reviewer decides")
                : batch_decide(c->ledger, c->app->data_dir, &(struct batch_act){ batch, c->actor.user, words[i].word, c->now });
    return fail(CONFLICT, "no such act");
}

status bank_list_do(struct ctx *c)
{
    struct bank_batches_row b;
    struct banks_row bank;
    char text[ID_TEXT + 1];

    TRY(list_of_path(c, &bank, &b));
    id_text(b.id, text);
    return bank_done(c, decide(c, b.id, form_text(c, "do")), T_MATCHES_FLASH_DECIDED,
                     bank_path_text(c, bank.id, arena_f(c->arena, "/lists/%s", text).at));
}
