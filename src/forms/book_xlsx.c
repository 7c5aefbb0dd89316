/* The tables of an .xlsx: zip by libzip, XML by libxml2's reader. Hostile files are bounded before they are unpacked. */
#include "book.h"
#include "../base/xml.h"

#include "../base/text.h"

#include <libxml/xmlreader.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <zip.h>

enum { ENTRIES = 2000, PART_BYTES = 48 << 20, ALL_BYTES = 96 << 20, RATIO = 200, RATIO_FROM = 1 << 20,
       STRINGS = 400000, STYLES = 65536,
       SHEETS = 64 };

struct sheet_ref { struct str name, id, target; };
struct xlsx {
    struct book *b;
    zip_t *zip;
    size_t unpacked;
    struct sheet_ref sheets[SHEETS];
    size_t n_sheets;
    struct str *strings;
    size_t n_strings;
    uint8_t *date_style;            /* by style: 0 number, 1 date, 2 time, 3 both */
    size_t n_styles;
    bool since_1904;
};

/* One XML part while it is read. */
struct part { xmlTextReaderPtr reader; char *bytes; };

/* Also what a spreadsheet program saves with a password, or as an old .xls: neither is text, and the reader of zips says what to do. */
bool book_is_xlsx(struct str bytes)
{
    return str_starts(bytes, STR("PK\x03\x04")) || str_starts(bytes, STR("\xd0\xcf\x11\xe0"));
}

static status refuse(struct xlsx *x, int text, struct str word)
{
    book_find(x->b, true, text, NULL, NULL, NULL, word, STR(""));
    return fail(INVALID, "the .xlsx cannot be read");
}

/* -- parts ------------------------------------------------------------------------------------------------- */

static char *unpack(struct xlsx *x, zip_uint64_t index, size_t size)
{
    zip_file_t *f = zip_fopen_index(x->zip, index, 0);
    char *bytes = memory_new(size + 1);
    zip_int64_t n = f ? zip_fread(f, bytes, size) : -1;

    if (f != NULL)
        zip_fclose(f);
    if (n == (zip_int64_t)size)
        return bytes;
    memory_free(bytes);
    return NULL;
}

static bool has_doctype(const char *bytes, size_t n)
{
    return memmem(bytes, n, "<!DOCTYPE", 9) != NULL || memmem(bytes, n, "<\0!\0D\0O\0", 8) != NULL ||
        memmem(bytes, n, "\0<\0!\0D\0O", 8) != NULL;
}

