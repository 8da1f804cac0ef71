#include "release_fixture.h"

struct cluster *open_cluster_with(uint32_t nodes, uint32_t migrate_after, uint64_t inform_ns)
{
    dsm_core_config config = cluster_config();
    config.release_end = RELEASE_PAGES;
    config.twins = CLUSTER_TWINS;
    config.notices = 64;
    config.migrate_after = migrate_after;
    config.inform_ns = inform_ns;
    return cluster_new_with(nodes, &config);
}

struct cluster *open_cluster(uint32_t nodes)
{
    return open_cluster_with(nodes, 0, 0);
}

void touch(struct cluster *c, uint32_t node, uint64_t page, int write)
{
    if (write) {
        uint8_t same = c->node[node].view[page][0];
        while (c->node[node].access[page] < DSM_ACCESS_WRITE) {
            write_byte(c, node, page, same);
            same = c->node[node].view[page][0];
        }
    } else {
        (void)read_byte(c, node, page);
    }
}

void store(struct cluster *c, uint32_t node, uint64_t page, uint32_t offset, uint8_t value)
{
    while (c->node[node].access[page] < DSM_ACCESS_WRITE) {
        assert_true(fault(c, node, 7, page, 1) >= 0);
        settle(c);
        assert_int_equal(c->node[node].status[7], DSM_OK);
        assert_int_equal(resumed(c, node, 7), DSM_OK);
    }
    c->node[node].view[page][offset] = value;
}

uint8_t load(struct cluster *c, uint32_t node, uint64_t page, uint32_t offset)
{
    (void)read_byte(c, node, page);
    return c->node[node].view[page][offset];
}

void acquire(struct cluster *c, uint32_t node, uint64_t id)
{
    (void)lock(c, node, 6, id, node + 100, 0);
    settle(c);
    assert_int_equal(c->node[node].status[6], DSM_OK);
}

void release(struct cluster *c, uint32_t node, uint64_t id)
{
    assert_int_equal(unlock(c, node, id, node + 100), DSM_OK);
    settle(c);
}

void visit(struct cluster *c, uint32_t node, uint64_t id)
{
    acquire(c, node, id);
    release(c, node, id);
}

uint64_t sent(const struct cluster *c, uint32_t node, uint32_t type)
{
    return counter(c, node, DSM_C_MESSAGES_OUT + type);
}
