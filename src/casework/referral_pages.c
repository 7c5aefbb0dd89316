/* Sending: whom to, what of the case, and a last look at exactly what goes out. What is written waits as a draft that only its
   writer's key opens, so the last look and the sending are of one text. */
#include "referral_pages.h"

#include "../base/text.h"

#include "casework_pages.h"
#include "texts.h"

enum { NEED_CHARS = 4000, WORDS_CHARS = 1000, SEEN_BYTES = 12 };

/* -- what all three pages stand on ---------------------------------------------------------------------------------------------- */

struct place { struct id case_id, unit; bool transfer; struct sending from; struct receiver to; };

static bool is_transfer(const struct ctx *c)
{
    return strstr(c->route->path, "/transfer") != NULL;
}

static status place_of_case(struct ctx *c, struct place *p)
{
    *p = (struct place){ .transfer = is_transfer(c) };
    TRY(path_id(c, "id", &p->case_id));
    return sending_open(c, p->case_id, &p->from);
}

static status place_of(struct ctx *c, struct place *p)
{
    TRY(place_of_case(c, p));
    TRY(path_id(c, "unit", &p->unit));
    return receiver_get(c, &p->from, p->unit, &p->to);
}

static struct str path_of(struct ctx *c, const struct place *p, bool unit, const char *tail)
{
    char case_id[ID_TEXT + 1], to[ID_TEXT + 1];

    id_text(p->case_id, case_id);
    id_text(p->unit, to);
    return arena_f(c->arena, "/cases/%s/%s%s%s%s", case_id, p->transfer ? "transfer" : "refer", unit ? "/" : "", unit ? to : "",
                   tail);
}

static struct url url_of(struct ctx *c, const struct place *p, bool unit, const char *tail)
{
    return url_lang(c->arena, url_path(path_of(c, p, unit, tail).at), c->page.lang_query);
}

static struct str to_name(struct ctx *c, const struct receiver *to)
{
    return arena_f(c->arena, "%.*s · %.*s", (int)to->org.n, to->org.at, (int)to->name.n, to->name.at);
}

/* Only who owns the case and holds all its keys can hand it over; others are told so where they came from. */
static status cannot_move(struct ctx *c, const struct place *p)
{
    session_put(c, "flash", text_of(c, p->from.merged ? T_REFERRAL_FLASH_MERGED : T_REFERRAL_FLASH_NOT_OWNER), 5);
    return see_other(c, arena_copy(c->arena, referral_case_url(c, p->case_id).raw).at);
}

/* -- whom to ------------------------------------------------------------------------------------------------------------------------ */

static status choose_show(struct ctx *c)
{
    struct refer_choose_view v = { .wanted = str_trim(text_upto(query_text(c, "q"), 100)) };
    struct receivers found;
    struct place p;

    TRY(place_of_case(c, &p));
    if (p.transfer && !p.from.owner)
        return cannot_move(c, &p);
    TRY(receivers_find(c, &p.from, v.wanted, &found));
    TRY(act_note(c->ledger, case_act_info(c, "case.read", p.case_id)));        /* it tells whom the child left out */
    TRY(people_nav(c, &v.nav, STAFF_REFERRALS));
    v.ref = p.from.ref;
    v.transfer = p.transfer;
    v.more = found.more;
    v.back = referral_case_url(c, p.case_id);
    v.here = url_path(path_of(c, &p, false, "").at);
    if (p.transfer)
        TRY(transfer_places(c, &p.from, p.case_id, &v));
    v.receivers.at = NEW_N(c->arena, struct refer_receiver, found.n + 1);
    for (size_t i = 0; i < found.n; i++) {
        p.unit = found.at[i].unit;
        v.receivers.at[v.receivers.n++] = (struct refer_receiver){ found.at[i].org, found.at[i].name, found.at[i].against,
                                                                   url_of(c, &p, true, "") };
    }
    return page(c, tpl_casework_refer_choose, &v);
}

/* -- reading the form ------------------------------------------------------------------------------------------------------------------ */

