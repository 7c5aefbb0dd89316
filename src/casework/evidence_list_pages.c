/* Files of a case for staff: the list of covered tiles, adding to it, and what goes to the police alone. */
#include "evidence_pages.h"

#include "care.h"

#include "casework_pages.h"
#include "texts.h"

enum { SEAL_AT_ONCE = 50 };         /* in one act: each is opened, hashed and sealed anew */

/* -- what all of these pages need --------------------------------------------------------------------------------------------- */

struct url evidence_address(struct ctx *c, struct id case_id, const char *tail)
{
    return url_lang(c->arena, url_id(c->arena, "/desk/", case_id, tail), c->page.lang_query);
}

static struct str seen_words(struct ctx *c, i64 ms)
{
    i64 minutes = (ms + MINUTE_MS - 1) / MINUTE_MS;

    if (minutes == 0)
        return STR_NULL;
    return text_fill(c->arena, (int)c->lang, T_EVIDENCE_SEEN, arena_f(c->arena, "%lld", (long long)minutes), STR(""));
}

static bool holds(const struct evidence_case *k, const char *letter)
{
    const struct comp_open *comp = comp_newest(&k->comps, letter);

    return comp != NULL && comp->keys != NULL;
}

/* Back to the case where there is one that the reader may work on, else to the report. What these pages show comes out of sealed
   records, so each is an entry in the log before it goes out. */
status evidence_head_of(struct ctx *c, const struct evidence_case *k, struct evidence_head *head)
{
    struct casefiles_row file = { .case_id = k->row.id };
    i64 ms;

    TRY(viewing_ms(c, &ms));
    *head = (struct evidence_head){ .id = k->row.id, .ref = k->row.ref, .seen = seen_words(c, ms),
                                    .back = evidence_address(c, k->row.id, "/summary"), .grey = care_grey(c),
                                    .over = ms > care_now()->minutes * MINUTE_MS };
    TRY(case_carer_unsafe(c, k->row.id, &head->carer_unsafe));
    if (holds(k, "N") && may(c, MAY_READ_CASES) && row_get(c->ledger, &table_casefiles, &file) == OK) {
        head->ref = case_ref(c->arena, file.year, file.no);
        head->back = url_lang(c->arena, url_id(c->arena, "/cases/", k->row.id, ""), c->page.lang_query);
    }
    return act_note(c->ledger, case_act_info(c, "file.list", k->row.id));
}

struct evidence_tile evidence_tile_of(struct ctx *c, struct id case_id, const struct evidence *e)
{
    bool seal = e->open && !e->police && may(c, MAY_WRITE_CASES);
    struct evidence_tile t = {
        .id = e->id, .kind = evidence_kind_text(e->kind), .size = evidence_size_text(c, e->size), .sealed = e->police,
        .page = evidence_url(c, case_id, e), .by = desk_user_name(c, e->by), .asked_by = desk_user_name(c, e->asked_by),
    };
    char id[ID_TEXT + 1];

    id_text(e->id, id);
    if (seal)
        t.seal = evidence_address(c, case_id, arena_f(c->arena, "/files/%s/police", id).at);
    if (!e->police)
        return t;
    t.hash = str_upto(e->sha256, 12);
    t.pdq = e->pdq.n ? str_upto(e->pdq, 12) : STR_NULL;
    t.quality = desk_number(c, e->quality);
    t.class = e->class.n ? list_name(c, "fileclass", e->class) : STR_NULL;
    return t;
}

status evidence_back_to(struct ctx *c, struct id case_id, const char *tail, int flash)
{
    char id[ID_TEXT + 1];

    id_text(case_id, id);
    if (flash)
        session_put(c, "flash", text_of(c, flash), 5);
    return see_other_f(c, "/desk/%s%s", id, tail);
}

/* -- the list -------------------------------------------------------------------------------------------------------------------- */

static void fill_tiles(struct ctx *c, const struct evidence_case *k, struct evidence_tiles *tiles)
{
    tiles->at = NEW_N(c->arena, struct evidence_tile, k->files.n + 1);
    for (size_t i = 0; i < k->files.n; i++)
        tiles->at[tiles->n++] = evidence_tile_of(c, k->row.id, &k->files.at[i]);
}

status evidence_list_show(struct ctx *c)
{
    struct evidence_list_view v = { .words = form_text(c, "words"), .files_error = form_error(c, "files") };
    struct evidence_case k;
    struct id case_id;

    TRY(path_id(c, "id", &case_id));
    TRY(evidence_case_open(c, case_id, &k));
    TRY(evidence_head_of(c, &k, &v.head));
    fill_tiles(c, &k, &v.files);
    v.can_add = holds(&k, "E") && may(c, MAY_WRITE_CASES);
    for (size_t i = 0; i < v.files.n; i++)
        v.can_seal = v.can_seal || v.files.at[i].seal.raw.n;
    TRY(people_nav(c, &v.nav, STAFF_NONE));
    return page(c, tpl_casework_evidence_list, &v);
}

