/* content/forms/: the forms of this instance, read once and kept. */
#include "forms.h"

#include "../base/log.h"

#include <dirent.h>
#include <stdlib.h>

enum { CATALOGUE_BYTES = 512 << 20, FORMS_MAX = 200, NAME_MAX_BYTES = 100 };

struct entry { struct str name; const struct xform *form; };

static struct arena memory;
static struct entry entries[FORMS_MAX];
static size_t n_entries;

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
        (void)fail(INVALID, "%s", o.at);
        break;
    }
    out_free(&o);
}

static status load_one(struct str name)
{
    struct xform_findings found;
    struct xform *form;
    status s;

    if (forms_named(name) != NULL || n_entries == FORMS_MAX)
        return OK;
    s = xform_read_content(&memory, arena_copy(&memory, name).at, &form, &found);
    if (s == OK && found.errors == 0) {
        entries[n_entries++] = (struct entry){ arena_copy(&memory, name), form };
        return OK;
    }
    log_findings(arena_copy(&memory, name).at, &found);
    return INVALID;
}

static status load_folder(const char *dir)
{
    struct str path = arena_f(&memory, "%s/forms", dir);
    DIR *d = opendir(path.at);
    const struct dirent *e;
    status first = OK;

    while (d != NULL && (e = readdir(d)) != NULL) {
        struct str file = str_c(e->d_name);
        size_t dot = str_find_char(file, '.');
        bool kind = str_is(str_from(file, dot), ".txt") || str_is(str_from(file, dot), ".xlsx");

        if (!kind || !name_is_safe(str_upto(file, dot)))
            continue;
        if (load_one(str_upto(file, dot)) != OK && first == OK)
            first = INVALID;
    }
    if (d != NULL)
        closedir(d);
    return first;
}

static int by_name(const void *a, const void *b)
{
    return str_compare(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

status forms_load(void)
{
    status own = OK, shipped;

    if (memory.first == NULL)
        memory = arena_make(CATALOGUE_BYTES);
    n_entries = 0;
    if (content_own_dir() != NULL)
        own = load_folder(content_own_dir());
    shipped = load_folder(content_shipped_dir());
    qsort(entries, n_entries, sizeof entries[0], by_name);
    return own != OK ? own : shipped;
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
    for (size_t i = 0; i < n_entries; i++)
        if (str_eq(entries[i].name, name))
            return entries[i].form;
    return NULL;
}
