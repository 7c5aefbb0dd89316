/* Referrals and transfers, page by page through the engine: who sees what, who may do what, and which keys open what. */
#include <site.h>
#include <test.h>

#include "../../people/account.h"
#include "../referral.h"

#include <pthread.h>

static struct site site;

static struct visitor *hanh(void) { return as(&site, "hanh.mau"); }        /* counsellor of the hotline */
static struct visitor *minh(void) { return as(&site, "minh.mau"); }        /* its supervisor */
static struct visitor *tuan(void) { return as(&site, "tuan.mau"); }        /* focal point of the police */
static struct visitor *lan(void) { return as(&site, "lan.mau"); }          /* case worker of a commune */

#define POLICE "Đơn vị công an tỉnh (mẫu)"
#define COMMUNE "Bảo vệ trẻ em xã Lá Xanh (mẫu)"

/* -- the way there -------------------------------------------------------------------------------------------------------------- */

struct told { struct str code; struct id id; };

static struct told told(const char *fields)
{
    struct visitor child = { 0 };
    struct told t = { .code = tell(&site, fields, &child) };

    t.id = report_of(&site, t.code);
    (void)get(&site, path_of(&site, t.id, "").at, hanh());
    CHECK(post(&site, path_of(&site, t.id, "/case").at, "", hanh()).code == 303);
    return t;
}

static const char *below(const char *top, struct id id, const char *tail)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return arena_f(&site.kept, "%s%s%s", top, text, tail).at;
}

static const char *case_at(struct id id, const char *tail) { return below("/cases/", id, tail); }
static const char *referral_at(struct id id, const char *tail) { return below("/referrals/", id, tail); }

/* The address behind a unit's name on the page that lists whom one may send to. */
static const char *to_unit(struct id id, const char *kind, const char *unit, struct visitor *who)
{
    struct answer a = get(&site, case_at(id, arena_f(&site.kept, "/%s?q=%s", kind,
                                                     strcmp(unit, POLICE) == 0 ? "don+vi+cong+an" : "la+xanh").at), who);
    const char *before = case_at(id, arena_f(&site.kept, "/%s/", kind).at);
    size_t at = str_find(a.body, str_c(before));

    CHECK(a.code == 200 && says(a, unit) && at < a.body.n);
    return arena_copy(&site.kept, str_upto(str_from(a.body, at), strlen(before) + ID_TEXT)).at;
}

static const char *in_days(int days)
{
    char text[CLOCK_TEXT];

    clock_day_iso(site.now + days * DAY_MS, text);
    return arena_copy(&site.kept, str_c(text)).at;
}

static struct id id_in(struct str path)
{
    struct id id = id_zero();

    CHECK(id_of_text(str_from(path, path.n < ID_TEXT ? 0 : path.n - ID_TEXT), &id));
    return id;
}

/* Writes the form, looks, and sends. Zero where the sending did not lead to a referral. */
static struct id send_it(const char *path, const char *fields, struct visitor *who)
{
    const char *check = arena_f(&site.kept, "%s/check", path).at;
    struct answer a;

    CHECK(get(&site, path, who).code == 200);
    a = post(&site, path, fields, who);
    CHECK(leads_to(a, check));
    a = get(&site, check, who);
    CHECK(a.code == 200);
    a = post(&site, check, arena_f(&site.kept, "seen=%.*s", (int)between(a, "name=seen value=\"", "\"").n,
                                   between(a, "name=seen value=\"", "\"").at).at, who);
    CHECK(a.code == 303 && str_starts(a.location, STR("/referrals/")));
    return a.code == 303 && str_starts(a.location, STR("/referrals/")) ? id_in(a.location) : id_zero();
}

static const char *fields_with(const char *more)
{
    return arena_f(&site.kept, "purpose=protect&need=can-giup-ngay&consent=child&expires=%s&%s", in_days(20), more).at;
}

#define STORY "key=story%2F&share=story%2F&t0=loi-ke-ban-chup&key=harm%2F&t1=khong-chon"

static struct id refer_to_police(struct id id)
{
    return send_it(to_unit(id, "refer", POLICE, hanh()), fields_with(STORY), hanh());
}

static struct id offer_to_commune(struct id id)
{
    return send_it(to_unit(id, "transfer", COMMUNE, hanh()), fields_with("key=level%2F&share=level%2F&t0=Khan"), hanh());
}

static struct referrals_row row_of(struct id id)
{
    struct referrals_row row = { .id = id };

    CHECK(row_get(&site.in.ledger, &table_referrals, &row) == OK);
    row.state = arena_copy(&site.kept, row.state);
    instance_step(&site.in);
    return row;
}

static bool state_is(struct id id, const char *state)
{
    bool is = str_is(row_of(id).state, state);

    if (!is)
        printf("# the state is %.*s\n", (int)row_of(id).state.n, row_of(id).state.at);
    return is;
}

static struct answer act(struct id id, const char *what, const char *fields, struct visitor *who)
{
    (void)get(&site, referral_at(id, ""), who);
    return post(&site, referral_at(id, what), fields, who);
}

/* -- keys, really tried -------------------------------------------------------------------------------------------------------------- */

/* Everything that somebody's own keys can do, without pages: the actor with the secret key out of the bundle. */
static void be(struct ctx *c, const char *login)
{
    struct account a;
    struct key *xsk;

    instance_ctx(&site.in, c, site.now);
    CHECK(account_of_login(c->ledger, str_c(login), &a) == OK);
    CHECK(account_password(c->ledger, &a, str_c(site_staff(&site, login)->password), &xsk) == OK);
    CHECK(people_actor(c, a.user.id, &c->actor) == OK);
    c->actor.secret = xsk;
}

struct attempt { struct ctx *c; struct id comp; int opened; };

static void try_wrap(struct attempt *t, struct str sealed)
{
    for (size_t u = 0; u < t->c->actor.n_units; u++)
        for (i64 epoch = 1; epoch <= 3; epoch++) {
            struct pair *pair;
            struct key ck;

            if (people_open_unit(t->c, t->c->actor.units[u], epoch, &pair) == OK &&
                vault_unwrap(pair, ctx_comp_key(t->comp, t->c->actor.units[u], epoch), sealed, &ck) == OK)
                t->opened++;
        }
}

static status see_grant(void *to, const void *row)
{
    try_wrap(to, ((const struct grants_row *)row)->sealed);
    return OK;
}

static status see_offer(void *to, const void *row)
{
    struct str sealed = ((const struct offered_grants_row *)row)->sealed;

    try_wrap(to, sealed);
    try_wrap(to, str_from(sealed, 8));
    return OK;
}

static status see_dormant(void *to, const void *row)
{
    try_wrap(to, ((const struct dormant_grants_row *)row)->sealed);
    return OK;
}