/* NOT_FOUND where the file has no such part. The caller ends an opened one with part_end. */
static status part_open(struct xlsx *x, const char *name, struct part *p)
{
    zip_int64_t index = zip_name_locate(x->zip, name, ZIP_FL_NOCASE);
    zip_stat_t st;
    size_t size;

    if (index < 0 || zip_stat_index(x->zip, (zip_uint64_t)index, 0, &st) != 0)
        return NOT_FOUND;
    if (!(st.valid & ZIP_STAT_SIZE) || !(st.valid & ZIP_STAT_COMP_SIZE) || st.size > PART_BYTES ||
        x->unpacked + st.size > ALL_BYTES ||
        (st.size > RATIO_FROM && st.size / RATIO > st.comp_size))
        return refuse(x, T_FORMS_FIND_XLSX_TOO_LARGE, str_c(name));
    size = (size_t)st.size;
    x->unpacked += size;
    p->bytes = unpack(x, (zip_uint64_t)index, size);
    if (p->bytes == NULL)
        return refuse(x, T_FORMS_FIND_XLSX_PART, str_c(name));
    if (has_doctype(p->bytes, size)) {
        memory_free(p->bytes);
        return refuse(x, T_FORMS_FIND_XLSX_DOCTYPE, str_c(name));
    }
    p->reader = xmlReaderForMemory(p->bytes, (int)size, NULL, NULL,
                                   XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    return OK;
}

static void part_end(struct part *p)
{
    xmlFreeTextReader(p->reader);
    memory_free(p->bytes);
}

/* Moves to the next node; 1 while there is one, -1 where the XML is broken or has a DOCTYPE after all. */
static int part_next(struct part *p)
{
    int r = xmlTextReaderRead(p->reader);

    return r == 1 && xmlTextReaderNodeType(p->reader) == XML_READER_TYPE_DOCUMENT_TYPE ? -1 : r;
}

static bool starts(const struct part *p, const char *name)
{
    return xmlTextReaderNodeType(p->reader) == XML_READER_TYPE_ELEMENT &&
        strcmp((const char *)xmlTextReaderConstLocalName(p->reader), name) == 0;
}

static bool ends(const struct part *p, const char *name)
{
    return (xmlTextReaderNodeType(p->reader) == XML_READER_TYPE_END_ELEMENT ||
            (xmlTextReaderNodeType(p->reader) == XML_READER_TYPE_ELEMENT && xmlTextReaderIsEmptyElement(p->reader))) &&
           strcmp((const char *)xmlTextReaderConstLocalName(p->reader), name) == 0;
}

static struct str attribute(struct xlsx *x, const struct part *p, const char *name)
{
    xmlChar *value = xmlTextReaderGetAttribute(p->reader, (const xmlChar *)name);
    struct str s = value ? arena_copy(x->b->arena, str_upto(str_c((const char *)value), BOOK_CELL_BYTES)) : STR("");

    xmlFree(value);
    return s;
}

static bool is_text(const struct part *p)
{
    int type = xmlTextReaderNodeType(p->reader);

    return type == XML_READER_TYPE_TEXT || type == XML_READER_TYPE_CDATA ||
        type == XML_READER_TYPE_SIGNIFICANT_WHITESPACE ||
           type == XML_READER_TYPE_WHITESPACE;
}

/* -- workbook, strings, styles ----------------------------------------------------------------------------- */

static int read_workbook(struct xlsx *x, struct part *p)
{
    int r;

    while ((r = part_next(p)) == 1) {
        struct str on;

        if (starts(p, "workbookPr")) {
            on = attribute(x, p, "date1904");
            x->since_1904 = str_is(on, "1") || str_is(on, "true");
        }
        if (starts(p, "sheet") && x->n_sheets < SHEETS) {
            struct sheet_ref *s = &x->sheets[x->n_sheets++];

            s->name = str_trim(attribute(x, p, "name"));
            s->id = attribute(x, p, "r:id");
            if (s->id.n == 0)
                s->id = attribute(x, p, "id");
        }
    }
    return r;
}

static int read_targets(struct xlsx *x, struct part *p)
{
    int r;

    while ((r = part_next(p)) == 1) {
        struct str id, target;

        if (!starts(p, "Relationship"))
            continue;
        id = attribute(x, p, "Id");
        target = attribute(x, p, "Target");
        for (size_t i = 0; i < x->n_sheets; i++)
            if (str_eq(x->sheets[i].id, id))
                x->sheets[i].target = str_starts(target, STR("/")) ? str_from(target, 1)
                    : arena_f(x->b->arena, "xl/%.*s", (int)target.n, target.at);
    }
    return r;
}

/* Text of <si>, <is> or of one value, without what is only for pronunciation. */
static int read_text(struct part *p, const char *until, struct out *o)
{
    bool inside = false, aside = false;
    int r;

    out_reset(o);
    while ((r = part_next(p)) == 1 && !ends(p, until)) {
        if (starts(p, "rPh"))
            aside = !xmlTextReaderIsEmptyElement(p->reader);
        else if (ends(p, "rPh"))
            aside = false;
        else if (starts(p, "t"))
            inside = !xmlTextReaderIsEmptyElement(p->reader);
        else if (ends(p, "t"))
            inside = false;
        else if (inside && !aside && is_text(p))
            out_c(o, (const char *)xmlTextReaderConstValue(p->reader));
    }
    return r;
}

static int read_strings(struct xlsx *x, struct part *p)
{
    struct out o = { .max = BOOK_CELL_BYTES };
    size_t size = 0;
    int r;

    while ((r = part_next(p)) == 1) {
        if (!starts(p, "si"))
            continue;
        if (x->n_strings == STRINGS || (!xmlTextReaderIsEmptyElement(p->reader) && (r = read_text(p, "si", &o)) != 1))
            break;
        if (x->n_strings == size) {
            struct str *more = NEW_N(x->b->arena, struct str, size ? size * 2 : 256);

            if (size)
                memcpy(more, x->strings, size * sizeof *more);
            x->strings = more;
            size = size ? size * 2 : 256;
        }
        x->strings[x->n_strings++] = arena_copy(x->b->arena, out_done(&o));
        out_reset(&o);
    }
    out_free(&o);
    return r;
}

/* What a number format shows: 1 a day, 2 a time, 3 both. */
static uint8_t format_kind(struct str code)
{
    uint8_t kind = 0;
    bool quoted = false, bracket = false;

    for (size_t i = 0; i < code.n; i++) {
        char c = code.at[i] | 32;

        if (code.at[i] == '"')
            quoted = !quoted;
        else if (!quoted && code.at[i] == '[')
            bracket = true;
        else if (code.at[i] == ']')
            bracket = false;
        else if (!quoted && code.at[i] == '\\')
            i++;
        else if (!quoted && !bracket && (c == 'y' || c == 'd'))
            kind |= 1;
        else if (!quoted && !bracket && (c == 'h' || c == 's'))
            kind |= 2;
    }
    return kind;
}

static uint8_t builtin_kind(i64 id)
{
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || (id >= 50 && id <= 58))
        return 1;
    return (id >= 18 && id <= 21) || (id >= 45 && id <= 47) ? 2 : id == 22 ? 3 : 0;
}

