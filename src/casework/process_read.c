/* Reads one process of its text (grammar: head of content/process/vn-decree-56/2.txt), and refuses what could strand a case
   or leave a clock running for ever. */
#include "process.h"

/* What is being read: names are looked up in p while it grows. */
struct reading { struct arena *a; const char *file; struct process *p; };

static status wrong(const struct reading *r, int line, const char *what, struct str word)
{
    return process_wrong(r->file, line, what, word);
}

/* -- looking up ---------------------------------------------------------------------------------------------------------------- */

static int state_place(const struct process *p, struct str code)
{
    for (size_t i = 0; i < p->n_states; i++)
        if (str_eq(p->states[i].code, code))
            return (int)i;
    return -1;
}

static int act_place(const struct process *p, struct str code)
{
    for (size_t i = 0; i < p->n_acts; i++)
        if (str_eq(p->acts[i].code, code))
            return (int)i;
    return -1;
}

static int clock_place(const struct process *p, struct str code)
{
    for (size_t i = 0; i < p->n_clocks; i++)
        if (str_eq(p->clocks[i].code, code))
            return (int)i;
    return -1;
}

static int track_place(const struct process *p, struct str code)
{
    for (size_t i = 0; i < p->n_tracks; i++)
        if (str_eq(p->tracks[i].code, code))
            return (int)i;
    return -1;
}

const struct process_state *process_state(const struct process *p, struct str code)
{
    int i = state_place(p, code);

    return i < 0 ? NULL : &p->states[i];
}

const struct process_act *process_act(const struct process *p, struct str code)
{
    int i = act_place(p, code);

    return i < 0 ? NULL : &p->acts[i];
}

const struct process_clock *process_clock(const struct process *p, struct str code)
{
    int i = clock_place(p, code);

    return i < 0 ? NULL : &p->clocks[i];
}

const struct process_state *process_first(const struct process *p, size_t track)
{
    for (size_t i = 0; i < p->n_states; i++)
        if (p->states[i].track == track)
            return &p->states[i];
    return NULL;
}

bool process_allows(const struct process *p, const struct process_act *act, struct str state, unsigned who)
{
    int place = state_place(p, state);

    return place >= 0 && (act->from >> place & 1) && (act->who & who);
}

/* -- words of a line ------------------------------------------------------------------------------------------------------------ */

/* The next word of a line with blanks between; false at its end. */
static bool next_word(struct str *rest, struct str *word)
{
    while (str_cut(rest, ' ', word))
        if (word->n)
            return true;
    return false;
}

/* A key that nobody knows is a key that somebody mistyped: it would do nothing, and nobody would see. */
static status only_keys(const struct reading *r, const struct block *b, const char *known)
{
    for (size_t i = 0; i < b->n; i++) {
        struct str rest = str_c(known), word;
        bool found = false;

        while (next_word(&rest, &word))
            found |= str_eq(word, b->at[i].key);
        if (!found)
            return wrong(r, b->at[i].line, "no key here is called ", b->at[i].key);
        for (size_t k = 0; k < i; k++)
            if (str_eq(b->at[k].key, b->at[i].key))
                return wrong(r, b->at[i].line, "this key stands here twice: ", b->at[i].key);
    }
    return OK;
}

static status yes_no(const struct reading *r, const struct block *b, const char *key, bool *yes)
{
    struct str value = block_get(b, key);

    *yes = str_is(value, "yes");
    return value.n == 0 || *yes || str_is(value, "no") ? OK : wrong(r, b->line, "yes or no, not ", value);
}

static int line_of(const struct block *b, const char *key)
{
    for (size_t i = 0; i < b->n; i++)
        if (str_is(b->at[i].key, key))
            return b->at[i].line;
    return b->line;
}

static status read_states(const struct reading *r, const struct block *b, const char *key, uint64_t *states)
{
    struct str rest = block_get(b, key), word;

    while (next_word(&rest, &word)) {
        int place = state_place(r->p, word);

        if (place < 0)
            return wrong(r, line_of(b, key), "no state is called ", word);
        *states |= (uint64_t)1 << place;
    }
    return OK;
}

