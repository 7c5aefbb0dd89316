/* A message that was screened: its words in pieces with the reasons beside them. What the match API noted comes as JSON:
   {"text":{"score":{..},"signals":[{"name","start","end"}]},"words":".."}; the words only where their sender agreed. */
#include "words.h"

#include "texts.h"

#include <jansson.h>
#include <lachan/detect.h>

enum { SIGNS_MAX = 64, SCORE_SHOWN = 10 };

struct sign { size_t start, end; const char *name; };
struct signs { struct sign at[SIGNS_MAX]; size_t n; };

/* Offsets that do not lie in the words, or cut a letter, mark nothing: the reason still stands in the list. */
static bool on_letters(struct str words, size_t at)
{
    return at == words.n || (at < words.n && ((unsigned char)words.at[at] & 0xc0) != 0x80);
}

static void sign_add(struct signs *all, const json_t *o, struct str words)
{
    const char *name = json_string_value(json_object_get(o, "name"));
    json_int_t start = json_integer_value(json_object_get(o, "start")), end = json_integer_value(json_object_get(o, "end"));
    size_t i;

    if (name == NULL || all->n == SIGNS_MAX)
        return;
    if (start < 0 || end <= start || !on_letters(words, (size_t)start) || !on_letters(words, (size_t)end))
        start = end = 0;
    for (i = all->n++; i > 0 && all->at[i - 1].start > (size_t)start; i--)
        all->at[i] = all->at[i - 1];
    all->at[i] = (struct sign){ (size_t)start, (size_t)end, name };
}

static struct str why_of(struct ctx *c, const char *name)
{
    const char *why = detect_text_why(name, c->lang == LANG_EN ? "en" : "vi");

    return arena_copy(c->arena, str_c(why ? why : name));
}

static void piece_add(struct ctx *c, struct review_message *m, struct str text, const char *name)
{
    if (text.n)
        m->pieces.at[m->pieces.n++] = (struct review_piece){ text, name ? why_of(c, name) : STR("") };
}

static void cut_words(struct ctx *c, struct str words, const struct signs *all, struct review_message *m)
{
    size_t at = 0;

    m->pieces.at = NEW_N(c->arena, struct review_piece, 2 * all->n + 1);
    for (size_t i = 0; i < all->n; i++) {
        const struct sign *s = &all->at[i];

        if (s->end <= s->start || s->start < at)
            continue;       /* inside the one before: its reason stands in the list */
        piece_add(c, m, str_upto(str_from(words, at), s->start - at), NULL);
        piece_add(c, m, str_upto(str_from(words, s->start), s->end - s->start), s->name);
        at = s->end;
    }
    piece_add(c, m, str_from(words, at), NULL);
}

static void count_signs(struct ctx *c, const struct signs *all, struct review_message *m)
{
    m->signs.at = NEW_N(c->arena, struct review_sign, all->n + 1);
    for (size_t i = 0; i < all->n; i++) {
        struct str why = why_of(c, all->at[i].name);
        size_t k = 0;

        while (k < m->signs.n && !str_eq(m->signs.at[k].why, why))
            k++;
        m->signs.at[k].why = why;
        m->signs.at[k].n++;
        m->signs.n += k == m->signs.n;
    }
}

static void read_scores(struct ctx *c, const json_t *scores, struct review_message *m)
{
    m->scores.at = NEW_N(c->arena, struct review_score, DETECT_TOPICS);
    for (int i = 0; i < DETECT_TOPICS; i++) {
        const char *topic = detect_topic_name((enum detect_topic)i);
        i64 percent = (i64)(json_number_value(json_object_get(scores, topic)) * 100 + .5);

        if (percent >= SCORE_SHOWN)
            m->scores.at[m->scores.n++] = (struct review_score){ review_class(c, str_c(topic)), percent };
    }
}

static void read_message(struct ctx *c, const json_t *o, struct review_message *m)
{
    const json_t *screened = json_object_get(o, "text"), *words = json_object_get(o, "words"), *one;
    struct str said = json_is_string(words) ? arena_copy(c->arena, str_of(json_string_value(words), json_string_length(words))) : STR("");
    struct signs all = { 0 };
    size_t i;

    m->there = json_is_object(screened);
    m->words = said.n > 0;
    json_array_foreach (json_object_get(screened, "signals"), i, one)
        sign_add(&all, one, said);
    if (m->words)
        cut_words(c, said, &all, m);
    count_signs(c, &all, m);
    read_scores(c, json_object_get(screened, "score"), m);
}

status message_read(struct ctx *c, struct str context, struct review_message *m)
{
    json_t *o = context.n ? json_loadb(context.at, context.n, 0, NULL) : NULL;

    *m = (struct review_message){ 0 };
    if (o != NULL)
        read_message(c, o, m);
    json_decref(o);
    return OK;
}
