#include "dsm_rooms.h"

#include <pthread.h>
#include <stdlib.h>

#define KEPT 4u

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static dsm_class_room *kept[KEPT];
static uint32_t count;

dsm_class_room *dsm_room_take(void)
{
    dsm_class_room *room = NULL;
    pthread_mutex_lock(&lock);
    if (count > 0)
        room = kept[--count];
    pthread_mutex_unlock(&lock);
    return room != NULL ? room : malloc(sizeof *room);
}

void dsm_room_give(dsm_class_room *room)
{
    pthread_mutex_lock(&lock);
    if (count < KEPT) {
        kept[count++] = room;
        room = NULL;
    }
    pthread_mutex_unlock(&lock);
    free(room);
}
