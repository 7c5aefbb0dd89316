#include "zone_text.h"

#include <arpa/inet.h>
#include <stdlib.h>

/* -- lines and words ---------------------------------------------------------------------------------------------------------------- */

enum { WORDS_MAX = 24, OWNER_MAX = 255 };

struct reading {
    struct arena *a;
    struct zone_check *found;
    struct str rest, origin, owner;     /* origin without the last dot; owner of the last record, relative to it */
    i64 line, began;                    /* of the record: brackets may spread it */
    struct str words[WORDS_MAX];
    size_t n;
    bool indented, soa, ns, ttl;
    struct out keys;                    /* owners with their lines, for what can only be seen at the end */
};

static void note(struct reading *r, bool warning, struct str what, struct str remedy)
{
    struct zone_check *f = r->found;

    if (warning)
        f->warnings++;
    else
        f->errors++;
    if (f->n < ZONE_FAULTS_MAX)
        f->at[f->n++] = (struct zone_fault){ r->began, warning, what, remedy };
}

#define ERROR(r, remedy, ...) note((r), false, arena_f((r)->a, __VA_ARGS__), STR(remedy))
#define WARN(r, remedy, ...) note((r), true, arena_f((r)->a, __VA_ARGS__), STR(remedy))

static bool word_end(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == ';' || c == '(' || c == ')' || c == '"';
}

static void add_word(struct reading *r, struct str word)
{
    if (r->n < WORDS_MAX)
        r->words[r->n++] = word;
    else if (r->n++ == WORDS_MAX)
        ERROR(r, "split it; a record of a policy zone has one owner and one target", "the record has more than %d words", WORDS_MAX);
}

/* Words of one line; a quoted text is one word with its marks. Tells how the depth of brackets changes. */
static int split_line(struct reading *r, struct str line)
{
    int depth = 0;

    for (size_t i = 0; i < line.n;) {
        size_t from = i;

        if (line.at[i] == ';')
            break;
        if (line.at[i] == '"') {
            size_t end = str_find_char(str_from(line, i + 1), '"');

            if (end == line.n - i - 1)
                ERROR(r, "close the quotation mark on the same line", "a quotation mark is not closed");
            i += end + 2;
            add_word(r, str_upto(str_from(line, from), i - from));
            continue;
        }
        if (word_end(line.at[i])) {
            depth += line.at[i] == '(' ? 1 : line.at[i] == ')' ? -1 : 0;
            i++;
            continue;
        }
        while (i < line.n && !word_end(line.at[i]))
            i++;
        add_word(r, str_upto(str_from(line, from), i - from));
    }
    return depth;
}

/* One record, over as many lines as its brackets hold open. False at the end of the file. */
static bool next_record(struct reading *r)
{
    struct str line;
    int depth = 0;

    r->n = 0;
    r->began = r->line + 1;
    while (str_cut(&r->rest, '\n', &line)) {
        r->line++;
        if (r->n == 0) {
            r->began = r->line;
            r->indented = line.n > 0 && (line.at[0] == ' ' || line.at[0] == '\t');
        }
        if (memchr(line.at, 0, line.n) != NULL)
            ERROR(r, "save it as plain text", "the line holds a NUL byte");
        depth += split_line(r, line);
        if (depth < 0)
            ERROR(r, "take it out", "a bracket is closed that was not opened");
        if (depth <= 0 && r->n > 0)
            return true;
        depth = depth < 0 ? 0 : depth;
    }
    if (depth > 0)
        ERROR(r, "close it with )", "a bracket is open at the end of the file");
    return r->n > 0;
}

/* -- names --------------------------------------------------------------------------------------------------------------------------- */

static const char *label_fault(struct str label, bool first)
{
    if (label.n == 0)
        return "two dots in a row";
    if (label.n > 63)
        return "a label over 63 characters";
    if (first && label.n == 1 && label.at[0] == '*')
        return NULL;
    for (size_t i = 0; i < label.n; i++) {
        char c = label.at[i];

        if ((unsigned char)c >= 0x80)
            return "letters beyond ASCII";
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return "a sign that no host name has";
    }
    return label.at[0] == '-' || label.at[label.n - 1] == '-' ? "a label that begins or ends with '-'" : NULL;
}

static bool name_right(struct reading *r, struct str name, const char *which)
{
    struct str rest = name, label;
    bool first = true;

    if (rest.n > 0 && rest.at[rest.n - 1] == '.')
        rest.n--;
    while (str_cut(&rest, '.', &label)) {
        const char *fault = label_fault(label, first);

        if (fault != NULL) {
            ERROR(r, "write the name as resolvers know it (xn--... for other letters)", "%s %.*s has %s", which,
                  (int)(name.n < 80 ? name.n : 80), name.at, fault);
            return false;
        }
        first = false;
    }
    return true;
}

