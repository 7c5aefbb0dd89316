/* One file of a case for staff: a reason, a blurred picture, a clear one, the original; each step an act in the log. */
#include "evidence_pages.h"

#include "../base/text.h"

#include "casework_pages.h"
#include "texts.h"

#include <stdio.h>

enum {
    LOOK_MINUTES = 10, LOOKS_MAX = 8,
    WORDS_CHARS = 1000, TEXT_SHOWN = 64 << 10
};

/* -- the file of the address --------------------------------------------------------------------------------------------------------- */

/* The case and the file of the address. */
struct asked { struct evidence_case k; const struct evidence *e; };

static status asked_file(struct ctx *c, struct asked *a)
{
    struct id case_id, file;

    TRY(path_id(c, "id", &case_id));
    TRY(path_id(c, "file", &file));
    TRY(evidence_case_open(c, case_id, &a->k));
    a->e = evidence_find(&a->k.files, file);
    return a->e ? OK : fail(NOT_FOUND, "no such file, or not for this reader");
}

static status back_to_file(struct ctx *c, const struct asked *a, const char *tail, int flash)
{
    char file[ID_TEXT + 1];

    id_text(a->e->id, file);
    return evidence_back_to(c, a->k.row.id, arena_f(c->arena, "/files/%s%s", file, tail).at, flash);
}

/* -- looks: what this session may see for ten minutes, after a reason ---------------------------------------------------------- */

enum stage { STAGE_NONE, STAGE_BLURRED, STAGE_CLEAR };
struct look { struct id file; enum stage stage; i64 until; };
struct looks { struct look at[LOOKS_MAX]; size_t n; };

static void looks_read(const struct ctx *c, struct looks *looks)
{
    struct str rest = session_peek(c, "looks"), line;

    *looks = (struct looks){ 0 };
    while (str_cut(&rest, '\n', &line) && looks->n < LOOKS_MAX) {
        struct look *l = &looks->at[looks->n];

        if (!id_of_text(str_upto(line, ID_TEXT), &l->file) || !str_i64(str_from(line, ID_TEXT + 1), &l->until))
            continue;
        l->stage = line.at[ID_TEXT] == 'c' ? STAGE_CLEAR : STAGE_BLURRED;
        looks->n += l->until > c->now;
    }
}

static struct look look_find(const struct ctx *c, struct id file)
{
    struct looks looks;

    looks_read(c, &looks);
    for (size_t i = 0; i < looks.n; i++)
        if (id_eq(looks.at[i].file, file))
            return looks.at[i];
    return (struct look){ .stage = STAGE_NONE };
}

/* The newest first; the oldest goes where there are too many. STAGE_NONE takes a look back. */
static void look_put(struct ctx *c, struct look look)
{
    struct out o = { .max = 4096 };
    struct looks looks;
    char id[ID_TEXT + 1];
    size_t kept = look.stage != STAGE_NONE;

    looks_read(c, &looks);
    id_text(look.file, id);
    if (look.stage != STAGE_NONE)
        out_f(&o, "%s%c%lld\n", id, look.stage == STAGE_CLEAR ? 'c' : 'b', (long long)look.until);
    for (size_t i = 0; i < looks.n && kept < LOOKS_MAX; i++) {
        if (id_eq(looks.at[i].file, look.file))
            continue;
        id_text(looks.at[i].file, id);
        out_f(&o, "%s%c%lld\n", id, looks.at[i].stage == STAGE_CLEAR ? 'c' : 'b', (long long)looks.at[i].until);
        kept++;
    }
    session_put(c, "looks", arena_copy(c->arena, out_done(&o)), LOOK_MINUTES);
    out_free(&o);
}

/* -- opening ---------------------------------------------------------------------------------------------------------------------- */

static status open_show(struct ctx *c)
{
    struct evidence_open_view v = { .words = form_text(c, "words"), .reason_error = form_error(c, "reason") };
    struct asked a;

    TRY(asked_file(c, &a));
    TRY(evidence_head_of(c, &a.k, &v.head));
    v.file = evidence_tile_of(c, a.k.row.id, a.e);
    v.reasons = list_choices(c, "open", form_text(c, "reason"));
    TRY(people_nav(c, &v.nav, STAFF_NONE));
    return page(c, tpl_casework_evidence_open, &v);
}

/* "Kiểm tra bằng chứng: số điện thoại trong ảnh" */
static struct str reason_words(struct ctx *c, struct str code)
{
    struct str name = list_name(c, "open", code), words = str_trim(form_text(c, "words"));

    if (words.n == 0)
        return name;
    return arena_f(c->arena, "%.*s: %.*s", (int)name.n, name.at, (int)words.n, words.at);
}

