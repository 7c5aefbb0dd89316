/* Tests: names are sentences, rules are tables. Include it in one .c file with a list of TEST()s, then TEST_MAIN.

   TEST(a_child_in_danger_now_is_urgent) { CHECK(urgency(...) == 4); }
   TEST_MAIN

   Prints TAP. A CHECK that fails says where and goes on; a test with a failed CHECK is "not ok". SKIP("why") ends one. */
#pragma once

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct test {
    const char *name;
    void (*run)(void);
    struct test *next;
};

static struct test *test_first, **test_last = &test_first;
static int test_failures;
static const char *test_skipped;

#define TEST(test_name)                                                                      \
    static void test_##test_name(void);                                                      \
    [[gnu::constructor]] static void test_add_##test_name(void)                              \
    {                                                                                        \
        static struct test t = { .name = #test_name, .run = test_##test_name };              \
        *test_last = &t;                                                                     \
        test_last = &t.next;                                                                 \
    }                                                                                        \
    static void test_##test_name(void)

#define CHECK(condition)                                                                     \
    do {                                                                                     \
        if (!(condition)) {                                                                  \
            printf("# %s:%d: %s\n", __FILE__, __LINE__, #condition);                         \
            test_failures++;                                                                 \
        }                                                                                    \
    } while (0)

/* Ends the test when what follows would make no sense. */
#define REQUIRE(condition)                                                                   \
    do {                                                                                     \
        if (!(condition)) {                                                                  \
            printf("# %s:%d: required: %s\n", __FILE__, __LINE__, #condition);               \
            test_failures++;                                                                 \
            return;                                                                          \
        }                                                                                    \
    } while (0)

#define CHECK_INT(is, want)                                                                  \
    do {                                                                                     \
        long long is_ = (long long)(is), want_ = (long long)(want);                          \
        if (is_ != want_) {                                                                  \
            printf("# %s:%d: %s is %lld, not %lld\n", __FILE__, __LINE__, #is, is_, want_);  \
            test_failures++;                                                                 \
        }                                                                                    \
    } while (0)

#define CHECK_STR(is, want)                                                                  \
    do {                                                                                     \
        struct str is_ = (is), want_ = (want);                                               \
        if (is_.n != want_.n || (is_.n && memcmp(is_.at, want_.at, is_.n) != 0)) {           \
            printf("# %s:%d: %s is \"%.*s\", not \"%.*s\"\n", __FILE__, __LINE__, #is,       \
                   (int)is_.n, is_.at ? is_.at : "", (int)want_.n, want_.at ? want_.at : ""); \
            test_failures++;                                                                 \
        }                                                                                    \
    } while (0)

#define SKIP(why) do { test_skipped = (why); return; } while (0)

/* Sentence of a test name: blanks for underscores. */
static void test_say(const char *verdict, int number, const char *name)
{
    printf("%s %d - ", verdict, number);
    for (; *name; name++)
        putchar(*name == '_' ? ' ' : *name);
    if (test_skipped != NULL)
        printf(" # SKIP %s", test_skipped);
    putchar('\n');
    fflush(stdout);
}

/* Runs all tests, or those whose name holds argv[1]. */
static int test_run_all(const char *only)
{
    int number = 0, bad = 0;

    for (struct test *t = test_first; t != NULL; t = t->next) {
        if (only != NULL && strstr(t->name, only) == NULL)
            continue;
        test_failures = 0;
        test_skipped = NULL;
        t->run();
        bad += test_failures != 0;
        test_say(test_failures ? "not ok" : "ok", ++number, t->name);
    }
    printf("1..%d\n", number);
    return bad != 0;
}

#define TEST_MAIN                                                                            \
    int main(int argc, char **argv)                                                          \
    {                                                                                        \
        return test_run_all(argc > 1 ? argv[1] : NULL);                                      \
    }
