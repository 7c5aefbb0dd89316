/* The forms of Decree 56 that stand in content/forms/: complete, sourced, and never lowering urgency. */
#include "../forms.h"

#include "../../base/clock.h"

#include <test.h>

static const char *const names[] = { "mau-01", "mau-02", "mau-03", "mau-04", "mau-05", "mau-06", "bien-ban-hop" };

static struct arena arena;

static const struct xform *form_named(const char *name)
{
    struct xform *form = NULL;
    struct xform_findings found;

    if (arena.first == NULL) {
        arena = arena_make(256 << 20);
        content_start(NULL);
        clock_set_zone("Asia/Ho_Chi_Minh");
    }
    CHECK(xform_read_content(&arena, name, &form, &found) == OK);
    for (size_t i = 0; i < found.n; i++) {
        struct out o = { .max = 4096 };

        xform_finding_write(&o, 1, &found.at[i]);
        printf("# %.*s\n", (int)out_done(&o).n, out_done(&o).at);
        out_free(&o);
    }
    CHECK_INT(found.n, 0);              /* no error, and no warning: both languages are complete */
    return form;
}

TEST(every_form_is_complete_in_both_languages_and_without_a_finding)
{
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct xform *form = form_named(names[i]);

        REQUIRE(form != NULL);
        CHECK_STR(form->id, str_c(names[i]));
        CHECK_INT(form->n_langs, 2);
        CHECK(xform_setting(form, "form_title::English (en)").n > 0);
    }
}

TEST(each_question_says_where_it_comes_from_and_whether_that_was_read)
{
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct xform *form = form_named(names[i]);

        for (size_t k = 0; k < form->n_items; k++) {
            const struct xform_item *item = &form->items[k];
            struct str certainty = xform_extra(item, "lachan:certainty");

            if (item->type == XFORM_GROUP || item->type == XFORM_REPEAT)
                continue;
            if (xform_extra(item, "lachan:source").n == 0 || !(str_is(certainty, "read") || str_is(certainty, "to check")))
                printf("# %s %.*s\n", names[i], (int)item->name.n, item->name.at), test_failures++;
        }
    }
}

/* Article 33: names, addresses, telephones, school, family. Who fills in a form for the office is none of them. */
TEST(names_addresses_telephones_and_family_lie_in_compartment_I)
{
    static const char *const parts[] = { "child_name", "_phone", "address", "father_", "mother_", "carer_name", "informant_name",
                                         "trusted_", "child_born", "child_place", "event_place", "school", "person_name", "executor_name" };
    static const char *const not_names[] = { "schooling" };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct xform *form = form_named(names[i]);

        for (size_t k = 0; k < form->n_items; k++) {
            const struct xform_item *item = &form->items[k];
            bool private = false;

            for (size_t p = 0; p < COUNT_OF(parts); p++)
                private |= str_find(item->name, str_c(parts[p])) < item->name.n;
            for (size_t p = 0; p < COUNT_OF(not_names); p++)
                private = private && !str_is(item->name, not_names[p]);
            if (private && xform_asks(item->type) && !str_is(xform_extra(item, "lachan:compartment"), "I"))
                printf("# %s %.*s is open\n", names[i], (int)item->name.n, item->name.at), test_failures++;
        }
    }
}

/* What an officer cannot know is never asked for: outside of rows of a repeat, required are conclusions, reasons and the proposal. */
TEST(nothing_is_required_that_the_officer_may_not_know)
{
    static const char *const may[] = { "concluded_level", "concluded_reason", "lower_reason", "emergency", "no_emergency_reason",
                                       "proposal", "conclusion", "carer_reason" };

    for (size_t i = 0; i < COUNT_OF(names); i++) {
        const struct xform *form = form_named(names[i]);

        for (size_t k = 0; k < form->n_items; k++) {
            const struct xform_item *item = &form->items[k];
            bool fine = item->required.n == 0 || item->repeat >= 0;

            for (size_t p = 0; p < COUNT_OF(may); p++)
                fine |= str_is(item->name, may[p]);
            if (!fine)
                printf("# %s %.*s\n", names[i], (int)item->name.n, item->name.at), test_failures++;
        }
    }
}

