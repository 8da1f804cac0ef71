#include "dsm_inflate.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>

/* z_stream of zlib.h, whose layout has been the same since 1.0. */
typedef struct z_stream {
    const uint8_t *next_in;
    unsigned avail_in;
    unsigned long total_in;
    uint8_t *next_out;
    unsigned avail_out;
    unsigned long total_out;
    const char *msg;
    void *state;
    void *(*zalloc)(void *, unsigned, unsigned);
    void (*zfree)(void *, void *);
    void *opaque;
    int data_type;
    unsigned long adler;
    unsigned long reserved;
} z_stream;

#define Z_OK         0
#define Z_STREAM_END 1
#define Z_FINISH     4
#define RAW          (-15) /* window bits: no head, no check sum */

typedef int init_function(z_stream *, int, const char *, int);
typedef int step_function(z_stream *, int);
typedef int end_function(z_stream *);

static struct {
    init_function *init;
    step_function *inflate;
    end_function *reset, *end;
} zlib;

static void find(void)
{
    void *library = dlopen("libz.so.1", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        return;
    *(void **)&zlib.init = dlsym(library, "inflateInit2_");
    *(void **)&zlib.inflate = dlsym(library, "inflate");
    *(void **)&zlib.reset = dlsym(library, "inflateReset");
    *(void **)&zlib.end = dlsym(library, "inflateEnd");
    if (zlib.inflate == NULL || zlib.reset == NULL || zlib.end == NULL)
        zlib.init = NULL;
}

static bool begin(dsm_inflate *inflate)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, find);
    if (zlib.init == NULL)
        return false;
    if (inflate->stream != NULL)
        return zlib.reset(inflate->stream) == Z_OK;
    z_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return false;
    if (zlib.init(stream, RAW, "1.2.0", (int)sizeof *stream) != Z_OK) {
        free(stream);
        return false;
    }
    inflate->stream = stream;
    return true;
}

bool dsm_inflate_all(dsm_inflate *inflate, const uint8_t *packed, uint32_t packed_bytes, uint8_t *to, uint32_t whole)
{
    if (!begin(inflate))
        return false;
    z_stream *stream = inflate->stream;
    stream->next_in = packed;
    stream->avail_in = packed_bytes;
    stream->next_out = to;
    stream->avail_out = whole;
    return zlib.inflate(stream, Z_FINISH) == Z_STREAM_END && stream->avail_out == 0;
}

void dsm_inflate_end(dsm_inflate *inflate)
{
    if (inflate->stream != NULL) {
        zlib.end(inflate->stream);
        free(inflate->stream);
        inflate->stream = NULL;
    }
}
