/* One report in three panes, and what can be done with it. Only the two right panes hold what was opened with a key. */
#include "desk_words.h"

#include "canned.h"
#include "pictures.h"
#include "presence.h"
#include "rules.h"

#include "speakup_pages.h"
#include "texts.h"

static struct str day_heading(struct ctx *c, i64 day, i64 *last)
{
    char text[CLOCK_TEXT];

    if (day == *last)
        return STR_NULL;
    *last = day;
    clock_day_vi(day, text);
    return arena_copy(c->arena, str_c(text));
}

static struct str act_time(struct ctx *c, const struct message *m)
{
    char text[CLOCK_TEXT];

    if (m->from != FROM_STAFF)
        return STR_NULL;
    clock_time(m->time, text);
    return arena_copy(c->arena, str_c(text));
}

static struct desk_message desk_message(struct ctx *c, const struct message *m, i64 *day)
{
    i64 files = m->from == FROM_SYSTEM ? system_files(m->text) : 0;
    struct str says = m->from == FROM_SYSTEM ? system_says(c, m->text) : STR_NULL;
    struct desk_message d = { .day = day_heading(c, m->day, day), .time = act_time(c, m), .text = m->text };

    d.by = m->note ? AS_NOTE : m->from == FROM_CHILD ? BY_CHILD : m->from == FROM_STAFF ? BY_STAFF : BY_SYSTEM;
    d.name = m->from == FROM_STAFF ? desk_user_name(c, (struct opt_id){ true, m->author }) : STR_NULL;
    if (files)
        d.text = text_fill(c->arena, (int)c->lang, T_DESK_ROW_FILES, desk_number(c, files), STR(""));
    else if (says.n)
        d.text = says;
    d.altered = m->from == FROM_SYSTEM && !files && !says.n;
    return d;
}

/* Messages of C and notes of N in one line, each list in its own order. A child's time is known to the hour only and may
   lie before the answer it follows, so what counts is the latest time up to there. */
static void merge_by_time(struct message *all, const struct messages *talk, const struct messages *notes)
{
    size_t t = 0, n = 0;
    i64 latest = 0;

    while (t < talk->n || n < notes->n) {
        bool from_talk = n == notes->n || (t < talk->n && (talk->at[t].time > latest ? talk->at[t].time : latest) <= notes->at[n].time);
        const struct message *m = from_talk ? &talk->at[t++] : &notes->at[n++];

        if (from_talk && m->time > latest)
            latest = m->time;
        *all++ = *m;
    }
}

/* ?before=PLACE-TIME: the part of the conversation before that message of that time. */
struct window { i64 before, from, to; };

static struct window window_asked(struct ctx *c)
{
    struct str text = query_text(c, "before"), place;
    struct window w = { .to = INT64_MAX };

    if (str_cut(&text, '-', &place) && str_i64(place, &w.before) && str_i64(text, &w.to))
        return w;
    return (struct window){ .to = INT64_MAX };
}

/* Notes belong to the part of the conversation in whose time they were written. */
static void notes_within(struct messages *notes, struct window w)
{
    size_t n = 0;

    for (size_t i = 0; i < notes->n; i++)
        if (notes->at[i].time >= w.from && notes->at[i].time < w.to)
            notes->at[n++] = notes->at[i];
    notes->n = n;
}

static struct url older_url(struct ctx *c, struct id report, const struct messages *talk)
{
    char id[ID_TEXT + 1];

    if (talk->older == 0 || talk->n == 0)
        return (struct url){ STR_NULL };
    id_text(report, id);
    return url_lang(c->arena, url_f(c->arena, "/desk/%s?before=%lld-%lld", id, (long long)talk->older, (long long)talk->at[0].time),
                    c->page.lang_query);
}

/* Where several reports were merged, which of their codes wrote. */
static struct str code_name(const struct message *m, const struct desk_case_view *v)
{
    if (m->from != FROM_CHILD || v->joined.n == 0)
        return STR_NULL;
    for (size_t i = 0; i < v->joined.n; i++)
        if (id_eq(v->joined.at[i].id, m->author))
            return v->joined.at[i].ref;
    return id_eq(v->id, m->author) ? v->ref : STR_NULL;
}

