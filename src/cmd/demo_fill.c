/* Reads the files of content/demo/ and makes what stands there, once: a demo that is there is left alone, and a real instance
   is refused. */
#include "cmd.h"

#include "../base/blocks.h"
#include "../matches/matches.h"
#include "../speakup/demo.h"
#include "../takedown/takedown.h"

#include "people.sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DEMO_NAMES = 64, DEMO_DAYS = 90, DEMO_REPORTS = 1000 };

struct named { struct str code; struct id id; struct str org; };
struct names { struct named at[DEMO_NAMES]; size_t n; };

struct demo {
    struct instance *in;
    struct arena keep;              /* for the whole run; the ledger's arena is reset after each step */
    struct names organisations, units;
    struct demo_people people;
    struct demo_unit units_known[DEMO_NAMES];
    struct demo_stage stage;
    struct blocks courses;
    size_t told;                    /* tellings of patterns so far */
    const struct block *reports[DEMO_REPORTS];
    size_t n_reports;
    struct out accounts, tokens;
    const char *url;
    i64 now;
};

static status name_add(struct names *names, struct named named)
{
    if (names->n == DEMO_NAMES)
        return fail(INVALID, "more than %d names", DEMO_NAMES);
    names->at[names->n++] = named;
    return OK;
}

static struct named *name_find(struct names *names, struct str code)
{
    for (size_t i = 0; i < names->n; i++)
        if (str_eq(names->at[i].code, code))
            return &names->at[i];
    return NULL;
}

static status unknown(const struct block *b, const char *what, struct str code)
{
    return fail(INVALID, "content/demo line %d: no %s is called %.*s", b->line, what, (int)code.n, code.at);
}

static status act_one(struct demo *d, const char *act)
{
    return act_begin(&d->in->ledger, (struct act_info){ .act = act, .now = d->now });
}

static status add_organisation(struct demo *d, const struct block *b)
{
    struct named named = { .code = block_get(b, "code") };
    struct organisation_new o = { named.code, block_get(b, "name"), block_get(b, "kind") };

    TRY(act_one(d, "demo.organisation"));
    TRY(people_add_organisation(&d->in->ledger, o, d->now, &named.id));
    TRY(act_commit(&d->in->ledger));
    return name_add(&d->organisations, named);
}

static status add_unit(struct demo *d, const struct block *b)
{
    struct named named = { .code = block_get(b, "code"), .org = block_get(b, "organisation") };
    struct named *org = name_find(&d->organisations, named.org);
    struct unit_new u = { .name = block_get(b, "name"), .kind = block_get(b, "kind"), .confirmed = true };

    if (org == NULL)
        return unknown(b, "organisation", named.org);
    u.org = org->id;
    TRY(act_one(d, "demo.unit"));
    TRY(people_add_unit(&d->in->ledger, u, d->now, &named.id));
    TRY(act_commit(&d->in->ledger));
    return name_add(&d->units, named);
}

static status add_route(struct demo *d, const struct block *b)
{
    struct named *unit = name_find(&d->units, block_get(b, "unit"));
    i64 rank;

    if (unit == NULL)
        return unknown(b, "unit", block_get(b, "unit"));
    if (!str_i64(block_get(b, "rank"), &rank))
        return fail(INVALID, "content/demo line %d: rank is not a number", b->line);
    TRY(act_one(d, "demo.route"));
    TRY(network_add_route(&d->in->ledger, block_get(b, "kind"), block_get(b, "area"), unit->id, rank));
    return act_commit(&d->in->ledger);
}

/* -- people ------------------------------------------------------------------------------------------------------------------ */

/* Four words and a number: easy to type in a demo, and no two instances have the same. */
static struct str draw_password(struct arena *a)
{
    static const char *const words[] = {
        "giay", "thuyen", "leaf", "river", "canh", "dong", "paper", "mua", "stone", "field", "tre", "cloud", "bamboo",
        "song", "light", "khoai",
    };

    return arena_f(a, "%s-%s-%s-%s-%u", words[random_below(16)], words[random_below(16)], words[random_below(16)],
                   words[random_below(16)], 100 + random_below(900));
}

static bool page_there(const struct app *app, const char *path)
{
    for (size_t m = 0; app->modules[m] != NULL; m++)
        for (const struct route *r = app->modules[m]; r->path != NULL; r++)
            if (r->method == GET && strcmp(r->path, path) == 0)
                return true;
    return false;
}

