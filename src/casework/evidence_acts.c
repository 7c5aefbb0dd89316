/* What is done with the files of a case: opened with a reason, added by staff, sealed to the police alone. */
#include "evidence.h"
#include "referral.h"

enum { TRIES = 5, HASH_SHOWN = 12, KEPT_DAYS = 1 };

static struct str hash_short(const struct evidence *e)
{
    return str_upto(e->sha256, HASH_SHOWN);
}

/* -- opening ---------------------------------------------------------------------------------------------------------------- */

status evidence_note(struct ctx *c, const struct evidence_case *k, const struct evidence *e, struct evidence_act act)
{
    struct event event = { .what = act.what, .from = hash_short(e), .to = STR(""), .words = act.words };

    TRY(act_begin(c->ledger, case_act_info(c, act.act, k->row.id)));
    TRY(event_write(c, &k->comps, &event));
    if (act.look_until)
        TRY(viewing_begin(c, act.look_until));
    return act_commit(c->ledger);
}

static status viewing_row(struct ctx *c, struct viewing_of_row *row)
{
    status s = sql_viewing_of(c->ledger->db, (struct sql_viewing_of){ .user = c->actor.user, .day = clock_local_day(c->now) }, row);

    if (s == NOT_FOUND)
        *row = (struct viewing_of_row){ 0 };
    return s == NOT_FOUND ? OK : s;
}

i64 viewing_sum(const struct viewing_of_row *row, i64 now)
{
    i64 end = row->until < now ? row->until : now;

    return row->ms + (row->since && end > row->since ? end - row->since : 0);
}

static status viewing_put(struct ctx *c, i64 since, i64 until)
{
    struct viewing_of_row row;

    TRY(viewing_row(c, &row));
    return sql_viewing_set(c->ledger->db, (struct sql_viewing_set){
        .user = c->actor.user, .day = clock_local_day(c->now), .ms = viewing_sum(&row, c->now), .since = since, .until = until });
}

status viewing_begin(struct ctx *c, i64 until)
{
    i64 old = clock_local_day(c->now) - KEPT_DAYS * DAY_MS;

    TRY(sql_viewing_forget(c->ledger->db, (struct sql_viewing_forget){ .user = c->actor.user, .day = old }, &(i64){ 0 }));
    return viewing_put(c, c->now, until);
}

status viewing_end(struct ctx *c)
{
    return viewing_put(c, 0, 0);
}

status viewing_ms(struct ctx *c, i64 *ms)
{
    struct viewing_of_row row;

    TRY(viewing_row(c, &row));
    *ms = viewing_sum(&row, c->now);
    return OK;
}

/* -- adding ------------------------------------------------------------------------------------------------------------------- */

static status add_rows(struct ctx *c, struct evidence_case *k, const struct files_new *files, struct str words)
{
    struct comp_open *comp = comp_newest(&k->comps, "E");

    if (comp == NULL || comp->keys == NULL)
        return NOT_FOUND;
    for (size_t i = 0; i < files->n; i++) {
        struct record r = { .kind = RECORD_FILE, .author = c->actor.user, .time = c->now,
                            .text = file_json(c->arena, &files->at[i]) };

        TRY(row_insert(c->ledger, &table_files, file_row(c->arena, comp->id, &comp->dpk, &files->at[i])));
        TRY(record_write(c, comp, &r));
    }
    k->row.files += (i64)files->n;
    TRY(row_update(c->ledger, &table_cases, &k->row));
    return event_write(c, &k->comps, &(struct event){ "file_added", arena_f(c->arena, "%zu", files->n), STR(""), words });
}

static status add_once(struct ctx *c, struct id case_id, const struct files_new *files, struct str words)
{
    struct evidence_case k;

    TRY(evidence_case_open(c, case_id, &k));
    TRY(act_begin(c->ledger, case_act_info(c, "file.add", case_id)));
    TRY(row_get(c->ledger, &table_cases, &k.row));
    TRY(add_rows(c, &k, files, words));
    return act_commit(c->ledger);
}

