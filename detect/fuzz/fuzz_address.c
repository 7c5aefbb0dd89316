/* Any bytes as an address, as a host name of a set, and as running text with links. */
#include <assert.h>
#include <string.h>

#include "lachan/detect.h"
#include "text/links.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void canonical(const char *text, size_t n)
{
	static char once[3 * DETECT_ADDRESS_MAX];
	struct detect_expression expressions[DETECT_EXPRESSIONS_MAX];
	size_t length, count;
	enum detect_status status = detect_address_canonical(text, n, once, sizeof once, &length);
	assert(status != DETECT_OK || strlen(once) == length);
	assert(detect_address_expressions(text, n, expressions, &count) == status);
	assert(count <= DETECT_EXPRESSIONS_MAX && (status == DETECT_OK) == (count > 0));
}

static void domains(const char *text, size_t n)
{
	struct detect_domains *set = detect_domains_new();
	if (!set)
		return;
	enum detect_status added = detect_domains_add(set, text, n);
	detect_domains_finish(set);
	assert(added != DETECT_OK || detect_domains_covers(set, text, n, NULL));
	detect_domains_free(set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const char *text = (const char *)data;
	struct link link = { 0 };
	canonical(text, n);
	domains(text, n);
	while (links_next(text, n, &link))
		assert(link.start < link.end && link.end <= n && link.host + link.host_length <= link.end);
	return 0;
}