/* How many wraps in the whole database this person's keys open for a compartment: grants, offers, the ladder. */
static int opens(const char *login, struct id comp)
{
    struct ctx c;
    struct attempt t = { .c = &c, .comp = comp };

    be(&c, login);
    CHECK(db_each(c.ledger->db, table_grants.all, NULL, see_grant, &t) == OK);
    CHECK(db_each(c.ledger->db, table_offered_grants.all, NULL, see_offer, &t) == OK);
    CHECK(db_each(c.ledger->db, table_dormant_grants.all, NULL, see_dormant, &t) == OK);
    instance_step(&site.in);
    return t.opened;
}

static struct comps comps_of(struct id id)
{
    struct comps comps;
    struct ctx c;

    instance_ctx(&site.in, &c, site.now);
    CHECK(comps_closed(&c, id, &comps) == OK);
    comps.at = memcpy(NEW_N(&site.kept, struct comp_open, comps.n + 1), comps.at, comps.n * sizeof *comps.at);
    for (size_t i = 0; i < comps.n; i++)
        comps.at[i].letter = arena_copy(&site.kept, comps.at[i].letter);
    instance_step(&site.in);
    return comps;
}

static int opens_any(const char *login, struct id case_id)
{
    struct comps comps = comps_of(case_id);
    int n = 0;

    for (size_t i = 0; i < comps.n; i++)
        n += opens(login, comps.at[i].id);
    return n;
}

/* Rows that name a unit for compartments of a case, live or offered (V8). */
struct naming { struct id unit, comps[64]; size_t n; int named; };

static status see_named(void *to, const void *row)
{
    const struct grants_row *g = row;
    struct naming *n = to;

    for (size_t i = 0; i < n->n; i++)
        n->named += id_eq(n->comps[i], g->comp) && g->unit.has && id_eq(g->unit.v, n->unit);
    return OK;
}

static int named(struct id case_id, struct id unit, struct id referral)
{
    struct comps comps = comps_of(case_id);
    struct referrals_row r = row_of(referral);
    struct naming n = { .unit = unit };
    struct offered_grants_rows offers;

    for (; n.n < comps.n; n.n++)
        n.comps[n.n] = comps.at[n.n].id;
    n.comps[n.n++] = r.comp.v;
    CHECK(db_each(site.in.ledger.db, table_grants.all, NULL, see_named, &n) == OK);
    CHECK(sql_offers_of(&site.in.ledger, (struct sql_offers_of){ .referral = referral }, &offers) == OK);
    n.named += (int)offers.n;
    instance_step(&site.in);
    return n.named;
}

/* -- referring ------------------------------------------------------------------------------------------------------------------------ */

TEST(what_is_referred_is_what_was_previewed_and_nothing_else)
{
    struct told t = told("danger=soon&harm=threat&story=chuyen-goc-cua-em&age=12-15&province=92");
    const char *path;
    struct answer a;
    struct id id;

    CHECK(post(&site, path_of(&site, t.id, "/note").at, "text=ghi-chu-rieng", hanh()).code == 303);
    path = to_unit(t.id, "refer", POLICE, hanh());
    a = get(&site, path, hanh());
    CHECK(says(a, "chuyen-goc-cua-em") && says(a, "ghi-chu-rieng") && says(a, "Không có:"));
    a = post(&site, path, fields_with(STORY), hanh());
    CHECK(leads_to(a, arena_f(&site.kept, "%s/check", path).at));
    a = get(&site, a.location.at, hanh());
    CHECK(says(a, "loi-ke-ban-chup") && says(a, "can-giup-ngay") && !says(a, "khong-chon") && !says(a, "chuyen-goc-cua-em"));
    CHECK(!says(get(&site, "/referrals", tuan()), "can-giup-ngay") && says(get(&site, "/referrals", tuan()), "Chưa có phiếu nào"));
    a = get(&site, path, hanh());                              /* the draft is in the form again */
    CHECK(says(a, "loi-ke-ban-chup") && says(a, "can-giup-ngay"));
    id = send_it(path, fields_with(STORY), hanh());
    CHECK(state_is(id, "sent"));
    CHECK(says(get(&site, "/desk", tuan()), "n hot\">1<"));
    CHECK(says(get(&site, "/referrals", tuan()), referral_at(id, "")));
    a = get(&site, referral_at(id, ""), tuan());
    CHECK(a.code == 200 && says(a, "loi-ke-ban-chup") && says(a, "can-giup-ngay"));
    CHECK(!says(a, "chuyen-goc-cua-em") && !says(a, "ghi-chu-rieng") && !says(a, "khong-chon"));
    CHECK(says(get(&site, case_at(t.id, ""), hanh()), "Chuyển gửi tới Công an chuyên trách"));
}

TEST(a_referral_opens_no_door_to_the_senders_case)
{
    struct told t = told("harm=threat&story=cua-rieng");
    struct id id = refer_to_police(t.id);

    CHECK(get(&site, referral_at(id, ""), tuan()).code == 200);
    CHECK(get(&site, case_at(t.id, ""), tuan()).code == 404);
    CHECK(get(&site, path_of(&site, t.id, "").at, tuan()).code == 404);
    CHECK_INT(opens_any("tuan.mau", t.id), 0);
    CHECK(opens("tuan.mau", row_of(id).comp.v) > 0 && opens("hanh.mau", row_of(id).comp.v) > 0);
}

TEST(what_is_missing_is_named_at_its_field_and_what_was_typed_stays)
{
    struct told t = told("harm=threat&story=thieu-o");
    const char *path = to_unit(t.id, "refer", POLICE, hanh());
    struct answer a = post(&site, path, arena_f(&site.kept, "purpose=protect&need=giu-lai&expires=%s&%s", in_days(3),
                                                       STORY).at, hanh());

    CHECK(a.code == 422 && says(a, "Chưa có sự đồng ý") && says(a, "giu-lai</textarea>") && says(a, "loi-ke-ban-chup"));
    CHECK(says(a, "value=\"protect\" selected"));
    a = post(&site, path, arena_f(&site.kept, "purpose=protect&need=x&consent=nobody&expires=%s", in_days(3)).at, hanh());
    CHECK(a.code == 422 && says(a, "Chưa có sự đồng ý"));
    a = post(&site, path, arena_f(&site.kept, "purpose=protect&need=x&consent=law&consent_words=++&expires=%s", in_days(3)).at, hanh());
    CHECK(a.code == 422 && says(a, "Chưa ghi vì sao không cần đồng ý"));
    a = post(&site, path, arena_f(&site.kept, "purpose=party&need=&consent=child&expires=%s", in_days(-1)).at, hanh());
    CHECK(a.code == 422 && says(a, "Chưa chọn mục đích") && says(a, "Chưa ghi việc cần giúp") && says(a, "Ngày hết hạn chưa dùng được"));
    CHECK(post(&site, path, "purpose=protect&need=x&consent=child&expires=mai", hanh()).code == 422);
    CHECK(post(&site, path, arena_f(&site.kept, "purpose=protect&need=x&consent=child&expires=%s", in_days(500)).at, hanh()).code == 422);
    CHECK(leads_to(get(&site, arena_f(&site.kept, "%s/check", path).at, hanh()), path));          /* nothing of it was kept as right */
    CHECK(leads_to(post(&site, path, arena_f(&site.kept, "purpose=protect&need=x&consent=law&consent_words=dieu-51&expires=%s",
                                             in_days(0)).at, hanh()), arena_f(&site.kept, "%s/check", path).at));
}

