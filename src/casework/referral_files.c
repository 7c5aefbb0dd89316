/* Files that a referral shares: the ciphertext lies once, the key to it in a record of T. */
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
