/* /takedown/recipients: who can remove something, and how they are reached. */
#include "pages.h"

#include "../outbox/mail.h"

#include "takedown_pages.h"
#include "texts.h"

static struct choices langs(const struct ctx *c, struct str chosen)
{
    struct choices list = { .at = NEW_N(c->arena, struct choice, LANGS), .n = LANGS };

    list.at[0] = (struct choice){ STR("vi"), text_of(c, T_TAKEDOWN_LANG_VI), str_is(chosen, "vi") };
    list.at[1] = (struct choice){ STR("en"), text_of(c, T_TAKEDOWN_LANG_EN), str_is(chosen, "en") };
    return list;
}

static status orgs(struct ctx *c, struct str chosen, struct choices *list)
{
    struct takedown_orgs_all_rows rows;
    char text[ID_TEXT + 1];

    TRY(sql_takedown_orgs_all(c->ledger->db, &rows));
    *list = (struct choices){ .at = NEW_N(c->arena, struct choice, rows.n + 1), .n = rows.n };
    for (size_t i = 0; i < rows.n; i++) {
        id_text(rows.at[i].id, text);
        list->at[i] = (struct choice){ arena_copy(c->arena, str_c(text)), rows.at[i].name, str_is(chosen, text) };
    }
    return OK;
}

static status org_name(struct ctx *c, struct opt_id org, struct str *name)
{
    struct organisations_row row = { .id = org.v };

    *name = STR("");
    if (!org.has)
        return OK;
    TRY(row_get(c->ledger, &table_organisations, &row));
    *name = row.name;
    return OK;
}

/* An authority hears of every late notice by itself: so one person alone cannot name it. */
static bool waits(const struct takedown_recipients_row *r)
{
    return str_is(r->kind, "authority") && !r->confirmed_by.has;
}

static bool may_confirm(const struct ctx *c, const struct takedown_recipients_row *r)
{
    return may(c, MAY_REVIEW_LISTS) && !id_eq(r->set_by, c->actor.user);
}

static status fill_rows(struct ctx *c, struct take_to_view *v)
{
    struct takedown_recipients_rows rows;

    TRY(sql_takedown_recipients_all(c->ledger, &rows));
    v->rows.at = NEW_N(c->arena, struct take_to_row, rows.n + 1);
    for (size_t i = 0; i < rows.n; i++) {
        const struct takedown_recipients_row *r = &rows.at[i];
        struct take_to_row *row = &v->rows.at[v->rows.n];

        if (r->altered)
            continue;
        *row = (struct take_to_row){ .id = r->id, .name = r->name, .kind = text_of(c, recipient_text(r->kind)), .mail = r->mail, .hosts = r->hosts,
            .lang = text_of(c, str_is(r->lang, "en") ? T_TAKEDOWN_LANG_EN : T_TAKEDOWN_LANG_VI),
            .hook = r->org.has && webhook_has(c->ledger, r->org.v, false),
            .waits = waits(r), .may_confirm = waits(r) && may_confirm(c, r) };
        TRY(org_name(c, r->org, &row->org));
        v->rows.n++;
    }
    return OK;
}

status take_to_show(struct ctx *c)
{
    static const char *const fields[] = { "name", "kind", "mail", "hosts", "org", NULL };
    struct take_to_view v = { .faults = faults_of(c, fields), .name = typed_of(c, "name", STR("")), .mail = typed_of(c, "mail", STR("")),
                              .hosts = typed_of(c, "hosts", STR("")), .kinds = recipient_kinds(c, form_text(c, "kind")),
                              .langs = langs(c, form_text(c, "lang")) };

    TRY(fill_rows(c, &v));
    TRY(orgs(c, form_text(c, "org"), &v.orgs));
    TRY(people_nav(c, &v.nav, STAFF_TAKEDOWN));
    return page(c, tpl_takedown_recipients, &v);
}

/* -- changing ---------------------------------------------------------------------------------------------------------------------------- */

/* "A.example, https://b.example/x" to "a.example b.example". */
static struct str hosts_field(struct ctx *c)
{
    struct str text = form_text(c, "hosts"), made;
    struct out o = { .max = 4096 };
    size_t at = 0;

