/* The word lists of case work, and the versions of its process: which a new case follows, which an old one keeps. */
#include "process.h"

#include "../base/content.h"

enum { PROCESS_BYTES = 16 << 20, FORMS_BYTES = 64 << 20 };

static struct arena memory;
static struct list_item *items;
static size_t n_items;
static struct process *versions[PROCESS_VERSIONS];
static size_t n_versions;
static struct str in_use;
static i64 pinned;             /* a version; 0: the day decides */

status process_wrong(const char *file, int line, const char *what, struct str word)
{
    return fail(INVALID, "%s%s line %d: %s%.*s", str_starts(str_c(file), STR("process/")) ? "content/" : "", file, line, what,
                (int)word.n, word.at ? word.at : "");
}

/* -- word lists ------------------------------------------------------------------------------------------------------------------ */

static const struct list_item *item_of(const char *list, struct str code)
{
    for (size_t i = 0; i < n_items; i++)
        if (str_is(items[i].list, list) && str_eq(items[i].code, code))
            return &items[i];
    return NULL;
}

bool list_has(const char *list, struct str code)
{
    return item_of(list, code) != NULL;
}

static struct str item_name(const struct ctx *c, const struct list_item *item)
{
    return c->lang == LANG_EN && item->name_en.n ? item->name_en : item->name;
}

struct str list_name(const struct ctx *c, const char *list, struct str code)
{
    const struct list_item *item = item_of(list, code);

    return item ? item_name(c, item) : code;
}

struct choices list_choices(const struct ctx *c, const char *list, struct str chosen)
{
    struct choices choices = { .at = NEW_N(c->arena, struct choice, n_items + 1) };

    for (size_t i = 0; i < n_items; i++) {
        bool on = str_eq(items[i].code, chosen);

        if (str_is(items[i].list, list) && (on || !items[i].hidden))
            choices.at[choices.n++] = (struct choice){ items[i].code, item_name(c, &items[i]), on };
    }
    return choices;
}

static status load_lists(void)
{
    const char *file = "process/lists.txt";
    struct blocks blocks;
    struct str text;

    TRY(content_read(&memory, file, &text));
    TRY(blocks_read(&memory, file, text, &blocks));
    items = NEW_N(&memory, struct list_item, blocks.n + 1);
    n_items = 0;
    for (size_t i = 0; i < blocks.n; i++) {
        const struct block *b = &blocks.at[i];
        struct list_item item = { block_get(b, "list"), block_get(b, "code"), block_get(b, "name"), block_get(b, "name_en"),
                                  str_is(block_get(b, "hidden"), "yes") };

        if (!str_is(b->kind, "item"))
            return process_wrong(file, b->line, "[item] expected, not ", b->kind);
        if (item.list.n == 0 || item.code.n == 0 || item.name.n == 0)
            return process_wrong(file, b->line, "an item needs list, code and name", STR(""));
        items[n_items++] = item;
    }
    return OK;
}

/* -- all of them -------------------------------------------------------------------------------------------------------------------- */

static bool list_known(struct str list)
{
    bool known = list.n == 0;

    for (size_t k = 0; k < n_items; k++)
        known |= str_eq(items[k].list, list);
    return known;
}

/* As a text or as a workbook, in the instance's own folder or the shipped one. */
static bool form_there(struct arena *a, struct str name)
{
    static const char *const kinds[] = { "txt", "xlsx" };
    struct str text;
    bool there = false;

    for (size_t i = 0; i < COUNT_OF(kinds) && !there; i++)
        there = content_read(a, arena_f(a, "forms/%.*s.%s", (int)name.n, name.at, kinds[i]).at, &text) == OK;
    fail_clear();
    return there;
}

static status check_forms(struct arena *a, const char *file, int line, struct str forms)
{
    struct str form;

    while (str_cut(&forms, ' ', &form))
        if (form.n && !form_there(a, form))
            return process_wrong(file, line, "there is no form of this name in content/forms/: ", form);
    return OK;
}

status process_check_names(const char *file, const struct process *p)
{
    struct arena a = arena_make(FORMS_BYTES);
    status s = OK;

    for (size_t i = 0; i < p->n_acts && s == OK; i++) {
        s = list_known(p->acts[i].list) ? check_forms(&a, file, p->acts[i].line, p->acts[i].form)
                                        : process_wrong(file, p->acts[i].line, "no list is called ", p->acts[i].list);
    }
    for (size_t i = 0; i < p->n_states && s == OK; i++)
        s = check_forms(&a, file, p->states[i].line, p->states[i].form);
    arena_free(&a);
    return s;
}

static status load_version(const struct block *b)
{
    struct process *p = NEW(&memory, struct process);
    struct str text, file;

    p->code = block_get(b, "process");
    if (str_i64(block_get(b, "version"), &p->version) && process_of(p->code, p->version) != NULL)
        return process_wrong("process/index.txt", b->line, "this version stands here twice: ", block_get(b, "version"));
    if (n_versions == PROCESS_VERSIONS || !str_i64(block_get(b, "version"), &p->version) ||
        !clock_of_iso(block_get(b, "from"), &p->from))
        return process_wrong("process/index.txt", b->line, "a version needs process, version (a number) and from (2026-07-01)", STR(""));
    file = arena_f(&memory, "process/%.*s/%lld.txt", (int)p->code.n, p->code.at, (long long)p->version);
    TRY(content_read(&memory, file.at, &text));
    TRY(process_read(&memory, file.at, text, p));
    TRY(process_check_names(file.at, p));
    versions[n_versions++] = p;
    return OK;
}

status process_load(void)
{
    struct blocks blocks;
    struct str text;

    if (memory.first == NULL)
        memory = arena_make(PROCESS_BYTES);
    n_versions = 0;
    TRY(load_lists());
    TRY(content_read(&memory, "process/index.txt", &text));
    TRY(blocks_read(&memory, "process/index.txt", text, &blocks));
    for (size_t i = 0; i < blocks.n; i++) {
        if (str_is(blocks.at[i].kind, "use"))
            in_use = block_get(&blocks.at[i], "process");
        else if (str_is(blocks.at[i].kind, "version"))
            TRY(load_version(&blocks.at[i]));
    }
    return process_for_new(INT64_MAX) ? OK : fail(INVALID, "content/process/index.txt: [use] names no process that is there");
}

status process_pin(i64 version)
{
    pinned = version && process_of(in_use, version) != NULL ? version : 0;
    return pinned || version == 0 ? OK : fail(INVALID, "content/process: no version %lld is there", (long long)version);
}

/* Of two that begin on one day, the higher number: whoever mends a version on its first day means the mended one. */
static bool is_later(const struct process *a, const struct process *b)
{
    return a->from != b->from ? a->from > b->from : a->version > b->version;
}

const struct process *process_for_new(i64 now)
{
    const struct process *latest = NULL, *any = NULL;

    if (pinned && process_of(in_use, pinned) != NULL)
        return process_of(in_use, pinned);
    for (size_t i = 0; i < n_versions; i++) {
        if (!str_eq(versions[i]->code, in_use))
            continue;
        any = any ? any : versions[i];
        if (versions[i]->from <= now && (latest == NULL || is_later(versions[i], latest)))
            latest = versions[i];
    }
    return latest ? latest : any;
}

const struct process *process_of(struct str code, i64 version)
{
    for (size_t i = 0; i < n_versions; i++)
        if (str_eq(versions[i]->code, code) && versions[i]->version == version)
            return versions[i];
    return NULL;
}

const struct process *process_at(size_t i)
{
    return i < n_versions ? versions[i] : NULL;
}
