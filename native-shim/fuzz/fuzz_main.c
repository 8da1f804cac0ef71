/*
 * fuzz_main.c - runs a fuzz target without libFuzzer: every file of the corpus, then N random inputs, each
 * made from its number alone (and from the corpus, by mutation), so that a failure is replayed by naming it.
 *
 *     fuzz-core N [FILE...]            --only K replays input K alone
 */
#include "sim_random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MOST 2048u
#define FILES_MOST 256u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

typedef struct input {
    uint8_t *bytes;
    size_t length;
} input;

static input corpus[FILES_MOST];
static uint32_t corpus_count;
static uint64_t running;

static int load(const char *name)
{
    FILE *file = fopen(name, "rb");
    if (!file || corpus_count == FILES_MOST) {
        fprintf(stderr, "fuzz: cannot take %s\n", name);
        return -1;
    }
    input *in = &corpus[corpus_count++];
    in->bytes = malloc(INPUT_MOST);
    if (!in->bytes)
        abort();
    in->length = fread(in->bytes, 1, INPUT_MOST, file);
    fclose(file);
    return 0;
}

static size_t make(uint64_t number, uint8_t *bytes)
{
    sim_random random;
    sim_random_seed(&random, number);
    size_t length = (size_t)sim_random_below(&random, sim_random_chance(&random, 300) ? INPUT_MOST : 200);
    for (size_t i = 0; i < length; i++)
        bytes[i] = (uint8_t)sim_random_next(&random);
    if (corpus_count == 0 || sim_random_chance(&random, 300))
        return length;
    const input *from = &corpus[sim_random_below(&random, corpus_count)];
    memcpy(bytes, from->bytes, from->length);
    uint64_t changes = sim_random_between(&random, 1, 4);
    while (from->length > 0 && changes-- > 0)
        bytes[sim_random_below(&random, from->length)] ^= (uint8_t)(1u << sim_random_below(&random, 8));
    return from->length > length && sim_random_chance(&random, 200) ? length : from->length;
}

static void run_one(uint64_t number)
{
    uint8_t bytes[INPUT_MOST];
    running = number;
    size_t length = make(number, bytes);
    uint8_t *exact = malloc(length ? length : 1);
    if (!exact)
        abort();
    memcpy(exact, bytes, length);
    LLVMFuzzerTestOneInput(exact, length);
    free(exact);
}

int main(int count, char **arguments)
{
    int first = 1;
    unsigned long long inputs = 1000, only = 0;
    int single = count > 2 && strcmp(arguments[1], "--only") == 0;
    if (single) {
        only = strtoull(arguments[2], NULL, 10);
        first = 3;
    } else if (count > 1) {
        inputs = strtoull(arguments[1], NULL, 10);
        first = 2;
    }
    for (int i = first; i < count; i++)
        if (load(arguments[i]) != 0)
            return 2;
    if (single) {
        run_one(only);
        return 0;
    }
    for (uint32_t i = 0; i < corpus_count; i++)
        LLVMFuzzerTestOneInput(corpus[i].bytes, corpus[i].length);
    for (uint64_t number = 1; number <= inputs; number++)
        run_one(number);
    printf("%u corpus files and %llu random inputs\n", corpus_count, inputs);
    return 0;
}
