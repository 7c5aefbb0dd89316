/* The same road for programs: /api/v1/speak and /api/v1/talk (OpenAPI: docs/openapi.json, served by this module). */
#include "child.h"

#include "pictures.h"

#include "openapi.h"

static const char *const from_names[] = { [FROM_CHILD] = "child", [FROM_STAFF] = "staff", [FROM_SYSTEM] = "system" };

static status api_speak(struct ctx *c)
{
    struct report_made *made = SECRET(c->ledger->secrets, struct report_made);
    struct refused refused;
    char shown[20];

    TRY(child_submit(c, true, made, &refused));
    if (!made->again)
        TRY(act_commit(c->ledger));
    code_format(made->code, shown);
    out_f(c->out, "{\"code\":\"%s\"", shown);
    if (refused.n)
        out_f(c->out, ",\"files_refused\":%zu", refused.n);
    out_c(c->out, "}\n");
    return answer_json(c, 201);
}

/* A child's words wait, staff have answered, or the counsellor has ended it. */
static const char *talk_status(const struct cases_row *row)
{
    if (str_is(row->state, "closed"))
        return "closed";
    return row->waiting ? "waiting" : "answered";
}

static struct str system_words(struct ctx *c, const struct message *m)
{
    struct str says = system_says(c, m->text);

    return says.n ? says : text_of(c, T_SPEAKUP_THREAD_ALTERED);
}

static void message_json(struct ctx *c, const struct message *m)
{
    char day[CLOCK_TEXT];

    clock_day_iso(m->day, day);
    out_f(c->out, "{\"from\":\"%s\",\"at_day\":\"%s\",\"text\":", from_names[m->from], day);
    out_json(c->out, m->from == FROM_SYSTEM ? system_words(c, m) : m->text);
    out_char(c->out, '}');
}

static void thread_json(struct ctx *c, const struct child_thread *thread)
{
    out_f(c->out, "{\"status\":\"%s\",\"messages\":[", talk_status(&thread->shown));
    for (size_t i = 0; i < thread->messages.n; i++) {
        if (i)
            out_char(c->out, ',');
        message_json(c, &thread->messages.at[i]);
    }
    out_char(c->out, ']');
    if (thread->messages.older)
        out_f(c->out, ",\"older\":\"%lld\"", (long long)thread->messages.older);
}

static status api_talk(struct ctx *c)
{
    struct report_made *found = SECRET(c->ledger->secrets, struct report_made);
    struct messages_part part = { .letter = "C", .most = PART_MESSAGES, .bytes = PART_BYTES };
    struct child_thread thread;
    status s = report_of_code(c, form_text(c, "code"), found);

    if (s == INVALID)
        return form_refuse(c, "code", text_of(c, T_SPEAKUP_TALK_WRONG));
    TRY(s);
    (void)code_turn(c, found);
    (void)str_i64(form_text(c, "before"), &part.before);
    TRY(child_thread(c, found->report, found->reporter, part, &thread));
    session_begin(c, SESSION_CHILD, found->report, found->reporter);
    thread_json(c, &thread);
    out_c(c->out, ",\"token\":");
    out_json(c->out, session_token(c));
    out_c(c->out, "}\n");
    return answer_json(c, 200);
}

static status api_message(struct ctx *c)
{
    struct refused refused;
    struct str held;

    if (session_kind(c) != SESSION_CHILD || session_pair(c) == NULL)
        return DENIED;
    if (holds_code(form_text(c, "text")))
        return form_refuse(c, "text", text_of(c, T_SPEAKUP_NOTICE_CODE));
    TRY(child_send(c, session_who(c), session_pair(c), &refused, &held));
    out_f(c->out, "{\"sent\":true,\"files_refused\":%zu}\n", refused.n);
    return answer_json(c, 201);
}

static status api_openapi(struct ctx *c)
{
    out_bytes(c->out, openapi_json, openapi_json_n);
    return answer_json(c, 200);
}

#define TALK_API FORM_API({ .name = "code", .max = 100 }, { .name = "before", .max = 20 })
#define MESSAGE_API FORM_API({ .name = "text", .max = STORY_CHARS }, { .name = "commune", .max = 20 }, \
    { .name = "files", .file = true, .repeat = true }, { .name = "files_private", .file = true, .repeat = true })

const struct route speakup_api_routes[] = {
    ROUTE(GET,  "/api/v1/openapi.json",  PUBLIC, NO_FORM,          api_openapi, .api = true),
    ROUTE(POST, "/api/v1/speak",         PUBLIC, &speak_api_form,  api_speak,   .lane = LANE_REPORT, .api = true),
    ROUTE(POST, "/api/v1/talk",          PUBLIC, TALK_API,         api_talk,    .lane = LANE_RETURN, .api = true),
    ROUTE(POST, "/api/v1/talk/messages", CHILD,  MESSAGE_API,      api_message, .api = true),
    ROUTES_END
};
