/* A QR code as inline SVG (ISO/IEC 18004, level M), with its quiet zone, dark on light in every theme. */
#pragma once

#include "../base/memory.h"
#include "html.h"

struct html html_qr(struct arena *a, struct str text);     /* at most 300 bytes of text */
