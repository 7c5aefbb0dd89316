/* Provinces and communes: small tables read once, for the life of the process. */
#include "network.h"

#include "../base/content.h"

#include "texts.h"

enum { PROVINCES_MAX = 100, COMMUNES_MAX = 12000, PLACES_BYTES = 16 << 20 };

static struct arena memory;
static struct provinces provinces;
static struct communes communes;

struct provinces network_provinces(void)
{
    return provinces;
}

/* Communes stand in the file province by province. */
struct communes network_communes(struct str province)
{
    struct communes part = { .at = communes.at };

    while (part.at < communes.at + communes.n && !str_eq(part.at->province, province))
        part.at++;
    while (part.at + part.n < communes.at + communes.n && str_eq(part.at[part.n].province, province))
        part.n++;
    return part;
}

struct str network_commune_name(struct str province, struct str commune)
{
    struct communes all = network_communes(province);

    for (size_t i = 0; i < all.n; i++)
        if (str_eq(all.at[i].code, commune))
            return all.at[i].name;
    return STR_NULL;
}

struct str network_province_name(struct str code, bool english)
{
    for (size_t i = 0; i < provinces.n; i++)
        if (str_eq(provinces.at[i].code, code))
            return english ? provinces.at[i].name_en : provinces.at[i].name;
    return STR("");
}

static const struct commune *commune_of(struct str code)
{
    for (size_t i = 0; i < communes.n; i++)
        if (str_eq(communes.at[i].code, code))
            return &communes.at[i];
    return NULL;
}

struct str network_commune_province(struct str code)
{
    const struct commune *commune = commune_of(code);

    return commune ? commune->province : STR("");
}

struct str network_area_name(const struct ctx *c, struct str area)
{
    struct str province = network_province_name(area, c->lang == LANG_EN);
    const struct commune *commune;

    if (str_is(area, "*"))
        return text_of(c, T_NETWORK_AREA_EVERYWHERE);
    if (province.n)
        return province;
    commune = commune_of(area);
    if (commune == NULL)
        return text_fill(c->arena, (int)c->lang, T_NETWORK_AREA_UNKNOWN, area, STR(""));
    province = network_province_name(commune->province, c->lang == LANG_EN);
    return arena_f(c->arena, "%.*s, %.*s", (int)commune->name.n, commune->name.at, (int)province.n, province.at);
}

bool network_area_in(struct str area, struct str province)
{
    const struct commune *commune;

    if (str_is(area, "*") || str_eq(area, province))
        return true;
    commune = commune_of(area);
    return commune != NULL && str_eq(commune->province, province);
}

/* Begins a file: its text, past the line of column names. */
static status begin(const char *name, struct csv *csv, struct csv_record *record)
{
    struct str text;

    TRY(content_read(&memory, name, &text));
    *csv = (struct csv){ .rest = text };
    if (!csv_next(&memory, csv, record))
        return fail(INVALID, "content/%s is empty", name);
    return OK;
}

/* code,name,name_en,... */
static status load_provinces(void)
{
    struct province *list = NEW_N(&memory, struct province, PROVINCES_MAX);
    struct csv_record r;
    struct csv csv;

    TRY(begin("geo/provinces.csv", &csv, &r));
    for (provinces = (struct provinces){ .at = list }; csv_next(&memory, &csv, &r); provinces.n++) {
        if (r.n < 3 || provinces.n == PROVINCES_MAX)
            return fail(INVALID, "content/geo/provinces.csv line %d: code,name,name_en expected", r.line);
        list[provinces.n] = (struct province){ r.at[0], r.at[1], r.at[2] };
    }
    return OK;
}

/* At the end of its province: communes of one province stand together. */
static void add_commune(struct commune *list, struct commune one)
{
    struct communes same = network_communes(one.province);
    size_t place = same.n ? (size_t)(same.at - list) + same.n : communes.n;

    memmove(&list[place + 1], &list[place], (communes.n - place) * sizeof *list);
    list[place] = one;
    communes.n++;
}

/* code,province,name,kind */
static status load_communes(const char *file, struct commune *list)
{
    struct csv_record r;
    struct csv csv;

    TRY(begin(file, &csv, &r));
    while (csv_next(&memory, &csv, &r)) {
        if (r.n < 3 || communes.n == COMMUNES_MAX)
            return fail(INVALID, "content/%s line %d: code,province,name expected", file, r.line);
        add_commune(list, (struct commune){ r.at[0], r.at[1], r.at[2] });
    }
    return OK;
}

/* Communes that a merger or the demo adds; most instances have no such file. */
static status load_more(struct commune *list)
{
    status s = load_communes("geo/communes-more.csv", list);

    if (s == NOT_FOUND)
        fail_clear();
    return s == NOT_FOUND ? OK : s;
}

status network_load_places(void)
{
    struct commune *list;

    if (memory.first == NULL)
        memory = arena_make(PLACES_BYTES);
    TRY(load_provinces());
    list = NEW_N(&memory, struct commune, COMMUNES_MAX);
    communes = (struct communes){ .at = list };
    TRY(load_communes("geo/communes.csv", list));
    return load_more(list);
}
