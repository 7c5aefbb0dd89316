/* The log, for auditors: what was done, read and refused. An organisation's own auditor sees what concerns it; the one of
   a ministry sees all. Each look at the log is an entry of it. */
#include "log_words.h"

#include "ledger.sql.h"
#include "people.sql.h"
#include "people_pages.h"
#include "tables.sql.h"
#include "texts.h"

/* An export goes out as one answer; a longer log is written by the operator's command. */
enum { EXPORT_MAX = 24 << 20, FEW = 5 };

/* -- who may see what ---------------------------------------------------------------------------------------------- */

/* Whose entries the reader sees: those of their organisation, or all where it is a ministry. */
static status reader_org(struct ctx *c, struct opt_id *org)
{
    struct organisations_row row = { .id = c->actor.org };

    TRY(row_get(c->ledger, &table_organisations, &row));
    *org = (struct opt_id){ !str_is(row.kind, "ministry"), c->actor.org };
    return OK;
}

/* Before anything of it is shown. */
static status note_reading(struct ctx *c, const char *act, struct id object)
{
    struct act_info info = { .act = act, .now = c->now, .actor = c->actor.user, .object = object };

    if (c->actor.n_units)
        info.unit = c->actor.units[0];
    return act_note(c->ledger, info);
}

/* -- the filter ------------------------------------------------------------------------------------------------------ */

struct asked {
    struct log_filter filter;
    bool nothing;                       /* names somebody or something that there is not */
};

/* A day of the filter; `days` later than what was typed. */
static void read_day(struct ctx *c, const char *name, i64 days, i64 *ms, struct str *error)
{
    struct str typed = query_text(c, name);

    if (typed.n == 0)
        return;
    if (typed.n != 10 || !clock_of_iso(typed, ms))
        *error = text_of(c, T_LOG_FILTER_BAD_DAY);
    else if (days)
        *ms = clock_local_day(*ms + days * DAY_MS + 12 * (i64)HOUR_MS);
}

typedef status find(struct ctx *c, struct str typed, struct id *id);

static status read_id_of(struct ctx *c, const char *name, find *find_id, struct opt_id *id, bool *nothing)
{
    struct str typed = query_text(c, name);
    status s;

    if (typed.n == 0)
        return OK;
    s = find_id(c, typed, &id->v);
    if (s != OK && s != NOT_FOUND)
        return s;
    id->has = s == OK;
    *nothing |= s == NOT_FOUND;
    return OK;
}

static status read_filter(struct ctx *c, struct log_view *v, struct asked *a)
{
    struct log_filter *f = &a->filter;

    *a = (struct asked){ .filter.act = query_text(c, "act") };
    TRY(reader_org(c, &f->reader_org));
    v->national = !f->reader_org.has;
    if (v->national && query_text(c, "org").n && !(f->org.has = id_of_text(query_text(c, "org"), &f->org.v)))
        a->nothing = true;
    TRY(read_id_of(c, "who", log_find_person, &f->actor, &a->nothing));
    TRY(read_id_of(c, "what", log_find_object, &f->object, &a->nothing));
    v->since_error = v->until_error = STR("");
    read_day(c, "since", 0, &f->since, &v->since_error);
    read_day(c, "until", 1, &f->until, &v->until_error);
    a->nothing |= v->since_error.n || v->until_error.n || (f->until && f->since >= f->until);
    return OK;
}

static struct log_place place_of_query(struct ctx *c)
{
    struct log_place p = { 0 };

    if (!str_i64(query_text(c, "at"), &p.at) || p.at <= 0 || !id_of_text(query_text(c, "after"), &p.id))
        return (struct log_place){ 0 };
    return p;
}

static struct url next_url(struct ctx *c, struct log_place p)
{
    char id[ID_TEXT + 1];
    struct url u = url_query(c->arena, log_list_url(c, NULL, STR("")), "at", arena_f(c->arena, "%lld", (long long)p.at));

    id_text(p.id, id);
    return url_query(c->arena, u, "after", arena_copy(c->arena, str_c(id)));
}

static void keep_typed(struct ctx *c, struct log_view *v)
{
    v->who = query_text(c, "who");
    v->what = query_text(c, "what");
    v->since = query_text(c, "since");
    v->until = query_text(c, "until");
    v->acts = log_choices(c, query_text(c, "act"));
    v->filtered = v->who.n || v->what.n || v->since.n || v->until.n || query_text(c, "act").n || query_text(c, "org").n;
}

static status org_choices(struct ctx *c, struct choices *list)
{
    struct organisations_rows rows;
    struct id chosen = id_zero();

    (void)id_of_text(query_text(c, "org"), &chosen);
    TRY(sql_organisations_all(c->ledger, &rows));
    list->at = NEW_N(c->arena, struct choice, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        char id[ID_TEXT + 1];

        id_text(rows.at[i].id, id);
        list->at[list->n++] = (struct choice){ arena_copy(c->arena, str_c(id)),
            rows.at[i].altered ? text_of(c, T_LOG_ALTERED) : rows.at[i].name, id_eq(chosen, rows.at[i].id) };
    }
    return OK;
}

