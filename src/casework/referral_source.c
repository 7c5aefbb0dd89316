/* What a case can give, and who may receive it. */
#include "referral.h"

#include "words.h"

#include "../base/text.h"

#include "texts.h"

#include <jansson.h>

enum { RECEIVERS_SHOWN = 25 };

/* -- records of a compartment --------------------------------------------------------------------------------------------------- */

struct opened { struct record *at; i64 *day; size_t n; bool altered; };

static status opened_add(struct ctx *c, const struct comp_open *comp, const struct records_rows *rows, struct opened *all)
{
    struct record *at = NEW_N(c->arena, struct record, all->n + rows->n);
    i64 *day = NEW_N(c->arena, i64, all->n + rows->n);

    if (all->n) {
        memcpy(at, all->at, all->n * sizeof *at);
        memcpy(day, all->day, all->n * sizeof *day);
    }
    all->at = at;
    all->day = day;
    for (size_t i = 0; i < rows->n; i++) {
        struct records_row *row = &rows->at[i];

        if (row->altered ||
            vault_record_open(c->arena, comp->keys, comp->id, row->id, row->body, &all->at[all->n]) != OK) {
            all->altered = true;
            continue;
        }
        all->day[all->n++] = row->day;
    }
    return OK;
}

/* All records of all open compartments of a letter, in order. */
static status opened_read(struct ctx *c, const struct comps *comps, const char *letter, struct opened *all)
{
    *all = (struct opened){ 0 };
    for (size_t i = 0; i < comps->n; i++) {
        const struct comp_open *comp = &comps->at[i];
        struct records_rows rows;
        i64 after = 0;

        if (comp->keys == NULL || !str_is(comp->letter, letter))
            continue;
        do {
            TRY(sql_records_of(c->ledger, (struct sql_records_of){ .comp = comp->id, .after = after }, &rows));
            TRY(opened_add(c, comp, &rows, all));
            after = rows.n ? rows.at[rows.n - 1].no : after;
        } while (rows.n > 0);
    }
    return OK;
}

static struct str get(struct ctx *c, const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);

    return json_is_string(v) ? arena_copy(c->arena, str_of(json_string_value(v), json_string_length(v))) : STR("");
}

/* -- whom the child left out -------------------------------------------------------------------------------------------------------- */

static void leave_out(struct ctx *c, struct sending *s, struct str name)
{
    struct str *more = NEW_N(c->arena, struct str, s->left_out.n + 1);

    if (name.n == 0)
        return;
    if (s->left_out.n)
        memcpy(more, s->left_out.at, s->left_out.n * sizeof *more);
    more[s->left_out.n++] = name;
    s->left_out.at = more;
}

static void leave_out_answers(struct ctx *c, struct sending *s, struct str json)
{
    json_t *o = json_loadb(json.at, json.n, 0, NULL);
    const json_t *list = json_object_get(o, "exclude");

    s->left_all |= o == NULL;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *v = json_array_get(list, i);

        if (json_is_string(v))
            leave_out(c, s, arena_copy(c->arena, str_of(json_string_value(v), json_string_length(v))));
    }
    json_decref(o);
}

static void leave_out_lines(struct ctx *c, struct sending *s, struct str lines)
{
    struct str line;

    while (lines.n && str_cut(&lines, '\n', &line))
        leave_out(c, s, line);
}

/* What N and, where it opens, C say. A record that does not open may have held a name: then everybody counts as left out, and
   two persons decide (V8). */
static status left_out_read(struct ctx *c, struct sending *s)
{
    static const char *const letters[] = { "N", "C" };
    struct opened all;

    for (size_t i = 0; i < s->comps.n; i++)
        s->left_all |= s->comps.at[i].keys == NULL && str_is(s->comps.at[i].letter, "N");
    for (size_t l = 0; l < COUNT_OF(letters); l++) {
        TRY(opened_read(c, &s->comps, letters[l], &all));
        s->left_all |= all.altered;
        for (size_t i = 0; i < all.n; i++) {
            if (all.at[i].kind == RECORD_ANSWERS)
                leave_out_answers(c, s, all.at[i].text);
            if (all.at[i].kind == RECORD_EXCLUDE)
                leave_out_lines(c, s, all.at[i].text);
        }
    }
    if (s->left_all)
        leave_out(c, s, STR("*"));
    return OK;
}

