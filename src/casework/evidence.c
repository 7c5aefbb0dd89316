/* The files of a case: which there are, what the reader's keys tell of them, and their bytes. */
#include "evidence.h"

#include "texts.h"

#include <fcntl.h>
#include <jansson.h>
#include <unistd.h>

const char *const evidence_kind_codes[] = { "picture", "video", "text", "document", "other", NULL };

/* -- records about files ------------------------------------------------------------------------------------------------ */

struct kept { struct id id; struct record r; };
struct kept_list { struct kept *at; size_t n; };

static status kept_behind(struct ctx *c, const struct comp_open *comp, i64 *after, struct kept_list *all)
{
    struct records_rows rows;
    struct kept *more;

    TRY(sql_records_of(c->ledger, (struct sql_records_of){ .comp = comp->id, .after = *after }, &rows));
    if (rows.n == 0)
        return NOT_FOUND;
    more = NEW_N(c->arena, struct kept, all->n + rows.n);
    if (all->n)
        memcpy(more, all->at, all->n * sizeof *more);
    all->at = more;
    for (size_t i = 0; i < rows.n; i++) {
        struct kept *k = &all->at[all->n];

        k->id = rows.at[i].id;
        all->n += !rows.at[i].altered &&
                  vault_record_open(c->arena, comp->keys, comp->id, k->id, rows.at[i].body, &k->r) == OK &&
                  k->r.kind == RECORD_FILE;
    }
    *after = rows.at[rows.n - 1].no;
    return OK;
}

/* All records about files in an open compartment, in order. */
static status kept_files(struct ctx *c, const struct comp_open *comp, struct kept_list *all)
{
    i64 after = 0;
    status s;

    *all = (struct kept_list){ 0 };
    while ((s = kept_behind(c, comp, &after, all)) == OK)
        ;
    return s == NOT_FOUND ? OK : s;
}

static struct str json_text(struct ctx *c, const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);

    return json_is_string(v) ? arena_copy(c->arena, str_of(json_string_value(v), json_string_length(v))) : STR_NULL;
}

static enum evidence_kind kind_of_code(struct str code)
{
    for (size_t i = 0; i < COUNT_OF(evidence_kind_codes) - 1; i++)
        if (str_is(code, evidence_kind_codes[i]))
            return (enum evidence_kind)i;
    return KIND_OTHER;
}

static enum evidence_kind kind_of_type(struct str type)
{
    if (str_starts(type, STR("image/")))
        return KIND_PICTURE;
    if (str_starts(type, STR("video/")))
        return KIND_VIDEO;
    if (str_starts(type, STR("text/")))
        return KIND_TEXT;
    return str_is(type, "application/pdf") ? KIND_DOCUMENT : KIND_OTHER;
}

/* What a record says of a file: in E and P with name and type, in N without. */
struct told { struct id file; struct evidence e; bool asked; };

static bool told_of(struct ctx *c, const struct kept *k, struct told *t)
{
    json_t *o = json_loadb(k->r.text.at, k->r.text.n, 0, NULL);
    struct str kind = json_text(c, o, "kind"), id = json_text(c, o, "file");

    *t = (struct told){ .asked = str_is(json_text(c, o, "status"), "asked") };
    t->e = (struct evidence){
        .name = json_text(c, o, "name"), .type = json_text(c, o, "type"), .sha256 = json_text(c, o, "sha256"),
        .pdq = json_text(c, o, "pdq"), .class = json_text(c, o, "class"), .size = json_integer_value(json_object_get(o, "size")),
        .quality = json_integer_value(json_object_get(o, "quality")), .by = { !id_is_zero(k->r.author), k->r.author },
    };
    t->e.kind = kind.n ? kind_of_code(kind) : kind_of_type(t->e.type);
    json_decref(o);
    return id.at != NULL && id_of_text(id, &t->file);
}

/* -- the list ---------------------------------------------------------------------------------------------------------------- */

static status rows_behind(struct ctx *c, struct id case_id, struct files_rows *all)
{
    struct id after = all->n ? all->at[all->n - 1].id : id_zero();
    struct files_rows rows;
    struct files_row *more;

    TRY(sql_files_of(c->ledger, (struct sql_files_of){ .case_id = case_id, .after = after }, &rows));
    if (rows.n == 0)
        return NOT_FOUND;
    more = NEW_N(c->arena, struct files_row, all->n + rows.n);
    if (all->n)
        memcpy(more, all->at, all->n * sizeof *more);
    memcpy(more + all->n, rows.at, rows.n * sizeof *more);
    *all = (struct files_rows){ .at = more, .n = all->n + rows.n };
    return OK;
}