static struct str item_key(struct ctx *c, const struct shared_item *item)
{
    return arena_f(c->arena, "%.*s/%.*s", (int)item->kind.n, item->kind.at, (int)item->ref.n, item->ref.at);
}

static size_t place_in(struct strs list, struct str s)
{
    size_t i = 0;

    while (i < list.n && !str_eq(list.at[i], s))
        i++;
    return i;
}

/* A code stands for a text only as long as nobody has rewritten the text. */
static void take_item(struct ctx *c, struct strs keys, struct strs ticked, struct shared_item *item)
{
    struct str key = item_key(c, item);
    size_t i = place_in(keys, key);
    struct str text;

    item->on = false;
    if (i == keys.n || i >= SHARED_ITEMS)
        return;
    text = form_text(c, arena_f(c->arena, "t%zu", i).at);
    if (!str_eq(text, item->text))
        item->code = STR("");
    item->text = text;
    item->on = str_trim(text).n > 0 && place_in(ticked, key) < ticked.n;
}

static void take_files(struct ctx *c, struct shared *s)
{
    struct strs ticked = form_all(c, "file");

    for (size_t i = 0; i < s->n_files; i++) {
        char id[ID_TEXT + 1];

        id_text(s->files[i].file, id);
        s->files[i].on = place_in(ticked, str_c(id)) < ticked.n;
    }
}

/* The day that a date input gives is the last one: it is over when the next begins. 0: not a day. */
static i64 expires_of(struct str day)
{
    i64 at;

    return day.n == 10 && clock_of_iso(day, &at) ? clock_local_day(at + DAY_MS + DAY_MS / 2) : 0;
}

static void take_form(struct ctx *c, struct shared *s)
{
    struct strs keys = form_all(c, "key"), ticked = form_all(c, "share");

    s->purpose = form_text(c, "purpose");
    s->consent = form_text(c, "consent");
    s->consent_words = str_trim(form_text(c, "consent_words"));
    s->need = str_trim(form_text(c, "need"));
    s->against_words = str_trim(form_text(c, "against"));
    s->expires = expires_of(form_text(c, "expires"));
    for (size_t i = 0; i < s->n_items; i++)
        take_item(c, keys, ticked, &s->items[i]);
    take_files(c, s);
}

/* What the draft has, over what the case has now: a file that was sealed since, or a person who is gone, does not come back. */
static void take_draft(struct shared *s, struct shared *draft)
{
    s->purpose = draft->purpose;
    s->consent = draft->consent;
    s->consent_words = draft->consent_words;
    s->need = draft->need;
    s->against_words = draft->against_words;
    s->expires = draft->expires;
    for (size_t i = 0; i < s->n_items; i++) {
        const struct shared_item *kept = shared_find(draft, s->items[i].kind, s->items[i].ref);

        s->items[i].on = kept != NULL && kept->on;
        if (kept != NULL) {
            s->items[i].text = kept->text;
            s->items[i].code = kept->code;
        }
    }
    for (size_t i = 0; i < s->n_files; i++)
        for (size_t k = 0; k < draft->n_files; k++)
            s->files[i].on |= id_eq(s->files[i].file, draft->files[k].file);
}

static status shared_begin(struct ctx *c, const struct place *p, struct shared *s)
{
    TRY(sending_items(c, &p->from, p->transfer, s));
    s->to_unit = p->unit;
    s->from_name = unit_label(c, p->from.from_unit);
    s->to_name = to_name(c, &p->to);
    return OK;
}

/* -- the form ------------------------------------------------------------------------------------------------------------------------------ */

static i64 rows_for(struct str text)
{
    i64 lines = 1 + (i64)(text.n / 70);

    for (size_t i = 0; i < text.n; i++)
        lines += text.at[i] == '\n';
    return lines > 10 ? 10 : lines;
}

