/* lachan form check FILE, lachan form diff OLD NEW: forms before they are used. */
#include "cmd.h"

#include "../forms/forms.h"
#include "../web/html.h"

#include "texts.h"

#include <libgen.h>
#include <stdio.h>

enum { XFORM_ARENA = 1 << 29 };

static const struct option options[] = { { "lang", "CODE", "language of the messages: vi or en (default: vi)" }, OPTION_JSON, OPTION_HELP, OPTION_END };

static int language(const struct verb *v)
{
    return strcmp(config_get(&v->config, "lang", "vi"), "en") == 0;
}

/* Text of fail_message where there is no file to speak of. */
static status read_form(struct verb *v, struct arena *a, const char *path, struct xform **form, struct xform_findings *found)
{
    struct str bytes, copy = arena_copy(a, str_c(path));

    *found = (struct xform_findings){ 0 };
    if (file_read(a, path, XFORM_FILE_BYTES, &bytes) != OK) {
        fprintf(stderr, "lachan %s: %s: %s\n", v->name, path, fail_message());
        return NOT_FOUND;
    }
    return xform_read(a, path, bytes, dirname((char *)copy.at), form, found);
}

static void put(struct out *o)
{
    fwrite(out_done(o).at, 1, o->n, stdout);
    out_free(o);
}

static void json_findings(struct out *o, int lang, const struct xform_findings *found)
{
    struct out text = { .max = 1 << 16 };

    out_c(o, "[");
    for (size_t i = 0; i < found->n; i++) {
        const struct xform_finding *f = &found->at[i];

        out_f(o, "%s{\"level\":\"%s\",\"file\":", i ? "," : "", f->error ? "error" : "warning");
        out_json(o, f->file);
        out_c(o, ",\"sheet\":");
        out_json(o, f->sheet);
        out_f(o, ",\"%s\":%d,\"column\":", f->line ? "line" : "row", f->row);
        out_json(o, f->column);
        out_c(o, ",\"message\":");
        out_reset(&text);
        xform_finding_write(&text, lang, f);
        out_json(o, out_done(&text));
        out_c(o, "}");
    }
    out_c(o, "]");
    out_free(&text);
}

static void json_check(struct out *o, int lang, const struct xform *form, const struct xform_findings *found)
{
    out_f(o, "{\"ok\":%s,\"id\":", form && found->errors == 0 ? "true" : "false");
    out_json(o, form ? form->id : STR(""));
    out_c(o, ",\"version\":");
    out_json(o, form ? form->version : STR(""));
    out_f(o, ",\"questions\":%zu,\"pages\":%zu,\"findings\":", form ? form->n_items : 0, form ? form->n_pages : 0);
    json_findings(o, lang, found);
    out_c(o, "}\n");
}

static void talk_check(struct verb *v, struct out *o, int lang, const char *path, const struct xform_findings *found)
{
    char number[24];

    for (size_t i = 0; i < found->n; i++) {
        xform_finding_write(o, lang, &found->at[i]);
        out_char(o, '\n');
    }
    snprintf(number, sizeof number, "%zu", found->errors ? found->errors : found->n);
    out_str(o, text_fill(&v->arena, lang, found->errors ? T_FORMS_CHECK_BAD : T_FORMS_CHECK_FINE, str_c(path), str_c(number)));
    out_char(o, '\n');
}

static int check(struct verb *v, struct arena *a, const char *path)
{
    struct xform_findings found;
    struct xform *form = NULL;
    status s = read_form(v, a, path, &form, &found);
    struct out o = { .max = 4 << 20 };
    int lang = language(v);

    if (s == NOT_FOUND)
        return EXIT_FAILED;
    if (config_set(&v->config, "json"))
        json_check(&o, lang, form, &found);
    else
        talk_check(v, &o, lang, path, &found);
    put(&o);
    return s == OK && found.errors == 0 ? EXIT_FINE : EXIT_FAILED;
}

static void json_change(struct out *o, int lang, const struct xform_change *c)
{
    static const char *const kinds[] = { "added", "removed", "retyped", "reworded", "moved", "renamed", "choice_added", "choice_removed",
                                         "rule_changed", "maybe_renamed" };
    struct out text = { .max = 1 << 18 };

    out_f(o, "{\"kind\":\"%s\",\"old\":", kinds[c->kind]);
    out_json(o, c->old ? c->old->path : STR(""));
    out_c(o, ",\"new\":");
    out_json(o, c->new ? c->new->path : STR(""));
    out_c(o, ",\"what\":");
    out_json(o, c->what);
    out_c(o, ",\"before\":");
    out_json(o, c->before);
    out_c(o, ",\"after\":");
    out_json(o, c->after);
    out_c(o, ",\"message\":");
    xform_change_write(&text, lang, c);
    out_json(o, out_done(&text));
    out_c(o, "}");
    out_free(&text);
}

static void write_changes(struct verb *v, struct out *o, const struct xform_changes *changes)
{
    bool json = config_set(&v->config, "json");
    int lang = language(v);

    if (json)
        out_c(o, "{\"changes\":[");
    for (size_t i = 0; i < changes->n; i++) {
        if (json && i)
            out_c(o, ",");
        if (json)
            json_change(o, lang, &changes->at[i]);
        else
            xform_change_write(o, lang, &changes->at[i]);
        if (!json)
            out_char(o, '\n');
    }
    if (json)
        out_c(o, "]}\n");
    else if (changes->n == 0)
        out_f(o, "%s\n", text_in(lang, T_FORMS_CHANGE_NONE).at);
}

static int diff(struct verb *v, struct arena *a, const char *old_path, const char *new_path)
{
    const char *const paths[] = { old_path, new_path };
    struct xform *forms[2] = { NULL, NULL };
    struct out o = { .max = 16 << 20 };
    struct xform_changes changes;

    for (int i = 0; i < 2; i++) {
        struct xform_findings found;
        status s = read_form(v, a, paths[i], &forms[i], &found);

        if (s != OK || found.errors || forms[i] == NULL) {
            if (s != NOT_FOUND)
                talk_check(v, &o, language(v), paths[i], &found);
            fwrite(out_done(&o).at, 1, o.n, stderr);
            out_free(&o);
            return EXIT_FAILED;
        }
    }
    changes = xform_diff(a, forms[0], forms[1]);
    write_changes(v, &o, &changes);
    put(&o);
    return EXIT_FINE;
}

int cmd_form(int argc, char **argv)
{
    struct verb v = { .name = "form", .usage = "check FILE | diff OLD NEW | render FILE", .options = options };
    struct config *c = &v.config;
    struct arena a;
    int code;

    if (argc > 1 && strcmp(argv[1], "render") == 0)
        return cmd_form_render(argc - 1, argv + 1);
    if (!verb_begin(&v, argc, argv, &code))
        return code;
    a = arena_make(XFORM_ARENA);
    code = EXIT_USAGE;
    if (c->n_args == 2 && strcmp(c->args[0], "check") == 0)
        code = check(&v, &a, c->args[1]);
    else if (c->n_args == 3 && strcmp(c->args[0], "diff") == 0)
        code = diff(&v, &a, c->args[1], c->args[2]);
    else
        fprintf(stderr, "usage: lachan form %s\n", v.usage);
    arena_free(&a);
    return code;
}
