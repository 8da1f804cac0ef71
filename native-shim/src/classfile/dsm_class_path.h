/*
 * dsm_class_path.h - the class files on the class path, read as the application's class loader would find them: its folders
 * and jars in their order. What this cannot tell for sure it leaves to that loader. Thread-safe.
 */
#ifndef DSM_CLASS_PATH_H
#define DSM_CLASS_PATH_H

#include "dsm_jar.h"

typedef struct dsm_class_path dsm_class_path;

/* The path is split at ':'. Nothing is opened yet. NULL without memory. */
dsm_class_path *dsm_class_path_create(const char *path);
void dsm_class_path_destroy(dsm_class_path *p);

/* Reads a class file by the internal name of its class. DSM_JAR_ASK also stands for "not on this path": it may come from the JDK, or
 * from a jar that a manifest names. `*bytes`, if found, is the caller's to free. */
enum dsm_jar_answer dsm_class_path_read(dsm_class_path *p, dsm_text name, uint8_t **bytes, uint32_t *length);

#endif
