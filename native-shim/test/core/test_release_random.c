/*
 * Random data-race-free programs on RELEASE and SEQUENTIAL pages: several threads a node, delivered in random order (FIFO
 * per connection). Every byte is written under a lock, by its owner between two barriers, or by whoever a volatile
 * flag says owns it; so at every read there is exactly one value that happens-before allows. The bytes of all three kinds
 * lie next to each other, and pages move, are evicted and run out of twins at random.
 */
#include "tests.h"

#include <stdlib.h>
#include <string.h>

#define THREADS    3u /* per node, each with the slot of its number */
#define DATA_PAGES 5u
#define WORD_PAGE  4u /* the RELEASE page whose last 8 bytes are counted up by atomic operations */
#define WORD       56u
#define FLAG_PAGE  8u /* SEQUENTIAL: byte i says which thread owns set i */
#define COUNT_PAGE 9u /* SEQUENTIAL: a word that is counted up */
#define LOCKS      3u
#define SETS       3u
#define CONDITIONS 2u
#define STEPS_MOST 80u

enum kind { LOCK, UNLOCK, READ, WRITE, WAIT, SIGNAL, SIGNAL_EVERY, MEET, LOOK, PASS, COUNT, END };

/* One instruction of a thread's program. `set`: it is done only while the thread owns set - 1. */
struct instruction {
    enum kind kind;
    uint32_t a, page, offset, set;
};

enum doing { RUNNING, TRAPPED, FAULTING, GOING, LOCKING, WAITING, MEETING, COUNTING, DONE };

struct thread {
    struct instruction program[STEPS_MOST];
    uint32_t at, rounds, meetings;
    enum doing doing;
    uint64_t page;
    int write, cancelled;
    uint32_t owns; /* bit per set */
};

struct condition {
    int64_t waiting, signals; /* waiters nobody cancels; signals for them that none has ended with yet */
    uint64_t must, notified;  /* waits that had to end by a signal, and those that did */
};

struct world {
    struct cluster *c;
    uint64_t random, seed;
    int flags_mostly;
    struct thread thread[CLUSTER_NODES][THREADS];
    uint8_t expected[DATA_PAGES][CLUSTER_PAGE_BYTES];
    uint32_t holder[LOCKS]; /* thread number + 1 */
    struct condition condition[LOCKS][CONDITIONS];
    uint32_t met;
    uint64_t counts[2]; /* RELEASE, SEQUENTIAL */
};

static uint32_t draw(struct world *w, uint32_t below)
{
    w->random = w->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(w->random >> 33) % below;
}

static uint32_t number_of(uint32_t node, uint32_t t)
{
    return node * THREADS + t;
}

static uint32_t all_threads(const struct world *w)
{
    return w->c->nodes * THREADS;
}

/* ---- who may touch which byte ------------------------------------------------------------------------------ */

enum region { BY_LOCK, BY_BARRIER, BY_FLAG };

static enum region region_of(uint32_t offset)
{
    return (enum region)(offset % 3);
}

static uint32_t lock_of(uint32_t page, uint32_t offset)
{
    return (page * 7 + offset / 3) % LOCKS;
}

static uint32_t set_of(uint32_t page, uint32_t offset)
{
    return (page * 5 + offset / 3) % SETS;
}

/* A byte of the region, drawn; `which`: the lock or set it must belong to. */
static struct instruction access_to(struct world *w, enum region region, uint32_t which)
{
    for (;;) {
        struct instruction i = {.kind = draw(w, 2) ? WRITE : READ, .page = draw(w, DATA_PAGES)};
        i.offset = draw(w, i.page == WORD_PAGE ? WORD : CLUSTER_PAGE_BYTES);
        int fits = region == BY_LOCK   ? lock_of(i.page, i.offset) == which
                   : region == BY_FLAG ? set_of(i.page, i.offset) == which
                                       : 1;
        if (region_of(i.offset) == region && fits) {
            return i;
        }
    }
}

/* ---- programs ---------------------------------------------------------------------------------------------- */

static void locked_section(struct world *w, struct thread *th, uint32_t *n)
{
    uint32_t lock_number = draw(w, LOCKS);
    th->program[(*n)++] = (struct instruction){.kind = LOCK, .a = lock_number};
    for (uint32_t i = draw(w, 5); i > 0; i--) {
        th->program[(*n)++] = access_to(w, BY_LOCK, lock_number);
        uint32_t also = draw(w, 12);
        enum kind kind = also == 0 ? WAIT : also <= 2 ? SIGNAL : SIGNAL_EVERY;
        if (also <= 3) {
            th->program[(*n)++] = (struct instruction){.kind = kind, .a = lock_number, .offset = draw(w, CONDITIONS)};
        }
    }
    th->program[(*n)++] = (struct instruction){.kind = UNLOCK, .a = lock_number};
}