static status fill_thread(struct ctx *c, const struct comps *comps, struct desk_case_view *v)
{
    struct window w = window_asked(c);
    struct messages talk, notes;
    struct message *all;
    i64 day = 0;

    TRY(messages_read(c, comps, (struct messages_part){ "C", w.before, PART_MESSAGES, PART_BYTES }, &talk));
    TRY(messages_read(c, comps, (struct messages_part){ "N", 0, NOTES_SHOWN, NOTES_BYTES }, &notes));
    w.from = talk.older && talk.n ? talk.at[0].time : INT64_MIN;
    notes_within(&notes, w);
    all = NEW_N(c->arena, struct message, talk.n + notes.n + 1);
    merge_by_time(all, &talk, &notes);
    v->messages = (struct desk_messages){ .at = NEW_N(c->arena, struct desk_message, talk.n + notes.n + 1) };
    for (size_t i = 0; i < talk.n + notes.n; i++)
    {
        struct desk_message *d = &v->messages.at[v->messages.n++];

        *d = desk_message(c, &all[i], &day);
        if (d->by == BY_CHILD)
            d->name = code_name(&all[i], v);
    }
    v->older = older_url(c, v->id, &talk);
    v->part = w.before != 0;
    return OK;
}

static struct desk_file desk_file(struct ctx *c, struct id report, const struct evidence *e)
{
    return (struct desk_file){
        .kind = evidence_kind_text(e->kind), .size = evidence_size_text(c, e->size), .sealed = e->police,
        .hash = e->police ? str_upto(e->sha256, 12) : STR_NULL, .open = evidence_url(c, report, e),
    };
}

static status fill_files(struct ctx *c, struct id report, struct comps *comps, struct desk_case_view *v)
{
    struct evidences list;

    TRY(evidence_list(c, report, comps, &list));
    v->files.at = NEW_N(c->arena, struct desk_file, list.n + 1);
    for (size_t i = 0; i < list.n; i++)
        v->files.at[v->files.n++] = desk_file(c, report, &list.at[i]);
    return OK;
}

static status fill_answers(struct ctx *c, const struct comps *comps, struct desk_answers *a)
{
    struct comp_open *notes = comp_newest(comps, "N");
    struct answers told;

    if (notes == NULL || notes->keys == NULL) {
        a->closed = true;
        return OK;
    }
    TRY(desk_answers(c, comps, &told));
    *a = (struct desk_answers){
        .who = desk_word(DESK_WHO, told.who), .danger = desk_word(DESK_DANGER, told.danger), .age = desk_word(DESK_AGE, told.age),
        .harms = desk_harms(c, told.harm), .place = desk_place(c, told.province),
        .commune = network_commune_name(told.province, told.commune), .where = told.where,
        .exclude = desk_excludes(c, told.exclude),
    };
    a->urls = (struct desk_urls){ .at = NEW_N(c->arena, struct desk_url, told.urls.n + 1), .n = told.urls.n };
    for (size_t i = 0; i < told.urls.n; i++)
        a->urls.at[i].text = told.urls.at[i];
    return OK;
}

static void fill_rights(struct ctx *c, const struct desk_case *d, struct desk_case_view *v)
{
    bool writes = may(c, MAY_WRITE_REPORTS) && holds_talk(&d->comps);
    const struct standing *s = &d->standing;

    v->mine = s->mine;
    v->closed = str_is(d->row.state, "closed");
    v->holder = desk_user_name(c, d->row.assignee);
    v->can_note = writes && !str_is(d->row.state, "merged");
    if (!writes)
        return;
    v->can_claim = desk_allows(ACT_CLAIM, s);
    v->can_release = desk_allows(ACT_RELEASE, s);
    v->can_reply = desk_allows(ACT_REPLY, s);
    v->acts = (struct desk_acts){
        .hand_over = desk_allows(ACT_HAND_OVER, s), .merge = desk_allows(ACT_MERGE, s), .unmerge = desk_allows(ACT_UNMERGE, s),
        .prank = desk_allows(ACT_PRANK, s), .unprank = desk_allows(ACT_UNPRANK, s), .close = desk_allows(ACT_CLOSE, s),
        .reopen = desk_allows(ACT_REOPEN, s),
    };
    v->acts.any = v->acts.hand_over || v->acts.merge || v->acts.prank || v->acts.close;
}

static status joint_of(struct ctx *c, struct id report, struct desk_joint *joint)
{
    struct cases_row row = { .id = report };

    TRY(row_get(c->ledger, &table_cases, &row));
    *joint = (struct desk_joint){ row.id, row.ref, row.files };
    return OK;
}

