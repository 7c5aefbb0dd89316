#include "exchange.h"

#include "people/tokens.h"

#include <stdio.h>
#include <stdlib.h>

enum { NAMES = 16 };

/* -- who sends ---------------------------------------------------------------------------------------------------------------------------- */

static void must(status s, const char *doing)
{
    if (s == OK)
        return;
    printf("Bail out! %s: %s\n", doing, fail_message());
    exit(EXIT_FAILED);
}

static struct id organisation(struct site *site, const char *code)
{
    struct organisation_new o = { .code = str_c(code), .name = arena_f(&site->kept, "Nền tảng %s", code), .kind = STR("platform") };
    struct ledger *l = &site->in.ledger;
    struct id id;

    must(act_begin(l, (struct act_info){ .act = "demo.organisation", .now = site->now }), code);
    must(people_add_organisation(l, o, site->now, &id), code);
    must(act_commit(l), code);
    return id;
}

struct program { const char *name, *code, *scope; bool sandbox; };

static struct exchange_who credential(struct site *site, struct id org, const struct program *p)
{
    struct token_new new = { .org = org, .scope = str_c(p->scope), .key = STR(""), .name = str_c(p->name), .sandbox = p->sandbox,
                             .now = site->now };
    struct ledger *l = &site->in.ledger;
    struct token_made made;
    struct str both;

    must(act_begin(l, (struct act_info){ .act = "token.new", .now = site->now, .object = org }), p->name);
    must(token_make(l, &new, &made), p->name);
    must(act_commit(l), p->name);
    both = vault_base64(&site->kept, arena_f(&site->kept, "%s:%.*s", p->code, (int)made.text.n, made.text.at));
    return (struct exchange_who){ p->name, arena_f(&site->kept, "Authorization: Basic %.*s\n", (int)both.n, both.at).at };
}

size_t exchange_people(struct site *site, struct exchange_who who[EXCHANGE_PEOPLE])
{
    struct id org = organisation(site, "platform"), other = organisation(site, "elsewhere");

    who[0] = credential(site, org, &(struct program){ "report", "platform", "report", false });
    who[1] = credential(site, org, &(struct program){ "sandbox", "platform", "report", true });
    who[2] = credential(site, org, &(struct program){ "match", "platform", "match", false });
    who[3] = credential(site, other, &(struct program){ "other", "elsewhere", "report", false });
    who[4] = (struct exchange_who){ "nobody", "" };
    who[5] = (struct exchange_who){ "wrong", "Authorization: Basic cGxhdGZvcm06d3Jvbmc=\n" };
    return EXCHANGE_PEOPLE;
}

/* -- a file while it runs ------------------------------------------------------------------------------------------------------------------ */

struct run {
    struct site *site;
    const char *path;
    const struct exchange_who *who;
    size_t n_who;
    struct { struct str name, value; } names[NAMES];
    size_t n_names;
    struct answer answer;
    int line;
    bool right;
};

static void wrong(struct run *r, const char *what, struct str line)
{
    printf("# %s:%d: %s: %.*s\n# answer %d: %.*s\n", r->path, r->line, what, (int)line.n, line.at, r->answer.code,
           (int)(r->answer.body.n < 600 ? r->answer.body.n : 600), r->answer.body.at);
    r->right = false;
}

static struct str filled(struct run *r, struct str text)
{
    struct out o = { .max = 8 << 20 };
    struct str done;

    while (text.n) {
        size_t at = str_find(text, STR("${")), end;

        out_str(&o, str_upto(text, at));
        text = str_from(text, at);
        if (text.n == 0)
            break;
        end = str_find_char(text, '}');
        for (size_t i = 0; i < r->n_names; i++)
            if (str_eq(r->names[i].name, str_upto(str_from(text, 2), end - 2)))
                out_str(&o, r->names[i].value);
        text = str_from(text, end + 1);
    }
    done = arena_copy(&r->site->kept, out_done(&o));
    out_free(&o);
    return done;
}

static struct str element(struct run *r, struct str name)
{
    struct str open = arena_f(&r->site->kept, "<%.*s>", (int)name.n, name.at), close = arena_f(&r->site->kept, "</%.*s>", (int)name.n, name.at);

    return between(r->answer, open.at, close.at);
}

static struct str member(struct run *r, struct str name)
{
    struct str found = between(r->answer, arena_f(&r->site->kept, "\"%.*s\":", (int)name.n, name.at).at, ",");

    found = str_upto(found, str_find_char(found, '}'));
    if (found.n > 1 && found.at[0] == '"')
        found = str_upto(str_from(found, 1), found.n - 2);
    return found;
}

static void save(struct run *r, struct str name, struct str value)
{
    size_t i = 0;

    while (i < r->n_names && !str_eq(r->names[i].name, name))
        i++;
    if (i == NAMES)
        abort();
    r->n_names += i == r->n_names;
    r->names[i].name = name;
    r->names[i].value = arena_copy(&r->site->kept, value);
    if (value.n == 0)
        wrong(r, "nothing to keep", name);
}

static bool is_hex(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (str_hex_digit(s.at[i]) < 0)
            return false;
    return true;
}

