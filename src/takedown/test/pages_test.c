/* Take-down through the engine: opened, sent by one and by two, answered by link, late, raised, appealed, confirmed; and the case beside it. */
#include "../../casework/retention.h"
#include "../../outbox/mail.h"
#include "../track.h"

#include "outbox.sql.h"

#include <site.h>
#include <test.h>

#include <sys/stat.h>

static struct site site;

#define F(...) arena_f(&site.kept, __VA_ARGS__).at

static struct visitor *analyst(void) { return as(&site, "hai.mau"); }
static struct visitor *reviewer(void) { return as(&site, "loan.mau"); }
static struct visitor *second(void) { return as(&site, "tam.mau"); }
static struct visitor *worker(void) { return as(&site, "hanh.mau"); }

/* -- helpers ---------------------------------------------------------------------------------------------------------------------------- */

static struct id id_behind(struct str location, const char *before)
{
    struct id id = id_zero();

    CHECK(str_starts(location, str_c(before)));
    CHECK(id_of_text(str_upto(str_from(location, strlen(before)), ID_TEXT), &id));
    return id;
}

static const char *path_at(struct id track)
{
    char text[ID_TEXT + 1];

    id_text(track, text);
    return F("/takedown/%s", text);
}

static struct id opened(const char *items, const char *class)
{
    struct answer a = post(&site, "/takedown/new", F("items=%s&class=%s&words=vi-the", items, class), analyst());

    CHECK(a.code == 303);
    return id_behind(a.location, "/takedown/");
}

static struct str state_of(struct id track)
{
    struct takedowns_row row = { .id = track };
    struct str state;

    CHECK(row_get(&site.in.ledger, &table_takedowns, &row) == OK);
    state = arena_copy(&site.kept, row.state);
    instance_step(&site.in);
    return state;
}

/* The notice of a track to a recipient of this name. */
static struct takedown_notices_row notice_to(struct id track, const char *name)
{
    struct takedown_notices_rows rows;
    struct takedown_notices_row found = { .state = STR("") };

    CHECK(sql_notices_of_track(&site.in.ledger, (struct sql_notices_of_track){ .track = track }, &rows) == OK);
    for (size_t i = 0; i < rows.n; i++) {
        struct takedown_recipients_row r = { .id = rows.at[i].recipient };

        CHECK(row_get(&site.in.ledger, &table_takedown_recipients, &r) == OK);
        if (str_is(r.name, name)) {
            found = rows.at[i];
            found.state = arena_copy(&site.kept, found.state);
        }
    }
    instance_step(&site.in);
    return found;
}

static const char *id_of(struct id id)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return F("%s", text);
}

static struct id recipient(const char *kind, const char *name, const char *mail, const char *hosts)
{
    struct takedown_recipients_rows rows;
    struct id id = id_zero();

    CHECK(leads_to(post(&site, "/takedown/recipients", F("do=add&kind=%s&name=%s&mail=%s&hosts=%s&lang=vi&org=", kind, name, mail, hosts), analyst()),
                   "/takedown/recipients"));
    CHECK(sql_takedown_recipients_all(&site.in.ledger, &rows) == OK);
    for (size_t i = 0; i < rows.n; i++)
        if (str_is(rows.at[i].name, name))
            id = rows.at[i].id;
    instance_step(&site.in);
    CHECK(!id_is_zero(id));
    return id;
}

static bool act(struct id track, const char *fields, struct visitor *who)
{
    return leads_to(post(&site, path_at(track), fields, who), path_at(track));
}

static struct id host, other, authority;

static void choose(struct id track, struct id whom)
{
    CHECK(act(track, F("do=choose&recipient=%s", id_of(whom)), analyst()));
}

static void send_to(struct id track, struct id whom)
{
    choose(track, whom);
    CHECK(act(track, "do=send", analyst()));
}

