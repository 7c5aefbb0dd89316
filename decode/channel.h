/* The decoder's end of the conversation with its client. Any failure ends the process: nobody is left. */
#ifndef DECODE_CHANNEL_H
#define DECODE_CHANNEL_H

#include "protocol.h"

/* Waits for the next file; its descriptor is the caller's to close. Ends the process if the client is gone. */
int channel_receive(struct decode_request *request);

void channel_send(const struct decode_reply *reply);

/* Waits until the client has read one frame. */
struct decode_verdict channel_verdict(void);

/* At least size bytes of the pixel memory shared with the client, from its start, as the last call may have
 * left them; NULL when out of memory. */
uint8_t *channel_pixels(size_t size);

/* Gives back much memory; keeps little, because mapping it anew costs more than decoding a small picture. */
void channel_release_pixels(void);

#endif
