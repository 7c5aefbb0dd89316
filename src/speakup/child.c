/* What the child's pages and the API share: telling, sending, reading, and what is true about waiting. */
#include "child.h"

#include "pictures.h"
#include "rules.h"

#include <ctype.h>

enum { SHORT_CHARS = 500, URLS_MAX = 50 };

#define TOLD_FIELDS                                                                                             \
    { .name = "who", .max = 20 }, { .name = "danger", .max = 20 }, { .name = "harm", .max = 20, .repeat = true }, \
    { .name = "story", .max = STORY_CHARS }, { .name = "where", .max = SHORT_CHARS },                           \
    { .name = "url", .max = 2000, .repeat = true }, { .name = "age", .max = 20 },                               \
    { .name = "province", .max = 20 }, { .name = "commune", .max = 20 },                                        \
    { .name = "exclude", .max = 100, .repeat = true }, { .name = "files", .file = true, .repeat = true },       \
    { .name = "files_private", .file = true, .repeat = true }, { .name = "hash", .max = PICTURE_CHARS, .repeat = true }

static const struct field page_fields[] = { TOLD_FIELDS, { .name = "token", .max = 100 } };
static const struct field api_fields[] = { TOLD_FIELDS };
const struct form speak_form = { .fields = page_fields, .n = COUNT_OF(page_fields), .open = true, .no_csrf = true };
const struct form speak_api_form = { .fields = api_fields, .n = COUNT_OF(api_fields), .no_csrf = true };

/* -- telling ---------------------------------------------------------------------------------------------------------------- */

static bool province_known(struct str code)
{
    struct provinces all = network_provinces();

    for (size_t i = 0; i < all.n; i++)
        if (str_eq(all.at[i].code, code))
            return true;
    return false;
}

/* What did not fit into these fields, a line each, in as few messages as hold it: nothing typed is lost, and a form of
   four thousand crumbs does not become four thousand rows. */
static struct strs packed_rest(struct ctx *c, const char *const *names, size_t n)
{
    struct out lines = { .max = 8 << 20 };
    struct strs pieces;
    struct str left;

    for (size_t i = 0; i < n; i++) {
        struct strs rest = form_text_rest(c, names[i]);

        for (size_t k = 0; k < rest.n; k++) {
            size_t letters = text_length(rest.at[k]);

            out_str(&lines, rest.at[k]);
            if (letters != STORY_CHARS && letters != SHORT_CHARS)      /* a full piece goes on in the next one */
                out_char(&lines, '\n');
        }
    }
    left = arena_copy(c->arena, out_done(&lines));
    if (str_ends(left, STR("\n")))
        left.n--;
    out_wipe(&lines);
    out_free(&lines);
    pieces.at = NEW_N(c->arena, struct str, left.n / STORY_CHARS + 1);
    for (pieces.n = 0; left.n; left = str_from(left, pieces.at[pieces.n - 1].n))
        pieces.at[pieces.n++] = text_upto(left, STORY_CHARS);
    return pieces;
}

/* The same words lately: a flood, or a second try. Kept in memory alone, as keyed hashes, in a ring that forgets. */
enum { LATELY = 4096 };
static _Atomic uint64_t lately[LATELY];
static _Atomic uint32_t lately_next;

static uint64_t words_mark(struct ctx *c, struct str story)
{
    struct key hash;
    uint64_t mark;

    vault_hash(&hash, &house_now(c->ledger->house)->job, "lately", PARTS(text_search_key(c->arena, story)));
    memcpy(&mark, hash.b, sizeof mark);
    return mark;
}

static bool said_lately(struct ctx *c, struct str story)
{
    uint64_t mark = words_mark(c, story);

    for (size_t i = 0; story.n && i < LATELY; i++)
        if (lately[i] == mark)
            return true;
    return false;
}

