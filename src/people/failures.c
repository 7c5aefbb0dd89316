/* Failed sign-ins: counted in memory and logged later by a job, one entry for each account and hour. So nobody can buy a
   disk write with each guess, and the answer to an unknown name takes no other road than that to a known one. */
#include "sign_in.h"

#include <pthread.h>

enum { FAILURES = 1024, LOGIN_BYTES = 200 };

struct failure {
    i64 hour;
    bool waits;             /* not logged yet */
    size_t n;
    char login[LOGIN_BYTES];
};

static struct failure failures[FAILURES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* A full table forgets the place that a name falls on. */
void sign_in_count_failure(struct ctx *c, struct str login)
{
    struct str name = str_upto(login, LOGIN_BYTES);
    i64 hour = clock_hour_floor(c->now);
    struct failure *f;
    struct key hash;
    uint32_t place;

    vault_hash(&hash, &house_now(c->ledger->house)->job, "failure", PARTS(name));
    memcpy(&place, hash.b, sizeof place);
    f = &failures[place % FAILURES];
    pthread_mutex_lock(&lock);
    if (f->hour != hour || !str_eq(str_of(f->login, f->n), name)) {
        *f = (struct failure){ .hour = hour, .waits = true, .n = name.n };
        memcpy(f->login, name.at, name.n);
    }
    pthread_mutex_unlock(&lock);
}

/* The next one that waits, taken out. */
static bool take(size_t *from, struct failure *taken)
{
    bool found = false;

    pthread_mutex_lock(&lock);
    for (; *from < FAILURES && !found; ++*from) {
        found = failures[*from].waits;
        if (found)
            *taken = failures[*from];
        failures[*from].waits = false;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

static status log_one(struct ledger *l, const struct failure *f, i64 now)
{
    struct users_row user;
    status s = sql_user_of_login(l, (struct sql_user_of_login){ .login = str_of(f->login, f->n) }, &user);

    if (s != OK)
        return s == NOT_FOUND ? OK : s;
    return act_note(l, (struct act_info){ .act = "person.sign-in-failed", .now = now, .object = user.id });
}

status people_failures_write(struct ledger *l, const struct app *app, i64 now)
{
    struct failure f;
    size_t from = 0;

    (void)app;
    while (take(&from, &f))
        TRY(log_one(l, &f, now));
    return OK;
}
