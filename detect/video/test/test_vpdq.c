/* Lists of frame hashes: the reference's files read and written unchanged, and matched by each rule. */
#include "check.h"
#include "lachan/detect.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char scratch[] = "/tmp/vpdq-test-XXXXXX";

/* A hash with the first n bits set. */
static struct detect_pdq first_bits(int n)
{
	struct detect_pdq hash = { .family = DETECT_FULL, .quality = 100 };
	for (int i = 0; i < n; i++)
		hash.bits[i / 8] |= (uint8_t)(1 << i % 8);
	return hash;
}

static struct detect_vpdq film_of(const int *bits, int n)
{
	struct detect_vpdq film = { 0 };
	for (int i = 0; i < n; i++) {
		const struct detect_vpdq_frame frame = { .hash = first_bits(bits[i]), .frame = (uint32_t)i };
		CHECK(detect_vpdq_add(&film, &frame) == DETECT_OK, " ");
	}
	return film;
}

static void frames_at_the_distance_match_unless_strict(void)
{
	struct detect_vpdq a = film_of((const int[]){ 0, 200 }, 2),
					   b = film_of((const int[]){ 31, 100, 150 }, 3);
	struct detect_vpdq_rule rule = DETECT_VPDQ_RULE;
	struct detect_vpdq_match match;

	CHECK(detect_vpdq_compare(&a, &b, NULL, &match) == DETECT_OK, " ");
	CHECK(match.query_frames == 2 && match.target_frames == 3, " ");
	CHECK(match.query_percent == 50 && match.target_matched == 1, "%f", match.query_percent);
	rule.strict = 1;
	CHECK(detect_vpdq_compare(&a, &b, &rule, &match) == DETECT_OK && match.query_matched == 0, " ");
	rule.distance = 32;
	CHECK(detect_vpdq_compare(&a, &b, &rule, &match) == DETECT_OK && match.query_matched == 1, " ");
	detect_vpdq_free(&a);
	detect_vpdq_free(&b);
}

static void repeats_count_once_where_asked(void)
{
	struct detect_vpdq a = film_of((const int[]){ 0, 0, 0, 200 }, 4), b = film_of((const int[]){ 0, 0 }, 2);
	struct detect_vpdq_rule rule = DETECT_VPDQ_RULE;
	struct detect_vpdq_match match;

	CHECK(detect_vpdq_compare(&a, &b, &rule, &match) == DETECT_OK && match.query_percent == 75, " ");
	rule.distinct = 1;
	CHECK(detect_vpdq_compare(&a, &b, &rule, &match) == DETECT_OK && match.query_percent == 50, " ");
	CHECK(match.query_frames == 2 && match.target_frames == 1 && match.target_percent == 100, " ");
	detect_vpdq_free(&a);
	detect_vpdq_free(&b);
}

static void flat_frames_are_left_out(void)
{
	struct detect_vpdq a = film_of((const int[]){ 0, 200 }, 2);
	struct detect_vpdq_match match;

	a.at[0].hash.quality = 49;
	a.at[1].hash.quality = 50;
	CHECK(detect_vpdq_compare(&a, &a, NULL, &match) == DETECT_OK, " ");
	CHECK(match.query_frames == 1 && match.query_percent == 100, " ");
	a.at[1].hash.quality = 0;
	CHECK(detect_vpdq_compare(&a, &a, NULL, &match) == DETECT_OK, " ");
	CHECK(match.query_frames == 0 && match.query_percent == 0 && match.target_percent == 0, " ");
	detect_vpdq_free(&a);
}

#define HEX "d3d8981ba52c59e79fb49295bed80905036b1dbe57b292c8ea4fb525f52c420e"

