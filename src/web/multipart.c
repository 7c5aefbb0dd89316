#include "multipart.h"

enum { START = 4, AFTER_MAX = 64 };     /* blanks that we bear behind a delimiter */

/* -- headers -------------------------------------------------------------------------------------------- */

static bool boundary_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c != '\0' && strchr("'()+_,-./:=? ", c) != NULL);
}

/* One "; name=value" off the front; quoted or not. The value stays as it stands between the quotes. */
static bool take_parameter(struct str *rest, struct str *name, struct str *value)
{
    struct str s = str_trim(*rest);
    size_t i;

    if (s.n == 0 || s.at[0] != ';')
        return false;
    s = str_trim(str_from(s, 1));
    i = str_find_char(s, '=');
    if (i == s.n)
        return false;
    *name = str_trim(str_upto(s, i));
    s = str_trim(str_from(s, i + 1));
    if (s.n && s.at[0] == '"') {
        for (i = 1; i < s.n && s.at[i] != '"'; i++)
            i += s.at[i] == '\\' && i + 1 < s.n && s.at[i + 1] == '"';
        *value = str_of(s.at + 1, (i < s.n ? i : s.n) - 1);
        *rest = str_from(s, i + 1);
    } else {
        i = str_find_char(s, ';');
        *value = str_trim(str_upto(s, i));
        *rest = str_from(s, i);
    }
    return true;
}

/* What follows "form-data" and the like: the parameters. */
static struct str parameters(struct str value)
{
    return str_from(value, str_find_char(value, ';'));
}

bool multipart_boundary(struct str content_type, struct str *boundary)
{
    struct str rest = parameters(content_type), name, value;

    if (!str_eq_nocase(str_trim(str_upto(content_type, content_type.n - rest.n)), STR("multipart/form-data")))
        return false;
    while (take_parameter(&rest, &name, &value)) {
        if (!str_eq_nocase(name, STR("boundary")))
            continue;
        *boundary = value;
        for (size_t i = 0; i < value.n; i++)
            if (!boundary_char(value.at[i]))
                return false;
        return value.n > 0 && value.n <= MULTIPART_BOUNDARY_MAX && value.at[value.n - 1] != ' ';
    }
    return false;
}

/* Copies a value. Browsers write a quote inside it as %22 (HTML, 4.10.21.8), older programs as \"; only
   these are undone, and `percent` (filename*, RFC 8187) undoes every %XX. */
static size_t copy_value(struct str from, bool percent, char *to, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < from.n && n < max; i++) {
        char c = from.at[i];
        int byte = c == '%' && from.n - i > 2 && str_hex_digit(from.at[i + 1]) >= 0 && str_hex_digit(from.at[i + 2]) >= 0
            ? str_hex_digit(from.at[i + 1]) << 4 | str_hex_digit(from.at[i + 2]) : -1;

        if (byte >= 0 && (percent || byte == '"' || byte == '\r' || byte == '\n')) {
            c = (char)byte;
            i += 2;
        } else if (c == '\\' && from.n - i > 1 && (from.at[i + 1] == '"' || from.at[i + 1] == '\\')) {
            c = from.at[++i];
        }
        to[n++] = c;
    }
    return n;
}

/* Only the last piece of a path: some programs send all of it, and it names a person's folders. */
static struct str base_name(struct str path)
{
    size_t i = path.n;

    while (i > 0 && path.at[i - 1] != '/' && path.at[i - 1] != '\\')
        i--;
    return str_from(path, i);
}

static void read_disposition(struct multipart *m, struct str value)
{
    struct str rest = parameters(value), name, v;

    while (take_parameter(&rest, &name, &v)) {
        if (str_eq_nocase(name, STR("name"))) {
            m->n_name = copy_value(v, false, m->name, sizeof m->name);
            m->has_name = true;
        } else if (str_eq_nocase(name, STR("filename")) && !m->has_filename) {
            m->n_filename = copy_value(v, false, m->filename, sizeof m->filename);
            m->has_filename = true;
        } else if (str_eq_nocase(name, STR("filename*")) && str_eq_nocase(str_upto(v, 7), STR("utf-8''"))) {
            m->n_filename = copy_value(str_from(v, 7), true, m->filename, sizeof m->filename);
            m->has_filename = true;
        }
    }
}

static void read_head_line(struct multipart *m, struct str line)
{
    size_t colon = str_find_char(line, ':');
    struct str name = str_upto(line, colon), value = str_trim(str_from(line, colon + 1));

    if (str_eq_nocase(name, STR("content-disposition"))) {
        read_disposition(m, value);
    } else if (str_eq_nocase(name, STR("content-type"))) {
        m->n_type = value.n < sizeof m->type ? value.n : sizeof m->type;
        memcpy(m->type, value.at, m->n_type);
    }
}

static void head_start(struct multipart *m)
{
    m->state = MULTIPART_HEAD;
    m->n_line = m->n_name = m->n_filename = m->n_type = 0;
    m->has_name = m->has_filename = false;
}