TEST(the_last_look_sends_what_it_showed_once)
{
    struct told t = told("harm=threat&story=hai-cua-so");
    const char *path = to_unit(t.id, "refer", POLICE, hanh()), *check = arena_f(&site.kept, "%s/check", path).at;
    struct referrals_rows rows;
    struct answer a;
    const char *seen;

    CHECK(post(&site, path, fields_with(STORY), hanh()).code == 303);
    a = get(&site, check, hanh());
    seen = arena_f(&site.kept, "seen=%.*s", (int)between(a, "name=seen value=\"", "\"").n, between(a, "name=seen value=\"", "\"").at).at;
    CHECK(post(&site, path, fields_with("key=story%2F&share=story%2F&t0=sua-o-cua-so-khac"), hanh()).code == 303);
    CHECK(leads_to(post(&site, check, seen, hanh()), check));
    a = get(&site, check, hanh());
    CHECK(says(a, "Bản nháp đã đổi") && says(a, "sua-o-cua-so-khac"));
    seen = arena_f(&site.kept, "seen=%.*s", (int)between(a, "name=seen value=\"", "\"").n, between(a, "name=seen value=\"", "\"").at).at;
    seen = arena_f(&site.kept, "%s&token=0123456789abcdef0123456789abcdef", seen).at;
    a = post(&site, check, seen, hanh());
    CHECK(a.code == 303 && str_starts(a.location, STR("/referrals/")));
    CHECK(leads_to(post(&site, check, seen, hanh()), arena_copy(&site.kept, a.location).at));      /* a second tap */
    CHECK(leads_to(post(&site, check, arena_f(&site.kept, "%s0", seen).at, hanh()), "/referrals?show=sent"));      /* another window */
    CHECK(sql_referrals_of_case(&site.in.ledger, (struct sql_referrals_of_case){ .case_id = t.id }, &rows) == OK && rows.n == 1);
    instance_step(&site.in);
}

TEST(nothing_of_a_case_falls_off_however_much_there_was_before)
{
    enum { MANY = 230 };
    struct told t = told("danger=soon&harm=threat&story=nhieu-nam");
    struct id id = send_it(to_unit(t.id, "refer", POLICE, hanh()), fields_with(STORY), hanh());
    struct ledger *l = &site.in.ledger;
    struct referrals_row row = { .id = id }, like;
    struct compartments_row first = { 0 };
    struct compartments_rows comps;
    struct referrals_rows rows;
    struct comps open;
    struct ctx c;

    CHECK(row_get(l, &table_referrals, &row) == OK);
    CHECK(sql_compartments_of(l, (struct sql_compartments_of){ .case_id = t.id }, &comps) == OK && comps.n > 0);
    first = comps.at[comps.n - 1];
    CHECK(act_begin(l, (struct act_info){ .act = "referral.send", .now = site.now, .object = t.id }) == OK);
    for (int i = 0; i < MANY; i++) {
        struct compartments_row comp = { .id = id_random(), .case_id = t.id, .letter = first.letter, .no = first.no + 1 + i, .dpk = first.dpk };

        like = row;
        like.id = id_random();
        like.state = STR("done");
        like.sent = row.sent - (i + 1) * DAY_MS;
        CHECK(row_insert(l, &table_referrals, &like) == OK && row_insert(l, &table_compartments, &comp) == OK);
    }
    CHECK(act_commit(l) == OK);
    CHECK(sql_referrals_of_case(l, (struct sql_referrals_of_case){ .case_id = t.id }, &rows) == OK);
    CHECK_INT(rows.n, MANY + 1);
    CHECK(rows.n && id_eq(rows.at[0].id, id));
    instance_ctx(&site.in, &c, site.now);
    CHECK(comps_closed(&c, t.id, &open) == OK);
    CHECK_INT(comp_newest(&open, arena_copy(&site.kept, first.letter).at)->no, first.no + MANY);
    instance_step(&site.in);
}

TEST(who_accepts_works_in_a_case_of_their_own_and_the_outcome_flows_back)
{
    struct told t = told("danger=now&harm=threat&story=di-het-duong&age=12-15&province=92&exclude=school");
    struct id id = send_it(to_unit(t.id, "refer", POLICE, hanh()),
                           fields_with(STORY "&key=danger%2F&share=danger%2F&t2=Có%2C+ngay+bây+giờ"), hanh());
    const char *own;
    struct answer a;

    CHECK(leads_to(act(id, "/accept", "", tuan()), referral_at(id, "")));
    CHECK(state_is(id, "accepted") && row_of(id).to_case.has);
    own = case_at(row_of(id).to_case.v, "");
    a = get(&site, own, tuan());
    CHECK(a.code == 200 && says(a, "Nhận chuyển gửi từ Đường dây hỗ trợ") && says(a, "can-giup-ngay") && says(a, "phụ trách: Tuấn"));
    CHECK(get(&site, own, hanh()).code == 404 && opens_any("hanh.mau", row_of(id).to_case.v) == 0);
    CHECK(says(get(&site, case_at(t.id, ""), hanh()), "đã nhận chuyển gửi"));
    CHECK(leads_to(act(id, "", "text=can-them-gi", tuan()), referral_at(id, "")));
    CHECK(leads_to(act(id, "", "text=day-la-loi-dap", hanh()), referral_at(id, "")));
    a = get(&site, referral_at(id, ""), tuan());
    CHECK(says(a, "can-them-gi") && says(a, "day-la-loi-dap") && says(a, own));
    a = act(id, "/done", "text=", tuan());
    CHECK(a.code == 422 && says(a, "Chưa ghi kết quả"));
    CHECK(leads_to(act(id, "/done", "text=ket-qua-tot", tuan()), referral_at(id, "")));
    CHECK(state_is(id, "done"));
    a = get(&site, case_at(t.id, ""), hanh());
    CHECK(says(a, "đã xong") && says(a, "ket-qua-tot"));
    CHECK(says(get(&site, own, tuan()), "ket-qua-tot"));
    a = get(&site, referral_at(id, ""), tuan());
    CHECK(a.code == 200 && !says(a, "loi-ke-ban-chup") && !says(a, "day-la-loi-dap") && says(a, "không còn khoá"));
    CHECK_INT(opens("tuan.mau", row_of(id).comp.v), 0);
    CHECK(says(get(&site, referral_at(id, ""), hanh()), "day-la-loi-dap"));
}

