#include "dsm_peer.h"

#include "dsm_atomic.h"
#include "dsm_barrier.h"
#include "dsm_condition.h"
#include "dsm_copy.h"
#include "dsm_emit.h"
#include "dsm_home.h"
#include "dsm_interval.h"
#include "dsm_lock.h"
#include "dsm_node_page.h"

int dsm_peer_check_hello(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    int fits = m->magic == DSM_WIRE_MAGIC && m->version == DSM_WIRE_VERSION && m->node == peer &&
               m->nodes == core->config.nodes && m->page_bytes == core->config.page_bytes &&
               m->pages == core->config.pages;
    return fits ? DSM_OK : DSM_E_PROTOCOL;
}

/* What follows a RELEASE page was passed on by others to the lost node and is not answered: it is asked again, or given
 * up. */
static void repeat_what_was_passed_on(dsm_core *core, uint32_t peer)
{
    dsm_atomic_peer_gone(core, peer);
    dsm_copy_peer_gone(core);
    dsm_interval_peer_gone(core); /* last: it lets others go on */
}

/* Some messages go by way of a third node. */
static int passes_on(const dsm_core *core)
{
    return core->copies != NULL || core->config.relays < core->config.nodes - 1;
}

/* Others may have heard of the loss before they sent what this node, which had not, passed on. */
static void tell_others(dsm_core *core, uint32_t peer)
{
    const dsm_message message = {.type = DSM_MSG_PEER_GONE, .origin = peer};
    for (uint32_t other = 0; other < core->config.nodes && passes_on(core); other++) {
        if (other != core->config.node && !dsm_peer_gone(core, other)) {
            dsm_emit_send(core, other, &message, 0);
        }
    }
}

int dsm_peer_check_gone(const dsm_core *core, uint32_t peer, const dsm_message *m)
{
    int names_third = m->origin < core->config.nodes && m->origin != peer && m->origin != core->config.node;
    return passes_on(core) && names_third ? DSM_OK : DSM_E_PROTOCOL;
}

void dsm_peer_gone_elsewhere(dsm_core *core, const dsm_message *m)
{
    core->peers[m->origin].said_gone = 1;
    core->any_said_gone = 1;
    /* If this node does not know it yet, it will soon, and then does the same. */
    if (dsm_peer_gone(core, m->origin)) {
        repeat_what_was_passed_on(core, m->origin);
    }
}

static void gone(dsm_core *core, uint32_t peer)
{
    core->peers[peer].gone = 1;
    core->any_gone = 1;
    core->gone[peer / 64] |= UINT64_C(1) << (peer % 64);
    dsm_node_page_peer_gone(core, peer);
    dsm_home_peer_gone(core, peer);
    dsm_lock_peer_gone(core, peer);
    dsm_lock_home_peer_gone(core, peer);
    dsm_barrier_peer_gone(core, peer);
    dsm_barrier_home_peer_gone(core, peer);
    dsm_condition_peer_gone(core, peer);
    dsm_condition_home_peer_gone(core, peer);
    tell_others(core, peer);
    dsm_barrier_relay_gone(core, peer);
    repeat_what_was_passed_on(core, peer);
}

void dsm_peer_left(dsm_core *core, uint32_t peer)
{
    if (!core->peers[peer].gone) {
        core->peers[peer].left = 1;
        gone(core, peer);
    }
}

void dsm_peer_lost(dsm_core *core, uint32_t peer, int reason)
{
    if (core->peers[peer].gone) {
        return;
    }
    core->any_lost = 1;
    dsm_emit_lost(core, peer, reason);
    gone(core, peer);
}

static void heartbeat(dsm_core *core, uint32_t peer)
{
    const dsm_message message = {.type = DSM_MSG_HEARTBEAT};
    dsm_emit_send(core, peer, &message, 0);
}

/* Silence counts from the first tick; and the time that this node itself slept (stopped, swapped out) counts for
 * nobody, as what the others sent meanwhile may lie unread. */
static void excuse_silence(dsm_core *core)
{
    uint64_t asleep = core->ticked == 0 ? core->now : core->now - core->ticked;
    if (core->ticked != 0 && asleep < core->config.silence_ns / 2) {
        return;
    }
    for (uint32_t peer = 0; peer < core->config.nodes; peer++) {
        if (core->now - core->peers[peer].heard > 0) {
            uint64_t silent = core->now - core->peers[peer].heard;
            core->peers[peer].heard += silent < asleep ? silent : asleep;
        }
    }
}

static void tick_one(dsm_core *core, uint32_t peer)
{
    const dsm_core_config *config = &core->config;
    struct dsm_peer *p = &core->peers[peer];
    if (config->silence_ns != 0 && core->now - p->heard >= config->silence_ns) {
        dsm_peer_lost(core, peer, DSM_E_TIMEOUT);
        return;
    }
    if (config->heartbeat_ns != 0 && core->now - p->sent >= config->heartbeat_ns) {
        heartbeat(core, peer);
    }
    /* looked at often enough for excuse_silence to tell a quiet tick from sleep */
    uint64_t due = config->silence_ns != 0 ? core->now + config->silence_ns / 4 : DSM_FOREVER;
    if (config->silence_ns != 0 && p->heard + config->silence_ns < due) {
        due = p->heard + config->silence_ns;
    }
    uint64_t beat = config->heartbeat_ns != 0 ? p->sent + config->heartbeat_ns : DSM_FOREVER;
    due = beat < due ? beat : due;
    core->peers_due = due < core->peers_due ? due : core->peers_due;
}

void dsm_peer_tick(dsm_core *core)
{
    if (core->config.silence_ns != 0) {
        excuse_silence(core);
    }
    core->ticked = core->now != 0 ? core->now : 1;
    if (core->now < core->peers_due) {
        return;
    }
    core->peers_due = DSM_FOREVER;
    for (uint32_t peer = 0; peer < core->config.nodes; peer++) {
        if (peer != core->config.node && !dsm_peer_gone(core, peer)) {
            tick_one(core, peer);
        }
    }
}
