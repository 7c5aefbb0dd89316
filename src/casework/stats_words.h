/* Inside casework/: numbers in the reader's words. */
#pragma once

#include "stats_figures.h"
#include "stats_views.h"

struct str stats_number(struct ctx *c, i64 n);                          /* "1.204" */
struct str stats_ratio(struct ctx *c, i64 n, i64 of);                   /* "2,4" */
struct str stats_span_words(struct ctx *c, i64 hours);                  /* "5 giờ", "3 ngày" */
struct str stats_share_words(struct ctx *c, struct stats_share share);  /* "92 %", "trên 96 %", "che", "chưa có" */
struct str stats_code_name(struct ctx *c, const char *kind, struct str code);
struct str stats_period_name(struct ctx *c, const struct stats_period *p);

/* The lines of a table, the most first where `sorted`; a table of which nothing may be shown has none. */
void stats_part_fill(struct ctx *c, const struct stats_table *t, bool sorted, struct stats_part *part);
/* Covered lines become one sentence. */
void stats_part_fold(struct ctx *c, struct stats_part *part);
void stats_steps_fill(struct ctx *c, const struct stats_figures *f, struct stats_step_lines *lines);
void stats_measures_fill(struct ctx *c, const struct stats_figures *f, struct stats_measures *measures);
void stats_map_fill(struct ctx *c, const struct stats_figures *f, struct stats_map *map);
