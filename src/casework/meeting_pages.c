/* /cases/ID/meetings: case conferences that were called, and their minutes. */
#include "day.h"

#include "pages.h"
#include "papers.h"

#include "casework_pages.h"
#include "texts.h"

static struct str words_of(struct ctx *c, const struct said_list *said, struct opt_id record, const char *name)
{
    const struct said *s = said_find(said, record);

    return s ? named_get(c, s->json, name) : STR("");
}

static status guest_names(struct ctx *c, struct id meeting, struct str *names)
{
    struct meeting_guests_rows rows;
    struct out o = { .max = 16 << 10 };

    TRY(sql_guests_of_meeting(c->ledger, (struct sql_guests_of_meeting){ .meeting = meeting }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        struct str name = rows.at[i].altered ? STR_NULL : desk_user_name(c, (struct opt_id){ true, rows.at[i].user });

        if (name.n == 0)
            continue;
        out_c(&o, o.n ? ", " : "");
        out_str(&o, name);
    }
    *names = o.n ? arena_copy(c->arena, out_done(&o)) : STR("");
    out_free(&o);
    return OK;
}

static status view_of(struct ctx *c, const struct meetings_row *row, const struct said_list *said, struct meeting_view *v)
{
    char time[CLOCK_TEXT];

    clock_time(row->at, time);
    *v = (struct meeting_view){
        .id = row->id, .clock = desk_clock_due(c, row->at), .place = words_of(c, said, row->words, "place"),
        .look = str_is(row->state, "held") ? MEETING_HELD : str_is(row->state, "planned") ? MEETING_PLANNED : MEETING_DROPPED,
        .when = arena_f(c->arena, "%s, %s", time, case_day_text(c, row->at).at), .subject = words_of(c, said, row->words, "subject"),
        .others = words_of(c, said, row->words, "others"), .minutes = words_of(c, said, row->minutes, "minutes"),
        .set_by = desk_user_name(c, (struct opt_id){ true, row->set_by }),
    };
    return guest_names(c, row->id, &v->guests);
}

static status fill_meetings(struct ctx *c, const struct casefile *f, struct meeting_list *list)
{
    struct meetings_rows rows;
    struct said_list said;

    TRY(case_said(c, &f->comps, (struct said_wanted){ "N", RECORD_MEETING }, &said));
    TRY(sql_meetings_of_case(c->ledger, (struct sql_meetings_of_case){ .case_id = f->row.id }, &rows));
    list->at = NEW_N(c->arena, struct meeting_view, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++)
        if (!rows.at[i].altered)
            TRY(view_of(c, &rows.at[i], &said, &list->at[list->n++]));
    return OK;
}

static const struct case_form *minutes_form(const struct case_forms *forms)
{
    for (size_t i = 0; i < forms->n; i++)
        if (str_is(xform_setting(forms->at[i].form, "lachan::for"), "meeting"))
            return &forms->at[i];
    return NULL;
}

/* What was agreed goes into the file on a form of its own (settings: lachan::for meeting); from here it is begun, or gone on with. */
static status fill_form(struct ctx *c, const struct casefile *f, struct case_meetings_view *v)
{
    const struct case_form *form;
    struct case_forms forms;
    struct papers_rows rows;
    char paper[ID_TEXT + 1];

    TRY(papers_forms(c, f, &forms));
    form = minutes_form(&forms);
    if (form == NULL)
        return OK;
    v->form = form->name;
    v->form_title = paper_form_title(c, form->form);
    TRY(sql_papers_of_form(c->ledger, (struct sql_papers_of_form){ .case_id = f->row.id, .form = form->name }, &rows));
    for (size_t i = 0; i < rows.n; i++) {
        if (rows.at[i].altered || str_is(rows.at[i].state, "void"))
            continue;
        v->form_done = !str_is(rows.at[i].state, "draft") && !str_is(rows.at[i].state, "returned");
        id_text(rows.at[i].id, paper);
        v->form_to = url_lang(c->arena, url_id(c->arena, "/cases/", f->row.id, arena_f(c->arena, "/papers/%s/read", paper).at),
                              c->page.lang_query);
        return OK;
    }
    return OK;
}

static void tick(struct choices *list, struct strs chosen)
{
    for (size_t i = 0; i < list->n; i++) {
        list->at[i].on = false;
        for (size_t k = 0; k < chosen.n; k++)
            list->at[i].on |= str_eq(list->at[i].code, chosen.at[k]);
    }
}

static status meetings_show(struct ctx *c)
{
    struct case_meetings_view v = { .at = form_text(c, "at"), .place = form_text(c, "place"), .subject = form_text(c, "subject"),
                                    .others = form_text(c, "others"), .at_error = form_error(c, "at") };
    struct casefile f;

    TRY(case_page_open(c, TAB_SUPPORT, &f, &v.head));
    v.head.sub = SUB_MEETINGS;
    TRY(fill_meetings(c, &f, &v.meetings));
    TRY(fill_form(c, &f, &v));
    v.people = case_workers(c, f.file.unit, (struct opt_id){ 0 });
    tick(&v.people, form_all(c, "guest"));
    TRY(case_open_referrals(c, f.row.id, &v.units));
    TRY(people_nav(c, &v.nav, STAFF_CASES));
    return page(c, tpl_casework_meetings, &v);
}

static size_t ids_of(struct strs texts, struct id *ids, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < texts.n && n < max; i++)
        n += id_of_text(texts.at[i], &ids[n]);
    return n;
}

