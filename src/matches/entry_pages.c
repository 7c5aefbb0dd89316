/* One entry of the blocklist: who stands for it, what was said against it, and what the reader may decide. */
#include "pages.h"

#include "matches.sql.h"
#include "matches_pages.h"
#include "texts.h"

static void fact(struct list_entry_view *v, int name, struct str value)
{
    if (value.n > 0)
        v->facts.at[v->facts.n++] = (struct list_fact){ name, value };
}

static struct str who_when(struct ctx *c, struct opt_id who, struct opt_i64 when)
{
    struct str name = user_name(c, who), day = when.has ? day_words(c, when.v) : STR("");

    return who.has ? arena_f(c->arena, "%.*s, %.*s", (int)name.n, name.at, (int)day.n, day.at) : STR("");
}

static void fill_facts(struct ctx *c, struct list_entry_view *v, const struct blocklist_row *e)
{
    v->facts.at = NEW_N(c->arena, struct list_fact, 10);
    fact(v, T_MATCHES_FIELD_CLASS, class_name(c, e->class));
    fact(v, T_MATCHES_FIELD_SOURCE, e->source);
    fact(v, T_MATCHES_FIELD_BASIS, e->basis);
    fact(v, T_MATCHES_FACT_PROPOSED, who_when(c, (struct opt_id){ true, e->set_by }, (struct opt_i64){ true, e->set_at }));
    fact(v, T_MATCHES_FACT_FIRST, who_when(c, e->first_by, e->first_at));
    fact(v, T_MATCHES_FACT_SECOND, who_when(c, e->second_by, e->second_at));
    fact(v, T_MATCHES_FACT_UNTIL, last_day_words(c, e->expires));
}

/* Parents that cover the name, and how many entries lie below it. */
static status fill_relatives(struct ctx *c, struct list_entry_view *v, const struct blocklist_row *e)
{
    struct str key = e->key, last = arena_f(c->arena, "%.*s/", (int)e->key.n - 1, e->key.at);
    struct blocklist_below_row below = { 0 };

    v->parents.at = NEW_N(c->arena, struct list_relative, 128);
    while (v->parents.n < 128 && key_parent(&key)) {
        struct blocklist_row parent;
        status s = sql_blocklist_live(c->ledger, (struct sql_blocklist_live){ .key = key }, &parent);

        if (s == OK)
            v->parents.at[v->parents.n++] = (struct list_relative){ parent.id, name_text(c->arena, key), list_state_text(parent.state) };
        else if (s != NOT_FOUND)
            return s;
    }
    if (!v->address)
        TRY(sql_blocklist_below(c->ledger->db, (struct sql_blocklist_below){ .key = e->key, .last = last }, &below));
    v->below = below.n;
    return OK;
}

static int event_text(struct str act)
{
    static const struct { const char *act; int text; } events[] = {
        { "propose", T_MATCHES_EVENT_PROPOSE }, { "approve", T_MATCHES_EVENT_APPROVE }, { "refuse", T_MATCHES_EVENT_REFUSE },
        { "remove", T_MATCHES_EVENT_REMOVE }, { "uphold", T_MATCHES_EVENT_UPHOLD }, { "reject", T_MATCHES_EVENT_REJECT },
        { "expire", T_MATCHES_EVENT_EXPIRE },
    };

    for (size_t i = 0; i < COUNT_OF(events); i++)
        if (str_is(act, events[i].act))
            return events[i].text;
    return T_MATCHES_EVENT_PROPOSE;
}