static int read_styles(struct xlsx *x, struct part *p)
{
    struct { i64 id; uint8_t kind; } formats[512];
    size_t n = 0;
    bool cells = false;
    int r;

    x->date_style = NEW_N(x->b->arena, uint8_t, STYLES);
    while ((r = part_next(p)) == 1) {
        i64 id;

        if (starts(p, "numFmt") && n < COUNT_OF(formats) && str_i64(attribute(x, p, "numFmtId"), &id)) {
            formats[n].id = id;
            formats[n++].kind = format_kind(attribute(x, p, "formatCode"));
        } else if (starts(p, "cellXfs")) {
            cells = true;
        } else if (ends(p, "cellXfs")) {
            cells = false;
        } else if (cells && starts(p, "xf") && x->n_styles < STYLES) {      /* each counts: cells name it by its place */
            uint8_t kind;

            id = 0;
            (void)str_i64(attribute(x, p, "numFmtId"), &id);
            kind = builtin_kind(id);
            for (size_t i = 0; i < n; i++)
                if (formats[i].id == id)
                    kind = formats[i].kind;
            x->date_style[x->n_styles++] = kind;
        }
    }
    return r;
}

/* -- cells ------------------------------------------------------------------------------------------------- */

/* A day number of Excel as ISO text. Day 60 of the 1900 system is a day that never was; days before it are not corrected. */
static struct str date_text(struct xlsx *x, double serial, uint8_t kind)
{
    i64 all = llround(serial * 86400), day = all / 86400, seconds = all % 86400;     /* a second before midnight may round to midnight */
    i64 z = day + (x->since_1904 ? 1462 : 0) - 25569 + 719468, era, doe, yoe, doy, mp, year, month;
    struct str date, time = arena_f(x->b->arena, "%02d:%02d:%02d", (int)(seconds / 3600),
                                    (int)(seconds / 60 % 60), (int)(seconds % 60));

    if (kind == 2 && day == 0)
        return time;
    era = (z >= 0 ? z : z - 146096) / 146097;       /* days to a date of the Gregorian calendar, Howard Hinnant's way */
    doe = z - era * 146097;
    yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    mp = (5 * doy + 2) / 153;
    month = mp < 10 ? mp + 3 : mp - 9;
    year = yoe + era * 400 + (month <= 2);
    date = arena_f(x->b->arena, "%04lld-%02lld-%02lld", (long long)year, (long long)month,
                   (long long)doy - (153 * mp + 2) / 5 + 1);
    return kind == 1 && seconds == 0 ? date : arena_f(x->b->arena, "%.*sT%.*s", (int)date.n, date.at,
                                                      (int)time.n, time.at);
}

static struct str number_text(struct xlsx *x, struct str written, size_t style)
{
    char text[64], *end;
    double value;

    if (written.n == 0 || written.n >= sizeof text)
        return written;
    memcpy(text, written.at, written.n);
    text[written.n] = 0;
    value = strtod(text, &end);
    if (*end != 0 || !isfinite(value))
        return written;
    if (style < x->n_styles && x->date_style[style] && value >= 0 && value < 2958466)
        return date_text(x, value, x->date_style[style]);
    if (value == floor(value) && fabs(value) < 1e15)
        return arena_f(x->b->arena, "%lld", (long long)value);
    return arena_f(x->b->arena, "%.15g", value);
}

