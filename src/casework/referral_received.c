/* What was sent and received: the lists, one referral with its thread, its acts, its files. */
#include "referral_pages.h"

#include "words.h"

#include "casework_pages.h"
#include "texts.h"

#include <fcntl.h>
#include <unistd.h>

enum { WORDS_CHARS = 4000, TEXT_CHARS = 20000, REASON_CHARS = 1000 };

/* -- words --------------------------------------------------------------------------------------------------------------------------- */

static const struct { const char *code; int name; enum referral_look look; } states[] = {
    { "asked", T_REFERRAL_STATE_ASKED, LOOK_WAITS }, { "sent", T_REFERRAL_STATE_SENT, LOOK_WAITS },
    { "accepted", T_REFERRAL_STATE_ACCEPTED, LOOK_OPEN }, { "declined", T_REFERRAL_STATE_DECLINED, LOOK_OVER },
    { "done", T_REFERRAL_STATE_DONE, LOOK_OVER }, { "revoked", T_REFERRAL_STATE_REVOKED, LOOK_OVER },
    { "expired", T_REFERRAL_STATE_EXPIRED, LOOK_OVER },
};

static size_t state_of(struct str code)
{
    size_t i = 0;

    while (i < COUNT_OF(states) - 1 && !str_is(code, states[i].code))
        i++;
    return i;
}

static enum referral_look look_of(const struct referrals_row *r)
{
    if (str_is(r->kind, "transfer") && str_is(r->state, "accepted"))
        return LOOK_OVER;
    return states[state_of(r->state)].look;
}

static struct str case_name(struct ctx *c, struct id case_id)
{
    struct casefiles_row file = { .case_id = case_id };
    struct cases_row row = { .id = case_id };

    if (row_get(c->ledger, &table_casefiles, &file) == OK)
        return case_ref(c->arena, file.year, file.no);
    return row_get(c->ledger, &table_cases, &row) == OK ? row.ref : STR("?");
}

/* -- the lists ------------------------------------------------------------------------------------------------------------------------- */

static struct referral_line line_of(struct ctx *c, const struct referrals_row *r, bool sent)
{
    struct referral_line line = {
        .id = r->id, .other = unit_label(c, sent ? r->to_unit : r->from_unit), .ref = STR_NULL,
        .purpose = list_name(c, "purpose", r->purpose), .day = referral_day(c, r->sent),
        .until = r->expires.has ? referral_until(c, r->expires.v) : STR_NULL, .transfer = str_is(r->kind, "transfer"),
        .state = states[state_of(r->state)].name, .look = look_of(r),
    };

    if (line.look == LOOK_OVER)
        line.until = STR_NULL;
    if (sent)
        line.ref = case_name(c, r->case_id);
    else if (r->to_case.has)
        line.ref = case_name(c, r->to_case.v);
    line.mine = sent ? str_is(r->state, "asked") && may(c, MAY_SUPERVISE) && !id_eq(r->sent_by, c->actor.user)
                     : str_is(r->state, "sent");
    return line;
}

static struct url list_url(struct ctx *c, bool sent, struct str state)
{
    struct url u = url_lang(c->arena, url_path("/referrals"), c->page.lang_query);

    u = url_query(c->arena, u, "show", sent ? STR("sent") : STR(""));
    return url_query(c->arena, u, "state", state);
}

static struct url next_url(struct ctx *c, const struct referrals_query *q, const struct referrals_row *last)
{
    struct url u = list_url(c, q->sent, q->state);
    char id[ID_TEXT + 1];

    id_text(last->id, id);
    u = url_query(c->arena, u, "before", arena_f(c->arena, "%lld", (long long)last->sent));
    return url_query(c->arena, u, "after", arena_copy(c->arena, str_c(id)));
}

static struct referral_state_choices state_choices(struct ctx *c, struct str chosen)
{
    struct referral_state_choices list = { .at = NEW_N(c->arena, struct referral_state_choice, COUNT_OF(states)) };

    for (; list.n < COUNT_OF(states); list.n++)
        list.at[list.n] = (struct referral_state_choice){ str_c(states[list.n].code), states[list.n].name,
                                                          str_is(chosen, states[list.n].code) };
    return list;
}

static struct referrals_query query_of(const struct ctx *c)
{
    struct referrals_query q = { .sent = str_is(query_text(c, "show"), "sent"), .state = STR("") };
    struct str state = query_text(c, "state");

