/* Letters that say only that there is something new: who gets one, when, what stands in it, and what a dead server changes. A
   mail server of a few lines stands at the other end. */
#include <site.h>
#include <test.h>

#include "../../outbox/mail.h"
#include "../speakup.h"

#include "tables.sql.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct site site;

/* -- the mail server ---------------------------------------------------------------------------------------------------------------- */

static struct { int fd, port; pthread_t thread; pthread_mutex_t lock; char last[16384]; int letters; bool refuse; } post_office = {
    .lock = PTHREAD_MUTEX_INITIALIZER };

static void keep(const char *line)
{
    size_t have = strlen(post_office.last);

    snprintf(post_office.last + have, sizeof post_office.last - have, "%s", line);
}

/* One visit: each command is answered, the letter kept. */
static void serve(FILE *peer)
{
    char line[2048];
    bool letter = false;

    fputs("220 here\r\n", peer);
    fflush(peer);
    while (fgets(line, sizeof line, peer) != NULL) {
        pthread_mutex_lock(&post_office.lock);
        keep(line);
        if (letter && strcmp(line, ".\r\n") == 0) {
            letter = false;
            post_office.letters++;
            fputs("250 taken\r\n", peer);
        } else if (!letter) {
            letter = strncmp(line, "DATA", 4) == 0;
            fputs(post_office.refuse && strncmp(line, "MAIL", 4) == 0 ? "450 later\r\n" : letter ? "354 go on\r\n" : "250 fine\r\n", peer);
        }
        pthread_mutex_unlock(&post_office.lock);
        fflush(peer);
        if (strncmp(line, "QUIT", 4) == 0)
            break;
    }
}

static void *stand(void *unused)
{
    int fd;

    (void)unused;
    while ((fd = accept(post_office.fd, NULL, NULL)) >= 0) {
        FILE *peer = fdopen(fd, "r+");

        if (peer == NULL)
            break;
        serve(peer);
        fclose(peer);
    }
    return NULL;
}

static void office_open(void)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof here;

    post_office.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(post_office.fd, (struct sockaddr *)&here, n) != 0 || listen(post_office.fd, 8) != 0 ||
        getsockname(post_office.fd, (struct sockaddr *)&here, &n) != 0 || pthread_create(&post_office.thread, NULL, stand, NULL) != 0)
        exit(1);
    post_office.port = ntohs(here.sin_port);
}

static int letters(void)
{
    int n;

    pthread_mutex_lock(&post_office.lock);
    n = post_office.letters;
    pthread_mutex_unlock(&post_office.lock);
    return n;
}

static void office_clear(bool refuse)
{
    pthread_mutex_lock(&post_office.lock);
    post_office.letters = 0;
    post_office.last[0] = '\0';
    post_office.refuse = refuse;
    pthread_mutex_unlock(&post_office.lock);
}

/* -- the jobs ------------------------------------------------------------------------------------------------------------------------- */

static void look_at(i64 now)
{
    CHECK(desk_notices(&site.in.ledger, &site.in.app, now) == OK);
    instance_step(&site.in);
}

static void send_at(i64 now)
{
    CHECK(mail_send_due(&site.in.ledger, &site.in.app, now) == OK);
    instance_step(&site.in);
}

static i64 next_slot(void)
{
    site.now += 16 * MINUTE_MS;
    return site.now;
}

static struct str told(const char *fields)
{
    return tell(&site, fields, &(struct visitor){ 0 });
}

static void child_says(struct str code)
{
    struct visitor child = { 0 };

    (void)post(&site, "/talk", arena_f(&site.kept, "code=%.*s", (int)code.n, code.at).at, &child);
    (void)get(&site, "/talk", &child);
    CHECK(leads_to(post(&site, "/talk/messages", "text=tin-moi-rieng-tu", &child), "/talk"));
}

static void want(const char *login, const char *fields)
{
    CHECK(leads_to(post(&site, "/account/notices", fields, as(&site, login)), "/account/notices"));
}

/* -- tests ------------------------------------------------------------------------------------------------------------------------------ */