static status open_do(struct ctx *c)
{
    struct str reason = form_text(c, "reason");
    struct look look = { .stage = STAGE_BLURRED, .until = c->now + LOOK_MINUTES * MINUTE_MS };
    struct evidence_act act = { "file.open", "file_open", STR_NULL, 0 };
    struct asked a;

    TRY(asked_file(c, &a));
    if (!list_has("open", reason))
        return form_refuse(c, "reason", text_of(c, T_EVIDENCE_OPEN_NO_REASON));
    act.words = reason_words(c, reason);
    if (a.e->kind == KIND_TEXT) {           /* words cannot be blurred */
        look.stage = STAGE_CLEAR;
        act.look_until = look.until;
    }
    TRY(evidence_note(c, &a.k, a.e, act));
    look.file = a.e->id;
    look_put(c, look);
    return back_to_file(c, &a, "/view", 0);
}

/* -- looking ---------------------------------------------------------------------------------------------------------------------- */

static int fault_text(enum media_fault fault)
{
    static const int texts[] = { T_EVIDENCE_FAULT_KIND, T_EVIDENCE_FAULT_DECODER, T_EVIDENCE_FAULT_KIND, T_EVIDENCE_FAULT_BROKEN,
                                 T_EVIDENCE_FAULT_LARGE };

    return texts[fault];
}

static struct media_want want_of(const struct evidence *e, enum stage stage)
{
    return (struct media_want){ .film = e->kind == KIND_VIDEO, .blurred = stage != STAGE_CLEAR };
}

static status look_picture(struct ctx *c, const struct asked *a, enum stage stage, struct evidence_look_view *v)
{
    char file[ID_TEXT + 1];
    struct media media;

    id_text(a->e->id, file);
    TRY(evidence_media(c, a->e, want_of(a->e, stage), &media));
    v->look = media.fault ? LOOK_NONE : stage == STAGE_CLEAR ? LOOK_CLEAR : LOOK_BLURRED;
    v->why = fault_text(media.fault);
    v->width = media.width;
    v->height = media.height;
    v->damaged = media.damaged;
    v->film = a->e->kind == KIND_VIDEO;
    v->picture = url_id(c->arena, "/desk/", a->k.row.id, arena_f(c->arena, "/files/%s/%s", file,
                                                                stage == STAGE_CLEAR ? "clear" : "blurred").at);
    media_free(&media);
    return OK;
}

/* The beginning of a text; all of it is opened, so that a cut file does not pass for a whole one. */
struct beginning { char *at; size_t n; };

static status sink_beginning(void *to, const void *bytes, size_t n)
{
    struct beginning *b = to;
    size_t room = TEXT_SHOWN - b->n, part = n < room ? n : room;

    memcpy(b->at + b->n, bytes, part);
    b->n += part;
    return OK;
}

static status look_text(struct ctx *c, const struct asked *a, struct evidence_look_view *v)
{
    struct beginning b = { .at = arena_alloc(c->arena, TEXT_SHOWN) };

    TRY(evidence_pour(c, a->e, sink_beginning, &b));
    v->look = LOOK_TEXT;
    v->text = text_clean(c->arena, str_of(b.at, b.n));
    v->cut = a->e->size > TEXT_SHOWN;
    return OK;
}

static status look_fill(struct ctx *c, const struct asked *a, enum stage stage, struct evidence_look_view *v)
{
    if (a->e->kind == KIND_TEXT)
        return look_text(c, a, v);
    v->look = LOOK_NONE;
    v->why = T_EVIDENCE_FAULT_KIND;
    return a->e->kind == KIND_DOCUMENT ? OK : look_picture(c, a, stage, v);
}

static status look_show(struct ctx *c)
{
    struct evidence_look_view v = { .can_download = may(c, MAY_WRITE_CASES) };
    char until[CLOCK_TEXT];
    struct look look;
    struct asked a;

    TRY(asked_file(c, &a));
    look = look_find(c, a.e->id);
    if (look.stage == STAGE_NONE)
        return back_to_file(c, &a, "", T_EVIDENCE_LOOK_OVER);
    TRY(look_fill(c, &a, look.stage, &v));
    TRY(evidence_head_of(c, &a.k, &v.head));
    v.file = evidence_tile_of(c, a.k.row.id, a.e);
    clock_time(look.until, until);
    v.until = arena_copy(c->arena, str_c(until));
    TRY(people_nav(c, &v.nav, STAFF_NONE));
    return page(c, tpl_casework_evidence_look, &v);
}

static status look_clear(struct ctx *c)
{
    struct look look;
    struct asked a;

    TRY(asked_file(c, &a));
    look = look_find(c, a.e->id);
    if (look.stage == STAGE_NONE)
        return back_to_file(c, &a, "", T_EVIDENCE_LOOK_OVER);
    TRY(evidence_note(c, &a.k, a.e, (struct evidence_act){ "file.clear", "file_clear", STR(""), look.until }));
    look.stage = STAGE_CLEAR;
    look_put(c, look);
    return back_to_file(c, &a, "/view", 0);
}

static status look_close(struct ctx *c)
{
    struct asked a;

    TRY(asked_file(c, &a));
    TRY(act_begin(c->ledger, case_act_info(c, "file.close", a.k.row.id)));
    TRY(viewing_end(c));
    TRY(act_commit(c->ledger));
    look_put(c, (struct look){ .file = a.e->id, .stage = STAGE_NONE });
    return evidence_back_to(c, a.k.row.id, "/files", T_EVIDENCE_LOOK_CLOSED);
}