static status fill_events(struct ctx *c, struct list_entry_view *v)
{
    struct blocklist_words_rows rows;

    TRY(sql_blocklist_words_of(c->ledger, (struct sql_blocklist_words_of){ .entry = v->id }, &rows));
    v->events.at = NEW_N(c->arena, struct list_event, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            v->events.at[v->events.n++] = (struct list_event){ event_text(rows.at[i].act), user_name(c, rows.at[i].by),
                                                               day_words(c, rows.at[i].at), rows.at[i].words };
    return OK;
}

static int appeal_text(struct str state)
{
    return str_is(state, "open") ? T_MATCHES_APPEAL_OPEN : str_is(state, "upheld") ? T_MATCHES_APPEAL_UPHELD : T_MATCHES_APPEAL_REJECTED;
}

static status fill_appeals(struct ctx *c, struct list_entry_view *v)
{
    struct blocklist_appeals_rows rows;

    TRY(sql_appeals_of_entry(c->ledger, (struct sql_appeals_of_entry){ .entry = v->id }, &rows));
    v->appeals.at = NEW_N(c->arena, struct list_appeal, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        struct appeal_words words;

        if (rows.at[i].altered)
            continue;
        TRY(appeal_open_words(c->ledger, &rows.at[i], &words));
        v->appeals.at[v->appeals.n++] = (struct list_appeal){ day_words(c, rows.at[i].day), words.words, words.contact,
                                                              appeal_text(rows.at[i].state), str_is(rows.at[i].state, "open") };
    }
    return OK;
}

static int bar_text(enum list_bar bar)
{
    return bar == LIST_OWN ? T_MATCHES_BAR_OWN : bar == LIST_SEEN ? T_MATCHES_BAR_SEEN : 0;
}

static void fill_rights(struct ctx *c, struct list_entry_view *v, const struct blocklist_row *e)
{
    bool reviews = may(c, MAY_REVIEW_LISTS), waits = str_is(e->state, "proposed"), appealed = str_is(e->state, "appealed");
    enum list_bar bar = appealed ? blocklist_reject_bar(e, c->actor.user) : blocklist_review_bar(e, c->actor.user);

    v->can_approve = reviews && waits && bar == LIST_FINE;
    v->can_refuse = reviews && waits;
    v->can_remove = reviews && str_is(e->state, "active");
    v->can_uphold = reviews && appealed;
    v->can_reject = reviews && appealed && bar == LIST_FINE;
    v->bar = reviews && (waits || appealed) ? bar_text(bar) : 0;
}

status blocklist_entry_show(struct ctx *c)
{
    static const char *const fields[] = { "words", NULL };
    struct blocklist_row e = { 0 };
    struct list_entry_view v = { .faults = faults_of(c, fields), .words = typed_of(c, "words", STR("")) };

    TRY(path_id(c, "entry", &e.id));
    TRY(row_get(c->ledger, &table_blocklist, &e));
    v.id = e.id;
    v.name = name_text(c->arena, e.key);
    v.state = list_state_text(e.state);
    v.look = str_is(e.state, "proposed") ? LIST_WAITS : str_is(e.state, "active") ? LIST_BLOCKED : str_is(e.state, "appealed") ? LIST_COMPLAINT : LIST_ENDED;
    v.address = key_is_address(e.key);
    v.two = e.two;
    v.half = e.two && e.first_by.has && !e.second_by.has;
    v.top = lists_top(c->arena, e.key);
    fill_facts(c, &v, &e);
    TRY(fill_relatives(c, &v, &e));
    TRY(fill_events(c, &v));
    TRY(fill_appeals(c, &v));
    fill_rights(c, &v, &e);
    TRY(people_nav(c, &v.nav, STAFF_LISTS));
    return page(c, tpl_matches_entry, &v);
}

/* -- deciding ----------------------------------------------------------------------------------------------------------------------- */

static status decide(struct ctx *c, struct id id, struct str what, int *flash)
{
    struct str words = trimmed(c, "words");

    *flash = T_MATCHES_FLASH_APPROVED;
    if (str_is(what, "approve"))
        return act_approve(c, id);
    if (words.n == 0)
        return form_refuse(c, "words", text_of(c, T_MATCHES_WRONG_WORDS));
    *flash = T_MATCHES_FLASH_DECIDED;
    if (str_is(what, "refuse"))
        return act_refuse(c, id, words);
    if (str_is(what, "remove"))
        return act_remove(c, id, words);
    return act_appeals_decide(c, id, str_is(what, "uphold"), words);
}

status blocklist_entry_do(struct ctx *c)
{
    static const char *const known[] = { "approve", "refuse", "remove", "uphold", "reject" };
    struct str what = form_text(c, "do");
    struct id id;
    bool right = false;
    int flash;
    status s;

    TRY(path_id(c, "entry", &id));
    TRY(row_get(c->ledger, &table_blocklist, &(struct blocklist_row){ .id = id }));
    for (size_t i = 0; i < COUNT_OF(known); i++)
        right |= str_is(what, known[i]);
    if (!right)
        return done_at(c, T_MATCHES_FLASH_CHANGED, "/blocklist/entries/", id);
    s = decide(c, id, what, &flash);
    if (s == CONFLICT || s == DENIED) {
        act_abort(c->ledger);
        flash = s == CONFLICT ? T_MATCHES_FLASH_CHANGED : T_MATCHES_FLASH_DENIED;
        s = OK;
    }
    TRY(s);
    return done_at(c, flash, "/blocklist/entries/", id);
}
