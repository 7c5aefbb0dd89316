/* Documents on paper: a model of what is said, built in the arena, and one function that sets it on A4 pages as a PDF that looks as
   Decree 30/2020 on clerical work asks: margins 20, 20, 30 and 15 mm, a Times-like serif of 13 points, the country's name at
   the top. Knows no case and no form.

   All texts are plain: nothing in them is markup. What no printed page may hold (control and direction marks, piles of
   accents) is taken out, broken UTF-8 shows as U+FFFD. The same calls give the same bytes where the fonts are the same.
   What is drawn passes through memory of cairo and pango, which is given back and not zeroed. */
#pragma once

#include "../base/memory.h"
#include "../base/status.h"

enum {
    DOC_PAGES_MAX = 600, DOC_BLOCKS_MAX = 60000, DOC_COLUMNS_MAX = 12, DOC_SIGNERS_MAX = 3,
    DOC_TEXT_MAX = 40000,             /* code points of one text; what is longer is cut, and a mark says so */
    DOC_PDF_MAX = 32 << 20, DOC_HASH_HEX = 64
};

struct doc_about {
    struct str title, author, lang;     /* of the PDF; lang "vi" or "en" */
    i64 made;                           /* ms: stands in the PDF as the time it was made */
    struct str watermark;               /* across each page; "" for none */
    struct str foot;                    /* left of the page's foot: what this is, "TH-2026-0148 · Mẫu số 02" */
    struct str page_word, hash_word;    /* "Trang", "Mã tài liệu" */
    struct str cut_word;                /* "[phần sau đã cắt]" */
    struct str sealed_word;             /* "[nội dung đã ẩn]" */
};

struct doc;
struct doc *doc_new(struct arena *a, const struct doc_about *about);

/* Names and marks over the first page of an administrative document (Decree 30/2020, appendix I). Empty ones are left out. */
struct doc_head {
    struct str above, body;             /* the superior body, and the one that issues it (bold, a rule below); set in capitals */
    struct str country, motto;          /* "CỘNG HÒA XÃ HỘI ...", "Độc lập - Tự do - Hạnh phúc" */
    struct str number, place_date;      /* "Số: 12/QĐ-UBND", "Cần Thơ, ngày 29 tháng 11 năm 2026" */
    struct str form;                    /* at the very top right: "Mẫu số 02" */
};
void doc_letterhead(struct doc *p, const struct doc_head *head);
/* Bodies, titles and offices stand in capitals, however their names are kept. */
struct str doc_capitals(struct doc *p, struct str s);
void doc_title(struct doc *p, struct str title, struct str about);      /* the title in capitals, below it what it is about */

/* A part on a new page; the index names it with its page. */
void doc_section(struct doc *p, struct str title);
void doc_contents(struct doc *p, struct str heading);

void doc_heading(struct doc *p, int level, struct str text);            /* level 1 or 2 */
void doc_text(struct doc *p, struct str text);                          /* lines end at \n */
void doc_centred(struct doc *p, struct str text, bool bold);
void doc_small(struct doc *p, struct str text);                         /* notes, sources */
void doc_mono(struct doc *p, struct str text);                          /* what a machine checks */
/* A question with its answer; an empty answer is a dotted line to write on. */
void doc_pair(struct doc *p, struct str label, struct str value);
/* One of several answers, with its box ticked or empty. */
void doc_choice(struct doc *p, struct str label, bool on);
/* Says that something is there and not shown. */
void doc_sealed(struct doc *p, struct str what);
void doc_space(struct doc *p);

/* A table: columns with shares of the width, a head that each page repeats, rows that go on over the page's end. */
struct doc_column { struct str head; int share; bool centre; };
void doc_table(struct doc *p, const struct doc_column *columns, size_t n);
void doc_row(struct doc *p, const struct str *cells, size_t n);         /* of the table begun last; missing cells are empty */

/* Who signs, side by side; what is not known stays open for the pen. Never torn over two pages. */
struct doc_signer { struct str title, hint, name; };
void doc_signers(struct doc *p, const struct doc_signer *signers, size_t n);

/* What the foot shows of this document, of all that was said so far: SHA-256 over the texts in their order, hexadecimal. */
void doc_hash(const struct doc *p, char hex[DOC_HASH_HEX + 1]);

/* TOO_LARGE: more blocks, pages or bytes than the limits above. BROKEN: the libraries failed. `pdf` is appended to. */
status doc_write(const struct doc *p, struct out *pdf);

/* This machine has fonts for every Vietnamese letter and for the boxes. */
bool doc_fonts_there(void);
