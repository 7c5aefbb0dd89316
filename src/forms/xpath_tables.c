/* Lists of choices and tables as documents: instance(), pulldata(), filters. */
#include "xpath.h"

/* -- lists and tables as documents -------------------------------------------------------------------------------------------------------------- */

/* A column's name as an element's: what XML does not take becomes "_". The filter `label::English` is written label..English. */
static void add_field(xmlNodePtr item, struct str column, struct str value)
{
    char name[200];
    size_t n = column.n < sizeof name ? column.n : sizeof name - 1;
    xmlNodePtr field;

    for (size_t i = 0; i < n; i++) {
        char ch = column.at[i];
        bool fine = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_' || (uint8_t)ch >= 0x80 ||
                    (i > 0 && ((ch >= '0' && ch <= '9') || ch == '-' || ch == '.'));

        name[i] = fine ? ch : ch == ':' ? '.' : '_';
    }
    name[n] = 0;
    field = xmlNewChild(item, NULL, (const xmlChar *)name, NULL);
    node_set_text(field, value);
}

static xmlDocPtr new_table(xmlNodePtr *root)
{
    xmlDocPtr doc = xmlNewDoc((const xmlChar *)"1.0");

    *root = xmlNewNode(NULL, (const xmlChar *)"root");
    xmlDocSetRootElement(doc, *root);
    return doc;
}

static void add_choice(struct xform_run *run, xmlNodePtr root, const struct xform_choice *choice)
{
    xmlNodePtr item = xmlNewChild(root, NULL, (const xmlChar *)"item", NULL);
    char column[200];

    add_field(item, STR("name"), choice->name);
    add_field(item, STR("label"), xform_text(&choice->label, run->lang));
    for (size_t i = 0; i < run->form->n_langs; i++) {
        struct str lang = run->form->langs[i];
        struct out o = { .max = sizeof column };

        if (lang.n == 0 || lang.n > 100)
            continue;
        out_c(&o, "label::");
        out_str(&o, lang);
        add_field(item, out_done(&o), choice->label.at[i]);
        out_free(&o);
    }
    for (size_t i = 0; i < choice->n_extra; i++)
        add_field(item, choice->extra[i].column, choice->extra[i].value);
}

xmlDocPtr xpath_list(struct xform_run *run, int list)
{
    xmlNodePtr root;

    if (run->lists[list] != NULL)
        return run->lists[list];
    run->lists[list] = new_table(&root);
    for (size_t i = 0; i < run->form->lists[list].n; i++)
        add_choice(run, root, &run->form->lists[list].at[i]);
    xmlXPathOrderDocElems(run->lists[list]);
    return run->lists[list];
}

static xmlDocPtr table_of(struct xform_run *run, struct str name)
{
    const struct xform *form = run->form;
    xmlNodePtr root;

    for (size_t i = 0; i < form->n_lists; i++)
        if (str_eq(form->lists[i].name, name))
            return xpath_list(run, (int)i);
    for (size_t i = 0; i < form->n_tables; i++) {
        const struct xform_table *t = &form->tables[i];

        if (!str_eq(t->name, name))
            continue;
        if (run->tables[i] != NULL)
            return run->tables[i];
        run->tables[i] = new_table(&root);
        for (size_t r = 0; r < t->n_rows; r++) {
            xmlNodePtr item = xmlNewChild(root, NULL, (const xmlChar *)"item", NULL);

            for (size_t k = 0; k < t->n_columns; k++)
                add_field(item, t->columns[k], t->cells[r * t->n_columns + k]);
        }
        return run->tables[i];
    }
    return NULL;
}

FUNCTION(xpath_fn_instance)
{
    struct arguments args = xpath_none();
    struct out o = { .max = 256 };

    if (xpath_take(c, n, &args)) {
        xmlDocPtr doc = table_of(xpath_run(c), xpath_argument(&args, 0, &o));

        if (doc == NULL)
            xmlXPathErr(c, XPATH_EXPR_ERROR);
        else
            valuePush(c, xmlXPathNewNodeSet((xmlNodePtr)doc));
    }
    xpath_give_back(&args);
    out_free(&o);
}

static int column_named(const struct xform_table *t, struct str name)
{
    for (size_t i = 0; i < t->n_columns; i++)
        if (str_eq(t->columns[i], name))
            return (int)i;
    return -1;
}

static struct str pulled(const struct xform_table *t, struct str column, struct str key_column, struct str key)
{
    int from = column_named(t, column), by = column_named(t, key_column);

    for (size_t r = 0; from >= 0 && by >= 0 && r < t->n_rows; r++)
        if (str_eq(t->cells[r * t->n_columns + (size_t)by], key))
            return t->cells[r * t->n_columns + (size_t)from];
    return STR("");
}

FUNCTION(xpath_fn_pulldata)
{
    const struct xform *form = xpath_run(c)->form;
    struct arguments args = xpath_none();
    struct out words[4] = { { .max = XPATH_TEXT_MAX }, { .max = XPATH_TEXT_MAX }, { .max = XPATH_TEXT_MAX }, { .max = XPATH_TEXT_MAX } }, o = { .max = XPATH_TEXT_MAX };

    if (xpath_take(c, n, &args)) {
        for (int i = 0; i < 4; i++)
            (void)xpath_argument(&args, i, &words[i]);
        for (size_t i = 0; i < form->n_tables; i++)
            if (str_eq(form->tables[i].name, out_done(&words[0])))
                out_str(&o, pulled(&form->tables[i], out_done(&words[1]), out_done(&words[2]), out_done(&words[3])));
        xpath_push_text(c, &o);
    }
    xpath_give_back(&args);
    for (int i = 0; i < 4; i++)
        out_free(&words[i]);
    out_free(&o);
}

FUNCTION(xpath_fn_version)
{
    struct out o = { .max = 1 << 12 };

    (void)n;
    out_str(&o, xpath_run(c)->form->version);
    xpath_push_text(c, &o);
}
