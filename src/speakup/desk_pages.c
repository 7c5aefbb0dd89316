/* The desk: the list of work, and one report in three panes. Lists come from clear columns alone. */
#include "desk.h"

#include "child.h"
#include "rules.h"

#include "speakup_pages.h"
#include "texts.h"

enum { PAGE_ROWS = 50, DUE_FAR = 0 };

/* -- words ------------------------------------------------------------------------------------------------------------------ */

struct word { const char *code; int text; };

static int word_of(const struct word *words, size_t n, struct str code)
{
    for (size_t i = 1; i < n; i++)
        if (str_is(code, words[i].code))
            return words[i].text;
    return words[0].text;       /* the first stands for "not answered" and for what is unknown */
}
#define WORD(table, code) word_of(table, COUNT_OF(table), code)

static const struct word who_words[] = {
    { "", T_DESK_WHO_NONE }, { "self", T_DESK_WHO_SELF }, { "friend", T_DESK_WHO_FRIEND }, { "parent", T_DESK_WHO_PARENT },
    { "teacher", T_DESK_WHO_TEACHER }, { "other", T_DESK_WHO_OTHER },
};
static const struct word danger_words[] = {
    { "", T_DESK_DANGER_NONE }, { "now", T_DESK_DANGER_NOW }, { "soon", T_DESK_DANGER_SOON }, { "no", T_DESK_DANGER_NO },
    { "unsure", T_DESK_DANGER_UNSURE },
};
static const struct word age_words[] = {
    { "", T_DESK_AGE_NONE }, { "under9", T_DESK_AGE_UNDER9 }, { "9-11", T_DESK_AGE_9_11 }, { "12-15", T_DESK_AGE_12_15 },
    { "16-17", T_DESK_AGE_16_17 }, { "adult", T_DESK_AGE_ADULT },
};
static const struct word harm_words[] = {
    { "other", T_DESK_HARM_OTHER }, { "bullying", T_DESK_HARM_BULLYING }, { "threat", T_DESK_HARM_THREAT },
    { "images", T_DESK_HARM_IMAGES }, { "contact", T_DESK_HARM_CONTACT }, { "scam", T_DESK_HARM_SCAM },
    { "hate", T_DESK_HARM_HATE }, { "self_harm", T_DESK_HARM_SELF_HARM },
};
static const struct word exclude_words[] = {
    { "other", T_DESK_EXCLUDE_OTHER }, { "hotline", T_DESK_EXCLUDE_HOTLINE }, { "police", T_DESK_EXCLUDE_POLICE },
    { "commune", T_DESK_EXCLUDE_COMMUNE }, { "school", T_DESK_EXCLUDE_SCHOOL }, { "health", T_DESK_EXCLUDE_HEALTH },
    { "social", T_DESK_EXCLUDE_SOCIAL }, { "union", T_DESK_EXCLUDE_UNION }, { "ngo", T_DESK_EXCLUDE_NGO },
    { "enterprise", T_DESK_EXCLUDE_ENTERPRISE },
};
static const struct word state_words[] = {
    { "new", T_DESK_STATE_NEW }, { "claimed", T_DESK_STATE_CLAIMED }, { "answered", T_DESK_STATE_ANSWERED },
    { "closed", T_DESK_STATE_CLOSED },
};

static struct desk_words harm_list(struct ctx *c, struct str codes)
{
    struct desk_words list = { .at = NEW_N(c->arena, struct desk_word, codes.n + 1) };
    struct str code;

    while (codes.n && str_cut(&codes, ',', &code))
        if (code.n)
            list.at[list.n++].key = WORD(harm_words, code);
    return list;
}

static struct desk_words exclude_list(struct ctx *c, struct strs codes)
{
    struct desk_words list = { .at = NEW_N(c->arena, struct desk_word, codes.n + 1), .n = codes.n };

    for (size_t i = 0; i < codes.n; i++)
        list.at[i].key = WORD(exclude_words, codes.at[i]);
    return list;
}

