/* A report comes in. Everything that costs time (Argon2, sealing) happens before the transaction; the transaction then
   only writes rows that are ready (SECURITY.md, "New report"). */
#include "intake.h"

#include "ladder.h"
#include "pictures.h"
#include "rules.h"

enum { IDEM_HOURS = 24, KEY_CHARS_MIN = 16, SUBMIT_TRIES = 4, TRIES_WITH_KEY = 2 };

/* -- rows that are ready to be written ---------------------------------------------------------------------------------- */

void pending_add(struct pending *p, const struct table *t, void *row)
{
    assert(p->n < COUNT_OF(p->at));
    p->at[p->n++] = (struct pending_row){ t, row };
}

status pending_write(struct ledger *l, const struct pending *p)
{
    for (size_t i = 0; i < p->n; i++)
        TRY(row_insert(l, p->at[i].table, p->at[i].row));
    return OK;
}

/* -- compartments and grants ----------------------------------------------------------------------------------------------- */

/* A compartment with a key of its own: its row is pending, its keys are in the secrets block. */
static struct comp_new *draft_comp(struct draft *in, const char *letter)
{
    struct ledger *l = in->c->ledger;
    struct comp_new *comp = &in->comps[in->n_comps++];
    struct compartments_row *row = NEW(l->arena, struct compartments_row);
    struct key *ck = SECRET(l->secrets, struct key);

    comp->id = id_random();
    comp->letter = letter;
    comp->keys = SECRET(l->secrets, struct comp_keys);
    vault_key_new(ck);
    vault_comp_keys(comp->keys, ck);
    *row = (struct compartments_row){ .id = comp->id, .case_id = in->report, .letter = str_c(letter), .no = 1,
                                      .dpk = arena_copy(l->arena, key_str(&comp->keys->drop.open)) };
    pending_add(&in->rows, &table_compartments, row);
    return comp;
}

static struct str wrap_to_unit(struct draft *in, const struct comp_new *comp, const struct unit_key *unit)
{
    return vault_wrap(in->c->arena, &unit->opk, ctx_comp_key(comp->id, unit->unit, unit->epoch), &comp->keys->ck);
}

static void grant_to_unit(struct draft *in, const struct comp_new *comp, const struct unit_key *unit)
{
    struct grants_row *row = NEW(in->c->arena, struct grants_row);

    *row = (struct grants_row){ .id = id_random(), .comp = comp->id, .unit = { true, unit->unit }, .epoch = unit->epoch,
                                .sealed = wrap_to_unit(in, comp, unit), .why = STR("route") };
    pending_add(&in->rows, &table_grants, row);
}

static void grant_to_reporter(struct draft *in, const struct comp_new *comp)
{
    struct grants_row *row = NEW(in->c->arena, struct grants_row);

    *row = (struct grants_row){ .id = id_random(), .comp = comp->id, .why = STR("reporter") };
    row->sealed = vault_wrap(in->c->arena, &in->made->reporter->open, ctx_comp_key(comp->id, id_zero(), 0),
                             &comp->keys->ck);
    pending_add(&in->rows, &table_grants, row);
}

/* A grant for the next unit of the ladder: opens only with the house and that unit, and only after its time. */
static void grant_dormant(struct draft *in, const struct comp_new *comp, const struct unit_key *unit, i64 rank)
{
    struct dormant_grants_row *row = NEW(in->c->arena, struct dormant_grants_row);
    i64 due = in->c->now + rank * patience_minutes(in->urgency) * MINUTE_MS;

    *row = (struct dormant_grants_row){ .comp = comp->id, .unit = unit->unit, .rank = rank,
                                        .due = { true, due - due % (10 * MINUTE_MS) } };
    row->sealed = dormant_seal(in->c->ledger, comp->id, unit, &comp->keys->ck);
    pending_add(&in->rows, &table_dormant_grants, row);
}

static void grant_all(struct draft *in, const struct comp_new *comp)
{
    grant_to_unit(in, comp, &in->ladder.at[0]);
    for (size_t i = 1; i < in->ladder.n; i++)
        grant_dormant(in, comp, &in->ladder.at[i], (i64)i);
}

static bool any_private(const struct files_new *files)
{
    for (size_t i = 0; i < files->n; i++)
        if (files->at[i].private)
            return true;
    return false;
}

