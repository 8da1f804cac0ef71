/* dsm_core_check finds each way of being wrong that it looks for: a checker that finds nothing proves nothing. */
#include "tests.h"

#include <stdlib.h>
#include <string.h>

#include "dsm_barrier.h"
#include "dsm_lock.h"
#include "dsm_page.h"
#include "dsm_slot.h"
#include "victim.h"

#define OWN_LOCK  0u
#define AWAY_LOCK 1u

static uint64_t id_at(const dsm_core_config *config, uint32_t node, uint32_t n)
{
    uint64_t id = 1;
    while (dsm_core_sync_home(config, id) != node || n-- != 0) {
        id++;
    }
    return id;
}

/* A core in the middle of much: page 0 owned by node 1, wanted by node 2 and here; page 3 shared here; page 1 (of node 1)
 * held here and recalled; a lock held here and wanted; one asked for; a barrier half full. */
static struct victim *busy(void)
{
    dsm_core_config config = cluster_config();
    config.nodes = 3;
    config.pages = 6;
    config.arena_first = 6;
    struct victim *v = victim_new(&config);
    const dsm_message write = {.type = DSM_MSG_PAGE_REQUEST, .subject = 0, .access = DSM_ACCESS_WRITE};
    const dsm_message read = {.type = DSM_MSG_PAGE_REQUEST, .subject = 3, .access = DSM_ACCESS_READ};
    const dsm_message grant = {
        .type = DSM_MSG_PAGE_GRANT, .subject = 1, .access = DSM_ACCESS_WRITE, .flags = DSM_FLAG_ZERO};
    const dsm_message recall = {.type = DSM_MSG_PAGE_RECALL, .subject = 1, .access = DSM_ACCESS_NONE};
    const dsm_message want = {.type = DSM_MSG_LOCK_REQUEST, .subject = id_at(&config, 0, 0)};
    const dsm_message arrive = {
        .type = DSM_MSG_BARRIER_ARRIVE, .subject = id_at(&config, 0, 1), .epoch = 1, .parties = 3, .origin = 1};
    victim_receive(v, 1, &write);
    victim_receive(v, 2, &write);
    victim_step(v, (dsm_event){.type = DSM_EV_FAULT, .slot = 0, .page = 0, .thread = 1, .pc = 7});
    victim_step(v, (dsm_event){.type = DSM_EV_FAULT, .slot = 1, .page = 3, .thread = 2, .pc = 7});
    victim_step(v, (dsm_event){.type = DSM_EV_RESUMED, .slot = 1});
    v->now += 1000;
    victim_receive(v, 2, &read);
    victim_step(v, (dsm_event){.type = DSM_EV_FAULT, .slot = 1, .page = 1, .thread = 2, .pc = 7, .write = 1});
    victim_receive(v, 1, &grant);
    victim_receive(v, 1, &recall);
    victim_step(v, (dsm_event){.type = DSM_EV_LOCK_ACQUIRE, .slot = 2, .id = want.subject, .thread = 3});
    victim_receive(v, 1, &want);
    victim_step(v, (dsm_event){.type = DSM_EV_LOCK_ACQUIRE, .slot = 2, .id = id_at(&config, 1, 0), .thread = 3});
    victim_receive(v, 1, &arrive);
    victim_step(v, (dsm_event){.type = DSM_EV_BARRIER_ARRIVE, .slot = 3, .id = arrive.subject, .parties = 3});
    return v;
}

struct corruption {
    const char *what;
    void (*make)(dsm_core *core);
};

#define CORRUPTION(name, ...)        \
    static void name(dsm_core *core) \
    {                                \
        __VA_ARGS__;                 \
    }

