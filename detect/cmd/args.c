#include "args.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lachan/detect.h"

int args_wrong(const char *help, const char *format, ...)
{
	va_list list;
	va_start(list, format);
	vfprintf(stderr, format, list);
	va_end(list);
	fprintf(stderr, "\n%s", help);
	return 2;
}

int output_done(int status)
{
	errno = 0;
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	fprintf(stderr, "standard output: %s\n", errno ? strerror(errno) : "not all of it could be written");
	return 1;
}

static bool read_number(const struct arg *a, const char *text)
{
	char *end;
	errno = 0;
	long n = strtol(text, &end, 10);
	if (errno || end == text || *end || n < a->min || n > a->max)
		return false;
	*(int *)a->value = (int)n;
	return true;
}

static bool read_choice(const struct arg *a, const char *text)
{
	const size_t size = strlen(text);
	int index = 0;
	for (const char *at = a->choices;; at++, index++) {
		const size_t n = strcspn(at, "|");
		if (n == size && !memcmp(at, text, n)) {
			*(int *)a->value = index;
			return true;
		}
		at += n;
		if (!*at)
			return false;
	}
}

static int read_value(const struct arg *a, const char *text, const char *help)
{
	if (a->kind == ARG_TEXT)
		*(const char **)a->value = text;
	else if (a->kind == ARG_NUMBER && !read_number(a, text))
		return args_wrong(help, "%s needs a number from %d to %d, not '%s'", a->name, a->min, a->max, text);
	else if (a->kind == ARG_CHOICE && !read_choice(a, text))
		return args_wrong(help, "%s is one of %s, not '%s'", a->name, a->choices, text);
	return ARGS_GO_ON;
}

/* The option at argv[*i]; moves *i on to its value when that is an argument of its own. */
static int read_option(const struct arg *args, const char *help, int argc, char **argv, int *i)
{
	const char *text = argv[*i], *equals = strchr(text, '=');
	const size_t n = equals ? (size_t)(equals - text) : strlen(text);
	for (const struct arg *a = args; a->name; a++) {
		if (strlen(a->name) != n || memcmp(a->name, text, n))
			continue;
		if (a->kind == ARG_FLAG && equals)
			return args_wrong(help, "%s takes no value", a->name);
		if (a->kind == ARG_FLAG) {
			*(bool *)a->value = true;
			return ARGS_GO_ON;
		}
		if (!equals && *i + 1 >= argc)
			return args_wrong(help, "%s needs a value", a->name);
		return read_value(a, equals ? equals + 1 : argv[++*i], help);
	}
	return args_wrong(help, "unknown option %s", text);
}

int args_read(const struct arg *args, const char *help, int *argc, char **argv)
{
	int kept = 1, status = ARGS_GO_ON;
	bool ended = false;
	for (int i = 1; i < *argc && status == ARGS_GO_ON; i++) {
		const char *text = argv[i];
		if (ended || text[0] != '-' || !text[1])
			argv[kept++] = argv[i];
		else if (!strcmp(text, "--"))
			ended = true;
		else if (!strcmp(text, "--help"))
			status = fputs(help, stdout) < 0;
		else if (!strcmp(text, "--version"))
			status = printf("%s\n", detect_version()) < 0;
		else
			status = read_option(args, help, *argc, argv, &i);
	}
	*argc = kept;
	return status;
}
