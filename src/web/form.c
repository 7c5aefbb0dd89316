#include "form.h"

#include "../base/text.h"
#include "body.h"
#include "json_form.h"
#include "multipart.h"
#include "request.h"
#include "urlencoded.h"

#include "texts.h"

enum { ERRORS_MAX = 32, IMPLICIT = 2, FIELD_CSRF = 0, FIELD_TOKEN = 1, TOKEN_MIN = 16 };

/* Fields that every form may have beside its own. */
static const struct field implicit[IMPLICIT] = { FIELD("csrf", 64), FIELD("token", 128) };

struct value { struct value *next; struct str name, text; };       /* name: of a field that stands for many */
struct field_values { struct value *first, **last; size_t n; bool wrong; };
struct field_error { const char *field; struct str text; };

struct form_values {
    const struct form *form;
    struct arena *arena;
    struct field_values *fields;        /* declared ones, then the implicit */
    struct strs *clean;                 /* the same, cleaned, within each field's maximum */
    struct strs *rest;                  /* open forms: what is beyond it */
    struct form_file files[FORM_FILES_NOTED];
    size_t n_files, n_kept;
    struct field_error errors[ERRORS_MAX];
    size_t n_errors;

    /* while reading */
    struct out text;                    /* of the present part */
    struct str name;                    /* as it was sent */
    size_t field, n_values, n_bytes;
    struct form_file *file;             /* the present part is this file */
    bool skip;
    void *json;
};

static const struct form no_fields = { 0 };

static const struct field *field_at(const struct form_values *f, size_t i)
{
    return i < f->form->n ? &f->form->fields[i] : &implicit[i - f->form->n];
}

static size_t field_count(const struct form_values *f)
{
    return f->form->n + IMPLICIT;
}

static bool is_field(const struct field *d, struct str name)
{
    return d->starts ? str_starts(name, str_c(d->name)) : str_is(name, d->name);
}

static i64 file_max(const struct field *d)
{
    return d->max ? (i64)d->max : FORM_FILE_BYTES;
}

static size_t field_index(const struct form_values *f, struct str name)
{
    size_t i = 0;

    while (i < field_count(f) && !is_field(field_at(f, i), name))
        i++;
    return i;
}

/* -- while the parsers run ------------------------------------------------------------------------------ */

static void file_begin(struct form_values *f, const struct part *p)
{
    if (f->n_files == FORM_FILES_NOTED) {
        f->skip = true;
        return;
    }
    f->file = &f->files[f->n_files];
    *f->file = (struct form_file){ .field = str_c(field_at(f, f->field)->name), .at = -1,
                                   .name = text_clean(f->arena, p->filename), .type = text_clean(f->arena, p->type) };
}

static void on_begin(void *to, const struct part *p)
{
    struct form_values *f = to;

    f->field = field_index(f, p->name);
    f->name = f->field < field_count(f) && field_at(f, f->field)->starts ? text_clean(f->arena, p->name) : STR_NULL;
    f->file = NULL;
    f->skip = f->field == field_count(f) || field_at(f, f->field)->file != (p->filename.at != NULL) ||
              f->n_values == FORM_VALUES_MAX;
    out_wipe(&f->text);
    if (!f->skip && p->wrong)
        f->skip = f->fields[f->field].wrong = true;
    if (!f->skip && p->filename.at != NULL)
        file_begin(f, p);
}

static void on_data(void *to, struct str bytes, i64 at)
{
    struct form_values *f = to;

    if (f->skip)
        return;
    if (f->file == NULL) {
        out_str(&f->text, str_upto(bytes, FORM_TEXT_BYTES - f->n_bytes - f->text.n));
        return;
    }
    if (f->file->at < 0)
        f->file->at = at;
    f->file->size += (i64)bytes.n;
}

/* A browser sends a nameless empty file for a field that was left alone. */
static void file_end(struct form_values *f, bool whole)
{
    if (f->file->name.n == 0 && f->file->size == 0)
        return;
    f->file->too_large = !whole || f->file->size > file_max(field_at(f, f->field)) || f->n_kept == FORM_FILES_MAX;
    f->n_kept += !f->file->too_large;
    f->n_files++;
}