/* Where the work of a role begins, as far as this program has that page. */
static const char *first_page(const struct app *app, struct str role)
{
    static const struct { const char *role, *page; } pages[] = {
        { "counsellor", "/desk" }, { "caseworker", "/cases" }, { "supervisor", "/cases" }, { "chair", "/cases" },
        { "focal_point", "/referrals" },
        { "focal_point", "/desk" }, { "coordinator", "/numbers" }, { "org_admin", "/admin" }, { "auditor", "/log" },
        { "system_admin", "/blocklist/feeds" }, { "partner", "/partner" }, { "analyst", "/blocklist" }, { "reviewer", "/blocklist" },
    };

    for (size_t i = 0; i < COUNT_OF(pages); i++)
        if (str_is(role, pages[i].role) && page_there(app, pages[i].page))
            return pages[i].page;
    return "/account";
}

static void account_line(struct demo *d, const struct block *b, struct str password, const uint8_t *totp)
{
    struct str role = block_get(b, "role");
    char secret[33];

    totp_secret_text(totp, secret);
    out_c(&d->accounts, d->accounts.n ? ",\n" : "[\n");
    out_c(&d->accounts, "{\"role\":");
    out_json(&d->accounts, role);
    out_c(&d->accounts, ",\"organisation\":");
    out_json(&d->accounts, block_get(b, "organisation"));
    out_c(&d->accounts, ",\"user\":");
    out_json(&d->accounts, block_get(b, "login"));
    out_c(&d->accounts, ",\"password\":");
    out_json(&d->accounts, password);
    out_c(&d->accounts, ",\"name\":");
    out_json(&d->accounts, block_get(b, "name"));
    out_f(&d->accounts, ",\"totp_secret\":\"%s\",\"url\":\"%s/sign-in\",\"page\":\"%s\"}", secret, d->url,
          first_page(&d->in->app, role));
}

/* The person with secrets, role and, where the file says so, a unit; the first member makes the unit's key, each further
   one is admitted by the last. */
static status store_person(struct demo *d, const struct block *b, struct demo_person *p, const struct account_secrets *made)
{
    struct named *unit = name_find(&d->units, block_get(b, "unit"));
    struct demo_person *member = unit ? demo_member(&d->people, unit->id) : NULL;
    struct member_by by = { 0 };

    TRY(people_store_secrets(&d->in->ledger, p->user, made));
    TRY(people_add_role(&d->in->ledger, p->user, block_get(b, "role"), d->now));
    if (unit == NULL)
        return OK;
    p->unit = unit->id;
    if (member == NULL)
        return people_add_member(&d->in->ledger, unit->id, p->user, NULL, d->now);
    by = (struct member_by){ member->user, &member->keys };
    return people_add_member(&d->in->ledger, unit->id, p->user, &by, d->now);
}

static status add_user(struct demo *d, const struct block *b)
{
    struct named *org = name_find(&d->organisations, block_get(b, "organisation"));
    struct demo_person *p = demo_person_new(&d->people);
    struct user_new u = { .login = block_get(b, "login"), .name = block_get(b, "name") };
    struct str password = draw_password(&d->keep);
    struct account_secrets *made;
    uint8_t totp[TOTP_SECRET_BYTES];

    if (org == NULL)
        return unknown(b, "organisation", block_get(b, "organisation"));
    u.org = org->id;
    random_bytes(totp, sizeof totp);
    p->login = u.login;
    p->name = u.name;
    p->role = block_get(b, "role");
    p->org = org->id;
    TRY(act_one(d, "demo.person"));
    TRY(people_add_user(&d->in->ledger, u, d->now, &p->user));
    TRY(act_commit(&d->in->ledger));
    TRY(people_make_secrets(&d->in->ledger, p->user, password, totp, &made));
    p->keys = made->keys;
    TRY(act_one(d, "demo.person"));
    TRY(store_person(d, b, p, made));
    TRY(act_commit(&d->in->ledger));
    account_line(d, b, password, totp);
    return OK;
}

static status add_service(struct demo *d, const struct block *b)
{
    struct named *org = name_find(&d->organisations, block_get(b, "organisation"));

    TRY(act_one(d, "demo.service"));
    TRY(network_add_service(&d->in->ledger, b, org ? &org->id : NULL));
    return act_commit(&d->in->ledger);
}

static status add_token(struct demo *d, const struct block *b)
{
    struct named *org = name_find(&d->organisations, block_get(b, "organisation"));

    return org ? demo_token(d->in, b, org->id, &d->tokens) : unknown(b, "organisation", block_get(b, "organisation"));
}

