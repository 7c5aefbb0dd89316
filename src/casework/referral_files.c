/* Files that a referral shares: the ciphertext lies once, the key to it in a record of T. */
#include "evidence.h"
#include "referral.h"

#include <jansson.h>

enum { FK_HEX = 2 * WRAP_BYTES };

static struct str get(struct ctx *c, const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);

    return json_is_string(v) ? arena_copy(c->arena, str_of(json_string_value(v), json_string_length(v))) : STR("");
}

static bool file_read_json(struct ctx *c, struct str json, struct shared_file *f)
{
    json_t *o = json_loadb(json.at, json.n, 0, NULL);
    struct str fk = get(c, o, "fk");
    uint8_t *bytes = arena_alloc(c->arena, WRAP_BYTES);
    bool good = id_of_text(get(c, o, "file"), &f->file) && fk.n == FK_HEX && str_from_hex(fk, bytes, WRAP_BYTES);

    f->name = get(c, o, "name");
    f->type = get(c, o, "type");
    f->sha256 = get(c, o, "sha256");
    f->size = json_integer_value(json_object_get(o, "size"));
    f->fk = str_of(bytes, WRAP_BYTES);
    f->on = true;
    json_decref(o);
    return good;
}

status referral_files(struct ctx *c, const struct referral *r, struct shared *s)
{
    struct strs texts;

    s->n_files = 0;
    if (r->comp.keys == NULL)
        return OK;
    TRY(records_of_kind(c, &r->comp, (struct kind_wanted){ RECORD_FILE, SHARED_FILES }, &texts));
    for (size_t i = 0; i < texts.n && s->n_files < SHARED_FILES; i++)
        s->n_files += file_read_json(c, texts.at[i], &s->files[s->n_files]);
    return OK;
}

status referral_file(struct ctx *c, const struct referral *r, struct id file, struct shared_file *shared, struct key *fk)
{
    struct shared *s = NEW(c->arena, struct shared);

    TRY(referral_files(c, r, s));
    for (size_t i = 0; i < s->n_files; i++)
        if (id_eq(s->files[i].file, file)) {
            *shared = s->files[i];
            return vault_unwrap(&r->comp.keys->drop, ctx_file_key(r->comp.id, file), shared->fk, fk);
        }
    return NOT_FOUND;
}

/* -- a file goes to police alone ---------------------------------------------------------------------------------------------- */

/* Whoever seals the file cannot look into this T: so nobody does any more. Not only the receiver: what an earlier owner of the
   case had sent and ended before it handed the case over still opens with that unit's own grant. */
static status close_thread(struct ctx *c, struct referrals_row *row)
{
    struct grants_rows grants;
    struct offered_grants_rows offers;

    TRY(sql_grants_of_comp(c->ledger, (struct sql_grants_of_comp){ .comp = row->comp.v }, &grants));
    for (size_t i = 0; i < grants.n; i++)
        if (!grants.at[i].altered)
            TRY(row_delete(c->ledger, &table_grants, &grants.at[i]));
    TRY(sql_offers_of_comp(c->ledger, (struct sql_offers_of_comp){ .comp = row->comp.v }, &offers));
    for (size_t i = 0; i < offers.n; i++)
        if (!offers.at[i].altered)
            TRY(row_delete(c->ledger, &table_offered_grants, &offers.at[i]));
    if (!str_is(row->state, "asked") && !str_is(row->state, "sent") && !str_is(row->state, "accepted"))
        return OK;
    row->state = STR("revoked");
    row->answered = (struct opt_i64){ true, c->now };
    row->answered_by = (struct opt_id){ true, c->actor.user };
    return row_update(c->ledger, &table_referrals, row);
}

static status forget_in(struct ctx *c, struct referrals_row *row, struct id file)
{
    size_t secrets = secrets_mark(c->ledger->secrets);
    struct referral r;
    status s;

    if (!row->comp.has)
        return OK;
    if (!row->altered && referral_open(c, row->id, &r) == OK && r.comp.keys != NULL)
        s = evidence_forget(c, &(struct comps){ .at = &r.comp, .n = 1 }, file);
    else
        s = close_thread(c, row);
    secrets_back(c->ledger->secrets, secrets);
    return s;
}

/* All of them, however many: page by page in the order of their ids. */
status referrals_forget_file(struct ctx *c, struct id case_id, struct id file)
{
    struct sql_referrals_with_files page = { .case_id = case_id, .after = id_zero() };
    struct referrals_rows rows;

    do {
        TRY(sql_referrals_with_files(c->ledger, page, &rows));
        for (size_t i = 0; i < rows.n; i++) {
            page.after = rows.at[i].id;
            TRY(forget_in(c, &rows.at[i], file));
        }
    } while (rows.n);
    return OK;
}
