/* Programs of partners through the engine: made, confirmed, asked with, bounded, signed, counted, ended. */
#include "partners/quotas.h"
#include "partners/sign.h"
#include "partners/webhook.h"
#include "people/tokens.h"

#include "outbox.sql.h"
#include "partners.sql.h"
#include "people.sql.h"
#include "tables.sql.h"

#include <site.h>
#include <test.h>

static struct site site;

#define F(...) arena_f(&site.kept, __VA_ARGS__).at
#define TEXT(s) (int)(s).n, (s).at

static struct visitor *admin(void) { return as(&site, "nga.mau"); }
static struct visitor *other(void) { return as(&site, "vy.mau"); }

static void later(i64 ms)
{
    site.now += ms;
}

/* -- making and asking ----------------------------------------------------------------------------------------------------- */

struct made { struct str token, secret; };

/* What the page shows once. */
static struct made shown(void)
{
    struct answer a = get(&site, "/admin/partners", admin());
    struct made m = { between(a, "<output class=mono>", "</output>"), STR("") };
    size_t at = str_find(a.body, STR("whsec_"));

    if (at < a.body.n)
        m.secret = str_upto(str_from(a.body, at), str_find_char(str_from(a.body, at), '<'));
    return m;
}

static struct made make(const char *fields)
{
    CHECK(leads_to(post(&site, "/admin/partners", F("do=add&%s", fields), admin()), "/admin/partners"));
    return shown();
}

static struct answer call(const char *path, const char *headers)
{
    return site_ask(&site, (struct asking){ .method = "GET", .path = path, .header = headers }, NULL);
}

static const char *bearer(struct str token)
{
    return F("Authorization: Bearer %.*s\n", TEXT(token));
}

static struct answer who_am_i(struct str token)
{
    return call("/api/v1/partner", bearer(token));
}

static struct id organisation(const char *code)
{
    struct organisations_row org;

    CHECK(sql_organisation_of_code(&site.in.ledger, (struct sql_organisation_of_code){ .code = str_c(code) }, &org) == OK);
    return org.id;
}

static const char *proposal_path(void)
{
    struct str id = between(get(&site, "/admin/confirm", other()), "/admin/confirm/", "\"");

    return F("/admin/confirm/%.*s", TEXT(id));
}

TEST(a_sandbox_token_works_at_once_is_shown_once_and_ends_at_once)
{
    struct made m = make("name=M%C3%A1y+th%E1%BB%AD&environment=sandbox&scope=match&scope=hashes.read");
    struct answer a = who_am_i(m.token);

    CHECK(m.token.n == 43 && m.secret.n == 0);
    CHECK(a.code == 200 && says(a, "\"environment\":\"sandbox\"") && says(a, "\"scopes\":[\"match\",\"hashes.read\"]") && says(a, "Máy thử"));
    CHECK(says(a, "\"organisation\":\"hotline\"") && says(a, "\"scope\":\"match\",\"per_second\":20"));
    CHECK(!says(get(&site, "/admin/partners", admin()), F("%.*s", TEXT(m.token))));
    a = get(&site, "/admin/partners", admin());
    CHECK(says(a, "Máy thử") && says(a, "Thử nghiệm") && says(a, "Lấy mã băm"));
    CHECK(leads_to(post(&site, "/admin/partners", F("do=end&id=%.*s", TEXT(between(a, "name=id value=\"", "\""))), admin()), "/admin/partners"));
    CHECK(who_am_i(m.token).code == 401);
    CHECK(!says(get(&site, "/admin/partners", admin()), "Máy thử"));
}

