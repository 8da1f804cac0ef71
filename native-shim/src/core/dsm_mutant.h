/*
 * dsm_mutant.h - planted bugs. A build with -DDSM_MUTANT=n contains exactly the n-th; the simulator must
 * catch each. A normal build contains none: the condition is the constant 0.
 */
#ifndef DSM_MUTANT_H
#define DSM_MUTANT_H

#ifndef DSM_MUTANT
#define DSM_MUTANT 0
#endif

#define DSM_MUTANT_MISSED_INVALIDATION 1  /* one sharer is forgotten when a writer is let in */
#define DSM_MUTANT_EARLY_ACK           2  /* INVALIDATED is sent while the copy is still open */
#define DSM_MUTANT_OPEN_BEFORE_BYTES   3  /* PROTECT comes before INSTALL */
#define DSM_MUTANT_LOST_REQUEST        4  /* a queued request drops the one before it */
#define DSM_MUTANT_LOCK_TWICE          5  /* a held token is given back, and its holder keeps the lock */
#define DSM_MUTANT_GENERATION          6  /* a barrier's departure lets arrivals of the next generation go */
#define DSM_MUTANT_FORGOTTEN_DIRTY     7  /* an exclusive-clean page is written and still counts as clean */
#define DSM_MUTANT_NO_HOLD             8  /* a granted page is taken before it was used */
#define DSM_MUTANT_DROPPED_NOTICE      9  /* a notice of a page that is dirty here is dropped */
#define DSM_MUTANT_DIFF_TWICE          10 /* the diff on which a page changed homes is applied at the new one again */
#define DSM_MUTANT_LATE_TWIN           11 /* a second writer's fault takes the twin after the first has written */
#define DSM_MUTANT_STALE_EXCLUSIVE     12 /* a page fetched anew still counts as dead elsewhere */
#define DSM_MUTANT_LOST_SIGNAL         13 /* a waiter that gives up does not ask whether it was signalled */
#define DSM_MUTANT_OPEN_BEFORE_NOTICES 14 /* a SEQUENTIAL page is granted before the notices that belong to it */
#define DSM_MUTANT_UNMERGED_VECTOR     15 /* what one node is told is taken to be known to all */
#define DSM_MUTANT_NEIGHBOUR_BYTE      16 /* a diff carries the whole word of which one byte changed */
#define DSM_MUTANT_OPEN_DIFF           17 /* a page is compared with its twin before its writers are stopped */
#define DSM_MUTANT_HALF_RELEASE        18 /* a release is over when what has been sent of it so far is acknowledged */
#define DSM_MUTANT_RELAY_FORGETS       19 /* a relay passes arrivals and departures on without the notices */
#define DSM_MUTANT_WAITS_BEHIND        20 /* who waits behind a relay that is gone goes on waiting */
#define DSM_MUTANT_ONE_AT_A_TIME       21 /* an instruction that needs two pages never has both asked for */
#define DSM_MUTANT_SHORT_HOLD          22 /* the hold of a thread that makes no progress never grows */

#define DSM_MUTANT_IS(n)               (DSM_MUTANT == (n))

#endif