TEST(declining_needs_a_reason_of_the_list_and_shuts_the_receiver_out)
{
    struct told t = told("harm=threat&story=tu-choi");
    struct id id = refer_to_police(t.id);
    struct answer a = act(id, "/decline", "reason=weather&text=troi-mua", tuan());

    CHECK(a.code == 422 && says(a, "Chưa chọn lý do") && says(a, "troi-mua</textarea>"));
    CHECK(leads_to(act(id, "/decline", "reason=area&text=xa-qua", tuan()), referral_at(id, "")));
    CHECK(state_is(id, "declined"));
    CHECK_INT(opens("tuan.mau", row_of(id).comp.v), 0);
    a = get(&site, case_at(t.id, ""), hanh());
    CHECK(says(a, "từ chối chuyển gửi") && says(a, "Ngoài địa bàn: xa-qua"));
    CHECK(!says(get(&site, referral_at(id, ""), tuan()), "loi-ke-ban-chup"));
}

TEST(after_a_revocation_nothing_of_it_opens_and_words_on_their_way_are_kept)
{
    struct told t = told("harm=threat&story=thu-hoi");
    struct id id = refer_to_police(t.id);
    struct answer a;

    CHECK(leads_to(act(id, "/accept", "", tuan()), referral_at(id, "")));
    CHECK(opens("tuan.mau", row_of(id).comp.v) > 0);
    CHECK(leads_to(act(id, "/revoke", "text=gui-nham", hanh()), referral_at(id, "")));
    CHECK(state_is(id, "revoked"));
    CHECK_INT(opens("tuan.mau", row_of(id).comp.v), 0);
    a = post(&site, referral_at(id, ""), "text=loi-viet-muon", tuan());
    CHECK(a.code == 422 && says(a, "loi-viet-muon") && says(a, "chưa gửi được") && !says(a, "loi-ke-ban-chup"));
    a = get(&site, case_at(row_of(id).to_case.v, ""), tuan());
    CHECK(a.code == 200 && says(a, "Thu hồi chuyển gửi") && says(a, "gui-nham"));      /* its own case stays, and knows */
    CHECK(says(get(&site, case_at(t.id, ""), hanh()), "gui-nham"));
    CHECK(says(get(&site, referral_at(id, ""), hanh()), "loi-ke-ban-chup"));
}

TEST(the_wrong_person_and_the_wrong_state_change_nothing)
{
    struct told t = told("harm=threat&story=sai-nguoi");
    struct id id = refer_to_police(t.id);
    static const char *const paths[] = { "/accept", "/decline", "/done", "/revoke" };
    struct answer missing = get(&site, referral_at(id_random(), ""), lan()), foreign = get(&site, referral_at(id, ""), lan());

    CHECK(foreign.code == 404);
    CHECK_STR(foreign.body, missing.body);
    for (size_t i = 0; i < COUNT_OF(paths); i++)
        CHECK(act(id, paths[i], "reason=area&text=toi-la-nguoi-la", lan()).code == 404);
    CHECK(post(&site, referral_at(id, ""), "text=nguoi-la", lan()).code == 404);
    CHECK(get(&site, referral_at(id, ""), as(&site, "nga.mau")).code == 403);
    CHECK(get(&site, case_at(t.id, "/refer"), lan()).code == 404);
    CHECK(get(&site, case_at(id_random(), "/refer"), lan()).code == 404);
    (void)act(id, "/accept", "", hanh());                           /* who sent it cannot take it */
    (void)act(id, "/decline", "reason=area", hanh());
    CHECK(says(get(&site, referral_at(id, ""), hanh()), "phiếu đã đổi trạng thái"));
    (void)act(id, "/revoke", "text=khong-phai-cua-toi", tuan());    /* who got it cannot revoke it */
    (void)act(id, "/done", "text=chua-nhan", tuan());               /* not accepted yet */
    CHECK(state_is(id, "sent"));
    CHECK(act(id, "/confirm", "text=khong-can", hanh()).code == 403);
    (void)act(id, "/confirm", "text=khong-can", minh());
    CHECK(state_is(id, "sent"));
    CHECK(leads_to(act(id, "/accept", "", tuan()), referral_at(id, "")));
    (void)act(id, "/accept", "", tuan());
    (void)act(id, "/decline", "reason=area", tuan());
    CHECK(state_is(id, "accepted"));
    CHECK(leads_to(act(id, "/revoke", "text=thoi", hanh()), referral_at(id, "")));
    (void)act(id, "/done", "text=muon-roi", tuan());
    (void)act(id, "/revoke", "text=lan-nua", hanh());
    CHECK(state_is(id, "revoked"));
}

/* Sixty more of one kind, declined, several at one moment. */
static void many_declined(struct referrals_row row, i64 first)
{
    row.state = STR("declined");
    row.kind = STR("referral");
    row.purpose = STR("protect");
    row.consent = STR("child");
    CHECK(act_begin(&site.in.ledger, (struct act_info){ .act = "test.many", .now = site.now, .object = row.case_id }) == OK);
    for (int i = 0; i < 60; i++) {
        row.id = id_timed(first + i);
        row.sent = first + i / 7;
        CHECK(row_insert(&site.in.ledger, &table_referrals, &row) == OK);
    }
    CHECK(act_commit(&site.in.ledger) == OK);
    instance_step(&site.in);
}

static int lines_on(struct answer a)
{
    struct str rest = a.body;
    int n = 0;

    for (size_t at; (at = str_find(rest, STR("class=go href"))) < rest.n; n++)
        rest = str_from(rest, at + 1);
    return n;
}

/* The address of the next page, as a browser reads it. */
static const char *next_of(struct answer a)
{
    struct str all = between(a, "class=pages", "rel=next");
    struct out o = { .max = 1000 };
    const char *path;

    all = str_from(all, str_find(all, STR("href=\"")) + 6);
    all = str_upto(all, str_find_char(all, '"'));
    for (size_t i = 0; i < all.n; i++) {
        out_char(&o, all.at[i]);
        i += str_starts(str_from(all, i), STR("&amp;")) ? 4 : 0;
    }
    path = arena_copy(&site.kept, out_done(&o)).at;
    out_free(&o);
    return path;
}