TEST(a_production_token_opens_nothing_until_a_second_person_has_confirmed_it)
{
    struct made m = make("name=Ch%C3%ADnh&environment=production&scope=report");
    const char *path = proposal_path();
    struct answer a;

    CHECK(who_am_i(m.token).code == 401);
    CHECK(says(get(&site, "/admin/partners", admin()), "Chờ xác nhận"));
    CHECK(get(&site, path, admin()).code == 403);
    a = get(&site, path, other());
    CHECK(a.code == 200 && says(a, "Chính") && says(a, "Gửi báo cáo") && says(a, "Mã truy cập chính thức"));
    CHECK(post(&site, path, F("do=confirm&seen=%.*s", TEXT(between(a, "name=seen value=\"", "\""))), other()).code == 303);
    a = who_am_i(m.token);
    CHECK(a.code == 200 && says(a, "\"environment\":\"production\""));
    CHECK(call("/api/v1/log/head", bearer(m.token)).code == 403);
}

TEST(a_refused_or_withdrawn_production_token_is_gone)
{
    struct made m = make("name=Kh%C3%B4ng&environment=production&scope=match");
    const char *path = proposal_path();
    struct answer a = get(&site, path, other());

    CHECK(post(&site, path, F("do=refuse&reason=x&seen=%.*s", TEXT(between(a, "name=seen value=\"", "\""))), other()).code == 303);
    CHECK(who_am_i(m.token).code == 401 && !says(get(&site, "/admin/partners", admin()), "Không</b>"));
    later(1000);            /* the newest stands first */
    m = make("name=R%C3%BAt&environment=production&scope=match");
    a = get(&site, "/admin/partners", admin());
    CHECK(post(&site, "/admin/partners", F("do=end&id=%.*s", TEXT(between(a, "name=id value=\"", "\""))), admin()).code == 303);
    CHECK(who_am_i(m.token).code == 401 && !says(get(&site, "/admin/confirm", other()), "Rút"));
}

TEST(what_is_wrong_is_said_at_its_field_and_what_was_typed_stays)
{
    struct answer a = post(&site, "/admin/partners", "do=add&name=&environment=production&signed=yes", admin());

    CHECK(a.code == 422 && says(a, "Hãy ghi mã này dành cho chương trình nào") && says(a, "ít nhất một việc"));
    CHECK(says(a, "value=\"production\" checked") || says(a, "value=production checked"));
    a = post(&site, "/admin/partners", "do=add&name=Kho&environment=sandbox&scope=witness&scope=everything", admin());
    CHECK(a.code == 422 && says(a, "value=Kho") + says(a, "value=\"Kho\"") == 1 && says(a, "ít nhất một việc"));
    CHECK(get(&site, "/admin/partners", as(&site, "hanh.mau")).code == 403 && get(&site, "/partner", as(&site, "hanh.mau")).code == 403);
}

TEST(another_organisations_token_is_not_found)
{
    struct token_new new = { .org = organisation("police"), .scope = STR("match"), .key = STR(""), .name = STR("x"), .now = site.now };
    struct token_made made;
    char id[ID_TEXT + 1];

    CHECK(act_begin(&site.in.ledger, (struct act_info){ .act = "token.new", .now = site.now }) == OK);
    CHECK(token_make(&site.in.ledger, &new, &made) == OK && act_commit(&site.in.ledger) == OK);
    id_text(made.id, id);
    made.text = arena_copy(&site.kept, made.text);
    instance_step(&site.in);
    CHECK(post(&site, "/admin/partners", F("do=end&id=%s", id), admin()).code == 404);
    CHECK(post(&site, "/admin/partners", "do=end&id=zzz", admin()).code == 404);
    CHECK(who_am_i(made.text).code == 200);
}

