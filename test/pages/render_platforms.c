/* Pages of reports from platforms with made-up views, for render_staff.c. */
#include "render_platforms.h"

#include "texts.h"

#define ROWS(type, ...) { (type[]){ __VA_ARGS__ }, sizeof((type[]){ __VA_ARGS__ }) / sizeof(type) }

static struct staff_nav menu(void)
{
    return (struct staff_nav){ .active = STAFF_PLATFORMS, .desk = true, .cases = true, .platforms = true, .sent = 12, .sent_urgent = true,
                               .queue = url_path("/desk?show=unclaimed") };
}

static struct id sample(int n)
{
    struct id id = { { 0 } };

    id.b[15] = (uint8_t)n;
    return id;
}

void platform_list_sample(int lang, struct platform_list_view *v)
{
    static struct choice states[2];
    static struct platform_line rows[4];

    states[0] = (struct choice){ STR(""), text_in(lang, T_PLATFORMS_STATE_WAITS), true };
    states[1] = (struct choice){ STR("case"), text_in(lang, T_PLATFORMS_STATE_CASE), false };
    rows[0] = (struct platform_line){ .id = sample(1), .no = STR("NT-1234567890"), .org = STR("Nền tảng Thuyền Giấy (mẫu)"), .files = STR("3"),
                                      .on = STR("29/11/2026, 14:05"), .kind = T_PLATFORMS_KIND_MATERIAL, .state = T_PLATFORMS_STATE_WAITS,
                                      .look = PLATFORM_WAITS, .urgent = true, .in_bundle = 4 };
    rows[1] = (struct platform_line){ .id = sample(2), .no = STR("NT-987654321"), .org = STR("Mạng xã hội có cái tên rất dài để xem bảng có tràn ra ngoài màn hình không (mẫu)"),
                                      .files = STR("120"), .on = STR("29/11/2026, 13:00"), .kind = T_PLATFORMS_KIND_UNSOLICITED,
                                      .state = T_PLATFORMS_STATE_ASKED, .look = PLATFORM_ASKED, .in_bundle = 1 };
    rows[2] = (struct platform_line){ .id = sample(3), .no = STR("NT-222333444"), .org = STR("Nền tảng Thuyền Giấy (mẫu)"), .files = STR("0"),
                                      .on = STR("28/11/2026, 09:41"), .kind = T_PLATFORMS_KIND_ENTICEMENT, .state = T_PLATFORMS_STATE_CASE,
                                      .look = PLATFORM_CASE, .in_bundle = 1 };
    rows[3] = (struct platform_line){ .id = sample(4), .no = STR("NT-555666777"), .org = STR("Nền tảng Thuyền Giấy (mẫu)"), .files = STR("1"),
                                      .on = STR("27/11/2026, 22:10"), .kind = T_PLATFORMS_KIND_DOMAIN, .state = T_PLATFORMS_STATE_DUPLICATE,
                                      .look = PLATFORM_SET_ASIDE, .in_bundle = 2 };
    *v = (struct platform_list_view){ .nav = menu(), .waiting = 12, .urgent = 1, .asked = 2, .asked_url = url_path("/platform-reports?state=asked"),
                                      .states = { states, 2 }, .rows = { rows, 4 }, .next = url_path("/platform-reports?after=x"),
                                      .start = url_path("/platform-reports"), .back = url_path("/platform-reports/x") };
}

