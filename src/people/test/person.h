/* What tests of people share: the one site of the program, and somebody who takes an account by a link and signs in again. */
#pragma once

#include "../sign_in.h"

#include <site.h>
#include <test.h>

#define F(...) arena_f(&site.kept, __VA_ARGS__).at
#define PASSWORD "mot-mat-khau-that-dai"

static struct site site;

struct person { const char *login; struct id id; struct visitor browser; uint8_t totp[TOTP_SECRET_BYTES]; };

static inline const char *text_of_id(struct id id)
{
    char text[ID_TEXT + 1];

    id_text(id, text);
    return F("%s", text);
}

/* Takes the account by its link: password, second factor, printed code. */
static inline bool join(struct person *p, struct str link)
{
    struct answer a;
    struct ctx c;
    uint8_t totp[TOTP_SECRET_BYTES];

    p->browser = (struct visitor){ 0 };
    a = post(&site, F("/welcome/%.*s", (int)link.n, link.at), "password=" PASSWORD "&again=" PASSWORD, &p->browser);
    if (!leads_to(a, "/account/phone"))
        return false;
    instance_ctx(&site.in, &c, site.now);
    invite_totp(&c, link, totp);
    memcpy(p->totp, totp, sizeof totp);
    instance_step(&site.in);
    (void)get(&site, "/account/phone", &p->browser);
    a = post(&site, "/account/phone", F("totp=%06u", totp_at(p->totp, site.now / (30 * SECOND_MS))), &p->browser);
    return leads_to(a, "/account/sheet") && get(&site, "/account", &p->browser).code == 200;
}

static inline struct visitor *again(struct person *p)
{
    p->browser = (struct visitor){ 0 };
    site.now += 31 * SECOND_MS;
    (void)post(&site, "/sign-in", F("user=%s&password=" PASSWORD "&totp=%06u", p->login, totp_at(p->totp, site.now / (30 * SECOND_MS))), &p->browser);
    (void)get(&site, "/account", &p->browser);
    return &p->browser;
}