/* Only once it is stored: the retry of a sending that failed is no repetition. */
static void remember_words(struct ctx *c, struct str story)
{
    if (story.n)
        lately[lately_next++ % LATELY] = words_mark(c, story);
}

struct report_new told_of_form(struct ctx *c)
{
    static const char *const long_ones[] = { "story", "where" };
    struct str age = form_text(c, "age"), province = form_text(c, "province");
    struct strs urls = form_all(c, "url");
    struct report_new r = {
        .who = who_of(form_text(c, "who")), .danger = danger_of(form_text(c, "danger")), .harm = harm_of(form_all(c, "harm")),
        .story = form_text(c, "story"), .where = form_text(c, "where"), .commune = form_text(c, "commune"),
        .urls = { urls.at, urls.n < URLS_MAX ? urls.n : URLS_MAX }, .exclude = form_all(c, "exclude"),
        .story_rest = packed_rest(c, long_ones, COUNT_OF(long_ones)),
    };
    i64 odd;

    r.age = age_known(age) ? age : STR("");
    r.province = province_known(province) ? province : STR("");
    r.pictures = pictures_of_form(c, &odd);
    if (r.pictures.n)
        r.harm |= HARM_IMAGES;
    r.repeated = said_lately(c, r.story);
    return r;
}

/* Private pictures are for a police unit or for nobody: where none may open them they are not kept, and the child is told. */
static status keep_private(struct ctx *c, const struct report_new *told, struct files_new *files, struct refused *refused)
{
    struct route_query q = { .commune = told->commune, .province = told->province, .without = { told->exclude }, .now = c->now };
    struct unit_key unit;
    status s = network_police(c->ledger, &q, &unit);

    if (s == NOT_FOUND)
        upload_drop_private(c, files, refused);
    return s == NOT_FOUND ? OK : s;
}

status child_submit(struct ctx *c, bool strict_key, struct report_made *made, struct refused *refused)
{
    struct report_new told = told_of_form(c);
    struct files_new files;
    struct key hash;
    status s;

    form_hash(c, &hash);
    TRY(upload_files(c, &files, refused));
    TRY(keep_private(c, &told, &files, refused));
    s = report_submit(c, &told, &files, (struct report_request){ form_token(c), key_str(&hash), strict_key }, made);
    if (s != OK || made->again)
        upload_undo(c, &files);
    if (s == OK && !made->again)
        remember_words(c, told.story);
    return s;
}

/* -- the conversation ---------------------------------------------------------------------------------------------------------- */

status child_thread(struct ctx *c, struct id report, const struct pair *reporter, struct messages_part part,
                    struct child_thread *thread)
{
    thread->row = (struct cases_row){ .id = report };
    TRY(row_get(c->ledger, &table_cases, &thread->row));
    TRY(row_in_queue(c, report, &thread->shown));
    TRY(comps_of_reporter(c, report, reporter, &thread->comps));
    return messages_read(c, &thread->comps, part, &thread->messages);
}

i64 system_files(struct str text)
{
    i64 n = 0;

    if (str_starts(text, STR("files ")))
        (void)str_i64(str_from(text, 6), &n);
    return n;
}

static bool ends_word(struct str text, size_t i)
{
    return i == text.n || !isalnum((unsigned char)text.at[i]);
}

/* Every run of code characters that is as long as a code, hyphens and blanks inside allowed. */
bool holds_code(struct str text)
{
    char code[CODE_CHARS + 1];

    for (size_t start = 0; start < text.n; start++) {
        if (start && text.at[start - 1] != ' ' && text.at[start - 1] != '\n')
            continue;
        for (size_t n = CODE_CHARS; n <= CODE_CHARS + 7 && start + n <= text.n; n++)
            if (ends_word(text, start + n) && code_read(str_of(text.at + start, n), code) == OK)
                return true;
    }
    return false;
}

