/* Every spreadsheet of the shared material against the XForm that another compiler (pyxform) made of it: the same answers, types,
   rules, labels, choices and controls; and what that one refuses is refused, at the same row. The material lies beside the checkout, or
   where LACHAN_SHARED says; without it the tests say so and are skipped. */
#include "kit.h"

#include "../compile.h"

#include <dirent.h>
#include <jansson.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

static const char *folder(void)
{
    const char *given = getenv("LACHAN_SHARED"), *places[] = { given, "../shared", "../../shared", "../../../shared" };
    static char path[4096];

    for (size_t i = given ? 0 : 1; i < COUNT_OF(places); i++) {
        DIR *d;

        snprintf(path, sizeof path, "%s/data/survey/xlsform", places[i]);
        d = opendir(path);
        if (d != NULL) {
            closedir(d);
            return path;
        }
    }
    return NULL;
}

/* -- small things about texts --------------------------------------------------------------------------------------------------------- */

static struct str without_blanks(struct str s)
{
    char *at = arena_alloc(&kit, s.n + 1);
    size_t n = 0;

    for (size_t i = 0; i < s.n; i++)
        if (!strchr(" \t\r\n", s.at[i]))
            at[n++] = s.at[i];
    return str_of(at, n);
}

/* A text or rule of ours with each ${x} as the path that it means. */
static struct str with_paths(const struct xform *form, int item, struct str s)
{
    struct str all = STR(""), name;
    size_t at = 0, begin, from = 0;

    while (expr_next_ref(s, &at, &begin, &name)) {
        int to = expr_resolve(form, item, name);
        struct str path = to >= 0 ? form->items[to].path : STR("?");

        all = arena_f(&kit, "%.*s%.*s%.*s", (int)all.n, all.at, (int)(begin - from), s.at + from, (int)path.n, path.at);
        from = at;
    }
    return without_blanks(arena_f(&kit, "%.*s%.*s", (int)all.n, all.at, (int)(s.n - from), s.at + from));
}

/* "../kage" of a rule at /data/kid/own_phone as /data/kid/kage, where a rule of the form itself does not write ../ */
static struct str absolute(struct str context, struct str rule)
{
    struct str all = STR("");

    for (size_t i = 0; i < rule.n;) {
        struct str base = context;
        bool up = false;

        while (str_starts(str_from(rule, i), STR("../"))) {
            while (base.n && base.at[base.n - 1] != '/')
                base.n--;
            base.n -= base.n > 0;
            i += 3;
            up = true;
        }
        all = up ? arena_f(&kit, "%.*s%.*s/", (int)all.n, all.at, (int)base.n, base.at) : arena_f(&kit, "%.*s%c", (int)all.n, all.at, rule.at[i]);
        i += !up;
    }
    return without_blanks(all);
}

static struct str attribute(xmlNodePtr node, const char *name)
{
    xmlChar *value = xmlGetProp(node, (const xmlChar *)name);
    struct str s = value ? arena_copy(&kit, str_c((const char *)value)) : STR("");

    xmlFree(value);
    return s;
}

