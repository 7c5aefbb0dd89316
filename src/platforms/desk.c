/* A report as people see it: opened by the keys of the reader's units, read of what was kept word for word. */
#include "platforms.h"

#include "desk.h"

#include "../casework/casefile.h"

#include <jansson.h>

enum { WORDS_MAX = REPORT_FILES_MAX + 1000, KEPT_HITS_MAX = 100 };

static struct str text_of_member(struct ctx *c, const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);

    return json_is_string(v) ? arena_copy(c->arena, str_of(json_string_value(v), json_string_length(v))) : STR("");
}

/* -- files ------------------------------------------------------------------------------------------------------------------------------- */

static void take_hits(struct ctx *c, struct kept_file *f, const json_t *list)
{
    f->hits = NEW_N(c->arena, struct kept_hit, KEPT_HITS_MAX);
    for (size_t i = 0; i < json_array_size(list) && f->n_hits < KEPT_HITS_MAX; i++) {
        const json_t *h = json_array_get(list, i);
        struct kept_hit *hit = &f->hits[f->n_hits++];

        *hit = (struct kept_hit){ text_of_member(c, h, "bank"), text_of_member(c, h, "class"), text_of_member(c, h, "kind"),
                                  json_integer_value(json_object_get(h, "distance")), json_is_true(json_object_get(h, "live")) };
        if (hit->live && f->class.n == 0)
            f->class = hit->class;
    }
}

static bool take_file(struct ctx *c, struct str json, struct kept_file *f)
{
    json_t *o = json_loadb(json.at, json.n, 0, NULL);
    bool right = id_of_text(text_of_member(c, o, "file"), &f->id);

    f->name = text_of_member(c, o, "name");
    f->type = text_of_member(c, o, "type");
    f->md5 = text_of_member(c, o, "md5");
    f->sha256 = text_of_member(c, o, "sha256");
    f->pdq = text_of_member(c, o, "pdq");
    f->look = text_of_member(c, o, "look");
    f->size = json_integer_value(json_object_get(o, "size"));
    f->quality = json_integer_value(json_object_get(o, "quality"));
    f->film = json_is_true(json_object_get(o, "film"));
    f->asked = json_is_true(json_object_get(o, "asked"));
    f->class = STR("");
    take_hits(c, f, json_object_get(o, "hits"));
    json_decref(o);
    return right;
}

static status read_files(struct ctx *c, const struct comp_open *sealed, struct kept_files *files)
{
    struct strs texts;

    TRY(records_of_kind(c, sealed, (struct kind_wanted){ RECORD_FILE, REPORT_FILES_MAX }, &texts));
    files->at = NEW_N(c->arena, struct kept_file, texts.n + 1);
    for (size_t i = 0; i < texts.n; i++)
        files->n += take_file(c, texts.at[i], &files->at[files->n]);
    return OK;
}

/* -- words ---------------------------------------------------------------------------------------------------------------------------------- */

/* Of two documents about one file the later one stands. */
static void take_words_of_file(struct ctx *c, struct open_report *r, struct str file, struct str document)
{
    struct told_fault fault;
    struct told_file about;

    if (told_read_file(c->arena, document, c->now, &about, &fault) != OK)
        return;
    for (size_t i = 0; i < r->files.n; i++) {
        struct id id;

        if (str_from_hex(file, id.b, sizeof id.b) && id_eq(id, r->files.at[i].id))
            r->files.at[i].said = about.lines;
    }
}

static status read_words(struct ctx *c, const struct comp_open *sealed, struct open_report *r)
{
    struct told_fault fault = { 0 };
    struct strs texts;

    TRY(records_of_kind(c, sealed, (struct kind_wanted){ RECORD_PLATFORM, WORDS_MAX }, &texts));
    for (size_t i = 0; i < texts.n; i++) {
        json_t *o = json_loadb(texts.at[i].at, texts.at[i].n, 0, NULL);
        struct str what = text_of_member(c, o, "what"), xml = text_of_member(c, o, "xml"), file = text_of_member(c, o, "file");

        if (str_is(what, "report")) {
            r->document = xml;
            r->incident = text_of_member(c, o, "incident");
        }
        json_decref(o);
        if (str_is(what, "file"))
            take_words_of_file(c, r, file, xml);
    }
    if (r->document.n == 0 || told_read(c->arena, r->document, c->now, &r->told, &fault) != OK)
        return fail(BROKEN, "what a platform told cannot be read again: %.*s", (int)fault.words.n, fault.words.at);
    return OK;
}

/* -- the whole -------------------------------------------------------------------------------------------------------------------------------- */

static status unlock(struct ctx *c, struct open_report *r, const struct comp_open **sealed)
{
    TRY(row_get(c->ledger, &table_platform_reports, &r->row));
    if (r->row.sandbox || !r->row.kept || !str_is(r->row.state, "finished"))
        return NOT_FOUND;
    r->kept = (struct cases_row){ .id = r->row.id };
    TRY(row_get(c->ledger, &table_cases, &r->kept));
    TRY(comps_of_actor(c, r->row.id, &r->comps));
    *sealed = comp_newest(&r->comps, "P");
    return *sealed != NULL && (*sealed)->keys != NULL ? OK : NOT_FOUND;
}

status report_open_for(struct ctx *c, struct id id, bool log, struct open_report *r)
{
    const struct comp_open *sealed;

    *r = (struct open_report){ .row = { .id = id } };
    TRY(unlock(c, r, &sealed));
    if (log)
        TRY(act_note(c->ledger, case_act_info(c, "platform.read", id)));
    TRY(read_files(c, sealed, &r->files));
    return read_words(c, sealed, r);
}

status report_reason(struct ctx *c, const struct comps *comps, struct str *reason)
{
    const struct comp_open *notes = comp_newest(comps, "N");
    struct strs texts = { 0 };

    *reason = STR("");
    if (notes == NULL || notes->keys == NULL)
        return OK;
    TRY(records_of_kind(c, notes, (struct kind_wanted){ RECORD_REASON, 1000 }, &texts));
    if (texts.n)
        *reason = texts.at[texts.n - 1];
    return OK;
}

/* -- what waits ------------------------------------------------------------------------------------------------------------------------------- */

status platforms_waiting(struct ctx *c, struct platforms_waiting *waiting)
{
    *waiting = (struct platforms_waiting){ 0 };
    if (!may(c, MAY_READ_PLATFORMS))
        return OK;
    for (size_t i = 0; i < c->actor.n_units; i++) {
        struct platform_waiting_row row;
        struct platform_any_row any;

        TRY(sql_platform_waiting(c->ledger->db, (struct sql_platform_waiting){ .unit = c->actor.units[i] }, &row));
        waiting->n += row.n;
        waiting->urgent += row.urgent;
        if (waiting->any)
            continue;
        TRY(sql_platform_any(c->ledger->db, (struct sql_platform_any){ .unit = c->actor.units[i] }, &any));
        waiting->any = any.n > 0;
    }
    return OK;
}
