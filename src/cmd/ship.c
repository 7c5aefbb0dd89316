/* Continuous shipping: the thread that sends what commits, segment by segment. It never holds up a writer but for the moment of a
   checkpoint, which would be the writer's own otherwise. */
#include "ship.h"

#include "../base/content.h"
#include "../base/log.h"
#include "../web/metrics.h"

#include "people.sql.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { POLL_MS = 250, PATIENT_MS = MINUTE_MS, SHIP_ARENA = 512 << 20, GIVE_UP_FRAMES = 64 << 10, PACK_BYTES = 8 << 20, PACK_MOST = 500,
       LATE_MS = 10 * SECOND_MS, PATH_BYTES = 4096, WAITING_BYTES = 64 << 20 };

struct ship {
    struct ship_facts facts;
    struct str origin;                  /* of the log */
    struct wal *wal;
    struct store store;
    struct arena arena;                 /* of one round */
    pthread_t thread;
    pthread_mutex_t lock;               /* of what follows */
    pthread_cond_t changed;
    bool stops;
    char line[LINE_CHARS + 1];          /* "": none now */
    i64 no;                             /* of its last segment, sent or waiting to be */
    i64 asked, settled;                 /* who waits in ship_settle: by number of the asking */
    struct backup_file *files;          /* that came since the last segment */
    size_t n_files, files_room;
    /* of the thread alone */
    char hash[HASH_HEX + 1];
    struct wal_place place;
    struct out waiting;                 /* a segment that is not in the repository yet; the place is behind it */
    struct out pack;                    /* what was sent since the last pack */
    i64 pack_first, pack_last, pack_hour, sent_ms, failed_ms, told_ms;
    struct ship_files *file_thread;
    struct ship_base *base_thread;
};

const struct ship_facts *ship_facts(const struct ship *s)
{
    return &s->facts;
}

/* -- what the other threads see --------------------------------------------------------------------------------------------------- */

void ship_add_file(struct ship *s, const struct backup_file *file)
{
    pthread_mutex_lock(&s->lock);
    if (s->n_files == s->files_room) {
        size_t room = 2 * s->files_room + 64;

        s->files = memory_grow(s->files, s->files_room * sizeof *file, room * sizeof *file);
        s->files_room = room;
    }
    s->files[s->n_files++] = *file;
    pthread_mutex_unlock(&s->lock);
}

bool ship_at(struct ship *s, char line[LINE_CHARS + 1], i64 *no)
{
    pthread_mutex_lock(&s->lock);
    memcpy(line, s->line, LINE_CHARS + 1);
    *no = s->no;
    pthread_mutex_unlock(&s->lock);
    return line[0] != '\0';
}

static void wait_under_lock(struct ship *s, i64 ms)
{
    struct timespec until;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(ms / 1000);
    until.tv_nsec += (long)(ms % 1000) * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_cond_timedwait(&s->changed, &s->lock, &until);
}

status ship_settle(struct ship *s, const char *line, i64 *no)
{
    bool same;
    i64 mine;

    pthread_mutex_lock(&s->lock);
    mine = ++s->asked;
    pthread_cond_broadcast(&s->changed);
    while (!s->stops && s->settled < mine && strcmp(s->line, line) == 0)
        wait_under_lock(s, SECOND_MS);
    same = !s->stops && strcmp(s->line, line) == 0;
    *no = s->no;
    pthread_mutex_unlock(&s->lock);
    return same ? OK : fail(BUSY, "the line of segments ended meanwhile");
}

bool ship_stops(struct ship *s, i64 wait_ms)
{
    i64 until = clock_mono_ms() + wait_ms;
    bool stops;

    pthread_mutex_lock(&s->lock);
    while (!s->stops && clock_mono_ms() < until)
        wait_under_lock(s, until - clock_mono_ms());
    stops = s->stops;
    pthread_mutex_unlock(&s->lock);
    return stops;
}

