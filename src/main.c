/* lachan VERB: a table of subcommands, one file of cmd/ each. */
#include "cmd/cmd.h"
#include "detect_cmd.h"

#include <stdio.h>
#include <sys/stat.h>

#define VERSION "0.1.0"

static const struct command commands[] = {
    { "demo", cmd_demo, "made-up data, then serve: the first thing to try" },
    { "init", cmd_init, "a new instance: keys, database, links of the first people" },
    { "serve", cmd_serve, "answer on an address" },
    { "audit", cmd_audit, "prove the log: verify, export, witness" },
    { "backup", cmd_backup, "copy everything, sealed to a key that lies elsewhere; verify" },
    { "restore", cmd_restore, "from a backup to a new folder" },
    { "banks", cmd_banks, "banks of hashes of this instance: list, import, check" },
    { "doctor", cmd_doctor, "what is wrong here, and what to do" },
    { "form", cmd_form, "forms (XLSForm): check one, compare two versions" },
    { "key", cmd_key, "the house's key: status, rotate, retire" },
    { "matcher", cmd_matcher, "events of a platform from NATS JetStream, one verdict for each" },
    { "migrate", cmd_migrate, "bring the schema up to this program" },
    { "process", cmd_process, "the process of cases: check what an official has written, show it" },
    { "request", cmd_request, "one request from a file, without a socket" },
    { "routes", cmd_routes, "every route with its permission" },
    { "exchange", cmd_exchange, "feeds of hashes that are read, and the lists that go out: fetch, list, export" },
    { "rpz", cmd_rpz, "the blocklist as a DNS zone: export, check, serve" },
    { "user", cmd_user, "accounts: list, invite" },
    { "token", cmd_token, "what programs of other organisations prove themselves with" },
    { "partner", cmd_partner, "how much the programs of a platform may ask for" },
    { "hash", detect_cmd_hash, "PDQ of pictures, vPDQ of films" },
    { "bank", detect_cmd_bank, "banks of hashes: build, query and more" },
    { "match", detect_cmd_match, "pictures against a bank" },
    { "text", detect_cmd_text, "screens short messages" },
};

static void show_help(FILE *to)
{
    fputs("usage: lachan VERB [--option value] [ARG...]\n\n", to);
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].help);
    fputs("\n\"lachan VERB --help\" tells the options of a verb.\n", to);
}

int main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "";

    umask(077);     /* nothing that a verb writes is for others on this machine */
    if (strcmp(verb, "--version") == 0) {
        puts("lachan " VERSION);
        return EXIT_FINE;
    }
    if (strcmp(verb, "--help") == 0 || strcmp(verb, "help") == 0) {
        show_help(stdout);
        return EXIT_FINE;
    }
    for (size_t i = 0; i < COUNT_OF(commands); i++)
        if (strcmp(verb, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (*verb)
        fprintf(stderr, "lachan: no verb is called %s\n", verb);
    show_help(stderr);
    return EXIT_USAGE;
}
