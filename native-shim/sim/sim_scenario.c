#include "sim_scenario.h"

#include <inttypes.h>
#include <string.h>

static const sim_scenario *const groups[] = {sim_scenarios_memory, sim_scenarios_sync, sim_scenarios_cluster,
                                             sim_scenarios_release};
#define GROUPS (sizeof groups / sizeof *groups)

/* What threads do that the setup gives nothing to do. */
static const sim_op nothing[1];

static bool run_once(const sim_scenario *scenario, uint64_t variant, uint64_t *hash, const char *program, FILE *echo,
                     FILE *report, sim_totals *totals)
{
    sim_plan plan;
    sim_plan_plain(&plan, 3, 1, 4);
    plan.seed = variant;
    scenario->plan(&plan);
    sim_world *world = sim_world_new(&plan, echo);
    for (uint32_t i = 0; i < world->thread_count; i++)
        world->threads[i].script = nothing;
    if (!world->failed)
        scenario->setup(world);
    sim_world_run(world);
    if (!world->failed && scenario->check)
        scenario->check(world);
    if (!world->failed && *hash && *hash != world->trace.hash)
        sim_fail(world, "the second run took another course");
    *hash = world->trace.hash;
    bool good = !world->failed;
    sim_totals_add(totals, &world->counts);
    if (!good) {
        char replay[256];
        snprintf(replay, sizeof replay, "%s --scenario %s --trace", program, scenario->name);
        fprintf(report, "FAILED scenario %s, variant %" PRIu64 "\n", scenario->name, variant);
        sim_run_report(world, replay, report);
    }
    sim_world_free(world);
    return good;
}

uint32_t sim_scenario_run(const char *name, const char *program, FILE *echo, FILE *report, sim_totals *totals)
{
    uint32_t failed = 0, found = 0;
    for (size_t g = 0; g < GROUPS; g++)
        for (const sim_scenario *s = groups[g]; s->name; s++) {
            if (name && strcmp(name, s->name) != 0)
                continue;
            found++;
            bool good = true;
            for (uint64_t variant = 1; variant <= s->runs && good; variant++) {
                uint64_t hash = 0;
                good = run_once(s, variant, &hash, program, echo, report, totals) &&
                       run_once(s, variant, &hash, program, NULL, report, totals);
            }
            totals->passed += good;
            totals->failed += !good;
            failed += !good;
        }
    return found ? failed : SIM_NONE;
}

void sim_scenario_list(FILE *out)
{
    for (size_t g = 0; g < GROUPS; g++)
        for (const sim_scenario *s = groups[g]; s->name; s++)
            fprintf(out, "%-18s %4u runs  %s\n", s->name, s->runs, s->about);
}
