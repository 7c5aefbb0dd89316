/* What a decoder program offers: lachan-decode links the one for pictures, lachan-decode-video that for films,
 * so that the first, which opens most files, starts fast and holds no film decoders. */
#ifndef DECODE_SERVICE_H
#define DECODE_SERVICE_H

#include "protocol.h"

struct service {
	/* Loads all that will be needed, while files can still be opened. No untrusted byte is seen here. */
	void (*prepare)(void);
	/* Decodes the file behind fd, which the caller closes, and fills in the reply to be sent when done. */
	enum decode_code (*serve)(int fd, const struct decode_request *request, struct decode_reply *done);
};

extern const struct service service;

#endif
