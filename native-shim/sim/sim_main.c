/*
 * dsm-sim - runs seeds and scenarios against the protocol core. docs/simulator.md tells how to use it.
 */
#include "sim_memory.h"
#include "sim_run.h"
#include "sim_scenario.h"

#include <getopt.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SEED_SECONDS_MAX 60u /* one seed may take this long before it counts as a hang */
#define REPORTS_MAX      3u  /* failures of one job that are described in full */
#define JOBS_MAX         64u

typedef struct job {
    pid_t pid;
    uint64_t seed; /* at work on */
    sim_totals totals;
    uint64_t first_failure; /* seed, UINT64_MAX = none */
    char failure[512];
} job;

typedef struct options {
    uint64_t first, last;
    sim_wishes wishes;
    uint32_t jobs;
    bool trace, mutant, scenarios, list;
    const char *scenario, *program;
    uint64_t reached; /* so many seeds must have had their deliveries */
} options;

static void replay_command(const options *o, uint64_t seed, char *out, size_t size)
{
    int n = snprintf(out, size, "%s --seed %" PRIu64, o->program, seed);
    const struct {
        const char *name;
        uint32_t value;
    } wishes[] = {{"nodes", o->wishes.nodes},
                  {"threads", o->wishes.threads},
                  {"pages", o->wishes.pages},
                  {"deliveries", o->wishes.deliveries}};
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++)
        if (wishes[i].value && n > 0 && (size_t)n < size)
            n += snprintf(out + n, size - (size_t)n, " --%s %u", wishes[i].name, wishes[i].value);
    if (o->wishes.calm && n > 0 && (size_t)n < size)
        n += snprintf(out + n, size - (size_t)n, " --calm");
    if (o->wishes.release && n > 0 && (size_t)n < size)
        n += snprintf(out + n, size - (size_t)n, " --release");
    if (o->wishes.outside && n > 0 && (size_t)n < size)
        n += snprintf(out + n, size - (size_t)n, " --outside");
    if (n > 0 && (size_t)n < size)
        snprintf(out + n, size - (size_t)n, " --trace");
}

/* ---- one job ------------------------------------------------------------------------------------------ */

static void keep_failure(job *j, uint64_t seed, const char *report)
{
    if (j->first_failure != UINT64_MAX)
        return;
    j->first_failure = seed;
    const char *what = strstr(report, "violated: ");
    snprintf(j->failure, sizeof j->failure, "%.*s", what ? (int)strcspn(what + 10, "\n") : 0, what ? what + 10 : "");
}

static void run_seed(const options *o, job *j, uint64_t seed)
{
    char *text = NULL, replay[512];
    size_t length = 0;
    FILE *report = sim_must(open_memstream(&text, &length));
    replay_command(o, seed, replay, sizeof replay);
    j->seed = seed;
    alarm(SEED_SECONDS_MAX);
    bool good = sim_run_seed(seed, &o->wishes, replay, o->trace ? stdout : NULL, report, &j->totals);
    alarm(0);
    fclose(report);
    if (!good) {
        keep_failure(j, seed, text);
        if (!o->mutant && j->totals.failed <= REPORTS_MAX) {
            fflush(stdout);
            if (write(STDOUT_FILENO, text, length) < 0)
                abort();
        }
    }
    free(text);
}

static void run_job(const options *o, job *jobs, uint32_t index)
{
    job *j = &jobs[index];
    for (uint64_t seed = o->first + index; seed <= o->last; seed += o->jobs) {
        run_seed(o, j, seed);
        bool found = false;
        for (uint32_t i = 0; i < o->jobs; i++)
            found |= jobs[i].first_failure != UINT64_MAX;
        if (o->mutant && found)
            return;
    }
}

/* ---- all jobs ------------------------------------------------------------------------------------------ */

static void start_job(const options *o, job *jobs, uint32_t index)
{
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        run_job(o, jobs, index);
        fflush(stdout);
        exit(0);
    }
    jobs[index].pid = pid;
    if (pid < 0) {
        perror("dsm-sim: fork");
        exit(2);
    }
}

