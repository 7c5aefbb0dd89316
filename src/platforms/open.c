/* A report begins. What costs time (keys, sealing) happens before the act; the act only writes rows that are ready. */
#include "reports.h"

#include "told_words.h"

#include <assert.h>

enum { OPEN_TRIES = 6, IDEM_HOURS = 24, ROWS = 16, NUMBER_LOW = 100000000 };
#define NUMBER_HIGH 2147483647u         /* fits the smallest whole number that a client may keep it in */

struct pending_row { const struct table *table; void *row; };

struct begun {
    struct ctx *c;
    const struct partner *p;
    const struct submission *s;
    struct unit_key unit;
    struct id report;
    i64 no;
    struct pending_row rows[ROWS];
    size_t n_rows;
};

static void pend(struct begun *o, const struct table *t, void *row)
{
    assert(o->n_rows < ROWS);
    o->rows[o->n_rows++] = (struct pending_row){ t, row };
}

/* -- who may open it ----------------------------------------------------------------------------------------------------------------- */

/* The police unit of the whole country's route; where none is fit, whoever is the last resort for a child's report. */
static status find_unit(struct begun *o)
{
    struct route_query q = { .kind = "national", .commune = STR(""), .province = STR(""), .now = o->c->now };
    struct ladder ladder;
    status s = network_police(o->c->ledger, &q, &o->unit);

    if (s != NOT_FOUND)
        return s;
    TRY(network_ladder(o->c->ledger, &q, &ladder));
    o->unit = ladder.at[0];
    return OK;
}

/* -- what rows say in the clear ------------------------------------------------------------------------------------------------------- */

static i64 urgency_of_kind(const struct told *t)
{
    bool child = t->incident == INCIDENT_MATERIAL || t->incident == INCIDENT_ENTICEMENT || t->incident == INCIDENT_TRAFFICKING ||
                 t->incident == INCIDENT_MOLESTATION;

    return t->urgent ? 4 : child ? 3 : 2;
}

static const char *harm_of_kind(enum incident kind)
{
    if (kind == INCIDENT_MATERIAL || kind == INCIDENT_UNSOLICITED)
        return "images";
    return kind == INCIDENT_ENTICEMENT ? "contact" : "other";
}

/* Of no child yet: age and province are said when a person opens a case of it. */
static void draft_case(struct begun *o)
{
    struct cases_row *row = NEW(o->c->arena, struct cases_row);
    const struct told *t = o->s->told;
    uint8_t salt[SALT_BYTES];

    random_bytes(salt, sizeof salt);
    *row = (struct cases_row){
        .id = o->report, .ref = arena_f(o->c->arena, "NT-%lld", (long long)o->no), .state = STR("none"),
        .salt = arena_copy(o->c->arena, str_of(salt, sizeof salt)), .urgency = urgency_of_kind(t), .risk = STR(""),
        .danger = t->urgent ? STR("now") : STR(""), .harm = str_c(harm_of_kind(t->incident)), .age_band = STR(""), .province = STR(""),
        .day = clock_local_day(o->c->now), .owner_unit = o->unit.unit, .due = clock_hour_floor(o->c->now),
    };
    pend(o, &table_cases, row);
}

static void draft_report(struct begun *o)
{
    struct platform_reports_row *row = NEW(o->c->arena, struct platform_reports_row);

    *row = (struct platform_reports_row){
        .id = o->report, .no = o->no, .org = o->p->org, .token = o->p->id, .sandbox = o->p->sandbox, .via = str_c(o->s->via),
        .state = STR("open"), .kept = !o->p->sandbox, .unit = { !o->p->sandbox, o->unit.unit },
        .kind = str_c(incident_code(o->s->told->incident)), .urgent = o->s->told->urgent, .opened = o->c->now, .changed = o->c->now,
        .decision = STR(""), .answer = STR(""),
    };
    pend(o, &table_platform_reports, row);
}

/* -- compartments and what goes into them -------------------------------------------------------------------------------------------- */

struct part { struct id comp; struct comp_keys *keys; i64 records; };

static struct part draft_part(struct begun *o, const char *letter)
{
    struct ledger *l = o->c->ledger;
    struct compartments_row *row = NEW(l->arena, struct compartments_row);
    struct grants_row *grant = NEW(l->arena, struct grants_row);
    struct part part = { .comp = id_random(), .keys = SECRET(l->secrets, struct comp_keys) };
    struct key *ck = SECRET(l->secrets, struct key);