/* -- /log --------------------------------------------------------------------------------------------------------------- */

/* Up to four waiting anonymous entries are not told apart: the number would move at the minute of a child's act. */
static status set_waiting(struct ctx *c, struct log_state *s)
{
    struct log_waiting_count_row waiting;

    TRY(sql_log_waiting_count(c->ledger->db, (struct sql_log_waiting_count){ .anonymous = 1 }, &waiting));
    s->waiting_few = waiting.n < FEW;
    s->waiting = log_count_text(c, waiting.n);
    return OK;
}

static struct str hex_short(struct ctx *c, const uint8_t *at)
{
    return arena_f(c->arena, "%02x%02x %02x%02x … %02x%02x", at[0], at[1], at[2], at[3], at[30], at[31]);
}

/* Under the names of their organisations' codes; what they signed last. */
static status set_witnesses(struct ctx *c, struct log_witnesses *list)
{
    struct cosignatures_all_rows rows;

    TRY(sql_cosignatures_all(c->ledger->db, &rows));
    list->at = NEW_N(c->arena, struct log_witness, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        list->at[list->n++] = (struct log_witness){ rows.at[i].name, log_count_text(c, rows.at[i].size),
                                                    log_moment_text(c, rows.at[i].at), c->now - rows.at[i].at > DAY_MS };
    return OK;
}

static status set_state(struct ctx *c, struct log_state *s)
{
    struct log_head_now head;
    struct audit_last last;

    TRY(log_head_look(c->ledger, &head));
    TRY(audit_last(c->ledger, &last));
    *s = (struct log_state){ .entries = log_count_text(c, head.size) };
    if (head.size)
        s->root = hex_short(c, head.root.b);
    if (last.at) {
        s->checked = log_moment_text(c, last.at);
        s->checked_entries = log_count_text(c, last.entries);
        s->checked_rows = log_count_text(c, last.rows);
    }
    if (last.bad.n) {
        s->bad = last.bad;
        s->bad_at = log_moment_text(c, last.bad_at);
    }
    TRY(set_witnesses(c, &s->witnesses));
    return set_waiting(c, s);
}

static status set_rows(struct ctx *c, struct log_view *v, const struct asked *a)
{
    struct log_names names = log_names_make(c);
    struct log_place from = place_of_query(c);
    struct log_lines lines = { 0 };

    if (!a->nothing)
        TRY(log_look(c->ledger, &a->filter, from, &lines));
    v->rows.at = NEW_N(c->arena, struct log_item, lines.n + 1);
    for (size_t i = 0; i < lines.n; i++)
        TRY(log_row(c, &names, &lines.at[i], a->filter.reader_org, &v->rows.at[v->rows.n++]));
    v->wide = lines.wide;
    if (lines.more)
        v->next = next_url(c, lines.next);
    if (from.at)
        v->start = log_list_url(c, NULL, STR(""));
    return OK;
}

static status log_show(struct ctx *c)
{
    struct log_view v = { .start = { STR_NULL }, .next = { STR_NULL } };
    struct asked a;

    TRY(people_nav(c, &v.nav, STAFF_LOG));
    TRY(read_filter(c, &v, &a));
    TRY(note_reading(c, "log.read", a.filter.object.has ? a.filter.object.v : id_zero()));
    keep_typed(c, &v);
    if (v.national)
        TRY(org_choices(c, &v.orgs));
    TRY(set_state(c, &v.state));
    TRY(set_rows(c, &v, &a));
    return page(c, tpl_people_log, &v);
}

/* -- /log/ID --------------------------------------------------------------------------------------------------------------- */

static struct str hex(struct ctx *c, const void *at, size_t n)
{
    struct out o = { .max = 2 * n + 1 };
    struct str text;

    out_hex(&o, at, n);
    text = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return text;
}

static bool all_zero(const uint8_t *at)
{
    static const uint8_t zero[ROW_HASH_BYTES];

    return memcmp(at, zero, sizeof zero) == 0;
}

static void set_written(struct ctx *c, const struct log_line *line, struct log_entry_view *v)
{
    struct entry e = line->entry;
    struct entry_row row;

    v->written.at = NEW_N(c->arena, struct log_written, (size_t)line->rows + 1);
    while (!line->altered && entry_next_row(&e, &row) == OK)
        v->written.at[v->written.n++] = (struct log_written){
            arena_copy(c->arena, row.table), hex(c, row.key.at, row.key.n),
            all_zero(row.was) ? T_LOG_ROW_NEW : all_zero(row.is) ? T_LOG_ROW_GONE : T_LOG_ROW_CHANGED };
}

/* On which side of the known hash each hash of the path stands (RFC 9162, 2.1.3.2). */
static void set_steps(struct ctx *c, i64 index, const struct log_proof *p, struct log_steps *steps)
{
    i64 last = p->size - 1;

    steps->at = NEW_N(c->arena, struct log_step, p->path.n / 32 + 1);
    for (size_t at = 0; at < p->path.n; at += 32) {
        bool left = (index & 1) || index == last;

        steps->at[steps->n++] = (struct log_step){ hex(c, p->path.at + at, 32), left };
        for (; left && !(index & 1) && index; index >>= 1)
            last >>= 1;
        index >>= 1;
        last >>= 1;
    }
}

static status set_proof(struct ctx *c, const struct log_line *line, struct log_entry_view *v)
{
    struct log_proof p;
    status s = line->seq < 0 ? NOT_FOUND : log_prove(c->ledger, line->seq, &p);

    if (s == BROKEN) {
        v->faulty = true;
        return OK;
    }
    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    v->proved = true;
    v->leaf = hex(c, p.leaf.b, sizeof p.leaf.b);
    v->root = hex(c, p.root.b, sizeof p.root.b);
    v->head = p.signed_head;
    v->size = log_count_text(c, p.size);
    v->proof = url_id(c->arena, "/log/", line->id, "/proof");
    set_steps(c, line->seq, &p, &v->steps);
    return OK;
}

/* The entry of the address, and that the reader may see it; the look is noted first. */
static status entry_of_path(struct ctx *c, struct opt_id *reader, struct log_line *line, struct str *bytes)
{
    struct id id;

    TRY(path_id(c, "id", &id));
    TRY(reader_org(c, reader));
    TRY(log_look_one(c->ledger, *reader, id, line, bytes));
    return note_reading(c, "log.read", id);
}

static status entry_show(struct ctx *c)
{
    struct log_entry_view v = { 0 };
    struct log_names names = log_names_make(c);
    struct log_line line;
    struct opt_id reader;
    struct str bytes;
    struct log_name unit;

    TRY(entry_of_path(c, &reader, &line, &bytes));
    TRY(people_nav(c, &v.nav, STAFF_LOG));
    TRY(log_row(c, &names, &line, reader, &v.row));
    v.id = hex(c, line.id.b, sizeof line.id.b);
    if (!line.altered && !id_is_zero(line.entry.unit)) {
        TRY(log_name(c, &names, line.entry.unit, &unit));
        v.unit = unit.name;
    }
    if (!line.altered && !id_is_zero(line.entry.object))
        v.object_id = hex(c, line.entry.object.b, sizeof line.entry.object.b);
    set_written(c, &line, &v);
    TRY(set_proof(c, &line, &v));
    return page(c, tpl_people_log_entry, &v);
}

/* The same for a program: docs/log.md says how to check it with nothing of ours. */
static status proof_show(struct ctx *c)
{
    struct log_line line;
    struct log_proof p;
    struct opt_id reader;
    struct str bytes;

    TRY(entry_of_path(c, &reader, &line, &bytes));
    if (line.seq < 0)
        return NOT_FOUND;
    TRY(log_prove(c->ledger, line.seq, &p));
    log_proof_write(c->out, c->arena, line.seq, bytes, &p);
    return answer_download(c, arena_f(c->arena, "lachan-proof-%lld.txt", (long long)line.seq), "text/plain; charset=utf-8");
}

/* -- /log/export --------------------------------------------------------------------------------------------------------------- */

static status to_answer(void *to, const void *bytes, size_t n)
{
    struct out *o = to;

    if (o->n + n > EXPORT_MAX)
        return fail(TOO_LARGE, "the log is longer than one answer");
    out_bytes(o, bytes, n);
    return o->over ? TOO_LARGE : OK;
}

static status export_say(struct ctx *c, bool national)
{
    struct log_export_view v = { .national = national };
    struct log_head_now head;

    TRY(people_nav(c, &v.nav, STAFF_LOG));
    TRY(log_head_look(c->ledger, &head));
    v.entries = log_count_text(c, head.size);
    return page(c, tpl_people_log_export, &v);
}

/* The whole log, as `lachan audit export` writes it; it names people of every organisation by id, so the national auditor
   alone takes it out. */
static status export_show(struct ctx *c)
{
    struct opt_id reader;
    status s;

    TRY(reader_org(c, &reader));
    if (reader.has)
        return export_say(c, false);
    TRY(note_reading(c, "log.export", id_zero()));
    s = audit_export(c->ledger, to_answer, c->out);
    if (s == TOO_LARGE) {
        out_wipe(c->out);
        return export_say(c, true);
    }
    TRY(s);
    return answer_download(c, STR("lachan-log.txt"), "text/plain; charset=utf-8");
}

const struct route log_routes[] = {
    ROUTE(GET, "/log",           MAY_READ_LOG, NO_FORM, log_show),
    ROUTE(GET, "/log/export",    MAY_READ_LOG, NO_FORM, export_show),
    ROUTE(GET, "/log/:id",       MAY_READ_LOG, NO_FORM, entry_show),
    ROUTE(GET, "/log/:id/proof", MAY_READ_LOG, NO_FORM, proof_show),
    ROUTES_END
};