static status rows_of(struct ctx *c, struct id case_id, struct files_rows *all)
{
    status s;

    *all = (struct files_rows){ 0 };
    while ((s = rows_behind(c, case_id, all)) == OK)
        ;
    return s == NOT_FOUND ? OK : s;
}

static const struct files_row *row_of(const struct files_rows *rows, struct id file, struct id comp)
{
    for (size_t i = 0; i < rows->n; i++)
        if (id_eq(rows->at[i].id, file))
            return !rows->at[i].altered && id_eq(rows->at[i].comp, comp) ? &rows->at[i] : NULL;
    return NULL;
}

static bool holds_files(const struct comp_open *comp)
{
    return str_is(comp->letter, "E") || str_is(comp->letter, "P");
}

/* The files of one open compartment. A record whose file lies elsewhere by now tells nothing. */
static status add_open(struct ctx *c, struct comp_open *comp, const struct files_rows *rows, struct evidences *list)
{
    struct kept_list kept;

    TRY(kept_files(c, comp, &kept));
    for (size_t i = 0; i < kept.n && list->n < rows->n; i++) {
        struct told t;

        if (!told_of(c, &kept.at[i], &t) || row_of(rows, t.file, comp->id) == NULL || evidence_find(list, t.file) != NULL)
            continue;
        t.e.id = t.file;
        t.e.comp = comp;
        t.e.open = true;
        t.e.police = str_is(comp->letter, "P");
        list->at[list->n++] = t.e;
    }
    return OK;
}

/* What lies in P is named by its ciphertext's hash and size alone, unless N says what it was. */
static void add_sealed(struct ctx *c, const struct files_row *row, struct comp_open *comp, struct evidences *list)
{
    struct out hex = { .max = 64 };

    out_hex(&hex, row->sha256.at, row->sha256.n < 32 ? row->sha256.n : 32);
    list->at[list->n++] = (struct evidence){ .id = row->id, .comp = comp, .police = true, .kind = KIND_OTHER, .size = row->size,
                                             .sha256 = arena_copy(c->arena, out_done(&hex)) };
    out_free(&hex);
}

static struct evidence *find(const struct evidences *list, struct id file)
{
    for (size_t i = 0; i < list->n; i++)
        if (id_eq(list->at[i].id, file))
            return &list->at[i];
    return NULL;
}

/* What N says of files that went to the police, or should. */
static status add_notes(struct ctx *c, const struct comp_open *notes, const struct evidences *list)
{
    struct kept_list kept;

    TRY(kept_files(c, notes, &kept));
    for (size_t i = 0; i < kept.n; i++) {
        struct evidence *e;
        struct told t;

        if (!told_of(c, &kept.at[i], &t) || (e = find(list, t.file)) == NULL)
            continue;
        if (t.asked && !e->police)
            e->asked_by = t.e.by;
        if (!t.asked && e->police && !e->open) {
            e->kind = t.e.kind;
            e->size = t.e.size;
            e->sha256 = t.e.sha256;
            e->pdq = t.e.pdq;
            e->quality = t.e.quality;
            e->class = t.e.class;
        }
    }
    return OK;
}

status evidence_list(struct ctx *c, struct id case_id, struct comps *comps, struct evidences *list)
{
    struct files_rows rows;

    TRY(rows_of(c, case_id, &rows));
    *list = (struct evidences){ .at = NEW_N(c->arena, struct evidence, rows.n + 1) };
    for (size_t i = 0; i < comps->n; i++)
        if (comps->at[i].keys != NULL && holds_files(&comps->at[i]))
            TRY(add_open(c, &comps->at[i], &rows, list));
    for (size_t i = 0; i < rows.n; i++) {
        struct comp_open *comp = rows.at[i].altered ? NULL : comps_find(comps, rows.at[i].comp);

        if (comp != NULL && comp->keys == NULL && str_is(comp->letter, "P"))
            add_sealed(c, &rows.at[i], comp, list);
    }
    for (size_t i = 0; list->n && i < comps->n; i++)
        if (comps->at[i].keys != NULL && str_is(comps->at[i].letter, "N"))
            TRY(add_notes(c, &comps->at[i], list));
    return OK;
}

