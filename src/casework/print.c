/* What is printed of a case: which document, under which name. */
#include "print.h"

#include "texts.h"

static struct doc *begin(struct ctx *c, const struct casefile *f, struct str name)
{
    return doc_new(c->arena, &(struct doc_about){
        .title = arena_f(c->arena, "%.*s · %.*s", (int)f->ref.n, f->ref.at, (int)name.n, name.at), .author = c->actor.org_name,
        .lang = c->page.lang_code, .made = c->now, .watermark = c->app->demo ? text_of(c, T_PEOPLE_NAV_DEMO) : STR(""),
        .foot = arena_f(c->arena, "%.*s · %.*s", (int)f->ref.n, f->ref.at, (int)name.n, name.at),
        .page_word = text_of(c, T_PRINT_PAGE), .hash_word = text_of(c, T_PRINT_MARK), .cut_word = text_of(c, T_PRINT_CUT),
        .sealed_word = text_of(c, T_PRINT_SEALED) });
}

status print_doc(struct ctx *c, struct casefile *f, const struct print_ask *ask, struct doc **doc, struct str *title)
{
    *title = text_of(c, T_PRINT_BUNDLE_NAME);
    if (ask->what == PRINT_PAPER)
        TRY(print_paper(c, f, ask, NULL, title));
    *doc = begin(c, f, *title);
    return ask->what == PRINT_PAPER ? print_paper(c, f, ask, *doc, title) : print_bundle(c, f, ask, *doc);
}
