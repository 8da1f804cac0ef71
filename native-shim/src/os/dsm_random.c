/* dsm_random.c - see dsm_random.h */
#include "dsm_random.h"

#include <errno.h>
#include <sys/random.h>

int dsm_random_fill(void *bytes, size_t length)
{
    ssize_t n;
    do
        n = getrandom(bytes, length, 0); /* up to 256 bytes come whole */
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return -errno;
    return (size_t)n == length ? 0 : -EIO;
}