static struct str place_name(const struct ctx *c, struct str code)
{
    struct str name = network_province_name(code, c->lang == LANG_EN);

    return name.n ? name : STR_NULL;
}

static struct str number(struct ctx *c, i64 n)
{
    return arena_f(c->arena, "%lld", (long long)n);
}

/* -- the clock ----------------------------------------------------------------------------------------------------------------- */

static struct desk_clock clock_words(struct ctx *c, i64 due)
{
    static const int late[] = { T_DESK_CLOCK_LATE_MINUTES, T_DESK_CLOCK_LATE_HOURS, T_DESK_CLOCK_LATE_DAYS };
    static const int left[] = { T_DESK_CLOCK_LEFT_MINUTES, T_DESK_CLOCK_LEFT_HOURS, T_DESK_CLOCK_LEFT_DAYS };
    i64 minutes = (due - c->now) / MINUTE_MS, m = minutes < 0 ? -minutes : minutes;
    int unit = m < 60 ? 0 : m < 48 * 60 ? 1 : 2;
    struct desk_clock clock = { .words = (due < c->now ? late : left)[unit], .a = STR(""), .b = STR("") };

    clock.look = due < c->now ? CLOCK_LATE : minutes < 20 ? CLOCK_SOON : CLOCK_FINE;
    clock.a = number(c, unit == 0 ? m : unit == 1 ? m / 60 : m / (24 * 60));
    if (unit == 1)
        clock.b = number(c, m % 60);
    return clock;
}

/* Until it is claimed the ladder's clock tells ten minutes; afterwards the hour is all that is kept. */
static i64 due_of(struct ctx *c, const struct cases_row *row)
{
    struct dormant_next_row next;

    if (row->assignee.has || sql_dormant_next(c->ledger->db, (struct sql_dormant_next){ .case_id = row->id }, &next) != OK)
        return row->due + HOUR_MS;
    return next.due.has ? next.due.v : row->due + HOUR_MS;
}

static struct desk_clock clock_of(struct ctx *c, const struct cases_row *row)
{
    if (str_is(row->state, "closed"))
        return (struct desk_clock){ .look = CLOCK_DONE, .words = T_DESK_CLOCK_CLOSED, .a = STR(""), .b = STR("") };
    if (row->waiting == 0)
        return (struct desk_clock){ .look = CLOCK_DONE, .words = T_DESK_CLOCK_ANSWERED, .a = STR(""), .b = STR("") };
    return clock_words(c, due_of(c, row));
}

/* -- lists ---------------------------------------------------------------------------------------------------------------------- */

static struct str user_name(struct ctx *c, struct opt_id user)
{
    struct users_row row = { .id = user.v };

    return user.has && row_get(c->ledger, &table_users, &row) == OK ? row.name : STR_NULL;
}

static bool is_mine(const struct ctx *c, const struct cases_row *row)
{
    return row->assignee.has && id_eq(row->assignee.v, c->actor.user);
}

static struct desk_row desk_row(struct ctx *c, const struct cases_row *row, struct id current)
{
    if (row->altered)
        return (struct desk_row){ .id = row->id, .ref = STR("PA-?"), .altered = true, .clock = { .words = T_DESK_CLOCK_CLOSED } };
    return (struct desk_row){
        .id = row->id, .ref = row->ref, .level = (enum desk_level)row->urgency, .clock = clock_of(c, row),
        .harms = harm_list(c, row->harm), .age = WORD(age_words, row->age_band), .place = place_name(c, row->province),
        .waiting = row->waiting, .files = row->files, .holder = user_name(c, row->assignee), .mine = is_mine(c, row),
        .current = id_eq(row->id, current),
    };
}

/* Where a list goes on: behind the last row of the page before. Zero: from the beginning. */
struct cursor { i64 urgency, due; struct id id; };
static const struct cursor from_start = { .urgency = 5, .due = DUE_FAR };

static struct cursor cursor_of_query(const struct ctx *c)
{
    struct cursor cursor = from_start;
    struct str id = query_text(c, "after"), urgency = query_text(c, "u"), due = query_text(c, "d");

