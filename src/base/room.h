/* Room on the disk that is kept for words. DIR/reserve takes it up while there is plenty. Where the disk runs full, files are refused
   first, then the reserve is given back: reports without files, and the work of staff, go on in it. It is taken again when there is
   plenty again. All of it stands on the disk itself, so that several processes on one folder agree. */
#pragma once

#include "memory.h"
#include "status.h"

/* The disk says how it stands; reserve is in bytes, and nothing is kept and nothing refused where it is 0. */
/* Whether a file of so many bytes may come: the reserve is whole, and beside it a quarter of it stays free. */
bool room_for_file(const char *dir, i64 reserve, i64 bytes);
/* Whether a file of ours that can wait (the copy that a backup is made of) leaves the room that files stop at. */
bool room_for_copy(const char *dir, i64 reserve, i64 bytes);
void room_tend(const char *dir, i64 reserve);           /* gives the reserve back, or takes it again; says so in the log */
/* errno of a call that writes: FULL where there is no room, else `otherwise`. */
status room_error(int error, status otherwise);
