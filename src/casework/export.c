/* Asking for a table of cases, deciding on it, fetching it. Each is one act with one log entry. */
#include "export.h"


#include "texts.h"

/* -- words sealed to the unit ------------------------------------------------------------------------------------------------------------- */

/* A reason may say more than a clear column should hold. It is dropped as a record is, with the request in the compartment's place. */
static struct str seal_words(struct ctx *c, const struct unit_key *key, struct id id, struct str text)
{
    struct record r = { .kind = RECORD_REASON, .author = c->actor.user, .time = c->now, .text = text };

    return vault_record_drop(c->arena, &key->opk, id, id, &r);
}

static struct str open_words(struct ctx *c, const struct exports_row *row, struct str sealed)
{
    struct comp_keys *keys = SECRET(c->ledger->secrets, struct comp_keys);
    struct record r = { 0 };
    struct pair *pair;

    if (sealed.at == NULL || people_open_unit(c, row->unit, row->epoch, &pair) != OK)
        return STR_NULL;
    keys->drop = *pair;
    return vault_record_open(c->arena, keys, row->id, row->id, sealed, &r) == OK ? r.text : STR_NULL;
}

/* -- one request ---------------------------------------------------------------------------------------------------------------------------- */

static bool own_unit(const struct ctx *c, struct id unit)
{
    for (size_t i = 0; i < c->actor.n_units; i++)
        if (id_eq(c->actor.units[i], unit))
            return true;
    return false;
}

static struct act_info info_of(const struct ctx *c, const char *act, const struct exports_row *row)
{
    return (struct act_info){ .act = act, .now = c->now, .actor = c->actor.user, .unit = row->unit, .object = row->id };
}

struct str export_ref(struct ctx *c, struct id id)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return arena_f(c->arena, "XK-%s", text + ID_TEXT - 8);
}

struct str export_state(const struct exports_row *row, i64 now)
{
    return str_is(row->state, "agreed") && row->decided.has && row->decided.v + EXPORT_FETCH_MS <= now ? STR("over") : row->state;
}

status export_open(struct ctx *c, struct id id, struct export_one *e)
{
    *e = (struct export_one){ .row = { .id = id } };
    TRY(row_get(c->ledger, &table_exports, &e->row));
    if (!own_unit(c, e->row.unit))
        return NOT_FOUND;
    e->reason = open_words(c, &e->row, e->row.reason);
    e->answer = open_words(c, &e->row, e->row.answer);
    return OK;
}

/* -- asking --------------------------------------------------------------------------------------------------------------------------------- */

static i64 lowest(struct str scope)
{
    return str_is(scope, "open") ? 1 : 0;
}

static i64 highest(struct str scope)
{
    return str_is(scope, "closed") ? 0 : 1;
}

status export_count(struct ctx *c, const struct export_ask *ask, i64 *n)
{
    struct casefiles_to_export_count_row row;

    TRY(sql_casefiles_to_export_count(c->ledger->db, (struct sql_casefiles_to_export_count){
        .unit = ask->unit, .since = ask->since, .until = ask->until, .low = lowest(ask->scope), .high = highest(ask->scope) }, &row));
    *n = row.n;
    return OK;
}

status export_new(struct ctx *c, const struct export_ask *ask, struct id *id)
{
    struct exports_row row = {
        .id = id_timed(c->now), .unit = ask->unit, .format = ask->format, .scope = ask->scope, .since = ask->since, .until = ask->until,
        .fields = ask->fields, .names = export_names(ask->fields), .state = STR("asked"), .asked_by = c->actor.user, .asked = c->now,
    };
    struct unit_key key;

    if (!own_unit(c, ask->unit))
        return NOT_FOUND;
    TRY(people_unit_key(c->ledger, ask->unit, c->now, &key));
    row.epoch = key.epoch;
    row.reason = seal_words(c, &key, row.id, ask->reason);
    *id = row.id;
    TRY(act_begin(c->ledger, info_of(c, "export.ask", &row)));
    TRY(row_insert(c->ledger, &table_exports, &row));
    return act_commit(c->ledger);
}