static status meeting_call(struct ctx *c)
{
    struct meeting_new new = { .place = str_trim(form_text(c, "place")), .subject = str_trim(form_text(c, "subject")),
                               .others = str_trim(form_text(c, "others")) };
    struct id id;

    TRY(path_id(c, "id", &id));
    if (form_text(c, "at").n < 16 || !clock_of_iso(form_text(c, "at"), &new.at))
        return form_refuse(c, "at", text_of(c, T_DAY_MEETING_AT_BAD));
    new.n_guests = ids_of(form_all(c, "guest"), new.guests, COUNT_OF(new.guests));
    new.n_referrals = ids_of(form_all(c, "referral"), new.referrals, COUNT_OF(new.referrals));
    TRY(case_call_meeting(c, id, &new));
    return case_back(c, id, "/meetings", T_DAY_FLASH_MEETING);
}

static status row_of_path(struct ctx *c, struct id case_id, struct meetings_row *row)
{
    *row = (struct meetings_row){ 0 };
    TRY(path_id(c, "meeting", &row->id));
    TRY(row_get(c->ledger, &table_meetings, row));
    return id_eq(row->case_id, case_id) ? OK : NOT_FOUND;
}

static struct choices state_choices(struct ctx *c)
{
    struct str chosen = form_text(c, "state");
    struct choices list = { .at = NEW_N(c->arena, struct choice, 2), .n = 2 };

    list.at[0] = (struct choice){ STR("held"), text_of(c, T_DAY_MEETING_HELD), str_is(chosen, "held") };
    list.at[1] = (struct choice){ STR("dropped"), text_of(c, T_DAY_MEETING_DROPPED), str_is(chosen, "dropped") };
    return list;
}

static status minutes_show(struct ctx *c)
{
    struct case_ask_view v = { .field = "state", .words_needed = true };
    struct meetings_row row;
    struct casefile f;
    char id[ID_TEXT + 1];

    TRY(case_page_open(c, TAB_SUPPORT, &f, &v.head));
    TRY(row_of_path(c, f.row.id, &row));
    id_text(row.id, id);
    v.action = url_lang(c->arena, url_id(c->arena, "/cases/", f.row.id, arena_f(c->arena, "/meetings/%s", id).at), c->page.lang_query);
    v.title = text_of(c, T_DAY_MEETING_MINUTES);
    v.say = text_of(c, T_DAY_MEETING_MINUTES_SAY);
    v.choose = text_of(c, T_DAY_MEETING_STATE);
    v.choices = state_choices(c);
    return case_ask_page(c, &v);
}

static status minutes_do(struct ctx *c)
{
    struct str state = form_text(c, "state"), words = str_trim(form_text(c, "words"));
    struct meetings_row row;
    struct id id;

    TRY(path_id(c, "id", &id));
    TRY(row_of_path(c, id, &row));
    if (!str_is(state, "held") && !str_is(state, "dropped"))
        (void)!form_refuse(c, "state", text_of(c, T_CASES_ASK_CHOICE_NONE));
    if (words.n == 0)
        (void)!form_refuse(c, "words", text_of(c, T_DAY_MEETING_MINUTES_NONE));
    if (form_failed(c))
        return fail(INVALID, "a meeting's end without its minutes");
    TRY(case_end_meeting(c, id, row.id, state, words));
    return case_back(c, id, "/meetings", T_DAY_FLASH_MINUTES);
}

#define MEETING_FORM FORM(FIELD("at", 20), FIELD("place", 300), FIELD("subject", 4000), FIELD("others", 2000), \
    FIELD("guest", ID_TEXT, .repeat = true), FIELD("referral", ID_TEXT, .repeat = true), FIELD("token", 100))
#define MINUTES_FORM FORM(FIELD("state", 20), FIELD("words", 20000), FIELD("token", 100))

const struct route meeting_routes[] = {
    ROUTE(GET,  "/cases/:id/meetings",          MAY_READ_CASES,  NO_FORM,      meetings_show),
    ROUTE(POST, "/cases/:id/meetings",          MAY_WRITE_CASES, MEETING_FORM, meeting_call, .once = true),
    ROUTE(GET,  "/cases/:id/meetings/:meeting", MAY_WRITE_CASES, NO_FORM,      minutes_show),
    ROUTE(POST, "/cases/:id/meetings/:meeting", MAY_WRITE_CASES, MINUTES_FORM, minutes_do),
    ROUTES_END
};
