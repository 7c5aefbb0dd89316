#include "wal.h"
#include "sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 4096, HEADER = 32, FRAME = 24, FRAMES_ONCE = 2000, DUE_FRAMES = 4000, PATIENT_MAX = 8, TRIES = 50,
       INDEX_BYTES = 32768 };

struct wal {
    struct db *db;
    struct link pin;            /* its read transaction keeps the log from beginning anew */
    char path[PATH_BYTES];
    i64 patient[PATIENT_MAX];   /* root pages */
    size_t n_patient;
    uint32_t commits;           /* as SQLite counts them, at the place */
    uint32_t read_commits;      /* of the batch that was read last */
    i64 frames;                 /* of the log, as it was seen last */
};

/* -- the head of the wal-index: what is committed, in memory that all connections share ------------------------------------------- */

struct head {                   /* as SQLite lays it out */
    uint32_t version, unused, commits;
    uint8_t begun, big_endian;
    uint16_t page_bytes;
    uint32_t frames, db_pages, sum[2];
    uint8_t salt[8];
    uint32_t own_sum[2];
};

/* Two copies: a writer changes the second, then the first. */
static status read_head(struct wal *wal, struct head *head)
{
    sqlite3_file *file = NULL;
    void volatile *at = NULL;
    struct head other;

    if (sqlite3_file_control(wal->pin.sqlite, "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK || file == NULL ||
        file->pMethods->xShmMap(file, 0, INDEX_BYTES, 0, &at) != SQLITE_OK || at == NULL)
        return fail(BROKEN, "the index of the database's log cannot be seen");
    for (int i = 0; i < TRIES; i++) {
        memcpy(head, (const char *)at, sizeof *head);
        atomic_thread_fence(memory_order_seq_cst);
        memcpy(&other, (const char *)at + sizeof *head, sizeof other);
        if (memcmp(head, &other, sizeof other) == 0 && head->begun)
            return OK;
        usleep(1000);
    }
    return fail(BUSY, "the index of the database's log does not hold still");
}

static i64 page_bytes_of(const struct head *h)
{
    return (h->page_bytes & 0xfe00) + ((i64)(h->page_bytes & 1) << 16);
}

/* -- the pin ---------------------------------------------------------------------------------------------------------------------- */

static void unpin(struct wal *wal)
{
    if (!sqlite3_get_autocommit(wal->pin.sqlite))
        (void)link_exec(&wal->pin, "ROLLBACK");
}

static status pin(struct wal *wal)
{
    int code;

    unpin(wal);
    code = link_exec(&wal->pin, "BEGIN; SELECT 1 FROM sqlite_schema LIMIT 1");
    return code == SQLITE_OK ? OK : link_failed(&wal->pin, code, "the read transaction of the shipped log");
}

static status find_patient(struct wal *wal, const char *const *names)
{
    sqlite3_stmt *at;
    int code = sqlite3_prepare_v2(wal->pin.sqlite, "SELECT rootpage FROM sqlite_schema WHERE tbl_name = ?1", -1, &at, NULL);

    if (code != SQLITE_OK)
        return link_failed(&wal->pin, code, "schema");
    for (; *names != NULL; names++) {
        sqlite3_reset(at);
        sqlite3_bind_text(at, 1, *names, -1, SQLITE_STATIC);
        while (sqlite3_step(at) == SQLITE_ROW && wal->n_patient < PATIENT_MAX)
            wal->patient[wal->n_patient++] = sqlite3_column_int64(at, 0);
    }
    sqlite3_finalize(at);
    return OK;
}

void wal_expect(struct db *db)
{
    atomic_store(&db->shipped, true);
}

status wal_open(struct db *db, const char *const *patient, struct wal **out)
{
    struct wal *wal;
    status s;

    if (db->kind != DB_SQLITE)
        return fail(INVALID, "shipping is for SQLite; PostgreSQL has tools of its own (docs/operations.md)");
    wal = memory_new(sizeof *wal);
    wal->db = db;
    snprintf(wal->path, sizeof wal->path, "%s-wal", db->address);
    s = link_open(&wal->pin, db, false);
    if (s == OK)
        s = find_patient(wal, patient);
    if (s == OK)
        s = pin(wal);
    if (s != OK) {
        link_close(&wal->pin);
        free(wal);
        return s;
    }
    atomic_store(&db->shipped, true);
    *out = wal;
    return OK;
}

void wal_close(struct wal *wal)
{
    atomic_store(&wal->db->shipped, false);
    atomic_store(&wal->db->keep_log, true);
    unpin(wal);
    link_close(&wal->pin);
    free(wal);
}

void wal_let_go(struct wal *wal)
{
    atomic_store(&wal->db->shipped, false);
    unpin(wal);
}

i64 wal_frames(struct wal *wal)
{
    struct head head;

    return read_head(wal, &head) == OK ? head.frames : 0;
}

/* -- frames ------------------------------------------------------------------------------------------------------------------------- */

static uint32_t big(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint32_t word(const uint8_t *at, bool big_endian)
{
    uint32_t w;

    if (big_endian)
        return big(at);
    memcpy(&w, at, sizeof w);
    return w;
}

static void sum_add(uint32_t sum[2], const uint8_t *at, size_t n, bool big_endian)
{
    for (size_t i = 0; i < n; i += 8) {
        sum[0] += word(at + i, big_endian) + sum[1];
        sum[1] += word(at + i + 4, big_endian) + sum[0];
    }
}

struct reading {
    int fd;
    struct head head;
    i64 page_bytes;
    bool big_endian;
};

/* The file's head must be of the log that the index speaks of. */
static status read_begin(struct wal *wal, struct reading *r)
{
    uint8_t at[HEADER];

    *r = (struct reading){ .fd = -1 };
    TRY(read_head(wal, &r->head));
    r->page_bytes = page_bytes_of(&r->head);
    wal->frames = r->head.frames;
    if (r->head.frames == 0)
        return OK;
    r->fd = open(wal->path, O_RDONLY | O_CLOEXEC);
    if (r->fd < 0 || pread(r->fd, at, sizeof at, 0) != (ssize_t)sizeof at)
        return fail(BUSY, "%s: %m", wal->path);
    r->big_endian = big(at) & 1;
    return memcmp(at + 16, r->head.salt, 8) == 0 ? OK : fail(BUSY, "the database's log begins anew at this moment");
}

static void read_end(struct reading *r)
{
    if (r->fd >= 0)
        close(r->fd);
}

static bool sum_at_begin(const struct reading *r, uint32_t sum[2])
{
    uint8_t at[HEADER];

    if (pread(r->fd, at, sizeof at, 0) != (ssize_t)sizeof at)
        return false;
    sum[0] = big(at + 24);
    sum[1] = big(at + 28);
    return true;
}

/* Reads frame `no` and carries the checksum on. False: it is not one of this log. */
static bool read_frame(const struct reading *r, i64 no, uint8_t *frame, uint32_t sum[2])
{
    size_t n = FRAME + (size_t)r->page_bytes;

    if (pread(r->fd, frame, n, HEADER + (no - 1) * (i64)n) != (ssize_t)n || memcmp(frame + 8, r->head.salt, 8) != 0)
        return false;
    sum_add(sum, frame, 8, r->big_endian);
    sum_add(sum, frame + FRAME, (size_t)r->page_bytes, r->big_endian);
    return sum[0] == big(frame + 16) && sum[1] == big(frame + 20);
}

static int by_page(const void *a, const void *b)
{
    const struct wal_page *x = a, *y = b;

    return x->no != y->no ? (x->no > y->no) - (x->no < y->no) : (x->at > y->at) - (x->at < y->at);
}

/* Frames lie in the arena in their order, so that of two of one page the later one has the higher address. */
static void keep_newest(struct wal_batch *b)
{
    size_t n = 0;

    qsort(b->pages, b->n, sizeof b->pages[0], by_page);
    for (size_t i = 0; i < b->n; i++)
        if (i + 1 == b->n || b->pages[i + 1].no != b->pages[i].no)
            b->pages[n++] = b->pages[i];
    b->n = n;
}

static bool is_patient(const struct wal *wal, const struct wal_batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        bool found = false;

        for (size_t k = 0; k < wal->n_patient; k++)
            found |= wal->patient[k] == b->pages[i].no;
        if (!found)
            return false;
    }
    return true;
}

/* Frames from behind `end`, which moves, to the last commit among the next FRAMES_ONCE, or all of them where there is none. */
static status read_frames(struct wal *wal, struct arena *a, struct reading *r, struct wal_batch *b)
{
    size_t bytes = FRAME + (size_t)r->page_bytes;
    i64 from = b->end.frame, last = r->head.frames - from < FRAMES_ONCE ? r->head.frames : from + FRAMES_ONCE;
    uint8_t *frames = arena_alloc(a, (size_t)(last - from) * bytes);
    uint32_t sum[2] = { b->end.sum[0], b->end.sum[1] };
    size_t n = 0;

    b->pages = NEW_N(a, struct wal_page, (size_t)(last - from));
    wal->read_commits = 0;
    for (i64 no = from + 1; no <= last; no++) {
        uint8_t *frame = frames + (size_t)(no - from - 1) * bytes;

        if (!read_frame(r, no, frame, sum))
            return fail(BUSY, "frame %lld of the database's log is not what it should be", (long long)no);
        b->pages[n++] = (struct wal_page){ .no = big(frame), .at = (const char *)frame + FRAME };
        if (big(frame + 4) == 0 && (b->whole || no < last))
            continue;
        b->whole = big(frame + 4) != 0;
        wal->read_commits += b->whole;
        b->db_pages = b->whole ? big(frame + 4) : b->db_pages;
        b->end.frame = no;
        memcpy(b->end.sum, sum, sizeof sum);
        b->n = n;
    }
    keep_newest(b);
    return OK;
}

/* All that is committed was read, so all commits must have been seen. */
static status check_commits(const struct wal *wal, const struct reading *r, const struct wal_batch *b)
{
    if (b->end.frame < r->head.frames || wal->commits + wal->read_commits == r->head.commits)
        return OK;
    return fail(CONFLICT, "commits are missing in the database's log: %u of %u were seen", wal->commits + wal->read_commits,
                r->head.commits);
}

static status read_behind(struct wal *wal, struct arena *a, struct reading *r, const struct wal_place *place, struct wal_batch *b)
{
    b->end = *place;
    b->page_bytes = r->page_bytes;
    wal->read_commits = 0;
    if (memcmp(place->salt, r->head.salt, 8) != 0) {
        memcpy(b->end.salt, r->head.salt, 8);
        b->end.frame = 0;
    }
    if (b->end.frame > r->head.frames)
        return fail(CONFLICT, "the database's log is shorter than it was");
    if (b->end.frame == 0 && r->head.frames > 0 && !sum_at_begin(r, b->end.sum))
        return fail(BUSY, "%s: %m", wal->path);
    if (b->end.frame < r->head.frames)
        TRY(read_frames(wal, a, r, b));
    b->left = r->head.frames - b->end.frame;
    b->patient = is_patient(wal, b);
    return check_commits(wal, r, b);
}

/* Without moving the pin. A moment at which the log begins anew under the reader's hands is waited out. */
static status read_pinned(struct wal *wal, struct arena *a, const struct wal_place *place, struct wal_batch *b)
{
    status s = BUSY;

    for (int i = 0; i < TRIES && s == BUSY; i++) {
        struct arena_mark mark = arena_mark(a);
        struct reading r;

        fail_clear();
        *b = (struct wal_batch){ 0 };
        s = read_begin(wal, &r);
        if (s == OK)
            s = read_behind(wal, a, &r, place, b);
        read_end(&r);
        if (s == BUSY) {
            arena_back(a, mark);
            usleep(2000);
        }
    }
    return s;
}

status wal_read(struct wal *wal, struct arena *a, const struct wal_place *place, struct wal_batch *b)
{
    TRY(pin(wal));
    return read_pinned(wal, a, place, b);
}

void wal_passed(struct wal *wal, struct wal_place *place, const struct wal_batch *b)
{
    *place = b->end;
    wal->commits += wal->read_commits;
    wal->read_commits = 0;
}

status wal_begin(struct wal *wal, struct wal_place *place)
{
    struct head head;

    atomic_store(&wal->db->shipped, true);
    TRY(pin(wal));
    TRY(read_head(wal, &head));
    *place = (struct wal_place){ .frame = head.frames, .sum = { head.sum[0], head.sum[1] } };
    memcpy(place->salt, head.salt, 8);
    wal->commits = head.commits;
    wal->read_commits = 0;
    return OK;
}

/* Every frame from the first is read once: that the log is the same one is proved by its checksums. The commits behind the place
   are those of the index, less those that are still to be read. */
static status same_log(struct wal *wal, struct reading *r, const struct wal_place *place)
{
    uint8_t *frame = malloc(FRAME + (size_t)r->page_bytes);
    uint32_t sum[2], behind = 0;
    bool same = frame != NULL && memcmp(place->salt, r->head.salt, 8) == 0 && place->frame <= r->head.frames && r->head.frames > 0 &&
                sum_at_begin(r, sum);

    for (i64 no = 1; same && no <= r->head.frames; no++) {
        same = read_frame(r, no, frame, sum);
        behind += same && no > place->frame && big(frame + 4) != 0;
        if (no == place->frame)
            same = same && memcmp(sum, place->sum, sizeof sum) == 0;
    }
    free(frame);
    wal->commits = r->head.commits - behind;
    wal->read_commits = 0;
    return same ? OK : fail(NOT_FOUND, "the database's log is not the one that was shipped");
}

/* SQLite counts the first half of the salt on when it begins its log anew, and draws the second. */
static bool next_log(const struct wal_place *place, const struct reading *r)
{
    return big(r->head.salt) == big(place->salt) + 1;
}

status wal_resume(struct wal *wal, struct wal_place *place, bool at_end)
{
    struct reading r;
    status s;

    TRY(pin(wal));
    s = read_begin(wal, &r);
    if (s == OK && at_end && next_log(place, &r)) {
        *place = (struct wal_place){ 0 };
        memcpy(place->salt, r.head.salt, sizeof place->salt);
    }
    if (s == OK)
        s = same_log(wal, &r, place);
    read_end(&r);
    return s == BUSY ? NOT_FOUND : s;
}

/* -- checkpoints ---------------------------------------------------------------------------------------------------------------------- */

bool wal_is_due(const struct wal *wal)
{
    return wal->frames >= DUE_FRAMES || atomic_load(&wal->db->forget);
}

struct quiet { struct wal *wal; struct arena *a; const struct wal_place *place; wal_keep *keep; void *to; status s; };

static void while_quiet(void *to, struct link *writer)
{
    struct quiet *q = to;
    bool forget = atomic_load(&q->wal->db->forget);
    struct wal_batch batch;
    int code;

    q->s = read_pinned(q->wal, q->a, q->place, &batch);
    if (q->s == OK && batch.left > 0)
        q->s = fail(BUSY, "too much came at once");
    if (q->s == OK)
        q->s = q->keep(q->to, &batch);
    if (q->s != OK)
        return;
    unpin(q->wal);
    code = sqlite3_wal_checkpoint_v2(writer->sqlite, NULL, forget ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if ((code & 0xff) == SQLITE_IOERR)
        q->s = link_failed(writer, code, "checkpoint");
    if (code == SQLITE_OK && forget)
        atomic_store(&q->wal->db->forget, false);
    if (q->s == OK)
        q->s = pin(q->wal);
}

status wal_checkpoint(struct wal *wal, struct arena *a, const struct wal_place *place, wal_keep *keep, void *to)
{
    struct quiet q = { .wal = wal, .a = a, .place = place, .keep = keep, .to = to };

    TRY(pin(wal));
    TRY(writer_quiet(wal->db->own, while_quiet, &q));
    return q.s;
}
