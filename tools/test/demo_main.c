/* Prints the test page once in each language, for the golden files. */
#include "demo_pages.h"
#include "texts.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    struct str tags[] = { STR("t<1>"), STR("t2") };
    struct demo_row rows[] = {
        { .name = STR("first & last"), .tags = { tags, 2 } },
        { .name = STR("alone") },
    };
    int en = argc > 1 && strcmp(argv[1], "en") == 0;
    struct html_page p = { .lang = en, .lang_code = text_langs[en], .lang_query = en ? STR("?lang=en") : STR(""), .adult = en };
    struct demo_view v = {
        .text = STR("<script>alert(\"1\")</script> & 'x'"), .empty = STR(""), .c = "a.b", .number = -7, .count = 41, .yes = true,
        .link = url_path("/a?b=1&c=\"2\""), .raw = { STR("<hr>") }, .id = { { 1, 2, 3 } }, .key = T_DEMO_VOICE, .rows = { rows, 2 },
    };
    struct out o = { .max = 1 << 20 };

    tpl_demo_all(&p, &v, &o);
    printf("%.*s\n%s\n", (int)o.n, o.at, tpl_demo_all_style);
    out_free(&o);
    return 0;
}
