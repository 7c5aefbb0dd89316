/* Inside matches/: what the readers of files of hashes share. */
#pragma once

#include "bank_formats.h"

void file_fault(struct file_check *check, i64 line, struct str text, enum file_fault_kind kind);
/* One record: counted, and written to the list. False where there are too many. */
bool file_record(struct file_check *check, struct arena *a, const struct hash_new *h);
/* "pdq", "video_md5", "ImagePDQ", "StopNCIISignalType.VideoMD5" ...: kind and video. */
bool file_kind(struct str name, enum hash_kind *kind, bool *video);
bool file_status(struct str word, enum hash_status *code);    /* either case */
/* Reads the value into h; false: the fault is noted. */
bool file_value(struct file_check *check, struct arena *a, i64 line, struct str text, struct hash_new *h);

void stopncii_check(struct arena *a, struct str text, struct file_check *check);
void ncmec_check(struct arena *a, struct str text, struct file_check *check);
