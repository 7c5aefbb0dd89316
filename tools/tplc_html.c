#include "tplc.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* Elements beside which a blank is never seen. */
static const char *const block_tags[] = {
    "html", "meta", "title", "link", "style", "script", "body", "header", "main", "footer", "nav",
    "section", "article", "aside", "div", "p", "h1", "h2", "h3", "ul", "ol", "li", "dl", "dt", "dd",
    "form", "fieldset", "legend", "details", "summary", "option", "select", "optgroup", "table",
    "thead", "tbody", "tr", "td", "th", "caption", "blockquote", "figure", "figcaption", "br", "hr",
    "pre", NULL
};
static const char *const raw_tags[] = { "script", "style", NULL };
static const char *const keep_tags[] = { "pre", "textarea", NULL };
static const char *const text_only_tags[] = { "title", "option", "textarea", NULL };
static const char *const url_attrs[] = {
    "href", "src", "action", "formaction", "poster", "cite", "data", "xlink:href", "ping", "background",
    "manifest", NULL
};
/* Documents or programs in an attribute: no escaping makes a value safe there. srcset has its own grammar. */
static const char *const refused_attrs[] = { "style", "srcdoc", "srcset", "http-equiv", NULL };

bool html_same(const struct html_at *a, const struct html_at *b)
{
    bool in_tag = a->state == IN_TAG || a->state == IN_QUOTED;

    return a->state == b->state && a->quote == b->quote && a->keep == b->keep
        && (!in_tag || strcmp(a->tag, b->tag) == 0) && (a->state != IN_QUOTED || strcmp(a->attr, b->attr) == 0);
}

/* Writes the one blank that stands for those seen, unless nobody would see it. */
static void settle_blank(struct template *t, enum piece next)
{
    if (t->blank && t->last != PIECE_BLOCK && next != PIECE_BLOCK)
        out_char(&t->literal, ' ');
    t->blank = false;
    t->last = next;
}

static void put(struct template *t, char c)
{
    out_char(&t->literal, c);
}

static void name_start(char name[NAME_SIZE], char c)
{
    memset(name, 0, NAME_SIZE);
    name[0] = lower(c);
}

static void name_add(char name[NAME_SIZE], char c, struct place at)
{
    size_t n = strlen(name);

    if (n + 1 == NAME_SIZE)
        stop_at(at, "name too long: %s", name);
    name[n] = lower(c);
}

static void text_char(struct template *t, char c)
{
    if (c == '<') {
        t->html.state = IN_TAG_NAME;
        t->html.closing = false;
        name_start(t->html.tag, 0);
    } else if (is_blank(c) && !t->html.keep) {
        t->blank = true;
    } else {
        settle_blank(t, PIECE_TEXT);
        put(t, c);
    }
}

/* The name is complete: now it is known whether the blank before it counts, and "<name" can be written. */
static void tag_named(struct template *t)
{
    settle_blank(t, is_one_of(t->html.tag, block_tags) ? PIECE_BLOCK : PIECE_INLINE);
    out_c(&t->literal, t->html.closing ? "</" : "<");
    out_c(&t->literal, t->html.tag);
}

static void tag_end(struct template *t)
{
    put(t, '>');
    t->html.state = IN_TEXT;
    if (is_one_of(t->html.tag, keep_tags))
        t->html.keep = !t->html.closing;
    if (is_one_of(t->html.tag, raw_tags) && !t->html.closing)
        t->html.state = IN_RAW;
}

static void in_tag_char(struct template *t, char c, struct place at)
{
    if (is_blank(c)) {
        t->blank = true;
        return;
    }
    if (c == '>') {
        t->blank = false;
        tag_end(t);
    } else if (c == '/') {
        if (t->bared)           /* <path d=M0/> would make the slash part of the value */
            put(t, ' ');
        put(t, '/');
        t->blank = false;
    } else {
        if (!is_letter(c))
            stop_at(at, "'%c' cannot begin an attribute of <%s>", c, t->html.tag);
        put(t, ' ');
        put(t, c);
        t->blank = false;
        t->html.state = IN_ATTR_NAME;
        name_start(t->html.attr, c);
    }
    t->bared = false;
}

static void tag_name_char(struct template *t, char c, struct place at)
{
    if (c == '/' && t->html.tag[0] == 0) {
        t->html.closing = true;
    } else if (c == '!' && t->html.tag[0] == 0) {
        t->html.state = IN_DECLARATION;
        settle_blank(t, PIECE_BLOCK);
        out_c(&t->literal, "<!");
    } else if (is_letter(c) || (t->html.tag[0] != 0 && ((c >= '0' && c <= '9') || c == '-'))) {
        name_add(t->html.tag, c, at);
    } else if (t->html.tag[0] == 0) {
        stop_at(at, "'<' that begins no tag: write &lt;");
    } else {
        tag_named(t);
        t->html.state = IN_TAG;
        in_tag_char(t, c, at);
    }
}

static void attr_name_char(struct template *t, char c, struct place at)
{
    if (c == '=') {
        put(t, c);
        t->html.state = AFTER_EQUALS;
    } else if (is_blank(c) || c == '>' || c == '/') {
        t->html.state = IN_TAG;
        in_tag_char(t, c, at);
    } else if (c == '"' || c == '\'' || c == '<') {
        stop_at(at, "'%c' in the name of an attribute of <%s>", c, t->html.tag);
    } else {
        put(t, c);
        name_add(t->html.attr, c, at);
    }
}

