/* Forms as officials write them: XLSForm, the spreadsheet standard of ODK and Kobo, from an .xlsx or from a text file of the same
   tables. One compiler, one checker, one evaluator for paper entry,
       web and print. Nothing here reads a database or the network.

   Words: a *form* is the definition (read once,
                                      then only read; any thread). An *item* is a row of the survey sheet. A *run* is one
   filled-in form while somebody works on it: a real XML document (the ODK submission) over which libxml2's XPath evaluates.
   A *path* names an answer: "/data/a", inside repeats with the place from 1: "/data/child[2]/name".

   Typical use:
       struct xform *form; struct xform_findings found;
       TRY(xform_read(a, file_name, bytes, NULL, &form, &found));         form may be used where found.errors == 0
       struct xform_run *run = xform_run_new(a, form, &(struct xform_setup){ .now = c->now, .lang = STR("vi") });
       TRY(xform_run_load(run, xml));  xform_run_set(run, path, value);  xform_run_recompute(run);
       struct xform_problems bad = xform_run_problems(run);  struct str xml = xform_run_save(run, a);
   A run lives as long as its arena: libxml2's memory goes back when the arena is reset, also after an early return. */
#pragma once

#include "../base/content.h"

enum {
    XFORM_FILE_BYTES = 8 << 20,      /* an .xlsx or .txt */
    XFORM_LANGS = 8, XFORM_ITEMS = 2000, XFORM_LISTS = 500, XFORM_CHOICES = 20000, XFORM_DEPTH = 16,
    XFORM_VALUE_BYTES = 64 << 10,    /* one answer */
    XFORM_INSTANCES = 200,           /* of one repeat */
    XFORM_XML_BYTES = 4 << 20,       /* a submission */
};

/* -- findings of the checker ------------------------------------------------------------------------------- */
struct xform_finding {
    bool error;                     /* else a warning: the form can be used */
    int text;                       /* T_FORMS_FIND_... of texts.h */
    struct str a, b;                /* what fills {1} and {2} of it */
    struct str file;                /* as given to xform_read */
    struct str sheet, column;       /* "survey", "relevant"; "" where the whole sheet or row is meant */
    int row;                        /* of the sheet from 1, of a text file its line; 0: the whole file */
    bool line;                      /* row is a line of a text file */
};
struct xform_findings { struct xform_finding *at; size_t n, errors; };

/* "mau.xlsx, trang survey, dòng 3, cột relevant: ..." in the language, without a line end. */
void xform_finding_write(struct out *o, int lang, const struct xform_finding *f);

/* -- the definition ---------------------------------------------------------------------------------------- */
enum xform_type {
    XFORM_TEXT, XFORM_INTEGER, XFORM_DECIMAL, XFORM_SELECT_ONE, XFORM_SELECT_MULTIPLE, XFORM_RANK, XFORM_RANGE,
        XFORM_DATE, XFORM_TIME,
    XFORM_DATETIME, XFORM_NOTE, XFORM_CALCULATE, XFORM_ACKNOWLEDGE, XFORM_HIDDEN, XFORM_GROUP, XFORM_REPEAT,
    XFORM_START, XFORM_END, XFORM_TODAY, XFORM_DEVICEID,
    XFORM_NOT_SHOWN,                 /* pictures, places, bar codes: kept in the answers, not asked on the web (a warning) */
};

/* One text in the form's languages; at[0] is the default one. Empty where a language lacks it: ask xform_text. */
struct xform_text { struct str at[XFORM_LANGS]; };
struct xform_table { struct str name, text, *columns, *cells; size_t n_columns, n_rows; };     /* a .csv: its text, and cells row by row */
struct xform_extra { struct str column, value; };        /* a column with a prefix: "bind::lachan:compartment" -> "I" */
struct xform_choice { struct str name; struct xform_text label; struct xform_extra *extra; size_t n_extra; int row; };   /* extra: other columns */
struct xform_list { struct str name; struct xform_choice *at; size_t n; };