TEST(addresses_are_plain_and_end_no_header)
{
    static const char *const good[] = { "a@b", "ten.ho+x@co-quan.vn" };
    static const char *const bad[] = { "", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\r\nBcc: x", "<a@b>", "a@\xc3\xa1", "a,b@c" };

    for (size_t i = 0; i < COUNT_OF(good); i++)
        CHECK(mail_address_ok(str_c(good[i])));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        CHECK(!mail_address_ok(str_c(bad[i])));
    CHECK(mail_settings_check(NULL, NULL) == OK && mail_settings_check("smtps://u:p@host", "a@b") == OK);
    CHECK(mail_settings_check("smtp://host", NULL) == INVALID && mail_settings_check("http://host", "a@b") == INVALID);
    CHECK(mail_settings_check("smtp://host", "a") == INVALID);
}

TEST(nobody_gets_a_letter_who_did_not_ask)
{
    office_clear(false);
    told("story=khong-ai-hoi");
    look_at(next_slot());
    send_at(site.now);
    CHECK(letters() == 0);
}

TEST(one_letter_a_quarter_says_that_there_is_news_and_nothing_else)
{
    struct str code = told("story=chuyen-bi-mat&harm=scam");
    struct answer a = post(&site, "/account/notices", "address=khong-phai", as(&site, "hanh.mau"));

    CHECK(a.code == 422 && says(a, "khong-phai") && says(a, "aria-invalid"));
    office_clear(false);
    want("hanh.mau", "address=hanh@coquan.example");
    CHECK(says(get(&site, "/account/notices", as(&site, "hanh.mau")), "hanh@coquan.example"));
    look_at(next_slot());
    send_at(site.now);
    CHECK(letters() == 0);                      /* what waited already is known */

    child_says(code);
    look_at(site.now);
    send_at(site.now);
    CHECK(letters() == 0);                      /* this quarter was looked at */
    told("story=chuyen-thu-hai");
    look_at(next_slot());
    look_at(site.now + MINUTE_MS);
    send_at(site.now);
    send_at(site.now + MINUTE_MS);
    CHECK(letters() == 1);
    CHECK(strstr(post_office.last, "RCPT TO:<hanh@coquan.example>") != NULL);
    CHECK(strstr(post_office.last, "MAIL FROM:<lachan@coquan.example>") != NULL);
    CHECK(strstr(post_office.last, "PA-") == NULL && strstr(post_office.last, "http") == NULL && strstr(post_office.last, "desk/") == NULL);
    look_at(next_slot());
    send_at(site.now);
    CHECK(letters() == 1);                      /* nothing new since */
}

TEST(a_server_that_is_away_gets_the_letter_later_and_not_for_ever)
{
    i64 now;

    office_clear(true);
    told("story=may-chu-ban");
    look_at(now = next_slot());
    send_at(now);
    CHECK(letters() == 0 && strstr(post_office.last, "MAIL FROM") != NULL);
    office_clear(false);
    send_at(now + 30 * SECOND_MS);
    CHECK(letters() == 0);                      /* it waits before it tries again */
    send_at(now + 3 * MINUTE_MS);
    CHECK(letters() == 1);

    office_clear(true);
    told("story=may-chu-tat");
    look_at(now = next_slot());
    for (int i = 0; i < 12; i++)
        send_at(now += HOUR_MS);
    office_clear(false);
    send_at(now += HOUR_MS);
    CHECK(letters() == 0);                      /* given up: what it tells is no news any more */
}

TEST(who_turns_it_off_is_forgotten)
{
    office_clear(false);
    want("hanh.mau", "do=off");
    CHECK(!says(get(&site, "/account/notices", as(&site, "hanh.mau")), "coquan.example"));
    told("story=sau-khi-tat");
    look_at(next_slot());
    send_at(site.now);
    CHECK(letters() == 0);
}

/* The row says nothing to who reads the database. */
TEST(the_address_stands_sealed)
{
    struct str needle = STR("giau-kin@coquan.example");
    const char *path = arena_f(&site.kept, "%s/lachan.db-wal", site.folder).at;
    FILE *file;
    static char bytes[16 << 20];
    size_t n;

    want("minh.mau", "address=giau-kin@coquan.example");
    file = fopen(path, "r");
    if (file == NULL) {
        CHECK(getenv("LACHAN_TEST_POSTGRES") != NULL);      /* its files are not ours to read */
        return;
    }
    n = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    CHECK(n > 0 && memmem(bytes, n, needle.at, needle.n) == NULL);
}

int main(int argc, char **argv)
{
    int bad;

    office_open();
    site_open(&site);
    site.in.app.smtp_url = arena_f(&site.kept, "smtp://127.0.0.1:%d", post_office.port).at;
    site.in.app.smtp_from = "lachan@coquan.example";
    bad = test_run_all(argc > 1 ? argv[1] : NULL);
    site_close(&site);
    return bad;
}