static void after_equals_char(struct template *t, char c, struct place at)
{
    if (c == '"' || c == '\'') {
        t->html.state = IN_QUOTED;
        t->html.quote = c;
        t->attr_plain = true;
        t->attr_start = t->literal.n;
    } else if (is_blank(c) || c == '>' || c == '<') {
        stop_at(at, "%s= has no value", t->html.attr);
    } else {
        t->html.state = IN_BARE;
    }
    put(t, c);
}

/* Whether a value may stand without quotes: then two bytes are saved, 200 times on the longest page. */
static bool goes_bare(struct str value)
{
    static const char fine[] = "-_.:#/";

    for (size_t i = 0; i < value.n; i++) {
        char c = value.at[i];

        if (!is_letter(c) && !(c >= '0' && c <= '9') && memchr(fine, c, sizeof fine - 1) == NULL)
            return false;
    }
    return value.n > 0 && value.at[value.n - 1] != '/';
}

static void quoted_char(struct template *t, char c)
{
    struct str value;

    if (c != t->html.quote) {
        put(t, c == '\n' ? ' ' : c);
        return;
    }
    t->html.state = IN_TAG;
    t->html.quote = 0;
    value = str_from(out_done(&t->literal), t->attr_plain ? t->attr_start + 1 : t->literal.n);
    t->bared = t->attr_plain && goes_bare(value);
    if (!t->bared) {
        put(t, c);
        return;
    }
    memmove(t->literal.at + t->attr_start, value.at, value.n);
    t->literal.n--;
}

static void bare_char(struct template *t, char c, struct place at)
{
    if (is_blank(c) || c == '>') {
        t->html.state = IN_TAG;
        in_tag_char(t, c, at);
    } else {
        put(t, c);
    }
}

static void raw_char(struct template *t, char c)
{
    const char *end = text_f("</%s>", t->html.tag);

    put(t, c);
    if (str_ends(out_done(&t->literal), str_c(end)))
        t->html.state = IN_TEXT;
}

/* Comments are for readers of the source. */
static void declaration_char(struct template *t, char c)
{
    put(t, c);
    if (c == '>')
        t->html.state = IN_TEXT;
    if (str_ends(out_done(&t->literal), STR("<!--"))) {
        t->literal.n -= 4;
        t->html.state = IN_COMMENT;
        name_start(t->html.attr, 0);
    }
}

static void comment_char(struct template *t, char c)
{
    char *last = t->html.attr;              /* the last two characters, to see "-->" */

    if (c == '>' && last[0] == '-' && last[1] == '-')
        t->html.state = IN_TEXT;
    last[0] = last[1] ? last[1] : c;
    last[1] = c;
}

void html_char(struct template *t, char c, struct place at)
{
    switch (t->html.state) {
    case IN_TEXT:        text_char(t, c); break;
    case IN_TAG_NAME:    tag_name_char(t, c, at); break;
    case IN_TAG:         in_tag_char(t, c, at); break;
    case IN_ATTR_NAME:   attr_name_char(t, c, at); break;
    case AFTER_EQUALS:   after_equals_char(t, c, at); break;
    case IN_QUOTED:      quoted_char(t, c); break;
    case IN_BARE:        bare_char(t, c, at); break;
    case IN_RAW:         raw_char(t, c); break;
    case IN_COMMENT:     comment_char(t, c); break;
    case IN_DECLARATION: declaration_char(t, c); break;
    }
}

void html_meets_value(struct template *t, struct place at, const char *what)
{
    if (t->html.state == IN_TEXT) {
        settle_blank(t, PIECE_TEXT);
        return;
    }
    if (t->html.state == IN_RAW)
        stop_at(at, "%s inside <%s>: nothing escapes it there", what, t->html.tag);
    if (t->html.state == AFTER_EQUALS || t->html.state == IN_BARE)
        stop_at(at, "%s in %s= without quotes", what, t->html.attr);
    if (t->html.state != IN_QUOTED)
        stop_at(at, "%s must stand between tags or in a quoted attribute", what);
    if (strncmp(t->html.attr, "on", 2) == 0 || is_one_of(t->html.attr, refused_attrs))
        stop_at(at, "%s in %s=: nothing escapes it there", what, t->html.attr);
    t->attr_plain = false;
}

void html_meets_control(struct template *t, struct place at)
{
    enum html_state s = t->html.state;

    if (s == IN_TEXT)
        settle_blank(t, t->last == PIECE_TEXT ? PIECE_INLINE : t->last);
    else if (s == IN_ATTR_NAME)
        t->html.state = IN_TAG;             /* <input checked{{if ...}} */
    else if (s == IN_TAG_NAME)
        html_char(t, ' ', at);
    else if (s == IN_QUOTED)
        t->attr_plain = false;
    else if (s != IN_TAG)
        stop_at(at, "a branch cannot stand here");
    t->bared = false;
}

bool html_in_url(const struct template *t)
{
    return t->html.state == IN_QUOTED && is_one_of(t->html.attr, url_attrs);
}

bool html_takes_markup(const struct template *t)
{
    bool text_only = !t->html.closing && is_one_of(t->html.tag, text_only_tags);

    return t->html.state == IN_TEXT && !text_only;
}

void html_literal(struct template *t, struct str markup)
{
    settle_blank(t, PIECE_INLINE);
    out_str(&t->literal, markup);
}

void html_end(struct template *t, struct place at)
{
    if (t->html.state != IN_TEXT)
        stop_at(at, "ends inside <%s>", t->html.tag);
    t->blank = false;
}
