#include "seen_kept.h"

#include <jansson.h>

static struct key ctx_seen(struct id id)
{
    return vault_ctx("seen", PARTS(id_bytes(&id)));
}

static struct key ctx_seen_of(const void *row)
{
    return ctx_seen(((const struct seen_row *)row)->id);
}

const struct key_box seen_boxes[] = {
    { &table_seen, "sealed", ctx_seen_of },
    { 0 }
};

static status turn_later(struct key_turn *t, const struct seen_hashes_after_row *row)
{
    struct str fresh;

    TRY(key_box_turn(t, ctx_seen(row->id), row->sealed, &fresh));
    return fresh.n == 0 ? OK : sql_seen_hash_seal(t->l->db, (struct sql_seen_hash_seal){ .id = row->id, .sealed = fresh, .was = row->sealed },
                                                  &(i64){ 0 });
}

status seen_later_turn(struct key_turn *t)
{
    struct seen_hashes_after_rows rows;
    struct id after = id_zero();

    (void)id_of_bytes(t->after, &after);
    TRY(sql_seen_hashes_after(t->l->db, (struct sql_seen_hashes_after){ .after = after, .most = TABLE_PAGE }, &rows));
    for (size_t i = 0; i < rows.n; i++)
        TRY(turn_later(t, &rows.at[i]));
    t->end = rows.n == 0;
    if (!t->end)
        t->after = arena_copy(t->l->arena, id_bytes(&rows.at[rows.n - 1].id));
    return OK;
}

/* -- sealing ------------------------------------------------------------------------------------------------------------------- */

static void write_id(struct out *o, const char *name, struct id id)
{
    char text[ID_TEXT + 1];

    if (id_is_zero(id))
        return;
    id_text(id, text);
    out_f(o, ",\"%s\":\"%s\"", name, text);
}

static void write_hash(struct out *o, struct arena *a, const struct seen_hash *h)
{
    out_f(o, "[\"%s\",%d,%lld,", hash_kind_code(h->kind), (int)h->family, (long long)h->quality);
    out_json(o, hash_value_text(a, h->kind, h->value));
    out_char(o, ']');
}

static void write_kept(struct out *o, struct arena *a, const struct seen_kept *k)
{
    out_f(o, "{\"source\":%d,\"flags\":%d,\"ref\":", (int)k->source, k->sandbox | k->anonymous << 1 | k->urgent << 2);
    out_json(o, k->ref);
    out_c(o, ",\"context\":");
    out_json(o, k->context);
    out_c(o, ",\"kind\":");
    out_json(o, k->kind);
    write_id(o, "partner", k->partner);
    write_id(o, "object", k->object);
    out_c(o, ",\"hashes\":[");
    for (size_t i = 0; i < k->hashes.n; i++) {
        if (i > 0)
            out_char(o, ',');
        write_hash(o, a, &k->hashes.at[i]);
    }
    out_c(o, "]}");
}

struct str seen_seal(struct ledger *l, struct id id, const struct seen_kept *k)
{
    struct out o = { .max = 8 << 20 };
    struct str sealed = STR_NULL;

    write_kept(&o, l->arena, k);
    if (!o.over)
        sealed = vault_box(l->arena, &house_now(l->house)->job, ctx_seen(id), out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return sealed;
}

/* -- opening ---------------------------------------------------------------------------------------------------------------------- */

static struct str text_at(struct arena *a, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);

    return json_is_string(value) ? arena_copy(a, str_of(json_string_value(value), json_string_length(value))) : STR("");
}

static struct id id_at(struct arena *a, const json_t *object, const char *name)
{
    struct id id;

    return id_of_text(text_at(a, object, name), &id) ? id : id_zero();
}

static status read_hash(struct arena *a, const json_t *from, struct seen_hash *h)
{
    const json_t *value = json_array_get(from, 3);

    h->kind = hash_kind_of(str_c(json_string_value(json_array_get(from, 0))));
    h->family = (enum hash_family)json_integer_value(json_array_get(from, 1));
    h->quality = json_integer_value(json_array_get(from, 2));
    return hash_value_read(a, h->kind, str_of(json_string_value(value), json_string_length(value)), &h->value);
}

