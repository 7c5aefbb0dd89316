/* /banks: all banks, a hash looked up in them, a new one; and the routes of all their pages. */
#include "bank_pages.h"

#include "matches_pages.h"
#include "texts.h"

enum { FOUND_MAX = 100 };

/* -- the list -------------------------------------------------------------------------------------------------------------------- */

static bool alarmed(const struct bank_alarms_all_rows *alarms, i64 bank)
{
    for (size_t i = 0; i < alarms->n; i++)
        if (alarms->at[i].bank == bank)
            return true;
    return false;
}

static status line_of(struct ctx *c, const struct banks_row *b, bool alarm, struct bank_line *line)
{
    struct bank_versions_row version = { 0 };
    struct bank_hold_count_row waits;
    status s = version_newest(c->ledger, b->no, &version);

    if (s != NOT_FOUND)
        TRY(s);
    TRY(sql_bank_hold_count(c->ledger->db, (struct sql_bank_hold_count){ .bank = b->no, .hold = HOLD_WAITS }, &waits));
    *line = (struct bank_line){ .id = b->id, .name = b->name, .code = b->code, .class = bank_class_name(c, b->class), .records = number_text(c, version.records),
        .waits = waits.n, .state = bank_state_text(b->state), .look = bank_state_look(b->state), .negative = b->negative,
        .sandbox = b->sandbox, .alarm = alarm };
    return OK;
}

static status fill_lines(struct ctx *c, const struct banks_rows *rows, struct banks_view *v)
{
    struct bank_alarms_all_rows alarms;

    TRY(sql_bank_alarms_all(c->ledger->db, &alarms));
    v->alarms = (i64)alarms.n;
    v->rows.at = NEW_N(c->arena, struct bank_line, rows->n + 1);
    for (size_t i = 0; i < rows->n; i++)
        TRY(line_of(c, &rows->at[i], alarmed(&alarms, rows->at[i].no), &v->rows.at[v->rows.n++]));
    return OK;
}

/* Production first. */
static status all_banks(struct ctx *c, struct banks_rows *all)
{
    struct banks_rows part[2];

    for (int sandbox = 0; sandbox < 2; sandbox++)
        TRY(sql_banks_of(c->ledger, (struct sql_banks_of){ .sandbox = sandbox }, &part[sandbox]));
    *all = (struct banks_rows){ .at = NEW_N(c->arena, struct banks_row, part[0].n + part[1].n + 1) };
    for (int sandbox = 0; sandbox < 2; sandbox++)
        for (size_t i = 0; i < part[sandbox].n; i++)
            if (!part[sandbox].at[i].altered)
                all->at[all->n++] = part[sandbox].at[i];
    return OK;
}

static const struct banks_row *bank_at(const struct banks_rows *all, i64 no)
{
    for (size_t i = 0; i < all->n; i++)
        if (all->at[i].no == no)
            return &all->at[i];
    return NULL;
}

static status fill_waiting(struct ctx *c, const struct banks_rows *all, struct banks_view *v)
{
    struct bank_batches_rows rows;

    TRY(sql_bank_batches_in(c->ledger, (struct sql_bank_batches_in){ .state = STR("waiting") }, &rows));
    v->lists.at = NEW_N(c->arena, struct waiting_list, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        const struct bank_batches_row *b = &rows.at[i];
        const struct banks_row *bank = b->altered ? NULL : bank_at(all, b->bank);

        if (bank != NULL)
            v->lists.at[v->lists.n++] = (struct waiting_list){ bank->id, b->id, b->name, bank->name,
                user_name(c, (struct opt_id){ !id_is_zero(b->set_by), b->set_by }), day_words(c, b->set_at), b->records };
    }
    return OK;
}

/* -- one hash ---------------------------------------------------------------------------------------------------------------------- */

static void found_add(struct ctx *c, struct banks_view *v, const struct banks_row *bank, const struct bank_hashes_row *r, i64 distance)
{
    for (size_t i = 0; i < v->found.n; i++)
        if (id_eq(v->found.at[i].bank, bank->id) && id_eq(v->found.at[i].hash, r->id))
            return;
    if (v->found.n < FOUND_MAX)
        v->found.at[v->found.n++] = (struct found_line){ .bank = bank->id, .hash = r->id, .bank_name = bank->name,
            .class = bank_class_name(c, bank->class), .kind = str_c(hash_kind_code((enum hash_kind)r->kind)), .distance = distance,
            .state = record_state_text(r), .look = record_state_look(r), .negative = bank->negative };
}

/* The record itself, whatever its state: also one that matches nothing. */
static status find_record(struct ctx *c, const struct banks_rows *all, struct id id, struct banks_view *v)
{
    for (size_t i = 0; i < all->n; i++) {
        struct bank_hashes_row row;
        status s = record_row(c->ledger, all->at[i].no, id, &row);

        if (s == OK)
            found_add(c, v, &all->at[i], &row, 0);
        else if (s != NOT_FOUND)
            return s;
    }
    return OK;
}

