/* Pages of papers with made-up views, for render_staff.c. */
#include "render_papers.h"

#include "casework_pages.h"
#include "texts.h"

#define ROWS(type, ...) { (type[]){ __VA_ARGS__ }, sizeof((type[]){ __VA_ARGS__ }) / sizeof(type) }

static struct paper_head head_of(enum paper_look look)
{
    return (struct paper_head){
        .ref = STR("TH-2026-0148"), .title = STR("Mẫu số 02: Đánh giá nguy cơ ban đầu, tình trạng, mức độ tổn hại của trẻ em"),
        .version = STR("2026112901"), .saved = STR("14:05, 29/11/2026"), .saved_by = STR("Hạnh (mẫu)"), .look = look,
        .here = url_path("/cases/x/papers/y"), .list = url_path("/cases/x/papers"), .read = url_path("/cases/x/papers/y/read") };
}

static struct choices levels(int on)
{
    static struct choice list[2][3] = {
        { { STR("high"), STR("Cao"), false }, { STR("medium"), STR("Trung bình"), true }, { STR("low"), STR("Thấp"), false } },
        { { STR("high"), STR("Cao"), false }, { STR("medium"), STR("Trung bình"), false }, { STR("low"), STR("Thấp"), false } },
    };

    return (struct choices){ list[on != 0], 3 };
}

static struct choices measures(void)
{
    static struct choice list[] = {
        { STR("shelter"), STR("Nơi tạm trú an toàn"), true }, { STR("care"), STR("Chăm sóc y tế, trị liệu tâm lý"), false },
        { STR("police"), STR("Đề nghị công an ngăn chặn hành vi"), true }, { STR("school"), STR("Phối hợp với nhà trường"), false },
    };

    return (struct choices){ list, 4 };
}

static struct form_lines all_lines(void)
{
    static struct form_place places[2];
    static struct form_line lines[] = {
        { .look = LINE_NOTE, .path = STR("/data/how"), .label = STR("Điền những gì đã biết. Chưa biết thì để trống hoặc chọn \"Chưa rõ\".") },
        { .look = LINE_TEXT, .path = STR("/data/name"), .label = STR("Họ và tên trẻ em"), .value = STR("Mầm Xanh (tên giả)"),
          .hint = STR("Có thể ghi tên thường gọi.") },
        { .look = LINE_TEXT, .path = STR("/data/day_wrong"), .label = STR("Ngày đánh giá"), .value = STR("hôm qua"),
          .error = STR("Ghi ngày như 24/11/2026."), .required = true },
        { .look = LINE_DATE, .path = STR("/data/day"), .label = STR("Ngày gặp trẻ"), .value = STR("2026-11-24") },
        { .look = LINE_TIME, .path = STR("/data/hour"), .label = STR("Giờ gặp trẻ"), .value = STR("14:05") },
        { .look = LINE_DATETIME, .path = STR("/data/since"), .label = STR("Từ lúc nào") },
        { .look = LINE_NUMBER, .path = STR("/data/age"), .label = STR("Tuổi ước lượng"), .value = STR("12"), .hint = STR("(từ 0 đến 18)") },
        { .look = LINE_GROUP, .path = STR("/data/a"), .label = STR("A. Mức độ tổn hại của trẻ em"), .level = 2, .hint = STR("Chọn một mức cho từng dòng.") },
        { .look = LINE_ONE, .path = STR("/data/a1"), .label = STR("Mức độ trẻ bị tổn hại"), .row = true, .required = true, .value = STR("medium") },
        { .look = LINE_ONE, .path = STR("/data/a2"), .label = STR("Nguy cơ tiếp tục bị tổn hại nếu giữ nguyên hoàn cảnh hiện tại"), .row = true,
          .required = true, .error = STR("Chọn một mức, hoặc Chưa rõ."), .more = STR("Xem người gây hại còn gặp được trẻ không, trẻ ở với ai.") },
        { .look = LINE_VALUE, .path = STR("/data/total"), .label = STR("Số dòng mức cao"), .value = STR("1") },
        { .look = LINE_MANY, .path = STR("/data/m"), .label = STR("Biện pháp tạm thời") },
        { .look = LINE_MENU, .path = STR("/data/p"), .label = STR("Tỉnh, thành phố"), .value = STR("low") },
        { .look = LINE_RANK, .path = STR("/data/r"), .label = STR("Việc cần trước") },
        { .look = LINE_YES, .path = STR("/data/t"), .label = STR("Đã nói với trẻ điều sẽ làm tiếp theo"), .required = true },
        { .look = LINE_ENTRY, .path = STR("/data/g[1]"), .label = STR("Hoạt động 1"), .level = 3, .go = STR("remove:/data/g[1]") },
        { .look = LINE_LONG, .path = STR("/data/g[1]/what"), .label = STR("Việc phải làm"), .value = STR("Gặp mẹ của trẻ\nHẹn trường") },
        { .look = LINE_ADD, .path = STR("/data/g"), .label = STR("Hoạt động"), .go = STR("add:/data/g") },
        { .look = LINE_TEXT, .path = STR("/data/hidden"), .label = STR("Chuyện khác là gì"), .hidden = true },
        { .look = LINE_NOT_SHOWN, .path = STR("/data/photo"), .label = STR("Ảnh chụp nơi ở") },
    };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        lines[i].no = (i64)i;
        lines[i].options = lines[i].look == LINE_MANY ? measures() : levels(lines[i].error.n > 0);
    }
    places[0] = (struct form_place){ 1, measures() };
    places[1] = (struct form_place){ 2, levels(1) };
    lines[13].places = (struct form_places){ places, 2 };
    return (struct form_lines){ lines, sizeof lines / sizeof *lines };
}