/* "AB12" is column 27; what has no letters takes the next place. */
static size_t column_of(struct str ref, size_t next)
{
    size_t n = 0, i = 0;

    for (; i < ref.n && ref.at[i] >= 'A' && ref.at[i] <= 'Z' && i < 4; i++)
        n = n * 26 + (size_t)(ref.at[i] - 'A') + 1;
    return i ? n - 1 : next;
}

static struct str tidy_cell(struct arena *a, struct str s)
{
    char *at;
    size_t n = 0;

    s = text_clean(a, s);
    at = arena_alloc(a, s.n + 1);
    for (size_t i = 0; i < s.n; i++) {
        bool wide = i + 1 < s.n && (uint8_t)s.at[i] == 0xc2 && (uint8_t)s.at[i + 1] == 0xa0;

        at[n++] = wide ? ' ' : s.at[i];
        i += wide;
    }
    return str_trim(str_of(at, n));
}

static struct str cell_value(struct xlsx *x, struct str type, struct str raw, size_t style)
{
    i64 i;

    if (str_is(type, "s"))
        return str_i64(str_trim(raw), &i) && i >= 0 && (size_t)i < x->n_strings
            ? tidy_cell(x->b->arena, x->strings[i]) : STR("");
    if (str_is(type, "b"))
        return str_is(str_trim(raw), "1") ? STR("TRUE") : STR("FALSE");
    if (type.n == 0 || str_is(type, "n"))
        return number_text(x, str_trim(raw), style);
    return tidy_cell(x->b->arena, raw);
}

struct grid {
    struct str cells[BOOK_COLUMNS];
    size_t n;                       /* one behind the last filled */
    size_t row, total;
    bool wide;
};

/* One <c>: its value into the grid. */
static int read_cell(struct xlsx *x, struct part *p, struct grid *g, size_t *next, struct out *o)
{
    struct str type = attribute(x, p, "t");
    size_t column = column_of(attribute(x, p, "r"), *next);
    bool value = false;
    i64 style = 0;
    int r = 1;

    *next = column + 1;
    (void)str_i64(attribute(x, p, "s"), &style);
    out_reset(o);
    if (xmlTextReaderIsEmptyElement(p->reader))
        return 1;
    while ((r = part_next(p)) == 1 && !ends(p, "c")) {
        if (starts(p, "is") && !xmlTextReaderIsEmptyElement(p->reader)) {
            if ((r = read_text(p, "is", o)) != 1)
                return r;
        } else if (starts(p, "v")) {
            value = !xmlTextReaderIsEmptyElement(p->reader);
        } else if (ends(p, "v")) {
            value = false;
        } else if (value && is_text(p)) {
            out_c(o, (const char *)xmlTextReaderConstValue(p->reader));
        }
    }
    if (o->n == 0)
        return r;
    if (column >= BOOK_COLUMNS) {
        g->wide = true;
        return r;
    }
    g->cells[column] = cell_value(x, type, arena_copy(x->b->arena, out_done(o)), style < 0 ? 0 : (size_t)style);
    if (g->cells[column].n && column >= g->n)
        g->n = column + 1;
    return r;
}

static void take_row(struct xlsx *x, struct book_table *t, struct grid *g, size_t *size)
{
    struct book_row *r;

    if (g->n == 0)
        return;
    if (t->columns == NULL) {
        book_headings(x->b, t, memcpy(NEW_N(x->b->arena, struct str, g->n), g->cells,
                                      g->n * sizeof(struct str)), g->n, (int)g->row);
        return;
    }
    if (t->n_rows == *size) {
        struct book_row *more = NEW_N(x->b->arena, struct book_row, *size ? *size * 2 : 64);

        if (*size)
            memcpy(more, t->rows, *size * sizeof *more);
        t->rows = more;
        *size = *size ? *size * 2 : 64;
    }
    r = &t->rows[t->n_rows++];
    *r = (struct book_row){ (int)g->row, NEW_N(x->b->arena, struct str, t->n_columns + 1), NULL };
    for (size_t i = 0; i < t->n_columns; i++)
        r->cells[i] = i < g->n ? g->cells[i] : STR("");
    g->total += t->n_columns;
}

