/*
 * sim_run.h - one seed: run, run again, compare the traces; and what to print when it fails.
 */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "sim_world.h"

#include <stdio.h>

typedef struct sim_totals {
    uint64_t passed, failed;
    uint64_t hash;     /* of all runs: the same on every machine and with every compiler */
    uint64_t reached;  /* seeds with at least as many deliveries as wished for */
    sim_counts counts; /* sums; maxima where it says most or slowest */
} sim_totals;

/* True if nothing is violated and both runs have the same trace. `report`: where a failure is described. */
bool sim_run_seed(uint64_t seed, const sim_wishes *wishes, const char *replay, FILE *echo, FILE *report,
                  sim_totals *totals);

void sim_run_report(const sim_world *world, const char *replay, FILE *out);
void sim_totals_add(sim_totals *totals, const sim_counts *counts);
void sim_totals_print(const sim_totals *totals, FILE *out);

#endif