static void set_line(struct ship *s, const char *line, i64 no)
{
    pthread_mutex_lock(&s->lock);
    memmove(s->line, line, strlen(line) + 1);
    s->no = no;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

/* -- packs: many segments become one object, so that there are not millions of names, and each hour, so that the times at which the
   objects were written say no more ------------------------------------------------------------------------------------------------ */

static void forget_pack(struct ship *s)
{
    out_reset(&s->pack);
    s->pack_first = 0;
}

static void make_pack(struct ship *s)
{
    char name[SEGMENT_NAME];
    status done = OK;

    segment_object(s->line, s->pack_first, s->pack_last, name);
    if (s->pack_last > s->pack_first)
        done = store_put_new(&s->store, &s->arena, name, out_done(&s->pack));
    for (i64 no = s->pack_first; done == OK && s->pack_last > s->pack_first && no <= s->pack_last; no++) {
        segment_object(s->line, no, no, name);
        done = store_drop_object(&s->store, name);
    }
    if (done != OK)
        log_warn("ship", "segments were not packed: %s", fail_message());
    fail_clear();
    forget_pack(s);
}

static void add_to_pack(struct ship *s)
{
    if (s->pack_first == 0) {
        s->pack_first = s->no;
        s->pack_hour = clock_hour_floor(clock_now_ms());
    }
    s->pack_last = s->no;
    out_str(&s->pack, out_done(&s->waiting));
    if (s->pack.n >= PACK_BYTES || clock_now_ms() - s->pack_hour >= HOUR_MS || s->pack_last - s->pack_first + 1 >= PACK_MOST)
        make_pack(s);
}

/* -- one segment -------------------------------------------------------------------------------------------------------------------- */

/* Once in ten seconds as long as it lasts. */
static void tell_late(struct ship *s)
{
    i64 now = clock_mono_ms();

    if (s->failed_ms == 0)
        s->failed_ms = now;
    metrics_shipped((now - s->failed_ms) / 1000 + 1, 0);
    if (now - s->told_ms >= LATE_MS) {
        log_error("ship", "ALARM nothing can be sent since %lld s: %s", (long long)((now - s->failed_ms) / 1000), fail_message());
        s->told_ms = now;
    }
    fail_clear();
}

static void tell_well(struct ship *s)
{
    if (s->failed_ms != 0)
        log_info("ship", "it goes on after %lld s", (long long)((clock_mono_ms() - s->failed_ms) / 1000));
    s->failed_ms = s->told_ms = 0;
    metrics_shipped(0, 0);
}

static status send_waiting(struct ship *s)
{
    char name[SEGMENT_NAME];

    if (s->waiting.n == 0)
        return OK;
    segment_object(s->line, s->no, s->no, name);
    TRY(store_put_new(&s->store, &s->arena, name, out_done(&s->waiting)));
    s->sent_ms = clock_mono_ms();
    tell_well(s);
    add_to_pack(s);
    out_reset(&s->waiting);
    return OK;
}

/* What has come of evidence; it stays listed until the segment is made. */
static void take_files(struct ship *s, struct segment *seg)
{
    pthread_mutex_lock(&s->lock);
    seg->n_files = s->n_files < SEGMENT_FILES_MAX ? s->n_files : SEGMENT_FILES_MAX;
    seg->files = NEW_N(&s->arena, struct backup_file, seg->n_files + 1);
    if (seg->n_files > 0) {
        memcpy(seg->files, s->files, seg->n_files * sizeof *s->files);
        s->n_files -= seg->n_files;
        memmove(s->files, s->files + seg->n_files, s->n_files * sizeof *s->files);
    }
    pthread_mutex_unlock(&s->lock);
}

/* The batch becomes the segment that waits, and the place moves behind it: whatever happens to SQLite's log then, it is kept here. */
static void make_segment(struct ship *s, const struct wal_batch *batch, bool at_end)
{
    struct segment seg = { .at_end = at_end, .origin = s->origin, .no = s->no + 1, .made = clock_hour_floor(clock_now_ms()) };

    memcpy(seg.line, s->line, sizeof seg.line);
    memcpy(seg.previous, s->hash, sizeof seg.previous);
    take_files(s, &seg);
    out_str(&s->waiting, segment_seal(&s->arena, house_now(s->facts.in->house), &s->facts.public, batch, &seg));
    memcpy(s->hash, seg.hash, sizeof s->hash);
    wal_passed(s->wal, &s->place, batch);
    set_line(s, s->line, seg.no);
}

/* -- lines -------------------------------------------------------------------------------------------------------------------------- */

static void end_line(struct ship *s, const char *why)
{
    log_error("ship", "ALARM line %s ends at segment %lld, a new one begins with a base of its own: %s", s->line, (long long)s->no, why);
    metrics_shipped(s->failed_ms ? (clock_mono_ms() - s->failed_ms) / 1000 + 1 : 0, 1);
    if (s->waiting.n == 0 && s->pack_first != 0)
        make_pack(s);
    out_reset(&s->waiting);
    forget_pack(s);
    set_line(s, "", 0);
    wal_let_go(s->wal);
}

static bool of_this_house(const struct ship *s, const struct segment *seg)
{
    const struct house *h = s->facts.in->house;

    for (size_t i = 0; i < h->n; i++)
        if (str_eq(seg->origin, s->origin) && signed_note_is_of(seg->note, seg->origin, h->gen[i].log_pk))
            return true;
    return false;
}

static const char *waiting_path(const struct ship *s, char path[PATH_BYTES])
{
    snprintf(path, PATH_BYTES, "%s/ship.waiting", s->facts.v->dir);
    return path;
}

/* The segment that a killed process kept, if it is the next one. */
static status send_kept(struct ship *s, struct segment *last)
{
    struct segment kept;
    struct str rest, bytes;
    char path[PATH_BYTES], name[SEGMENT_NAME];

    if (file_read(&s->arena, waiting_path(s, path), WAITING_BYTES, &bytes) != OK)
        return OK;
    rest = bytes;
    if (segment_read(&s->arena, &rest, &kept) != OK || !of_this_house(s, &kept) || strcmp(kept.line, last->line) != 0 ||
        kept.no != last->no + 1 || strcmp(kept.previous, last->hash) != 0)
        return OK;
    segment_object(kept.line, kept.no, kept.no, name);
    TRY(store_put_new(&s->store, &s->arena, name, bytes));
    *last = kept;
    return OK;
}

/* Goes on behind the last segment that is there, if SQLite's log still has the place. */
static status resume_line(struct ship *s)
{
    struct segment last;

    TRY(shipped_last(&s->store, &s->arena, &last));
    if (!of_this_house(s, &last)) {
        log_warn("ship", "the newest line there, %s, is of the log %.*s: if its server still runs, one of the two needs a REPO of its own",
                 last.line, (int)last.origin.n, last.origin.at);
        return fail(NOT_FOUND, "what lies there is another's");
    }
    TRY(send_kept(s, &last));
    TRY(wal_resume(s->wal, &last.end, last.at_end));
    s->place = last.end;
    memcpy(s->hash, last.hash, sizeof s->hash);
    set_line(s, last.line, last.no);
    log_info("ship", "line %s goes on behind segment %lld", s->line, (long long)s->no);
    return OK;
}

/* The first segment is empty and shows that the repository can be written to. */
static status begin_line(struct ship *s)
{
    struct wal_batch nothing = { .whole = true };
    char line[LINE_CHARS + 1];
    status done;

    TRY(store_make(&s->store));
    TRY(wal_begin(s->wal, &s->place));
    nothing.end = s->place;
    snprintf(line, sizeof line, "%013lld", (long long)clock_now_ms());
    memset(s->hash, '0', HASH_HEX);
    set_line(s, line, 0);
    make_segment(s, &nothing, false);
    done = send_waiting(s);
    if (done != OK) {
        out_reset(&s->waiting);
        set_line(s, "", 0);
        wal_let_go(s->wal);
    } else {
        log_info("ship", "line %s begins", s->line);
    }
    return done;
}

/* -- rounds --------------------------------------------------------------------------------------------------------------------------- */

/* Whether somebody waits for a segment: that its content settles, that it names evidence, or that all ends. */
static bool wanted(struct ship *s, i64 *asked)
{
    bool want;

    pthread_mutex_lock(&s->lock);
    *asked = s->asked;
    want = s->asked > s->settled || s->n_files > 0 || s->stops;
    pthread_mutex_unlock(&s->lock);
    return want;
}

static void say_settled(struct ship *s, i64 asked)
{
    pthread_mutex_lock(&s->lock);
    s->settled = asked;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
}

static status send_new(struct ship *s)
{
    struct wal_batch b = { .left = 1 };
    i64 asked;
    bool want = wanted(s, &asked);

    while (b.left > 0) {
        arena_reset(&s->arena, false);
        TRY(send_waiting(s));
        TRY(wal_read(s->wal, &s->arena, &s->place, &b));
        if (!want && (b.n == 0 || (b.patient && clock_mono_ms() - s->sent_ms < PATIENT_MS)))
            return OK;
        make_segment(s, &b, false);
    }
    TRY(send_waiting(s));
    say_settled(s, asked);
    return OK;
}

/* A kill may come between the checkpoint and the sending: then SQLite's log has the pages no more, and this file has them. */
static status keep(void *to, const struct wal_batch *batch)
{
    struct ship *s = to;
    char path[PATH_BYTES];

    make_segment(s, batch, true);
    return file_replace(waiting_path(s, path), out_done(&s->waiting));
}

static status checkpoint(struct ship *s)
{
    status done;

    arena_reset(&s->arena, false);
    done = wal_checkpoint(s->wal, &s->arena, &s->place, keep, s);
    if (done == BUSY) {
        fail_clear();
        done = OK;
    }
    TRY(done);
    return send_waiting(s);
}

static void round_of(struct ship *s)
{
    status done = OK;

    arena_reset(&s->arena, false);
    if (s->line[0] == '\0')
        done = begin_line(s);
    if (done == OK)
        done = send_new(s);
    if (done == OK && wal_is_due(s->wal))
        done = checkpoint(s);
    if (done == CONFLICT && s->line[0] != '\0')
        end_line(s, fail_message());
    else if (done != OK)
        tell_late(s);
    if (s->line[0] != '\0' && wal_frames(s->wal) > GIVE_UP_FRAMES)
        end_line(s, "the database's log has become too long to wait");
}

static void *run(void *to)
{
    struct ship *s = to;

    while (!ship_stops(s, 0)) {
        round_of(s);
        pthread_mutex_lock(&s->lock);
        if (!s->stops && s->asked <= s->settled)
            wait_under_lock(s, POLL_MS);
        else if (!s->stops && s->failed_ms != 0)
            wait_under_lock(s, POLL_MS);
        pthread_mutex_unlock(&s->lock);
    }
    return NULL;
}

/* -- begin and end --------------------------------------------------------------------------------------------------------------------- */

static status read_settings(struct ship *s)
{
    struct ship_facts *f = &s->facts;
    struct instance_row row;

    f->to = config_get(&f->v->config, "ship", NULL);
    f->s3_key = config_get(&f->v->config, "s3-key", NULL);
    if (config_get(&f->v->config, "backup-key", NULL) == NULL)
        return fail(INVALID, "--ship needs --backup-key BASE64 (\"lachan backup key\" makes one)");
    TRY(backup_key_read(config_get(&f->v->config, "backup-key", NULL), &f->public));
    TRY(backup_apart(&f->v->arena, f->v->dir, f->to));
    TRY(sql_the_instance(&f->in->ledger, &row));
    s->origin = arena_copy(&f->v->arena, row.origin);
    return OK;
}

static void free_ship(struct ship *s)
{
    if (s->wal != NULL)
        wal_close(s->wal);
    store_close(&s->store);
    arena_free(&s->arena);
    out_free(&s->waiting);
    out_free(&s->pack);
    free(s->files);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static struct ship *make_ship(struct verb *v, struct instance *in)
{
    struct ship *s = memory_new(sizeof *s);
    pthread_condattr_t monotonic;

    *s = (struct ship){ .facts = { .v = v, .in = in }, .arena = arena_make(SHIP_ARENA), .waiting = { .max = WAITING_BYTES }, .pack = { .max = 128 << 20 } };
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->changed, &monotonic);
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

/* A repository that cannot be reached now does not keep the server from starting: nobody is turned away for a backup. */
static status begin(struct ship *s)
{
    static const char *const patient[] = { "jobs", NULL };
    status done;

    TRY(read_settings(s));
    TRY(wal_open(s->facts.in->db, patient, &s->wal));
    done = store_open(&s->store, s->facts.to, s->facts.s3_key, true);
    if (done == INVALID)
        return done;
    if (done != OK)
        tell_late(s);
    done = resume_line(s);
    if (done != OK)
        wal_let_go(s->wal);
    fail_clear();
    TRY(ship_files_start(s, &s->file_thread));
    TRY(ship_base_start(s, &s->base_thread));
    return thread_start(&s->thread, run, s) ? OK : fail(BROKEN, "no thread for shipping");
}

status ship_start(struct verb *v, struct instance *in, struct ship **out)
{
    struct ship *s = make_ship(v, in);
    status done = begin(s);

    if (done == OK)
        *out = s;
    else
        ship_stop(s);
    return done;
}

/* Evidence first, so that the last segment names it. */
void ship_stop(struct ship *s)
{
    pthread_mutex_lock(&s->lock);
    s->stops = true;
    pthread_cond_broadcast(&s->changed);
    pthread_mutex_unlock(&s->lock);
    if (s->file_thread != NULL)
        ship_files_stop(s->file_thread);
    if (s->base_thread != NULL)
        ship_base_stop(s->base_thread);
    if (s->thread != 0) {
        pthread_join(s->thread, NULL);
        if (s->line[0] != '\0')
            round_of(s);
    }
    free_ship(s);
}
