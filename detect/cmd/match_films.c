/* Films against films: lists of frames by vPDQ, whole-film hashes by TMK+PDQF. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "films.h"

/* What a path holds: either a list of frames or the hash of the whole film. */
struct film {
	struct detect_vpdq frames;
	struct detect_tmk *tmk;
};

static void film_free(struct film *film)
{
	detect_vpdq_free(&film->frames);
	free(film->tmk);
}

static bool add_frame(void *user, const struct decode_frame *frame)
{
	struct film *film = user;
	struct detect_vpdq_frame hashed;
	return !film_frame_hash(frame, &hashed) && !detect_vpdq_add(&film->frames, &hashed);
}

/* The first bytes tell: TMK1 begins a TMK file, a frame number and a comma a vPDQ list. */
static bool begins_as(const char *path, char begin[16])
{
	FILE *file = fopen(path, "re");
	size_t n = file ? fread(begin, 1, 15, file) : 0;
	begin[n] = '\0';
	if (!file)
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
	else
		fclose(file);
	return file != NULL;
}

static bool film_load(struct film *film, struct decode *decode, const char *path)
{
	const struct decode_video_options every = { 0 };
	struct detect_error error = { "no memory" };
	enum detect_status status = DETECT_OK;
	char begin[16];
	*film = (struct film){ 0 };
	if (!begins_as(path, begin))
		return false;
	const size_t digits = strspn(begin, "0123456789");
	if (!strncmp(begin, "TMK1", 4)) {
		film->tmk = malloc(sizeof *film->tmk);
		status = film->tmk ? detect_tmk_load(path, film->tmk, &error) : DETECT_MEMORY;
	} else if (digits && begin[digits] == ',') {
		status = detect_vpdq_load(path, &film->frames, &error);
	} else if (!film_frames(decode, path, &every, add_frame, film)) {
		film_free(film);
		return false;
	}
	if (status) {
		fprintf(stderr, "%s: %s\n", path, error.text);
		film_free(film);
	}
	return status == DETECT_OK;
}

static bool compare(
	const struct film_rule *rule, const struct film *query, const struct film *target, double scores[2])
{
	const struct detect_vpdq_rule frames = {
		.quality_min = rule->quality,
		.distance = rule->radius,
		.strict = rule->strict,
		.distinct = rule->distinct,
	};
	struct detect_vpdq_match match;
	if (!query->tmk != !target->tmk)
		return false;
	if (query->tmk) {
		scores[0] = detect_tmk_level1(query->tmk, target->tmk);
		return !detect_tmk_level2(query->tmk, target->tmk, &scores[1]);
	}
	if (detect_vpdq_compare(&query->frames, &target->frames, &frames, &match))
		return false;
	scores[0] = match.query_percent;
	scores[1] = match.target_percent;
	return true;
}

static bool match_film(
	const struct film_rule *rule, struct decode *decode, const struct film *query, char *const *paths, int i)
{
	struct film target;
	double scores[2];
	if (!film_load(&target, decode, paths[i]))
		return false;
	bool good = compare(rule, query, &target, scores);
	if (good)
		printf("%s %s %.*f %.*f\n", paths[0], paths[i], query->tmk ? 4 : 1, scores[0], query->tmk ? 4 : 1,
			scores[1]);
	else
		fprintf(stderr, "%s: cannot be compared with %s: another kind of hash\n", paths[i], paths[0]);
	film_free(&target);
	return good;
}

int films_match(const struct film_rule *rule, char *const *paths, int n)
{
	struct decode *decode = decode_open(NULL);
	struct film query;
	if (!decode || !film_load(&query, decode, paths[0])) {
		decode_close(decode);
		return 1;
	}
	bool good = true;
	for (int i = 1; i < n; i++)
		good &= match_film(rule, decode, &query, paths, i);
	film_free(&query);
	decode_close(decode);
	return !good;
}
