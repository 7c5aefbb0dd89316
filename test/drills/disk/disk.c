/* A disk that does what a drill wants: dies, fails, or keeps a log of all that was asked of it. Loaded before the C library (LD_PRELOAD)
   into the program under test. DRILL_DISK: the control file (disk.mjs writes it, struct control reads it); DRILL_DISK_ROOT: the folder
   that counts; DRILL_DISK_LOG: where the log goes, for the replayer of D3. What is not below the folder passes untouched. */
#undef _FILE_OFFSET_BITS     /* both names of each call are given here: open and open64 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { WRITE = 1, SYNC = 2, RENAME = 4, UNLINK = 8, TRUNCATE = 16, CREATE = 32, READ = 64 };
enum what { NOTHING, KILL_BEFORE, KILL_AFTER, KILL_TORN, FAIL_ONCE, FAIL_ON };

/* Eight bytes each, in this order, for disk.mjs. */
struct control {
    _Atomic uint64_t armed;     /* nothing is counted before */
    _Atomic uint64_t kinds;     /* which calls count: bits of enum kind */
    _Atomic uint64_t calls;     /* counted so far */
    _Atomic uint64_t at;        /* the call that it happens at, from 1; 0: none */
    _Atomic uint64_t what;
    _Atomic uint64_t error;     /* errno of FAIL_... and of chance */
    _Atomic uint64_t odds;      /* of a million calls so many fail by chance */
    _Atomic uint64_t chance;    /* state of it: the seed at first */
    _Atomic uint64_t hits;      /* calls that were made to fail */
};

