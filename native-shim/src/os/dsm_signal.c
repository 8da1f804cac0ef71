/* dsm_signal.c - see dsm_signal.h */
#define _GNU_SOURCE
#include "dsm_signal.h"

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

typedef struct range {
    _Atomic uintptr_t start, end; /* end == 0: free to be used again */
    dsm_signal_fault *_Atomic serve;
    void *_Atomic context;
    struct range *next; /* ranges are never freed: a handler may be walking */
} range;

typedef int sigaction_function(int, const struct sigaction *, struct sigaction *);

/* The handlers belong to the process, so what they need does too. */
static range *_Atomic ranges;
static pthread_mutex_t registry = PTHREAD_MUTEX_INITIALIZER;
static bool installed;
static sigaction_function *libc_sigaction;
static struct sigaction previous[2]; /* of SIGSEGV, SIGBUS */
static atomic_bool spent[2];         /* a previous handler with SA_RESETHAND was called */

static int index_of(int signal)
{
    return signal == SIGBUS;
}

static range *find(uintptr_t address)
{
    for (range *r = atomic_load_explicit(&ranges, memory_order_acquire); r != NULL; r = r->next) {
        uintptr_t end = atomic_load_explicit(&r->end, memory_order_acquire);
        if (address < end && address >= atomic_load_explicit(&r->start, memory_order_relaxed))
            return r;
    }
    return NULL;
}

/* ---- what the trap tells ---------------------------------------------------------------------- */

#if defined(__x86_64__)
#define PAGE_FAULT  14
#define ERROR_WRITE 2
#define ERROR_FETCH 16
static bool is_access(const ucontext_t *trap)
{
    return trap->uc_mcontext.gregs[REG_TRAPNO] == PAGE_FAULT && (trap->uc_mcontext.gregs[REG_ERR] & ERROR_FETCH) == 0;
}
static bool is_write(const ucontext_t *trap)
{
    return (trap->uc_mcontext.gregs[REG_ERR] & ERROR_WRITE) != 0;
}
static uintptr_t pc_of(const ucontext_t *trap)
{
    return (uintptr_t)trap->uc_mcontext.gregs[REG_RIP];
}
#elif defined(__aarch64__)
#include <asm/sigcontext.h>
#define ESR_WNR        (UINT64_C(1) << 6)
#define ESR_CLASS(esr) ((esr) >> 26 & 0x3f)
#define CLASS_FETCH    0x20
/* The syndrome register stands in one of the records behind the general registers. */
static uint64_t syndrome(const ucontext_t *trap)
{
    const uint8_t *at = (const uint8_t *)trap->uc_mcontext.__reserved;
    const uint8_t *limit = at + sizeof trap->uc_mcontext.__reserved;
    while (at + sizeof(struct _aarch64_ctx) <= limit) {
        struct _aarch64_ctx head;
        memcpy(&head, at, sizeof head);
        if (head.magic == ESR_MAGIC) {
            struct esr_context record;
            memcpy(&record, at, sizeof record);
            return record.esr;
        }
        if (head.magic == 0 || head.size < sizeof head)
            break;
        at += head.size;
    }
    return 0;
}
static bool is_access(const ucontext_t *trap)
{
    return ESR_CLASS(syndrome(trap)) != CLASS_FETCH;
}
static bool is_write(const ucontext_t *trap)
{
    return (syndrome(trap) & ESR_WNR) != 0;
}
static uintptr_t pc_of(const ucontext_t *trap)
{
    return (uintptr_t)trap->uc_mcontext.pc;
}
#else
#error "libdsm runs on x86-64 and AArch64"
#endif

/* ---- the handler that was there before --------------------------------------------------------- */

/* As the kernel without a handler: back to the instruction (or the sender's signal again), and die of it. */
static void die_of(int signal, siginfo_t *info)
{
    struct sigaction standard = {.sa_handler = SIG_DFL};
    libc_sigaction(signal, &standard, NULL);
    if (info->si_code <= 0)
        syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), signal, info);
}

