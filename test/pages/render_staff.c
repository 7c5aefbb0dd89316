/* Writes every staff page with made-up views into a folder, with the stylesheet beside it, for the browser tests.
   Usage: render_staff FOLDER, from the top of the sources. */
#include "casework_pages.h"
#include "matches_pages.h"
#include "network_pages.h"
#include "partners_pages.h"
#include "people_pages.h"
#include "platforms_pages.h"
#include "speakup_pages.h"
#include "takedown_pages.h"
#include "texts.h"

#include "base/memory.h"
#include "render_banks.h"
#include "render_exchange.h"
#include "render_papers.h"
#include "render_partners.h"
#include "render_platforms.h"
#include "render_takedown.h"
#include "render_review.h"

#include "review_pages.h"

#include <stdio.h>
#include <stdlib.h>

#define ROWS(type, ...) { (type[]){ __VA_ARGS__ }, sizeof((type[]){ __VA_ARGS__ }) / sizeof(type) }
#define HARMS(...) ROWS(struct desk_word, __VA_ARGS__)

static const char *folder;
static struct arena arena;
static struct out out = { .max = 1 << 20 };
static int lang;
static bool keys_off;

static void write_file(const char *name, struct str text)
{
    const char *path = arena_f(&arena, "%s/%s", folder, name).at;
    FILE *file = fopen(path, "w");

    if (file == NULL || fwrite(text.at, 1, text.n, file) != text.n || fclose(file) != 0) {
        fprintf(stderr, "cannot write %s\n", path);
        exit(1);
    }
}

static void add_file(struct out *o, const char *path)
{
    char piece[4096];
    FILE *file = fopen(path, "r");
    size_t n;

    if (file == NULL) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(1);
    }
    while ((n = fread(piece, 1, sizeof piece, file)) > 0)
        out_bytes(o, piece, n);
    fclose(file);
}

static void save(const char *name)
{
    write_file(arena_f(&arena, "%s.%s.html", name, lang ? "en" : "vi").at, out_done(&out));
    out_reset(&out);
}

static struct html_page page_of(void)
{
    bool en = lang == 1;

    return (struct html_page){
        .lang = lang, .lang_code = text_langs[lang], .lang_query = en ? STR("?lang=en") : STR(""), .demo = true,
        .other_lang = url_path(en ? "?lang=vi" : "?lang=en"), .other_lang_code = text_langs[!lang],
        .other_lang_name = en ? STR("Tiếng Việt") : STR("English"), .path = STR("/desk"),
        .token = STR("0123456789abcdef0123456789abcdef"), .csrf = STR("fedcba9876543210fedcba9876543210"),
        .actor_name = STR("Hạnh (mẫu)"), .actor_org = STR("Đường dây hỗ trợ (mẫu)"),
        .actor_role = text_in(lang, T_PEOPLE_ROLE_COUNSELLOR), .now_text = STR("14:20, 24/11/2026"),
        .staff_css = url_path("staff.css"), .staff_js = url_path("staff.js"), .staff_icon = url_path("logo.svg"),
    };
}

static struct staff_nav menu(enum staff_item active)
{
    return (struct staff_nav){ .active = active, .desk = true, .queue = url_path("/desk?show=unclaimed"), .mine = 4,
                               .unclaimed = 12, .pressing = true };
}

static struct id sample_id(int n)
{
    struct id id;

    memset(&id, 11 + n * 37, sizeof id);
    return id;
}

#define SAVE(name, template, ...)                                          \
    do {                                                                   \
        struct html_page page_ = page_of();                                \
        page_.keys_off = keys_off;                                         \
        template(&page_, &(__VA_ARGS__), &out);                            \
        save(name);                                                        \
    } while (0)

/* -- before an account is open ----------------------------------------------------------------------------------------------- */

/* Squares in place of a QR code: only its size matters here. */
static struct html squares(void)
{
    struct out o = { .max = 1 << 16 };

    out_c(&o, "<svg viewBox=\"0 0 41 41\">");
    for (int i = 0; i < 33 * 33; i++)
        if (i * 7 % 5 < 2)
            out_f(&o, "<path d=\"M%d %dh1v1h-1z\"/>", 4 + i % 33, 4 + i / 33);
    out_c(&o, "</svg>");
    return (struct html){ out_done(&o) };
}

static void door_pages(void)
{
    struct url here = url_path("/welcome/0123");

    SAVE("sign-in", tpl_people_sign_in, (struct sign_in_view){ .user = STR("hanh.mau") });
    SAVE("sign-in-failed", tpl_people_sign_in,
         (struct sign_in_view){ .user = STR("\"><script>alert(1)</script>"), .failed = true });
    SAVE("recovery", tpl_people_recovery, (struct recovery_view){ .user = STR("hanh.mau") });
    SAVE("new-password", tpl_people_new_password, (struct new_password_view){
        .action = here, .user = STR("hanh.mau"), .name = STR("Hạnh (mẫu)"), .org_name = STR("Đường dây hỗ trợ (mẫu)"),
        .weak_words = 4019, .password_error = text_in(lang, T_PEOPLE_PASSWORD_WEAK) });
    SAVE("new-phone", tpl_people_new_phone, (struct new_phone_view){
        .action = here, .qr = squares(), .secret = STR("JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP"), .user = STR("hanh.mau") });
    SAVE("recovery-sheet", tpl_people_recovery_sheet, (struct recovery_sheet_view){
        .action = here, .groups = STR("7K3M-9QXR-T4VB-2HDN-6WPC-8FJA-ZY"), .user = STR("hanh.mau"), .day = STR("24/11/2026") });
    SAVE("link-gone", tpl_people_link_gone, (struct staff_error_view){ 0 });
    SAVE("not-found-outside", tpl_people_not_found, (struct staff_error_view){ 0 });
    SAVE("not-found", tpl_people_not_found, (struct staff_error_view){ .nav = menu(STAFF_NONE), .signed_in = true });
    SAVE("account", tpl_people_account, (struct account_view){
        .nav = menu(STAFF_ACCOUNT), .login = STR("hanh.mau"), .name = STR("Hạnh (mẫu)"), .session_until = STR("18:20"),
        .waiting = true, .code_old = true, .roles = ROWS(struct account_role, { STR("Tư vấn viên"), STR("Đường dây hỗ trợ (mẫu)"),
                                                              STR("Ca trực đường dây (mẫu)"), STR("01/10/2026") }) });
}

/* -- the log and the numbers ---------------------------------------------------------------------------------------------- */

static struct staff_nav auditor_menu(enum staff_item active)
{
    return (struct staff_nav){ .active = active, .admin = true, .log = true, .numbers = true,
                               .alarm = STR("row grants 0123456789abcdef0123456789abcdef: altered (its mark is wrong)") };
}

static struct log_items sample_items(void)
{
    static struct log_item items[4];

    items[0] = (struct log_item){
        .id = sample_id(1), .seq = STR("48.210"), .day = STR("24/11/2026"), .time = STR("14:12:07"), .refused = true,
        .act = { T_LOG_ACT_REFUSED, STR("refused") }, .who = STR("Minh (mẫu)"), .who_org = STR("Trường THCS Hoa Sen (mẫu)"),
        .who_url = url_path("/log?who=minh"), .object = STR("TH-2026-0148"), .object_url = url_path("/log?what=TH-2026-0148") };
    items[1] = (struct log_item){
        .id = sample_id(2), .day = STR("24/11/2026"), .time = STR("14:10:55"), .act = { T_LOG_ACT_REPORT_REPLY, STR("report.reply") },
        .who = STR("Hạnh (mẫu)"), .who_org = STR("Trung tâm điều phối quốc gia (mẫu)"), .who_url = url_path("/log?who=hanh"),
        .object = STR("PA-7K3M9"), .object_url = url_path("/log?what=PA-7K3M9"), .rows = STR("records 1, cases 1, dormant_grants 5") };
    items[2] = (struct log_item){
        .id = sample_id(3), .seq = STR("48.187"), .day = STR("24/11/2026"), .act = { T_LOG_ACT_REPORT_NEW, STR("report.new") },
        .anonymous = true, .object = STR("PA-9QXRT"), .object_url = url_path("/log?what=PA-9QXRT"), .rows = STR("cases 1") };
    items[3] = (struct log_item){ .id = sample_id(4), .seq = STR("48.171"), .day = STR("24/11/2026"), .altered = true };
    return (struct log_items){ items, 4 };
}

static struct numbers_tables sample_tables(void)
{
    static struct numbers_table figures[3];
    static struct numbers_line lines[3];

    lines[0] = (struct numbers_line){ .name = STR("Thành phố Hồ Chí Minh"), .value = STR("1.204"), .bar = 100 };
    lines[1] = (struct numbers_line){ .name = STR("Cần Thơ"), .value = STR("315"), .bar = 26 };
    lines[2] = (struct numbers_line){ .name = STR("Tuyên Quang"), .value = text_in(lang, T_NUMBERS_COVERED), .covered = true };
    figures[0] = (struct numbers_table){ .title = T_NUMBERS_BY_PLACE, .also = true, .lines = { lines, 3 } };
    figures[1] = (struct numbers_table){ .title = T_NUMBERS_BY_HARM, .note = T_NUMBERS_HARM_NOTE, .lines = { lines, 3 } };
    figures[2] = (struct numbers_table){ .title = T_NUMBERS_BY_WEEK, .few = true };
    return (struct numbers_tables){ figures, 3 };
}

static void log_pages(void)
{
    struct log_state whole = { .entries = STR("48.211"), .root = STR("9c41 7be0 … 02fd"), .checked = STR("14:00:03, 24/11/2026"),
                               .checked_entries = STR("48.102"), .checked_rows = STR("120.401"), .waiting_few = true };
    struct log_state broken = { .entries = STR("48.211"), .bad = STR("entry 48.171: altered (its mark is wrong)"),
                                .bad_at = STR("14:00:03, 24/11/2026"), .waiting = STR("12") };
    struct choices acts = ROWS(struct choice, { STR("report.read"), text_in(lang, T_LOG_ACT_REPORT_READ), true },
                               { STR("refused"), text_in(lang, T_LOG_ACT_REFUSED), false });
    struct choices orgs = ROWS(struct choice, { STR("01"), STR("Đường dây hỗ trợ (mẫu)"), false });
    struct log_steps steps = ROWS(struct log_step,
        { STR("2696b2bfaa3de97c2d46ef8009467ef80a332b61cd236fd609cb37fbd14ed8b2"), true },
        { STR("081fe8295b09f98b17822b56f2b95de13ff00129aed968c8e11a59e28897c2d7"), false });
    struct log_writtens written = ROWS(struct log_written, { STR("cases"), STR("4c610000000040008000000000000001"), T_LOG_ROW_NEW });

    SAVE("log", tpl_people_log, (struct log_view){
        .nav = auditor_menu(STAFF_LOG), .national = true, .state = whole, .what = STR("TH-2026-0148"), .acts = acts, .orgs = orgs,
        .filtered = true, .rows = sample_items(), .start = url_path("/log"), .next = url_path("/log?at=1&after=2") });
    SAVE("log-empty", tpl_people_log, (struct log_view){
        .nav = auditor_menu(STAFF_LOG), .state = broken, .acts = acts, .since = STR("2026-13-45"),
        .since_error = text_in(lang, T_LOG_FILTER_BAD_DAY), .filtered = true, .wide = true, .next = url_path("/log?at=1&after=2") });
    SAVE("log-entry", tpl_people_log_entry, (struct log_entry_view){
        .nav = auditor_menu(STAFF_LOG), .row = sample_items().at[2], .id = STR("01a22407bbae7651a9dd7c0f35f63bc5"),
        .object_id = STR("4c610000000040008000000000000001"), .written = written, .proved = true, .steps = steps,
        .leaf = STR("bd51b00928afe3c2b15effbc0040db0c8ad185f0b7df345818707b908f317073"),
        .root = STR("b2f6f39c01aa9498f01122e4cdcce41c6186bc222f3d8ad5f433b9bb5449d4b3"), .size = STR("48.211"),
        .head = STR("lachan/99851ab91190629c\n48211\nsvbznAGqlJjwESLkzczkHGGGvCIvPYrV9DO5u1RJ1LM=\n"),
        .proof = url_path("/log/0/proof") });
    SAVE("log-entry-altered", tpl_people_log_entry, (struct log_entry_view){
        .nav = auditor_menu(STAFF_LOG), .row = sample_items().at[3], .id = STR("01a22407bbae7651a9dd7c0f35f63bc5"), .faulty = true });
    SAVE("log-export", tpl_people_log_export, (struct log_export_view){
        .nav = auditor_menu(STAFF_LOG), .national = true, .entries = STR("1.048.211") });
    SAVE("numbers", tpl_speakup_numbers, (struct numbers_view){
        .nav = auditor_menu(STAFF_NUMBERS), .national = true, .since = STR("07/09/2026"), .total = STR("1.519"), .files = STR("60"),
        .periods = ROWS(struct choice, { STR("12"), text_in(lang, T_NUMBERS_WEEKS_12), true }), .tables = sample_tables() });
}

/* -- numbers of cases ----------------------------------------------------------------------------------------------------------- */

static struct stats_part sample_part(const char *id, int title, int note)
{
    static struct stats_line lines[3];

    lines[0] = (struct stats_line){ STR("Người lạ rủ rê, đòi gặp, hỏi chuyện riêng"), STR("1.204"), 100, false };
    lines[1] = (struct stats_line){ STR("Bị lừa tiền"), STR("315"), 26, false };
    lines[2] = (struct stats_line){ STR("Chuyện khác"), text_in(lang, T_STATS_COVERED), 0, true };
    return (struct stats_part){ .id = id, .title = title, .note = note, .csv = url_path("/numbers/cases.csv?table=age"), .lines = { lines, 3 } };
}

