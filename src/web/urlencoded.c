#include "urlencoded.h"

void urlencoded_start(struct urlencoded *u, struct part_sink sink)
{
    *u = (struct urlencoded){ .sink = sink };
}

static void flush(struct urlencoded *u)
{
    if (u->n_buffer)
        u->sink.data(u->sink.to, str_of(u->buffer, u->n_buffer), u->at);
    u->n_buffer = 0;
}

static void put(struct urlencoded *u, char c)
{
    if (!u->in_value) {
        if (u->n_name < sizeof u->name)
            u->name[u->n_name++] = c;
        return;
    }
    if (u->n_buffer == sizeof u->buffer)
        flush(u);
    u->buffer[u->n_buffer++] = c;
}

/* An escape that was broken off is what it looks like. */
static void put_broken_escape(struct urlencoded *u)
{
    size_t n = u->n_escape;

    if (n == 0)
        return;
    u->n_escape = 0;
    put(u, '%');
    for (size_t i = 0; i + 1 < n; i++)
        put(u, u->escape[i]);
}

static void value_begin(struct urlencoded *u)
{
    struct part p = { .name = str_of(u->name, u->n_name), .type = STR("") };

    u->in_value = true;
    u->sink.begin(u->sink.to, &p);
}

static void pair_end(struct urlencoded *u)
{
    put_broken_escape(u);
    if (!u->in_value && u->n_name > 0)
        value_begin(u);
    if (u->in_value) {
        flush(u);
        u->sink.end(u->sink.to, true);
    }
    u->in_value = false;
    u->n_name = 0;
}

static void take_escape(struct urlencoded *u, char c)
{
    u->escape[u->n_escape - 1] = c;
    if (u->n_escape++ == 1)
        return;
    u->n_escape = 0;
    put(u, (char)(str_hex_digit(u->escape[0]) << 4 | str_hex_digit(u->escape[1])));
}

static void take(struct urlencoded *u, char c)
{
    if (u->n_escape > 0 && str_hex_digit(c) >= 0) {
        take_escape(u, c);
        return;
    }
    put_broken_escape(u);
    if (c == '&') {
        pair_end(u);
    } else if (c == '=' && !u->in_value) {
        value_begin(u);
    } else if (c == '%') {
        u->n_escape = 1;
    } else {
        put(u, c == '+' ? ' ' : c);
    }
}

void urlencoded_feed(struct urlencoded *u, struct str s)
{
    for (size_t i = 0; i < s.n; i++, u->at++)
        take(u, s.at[i]);
}

void urlencoded_end(struct urlencoded *u)
{
    pair_end(u);
}