static void fill_blocks(struct platform_view *v)
{
    static struct platform_fact incident[3], account[4], victim[2];
    static struct platform_block blocks[4];

    incident[0] = (struct platform_fact){ T_PLATFORMS_EL_INCIDENTTYPE, STR_NULL, STR("Online Enticement of Children for Sexual Acts") };
    incident[1] = (struct platform_fact){ T_PLATFORMS_EL_INCIDENTDATETIME, STR_NULL, STR("2026-11-28T23:30:00+07:00") };
    incident[2] = (struct platform_fact){ T_PLATFORMS_EL_URL, STR_NULL, STR("https://nen-tang-mau.example/bai-viet/mot-dia-chi-that-dai-khong-co-dau-cach-nao-de-xem-co-tran-khong/1234567890") };
    account[0] = (struct platform_fact){ T_PLATFORMS_EL_ESPIDENTIFIER, STR_NULL, STR("tai-khoan-17") };
    account[1] = (struct platform_fact){ T_PLATFORMS_EL_SCREENNAME, STR_NULL, STR("thuyen giay") };
    account[2] = (struct platform_fact){ T_PLATFORMS_EL_IPADDRESS, STR_NULL, STR("2001:db8::7334") };
    account[3] = (struct platform_fact){ 0, STR("someNewElement"), STR("x") };
    victim[0] = (struct platform_fact){ T_PLATFORMS_EL_AGE, STR_NULL, STR("13") };
    victim[1] = (struct platform_fact){ T_PLATFORMS_EL_SCHOOLNAME, STR_NULL, STR("Trường mẫu") };
    blocks[0] = (struct platform_block){ T_PLATFORMS_SECTION_INCIDENT, 0, { incident, 3 } };
    blocks[1] = (struct platform_block){ T_PLATFORMS_SECTION_ACCOUNT, 0, { account, 4 } };
    blocks[2] = (struct platform_block){ T_PLATFORMS_SECTION_VICTIM, 1, { victim, 2 } };
    blocks[3] = (struct platform_block){ T_PLATFORMS_SECTION_VICTIM, 2, { victim, 1 } };
    v->blocks = (struct platform_blocks){ blocks, 4 };
}

