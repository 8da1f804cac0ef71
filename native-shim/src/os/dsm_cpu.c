/* dsm_cpu.c - see dsm_cpu.h */
#define _GNU_SOURCE
#include "dsm_cpu.h"

#include <errno.h>
#include <sched.h>

int dsm_cpu_pin(int core)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    if (core >= CPU_SETSIZE || core < -1)
        return -EINVAL;
    if (core >= 0)
        CPU_SET(core, &set);
    else
        for (int each = 0; each < CPU_SETSIZE; each++)
            CPU_SET(each, &set);
    return sched_setaffinity(0, sizeof set, &set) == 0 ? 0 : -errno;
}
