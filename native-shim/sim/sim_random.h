/*
 * sim_random.h - the only source of chance in the simulator: xoshiro256** seeded through splitmix64
 * (Blackman and Vigna 2018). Everything a run does follows from the one 64-bit seed.
 */
#ifndef SIM_RANDOM_H
#define SIM_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct sim_random {
    uint64_t s[4];
} sim_random;

static inline uint64_t sim_random_split(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static inline void sim_random_seed(sim_random *random, uint64_t seed)
{
    for (int i = 0; i < 4; i++)
        random->s[i] = sim_random_split(&seed);
}

static inline uint64_t sim_random_rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

static inline uint64_t sim_random_next(sim_random *random)
{
    uint64_t *s = random->s;
    uint64_t result = sim_random_rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = sim_random_rotate(s[3], 45);
    return result;
}

/* 0 .. n-1 (n >= 1). The bias of the modulus does not matter here. */
static inline uint64_t sim_random_below(sim_random *random, uint64_t n)
{
    return sim_random_next(random) % n;
}

/* lo .. hi, both included (lo <= hi). */
static inline uint64_t sim_random_between(sim_random *random, uint64_t lo, uint64_t hi)
{
    return lo + sim_random_below(random, hi - lo + 1);
}

/* True in `per_mille` of 1,000 cases. */
static inline bool sim_random_chance(sim_random *random, uint32_t per_mille)
{
    return per_mille > 0 && sim_random_below(random, 1000) < per_mille;
}

#endif
