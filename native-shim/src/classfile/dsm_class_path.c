#include "dsm_class_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct place {
    const char *path;
    dsm_jar *jar;
    bool is_folder;
    bool is_missing;
    bool is_unclear; /* a file that is no jar to us, but may be one to the JVM */
} place;

struct dsm_class_path {
    pthread_mutex_t lock;
    char *text;
    place *places;
    uint32_t count;
    bool is_open;
};

dsm_class_path *dsm_class_path_create(const char *path)
{
    dsm_class_path *p = calloc(1, sizeof *p);
    if (p == NULL)
        return NULL;
    p->text = strdup(path);
    uint32_t places = 1;
    for (const char *at = path; *at != 0; at++)
        places += *at == ':';
    p->places = calloc(places, sizeof p->places[0]);
    if (p->text == NULL || p->places == NULL || pthread_mutex_init(&p->lock, NULL) != 0) {
        free(p->places);
        free(p->text);
        free(p);
        return NULL;
    }
    for (char *at = p->text; at != NULL;) {
        char *end = strchr(at, ':');
        if (end != NULL)
            *end++ = 0;
        p->places[p->count++].path = *at == 0 ? "." : at;
        at = end;
    }
    return p;
}

void dsm_class_path_destroy(dsm_class_path *p)
{
    if (p == NULL)
        return;
    for (uint32_t i = 0; i < p->count; i++)
        dsm_jar_close(p->places[i].jar);
    pthread_mutex_destroy(&p->lock);
    free(p->places);
    free(p->text);
    free(p);
}

static void open_places(dsm_class_path *p)
{
    p->is_open = true;
    for (uint32_t i = 0; i < p->count; i++) {
        place *at = &p->places[i];
        struct stat status;
        at->is_missing = stat(at->path, &status) != 0;
        at->is_folder = !at->is_missing && S_ISDIR(status.st_mode);
        if (!at->is_missing && !at->is_folder) {
            at->jar = dsm_jar_open(at->path);
            at->is_unclear = at->jar == NULL;
        }
    }
}

static enum dsm_jar_answer read_from_folder(const char *folder, dsm_text name, uint8_t **bytes, uint32_t *length)
{
    char path[PATH_MAX];
    int printed = snprintf(path, sizeof path, "%s/%.*s.class", folder, (int)name.length, (const char *)name.bytes);
    if (printed < 0 || (size_t)printed >= sizeof path)
        return DSM_JAR_ASK;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return errno == ENOENT || errno == ENOTDIR ? DSM_JAR_NONE : DSM_JAR_ASK;
    enum dsm_jar_answer answer = DSM_JAR_ASK;
    struct stat status;
    uint8_t *content = NULL;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > (off_t)DSM_CLASS_BYTES_MAX)
        goto out;
    content = malloc((size_t)status.st_size + 1);
    if (content == NULL || read(file, content, (size_t)status.st_size) != status.st_size)
        goto out;
    *bytes = content;
    *length = (uint32_t)status.st_size;
    content = NULL;
    answer = DSM_JAR_FOUND;
out:
    free(content);
    close(file);
    return answer;
}

enum dsm_jar_answer dsm_class_path_read(dsm_class_path *p, dsm_text name, uint8_t **bytes, uint32_t *length)
{
    for (uint32_t i = 0; i < name.length; i++) {
        if (name.bytes[i] == 0 || name.bytes[i] > 0x7e)
            return DSM_JAR_ASK; /* which bytes its file name has is the JVM's to know */
    }
    pthread_mutex_lock(&p->lock);
    if (!p->is_open)
        open_places(p);
    enum dsm_jar_answer answer = DSM_JAR_NONE;
    for (uint32_t i = 0; i < p->count && answer == DSM_JAR_NONE; i++) {
        place *at = &p->places[i];
        if (at->is_folder)
            answer = read_from_folder(at->path, name, bytes, length);
        else if (at->jar != NULL)
            answer = dsm_jar_read(at->jar, name, bytes, length);
        else if (at->is_unclear)
            answer = DSM_JAR_ASK;
    }
    pthread_mutex_unlock(&p->lock);
    return answer == DSM_JAR_NONE ? DSM_JAR_ASK : answer;
}
