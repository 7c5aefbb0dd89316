/*
 * liblachan-detect: finds known abuse material and dangerous messages.
 *
 * Every function is safe to call from several threads at once on different objects; an open bank may be
 * queried by many threads. No function prints, exits, or keeps a pointer that it was given, except where
 * said. Sizes are bytes, radii and distances are differing bits (0..256), times are seconds.
 *
 * Sections: Status, Hash, Bank, Video, File hashes, Address, Text.
 */
#ifndef LACHAN_DETECT_H
#define LACHAN_DETECT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define DETECT_API __attribute__((visibility("default")))
#else
#define DETECT_API
#endif

/* ---- Status ------------------------------------------------------------------------------------------ */

enum detect_status {
	DETECT_OK = 0,
	DETECT_INVALID = 1,   /* the caller's argument or input cannot be used as it is */
	DETECT_NOT_FOUND = 2, /* no such file or item */
	DETECT_IO = 3,        /* the operating system refused a read, write or mapping */
	DETECT_BROKEN = 4,    /* stored data fails its checksum or its proof: do not trust it */
	DETECT_VERSION = 5,   /* stored data of another version of this library */
	DETECT_MEMORY = 6,    /* out of memory or over a stated maximum */
	DETECT_BUSY = 7       /* another process holds the lock; try again */
};

/* What went wrong, in English, for a log; always terminated. Pass NULL where it is not wanted. */
struct detect_error {
	char text[256];
};

/* The version of the library, such as "0.1.0". */
DETECT_API const char *detect_version(void);

/* ---- Hash -------------------------------------------------------------------------------------------- */

/* Two families of PDQ hashes are in use; hashes of the same large picture differ by 2 to 8 bits between
 * them, so the family is part of every hash and of every bank. */
enum detect_family {
	DETECT_FULL = 1,  /* of the picture in full resolution, as PyPI pdqhash and tx make it */
	DETECT_CPP512 = 2 /* first brought to 512x512 by nearest neighbour if larger, as the C++ tool does */
};

/* How a JPEG stores its colours: chroma of every pixel, of two side by side, of two by two. */
enum detect_sampling { DETECT_INTERLEAVED = 0, DETECT_444, DETECT_422, DETECT_420 };

/* A decoded picture, borrowed: 8 bits a channel, 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels
 * side by side, top row first. Alpha is dropped, not blended. Sides from 1 to 65,536 pixels.
 *
 * Or, which is faster, the planes of a JPEG as jpeg_read_raw_data gives them: sampling says which, channels is 3,
 * pixels are luma (a stride of 0 means width), chroma are blue and red differences, half as wide and high, rounded
 * up, where they are sampled so. The hash is that of the RGB that libjpeg-turbo makes of them with its defaults, to
 * the last bit; of pictures under 5 pixels wide it makes another, which does not matter: they have no hash. */
struct detect_image {
	const uint8_t *pixels;
	size_t stride; /* bytes from one row to the next; 0 means width * channels */
	uint32_t width, height, channels;
	enum detect_sampling sampling; /* 0: channels lie side by side, and the rest is not looked at */
	const uint8_t *chroma[2];
	size_t chroma_stride;
};

/* A PDQ hash (Facebook, "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm", 2019).
 * bits[0] is the first two digits of the text form. */
struct detect_pdq {
	uint8_t bits[32];
	uint8_t family;  /* enum detect_family */
	uint8_t quality; /* 0..100; below 50 the picture is too flat for its hash to mean much */
};

/* The places of detect_pdq_dihedral's eight hashes. */
enum detect_turn {
	DETECT_ORIGINAL, DETECT_ROTATE_90, DETECT_ROTATE_180, DETECT_ROTATE_270, /* anticlockwise */
	DETECT_FLIP_X,       /* top to bottom */
	DETECT_FLIP_Y,       /* left to right */
	DETECT_FLIP_PLUS_1,  /* along the main diagonal */
	DETECT_FLIP_MINUS_1, /* along the other diagonal */
	DETECT_TURNS
};

/* The hash of a picture. A side under 5 pixels gives the all-zero hash of quality 0, as the reference does.
 * DETECT_INVALID: sides or channels out of range, or DETECT_CPP512 with 2 or 4 channels (its reference
 * refuses them). DETECT_MEMORY: no scratch memory (about 100 floats for each pixel of width). */