static void on_end(void *to, bool whole)
{
    struct form_values *f = to;
    struct field_values *list = &f->fields[f->field];
    struct value *v;

    if (f->skip)
        return;
    if (f->file != NULL) {
        file_end(f, whole);
        return;
    }
    v = NEW(f->arena, struct value);
    v->name = f->name;
    v->text = arena_copy(f->arena, out_done(&f->text));
    *list->last = v;
    list->last = &v->next;
    list->n++;
    f->n_values++;
    f->n_bytes += v->text.n;
}

/* -- reading the body ----------------------------------------------------------------------------------- */

static status feed_multipart(struct form_values *f, struct body *b, struct str boundary, struct part_sink sink)
{
    struct multipart *m = NEW(f->arena, struct multipart);
    struct str piece;
    i64 at = 0;

    multipart_start(m, boundary, sink);
    do {
        TRY(body_piece(b, at, &piece));
        multipart_feed(m, piece);
        at += (i64)piece.n;
    } while (piece.n > 0);
    if (!multipart_end(m) && !f->form->open)
        return fail(INVALID, "the multipart body has no end");
    return OK;
}

static status feed_urlencoded(struct form_values *f, struct body *b, struct part_sink sink)
{
    struct urlencoded *u = NEW(f->arena, struct urlencoded);
    struct str piece;
    i64 at = 0;

    urlencoded_start(u, sink);
    do {
        TRY(body_piece(b, at, &piece));
        urlencoded_feed(u, piece);
        at += (i64)piece.n;
    } while (piece.n > 0);
    urlencoded_end(u);
    return OK;
}

static status feed_json(struct form_values *f, struct body *b, struct part_sink sink)
{
    struct str piece;

    if (body_size(b) > FORM_TEXT_BYTES)
        return fail(TOO_LARGE, "JSON over %d bytes", FORM_TEXT_BYTES);
    for (i64 at = 0; at < body_size(b); at += (i64)piece.n) {
        TRY(body_piece(b, at, &piece));
        out_str(&f->text, piece);
    }
    piece = arena_copy(f->arena, out_done(&f->text));
    return json_form_parse(piece.at ? piece : STR(""), sink, &f->json);
}

static status feed(struct ctx *c, struct form_values *f, struct body *b)
{
    struct part_sink sink = { on_begin, on_data, on_end, f };
    struct str type = header_value(c->request, "content-type"), boundary;
    struct str media = str_trim(str_upto(type, str_find_char(type, ';')));

    if (body_size(b) == 0)
        return OK;
    if (multipart_boundary(type, &boundary))
        return feed_multipart(f, b, boundary, sink);
    if (str_eq_nocase(media, STR("application/x-www-form-urlencoded")))
        return feed_urlencoded(f, b, sink);
    if (c->route->api && str_eq_nocase(media, STR("application/json")))
        return feed_json(f, b, sink);
    return fail(INVALID, "content type is no form");
}

/* -- afterwards: cleaning and checking ------------------------------------------------------------------ */

static size_t max_of(const struct field *d)
{
    return d->max ? d->max : FORM_FIELD_DEFAULT;
}

/* `name`: of a value whose field stands for many; else STR_NULL. */
static void refuse(struct ctx *c, struct form_values *f, size_t field, struct str name, int text_key)
{
    const struct field *d = field_at(f, field);
    struct str max = arena_f(f->arena, "%zu", d->file ? (size_t)file_max(d) >> 20 : max_of(d));
    const char *at = name.n ? arena_copy(f->arena, name).at : d->name;

    (void)!form_refuse(c, at, text_fill(f->arena, (int)c->lang, text_key, max, STR("")));
}

/* Cleans every value in place; on strict forms notes what is wrong. Gives how many pieces they make at
   most. */
static size_t clean_values(struct ctx *c, struct form_values *f, size_t i)
{
    const struct field *d = field_at(f, i);
    bool strict = !f->form->open;
    size_t pieces = 0;

    if (f->fields[i].wrong)
        refuse(c, f, i, STR_NULL, T_WEB_FORM_TYPE);
    for (struct value *v = f->fields[i].first; v != NULL; v = v->next) {
        struct str clean = text_clean(f->arena, v->text);

        if ((strict || c->route->api) && text_strict(f->arena, v->text, &clean) != OK)
            refuse(c, f, i, v->name, T_WEB_FORM_TEXT);
        if (strict && text_length(clean) > max_of(d))
            refuse(c, f, i, v->name, T_WEB_FORM_LONG);
        v->text = clean;
        pieces += text_length(clean) / max_of(d) + 1;
    }
    if (strict && !d->repeat && !d->starts && f->fields[i].n > 1)
        refuse(c, f, i, STR_NULL, T_WEB_FORM_TWICE);
    return pieces;
}

