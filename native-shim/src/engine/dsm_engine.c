/* dsm_engine.c - an engine's life: settings, creation, goodbye, end. */
#define _GNU_SOURCE
#include "dsm_engine.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dsm_clock.h"
#include "dsm_error.h"
#include "dsm_memory.h"
#include "dsm_sha256.h"
#include "dsm_socket.h"
#include "dsm_wire.h"

#define DEFAULT_BASE      UINT64_C(0x200000000000)
#define DEFAULT_SPACE     (UINT64_C(1) << 40)
#define DEFAULT_SPIN_NS   (100 * DSM_MICROSECOND) /* a page takes a fifth of it when the other side polls too */
#define BASE_ANYWHERE     1u
#define NEVER             1u /* in settings where 0 is the default */
#define LOCAL_HANDOVERS   16u
#define LOCAL_HANDOVER_NS (500 * DSM_MICROSECOND)

/* ---- settings ----------------------------------------------------------------------------------------------- */

static uint64_t or_default(uint64_t value, uint64_t standard)
{
    return value != 0 ? value : standard;
}

static void fill_in(dsm_options *o)
{
    o->nodes = or_default(o->nodes, 1);
    o->base = or_default(o->base, DEFAULT_BASE);
    o->space_bytes = or_default(o->space_bytes, DEFAULT_SPACE);
    o->arena_first_byte = or_default(o->arena_first_byte, o->space_bytes / 2);
    o->home_block_pages = or_default(o->home_block_pages, 16);
    o->slots = or_default(o->slots, 1024);
    o->locks = or_default(o->locks, UINT64_C(1) << 20);
    o->spin_ns = o->spin_ns != 0 ? o->spin_ns : o->cores_free != 0 ? DEFAULT_SPIN_NS : NEVER;
    o->native_wait_ns = or_default(o->native_wait_ns, DSM_MILLISECOND);
    o->hold_ns = or_default(o->hold_ns, 20 * DSM_MICROSECOND);
    o->hold_max_ns = or_default(o->hold_max_ns, 20 * DSM_MILLISECOND);
    o->silence_ns = or_default(o->silence_ns, 8 * DSM_SECOND);
    o->heartbeat_ns = or_default(o->heartbeat_ns, o->silence_ns / 8);
    o->max_mappings = or_default(o->max_mappings, 16384);
    o->grace_ns = or_default(o->grace_ns, 5 * DSM_SECOND);
    o->twins = or_default(o->twins, 4096);
    o->notices = or_default(o->notices, 4096);
    o->migrate_after = or_default(o->migrate_after, 3);
    o->inform_ns = or_default(o->inform_ns, 2 * DSM_MILLISECOND);
}

/* Which pages are kept by RELEASE: the second halves of what is homed in turn, and of each arena. */
static void place_release(dsm_core_config *config, const dsm_options *o)
{
    uint64_t arena = (config->pages - config->arena_first) / config->nodes;
    config->release_first = config->arena_first / 2;
    config->release_end = config->arena_first;
    config->arena_release_first = arena / 2;
    config->arena_release_end = arena;
    config->twins = (uint32_t)o->twins;
    config->notices = (uint32_t)(o->notices > 2 * o->nodes ? o->notices : 2 * o->nodes + 2);
    config->migrate_after = o->migrate_after == DSM_FOREVER ? 0 : (uint32_t)o->migrate_after;
    config->inform_ns = o->inform_ns == DSM_FOREVER ? 0 : o->inform_ns;
}