static status find_near(struct ctx *c, const struct banks_rows *all, const struct bank_query *q, struct banks_view *v)
{
    struct bank_hits hits;

    TRY(banks_find(c, q, &hits));
    for (size_t i = 0; i < hits.n; i++)
        for (size_t k = 0; k < all->n; k++) {
            struct bank_hashes_row row;

            if (id_eq(all->at[k].id, hits.at[i].bank) && record_row(c->ledger, all->at[k].no, hits.at[i].hash, &row) == OK)
                found_add(c, v, &all->at[k], &row, hits.at[i].distance);
        }
    fail_clear();
    return OK;
}

static status search_as(struct ctx *c, const struct banks_rows *all, enum hash_kind kind, struct banks_view *v)
{
    struct query_exact exact = { .kind = kind };
    struct query_pdq pdq = { .family = FAMILY_FULL, .quality = QUALITY_UNKNOWN };
    struct str value;

    if (hash_value_read(c->arena, kind, v->q, &value) != OK) {
        fail_clear();
        return OK;
    }
    v->searched = true;
    exact.value = value;
    pdq.bits = (const uint8_t *)value.at;
    TRY(find_record(c, all, hash_id(kind, FAMILY_FULL, value), v));
    if (kind == HASH_PDQ)
        TRY(find_record(c, all, hash_id(kind, FAMILY_CPP512, value), v));
    for (int sandbox = 0; sandbox < 2; sandbox++)
        TRY(find_near(c, all, kind == HASH_PDQ ? &(struct bank_query){ .pdq = &pdq, .n_pdq = 1, .sandbox = sandbox }
                                               : &(struct bank_query){ .exact = &exact, .n_exact = 1, .sandbox = sandbox }, v));
    return OK;
}

/* 64 digits may be a PDQ hash or a SHA-256; a text with a dot in it is an address. */
static status search(struct ctx *c, const struct banks_rows *all, struct banks_view *v)
{
    static const enum hash_kind kinds[] = { HASH_PDQ, HASH_MD5, HASH_SHA1, HASH_SHA256 };

    v->found.at = NEW_N(c->arena, struct found_line, FOUND_MAX);
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        TRY(search_as(c, all, kinds[i], v));
    if (!v->searched && str_find_char(v->q, '.') < v->q.n)
        TRY(search_as(c, all, HASH_URL, v));
    if (!v->searched)
        v->q_error = text_of(c, T_BANKS_WRONG_Q);
    return OK;
}

status banks_show(struct ctx *c)
{
    struct banks_view v = { .q = str_trim(query_text(c, "q")), .reviews = may(c, MAY_REVIEW_LISTS) };
    struct banks_rows all;

    TRY(all_banks(c, &all));
    if (v.q.n > 0)
        TRY(search(c, &all, &v));
    TRY(fill_waiting(c, &all, &v));
    TRY(fill_lines(c, &all, &v));
    TRY(people_nav(c, &v.nav, STAFF_BANKS));
    return page(c, tpl_matches_banks, &v);
}

/* -- a new bank ------------------------------------------------------------------------------------------------------------------------ */

static struct choices classes(struct ctx *c, struct str chosen)
{
    struct bank_classes all = bank_classes();
    struct choices list = { .at = NEW_N(c->arena, struct choice, all.n), .n = all.n };

    for (size_t i = 0; i < all.n; i++)
        list.at[i] = (struct choice){ all.at[i].code, bank_class_name(c, all.at[i].code), str_eq(chosen, all.at[i].code) };
    return list;
}

status bank_new_show(struct ctx *c)
{
    static const char *const fields[] = { "name", "code", "class", "source", "basis", "radius", "flood", NULL };
    struct str code = form_failed(c) ? form_text(c, "class") : query_text(c, "class");
    const struct bank_class *class = bank_class(code);
    struct bank_new_view v = { .faults = faults_of(c, fields), .name = typed_of(c, "name", STR("")), .code = typed_of(c, "code", STR("")),
        .class = { code, form_error(c, "class") }, .classes = classes(c, code), .source = typed_of(c, "source", STR("")),
        .basis = typed_of(c, "basis", class ? c->lang == LANG_EN && class->basis_en.n ? class->basis_en : class->basis : STR("")),
        .radius = typed_of(c, "radius", STR("31")), .flood = typed_of(c, "flood", arena_f(c->arena, "%lld", (long long)bank_flood_usual())),
        .negative = form_text(c, "negative").n > 0, .sandbox = form_text(c, "sandbox").n > 0 };

    TRY(people_nav(c, &v.nav, STAFF_BANKS));
    return page(c, tpl_matches_bank_new, &v);
}

