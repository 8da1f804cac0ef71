/*
 * dsm_wire.h - every message of the data plane and every limit of it, on one page.
 *
 * A frame is a 16-byte head, the fields of its type, and for some types one page of bytes or a body of its own
 * format (dsm_diff.h, dsm_notice.h, dsm_vector.h).
 * All integers little-endian, no padding but what is drawn here.
 *
 *   0        4      5       6          8                16
 *   +--------+------+-------+----------+----------------+---------------------+- - - - - -+
 *   | length | type | flags | reserved | subject (u64)  | fields of the type  | page bytes |
 *   +--------+------+-------+----------+----------------+---------------------+- - - - - -+
 *
 * length: bytes of the whole frame. subject: page number, lock id or barrier id. reserved: 0.
 * The codec is explicit, field by field, length-checked, and refuses before anything is used.
 *
 * Topology: all messages about a page pass between its home and one other node, all messages about a lock
 * or a barrier between its home and one other node, each over one FIFO connection. Two nodes that are not
 * the home never speak of it to each other, so no message can overtake another that matters to it.
 *
 * The home of a RELEASE page moves. What is asked of a node that is no longer home follows the page: it is passed on
 * over the connection that the page went over, and cannot overtake it. The answer goes to the origin directly.
 */
#ifndef DSM_WIRE_H
#define DSM_WIRE_H

#include <stdint.h>

#define DSM_WIRE_VERSION 2u
#define DSM_WIRE_MAGIC   0x344d5344u /* "DSM4" */
#define DSM_WIRE_HEAD    16u

/* Direction, fields after the head, flags. `[page]`: the bytes of one page. */
enum dsm_message_type {
    /* first frame both ways; magic u32, version u32, node u32, nodes u32, page_bytes u32, reserved u32, cluster u64
     * (a hash of the cluster's name), pages u64 */
    DSM_MSG_HELLO = 1,
    /* the sender leaves in good order */
    DSM_MSG_BYE = 2,
    DSM_MSG_HEARTBEAT = 3,

    /* node -> home; access u32 (READ or WRITE), reserved u32 */
    DSM_MSG_PAGE_REQUEST = 4,
    /* home -> node; access u32, reserved u32; [page] iff HAS_PAGE. flags: HAS_PAGE, ZERO, EXCLUSIVE, LOST.
     * READ + EXCLUSIVE = exclusive-clean: may become WRITE without a message.
     * Neither HAS_PAGE nor ZERO: the bytes the node has are valid (an upgrade).
     * NONE + LOST: the node that had the only valid bytes is gone */
    DSM_MSG_PAGE_GRANT = 5,
    /* home -> sharer: drop it */
    DSM_MSG_PAGE_INVALIDATE = 6,
    /* sharer -> home: dropped */
    DSM_MSG_PAGE_INVALIDATED = 7,
    /* home -> owner; access u32: what the owner may keep (NONE or READ), reserved u32 */
    DSM_MSG_PAGE_RECALL = 8,
    /* owner -> home; access u32: what it kept, reserved u32; [page] iff HAS_PAGE. flags: HAS_PAGE (iff it was written) */
    DSM_MSG_PAGE_RETURN = 9,

    /* node -> home. flags: TRY */
    DSM_MSG_LOCK_REQUEST = 10,
    /* home -> node; epoch u64. flags: WANTED (others wait: give it back when released), ORPHANED (its last holder was
     * lost), REFUSED (a TRY that failed; epoch 0), FULL (home's table is; epoch 0) */
    DSM_MSG_LOCK_GRANT = 11,
    /* home -> holder of the token. flags: TRY (only if no thread holds it). Ignored by a node that has just given the
     * token back unasked */
    DSM_MSG_LOCK_RECALL = 12,
    /* holder -> home, recalled or not; epoch u64. flags: REFUSED (a TRY recall; the token stays), ORPHANED (nobody here
     * took the lock since it was granted as ORPHANED) */
    DSM_MSG_LOCK_RETURN = 13,

    /* A node numbers its arrivals at all barriers, 1, 2, ... (`arrival`). A node does not know which generation of
     * the barrier its home counts it into (a DEPART may be on its way); its own number says it unambiguously. */

    /* A relay (dsm_relay.h) passes all three on; `origin` is the node whose arrival it is. */

    /* node -> home; arrival u64, parties u32, origin u32: one thread has come */
    DSM_MSG_BARRIER_ARRIVE = 14,
    /* home -> node; arrival u64, origin u32, reserved u32: the generation of this and all earlier arrivals of the node at this barrier is over.
     * flags: BROKEN; PARTIES (they differ), FULL (home's table is): this one arrival only */
    DSM_MSG_BARRIER_DEPART = 15,
    /* node -> home; arrival u64, origin u32, reserved u32: that thread timed out or was interrupted */
    DSM_MSG_BARRIER_BREAK = 16,

    /* node -> directory or home (passed on): origin u32, number u32 (of the origin's fetches). flags: DIRECTED */
    DSM_MSG_FETCH = 17,
    DSM_MSG_COPY = 18,    /* home -> origin: number u32, epoch u32 (of the home); [page]. flags: HAS_PAGE or LOST */
    DSM_MSG_HOME_IS = 19, /* home -> directory: epoch u32, reserved u32: the sender has become the page's home */
    DSM_MSG_GIVE = 20,    /* home (or directory, on the first touch) -> node, which is the page's home from now on:
                              epoch u32, reserved u32; [page]. flags: HAS_PAGE or ZERO */
    DSM_MSG_DIFF = 21,    /* writer -> home (passed on): origin u32, flush u32; {diff}. flags: LAST (of those for this
                              home: acknowledge them all), FORWARDED (acknowledge this one), DIRECTED */
    DSM_MSG_FLUSHED = 22, /* home -> origin: flush u32, count u32: so many of that flush's diffs are in */
    DSM_MSG_NOTICES = 23, /* {notices}: what the sender knows to have been written; to be applied before anything that
                              follows it */
    DSM_MSG_VECTOR = 24,  /* {vector}: the notices that the sender has applied */