/* -- deciding ------------------------------------------------------------------------------------------------------------------------------- */

static bool may_decide(const struct ctx *c, const struct exports_row *row, const char *state)
{
    bool own = id_eq(row->asked_by, c->actor.user);

    if (strcmp(state, "withdrawn") == 0)
        return own && (str_is(row->state, "asked") || str_is(row->state, "agreed"));
    return !own && may(c, MAY_SUPERVISE) && str_is(row->state, "asked");
}

/* The answer is sealed under the epoch of the request: whoever reads the question can read it. */
static status seal_answer(struct ctx *c, struct exports_row *row, struct str answer)
{
    struct unit_keys_row key = { .unit = row->unit, .epoch = row->epoch };
    struct unit_key to = { .unit = row->unit, .epoch = row->epoch };

    TRY(row_get(c->ledger, &table_unit_keys, &key));
    if (key.opk.n != sizeof to.opk.b)
        return fail(BROKEN, "the key of a unit is not one");
    memcpy(to.opk.b, key.opk.at, sizeof to.opk.b);
    row->answer = seal_words(c, &to, row->id, answer);
    return OK;
}

/* On the row as it stands inside the act: two who decide at one moment do not both. */
static status decide_once(struct ctx *c, const char *act, const char *state, struct exports_row *row, struct str answer)
{
    TRY(act_begin(c->ledger, info_of(c, act, row)));
    TRY(row_get(c->ledger, &table_exports, row));
    if (!may_decide(c, row, state))
        return fail(CONFLICT, "a request for an export that this person may not decide now");
    row->state = str_c(state);
    row->decided_by = (struct opt_id){ true, c->actor.user };
    row->decided = (struct opt_i64){ true, c->now };
    if (answer.n)
        TRY(seal_answer(c, row, answer));
    TRY(row_update(c->ledger, &table_exports, row));
    return act_commit(c->ledger);
}

status export_decide(struct ctx *c, struct id id, const char *state, struct str answer)
{
    const char *act = strcmp(state, "agreed") == 0 ? "export.agree" : strcmp(state, "refused") == 0 ? "export.refuse" : "export.withdraw";
    struct export_one e;
    status s;

    TRY(export_open(c, id, &e));
    s = decide_once(c, act, state, &e.row, answer);
    if (s != OK)
        act_abort(c->ledger);
    return s;
}

/* -- fetching ------------------------------------------------------------------------------------------------------------------------------- */

struct walk { struct str fields; size_t columns; struct out *packed; i64 cases; struct id *named; size_t n_named; };

/* One case, forgotten behind it. An altered one is left out: what it says is not known. */
static status walk_case(struct ctx *c, const struct casefiles_row *file, struct walk *w)
{
    struct arena_mark mark = arena_mark(c->arena);
    size_t secrets = secrets_mark(c->ledger->secrets);
    struct sheet_cell cells[EXPORT_COLUMNS_MAX];
    bool named = false;
    status s = export_cells(c, file, w->fields, cells, &named);

    if (s == OK) {
        sheet_pack(w->packed, cells, w->columns);
        w->cases++;
        if (named)
            w->named[w->n_named++] = file->case_id;
    }
    secrets_back(c->ledger->secrets, secrets);
    arena_back(c->arena, mark);
    if (s == BROKEN || s == NOT_FOUND) {
        fail_clear();
        return OK;
    }
    return s;
}

static status walk_all(struct ctx *c, const struct exports_row *row, struct walk *w)
{
    i64 most = export_most(row->fields), opened = -1;
    struct id after = id_zero();

    for (;;) {
        struct arena_mark mark = arena_mark(c->arena);
        struct casefiles_rows rows;

        TRY(sql_casefiles_to_export(c->ledger, (struct sql_casefiles_to_export){
            .unit = row->unit, .since = row->since, .until = row->until, .low = lowest(row->scope), .high = highest(row->scope),
            .opened = opened, .id = after }, &rows));
        for (size_t i = 0; i < rows.n; i++) {
            if (w->cases == most)
                return fail(TOO_LARGE, "more cases than one file may have");
            if (!rows.at[i].altered)
                TRY(walk_case(c, &rows.at[i], w));
        }
        if (rows.n == 0)
            return OK;
        opened = rows.at[rows.n - 1].opened;
        after = rows.at[rows.n - 1].case_id;
        arena_back(c->arena, mark);
    }
}

