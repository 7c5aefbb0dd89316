#include "client.h"

const char *decode_code_text(enum decode_code code)
{
	switch (code) {
	case DECODE_OK: return "done";
	case DECODE_NO_PROGRAM: return "the decoder program did not start";
	case DECODE_NO_SANDBOX: return "the decoder could not shut itself in, and decodes nothing";
	case DECODE_IO: return "the file cannot be read";
	case DECODE_UNKNOWN: return "not of a known format";
	case DECODE_BROKEN: return "truncated or corrupt";
	case DECODE_TOO_LARGE: return "too large";
	case DECODE_TOO_SLOW: return "took too long to decode";
	case DECODE_DIED: return "the decoder died on it";
	}
	return "unknown";
}