TEST(a_token_may_come_in_three_ways_and_in_one_of_them_at_a_time)
{
    struct made m = make("name=Ba&environment=sandbox&scope=hashes.read");
    const char *t = F("%.*s", TEXT(m.token));
    struct str right = vault_base64(&site.kept, str_c(F("hotline:%s", t))), wrong = vault_base64(&site.kept, str_c(F("police:%s", t)));
    struct str none = vault_base64(&site.kept, str_c(t));

    CHECK(call("/api/v1/partner", F("Authorization: Basic %.*s\n", TEXT(right))).code == 200);
    CHECK(call("/api/v1/partner", F("authorization: basic %.*s\n", TEXT(right))).code == 200);
    CHECK(call("/api/v1/partner", F("x-functions-key: %s\nOcp-Apim-Subscription-Key: hotline\n", t)).code == 200);
    CHECK(call("/api/v1/partner", F("Authorization: Basic %.*s\n", TEXT(wrong))).code == 401);
    CHECK(call("/api/v1/partner", F("Authorization: Basic %.*s\n", TEXT(none))).code == 401);
    CHECK(call("/api/v1/partner", F("x-functions-key: %s\nOcp-Apim-Subscription-Key: police\n", t)).code == 401);
    CHECK(call("/api/v1/partner", F("x-functions-key: %s\n", t)).code == 401);
    CHECK(call("/api/v1/partner", F("Ocp-Apim-Subscription-Key: hotline\n")).code == 401);
    CHECK(call("/api/v1/partner", F("%sx-functions-key: %s\nOcp-Apim-Subscription-Key: hotline\n", bearer(m.token), t)).code == 401);
    CHECK(call("/api/v1/partner", F("%s%s", bearer(m.token), bearer(m.token))).code == 401);
    CHECK(call("/api/v1/partner", "Authorization: Bearer\n").code == 401 && call("/api/v1/partner", "Authorization: Basic ====\n").code == 401);
    CHECK(call("/api/v1/partner", NULL).code == 401);
    CHECK(str_starts(header_of(call("/api/v1/partner", NULL), "WWW-Authenticate"), STR("Bearer")));
    CHECK(site_ask(&site, (struct asking){ .method = "GET", .path = "/api/v1/partner" }, admin()).code == 401);
}

TEST(a_token_of_the_other_environment_is_told_so_before_anything_happens)
{
    struct made m = make("name=MT&environment=sandbox&scope=match");
    struct answer a = call("/api/v1/partner", F("%sLachan-Environment: production\n", bearer(m.token)));

    CHECK(a.code == 403 && says(a, "/problems/wrong-environment"));
    CHECK(call("/api/v1/partner", F("%sLachan-Environment: Sandbox\n", bearer(m.token))).code == 200);
}

TEST(a_row_of_a_token_that_was_altered_opens_nothing)
{
    struct made m = make("name=S%E1%BB%ADa&environment=sandbox&scope=match");

    CHECK(who_am_i(m.token).code == 200);
    CHECK(db_script(site.in.conn, "UPDATE tokens SET sandbox = 0 WHERE name = 'Sửa'") == OK);
    CHECK(who_am_i(m.token).code == 401);
    CHECK(db_script(site.in.conn, "UPDATE tokens SET sandbox = 1 WHERE name = 'Sửa'") == OK);
    CHECK(who_am_i(m.token).code == 200);
}

/* A job that works for a partner (lachan matcher) believes no row that the log says is gone. */
TEST(a_token_that_was_ended_and_put_back_by_another_hand_works_for_no_job)
{
    struct made m = make("name=T%E1%BB%AB+kho&environment=sandbox&scope=match");
    struct tokens_rows rows;
    struct partner p;
    struct id token = id_zero();

    CHECK(m.token.n == 43);
    CHECK(sql_partner_tokens_of(&site.in.ledger, (struct sql_partner_tokens_of){ .org = organisation("hotline") }, &rows) == OK);
    for (size_t i = 0; i < rows.n; i++)
        if (str_is(rows.at[i].name, "Từ kho"))
            token = rows.at[i].id;
    instance_step(&site.in);
    CHECK(db_script(site.in.conn, "CREATE TABLE kept_tokens AS SELECT * FROM tokens WHERE name = 'Từ kho'") == OK);
    CHECK(act_begin(&site.in.ledger, (struct act_info){ .act = "token.end", .now = site.now, .object = token }) == OK);
    CHECK(token_end(&site.in.ledger, token) == OK && act_commit(&site.in.ledger) == OK);
    instance_step(&site.in);
    CHECK(partner_by_id(&site.in.ledger, token, site.now, &p) == NOT_FOUND);
    CHECK(db_script(site.in.conn, "INSERT INTO tokens SELECT * FROM kept_tokens; DROP TABLE kept_tokens") == OK);
    CHECK(partner_by_id(&site.in.ledger, token, site.now, &p) == BROKEN);
    CHECK(db_script(site.in.conn, "DELETE FROM tokens WHERE name = 'Từ kho'") == OK);
    instance_step(&site.in);
}

