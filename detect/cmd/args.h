/* Command line options: anywhere among the arguments, until "--". */
#ifndef CMD_ARGS_H
#define CMD_ARGS_H

#include <stdbool.h>
#include <stddef.h>

enum arg_kind {
	ARG_FLAG,   /* bool: true when given */
	ARG_TEXT,   /* const char *: the next argument, or what follows '=' */
	ARG_NUMBER, /* int: the same, within min..max */
	ARG_CHOICE, /* int: the index of one of the names in choices, separated by '|' */
};

struct arg {
	const char *name; /* "--radius", or "-o" */
	enum arg_kind kind;
	void *value;
	int min, max;
	const char *choices;
};

enum { ARGS_GO_ON = -1 };

/* Reads the options out of argv and leaves the other arguments at argv[1..*argc - 1].
 * Returns ARGS_GO_ON, or the exit status after --help (0), --version (0) or a mistake (2). args end with a name
 * of NULL; help is the whole text, printed to stdout for --help and to stderr after a mistake. */
int args_read(const struct arg *args, const char *help, int *argc, char **argv);

/* Says on stderr what is wrong with the arguments; returns 2. */
[[gnu::format(printf, 2, 3)]] int args_wrong(const char *help, const char *format, ...);

/* The status of a verb that has printed its last, 1 after saying so when standard output did not take it all. */
int output_done(int status);

#endif
