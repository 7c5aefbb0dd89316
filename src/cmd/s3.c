#include "s3.h"

#include "../base/clock.h"
#include "../base/content.h"
#include "../vault/vault.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TEXT = 512, URL_BYTES = 2048, CONNECT_S = 5, STALL_S = 20, ANSWER_MAX = 8 << 20, SMALL = 4096, SAID = 300 };

struct s3 {
    CURL *curl;
    char host[TEXT], bucket[TEXT], prefix[TEXT];        /* host: with scheme; prefix: "" or ends with a slash */
    char user[TEXT], signing[TEXT];
};

/* -- opening --------------------------------------------------------------------------------------------------------------------- */

static bool loopback(struct str host)
{
    return str_starts(host, STR("http://127.")) || str_starts(host, STR("http://localhost")) || str_starts(host, STR("http://[::1]"));
}

static bool plain_name(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!memchr("abcdefghijklmnopqrstuvwxyz0123456789/._-", s.at[i], 40))
            return false;
    return str_find(s, STR("..")) == s.n && str_find(s, STR("//")) == s.n;
}

static status read_place(struct s3 *s, struct str place)
{
    struct str rest, bucket = STR("");
    size_t scheme = str_find(place, STR("://")) + 3;
    size_t host = scheme < place.n ? scheme + str_find_char(str_from(place, scheme), '/') : place.n;

    rest = str_trim(str_from(place, host + 1));
    if (rest.n > 0 && rest.at[rest.n - 1] == '/')
        rest.n--;
    (void)str_cut(&rest, '/', &bucket);
    if (host >= place.n || host >= TEXT || bucket.n == 0 || bucket.n + rest.n + 2 > TEXT || !plain_name(bucket) || !plain_name(rest))
        return fail(INVALID, "the store must be s3:https://HOST/BUCKET[/FOLDER], in small letters, digits, and . _ -");
    if (!str_starts(place, STR("https://")) && !loopback(place))
        return fail(INVALID, "the store must be asked by https");
    snprintf(s->host, sizeof s->host, "%.*s", (int)host, place.at);
    snprintf(s->bucket, sizeof s->bucket, "%.*s", (int)bucket.n, bucket.at);
    snprintf(s->prefix, sizeof s->prefix, "%.*s%s", (int)rest.n, rest.n ? rest.at : "", rest.n ? "/" : "");
    return OK;
}

static status read_key(struct s3 *s, const char *path)
{
    struct arena a = arena_make((size_t)64 << 10);
    struct str text, access, secret, region = STR("us-east-1");
    struct stat st;
    status done = OK;

    if (path == NULL || stat(path, &st) != 0)
        done = fail(INVALID, "--s3-key FILE must name a file with \"ACCESS SECRET [REGION]\"");
    else if (st.st_mode & 077)
        done = fail(INVALID, "%s can be read by others: chmod 600", path);
    else
        done = file_read(&a, path, SMALL, &text);
    if (done == OK) {
        text = str_trim(text);
        if (!str_cut(&text, ' ', &access) || !str_cut(&text, ' ', &secret) || access.n == 0 || secret.n == 0 || access.n + secret.n + 2 > TEXT)
            done = fail(INVALID, "%s must hold \"ACCESS SECRET [REGION]\"", path);
    }
    if (done == OK) {
        if (str_trim(text).n > 0)
            region = str_trim(text);
        snprintf(s->user, sizeof s->user, "%.*s:%.*s", (int)access.n, access.at, (int)secret.n, secret.at);
        snprintf(s->signing, sizeof s->signing, "aws:amz:%.*s:s3", (int)(region.n < 64 ? region.n : 64), region.at);
    }
    arena_reset(&a, true);
    arena_free(&a);
    return done;
}

status s3_open(const char *place, const char *key_file, struct s3 **out)
{
    struct s3 *s = memory_new(sizeof *s);
    status done = read_place(s, str_c(place));

    if (done == OK)
        done = read_key(s, key_file);
    if (done == OK && (s->curl = curl_easy_init()) == NULL)
        done = fail(BUSY, "no memory");
    if (done != OK)
        s3_close(s);
    else
        *out = s;
    return done;
}

void s3_close(struct s3 *s)
{
    if (s == NULL)
        return;
    curl_easy_cleanup(s->curl);
    explicit_bzero(s, sizeof *s);
    free(s);
}

/* -- one request ------------------------------------------------------------------------------------------------------------------- */

