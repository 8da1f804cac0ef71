/*
 * sim_history.h - the variables of a RELEASE run, and what has happened to each: who wrote it last and when, who has
 * read it since, what a reader may see. Variables lie side by side in the pages, to the byte.
 */
#ifndef SIM_HISTORY_H
#define SIM_HISTORY_H

#include "sim_clock.h"

enum sim_variable_kind {
    SIM_PLAIN,    /* no two accesses of which one writes race: a read has exactly one outcome */
    SIM_RACY,     /* the threads of one node write, anybody reads, without order. Aligned: never seen half changed */
    SIM_MIXED,    /* anybody writes and reads. Two nodes' writes may mix to the byte, but each byte was written */
    SIM_VOLATILE, /* in SEQUENTIAL pages: a write releases, a read acquires */
    SIM_ATOMIC,   /* only changed by atomic operations; who knows of the last of them may read it without one */
    SIM_KINDS
};

typedef struct sim_write {
    uint32_t thread, at; /* its clock */
    uint64_t value;
    uint32_t *known; /* the thread's vector clock */
} sim_write;

typedef struct sim_variable {
    enum sim_variable_kind kind;
    uint32_t page, offset, length;
    uint32_t node;            /* RACY: whose threads write it */
    uint64_t value;           /* PLAIN, ATOMIC: the last written */
    uint32_t writer, written; /* PLAIN, ATOMIC: thread and its clock */
    bool unknown;      /* ATOMIC: the last operation was that of a thread that had been told that a node is lost */
    uint32_t *reads;   /* PLAIN: clock of each thread's last read */
    uint32_t readers;  /* claims: operations under way that read it ... */
    bool writing;      /* ... or write it */
    sim_sync sync;     /* VOLATILE, ATOMIC */
    sim_write *writes; /* RACY, MIXED: all that some reader may still see; in the order in which they happened */
    uint32_t write_count, write_room;
} sim_variable;

/* A wait for a condition, and a signal (sim_check_condition.c). */
typedef struct sim_wait {
    uint64_t lock, condition;
    uint64_t begun, over; /* in the order of all waits, their ends and signals; over 0 = not yet */
    uint64_t cancelled;   /* ns; 0 = not */
    int32_t status;
} sim_wait;

typedef struct sim_signal {
    uint64_t lock, condition;
    uint64_t order;
    uint64_t at; /* ns */
    bool all;
} sim_signal;

typedef struct sim_history {
    sim_variable *variables;
    uint32_t count, room;
    uint32_t *at;                 /* page * page_bytes + offset: variable + 1 */
    uint32_t *of_kind[SIM_KINDS]; /* indexes */
    uint32_t kind_count[SIM_KINDS];
    uint8_t *homes;    /* page, node: has been its home */
    uint8_t *doubtful; /* page: what was written in it may be lost with a node that died */
    bool distrusted;   /* a hostile node had a say: nothing is demanded of RELEASE memory any more */
    sim_wait *waits;
    uint32_t wait_count, wait_room;
    sim_signal *signals;
    uint32_t signal_count, signal_room;
    uint64_t order;
} sim_history;

/* `fill`: with variables, drawn from the world's chance; otherwise they are made as they are used. */
void sim_history_start(sim_world *world, bool fill);
void sim_history_free(sim_world *world);

sim_variable *sim_history_define(sim_world *world, enum sim_variable_kind kind, uint32_t page, uint32_t offset,
                                 uint32_t length);
/* The variable that is exactly there; made if nothing is. NULL and a failure if something else is. */
sim_variable *sim_history_find(sim_world *world, const sim_place *place);

static inline bool sim_history_release_page(const sim_world *world, uint64_t page)
{
    return world->history && dsm_core_mode(&world->config, page) == DSM_MODE_RELEASE;
}

/* Some variable of `kind` that `thread` may access now so that a race-free program stays so, and claims it; NULL if
 * none was found. Rather one that another node wrote last. */
sim_variable *sim_history_claim(sim_world *world, const sim_thread *thread, enum sim_variable_kind kind, bool write);
/* Variable `index`, if it may be read. */
bool sim_history_claim_read(sim_world *world, const sim_thread *thread, uint32_t index);
/* The thread's operation is over. */
void sim_history_unclaim(sim_world *world, sim_thread *thread);

/* A node died. */
void sim_history_crash(sim_world *world, uint32_t node);
/* A frame was sent to a node that had died, by one that had not learnt of it yet: what was written goes with it. */
void sim_history_into_the_void(sim_world *world, const uint8_t *frame);

#endif
