#include "sign.h"

enum { SECRET_MIN = 24, SECRET_MAX = 64, SIGNATURES_MAX = 1024, MAC_TEXT = 44, SECONDS_DIGITS = 12 };

static const struct str secret_start = STR("whsec_");

struct str sign_secret_read(struct arena *a, struct str typed)
{
    struct str text = str_starts(typed, secret_start) ? str_from(typed, secret_start.n) : typed;
    size_t n = text.n / 4 * 3;
    char *bytes;

    if (text.n < 4 || text.n % 4 != 0 || text.n > 100)
        return STR_NULL;
    n -= (size_t)(text.at[text.n - 1] == '=') + (size_t)(text.at[text.n - 2] == '=');
    bytes = arena_alloc(a, n + 1);
    return n >= SECRET_MIN && n <= SECRET_MAX && vault_base64_read(text, bytes, n) ? str_of(bytes, n) : STR_NULL;
}

struct str sign_secret_text(struct arena *a, struct str secret)
{
    struct str text = vault_base64(a, secret);

    return arena_f(a, "whsec_%.*s", (int)text.n, text.at);
}

static bool id_right(struct str id)
{
    for (size_t i = 0; i < id.n; i++)
        if (id.at[i] <= ' ' || id.at[i] > '~' || id.at[i] == '.')
            return false;
    return id.n > 0 && id.n <= SIGN_ID_MAX;
}

static bool digits(struct str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.n > 0 && text.n <= SECONDS_DIGITS && (text.n == 1 || text.at[0] != '0');
}

bool sign_head_read(struct str id, struct str timestamp, struct str signatures, struct signed_head *head)
{
    *head = (struct signed_head){ .id = id, .signatures = signatures };
    return id_right(id) && digits(timestamp) && str_i64(timestamp, &head->seconds) && signatures.n > 0 && signatures.n <= SIGNATURES_MAX;
}

bool sign_in_time(const struct signed_head *head, i64 now)
{
    i64 off = head->seconds - now / SECOND_MS;

    return off <= SIGN_WINDOW_S && -off <= SIGN_WINDOW_S;
}

bool sign_fits(const struct signed_head *head, const uint8_t mac[32])
{
    struct str rest = head->signatures, one;
    bool fits = false;

    while (str_cut(&rest, ' ', &one)) {
        uint8_t bytes[32];

        if (str_starts(one, STR("v1,")) && one.n == 3 + MAC_TEXT && vault_base64_read(str_from(one, 3), bytes, sizeof bytes))
            fits |= vault_same(bytes, mac, sizeof bytes);
    }
    return fits;
}

void sign_begin(struct vault_hmac_run *run, struct str secret, struct str id, i64 seconds)
{
    struct out o = { .max = SIGN_ID_MAX + 32 };

    out_str(&o, id);
    out_f(&o, ".%lld.", (long long)seconds);
    vault_hmac_begin(run, secret);
    vault_hmac_add(run, out_done(&o));
    out_free(&o);
}

struct str sign_header(struct arena *a, struct str secret, struct str id, i64 seconds, struct str body)
{
    struct vault_hmac_run run;
    uint8_t mac[32];
    struct str text;

    sign_begin(&run, secret, id, seconds);
    vault_hmac_add(&run, body);
    vault_hmac_end(&run, mac);
    text = vault_base64(a, str_of(mac, sizeof mac));
    return arena_f(a, "v1,%.*s", (int)text.n, text.at);
}
