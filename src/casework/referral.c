/* What is done with a referral or a transfer. Every act reads the rows anew inside its transaction and looks whether it still
   fits; of two acts at one moment the later one finds the row of the referral changed, and nothing of it is kept. */
#include "clocks.h"
#include "referral.h"

enum { ACT_TRIES = 6 };

static struct act_info info_of(const struct ctx *c, const char *act, struct id case_id, struct id unit)
{
    return (struct act_info){ .act = act, .now = c->now, .actor = c->actor.user, .unit = unit, .object = case_id };
}

/* "Công an chuyên trách (mẫu) · Đơn vị công an tỉnh (mẫu)" */
struct str unit_label(struct ctx *c, struct id unit)
{
    struct units_row u = { .id = unit };
    struct organisations_row org;

    if (row_get(c->ledger, &table_units, &u) != OK)
        return STR("?");
    org = (struct organisations_row){ .id = u.org };
    if (row_get(c->ledger, &table_organisations, &org) != OK)
        return u.name;
    return arena_f(c->arena, "%.*s · %.*s", (int)org.name.n, org.name.at, (int)u.name.n, u.name.at);
}

/* A line in the timeline of a case, whether or not its notes open to the writer. */
static status tell(struct ctx *c, struct id case_id, const struct event *e)
{
    struct comps comps;

    TRY(comps_closed(c, case_id, &comps));
    return event_write(c, &comps, e);
}

static const char *event_code(struct str kind, const char *what)
{
    static const struct { const char *what, *refer, *transfer; } codes[] = {
        { "asked", "refer_asked", "transfer_asked" }, { "sent", "refer_sent", "transfer_sent" },
        { "accepted", "refer_accepted", "transfer_accepted" }, { "declined", "refer_declined", "transfer_declined" },
        { "done", "refer_done", "refer_done" }, { "revoked", "refer_revoked", "transfer_revoked" },
        { "expired", "refer_expired", "transfer_expired" }, { "received", "refer_received", "transfer_received" },
    };

    for (size_t i = 0; i < COUNT_OF(codes); i++)
        if (strcmp(codes[i].what, what) == 0)
            return str_is(kind, "transfer") ? codes[i].transfer : codes[i].refer;
    return "refer_sent";
}

/* -- sending ---------------------------------------------------------------------------------------------------------------------- */

static struct str shared_file_json(struct ctx *c, const struct shared_file *f)
{
    struct out o = { .max = 64 << 10 };
    char id[ID_TEXT + 1];
    struct str text;

