/* The file of a case: opened by who holds its notes, made of a report or for somebody who called. */
#include "clocks.h"

enum { NUMBER_TRIES = 8 };

struct act_info case_act_info(const struct ctx *c, const char *act, struct id id)
{
    struct act_info info = { .act = act, .now = c->now, .actor = c->actor.user, .object = id };

    if (c->actor.n_units)
        info.unit = c->actor.units[0];
    return info;
}

bool casefile_there(struct ctx *c, struct id case_id)
{
    struct casefiles_row file = { .case_id = case_id };

    return row_get(c->ledger, &table_casefiles, &file) != NOT_FOUND;
}

bool case_is_of_actor(const struct ctx *c, const struct casefiles_row *file)
{
    for (size_t i = 0; i < c->actor.n_units; i++)
        if (id_eq(c->actor.units[i], file->unit))
            return true;
    return false;
}

status casefile_open(struct ctx *c, struct id id, struct casefile *f)
{
    const struct comp_open *notes;

    *f = (struct casefile){ .row = { .id = id }, .file = { .case_id = id } };
    TRY(row_get(c->ledger, &table_cases, &f->row));
    TRY(comps_of_actor(c, id, &f->comps));
    notes = comp_newest(&f->comps, "N");
    if (notes == NULL || notes->keys == NULL)
        return NOT_FOUND;
    TRY(row_get(c->ledger, &table_casefiles, &f->file));
    f->ref = case_ref(c->arena, f->file.year, f->file.no);
    f->process = process_of(f->file.process, f->file.version);
    f->state = f->process ? process_state(f->process, f->file.state) : NULL;
    return OK;
}

/* -- making one ------------------------------------------------------------------------------------------------------------------- */

status comp_make(struct ctx *c, struct id case_id, const char *letter, i64 no, struct id unit, const char *why,
                 struct comp_open *comp)
{
    struct grants_row grant = { .id = id_random(), .why = str_c(why), .unit = { true, unit } };
    struct unit_key to;

    TRY(people_unit_key(c->ledger, unit, c->now, &to));
    TRY(comp_draw(c, case_id, letter, no, comp));
    grant.comp = comp->id;
    grant.epoch = to.epoch;
    grant.granted_by = (struct opt_id){ !id_is_zero(c->actor.user), c->actor.user };
    grant.sealed = vault_wrap(c->arena, &to.opk, ctx_comp_key(comp->id, unit, to.epoch), &comp->keys->ck);
    return row_insert(c->ledger, &table_grants, &grant);
}

/* A case that has a file has an owner: no clock of the ladder passes it on any more. */
static status end_ladder(struct ctx *c, struct id case_id)
{
    struct dormant_grants_rows rows;

    TRY(sql_dormants_of_case(c->ledger, (struct sql_dormants_of_case){ .case_id = case_id }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        TRY(row_delete(c->ledger, &table_dormant_grants, &rows.at[i]));
    return OK;
}

status casefile_begin(struct ctx *c, struct cases_row *row, const struct comps *comps, struct str from)
{
    const struct process *p = process_for_new(c->now);
    struct casefiles_row file = {
        .case_id = row->id, .year = clock_local(c->now).year, .unit = row->owner_unit, .worker = { true, c->actor.user },
        .process = p->code, .version = p->version, .state = process_first(p, 0)->code, .risk = row->risk, .open = 1, .opened = c->now,
        .level = case_level(row->urgency, row->risk, process_first(p, 0)->urgent), .due = NEVER_DUE,
    };
    struct casefile_last_row last;
    struct casefile f;

    TRY(sql_casefile_last(c->ledger->db, (struct sql_casefile_last){ .year = file.year }, &last));
    file.no = last.no + 1;
    f = (struct casefile){ .row = *row, .file = file, .comps = *comps, .process = p, .state = process_first(p, 0) };
    TRY(clocks_begin(c, &f));
    TRY(row_insert(c->ledger, &table_casefiles, &f.file));
    TRY(end_ladder(c, row->id));
    return event_write(c, comps, &(struct event){ .what = "open", .from = from,
                                                  .to = case_ref(c->arena, file.year, file.no), .words = STR("") });
}

static void case_row_new(struct ctx *c, const struct case_new *told, struct cases_row *row)
{
    uint8_t salt[SALT_BYTES];
    struct id id = id_timed(c->now);
    char text[ID_TEXT + 1];

    random_bytes(salt, sizeof salt);
    id_text(id, text);
    *row = (struct cases_row){
        .id = id, .ref = arena_f(c->arena, "NB-%s", text + ID_TEXT - 8), .state = STR("none"),
        .salt = arena_copy(c->arena, str_of(salt, sizeof salt)), .urgency = str_is(told->danger, "now") ? 4 : 2, .risk = STR(""),
        .danger = told->danger, .harm = told->harm, .age_band = told->age, .province = told->province,
        .day = clock_local_day(c->now), .owner_unit = c->actor.units[0], .due = clock_hour_floor(c->now),
    };
}

/* The same shape as a report's answers, so that one reader serves both. */
static struct str answers_json(struct ctx *c, const struct case_new *told)
{
    struct out o = { .max = 64 << 10 };
    struct str text;

    out_c(&o, "{\"who\":\"other\",\"danger\":");
    out_json(&o, told->danger);
    out_c(&o, ",\"harm\":");
    out_json(&o, told->harm);
    out_c(&o, ",\"age\":");
    out_json(&o, told->age);
    out_c(&o, ",\"province\":");
    out_json(&o, told->province);
    out_char(&o, '}');
    text = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return text;
}

static status write_child(struct ctx *c, const struct comp_open *identity, struct str name)
{
    struct person child = { .id = id_random(), .role = STR("child"), .name = name, .born = STR(""), .phone = STR(""),
                            .address = STR(""), .words = STR("") };
    struct record r = { .kind = RECORD_PERSON, .author = c->actor.user, .time = c->now, .text = person_json(c, &child) };

    return record_write(c, identity, &r);
}

static status create_once(struct ctx *c, const struct case_new *told, struct id *id)
{
    struct comp_open made[3];
    struct comps comps = { made, 3 };
    static const char *const letters[] = { "N", "I", "E" };
    struct cases_row row;
    struct record answers = { .kind = RECORD_ANSWERS, .author = c->actor.user, .time = c->now };
    struct record words = { .kind = RECORD_NOTE, .author = c->actor.user, .time = c->now, .text = told->words };

    case_row_new(c, told, &row);
    *id = row.id;
    answers.text = answers_json(c, told);
    TRY(act_begin(c->ledger, case_act_info(c, "case.new", row.id)));
    TRY(row_insert(c->ledger, &table_cases, &row));
    for (size_t i = 0; i < COUNT_OF(letters); i++)
        TRY(comp_make(c, row.id, letters[i], 1, row.owner_unit, "own", &made[i]));
    TRY(record_write(c, &made[0], &answers));
    if (words.text.n)
        TRY(record_write(c, &made[0], &words));
    if (told->name.n)
        TRY(write_child(c, &made[1], told->name));
    TRY(casefile_begin(c, &row, &comps, STR("")));
    return act_commit(c->ledger);
}

status case_create(struct ctx *c, const struct case_new *told, struct id *id)
{
    status s = CONFLICT;

    if (c->actor.n_units == 0)
        return DENIED;
    for (int tries = 0; s == CONFLICT && tries < NUMBER_TRIES; tries++) {
        act_again(c->ledger);       /* two new cases at one moment draw one number */
        s = create_once(c, told, id);
    }
    return s;
}
