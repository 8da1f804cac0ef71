/*
 * cluster.h - a few cores in one process, with memory, permissions and FIFO connections, stepped by hand.
 *
 * Every action is carried out as a driver would, and checked: a page is opened only with the bytes that its
 * latest writer left, the state of each core is consistent after every step.
 */
#ifndef CLUSTER_H
#define CLUSTER_H

#include <stdint.h>

#include "dsm_core.h"
#include "dsm_wire.h"

#define CLUSTER_NODES      5u
#define CLUSTER_PAGES      64u
#define CLUSTER_PAGE_BYTES 64u
#define CLUSTER_SLOTS      8u
#define NOT_ENDED          1000
#define CLUSTER_TWINS      8u

struct frame {
    struct frame *next;
    uint32_t length;
    uint8_t bytes[DSM_WIRE_FRAME_MAX(CLUSTER_PAGE_BYTES)];
};

struct node {
    dsm_core *core;
    void *memory;
    _Alignas(8) uint8_t view[CLUSTER_PAGES][CLUSTER_PAGE_BYTES];
    _Alignas(8) uint8_t twin[CLUSTER_TWINS][CLUSTER_PAGE_BYTES];
    uint32_t access[CLUSTER_PAGES];
    uint64_t result[CLUSTER_SLOTS]; /* of the slot's latest atomic operation */
    int status[CLUSTER_SLOTS];      /* outcome of the latest operation of the slot; NOT_ENDED while it goes on */
    uint32_t lost;                  /* bit per node that DSM_ACT_LOST named */
    uint32_t protects;              /* PROTECT actions so far */
    struct cluster *cluster;
    uint32_t id;
};

struct cluster {
    uint32_t nodes;
    uint64_t now;
    uint32_t dead; /* bit per node: its copies count for nothing any more */
    dsm_core_config config;
    struct node node[CLUSTER_NODES];
    struct frame *first[CLUSTER_NODES][CLUSTER_NODES]; /* from, to */
};

/* Nodes 0 .. nodes-1, page p homed at node p % nodes, hold_ns 100, hold_max_ns 6400, no heartbeats. */
struct cluster *cluster_new(uint32_t nodes);
/* As above, with the settings of `config` (node and nodes are filled in). */
struct cluster *cluster_new_with(uint32_t nodes, const dsm_core_config *config);
dsm_core_config cluster_config(void);
void cluster_free(struct cluster *c);

int step(struct cluster *c, uint32_t node, dsm_event event);
int fault(struct cluster *c, uint32_t node, uint32_t slot, uint64_t page, uint32_t write);
int fault_at(struct cluster *c, uint32_t node, uint32_t slot, uint64_t page, uint32_t write, uint64_t thread,
             uint64_t pc);
int resumed(struct cluster *c, uint32_t node, uint32_t slot);
int lock(struct cluster *c, uint32_t node, uint32_t slot, uint64_t id, uint64_t thread, uint32_t flags);
int unlock(struct cluster *c, uint32_t node, uint64_t id, uint64_t thread);
int arrive(struct cluster *c, uint32_t node, uint32_t slot, uint64_t id, uint32_t parties);
int cancel(struct cluster *c, uint32_t node, uint32_t slot);
int await(struct cluster *c, uint32_t node, uint32_t slot, uint64_t id, uint64_t condition, uint64_t thread);
int signal_one(struct cluster *c, uint32_t node, uint64_t id, uint64_t condition, uint64_t thread);
int signal_all(struct cluster *c, uint32_t node, uint64_t id, uint64_t condition, uint64_t thread);
int atomic(struct cluster *c, uint32_t node, uint32_t slot, uint64_t page, uint32_t offset, uint32_t operation,
           uint64_t operand, uint64_t expected);
int tick(struct cluster *c, uint32_t node);
void lose(struct cluster *c, uint32_t node, uint32_t peer);

/* Sends one message to `to` as if `from` had; the step's result. */
int inject(struct cluster *c, uint32_t from, uint32_t to, const dsm_message *message);
int inject_bytes(struct cluster *c, uint32_t from, uint32_t to, const uint8_t *bytes, uint32_t length);

/* Delivers the first frame under way from `from` to `to`; 0 if there is none. */
int deliver(struct cluster *c, uint32_t from, uint32_t to);
/* Type of that frame, 0 if there is none. */
uint32_t under_way(const struct cluster *c, uint32_t from, uint32_t to);
/* Delivers until nothing is under way. */
void deliver_all(struct cluster *c);
/* Delivers and ticks, letting time pass, until nothing is under way and no core waits for time. */
void settle(struct cluster *c);

/* A whole access by one thread: faults until permitted, then reads or writes the page's first byte. Settles. */
void write_byte(struct cluster *c, uint32_t node, uint64_t page, uint8_t value);
uint8_t read_byte(struct cluster *c, uint32_t node, uint64_t page);

uint32_t page_home(const struct cluster *c, uint64_t page);
/* An id of a lock or barrier homed at `node`; different for each `n`. */
uint64_t id_homed_at(const struct cluster *c, uint32_t node, uint32_t n);
uint64_t counter(const struct cluster *c, uint32_t node, uint32_t which);

#endif
