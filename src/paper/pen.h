/* Inside paper/: pages, and rows of cells that flow over them. All is points of 1/72 inch, from the top left. */
#pragma once

#include "model.h"

#include <pango/pangocairo.h>

#define MM (72.0 / 25.4)
#define PAGE_WIDTH (210 * MM)
#define PAGE_HEIGHT (297 * MM)
#define LEFT (30 * MM)
#define RIGHT (PAGE_WIDTH - 15 * MM)
#define TOP (20 * MM)
#define BOTTOM (PAGE_HEIGHT - 22 * MM)
#define WIDTH (RIGHT - LEFT)
#define SIZE 13.0

/* How a cell's text looks. */
struct face {
    double size;
    bool bold, italic, mono;
    PangoAlignment align;
    double spacing;                     /* between its lines */
    double grey;                        /* 0 black .. 1 white */
};

struct cell {
    struct str text;
    struct face face;
    double x, width;
    const char *tag;                    /* of the PDF's structure: "P", "H1", "TD" ...; NULL: part of the row's */
    PangoLayout *layout;
    int line, lines;                    /* next to draw */
    double height;
};

struct row {
    struct cell cells[DOC_COLUMNS_MAX];
    size_t n;
    double pad;                         /* inside each cell */
    double above;                       /* left free before it, not at the top of a page */
    bool lines;                         /* boxes around the cells */
    bool whole;                         /* never torn where a page would hold it */
    bool dots;                          /* the last cell is empty: a dotted line to write on */
    double follow;                      /* what must still fit below: a heading keeps its text */
};

/* Two walks over the blocks: the first finds on which page what stands, the second draws. */
struct pen {
    const struct doc *doc;
    PangoContext *context;
    cairo_t *cr;                        /* NULL in the first walk */
    double y;
    int page, pages;                    /* pages: known in the second walk */
    int *section_pages;
    size_t section;
    char hash[DOC_HASH_HEX + 1];
    struct row *repeat;                 /* head of the table that is being drawn, on each new page of it */
    bool fresh;                         /* nothing stands on this page yet */
};

void pen_row(struct pen *pen, struct row *row);
void pen_page(struct pen *pen);         /* ends the page and begins the next */
void pen_end(struct pen *pen);          /* ends the last page */
void pen_begin(struct pen *pen);
/* Text of one line anywhere on the page; width 0 measures and draws left aligned. Gives its width. */
struct spot { double x, y, width; };
double pen_line(struct pen *pen, struct str text, const struct face *face, struct spot at);
int pen_missing(struct pen *pen, struct str text);        /* letters that no font of the machine has */
void pen_rule(struct pen *pen, double x, double y, double width);
