/* Pages of take-down with made-up views, for render_staff.c. */
#include "render_takedown.h"

#include "texts.h"

static struct id an_id(int n)
{
    struct id id;

    memset(&id, 17 + n * 29, sizeof id);
    return id;
}

static struct desk_clock clock_of(enum clock_look look)
{
    return look == CLOCK_LATE ? (struct desk_clock){ CLOCK_LATE, T_DESK_CLOCK_LATE_HOURS, STR("3"), STR("12") }
                              : (struct desk_clock){ look, T_DESK_CLOCK_LEFT_HOURS, STR("17"), STR("40") };
}

void take_list_sample(struct staff_nav nav, int lang, struct take_list_view *v)
{
    static struct take_line rows[4];
    static struct choice states[2];

    rows[0] = (struct take_line){ .id = an_id(1), .ref = STR("GB-7K3M9Q"), .what = STR("https://mot-ten-mien-rat-la-dai-de-xem-co-tran-ra-ngoai.mau.example/a/b/c/d/e?f=123456789"),
        .class = STR("Tài liệu xâm hại tình dục trẻ em"), .on = STR("24/11/2026"), .more = 2, .state = T_TAKEDOWN_STATE_REQUESTED, .look = TAKE_RUNS,
        .runs = true, .clock = clock_of(CLOCK_LATE), .asked = 3, .removed = 1 };
    rows[1] = (struct take_line){ .id = an_id(2), .ref = STR("GB-1A2B3C"), .what = STR("https://anh.mau.example/7"), .on = STR("24/11/2026"),
        .class = STR("Bắt nạt, làm nhục trẻ em trên mạng"), .state = T_TAKEDOWN_STATE_ASKED, .look = TAKE_WAITS };
    rows[2] = (struct take_line){ .id = an_id(3), .ref = STR("GB-5X6Y7Z"), .what = STR("sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        .class = STR("Tài liệu xâm hại tình dục trẻ em"), .on = STR("23/11/2026"), .state = T_TAKEDOWN_STATE_APPEALED, .look = TAKE_BAD,
        .runs = true, .clock = clock_of(CLOCK_SOON), .asked = 2 };
    rows[3] = (struct take_line){ .id = an_id(4), .ref = STR("GB-9P8Q7R"), .what = STR("https://cu.mau.example/"), .on = STR("01/11/2026"),
        .class = STR("Lừa đảo nhắm vào trẻ em"), .state = T_TAKEDOWN_STATE_CONFIRMED, .look = TAKE_ENDED, .asked = 1, .removed = 1 };
    states[0] = (struct choice){ STR("late"), text_in(lang, T_TAKEDOWN_NOTICE_LATE), false };
    states[1] = (struct choice){ STR("requested"), text_in(lang, T_TAKEDOWN_STATE_REQUESTED), true };
    *v = (struct take_list_view){ .nav = nav, .running = 4, .late = 1, .second = 1, .appealed = 1, .states = { states, 2 }, .rows = { rows, 4 },
        .q = STR("10.0.0.1"), .q_error = text_in(lang, T_TAKEDOWN_WRONG_Q), .hours = 24, .source = STR("Nghị định 147/2024/NĐ-CP, điều 23"),
        .late_url = url_path("/takedown?state=late"), .appealed_url = url_path("/x"), .second_url = url_path("/x"), .next = url_path("/x"), .start = url_path("/x") };
}

void take_new_sample(struct staff_nav nav, int lang, bool of_case, struct take_new_view *v)
{
    static struct choice classes[2];
    static struct form_fault faults[1];
    static struct take_own_line tracks[2];

    classes[0] = (struct choice){ STR("abuse"), STR("Tài liệu xâm hại tình dục trẻ em"), false };
    classes[1] = (struct choice){ STR("image"), STR("Hình ảnh, thông tin riêng tư của trẻ em bị đưa lên mạng"), true };
    faults[0] = (struct form_fault){ url_path("#items"), text_in(lang, T_TAKEDOWN_WRONG_ITEM) };
    tracks[0] = (struct take_own_line){ STR("GB-7K3M9Q"), STR("https://anh.mau.example/7\nsha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
                                        T_TAKEDOWN_STATE_REQUESTED, TAKE_RUNS, 3, 1, 1, 1 };
    tracks[1] = (struct take_own_line){ STR("GB-1A2B3C"), STR("https://khac.mau.example/x"), T_TAKEDOWN_STATE_REPORTED, TAKE_WAITS, 0, 0, 0, 0 };
    *v = (struct take_new_view){ .nav = nav, .faults = { faults, 1 }, .action = url_path("/takedown/new"), .back = url_path("/takedown"),
        .case_ref = of_case ? STR("TH-2026-0148") : STR_NULL, .items = { STR("khong phai"), text_in(lang, T_TAKEDOWN_WRONG_ITEM) },
        .class = { STR("image"), STR_NULL }, .classes = { classes, 2 }, .most = 20 };
    if (of_case)
        v->tracks.at = tracks;
    v->tracks.n = of_case ? 2 : 0;
}

static struct take_notices notices_sample(int kind)
{
    static struct take_proof proofs[2];
    static struct take_notice n[3];

    proofs[0] = (struct take_proof){ STR("14:05, 24/11/2026"), STR("9f86d081884c7d65"), T_TAKEDOWN_WHY_REQUEST, T_TAKEDOWN_WAY_WEBHOOK, T_TAKEDOWN_PROOF_TAKEN, true, false, 2, 204 };
    proofs[1] = (struct take_proof){ STR("08:05, 25/11/2026"), STR("60303ae22b998861"), T_TAKEDOWN_WHY_REMINDER, T_TAKEDOWN_WAY_MAIL, T_TAKEDOWN_PROOF_GIVEN_UP, false, true, 20, 0 };
    n[0] = (struct take_notice){ .id = an_id(5), .name = STR("Mạng xã hội Kết Nối (mẫu)"), .kind = STR("Nền tảng"), .by = STR("Hải (mẫu)"), .second = STR("Loan (mẫu)"),
        .sent = STR("14:05, 24/11/2026"), .state = T_TAKEDOWN_NOTICE_LATE, .look = TAKE_BAD, .runs = true, .clock = clock_of(CLOCK_LATE),
        .proofs = { proofs, 2 }, .can_answer = true, .can_link = true, .no_way = true };
    n[1] = (struct take_notice){ .id = an_id(6), .name = STR("Kho ảnh Lá Thu (mẫu)"), .kind = STR("Nơi lưu trữ"), .by = STR("Hải (mẫu)"), .sent = STR("14:05, 24/11/2026"),
        .answered = STR("15:00, 24/11/2026"), .state = T_TAKEDOWN_NOTICE_APPEALED, .look = TAKE_BAD, .can_judge = true };
    n[2] = (struct take_notice){ .id = an_id(7), .name = STR("Nhà mạng (mẫu)"), .kind = STR("Nhà mạng"), .state = T_TAKEDOWN_NOTICE_CHOSEN, .look = TAKE_WAITS,
        .can_unchoose = true };
    return kind == 2 ? (struct take_notices){ n, 0 } : kind == 1 ? (struct take_notices){ n + 2, 1 } : (struct take_notices){ n, 3 };
}

void take_track_sample(struct staff_nav nav, int lang, int kind, struct take_view *v)
{
    static struct take_item items[2];
    static struct take_fact facts[2];
    static struct take_event events[2];
    static struct take_pick picks[2];
    static struct choice classes[1];

    items[0] = (struct take_item){ STR("https://anh.mau.example/mot/dia-chi/rat/dai/de/xem/co/tran/ra/ngoai/man/hinh/khong/7"), "url", 0, true };
    items[1] = (struct take_item){ STR("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"), "sha256", 1, false };
    facts[0] = (struct take_fact){ T_TAKEDOWN_FACT_CLASS, STR("Tài liệu xâm hại tình dục trẻ em") };
    facts[1] = (struct take_fact){ T_TAKEDOWN_FACT_BASIS, STR("Nghị định 147/2024/NĐ-CP điều 23; Luật Trẻ em 2016 điều 54") };
    events[0] = (struct take_event){ T_TAKEDOWN_EVENT_APPEALED, STR("Kho ảnh Lá Thu (mẫu)"), STR("15:00, 24/11/2026"), STR("Ảnh này là của một trường.") };
    events[1] = (struct take_event){ T_TAKEDOWN_EVENT_OPENED, STR("Hải (mẫu)"), STR("14:00, 24/11/2026"), STR("") };
    picks[0] = (struct take_pick){ an_id(8), STR("Cơ quan quản lý (mẫu)"), STR("Cơ quan có thẩm quyền"), STR("tiep-nhan@co-quan.example"), false };
    picks[1] = (struct take_pick){ an_id(9), STR("Kho ảnh (mẫu)"), STR("Nơi lưu trữ"), STR(""), true };
    classes[0] = (struct choice){ STR("abuse"), STR("Tài liệu xâm hại tình dục trẻ em"), true };
    *v = (struct take_view){ .nav = nav, .id = an_id(1), .ref = STR("GB-7K3M9Q"), .class = STR("Tài liệu xâm hại tình dục trẻ em"), .items = { items, 2 },
        .facts = { facts, 2 }, .events = { events, 2 }, .picks = { picks, 2 }, .classes = { classes, 1 }, .class_to_check = true, .two = true,
        .words = STR("Bài mẫu, được chia sẻ nhiều lần."), .notices = notices_sample(kind), .chosen = 1, .can_check = true, .can_block = true };
    v->state = kind == 0 ? T_TAKEDOWN_STATE_APPEALED : kind == 1 ? T_TAKEDOWN_STATE_ASKED : T_TAKEDOWN_STATE_REPORTED;
    v->look = kind == 0 ? TAKE_BAD : TAKE_WAITS;
    v->runs = kind == 0;
    v->clock = clock_of(CLOCK_LATE);
    v->asked_by = kind == 1 ? STR("Hải (mẫu)") : STR("");
    v->can_second = v->can_decline = kind == 1;
    v->can_triage = v->can_drop = kind == 2;
    v->can_choose = v->can_send = kind == 0;
    v->can_escalate = kind == 0;
    v->link = kind == 0 ? STR("https://lachan.example/notice/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") : STR("");
    v->reason = kind == 1 ? (struct typed){ STR(""), text_in(lang, T_TAKEDOWN_WRONG_REASON) } : (struct typed){ STR(""), STR_NULL };
}

void take_to_sample(struct staff_nav nav, int lang, struct take_to_view *v)
{
    static struct take_to_row rows[2];
    static struct choice kinds[1], langs[1], orgs[1];
    static struct form_fault faults[1];

    rows[0] = (struct take_to_row){ an_id(1), STR("Mạng xã hội Kết Nối (mẫu)"), STR("Nền tảng"), STR(""), STR("ket-noi.example"), STR("Mạng xã hội Kết Nối (mẫu)"),
                                    STR("Tiếng Việt"), true };
    rows[1] = (struct take_to_row){ an_id(2), STR("Kho ảnh Lá Thu (mẫu)"), STR("Nơi lưu trữ"), STR("abuse@mot-ten-rat-dai-de-xem-co-tran-ra-ngoai.example"),
                                    STR("la-thu.example anh-la-thu.example"), STR(""), STR("Tiếng Anh"), false };
    kinds[0] = (struct choice){ STR("host"), text_in(lang, T_TAKEDOWN_KIND_HOST), true };
    langs[0] = (struct choice){ STR("vi"), text_in(lang, T_TAKEDOWN_LANG_VI), true };
    orgs[0] = (struct choice){ STR("x"), STR("Mạng xã hội Kết Nối (mẫu)"), false };
    faults[0] = (struct form_fault){ url_path("#mail"), text_in(lang, T_TAKEDOWN_WRONG_MAIL) };
    *v = (struct take_to_view){ .nav = nav, .faults = { faults, 1 }, .rows = { rows, 2 }, .mail = { STR("khong phai"), text_in(lang, T_TAKEDOWN_WRONG_MAIL) },
                                .kinds = { kinds, 1 }, .langs = { langs, 1 }, .orgs = { orgs, 1 } };
}

void notice_sample(int lang, bool wrong, struct notice_view *v)
{
    static struct notice_item items[2];

    (void)lang;
    items[0] = (struct notice_item){ "url", STR("https://anh.mau.example/mot/dia-chi/rat/dai/de/xem/co/tran/ra/ngoai/man/hinh/khong/7") };
    items[1] = (struct notice_item){ "sha256", STR("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") };
    *v = (struct notice_view){ .action = url_path("/notice/x"), .ref = STR("GB-7K3M9Q"), .from = STR("Trung tâm điều phối quốc gia (mẫu)"),
        .name = STR("Kho ảnh Lá Thu (mẫu)"), .class = STR("Tài liệu xâm hại tình dục trẻ em"), .basis = STR("Nghị định 147/2024/NĐ-CP điều 23"),
        .asked = STR("14:05, 24/11/2026"), .due = STR("14:05, 25/11/2026"), .items = { items, 2 }, .open = wrong, .late = wrong, .no_words = wrong,
        .today = STR("2026-11-25T17:00"), .words_most = 2000, .thanks = !wrong, .state = wrong ? 0 : T_TAKEDOWN_NOTICE_REMOVED,
        .answered = wrong ? STR("") : STR("15:00, 24/11/2026") };
}