DETECT_API enum detect_status detect_pdq_hash(const struct detect_image *image, enum detect_family family,
                                              struct detect_pdq *out, struct detect_error *error);

/* The hashes of the picture and of its seven rotations and reflections, from one blur. As in the reference,
 * a picture of exactly 64x64 is blurred here although detect_pdq_hash takes it as it is. */
DETECT_API enum detect_status detect_pdq_dihedral(const struct detect_image *image, enum detect_family family,
                                                  struct detect_pdq out[DETECT_TURNS],
                                                  struct detect_error *error);

/* The hash (DETECT_FULL) of width x height floats of luma, 0..255, row by row. */
DETECT_API enum detect_status detect_pdq_hash_luma(const float *luma, uint32_t width, uint32_t height,
                                                   struct detect_pdq *out, struct detect_error *error);

/* Differing bits, 0..256. 31 or fewer is the usual threshold for "the same picture". */
DETECT_API int detect_pdq_distance(const struct detect_pdq *a, const struct detect_pdq *b);

/* 64 lower-case hexadecimal digits and a terminator. */
DETECT_API void detect_pdq_to_hex(const struct detect_pdq *hash, char out[65]);

/* Reads exactly 64 hexadecimal digits, either case; family and quality are left to the caller.
 * Returns DETECT_INVALID and leaves out alone when n is not 64 or a digit is not one. */
DETECT_API enum detect_status detect_pdq_from_hex(const char *text, size_t n, struct detect_pdq *out);

/* The instructions in use: "avx512", "avx2" or "portable". All give the same bits. */
DETECT_API const char *detect_pdq_kernel_name(void);

/* ---- Bank -------------------------------------------------------------------------------------------- */

/* A bank is a file of hashes with ids, mapped and searched as it lies. An open bank never changes, and any
 * number of threads may search it. Changes go to BANK.log beside it, and now and then into a new file that
 * takes the place of the old one by rename: those who have the old one open keep it, whole, until they close
 * it. Never write into or truncate a bank file by other means while it is open somewhere.
 * An id is 1 to 255 bytes without space, tab or control characters; several entries may share one. */
struct detect_bank;

/* fraction runs from 0 to 1. */
typedef void detect_progress_fn(void *user, double fraction);

struct detect_match {
	uint32_t query;    /* which query of a batch, from 0 */
	uint32_t entry;    /* ask detect_bank_id and detect_bank_hash about it */
	uint32_t distance; /* 0..radius */
};

/* Grows as needed; start from { 0 }, use again freely, end with detect_matches_free. */
struct detect_matches {
	struct detect_match *at;
	size_t n, room;
};
DETECT_API void detect_matches_free(struct detect_matches *matches);

/* How much to check at open. Every open checks the header and the shape of the file and makes the bank
 * prove itself: a planted hash for each part of the index must be found at distance 31. */
enum detect_bank_check {
	DETECT_CHECK_ALL,  /* also every checksum: reads the whole file, about 0.1 s for each GB in memory */
	DETECT_CHECK_PROOF /* no more: a few milliseconds whatever the size; use detect_bank_verify later */
};

/* Opens path and applies path.log. *out is closed with detect_bank_close.
 * DETECT_NOT_FOUND, DETECT_IO, DETECT_VERSION, DETECT_MEMORY; DETECT_BROKEN: no bank, or one with a changed
 * bit; nothing may be concluded from it. */
DETECT_API enum detect_status detect_bank_open(const char *path, enum detect_bank_check check,
                                               struct detect_bank **out, struct detect_error *error);
DETECT_API void detect_bank_close(struct detect_bank *bank);

/* All checksums, and every number in the index within its range. */
DETECT_API enum detect_status detect_bank_verify(const struct detect_bank *bank, struct detect_error *error);

/* Whether the file or its log has changed since it was opened: time to open it anew. */
DETECT_API int detect_bank_stale(const struct detect_bank *bank);

DETECT_API enum detect_family detect_bank_family(const struct detect_bank *bank);
DETECT_API uint64_t detect_bank_count(const struct detect_bank *bank); /* entries, removed ones not counted */
DETECT_API uint64_t detect_bank_bytes(const struct detect_bank *bank); /* of the file */
DETECT_API uint64_t detect_bank_logged(const struct detect_bank *bank); /* changes in the log: compact beyond ~10,000 */

