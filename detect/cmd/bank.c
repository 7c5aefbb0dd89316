/* The verb bank and its actions. */
#include <stdio.h>
#include <string.h>

#include "args.h"
#include "bank_actions.h"
#include "detect_cmd.h"
#include "lachan/detect.h"

static const char help[] =
	"usage: bank ACTION ...\n"
	"\n"
	"A bank is a file of PDQ hashes with ids that is searched exactly, without being read in first.\n"
	"\n"
	"  build -o BANK LIST...   make a bank of lines PDQHEX[ ID]\n"
	"  query BANK              look up lines PDQHEX [ID] from standard input\n"
	"  add BANK LIST...        add the lines, without building anew\n"
	"  remove BANK LIST...     take away the lines, hash and id\n"
	"  compact BANK            build anew with the additions and removals in it\n"
	"  verify BANK             check every byte\n"
	"  info BANK               how many hashes, of which family, how large\n"
	"  floods BANK             hashes with so many neighbours that they would drown a reviewer\n"
	"\n"
	"bank ACTION --help explains one.\n";

static const struct action {
	const char *name;
	int (*run)(int argc, char **argv);
} actions[] = {
	{ "build", bank_build },
	{ "query", bank_query },
	{ "add", bank_add },
	{ "remove", bank_remove },
	{ "compact", bank_compact },
	{ "verify", bank_verify },
	{ "info", bank_info },
	{ "floods", bank_floods },
};

int detect_cmd_bank(int argc, char **argv)
{
	if (argc >= 2 && !strcmp(argv[1], "--help"))
		return fputs(help, stdout) < 0;
	if (argc >= 2 && !strcmp(argv[1], "--version"))
		return printf("%s\n", detect_version()) < 0;
	for (size_t i = 0; argc >= 2 && i < sizeof actions / sizeof *actions; i++)
		if (!strcmp(argv[1], actions[i].name))
			return output_done(actions[i].run(argc - 1, argv + 1));
	fputs(help, stderr);
	return 2;
}
