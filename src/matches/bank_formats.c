#include "bank_file.h"

#include "../base/content.h"

static const char *const format_codes[BANK_FORMATS] = { "", "local", "csv", "stopncii", "ncmec" };

const char *bank_format_code(enum bank_format format)
{
    return format_codes[format];
}

static struct str without_bom(struct str text)
{
    return str_starts(text, STR("\xef\xbb\xbf")) ? str_from(text, 3) : text;
}

enum bank_format bank_format_of(struct str text)
{
    struct str all = str_trim(without_bom(text)), line = all;

    if (all.n == 0)
        return FORMAT_NONE;
    if (all.at[0] == '<')
        return FORMAT_NCMEC;
    if (all.at[0] == '{' || all.at[0] == '[')
        return FORMAT_STOPNCII;
    line = str_upto(all, str_find_char(all, '\n'));
    return str_find_char(line, ',') < line.n ? FORMAT_CSV : FORMAT_LOCAL;
}

/* -- what all readers share -------------------------------------------------------------------------------------------------------- */

void file_fault(struct file_check *check, i64 line, struct str text, enum file_fault_kind kind)
{
    check->faults++;
    if (check->n < FAULTS_KEPT)
        check->at[check->n++] = (struct file_fault){ line, str_upto(text, 80), kind };
}

bool file_record(struct file_check *check, struct arena *a, const struct hash_new *h)
{
    if (check->records == FILE_RECORDS_MAX) {
        if (check->faults == 0)
            file_fault(check, 0, STR(""), FILE_MANY);
        return false;
    }
    check->records++;
    check->of_kind[h->kind]++;
    check->ended += h->status == HASH_WITHDRAWN || h->status == HASH_DELETED;
    if (check->list != NULL)
        list_line_write(check->list, a, h);
    return true;
}

bool file_kind(struct str name, enum hash_kind *kind, bool *video)
{
    static const struct { const char *name; enum hash_kind kind; bool video; } others[] = {
        { "ImagePDQ", HASH_PDQ, false }, { "VideoMD5", HASH_MD5, true }, { "VideoTMK", HASH_TMK, true }, { "URL", HASH_URL, false },
        { "video_md5", HASH_MD5, true }, { "video_sha256", HASH_SHA256, true }, { "PDQ", HASH_PDQ, false }, { "MD5", HASH_MD5, false },
    };

    if (str_starts(name, STR("StopNCIISignalType.")))
        name = str_from(name, 19);
    *video = false;
    *kind = hash_kind_of(name);
    for (size_t i = 0; *kind == 0 && i < COUNT_OF(others); i++)
        if (str_is(name, others[i].name)) {
            *kind = others[i].kind;
            *video = others[i].video;
        }
    return *kind != 0;
}

static const char *const status_codes[] = { [HASH_ACTIVE] = "active", [HASH_RECEIVED] = "received", [HASH_WITHDRAWN] = "withdrawn",
                                            [HASH_DELETED] = "deleted" };

bool file_status(struct str word, enum hash_status *code)
{
    for (int i = HASH_ACTIVE; i <= HASH_DELETED; i++)
        if (str_eq_nocase(word, str_c(status_codes[i]))) {
            *code = (enum hash_status)i;
            return true;
        }
    return false;
}

bool file_value(struct file_check *check, struct arena *a, i64 line, struct str text, struct hash_new *h)
{
    if (hash_value_read(a, h->kind, text, &h->value) == OK)
        return true;
    fail_clear();
    file_fault(check, line, text, FILE_VALUE);
    return false;
}

/* -- lines "pdq HEX" ------------------------------------------------------------------------------------------------------------------ */

static void local_line(struct file_check *check, struct arena *a, i64 number, struct str line)
{
    struct hash_new h = { .quality = QUALITY_UNKNOWN, .status = HASH_ACTIVE };
    size_t space = 0;
    bool video;

    while (space < line.n && line.at[space] != ' ' && line.at[space] != '\t')
        space++;
    if (space == line.n) {
        file_fault(check, number, line, FILE_SHAPE);
        return;
    }
    if (!file_kind(str_upto(line, space), &h.kind, &video)) {
        file_fault(check, number, line, FILE_KIND);
        return;
    }
    h.video = video;
    if (hash_value_read(a, h.kind, str_trim(str_from(line, space)), &h.value) == OK) {
        (void)file_record(check, a, &h);
        return;
    }
    fail_clear();
    file_fault(check, number, line, FILE_VALUE);
}

static void local_check(struct arena *a, struct str text, struct file_check *check)
{
    struct arena_mark mark = arena_mark(a);
    struct str line;

    for (i64 number = 1; str_cut(&text, '\n', &line); number++) {
        line = str_trim(line);
        if (line.n > 0 && line.at[0] != '#')
            local_line(check, a, number, line);
        arena_back(a, mark);
    }
}

/* -- CSV with a header ------------------------------------------------------------------------------------------------------------------ */

enum column { COL_KIND, COL_VALUE, COL_QUALITY, COL_FAMILY, COL_STATUS, COL_ID, COL_VIDEO, COLUMNS };
static const char *const column_names[COLUMNS] = { "kind", "value", "quality", "family", "status", "id", "video" };
struct columns { size_t at[COLUMNS]; bool has[COLUMNS]; };