/* The id of an entry, terminated; returns its length. The entry comes from a match. */
DETECT_API size_t detect_bank_id(const struct detect_bank *bank, uint32_t entry, char id[256]);
/* Less than, equal to or greater than 0: numbers by value, before texts by bytes. */
DETECT_API int detect_bank_compare_ids(const struct detect_bank *bank, uint32_t entry, uint32_t other);
DETECT_API void detect_bank_hash(const struct detect_bank *bank, uint32_t entry, struct detect_pdq *out);

/* Appends to *matches every entry within radius (0..256) of the hash, by distance, then id. None is left
 * out. Up to radius 64 the index or a scan is used, whichever is less work; beyond it always scans.
 * DETECT_INVALID: the hash is of another family. DETECT_MEMORY, DETECT_BROKEN. */
DETECT_API enum detect_status detect_bank_query(const struct detect_bank *bank, const struct detect_pdq *hash,
                                                int radius, struct detect_matches *matches,
                                                struct detect_error *error);

/* The same for n hashes at once, on up to `threads` threads; in the order of the hashes. */
DETECT_API enum detect_status detect_bank_query_many(const struct detect_bank *bank,
                                                     const struct detect_pdq *hashes, size_t n, int radius,
                                                     int threads, struct detect_matches *matches,
                                                     struct detect_error *error);

/* A hash of the bank that has many neighbours, counting itself: it would flood those who match against it. */
struct detect_flood {
	uint32_t entry;
	uint64_t neighbours;
};
typedef void detect_flood_fn(void *user, const struct detect_flood *flood);

/* Calls flood_fn for each different hash with at least `least` entries within radius, in order of hash. */
DETECT_API enum detect_status detect_bank_floods(const struct detect_bank *bank, int radius, uint64_t least,
                                                 int threads, detect_flood_fn *flood_fn,
                                                 detect_progress_fn *progress, void *user,
                                                 struct detect_error *error);

/* Builds a bank: open, add every hash, write, close. Up to 4,294,966,271 entries. */
struct detect_builder;
DETECT_API enum detect_status detect_builder_open(enum detect_family family, struct detect_builder **out,
                                                  struct detect_error *error);
DETECT_API void detect_builder_close(struct detect_builder *builder);
DETECT_API enum detect_status detect_builder_add(struct detect_builder *builder, const struct detect_pdq *hash,
                                                 const char *id, size_t id_size, struct detect_error *error);

/* Writes path by way of path.new and a rename, so that others see the old bank or the new one, nothing
 * between; an old path.log is emptied. progress may be NULL. DETECT_BUSY: another process is writing it. */
DETECT_API enum detect_status detect_builder_write(struct detect_builder *builder, const char *path, int threads,
                                                   detect_progress_fn *progress, void *user,
                                                   struct detect_error *error);

/* One change to a bank. A removal takes away every entry with this hash and this id; there must be one. */
struct detect_change {
	int remove;
	struct detect_pdq hash;
	const char *id;
	size_t id_size;
};

/* Appends the changes to path.log, all or none, and syncs it to the disk.
 * DETECT_NOT_FOUND: a removal names what is not there; nothing was changed. */
DETECT_API enum detect_status detect_bank_change(const char *path, const struct detect_change *changes, size_t n,
                                                 struct detect_error *error);

/* Builds the bank anew with the changes of its log in it, and empties the log. */
DETECT_API enum detect_status detect_bank_compact(const char *path, int threads, detect_progress_fn *progress,
                                                  void *user, struct detect_error *error);

/* ---- Video ------------------------------------------------------------------------------------------- */

/* vPDQ: a film is the list of the PDQ hashes (DETECT_FULL) of its frames, every frame or one in so many.
 * The decoder of decode/ hands out the frames; hash each with detect_pdq_hash and add it. */
struct detect_vpdq_frame {
	struct detect_pdq hash;
	uint32_t frame; /* its number in the film, from 0 */
	double seconds; /* frame / frames per second */
};

/* Starts from { 0 }, ends with detect_vpdq_free. */
struct detect_vpdq {
	struct detect_vpdq_frame *at;
	size_t n, room;
};

