/* /cases/ID/print: what is to be printed, why, and whether the paper says who the child is. The document is the answer to the POST: an
   address that gave it again would do so without an act in the log. */
#include "print.h"

#include "casework_pages.h"
#include "texts.h"

enum { WORDS_CHARS = 2000, PRINT_TRIES = 8 };

static bool identity_open(const struct casefile *f)
{
    const struct comp_open *identity = comp_newest(&f->comps, "I");

    return identity != NULL && identity->keys != NULL;
}

static status print_show(struct ctx *c)
{
    struct case_print_view v = {
        .words = form_text(c, "words"), .words_error = form_error(c, "words"), .what_error = form_error(c, "what"),
        .sure_error = form_error(c, "sure"), .identity = str_is(form_text(c, "identity"), "1"),
    };
    struct casefile f;

    TRY(case_page_open(c, TAB_TIMELINE, &f, &v.head));
    TRY(print_choices(c, &f, &v.papers));
    for (size_t i = 0; i < v.papers.n; i++)
        v.papers.at[i].on = str_eq(form_failed(c) ? form_text(c, "what") : query_text(c, "what"), v.papers.at[i].code);
    v.identity_open = identity_open(&f);
    v.asks_sure = v.sure_error.n > 0;
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_print, &v);
}

static void read_ask(struct ctx *c, const struct casefile *f, struct print_ask *ask)
{
    struct str what = form_text(c, "what");

    *ask = (struct print_ask){ .identity = str_is(form_text(c, "identity"), "1"), .words = str_trim(form_text(c, "words")) };
    if (what.n && !str_is(what, "all")) {
        ask->what = PRINT_PAPER;
        if (!id_of_text(what, &ask->paper))
            (void)!form_refuse(c, "what", text_of(c, T_PRINT_ERROR_WHAT));
    }
    if (ask->words.n == 0)
        (void)!form_refuse(c, "words", text_of(c, T_PRINT_ERROR_WORDS));
    if (ask->identity && !identity_open(f))
        (void)!form_refuse(c, "sure", text_of(c, T_PRINT_ERROR_CLOSED));
    else if (ask->identity && !str_is(form_text(c, "sure"), "1"))
        (void)!form_refuse(c, "sure", text_of(c, T_PRINT_ERROR_SURE));
}

/* The act is in the log before the first byte goes out; the timeline tells what, why, and the mark at the paper's foot. */
static status print_tell(struct ctx *c, const struct casefile *f, const struct event *e)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < PRINT_TRIES; tries++) {        /* two lines of one moment draw one number */
        act_again(c->ledger);
        s = act_begin(c->ledger, case_act_info(c, "case.print", f->row.id));
        if (s == OK)
            s = event_write(c, &f->comps, e);
        if (s == OK)
            s = act_commit(c->ledger);
    }
    return s;
}

static status print_do(struct ctx *c)
{
    char mark[DOC_HASH_HEX + 1];
    struct print_ask ask;
    struct casefile f;
    struct doc *doc;
    struct str title;
    struct id id;
    status s;

    TRY(path_id(c, "id", &id));
    TRY(casefile_open(c, id, &f));
    read_ask(c, &f, &ask);
    if (form_failed(c))
        return fail(INVALID, "a print without what it asks for");
    TRY(print_doc(c, &f, &ask, &doc, &title));
    doc_hash(doc, mark);
    out_reset(c->out);
    s = doc_write(doc, c->out);
    if (s == TOO_LARGE) {
        out_wipe(c->out);
        fail_clear();
        return form_refuse(c, "what", text_of(c, T_PRINT_ERROR_LARGE));
    }
    TRY(s);
    TRY(print_tell(c, &f, &(struct event){ .what = ask.identity ? "print_identity" : "print", .from = title, .words = ask.words,
                                           .to = arena_f(c->arena, "%.16s", mark) }));
    answer_header(c, "Cache-Control", STR("no-store"));
    return answer_download(c, arena_f(c->arena, "%.*s-%.8s.pdf", (int)f.ref.n, f.ref.at, mark), "application/pdf");
}

#define PRINT_FORM FORM({ .name = "what", .max = 40 }, { .name = "identity", .max = 5 }, { .name = "sure", .max = 5 }, \
    { .name = "words", .max = WORDS_CHARS }, { .name = "token", .max = 100 })

const struct route print_routes[] = {
    ROUTE(GET,  "/cases/:id/print", MAY_READ_CASES, NO_FORM,    print_show),
    ROUTE(POST, "/cases/:id/print", MAY_READ_CASES, PRINT_FORM, print_do),
    ROUTES_END
};
