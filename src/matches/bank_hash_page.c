/* One record: what it is, what people said about it; and bringing a new one. */
#include "bank_pages.h"

#include "matches_pages.h"
#include "texts.h"

static const int state_says[] = { [BANK_WAITS] = T_BANKS_SAY_WAITS, [BANK_FORCE] = T_BANKS_SAY_FORCE, [BANK_HELD] = T_BANKS_SAY_HELD,
                                  [BANK_ENDED] = T_BANKS_SAY_ENDED };

static status record_of_path(struct ctx *c, struct banks_row *bank, struct bank_hashes_row *r)
{
    struct id id;

    TRY(bank_of_path(c, bank));
    TRY(path_id(c, "hash", &id));
    return record_row(c->ledger, bank->no, id, r);
}

static status fill_facts(struct ctx *c, const struct bank_hashes_row *r, struct bank_hash_view *v)
{
    struct bank_hits_of_row hits;

    TRY(sql_bank_hits_of(c->ledger->db, (struct sql_bank_hits_of){ .bank = r->bank, .hash = r->id, .day = clock_local_day(c->now) }, &hits));
    v->facts.at = NEW_N(c->arena, struct list_fact, 10);
    bank_fact(&v->facts, T_BANKS_FIELD_KIND, v->kind);
    if (r->kind == HASH_PDQ)
        bank_fact(&v->facts, T_BANKS_FIELD_FAMILY, r->family == FAMILY_CPP512 ? STR("cpp512") : STR("full"));
    if (r->quality != QUALITY_UNKNOWN)
        bank_fact(&v->facts, T_BANKS_FIELD_QUALITY, arena_f(c->arena, "%lld", (long long)r->quality));
    bank_fact(&v->facts, T_BANKS_FIELD_SOURCE_ID, r->source_id);
    bank_fact(&v->facts, T_BANKS_FACT_VOTES, text_fill(c->arena, (int)c->lang, T_BANKS_FACT_VOTES_ARE, number_text(c, r->confirms),
                                                       number_text(c, r->denies)));
    bank_fact(&v->facts, T_BANKS_FACT_HITS, number_text(c, hits.n));
    bank_fact(&v->facts, T_BANKS_FACT_ADDED, day_words(c, r->added));
    bank_fact(&v->facts, T_BANKS_FACT_CHANGED, day_words(c, r->at));
    return OK;
}

static int word_text(struct str word)
{
    return str_is(word, "propose") ? T_BANKS_WORD_PROPOSE : str_is(word, "confirm") ? T_BANKS_WORD_CONFIRM
        : str_is(word, "deny") ? T_BANKS_WORD_DENY : T_BANKS_WORD_SAY;
}

/* Whose own the record is may deny it, not confirm it. */
static status fill_opinions(struct ctx *c, const struct bank_hashes_row *r, struct bank_hash_view *v, bool *own)
{
    struct bank_opinions_rows rows;
    struct bank_batches_row batch = { .id = r->batch.v };

    TRY(sql_bank_opinions_of(c->ledger, (struct sql_bank_opinions_of){ .bank = r->bank, .hash = r->id }, &rows));
    v->opinions.at = NEW_N(c->arena, struct opinion_line, rows.n + 1);
    *own = false;
    for (size_t i = 0; i < rows.n; i++) {
        const struct bank_opinions_row *o = &rows.at[i];

        if (o->altered)
            continue;
        *own |= id_eq(o->by, c->actor.user) && str_is(o->word, "propose");
        v->opinions.at[v->opinions.n++] = (struct opinion_line){ o->staff ? user_name(c, (struct opt_id){ true, o->by }) : STR(""),
            day_words(c, o->at), o->words, o->value, word_text(o->word) };
    }
    if (!r->batch.has)
        return OK;
    TRY(row_get(c->ledger, &table_bank_batches, &batch));
    *own |= id_eq(batch.set_by, c->actor.user);
    return OK;
}

status bank_hash_show(struct ctx *c)
{
    static const char *const fields[] = { "words", NULL };
    struct bank_hash_view v = { .faults = faults_of(c, fields), .words = typed_of(c, "words", STR("")) };
    struct bank_hashes_row r;
    struct banks_row bank;
    bool own;

    TRY(record_of_path(c, &bank, &r));
    v.bank = bank.id;
    v.id = r.id;
    v.bank_name = bank.name;
    v.kind = str_c(hash_kind_code((enum hash_kind)r.kind));
    v.value = str_upto(hash_value_text(c->arena, (enum hash_kind)r.kind, r.value), 2000);
    v.state = record_state_text(&r);
    v.look = record_state_look(&r);
    v.say = state_says[v.look];
    TRY(fill_facts(c, &r, &v));
    TRY(fill_opinions(c, &r, &v, &own));
    v.can_deny = may(c, MAY_REVIEW_LISTS);
    v.can_confirm = v.can_deny && !own;
    v.bar = v.can_deny && own ? T_BANKS_BAR_OWN : 0;
    TRY(people_nav(c, &v.nav, STAFF_BANKS));
    return page(c, tpl_matches_bank_hash, &v);
}

