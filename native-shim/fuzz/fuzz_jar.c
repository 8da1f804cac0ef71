/*
 * fuzz_jar.c - arbitrary bytes as a jar, from which some names are read: those of its own directory that can be guessed, and others.
 */
#include "dsm_jar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    static const char *const names[] = {"a/A", "a/B", "", "org/example/Main"};
    char path[64];
    int file = memfd_create("jar", MFD_CLOEXEC);
    if (file < 0 || write(file, bytes, length) != (ssize_t)length)
        abort();
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    dsm_jar *jar = dsm_jar_open(path);
    for (size_t i = 0; jar != NULL && i < sizeof names / sizeof names[0]; i++) {
        uint8_t *content;
        uint32_t content_length;
        dsm_text name = {(const uint8_t *)names[i], (uint32_t)strlen(names[i])};
        if (dsm_jar_read(jar, name, &content, &content_length) == DSM_JAR_FOUND) {
            uint32_t sum = 0;
            for (uint32_t k = 0; k < content_length; k++)
                sum += content[k];
            if (sum == UINT32_MAX)
                abort();
            free(content);
        }
    }
    dsm_jar_close(jar);
    close(file);
    return 0;
}
