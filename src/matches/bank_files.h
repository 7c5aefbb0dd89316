/* Inside matches/: a bank's mapped files, DIR/banks/CODE.BUILD.bank (PDQ, full family), CODE.BUILD.cpp512.bank and CODE.BUILD.exact. */
#pragma once

#include "bank_exact.h"
#include "bank_store.h"

#include <lachan/detect.h>

struct bank_files { struct detect_bank *full, *cpp512; struct exact *exact; };

/* tail: "bank", "cpp512.bank" or "exact". In the arena. */
struct str bank_path(struct arena *a, const char *data_dir, struct str code, i64 build, const char *tail);
/* Opens what the build's row names: each file has its digest, proves itself, and holds as many as were written. BROKEN: not one of
   them may be used. */
status bank_files_open(struct arena *a, const char *data_dir, const struct banks_row *bank, const struct bank_builds_row *build,
                       struct bank_files *files);
void bank_files_close(struct bank_files *files);
status file_digest(const char *path, uint8_t digest[32]);       /* BLAKE2b-256; NOT_FOUND */
