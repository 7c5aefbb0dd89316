#include "lists.h"

#include "../base/blocks.h"
#include "../base/content.h"
#include "names.h"

enum { CLASSES_MAX = 64, LISTS_MAX = 16, TOPS_MAX = 20000 };

static struct arena kept;
static struct list_class classes[CLASSES_MAX];
static struct list_def lists[LISTS_MAX];
static size_t n_classes, n_lists;

/* Keys of names that were registered, and of whole parts of the tree (".gov.vn"), which cover what lies below. */
struct tops { struct str *at; size_t n; };
static struct tops sites, trees;

/* -- classes and lists -------------------------------------------------------------------------------------------------------- */

static bool code_right(struct str code)
{
    for (size_t i = 0; i < code.n; i++)
        if (!((code.at[i] >= 'a' && code.at[i] <= 'z') || (code.at[i] >= '0' && code.at[i] <= '9' && i > 0)))
            return false;
    return code.n > 0 && code.n <= 20;
}

static status wrong(const struct block *b, const char *what)
{
    return fail(INVALID, "content/lists/classes.txt line %d: %s", b->line, what);
}

static status add_class(const struct block *b)
{
    struct list_class *c = &classes[n_classes];

    if (n_classes == CLASSES_MAX)
        return wrong(b, "too many classes");
    *c = (struct list_class){ .code = block_get(b, "code"), .name = block_get(b, "name"), .name_en = block_get(b, "name_en"),
                              .basis = block_get(b, "basis"), .basis_en = block_get(b, "basis_en"),
                              .two = str_is(block_get(b, "two"), "yes") };
    if (!code_right(c->code) || c->name.n == 0)
        return wrong(b, "a class needs a code of letters and a name");
    if (!str_i64(block_get(b, "days"), &c->days) || c->days < 1 || c->days > 3650)
        return wrong(b, "days is not a number from 1 to 3650");
    n_classes++;
    return OK;
}

static status add_list(const struct block *b)
{
    struct list_def *l = &lists[n_lists];

    if (n_lists == LISTS_MAX)
        return wrong(b, "too many lists");
    *l = (struct list_def){ block_get(b, "code"), block_get(b, "name"), block_get(b, "name_en"), block_get(b, "classes") };
    if (!code_right(l->code) || l->name.n == 0 || l->classes.n == 0)
        return wrong(b, "a list needs a code of letters, a name and classes");
    n_lists++;
    return OK;
}

static status load_classes(void)
{
    struct str text;
    struct blocks blocks;

    TRY(content_read(&kept, "lists/classes.txt", &text));
    TRY(blocks_read(&kept, "lists/classes.txt", text, &blocks));
    for (size_t i = 0; i < blocks.n; i++) {
        const struct block *b = &blocks.at[i];

        if (str_is(b->kind, "class"))
            TRY(add_class(b));
        else if (str_is(b->kind, "list"))
            TRY(add_list(b));
        else
            return wrong(b, "neither [class] nor [list]");
    }
    return n_classes && n_lists ? OK : fail(INVALID, "content/lists/classes.txt holds no class or no list");
}

/* -- sites that need two ---------------------------------------------------------------------------------------------------------- */

static status add_top(struct str line, int number)
{
    bool tree = line.at[0] == '.';
    struct tops *to = tree ? &trees : &sites;
    struct listed name;
    enum name_fault fault = name_read(&kept, tree ? arena_f(&kept, "x%.*s", (int)line.n, line.at) : line, &name);

    if (fault == NAME_SUFFIX)
        return OK;              /* a hoster whose customers are sites of their own: it can stand on no list anyway */
    if (fault != NAME_FINE || name.address)
        return fail(INVALID, "content/lists/top-sites.txt line %d: %.*s is no name of a site", number, (int)line.n, line.at);
    if (to->n == TOPS_MAX)
        return fail(INVALID, "content/lists/top-sites.txt line %d: too many sites", number);
    if (tree)
        (void)key_parent(&name.key);
    else
        name.key = key_registered(&kept, name.key);
    to->at[to->n++] = name.key;
    return OK;
}

static status load_tops(void)
{
    struct str text, line;

    sites = (struct tops){ .at = NEW_N(&kept, struct str, TOPS_MAX) };
    trees = (struct tops){ .at = NEW_N(&kept, struct str, TOPS_MAX) };
    TRY(content_read(&kept, "lists/top-sites.txt", &text));
    for (int number = 1; str_cut(&text, '\n', &line); number++) {
        line = str_trim(line);
        if (line.n > 0 && line.at[0] != '#')
            TRY(add_top(line, number));
    }
    return OK;
}

status lists_load(void)
{
    if (n_classes > 0)
        return OK;
    kept = arena_make(16 << 20);
    TRY(names_load());
    TRY(load_classes());
    return load_tops();
}

/* -- asking -------------------------------------------------------------------------------------------------------------------------- */

struct list_classes lists_classes(void)
{
    return (struct list_classes){ classes, n_classes };
}

struct list_defs lists_all(void)
{
    return (struct list_defs){ lists, n_lists };
}

const struct list_class *lists_class(struct str code)
{
    for (size_t i = 0; i < n_classes; i++)
        if (str_eq(classes[i].code, code))
            return &classes[i];
    return NULL;
}

const struct list_def *lists_def(struct str code)
{
    for (size_t i = 0; i < n_lists; i++)
        if (str_eq(lists[i].code, code))
            return &lists[i];
    return NULL;
}

bool lists_takes(const struct list_def *list, struct str class)
{
    struct str rest = list->classes, one;

    if (str_is(rest, "*"))
        return true;
    while (str_cut(&rest, ' ', &one))
        if (str_eq(one, class))
            return true;
    return false;
}

/* A site is compared by the name that was registered, so that "docs.google.com" counts as google.com and a hoster's customer does
   not count as the hoster. */
bool lists_top(struct arena *a, struct str key)
{
    struct str registered = key_registered(a, key);

    for (size_t i = 0; i < trees.n; i++)
        if (str_starts(key, trees.at[i]))
            return true;
    for (size_t i = 0; registered.at != NULL && i < sites.n; i++)
        if (str_eq(sites.at[i], registered))
            return true;
    return false;
}
