/* release_fixture.h - a cluster with RELEASE pages, and what a thread of a node does there, from beginning to end. */
#ifndef RELEASE_FIXTURE_H
#define RELEASE_FIXTURE_H

#include "tests.h"

#define RELEASE_PAGES 16u
#define FLAG_PAGE     20u /* SEQUENTIAL */

/* Pages 0 .. RELEASE_PAGES - 1 are RELEASE pages; CLUSTER_TWINS twins. */
struct cluster *open_cluster_with(uint32_t nodes, uint32_t migrate_after, uint64_t inform_ns);
struct cluster *open_cluster(uint32_t nodes); /* no page moves, nothing is told unasked */

/* One thread of the node touches one byte, faulting until it may. */
void touch(struct cluster *c, uint32_t node, uint64_t page, int write);
void store(struct cluster *c, uint32_t node, uint64_t page, uint32_t offset, uint8_t value);
uint8_t load(struct cluster *c, uint32_t node, uint64_t page, uint32_t offset);

void acquire(struct cluster *c, uint32_t node, uint64_t id);
void release(struct cluster *c, uint32_t node, uint64_t id);
/* The node takes the lock and gives it back: it has acquired all that was released with it. */
void visit(struct cluster *c, uint32_t node, uint64_t id);

/* Messages of this type that the node has sent. */
uint64_t sent(const struct cluster *c, uint32_t node, uint32_t type);

#endif
