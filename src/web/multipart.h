/* multipart/form-data (RFC 7578, RFC 2046) in pieces of any size, in bounded memory, without copying
   files. */
#pragma once

#include "parts.h"

enum {
    MULTIPART_BOUNDARY_MAX = 70, MULTIPART_LINE_MAX = 2048, MULTIPART_NAME_MAX = 256, MULTIPART_FILENAME_MAX = 1024
};

enum multipart_state { MULTIPART_PREAMBLE, MULTIPART_HEAD, MULTIPART_DATA, MULTIPART_DELIMITER, MULTIPART_EPILOGUE };

struct multipart {
    struct part_sink sink;
    enum multipart_state state, before;         /* before: what a delimiter interrupted */
    char delimiter[4 + MULTIPART_BOUNDARY_MAX]; /* CR LF -- boundary */
    size_t n_delimiter, matched;
    char line[MULTIPART_LINE_MAX];              /* a head's line, or what follows a delimiter */
    size_t n_line;
    char name[MULTIPART_NAME_MAX], filename[MULTIPART_FILENAME_MAX], type[MULTIPART_NAME_MAX];
    size_t n_name, n_filename, n_type;
    bool has_name, has_filename;
    i64 at;                                     /* bytes of the body that went before the present piece */
};

/* The boundary of a Content-Type header. False: it is no multipart/form-data, or has no usable boundary. */
bool multipart_boundary(struct str content_type, struct str *boundary);
void multipart_start(struct multipart *m, struct str boundary, struct part_sink sink);
void multipart_feed(struct multipart *m, struct str bytes);
/* False: the closing delimiter never came; an open part was ended as not whole. */
bool multipart_end(struct multipart *m);