struct xform_item {
    enum xform_type type;
    struct str type_name;           /* as written: "select_one yn" */
    struct str name, path;          /* path without places: "/data/child/name" */
    int parent;                     /* place in form->items, -1 at the top */
    int end;                        /* items are in preorder: what lies inside is (this, end) */
    int repeat;                     /* nearest repeat that this lies in (not itself), -1 */
    int list;                       /* place in form->lists, -1 */
    int depth;                      /* number of groups and repeats around it */
    bool no_node;                   /* a group of a "flat" form: no element of its own in the answers */
    bool identity;                  /* answered in compartment I, or worked out of what is, or of paths that may reach it */
    struct xform_text label, hint, guidance_hint, constraint_message, required_message;
    struct str appearance, parameters, default_value, trigger;
    struct str relevant, required, readonly, constraint, calculation, choice_filter, repeat_count;      /* as written, with ${x} */
    struct xform_extra *extra;
    size_t n_extra;
    int row;                        /* where it stands, as in findings */
    struct xform_rules *rules;       /* the expressions translated: for run.c */
};

/* A page when the form is shown piece by piece: siblings [first, end) of form->items. */
struct xform_page { int first, end; };

struct xform {
    struct str id, title, version, file;
    struct str langs[XFORM_LANGS];   /* "Tiếng Việt (vi)"; "" where the form names none */
    size_t n_langs;
    struct xform_item *items;
    size_t n_items;
    struct xform_list *lists;
    size_t n_lists;
    struct xform_extra *settings;    /* all columns of the settings sheet */
    size_t n_settings;
    struct xform_page *pages;
    size_t n_pages;
    struct xform_table *tables;      /* of pulldata: "fruits" is what fruits.csv held */
    size_t n_tables;
    struct str instance_name;       /* XPath of the setting instance_name, "" */
};

/* Reads a form: zip bytes are an .xlsx, everything else the text form (docs/forms.md). `dir` (or NULL) is where the .csv files of
   pulldata lie. OK also where findings hold errors: *form is then NULL if nothing can be made of it,
       and may otherwise be shown but
   not used. INVALID or TOO_LARGE: not such a file at all; fail_message says why,
       and a finding says it to the reader. */
status xform_read(struct arena *a, const char *file, struct str bytes, const char *dir, struct xform **form,
                  struct xform_findings *found);
/* The same with the tables as they were kept: name and text of each; none is looked for in a folder. */
struct xform_kept { const struct xform_table *at; size_t n; };
status xform_read_kept(struct arena *a, const char *file, struct str bytes, const struct xform_kept *tables, struct xform **form,
                       struct xform_findings *found);
/* The same of content/forms/NAME.txt or NAME.xlsx (DIR/content/forms/ stands over the shipped one). */
status xform_read_content(struct arena *a, const char *name, struct xform **form, struct xform_findings *found);

/* All of content/forms/, read once at start and kept for the process. A form with errors is left out and named in the log; INVALID
   after all were tried tells of the first. */
status forms_load(void);
size_t forms_count(void);
const struct xform *forms_at(size_t i);
/* By file name without its end ("mau-02"); NULL where there is none. */
const struct xform *forms_named(struct str name);

int xform_lang(const struct xform *form, struct str code);                /* "vi", "en": place in langs; 0 where it has none */
bool xform_speaks(struct str language, struct str code);                    /* "Tiếng Việt (vi)" speaks "vi" */
struct str xform_text(const struct xform_text *t, int lang);              /* the default language's where that one lacks it */
struct str xform_extra(const struct xform_item *item, const char *column); /* by the name after the prefix: "lachan:compartment"; "" */
struct str xform_setting(const struct xform *form, const char *column);
int xform_item_named(const struct xform *form, struct str path);          /* places in [] are ignored; -1 */
bool xform_asks(enum xform_type type);                                    /* a question that a person answers */
bool xform_appearance(const struct xform_item *item, const char *word);
struct str xform_parameter(const struct xform_item *item, const char *name);     /* range: start, end, step; "" */
const struct xform_choice *xform_choice(const struct xform *form, int list, struct str name);

