/*
 * dsm_assert.h - what the core relies on. Always compiled in: a protocol that has lost its footing must stop
 * before it hands out wrong bytes. No libc: a failed assertion traps, or, in a build with
 * -DDSM_ASSERT_HOOK, calls the driver's dsm_assert_failed, which must not return.
 */
#ifndef DSM_ASSERT_H
#define DSM_ASSERT_H

#ifdef DSM_ASSERT_HOOK
_Noreturn void dsm_assert_failed(const char *what, const char *file, int line);
#define DSM_ASSERT(condition) ((condition) ? (void)0 : dsm_assert_failed(#condition, __FILE__, __LINE__))
#else
#define DSM_ASSERT(condition) ((condition) ? (void)0 : __builtin_trap())
#endif

#endif
