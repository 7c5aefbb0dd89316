/* Reads the process of a case and its word lists, and refuses what could strand a case. */
#include "process.h"

#include "../base/content.h"

enum { PROCESS_BYTES = 4 << 20, ITEMS_MAX = 500 };

static struct arena memory;
static struct list_item *items;
static size_t n_items;
static struct process *versions[PROCESS_VERSIONS];
static size_t n_versions;
static struct str in_use;

static status wrong(const char *file, int line, const char *what, struct str word)
{
    return fail(INVALID, "content/%s line %d: %s%.*s", file, line, what, (int)word.n, word.at ? word.at : "");
}

/* -- word lists ------------------------------------------------------------------------------------------------------------------ */

static const struct list_item *item_of(const char *list, struct str code)
{
    for (size_t i = 0; i < n_items; i++)
        if (str_is(items[i].list, list) && str_eq(items[i].code, code))
            return &items[i];
    return NULL;
}

bool list_has(const char *list, struct str code)
{
    return item_of(list, code) != NULL;
}

static struct str item_name(const struct ctx *c, const struct list_item *item)
{
    return c->lang == LANG_EN && item->name_en.n ? item->name_en : item->name;
}

struct str list_name(const struct ctx *c, const char *list, struct str code)
{
    const struct list_item *item = item_of(list, code);

    return item ? item_name(c, item) : code;
}

struct choices list_choices(const struct ctx *c, const char *list, struct str chosen)
{
    struct choices choices = { .at = NEW_N(c->arena, struct choice, n_items + 1) };

    for (size_t i = 0; i < n_items; i++) {
        bool on = str_eq(items[i].code, chosen);

        if (str_is(items[i].list, list) && (on || !items[i].hidden))
            choices.at[choices.n++] = (struct choice){ items[i].code, item_name(c, &items[i]), on };
    }
    return choices;
}

static status load_lists(void)
{
    const char *file = "process/lists.txt";
    struct blocks blocks;
    struct str text;

    TRY(content_read(&memory, file, &text));
    TRY(blocks_read(&memory, file, text, &blocks));
    items = NEW_N(&memory, struct list_item, blocks.n + 1);
    n_items = 0;
    for (size_t i = 0; i < blocks.n; i++) {
        const struct block *b = &blocks.at[i];
        struct list_item item = { block_get(b, "list"), block_get(b, "code"), block_get(b, "name"), block_get(b, "name_en"),
                                  str_is(block_get(b, "hidden"), "yes") };

        if (!str_is(b->kind, "item"))
            return wrong(file, b->line, "[item] expected, not ", b->kind);
        if (item.list.n == 0 || item.code.n == 0 || item.name.n == 0)
            return wrong(file, b->line, "an item needs list, code and name", STR(""));
        items[n_items++] = item;
    }
    return OK;
}

/* -- one process -------------------------------------------------------------------------------------------------------------------- */

static int state_place(const struct process *p, struct str code)
{
    for (size_t i = 0; i < p->n_states; i++)
        if (str_eq(p->states[i].code, code))
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
    for (size_t i = 0; i < p->n_acts; i++)
        if (str_eq(p->acts[i].code, code))
            return &p->acts[i];
    return NULL;
}

bool process_allows(const struct process *p, const struct process_act *act, struct str state, bool write, bool supervise)
{
    int place = state_place(p, state);

    return place >= 0 && (act->from >> place & 1) && (act->supervise ? supervise : write);
}

static status read_state(const char *file, const struct block *b, struct process *p)
{
    struct process_state s = { block_get(b, "code"), block_get(b, "name"), block_get(b, "name_en"), 0,
                               str_is(block_get(b, "end"), "yes"), str_is(block_get(b, "urgent"), "yes") };

    if (p->n_states == PROCESS_STATES)
        return wrong(file, b->line, "more than 32 states", STR(""));
    if (s.code.n == 0 || s.name.n == 0)
        return wrong(file, b->line, "a state needs code and name", STR(""));
    if (state_place(p, s.code) >= 0)
        return wrong(file, b->line, "this state stands here twice: ", s.code);
    if (!str_i64(block_get(b, "step"), &s.step))
        return wrong(file, b->line, "step is not a number", STR(""));
    p->states[p->n_states++] = s;
    return OK;
}

static status read_from(const char *file, const struct block *b, const struct process *p, struct process_act *act)
{
    struct str rest = block_get(b, "from"), word;

    while (str_cut(&rest, ' ', &word)) {
        int place = state_place(p, word);

        if (word.n == 0)
            continue;
        if (place < 0)
            return wrong(file, b->line, "no state is called ", word);
        act->from |= (uint32_t)1 << place;
    }
    return act->from ? OK : wrong(file, b->line, "an act needs a state that it leads from", STR(""));
}

static status read_act(const char *file, const struct block *b, struct process *p)
{
    struct str who = block_get(b, "who");
    struct process_act act = {
        .code = block_get(b, "code"), .to = block_get(b, "to"), .name = block_get(b, "name"), .name_en = block_get(b, "name_en"),
        .list = block_get(b, "list"), .supervise = str_is(who, "supervise"), .reason = str_is(block_get(b, "reason"), "yes"),
        .risk = str_is(block_get(b, "risk"), "yes"),
    };

    if (p->n_acts == PROCESS_ACTS)
        return wrong(file, b->line, "more than 64 acts", STR(""));
    if (act.code.n == 0 || act.name.n == 0)
        return wrong(file, b->line, "an act needs code and name", STR(""));
    if (process_act(p, act.code) != NULL)
        return wrong(file, b->line, "this act stands here twice: ", act.code);
    if (!str_is(who, "write") && !act.supervise)
        return wrong(file, b->line, "who is write or supervise, not ", who);
    if (state_place(p, act.to) < 0)
        return wrong(file, b->line, "no state is called ", act.to);
    TRY(read_from(file, b, p, &act));
    p->acts[p->n_acts++] = act;
    return OK;
}

