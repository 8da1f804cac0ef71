#include "sim_history.h"

#include "dsm_bytes.h"
#include "dsm_copy.h"
#include "sim_memory.h"

#include <string.h>

#define TRIES 8u /* variables looked at for one access */

/* ---- made ------------------------------------------------------------------------------------------------ */

sim_variable *sim_history_define(sim_world *world, enum sim_variable_kind kind, uint32_t page, uint32_t offset,
                                 uint32_t length)
{
    sim_history *h = world->history;
    uint32_t *at = h->at + (size_t)page * world->plan.page_bytes + offset;
    for (uint32_t i = 0; i < length; i++)
        if (at[i]) {
            sim_fail(world, "two variables overlap at page %u offset %u", page, offset);
            return NULL;
        }
    if (h->count == h->room) {
        h->room = h->room ? 2 * h->room : 64;
        h->variables = sim_grow(h->variables, h->room * sizeof *h->variables);
        for (uint32_t k = 0; k < SIM_KINDS; k++)
            h->of_kind[k] = sim_grow(h->of_kind[k], h->room * sizeof *h->of_kind[k]);
    }
    sim_variable *v = &h->variables[h->count];
    *v = (sim_variable){.kind = kind, .page = page, .offset = offset, .length = length, .writer = SIM_NONE};
    v->reads = sim_new(world->thread_count, sizeof *v->reads);
    sim_sync_start(world, &v->sync);
    h->of_kind[kind][h->kind_count[kind]++] = h->count;
    h->count++;
    for (uint32_t i = 0; i < length; i++)
        at[i] = h->count;
    return v;
}

static uint32_t power_of_two(sim_world *world, uint32_t least)
{
    uint32_t length = 8;
    while (length > least && sim_random_chance(&world->random, 500))
        length /= 2;
    return length;
}

static void fill_page(sim_world *world, uint32_t page)
{
    sim_random *r = &world->random;
    bool release = dsm_core_mode(&world->config, page) == DSM_MODE_RELEASE;
    uint32_t offset = (uint32_t)sim_random_below(r, world->plan.page_bytes / 2);
    do {
        enum sim_variable_kind kind = release ? SIM_PLAIN : SIM_VOLATILE;
        if (sim_random_chance(r, release ? 100 : 300))
            kind = SIM_ATOMIC;
        else if (release && world->plan.racy && sim_random_chance(r, 200))
            kind = sim_random_chance(r, 600) ? SIM_RACY : SIM_MIXED;
        uint32_t length = kind == SIM_PLAIN    ? (uint32_t)sim_random_between(r, 1, 8)
                          : kind == SIM_ATOMIC ? power_of_two(world, 4)
                                               : power_of_two(world, 1);
        if (kind != SIM_PLAIN)
            offset = (offset + length - 1) / length * length;
        if (offset + length > world->plan.page_bytes)
            return;
        sim_variable *v = sim_history_define(world, kind, page, offset, length);
        if (v)
            v->node = (uint32_t)sim_random_below(r, world->plan.nodes);
        offset += length + (sim_random_chance(r, 200) ? (uint32_t)sim_random_below(r, 12) : 0);
    } while (offset < world->plan.page_bytes && sim_random_chance(r, world->plan.dense));
}

void sim_history_start(sim_world *world, bool fill)
{
    sim_history *h = sim_new(1, sizeof *h);
    world->history = h;
    h->at = sim_new((size_t)world->plan.pages * world->plan.page_bytes, sizeof *h->at);
    h->homes = sim_new(world->plan.pages, world->plan.nodes);
    for (uint32_t page = 0; page < world->plan.pages; page++)
        h->homes[(size_t)page * world->plan.nodes + dsm_core_home(&world->config, page)] = 1;
    h->doubtful = sim_new(world->plan.pages, 1);
    sim_clock_start(world);
    for (uint32_t page = 0; fill && page < world->plan.pages; page++)
        fill_page(world, page);
}

void sim_history_free(sim_world *world)
{
    sim_history *h = world->history;
    if (!h)
        return;
    for (uint32_t i = 0; i < h->count; i++) {
        sim_variable *v = &h->variables[i];
        for (uint32_t w = 0; w < v->write_count; w++)
            free(v->writes[w].known);
        free(v->writes);
        free(v->reads);
        sim_sync_free(&v->sync);
    }
    for (uint32_t k = 0; k < SIM_KINDS; k++)
        free(h->of_kind[k]);
    free(h->variables);
    free(h->at);
    free(h->homes);
    free(h->doubtful);
    free(h->waits);
    free(h->signals);
    sim_clock_free(world);
    free(h);
    world->history = NULL;
}

