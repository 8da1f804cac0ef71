/* dsm_line.c - see dsm_line.h */
#include "dsm_line.h"

#include <errno.h>
#include <unistd.h>

#include "dsm_clock.h"

static void append(dsm_line *line, char c)
{
    if (line->length < sizeof line->text - 1)
        line->text[line->length++] = c; /* the newline has its place */
}

void dsm_line_text(dsm_line *line, const char *text)
{
    while (*text != '\0')
        append(line, *text++);
}

static void digits(dsm_line *line, uint64_t number, unsigned base)
{
    char reversed[20];
    int count = 0;
    do {
        reversed[count++] = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    while (count > 0)
        append(line, reversed[--count]);
}

void dsm_line_number(dsm_line *line, uint64_t number)
{
    digits(line, number, 10);
}

void dsm_line_hex(dsm_line *line, uint64_t number)
{
    dsm_line_text(line, "0x");
    digits(line, number, 16);
}

void dsm_line_seconds(dsm_line *line, uint64_t ns)
{
    digits(line, ns / DSM_SECOND, 10);
    append(line, '.');
    digits(line, ns % DSM_SECOND / (DSM_SECOND / 10), 10);
    dsm_line_text(line, " s");
}

void dsm_line_write(dsm_line *line)
{
    int saved = errno;
    line->text[line->length] = '\n';
    ssize_t written = write(STDERR_FILENO, line->text, line->length + 1);
    (void)written; /* nobody is left to be told that the terminal is gone */
    errno = saved;
}
