/* Pages of partners with made-up views, for render_staff.c. */
#include "render_partners.h"

#include "texts.h"

void partners_sample(struct staff_nav nav, bool faults, int lang, struct partners_view *v)
{
    static struct token_line tokens[] = {
        { .name = STR("Hàng chờ kiểm duyệt"), .scopes = STR("Gửi báo cáo · Đối chiếu ảnh, mã băm, địa chỉ, lời · Lấy mã băm"),
          .set_by = STR("Giang (mẫu)"), .set_on = STR("24/11/2026"), .used_on = STR("29/11/2026") },
        { .name = STR("Máy nhận yêu cầu gỡ"), .scopes = STR("Trả lời yêu cầu gỡ"), .set_by = STR("Giang (mẫu)"), .set_on = STR("28/11/2026"),
          .waits = true, .signs = true },
        { .name = STR("Máy thử nghiệm"), .scopes = STR("Gửi báo cáo"), .set_on = STR("20/11/2026"), .sandbox = true },
    };
    static struct webhook_line addresses[2];
    static struct form_fault faulty[2];
    static struct scope_words scopes[] = {
        { STR("report"), T_ADMIN_SCOPE_REPORT, false }, { STR("match"), T_ADMIN_SCOPE_MATCH, false },
        { STR("hashes.read"), T_ADMIN_SCOPE_HASHES_READ, false }, { STR("hashes.write"), T_ADMIN_SCOPE_HASHES_WRITE, false },
        { STR("notices"), T_ADMIN_SCOPE_NOTICES, false },
    };

    addresses[0] = (struct webhook_line){ .set = !faults, .code = STR("production"), .url = STR("https://hooks.ketnoi.example/la-chan"),
                                          .since = STR("24/11/2026"), .error = STR("") };
    addresses[1] = (struct webhook_line){ .sandbox = true, .code = STR("sandbox"), .url = faults ? STR("https://10.0.0.1/") : STR(""),
                                          .since = STR(""), .error = faults ? text_in(lang, T_PARTNERS_WRONG_INSIDE) : STR("") };
    *v = (struct partners_view){ .nav = nav, .tokens = { tokens, 3 }, .addresses = { addresses, 2 }, .scopes = { scopes, 5 }, .sandbox = true,
                                 .name = { STR(""), STR("") }, .scopes_error = STR("") };
    if (!faults) {
        v->token = STR("qJ0kq8wqUu1p1r5xQ3uB0b7s3h9mZkq2T8e4n6v0aXc");
        v->secret = STR("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
        v->token_waits = true;
        return;
    }
    v->tokens.n = 0;
    v->name.error = text_in(lang, T_PARTNERS_WRONG_NAME);
    v->scopes_error = text_in(lang, T_PARTNERS_WRONG_SCOPES);
    faulty[0] = (struct form_fault){ url_path("#name"), v->name.error };
    faulty[1] = (struct form_fault){ url_path("#scope"), v->scopes_error };
    v->faults = (struct form_faults){ faulty, 2 };
}

void partner_sample(struct staff_nav nav, struct partner_view *v)
{
    static struct amount_line hours[] = {
        { STR("29/11/2026 14:00"), STR("1.204"), STR(""), 100 }, { STR("29/11/2026 13:00"), STR("860"), STR("12"), 71 },
        { STR("29/11/2026 12:00"), STR("77"), STR(""), 6 },
    };
    static struct amount_line days[] = { { STR("29/11/2026"), STR("2.141"), STR("12"), 40 }, { STR("28/11/2026"), STR("5.320"), STR("3"), 100 } };
    static struct kind_line kinds[] = {
        { STR("/api/v1/match"), STR("7.001"), STR("11"), STR("480 MB"), STR("6 ms") },
        { STR("/hashsharing/v2/non_exploitative/hashes/entries"), STR("460"), STR("4"), STR("0 B"), STR("21 ms") },
    };
    static struct quota_line quotas[] = {
        { T_PARTNERS_SCOPE_CALL, STR("17"), STR("20.000"), STR("10"), STR("50"), 0, false },
        { T_ADMIN_SCOPE_REPORT, STR("482.120"), STR("500.000"), STR("50"), STR("200"), 96, true },
        { T_ADMIN_SCOPE_MATCH, STR("1.200.040"), STR("20.000.000"), STR("1.000"), STR("5.000"), 6, false },
    };
    static struct trouble_line errors[] = {
        { STR("29/11/2026 14:03"), STR("/api/v1/match"), STR("too-many"), 429, T_PARTNERS_REMEDY_TOO_MANY },
        { STR("29/11/2026 13:41"), STR("/hashsharing/v2/non_exploitative/hashes/entries"), STR("stopncii.invalid-page-size"), 400, T_PARTNERS_REMEDY_OTHER },
    };
    static struct sending_line sendings[] = {
        { STR("takedown.requested"), STR("29/11/2026 14:01"), STR("29/11/2026 14:06"), 2, 503, T_PARTNERS_SENT_WAITING, true },
        { STR("takedown.requested"), STR("29/11/2026 13:55"), STR(""), 1, 200, T_PARTNERS_SENT_TAKEN, false },
        { STR("partner.test"), STR("28/11/2026 09:00"), STR(""), 10, 0, T_PARTNERS_SENT_GIVEN_UP, true },
        { STR("partner.test"), STR("28/11/2026 08:00"), STR(""), 0, 0, T_PARTNERS_SENT_WAITING, false },
    };

    *v = (struct partner_view){ .nav = nav, .sets = true, .production_tab = url_path("/partner"), .sandbox_tab = url_path("/partner?env=sandbox"),
        .action = url_path("/partner"), .total = STR("7.461"), .refused = STR("15"), .hours = { hours, 3 }, .days = { days, 2 }, .kinds = { kinds, 2 },
        .quotas = { quotas, 3 }, .errors = { errors, 2 }, .sendings = { sendings, 4 }, .webhook = STR("https://hooks.ketnoi.example/la-chan"),
        .base = STR("https://lachan.example") };
}
