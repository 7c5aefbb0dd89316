/* tplc: compiles HTML templates to C. tplc.md tells what may stand in them; here is how the compiler is divided:

   tplc.c      options, files, and the two files that are written
   tplc_dir.c  the directives between {{ and }}
   tplc_html.c follows the HTML: refuses a value where no escaping makes it safe, and squeezes blanks
   tplc_expr.c C expressions with .x ^.x $.x in them
   tplc_css.c  the <style> and <script> blocks, their hashes, and icons */
#pragma once

#include "tool.h"

enum html_state {
    IN_TEXT,            /* between tags */
    IN_TAG_NAME,
    IN_TAG,             /* between attributes */
    IN_ATTR_NAME,
    AFTER_EQUALS,
    IN_QUOTED,          /* attribute value in quotes */
    IN_BARE,            /* attribute value without */
    IN_RAW,             /* inside script or style */
    IN_COMMENT,
    IN_DECLARATION      /* <!doctype */
};

enum { NAME_SIZE = 32, BLOCKS_MAX = 24 };

/* Where in the HTML we are: a value that can be compared, since a branch must end where it began. */
struct html_at {
    enum html_state state;
    char quote;
    bool closing;               /* in </tag> */
    bool keep;                  /* in pre or textarea: blanks mean something */
    char tag[NAME_SIZE];         /* being read, or the last one read */
    char attr[NAME_SIZE];
};

/* What was last written between tags: decides whether a blank may go. */
enum piece { PIECE_TEXT, PIECE_INLINE, PIECE_BLOCK };

struct block {
    enum { BLOCK_IF, BLOCK_EACH } kind;
    bool has_else;
    struct place at;
    struct html_at html;
    const char *rows;           /* of each: the C expression of the rows */
};

struct template {
    const char *root;           /* of the sources: holds assets/ and src/ */
    struct str module, name, view;
    struct out *code;
    struct out literal;         /* markup that is not yet in code */
    struct out *deps;

    struct html_at html;
    enum piece last;
    bool blank;                 /* blanks seen since `last` */
    bool attr_plain, bared;     /* value so far is literal; quotes were just dropped */
    size_t attr_start;          /* of the open quote in `literal` */

    struct block blocks[BLOCKS_MAX];
    int n_blocks;
    int scopes[BLOCKS_MAX];     /* numbers of the rows around us, outermost first */
    int depth, counter;
    const char *style_hash, *script_hash;
};

/* tplc_html.c */
void html_char(struct template *t, char c, struct place at);
/* Refuses `what` where no escaping makes it safe. */
void html_meets_value(struct template *t, struct place at, const char *what);
void html_meets_control(struct template *t, struct place at);
bool html_in_url(const struct template *t);                     /* the value of href, src, action ... */
bool html_takes_markup(const struct template *t);               /* a <span> may stand here */
bool html_same(const struct html_at *a, const struct html_at *b);
void html_end(struct template *t, struct place at);
void html_literal(struct template *t, struct str markup);       /* ready markup, e.g. an icon */

/* tplc_expr.c */
const char *expression(const struct template *t, struct str text, struct place at);
bool is_bare_field(struct str text);
void write_value(struct template *t, struct str text, struct place at);
const char *condition(const struct template *t, struct str text, struct place at);

/* tplc_dir.c */
void compile(struct template *t, struct str text, struct place at);
void flush(struct template *t);
void code_line(struct template *t, struct place at);            /* #line before what may not compile */

/* tplc_css.c */
void write_style(struct template *t, struct str files, struct place at);
void write_script(struct template *t, struct str name, struct place at);
void write_icon(struct template *t, struct str name, struct place at);
const char *asset_path(struct template *t, const char *folder, struct str name);