static void fill_files(struct platform_view *v)
{
    static struct platform_hit hits[2];
    static struct platform_fact said[1];
    static struct platform_file files[2];
    struct str sha = STR("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), md5 = STR("900150983cd24fb0d6963f7d28e17f72");

    hits[0] = (struct platform_hit){ STR("Kho quốc gia (mẫu)"), STR("Tài liệu xâm hại tình dục trẻ em"), STR("pdq"), STR("6"), true };
    hits[1] = (struct platform_hit){ STR("Kho vô hại (mẫu)"), STR("Ảnh đùa"), STR("md5"), STR("0"), false };
    said[0] = (struct platform_fact){ T_PLATFORMS_EL_INDUSTRYCLASSIFICATION, STR_NULL, STR("B2") };
    files[0] = (struct platform_file){ .name = STR("mau-thuyen-giay.jpg"), .size = STR("1,2 MB"), .type = STR("image/jpeg"), .sha256 = sha, .md5 = md5,
                                       .pdq = sha, .known = true, .hits = { hits, 2 }, .said = { said, 1 } };
    files[1] = (struct platform_file){ .name = STR(""), .size = STR("24 MB"), .type = STR("video/mp4"), .sha256 = sha, .md5 = md5,
                                       .look = T_PLATFORMS_LOOK_LARGE, .unsure = true };
    v->files = (struct platform_files_list){ files, 2 };
}

static void fill_acts(int lang, struct platform_view *v)
{
    static struct choice ages[2], provinces[2], classes[2], decisions[2], answers[2];
    static struct platform_item items[2];

    ages[0] = (struct choice){ STR(""), STR("–"), false };
    ages[1] = (struct choice){ STR("12-15"), STR("12–15"), true };
    provinces[0] = (struct choice){ STR("01"), STR("Hà Nội"), false };
    provinces[1] = (struct choice){ STR("46"), STR("Huế"), false };
    classes[0] = (struct choice){ STR("grooming"), STR("Dụ dỗ, tống tiền trẻ em qua mạng"), false };
    classes[1] = (struct choice){ STR("scam"), STR("Lừa đảo nhắm vào trẻ em"), false };
    decisions[0] = (struct choice){ STR("duplicate"), text_in(lang, T_PLATFORMS_STATE_DUPLICATE), true };
    decisions[1] = (struct choice){ STR("unfounded"), text_in(lang, T_PLATFORMS_STATE_UNFOUNDED), false };
    answers[0] = (struct choice){ STR("read"), text_in(lang, T_PLATFORMS_ANSWER_READ), true };
    answers[1] = (struct choice){ STR("more"), text_in(lang, T_PLATFORMS_ANSWER_MORE), false };
    items[0] = (struct platform_item){ STR("url:x"), STR("https://nen-tang-mau.example/bai-viet/mot-dia-chi-that-dai-khong-co-dau-cach-nao/1234567890"), STR("url"), true };
    items[1] = (struct platform_item){ STR("sha256:y"), STR("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), STR("sha256"), false };
    v->ages = (struct choices){ ages, 2 };
    v->provinces = (struct choices){ provinces, 2 };
    v->classes = (struct choices){ classes, 2 };
    v->decisions = (struct choices){ decisions, 2 };
    v->answers = (struct choices){ answers, 2 };
    v->items = (struct platform_items){ items, 2 };
}

void platform_report_sample(int lang, bool faults, struct platform_view *v)
{
    static struct platform_shared shared[2];
    static struct form_fault lines[1];

    *v = (struct platform_view){
        .nav = menu(), .id = sample(1), .no = STR("NT-1234567890"), .org = STR("Nền tảng Thuyền Giấy (mẫu)"), .on = STR("29/11/2026, 14:05"),
        .opened = STR("29/11/2026, 14:01"), .incident = STR("INC-2026-77"), .urgency = STR("Một lý do mẫu, để xem khối khẩn cấp."),
        .document = STR("<report>\n  <incidentSummary>...</incidentSummary>\n</report>"), .via = STR("/ispws"), .kind = T_PLATFORMS_KIND_ENTICEMENT,
        .state = T_PLATFORMS_STATE_WAITS, .look = PLATFORM_WAITS, .urgent = true, .in_bundle = 4, .first = STR("20/11/2026, 08:00"),
        .newest = STR("29/11/2026, 14:05"), .bundle = url_path("/platform-reports?bundle=x"), .can_case = true, .can_track = true, .can_ask = true,
        .answer = STR(""), .words = { .text = STR("") }, .of = { .text = STR("NT-1") } };
    shared[0] = (struct platform_shared){ T_PLATFORMS_MARK_ACCOUNT, STR("2"), url_path("/platform-reports?with=x&kind=account") };
    shared[1] = (struct platform_shared){ T_PLATFORMS_MARK_FILE, STR("1"), url_path("/platform-reports?with=x&kind=file") };
    v->shared = (struct platform_shareds){ shared, 2 };
    fill_blocks(v);
    fill_files(v);
    fill_acts(lang, v);
    if (!faults)
        return;
    v->of.error = text_in(lang, T_PLATFORMS_WRONG_OF);
    v->words.error = text_in(lang, T_PLATFORMS_WRONG_WORDS);
    lines[0] = (struct form_fault){ url_path("#of"), v->of.error };
    v->faults = (struct form_faults){ lines, 1 };
}

void sent_reports_sample(struct sent_reports_view *v)
{
    static struct sent_report rows[2];

    rows[0] = (struct sent_report){ STR("1234567890"), STR("3"), STR("29/11/2026, 14:01"), STR("29/11/2026, 14:05"), T_PLATFORMS_SENT_FINISHED,
                                    T_PLATFORMS_ANSWER_TAKEN, T_PLATFORMS_KIND_MATERIAL };
    rows[1] = (struct sent_report){ STR("987654321"), STR("0"), STR("28/11/2026, 09:00"), STR(""), T_PLATFORMS_SENT_EXPIRED, 0,
                                    T_PLATFORMS_KIND_DOMAIN };
    *v = (struct sent_reports_view){ .nav = { .active = STAFF_PARTNER, .partner = true }, .rows = { rows, 2 }, .other = url_path("/partner/reports?env=sandbox"),
                                     .next = url_path("/partner/reports?after=x") };
}
