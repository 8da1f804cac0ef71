#include "dsm_loaders.h"

#include <pthread.h>
#include <stdlib.h>

#define LOADERS_MAX 512u

struct dsm_loader {
    jweak loader;
    dsm_plain *plain;
};

/* One lock for all: it is held for less than a microsecond at a time, and never while Java is called. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static dsm_loader *loaders[LOADERS_MAX];
static uint32_t count;
static uint32_t last; /* the one that was asked for last: most often it is again */

static void forget(JNIEnv *env, uint32_t i)
{
    dsm_loader *l = loaders[i];
    loaders[i] = loaders[--count];
    (*env)->DeleteWeakGlobalRef(env, l->loader);
    dsm_plain_destroy(l->plain);
    free(l);
}

static dsm_loader *add(JNIEnv *env, jobject loader)
{
    for (uint32_t i = count; i-- > 0;) {
        if ((*env)->IsSameObject(env, loaders[i]->loader, NULL))
            forget(env, i);
    }
    dsm_loader *l = count == LOADERS_MAX ? NULL : calloc(1, sizeof *l);
    if (l == NULL)
        return NULL;
    l->plain = dsm_plain_create();
    l->loader = l->plain == NULL ? NULL : (*env)->NewWeakGlobalRef(env, loader);
    if (l->loader == NULL) {
        (*env)->ExceptionClear(env);
        dsm_plain_destroy(l->plain);
        free(l);
        return NULL;
    }
    last = count;
    return loaders[count++] = l;
}

dsm_loader *dsm_loader_lock(JNIEnv *env, jobject loader)
{
    pthread_mutex_lock(&lock);
    if (last < count && (*env)->IsSameObject(env, loaders[last]->loader, loader))
        return loaders[last];
    for (uint32_t i = 0; i < count; i++) {
        if ((*env)->IsSameObject(env, loaders[i]->loader, loader)) {
            last = i;
            return loaders[i];
        }
    }
    dsm_loader *added = add(env, loader);
    if (added == NULL)
        pthread_mutex_unlock(&lock);
    return added;
}

void dsm_loader_relock(dsm_loader *l)
{
    (void)l;
    pthread_mutex_lock(&lock);
}

void dsm_loader_unlock(dsm_loader *l)
{
    (void)l;
    pthread_mutex_unlock(&lock);
}

dsm_plain *dsm_loader_plain(dsm_loader *l)
{
    return l->plain;
}