    if (str_is(state, states[state_of(state)].code))
        q.state = str_c(states[state_of(state)].code);
    if (!str_i64(query_text(c, "before"), &q.before) || !id_of_text(query_text(c, "after"), &q.id))
        q.before = 0;
    return q;
}

static status list_show(struct ctx *c)
{
    struct referrals_query q = query_of(c);
    struct referrals_view v = { .sent = q.sent, .states = state_choices(c, q.state), .start = { STR_NULL }, .next = { STR_NULL },
                                .received = list_url(c, false, STR("")), .sent_url = list_url(c, true, STR("")) };
    struct referrals_page found;

    TRY(people_nav(c, &v.nav, STAFF_REFERRALS));
    TRY(referrals_list(c, &q, &found));
    v.lines.at = NEW_N(c->arena, struct referral_line, found.n + 1);
    for (; v.lines.n < found.n; v.lines.n++)
        v.lines.at[v.lines.n] = line_of(c, &found.at[v.lines.n], q.sent);
    if (found.more)
        v.next = next_url(c, &q, &found.at[found.n - 1]);
    if (q.before)
        v.start = list_url(c, q.sent, q.state);
    return page(c, tpl_casework_referrals, &v);
}

/* Those that the reader's unit stands in: what an earlier owner of the case sent and ended is not the reader's to see. */
status case_referral_lines(struct ctx *c, const struct casefile *f, struct referral_lines *lines)
{
    struct referrals_rows rows;

    TRY(sql_referrals_of_case(c->ledger, (struct sql_referrals_of_case){ .case_id = f->row.id }, &rows));
    lines->at = NEW_N(c->arena, struct referral_line, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        unsigned sides = rows.at[i].altered ? 0 : referral_sides(c, &rows.at[i]);

        if (sides)
            lines->at[lines->n++] = line_of(c, &rows.at[i], sides & SIDE_SENDER);
    }
    return OK;
}

static status case_referrals_show(struct ctx *c)
{
    struct case_referrals_view v = { 0 };
    struct casefile f;

    TRY(case_page_open(c, TAB_REFERRALS, &f, &v.head));
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    TRY(case_referral_lines(c, &f, &v.lines));
    return page(c, tpl_casework_case_referrals, &v);
}

/* -- one referral ------------------------------------------------------------------------------------------------------------------------- */

static bool allowed(const struct referral *r, enum referral_act act)
{
    return referral_next(r->row.kind, r->row.state, act, r->sides) != NULL;
}

static void fill_rights(struct ctx *c, const struct referral *r, struct referral_view *v)
{
    bool writes = may(c, MAY_WRITE_CASES), open = r->comp.keys != NULL;

    v->can_accept = writes && open && allowed(r, REFERRAL_ACCEPT);
    v->can_decline = writes && allowed(r, REFERRAL_DECLINE);
    v->can_done = writes && allowed(r, REFERRAL_DONE);
    v->can_revoke = writes && allowed(r, REFERRAL_REVOKE);
    v->can_confirm = writes && open && allowed(r, REFERRAL_CONFIRM);
    v->can_write = writes && open && allowed(r, REFERRAL_WRITE);
    v->waits_second = str_is(r->row.state, "asked") && !v->can_confirm;
}

/* The case that the reader may open from here. A sender that handed it over, or lost its key, has none. */
static void fill_case(struct ctx *c, const struct referral *r, struct referral_view *v)
{
    bool moved = str_is(r->row.kind, "transfer") && str_is(r->row.state, "accepted");
    struct opt_id own = v->received ? r->row.to_case : (struct opt_id){ !moved, r->row.case_id };

    if (moved && v->received)
        own = (struct opt_id){ true, r->row.case_id };
    v->case_url = (struct url){ STR_NULL };
    if (!own.has)
        return;
    v->case_url = referral_case_url(c, own.v);
    v->case_ref = case_name(c, own.v);
}

static struct str when_of(struct ctx *c, i64 at)
{
    char time[CLOCK_TEXT], day[CLOCK_TEXT];

    clock_time(at, time);
    clock_day_vi(at, day);
    return arena_f(c->arena, "%s, %s", time, day);
}

