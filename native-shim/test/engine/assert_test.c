/* A failed assertion of the core says where, in one line, and ends the process. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

_Noreturn void dsm_assert_failed(const char *what, const char *file, int line);

static void fail_in_child(int out)
{
    const struct rlimit no_core = {0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    signal(SIGABRT, SIG_DFL);
    dup2(out, STDERR_FILENO);
    dsm_assert_failed("p->held > 0", "src/core/dsm_hold.c", 123);
}

static void a_failed_assertion_says_where_and_ends_the_process(void **state)
{
    (void)state;
    int ends[2];
    char text[512] = {0};
    int status = 0;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        fail_in_child(ends[1]);
    }
    close(ends[1]);
    for (size_t length = 0; length < sizeof text - 1;) {
        ssize_t got = read(ends[0], text + length, sizeof text - 1 - length);
        if (got <= 0) {
            break;
        }
        length += (size_t)got;
    }
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_string_equal(text, "dsm: internal error at src/core/dsm_hold.c:123 (p->held > 0); the process ends here; "
                              "please report this line\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_assertion_says_where_and_ends_the_process),
    };
    return cmocka_run_group_tests_name("assert", tests, NULL, NULL);
}
