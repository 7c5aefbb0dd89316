/* A DNS message as it comes, read, verified and answered in form: bounded, and what was read can be written again. */
#include "fuzz.h"

#include "matches/dns.h"

#include <string.h>

static void answer(const struct dns_message *m, struct dns_key *key)
{
    static struct dns_out o;
    struct dns_message again;
    struct dns_chain chain = { .n = 0 };

    dns_begin(&o, &(struct dns_head){ .id = m->id, .type = m->type, .answer = true, .name = m->name.n ? &m->name : NULL });
    if (m->name.n > 0)
        dns_soa(&o, m->serial);
    dns_sign(&o, &(struct dns_sign){ .key = key, .chain = &chain, .now_s = 1000, .first = true });
    HOLDS(!o.over);
    if (m->name.n == 0)
        return;
    HOLDS(dns_read(o.at, o.n, &again) == DNS_READ);
    HOLDS(dns_name_eq(&again.name, &m->name) && again.id == m->id && again.tsig.there);
    HOLDS(dns_verify(o.at, o.n, &again, key, NULL, 1000) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct dns_key key = { .n = 32 };
    struct dns_message m;
    char text[DNS_NAME_MAX + 1];

    if (n > DNS_MESSAGE_MAX || dns_read(data, n, &m) != DNS_READ)
        return 0;
    HOLDS(m.name.n > 0 && m.name.at[m.name.n - 1] == 0);
    dns_name_text(&m.name, text);
    HOLDS(strlen(text) < DNS_NAME_MAX);
    key.name = m.tsig.there ? m.tsig.key : m.name;
    if (m.tsig.there)
        HOLDS(dns_verify(data, n, &m, &key, NULL, (i64)m.tsig.time) != 0 || m.tsig.mac_n == DNS_MAC_BYTES);
    answer(&m, &key);
    return 0;
}
