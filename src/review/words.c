#include "words.h"

#include "../base/blocks.h"
#include "../base/content.h"

#include "texts.h"

/* -- figures ------------------------------------------------------------------------------------------------------------------------------ */

static struct review_figures figures = { 10, 150, 30 };

const struct review_figures *review_figures(void)
{
    return &figures;
}

static status read_figure(const struct block *b, const char *key, i64 least, i64 *value)
{
    struct str text = block_get(b, key);

    if (text.n == 0)
        return OK;
    if (!str_i64(text, value) || *value < least || *value > 100000)
        return fail(INVALID, "content/review/rules.txt line %d: %s is not a number from %lld", b->line, key, (long long)least);
    return OK;
}

static status read_block(const struct block *b, struct review_figures *f)
{
    if (!str_is(b->kind, "review"))
        return fail(INVALID, "content/review/rules.txt line %d: [review] expected", b->line);
    TRY(read_figure(b, "blind", 0, &f->blind));
    TRY(read_figure(b, "day", 1, &f->day));
    return read_figure(b, "words_days", 1, &f->words_days);
}

status review_load(void)
{
    struct arena a = arena_make(64 << 10);
    struct review_figures f = figures;
    struct blocks blocks;
    struct str text;
    status s = content_read(&a, "review/rules.txt", &text);

    if (s == OK)
        s = blocks_read(&a, "review/rules.txt", text, &blocks);
    for (size_t i = 0; s == OK && i < blocks.n; i++)
        s = read_block(&blocks.at[i], &f);
    if (s == OK)
        figures = f;
    arena_free(&a);
    return s;
}

/* -- words -------------------------------------------------------------------------------------------------------------------------------- */

struct str review_class(const struct ctx *c, struct str code)
{
    int key = text_key_of(arena_f(c->arena, "review.class.%.*s", (int)code.n, code.at));

    return key ? text_of(c, key) : code;
}

int review_source(enum seen_source source)
{
    static const int texts[SEEN_SOURCES] = {
        [SEEN_PARTNER] = T_REVIEW_SOURCE_PARTNER, [SEEN_REPORT] = T_REVIEW_SOURCE_REPORT, [SEEN_CHILD] = T_REVIEW_SOURCE_CHILD,
        [SEEN_TEXT] = T_REVIEW_SOURCE_TEXT, [SEEN_LATER] = T_REVIEW_SOURCE_LATER,
    };

    return source > 0 && source < SEEN_SOURCES ? texts[source] : T_REVIEW_SOURCE_LATER;
}

int review_state(struct str state)
{
    static const struct { const char *code; int text; } all[] = {
        { "new", T_REVIEW_STATE_NEW }, { "second", T_REVIEW_STATE_SECOND }, { "doubtful", T_REVIEW_STATE_DOUBTFUL },
        { "confirmed", T_REVIEW_STATE_CONFIRMED },
    };

    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (str_is(state, all[i].code))
            return all[i].text;
    return T_REVIEW_STATE_REJECTED;
}

int verdict_text(enum verdict v)
{
    static const int texts[] = { T_REVIEW_VERDICT_CONFIRMED, T_REVIEW_VERDICT_REJECTED, T_REVIEW_VERDICT_DOUBTFUL };

    return texts[v];
}

struct str review_when(struct ctx *c, const struct seen_item *item)
{
    char day[CLOCK_TEXT], time[CLOCK_TEXT];

    clock_day_vi(clock_local_day(item->at), day);
    clock_time(item->at, time);
    return item->source == SEEN_CHILD ? arena_copy(c->arena, str_c(day)) : arena_f(c->arena, "%s, %s", time, day);
}