static void form_items(struct ctx *c, const struct shared *s, struct refer_form_view *v)
{
    v->fields.at = NEW_N(c->arena, struct refer_field, s->n_items + 1);
    for (size_t i = 0; i < s->n_items; i++) {
        const struct shared_item *item = &s->items[i];

        v->fields.at[v->fields.n++] = (struct refer_field){ .key = item_key(c, item), .label = item->label, .text = item->text,
                                                            .name = referral_item_key(item->kind), .on = item->on,
                                                            .rows = rows_for(item->text) };
    }
    v->files.at = NEW_N(c->arena, struct refer_file, s->n_files + 1);
    for (size_t i = 0; i < s->n_files; i++)
        v->files.at[v->files.n++] = (struct refer_file){ s->files[i].file, referral_file_kind(s->files[i].type),
                                                         referral_size(c, s->files[i].size), str_upto(s->files[i].sha256, 12),
                                                         s->files[i].on };
}

static void form_error_add(struct refer_form_view *v, struct str *where, struct str text, const char *at)
{
    *where = text;
    if (text.n)
        v->errors.at[v->errors.n++] = (struct refer_error){ url_path(at), text };
}

static void form_errors(struct ctx *c, struct refer_form_view *v)
{
    v->errors.at = NEW_N(c->arena, struct refer_error, 8);
    form_error_add(v, &v->against_error, form_error(c, "against"), "#against");
    form_error_add(v, &v->purpose_error, form_error(c, "purpose"), "#purpose");
    form_error_add(v, &v->need_error, form_error(c, "need"), "#need");
    form_error_add(v, &v->consent_error, form_error(c, "consent"), "#consent");
    form_error_add(v, &v->consent_words_error, form_error(c, "consent_words"), "#consent_words");
    form_error_add(v, &v->expires_error, form_error(c, "expires"), "#expires");
}

static struct str day_iso(struct ctx *c, i64 expires)
{
    char text[CLOCK_TEXT];

    if (expires <= 0)
        return form_text(c, "expires");
    clock_day_iso(expires - 1, text);
    return arena_copy(c->arena, str_c(text));
}

/* What the record on sharing gives as its reason. */
static struct str share_why(const struct sending *from)
{
    const struct consent *share = consent_of(&from->consents, "share");

    return share ? share->why : STR_NULL;
}

static status form_page(struct ctx *c, const struct place *p, const struct shared *s)
{
    struct refer_form_view v = {
        .back = referral_case_url(c, p->case_id), .here = url_of(c, p, true, ""), .choose = url_of(c, p, false, ""),
        .ref = p->from.ref, .to = s->to_name, .transfer = p->transfer, .against = p->to.against, .says = p->to.says,
        .carer_unsafe = p->from.carer_unsafe, .share_why = share_why(&p->from),
        .purposes = list_choices(c, "purpose", s->purpose), .consents = consent_choices(c, "consent", s->consent, p->from.carer_unsafe),
        .need = s->need, .consent_words = s->consent_words, .against_words = s->against_words,
        .expires = day_iso(c, s->expires), .sealed = (i64)s->sealed_files, .paper = referral_paper(c, s),
    };

    TRY(people_nav(c, &v.nav, STAFF_REFERRALS));
    form_items(c, s, &v);
    form_errors(c, &v);
    return page(c, tpl_casework_refer_form, &v);
}

/* Opening it shows what lies in the case: that is a read like any other, and stands in the log. */
static status form_show(struct ctx *c)
{
    struct shared s, draft;
    struct place p;
    status kept;

    TRY(place_of(c, &p));
    if (p.transfer && !p.from.owner)
        return cannot_move(c, &p);
    TRY(shared_begin(c, &p, &s));
    kept = form_failed(c) ? NOT_FOUND : shared_draft_get(c, p.case_id, p.unit, p.transfer, &draft);
    if (kept != OK && kept != NOT_FOUND)
        return kept;
    if (kept == OK)
        take_draft(&s, &draft);
    if (form_failed(c))
        take_form(c, &s);
    TRY(act_note(c->ledger, case_act_info(c, "case.read", p.case_id)));
    return form_page(c, &p, &s);
}

