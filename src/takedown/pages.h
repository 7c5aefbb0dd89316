/* Inside takedown/: what its pages share. */
#pragma once

#include "../people/admin_pages.h"
#include "track.h"
#include "views.h"

page_function take_list_show, take_track_show, take_track_do, take_new_show, take_new_do, take_to_show, take_to_do;

struct state_word { const char *code; int text; enum take_look look; };
const struct state_word *track_word(struct str state);          /* never NULL */
const struct state_word *notice_word(struct str state, bool late);
struct choices track_choices(const struct ctx *c, struct str chosen);
int recipient_text(struct str kind);
struct choices recipient_kinds(const struct ctx *c, struct str chosen);
int item_fault_text(enum item_fault fault);
struct str moment_words(struct ctx *c, struct opt_i64 at);      /* "14:20, 24/11/2026"; "" */
struct desk_clock track_clock(struct ctx *c, i64 due);

/* What a form's field `items` names, one a line; refuses what is none. */
struct takedown_items items_field(struct ctx *c);
/* A class and words beside it, as a form has them. */
void new_view_fill(struct ctx *c, struct take_new_view *v);
