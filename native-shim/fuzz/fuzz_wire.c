/*
 * fuzz_wire.c - arbitrary bytes into the codec. Whatever decodes must encode to the same head again, and
 * nothing but *out may be written or read beyond the frame (ASan watches: the frame is an exact allocation).
 */
#include "dsm_wire.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_BYTES 64u
#define HEAD_MOST  64u

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void demand(int holds)
{
    if (!holds)
        abort();
}

static void check_decoded(const dsm_message *message, const uint8_t *frame, uint32_t length)
{
    uint8_t again[HEAD_MOST];
    uint32_t head = dsm_wire_encode(message, PAGE_BYTES, again);
    demand(head >= DSM_WIRE_HEAD && head <= sizeof again && head <= length);
    demand(memcmp(again, frame, head) == 0);
    int page = length == head + PAGE_BYTES && message->page == frame + head;
    int body = length == head + message->body_length && message->body == frame + head;
    demand(length == head || page || body);
    demand(dsm_wire_frame(frame, length, PAGE_BYTES) == (int64_t)length);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (length > 65536)
        return 0;
    /* An exact copy, so that one byte too far is seen. */
    uint8_t *frame = malloc(length ? length : 1);
    demand(frame != NULL);
    if (length)
        memcpy(frame, bytes, length);
    for (uint32_t available = 0; available < 8 && available <= length; available++)
        demand(available >= 4 || dsm_wire_frame(frame, available, PAGE_BYTES) == 0);
    int64_t whole = dsm_wire_frame(frame, (uint32_t)length, PAGE_BYTES);
    demand(whole <= (int64_t)DSM_WIRE_FRAME_MAX(PAGE_BYTES));
    dsm_message message, untouched;
    memset(&message, 0x5a, sizeof message);
    memset(&untouched, 0x5a, sizeof untouched);
    if (dsm_wire_decode(frame, (uint32_t)length, PAGE_BYTES, &message) == 0)
        check_decoded(&message, frame, (uint32_t)length);
    free(frame);
    return 0;
}
