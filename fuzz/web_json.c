/* A JSON object as a form: any bytes are either parts or INVALID. */
#include "fuzz.h"

#include "base/text.h"
#include "web/json_form.h"

static void on_begin(void *to, const struct part *p)
{
    ++*(int *)to;
    HOLDS(text_valid(p->name, &(size_t){ 0 }));
}

static void on_data(void *to, struct str bytes, i64 at)
{
    (void)to, (void)at;
    HOLDS(text_valid(bytes, &(size_t){ 0 }));
}

static void on_end(void *to, bool whole)
{
    --*(int *)to;
    HOLDS(whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static bool started;
    int open = 0;
    void *tree = NULL;
    status s;

    if (!started)
        json_form_start();
    started = true;
    s = json_form_parse(str_of((const char *)data, n),
                        (struct part_sink){ on_begin, on_data, on_end, &open }, &tree);

    HOLDS((s == OK || s == INVALID) && open == 0);
    json_form_free(tree);
    return 0;
}
