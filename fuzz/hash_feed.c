/* What servers of feeds and partners send: pages of StopNCII and NCMEC, batches, feedback. The first byte says which. */
#include "fuzz.h"

#include "matches/hash_feeds.h"

static void page_right(const struct fed_page *page)
{
    for (size_t i = 0; i < page->n; i++)
        HOLDS(page->at[i].kind > 0 && page->at[i].kind < HASH_KINDS && page->at[i].value.n > 0);
}

static void entries_right(const struct ncmec_page *page)
{
    for (size_t i = 0; i < page->n; i++) {
        HOLDS(page->at[i].name.n > 2);
        for (size_t k = 0; k < page->at[i].n_prints; k++)
            HOLDS(page->at[i].prints[k].value.n > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct arena a = arena_make(64 << 20);
    struct str text = str_of(data + 1, n > 0 ? n - 1 : 0), why;
    struct ncmec_opinion opinion;
    struct ncmec_page entries;
    struct fed_page page;
    i64 seconds;

    if (n > 0)
        switch (data[0] % 5) {
        case 0: if (stopncii_read(&a, text, &page) == OK) page_right(&page); break;
        case 1: if (stopncii_given(&a, text, false, &page, &why) == OK) page_right(&page); break;
        case 2: (void)!stopncii_given(&a, text, true, &page, &why); break;
        case 3: if (ncmec_read(&a, text, &entries) == OK) entries_right(&entries); break;
        default: (void)!ncmec_feedback_read(&a, text, &opinion); (void)utc_read(text, &seconds); break;
        }
    arena_free(&a);
    return 0;
}
