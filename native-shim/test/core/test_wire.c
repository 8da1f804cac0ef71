/* The codec: what goes out comes in again, and nothing else does. */
#include "tests.h"

#include <string.h>

#define PAGE 64u

static const dsm_message ALL[] = {
    {.type = DSM_MSG_HELLO,
     .magic = DSM_WIRE_MAGIC,
     .version = 1,
     .node = 3,
     .nodes = 9,
     .page_bytes = 4096,
     .cluster = UINT64_C(0x123456789abcdef0),
     .pages = UINT64_C(1) << 40},
    {.type = DSM_MSG_BYE},
    {.type = DSM_MSG_HEARTBEAT},
    {.type = DSM_MSG_PAGE_REQUEST, .subject = UINT64_C(0xfedcba9876543210), .access = DSM_ACCESS_READ},
    {.type = DSM_MSG_PAGE_REQUEST, .subject = 7, .access = DSM_ACCESS_WRITE},
    {.type = DSM_MSG_PAGE_GRANT, .flags = DSM_FLAG_HAS_PAGE, .subject = 7, .access = DSM_ACCESS_READ},
    {.type = DSM_MSG_PAGE_GRANT, .flags = DSM_FLAG_ZERO | DSM_FLAG_EXCLUSIVE, .subject = 7, .access = DSM_ACCESS_READ},
    {.type = DSM_MSG_PAGE_GRANT, .subject = 7, .access = DSM_ACCESS_WRITE},
    {.type = DSM_MSG_PAGE_GRANT, .flags = DSM_FLAG_LOST, .subject = 7, .access = DSM_ACCESS_NONE},
    {.type = DSM_MSG_PAGE_INVALIDATE, .subject = 8},
    {.type = DSM_MSG_PAGE_INVALIDATED, .subject = 8},
    {.type = DSM_MSG_PAGE_RECALL, .subject = 8, .access = DSM_ACCESS_NONE},
    {.type = DSM_MSG_PAGE_RETURN, .subject = 8, .access = DSM_ACCESS_READ},
    {.type = DSM_MSG_PAGE_RETURN, .flags = DSM_FLAG_HAS_PAGE, .subject = 8, .access = DSM_ACCESS_NONE},
    {.type = DSM_MSG_LOCK_REQUEST, .flags = DSM_FLAG_TRY, .subject = 9},
    {.type = DSM_MSG_LOCK_GRANT, .flags = DSM_FLAG_WANTED | DSM_FLAG_ORPHANED, .subject = 9, .epoch = 77},
    {.type = DSM_MSG_LOCK_GRANT, .flags = DSM_FLAG_REFUSED, .subject = 9},
    {.type = DSM_MSG_LOCK_GRANT, .flags = DSM_FLAG_FULL, .subject = 9},
    {.type = DSM_MSG_LOCK_RECALL, .subject = 9},
    {.type = DSM_MSG_LOCK_RETURN, .flags = DSM_FLAG_REFUSED, .subject = 9, .epoch = 77},
    {.type = DSM_MSG_BARRIER_ARRIVE, .subject = 10, .epoch = 5, .parties = 3, .origin = 1},
    {.type = DSM_MSG_BARRIER_DEPART, .flags = DSM_FLAG_BROKEN, .subject = 10, .epoch = 5},
    {.type = DSM_MSG_BARRIER_BREAK, .subject = 10, .epoch = 5},
    {.type = DSM_MSG_FETCH, .subject = 11, .origin = 3, .number = 0xfffffffe},
    {.type = DSM_MSG_COPY, .flags = DSM_FLAG_HAS_PAGE, .subject = 11, .number = 8, .epoch = 4},
    {.type = DSM_MSG_COPY, .flags = DSM_FLAG_LOST, .subject = 11, .number = 8},
    {.type = DSM_MSG_HOME_IS, .subject = 11, .epoch = 4},
    {.type = DSM_MSG_GIVE, .flags = DSM_FLAG_HAS_PAGE, .subject = 11, .epoch = 4},
    {.type = DSM_MSG_GIVE, .flags = DSM_FLAG_ZERO, .subject = 11, .epoch = 1},
    {.type = DSM_MSG_FLUSHED, .number = 12, .count = 3},
    {.type = DSM_MSG_CONDITION_WAIT, .subject = 9, .condition = UINT64_C(0x1122334455667788), .number = 13},
    {.type = DSM_MSG_CONDITION_SIGNAL, .flags = DSM_FLAG_ALL, .subject = 9, .condition = 2},
    {.type = DSM_MSG_CONDITION_CANCEL, .subject = 9, .number = 13},
    {.type = DSM_MSG_CONDITION_END, .flags = DSM_FLAG_CANCELLED, .subject = 9, .number = 13},
    {.type = DSM_MSG_ATOMIC,
     .subject = 14,
     .number = UINT64_C(0x0102030405060708),
     .operand = 1,
     .expected = 2,
     .offset = 24,
     .operation = DSM_OP_COMPARE_SET,
     .width = 8,
     .origin = 6},
    {.type = DSM_MSG_ATOMIC_RESULT, .flags = DSM_FLAG_ALONE, .subject = 14, .number = 7, .value = UINT64_MAX},
    {.type = DSM_MSG_PEER_GONE, .origin = 5},
};
#define ALL_COUNT (sizeof ALL / sizeof ALL[0])

