/* Inside matches/: the banks as this process has them open. A set never changes: news make a new set, which shares the mapped files that
   are the same, and the old one goes, files and all, when the last search in it has ended. */
#pragma once

#include "bank_files.h"

struct bank_map { int refs; i64 bank, build; struct bank_files files; };

/* A record in force that came after the file was built. */
struct delta_entry { i64 bank, seq; uint64_t words[4]; struct id id; uint8_t kind, family; };

struct set_bank {
    struct bank bank;           /* its texts lie in the set's arena */
    const struct bank_class *class;
    struct bank_map *map;       /* NULL: no file yet, all of it is in the delta */
    i64 built, covered;         /* records up to these numbers are in the file, and in file or delta */
    bool stopped;               /* the file is not what was built: it cannot be asked */
};

struct bank_set {
    int refs;
    i64 turn;
    bool inside;                /* was read inside an open transaction, which may be rolled back: the next look begins anew */
    struct arena arena;
    struct set_bank *at;
    size_t n;
    struct delta_entry *delta;
    size_t n_delta, room;
};

/* The present set; looks for news at most twice a second, and never inside an open transaction. Give it back with set_drop. */
status set_take(struct ctx *c, struct bank_set **set);
void set_drop(struct bank_set *set);
/* Tests open one instance after the other in one process: forgets what is open. */
void sets_forget(void);
void sets_due(void);            /* and do not wait half a second for what they wrote */
/* Says it in the log and for the pages, once for each bank and reason. Not inside an open act. */
void bank_alarm(struct ctx *c, i64 bank, bool rows, const char *why);