    id_text(f->file, id);
    out_f(&o, "{\"file\":\"%s\",\"name\":", id);
    out_json(&o, f->name);
    out_c(&o, ",\"type\":");
    out_json(&o, f->type);
    out_c(&o, ",\"sha256\":");
    out_json(&o, f->sha256);
    out_f(&o, ",\"size\":%lld,\"fk\":\"", (long long)f->size);
    out_hex(&o, f->fk.at, f->fk.n);
    out_c(&o, "\"}");
    text = arena_copy(c->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}

/* The ciphertext stays where it is, once; its key is wrapped again, to T, and lies sealed in a record there. */
static status file_share(struct ctx *c, const struct sending *from, const struct comp_open *to, struct shared_file *f)
{
    struct files_row row = { .id = f->file };
    struct key *fk = SECRET(c->ledger->secrets, struct key);
    const struct comp_open *comp;
    struct record r = { .kind = RECORD_FILE, .author = c->actor.user, .time = c->now };

    TRY(row_get(c->ledger, &table_files, &row));
    comp = comps_find(&from->comps, row.comp);
    if (comp == NULL || comp->keys == NULL || !str_is(comp->letter, "E"))
        return fail(CONFLICT, "a file was moved to police alone meanwhile");
    TRY(vault_unwrap(&comp->keys->drop, ctx_file_key(comp->id, f->file), row.fk, fk));
    f->fk = vault_wrap(c->arena, &to->dpk, ctx_file_key(to->id, f->file), fk);
    r.text = shared_file_json(c, f);
    return record_write(c, to, &r);
}

/* The names of files come from the case, never from a draft. */
static status files_share(struct ctx *c, const struct sending *from, const struct comp_open *to, const struct shared *s)
{
    struct shared now;

    TRY(sending_items(c, from, false, &now));
    for (size_t i = 0; i < s->n_files; i++)
        for (size_t k = 0; s->files[i].on && k < now.n_files; k++)
            if (id_eq(now.files[k].file, s->files[i].file)) {
                now.files[k].on = true;
                TRY(file_share(c, from, to, &now.files[k]));
                break;
            }
    return OK;
}

static status let_in(struct ctx *c, const struct referrals_row *r, const struct comp_open *thread)
{
    struct grant_terms terms = { .why = str_is(r->kind, "transfer") ? "transfer" : "referral", .consent = r->consent,
                                 .expires = r->expires };
    status s = comp_grant(c, thread, r->to_unit, &terms);

    return s == NOT_FOUND ? fail(CONFLICT, "the receiving unit has nobody with a key") : s;
}

static status send_rows(struct ctx *c, const struct sending *from, const struct shared *s, struct referrals_row *r)
{
    struct grant_terms own = { .why = "referral" };
    struct record shared = { .kind = RECORD_SHARED, .author = c->actor.user, .time = c->now, .text = shared_json(c, s, false) };
    struct comp_open thread;

    TRY(comp_new(c, r->case_id, "T", &thread));
    TRY(comp_grant(c, &thread, r->from_unit, &own));
    r->comp = (struct opt_id){ true, thread.id };
    TRY(row_insert(c->ledger, &table_referrals, r));
    if (!r->against)
        TRY(let_in(c, r, &thread));
    TRY(record_write(c, &thread, &shared));
    if (!s->transfer)
        return files_share(c, from, &thread, s);
    return r->against ? OK : transfer_offer(c, &from->comps, r);
}

static struct referrals_row row_of(struct ctx *c, const struct sending *from, const struct shared *s, bool against)
{
    return (struct referrals_row){
        .id = id_timed(c->now), .kind = s->transfer ? STR("transfer") : STR("referral"), .case_id = from->row.id,
        .from_unit = from->from_unit, .to_unit = s->to_unit, .state = against ? STR("asked") : STR("sent"), .purpose = s->purpose,
        .consent = s->consent, .against = against, .sent_by = c->actor.user, .sent = c->now,
        .expires = { s->expires > 0, s->expires },
    };
}

status referral_send(struct ctx *c, struct id case_id, const struct shared *s, struct id *id)
{
    struct sending from;
    struct receiver to;
    struct referrals_row r;

    TRY(sending_open(c, case_id, &from));
    TRY(receiver_get(c, &from, s->to_unit, &to));
    if (s->transfer && !from.owner)
        return fail(CONFLICT, "only who owns the case and holds all its keys can hand it over");
    r = row_of(c, &from, s, to.against);
    *id = r.id;
    TRY(act_begin(c->ledger, info_of(c, s->transfer ? to.against ? "transfer.ask" : "transfer.send"
                                                    : to.against ? "referral.ask" : "referral.send", case_id, r.from_unit)));
    TRY(send_rows(c, &from, s, &r));
    TRY(event_write(c, &from.comps, &(struct event){ .what = event_code(r.kind, r.against ? "asked" : "sent"),
                                                     .from = unit_label(c, r.to_unit), .to = s->purpose,
                                                     .words = r.against ? s->against_words : s->need }));
    if (!r.against)
        TRY(clocks_referred(c, case_id, &from.comps));
    TRY(shared_draft_end(c, case_id));
    return act_commit(c->ledger);
}

/* -- opening ------------------------------------------------------------------------------------------------------------------------ */

unsigned referral_sides(const struct ctx *c, const struct referrals_row *r)
{
    unsigned sides = 0;

    if (actor_in(c, r->from_unit))
        sides |= SIDE_SENDER;
    if (sides && may(c, MAY_SUPERVISE) && !id_eq(r->sent_by, c->actor.user))
        sides |= SIDE_SECOND;
    if (actor_in(c, r->to_unit) && referral_left_house(r->state, r->against, r->confirmed_by.has))
        sides |= SIDE_RECEIVER;
    return sides;
}

status referral_open(struct ctx *c, struct id id, struct referral *r)
{
    *r = (struct referral){ .row = { .id = id } };
    TRY(row_get(c->ledger, &table_referrals, &r->row));
    r->sides = referral_sides(c, &r->row);
    if (r->sides == 0 || !r->row.comp.has)
        return NOT_FOUND;
    return comp_of_id(c, r->row.comp.v, &r->comp);
}

status referral_log_read(struct ctx *c, const struct referral *r)
{
    return act_note(c->ledger, info_of(c, "referral.read", r->row.case_id,
                                       r->sides & SIDE_SENDER ? r->row.from_unit : r->row.to_unit));
}

/* -- the receiver's own case --------------------------------------------------------------------------------------------------------- */

static struct str code_of(struct shared *s, const char *kind)
{
    struct shared_item *item = shared_find(s, str_c(kind), STR_NULL);

