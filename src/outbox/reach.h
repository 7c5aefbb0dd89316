/* Where the server may call out to, on an address that somebody else named. The rule is held where the connection is opened, on
   the address that the name has led to: so neither a name that points inwards, nor one that changes its mind between question and
   connection, nor a redirect gets anywhere. */
#pragma once

#include "../base/memory.h"
#include "../base/status.h"

#include <curl/curl.h>
#include <netinet/in.h>

/* loopback: the demo and its tests. inside: networks of the operator's own, too (setting webhook-private). */
struct reach { bool loopback, inside; };

/* Pure: a public address of the internet, or one that `reach` allows. */
bool reach_address(const struct sockaddr *address, struct reach reach);

enum reach_fault { REACH_FINE, REACH_FORM, REACH_PLAIN, REACH_USER, REACH_PORT, REACH_INSIDE };
/* What is wrong with an address before anybody is asked: no URL, no https (http only to loopback, where that is allowed), a name
   or password in it, a port that is another service's, or numbers that lead inwards. Pure: resolves nothing. */
enum reach_fault reach_url(struct arena *a, struct str url, struct reach reach);

/* Sets all of this on a handle, with deadlines: only http and https, no redirect, no proxy, no cookie. `reach` must outlive it. */
void reach_guard(CURL *curl, const struct reach *reach);
