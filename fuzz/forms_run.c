/* One expression, one answer and one submission, divided by NUL, over a form that has everything. */
#include "forms_try.h"

static const char form[] =
    "[survey]\ntype: text\nname: a\nlabel: A ${n}\n[survey]\ntype: begin repeat\nname: r\nlabel: R\n[survey]\ntype: date\nname: d\nlabel: D\n"
    "[survey]\ntype: select_multiple l\nname: m\nlabel: M\nchoice_filter: x = ${a}\n[survey]\ntype: end repeat\n"
    "[survey]\ntype: integer\nname: n\nlabel: N\n[survey]\ntype: begin repeat\nname: c\nlabel: C\nrepeat_count: ${n}\n[survey]\ntype: text\nname: ct\nlabel: T\n[survey]\ntype: end repeat\n"
    "[choices]\nlist_name: l\nname: a\nlabel: A\nx: 1\n[choices]\nlist_name: l\nname: b\nlabel: B\nx: 2\n"
    "[survey]\ntype: calculate\nname: result\ncalculation: ";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct str rest = str_of((const char *)data, n), expression = STR(""), answer = STR("");
    struct out o = { .max = 1 << 20 };

    (void)str_cut(&rest, '\0', &expression);
    (void)str_cut(&rest, '\0', &answer);
    out_c(&o, form);
    for (size_t i = 0; i < expression.n; i++)
        out_char(&o, expression.at[i] == '\n' ? ' ' : expression.at[i]);
    out_char(&o, '\n');
    forms_try(out_done(&o), answer, rest);
    out_free(&o);
    return 0;
}
