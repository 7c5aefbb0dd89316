/* How each kind of block looks, and the PDF around them. */
#include "pen.h"

#include <cairo-pdf.h>
#include <stdio.h>
#include <time.h>

static const struct face body = { .size = SIZE, .spacing = 1.12 }, small = { .size = 10.5, .spacing = 1.1, .grey = 0.2 };

static void draw_one(struct pen *pen, struct str text, const struct face *face, const struct row *look, const char *tag)
{
    struct row row = *look;

    row.n = 1;
    row.cells[0] = (struct cell){ .text = text, .face = *face, .x = LEFT, .width = WIDTH, .tag = tag };
    pen_row(pen, &row);
}

/* -- the head of an administrative document ----------------------------------------------------------------------------------------- */

enum { HALF_LEFT = 205 };

static const struct face head_plain = { .size = 12, .align = PANGO_ALIGN_CENTER },
                         head_bold = { .size = 12, .bold = true, .align = PANGO_ALIGN_CENTER },
                         motto_bold = { .size = 13, .bold = true, .align = PANGO_ALIGN_CENTER },
                         number_plain = { .size = 13, .align = PANGO_ALIGN_CENTER },
                         date_italic = { .size = 13, .italic = true, .align = PANGO_ALIGN_CENTER };

/* One text in one of the two columns. */
static void head_line(struct pen *pen, bool right, struct str text, const struct face *face)
{
    struct row row = { .n = 1, .whole = true };

    row.cells[0] = (struct cell){ .text = text, .face = *face, .x = right ? LEFT + HALF_LEFT : LEFT,
                                  .width = right ? WIDTH - HALF_LEFT : HALF_LEFT - 8, .tag = "P" };
    if (text.n)
        pen_row(pen, &row);
}

/* Under the body's name a rule of a third of it, under the motto one as long as the motto (appendix I, 4 and 5). */
static void head_left(struct pen *pen, const struct doc_head *h)
{
    head_line(pen, false, h->above, &head_plain);
    head_line(pen, false, h->body, &head_bold);
    pen->y += 2;
    if (h->body.n)
        pen_rule(pen, LEFT + (HALF_LEFT - 8) / 3.0, pen->y, (HALF_LEFT - 8) / 3.0);
    pen->y += 6;
    head_line(pen, false, h->number, &number_plain);
}

static void head_right(struct pen *pen, const struct doc_head *h)
{
    head_line(pen, true, h->country, &head_bold);
    head_line(pen, true, h->motto, &motto_bold);
    pen->y += 2;
    if (h->motto.n)
        pen_rule(pen, LEFT + HALF_LEFT + (WIDTH - HALF_LEFT - 168) / 2, pen->y, 168);
    pen->y += 6;
    head_line(pen, true, h->place_date, &date_italic);
}

static void draw_letterhead(struct pen *pen, const struct doc_head *h)
{
    static const struct face form_face = { .size = 12, .italic = true, .align = PANGO_ALIGN_RIGHT };
    double top, left;

    if (h->form.n)
        draw_one(pen, h->form, &form_face, &(struct row){ 0 }, "P");
    top = pen->y;
    head_left(pen, h);
    left = pen->y;
    pen->y = top;
    head_right(pen, h);
    pen->y = (pen->y > left ? pen->y : left) + 6;
}

static void draw_title(struct pen *pen, const struct block *b)
{
    static const struct face title = { .size = 14, .bold = true, .align = PANGO_ALIGN_CENTER, .spacing = 1.15 },
                             about = { .size = SIZE, .bold = true, .align = PANGO_ALIGN_CENTER, .spacing = 1.1 };

    draw_one(pen, b->a, &title, &(struct row){ .above = 14, .whole = true, .follow = 40 }, "H1");
    if (b->b.n)
        draw_one(pen, b->b, &about, &(struct row){ .above = 2, .whole = true }, "P");
    pen->y += 10;
}

/* -- the index ------------------------------------------------------------------------------------------------------------------------- */

