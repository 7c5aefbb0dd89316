/* What a made-up case sends to other organisations, and what these do with it. */
#include "demo_going.h"

#include "../casework/referral.h"

enum { ANSWER_MINUTES = 25, EXPIRY_DAYS = 20 };

/* UNIT FAR PURPOSE CONSENT WORDS; FAR: sent, accepted, done, or declined/REASON of list "decline". */
struct sending_line { struct id unit; struct str far, reason, purpose, consent, words; };

static status read_line(struct going *g, struct str value, struct sending_line *line)
{
    struct str code = going_word(&value), far = going_word(&value);

    line->purpose = going_word(&value);
    line->consent = going_word(&value);
    line->words = value;
    str_cut(&far, '/', &line->far);
    line->reason = far.at ? far : STR("");
    if (!list_has("purpose", line->purpose) || !list_has("consent", line->consent))
        return going_wrong(g, "no purpose or consent", line->purpose);
    for (size_t i = 0; i < g->t->stage->n_units; i++)
        if (str_eq(g->t->stage->units[i].code, code)) {
            line->unit = g->t->stage->units[i].id;
            return OK;
        }
    return going_wrong(g, "no unit is called", code);
}

static void tick(struct shared *s)
{
    static const char *const kinds[] = { "story", "age", "harm", "level", "place", "risk" };

    for (size_t i = 0; i < s->n_items; i++)
        for (size_t k = 0; k < COUNT_OF(kinds); k++)
            s->items[i].on |= str_is(s->items[i].kind, kinds[k]);
}

static status send_out(struct going *g, const struct sending_line *line, bool transfer, struct id *id, bool *against)
{
    struct ctx *c = &g->t->c;
    struct shared *s = NEW(c->arena, struct shared);
    struct receiver to;
    struct sending from;

    TRY(sending_open(c, going_case(g), &from));
    TRY(receiver_get(c, &from, line->unit, &to));
    TRY(sending_items(c, &from, transfer, s));
    tick(s);
    s->transfer = transfer;
    s->to_unit = line->unit;
    s->from_name = unit_label(c, from.from_unit);
    s->to_name = unit_label(c, line->unit);
    s->by = g->t->by->name;
    s->purpose = line->purpose;
    s->consent = line->consent;
    s->consent_words = STR("Đã hỏi trong cuộc nói chuyện");
    s->need = s->against_words = line->words;
    s->expires = g->today + EXPIRY_DAYS * DAY_MS;
    *against = referral_two(&from, &to, s->consent) != TWO_NOT;
    return referral_send(c, going_case(g), s, id);
}

static status answer(struct going *g, struct id id, struct referral_do what)
{
    g->t->c.now += ANSWER_MINUTES * MINUTE_MS;
    return referral_act_on(&g->t->c, id, &what);
}

static status go_out(struct going *g, struct str value, bool transfer)
{
    struct demo_person *receiver;
    struct sending_line line;
    struct id id;
    bool against;

    TRY(read_line(g, value, &line));
    TRY(send_out(g, &line, transfer, &id, &against));
    if (against || str_is(line.far, "sent"))
        return OK;              /* whom the child left out gets nothing before a second person has agreed */
    receiver = demo_member(g->t->stage->people, line.unit);
    if (receiver == NULL)
        return going_wrong(g, "a unit without members", value);
    telling_actor(g->t, receiver);
    if (str_is(line.far, "declined"))
        return answer(g, id, (struct referral_do){ REFERRAL_DECLINE, line.reason, STR("Hiện đơn vị chưa có người.") });
    TRY(answer(g, id, (struct referral_do){ .act = REFERRAL_ACCEPT, .choice = STR(""), .words = STR("") }));
    if (!str_is(line.far, "done"))
        return OK;
    return answer(g, id, (struct referral_do){ REFERRAL_DONE, STR(""), STR("Đã làm xong phần việc được nhờ.") });
}

status going_refer(struct going *g, struct str value)
{
    return go_out(g, value, false);
}

status going_transfer(struct going *g, struct str value)
{
    return go_out(g, value, true);
}