static struct form_page_view page_view(bool faults)
{
    static struct form_step steps[] = {
        { 1, STR("Trẻ em và người đánh giá"), STR("page:1"), false, true },
        { 2, STR("A. Mức độ tổn hại"), STR("page:2"), true, false },
        { 3, STR("B. Khả năng tự bảo vệ, phục hồi"), STR("page:3"), false, false },
        { 4, STR("Kết luận và biện pháp khẩn cấp"), STR("page:4"), false, false },
    };
    static struct line_fault list[] = {
        { { STR("#q2") }, STR("Ngày đánh giá"), STR("Ghi ngày như 24/11/2026.") },
        { { STR("#q9") }, STR("Nguy cơ tiếp tục bị tổn hại"), STR("Chọn một mức, hoặc Chưa rõ.") },
    };

    return (struct form_page_view){
        .title = STR("A. Mức độ tổn hại"), .no = 2, .count = 4, .page = 1, .lines = all_lines(), .steps = { steps, 4 },
        .faults = { list, faults ? 2 : 0 } };
}

void paper_fill_sample(struct staff_nav nav, bool faults, struct paper_fill_view *v)
{
    *v = (struct paper_fill_view){ .nav = nav, .head = head_of(PAPER_DRAFT), .page = page_view(faults), .base = 3, .draft = url_path("/draft") };
    if (faults) {
        v->head.look = PAPER_RETURNED;
        v->head.why_back = STR("Ghi rõ ai theo dõi, và ngày rà soát.");
        v->head.back_by = STR("Hùng (mẫu)");
    }
    if (faults)
        return;
    for (size_t i = 0; i < v->page.lines.n; i++)
        v->page.lines.at[i].error = STR_NULL;
    v->page.steps.at[0].wrong = false;
    v->page.last = true;
    v->from_draft = v->behind = v->head.newer = v->head.closed = true;
}

void papers_sample(struct staff_nav nav, struct case_head head, struct case_papers_view *v)
{
    static struct paper_row_view rows[] = {
        { { STR("/x") }, STR("Mẫu số 01: Báo cáo tiếp nhận thông tin trẻ em"), STR("2026112901"), STR("09:12, 23/11/2026"), STR("Hạnh (mẫu)"), STR("Minh (mẫu)"),
          PAPER_APPROVED, false, false },
        { { STR("/x") }, STR("Mẫu số 02: Đánh giá nguy cơ ban đầu"), STR("2026112901"), STR("14:05, 24/11/2026"), STR("Hạnh (mẫu)"), STR_NULL, PAPER_DRAFT, true, true },
        { { STR("/x") }, STR("Mẫu số 03"), STR("1"), STR("14:05, 24/11/2026"), STR("Hạnh (mẫu)"), STR_NULL, PAPER_DONE, false, false },
        { { STR("/x") }, STR("Mẫu số 04: Kế hoạch hỗ trợ, can thiệp"), STR("1"), STR("14:05, 24/11/2026"), STR("Hạnh (mẫu)"), STR_NULL, PAPER_SUBMITTED, false, false },
        { { STR("/x") }, STR("Mẫu số 05"), STR("1"), STR("14:05, 24/11/2026"), STR("Hạnh (mẫu)"), STR("Minh (mẫu)"), PAPER_RETURNED, true, false },
        { { STR("/x") }, STR("Mẫu số 06"), STR("1"), STR("14:05, 24/11/2026"), STR("Hạnh (mẫu)"), STR_NULL, PAPER_GONE, false, false },
    };
    static struct paper_offer offers[] = {
        { STR("mau-01"), STR("Mẫu số 01: Báo cáo tiếp nhận thông tin trẻ em"), STR("1"), true },
        { STR("bien-ban"), STR("Biên bản họp xác định nhu cầu hỗ trợ, can thiệp của trẻ em"), STR("1"), false },
    };

    head.tab = TAB_PAPERS;
    *v = (struct case_papers_view){ .nav = nav, .head = head, .rows = { rows, 6 }, .offers = { offers, 2 } };
}