static struct stats_map sample_map(void)
{
    static struct stats_shape shapes[] = {
        { STR("M2 2h26v26h-26z"), STR("Hà Nội: 1.204"), "s5" }, { STR("M32 2h26v26h-26z"), STR("Huế: 315"), "s3" },
        { STR("M2 32h26v26h-26z"), STR("Cần Thơ: che"), "hid" }, { STR("M32 32h26v26h-26z"), STR("Cà Mau: 0"), "s0" },
    };
    static struct stats_label labels[] = {
        { STR("HN"), "s5", 15, 18 }, { STR("Huế"), "s3", 45, 18 }, { STR("CT"), "hid", 15, 48 }, { STR("Trường Sa"), "", 66, 50 },
    };
    static struct stats_key keys[] = {
        { "s5", STR("965–1.204") }, { "s3", STR("485–724") }, { "s1", STR("5–244") }, { "s0", STR("0") }, { "hid", STR("che") },
    };

    return (struct stats_map){ .width = 90, .height = 60, .name_size = 10, .line = 1, .shapes = { shapes, COUNT_OF(shapes) },
                               .labels = { labels, COUNT_OF(labels) }, .keys = { keys, COUNT_OF(keys) } };
}

static void stats_pages(void)
{
    struct choices periods = ROWS(struct choice, { STR("2026"), STR("2026"), true }), areas = ROWS(struct choice, { STR("92"), STR("Cần Thơ"), false });
    struct stats_part places = sample_part("place", T_STATS_BY_PLACE, 0);
    struct stats_measures measures = ROWS(struct stats_measure, { T_STATS_M_ASSESSED, T_STATS_M_ASSESSED_WHAT, STR("trên 96 %") },
        { T_STATS_M_TO_CLOSE, T_STATS_M_TO_CLOSE_WHAT, STR("một nửa trong 24 ngày; 9 trên 10 trong 61 ngày") });

    places.rest = STR("An Giang, Bắc Ninh, Cao Bằng, Cà Mau, Thành phố Hồ Chí Minh");
    SAVE("stats", tpl_casework_stats, (struct stats_view){
        .nav = auditor_menu(STAFF_NUMBERS), .national = true, .periods = periods, .areas = areas, .place = STR("Cả nước"),
        .counted = STR("14:20, 24/11/2026"), .total = STR("1.519"), .help = STR("92 %"), .help_of = STR("1.204"), .help_bar = 92, .mapped = true,
        .parts = ROWS(struct stats_part, sample_part("age", T_STATS_BY_AGE, 0), sample_part("harm", T_STATS_BY_HARM, T_STATS_HARM_NOTE),
                      { .id = "risk", .title = T_STATS_BY_RISK, .few = true }),
        .places = places, .map = sample_map(), .measures = measures, .reports = url_path("/numbers"), .measures_csv = url_path("/numbers/cases.csv"),
        .steps = ROWS(struct stats_step_line,
            { STR("Quyết định biện pháp khẩn cấp"), STR("Nghị định 56/2017, điều 26(3), 31, 32"), STR("12 giờ"), STR("1.301"), STR("88 %"), STR("5 giờ"),
              STR("14 giờ"), STR("12"), 88, false },
            { STR("Duyệt kế hoạch"), STR("Nghị định 56/2017, điều 28"), STR("2 ngày làm việc"), STR("che"), STR("che"), STR("chưa có"), STR("chưa có"),
              STR("che"), 0, true }),
        .steps_csv = url_path("/numbers/cases.csv") });
    SAVE("stats-few", tpl_casework_stats, (struct stats_view){
        .nav = auditor_menu(STAFF_NUMBERS), .periods = periods, .areas = areas, .place = STR("Cần Thơ"), .total = text_in(lang, T_STATS_COVERED),
        .help = text_in(lang, T_STATS_COVERED), .help_of = text_in(lang, T_STATS_COVERED), .help_covered = true, .few = true, .measures = measures,
        .reports = url_path("/numbers"), .measures_csv = url_path("/numbers/cases.csv") });
}

/* -- the log of one case ------------------------------------------------------------------------------------------------------ */

static struct case_head sample_head(void)
{
    return (struct case_head){ .id = sample_id(7), .ref = STR("TH-2026-0148"), .report = STR("PA-7K3M9"), .unit = STR("Ca trực đường dây (mẫu)"),
                               .worker = STR("Hạnh (mẫu)"), .opened = STR("23/11/2026"), .state = STR("Đánh giá nguy cơ"),
                               .level = LEVEL_HIGH, .can_write = true, .talk = true, .files = true, .waiting = 2 };
}

static void case_log_page(void)
{
    struct case_log_view v = { .nav = menu(STAFF_CASES), .head = sample_head(), .rows = sample_items(), .older = url_path("/cases/x/log?at=1") };

    v.head.tab = TAB_LOG;
    SAVE("case-log", tpl_casework_case_log, v);
    v.rows.n = 0;
    v.start = v.older;
    SAVE("case-log-empty", tpl_casework_case_log, v);
}

/* -- clocks of law ---------------------------------------------------------------------------------------------------------------- */

static struct case_clocks sample_clocks(void)
{
    static struct case_clock_view rows[5];

    rows[0] = (struct case_clock_view){
        .name = STR("Quyết định biện pháp khẩn cấp"), .term = STR("12 giờ"), .source = STR("Nghị định 56/2017, điều 26(3)"),
        .due = STR("13:15 hôm nay"), .started = STR("01:00, 24/11/2026"), .rough = true, .run = RUN_RUNNING, .gone = 720, .whole = 720,
        .clock = { CLOCK_LATE, T_DESK_CLOCK_LATE_HOURS, STR("1"), STR("05") } };
    rows[1] = (struct case_clock_view){
        .name = STR("Lập và trình kế hoạch"), .term = STR("5 ngày làm việc"), .source = STR("Nghị định 56/2017, điều 28(1)"),
        .due = STR("hết ngày 25/11/2026"), .started = STR("09:20, 18/11/2026"), .to_check = true, .run = RUN_RUNNING, .gone = 6, .whole = 8,
        .clock = { CLOCK_SOON, T_DESK_CLOCK_LEFT_HOURS, STR("33"), STR("40") } };
    rows[2] = (struct case_clock_view){
        .name = STR("Tạm thời cách ly"), .term = STR("15 ngày"), .source = STR("Nghị định 56/2017, điều 32"),
        .due = STR("hết ngày 07/12/2026"), .started = STR("09:20, 22/11/2026"), .run = RUN_PAUSED, .gone = 2, .whole = 15,
        .clock = { CLOCK_FINE, T_DESK_CLOCK_LEFT_DAYS, STR("13"), STR("") } };
    rows[3] = (struct case_clock_view){
        .name = STR("Duyệt kế hoạch"), .source = STR("Nghị định 56/2017, điều 28"), .due = STR("hết ngày 20/11/2026"),
        .started = STR("09:20, 18/11/2026"), .ended = STR("10:02, 19/11/2026"), .run = RUN_MET };
    rows[4] = (struct case_clock_view){
        .name = STR("\"><script>alert(1)</script>"), .source = STR("Nghị định 56/2017, điều 28"), .due = STR("hết ngày 20/11/2026"),
        .started = STR("09:20, 18/11/2026"), .ended = STR("10:02, 23/11/2026"), .run = RUN_LATE };
    return (struct case_clocks){ rows, 5 };
}

static struct clock_notices sample_notices(void)
{
    static struct clock_notice rows[2];

    rows[0] = (struct clock_notice){ .id = sample_id(1), .case_id = sample_id(2), .ref = STR("TH-2026-0148"), .due = STR("13:15 hôm nay"),
                                     .name = STR("Quyết định biện pháp khẩn cấp"), .role = STR("owner"), .open = true };
    rows[1] = (struct clock_notice){ .id = sample_id(3), .case_id = sample_id(4), .ref = STR("TH-2026-0093"),
                                     .name = STR("Lập và trình kế hoạch"), .due = STR("hết ngày 20/11/2026"), .role = STR("next") };
    return (struct clock_notices){ rows, 2 };
}

static struct case_head clock_head(void)
{
    static struct case_track_view tracks[2];
    struct case_head head = sample_head();

    head.clocks = sample_clocks();
    head.clocks.n = 3;
    tracks[0] = (struct case_track_view){ STR("Hướng hình sự"), STR("Đã báo công an"), true };
    tracks[1] = (struct case_track_view){ STR("Nội dung trên mạng"), STR("Chưa yêu cầu gỡ"), false };
    head.tracks = (struct case_tracks){ tracks, 2 };
    head.ask = (struct case_ask_shown){ .name = STR("Không có căn cứ"), .by = STR("Hạnh (mẫu)"), .day = STR("24/11/2026"),
                                        .second = url_path("/cases/x/act/unfounded"), .decline = url_path("/cases/x/ask") };
    head.newer = url_path("/cases/x/process");
    return head;
}

static void clock_pages(void)
{
    struct case_process_view adopt = {
        .nav = menu(STAFF_CASES), .head = sample_head(), .from = STR("1"), .to = STR("2"), .since = STR("29/11/2026"), .was = STR("waiting"),
        .clocks = ROWS(struct process_change, { STR("Lập kế hoạch: 5 ngày làm việc"), STR("Lập kế hoạch: 7 ngày làm việc") },
                                              { STR(""), STR("Duyệt kế hoạch: 2 ngày làm việc") }, { STR("Rà soát: 90 ngày"), STR("") }),
        .states = ROWS(struct process_change, { STR("Chờ"), STR("") }),
        .map = ROWS(struct choice, { STR("a"), STR("Tiếp nhận"), false }, { STR("b"), STR("Lập kế hoạch"), false }),
        .map_error = text_in(lang, T_CASES_ASK_CHOICE_NONE), .words = STR("đổi luật"), .words_error = text_in(lang, T_CASES_ASK_WORDS_NONE) };
    struct clock_sweep_view sweep = { .nav = menu(STAFF_NONE), .last = STR("14:20, 24/11/2026"), .now = STR("14:20, 24/11/2026") };

    SAVE("case-clocks", tpl_casework_case, (struct case_view){ .nav = menu(STAFF_CASES), .head = clock_head() });
    SAVE("case-clocks-all", tpl_casework_tasks, (struct case_tasks_view){
        .nav = menu(STAFF_CASES), .head = clock_head(), .clocks = sample_clocks() });
    SAVE("case-process", tpl_casework_case_process, adopt);
    SAVE("clock-notices", tpl_casework_clock_notices, (struct clock_notices_view){ .nav = menu(STAFF_NONE), .notices = sample_notices() });
    SAVE("clock-notices-none", tpl_casework_clock_notices, (struct clock_notices_view){ .nav = menu(STAFF_NONE) });
    SAVE("clock-sweep", tpl_casework_clock_sweep, sweep);
    sweep.held = sweep.nav.clocks_held = sweep.nav.clocks_answer = sweep.nav.clocks_late = true;
    sweep.wrong = STR("14:20, 24/11/2027");
    sweep.words_error = text_in(lang, T_CLOCKS_SWEEP_WORDS_NONE);
    SAVE("clock-sweep-held", tpl_casework_clock_sweep, sweep);
}

/* -- forms of a case ------------------------------------------------------------------------------------------------------------ */

static void paper_pages(void)
{
    struct case_papers_view list;
    struct paper_fill_view fill;
    struct paper_read_view read;
    struct paper_merge_view merge;
    struct paper_move_view move;
    struct paper_risk_view risk;
    struct paper_ask_view ask;

    papers_sample(menu(STAFF_CASES), sample_head(), &list);
    SAVE("papers", tpl_casework_papers, list);
    list.rows.n = list.offers.n = 0;
    SAVE("papers-empty", tpl_casework_papers, list);
    paper_fill_sample(menu(STAFF_CASES), true, &fill);
    SAVE("paper-fill-errors", tpl_casework_paper_fill, fill);
    paper_fill_sample(menu(STAFF_CASES), false, &fill);
    SAVE("paper-fill", tpl_casework_paper_fill, fill);
    paper_read_sample(menu(STAFF_CASES), lang, &read);
    SAVE("paper-read", tpl_casework_paper_read, read);
    paper_merge_sample(menu(STAFF_CASES), &merge);
    SAVE("paper-merge", tpl_casework_paper_merge, merge);
    paper_move_sample(menu(STAFF_CASES), &move);
    SAVE("paper-move", tpl_casework_paper_move, move);
    paper_risk_sample(menu(STAFF_CASES), lang, &risk);
    SAVE("paper-risk", tpl_casework_paper_risk, risk);
    paper_ask_sample(menu(STAFF_CASES), lang, &ask);
    SAVE("paper-return", tpl_casework_paper_ask, ask);
}

/* -- the desk ------------------------------------------------------------------------------------------------------------------- */

static struct desk_rows own_rows(void)
{
    static struct desk_row rows[4];
    static struct desk_word threat[] = { { T_DESK_HARM_THREAT }, { T_DESK_HARM_IMAGES } }, self[] = { { T_DESK_HARM_SELF_HARM } };