static status fill_thread(struct ctx *c, const struct referral *r, struct referral_view *v)
{
    struct messages all;
    i64 before = 0;

    if (!str_i64(query_text(c, "before"), &before) || before < 0)
        before = 0;
    TRY(referral_thread(c, r, before, &all));
    v->older = (struct url){ STR_NULL };
    if (all.older)
        v->older = url_query(c->arena, url_lang(c->arena, url_id(c->arena, "/referrals/", r->row.id, ""), c->page.lang_query),
                             "before", arena_f(c->arena, "%lld", (long long)all.older));
    v->messages.at = NEW_N(c->arena, struct referral_message, all.n + 1);
    for (size_t i = 0; i < all.n; i++) {
        const struct message *m = &all.at[i];

        v->messages.at[v->messages.n++] = (struct referral_message){
            .us = m->from == FROM_STAFF && id_eq(m->author, c->actor.user), .altered = m->from == FROM_SYSTEM,
            .name = desk_user_name(c, (struct opt_id){ m->from == FROM_STAFF, m->author }), .when = when_of(c, m->time),
            .text = m->text };
    }
    return OK;
}

static status fill_paper(struct ctx *c, const struct referral *r, struct referral_view *v)
{
    struct shared s;

    TRY(referral_shared(c, r, &s));
    TRY(referral_files(c, r, &s));
    v->paper = referral_paper(c, &s);
    for (size_t i = 0; i < s.n_files; i++) {
        char id[ID_TEXT + 1];

        id_text(s.files[i].file, id);
        v->paper.files.at[i].open = url_lang(c->arena, url_id(c->arena, "/referrals/", r->row.id,
                                                              arena_f(c->arena, "/files/%s", id).at), c->page.lang_query);
    }
    return OK;
}

static status referral_show(struct ctx *c)
{
    struct referral_view v = { .text = form_text(c, "text"), .text_error = form_error(c, "text") };
    struct referral r;

    TRY(path_id(c, "id", &v.id));
    TRY(referral_open(c, v.id, &r));
    v.transfer = str_is(r.row.kind, "transfer");
    v.received = !(r.sides & SIDE_SENDER);
    v.open = r.comp.keys != NULL;
    v.other = unit_label(c, v.received ? r.row.from_unit : r.row.to_unit);
    v.day = referral_day(c, r.row.sent);
    v.state = states[state_of(r.row.state)].name;
    v.look = look_of(&r.row);
    v.until = r.row.expires.has && v.look != LOOK_OVER ? referral_until(c, r.row.expires.v) : STR_NULL;
    fill_rights(c, &r, &v);
    fill_case(c, &r, &v);
    if (v.open) {
        TRY(fill_paper(c, &r, &v));
        TRY(fill_thread(c, &r, &v));
    }
    TRY(referral_log_read(c, &r));
    TRY(people_nav(c, &v.nav, STAFF_REFERRALS));
    return page(c, tpl_casework_referral, &v);
}

/* -- acts ---------------------------------------------------------------------------------------------------------------------------------- */

static status back_to(struct ctx *c, struct id id, int flash)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return referral_flash(c, flash, arena_f(c->arena, "/referrals/%s", text).at);
}

static status do_act(struct ctx *c, const struct referral_do *act, int flash)
{
    struct id id;
    status s;

    TRY(path_id(c, "id", &id));
    s = referral_act_on(c, id, act);
    if (s == CONFLICT) {        /* somebody was faster, or a key was turned: the page says how it stands now */
        act_abort(c->ledger);
        return back_to(c, id, act->act == REFERRAL_ACCEPT ? T_REFERRAL_FLASH_NOT_TAKEN : T_REFERRAL_FLASH_TOO_LATE);
    }
    TRY(s);
    return back_to(c, id, flash);
}

static status accept_do(struct ctx *c)
{
    return do_act(c, &(struct referral_do){ .act = REFERRAL_ACCEPT, .choice = STR(""), .words = STR("") }, T_REFERRAL_FLASH_ACCEPTED);
}

static const struct {
    const char *tail, *list;
    enum referral_act act;
    bool words;                 /* required */
    int empty, flash;
} acts[] = {
    [PAGE_DECLINE] = { "decline", "decline", REFERRAL_DECLINE, false, 0, T_REFERRAL_FLASH_DECLINED },
    [PAGE_DONE] = { "done", NULL, REFERRAL_DONE, true, T_REFERRAL_ERROR_OUTCOME, T_REFERRAL_FLASH_DONE },
    [PAGE_REVOKE] = { "revoke", NULL, REFERRAL_REVOKE, true, T_REFERRAL_ERROR_WHY, T_REFERRAL_FLASH_REVOKED },
    [PAGE_CONFIRM] = { "confirm", NULL, REFERRAL_CONFIRM, true, T_REFERRAL_ERROR_WHY, T_REFERRAL_FLASH_CONFIRMED },
};

static enum referral_page page_of(const struct ctx *c)
{
    size_t i = 0;