/* -- grids ------------------------------------------------------------------------------------------------------------------------------ */

static struct xform_run *run_of(const struct xform *form)
{
    return xform_run_new(&arena, form, &(struct xform_setup){ .now = 1795881600000, .lang = STR("vi") });
}

static struct str path_named(const struct xform *form, const char *name)
{
    for (size_t i = 0; i < form->n_items; i++)
        if (str_is(form->items[i].name, name))
            return form->items[i].path;
    return STR("");
}

static void put(struct xform_run *run, const char *name, const char *value)
{
    CHECK(xform_run_set(run, path_named(xform_run_form(run), name), str_c(value)) == OK);
}

static struct str got(struct xform_run *run, const char *name)
{
    return xform_run_get(run, path_named(xform_run_form(run), name));
}

struct grid { const char *form; const char *harm[5], *self[6]; };
static const struct grid grids[] = {
    { "mau-02", { "harm_degree", "harm_continues" }, { "self_protects", "self_adult" } },
    { "mau-03", { "harm_degree", "harm_access", "harm_development", "harm_obstacles" },
      { "self_protects", "self_knows", "self_ties", "self_asks", "self_watch" } },
    { "mau-06", { "harm_degree", "harm_access", "harm_obstacles" },
      { "self_protects", "self_knows", "self_ties", "self_asks", "self_watch" } },
};
static const char *const rates[] = { "high", "medium", "low", "unknown", "" };

/* The rule in plain C, beside the form's own expression. */
static const char *expected(const int harm[5], int harm_n, const int self[5])
{
    int bad = harm[0] + harm[3] + harm[4];

    if (bad > 0 && (bad >= self[0] || 2 * bad > harm_n))
        return "high";
    return bad == 0 && harm[1] == 0 && self[2] + self[3] + self[4] == 0 ? "low" : "medium";
}

static unsigned long seed = 56;

static size_t dice(size_t n)
{
    seed = seed * 6364136223846793005ul + 1442695040888963407ul;
    return (size_t)(seed >> 33) % n;
}

static int rate_all(struct xform_run *run, const char *const *rows, int counts[5])
{
    int n = 0;

    for (; rows[n] != NULL; n++) {
        size_t rate = dice(COUNT_OF(rates));

        put(run, rows[n], rates[rate]);
        counts[rate]++;
    }
    return n;
}

static bool is_count(struct xform_run *run, const char *name, int n)
{
    i64 value = -1;

    return str_i64(got(run, name), &value) && value == n;
}

TEST(grids_are_counted_and_compared_and_what_is_not_known_counts_as_harm)
{
    for (size_t g = 0; g < COUNT_OF(grids); g++) {
        struct xform_run *run = run_of(form_named(grids[g].form));

        for (int round = 0; round < 60; round++) {
            int harm[5] = { 0 }, self[5] = { 0 }, harm_n = rate_all(run, grids[g].harm, harm);

            (void)rate_all(run, grids[g].self, self);
            REQUIRE(xform_run_recompute(run) == OK);
            CHECK(is_count(run, "harm_high", harm[0]) && is_count(run, "harm_medium", harm[1]) && is_count(run, "harm_low", harm[2]));
            CHECK(is_count(run, "harm_unknown", harm[3] + harm[4]) && is_count(run, "self_unknown", self[3] + self[4]));
            CHECK(is_count(run, "self_high", self[0]) && is_count(run, "self_low", self[2]));
            CHECK_STR(got(run, "computed_level"), str_c(expected(harm, harm_n, self)));
        }
    }
}

static bool asks_for(struct xform_run *run, const char *name)
{
    struct xform_problems bad = xform_run_problems(run);

    for (size_t i = 0; i < bad.n; i++)
        if (str_is(bad.at[i].item->name, name))
            return true;
    return false;
}

static void rate_same(struct xform_run *run, const struct grid *g, const char *harm, const char *self)
{
    for (size_t i = 0; g->harm[i] != NULL; i++)
        put(run, g->harm[i], harm);
    for (size_t i = 0; g->self[i] != NULL; i++)
        put(run, g->self[i], self);
}