/* The commune that the child chose later stands in N, dropped: its writer cannot read it again. */
static status place_write(struct ctx *c, const struct comp_open *notes, struct id report, const struct record *r)
{
    TRY(act_begin(c->ledger, (struct act_info){ .act = "talk.place", .now = c->now, .anonymous = true, .object = report }));
    TRY(record_write(c, &(struct comp_open){ .id = notes->id, .dpk = notes->dpk }, r));
    return act_commit(c->ledger);
}

enum { SEND_TRIES = 3, PLACE_TRIES = 5 };

/* Staff who note something at the same moment draw the same number: no reason to refuse the message that comes with it. */
static status place_drop(struct ctx *c, struct comps *comps, struct id report)
{
    struct str commune = form_text(c, "commune");
    struct comp_open *notes = comp_newest(comps, "N");
    struct record r = { .kind = RECORD_ANSWERS, .time = clock_hour_floor(c->now) };
    status s = CONFLICT;

    if (commune.n == 0 || notes == NULL || text_length(commune) > 20 || str_find_char(commune, '"') < commune.n)
        return OK;
    r.text = arena_f(c->arena, "{\"commune\":\"%.*s\"}", (int)commune.n, commune.at);
    for (int tries = 0; s == CONFLICT && tries < PLACE_TRIES; tries++) {
        act_again(c->ledger);
        s = place_write(c, notes, report, &r);
    }
    return s;
}

static struct strs all_texts(struct ctx *c)
{
    static const char *const name[] = { "text" };
    struct strs rest = packed_rest(c, name, 1), all = { .at = NEW_N(c->arena, struct str, rest.n + 1) };
    struct str text = form_text(c, "text");

    if (str_trim(text).n)
        all.at[all.n++] = text;
    for (size_t i = 0; i < rest.n; i++)
        all.at[all.n++] = rest.at[i];
    return all;
}

/* All pieces as one text again, where one of them holds a code; none is left to send then. */
static struct str hold_back(struct ctx *c, struct strs *texts)
{
    struct out whole = { .max = 8 << 20 };
    bool code = false;
    struct str held;

    for (size_t i = 0; i < texts->n; i++) {
        code = code || holds_code(texts->at[i]);
        out_str(&whole, texts->at[i]);
    }
    held = code ? arena_copy(c->arena, out_done(&whole)) : STR("");
    out_wipe(&whole);
    out_free(&whole);
    texts->n = code ? 0 : texts->n;
    return held;
}

/* Private files need a place that police alone can open; the first of them makes it. */
static status place_for_private(struct ctx *c, struct child_message *m, struct files_new *files, struct refused *refused)
{
    bool private = false;
    status s;

    m->police = NULL;           /* of an earlier try: another message may have made the place since */
    for (size_t i = 0; i < files->n; i++)
        private = private || files->at[i].private;
    if (!private || comp_newest(m->comps, "P") != NULL)
        return OK;
    s = police_comp(c, m->report, m->comps, &m->police);
    if (s != NOT_FOUND)
        return s;
    m->police = NULL;
    upload_drop_private(c, files, refused);
    return OK;
}

/* Opens and writes; staff may merge or separate the report between the two. */
static status send_once(struct ctx *c, struct child_message *m, const struct pair *reporter, struct files_new *files,
                        struct refused *refused)
{
    TRY(comps_of_reporter(c, m->report, reporter, m->comps));
    TRY(place_for_private(c, m, files, refused));
    return m->texts.n || files->n || m->pictures.n ? child_write(c, m) : OK;
}

status child_send(struct ctx *c, struct id report, const struct pair *reporter, struct refused *refused, struct str *held)
{
    struct comps comps;
    struct files_new files;
    struct child_message m = { .report = report, .comps = &comps, .texts = all_texts(c), .files = &files, .token = form_token(c) };
    status s = CONFLICT;
    i64 odd;

    form_hash(c, &m.fingerprint);
    m.pictures = pictures_of_form(c, &odd);
    *held = hold_back(c, &m.texts);
    TRY(comps_of_reporter(c, report, reporter, &comps));
    TRY(place_drop(c, &comps, report));
    TRY(upload_files(c, &files, refused));
    for (int tries = 0; s == CONFLICT && tries < SEND_TRIES; tries++) {
        act_again(c->ledger);
        s = send_once(c, &m, reporter, &files, refused);
    }
    if (s != OK)
        upload_undo(c, &files);
    return s;
}

