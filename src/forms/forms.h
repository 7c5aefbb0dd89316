/* Forms as officials write them: XLSForm, the spreadsheet standard of ODK and Kobo, from an .xlsx or from a text file of the same
   tables. One compiler, one checker, one evaluator for paper entry, web and print. Nothing here reads a database or the network.

   Words: a *form* is the definition (read once, then only read; any thread). An *item* is a row of the survey sheet. A *run* is one
   filled-in form while somebody works on it: a real XML document (the ODK submission) over which libxml2's XPath evaluates.
   A *path* names an answer: "/data/a", inside repeats with the place from 1: "/data/child[2]/name".

   Typical use:
       struct form *form; struct form_findings found;
       TRY(form_read(a, file_name, bytes, NULL, &form, &found));         form may be used where found.errors == 0
       struct form_run *run = form_run_new(a, form, &(struct form_setup){ .now = c->now, .lang = STR("vi") });
       TRY(form_run_load(run, xml));  form_run_set(run, path, value);  form_run_recompute(run);
       struct form_problems bad = form_run_problems(run);  struct str xml = form_run_save(run, a);
   A run lives as long as its arena: libxml2's memory goes back when the arena is reset, also after an early return. */
#pragma once

#include "../base/content.h"

enum {
    FORM_FILE_BYTES = 8 << 20,      /* an .xlsx or .txt */
    FORM_LANGS = 8, FORM_ITEMS = 2000, FORM_LISTS = 500, FORM_CHOICES = 20000, FORM_DEPTH = 16,
    FORM_VALUE_BYTES = 64 << 10,    /* one answer */
    FORM_INSTANCES = 200,           /* of one repeat */
    FORM_XML_BYTES = 4 << 20,       /* a submission */
};

/* -- findings of the checker ------------------------------------------------------------------------------------------------------ */
struct form_finding {
    bool error;                     /* else a warning: the form can be used */
    int text;                       /* T_FORMS_FIND_... of texts.h */
    struct str a, b;                /* what fills {1} and {2} of it */
    struct str file;                /* as given to form_read */
    struct str sheet, column;       /* "survey", "relevant"; "" where the whole sheet or row is meant */
    int row;                        /* of the sheet from 1, of a text file its line; 0: the whole file */
    bool line;                      /* row is a line of a text file */
};
struct form_findings { struct form_finding *at; size_t n, errors; };

/* "mau.xlsx, trang survey, dòng 3, cột relevant: ..." in the language, without a line end. */
void form_finding_write(struct out *o, int lang, const struct form_finding *f);

/* -- the definition --------------------------------------------------------------------------------------------------------------- */
enum form_type {
    FORM_TEXT, FORM_INTEGER, FORM_DECIMAL, FORM_SELECT_ONE, FORM_SELECT_MULTIPLE, FORM_RANK, FORM_RANGE, FORM_DATE, FORM_TIME,
    FORM_DATETIME, FORM_NOTE, FORM_CALCULATE, FORM_ACKNOWLEDGE, FORM_HIDDEN, FORM_GROUP, FORM_REPEAT,
    FORM_START, FORM_END, FORM_TODAY, FORM_DEVICEID,
    FORM_NOT_SHOWN,                 /* pictures, places, bar codes: kept in the answers, not asked on the web (a warning) */
};

/* One text in the form's languages; at[0] is the default one. Empty where a language lacks it: ask form_text. */
struct form_text { struct str at[FORM_LANGS]; };
struct form_table { struct str name, *columns, *cells; size_t n_columns, n_rows; };     /* a .csv: cells row by row */
struct form_extra { struct str column, value; };        /* a column with a prefix: "bind::lachan:compartment" -> "I" */
struct form_choice { struct str name; struct form_text label; struct form_extra *extra; size_t n_extra; int row; };   /* extra: other columns */
struct form_list { struct str name; struct form_choice *at; size_t n; };

struct form_item {
    enum form_type type;
    struct str type_name;           /* as written: "select_one yn" */
    struct str name, path;          /* path without places: "/data/child/name" */
    int parent;                     /* place in form->items, -1 at the top */
    int end;                        /* items are in preorder: what lies inside is (this, end) */
    int repeat;                     /* nearest repeat that this lies in (not itself), -1 */
    int list;                       /* place in form->lists, -1 */
    int depth;                      /* number of groups and repeats around it */
    bool no_node;                   /* a group of a "flat" form: no element of its own in the answers */
    struct form_text label, hint, guidance_hint, constraint_message, required_message;
    struct str appearance, parameters, default_value, trigger;
    struct str relevant, required, readonly, constraint, calculation, choice_filter, repeat_count;      /* as written, with ${x} */
    struct form_extra *extra;
    size_t n_extra;
    int row;                        /* where it stands, as in findings */
    struct form_rules *rules;       /* the expressions translated: for run.c */
};