enum {
	DETECT_VPDQ_FRAMES_MAX = 1 << 24,
	DETECT_VPDQ_SECONDS_MAX = 100000000,
	DETECT_VPDQ_LINE_BYTES = 112,    /* of one line, with newline and terminator */
	DETECT_VPDQ_FILE_MAX = 1 << 30   /* bytes */
};

DETECT_API void detect_vpdq_free(struct detect_vpdq *video);

/* DETECT_MEMORY: out of memory, or more than DETECT_VPDQ_FRAMES_MAX. */
DETECT_API enum detect_status detect_vpdq_add(struct detect_vpdq *video, const struct detect_vpdq_frame *frame);

/* The text form, one line `frame,quality,hash,seconds` for each frame, as the reference writes and reads it.
 * DETECT_INVALID names the line; then out is empty. Empty lines are passed over. */
DETECT_API enum detect_status detect_vpdq_parse(const char *text, size_t n, struct detect_vpdq *out,
                                                struct detect_error *error);
DETECT_API enum detect_status detect_vpdq_load(const char *path, struct detect_vpdq *out,
                                               struct detect_error *error);
DETECT_API enum detect_status detect_vpdq_save(const struct detect_vpdq *video, const char *path,
                                               struct detect_error *error);

/* One line with its newline and a terminator, seconds with three decimals; returns its bytes without the latter. */
DETECT_API size_t detect_vpdq_line(const struct detect_vpdq_frame *frame, char out[DETECT_VPDQ_LINE_BYTES]);

/* What counts as the same frame. The reference's C++ wants less than the distance (strict), its README and
 * Python client up to it; the Python index also drops repeated hashes of a film first (distinct). */
struct detect_vpdq_rule {
	int quality_min; /* frames of less quality are left out on both sides */
	int distance;
	uint8_t strict, distinct;
};
#define DETECT_VPDQ_RULE { .quality_min = 50, .distance = 31 }

/* Percentages are 0 where no frame was left. Usual thresholds: at least 80 % of the query's frames found in
 * the target (a clip of it), or 80 % of the target's in the query. */
struct detect_vpdq_match {
	uint32_t query_frames, target_frames;   /* that counted */
	uint32_t query_matched, target_matched; /* of these, with a near frame on the other side */
	double query_percent, target_percent;
};

/* rule NULL: DETECT_VPDQ_RULE. Takes time in proportion to the product of the lengths: to look a film up among
 * many, put frames into a bank and count by film. */
DETECT_API enum detect_status detect_vpdq_compare(const struct detect_vpdq *query, const struct detect_vpdq *target,
                                                  const struct detect_vpdq_rule *rule,
                                                  struct detect_vpdq_match *out);

/* TMK+PDQF (Facebook, 2019, after Poullot et al., "Temporal Matching Kernel with Explicit Feature Maps"): one
 * hash of fixed size for a whole film, made of frames of 64x64 at 15 a second (decode_video with resample_fps).
 * About 260 KB: take it from malloc. */
enum {
	DETECT_TMK_FPS = 15,
	DETECT_TMK_SIDE = 64,
	DETECT_TMK_PERIODS = 4,
	DETECT_TMK_WAVES = 32,
	DETECT_TMK_FEATURES = 256,
	DETECT_TMK_BYTES = 263344 /* of its file */
};

struct detect_tmk {
	int32_t frames_per_second, frames;
	int32_t periods[DETECT_TMK_PERIODS]; /* in frames */
	float weights[DETECT_TMK_WAVES];
	float average[DETECT_TMK_FEATURES];
	float cosines[DETECT_TMK_PERIODS][DETECT_TMK_WAVES][DETECT_TMK_FEATURES];
	float sines[DETECT_TMK_PERIODS][DETECT_TMK_WAVES][DETECT_TMK_FEATURES];
};

/* Begin, add every frame in order, end once; then it can be compared and saved.
 * DETECT_INVALID: a frame that is not 64x64 pixels of 1 to 4 channels. */
DETECT_API void detect_tmk_begin(struct detect_tmk *tmk);
DETECT_API enum detect_status detect_tmk_add(struct detect_tmk *tmk, const struct detect_image *frame);
DETECT_API void detect_tmk_end(struct detect_tmk *tmk);

