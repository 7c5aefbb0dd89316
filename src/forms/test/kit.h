/* What the tests of forms share: a form from a few lines, a run of it. */
#pragma once

#include "../forms.h"

#include "../../base/clock.h"
#include "../../web/web.h"

#include "test.h"
#include "texts.h"

static struct arena kit;
static struct xform_findings found;

enum { KIT_BYTES = 256 << 20 };

/* 2026-11-29 14:20 in Viet Nam, a Sunday. */
static const i64 kit_now = 1795936800000;

static void kit_start(void)
{
    if (kit.first == NULL) {
        clock_set_zone("Asia/Ho_Chi_Minh");
        kit = arena_make(KIT_BYTES);
    }
    arena_reset(&kit, false);
    fail_clear();
}

[[maybe_unused]] static void kit_end(void)
{
    arena_free(&kit);
}

[[maybe_unused]] static void say_findings(void)
{
    struct out o = { .max = 1 << 20 };

    for (size_t i = 0; i < found.n; i++) {
        out_reset(&o);
        xform_finding_write(&o, LANG_EN, &found.at[i]);
        printf("# %.*s\n", (int)o.n, o.at);
    }
    out_free(&o);
}

/* A form of the text form's lines; NULL (and a failed check) where it has errors. */
[[maybe_unused]] static const struct xform *make(const char *text)
{
    struct xform *form = NULL;
    status s = xform_read(&kit, "mau.txt", str_c(text), NULL, &form, &found);

    CHECK(s == OK);
    CHECK_INT(found.errors, 0);
    if (found.errors)
        say_findings();
    return found.errors ? NULL : form;
}

static struct xform_run *run_in(const struct xform *form, const char *lang)
{
    return xform_run_new(&kit, form, &(struct xform_setup){ .now = kit_now, .lang = str_c(lang), .instance_id = STR("uuid:1") });
}

[[maybe_unused]] static struct xform_run *run_of(const struct xform *form)
{
    return run_in(form, "vi");
}

[[maybe_unused]] static struct str get(const struct xform_run *run, const char *path)
{
    return xform_run_get(run, str_c(path));
}

/* Sets one answer and reckons. */
[[maybe_unused]] static void put(struct xform_run *run, const char *path, const char *value)
{
    CHECK(xform_run_set(run, str_c(path), str_c(value)) == OK);
    CHECK(xform_run_recompute(run) == OK);
}