struct choices child_exclude_choices(struct ctx *c)
{
    static const struct { const char *code; int text; } kinds[] = {
        { "school", T_SPEAKUP_EXCLUDE_SCHOOL }, { "commune", T_SPEAKUP_EXCLUDE_COMMUNE },
        { "police", T_SPEAKUP_EXCLUDE_POLICE }, { "health", T_SPEAKUP_EXCLUDE_HEALTH },
        { "social", T_SPEAKUP_EXCLUDE_SOCIAL }, { "union", T_SPEAKUP_EXCLUDE_UNION },
        { "ngo", T_SPEAKUP_EXCLUDE_NGO }, { "enterprise", T_SPEAKUP_EXCLUDE_ENTERPRISE },
    };
    struct choices list = { .at = NEW_N(c->arena, struct choice, COUNT_OF(kinds)), .n = COUNT_OF(kinds) };

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        list.at[i] = (struct choice){ .code = str_c(kinds[i].code), .name = text_of(c, kinds[i].text) };
    return list;
}

/* -- waiting ------------------------------------------------------------------------------------------------------------------- */

static struct str wait_words(struct ctx *c, i64 minutes)
{
    bool hours = minutes > 90;
    struct str n = arena_f(c->arena, "%lld", (long long)(hours ? (minutes + 59) / 60 : minutes));

    if (minutes == 0)
        return STR("");
    return text_fill(c->arena, (int)c->lang, hours ? T_SPEAKUP_WAIT_HOURS : T_SPEAKUP_WAIT_MINUTES, n, STR(""));
}

/* "Sáng mai từ 7:00" */
static struct str opens_words(struct ctx *c, i64 at)
{
    bool today = clock_local_day(at) == clock_local_day(c->now);
    char time[CLOCK_TEXT];

    clock_time(at, time);
    return text_fill(c->arena, (int)c->lang, today ? T_SPEAKUP_WAIT_TODAY : T_SPEAKUP_WAIT_TOMORROW,
                     arena_copy(c->arena, str_c(time)), STR(""));
}

static struct str holder_name(struct ctx *c, const struct cases_row *row)
{
    struct users_row user = { .id = row->assignee.v };

    return row->assignee.has && row_get(c->ledger, &table_users, &user) == OK ? user.name : STR("");
}

/* The unit that reads what is told now. */
static bool first_unit(struct ctx *c, struct id *unit)
{
    struct route_query q = { .kind = "report", .commune = STR(""), .province = STR(""), .now = c->now };
    struct ladder ladder;

    if (network_ladder(c->ledger, &q, &ladder) != OK)
        return false;
    *unit = ladder.at[0].unit;
    return true;
}

struct waiting child_waiting(struct ctx *c, struct id report)
{
    struct opening duty = opening_at(str_c(c->app->duty_hours), c->now);
    struct waiting w = { .open = duty.open, .usual = STR(""), .opens = STR(""), .who = STR("") };
    struct cases_row row = { 0 };
    struct id unit = id_zero();
    bool found;

    if (id_is_zero(report)) {
        found = first_unit(c, &unit);
    } else {
        found = row_in_queue(c, report, &row) == OK;
        unit = row.owner_unit;
        w.who = found ? holder_name(c, &row) : STR("");
    }
    if (found)
        w.usual = wait_words(c, network_wait_usual(unit, c->now));
    if (!duty.open && duty.changes)
        w.opens = opens_words(c, duty.changes);
    return w;
}