static void flagged_section(struct world *w, struct thread *th, uint32_t *n)
{
    uint32_t set = draw(w, SETS);
    th->program[(*n)++] = (struct instruction){.kind = LOOK, .a = set};
    for (uint32_t i = 1 + draw(w, 5); i > 0; i--) {
        th->program[*n] = access_to(w, BY_FLAG, set);
        th->program[(*n)++].set = set + 1;
    }
    th->program[(*n)++] =
        (struct instruction){.kind = PASS, .a = set, .set = set + 1, .offset = draw(w, all_threads(w))};
    if (w->flags_mostly) { /* many hand-overs, and copies of old that nothing else has dropped */
        for (uint32_t i = 0; i < 3; i++) {
            set = draw(w, SETS);
            th->program[(*n)++] = (struct instruction){.kind = LOOK, .a = set};
            th->program[*n] = access_to(w, BY_FLAG, set);
            th->program[(*n)++].set = set + 1;
            th->program[(*n)++] =
                (struct instruction){.kind = PASS, .a = set, .set = set + 1, .offset = draw(w, all_threads(w))};
        }
    }
}

/* A round: sections; then bytes that are this thread's alone, a barrier, anybody's bytes, a barrier. */
static void write_program(struct world *w, uint32_t number, struct thread *th)
{
    uint32_t n = 0;
    for (uint32_t i = draw(w, 5); i > 0; i--) {
        switch (w->flags_mostly ? draw(w, 2) : draw(w, 5)) {
        case 0:
        case 1:
            flagged_section(w, th, &n);
            break;
        case 2:
            th->program[n++] = (struct instruction){.kind = COUNT, .a = draw(w, 2)};
            break;
        default:
            locked_section(w, th, &n);
            break;
        }
    }
    for (uint32_t i = draw(w, 5); i > 0; i--) {
        struct instruction own = access_to(w, BY_BARRIER, 0);
        if ((own.page + own.offset / 3) % all_threads(w) == number) {
            th->program[n++] = own;
        }
    }
    th->program[n++] = (struct instruction){.kind = MEET};
    for (uint32_t i = draw(w, 4); i > 0; i--) {
        th->program[n] = access_to(w, BY_BARRIER, 0);
        th->program[n++].kind = READ;
    }
    th->program[n++] = (struct instruction){.kind = MEET};
    th->program[n] = (struct instruction){.kind = END};
    assert_true(n < STEPS_MOST);
    th->at = 0;
}

/* ---- running ------------------------------------------------------------------------------------------------- */

