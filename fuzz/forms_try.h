/* What the targets of forms do with a form: read it, and where it has no errors, fill it, save it, and load what was saved. */
#pragma once

#include "fuzz.h"

#include "base/clock.h"
#include "base/text.h"
#include "forms/forms.h"

#include <setjmp.h>

enum { FORMS_TRY_BYTES = 256 << 20 };

/* A form without errors behaves: it runs, and a saved run loads to the same text. */
static void forms_run(struct arena *a, const struct xform *form, struct str answer, struct str xml)
{
    struct xform_setup setup = { .now = 1795936800000, .lang = STR("vi") };
    struct xform_run *run = xform_run_new(a, form, &setup), *again = xform_run_new(a, form, &setup);
    struct str saved;

    for (size_t i = 0; i < form->n_items; i++) {
        HOLDS(form->items[i].end > (int)i && form->items[i].end <= (int)form->n_items && form->items[i].parent < (int)i);
        (void)!xform_run_set(run, form->items[i].path, answer);
        (void)!xform_run_add(run, form->items[i].path);
    }
    (void)!xform_run_recompute(run);
    if (xml.n)
        (void)!xform_run_load(run, xml);
    for (size_t i = 0; i < form->n_pages; i++)
        (void)xform_run_page(run, i, true);
    (void)xform_run_problems(run);
    (void)xform_run_answers(run);
    saved = xform_run_save(run, a);
    HOLDS(text_valid(saved, &(size_t){ 0 }));
    if (saved.n <= XFORM_XML_BYTES)
        HOLDS(xform_run_load(again, saved) != INVALID);
    (void)xform_diff(a, form, form);
}

static void forms_try(struct str bytes, struct str answer, struct str xml)
{
    static struct arena arena;
    jmp_buf over;
    struct xform_findings found;
    struct xform *form;

    if (arena.first == NULL) {
        clock_set_zone("Asia/Ho_Chi_Minh");
        arena = arena_make(FORMS_TRY_BYTES);
    }
    arena.over = &over;
    if (setjmp(over) == 0 && xform_read(&arena, "fuzz.txt", bytes, NULL, &form, &found) == OK && found.errors == 0 && form != NULL)
        forms_run(&arena, form, answer, xml);
    arena_reset(&arena, false);
}