/* -- quotas ------------------------------------------------------------------------------------------------------------------ */

static void bound(const struct quota *q, int scope)
{
    CHECK(act_begin(&site.in.ledger, (struct act_info){ .act = "partner.quota", .now = site.now }) == OK);
    CHECK(quota_set(&site.in.ledger, organisation("hotline"), true, scope, q, site.now) == OK);
    CHECK(act_commit(&site.in.ledger) == OK);
    instance_step(&site.in);
}

static void write_traffic(void)
{
    CHECK(traffic_write(&site.in.ledger, &site.in.app, 0) == OK);
    instance_step(&site.in);
}

TEST(beyond_the_quota_a_call_is_told_when_to_come_again_whichever_token_it_brings)
{
    struct made one = make("name=Q1&environment=sandbox&scope=match"), two = make("name=Q2&environment=sandbox&scope=match");
    struct answer a;

    later(DAY_MS);
    bound(&(struct quota){ .per_second = 1, .burst = 3, .per_day = 5 }, 0);
    CHECK(who_am_i(one.token).code == 200 && who_am_i(two.token).code == 200 && who_am_i(one.token).code == 200);
    a = who_am_i(two.token);
    CHECK(a.code == 429 && says(a, "/problems/too-many") && str_is(header_of(a, "Retry-After"), "1"));
    later(1000);
    CHECK(who_am_i(one.token).code == 200 && who_am_i(one.token).code == 429);
    later(10 * SECOND_MS);
    CHECK(who_am_i(one.token).code == 200);
    a = who_am_i(two.token);    /* five of the day are taken */
    CHECK(a.code == 429 && header_of(a, "Retry-After").n >= 3);
    write_traffic();
    traffic_forget();           /* as after a restart, or in another process */
    CHECK(who_am_i(one.token).code == 429);
    later(DAY_MS);
    CHECK(who_am_i(one.token).code == 200);
    bound(&(struct quota){ .per_second = 100, .burst = 1000, .per_day = 100000 }, 0);
    later(31 * SECOND_MS);
    for (int i = 0; i < 20; i++)
        CHECK(who_am_i(two.token).code == 200);
}

/* -- signatures ----------------------------------------------------------------------------------------------------------------- */

struct signing { const char *id; i64 seconds; struct str body; const char *sent; };

static struct answer send_signed(struct made m, struct signing s)
{
    struct str secret = sign_secret_read(&site.kept, m.secret);
    struct str signature = sign_header(&site.kept, secret, str_c(s.id), s.seconds, s.body);

    return site_ask(&site, (struct asking){ .method = "POST", .path = "/api/v1/partner/echo", .type = "application/json",
        .body = s.sent ? s.sent : F("%.*s", TEXT(s.body)), .header = F("%swebhook-id: %s\nwebhook-timestamp: %lld\nwebhook-signature: %.*s\n",
        bearer(m.token), s.id, (long long)s.seconds, TEXT(signature)) }, NULL);
}

