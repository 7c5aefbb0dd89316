#include "names.h"

#include <idn2.h>
#include <lachan/detect.h>
#include <libpsl.h>

static const psl_ctx_t *suffixes;

status names_load(void)
{
    if (suffixes == NULL)
        suffixes = psl_latest(NULL);
    return suffixes ? OK : fail(BROKEN, "no list of public suffixes: install the package publicsuffix");
}

/* -- keys ------------------------------------------------------------------------------------------------------------------ */

static struct str key_of(struct arena *a, struct str host, struct str path)
{
    struct out o = { .max = HOST_CHARS + ADDRESS_CHARS + 2 };
    struct str key;

    for (size_t end = host.n, at = host.n; at-- > 0;)
        if (at == 0 || host.at[at - 1] == '.') {
            out_bytes(&o, host.at + at, end - at);
            out_char(&o, '.');
            end = at ? at - 1 : 0;
        }
    out_str(&o, path);
    key = arena_copy(a, out_done(&o));
    out_free(&o);
    return key;
}

struct str key_host(struct str key)
{
    return str_upto(key, str_find_char(key, '/'));
}

bool key_is_address(struct str key)
{
    return str_find_char(key, '/') < key.n;
}

bool key_parent(struct str *key)
{
    struct str host = key_host(*key);

    if (host.n < key->n) {
        *key = host;
        return host.n > 0;
    }
    for (size_t at = host.n > 0 ? host.n - 1 : 0; at-- > 0;)
        if (host.at[at] == '.') {
            *key = str_upto(host, at + 1);
            return true;
        }
    return false;
}

size_t name_of_key(struct str key, char *name, size_t room)
{
    struct str host = key_host(key);
    size_t n = 0;

    if (host.n < 2 || host.at[host.n - 1] != '.' || key.n > room)
        return 0;
    for (size_t end = host.n - 1, at = host.n - 1; at-- > 0;)
        if (at == 0 || host.at[at - 1] == '.') {
            if (n > 0)
                name[n++] = '.';
            memcpy(name + n, host.at + at, end - at);
            n += end - at;
            end = at ? at - 1 : 0;
        }
    memcpy(name + n, key.at + host.n, key.n - host.n);
    n += key.n - host.n;
    name[n] = '\0';
    return n;
}

struct str name_text(struct arena *a, struct str key)
{
    char name[HOST_CHARS + ADDRESS_CHARS + 2];

    return arena_copy(a, str_of(name, name_of_key(key, name, sizeof name)));
}

struct str key_registered(struct arena *a, struct str key)
{
    struct str host = name_text(a, key_host(key));
    const char *name = suffixes ? psl_registrable_domain(suffixes, host.at) : NULL;

    return name ? key_of(a, str_c(name), STR("")) : STR_NULL;
}

/* -- what was typed ---------------------------------------------------------------------------------------------------------- */

/* Up to the end of the host. */
static size_t host_end(struct str url)
{
    size_t at = str_find(url, STR("//"));

    for (at = at < url.n ? at + 2 : 0; at < url.n && strchr("/?#", url.at[at]) == NULL; at++)
        ;
    return at;
}

/* People pass such addresses on in a form that nobody opens by mistake: hxxp://bad[.]example. */
static struct str fanged(struct arena *a, struct str typed)
{
    struct out o = { .max = ADDRESS_CHARS + 8 };
    struct str done;
    size_t end;

    if (str_starts(typed, STR("hxxp:")) || str_starts(typed, STR("hxxps:"))) {
        out_c(&o, "http");
        typed = str_from(typed, 4);
    }
    if (str_starts(typed, STR("*.")))
        typed = str_from(typed, 2);
    end = host_end(typed);
    for (size_t i = 0; i < typed.n; i++) {
        bool dot = i + 2 < end && typed.at[i] == '[' && typed.at[i + 1] == '.' && typed.at[i + 2] == ']';

        out_char(&o, dot ? '.' : typed.at[i]);
        i += dot ? 2 : 0;
    }
    done = arena_copy(a, out_done(&o));
    out_free(&o);
    return done;
}