    rows[0] = (struct desk_row){
        .id = sample_id(1), .ref = STR("PA-7K3M9"), .level = LEVEL_NOW, .harms = { threat, 2 }, .age = T_DESK_AGE_12_15,
        .clock = { CLOCK_LATE, T_DESK_CLOCK_LATE_HOURS, STR("1"), STR("05") }, .place = STR("Cần Thơ"), .waiting = 2, .files = 1 };
    rows[1] = (struct desk_row){
        .id = sample_id(2), .ref = STR("PA-Q4T8W"), .level = LEVEL_NOW, .harms = { self, 1 }, .age = T_DESK_AGE_16_17,
        .clock = { CLOCK_SOON, T_DESK_CLOCK_LEFT_HOURS, STR("3"), STR("20") }, .place = STR("Hồ Chí Minh"), .waiting = 1 };
    rows[2] = (struct desk_row){
        .id = sample_id(3), .ref = STR("PA-0412X"), .level = LEVEL_HIGH, .harms = { threat, 1 }, .age = T_DESK_AGE_12_15,
        .clock = { CLOCK_SOON, T_DESK_CLOCK_LEFT_MINUTES, STR("12"), STR_NULL }, .place = STR("Đồng Tháp"), .current = true };
    rows[3] = (struct desk_row){
        .id = sample_id(4), .ref = STR("PA-9QXRT"), .level = LEVEL_MIDDLE, .age = T_DESK_AGE_NONE, .place = STR("Vĩnh Long"),
        .clock = { CLOCK_DONE, T_DESK_CLOCK_ANSWERED, STR_NULL, STR_NULL } };
    for (int i = 0; i < 4; i++) {
        rows[i].holder = STR("Hạnh (mẫu)");
        rows[i].mine = true;
    }
    return (struct desk_rows){ rows, 4, 4 };
}

static struct desk_rows waiting_rows(void)
{
    static struct desk_row rows[3];
    static struct desk_word many[] = { { T_DESK_HARM_BULLYING }, { T_DESK_HARM_HATE }, { T_DESK_HARM_THREAT } };

    rows[0] = (struct desk_row){
        .id = sample_id(5), .ref = STR("PA-0417B"), .level = LEVEL_LOW, .harms = { many, 3 }, .age = T_DESK_AGE_9_11,
        .clock = { CLOCK_FINE, T_DESK_CLOCK_LEFT_HOURS, STR("2"), STR("41") }, .place = STR("Huế"), .waiting = 1, .files = 3 };
    rows[1] = (struct desk_row){
        .id = sample_id(6), .ref = STR("PA-0414C"), .level = LEVEL_ODD, .age = T_DESK_AGE_NONE, .waiting = 1,
        .clock = { CLOCK_FINE, T_DESK_CLOCK_LEFT_HOURS, STR("5"), STR("00") } };
    rows[2] = rows[1];
    rows[2].ref = STR("PA-0413D");
    rows[2].altered = true;
    return (struct desk_rows){ rows, 3, 312 };
}

static struct own_tasks own_tasks(void)
{
    static struct own_task tasks[2];

    tasks[0] = (struct own_task){
        .case_id = sample_id(7), .ref = STR("TH-2026-0148"), .kind = STR("Lập kế hoạch hỗ trợ, can thiệp"), .why = T_DAY_WHY_TASK,
        .clock = { CLOCK_LATE, T_DESK_CLOCK_LATE_FULL, STR("8"), STR("") }, .group = OWN_LATE, .first = true, .to = url_path("/cases") };
    tasks[1] = (struct own_task){
        .case_id = sample_id(8), .ref = STR("TH-2026-0151"), .kind = STR("Hỗ trợ tâm lý"), .why = T_DAY_WHY_SERVICE,
        .clock = { CLOCK_FINE, T_DESK_CLOCK_LEFT_DAYS, STR("3"), STR("") }, .group = OWN_SOON, .first = true, .to = url_path("/cases") };
    return (struct own_tasks){ .at = tasks, .n = 2, .total = 12, .counts = { 1, 0, 1 }, .all = url_path("/cases?show=mine") };
}

/* -- the caseworker's day ------------------------------------------------------------------------------------------------------- */

static const struct desk_clock days_left = { CLOCK_FINE, T_DESK_CLOCK_LEFT_DAYS, STR("3"), STR("") };
static const struct desk_clock hours_late = { CLOCK_LATE, T_DESK_CLOCK_LATE_FULL, STR("8"), STR("") };

static struct choices three_words(void)
{
    static struct choice words[3];

    words[0] = (struct choice){ STR("a"), STR("Hỗ trợ tâm lý"), true };
    words[1] = (struct choice){ STR("b"), STR("Nhà trường"), false };
    words[2] = (struct choice){ STR("c"), STR("Trung tâm trợ giúp pháp lý nhà nước (mẫu)"), false };
    return (struct choices){ words, 3 };
}

static void support_pages(void)
{
    static struct support_view services[2], follows[1];
    struct case_support_view v = {
        .nav = menu(STAFF_CASES), .head = sample_head(), .services = { services, 2 }, .follows = { follows, 1 },
        .types = three_words(), .providers = three_words(), .referrals = three_words(), .follow_types = three_words(),
    };

    services[0] = (struct support_view){
        .id = sample_id(31), .type = STR("Hỗ trợ tâm lý"), .provider = STR("Phòng tư vấn học đường (mẫu)"), .clock = hours_late,
        .due = STR("24/11/2026"), .aim = STR("Em ngủ lại được"), .set_by = STR("Hạnh (mẫu)"), .since = STR("20/11/2026"),
        .referral = url_path("/referrals/x") };
    services[1] = (struct support_view){
        .id = sample_id(32), .type = STR("Trợ giúp pháp lý"), .look = SUPPORT_NOT_GIVEN, .clock = days_left, .due = STR("28/11/2026"),
        .outcome = STR("Trung tâm hết lịch trong tháng"), .set_by = STR("Hạnh (mẫu)"), .since = STR("20/11/2026"),
        .ended = STR("25/11/2026"), .ended_by = STR("Minh (mẫu)") };
    follows[0] = (struct support_view){
        .id = sample_id(33), .follow = true, .type = STR("Sau khi trở về nhà"), .clock = days_left, .due = STR("30/11/2026"),
        .aim = STR("Xem em có an toàn không"), .set_by = STR("Hạnh (mẫu)"), .since = STR("23/11/2026") };
    v.head.tab = TAB_SUPPORT;
    SAVE("case-support", tpl_casework_support, v);
    v.head.carer_unsafe = true;
    v.type_error = v.provider_error = v.due_error = v.follow_type_error = v.follow_due_error = STR("Chọn một mục.");
    SAVE("case-support-error", tpl_casework_support, v);
}

static void meeting_page(void)
{
    static struct meeting_view meetings[2];
    struct case_meetings_view v = { .nav = menu(STAFF_CASES), .head = sample_head(), .meetings = { meetings, 2 }, .people = three_words(),
                                    .units = three_words(), .form = STR("bien-ban-hop"),
                                    .form_title = STR("Biên bản cuộc họp xác định nhu cầu cần hỗ trợ, can thiệp của trẻ em") };

    meetings[0] = (struct meeting_view){ .id = sample_id(34), .clock = days_left, .when = STR("14:00, 30/11/2026"), .place = STR("Phòng họp 2"),
                                         .subject = STR("Nhu cầu của em, ai làm gì"), .guests = STR("Minh (mẫu)"), .others = STR("cô giáo chủ nhiệm"),
                                         .set_by = STR("Hạnh (mẫu)") };
    meetings[1] = (struct meeting_view){ .id = sample_id(35), .look = MEETING_HELD, .when = STR("09:00, 20/11/2026"), .set_by = STR("Hạnh (mẫu)"),
                                         .minutes = STR("Thống nhất: nhà trường cử người đi cùng em.") };
    v.head.tab = TAB_SUPPORT;
    v.head.sub = SUB_MEETINGS;
    SAVE("case-meetings", tpl_casework_meetings, v);
    v.at_error = STR("Chọn ngày và giờ họp.");
    SAVE("case-meetings-error", tpl_casework_meetings, v);
}

static void consent_page(void)
{
    static struct consent_view consents[2];
    struct case_consent_view v = { .nav = menu(STAFF_CASES), .head = sample_head(), .consents = { consents, 2 }, .purposes = three_words(),
                                   .whos = three_words(), .answers = three_words(), .from = three_words(), .items = three_words() };

    consents[0] = (struct consent_view){ .purpose = STR("Nhận dịch vụ hỗ trợ"), .who = STR("Trẻ"), .yes = true, .by = STR("Hạnh (mẫu)"),
                                         .day = STR("23/11/2026") };
    consents[1] = (struct consent_view){ .purpose = STR("Chia sẻ thông tin với nơi khác"), .who = STR("Trẻ"), .from = STR("Nhà trường"),
                                         .items = STR("lời kể của trẻ"), .why = STR("Em sợ bạn cùng lớp biết"), .by = STR("Hạnh (mẫu)"),
                                         .day = STR("23/11/2026"), .basis = STR("Luật Trẻ em, điều 6") };
    v.head.tab = TAB_SUPPORT;
    v.head.sub = SUB_CONSENT;
    SAVE("case-consent", tpl_casework_consent, v);
    v.purpose_error = v.who_error = v.answer_error = v.basis_error = v.why_error = STR("Chọn một mục.");
    SAVE("case-consent-error", tpl_casework_consent, v);
}

static void family_page(void)
{
    static struct kin_view kin[1];
    struct case_family_view v = { .nav = menu(STAFF_CASES), .head = sample_head(), .kin = { kin, 1 }, .kinds = three_words() };

    kin[0] = (struct kin_view){ sample_id(8), STR("TH-2026-0151"), STR("Anh, chị, em"), STR("Em gái, cùng nhà") };
    v.head.tab = TAB_SUPPORT;
    v.head.sub = SUB_FAMILY;
    SAVE("case-family", tpl_casework_family, v);
    v.ref_error = v.kind_error = STR("Không có trường hợp nào số này.");
    SAVE("case-family-error", tpl_casework_family, v);
    v.sealed = true;
    SAVE("case-family-sealed", tpl_casework_family, v);
}

static void team_page(void)
{
    static struct team_person people[3];
    static struct team_unit unit;
    static struct team_move moves[2];
    struct team_view v = { .nav = menu(STAFF_CASES), .aim = 25, .approvals = own_tasks(), .units = { &unit, 1 }, .workers = three_words() };

    people[0] = (struct team_person){ .id = STR("a"), .name = STR("Hạnh (mẫu)"), .open = 31, .late = 4, .high = 9, .over = true, .tired = true,
                                      .see = url_path("/cases/team?worker=a") };
    people[1] = (struct team_person){ .id = STR("b"), .name = STR("Minh (mẫu)"), .open = 12, .see = url_path("/cases/team?worker=b") };
    people[2] = (struct team_person){ .id = STR("nobody"), .open = 2, .late = 2, .see = url_path("/cases/team?worker=nobody") };
    unit = (struct team_unit){ .id = sample_id(40), .name = STR("Ca trực đường dây (mẫu)"), .people = { people, 3 } };
    SAVE("team", tpl_casework_team, v);
    moves[0] = (struct team_move){ sample_id(7), STR("TH-2026-0148"), STR("Đánh giá nguy cơ"), hours_late, true };
    moves[1] = (struct team_move){ sample_id(8), STR("TH-2026-0151"), STR("Lập kế hoạch"), days_left, false };
    v.moving = true;
    v.from_name = people[0].name;
    v.moves = (struct team_moves){ moves, 2 };
    v.next = url_path("/cases/team?l=1");
    v.case_error = v.worker_error = STR("Chọn một mục.");
    SAVE("team-moving", tpl_casework_team, v);
}

static void own_page(void)
{
    struct cases_view v = { .nav = menu(STAFF_CASES), .show = CASES_MINE, .can_write = true, .can_lead = true, .tasks = own_tasks(),
                            .states = three_words(), .risks = three_words(), .provinces = three_words(),
                            .tasks_next = url_path("/cases?show=mine&from=50") };

    v.nav.note = STR("Anh/chị đã làm liền khá lâu. Nghỉ mắt vài phút, uống nước, rồi tiếp tục.");
    SAVE("cases-mine", tpl_casework_cases, v);
    v.tasks = (struct own_tasks){ .all = v.tasks.all };
    v.tasks_next = (struct url){ STR_NULL };
    SAVE("cases-mine-empty", tpl_casework_cases, v);
}

static void care_page(void)
{
    struct care_view v = { .nav = menu(STAFF_ACCOUNT), .minutes = 34, .budget = 30, .pause = 50, .over = true, .grey = true };

    SAVE("care", tpl_casework_care, v);
}

static void retention_pages(void)
{
    static struct kept_line lines[3];
    static struct kept_stone stone;
    static struct choice words[2] = { { { "court", 5 }, { "Điều tra", 11 }, false } };
    struct kept_list_view list = { .nav = menu(STAFF_CASES), .rows = { lines, 3 }, .over = 1, .waiting = 4, .stones = { &stone, 1 } };
    struct kept_view one = { .nav = menu(STAFF_CASES), .id = sample_id(7), .ref = STR("TH-2016-0148"), .class = STR("Hồ sơ bảo vệ trẻ em"),
                             .source = STR("Luật Lưu trữ 33/2024/QH15"), .closed = STR("03/02/2016"), .due = STR("03/02/2026"), .file = true, .over = true,
                             .lead = true, .case_page = url_path("/cases/x"), .classes = three_words(), .holds = { words, 1 }, .whys = { words, 1 } };

    lines[0] = (struct kept_line){ sample_id(7), STR("TH-2016-0148"), STR("Hồ sơ bảo vệ trẻ em"), STR("03/02/2016"), STR("03/02/2026"),
                                   STR("Hạnh (mẫu)"), .over = true, .asked = true };
    lines[1] = (struct kept_line){ sample_id(8), STR("TH-2017-0009"), STR("Hồ sơ có vụ án hình sự"), STR("09/05/2017"), STR("09/05/2037"), STR_NULL,
                                   .held = true };
    lines[2] = (struct kept_line){ sample_id(9), STR("PA-7K3M9"), STR("Lời kể không thành trường hợp"), STR("01/11/2026"), STR("01/11/2028"), STR_NULL };
    stone = (struct kept_stone){ STR("Hồ sơ bảo vệ trẻ em"), STR("Hết thời hạn lưu"), STR("20/11/2026"), STR("Hạnh (mẫu)"), STR("Minh (mẫu)"), 41, 2 };
    SAVE("retention", tpl_casework_retention, list);
    SAVE("kept", tpl_casework_kept, one);
    one.is_asked = true;
    one.asked_by = STR("Hạnh (mẫu)");
    one.asked = STR("20/11/2026");
    one.why = STR("Hết thời hạn lưu");
    SAVE("kept-asked", tpl_casework_kept, one);
    one.is_asked = false;
    one.held = true;
    one.hold = STR("Toà án hoặc cơ quan điều tra đang cần");
    one.hold_since = STR("01/10/2026");
    one.block = T_RETENTION_BLOCK_HELD;
    one.words_error = STR("Ghi rõ lý do, để người sau hiểu");
    SAVE("kept-held", tpl_casework_kept, one);
}