static void draw_contents_line(struct pen *pen, struct str title, size_t section)
{
    struct row row = { .n = 2, .above = 3, .whole = true };
    char text[16];
    int n = snprintf(text, sizeof text, "%d", pen->section_pages[section]);

    row.cells[0] = (struct cell){ .text = title, .face = body, .x = LEFT, .width = WIDTH - 50, .tag = "P" };
    row.cells[1] = (struct cell){ .text = str_of(text, (size_t)n), .face = body, .x = RIGHT - 50, .width = 50, .tag = "P" };
    row.cells[1].face.align = PANGO_ALIGN_RIGHT;
    pen_row(pen, &row);
    pen_rule(pen, LEFT, pen->y + 1, WIDTH);
}

static void draw_contents(struct pen *pen, const struct block *b)
{
    static const struct face head = { .size = SIZE, .bold = true };
    size_t section = 0;

    draw_one(pen, b->a, &head, &(struct row){ .above = 12, .whole = true, .follow = 40 }, "H2");
    for (const struct block *each = pen->doc->first; each != NULL; each = each->next)
        if (each->kind == BLOCK_SECTION)
            draw_contents_line(pen, each->a, section++);
}

static void draw_section(struct pen *pen, const struct block *b)
{
    char place[64];

    if (!pen->fresh || pen->repeat != NULL) {
        pen->repeat = NULL;
        pen_page(pen);
    }
    (void)snprintf(place, sizeof place, "page=%d pos=[0 0]", pen->page);
    if (pen->cr != NULL)
        (void)cairo_pdf_surface_add_outline(cairo_get_target(pen->cr), CAIRO_PDF_OUTLINE_ROOT, b->a.at, place,
                                            CAIRO_PDF_OUTLINE_FLAG_OPEN);
    pen->section_pages[pen->section++] = pen->page;
}

/* -- lines of a form ----------------------------------------------------------------------------------------------------------------- */

static void draw_pair(struct pen *pen, const struct block *b)
{
    static const struct face label = { .size = SIZE, .spacing = 1.12, .grey = 0.25 };
    struct row row = { .n = 2, .above = 3, .dots = b->b.n == 0 };
    double split = WIDTH * 0.42;

    row.cells[0] = (struct cell){ .text = b->a, .face = label, .x = LEFT, .width = split - 10, .tag = "P" };
    row.cells[1] = (struct cell){ .text = b->b, .face = body, .x = LEFT + split, .width = WIDTH - split, .tag = b->b.n ? "P" : NULL };
    pen_row(pen, &row);
}

static void draw_choice(struct pen *pen, const struct block *b)
{
    static const struct face box = { .size = 10.5 };         /* the font of signs has high lines */
    struct row row = { .n = 2, .above = 1 };

    row.cells[0] = (struct cell){ .text = b->on ? STR("☒") : STR("☐"), .face = box, .x = LEFT + 14, .width = 20 };
    row.cells[1] = (struct cell){ .text = b->a, .face = body, .x = LEFT + 36, .width = WIDTH - 36 };
    if (pen->cr != NULL)
        cairo_tag_begin(pen->cr, "P", NULL);
    row.whole = true;
    pen_row(pen, &row);
    if (pen->cr != NULL)
        cairo_tag_end(pen->cr, "P");
}

static void draw_sealed(struct pen *pen, const struct block *b)
{
    static const struct face label = { .size = SIZE, .spacing = 1.12 },
                             sealed = { .size = SIZE, .italic = true, .spacing = 1.12, .grey = 0.3 };
    struct row row = { .n = 2, .above = 3, .whole = true };
    double split = WIDTH * 0.42;

    row.cells[0] = (struct cell){ .text = b->a, .face = label, .x = LEFT, .width = split - 10, .tag = "P" };
    row.cells[1] = (struct cell){ .text = b->b, .face = sealed, .x = LEFT + split, .width = WIDTH - split, .tag = "P" };
    pen_row(pen, &row);
}

/* -- tables --------------------------------------------------------------------------------------------------------------------------- */

static void table_row(struct row *row, const struct block *b, bool head)
{
    double x = LEFT, all = 0;

    for (size_t i = 0; i < b->n; i++)
        all += b->columns[i].share;
    *row = (struct row){ .n = b->n, .pad = 3.5, .lines = true, .whole = head, .follow = head ? 30 : 0 };
    for (size_t i = 0; i < b->n; i++) {
        double width = WIDTH * b->columns[i].share / all;

        row->cells[i] = (struct cell){ .text = head ? b->columns[i].head : b->cells[i],
                                       .face = { .size = 11.5, .bold = head, .spacing = 1.12 }, .x = x, .width = width, .tag = head ? "TH" : "TD" };
        if (head || b->columns[i].centre)
            row->cells[i].face.align = PANGO_ALIGN_CENTER;
        x += width;
    }
}

