/* What still goes on beside a case when an act would end it: the process says what may. */
#include "clocks.h"

status tracks_open(struct ctx *c, const struct casefile *f, const struct process_act *act, struct open_tracks *list)
{
    const struct process_state *to = process_state(f->process, act->to);

    *list = (struct open_tracks){ .n = 0 };
    if (act->track != 0 || to == NULL || !to->end)
        return OK;
    for (size_t t = 1; t < f->process->n_tracks; t++) {
        const struct process_state *s;

        TRY(case_track_state(c, f, t, &s));
        if (s->end)
            continue;
        list->may[list->n] = act->close_with >> (s - f->process->states) & 1;
        list->refused |= !list->may[list->n];
        list->at[list->n++] = s;
    }
    return OK;
}

struct str tracks_in_line(struct ctx *c, const struct casefile *f, const struct open_tracks *list, bool may)
{
    struct str all = STR("");

    for (size_t i = 0; i < list->n; i++) {
        const struct process_track *t = &f->process->tracks[list->at[i]->track];
        struct str track = c->lang == LANG_EN && t->name_en.n ? t->name_en : t->name;
        struct str state = c->lang == LANG_EN && list->at[i]->name_en.n ? list->at[i]->name_en : list->at[i]->name;

        if (list->may[i] == may)
            all = arena_f(c->arena, "%.*s%s%.*s (%.*s)", (int)all.n, all.at, all.n ? "; " : "", (int)track.n, track.at, (int)state.n, state.at);
    }
    return all;
}
