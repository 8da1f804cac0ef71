/*
 * dsm_loaders.h - what is known of the classes of each class loader; forgotten with the loader. Thread-safe.
 */
#ifndef DSM_LOADERS_H
#define DSM_LOADERS_H

#include "dsm_plain.h"

#include <jni.h>

typedef struct dsm_loader dsm_loader;

/* The one of that loader, locked until dsm_loader_unlock; it lives as long as the caller holds a reference to the loader. NULL if there are too
 * many loaders, or no memory. */
dsm_loader *dsm_loader_lock(JNIEnv *env, jobject loader);
void dsm_loader_relock(dsm_loader *l);
void dsm_loader_unlock(dsm_loader *l);

/* While it is locked. */
dsm_plain *dsm_loader_plain(dsm_loader *l);

#endif
