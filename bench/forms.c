/* A form of 200 questions as a server sees it: read and checked once ("compile"); then for each request the answers so far are
   loaded, eight of a page set, everything reckoned, the page laid out and checked, and the answers saved ("page"). Prints the middle of
   some hundred rounds, in ms: "compile page". The form is made here: a third of the questions has a rule of relevance, a third a
   constraint, there are selects with filters over a list of 300, forty calculations, and a repeat of ten. */
#include "../src/forms/forms.h"

#include "../src/base/clock.h"

#include <stdio.h>
#include <stdlib.h>

enum { QUESTIONS = 200, GROUP = 10, ROUNDS = 300, COMPILES = 20 };

static void make_question(struct out *o, int i)
{
    static const char *const types[] = { "integer", "text", "select_one level", "date", "select_multiple level", "decimal" };

    out_f(o, "[survey]\ntype: %s\nname: q%d\nlabel: Câu hỏi số %d\nlabel::English (en): Question %d\n", types[i % 6], i, i, i);
    if (i % 3 == 0 && i > 6)
        out_f(o, "relevant: ${q%d} != '' or ${q%d} != ''\n", i - 3, i - 6);
    if (i % 6 == 0)
        out_c(o, "constraint: . >= 0 and . <= 1000\nconstraint_message: Từ 0 đến 1000\n");
    if (i % 6 == 3)
        out_c(o, "constraint: . <= today()\n");
    if (i % 5 == 0)
        out_f(o, "[survey]\ntype: calculate\nname: c%d\ncalculation: if(${q%d} = '', 0, coalesce(string-length(${q%d}), 0)) + 1\n", i, i, i);
}

static struct str make_form(struct arena *a)
{
    struct out o = { .max = 4 << 20 };
    struct str text;

    out_c(&o, "[settings]\nform_id: bench\nversion: 1\ndefault_language: Tiếng Việt (vi)\n");
    for (int i = 0; i < QUESTIONS; i++) {
        if (i % GROUP == 0)
            out_f(&o, "%s[survey]\ntype: begin group\nname: g%d\nlabel: Nhóm %d\nlabel::English (en): Group %d\n",
                  i ? "[survey]\ntype: end group\n" : "", i, i, i);
        make_question(&o, i);
    }
    out_c(&o, "[survey]\ntype: end group\n[survey]\ntype: select_one place\nname: place\nlabel: Xã\nlabel::English (en): Commune\nchoice_filter: level = ${q2}\n"
              "[survey]\ntype: begin repeat\nname: kid\nlabel: Trẻ\nlabel::English (en): Child\n[survey]\ntype: integer\nname: age\nlabel: Tuổi\nlabel::English (en): Age\n"
              "[survey]\ntype: end repeat\n[survey]\ntype: calculate\nname: sum\ncalculation: sum(${age})\n");
    for (int i = 0; i < 3; i++)
        out_f(&o, "[choices]\nlist_name: level\nname: l%d\nlabel: Mức %d\nlabel::English (en): Level %d\n", i, i, i);
    for (int i = 0; i < 300; i++)
        out_f(&o, "[choices]\nlist_name: place\nname: p%d\nlabel: Xã %d\nlabel::English (en): Commune %d\nlevel: l%d\n", i, i, i, i % 3);
    text = arena_copy(a, out_done(&o));
    out_free(&o);
    return text;
}

static const struct xform_setup setup = { .now = 1795936800000, .lang = { "vi", 2 } };

static struct str first_answers(struct arena *a, const struct xform *form)
{
    struct xform_run *run = xform_run_new(a, form, &setup);

    for (int i = 0; i < 9; i++)
        (void)!xform_run_add(run, STR("/data/kid"));
    for (size_t i = 0; i < form->n_items; i++)
        if (form->items[i].type == XFORM_INTEGER || form->items[i].type == XFORM_TEXT)
            (void)!xform_run_set(run, form->items[i].path, STR("12"));
    (void)!xform_run_set(run, STR("/data/g0/q2"), STR("l1"));
    (void)!xform_run_recompute(run);
    return xform_run_save(run, a);
}

/* One request; false where something failed. */
static bool one_page(struct arena *a, const struct xform *form, struct str xml, size_t page)
{
    struct xform_run *run = xform_run_new(a, form, &setup);
    struct xform_shown_list shown;
    size_t set = 0;

    if (xform_run_load(run, xml) != OK)
        return false;
    shown = xform_run_page(run, page, false);
    for (size_t i = 0; i < shown.n && set < 8; i++)
        if (shown.at[i].kind == XFORM_SHOW_QUESTION)
            set += xform_run_set(run, shown.at[i].path, shown.at[i].item->list >= 0 ? STR("l2") : STR("15")) == OK;
    if (xform_run_recompute(run) != OK)
        return false;
    (void)xform_run_page_problems(run, page);
    shown = xform_run_page(run, page, false);
    return shown.n > 0 && set > 0 && xform_run_save(run, a).n > 0;
}

static int by_size(const void *a, const void *b)
{
    i64 x = *(const i64 *)a, y = *(const i64 *)b;

    return (x > y) - (x < y);
}

static double middle_ms(i64 *us, size_t n)
{
    qsort(us, n, sizeof us[0], by_size);
    return (double)us[n / 2] / 1000;
}

int main(void)
{
    struct arena keep = arena_make(256 << 20), work = arena_make(256 << 20);
    i64 compiles[COMPILES], pages[ROUNDS];
    struct xform_findings found;
    struct xform *form = NULL;
    struct str text, xml;

    clock_set_zone("Asia/Ho_Chi_Minh");
    text = make_form(&keep);
    for (int i = 0; i < COMPILES; i++) {
        i64 began = clock_mono_us();

        if (xform_read(&work, "bench.txt", text, NULL, &form, &found) != OK || found.errors)
            return 1;
        compiles[i] = clock_mono_us() - began;
        arena_reset(&work, false);
    }
    if (xform_read(&keep, "bench.txt", text, NULL, &form, &found) != OK)
        return 1;
    xml = first_answers(&keep, form);
    for (int i = 0; i < ROUNDS; i++) {
        i64 began = clock_mono_us();

        if (!one_page(&work, form, xml, (size_t)i % form->n_pages))
            return 1;
        arena_reset(&work, true);
        pages[i] = clock_mono_us() - began;
    }
    printf("%.3f %.3f\n", middle_ms(compiles, COMPILES), middle_ms(pages, ROUNDS));
    arena_free(&work);
    arena_free(&keep);
    return 0;
}