/* The same for a frame of which the 16x16 DCT coefficients are known, row by row. */
DETECT_API void detect_tmk_add_feature(struct detect_tmk *tmk, const float feature[DETECT_TMK_FEATURES]);

/* Level 1: cosine of the average frames, -1..1, cheap; a match from 0.7. */
DETECT_API double detect_tmk_level1(const struct detect_tmk *a, const struct detect_tmk *b);

/* Level 2: agreement of the time courses at the best offset, up to 1; a match from 0.7, the same film from 0.9.
 * Some milliseconds. DETECT_INVALID: hashes of other periods or weights. */
DETECT_API enum detect_status detect_tmk_level2(const struct detect_tmk *a, const struct detect_tmk *b, double *out);

/* The .tmk file of the reference. Its bytes depend on the scaler of the ffmpeg that made the frames, by which
 * even the reference's own differ: compare by score. DETECT_BROKEN: cut, or a value that is no number. */
DETECT_API void detect_tmk_to_bytes(const struct detect_tmk *tmk, uint8_t out[DETECT_TMK_BYTES]);
DETECT_API enum detect_status detect_tmk_from_bytes(const uint8_t *bytes, size_t n, struct detect_tmk *out,
                                                    struct detect_error *error);
DETECT_API enum detect_status detect_tmk_load(const char *path, struct detect_tmk *out, struct detect_error *error);
DETECT_API enum detect_status detect_tmk_save(const struct detect_tmk *tmk, const char *path,
                                              struct detect_error *error);

/* ---- File hashes ------------------------------------------------------------------------------------- */

/* MD5 (RFC 1321), SHA-1 and SHA-256 (FIPS 180-4): what exchanges carry for the exact file. MD5 and SHA-1 can be
 * forged; use them to find what others listed, never to prove that two files are the same. PhotoDNA hashes are
 * licensed: this library carries them as bytes and computes none. */
struct detect_file_hashes {
	uint8_t md5[16], sha1[20], sha256[32];
	uint64_t bytes; /* of the file */
};

/* All three in one pass, over data that comes in portions. Begin, add any number of times, end once. */
struct detect_file_hasher {
	uint64_t bytes;
	uint32_t md5[4], sha1[5], sha256[8];
	uint8_t block[64];
};
DETECT_API void detect_file_hasher_begin(struct detect_file_hasher *hasher);
DETECT_API void detect_file_hasher_add(struct detect_file_hasher *hasher, const void *data, size_t n);
DETECT_API void detect_file_hasher_end(struct detect_file_hasher *hasher, struct detect_file_hashes *out);

/* From where fd stands to the end. DETECT_IO when it cannot be read. */
DETECT_API enum detect_status detect_file_hash(int fd, struct detect_file_hashes *out, struct detect_error *error);

/* 2 * n lower-case hexadecimal digits and a terminator. */
DETECT_API void detect_bytes_to_hex(const uint8_t *bytes, size_t n, char *out);

/* ---- Address ----------------------------------------------------------------------------------------- */

/* Addresses are made canonical and looked up as in Google's Safe Browsing API v4 ("URLs and Hashing"): every host
 * suffix with every path prefix, each by the first four bytes of its SHA-256, so that a list can be asked
 * without giving the address away. */
enum { DETECT_ADDRESS_MAX = 8192, DETECT_EXPRESSIONS_MAX = 30 };

/* The canonical form of url (n bytes; a missing scheme means http) into out, terminated; *length without the
 * zero. INVALID: no host. MEMORY: longer than DETECT_ADDRESS_MAX or than room. Userinfo, port, fragment go. */
DETECT_API enum detect_status detect_address_canonical(const char *url, size_t n, char *out, size_t room,
	size_t *length);

struct detect_expression {
	uint32_t prefix;    /* first four bytes of the SHA-256, the first one most significant */
	uint8_t sha256[32]; /* of host suffix and path prefix without scheme, such as "example.com/a/" */
};

/* The up to 30 expressions of an address, the most exact first (canonical inside). */
DETECT_API enum detect_status detect_address_expressions(const char *url, size_t n,
	struct detect_expression out[DETECT_EXPRESSIONS_MAX], size_t *count);