status evidence_list_add(struct ctx *c)
{
    struct files_new files;
    struct refused refused;
    struct evidence_case k;
    struct id case_id;
    status s;

    TRY(path_id(c, "id", &case_id));
    TRY(evidence_case_open(c, case_id, &k));
    TRY(upload_files(c, &files, &refused));
    if (files.n == 0)
        return form_refuse(c, "files", text_of(c, refused.no_room ? T_EVIDENCE_ADD_NO_ROOM : T_EVIDENCE_ADD_NONE));
    s = evidence_add(c, case_id, &files, form_text(c, "words"));
    if (upload_is_lost(s))
        upload_undo(c, &files);
    TRY(s);
    return evidence_back_to(c, case_id, "/files", refused.no_room ? T_EVIDENCE_ADD_NO_ROOM : T_EVIDENCE_ADD_DONE);
}

/* -- to the police alone ------------------------------------------------------------------------------------------------------------ */

/* The file of the address, or all that lie in E, as many as one act takes. */
static status seal_files(struct ctx *c, struct evidence_case *k, struct evidences *files, bool *more)
{
    struct id case_id, file;
    bool all = path_text(c, "file").n == 0;

    TRY(path_id(c, "id", &case_id));
    if (!all)
        TRY(path_id(c, "file", &file));
    TRY(evidence_case_open(c, case_id, k));
    *files = (struct evidences){ .at = NEW_N(c->arena, struct evidence, k->files.n + 1) };
    *more = false;
    for (size_t i = 0; i < k->files.n; i++) {
        const struct evidence *e = &k->files.at[i];

        if (!e->open || e->police || (!all && !id_eq(e->id, file)))
            continue;
        if (files->n == SEAL_AT_ONCE)
            *more = true;
        else
            files->at[files->n++] = *e;
    }
    return files->n ? OK : fail(NOT_FOUND, "no file that could be sealed");
}

status evidence_seal_show(struct ctx *c)
{
    struct evidence_seal_view v = {
        .all = path_text(c, "file").n == 0, .words = form_text(c, "words"), .words_error = form_error(c, "words"),
        .class_error = form_error(c, "class"),
    };
    struct evidence_case k;
    struct evidences files;
    enum seal_road road;

    TRY(seal_files(c, &k, &files, &v.more));
    TRY(evidence_road(c, &k, &files, &road));
    TRY(evidence_head_of(c, &k, &v.head));
    v.road = road;
    k.files = files;
    fill_tiles(c, &k, &v.files);
    v.asked_by = v.files.at[0].asked_by;
    v.action = v.all ? evidence_address(c, k.row.id, "/police") : v.files.at[0].seal;
    for (size_t i = 0; i < v.files.n; i++)          /* shown, not to be opened from here */
        v.files.at[i].page = v.files.at[i].seal = (struct url){ STR_NULL };
    v.classes = list_choices(c, "fileclass", form_text(c, "class"));
    TRY(people_nav(c, &v.nav, STAFF_NONE));
    return page(c, tpl_casework_evidence_seal, &v);
}

static int seal_flash(enum seal_road road)
{
    static const int texts[] = { T_EVIDENCE_SEAL_DONE, T_EVIDENCE_SEAL_NOBODY, T_EVIDENCE_SEAL_ASKED, T_EVIDENCE_SEAL_DONE,
                                 T_EVIDENCE_SEAL_WAIT };

    return texts[road];
}

status evidence_seal_do(struct ctx *c)
{
    struct seal seal = { .class = form_text(c, "class"), .words = str_trim(form_text(c, "words")) };
    struct evidence_case k;
    struct evidences files;
    enum seal_road road;
    struct id *ids;
    bool more;

    TRY(seal_files(c, &k, &files, &more));
    if (!list_has("fileclass", seal.class))
        return form_refuse(c, "class", text_of(c, T_EVIDENCE_SEAL_NO_CLASS));
    if (seal.words.n == 0)
        return form_refuse(c, "words", text_of(c, T_EVIDENCE_SEAL_NO_WORDS));
    ids = NEW_N(c->arena, struct id, files.n);
    for (size_t i = 0; i < files.n; i++)
        ids[i] = files.at[i].id;
    seal.case_id = k.row.id;
    seal.files = ids;
    seal.n = files.n;
    TRY(evidence_seal(c, &seal, &road));
    return evidence_back_to(c, k.row.id, "/files", seal_flash(road));
}
