/* Settings: a flag wins over the environment (LACHAN_NAME), which wins over DIR/lachan.conf ("name = value"). */
#pragma once

#include "memory.h"
#include "status.h"

struct option {                 /* one per verb, ended by { 0 } */
    const char *name;           /* "key-file": --key-file, LACHAN_KEY_FILE, "key_file = ..." or "key-file = ..." in the file */
    const char *value;          /* what the help calls its value, NULL: a switch */
    const char *help;
};

enum { CONFIG_ARGS = 4096 };
struct config {
    const struct option *options;
    struct arena *arena;
    const char *flags[64];      /* by index of options; a switch that is set holds "1" */
    struct str file;            /* text of lachan.conf */
    const char *args[CONFIG_ARGS];
    size_t n_args;
};

/* Reads the command line; options may stand anywhere, "--" ends them. INVALID with a message for a person. */
status config_arguments(struct config *c, int argc, char **argv);
/* Reads DIR/lachan.conf where there is one; unknown names in it are INVALID with the line (a typing mistake in a security
   setting must not pass unseen). known: names that any verb knows, ended by NULL. */
status config_file(struct config *c, const char *dir, const char *const *known);

/* Value of a setting, or `otherwise`. */
const char *config_get(const struct config *c, const char *name, const char *otherwise);
bool config_set(const struct config *c, const char *name);      /* a switch: 1, yes, true, on */
/* A number between least and most; INVALID names the setting. */
status config_number(const struct config *c, const char *name, i64 otherwise, i64 least, i64 most, i64 *value);

/* Help text of the options, two columns. */
void config_help(struct out *o, const struct option *options);
