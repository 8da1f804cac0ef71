/* dsm_error.h - what went wrong, per thread, in words. */
#ifndef DSM_ERROR_H
#define DSM_ERROR_H

/* Sets the calling thread's message and returns `code`. Not for signal handlers. */
int dsm_error(int code, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The calling thread's last message; "" if there was none. */
const char *dsm_error_text(void);

#endif
