/* lachan form render: one page of a form as HTML, to look at what people will be asked. The rows of the page are made by the same
   code as in a case. */
#include "cmd.h"

#include "../forms/render.h"

#include "forms_pages.h"
#include "texts.h"

#include <stdio.h>

static const struct option options[] = {
    { "page", "N", "page to show, from 1 (default: 1)" },
    { "lang", "CODE", "vi or en (default: vi)" },
    { "answers", "XML", "file with a submission that fills it" },
    { "check", NULL, "show what is missing or wrong on it" },
    OPTION_HELP, OPTION_END,
};

static void say_findings(const struct xform_findings *found, int lang)
{
    for (size_t i = 0; i < found->n; i++) {
        struct out o = { .max = 1 << 16 };

        if (!found->at[i].error)
            continue;
        xform_finding_write(&o, lang, &found->at[i]);
        fprintf(stderr, "%.*s\n", (int)o.n, o.at);
        out_free(&o);
    }
}

static status read_form(struct verb *v, int lang, const struct xform **form)
{
    const char *path = v->config.args[0];
    struct xform_findings found = { 0 };
    struct xform *made = NULL;
    struct str bytes;
    status s;

    TRY(file_read(&v->arena, path, XFORM_FILE_BYTES, &bytes));
    s = xform_read(&v->arena, path, bytes, NULL, &made, &found);
    say_findings(&found, lang);
    TRY(s);
    if (made == NULL || found.errors)
        return fail(INVALID, "the form cannot be used; `lachan form check` tells more");
    *form = made;
    return OK;
}

static status read_answers(struct verb *v, struct xform_run *run)
{
    const char *path = config_get(&v->config, "answers", NULL);
    struct str xml;

    if (path == NULL)
        return OK;
    TRY(file_read(&v->arena, path, XFORM_XML_BYTES, &xml));
    TRY(xform_run_load(run, xml));
    return xform_run_recompute(run);
}

static status render(struct verb *v, struct ctx *c, struct out *o)
{
    struct form_alone_view view = { 0 };
    struct xform_setup setup = { .now = clock_now_ms(), .lang = c->page.lang_code };
    struct form_asking asking = { .here = url_path("?"), .check = config_set(&v->config, "check") ? CHECK_PAGE : CHECK_NONE };
    const struct xform *form;
    struct xform_run *run;
    i64 page = 1;

    TRY(read_form(v, (int)c->lang, &form));
    run = xform_run_new(&v->arena, form, &setup);
    TRY(read_answers(v, run));
    if (!str_i64(str_c(config_get(&v->config, "page", "1")), &page) || page < 1 || (size_t)page > form->n_pages)
        return fail(INVALID, "the form has pages 1 to %zu", form->n_pages);
    asking.page = (size_t)page - 1;
    form_page_fill(c, run, &asking, &view.page);
    view.form = form->title.n ? form->title : form->id;
    view.version = form->version;
    tpl_forms_alone(&c->page, &view, o);
    return OK;
}

int cmd_form_render(int argc, char **argv)
{
    struct verb v = { .name = "form render", .usage = "FILE [--page N] [--lang en] [--answers XML]", .options = options };
    struct out o = { .max = 16 << 20 };
    struct ctx c = { 0 };
    int code;

    if (!verb_begin(&v, argc, argv, &code))
        return code;
    if (v.config.n_args != 1) {
        fprintf(stderr, "lachan form render: one FILE is needed: an .xlsx or the text form (docs/forms.md)\n");
        return EXIT_USAGE;
    }
    c.arena = &v.arena;
    c.lang = strcmp(config_get(&v.config, "lang", "vi"), "en") == 0 ? LANG_EN : LANG_VI;
    c.page = (struct html_page){ .lang = (int)c.lang, .lang_code = text_langs[c.lang] };
    if (render(&v, &c, &o) != OK)
        code = verb_failed(&v, v.config.args[0]);
    else
        fwrite(o.at, 1, o.n, stdout);
    out_free(&o);
    return code;
}
