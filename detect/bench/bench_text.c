/* Screening rate over the messages of a file (bench_text FILE [PEER_RATE]), one core, best of five rounds. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "lachan/detect.h"

enum { MESSAGES_MAX = 100000, FILE_MAX = 64 << 20 };

struct message {
	const char *at;
	size_t n;
};

static char *read_all(const char *path, size_t *n)
{
	FILE *f = fopen(path, "re");
	char *text = malloc(FILE_MAX);
	*n = f && text ? fread(text, 1, FILE_MAX, f) : 0;
	if (f)
		fclose(f);
	return text;
}

static size_t split(const char *file, size_t n, struct message *messages)
{
	size_t count = 0;
	for (const char *line = file, *end; count < MESSAGES_MAX; line = end + 1) {
		end = memchr(line, '\n', (size_t)(file + n - line));
		if (!end)
			break;
		messages[count++] = (struct message){ line, (size_t)(end - line) };
	}
	return count;
}

static double rate_of(const struct detect_text *text, const struct message *messages, size_t count, size_t *rude)
{
	struct detect_screening s;
	double from = bench_seconds();
	*rude = 0;
	for (size_t i = 0; i < count; i++) {
		detect_text_screen(text, messages[i].at, messages[i].n, NULL, &s);
		*rude += s.score[DETECT_BULLYING] >= 0.5;
	}
	return (double)count / (bench_seconds() - from);
}

int main(int argc, char **argv)
{
	static struct message messages[MESSAGES_MAX];
	struct detect_text *text;
	size_t n, rude = 0;
	double best = 0;
	char *file = argc > 1 ? read_all(argv[1], &n) : NULL;
	if (!file || !n || detect_text_open(&text, NULL, 0, NULL)) {
		fprintf(stderr, "usage: bench_text MESSAGES [PEER_RATE]\n");
		return 2;
	}
	size_t count = split(file, n, messages);
	for (int round = 0; round < 5; round++) {
		double rate = rate_of(text, messages, count, &rude);
		best = rate > best ? rate : best;
	}
	fprintf(stderr, "%zu messages, %zu called rude\n", count, rude);
	bench_print("text", best, "messages/s", "scikit-learn char 2-5 TF-IDF, linear SVM",
		argc > 2 ? strtod(argv[2], NULL) : 0);
	detect_text_close(text);
	free(file);
	return 0;
}