static status read_clocks(const struct reading *r, const struct block *b, const char *key, uint32_t *clocks)
{
    struct str rest = block_get(b, key), word;

    while (next_word(&rest, &word)) {
        int place = clock_place(r->p, word);

        if (place < 0)
            return wrong(r, line_of(b, key), "no clock is called ", word);
        *clocks |= (uint32_t)1 << place;
    }
    return OK;
}

/* -- tracks and states ------------------------------------------------------------------------------------------------------------ */

static status read_track(const struct reading *r, const struct block *b)
{
    struct process *p = r->p;
    struct process_track t = { block_get(b, "code"), block_get(b, "name"), block_get(b, "name_en") };

    TRY(only_keys(r, b, "code name name_en"));
    if (p->n_tracks == PROCESS_TRACKS)
        return wrong(r, b->line, "more than 3 tracks beside the case", STR(""));
    if (t.code.n == 0 || t.name.n == 0)
        return wrong(r, b->line, "a track needs code and name", STR(""));
    if (track_place(p, t.code) >= 0)
        return wrong(r, b->line, "this track stands here twice: ", t.code);
    p->tracks[p->n_tracks++] = t;
    return OK;
}

static status read_state(const struct reading *r, const struct block *b)
{
    struct process *p = r->p;
    int track = track_place(p, block_get(b, "track"));
    struct process_state s = { .code = block_get(b, "code"), .name = block_get(b, "name"), .name_en = block_get(b, "name_en"),
                               .form = block_get(b, "form"), .track = (size_t)track, .line = b->line };

    TRY(only_keys(r, b, "code track name name_en step end urgent form certainty"));
    TRY(yes_no(r, b, "end", &s.end));
    TRY(yes_no(r, b, "urgent", &s.urgent));
    if (p->n_states == PROCESS_STATES)
        return wrong(r, b->line, "more than 64 states", STR(""));
    if (s.code.n == 0 || s.name.n == 0)
        return wrong(r, b->line, "a state needs code and name", STR(""));
    if (track < 0)
        return wrong(r, b->line, "no track is called ", block_get(b, "track"));
    if (state_place(p, s.code) >= 0)
        return wrong(r, b->line, "this state stands here twice: ", s.code);
    if (!str_i64(block_get(b, "step"), &s.step))
        return wrong(r, b->line, "step is not a number", STR(""));
    p->states[p->n_states++] = s;
    return OK;
}

/* -- acts ---------------------------------------------------------------------------------------------------------------------------- */

static status read_who(const struct reading *r, const struct block *b, unsigned *who)
{
    static const struct { const char *word; enum process_who bit; } words[] = {
        { "write", WHO_WRITE }, { "supervise", WHO_SUPERVISE }, { "chair", WHO_CHAIR },
    };
    struct str rest = block_get(b, "who"), word;

    for (*who = 0; next_word(&rest, &word);) {
        unsigned bit = 0;

        for (size_t i = 0; i < COUNT_OF(words); i++)
            if (str_is(word, words[i].word))
                bit = words[i].bit;
        if (bit == 0)
            return wrong(r, line_of(b, "who"), "who is write, supervise or chair, not ", word);
        *who |= bit;
    }
    return *who ? OK : wrong(r, b->line, "an act needs somebody who may do it: who", STR(""));
}

/* All states of an act are of one track. */
static status act_track(const struct reading *r, const struct block *b, struct process_act *act)
{
    const struct process *p = r->p;

    act->track = p->states[state_place(p, act->to)].track;
    for (size_t i = 0; i < p->n_states; i++)
        if ((act->from >> i & 1) && p->states[i].track != act->track)
            return wrong(r, line_of(b, "from"), "an act leads from one track into another: ", p->states[i].code);
    return OK;
}