/* The owner relative to the zone; "@" is the zone itself. */
static bool relative(struct reading *r, struct str name, struct str *owner)
{
    struct str tail = arena_f(r->a, ".%.*s.", (int)r->origin.n, r->origin.at), whole = arena_f(r->a, "%.*s.", (int)r->origin.n, r->origin.at);

    *owner = name;
    if (str_is(name, "@") || (r->origin.n > 0 && str_eq_nocase(name, whole))) {
        *owner = STR("@");
        return true;
    }
    if (name.n > 0 && name.at[name.n - 1] == '.') {
        if (name.n <= tail.n || !str_eq_nocase(str_from(name, name.n - tail.n), tail)) {
            ERROR(r, "leave the last dot out, or put the zone's name behind it", "%.*s is not inside the zone %.*s", (int)name.n, name.at,
                  (int)r->origin.n, r->origin.at);
            return false;
        }
        *owner = str_upto(name, name.n - tail.n);
    }
    if (owner->n + r->origin.n + 2 > OWNER_MAX) {
        ERROR(r, "shorten the zone's name, or leave this name out", "the name and the zone's name are over %d characters together", OWNER_MAX);
        return false;
    }
    return name_right(r, *owner, "the name");
}

/* -- triggers other than names: 24.0.2.0.192.rpz-ip --------------------------------------------------------------------------------------- */

static bool four_numbers(struct str rest)
{
    struct str part;
    i64 v, n = 0;

    while (str_cut(&rest, '.', &part)) {
        if (!str_i64(part, &v) || v < 0 || v > 255 || part.n > 3)
            return false;
        n++;
    }
    return n == 4;
}

static void check_prefix(struct reading *r, struct str owner, struct str prefix)
{
    struct str rest = prefix, length;
    i64 bits = -1;
    bool v6 = str_find(prefix, STR(".zz")) < prefix.n;
    size_t dots = 0;

    for (size_t i = 0; i < prefix.n; i++)
        dots += prefix.at[i] == '.';
    v6 |= dots > 4;
    (void)str_cut(&rest, '.', &length);
    if (!str_i64(length, &bits) || bits < 1 || bits > (v6 ? 128 : 32))
        ERROR(r, "begin it with the length of the prefix, as in 24.0.2.0.192.rpz-ip", "%.*s has no length of a prefix", (int)owner.n, owner.at);
    else if (!v6 && (rest.at == NULL || !four_numbers(rest)))
        ERROR(r, "write the four numbers backwards behind the length", "%.*s is no IPv4 prefix", (int)owner.n, owner.at);
}

/* True where the owner is a trigger by address, which then was checked. */
static bool by_address(struct reading *r, struct str owner)
{
    static const char *const kinds[] = { ".rpz-ip", ".rpz-client-ip", ".rpz-nsip" };

    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (str_ends(owner, str_c(kinds[i]))) {
            check_prefix(r, owner, str_upto(owner, owner.n - strlen(kinds[i])));
            return true;
        }
    return false;
}

/* -- records ------------------------------------------------------------------------------------------------------------------------------ */

static bool ttl_word(struct str word)
{
    i64 v;

    return str_i64(word, &v) && v >= 0 && v <= INT32_MAX;
}

static void check_soa(struct reading *r, struct str owner, const struct str *data, size_t n)
{
    i64 v;

    if (r->soa)
        ERROR(r, "keep the first", "a second SOA record");
    if (!str_is(owner, "@"))
        ERROR(r, "give it to @", "the SOA record belongs to the zone itself");
    r->soa = true;
    if (n != 7)
        ERROR(r, "write: SOA server mail serial refresh retry expire minimum", "SOA needs seven values, and has %zu", n);
    for (size_t i = 2; i < 7 && i < n; i++)
        if (!str_i64(data[i], &v) || v < 0 || v > UINT32_MAX)
            ERROR(r, "write plain seconds", "%.*s is not a number of SOA", (int)data[i].n, data[i].at);
        else if (i == 2)
            r->found->serial = v;
}

static bool special_target(struct str target)
{
    static const char *const special[] = { ".", "*.", "rpz-passthru.", "rpz-drop.", "rpz-tcp-only." };

    for (size_t i = 0; i < COUNT_OF(special); i++)
        if (str_is(target, special[i]))
            return true;
    return false;
}

