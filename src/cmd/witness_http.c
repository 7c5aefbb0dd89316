/* Asking the server whose log is witnessed. */
#include "witness.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

enum { ANSWER_MAX = 8 << 20, CONNECT_S = 10, ASK_S = 60, PATH_BYTES = 2048, SAID_MAX = 1000 };

static size_t take(char *at, size_t size, size_t n, void *to)
{
    struct out *o = to;

    if (o->n + size * n > ANSWER_MAX)
        return 0;
    out_str(o, str_of(at, size * n));
    return size * n;
}

static bool loopback(const char *url)
{
    return strncmp(url, "http://127.", 11) == 0 || strncmp(url, "http://localhost", 16) == 0 || strncmp(url, "http://[::1]", 12) == 0;
}

/* No redirects: the token is for this server alone. */
static void settings(CURL *curl, const char *url, struct curl_slist *headers, struct out *answer)
{
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, loopback(url) ? "http,https" : "https");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)ASK_S);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

/* What is no JSON is of another server, and no text for a terminal. */
static const char *said(CURL *curl, struct arena *a, const struct out *o)
{
    struct str body = str_trim(str_of(o->at != NULL ? o->at : "", o->n));
    const char *type = NULL;

    curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
    for (size_t i = 0; i < body.n; i++)
        if ((unsigned char)body.at[i] < ' ' || body.at[i] == 127)
            type = NULL;
    if (type == NULL || strstr(type, "json") == NULL || body.n > SAID_MAX)
        return "that is not how a server of a log answers; is the address right?";
    return arena_copy(a, body).at;
}

static status answered(CURL *curl, CURLcode code, struct arena *a, const struct out *o, const char *url)
{
    long http = 0;

    if (code != CURLE_OK)
        return fail(BUSY, "%s: %s", url, curl_easy_strerror(code));
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &http);
    if (http == 401 || http == 403)
        return fail(BUSY, "%s does not know this token, or it is not a witness's", url);
    if (http != 200)
        return fail(http == 422 ? INVALID : BUSY, "%s answers %ld: %s", url, http, said(curl, a, o));
    return OK;
}

static status ask(struct witness *w, const char *path, const char *body, struct str *answer)
{
    const char *url = arena_f(&w->arena, "%s%s", w->url, path).at;
    const char *bearer = arena_f(&w->arena, "authorization: Bearer %.*s", (int)w->token.n, w->token.at).at;
    struct curl_slist *headers = curl_slist_append(NULL, bearer);
    struct out o = { .max = ANSWER_MAX + 1 };
    CURL *curl = curl_easy_init();
    status s = fail(BUSY, "no memory");

    if (curl != NULL && headers != NULL) {
        settings(curl, url, headers, &o);
        if (body != NULL)
            curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        fail_clear();
        s = answered(curl, curl_easy_perform(curl), &w->arena, &o, url);
    }
    *answer = arena_copy(&w->arena, out_done(&o));
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    out_free(&o);
    return s;
}

status witness_growth(struct witness *w, i64 old, struct str *said, struct log_growth *growth)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "/api/v1/log/growth?old=%lld", (long long)old);
    TRY(ask(w, path, NULL, said));
    return log_growth_read(&w->arena, *said, growth) == OK ? OK : fail(BUSY, "%s: that is not a log's answer", w->url);
}

status witness_leaves(struct witness *w, i64 from, struct str *leaves)
{
    char path[PATH_BYTES];

    snprintf(path, sizeof path, "/api/v1/log/leaves?from=%lld", (long long)from);
    return ask(w, path, NULL, leaves);
}

status witness_sign(struct witness *w, struct str head, i64 seconds)
{
    struct str line = checkpoint_cosign(&w->arena, head, w->name, &w->key, seconds), answer;
    struct str text = arena_f(&w->arena, "%.*s%.*s", (int)head.n, head.at, (int)line.n, line.at);
    char *escaped = curl_easy_escape(NULL, text.at, (int)text.n);
    status s = escaped == NULL ? fail(BUSY, "no memory")
                               : ask(w, "/api/v1/log/cosignatures", arena_f(&w->arena, "head=%s", escaped).at, &answer);

    curl_free(escaped);
    if (s == INVALID)       /* the head is the one that this server has just given */
        return fail(BUSY, "the server does not take the signature: the token was made for another name than \"%.*s\" (--name is the code that followed --org), "
                    "or for another public key than the one that \"lachan audit witness key --state %s\" prints", (int)w->name.n, w->name.at, w->dir);
    return s;
}