static void day_pages(void)
{
    retention_pages();
    support_pages();
    meeting_page();
    consent_page();
    family_page();
    team_page();
    own_page();
    care_page();
}

static void list_pages(void)
{
    struct desk_view v = {
        .nav = menu(STAFF_TASKS), .level = -1, .late = 1, .soon = 2, .mine = own_rows(), .rest = waiting_rows(),
        .provinces = ROWS(struct choice, { STR("79"), STR("Hồ Chí Minh"), false }, { STR("92"), STR("Cần Thơ"), true }),
        .next = url_path("/desk?after=0123"),
    };

    v.fresh = true;
    v.mine_next = v.next;
    v.tasks = own_tasks();
    SAVE("desk", tpl_speakup_desk, v);
    keys_off = true;
    SAVE("desk-keys-off", tpl_speakup_desk, v);
    keys_off = false;
    v.show = SHOW_MINE;
    v.mine = (struct desk_rows){ 0 };
    v.nav.flash = text_in(lang, T_DESK_FLASH_REPLIED);
    SAVE("desk-empty", tpl_speakup_desk, v);
}

static struct desk_case_view sample_case(void)
{
    static struct desk_message said[] = {
        { .by = BY_CHILD, .day = STR("Hôm qua, 23/11"),
          .text = STR("Bạn ấy nói nếu em không chuyển tiền thì sẽ gửi ảnh của em cho cả lớp.\nEm sợ lắm.") },
        { .by = BY_STAFF, .name = STR("Hạnh (mẫu)"), .time = STR("14:02"),
          .text = STR("Cô đã đọc. Em rất dũng cảm khi kể ra. Em đừng chuyển tiền và đừng xoá tin nhắn nhé.") },
        { .by = AS_NOTE, .name = STR("Hạnh (mẫu)"), .time = STR("14:05"), .text = STR("Trẻ chọn không cho trường biết.") },
        { .by = BY_CHILD, .day = STR("Hôm nay, 24/11"), .text = STR("Bạn ấy lại nhắn. Em phải làm sao ạ?") },
        { .by = BY_CHILD, .altered = true },
    };
    static struct desk_word harms[] = { { T_DESK_HARM_THREAT }, { T_DESK_HARM_IMAGES } }, school[] = { { T_DESK_EXCLUDE_SCHOOL } };
    static struct desk_url urls[] = { { STR("https://example.com/u/nguoi-la-01") } };
    static struct desk_file files[2];

    files[0] = (struct desk_file){ .kind = T_DESK_FILE_PICTURE, .size = STR("1,2 MB") };
    files[1] = (struct desk_file){ .kind = T_DESK_FILE_PICTURE, .size = STR("2 MB"), .sealed = true, .hash = STR("f8f8f0cc…e10f") };
    static struct desk_canned canned[] = {
        { STR("no-pay"), STR("Bị đòi tiền: đừng chuyển"), STR("Em đừng chuyển tiền, dù ít.\nEm giữ lại tin nhắn nhé."), { STR("/desk?answer=no-pay") } },
        { STR("adult"), STR("Nói với người lớn"), STR("Em không phải nói với ai khi chưa sẵn sàng."), { STR("/desk?answer=adult") } },
    };

    return (struct desk_case_view){
        .acts = { .any = true, .hand_over = true, .merge = true, .prank = true, .close = true },
        .open_by = text_fill(&arena, lang, T_DESK_PRESENCE_OPEN, STR("Minh (mẫu)"), STR("")), .canned = { canned, 2 },
        .nav = menu(STAFF_QUEUE), .id = sample_id(3), .ref = STR("PA-0412X"), .level = LEVEL_HIGH, .state = T_DESK_STATE_CLAIMED,
        .clock = { CLOCK_SOON, T_DESK_CLOCK_LEFT_MINUTES, STR("12"), STR_NULL }, .holder = STR("Hạnh (mẫu)"), .mine = true,
        .can_release = true, .can_reply = true, .can_note = true, .messages = { said, COUNT_OF(said) },
        .answers = { .who = T_DESK_WHO_SELF, .danger = T_DESK_DANGER_UNSURE, .age = T_DESK_AGE_12_15, .harms = { harms, 2 },
                     .place = STR("Đồng Tháp"), .where = STR("Nhóm chat lớp"), .urls = { urls, 1 }, .exclude = { school, 1 } },
        .files = { files, 2 }, .queue = own_rows(),
    };
}

static void case_pages(void)
{
    static struct desk_joint joined[2];
    struct desk_case_view v = sample_case();

    joined[0] = (struct desk_joint){ sample_id(7), STR("PA-7K3M9"), 2 };
    joined[1] = (struct desk_joint){ sample_id(8), STR("PA-9QXRT"), 0 };
    SAVE("case", tpl_speakup_desk_case, v);
    v.noting = true;
    v.danger_now = true;
    v.text_error = text_in(lang, T_DESK_NOTE_EMPTY);
    SAVE("case-note", tpl_speakup_desk_case, v);
    v = sample_case();
    v.older = (struct url){ STR("/desk/x?before=1") };
    v.part = true;
    SAVE("case-older", tpl_speakup_desk_case, v);
    v = sample_case();
    v.into = (struct desk_joint){ sample_id(7), STR("PA-7K3M9"), 0 };
    v.acts = (struct desk_acts){ .unmerge = true };
    v.mine = v.can_release = v.can_reply = false;
    v.state = T_DESK_STATE_MERGED;
    v.clock = (struct desk_clock){ CLOCK_DONE, T_DESK_CLOCK_MERGED, STR_NULL, STR_NULL };
    v.canned.n = 0;
    v.holder = STR_NULL;
    SAVE("case-merged", tpl_speakup_desk_case, v);
    v = sample_case();
    v.joined = (struct desk_joints){ joined, 2 };
    v.marked = STR("Minh (mẫu), 23/11/2026: Đùa, thử");
    v.acts.unprank = true;
    SAVE("case-joined", tpl_speakup_desk_case, v);
    v = sample_case();
    v.pane = PANE_SUMMARY;
    SAVE("case-summary", tpl_speakup_desk_case, v);
    v = sample_case();
    v.holder = STR_NULL;
    v.state = T_DESK_STATE_NEW;
    v.mine = v.can_release = v.can_reply = false;
    v.can_claim = v.can_note = v.self_harm = true;
    SAVE("case-waiting", tpl_speakup_desk_case, v);
}

/* -- files of a case ---------------------------------------------------------------------------------------------------------------- */

static struct evidence_head file_head(void)
{
    return (struct evidence_head){ .id = sample_id(3), .ref = STR("TH-2026-0148"), .back = url_path("/cases/1"),
                                   .seen = text_fill(&arena, lang, T_EVIDENCE_SEEN, STR("6"), STR("")) };
}

static struct evidence_tiles sample_tiles(bool sealed)
{
    static struct evidence_tile t[4];

    t[0] = (struct evidence_tile){ .id = sample_id(5), .kind = T_DESK_FILE_PICTURE, .size = STR("1,2 MB"), .page = url_path("/desk/1/files/2"),
                                   .seal = url_path("/desk/1/files/2/police") };
    t[1] = (struct evidence_tile){ .id = sample_id(6), .kind = T_DESK_FILE_DOCUMENT, .size = STR("212 KB"), .by = STR("Lan (mẫu)"),
                                   .page = url_path("/desk/1/files/3"), .seal = url_path("/desk/1/files/3/police") };
    t[2] = (struct evidence_tile){ .id = sample_id(7), .kind = T_DESK_FILE_VIDEO, .size = STR("14,0 MB"), .page = url_path("/desk/1/files/4"),
                                   .seal = url_path("/desk/1/files/4/police"), .asked_by = STR("Hạnh (mẫu)") };
    t[3] = (struct evidence_tile){ .id = sample_id(8), .kind = T_DESK_FILE_PICTURE, .size = STR("840 KB"), .sealed = true,
                                   .class = lang ? STR("Suspected child sexual abuse material") : STR("Nghi là tư liệu xâm hại tình dục trẻ em"),
                                   .hash = STR("9c3f01a77b2e"), .pdq = STR("f8f8f0cc3e10"), .quality = STR("98") };
    return (struct evidence_tiles){ t, sealed ? 4 : 3 };
}

static struct choices sample_choices(void)
{
    static struct choice at[2];

    at[0] = (struct choice){ STR("review"), lang ? STR("Work on the case") : STR("Xem xét vụ việc"), false };
    at[1] = (struct choice){ STR("evidence"), lang ? STR("Check the evidence") : STR("Kiểm tra bằng chứng"), true };
    return (struct choices){ at, 2 };
}

static void file_pages(void)
{
    struct evidence_look_view look = { .nav = menu(STAFF_NONE), .head = file_head(), .file = sample_tiles(false).at[0], .until = STR("14:30"),
                                       .look = LOOK_BLURRED, .picture = url_path("blurred.svg"), .width = 24, .height = 18, .can_download = true };
    struct evidence_seal_view seal = { .nav = menu(STAFF_NONE), .head = file_head(), .files = { sample_tiles(false).at, 1 }, .all = false,
                                       .action = url_path("/desk/1/files/2/police"), .road = SEAL_FREE, .classes = sample_choices() };

    SAVE("files", tpl_casework_evidence_list, (struct evidence_list_view){
        .nav = menu(STAFF_NONE), .head = file_head(), .files = sample_tiles(true), .can_add = true, .can_seal = true });
    SAVE("files-none", tpl_casework_evidence_list, (struct evidence_list_view){
        .nav = menu(STAFF_NONE), .head = file_head(), .can_add = true, .words = STR("\"><script>alert(1)</script>"),
        .files_error = text_in(lang, T_EVIDENCE_ADD_NONE) });
    SAVE("sealed", tpl_casework_sealed, (struct sealed_view){
        .nav = menu(STAFF_NONE), .next = url_path("/desk/sealed?day=1"),
        .rows = ROWS(struct sealed_row, { .id = sample_id(3), .ref = STR("PA-7K3M9"), .day = STR("24/11/2026"), .place = STR("Cần Thơ"),
                                          .harms = HARMS({ T_DESK_HARM_THREAT }, { T_DESK_HARM_IMAGES }) },
                                        { .id = sample_id(4), .ref = STR("PA-0413D"), .day = STR("23/11/2026"), .altered = true }) });
    SAVE("file-open", tpl_casework_evidence_open, (struct evidence_open_view){
        .nav = menu(STAFF_NONE), .head = file_head(), .file = sample_tiles(false).at[0], .reasons = sample_choices(),
        .reason_error = text_in(lang, T_EVIDENCE_OPEN_NO_REASON) });
    SAVE("file-blurred", tpl_casework_evidence_look, look);
    look.look = LOOK_CLEAR;
    look.picture = url_path("clear.svg");
    look.width = 1600;
    look.height = 1200;
    look.damaged = true;
    SAVE("file-clear", tpl_casework_evidence_look, look);
    look.look = LOOK_TEXT;
    look.text = STR("[nội dung đã ẩn]\nSố điện thoại: 000 000 000");
    look.cut = true;
    SAVE("file-text", tpl_casework_evidence_look, look);
    look.look = LOOK_NONE;
    look.why = T_EVIDENCE_FAULT_DECODER;
    SAVE("file-none", tpl_casework_evidence_look, look);
    SAVE("file-seal", tpl_casework_evidence_seal, seal);
    seal.road = SEAL_CONFIRM;
    seal.asked_by = STR("Hạnh (mẫu)");
    seal.all = seal.more = true;
    seal.files = sample_tiles(false);
    seal.words_error = text_in(lang, T_EVIDENCE_SEAL_NO_WORDS);
    SAVE("file-seal-second", tpl_casework_evidence_seal, seal);
    seal.road = SEAL_NOBODY;
    SAVE("file-seal-nobody", tpl_casework_evidence_seal, seal);
}

/* -- people and organisations --------------------------------------------------------------------------------------------------- */

static struct staff_nav admin_menu(enum staff_item active)
{
    return (struct staff_nav){ .active = active, .queue = url_path("/desk"), .admin = true, .numbers = true };
}

/* Of somebody with every role. */
static struct staff_nav full_menu(enum staff_item active)
{
    return (struct staff_nav){ .active = active, .desk = true, .cases = true, .queue = url_path("/desk"), .admin = true, .numbers = true,
                               .log = true, .mine = 4, .unclaimed = 12, .referrals = 3 };
}

static struct choices few_choices(void)
{
    static struct choice all[] = { { STR("hotline"), STR("Đường dây hỗ trợ"), true }, { STR("commune"), STR("Xã, phường, đặc khu") } };