static void check_cname(struct reading *r, struct str owner, const struct str *data, size_t n)
{
    if (n != 1) {
        ERROR(r, "one target behind CNAME", "CNAME has %zu targets", n);
        return;
    }
    if (special_target(data[0]))
        return;
    if (str_starts(data[0], STR("rpz-")) && data[0].at[data[0].n - 1] != '.')
        ERROR(r, "put a dot behind it: without one it is a name inside the zone, and nothing is blocked", "%.*s has no dot at its end",
              (int)data[0].n, data[0].at);
    else if (data[0].n > 0 && data[0].at[data[0].n - 1] != '.')
        WARN(r, "put a dot behind it", "the target %.*s is read as a name inside the zone", (int)data[0].n, data[0].at);
    else if (str_starts(data[0], STR("rpz-")))
        ERROR(r, "known: . *. rpz-passthru. rpz-drop. rpz-tcp-only.", "%.*s is no action", (int)data[0].n, data[0].at);
    (void)name_right(r, str_starts(data[0], STR("*.")) ? str_from(data[0], 2) : data[0], "the target");
    (void)owner;
}

static void check_address(struct reading *r, int family, const struct str *data, size_t n)
{
    uint8_t bytes[16];

    if (n != 1 || inet_pton(family, arena_copy(r->a, data[0]).at, bytes) != 1)
        ERROR(r, "one address in numbers", "%.*s is no %s address", n ? (int)data[0].n : 0, n ? data[0].at : "", family == AF_INET ? "IPv4" : "IPv6");
}

/* Owner, wildcard or not, and what kind of record, for the comparison at the end. */
static void keep_owner(struct reading *r, struct str owner, bool cname)
{
    uint32_t line = (uint32_t)r->began;
    bool wildcard = str_starts(owner, STR("*."));
    struct str name = wildcard ? str_from(owner, 2) : owner;
    uint8_t head[4] = { wildcard, cname, (uint8_t)(name.n >> 8), (uint8_t)name.n };

    out_bytes(&r->keys, head, sizeof head);
    out_bytes(&r->keys, &line, sizeof line);
    for (size_t i = 0; i < name.n; i++)
        out_char(&r->keys, (char)(name.at[i] >= 'A' && name.at[i] <= 'Z' ? name.at[i] + 32 : name.at[i]));
    r->found->names += !wildcard;
}

static void check_data(struct reading *r, struct str owner, struct str type, const struct str *data, size_t n)
{
    bool apex = str_is(owner, "@");

    if (!r->soa && !str_eq_nocase(type, STR("SOA")))
        ERROR(r, "begin with: @ SOA localhost. hostmaster.localhost. 1 600 120 604800 60", "a record stands before the SOA record");
    if (str_eq_nocase(type, STR("SOA"))) {
        check_soa(r, owner, data, n);
    } else if (str_eq_nocase(type, STR("NS"))) {
        r->ns |= apex;
        if (!apex)
            ERROR(r, "give it to @: delegations have no meaning in a policy zone", "NS of a name inside the zone");
    } else if (apex) {
        WARN(r, "take it out", "%.*s of the zone itself blocks nothing", (int)type.n, type.at);
    } else if (str_eq_nocase(type, STR("CNAME"))) {
        check_cname(r, owner, data, n);
        keep_owner(r, owner, true);
    } else if (str_eq_nocase(type, STR("A")) || str_eq_nocase(type, STR("AAAA"))) {
        check_address(r, type.n == 1 ? AF_INET : AF_INET6, data, n);
        keep_owner(r, owner, false);
    } else if (str_eq_nocase(type, STR("TXT"))) {
        keep_owner(r, owner, false);
    } else if (str_eq_nocase(type, STR("DNAME"))) {
        ERROR(r, "write the name and *.name, each with CNAME", "DNAME is not allowed in a policy zone");
    } else {
        ERROR(r, "known: SOA NS CNAME A AAAA TXT", "%.*s is no type that a policy zone uses", (int)type.n, type.at);
    }
}

static void directive(struct reading *r)
{
    if (str_eq_nocase(r->words[0], STR("$TTL")) && r->n == 2 && ttl_word(r->words[1])) {
        r->ttl = true;
        return;
    }
    if (str_eq_nocase(r->words[0], STR("$ORIGIN")) && r->n == 2 && r->words[1].n > 1 && r->words[1].at[r->words[1].n - 1] == '.') {
        if (r->soa)
            ERROR(r, "one $ORIGIN at the head of the file", "$ORIGIN changes inside the zone");
        r->origin = str_upto(r->words[1], r->words[1].n - 1);
        (void)name_right(r, r->origin, "the zone");
        return;
    }
    ERROR(r, "known: $ORIGIN name. and $TTL seconds; no $INCLUDE", "%.*s cannot be read", (int)r->words[0].n, r->words[0].at);
}

