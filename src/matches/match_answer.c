/* What is found for a question, as JSON, and what is kept of it. */
#include "match.h"

#include "blocklist.h"

#include <lachan/detect.h>

#include <pthread.h>

#include "texts.h"

/* -- text --------------------------------------------------------------------------------------------------------------------- */

static struct detect_text *model;
static pthread_once_t model_once = PTHREAD_ONCE_INIT;

static void model_open(void)
{
    if (detect_text_open(&model, NULL, 0, NULL) != DETECT_OK)
        model = NULL;
}

static bool says_something(const struct detect_screening *s)
{
    bool any = s->urgent != 0;

    for (int i = 0; i < DETECT_TOPICS; i++)
        any |= s->score[i] >= 0.5;
    return any;
}

/* The topic that scores highest. */
static const char *topic_of(const struct detect_screening *s)
{
    int best = 0;

    for (int i = 1; i < DETECT_TOPICS; i++)
        if (s->score[i] > s->score[best])
            best = i;
    return detect_topic_name((enum detect_topic)best);
}

static void write_screening(struct out *o, const struct detect_screening *s, const char *lang)
{
    out_c(o, "{\"score\":{");
    for (int i = 0; i < DETECT_TOPICS; i++)
        out_f(o, "%s\"%s\":%.4g", i ? "," : "", detect_topic_name((enum detect_topic)i), s->score[i]);
    out_c(o, "},\"signals\":[");
    for (uint32_t i = 0; i < s->signal_count; i++) {
        const struct detect_signal *at = &s->signals[i];
        const char *why = detect_text_why(at->name, lang);

        out_f(o, "%s{\"name\":\"%s\",\"topic\":\"%s\",\"start\":%u,\"end\":%u,\"why\":", i ? "," : "", at->name,
              detect_topic_name((enum detect_topic)at->topic), at->start, at->end);
        out_json(o, str_c(why ? why : ""));
        out_char(o, '}');
    }
    out_f(o, "],\"urgent\":%s}", s->urgent ? "true" : "false");
}

/* -- hits ------------------------------------------------------------------------------------------------------------------------ */

/* Which of the values that were sent under the name of its kind. */
static size_t index_of(const struct match_ask *ask, const struct bank_hit *h)
{
    return h->kind == HASH_PDQ ? h->query : h->query - ask->first[h->kind];
}

static void write_member(struct out *o, const char *name, struct str value)
{
    out_f(o, ",\"%s\":", name);
    out_json(o, value);
}

static void write_hit(struct out *o, const struct match_ask *ask, const struct bank_hit *h)
{
    static const char *const turns[MATCH_TURNS] = { "none", "rotated-90", "rotated-180", "rotated-270", "flipped-x", "flipped-y",
                                                    "flipped-plus-1", "flipped-minus-1" };
    char id[ID_TEXT + 1];

    id_text(h->hash, id);
    out_f(o, "{\"kind\":\"%s\"", hash_kind_code(h->kind));
    if (ask->picture == NULL)
        out_f(o, ",\"index\":%zu", index_of(ask, h));
    else if (h->kind == HASH_PDQ)
        out_f(o, ",\"turn\":\"%s\"", turns[h->query % MATCH_TURNS]);
    write_member(o, "bank", h->bank_name);
    write_member(o, "class", h->class);
    write_member(o, "basis", h->basis);
    write_member(o, "id", h->id.n ? h->id : str_c(id));
    out_f(o, ",\"distance\":%d,\"confirmed\":%s}", h->distance, h->confirmed ? "true" : "false");
}

/* An address that stands on the blocklist, by itself or under a name that does: two people stand for each (blocklist.h). */
static status write_listed(struct ctx *c, const struct match_ask *ask, size_t i, struct out *o, bool *hit)
{
    struct blocklist_row entry;
    struct listed name;
    status s;

    if (name_read(c->arena, ask->exact[i].value, &name) != NAME_FINE)
        return OK;
    s = blocklist_covering(c->ledger, name.key, &entry);
    if (s == NOT_FOUND || (s == OK && !blocklist_in_zone(&entry, c->now)))
        return OK;
    TRY(s);
    out_f(o, "%s{\"kind\":\"url\",\"index\":%zu,\"bank\":\"blocklist\"", *hit ? "," : "", i - ask->first[HASH_URL]);
    write_member(o, "class", entry.class);
    write_member(o, "basis", entry.basis);
    write_member(o, "id", name_text(c->arena, entry.key));
    out_c(o, ",\"distance\":0,\"confirmed\":true}");
    *hit = true;
    return OK;
}

static status write_matches(struct ctx *c, const struct partner *p, const struct match_ask *ask, const struct bank_hits *hits,
                            struct out *o, bool *hit)
{
    *hit = false;
    out_c(o, "\"matches\":[");
    for (size_t i = 0; i < hits->n; i++)
        if (bank_hit_live(&hits->at[i])) {
            out_c(o, *hit ? "," : "");
            write_hit(o, ask, &hits->at[i]);
            *hit = true;
        }
    for (size_t i = ask->first[HASH_URL]; !p->sandbox && ask->picture == NULL && i < ask->n_exact; i++)
        if (ask->exact[i].kind == HASH_URL)
            TRY(write_listed(c, ask, i, o, hit));
    out_c(o, "]");
    if (hits->flat > 0)
        out_f(o, ",\"flat\":%zu", hits->flat);
    if (hits->more > 0)
        out_f(o, ",\"more\":%zu", hits->more);
    if (hits->stopped == 0)
        return OK;
    if (!*hit)
        return fail(BUSY, "a bank is stopped: nobody may say \"not known\"");
    out_c(o, ",\"incomplete\":true");
    return OK;
}