    vault_key_new(ck);
    vault_comp_keys(part.keys, ck);
    *row = (struct compartments_row){ .id = part.comp, .case_id = o->report, .letter = str_c(letter), .no = 1,
                                      .dpk = arena_copy(l->arena, key_str(&part.keys->drop.open)) };
    *grant = (struct grants_row){ .id = id_random(), .comp = part.comp, .unit = { true, o->unit.unit }, .epoch = o->unit.epoch,
                                  .why = STR("platform") };
    grant->sealed = vault_wrap(l->arena, &o->unit.opk, ctx_comp_key(part.comp, o->unit.unit, o->unit.epoch), ck);
    pend(o, &table_compartments, row);
    pend(o, &table_grants, grant);
    return part;
}

static void draft_record(struct begun *o, struct part *part, enum record_kind kind, struct str text)
{
    struct records_row *row = NEW(o->c->arena, struct records_row);
    struct record r = { .kind = kind, .time = o->c->now, .text = text };

    *row = (struct records_row){ .id = id_random(), .comp = part->comp, .no = ++part->records, .day = clock_local_day(o->c->now) };
    row->body = vault_record_seal(o->c->arena, part->keys, part->comp, row->id, &r);
    pend(o, &table_records, row);
}

static void member(struct out *o, const char *before, struct str value)
{
    out_c(o, before);
    out_json(o, value);
}

static struct str taken(struct arena *a, struct out *o)
{
    struct str text = arena_copy(a, out_done(o));

    out_wipe(o);
    out_free(o);
    return text;
}

/* Word for word, with how it came: the proof of what was told. */
static struct str verbatim(struct begun *o)
{
    struct out text = { .max = 8 << 20 };

    member(&text, "{\"what\":\"report\",\"via\":", str_c(o->s->via));
    member(&text, ",\"incident\":", o->s->incident);
    member(&text, ",\"xml\":", o->s->document);
    out_char(&text, '}');
    return taken(o->c->arena, &text);
}

static struct str arrival(struct begun *o)
{
    struct out text = { .max = 1 << 16 };

    member(&text, "{\"what\":\"platform\",\"from\":", o->p->name);
    member(&text, ",\"to\":", arena_f(o->c->arena, "%lld", (long long)o->no));
    out_c(&text, ",\"words\":\"\"}");
    return taken(o->c->arena, &text);
}

/* The shape of a child's report, so that one reader serves both. */
static struct str answers(struct begun *o)
{
    const struct told *t = o->s->told;
    struct out text = { .max = 8 << 20 };

    member(&text, "{\"who\":\"other\",\"danger\":", t->urgent ? STR("now") : STR(""));
    member(&text, ",\"harm\":", str_c(harm_of_kind(t->incident)));
    member(&text, ",\"where\":", t->service.n ? t->service : t->platform.n ? t->platform : o->p->name);
    out_c(&text, ",\"age\":\"\",\"province\":\"\",\"commune\":\"\",\"urls\":[");
    for (size_t i = 0; i < t->urls.n; i++)
        member(&text, i ? "," : "", t->urls.at[i]);
    out_c(&text, "],\"exclude\":[]}");
    return taken(o->c->arena, &text);
}

static void draft_parts(struct begun *o)
{
    struct part notes = draft_part(o, "N"), identity = draft_part(o, "I"), sealed = draft_part(o, "P");
    struct str people = told_people(o->c->arena, &o->s->told->lines);

    draft_record(o, &notes, RECORD_EVENT, arrival(o));
    draft_record(o, &notes, RECORD_ANSWERS, answers(o));
    if (people.n)
        draft_record(o, &identity, RECORD_IDENTITY, people);
    draft_record(o, &sealed, RECORD_PLATFORM, verbatim(o));
}

/* -- marks -------------------------------------------------------------------------------------------------------------------------------- */

static struct str account_of(struct arena *a, const struct told *t)
{
    struct str name = t->account.n ? t->account : t->screen_name;

    return name.n ? arena_f(a, "%s:%.*s:%.*s", t->account.n ? "id" : "name", (int)t->service.n, t->service.at, (int)name.n, name.at)
                  : STR("");
}