static bool does_with_papers(struct str papers)
{
    return str_starts(papers, STR("submit ")) || str_starts(papers, STR("approve ")) || str_starts(papers, STR("return "));
}

static status read_act(const struct reading *r, const struct block *b)
{
    struct process *p = r->p;
    struct process_act act = {
        .code = block_get(b, "code"), .to = block_get(b, "to"), .name = block_get(b, "name"), .name_en = block_get(b, "name_en"),
        .list = block_get(b, "list"), .form = block_get(b, "form"), .papers = block_get(b, "papers"), .page = block_get(b, "page"), .line = b->line,
    };

    TRY(only_keys(r, b, "code from to who reason risk second list form fresh papers page close_with starts stops drops name name_en certainty"));
    if (p->n_acts == PROCESS_ACTS)
        return wrong(r, b->line, "more than 96 acts", STR(""));
    if (act.code.n == 0 || act.name.n == 0)
        return wrong(r, b->line, "an act needs code and name", STR(""));
    if (act_place(p, act.code) >= 0)
        return wrong(r, b->line, "this act stands here twice: ", act.code);
    TRY(read_who(r, b, &act.who));
    TRY(yes_no(r, b, "reason", &act.reason));
    TRY(yes_no(r, b, "risk", &act.risk));
    TRY(yes_no(r, b, "second", &act.second));
    TRY(yes_no(r, b, "fresh", &act.fresh));
    if (act.papers.n && !does_with_papers(act.papers))
        return wrong(r, line_of(b, "papers"), "papers begins with submit, approve or return, not ", act.papers);
    if (act.page.n && !str_is(act.page, "transfer") && !str_is(act.page, "refer"))
        return wrong(r, line_of(b, "page"), "page is transfer or refer, not ", act.page);
    if (state_place(p, act.to) < 0)
        return wrong(r, line_of(b, "to"), "no state is called ", act.to);
    TRY(read_states(r, b, "from", &act.from));
    if (act.from == 0)
        return wrong(r, b->line, "an act needs a state that it leads from", STR(""));
    TRY(act_track(r, b, &act));
    TRY(read_states(r, b, "close_with", &act.close_with));
    if (act.page.n && !(act.from >> state_place(p, act.to) & 1))
        return wrong(r, line_of(b, "to"), "an act that leads to a page moves nothing: its to is one of its from, not ", act.to);
    TRY(read_clocks(r, b, "starts", &act.starts));
    TRY(read_clocks(r, b, "stops", &act.stops));
    TRY(read_clocks(r, b, "drops", &act.drops));
    p->acts[p->n_acts++] = act;
    return OK;
}

/* -- clocks ---------------------------------------------------------------------------------------------------------------------------- */

static status read_term(const struct reading *r, const struct block *b, struct clock_term *term)
{
    static const char *const units[] = { [CLOCK_HOURS] = "hours", [CLOCK_DAYS] = "days", [CLOCK_WORKDAYS] = "workdays" };
    int found = 0;

    for (size_t i = 0; i < COUNT_OF(units); i++) {
        struct str value = block_get(b, units[i]);

        if (value.n == 0)
            continue;
        found++;
        term->unit = (enum clock_unit)i;
        if (!str_i64(value, &term->n) || term->n < 1 || term->n > 10000)
            return wrong(r, line_of(b, units[i]), "a term is a number from 1 to 10000, not ", value);
    }
    return found == 1 ? OK : wrong(r, b->line, "a clock needs one of hours, days, workdays", STR(""));
}

/* "1/3": a third of the time is left. */
static status read_soon(const struct reading *r, const struct block *b, struct process_clock *k)
{
    struct str rest = block_get(b, "soon"), part;

    k->soon_part = 1;
    k->soon_of = 3;
    if (rest.n == 0)
        return OK;
    if (!str_cut(&rest, '/', &part) || !str_i64(part, &k->soon_part) || !str_i64(rest, &k->soon_of) || k->soon_part < 1 ||
        k->soon_of <= k->soon_part || k->soon_of > 100)
        return wrong(r, line_of(b, "soon"), "soon is a share of the time, as 1/3, not ", block_get(b, "soon"));
    return OK;
}