static bool is(const xmlNode *node, const char *name)
{
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

/* First element of this name anywhere below. */
static xmlNodePtr find(xmlNodePtr node, const char *name)
{
    for (xmlNodePtr child = node->children; child != NULL; child = child->next) {
        xmlNodePtr inner;

        if (is(child, name))
            return child;
        if (child->type == XML_ELEMENT_NODE && (inner = find(child, name)) != NULL)
            return inner;
    }
    return NULL;
}

/* Text of a label with <output value="/data/x"/> as that path. */
static struct str label_text(xmlNodePtr node)
{
    struct str all = STR("");

    for (xmlNodePtr child = node->children; child != NULL; child = child->next) {
        struct str piece = is(child, "output") ? attribute(child, "value") : child->type == XML_TEXT_NODE ? str_c((const char *)child->content) : STR("");

        all = arena_f(&kit, "%.*s%.*s", (int)all.n, all.at, (int)piece.n, piece.at);
    }
    return all;
}

/* -- the comparison --------------------------------------------------------------------------------------------------------------------------- */

static const char *now_comparing;
static size_t compared;

static void same(struct str is_ours, struct str theirs, struct str where)
{
    compared++;
    if (str_eq(is_ours, theirs))
        return;
    printf("# %s, %.*s: \"%.*s\", not \"%.*s\"\n", now_comparing, (int)where.n, where.at, (int)is_ours.n, is_ours.at, (int)theirs.n, theirs.at);
    test_failures++;
}

/* Nodes that the other compiler makes for its own use. */
static bool theirs_alone(const xmlNode *node)
{
    return is(node, "meta") || strncmp((const char *)node->name, "reserved_name_for_field_list_labels_", 36) == 0;
}

static void same_nodes(const struct xform *form, xmlNodePtr node, struct str path, int *next)
{
    for (xmlNodePtr child = node->children; child != NULL; child = child->next) {
        struct str below;

        if (child->type != XML_ELEMENT_NODE || theirs_alone(child) || xmlHasProp(child, (const xmlChar *)"template"))
            continue;
        while (*next < (int)form->n_items && form->items[*next].no_node)
            ++*next;
        below = arena_f(&kit, "%.*s/%s", (int)path.n, path.at, (const char *)child->name);
        same(*next < (int)form->n_items ? form->items[*next].path : STR("(nothing)"), below, below);
        ++*next;
        same_nodes(form, child, below, next);
    }
}

static void same_rule(const struct xform *form, int item, xmlNodePtr bind, const char *attribute_name, struct str ours)
{
    struct str context = form->items[item].path, theirs = attribute(bind, attribute_name);

    same(absolute(context, with_paths(form, item, ours)), absolute(context, theirs), arena_f(&kit, "%.*s %s", (int)context.n, context.at, attribute_name));
}

/* The other compiler writes the rule of a group without an element at each thing in it. */
static struct str relevance(const struct xform *form, int item)
{
    int parent = form->items[item].parent;

    if (form->items[item].relevant.n || parent < 0 || !form->items[parent].no_node)
        return form->items[item].relevant;
    return relevance(form, parent);
}

static void same_bind(const struct xform *form, xmlNodePtr bind)
{
    struct str path = attribute(bind, "nodeset");
    int item = xform_item_named(form, path);

    if (str_find(path, STR("/meta/")) < path.n || str_find(path, STR("reserved_name")) < path.n)
        return;
    CHECK(item >= 0);
    if (item < 0) {
        printf("# %s: no %.*s\n", now_comparing, (int)path.n, path.at);
        return;
    }
    if (form->items[item].type != XFORM_GROUP && form->items[item].type != XFORM_REPEAT)
        same(str_c(xform_bind_type(&form->items[item])), attribute(bind, "type"), arena_f(&kit, "%.*s type", (int)path.n, path.at));
    same_rule(form, item, bind, "relevant", relevance(form, item));
    same_rule(form, item, bind, "constraint", form->items[item].constraint);
    same_rule(form, item, bind, "calculate", form->items[item].calculation);
    same_rule(form, item, bind, "required", form->items[item].required);
}

static void same_label(const struct xform *form, struct str path, int lang, xmlNodePtr value)
{
    int item = xform_item_named(form, path);

    if (item < 0 || str_find(path, STR("reserved_name")) < path.n)
        return;
    if (str_ends(path, STR("_other")))
        return;                         /* our words for "specify other" are in the form's languages */
    same(with_paths(form, item, form->items[item].label.at[lang]), without_blanks(label_text(value)), arena_f(&kit, "%.*s label", (int)path.n, path.at));
}

static void same_translation(const struct xform *form, xmlNodePtr translation)
{
    struct str name = attribute(translation, "lang");
    int lang = -1;

    for (size_t i = 0; i < form->n_langs; i++)
        if (str_eq(form->langs[i], name) || (form->langs[i].n == 0 && str_is(name, "default")))
            lang = (int)i;
    if (lang < 0)
        return;
    for (xmlNodePtr text = translation->children; text != NULL; text = text->next) {
        struct str id = is(text, "text") ? attribute(text, "id") : STR("");
        xmlNodePtr value = text->children;

        while (value != NULL && !(is(value, "value") && xmlHasProp(value, (const xmlChar *)"form") == NULL))
            value = value->next;
        /* "-" is their word for a text that a language lacks. */
        if (value != NULL && str_ends(id, STR(":label")) && !str_is(str_trim(label_text(value)), "-"))
            same_label(form, str_upto(id, id.n - 6), lang, value);
    }
}

static void same_choices(const struct xform *form, xmlNodePtr instance)
{
    int list = choices_list(form, attribute(instance, "id"));
    xmlNodePtr root = find(instance, "root");
    size_t n = 0;

    if (list < 0 || root == NULL)
        return;
    for (xmlNodePtr item = root->children; item != NULL; item = item->next) {
        xmlNodePtr name = is(item, "item") ? find(item, "name") : NULL;

        if (name == NULL)
            continue;
        same(n < form->lists[list].n ? form->lists[list].at[n].name : STR("(nothing)"), label_text(name), form->lists[list].name);
        for (xmlNodePtr field = item->children; field != NULL && n < form->lists[list].n; field = field->next)
            for (size_t i = 0; i < form->lists[list].at[n].n_extra; i++)
                if (field->type == XML_ELEMENT_NODE && str_is(form->lists[list].at[n].extra[i].column, (const char *)field->name))
                    same(form->lists[list].at[n].extra[i].value, label_text(field), form->lists[list].at[n].name);
        n++;
    }
    same(arena_f(&kit, "%zu", form->lists[list].n), arena_f(&kit, "%zu", n), form->lists[list].name);
}

static const char *control_of(const struct xform_item *item)
{
    switch (item->type) {
    case XFORM_SELECT_ONE: return "select1";
    case XFORM_SELECT_MULTIPLE: return "select";
    case XFORM_RANGE: return "range";
    case XFORM_RANK: return "rank";
    case XFORM_ACKNOWLEDGE: return "trigger";
    default: return "input";
    }
}

/* Controls of the body: what each question is asked with, its hint-free label where there is one language, and the choices' filter. */
static void same_controls(const struct xform *form, xmlNodePtr node)
{
    for (xmlNodePtr child = node->children; child != NULL; child = child->next) {
        struct str path = child->type == XML_ELEMENT_NODE ? attribute(child, "ref") : STR("");
        int item = path.n ? xform_item_named(form, path) : -1;
        bool asked = item >= 0 && xform_asks(form->items[item].type);

        if (asked)
            same(str_c(control_of(&form->items[item])), str_c((const char *)child->name), path);
        for (xmlNodePtr inner = child->children; inner != NULL && item >= 0; inner = inner->next)
            if (is(inner, "label") && !xmlHasProp(inner, (const xmlChar *)"ref") && str_trim(label_text(inner)).n)
                same_label(form, path, 0, inner);
            else if (is(inner, "itemset") && asked) {
                struct str set = without_blanks(attribute(inner, "nodeset")), ours = with_paths(form, item, form->items[item].choice_filter);
                size_t open = str_find_char(set, '[');

                same(ours, str_upto(str_from(set, open + 1), set.n > open ? set.n - open - 2 : 0), path);
            }
        if (child->type == XML_ELEMENT_NODE)
            same_controls(form, child);
    }
}

static void compare_with(const struct xform *form, xmlDocPtr doc)
{
    xmlNodePtr root = xmlDocGetRootElement(doc), model = find(root, "model"), data = find(find(model, "instance"), "data");
    int next = 0;

    same(form->id, attribute(data, "id"), STR("id"));
    same(form->version, attribute(data, "version"), STR("version"));
    same(without_blanks(form->title), without_blanks(label_text(find(root, "title"))), STR("title"));
    same_nodes(form, data, STR("/data"), &next);
    same(arena_f(&kit, "%zu", form->n_items), arena_f(&kit, "%d", next), STR("number of answers"));
    for (xmlNodePtr child = model->children; child != NULL; child = child->next) {
        if (is(child, "bind"))
            same_bind(form, child);
        else if (is(child, "instance"))
            same_choices(form, child);
        else if (is(child, "itext"))
            for (xmlNodePtr t = child->children; t != NULL; t = t->next)
                if (is(t, "translation"))
                    same_translation(form, t);
    }
    same_controls(form, find(root, "body"));
}

/* -- each file -------------------------------------------------------------------------------------------------------------------------------------- */

static struct xform *read_shared(const char *dir, const char *name)
{
    struct str path = arena_f(&kit, "%s/%s.xlsx", dir, name), bytes;
    struct xform *form = NULL;

    CHECK(file_read(&kit, path.at, XFORM_FILE_BYTES, &bytes) == OK);
    CHECK(xform_read(&kit, arena_f(&kit, "%s.xlsx", name).at, bytes, dir, &form, &found) == OK);
    return form;
}

/* "[row : 3] On the 'survey' sheet ...": 3; 0 where none is told. */
static int row_told(const char *error)
{
    const char *at = strstr(error, "[row : ");

    return at ? (int)strtol(at + 7, NULL, 10) : 0;
}

static void check_refused(const char *name, const char *error)
{
    bool same_row = row_told(error) == 0;

    CHECK(found.errors > 0);
    for (size_t i = 0; i < found.n; i++) {
        same_row |= found.at[i].error && found.at[i].row == row_told(error);
        CHECK(!found.at[i].error || (found.at[i].row > 0 && found.at[i].sheet.n > 0 && found.at[i].column.n > 0));
    }
    CHECK(same_row);
    if (!same_row)
        printf("# %s: %s\n", name, error);
}

static void check_file(const char *dir, const char *name)
{
    struct str path = arena_f(&kit, "%s/expected/%s.json", dir, name), xml = arena_f(&kit, "%s/expected/%s.xml", dir, name);
    json_t *expected = json_load_file(path.at, 0, NULL);
    const struct xform *form = read_shared(dir, name);
    xmlDocPtr doc;

    now_comparing = name;
    CHECK(expected != NULL);
    if (!json_is_true(json_object_get(expected, "ok"))) {
        check_refused(name, json_string_value(json_object_get(expected, "error")));
        json_decref(expected);
        return;
    }
    json_decref(expected);
    CHECK_INT(found.errors, 0);
    if (found.errors)
        say_findings();
    doc = xmlReadFile(xml.at, NULL, XML_PARSE_NONET);
    CHECK(doc != NULL && form != NULL);
    if (doc != NULL && form != NULL && found.errors == 0)
        compare_with(form, doc);
    xmlFreeDoc(doc);
}

TEST(every_shared_spreadsheet_is_understood_as_another_compiler_does)
{
    const char *dir = folder();
    const struct dirent *e;
    size_t files = 0;
    DIR *d;

    if (dir == NULL)
        SKIP("no shared material beside the checkout (LACHAN_SHARED)");
    d = opendir(dir);
    while ((e = readdir(d)) != NULL) {
        struct str name = str_c(e->d_name);

        if (!str_ends(name, STR(".xlsx")))
            continue;
        kit_start();
        check_file(dir, arena_f(&kit, "%.*s", (int)name.n - 5, name.at).at);
        files++;
    }
    closedir(d);
    CHECK(files >= 21);
    CHECK(compared > 700);
    printf("# %zu files, %zu comparisons\n", files, compared);
}

TEST(the_shared_survey_of_children_runs_as_its_author_meant)
{
    const char *dir = folder();
    struct xform_run *run;

    if (dir == NULL)
        SKIP("no shared material beside the checkout (LACHAN_SHARED)");
    kit_start();
    run = run_of(read_shared(dir, "cop_child_core"));
    put(run, "/data/g_consent/consent_parent", "1");
    put(run, "/data/g_consent/assent", "1");
    put(run, "/data/g_main/age", "12");
    put(run, "/data/g_main/province", "hn");
    put(run, "/data/g_main/district", "q1");
    put(run, "/data/g_main/risks", "bully stranger");
    CHECK_STR(get(run, "/data/g_main/n_risks"), STR("2"));
    CHECK_INT(xform_run_problems(run).n, 1);                /* the district is of another province */
    put(run, "/data/g_main/district", "ck");
    put(run, "/data/g_main/told", "nobody");
    CHECK(xform_run_relevant(run, STR("/data/g_main/help")));
    put(run, "/data/g_main/upset", "11");
    CHECK_INT(xform_run_problems(run).n, 1);
    put(run, "/data/g_consent/assent", "0");
    CHECK_INT(xform_run_problems(run).n, 0);
}

TEST_MAIN
