/* Pages of the review and of pictures that stayed with a child, with made-up views, for render_staff.c. */
#include "render_review.h"

#include "texts.h"

#define HEX64 STR("bd0b7a3f3c1e5a9946b1c0d2e8f7a6b59d4c3b2a19087f6e5d4c3b2a1f0e9d8c")
#define HEX32 STR("bd0b7a3f3c1e5a9946b1c0d2e8f7a6b5")

static struct id sample_id(int n)
{
    struct id id = { { 0 } };

    id.b[15] = (uint8_t)n;
    return id;
}

static struct choices choices_of(struct choice *list, size_t n)
{
    return (struct choices){ list, n };
}

static struct choices classes(void)
{
    static struct choice list[] = { { STR("abuse"), STR("Tài liệu xâm hại tình dục trẻ em"), false },
                                    { STR("image"), STR("Hình ảnh, thông tin riêng tư của trẻ em bị đưa lên mạng"), true } };

    return choices_of(list, 2);
}

struct review_view review_sample(struct staff_nav nav, bool over)
{
    static struct review_line rows[] = {
        { .class = STR("Dụ dỗ trẻ em"), .when = STR("14:20, 24/11/2026"), .source = T_REVIEW_SOURCE_TEXT, .state = T_REVIEW_STATE_NEW, .urgent = true },
        { .class = STR("Tài liệu xâm hại tình dục trẻ em"), .when = STR("13:02, 24/11/2026"), .source = T_REVIEW_SOURCE_REPORT,
          .state = T_REVIEW_STATE_SECOND, .mine = true },
        { .class = STR("Ảnh riêng tư của trẻ"), .when = STR("23/11/2026"), .source = T_REVIEW_SOURCE_CHILD, .state = T_REVIEW_STATE_DOUBTFUL },
    };
    static struct choice states[] = { { STR("new"), STR("Chưa xét"), false }, { STR("second"), STR("Chờ người thứ hai"), true } };

    return (struct review_view){ .nav = nav, .rows = { rows, 3 }, .waiting = 47, .today = over ? 150 : 12, .enough = 150, .over = over, .sandbox = over,
                                 .states = choices_of(states, 2), .next_page = url_path("/review?after=x"), .start_page = url_path("/review"),
                                 .other_side = url_path("/review?sandbox=1") };
}

static void message_sample(int lang, struct review_item_view *v)
{
    static struct review_piece pieces[] = {
        { STR("Em đừng "), STR("") }, { STR("kể với mẹ"), STR("dặn giữ bí mật") }, { STR(" nhé.\nMình chuyển sang "), STR("") },
        { STR("nhắn riêng"), STR("rủ sang chỗ khác") }, { STR(" đi, ở đây đông quá."), STR("") },
    };
    static struct review_sign signs[] = { { STR("dặn giữ bí mật"), 1 }, { STR("rủ sang chỗ khác"), 2 } };
    static struct review_score scores[] = { { STR("Dụ dỗ trẻ em"), 91 } };

    (void)lang;
    v->line = (struct review_line){ .class = STR("Dụ dỗ trẻ em"), .when = STR("14:20, 24/11/2026"), .source = T_REVIEW_SOURCE_TEXT,
                                    .state = T_REVIEW_STATE_NEW, .urgent = true };
    v->message = (struct review_message){ .there = true, .words = true, .pieces = { pieces, 5 }, .signs = { signs, 2 }, .scores = { scores, 1 } };
    v->words_until = STR("24/12/2026");
    v->ref = STR("bai-viet-2026-000017");
    v->may_decide = true;
    v->over = true;
}

