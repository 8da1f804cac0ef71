/*
 * Arrival order at the home: requests for one page, and for one lock, are granted to other nodes in the order in
 * which they came (a try of a lock may come first). Nobody is overtaken, so nobody starves. What the home itself
 * asks for passes no connection and is not seen here.
 */
#include "sim_check.h"

#include "sim_memory.h"

#include <string.h>

typedef struct sim_waiting {
    uint32_t node;
    bool try_only;
} sim_waiting;

struct sim_order {
    sim_waiting *queue;
    uint32_t count;
};

/* One queue a page and one a lock; a node has at most one request in each. */
struct sim_order *sim_check_order_new(const sim_world *world)
{
    uint32_t orders = world->plan.pages + world->plan.locks;
    struct sim_order *order = sim_new(orders, sizeof *order);
    for (uint32_t i = 0; i < orders; i++)
        order[i].queue = sim_new(world->plan.nodes, sizeof *order[i].queue);
    return order;
}

void sim_check_order_free(const sim_world *world, struct sim_order *order)
{
    for (uint32_t i = 0; i < world->plan.pages + world->plan.locks; i++)
        free(order[i].queue);
    free(order);
}

static struct sim_order *order_of(sim_world *world, const dsm_message *m)
{
    bool page = m->type == DSM_MSG_PAGE_REQUEST || m->type == DSM_MSG_PAGE_GRANT;
    bool lock = m->type == DSM_MSG_LOCK_REQUEST || m->type == DSM_MSG_LOCK_GRANT;
    if (page && m->subject < world->plan.pages)
        return &world->order[m->subject];
    if (lock && m->subject < world->plan.locks)
        return &world->order[world->plan.pages + m->subject];
    return NULL;
}

static void take_out(struct sim_order *order, uint32_t at)
{
    memmove(&order->queue[at], &order->queue[at + 1], (--order->count - at) * sizeof *order->queue);
}

void sim_check_order_request(sim_world *world, uint32_t node, const dsm_message *m)
{
    struct sim_order *order = order_of(world, m);
    if (!order || world->hostile != SIM_NONE || m->type == DSM_MSG_PAGE_GRANT || m->type == DSM_MSG_LOCK_GRANT)
        return;
    if (order->count == world->plan.nodes) {
        sim_fail(world, "node %u asks again for %lu before it has been answered", node, (unsigned long)m->subject);
        return;
    }
    bool try_only = m->type == DSM_MSG_LOCK_REQUEST && (m->flags & DSM_FLAG_TRY);
    order->queue[order->count++] = (sim_waiting){.node = node, .try_only = try_only};
}

void sim_check_order_grant(sim_world *world, const sim_node *home, uint32_t node, const dsm_message *m)
{
    struct sim_order *order = order_of(world, m);
    if (!order || world->hostile != SIM_NONE || m->type == DSM_MSG_PAGE_REQUEST || m->type == DSM_MSG_LOCK_REQUEST)
        return;
    uint32_t at = 0, ahead = 0;
    while (at < order->count && order->queue[at].node != node) {
        ahead += !order->queue[at].try_only && !home->peer_gone[order->queue[at].node];
        at++;
    }
    if (at == order->count) {
        sim_fail(world, "home %u grants %lu to node %u, which has not asked", home->id, (unsigned long)m->subject,
                 node);
        return;
    }
    bool answered_only = m->type == DSM_MSG_LOCK_GRANT && (m->flags & (DSM_FLAG_REFUSED | DSM_FLAG_FULL));
    if (ahead > 0 && !order->queue[at].try_only && !answered_only)
        sim_fail(world, "overtaken: home %u grants %s %lu to node %u before node %u, which came first", home->id,
                 m->type == DSM_MSG_LOCK_GRANT ? "lock" : "page", (unsigned long)m->subject, node,
                 order->queue[0].node);
    take_out(order, at);
}

void sim_check_order_gone(sim_world *world, uint32_t home, uint32_t peer)
{
    for (uint32_t i = 0; i < world->plan.pages + world->plan.locks; i++) {
        uint32_t directed = i < world->plan.pages ? dsm_core_home(&world->config, i)
                                                  : dsm_core_sync_home(&world->config, i - world->plan.pages);
        for (uint32_t at = 0; directed == home && at < world->order[i].count; at++)
            if (world->order[i].queue[at].node == peer) {
                take_out(&world->order[i], at);
                break;
            }
    }
}
