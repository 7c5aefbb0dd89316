/* What officials set in content/takedown/: the clock, the ladder, the classes, and the words of the letters. */
#include "rules.h"
#include "takedown.h"

#include "../base/blocks.h"
#include "../base/content.h"

static struct arena kept;
static struct take_rules rules;
static struct take_letters letters[LANGS];

/* The letters that the program sends by itself; rungs name further ones. */
static const char *const needed[LETTER_CODES] = { "request", "reminder", "overdue", "escalation", "again", "withdrawn", "upheld" };

static status wrong(const char *file, int line, const char *what)
{
    return fail(INVALID, "content/%s line %d: %s", file, line, what);
}

static bool number(const struct block *b, const char *key, i64 least, i64 most, i64 *n)
{
    return str_i64(block_get(b, key), n) && *n >= least && *n <= most;
}

static status read_clock(const char *file, const struct block *b, struct take_rules *r)
{
    i64 hours, soon, days;

    if (r->hours_ms)
        return wrong(file, b->line, "there is a [clock] already");
    if (!number(b, "hours", 1, 24 * 365, &hours) || !number(b, "soon", 0, hours, &soon) || !number(b, "link_days", 1, 365, &days))
        return wrong(file, b->line, "hours, soon and link_days are numbers, soon not above hours");
    r->hours_ms = hours * HOUR_MS;
    r->soon_ms = soon * HOUR_MS;
    r->link_ms = days * DAY_MS;
    r->source = block_get(b, "source");
    r->source_en = block_get(b, "source_en");
    r->to_check = !str_is(block_get(b, "certainty"), "read");
    return r->source.n ? OK : wrong(file, b->line, "the length of the clock has no source");
}

static status read_rung(const char *file, const struct block *b, struct take_rules *r)
{
    struct take_rung *rung = &r->rungs[r->n_rungs];
    struct str to = block_get(b, "to");
    i64 hours;

    if (r->n_rungs == RUNGS_MAX)
        return wrong(file, b->line, "too many rungs");
    if (!number(b, "hours", -24 * 365, 24 * 365, &hours))
        return wrong(file, b->line, "hours is not a number");
    *rung = (struct take_rung){ block_get(b, "code"), hours * HOUR_MS, str_is(to, "authority") };
    if (rung->code.n == 0 || (!rung->authority && !str_is(to, "recipient")))
        return wrong(file, b->line, "a rung needs the code of a letter, and to: recipient or authority");
    if (r->n_rungs && rung[-1].after_ms > rung->after_ms)
        return wrong(file, b->line, "rungs stand in the order of their hours");
    r->n_rungs++;
    return OK;
}

static status read_class(const char *file, const struct block *b, struct take_rules *r)
{
    struct take_class *c = &r->classes[r->n_classes];

    if (r->n_classes == CLASSES_MAX)
        return wrong(file, b->line, "too many classes");
    *c = (struct take_class){ .code = block_get(b, "code"), .name = block_get(b, "name"), .name_en = block_get(b, "name_en"),
                              .list = block_get(b, "list"), .basis = block_get(b, "basis"), .basis_en = block_get(b, "basis_en"),
                              .two = str_is(block_get(b, "two"), "yes"), .to_check = !str_is(block_get(b, "certainty"), "read") };
    if (c->code.n == 0 || c->code.n > 20 || c->name.n == 0 || c->basis.n == 0)
        return wrong(file, b->line, "a class needs a code, a name and a legal basis");
    for (size_t i = 0; i < r->n_classes; i++)
        if (str_eq(r->classes[i].code, c->code))
            return wrong(file, b->line, "there is a class of this code already");
    r->n_classes++;
    return OK;
}