/* All that is missing at once, each at its field. */
static status form_check(struct ctx *c, const struct place *p, const struct shared *s)
{
    status bad = OK;

    if (p->to.against && s->against_words.n == 0)
        bad = form_refuse(c, "against", text_of(c, T_REFERRAL_ERROR_AGAINST));
    if (!list_has("purpose", s->purpose))
        bad = form_refuse(c, "purpose", text_of(c, T_REFERRAL_ERROR_PURPOSE));
    if (s->need.n == 0)
        bad = form_refuse(c, "need", text_of(c, p->transfer ? T_REFERRAL_ERROR_SUMMARY : T_REFERRAL_ERROR_NEED));
    if (!list_has("consent", s->consent) || (p->from.carer_unsafe && consent_is_carers(s->consent)))
        bad = form_refuse(c, "consent", text_of(c, T_REFERRAL_ERROR_CONSENT));
    else if (str_is(s->consent, "law") && s->consent_words.n == 0)
        bad = form_refuse(c, "consent_words", text_of(c, T_REFERRAL_ERROR_LAW));
    else if (referral_refused(c, &p->from, &p->to, s).n)
        bad = form_refuse(c, "consent", referral_refused(c, &p->from, &p->to, s));
    if (s->expires <= c->now || s->expires > c->now + (REFERRAL_DAYS_MAX + 1) * DAY_MS)
        bad = form_refuse(c, "expires", text_of(c, T_REFERRAL_ERROR_EXPIRES));
    return bad;
}

static status form_take(struct ctx *c)
{
    struct shared s;
    struct place p;

    TRY(place_of(c, &p));
    TRY(shared_begin(c, &p, &s));
    take_form(c, &s);
    TRY(form_check(c, &p, &s));
    TRY(shared_draft_put(c, p.case_id, &s));
    return see_other(c, path_of(c, &p, true, str_is(form_text(c, "do"), "look") ? "" : "/check").at);
}

/* -- the last look -------------------------------------------------------------------------------------------------------------------------- */

/* A mark of what the reader saw; another window may have changed the draft since. */
static struct str seen_of(struct ctx *c, const struct shared *s)
{
    struct out hex = { .max = 64 };
    struct key hash;
    struct str text;

    vault_hash(&hash, NULL, "referral-seen", PARTS(shared_json(c, s, true)));
    out_hex(&hex, hash.b, SEEN_BYTES);
    text = arena_copy(c->arena, out_done(&hex));
    out_free(&hex);
    return text;
}

/* The draft over what the case has now. NOT_FOUND: nothing was written, or it was sent already. */
static status draft_whole(struct ctx *c, const struct place *p, struct shared *s)
{
    struct shared draft;

    TRY(shared_draft_get(c, p->case_id, p->unit, p->transfer, &draft));
    TRY(shared_begin(c, p, s));
    take_draft(s, &draft);
    return OK;
}

static status check_show(struct ctx *c)
{
    struct refer_check_view v = { .transfer = is_transfer(c) };
    struct shared s;
    struct place p;
    status kept;

    TRY(place_of(c, &p));
    kept = draft_whole(c, &p, &s);
    if (kept == NOT_FOUND)
        return see_other(c, path_of(c, &p, true, "").at);
    TRY(kept);
    TRY(act_note(c->ledger, case_act_info(c, "case.read", p.case_id)));
    TRY(people_nav(c, &v.nav, STAFF_REFERRALS));
    v.here = url_of(c, &p, true, "/check");
    v.edit = url_of(c, &p, true, "");
    v.ref = p.from.ref;
    v.against = p.to.against;
    v.law = !p.to.against && referral_two(&p.from, &p.to, s.consent) == TWO_WITHOUT_CONSENT;
    v.seen = seen_of(c, &s);
    v.paper = referral_paper(c, &s);
    if (v.transfer)
        TRY(transfer_open_works(c, p.case_id, &v.open));
    return page(c, tpl_casework_refer_check, &v);
}