    return item && item->on ? item->code : STR("");
}

static i64 urgency_of(struct str danger, struct str risk)
{
    if (str_is(danger, "now"))
        return 4;
    return str_is(danger, "soon") || str_is(risk, "high") ? 3 : str_is(risk, "low") ? 1 : 2;
}

static struct cases_row own_row(struct ctx *c, struct shared *s, struct id unit)
{
    struct id id = id_timed(c->now);
    uint8_t salt[SALT_BYTES];
    char text[ID_TEXT + 1];

    id_text(id, text);
    random_bytes(salt, sizeof salt);
    return (struct cases_row){
        .id = id, .ref = arena_f(c->arena, "CG-%s", text + ID_TEXT - 8), .state = STR("none"),
        .salt = arena_copy(c->arena, str_of(salt, sizeof salt)), .urgency = urgency_of(code_of(s, "danger"), code_of(s, "risk")),
        .risk = code_of(s, "risk"), .danger = code_of(s, "danger"), .harm = code_of(s, "harm"), .age_band = code_of(s, "age"),
        .province = code_of(s, "place"), .day = clock_local_day(c->now), .owner_unit = unit, .due = clock_hour_floor(c->now),
    };
}

/* In the shape of a report's answers. Whom the child left out stands here too: a referral of this case keeps to it (V8). */
static struct str own_answers(struct ctx *c, const struct cases_row *row, const struct shared *s)
{
    struct out o = { .max = 1 << 20 };
    struct str text;

    out_c(&o, "{\"who\":\"other\",\"danger\":");
    out_json(&o, row->danger);
    out_c(&o, ",\"harm\":");
    out_json(&o, row->harm);
    out_c(&o, ",\"age\":");
    out_json(&o, row->age_band);
    out_c(&o, ",\"province\":");
    out_json(&o, row->province);
    out_c(&o, ",\"exclude\":[");
    for (size_t i = 0; i < s->left_out.n; i++) {
        out_c(&o, i ? "," : "");
        out_json(&o, s->left_out.at[i]);
    }
    out_c(&o, "]}");
    text = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return text;
}

static status own_case(struct ctx *c, const struct referrals_row *r, struct shared *s)
{
    static const char *const letters[] = { "N", "I", "E" };
    struct comp_open made[COUNT_OF(letters)];
    struct comps comps = { made, COUNT_OF(letters) };
    struct cases_row row = own_row(c, s, r->to_unit);
    struct record answers = { .kind = RECORD_ANSWERS, .author = c->actor.user, .time = c->now };

    row.id = r->to_case.v;
    TRY(row_insert(c->ledger, &table_cases, &row));
    for (size_t i = 0; i < COUNT_OF(letters); i++)
        TRY(comp_make(c, row.id, letters[i], 1, row.owner_unit, "own", &made[i]));
    answers.text = own_answers(c, &row, s);
    TRY(record_write(c, &made[0], &answers));
    TRY(casefile_begin(c, &row, &comps, STR("")));
    return event_write(c, &comps, &(struct event){ .what = event_code(r->kind, "received"), .to = r->purpose,
                                                   .from = unit_label(c, r->from_unit), .words = s->need });
}

/* -- acts ----------------------------------------------------------------------------------------------------------------------------- */

static status take(struct ctx *c, struct referral *r, struct shared *s)
{
    if (str_is(r->row.kind, "transfer"))
        return transfer_take(c, &r->row);
    return own_case(c, &r->row, s);
}

/* A second person has decided: only now anything of it is sealed to a unit that the child left out. */
static status confirm(struct ctx *c, struct referral *r)
{
    struct sending from;

    TRY(let_in(c, &r->row, &r->comp));
    TRY(sending_open(c, r->row.case_id, &from));
    TRY(clocks_referred(c, r->row.case_id, &from.comps));
    if (!str_is(r->row.kind, "transfer"))
        return OK;
    return from.owner ? transfer_offer(c, &from.comps, &r->row) : fail(CONFLICT, "not all keys of the case are here");
}

/* The other side reads no more; what it has written in its own case stays its own. */
static status shut_out(struct ctx *c, const struct referrals_row *r)
{
    TRY(grants_end(c->ledger, r->comp.v, r->to_unit));
    return transfer_forget(c->ledger, r->id);
}

static status consequences(struct ctx *c, struct referral *r, enum referral_act act, struct shared *s)
{
    if (act == REFERRAL_ACCEPT)
        return take(c, r, s);
    return act == REFERRAL_CONFIRM ? confirm(c, r) : shut_out(c, &r->row);
}

/* The reason of the list, then the words to it. */
static struct str why_of(struct ctx *c, const struct referral_do *act)
{
    struct str name;