#define DEMAND(w, condition)                                                                    \
    do {                                                                                        \
        if (!(condition)) {                                                                     \
            fail_msg("seed %lu: %s (line %d)", (unsigned long)(w)->seed, #condition, __LINE__); \
        }                                                                                       \
    } while (0)

static void raise_fault(struct world *w, uint32_t node, uint32_t t)
{
    struct thread *th = &w->thread[node][t];
    int result = fault_at(w->c, node, t, th->page, (uint32_t)th->write, number_of(node, t) + 1, 0x1000 + th->page);
    DEMAND(w, result == DSM_OK || result == DSM_PENDING);
    th->doing = result == DSM_OK ? GOING : FAULTING;
}

/* 1 if the thread may touch the page now; otherwise it has faulted. */
static int may_touch(struct world *w, uint32_t node, uint32_t t, uint64_t page, int write)
{
    struct thread *th = &w->thread[node][t];
    if (w->c->node[node].access[page] >= (write ? DSM_ACCESS_WRITE : DSM_ACCESS_READ)) {
        return 1;
    }
    th->page = page;
    th->write = write;
    th->doing = TRAPPED;
    if (draw(w, 3) != 0) {
        raise_fault(w, node, t); /* otherwise it stands in the handler, and others may be faster */
    }
    return 0;
}

static void run_access(struct world *w, uint32_t node, uint32_t t, const struct instruction *i)
{
    if (!may_touch(w, node, t, i->page, i->kind == WRITE)) {
        return;
    }
    uint8_t *byte = &w->c->node[node].view[i->page][i->offset];
    uint8_t *expected = &w->expected[i->page][i->offset];
    if (*byte != *expected) {
        fail_msg("seed %lu: node %u reads %u for %u at page %u + %u", (unsigned long)w->seed, node, *byte, *expected,
                 i->page, i->offset);
    }
    if (i->kind == WRITE) {
        *byte = *expected = (uint8_t)(1 + draw(w, 255));
    }
    w->thread[node][t].at++;
}

static void run_flag(struct world *w, uint32_t node, uint32_t t, const struct instruction *i)
{
    struct thread *th = &w->thread[node][t];
    if (!may_touch(w, node, t, FLAG_PAGE, i->kind == PASS)) {
        return;
    }
    uint8_t *flag = &w->c->node[node].view[FLAG_PAGE][i->a];
    if (i->kind == PASS) {
        th->owns &= ~(1u << i->a);
        *flag = (uint8_t)i->offset;
    } else if (*flag == number_of(node, t)) {
        th->owns |= 1u << i->a;
    }
    th->at++;
}

static void waited(struct world *w, uint32_t node, uint32_t t, int result);

static void run_condition(struct world *w, uint32_t node, uint32_t t, const struct instruction *i)
{
    struct thread *th = &w->thread[node][t];
    struct condition *c = &w->condition[i->a][i->offset];
    uint64_t id = i->a + 1;
    uint64_t thread = number_of(node, t) + 1;
    if (i->kind != WAIT) {
        int64_t free_waiters = c->waiting - c->signals;
        int64_t sure = free_waiters < 0 ? 0 : i->kind == SIGNAL && free_waiters > 1 ? 1 : free_waiters;
        c->must += (uint64_t)sure;
        c->signals += sure;
        th->at++;
        int result = i->kind == SIGNAL ? signal_one(w->c, node, id, i->offset, thread)
                                       : signal_all(w->c, node, id, i->offset, thread);
        DEMAND(w, result == DSM_OK);
        return;
    }
    c->waiting++;
    w->holder[i->a] = 0;
    th->doing = WAITING;
    th->cancelled = 0;
    DEMAND(w, await(w->c, node, t, id, i->offset, thread) == DSM_PENDING);
}

static void run_one(struct world *w, uint32_t node, uint32_t t)
{
    struct thread *th = &w->thread[node][t];
    const struct instruction *i = &th->program[th->at];
    uint64_t thread = number_of(node, t) + 1;
    int result;
    if (i->set != 0 && (th->owns >> (i->set - 1) & 1u) == 0) {
        th->at++;
        return;
    }
    switch (i->kind) {
    case READ:
    case WRITE:
        run_access(w, node, t, i);
        break;
    case LOOK:
    case PASS:
        run_flag(w, node, t, i);
        break;
    case LOCK:
        th->doing = LOCKING;
        result = lock(w->c, node, t, i->a + 1, thread, 0);
        DEMAND(w, result == DSM_OK || result == DSM_PENDING);
        break;
    case UNLOCK:
        th->at++;
        w->holder[i->a] = 0;
        DEMAND(w, unlock(w->c, node, i->a + 1, thread) == DSM_OK);
        break;
    case MEET:
        th->doing = MEETING;
        w->met++;
        result = arrive(w->c, node, t, 99, all_threads(w));
        DEMAND(w, result == DSM_OK || result == DSM_PENDING);
        break;
    case COUNT:
        th->doing = COUNTING;
        result = atomic(w->c, node, t, i->a == 0 ? WORD_PAGE : COUNT_PAGE, i->a == 0 ? WORD : 8, DSM_OP_ADD, 1, 0);
        DEMAND(w, result == DSM_OK || result == DSM_PENDING);
        break;
    case END:
        if (th->rounds-- == 1) {
            th->doing = DONE;
        } else {
            write_program(w, number_of(node, t), th);
        }
        break;
    default:
        run_condition(w, node, t, i);
        break;
    }
}

/* The condition wait has ended, one way or the other: the thread holds the lock again. */
static void waited(struct world *w, uint32_t node, uint32_t t, int result)
{
    struct thread *th = &w->thread[node][t];
    const struct instruction *i = &th->program[th->at];
    struct condition *c = &w->condition[i->a][i->offset];
    DEMAND(w, result == DSM_OK || (result == DSM_E_CANCELLED && th->cancelled));
    DEMAND(w, w->holder[i->a] == 0);
    w->holder[i->a] = number_of(node, t) + 1;
    c->waiting -= !th->cancelled;
    if (result == DSM_OK) {
        c->notified++;
        c->signals -= c->signals > 0;
    }
    th->at++;
}

/* What the thread waited for has come, if it has. */
static void look(struct world *w, uint32_t node, uint32_t t)
{
    struct thread *th = &w->thread[node][t];
    int status = w->c->node[node].status[t];
    const struct instruction *i = &th->program[th->at];
    if (status == NOT_ENDED) {
        return;
    }
    enum doing did = th->doing;
    th->doing = did == FAULTING ? GOING : RUNNING;
    switch (did) {
    case LOCKING:
        DEMAND(w, status == DSM_OK && w->holder[i->a] == 0);
        w->holder[i->a] = number_of(node, t) + 1;
        th->at++;
        break;
    case WAITING:
        waited(w, node, t, status);
        break;
    case MEETING:
        DEMAND(w, status == DSM_OK && w->met >= ++th->meetings * all_threads(w));
        th->at++;
        break;
    case COUNTING:
        DEMAND(w, status == DSM_OK);
        w->counts[i->a]++;
        th->at++;
        break;
    default:
        DEMAND(w, status == DSM_OK);
        break;
    }
}

static int run_thread(struct world *w, uint32_t node, uint32_t t)
{
    struct thread *th = &w->thread[node][t];
    switch (th->doing) {
    case DONE:
        return 0;
    case RUNNING:
        run_one(w, node, t);
        return 1;
    case TRAPPED:
        raise_fault(w, node, t);
        return 1;
    case GOING:
        th->doing = RUNNING;
        DEMAND(w, resumed(w->c, node, t) == DSM_OK);
        if (draw(w, 4) != 0) {
            run_one(w, node, t); /* mostly the thread is at its instruction before anything else happens */
        }
        return 1;
    default:
        look(w, node, t);
        return th->doing == RUNNING || th->doing == GOING;
    }
}

/* A waiter gives up. Whether it has been signalled already is for the lock's home to say. */
static int give_up(struct world *w, uint32_t node, uint32_t t)
{
    struct thread *th = &w->thread[node][t];
    if (th->doing != WAITING || th->cancelled || w->c->node[node].status[t] != NOT_ENDED) {
        return 0;
    }
    const struct instruction *i = &th->program[th->at];
    struct condition *c = &w->condition[i->a][i->offset];
    /* if all that wait are owed a signal, this one is too: it does not count as one that may not be */
    c->waiting--;
    if (c->signals > c->waiting) {
        c->signals = c->waiting;
        c->must--;
    }
    th->cancelled = 1;
    int result = cancel(w->c, node, t);
    DEMAND(w, result == DSM_PENDING || result == DSM_E_CANCELLED);
    return 1;
}

static int nothing_under_way(const struct world *w)
{
    for (uint32_t from = 0; from < w->c->nodes; from++) {
        for (uint32_t to = 0; to < w->c->nodes; to++) {
            if (under_way(w->c, from, to) != 0) {
                return 0;
            }
        }
    }
    return 1;
}

/* Nobody can go on but by giving up: then no signal is owed to anybody. */
static void check_signals(struct world *w)
{
    for (uint32_t i = 0; i < LOCKS && nothing_under_way(w); i++) {
        for (uint32_t j = 0; j < CONDITIONS; j++) {
            DEMAND(w, w->condition[i][j].signals == 0);
        }
    }
}

static void let_time_pass(struct world *w)
{
    w->c->now += 1 + draw(w, 200);
    for (uint32_t node = 0; node < w->c->nodes; node++) {
        if (dsm_core_deadline(w->c->node[node].core) <= w->c->now) {
            tick(w->c, node);
        }
    }
}

static void evict(struct world *w)
{
    dsm_event event = {.type = DSM_EV_EVICT, .page = draw(w, DATA_PAGES)};
    int result = step(w->c, draw(w, w->c->nodes), event);
    DEMAND(w, result == DSM_OK || result == DSM_E_BUSY);
}

static int all_done(const struct world *w)
{
    for (uint32_t node = 0; node < w->c->nodes; node++) {
        for (uint32_t t = 0; t < THREADS; t++) {
            if (w->thread[node][t].doing != DONE) {
                return 0;
            }
        }
    }
    return 1;
}

static void run_world(struct world *w)
{
    for (uint32_t idle = 0, steps = 0; !all_done(w); steps++) {
        DEMAND(w, steps < 1000000 && idle < 30000);
        uint32_t node = draw(w, w->c->nodes);
        uint32_t t = draw(w, THREADS);
        uint32_t what = draw(w, 100);
        int progress;
        if (what < 50) {
            progress = deliver(w->c, draw(w, w->c->nodes), draw(w, w->c->nodes));
        } else if (what < 94) {
            progress = run_thread(w, node, t);
            for (uint32_t more = draw(w, 4) == 0 ? draw(w, 12) : 0; more > 0 && run_thread(w, node, t); more--) {
            } /* now and then a thread is much faster than the network */
        } else if (what < 96) {
            let_time_pass(w);
            progress = 0;
        } else if (what < 98) {
            evict(w);
            progress = 0;
        } else {
            if (idle > 800) {
                check_signals(w);
            }
            progress = what == 98 || idle > 800 ? give_up(w, node, t) : 0;
        }
        idle = progress ? 0 : idle + 1;
    }
}

/* Every node reads every byte, after all has been said. */
static void check_end(struct world *w)
{
    for (uint32_t i = 0; i < LOCKS; i++) {
        for (uint32_t j = 0; j < CONDITIONS; j++) {
            DEMAND(w, w->condition[i][j].notified >= w->condition[i][j].must);
        }
    }
    settle(w->c);
    for (uint32_t node = 0; node < w->c->nodes; node++) {
        DEMAND(w, dsm_core_quiet(w->c->node[node].core));
        DEMAND(w, arrive(w->c, node, 0, 98, w->c->nodes) == DSM_PENDING || node + 1 == w->c->nodes);
    }
    settle(w->c);
    for (uint32_t node = 0; node < w->c->nodes; node++) {
        DEMAND(w, w->c->node[node].status[0] == DSM_OK);
        for (uint32_t page = 0; page < DATA_PAGES; page++) {
            (void)read_byte(w->c, node, page);
            uint32_t end = page == WORD_PAGE ? WORD : CLUSTER_PAGE_BYTES;
            DEMAND(w, memcmp(w->c->node[node].view[page], w->expected[page], end) == 0);
        }
        uint64_t counts[2];
        memcpy(&counts[0], &w->c->node[node].view[WORD_PAGE][WORD], 8);
        (void)read_byte(w->c, node, COUNT_PAGE);
        memcpy(&counts[1], &w->c->node[node].view[COUNT_PAGE][8], 8);
        DEMAND(w, counts[0] == w->counts[0] && counts[1] == w->counts[1]);
    }
}

static dsm_core_config config_of(struct world *w)
{
    dsm_core_config config = cluster_config();
    config.release_first = 0;
    config.release_end = DATA_PAGES;
    config.twins = 2 + draw(w, CLUSTER_TWINS - 1);
    config.notices = 20 + draw(w, 40);
    config.migrate_after = draw(w, 4);
    config.inform_ns = draw(w, 3) == 0 ? 0 : 100 + draw(w, 2000);
    config.hold_ns = draw(w, 2) * 100;
    return config;
}

static void run_seed(uint64_t seed)
{
    struct world *w = calloc(1, sizeof *w);
    w->seed = seed;
    w->random = seed * UINT64_C(0x9e3779b97f4a7c15);
    (void)draw(w, 2);
    const dsm_core_config config = config_of(w);
    w->c = cluster_new_with(2 + draw(w, 3), &config);
    w->flags_mostly = draw(w, 3) == 0;
    for (uint32_t node = 0; node < w->c->nodes; node++) {
        for (uint32_t t = 0; t < THREADS; t++) {
            w->thread[node][t].rounds = 1 + 5;
            w->thread[node][t].program[0].kind = END;
        }
    }
    run_world(w);
    check_end(w);
    cluster_free(w->c);
    free(w);
}

/* DSM_SEED=n runs that one alone; DSM_SEEDS=n so many from 1 on. */
static void random_programs_see_what_happened_before(void **state)
{
    (void)state;
    const char *one = getenv("DSM_SEED");
    const char *many = getenv("DSM_SEEDS");
    uint64_t first = one != NULL ? strtoull(one, NULL, 0) : 1;
    uint64_t count = one != NULL ? 1 : many != NULL ? strtoull(many, NULL, 0) : 150;
    for (uint64_t seed = first; seed < first + count; seed++) {
        run_seed(seed);
    }
}

int test_release_random(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_programs_see_what_happened_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