/* Somebody who writes at the same moment changes the same rows: that is no reason to send the files again. */
status evidence_add(struct ctx *c, struct id case_id, const struct files_new *files, struct str words)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < TRIES; tries++) {
        act_again(c->ledger);
        s = add_once(c, case_id, files, words);
    }
    return s;
}

/* -- to the police alone -------------------------------------------------------------------------------------------------------- */

/* Two persons are needed: the first asks, another one, who supervises, does it (V8). */
static enum seal_road road_against(const struct ctx *c, const struct evidences *files)
{
    enum seal_road road = may(c, MAY_SUPERVISE) ? SEAL_CONFIRM : SEAL_WAIT;

    for (size_t i = 0; i < files->n; i++) {
        const struct opt_id asked = files->at[i].asked_by;

        if (!asked.has)
            return SEAL_ASK;
        if (id_eq(asked.v, c->actor.user))
            road = SEAL_WAIT;
    }
    return road;
}

status evidence_road(struct ctx *c, const struct evidence_case *k, const struct evidences *files, enum seal_road *road)
{
    struct strs names;
    struct unit_key unit;
    status s;

    TRY(case_excluded(c, &k->comps, &names));
    s = police_unit(c, k->row.id, &k->comps, false, &unit);
    *road = SEAL_FREE;
    if (s != NOT_FOUND)
        return s;
    s = police_unit(c, k->row.id, &k->comps, true, &unit);
    *road = s == NOT_FOUND ? SEAL_NOBODY : road_against(c, files);
    return s == NOT_FOUND ? OK : s;
}

/* What others keep: hash, class and status, no name. With `name` it is what the police keep. */
static struct str about_file(struct ctx *c, const struct evidence *e, const char *state, struct str class, bool name)
{
    struct out o = { .max = 64 << 10 };
    char id[ID_TEXT + 1];
    struct str text;

