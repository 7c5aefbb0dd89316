/* A paper of a made-up case: begun, filled in, and as far as the line says. */
#include "demo_going.h"

#include "../casework/papers.h"

static struct str in_first_entry(struct ctx *c, const struct xform *form, const struct xform_item *item)
{
    struct str repeat, rest;

    if (item->repeat < 0)
        return item->path;
    repeat = form->items[item->repeat].path;
    rest = str_from(item->path, repeat.n);
    return arena_f(c->arena, "%.*s[1]%.*s", (int)repeat.n, repeat.at, (int)rest.n, rest.at);
}

/* In a repeat: of its first entry. */
static struct str path_named(struct ctx *c, const struct xform *form, struct str name)
{
    for (size_t i = 0; i < form->n_items; i++)
        if (str_eq(form->items[i].name, name) && xform_asks(form->items[i].type))
            return in_first_entry(c, form, &form->items[i]);
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
        path = path_named(&g->t->c, xform_run_form(run), str_trim(name));
        if (path.n == 0 || xform_run_set(run, path, str_trim(value)) != OK)
            return going_wrong(g, "no such question", name);
    }
    return xform_run_recompute(run);
}

static status finish(struct going *g, struct id paper, struct xform_run *run)
{
    struct paper_step step = { .paper = paper, .act = PAPER_FINISH, .words = STR("") };
    struct xform_problems bad = xform_run_problems(run);

    if (bad.n)
        return going_wrong(g, "the paper lacks an answer", bad.at[0].path);
    return paper_step(&g->t->c, going_case(g), &step);
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
    return str_is(how, "done") ? finish(g, paper, p.run) : OK;
}