TEST(lists_are_filtered_by_state_and_paged_and_a_case_shows_its_own)
{
    struct told t = told("harm=threat&story=danh-sach");
    struct id id = refer_to_police(t.id);
    struct answer a;
    int before;

    CHECK(says(get(&site, case_at(t.id, "/referrals"), hanh()), referral_at(id, "")));
    CHECK(get(&site, case_at(t.id, "/referrals"), tuan()).code == 404);
    CHECK(says(get(&site, "/referrals?state=sent", tuan()), referral_at(id, "")));
    before = lines_on(get(&site, "/referrals?state=declined", tuan()));
    CHECK(!says(get(&site, "/referrals?state=declined", tuan()), referral_at(id, "")));
    CHECK(says(get(&site, "/referrals?show=sent", hanh()), referral_at(id, "")) && !says(get(&site, "/referrals", hanh()), referral_at(id, "")));
    many_declined(row_of(id), site.now - DAY_MS);
    a = get(&site, "/referrals?state=declined", tuan());
    CHECK_INT(lines_on(a), 50);
    a = get(&site, next_of(a), tuan());
    CHECK_INT(lines_on(a), before + 60 - 50);
    CHECK(!says(a, "rel=next") && says(a, "rel=first"));
}

/* -- files ------------------------------------------------------------------------------------------------------------------------------ */

TEST(a_file_goes_by_its_key_alone_and_sealed_ones_never)
{
    const char *body = "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"story\"\r\n\r\nco-tep\r\n--" BOUNDARY "\r\n"
        "Content-Disposition: form-data; name=\"files\"; filename=\"ghi.txt\"\r\nContent-Type: text/plain\r\n\r\nnoi-dung-tep\r\n--"
        BOUNDARY "\r\nContent-Disposition: form-data; name=\"files_private\"; filename=\"rieng.txt\"\r\n"
        "Content-Type: text/plain\r\n\r\nnoi-dung-rieng\r\n--" BOUNDARY "--\r\n";
    struct told t = told(body);
    const char *path = to_unit(t.id, "refer", COMMUNE, hanh());
    struct answer a = get(&site, path, hanh());
    struct str file = between(a, "name=\"file\" value=\"", "\"");
    const char *open_at;
    struct id id;

    if (file.n == 0)
        file = between(a, "name=file value=\"", "\"");
    CHECK(file.n == ID_TEXT && says(a, "1 tệp đã niêm phong cho công an"));
    id = send_it(path, fields_with(arena_f(&site.kept, "file=%.*s", (int)file.n, file.at).at), hanh());
    open_at = referral_at(id, arena_f(&site.kept, "/files/%.*s", (int)file.n, file.at).at);
    a = get(&site, referral_at(id, ""), lan());
    CHECK(says(a, open_at) && !says(a, "noi-dung-tep"));
    a = get(&site, open_at, lan());
    CHECK(a.code == 200 && says(a, "Mở là có ghi nhật ký") && !says(a, "noi-dung-tep"));
    CHECK(post(&site, open_at, "reason=&text=", lan()).code == 422);
    a = post(&site, open_at, "reason=review&text=xem", lan());
    CHECK(a.code == 200 && str_is(a.body, "noi-dung-tep"));
    CHECK(str_starts(header_of(a, "Content-Disposition"), STR("attachment")));
    CHECK(get(&site, referral_at(id, arena_f(&site.kept, "/files/%s", case_at(id_random(), "") + 7).at), lan()).code == 404);
    CHECK(get(&site, open_at, tuan()).code == 404);
    CHECK(leads_to(act(id, "/revoke", "text=thoi", hanh()), referral_at(id, "")));
    CHECK(get(&site, open_at, lan()).code == 404 && post(&site, open_at, "reason=review", lan()).code == 404);
}

static const char *const with_file = "--" BOUNDARY "\r\nContent-Disposition: form-data; name=\"story\"\r\n\r\nco-tep\r\n--"
    BOUNDARY "\r\nContent-Disposition: form-data; name=\"files\"; filename=\"ghi.txt\"\r\nContent-Type: text/plain\r\n\r\n"
    "noi-dung-tep\r\n--" BOUNDARY "--\r\n";

/* Refers the one file of a report; its address there. */
struct shared_with { struct id referral; const char *open_at, *seal_at; };

static struct shared_with share_file(const struct told *t, const char *unit)
{
    const char *path = to_unit(t->id, "refer", unit, hanh());
    struct answer a = get(&site, path, hanh());
    struct str file = between(a, "name=\"file\" value=\"", "\"");
    struct shared_with s;

    if (file.n == 0)
        file = between(a, "name=file value=\"", "\"");
    CHECK(file.n == ID_TEXT);
    s.referral = send_it(path, fields_with(arena_f(&site.kept, "file=%.*s", (int)file.n, file.at).at), hanh());
    s.open_at = referral_at(s.referral, arena_f(&site.kept, "/files/%.*s", (int)file.n, file.at).at);
    s.seal_at = below("/desk/", t->id, arena_f(&site.kept, "/files/%.*s/police", (int)file.n, file.at).at);
    return s;
}

static bool gets_file(const struct shared_with *s, struct visitor *who)
{
    struct answer a;

    (void)get(&site, referral_at(s->referral, ""), who);
    a = post(&site, s->open_at, "reason=review&text=xem", who);
    CHECK(a.code == 200 || a.code == 404);
    return a.code == 200 && str_is(a.body, "noi-dung-tep");
}

static void seal_to_police(const struct shared_with *s, struct visitor *who)
{
    (void)get(&site, s->seal_at, who);
    CHECK(post(&site, s->seal_at, "class=suspected&words=vi-sao", who).code == 303);
}

TEST(V12_a_file_that_was_referred_opens_in_no_thread_after_police_only)
{
    struct told t = told(with_file);
    struct shared_with first = share_file(&t, COMMUNE), second = share_file(&t, COMMUNE);

    CHECK(gets_file(&first, lan()) && gets_file(&second, lan()) && gets_file(&first, hanh()));
    CHECK(leads_to(act(first.referral, "/accept", "", lan()), referral_at(first.referral, "")));
    seal_to_police(&first, hanh());
    CHECK(!gets_file(&first, lan()) && !gets_file(&first, hanh()) && !gets_file(&first, minh()) && !gets_file(&second, lan()));
    CHECK(state_is(first.referral, "accepted") && state_is(second.referral, "sent"));      /* the rest of it goes on */
    CHECK(says(get(&site, referral_at(first.referral, ""), lan()), "can-giup-ngay"));
    CHECK(!says(get(&site, referral_at(first.referral, ""), lan()), "ghi.txt"));
}

/* Who seals it owns the case by a transfer, and never saw what its first owner had referred and ended before. */
TEST(V12_holds_for_what_an_earlier_owner_had_referred)
{
    struct told t = told(with_file);
    struct shared_with old = share_file(&t, POLICE);
    struct id transfer;

    CHECK(leads_to(act(old.referral, "/decline", "reason=area&text=khong-nhan", tuan()), referral_at(old.referral, "")));
    CHECK(gets_file(&old, hanh()));
    transfer = offer_to_commune(t.id);
    CHECK(leads_to(act(transfer, "/accept", "", lan()), referral_at(transfer, "")));
    CHECK(gets_file(&old, hanh()));
    seal_to_police(&old, lan());
    CHECK(!gets_file(&old, hanh()) && !gets_file(&old, minh()) && !gets_file(&old, lan()) && !gets_file(&old, tuan()));
    CHECK_INT(opens("hanh.mau", row_of(old.referral).comp.v), 0);
    CHECK(state_is(old.referral, "declined"));
}

