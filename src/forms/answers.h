/* The answers of a run as one flat list, and back: what merging and comparing work on. */
#pragma once

#include "forms.h"
#include "merge.h"

/* Every answer that a person may give, also empty ones, in the form's order, irrelevant or not; what is calculated is left out,
   for it follows from the rest. Paths are the run's. */
struct answers answers_of(struct xform_run *run, struct arena *a);

/* Makes the run's answers those of the list: entries of repeats are added and taken away. Recompute afterwards. */
status answers_put(struct xform_run *run, struct answers answers);

/* "child[2]" of "/data/child[2]/name": what an entry of a repeat is called in a message is the form's affair (render.c). */
bool answers_asked(const struct xform_item *item);
