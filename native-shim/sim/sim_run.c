#include "sim_run.h"

#include <inttypes.h>

void sim_run_report(const sim_world *world, const char *replay, FILE *out)
{
    const sim_plan *p = &world->plan;
    fprintf(out, "violated: %s\n", world->failure);
    fprintf(out,
            "plan: seed %" PRIu64 ", %u nodes x %u threads, %u pages, hold %" PRIu64 " us, delay %" PRIu64 "..%" PRIu64
            " us, crashes %u, hostile %u; event %" PRIu64 ", delivery %" PRIu64 "\n",
            p->seed, p->nodes, p->threads, p->pages, p->hold_ns / 1000, p->delay_min / 1000, p->delay_max / 1000,
            p->crashes, p->hostile, world->steps, world->counts.deliveries);
    fprintf(out, "the last events:\n");
    sim_trace_print(&world->trace, out);
    fprintf(out, "replay: %s\n", replay);
}

void sim_totals_add(sim_totals *totals, const sim_counts *c)
{
    const uint64_t *from = (const uint64_t *)c;
    uint64_t *to = (uint64_t *)&totals->counts;
    sim_counts before = totals->counts;
    for (size_t i = 0; i < sizeof *c / sizeof(uint64_t); i++)
        to[i] += from[i];
    for (uint64_t *most = &totals->counts.most_faults; most <= &totals->counts.most_queued; most++) {
        size_t i = (size_t)(most - to);
        const uint64_t *old = (const uint64_t *)&before + i;
        *most = from[i] > *old ? from[i] : *old;
    }
}

void sim_totals_print(const sim_totals *totals, FILE *out)
{
    const sim_counts *c = &totals->counts;
    fprintf(out,
            "deliveries %" PRIu64 ", accesses %" PRIu64 " (%" PRIu64 " between two actions of a step), faults %" PRIu64
            ", locks %" PRIu64 ", barrier arrivals %" PRIu64 "\n",
            c->deliveries, c->accesses, c->interleaved, c->faults, c->locks, c->barriers);
    fprintf(out,
            "crashes %" PRIu64 ", cancels %" PRIu64 ", narrowed %" PRIu64 ", busy %" PRIu64 ", broken %" PRIu64
            ", lost %" PRIu64 ", orphaned %" PRIu64 ", hostile frames %" PRIu64 " (refused %" PRIu64 ")\n",
            c->crashes, c->cancels, c->narrowed, c->busy, c->broken, c->lost_ops, c->orphaned, c->hostile_frames,
            c->hostile_refused);
    if (c->twins + c->atomics)
        fprintf(out,
                "twins %" PRIu64 ", diffs %" PRIu64 ", merges %" PRIu64 ", homes moved %" PRIu64 ", evicted %" PRIu64
                ", atomics %" PRIu64 ", waits %" PRIu64 " (%" PRIu64 " signalled), signals %" PRIu64
                ", reads of another node's plain write %" PRIu64 ", racy reads %" PRIu64 " (%" PRIu64
                " of an old value)\n",
                c->twins, c->diffs, c->merges, c->moves, c->evicted, c->atomics, c->waits, c->signalled, c->signals,
                c->plain_remote, c->racy_reads, c->raced);
    fprintf(out,
            "most faults of one access %" PRIu64 "; slowest access %" PRIu64
            " us, at most %.1f %% of its bound; slowest "
            "lock %" PRIu64 " us, at most %.1f %%; most frames in a connection %" PRIu64 "\n",
            c->most_faults, c->slowest_access / 1000, (double)c->closest_access / 10, c->slowest_lock / 1000,
            (double)c->closest_lock / 10, c->most_queued);
}

bool sim_run_seed(uint64_t seed, const sim_wishes *wishes, const char *replay, FILE *echo, FILE *report,
                  sim_totals *totals)
{
    sim_plan plan;
    sim_plan_draw(&plan, seed, wishes);
    uint64_t hash = 0;
    bool good = true;
    for (int run = 0; run < 2 && good; run++) {
        sim_world *world = sim_world_new(&plan, run == 0 ? echo : NULL);
        sim_world_run(world);
        if (run == 0) {
            sim_totals_add(totals, &world->counts);
            totals->reached += world->counts.deliveries >= (wishes->deliveries ? wishes->deliveries : 500);
            hash = world->trace.hash;
            totals->hash ^= hash;
        } else if (!world->failed && world->trace.hash != hash) {
            sim_fail(world, "the second run of the same seed took another course");
        }
        good = !world->failed;
        if (!good) {
            fprintf(report, "FAILED seed %" PRIu64 " (run %d)\n", seed, run + 1);
            sim_run_report(world, replay, report);
        }
        sim_world_free(world);
    }
    totals->passed += good;
    totals->failed += !good;
    return good;
}
