/* Usage: tplc --root DIR --header FILE --code FILE --depfile FILE PAGE.html...
   All pages belong to one module: DIR/src/MODULE/pages/NAME.html. */
#include "tplc.h"

#include <stdio.h>
#include <sodium.h>

enum { CODE_MAX = 16 << 20 };

struct options {
    const char *root, *header, *code, *depfile;
    char **pages;
    int n_pages;
};

static const struct place command_line = { "tplc", 0 };

static const char **option_named(struct options *o, const char *name)
{
    if (strcmp(name, "--root") == 0)
        return &o->root;
    if (strcmp(name, "--header") == 0)
        return &o->header;
    if (strcmp(name, "--code") == 0)
        return &o->code;
    if (strcmp(name, "--depfile") == 0)
        return &o->depfile;
    return NULL;
}

static struct options read_options(int argc, char **argv)
{
    struct options o = { 0 };
    int i = 1;

    for (; i + 1 < argc && strncmp(argv[i], "--", 2) == 0; i += 2) {
        const char **value = option_named(&o, argv[i]);

        if (value == NULL)
            stop_at(command_line, "unknown option %s", argv[i]);
        *value = argv[i + 1];
    }
    o.pages = argv + i;
    o.n_pages = argc - i;
    if (o.root == NULL || o.header == NULL || o.code == NULL || o.depfile == NULL || o.n_pages == 0)
        stop_at(command_line, "usage: tplc --root DIR --header FILE --code FILE --depfile FILE PAGE.html...");
    return o;
}

/* Piece of a path from the end: 0 is the file's name, 1 its folder. */
static struct str path_piece(struct str path, int from_end)
{
    for (; from_end > 0; from_end--)
        while (path.n > 0 && path.at[--path.n] != '/')
            continue;
    for (size_t i = path.n; i > 0; i--)
        if (path.at[i - 1] == '/')
            return str_from(path, i);
    return path;
}

/* module and name, as C has them: case-new.html is case_new */
static struct str page_name(struct str file)
{
    char *name = (char *)text_f("%.*s", (int)(file.n - strlen(".html")), file.at);

    for (char *c = name; *c; c++)
        if (*c == '-')
            *c = '_';
    return str_c(name);
}

static void write_function(const struct template *t, const struct out *body, struct out *header,
                           struct out *code)
{
    const char *signature = text_f("void tpl_%.*s_%s(const struct html_page *p, const %.*s *v, struct out *o)",
                                   (int)t->module.n, t->module.at, t->name.at, (int)t->view.n, t->view.at);
    const char *style = text_f("const char tpl_%.*s_%s_style[]", (int)t->module.n, t->module.at, t->name.at);

    out_f(header, "%.*s;\n%s;\nextern %s;\n\n", (int)t->view.n, t->view.at, signature, style);
    out_f(code, "\n%s = \"%s\";\n\n", style, t->style_hash ? t->style_hash : "");
    if (t->script_hash != NULL) {
        const char *script = text_f("const char tpl_%.*s_%s_script[]", (int)t->module.n, t->module.at, t->name.at);

        out_f(header, "extern %s;\n", script);
        out_f(code, "%s = \"%s\";\n\n", script, t->script_hash);
    }
    out_f(code, "%s\n{\n(void)p, (void)v;\n", signature);
    out_str(code, out_done(body));
    out_c(code, "}\n");
}

static void compile_page(const struct options *options, const char *path, struct out *header, struct out *code,
                         struct out *deps)
{
    struct out body = { .max = CODE_MAX };
    struct place at = { path, 1 };
    struct template t = {
        .root = options->root, .code = &body, .deps = deps,
        .literal = { .max = CODE_MAX }, .last = PIECE_BLOCK,
        .module = path_piece(str_c(path), 2), .name = page_name(path_piece(str_c(path), 0)),
    };

    out_f(deps, " %s", path);
    compile(&t, file_text(path, at), at);
    html_end(&t, at);
    flush(&t);
    if (t.n_blocks > 0)
        stop_at(t.blocks[t.n_blocks - 1].at, "without {{end}}");
    if (t.view.n == 0)
        stop_at(at, "the first line must be {{view struct NAME}}");
    write_function(&t, &body, header, code);
}

int main(int argc, char **argv)
{
    struct options options = read_options(argc, argv);
    struct out header = { .max = CODE_MAX }, code = { .max = CODE_MAX }, deps = { .max = CODE_MAX };
    struct str module = path_piece(str_c(options.pages[0]), 2);

    if (sodium_init() < 0)
        stop_at(command_line, "libsodium does not start");
    out_f(&header, "/* Made by tplc from src/%.*s/pages: do not edit. */\n", (int)module.n, module.at);
    out_f(&header, "#pragma once\n\n#include \"web/html.h\"\n#include \"%.*s/views.h\"\n\n", (int)module.n, module.at);
    out_f(&code, "/* Made by tplc from src/%.*s/pages: do not edit. */\n", (int)module.n, module.at);
    /* a page is one long function of calls: clang with sanitizers optimised that of a large module for minutes, for nothing */
    out_c(&code, "#ifdef __clang__\n#pragma clang optimize off\n#endif\n");
    out_f(&code, "#include \"%s\"\n#include \"texts.h\"\n\n", path_piece(str_c(options.header), 0).at);
    out_c(&code, "#include <assert.h>\n");
    out_f(&deps, "%s %s:", options.header, options.code);
    for (int i = 0; i < options.n_pages; i++) {
        if (!str_eq(path_piece(str_c(options.pages[i]), 2), module))
            stop_at((struct place){ options.pages[i], 1 }, "pages of two modules in one run");
        compile_page(&options, options.pages[i], &header, &code, &deps);
    }
    out_c(&deps, "\n");
    file_write(options.header, &header);
    file_write(options.code, &code);
    file_write(options.depfile, &deps);
    return 0;
}