static bool rung_of(struct str word, enum rung_who *who)
{
    static const char *const words[] = { [RUNG_OWNER] = "owner", [RUNG_SUPERVISOR] = "supervisor", [RUNG_CHAIR] = "chair",
                                         [RUNG_NEXT] = "next" };

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_is(word, words[i])) {
            *who = (enum rung_who)i;
            return true;
        }
    return false;
}

/* "owner supervisor+4 next+24": who hears of it, and how many hours after the due moment. */
static status read_ladder(const struct reading *r, const struct block *b, struct process_clock *k)
{
    struct str rest = block_get(b, "ladder"), word;

    while (next_word(&rest, &word)) {
        struct clock_rung *rung = &k->rungs[k->n_rungs];
        struct str hours = word, name;
        i64 n = 0;

        if (k->n_rungs == CLOCK_RUNGS)
            return wrong(r, line_of(b, "ladder"), "more than 4 rungs", STR(""));
        if (!str_cut(&hours, '+', &name) || !rung_of(name, &rung->who) || (hours.at != NULL && (!str_i64(hours, &n) || n < 0 || n > 10000)))
            return wrong(r, line_of(b, "ladder"), "a rung is owner, supervisor, chair or next, with +HOURS, not ", word);
        rung->after_ms = n * HOUR_MS;
        if (k->n_rungs && rung->after_ms < rung[-1].after_ms)
            return wrong(r, line_of(b, "ladder"), "a rung comes before the one below it: ", word);
        k->n_rungs++;
    }
    return k->n_rungs ? OK : wrong(r, b->line, "a clock needs a ladder: who hears when it is late", STR(""));
}

static status read_clock(const struct reading *r, const struct block *b)
{
    struct process *p = r->p;
    struct process_clock k = { .code = block_get(b, "code"), .name = block_get(b, "name"), .name_en = block_get(b, "name_en"),
                               .source = block_get(b, "source"), .certainty = block_get(b, "certainty"), .line = b->line };
    struct str owner = block_get(b, "owner");

    TRY(only_keys(r, b, "code name name_en hours days workdays start stop drop pause soon owner ladder source certainty"));
    if (p->n_clocks == PROCESS_CLOCKS)
        return wrong(r, b->line, "more than 32 clocks", STR(""));
    if (k.code.n == 0 || k.name.n == 0 || k.source.n == 0)
        return wrong(r, b->line, "a clock needs code, name and source", STR(""));
    if (!str_is(k.certainty, "read") && !str_is(k.certainty, "to check"))
        return wrong(r, b->line, "certainty is \"read\" or \"to check\", not ", k.certainty);
    if (clock_place(p, k.code) >= 0)
        return wrong(r, b->line, "this clock stands here twice: ", k.code);
    if (owner.n && (!rung_of(owner, &k.owner) || k.owner == RUNG_NEXT))
        return wrong(r, line_of(b, "owner"), "the owner of a clock is owner, supervisor or chair, not ", owner);
    TRY(read_term(r, b, &k.term));
    TRY(read_soon(r, b, &k));
    TRY(read_states(r, b, "pause", &k.pause));
    TRY(read_ladder(r, b, &k));
    p->clocks[p->n_clocks++] = k;
    return OK;
}

/* -- what moves a clock ------------------------------------------------------------------------------------------------------------------ */

enum moved { STARTS, STOPS, DROPS };

static uint32_t *state_bits(struct process_state *s, enum moved m)
{
    return m == STARTS ? &s->starts : m == STOPS ? &s->stops : &s->drops;
}

static uint32_t *act_bits(struct process_act *a, enum moved m)
{
    return m == STARTS ? &a->starts : m == STOPS ? &a->stops : &a->drops;
}

