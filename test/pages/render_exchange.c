/* Pages of the exchange with made-up views, for render_staff.c. */
#include "render_exchange.h"

#include "texts.h"

#define ID(n) { { 9, n } }

static struct share_rows shares(void)
{
    static struct share_row all[] = {
        { ID(1), STR("tu-van"), STR("Đường dây tư vấn (mẫu)"), STR("Đường dây tư vấn trẻ em (mẫu)"), STR("24/11/2026 · Tâm (mẫu)"),
          T_MATCHES_SHARING_SHARED, LIST_BLOCKED, .may_end = true },
        { ID(2), STR("tre-em"), STR("Ảnh riêng tư của trẻ em, trẻ tự gửi mã từ điện thoại của mình (mẫu)"), STR("Trẻ em (mẫu)"),
          STR("25/11/2026 · Loan (mẫu)"), T_MATCHES_SHARING_PROPOSED, LIST_WAITS, .may_confirm = true, .may_end = true },
        { ID(3), STR("police-given"), STR("Công an (mẫu): mã băm do đối tác gửi"), STR("Công an (mẫu)"), STR("26/11/2026 · Loan (mẫu)"),
          T_MATCHES_SHARING_PROPOSED, LIST_WAITS, .own = true, .may_end = true },
        { ID(4), STR("loai-tru"), STR("Không vi phạm (mẫu)"), STR("Cục (mẫu)"), STR(""), T_MATCHES_SHARING_NEVER, LIST_ENDED, .negative = true },
        { ID(5), STR("thu-nghiem"), STR("Thử nghiệm (mẫu)"), STR("Cục (mẫu)"), STR("01/11/2026 · Tâm (mẫu)"), T_MATCHES_SHARING_ENDED,
          LIST_ENDED, .sandbox = true, .may_propose = true },
    };

    return (struct share_rows){ all, COUNT_OF(all) };
}

static struct source_rows sources(void)
{
    static struct source_row all[] = {
        { ID(6), STR("stopncii"), STR("https://api.stopncii.example/v1"), STR("Ảnh riêng tư (mẫu)"), STR("14:20, 24/11/2026"), STR(""),
          T_MATCHES_HASHFEEDS_STOPNCII, .on = true, .minutes = 60, .records = 204331, .skipped = 12 },
        { ID(7), STR("ncmec-industry"), STR("https://hashsharing.example/a-long-path-that-somebody-chose/industry/hashsharing"),
          STR("Đường dây quốc tế (mẫu)"), STR(""), STR("the server answers 401: it does not know these keys"), T_MATCHES_HASHFEEDS_NCMEC,
          .on = true, .minutes = 240 },
        { ID(8), STR("old"), STR("https://old.example/v1"), STR("Đường dây quốc tế (mẫu)"), STR("09:05, 02/10/2026"), STR(""),
          T_MATCHES_HASHFEEDS_STOPNCII, .minutes = 1440, .records = 17 },
    };

    return (struct source_rows){ all, COUNT_OF(all) };
}

void exchange_samples(struct staff_nav reviewer, struct staff_nav keeper, struct exchange_samples *s)
{
    static struct choice banks[] = { { STR("quoc-te"), STR("Đường dây quốc tế (mẫu)"), true }, { STR("tre-em"), STR("Ảnh riêng tư (mẫu)"), false } };
    struct typed minutes = { STR("60"), STR("") }, empty = { STR(""), STR("") };

    s->sharing = (struct sharing_view){ .nav = reviewer, .rows = shares() };
    s->feeds = (struct sources_view){ .nav = keeper, .rows = sources(), .banks = { banks, 2 }, .code = empty, .base = empty, .user = empty,
                                      .secret = empty, .minutes = minutes, .bank_error = STR("") };
    s->wrong = s->feeds;
    s->wrong.rows.n = 0;
    s->wrong.code = (struct typed){ STR("Big name"), STR("Tên ngắn gồm chữ thường, số và gạch nối.") };
    s->wrong.base = (struct typed){ STR("http://hashes.example"), STR("Địa chỉ bắt đầu bằng https:// và không có dấu ?, #, @.") };
    s->wrong.secret = (struct typed){ STR(""), STR("Nhập khoá: chữ, số và dấu, không có khoảng trắng.") };
}
