/*
 * dsm_jar.h - the class files in a jar (APPNOTE.TXT of PKWARE, 4.3), for reading ahead. Nothing is trusted: what does not add up, is
 * encrypted, of 64 bits or compressed in another way than by deflate is left to the JVM's own reader.
 *
 * Deflated entries need zlib, which is looked for when the first is read; without it they are left, too.
 */
#ifndef DSM_JAR_H
#define DSM_JAR_H

#include "dsm_classfile.h"

typedef struct dsm_jar dsm_jar;

enum dsm_jar_answer {
    DSM_JAR_FOUND,
    DSM_JAR_NONE, /* there is no such entry */
    DSM_JAR_ASK   /* there may be one, which this cannot read */
};

/* Opens the jar and reads its directory. NULL if that cannot be understood, errno 0 then, or the file not be opened. */
dsm_jar *dsm_jar_open(const char *path);
void dsm_jar_close(dsm_jar *jar);

/* Reads NAME.class. `*bytes` becomes the file, which the caller frees. One thread at a time. */
enum dsm_jar_answer dsm_jar_read(dsm_jar *jar, dsm_text name, uint8_t **bytes, uint32_t *length);

#endif