    return (struct choices){ all, 2 };
}

static struct former_names two_names(void)
{
    static struct former_name names[] = {
        { STR("Sở Y tế (mẫu)"), STR("01/03/2025"), STR(""), STR("Uỷ ban nhân dân thành phố (mẫu)"), true },
        { STR("Sở Lao động, Thương binh và Xã hội (mẫu)"), STR(""), STR("28/02/2025"), STR("") },
    };

    return (struct former_names){ names, 2 };
}

static struct proposal_lines some_proposals(void)
{
    static struct proposal_line lines[2];

    lines[0] = (struct proposal_line){ .id = sample_id(1), .kind = T_ADMIN_PROPOSAL_UNIT, .state = T_ADMIN_STATE_WAITING,
        .about = STR("Ca đêm (mẫu)"), .set_by = STR("Nga (mẫu)"), .set_on = STR("24/11/2026"), .waits = true };
    lines[1] = (struct proposal_line){ .id = sample_id(2), .kind = T_ADMIN_PROPOSAL_ROLE, .state = T_ADMIN_STATE_REFUSED,
        .about = STR("Minh (mẫu) · Giám sát"), .set_by = STR("Nga (mẫu)"), .set_on = STR("20/11/2026"),
        .decided_by = STR("Vy (mẫu)"), .decided_on = STR("21/11/2026"), .reason = STR("Người này đã nghỉ từ tháng mười.") };
    return (struct proposal_lines){ lines, 2 };
}

static void admin_pages(void)
{
    SAVE("admin", tpl_people_admin, (struct admin_view){
        .nav = admin_menu(STAFF_ADMIN), .sets = true, .confirms = true, .admits = true, .org_name = STR("Đường dây hỗ trợ (mẫu)"),
        .units = 2, .people = 14, .routes = 5, .services = 3, .waiting_people = 1, .to_confirm = 4, .to_admit = 1,
        .proposals = some_proposals() });
    SAVE("admin-none", tpl_people_admin, (struct admin_view){ .nav = admin_menu(STAFF_ADMIN), .org_name = STR("Tổ chức (mẫu)") });
    SAVE("admin-org", tpl_people_admin_org, (struct admin_org_view){
        .nav = admin_menu(STAFF_ADMIN), .name = STR("Sở Y tế (mẫu)"), .code = STR("so-y-te"), .kind = T_ADMIN_KIND_HEALTH,
        .names = two_names(), .new_name = { STR("Sở Y tế (mẫu)"), STR("") }, .since = { STR("2026-11-24"), STR("") },
        .into = { STR(""), text_in(lang, T_ADMIN_WRONG_ORG) }, .others = few_choices(), .here = url_path("/admin/organisation"),
        .faults = ROWS(struct form_fault, { url_path("#into"), text_in(lang, T_ADMIN_WRONG_ORG) }) });
    SAVE("admin-new-org", tpl_people_admin_new_org, (struct admin_new_org_view){
        .nav = admin_menu(STAFF_ADMIN), .kinds = few_choices(), .login = { STR("A B"), text_in(lang, T_ADMIN_WRONG_LOGIN) },
        .faults = ROWS(struct form_fault, { url_path("#login"), text_in(lang, T_ADMIN_WRONG_LOGIN) }) });
    SAVE("admin-units", tpl_people_admin_units, (struct admin_units_view){
        .nav = admin_menu(STAFF_ADMIN), .kinds = few_choices(),
        .units = ROWS(struct unit_line, { sample_id(1), STR("Ca trực đường dây (mẫu)"), T_ADMIN_KIND_HOTLINE, T_ADMIN_STATE_CONFIRMED, 3 },
                      { sample_id(2), STR("Ca đêm (mẫu)"), T_ADMIN_KIND_HOTLINE, T_ADMIN_STATE_WAITING, 0, 1, true }) });
    SAVE("admin-unit", tpl_people_admin_unit, (struct admin_unit_view){
        .nav = admin_menu(STAFF_ADMIN), .id = sample_id(1), .name = STR("Ca đêm (mẫu)"), .kind = T_ADMIN_KIND_HOTLINE,
        .state = T_ADMIN_STATE_REFUSED, .reason = STR("Chưa đủ người."), .names = two_names(), .few = true, .here = url_path("/admin/units/x"),
        .members = ROWS(struct member_line, { sample_id(3), STR("Hạnh (mẫu)"), STR("Tư vấn viên"), STR("01/10/2026"), STR("31/12/2026") },
                        { sample_id(4), STR("Người mới (mẫu)"), STR(""), STR(""), STR(""), true }) });
}

/* Recovery: an organisation in trouble, and one without a key. */
static void keys_pages(void)
{
    struct typed_share share = { .line1 = { STR("2HK4Q-7ZM0X-9RT3"), STR("") }, .line2 = { STR("8WV2"), text_in(lang, T_RESCUE_WRONG_LINE) },
                                 .line3 = { STR(""), STR("") }, .line4 = { STR(""), STR("") } };
    struct form_faults faults = ROWS(struct form_fault, { url_path("#line2"), text_in(lang, T_RESCUE_WRONG_LINE) });
    struct keys_rescue_view v = {
        .nav = admin_menu(STAFF_ADMIN), .id = sample_id(1), .state = RESCUE_SHOW_TOLD, .state_text = T_RESCUE_STATE_TOLD,
        .unit = STR("Ca đêm (mẫu)"), .person = STR("Người mới (mẫu)"), .check = STR("1A2B-3C4D"), .asked_by = STR("Nga (mẫu)"),
        .asked_at = STR("14:12, 24/11/2026"), .opens_at = STR("14:12, 25/11/2026"), .ends_at = STR("14:12, 01/12/2026"), .trustee = true,
        .refusable = true, .why = { STR(""), STR("") } };

    SAVE("keys", tpl_people_keys, (struct keys_view){
        .nav = { .active = STAFF_ADMIN, .queue = url_path("/desk"), .admin = true, .keys = T_RESCUE_BANNER_RESCUE, .keys_urgent = true,
                 .anew = STR("Quản trị tổ chức (to-chuc) · Trung tâm điều phối quốc gia (mẫu) · 29/11/2026") },
        .org_name = STR("Đường dây hỗ trợ (mẫu)"), .has_key = true, .sets = true, .asks = true, .my_print = true, .my_drill = true,
        .few = true, .lost = 1, .open = 3, .unprinted = 1, .made_on = STR("01/10/2026"),
        .trustees = ROWS(struct trustee_line, { STR("Hạnh (mẫu)"), STR(""), STR(""), T_RESCUE_SHARE_UNPRINTED, true, true },
                         { STR("Minh (mẫu)"), STR("02/10/2026"), STR("03/10/2026"), T_RESCUE_SHARE_FINE },
                         { STR("Nga (mẫu)"), STR("02/10/2025"), STR(""), T_RESCUE_SHARE_UNTRIED, true }),
        .units = ROWS(struct key_unit, { sample_id(1), STR("Ca trực đường dây (mẫu)"), 3, false, true },
                      { sample_id(2), STR("Ca đêm (mẫu)"), 0, true, true, false,
                        ROWS(struct waiting_line, { sample_id(2), sample_id(3), STR("Người mới (mẫu)"), STR("1A2B-3C4D"), true, true }) },
                      { sample_id(4), STR("Ca cũ (mẫu)"), 0, true, false }),
        .rescues = ROWS(struct rescue_line, { sample_id(5), STR("Ca đêm (mẫu)"), STR("Người mới (mẫu)"), STR("Nga (mẫu)"), STR("14:12, 24/11/2026"),
                        STR("14:12, 25/11/2026"), T_RESCUE_STATE_TOLD, true }) });
    SAVE("keys-none", tpl_people_keys, (struct keys_view){ .nav = admin_menu(STAFF_ADMIN), .org_name = STR("Xã Lá Xanh (mẫu)"), .proposed = true });
    SAVE("keys-trustees", tpl_people_keys_trustees, (struct keys_trustees_view){
        .nav = admin_menu(STAFF_ADMIN), .has_key = true, .first = few_choices(), .second = few_choices(), .third = few_choices(),
        .two = { STR(""), text_in(lang, T_RESCUE_WRONG_TWICE) },
        .faults = ROWS(struct form_fault, { url_path("#two"), text_in(lang, T_RESCUE_WRONG_TWICE) }) });
    SAVE("keys-share", tpl_people_keys_share, (struct keys_share_view){
        .nav = admin_menu(STAFF_ADMIN), .org_name = STR("Đường dây hỗ trợ (mẫu)"), .name = STR("Hạnh (mẫu)"), .day = STR("24/11/2026"),
        .number = STR("1/2"), .line1 = STR("2HK4Q-7ZM0X-9RT3"), .line2 = STR("8WV2C-DA51P-KK0E"), .line3 = STR("0J3NB-6TYQ8-ZZ4M"),
        .line4 = STR("V7R1H-GX9F2-5S0D") });
    SAVE("keys-drill", tpl_people_keys_drill, (struct keys_drill_view){ .nav = admin_menu(STAFF_ADMIN), .share = share, .faults = faults });
    SAVE("keys-rescue", tpl_people_keys_rescue, v);
    v.state = RESCUE_SHOW_OPEN;
    v.state_text = T_RESCUE_STATE_OPEN;
    v.typed = 1;
    v.share = share;
    v.faults = faults;
    SAVE("keys-rescue-open", tpl_people_keys_rescue, v);
}

static void admin_people_pages(void)
{
    struct admin_person_view v = {
        .nav = admin_menu(STAFF_ADMIN), .id = sample_id(3), .name = STR("Nguyễn Thị Hạnh (mẫu)"), .login = STR("hanh.mau"),
        .state = T_ADMIN_PERSON_ACTIVE, .check = STR("1A2B-3C4D"), .role_choices = few_choices(), .unit_choices = few_choices(),
        .roles = ROWS(struct role_line, { STR("counsellor"), STR("Tư vấn viên"), STR("01/10/2026"), STR(""), 1, T_ADMIN_STATE_HOLDS },
                      { STR("supervisor"), STR("Giám sát"), STR("24/11/2026"), STR("31/12/2026"), 2, T_ADMIN_STATE_WAITING }),
        .units = ROWS(struct place_line, { sample_id(1), STR("Ca trực đường dây (mẫu)"), STR("01/10/2026"), STR(""), T_ADMIN_PLACE_HOLDS, false, true },
                      { sample_id(2), STR("Ca đêm (mẫu)"), STR(""), STR("31/12/2026"), T_ADMIN_PLACE_FIRST, true }),
        .role_until = { STR("2020-01-01"), text_in(lang, T_ADMIN_WRONG_END) },
        .faults = ROWS(struct form_fault, { url_path("#role_until"), text_in(lang, T_ADMIN_WRONG_END) }),
    };

    SAVE("admin-people", tpl_people_admin_people, (struct admin_people_view){
        .nav = admin_menu(STAFF_ADMIN), .all = 14, .next = url_path("/admin/people?after=x"), .people = ROWS(struct person_line,
            { sample_id(3), STR("Nguyễn Thị Hạnh (mẫu)"), STR("hanh.mau"), STR("Tư vấn viên"), STR("Ca trực đường dây (mẫu)"), T_ADMIN_PERSON_ACTIVE },
            { sample_id(4), STR("Người mới (mẫu)"), STR("moi.mau"), STR(""), STR(""), T_ADMIN_PERSON_INVITED, true }) });
    SAVE("admin-person", tpl_people_admin_person, v);
    v.invited = true;
    v.link = STR("https://la-chan.example/welcome/3kCq0mBv5kYtqk0m3yG1mD2b9dQz1sUeT8wJcV7nPxA");
    v.link_until = STR("27/11/2026");
    SAVE("admin-person-link", tpl_people_admin_person, v);
    SAVE("admin-sure", tpl_people_admin_sure, (struct admin_sure_view){
        .nav = admin_menu(STAFF_ADMIN), .what = SURE_LEAVE, .name = STR("Hạnh (mẫu)"), .unit_name = STR("Ca trực đường dây (mẫu)"),
        .alone = STR("Ca trực đường dây (mẫu)"), .action = url_path("/x"), .back = url_path("/y") });
    SAVE("admissions", tpl_people_admissions, (struct admissions_view){
        .nav = full_menu(STAFF_ADMIN), .rows = ROWS(struct admission_line,
            { sample_id(1), sample_id(3), STR("Người mới (mẫu)"), STR("moi.mau"), STR("Ca trực đường dây (mẫu)"), STR("Đường dây hỗ trợ (mẫu)"),
              STR("Nga (mẫu)"), STR("24/11/2026"), STR(""), STR("1A2B-3C4D"), true },
            { sample_id(1), sample_id(4), STR("Người nữa (mẫu)"), STR("nua.mau"), STR("Ca trực đường dây (mẫu)"), STR("Đường dây hỗ trợ (mẫu)"),
              STR("Nga (mẫu)"), STR("24/11/2026"), STR("31/12/2026"), STR(""), false }) });
}

