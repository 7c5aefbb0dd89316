/* Tables as CSV and XLSX. */
#include "sheet.h"

#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>
#include <xlsxwriter.h>

/* -- packed rows ------------------------------------------------------------------------------------------------------------------------ */

void sheet_pack(struct out *packed, const struct sheet_cell *cells, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct str text = str_upto(cells[i].text, SHEET_CELL_BYTES);
        i64 size = cells[i].number ? -1 : (i64)text.n;

        out_bytes(packed, &size, sizeof size);
        if (cells[i].number)
            out_bytes(packed, &cells[i].n, sizeof cells[i].n);
        else
            out_str(packed, text);
    }
}

static bool unpack(struct str *packed, struct sheet_cell *cell)
{
    i64 size;

    if (packed->n < sizeof size)
        return false;
    memcpy(&size, packed->at, sizeof size);
    *packed = str_from(*packed, sizeof size);
    *cell = (struct sheet_cell){ .number = size < 0 };
    if (cell->number)
        memcpy(&cell->n, packed->at, sizeof cell->n);
    else
        cell->text = str_upto(*packed, (size_t)size);
    *packed = str_from(*packed, cell->number ? sizeof cell->n : (size_t)size);
    return true;
}

/* -- CSV ---------------------------------------------------------------------------------------------------------------------------------- */

/* What a spreadsheet program takes for the beginning of a formula; also the wide forms, which some fold. */
static bool begins_formula(struct str s)
{
    static const char *const signs[] = { "=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠" };

    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (str_starts(s, str_c(signs[i])))
            return true;
    return false;
}

/* Excel with a comma for decimals, as Vietnamese ones have, cuts cells at ';': behind any sign that may cut one, a formula may begin. */
static bool may_cut(char ch)
{
    return ch == ';' || ch == ',' || ch == '|' || ch == '\t' || ch == '\n' || ch == '\r' || ch == '"';
}

void sheet_csv_cell(struct out *o, struct str text)
{
    bool begin = true;

    out_char(o, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (begin && begins_formula(str_from(text, i)))
            out_char(o, '\'');
        if (text.at[i] == '"')
            out_char(o, '"');
        if (text.at[i] != '\0')
            out_char(o, text.at[i]);
        begin = may_cut(text.at[i]) || (begin && text.at[i] == ' ');
    }
    out_char(o, '"');
}

/* RFC 4180, with the mark that tells Excel that it is UTF-8. */
static status write_csv(const struct sheet_file *file, struct out *to)
{
    struct str rest = file->packed;
    struct sheet_cell cell;

    out_c(to, "\xef\xbb\xbf");
    for (size_t i = 0; unpack(&rest, &cell); i++) {
        if (i % file->columns)
            out_char(to, ',');
        if (cell.number)
            out_i64(to, cell.n);
        else
            sheet_csv_cell(to, cell.text);
        if ((i + 1) % file->columns == 0)
            out_c(to, "\r\n");
    }
    return to->over ? fail(TOO_LARGE, "a table of more bytes than an answer may have") : OK;
}

/* -- XLSX --------------------------------------------------------------------------------------------------------------------------------- */

/* libxlsxwriter wants texts that end with a 0 byte. */
static lxw_error put_text(lxw_worksheet *sheet, lxw_row_t row, lxw_col_t column, struct str text, lxw_format *format)
{
    char *copy = memory_new(text.n + 1);
    lxw_error error;

    memcpy(copy, text.n ? text.at : "", text.n);
    error = worksheet_write_string(sheet, row, column, copy, format);
    memory_free(copy);
    return error;
}

static lxw_error put_cells(const struct sheet_file *file, lxw_worksheet *sheet, lxw_format *head)
{
    struct str rest = file->packed;
    struct sheet_cell cell;
    lxw_error error = LXW_NO_ERROR;

    for (size_t i = 0; error == LXW_NO_ERROR && unpack(&rest, &cell); i++) {
        lxw_row_t row = (lxw_row_t)(i / file->columns);
        lxw_col_t column = (lxw_col_t)(i % file->columns);

        if (cell.number)
            error = worksheet_write_number(sheet, row, column, (double)cell.n, NULL);
        else
            error = put_text(sheet, row, column, cell.text, row == 0 ? head : NULL);
    }
    return error;
}

static void set_made(lxw_workbook *book, i64 made)
{
    lxw_doc_properties about = { .created = (time_t)(made / 1000) };

    (void)workbook_set_properties(book, &about);
}

/* Its parts lie in unlinked files of memory while it is made (a folder of the disk would keep them), and so does the whole. */
static lxw_error make_book(const struct sheet_file *file, const char *path)
{
    lxw_workbook_options options = { .tmpdir = (char *)"/dev/shm" };
    lxw_workbook *book = workbook_new_opt(path, &options);
    lxw_worksheet *sheet = book ? workbook_add_worksheet(book, NULL) : NULL;
    lxw_format *head = book ? workbook_add_format(book) : NULL;
    lxw_error error, end;

    if (sheet == NULL || head == NULL)
        return LXW_ERROR_MEMORY_MALLOC_FAILED;
    set_made(book, file->made);
    format_set_bold(head);
    worksheet_freeze_panes(sheet, 1, 0);
    (void)worksheet_set_column(sheet, 0, (lxw_col_t)(file->columns - 1), 18, NULL);
    error = put_cells(file, sheet, head);
    end = workbook_close(book);
    return error != LXW_NO_ERROR ? error : end;
}

static status take_all(int fd, struct out *to)
{
    char part[16384];
    ssize_t n;

    for (off_t at = 0; (n = pread(fd, part, sizeof part, at)) > 0; at += n)
        out_bytes(to, part, (size_t)n);
    explicit_bzero(part, sizeof part);
    if (n < 0)
        return fail(BROKEN, "a table in memory cannot be read");
    return to->over ? fail(TOO_LARGE, "a table of more bytes than an answer may have") : OK;
}

static status write_xlsx(const struct sheet_file *file, struct out *to)
{
    int fd = memfd_create("table", MFD_CLOEXEC);
    char path[40];
    lxw_error error;
    status s;

    if (fd < 0 || access("/dev/shm", W_OK | X_OK) != 0) {
        if (fd >= 0)
            close(fd);
        return fail(BROKEN, "no memory folder /dev/shm for the parts of a table");
    }
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    error = make_book(file, path);
    s = error == LXW_NO_ERROR ? take_all(fd, to) : fail(BROKEN, "libxlsxwriter: %s", lxw_strerror(error));
    close(fd);
    return s;
}

status sheet_write(const struct sheet_file *file, struct out *to)
{
    return file->format == SHEET_XLSX ? write_xlsx(file, to) : write_csv(file, to);
}