static void draw_compartments(struct draft *in)
{
    in->talk = draft_comp(in, "C");
    in->notes = draft_comp(in, "N");
    in->identity = draft_comp(in, "I");
    in->evidence = draft_comp(in, "E");
    for (size_t i = 0; i < in->n_comps; i++)
        grant_all(in, &in->comps[i]);
    grant_to_reporter(in, in->talk);
    if (!in->has_police || !any_private(in->files))
        return;
    in->sealed = draft_comp(in, "P");
    grant_to_unit(in, in->sealed, &in->police);
}

/* -- records ------------------------------------------------------------------------------------------------------------------ */

static void record_add(struct draft *in, struct comp_new *comp, enum record_kind kind, struct str text)
{
    struct records_row *row = NEW(in->c->arena, struct records_row);
    struct record r = { .kind = kind, .time = clock_hour_floor(in->c->now), .text = text };

    *row = (struct records_row){ .id = id_random(), .comp = comp->id, .no = ++comp->records, .day = in->day };
    row->body = vault_record_seal(in->c->arena, comp->keys, comp->id, row->id, &r);
    pending_add(&in->rows, &table_records, row);
}

static void json_list(struct out *o, const char *name, struct strs list)
{
    out_f(o, ",\"%s\":[", name);
    for (size_t i = 0; i < list.n; i++) {
        if (i)
            out_char(o, ',');
        out_json(o, list.at[i]);
    }
    out_char(o, ']');
}

static void json_text(struct out *o, const char *name, struct str value)
{
    out_f(o, ",\"%s\":", name);
    out_json(o, value);
}

/* The answers as one JSON record; what pages say about a report comes from here. */
static struct str answers_json(struct draft *in)
{
    const struct report_new *r = in->told;
    struct out o = { .max = 8 << 20 };
    struct str text;

    out_f(&o, "{\"who\":\"%s\",\"danger\":\"%s\"", who_code(r->who), danger_code(r->danger));
    json_text(&o, "harm", harm_codes(in->c->arena, r->harm));
    json_text(&o, "where", r->where);
    json_text(&o, "age", r->age);
    json_text(&o, "province", r->province);
    json_text(&o, "commune", r->commune);
    json_list(&o, "urls", r->urls);
    json_list(&o, "exclude", r->exclude);
    out_char(&o, '}');
    text = arena_copy(in->c->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}

static struct str names_lines(struct arena *a, struct strs names)
{
    struct out o = { .max = 1 << 20 };
    struct str text;