    if (act->choice.n == 0)
        return act->words;
    name = list_name(c, "decline", act->choice);
    return act->words.n ? arena_f(c->arena, "%.*s: %.*s", (int)name.n, name.at, (int)act->words.n, act->words.at) : name;
}

/* Both sides learn of it: the sender's case, and the receiver's own where it has one. */
static status tell_both(struct ctx *c, const struct referrals_row *r, const struct referral_do *act)
{
    struct event e = { .what = event_code(r->kind, act->act == REFERRAL_CONFIRM ? "sent" : r->state.at), .to = act->choice,
                       .from = unit_label(c, r->to_unit), .words = why_of(c, act) };

    TRY(tell(c, r->case_id, &e));
    if (!r->to_case.has || act->act == REFERRAL_ACCEPT)
        return OK;
    e.from = unit_label(c, r->from_unit);
    return tell(c, r->to_case.v, &e);
}

static const char *act_code(const struct referrals_row *r, enum referral_act act)
{
    static const char *const codes[][2] = {
        [REFERRAL_CONFIRM] = { "referral.confirm", "transfer.confirm" }, [REFERRAL_ACCEPT] = { "referral.accept", "transfer.accept" },
        [REFERRAL_DECLINE] = { "referral.decline", "transfer.decline" }, [REFERRAL_DONE] = { "referral.done", "referral.done" },
        [REFERRAL_REVOKE] = { "referral.revoke", "transfer.revoke" }, [REFERRAL_EXPIRE] = { "referral.expire", "transfer.expire" },
        [REFERRAL_WRITE] = { "referral.write", "transfer.write" },
    };

    return codes[act][str_is(r->kind, "transfer")];
}

static void mark(struct ctx *c, struct referral *r, const struct referral_do *act, const char *to)
{
    r->row.state = str_c(to);
    if (act->act == REFERRAL_CONFIRM) {
        r->row.confirmed_by = (struct opt_id){ true, c->actor.user };
        return;
    }
    r->row.answered = (struct opt_i64){ true, c->now };
    r->row.answered_by = (struct opt_id){ !id_is_zero(c->actor.user), c->actor.user };
    if (act->act == REFERRAL_ACCEPT && str_is(r->row.kind, "referral"))
        r->row.to_case = (struct opt_id){ true, id_timed(c->now) };
}

/* The last day is over, and the clock has not come round yet: what would give a key is not done any more. */
static bool too_late(const struct ctx *c, const struct referrals_row *r, enum referral_act act)
{
    return (act == REFERRAL_ACCEPT || act == REFERRAL_CONFIRM) && r->expires.has && r->expires.v <= c->now;
}

/* Inside the act. The case of the receiver is inserted before the row that names it: the rest of the order is free. */
static status do_in_act(struct ctx *c, struct referral *r, const struct referral_do *act, struct shared *s)
{
    const char *to = referral_next(r->row.kind, r->row.state, act->act, r->sides);

    if (to == NULL || too_late(c, &r->row, act->act))
        return INVALID;         /* not any more: trying again would not help */
    mark(c, r, act, to);
    if (r->row.to_case.has)
        TRY(consequences(c, r, act->act, s));
    TRY(row_update(c->ledger, &table_referrals, &r->row));
    if (!r->row.to_case.has)
        TRY(consequences(c, r, act->act, s));
    TRY(tell_both(c, &r->row, act));
    return act_commit(c->ledger);
}

static status do_once(struct ctx *c, struct id id, const struct referral_do *act)
{
    struct referral r;
    struct shared s = { 0 };

    TRY(referral_open(c, id, &r));
    if (act->act == REFERRAL_ACCEPT && str_is(r.row.kind, "referral") && r.comp.keys != NULL)
        TRY(referral_shared(c, &r, &s));
    TRY(act_begin(c->ledger, info_of(c, act_code(&r.row, act->act), r.row.case_id,
                                     r.sides & SIDE_SENDER ? r.row.from_unit : r.row.to_unit)));
    TRY(referral_open(c, id, &r));
    return do_in_act(c, &r, act, &s);
}

/* A child who writes at the same moment changes the same case, and two cases of one moment draw one number: try again on what
   is there now. What does not fit any more is CONFLICT. */
status referral_act_on(struct ctx *c, struct id id, const struct referral_do *act)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < ACT_TRIES; tries++) {
        act_again(c->ledger);
        s = do_once(c, id, act);
    }
    return s == INVALID ? CONFLICT : s;
}

