/* engine_fixture.h - several engines in one process, and ways to touch their memory. */
#ifndef ENGINE_FIXTURE_H
#define ENGINE_FIXTURE_H

#include <stdint.h>

#include "dsm.h"
#include "dsm_core.h"
#include "dsm_transport.h"

#define FIXTURE_NODES_MAX 8

/* Which pager the engines get (DSM_PAGER_*); from the environment variable DSM_TEST_PAGER. */
uint64_t fixture_pager(void);

typedef struct fixture {
    uint32_t nodes;
    dsm_engine *engine[FIXTURE_NODES_MAX];
    volatile uint8_t *base[FIXTURE_NODES_MAX];
} fixture;

/* Sensible settings for tests: base wherever, 64 MiB of space, short times. */
dsm_options fixture_options(uint32_t node, uint32_t nodes);
/* Creates and connects `nodes` engines; `tune` (may be NULL) changes the settings of each first. Aborts on failure.
 * transport NULL: TCP. */
void fixture_open(fixture *f, uint32_t nodes, void (*tune)(dsm_options *), dsm_transport *transport);
/* Waits at a barrier on all nodes, leaves, closes. */
void fixture_close(fixture *f);

/* Runs `body(f, node, thread)` in `threads` threads of each node and waits for all. */
void fixture_run(fixture *f, uint32_t threads, void (*body)(fixture *, uint32_t node, uint32_t thread));
/* A barrier of all threads of fixture_run, through the engine; handles DSM_PENDING. */
void fixture_barrier(fixture *f, uint32_t node, uint64_t barrier, uint32_t parties);
void fixture_lock(fixture *f, uint32_t node, uint64_t lock, uint64_t thread);
void fixture_unlock(fixture *f, uint32_t node, uint64_t lock, uint64_t thread);
/* The status with which a pending wait ends. */
int fixture_await(fixture *f, uint32_t node, uint64_t ticket);

/* The application's accesses: race on purpose between nodes, so no sanitizer looks at them. */
uint64_t fixture_get(fixture *f, uint32_t node, uint64_t offset);
/* A counter (enum dsm_counter) of a node, whatever its threads are doing. */
uint64_t fixture_counter(const fixture *f, uint32_t node, uint32_t counter);
void fixture_put(fixture *f, uint32_t node, uint64_t offset, uint64_t value);
uint64_t fixture_add(fixture *f, uint32_t node, uint64_t offset, uint64_t change);
/* A read and a write of 8 bytes that may lie across two pages; no more is promised than that both get done. */
void fixture_add_unaligned(fixture *f, uint32_t node, uint64_t offset);
uint8_t fixture_get_byte(fixture *f, uint32_t node, uint64_t offset);
void fixture_put_byte(fixture *f, uint32_t node, uint64_t offset, uint8_t value);

/* Ends the process with a line if the test is not through in time. */
void fixture_deadline(unsigned seconds);

#endif