    if (!id_of_text(id, &cursor.id) || !str_i64(urgency, &cursor.urgency) || !str_i64(due, &cursor.due))
        return from_start;
    return cursor;
}

struct filter { int level; struct str province; };

static bool passes(const struct filter *f, const struct cases_row *row)
{
    if (row->altered)
        return true;
    return (f->level < 0 || row->urgency == f->level) && (f->province.n == 0 || str_eq(row->province, f->province));
}

static void rows_add(struct ctx *c, struct desk_rows *list, const struct cases_rows *rows, const struct filter *f)
{
    for (size_t i = 0; i < rows->n && list->n < PAGE_ROWS; i++)
        if (passes(f, &rows->at[i]))
            list->at[list->n++] = desk_row(c, &rows->at[i], id_zero());
}

static struct desk_rows rows_new(struct ctx *c)
{
    return (struct desk_rows){ .at = NEW_N(c->arena, struct desk_row, PAGE_ROWS) };
}

/* The reader's own, those that wait for an answer first. */
static status list_mine(struct ctx *c, const struct filter *f, struct desk_rows *list)
{
    static const char *const states[] = { "claimed", "answered" };

    *list = rows_new(c);
    for (size_t i = 0; i < COUNT_OF(states); i++) {
        struct sql_queue_mine in = { .user = c->actor.user, .state = str_c(states[i]), .urgency = from_start.urgency };
        struct cases_rows rows;

        TRY(sql_queue_mine(c->ledger, in, &rows));
        rows_add(c, list, &rows, f);
    }
    list->total = (i64)list->n;
    return OK;
}

static struct url next_url(struct ctx *c, const struct cases_row *last)
{
    char id[ID_TEXT + 1];
    struct url u = url_lang(c->arena, url_path("/desk"), c->page.lang_query);
    static const char *const kept[] = { "show", "level", "province" };

    for (size_t i = 0; i < COUNT_OF(kept); i++)
        u = url_query(c->arena, u, kept[i], query_text(c, kept[i]));
    if (last == NULL)
        return u;
    id_text(last->id, id);
    u = url_query(c->arena, u, "u", number(c, last->urgency));
    u = url_query(c->arena, u, "d", number(c, last->due));
    return url_query(c->arena, u, "after", str_c(arena_copy(c->arena, str_c(id)).at));
}

/* One state of one unit's queue. The statement gives one row more than a page, which tells that there is a next one. */
static status list_queue(struct ctx *c, struct id unit, const char *state, struct desk_view *v, const struct filter *f)
{
    struct cursor at = cursor_of_query(c);
    struct sql_queue in = { .unit = unit, .state = str_c(state), .urgency = at.urgency, .due = at.due, .id = at.id };
    struct queue_count_row count;
    struct cases_rows rows;

    TRY(sql_queue(c->ledger, in, &rows));
    rows_add(c, &v->rest, &rows, f);
    TRY(sql_queue_count(c->ledger->db, (struct sql_queue_count){ .unit = unit, .state = str_c(state) }, &count));
    v->rest.total += count.n;
    if (rows.n > PAGE_ROWS)
        v->next = next_url(c, &rows.at[PAGE_ROWS - 1]);
    if (at.urgency != from_start.urgency)
        v->start = next_url(c, NULL);
    return OK;
}

static status list_rest(struct ctx *c, struct desk_view *v, const struct filter *f)
{
    static const char *const states[] = { "new", "claimed", "answered", "closed" };
    size_t n = v->show == SHOW_ALL ? COUNT_OF(states) : 1;

    v->rest = rows_new(c);
    for (size_t u = 0; u < c->actor.n_units; u++)
        for (size_t i = 0; i < n; i++)
            TRY(list_queue(c, c->actor.units[u], states[i], v, f));
    return OK;
}

/* -- /desk ------------------------------------------------------------------------------------------------------------------------ */