    for (size_t i = 0; i < names.n; i++) {
        out_str(&o, names.at[i]);
        out_char(&o, '\n');
    }
    text = arena_copy(a, out_done(&o));
    out_free(&o);
    return text;
}

static void write_words(struct draft *in)
{
    record_add(in, in->talk, RECORD_MESSAGE_CHILD, in->told->story);
    for (size_t i = 0; i < in->told->story_rest.n; i++)
        record_add(in, in->talk, RECORD_MESSAGE_CHILD, in->told->story_rest.at[i]);
    record_add(in, in->notes, RECORD_ANSWERS, answers_json(in));
    if (in->told->exclude.n)        /* in C too: whoever comes back with the code must be able to keep to it */
        record_add(in, in->talk, RECORD_EXCLUDE, names_lines(in->c->arena, in->told->exclude));
    if (in->told->name_contact.n)
        record_add(in, in->identity, RECORD_IDENTITY, in->told->name_contact);
    if (in->files->n)
        record_add(in, in->talk, RECORD_MESSAGE_SYSTEM, arena_f(in->c->arena, "files %zu", in->files->n));
}

/* Hashes of pictures that stay with the child lie beside the notes. */
static void write_pictures(struct draft *in)
{
    struct comp_open notes = { .id = in->notes->id, .keys = in->notes->keys };

    for (size_t i = 0; i < in->told->pictures.n; i++)
        pending_add(&in->rows, &table_pictures, picture_row(in->c, &notes, in->report, (i64)i + 1, in->told->pictures.at[i]));
    if (in->told->pictures.n)
        record_add(in, in->talk, RECORD_MESSAGE_SYSTEM, arena_f(in->c->arena, "pictures %zu", in->told->pictures.n));
}

static void write_files(struct draft *in)
{
    for (size_t i = 0; i < in->files->n; i++) {
        const struct file_new *file = &in->files->at[i];
        struct comp_new *comp = file->private ? in->sealed : in->evidence;

        if (comp == NULL)
            continue;       /* private, and no police may open it: not kept, and the child is told (upload_police) */
        pending_add(&in->rows, &table_files, file_row(in->c->arena, comp->id, &comp->keys->drop.open, file));
        record_add(in, comp, RECORD_FILE, file_json(in->c->arena, file));
    }
}

/* -- the case and its reporter -------------------------------------------------------------------------------------------------- */

/* First among the rows: all others refer to it. */
static void write_case(struct draft *in)
{
    struct cases_row *row = NEW(in->c->arena, struct cases_row);
    i64 due = in->c->now + patience_minutes(in->urgency) * MINUTE_MS;
    uint8_t salt[SALT_BYTES];
    char ref[9];

    random_bytes(salt, sizeof salt);
    report_ref(ref);
    *row = (struct cases_row){
        .id = in->report, .ref = arena_copy(in->c->arena, str_c(ref)), .state = STR("new"), .urgency = in->urgency,
        .salt = arena_copy(in->c->arena, str_of(salt, sizeof salt)), .risk = STR(""),
        .danger = str_c(danger_code(in->told->danger)), .harm = harm_codes(in->c->arena, in->told->harm),
        .age_band = in->told->age, .province = in->told->province, .day = in->day,
        .owner_unit = in->ladder.at[0].unit, .due = clock_hour_floor(due), .waiting = 1,
        .messages = 1 + (i64)in->told->story_rest.n, .files = (i64)in->files->n,
    };
    pending_add(&in->rows, &table_cases, row);
}

static void write_reporter(struct draft *in)
{
    struct reporters_row *row = NEW(in->c->arena, struct reporters_row);

    *row = (struct reporters_row){ .report = in->report, .pgen = in->made->line };
    row->lookup = arena_copy(in->c->arena, key_str(&in->lookup));
    row->rpk = arena_copy(in->c->arena, key_str(&in->made->reporter->open));
    pending_add(&in->rows, &table_reporters, row);
}

static status find_units(struct draft *in)
{
    struct route_query q = { .kind = "report", .commune = in->told->commune, .province = in->told->province,
                             .without = { in->told->exclude }, .now = in->c->now };

    status s;

    TRY(network_ladder(in->c->ledger, &q, &in->ladder));
    s = network_police(in->c->ledger, &q, &in->police);
    in->has_police = s == OK;
    return s == NOT_FOUND ? OK : s;
}

status reporter_draw(struct ctx *c, struct report_made *made, struct key *lookup)
{
    struct ledger *l = c->ledger;
    const struct house_keys *line;
    struct key *m = SECRET(l->secrets, struct key);
    struct instance_row instance;

    TRY(sql_the_instance(l, &instance));
    code_new(made->code);
    made->reporter = SECRET(l->secrets, struct pair);
    TRY(vault_pwhash(m, str_c(made->code), (const uint8_t *)instance.rep_salt.at, pw_reporter));
    line = house_now(l->house);
    made->line = line->kgen;
    vault_reporter(line, m, lookup, made->reporter);
    return OK;
}

/* -- retries ---------------------------------------------------------------------------------------------------------------------- */

static void idem_keys(const struct house_keys *h, struct report_request r, struct idem *idem)
{
    vault_hash(&idem->id, &h->job, "idem", PARTS(r.key, r.fingerprint));
    vault_hash(&idem->key, &h->job, "idem-key", PARTS(r.key, r.fingerprint));
    vault_hash(&idem->owner, &h->job, "idem-owner", PARTS(r.key));
}

status idem_find(struct ctx *c, const struct idem *idem, char code[CODE_CHARS + 1])
{
    struct idem_get_row row;

    TRY(sql_idem_get(c->ledger->db, (struct sql_idem_get){ .id = key_str(&idem->id), .now = c->now }, &row));
    TRY(vault_unbox_secret(&idem->key, vault_ctx("idem", PARTS(key_str(&idem->id))), row.sealed, code, CODE_CHARS));
    code[CODE_CHARS] = '\0';
    return OK;
}

/* Whether a program has used this Idempotency-Key, with whatever fields. */
static status idem_used(struct ctx *c, const struct idem *idem, bool *used)
{
    struct idem_get_row row;
    status s = sql_idem_get(c->ledger->db, (struct sql_idem_get){ .id = key_str(&idem->owner), .now = c->now }, &row);

    *used = s == OK;
    return s == NOT_FOUND ? OK : s;
}

static status idem_write(struct ctx *c, const struct idem *idem, const char *code, bool strict)
{
    i64 until = clock_hour_ceil(c->now) + IDEM_HOURS * (i64)HOUR_MS;
    struct str sealed = vault_box(c->arena, &idem->key, vault_ctx("idem", PARTS(key_str(&idem->id))),
                                  str_of(code, CODE_CHARS));

    TRY(sql_idem_put(c->ledger->db, (struct sql_idem_put){ .id = key_str(&idem->id), .sealed = sealed, .until = until }));
    if (!strict)
        return OK;
    return sql_idem_put(c->ledger->db, (struct sql_idem_put){ .id = key_str(&idem->owner), .sealed = STR(""), .until = until });
}

/* -- the whole --------------------------------------------------------------------------------------------------------------------- */

static status write_all(struct draft *in, const struct idem *idem, bool strict)
{
    struct ledger *l = in->c->ledger;

    TRY(act_begin(l, (struct act_info){ .act = "report.new", .now = in->c->now, .anonymous = true, .object = in->report }));
    if (idem != NULL)
        TRY(idem_write(in->c, idem, in->made->code, strict));
    return pending_write(l, &in->rows);
}

static status submit_new(struct ctx *c, struct draft *in, const struct idem *idem, bool strict)
{
    in->report = id_random();
    in->day = clock_local_day(c->now);
    TRY(reporter_draw(c, in->made, &in->lookup));
    in->made->report = in->report;
    TRY(find_units(in));
    write_case(in);
    write_reporter(in);
    draw_compartments(in);
    write_words(in);
    write_pictures(in);
    write_files(in);
    return write_all(in, idem, strict);
}

/* The same request again: its code, and the keys that belong to it. */
static status submit_again(struct ctx *c, const struct idem *idem, struct report_made *made)
{
    char *code = secrets_alloc(c->ledger->secrets, CODE_CHARS + 1);

    TRY(idem_find(c, idem, code));
    TRY(report_of_code(c, str_c(code), made));
    return OK;
}

/* OK: the report was there already. NOT_FOUND: it is new. For programs, the same key with other fields is a mistake that they
   want to hear of. Whether the key was used is asked first: one that comes into use between the two looks is then no mistake. */
static status submit_known_as(struct ctx *c, const struct idem *idem, bool strict, struct report_made *made)
{
    bool used = false;
    status s;

    if (strict)
        TRY(idem_used(c, idem, &used));
    s = submit_again(c, idem, made);
    made->again = s == OK;
    return s == NOT_FOUND && used ? fail(INVALID, "this Idempotency-Key came with another body") : s;
}

/* Under any line of the key file: the house's key may have been turned between the two. Leaves the keys of the current one in idem. */
static status submit_known(struct ctx *c, struct idem *idem, const struct report_request *request, struct report_made *made)
{
    const struct house *h = c->ledger->house;
    status s = NOT_FOUND;

    made->again = false;
    for (size_t i = h->n; idem != NULL && s == NOT_FOUND && i-- > 0;) {
        idem_keys(&h->gen[i], *request, idem);
        s = submit_known_as(c, idem, request->strict_key, made);
    }
    if (idem != NULL)
        idem_keys(house_now(h), *request, idem);
    return s;
}

static status submit_once(struct ctx *c, struct draft *in, const struct idem *idem, bool strict)
{
    status s = submit_new(c, in, idem, strict);

    if (s != CONFLICT)
        return s;
    act_abort(c->ledger);
    TRY(tx_wait_for_others(c->ledger->db));     /* the next look must find the winner's row */
    return CONFLICT;
}

/* A conflict is the same form sent twice at once, where the other one has won; or the short name that people read aloud
   was taken. Then it is drawn anew. The third goes without the key, because the code that the key stands for may have been
   replaced since: no report is refused for any of this. */
status report_submit(struct ctx *c, const struct report_new *told, const struct files_new *files,
                     struct report_request request, struct report_made *made)
{
    struct draft *in = SECRET(c->ledger->secrets, struct draft), first = {
        .c = c, .told = told, .files = files, .made = made,
        .urgency = urgency_of(told, story_odd(told) || told->repeated) };
    struct idem *idem = text_length(request.key) >= KEY_CHARS_MIN ? SECRET(c->ledger->secrets, struct idem) : NULL;
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < SUBMIT_TRIES; tries++) {
        s = submit_known(c, idem, &request, made);
        if (s != NOT_FOUND)
            return s;
        *in = first;
        s = submit_once(c, in, tries < TRIES_WITH_KEY ? idem : NULL, request.strict_key);
    }
    return s;
}
