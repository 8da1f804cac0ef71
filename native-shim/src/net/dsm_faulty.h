/* dsm_faulty.h - a transport for tests: another one with short reads and writes, refusals, delays and tiny buffers. */
#ifndef DSM_FAULTY_H
#define DSM_FAULTY_H

#include <stdatomic.h>

#include "dsm_transport.h"

#define DSM_FAULTY_DESCRIPTORS 1024

typedef struct dsm_faulty {
    dsm_transport transport; /* to be given to dsm_engine_create_on */
    dsm_transport *inner;
    _Atomic uint64_t random;
    uint32_t again_percent; /* calls that are refused with -EAGAIN although they need not be */
    uint32_t piece_bytes;   /* the most that one call passes on, at random; 0 = no bound */
    uint64_t delay_ns;      /* the longest that input is held back once it is there, at random; 0 = not */
    uint32_t pass_percent;  /* of input is not held back */
    int buffer_bytes;       /* of the sockets, both ways; 0 = the system's default */
    _Atomic uint64_t not_before[DSM_FAULTY_DESCRIPTORS]; /* ns, per descriptor; 0 = nothing is held back */
} dsm_faulty;

/* Sets the table of functions up over `inner`; the fields that say how faulty are the caller's. */
void dsm_faulty_init(dsm_faulty *faulty, dsm_transport *inner, uint64_t seed);

/* A new one that delays as `text` says, "SEED:MICROSECONDS" (at most a second): what comes is passed on in small pieces, and
 * one in ten is held back for a random time below that. `stream` makes the delays of several with one seed differ. To be
 * freed with free(). 0, -EINVAL if the text says anything else, or -ENOMEM. */
int dsm_faulty_open(const char *text, uint64_t stream, dsm_transport *inner, dsm_faulty **out);

#endif
