#include "pictures.h"

#include "../takedown/takedown.h"
#include "texts.h"

/* -- what a browser sends -------------------------------------------------------------------------------------------------------- */

static bool is_hex(struct str text, size_t n)
{
    for (size_t i = 0; i < text.n; i++)
        if (!((text.at[i] >= '0' && text.at[i] <= '9') || (text.at[i] >= 'a' && text.at[i] <= 'f')))
            return false;
    return text.n == n;
}

enum { TURNS = 7, PDQ_HEX = 64, MD5_HEX = 32, SHA256_HEX = 64 };

static bool are_turns(struct str list)
{
    struct str one;
    int n = 0;

    while (list.n && str_cut(&list, ',', &one)) {
        if (!is_hex(one, PDQ_HEX))
            return false;
        n++;
    }
    return n == TURNS;
}

static struct str *place_of(struct picture_hashes *h, struct str name)
{
    if (str_is(name, "pdq"))
        return &h->pdq;
    if (str_is(name, "turned"))
        return &h->turned;
    if (str_is(name, "md5"))
        return &h->md5;
    return str_is(name, "sha256") ? &h->sha256 : NULL;
}

static bool take_word(struct picture_hashes *h, struct str word, struct str *kind)
{
    struct str value = word, name, *place;

    str_cut(&value, '=', &name);
    if (str_is(name, "quality"))
        return value.n > 0 && str_i64(value, &h->quality);
    place = str_is(name, "kind") ? kind : place_of(h, name);
    if (place == NULL || place->n || value.n == 0)
        return false;
    *place = value;
    return true;
}

bool picture_read(struct str text, struct picture_hashes *h)
{
    struct str word, kind = STR("");

    *h = (struct picture_hashes){ .quality = -1, .pdq = STR(""), .turned = STR(""), .md5 = STR(""), .sha256 = STR("") };
    while (text.n && str_cut(&text, ' ', &word))
        if (!take_word(h, word, &kind))
            return false;
    h->picture = str_is(kind, "picture");
    if (!is_hex(h->md5, MD5_HEX) || !is_hex(h->sha256, SHA256_HEX))
        return false;
    if (!h->picture)
        return str_is(kind, "file") && h->pdq.n == 0 && h->turned.n == 0 && h->quality == -1;
    return is_hex(h->pdq, PDQ_HEX) && are_turns(h->turned) && h->quality >= 0 && h->quality <= 100;
}

/* The same picture chosen twice is one. */
static bool has_already(const struct strs *list, struct str text)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->at[i], text))
            return true;
    return false;
}

struct strs pictures_of_form(struct ctx *c, i64 *odd)
{
    struct strs all = form_all(c, "hash"), good = { .at = NEW_N(c->arena, struct str, PICTURES_FORM) };
    struct picture_hashes h;

    *odd = 0;
    for (size_t i = 0; i < all.n; i++) {
        if (has_already(&good, all.at[i]) || all.at[i].n == 0)
            continue;
        if (good.n < PICTURES_FORM && picture_read(all.at[i], &h))
            good.at[good.n++] = all.at[i];
        else
            ++*odd;
    }
    return good;
}

/* -- writing ------------------------------------------------------------------------------------------------------------------------ */

struct pictures_row *picture_row(struct ctx *c, const struct comp_open *notes, struct id report, i64 no, struct str text)
{
    struct pictures_row *row = NEW(c->arena, struct pictures_row);
    struct record r = { .kind = RECORD_PICTURE, .author = report, .time = clock_hour_floor(c->now), .text = text };
    struct picture_hashes h;

    (void)picture_read(text, &h);
    *row = (struct pictures_row){ .id = id_random(), .case_id = report, .comp = notes->id, .no = no, .state = STR("new"),
                                  .kind = h.picture ? STR("picture") : STR("file"), .day = clock_local_day(c->now) };
    row->sealed = notes->keys ? vault_record_seal(c->arena, notes->keys, notes->id, row->id, &r)
                              : vault_record_drop(c->arena, &notes->dpk, notes->id, row->id, &r);
    return row;
}

status pictures_add(struct ctx *c, struct id report, const struct comps *comps, struct strs pictures, i64 *kept)
{
    const struct comp_open *notes = comp_newest(comps, "N");
    struct pictures_last_row last;

    *kept = 0;
    if (pictures.n == 0)
        return OK;
    if (notes == NULL)
        return fail(BROKEN, "a report without its compartment for notes");
    TRY(sql_pictures_last(c->ledger->db, (struct sql_pictures_last){ .case_id = report }, &last));
    for (size_t i = 0; i < pictures.n && last.no + *kept < PICTURES_CASE; i++) {
        /* what the child adds is dropped, whatever keys this session holds: who wrote it cannot read it again */
        struct comp_open drop = { .id = notes->id, .dpk = notes->dpk };

        ++*kept;
        TRY(row_insert(c->ledger, &table_pictures, picture_row(c, &drop, report, last.no + *kept, pictures.at[i])));
    }
    return OK;
}

/* -- the child takes one back --------------------------------------------------------------------------------------------------- */

static status take_back_once(struct ctx *c, struct id report, const struct comps *comps, struct id picture)
{
    const struct comp_open *talk = comp_newest(comps, "C");
    struct pictures_row row = { .id = picture };
    struct record told = { .kind = RECORD_MESSAGE_SYSTEM, .author = report, .time = clock_hour_floor(c->now) };

    TRY(act_begin(c->ledger, (struct act_info){ .act = "talk.picture-off", .now = c->now, .anonymous = true, .object = report }));
    TRY(row_get(c->ledger, &table_pictures, &row));
    if (!id_eq(row.case_id, report) || talk == NULL || talk->keys == NULL)
        return NOT_FOUND;
    if (str_is(row.state, "withdrawn"))
        return CONFLICT;
    if (str_is(row.state, "confirmed")) {
        TRY(picture_out_of_bank(c, &row));
        TRY(takedown_take_back(c->ledger, row.id, c->now));
    }
    row.state = STR("withdrawn");
    row.sealed = STR("");
    TRY(row_update(c->ledger, &table_pictures, &row));
    told.text = arena_f(c->arena, "picture-off %lld", (long long)row.no);
    TRY(record_write(c, talk, &told));
    return act_commit(c->ledger);
}

enum { BACK_TRIES = 4 };

/* Staff who answer at the same moment draw the same number of a record: tried again. */
status picture_take_back(struct ctx *c, struct id report, const struct comps *comps, struct id picture)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < BACK_TRIES; tries++) {
        act_again(c->ledger);
        s = take_back_once(c, report, comps, picture);
    }
    return s;
}

/* -- what the conversation says of it --------------------------------------------------------------------------------------------- */

static i64 number_after(struct str text, struct str word)
{
    i64 n = 0;

    if (str_starts(text, word))
        (void)str_i64(str_from(text, word.n), &n);
    return n;
}

i64 system_pictures(struct str text)
{
    return number_after(text, STR("pictures "));
}

i64 system_picture_off(struct str text)
{
    return number_after(text, STR("picture-off "));
}

struct str system_says(struct ctx *c, struct str text)
{
    i64 n = system_pictures(text), off = system_picture_off(text), files = number_after(text, STR("files "));
    int key = files ? T_SPEAKUP_THREAD_FILES : n ? T_SPEAKUP_THREAD_PICTURES : T_SPEAKUP_THREAD_PICTURE_OFF;

    if (files + n + off == 0)
        return STR_NULL;
    return text_fill(c->arena, (int)c->lang, key, arena_f(c->arena, "%lld", (long long)(files + n + off)), STR(""));
}
