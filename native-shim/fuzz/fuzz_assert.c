/*
 * fuzz_assert.c - where the core's assertions end (DSM_ASSERT_HOOK): in a finding.
 */
#include <stdio.h>
#include <stdlib.h>

_Noreturn void dsm_assert_failed(const char *what, const char *file, int line);

_Noreturn void dsm_assert_failed(const char *what, const char *file, int line)
{
    fprintf(stderr, "assertion of the core: %s (%s:%d)\n", what, file, line);
    abort();
}
