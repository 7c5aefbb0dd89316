/* What stands in the head of a request: cookie, bearer token, language. */
#include "fuzz.h"

#include "web/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct str text = str_of((const char *)data, n), rest = text, line;
    struct header headers[8];
    struct request r = { .headers = headers };
    struct str cookie;
    bool chosen;

    while (r.n_headers < COUNT_OF(headers) && str_cut(&rest, '\n', &line))
        headers[r.n_headers++] = (struct header){ r.n_headers % 3 == 2 ? STR("Authorization") : STR("Cookie"), line };
    cookie = request_cookie(&r, "__Host-s");
    HOLDS(cookie.at == NULL || str_find_char(cookie, ';') == cookie.n);
    HOLDS(request_bearer(&r).n <= n);
    headers[0].name = STR("Accept-Language");
    HOLDS(request_lang(&r, text, &chosen) < LANGS);
    return 0;
}
