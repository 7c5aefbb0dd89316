#include "content.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CONTENT_MAX = 8 << 20 };

static char override_dir[PATH_MAX], own_content_dir[PATH_MAX + 8], shipped_dir[PATH_MAX], own_dir[PATH_MAX];

const char *program_dir(void)
{
    ssize_t n;
    char *slash;

    if (own_dir[0])
        return own_dir;
    n = readlink("/proc/self/exe", own_dir, sizeof own_dir - 1);
    own_dir[n > 0 ? n : 0] = '\0';
    slash = strrchr(own_dir, '/');
    if (slash != NULL)
        *slash = '\0';
    return own_dir;
}

static bool try_dir(const char *base, const char *below)
{
    struct stat st;
    int n = snprintf(shipped_dir, sizeof shipped_dir, "%s/%s", base, below);

    return n > 0 && (size_t)n < sizeof shipped_dir && stat(shipped_dir, &st) == 0 && S_ISDIR(st.st_mode);
}

void content_start(const char *data_dir)
{
    static const char *const places[] = { "content", "../content", "../../content", "../share/lachan/content" };

    snprintf(override_dir, sizeof override_dir, "%s", data_dir ? data_dir : "");
    snprintf(own_content_dir, sizeof own_content_dir, "%s/content", override_dir);
    for (size_t i = 0; i < COUNT_OF(places); i++)
        if (try_dir(program_dir(), places[i]))
            return;
    shipped_dir[0] = '\0';
}

const char *content_shipped_dir(void)
{
    return shipped_dir;
}

const char *content_own_dir(void)
{
    return override_dir[0] ? own_content_dir : NULL;
}

static status read_open(struct arena *a, int fd, const char *path, size_t max, struct str *text)
{
    struct stat st;
    size_t n = 0;
    char *at;

    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
        return fail(NOT_FOUND, "%s is not a file", path);
    if (st.st_size < 0 || (size_t)st.st_size > max)
        return fail(TOO_LARGE, "%s has %lld bytes, at most %zu are read", path, (long long)st.st_size, max);
    at = arena_alloc(a, (size_t)st.st_size + 1);
    while (n < (size_t)st.st_size) {
        ssize_t got = read(fd, at + n, (size_t)st.st_size - n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return fail(BROKEN, "reading failed: errno %d", errno);
        if (got == 0)
            break;
        n += (size_t)got;
    }
    *text = str_of(at, n);
    return OK;
}

status file_read(struct arena *a, const char *path, size_t max, struct str *text)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);      /* a pipe under this name would wait for its writer for ever */
    status s;

    if (fd < 0)
        return fail(NOT_FOUND, "%s cannot be opened: %s", path, strerrordesc_np(errno));
    s = read_open(a, fd, path, max, text);
    close(fd);
    return s;
}

bool file_write(int fd, struct str bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.at, bytes.n);

        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            errno = EIO;
        if (n <= 0)
            return false;
        bytes = str_from(bytes, (size_t)n);
    }
    return true;
}

status content_read(struct arena *a, const char *name, struct str *text)
{
    struct str path;

    if (override_dir[0]) {
        path = arena_f(a, "%s/content/%s", override_dir, name);
        if (access(path.at, R_OK) == 0)
            return file_read(a, path.at, CONTENT_MAX, text);
    }
    if (!shipped_dir[0])
        return fail(NOT_FOUND, "content/%s: no content folder beside the program", name);
    path = arena_f(a, "%s/%s", shipped_dir, name);
    return file_read(a, path.at, CONTENT_MAX, text);
}

/* A quoted field: doubled quotes stand for one. Moves rest behind the closing quote. */
static struct str quoted(struct arena *a, struct csv *csv)
{
    char *at = arena_alloc(a, csv->rest.n + 1);
    size_t n = 0, i = 1;

    for (; i < csv->rest.n; i++) {
        char c = csv->rest.at[i];

        if (c == '"' && !(i + 1 < csv->rest.n && csv->rest.at[i + 1] == '"'))
            break;
        i += c == '"';
        csv->line += c == '\n';
        at[n++] = c;
    }
    csv->rest = str_from(csv->rest, i + 1);
    return str_of(at, n);
}

static struct str plain(struct csv *csv)
{
    size_t n = 0;
    struct str field;

    while (n < csv->rest.n && csv->rest.at[n] != ',' && csv->rest.at[n] != '\n' && csv->rest.at[n] != '\r')
        n++;
    field = str_upto(csv->rest, n);
    csv->rest = str_from(csv->rest, n);
    return field;
}

static void skip_line_end(struct csv *csv)
{
    if (csv->rest.n && csv->rest.at[0] == '\r')
        csv->rest = str_from(csv->rest, 1);
    if (csv->rest.n && csv->rest.at[0] == '\n') {
        csv->rest = str_from(csv->rest, 1);
        csv->line++;
    }
}

static void skip_comments(struct csv *csv)
{
    while (csv->rest.n && strchr("#\r\n", csv->rest.at[0])) {
        csv->rest = str_from(csv->rest, str_find_char(csv->rest, '\n'));
        skip_line_end(csv);
    }
}

bool csv_next(struct arena *a, struct csv *csv, struct csv_record *record)
{
    skip_comments(csv);
    record->n = 0;
    record->line = csv->line + 1;
    if (csv->rest.n == 0)
        return false;
    while (record->n < CSV_FIELDS) {
        record->at[record->n++] = csv->rest.n && csv->rest.at[0] == '"' ? quoted(a, csv) : plain(csv);
        if (csv->rest.n == 0 || csv->rest.at[0] != ',')
            break;
        csv->rest = str_from(csv->rest, 1);
    }
    skip_line_end(csv);
    return true;
}