/* -- a run ------------------------------------------------------------------------------------------------- */
struct xform_run;                    /* of run.c */
struct xform_setup {
    i64 now;                        /* today(), now(), start, end: in the zone of clock_set_zone */
    struct str lang;                /* "vi": of labels, messages, jr:choice-name */
    struct str instance_id;         /* goes into meta/instanceID; may be empty */
    bool nameless;                  /* the answers of compartment I are not there, which is not the same as empty: what is worked out of
                                       them stays as it was saved, and nothing is refused, hidden or asked for by them */
};

/* Empty answers: defaults set, one instance of each repeat (or repeat_count of them), calculated once. */
struct xform_run *xform_run_new(struct arena *a, const struct xform *form, const struct xform_setup *setup);
void xform_run_free(struct xform_run *run);                               /* earlier than the arena, where many are made */
const struct xform *xform_run_form(const struct xform_run *run);

/* Takes over a submission of this form. Unknown elements are kept aside in run's unknown list and not lost at xform_run_save.
   INVALID: not XML, a DOCTYPE,
       another form's id, beyond the limits. Version is not compared: xform_diff and xform_map do that. */
status xform_run_load(struct xform_run *run, struct str xml);
/* The whole submission. One compartment's part: only answers whose question has this value in bind::lachan:compartment ("" and no
   column count as "N"); NULL takes all. Loading N and then I (xform_run_merge) gives the whole again. */
struct str xform_run_save(struct xform_run *run, struct arena *a);
struct str xform_run_save_part(struct xform_run *run, struct arena *a, const char *compartment);
status xform_run_merge(struct xform_run *run, struct str xml);            /* answers of xml over those there; empty ones change nothing */

/* Keeps a value as typed, made canonical where it can be: 24/11/2026 -> 2026-11-24, "1,5" -> "1.5" of a decimal. A wrong one is kept,
   too, and is a problem. Values of selects: names with blanks between. NOT_FOUND: no such answer; TOO_LARGE; DENIED: read-only.
   Call xform_run_recompute after a page's worth of them. */
status xform_run_set(struct xform_run *run, struct str path, struct str value);
struct str xform_run_get(const struct xform_run *run, struct str path);   /* "" where there is none; in the run's arena */
status xform_run_add(struct xform_run *run, struct str repeat_path);      /* one more at the end; TOO_LARGE beyond the limit or repeat_count */
status xform_run_remove(struct xform_run *run, struct str instance_path); /* "/data/child[2]" */
size_t xform_run_instances(const struct xform_run *run, struct str repeat_path);
/* Relevance, counts and calculations, until nothing changes. BROKEN where an expression fails or does not come to rest. */
status xform_run_recompute(struct xform_run *run);

bool xform_run_relevant(const struct xform_run *run, struct str path);    /* with all groups around it */
bool xform_run_required(struct xform_run *run, struct str path);
bool xform_run_readonly(struct xform_run *run, struct str path);
struct str xform_run_label(struct xform_run *run, struct str path);       /* in the run's language, ${x} filled */

/* What is missing or wrong: everything, or what lies on one page. Irrelevant answers are never asked for. */
enum xform_problem_kind { XFORM_MISSING, XFORM_WRONG_TYPE, XFORM_WRONG_CHOICE, XFORM_REFUSED, XFORM_TOO_FEW };    /* REFUSED: constraint */
struct xform_problem {
    enum xform_problem_kind kind;
    const struct xform_item *item;
    struct str path;
    struct str message;             /* the author's, ${x} filled, or "": then say T_FORMS_PROBLEM_... of the kind and type */
    int text;                       /* that text; {1} is the value as typed */
    struct str value;
};
struct xform_problems { struct xform_problem *at; size_t n; };
struct xform_problems xform_run_problems(struct xform_run *run);
struct xform_problems xform_run_page_problems(struct xform_run *run, size_t page);
/* Of a nameless run: labels of the questions that it could not judge, those of I among them; none of any other run. */
struct xform_labels { struct str *at; size_t n; };
struct xform_labels xform_run_unjudged(struct xform_run *run);

