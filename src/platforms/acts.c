#include "desk.h"

#include "../casework/casefile.h"
#include "../people/people.h"

#include "texts.h"

enum { ACT_TRIES = 8 };

const char *const report_answers[] = { "read", "taken", "more", "ended", NULL };

/* -- the shape of every act ------------------------------------------------------------------------------------------------------------- */

typedef status act_body(struct ctx *c, struct open_report *r, const void *what);
struct act { const char *name; act_body *body; const void *what; };

static status act_once(struct ctx *c, struct id id, const struct act *act)
{
    struct open_report *r = NEW(c->arena, struct open_report);

    TRY(act_begin(c->ledger, case_act_info(c, act->name, id)));
    TRY(report_open_for(c, id, false, r));
    TRY(act->body(c, r, act->what));
    TRY(row_update(c->ledger, &table_platform_reports, &r->row));
    return act_commit(c->ledger);
}

/* Somebody changed the same row meanwhile: once more on the new one. CONFLICT of the body itself is told by `decided_meanwhile`. */
static status act_do(struct ctx *c, struct id id, const struct act *act)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < ACT_TRIES; tries++) {
        size_t mark = secrets_mark(c->ledger->secrets);

        act_again(c->ledger);
        s = act_once(c, id, act);
        secrets_back(c->ledger->secrets, mark);
    }
    if (s != OK)
        act_abort(c->ledger);
    return s;
}

static status waits(const struct open_report *r)
{
    return r->row.decision.n == 0 ? OK : fail(CONFLICT, "this report was decided on meanwhile");
}

static void decide(struct ctx *c, struct open_report *r, struct str decision)
{
    r->row.decision = decision;
    r->row.decided = (struct opt_i64){ decision.n > 0, c->now };
}

static status write_reason(struct ctx *c, struct open_report *r, struct str reason)
{
    const struct comp_open *notes = comp_newest(&r->comps, "N");
    struct record said = { .kind = RECORD_REASON, .author = c->actor.user, .time = c->now, .text = reason };

    return notes != NULL ? record_write(c, notes, &said) : fail(BROKEN, "a report without its notes");
}

static status ask_of(struct ctx *c, const struct open_report *r, struct platform_asks_row *ask)
{
    *ask = (struct platform_asks_row){ .report = r->row.id };
    return row_get(c->ledger, &table_platform_asks, ask);
}

/* Nobody has asked for something else that still waits for a second person. */
static status free_to_decide(struct ctx *c, const struct open_report *r)
{
    struct platform_asks_row row;
    status s = ask_of(c, r, &row);

    TRY(waits(r));
    return s == NOT_FOUND ? OK : s == OK ? fail(CONFLICT, "a decision waits for a second person") : s;
}

/* -- a case ------------------------------------------------------------------------------------------------------------------------------ */

static void member(struct out *o, const char *before, struct str value)
{
    out_c(o, before);
    out_json(o, value);
}

