/* Digests against the examples of RFC 1321 and FIPS 180-4, and against themselves in other portions. */
#include "check.h"
#include "block.h"
#include "lachan/detect.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct example {
	const char *text;
	int times;
	const char *md5, *sha1, *sha256;
} examples[] = {
	{ "", 1, "d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", 1, "900150983cd24fb0d6963f7d28e17f72", "a9993e364706816aba3e25717850c26c9cd0d89d",
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1, "8215ef0796a20bcaaae116d3876c664a",
		"84983e441c3bd26ebaae4aa1f95129e5e54670f1",
		"248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	{ "12345678901234567890123456789012345678901234567890123456789012345678901234567890", 1,
		"57edf4a22be3c955ac49da2e2107b67a", "50abf5706a150990a08b2c5ea40fa0e585554732",
		"f371bc4a311f2b009eef952dd83ca80e2b60026c8e935592d0f9c308453c813e" },
	{ "aaaaaaaaaa", 100000, "7707d6ae4e027c70eea2a935c2296f21", "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
		"cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
};

static void check_hashes(const struct detect_file_hashes *is, const struct example *want)
{
	char hex[65];
	detect_bytes_to_hex(is->md5, 16, hex);
	CHECK(strcmp(hex, want->md5) == 0, "md5 of '%s': %s", want->text, hex);
	detect_bytes_to_hex(is->sha1, 20, hex);
	CHECK(strcmp(hex, want->sha1) == 0, "sha1 of '%s': %s", want->text, hex);
	detect_bytes_to_hex(is->sha256, 32, hex);
	CHECK(strcmp(hex, want->sha256) == 0, "sha256 of '%s': %s", want->text, hex);
	CHECK(is->bytes == strlen(want->text) * (size_t)want->times, " ");
}

static void digests_are_those_of_the_standards(void)
{
	for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
		const struct example *e = &examples[i];
		struct detect_file_hasher hasher;
		struct detect_file_hashes hashes;
		detect_file_hasher_begin(&hasher);
		for (int n = 0; n < e->times; n++)
			detect_file_hasher_add(&hasher, e->text, strlen(e->text));
		detect_file_hasher_end(&hasher, &hashes);
		check_hashes(&hashes, e);
	}
}

static struct detect_file_hashes hash_in_portions(const uint8_t *data, size_t n, uint64_t *seed)
{
	struct detect_file_hasher hasher;
	struct detect_file_hashes hashes;
	detect_file_hasher_begin(&hasher);
	for (size_t done = 0; done < n;) {
		size_t some = check_random(seed) % 150;
		some = some < n - done ? some : n - done;
		detect_file_hasher_add(&hasher, data + done, some);
		done += some;
	}
	detect_file_hasher_end(&hasher, &hashes);
	return hashes;
}

/* The processor's own instructions give what the portable code gives. */
static void instructions_agree(void)
{
#ifdef __x86_64__
	uint64_t seed = 7;
	uint32_t one[2][5] = { { 1, 2, 3, 4, 5 }, { 1, 2, 3, 4, 5 } };
	uint32_t two[2][8] = { { 1, 2, 3, 4, 5, 6, 7, 8 }, { 1, 2, 3, 4, 5, 6, 7, 8 } };
	uint8_t block[64];
	if (!sha_extensions()) {
		printf("# this processor has no SHA instructions\n");
		return;
	}
	for (int n = 0; n < 10000; n++) {
		for (size_t i = 0; i < sizeof block; i++)
			block[i] = (uint8_t)check_random(&seed);
		sha1_block(one[0], block);
		sha1_block_x86(one[1], block);
		sha256_block(two[0], block);
		sha256_block_x86(two[1], block);
	}
	CHECK(memcmp(one[0], one[1], sizeof one[0]) == 0, "sha1");
	CHECK(memcmp(two[0], two[1], sizeof two[0]) == 0, "sha256");
#endif
}

static void portions_do_not_matter(void)
{
	uint64_t seed = 3;
	uint8_t data[1000];
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)check_random(&seed);
	for (size_t n = 0; n <= sizeof data; n++) {
		struct detect_file_hasher hasher;
		struct detect_file_hashes whole, parts = hash_in_portions(data, n, &seed);
		detect_file_hasher_begin(&hasher);
		detect_file_hasher_add(&hasher, data, n);
		detect_file_hasher_end(&hasher, &whole);
		CHECK(memcmp(whole.md5, parts.md5, 16) == 0 && memcmp(whole.sha1, parts.sha1, 20) == 0
			&& memcmp(whole.sha256, parts.sha256, 32) == 0, "%zu bytes", n);
	}
}

static void files_are_read_to_their_end(void)
{
	const struct example *e = &examples[4];
	struct detect_file_hashes hashes;
	struct detect_error error;
	int fd = memfd_create("million", MFD_CLOEXEC);
	for (int i = 0; i < e->times; i++)
		CHECK(write(fd, e->text, 10) == 10, " ");
	CHECK(lseek(fd, 0, SEEK_SET) == 0 && detect_file_hash(fd, &hashes, &error) == DETECT_OK, " ");
	check_hashes(&hashes, e);
	close(fd);
	CHECK(detect_file_hash(fd, &hashes, &error) == DETECT_IO && error.text[0], " ");
}

int main(void)
{
	digests_are_those_of_the_standards();
	instructions_agree();
	portions_do_not_matter();
	files_are_read_to_their_end();
	return check_done();
}
