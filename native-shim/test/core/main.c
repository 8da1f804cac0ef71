/* Runs all unit tests of the core; each file of tests has a runner of the same name. */
#include "tests.h"

int main(void)
{
    int sequential = test_wire() + test_pages() + test_holds() + test_locks() + test_barriers() + test_peers() +
                     test_hostile() + test_check() + test_random();
    int release = test_diffs() + test_vectors() + test_notices() + test_homes() + test_releases() + test_acquires() +
                  test_release_bounds() + test_release_losses() + test_relays() + test_acquire_cost() + test_soak() +
                  test_conditions() + test_atomics() + test_release_random();
    return sequential + release;
}
