#include "problem.h"

#include "answer.h"
#include "form.h"
#include "html_page.h"

/* name, code, and for each language a title and what to do. Never says more than the code: a refused id looks like one
   that does not exist. */
static const struct row {
    const char *name;
    int code;
    struct { const char *title, *what; } text[LANGS];
} rows[PROBLEMS] = {
    [PROBLEM_BAD_REQUEST] = { "bad-request", 400, {
        { "Máy chủ không hiểu yêu cầu này", "Hãy quay lại trang trước và thử lại." },
        { "The server did not understand this", "Go back to the page before and try again." } } },
    [PROBLEM_SIGN_IN] = { "sign-in", 401, {
        { "Cần đăng nhập", "Hãy đăng nhập rồi thử lại." },
        { "Please sign in", "Sign in and try again." } } },
    [PROBLEM_FORBIDDEN] = { "forbidden", 403, {
        { "Bạn không mở được trang này", "Nếu công việc cần đến, hãy hỏi người quản lý của đơn vị." },
        { "You cannot open this page", "If your work needs it, ask the manager of your unit." } } },
    [PROBLEM_NOT_FOUND] = { "not-found", 404, {
        { "Không có trang này", "Địa chỉ có thể đã gõ nhầm, hoặc trang không còn nữa." },
        { "There is no such page", "The address may be mistyped, or the page is gone." } } },
    [PROBLEM_METHOD] = { "method", 405, {
        { "Trang này không nhận yêu cầu kiểu đó", "Hãy quay lại trang trước và thử lại." },
        { "This page does not take that kind of request", "Go back to the page before and try again." } } },
    [PROBLEM_CONFLICT] = { "conflict", 409, {
        { "Có người vừa thay đổi trước", "Hãy mở lại trang để xem bản mới, rồi làm lại phần của bạn." },
        { "Somebody else changed it first", "Open the page again to see what is new, then do your part again." } } },
    [PROBLEM_TOO_LARGE] = { "too-large", 413, {
        { "Phần gửi lên nặng quá", "Hãy bấm Quay lại của máy, bỏ bớt tệp rồi gửi lại. Lời đã viết vẫn còn." },
        { "What was sent is too large", "Press Back, take some files out and send again. What was written is still there." } } },
    [PROBLEM_INVALID] = { "invalid", 422, {
        { "Có chỗ chưa dùng được", "Hãy xem lại những ô được nêu và gửi lại." },
        { "Something cannot be used", "Look at the fields that are named and send again." } } },
    [PROBLEM_HEADERS] = { "headers-too-large", 431, {
        { "Yêu cầu dài quá", "Hãy mở lại trang từ đầu." },
        { "The request is too long", "Open the page anew." } } },
    [PROBLEM_BROKEN] = { "broken", 500, {
        { "Có lỗi ở phía chúng tôi", "Hãy bấm Quay lại của máy và thử lại sau ít phút. Cần nói ngay: gọi 111." },
        { "Something is wrong on our side", "Press Back and try again in a few minutes. To talk at once: call 111." } } },
    [PROBLEM_UNKNOWN_METHOD] = { "unknown-method", 501, {
        { "Máy chủ không biết kiểu yêu cầu này", "Hãy mở lại trang từ đầu." },
        { "The server does not know this kind of request", "Open the page anew." } } },
    [PROBLEM_BUSY] = { "busy", 503, {
        { "Đông người quá", "Em bấm Quay lại của máy, gửi lại sau 1 phút, hoặc gọi 111. Lời đã viết vẫn còn." },
        { "Too many people at once", "Press Back, send again in a minute, or call 111. What was written is still there." } } },
};

int problem_code(enum problem p)
{
    return rows[p].code;
}

const char *problem_name(enum problem p)
{
    return rows[p].name;
}

bool problem_by_name(struct str name, enum problem *p)
{
    for (int i = 0; i < PROBLEMS; i++)
        if (str_is(name, rows[i].name)) {
            *p = (enum problem)i;
            return true;
        }
    return false;
}

enum problem problem_of_status(status s)
{
    static const enum problem by_status[] = {
        [OK] = PROBLEM_BROKEN, [NOT_FOUND] = PROBLEM_NOT_FOUND, [DENIED] = PROBLEM_FORBIDDEN,
        [INVALID] = PROBLEM_INVALID, [CONFLICT] = PROBLEM_CONFLICT, [BUSY] = PROBLEM_BUSY,
        [TOO_LARGE] = PROBLEM_TOO_LARGE, [BROKEN] = PROBLEM_BROKEN,
    };

    return by_status[s];
}

/* RFC 9457. Fields that were refused stand in "errors". */
static void problem_json(struct ctx *c, enum problem p)
{
    const struct row *r = &rows[p];

    out_f(c->out, "{\"type\":\"/problems/%s\",\"title\":", r->name);
    out_json(c->out, str_c(r->text[c->lang].title));
    out_f(c->out, ",\"status\":%d,\"detail\":", r->code);
    out_json(c->out, str_c(r->text[c->lang].what));
    if (p == PROBLEM_INVALID)
        form_errors_json(c, c->out);
    out_c(c->out, "}\n");
}

void problem_page(struct ctx *c, enum problem p)
{
    const struct row *r = &rows[p];

    html_plain_page(&c->page, str_c(r->text[c->lang].title), str_c(r->text[c->lang].what), c->out);
}

static bool public_write(const struct ctx *c)
{
    return c->request->method == POST && (c->route == NULL || c->route->access <= CHILD);
}

static bool wants_json(const struct ctx *c)
{
    return c->route != NULL ? c->route->api : str_starts(c->path, STR("/api/")) || str_starts(c->path, STR("/v1/"));
}

static status answer(struct ctx *c, enum problem p)
{
    if (wants_json(c)) {
        problem_json(c, p);
        return answer_text(c, rows[p].code, "application/problem+json");
    }
    if (public_write(c))
        return see_other_f(c, "/problems/%s", rows[p].name);
    problem_page(c, p);
    TRY(page_done(c, html_plain_style));
    c->response->code = rows[p].code;
    return OK;
}

void problem_answer(struct ctx *c, enum problem p)
{
    out_wipe(c->out);
    c->response->n_headers = 0;
    answer_fixed_headers(c);
    if (p == PROBLEM_BUSY)
        answer_header(c, "Retry-After", STR("60"));
    if (answer(c, p) != OK)
        c->response->code = rows[p].code;
}