/* -- whom the child left out (V8) ------------------------------------------------------------------------------------------------------------ */

static const char *against(const char *more)
{
    return arena_f(&site.kept, "%s&against=vi-nguy-hiem", fields_with(more)).at;
}

TEST(V8_no_key_names_a_unit_that_the_child_left_out_before_two_persons_decided)
{
    struct told t = told("danger=now&harm=threat&story=khong-cho-cong-an&exclude=police");
    const char *path = to_unit(t.id, "refer", POLICE, hanh());
    struct id unit, id;
    struct answer a = post(&site, path, fields_with(STORY), hanh());

    CHECK(says(get(&site, case_at(t.id, "/refer?q=cong+an"), hanh()), "Trẻ không muốn nơi này đọc"));
    CHECK(a.code == 422 && says(a, "Chưa ghi vì sao vẫn gửi"));
    id = send_it(path, against(STORY), hanh());
    unit = row_of(id).to_unit;
    CHECK(state_is(id, "asked") && row_of(id).against);
    CHECK_INT(named(t.id, unit, id), 0);
    CHECK_INT(opens("tuan.mau", row_of(id).comp.v), 0);
    CHECK(get(&site, referral_at(id, ""), tuan()).code == 404 && !says(get(&site, "/referrals", tuan()), referral_at(id, "")));
    CHECK(act(id, "/accept", "", tuan()).code == 404);
    CHECK(act(id, "/confirm", "text=toi-tu-xac-nhan", hanh()).code == 403);
    CHECK(says(get(&site, "/referrals?show=sent", minh()), referral_at(id, "")));
    CHECK(act(id, "/confirm", "text=", minh()).code == 422);
    CHECK_INT(named(t.id, unit, id), 0);
    CHECK(leads_to(act(id, "/confirm", "text=toi-cung-thay-can", minh()), referral_at(id, "")));
    CHECK(state_is(id, "sent") && row_of(id).confirmed_by.has && !id_eq(row_of(id).confirmed_by.v, row_of(id).sent_by));
    CHECK_INT(named(t.id, unit, id), 1);
    a = get(&site, referral_at(id, ""), tuan());
    CHECK(a.code == 200 && says(a, "loi-ke-ban-chup") && !says(a, "vi-nguy-hiem") && !says(a, "toi-cung-thay-can"));
    a = get(&site, case_at(t.id, ""), hanh());
    CHECK(says(a, "vi-nguy-hiem") && says(a, "toi-cung-thay-can"));
}

TEST(V8_a_supervisor_who_asked_is_not_the_second_person_and_what_was_never_confirmed_never_shows)
{
    struct told t = told("harm=threat&story=tu-hoi-tu-duyet&exclude=police");
    struct id id = send_it(to_unit(t.id, "refer", POLICE, minh()), against(STORY), minh());

    (void)act(id, "/confirm", "text=toi-duyet-luon", minh());
    CHECK(state_is(id, "asked"));
    CHECK_INT(named(t.id, row_of(id).to_unit, id), 0);
    CHECK(leads_to(act(id, "/revoke", "text=thoi", hanh()), referral_at(id, "")));
    CHECK(state_is(id, "revoked"));
    CHECK(get(&site, referral_at(id, ""), tuan()).code == 404 && !says(get(&site, "/referrals", tuan()), referral_at(id, "")));
}

TEST(V8_holds_for_a_transfer_and_goes_along_into_the_receivers_own_case)
{
    struct told t = told("harm=threat&story=khong-cho-xa&exclude=commune");
    struct id id = send_it(to_unit(t.id, "transfer", COMMUNE, hanh()), against("key=level%2F&share=level%2F&t0=Khan"), hanh());
    struct id own;

    CHECK(state_is(id, "asked"));
    CHECK_INT(named(t.id, row_of(id).to_unit, id), 0);
    CHECK_INT(opens_any("lan.mau", t.id), 0);
    CHECK(leads_to(act(id, "/confirm", "text=dong-y", minh()), referral_at(id, "")));
    CHECK(named(t.id, row_of(id).to_unit, id) > 1);
    CHECK_INT(opens_any("lan.mau", t.id), 0);               /* offered is not given: the house's lock is still on it */
    CHECK(leads_to(act(id, "/revoke", "text=thoi", hanh()), referral_at(id, "")));
    CHECK_INT(named(t.id, row_of(id).to_unit, id), 0);
    id = refer_to_police(t.id);
    CHECK(leads_to(act(id, "/accept", "", tuan()), referral_at(id, "")));
    own = row_of(id).to_case.v;
    CHECK(says(get(&site, case_at(own, "/refer?q=la+xanh"), tuan()), "Trẻ không muốn nơi này đọc"));
    id = send_it(to_unit(own, "refer", COMMUNE, tuan()), against("key=harm%2F"), tuan());
    CHECK(state_is(id, "asked"));
    CHECK_INT(named(own, row_of(id).to_unit, id), 0);
}

/* -- transfer ---------------------------------------------------------------------------------------------------------------------------------- */

static struct visitor back_with(struct str code)
{
    struct visitor child = { 0 };

    CHECK(leads_to(post(&site, "/talk", arena_f(&site.kept, "code=%.*s", (int)code.n, code.at).at, &child), "/talk"));
    return child;
}

TEST(before_a_transfer_is_accepted_the_receiver_sees_the_paper_and_cannot_open_the_case)
{
    struct told t = told("danger=soon&harm=threat&story=chua-giao&province=92");
    struct id id = offer_to_commune(t.id);
    struct answer a = get(&site, referral_at(id, ""), lan());

    CHECK(a.code == 200 && says(a, "Khan") && says(a, "can-giup-ngay") && !says(a, "chua-giao"));
    CHECK(get(&site, case_at(t.id, ""), lan()).code == 404 && get(&site, path_of(&site, t.id, "").at, lan()).code == 404);
    CHECK_INT(opens_any("lan.mau", t.id), 0);
    CHECK(get(&site, case_at(t.id, ""), hanh()).code == 200);
    CHECK(leads_to(act(id, "/decline", "reason=capacity", lan()), referral_at(id, "")));
    CHECK(state_is(id, "declined"));
    CHECK_INT(named(t.id, row_of(id).to_unit, id), 0);
    CHECK(get(&site, case_at(t.id, ""), hanh()).code == 200 && says(get(&site, path_of(&site, t.id, "").at, hanh()), "chua-giao"));
    CHECK(says(get(&site, case_at(t.id, ""), hanh()), "phụ trách: Hạnh"));
}