/* The whole frame of ALL[i], page bytes 0xaa. */
static uint32_t frame_of(size_t i, uint8_t *bytes)
{
    uint32_t head = dsm_wire_encode(&ALL[i], PAGE, bytes);
    assert_true(head >= DSM_WIRE_HEAD && head <= DSM_HEAD_MAX);
    int64_t length = dsm_wire_frame(bytes, head, PAGE);
    assert_true(length == head || length == head + PAGE);
    memset(bytes + head, 0xaa, (size_t)length - head);
    return (uint32_t)length;
}

static void what_goes_out_comes_in(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALL_COUNT; i++) {
        uint8_t bytes[256];
        dsm_message m;
        uint32_t length = frame_of(i, bytes);
        assert_int_equal(dsm_wire_decode(bytes, length, PAGE, &m), 0);
        int may = ALL[i].type == DSM_MSG_PAGE_GRANT || ALL[i].type == DSM_MSG_PAGE_RETURN ||
                  ALL[i].type == DSM_MSG_COPY || ALL[i].type == DSM_MSG_GIVE;
        int page = may && (ALL[i].flags & DSM_FLAG_HAS_PAGE) != 0;
        assert_true(page ? m.page == bytes + length - PAGE : m.page == NULL);
        m.page = NULL;
        assert_memory_equal(&m, &ALL[i], sizeof m);
    }
}

static void every_type_is_covered(void **state)
{
    (void)state;
    for (uint8_t type = DSM_MSG_HELLO; type <= DSM_MSG_PEER_GONE; type++) {
        int found = type == DSM_MSG_DIFF || type == DSM_MSG_NOTICES || type == DSM_MSG_VECTOR; /* see below */
        for (size_t i = 0; i < ALL_COUNT; i++) {
            found |= ALL[i].type == type;
        }
        assert_true(found);
    }
}

static void bodies_come_in_whole_and_no_longer_than_they_may_be(void **state)
{
    (void)state;
    static const dsm_message bodies[] = {
        {.type = DSM_MSG_DIFF, .flags = DSM_FLAG_LAST, .subject = 3, .origin = 2, .number = 9, .body_length = 20},
        {.type = DSM_MSG_DIFF, .flags = DSM_FLAG_FORWARDED, .subject = 3, .origin = 2, .number = 9, .body_length = 80},
        {.type = DSM_MSG_NOTICES, .body_length = 1},
        {.type = DSM_MSG_VECTOR, .body_length = DSM_WIRE_BODY_MIN},
    };
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        uint8_t bytes[DSM_WIRE_FRAME_MAX(PAGE) + 8] = {0};
        dsm_message m;
        uint32_t head = dsm_wire_encode(&bodies[i], PAGE, bytes);
        uint32_t length = head + bodies[i].body_length;
        assert_int_equal(dsm_wire_frame(bytes, head, PAGE), length);
        assert_int_equal(dsm_wire_decode(bytes, length, PAGE, &m), 0);
        assert_true(m.body == bytes + head);
        m.body = NULL;
        assert_memory_equal(&m, &bodies[i], sizeof m);
        dsm_wire_set_length(bytes, head);
        assert_true(dsm_wire_decode(bytes, head, PAGE, &m) != 0); /* no body at all */
        dsm_wire_set_length(bytes, head + DSM_WIRE_BODY_MIN + 1);
        assert_true(dsm_wire_decode(bytes, head + DSM_WIRE_BODY_MIN + 1, PAGE, &m) != 0);
        dsm_wire_set_length(bytes, head + DSM_WIRE_BODY_MIN);
        assert_int_equal(dsm_wire_decode(bytes, head + DSM_WIRE_BODY_MIN, PAGE, &m), 0);
        bytes[5] = DSM_FLAG_LAST | DSM_FLAG_FORWARDED; /* both is neither */
        assert_true(dsm_wire_decode(bytes, head + DSM_WIRE_BODY_MIN, PAGE, &m) != 0);
    }
}

