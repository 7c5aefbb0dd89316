/* Ready-made answers: read once at start, checked as a whole. */
#include "canned.h"

#include "../base/blocks.h"
#include "../base/content.h"

enum { CANNED_MAX = 100, CANNED_BYTES = 1 << 20 };

struct canned { struct str code, title, title_en, text, text_en, harm; };

static const char file[] = "desk/answers.txt";
static struct arena memory;
static struct canned all[CANNED_MAX];
static size_t n_all;

static status wrong(const struct block *b, const char *what)
{
    return fail(INVALID, "content/%s line %d: %s", file, b->line, what);
}

static bool known(struct str code)
{
    for (size_t i = 0; i < n_all; i++)
        if (str_eq(all[i].code, code))
            return true;
    return false;
}

static bool harms_known(struct str harms)
{
    struct str word;

    while (harms.n && str_cut(&harms, ' ', &word))
        if (word.n && desk_word(DESK_HARM, word) == desk_word(DESK_HARM, STR("")) && !str_is(word, "other"))
            return false;
    return true;
}

static status add(const struct block *b)
{
    struct canned a = { block_get(b, "code"), block_get(b, "title"), block_get(b, "title_en"), block_get(b, "text"),
                        block_get(b, "text_en"), block_get(b, "harm") };

    if (!str_is(b->kind, "answer"))
        return wrong(b, "[answer] expected");
    if (a.code.n == 0 || a.title.n == 0 || a.text.n == 0 || a.title_en.n == 0 || a.text_en.n == 0)
        return wrong(b, "an answer needs code, title and text in both languages");
    if (known(a.code))
        return wrong(b, "this code stands here twice");
    if (!harms_known(a.harm))
        return wrong(b, "no such harm: bullying threat images contact scam hate self_harm other");
    if (n_all == CANNED_MAX)
        return wrong(b, "more than 100 answers");
    all[n_all++] = a;
    return OK;
}

status desk_load_answers(void)
{
    struct blocks blocks;
    struct str text;

    if (memory.first == NULL)
        memory = arena_make(CANNED_BYTES);
    n_all = 0;
    TRY(content_read(&memory, file, &text));
    TRY(blocks_read(&memory, file, text, &blocks));
    for (size_t i = 0; i < blocks.n; i++)
        TRY(add(&blocks.at[i]));
    return OK;
}

static struct str text_of_canned(const struct ctx *c, const struct canned *a)
{
    return c->lang == LANG_EN ? a->text_en : a->text;
}

static struct desk_canned shown(struct ctx *c, struct id report, const struct canned *a)
{
    struct url use = url_lang(c->arena, url_id(c->arena, "/desk/", report, "/reply"), c->page.lang_query);

    use = url_query(c->arena, use, "answer", a->code);
    return (struct desk_canned){ a->code, c->lang == LANG_EN ? a->title_en : a->title, text_of_canned(c, a),
                                 (struct url){ arena_f(c->arena, "%.*s#write", (int)use.raw.n, use.raw.at) } };
}

/* Both are lists of codes: with blanks here, with commas there. */
static bool fits(struct str answer, struct str harms)
{
    struct str word, harm;

    while (answer.n && str_cut(&answer, ' ', &word)) {
        struct str rest = harms;

        while (rest.n && str_cut(&rest, ',', &harm))
            if (word.n && str_eq(word, harm))
                return true;
    }
    return false;
}

struct desk_canneds canned_for(struct ctx *c, struct id report, struct str harms)
{
    struct desk_canneds list = { .at = NEW_N(c->arena, struct desk_canned, n_all + 1) };

    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < n_all; i++)
            if (fits(all[i].harm, harms) == (round == 0))
                list.at[list.n++] = shown(c, report, &all[i]);
    return list;
}

struct str canned_text(const struct ctx *c, struct str code)
{
    for (size_t i = 0; i < n_all; i++)
        if (str_eq(all[i].code, code))
            return text_of_canned(c, &all[i]);
    return STR("");
}