/* What those see of a file who may not open it: kind, size, hashes, class. Never its name. */
static status tell_file(struct ctx *c, const struct comp_open *notes, const struct kept_file *f)
{
    struct record r = { .kind = RECORD_FILE, .author = c->actor.user, .time = c->now };
    struct out o = { .max = 1 << 16 };
    char id[ID_TEXT + 1];

    id_text(f->id, id);
    out_f(&o, "{\"file\":\"%s\",\"status\":\"police\",\"kind\":\"%s\",\"size\":%lld", id, f->film ? "video" : f->pdq.n ? "picture" : "other",
          (long long)f->size);
    member(&o, ",\"sha256\":", f->sha256);
    if (f->pdq.n) {
        member(&o, ",\"pdq\":", f->pdq);
        out_f(&o, ",\"quality\":%lld", (long long)f->quality);
    }
    member(&o, ",\"class\":", f->class);
    out_char(&o, '}');
    r.text = arena_copy(c->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return record_write(c, notes, &r);
}

static status make_case(struct ctx *c, struct open_report *r, const void *what)
{
    const struct case_wish *wish = what;
    const struct comp_open *notes = comp_newest(&r->comps, "N");
    struct comp_open evidence;

    TRY(free_to_decide(c, r));
    if (notes == NULL || notes->keys == NULL || casefile_there(c, r->row.id))
        return fail(CONFLICT, "there is a case already");
    TRY(comp_make(c, r->row.id, "E", 1, r->kept.owner_unit, "own", &evidence));
    for (size_t i = 0; i < r->files.n; i++)
        TRY(tell_file(c, notes, &r->files.at[i]));
    r->kept.age_band = wish->age;
    r->kept.province = wish->province;
    r->kept.files = r->row.files;
    r->kept.due = clock_hour_floor(c->now);
    TRY(row_update(c->ledger, &table_cases, &r->kept));
    TRY(casefile_begin(c, &r->kept, &r->comps, r->kept.ref));
    decide(c, r, STR("case"));
    return OK;
}

status report_make_case(struct ctx *c, struct id id, const struct case_wish *wish)
{
    struct act act = { "platform.case", make_case, wish };

    return act_do(c, id, &act);
}

/* -- duplicate, unfounded: two people ------------------------------------------------------------------------------------------------------ */

static status ask(struct ctx *c, struct open_report *r, const void *what)
{
    const struct ask_new *new = what;
    struct platform_asks_row row;

    TRY(free_to_decide(c, r));
    row = (struct platform_asks_row){ .report = r->row.id, .decision = new->decision, .of_report = new->of_report,
                                      .asked_by = c->actor.user, .asked = c->now };
    TRY(row_insert(c->ledger, &table_platform_asks, &row));
    return write_reason(c, r, new->reason);
}

status report_ask(struct ctx *c, struct id id, const struct ask_new *new)
{
    struct act act = { "platform.ask", ask, new };

    return act_do(c, id, &act);
}

static status agree(struct ctx *c, struct open_report *r, const void *what)
{
    struct platform_asks_row row;
    status s = ask_of(c, r, &row);

    (void)what;
    TRY(waits(r));
    if (s != OK)
        return s == NOT_FOUND ? fail(CONFLICT, "nobody asks any more") : s;
    if (id_eq(row.asked_by, c->actor.user))
        return fail(DENIED, "another person has to agree");
    TRY(row_delete(c->ledger, &table_platform_asks, &row));
    decide(c, r, row.decision);
    return OK;
}

status report_agree(struct ctx *c, struct id id)
{
    struct act act = { "platform.agree", agree, NULL };

    return act_do(c, id, &act);
}

static status disagree(struct ctx *c, struct open_report *r, const void *what)
{
    struct platform_asks_row row;
    status s = ask_of(c, r, &row);

    TRY(waits(r));
    if (s != OK)
        return s == NOT_FOUND ? fail(CONFLICT, "nobody asks any more") : s;
    TRY(row_delete(c->ledger, &table_platform_asks, &row));
    return write_reason(c, r, *(const struct str *)what);
}

status report_disagree(struct ctx *c, struct id id, struct str reason)
{
    struct act act = { "platform.disagree", disagree, &reason };

    return act_do(c, id, &act);
}

static status reopen(struct ctx *c, struct open_report *r, const void *what)
{
    if (!str_is(r->row.decision, "duplicate") && !str_is(r->row.decision, "unfounded"))
        return fail(CONFLICT, "it waits already, or is a case");
    decide(c, r, STR(""));
    return write_reason(c, r, *(const struct str *)what);
}

status report_reopen(struct ctx *c, struct id id, struct str reason)
{
    struct act act = { "platform.reopen", reopen, &reason };

    return act_do(c, id, &act);
}

/* -- a track of content ------------------------------------------------------------------------------------------------------------------------ */

struct track_act { const struct track_wish *wish; struct takedown_opened *opened; };

static status open_track(struct ctx *c, struct open_report *r, const void *what)
{
    const struct track_act *t = what;
    struct takedown_new new = {
        .items = t->wish->items, .source = "platform", .found = { true, r->row.id }, .class = t->wish->class, .basis = STR(""),
        .words = t->wish->words, .triaged = may(c, MAY_ASK_REMOVAL), .by = c->actor.user, .now = c->now,
        .case_id = { str_is(r->row.decision, "case"), r->row.id },
    };

    if (str_is(r->row.decision, "duplicate") || str_is(r->row.decision, "unfounded"))
        return fail(CONFLICT, "this report was decided on meanwhile");
    if (r->row.decision.n == 0) {
        TRY(free_to_decide(c, r));
        decide(c, r, STR("track"));
    }
    TRY(takedown_open(c->ledger, &new, t->opened));
    return OK;
}

status report_open_track(struct ctx *c, struct id id, const struct track_wish *wish, struct takedown_opened *opened)
{
    struct track_act what = { wish, opened };
    struct act act = { "platform.track", open_track, &what };

    return act_do(c, id, &act);
}

/* -- the platform's answer ----------------------------------------------------------------------------------------------------------------- */

/* By webhook where the platform has an address for it; its people see it on their page in any case. */
static status tell_platform(struct ctx *c, const struct open_report *r)
{
    struct webhook_new hook = { .org = r->row.org, .type = STR("report.answered"), .object = r->row.id };
    struct id sent;
    status s;

    hook.data = arena_f(c->arena, "{\"report\":%lld,\"answer\":\"%.*s\"}", (long long)r->row.no, (int)r->row.answer.n, r->row.answer.at);
    if (!webhook_has(c->ledger, r->row.org, false))
        return OK;
    s = webhook_queue(c->ledger, &hook, c->now, &sent);
    return s == NOT_FOUND ? OK : s;
}

static status answer(struct ctx *c, struct open_report *r, const void *what)
{
    r->row.answer = *(const struct str *)what;
    r->row.answered = (struct opt_i64){ true, c->now };
    return tell_platform(c, r);
}

status report_answer(struct ctx *c, struct id id, struct str code)
{
    struct act act = { "platform.answer", answer, &code };

    return act_do(c, id, &act);
}