/* -- the case ----------------------------------------------------------------------------------------------------------------------- */

static status holder_of(struct ctx *c, struct id comp, struct id first, struct id *unit)
{
    struct grants_rows grants;
    bool found = false;

    TRY(sql_grants_of_comp(c->ledger, (struct sql_grants_of_comp){ .comp = comp }, &grants));
    for (size_t i = 0; i < grants.n; i++) {
        const struct grants_row *g = &grants.at[i];

        if (g->altered || !g->unit.has || !actor_in(c, g->unit.v) || (found && !id_eq(g->unit.v, first)))
            continue;
        *unit = g->unit.v;
        found = true;
    }
    return found ? OK : NOT_FOUND;
}

status sending_open(struct ctx *c, struct id case_id, struct sending *s)
{
    struct casefiles_row file = { .case_id = case_id };
    struct merged_into_row merged;
    const struct comp_open *notes;

    *s = (struct sending){ .row = { .id = case_id } };
    TRY(row_get(c->ledger, &table_cases, &s->row));
    TRY(comps_of_actor(c, case_id, &s->comps));
    notes = comp_newest(&s->comps, "N");
    if (notes == NULL || notes->keys == NULL)
        return NOT_FOUND;
    TRY(holder_of(c, notes->id, s->row.owner_unit, &s->from_unit));
    TRY(sql_merged_into(c->ledger->db, (struct sql_merged_into){ .main = case_id }, &merged));
    s->merged = merged.n > 0;
    s->owner = id_eq(s->from_unit, s->row.owner_unit) && transfer_whole(&s->comps) && !s->merged;
    s->ref = row_get(c->ledger, &table_casefiles, &file) == OK ? case_ref(c->arena, file.year, file.no) : s->row.ref;
    TRY(sending_consent(c, s));
    return left_out_read(c, s);
}

/* -- what it gives -------------------------------------------------------------------------------------------------------------------- */

static void add(struct shared *s, const char *kind, struct str text, struct str code, bool on)
{
    if (s->n_items == SHARED_ITEMS || text.n == 0)
        return;
    s->items[s->n_items++] = (struct shared_item){ .kind = str_c(kind), .ref = STR(""), .label = STR(""), .text = text,
                                                   .code = code, .on = on };
}

static struct str joined(struct ctx *c, struct str first, const char *between, struct str second)
{
    if (second.n == 0)
        return first;
    return first.n ? arena_f(c->arena, "%.*s%s%.*s", (int)first.n, first.at, between, (int)second.n, second.at) : second;
}

static struct str word(const struct ctx *c, enum desk_list list, struct str code)
{
    return code.n ? text_of(c, desk_word(list, code)) : STR("");
}

static struct str harm_text(struct ctx *c, struct str codes)
{
    struct desk_words words = desk_harms(c, codes);
    struct str text = STR("");

    for (size_t i = 0; i < words.n; i++)
        text = joined(c, text, ", ", text_of(c, words.at[i].key));
    return text;
}

static struct str place_text(struct ctx *c, struct str province, struct str commune)
{
    return joined(c, network_commune_name(province, commune), ", ", desk_place(c, province));
}

struct told { struct str who, danger, harm, where, age, province, commune, urls; };

static void take(struct ctx *c, const json_t *o, const char *name, struct str *value)
{
    struct str later = get(c, o, name);

    if (later.n)
        *value = later;
}