static bool read_header(const struct csv_record *r, struct columns *cols)
{
    for (size_t i = 0; i < r->n; i++)
        for (size_t k = 0; k < COLUMNS; k++)
            if (str_eq_nocase(str_trim(r->at[i]), str_c(column_names[k]))) {
                cols->has[k] = true;
                cols->at[k] = i;
            }
    return cols->has[COL_KIND] && cols->has[COL_VALUE];
}

static struct str cell(const struct csv_record *r, const struct columns *cols, enum column k)
{
    return cols->has[k] && cols->at[k] < r->n ? str_trim(r->at[cols->at[k]]) : STR("");
}

static enum file_fault_kind read_cells(const struct csv_record *r, const struct columns *cols, struct hash_new *h)
{
    struct str quality = cell(r, cols, COL_QUALITY), family = cell(r, cols, COL_FAMILY), word = cell(r, cols, COL_STATUS);
    bool video;

    if (!file_kind(cell(r, cols, COL_KIND), &h->kind, &video))
        return FILE_KIND;
    h->video = video || str_is(cell(r, cols, COL_VIDEO), "1");
    if (quality.n > 0 && (!str_i64(quality, &h->quality) || h->quality < 0 || h->quality > 100))
        return FILE_QUALITY;
    if (word.n > 0 && !file_status(word, &h->status))
        return FILE_STATUS;
    if (family.n > 0 && !str_is(family, "full") && !str_is(family, "cpp512"))
        return FILE_FAMILY;
    h->family = str_is(family, "cpp512") ? FAMILY_CPP512 : FAMILY_NONE;
    h->source_id = cell(r, cols, COL_ID);
    return h->source_id.n > SOURCE_ID_CHARS ? FILE_SOURCE_ID : FILE_FINE;
}

static void csv_check(struct arena *a, struct str text, struct file_check *check)
{
    struct csv csv = { .rest = text };
    struct csv_record r;
    struct columns cols = { 0 };
    struct arena_mark mark = arena_mark(a);

    if (!csv_next(a, &csv, &r) || !read_header(&r, &cols)) {
        file_fault(check, 1, str_upto(text, str_find_char(text, '\n')), FILE_HEADER);
        return;
    }
    for (struct str rest = csv.rest; csv_next(a, &csv, &r); rest = csv.rest) {
        struct hash_new h = { .quality = QUALITY_UNKNOWN, .status = HASH_ACTIVE };
        enum file_fault_kind fault = read_cells(&r, &cols, &h);

        if (fault == FILE_FINE && hash_value_read(a, h.kind, cell(&r, &cols, COL_VALUE), &h.value) != OK)
            fault = FILE_VALUE;
        if (fault == FILE_FINE)
            (void)file_record(check, a, &h);
        else        /* the line as it stands in the file: what was read of it goes with the mark */
            file_fault(check, r.line, str_trim(str_upto(rest, rest.n - csv.rest.n)), fault);
        arena_back(a, mark);
    }
    fail_clear();
}

void bank_file_check(struct arena *a, struct str text, struct file_check *check)
{
    struct out *list = check->list;

    text = without_bom(text);
    *check = (struct file_check){ .list = list, .format = bank_format_of(text) };
    switch (check->format) {
    case FORMAT_LOCAL: local_check(a, text, check); break;
    case FORMAT_CSV: csv_check(a, text, check); break;
    case FORMAT_STOPNCII: stopncii_check(a, text, check); break;
    case FORMAT_NCMEC: ncmec_check(a, text, check); break;
    default: break;
    }
    if (check->records == 0 && check->faults == 0)
        file_fault(check, 0, STR(""), FILE_EMPTY);
}

/* -- the list that is kept ---------------------------------------------------------------------------------------------------------------- */

void list_line_write(struct out *o, struct arena *a, const struct hash_new *h)
{
    out_f(o, "%s\t%d\t%d\t%lld\t%d\t", h->kind ? hash_kind_code(h->kind) : "-", (int)h->family, h->video, (long long)h->quality, (int)h->status);
    for (size_t i = 0; i < h->source_id.n; i++)
        out_char(o, (unsigned char)h->source_id.at[i] < ' ' ? ' ' : h->source_id.at[i]);
    out_char(o, '\t');
    if (h->kind)
        out_str(o, hash_value_text(a, h->kind, h->value));
    out_char(o, '\n');
}

static bool next_number(struct str *rest, i64 *n)
{
    struct str piece;

    return str_cut(rest, '\t', &piece) && str_i64(piece, n);
}

status list_line_read(struct arena *a, struct str line, struct hash_new *h)
{
    struct str kind;
    i64 family, video, code;

    *h = (struct hash_new){ 0 };
    if (!str_cut(&line, '\t', &kind) || !next_number(&line, &family) || !next_number(&line, &video) || !next_number(&line, &h->quality)
        || !next_number(&line, &code) || !str_cut(&line, '\t', &h->source_id))
        return fail(BROKEN, "a line of a kept list is not as it was written");
    h->kind = hash_kind_of(kind);
    h->family = (enum hash_family)family;
    h->video = video != 0;
    h->status = (enum hash_status)code;
    return h->kind ? hash_value_read(a, h->kind, line, &h->value) : OK;
}
