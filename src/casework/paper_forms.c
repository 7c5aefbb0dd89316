/* The definitions behind papers. What lies in content/forms/ is read at start; the text of each is kept in the database when it is
   first met, so that an official may change a file and what was begun goes on as it was. */
#include "paper_work.h"

#include "../base/content.h"

#include <pthread.h>

enum { DIGEST = 32, CACHE = 64 };

/* -- what was read at start --------------------------------------------------------------------------------------------------------- */

struct source { const struct xform *form; struct str name, file, body; uint8_t digest[DIGEST]; };
static struct source *sources;
static size_t n_sources;
static struct arena kept;

static struct str source_digest(const struct source *s)
{
    return str_of(s->digest, DIGEST);
}

/* "mau-02" of "content/forms/mau-02.txt". */
static struct str file_name(struct str path)
{
    for (size_t at = path.n; at-- > 0;)
        if (path.at[at] == '/')
            return str_from(path, at + 1);
    return path;
}

/* Of its text, and of the tables that it looks things up in: another table makes another version, too. */
static void digest(struct source *s)
{
    struct str *parts = NEW_N(&kept, struct str, 3 * s->form->n_tables + 1);
    size_t n = 0;

    parts[n++] = s->body;
    for (size_t i = 0; i < s->form->n_tables; i++) {
        parts[n++] = arena_f(&kept, "\n%zu ", s->form->tables[i].text.n);
        parts[n++] = s->form->tables[i].name;
        parts[n++] = s->form->tables[i].text;
    }
    vault_sha256(s->digest, (struct parts){ parts, n });
}

static status source_read(const struct xform *form, struct source *s)
{
    static const char *const ends[] = { "txt", "xlsx" };
    struct str file = file_name(form->file);

    s->form = form;
    s->name = arena_copy(&kept, str_upto(file, str_find_char(file, '.')));
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        s->file = arena_f(&kept, "%.*s.%s", (int)s->name.n, s->name.at, ends[i]);
        if (content_read(&kept, arena_f(&kept, "forms/%.*s", (int)s->file.n, s->file.at).at, &s->body) != OK)
            continue;
        digest(s);
        return OK;
    }
    return fail(NOT_FOUND, "content/forms/%.*s cannot be read again", (int)s->name.n, s->name.at);
}

status papers_load(void)
{
    size_t n = forms_count();

    if (kept.first != NULL)
        arena_free(&kept);
    kept = arena_make((size_t)256 << 20);
    sources = NEW_N(&kept, struct source, n + 1);
    n_sources = 0;
    for (size_t i = 0; i < n; i++)
        TRY(source_read(forms_at(i), &sources[n_sources++]));
    return OK;
}

static const struct source *source_named(struct str name)
{
    for (size_t i = 0; i < n_sources; i++)
        if (str_eq(sources[i].name, name))
            return &sources[i];
    return NULL;
}

static const struct source *source_of(struct str digest)
{
    for (size_t i = 0; i < n_sources; i++)
        if (str_eq(source_digest(&sources[i]), digest))
            return &sources[i];
    return NULL;
}

/* -- meeting one ---------------------------------------------------------------------------------------------------------------------- */

/* Inside an open act. */
static status meet(struct ledger *l, const struct source *s, i64 now)
{
    struct form_texts_row row = { .digest = source_digest(s), .form = s->name, .version = s->form->version, .file = s->file, .body = s->body,
                                  .since = now };
    struct form_text_met_row met;

    TRY(sql_form_text_met(l->db, (struct sql_form_text_met){ .digest = row.digest }, &met));
    if (met.n)
        return OK;
    TRY(row_insert(l, &table_form_texts, &row));
    for (size_t i = 0; i < s->form->n_tables; i++) {
        struct form_tables_row table = { .digest = row.digest, .name = s->form->tables[i].name, .body = s->form->tables[i].text };

        TRY(row_insert(l, &table_form_tables, &table));
    }
    return OK;
}

static status is_met(struct ledger *l, const struct source *s, bool *is)
{
    struct form_text_met_row met;

    TRY(sql_form_text_met(l->db, (struct sql_form_text_met){ .digest = source_digest(s) }, &met));
    *is = met.n > 0;
    return OK;
}

static status meet_alone(struct ledger *l, const struct source *s, i64 now)
{
    status done = act_begin(l, (struct act_info){ .act = "form.meet", .now = now });

    if (done == OK)
        done = meet(l, s, now);
    if (done == OK)
        done = act_commit(l);
    if (done != OK)
        act_abort(l);
    return done == CONFLICT ? OK : done;        /* another process met it at the same moment */
}

status papers_meet(struct ledger *l, const struct app *app, i64 now)
{
    (void)app;
    for (size_t i = 0; i < n_sources; i++) {
        bool is;

        TRY(is_met(l, &sources[i], &is));
        if (!is)
            TRY(meet_alone(l, &sources[i], now));
    }
    return OK;
}

status papers_meet_one(struct ctx *c, struct str name)
{
    const struct source *source = source_named(name);
    bool is = false;

    if (source == NULL)
        return NOT_FOUND;
    TRY(is_met(c->ledger, source, &is));
    return is ? OK : meet_alone(c->ledger, source, c->now);
}

/* -- definitions that content/ has no more ---------------------------------------------------------------------------------------------- */

/* Compiled once for the process: whoever goes on with an old paper does not wait for the compiler on each page. Beyond CACHE of them
   each request compiles for itself. */
static struct { uint8_t digest[DIGEST]; struct xform *form; } cache[CACHE];
static size_t n_cache;
static struct arena cache_arena;
static pthread_mutex_t cache_lock = PTHREAD_MUTEX_INITIALIZER;