const struct evidence *evidence_find(const struct evidences *files, struct id file)
{
    const struct evidence *e = find(files, file);

    return e != NULL && e->open ? e : NULL;
}

status evidence_case_open(struct ctx *c, struct id id, struct evidence_case *k)
{
    *k = (struct evidence_case){ .row = { .id = id } };
    TRY(row_get(c->ledger, &table_cases, &k->row));
    TRY(comps_of_actor(c, id, &k->comps));
    return evidence_list(c, id, &k->comps, &k->files);
}

static status forget_in(struct ctx *c, const struct comp_open *comp, struct id file)
{
    struct kept_list kept;

    TRY(kept_files(c, comp, &kept));
    for (size_t i = 0; i < kept.n; i++) {
        struct records_row row = { .id = kept.at[i].id };
        struct told t;

        if (!told_of(c, &kept.at[i], &t) || !id_eq(t.file, file))
            continue;
        TRY(row_get(c->ledger, &table_records, &row));
        TRY(row_delete(c->ledger, &table_records, &row));
    }
    return OK;
}

status evidence_forget(struct ctx *c, const struct comps *comps, struct id file)
{
    for (size_t i = 0; i < comps->n; i++) {
        const struct comp_open *comp = &comps->at[i];

        if (comp->keys != NULL && (str_is(comp->letter, "E") || str_is(comp->letter, "T")))
            TRY(forget_in(c, comp, file));
    }
    return OK;
}

/* -- in words ------------------------------------------------------------------------------------------------------------------ */

int evidence_kind_text(enum evidence_kind kind)
{
    static const int texts[] = { T_DESK_FILE_PICTURE, T_DESK_FILE_VIDEO, T_DESK_FILE_TEXT, T_DESK_FILE_DOCUMENT, T_DESK_FILE_OTHER };

    return texts[kind];
}

struct str evidence_size_text(struct ctx *c, i64 bytes)
{
    char point = c->lang == LANG_VI ? ',' : '.';

    if (bytes < 1 << 20)
        return arena_f(c->arena, "%lld KB", (long long)(bytes + 1023) / 1024);
    return arena_f(c->arena, "%lld%c%lld MB", (long long)(bytes >> 20), point, (long long)((bytes & 0xfffff) * 10 >> 20));
}

struct url evidence_url(struct ctx *c, struct id case_id, const struct evidence *e)
{
    char id[ID_TEXT + 1], file[ID_TEXT + 1];

    if (!e->open)
        return (struct url){ STR_NULL };
    id_text(case_id, id);
    id_text(e->id, file);
    return url_lang(c->arena, url_f(c->arena, "/desk/%s/files/%s", id, file), c->page.lang_query);
}

/* -- bytes ---------------------------------------------------------------------------------------------------------------------- */

status evidence_key(struct ctx *c, const struct evidence *e, struct files_row *row, struct key *fk)
{
    *row = (struct files_row){ .id = e->id };
    TRY(row_get(c->ledger, &table_files, row));
    if (!id_eq(row->comp, e->comp->id))
        return fail(CONFLICT, "the file was moved meanwhile");
    return vault_unwrap(&e->comp->keys->drop, ctx_file_key(row->comp, row->id), row->fk, fk);
}

status evidence_pour(struct ctx *c, const struct evidence *e, file_sink *sink, void *to)
{
    struct key *fk = SECRET(c->ledger->secrets, struct key);
    struct files_row row;
    int fd;
    status s;

    TRY(evidence_key(c, e, &row, fk));
    fd = open(upload_path(c, e->id).at, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return fail(BROKEN, "a file of a case is not there: %m");
    s = file_open(fd, e->id, fk, e->size, sink, to);
    close(fd);
    return s;
}

status evidence_media(struct ctx *c, const struct evidence *e, struct media_want want, struct media *media)
{
    struct media_file file;
    status s;

    *media = (struct media){ 0 };
    TRY(media_begin(&file));
    s = evidence_pour(c, e, media_sink, &file);
    if (s == OK)
        s = media_read(&file, want, media);
    media_end(&file);
    return s;
}