/* [owner] [ttl] [class] type data */
static void record(struct reading *r)
{
    size_t i = 0, n = r->n < WORDS_MAX ? r->n : WORDS_MAX;
    struct str owner = r->owner;

    if (!r->indented && r->words[0].n > 0 && r->words[0].at[0] == '$') {
        directive(r);
        return;
    }
    r->found->records++;
    if (!r->indented && !relative(r, r->words[i++], &owner))
        return;
    if (owner.at == NULL) {
        ERROR(r, "begin the line with a name", "the first record has no owner");
        return;
    }
    r->owner = owner;
    for (int k = 0; k < 2 && i < n; k++)
        i += ttl_word(r->words[i]) || str_eq_nocase(r->words[i], STR("IN"));
    if (i >= n) {
        ERROR(r, "write: name CNAME .", "the record has no type");
        return;
    }
    (void)by_address(r, owner);
    check_data(r, owner, r->words[i], r->words + i + 1, n - i - 1);
}

/* -- what can only be seen at the end ------------------------------------------------------------------------------------------------------ */

struct owner { struct str name; uint32_t line; bool wildcard, cname; };

static int by_owner(const void *a, const void *b)
{
    const struct owner *x = a, *y = b;
    int order = str_compare(x->name, y->name);

    if (order != 0 || x->wildcard != y->wildcard)
        return order ? order : x->wildcard - y->wildcard;
    return x->line < y->line ? -1 : x->line > y->line;
}

static bool is_name(struct str owner)
{
    return str_find(owner, STR(".rpz-")) == owner.n;
}

static void compare(struct reading *r, const struct owner *at, size_t n)
{
    i64 bare = 0, first = 0;

    for (size_t i = 0; i < n; i++) {
        const struct owner *o = &at[i], *before = i > 0 ? o - 1 : NULL, *after = i + 1 < n ? o + 1 : NULL;
        bool again = before != NULL && str_eq(o->name, before->name) && o->wildcard == before->wildcard;
        bool alone = !o->wildcard && !again && !(after != NULL && str_eq(o->name, after->name)) && is_name(o->name);

        r->began = o->line;
        if (again && (o->cname || before->cname))
            ERROR(r, "keep one of them", "%s%.*s stood in line %u already", o->wildcard ? "*." : "", (int)o->name.n, o->name.at, before->line);
        bare += alone;
        first = alone && first == 0 ? o->line : first;
    }
    r->began = first;
    if (bare > 0)
        WARN(r, "add *.name beside it if what lies below is meant as well", "%lld names without their wildcard", (long long)bare);
}

static void at_the_end(struct reading *r)
{
    struct str rest = out_done(&r->keys);
    struct owner *all;
    size_t n = 0, most = 0;

    for (struct str at = rest; at.n >= 8; most++)
        at = str_from(at, 8 + ((size_t)(uint8_t)at.at[2] << 8 | (uint8_t)at.at[3]));
    all = memory_new((most + 1) * sizeof *all);
    while (rest.n >= 8) {
        size_t length = (size_t)(uint8_t)rest.at[2] << 8 | (uint8_t)rest.at[3];

        all[n] = (struct owner){ .name = str_upto(str_from(rest, 8), length), .wildcard = rest.at[0] != 0, .cname = rest.at[1] != 0 };
        memcpy(&all[n++].line, rest.at + 4, 4);
        rest = str_from(rest, 8 + length);
    }
    qsort(all, n, sizeof *all, by_owner);
    compare(r, all, n);
    memory_free(all);
}

void zone_check(struct arena *a, struct str text, struct str origin, struct zone_check *found)
{
    struct reading r = { .a = a, .found = found, .rest = text, .origin = origin, .keys = { .max = (size_t)1 << 30 } };

    *found = (struct zone_check){ 0 };
    if (origin.n > 0 && origin.at[origin.n - 1] == '.')
        r.origin.n--;
    while (text.n > 0 && next_record(&r)) {
        struct arena_mark mark = arena_mark(a);
        size_t noted = found->n;

        record(&r);
        if (found->n == noted)
            arena_back(a, mark);        /* nothing of it was kept: a million records need no more than one */
    }
    r.began = r.line > 0 ? r.line : 1;
    if (!r.soa)
        ERROR(&r, "begin with: @ SOA localhost. hostmaster.localhost. 1 600 120 604800 60", "the zone has no SOA record");
    else if (!r.ns)
        ERROR(&r, "add: @ NS localhost.", "the zone has no NS record");
    at_the_end(&r);
    found->origin = r.origin;
    out_free(&r.keys);
}
