/*
 * dsm_signal.h - one set of SIGSEGV and SIGBUS handlers for the process, over those it finds.
 *
 * "Is it mine?" comes first: an address in no registered range goes to the handler that was there before,
 * with the mask and in the way the kernel would have called it. HotSpot's implicit null checks, stack
 * banging and safepoints keep working under it.
 */
#ifndef DSM_SIGNAL_H
#define DSM_SIGNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct dsm_trap {
    uintptr_t address;
    uintptr_t pc;
    bool write;
    bool bus; /* SIGBUS: the page may be touched, but there is no memory for it */
} dsm_trap;

/* Serves an access to a registered range that the CPU refused. Runs in the handler with all signals blocked.
 * Returns true when the instruction may be tried again, false when the fault is for the previous handler. */
typedef bool dsm_signal_fault(void *context, const dsm_trap *trap);

/* Installs the handlers if this is the first range, and serves [start, start + bytes) from now on. 0 or -errno.
 * Thread-safe. */
int dsm_signal_add(uintptr_t start, size_t bytes, dsm_signal_fault *serve, void *context);
/* No thread may touch the range any more. The handlers stay, since others may have been put over them. */
void dsm_signal_remove(uintptr_t start);

#endif
