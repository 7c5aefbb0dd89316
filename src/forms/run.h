/* A run from inside: shared by run.c, run_*.c and xpath.c. */
#pragma once

#include "expr.h"

#include <libxml/tree.h>
#include <libxml/xmlregexp.h>
#include <libxml/xpath.h>

enum {
    RUN_REGEXES = 16,
    RUN_ROUNDS = 64,
    RUN_OPERATIONS = 400000,            /* of one expression */
    RUN_ALL_OPERATIONS = 60000000,      /* of a run's life: about a second */
    RUN_MATCH_US = 100000,              /* processor time of one regex() */
    RUN_NODES = 100000,                 /* repeats in repeats multiply */
};

/* Behind node->_private of each element that is an answer, a group or an instance of a repeat. */
struct node_state {
    int item;
    bool relevant;
    bool off;                       /* of a nameless run: a rule that reads I said no when it was last judged */
    struct str aside;               /* what was typed into it while it is irrelevant: expressions see an empty answer */
};

/* An instance that a smaller repeat_count took out, with all that was typed in it. */
struct set_aside {
    struct set_aside *next;
    xmlNodePtr node;                /* NULL once it is back */
    const struct node_state *parent;        /* NULL: the root */
    int repeat;
};

struct xform_run {
    struct arena *arena;
    const struct xform *form;
    i64 now;
    int lang;
    struct str lang_code, instance_id;
    xmlDocPtr doc;
    xmlNodePtr root, current;       /* current: where the expression that runs stands */
    xmlXPathContextPtr xpath;
    xmlXPathCompExprPtr *compiled;  /* by item and kind, made when first needed */
    xmlXPathCompExprPtr name_compiled;
    xmlDocPtr *lists, *tables;      /* choices and .csv files as documents, made when first needed */
    struct set_aside *extra;        /* instances beyond a repeat_count, the nearest first */
    xmlDocPtr loading;              /* a submission that is being read */
    struct { xmlChar *pattern; xmlRegexpPtr compiled; } regexes[RUN_REGEXES];
    size_t n_regexes;
    size_t n_nodes;
    unsigned long spent;            /* operations */
    struct out scratch;             /* for texts on their way out of libxml2's memory */
    bool *touched;                  /* by item: set since the last recompute */
    bool finished, ended, nameless;
    int failed_item;                /* -1, or whose expression failed first */
    enum xform_expr failed_kind;
};

static inline struct node_state *state_of(const xmlNode *node)
{
    return node->type == XML_ELEMENT_NODE ? node->_private : NULL;
}

static inline const struct xform_item *item_of_node(const struct xform_run *run, const xmlNode *node)
{
    const struct node_state *s = state_of(node);

    return s ? &run->form->items[s->item] : NULL;
}

struct str node_text(const xmlNode *node);                              /* borrowed */
void node_set_text(xmlNodePtr node, struct str text);
xmlNodePtr run_node(const struct xform_run *run, struct str path);       /* NULL */
struct str run_path(struct xform_run *run, struct arena *a, const xmlNode *node);        /* with places */
bool run_is_inner(const struct xform_item *item);                        /* a group or a repeat */
/* NULL at the limit of instances or of all elements. */
xmlNodePtr run_add_instance(struct xform_run *run, xmlNodePtr parent, int repeat);
xmlNodePtr run_parent_of(const struct xform_run *run, int item, struct str path);        /* of a repeat by its path */
xmlNodePtr run_child_at(xmlNodePtr parent, struct str name, i64 place);
void run_place_instance(xmlNodePtr parent, xmlNodePtr node, int repeat);
void run_set_defaults(struct xform_run *run, xmlNodePtr node);          /* of everything inside */
size_t run_instances_of(const xmlNode *parent, int repeat);

/* There is such a rule, and it can be judged. */
static inline bool run_judges(const struct xform_run *run, int item, enum xform_expr kind)
{
    const struct xform_rules *rules = run->form->items[item].rules;

    return rules->xpath[kind].n && !(run->nameless && rules->closed[kind]);
}

/* What a nameless reader does not see of a run: answers of I, and what is worked out of them. */
static inline bool run_hides(const struct xform_run *run, int item)
{
    return run->nameless && run->form->items[item].identity;
}

/* Where that cannot be judged it stays as it is saved. */
bool run_readonly(struct xform_run *run, xmlNodePtr at, int item);

/* A rule that reads I makes this irrelevant, by itself or by a group around it that has no element. */
bool run_closed_off(struct xform_run *run, xmlNodePtr node, int item);
/* Its relevance, or that of what lies around it, hangs on I. */
bool run_unsure(const struct xform_run *run, int item);

/* Evaluation of one rule at a node; false, NaN or "" where it fails, which `run` notes. */
bool run_true(struct xform_run *run, xmlNodePtr at, int item, enum xform_expr kind);
/* The same over another element, as a filter is over a choice; current() stays `at`. */
bool run_true_over(struct xform_run *run, xmlNodePtr at, xmlNodePtr over, int item, enum xform_expr kind);
double run_number(struct xform_run *run, xmlNodePtr at, int item, enum xform_expr kind);
struct str run_text(struct xform_run *run, xmlNodePtr at, int item, enum xform_expr kind);     /* in run->scratch */
xmlXPathObjectPtr run_evaluate(struct xform_run *run, xmlNodePtr at, int item, enum xform_expr kind);
xmlXPathCompExprPtr run_compiled(struct xform_run *run, int item, enum xform_expr kind);
void run_note_failure(struct xform_run *run, int item, enum xform_expr kind);
bool run_check_rules(struct xform_run *run, int *item, enum xform_expr *kind);    /* each once, over empty answers: true if none fails */

/* A text with ${x} filled, seen from a node; in the arena of the run. */
struct str run_fill(struct xform_run *run, const xmlNode *at, int item, struct str text);

/* Which choices of a select's list the filter lets through here. */
bool *run_choices(struct xform_run *run, xmlNodePtr at, int item);
/* The present text of an element is none of this type's (its list's choices and filter are not asked). */
bool run_wrong_type(struct xform_run *run, xmlNodePtr at, int item);
/* Texts and values go through the arena only when libxml2 holds nothing of them. */
void run_put_value(struct xform_run *run, xmlNodePtr node, struct str text);

/* -- xpath.c ----------------------------------------------------------------------------------------------- */
xmlXPathContextPtr xpath_context(struct xform_run *run);
xmlDocPtr xpath_list(struct xform_run *run, int list);                   /* <root><item><name/>... */
void xpath_number_text(struct out *o, double value);                    /* "5", "1.5", "" of NaN */
void xpath_value_text(struct out *o, xmlXPathObjectPtr value);

/* -- dates.c ----------------------------------------------------------------------------------------------- */
bool date_of(struct str text, double *days);        /* "2026-11-29", with a time too, or "14:20" as part of a day */
void date_text(struct out *o, double days);         /* "2026-11-29" */
void date_time_text(struct out *o, double days);    /* "2026-11-29T14:20:00.000+07:00" */
void date_format(struct out *o, int lang_vi, double days, struct str format);
double date_now(i64 now);                           /* local, in days since 1970-01-01 */
/* What people type: 24/11/2026, 24-11-2026, 2026-11-24. False where it is no date. */
bool date_typed(struct str typed, char iso[11]);
bool time_typed(struct str typed, char iso[9]);