static void add(struct strs *list, struct str s)
{
    list->at[list->n++] = s;
}

/* The first piece of each value is the value; further pieces, and further values of a field that does not
   repeat, are the rest. */
static void split_values(struct form_values *f, size_t i, size_t pieces)
{
    const struct field *d = field_at(f, i);
    struct strs *clean = &f->clean[i], *rest = &f->rest[i];

    clean->at = NEW_N(f->arena, struct str, pieces);
    rest->at = NEW_N(f->arena, struct str, pieces);
    for (const struct value *v = f->fields[i].first; v != NULL; v = v->next) {
        struct str left = v->text, piece = text_upto(left, max_of(d));

        if (piece.n == 0 && (d->repeat || clean->n > 0))
            continue;           /* an empty box of a list */
        add(d->repeat || clean->n == 0 ? clean : rest, piece);
        while ((left = str_from(left, piece.n)).n > 0) {
            piece = text_upto(left, max_of(d));
            add(rest, piece);
        }
    }
}

static void check_files(struct ctx *c, struct form_values *f)
{
    for (size_t i = 0; i < f->n_files; i++)
        if (f->files[i].too_large)
            refuse(c, f, field_index(f, f->files[i].field), STR_NULL,
                   f->files[i].size > file_max(field_at(f, field_index(f, f->files[i].field))) ? T_WEB_FORM_FILE : T_WEB_FORM_FILES);
}

static struct form_values *form_make(struct ctx *c)
{
    struct form_values *f = NEW(c->arena, struct form_values);
    size_t n;

    f->form = c->route->form ? c->route->form : &no_fields;
    f->arena = c->arena;
    f->text.max = FORM_TEXT_BYTES;
    n = field_count(f);
    f->fields = NEW_N(c->arena, struct field_values, n);
    f->clean = NEW_N(c->arena, struct strs, n);
    f->rest = NEW_N(c->arena, struct strs, n);
    for (size_t i = 0; i < n; i++)
        f->fields[i].last = &f->fields[i].first;
    return f;
}

status form_parse(struct ctx *c)
{
    struct body *b = c->request->body;
    struct form_values *f = c->form = form_make(c);

    if (b == NULL)
        return OK;
    if (body_cut(b) != OK && (c->route->api || !f->form->open))
        return fail(body_cut(b), "body cut at %lld of %lld bytes", (long long)body_size(b),
                    (long long)body_came(b));
    TRY(feed(c, f, b));
    for (size_t i = 0; i < field_count(f); i++)
        split_values(f, i, clean_values(c, f, i));
    if (!f->form->open)
        check_files(c, f);
    return f->n_errors ? fail(INVALID, "%zu fields refused", f->n_errors) : OK;
}

status form_cut(const struct ctx *c)
{
    return c->request->body != NULL ? body_cut(c->request->body) : OK;
}

i64 form_bytes(const struct ctx *c)
{
    return c->request->body != NULL ? body_size(c->request->body) : 0;
}

void form_free(struct form_values *f)
{
    if (f == NULL)
        return;
    out_wipe(&f->text);
    out_free(&f->text);
    json_form_free(f->json);
}

/* -- what pages ask ------------------------------------------------------------------------------------- */

static struct strs list_of(const struct ctx *c, const struct strs *lists, const char *name)
{
    size_t i = c->form ? field_index(c->form, str_c(name)) : 0;

    return c->form && i < field_count(c->form) ? lists[i] : (struct strs){ 0 };
}

struct strs form_all(const struct ctx *c, const char *name)
{
    return list_of(c, c->form ? c->form->clean : NULL, name);
}

struct strs form_text_rest(const struct ctx *c, const char *name)
{
    return list_of(c, c->form ? c->form->rest : NULL, name);
}

struct str form_text(const struct ctx *c, const char *name)
{
    struct strs all = form_all(c, name);

    return all.n ? all.at[0] : STR("");
}

struct form_pairs form_each(const struct ctx *c, const char *start)
{
    size_t i = 0, at = strlen(start);
    struct form_pairs pairs = { 0 };

