/* Screening: synthetic messages in every disguise, offsets, odd bytes, talks. argv: synthetic.txt challenge.tsv */
#include <stdlib.h>
#include <string.h>

#include "lachan/detect.h"
#include "test/check.h"
#include "text/reading.h"
#include "text/syllable.h"

static struct detect_text *text;

static struct detect_screening screen(const char *message, size_t n)
{
	struct detect_screening s;
	detect_text_screen(text, message, n, NULL, &s);
	return s;
}

static struct detect_screening say(const char *message)
{
	return screen(message, strlen(message));
}

static int topic_of(const char *name, size_t n)
{
	for (int t = 0; t < DETECT_TOPICS; t++) {
		const char *topic = detect_topic_name((enum detect_topic)t);
		if (strlen(topic) == n && !memcmp(topic, name, n))
			return t;
	}
	return -1;
}

static int any_topic(const struct detect_screening *s)
{
	for (int t = 0; t < DETECT_TOPICS; t++)
		if (s->score[t] >= 0.5)
			return 1;
	return 0;
}

/* A zero-width space after every second character. */
static size_t with_hidden(char *to, const char *from, size_t n)
{
	size_t length = 0;
	for (size_t i = 0; i < n; i++) {
		to[length++] = from[i];
		if (i % 2 && (i + 1 == n || ((unsigned char)from[i + 1] & 0xc0) != 0x80)) {
			memcpy(to + length, "\xe2\x80\x8b", 3);
			length += 3;
		}
	}
	return length;
}

struct tally {
	unsigned friendly, friendly_flagged, bad, bad_missed;
};

static void count_line(const char *line, size_t n, struct tally *t)
{
	char disguised[8192];
	const char *tab = memchr(line, '\t', n);
	if (!tab || *line == '#' || n > 2000)
		return;
	int topic = topic_of(line, (size_t)(tab - line));
	const char *message = tab + 1;
	size_t length = n - (size_t)(message - line);
	struct detect_screening plain = screen(message, length),
		hidden = screen(disguised, with_hidden(disguised, message, length));
	for (int i = 0; i < DETECT_TOPICS; i++)
		CHECK(plain.score[i] == hidden.score[i], "topic %d of: %.*s", i, (int)length, message);
	if (topic < 0) {
		t->friendly++;
		t->friendly_flagged += (unsigned)any_topic(&plain);
	} else {
		t->bad++;
		t->bad_missed += plain.score[topic] < 0.5;
	}
}

static struct tally count_file(const char *path)
{
	static char file[1 << 18];
	struct tally t = { 0 };
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(file, 1, sizeof file, f) : 0;
	if (f)
		fclose(f);
	for (const char *line = file, *end; (end = memchr(line, '\n', (size_t)(file + n - line))); line = end + 1)
		count_line(line, (size_t)(end - line), &t);
	return t;
}

/* The bounds are what was reached when the model was made, with a little room. */
static void test_sets(char **paths)
{
	struct tally seen = count_file(paths[1]), unseen = count_file(paths[2]);
	CHECK(seen.friendly > 200 && seen.bad > 100);
	CHECK(seen.friendly_flagged * 100 <= seen.friendly * 4, "%u of %u", seen.friendly_flagged, seen.friendly);
	CHECK(seen.bad_missed * 100 <= seen.bad * 4, "%u of %u", seen.bad_missed, seen.bad);
	CHECK(unseen.friendly > 20 && unseen.bad > 20);
	CHECK(unseen.friendly_flagged * 100 <= unseen.friendly * 18, "%u of %u", unseen.friendly_flagged, unseen.friendly);
	CHECK(unseen.bad_missed * 100 <= unseen.bad * 10, "%u of %u", unseen.bad_missed, unseen.bad);
}

static void test_disguises(void)
{
	static const char *const threats[] = { "tao sẽ giết mày", "tao se giet may", "TAO SẼ GIẾT MÀY", "tao sẽ gi3t mày",
		"tao sẽ g i ế t mày", "tao sẽ g.i.ế.t mày", "tao sẽ giếttttt mày", "tao se\xcc\x83 gie\xcc\x82\xcc\x81t ma\xcc\x80y",
		"tao s\xe2\x80\x8b\xe1\xba\xbd gi\xe2\x80\x8d\xe1\xba\xbft mày", "t sẽ giết m",
		"\xef\xbd\x94\xef\xbd\x81\xef\xbd\x8f sẽ giết mày" };
	for (size_t i = 0; i < sizeof threats / sizeof *threats; i++)
		CHECK(say(threats[i]).score[DETECT_THREAT] >= 0.5, "%s", threats[i]);
}