/* -- the thread ------------------------------------------------------------------------------------------------------------------------ */

status referral_shared(struct ctx *c, const struct referral *r, struct shared *s)
{
    struct strs texts;

    if (r->comp.keys == NULL)
        return NOT_FOUND;
    TRY(records_of_kind(c, &r->comp, (struct kind_wanted){ RECORD_SHARED, 1 }, &texts));
    if (texts.n == 0)
        return fail(BROKEN, "a referral without what it shares");
    return shared_of_json(c, texts.at[0], s);
}

status referral_thread(struct ctx *c, const struct referral *r, i64 before, struct messages *messages)
{
    struct comp_open comp = r->comp;

    *messages = (struct messages){ 0 };
    if (comp.keys == NULL)
        return OK;
    return messages_read(c, &(struct comps){ &comp, 1 },
                         (struct messages_part){ .letter = "T", .before = before, .most = PART_MESSAGES, .bytes = PART_BYTES }, messages);
}

status referral_write(struct ctx *c, struct id id, struct str text)
{
    struct record m = { .kind = RECORD_MESSAGE_STAFF, .author = c->actor.user, .time = c->now, .text = text };
    struct referral r;

    TRY(referral_open(c, id, &r));
    TRY(act_begin(c->ledger, info_of(c, act_code(&r.row, REFERRAL_WRITE), r.row.case_id,
                                     r.sides & SIDE_SENDER ? r.row.from_unit : r.row.to_unit)));
    TRY(referral_open(c, id, &r));
    if (r.comp.keys == NULL || referral_next(r.row.kind, r.row.state, REFERRAL_WRITE, r.sides) == NULL)
        return CONFLICT;
    TRY(record_write(c, &r.comp, &m));
    return act_commit(c->ledger);
}

/* -- timed ---------------------------------------------------------------------------------------------------------------------------- */

static status expire(struct ctx *c, struct id id)
{
    struct referral r = { .row = { .id = id }, .sides = SIDE_CLOCK };

    TRY(row_get(c->ledger, &table_referrals, &r.row));
    TRY(act_begin(c->ledger, info_of(c, act_code(&r.row, REFERRAL_EXPIRE), r.row.case_id, id_zero())));
    TRY(row_get(c->ledger, &table_referrals, &r.row));
    if (!r.row.expires.has || r.row.expires.v > c->now || !r.row.comp.has)
        return CONFLICT;
    return do_in_act(c, &r, &(struct referral_do){ .act = REFERRAL_EXPIRE, .choice = STR(""), .words = STR("") }, NULL);
}

status referrals_expire(struct ledger *l, const struct app *app, i64 now)
{
    struct ctx c = { .arena = l->arena, .ledger = l, .app = app, .now = now };
    struct referrals_rows rows;

    TRY(sql_referrals_over(l, (struct sql_referrals_over){ .now = now }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        if (expire(&c, rows.at[i].id) != OK)
            act_abort(l);       /* somebody was faster, or the row is damaged and alarmed: the others still end */
    return OK;
}