static void directory_pages(void)
{
    SAVE("directory", tpl_network_directory, (struct directory_view){
        .nav = admin_menu(STAFF_DIRECTORY), .q = STR(""), .kinds = few_choices(), .provinces = few_choices(), .found = 24,
        .next = url_path("/directory?after=x"), .rows = ROWS(struct org_line,
            { sample_id(1), STR("Đường dây hỗ trợ (mẫu)"), STR(""), STR("Ca trực đường dây (mẫu) · Ca đêm (mẫu)"), STR("Cả nước"), T_ADMIN_KIND_HOTLINE, DUTY_OPEN, 3 },
            { sample_id(2), STR("Sở Y tế (mẫu)"), STR("Tới 28/02/2025: Sở Lao động (mẫu)"), STR("Điều phối tỉnh"), STR("Cần Thơ · Vĩnh Long"), T_ADMIN_KIND_HEALTH, DUTY_SHUT, 1 },
            { sample_id(3), STR("Nền tảng Mạng Vui (mẫu)"), STR(""), STR(""), STR(""), T_ADMIN_KIND_PLATFORM, DUTY_UNKNOWN, -1 }) });
    SAVE("organisation", tpl_network_organisation, (struct organisation_view){
        .nav = admin_menu(STAFF_DIRECTORY), .name = STR("Sở Y tế (mẫu)"), .code = STR("so-y-te"), .kind = T_ADMIN_KIND_HEALTH,
        .places = STR("Cần Thơ"), .merged = STR("Sở Y tế mới (mẫu)"), .merged_on = STR("01/01/2027"), .names = two_names(),
        .units = ROWS(struct directory_unit, { STR("Phòng tâm lý (mẫu)"), STR("Tới 28/02/2025: Phòng tư vấn (mẫu)"), T_ADMIN_KIND_HEALTH, 1,
            ROWS(struct directory_person, { STR("Lan (mẫu)"), STR("Cán bộ quản lý trường hợp, Giám sát") }) }, { STR("Cấp cứu (mẫu)"), STR(""), T_ADMIN_KIND_HEALTH, 3 }),
        .others = ROWS(struct directory_person, { STR("Nga (mẫu)"), STR("Quản trị tổ chức") }),
        .services = ROWS(struct directory_service, { STR("Khám tâm lý trẻ em (mẫu)"), STR("Bác sĩ nghe và khám cho em."), STR("024 0000 0000"),
            STR("mo-fr 07:30-17:00"), url_path("tel:02400000000"), DUTY_OPEN }) });
}

static void confirm_pages(void)
{
    struct proposal_view v = {
        .nav = admin_menu(STAFF_ADMIN), .id = sample_id(1), .kind = T_ADMIN_PROPOSAL_ROLE, .allows = T_ADMIN_ALLOWS_ROLE,
        .bar = T_ADMIN_BAR_OWN, .can = true, .can_refuse = true, .about = STR("Minh (mẫu) · Giám sát"), .seen = STR("00"), .check = STR("1A2B-3C4D"),
        .facts = ROWS(struct fact, { T_ADMIN_FACT_PERSON, STR("Minh (mẫu) (minh.mau)") }, { T_ADMIN_FACT_ROLE, STR("Giám sát") },
                      { T_ADMIN_FACT_SET_BY, STR("Nga (mẫu) · Đường dây hỗ trợ (mẫu)") }),
        .reason = { STR(""), text_in(lang, T_ADMIN_WRONG_REASON) },
        .faults = ROWS(struct form_fault, { url_path("#reason"), text_in(lang, T_ADMIN_WRONG_REASON) }) };

    SAVE("confirm", tpl_network_confirm, (struct confirm_view){
        .nav = admin_menu(STAFF_ADMIN), .rows = ROWS(struct confirm_line,
            { sample_id(1), T_ADMIN_PROPOSAL_ROLE, T_ADMIN_BAR_OWN, STR("Minh (mẫu) · Giám sát"), STR("Đường dây hỗ trợ (mẫu)"), STR("Nga (mẫu)"), STR("24/11/2026"), true },
            { sample_id(2), T_ADMIN_PROPOSAL_UNIT, T_ADMIN_BAR_SAME_UNIT, STR("Ca đêm (mẫu)"), STR("Đường dây hỗ trợ (mẫu)"), STR("Nga (mẫu)"), STR("24/11/2026") }) });
    SAVE("proposal", tpl_network_proposal, v);
    v.can = v.can_refuse = false;
    SAVE("proposal-barred", tpl_network_proposal, v);
}

static void own_pages(void)
{
    SAVE("admin-routes", tpl_network_admin_routes, (struct admin_routes_view){
        .nav = admin_menu(STAFF_ADMIN), .kinds = few_choices(), .provinces = few_choices(), .units = few_choices(),
        .commune = { STR("99999"), text_in(lang, T_ADMIN_WRONG_COMMUNE) },
        .faults = ROWS(struct form_fault, { url_path("#commune"), text_in(lang, T_ADMIN_WRONG_COMMUNE) }),
        .rows = ROWS(struct route_line, { sample_id(1), T_ADMIN_ROUTE_REPORT, T_ADMIN_STATE_HOLDS, STR("Cả nước"), STR("Ca trực đường dây (mẫu)"), 0 },
                     { sample_id(2), T_ADMIN_ROUTE_POLICE, T_ADMIN_STATE_WAITING, STR("Xã Lá Xanh (mẫu), Cao Bằng"), STR("Ca đêm (mẫu)"), 1 }) });
    SAVE("admin-services", tpl_network_admin_services, (struct admin_services_view){
        .nav = admin_menu(STAFF_ADMIN), .rows = ROWS(struct service_line,
            { sample_id(1), STR("Khám tâm lý trẻ em (mẫu)"), STR("024 0000 0000"), STR("Cần Thơ"), STR("mo-fr 07:30-17:00; sa 08:00-11:30"), DUTY_OPEN }) });
    SAVE("admin-service", tpl_network_admin_service, (struct admin_service_view){
        .nav = admin_menu(STAFF_ADMIN), .here = url_path("/x"), .end = url_path("/y"), .name = { STR("Khám tâm lý trẻ em (mẫu)"), STR("") },
        .hours = { STR("cả ngày"), text_in(lang, T_ADMIN_WRONG_HOURS) }, .needs = { STR(""), text_in(lang, T_ADMIN_WRONG_NEEDS) },
        .provinces = few_choices(), .need_choices = few_choices(),
        .faults = ROWS(struct form_fault, { url_path("#needs"), text_in(lang, T_ADMIN_WRONG_NEEDS) }, { url_path("#hours"), text_in(lang, T_ADMIN_WRONG_HOURS) }) });
}

/* -- referrals ------------------------------------------------------------------------------------------------------------------- */

static struct staff_nav refer_menu(void)
{
    struct staff_nav nav = menu(STAFF_REFERRALS);

    nav.cases = true;
    nav.referrals = 3;
    return nav;
}

static struct paper sample_paper(bool transfer)
{
    static struct paper_file files[1];
    static struct paper_row rows[] = {
        { T_REFERRAL_ITEM_AGE, { 0 }, { 0 } }, { T_REFERRAL_ITEM_STORY, { 0 }, { 0 } }, { T_REFERRAL_ITEM_PERSON, { 0 }, { 0 } } };
    static struct paper_word missing[] = { { T_REFERRAL_ITEM_IDENTITY }, { T_REFERRAL_ITEM_NOTE } }, left_out[] = { { T_DESK_EXCLUDE_SCHOOL } };

    rows[0].text = STR("12 đến 15");
    rows[1].text = STR("Có bạn trong lớp doạ em trên nhóm chat. <script>alert(1)</script>");
    rows[2].label = STR("Bạn");
    rows[2].text = STR("Nguyễn Thị Mẫu, 2013");
    files[0] = (struct paper_file){ .kind = T_DESK_FILE_PICTURE, .size = STR("1,2 MB"), .hash = STR("9f2a61c07be4"),
                                    .open = url_path("/referrals/x/files/y") };
    return (struct paper){
        .transfer = transfer, .from = STR("Đường dây hỗ trợ (mẫu) · Ca trực đường dây (mẫu)"), .by = STR("Hạnh (mẫu)"),
        .to = STR("Công an chuyên trách (mẫu) · Đơn vị công an tỉnh (mẫu)"), .purpose = STR("Bảo vệ, can thiệp khẩn cấp"),
        .need = STR("Xác minh người đang doạ trong tuần này.\nTrẻ mất ngủ, sợ tới lớp."), .consent = STR("Trẻ đồng ý"),
        .consent_words = STR("Trong trò chuyện ngày 23/11"), .expires = STR("23/12/2026"),
        .rows = { rows, COUNT_OF(rows) },
        .files = { files, transfer ? 0 : 1 },
        .missing = { missing, COUNT_OF(missing) }, .left_out = { left_out, COUNT_OF(left_out) }, .sealed = 2,
    };
}

static void refer_pages(void)
{
    struct choices purposes = ROWS(struct choice, { STR("protect"), STR("Bảo vệ, can thiệp khẩn cấp"), true });
    struct choices consents = ROWS(struct choice, { STR("child"), STR("Trẻ đồng ý"), true },
                                   { STR("law"), STR("Không cần đồng ý: pháp luật buộc báo, hoặc trẻ đang gặp nguy hiểm"), false });
    struct refer_form_view form = {
        .nav = refer_menu(), .back = url_path("/cases/x"), .here = url_path("/cases/x/refer/y"),
        .choose = url_path("/cases/x/refer"), .ref = STR("TH-2026-0148"), .to = sample_paper(false).to, .purposes = purposes,
        .consents = consents, .need = sample_paper(false).need, .consent_words = STR_NULL, .against_words = STR_NULL,
        .expires = STR("2026-12-23"), .sealed = 2, .paper = sample_paper(false),
        .fields = ROWS(struct refer_field, { STR("age/"), STR_NULL, STR("12 đến 15"), T_REFERRAL_ITEM_AGE, true, 1 },
                       { STR("story/"), STR_NULL, STR("Có bạn trong lớp doạ em trên nhóm chat."), T_REFERRAL_ITEM_STORY, false, 3 },
                       { STR("note/1"), STR("23/11/2026"), STR("Đã gọi cho bà ngoại."), T_REFERRAL_ITEM_NOTE, false, 2 }),
        .files = ROWS(struct refer_file, { sample_id(5), T_DESK_FILE_PICTURE, STR("1,2 MB"), STR("9f2a61c07be4"), true }),
    };

    form.paper.files.at[0].open = (struct url){ STR_NULL };
    SAVE("refer-choose", tpl_casework_refer_choose, (struct refer_choose_view){
        .nav = refer_menu(), .back = url_path("/cases/x"), .here = url_path("/cases/x/refer"), .ref = STR("TH-2026-0148"),
        .wanted = STR("\"><b>công an"), .more = true,
        .receivers = ROWS(struct refer_receiver,
            { STR("Công an chuyên trách (mẫu)"), STR("Đơn vị công an tỉnh (mẫu)"), true, url_path("/cases/x/refer/y") },
            { STR("Sở Y tế thành phố Hồ Chí Minh và các vùng phụ cận (mẫu)"), STR("Phòng tâm lý"), false, url_path("/cases/x/refer/z") }) });
    SAVE("refer-form", tpl_casework_refer_form, form);
    form.against = true;
    form.against_error = text_in(lang, T_REFERRAL_ERROR_AGAINST);
    form.consent_error = text_in(lang, T_REFERRAL_ERROR_CONSENT);
    form.errors = (struct refer_errors)ROWS(struct refer_error, { url_path("#against"), form.against_error },
                                            { url_path("#consent"), form.consent_error });
    SAVE("refer-form-wrong", tpl_casework_refer_form, form);
    SAVE("refer-check", tpl_casework_refer_check, (struct refer_check_view){
        .nav = refer_menu(), .here = url_path("/cases/x/refer/y/check"), .edit = url_path("/cases/x/refer/y"),
        .ref = STR("TH-2026-0148"), .seen = STR("00ff"), .against = true, .paper = form.paper });
}

static struct referral_view sample_referral(void)
{
    static struct referral_message said[2];

    said[0] = (struct referral_message){ .name = STR("Tuấn (mẫu)"), .when = STR("14:20, 24/11/2026"), .text = STR("Đã nhận, chiều nay xác minh.") };
    said[1] = (struct referral_message){ .us = true, .name = STR("Hạnh (mẫu)"), .when = STR("14:32, 24/11/2026"), .text = STR("Cảm ơn anh.") };
    return (struct referral_view){
        .nav = refer_menu(), .id = sample_id(6), .other = sample_paper(false).from, .day = STR("23/11/2026"),
        .until = STR("23/12/2026"), .received = true, .open = true, .can_accept = true, .can_decline = true, .can_write = true,
        .state = T_REFERRAL_STATE_SENT, .look = LOOK_WAITS, .case_url = { STR_NULL }, .paper = sample_paper(false),
        .messages = { said, 2 } };
}

