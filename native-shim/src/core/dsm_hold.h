/*
 * dsm_hold.h - "a granted page is held until it has been used".
 *
 * From the grant until the granted thread has resumed, and hold_ns beyond, a page stays: what the home asks of it
 * meanwhile is deferred. Otherwise two writers could pass a page to and fro for ever, neither getting to its one
 * instruction.
 *
 * Escalation. The core cannot see whether a resumed thread got to run before its hold was over. So per thread and
 * instruction it counts faults on one of the last two pages of that instruction (`repeats`): the thread may have
 * made no progress (or it is a loop that loses its page often; the two look alike). At the 1st, 2nd, 4th, ... 2^k-th
 * repeat the hold is 2^(k+1) times hold_ns, up to hold_max_ns, and at that length once in hold_max_ns / hold_ns repeats.
 * So a thread that really makes no progress soon gets a long hold, again and again, while one that only
 * shares a busy page pays less than five times hold_ns a fault on average (two busy pages: ten). A scan (same
 * instruction, ever new pages) never escalates.
 *
 * Two pages. No hold is long enough for an instruction that needs two pages at once, if each of two threads has the
 * page that the other waits for: both holds end, the pages change places, and so on. So such a thread acquires the lower
 * page first, holds it without bound of time while it asks for the upper one, and is resumed when both are in. No
 * deadlock: a thread waits for a page only while it holds a lower one or none, so a chain of waiting threads, on
 * whatever nodes, rises strictly in page number and ends at a thread that waits for none: one that was resumed, whose
 * hold is bounded in time.
 *   The need shows as one instruction that goes to and fro between two pages. A loop that needs one at a time looks the
 * same, and would take the other away for nothing. Between neighbours (an access across the border) both are acquired
 * whenever the instruction goes from one to the other; between pages farther apart (a copy) at every 8th repeat and at
 * the one after it, if it has gone to and fro since, with the hold of the 8th, and twice hold_ns at least.
 *
 * Progress. Let threads be back at their instruction before their hold is over, and only the protocol close pages. Then
 * - an instruction that needs one page faults once;
 * - one that needs two, A and B, faults at most 11 times. What was granted is open when it tries again, so its faults
 *   alternate: A, B, A, B. Two may be on pages that are new to its record; each later one is a repeat that goes to or
 *   fro, and `repeats` grows by one with each. So among the 3rd to the 10th is one whose number of repeats is a
 *   multiple of 8. It brings both pages, for reading or for writing as it wants its own. All that can still be missing
 *   is the right to write the other page: the next fault wants that, is the repeat after, and brings both for writing.
 * A thread that takes longer to come back has the long holds: hold_max_ns, for both pages too, once in so many repeats
 * as said above (or 8, if that is more). An instruction that needs more than two pages has only those.
 */
#ifndef DSM_HOLD_H
#define DSM_HOLD_H

#include "dsm_state.h"

/* A thread faults at `pc` on `page` and must wait for it. Returns its hold in ns; *other becomes the page that it is to
 * get together with this one, and is left as it is if there is none. `pc` 0: not an instruction (a touch), no escalation. */
uint64_t dsm_hold_note(dsm_core *core, uint64_t thread, uint64_t pc, uint64_t page, uint64_t *other);

/* One more thread holds the page. */
void dsm_hold_begin(dsm_core *core, uint64_t page);
/* A page that was touched, with no instruction waiting, stays for hold_ns if nobody has asked for it yet. It is not
 * held until RESUMED: a touch asks for many pages at once, and two that kept what they have until the rest is in
 * would wait for each other for ever. */
void dsm_hold_briefly(dsm_core *core, uint64_t page);
/* One thread less; the page stays for `hold_ns` more (0 = not at all). Serves what was deferred if that is now due. */
void dsm_hold_end(dsm_core *core, uint64_t page, uint64_t hold_ns);

/* 1 if what the home asks of the page now must wait. */
int dsm_hold_active(const dsm_core *core, uint64_t page);
/* Keeps what the home asks of the held page for later. */
void dsm_hold_defer(dsm_core *core, uint64_t page, enum dsm_deferred what);
/* Serves the deferred pages that are due. */
void dsm_hold_tick(dsm_core *core);

#endif
