/* Pages and rows. A row is one or more cells side by side; where it does not fit, each cell goes on with its next line on the
   next page. A paragraph is a row of one cell. */
#include "pen.h"

#include <stdio.h>

static const char serif[] = "Liberation Serif,Noto Serif,Noto Sans Symbols2,Noto Sans", mono[] = "Liberation Mono,Noto Sans Mono";

/* -- text ------------------------------------------------------------------------------------------------------------------------------ */

static PangoLayout *layout_of(struct pen *pen, struct str text, const struct face *face, double width)
{
    PangoLayout *layout = pango_layout_new(pen->context);
    PangoFontDescription *font = pango_font_description_new();

    pango_font_description_set_family_static(font, face->mono ? mono : serif);
    pango_font_description_set_absolute_size(font, face->size * PANGO_SCALE);
    pango_font_description_set_weight(font, face->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_style(font, face->italic ? PANGO_STYLE_ITALIC : PANGO_STYLE_NORMAL);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_auto_dir(layout, FALSE);
    pango_layout_set_alignment(layout, face->align);
    if (width > 0) {
        pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    }
    pango_layout_set_text(layout, text.n ? text.at : "", (int)text.n);
    return layout;
}

static double line_height(PangoLayoutLine *line, const struct face *face, double *base)
{
    PangoRectangle r;

    pango_layout_line_get_extents(line, NULL, &r);
    *base = -r.y / (double)PANGO_SCALE;
    return r.height / (double)PANGO_SCALE * (face->spacing > 0 ? face->spacing : 1);
}

/* Where a line begins inside its cell. */
static double line_start(PangoLayoutLine *line, const struct face *face, double width)
{
    PangoRectangle r;

    pango_layout_line_get_extents(line, NULL, &r);
    if (face->align == PANGO_ALIGN_CENTER)
        return (width - r.width / (double)PANGO_SCALE) / 2;
    return face->align == PANGO_ALIGN_RIGHT ? width - r.width / (double)PANGO_SCALE : 0;
}

static void ink(struct pen *pen, double grey)
{
    cairo_set_source_rgb(pen->cr, grey, grey, grey);
}

double pen_line(struct pen *pen, struct str text, const struct face *face, struct spot at)
{
    PangoLayout *layout = layout_of(pen, text, face, 0);
    PangoLayoutLine *line = pango_layout_get_line_readonly(layout, 0);
    PangoRectangle r;
    double width, base;

    pango_layout_line_get_extents(line, NULL, &r);
    width = r.width / (double)PANGO_SCALE;
    (void)line_height(line, face, &base);
    if (pen->cr != NULL) {
        ink(pen, face->grey);
        cairo_move_to(pen->cr, at.x + (at.width > 0 ? line_start(line, face, at.width) : 0), at.y + base);
        pango_cairo_show_layout_line(pen->cr, line);
    }
    g_object_unref(layout);
    return width;
}

int pen_missing(struct pen *pen, struct str text)
{
    PangoLayout *layout = layout_of(pen, text, &(struct face){ .size = SIZE }, 0);
    int missing = pango_layout_get_unknown_glyphs_count(layout);

    g_object_unref(layout);
    return missing;
}

void pen_rule(struct pen *pen, double x, double y, double width)
{
    if (pen->cr == NULL)
        return;
    ink(pen, 0);
    cairo_set_line_width(pen->cr, 0.6);
    cairo_move_to(pen->cr, x, y);
    cairo_line_to(pen->cr, x + width, y);
    cairo_stroke(pen->cr);
}

/* -- pages ------------------------------------------------------------------------------------------------------------------------------ */

static void draw_watermark(struct pen *pen)
{
    static const struct face face = { .size = 68, .bold = true, .grey = 0.92 };
    struct str text = pen->doc->about.watermark;
    cairo_t *cr = pen->cr;

    if (text.n == 0)
        return;
    cairo_save(cr);
    cairo_translate(cr, PAGE_WIDTH / 2, PAGE_HEIGHT / 2);
    cairo_rotate(cr, -0.9);
    (void)pen_line(pen, text, &face, (struct spot){ .x = -300, .y = -45, .width = 600 });
    cairo_restore(cr);
}

/* Left what this is, right the page; below, the mark by which the log finds this print again. */
static void draw_foot(struct pen *pen)
{
    static const struct face left = { .size = 9, .grey = 0.2 }, right = { .size = 9, .align = PANGO_ALIGN_RIGHT, .grey = 0.2 };
    const struct doc_about *about = &pen->doc->about;
    double y = PAGE_HEIGHT - 17 * MM;
    char text[200];
    int n = snprintf(text, sizeof text, "%.*s %d / %d", (int)about->page_word.n, about->page_word.at, pen->page, pen->pages);

    pen_rule(pen, LEFT, y - 3, WIDTH);
    (void)pen_line(pen, about->foot, &left, (struct spot){ .x = LEFT, .y = y });
    (void)pen_line(pen, str_of(text, (size_t)n), &right, (struct spot){ LEFT, y, WIDTH });
    n = snprintf(text, sizeof text, "%.*s %.16s", (int)about->hash_word.n, about->hash_word.at, pen->hash);
    (void)pen_line(pen, str_of(text, (size_t)n), &left, (struct spot){ .x = LEFT, .y = y + 12 });
    if (about->watermark.n)
        (void)pen_line(pen, about->watermark, &right, (struct spot){ LEFT, y + 12, WIDTH });
}

void pen_begin(struct pen *pen)
{
    pen->page++;
    pen->y = TOP;
    pen->fresh = true;
    if (pen->cr != NULL)
        draw_watermark(pen);
}

void pen_end(struct pen *pen)
{
    if (pen->cr == NULL)
        return;
    draw_foot(pen);
    cairo_show_page(pen->cr);
}

void pen_page(struct pen *pen)
{
    struct row *repeat = pen->repeat;

    pen_end(pen);
    pen_begin(pen);
    if (repeat == NULL)
        return;
    pen->repeat = NULL;         /* or a head as high as a page would never end */
    pen_row(pen, repeat);
    pen->repeat = repeat;
    pen->fresh = true;
}

/* -- rows -------------------------------------------------------------------------------------------------------------------------------- */

static double cell_height(struct cell *cell)
{
    double height = 0, base;

    for (GSList *l = pango_layout_get_lines_readonly(cell->layout); l != NULL; l = l->next)
        height += line_height(l->data, &cell->face, &base);
    return height;
}

static double row_lay(struct pen *pen, struct row *row)
{
    double highest = 0;

    for (size_t i = 0; i < row->n; i++) {
        struct cell *cell = &row->cells[i];

        cell->layout = layout_of(pen, cell->text, &cell->face, cell->width - 2 * row->pad);
        cell->lines = pango_layout_get_line_count(cell->layout);
        cell->line = 0;
        cell->height = cell_height(cell);
        highest = cell->height > highest ? cell->height : highest;
    }
    return highest + 2 * row->pad;
}

static void draw_cell_line(struct pen *pen, const struct cell *cell, PangoLayoutLine *line, struct spot at)
{
    ink(pen, cell->face.grey);
    cairo_move_to(pen->cr, at.x + line_start(line, &cell->face, at.width), at.y);
    pango_cairo_show_layout_line(pen->cr, line);
}

/* Lines of one cell from its next one on, as many as fit. Gives how high they are. */
static double cell_flow(struct pen *pen, const struct row *row, struct cell *cell, double room)
{
    GSList *l = g_slist_nth(pango_layout_get_lines_readonly(cell->layout), (guint)cell->line);
    double used = 0, base;
    bool tagged = false;

    for (; l != NULL; l = l->next, cell->line++) {
        double height = line_height(l->data, &cell->face, &base);

        if (used + height > room && (used > 0 || !pen->fresh))
            break;
        if (pen->cr != NULL && cell->tag != NULL && !tagged) {
            cairo_tag_begin(pen->cr, cell->tag, NULL);
            tagged = true;
        }
        if (pen->cr != NULL)
            draw_cell_line(pen, cell, l->data, (struct spot){ cell->x + row->pad, pen->y + row->pad + used + base,
                                                              cell->width - 2 * row->pad });
        used += height;
    }
    if (tagged)
        cairo_tag_end(pen->cr, cell->tag);
    return used;
}

static void draw_boxes(struct pen *pen, const struct row *row, double height)
{
    if (pen->cr == NULL || !row->lines)
        return;
    ink(pen, 0);
    cairo_set_line_width(pen->cr, 0.6);
    for (size_t i = 0; i < row->n; i++)
        cairo_rectangle(pen->cr, row->cells[i].x, pen->y, row->cells[i].width, height);
    cairo_stroke(pen->cr);
}

static void draw_dots(struct pen *pen, const struct cell *cell, double y)
{
    static const double dash[] = { 0.8, 2.4 };

    if (pen->cr == NULL)
        return;
    ink(pen, 0.3);
    cairo_save(pen->cr);
    cairo_set_dash(pen->cr, dash, 2, 0);
    cairo_set_line_width(pen->cr, 0.8);
    cairo_move_to(pen->cr, cell->x, y);
    cairo_line_to(pen->cr, cell->x + cell->width, y);
    cairo_stroke(pen->cr);
    cairo_restore(pen->cr);
}

static bool row_done(const struct row *row)
{
    for (size_t i = 0; i < row->n; i++)
        if (row->cells[i].line < row->cells[i].lines)
            return false;
    return true;
}

/* What of the row fits on this page. */
static void row_part(struct pen *pen, struct row *row)
{
    double room = BOTTOM - pen->y - 2 * row->pad, highest = 0;

    for (size_t i = 0; i < row->n; i++) {
        double used = cell_flow(pen, row, &row->cells[i], room);

        highest = used > highest ? used : highest;
    }
    if (highest > 0) {
        draw_boxes(pen, row, highest + 2 * row->pad);
        pen->y += highest + 2 * row->pad;
        pen->fresh = false;
    }
    if (row->dots)
        draw_dots(pen, &row->cells[row->n - 1], pen->y - row->pad - 3);
}

void pen_row(struct pen *pen, struct row *row)
{
    double height = row_lay(pen, row);
    bool fits;

    if (!pen->fresh)
        pen->y += row->above;
    fits = pen->y + height + row->follow <= BOTTOM;
    if (!fits && !pen->fresh && (row->whole || pen->y + 3 * SIZE > BOTTOM) && height + row->follow < BOTTOM - TOP - 60)
        pen_page(pen);
    for (row_part(pen, row); !row_done(row) && pen->page <= DOC_PAGES_MAX; row_part(pen, row))
        pen_page(pen);
    for (size_t i = 0; i < row->n; i++)
        g_object_unref(row->cells[i].layout);
}