static void read_head(const struct block *b, struct process *p)
{
    p->name = block_get(b, "name");
    p->name_en = block_get(b, "name_en");
    p->source = block_get(b, "source");
}

static uint32_t reached_from(const struct process *p, uint32_t states)
{
    uint32_t before;

    do {
        before = states;
        for (size_t i = 0; i < p->n_acts; i++)
            if (p->acts[i].from & states)
                states |= (uint32_t)1 << state_place(p, p->acts[i].to);
    } while (states != before);
    return states;
}

/* Every state is reached from the first, and from every state an end is reached: no case can be stranded. */
static status check_roads(const char *file, const struct process *p)
{
    uint32_t ends = 0, all = reached_from(p, 1);

    for (size_t i = 0; i < p->n_states; i++)
        if (p->states[i].end)
            ends |= (uint32_t)1 << i;
    if (p->n_states == 0 || ends == 0)
        return wrong(file, 1, "a process needs states, and one that ends it", STR(""));
    for (size_t i = 0; i < p->n_states; i++) {
        if (!(all >> i & 1))
            return wrong(file, 1, "nothing leads to the state ", p->states[i].code);
        if (!(reached_from(p, (uint32_t)1 << i) & ends))
            return wrong(file, 1, "no road leads to an end from the state ", p->states[i].code);
    }
    return OK;
}

status process_read(struct arena *a, const char *file, struct str text, struct process *p)
{
    struct blocks blocks;

    TRY(blocks_read(a, file, text, &blocks));
    for (size_t i = 0; i < blocks.n; i++)
        if (str_is(blocks.at[i].kind, "state"))
            TRY(read_state(file, &blocks.at[i], p));
    for (size_t i = 0; i < blocks.n; i++) {
        const struct block *b = &blocks.at[i];

        if (str_is(b->kind, "process"))
            read_head(b, p);
        else if (str_is(b->kind, "act"))
            TRY(read_act(file, b, p));
        else if (!str_is(b->kind, "state"))
            return wrong(file, b->line, "unknown kind of block: ", b->kind);
    }
    return check_roads(file, p);
}

/* -- all of them -------------------------------------------------------------------------------------------------------------------- */

static status check_lists(const char *file, const struct process *p)
{
    for (size_t i = 0; i < p->n_acts; i++) {
        bool known = p->acts[i].list.n == 0;

        for (size_t k = 0; k < n_items; k++)
            known |= str_eq(items[k].list, p->acts[i].list);
        if (!known)
            return wrong(file, 1, "no list is called ", p->acts[i].list);
    }
    return OK;
}

static status load_version(const struct block *b)
{
    struct process *p = NEW(&memory, struct process);
    struct str text, file;

    p->code = block_get(b, "process");
    if (n_versions == PROCESS_VERSIONS || !str_i64(block_get(b, "version"), &p->version) ||
        !clock_of_iso(block_get(b, "from"), &p->from))
        return wrong("process/index.txt", b->line, "a version needs process, version (a number) and from (2026-07-01)", STR(""));
    file = arena_f(&memory, "process/%.*s/%lld.txt", (int)p->code.n, p->code.at, (long long)p->version);
    TRY(content_read(&memory, file.at, &text));
    TRY(process_read(&memory, file.at, text, p));
    TRY(check_lists(file.at, p));
    versions[n_versions++] = p;
    return OK;
}

status process_load(void)
{
    struct blocks blocks;
    struct str text;

    if (memory.first == NULL)
        memory = arena_make(PROCESS_BYTES);
    n_versions = 0;
    TRY(load_lists());
    TRY(content_read(&memory, "process/index.txt", &text));
    TRY(blocks_read(&memory, "process/index.txt", text, &blocks));
    for (size_t i = 0; i < blocks.n; i++) {
        if (str_is(blocks.at[i].kind, "use"))
            in_use = block_get(&blocks.at[i], "process");
        else if (str_is(blocks.at[i].kind, "version"))
            TRY(load_version(&blocks.at[i]));
    }
    return process_for_new(INT64_MAX) ? OK : fail(INVALID, "content/process/index.txt: [use] names no process that is there");
}

const struct process *process_for_new(i64 now)
{
    const struct process *latest = NULL, *any = NULL;

    for (size_t i = 0; i < n_versions; i++) {
        if (!str_eq(versions[i]->code, in_use))
            continue;
        any = any ? any : versions[i];
        if (versions[i]->from <= now && (latest == NULL || versions[i]->from > latest->from))
            latest = versions[i];
    }
    return latest ? latest : any;
}

const struct process *process_of(struct str code, i64 version)
{
    for (size_t i = 0; i < n_versions; i++)
        if (str_eq(versions[i]->code, code) && versions[i]->version == version)
            return versions[i];
    return NULL;
}

const struct process *process_at(size_t i)
{
    return i < n_versions ? versions[i] : NULL;
}
