/* What is done on /takedown/:id: one form for each act, told apart by its field `do`. */
#include "pages.h"

#include "../matches/matches.h"

#include "texts.h"

struct doing { struct id id, notice; struct str reason; size_t item; int flash; };
typedef status do_function(struct ctx *c, struct doing *d);

static status need_reason(struct ctx *c, const struct doing *d)
{
    return d->reason.n ? OK : form_refuse(c, "reason", text_of(c, T_TAKEDOWN_WRONG_REASON));
}

static status do_triage(struct ctx *c, struct doing *d)
{
    struct triage to = { trimmed(c, "class"), trimmed(c, "basis"), d->reason };

    if (take_class(to.class) == NULL)
        refuse(c, "class", T_TAKEDOWN_WRONG_CLASS);
    TRY(refused(c));
    return take_triage(c, d->id, &to);
}

static status do_choose(struct ctx *c, struct doing *d)
{
    struct strs list = form_all(c, "recipient");
    struct ids ids = { .at = NEW_N(c->arena, struct id, list.n + 1) };

    for (size_t i = 0; i < list.n && ids.n < RECIPIENTS_MOST; i++)
        ids.n += id_of_text(list.at[i], &ids.at[ids.n]);
    if (ids.n == 0)
        return form_refuse(c, "recipient", text_of(c, T_TAKEDOWN_WRONG_RECIPIENT));
    d->flash = T_TAKEDOWN_FLASH_CHOSEN;
    return take_choose(c, d->id, &ids);
}

static status do_unchoose(struct ctx *c, struct doing *d)
{
    return take_unchoose(c, d->id, d->notice);
}

static status do_send(struct ctx *c, struct doing *d)
{
    bool waits = false;

    TRY(take_send(c, d->id, &waits));
    d->flash = waits ? T_TAKEDOWN_FLASH_ASKED : T_TAKEDOWN_FLASH_SENT;
    return OK;
}

static status do_second(struct ctx *c, struct doing *d)
{
    d->flash = T_TAKEDOWN_FLASH_SENT;
    return take_second(c, d->id);
}

static status do_decline(struct ctx *c, struct doing *d)
{
    TRY(need_reason(c, d));
    return take_decline(c, d->id, d->reason);
}

static status do_drop(struct ctx *c, struct doing *d)
{
    TRY(need_reason(c, d));
    return take_drop(c, d->id, d->reason);
}

static status do_confirm(struct ctx *c, struct doing *d)
{
    d->flash = T_TAKEDOWN_FLASH_CONFIRMED;
    return take_confirm(c, d->id, d->reason);
}

static status do_escalate(struct ctx *c, struct doing *d)
{
    d->flash = T_TAKEDOWN_FLASH_ESCALATED;
    return take_escalate(c, d->id, d->reason);
}

static status do_again(struct ctx *c, struct doing *d)
{
    d->flash = T_TAKEDOWN_FLASH_SENT;
    return take_again(c, d->id, d->notice, d->reason);
}

/* A recipient that answered by telephone. An appeal is the recipient's own to make. */
static status do_answer(struct ctx *c, struct doing *d)
{
    struct reply a = { .notice = d->notice, .kind = ANSWERS, .removed = c->now, .words = d->reason };
    struct str code = trimmed(c, "answer");

    for (size_t i = 0; i < ANSWER_APPEAL; i++)
        if (str_is(code, answer_codes[i]))
            a.kind = (enum answer_kind)i;
    if (a.kind == ANSWERS)
        return DENIED;
    TRY(need_reason(c, d));
    return take_answer(c, d->id, &a);
}

static status judge(struct ctx *c, struct doing *d, bool uphold)
{
    struct appeal_end end = { d->notice, uphold, d->reason };

    if (!may(c, MAY_REVIEW_LISTS))
        return DENIED;
    TRY(need_reason(c, d));
    return take_appeal_end(c, d->id, &end);
}

static status do_uphold(struct ctx *c, struct doing *d)
{
    return judge(c, d, true);
}

static status do_reject(struct ctx *c, struct doing *d)
{
    return judge(c, d, false);
}

static status do_link(struct ctx *c, struct doing *d)
{
    struct str link;

    TRY(take_link(c, d->id, d->notice, &link));
    session_put(c, "notice_link", link, 5);
    d->flash = T_TAKEDOWN_FLASH_LINK;
    return OK;
}

static status do_check(struct ctx *c, struct doing *d)
{
    if (!check_there(c->app))
        return DENIED;
    d->flash = T_TAKEDOWN_FLASH_CHECK;
    return check_queue(c, d->id, d->item);
}

static status block(struct ctx *c, struct doing *d, bool host)
{
    struct track t;
    struct id entry;
    bool there;
    status s;

    TRY(track_load(c, d->id, &t));
    s = take_block(c, &t, &(struct block_wish){ d->item, host }, &entry, &there);
    d->flash = s == NOT_FOUND ? T_TAKEDOWN_FLASH_NO_BLOCK : there ? T_TAKEDOWN_FLASH_BLOCK_THERE : T_TAKEDOWN_FLASH_BLOCK;
    return s == NOT_FOUND ? OK : s;
}

static status do_block(struct ctx *c, struct doing *d)
{
    return block(c, d, false);
}

static status do_block_host(struct ctx *c, struct doing *d)
{
    return block(c, d, true);
}

static const struct { const char *code; do_function *run; } doings[] = {
    { "triage", do_triage }, { "choose", do_choose }, { "unchoose", do_unchoose }, { "send", do_send }, { "second", do_second },
    { "decline", do_decline }, { "drop", do_drop }, { "confirm", do_confirm }, { "escalate", do_escalate }, { "again", do_again },
    { "answer", do_answer }, { "uphold", do_uphold }, { "reject", do_reject }, { "link", do_link }, { "check", do_check },
    { "block", do_block }, { "block_host", do_block_host },
};

static status run(struct ctx *c, struct doing *d)
{
    struct str what = form_text(c, "do");

    for (size_t i = 0; i < COUNT_OF(doings); i++)
        if (str_is(what, doings[i].code))
            return doings[i].run(c, d);
    return DENIED;
}

/* Whatever does not fit any more says so and shows how it stands now. */
status take_track_do(struct ctx *c)
{
    struct doing d = { .reason = trimmed(c, "reason"), .flash = T_TAKEDOWN_FLASH_DONE };
    i64 item = 0;
    status s;

    TRY(path_id(c, "id", &d.id));
    TRY(row_get(c->ledger, &table_takedowns, &(struct takedowns_row){ .id = d.id }));
    (void)id_of_text(form_text(c, "notice"), &d.notice);
    if (str_i64(form_text(c, "item"), &item) && item >= 0 && item < TAKEDOWN_ITEMS)
        d.item = (size_t)item;
    s = run(c, &d);
    if (s == DENIED || s == CONFLICT) {
        act_abort(c->ledger);
        fail_clear();
        d.flash = T_TAKEDOWN_FLASH_CHANGED;
        s = OK;
    }
    TRY(s);
    return done_at(c, d.flash, "/takedown/", d.id);
}
