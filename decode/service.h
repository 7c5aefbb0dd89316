/* What a decoder program offers. There are three, so that the one that opens most files starts fast and
 * holds no more code than it needs: lachan-decode, lachan-decode-heif, lachan-decode-video. */
#ifndef DECODE_SERVICE_H
#define DECODE_SERVICE_H

#include "protocol.h"

struct service {
	/* Loads all that will be needed, while files can still be opened. No untrusted byte is seen here. */
	void (*prepare)(void);
	/* Decodes the file behind fd, which the caller closes, and fills in the reply to be sent when done. */
	enum decode_code (*serve)(int fd, const struct decode_request *request, struct decode_reply *done);
	bool threads; /* its libraries insist on starting some */
};

extern const struct service service;

/* Pictures, by the codecs that the program has. */
enum decode_code picture_serve(int fd, const struct decode_request *request, struct decode_reply *done);

#endif