TEST(where_a_token_asks_for_signatures_only_a_right_and_new_one_counts)
{
    struct made m = make("name=K%C3%BD&environment=sandbox&scope=report&signed=yes");
    i64 now = site.now / SECOND_MS;
    struct answer a = send_signed(m, (struct signing){ "msg_1", now, STR("{\"a\":1}"), NULL });

    CHECK(m.secret.n > 40);
    CHECK(a.code == 200 && says(a, "\"bytes\":7") && says(a, "\"signed\":true"));
    a = send_signed(m, (struct signing){ "msg_1", now, STR("{\"a\":1}"), NULL });
    CHECK(a.code == 409 && says(a, "/problems/replayed"));
    a = send_signed(m, (struct signing){ "msg_1", now + 1, STR("{\"a\":2}"), NULL });
    CHECK(a.code == 409);
    a = send_signed(m, (struct signing){ "msg_2", now, STR("{\"a\":1}"), "{\"a\":2}" });
    CHECK(a.code == 401 && says(a, "/problems/signature"));
    CHECK(send_signed(m, (struct signing){ "msg_3", now - 301, STR("x"), NULL }).code == 401);
    CHECK(send_signed(m, (struct signing){ "msg_4", now + 301, STR("x"), NULL }).code == 401);
    CHECK(send_signed(m, (struct signing){ "msg.5", now, STR("x"), NULL }).code == 401);
    CHECK(send_signed(m, (struct signing){ "msg_2", now, STR("{\"a\":1}"), NULL }).code == 200);     /* the forged one took no id */
    CHECK(who_am_i(m.token).code == 401);
}

TEST(a_signature_of_another_token_does_not_fit)
{
    struct made m = make("name=K1&environment=sandbox&scope=report&signed=yes"), n = make("name=K2&environment=sandbox&scope=report&signed=yes");
    i64 now = site.now / SECOND_MS;

    CHECK(send_signed((struct made){ m.token, n.secret }, (struct signing){ "msg_1", now, STR("x"), NULL }).code == 401);
    CHECK(send_signed(m, (struct signing){ "msg_1", now, STR("x"), NULL }).code == 200);
    CHECK(send_signed(n, (struct signing){ "msg_1", now, STR("x"), NULL }).code == 200);     /* an id is one token's */
}

TEST(a_body_beyond_memory_is_signed_as_a_whole)
{
    struct made m = make("name=L%E1%BB%9Bn&environment=sandbox&scope=report&signed=yes");
    char *large = NEW_N(&site.kept, char, 1000001);

    memset(large, 'x', 1000000);
    CHECK(says(send_signed(m, (struct signing){ "msg_1", site.now / SECOND_MS, str_c(large), NULL }), "\"bytes\":1000000"));
    large[999999] = 'y';
    CHECK(send_signed(m, (struct signing){ "msg_2", site.now / SECOND_MS, str_of(large, 999999), large }).code == 401);
}