/* The link of a letter, made anew and shown once: "/notice/TOKEN". */
static const char *link_of(struct id track, const char *name)
{
    struct takedown_notices_row n = notice_to(track, name);
    struct answer a;
    struct str link;

    CHECK(act(track, F("do=link&notice=%s", id_of(n.id)), analyst()));
    a = get(&site, path_at(track), analyst());
    link = between(a, "/notice/", "<");
    CHECK(link.n >= 43);
    CHECK(!says(get(&site, path_at(track), analyst()), "/notice/"));
    return F("/notice/%.*s", 43, link.at);
}

static void sweep(void)
{
    CHECK(takedown_sweep(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
}

/* Letters in the outbox that the mail job would send. */
static size_t letters(void)
{
    struct outbox_due_rows rows;
    size_t n;

    CHECK(sql_outbox_due(site.in.conn, (struct sql_outbox_due){ .kind = STR("mail"), .now = site.now }, &rows) == OK);
    n = rows.n;
    instance_step(&site.in);
    return n;
}

/* Letters that ever went out about this content. */
static size_t told_of(struct id track)
{
    struct takedown_notices_rows rows;
    size_t n = 0;

    CHECK(sql_notices_of_track(&site.in.ledger, (struct sql_notices_of_track){ .track = track }, &rows) == OK);
    for (size_t i = 0; i < rows.n; i++) {
        struct takedown_sends_rows sends;

        CHECK(sql_sends_of_notice(&site.in.ledger, (struct sql_sends_of_notice){ .notice = rows.at[i].id }, &sends) == OK);
        for (size_t k = 0; k < sends.n; k++)
            n += str_is(sends.at[k].way, "mail");
    }
    instance_step(&site.in);
    return n;
}

static void forget_letters(void)
{
    struct outbox_due_rows rows;

    CHECK(sql_outbox_due(site.in.conn, (struct sql_outbox_due){ .kind = STR("mail"), .now = site.now }, &rows) == OK);
    for (size_t i = 0; i < rows.n; i++) {
        CHECK(tx_begin(site.in.conn) == OK);
        CHECK(sql_outbox_remove(site.in.conn, (struct sql_outbox_remove){ .id = rows.at[i].id }) == OK);
        CHECK(tx_commit(site.in.conn) == OK);
    }
    instance_step(&site.in);
}

/* -- tests -------------------------------------------------------------------------------------------------------------------------------- */

TEST(recipients_are_kept_and_what_is_wrong_names_its_field)
{
    struct answer a;

    host = recipient("host", "Kho-anh", "abuse@kho.example", "kho.example+anh.kho.example");
    other = recipient("platform", "Mang-mau", "", "mang.example");
    authority = recipient("authority", "Co-quan", "bao@coquan.example", "");
    CHECK(says(get(&site, "/takedown/recipients", analyst()), "Chờ người xét duyệt thứ hai xác nhận"));
    CHECK(post(&site, "/takedown/recipients", F("do=confirm&id=%s", id_of(authority)), analyst()).code != 303);     /* who named it */
    CHECK(says(get(&site, "/takedown/recipients", reviewer()), "value=confirm"));
    CHECK(leads_to(post(&site, "/takedown/recipients", F("do=confirm&id=%s", id_of(authority)), reviewer()), "/takedown/recipients"));
    CHECK(!says(get(&site, "/takedown/recipients", analyst()), "Chờ người xét duyệt thứ hai xác nhận"));
    a = post(&site, "/takedown/recipients", "do=add&kind=host&name=&mail=khong+phai&hosts=a+b&lang=vi&org=", analyst());
    CHECK(a.code == 422 && says(a, "Hãy ghi tên") && says(a, "abuse@mau.example") && says(a, "tên miền không đúng") && says(a, "khong phai"));
    CHECK(says(get(&site, "/takedown/recipients", analyst()), "anh.kho.example"));
}

TEST(only_analysts_and_reviewers_see_take_down)
{
    CHECK(get(&site, "/takedown", worker()).code == 403);
    CHECK(get(&site, "/takedown", as(&site, "phong.mau")).code == 403);
    CHECK(get(&site, "/takedown", NULL).code == 303);
    CHECK(get(&site, "/takedown", analyst()).code == 200 && get(&site, "/takedown", reviewer()).code == 200);
    CHECK(get(&site, path_at(id_random()), analyst()).code == 404);
}

TEST(one_person_sends_what_the_class_lets_one_send_and_the_recipient_answers_by_link)
{
    struct visitor outside = { 0 };
    struct id track = opened("https%3A%2F%2Fkho.example%2Fa%2F1.jpg", "abuse");
    const char *link;
    struct answer a;

    forget_letters();
    a = get(&site, path_at(track), analyst());
    CHECK(says(a, "https://kho.example/a/1.jpg") && says(a, "checked><span>Kho-anh"));       /* it has the host, so it is ticked */
    CHECK_STR(state_of(track), STR("triaged"));
    send_to(track, host);
    CHECK_STR(state_of(track), STR("requested"));
    CHECK(letters() == 1);
    a = get(&site, path_at(track), analyst());
    CHECK(says(a, "thư điện tử") && says(a, "đang gửi") && says(a, "SHA-256"));
    link = link_of(track, "Kho-anh");
    a = get(&site, link, &outside);
    CHECK(a.code == 200 && says(a, "https://kho.example/a/1.jpg") && says(a, "Nghị định 147/2024") && says(a, "Kho-anh"));
    CHECK(!says(a, "hai.mau") && !says(a, "vi-the"));
    CHECK_STR(state_of(track), STR("requested"));           /* looking changes nothing */
    CHECK(leads_to(post(&site, link, "answer=", &outside), link));
    CHECK(says(get(&site, link, &outside), "Hãy chọn một câu trả lời"));
    CHECK(leads_to(post(&site, link, "answer=cannot&words=", &outside), link));
    CHECK(says(get(&site, link, &outside), "Hãy ghi lý do"));
    CHECK(leads_to(post(&site, link, "answer=removed&at=2999-01-01T10:00&words=da-xoa", &outside), link));
    a = get(&site, link, &outside);
    CHECK(says(a, "Thời điểm gỡ không đúng") && says(a, "da-xoa"));
    CHECK_STR(state_of(track), STR("requested"));
    CHECK(leads_to(post(&site, link, "answer=removed&words=da-xoa", &outside), F("%s?thanks=1", link)));
    CHECK(says(get(&site, F("%s?thanks=1", link), &outside), "Đã nhận trả lời"));
    CHECK_STR(state_of(track), STR("removed"));
    CHECK(leads_to(post(&site, link, "answer=notours&words=", &outside), link));            /* once */
    CHECK_STR(state_of(track), STR("removed"));
    a = get(&site, path_at(track), analyst());
    CHECK(says(a, "da-xoa") && says(a, "Báo đã gỡ"));
    CHECK(act(track, "do=confirm&reason=", analyst()));
    CHECK_STR(state_of(track), STR("confirmed"));
    CHECK(act(track, "do=drop&reason=x", analyst()));
    CHECK_STR(state_of(track), STR("confirmed"));
}

TEST(a_link_that_nobody_made_or_that_is_old_opens_nothing)
{
    struct id track = opened("https%3A%2F%2Fkho.example%2Fcu", "abuse");
    const char *link;
    i64 now = site.now;

    CHECK(get(&site, "/notice/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", NULL).code == 404);
    CHECK(get(&site, "/notice/x", NULL).code == 404);
    CHECK(post(&site, "/notice/x", "answer=removed", NULL).code == 303);
    send_to(track, host);
    link = link_of(track, "Kho-anh");
    site.now += 31 * DAY_MS;
    CHECK(get(&site, link, NULL).code == 404);
    (void)post(&site, link, "answer=removed", NULL);
    CHECK_STR(state_of(track), STR("requested"));
    site.now = now;
    CHECK(get(&site, link, NULL).code == 200);
}

TEST(whom_it_does_not_concern_sees_no_address)
{
    struct id track = opened("https%3A%2F%2Fkho.example%2Fkhong-phai", "abuse");
    const char *link;

    send_to(track, host);
    link = link_of(track, "Kho-anh");
    CHECK(says(get(&site, link, NULL), "kho.example/khong-phai"));
    (void)post(&site, link, "answer=notours&words=khac", NULL);
    CHECK(!says(get(&site, link, NULL), "kho.example/khong-phai") && says(get(&site, link, NULL), "Không còn là việc của nơi này"));
}

TEST(a_link_leads_where_the_operator_says)
{
    struct id track = opened("https%3A%2F%2Fkho.example%2Fdia-chi", "abuse");

    send_to(track, host);
    site.in.app.public_url = "https://lachan.example";
    CHECK(act(track, F("do=link&notice=%s", id_of(notice_to(track, "Kho-anh").id)), analyst()));
    site.in.app.public_url = NULL;
    CHECK(says(get(&site, path_at(track), analyst()), "https://lachan.example/notice/"));
}

TEST(other_modules_ask_everybody_who_can_remove_it_in_one_go)
{
    struct id track = opened("https%3A%2F%2Fanh.kho.example%2Fngay", "abuse");
    struct takedowns_row row = { .id = track };
    struct takedown_asked asked;
    struct ctx ctx;

    CHECK(row_get(&site.in.ledger, &table_takedowns, &row) == OK);
    instance_ctx(&site.in, &ctx, site.now);
    ctx.actor.user = row.set_by.v;
    CHECK(takedown_ask(&ctx, track, &asked) == OK && asked.n == 1 && !asked.waits);
    instance_step(&site.in);
    CHECK_STR(notice_to(track, "Kho-anh").state, STR("sent"));
    instance_ctx(&site.in, &ctx, site.now);
    ctx.actor.user = row.set_by.v;
    CHECK(takedown_ask(&ctx, track, &asked) == OK && asked.n == 0);     /* nobody is asked twice */
    instance_step(&site.in);
}

TEST(what_the_class_says_takes_two_goes_out_by_another_person)
{
    struct id track = opened("https%3A%2F%2Fmang.example%2Fp%2F2", "bullying");

    choose(track, host);
    forget_letters();
    CHECK(act(track, "do=send", analyst()));
    CHECK_STR(state_of(track), STR("asked"));
    CHECK(letters() == 0);
    CHECK(act(track, "do=second", analyst()));
    CHECK_STR(state_of(track), STR("asked"));
    CHECK(says(get(&site, path_at(track), analyst()), "Người khác phải xem và gửi"));
    CHECK(post(&site, path_at(track), "do=decline&reason=", second()).code == 422);
    CHECK(act(track, "do=decline&reason=chua-ro", second()));
    CHECK_STR(state_of(track), STR("triaged"));
    CHECK(act(track, "do=send", analyst()));
    CHECK(act(track, "do=second", second()));
    CHECK_STR(state_of(track), STR("requested"));
    CHECK(letters() == 1);
    CHECK(notice_to(track, "Kho-anh").approved_by.has);
}

TEST(the_same_content_is_one_track_whoever_names_it)
{
    struct id track = opened("https%3A%2F%2FKHO.example%2Fmot%23x%0Asha256%3Ae3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "abuse");
    struct answer a = post(&site, "/takedown/new", "items=hxxps%3A%2F%2Fkho%5B.%5Dexample%2Fmot%0Ahttps%3A%2F%2Fkhac.example%2Fmot&class=image", analyst());

    CHECK(id_eq(id_behind(a.location, "/takedown/"), track));
    CHECK(says(get(&site, path_at(track), analyst()), "https://khac.example/mot"));
    CHECK(says(get(&site, "/takedown?q=https%3A%2F%2Fkhac.example%2Fmot", analyst()), id_of(track)));
    CHECK(says(get(&site, F("/takedown?q=%s", track_ref(&site.kept, track).at), analyst()), id_of(track)));
    CHECK(act(track, "do=drop&reason=thu", analyst()));
    CHECK(!id_eq(opened("https%3A%2F%2Fkho.example%2Fmot", "abuse"), track));               /* what is over begins anew */
}

/* Else one person could have a letter of two name whatever that person likes, and who got a link would see it. */
TEST(what_two_have_looked_at_is_what_is_asked_for)
{
    struct id track = opened("https%3A%2F%2Fmang.example%2Fhai", "bullying"), more;
    struct visitor outside = { 0 };
    const char *link;

    choose(track, other);
    CHECK(act(track, "do=send", analyst()));
    CHECK_STR(state_of(track), STR("asked"));
    more = opened("https%3A%2F%2Fmang.example%2Fhai%0Ahttps%3A%2F%2Fmang.example%2Fvo-toi", "bullying");
    CHECK(!id_eq(more, track));
    CHECK(act(track, "do=second", second()));
    link = link_of(track, "Mang-mau");
    CHECK(id_eq(opened("https%3A%2F%2Fmang.example%2Fhai", "bullying"), track));
    CHECK(id_eq(opened("https%3A%2F%2Fmang.example%2Fhai%0Ahttps%3A%2F%2Fmang.example%2Fvo-toi%0Ahttps%3A%2F%2Fmang.example%2Fba", "bullying"), more));
    CHECK(!says(get(&site, path_at(track), analyst()), "vo-toi"));
    CHECK(says(get(&site, link, &outside), "https://mang.example/hai") && !says(get(&site, link, &outside), "vo-toi"));
    CHECK_STR(state_of(more), STR("triaged"));
    CHECK(says(get(&site, path_at(more), analyst()), "vo-toi") && says(get(&site, path_at(more), analyst()), "https://mang.example/ba"));
}

TEST(who_does_not_answer_is_reminded_then_told_then_raised_each_once)
{
    struct id track = opened("https%3A%2F%2Fkho.example%2Ftre", "abuse");
    i64 began = site.now;

    send_to(track, host);
    sweep();
    CHECK(told_of(track) == 1);
    site.now = began + 18 * (i64)HOUR_MS + MINUTE_MS;
    sweep();
    CHECK(told_of(track) == 2);
    sweep();
    CHECK(told_of(track) == 2);
    CHECK(says(get(&site, path_at(track), analyst()), "clock soon"));
    site.now = began + 24 * (i64)HOUR_MS + MINUTE_MS;
    sweep();
    sweep();
    CHECK(told_of(track) == 3);
    CHECK(says(get(&site, "/takedown?state=late", analyst()), id_of(track)));
    CHECK(says(get(&site, path_at(track), analyst()), "Quá hạn, chưa trả lời"));
    CHECK_STR(state_of(track), STR("requested"));
    site.now = began + 48 * (i64)HOUR_MS + MINUTE_MS;
    sweep();
    sweep();
    CHECK_STR(state_of(track), STR("escalated"));
    CHECK_STR(notice_to(track, "Co-quan").state, STR("sent"));
    CHECK(told_of(track) == 4);
    CHECK(act(track, F("do=answer&notice=%s&answer=removed&reason=goi-dien", id_of(notice_to(track, "Kho-anh").id)), analyst()));
    CHECK(act(track, F("do=answer&notice=%s&answer=removed&reason=goi-dien", id_of(notice_to(track, "Co-quan").id)), analyst()));
    CHECK_STR(state_of(track), STR("removed"));
    CHECK(act(track, F("do=again&notice=%s&reason=van-con", id_of(notice_to(track, "Kho-anh").id)), analyst()));
    CHECK_STR(state_of(track), STR("requested"));
}

TEST(a_server_that_was_away_for_two_days_sends_one_letter_and_raises_it)
{
    struct id track = opened("https%3A%2F%2Fkho.example%2Fvang", "abuse");

    send_to(track, host);
    site.now += 50 * (i64)HOUR_MS;
    sweep();
    forget_letters();
    CHECK_STR(state_of(track), STR("escalated"));
    CHECK(says(get(&site, path_at(track), analyst()), "báo quá hạn"));
    CHECK(!says(get(&site, path_at(track), analyst()), "Nhắc"));
}

TEST(an_appeal_is_judged_by_somebody_who_did_not_send_it)
{
    struct id track = opened("https%3A%2F%2Fkho.example%2Fkhieu", "abuse");
    struct visitor outside = { 0 };
    struct takedown_notices_row n;
    const char *link;

    choose(track, host);
    CHECK(act(track, "do=send", reviewer()));
    link = link_of(track, "Kho-anh");
    (void)get(&site, link, &outside);
    CHECK(leads_to(post(&site, link, "answer=appeal&words=sai-dia-chi", &outside), F("%s?thanks=1", link)));
    CHECK_STR(state_of(track), STR("appealed"));
    n = notice_to(track, "Kho-anh");
    CHECK(act(track, F("do=uphold&notice=%s&reason=dung", id_of(n.id)), analyst()));        /* no reviewer */
    CHECK(act(track, F("do=uphold&notice=%s&reason=dung", id_of(n.id)), reviewer()));       /* has sent it */
    CHECK_STR(state_of(track), STR("appealed"));
    CHECK(says(get(&site, path_at(track), reviewer()), "nên người khác xét khiếu nại"));
    forget_letters();
    CHECK(act(track, F("do=reject&notice=%s&reason=khong-dung", id_of(n.id)), second()));
    CHECK_STR(state_of(track), STR("requested"));
    CHECK(letters() == 1);
    CHECK(notice_to(track, "Kho-anh").due.v == site.now + 24 * (i64)HOUR_MS);               /* a clock of its own */
    CHECK(leads_to(post(&site, link, "answer=appeal&words=van-sai", &outside), F("%s?thanks=1", link)));
    CHECK(act(track, F("do=uphold&notice=%s&reason=dung", id_of(n.id)), second()));
    CHECK_STR(notice_to(track, "Kho-anh").state, STR("withdrawn"));
    CHECK(letters() == 2);
    CHECK(says(get(&site, link, &outside), "Đã rút yêu cầu"));
}

/* -- the case beside it ----------------------------------------------------------------------------------------------------------------------- */

static struct id a_case(void)
{
    struct id id = id_zero();
    struct answer a;

    (void)get(&site, "/cases/new", worker());
    a = post(&site, "/cases/new", "harm=images&age=12-15&danger=no&province=92&words=goi-den", worker());
    CHECK(a.code == 303 && id_of_text(str_from(a.location, a.location.n - ID_TEXT), &id));
    return id;
}

static struct str content_of(struct id case_id)
{
    struct case_states_rows rows;
    struct str state = STR("");

    CHECK(sql_states_open(&site.in.ledger, (struct sql_states_open){ .case_id = case_id }, &rows) == OK);
    for (size_t i = 0; i < rows.n; i++)
        if (str_is(rows.at[i].track, "content"))
            state = arena_copy(&site.kept, rows.at[i].state);
    instance_step(&site.in);
    return state;
}

TEST(a_case_moves_along_and_its_timeline_tells)
{
    struct id c = a_case(), track;
    const char *at = F("/cases/%s", id_of(c)), *proposing = F("/cases/%s/takedown", id_of(c));
    struct takedown_progress p;
    struct takedowns_rows rows;
    struct answer a;

    CHECK(get(&site, proposing, as(&site, "lan.mau")).code == 404);                         /* another unit's case */
    CHECK(post(&site, proposing, "items=khong&class=image&words=", worker()).code == 422);
    CHECK(leads_to(post(&site, proposing, "items=https%3A%2F%2Fkho.example%2Ftrong-vu&class=image&words=anh-rieng", worker()), proposing));
    CHECK_STR(content_of(c), STR("content_seen"));
    CHECK(sql_takedown_tracks_of_case(&site.in.ledger, (struct sql_takedown_tracks_of_case){ .case_id = c }, &rows) == OK && rows.n == 1);
    track = rows.at[0].id;
    instance_step(&site.in);
    CHECK_STR(state_of(track), STR("reported"));
    a = get(&site, path_at(track), analyst());
    CHECK(says(a, "anh-rieng") && !says(a, id_of(c)));                                      /* the reason, and not which case it is */
    CHECK(act(track, "do=triage&class=image&basis=&reason=", analyst()));
    send_to(track, host);
    CHECK_STR(content_of(c), STR("content_asked"));
    CHECK(act(track, F("do=answer&notice=%s&answer=removed&reason=da-go", id_of(notice_to(track, "Kho-anh").id)), analyst()));
    CHECK_STR(content_of(c), STR("content_gone"));
    CHECK(takedown_progress(&site.in.ledger, c, site.now, &p) == OK && p.asked == 1 && p.removed == 1 && p.late == 0 && p.tracks == 1);
    instance_step(&site.in);
    CHECK(act(track, "do=confirm&reason=", analyst()));
    CHECK_STR(content_of(c), STR("content_done"));
    a = get(&site, at, worker());
    CHECK(says(a, "Đã gửi yêu cầu gỡ GB-") && says(a, "Kho-anh báo đã gỡ GB-") && says(a, "không còn"));
    CHECK(says(get(&site, proposing, worker()), "Đã kiểm tra là không còn"));
}

TEST(what_nobody_answered_raises_the_case)
{
    struct id c = a_case(), track;
    struct takedowns_rows rows;

    CHECK(post(&site, F("/cases/%s/takedown", id_of(c)), "items=https%3A%2F%2Fkho.example%2Fraise&class=abuse&words=", worker()).code == 303);
    CHECK(sql_takedown_tracks_of_case(&site.in.ledger, (struct sql_takedown_tracks_of_case){ .case_id = c }, &rows) == OK && rows.n == 1);
    track = rows.at[0].id;
    instance_step(&site.in);
    CHECK(act(track, "do=triage&class=abuse&basis=&reason=", analyst()));
    send_to(track, host);
    site.now += 49 * (i64)HOUR_MS;
    sweep();
    CHECK_STR(content_of(c), STR("content_raised"));
    CHECK(says(get(&site, F("/cases/%s", id_of(c)), worker()), "được báo cơ quan có thẩm quyền"));
}

TEST(an_erased_case_leaves_the_track_and_nothing_that_says_whose_it_was)
{
    struct id c = a_case(), track;
    struct takedowns_rows rows;
    struct erased sum = { 0 };
    struct ctx ctx;

    CHECK(post(&site, F("/cases/%s/takedown", id_of(c)), "items=https%3A%2F%2Fkho.example%2Fxoa&class=abuse&words=", worker()).code == 303);
    CHECK(sql_takedown_tracks_of_case(&site.in.ledger, (struct sql_takedown_tracks_of_case){ .case_id = c }, &rows) == OK && rows.n == 1);
    track = rows.at[0].id;
    instance_step(&site.in);
    instance_ctx(&site.in, &ctx, site.now);
    CHECK(act_begin(&site.in.ledger, (struct act_info){ .act = "case.erase", .now = site.now, .object = c }) == OK);
    CHECK(case_erase(&ctx, c, &sum) == OK);
    CHECK(act_commit(&site.in.ledger) == OK);
    instance_step(&site.in);
    CHECK(sql_takedown_tracks_of_case(&site.in.ledger, (struct sql_takedown_tracks_of_case){ .case_id = c }, &rows) == OK && rows.n == 0);
    CHECK(act(track, "do=triage&class=abuse&basis=&reason=", analyst()));
    send_to(track, host);
    CHECK_STR(state_of(track), STR("requested"));
}

/* -- the blocklist, looking again, numbers --------------------------------------------------------------------------------------------------- */

TEST(one_button_proposes_the_name_for_the_blocklist)
{
    struct id track = opened("https%3A%2F%2Fxau.example%2Ftrang", "abuse");

    CHECK(act(track, "do=block_host&item=0", analyst()));
    CHECK(says(get(&site, "/blocklist?q=xau.example", reviewer()), "xau.example"));
    CHECK(act(track, "do=block_host&item=0", analyst()));
    CHECK(says(get(&site, path_at(track), analyst()), "Đã có trong danh sách chặn"));
    CHECK(says(get(&site, path_at(track), analyst()), "Đề xuất vào danh sách chặn"));
}

static void program(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    CHECK(f != NULL);
    fputs(text, f);
    fclose(f);
    CHECK(chmod(path, 0700) == 0);
}

static void check(struct id track)
{
    CHECK(act(track, "do=check&item=0", analyst()));
    CHECK(takedown_checks(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
}

TEST(an_address_is_looked_at_only_by_the_operators_program_which_gets_nothing_else)
{
    struct id track = opened("https%3A%2F%2Fkho.example%2Fhoi", "abuse");
    const char *path = F("%s/helper.sh", site.folder);

    CHECK(act(track, "do=check&item=0", analyst()));
    CHECK(says(get(&site, path_at(track), analyst()), "đã thay đổi"));                      /* off by default */
    CHECK(takedown_check_settings("helper.sh") == INVALID && takedown_check_settings("/nothing/here") == INVALID);
    fail_clear();
    program(path, "#!/bin/sh\nread u\nread v && exit 3\n[ $# = 0 ] && [ -z \"$HOME\" ] && echo \"404 $u\"\n");
    CHECK(takedown_check_settings(path) == OK);
    site.in.app.fetch_helper = path;
    check(track);
    CHECK(says(get(&site, path_at(track), analyst()), "https://kho.example/hoi: 404 https://kho.example/hoi"));
    CHECK_STR(state_of(track), STR("triaged"));             /* a person decides */
    program(path, "#!/bin/sh\nexit 1\n");
    check(track);
    CHECK(says(get(&site, path_at(track), analyst()), "https://kho.example/hoi: ?"));
    site.in.app.fetch_helper = NULL;
}

TEST(numbers_are_for_everybody_and_small_ones_are_covered)
{
    struct answer a;
    struct str line;

    CHECK(takedown_count(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
    a = get(&site, "/transparency", NULL);
    CHECK(a.code == 200 && says(a, "Tài liệu xâm hại tình dục trẻ em"));
    a = get(&site, "/transparency/newest.csv", NULL);
    CHECK(a.code == 200 && says(a, "class,asked,in_time,late,refused,waiting,median_minutes\r\n"));
    line = between(a, "image,", "\r\n");
    CHECK(line.n > 0 && (line.at[0] == ',' || line.at[0] >= '5'));      /* one removal of the class is not told */
    site.now += 93 * DAY_MS;                                /* a quarter of its own: nothing small stands beside it */
    for (int i = 0; i < 12; i++) {
        struct id track = opened(F("https%%3A%%2F%%2Fkho.example%%2Fso%%2F%d", i), "image");

        send_to(track, host);
        site.now += 2 * (i64)HOUR_MS;
        CHECK(act(track, F("do=answer&notice=%s&answer=removed&reason=x", id_of(notice_to(track, "Kho-anh").id)), analyst()));
    }
    CHECK(takedown_count(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
    a = get(&site, "/transparency/newest.csv", NULL);
    CHECK(says(a, "image,12,12,0,0,0,120\r\ntotal,12,12,0,0,0,\r\n"));      /* the median in minutes */
    CHECK(says(get(&site, "/transparency", NULL), "2,0"));
}

int main(int argc, char **argv)
{
    int bad;

    site_open(&site);
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