static void told_of(struct ctx *c, struct str json, struct told *t)
{
    json_t *o = json_loadb(json.at, json.n, 0, NULL);
    const json_t *urls = json_object_get(o, "urls");

    take(c, o, "who", &t->who);
    take(c, o, "danger", &t->danger);
    take(c, o, "harm", &t->harm);
    take(c, o, "where", &t->where);
    take(c, o, "age", &t->age);
    take(c, o, "province", &t->province);
    take(c, o, "commune", &t->commune);
    for (size_t i = 0; i < json_array_size(urls); i++)
        if (json_is_string(json_array_get(urls, i)))
            t->urls = joined(c, t->urls, "\n", arena_copy(c->arena, str_c(json_string_value(json_array_get(urls, i)))));
    json_decref(o);
}

static struct str risk_reason(struct ctx *c, const struct opened *notes)
{
    struct str words = STR("");

    for (size_t i = 0; i < notes->n; i++) {
        json_t *o;

        if (notes->at[i].kind != RECORD_EVENT)
            continue;
        o = json_loadb(notes->at[i].text.at, notes->at[i].text.n, 0, NULL);
        if (str_is(get(c, o, "what"), "risk"))
            words = get(c, o, "words");
        json_decref(o);
    }
    return words;
}

static void add_answers(struct ctx *c, const struct sending *s, const struct opened *notes, struct shared *shared)
{
    struct str risk = s->row.risk.n ? list_name(c, "risk", s->row.risk) : STR("");
    struct told t = { 0 };

    for (size_t i = 0; i < notes->n; i++)
        if (notes->at[i].kind == RECORD_ANSWERS)
            told_of(c, notes->at[i].text, &t);
    add(shared, "age", word(c, DESK_AGE, t.age), t.age, true);
    add(shared, "place", place_text(c, t.province, t.commune), t.province, true);
    add(shared, "harm", harm_text(c, t.harm), t.harm, true);
    add(shared, "danger", word(c, DESK_DANGER, t.danger), t.danger, true);
    add(shared, "risk", joined(c, risk, ": ", risk.n ? risk_reason(c, notes) : STR("")), s->row.risk, true);
    add(shared, "who", word(c, DESK_WHO, t.who), t.who, false);
    add(shared, "where", t.where, STR(""), false);
    add(shared, "urls", t.urls, STR(""), false);
}

static void add_story(const struct opened *talk, struct shared *shared)
{
    for (size_t i = 0; i < talk->n; i++)
        if (talk->at[i].kind == RECORD_MESSAGE_CHILD) {
            add(shared, "story", talk->at[i].text, STR(""), false);
            return;
        }
}

/* A carer who may be who does harm is offered to nobody: whoever reads the paper might call them. */
static void add_person(struct ctx *c, const struct sending *s, struct str json, struct shared *shared)
{
    json_t *o = json_loadb(json.at, json.n, 0, NULL);
    struct str ref = get(c, o, "id"), role = get(c, o, "role");
    struct shared_item *item = shared_find(shared, STR("person"), ref);
    struct str text = get(c, o, "name");

    text = joined(c, text, ", ", get(c, o, "born"));
    text = joined(c, text, ", ", get(c, o, "phone"));
    text = joined(c, text, ", ", get(c, o, "address"));
    text = joined(c, text, "\n", get(c, o, "words"));
    if (json_is_true(json_object_get(o, "gone")) || (s->carer_unsafe && str_is(role, "carer")))
        text = STR("");
    if (item == NULL && text.n && shared->n_items < SHARED_ITEMS)
        item = &shared->items[shared->n_items++];
    if (item != NULL)
        *item = (struct shared_item){ .kind = STR("person"), .ref = ref, .text = text, .code = STR(""),
                                      .label = role.n ? list_name(c, "person", role) : STR("") };
    json_decref(o);
}