static int read_rows(struct xlsx *x, struct part *p, struct book_table *t)
{
    struct grid *g = NEW(x->b->arena, struct grid);
    struct out o = { .max = BOOK_CELL_BYTES };
    size_t size = 0, next = 0;
    int r;

    while ((r = part_next(p)) == 1) {
        if (starts(p, "row")) {
            i64 row;

            next = g->n = 0;
            g->row = str_i64(attribute(x, p, "r"), &row) && row > 0 && row <= 1 << 20 ? (size_t)row : g->row + 1;
            memset(g->cells, 0, sizeof g->cells);
        } else if (starts(p, "c") && (r = read_cell(x, p, g, &next, &o)) != 1) {
            break;
        }
        if (ends(p, "row"))
            take_row(x, t, g, &size);
        if (g->total > BOOK_CELLS || t->n_rows > BOOK_ROWS || g->wide) {
            struct book_row at = { .row = (int)g->row };

            book_find(x->b, true, g->wide ? T_FORMS_FIND_TOO_MANY_COLUMNS : T_FORMS_FIND_TOO_MANY_CELLS, t, &at,
                      NULL, STR(""), STR(""));
            break;
        }
    }
    out_free(&o);
    return r;
}

/* -- the file ---------------------------------------------------------------------------------------------- */

/* Reads one part with `read`; a missing one is no mistake where `optional`. */
static status with_part(struct xlsx *x, const char *name, bool optional, int (*read)(struct xlsx *, struct part *))
{
    struct part p = { 0 };
    status s = part_open(x, name, &p);
    int r;

    if (s == NOT_FOUND)
        return optional ? OK : refuse(x, T_FORMS_FIND_XLSX_PART, str_c(name));
    TRY(s);
    r = read(x, &p);
    part_end(&p);
    return r < 0 ? refuse(x, T_FORMS_FIND_XLSX_PART, str_c(name)) : OK;
}

static status read_sheet(struct xlsx *x, const struct sheet_ref *s, struct book_table *t)
{
    struct str target = arena_f(x->b->arena, "%.*s", (int)s->target.n, s->target.at);
    struct part p = { 0 };
    status got = part_open(x, target.at, &p);
    int r;

    if (got == NOT_FOUND)
        return refuse(x, T_FORMS_FIND_XLSX_PART, target);
    TRY(got);
    t->name = s->name;
    r = read_rows(x, &p, t);
    part_end(&p);
    return r < 0 ? refuse(x, T_FORMS_FIND_XLSX_PART, target) : OK;
}

static status read_sheets(struct xlsx *x)
{
    for (size_t i = 0; i < x->n_sheets; i++)
        x->b->named |= book_table_named(x->b, x->sheets[i].name) == &x->b->survey;
    for (size_t i = 0; i < x->n_sheets; i++) {
        struct book_table *t = book_table_named(x->b, x->sheets[i].name);

        if (t == NULL && !x->b->named && x->n_sheets == 1)
            t = &x->b->survey;      /* one sheet alone is the survey, whatever it is called */
        if (t != NULL && t->columns == NULL)
            TRY(read_sheet(x, &x->sheets[i], t));
    }
    return OK;
}

static status read_parts(struct xlsx *x)
{
    if (zip_get_num_entries(x->zip, 0) > ENTRIES)
        return refuse(x, T_FORMS_FIND_XLSX_TOO_LARGE, STR(""));
    TRY(with_part(x, "xl/workbook.xml", false, read_workbook));
    TRY(with_part(x, "xl/_rels/workbook.xml.rels", false, read_targets));
    TRY(with_part(x, "xl/sharedStrings.xml", true, read_strings));
    TRY(with_part(x, "xl/styles.xml", true, read_styles));
    return read_sheets(x);
}

static void close_zip(void *zip)
{
    zip_discard(zip);
}

status book_read_xlsx(struct book *b, struct str bytes)
{
    struct xlsx *x = NEW(b->arena, struct xlsx);
    zip_error_t error;
    zip_source_t *source;
    status s;

    x->b = b;
    xml_start();
    zip_error_init(&error);
    source = zip_source_buffer_create(bytes.at, bytes.n, 0, &error);
    x->zip = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    zip_error_fini(&error);
    if (x->zip == NULL) {
        zip_source_free(source);
        return refuse(x, T_FORMS_FIND_XLSX_ZIP, STR(""));
    }
    s = read_parts(x);
    close_zip(x->zip);
    return s;
}
