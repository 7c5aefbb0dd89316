/* An entry of the log as a line of a page: who, what, when, to what, in words. */
#include "log_words.h"

#include "texts.h"

#include <stdio.h>

/* The list with its filter; `name` takes another value. */
struct url log_list_url(struct ctx *c, const char *name, struct str value)
{
    static const char *const kept[] = { "who", "what", "act", "org", "since", "until" };
    struct url u = url_lang(c->arena, url_path("/log"), c->page.lang_query);

    for (size_t i = 0; i < COUNT_OF(kept); i++)
        u = url_query(c->arena, u, kept[i], name && strcmp(name, kept[i]) == 0 ? value : query_text(c, kept[i]));
    return u;
}

/* 48210 as "48.210", and "48,210" in English. */
struct str log_count_text(struct ctx *c, i64 n)
{
    char digits[24], out[32];
    int len = snprintf(digits, sizeof digits, "%lld", (long long)n), at = 0;

    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            out[at++] = c->lang == LANG_VI ? '.' : ',';
        out[at++] = digits[i];
    }
    return arena_copy(c->arena, str_of(out, (size_t)at));
}

static struct str day_text(struct ctx *c, i64 ms)
{
    char text[CLOCK_TEXT];

    clock_day_vi(ms, text);
    return arena_copy(c->arena, str_c(text));
}

static struct str time_text(struct ctx *c, i64 ms)
{
    char text[CLOCK_TEXT];

    clock_time(ms, text);
    return arena_f(c->arena, "%s:%02d", text, (int)(ms / SECOND_MS % 60));
}

struct str log_moment_text(struct ctx *c, i64 ms)
{
    struct str time = time_text(c, ms), day = day_text(c, ms);

    return arena_f(c->arena, "%.*s, %.*s", (int)time.n, time.at, (int)day.n, day.at);
}

/* "cases 1, grants 5": tables in the order in which the act wrote them. */
static struct str rows_text(struct ctx *c, struct entry e)
{
    struct { struct str table; i64 n; } seen[32];
    struct out o = { .max = 4096 };
    struct entry_row row;
    struct str text;
    size_t n = 0, i;

    while (entry_next_row(&e, &row) == OK) {
        for (i = 0; i < n && !str_eq(seen[i].table, row.table); i++)
            ;
        if (i == COUNT_OF(seen))
            break;
        seen[i].table = row.table;
        seen[i].n = i == n ? 1 : seen[i].n + 1;
        n += i == n;
    }
    for (i = 0; i < n; i++)
        out_f(&o, "%s%.*s %lld", i ? ", " : "", (int)seen[i].table.n, seen[i].table.at, (long long)seen[i].n);
    text = n ? arena_copy(c->arena, out_done(&o)) : STR_NULL;
    out_free(&o);
    return text;
}

/* Who did it, with the organisation. */
static status set_who(struct ctx *c, struct log_names *names, const struct entry *e, struct log_item *row)
{
    struct log_name who, org;

    if (id_is_zero(e->actor))
        return OK;
    TRY(log_name(c, names, e->actor, &who));
    row->who = who.name.n ? who.name : who.ref;
    row->who_url = log_list_url(c, "who", who.ref);
    if (id_is_zero(who.org))
        return OK;
    TRY(log_name(c, names, who.org, &org));
    row->who_org = org.name;
    return OK;
}

/* To what. Of a refused look-up an organisation's auditor sees the name only where it is their own: else the log would tell
   a foreign record from one that never was. */
static status set_object(struct ctx *c, struct log_names *names, const struct entry *e, struct log_item *row, struct opt_id reader)
{
    struct log_name object;

    if (id_is_zero(e->object))
        return OK;
    TRY(log_name(c, names, e->object, &object));
    if (row->refused && reader.has && !id_eq(object.org, reader.v)) {
        char text[ID_TEXT + 1];

        id_text(e->object, text);
        object = (struct log_name){ .ref = arena_copy(c->arena, str_c(text)) };
    }
    row->object = object.name.n ? object.name : object.ref;
    row->object_url = log_list_url(c, "what", object.ref);
    return OK;
}

status log_row(struct ctx *c, struct log_names *names, const struct log_line *line, struct opt_id reader, struct log_item *row)
{
    const struct entry *e = &line->entry;

    *row = (struct log_item){ .id = line->id, .seq = line->seq < 0 ? STR_NULL : log_count_text(c, line->seq),
                             .day = day_text(c, e->time), .anonymous = line->anonymous, .altered = line->altered };
    if (line->altered)
        return OK;
    row->time = line->anonymous ? STR_NULL : time_text(c, e->time);
    row->act = (struct log_word){ log_word(e->act), arena_copy(c->arena, e->act) };
    row->refused = str_is(e->act, "refused") || str_is(e->act, "person.sign-in-failed");
    row->rows = rows_text(c, *e);
    TRY(set_who(c, names, e, row));
    return set_object(c, names, e, row, reader);
}

struct log_names log_names_make(struct ctx *c)
{
    return (struct log_names){ .at = NEW_N(c->arena, struct log_name, 3 * LOG_PAGE), .max = (size_t)3 * LOG_PAGE };
}

status people_log_of(struct ctx *c, struct id object, struct log_place from, struct object_log *list)
{
    struct log_filter filter = { .object = { true, object } };
    struct log_names names = log_names_make(c);
    struct log_lines lines;

    TRY(log_look(c->ledger, &filter, from, &lines));
    *list = (struct object_log){ .rows.at = NEW_N(c->arena, struct log_item, lines.n + 1), .more = lines.more, .next = lines.next };
    for (size_t i = 0; i < lines.n; i++)
        TRY(log_row(c, &names, &lines.at[i], (struct opt_id){ false, id_zero() }, &list->rows.at[list->rows.n++]));
    return OK;
}