/* One state of the database for the whole file. */
static status walk_unit(struct ctx *c, const struct exports_row *row, struct walk *w)
{
    status s;

    TRY(tx_begin_read(c->ledger->db));
    s = walk_all(c, row, w);
    tx_rollback(c->ledger->db);
    return s;
}

/* The file takes the place of its packed rows in the answer. */
static status pour(struct ctx *c, const struct exports_row *row, size_t columns)
{
    struct out file = { .max = c->out->max };
    status s = sheet_write(&(struct sheet_file){
        .format = str_is(row->format, "xlsx") ? SHEET_XLSX : SHEET_CSV, .packed = out_done(c->out), .columns = columns, .made = c->now },
        &file);

    if (s == OK) {
        out_wipe(c->out);
        out_bytes(c->out, file.at, file.n);
    }
    out_wipe(&file);
    out_free(&file);
    return s == OK && c->out->over ? TOO_LARGE : s;
}

/* A child's name left the house: its case says so in its own timeline. */
static status tell_cases(struct ctx *c, const struct exports_row *row, const struct walk *w)
{
    struct str ref = export_ref(c, row->id);

    for (size_t i = 0; i < w->n_named; i++) {
        struct comps comps;

        TRY(comps_closed(c, w->named[i], &comps));
        TRY(event_write(c, &comps, &(struct event){ .what = "export", .from = ref, .to = STR(""), .words = STR("") }));
    }
    return OK;
}

/* The row first changes, then the bytes go: a file that was fetched and not received must be asked for again. */
static status fetch_once(struct ctx *c, const struct exports_row *asked, const struct walk *w)
{
    struct exports_row row = { .id = asked->id };

    TRY(act_begin(c->ledger, info_of(c, "export.fetch", asked)));
    TRY(row_get(c->ledger, &table_exports, &row));
    if (!str_is(export_state(&row, c->now), "agreed"))
        return fail(INVALID, "an export that somebody fetched or withdrew meanwhile");
    row.state = STR("fetched");
    row.fetched = (struct opt_i64){ true, c->now };
    row.cases = (struct opt_i64){ true, w->cases };
    TRY(row_update(c->ledger, &table_exports, &row));
    TRY(tell_cases(c, &row, w));
    return act_commit(c->ledger);
}

/* Somebody who writes in one of the cases at this moment draws the same number for a line of it: then all of it once more. */
static status fetch_commit(struct ctx *c, const struct exports_row *asked, const struct walk *w)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < 6; tries++) {
        act_again(c->ledger);
        s = fetch_once(c, asked, w);
    }
    if (s != OK)
        act_abort(c->ledger);
    return s == INVALID ? CONFLICT : s;
}

status export_fetch(struct ctx *c, struct id id, struct exports_row *row)
{
    struct sheet_cell heads[EXPORT_COLUMNS_MAX];
    struct export_one e;
    struct walk w = { .packed = c->out };

    TRY(export_open(c, id, &e));
    *row = e.row;
    if (!id_eq(row->asked_by, c->actor.user) || !str_is(export_state(row, c->now), "agreed"))
        return fail(CONFLICT, "an export that may not be fetched now");
    w.fields = row->fields;
    w.named = NEW_N(c->arena, struct id, EXPORT_NAMED_MAX + 1);
    out_reset(c->out);
    w.columns = export_heads(c, row->fields, heads);
    sheet_pack(c->out, heads, w.columns);
    TRY(walk_unit(c, row, &w));
    TRY(pour(c, row, w.columns));
    return fetch_commit(c, row, &w);
}