/* The rows that follow a table's head, each page of them under it. Gives the last block that it drew. */
static const struct block *draw_table(struct pen *pen, const struct block *b)
{
    struct row head, row;
    const struct block *last = b;

    table_row(&head, b, true);
    head.above = 6;
    pen_row(pen, &head);
    head.above = 0;
    head.follow = 0;
    pen->repeat = &head;
    for (; last->next != NULL && last->next->kind == BLOCK_ROW && pen->page <= DOC_PAGES_MAX; last = last->next) {
        table_row(&row, last->next, false);
        pen_row(pen, &row);
    }
    pen->repeat = NULL;
    pen->y += 6;
    return last;
}

/* -- who signs ----------------------------------------------------------------------------------------------------------------------------- */

static void signer_row(struct pen *pen, const struct block *b, int part)
{
    struct row row = { .n = b->n, .whole = true };
    double width = WIDTH / (double)b->n;

    if (b->n == 1)
        width = WIDTH / 2;
    for (size_t i = 0; i < b->n; i++) {
        struct str text = part == 0 ? b->signers[i].title : part == 1 ? b->signers[i].hint : b->signers[i].name;

        row.cells[i] = (struct cell){ .text = text, .face = { .size = part == 1 ? 11.5 : SIZE, .bold = part != 1, .italic = part == 1,
                                                              .align = PANGO_ALIGN_CENTER },
                                      .x = RIGHT - width * (double)(b->n - i) + 6, .width = width - 12, .tag = text.n ? "P" : NULL };
    }
    pen_row(pen, &row);
}

static void draw_signers(struct pen *pen, const struct block *b)
{
    static const double room = 150;         /* title, hint, place for a signature and a seal, name */

    if (pen->y + room > BOTTOM && !pen->fresh)
        pen_page(pen);
    pen->y += 16;
    signer_row(pen, b, 0);
    signer_row(pen, b, 1);
    pen->y += 58;
    signer_row(pen, b, 2);
}

/* -- all ------------------------------------------------------------------------------------------------------------------------------------ */

static void draw_heading(struct pen *pen, const struct block *b)
{
    static const struct face first = { .size = SIZE, .bold = true, .spacing = 1.12 },
                             second = { .size = SIZE, .bold = true, .italic = true, .spacing = 1.12 };

    draw_one(pen, b->a, b->level == 1 ? &first : &second, &(struct row){ .above = b->level == 1 ? 12 : 8, .whole = true, .follow = 36 },
             b->level == 1 ? "H2" : "H3");
}

static void draw_plain(struct pen *pen, const struct block *b)
{
    static const struct face centred = { .size = SIZE, .align = PANGO_ALIGN_CENTER },
                             bold = { .size = SIZE, .bold = true, .align = PANGO_ALIGN_CENTER },
                             machine = { .size = 8, .mono = true, .spacing = 1.1 };

    if (b->kind == BLOCK_CENTRED)
        draw_one(pen, b->a, b->on ? &bold : &centred, &(struct row){ .above = 4, .whole = true }, "P");
    else if (b->kind == BLOCK_SMALL)
        draw_one(pen, b->a, &small, &(struct row){ .above = 3 }, "P");
    else if (b->kind == BLOCK_MONO)
        draw_one(pen, b->a, &machine, &(struct row){ .above = 3 }, "P");
    else
        draw_one(pen, b->a, &body, &(struct row){ .above = 4 }, "P");
}

static const struct block *draw_block(struct pen *pen, const struct block *b)
{
    switch (b->kind) {
    case BLOCK_LETTERHEAD: draw_letterhead(pen, &b->head); break;
    case BLOCK_TITLE: draw_title(pen, b); break;
    case BLOCK_SECTION: draw_section(pen, b); break;
    case BLOCK_CONTENTS: draw_contents(pen, b); break;
    case BLOCK_HEADING: draw_heading(pen, b); break;
    case BLOCK_PAIR: draw_pair(pen, b); break;
    case BLOCK_CHOICE: draw_choice(pen, b); break;
    case BLOCK_SEALED: draw_sealed(pen, b); break;
    case BLOCK_SIGNERS: draw_signers(pen, b); break;
    case BLOCK_TABLE: return draw_table(pen, b);
    case BLOCK_SPACE: pen->y += 10; break;
    case BLOCK_ROW: break;                  /* of a table that is full: drawn with its head */
    case BLOCK_TEXT: case BLOCK_CENTRED: case BLOCK_SMALL: case BLOCK_MONO: draw_plain(pen, b); break;
    }
    return b;
}