static status fill_nav(struct ctx *c, struct staff_nav *nav, enum staff_item active)
{
    struct mine_count_row mine;

    *nav = (struct staff_nav){ .active = active, .desk = true, .flash = session_take(c, "flash") };
    nav->queue = url_lang(c->arena, url_path("/desk?show=unclaimed"), c->page.lang_query);
    TRY(sql_mine_count(c->ledger->db, (struct sql_mine_count){ .user = c->actor.user }, &mine));
    nav->mine = mine.n;
    nav->pressing = mine.waiting > 0;
    for (size_t u = 0; u < c->actor.n_units; u++) {
        struct queue_count_row count;

        TRY(sql_queue_count(c->ledger->db, (struct sql_queue_count){ .unit = c->actor.units[u], .state = STR("new") }, &count));
        nav->unclaimed += count.n;
    }
    return OK;
}

static enum desk_show show_of(struct str code)
{
    if (str_is(code, "mine"))
        return SHOW_MINE;
    if (str_is(code, "unclaimed"))
        return SHOW_UNCLAIMED;
    return str_is(code, "all") ? SHOW_ALL : SHOW_BOTH;
}

static struct filter filter_of(const struct ctx *c)
{
    static const char *const levels[] = { "odd", "low", "middle", "high", "now" };
    struct filter f = { .level = -1, .province = query_text(c, "province") };

    for (int i = 0; i < LEVELS; i++)
        if (str_is(query_text(c, "level"), levels[i]))
            f.level = i;
    return f;
}

static void count_clocks(struct desk_view *v)
{
    for (size_t i = 0; i < v->mine.n; i++) {
        v->late += v->mine.at[i].clock.look == CLOCK_LATE;
        v->soon += v->mine.at[i].clock.look == CLOCK_SOON;
    }
}

static status desk_show(struct ctx *c)
{
    struct filter f = filter_of(c);
    struct desk_view v = { .show = show_of(query_text(c, "show")), .level = f.level,
                           .provinces = network_province_choices(c, f.province), .province = place_name(c, f.province),
                           .start = { STR_NULL }, .next = { STR_NULL } };

    TRY(fill_nav(c, &v.nav, v.show == SHOW_UNCLAIMED ? STAFF_QUEUE : STAFF_TASKS));
    if (v.show == SHOW_BOTH || v.show == SHOW_MINE)
        TRY(list_mine(c, &f, &v.mine));
    if (v.show != SHOW_MINE)
        TRY(list_rest(c, &v, &f));
    count_clocks(&v);
    return page(c, tpl_speakup_desk, &v);
}

/* -- one report --------------------------------------------------------------------------------------------------------------------- */

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
    struct desk_message d = { .day = day_heading(c, m->day, day), .time = act_time(c, m), .text = m->text };

    d.by = m->note ? AS_NOTE : m->from == FROM_CHILD ? BY_CHILD : m->from == FROM_STAFF ? BY_STAFF : BY_SYSTEM;
    d.name = m->from == FROM_STAFF ? user_name(c, (struct opt_id){ true, m->author }) : STR_NULL;
    if (files)
        d.text = text_fill(c->arena, (int)c->lang, T_DESK_ROW_FILES, number(c, files), STR(""));
    d.altered = m->from == FROM_SYSTEM && !files;
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

static status fill_thread(struct ctx *c, const struct comps *comps, struct desk_case_view *v)
{
    struct messages talk, notes;
    struct message *all;
    i64 day = 0;

    TRY(messages_read(c, comps, "C", &talk));
    TRY(messages_read(c, comps, "N", &notes));
    all = NEW_N(c->arena, struct message, talk.n + notes.n + 1);
    merge_by_time(all, &talk, &notes);
    v->messages = (struct desk_messages){ .at = NEW_N(c->arena, struct desk_message, talk.n + notes.n + 1) };
    for (size_t i = 0; i < talk.n + notes.n; i++)
        v->messages.at[v->messages.n++] = desk_message(c, &all[i], &day);
    return OK;
}