static void wrong_lines_are_named(void)
{
	static const struct { const char *text, *error; } rows[] = {
		{ "0,100," HEX ",0.000\nx", "line 2: no frame number" },
		{ "0,101," HEX ",0.000\n", "line 1: no quality" },
		{ "\n\n0,100," HEX "0,0.000\n", "line 3: no hash" },
		{ "0,100,d3d8981b,0.000\n", "line 1: no hash" },
		{ "0,100," HEX ",\n", "line 1: no time" },
		{ "0,100," HEX ",1.\n", "line 1: no time" },
		{ "0,100," HEX ",1.5 \n", "line 1: no time" },
		{ "0,100," HEX ",-1.5\n", "line 1: no time" },
		{ "4294967296,100," HEX ",1\n", "line 1: no frame number" },
		{ "0,100," HEX, "line 1: no hash" },
		{ "0,100,g3d8981ba52c59e79fb49295bed80905036b1dbe57b292c8ea4fb525f52c420e,1", "line 1: no hash" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct detect_vpdq film;
		struct detect_error error;
		CHECK(detect_vpdq_parse(rows[i].text, strlen(rows[i].text), &film, &error) == DETECT_INVALID,
			"row %zu", i);
		CHECK(strncmp(error.text, rows[i].error, strlen(rows[i].error)) == 0, "row %zu: %s", i, error.text);
		CHECK(film.n == 0 && !film.at, "row %zu", i);
	}
}

static void lines_of_other_systems_are_read(void)
{
	static const char text[] = "7,100," HEX ",0.2333\r\n\r\n4294967295,0," HEX ",90000000";
	struct detect_vpdq film;
	char line[DETECT_VPDQ_LINE_BYTES];

	CHECK(detect_vpdq_parse(text, strlen(text), &film, NULL) == DETECT_OK && film.n == 2, " ");
	CHECK(detect_vpdq_line(&film.at[0], line) == strlen(line), " ");
	CHECK(strcmp(line, "7,100," HEX ",0.233\n") == 0, "%s", line);
	CHECK(detect_vpdq_line(&film.at[1], line) < sizeof line, " ");
	CHECK(strcmp(line, "4294967295,0," HEX ",90000000.000\n") == 0, "%s", line);
	detect_vpdq_free(&film);
	CHECK(detect_vpdq_parse(NULL, 0, &film, NULL) == DETECT_OK && film.n == 0, " ");
}

static void missing_files_are_named(void)
{
	struct detect_vpdq film;
	struct detect_error error;
	CHECK(detect_vpdq_load("/nowhere/film.txt", &film, &error) == DETECT_NOT_FOUND, " ");
	CHECK(strstr(error.text, "/nowhere/film.txt"), "%s", error.text);
	CHECK(detect_vpdq_save(&film, "/nowhere/film.txt", &error) == DETECT_IO, " ");
}

/* ---- The reference's own files, where the shared data is there ---- */

static const char *const samples[] = { "pattern-hd-no-bar", "pattern-longer-no-bar", "pattern-sd-grey-bar",
	"doorknob-hd-no-bar" };

static bool load_sample(int i, struct detect_vpdq *film, char path[1000])
{
	struct detect_error error = { "" };
	snprintf(path, 1000, "%s/data/vpdq/%s.txt", getenv("LACHAN_SHARED"), samples[i]);
	enum detect_status status = detect_vpdq_load(path, film, &error);
	CHECK(status == DETECT_OK && film->n > 100, "%s", error.text);
	return status == DETECT_OK;
}

static bool same_bytes(const char *a, const char *b)
{
	FILE *f = fopen(a, "re"), *g = fopen(b, "re");
	int x = 0, y = 0;
	while (f && g && x == y && x != EOF) {
		x = fgetc(f);
		y = fgetc(g);
	}
	if (f)
		fclose(f);
	if (g)
		fclose(g);
	return f && g && x == y;
}

static void reference_files_are_read_and_written_unchanged(void)
{
	for (int i = 0; i < 4; i++) {
		struct detect_vpdq film;
		char path[1000];
		if (!load_sample(i, &film, path))
			continue;
		CHECK(detect_vpdq_save(&film, scratch, NULL) == DETECT_OK, " ");
		CHECK(same_bytes(path, scratch), "%s", path);
		detect_vpdq_free(&film);
	}
}

/* At least so many percent of the query's frames in the target, or at most none. */
static void reference_films_match_as_they_should(void)
{
	static const struct { int query, target, least, most; } rows[] = {
		{ 0, 0, 100, 100 }, { 0, 1, 90, 100 }, { 1, 0, 80, 100 }, { 0, 2, 0, 100 },
		{ 3, 3, 100, 100 }, { 3, 0, 0, 0 }, { 0, 3, 0, 0 }, { 2, 3, 0, 0 },
	};
	struct detect_vpdq films[4];
	char path[1000];

	for (int i = 0; i < 4; i++)
		if (!load_sample(i, &films[i], path))
			return;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct detect_vpdq_match match;
		CHECK(detect_vpdq_compare(&films[rows[i].query], &films[rows[i].target], NULL, &match) == DETECT_OK,
			" ");
		CHECK(match.query_percent >= rows[i].least && match.query_percent <= rows[i].most,
			"%s in %s: %.2f %%", samples[rows[i].query], samples[rows[i].target], match.query_percent);
	}
	for (int i = 0; i < 4; i++)
		detect_vpdq_free(&films[i]);
}

int main(void)
{
	int fd = mkstemp(scratch);

	frames_at_the_distance_match_unless_strict();
	repeats_count_once_where_asked();
	flat_frames_are_left_out();
	wrong_lines_are_named();
	lines_of_other_systems_are_read();
	missing_files_are_named();
	if (getenv("LACHAN_SHARED") && access(getenv("LACHAN_SHARED"), R_OK) == 0) {
		reference_files_are_read_and_written_unchanged();
		reference_films_match_as_they_should();
	} else {
		fputs("skipped: the reference's files (set LACHAN_SHARED)\n", stderr);
	}
	close(fd);
	unlink(scratch);
	return check_done();
}
