/* What is done with closed cases: their class, legal holds, and the end that takes two, of whom the second is a supervisor. Each is
   one act; the case's timeline tells of it, and needs no key for that. */
#include "retention.h"

#include "grants.h"

static status find_hold(struct ctx *c, struct id id, struct legal_holds_row *hold)
{
    struct legal_holds_rows rows;

    TRY(sql_holds_of_case(c->ledger, (struct sql_holds_of_case){ .case_id = id }, &rows));
    *hold = rows.n ? rows.at[0] : (struct legal_holds_row){ 0 };
    return OK;
}

static status find_facts(struct ctx *c, struct kept *k)
{
    struct referrals_live_row live;
    struct sweep_last_row last = { 0 };
    status s = sql_sweep_last(c->ledger->db, &last);

    if (s != OK && s != NOT_FOUND)
        return s;
    TRY(sql_referrals_live(c->ledger->db, (struct sql_referrals_live){ .case_id = k->row.id }, &live));
    k->facts = (struct keep_facts){
        .open = k->file.open || (id_is_zero(k->file.case_id) && !str_is(k->row.state, "closed") && !str_is(k->row.state, "prank")),
        .unread = k->row.waiting > 0, .held = !id_is_zero(k->hold.id), .shared = live.n > 0, .merged = str_is(k->row.state, "merged"),
        .jumped = s == OK && last.held.has, .due = k->keep.due };
    return OK;
}

status kept_open(struct ctx *c, struct id id, struct kept *k)
{
    status s;

    *k = (struct kept){ .row = { .id = id }, .file = { .case_id = id }, .keep = { .case_id = id } };
    TRY(row_get(c->ledger, &table_cases, &k->row));
    if (!actor_in(c, k->row.owner_unit))
        return NOT_FOUND;
    TRY(row_get(c->ledger, &table_retentions, &k->keep));
    s = row_get(c->ledger, &table_casefiles, &k->file);
    if (s == NOT_FOUND)
        k->file = (struct casefiles_row){ 0 };
    else
        TRY(s);
    TRY(find_hold(c, id, &k->hold));
    return find_facts(c, k);
}

/* -- acts -------------------------------------------------------------------------------------------------------------------------- */

typedef status kept_body(struct ctx *c, struct kept *k, const void *what);

static status kept_do(struct ctx *c, struct id id, const char *act, kept_body *body, const void *what)
{
    struct kept k;
    status s;

    TRY(act_begin(c->ledger, case_act_info(c, act, id)));
    s = kept_open(c, id, &k);
    if (s == OK)
        s = body(c, &k, what);
    if (s == OK)
        s = act_commit(c->ledger);
    if (s != OK)
        act_abort(c->ledger);
    return s;
}

static status tell(struct ctx *c, const struct kept *k, struct event e)
{
    struct comps comps;

    TRY(comps_closed(c, k->row.id, &comps));
    return event_write(c, &comps, &e);
}

static status classify_body(struct ctx *c, struct kept *k, const void *what)
{
    const struct str *code = what;
    const struct keep_class *class = keep_class(*code);
    const struct keep_class *from = keep_class(k->keep.class);

    if (class == NULL)
        return fail(INVALID, "no such class");
    if (!may(c, MAY_SUPERVISE))
        return DENIED;
    if (str_is(k->keep.state, "asked"))
        return CONFLICT;        /* two persons are about to end it by the term that they saw */
    k->keep.class = class->code;
    k->keep.due = keep_until(k->keep.since, class->years);
    k->keep.set_by = (struct opt_id){ true, c->actor.user };
    TRY(row_update(c->ledger, &table_retentions, &k->keep));
    return tell(c, k, (struct event){ .what = "keep_class", .from = from ? from->name : k->keep.class, .to = class->name, .words = STR("") });
}

status kept_classify(struct ctx *c, struct id id, struct str class)
{
    return kept_do(c, id, "retention.class", classify_body, &class);
}

struct holding { struct str why, words; };

static status hold_body(struct ctx *c, struct kept *k, const void *what)
{
    const struct holding *h = what;
    struct legal_holds_row row = { .id = id_timed(c->now), .case_id = k->row.id, .why = h->why, .since = c->now, .set_by = c->actor.user };

    if (keep_hold(h->why) == NULL || h->words.n == 0)
        return fail(INVALID, "a hold without its reason");
    if (k->facts.held)
        return CONFLICT;
    if (str_is(k->keep.state, "asked")) {       /* what was asked is off: a hold comes first */
        k->keep.state = STR("kept");
        k->keep.why = STR_NULL;
        k->keep.asked_by = (struct opt_id){ 0 };
        k->keep.asked = (struct opt_i64){ 0 };
        TRY(row_update(c->ledger, &table_retentions, &k->keep));
    }
    TRY(row_insert(c->ledger, &table_legal_holds, &row));
    return tell(c, k, (struct event){ .what = "keep_hold", .from = keep_hold(h->why)->name, .to = STR(""), .words = h->words });
}

