/* The peer of the match API's pictures: the same picture decoded in the sandbox and hashed, again and again, with nothing around it.
   decode_alone PICTURE SECONDS THREADS prints pictures a second. */
#include "../src/base/clock.h"

#include <client.h>
#include <lachan/detect.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS_MAX = 64 };

static const char *path;
static i64 until;
static _Atomic i64 done;

static void *run(void *arg)
{
    struct decode *decode = decode_open(NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    while (clock_mono_us() < until) {
        struct decode_image image;
        struct detect_pdq hash;

        if (decode == NULL || decode_picture_planes(decode, fd, &image) != DECODE_OK) {
            fprintf(stderr, "%s: %s\n", path, decode ? decode_message(decode) : "no memory");
            exit(1);
        }
        if (detect_pdq_hash(&(struct detect_image){ .pixels = image.pixels, .stride = image.stride, .width = image.width, .height = image.height,
                            .channels = image.channels, .sampling = (enum detect_sampling)image.sampling,
                            .chroma = { image.chroma[0], image.chroma[1] }, .chroma_stride = image.chroma_stride },
                            DETECT_FULL, &hash, NULL) != DETECT_OK)
            exit(1);
        done++;
    }
    close(fd);
    decode_close(decode);
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREADS_MAX];
    i64 began = clock_mono_us();
    int n;

    if (argc != 4)
        return 2;
    path = argv[1];
    until = began + (i64)(strtod(argv[2], NULL) * 1e6);
    n = (int)strtol(argv[3], NULL, 10);
    if (n < 1 || n > THREADS_MAX)
        return 2;
    for (int i = 0; i < n; i++)
        if (pthread_create(&threads[i], NULL, run, NULL) != 0)
            return 1;
    for (int i = 0; i < n; i++)
        pthread_join(threads[i], NULL);
    printf("%.1f\n", (double)done * 1e6 / (double)(clock_mono_us() - began));
    return 0;
}