static status read_kept(struct arena *a, const json_t *root, struct seen_kept *k)
{
    const json_t *hashes = json_object_get(root, "hashes");
    i64 flags = json_integer_value(json_object_get(root, "flags"));

    *k = (struct seen_kept){ .ref = text_at(a, root, "ref"), .context = text_at(a, root, "context"), .kind = text_at(a, root, "kind"),
        .source = (enum seen_source)json_integer_value(json_object_get(root, "source")), .partner = id_at(a, root, "partner"),
        .object = id_at(a, root, "object"), .sandbox = flags & 1, .anonymous = flags & 2, .urgent = flags & 4 };
    k->hashes.at = NEW_N(a, struct seen_hash, json_array_size(hashes) + 1);
    for (size_t i = 0; i < json_array_size(hashes); i++)
        TRY(read_hash(a, json_array_get(hashes, i), &k->hashes.at[k->hashes.n++]));
    return OK;
}

status seen_open(struct ledger *l, struct id id, struct str sealed, struct seen_kept *k)
{
    struct str plain;
    json_t *root;
    status s = BROKEN;

    for (size_t i = l->house->n; i-- > 0 && s != OK;)
        s = vault_unbox(l->arena, &l->house->gen[i].job, ctx_seen(id), sealed, &plain);
    TRY(s);
    root = json_loadb(plain.at, plain.n, 0, NULL);
    s = root ? read_kept(l->arena, root, k) : fail(BROKEN, "what was seen is not as it was sealed");
    json_decref(root);
    return s;
}

/* All of them are of one thing: what was seen. */
struct bank_query seen_query(struct arena *a, const struct seen_kept *k)
{
    struct query_pdq *pdq = NEW_N(a, struct query_pdq, k->hashes.n + 1);
    struct query_exact *exact = NEW_N(a, struct query_exact, k->hashes.n + 1);
    struct bank_query q = { .pdq = pdq, .exact = exact, .sandbox = k->sandbox };

    for (size_t i = 0; i < k->hashes.n; i++) {
        const struct seen_hash *h = &k->hashes.at[i];

        if (h->kind == HASH_PDQ)
            pdq[q.n_pdq++] = (struct query_pdq){ (const uint8_t *)h->value.at, h->family, (int)h->quality, 0 };
        else
            exact[q.n_exact++] = (struct query_exact){ h->kind, h->value, 0 };
    }
    return q;
}

/* -- rows -------------------------------------------------------------------------------------------------------------------------- */

static struct opt_id some(struct id id)
{
    return (struct opt_id){ !id_is_zero(id), id };
}

static status add_hits(struct ledger *l, struct id seen, const struct bank_hits *hits)
{
    for (size_t i = 0; hits != NULL && i < hits->n; i++) {
        const struct bank_hit *h = &hits->at[i];
        struct banks_row bank = { .id = h->bank };
        struct seen_hits_row row = { .seen = seen, .no = (i64)i, .hash = h->hash, .thing = h->thing, .query = h->query, .distance = h->distance,
                                     .negative = h->negative, .suppressed = h->suppressed, .quarantined = h->quarantined,
                                     .confirmed = h->confirmed };

        TRY(row_get(l, &table_banks, &bank));
        row.bank = bank.no;
        TRY(row_insert(l, &table_seen_hits, &row));
    }
    return OK;
}

status seen_row_add(struct ledger *l, struct id id, const struct seen_kept *k, const struct bank_hits *hits, struct str class, i64 at)
{
    struct seen_row row = { .id = id, .source = k->source, .partner = some(k->partner), .object = some(k->object), .kind = k->kind,
        .class = class.at ? class : STR(""), .at = at, .state = STR("new"), .waits = 1, .urgent = k->urgent, .sandbox = k->sandbox,
        .sealed = seen_seal(l, id, k) };

    if (row.sealed.at == NULL)
        return fail(TOO_LARGE, "too many hashes of one thing");
    TRY(row_insert(l, &table_seen, &row));
    return add_hits(l, id, hits);
}