static void head_end(struct multipart *m)
{
    struct part p = { .name = str_of(m->name, m->n_name), .type = str_of(m->type, m->n_type) };

    if (m->has_filename)
        p.filename = base_name(str_of(m->filename, m->n_filename));
    m->sink.begin(m->sink.to, &p);
    m->state = MULTIPART_DATA;
    m->matched = 0;
}

/* -- the machine: each takes from the front of the piece and gives how much ----------------------------- */

static void give(struct multipart *m, struct str bytes, i64 at)
{
    if (m->before == MULTIPART_DATA && bytes.n)
        m->sink.data(m->sink.to, bytes, at);
}

/* Data, or what comes before the first delimiter. CR stands only at the front of a delimiter, so after a
   mismatch the search never has to go back. */
static size_t take_data(struct multipart *m, struct str s, i64 at)
{
    m->before = m->state;
    if (m->matched == 0) {
        size_t cr = str_find_char(s, '\r');

        give(m, str_upto(s, cr), at);
        m->matched = cr < s.n;
        return cr < s.n ? cr + 1 : s.n;
    }
    if (s.at[0] != m->delimiter[m->matched]) {
        give(m, str_of(m->delimiter, m->matched), at - (i64)m->matched);
        m->matched = 0;
        return 0;
    }
    if (++m->matched == m->n_delimiter) {
        m->state = MULTIPART_DELIMITER;
        m->n_line = 0;
    }
    return 1;
}

/* A line that is not what a delimiter ends with: all of it was data. */
static size_t not_a_delimiter(struct multipart *m, i64 at)
{
    i64 start = at - (i64)(m->n_delimiter + m->n_line);

    m->state = m->before;
    m->matched = 0;
    give(m, str_of(m->delimiter, m->n_delimiter), start);
    give(m, str_of(m->line, m->n_line), start + (i64)m->n_delimiter);
    return 0;
}

static void part_end(struct multipart *m, bool whole)
{
    if (m->before == MULTIPART_DATA)
        m->sink.end(m->sink.to, whole);
}

/* Behind "CR LF -- boundary": two hyphens close, blanks and a line end open the next part, the rest was
   no delimiter. */
static size_t take_delimiter(struct multipart *m, struct str s, i64 at)
{
    char c = s.at[0], last = m->n_line ? m->line[m->n_line - 1] : ' ';

    if (c == '\n' && last != '-') {
        part_end(m, true);
        head_start(m);
        return 1;
    }
    if (c == '-' && m->n_line == 1 && last == '-') {
        part_end(m, true);
        m->state = MULTIPART_EPILOGUE;
        return 1;
    }
    if (m->n_line == AFTER_MAX || last == '-' || last == '\r')
        return not_a_delimiter(m, at);
    if (c != ' ' && c != '\t' && c != '\r' && !(c == '-' && m->n_line == 0))
        return not_a_delimiter(m, at);
    m->line[m->n_line++] = c;
    return 1;
}

/* Lines of a head; what is longer than the buffer is cut. The empty line ends it. */
static size_t take_head(struct multipart *m, struct str s)
{
    size_t lf = str_find_char(s, '\n'), room = sizeof m->line - m->n_line, n = lf < room ? lf : room;
    struct str line;

    memcpy(m->line + m->n_line, s.at, n);
    m->n_line += n;
    if (lf == s.n)
        return s.n;
    line = str_trim(str_of(m->line, m->n_line));
    m->n_line = 0;
    if (line.n == 0)
        head_end(m);
    else
        read_head_line(m, line);
    return lf + 1;
}

void multipart_start(struct multipart *m, struct str boundary, struct part_sink sink)
{
    *m = (struct multipart){ .sink = sink, .n_delimiter = START + boundary.n };
    memcpy(m->delimiter, "\r\n--", START);
    memcpy(m->delimiter + START, boundary.at, boundary.n);
    m->matched = 2;             /* the first delimiter may stand at the very beginning */
}

void multipart_feed(struct multipart *m, struct str s)
{
    i64 at = m->at;

    m->at += (i64)s.n;
    while (s.n > 0) {
        size_t took = s.n;

        switch (m->state) {
        case MULTIPART_PREAMBLE:
        case MULTIPART_DATA:      took = take_data(m, s, at); break;
        case MULTIPART_DELIMITER: took = take_delimiter(m, s, at); break;
        case MULTIPART_HEAD:      took = take_head(m, s); break;
        case MULTIPART_EPILOGUE:  break;
        }
        s = str_from(s, took);
        at += (i64)took;
    }
}

bool multipart_end(struct multipart *m)
{
    if (m->state == MULTIPART_DATA && m->matched > 0) {
        m->before = m->state;
        give(m, str_of(m->delimiter, m->matched), m->at - (i64)m->matched);
    }
    if (m->state == MULTIPART_DATA)
        m->sink.end(m->sink.to, false);
    if (m->state == MULTIPART_DELIMITER)
        part_end(m, false);
    return m->state == MULTIPART_EPILOGUE;
}
