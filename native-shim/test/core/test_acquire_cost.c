/*
 * What an acquire, a release and a barrier cost does not grow with what is cached: they touch nothing that belongs to a cached
 * page but those that were written. Shown by closing all of it to the processor: who goes through it dies.
 */
#define _GNU_SOURCE
#include "tests.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dsm_diff.h"
#include "dsm_state.h"

#define PAGES       32768u
#define CACHED      16384u /* 64 MiB of pages of 4 KiB */
#define PAGE_BYTES  64u
#define FRAMES      64u
#define FRAME_BYTES DSM_WIRE_FRAME_MAX(PAGE_BYTES)
#define BARRIER     7u
#define LOCK        9u

struct side {
    dsm_core *core;
    uint8_t *memory, *view, twin[8][PAGE_BYTES];
    size_t bytes;
    struct side *other;
    uint32_t id, count; /* frames under way from here */
    uint32_t length[FRAMES];
    uint8_t frame[FRAMES][FRAME_BYTES];
    int woken, status;
};

static void send(struct side *s, const dsm_action *a)
{
    assert_true(s->count < FRAMES);
    uint8_t *at = s->frame[s->count];
    uint32_t length = a->head_length;
    memcpy(at, a->head, length);
    if (a->with_page) {
        memcpy(at + length, s->view + a->page * PAGE_BYTES, PAGE_BYTES);
        length += PAGE_BYTES;
    } else if (a->with_diff) {
        dsm_diff_ops ops = dsm_diff_choose();
        length += dsm_diff_encode(&ops, s->view + a->page * PAGE_BYTES, s->twin[a->twin], PAGE_BYTES, at + length);
        dsm_wire_set_length(at, length);
    } else if (a->length != 0) {
        memcpy(at + length, a->bytes, a->length);
        length += a->length;
    }
    s->length[s->count++] = length;
}

static void sink(void *context, const dsm_action *a)
{
    struct side *s = context;
    uint8_t *page = s->view + a->page * PAGE_BYTES;
    switch (a->type) {
    case DSM_ACT_SEND:
        send(s, a);
        break;
    case DSM_ACT_INSTALL:
        memcpy(page, a->bytes, PAGE_BYTES);
        break;
    case DSM_ACT_TWIN:
        memcpy(s->twin[a->twin], page, PAGE_BYTES);
        break;
    case DSM_ACT_APPLY:
        dsm_diff_apply(a->bytes, PAGE_BYTES, page);
        break;
    case DSM_ACT_MERGE:
        dsm_diff_merge(a->bytes, PAGE_BYTES, page, s->twin[a->twin]);
        break;
    case DSM_ACT_WAKE:
        s->woken = 1;
        s->status = a->status;
        break;
    default:
        break;
    }
}

static int event(struct side *s, dsm_event what)
{
    return dsm_core_step(s->core, &what, 1000, sink, s);
}

/* Delivers until nothing is under way. */
static void exchange(struct side *a)
{
    for (struct side *s = a; a->count != 0 || a->other->count != 0; s = s->other) {
        uint32_t count = s->count;
        for (uint32_t i = 0; i < count; i++) {
            dsm_event m = {.type = DSM_EV_MESSAGE, .peer = s->id, .bytes = s->frame[i], .length = s->length[i]};
            assert_int_equal(event(s->other, m), DSM_OK);
        }
        memmove(s->frame, s->frame + count, (size_t)(s->count - count) * FRAME_BYTES);
        memmove(s->length, s->length + count, (s->count - count) * sizeof s->length[0]);
        s->count -= count;
    }
}

/* A thread's operation in slot 0, to its end. */
static void operate(struct side *s, dsm_event what)
{
    s->woken = 0;
    int status = event(s, what);
    exchange(s);
    assert_true(status == DSM_OK || (s->woken && s->status == DSM_OK));
}

static void store(struct side *s, uint64_t page, uint8_t value)
{
    if (dsm_core_access(s->core, page) < DSM_ACCESS_WRITE) {
        operate(s, (dsm_event){.type = DSM_EV_FAULT, .page = page, .write = 1, .thread = 1, .pc = 1});
        assert_int_equal(event(s, (dsm_event){.type = DSM_EV_RESUMED}), DSM_OK);
    }
    s->view[page * PAGE_BYTES] = value;
}

static uint8_t load(struct side *s, uint64_t page)
{
    if (dsm_core_access(s->core, page) < DSM_ACCESS_READ) {
        operate(s, (dsm_event){.type = DSM_EV_FAULT, .page = page, .thread = 1, .pc = 1});
        assert_int_equal(event(s, (dsm_event){.type = DSM_EV_RESUMED}), DSM_OK);
    }
    return s->view[page * PAGE_BYTES];
}