static void atomics_of_odd_sizes_and_places_are_refused(void **state)
{
    (void)state;
    dsm_message m = {.type = DSM_MSG_ATOMIC, .number = 1, .offset = 8, .operation = DSM_OP_ADD, .width = 8};
    uint8_t bytes[DSM_HEAD_MAX];
    uint32_t length = dsm_wire_encode(&m, PAGE, bytes);
    assert_int_equal(dsm_wire_decode(bytes, length, PAGE, &m), 0);
    m.offset = 4; /* not aligned to 8 */
    (void)dsm_wire_encode(&m, PAGE, bytes);
    assert_true(dsm_wire_decode(bytes, length, PAGE, &m) != 0);
    m.width = 4;
    (void)dsm_wire_encode(&m, PAGE, bytes);
    assert_int_equal(dsm_wire_decode(bytes, length, PAGE, &m), 0);
    m.width = 2;
    (void)dsm_wire_encode(&m, PAGE, bytes);
    assert_true(dsm_wire_decode(bytes, length, PAGE, &m) != 0);
    m.width = 4;
    m.operation = 4;
    (void)dsm_wire_encode(&m, PAGE, bytes);
    assert_true(dsm_wire_decode(bytes, length, PAGE, &m) != 0);
}

static void another_length_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALL_COUNT; i++) {
        uint8_t bytes[256] = {0};
        dsm_message m;
        uint32_t length = frame_of(i, bytes);
        for (uint32_t other = 0; other < 200; other++) {
            uint8_t copy[256];
            memcpy(copy, bytes, sizeof copy);
            copy[0] = (uint8_t)other; /* says so itself, too */
            assert_true(other == length || dsm_wire_decode(bytes, other, PAGE, &m) != 0);
            assert_true(other == length || dsm_wire_decode(copy, other, PAGE, &m) != 0);
        }
    }
}

static void unknown_types_flags_and_reserved_bytes_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALL_COUNT; i++) {
        uint8_t bytes[256];
        dsm_message m;
        uint32_t length = frame_of(i, bytes);
        const uint8_t type = bytes[4];
        const uint8_t flags = bytes[5];
        for (uint32_t t = 0; t < 256; t++) {
            bytes[4] = (uint8_t)t;
            if (t == 0 || t > DSM_MSG_PEER_GONE) {
                assert_true(dsm_wire_decode(bytes, length, PAGE, &m) != 0);
            }
        }
        bytes[4] = type;
        bytes[5] = flags | 0x80;
        assert_true(dsm_wire_decode(bytes, length, PAGE, &m) != 0);
        bytes[5] = flags;
        bytes[6] = 1;
        assert_true(dsm_wire_decode(bytes, length, PAGE, &m) != 0);
        bytes[6] = 0;
        bytes[7] = 1;
        assert_true(dsm_wire_decode(bytes, length, PAGE, &m) != 0);
        bytes[7] = 0;
        assert_int_equal(dsm_wire_decode(bytes, length, PAGE, &m), 0);
    }
}

static void contradictions_are_refused(void **state)
{
    (void)state;
    static const dsm_message bad[] = {
        {.type = DSM_MSG_HELLO, .magic = 1},
        {.type = DSM_MSG_HEARTBEAT, .subject = 1},
        {.type = DSM_MSG_PAGE_REQUEST, .access = 0},
        {.type = DSM_MSG_PAGE_REQUEST, .access = 3},
        {.type = DSM_MSG_PAGE_GRANT, .access = DSM_ACCESS_READ},
        {.type = DSM_MSG_PAGE_GRANT, .access = DSM_ACCESS_NONE, .flags = DSM_FLAG_ZERO},
        {.type = DSM_MSG_PAGE_GRANT, .access = 3, .flags = DSM_FLAG_ZERO},
        {.type = DSM_MSG_PAGE_GRANT, .access = DSM_ACCESS_WRITE, .flags = DSM_FLAG_ZERO | DSM_FLAG_EXCLUSIVE},
        {.type = DSM_MSG_PAGE_GRANT, .access = DSM_ACCESS_WRITE, .flags = DSM_FLAG_ZERO | DSM_FLAG_HAS_PAGE},
        {.type = DSM_MSG_PAGE_GRANT, .access = DSM_ACCESS_WRITE, .flags = DSM_FLAG_LOST},
        {.type = DSM_MSG_PAGE_GRANT, .access = DSM_ACCESS_NONE, .flags = DSM_FLAG_LOST | DSM_FLAG_ZERO},
        {.type = DSM_MSG_PAGE_RECALL, .access = DSM_ACCESS_WRITE},
        {.type = DSM_MSG_PAGE_RETURN, .access = DSM_ACCESS_WRITE},
        {.type = DSM_MSG_LOCK_GRANT},
        {.type = DSM_MSG_LOCK_GRANT, .flags = DSM_FLAG_REFUSED, .epoch = 1},
        {.type = DSM_MSG_LOCK_GRANT, .flags = DSM_FLAG_REFUSED | DSM_FLAG_WANTED},
        {.type = DSM_MSG_LOCK_GRANT, .flags = DSM_FLAG_FULL | DSM_FLAG_REFUSED},
        {.type = DSM_MSG_LOCK_RETURN},
        {.type = DSM_MSG_LOCK_RETURN, .flags = DSM_FLAG_REFUSED | DSM_FLAG_ORPHANED, .epoch = 1},
        {.type = DSM_MSG_BARRIER_ARRIVE, .parties = 1, .origin = 1},
        {.type = DSM_MSG_BARRIER_ARRIVE, .epoch = 1, .origin = 1},
        {.type = DSM_MSG_BARRIER_DEPART},
        {.type = DSM_MSG_BARRIER_DEPART, .epoch = 1, .flags = DSM_FLAG_BROKEN | DSM_FLAG_PARTIES},
        {.type = DSM_MSG_BARRIER_BREAK},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint8_t bytes[256] = {0};
        dsm_message m;
        uint32_t head = dsm_wire_encode(&bad[i], PAGE, bytes);
        uint32_t length = (uint32_t)dsm_wire_frame(bytes, head, PAGE);
        if (dsm_wire_decode(bytes, length, PAGE, &m) == 0) {
            fail_msg("message %zu was accepted", i);
        }
    }
}