    while (i < COUNT_OF(acts) - 1 && !str_ends(str_c(c->route->path), str_c(acts[i].tail)))
        i++;
    return (enum referral_page)i;
}

static struct url act_url(struct ctx *c, struct id id, const char *tail)
{
    return url_lang(c->arena, url_id(c->arena, "/referrals/", id, arena_f(c->arena, "/%s", tail).at), c->page.lang_query);
}

static status act_show(struct ctx *c)
{
    struct referral_act_view v = { .page = page_of(c), .text = form_text(c, "text"), .text_error = form_error(c, "text"),
                                   .reason_error = form_error(c, "reason") };
    struct referral r;

    TRY(path_id(c, "id", &v.id));
    TRY(referral_open(c, v.id, &r));
    if (!allowed(&r, acts[v.page].act))
        return back_to(c, v.id, T_REFERRAL_FLASH_TOO_LATE);
    v.transfer = str_is(r.row.kind, "transfer");
    v.law = r.row.against == TWO_WITHOUT_CONSENT;
    v.other = unit_label(c, r.sides & SIDE_SENDER ? r.row.to_unit : r.row.from_unit);
    v.here = act_url(c, v.id, acts[v.page].tail);
    if (acts[v.page].list != NULL)
        v.reasons = list_choices(c, acts[v.page].list, form_text(c, "reason"));
    TRY(people_nav(c, &v.nav, STAFF_REFERRALS));
    return page(c, tpl_casework_referral_act, &v);
}

static status act_do(struct ctx *c)
{
    enum referral_page p = page_of(c);
    struct referral_do act = { .act = acts[p].act, .choice = form_text(c, "reason"), .words = str_trim(form_text(c, "text")) };
    struct referral r;
    struct id id;

    TRY(path_id(c, "id", &id));
    TRY(referral_open(c, id, &r));      /* who must not know of it learns nothing from what the form says */
    if (acts[p].list != NULL && !list_has(acts[p].list, act.choice))
        return form_refuse(c, "reason", text_of(c, T_REFERRAL_ERROR_REASON));
    if (acts[p].words && act.words.n == 0)
        return form_refuse(c, "text", text_of(c, acts[p].empty));
    if (acts[p].list == NULL)
        act.choice = STR("");
    return do_act(c, &act, acts[p].flash);
}

static status message_do(struct ctx *c)
{
    struct str text = form_text(c, "text");
    struct referral r;
    struct id id;
    status s;

    TRY(path_id(c, "id", &id));
    TRY(referral_open(c, id, &r));
    if (str_trim(text).n == 0)
        return form_refuse(c, "text", text_of(c, T_REFERRAL_ERROR_EMPTY));
    s = CONFLICT;
    for (int tries = 0; s == CONFLICT && tries < 4; tries++) {      /* two messages of one moment draw one number */
        act_again(c->ledger);
        s = referral_write(c, id, text);
    }
    if (s == CONFLICT) {
        act_abort(c->ledger);
        return form_refuse(c, "text", text_of(c, T_REFERRAL_ERROR_CLOSED));
    }
    TRY(s);
    return back_to(c, id, T_REFERRAL_FLASH_WRITTEN);
}

/* -- files ------------------------------------------------------------------------------------------------------------------------------------ */

struct opened_file { struct referral r; struct shared_file shared; struct key *fk; struct id file; };

static status file_find(struct ctx *c, struct opened_file *f)
{
    struct id id;

    f->fk = SECRET(c->ledger->secrets, struct key);
    TRY(path_id(c, "id", &id));
    TRY(path_id(c, "file", &f->file));
    TRY(referral_open(c, id, &f->r));
    return referral_file(c, &f->r, f->file, &f->shared, f->fk);
}

static status file_show(struct ctx *c)
{
    struct referral_file_view v = { .text = form_text(c, "text"), .text_error = form_error(c, "text"),
                                    .reason_error = form_error(c, "reason") };
    struct opened_file f;
    char id[ID_TEXT + 1];

    TRY(file_find(c, &f));
    TRY(referral_log_read(c, &f.r));
    id_text(f.file, id);
    v.id = f.r.row.id;
    v.here = act_url(c, v.id, arena_f(c->arena, "files/%s", id).at);
    v.kind = referral_file_kind(f.shared.type);
    v.size = referral_size(c, f.shared.size);
    v.hash = f.shared.sha256;
    v.reasons = list_choices(c, "open", form_text(c, "reason"));
    TRY(people_nav(c, &v.nav, STAFF_REFERRALS));
    return page(c, tpl_casework_referral_file, &v);
}