status take_rules_read(struct arena *a, const char *file, struct str text, struct take_rules *r)
{
    struct blocks blocks;

    *r = (struct take_rules){ 0 };
    TRY(blocks_read(a, file, text, &blocks));
    for (size_t i = 0; i < blocks.n; i++) {
        const struct block *b = &blocks.at[i];

        if (str_is(b->kind, "clock"))
            TRY(read_clock(file, b, r));
        else if (str_is(b->kind, "rung"))
            TRY(read_rung(file, b, r));
        else if (str_is(b->kind, "class"))
            TRY(read_class(file, b, r));
        else
            return wrong(file, b->line, "neither [clock] nor [rung] nor [class]");
    }
    return r->hours_ms && r->n_classes ? OK : fail(INVALID, "content/%s holds no [clock] or no [class]", file);
}

status take_letters_read(struct arena *a, const char *file, struct str text, struct take_letters *l)
{
    struct blocks blocks;

    *l = (struct take_letters){ 0 };
    TRY(blocks_read(a, file, text, &blocks));
    for (size_t i = 0; i < blocks.n; i++) {
        const struct block *b = &blocks.at[i];
        struct take_letter letter = { block_get(b, "code"), block_get(b, "subject"), block_get(b, "body") };

        if (!str_is(b->kind, "letter") || letter.code.n == 0 || letter.subject.n == 0 || letter.body.n == 0)
            return wrong(file, b->line, "a [letter] has a code, a subject and a body");
        if (str_find_char(letter.subject, '\n') < letter.subject.n)
            return wrong(file, b->line, "a subject is one line");
        if (l->n == LETTERS_MAX)
            return wrong(file, b->line, "too many letters");
        l->at[l->n++] = letter;
    }
    return OK;
}

static const struct take_letter *find(const struct take_letters *l, struct str code)
{
    for (size_t i = 0; i < l->n; i++)
        if (str_eq(l->at[i].code, code))
            return &l->at[i];
    return NULL;
}

/* Both languages have every letter that is ever sent. */
static status check_letters(const char *file, const struct take_letters *l)
{
    for (size_t i = 0; i < COUNT_OF(needed); i++)
        if (find(l, str_c(needed[i])) == NULL)
            return fail(INVALID, "content/%s has no letter \"%s\"", file, needed[i]);
    for (size_t i = 0; i < rules.n_rungs; i++)
        if (find(l, rules.rungs[i].code) == NULL)
            return fail(INVALID, "content/%s has no letter \"%.*s\", which a rung names", file, (int)rules.rungs[i].code.n,
                        rules.rungs[i].code.at);
    return OK;
}

status takedown_load(void)
{
    static const char *const files[LANGS] = { "takedown/letters-vi.txt", "takedown/letters-en.txt" };
    struct str text;

    if (rules.n_classes > 0)
        return OK;
    kept = arena_make(2 << 20);
    TRY(content_read(&kept, "takedown/rules.txt", &text));
    TRY(take_rules_read(&kept, "takedown/rules.txt", text, &rules));
    for (size_t i = 0; i < LANGS; i++) {
        TRY(content_read(&kept, files[i], &text));
        TRY(take_letters_read(&kept, files[i], text, &letters[i]));
        TRY(check_letters(files[i], &letters[i]));
    }
    return OK;
}

const struct take_rules *take_rules(void)
{
    return &rules;
}

const struct take_class *take_class(struct str code)
{
    for (size_t i = 0; i < rules.n_classes; i++)
        if (str_eq(rules.classes[i].code, code))
            return &rules.classes[i];
    return NULL;
}

const struct take_letter *take_letter(bool english, struct str code)
{
    return find(&letters[english ? LANG_EN : LANG_VI], code);
}

struct str takedown_class_name(const struct ctx *c, struct str code)
{
    const struct take_class *k = take_class(code);

    return k == NULL ? code : c->lang == LANG_EN && k->name_en.n ? k->name_en : k->name;
}

struct choices takedown_class_choices(const struct ctx *c, struct str chosen)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, CLASSES_MAX), .n = rules.n_classes };

    for (size_t i = 0; i < list.n; i++)
        list.at[i] = (struct choice){ rules.classes[i].code, takedown_class_name(c, rules.classes[i].code),
                                      str_eq(chosen, rules.classes[i].code) };
    return list;
}
