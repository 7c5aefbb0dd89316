#include "formats.h"

/* -- RPZ: a zone that resolvers load (draft-vixie-dnsop-dns-rpz) ----------------------------------------------------------------- */

/* Refresh 10 min, retry 2 min, expire a week: a resolver that loses us keeps what it has. The serial is the version. */
static void rpz_head(struct out *o, const struct zone_versions_row *v, const struct blocklist_feeds_row *feed)
{
    out_f(o, "$ORIGIN %.*s.\n$TTL 300\n", (int)feed->zone.n, feed->zone.at);
    out_f(o, "@ SOA localhost. hostmaster.localhost. %lld 600 120 604800 60\n@ NS localhost.\n", (long long)v->serial);
}

/* Two records: the wildcard does not cover the name itself. */
static void rpz_name(struct out *o, const char *name, struct str class, const char *walled)
{
    (void)class;
    out_c(o, name);
    out_c(o, " CNAME ");
    out_c(o, walled);
    out_c(o, ".\n*.");
    out_c(o, name);
    out_c(o, " CNAME ");
    out_c(o, walled);
    out_c(o, ".\n");
}

/* -- line by line ------------------------------------------------------------------------------------------------------------------- */

static void line_head(struct out *o, const struct zone_versions_row *v, const struct blocklist_feeds_row *feed)
{
    (void)feed;
    out_f(o, "# Lá Chắn, %.*s, %lld, %lld\n", (int)v->list.n, v->list.at, (long long)v->serial, (long long)v->names);
}

static void hosts_name(struct out *o, const char *name, struct str class, const char *walled)
{
    (void)class, (void)walled;
    out_c(o, "0.0.0.0 ");
    out_c(o, name);
    out_char(o, '\n');
}

/* An empty address is "no such name", for the name and all below it. */
static void dnsmasq_name(struct out *o, const char *name, struct str class, const char *walled)
{
    (void)class, (void)walled;
    out_c(o, "address=/");
    out_c(o, name);
    out_c(o, "/\n");
}

static void txt_name(struct out *o, const char *name, struct str class, const char *walled)
{
    (void)class, (void)walled;
    out_c(o, name);
    out_char(o, '\n');
}

static void adblock_head(struct out *o, const struct zone_versions_row *v, const struct blocklist_feeds_row *feed)
{
    (void)feed;
    out_f(o, "[Adblock Plus]\n! Title: Lá Chắn, %.*s\n! Version: %lld\n! Expires: 1 hours\n", (int)v->list.n, v->list.at,
          (long long)v->serial);
}

static void adblock_name(struct out *o, const char *name, struct str class, const char *walled)
{
    (void)class, (void)walled;
    out_c(o, "||");
    out_c(o, name);
    out_c(o, "^\n");
}

/* Signs that mean something else in a filter would block more than was meant: such an address is left out. */
static void adblock_address(struct out *o, const char *name, struct str class)
{
    (void)class;
    if (strpbrk(name, "*|^$") == NULL)
        out_f(o, "||%s|\n", name);
}

/* -- for programs ---------------------------------------------------------------------------------------------------------------------- */

static void json_head(struct out *o, const struct zone_versions_row *v, const struct blocklist_feeds_row *feed)
{
    char at[CLOCK_TEXT];

    (void)feed;
    clock_utc_iso(v->at, at);
    out_c(o, "{\"list\":");
    out_json(o, v->list);
    out_f(o, ",\"serial\":%lld,\"published\":\"%s\",\"entries\":[\n", (long long)v->serial, at);
}

static void json_row(struct out *o, const char *name, struct str class, const char *kind)
{
    out_c(o, "{\"name\":");
    out_json(o, str_c(name));
    out_f(o, ",\"kind\":\"%s\",\"class\":", kind);
    out_json(o, class);
    out_char(o, '}');
}

static void json_name(struct out *o, const char *name, struct str class, const char *walled)
{
    (void)walled;
    json_row(o, name, class, "domain");
}

static void json_address(struct out *o, const char *name, struct str class)
{
    json_row(o, name, class, "url");
}

static void json_tail(struct out *o)
{
    out_c(o, "\n]}\n");
}

static void csv_head(struct out *o, const struct zone_versions_row *v, const struct blocklist_feeds_row *feed)
{
    (void)v, (void)feed;
    out_c(o, "name,kind,class\r\n");
}

static void csv_name(struct out *o, const char *name, struct str class, const char *walled)
{
    (void)walled;
    out_f(o, "%s,domain,%.*s\r\n", name, (int)class.n, class.at);
}

/* A canonical address holds no quotation mark that would need doubling but the plain one. */
static void csv_address(struct out *o, const char *name, struct str class)
{
    out_char(o, '"');
    for (; *name; name++) {
        out_char(o, *name);
        if (*name == '"')
            out_char(o, '"');
    }
    out_f(o, "\",url,%.*s\r\n", (int)class.n, class.at);
}

#define PLAIN "text/plain; charset=utf-8"
const struct list_format list_formats[] = {
    { .ext = "rpz", .type = "text/dns", .head = rpz_head, .name = rpz_name },
    { .ext = "hosts", .type = PLAIN, .head = line_head, .name = hosts_name },
    { .ext = "dnsmasq", .type = PLAIN, .head = line_head, .name = dnsmasq_name },
    { .ext = "adblock", .type = PLAIN, .head = adblock_head, .name = adblock_name, .address = adblock_address },
    { .ext = "json", .type = "application/json", .head = json_head, .name = json_name, .address = json_address, .tail = json_tail,
      .commas = true },
    { .ext = "csv", .type = "text/csv; charset=utf-8", .head = csv_head, .name = csv_name, .address = csv_address },
    { .ext = "txt", .type = PLAIN, .head = line_head, .name = txt_name },
    { 0 }
};

const struct list_format *list_format(struct str ext)
{
    for (const struct list_format *f = list_formats; f->ext != NULL; f++)
        if (str_is(ext, f->ext))
            return f;
    return NULL;
}

/* -- writing ------------------------------------------------------------------------------------------------------------------------------- */

enum { FLUSH_BYTES = 64 << 10 };
struct writer { const struct list_writing *w; char walled[ZONE_CHARS + 1]; bool more; };

static status flush(const struct list_writing *w, size_t least)
{
    status s;

    if (w->flush == NULL || w->o->n < least)
        return OK;
    s = w->flush(w->to, w->o->at, w->o->n);
    out_reset(w->o);
    return s;
}

static status write_name(void *to, const struct zone_name *n)
{
    char name[HOST_CHARS + ADDRESS_CHARS + 2];
    struct writer *at = to;
    const struct list_writing *w = at->w;
    bool address = key_is_address(n->key);

    if ((address && w->format->address == NULL) || name_of_key(n->key, name, sizeof name) == 0)
        return OK;
    if (w->format->commas && at->more)
        out_c(w->o, ",\n");
    at->more = true;
    if (address)
        w->format->address(w->o, name, n->class);
    else
        w->format->name(w->o, name, n->class, at->walled);
    return flush(w, FLUSH_BYTES);
}

status list_write(struct ledger *l, const struct list_writing *w)
{
    struct writer at = { .w = w };

    if (w->version->walled.n > ZONE_CHARS)
        return fail(BROKEN, "the walled page has too long a name");
    memcpy(at.walled, w->version->walled.at, w->version->walled.n);
    w->format->head(w->o, w->version, w->feed);
    TRY(zone_names(l, w->version, write_name, &at));
    if (w->format->tail != NULL)
        w->format->tail(w->o);
    return flush(w, 1);
}