/* A job that did not end by itself died of its seed: that is a failure of the seed. */
static void await_job(const options *o, job *j)
{
    int status = 0;
    char replay[512];
    if (waitpid(j->pid, &status, 0) == j->pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return;
    replay_command(o, j->seed, replay, sizeof replay);
    j->totals.failed++;
    if (j->first_failure == UINT64_MAX) {
        j->first_failure = j->seed;
        snprintf(j->failure, sizeof j->failure, "the process ended (%s %d)", WIFSIGNALED(status) ? "signal" : "status",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    if (!o->mutant)
        printf("FAILED seed %" PRIu64 ": %s\nreplay: %s\n", j->seed, j->failure, replay);
}

static void sum(sim_totals *all, const job *j)
{
    all->passed += j->totals.passed;
    all->failed += j->totals.failed;
    all->reached += j->totals.reached;
    all->hash ^= j->totals.hash;
    sim_totals_add(all, &j->totals.counts);
}

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void print_seeds(const options *o, const sim_totals *all, double took)
{
    uint64_t seeds = o->last - o->first + 1;
    sim_totals_print(all, stdout);
    printf("%" PRIu64 " seeds, each run twice, in %.1f s: %.0f seeds/s; %" PRIu64
           " of them had the deliveries wished for; trace %016" PRIx64 "\n",
           seeds, took, (double)seeds / took, all->reached, all->hash);
}

static uint32_t run_jobs(const options *o, sim_totals *all, const job **first)
{
    static job *jobs;
    jobs = mmap(NULL, JOBS_MAX * sizeof *jobs, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (jobs == MAP_FAILED) {
        perror("dsm-sim: mmap");
        exit(2);
    }
    for (uint32_t i = 0; i < o->jobs; i++)
        jobs[i].first_failure = UINT64_MAX;
    double began = seconds();
    for (uint32_t i = 0; i < o->jobs; i++)
        start_job(o, jobs, i);
    *first = NULL;
    for (uint32_t i = 0; i < o->jobs; i++) {
        await_job(o, &jobs[i]);
        sum(all, &jobs[i]);
        if (jobs[i].first_failure != UINT64_MAX && (!*first || jobs[i].first_failure < (*first)->first_failure))
            *first = &jobs[i];
    }
    if (!o->mutant)
        print_seeds(o, all, seconds() - began);
    return 0;
}

/* ---- the three ways to be called ------------------------------------------------------------------------- */

static int closing(const sim_totals *all)
{
    printf("%" PRIu64 " passed, %" PRIu64 " failed\n", all->passed, all->failed);
    return all->failed ? 1 : 0;
}

static int expect_mutant(const options *o)
{
    sim_totals all = {0};
    const job *first;
    run_jobs(o, &all, &first);
    if (!first) {
        printf("not caught by seeds %" PRIu64 "..%" PRIu64 "\n", o->first, o->last);
        return 1;
    }
    printf("caught by seed %" PRIu64 ": %s\n", first->first_failure, first->failure);
    return 0;
}

static int run_scenarios(const options *o)
{
    sim_totals all = {0};
    if (sim_scenario_run(o->scenario, o->program, o->trace ? stdout : NULL, stdout, &all) == SIM_NONE) {
        fprintf(stderr, "dsm-sim: no scenario is called %s; --list names them\n", o->scenario);
        return 2;
    }
    return closing(&all);
}

static int run_seeds(const options *o)
{
    sim_totals all = {0};
    const job *first;
    run_jobs(o, &all, &first);
    if (o->reached && all.reached < o->reached) {
        printf("FAILED: only %" PRIu64 " of %" PRIu64 " seeds had their deliveries\n", all.reached, o->reached);
        all.failed++;
    }
    return closing(&all);
}

static int usage(void)
{
    fprintf(stderr,
            "usage: dsm-sim [--seed N | --seeds A..B] [--nodes N] [--threads T] [--pages P] [--deliveries K]\n"
            "               [--release] [--calm] [--outside] [--jobs J] [--reached N] [--trace] [--mutant-expect]\n"
            "       dsm-sim --scenario NAME|all [--trace]      dsm-sim --list\n");
    return 2;
}

static bool parse_seeds(const char *text, options *o)
{
    char *end;
    o->first = strtoull(text, &end, 10);
    if (end == text || strncmp(end, "..", 2) != 0)
        return false;
    text = end + 2;
    o->last = strtoull(text, &end, 10);
    return end != text && *end == 0 && o->last >= o->first;
}

static bool parse(int count, char **arguments, options *o)
{
    static const struct option longs[] = {
        {"seed", 1, NULL, 's'},       {"seeds", 1, NULL, 'S'},    {"nodes", 1, NULL, 'n'},
        {"deliveries", 1, NULL, 'd'}, {"threads", 1, NULL, 't'},  {"pages", 1, NULL, 'p'},
        {"trace", 0, NULL, 'T'},      {"scenario", 1, NULL, 'c'}, {"jobs", 1, NULL, 'j'},
        {"reached", 1, NULL, 'r'},    {"calm", 0, NULL, 'C'},     {"mutant-expect", 0, NULL, 'm'},
        {"list", 0, NULL, 'l'},       {"outside", 0, NULL, 'O'},  {"release", 0, NULL, 'R'},
        {NULL, 0, NULL, 0},
    };
    int option;
    bool good = true;
    while ((option = getopt_long(count, arguments, "", longs, NULL)) != -1) {
        uint32_t number = optarg ? (uint32_t)strtoul(optarg, NULL, 10) : 0;
        switch (option) {
        case 's':
            o->first = o->last = strtoull(optarg, NULL, 10);
            break;
        case 'S':
            good &= parse_seeds(optarg, o);
            break;
        case 'n':
            o->wishes.nodes = number;
            break;
        case 'd':
            o->wishes.deliveries = number;
            break;
        case 't':
            o->wishes.threads = number;
            break;
        case 'p':
            o->wishes.pages = number;
            break;
        case 'C':
            o->wishes.calm = true;
            break;
        case 'R':
            o->wishes.release = true;
            break;
        case 'O':
            o->wishes.outside = true;
            break;
        case 'T':
            o->trace = true;
            break;
        case 'j':
            o->jobs = number;
            break;
        case 'r':
            o->reached = strtoull(optarg, NULL, 10);
            break;
        case 'm':
            o->mutant = true;
            break;
        case 'l':
            o->list = true;
            break;
        case 'c':
            o->scenarios = true;
            o->scenario = strcmp(optarg, "all") == 0 ? NULL : optarg;
            break;
        default:
            good = false;
        }
    }
    return good && optind == count && o->jobs >= 1 && o->jobs <= JOBS_MAX && o->wishes.nodes != 1;
}

int main(int count, char **arguments)
{
    options o = {.first = 1, .last = 1000, .jobs = 1, .program = arguments[0]};
    if (!parse(count, arguments, &o))
        return usage();
    if (o.list) {
        sim_scenario_list(stdout);
        return 0;
    }
    if (o.mutant)
        return expect_mutant(&o);
    return o.scenarios ? run_scenarios(&o) : run_seeds(&o);
}