static void test_offsets(void)
{
	const char *message = "ờ thì, việc nhẹ lương cao đó em";
	struct detect_screening s = say(message);
	const char *where = strstr(message, "việc");
	CHECK(s.signal_count > 0 && !strcmp(s.signals[0].name, "easy_money"));
	CHECK(s.signals[0].start == (size_t)(where - message) && s.signals[0].end == (size_t)(strstr(message, " đó") - message));
	CHECK(!strcmp(detect_text_why("easy_money", "en"), "promises high pay for light work"));
	CHECK(!detect_text_why("no such signal", "en"));
}

static void test_urgent(void)
{
	CHECK(say("em không muốn sống nữa").urgent);
	CHECK(say("chuyển 5 triệu không thì anh tung ảnh của em lên mạng").urgent);
	CHECK(!say("mày ngu như bò").urgent);
	CHECK(!say("mai gặp ở lớp nhé").urgent);
}

/* Any bytes give scores from 0 to 1 and signals within the message. */
static void test_odd_bytes(void)
{
	static char message[70000];
	uint64_t state = 1;
	for (int round = 0; round < 300; round++) {
		size_t n = round < 5 ? sizeof message : check_random(&state) % 300;
		for (size_t i = 0; i < n; i++)
			message[i] = (char)(round % 3 ? "aả \xcc\xe2\x80\x8b.1đ\xff\xf0"[check_random(&state) % 15] : (int)check_random(&state));
		struct detect_screening s = screen(message, n);
		for (int t = 0; t < DETECT_TOPICS; t++)
			CHECK(s.score[t] >= 0 && s.score[t] <= 1);
		for (size_t i = 0; i < s.signal_count; i++)
			CHECK(s.signals[i].start < s.signals[i].end && s.signals[i].end <= n);
	}
	struct detect_screening empty = screen("", 0);
	CHECK(!any_topic(&empty) && empty.signal_count == 0);
}

/* What stands at the end of a very long message is still read. */
static void test_long_message(void)
{
	static char message[50000];
	memset(message, 'a', sizeof message);
	for (size_t i = 5; i < sizeof message; i += 6)
		message[i] = ' ';
	snprintf(message + sizeof message - 40, 40, " em không muốn sống nữa");
	CHECK(say(message).score[DETECT_SELF_HARM] >= 0.5);
}

static void test_talk(void)
{
	static const char *const messages[] = { "em học lớp mấy rồi", "hôm nay trời đẹp nhỉ", "anh mua cho em điện thoại mới nhé",
		"đừng nói với mẹ em nha" };
	struct detect_talk *talk = detect_talk_new();
	struct detect_talk_state state = { 0 };
	double before = 0;
	for (size_t i = 0; i < 4; i++) {
		struct detect_screening s = say(messages[i]);
		CHECK(s.score[DETECT_GROOMING] < 0.5, "%s", messages[i]);
		detect_talk_add(talk, &s, &state);
		CHECK(state.score[DETECT_GROOMING] >= before, "a talk never gets less suspicious");
		before = state.score[DETECT_GROOMING];
	}
	CHECK(state.score[DETECT_GROOMING] >= 0.5 && state.messages == 4 && state.skewness == 0);
	detect_talk_free(talk);
}

static void test_links(void)
{
	struct detect_domains *blocked = detect_domains_new();
	struct detect_screening s;
	const char *message = "vào http://user@WWW.bad.example:80/a nhé";
	CHECK(!detect_domains_add(blocked, "bad.example", 11));
	detect_domains_finish(blocked);
	detect_text_screen(text, message, strlen(message), blocked, &s);
	CHECK(s.signal_count == 1 && !strcmp(s.signals[0].name, "blocked_link") && s.score[DETECT_LURE] >= 0.5);
	detect_text_screen(text, "vào good.example nhé", 22, blocked, &s);
	CHECK(s.signal_count == 0);
	detect_domains_free(blocked);
}

static void test_syllables(void)
{
	unsigned char cut[SYLLABLES_MAX];
	CHECK(syllables_cut("gapmat", 6, cut) == 2 && cut[0] == 3 && cut[1] == 3);
	CHECK(syllables_cut("nghieng", 7, cut) == 1);
	CHECK(syllables_cut("kcj", 3, cut) == 0);
	CHECK(syllables_cut("", 0, cut) == 0);
}

static void test_damaged_model(void)
{
	struct detect_text *other;
	struct detect_error error;
	static const char junk[100];
	CHECK(detect_text_open(&other, junk, sizeof junk, &error) == DETECT_BROKEN && !other);
}

int main(int argc, char **argv)
{
	struct detect_error error;
	if (argc < 3 || detect_text_open(&text, NULL, 0, &error))
		return 1;
	test_sets(argv);
	test_disguises();
	test_offsets();
	test_urgent();
	test_odd_bytes();
	test_long_message();
	test_talk();
	test_links();
	test_syllables();
	test_damaged_model();
	detect_text_close(text);
	return check_done();
}
