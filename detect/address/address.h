/* Shared by the files of this part. */
#ifndef DETECT_ADDRESS_H
#define DETECT_ADDRESS_H

#include "lachan/detect.h"

#endif