static status sent(struct ctx *c, const struct place *p, const struct shared *s, struct id id)
{
    char text[ID_TEXT + 1];
    int said = referral_two(&p->from, &p->to, s->consent) ? T_REFERRAL_FLASH_ASKED : p->transfer ? T_REFERRAL_FLASH_OFFERED : T_REFERRAL_FLASH_SENT;

    id_text(id, text);
    return referral_flash(c, said, arena_f(c->arena, "/referrals/%s", text).at);
}

static status check_send(struct ctx *c)
{
    struct shared s;
    struct place p;
    struct id id;
    status done;

    TRY(place_of(c, &p));
    done = draft_whole(c, &p, &s);
    if (done == NOT_FOUND)          /* a second tap: the first one has sent it */
        return see_other(c, "/referrals?show=sent");
    TRY(done);
    if (!str_eq(form_text(c, "seen"), seen_of(c, &s)))
        return referral_flash(c, T_REFERRAL_FLASH_CHANGED, path_of(c, &p, true, "/check").at);
    if (s.expires <= c->now)
        return referral_flash(c, T_REFERRAL_ERROR_EXPIRES, path_of(c, &p, true, "").at);
    if (referral_refused(c, &p.from, &p.to, &s).n)
        return referral_flash(c, T_DAY_REFER_CHANGED, path_of(c, &p, true, "").at);
    done = referral_send(c, p.case_id, &s, &id);
    if (done == CONFLICT) {
        act_abort(c->ledger);
        return referral_flash(c, p.transfer ? T_REFERRAL_FLASH_ONE_TRANSFER : T_REFERRAL_FLASH_CHANGED,
                              path_of(c, &p, true, "").at);
    }
    TRY(done);
    return sent(c, &p, &s, id);
}

/* -- the table -------------------------------------------------------------------------------------------------------------------------------- */

#define TEXT(n) FIELD("t" #n, 0)
#define TEN(n) TEXT(n##0), TEXT(n##1), TEXT(n##2), TEXT(n##3), TEXT(n##4), TEXT(n##5), TEXT(n##6), TEXT(n##7), TEXT(n##8), TEXT(n##9)
#define REFER_FORM FORM(FIELD("purpose", 40), FIELD("need", NEED_CHARS), FIELD("consent", 40), FIELD("consent_words", WORDS_CHARS), \
    FIELD("against", WORDS_CHARS), FIELD("expires", 40), FIELD("do", 10), FIELD("key", 100, .repeat = true), \
    FIELD("share", 100, .repeat = true), FIELD("file", ID_TEXT, .repeat = true), TEN(), TEN(1), TEN(2), TEN(3))
#define SEEN_FORM FORM(FIELD("seen", 64), FIELD("token", 100))

const struct route refer_routes[] = {
    ROUTE(GET,  "/cases/:id/refer",                MAY_WRITE_CASES, NO_FORM,    choose_show),
    ROUTE(GET,  "/cases/:id/refer/:unit",          MAY_WRITE_CASES, NO_FORM,    form_show),
    ROUTE(POST, "/cases/:id/refer/:unit",          MAY_WRITE_CASES, REFER_FORM, form_take),
    ROUTE(GET,  "/cases/:id/refer/:unit/check",    MAY_WRITE_CASES, NO_FORM,    check_show),
    ROUTE(POST, "/cases/:id/refer/:unit/check",    MAY_WRITE_CASES, SEEN_FORM,  check_send, .once = true),
    ROUTE(GET,  "/cases/:id/transfer",             MAY_WRITE_CASES, NO_FORM,    choose_show),
    ROUTE(GET,  "/cases/:id/transfer/:unit",       MAY_WRITE_CASES, NO_FORM,    form_show),
    ROUTE(POST, "/cases/:id/transfer/:unit",       MAY_WRITE_CASES, REFER_FORM, form_take),
    ROUTE(GET,  "/cases/:id/transfer/:unit/check", MAY_WRITE_CASES, NO_FORM,    check_show),
    ROUTE(POST, "/cases/:id/transfer/:unit/check", MAY_WRITE_CASES, SEEN_FORM,  check_send, .once = true),
    ROUTES_END
};
