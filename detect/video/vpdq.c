/* Lists of hashed frames, compared as wholes. */
#include "lachan/detect.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void detect_vpdq_free(struct detect_vpdq *video)
{
	free(video->at);
	*video = (struct detect_vpdq){ 0 };
}

enum detect_status detect_vpdq_add(struct detect_vpdq *video, const struct detect_vpdq_frame *frame)
{
	if (video->n == DETECT_VPDQ_FRAMES_MAX)
		return DETECT_MEMORY;
	if (video->n == video->room) {
		size_t room = video->room ? 2 * video->room : 256;
		struct detect_vpdq_frame *more = realloc(video->at, room * sizeof *more);
		if (!more)
			return DETECT_MEMORY;
		video->at = more;
		video->room = room;
	}
	video->at[video->n++] = *frame;
	return DETECT_OK;
}

/* ---- Comparing ---- */

struct hashes {
	struct detect_pdq *at;
	size_t n;
};

static int compare_bits(const void *a, const void *b)
{
	return memcmp(a, b, sizeof ((struct detect_pdq *)0)->bits);
}

static void drop_repeats(struct hashes *hashes)
{
	size_t kept = 0;

	qsort(hashes->at, hashes->n, sizeof *hashes->at, compare_bits);
	for (size_t i = 0; i < hashes->n; i++)
		if (kept == 0 || compare_bits(&hashes->at[kept - 1], &hashes->at[i]) != 0)
			hashes->at[kept++] = hashes->at[i];
	hashes->n = kept;
}

/* Copies of the hashes that count. */
static bool take(const struct detect_vpdq *video, const struct detect_vpdq_rule *rule, struct hashes *out)
{
	*out = (struct hashes){ .at = malloc((video->n + 1) * sizeof *out->at) };
	if (!out->at)
		return false;
	for (size_t i = 0; i < video->n; i++)
		if (video->at[i].hash.quality >= rule->quality_min)
			out->at[out->n++] = video->at[i].hash;
	if (rule->distinct)
		drop_repeats(out);
	return true;
}

static bool has_near(const struct hashes *hashes, const struct detect_pdq *wanted, int farthest)
{
	for (size_t i = 0; i < hashes->n; i++)
		if (detect_pdq_distance(&hashes->at[i], wanted) <= farthest)
			return true;
	return false;
}

static uint32_t count_near(const struct hashes *of, const struct hashes *in, int farthest)
{
	uint32_t count = 0;
	for (size_t i = 0; i < of->n; i++)
		count += has_near(in, &of->at[i], farthest) ? 1 : 0;
	return count;
}

static double percent(uint32_t part, uint32_t whole)
{
	return whole ? 100.0 * part / whole : 0;
}

enum detect_status detect_vpdq_compare(const struct detect_vpdq *query, const struct detect_vpdq *target,
                                       const struct detect_vpdq_rule *rule, struct detect_vpdq_match *out)
{
	const struct detect_vpdq_rule usual = DETECT_VPDQ_RULE;
	struct hashes a, b = { 0 };

	rule = rule ? rule : &usual;
	const int farthest = rule->strict ? rule->distance - 1 : rule->distance;
	*out = (struct detect_vpdq_match){ 0 };
	bool taken = take(query, rule, &a) && take(target, rule, &b);
	if (taken) {
		out->query_frames = (uint32_t)a.n;
		out->target_frames = (uint32_t)b.n;
		out->query_matched = count_near(&a, &b, farthest);
		out->target_matched = count_near(&b, &a, farthest);
		out->query_percent = percent(out->query_matched, out->query_frames);
		out->target_percent = percent(out->target_matched, out->target_frames);
	}
	free(a.at);
	free(b.at);
	return taken ? DETECT_OK : DETECT_MEMORY;
}