static status give_opinion(struct ctx *c, const struct hash_opinion *o)
{
    TRY(act_begin(c->ledger, (struct act_info){ .act = o->deny ? "bank.deny" : "bank.confirm", .now = c->now, .actor = c->actor.user,
                                                .object = o->bank }));
    TRY(banks_opinion(c->ledger, o));
    return act_commit(c->ledger);
}

status bank_hash_do(struct ctx *c)
{
    struct bank_hashes_row r;
    struct banks_row bank;
    char text[ID_TEXT + 1];
    struct hash_opinion o;

    TRY(record_of_path(c, &bank, &r));
    o = (struct hash_opinion){ .bank = bank.id, .hash = r.id, .by = c->actor.user, .staff = true, .deny = !str_is(form_text(c, "do"), "confirm"),
                               .words = trimmed(c, "words"), .now = c->now };
    if (o.deny && o.words.n == 0)
        return form_refuse(c, "words", text_of(c, T_MATCHES_WRONG_WORDS));
    id_text(r.id, text);
    return bank_done(c, give_opinion(c, &o), T_BANKS_FLASH_SAID, bank_path_text(c, bank.id, arena_f(c->arena, "/hashes/%s", text).at));
}

/* -- a new record --------------------------------------------------------------------------------------------------------------------- */

static struct choices kind_list(struct ctx *c, struct str chosen)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, HASH_KINDS), .n = 0 };

    for (int kind = HASH_PDQ; kind <= HASH_URL; kind++) {
        struct str code = str_c(hash_kind_code((enum hash_kind)kind));

        list.at[list.n++] = (struct choice){ code, kind == HASH_URL ? text_of(c, T_BANKS_KIND_URL) : code, str_eq(code, chosen) };
    }
    return list;
}

status bank_add_show(struct ctx *c)
{
    static const char *const fields[] = { "kind", "value", "quality", "source_id", NULL };
    struct bank_add_view v = { .faults = faults_of(c, fields), .kind = typed_of(c, "kind", STR("pdq")), .value = typed_of(c, "value", query_text(c, "value")),
        .quality = typed_of(c, "quality", STR("")), .source_id = typed_of(c, "source_id", STR("")), .cpp512 = form_text(c, "cpp512").n > 0,
        .video = form_text(c, "video").n > 0 };
    struct banks_row bank;

    TRY(bank_of_path(c, &bank));
    v.bank = bank.id;
    v.bank_name = bank.name;
    v.kinds = kind_list(c, v.kind.text);
    TRY(people_nav(c, &v.nav, STAFF_BANKS));
    return page(c, tpl_matches_bank_add, &v);
}

static void read_record(struct ctx *c, struct hash_new *h)
{
    *h = (struct hash_new){ .kind = hash_kind_of(trimmed(c, "kind")), .family = form_text(c, "cpp512").n > 0 ? FAMILY_CPP512 : FAMILY_FULL,
        .quality = QUALITY_UNKNOWN, .status = HASH_RECEIVED, .hold = HOLD_WAITS, .video = form_text(c, "video").n > 0,
        .source_id = trimmed(c, "source_id"), .proposer = c->actor.user };
    if (h->kind == 0 || h->kind > HASH_URL)
        refuse(c, "kind", T_BANKS_WRONG_KIND);
    else if (hash_value_read(c->arena, h->kind, trimmed(c, "value"), &h->value) != OK)
        refuse(c, "value", h->kind == HASH_URL ? T_BANKS_FAULT_URL : T_BANKS_FAULT_VALUE);
    fail_clear();
    if (trimmed(c, "quality").n > 0 && (!str_i64(trimmed(c, "quality"), &h->quality) || h->quality < 0 || h->quality > 100))
        refuse(c, "quality", T_BANKS_FAULT_QUALITY);
}

static status add_record(struct ctx *c, struct id bank, const struct hash_new *h, struct banks_added *sum)
{
    TRY(act_begin(c->ledger, (struct act_info){ .act = "bank.add", .now = c->now, .actor = c->actor.user, .object = bank }));
    TRY(banks_add_many(c->ledger, bank, h, 1, c->now, sum));
    return act_commit(c->ledger);
}

status bank_add_do(struct ctx *c)
{
    struct banks_added sum;
    struct banks_row bank;
    struct hash_new h;
    char text[ID_TEXT + 1];
    status s;

    TRY(bank_of_path(c, &bank));
    read_record(c, &h);
    TRY(refused(c));
    s = add_record(c, bank.id, &h, &sum);
    id_text(hash_id(h.kind, h.family, h.value), text);
    return bank_done(c, s, s == OK && sum.added ? T_BANKS_FLASH_ADDED : T_BANKS_FLASH_THERE,
                     bank_path_text(c, bank.id, arena_f(c->arena, "/hashes/%s", text).at));
}