static int file_kind(struct str type)
{
    if (str_starts(type, STR("image/")))
        return T_DESK_FILE_PICTURE;
    if (str_starts(type, STR("video/")))
        return T_DESK_FILE_VIDEO;
    if (str_starts(type, STR("text/")))
        return T_DESK_FILE_TEXT;
    return str_is(type, "application/pdf") ? T_DESK_FILE_DOCUMENT : T_DESK_FILE_OTHER;
}

static struct str size_words(struct ctx *c, i64 bytes)
{
    char point = c->lang == LANG_VI ? ',' : '.';

    if (bytes < 1 << 20)
        return arena_f(c->arena, "%lld KB", (long long)(bytes + 1023) / 1024);
    return arena_f(c->arena, "%lld%c%lld MB", (long long)(bytes >> 20), point, (long long)((bytes & 0xfffff) * 10 >> 20));
}

static struct desk_file desk_file(struct ctx *c, const struct evidence *e, bool sealed, struct str sha256)
{
    struct desk_file file = { .kind = e ? file_kind(e->type) : T_DESK_FILE_OTHER, .sealed = sealed, .hash = STR_NULL,
                              .size = e ? size_words(c, e->size) : STR(""), .open = { STR_NULL } };
    struct out hex = { .max = 32 };

    if (sealed && e != NULL) {
        file.hash = str_upto(sha256, 12);       /* of the plaintext, hexadecimal in its record */
    } else if (sealed) {
        out_hex(&hex, sha256.at, sha256.n < 6 ? sha256.n : 6);
        file.hash = arena_copy(c->arena, out_done(&hex));
        out_free(&hex);
    }
    return file;
}

/* What lies in P is named by its ciphertext's hash and size alone for those who hold no key of it. */
static status fill_files(struct ctx *c, struct id report, const struct comps *comps, struct desk_case_view *v)
{
    struct evidences open;
    struct files_rows rows;

    TRY(desk_evidence(c, comps, &open));
    TRY(sql_files_of(c->ledger, (struct sql_files_of){ .case_id = report }, &rows));
    v->files.at = NEW_N(c->arena, struct desk_file, open.n + rows.n + 1);
    for (size_t i = 0; i < open.n; i++)
        v->files.at[v->files.n++] = desk_file(c, &open.at[i], open.at[i].sealed, open.at[i].sha256);
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered || !comp_is_closed_p(comps, rows.at[i].comp))
            continue;
        v->files.at[v->files.n] = desk_file(c, NULL, true, rows.at[i].sha256);
        v->files.at[v->files.n++].size = size_words(c, rows.at[i].size);
    }
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
        .who = WORD(who_words, told.who), .danger = WORD(danger_words, told.danger), .age = WORD(age_words, told.age),
        .harms = harm_list(c, told.harm), .place = place_name(c, told.province),
        .commune = network_commune_name(told.province, told.commune), .where = told.where,
        .exclude = exclude_list(c, told.exclude),
    };
    a->urls = (struct desk_urls){ .at = NEW_N(c->arena, struct desk_url, told.urls.n + 1), .n = told.urls.n };
    for (size_t i = 0; i < told.urls.n; i++)
        a->urls.at[i].text = told.urls.at[i];
    return OK;
}

/* The left pane: what is unclaimed in the reader's first unit, as it stands now. */
static status fill_queue(struct ctx *c, struct id report, struct desk_rows *queue)
{
    struct sql_queue in = { .state = STR("new"), .urgency = from_start.urgency };
    struct cases_rows rows;

    *queue = rows_new(c);
    for (size_t u = 0; u < c->actor.n_units; u++) {
        in.unit = c->actor.units[u];
        TRY(sql_queue(c->ledger, in, &rows));
        for (size_t i = 0; i < rows.n && queue->n < PAGE_ROWS; i++)
            queue->at[queue->n++] = desk_row(c, &rows.at[i], report);
    }
    queue->total = (i64)queue->n;
    return OK;
}

