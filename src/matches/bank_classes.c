#include "bank_classes.h"

#include "../base/blocks.h"
#include "../base/content.h"

enum { CLASSES_MAX = 64 };

static struct arena kept;
static struct bank_class classes[CLASSES_MAX];
static size_t n_classes;
static i64 seen_days, flood_usual;

static status wrong(const struct block *b, const char *what)
{
    return fail(INVALID, "content/banks/classes.txt line %d: %s", b->line, what);
}

static bool code_right(struct str code)
{
    for (size_t i = 0; i < code.n; i++)
        if (code.at[i] < 'a' || code.at[i] > 'z')
            return false;
    return code.n > 0 && code.n <= 20 && bank_class(code) == NULL;
}

/* "yes" or "no" and nothing else: a misspelt word must not decide what is hidden. */
static bool said(const struct block *b, const char *key, bool *yes)
{
    struct str word = block_get(b, key);

    *yes = str_is(word, "yes");
    return *yes || str_is(word, "no");
}

static status add_class(const struct block *b)
{
    struct bank_class *c = &classes[n_classes];
    bool suppress;

    if (n_classes == CLASSES_MAX)
        return wrong(b, "too many classes");
    *c = (struct bank_class){ .code = block_get(b, "code"), .name = block_get(b, "name"), .name_en = block_get(b, "name_en"),
                              .basis = block_get(b, "basis"), .basis_en = block_get(b, "basis_en"), .ncmec = block_get(b, "ncmec") };
    if (!code_right(c->code) || c->name.n == 0 || c->basis.n == 0)
        return wrong(b, "a class needs a code of letters that no other has, a name and a basis");
    if (!said(b, "two", &c->two) || !said(b, "suppress", &suppress))
        return wrong(b, "two and suppress are yes or no");
    c->kept_in_view = !suppress;
    n_classes++;
    return OK;
}

static status set_kept(const struct block *b)
{
    if (!str_i64(block_get(b, "seen_days"), &seen_days) || seen_days < 0 || seen_days > 365)
        return wrong(b, "seen_days is not a number from 0 to 365");
    if (!str_i64(block_get(b, "flood"), &flood_usual) || flood_usual < 1)
        return wrong(b, "flood is not a number from 1");
    return OK;
}

status bank_classes_load(void)
{
    struct str text;
    struct blocks blocks;

    kept = arena_make(1 << 20);
    n_classes = 0;
    TRY(content_read(&kept, "banks/classes.txt", &text));
    TRY(blocks_read(&kept, "banks/classes.txt", text, &blocks));
    for (size_t i = 0; i < blocks.n; i++) {
        const struct block *b = &blocks.at[i];

        if (str_is(b->kind, "class"))
            TRY(add_class(b));
        else if (str_is(b->kind, "kept"))
            TRY(set_kept(b));
        else
            return wrong(b, "neither [class] nor [kept]");
    }
    return n_classes && flood_usual ? OK : fail(INVALID, "content/banks/classes.txt holds no class, or no [kept]");
}

struct bank_classes bank_classes(void)
{
    return (struct bank_classes){ classes, n_classes };
}

const struct bank_class *bank_class(struct str code)
{
    for (size_t i = 0; i < n_classes; i++)
        if (str_eq(classes[i].code, code))
            return &classes[i];
    return NULL;
}

i64 bank_seen_days(void)
{
    return seen_days;
}

i64 bank_flood_usual(void)
{
    return flood_usual;
}