static int read_options(dsm_engine *e, const dsm_options *options)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    if (options == NULL || options->size < sizeof options->size)
        return dsm_error(DSM_E_ARGUMENT, "dsm_engine_create: options.size is not set");
    memcpy(&e->options, options, options->size < sizeof e->options ? options->size : sizeof e->options);
    dsm_options *o = &e->options;
    fill_in(o);
    if (o->node >= o->nodes)
        return dsm_error(DSM_E_ARGUMENT, "node %llu of %llu: numbers go from 0", (unsigned long long)o->node,
                         (unsigned long long)o->nodes);
    if (o->nodes > 65535 || o->slots < 8 || o->slots > 65536 || o->locks > UINT32_MAX ||
        o->home_block_pages > UINT32_MAX)
        return dsm_error(DSM_E_ARGUMENT,
                         "nodes (at most 65535), slots (8 to 65536), locks or home_block_pages is out of range");
    if (o->release > 1 || o->twins > UINT32_MAX / 2 || o->notices > UINT32_MAX / 16 ||
        (o->migrate_after > UINT32_MAX && o->migrate_after != DSM_FOREVER))
        return dsm_error(DSM_E_ARGUMENT, "release (0 or 1), twins, notices or migrate_after is out of range");
    if (o->pager > DSM_PAGER_USERFAULT)
        return dsm_error(DSM_E_ARGUMENT, "there is no pager %llu", (unsigned long long)o->pager);
    if (o->space_bytes % page != 0 || o->arena_first_byte % page != 0 || o->arena_first_byte > o->space_bytes ||
        (o->base != BASE_ANYWHERE && o->base % page != 0))
        return dsm_error(DSM_E_ARGUMENT,
                         "base, space_bytes and arena_first_byte must be multiples of the page size, %llu",
                         (unsigned long long)page);
    e->spin_ns = o->spin_ns == NEVER ? 0 : o->spin_ns;
    if (o->native_wait_ns == NEVER)
        o->native_wait_ns = 0;
    e->config = (dsm_core_config){.node = (uint32_t)o->node,
                                  .nodes = (uint32_t)o->nodes,
                                  .page_bytes = (uint32_t)page,
                                  .slots = (uint32_t)o->slots,
                                  .pages = o->space_bytes / page,
                                  .home_block = (uint32_t)o->home_block_pages,
                                  .locks = (uint32_t)o->locks,
                                  .arena_first = o->arena_first_byte / page,
                                  .hold_ns = o->hold_ns,
                                  .hold_max_ns = o->hold_max_ns,
                                  .heartbeat_ns = o->heartbeat_ns,
                                  .silence_ns = o->silence_ns,
                                  .local_handovers = LOCAL_HANDOVERS,
                                  .local_handover_ns = LOCAL_HANDOVER_NS};
    if (o->release)
        place_release(&e->config, o);
    return DSM_OK;
}

/* ---- network ---------------------------------------------------------------------------------------------------- */

static int read_network(dsm_engine *e, const dsm_network *given)
{
    dsm_network network = {.size = sizeof network};
    e->auth = (dsm_auth){.plane = DSM_AUTH_DATA, .protocol = DSM_WIRE_VERSION};
    if (given != NULL && given->size < sizeof given->size)
        return dsm_error(DSM_E_ARGUMENT, "dsm_engine_create_at: network.size is not set");
    if (given != NULL)
        memcpy(&network, given, given->size < sizeof network ? given->size : sizeof network);
    if (network.port > 65535 || (network.bind != NULL && strlen(network.bind) >= sizeof e->bind))
        return dsm_error(DSM_E_ARGUMENT, "the address or the port to listen on is out of range");
    if (network.bind != NULL)
        strcpy(e->bind, network.bind);
    e->port = (uint32_t)network.port;
    if (network.key != NULL) {
        memcpy(e->auth.key, network.key, DSM_KEY_BYTES);
        e->auth.secured = true;
    } else if (dsm_socket_is_loopback(network.bind) == 0) {
        return dsm_error(
            DSM_E_ARGUMENT,
            "listening on %s lets other machines connect, and there is no secret to know them by; set one, "
            "or listen on 127.0.0.1",
            e->bind);
    }
    return DSM_OK;
}

/* ---- creation ------------------------------------------------------------------------------------------------- */

static int open_core(dsm_engine *e)
{
    e->core_bytes = dsm_core_size(&e->config);
    if (e->core_bytes == 0)
        return dsm_error(DSM_E_ARGUMENT, "the settings are out of the core's range (is `locks` a power of two?)");
    void *memory = dsm_memory_reserve(e->core_bytes);
    if (memory == NULL)
        return dsm_error(DSM_E_SYSTEM, "the system refuses to reserve %zu bytes for page tables: %s", e->core_bytes,
                         strerror(errno));
    e->core = dsm_core_init(memory, &e->config, dsm_clock_now());
    e->counters = dsm_core_counters(e->core);
    int rc = dsm_twin_open(e);
    if (rc != 0)
        return dsm_error(DSM_E_SYSTEM, "the system refuses to reserve memory for %u twins: %s", e->config.twins,
                         strerror(-rc));
    return DSM_OK;
}

static int pager_error(const dsm_engine *e, int rc)
{
    const dsm_options *o = &e->options;
    if (rc == DSM_PAGER_BASE_TAKEN)
        return dsm_error(DSM_E_SYSTEM,
                         "addresses 0x%llx to 0x%llx are taken already in this process; choose another `base` (the "
                         "same on all nodes)",
                         (unsigned long long)o->base, (unsigned long long)(o->base + o->space_bytes));
    if (rc == -ENOSYS)
        return dsm_error(
            DSM_E_SYSTEM,
            "the system does not offer userfaultfd to this process (Linux 6.4 is needed); use the mprotect pager");
    return dsm_error(DSM_E_SYSTEM, "the system refuses to map %llu bytes of address space: %s",
                     (unsigned long long)o->space_bytes, strerror(-rc));
}