CORRUPTION(slots_miscounted, core->slots_used++)
CORRUPTION(slot_in_no_list, core->slots[4].kind = DSM_SLOT_FAULT; core->slots_used++)
CORRUPTION(slot_of_no_kind, core->slots[4].kind = 17)
CORRUPTION(waiters_miscounted, core->lock_waiting--)
CORRUPTION(state_of_no_kind, core->pages[2].state = 9)
CORRUPTION(open_at_a_foreign_home, core->pages[3].state = DSM_PAGE_INVALID)
CORRUPTION(two_owners, core->pages[3].state = DSM_PAGE_DIRTY)
CORRUPTION(holder_forgotten, core->pages[1].held = 0; core->deferred_due = 0)
CORRUPTION(held_and_closed, core->pages[1].state = DSM_PAGE_INVALID)
CORRUPTION(waiter_lost, core->pages[0].waiters.head = 0; core->pages[0].waiters.tail = 0)
CORRUPTION(waiters_tail_wrong, core->pages[0].waiters.tail = 3)
CORRUPTION(never_asked, core->pages[0].pending = DSM_ACCESS_NONE)
CORRUPTION(asked_for_nothing, core->pages[4].pending = DSM_ACCESS_READ)
CORRUPTION(deferral_forgotten, core->deferred_first = 0)
CORRUPTION(deferral_of_another_kind, core->pages[1].deferred = DSM_DEFERRED_INVALIDATE)
CORRUPTION(no_tick_for_a_deferral, core->pages[1].held = 0; core->slots[1].kind = DSM_SLOT_PASSING;
           core->pages[1].hold_until = 5)
CORRUPTION(owned_and_shared, dsm_page_add_sharer(core, 0, 2))
CORRUPTION(owner_of_no_kind, core->pages[0].owner = 9)
CORRUPTION(nobody_valid, core->pages[0].owner = 0)
CORRUPTION(queue_without_service, core->pages[0].active = 0)
CORRUPTION(queue_tail_wrong, core->pages[0].queue_tail = 1)
CORRUPTION(request_lost, core->pages[0].queue_head = 0; core->pages[0].queue_tail = 0)
CORRUPTION(answers_miscounted, core->requests[core->pages[0].active - 1].awaited = 2)
CORRUPTION(request_of_another_page, core->requests[core->pages[0].active - 1].page = 3)
CORRUPTION(own_copy_unknown, dsm_page_drop_sharer(core, 3, 0))
CORRUPTION(foreign_page_directed, core->pages[1].owner = 2)
CORRUPTION(foreign_page_shared, dsm_page_add_sharer(core, 2, 1))
CORRUPTION(gauge_of_owned_wrong, core->counters[DSM_C_PAGES_OWNED]++)
CORRUPTION(gauge_of_shared_wrong, core->counters[DSM_C_PAGES_SHARED]++)
CORRUPTION(held_without_token, dsm_lock_at(core, OWN_LOCK)->token = 0)
CORRUPTION(depth_without_thread, dsm_lock_at(core, OWN_LOCK)->thread = 0)
CORRUPTION(waited_for_and_not_asked, dsm_lock_at(core, AWAY_LOCK)->requested = 0; core->lock_requested--)
CORRUPTION(home_forgot_the_holder, dsm_lock_at(core, OWN_LOCK)->holder = 2)
CORRUPTION(foreign_lock_directed, dsm_lock_at(core, AWAY_LOCK)->holder = 2)
CORRUPTION(queued_and_not_recalled, dsm_lock_at(core, OWN_LOCK)->recalled = DSM_LOCK_NOT_RECALLED)
CORRUPTION(queued_and_free, dsm_lock_at(core, OWN_LOCK)->holder = 0; dsm_lock_at(core, OWN_LOCK)->token = 0;
           dsm_lock_at(core, OWN_LOCK)->thread = 0; dsm_lock_at(core, OWN_LOCK)->depth = 0)