static void referral_pages(void)
{
    struct referral_view v = sample_referral();
    struct choices reasons = ROWS(struct choice, { STR("area"), STR("Ngoài địa bàn"), false });

    SAVE("referrals", tpl_casework_referrals, (struct referrals_view){
        .nav = refer_menu(), .received = url_path("/referrals"), .sent_url = url_path("/referrals?show=sent"),
        .next = url_path("/referrals?before=1"), .start = { STR_NULL },
        .states = ROWS(struct referral_state_choice, { STR("sent"), T_REFERRAL_STATE_SENT, true }),
        .lines = ROWS(struct referral_line,
            { sample_id(1), sample_paper(false).from, STR_NULL, STR("Xác minh, điều tra"), STR("23/11/2026"), STR("23/12/2026"), false, true, T_REFERRAL_STATE_SENT, LOOK_WAITS },
            { sample_id(2), sample_paper(false).from, STR("TH-2026-0150"), STR("Bàn giao theo địa bàn, thẩm quyền"), STR("20/11/2026"), STR_NULL, true, false, T_REFERRAL_STATE_ACCEPTED, LOOK_OPEN },
            { sample_id(3), sample_paper(false).from, STR_NULL, STR("Hỗ trợ ở trường"), STR("02/11/2026"), STR_NULL, false, false, T_REFERRAL_STATE_EXPIRED, LOOK_OVER }) });
    SAVE("referrals-none", tpl_casework_referrals, (struct referrals_view){
        .nav = refer_menu(), .sent = true, .received = url_path("/referrals"), .sent_url = url_path("/referrals?show=sent") });
    SAVE("referral", tpl_casework_referral, v);
    v.received = v.can_accept = v.can_decline = v.can_write = v.open = false;
    v.transfer = true;
    v.look = LOOK_OVER;
    v.state = T_REFERRAL_STATE_ACCEPTED;
    v.case_url = url_path("/cases/x");
    v.case_ref = STR("TH-2026-0148");
    SAVE("referral-over", tpl_casework_referral, v);
    for (int i = PAGE_DECLINE; i <= PAGE_CONFIRM; i++)
        SAVE(arena_f(&arena, "referral-act-%d", i).at, tpl_casework_referral_act, (struct referral_act_view){
            .nav = refer_menu(), .id = sample_id(6), .page = (enum referral_page)i, .other = v.other,
            .here = url_path("/referrals/x/decline"), .reasons = reasons, .text = STR("</textarea><b>"),
            .text_error = i == PAGE_DONE ? text_in(lang, T_REFERRAL_ERROR_OUTCOME) : STR_NULL,
            .reason_error = i == PAGE_DECLINE ? text_in(lang, T_REFERRAL_ERROR_REASON) : STR_NULL });
    SAVE("referral-file", tpl_casework_referral_file, (struct referral_file_view){
        .nav = refer_menu(), .id = sample_id(6), .here = url_path("/referrals/x/files/y"), .kind = T_DESK_FILE_PICTURE,
        .size = STR("1,2 MB"), .hash = STR("9f2a61c07be49f2a61c07be49f2a61c07be49f2a61c07be49f2a61c07be49f2a"), .reasons = reasons });
}

/* -- what leaves the house: tables of cases, and paper ------------------------------------------------------------------------------- */

static struct choices sample_fields(bool identity)
{
    static struct choice facts[3], names[2];

    facts[0] = (struct choice){ STR("ref"), text_in(lang, T_EXPORT_FIELD_REF), true };
    facts[1] = (struct choice){ STR("harm"), text_in(lang, T_EXPORT_FIELD_HARM), true };
    facts[2] = (struct choice){ STR("age"), text_in(lang, T_EXPORT_FIELD_AGE), false };
    names[0] = (struct choice){ STR("name"), text_in(lang, T_EXPORT_FIELD_NAME), true };
    names[1] = (struct choice){ STR("address"), text_in(lang, T_EXPORT_FIELD_ADDRESS), false };
    return identity ? (struct choices){ names, 2 } : (struct choices){ facts, 3 };
}

static struct export_line sample_export(int state, enum export_look look, bool names)
{
    return (struct export_line){ .open = url_path("/cases/export/x"), .ref = STR("XK-3f9k2m"), .unit = STR("Ca trực đường dây (mẫu)"),
                                 .by = STR("Hạnh (mẫu)"), .when = STR("14:20, 24/11/2026"), .state = state, .format = T_EXPORT_FORMAT_XLSX,
                                 .look = look, .names = names, .mine = look == EXPORT_WAITS };
}

static void export_new_pages(void)
{
    struct export_new_view v = {
        .nav = menu(STAFF_CASES), .units = ROWS(struct choice, { STR("x"), STR("Ca trực đường dây (mẫu)"), true }),
        .formats = ROWS(struct choice, { STR("xlsx"), text_in(lang, T_EXPORT_FORMAT_XLSX), true }, { STR("csv"), STR("CSV"), false }),
        .scopes = ROWS(struct choice, { STR("all"), text_in(lang, T_EXPORT_SCOPE_ALL), true }), .facts = sample_fields(false),
        .forms = ROWS(struct choice, { STR("form:mau-02"), STR("Mẫu số 02: Đánh giá nguy cơ ban đầu, tình trạng, mức độ tổn hại của trẻ em"), true }),
        .identity = sample_fields(true), .since = STR("2026-07-01"), .until = STR("2026-09-30"), .words = STR("</textarea><b>") };

    SAVE("export-new", tpl_casework_export_new, v);
    v.errors = true;
    v.since_error = text_in(lang, T_EXPORT_ERROR_DAY);
    v.until_error = text_in(lang, T_EXPORT_ERROR_ORDER);
    v.fields_error = text_in(lang, T_EXPORT_ERROR_NAMES);
    v.words_error = text_in(lang, T_EXPORT_ERROR_WORDS);
    SAVE("export-new-wrong", tpl_casework_export_new, v);
    SAVE("export-new-no-unit", tpl_casework_export_new, (struct export_new_view){ .nav = menu(STAFF_CASES) });
}

static void export_pages(void)
{
    struct export_view v = {
        .nav = menu(STAFF_CASES), .id = sample_id(4), .line = sample_export(T_EXPORT_STATE_ASKED, EXPORT_WAITS, true), .since = STR("01/07/2026"),
        .until = STR("30/09/2026"), .reason = STR("Báo cáo quý III theo Thông tư <mẫu>."), .fields = STR("Số trường hợp, Tuổi, Tên trẻ"),
        .scope = T_EXPORT_SCOPE_ALL, .now_cases = 214, .can_decide = true, .words_error = text_in(lang, T_EXPORT_ERROR_ANSWER) };

    SAVE("exports", tpl_casework_exports, (struct exports_view){
        .nav = menu(STAFF_CASES), .can_ask = true, .next = url_path("/cases/export?before=1"), .start = { STR_NULL },
        .lines = ROWS(struct export_line, sample_export(T_EXPORT_STATE_ASKED, EXPORT_WAITS, true),
                      sample_export(T_EXPORT_STATE_AGREED, EXPORT_READY, false), sample_export(T_EXPORT_STATE_FETCHED, EXPORT_OVER, false)) });
    SAVE("exports-none", tpl_casework_exports, (struct exports_view){ .nav = menu(STAFF_CASES), .can_ask = true });
    export_new_pages();
    SAVE("export-decide", tpl_casework_export, v);
    v = (struct export_view){ .nav = v.nav, .id = v.id, .line = sample_export(T_EXPORT_STATE_AGREED, EXPORT_READY, false), .since = v.since,
                              .until = v.until, .reason = v.reason, .fields = v.fields, .scope = v.scope, .now_cases = 214,
                              .decided_by = STR("Minh (mẫu)"), .decided = STR("15:02, 24/11/2026"), .answer = STR("Chỉ dùng trong đơn vị."),
                              .can_fetch = true, .can_withdraw = true, .fetch_until = STR("15:02, 25/11/2026") };
    SAVE("export-fetch", tpl_casework_export, v);
}

static void print_pages(void)
{
    struct case_print_view v = { .nav = menu(STAFF_CASES), .head = sample_head(), .identity_open = true,
                                 .papers = ROWS(struct choice, { STR("x"), STR("Mẫu số 02: Đánh giá nguy cơ ban đầu, tình trạng, mức độ tổn hại (đã duyệt)"), false }) };

    SAVE("print", tpl_casework_print, v);
    v.identity = v.asks_sure = true;
    v.sure_error = text_in(lang, T_PRINT_ERROR_SURE);
    v.words_error = text_in(lang, T_PRINT_ERROR_WORDS);
    SAVE("print-sure", tpl_casework_print, v);
    v.identity_open = false;
    SAVE("print-closed", tpl_casework_print, v);
}

/* -- acts that ask first, and settings ----------------------------------------------------------------------------------------- */

static void act_pages(void)
{
    struct desk_act_view v = {
        .nav = menu(STAFF_NONE), .id = sample_id(3), .ref = STR("PA-0412X"), .fits = true, .title = T_DESK_PRANK_TITLE,
        .say = T_DESK_PRANK_SAY, .go = T_DESK_PRANK_GO, .action = url_path("/desk"), .choice_label = T_DESK_ACT_REASON,
        .choices = ROWS(struct choice, { STR("joke"), STR("Đùa, thử"), true }, { STR("spam"), STR("Quảng cáo, gửi hàng loạt"), false }),
        .words_label = T_DESK_ACT_WHY,
    };

    SAVE("act", tpl_speakup_desk_act, v);
    v.choice_error = text_in(lang, T_DESK_ACT_NO_REASON);
    v.words_error = text_in(lang, T_DESK_ACT_NO_WORDS);
    SAVE("act-error", tpl_speakup_desk_act, v);
    v.fits = false;
    SAVE("act-unfit", tpl_speakup_desk_act, v);
}

static void merge_pages(void)
{
    struct desk_merge_view v = { .nav = menu(STAFF_NONE), .id = sample_id(3), .ref = STR("PA-0412X"), .fits = true,
                                 .typed = STR("pa 12"), .typed_error = text_in(lang, T_DESK_MERGE_NONE) };

    SAVE("merge", tpl_speakup_desk_merge, v);
    v.typed_error = STR("");
    v.found = true;
    v.mine = own_rows().at[2];
    v.other = own_rows().at[0];
    v.first = STR("Bạn ấy nói nếu em không chuyển tiền thì sẽ gửi ảnh của em cho cả lớp.");
    v.other_first = STR("Em là người hôm qua đã kể, em mất mã rồi.\nHôm nay bạn ấy lại nhắn.");
    SAVE("merge-both", tpl_speakup_desk_merge, v);
}

static void setting_pages(void)
{
    SAVE("keys", tpl_speakup_desk_keys, (struct desk_keys_view){ .nav = menu(STAFF_ACCOUNT) });
    SAVE("notices", tpl_speakup_desk_notices, (struct desk_notices_view){
        .nav = menu(STAFF_ACCOUNT), .possible = true, .on = true, .address = STR("hanh@"),
        .address_error = text_in(lang, T_DESK_NOTICES_ADDRESS_BAD) });
    SAVE("notices-none", tpl_speakup_desk_notices, (struct desk_notices_view){ .nav = menu(STAFF_ACCOUNT) });
}

/* -- reports from platforms --------------------------------------------------------------------------------------------------- */

static void platform_pages(void)
{
    struct platform_list_view list;
    struct platform_view report;
    struct sent_reports_view sent;

    platform_list_sample(lang, &list);
    SAVE("platform-reports", tpl_platforms_list, list);
    list.in_one_bundle = true;
    list.bundle_n = 4;
    list.first = STR("20/11/2026, 08:00");
    list.newest = STR("29/11/2026, 14:05");
    SAVE("platform-bundle", tpl_platforms_list, list);
    list.in_one_bundle = false;
    list.sharing = true;
    list.of = STR("NT-1234567890");
    list.shared = T_PLATFORMS_MARK_ACCOUNT;
    list.rows.n = 0;
    SAVE("platform-sharing", tpl_platforms_list, list);
    platform_report_sample(lang, false, &report);
    SAVE("platform-report", tpl_platforms_report, report);
    platform_report_sample(lang, true, &report);
    SAVE("platform-report-wrong", tpl_platforms_report, report);
    report.can_case = report.can_track = report.can_ask = false;
    report.can_agree = true;
    report.asked = T_PLATFORMS_STATE_DUPLICATE;
    report.asked_by = STR("Tuấn (mẫu)");
    report.asked_on = STR("29/11/2026, 15:00");
    report.asked_of = STR("NT-987654321");
    report.reason = STR("Một lý do mẫu.");
    report.state = T_PLATFORMS_STATE_ASKED;
    report.look = PLATFORM_ASKED;
    SAVE("platform-report-second", tpl_platforms_report, report);
    sent_reports_sample(&sent);
    SAVE("platform-sent", tpl_platforms_sent, sent);
}

/* -- the blocklist ------------------------------------------------------------------------------------------------------------- */

static struct staff_nav list_menu(void)
{
    return (struct staff_nav){ .active = STAFF_LISTS, .lists = url_path("/blocklist") };
}

static struct choices list_states(void)
{
    static struct choice all[3];

    all[0] = (struct choice){ STR("proposed"), text_in(lang, T_MATCHES_STATE_PROPOSED), true };
    all[1] = (struct choice){ STR("active"), text_in(lang, T_MATCHES_STATE_ACTIVE), false };
    all[2] = (struct choice){ STR("expired"), text_in(lang, T_MATCHES_STATE_EXPIRED), false };
    return (struct choices){ all, 3 };
}

static void blocklist_pages(void)
{
    struct str long_name = STR("mot-ten-mien-rat-la-dai-de-xem-bang-co-bi-tran-ra-ngoai-man-hinh-khong.the-thi-phai-xuong-dong.mau.example");
    struct list_line rows[] = {
        { .id = sample_id(1), .name = STR("the-cao-mau.example"), .class = STR("Lừa đảo nhắm vào trẻ em"), .by = STR("Hải (mẫu)"),
          .on = STR("24/11/2026"), .until = STR("22/02/2027"), .state = T_MATCHES_STATE_PROPOSED, .look = LIST_WAITS, .tick = true },
        { .id = sample_id(2), .name = long_name, .class = STR("Kích động tự hại, tự tử"), .by = STR("Hải (mẫu)"), .on = STR("24/11/2026"),
          .until = STR("22/05/2027"), .state = T_MATCHES_STATE_PROPOSED, .look = LIST_WAITS, .two = true, .half = true, .tick = true },
        { .id = sample_id(3), .name = STR("la-do-mau.example"), .class = STR("Tài liệu xâm hại tình dục trẻ em"), .by = STR("Loan (mẫu)"),
          .on = STR("20/11/2026"), .until = STR("20/11/2027"), .state = T_MATCHES_STATE_APPEALED, .look = LIST_COMPLAINT },
        { .id = sample_id(4), .name = STR("dien-dan-mau.example/chu-de/17"), .class = STR("Lừa đảo nhắm vào trẻ em"), .by = STR("Hải (mẫu)"),
          .on = STR("01/11/2026"), .until = STR("30/01/2027"), .state = T_MATCHES_STATE_ACTIVE, .look = LIST_BLOCKED, .two = true },
        { .id = sample_id(5), .name = STR("cu-mau.example"), .class = STR("Lừa đảo nhắm vào trẻ em"), .by = STR("Hải (mẫu)"),
          .on = STR("01/08/2026"), .until = STR("30/10/2026"), .state = T_MATCHES_STATE_EXPIRED, .look = LIST_ENDED },
    };
    struct blocklist_view v = { .nav = list_menu(), .reviews = true, .runs = true, .proposed = 2, .appealed = 1, .states = list_states(),
                                .rows = { rows, 5 }, .ticks = true, .next = url_path("/blocklist?before=x"), .start = url_path("/blocklist") };

    SAVE("blocklist", tpl_matches_blocklist, v);
    v.q = v.searched = STR("la-do-mau.example");
    v.below = 3;
    v.of_batch = true;
    v.batch = sample_id(9);
    v.batch_open = 240;
    SAVE("blocklist-found", tpl_matches_blocklist, v);
    v = (struct blocklist_view){ .nav = list_menu(), .q = STR("10.0.0.1"), .q_error = text_in(lang, T_MATCHES_FAULT_NUMBER), .states = list_states() };
    SAVE("blocklist-none", tpl_matches_blocklist, v);
}

