/* dsm_error.c - see dsm_error.h */
#define _GNU_SOURCE
#include "dsm_error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* Small: a library loaded late gets its thread-local memory from the little that ld.so keeps in reserve. */
static _Thread_local char text[240];

int dsm_error(int code, const char *format, ...)
{
    int saved = errno;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    errno = saved;
    return code;
}

const char *dsm_error_text(void)
{
    return text;
}
