#include "xml.h"

#include "text.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <pthread.h>

static void quiet(void *to, const char *format, ...)
{
    (void)to;
    (void)format;
}

static void start_once(void)
{
    xmlMemSetup(memory_free, memory_library_new, memory_library_resize, memory_library_copy);
    xmlInitParser();
}

void xml_start(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, start_once);
    xmlSetGenericErrorFunc(NULL, quiet);        /* of this thread: answers must not reach the operator's log */
}

/* -- before any parser --------------------------------------------------------------------------------------------------------- */

/* The encoding that <?xml ...?> names; STR_NULL where it names none. */
static struct str declared_encoding(struct str text)
{
    struct str head = str_upto(text, str_find(text, STR("?>"))), rest;
    size_t at;

    if (!str_starts(text, STR("<?xml ")) && !str_starts(text, STR("<?xml\t")) && !str_starts(text, STR("<?xml\n")))
        return STR_NULL;
    at = str_find(head, STR("encoding"));
    if (at == head.n)
        return STR_NULL;
    rest = str_from(head, at + 8);
    while (rest.n && (rest.at[0] == ' ' || rest.at[0] == '\t' || rest.at[0] == '\n' || rest.at[0] == '\r' || rest.at[0] == '='))
        rest = str_from(rest, 1);
    if (rest.n == 0 || (rest.at[0] != '"' && rest.at[0] != '\''))
        return STR("");
    return str_upto(str_from(rest, 1), str_find_char(str_from(rest, 1), rest.at[0]));
}

static status check_encoding(struct str text)
{
    struct str named = declared_encoding(text);
    size_t bad = 0;

    if (named.at != NULL && !str_eq_nocase(named, STR("utf-8")) && !str_eq_nocase(named, STR("utf8")) &&
        !str_eq_nocase(named, STR("us-ascii")))
        return fail(INVALID, "the document must be UTF-8, and its first line says otherwise");
    if (!text_valid(text, &bad))
        return fail(INVALID, "the document is not UTF-8 at byte %zu", bad);
    if (memchr(text.at, '\0', text.n) != NULL)
        return fail(INVALID, "the document holds a zero byte");
    return OK;
}

struct scan { const struct xml_limits *limits; size_t elements, depth; };

/* Length of what begins with `<!` or `<?`: a comment, a CDATA section, an instruction. 0: anything else. */
static size_t aside(struct str s)
{
    static const struct { const char *from, *to; } asides[] = { { "<!--", "-->" }, { "<![CDATA[", "]]>" }, { "<?", "?>" } };

    for (size_t i = 0; i < COUNT_OF(asides); i++) {
        size_t from = strlen(asides[i].from);

        if (str_starts(s, str_c(asides[i].from)))
            return from + str_find(str_from(s, from), str_c(asides[i].to)) + strlen(asides[i].to);
    }
    return 0;
}

/* Bytes of the tag at the beginning of s, up to its `>`, which may stand inside quotes. */
static size_t tag_length(struct str s)
{
    char quote = '\0';

    for (size_t i = 1; i < s.n; i++) {
        char c = s.at[i];

        if (quote != '\0')
            quote = c == quote ? '\0' : quote;
        else if (c == '"' || c == '\'')
            quote = c;
        else if (c == '>')
            return i + 1;
    }
    return s.n;
}

static status take_tag(struct scan *scan, struct str tag)
{
    bool ends = tag.n > 1 && tag.at[1] == '/', empty = tag.n > 1 && tag.at[tag.n - 2] == '/';

    if (tag.n > scan->limits->tag)
        return fail(TOO_LARGE, "a tag is longer than %zu bytes", scan->limits->tag);
    if (ends) {
        scan->depth -= scan->depth > 0;
        return OK;
    }
    if (++scan->elements > scan->limits->elements)
        return fail(TOO_LARGE, "the document has more than %zu elements", scan->limits->elements);
    scan->depth += !empty;
    if (scan->depth > scan->limits->depth)
        return fail(TOO_LARGE, "elements stand in one another more than %zu deep", scan->limits->depth);
    return OK;
}

static status take_next(struct scan *scan, struct str *rest)
{
    size_t n = aside(*rest);

    if (n == 0 && rest->n > 1 && rest->at[1] == '!')
        return fail(INVALID, "a DOCTYPE or other declaration is refused");
    if (n == 0) {
        n = tag_length(*rest);
        TRY(take_tag(scan, str_upto(*rest, n)));
    }
    *rest = str_from(*rest, n);
    return OK;
}

status xml_safe(struct str text, const struct xml_limits *limits, struct str *body)
{
    struct scan scan = { .limits = limits };
    struct str rest;

    if (text.n > limits->bytes)
        return fail(TOO_LARGE, "the document is larger than %zu bytes", limits->bytes);
    if (str_starts(text, STR("\xef\xbb\xbf")))
        text = str_from(text, 3);
    TRY(check_encoding(text));
    *body = rest = text;
    for (;;) {
        rest = str_from(rest, str_find_char(rest, '<'));
        if (rest.n == 0)
            return OK;
        TRY(take_next(&scan, &rest));
    }
}

/* -- writing ----------------------------------------------------------------------------------------------------------------------- */

static size_t letter_bytes(unsigned char c)
{
    return c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
}

/* U+FFFE and U+FFFF are no characters of XML. */
static bool outside_xml(struct str letter)
{
    unsigned char c = (unsigned char)letter.at[0];

    return (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || str_is(letter, "\xef\xbf\xbe") || str_is(letter, "\xef\xbf\xbf");
}

void out_xml(struct out *o, struct str text)
{
    size_t n;

    for (; text.n; text = str_from(text, n)) {
        n = letter_bytes((unsigned char)text.at[0]);
        switch (text.at[0]) {
        case '&':  out_c(o, "&amp;"); break;
        case '<':  out_c(o, "&lt;"); break;
        case '>':  out_c(o, "&gt;"); break;
        case '"':  out_c(o, "&quot;"); break;
        case '\r': out_c(o, "&#13;"); break;
        default:   out_str(o, outside_xml(str_upto(text, n)) ? STR("\xef\xbf\xbd") : str_upto(text, n)); break;
        }
    }
}
