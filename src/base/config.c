#include "config.h"

#include "content.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { CONFIG_BYTES = 64 << 10 };

static int option_index(const struct config *c, struct str name)
{
    for (int i = 0; c->options[i].name != NULL; i++)
        if (str_is(name, c->options[i].name))
            return i;
    return -1;
}

/* One "--name", "--name=value" or "--name value". Moves *at over what it took. */
static status read_option(struct config *c, int argc, char **argv, int *at)
{
    struct str rest = str_c(argv[*at] + 2), name;
    int i;

    str_cut(&rest, '=', &name);
    i = option_index(c, name);
    if (i < 0)
        return fail(INVALID, "no option is called --%.*s", (int)name.n, name.at);
    if (c->options[i].value == NULL) {
        if (rest.at != NULL)
            return fail(INVALID, "--%s takes no value", c->options[i].name);
        c->flags[i] = "1";
        return OK;
    }
    if (rest.at == NULL && *at + 1 >= argc)
        return fail(INVALID, "--%s needs a value: %s", c->options[i].name, c->options[i].value);
    c->flags[i] = rest.at ? rest.at : argv[++*at];
    return OK;
}

static status add_argument(struct config *c, const char *argument)
{
    if (c->n_args == CONFIG_ARGS)
        return fail(INVALID, "more than %d arguments", CONFIG_ARGS);
    c->args[c->n_args++] = argument;
    return OK;
}

status config_arguments(struct config *c, int argc, char **argv)
{
    bool ended = false;

    for (int i = 1; i < argc; i++) {
        if (!ended && strcmp(argv[i], "--") == 0)
            ended = true;
        else if (!ended && argv[i][0] == '-' && argv[i][1] == '-')
            TRY(read_option(c, argc, argv, &i));
        else if (!ended && argv[i][0] == '-' && argv[i][1])
            return fail(INVALID, "no option is called %s", argv[i]);
        else
            TRY(add_argument(c, argv[i]));
    }
    return OK;
}

/* Names are compared with '-' and '_' alike. */
static bool same_name(struct str a, const char *b)
{
    if (a.n != strlen(b))
        return false;
    for (size_t i = 0; i < a.n; i++)
        if ((a.at[i] == '_' ? '-' : a.at[i]) != b[i])
            return false;
    return true;
}

static bool file_line(struct str line, struct str *name, struct str *value)
{
    struct str rest = str_trim(line);

    if (!str_cut(&rest, '=', name) || rest.at == NULL)
        return false;
    *name = str_trim(*name);
    *value = str_trim(rest);
    return name->n > 0;
}

static bool is_known(struct str name, const char *const *known)
{
    for (; *known != NULL; known++)
        if (same_name(name, *known))
            return true;
    return false;
}

static status check_file(struct str text, const char *path, const char *const *known)
{
    struct str line, name, value;

    for (int n = 1; str_cut(&text, '\n', &line); n++) {
        line = str_trim(line);
        if (line.n == 0 || line.at[0] == '#')
            continue;
        if (!file_line(line, &name, &value))
            return fail(INVALID, "%s line %d: expected \"name = value\"", path, n);
        if (!is_known(name, known))
            return fail(INVALID, "%s line %d: no setting is called %.*s", path, n, (int)name.n, name.at);
    }
    return OK;
}

status config_file(struct config *c, const char *dir, const char *const *known)
{
    struct str path = arena_f(c->arena, "%s/lachan.conf", dir);
    status s = file_read(c->arena, path.at, CONFIG_BYTES, &c->file);

    if (s == NOT_FOUND) {
        c->file = STR_NULL;
        return OK;
    }
    TRY(s);
    return check_file(c->file, path.at, known);
}

static const char *from_environment(const char *name)
{
    char variable[80] = "LACHAN_";
    size_t n = 7;

    for (; *name && n < sizeof variable - 1; name++)
        variable[n++] = *name == '-' ? '_' : (char)toupper((unsigned char)*name);
    variable[n] = '\0';
    return getenv(variable);
}

static const char *from_file(const struct config *c, const char *wanted)
{
    struct str text = c->file, line, name, value;

    while (str_cut(&text, '\n', &line))
        if (line.n && str_trim(line).n && str_trim(line).at[0] != '#' && file_line(line, &name, &value) &&
            same_name(name, wanted))
            return arena_copy(c->arena, value).at;
    return NULL;
}

const char *config_get(const struct config *c, const char *name, const char *otherwise)
{
    int i = option_index(c, str_c(name));
    const char *value = i >= 0 ? c->flags[i] : NULL;

    if (value == NULL)
        value = from_environment(name);
    if (value == NULL)
        value = from_file(c, name);
    return value ? value : otherwise;
}

bool config_set(const struct config *c, const char *name)
{
    struct str value = str_c(config_get(c, name, ""));

    return str_is(value, "1") || str_is(value, "yes") || str_is(value, "true") || str_is(value, "on");
}

status config_number(const struct config *c, const char *name, i64 otherwise, i64 least, i64 most, i64 *value)
{
    const char *text = config_get(c, name, NULL);

    *value = otherwise;
    if (text == NULL)
        return OK;
    if (!str_i64(str_c(text), value) || *value < least || *value > most)
        return fail(INVALID, "%s must be a number from %lld to %lld, not \"%s\"", name, (long long)least,
                    (long long)most, text);
    return OK;
}

void config_help(struct out *o, const struct option *options)
{
    for (; options->name != NULL; options++) {
        char left[64];

        snprintf(left, sizeof left, "--%s%s%s", options->name, options->value ? " " : "", options->value ? options->value : "");
        out_f(o, "  %-24s %s\n", left, options->help);
    }
}
