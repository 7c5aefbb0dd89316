/* A page of a form as lines for a template. */
#pragma once

#include "forms.h"
#include "views.h"

/* What a page is shown for. check: 0 nothing is said to be wrong, 1 what is wrong on this page, 2 on all pages (with links to them:
   `here` is the address of a page, to which ?page=N is added). closed: letters of compartments whose questions are not shown. */
enum form_check { CHECK_NONE, CHECK_PAGE, CHECK_ALL };
struct form_asking { size_t page; enum form_check check; struct url here; const char *closed; bool frozen; };

/* Fills the view. `c` gives arena, language and texts; no data is read. page is moved to one that is shown. */
void form_page_fill(struct ctx *c, struct xform_run *run, const struct form_asking *asking, struct form_page_view *v);

/* Takes over what was sent for a page: fields "q.PATH". Several values of one field are one answer with blanks between. What
   cannot be kept (too long, no such question) is told by the status; what is only wrong is kept. */
status form_take(struct xform_run *run, struct arena *a, struct form_pairs sent);

/* The page that comes after or before one, among those that are shown; the same where there is none. */
size_t form_page_after(const struct xform_run *run, size_t page);
size_t form_page_before(const struct xform_run *run, size_t page);
size_t form_page_first(const struct xform_run *run);

/* Words of a problem in the reader's language. */
struct str form_problem_words(struct ctx *c, const struct xform_problem *p);

/* Some question of the page is asked now that was not asked before (a page of the same run earlier on) and was not sent: so the
   reader has not seen it. */
bool form_page_opened(struct xform_run *run, size_t page, struct xform_shown_list before, struct form_pairs sent);