void paper_read_sample(struct staff_nav nav, int lang, struct paper_read_view *v)
{
    static struct paper_answer answers[] = {
        { STR("Trẻ em và người đánh giá"), STR_NULL, 2, true, false },
        { STR("Họ và tên trẻ em"), STR("Mầm Xanh (tên giả)"), 2, false, false },
        { STR("Ngày đánh giá"), STR("24/11/2026"), 2, false, false },
        { STR("A. Mức độ tổn hại của trẻ em"), STR_NULL, 2, true, false },
        { STR("Mức độ trẻ bị tổn hại"), STR("Trung bình"), 2, false, false },
        { STR("Nguy cơ tiếp tục bị tổn hại"), STR_NULL, 2, false, false },
        { STR("Hoạt động 1"), STR_NULL, 3, true, false },
        { STR("Việc phải làm"), STR("Gặp mẹ của trẻ tại nhà, cùng cán bộ y tế.\nHẹn trường một buổi trong tuần này, không nói lý do qua điện thoại."), 3, false, true },
    };
    static struct paper_past past[] = { { { STR("/x") }, 3, STR("14:05, 24/11/2026"), STR("Hạnh (mẫu)"), true, false },
                                        { { STR("/x") }, 2, STR("09:41, 24/11/2026"), STR("Minh (mẫu)"), false, false },
                                        { { STR("/x") }, 1, STR(""), STR(""), false, true } };
    static struct paper_button buttons[2];

    buttons[0] = (struct paper_button){ url_path("/x"), text_in(lang, T_PAPERS_ACT_APPROVE), false };
    buttons[1] = (struct paper_button){ url_path("/x"), text_in(lang, T_PAPERS_ACT_RETURN), true };
    *v = (struct paper_read_view){
        .nav = nav, .head = head_of(PAPER_SUBMITTED), .answers = { answers, 8 }, .past = { past, 3 }, .buttons = { buttons, 2 },
        .begun = STR("09:12, 23/11/2026"), .begun_by = STR("Hạnh (mẫu)"), .finished = STR("14:05, 24/11/2026"),
        .finished_by = STR("Hạnh (mẫu)"), .computed = STR("Cao"), .concluded = STR("Trung bình"), .take_over = true, .risk_to = url_path("/x") };
}

void paper_merge_sample(struct staff_nav nav, struct paper_merge_view *v)
{
    static struct paper_clash clashes[] = {
        { STR("/data/a1"), STR("Mức độ trẻ bị tổn hại"), STR("Cao"), STR("Trung bình"), false, true },
        { STR("/data/g"), STR("Hoạt động"), STR("Việc: Gặp mẹ của trẻ\nViệc: Hẹn trường"), STR(""), true, false },
    };

    *v = (struct paper_merge_view){ .nav = nav, .head = head_of(PAPER_DRAFT), .clashes = { clashes, 2 }, .newest = 4, .other = STR("Minh (mẫu)"),
                                    .error = true };
}

void paper_move_sample(struct staff_nav nav, struct paper_move_view *v)
{
    static struct paper_change changes[] = { { STR("Thêm câu hỏi: Trẻ đang ở với ai") }, { STR("Đổi lời: \"Tuổi\" thành \"Tuổi tròn năm\"") } };
    static struct paper_answer lost[] = { { .label = STR("Số trường hợp"), .value = STR("12/BC") } };

    *v = (struct paper_move_view){ .nav = nav, .head = head_of(PAPER_DRAFT), .newer = STR("2026120101"), .changes = { changes, 2 }, .lost = { lost, 1 },
                                   .carried = 14 };
}

void paper_risk_sample(struct staff_nav nav, int lang, struct paper_risk_view *v)
{
    *v = (struct paper_risk_view){ .nav = nav, .head = head_of(PAPER_DONE), .risks = levels(0), .computed = STR("Cao"), .now = STR("Thấp"),
                                   .words = STR("Trẻ có bà ở cùng."), .lower_error = text_in(lang, T_PAPERS_RISK_LOWER_NONE), .ask_lower = true };
}

void paper_ask_sample(struct staff_nav nav, int lang, struct paper_ask_view *v)
{
    *v = (struct paper_ask_view){ .nav = nav, .head = head_of(PAPER_SUBMITTED), .action = url_path("/x"), .title = text_in(lang, T_PAPERS_ACT_RETURN),
                                  .say = text_in(lang, T_PAPERS_ACT_RETURN_SAY), .words_error = text_in(lang, T_CASES_ASK_WORDS_NONE) };
}