static int open_pager(dsm_engine *e)
{
    dsm_pager_config config = {.base = e->options.base == BASE_ANYWHERE ? 0 : e->options.base,
                               .pages = e->config.pages,
                               .page_bytes = e->config.page_bytes,
                               .max_mappings = e->options.max_mappings,
                               .all_open = e->config.nodes == 1};
    int rc = -ENOSYS;
    if (e->options.pager != DSM_PAGER_MPROTECT && !config.all_open)
        rc = dsm_pager_open_userfault(&config, &e->pager);
    if (rc == -ENOSYS && (e->options.pager != DSM_PAGER_USERFAULT || config.all_open))
        rc = dsm_pager_open_mprotect(&config, &e->pager);
    if (rc != 0)
        return pager_error(e, rc);
    dsm_engine_count(e, DSM_C_MAPPINGS, e->pager->mappings);
    return DSM_OK;
}

static int open_tables(dsm_engine *e)
{
    e->remotes = calloc(e->config.nodes, sizeof *e->remotes);
    e->slots = calloc(e->config.slots, sizeof *e->slots);
    e->ended = calloc(e->config.slots, sizeof *e->ended);
    e->cells = aligned_alloc(_Alignof(dsm_lent_cell), DSM_LENT_CELLS * sizeof *e->cells);
    if (e->remotes == NULL || e->slots == NULL || e->ended == NULL || e->cells == NULL)
        return dsm_error(DSM_E_SYSTEM, "no memory for %u slots", e->config.slots);
    for (uint32_t n = 0; n < e->config.nodes; n++)
        e->remotes[n].link.socket = -1;
    memset(e->cells, 0, DSM_LENT_CELLS * sizeof *e->cells);
    e->slot_free = e->ahead_ended = DSM_NO_SLOT;
    e->slots_free = e->config.slots;
    return DSM_OK;
}

static int open_network(dsm_engine *e)
{
    int rc = dsm_poller_open(&e->poller);
    if (rc != 0)
        return dsm_error(DSM_E_SYSTEM, "no event descriptors: %s", strerror(-rc));
    if (e->config.nodes == 1)
        return DSM_OK;
    const char *bind = e->bind[0] == '\0' ? "127.0.0.1" : e->bind;
    uint32_t port = e->port;
    e->listener = e->transport->listen(e->transport, bind, &e->port);
    if (e->listener == -EINVAL)
        return dsm_error(DSM_E_ARGUMENT, "the address to listen on, \"%s\" port %u, is none", bind, port);
    if (e->listener < 0)
        return dsm_error(DSM_E_SYSTEM, "cannot listen on %s port %u: %s", bind, port, strerror(-e->listener));
    return DSM_OK;
}

static int start(dsm_engine *e)
{
    int rc = dsm_signal_add((uintptr_t)e->pager->application, e->options.space_bytes, dsm_engine_fault, e);
    if (rc != 0)
        return dsm_error(DSM_E_SYSTEM, "cannot install the fault handlers: %s", strerror(-rc));
    e->connected = e->config.nodes == 1;
    rc = dsm_engine_service_start(e);
    if (rc != 0)
        return dsm_error(DSM_E_SYSTEM, "cannot start the service thread: %s", strerror(-rc));
    return DSM_OK;
}

/* Undoes what stands of an engine, in any state of it. */
static void destroy(dsm_engine *e)
{
    dsm_engine_service_stop(e);
    for (uint32_t n = 0; e->remotes != NULL && n < e->config.nodes; n++)
        if (e->remotes[n].link.socket >= 0)
            dsm_link_close(&e->remotes[n].link);
    if (e->listener >= 0)
        e->transport->close(e->transport, e->listener);
    dsm_poller_close(&e->poller);
    if (e->pager != NULL) {
        dsm_signal_remove((uintptr_t)e->pager->application);
        e->pager->operations->close(e->pager);
    }
    dsm_twin_close(e);
    dsm_memory_release(e->core, e->core_bytes);
    free(e->cells);
    free(e->ended);
    free(e->slots);
    free(e->remotes);
    free(e->delays);
    dsm_bytes_wipe(&e->auth, sizeof e->auth);
    free(e);
}