static void read_new(struct ctx *c, struct bank_new *b)
{
    const struct bank_class *class;

    *b = (struct bank_new){ .code = trimmed(c, "code"), .name = trimmed(c, "name"), .source = trimmed(c, "source"), .class = trimmed(c, "class"),
        .basis = trimmed(c, "basis"), .negative = form_text(c, "negative").n > 0, .sandbox = form_text(c, "sandbox").n > 0,
        .proposed = true, .by = c->actor.user, .now = c->now };
    class = bank_class(b->class);
    if (b->name.n == 0)
        refuse(c, "name", T_BANKS_WRONG_NAME);
    if (!bank_code_right(b->code))
        refuse(c, "code", T_BANKS_WRONG_CODE);
    else if (bank_code_kept(b->code))
        refuse(c, "code", T_BANKS_WRONG_TAKEN);
    if (class == NULL)
        refuse(c, "class", T_MATCHES_WRONG_CLASS);
    if (b->source.n == 0)
        refuse(c, "source", T_MATCHES_WRONG_SOURCE);
    if (b->basis.n == 0 && class != NULL)
        b->basis = class->basis;
    if (b->basis.n == 0)
        refuse(c, "basis", T_MATCHES_WRONG_BASIS);
    if (!str_i64(trimmed(c, "radius"), &b->radius) || b->radius < 0 || b->radius > RADIUS_MAX)
        refuse(c, "radius", T_BANKS_WRONG_RADIUS);
    if (!str_i64(trimmed(c, "flood"), &b->flood) || b->flood < 1 || b->flood > 1000000000)
        refuse(c, "flood", T_BANKS_WRONG_FLOOD);
}

static status open_bank(struct ctx *c, const struct bank_new *b, struct id *id)
{
    TRY(act_begin(c->ledger, (struct act_info){ .act = "bank.propose", .now = c->now, .actor = c->actor.user }));
    TRY(banks_open(c->ledger, b, id));
    return act_commit(c->ledger);
}

status bank_new_add(struct ctx *c)
{
    struct bank_new b;
    struct id id;
    status s;

    read_new(c, &b);
    TRY(refused(c));
    s = open_bank(c, &b, &id);
    if (s == CONFLICT) {
        act_abort(c->ledger);
        return form_refuse(c, "code", text_of(c, T_BANKS_WRONG_TAKEN));
    }
    TRY(s);
    return done(c, T_BANKS_FLASH_PROPOSED, bank_path_text(c, id, "").at);
}

/* -- routes -------------------------------------------------------------------------------------------------------------------------------- */

#define TOKEN { .name = "token", .max = 100 }
#define BANK_FORM FORM({ .name = "name", .max = 120 }, { .name = "code", .max = 40 }, { .name = "class", .max = 20 }, { .name = "source", .max = 300 }, \
    { .name = "basis", .max = 300 }, { .name = "radius", .max = 3 }, { .name = "flood", .max = 10 }, { .name = "negative", .max = 3 }, \
    { .name = "sandbox", .max = 3 }, TOKEN)
#define DO_FORM FORM({ .name = "do", .max = 10 }, TOKEN)
#define WORDS_FORM FORM({ .name = "do", .max = 10 }, { .name = "words", .max = WORDS_CHARS }, TOKEN)
#define ADD_FORM FORM({ .name = "kind", .max = 10 }, { .name = "value", .max = 8200 }, { .name = "quality", .max = 3 }, \
    { .name = "source_id", .max = SOURCE_ID_CHARS }, { .name = "cpp512", .max = 3 }, { .name = "video", .max = 3 }, TOKEN)
#define FILE_FORM FORM({ .name = "list", .max = 200000 }, { .name = "file", .file = true }, TOKEN)

const struct route bank_routes[] = {
    ROUTE(GET,  "/banks",                     MAY_LIST_NAMES,   NO_FORM,    banks_show),
    ROUTE(GET,  "/banks/new",                 MAY_LIST_NAMES,   NO_FORM,    bank_new_show),
    ROUTE(POST, "/banks/new",                 MAY_LIST_NAMES,   BANK_FORM,  bank_new_add),
    ROUTE(GET,  "/banks/:bank",               MAY_LIST_NAMES,   NO_FORM,    bank_show),
    ROUTE(POST, "/banks/:bank",               MAY_REVIEW_LISTS, DO_FORM,    bank_do),
    ROUTE(GET,  "/banks/:bank/add",           MAY_LIST_NAMES,   NO_FORM,    bank_add_show),
    ROUTE(POST, "/banks/:bank/add",           MAY_LIST_NAMES,   ADD_FORM,   bank_add_do),
    ROUTE(GET,  "/banks/:bank/import",        MAY_LIST_NAMES,   NO_FORM,    bank_import_show),
    ROUTE(POST, "/banks/:bank/import",        MAY_LIST_NAMES,   FILE_FORM,  bank_import_do),
    ROUTE(GET,  "/banks/:bank/lists/:list",   MAY_LIST_NAMES,   NO_FORM,    bank_list_show),
    ROUTE(POST, "/banks/:bank/lists/:list",   MAY_LIST_NAMES,   DO_FORM,    bank_list_do),
    ROUTE(GET,  "/banks/:bank/hashes/:hash",  MAY_LIST_NAMES,   NO_FORM,    bank_hash_show),
    ROUTE(POST, "/banks/:bank/hashes/:hash",  MAY_REVIEW_LISTS, WORDS_FORM, bank_hash_do),
    ROUTES_END
};
