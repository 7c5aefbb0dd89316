/* Words of the pages of banks. */
#include "bank_pages.h"

#include "texts.h"

struct str bank_class_name(const struct ctx *c, struct str code)
{
    const struct bank_class *class = bank_class(code);

    return class == NULL ? code : c->lang == LANG_EN && class->name_en.n ? class->name_en : class->name;
}

int bank_state_text(struct str state)
{
    return str_is(state, "active") ? T_BANKS_STATE_ACTIVE : str_is(state, "proposed") ? T_BANKS_STATE_PROPOSED : T_BANKS_STATE_OFF;
}

enum bank_look bank_state_look(struct str state)
{
    return str_is(state, "active") ? BANK_FORCE : str_is(state, "proposed") ? BANK_WAITS : BANK_ENDED;
}

int record_state_text(const struct bank_hashes_row *r)
{
    if (r->status == HASH_WITHDRAWN)
        return T_BANKS_RECORD_WITHDRAWN;
    if (r->status == HASH_DELETED)
        return T_BANKS_RECORD_DELETED;
    if (r->hold != HOLD_NONE)
        return r->hold == HOLD_WAITS ? T_BANKS_RECORD_WAITS : r->hold == HOLD_FLOOD ? T_BANKS_RECORD_FLOOD : T_BANKS_RECORD_DENIED;
    if (!record_in_force(r))
        return T_BANKS_RECORD_FLAT;
    return r->confirms >= CONFIRMED_BY ? T_BANKS_RECORD_CONFIRMED : T_BANKS_RECORD_FORCE;
}

enum bank_look record_state_look(const struct bank_hashes_row *r)
{
    if (record_in_force(r))
        return BANK_FORCE;
    if (r->status == HASH_WITHDRAWN || r->status == HASH_DELETED || r->hold == HOLD_DENIED)
        return BANK_ENDED;
    return r->hold == HOLD_WAITS ? BANK_WAITS : r->hold == HOLD_FLOOD ? BANK_HELD : BANK_ENDED;
}

static const struct { const char *code; int text; enum bank_look look; } batch_states[] = {
    { "checked", T_BANKS_LIST_CHECKED, BANK_WAITS }, { "importing", T_BANKS_LIST_IMPORTING, BANK_WAITS },
    { "waiting", T_BANKS_LIST_WAITING, BANK_WAITS }, { "approving", T_BANKS_LIST_APPROVING, BANK_FORCE },
    { "active", T_BANKS_LIST_ACTIVE, BANK_FORCE }, { "refusing", T_BANKS_LIST_REFUSED, BANK_ENDED }, { "refused", T_BANKS_LIST_REFUSED, BANK_ENDED },
};

static size_t batch_index(struct str state)
{
    for (size_t i = 0; i < COUNT_OF(batch_states); i++)
        if (str_is(state, batch_states[i].code))
            return i;
    return COUNT_OF(batch_states) - 1;
}

int batch_state_text(struct str state)
{
    return batch_states[batch_index(state)].text;
}

enum bank_look batch_state_look(struct str state)
{
    return batch_states[batch_index(state)].look;
}

/* In groups of three, as the reader's language writes them. */
struct str number_text(struct ctx *c, i64 n)
{
    struct str digits = arena_f(c->arena, "%lld", (long long)n);
    char *text = arena_alloc(c->arena, digits.n * 2 + 1);
    size_t k = 0;

    for (size_t i = 0; i < digits.n; i++) {
        if (i > 0 && (digits.n - i) % 3 == 0)
            text[k++] = c->lang == LANG_EN ? ',' : '.';
        text[k++] = digits.at[i];
    }
    return str_of(text, k);
}

void bank_fact(struct list_facts *facts, int name, struct str value)
{
    if (value.n > 0)
        facts->at[facts->n++] = (struct list_fact){ name, value };
}

struct str short_value(struct arena *a, const struct bank_hashes_row *r)
{
    struct str text = hash_value_text(a, (enum hash_kind)r->kind, r->value);

    return text.n <= 28 ? text : r->kind == HASH_URL ? arena_f(a, "%.*s…", (int)str_upto(text, 60).n, text.at) : arena_f(a, "%.16s…%.8s", text.at, text.at + text.n - 8);
}

struct str bank_path_text(struct ctx *c, struct id bank, const char *tail)
{
    char text[ID_TEXT + 1];

    id_text(bank, text);
    return arena_f(c->arena, "/banks/%s%s", text, tail);
}

status bank_of_path(struct ctx *c, struct banks_row *bank)
{
    *bank = (struct banks_row){ 0 };
    TRY(path_id(c, "bank", &bank->id));
    return row_get(c->ledger, &table_banks, bank);
}

status bank_done(struct ctx *c, status s, int flash, struct str path)
{
    if (s == CONFLICT || s == DENIED) {
        act_abort(c->ledger);
        flash = s == CONFLICT ? T_MATCHES_FLASH_CHANGED : T_MATCHES_FLASH_DENIED;
        fail_clear();
        s = OK;
    }
    TRY(s);
    return done(c, flash, path.at);
}