static void chain(int signal, siginfo_t *info, void *trap)
{
    const struct sigaction *before = &previous[index_of(signal)];
    bool sent = info->si_code <= 0; /* by a process; the kernel lets nobody ignore a fault of its own */
    if ((before->sa_flags & SA_SIGINFO) == 0 && before->sa_handler == SIG_IGN && sent)
        return;
    bool standard =
        (before->sa_flags & SA_SIGINFO) == 0 && (before->sa_handler == SIG_DFL || before->sa_handler == SIG_IGN);
    if (!standard && (before->sa_flags & SA_RESETHAND) != 0)
        standard = atomic_exchange(&spent[index_of(signal)], true);
    if (standard) {
        die_of(signal, info);
        return;
    }
    sigset_t mask;
    sigorset(&mask, &((ucontext_t *)trap)->uc_sigmask, &before->sa_mask);
    if ((before->sa_flags & SA_NODEFER) == 0)
        sigaddset(&mask, signal);
    pthread_sigmask(SIG_SETMASK, &mask, NULL); /* the return from our handler restores the thread's own */
    if ((before->sa_flags & SA_SIGINFO) != 0)
        before->sa_sigaction(signal, info, trap);
    else
        before->sa_handler(signal);
}

static void handle(int signal, siginfo_t *info, void *context)
{
    const ucontext_t *trap = context;
    if (info->si_code > 0 && is_access(trap)) {
        dsm_trap access = {
            .address = (uintptr_t)info->si_addr, .pc = pc_of(trap), .write = is_write(trap), .bus = signal == SIGBUS};
        range *mine = find(access.address);
        if (mine != NULL) {
            int saved = errno;
            bool served = mine->serve(mine->context, &access);
            errno = saved;
            if (served)
                return;
        }
    }
    chain(signal, info, context);
}

/* ---- registration ------------------------------------------------------------------------------ */

/* libc's own sigaction: with libjsig preloaded, the usual one would put HotSpot's handler before ours. */
static int find_sigaction(void)
{
    void *libc = dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD);
    if (libc == NULL)
        return -ENOSYS;
    void *symbol = dlsym(libc, "sigaction");
    dlclose(libc); /* ours is not the last reference to libc */
    if (symbol == NULL)
        return -ENOSYS;
    memcpy(&libc_sigaction, &symbol, sizeof symbol);
    return 0;
}

static int install(void)
{
    int rc = find_sigaction();
    if (rc != 0)
        return rc;
    struct sigaction ours = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
    sigfillset(&ours.sa_mask);
    /* The previous ones are read first: the moment ours stands, it may need them. */
    if (libc_sigaction(SIGSEGV, NULL, &previous[0]) != 0 || libc_sigaction(SIGBUS, NULL, &previous[1]) != 0)
        return -errno;
    if (libc_sigaction(SIGSEGV, &ours, NULL) != 0)
        return -errno;
    if (libc_sigaction(SIGBUS, &ours, NULL) != 0) {
        rc = -errno;
        libc_sigaction(SIGSEGV, &previous[0], NULL);
        return rc;
    }
    return 0;
}

static range *unused_range(void)
{
    for (range *r = ranges; r != NULL; r = r->next)
        if (r->end == 0)
            return r;
    range *added = calloc(1, sizeof *added);
    if (added == NULL)
        return NULL;
    added->next = ranges;
    atomic_store_explicit(&ranges, added, memory_order_release);
    return added;
}

int dsm_signal_add(uintptr_t start, size_t bytes, dsm_signal_fault *serve, void *context)
{
    pthread_mutex_lock(&registry);
    int rc = installed ? 0 : install();
    if (rc == 0) {
        installed = true;
        range *r = unused_range();
        if (r != NULL) {
            r->serve = serve;
            r->context = context;
            r->start = start;
            atomic_store_explicit(&r->end, start + bytes, memory_order_release);
        } else {
            rc = -ENOMEM;
        }
    }
    pthread_mutex_unlock(&registry);
    return rc;
}

void dsm_signal_remove(uintptr_t start)
{
    pthread_mutex_lock(&registry);
    for (range *r = ranges; r != NULL; r = r->next)
        if (r->end != 0 && r->start == start)
            atomic_store_explicit(&r->end, 0, memory_order_release);
    pthread_mutex_unlock(&registry);
}