    while (at < text.n) {
        size_t end = at;
        struct item_read item;
        struct str one;

        while (end < text.n && strchr(" ,;\t\n", text.at[end]) == NULL)
            end++;
        one = str_upto(str_from(text, at), end - at);
        at = end + 1;
        if (one.n == 0)
            continue;
        if (str_find(one, STR("://")) == one.n)
            one = arena_f(c->arena, "https://%.*s/", (int)one.n, one.at);
        if (item_read(c->arena, one, &item) != ITEM_FINE || strcmp(item.kind, "url") != 0) {
            refuse(c, "hosts", T_TAKEDOWN_WRONG_HOSTS);
            break;
        }
        out_f(&o, "%s%.*s", o.n ? " " : "", (int)item_host(item.text).n, item_host(item.text).at);
    }
    made = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return made;
}

static bool kind_known(struct ctx *c, struct str kind)
{
    struct choices kinds = recipient_kinds(c, kind);

    for (size_t i = 0; i < kinds.n; i++)
        if (kinds.at[i].on)
            return true;
    return false;
}

static status org_field(struct ctx *c, struct opt_id *org)
{
    struct str text = trimmed(c, "org");
    struct choices list;

    *org = (struct opt_id){ 0 };
    if (text.n == 0)
        return OK;
    TRY(orgs(c, text, &list));
    for (size_t i = 0; i < list.n; i++)
        org->has |= list.at[i].on && id_of_text(text, &org->v);
    if (!org->has)
        refuse(c, "org", T_TAKEDOWN_WRONG_ORG);
    return OK;
}

static status add(struct ctx *c)
{
    struct takedown_recipients_row r = { .id = id_timed(c->now), .kind = trimmed(c, "kind"), .name = trimmed(c, "name"),
        .mail = trimmed(c, "mail"), .hosts = hosts_field(c), .lang = str_is(form_text(c, "lang"), "en") ? STR("en") : STR("vi"),
        .set_by = c->actor.user, .set_at = c->now };

    TRY(org_field(c, &r.org));
    if (r.name.n == 0)
        refuse(c, "name", T_TAKEDOWN_WRONG_NAME);
    if (!kind_known(c, r.kind))
        refuse(c, "kind", T_TAKEDOWN_WRONG_KIND);
    if (r.mail.n && !mail_address_ok(r.mail))
        refuse(c, "mail", T_TAKEDOWN_WRONG_MAIL);
    TRY(refused(c));
    TRY(act_begin(c->ledger, (struct act_info){ .act = "takedown.recipient", .now = c->now, .actor = c->actor.user, .object = r.id }));
    TRY(row_insert(c->ledger, &table_takedown_recipients, &r));
    TRY(act_commit(c->ledger));
    return done(c, T_TAKEDOWN_FLASH_RECIPIENT, "/takedown/recipients");
}

/* Notices that went there stay, with its name. */
static status end(struct ctx *c)
{
    struct takedown_recipients_row r = { 0 };

    if (!id_of_text(form_text(c, "id"), &r.id))
        return NOT_FOUND;
    TRY(act_begin(c->ledger, (struct act_info){ .act = "takedown.recipient-end", .now = c->now, .actor = c->actor.user, .object = r.id }));
    TRY(row_get(c->ledger, &table_takedown_recipients, &r));
    if (!r.until.has) {
        r.until = (struct opt_i64){ true, c->now };
        TRY(row_update(c->ledger, &table_takedown_recipients, &r));
    }
    TRY(act_commit(c->ledger));
    return done(c, T_TAKEDOWN_FLASH_ENDED, "/takedown/recipients");
}

static status confirm_once(struct ctx *c, struct takedown_recipients_row *r)
{
    TRY(row_get(c->ledger, &table_takedown_recipients, r));
    if (!may_confirm(c, r))
        return DENIED;
    if (!waits(r))
        return OK;
    TRY(row_agrees_with_log(c->ledger, &table_takedown_recipients, r));     /* who named it is what the log says */
    r->confirmed_by = (struct opt_id){ true, c->actor.user };
    return row_update(c->ledger, &table_takedown_recipients, r);
}

static status confirm(struct ctx *c)
{
    struct takedown_recipients_row r = { 0 };
    status s;

    if (!id_of_text(form_text(c, "id"), &r.id))
        return NOT_FOUND;
    TRY(act_begin(c->ledger, (struct act_info){ .act = "takedown.recipient-confirm", .now = c->now, .actor = c->actor.user, .object = r.id }));
    s = confirm_once(c, &r);
    if (s != OK)
        act_abort(c->ledger);
    TRY(s);
    TRY(act_commit(c->ledger));
    return done(c, T_TAKEDOWN_FLASH_AUTHORITY, "/takedown/recipients");
}

status take_to_do(struct ctx *c)
{
    struct str what = form_text(c, "do");

    return str_is(what, "end") ? end(c) : str_is(what, "confirm") ? confirm(c) : add(c);
}