struct kept_text { struct form_texts_row row; struct xform_kept tables; };

static status read_kept(struct ctx *c, struct str digest, struct kept_text *t)
{
    struct form_tables_rows rows;
    struct xform_table *list;

    t->row = (struct form_texts_row){ .digest = digest };
    TRY(row_get(c->ledger, &table_form_texts, &t->row));
    TRY(sql_form_tables_of(c->ledger, (struct sql_form_tables_of){ .digest = digest }, &rows));
    list = NEW_N(c->arena, struct xform_table, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered)
            return fail(BROKEN, "a table of a form was altered");
        list[i] = (struct xform_table){ .name = rows.at[i].name, .text = rows.at[i].body };
    }
    t->tables = (struct xform_kept){ list, rows.n };
    return OK;
}

static status compile(struct arena *a, const struct kept_text *t, struct xform **form)
{
    struct xform_findings found;

    TRY(xform_read_kept(a, arena_copy(a, t->row.file).at, arena_copy(a, t->row.body), &t->tables, form, &found));
    return *form == NULL ? fail(BROKEN, "a form that was once right is not any more") : OK;
}

static bool find_cached(struct str digest, const struct xform **form)
{
    for (size_t i = 0; i < n_cache; i++)
        if (str_eq(str_of(cache[i].digest, DIGEST), digest)) {
            *form = cache[i].form;
            return true;
        }
    return false;
}

static bool is_cached(struct str digest, const struct xform **form)
{
    bool found;

    pthread_mutex_lock(&cache_lock);
    found = find_cached(digest, form);
    pthread_mutex_unlock(&cache_lock);
    return found;
}

static status cached(const struct kept_text *t, const struct xform **form)
{
    struct xform *made;

    if (find_cached(t->row.digest, form))
        return OK;
    if (n_cache == CACHE)
        return NOT_FOUND;
    if (cache_arena.limit == 0)
        cache_arena = arena_make((size_t)512 << 20);
    TRY(compile(&cache_arena, t, &made));
    memcpy(cache[n_cache].digest, t->row.digest.at, DIGEST);
    cache[n_cache++].form = made;
    *form = made;
    return OK;
}

status papers_definition(struct ctx *c, struct str digest, const struct xform **form)
{
    struct kept_text kept_text;
    const struct source *source = source_of(digest);
    struct xform *made;
    status s;

    if (source != NULL) {
        *form = source->form;
        return OK;
    }
    if (is_cached(digest, form))
        return OK;
    TRY(read_kept(c, digest, &kept_text));
    pthread_mutex_lock(&cache_lock);
    s = cached(&kept_text, form);
    pthread_mutex_unlock(&cache_lock);
    if (s != NOT_FOUND)
        return s;
    TRY(compile(c->arena, &kept_text, &made));
    *form = made;
    return OK;
}

/* -- which forms a case has ----------------------------------------------------------------------------------------------------------- */

struct str paper_form_title(const struct ctx *c, const struct xform *form)
{
    struct str title = STR("");

    for (size_t i = 0; i < form->n_settings && c->lang == LANG_EN; i++)
        if (str_starts(form->settings[i].column, STR("form_title::")) && str_ends(form->settings[i].column, STR("(en)")))
            title = form->settings[i].value;
    return title.n ? title : form->title.n ? form->title : form->id;
}

/* What was in force when the case was opened. A form that no process of ours has met yet is met here at the latest. */
static status form_for(struct ctx *c, const struct casefile *f, struct str name, struct case_form *made)
{
    struct form_texts_rows rows;

    *made = (struct case_form){ .name = name };
    if (source_named(name) != NULL)
        TRY(papers_meet_one(c, name));
    TRY(sql_form_text_at(c->ledger, (struct sql_form_text_at){ .form = name, .at = f->file.opened }, &rows));
    if (rows.n == 0 || rows.at[0].altered)
        return OK;
    made->digest = rows.at[0].digest;
    return papers_definition(c, made->digest, &made->form);
}

status papers_newest(struct ctx *c, struct str name, struct case_form *newest)
{
    const struct source *source = source_named(name);

    (void)c;
    if (source == NULL)
        return NOT_FOUND;
    *newest = (struct case_form){ source->name, source_digest(source), source->form };
    return OK;
}

static void add_name(struct strs *names, struct str name)
{
    for (size_t i = 0; i < names->n; i++)
        if (str_eq(names->at[i], name))
            return;
    if (name.n)
        names->at[names->n++] = name;
}

static void names_of_process(const struct process *p, struct strs *names)
{
    for (size_t i = 0; i < p->n_states; i++)
        add_name(names, p->states[i].form);
    for (size_t i = 0; i < p->n_acts; i++) {
        struct str rest = p->acts[i].form, name;

        while (str_cut(&rest, ' ', &name))
            add_name(names, name);
    }
}

status papers_forms(struct ctx *c, const struct casefile *f, struct case_forms *list)
{
    struct strs names = { .at = NEW_N(c->arena, struct str, PROCESS_STATES + 4 * PROCESS_ACTS + n_sources + 1) };

    if (f->process != NULL)
        names_of_process(f->process, &names);
    if (names.n == 0)       /* the process was made before there were forms */
        for (size_t i = 0; i < n_sources; i++)
            if (!str_is(xform_setting(sources[i].form, "lachan::for"), "survey"))
                add_name(&names, sources[i].name);
    list->at = NEW_N(c->arena, struct case_form, names.n + 1);
    list->n = 0;
    for (size_t i = 0; i < names.n; i++) {
        TRY(form_for(c, f, names.at[i], &list->at[list->n]));
        list->n += list->at[list->n].form != NULL;
    }
    return OK;
}