/* Only as a picture in a page of ours: not opened by itself, not put into a page of somebody else. */
static bool asked_by_our_page(const struct ctx *c)
{
    struct str site = header_value(c->request, "sec-fetch-site"), dest = header_value(c->request, "sec-fetch-dest");

    return (site.at == NULL || str_is(site, "same-origin")) && (dest.at == NULL || str_is(dest, "image"));
}

static status picture(struct ctx *c, enum stage stage)
{
    struct media media;
    struct asked a;
    status s;

    if (!asked_by_our_page(c))
        return fail(NOT_FOUND, "a picture that no page of ours asked for");
    TRY(asked_file(c, &a));
    if (look_find(c, a.e->id).stage < stage)
        return fail(NOT_FOUND, "no reason was given for this picture");
    TRY(evidence_media(c, a.e, want_of(a.e, stage), &media));
    if (media.fault) {                          /* a file that is spoilt is nobody's attempt to see what is not theirs: no refusal */
        media_free(&media);
        return answer_text(c, 404, "text/plain");
    }
    s = media_jpeg(&media, c->out);
    media_free(&media);
    TRY(s);
    answer_header(c, "Content-Security-Policy", STR("sandbox; default-src 'none'"));
    return answer_text(c, 200, "image/jpeg");
}

static status picture_blurred(struct ctx *c)
{
    return picture(c, STAGE_BLURRED);
}

static status picture_clear(struct ctx *c)
{
    return picture(c, STAGE_CLEAR);
}

static status sink_out(void *to, const void *bytes, size_t n)
{
    out_bytes(to, bytes, n);
    return OK;
}

/* The original, as it came. The answer to the POST itself: an evidence_address that gave it again without an act would be a leak. */
static status original(struct ctx *c)
{
    struct asked a;

    TRY(asked_file(c, &a));
    if (look_find(c, a.e->id).stage == STAGE_NONE)
        return back_to_file(c, &a, "", T_EVIDENCE_LOOK_OVER);
    TRY(evidence_note(c, &a.k, a.e, (struct evidence_act){ "file.download", "file_download", STR(""), 0 }));
    TRY(evidence_pour(c, a.e, sink_out, c->out));
    return answer_download(c, a.e->name.n ? a.e->name : STR("file"), "application/octet-stream");
}

/* -- routes --------------------------------------------------------------------------------------------------------------------------- */

#define WORDS { .name = "words", .max = WORDS_CHARS }, { .name = "token", .max = 100 }
#define EMPTY_FORM FORM({ .name = "token", .max = 100 })
#define OPEN_FORM FORM({ .name = "reason", .max = 40 }, WORDS)
#define SEAL_FORM FORM({ .name = "class", .max = 40 }, WORDS)
#define ADD_FORM FORM(WORDS, { .name = "files", .file = true, .repeat = true })

const struct route evidence_routes[] = {
    ROUTE(GET,  "/desk/sealed",                   MAY_READ_REPORTS, NO_FORM,    sealed_show),
    ROUTE(GET,  "/desk/:id/files",                MAY_READ_REPORTS, NO_FORM,    evidence_list_show),
    ROUTE(POST, "/desk/:id/files",                MAY_WRITE_CASES,  ADD_FORM,   evidence_list_add),
    ROUTE(GET,  "/desk/:id/police",               MAY_WRITE_CASES,  NO_FORM,    evidence_seal_show),
    ROUTE(POST, "/desk/:id/police",               MAY_WRITE_CASES,  SEAL_FORM,  evidence_seal_do),
    ROUTE(GET,  "/desk/:id/files/:file",          MAY_READ_REPORTS, NO_FORM,    open_show),
    ROUTE(POST, "/desk/:id/files/:file",          MAY_READ_REPORTS, OPEN_FORM,  open_do),
    ROUTE(GET,  "/desk/:id/files/:file/view",     MAY_READ_REPORTS, NO_FORM,    look_show),
    ROUTE(GET,  "/desk/:id/files/:file/blurred",  MAY_READ_REPORTS, NO_FORM,    picture_blurred),
    ROUTE(GET,  "/desk/:id/files/:file/clear",    MAY_READ_REPORTS, NO_FORM,    picture_clear),
    ROUTE(POST, "/desk/:id/files/:file/clear",    MAY_READ_REPORTS, EMPTY_FORM, look_clear),
    ROUTE(POST, "/desk/:id/files/:file/close",    MAY_READ_REPORTS, EMPTY_FORM, look_close),
    ROUTE(POST, "/desk/:id/files/:file/download", MAY_WRITE_CASES,  EMPTY_FORM, original),
    ROUTE(GET,  "/desk/:id/files/:file/police",   MAY_WRITE_CASES,  NO_FORM,    evidence_seal_show),
    ROUTE(POST, "/desk/:id/files/:file/police",   MAY_WRITE_CASES,  SEAL_FORM,  evidence_seal_do),
    ROUTES_END
};