static bool named_moment(struct process_clock *k, enum moved m, struct str word)
{
    const struct { const char *word; enum moved m; bool *flag; } words[] = {
        { "received", STARTS, &k->on_received }, { "opened", STARTS, &k->on_opened }, { "transferred", STOPS, &k->stop_transferred },
        { "referred", STOPS, &k->stop_referred }, { "end", STOPS, &k->stop_end },
    };

    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (words[i].m == m && str_is(word, words[i].word)) {
            *words[i].flag = true;
            return true;
        }
    return false;
}

/* received, opened, transferred, referred, end; state:CODE (the case comes into it), act:CODE. */
static status read_moment(const struct reading *r, int line, size_t clock, enum moved m, struct str word)
{
    struct process *p = r->p;
    struct str code = word, kind;
    int place = -1;

    if (named_moment(&p->clocks[clock], m, word))
        return OK;
    if (!str_cut(&code, ':', &kind) || (!str_is(kind, "state") && !str_is(kind, "act")))
        return wrong(r, line, "this is no moment of a case: ", word);
    place = str_is(kind, "state") ? state_place(p, code) : act_place(p, code);
    if (place < 0)
        return wrong(r, line, str_is(kind, "state") ? "no state is called " : "no act is called ", code);
    *(str_is(kind, "state") ? state_bits(&p->states[place], m) : act_bits(&p->acts[place], m)) |= (uint32_t)1 << clock;
    return OK;
}

static status read_moments(const struct reading *r, const struct block *b)
{
    static const char *const keys[] = { [STARTS] = "start", [STOPS] = "stop", [DROPS] = "drop" };
    size_t clock = (size_t)clock_place(r->p, block_get(b, "code"));

    for (size_t m = 0; m < COUNT_OF(keys); m++) {
        struct str rest = block_get(b, keys[m]), word;

        while (next_word(&rest, &word))
            TRY(read_moment(r, line_of(b, keys[m]), clock, (enum moved)m, word));
    }
    return OK;
}

/* -- the whole ------------------------------------------------------------------------------------------------------------------------------- */

static status read_head(const struct reading *r, const struct block *b)
{
    TRY(only_keys(r, b, "name name_en source certainty"));
    r->p->name = r->p->tracks[0].name = block_get(b, "name");
    r->p->name_en = r->p->tracks[0].name_en = block_get(b, "name_en");
    r->p->source = block_get(b, "source");
    return OK;
}

typedef status block_reader(const struct reading *r, const struct block *b);

static status each_block(const struct reading *r, const struct blocks *blocks, const char *kind, block_reader *read)
{
    for (size_t i = 0; i < blocks->n; i++)
        if (str_is(blocks->at[i].kind, kind))
            TRY(read(r, &blocks->at[i]));
    return OK;
}

static status known_kinds(const struct reading *r, const struct blocks *blocks)
{
    for (size_t i = 0; i < blocks->n; i++) {
        struct str kinds = STR("process track state act clock"), kind;
        bool known = false;

        while (next_word(&kinds, &kind))
            known |= str_eq(kind, blocks->at[i].kind);
        if (!known)
            return wrong(r, blocks->at[i].line, "unknown kind of block: ", blocks->at[i].kind);
    }
    return OK;
}

/* What is named stands first, so that blocks may be in any order: tracks, states, clocks, acts, then what moves the clocks. */
status process_read(struct arena *a, const char *file, struct str text, struct process *p)
{
    struct reading r = { a, file, p };
    struct blocks blocks;

    TRY(blocks_read(a, file, text, &blocks));
    TRY(known_kinds(&r, &blocks));
    p->tracks[p->n_tracks++].code = STR("");       /* the case itself */
    TRY(each_block(&r, &blocks, "process", read_head));
    TRY(each_block(&r, &blocks, "track", read_track));
    TRY(each_block(&r, &blocks, "state", read_state));
    TRY(each_block(&r, &blocks, "clock", read_clock));
    TRY(each_block(&r, &blocks, "act", read_act));
    TRY(each_block(&r, &blocks, "clock", read_moments));
    return process_check(file, p);
}