static void picture_parts(struct review_item_view *v)
{
    static struct review_hash hashes[] = { { STR("pdq"), HEX64, 97, true }, { STR("md5"), HEX32, 0, false } };
    static struct review_hit hits[] = {
        { .bank = STR("Kho mẫu"), .class = STR("Tài liệu xâm hại tình dục trẻ em"), .basis = STR("Nghị định 147/2024/NĐ-CP điều 23"), .distance = 7,
          .confirmed = true },
        { .bank = STR("Biểu trưng, ảnh nền"), .class = STR("Vô hại"), .distance = 30, .negative = true, .held = true },
    };
    static struct review_said said[] = {
        { .verdict = T_REVIEW_VERDICT_CONFIRMED, .who = STR("Hải (mẫu)"), .when = STR("24/11/2026"), .reason = STR("Trùng mã trong kho đã kiểm") },
        { .verdict = T_REVIEW_VERDICT_CONFIRMED, .who = STR("Loan (mẫu)"), .when = STR("24/11/2026"), .words = STR("Giống mã, đúng bối cảnh.") },
    };

    v->line = (struct review_line){ .class = STR("Tài liệu xâm hại tình dục trẻ em"), .when = STR("13:02, 24/11/2026"),
                                    .source = T_REVIEW_SOURCE_REPORT, .state = T_REVIEW_STATE_CONFIRMED };
    v->object = url_path("/platform-reports/x");
    v->hashes.at = hashes;
    v->hashes.n = 2;
    v->hits.at = hits;
    v->hits.n = 2;
    v->said.at = said;
    v->said.n = 2;
    v->bar = T_REVIEW_BAR_ENDED;
    v->confirmed = v->may_ask = v->may_opine = true;
    v->classes = classes();
}

struct review_item_view review_item_sample(struct staff_nav nav, int lang, bool message)
{
    static struct choice reasons[] = { { STR("words"), STR("Lời lẽ cho thấy rõ"), false }, { STR("harmless"), STR("Vô hại: đùa, học tập, tin tức"), false } };
    struct review_item_view v = { .nav = nav, .id = sample_id(1), .reasons = choices_of(reasons, 2) };

    if (message)
        message_sample(lang, &v);
    else
        picture_parts(&v);
    return v;
}

struct review_agreement_view review_agreement_sample(struct staff_nav nav)
{
    static struct review_row rows[] = {
        { T_REVIEW_VERDICT_CONFIRMED, { { 118, true }, { 5, false }, { 0, false } } },
        { T_REVIEW_VERDICT_REJECTED, { { 2, false }, { 31, true }, { 1, false } } },
        { T_REVIEW_VERDICT_DOUBTFUL, { { 1, false }, { 0, false }, { 3, true } } },
    };
    static struct review_measure measures[] = {
        { T_REVIEW_AGREEMENT_AC1, STR("0,92"), STR("0,87"), STR("0,97") }, { T_REVIEW_AGREEMENT_KAPPA, STR("0,86"), STR("0,77"), STR("0,95") },
    };

    return (struct review_agreement_view){ .nav = nav, .pairs = 161, .same = 152, .one_in = 10, .rows = { rows, 3 }, .measures = { measures, 2 } };
}

static struct picture_line line_sample(int no)
{
    return (struct picture_line){ .id = sample_id(no), .no = no, .kind = T_SPEAKUP_MORE_KIND_PICTURE, .state = T_DESK_PICTURE_STATE_NEW,
                                  .day = STR("24/11/2026"), .waits = true, .pdq = HEX64, .md5 = HEX32, .sha256 = HEX64, .quality = 97 };
}

struct desk_pictures_view pictures_sample(struct staff_nav nav)
{
    static struct picture_line rows[4];

    rows[0] = line_sample(1);
    rows[1] = (struct picture_line){ .id = sample_id(2), .no = 2, .kind = T_SPEAKUP_MORE_KIND_FILE, .state = T_DESK_PICTURE_STATE_CONFIRMED,
                                     .day = STR("23/11/2026"), .decided = STR("Hạnh (mẫu), 24/11/2026"), .md5 = HEX32, .sha256 = HEX64 };
    rows[2] = (struct picture_line){ .id = sample_id(3), .no = 3, .kind = T_SPEAKUP_MORE_KIND_PICTURE, .state = T_DESK_PICTURE_STATE_WITHDRAWN,
                                     .day = STR("23/11/2026") };
    rows[3] = (struct picture_line){ .id = sample_id(4), .no = 4, .altered = true };
    return (struct desk_pictures_view){ .nav = nav, .id = sample_id(1), .ref = STR("PA-7K3M9"), .rows = { rows, 4 }, .asked = 3, .removed = 2, .late = 1 };
}

struct desk_picture_view picture_sample(struct staff_nav nav, bool faults)
{
    struct desk_picture_view v = { .nav = nav, .id = sample_id(1), .ref = STR("PA-7K3M9"), .line = line_sample(1), .fits = true, .classes = classes() };

    if (faults) {
        v.class_error = STR("Chọn loại nội dung, để yêu cầu gỡ có căn cứ.");
        v.words_error = STR("Ghi vì sao.");
    }
    return v;
}