static void fill_rights(struct ctx *c, const struct cases_row *row, const struct comps *comps, struct desk_case_view *v)
{
    bool writes = may(c, MAY_WRITE_REPORTS) && holds_talk(comps);

    v->mine = is_mine(c, row);
    v->closed = str_is(row->state, "closed");
    v->holder = user_name(c, row->assignee);
    v->can_claim = writes && !row->assignee.has && !v->closed;
    v->can_release = writes && v->mine && !v->closed;
    v->can_reply = writes && v->mine && !v->closed;
    v->can_note = writes;
}

static status case_fill(struct ctx *c, struct id report, struct desk_case_view *v)
{
    struct cases_row row;
    struct comps comps;

    TRY(desk_open(c, report, &row, &comps));
    v->id = report;
    v->ref = row.ref;
    v->level = (enum desk_level)row.urgency;
    v->clock = clock_of(c, &row);
    v->state = WORD(state_words, row.state);
    v->danger_now = str_is(row.danger, "now");
    v->self_harm = str_find(row.harm, STR("self_harm")) < row.harm.n;
    fill_rights(c, &row, &comps, v);
    TRY(fill_thread(c, &comps, v));
    TRY(fill_answers(c, &comps, &v->answers));
    TRY(fill_files(c, report, &comps, v));
    return desk_log_read(c, report);
}

/* Words that came too late wait for the report that they were meant for, and for no other. */
static void draft_keep(struct ctx *c, struct id report, struct str text)
{
    char id[ID_TEXT + 1];

    id_text(report, id);
    session_put(c, "draft", arena_f(c->arena, "%s%.*s", id, (int)text.n, text.at), 0);
}

static struct str draft_take(struct ctx *c, struct id report)
{
    struct str kept = session_peek(c, "draft");
    struct id of;

    if (!id_of_text(str_upto(kept, ID_TEXT), &of) || !id_eq(of, report))
        return STR("");
    return str_from(session_take(c, "draft"), ID_TEXT);
}

struct shown { enum desk_pane pane; bool noting; };

static status case_page(struct ctx *c, struct shown shown)
{
    struct desk_case_view v = { .pane = shown.pane, .noting = shown.noting, .text = form_text(c, "text"),
                                .text_error = form_error(c, "text") };
    struct id report;

    TRY(path_id(c, "id", &report));
    TRY(case_fill(c, report, &v));
    TRY(fill_nav(c, &v.nav, STAFF_NONE));
    TRY(fill_queue(c, report, &v.queue));
    if (v.text.n == 0 && (v.noting ? v.can_note : v.can_reply))
        v.text = draft_take(c, report);
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
        draft_keep(c, report, text);
        return back_to(c, report, T_DESK_FLASH_TAKEN, "/note");     /* the box that is open to everybody */
    }
    TRY(s);
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

#define EMPTY_FORM FORM({ .name = "token", .max = 100 })
#define TEXT_FORM FORM({ .name = "text", .max = STORY_CHARS }, { .name = "token", .max = 100 })

const struct route desk_routes[] = {
    ROUTE(GET,  "/desk",             MAY_READ_REPORTS,  NO_FORM,    desk_show),
    ROUTE(GET,  "/desk/:id",         MAY_READ_REPORTS,  NO_FORM,    case_show),
    ROUTE(GET,  "/desk/:id/note",    MAY_WRITE_REPORTS, NO_FORM,    case_show_note),
    ROUTE(GET,  "/desk/:id/reply",   MAY_WRITE_REPORTS, NO_FORM,    case_show),
    ROUTE(GET,  "/desk/:id/summary", MAY_READ_REPORTS,  NO_FORM,    case_show_summary),
    ROUTE(POST, "/desk/:id/claim",   MAY_WRITE_REPORTS, EMPTY_FORM, case_claim),
    ROUTE(POST, "/desk/:id/release", MAY_WRITE_REPORTS, EMPTY_FORM, case_release),
    ROUTE(POST, "/desk/:id/reply",   MAY_WRITE_REPORTS, TEXT_FORM,  case_reply),
    ROUTE(POST, "/desk/:id/note",    MAY_WRITE_REPORTS, TEXT_FORM,  case_note),
    ROUTES_END
};
