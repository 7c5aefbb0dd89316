/* Pages of banks with made-up views, for render_staff.c. */
#include "render_banks.h"

#include "texts.h"

#define DIGITS "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e100"

#define ID(n) { { 7, n } }

static struct choices classes(void)
{
    static struct choice all[] = { { STR("abuse"), STR("Tài liệu xâm hại tình dục trẻ em"), true },
                                   { STR("threat"), STR("Ảnh, video dùng để đe doạ, tống tiền"), false } };

    return (struct choices){ all, 2 };
}

static struct bank_lines lines(void)
{
    static struct bank_line all[] = {
        { ID(1), STR("Đường dây tư vấn (mẫu)"), STR("tu-van"), STR("Tài liệu xâm hại tình dục trẻ em"), STR("1.204.031"), 12, T_BANKS_STATE_ACTIVE, BANK_FORCE,
          false, false, false },
        { ID(2), STR("Ảnh riêng tư của trẻ em, trẻ tự gửi mã từ điện thoại của mình (mẫu)"), STR("tre-em"), STR("Ảnh riêng tư của trẻ em, do em yêu cầu gỡ"),
          STR("48"), 3, T_BANKS_STATE_ACTIVE, BANK_FORCE, false, false, true },
        { ID(3), STR("Không vi phạm (mẫu)"), STR("loai-tru"), STR("Không phải vi phạm (danh sách loại trừ)"), STR("310"), 0, T_BANKS_STATE_PROPOSED, BANK_WAITS,
          true, false, false },
        { ID(4), STR("Thử nghiệm (mẫu)"), STR("thu-nghiem"), STR("Tài liệu xâm hại tình dục trẻ em"), STR("20"), 0, T_BANKS_STATE_OFF, BANK_ENDED, false, true,
          false },
    };

    return (struct bank_lines){ all, 4 };
}

static struct found_lines found(void)
{
    static struct found_line all[] = {
        { ID(1), ID(9), STR("Đường dây tư vấn (mẫu)"), STR("Tài liệu xâm hại tình dục trẻ em"), STR("pdq"), 0, T_BANKS_RECORD_CONFIRMED, BANK_FORCE, false },
        { ID(3), ID(9), STR("Không vi phạm (mẫu)"), STR("Không phải vi phạm (danh sách loại trừ)"), STR("pdq"), 14, T_BANKS_RECORD_FLOOD, BANK_HELD, true },
    };

    return (struct found_lines){ all, 2 };
}

static struct list_facts facts(void)
{
    static struct list_fact all[] = {
        { T_BANKS_FIELD_CODE, STR("tu-van") }, { T_MATCHES_FIELD_CLASS, STR("Tài liệu xâm hại tình dục trẻ em") },
        { T_MATCHES_FIELD_SOURCE, STR("Công văn mẫu số 12, ngày 02/11/2026") },
        { T_MATCHES_FIELD_BASIS, STR("Nghị định 147/2024/NĐ-CP điều 23; Luật Trẻ em 2016 điều 54") }, { T_BANKS_FIELD_RADIUS, STR("31") },
        { T_BANKS_FACT_RECORDS, STR("1.204.031") }, { T_BANKS_FACT_BUILD, STR("1.203.990 mã, làm lúc 14:05 24/11/2026") },
        { T_MATCHES_FACT_PROPOSED, STR("Hải (mẫu), 02/11/2026") }, { T_MATCHES_FACT_FIRST, STR("Loan (mẫu), 03/11/2026") },
    };

    return (struct list_facts){ all, 9 };
}

static struct record_lines records(void)
{
    static struct record_line all[] = {
        { ID(1), STR("pdq"), STR("0f1e2d3c4b5a6978…c3d2e100"), STR("24/11/2026"), T_BANKS_RECORD_FORCE, BANK_FORCE },
        { ID(2), STR("md5"), STR("00010203…0c0d0e0f"), STR("24/11/2026"), T_BANKS_RECORD_WAITS, BANK_WAITS },
        { ID(3), STR("url"), STR("http://rat-dai.mau.example/thu-muc/con/nua/rat-dai/tiep-tu…"), STR("23/11/2026"), T_BANKS_RECORD_FLOOD, BANK_HELD },
        { ID(4), STR("sha256"), STR("ffffffffffffffff…00000000"), STR("20/11/2026"), T_BANKS_RECORD_WITHDRAWN, BANK_ENDED },
    };

    return (struct record_lines){ all, 4 };
}

static struct bank_view one_bank(struct staff_nav nav, int lang)
{
    static struct choice holds[2];
    static struct batch_line batches[] = {
        { ID(5), STR("danh-sach-thang-11.xml"), STR("Hải (mẫu)"), STR("24/11/2026"), 4031, T_BANKS_LIST_WAITING, BANK_WAITS },
        { ID(6), STR("stopncii.json"), STR("Hải (mẫu)"), STR("20/11/2026"), 800, T_BANKS_LIST_ACTIVE, BANK_FORCE },
    };