TEST(a_conclusion_below_the_suggestion_takes_its_own_reason_and_one_above_takes_none)
{
    static const struct { const char *harm, *self, *concluded; bool asks; } t[] = {
        { "high", "low", "high", false }, { "high", "low", "medium", true }, { "high", "low", "low", true },
        { "medium", "medium", "high", false }, { "medium", "medium", "medium", false }, { "medium", "medium", "low", true },
        { "low", "high", "high", false }, { "low", "high", "low", false }, { "", "", "low", true },
    };

    for (size_t g = 0; g < COUNT_OF(grids); g++) {
        struct xform_run *run = run_of(form_named(grids[g].form));

        CHECK(asks_for(run, "concluded_level") && asks_for(run, "concluded_reason"));
        for (size_t i = 0; i < COUNT_OF(t); i++) {
            rate_same(run, &grids[g], t[i].harm, t[i].self);
            put(run, "concluded_level", t[i].concluded);
            put(run, "lower_reason", "");
            REQUIRE(xform_run_recompute(run) == OK);
            CHECK(asks_for(run, "lower_reason") == t[i].asks);
            if (!t[i].asks)
                continue;
            put(run, "lower_reason", "Đã kiểm tra tại nhà.");
            REQUIRE(xform_run_recompute(run) == OK);
            CHECK(!asks_for(run, "lower_reason"));
        }
    }
}

TEST(an_emergency_is_suggested_by_article_31_and_denied_only_with_a_reason)
{
    struct xform_run *run = run_of(form_named("mau-02"));

    rate_same(run, &grids[0], "low", "high");
    put(run, "concluded_level", "low");
    put(run, "concluded_reason", "a");
    put(run, "emergency", "no");
    REQUIRE(xform_run_recompute(run) == OK);
    CHECK_STR(got(run, "computed_emergency"), STR("no"));
    CHECK(!asks_for(run, "no_emergency_reason"));
    put(run, "carer_is_doer", "yes");
    REQUIRE(xform_run_recompute(run) == OK);
    CHECK_STR(got(run, "computed_emergency"), STR("yes"));
    CHECK(asks_for(run, "no_emergency_reason"));
    put(run, "emergency", "yes");
    REQUIRE(xform_run_recompute(run) == OK);
    CHECK(!asks_for(run, "no_emergency_reason"));
}

TEST(form_06_proposes_the_end_only_where_the_risk_is_low_and_the_child_is_stable)
{
    static const struct { const char *level, *stable, *proposal; bool refused; } t[] = {
        { "low", "yes", "close", false }, { "low", "no", "close", true }, { "low", "unknown", "close", true },
        { "medium", "yes", "close", true }, { "high", "no", "replan", false }, { "medium", "no", "continue", false },
    };
    struct xform_run *run = run_of(form_named("mau-06"));

    for (size_t i = 0; i < COUNT_OF(t); i++) {
        put(run, "concluded_level", t[i].level);
        put(run, "stable", t[i].stable);
        put(run, "proposal", t[i].proposal);
        REQUIRE(xform_run_recompute(run) == OK);
        CHECK(asks_for(run, "proposal") == t[i].refused);
    }
}

TEST(a_wrong_telephone_or_a_day_to_come_is_refused_with_what_to_do)
{
    struct xform_run *run = run_of(form_named("mau-01"));
    struct xform_problems bad;

    put(run, "informant_agrees", "yes");
    put(run, "informant_phone", "không nhớ");
    put(run, "received_on", "2099-01-01");
    put(run, "child_age", "40");
    REQUIRE(xform_run_recompute(run) == OK);
    bad = xform_run_problems(run);
    CHECK_INT(bad.n, 3);
    for (size_t i = 0; i < bad.n; i++)
        CHECK(bad.at[i].message.n > 20);
    put(run, "informant_phone", "0912 345 678");
    put(run, "received_on", "2026-11-01");
    put(run, "child_age", "17");
    REQUIRE(xform_run_recompute(run) == OK);
    CHECK_INT(xform_run_problems(run).n, 0);             /* form 01 may be nearly empty: nothing else is asked for */
}

TEST_MAIN