static void check(struct run *r, struct str line)
{
    struct str rest = line, word, first, value;
    i64 digits = 0;

    (void)str_cut(&rest, ' ', &word);
    value = filled(r, rest);
    first = rest;
    if (str_is(word, "~") && str_find(r->answer.body, value) == r->answer.body.n)
        wrong(r, "not in the answer", value);
    if (str_is(word, "!") && str_find(r->answer.body, value) < r->answer.body.n)
        wrong(r, "must not be there", value);
    if (str_is(word, "head") && header_of(r->answer, value.at).n == 0)
        wrong(r, "no such header", value);
    if (str_is(word, "type") && !str_eq(header_of(r->answer, "Content-Type"), value))
        wrong(r, "another type", header_of(r->answer, "Content-Type"));
    if (str_is(word, "empty") && r->answer.body.n)
        wrong(r, "must be empty", line);
    if (str_is(word, "=") || str_is(word, "save") || str_is(word, "hex") || str_is(word, "json") || str_is(word, "savejson"))
        (void)str_cut(&rest, ' ', &first);
    if (str_is(word, "=") && !str_eq(element(r, first), filled(r, rest)))
        wrong(r, "another value", element(r, first));
    if (str_is(word, "json") && !str_eq(member(r, first), filled(r, rest)))
        wrong(r, "another value", member(r, first));
    if (str_is(word, "save"))
        save(r, rest, element(r, first));
    if (str_is(word, "savejson"))
        save(r, rest, member(r, first));
    if (str_is(word, "hex")) {
        struct str text = filled(r, arena_f(&r->site->kept, "${%.*s}", (int)first.n, first.at));

        if (!str_i64(rest, &digits) || text.n != (size_t)digits || !is_hex(text))
            wrong(r, "not so many digits", text);
    }
}

static const char *header_of_who(struct run *r, struct str name)
{
    for (size_t i = 0; i < r->n_who; i++)
        if (str_is(name, r->who[i].name))
            return r->who[i].header;
    wrong(r, "nobody of that name", name);
    return "";
}

/* Parts of a form are sent with the line ends of HTTP. */
static struct str wire(struct run *r, struct str type, struct str body)
{
    struct out o = { .max = 8 << 20 };
    struct str done;

    if (!str_starts(type, STR("multipart/")))
        return body;
    for (size_t i = 0; i < body.n; i++) {
        if (body.at[i] == '\n')
            out_char(&o, '\r');
        out_char(&o, body.at[i]);
    }
    out_c(&o, "\r\n");
    done = arena_copy(&r->site->kept, out_done(&o));
    out_free(&o);
    return done;
}

/* "> METHOD PATH as WHO", headers, a blank line, the body up to the line "< CODE". */
static void ask(struct run *r, struct str line, struct str *rest)
{
    struct str method, path, who, type = STR(""), headers = STR(""), body = STR(""), next;
    struct out head = { .max = 65536 }, text = { .max = 8 << 20 };
    struct asking q = { 0 };
    bool in_body = false;
    i64 code = 0;

    line = str_from(line, 2);
    (void)str_cut(&line, ' ', &method);
    (void)str_cut(&line, ' ', &path);
    (void)str_cut(&line, ' ', &who);
    who = line;
    while (str_cut(rest, '\n', &next)) {
        r->line++;
        if (str_starts(next, STR("< ")))
            break;
        if (!in_body && next.n == 0) {
            in_body = true;
        } else if (!in_body && str_starts(next, STR("Content-Type: "))) {
            type = arena_copy(&r->site->kept, str_from(next, 14));
        } else if (!in_body) {
            out_str(&head, filled(r, next));
            out_char(&head, '\n');
        } else {
            out_c(&text, text.n ? "\n" : "");
            out_str(&text, next);
        }
    }
    out_c(&head, header_of_who(r, who));
    headers = arena_copy(&r->site->kept, out_done(&head));
    body = wire(r, type, filled(r, out_done(&text)));
    out_free(&head);
    out_free(&text);
    q = (struct asking){ .method = arena_copy(&r->site->kept, method).at, .path = filled(r, path).at, .header = headers.at, .body = body.at,
                         .n = body.n, .type = type.n ? type.at : NULL };
    r->answer = site_ask(r->site, q, NULL);
    if (!str_i64(str_from(next, 2), &code) || r->answer.code != code)
        wrong(r, "another status", next);
}

bool exchange_run(struct site *site, const char *path, const struct exchange_who *who, size_t n)
{
    struct run r = { .site = site, .path = path, .who = who, .n_who = n, .right = true };
    struct str text, line;
    FILE *f = fopen(path, "re");
    char *bytes = arena_alloc(&site->kept, 1 << 20);

    if (f == NULL) {
        printf("# %s is not there\n", path);
        return false;
    }
    text = str_of(bytes, fread(bytes, 1, 1 << 20, f));
    fclose(f);
    while (str_cut(&text, '\n', &line)) {
        r.line++;
        if (line.n == 0 || line.at[0] == '#')
            continue;
        if (str_starts(line, STR("> ")))
            ask(&r, line, &text);
        else
            check(&r, line);
    }
    return r.right;
}
