/* test_vector.c - interval vectors and what of them goes over the wire. */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "tests.h"

#include "dsm_vector.h"

#define NODES 300u

static uint64_t random_next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static void vectors_are_ordered_partially(void **state)
{
    (void)state;
    const uint64_t a[] = {1, 2, 3}, b[] = {1, 3, 3}, c[] = {2, 2, 3};
    assert_int_equal(dsm_vector_compare(a, a, 3), DSM_VECTOR_EQUAL);
    assert_int_equal(dsm_vector_compare(a, b, 3), DSM_VECTOR_BEFORE);
    assert_int_equal(dsm_vector_compare(b, a, 3), DSM_VECTOR_AFTER);
    assert_int_equal(dsm_vector_compare(b, c, 3), DSM_VECTOR_CONCURRENT);
    assert_true(dsm_vector_covers(b, a, 3));
    assert_true(dsm_vector_covers(a, a, 3));
    assert_false(dsm_vector_covers(a, b, 3));
    assert_false(dsm_vector_covers(c, b, 3));
}

static void merge_knows_what_either_knew_and_min_what_both_did(void **state)
{
    (void)state;
    uint64_t merged[] = {1, 9, 3}, least[] = {1, 9, 3};
    const uint64_t other[] = {4, 2, 3};
    assert_true(dsm_vector_merge(merged, other, 3));
    assert_memory_equal(merged, ((uint64_t[]){4, 9, 3}), sizeof merged);
    assert_false(dsm_vector_merge(merged, other, 3));
    dsm_vector_min(least, other, 3);
    assert_memory_equal(least, ((uint64_t[]){1, 2, 3}), sizeof least);
}

static void only_what_is_new_is_told_in_frames_of_any_size(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int round = 0; round < 200; round++) {
        uint64_t vector[NODES], told[NODES], heard[NODES];
        uint32_t nodes = 1 + (uint32_t)(random_next(&seed) % NODES), next = 0, pairs = 0, fresh = 0;
        for (uint32_t n = 0; n < nodes; n++) {
            told[n] = heard[n] = random_next(&seed);
            vector[n] = random_next(&seed) % 3 == 0 ? told[n] + 1 + random_next(&seed) : told[n];
            fresh += vector[n] > told[n];
        }
        uint8_t out[128];
        uint32_t room = DSM_VECTOR_HEAD + DSM_VECTOR_PAIR + (uint32_t)(random_next(&seed) % 100), length;
        while ((length = dsm_vector_encode(vector, told, nodes, &next, out, room)) != 0) {
            assert_true(length <= room);
            assert_int_equal(dsm_vector_decode(out, length, nodes, heard), 0);
            pairs += (length - DSM_VECTOR_HEAD) / DSM_VECTOR_PAIR;
        }
        assert_int_equal(next, nodes);
        assert_int_equal(pairs, fresh);
        assert_memory_equal(heard, vector, nodes * sizeof *heard);
        assert_memory_equal(told, vector, nodes * sizeof *told);
    }
}

static void what_is_told_never_takes_knowledge_back(void **state)
{
    (void)state;
    uint64_t vector[] = {5, 5}, told[] = {0, 0}, heard[] = {9, 1};
    uint8_t out[64];
    uint32_t next = 0, length = dsm_vector_encode(vector, told, 2, &next, out, sizeof out);
    assert_int_equal(dsm_vector_decode(out, length, 2, heard), 0);
    assert_memory_equal(heard, ((uint64_t[]){9, 5}), sizeof heard);
}

static void hostile_vectors_are_refused_and_change_nothing(void **state)
{
    (void)state;
    uint64_t vector[] = {5, 6, 7}, told[] = {0, 0, 0}, heard[] = {0, 0, 0};
    const uint64_t nothing[] = {0, 0, 0};
    uint8_t out[64], bad[64];
    uint32_t next = 0, length = dsm_vector_encode(vector, told, 3, &next, out, sizeof out);
    for (uint32_t cut = 0; cut < length; cut++) {
        assert_int_equal(dsm_vector_decode(out, cut, 3, heard), -1);
    }
    assert_int_equal(dsm_vector_decode(out, length, 2, heard), -1); /* a node that is not there */
    memcpy(bad, out, length);
    bad[DSM_VECTOR_HEAD + DSM_VECTOR_PAIR] = 0; /* the first node twice */
    assert_int_equal(dsm_vector_decode(bad, length, 3, heard), -1);
    memcpy(bad, out, length);
    bad[4] = 1; /* reserved */
    assert_int_equal(dsm_vector_decode(bad, length, 3, heard), -1);
    memcpy(bad, out, length);
    bad[3] = 0x80; /* more than could ever fit */
    assert_int_equal(dsm_vector_decode(bad, length, 3, heard), -1);
    memset(bad, 0, DSM_VECTOR_HEAD); /* none at all */
    assert_int_equal(dsm_vector_decode(bad, DSM_VECTOR_HEAD, 3, heard), -1);
    assert_memory_equal(heard, nothing, sizeof heard);
}

int test_vectors(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_are_ordered_partially),
        cmocka_unit_test(merge_knows_what_either_knew_and_min_what_both_did),
        cmocka_unit_test(only_what_is_new_is_told_in_frames_of_any_size),
        cmocka_unit_test(what_is_told_never_takes_knowledge_back),
        cmocka_unit_test(hostile_vectors_are_refused_and_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