static status add_people(struct ctx *c, const struct sending *s, struct shared *shared)
{
    struct opened all;

    TRY(opened_read(c, &s->comps, "I", &all));
    for (size_t i = 0; i < all.n; i++) {
        if (all.at[i].kind == RECORD_IDENTITY)
            add(shared, "identity", all.at[i].text, STR(""), false);
        if (all.at[i].kind == RECORD_PERSON)
            add_person(c, s, all.at[i].text, shared);
    }
    return OK;
}

static void add_notes(struct ctx *c, const struct opened *notes, struct shared *shared)
{
    for (size_t i = notes->n; i-- > 0 && shared->n_items < SHARED_ITEMS;) {
        char day[CLOCK_TEXT];

        if (notes->at[i].kind != RECORD_NOTE || notes->at[i].text.n == 0)
            continue;
        clock_day_vi(notes->at[i].time, day);
        shared->items[shared->n_items++] = (struct shared_item){
            .kind = STR("note"), .ref = arena_f(c->arena, "%lld", (long long)notes->at[i].time), .label = arena_copy(c->arena, str_c(day)),
            .text = notes->at[i].text, .code = STR("") };
    }
}

/* -- files ---------------------------------------------------------------------------------------------------------------------------- */

static void file_of(struct ctx *c, struct str json, struct shared_file *f)
{
    json_t *o = json_loadb(json.at, json.n, 0, NULL);

    *f = (struct shared_file){ .name = get(c, o, "name"), .type = get(c, o, "type"), .sha256 = get(c, o, "sha256"),
                               .size = json_integer_value(json_object_get(o, "size")) };
    if (!id_of_text(get(c, o, "file"), &f->file))
        f->file = id_zero();
    json_decref(o);
}

