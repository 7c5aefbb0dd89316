/* What could go wrong with a case that follows a process: states that nothing reaches or that lead nowhere, clocks that nothing starts or
   stops, an end that leaves something open without a word. */
#include "process.h"

static size_t place_of(const struct process *p, struct str code)
{
    return (size_t)(process_state(p, code) - p->states);
}

static uint64_t bit_of(const struct process *p, const struct process_state *s)
{
    return (uint64_t)1 << (s - p->states);
}

static uint64_t reached_from(const struct process *p, uint64_t states)
{
    uint64_t before;

    do {
        before = states;
        for (size_t i = 0; i < p->n_acts; i++)
            if (p->acts[i].from & states)
                states |= (uint64_t)1 << place_of(p, p->acts[i].to);
    } while (states != before);
    return states;
}

static uint64_t beginnings(const struct process *p)
{
    uint64_t states = 0;

    for (size_t i = 0; i < p->n_tracks; i++)
        if (process_first(p, i) != NULL)
            states |= bit_of(p, process_first(p, i));
    return states;
}

/* Every state is reached from the first of its track, and from every state an end is reached: no case can be stranded. */
static status check_roads(const char *file, const struct process *p)
{
    uint64_t ends = 0, all = reached_from(p, beginnings(p));

    for (size_t i = 0; i < p->n_states; i++)
        if (p->states[i].end)
            ends |= (uint64_t)1 << i;
    for (size_t t = 0; t < p->n_tracks; t++) {
        const struct process_state *first = process_first(p, t);

        if (first == NULL || !(reached_from(p, bit_of(p, first)) & ends))
            return process_wrong(file, first ? first->line : 1, "a process needs states, and one that ends it: track ", p->tracks[t].name);
    }
    for (size_t i = 0; i < p->n_states; i++) {
        if (!(all >> i & 1))
            return process_wrong(file, p->states[i].line, "nothing leads to the state ", p->states[i].code);
        if (!(reached_from(p, (uint64_t)1 << i) & ends))
            return process_wrong(file, p->states[i].line, "no road leads to an end from the state ", p->states[i].code);
    }
    return OK;
}

/* States in which a clock may begin to run. */
static uint64_t started_in(const struct process *p, size_t clock)
{
    const struct process_clock *k = &p->clocks[clock];
    uint64_t states = k->on_received || k->on_opened ? bit_of(p, process_first(p, 0)) : 0;

    for (size_t i = 0; i < p->n_states; i++)
        if (p->states[i].starts >> clock & 1)
            states |= (uint64_t)1 << i;
    for (size_t i = 0; i < p->n_acts; i++)
        if (p->acts[i].starts >> clock & 1)
            states |= (uint64_t)1 << place_of(p, p->acts[i].to);
    return states;
}

/* On the roads of these states there is something that stops it. */
static bool stopped_from(const struct process *p, size_t clock, uint64_t states)
{
    const struct process_clock *k = &p->clocks[clock];
    uint64_t roads = reached_from(p, states | beginnings(p));

    for (size_t i = 0; i < p->n_states; i++)
        if ((roads >> i & 1) && (p->states[i].stops >> clock & 1))
            return true;
    for (size_t i = 0; i < p->n_acts; i++)
        if ((p->acts[i].from & roads) && (p->acts[i].stops >> clock & 1))
            return true;
    return k->stop_transferred || k->stop_referred || k->stop_end;
}

static status check_clocks(const char *file, const struct process *p)
{
    for (size_t i = 0; i < p->n_clocks; i++) {
        uint64_t states = started_in(p, i);

        if (states == 0)
            return process_wrong(file, p->clocks[i].line, "nothing starts the clock ", p->clocks[i].code);
        if (!stopped_from(p, i, states))
            return process_wrong(file, p->clocks[i].line, "nothing stops the clock ", p->clocks[i].code);
    }
    return OK;
}

/* Only what ends the case leaves something beside it; and it says why. */
static status check_ends(const char *file, const struct process *p)
{
    for (size_t i = 0; i < p->n_acts; i++) {
        const struct process_act *act = &p->acts[i];

        if (act->close_with == 0)
            continue;
        if (act->track != 0 || !process_state(p, act->to)->end)
            return process_wrong(file, act->line, "close_with is for acts that end the case, not ", act->code);
        if (!act->reason)
            return process_wrong(file, act->line, "an act with close_with needs a reason: ", act->code);
        for (size_t k = 0; k < p->n_states; k++)
            if ((act->close_with >> k & 1) && (p->states[k].track == 0 || p->states[k].end))
                return process_wrong(file, act->line, "close_with names states beside the case that are no ends, not ", p->states[k].code);
    }
    return OK;
}

status process_check(const char *file, const struct process *p)
{
    TRY(check_roads(file, p));
    TRY(check_ends(file, p));
    return check_clocks(file, p);
}