static void hold_lock(struct side *s, uint64_t page, uint8_t value)
{
    operate(s, (dsm_event){.type = DSM_EV_LOCK_ACQUIRE, .id = LOCK, .thread = 1});
    store(s, page, value);
    operate(s, (dsm_event){.type = DSM_EV_LOCK_RELEASE, .id = LOCK, .thread = 1});
}

static void meet(struct side *a)
{
    struct side *b = a->other;
    a->woken = b->woken = 0;
    assert_int_equal(event(a, (dsm_event){.type = DSM_EV_BARRIER_ARRIVE, .id = BARRIER, .parties = 2}), DSM_PENDING);
    exchange(a);
    int last = event(b, (dsm_event){.type = DSM_EV_BARRIER_ARRIVE, .id = BARRIER, .parties = 2});
    exchange(a);
    assert_true(a->woken && a->status == DSM_OK && (last == DSM_OK || (b->woken && b->status == DSM_OK)));
}

static void open_side(struct side *s, uint32_t id, struct side *other)
{
    const dsm_core_config config = {.node = id,
                                    .nodes = 2,
                                    .page_bytes = PAGE_BYTES,
                                    .slots = 4,
                                    .pages = PAGES,
                                    .home_block = PAGES, /* all directed by node 0 */
                                    .locks = 16,
                                    .arena_first = PAGES,
                                    .release_end = PAGES,
                                    .twins = 8,
                                    .local_handovers = 1};
    s->bytes = dsm_core_size(&config);
    s->memory = mmap(NULL, s->bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert_true(s->memory != MAP_FAILED);
    s->core = dsm_core_init(s->memory, &config, 0);
    s->view = calloc(PAGES, PAGE_BYTES);
    s->id = id;
    s->other = other;
}

static void close_side(struct side *s)
{
    munmap(s->memory, s->bytes);
    free(s->view);
    free(s);
}

/* Closes or opens the whole system pages of [from, end). */
static void protect(const void *from, const void *end, int access)
{
    uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t first = ((uintptr_t)from + size - 1) / size * size, last = (uintptr_t)end / size * size;
    assert_true(last > first);
    assert_int_equal(mprotect((void *)first, last - first, access), 0);
}

/* What is known of cached pages, but for those in the system page that tells of `page`. */
static void protect_all_but(const struct side *s, uint64_t page, int access)
{
    uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE), here = (uintptr_t)&s->core->copies[page] / size * size;
    protect(s->core->copies, (const void *)here, access);
    protect((const void *)(here + size), &s->core->copies[CACHED], access);
    protect(s->core->pages, &s->core->pages[PAGES], access);
}

/* A page whose neighbours in the list of cached ones lie in the same system page. */
static uint64_t in_the_middle(const struct side *s)
{
    uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE), from = (uintptr_t)s->core->copies;
    uintptr_t wanted = (from / size + CACHED * sizeof(struct dsm_copy) / size / 2) * size + size / 2;
    return (wanted - from) / sizeof(struct dsm_copy);
}

static void nothing_is_touched_but_what_was_written(void **state)
{
    (void)state;
    struct side *home = calloc(1, sizeof *home), *reader = calloc(1, sizeof *reader);
    open_side(home, 0, reader);
    open_side(reader, 1, home);
    for (uint64_t page = 0; page < CACHED; page++) {
        store(home, page, 1);
        assert_int_equal(load(reader, page), 1);
    }
    assert_int_equal(reader->core->cached, CACHED);
    uint64_t page = in_the_middle(reader);
    protect_all_but(reader, page, PROT_NONE);
    protect_all_but(home, page, PROT_NONE);
    for (uint8_t round = 2; round < 6; round++) {
        hold_lock(home, page, round); /* the reader's token, then: acquires and releases of both */
        hold_lock(reader, page + 1, round);
        assert_int_equal(load(reader, page), round);
        hold_lock(home, page + 2, round);
        assert_int_equal(load(home, page + 1), round);
        store(home, page, (uint8_t)(round + 100));
        store(reader, page + 1, (uint8_t)(round + 100));
        meet(home);
        meet(reader);
        assert_int_equal(load(reader, page), round + 100);
        assert_int_equal(load(home, page + 1), round + 100);
        assert_int_equal(event(home, (dsm_event){.type = DSM_EV_TICK}), DSM_OK);
        assert_int_equal(event(reader, (dsm_event){.type = DSM_EV_TICK}), DSM_OK);
        exchange(home);
    }
    protect_all_but(reader, page, PROT_READ | PROT_WRITE);
    protect_all_but(home, page, PROT_READ | PROT_WRITE);
    assert_true(dsm_core_counters(reader->core)[DSM_C_NOTICED] >= 8);
    assert_null(dsm_core_check(reader->core));
    close_side(reader);
    close_side(home);
}

int test_acquire_cost(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_touched_but_what_was_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
