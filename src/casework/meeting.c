/* Case conferences: who was asked, when, and what was decided. Members of staff find them among their own work; units that were
   referred to are asked in the thread of their referral, since the case itself is closed to them. */
#include "day.h"

#include "referral.h"

#include "texts.h"

static status write_words(struct ctx *c, const struct casefile *f, const struct named *pairs, size_t n, struct opt_id *record)
{
    struct record r = { .kind = RECORD_MEETING, .author = c->actor.user, .time = c->now, .text = named_json(c, pairs, n) };

    record->has = true;
    return record_write_id(c, comp_newest(&f->comps, "N"), &r, &record->v);
}

static status ask_guests(struct ctx *c, const struct casefile *f, struct id meeting, const struct meeting_new *new)
{
    struct users_rows people;

    TRY(sql_unit_people(c->ledger, (struct sql_unit_people){ .unit = f->file.unit, .now = c->now }, &people));
    for (size_t i = 0; i < new->n_guests; i++) {
        struct meeting_guests_row row = { .meeting = meeting, .user = new->guests[i] };
        bool there = false;

        for (size_t k = 0; k < people.n; k++)
            there |= id_eq(people.at[k].id, row.user) && !people.at[k].altered;
        if (there)
            TRY(row_insert(c->ledger, &table_meeting_guests, &row));
    }
    return OK;
}

/* "14:00, 24/11/2026" */
static struct str moment(struct ctx *c, i64 at)
{
    char time[CLOCK_TEXT], day[CLOCK_TEXT];

    clock_time(at, time);
    clock_day_vi(at, day);
    return arena_f(c->arena, "%s, %s", time, day);
}

static struct str invitation(struct ctx *c, const struct meeting_new *new)
{
    struct str first = text_fill(c->arena, (int)c->lang, T_DAY_MEETING_INVITATION, moment(c, new->at), new->place);

    return new->subject.n ? arena_f(c->arena, "%.*s\n%.*s", (int)first.n, first.at, (int)new->subject.n, new->subject.at) : first;
}

static status ask_units(struct ctx *c, const struct casefile *f, const struct meeting_new *new)
{
    struct record m = { .kind = RECORD_MESSAGE_STAFF, .author = c->actor.user, .time = c->now, .text = invitation(c, new) };

    for (size_t i = 0; i < new->n_referrals; i++) {
        struct referral r;

        TRY(referral_open(c, new->referrals[i], &r));
        if (!id_eq(r.row.case_id, f->row.id))
            return NOT_FOUND;
        if (r.comp.keys != NULL && referral_next(r.row.kind, r.row.state, REFERRAL_WRITE, r.sides) != NULL)
            TRY(record_write(c, &r.comp, &m));
    }
    return OK;
}

static status call_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct meeting_new *new = what;
    const struct named words[] = { { "place", new->place }, { "subject", new->subject }, { "others", new->others } };
    struct meetings_row row = { .id = id_timed(c->now), .case_id = f->row.id, .at = new->at, .state = STR("planned"),
                                .set_by = c->actor.user, .since = c->now };

    TRY(write_words(c, f, words, COUNT_OF(words), &row.words));
    TRY(row_insert(c->ledger, &table_meetings, &row));
    TRY(ask_guests(c, f, row.id, new));
    TRY(ask_units(c, f, new));
    return event_write(c, &f->comps, &(struct event){ .what = "meeting", .from = row.state, .to = moment(c, new->at),
                                                      .words = new->subject });
}

status case_call_meeting(struct ctx *c, struct id id, const struct meeting_new *new)
{
    return case_act_do(c, id, "case.meeting", call_body, new);
}

struct ending { struct id of; struct str state, words; };

static status end_body(struct ctx *c, struct casefile *f, const void *what)
{
    const struct ending *e = what;
    const struct named words[] = { { "minutes", e->words } };
    struct meetings_row row = { .id = e->of };

    TRY(row_get(c->ledger, &table_meetings, &row));
    if (!id_eq(row.case_id, f->row.id))
        return NOT_FOUND;
    if (!str_is(row.state, "planned"))
        return OK;
    TRY(write_words(c, f, words, COUNT_OF(words), &row.minutes));
    row.state = e->state;
    row.ended = (struct opt_i64){ true, c->now };
    row.ended_by = (struct opt_id){ true, c->actor.user };
    TRY(row_update(c->ledger, &table_meetings, &row));
    return event_write(c, &f->comps, &(struct event){ .what = "meeting", .from = e->state, .to = moment(c, row.at), .words = e->words });
}

status case_end_meeting(struct ctx *c, struct id id, struct id meeting, struct str state, struct str words)
{
    return case_act_do(c, id, "case.meeting-end", end_body, &(struct ending){ meeting, state, words });
}

/* -- what the minutes' form takes from it --------------------------------------------------------------------------------------------- */

static const struct meetings_row *last_held(const struct meetings_rows *rows)
{
    const struct meetings_row *last = NULL;

    for (size_t i = 0; i < rows->n; i++)
        if (!rows->at[i].altered && str_is(rows->at[i].state, "held") && (last == NULL || rows->at[i].at > last->at))
            last = &rows->at[i];
    return last;
}

/* "2026-11-24T14:00", as questions of date and time take it. */
static struct str moment_iso(struct ctx *c, i64 at)
{
    char time[CLOCK_TEXT], day[CLOCK_TEXT];

    clock_time(at, time);
    clock_day_iso(at, day);
    return arena_f(c->arena, "%sT%s", day, time);
}

status case_last_meeting(struct ctx *c, const struct casefile *f, struct meeting_last *last)
{
    const struct meetings_row *row;
    const struct said *words;
    struct meetings_rows rows;
    struct said_list said;

    *last = (struct meeting_last){ STR(""), STR("") };
    TRY(sql_meetings_of_case(c->ledger, (struct sql_meetings_of_case){ .case_id = f->row.id }, &rows));
    row = last_held(&rows);
    if (row == NULL)
        return OK;
    TRY(case_said(c, &f->comps, (struct said_wanted){ "N", RECORD_MEETING }, &said));
    words = said_find(&said, row->words);
    last->at = moment_iso(c, row->at);
    last->place = words ? named_get(c, words->json, "place") : STR("");
    return OK;
}
