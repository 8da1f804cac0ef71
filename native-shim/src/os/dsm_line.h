/* dsm_line.h - one line to standard error, from a signal handler too: no stdio, no allocation, errno kept. */
#ifndef DSM_LINE_H
#define DSM_LINE_H

#include <stddef.h>
#include <stdint.h>

typedef struct dsm_line {
    size_t length;
    char text[256]; /* a longer line is cut */
} dsm_line;

void dsm_line_text(dsm_line *line, const char *text);
void dsm_line_number(dsm_line *line, uint64_t number);
void dsm_line_hex(dsm_line *line, uint64_t number);
/* Seconds with one decimal. */
void dsm_line_seconds(dsm_line *line, uint64_t ns);
/* Writes it with a newline, in one write. */
void dsm_line_write(dsm_line *line);

#endif