/* A page when the form is shown piece by piece: siblings [first, end) of form->items. */
struct form_page { int first, end; };

struct form {
    struct str id, title, version, file;
    struct str langs[FORM_LANGS];   /* "Tiếng Việt (vi)"; "" where the form names none */
    size_t n_langs;
    struct form_item *items;
    size_t n_items;
    struct form_list *lists;
    size_t n_lists;
    struct form_extra *settings;    /* all columns of the settings sheet */
    size_t n_settings;
    struct form_page *pages;
    size_t n_pages;
    struct form_table *tables;      /* of pulldata: "fruits" is what fruits.csv held */
    size_t n_tables;
    struct str instance_name;       /* XPath of the setting instance_name, "" */
};

/* Reads a form: zip bytes are an .xlsx, everything else the text form (docs/forms.md). `dir` (or NULL) is where the .csv files of
   pulldata lie. OK also where findings hold errors: *form is then NULL if nothing can be made of it, and may otherwise be shown but
   not used. INVALID or TOO_LARGE: not such a file at all; fail_message says why, and a finding says it to the reader. */
status form_read(struct arena *a, const char *file, struct str bytes, const char *dir, struct form **form, struct form_findings *found);
/* The same of content/forms/NAME.txt or NAME.xlsx (DIR/content/forms/ stands over the shipped one). */
status form_read_content(struct arena *a, const char *name, struct form **form, struct form_findings *found);

/* All of content/forms/, read once at start and kept for the process. A form with errors is left out and named in the log; INVALID
   after all were tried tells of the first. */
status forms_load(void);
size_t forms_count(void);
const struct form *forms_at(size_t i);
/* By file name without its end ("mau-02"); NULL where there is none. */
const struct form *forms_named(struct str name);

int form_lang(const struct form *form, struct str code);                /* "vi", "en": place in langs; 0 where it has none */
bool form_speaks(struct str language, struct str code);                    /* "Tiếng Việt (vi)" speaks "vi" */
struct str form_text(const struct form_text *t, int lang);              /* the default language's where that one lacks it */
struct str form_extra(const struct form_item *item, const char *column); /* by the name after the prefix: "lachan:compartment"; "" */
struct str form_setting(const struct form *form, const char *column);
int form_item_named(const struct form *form, struct str path);          /* places in [] are ignored; -1 */
bool form_asks(enum form_type type);                                    /* a question that a person answers */
bool form_appearance(const struct form_item *item, const char *word);
struct str form_parameter(const struct form_item *item, const char *name);     /* range: start, end, step; "" */
const struct form_choice *form_choice(const struct form *form, int list, struct str name);

/* -- a run ------------------------------------------------------------------------------------------------------------------------ */
struct form_run;                    /* of run.c */
struct form_setup {
    i64 now;                        /* today(), now(), start, end: in the zone of clock_set_zone */
    struct str lang;                /* "vi": of labels, messages, jr:choice-name */
    struct str instance_id;         /* goes into meta/instanceID; may be empty */
};

/* Empty answers: defaults set, one instance of each repeat (or repeat_count of them), calculated once. */
struct form_run *form_run_new(struct arena *a, const struct form *form, const struct form_setup *setup);
void form_run_free(struct form_run *run);                               /* earlier than the arena, where many are made */
const struct form *form_run_form(const struct form_run *run);

/* Takes over a submission of this form. Unknown elements are kept aside in run's unknown list and not lost at form_run_save.
   INVALID: not XML, a DOCTYPE, another form's id, beyond the limits. Version is not compared: form_diff and form_map do that. */
status form_run_load(struct form_run *run, struct str xml);
/* The whole submission. One compartment's part: only answers whose question has this value in bind::lachan:compartment ("" and no
   column count as "N"); NULL takes all. Loading N and then I (form_run_merge) gives the whole again. */
struct str form_run_save(struct form_run *run, struct arena *a);
struct str form_run_save_part(struct form_run *run, struct arena *a, const char *compartment);
status form_run_merge(struct form_run *run, struct str xml);            /* answers of xml over those there; empty ones change nothing */

/* Keeps a value as typed, made canonical where it can be: 24/11/2026 -> 2026-11-24, "1,5" -> "1.5" of a decimal. A wrong one is kept,
   too, and is a problem. Values of selects: names with blanks between. NOT_FOUND: no such answer; TOO_LARGE; DENIED: read-only.
   Call form_run_recompute after a page's worth of them. */
status form_run_set(struct form_run *run, struct str path, struct str value);
struct str form_run_get(const struct form_run *run, struct str path);   /* "" where there is none; in the run's arena */
status form_run_add(struct form_run *run, struct str repeat_path);      /* one more at the end; TOO_LARGE beyond the limit or repeat_count */
status form_run_remove(struct form_run *run, struct str instance_path); /* "/data/child[2]" */
size_t form_run_instances(const struct form_run *run, struct str repeat_path);
/* Relevance, counts and calculations, until nothing changes. BROKEN where an expression fails or does not come to rest. */
status form_run_recompute(struct form_run *run);

