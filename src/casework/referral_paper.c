/* The paper: what the receiver sees, and what is not there. One function for the preview, the check and the received page. */
#include "referral_pages.h"

#include "words.h"

#include "texts.h"

static const struct { const char *kind; int key; } kinds[] = {
    { "age", T_REFERRAL_ITEM_AGE }, { "place", T_REFERRAL_ITEM_PLACE }, { "harm", T_REFERRAL_ITEM_HARM },
    { "danger", T_REFERRAL_ITEM_DANGER }, { "risk", T_REFERRAL_ITEM_RISK }, { "who", T_REFERRAL_ITEM_WHO },
    { "where", T_REFERRAL_ITEM_WHERE }, { "urls", T_REFERRAL_ITEM_URLS }, { "story", T_REFERRAL_ITEM_STORY },
    { "note", T_REFERRAL_ITEM_NOTE }, { "person", T_REFERRAL_ITEM_PERSON }, { "identity", T_REFERRAL_ITEM_IDENTITY },
    { "carer", T_DAY_CARER_ITEM }, { "level", T_REFERRAL_ITEM_LEVEL }, { "due", T_REFERRAL_ITEM_DUE },
};

int referral_item_key(struct str kind)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_is(kind, kinds[i].kind))
            return kinds[i].key;
    return T_REFERRAL_ITEM_OTHER;
}

int referral_file_kind(struct str type)
{
    if (str_starts(type, STR("image/")))
        return T_DESK_FILE_PICTURE;
    if (str_starts(type, STR("video/")))
        return T_DESK_FILE_VIDEO;
    if (str_starts(type, STR("text/")))
        return T_DESK_FILE_TEXT;
    return str_is(type, "application/pdf") ? T_DESK_FILE_DOCUMENT : T_DESK_FILE_OTHER;
}

struct str referral_size(struct ctx *c, i64 bytes)
{
    char point = c->lang == LANG_VI ? ',' : '.';

    if (bytes < 1 << 20)
        return arena_f(c->arena, "%lld KB", (long long)(bytes + 1023) / 1024);
    return arena_f(c->arena, "%lld%c%lld MB", (long long)(bytes >> 20), point, (long long)((bytes & 0xfffff) * 10 >> 20));
}

struct str referral_day(struct ctx *c, i64 at)
{
    char text[CLOCK_TEXT];

    clock_day_vi(at, text);
    return arena_copy(c->arena, str_c(text));
}

struct str referral_until(struct ctx *c, i64 expires)
{
    return expires > 0 ? referral_day(c, expires - 1) : STR_NULL;
}

struct url referral_case_url(struct ctx *c, struct id case_id)
{
    const char *before = casefile_there(c, case_id) ? "/cases/" : "/desk/";

    return url_lang(c->arena, url_id(c->arena, before, case_id, ""), c->page.lang_query);
}

status referral_flash(struct ctx *c, int text, const char *path)
{
    session_put(c, "flash", text_of(c, text), 5);
    return see_other(c, path);
}

static bool has_kind(const struct paper_words *words, int key)
{
    for (size_t i = 0; i < words->n; i++)
        if (words->at[i].key == key)
            return true;
    return false;
}

static bool any_on(const struct shared *s, struct str kind)
{
    for (size_t i = 0; i < s->n_items; i++)
        if (s->items[i].on && str_eq(s->items[i].kind, kind))
            return true;
    return false;
}

static void paper_items(struct ctx *c, const struct shared *s, struct paper *p)
{
    p->rows.at = NEW_N(c->arena, struct paper_row, s->n_items + 1);
    p->missing.at = NEW_N(c->arena, struct paper_word, s->n_items + 2);
    for (size_t i = 0; i < s->n_items; i++) {
        const struct shared_item *item = &s->items[i];
        int key = referral_item_key(item->kind);

        if (item->on)
            p->rows.at[p->rows.n++] = (struct paper_row){ key, item->label, item->text };
        else if (!any_on(s, item->kind) && !has_kind(&p->missing, key))
            p->missing.at[p->missing.n++].key = key;
    }
}

static void paper_files(struct ctx *c, const struct shared *s, struct paper *p)
{
    p->files.at = NEW_N(c->arena, struct paper_file, s->n_files + 1);
    for (size_t i = 0; i < s->n_files; i++)
        if (s->files[i].on)
            p->files.at[p->files.n++] = (struct paper_file){
                .kind = referral_file_kind(s->files[i].type), .size = referral_size(c, s->files[i].size),
                .hash = str_upto(s->files[i].sha256, 12), .open = { STR_NULL } };
    if (s->n_files > 0 && p->files.n == 0)
        p->missing.at[p->missing.n++].key = T_REFERRAL_ITEM_FILES;
}

static void paper_left_out(struct ctx *c, const struct shared *s, struct paper *p)
{
    p->left_out.at = NEW_N(c->arena, struct paper_word, s->left_out.n + 1);
    for (size_t i = 0; i < s->left_out.n; i++) {
        int key = desk_word(DESK_EXCLUDE, s->left_out.at[i]);

        p->left_out_unknown |= str_is(s->left_out.at[i], "*");
        if (!str_is(s->left_out.at[i], "*") && !has_kind(&p->left_out, key))
            p->left_out.at[p->left_out.n++].key = key;
    }
}

struct paper referral_paper(struct ctx *c, const struct shared *s)
{
    struct paper p = {
        .transfer = s->transfer, .from = s->from_name, .to = s->to_name, .by = s->by, .need = s->need,
        .purpose = s->purpose.n ? list_name(c, "purpose", s->purpose) : STR(""),
        .consent = s->consent.n ? list_name(c, "consent", s->consent) : STR(""), .consent_words = s->consent_words,
        .expires = referral_until(c, s->expires), .sealed = (i64)s->sealed_files,
    };

    paper_items(c, s, &p);
    paper_files(c, s, &p);
    paper_left_out(c, s, &p);
    return p;
}