static void a_refused_frame_leaves_the_result_alone(void **state)
{
    (void)state;
    uint8_t bytes[DSM_WIRE_HEAD] = {DSM_WIRE_HEAD, 0, 0, 0, 99};
    dsm_message m;
    dsm_message before;
    memset(&m, 0x5a, sizeof m);
    memcpy(&before, &m, sizeof m);
    assert_true(dsm_wire_decode(bytes, sizeof bytes, PAGE, &m) != 0);
    assert_memory_equal(&m, &before, sizeof m);
}

static void frames_are_cut_by_their_length(void **state)
{
    (void)state;
    uint8_t bytes[4] = {16, 0, 0, 0};
    assert_int_equal(dsm_wire_frame(bytes, 3, PAGE), 0);
    assert_int_equal(dsm_wire_frame(bytes, 4, PAGE), 16);
    bytes[0] = 15;
    assert_true(dsm_wire_frame(bytes, 4, PAGE) < 0);
    bytes[0] = (16 + 40 + DSM_WIRE_BODY_MIN + 1) & 0xff;
    bytes[1] = (16 + 40 + DSM_WIRE_BODY_MIN + 1) >> 8;
    assert_true(dsm_wire_frame(bytes, 4, PAGE) < 0);
    bytes[0]--;
    assert_int_equal(dsm_wire_frame(bytes, 4, PAGE), 16 + 40 + DSM_WIRE_BODY_MIN);
    memset(bytes, 0xff, sizeof bytes);
    assert_true(dsm_wire_frame(bytes, 4, PAGE) < 0);
    bytes[0] = 16 + 40 + PAGE;
    bytes[1] = bytes[2] = bytes[3] = 0;
    assert_int_equal(dsm_wire_frame(bytes, 4, PAGE), 16 + 40 + PAGE);
}

static void no_frame_of_an_unknown_type_is_made(void **state)
{
    (void)state;
    uint8_t bytes[256] = {0};
    const dsm_message none = {.type = 0};
    const dsm_message unknown = {.type = DSM_MSG_PEER_GONE + 1};
    const dsm_message beyond = {.type = 200};
    assert_int_equal(dsm_wire_encode(&none, PAGE, bytes), 0);
    assert_int_equal(dsm_wire_encode(&unknown, PAGE, bytes), 0);
    assert_int_equal(dsm_wire_encode(&beyond, PAGE, bytes), 0);
}

int test_wire(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_goes_out_comes_in),
        cmocka_unit_test(every_type_is_covered),
        cmocka_unit_test(another_length_is_refused),
        cmocka_unit_test(bodies_come_in_whole_and_no_longer_than_they_may_be),
        cmocka_unit_test(atomics_of_odd_sizes_and_places_are_refused),
        cmocka_unit_test(unknown_types_flags_and_reserved_bytes_are_refused),
        cmocka_unit_test(contradictions_are_refused),
        cmocka_unit_test(a_refused_frame_leaves_the_result_alone),
        cmocka_unit_test(frames_are_cut_by_their_length),
        cmocka_unit_test(no_frame_of_an_unknown_type_is_made),
    };
    return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
