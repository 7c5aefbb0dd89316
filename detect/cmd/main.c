/* lachan-detect VERB ...: the detection verbs without the rest of the system. */
#include <stdio.h>
#include <string.h>

#include "detect_cmd.h"
#include "lachan/detect.h"

static const struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
} verbs[] = {
	{ "hash", detect_cmd_hash },
	{ "bank", detect_cmd_bank },
	{ "match", detect_cmd_match },
	{ "text", detect_cmd_text },
	{ NULL, NULL },
};

static int usage(FILE *to, int status)
{
	fprintf(to, "usage: lachan-detect VERB [--option value] [ARG...]\nverbs:");
	for (const struct verb *v = verbs; v->name; v++)
		fprintf(to, " %s", v->name);
	fprintf(to, "\nlachan-detect VERB --help explains one.\n");
	return status;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return usage(stderr, 2);
	if (!strcmp(argv[1], "--help"))
		return usage(stdout, 0);
	if (!strcmp(argv[1], "--version"))
		return puts(detect_version()) < 0;
	for (const struct verb *v = verbs; v->name; v++)
		if (!strcmp(argv[1], v->name))
			return v->run(argc - 1, argv + 1);
	return usage(stderr, 2);
}