static struct list_new_view new_view(bool wrong)
{
    static struct choice classes[2];
    static struct form_fault faults[2];
    static struct import_fault_line lines[2];
    struct list_new_view v = { .nav = list_menu(), .source = { .text = STR("Công văn mẫu số 12") }, .most = 5000,
                               .name = { .text = STR("com.vn") }, .names = { .text = STR("mot.example\ncom.vn\n10.0.0.1") } };

    classes[0] = (struct choice){ STR("scam"), STR("Lừa đảo nhắm vào trẻ em"), true };
    classes[1] = (struct choice){ STR("harm"), STR("Kích động tự hại, tự tử"), false };
    v.classes = (struct choices){ classes, 2 };
    if (!wrong)
        return v;
    v.name.error = text_in(lang, T_MATCHES_FAULT_SUFFIX);
    v.names.error = text_in(lang, T_MATCHES_WRONG_LINES);
    v.days = (struct typed){ STR("0"), text_in(lang, T_MATCHES_WRONG_DAYS) };
    faults[0] = (struct form_fault){ url_path("#days"), v.days.error };
    v.faults.at = faults;
    v.faults.n = 1;
    lines[0] = (struct import_fault_line){ 2, STR("com.vn"), T_MATCHES_FAULT_SUFFIX };
    lines[1] = (struct import_fault_line){ 3, STR("10.0.0.1"), T_MATCHES_FAULT_NUMBER };
    v.lines.at = lines;
    v.lines.n = 2;
    v.lines_more = 7;
    return v;
}

static void blocklist_forms(void)
{
    struct list_new_view fresh = new_view(false), wrong = new_view(true);

    SAVE("blocklist-new", tpl_matches_new, fresh);
    SAVE("blocklist-new-wrong", tpl_matches_new, wrong);
    SAVE("blocklist-import", tpl_matches_import, wrong);
}

static void review_pages(void)
{
    struct review_view list = review_sample(list_menu(), false), over = review_sample(list_menu(), true);
    struct review_item_view message = review_item_sample(list_menu(), lang, true), picture = review_item_sample(list_menu(), lang, false);
    struct review_agreement_view agreement = review_agreement_sample(list_menu());
    struct desk_pictures_view codes = pictures_sample(list_menu());
    struct desk_picture_view code = picture_sample(list_menu(), false), wrong = picture_sample(list_menu(), true);

    SAVE("review", tpl_review_review, list);
    SAVE("review-over", tpl_review_review, over);
    SAVE("review-message", tpl_review_item, message);
    SAVE("review-picture", tpl_review_item, picture);
    SAVE("review-agreement", tpl_review_agreement, agreement);
    SAVE("desk-pictures", tpl_speakup_desk_pictures, codes);
    SAVE("desk-picture", tpl_speakup_desk_picture, code);
    SAVE("desk-picture-wrong", tpl_speakup_desk_picture, wrong);
}

static void blocklist_entry(void)
{
    struct list_fact facts[] = {
        { T_MATCHES_FIELD_CLASS, STR("Lừa đảo nhắm vào trẻ em") }, { T_MATCHES_FIELD_SOURCE, STR("Nền tảng mẫu báo ngày 10/11/2026") },
        { T_MATCHES_FIELD_BASIS, STR("Nghị định 147/2024/NĐ-CP điều 23") }, { T_MATCHES_FACT_PROPOSED, STR("Hải (mẫu), 10/11/2026") },
        { T_MATCHES_FACT_FIRST, STR("Loan (mẫu), 11/11/2026") }, { T_MATCHES_FACT_UNTIL, STR("08/02/2027") },
    };
    struct list_event events[] = {
        { T_MATCHES_EVENT_APPROVE, STR("Loan (mẫu)"), STR("11/11/2026"), STR("") },
        { T_MATCHES_EVENT_PROPOSE, STR("Hải (mẫu)"), STR("10/11/2026"), STR("Giả trang tặng thẻ trò chơi.") },
    };
    struct list_appeal appeals[] = { { STR("15/11/2026"), STR("Đây là trang bán văn phòng phẩm của gia đình tôi."), STR("toi@cua-hang.example"),
                                       T_MATCHES_APPEAL_OPEN, true } };
    struct list_relative parents[] = { { sample_id(8), STR("mau.example"), T_MATCHES_STATE_ACTIVE } };
    struct list_entry_view v = { .nav = list_menu(), .id = sample_id(2), .name = STR("tang-qua.mau.example"), .state = T_MATCHES_STATE_APPEALED,
        .look = LIST_COMPLAINT, .bar = T_MATCHES_BAR_SEEN, .facts = { facts, 6 }, .parents = { parents, 1 }, .below = 2, .events = { events, 2 },
        .appeals = { appeals, 1 }, .can_uphold = true, .words = { .error = text_in(lang, T_MATCHES_WRONG_WORDS) } };

    SAVE("blocklist-entry", tpl_matches_entry, v);
    v = (struct list_entry_view){ .nav = list_menu(), .id = sample_id(2), .name = STR("m.rat-nhieu-nguoi-dung.example"),
        .state = T_MATCHES_STATE_PROPOSED, .look = LIST_WAITS, .two = true, .half = true, .top = true, .facts = { facts, 6 }, .events = { events, 2 },
        .can_approve = true, .can_refuse = true };
    SAVE("blocklist-entry-top", tpl_matches_entry, v);
}

static void blocklist_feeds(void)
{
    static struct choice lists[1];
    struct feed_row feeds[] = {
        { .code = STR("core"), .name = STR("Danh sách chung"), .zone = STR("core.rpz.lachan"), .walled = STR("giup.example"), .open = true,
          .serial = 12, .names = 4031, .published = STR("24/11/2026") },
        { .code = STR("family"), .name = STR("Danh sách cho trường học và gia đình"), .zone = STR("family.rpz.lachan") },
    };
    struct taker_row takers[] = { { sample_id(1), STR("Nhà mạng A (mẫu)"), STR("Danh sách chung"), STR("20/11/2026"), STR("nha-mang-a"), STR("192.0.2.7:53") } };
    struct feeds_view v = { .nav = list_menu(), .feeds = { feeds, 2 }, .readers = { takers, 1 }, .peers = { takers, 1 },
        .key_name = STR("nha-mang-a"), .secret = STR("3q2+7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        .notify = { STR("ns.example"), text_in(lang, T_MATCHES_WRONG_NOTIFY) } };

    lists[0] = (struct choice){ STR("core"), STR("Danh sách chung"), true };
    v.lists.at = lists;
    v.lists.n = 1;
    SAVE("blocklist-feeds", tpl_matches_feeds, v);
}

static void partner_pages(void)
{
    struct partners_view v;
    struct partner_view traffic;
    struct staff_nav engineer = { .active = STAFF_PARTNER, .partner = true, .queue = url_path("/desk") };

    partners_sample(menu(STAFF_ADMIN), false, lang, &v);
    SAVE("partners", tpl_partners_partners, v);
    partners_sample(menu(STAFF_ADMIN), true, lang, &v);
    SAVE("partners-wrong", tpl_partners_partners, v);
    partner_sample(engineer, &traffic);
    SAVE("partner", tpl_partners_partner, traffic);
    partner_sample(engineer, &traffic);
    traffic.hours.n = traffic.days.n = traffic.kinds.n = traffic.errors.n = traffic.sendings.n = 0;
    traffic.webhook = STR("");
    traffic.sandbox = true;
    SAVE("partner-empty", tpl_partners_partner, traffic);
}

static void bank_pages(void)
{
    struct staff_nav nav = { .active = STAFF_BANKS, .lists = url_path("/blocklist"), .banks = true };
    struct bank_samples s;

    bank_samples(nav, lang, &s);
    SAVE("banks", tpl_matches_banks, s.banks);
    SAVE("banks-found", tpl_matches_banks, s.found);
    SAVE("bank-new", tpl_matches_bank_new, s.fresh);
    SAVE("bank", tpl_matches_bank, s.bank);
    SAVE("bank-negative", tpl_matches_bank, s.negative);
    SAVE("bank-hash", tpl_matches_bank_hash, s.hash);
    SAVE("bank-add", tpl_matches_bank_add, s.add);
    SAVE("bank-import", tpl_matches_bank_import, s.import);
    SAVE("bank-list", tpl_matches_bank_list, s.list);
    SAVE("bank-list-running", tpl_matches_bank_list, s.running);
}

/* -- take-down ------------------------------------------------------------------------------------------------------------------ */

static void takedown_pages(void)
{
    struct staff_nav nav = { .active = STAFF_TAKEDOWN, .lists = url_path("/blocklist"), .takedown = true };
    struct take_list_view list;
    struct take_new_view new;
    struct take_view track;
    struct take_to_view to;
    struct notice_view notice;

    take_list_sample(nav, lang, &list);
    SAVE("takedown", tpl_takedown_list, list);
    take_new_sample(nav, lang, false, &new);
    SAVE("takedown-new", tpl_takedown_new, new);
    take_new_sample(menu(STAFF_CASES), lang, true, &new);
    SAVE("takedown-case", tpl_takedown_case, new);
    take_track_sample(nav, lang, 0, &track);
    SAVE("takedown-track", tpl_takedown_track, track);
    take_track_sample(nav, lang, 1, &track);
    SAVE("takedown-second", tpl_takedown_track, track);
    take_track_sample(nav, lang, 2, &track);
    SAVE("takedown-reported", tpl_takedown_track, track);
    take_to_sample(nav, lang, &to);
    SAVE("takedown-to", tpl_takedown_recipients, to);
    notice_sample(lang, true, &notice);
    SAVE("notice", tpl_takedown_notice, notice);
    notice_sample(lang, false, &notice);
    SAVE("notice-thanks", tpl_takedown_notice, notice);
    SAVE("notice-gone", tpl_takedown_notice_gone, notice);
}

static void exchange_pages(void)
{
    struct staff_nav reviewer = { .active = STAFF_BANKS, .lists = url_path("/blocklist"), .banks = true };
    struct staff_nav keeper = { .active = STAFF_LISTS, .lists = url_path("/blocklist/feeds") };
    struct exchange_samples s;

    exchange_samples(reviewer, keeper, &s);
    SAVE("hash-sharing", tpl_matches_sharing, s.sharing);
    SAVE("hash-feeds", tpl_matches_hashfeeds, s.feeds);
    SAVE("hash-feeds-wrong", tpl_matches_hashfeeds, s.wrong);
}

static void keeping_page(void)
{
    struct keeping places[] = { { .hits = true, .code = STR("production"), .since = STR("24/11/2026") },
                                { .sandbox = true, .nothing = true, .code = STR("sandbox"), .since = STR("") } };
    struct keeping_view v = { .nav = admin_menu(STAFF_PARTNER), .places = { places, 2 } };

    SAVE("keeping", tpl_matches_keeping, v);
}

int main(int argc, char **argv)
{
    struct out css = { .max = 1 << 20 }, script = { .max = 1 << 20 };

    if (argc != 2) {
        fprintf(stderr, "usage: render_staff FOLDER\n");
        return 2;
    }
    folder = argv[1];
    arena = arena_make(16 << 20);
    add_file(&css, "assets/tokens.css");
    add_file(&css, "assets/staff/staff.css");
    add_file(&script, "assets/staff/staff.js");
    write_file("staff.css", out_done(&css));
    write_file("staff.js", out_done(&script));
    write_file("blurred.svg", STR("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 18'><path fill='#888' d='M0 0h24v18H0z'/></svg>"));
    write_file("clear.svg", STR("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1600 1200'><path fill='#456' d='M0 0h1600v1200H0z'/></svg>"));
    for (lang = 0; lang < 2; lang++) {
        door_pages();
        log_pages();
        stats_pages();
        list_pages();
        case_log_page();
        day_pages();
        clock_pages();
        paper_pages();
        case_pages();
        file_pages();
        refer_pages();
        export_pages();
    print_pages();
    referral_pages();
        act_pages();
        merge_pages();
        setting_pages();
        platform_pages();
        blocklist_pages();
        blocklist_forms();
        blocklist_entry();
        review_pages();
        blocklist_feeds();
        partner_pages();
        bank_pages();
        takedown_pages();
        exchange_pages();
        keeping_page();
        admin_pages();
        keys_pages();
        admin_people_pages();
        directory_pages();
        confirm_pages();
        own_pages();
    }
    return 0;
}