enum { FDS = 65536 };
static struct control *control;
static char *paths[FDS];        /* of open files below the root; "" has no name; NULL: of no interest */
static const char *root;
static int log_fd = -1;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name, ...) ((__typeof__(&name))real(#name))(__VA_ARGS__)

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

[[gnu::constructor]] static void begin(void)
{
    const char *file = getenv("DRILL_DISK"), *to = getenv("DRILL_DISK_LOG");
    int fd = file ? REAL(open, file, O_RDWR | O_CLOEXEC) : -1;
    void *at = fd >= 0 ? mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;

    root = getenv("DRILL_DISK_ROOT");
    control = at == MAP_FAILED || root == NULL ? NULL : at;
    if (control != NULL && to != NULL)
        log_fd = REAL(open, to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

/* The shared memory beside a SQLite database is no matter of a disk: it is made anew at each start. */
static bool counts(const char *path)
{
    size_t n = strlen(path);

    return control != NULL && strncmp(path, root, strlen(root)) == 0 && !(n > 4 && strcmp(path + n - 4, "-shm") == 0);
}

static const char *path_of(int fd)
{
    return fd >= 0 && fd < FDS ? paths[fd] : NULL;
}

/* -- what is to happen ---------------------------------------------------------------------------- */

static bool by_chance(void)
{
    uint64_t odds = control->odds, x;

    if (odds == 0)
        return false;
    x = atomic_fetch_add(&control->chance, 0x9e3779b97f4a7c15u);
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return (x ^ (x >> 31)) % 1000000 < odds;
}

static enum what fate(enum kind kind)
{
    uint64_t n;
    enum what what = (enum what)control->what;

    if (!control->armed || !(control->kinds & kind))
        return NOTHING;
    n = ++control->calls;
    if (control->at != 0 && (n == control->at || (what == FAIL_ON && n > control->at)))
        return what;
    return by_chance() ? FAIL_ONCE : NOTHING;
}

static void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

static long failed(void)
{
    control->hits++;
    errno = (int)control->error;
    return -1;
}

/* -- the log: a record for each call that was done, in the order in which they were done ------------ */

struct record { uint32_t magic, kind; uint64_t at, n; uint32_t path, other; };

static void say(enum kind kind, uint64_t at, const char *path, const char *other, const void *bytes, size_t n)
{
    size_t p = strlen(path), o = other ? strlen(other) : 0;
    struct record r = { 0x6b736964, (uint32_t)kind, at, n, (uint32_t)p, (uint32_t)o };
    struct iovec parts[] = { { &r, sizeof r }, { (void *)(uintptr_t)path, p }, { (void *)(uintptr_t)other, o },
                             { (void *)(uintptr_t)bytes, bytes ? n : 0 } };

    if (log_fd >= 0 && *path && REAL(writev, log_fd, parts, 4) < 0)
        die();
}

/* A call and its record are one step; without a log nobody waits. */
static void step(void)
{
    if (log_fd >= 0)
        pthread_mutex_lock(&lock);
}

static void done(void)
{
    int kept = errno;

    if (log_fd >= 0)
        pthread_mutex_unlock(&lock);
    errno = kept;
}

/* -- files ------------------------------------------------------------------------------------------ */

static void note_open(int fd, const char *path, int flags, bool fresh)
{
    if (fd < 0 || fd >= FDS)
        return;
    free(paths[fd]);
    paths[fd] = NULL;
    if (!counts(path))
        return;
    paths[fd] = strdup((flags & O_TMPFILE) == O_TMPFILE ? "" : path);
    if (fresh)
        say(CREATE, 0, paths[fd], NULL, NULL, 0);
    if ((flags & O_TRUNC) && !fresh)
        say(TRUNCATE, 0, paths[fd], NULL, NULL, 0);
}

static int open_as(const char *name, const char *path, int flags, mode_t mode)
{
    bool mine = counts(path), fresh = mine && (flags & O_CREAT) && access(path, F_OK) != 0;
    enum what what = mine && (flags & O_CREAT) ? fate(CREATE) : NOTHING;
    int fd;

    if (what == KILL_BEFORE || what == KILL_TORN)
        die();
    if (what == FAIL_ONCE || what == FAIL_ON)
        return (int)failed();
    step();
    fd = ((int (*)(const char *, int, ...))real(name))(path, flags, mode);
    note_open(fd, path, flags, fresh);
    done();
    if (what == KILL_AFTER)
        die();
    return fd;
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) \
    { \
        va_list more; \
        mode_t mode; \
        va_start(more, flags); \
        mode = (mode_t)va_arg(more, int); \
        va_end(more); \
        return open_as(#name, path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

int close(int fd)
{
    if (path_of(fd) != NULL) {
        free(paths[fd]);
        paths[fd] = NULL;
    }
    return REAL(close, fd);
}

/* -- writes ----------------------------------------------------------------------------------------- */

static ssize_t put(int fd, const void *bytes, size_t n, off_t at)
{
    return at < 0 ? REAL(write, fd, bytes, n) : REAL(pwrite, fd, bytes, n, at);
}

static ssize_t write_as(int fd, const void *bytes, size_t n, off_t at)
{
    const char *path = path_of(fd);
    enum what what = path ? fate(WRITE) : NOTHING;
    ssize_t written;
    off_t from;

    if (path == NULL)
        return put(fd, bytes, n, at);
    if (what == KILL_TORN)
        (void)put(fd, bytes, n / 2, at);
    if (what == KILL_BEFORE || what == KILL_TORN)
        die();
    if (what == FAIL_ONCE || what == FAIL_ON)
        return failed();
    step();
    from = at < 0 ? lseek(fd, 0, SEEK_CUR) : at;
    written = put(fd, bytes, n, at);
    if (written > 0)
        say(WRITE, (uint64_t)from, path, NULL, bytes, (size_t)written);
    done();
    if (what == KILL_AFTER)
        die();
    return written;
}

ssize_t write(int fd, const void *bytes, size_t n) { return write_as(fd, bytes, n, -1); }
ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at) { return write_as(fd, bytes, n, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at) { return write_as(fd, bytes, n, at); }

/* -- reads ------------------------------------------------------------------------------------------ */

static bool read_fails(int fd)
{
    enum what what = path_of(fd) ? fate(READ) : NOTHING;

    if (what == KILL_BEFORE || what == KILL_AFTER || what == KILL_TORN)
        die();
    return what != NOTHING;
}

ssize_t read(int fd, void *to, size_t n) { return read_fails(fd) ? failed() : REAL(read, fd, to, n); }
ssize_t pread(int fd, void *to, size_t n, off_t at) { return read_fails(fd) ? failed() : REAL(pread, fd, to, n, at); }
ssize_t pread64(int fd, void *to, size_t n, off64_t at) { return read_fails(fd) ? failed() : REAL(pread64, fd, to, n, at); }

/* -- all else that changes what lies on the disk ---------------------------------------------------- */

/* Around a call that has no middle: false, it is to fail. */
static bool before(enum what what)
{
    if (what == KILL_BEFORE || what == KILL_TORN)
        die();
    if (what == FAIL_ONCE || what == FAIL_ON)
        return false;
    step();
    return true;
}

static int after(enum what what, int result)
{
    done();
    if (what == KILL_AFTER)
        die();
    return result;
}

static int sync_as(const char *name, int fd)
{
    const char *path = path_of(fd);
    enum what what = path ? fate(SYNC) : NOTHING;
    int result;

    if (path == NULL)
        return ((int (*)(int))real(name))(fd);
    if (!before(what))
        return (int)failed();
    result = ((int (*)(int))real(name))(fd);
    if (result == 0)
        say(SYNC, 0, path, NULL, NULL, 0);
    return after(what, result);
}

int fsync(int fd) { return sync_as("fsync", fd); }
int fdatasync(int fd) { return sync_as("fdatasync", fd); }

static int cut_as(int fd, off_t n)
{
    const char *path = path_of(fd);
    enum what what = path ? fate(TRUNCATE) : NOTHING;
    int result;

    if (path == NULL)
        return REAL(ftruncate, fd, n);
    if (!before(what))
        return (int)failed();
    result = REAL(ftruncate, fd, n);
    if (result == 0)
        say(TRUNCATE, (uint64_t)n, path, NULL, NULL, 0);
    return after(what, result);
}

int ftruncate(int fd, off_t n) { return cut_as(fd, n); }
int ftruncate64(int fd, off64_t n) { return cut_as(fd, n); }

int rename(const char *from, const char *to)
{
    enum what what = counts(to) ? fate(RENAME) : NOTHING;
    int result;

    if (!counts(to))
        return REAL(rename, from, to);
    if (!before(what))
        return (int)failed();
    result = REAL(rename, from, to);
    if (result == 0)
        say(RENAME, 0, from, to, NULL, 0);
    return after(what, result);
}

int unlink(const char *path)
{
    enum what what = counts(path) ? fate(UNLINK) : NOTHING;
    int result;

    if (!counts(path))
        return REAL(unlink, path);
    if (!before(what))
        return (int)failed();
    result = REAL(unlink, path);
    if (result == 0)
        say(UNLINK, 0, path, NULL, NULL, 0);
    return after(what, result);
}
