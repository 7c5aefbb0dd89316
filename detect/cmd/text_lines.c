#include "text_lines.h"

#include <string.h>

#include "json_out.h"

static void print_scores(FILE *to, const double score[DETECT_TOPICS])
{
	fputc('{', to);
	for (int t = 0; t < DETECT_TOPICS; t++)
		fprintf(to, "%s\"%s\":%.4f", t ? "," : "", detect_topic_name((enum detect_topic)t), score[t]);
	fputc('}', to);
}

static void print_signals(FILE *to, const struct detect_screening *s)
{
	fputs(",\"signals\":[", to);
	for (uint32_t i = 0; i < s->signal_count; i++) {
		const struct detect_signal *g = s->signals + i;
		fprintf(to, "%s{\"name\":\"%s\",\"start\":%u,\"end\":%u,\"topic\":\"%s\"}", i ? "," : "", g->name,
			g->start, g->end, detect_topic_name(g->topic));
	}
	fputc(']', to);
}

/* Why a score is what it is: the meaning of its signals, each once. */
static void print_why(FILE *to, const struct detect_screening *s, const char *language)
{
	const char *between = "";
	fputs(",\"why\":{", to);
	for (unsigned t = 0; t < DETECT_TOPICS; t++) {
		int open = 0;
		const char *last = NULL;
		for (uint32_t i = 0; i < s->signal_count; i++) {
			if (s->signals[i].topic != t || s->signals[i].name == last)
				continue;
			last = s->signals[i].name;
			if (open)
				fputs("; ", to);
			else
				fprintf(to, "%s\"%s\":\"", between, detect_topic_name(t));
			fputs(detect_text_why(last, language), to);
			open = 1;
		}
		if (open) {
			fputc('"', to);
			between = ",";
		}
	}
	fputc('}', to);
}

static void print_json(FILE *to, const struct detect_screening *s, const struct text_style *style)
{
	fputs("{\"score\":", to);
	print_scores(to, s->score);
	fprintf(to, ",\"parts\":{\"insult\":%.4f,\"hate\":%.4f}", s->insult, s->hate);
	print_signals(to, s);
	print_why(to, s, style->language);
	if (s->signals_left_out)
		fprintf(to, ",\"signals_left_out\":%u", s->signals_left_out);
	if (style->talk) {
		fputs(",\"conversation\":{\"score\":", to);
		print_scores(to, style->talk->score);
		fprintf(to, ",\"messages\":%u,\"skewness\":%.2f,\"urgent\":%s}", style->talk->messages, style->talk->skewness,
			style->talk->urgent ? "true" : "false");
	}
	fprintf(to, ",\"urgent\":%s}\n", s->urgent ? "true" : "false");
}

static void print_plain(FILE *to, const struct detect_screening *s, const struct text_style *style)
{
	const double *score = style->talk ? style->talk->score : s->score;
	int any = 0;
	fputs(s->urgent ? "!" : "-", to);
	for (int t = 0; t < DETECT_TOPICS; t++)
		if (score[t] >= 0.5) {
			fprintf(to, " %s=%.2f", detect_topic_name((enum detect_topic)t), score[t]);
			any = 1;
		}
	fputs(any ? "" : " clear", to);
	for (uint32_t i = 0; i < s->signal_count; i++)
		fprintf(to, "%s %s@%u-%u", i ? "," : " |", s->signals[i].name, s->signals[i].start, s->signals[i].end);
	fputc('\n', to);
}

void text_print(FILE *to, const struct detect_screening *s, const struct text_style *style)
{
	(style->json ? print_json : print_plain)(to, s, style);
}