struct asking {
    struct s3 *s3;
    const char *method, *name, *query;
    struct str bytes;           /* what is sent, where fd is -1 */
    int fd;
    i64 size;                   /* of what is sent; -1: nothing */
    const char *sha256;         /* of it */
    size_t sent;
    s3_sink *sink;              /* what an answer of 200 is given to; NULL: nobody */
    void *to;
    struct out said;            /* the beginning of any other answer */
    status sunk;
    i64 length;                 /* as the answer says it */
};

static size_t give(char *at, size_t size, size_t n, void *from)
{
    struct asking *q = from;
    size_t room = size * n;
    ssize_t done;

    if (q->fd >= 0) {
        done = read(q->fd, at, room);
        return done < 0 ? CURL_READFUNC_ABORT : (size_t)done;
    }
    if (room > q->bytes.n - q->sent)
        room = q->bytes.n - q->sent;
    memcpy(at, q->bytes.at + q->sent, room);
    q->sent += room;
    return room;
}

static size_t take(char *at, size_t size, size_t n, void *to)
{
    struct asking *q = to;
    struct str bytes = str_of(at, size * n);
    long code = 0;

    curl_easy_getinfo(q->s3->curl, CURLINFO_RESPONSE_CODE, &code);
    if (code == 200 && q->sink != NULL) {
        q->sunk = q->sink(q->to, bytes);
        return q->sunk == OK ? bytes.n : 0;
    }
    out_str(&q->said, str_upto(bytes, SAID));
    return bytes.n;
}

/* libcurl 7.88 signs without this header, and stores refuse that. A header that is taken away ("Expect:") would be signed all the same. */
static struct curl_slist *headers_of(const struct asking *q)
{
    static const char empty[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    char line[128];

    snprintf(line, sizeof line, "x-amz-content-sha256: %s", q->sha256 ? q->sha256 : empty);
    return curl_slist_append(NULL, line);
}

static void set_up(struct asking *q, const char *url, struct curl_slist *headers)
{
    CURL *curl = q->s3->curl;

    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, loopback(str_c(q->s3->host)) ? "http,https" : "https");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, q->s3->signing);
    curl_easy_setopt(curl, CURLOPT_USERPWD, q->s3->user);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, q->method);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, q);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 100L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)STALL_S);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
    curl_easy_setopt(curl, CURLOPT_NOBODY, strcmp(q->method, "HEAD") == 0 ? 1L : 0L);
    if (q->size >= 0) {
        curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
        curl_easy_setopt(curl, CURLOPT_READDATA, q);
        curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)q->size);
    }
}