TEST(old_ids_are_forgotten_once_their_time_is_over)
{
    struct made m = make("name=C%C5%A9&environment=sandbox&scope=report&signed=yes");

    CHECK(send_signed(m, (struct signing){ "msg_old", site.now / SECOND_MS, STR("x"), NULL }).code == 200);
    later(9 * MINUTE_MS);
    CHECK(partners_sweep(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
    CHECK(send_signed(m, (struct signing){ "msg_old", site.now / SECOND_MS, STR("x"), NULL }).code == 409);
    later(2 * MINUTE_MS);
    CHECK(partners_sweep(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
    CHECK(send_signed(m, (struct signing){ "msg_old", site.now / SECOND_MS, STR("x"), NULL }).code == 200);
}

/* -- what is counted -------------------------------------------------------------------------------------------------------------- */

TEST(a_partner_sees_its_own_traffic_and_errors_with_what_to_do_and_nothing_of_what_it_sent)
{
    struct made m = make("name=%C4%90%E1%BA%BFm&environment=sandbox&scope=match");
    struct answer a;

    later(3 * DAY_MS);
    CHECK(who_am_i(m.token).code == 200);
    CHECK(call("/api/v1/log/head?secret-word", bearer(m.token)).code == 403);
    CHECK(call("/api/v1/partner", F("%sLachan-Environment: production\n", bearer(m.token))).code == 403);
    write_traffic();
    a = get(&site, "/partner?env=sandbox", admin());
    CHECK(a.code == 200 && says(a, "/api/v1/partner") && says(a, "403 forbidden") && says(a, "403 wrong-environment"));
    CHECK(says(a, "Hãy dùng mã có quyền đó") && !says(a, "secret-word"));
    CHECK(says(get(&site, "/partner?env=sandbox&lang=en", admin()), "Use one with that scope"));
    CHECK(!says(get(&site, "/partner", admin()), "wrong-environment"));
    CHECK(says(get(&site, "/admin/partners", admin()), "Đếm"));
}

TEST(the_last_two_hundred_errors_are_kept_and_one_partner_does_not_fill_the_table)
{
    struct made m = make("name=L%E1%BB%97i&environment=sandbox&scope=match");
    struct partner_errors_of_rows rows;

    for (int i = 0; i < 250; i++) {
        CHECK(call("/api/v1/log/head", bearer(m.token)).code == 403);
        if (i % 50 == 49)
            write_traffic();
    }
    CHECK(sql_partner_errors_of(site.in.conn, (struct sql_partner_errors_of){ .org = organisation("hotline"), .sandbox = 1 }, &rows) == OK);
    CHECK(rows.n == ERRORS_KEPT);
    instance_step(&site.in);
    later(TRAFFIC_DAYS * DAY_MS + DAY_MS);
    CHECK(partners_sweep(&site.in.ledger, &site.in.app, site.now) == OK);
    CHECK(sql_partner_errors_of(site.in.conn, (struct sql_partner_errors_of){ .org = organisation("hotline"), .sandbox = 1 }, &rows) == OK);
    CHECK(rows.n == 0);
    instance_step(&site.in);
}

/* -- notices ------------------------------------------------------------------------------------------------------------------------ */

TEST(an_address_for_notices_is_public_https_and_its_secret_is_shown_once)
{
    struct answer a = post(&site, "/admin/partners", "do=address&environment=production&url=https%3A%2F%2F10.0.0.1%2F", admin());

    CHECK(a.code == 422 && says(a, "mạng nội bộ") && says(a, "https://10.0.0.1/"));
    CHECK(post(&site, "/admin/partners", "do=address&environment=production&url=http%3A%2F%2Fexample.vn%2F", admin()).code == 422);
    CHECK(leads_to(post(&site, "/admin/partners", "do=address&environment=production&url=https%3A%2F%2Fexample.vn%2Fa", admin()), "/admin/partners"));
    CHECK(says(get(&site, "/admin/partners", admin()), "whsec_"));
    CHECK(!says(get(&site, "/admin/partners", admin()), "whsec_"));
    CHECK(leads_to(post(&site, "/admin/partners", "do=address&environment=production&url=https%3A%2F%2Fexample.vn%2Fa", admin()), "/admin/partners"));
    CHECK(!says(get(&site, "/admin/partners", admin()), "whsec_"));        /* the same address keeps its secret */
    CHECK(leads_to(post(&site, "/admin/partners", "do=address&environment=production&url=https%3A%2F%2Fexample.vn%2Fa&renew=yes", admin()), "/admin/partners"));
    CHECK(says(get(&site, "/admin/partners", admin()), "whsec_"));
    CHECK(leads_to(post(&site, "/admin/partners", "do=address-end&environment=production", admin()), "/admin/partners"));
    CHECK(leads_to(post(&site, "/partner", "", admin()), "/partner") && says(get(&site, "/partner", admin()), "Chưa có địa chỉ"));
}

static i64 waiting(void)
{
    struct outbox_due_rows rows;

    CHECK(sql_outbox_due(site.in.conn, (struct sql_outbox_due){ .kind = STR("webhook"), .now = (i64)1 << 60 }, &rows) == OK);
    instance_step(&site.in);
    return (i64)rows.n;
}

static struct webhook_sent look(struct id id)
{
    struct webhook_sent sent = { 0 };

    CHECK(webhook_look(&site.in.ledger, id, &sent) == OK);
    instance_step(&site.in);
    return sent;
}

static void send_due(void)
{
    CHECK(webhooks_send(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
}

/* The operator took loopback back after the address was set: nothing is opened, and in the end it is given up. */
TEST(a_notice_that_cannot_be_delivered_is_tried_under_one_id_until_it_is_given_up)
{
    struct webhook_new w = { .org = organisation("hotline"), .sandbox = true, .type = STR("partner.test"), .data = STR("{}") };
    struct id id;

    site.in.app.demo = true;
    CHECK(leads_to(post(&site, "/admin/partners", "do=address&environment=sandbox&url=http%3A%2F%2F127.0.0.1%3A19999%2F", admin()), "/admin/partners"));
    site.in.app.demo = false;
    CHECK(act_begin(&site.in.ledger, (struct act_info){ .act = "webhook.test", .now = site.now }) == OK);
    CHECK(webhook_queue(&site.in.ledger, &w, site.now, &id) == OK && act_commit(&site.in.ledger) == OK);
    instance_step(&site.in);
    CHECK(look(id).state == WEBHOOK_WAITS && look(id).tries == 0 && waiting() == 1);
    send_due();
    CHECK(look(id).tries == 1 && look(id).code == 0 && look(id).next > site.now);
    send_due();
    CHECK(look(id).tries == 1);         /* not before its time */
    for (int i = 2; i <= WEBHOOK_TRIES; i++) {
        later(DAY_MS + HOUR_MS);
        send_due();
    }
    CHECK(look(id).state == WEBHOOK_GIVEN_UP && look(id).tries == WEBHOOK_TRIES && waiting() == 0);
    CHECK(says(get(&site, "/partner?env=sandbox", admin()), "Thôi gửi sau nhiều lần thử"));
}

TEST(a_notice_to_who_took_the_address_back_is_given_up)
{
    struct webhook_new w = { .org = organisation("hotline"), .sandbox = true, .type = STR("partner.test"), .data = STR("{}") };
    struct id id;

    CHECK(act_begin(&site.in.ledger, (struct act_info){ .act = "webhook.test", .now = site.now }) == OK);
    CHECK(webhook_queue(&site.in.ledger, &w, site.now, &id) == OK && act_commit(&site.in.ledger) == OK);
    instance_step(&site.in);
    CHECK(leads_to(post(&site, "/admin/partners", "do=address-end&environment=sandbox", admin()), "/admin/partners"));
    send_due();
    CHECK(look(id).state == WEBHOOK_GIVEN_UP && waiting() == 0);
    w.org = organisation("police");
    CHECK(act_begin(&site.in.ledger, (struct act_info){ .act = "webhook.test", .now = site.now }) == OK);
    CHECK(webhook_queue(&site.in.ledger, &w, site.now, &id) == NOT_FOUND);
    act_abort(&site.in.ledger);
    instance_step(&site.in);
}

TEST(a_member_is_named_by_an_id_of_its_own_in_each_environment)
{
    struct id org = organisation("hotline");

    CHECK(id_eq(partner_member(org, true), partner_member(org, true)) && !id_eq(partner_member(org, true), partner_member(org, false)));
    CHECK(!id_eq(partner_member(org, false), org) && !id_eq(partner_member(org, false), partner_member(organisation("police"), false)));
    instance_step(&site.in);
}

TEST(everything_that_was_done_stands_in_the_log)
{
    struct audit found = { 0 };

    CHECK(audit_verify(&site.in.ledger, tables, &found) == OK);
    instance_step(&site.in);
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
