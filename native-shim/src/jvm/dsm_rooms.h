/*
 * dsm_rooms.h - rooms to read a class file in, kept from class to class. Thread-safe.
 */
#ifndef DSM_ROOMS_H
#define DSM_ROOMS_H

#include "dsm_class_scan.h"

/* One that nobody else has until it is given back; NULL without memory. */
dsm_class_room *dsm_room_take(void);
void dsm_room_give(dsm_class_room *room);

#endif
