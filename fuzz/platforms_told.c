/* A document or JSON of a platform: it is taken, or refused with a code; and what our JSON makes is XML that the schema can judge. */
#include "fuzz.h"

#include "platforms/json.h"

#define NOW ((i64)1795910400000)

static void check(status s, const struct told_fault *fault)
{
    HOLDS(s == OK || (s == INVALID && fault->words.n > 0 && (fault->code == ISPWS_NOT_VALID || fault->code == ISPWS_MALFORMED)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena arena = arena_make(256 << 20);
    struct str text = str_of((const char *)data, n);
    struct told_fault fault = { 0 };
    struct json_report made;
    struct told_file file;
    struct told told;
    status s;

    HOLDS(told_load() == OK);
    check(told_read(&arena, text, NOW, &told, &fault), &fault);
    fault = (struct told_fault){ 0 };
    check(told_read_file(&arena, text, NOW, &file, &fault), &fault);
    fault = (struct told_fault){ 0 };
    s = json_to_report(&arena, text, &made, &fault);
    check(s, &fault);
    if (s == OK) {
        fault = (struct told_fault){ 0 };
        check(told_read(&arena, made.document, NOW, &told, &fault), &fault);
    }
    arena_free(&arena);
    return 0;
}