/* Where the host stands: behind "//" and a user's name, up to a port, path, query or fragment. */
static struct str host_in(struct str url)
{
    size_t at = str_find(url, STR("//")), slash = str_find_char(url, '/'), end, user;
    struct str rest = at < url.n && at <= slash ? str_from(url, at + 2) : url;

    for (end = 0; end < rest.n && strchr("/?#", rest.at[end]) == NULL; end++)
        ;
    rest = str_upto(rest, end);
    user = str_find_char(rest, '@');
    if (user < rest.n)
        rest = str_from(rest, user + 1);
    return rest.n > 0 && rest.at[0] == '[' ? rest : str_upto(rest, str_find_char(rest, ':'));
}

/* IDNA 2008, as resolvers see it. False where a label cannot be one. */
static bool host_ascii(struct arena *a, struct str host, struct str *ascii)
{
    char *made = NULL;
    int rc = idn2_to_ascii_8z(arena_copy(a, host).at, &made, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);

    *ascii = host;
    if (rc == IDN2_OK)
        *ascii = arena_copy(a, str_c(made));
    idn2_free(made);
    return rc == IDN2_OK;
}

static bool plain_ascii(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.at[i] >= 0x80)
            return false;
    return true;
}

/* The address with its host in ASCII. */
static bool in_ascii(struct arena *a, struct str url, struct str *ascii)
{
    struct str host = host_in(url), made;
    size_t at = (size_t)(host.at - url.at);

    *ascii = url;
    if (plain_ascii(host))
        return true;
    if (!host_ascii(a, host, &made))
        return false;
    *ascii = arena_f(a, "%.*s%.*s%.*s", (int)at, url.at, (int)made.n, made.at, (int)(url.n - at - host.n), host.at + host.n);
    return true;
}

static bool label_right(struct str label)
{
    if (label.n == 0 || label.n > 63 || label.at[0] == '-' || label.at[label.n - 1] == '-')
        return false;
    for (size_t i = 0; i < label.n; i++) {
        char c = label.at[i];

        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
    }
    return true;
}

static enum name_fault host_fault(struct str host)
{
    struct str rest = host, label = STR("");
    size_t labels = 0;
    bool number = true;

    if (host.n > 0 && (host.at[0] == '[' || str_find_char(host, ':') < host.n))
        return NAME_NUMBER;
    while (str_cut(&rest, '.', &label)) {
        labels++;
        if (!label_right(label))
            return NAME_BROKEN;
    }
    for (size_t i = 0; i < label.n; i++)
        number &= label.at[i] >= '0' && label.at[i] <= '9';
    if (number)
        return NAME_NUMBER;
    return labels < 2 ? NAME_BROKEN : host.n > HOST_CHARS ? NAME_LONG : NAME_FINE;
}

enum name_fault name_read(struct arena *a, struct str typed, struct listed *name)
{
    char canonical[DETECT_ADDRESS_MAX];
    struct str url = str_trim(typed), host, path;
    enum name_fault fault;
    size_t n;

    if (url.n == 0)
        return NAME_EMPTY;
    if (url.n > ADDRESS_CHARS)
        return NAME_LONG;
    if (!in_ascii(a, fanged(a, url), &url) ||
        detect_address_canonical(url.at, url.n, canonical, sizeof canonical, &n) != DETECT_OK)
        return NAME_BROKEN;
    host = str_of(canonical, n);
    host = arena_copy(a, str_from(host, str_find(host, STR("://")) + 3));
    path = str_from(host, str_find_char(host, '/'));
    host = str_upto(host, host.n - path.n);
    fault = host_fault(host);
    if (fault != NAME_FINE)
        return fault;
    /* before the key is made: one that was cut would be the whole site's */
    if (host.n + 1 + path.n > ADDRESS_CHARS)
        return NAME_LONG;
    name->address = path.n > 1;
    name->key = key_of(a, host, name->address ? path : STR(""));
    host = arena_copy(a, host);
    return !name->address && suffixes && psl_is_public_suffix(suffixes, host.at) ? NAME_SUFFIX : NAME_FINE;
}