CORRUPTION(lock_queue_tail_wrong, dsm_lock_at(core, OWN_LOCK)->queue_tail = 3)
CORRUPTION(lock_queue_unmarked, core->lock_queue[OWN_LOCK * 3 + 1] = 0)
CORRUPTION(try_unasked, dsm_lock_at(core, OWN_LOCK)->trier = 3)
CORRUPTION(wanted_and_kept, dsm_lock_at(core, OWN_LOCK)->thread = 0; dsm_lock_at(core, OWN_LOCK)->depth = 0)
CORRUPTION(tokens_miscounted, core->lock_tokens++)
CORRUPTION(requests_miscounted, core->lock_requested++)
CORRUPTION(queued_miscounted, core->lock_queued++)
CORRUPTION(entries_miscounted, core->locks.count++)
CORRUPTION(all_came_and_stay, dsm_barrier_at(core, 0)->arrived = 3)
CORRUPTION(arrivals_do_not_add_up, dsm_barrier_at(core, 0)->arrived = 1)
CORRUPTION(barriers_miscounted, core->barriers_open++)
CORRUPTION(barrier_waiter_lost, dsm_barrier_at(core, 0)->waiters.head = 0; dsm_barrier_at(core, 0)->waiters.tail = 0)

static const struct corruption ALL[] = {
#define ENTRY(name) \
    {               \
#name, name \
    }
    ENTRY(slots_miscounted),
    ENTRY(slot_in_no_list),
    ENTRY(slot_of_no_kind),
    ENTRY(waiters_miscounted),
    ENTRY(state_of_no_kind),
    ENTRY(open_at_a_foreign_home),
    ENTRY(two_owners),
    ENTRY(holder_forgotten),
    ENTRY(held_and_closed),
    ENTRY(waiter_lost),
    ENTRY(waiters_tail_wrong),
    ENTRY(never_asked),
    ENTRY(asked_for_nothing),
    ENTRY(deferral_forgotten),
    ENTRY(deferral_of_another_kind),
    ENTRY(no_tick_for_a_deferral),
    ENTRY(owned_and_shared),
    ENTRY(owner_of_no_kind),
    ENTRY(nobody_valid),
    ENTRY(queue_without_service),
    ENTRY(queue_tail_wrong),
    ENTRY(request_lost),
    ENTRY(answers_miscounted),
    ENTRY(request_of_another_page),
    ENTRY(own_copy_unknown),
    ENTRY(foreign_page_directed),
    ENTRY(foreign_page_shared),
    ENTRY(gauge_of_owned_wrong),
    ENTRY(gauge_of_shared_wrong),
    ENTRY(held_without_token),
    ENTRY(depth_without_thread),
    ENTRY(waited_for_and_not_asked),
    ENTRY(home_forgot_the_holder),
    ENTRY(foreign_lock_directed),
    ENTRY(queued_and_not_recalled),
    ENTRY(queued_and_free),
    ENTRY(lock_queue_tail_wrong),
    ENTRY(lock_queue_unmarked),
    ENTRY(try_unasked),
    ENTRY(wanted_and_kept),
    ENTRY(tokens_miscounted),
    ENTRY(requests_miscounted),
    ENTRY(queued_miscounted),
    ENTRY(entries_miscounted),
    ENTRY(all_came_and_stay),
    ENTRY(arrivals_do_not_add_up),
    ENTRY(barriers_miscounted),
    ENTRY(barrier_waiter_lost),
#undef ENTRY
};

static void each_corruption_is_found(void **state)
{
    (void)state;
    struct victim *v = busy();
    assert_null(dsm_core_check(v->core));
    uint8_t *sound = malloc(v->size);
    memcpy(sound, v->core, v->size);
    for (size_t i = 0; i < sizeof ALL / sizeof ALL[0]; i++) {
        ALL[i].make(v->core);
        if (dsm_core_check(v->core) == NULL) {
            fail_msg("not found: %s", ALL[i].what);
        }
        memcpy(v->core, sound, v->size);
    }
    free(sound);
    victim_free(v);
}

static void the_busy_core_is_not_quiet(void **state)
{
    (void)state;
    struct victim *v = busy();
    assert_false(dsm_core_quiet(v->core));
    assert_int_equal(dsm_lock_at(v->core, AWAY_LOCK)->requested, DSM_LOCK_REQUESTED);
    assert_int_equal(dsm_lock_at(v->core, OWN_LOCK)->thread, 3);
    victim_free(v);
}

int test_check(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_corruption_is_found),
        cmocka_unit_test(the_busy_core_is_not_quiet),
    };
    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
