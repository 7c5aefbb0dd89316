/* content/forms/: the forms of this instance, read once and kept. */
#include "forms.h"

#include "../base/log.h"

#include <dirent.h>
#include <stdlib.h>

enum { CATALOGUE_BYTES = 512 << 20, FORMS_MAX = 200, NAME_MAX_BYTES = 100 };

struct entry { struct str name; const struct xform *form; };       /* form: NULL where it has errors */

static struct arena memory;
static struct entry entries[FORMS_MAX];
static size_t n_entries;
static struct str first_wrong;

static bool name_is_safe(struct str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (!((name.at[i] >= 'a' && name.at[i] <= 'z') || (name.at[i] >= '0' && name.at[i] <= '9') || name.at[i] == '-' || name.at[i] == '_'))
            return false;
    return name.n > 0 && name.n < NAME_MAX_BYTES;
}

status xform_read_content(struct arena *a, const char *name, struct xform **form, struct xform_findings *found)
{
    static const char *const ends[] = { "txt", "xlsx" };
    struct str path, bytes;
    const char *dir;

    for (int shipped = 0; shipped < 2; shipped++)
        for (size_t i = 0; i < COUNT_OF(ends); i++) {
            dir = shipped ? content_shipped_dir() : content_own_dir();
            if (dir == NULL)
                continue;
            path = arena_f(a, "%s/forms/%s.%s", dir, name, ends[i]);
            if (file_read(a, path.at, XFORM_FILE_BYTES, &bytes) != OK)
                continue;
            return xform_read(a, arena_f(a, "forms/%s.%s", name, ends[i]).at, bytes, arena_f(a, "%s/forms", dir).at, form, found);
        }
    return fail(NOT_FOUND, "content/forms/ has no %s.txt and no %s.xlsx", name, name);
}

static void log_findings(const char *name, const struct xform_findings *found)
{
    struct out o = { .max = 1 << 16 };

    for (size_t i = 0; i < found->n; i++) {
        if (!found->at[i].error)
            continue;
        out_reset(&o);
        xform_finding_write(&o, 1, &found->at[i]);
        out_char(&o, '\0');
        log_error("form_left_out", "form=%s why=\"%s\"", name, o.at);
        if (first_wrong.n == 0)
            first_wrong = arena_copy(&memory, str_c(o.at));
        break;
    }
    out_free(&o);
}

static void log_unread(const char *name)
{
    log_error("form_left_out", "form=%s why=\"%s\"", name, fail_message());
    if (first_wrong.n == 0)
        first_wrong = arena_copy(&memory, str_c(fail_message()));
}

static const struct entry *entry_named(struct str name)
{
    for (size_t i = 0; i < n_entries; i++)
        if (str_eq(entries[i].name, name))
            return &entries[i];
    return NULL;
}

static void load_one(struct str name)
{
    struct xform_findings found = { 0 };
    struct xform *form;
    status s;

    fail_clear();
    if (entry_named(name) != NULL || n_entries == FORMS_MAX)
        return;
    s = xform_read_content(&memory, arena_copy(&memory, name).at, &form, &found);
    entries[n_entries++] = (struct entry){ arena_copy(&memory, name), s == OK && found.errors == 0 ? form : NULL };
    if (s != OK && found.n == 0)
        log_unread(arena_copy(&memory, name).at);
    else if (s != OK || found.errors)
        log_findings(arena_copy(&memory, name).at, &found);
}

static void load_folder(const char *dir)
{
    struct str path = arena_f(&memory, "%s/forms", dir);
    DIR *d = opendir(path.at);
    const struct dirent *e;

    while (d != NULL && (e = readdir(d)) != NULL) {
        struct str file = str_c(e->d_name);
        size_t dot = str_find_char(file, '.');
        bool kind = str_is(str_from(file, dot), ".txt") || str_is(str_from(file, dot), ".xlsx");

        if (kind && name_is_safe(str_upto(file, dot)))
            load_one(str_upto(file, dot));
    }
    if (d != NULL)
        closedir(d);
}

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

status forms_load(void)
{
    if (memory.first == NULL)
        memory = arena_make(CATALOGUE_BYTES);
    n_entries = 0;
    first_wrong = STR_NULL;
    if (content_own_dir() != NULL)
        load_folder(content_own_dir());
    load_folder(content_shipped_dir());
    for (size_t i = 0; i < n_entries;)
        if (entries[i].form == NULL)
            entries[i] = entries[--n_entries];
        else
            i++;
    qsort(entries, n_entries, sizeof entries[0], by_name);
    fail_clear();
    return first_wrong.n ? fail(INVALID, "%.*s", (int)first_wrong.n, first_wrong.at) : OK;
}

size_t forms_count(void)
{
    return n_entries;
}

const struct xform *forms_at(size_t i)
{
    return i < n_entries ? entries[i].form : NULL;
}

const struct xform *forms_named(struct str name)
{
    const struct entry *e = entry_named(name);

    return e ? e->form : NULL;
}
