/*
 * dsm_mutant.h - planted bugs. A build with -DDSM_MUTANT=n contains exactly the n-th; the simulator must
 * catch each. A normal build contains none: the condition is the constant 0.
 */
#ifndef DSM_MUTANT_H
#define DSM_MUTANT_H

#ifndef DSM_MUTANT
#define DSM_MUTANT 0
#endif

#define DSM_MUTANT_MISSED_INVALIDATION 1 /* one sharer is forgotten when a writer is let in */
#define DSM_MUTANT_EARLY_ACK           2 /* INVALIDATED is sent while the copy is still open */
#define DSM_MUTANT_OPEN_BEFORE_BYTES   3 /* PROTECT comes before INSTALL */
#define DSM_MUTANT_LOST_REQUEST        4 /* a queued request drops the one before it */
#define DSM_MUTANT_LOCK_TWICE          5 /* a held token is given back, and its holder keeps the lock */
#define DSM_MUTANT_GENERATION          6 /* a barrier's departure lets arrivals of the next generation go */
#define DSM_MUTANT_FORGOTTEN_DIRTY     7 /* an exclusive-clean page is written and still counts as clean */
#define DSM_MUTANT_NO_HOLD             8 /* a granted page is taken before it was used */

#define DSM_MUTANT_IS(n)               (DSM_MUTANT == (n))

#endif
