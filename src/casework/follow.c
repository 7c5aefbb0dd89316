/* A case follows what goes on beside it: by the house, with its keys alone, or by whoever does it. N is written and not read. */
#include "clocks.h"

static status closed_file(struct ctx *c, struct id case_id, struct casefile *f)
{
    *f = (struct casefile){ .row = { .id = case_id }, .file = { .case_id = case_id } };
    TRY(row_get(c->ledger, &table_casefiles, &f->file));
    TRY(row_get(c->ledger, &table_cases, &f->row));
    TRY(comps_closed(c, case_id, &f->comps));
    f->process = process_of(f->file.process, f->file.version);
    f->state = f->process ? process_state(f->process, f->file.state) : NULL;
    return OK;
}

static status move(struct ctx *c, struct casefile *f, const struct process_act *act, const struct process_state *from)
{
    const struct process_state *to = process_state(f->process, act->to);

    TRY(clocks_step(c, f, act, from));
    TRY(row_update(c->ledger, &table_casefiles, &f->file));
    return event_write(c, &f->comps, &(struct event){ .what = "state", .from = from->code, .to = to->code, .words = STR("") });
}

status case_track_follow(struct ctx *c, struct id case_id, const char *code)
{
    const struct process_act *act;
    const struct process_state *from;
    struct casefile f;
    status s = closed_file(c, case_id, &f);

    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    act = f.process ? process_act(f.process, str_c(code)) : NULL;
    if (act == NULL || act->track == 0 || f.state == NULL || f.state->end)
        return OK;
    TRY(case_track_state(c, &f, act->track, &from));
    return process_allows(f.process, act, from->code, ~0u) ? move(c, &f, act, from) : OK;
}

status case_tell(struct ctx *c, struct id case_id, const char *what, struct str from, struct str to)
{
    struct comps comps;

    TRY(comps_closed(c, case_id, &comps));
    if (comp_newest(&comps, "N") == NULL)
        return OK;
    return event_write(c, &comps, &(struct event){ .what = what, .from = from, .to = to, .words = STR("") });
}
