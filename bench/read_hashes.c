/* Reads a whole list as a StopNCII client does, one page after the other: read_hashes BASE TOKEN ORG [DIR] keeps the pages as DIR/0, DIR/1
   and so on; read_hashes --static BASE N reads N such files from another server. Prints records, bytes and milliseconds. */
#include "../src/base/clock.h"
#include "../src/base/memory.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

enum { ANSWER_MAX = 64 << 20, WIDTH = 800 };

struct sum { i64 records, bytes, pages; };

static size_t take(char *at, size_t size, size_t n, void *to)
{
    out_bytes(to, at, size * n);
    return size * n;
}

static bool get(CURL *curl, const char *url, struct out *o)
{
    long code = 0;

    out_reset(o);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, o);
    if (curl_easy_perform(curl) != CURLE_OK)
        return false;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    if (code != 200)
        fprintf(stderr, "%s answers %ld: %.*s\n", url, code, (int)(o->n < 300 ? o->n : 300), o->at ? o->at : "");
    return code == 200;
}

static i64 records_in(struct str text)
{
    struct str count = str_from(text, str_find(text, STR("],\"count\":")) + 10);

    return strtoll(count.at ? count.at : "0", NULL, 10);
}

/* The part behind the records, which is short: that of the records themselves has no such word. */
static struct str tail_of(struct str text)
{
    return str_from(text, text.n > 600 ? text.n - 600 : 0);
}

static bool keep(const char *folder, i64 page, struct str text)
{
    char path[4096];
    FILE *f;

    snprintf(path, sizeof path, "%s/%lld", folder, (long long)page);
    f = fopen(path, "w");
    if (f == NULL || fwrite(text.at, 1, text.n, f) != text.n)
        return false;
    return fclose(f) == 0;
}

static bool list(CURL *curl, const char *base, const char *folder, struct sum *sum)
{
    struct out o = { .max = ANSWER_MAX };
    char url[4096], next[512] = "";
    bool more = true;

    while (more) {
        struct str tail, token;

        snprintf(url, sizeof url, "%s/FetchHashes?startTimestamp=10&pageSize=%d%s%s", base, WIDTH, next[0] ? "&nextPageToken=" : "", next);
        if (!get(curl, url, &o))
            return false;
        tail = tail_of(out_done(&o));
        token = str_from(tail, str_find(tail, STR("\"nextPageToken\":\"")) + 17);
        token = str_upto(token, str_find_char(token, '"'));
        snprintf(next, sizeof next, "%.*s", (int)token.n, token.at);
        more = str_find(tail, STR("\"hasMoreRecords\":true")) < tail.n;
        sum->records += records_in(tail);
        sum->bytes += (i64)o.n;
        if (folder != NULL && !keep(folder, sum->pages, out_done(&o)))
            return false;
        sum->pages++;
    }
    out_free(&o);
    return true;
}

static bool files(CURL *curl, const char *base, i64 n, struct sum *sum)
{
    struct out o = { .max = ANSWER_MAX };
    char url[4096];

    for (i64 i = 0; i < n; i++) {
        snprintf(url, sizeof url, "%s/%lld", base, (long long)i);
        if (!get(curl, url, &o))
            return false;
        sum->records += records_in(tail_of(out_done(&o)));
        sum->bytes += (i64)o.n;
        sum->pages++;
    }
    out_free(&o);
    return true;
}

int main(int argc, char **argv)
{
    bool plain = argc == 4 && strcmp(argv[1], "--static") == 0;
    struct curl_slist *headers = NULL;
    CURL *curl = curl_easy_init();
    char text[600];
    struct sum sum = { 0 };
    i64 began = clock_mono_ms();
    bool right;

    if (curl == NULL || (!plain && argc != 4 && argc != 5))
        return 2;
    if (!plain) {
        snprintf(text, sizeof text, "x-functions-key: %s", argv[2]);
        headers = curl_slist_append(headers, text);
        snprintf(text, sizeof text, "Ocp-Apim-Subscription-Key: %s", argv[3]);
        headers = curl_slist_append(headers, text);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    }
    right = plain ? files(curl, argv[2], strtoll(argv[3], NULL, 10), &sum) : list(curl, argv[1], argc == 5 ? argv[4] : NULL, &sum);
    printf("%lld records %lld bytes %lld pages %lld ms\n", (long long)sum.records, (long long)sum.bytes, (long long)sum.pages,
           (long long)(clock_mono_ms() - began));
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    return right ? 0 : 1;
}