static status write_marks(struct begun *o)
{
    struct mark_new incident = { MARK_INCIDENT, o->p->sandbox, o->p->org, o->s->incident };
    struct mark_new account = { MARK_ACCOUNT, o->p->sandbox, o->p->org, account_of(o->c->arena, o->s->told) };

    TRY(mark_add(o->c->ledger, o->report, &incident));
    return mark_add(o->c->ledger, o->report, &account);
}

/* -- the same request again ------------------------------------------------------------------------------------------------------------ */

static struct str idem_id(struct begun *o, const struct house_keys *line)
{
    struct key hash;

    vault_hash(&hash, &line->job, "platform-idem", PARTS(id_bytes(&o->p->id), o->s->key));
    return arena_copy(o->c->arena, key_str(&hash));
}

/* Number and a hash of what was sent: the same key with another body is a mistake that its sender wants to hear of. */
static struct str idem_text(struct begun *o, const struct house_keys *line, i64 no)
{
    struct key hash;
    char hex[65];

    vault_hash(&hash, &line->job, "platform-idem-body", PARTS(o->s->document, o->s->incident));
    detect_bytes_to_hex(hash.b, sizeof hash.b, hex);
    return arena_f(o->c->arena, "%s %lld", hex, (long long)no);
}

static status find_again_as(struct begun *o, const struct house_keys *line, struct outcome *out)
{
    struct platform_idem_get_row row;
    struct str hex;

    TRY(sql_platform_idem_get(o->c->ledger->db, (struct sql_platform_idem_get){ .id = idem_id(o, line), .now = o->c->now }, &row));
    if (!str_cut(&row.sealed, ' ', &hex) || !str_i64(row.sealed, &out->report))
        return fail(BROKEN, "a kept number cannot be read");
    if (!str_starts(idem_text(o, line, 0), hex)) {
        out->code = ISPWS_INVALID;
        out->words = STR("this Idempotency-Key came with another body");
        return INVALID;
    }
    out->again = true;
    return OK;
}

/* The house's key may have been turned since. */
static status find_again(struct begun *o, struct outcome *out)
{
    const struct house *h = o->c->ledger->house;
    status s = NOT_FOUND;

    for (size_t i = h->n; o->s->key.n && s == NOT_FOUND && i-- > 0;)
        s = find_again_as(o, &h->gen[i], out);
    return s;
}

static status keep_key(struct begun *o)
{
    const struct house_keys *line = house_now(o->c->ledger->house);
    i64 until = clock_hour_ceil(o->c->now) + IDEM_HOURS * (i64)HOUR_MS;

    if (o->s->key.n == 0)
        return OK;
    return sql_platform_idem_put(o->c->ledger->db,
                                 (struct sql_platform_idem_put){ .id = idem_id(o, line), .sealed = idem_text(o, line, o->no), .until = until });
}

/* -- the whole ------------------------------------------------------------------------------------------------------------------------------ */

static status write_all(struct begun *o)
{
    struct ledger *l = o->c->ledger;

    TRY(act_begin(l, (struct act_info){ .act = "platform.submit", .now = o->c->now, .actor = o->p->id, .object = o->report,
                                        .unit = o->unit.unit }));
    TRY(keep_key(o));
    for (size_t i = 0; i < o->n_rows; i++)
        TRY(row_insert(l, o->rows[i].table, o->rows[i].row));
    if (!o->p->sandbox)
        TRY(write_marks(o));
    return act_commit(l);
}

static status open_once(struct begun *o)
{
    o->n_rows = 0;
    o->report = id_random();
    o->no = NUMBER_LOW + (i64)random_below(NUMBER_HIGH - NUMBER_LOW);
    if (!o->p->sandbox) {
        TRY(find_unit(o));
        draft_case(o);
        draft_parts(o);
    }
    draft_report(o);
    return write_all(o);
}

/* A conflict: the number was taken, or the same request came twice at once and the other one has won. */
status report_open(struct ctx *c, const struct partner *p, const struct submission *s, struct outcome *out)
{
    struct begun o = { .c = c, .p = p, .s = s };
    status done = CONFLICT;

    *out = (struct outcome){ 0 };
    for (int tries = 0; done == CONFLICT && tries < OPEN_TRIES; tries++) {
        size_t mark = secrets_mark(c->ledger->secrets);

        act_again(c->ledger);
        done = find_again(&o, out);
        if (done != NOT_FOUND)
            return done;
        done = open_once(&o);
        secrets_back(c->ledger->secrets, mark);         /* whoever sends a report can read none: the keys are forgotten */
    }
    out->report = o.no;
    return done;
}