status kept_hold(struct ctx *c, struct id id, struct str why, struct str words)
{
    return kept_do(c, id, "retention.hold", hold_body, &(struct holding){ why, words });
}

/* As the file says today; the code where it says nothing of it any more. */
static struct str hold_name(struct str code)
{
    const struct keep_word *w = keep_hold(code);

    return w ? w->name : code;
}

static status release_body(struct ctx *c, struct kept *k, const void *what)
{
    (void)what;
    if (!k->facts.held)
        return CONFLICT;
    if (!k->hold.off_asked_by.has) {
        k->hold.off_asked_by = (struct opt_id){ true, c->actor.user };
        TRY(row_update(c->ledger, &table_legal_holds, &k->hold));
        return tell(c, k, (struct event){ .what = "keep_release_ask", .from = hold_name(k->hold.why), .to = STR(""), .words = STR("") });
    }
    if (!may(c, MAY_SUPERVISE) || id_eq(k->hold.off_asked_by.v, c->actor.user))
        return DENIED;
    k->hold.ended = (struct opt_i64){ true, c->now };
    k->hold.ended_by = (struct opt_id){ true, c->actor.user };
    TRY(row_update(c->ledger, &table_legal_holds, &k->hold));
    return tell(c, k, (struct event){ .what = "keep_release", .from = hold_name(k->hold.why), .to = STR(""), .words = STR("") });
}

status kept_release(struct ctx *c, struct id id)
{
    return kept_do(c, id, "retention.release", release_body, NULL);
}

static status ask_body(struct ctx *c, struct kept *k, const void *what)
{
    const struct str *why = what;
    const struct keep_word *reason = keep_why(*why);

    if (reason == NULL)
        return fail(INVALID, "no such reason");
    if (str_is(k->keep.state, "asked") || keep_block(&k->facts, reason, c->now) != KEEP_FREE)
        return CONFLICT;
    k->keep.state = STR("asked");
    k->keep.why = reason->code;
    k->keep.asked_by = (struct opt_id){ true, c->actor.user };
    k->keep.asked = (struct opt_i64){ true, c->now };
    TRY(row_update(c->ledger, &table_retentions, &k->keep));
    return tell(c, k, (struct event){ .what = "keep_ask", .from = reason->name, .to = STR(""), .words = STR("") });
}

status kept_ask(struct ctx *c, struct id id, struct str why)
{
    return kept_do(c, id, "retention.ask", ask_body, &why);
}

static status withdraw_body(struct ctx *c, struct kept *k, const void *what)
{
    (void)what;
    if (!str_is(k->keep.state, "asked"))
        return CONFLICT;
    k->keep.state = STR("kept");
    k->keep.why = STR_NULL;
    k->keep.asked_by = (struct opt_id){ 0 };
    k->keep.asked = (struct opt_i64){ 0 };
    TRY(row_update(c->ledger, &table_retentions, &k->keep));
    return tell(c, k, (struct event){ .what = "keep_withdraw", .from = STR(""), .to = STR(""), .words = STR("") });
}

status kept_withdraw(struct ctx *c, struct id id)
{
    return kept_do(c, id, "retention.withdraw", withdraw_body, NULL);
}

static status erase_body(struct ctx *c, struct kept *k, const void *what)
{
    const struct keep_word *why = k->keep.why.n ? keep_why(k->keep.why) : NULL;
    struct tombstones_row stone = { .case_id = k->row.id, .unit = k->row.owner_unit, .class = k->keep.class, .day = clock_local_day(c->now),
                                    .erased_by = c->actor.user };
    struct erased sum = { 0 };

    (void)what;
    if (!str_is(k->keep.state, "asked") || !k->keep.asked_by.has || why == NULL || keep_block(&k->facts, why, c->now) != KEEP_FREE)
        return CONFLICT;
    if (!may(c, MAY_SUPERVISE) || id_eq(k->keep.asked_by.v, c->actor.user))
        return DENIED;
    TRY(row_agrees_with_log(c->ledger, &table_retentions, &k->keep));       /* who asked is what the log says */
    stone.why = why->code;
    stone.asked_by = k->keep.asked_by.v;
    TRY(case_erase(c, k->row.id, &sum));
    stone.records = sum.records;
    stone.files = sum.files;
    return row_insert(c->ledger, &table_tombstones, &stone);
}

status kept_erase(struct ctx *c, struct id id)
{
    return kept_do(c, id, "case.erase", erase_body, NULL);
}