/* Communes of the demo alone join the official ones as a file of the instance's own: pages list them, and routes name them. */
static status write_communes(struct demo *d, const char *dir, const struct blocks *blocks)
{
    struct str folder = arena_f(&d->keep, "%s/content", dir), geo = arena_f(&d->keep, "%s/content/geo", dir);
    struct str path = arena_f(&d->keep, "%s/communes-more.csv", geo.at);
    FILE *f;

    (void)mkdir(folder.at, 0700);       /* it may be there */
    (void)mkdir(geo.at, 0700);
    f = fopen(path.at, "we");
    if (f == NULL)
        return fail(BROKEN, "%s cannot be written", path.at);
    fputs("# Made up: communes of the demo alone.\ncode,province,name,kind\n", f);
    for (size_t i = 0; i < blocks->n; i++) {
        const struct block *b = &blocks->at[i];
        struct str code = block_get(b, "code"), province = block_get(b, "province"), name = block_get(b, "name");

        if (str_is(b->kind, "commune"))
            fprintf(f, "%.*s,%.*s,%.*s,xa\n", (int)code.n, code.at, (int)province.n, province.at, (int)name.n, name.at);
    }
    return fclose(f) == 0 ? network_load_places() : fail(BROKEN, "%s cannot be written", path.at);
}

static status add_listing(struct demo *d, const struct block *b)
{
    static const char *const keys[] = { "by", "reviewer", "second" };
    struct demo_listing listing = { .block = b, .now = clock_now_ms() - 5 * DAY_MS };
    struct id *const who[] = { &listing.analyst, &listing.reviewer, &listing.second };

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct demo_person *p = demo_person_of_login(&d->people, block_get(b, keys[i]));

        if (p == NULL)
            return unknown(b, keys[i], block_get(b, keys[i]));
        *who[i] = p->user;
    }
    TRY(act_one(d, "demo.listing"));
    TRY(blocklist_add_demo(&d->in->ledger, &listing));
    return act_commit(&d->in->ledger);
}

static status add_takedown(struct demo *d, const struct block *b)
{
    struct demo_person *p = demo_person_of_login(&d->people, block_get(b, "by"));
    struct str code = block_get(b, "organisation");
    struct named *org = name_find(&d->organisations, code);
    struct demo_takedown wish = { .block = b, .now = clock_now_ms() - 2 * (i64)HOUR_MS };

    if (p == NULL)
        return unknown(b, "person", block_get(b, "by"));
    if (code.n > 0 && org == NULL)
        return unknown(b, "organisation", code);
    wish.by = p->user;
    wish.org = (struct opt_id){ org != NULL, org ? org->id : id_zero() };
    TRY(act_one(d, "demo.takedown"));
    TRY(str_is(b->kind, "recipient") ? takedown_demo_recipient(&d->in->ledger, &wish) : takedown_demo_content(&d->in->ledger, &wish));
    return act_commit(&d->in->ledger);
}

static status add_bank(struct demo *d, const struct block *b)
{
    static const char *const keys[] = { "by", "reviewer" };
    struct demo_listing listing = { .block = b, .now = clock_now_ms() - 5 * DAY_MS };
    struct id *const who[] = { &listing.analyst, &listing.reviewer };

    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct demo_person *p = demo_person_of_login(&d->people, block_get(b, keys[i]));

        if (p == NULL)
            return unknown(b, keys[i], block_get(b, keys[i]));
        *who[i] = p->user;
    }
    TRY(act_one(d, "demo.bank"));
    TRY(bank_add_demo(&d->in->ledger, &listing));
    return act_commit(&d->in->ledger);
}

/* -- reports ------------------------------------------------------------------------------------------------------------------- */

/* Kept until all are read: they are told in the order of their days, so that numbers of cases and the log grow with time. */
static status keep_report(struct demo *d, const struct block *b)
{
    if (d->n_reports == DEMO_REPORTS)
        return fail(INVALID, "content/demo line %d: more than %d reports", b->line, DEMO_REPORTS);
    d->reports[d->n_reports++] = b;
    return OK;
}

static status add_story(struct demo *d, const struct block *b)
{
    struct blocks reports;

    TRY(demo_tellings(&d->keep, b, &d->courses, &d->told, &reports));
    for (size_t i = 0; i < reports.n; i++)
        TRY(keep_report(d, &reports.at[i]));
    return OK;
}

static i64 days_ago(const struct block *b)
{
    i64 days = 0;

    (void)str_i64(block_get(b, "day"), &days);
    return days < 0 ? 0 : days > DEMO_DAYS ? DEMO_DAYS : days;
}

/* The oldest first, those of one day as they were read. */
static status tell_reports(struct demo *d)
{
    for (i64 day = DEMO_DAYS; day >= 0; day--)
        for (size_t i = 0; i < d->n_reports; i++) {
            if (days_ago(d->reports[i]) != day)
                continue;
            TRY(demo_report(&d->stage, d->reports[i]));
            instance_step(d->in);
        }
    return OK;
}

/* -- files ---------------------------------------------------------------------------------------------------------------------- */

