/* The verb match: pictures against a bank, whichever way they have been turned. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "detect_cmd.h"
#include "films.h"
#include "hash_list.h"
#include "json_out.h"
#include "pictures.h"

static const char help[] =
	"usage: match BANK [--radius 31] [--no-dihedral] [--json] [--threads N] FILE...\n"
	"       match --video [--strict] [--distinct] [--radius 31] [--quality 50] QUERY TARGET...\n"
	"\n"
	"Hashes pictures (folders are walked) in the bank's family and prints PATH BANK_ID DISTANCE for every "
	"entry\n"
	"within the radius of the picture or of one of its seven turned and flipped forms, each entry once with "
	"its\n"
	"smallest distance; in the order of the files, then distance, then id. No match is no failure; a file "
	"that\n"
	"cannot be read is named on stderr: exit 1.\n"
	"\n"
	"With --video compares a film with others; each may be a film, a vPDQ list or a .tmk file. Prints\n"
	"QUERY TARGET QUERY_PERCENT TARGET_PERCENT, the share of the frames of the one that the other has, or, "
	"for\n"
	".tmk files, QUERY TARGET LEVEL1 LEVEL2. --strict counts frames nearer than the radius, else up to it;\n"
	"--distinct drops repeated frames first; frames of less quality do not count.\n";

static const char *const turn_names[DETECT_TURNS + 1] = {
	"original",
	"rotate-90",
	"rotate-180",
	"rotate-270",
	"flip-x",
	"flip-y",
	"flip-plus-1",
	"flip-minus-1",
	"original",
};

struct matching {
	struct detect_bank *bank;
	int radius;
	bool no_dihedral, json, failed;
};

/* By entry, then distance, then turn: the best of each entry comes first. */
static int by_entry(const void *left, const void *right)
{
	const struct detect_match *x = left, *y = right;
	if (x->entry != y->entry)
		return x->entry < y->entry ? -1 : 1;
	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	return (x->query > y->query) - (x->query < y->query);
}

static int by_distance(const void *left, const void *right, void *user)
{
	const struct detect_match *x = left, *y = right;
	const struct matching *m = user;
	if (x->distance != y->distance)
		return x->distance < y->distance ? -1 : 1;
	int order = detect_bank_compare_ids(m->bank, x->entry, y->entry);
	return order ? order : (x->entry > y->entry) - (x->entry < y->entry);
}

static void keep_best(const struct matching *m, struct detect_matches *found)
{
	size_t kept = 0;
	if (!found->n)
		return;
	qsort(found->at, found->n, sizeof *found->at, by_entry);
	for (size_t i = 0; i < found->n; i++)
		if (!kept || found->at[kept - 1].entry != found->at[i].entry)
			found->at[kept++] = found->at[i];
	found->n = kept;
	qsort_r(found->at, found->n, sizeof *found->at, by_distance, (void *)(uintptr_t)m);
}

static void print_match(const struct matching *m, const struct picture *p, const struct detect_match *match)
{
	char id[256];
	size_t n = detect_bank_id(m->bank, match->entry, id);
	if (!m->json) {
		printf("%s %s %u\n", p->path, id, match->distance);
		return;
	}
	fputs("{\"file\":", stdout);
	json_string(stdout, p->path, strlen(p->path));
	fputs(",\"id\":", stdout);
	json_string(stdout, id, n);
	printf(",\"distance\":%u,\"turn\":\"%s\",\"quality\":%u}\n", match->distance, turn_names[match->query],
		p->hash.quality);
}

static void match_picture(void *user, const struct picture *p)
{
	struct matching *m = user;
	struct detect_pdq queries[DETECT_TURNS + 1];
	size_t n = 1;
	queries[0] = p->hash;
	if (!m->no_dihedral) {
		for (int t = 1; t < DETECT_TURNS; t++)
			queries[n++] = p->turned[t];
		/* Only of 64x64 pixels is it another hash than the plain one. */
		if (memcmp(p->turned[DETECT_ORIGINAL].bits, p->hash.bits, sizeof p->hash.bits))
			queries[n++] = p->turned[DETECT_ORIGINAL];
	}
	struct detect_matches found = { 0 };
	struct detect_error error = { "" };
	if (detect_bank_query_many(m->bank, queries, n, m->radius, 1, &found, &error)) {
		fprintf(stderr, "%s: %s\n", p->path, error.text);
		m->failed = true;
	} else {
		keep_best(m, &found);
		for (size_t i = 0; i < found.n; i++)
			print_match(m, p, &found.at[i]);
	}
	detect_matches_free(&found);
}

int detect_cmd_match(int argc, char **argv)
{
	struct matching m = { .radius = 31 };
	struct film_rule film = { .quality = 50 };
	int threads = processors();
	bool video = false;
	const struct arg args[] = {
		{ "--radius", ARG_NUMBER, &m.radius, 0, 256, NULL },
		{ "--video", ARG_FLAG, &video, 0, 0, NULL },
		{ "--strict", ARG_FLAG, &film.strict, 0, 0, NULL },
		{ "--distinct", ARG_FLAG, &film.distinct, 0, 0, NULL },
		{ "--quality", ARG_NUMBER, &film.quality, 0, 100, NULL },
		{ "--no-dihedral", ARG_FLAG, &m.no_dihedral, 0, 0, NULL },
		{ "--json", ARG_FLAG, &m.json, 0, 0, NULL },
		{ "--threads", ARG_NUMBER, &threads, 1, 64, NULL },
		{ 0 },
	};
	int status = args_read(args, help, &argc, argv);
	if (status != ARGS_GO_ON)
		return status;
	if (argc < 3)
		return args_wrong(help, video ? "two films are needed" : "a bank and a file are needed");
	film.radius = m.radius;
	if (video)
		return output_done(films_match(&film, argv + 1, argc - 1));
	struct detect_error error;
	if (detect_bank_open(argv[1], DETECT_CHECK_ALL, &m.bank, &error)) {
		fprintf(stderr, "%s\n", error.text);
		return 1;
	}
	const struct picture_options options = {
		.family = detect_bank_family(m.bank),
		.turned = !m.no_dihedral,
		.threads = threads,
	};
	status = pictures_hash(&options, argv + 2, argc - 2, match_picture, &m);
	detect_bank_close(m.bank);
	return output_done(status || m.failed);
}
