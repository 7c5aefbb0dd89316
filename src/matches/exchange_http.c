/* Asking the server of a feed. The address is the one that an administrator set, and no answer leads elsewhere. */
#include "exchange_fetch.h"

enum { CONNECT_S = 10, ANSWER_S = 40, BASE_MAX = 300, RETRY_AFTER_MAX_S = 3600 };

/* -- addresses --------------------------------------------------------------------------------------------------------------------- */

static bool plain(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~' || strchr("@?#\\<>\"", text.at[i]) != NULL)
            return false;
    return true;
}

/* Paths are put behind it: no query, no fragment. */
bool feed_base_right(struct arena *a, struct str base, struct reach reach)
{
    return base.n > 0 && base.n <= BASE_MAX && plain(base) && base.at[base.n - 1] != '/' && reach_url(a, base, reach) == REACH_FINE;
}

/* -- one answer ------------------------------------------------------------------------------------------------------------------------ */

struct answer { struct out body; i64 retry_s; };

static size_t take(char *at, size_t size, size_t n, void *to)
{
    struct answer *a = to;

    if (a->body.n + size * n > ANSWER_BYTES)
        return 0;
    out_bytes(&a->body, at, size * n);
    return size * n;
}

static size_t take_header(char *at, size_t size, size_t n, void *to)
{
    struct str line = str_of(at, size * n), name;
    struct answer *a = to;
    i64 seconds;

    if (str_cut(&line, ':', &name) && str_eq_nocase(name, STR("retry-after")) && str_i64(str_trim(line), &seconds) && seconds > 0)
        a->retry_s = seconds < RETRY_AFTER_MAX_S ? seconds : RETRY_AFTER_MAX_S;
    return size * n;
}

/* StopNCII wants two headers, NCMEC a name and a password. */
static struct curl_slist *keys(struct arena *a, CURL *curl, const struct feed *f)
{
    struct curl_slist *headers = NULL;

    if (str_is(f->kind, "ncmec")) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
        curl_easy_setopt(curl, CURLOPT_USERNAME, arena_copy(a, f->user).at);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, arena_copy(a, f->secret).at);
        return curl_slist_append(headers, "accept: application/xml");
    }
    headers = curl_slist_append(headers, arena_f(a, "x-functions-key: %.*s", (int)f->secret.n, f->secret.at).at);
    headers = curl_slist_append(headers, arena_f(a, "Ocp-Apim-Subscription-Key: %.*s", (int)f->user.n, f->user.at).at);
    return curl_slist_append(headers, "accept: application/json");
}

static void settings(CURL *curl, const struct feed *f, const char *url, struct answer *answer)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    reach_guard(curl, &f->reach);       /* no redirect, no proxy, and only addresses of the open internet */
    curl_easy_setopt(curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, answer);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)ANSWER_S);
}

static status answered(CURL *curl, CURLcode code)
{
    long http = 0;

    if (code == CURLE_WRITE_ERROR)
        return fail(INVALID, "the answer has more than %d bytes", ANSWER_BYTES);
    if (code != CURLE_OK)
        return fail(BUSY, "%s", curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
    if (http == 200)
        return OK;
    if (http == 401 || http == 403)
        return fail(DENIED, "the server answers %ld: it does not know these keys", http);
    if (http == 429 || http >= 500)
        return fail(BUSY, "the server answers %ld", http);
    return fail(INVALID, "the server answers %ld", http);
}

status feed_get(struct arena *a, const struct feed *f, const char *path, struct str *answer, i64 *wait_ms)
{
    struct answer got = { .body.max = ANSWER_BYTES + 1 };
    struct curl_slist *headers;
    CURL *curl = curl_easy_init();
    status s;

    *answer = STR("");
    *wait_ms = 0;
    if (curl == NULL)
        return fail(BUSY, "no memory");
    headers = keys(a, curl, f);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    settings(curl, f, arena_f(a, "%.*s%s", (int)f->base.n, f->base.at, path).at, &got);
    s = answered(curl, curl_easy_perform(curl));
    if (s == OK)
        *answer = arena_copy(a, out_done(&got.body));
    *wait_ms = got.retry_s * SECOND_MS;
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    out_free(&got.body);
    return s;
}