bool form_run_relevant(const struct form_run *run, struct str path);    /* with all groups around it */
bool form_run_required(struct form_run *run, struct str path);
bool form_run_readonly(struct form_run *run, struct str path);
struct str form_run_label(struct form_run *run, struct str path);       /* in the run's language, ${x} filled */

/* What is missing or wrong: everything, or what lies on one page. Irrelevant answers are never asked for. */
enum form_problem_kind { FORM_MISSING, FORM_WRONG_TYPE, FORM_WRONG_CHOICE, FORM_REFUSED, FORM_TOO_FEW };    /* REFUSED: constraint */
struct form_problem {
    enum form_problem_kind kind;
    const struct form_item *item;
    struct str path;
    struct str message;             /* the author's, ${x} filled, or "": then say T_FORMS_PROBLEM_... of the kind and type */
    int text;                       /* that text; {1} is the value as typed */
    struct str value;
};
struct form_problems { struct form_problem *at; size_t n; };
struct form_problems form_run_problems(struct form_run *run);
struct form_problems form_run_page_problems(struct form_run *run, size_t page);

/* Blanks what is irrelevant, sets `end`; call it once when the form is submitted, before form_run_save. */
void form_run_finish(struct form_run *run);

/* -- pages: what is shown ----------------------------------------------------------------------------------------------------------- */
enum form_shown_kind { FORM_SHOW_QUESTION, FORM_SHOW_GROUP, FORM_SHOW_GROUP_END, FORM_SHOW_REPEAT, FORM_SHOW_INSTANCE,
                       FORM_SHOW_INSTANCE_END, FORM_SHOW_REPEAT_END };
struct form_option { struct str name, label; bool on; };
struct form_shown {
    enum form_shown_kind kind;
    const struct form_item *item;
    struct str path;                /* with places; of REPEAT without its own */
    struct str label, hint, guidance_hint, value, media;       /* texts filled */
    bool relevant;                  /* false only where form_shown_page was asked for the irrelevant ones, too */
    bool required, readonly;
    struct form_option *options;    /* of selects, rank: what the filter lets through, in order */
    size_t n_options;
    size_t place, count;            /* INSTANCE: 3 of 5 */
    bool may_add, may_remove;       /* REPEAT, INSTANCE: false under a repeat_count and at limits */
};
struct form_shown_list { struct form_shown *at; size_t n; };

/* The page's items in order. `hidden`: irrelevant ones as well, marked, for a script that shows them at once. */
struct form_shown_list form_run_page(struct form_run *run, size_t page, bool hidden);
bool form_run_page_shown(const struct form_run *run, size_t page);      /* anything on it is relevant */
size_t form_run_page_of(const struct form_run *run, struct str path);   /* where a problem is to be mended */
struct str form_run_page_title(struct form_run *run, size_t page);

/* Every question in order with its answer in words (labels of choices, dates as read in the language): for print and summaries.
   Irrelevant ones are left out; calculates only where they have a label. */
struct form_answer { const struct form_item *item; struct str path, label, value; enum form_shown_kind kind; int depth; };
struct form_answers { struct form_answer *at; size_t n; };
struct form_answers form_run_answers(struct form_run *run);

/* -- versions ------------------------------------------------------------------------------------------------------------------------ */
enum form_change_kind { FORM_ADDED, FORM_REMOVED, FORM_RETYPED, FORM_REWORDED, FORM_MOVED, FORM_RENAMED, FORM_CHOICE_ADDED,
                        FORM_CHOICE_REMOVED, FORM_RULE_CHANGED, FORM_MAYBE_RENAMED };
struct form_change {
    enum form_change_kind kind;
    const struct form_item *old, *new;      /* NULL where there is none */
    struct str what;                /* choice's name, or the column of a changed rule */
    struct str before, after;
};
struct form_changes { struct form_change *at; size_t n; };
struct form_changes form_diff(struct arena *a, const struct form *old, const struct form *new);
/* One line in the language, without a line end. */
void form_change_write(struct out *o, int lang, const struct form_change *c);

/* An old run's answers in a new run of the newer form: same path, else the rename that the new form states in the column
   bind::lachan:was (old name), else the same name elsewhere where it is unique. What found no place, or no longer fits its type or
   choices, is told with its label and value, so that nobody loses it unseen. */
struct form_lost { const struct form_item *item; struct str path, label, value; };
struct form_mapping { struct form_run *run; struct form_lost *lost; size_t n_lost, carried; };
struct form_mapping form_map(struct arena *a, struct form_run *old, const struct form *new, const struct form_setup *setup);
