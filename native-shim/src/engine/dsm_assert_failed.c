/* dsm_assert_failed.c - where the core's assertions end (DSM_ASSERT_HOOK): one line, and the process. */
#define DSM_ASSERT_HOOK
#include "dsm_assert.h"

#include <stdlib.h>

#include "dsm_line.h"

/* May run in the signal handler, under the engine lock: nothing but a write, then the end. The state is wrong, so no
 * page may be handed out any more, and no thread may go on. */
_Noreturn void dsm_assert_failed(const char *what, const char *file, int line)
{
    dsm_line out = {0};
    dsm_line_text(&out, "dsm: internal error at ");
    dsm_line_text(&out, file);
    dsm_line_text(&out, ":");
    dsm_line_number(&out, (uint64_t)line);
    dsm_line_text(&out, " (");
    dsm_line_text(&out, what);
    dsm_line_text(&out, "); the process ends here; please report this line");
    dsm_line_write(&out);
    abort();
}