TEST(a_transfer_moves_case_talk_and_keys_and_the_child_sees_only_another_name)
{
    struct told t = told("danger=soon&harm=threat&story=giao-han&province=92&age=12-15");
    struct id referral = refer_to_police(t.id), id = offer_to_commune(t.id);
    struct comps before = comps_of(t.id), after;
    struct visitor child;
    struct answer a;

    CHECK(leads_to(act(id, "/accept", "", lan()), referral_at(id, "")));
    CHECK(state_is(id, "accepted"));
    a = get(&site, path_of(&site, t.id, "").at, lan());
    CHECK(a.code == 200 && says(a, "giao-han"));
    CHECK(says(get(&site, case_at(t.id, ""), lan()), "đã nhận trường hợp") && says(get(&site, "/cases", lan()), case_at(t.id, "")));
    CHECK(get(&site, path_of(&site, t.id, "").at, hanh()).code == 404 && get(&site, case_at(t.id, ""), hanh()).code == 404);
    CHECK(get(&site, path_of(&site, t.id, "").at, minh()).code == 404);
    CHECK_INT(opens_any("hanh.mau", t.id), 0);
    after = comps_of(t.id);
    CHECK_INT((i64)after.n, (i64)before.n * 2);             /* each letter was turned */
    child = back_with(t.code);
    CHECK(says(get(&site, "/talk", &child), "giao-han"));
    CHECK(leads_to(post(&site, path_of(&site, t.id, "/claim").at, "", lan()), path_of(&site, t.id, "").at));
    (void)get(&site, path_of(&site, t.id, "").at, lan());
    CHECK(leads_to(post(&site, path_of(&site, t.id, "/reply").at, "text=chi-lan-day", lan()), path_of(&site, t.id, "").at));
    a = get(&site, "/talk", &child);
    CHECK(says(a, "chi-lan-day") && says(a, "Lan") && says(a, "giao-han"));
    CHECK(leads_to(post(&site, "/talk/messages", "text=em-viet-tiep", &child), "/talk"));
    CHECK(says(get(&site, path_of(&site, t.id, "").at, lan()), "em-viet-tiep"));
    (void)get(&site, "/talk", &child);
    CHECK(post(&site, "/talk", "do=new-code", &child).code == 303);          /* a new code still works over both keys */
    CHECK(get(&site, referral_at(referral, ""), lan()).code == 200);         /* what ran goes along */
    CHECK(says(get(&site, referral_at(referral, ""), lan()), "loi-ke-ban-chup"));
    CHECK(get(&site, referral_at(referral, ""), hanh()).code == 404);
    CHECK(leads_to(act(referral, "/revoke", "text=cua-toi-bay-gio", lan()), referral_at(referral, "")));
    a = get(&site, referral_at(id, ""), hanh());
    CHECK(a.code == 200 && !says(a, "can-giup-ngay"));                       /* that it was handed over is all that is left */
}

TEST(one_case_is_offered_once_at_a_time_and_only_by_its_owner)
{
    struct told t = told("harm=threat&story=mot-lan");
    struct id id = offer_to_commune(t.id);
    const char *path = to_unit(t.id, "transfer", COMMUNE, hanh()), *check = arena_f(&site.kept, "%s/check", path).at;
    struct answer a;

    CHECK(post(&site, path, fields_with("key=level%2F"), hanh()).code == 303);
    a = get(&site, check, hanh());
    CHECK(leads_to(post(&site, check, arena_f(&site.kept, "seen=%.*s", (int)between(a, "name=seen value=\"", "\"").n,
                                              between(a, "name=seen value=\"", "\"").at).at, hanh()), path));
    CHECK(says(get(&site, path, hanh()), "đang có một lời đề nghị giao khác"));
    CHECK(leads_to(act(id, "/accept", "", lan()), referral_at(id, "")));
    CHECK(get(&site, case_at(t.id, "/transfer"), hanh()).code == 404);
    CHECK(get(&site, case_at(t.id, "/transfer"), lan()).code == 200);
}

TEST(a_case_whose_keys_were_turned_since_the_offer_is_not_taken_by_half)
{
    struct told t = told("harm=threat&story=da-xoay-khoa");
    struct id id = offer_to_commune(t.id);
    struct comp_open fresh;
    struct ctx c;

    instance_ctx(&site.in, &c, site.now);
    CHECK(act_begin(c.ledger, (struct act_info){ .act = "test.turn", .now = site.now, .object = t.id }) == OK);
    CHECK(comp_turn(&c, t.id, "C", &fresh) == OK);
    CHECK(act_commit(c.ledger) == OK);
    instance_step(&site.in);
    (void)act(id, "/accept", "", lan());
    CHECK(state_is(id, "sent"));
    CHECK(says(get(&site, referral_at(id, ""), lan()), "khoá của trường hợp đã thay"));
    CHECK_INT(opens_any("lan.mau", t.id), 0);
    CHECK(get(&site, path_of(&site, t.id, "").at, hanh()).code == 200);
    CHECK(leads_to(act(id, "/revoke", "text=gui-lai", hanh()), referral_at(id, "")));
    id = offer_to_commune(t.id);
    CHECK(leads_to(act(id, "/accept", "", lan()), referral_at(id, "")));
    CHECK(says(get(&site, path_of(&site, t.id, "").at, lan()), "da-xoay-khoa"));
}

/* -- the clock ------------------------------------------------------------------------------------------------------------------------------------ */

static void run_clock(void)
{
    CHECK(referrals_expire(&site.in.ledger, &site.in.app, site.now) == OK);
    instance_step(&site.in);
}

TEST(what_is_over_ends_by_itself_and_both_sides_know)
{
    struct told one = told("harm=threat&story=het-han-mot"), two = told("harm=threat&story=het-han-hai&exclude=police"),
                three = told("harm=threat&story=het-han-ba");
    struct id accepted = refer_to_police(one.id), asked, offered = offer_to_commune(three.id);

    asked = send_it(to_unit(two.id, "refer", POLICE, hanh()), against(STORY), hanh());
    CHECK(leads_to(act(accepted, "/accept", "", tuan()), referral_at(accepted, "")));
    run_clock();
    CHECK(state_is(accepted, "accepted") && state_is(asked, "asked") && state_is(offered, "sent"));
    site.now += 19 * DAY_MS;
    run_clock();
    CHECK(state_is(accepted, "accepted"));
    site.now += 2 * DAY_MS;
    CHECK(!says(get(&site, referral_at(accepted, ""), tuan()), "loi-ke-ban-chup"));    /* even before the clock has run */
    run_clock();
    run_clock();
    CHECK(state_is(accepted, "expired") && state_is(asked, "expired") && state_is(offered, "expired"));
    CHECK_INT(opens("tuan.mau", row_of(accepted).comp.v), 0);
    CHECK_INT(named(three.id, row_of(offered).to_unit, offered), 0);
    CHECK(says(get(&site, case_at(one.id, ""), hanh()), "hết hạn"));
    CHECK(says(get(&site, case_at(row_of(accepted).to_case.v, ""), tuan()), "hết hạn"));
    CHECK(get(&site, referral_at(asked, ""), tuan()).code == 404);
    CHECK(get(&site, case_at(three.id, ""), hanh()).code == 200);
}

