/* The verb hash: pictures, or the frames of videos, to PDQ hashes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "client.h"
#include "detect_cmd.h"
#include "hash_list.h"
#include "json_out.h"
#include "pictures.h"

static const char help[] =
	"usage: hash [--json] [--family full|cpp512] [--dihedral] [--file-hashes] [--threads N] FILE...\n"
	"       hash --video [--json] [--every SECONDS] FILE...\n"
	"\n"
	"Prints PDQHEX QUALITY PATH for each picture; folders are walked. Files are decoded in a sandboxed process.\n"
	"\n"
	"  --family    full: of the full picture, as PyPI pdqhash and tx (default);\n"
	"              cpp512: brought to 512x512 first if larger, as the C++ tool\n"
	"  --dihedral  eight lines for each picture: as it is, turned by 90, 180, 270 degrees, flipped\n"
	"              top to bottom, left to right, and along both diagonals\n"
	"  --file-hashes  with --json: MD5, SHA-1 and SHA-256 of the file as well\n"
	"  --video     FRAME QUALITY PDQHEX SECONDS PATH for frames of videos, as vPDQ\n"
	"  --every     seconds from frame to frame, default 1; 0 takes every frame\n"
	"\n"
	"What cannot be read is named on stderr and passed over: exit 1.\n";

struct hash_options {
	bool json, dihedral, file_hashes, video;
	int family, threads;
	const char *every;
};

static const char *const family_names[] = { [DETECT_FULL] = "full", [DETECT_CPP512] = "cpp512" };

/* ---- Pictures ------------------------------------------------------------------------------------------ */

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

/* ---- Videos -------------------------------------------------------------------------------------------- */

struct video_run {
	const struct hash_options *options;
	const char *path;
	struct detect_error error;
	bool failed;
};

static void print_frame(const struct video_run *run, const struct decode_frame *frame, const struct detect_pdq *hash)
{
	char hex[65];
	detect_pdq_to_hex(hash, hex);
	if (!run->options->json) {
		printf("%llu %u %s %.3f %s\n", (unsigned long long)frame->number, hash->quality, hex, frame->seconds, run->path);
		return;
	}
	printf("{\"frame\":%llu,\"quality\":%u,\"pdq\":\"%s\",\"seconds\":%.3f,\"file\":",
	       (unsigned long long)frame->number, hash->quality, hex, frame->seconds);
	json_string(stdout, run->path, strlen(run->path));
	puts("}");
}

static bool take_frame(void *user, const struct decode_frame *frame)
{
	struct video_run *run = user;
	const struct decode_image *image = &frame->image;
	const struct detect_image pixels = {
		.pixels = image->pixels, .width = image->width, .height = image->height, .channels = image->channels,
	};
	struct detect_pdq hash;
	run->failed = detect_pdq_hash(&pixels, DETECT_FULL, &hash, &run->error) != DETECT_OK;
	if (!run->failed)
		print_frame(run, frame, &hash);
	return !run->failed && !ferror(stdout);
}

static bool hash_video(const struct hash_options *o, struct decode *decode, double every, const char *path)
{
	struct video_run run = { .options = o, .path = path };
	const struct decode_video_options options = { .seconds_between = every };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		return false;
	}
	enum decode_code code = decode_video(decode, fd, &options, take_frame, &run);
	close(fd);
	if (code)
		fprintf(stderr, "%s: %s: %s\n", path, decode_code_text(code), decode_message(decode));
	else if (run.failed)
		fprintf(stderr, "%s: %s\n", path, run.error.text);
	return !code && !run.failed;
}

static int hash_videos(const struct hash_options *o, char *const *paths, int n)
{
	char *end;
	double every = strtod(o->every, &end);
	if (*end || end == o->every || !(every >= 0 && every <= 86400))
		return args_wrong(help, "--every needs seconds from 0 to 86400, not '%s'", o->every);
	struct file_list files = { 0 };
	struct decode *decode = decode_open(NULL);
	file_list_make(&files, paths, n);
	bool good = decode && !files.failed;
	for (size_t i = 0; i < files.n && decode; i++)
		good &= hash_video(o, decode, every, files.at[i]);
	decode_close(decode);
	file_list_free(&files);
	return !good || fflush(stdout);
}

int detect_cmd_hash(int argc, char **argv)
{
	struct hash_options o = { .threads = processors(), .every = "1" };
	const struct arg args[] = {
		{ "--json", ARG_FLAG, &o.json, 0, 0, NULL },
		{ "--family", ARG_CHOICE, &o.family, 0, 0, "full|cpp512" },
		{ "--dihedral", ARG_FLAG, &o.dihedral, 0, 0, NULL },
		{ "--file-hashes", ARG_FLAG, &o.file_hashes, 0, 0, NULL },
		{ "--threads", ARG_NUMBER, &o.threads, 1, 64, NULL },
		{ "--video", ARG_FLAG, &o.video, 0, 0, NULL },
		{ "--every", ARG_TEXT, &o.every, 0, 0, NULL },
		{ 0 },
	};
	int status = args_read(args, help, &argc, argv);
	if (status != ARGS_GO_ON)
		return status;
	if (argc < 2)
		return args_wrong(help, "no file to hash");
	if (o.video && (o.family || o.dihedral))
		return args_wrong(help, "--video goes with neither --family nor --dihedral");
	if (o.file_hashes && (!o.json || o.video))
		return args_wrong(help, "--file-hashes goes with --json, and not with --video");
	if (o.video)
		return hash_videos(&o, argv + 1, argc - 1);
	const struct picture_options options = {
		.family = o.family ? DETECT_CPP512 : DETECT_FULL, .turned = o.dihedral, .threads = o.threads,
		.file_hashes = o.file_hashes,
	};
	return pictures_hash(&options, argv + 1, argc - 1, print_picture, &o);
}