    /* A node numbers its waits for conditions and its atomic operations; the number comes back in the answer. */
    DSM_MSG_CONDITION_WAIT = 25,   /* holder -> lock's home: condition u64, number u64 */
    DSM_MSG_CONDITION_SIGNAL = 26, /* holder -> lock's home: condition u64. flags: ALL */
    DSM_MSG_CONDITION_CANCEL = 27, /* waiter -> lock's home: number u64 */
    DSM_MSG_CONDITION_END = 28,    /* lock's home -> waiter: number u64: it is signalled. flags: CANCELLED: it was not,
                                      and never will be */
    DSM_MSG_ATOMIC = 29, /* node -> home (RELEASE: passed on): number u64, operand u64, expected u64, offset u32,
                                   operation u8, width u8, reserved u16, origin u32, reserved u32. flags: DIRECTED */
    DSM_MSG_ATOMIC_RESULT =
        30, /* home -> origin: number u64, value u64. flags: LOST; ALONE (nobody else wants the page) */
    DSM_MSG_PEER_GONE =
        31, /* origin u32, reserved u32: the sender knows that this node is gone. What it was sent before
                                   may have been passed on there, and will not be answered */

    DSM_MSG_TYPES = 32
};

#define DSM_FLAG_HAS_PAGE  0x01u
#define DSM_FLAG_ZERO      0x02u
#define DSM_FLAG_EXCLUSIVE 0x04u
#define DSM_FLAG_LOST      0x08u
#define DSM_FLAG_TRY       0x01u
#define DSM_FLAG_WANTED    0x02u
#define DSM_FLAG_ORPHANED  0x04u
#define DSM_FLAG_REFUSED   0x08u
#define DSM_FLAG_BROKEN    0x01u
#define DSM_FLAG_PARTIES   0x02u
#define DSM_FLAG_FULL      0x10u
#define DSM_FLAG_LAST      0x01u
#define DSM_FLAG_FORWARDED 0x02u
#define DSM_FLAG_DIRECTED  0x04u /* FETCH, DIFF, ATOMIC: the directory has passed it on: it is not asked again */
#define DSM_FLAG_ALL       0x01u
#define DSM_FLAG_CANCELLED 0x01u
#define DSM_FLAG_ALONE     0x01u
/* The longest body of a frame: a diff (DSM_DIFF_MAX), and room for notices where pages are tiny. */
#define DSM_WIRE_BODY_MIN  512u
#define DSM_WIRE_BODY_MAX(page_bytes)                                                                  \
    ((page_bytes) + (page_bytes) / 8u + 8u > DSM_WIRE_BODY_MIN ? (page_bytes) + (page_bytes) / 8u + 8u \
                                                               : DSM_WIRE_BODY_MIN)
/* No frame is longer. */
#define DSM_WIRE_FRAME_MAX(page_bytes) (64u + DSM_WIRE_BODY_MAX(page_bytes))

/* What a message says. Small, since it lies in many frames of the stack between a fault and its page: what never occurs
 * in one message shares its place. */
typedef struct dsm_message {
    uint8_t type, flags;
    uint8_t operation, width; /* ATOMIC */
    uint32_t access;
    uint64_t subject;
    uint64_t epoch;  /* lock epoch or barrier arrival; COPY, HOME_IS, GIVE: of the page's home */
    uint32_t origin; /* node that asked, or wrote, or whose thread has come to a barrier */
    union {
        uint32_t parties; /* BARRIER_ARRIVE */
        uint32_t count;   /* FLUSHED */
    };
    union {
        struct { /* HELLO */
            uint32_t magic, version, node, nodes, page_bytes;
            uint64_t cluster, pages;
        };
        struct {
            uint64_t number; /* FETCH, COPY: fetch; DIFF, FLUSHED: flush; CONDITION_*, ATOMIC*: the node's */
            union {
                uint64_t condition;
                uint64_t operand;
            };
            union {
                uint64_t expected;
                uint64_t value;
            };
            uint32_t offset;
        };
    };
    const uint8_t *page; /* page bytes inside the frame, or NULL */
    const uint8_t *body; /* body inside the frame, or NULL */
    uint32_t body_length;
} dsm_message;

/* Bytes of the frame that starts at `bytes`, once its first 4 bytes are there; 0 = not enough yet,
 * negative = no frame can start so (longer than any, or shorter than a head). */
int64_t dsm_wire_frame(const uint8_t *bytes, uint32_t available, uint32_t page_bytes);

/* Decodes one whole frame. 0, or negative: malformed (wrong length for its type, unknown type or flag,
 * reserved not 0, number out of range). Nothing but *out is written. */
int dsm_wire_decode(const uint8_t *bytes, uint32_t length, uint32_t page_bytes, dsm_message *out);

/* Encodes the head of a message (everything but page bytes) into `out` (64 bytes are always enough) and
 * returns its length; the length field counts page bytes if flags/type say there are some, and body_length. */
uint32_t dsm_wire_encode(const dsm_message *message, uint32_t page_bytes, uint8_t *out);

/* Sets the length of a frame whose body became known after its head. */
void dsm_wire_set_length(uint8_t *frame, uint32_t length);

#endif