/* Only what still lies in an E whose key the reader holds: what was moved to P since is nobody's to share. */
static status add_files(struct ctx *c, const struct sending *s, struct shared *shared)
{
    struct opened all;
    struct files_rows rows;

    TRY(opened_read(c, &s->comps, "E", &all));
    for (size_t i = 0; i < all.n && shared->n_files < SHARED_FILES; i++) {
        struct shared_file f;
        struct files_row row;
        const struct comp_open *comp;

        if (all.at[i].kind != RECORD_FILE)
            continue;
        file_of(c, all.at[i].text, &f);
        row = (struct files_row){ .id = f.file };
        if (row_get(c->ledger, &table_files, &row) != OK)
            continue;
        comp = comps_find(&s->comps, row.comp);
        if (comp != NULL && comp->keys != NULL && str_is(comp->letter, "E"))
            shared->files[shared->n_files++] = f;
    }
    TRY(sql_files_of(c->ledger, (struct sql_files_of){ .case_id = s->row.id }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        const struct comp_open *comp = comps_find(&s->comps, rows.at[i].comp);

        shared->sealed_files += comp != NULL && str_is(comp->letter, "P");
    }
    return OK;
}

/* -- both kinds ------------------------------------------------------------------------------------------------------------------------ */

static struct str level_text(const struct ctx *c, i64 level)
{
    static const int keys[] = { T_DESK_LEVEL_ODD, T_DESK_LEVEL_LOW, T_DESK_LEVEL_MIDDLE, T_DESK_LEVEL_HIGH, T_DESK_LEVEL_NOW };

    return text_of(c, keys[level < 0 ? 0 : level > 4 ? 4 : level]);
}

/* "14:20, 24/11/2026" */
static struct str moment_text(struct ctx *c, i64 at)
{
    char time[CLOCK_TEXT], day[CLOCK_TEXT];

    clock_time(at, time);
    clock_day_vi(at, day);
    return arena_f(c->arena, "%s, %s", time, day);
}

/* Whoever is offered a case sees how urgent it is and what the sender says of it, and nothing that lies in it. */
static void transfer_items(struct ctx *c, const struct sending *s, struct shared *shared)
{
    struct casefiles_row file = { .case_id = s->row.id };
    bool has = row_get(c->ledger, &table_casefiles, &file) == OK;
    i64 due = has && file.due != NEVER_DUE ? file.due : s->row.waiting ? s->row.due : 0;

    add(shared, "level", level_text(c, has ? file.level : s->row.urgency), STR(""), true);
    add(shared, "harm", harm_text(c, s->row.harm), s->row.harm, true);
    add(shared, "place", place_text(c, s->row.province, STR("")), s->row.province, true);
    if (s->carer_unsafe)
        add(shared, "carer", text_of(c, T_DAY_CARER_SHARED), STR(""), true);
    if (due)
        add(shared, "due", moment_text(c, due), STR(""), true);
}

status sending_items(struct ctx *c, const struct sending *s, bool transfer, struct shared *shared)
{
    struct opened notes, talk;

    *shared = (struct shared){ .transfer = transfer, .purpose = transfer ? STR("handover") : STR(""), .consent = STR(""),
                               .consent_words = STR(""), .need = STR(""), .against_words = STR(""), .by = c->actor.name,
                               .left_out = s->left_out };
    shared->expires = clock_local_day(c->now + (REFERRAL_DAYS + 1) * DAY_MS);
    if (transfer) {
        transfer_items(c, s, shared);
        return OK;
    }
    TRY(opened_read(c, &s->comps, "N", &notes));
    TRY(opened_read(c, &s->comps, "C", &talk));
    add_answers(c, s, &notes, shared);
    if (s->carer_unsafe)
        add(shared, "carer", text_of(c, T_DAY_CARER_SHARED), STR(""), true);
    add_story(&talk, shared);
    TRY(add_people(c, s, shared));
    TRY(add_files(c, s, shared));
    add_notes(c, &notes, shared);
    return OK;
}

/* -- who may receive -------------------------------------------------------------------------------------------------------------------- */

static bool against(const struct sending *s, const struct units_row *u, const struct organisations_row *o)
{
    return referral_against((struct referral_names){ s->left_out.at, s->left_out.n }, u->kind, o->kind, o->code);
}

static bool fit(struct ctx *c, struct id unit)
{
    struct unit_key key;

    return people_unit_key(c->ledger, unit, c->now, &key) == OK;
}

static status receiver_of(struct ctx *c, const struct sending *s, const struct units_row *u, struct receiver *r)
{
    struct organisations_row org = { .id = u->org };

    if (u->altered || !u->confirmed_by.has || id_eq(u->id, s->from_unit))
        return NOT_FOUND;
    TRY(row_get(c->ledger, &table_organisations, &org));
    *r = (struct receiver){ .unit = u->id, .name = u->name, .org = org.name, .kind = org.kind, .against = against(s, u, &org),
                             .names = { u->kind, org.kind, org.code } };
    r->says = consent_on(consent_of(&s->consents, "share"), r->names);
    return OK;
}

status receiver_get(struct ctx *c, const struct sending *s, struct id unit, struct receiver *r)
{
    struct units_row u = { .id = unit };

    TRY(row_get(c->ledger, &table_units, &u));
    TRY(receiver_of(c, s, &u, r));
    return fit(c, unit) ? OK : NOT_FOUND;
}

static bool named(struct ctx *c, const struct receiver *r, struct str wanted)
{
    struct str key = text_search_key(c->arena, joined(c, r->org, " ", r->name));

    return wanted.n == 0 || str_find(key, wanted) < key.n;
}

status receivers_find(struct ctx *c, const struct sending *s, struct str wanted, struct receivers *list)
{
    struct str key = text_search_key(c->arena, str_trim(wanted));
    struct units_rows rows;

    *list = (struct receivers){ .at = NEW_N(c->arena, struct receiver, RECEIVERS_SHOWN) };
    TRY(sql_units_confirmed(c->ledger, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct receiver r;

        if (receiver_of(c, s, &rows.at[i], &r) != OK || !named(c, &r, key) || !fit(c, r.unit))
            continue;
        list->more = list->n == RECEIVERS_SHOWN;
        if (list->more)
            break;
        list->at[list->n++] = r;
    }
    return OK;
}
