/* One runner per file of tests; each returns the number of failed tests. */
#ifndef TESTS_H
#define TESTS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cluster.h"

int test_pages(void);
int test_locks(void);
int test_barriers(void);
int test_random(void);
int test_check(void);
int test_holds(void);
int test_peers(void);
int test_wire(void);
int test_hostile(void);
int test_diffs(void);
int test_vectors(void);
int test_notices(void);
int test_release_random(void);
int test_homes(void);
int test_releases(void);
int test_acquires(void);
int test_release_bounds(void);
int test_release_losses(void);
int test_relays(void);
int test_acquire_cost(void);
int test_soak(void);
int test_conditions(void);
int test_atomics(void);

#endif
