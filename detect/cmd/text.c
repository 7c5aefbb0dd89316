/* text: screens messages, one a line, one line of answer for each. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "args.h"
#include "detect_cmd.h"
#include "text_lines.h"

enum { SPEAKERS_MAX = 10000, MESSAGE_MAX = 16 << 20 };

static const char help[] =
	"usage: text [--json] [--conversation] [--blocklist FILE] [--lang vi|en] < MESSAGES\n"
	"Screens messages, one a line, and prints one line for each: the scores of 0.5 or more (\"!\" in front: urgent)\n"
	"and the signals with their bytes. Also an empty or a broken line gets its line.\n"
	"  --json            all scores, signals, explanations\n"
	"  --conversation    a line is WHO, a tab, and what they wrote; scores add up for each WHO\n"
	"  --blocklist FILE  host names, one a line; links to them and to hosts below them are a signal\n"
	"  --lang vi|en      language of the explanations\n"
	"Scores can raise the urgency of a case. A low one never shows that nothing is wrong.\n";

struct speaker {
	uint64_t who; /* hash of the name */
	struct detect_talk *talk;
};

struct screening {
	struct detect_text *text;
	struct detect_domains *blocked;
	bool conversation;
	struct text_style style;
	struct speaker *speakers;
	size_t speaker_count;
};

static uint64_t hash_of(const char *name, size_t n)
{
	uint64_t h = 14695981039346656037u;
	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)name[i]) * 1099511628211u;
	return h | 1;
}

/* NULL when there are too many, or no memory. */
static struct detect_talk *talk_of(struct screening *s, uint64_t who)
{
	size_t slot = who % (2 * SPEAKERS_MAX);
	if (!s->speakers)
		s->speakers = calloc(2 * SPEAKERS_MAX, sizeof *s->speakers);
	while (s->speakers && s->speakers[slot].who && s->speakers[slot].who != who)
		slot = (slot + 1) % (2 * SPEAKERS_MAX);
	if (!s->speakers || (!s->speakers[slot].who && s->speaker_count == SPEAKERS_MAX))
		return NULL;
	if (!s->speakers[slot].who) {
		s->speakers[slot] = (struct speaker){ who, detect_talk_new() };
		s->speaker_count++;
	}
	return s->speakers[slot].talk;
}

static void shift(struct detect_screening *s, size_t by)
{
	for (uint32_t i = 0; i < s->signal_count; i++) {
		s->signals[i].start += (uint32_t)by;
		s->signals[i].end += (uint32_t)by;
	}
}

/* Returns false where a conversation has more speakers than are followed. */
static bool screen_line(struct screening *s, const char *line, size_t n)
{
	struct detect_screening result;
	struct detect_talk_state state;
	struct detect_talk *talk = NULL;
	const char *tab = s->conversation ? memchr(line, '\t', n) : NULL;
	size_t from = tab ? (size_t)(tab - line) + 1 : 0;
	detect_text_screen(s->text, line + from, n - from, s->blocked, &result);
	shift(&result, from);
	if (s->conversation && (talk = talk_of(s, hash_of(line, from))))
		detect_talk_add(talk, &result, &state);
	s->style.talk = talk ? &state : NULL;
	text_print(stdout, &result, &s->style);
	s->style.talk = NULL; /* it lies on our stack */
	return talk || !s->conversation;
}

static int read_blocklist(struct screening *s, const char *path)
{
	char *line = NULL;
	size_t room = 0, number = 0;
	int status = 0;
	FILE *f = fopen(path, "re");
	s->blocked = f ? detect_domains_new() : NULL;
	if (!s->blocked) {
		fprintf(stderr, "%s: %s\n", path, strerror(errno));
		if (f)
			fclose(f);
		return 1;
	}
	for (ssize_t n; (n = getline(&line, &room, f)) >= 0;) {
		number++;
		while (n > 0 && strchr(" \t\r\n", line[n - 1]))
			n--;
		if (!n || *line == '#')
			continue;
		if (detect_domains_add(s->blocked, line, (size_t)n)) {
			fprintf(stderr, "%s:%zu: not a host name\n", path, number);
			status = 1;
		}
	}
	free(line);
	fclose(f);
	detect_domains_finish(s->blocked);
	return status;
}

static int screen_all(struct screening *s)
{
	char *line = NULL;
	size_t room = 0;
	int status = 0;
	for (ssize_t n; (n = getline(&line, &room, stdin)) >= 0;) {
		size_t length = (size_t)n;
		length -= length && line[length - 1] == '\n';
		length -= length && line[length - 1] == '\r';
		if (length > MESSAGE_MAX) {
			fprintf(stderr, "a line of %zu bytes: only the first %d are screened\n", length, MESSAGE_MAX);
			length = MESSAGE_MAX;
			status = 1;
		}
		if (!screen_line(s, line, length) && !status) {
			fprintf(stderr, "more than %d speakers: the later ones are not followed\n", SPEAKERS_MAX);
			status = 1;
		}
	}
	free(line);
	return status | (ferror(stdin) != 0);
}

static void screening_close(struct screening *s)
{
	for (size_t i = 0; s->speakers && i < 2 * SPEAKERS_MAX; i++)
		detect_talk_free(s->speakers[i].talk);
	free(s->speakers);
	detect_domains_free(s->blocked);
	detect_text_close(s->text);
}

int detect_cmd_text(int argc, char **argv)
{
	struct screening s = { 0 };
	struct detect_error error;
	bool json = false;
	int language = 0;
	const char *blocklist = NULL;
	const struct arg args[] = {
		{ "--json", ARG_FLAG, &json, 0, 0, NULL },
		{ "--conversation", ARG_FLAG, &s.conversation, 0, 0, NULL },
		{ "--blocklist", ARG_TEXT, &blocklist, 0, 0, NULL },
		{ "--lang", ARG_CHOICE, &language, 0, 0, "vi|en" },
		{ 0 },
	};
	int status = args_read(args, help, &argc, argv);
	if (status != ARGS_GO_ON)
		return status;
	if (argc > 1)
		return args_wrong(help, "text reads standard input; \"%s\" is one argument too many", argv[1]);
	s.style = (struct text_style){ .json = json, .language = language ? "en" : "vi" };
	status = 1;
	if (detect_text_open(&s.text, NULL, 0, &error))
		fprintf(stderr, "%s\n", error.text);
	else {
		status = blocklist ? read_blocklist(&s, blocklist) : 0;
		status |= screen_all(&s);
	}
	screening_close(&s);
	return output_done(status);
}