/* What it was merged with, either way. */
static status fill_joined(struct ctx *c, struct id report, struct desk_case_view *v)
{
    struct merges_row into = { .report = report };
    struct merges_rows rows;
    status s = row_get(c->ledger, &table_merges, &into);

    if (s == OK)
        TRY(joint_of(c, into.main, &v->into));
    else if (s != NOT_FOUND)
        return s;
    TRY(sql_merges_of_main(c->ledger, (struct sql_merges_of_main){ .main = report }, &rows));
    v->joined.at = NEW_N(c->arena, struct desk_joint, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            TRY(joint_of(c, rows.at[i].report, &v->joined.at[v->joined.n++]));
    return OK;
}

static status fill_mark(struct ctx *c, struct id report, struct desk_case_view *v)
{
    struct pranks_row mark = { .report = report };
    status s = row_get(c->ledger, &table_pranks, &mark);
    char day[CLOCK_TEXT];
    struct str who;

    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    clock_day_vi(mark.since, day);
    who = desk_user_name(c, (struct opt_id){ true, mark.set_by });
    v->marked = arena_f(c->arena, "%.*s, %s: %.*s", (int)who.n, who.at ? who.at : "", day,
                        (int)list_name(c, "prank", mark.reason).n, list_name(c, "prank", mark.reason).at);
    return OK;
}

/* Who holds evidence alone reads that, and does nothing. */
static status open_for_page(struct ctx *c, struct id report, struct desk_case *d)
{
    status s = desk_case_open(c, report, d);

    if (s != NOT_FOUND)
        return s;
    *d = (struct desk_case){ 0 };
    return desk_open(c, report, &d->row, &d->comps);
}

static void fill_case(struct ctx *c, const struct desk_case *d, struct desk_case_view *v)
{
    const struct comp_open *notes = comp_newest(&d->comps, "N");
    bool reads = notes != NULL && notes->keys != NULL && may(c, MAY_READ_CASES);
    bool elsewhere = str_is(d->row.state, "merged") || str_is(d->row.state, "prank");

    v->pictures = holds_talk(&d->comps);
    v->has_case = reads && d->standing.filed;
    v->can_open_case = reads && !v->has_case && !elsewhere && may(c, MAY_WRITE_CASES);
}

static status case_fill(struct ctx *c, struct id report, struct desk_case_view *v)
{
    struct desk_case d;

    TRY(open_for_page(c, report, &d));
    v->id = report;
    v->ref = d.row.ref;
    v->level = (enum desk_level)d.row.urgency;
    v->clock = desk_clock_of(c, &d.row);
    v->state = desk_word(DESK_STATE, d.row.state);
    v->danger_now = str_is(d.row.danger, "now");
    v->self_harm = str_find(d.row.harm, STR("self_harm")) < d.row.harm.n;
    TRY(case_carer_unsafe(c, report, &v->carer_unsafe));
    fill_rights(c, &d, v);
    fill_case(c, &d, v);
    TRY(fill_joined(c, report, v));
    TRY(fill_mark(c, report, v));
    TRY(fill_thread(c, &d.comps, v));
    TRY(fill_answers(c, &d.comps, &v->answers));
    TRY(fill_files(c, report, &d.comps, v));
    if (v->can_reply && !v->noting)
        v->canned = canned_for(c, report, d.row.harm);
    TRY(desk_log_read(c, report));
    return presence_words(c, report, &v->open_by);
}

/* Words that came too late wait for the report that they were meant for, and for no other, until something is sent there. */
static struct str draft_of(struct ctx *c, struct id report)
{
    char id[ID_TEXT + 1];

    id_text(report, id);
    return arena_f(c->arena, "desk/%s", id);
}

/* A ready-made answer goes behind what stands in the box already. */
static struct str with_canned(struct ctx *c, struct str text)
{
    struct str more = canned_text(c, query_text(c, "answer"));

    if (more.n == 0 || str_trim(text).n == 0)
        return more.n ? more : text;
    return arena_f(c->arena, "%.*s\n\n%.*s", (int)text.n, text.at, (int)more.n, more.at);
}

struct shown { enum desk_pane pane; bool noting; };

static status case_page(struct ctx *c, struct shown shown)
{
    struct desk_case_view v = { .pane = shown.pane, .noting = shown.noting, .text = form_text(c, "text"),
                                .text_error = form_error(c, "text") };
    struct id report;

    TRY(path_id(c, "id", &report));
    TRY(case_fill(c, report, &v));
    TRY(people_nav(c, &v.nav, STAFF_NONE));
    TRY(desk_queue(c, report, &v.queue));
    if (v.text.n == 0 && (v.noting ? v.can_note : v.can_reply))
        TRY(draft_read(c, draft_of(c, report), &v.text));
    if (v.can_reply && !v.noting && !form_failed(c))
        v.text = with_canned(c, v.text);
    return page(c, tpl_speakup_desk_case, &v);
}

static status case_show(struct ctx *c)
{
    return case_page(c, (struct shown){ .pane = PANE_TALK });
}

static status case_show_note(struct ctx *c)
{
    return case_page(c, (struct shown){ .pane = PANE_TALK, .noting = true });
}

static status case_show_summary(struct ctx *c)
{
    return case_page(c, (struct shown){ .pane = PANE_SUMMARY });
}

/* -- acts ------------------------------------------------------------------------------------------------------------------------------ */

static status back_to(struct ctx *c, struct id report, int flash, const char *box)
{
    char id[ID_TEXT + 1];

    id_text(report, id);
    session_put(c, "flash", text_of(c, flash), 5);
    return see_other_f(c, "/desk/%s%s", id, box);
}

typedef status report_act(struct ctx *c, struct id report);

/* Somebody was faster: say so, and show the report as it is now. */
static status do_act(struct ctx *c, report_act *act, int flash)
{
    struct id report;
    status s;

    TRY(path_id(c, "id", &report));
    s = act(c, report);
    if (s == CONFLICT) {
        act_abort(c->ledger);
        return back_to(c, report, T_DESK_FLASH_TAKEN, "");
    }
    TRY(s);
    return back_to(c, report, flash, "");
}

static status case_claim(struct ctx *c)
{
    return do_act(c, desk_claim, T_DESK_FLASH_CLAIMED);
}

static status case_release(struct ctx *c)
{
    return do_act(c, desk_release, T_DESK_FLASH_RELEASED);
}

typedef status text_act(struct ctx *c, struct id report, struct str text);

/* What was typed is never lost: refused or too late, it stands in the box again. */
static status do_text(struct ctx *c, text_act *act, int flash)
{
    struct str text = form_text(c, "text");
    struct id report;
    status s;

    TRY(path_id(c, "id", &report));
    if (str_trim(text).n == 0)
        return form_refuse(c, "text", text_of(c, act == desk_note ? T_DESK_NOTE_EMPTY : T_DESK_REPLY_EMPTY));
    s = act(c, report, text);
    if (s == CONFLICT) {
        act_abort(c->ledger);
        TRY(draft_keep(c, draft_of(c, report), text));
        return back_to(c, report, T_DESK_FLASH_TAKEN, "/note");     /* the box that is open to everybody */
    }
    TRY(s);
    TRY(draft_end(c, draft_of(c, report)));
    return back_to(c, report, flash, "");
}

static status case_reply(struct ctx *c)
{
    return do_text(c, desk_reply, T_DESK_FLASH_REPLIED);
}

static status case_note(struct ctx *c)
{
    return do_text(c, desk_note, T_DESK_FLASH_NOTED);
}

/* Without script: what was typed waits, and the page comes back with the chosen answer behind it. */
static status case_insert(struct ctx *c)
{
    struct str answer = form_text(c, "answer");
    struct desk_case d;
    struct id report;
    char id[ID_TEXT + 1];

    TRY(path_id(c, "id", &report));
    TRY(desk_case_open(c, report, &d));
    if (form_text(c, "text").n)
        TRY(draft_keep(c, draft_of(c, report), form_text(c, "text")));
    id_text(report, id);
    if (canned_text(c, answer).n == 0)
        return see_other_f(c, "/desk/%s/reply#write", id);
    return see_other_f(c, "/desk/%s/reply?answer=%.*s#write", id, (int)answer.n, answer.at);
}

#define EMPTY_FORM FORM({ .name = "token", .max = 100 })
#define TEXT_FORM FORM({ .name = "text", .max = STORY_CHARS }, { .name = "answer", .max = 40 }, { .name = "token", .max = 100 })

const struct route desk_routes[] = {
    ROUTE(GET,  "/desk",             MAY_READ_REPORTS,  NO_FORM,    desk_show),
    ROUTE(GET,  "/desk/:id",         MAY_READ_REPORTS,  NO_FORM,    case_show),
    ROUTE(GET,  "/desk/:id/note",    MAY_WRITE_REPORTS, NO_FORM,    case_show_note),
    ROUTE(GET,  "/desk/:id/reply",   MAY_WRITE_REPORTS, NO_FORM,    case_show),
    ROUTE(GET,  "/desk/:id/summary", MAY_READ_REPORTS,  NO_FORM,    case_show_summary),
    ROUTE(POST, "/desk/:id/claim",   MAY_WRITE_REPORTS, EMPTY_FORM, case_claim),
    ROUTE(POST, "/desk/:id/release", MAY_WRITE_REPORTS, EMPTY_FORM, case_release),
    ROUTE(POST, "/desk/:id/reply",   MAY_WRITE_REPORTS, TEXT_FORM,  case_reply),
    ROUTE(POST, "/desk/:id/insert",  MAY_WRITE_REPORTS, TEXT_FORM,  case_insert),
    ROUTE(POST, "/desk/:id/note",    MAY_WRITE_REPORTS, TEXT_FORM,  case_note),
    ROUTES_END
};
