/* NCMEC hash sharing v2: entries as XML, written. Everything of others is escaped; names of elements are ours. */
#include "hash_feeds.h"

#include <jansson.h>

/* -- time ---------------------------------------------------------------------------------------------------------------------------- */

static bool digits(struct str text, size_t at, size_t n, i64 *value)
{
    *value = 0;
    for (size_t i = at; i < at + n; i++) {
        if (i >= text.n || text.at[i] < '0' || text.at[i] > '9')
            return false;
        *value = *value * 10 + (text.at[i] - '0');
    }
    return true;
}

/* Days since 1970 of a date of the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms"). */
static i64 days_of(i64 y, i64 m, i64 d)
{
    i64 era, of_era, of_year;

    y -= m <= 2;
    era = (y >= 0 ? y : y - 399) / 400;
    of_era = y - era * 400;
    of_year = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static i64 month_days(i64 y, i64 m)
{
    bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

    return m == 2 ? (leap ? 29 : 28) : m == 4 || m == 6 || m == 9 || m == 11 ? 30 : 31;
}

/* What stands behind the seconds: a fraction or none, and the sign of UTC. */
static bool ends_right(struct str rest)
{
    if (rest.n > 0 && rest.at[0] == '.') {
        size_t n = 1;

        while (n < rest.n && rest.at[n] >= '0' && rest.at[n] <= '9')
            n++;
        if (n == 1 || n > 10)
            return false;
        rest = str_from(rest, n);
    }
    return str_is(rest, "Z") || str_is(rest, "+00:00");
}

bool utc_read(struct str t, i64 *seconds)
{
    i64 y, mo, d, h, mi, s;

    if (!digits(t, 0, 4, &y) || !digits(t, 5, 2, &mo) || !digits(t, 8, 2, &d) || !digits(t, 11, 2, &h) || !digits(t, 14, 2, &mi) ||
        !digits(t, 17, 2, &s))
        return false;
    if (t.at[4] != '-' || t.at[7] != '-' || t.at[10] != 'T' || t.at[13] != ':' || t.at[16] != ':' || !ends_right(str_from(t, 19)))
        return false;
    if (mo < 1 || mo > 12 || d < 1 || d > month_days(y, mo) || h > 23 || mi > 59 || s > 60)
        return false;
    *seconds = days_of(y, mo, d) * 86400 + h * 3600 + mi * 60 + s;
    if (*seconds < 0)
        *seconds = 0;
    return true;
}

void utc_write(struct out *o, i64 seconds)
{
    char text[CLOCK_TEXT];

    clock_utc_iso(seconds * 1000, text);
    out_c(o, text);
}

/* FNV-1a: not a secret, only the same everywhere. */
static i64 member_number(struct str name)
{
    uint32_t h = 2166136261u;

    for (size_t i = 0; i < name.n; i++)
        h = (h ^ (uint8_t)name.at[i]) * 16777619u;
    return 1000 + (i64)(h & 0x3fffffff);
}

i64 ncmec_member(struct id member)
{
    char text[ID_TEXT + 1];

    id_text(member, text);
    return member_number(str_of(text, MEMBER_CHARS));
}

/* -- writing ------------------------------------------------------------------------------------------------------------------------------------- */

static void put_member(struct out *o, const struct ncmec_writing *w)
{
    out_c(o, "<member id=\"");
    out_i64(o, w->member);
    out_c(o, "\">");
    out_html(o, w->member_name);
    out_c(o, "</member>");
}

static void put_said_by(struct out *o, const struct exchange_records_row *r, const json_t *word)
{
    const char *source = json_string_value(json_object_get(word, "source"));

    out_c(o, "<members timestamp=\"");
    utc_write(o, r->at);
    out_f(o, "\"><member id=\"%lld\">%s</member></members>", (long long)member_number(str_c(source ? source : "")), source ? source : "");
}

static bool said(const json_t *word, const char *reason)
{
    const json_t *tags = json_object_get(word, "tags");

    for (size_t i = 0; i < json_array_size(tags); i++)
        if (str_is(str_c(json_string_value(json_array_get(tags, i))), reason))
            return true;
    return false;
}

/* Who said no gave reasons, or said it by another protocol that asks for none. */
static void put_reasons(struct out *o, const struct exchange_records_row *r, const json_t *word)
{
    const char *type = ncmec_type((enum hash_kind)r->kind);
    const struct ncmec_reason *last = ncmec_reasons;
    bool any = false;

    for (const struct ncmec_reason *reason = ncmec_reasons; reason->guid != NULL; last = reason++)
        if (said(word, reason->name)) {
            out_f(o, "<reason guid=\"%s\" name=\"%s\" type=\"%s\"/>", reason->guid, reason->name, type);
            any = true;
        }
    if (!any)
        out_f(o, "<reason guid=\"%s\" name=\"%s\" type=\"%s\"/>", last->guid, last->name, type);
}

static void put_side(struct out *o, const struct exchange_records_row *r, const json_t *words, enum feedback_says side)
{
    const char *tag = side == SAYS_YES ? "affirmativeFeedback" : "negativeFeedback";
    bool open = false;

    for (size_t i = 0; i < json_array_size(words); i++) {
        const json_t *word = json_array_get(words, i);

        if (feedback_says(str_c(json_string_value(json_object_get(word, "feedbackValue")))) != side)
            continue;
        if (!open) {
            out_f(o, "<%s type=\"%s\" lastUpdateTimestamp=\"", tag, ncmec_type((enum hash_kind)r->kind));
            utc_write(o, r->at);
            out_c(o, "\">");
        }
        open = true;
        if (side == SAYS_NO) {
            out_c(o, "<reasons>");
            put_reasons(o, r, word);
        }
        put_said_by(o, r, word);
        if (side == SAYS_NO)
            out_c(o, "</reasons>");
    }
    if (open)
        out_f(o, "</%s>", tag);
}

static void put_feedback(struct out *o, const struct exchange_records_row *r)
{
    json_t *words = str_is(r->words, "[]") ? NULL : json_loadb(r->words.at, r->words.n, 0, NULL);

    if (words == NULL)
        return;
    out_c(o, "<feedback lastUpdateTimestamp=\"");
    utc_write(o, r->at);
    out_c(o, "\">");
    put_side(o, r, words, SAYS_YES);
    put_side(o, r, words, SAYS_NO);
    out_c(o, "</feedback>");
    json_decref(words);
}

/* A TMK hash is a quarter of a megabyte: it is fetched by itself. */
static void put_print(struct out *o, const struct exchange_records_row *r, const char *id)
{
    enum hash_kind kind = (enum hash_kind)r->kind;

    if (kind == HASH_TMK) {
        out_f(o, "<tmk-pdqf rel=\"self\" href=\"/v2/entries/%s/fingerprints/TMK_PDQF\"/>", id);
        return;
    }
    out_f(o, "<%s>", ncmec_tag(kind));
    hash_value_write(o, kind, r->value);
    out_f(o, "</%s>", ncmec_tag(kind));
}

static void put_deleted(struct out *o, const struct exchange_records_row *r, const struct ncmec_writing *w, const char *id)
{
    const char *tag = r->video ? "deletedVideo" : "deletedImage";

    out_f(o, "<%s>", tag);
    put_member(o, w);
    out_f(o, "<id>%s</id><timestamp>", id);
    utc_write(o, r->at);
    out_f(o, "</timestamp></%s>", tag);
}

void ncmec_write(struct out *o, const struct exchange_records_row *r, const struct ncmec_writing *w)
{
    const char *tag = r->video ? "video" : "image";
    char id[ID_TEXT + 1];

    id_text(r->key, id);
    if (r->status != HASH_ACTIVE && r->status != HASH_RECEIVED) {
        put_deleted(o, r, w, id);
        return;
    }
    out_f(o, "<%s>", tag);
    put_member(o, w);
    out_c(o, "<timestamp>");
    utc_write(o, r->at);
    out_f(o, "</timestamp><id>%s</id>", id);
    if (w->class.n > 0) {
        out_c(o, "<classification>");
        out_html(o, w->class);
        out_c(o, "</classification>");
    }
    out_c(o, "<fingerprints>");
    put_print(o, r, id);
    out_c(o, "</fingerprints>");
    put_feedback(o, r);
    out_f(o, "</%s>", tag);
}