sim_variable *sim_history_find(sim_world *world, const sim_place *place)
{
    sim_history *h = world->history;
    uint32_t index = h->at[(size_t)place->page * world->plan.page_bytes + place->offset];
    if (index == 0) {
        bool release = dsm_core_mode(&world->config, place->page) == DSM_MODE_RELEASE;
        return sim_history_define(world, release ? SIM_PLAIN : SIM_VOLATILE, place->page, place->offset, place->length);
    }
    sim_variable *v = &h->variables[index - 1];
    if (v->offset != place->offset || v->length != place->length) {
        sim_fail(world, "an access to page %u offset %u meets half a variable", place->page, place->offset);
        return NULL;
    }
    return v;
}

/* ---- claimed ------------------------------------------------------------------------------------------------ */

static bool may(const sim_world *world, const sim_thread *thread, const sim_variable *v, bool write)
{
    if (v->kind == SIM_ATOMIC)
        return !write;
    if (v->kind == SIM_RACY)
        return !write || v->node == thread->node;
    if (v->kind != SIM_PLAIN)
        return true;
    if (v->writing || (write && v->readers) || !sim_clock_knows(thread->clock, v->writer, v->written))
        return false;
    for (uint32_t i = 0; write && i < world->thread_count; i++)
        if (!sim_clock_knows(thread->clock, i, v->reads[i]))
            return false;
    return true;
}

static void claim(sim_variable *v, bool write)
{
    if (write)
        v->writing = true;
    else
        v->readers++;
}

sim_variable *sim_history_claim(sim_world *world, const sim_thread *thread, enum sim_variable_kind kind, bool write)
{
    sim_history *h = world->history;
    sim_variable *found = NULL;
    uint32_t count = h->kind_count[kind], hot = world->plan.hot_variables;
    for (uint32_t i = 0; i < TRIES && count; i++) {
        uint32_t among = hot < count && sim_random_chance(&world->random, 800) ? hot : count;
        sim_variable *v = &h->variables[h->of_kind[kind][sim_random_below(&world->random, among)]];
        if (!may(world, thread, v, write))
            continue;
        found = v;
        if (kind != SIM_PLAIN || (v->writer != SIM_NONE && world->threads[v->writer].node != thread->node))
            break;
    }
    if (found)
        claim(found, write);
    return found;
}

bool sim_history_claim_read(sim_world *world, const sim_thread *thread, uint32_t index)
{
    sim_variable *v = &world->history->variables[index];
    if (!may(world, thread, v, false))
        return false;
    claim(v, false);
    return true;
}

void sim_history_unclaim(sim_world *world, sim_thread *thread)
{
    if (!world->history || !thread->op.claimed)
        return;
    thread->op.claimed = false;
    for (uint32_t i = 0; i < thread->op.places; i++) {
        const sim_place *place = &thread->op.place[i];
        sim_variable *v = sim_history_find(world, place);
        if (place->write)
            v->writing = false;
        else
            v->readers--;
    }
}

/* ---- a node dies ---------------------------------------------------------------------------------------------- */

/* A page that a dead node has been the home of: 1 if its home lives, the directory knows of that, and no diff is under
 * way that the dead node may have been asked to pass on. */
static bool survives(const sim_world *world, uint64_t page)
{
    uint32_t directory = dsm_core_home(&world->config, page);
    bool under_way = false;
    if (!sim_history_release_page(world, page) || !world->nodes[directory].alive)
        return false;
    uint32_t home = dsm_core_owner(world->nodes[directory].core, page);
    for (uint32_t i = 0; i < world->plan.nodes; i++)
        under_way |= world->nodes[i].alive && (dsm_copy_at(world->nodes[i].core, page)->flags & DSM_COPY_FLUSHED) != 0;
    return !under_way && home != DSM_NO_NODE && world->nodes[home].alive &&
           dsm_core_owner(world->nodes[home].core, page) == home;
}

void sim_history_into_the_void(sim_world *world, const uint8_t *frame)
{
    dsm_message message;
    if (world->history && dsm_wire_decode(frame, dsm_bytes_get32(frame), world->plan.page_bytes, &message) == 0 &&
        message.type == DSM_MSG_DIFF && message.subject < world->plan.pages)
        world->history->doubtful[message.subject] = 1;
}

void sim_history_crash(sim_world *world, uint32_t node)
{
    sim_history *h = world->history;
    if (!h)
        return;
    for (uint32_t i = 0; i < world->plan.locks; i++)
        sim_sync_crash(world, &world->locks[i].sync, node);
    for (uint32_t i = 0; i < world->plan.barriers; i++) {
        sim_sync_crash(world, &world->barriers[i].arriving, node);
        sim_sync_crash(world, &world->barriers[i].leaving, node);
    }
    for (uint32_t i = 0; i < h->count; i++)
        sim_sync_crash(world, &h->variables[i].sync, node);
    for (uint32_t page = 0; page < world->plan.pages; page++)
        h->doubtful[page] |= h->homes[(size_t)page * world->plan.nodes + node] && !survives(world, page);
}
