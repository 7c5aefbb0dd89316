#include "pictures.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client.h"
#include "decoded.h"
#include "progress.h"

enum { AHEAD = 64, THREADS_MAX = 64 }; /* pictures that may be finished before their turn comes */

struct slot {
	struct picture picture;
	bool done;
};

struct hashing {
	const struct picture_options *options;
	const struct file_list *files;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t next, given; /* next to be taken up; those handed out */
	bool stop;
	struct slot slots[AHEAD];
};

/* ---- One picture --------------------------------------------------------------------------------------- */

static void hash_image(const struct picture_options *o, const struct decode_image *image, struct picture *p)
{
	const struct detect_image pixels = decoded_image(image);
	struct detect_error error = { "" };
	enum detect_status status = DETECT_OK;
	p->width = image->width;
	p->height = image->height;
	if (o->family == DETECT_CPP512 && image->file_channels % 2 == 0)
		status = DETECT_INVALID;
	if (status) {
		snprintf(p->message, sizeof p->message, "family cpp512 has no hash for files of 2 or 4 channels");
		return;
	}
	if (o->turned)
		status = detect_pdq_dihedral(&pixels, o->family, p->turned, &error);
	p->hash = p->turned[DETECT_ORIGINAL];
	/* For 64x64 the definition blurs the one but not the other. */
	if (!status && (!o->turned || (p->width == 64 && p->height == 64)))
		status = detect_pdq_hash(&pixels, o->family, &p->hash, &error);
	p->hashed = !status;
	if (status)
		snprintf(p->message, sizeof p->message, "%s", error.text);
}

/* The file was read by the decoder already: only what can be read twice has hashes of its bytes. */
static void hash_bytes(int fd, struct picture *p)
{
	struct detect_error error = { "it cannot be read a second time" };
	if (lseek(fd, 0, SEEK_SET) == 0 && !detect_file_hash(fd, &p->file, &error))
		return;
	p->hashed = false;
	snprintf(p->message, sizeof p->message, "%s", error.text);
}

static void hash_file(const struct picture_options *o, struct decode *decode, struct picture *p)
{
	int fd = open(p->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		snprintf(p->message, sizeof p->message, "%s", strerror(errno));
		return;
	}
	struct decode_image image;
	/* The other family looks at a few pixels only, which are found faster in RGB. */
	enum decode_code code = o->family == DETECT_FULL ? decode_picture_planes(decode, fd, &image)
		: decode_picture(decode, fd, &image);
	p->hopeless = code == DECODE_NO_PROGRAM || code == DECODE_NO_SANDBOX;
	p->damaged = !code && image.damaged;
	if (code || p->damaged)
		snprintf(p->message, sizeof p->message, "%s: %s", code ? decode_code_text(code) : "damaged",
			decode_message(decode));
	if (!code)
		hash_image(o, &image, p);
	if (p->hashed && o->file_hashes)
		hash_bytes(fd, p);
	close(fd);
}

/* ---- Threads ------------------------------------------------------------------------------------------- */

/* Takes up the next file as soon as there is a free slot for it; NULL when there is nothing left to do. */
static struct slot *take_up(struct hashing *h)
{
	struct slot *slot = NULL;
	pthread_mutex_lock(&h->lock);
	while (!h->stop && h->next < h->files->n && h->next >= h->given + AHEAD)
		pthread_cond_wait(&h->changed, &h->lock);
	if (!h->stop && h->next < h->files->n) {
		slot = &h->slots[h->next % AHEAD];
		*slot = (struct slot){ .picture.path = h->files->at[h->next] };
		h->next++;
	}
	pthread_mutex_unlock(&h->lock);
	return slot;
}

static void *work(void *user)
{
	struct hashing *h = user;
	struct decode *decode = decode_open(NULL);
	for (struct slot *slot; (slot = take_up(h)) != NULL;) {
		if (decode)
			hash_file(h->options, decode, &slot->picture);
		else
			snprintf(slot->picture.message, sizeof slot->picture.message, "no memory to decode");
		pthread_mutex_lock(&h->lock);
		slot->done = true;
		pthread_cond_broadcast(&h->changed);
		pthread_mutex_unlock(&h->lock);
	}
	decode_close(decode);
	return NULL;
}

/* Waits for the picture whose turn it is. */
static const struct picture *await(struct hashing *h)
{
	struct slot *slot = &h->slots[h->given % AHEAD];
	pthread_mutex_lock(&h->lock);
	while (h->next <= h->given || !slot->done)
		pthread_cond_wait(&h->changed, &h->lock);
	pthread_mutex_unlock(&h->lock);
	return &slot->picture;
}

static void give_back(struct hashing *h, bool stop)
{
	pthread_mutex_lock(&h->lock);
	h->given++;
	h->stop = stop;
	pthread_cond_broadcast(&h->changed);
	pthread_mutex_unlock(&h->lock);
}

/* ---- All of them --------------------------------------------------------------------------------------- */

static bool hand_out(struct hashing *h, picture_fn *take, void *user)
{
	struct progress bar;
	bool good = true, go_on = true;
	progress_begin(&bar, "pictures");
	while (go_on && h->given < h->files->n) {
		const struct picture *p = await(h);
		if (*p->message)
			fprintf(stderr, "%s: %s\n", p->path, p->message);
		good &= p->hashed && !p->damaged;
		go_on = !p->hopeless;
		if (p->hashed)
			take(user, p);
		give_back(h, !go_on);
		progress_show(&bar, (double)h->given / (double)h->files->n);
	}
	progress_end(&bar);
	return good;
}

static bool hash_list(struct hashing *h, picture_fn *take, void *user)
{
	pthread_t threads[THREADS_MAX];
	int n = 0;
	for (; n < h->options->threads && n < THREADS_MAX && (size_t)n < h->files->n; n++)
		if (pthread_create(&threads[n], NULL, work, h))
			break;
	bool good = n > 0 || h->files->n == 0;
	if (!good)
		fputs("no thread can be started\n", stderr);
	else
		good = hand_out(h, take, user);
	while (n--)
		pthread_join(threads[n], NULL);
	return good;
}

int pictures_hash(
	const struct picture_options *options, char *const *paths, int n, picture_fn *take, void *user)
{
	struct file_list files = { 0 };
	file_list_make(&files, paths, n);
	struct hashing *h = calloc(1, sizeof *h);
	if (!h) {
		file_list_free(&files);
		fputs("no memory\n", stderr);
		return 1;
	}
	h->options = options;
	h->files = &files;
	pthread_mutex_init(&h->lock, NULL);
	pthread_cond_init(&h->changed, NULL);
	bool good = hash_list(h, take, user) && !files.failed;
	pthread_cond_destroy(&h->changed);
	pthread_mutex_destroy(&h->lock);
	free(h);
	file_list_free(&files);
	return !good;
}
