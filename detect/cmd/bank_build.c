/* bank build, add, remove, compact: what changes a bank. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "bank_actions.h"
#include "hash_list.h"
#include "progress.h"

static const char build_help[] =
	"usage: bank build -o BANK [--family full|cpp512] [--threads N] LIST...\n"
	"\n"
	"Makes the bank anew from lists of lines PDQHEX[,or space or tab ID]; LIST - is standard input. A line\n"
	"without an id gets its number, counted through all lists. A bank that is there already is replaced in "
	"one\n"
	"step; those who have it open keep the old one. Lines that are no hash are named and left out: exit 1.\n";

static enum detect_status add_to_builder(
	void *user, const struct detect_pdq *hash, const char *id, size_t id_size, struct detect_error *error)
{
	return detect_builder_add(user, hash, id, id_size, error);
}

static int write_bank(
	struct detect_builder *builder, const char *path, int threads, struct detect_error *error)
{
	struct progress bar;
	progress_begin(&bar, path);
	enum detect_status status = detect_builder_write(builder, path, threads, progress_show, &bar, error);
	progress_end(&bar);
	if (status)
		fprintf(stderr, "%s\n", error->text);
	return status != DETECT_OK;
}

int bank_build(int argc, char **argv)
{
	const char *path = NULL;
	int family = 0, threads = processors();
	const struct arg args[] = {
		{ "-o", ARG_TEXT, &path, 0, 0, NULL },
		{ "--family", ARG_CHOICE, &family, 0, 0, "full|cpp512" },
		{ "--threads", ARG_NUMBER, &threads, 1, 64, NULL },
		{ 0 },
	};
	int status = args_read(args, build_help, &argc, argv);
	if (status != ARGS_GO_ON)
		return status;
	if (!path || argc < 2)
		return args_wrong(build_help, path ? "no list to build from" : "-o BANK is missing");
	struct detect_error error = { "" };
	struct detect_builder *builder;
	if (detect_builder_open(family ? DETECT_CPP512 : DETECT_FULL, &builder, &error))
		return fprintf(stderr, "%s\n", error.text), 1;
	struct hash_lists lists = {
		.family = family ? DETECT_CPP512 : DETECT_FULL, .take = add_to_builder, .user = builder
	};
	/* A list that cannot be read must not silently make a smaller bank: then none is made. */
	status = hash_lists_read(&lists, argv + 1, argc - 1) ? write_bank(builder, path, threads, &error) : 1;
	detect_builder_close(builder);
	return status || lists.wrong > 0;
}

/* ---- add and remove ------------------------------------------------------------------------------------ */

static const char add_help[] = "usage: bank add BANK LIST...\n"
							   "\n"
							   "Adds the lines PDQHEX ID of the lists (- is standard input) to the bank's "
							   "log, at once and safely; searches\n"
							   "see them from their next opening of the bank. All lines are added or none.\n";

static const char remove_help[] = "usage: bank remove BANK LIST...\n"
								  "\n"
								  "Takes the entries with the hashes and ids of the lines PDQHEX ID away, by "
								  "way of the bank's log. All lines\n"
								  "are taken away or, when one names what is not there, none.\n";

enum { CHANGES_MAX = 1 << 20 };

struct changes {
	struct detect_change *at;
	size_t n, room;
	bool remove;
};

static enum detect_status out_of_memory(struct detect_error *error)
{
	snprintf(error->text, sizeof error->text, "no memory for the changes");
	return DETECT_MEMORY;
}

static enum detect_status collect(
	void *user, const struct detect_pdq *hash, const char *id, size_t id_size, struct detect_error *error)
{
	struct changes *c = user;
	if (c->n == CHANGES_MAX) {
		snprintf(error->text, sizeof error->text, "more than %d changes at once: build the bank anew",
			CHANGES_MAX);
		return DETECT_MEMORY;
	}
	if (c->n == c->room) {
		size_t room = c->room ? 2 * c->room : 256;
		struct detect_change *at = reallocarray(c->at, room, sizeof *at);
		if (!at)
			return out_of_memory(error);
		c->at = at;
		c->room = room;
	}
	char *copy = strndup(id, id_size);
	if (!copy)
		return out_of_memory(error);
	c->at[c->n++] = (struct detect_change){
		.remove = c->remove, .hash = *hash, .id = copy, .id_size = id_size
	};
	return DETECT_OK;
}

/* The family of the bank at path, or 0 after saying what is wrong with it. */
static enum detect_family family_of(const char *path)
{
	struct detect_bank *bank;
	struct detect_error error;
	if (detect_bank_open(path, DETECT_CHECK_PROOF, &bank, &error)) {
		fprintf(stderr, "%s\n", error.text);
		return 0;
	}
	enum detect_family family = detect_bank_family(bank);
	detect_bank_close(bank);
	return family;
}

static int change(int argc, char **argv, bool remove, const char *help)
{
	int status = args_read(&(struct arg){ 0 }, help, &argc, argv);
	if (status != ARGS_GO_ON)
		return status;
	if (argc < 3)
		return args_wrong(help, "a bank and a list are needed");
	struct changes changes = { .remove = remove };
	struct hash_lists lists = { .id_needed = true, .take = collect, .user = &changes };
	lists.family = family_of(argv[1]);
	bool good = lists.family && hash_lists_read(&lists, argv + 2, argc - 2) && lists.wrong == 0;
	struct detect_error error = { "" };
	if (good && detect_bank_change(argv[1], changes.at, changes.n, &error)) {
		fprintf(stderr, "%s\n", error.text);
		good = false;
	}
	for (size_t i = 0; i < changes.n; i++)
		free((char *)(uintptr_t)changes.at[i].id);
	free(changes.at);
	return !good;
}

int bank_add(int argc, char **argv)
{
	return change(argc, argv, false, add_help);
}

int bank_remove(int argc, char **argv)
{
	return change(argc, argv, true, remove_help);
}

/* ---- compact ------------------------------------------------------------------------------------------- */

static const char compact_help[] =
	"usage: bank compact BANK [--threads N]\n"
	"\n"
	"Builds the bank anew with the additions and removals of its log in it, and empties the log.\n";

int bank_compact(int argc, char **argv)
{
	int threads = processors();
	const struct arg args[] = { { "--threads", ARG_NUMBER, &threads, 1, 64, NULL }, { 0 } };
	int status = args_read(args, compact_help, &argc, argv);
	if (status != ARGS_GO_ON)
		return status;
	if (argc != 2)
		return args_wrong(compact_help, "one bank is needed");
	struct detect_error error = { "" };
	struct progress bar;
	progress_begin(&bar, argv[1]);
	enum detect_status result = detect_bank_compact(argv[1], threads, progress_show, &bar, &error);
	progress_end(&bar);
	if (result)
		fprintf(stderr, "%s\n", error.text);
	return result != DETECT_OK;
}