    if (c->form == NULL)
        return pairs;
    while (i < c->form->form->n && !(field_at(c->form, i)->starts && strcmp(field_at(c->form, i)->name, start) == 0))
        i++;
    if (i == c->form->form->n)
        return pairs;
    pairs.at = NEW_N(c->arena, struct form_pair, c->form->fields[i].n + 1);
    for (const struct value *v = c->form->fields[i].first; v != NULL; v = v->next)
        pairs.at[pairs.n++] = (struct form_pair){ str_from(v->name, at), v->text };
    return pairs;
}

struct str form_csrf(const struct ctx *c)
{
    return form_text(c, implicit[FIELD_CSRF].name);
}

struct str form_token(const struct ctx *c)
{
    struct str token = c->route->api ? header_value(c->request, "idempotency-key")
                                     : form_text(c, implicit[FIELD_TOKEN].name);

    return token.n >= TOKEN_MIN ? token : STR("");
}

struct form_files form_files(const struct ctx *c, const char *field)
{
    struct form_files found = { 0 };

    if (c->form == NULL)
        return found;
    found.at = NEW_N(c->arena, struct form_file, c->form->n_files);
    for (size_t i = 0; i < c->form->n_files; i++)
        if (str_is(c->form->files[i].field, field))
            found.at[found.n++] = c->form->files[i];
    return found;
}

status form_file_read(struct ctx *c, const struct form_file *file, file_sink *sink, void *to)
{
    i64 at = file->at, end = file->at + file->size;
    struct str piece;

    while (at < end) {
        TRY(body_piece(c->request->body, at, &piece));
        piece = str_upto(piece, (size_t)(end - at));
        if (piece.n == 0)
            return fail(BROKEN, "the body ends inside a file");
        TRY(sink(to, piece.at, piece.n));
        at += (i64)piece.n;
    }
    return OK;
}

static void hash_parts(const struct form_values *f, struct str *parts, struct le64 *sizes, size_t *n)
{
    for (size_t i = 0; i < f->form->n; i++) {
        sizes[i] = vault_le64((i64)f->fields[i].n);
        parts[(*n)++] = str_c(f->form->fields[i].name);
        parts[(*n)++] = le64_str(&sizes[i]);
        for (const struct value *v = f->fields[i].first; v != NULL; v = v->next) {
            if (f->form->fields[i].starts)
                parts[(*n)++] = v->name;
            parts[(*n)++] = v->text;
        }
    }
    for (size_t i = 0; i < f->n_files; i++) {
        sizes[f->form->n + i] = vault_le64(f->files[i].size);
        parts[(*n)++] = f->files[i].field;
        parts[(*n)++] = f->files[i].name;
        parts[(*n)++] = le64_str(&sizes[f->form->n + i]);
    }
}

void form_hash(const struct ctx *c, struct key *hash)
{
    const struct form_values *f = c->form;
    struct str *parts = NEW_N(c->arena, struct str, 2 * f->form->n + 2 * f->n_values + 3 * f->n_files);
    struct le64 *sizes = NEW_N(c->arena, struct le64, f->form->n + f->n_files);
    size_t n = 0;

    hash_parts(f, parts, sizes, &n);
    vault_hash(hash, NULL, "form", (struct parts){ parts, n });
}

/* -- errors --------------------------------------------------------------------------------------------- */

status form_refuse(struct ctx *c, const char *field, struct str text)
{
    struct form_values *f = c->form = c->form ? c->form : form_make(c);     /* a raw page has none */

    if (f->n_errors < ERRORS_MAX)
        f->errors[f->n_errors++] = (struct field_error){ field, text };
    return fail(INVALID, "field %s", field);
}

struct str form_error(const struct ctx *c, const char *field)
{
    for (size_t i = 0; c->form != NULL && i < c->form->n_errors; i++)
        if (strcmp(c->form->errors[i].field, field) == 0)
            return c->form->errors[i].text;
    return STR("");
}

bool form_failed(const struct ctx *c)
{
    return c->form != NULL && c->form->n_errors > 0;
}

void form_errors_json(const struct ctx *c, struct out *o)
{
    if (!form_failed(c))
        return;
    out_c(o, ",\"errors\":[");
    for (size_t i = 0; i < c->form->n_errors; i++) {
        out_c(o, i ? ",{\"field\":" : "{\"field\":");
        out_json(o, str_c(c->form->errors[i].field));
        out_c(o, ",\"detail\":");
        out_json(o, c->form->errors[i].text);
        out_char(o, '}');
    }
    out_char(o, ']');
}