static int create(dsm_transport *transport, const dsm_options *options, const dsm_network *network, dsm_engine **out)
{
    dsm_engine *e = aligned_alloc(64, (sizeof *e + 63) / 64 * 64);
    if (e == NULL)
        return dsm_error(DSM_E_SYSTEM, "no memory for an engine");
    memset(e, 0, sizeof *e);
    e->transport = transport;
    e->listener = -1;
    e->poller = (dsm_poller){.inner = -1, .outer = -1, .poke = -1, .nudge = -1};
    e->batch.dirty = DSM_NO_NODE;
    e->deadline = DSM_FOREVER;
    int rc = read_options(e, options);
    if (rc == DSM_OK)
        rc = read_network(e, network);
    if (rc == DSM_OK)
        rc = open_core(e);
    if (rc == DSM_OK)
        rc = open_pager(e);
    if (rc == DSM_OK)
        rc = open_tables(e);
    if (rc == DSM_OK)
        rc = open_network(e);
    if (rc == DSM_OK)
        rc = start(e);
    if (rc != DSM_OK) {
        destroy(e);
        return rc;
    }
    *out = e;
    return DSM_OK;
}

int dsm_engine_create_on(dsm_transport *transport, const dsm_options *options, dsm_engine **out)
{
    return create(transport, options, NULL, out);
}

int dsm_engine_create_at(const dsm_options *options, const dsm_network *network, dsm_engine **out)
{
    const char *delays = getenv("DSM_TEST_DELAYS");
    if (delays == NULL || delays[0] == '\0')
        return create(dsm_transport_tcp(), options, network, out);
    dsm_faulty *faulty;
    uint64_t node = options != NULL && options->size >= offsetof(dsm_options, nodes) ? options->node : 0;
    int rc = dsm_faulty_open(delays, node, dsm_transport_tcp(), &faulty);
    if (rc != 0)
        return rc == -ENOMEM
                   ? dsm_error(DSM_E_SYSTEM, "no memory for a transport with delays")
                   : dsm_error(DSM_E_ARGUMENT, "DSM_TEST_DELAYS is \"%s\"; it takes SEED:MICROSECONDS, of 1 to 1000000",
                               delays);
    rc = create(&faulty->transport, options, network, out);
    if (rc == DSM_OK)
        (*out)->delays = faulty;
    else
        free(faulty);
    return rc;
}

int dsm_engine_create(const dsm_options *options, dsm_engine **out)
{
    return dsm_engine_create_at(options, NULL, out);
}

/* ---- looking in -------------------------------------------------------------------------------------------------- */

int dsm_engine_port(dsm_engine *e)
{
    return (int)e->port;
}

uint64_t dsm_engine_base(dsm_engine *e)
{
    return (uint64_t)(uintptr_t)e->pager->application;
}

int dsm_release_is(dsm_engine *e, uint64_t offset)
{
    return offset < e->options.space_bytes &&
           dsm_core_mode(&e->config, offset / e->config.page_bytes) == DSM_MODE_RELEASE;
}

const uint64_t *dsm_engine_counters(dsm_engine *e)
{
    return e->counters;
}

/* ---- end ------------------------------------------------------------------------------------------------------------ */

int dsm_engine_leave(dsm_engine *e)
{
    uint8_t frame[DSM_HEAD_MAX];
    dsm_message bye = {.type = DSM_MSG_BYE};
    uint32_t length = dsm_wire_encode(&bye, e->config.page_bytes, frame);
    dsm_guard guard;
    dsm_engine_enter(e, &guard);
    for (uint32_t n = 0; n < e->config.nodes && !e->leaving; n++)
        if (n != e->config.node && e->remotes[n].open)
            dsm_engine_send(e, n, frame, length);
    e->leaving = true;
    dsm_engine_exit(e, &guard);
    return DSM_OK;
}

int dsm_engine_stop(dsm_engine *e)
{
    dsm_guard guard;
    dsm_engine_enter(e, &guard);
    atomic_store(&e->closing, true);
    dsm_engine_complete(e);
    dsm_engine_exit(e, &guard);
    return DSM_OK;
}

int dsm_engine_close(dsm_engine *e)
{
    dsm_engine_service_stop(e);
    dsm_guard guard;
    while (atomic_load(&e->completion_callers) != 0) {
        dsm_engine_enter(e, &guard);
        dsm_engine_complete(e);
        dsm_engine_exit(e, &guard);
        dsm_futex_wait(&e->completion_callers, 1, DSM_MILLISECOND);
    }
    destroy(e);
    return DSM_OK;
}
