#include "../../base/id.h"
#include "../merge.h"

#include <test.h>

static struct arena arena;

/* "a=1;b=2;g[1]/x=3" */
static struct answers read(const char *text)
{
    struct answers list = { .at = NEW_N(&arena, struct one_answer, 32) };
    struct str rest = str_c(text), piece;

    while (str_cut(&rest, ';', &piece)) {
        size_t at = str_find_char(piece, '=');

        list.at[list.n++] = (struct one_answer){ str_upto(piece, at), str_from(piece, at + 1) };
    }
    return list;
}

static bool same(struct answers one, struct answers other)
{
    for (size_t i = 0; i < one.n; i++)
        if (!str_eq(one.at[i].value, answers_value(other, one.at[i].path)))
            return false;
    return true;
}

TEST(what_one_alone_changed_stands_and_what_both_changed_is_asked)
{
    static const struct { const char *base, *theirs, *mine, *merged, *clashes; } cases[] = {
        { "a=1;b=2", "a=1;b=2", "a=1;b=2", "a=1;b=2", "" },
        { "a=1;b=2", "a=9;b=2", "a=1;b=8", "a=9;b=8", "" },                  /* each changed one */
        { "a=1;b=2", "a=9;b=2", "a=9;b=2", "a=9;b=2", "" },                  /* both to the same */
        { "a=1;b=2", "a=9;b=2", "a=8;b=2", "a=9;b=2", "a" },                 /* both, differently: theirs until it is decided */
        { "a=1", "a=", "a=2", "a=", "a" },                                   /* emptied and changed */
        { "a=1", "a=1", "a=", "a=", "" },
        { "a=", "a=", "a=;b=5", "a=;b=5", "" },                              /* a question that only I was shown */
        { "g[1]/x=1;g[2]/x=2", "g[1]/x=9;g[2]/x=2", "g[1]/x=1;g[2]/x=8", "g[1]/x=9;g[2]/x=8", "" },    /* entries as they were */
        { "g[1]/x=1", "g[1]/x=9", "g[1]/x=8", "g[1]/x=9", "g[1]/x" },
        { "g[1]/x=1;g[2]/x=2", "g[1]/x=2", "g[1]/x=1;g[2]/x=8", "g[1]/x=2", "g" },     /* one took out an entry: numbers tell nothing */
        { "g[1]/x=1", "g[1]/x=1;g[2]/x=2", "g[1]/x=1", "g[1]/x=1;g[2]/x=2", "" },
        { "g[1]/x=1;a=1", "g[1]/x=1;a=2", "g[1]/x=1;g[2]/x=3;a=1", "g[1]/x=1;g[2]/x=3;a=2", "" },
        { "g[1]/x=1", "g[1]/x=1;g[2]/x=2", "g[1]/x=1;g[2]/x=3", "g[1]/x=1;g[2]/x=2", "g" },     /* both added */
        { "g[1]/x=1", "g[1]/x=1;g[2]/x=2", "g[1]/x=1;g[2]/x=2", "g[1]/x=1;g[2]/x=2", "" },      /* both added the same */
        { "g[1]/h[1]/x=1", "g[1]/h[1]/x=1;g[1]/h[2]/x=2", "g[1]/h[1]/x=5", "g[1]/h[1]/x=1;g[1]/h[2]/x=2", "g" },
        { "g[1]/x=1;go=1", "g[1]/x=1;go=2", "go=1", "go=2", "" },                 /* I took the last one out; go is no part of g */
    };

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct merged m;
        struct out clashes = { .max = 1000 };

        answers_merge(&arena, read(cases[i].base), read(cases[i].theirs), read(cases[i].mine), &m);
        CHECK(same(m.answers, read(cases[i].merged)) && same(read(cases[i].merged), m.answers));
        for (size_t k = 0; k < m.clashes.n; k++) {
            out_c(&clashes, k ? " " : "");
            out_str(&clashes, m.clashes.at[k].path);
        }
        CHECK_STR(out_done(&clashes), str_c(cases[i].clashes));
        out_free(&clashes);
    }
}

TEST(a_choice_takes_one_answer_or_a_whole_repeat)
{
    struct answers answers = read("a=1;g[1]/x=1;g[2]/x=2;go=3"), mine = read("a=5;g[1]/x=7;go=9");

    answers_take(&arena, &answers, STR("g"), mine);
    CHECK(same(answers, read("a=1;g[1]/x=7;g[2]/x=;go=3")) && answers.n == 3);
    answers_take(&arena, &answers, STR("a"), mine);
    CHECK_STR(answers_value(answers, STR("a")), STR("5"));
}

/* Whatever two people do, no answer that either of them typed is gone without a question. */
TEST(nothing_that_somebody_typed_goes_without_a_question)
{
    for (int round = 0; round < 3000; round++) {
        struct answers sides[3];
        struct merged m;

        for (int s = 0; s < 3; s++) {
            sides[s] = (struct answers){ .at = NEW_N(&arena, struct one_answer, 8) };
            for (int q = 0; q < 6; q++) {
                bool again = s > 0 && random_below(2);
                struct str path = arena_f(&arena, q < 3 ? "q%d" : "g[%d]/x", q < 3 ? q : q - 2);

                if (q >= 3 && random_below(4) == 0)
                    break;
                sides[s].at[sides[s].n++] = (struct one_answer){ path, again ? answers_value(sides[0], path)
                                                                         : arena_f(&arena, "%d", (int)random_below(3)) };
            }
        }
        answers_merge(&arena, sides[0], sides[1], sides[2], &m);
        for (int s = 1; s < 3; s++)
            for (size_t i = 0; i < sides[s].n; i++) {
                const struct one_answer *x = &sides[s].at[i];
                bool kept = str_eq(answers_value(m.answers, x->path), x->value) || str_eq(answers_value(sides[0], x->path), x->value);

                for (size_t k = 0; k < m.clashes.n; k++)
                    kept |= str_eq(m.clashes.at[k].path, x->path) ||
                            (m.clashes.at[k].whole && str_starts(x->path, m.clashes.at[k].path));
                CHECK(kept);
            }
        arena_reset(&arena, false);
    }
}

int main(int argc, char **argv)
{
    arena = arena_make(16 << 20);
    return test_run_all(argc > 1 ? argv[1] : NULL);
}
