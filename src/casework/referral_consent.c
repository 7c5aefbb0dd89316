/* What the recorded consent says of a sending: where it warns, where it stops, and where a second person decides. */
#include "referral.h"

#include "texts.h"

/* In danger now, or in the emergency step: nothing waits for a second person then, who is asked to look afterwards. */
static bool is_emergency(struct ctx *c, const struct cases_row *row)
{
    struct casefiles_row file = { .case_id = row->id };

    return str_is(row->danger, "now") || (row_get(c->ledger, &table_casefiles, &file) == OK && file.level == 4);
}

status sending_consent(struct ctx *c, struct sending *s)
{
    s->emergency = is_emergency(c, &s->row);
    TRY(case_carer_unsafe(c, s->row.id, &s->carer_unsafe));
    return case_consents(c, &s->comps, &s->consents);
}

enum referral_two referral_two(const struct sending *from, const struct receiver *to, struct str consent)
{
    if (to->against)
        return TWO_AGAINST_CHILD;
    return str_is(consent, "law") && !from->emergency ? TWO_WITHOUT_CONSENT : TWO_NOT;
}

static bool withheld(const struct sending *from, const struct receiver *to, const struct shared *s, struct str *label)
{
    const struct consent *share = consent_of(&from->consents, "share");

    for (size_t i = 0; i < s->n_items; i++)
        if (s->items[i].on && consent_withholds(share, to->names, s->items[i].kind)) {
            *label = s->items[i].kind;
            return true;
        }
    for (size_t i = 0; i < s->n_files; i++)
        if (s->files[i].on && consent_withholds(share, to->names, STR("file"))) {
            *label = STR("file");
            return true;
        }
    return false;
}

struct str referral_refused(struct ctx *c, const struct sending *from, const struct receiver *to, const struct shared *s)
{
    struct str kind;

    if (str_is(s->consent, "law"))
        return STR_NULL;            /* the law stands above it: with its words, and a second person */
    if (to->says == CONSENT_NO)
        return text_of(c, T_DAY_REFER_REFUSED);
    if (withheld(from, to, s, &kind))
        return text_fill(c->arena, (int)c->lang, T_DAY_REFER_WITHHELD,
                         text_of(c, str_is(kind, "file") ? T_REFERRAL_ITEM_FILES : referral_item_key(kind)), STR(""));
    return STR_NULL;
}

/* What went out in an emergency without anybody's consent: a supervisor is asked to look at it afterwards. */
status referral_look_after(struct ctx *c, const struct sending *from, const struct shared *s)
{
    struct flags_row flag = { .id = id_timed(c->now), .case_id = from->row.id, .kind = STR("look"), .set_by = c->actor.user,
                              .since = c->now, .until = { true, c->now } };
    struct record r = { .kind = RECORD_TASK, .author = c->actor.user, .time = c->now, .text = s->consent_words };

    if (!from->emergency || !str_is(s->consent, "law"))
        return OK;
    flag.words.has = true;
    TRY(record_write_id(c, comp_newest(&from->comps, "N"), &r, &flag.words.v));
    TRY(row_insert(c->ledger, &table_flags, &flag));
    return event_write(c, &from->comps, &(struct event){ .what = "flag", .from = STR("open"), .to = STR("look"), .words = STR("") });
}