    id_text(e->id, id);
    out_f(&o, "{\"file\":\"%s\",\"kind\":\"%s\",\"status\":\"%s\",\"size\":%lld,\"sha256\":", id, evidence_kind_codes[e->kind], state,
          (long long)e->size);
    out_json(&o, e->sha256);
    out_c(&o, ",\"class\":");
    out_json(&o, class);
    if (e->pdq.n) {
        out_f(&o, ",\"quality\":%lld,\"pdq\":", (long long)e->quality);
        out_json(&o, e->pdq);
    }
    if (name) {
        out_c(&o, ",\"name\":");
        out_json(&o, e->name);
        out_c(&o, ",\"type\":");
        out_json(&o, e->type);
    }
    out_char(&o, '}');
    text = arena_copy(c->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}

/* Hashed while it can still be opened; a file that is no picture has none, and neither has one without the decoder. */
static status take_pdq(struct ctx *c, struct evidence *e)
{
    struct media media;

    if (e->kind != KIND_PICTURE && e->kind != KIND_OTHER)
        return OK;
    TRY(evidence_media(c, e, (struct media_want){ .blurred = true, .pdq = true }, &media));
    if (media.has_pdq) {
        e->pdq = arena_copy(c->arena, str_c(media.pdq));
        e->quality = media.quality;
    }
    media_free(&media);
    return OK;
}

static status chosen_files(struct ctx *c, const struct evidence_case *k, const struct seal *seal, struct evidences *chosen)
{
    *chosen = (struct evidences){ .at = NEW_N(c->arena, struct evidence, seal->n + 1) };
    for (size_t i = 0; i < seal->n; i++) {
        const struct evidence *e = evidence_find(&k->files, seal->files[i]);

        if (e == NULL || e->police)
            return fail(NOT_FOUND, "no such file in E");
        chosen->at[chosen->n++] = *e;
    }
    return OK;
}

/* P as it is; where there is none, one that the police unit alone opens: the key is forgotten here at once. */
static status police_place(struct ctx *c, struct evidence_case *k, enum seal_road road, struct comp_open *place)
{
    const struct comp_open *there = comp_newest(&k->comps, "P");
    struct unit_key unit;

    if (there != NULL) {
        *place = (struct comp_open){ .id = there->id, .dpk = there->dpk };
        return OK;
    }
    TRY(police_unit(c, k->row.id, &k->comps, road == SEAL_CONFIRM, &unit));
    TRY(comp_make(c, k->row.id, "P", 1, unit.unit, road == SEAL_CONFIRM ? "police-against" : "police", place));
    place->keys = NULL;
    return OK;
}

static status note_file(struct ctx *c, const struct comp_open *to, struct id author, struct str text)
{
    struct record r = { .kind = RECORD_FILE, .author = author, .time = c->now, .text = text };

    return record_write(c, to, &r);
}

/* The old key goes and the new one comes in one row, so there is no moment with both. */
static status move_one(struct ctx *c, const struct evidence_case *k, const struct evidence *e, const struct comp_open *place,
                       const struct seal *seal)
{
    struct key *fk = SECRET(c->ledger->secrets, struct key);
    struct files_row row;

    TRY(evidence_key(c, e, &row, fk));
    row.comp = place->id;
    row.fk = vault_wrap(c->arena, &place->dpk, ctx_file_key(place->id, row.id), fk);
    TRY(row_update(c->ledger, &table_files, &row));
    TRY(evidence_forget(c, &k->comps, e->id));
    TRY(referrals_forget_file(c, k->row.id, e->id));
    TRY(note_file(c, place, e->by.has ? e->by.v : id_zero(), about_file(c, e, "police", seal->class, true)));
    TRY(note_file(c, comp_newest(&k->comps, "N"), c->actor.user, about_file(c, e, "police", seal->class, false)));
    return event_write(c, &k->comps, &(struct event){ "police_only", hash_short(e), STR("P"), seal->words });
}

static status ask_one(struct ctx *c, const struct evidence_case *k, const struct evidence *e, const struct seal *seal)
{
    TRY(note_file(c, comp_newest(&k->comps, "N"), c->actor.user, about_file(c, e, "asked", seal->class, false)));
    return event_write(c, &k->comps, &(struct event){ "police_asked", hash_short(e), STR("P"), seal->words });
}

static status seal_rows(struct ctx *c, struct evidence_case *k, const struct evidences *chosen, enum seal_road road,
                        const struct seal *seal)
{
    struct comp_open place;

    if (road != SEAL_ASK)
        TRY(police_place(c, k, road, &place));
    for (size_t i = 0; i < chosen->n; i++)
        TRY(road == SEAL_ASK ? ask_one(c, k, &chosen->at[i], seal) : move_one(c, k, &chosen->at[i], &place, seal));
    return OK;
}

static status seal_once(struct ctx *c, const struct seal *seal, enum seal_road *road)
{
    struct evidence_case k;
    struct evidences chosen;

    TRY(evidence_case_open(c, seal->case_id, &k));
    if (comp_newest(&k.comps, "N") == NULL)
        return fail(BROKEN, "a case without its compartment for notes");
    TRY(chosen_files(c, &k, seal, &chosen));
    TRY(evidence_road(c, &k, &chosen, road));
    if (*road == SEAL_NOBODY || *road == SEAL_WAIT)
        return OK;
    for (size_t i = 0; *road != SEAL_ASK && i < chosen.n; i++)
        TRY(take_pdq(c, &chosen.at[i]));
    TRY(act_begin(c->ledger, case_act_info(c, *road == SEAL_ASK ? "file.police-ask" : "file.police", seal->case_id)));
    TRY(seal_rows(c, &k, &chosen, *road, seal));
    return act_commit(c->ledger);
}

status evidence_seal(struct ctx *c, const struct seal *seal, enum seal_road *road)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < TRIES; tries++) {
        act_again(c->ledger);
        s = seal_once(c, seal, road);
    }
    return s;
}