static void write_hex(struct out *o, const char *name, const uint8_t *bytes, size_t n)
{
    out_f(o, ",\"%s\":\"", name);
    out_hex(o, bytes, n);
    out_char(o, '"');
}

static void write_picture(struct out *o, const struct match_picture *p)
{
    if (p->fault == PICTURE_FINE) {
        write_hex(o, "pdq", p->turns[0], PDQ_BYTES);
        out_f(o, ",\"quality\":%d", p->quality);
    } else {
        out_f(o, ",\"picture\":\"%s\"", picture_fault_code(p->fault));
    }
    write_hex(o, "md5", p->md5, sizeof p->md5);
    write_hex(o, "sha1", p->sha1, sizeof p->sha1);
    write_hex(o, "sha256", p->sha256, sizeof p->sha256);
}

/* -- what is kept -------------------------------------------------------------------------------------------------------------------- */

static struct str context(struct ctx *c, const struct match_ask *ask, const struct detect_screening *s)
{
    struct out o = { .max = 1 << 20 };
    struct str text;

    out_c(&o, "{");
    if (s != NULL) {
        out_c(&o, "\"text\":");
        write_screening(&o, s, "vi");
    }
    if (s != NULL && ask->keep) {
        out_c(&o, ",\"words\":");
        out_json(&o, ask->text);
    }
    out_c(&o, "}");
    text = arena_copy(c->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}

static status keep(struct ctx *c, const struct partner *p, const struct match_ask *ask, const struct bank_query *query,
                   const struct bank_hits *hits, const struct detect_screening *s)
{
    bool text = s != NULL && says_something(s), hit = hits->live > 0 || text;
    struct seen_new seen = { .source = text && hits->live == 0 ? SEEN_TEXT : SEEN_PARTNER, .partner = p->id, .kind = STR(""),
                             .class = text && hits->live == 0 ? str_c(topic_of(s)) : STR(""), .query = query, .hits = hits,
                             .ref = ask->ref.at ? ask->ref : STR(""), .sandbox = p->sandbox, .urgent = s != NULL && s->urgent };
    enum match_keep may_keep;
    struct id id;

    TRY(match_keep_of(c, p, &may_keep));
    if (may_keep == KEEP_NOTHING || (may_keep == KEEP_HITS && !hit) || (!hit && query->n_pdq + query->n_exact == 0))
        return OK;
    seen.context = hit ? context(c, ask, s) : STR("");
    return seen_add(c, &seen, &id);
}

/* -- the answer ------------------------------------------------------------------------------------------------------------------------- */

status match_answer(struct ctx *c, const struct partner *p, const struct match_ask *ask, struct out *o, bool *hit)
{
    struct bank_query query = { .pdq = ask->pdq, .n_pdq = ask->n_pdq, .exact = ask->exact, .n_exact = ask->n_exact,
                                .sandbox = p->sandbox };
    struct detect_screening *s = NULL;
    struct bank_hits hits = { 0 };

    if (ask->n_pdq + ask->n_exact > 0)
        TRY(banks_find(c, &query, &hits));
    TRY(write_matches(c, p, ask, &hits, o, hit));
    if (ask->picture != NULL)
        write_picture(o, ask->picture);
    if (ask->text.at != NULL) {
        pthread_once(&model_once, model_open);
        if (model == NULL)
            return fail(BROKEN, "the text model does not open");
        s = NEW(c->arena, struct detect_screening);
        detect_text_screen(model, ask->text.at, ask->text.n, NULL, s);
        out_c(o, ",\"text\":");
        write_screening(o, s, c->lang == LANG_EN ? "en" : "vi");
        *hit |= says_something(s);
    }
    if (ask->ref.at != NULL)
        write_member(o, "ref", ask->ref);
    return keep(c, p, ask, &query, &hits, s);
}

static void write_fault(struct ctx *c, const struct match_fault *fault, struct out *o)
{
    struct str field = match_fault_field(c->arena, fault);

    out_c(o, "\"error\":\"invalid\",\"field\":");
    out_json(o, field);
    out_c(o, ",\"detail\":");
    out_json(o, text_of(c, fault->text));
}

status match_line(struct ctx *c, const struct partner *p, struct str line, struct str lead, struct out *o)
{
    struct match_fault fault = { .field = "", .text = T_MATCHES_MATCH_LONG };
    struct match_ask ask;
    status s = line.n <= MATCH_JSON_BYTES ? match_read(c->arena, line, &ask, &fault) : INVALID;
    bool hit = false;

    out_char(o, '{');
    out_str(o, lead);
    if (s == OK)
        TRY(match_answer(c, p, &ask, o, &hit));
    else
        write_fault(c, &fault, o);
    out_char(o, '}');
    fail_clear();
    return OK;
}

status match_line_picture(struct ctx *c, const struct partner *p, struct str bytes, struct str lead, struct out *o)
{
    struct match_picture *picture = NEW(c->arena, struct match_picture);
    struct match_ask ask;
    bool hit = false;

    TRY(match_picture_of(p->id, bytes, picture));
    match_ask_picture(c->arena, picture, &ask);
    out_char(o, '{');
    out_str(o, lead);
    TRY(match_answer(c, p, &ask, o, &hit));
    if (picture->fault != PICTURE_FINE && !hit) {
        out_char(o, ',');
        write_fault(c, &(struct match_fault){ .field = "picture", .text = picture_fault_text(picture->fault) }, o);
    }
    out_char(o, '}');
    return OK;
}