static void walk(struct pen *pen)
{
    pen->page = 0;
    pen->section = 0;
    pen_begin(pen);
    for (const struct block *b = pen->doc->first; b != NULL && pen->page <= DOC_PAGES_MAX; b = b->next)
        b = draw_block(pen, b);
    pen_end(pen);
}

static cairo_status_t to_out(void *to, const unsigned char *bytes, unsigned int n)
{
    struct out *o = to;

    out_bytes(o, bytes, n);
    return o->over ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *surface_of(const struct doc *p, struct out *pdf)
{
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(to_out, pdf, PAGE_WIDTH, PAGE_HEIGHT);
    char made[40];
    time_t seconds = (time_t)(p->about.made / 1000);
    struct tm tm;

    gmtime_r(&seconds, &tm);
    (void)strftime(made, sizeof made, "%Y-%m-%dT%H:%M:%SZ", &tm);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, p->about.title.n ? p->about.title.at : "");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, p->about.author.n ? p->about.author.at : "");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "La Chan");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, made);
    return surface;
}

/* Sizes on paper are exact: no rounding to the dots of a screen. */
static PangoContext *context_of(PangoFontMap *map, struct str lang)
{
    PangoContext *context = pango_font_map_create_context(map);
    cairo_font_options_t *options = cairo_font_options_create();

    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_cairo_context_set_resolution(context, 72);
    pango_context_set_round_glyph_positions(context, FALSE);
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
    pango_context_set_language(context, pango_language_from_string(str_is(lang, "en") ? "en" : "vi"));
    return context;
}

static status draw_pdf(struct pen *pen, struct out *pdf)
{
    size_t begin = pdf->n;
    cairo_surface_t *surface = surface_of(pen->doc, pdf);
    cairo_status_t end;

    pen->cr = cairo_create(surface);
    walk(pen);
    end = cairo_status(pen->cr);
    cairo_destroy(pen->cr);
    cairo_surface_finish(surface);
    end = end ? end : cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (pdf->over)
        return fail(TOO_LARGE, "a document of more bytes than one may have");
    if (end != CAIRO_STATUS_SUCCESS)
        return fail(BROKEN, "cairo: %s", cairo_status_to_string(end));
    return pdf_set_lang(pdf, begin, pen->doc->about.lang);
}

status doc_write(const struct doc *p, struct out *pdf)
{
    PangoFontMap *map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    struct pen pen = { .doc = p };
    status s = TOO_LARGE;

    if (map == NULL)
        return fail(BROKEN, "pango without FreeType");
    pen.context = context_of(map, p->about.lang);
    pen.section_pages = memory_new((p->sections + 1) * sizeof *pen.section_pages);
    doc_hash(p, pen.hash);
    walk(&pen);
    pen.pages = pen.page;
    if (!p->over && pen.pages <= DOC_PAGES_MAX)
        s = draw_pdf(&pen, pdf);
    else
        (void)fail(TOO_LARGE, "a document of more pages than one may have");
    memory_free(pen.section_pages);
    g_object_unref(pen.context);
    g_object_unref(map);
    return s;
}

bool doc_fonts_there(void)
{
    PangoFontMap *map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    struct pen pen = { .context = map ? context_of(map, STR("vi")) : NULL };
    int missing;

    if (map == NULL)
        return false;
    missing = pen_missing(&pen, STR("ắằẳẵặấầẩẫậđếềểễệốồổỗộớờởỡợứừửữựíìỉĩịýỳỷỹỵẮẰẲẴẶẤẦẨẪẬĐẾỀỂỄỆỐỒỔỖỘỚỜỞỠỢỨỪỬỮỰ☐☒"));
    g_object_unref(pen.context);
    g_object_unref(map);
    return missing == 0;
}
