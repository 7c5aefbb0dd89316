/* A paper of a made-up case: begun, filled in, and as far as the line says. */
#include "demo_going.h"

#include "../casework/papers.h"

static struct str path_named(const struct xform *form, struct str name)
{
    for (size_t i = 0; i < form->n_items; i++)
        if (str_eq(form->items[i].name, name))
            return form->items[i].repeat < 0 ? form->items[i].path : STR("");
    return STR("");
}

/* "name=value; name=value" */
static status fill(struct going *g, struct xform_run *run, struct str answers)
{
    struct str one, name;

    while (str_cut(&answers, ';', &one)) {
        struct str value = one, path;

        if (str_trim(one).n == 0)
            continue;
        if (!str_cut(&value, '=', &name) || value.at == NULL)
            return going_wrong(g, "not an answer", one);
        path = path_named(xform_run_form(run), str_trim(name));
        if (path.n == 0 || xform_run_set(run, path, str_trim(value)) != OK)
            return going_wrong(g, "no such question", name);
    }
    return xform_run_recompute(run);
}

static status finish(struct going *g, struct id paper)
{
    struct paper_step step = { .paper = paper, .act = PAPER_FINISH, .words = STR("") };
    status s = paper_step(&g->t->c, going_case(g), &step);

    return s == INVALID ? going_wrong(g, "the paper is not whole", STR("")) : s;
}

status going_paper(struct going *g, struct str value)
{
    struct str form = going_word(&value), how = going_word(&value);
    struct ctx *c = &g->t->c;
    struct case_paper p;
    struct paper_save save;
    struct id paper;

    if (!str_is(how, "draft") && !str_is(how, "done"))
        return going_wrong(g, "draft or done, not", how);
    TRY(paper_begin(c, going_case(g), form, &paper));
    TRY(paper_open(c, going_case(g), paper, &p));
    TRY(fill(g, p.run, value));
    save = (struct paper_save){ .paper = paper, .base = p.row.revision, .run = p.run };
    TRY(paper_save(c, going_case(g), &save));
    return str_is(how, "done") ? finish(g, paper) : OK;
}
