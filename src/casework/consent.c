/* Consent for each purpose, and what is withheld from whom: records in N, which sending reads. */
#include "consent.h"

static struct consent consent_read(struct ctx *c, const struct said *said)
{
    return (struct consent){
        .purpose = named_get(c, said->json, "purpose"), .who = named_get(c, said->json, "who"),
        .answer = named_get(c, said->json, "answer"), .from = named_get(c, said->json, "from"),
        .items = named_get(c, said->json, "items"), .why = named_get(c, said->json, "why"),
        .basis = named_get(c, said->json, "basis"), .author = said->author, .time = said->time,
    };
}

status case_consents(struct ctx *c, const struct comps *comps, struct consents *list)
{
    struct said_list said;

    TRY(case_said(c, comps, (struct said_wanted){ "N", RECORD_CONSENT }, &said));
    *list = (struct consents){ .at = NEW_N(c->arena, struct consent, said.n + 1) };
    for (size_t i = 0; i < said.n; i++) {
        struct consent one = consent_read(c, &said.at[i]);
        size_t k = 0;

        while (k < list->n && !str_eq(list->at[k].purpose, one.purpose))
            k++;
        list->at[k] = one;
        list->n = k == list->n ? k + 1 : list->n;
    }
    return OK;
}

const struct consent *consent_of(const struct consents *list, const char *purpose)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_is(list->at[i].purpose, purpose))
            return &list->at[i];
    return NULL;
}

bool consent_is_carers(struct str code)
{
    return str_is(code, "carer") || str_is(code, "both");
}

static status put_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct consent *k = what;
    const struct named words[] = {
        { "purpose", k->purpose }, { "who", k->who }, { "answer", k->answer }, { "from", k->from }, { "items", k->items },
        { "why", k->why }, { "basis", k->basis },
    };
    struct record r = { .kind = RECORD_CONSENT, .author = c->actor.user, .time = c->now, .text = named_json(c, words, COUNT_OF(words)) };
    bool carer_unsafe;

    TRY(case_carer_unsafe(c, f->row.id, &carer_unsafe));
    if (carer_unsafe && consent_is_carers(k->who))
        return fail(INVALID, "a carer who may be who does harm is not asked");
    TRY(record_write(c, comp_newest(&f->comps, "N"), &r));
    return event_write(c, &f->comps, &(struct event){ .what = "consent", .from = k->answer, .to = k->purpose,
                                                      .words = k->basis.n ? k->basis : k->why });
}

status case_put_consent(struct ctx *c, struct id id, const struct consent *consent)
{
    return case_act_do(c, id, "case.consent", put_body, consent);
}

struct choices consent_choices(struct ctx *c, const char *list, struct str chosen, bool carer_unsafe)
{
    struct choices all = list_choices(c, list, chosen), kept = { .at = all.at };

    for (size_t i = 0; i < all.n; i++)
        if (!carer_unsafe || all.at[i].on || !consent_is_carers(all.at[i].code))
            kept.at[kept.n++] = all.at[i];
    return kept;
}

status case_carer_unsafe(struct ctx *c, struct id case_id, bool *unsafe)
{
    struct flags_open_of_kind_row row;

    TRY(sql_flags_open_of_kind(c->ledger->db, (struct sql_flags_open_of_kind){ .case_id = case_id, .kind = STR("carer") }, &row));
    *unsafe = row.n > 0;
    return OK;
}
