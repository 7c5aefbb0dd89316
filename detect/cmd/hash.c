/* The verb hash: pictures, or the frames of videos, to PDQ hashes. */
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
	"usage: hash [--json] [--family full|cpp512] [--dihedral] [--file-hashes] [--threads N] FILE...\n"
	"       hash --video [--json|--vpdq] [--every SECONDS] FILE...\n"
	"       hash --video --tmk OUT FILE\n"
	"\n"
	"Prints PDQHEX QUALITY PATH for each picture; folders are walked. Files are decoded in a sandboxed "
	"process.\n"
	"\n"
	"  --family    full: of the full picture, as PyPI pdqhash and tx (default);\n"
	"              cpp512: brought to 512x512 first if larger, as the C++ tool\n"
	"  --dihedral  eight lines for each picture: as it is, turned by 90, 180, 270 degrees, flipped\n"
	"              top to bottom, left to right, and along both diagonals\n"
	"  --file-hashes  with --json: MD5, SHA-1 and SHA-256 of the file as well\n"
	"  --video     FRAME QUALITY PDQHEX SECONDS PATH for the frames of films\n"
	"  --vpdq      the same as a vPDQ file: frame,quality,pdq,seconds\n"
	"  --every     seconds from frame to frame; 0, every frame, is the default\n"
	"  --tmk       writes the TMK+PDQF hash of the whole film to the file OUT\n"
	"\n"
	"What cannot be read is named on stderr and passed over: exit 1.\n";

struct hash_options {
	bool json, dihedral, file_hashes, video;
	int family, threads;
	struct film_options film;
};

static const char *const family_names[] = { [DETECT_FULL] = "full", [DETECT_CPP512] = "cpp512" };

static void print_line(const struct detect_pdq *hash, const char *path)
{
	char hex[65];
	detect_pdq_to_hex(hash, hex);
	printf("%s %u %s\n", hex, hash->quality, path);
}

static void print_bytes(const char *name, const uint8_t *bytes, size_t n)
{
	char hex[65];
	detect_bytes_to_hex(bytes, n, hex);
	printf(",\"%s\":\"%s\"", name, hex);
}

static void print_json(const struct hash_options *o, const struct picture *p)
{
	char hex[65];
	detect_pdq_to_hex(&p->hash, hex);
	printf("{\"pdq\":\"%s\",\"quality\":%u,\"family\":\"%s\",\"width\":%u,\"height\":%u,\"file\":", hex,
		p->hash.quality, family_names[p->hash.family], p->width, p->height);
	json_string(stdout, p->path, strlen(p->path));
	for (int t = 0; t < DETECT_TURNS && o->dihedral; t++) {
		detect_pdq_to_hex(&p->turned[t], hex);
		printf("%s\"%s\"", t ? "," : ",\"dihedral\":[", hex);
	}
	if (o->dihedral)
		putchar(']');
	if (o->file_hashes) {
		print_bytes("md5", p->file.md5, sizeof p->file.md5);
		print_bytes("sha1", p->file.sha1, sizeof p->file.sha1);
		print_bytes("sha256", p->file.sha256, sizeof p->file.sha256);
	}
	puts("}");
}

static void print_picture(void *user, const struct picture *p)
{
	const struct hash_options *o = user;
	if (o->json)
		print_json(o, p);
	else if (!o->dihedral)
		print_line(&p->hash, p->path);
	else
		for (int t = 0; t < DETECT_TURNS; t++)
			print_line(&p->turned[t], p->path);
}

static int hash_films(struct hash_options *o, const char *every, int argc, char **argv)
{
	char *end;
	o->film.every = strtod(every, &end);
	o->film.json = o->json;
	if (*end || end == every || !(o->film.every >= 0 && o->film.every <= 86400))
		return args_wrong(help, "--every needs seconds from 0 to 86400, not '%s'", every);
	if ((o->film.vpdq || o->film.tmk_path) && (argc != 2 || o->json))
		return args_wrong(help, "--vpdq and --tmk take one film, and no --json");
	return output_done(films_hash(&o->film, argv + 1, argc - 1));
}

int detect_cmd_hash(int argc, char **argv)
{
	struct hash_options o = { .threads = processors() };
	const char *every = "0";
	const struct arg args[] = {
		{ "--json", ARG_FLAG, &o.json, 0, 0, NULL },
		{ "--family", ARG_CHOICE, &o.family, 0, 0, "full|cpp512" },
		{ "--dihedral", ARG_FLAG, &o.dihedral, 0, 0, NULL },
		{ "--file-hashes", ARG_FLAG, &o.file_hashes, 0, 0, NULL },
		{ "--threads", ARG_NUMBER, &o.threads, 1, 64, NULL },
		{ "--video", ARG_FLAG, &o.video, 0, 0, NULL },
		{ "--every", ARG_TEXT, &every, 0, 0, NULL },
		{ "--vpdq", ARG_FLAG, &o.film.vpdq, 0, 0, NULL },
		{ "--tmk", ARG_TEXT, &o.film.tmk_path, 0, 0, NULL },
		{ 0 },
	};
	int status = args_read(args, help, &argc, argv);
	if (status != ARGS_GO_ON)
		return status;
	if (argc < 2)
		return args_wrong(help, "no file to hash");
	if (o.video ? o.family || o.dihedral || o.file_hashes : o.film.vpdq || o.film.tmk_path != NULL)
		return args_wrong(help, "these options do not go together: see above");
	if (o.file_hashes && !o.json)
		return args_wrong(help, "--file-hashes goes with --json");
	if (o.video)
		return hash_films(&o, every, argc, argv);
	const struct picture_options options = {
		.family = o.family ? DETECT_CPP512 : DETECT_FULL,
		.turned = o.dihedral,
		.threads = o.threads,
		.file_hashes = o.file_hashes,
	};
	return output_done(pictures_hash(&options, argv + 1, argc - 1, print_picture, &o));
}
