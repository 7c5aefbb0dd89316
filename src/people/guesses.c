/* Six digits can be guessed: whoever knows a password, and asks a thousand times a second, is in within minutes. Shutting
   the account would shut out its person as well. So after a few wrong ones in an hour it takes the digits of two steps,
   one behind the other, which nobody guesses; its person has them after half a minute. Accounts that share a place here
   share its count: they ask for two steps a little early, and nobody can push a count out. */
#include "account.h"

#include <pthread.h>

enum { PLACES = 8192, WRONG_MANY = 20 };

struct guesses { i64 since, wrong; };

static struct guesses places[PLACES];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* An id begins with its time and ends with what was drawn at random. The hour begins with the first look. */
static struct guesses *place_of(struct id user, i64 now)
{
    struct guesses *g;
    uint32_t number;

    memcpy(&number, user.b + sizeof user.b - sizeof number, sizeof number);
    g = &places[number % PLACES];
    if (now < g->since || now - g->since >= HOUR_MS)
        *g = (struct guesses){ .since = now };
    return g;
}

void guess_count(struct id user, i64 now)
{
    pthread_mutex_lock(&lock);
    place_of(user, now)->wrong++;
    pthread_mutex_unlock(&lock);
}

bool guessed_much(struct id user, i64 now)
{
    bool much;

    pthread_mutex_lock(&lock);
    much = place_of(user, now)->wrong >= WRONG_MANY;
    pthread_mutex_unlock(&lock);
    return much;
}
