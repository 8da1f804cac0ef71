/* dsm_random.h - bytes that nobody can foresee, from the system. */
#ifndef DSM_RANDOM_H
#define DSM_RANDOM_H

#include <stddef.h>

/* Fills `bytes`, at most 256 of them; waits, at the boot of a machine, until the system has gathered enough. 0 or -errno. */
int dsm_random_fill(void *bytes, size_t length);

#endif
