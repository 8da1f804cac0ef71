/*
 * dsm_setup.c - the settings' ranges, the state's place in memory, and who is home of what.
 */
#include "dsm_copy.h"
#include "dsm_core.h"
#include "dsm_diff.h"
#include "dsm_interval.h"
#include "dsm_lock.h"
#include "dsm_table.h"

#define MAX_NODES      (1u << 20)
#define MAX_SLOTS      (1u << 20)
#define MAX_LOCKS      (1u << 28)
#define MAX_PAGES      (UINT64_C(1) << 52) /* 2^64 bytes of 4 KiB pages */
#define MAX_PAGE_BYTES (1u << 26)

/* ---- memory ------------------------------------------------------------------------------------- */

/* Places arrays one after the other; counts first (memory NULL), then hands out. */
struct layout {
    uint8_t *memory;
    size_t used;
    int overflow;
};

static void *place(struct layout *layout, uint64_t count, size_t bytes)
{
    size_t start = (layout->used + 63) & ~(size_t)63;
    size_t size;
    layout->overflow |= start < layout->used || __builtin_mul_overflow(count, bytes, &size) ||
                        __builtin_add_overflow(start, size, &layout->used);
    return layout->overflow || layout->memory == NULL ? NULL : layout->memory + start;
}

static uint32_t sharer_words(const dsm_core_config *config)
{
    return (config->nodes + 63) / 64;
}

/* Sets of progress records: a power of two; there are at least twice as many records as slots. */
static uint32_t progress_sets(const dsm_core_config *config)
{
    uint32_t sets = 4;
    while (sets * DSM_PROGRESS_WAYS < 2 * config->slots) {
        sets *= 2;
    }
    return sets;
}

static int has_release_pages(const dsm_core_config *config)
{
    return config->release_first < config->release_end || config->arena_release_first < config->arena_release_end;
}

#define DIRECT_NODES 24u /* with no more than so many, a home is quicker without relays (ADR 31) */

/* As many as make the home's row as long as a relay's. */
static uint32_t relays_of(uint32_t nodes)
{
    uint32_t relays = 1;
    while ((uint64_t)relays * (relays + 1) < nodes - 1) {
        relays++;
    }
    return nodes <= DIRECT_NODES ? nodes : relays;
}

/* The settings with what 0 stands for put in. */
static dsm_core_config complete(const dsm_core_config *config)
{
    dsm_core_config whole = *config;
    whole.twins = config->twins != 0 ? config->twins : 1024;
    whole.release_step = config->release_step != 0 ? config->release_step : 64;
    whole.relays = config->relays != 0 ? config->relays : relays_of(config->nodes);
    uint32_t least = 2 * config->nodes + 2;
    whole.notices = config->notices != 0 ? config->notices : least > 4096 ? least : 4096;
    return whole;
}

static dsm_notice_limits limits_of(const dsm_core_config *config)
{
    uint32_t in_frame = (DSM_WIRE_BODY_MAX(config->page_bytes) - DSM_NOTICE_BYTES(0)) / DSM_NOTICE_RANGE;
    return (dsm_notice_limits){.nodes = config->nodes,
                               .notices = config->notices,
                               .ranges = 4 * config->notices + config->nodes + in_frame,
                               .notice_ranges = in_frame};
}

/* What only RELEASE pages need. */
static void place_release(struct layout *layout, const dsm_core_config *config, dsm_core *core)
{
    const dsm_notice_limits limits = limits_of(config);
    uint64_t matrix = (uint64_t)config->nodes * config->nodes;
    uint64_t room = (uint64_t)config->twins + config->slots;
    core->vector = place(layout, config->nodes, sizeof *core->vector);
    core->seen_by_all = place(layout, config->nodes, sizeof *core->seen_by_all);
    core->body = place(layout, DSM_WIRE_BODY_MAX(config->page_bytes), 1);
    core->ranges = place(layout, limits.notice_ranges, sizeof *core->ranges);
    core->interval.written = place(layout, room, sizeof *core->interval.written);
    core->interval.flushed = place(layout, room, sizeof *core->interval.flushed);
    core->interval.twins_free = place(layout, config->twins, sizeof *core->interval.twins_free);
    core->known = place(layout, matrix, sizeof *core->known);
    core->seen = place(layout, matrix, sizeof *core->seen);
    core->told = place(layout, matrix, sizeof *core->told);
    core->log = place(layout, 1, dsm_notice_size(&limits));
    core->copies = place(layout, config->pages, sizeof *core->copies);
}

/* Small arrays first, so that what every step touches lies together. */
static void place_all(struct layout *layout, const dsm_core_config *config, dsm_core *core)
{
    core->slots = place(layout, config->slots, sizeof *core->slots);
    core->progress = place(layout, progress_sets(config), DSM_PROGRESS_WAYS * sizeof *core->progress);
    core->peers = place(layout, config->nodes, sizeof *core->peers);
    core->gone = place(layout, sharer_words(config), sizeof *core->gone);
    core->requests = place(layout, (uint64_t)config->nodes * config->slots, sizeof *core->requests);
    core->locks.buckets = place(layout, config->locks, sizeof *core->locks.buckets);
    core->locks.entries = place(layout, config->locks, sizeof(struct dsm_lock));
    core->lock_queue = place(layout, (uint64_t)config->locks * config->nodes, sizeof *core->lock_queue);
    core->barriers.buckets = place(layout, config->locks, sizeof *core->barriers.buckets);
    core->barriers.entries = place(layout, config->locks, sizeof(struct dsm_barrier));
    core->arrivals = place(layout, (uint64_t)config->locks * config->nodes, sizeof *core->arrivals);
    core->waits = place(layout, (uint64_t)config->nodes * config->slots, sizeof *core->waits);
    core->sharers = place(layout, config->pages, sharer_words(config) * sizeof *core->sharers);
    core->pages = place(layout, config->pages, sizeof *core->pages);
    if (has_release_pages(config)) {
        place_release(layout, config, core);
    }
}