/* A set of host names. A name covers everything below it; names under a covered one are not kept. */
struct detect_domains;
DETECT_API struct detect_domains *detect_domains_new(void); /* NULL when memory runs out */
DETECT_API void detect_domains_free(struct detect_domains *domains);

/* Adds a name ("bad.example", "*.bad.example", upper case and a last dot are fine; IDNs as xn--). INVALID: not
 * a host name. */
DETECT_API enum detect_status detect_domains_add(struct detect_domains *domains, const char *name, size_t n);

/* To be called once after adding: sorts, drops covered names. Then any number of threads may ask. */
DETECT_API void detect_domains_finish(struct detect_domains *domains);
DETECT_API size_t detect_domains_count(const struct detect_domains *domains);

/* 1 if the name or one of its parents is in the set. *covering, unless NULL, points at that entry's text. */
DETECT_API int detect_domains_covers(const struct detect_domains *domains, const char *name, size_t n,
	const char **covering);

/* ---- Text -------------------------------------------------------------------------------------------- */

/* What a message can be about. BULLYING covers insults and hate. */
enum detect_topic {
	DETECT_GROOMING, DETECT_SEXTORTION, DETECT_THREAT, DETECT_BULLYING, DETECT_SELF_HARM, DETECT_LURE,
	DETECT_TOPICS
};

enum { DETECT_SIGNALS_MAX = 64 };

/* Something in a message that a reader should see. The name and the explanations live as long as the program. */
struct detect_signal {
	uint32_t start, end; /* bytes of the message, end after the last one */
	const char *name;    /* such as "secrecy"; detect_text_why says it in words */
	uint8_t topic;       /* enum detect_topic */
	uint8_t percent;     /* how far it goes towards "yes" by itself */
};

/* Scores are probabilities, 0 to 1; 0.5 decides. They may raise the urgency of a case, never lower it: a low score
 * means that nothing was recognised, not that nothing is wrong. */
struct detect_screening {
	double score[DETECT_TOPICS];
	double insult, hate; /* the two parts of BULLYING that the model tells apart */
	int urgent;          /* a person should look now: life, body or blackmail */
	uint32_t signal_count, signals_left_out; /* over DETECT_SIGNALS_MAX */
	struct detect_signal signals[DETECT_SIGNALS_MAX];
};

/* The model and the rules; read-only, so any number of threads may use one. Opened with the model that is
 * compiled in; model may give the bytes of another (they must stay until close), or NULL. */
struct detect_text;
DETECT_API enum detect_status detect_text_open(struct detect_text **text, const void *model, size_t model_size,
	struct detect_error *error);
DETECT_API void detect_text_close(struct detect_text *text);

/* Screens one message of n bytes, any bytes: what is not UTF-8 is read past. blocked may be NULL; else links
 * to its hosts are signals. Uses about 250 KiB of stack; about 10 microseconds for a short message. */
DETECT_API void detect_text_screen(const struct detect_text *text, const char *message, size_t n,
	const struct detect_domains *blocked, struct detect_screening *out);

/* "grooming", "sextortion", "threat", "bullying", "self_harm", "lure". */
DETECT_API const char *detect_topic_name(enum detect_topic topic);

/* What a signal means in a few words: language "en", else Vietnamese. NULL for an unknown name. */
DETECT_API const char *detect_text_why(const char *signal_name, const char *language);

/* One message rarely tells. A talk follows the messages that one person writes to another and adds up what
 * they show: different stages of grooming support each other even when they lie many messages apart. */
struct detect_talk;

struct detect_talk_state {
	double score[DETECT_TOPICS]; /* of the talk so far, never below that of its worst message */
	double skewness;  /* of the messages' scores: rare strong ones among ordinary ones give a high value
	                   * (idea: Roblox Sentinel, contrastive scores aggregated by skewness); 0 under 10 messages */
	uint32_t messages;
	int urgent;
};

/* NULL when memory runs out. One talk is about 2 KiB and belongs to one thread at a time. */
DETECT_API struct detect_talk *detect_talk_new(void);
DETECT_API void detect_talk_free(struct detect_talk *talk);
DETECT_API void detect_talk_add(struct detect_talk *talk, const struct detect_screening *message,
	struct detect_talk_state *state);

#ifdef __cplusplus
}
#endif
#endif
