/* Inside casework/: what staff see of pictures and films. The file's bytes go to the sandboxed decoder (docs/decode.md) in memory
   that nothing else can open; never is one decoded in this process. What comes back are pixels: they are made smaller, blurred
   where nobody asked to see, and encoded anew by us, so that nothing else of the file reaches a browser. */
#pragma once

#include "casework.h"

enum {
    BLURRED_SIDE = 24,          /* cells: a picture is told from a screenshot, a face from no other */
    CLEAR_SIDE = 1600
};

/* Why there is no picture. */
enum media_fault {
    MEDIA_FINE,
    MEDIA_NO_DECODER,           /* it is missing, or its walls could not be put up: then nothing is decoded */
    MEDIA_UNKNOWN,              /* no format that is opened here, whatever its name says */
    MEDIA_BROKEN,               /* cut or corrupt, or the decoder fell over it */
    MEDIA_TOO_LARGE             /* sides, memory or time over a limit */
};

/* Pixels of ours, 8 bits, grey or red green blue side by side. Free with media_free, which wipes. */
struct media {
    enum media_fault fault;
    bool damaged;               /* decoded, but parts of the file are corrupt */
    uint32_t width, height, channels;
    uint8_t *pixels;
    bool has_pdq;
    char pdq[65];               /* of the whole picture, before anything was made smaller */
    int quality;
};

/* The plaintext of a file, held in sealed memory for the decoder. */
struct media_file { int fd; };
status media_begin(struct media_file *file);
status media_sink(void *file, const void *bytes, size_t n);
void media_end(struct media_file *file);

struct media_want { bool film, blurred, pdq; };
/* OK also where there is no picture: media->fault says why. BUSY: other pictures are being decoded. Nothing of the arena is
   used meanwhile. */
status media_read(struct media_file *file, struct media_want want, struct media *media);
void media_free(struct media *media);

/* As a JPEG of ours. */
status media_jpeg(const struct media *media, struct out *o);

/* Pure, for tests: a smaller picture by the mean of each box; `side` bounds both sides. Grey where `grey`. */
struct pixels { const uint8_t *at; uint32_t width, height, channels; };
void media_shrink(struct pixels from, uint32_t side, bool grey, struct media *to);
/* Each cell becomes the mean of itself and its neighbours. */
void media_blur(struct media *picture);
