/*
 * dsm_wire.h - every message of the data plane and every limit of it, on one page.
 *
 * A frame is a 16-byte head, the fields of its type, and for some types one page of bytes.
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
 */
#ifndef DSM_WIRE_H
#define DSM_WIRE_H

#include <stdint.h>

#define DSM_WIRE_VERSION 1u
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

    /* node -> home; arrival u64, parties u32, arrived u32 (threads; 1) */
    DSM_MSG_BARRIER_ARRIVE = 14,
    /* home -> node; arrival u64: the generation of this and all earlier arrivals of the node at this barrier is over.
     * flags: BROKEN; PARTIES (they differ), FULL (home's table is): this one arrival only */
    DSM_MSG_BARRIER_DEPART = 15,
    /* node -> home; arrival u64: that thread timed out or was interrupted */
    DSM_MSG_BARRIER_BREAK = 16,

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

typedef struct dsm_message {
    uint8_t type, flags;
    uint64_t subject;
    uint32_t access;
    uint32_t parties, arrived;
    uint64_t epoch; /* lock epoch or barrier arrival */
    uint32_t magic, version, node, nodes, page_bytes;
    uint64_t cluster, pages;
    const uint8_t *page; /* page bytes inside the frame, or NULL */
} dsm_message;

/* Bytes of the frame that starts at `bytes`, once its first 4 bytes are there; 0 = not enough yet,
 * negative = no frame can start so (longer than any, or shorter than a head). */
int64_t dsm_wire_frame(const uint8_t *bytes, uint32_t available, uint32_t page_bytes);

/* Decodes one whole frame. 0, or negative: malformed (wrong length for its type, unknown type or flag,
 * reserved not 0, number out of range). Nothing but *out is written. */
int dsm_wire_decode(const uint8_t *bytes, uint32_t length, uint32_t page_bytes, dsm_message *out);

/* Encodes the head of a message (everything but page bytes) into `out` (64 bytes are always enough) and
 * returns its length; the length field counts page bytes if flags/type say there are some. */
uint32_t dsm_wire_encode(const dsm_message *message, uint32_t page_bytes, uint8_t *out);

#endif