TEST(nothing_is_accepted_after_its_last_day_even_before_the_clock_came_round)
{
    struct told one = told("harm=threat&story=qua-han-mot"), two = told("harm=threat&story=qua-han-hai");
    struct id referral = refer_to_police(one.id), transfer = offer_to_commune(two.id);

    site.now += 40 * DAY_MS;
    (void)get(&site, "/referrals", tuan());
    (void)get(&site, "/referrals", lan());
    CHECK(act(referral, "/accept", "", tuan()).code == 303 && act(transfer, "/accept", "", lan()).code == 303);
    CHECK(state_is(referral, "sent") && !row_of(referral).to_case.has);
    CHECK(state_is(transfer, "sent") && get(&site, case_at(two.id, ""), lan()).code == 404);
    run_clock();
    CHECK(state_is(referral, "expired") && state_is(transfer, "expired"));
}

TEST(a_transfer_that_was_accepted_has_no_end)
{
    struct told t = told("harm=threat&story=khong-het-han");
    struct id id = offer_to_commune(t.id);

    CHECK(leads_to(act(id, "/accept", "", lan()), referral_at(id, "")));
    site.now += 40 * DAY_MS;
    run_clock();
    CHECK(state_is(id, "accepted") && get(&site, case_at(t.id, ""), lan()).code == 200);
}

/* -- two at once ------------------------------------------------------------------------------------------------------------------------------------ */

struct racer { struct site site; struct worker *worker; struct visitor browser; const char *path, *body; int code; };

static void *run_racer(void *arg)
{
    struct racer *r = arg;

    r->code = site_ask(&r->site, (struct asking){ .method = "POST", .path = r->path, .body = r->body, .worker = r->worker,
                                                  .type = "application/x-www-form-urlencoded" }, &r->browser).code;
    return NULL;
}

static void race(struct id id, const char *const tails[2], struct visitor *const who[2], const char *const fields[2])
{
    struct racer racers[2];
    pthread_t threads[2];

    for (int i = 0; i < 2; i++) {
        (void)get(&site, referral_at(id, ""), who[i]);
        racers[i] = (struct racer){ .site = site, .browser = *who[i], .path = referral_at(id, tails[i]) };
        racers[i].site.kept = arena_make(64 << 20);
        racers[i].body = arena_f(&site.kept, "%s&csrf=%s", fields[i], who[i]->csrf).at;
        REQUIRE(worker_make(&site.in.app, false, &racers[i].worker) == OK);
    }
    for (int i = 0; i < 2; i++)
        REQUIRE(pthread_create(&threads[i], NULL, run_racer, &racers[i]) == 0);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], NULL);
        CHECK_INT(racers[i].code, 303);
        worker_free(racers[i].worker);
        arena_free(&racers[i].site.kept);
    }
}

TEST(accept_and_revoke_at_once_end_in_one_of_the_two)
{
    for (int round = 0; round < 6; round++) {
        struct told t = told("harm=threat&story=cung-luc");
        bool transfer = round % 2;
        struct id id = transfer ? offer_to_commune(t.id) : refer_to_police(t.id);
        struct visitor *to = transfer ? lan() : tuan();
        struct referrals_row r;

        race(id, (const char *const[]){ "/accept", "/revoke" }, (struct visitor *const[]){ to, hanh() },
             (const char *const[]){ "", "text=rut-lai" });
        r = row_of(id);
        CHECK(str_is(r.state, "accepted") || str_is(r.state, "revoked"));
        if (!transfer) {        /* accepted may be revoked right after; then the receiver has a case of its own, and no key */
            CHECK((opens("tuan.mau", r.comp.v) > 0) == str_is(r.state, "accepted"));
            continue;
        }
        CHECK((get(&site, case_at(t.id, ""), lan()).code == 200) == str_is(r.state, "accepted"));
        CHECK((get(&site, case_at(t.id, ""), hanh()).code == 200) == str_is(r.state, "revoked"));
        CHECK((opens_any("lan.mau", t.id) > 0) == str_is(r.state, "accepted"));
    }
}

TEST(two_who_accept_at_once_make_one_case)
{
    struct told t = told("harm=threat&story=hai-nguoi-nhan");
    struct id id = refer_to_police(t.id);
    struct visitor *both = tuan(), other = *both;
    struct casefile_last_row before, after;
    i64 year = clock_local(site.now).year;

    CHECK(sql_casefile_last(site.in.ledger.db, (struct sql_casefile_last){ .year = year }, &before) == OK);
    race(id, (const char *const[]){ "/accept", "/accept" }, (struct visitor *const[]){ both, &other }, (const char *const[]){ "", "" });
    CHECK(sql_casefile_last(site.in.ledger.db, (struct sql_casefile_last){ .year = year }, &after) == OK);
    instance_step(&site.in);
    CHECK(state_is(id, "accepted"));
    CHECK_INT(after.no, before.no + 1);
}

/* -- many ----------------------------------------------------------------------------------------------------------------------------------------- */

/* However many went out since: sealing many threads takes no more secret memory than one. */
TEST(V12_no_number_of_referrals_hides_one_from_police_only)
{
    struct told t = told(with_file);
    struct shared_with first = share_file(&t, COMMUNE), second = share_file(&t, COMMUNE);

    for (int i = 1; i <= 6; i++)
        many_declined(row_of(second.referral), site.now + i * SECOND_MS);
    CHECK(gets_file(&first, lan()));
    seal_to_police(&first, hanh());
    CHECK(!gets_file(&first, lan()) && !gets_file(&first, hanh()));
}

/* -- the log ------------------------------------------------------------------------------------------------------------------------------------------ */

TEST(all_of_this_stands_in_the_log_and_every_row_is_what_it_says)
{
    struct audit audit = { 0 };

    CHECK(log_number(&site.in.ledger, site.now + 2 * HOUR_MS) == OK);
    instance_step(&site.in);
    CHECK(audit_verify(&site.in.ledger, tables, &audit) == OK);
    CHECK_STR(audit.bad, STR(""));
    instance_step(&site.in);
}

int main(int argc, char **argv)
{
    int failed;

    site_open(&site);
    failed = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return failed;
}
