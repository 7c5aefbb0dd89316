/* Host suffixes times path prefixes, each as the start of its SHA-256. */
#include <string.h>

#include "address.h"
#include "filehash/block.h"

enum { HOSTS_MAX = 5, PATHS_MAX = 6 };

static void sha256(const char *text, size_t n, uint8_t digest[32])
{
	uint32_t state[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
		0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	uint8_t block[64];
	uint64_t bits = (uint64_t)n * 8;
	for (; n >= 64; text += 64, n -= 64) {
		memcpy(block, text, 64);
		sha256_block(state, block);
	}
	memset(block, 0, sizeof block);
	memcpy(block, text, n);
	block[n] = 0x80;
	if (n >= 56) {
		sha256_block(state, block);
		memset(block, 0, sizeof block);
	}
	block_write_big(block + 56, (uint32_t)(bits >> 32));
	block_write_big(block + 60, (uint32_t)bits);
	sha256_block(state, block);
	for (size_t i = 0; i < 8; i++)
		block_write_big(digest + 4 * i, state[i]);
}

static int is_number_host(const char *host, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (host[i] != '.' && (host[i] < '0' || host[i] > '9'))
			return host[0] == '[';
	return 1;
}

/* Starts of the host itself, then of up to four suffixes of its last five labels, never a single label. */
static size_t hosts_of(const char *host, size_t n, size_t start[HOSTS_MAX])
{
	size_t count = 0, dots = 0, at = n;
	size_t after_dot[5];
	start[count++] = 0;
	if (is_number_host(host, n))
		return count;
	while (at > 0 && dots < 5)
		if (host[--at] == '.')
			after_dot[dots++] = at + 1;
	for (size_t i = dots; i-- > 1 && count < HOSTS_MAX;)
		if (i < 5 && after_dot[i] > 0 && i <= 4)
			start[count++] = after_dot[i];
	return count;
}

/* Ends of: the path with its query, the path, then "/" and up to three folders from the root. */
static size_t paths_of(const char *path, size_t n, size_t end[PATHS_MAX])
{
	const char *query = memchr(path, '?', n);
	size_t bare = query ? (size_t)(query - path) : n, count = 0;
	if (query)
		end[count++] = n;
	end[count++] = bare;
	for (size_t i = 0, slashes = 0; i < bare && slashes < 4; i++)
		if (path[i] == '/') {
			slashes++;
			if (i + 1 < bare)
				end[count++] = i + 1;
		}
	return count;
}

enum detect_status detect_address_expressions(const char *url, size_t n,
	struct detect_expression out[DETECT_EXPRESSIONS_MAX], size_t *count)
{
	char canonical[3 * DETECT_ADDRESS_MAX], text[3 * DETECT_ADDRESS_MAX];
	size_t length, hosts[HOSTS_MAX], paths[PATHS_MAX];
	*count = 0;
	enum detect_status status = detect_address_canonical(url, n, canonical, sizeof canonical, &length);
	if (status)
		return status;
	const char *host = strstr(canonical, "://") + 3, *path = strchr(host, '/');
	size_t host_n = (size_t)(path - host);
	size_t host_count = hosts_of(host, host_n, hosts),
	       path_count = paths_of(path, length - (size_t)(path - canonical), paths);
	for (size_t h = 0; h < host_count; h++)
		for (size_t p = 0; p < path_count; p++) {
			struct detect_expression *e = out + (*count)++;
			size_t suffix = host_n - hosts[h];
			memcpy(text, host + hosts[h], suffix);
			memcpy(text + suffix, path, paths[p]);
			sha256(text, suffix + paths[p], e->sha256);
			e->prefix = block_read_big(e->sha256);
		}
	return DETECT_OK;
}
