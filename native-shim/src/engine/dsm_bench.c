/* dsm_bench.c - the measuring part of dsm.h: the raw exchange and pinning. */
#include <errno.h>
#include <string.h>

#include "dsm.h"
#include "dsm_core.h"
#include "dsm_cpu.h"
#include "dsm_error.h"
#include "dsm_raw.h"
#include "dsm_socket.h"

static int outcome(int rc, const char *what)
{
    if (rc >= 0)
        return rc;
    if (rc == -ETIMEDOUT)
        return dsm_error(DSM_E_TIMEOUT, "%s: the other side did not answer in time", what);
    if (rc == -EINVAL)
        return dsm_error(DSM_E_ARGUMENT, "%s: an argument is out of range", what);
    return dsm_error(DSM_E_SYSTEM, "%s: %s", what, strerror(-rc));
}

int dsm_raw_listen(uint32_t *port)
{
    *port = 0;
    return outcome(dsm_socket_listen(NULL, port), "raw exchange: listening on the loopback interface");
}

int dsm_raw_serve(int listener, uint32_t answer_bytes, uint32_t polling, uint64_t timeout_ns)
{
    return outcome(dsm_raw_exchange_serve(listener, answer_bytes, polling != 0, timeout_ns), "raw exchange: serving");
}

int dsm_raw_measure(const char *address, uint32_t answer_bytes, uint32_t polling, uint32_t warmup, uint32_t rounds,
                    uint64_t *out)
{
    return outcome(dsm_raw_exchange_measure(address, answer_bytes, polling != 0, warmup, rounds, out),
                   "raw exchange: measuring");
}

int dsm_pin(int core)
{
    return outcome(dsm_cpu_pin(core), "pinning the thread to a core");
}