static int power_of_two(uint32_t x)
{
    return x != 0 && (x & (x - 1)) == 0;
}

static int valid_release(const dsm_core_config *c)
{
    const dsm_notice_limits limits = limits_of(c);
    return c->page_bytes >= DSM_DIFF_PAGE_MIN && c->page_bytes <= DSM_DIFF_PAGE_MAX &&
           c->release_end <= c->arena_first && (uint64_t)c->twins + c->slots < UINT32_MAX &&
           c->notices < UINT32_MAX / 8 && dsm_notice_size(&limits) != 0;
}

static int valid(const dsm_core_config *c)
{
    return c->nodes >= 1 && c->nodes <= MAX_NODES && c->node < c->nodes && c->slots >= 1 && c->slots <= MAX_SLOTS &&
           (uint64_t)c->nodes * c->slots < UINT32_MAX && power_of_two(c->page_bytes) && c->page_bytes >= 64 &&
           c->page_bytes <= MAX_PAGE_BYTES && c->pages >= 1 && c->pages <= MAX_PAGES && c->home_block >= 1 &&
           power_of_two(c->locks) && c->locks <= MAX_LOCKS && c->arena_first <= c->pages &&
           (!has_release_pages(c) || valid_release(c));
}

uint32_t dsm_core_twins(const dsm_core_config *config)
{
    return has_release_pages(config) ? complete(config).twins : 0;
}

size_t dsm_core_size(const dsm_core_config *config)
{
    const dsm_core_config whole = complete(config);
    if (!valid(&whole)) {
        return 0;
    }
    dsm_core scratch;
    struct layout layout = {.memory = NULL, .used = sizeof(dsm_core)};
    place_all(&layout, &whole, &scratch);
    return layout.overflow ? 0 : layout.used;
}

static void init_release(dsm_core *core)
{
    const dsm_core_config *config = &core->config;
    core->limits = limits_of(config);
    core->log = dsm_notice_init(core->log, &core->limits);
    core->interval.room = config->twins + config->slots;
    for (uint32_t twin = config->twins; twin > 0; twin--) {
        dsm_interval_give_twin(core, twin - 1);
    }
    for (uint32_t peer = 0; peer < config->nodes; peer++) {
        core->known[(size_t)peer * config->nodes + peer] = UINT64_MAX; /* of its own intervals it is told nothing */
    }
}

dsm_core *dsm_core_init(void *memory, const dsm_core_config *config, uint64_t now)
{
    DSM_ASSERT(memory != NULL && ((uintptr_t)memory & 63) == 0);
    DSM_ASSERT(dsm_core_size(config) != 0);
    dsm_core *core = memory;
    struct layout layout = {.memory = memory, .used = sizeof(dsm_core)};
    core->config = complete(config);
    place_all(&layout, &core->config, core);
    if (core->copies != NULL) {
        init_release(core);
    }
    core->sharer_words = sharer_words(config);
    core->progress_mask = progress_sets(config) - 1;
    core->locks.capacity = config->locks;
    core->locks.stride = sizeof(struct dsm_lock);
    core->barriers.capacity = config->locks;
    core->barriers.stride = sizeof(struct dsm_barrier);
    core->own_slot = DSM_NO_SLOT;
    core->deferred_due = DSM_FOREVER;
    core->inform_due = DSM_FOREVER;
    core->now = now;
    int alone = config->nodes == 1 || (config->heartbeat_ns == 0 && config->silence_ns == 0);
    core->peers_due = alone ? DSM_FOREVER : now;
    return core;
}

/* ---- homes --------------------------------------------------------------------------------------- */

uint32_t dsm_core_home(const dsm_core_config *config, uint64_t page)
{
    if (page < config->arena_first) {
        return (uint32_t)(page / config->home_block % config->nodes);
    }
    uint64_t arena = (config->pages - config->arena_first) / config->nodes;
    if (arena == 0) {
        return config->nodes - 1;
    }
    uint64_t node = (page - config->arena_first) / arena;
    return node < config->nodes ? (uint32_t)node : config->nodes - 1; /* the rest that does not divide */
}

enum dsm_mode dsm_core_mode(const dsm_core_config *config, uint64_t page)
{
    if (page < config->arena_first) {
        return page >= config->release_first && page < config->release_end ? DSM_MODE_RELEASE : DSM_MODE_SEQUENTIAL;
    }
    uint64_t arena = (config->pages - config->arena_first) / config->nodes;
    uint64_t offset = page - config->arena_first - arena * dsm_core_home(config, page);
    return offset >= config->arena_release_first && offset < config->arena_release_end ? DSM_MODE_RELEASE
                                                                                       : DSM_MODE_SEQUENTIAL;
}

uint32_t dsm_core_sync_home(const dsm_core_config *config, uint64_t id)
{
    return (uint32_t)(dsm_hash(id) % config->nodes);
}