/* Blanks what is irrelevant, sets `end`; call it once when the form is submitted, before xform_run_save. */
void xform_run_finish(struct xform_run *run);

/* -- pages: what is shown ---------------------------------------------------------------------------------- */
enum xform_shown_kind { XFORM_SHOW_QUESTION, XFORM_SHOW_GROUP, XFORM_SHOW_GROUP_END, XFORM_SHOW_REPEAT,
                        XFORM_SHOW_INSTANCE,
                       XFORM_SHOW_INSTANCE_END, XFORM_SHOW_REPEAT_END };
struct xform_option { struct str name, label; bool on; };
struct xform_shown {
    enum xform_shown_kind kind;
    const struct xform_item *item;
    struct str path;                /* with places; of REPEAT without its own */
    struct str label, hint, guidance_hint, value, media;       /* texts filled */
    bool relevant;                  /* false only where xform_shown_page was asked for the irrelevant ones, too */
    bool required, readonly;
    struct xform_option *options;    /* of selects, rank: what the filter lets through, in order */
    size_t n_options;
    size_t place, count;            /* INSTANCE: 3 of 5 */
    bool may_add, may_remove;       /* REPEAT, INSTANCE: false under a repeat_count and at limits */
};
struct xform_shown_list { struct xform_shown *at; size_t n; };

/* The page's items in order. `hidden`: irrelevant ones as well, marked, for a script that shows them at once. */
struct xform_shown_list xform_run_page(struct xform_run *run, size_t page, bool hidden);
bool xform_run_page_shown(const struct xform_run *run, size_t page);      /* anything on it is relevant */
size_t xform_run_page_of(const struct xform_run *run, struct str path);   /* where a problem is to be mended */
struct str xform_run_page_title(struct xform_run *run, size_t page);

/* Every question in order with its answer in words (labels of choices, dates as read in the language): for print and summaries.
   Irrelevant ones are left out; calculates only where they have a label. */
struct xform_answer { const struct xform_item *item; struct str path, label,
                      value; enum xform_shown_kind kind; int depth; };
struct xform_answers { struct xform_answer *at; size_t n; };
struct xform_answers xform_run_answers(struct xform_run *run);

/* -- versions ---------------------------------------------------------------------------------------------- */
enum xform_change_kind { XFORM_ADDED, XFORM_REMOVED, XFORM_RETYPED, XFORM_REWORDED, XFORM_MOVED, XFORM_RENAMED,
                         XFORM_CHOICE_ADDED,
                        XFORM_CHOICE_REMOVED, XFORM_RULE_CHANGED, XFORM_MAYBE_RENAMED };
struct xform_change {
    enum xform_change_kind kind;
    const struct xform_item *old, *new;      /* NULL where there is none */
    struct str what;                /* choice's name, or the column of a changed rule */
    struct str before, after;
};
struct xform_changes { struct xform_change *at; size_t n; };
struct xform_changes xform_diff(struct arena *a, const struct xform *old, const struct xform *new);
/* One line in the language, without a line end. */
void xform_change_write(struct out *o, int lang, const struct xform_change *c);

/* An old run's answers in a new run of the newer form: same path, else the rename that the new form states in the column
   bind::lachan:was (old name), else the same name elsewhere where it is unique. What found no place,
       or no longer fits its type or
   choices, is told with its label and value, so that nobody loses it unseen. */
struct xform_lost { const struct xform_item *item; struct str path, label, value; };
struct xform_mapping { struct xform_run *run; struct xform_lost *lost; size_t n_lost, carried; };
struct xform_mapping xform_map(struct arena *a, struct xform_run *old, const struct xform *new,
                               const struct xform_setup *setup);