static status answered(struct asking *q, CURLcode code)
{
    curl_off_t length = -1;
    long http = 0;

    curl_easy_getinfo(q->s3->curl, CURLINFO_RESPONSE_CODE, &http);
    curl_easy_getinfo(q->s3->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
    q->length = length;
    if (q->sunk != OK)
        return q->sunk;
    if (code != CURLE_OK)
        return fail(BUSY, "%s: %s", q->s3->host, curl_easy_strerror(code));
    if (http == 200 || http == 204)
        return OK;
    if (http == 404)
        return fail(NOT_FOUND, "%s has no %s%s in %s", q->s3->host, q->s3->prefix, q->name, q->s3->bucket);
    return fail(http == 401 || http == 403 ? DENIED : http >= 500 ? BUSY : BROKEN, "%s answers %ld: %.*s", q->s3->host, http,
                (int)(q->said.n < SAID ? q->said.n : SAID), q->said.at ? q->said.at : "");
}

static status ask(struct asking *q)
{
    struct s3 *s = q->s3;
    char url[URL_BYTES];
    struct curl_slist *headers = headers_of(q);
    status done;

    snprintf(url, sizeof url, "%s/%s%s%s%s%s%s", s->host, s->bucket, q->name ? "/" : "", q->name ? s->prefix : "", q->name ? q->name : "",
             q->query ? "?" : "", q->query ? q->query : "");
    q->said = (struct out){ .max = ANSWER_MAX };
    if (headers == NULL)
        return fail(BUSY, "no memory");
    set_up(q, url, headers);
    fail_clear();
    done = answered(q, curl_easy_perform(s->curl));
    curl_slist_free_all(headers);
    out_free(&q->said);
    return done;
}

/* -- objects ----------------------------------------------------------------------------------------------------------------------- */

status s3_put(struct s3 *s, const char *name, struct str bytes)
{
    struct out hex = { .max = TEXT };
    uint8_t hash[32];
    status done;

    vault_sha256(hash, PARTS(bytes));
    out_hex(&hex, hash, sizeof hash);
    out_char(&hex, '\0');
    done = ask(&(struct asking){ .s3 = s, .method = "PUT", .name = name, .bytes = bytes, .fd = -1, .size = (i64)bytes.n, .sha256 = hex.at });
    out_free(&hex);
    return done;
}

status s3_put_file(struct s3 *s, const char *name, int fd, i64 size, const char *sha256)
{
    return ask(&(struct asking){ .s3 = s, .method = "PUT", .name = name, .fd = fd, .size = size, .sha256 = sha256 });
}

status s3_get(struct s3 *s, const char *name, s3_sink *sink, void *to)
{
    return ask(&(struct asking){ .s3 = s, .method = "GET", .name = name, .fd = -1, .size = -1, .sink = sink, .to = to });
}

status s3_size(struct s3 *s, const char *name, i64 *size)
{
    struct asking q = { .s3 = s, .method = "HEAD", .name = name, .fd = -1, .size = -1 };

    TRY(ask(&q));
    *size = q.length;
    return OK;
}

status s3_drop(struct s3 *s, const char *name)
{
    status done = ask(&(struct asking){ .s3 = s, .method = "DELETE", .name = name, .fd = -1, .size = -1 });

    return done == NOT_FOUND ? OK : done;
}

/* -- lists -------------------------------------------------------------------------------------------------------------------------- */

static status gather(void *to, struct str bytes)
{
    struct out *o = to;

    out_str(o, bytes);
    return o->over ? fail(TOO_LARGE, "the list is too long") : OK;
}

/* The text between <name> and </name>, and `rest` moves behind it. */
static bool element(struct str *rest, const char *name, struct str *text)
{
    char open[32], close[32];
    size_t at, end;

    snprintf(open, sizeof open, "<%s>", name);
    snprintf(close, sizeof close, "</%s>", name);
    at = str_find(*rest, str_c(open));
    if (at == rest->n)
        return false;
    *text = str_from(*rest, at + strlen(open));
    end = str_find(*text, str_c(close));
    *rest = str_from(*text, end + strlen(close));
    *text = str_upto(*text, end);
    return true;
}

static i64 ms_of(struct str iso)
{
    char text[CLOCK_TEXT];
    struct tm tm = { 0 };

    snprintf(text, sizeof text, "%.*s", (int)(iso.n < 19 ? iso.n : 19), iso.at);
    return strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) == NULL ? 0 : (i64)timegm(&tm) * SECOND_MS;
}

static void escape_slashes(const char *from, char to[URL_BYTES])
{
    size_t n = 0;

    for (; *from != '\0' && n + 4 < URL_BYTES; from++)
        n += (size_t)snprintf(to + n, URL_BYTES - n, *from == '/' ? "%%2F" : "%c", *from);
    to[n] = '\0';
}

/* One page of the list; `after` becomes its last name. */
static status list_page(struct s3 *s, const char *below, char after[TEXT], s3_each *each, void *to, bool *more)
{
    char query[2 * URL_BYTES + 128], escaped[URL_BYTES], from[URL_BYTES] = "";
    struct out o = { .max = ANSWER_MAX };
    struct str rest, key, written, said;
    status done;

    escape_slashes(below, escaped);
    escape_slashes(after, from);
    snprintf(query, sizeof query, "list-type=2&max-keys=1000&prefix=%s%s%s", escaped, *from ? "&start-after=" : "", from);
    done = ask(&(struct asking){ .s3 = s, .method = "GET", .query = query, .fd = -1, .size = -1, .sink = gather, .to = &o });
    rest = out_done(&o);
    *more = done == OK && element(&rest, "IsTruncated", &said) && str_is(said, "true");
    rest = out_done(&o);
    while (done == OK && element(&rest, "Contents", &said)) {
        if (!element(&(struct str){ said.at, said.n }, "Key", &key) || key.n >= TEXT || !str_starts(key, str_c(below)) ||
            !element(&said, "LastModified", &written))
            continue;
        snprintf(after, TEXT, "%.*s", (int)key.n, key.at);
        done = each(to, str_from(key, strlen(below)), ms_of(written));
    }
    out_free(&o);
    return done;
}

status s3_list(struct s3 *s, const char *folder, s3_each *each, void *to)
{
    char below[2 * TEXT], after[TEXT] = "";
    bool more = true;

    snprintf(below, sizeof below, "%s%s/", s->prefix, folder);
    while (more) {
        char before[TEXT];

        memcpy(before, after, sizeof before);
        TRY(list_page(s, below, after, each, to, &more));
        if (more && strcmp(before, after) == 0)
            return fail(BROKEN, "%s: the list does not go on", s->host);
    }
    return OK;
}
