/* Outcomes of every call that can fail, and the way one message travels with them. */
#pragma once

/* Callers must look at a status: ignoring one is a compiler warning, and warnings are errors. */
typedef enum [[nodiscard]] status {
    OK = 0,
    NOT_FOUND,      /* no such record, or not for this reader: the two look alike on purpose */
    DENIED,         /* the role does not allow it */
    INVALID,        /* the input cannot be used; the message says where and what to do */
    CONFLICT,       /* somebody else changed it first */
    BUSY,           /* no place in a lane, or a deadline passed: try again */
    TOO_LARGE,      /* over a limit */
    FULL,           /* no room on the disk for it; nothing of it was kept */
    BROKEN          /* our fault, the database's, or a row that was altered */
} status;

/* Returns early from the calling function unless the call gave OK. */
#define TRY(call) do { status try_ = (call); if (try_ != OK) return try_; } while (0)

/* Records the first message of a failure, for the log of this thread, and gives back `s`.
   Use it where the reason is known: return fail(INVALID, "line %d has no id", n). */
[[gnu::format(printf, 1, 2)]] void fail_note(const char *format, ...);
static inline status fail_as(status s) { return s; }

/* A macro, so that compiler and analyzers see which status comes back: after fail(BROKEN, ...) nothing was filled. */
#define fail(s, ...) (fail_note(__VA_ARGS__), fail_as(s))

/* Message of the last fail() on this thread, "" if none. Valid until the next fail(). */
const char *fail_message(void);
void fail_clear(void);

/* Lower-case name of a status, for logs: "not_found". */
const char *status_name(status s);
