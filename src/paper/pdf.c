/* cairo 1.16 has no way to name a document's language, and a screen reader would read Vietnamese with an English voice. So the
   catalogue is written once more behind the end, with /Lang. What is read here is what cairo wrote a moment ago. */
#include "model.h"

#include <stdio.h>

static bool number_behind(struct str pdf, const char *word, i64 *value)
{
    size_t at = str_find(pdf, str_c(word)), end;
    struct str rest;

    if (at == pdf.n)
        return false;
    rest = str_trim(str_from(pdf, at + strlen(word)));
    for (end = 0; end < rest.n && rest.at[end] >= '0' && rest.at[end] <= '9'; )
        end++;
    return str_i64(str_upto(rest, end), value);
}

/* The last "trailer": cairo writes one, and no stream of its own holds the word behind it. */
static struct str trailer_of(struct str pdf)
{
    static const char word[] = "trailer\n";

    for (size_t at = pdf.n; at-- > 0; )
        if (str_starts(str_from(pdf, at), str_c(word)))
            return str_from(pdf, at);
    return STR("");
}

static bool catalogue_of(struct str pdf, i64 root, struct str *dict)
{
    char head[40];
    size_t at, end;

    (void)snprintf(head, sizeof head, "\n%lld 0 obj\n<< ", (long long)root);
    at = str_find(pdf, str_c(head));
    if (at == pdf.n)
        return false;
    *dict = str_from(pdf, at + strlen(head));
    end = str_find(*dict, STR(">>\nendobj"));
    if (end == dict->n)
        return false;
    *dict = str_upto(*dict, end);
    return true;
}

status pdf_set_lang(struct out *pdf, size_t begin, struct str lang)
{
    struct str all = str_from(out_done(pdf), begin), trailer = trailer_of(all), dict;
    i64 root, info, size, start;
    size_t object, xref;
    char *kept;

    if (!number_behind(trailer, "/Root ", &root) || !number_behind(trailer, "/Size ", &size) ||
        !number_behind(trailer, "/Info ", &info) || !number_behind(trailer, "startxref\n", &start) || !catalogue_of(all, root, &dict))
        return fail(BROKEN, "a PDF of cairo without the parts it always has");
    kept = memory_new(dict.n + 1);          /* pdf moves while it grows */
    memcpy(kept, dict.at, dict.n);
    object = pdf->n - begin;
    out_f(pdf, "%lld 0 obj\n<< ", (long long)root);
    out_bytes(pdf, kept, dict.n);
    out_f(pdf, "   /Lang (%.*s)\n   /MarkInfo << /Marked true >>\n", (int)lang.n, lang.at);
    out_c(pdf, "   /ViewerPreferences << /DisplayDocTitle true >>\n>>\nendobj\n");
    xref = pdf->n - begin;
    out_f(pdf, "xref\n%lld 1\n%010zu 00000 n \ntrailer\n<< /Size %lld\n   /Root %lld 0 R\n", (long long)root, object, (long long)size,
          (long long)root);
    out_f(pdf, "   /Info %lld 0 R\n   /Prev %lld\n>>\nstartxref\n%zu\n%%%%EOF\n", (long long)info, (long long)start, xref);
    memory_free(kept);
    return pdf->over ? TOO_LARGE : OK;
}
