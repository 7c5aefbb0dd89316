#include "html_qr.h"

#include <assert.h>
#include <qrencode.h>

enum { QUIET = 4 };

/* Dark modules as one path, run by run. */
static void write_path(struct out *o, const QRcode *qr)
{
    int n = qr->width;

    for (int y = 0; y < n; y++)
        for (int x = 0, run; x < n; x += run) {
            bool dark = qr->data[y * n + x] & 1;

            for (run = 1; x + run < n && (qr->data[y * n + x + run] & 1) == dark; run++)
                ;
            if (dark)
                out_f(o, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, run, run);
        }
}

struct html html_qr(struct arena *a, struct str text)
{
    QRcode *qr = QRcode_encodeString8bit(arena_copy(a, text).at, 0, QR_ECLEVEL_M);
    struct out o = { .max = 64 << 10 };
    struct html html;

    assert(qr != NULL && text.n <= 300);
    out_f(&o, "<svg class=\"qr\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"QR\" shape-rendering=\"crispEdges\">"
              "<path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path fill=\"#000\" d=\"", qr->width + 2 * QUIET,
          qr->width + 2 * QUIET, qr->width + 2 * QUIET, qr->width + 2 * QUIET);
    write_path(&o, qr);
    out_c(&o, "\"/></svg>");
    html.raw = arena_copy(a, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    QRcode_free(qr);
    return html;
}
