/* Inside platforms/: what a file is, while its bytes are in memory: hashes of the file, of the picture (by the sandboxed decoder), and
   whether a bank knows them. Nothing of it is told to who sent it. */
#pragma once

#include "../matches/seen.h"

#include <lachan/detect.h>

enum look_fault {
    LOOK_FINE, LOOK_NO_PICTURE /* of no kind that is decoded */, LOOK_BROKEN, LOOK_TOO_LARGE, LOOK_NO_DECODER, LOOK_TOO_BUSY
};
enum { LOOK_TURNS = 8, LOOK_PICTURE_MAX = 32 << 20, LOOK_FRAMES_MAX = 60 };

struct looked {
    struct detect_file_hashes hashes;
    enum look_fault fault;
    bool film;
    struct detect_pdq pdq[LOOK_FRAMES_MAX];     /* of a picture: itself and its turns; of a film: a frame each second */
    size_t n_pdq;
    struct bank_query query;                    /* what was asked: for seen_add */
    struct bank_hits hits;
};

/* Bytes of one file on their way. `who`: whose file it is; a decoder's process opens files of one sender only. */
struct look;
struct look *look_begin(struct ctx *c, struct id who);
status look_sink(void *look, const void *bytes, size_t n);
/* OK also where the file is no picture, or none that can be decoded: *looked says so. BROKEN: the banks cannot be trusted. */
status look_end(struct look *look, bool sandbox, struct looked *looked);