    holds[0] = (struct choice){ STR(""), text_in(lang, T_BANKS_SHOW_NEWEST), true };
    holds[1] = (struct choice){ STR("waits"), text_in(lang, T_BANKS_RECORD_WAITS), false };
    return (struct bank_view){ .nav = nav, .id = ID(1), .name = STR("Đường dây tư vấn (mẫu)"),
        .alarm = STR("banks/tu-van.12.bank is not the file that was built"), .state = T_BANKS_STATE_ACTIVE, .look = BANK_FORCE, .active = true,
        .facts = facts(), .holds = { holds, 2 }, .rows = records(), .batches = { batches, 2 }, .next = url_path("/banks/x?from=9"),
        .start = url_path("/banks/x"), .can_off = true };
}

static struct bank_hash_view one_hash(struct staff_nav nav, int lang)
{
    static struct list_fact about[] = { { T_BANKS_FIELD_KIND, STR("pdq") }, { T_BANKS_FIELD_FAMILY, STR("full") }, { T_BANKS_FIELD_QUALITY, STR("96") },
                                        { T_BANKS_FACT_VOTES, STR("1 xác nhận, 1 bác") }, { T_BANKS_FACT_HITS, STR("10.231") } };
    static struct opinion_line opinions[] = {
        { STR("Loan (mẫu)"), STR("24/11/2026"), STR("Ảnh minh hoạ của báo, không vi phạm."), STR(""), T_BANKS_WORD_DENY },
        { STR(""), STR("23/11/2026"), STR(""), STR("Blocked"), T_BANKS_WORD_SAY },
        { STR("Hải (mẫu)"), STR("20/11/2026"), STR(""), STR(""), T_BANKS_WORD_PROPOSE },
    };

    return (struct bank_hash_view){ .nav = nav, .bank = ID(1), .id = ID(9), .bank_name = STR("Đường dây tư vấn (mẫu)"), .kind = STR("pdq"),
        .value = STR(DIGITS), .state = T_BANKS_RECORD_FLOOD, .say = T_BANKS_SAY_HELD, .look = BANK_HELD, .facts = { about, 5 },
        .opinions = { opinions, 3 }, .can_confirm = true, .can_deny = true, .words = { .error = text_in(lang, T_MATCHES_WRONG_WORDS) } };
}

static struct bank_import_view importing(struct staff_nav nav, int lang)
{
    static struct import_fault_line wrong[] = { { 2, STR("md5 12"), T_BANKS_FAULT_VALUE }, { 4, STR("photo 1"), T_BANKS_FAULT_KIND } };

    return (struct bank_import_view){ .nav = nav, .bank = ID(1), .bank_name = STR("Đường dây tư vấn (mẫu)"),
        .text = { STR("pdq " DIGITS "\nmd5 12"), text_in(lang, T_BANKS_WRONG_LINES) }, .lines = { wrong, 2 }, .lines_all = 2 };
}

static struct bank_list_view a_list(struct staff_nav nav)
{
    static struct list_fact about[] = { { T_BANKS_FACT_FORMAT, STR("ncmec") }, { T_BANKS_FACT_RECORDS, STR("4.031") },
                                        { T_BANKS_FACT_BROUGHT, STR("Hải (mẫu), 24/11/2026") } };

    return (struct bank_list_view){ .nav = nav, .bank = ID(1), .id = ID(5), .bank_name = STR("Đường dây tư vấn (mẫu)"),
        .name = STR("danh-sach-thang-11.xml"), .state = T_BANKS_LIST_WAITING, .say = T_BANKS_LIST_SAY_WAITING, .look = BANK_WAITS, .facts = { about, 3 },
        .can_approve = true, .can_refuse = true, .records = 4031 };
}

static struct choices kinds(void)
{
    static struct choice all[] = { { STR("pdq"), STR("pdq"), true }, { STR("md5"), STR("md5"), false } };

    return (struct choices){ all, 2 };
}

void bank_samples(struct staff_nav nav, int lang, struct bank_samples *s)
{
    static struct waiting_list waiting[] = { { ID(1), ID(5), STR("danh-sach-thang-11.xml"), STR("Đường dây tư vấn (mẫu)"), STR("Hải (mẫu)"),
                                               STR("24/11/2026"), 4031 } };

    *s = (struct bank_samples){
        .banks = { .nav = nav, .lists = { waiting, 1 }, .rows = lines(), .alarms = 1 },
        .found = { .nav = nav, .q = STR(DIGITS), .searched = true, .found = found(), .rows = lines() },
        .fresh = { .nav = nav, .classes = classes(), .radius = { STR("65"), text_in(lang, T_BANKS_WRONG_RADIUS) }, .flood = { .text = STR("10000") },
                   .code = { STR("Tu van"), text_in(lang, T_BANKS_WRONG_CODE) }, .negative = true },
        .bank = one_bank(nav, lang), .negative = one_bank(nav, lang), .hash = one_hash(nav, lang),
        .add = { .nav = nav, .bank = ID(1), .bank_name = STR("Đường dây tư vấn (mẫu)"), .kinds = kinds(), .value = { STR("zz"), text_in(lang, T_BANKS_FAULT_VALUE) } },
        .import = importing(nav, lang), .list = a_list(nav), .running = a_list(nav),
    };
    s->negative.negative = s->negative.sandbox = true;
    s->negative.alarm = STR_NULL;
    s->negative.bar = T_MATCHES_BAR_OWN;
    s->running.running = true;
    s->running.percent = 42;
    s->running.can_approve = s->running.can_refuse = false;
    s->running.say = T_BANKS_LIST_SAY_RUNNING;
}