typedef status add_block(struct demo *d, const struct block *b);
static const struct { const char *kind; add_block *add; } adders[] = {
    { "organisation", add_organisation }, { "unit", add_unit }, { "route", add_route }, { "user", add_user }, { "token", add_token },
    { "service", add_service }, { "listing", add_listing }, { "feed", add_listing }, { "bank", add_bank }, { "hash", add_bank }, { "recipient", add_takedown },
    { "content", add_takedown }, { "report", keep_report }, { "story", add_story },
};

static status add_any(struct demo *d, const struct block *b)
{
    for (size_t i = 0; i < COUNT_OF(adders); i++)
        if (str_is(b->kind, adders[i].kind))
            return adders[i].add(d, b);
    return str_is(b->kind, "commune") ? OK : fail(INVALID, "content/demo line %d: unknown kind", b->line);
}

static status read_file(struct demo *d, const char *name, struct blocks *blocks)
{
    struct str text;

    TRY(content_read(&d->keep, name, &text));
    return blocks_read(&d->keep, name, text, blocks);
}

static status add_file(struct demo *d, const char *name)
{
    struct blocks blocks;

    TRY(read_file(d, name, &blocks));
    for (size_t i = 0; i < blocks.n; i++) {
        TRY(add_any(d, &blocks.at[i]));
        instance_step(d->in);
    }
    return OK;
}

static status write_accounts(struct demo *d, const char *dir)
{
    struct str path = arena_f(&d->keep, "%s/demo-accounts.json", dir);
    FILE *f = fopen(path.at, "we");

    out_c(&d->accounts, "\n]\n");
    if (f == NULL || fwrite(d->accounts.at, 1, d->accounts.n, f) != d->accounts.n || fclose(f) != 0)
        return fail(BROKEN, "%s cannot be written", path.at);
    return OK;
}

/* The stage is set when all organisations and people are there. */
static status set_stage(struct demo *d)
{
    for (size_t i = 0; i < d->units.n; i++)
        d->units_known[i] = (struct demo_unit){ d->units.at[i].code, d->units.at[i].id };
    d->stage = (struct demo_stage){ .conn = d->in->conn, .ledger = &d->in->ledger, .app = &d->in->app, .people = &d->people,
                                    .units = d->units_known, .n_units = d->units.n, .courses = &d->courses };
    return read_file(d, "demo/courses.txt", &d->courses);
}

static status fill(struct demo *d, const char *dir)
{
    struct blocks organisations;

    TRY(read_file(d, "demo/organisations.txt", &organisations));
    TRY(write_communes(d, dir, &organisations));
    TRY(add_file(d, "demo/organisations.txt"));
    TRY(add_file(d, "demo/partners.txt"));
    TRY(set_stage(d));
    TRY(add_file(d, "demo/services.txt"));
    TRY(add_file(d, "demo/blocklist.txt"));
    TRY(add_file(d, "demo/banks.txt"));
    TRY(add_file(d, "demo/takedown.txt"));
    TRY(add_file(d, "demo/reports.txt"));
    TRY(add_file(d, "demo/more.txt"));
    TRY(tell_reports(d));
    TRY(demo_tokens_write(&d->tokens, arena_f(&d->keep, "%s/demo-tokens.json", dir).at));
    return write_accounts(d, dir);      /* last: it says that all is there */
}

/* NOT_FOUND: nothing is there yet. OK: the demo is there, whole. Made-up people never join a real instance. */
static status demo_there(struct instance *in, const char *dir)
{
    struct organisations_rows there;
    bool ours = false;

    TRY(sql_organisations_all(&in->ledger, &there));
    for (size_t i = 0; i < there.n; i++)
        ours |= str_is(there.at[i].code, "hotline");
    if (there.n == 0)
        return NOT_FOUND;
    if (!ours)
        return fail(CONFLICT, "%s holds an instance that is no demo: made-up data never joins it", dir);
    if (access(arena_f(&in->arena, "%s/demo-accounts.json", dir).at, R_OK) != 0)
        return fail(CONFLICT, "%s holds a demo that was cut short while it was made: remove the folder and begin again", dir);
    return OK;
}

status demo_fill(struct instance *in, const char *dir, const char *base_url)
{
    struct demo d = { .in = in, .accounts = { .max = 64 << 10 }, .tokens = { .max = 64 << 10 }, .url = base_url };
    status s = demo_there(in, dir);

    if (s != NOT_FOUND)
        return s;
    fail_clear();
    d.now = clock_now_ms() - DEMO_DAYS * DAY_MS;      /* people are there before the first report */
    d.keep = arena_make(64 << 20);
    demo_people_make(&d.people);
    s = fill(&d, dir);
    demo_people_free(&d.people);
    arena_free(&d.keep);
    out_free(&d.accounts);
    out_free(&d.tokens);
    return s;
}