static status sink_out(void *to, const void *bytes, size_t n)
{
    out_bytes(to, bytes, n);
    return ((struct out *)to)->over ? fail(TOO_LARGE, "the file is larger than an answer may be") : OK;
}

/* The last two characters name the folder, as speakup/upload.c lays files down. */
static struct str file_path(struct ctx *c, struct id file)
{
    char text[ID_TEXT + 1];

    id_text(file, text);
    return arena_f(c->arena, "%s/files/%s/%s", c->app->data_dir, text + ID_TEXT - 2, text);
}

/* Why somebody opened it is a line in the referral itself: both sides can see it, as they see everything there. */
static status file_note(struct ctx *c, const struct opened_file *f)
{
    struct act_info info = { .act = "referral.file", .now = c->now, .actor = c->actor.user, .object = f->r.row.case_id,
                             .unit = f->r.sides & SIDE_SENDER ? f->r.row.from_unit : f->r.row.to_unit };
    struct record why = { .kind = RECORD_REASON, .author = c->actor.user, .time = c->now };
    struct str code = form_text(c, "reason"), words = str_trim(form_text(c, "text"));

    why.text = arena_f(c->arena, "%.*s %.*s", (int)code.n, code.at, (int)words.n, words.at);
    TRY(act_begin(c->ledger, info));
    TRY(record_write(c, &f->r.comp, &why));
    return act_commit(c->ledger);
}

static status file_send(struct ctx *c)
{
    struct opened_file f;
    status s;
    int fd;

    TRY(file_find(c, &f));
    if (!list_has("open", form_text(c, "reason")))
        return form_refuse(c, "reason", text_of(c, T_REFERRAL_ERROR_REASON));
    TRY(file_note(c, &f));
    fd = open(file_path(c, f.file).at, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(BROKEN, "a shared file is not on the disk");
    out_reset(c->out);
    s = file_open(fd, f.file, f.fk, f.shared.size, sink_out, c->out);
    close(fd);
    if (s != OK)
        out_wipe(c->out);
    TRY(s);
    answer_header(c, "Cache-Control", STR("no-store"));
    answer_header(c, "Cross-Origin-Resource-Policy", STR("same-origin"));
    return answer_download(c, f.shared.name.n ? f.shared.name : STR("file"), "application/octet-stream");
}

#define NO_FIELDS FORM(FIELD("token", 100))
#define ACT_FORM FORM(FIELD("reason", 40), FIELD("text", WORDS_CHARS))

const struct route referral_routes[] = {
    ROUTE(GET,  "/cases/:id/referrals",       MAY_READ_CASES,  NO_FORM,                        case_referrals_show),
    ROUTE(GET,  "/referrals",                 MAY_READ_CASES,  NO_FORM,                        list_show),
    ROUTE(GET,  "/referrals/:id",             MAY_READ_CASES,  NO_FORM,                        referral_show),
    ROUTE(POST, "/referrals/:id",             MAY_WRITE_CASES, FORM(FIELD("text", TEXT_CHARS), FIELD("token", 100)), message_do, .once = true),
    ROUTE(POST, "/referrals/:id/accept",      MAY_WRITE_CASES, NO_FIELDS,                      accept_do),
    ROUTE(GET,  "/referrals/:id/decline",     MAY_WRITE_CASES, NO_FORM,                        act_show),
    ROUTE(POST, "/referrals/:id/decline",     MAY_WRITE_CASES, ACT_FORM,                       act_do),
    ROUTE(GET,  "/referrals/:id/done",        MAY_WRITE_CASES, NO_FORM,                        act_show),
    ROUTE(POST, "/referrals/:id/done",        MAY_WRITE_CASES, ACT_FORM,                       act_do),
    ROUTE(GET,  "/referrals/:id/revoke",      MAY_WRITE_CASES, NO_FORM,                        act_show),
    ROUTE(POST, "/referrals/:id/revoke",      MAY_WRITE_CASES, ACT_FORM,                       act_do),
    ROUTE(GET,  "/referrals/:id/confirm",     MAY_SUPERVISE,   NO_FORM,                        act_show),
    ROUTE(POST, "/referrals/:id/confirm",     MAY_SUPERVISE,   ACT_FORM,                       act_do),
    ROUTE(GET,  "/referrals/:id/files/:file", MAY_WRITE_CASES, NO_FORM,                        file_show),
    ROUTE(POST, "/referrals/:id/files/:file", MAY_WRITE_CASES, FORM(FIELD("reason", 40), FIELD("text", REASON_CHARS)), file_send),
    ROUTES_END
};
