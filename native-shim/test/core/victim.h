/* victim.h - one core alone, with a sink that counts and keeps the latest actions; its peers are the test. */
#ifndef VICTIM_H
#define VICTIM_H

#include <stddef.h>
#include <stdint.h>

#include "dsm_core.h"
#include "dsm_wire.h"

#define VICTIM_ACTIONS 512u

struct victim {
    dsm_core_config config;
    dsm_core *core;
    size_t size;
    uint64_t now;
    uint32_t count; /* actions of the latest step */
    dsm_action action[VICTIM_ACTIONS];
};

struct victim *victim_new(const dsm_core_config *config);
void victim_free(struct victim *v);
/* One step; its actions are in v->action. */
int victim_step(struct victim *v, dsm_event event);
int victim_receive(struct victim *v, uint32_t peer, const dsm_message *message);
/* Number of frames of `type` that the latest step sent. */
uint32_t victim_sent(const struct victim *v, uint32_t type);
/* The i-th action of the latest step, decoded; it must be a SEND. */
dsm_message victim_message(const struct victim *v, uint32_t i);

#endif
