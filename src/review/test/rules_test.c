/* Who may decide, what a verdict leads to, and the agreement of two people. */
#include "../rules.h"

#include <test.h>

#include <math.h>

static struct review_standing standing(const char *state, size_t n, enum verdict first)
{
    return (struct review_standing){ .state = str_c(state), .n = n, .first = first };
}

TEST(a_first_verdict_decides_unless_it_is_one_for_two_people)
{
    struct review_standing s = standing("new", 0, VERDICTS);

    CHECK(strcmp(review_next(&s, VERDICT_CONFIRMED), "confirmed") == 0 && strcmp(review_next(&s, VERDICT_REJECTED), "rejected") == 0);
    CHECK(strcmp(review_next(&s, VERDICT_DOUBTFUL), "doubtful") == 0);
    s.blind = true;
    CHECK(strcmp(review_next(&s, VERDICT_CONFIRMED), "second") == 0 && strcmp(review_next(&s, VERDICT_REJECTED), "second") == 0);
}

TEST(two_people_who_differ_leave_it_to_a_third)
{
    struct review_standing s = standing("second", 1, VERDICT_CONFIRMED);

    CHECK(strcmp(review_next(&s, VERDICT_CONFIRMED), "confirmed") == 0);
    CHECK(strcmp(review_next(&s, VERDICT_REJECTED), "doubtful") == 0);
    s = standing("doubtful", 1, VERDICT_DOUBTFUL);
    CHECK(strcmp(review_next(&s, VERDICT_REJECTED), "rejected") == 0);
    s = standing("doubtful", 2, VERDICT_CONFIRMED);
    CHECK(review_bar(&s) == REVIEW_DIFFER && review_needs_words(&s));
    s.reviewer = true;
    CHECK(review_bar(&s) == REVIEW_FINE && strcmp(review_next(&s, VERDICT_REJECTED), "rejected") == 0);
}

TEST(nobody_decides_twice_or_after_the_end)
{
    struct review_standing s = standing("second", 1, VERDICT_CONFIRMED);

    s.mine = s.reviewer = true;
    CHECK(review_bar(&s) == REVIEW_MINE);
    s = standing("confirmed", 1, VERDICT_CONFIRMED);
    CHECK(review_bar(&s) == REVIEW_ENDED);
}

static bool near(double a, double b)
{
    return fabs(a - b) < 5e-4;
}

/* The "paradox" of skewed tables: 118 + 5 + 2 + 0 of 125. po = .944; by chance .9453 for kappa, .0272 for AC1 of three verdicts. */
TEST(agreement_of_a_skewed_table_is_high_by_ac1_and_none_by_kappa)
{
    int64_t table[VERDICTS][VERDICTS] = { { 118, 5, 0 }, { 2, 0, 0 }, { 0, 0, 0 } };
    struct agreement a = review_agreement(table);

    CHECK(a.pairs == 125 && a.same == 118);
    CHECK(a.kappa.known && near(a.kappa.value, -0.0234));
    CHECK(a.ac1.known && near(a.ac1.value, 0.9424));
    CHECK(a.ac1.low < a.ac1.value && a.ac1.value < a.ac1.high && a.ac1.low > 0.89);
}

/* By hand: p = .5 each, po = .8, pe = .5 for kappa: .6, standard error by the linearised variance .0804 of 100 pairs. */
TEST(kappa_of_an_even_table_and_its_interval)
{
    int64_t table[VERDICTS][VERDICTS] = { { 40, 10, 0 }, { 10, 40, 0 }, { 0, 0, 0 } };
    struct agreement a = review_agreement(table);

    CHECK(near(a.kappa.value, 0.6) && near(a.kappa.high - a.kappa.low, 2 * 1.96 * 0.0804));
}

TEST(what_cannot_be_told_is_not_told)
{
    int64_t none[VERDICTS][VERDICTS] = { 0 }, one[VERDICTS][VERDICTS] = { { 1 } }, alike[VERDICTS][VERDICTS] = { { 50 } };

    CHECK(!review_agreement(none).kappa.known && !review_agreement(none).ac1.known);
    CHECK(!review_agreement(one).ac1.known);
    CHECK(!review_agreement(alike).kappa.known && review_agreement(alike).ac1.known && near(review_agreement(alike).ac1.value, 1));
}

TEST_MAIN
