/* Papers: opened, read at any revision, saved. */
#include "paper_work.h"

enum { SAVE_TRIES = 25 };

/* -- the record of one revision ----------------------------------------------------------------------------------------------------- */

/* "PAPER REVISION DIGEST" (of the definition, hexadecimal), a line end, then the submission. */
static struct str revision_text(struct ctx *c, const struct papers_row *row, struct str xml)
{
    struct out o = { .max = 4 << 20 };
    char id[ID_TEXT + 1];
    struct str text;

    id_text(row->id, id);
    out_f(&o, "%s %lld ", id, (long long)row->revision);
    out_hex(&o, row->digest.at, row->digest.n);
    out_char(&o, '\n');
    out_str(&o, xml);
    text = arena_copy(c->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}

enum { DIGEST = 32 };
struct revision { struct id paper; i64 no; uint8_t digest[DIGEST]; struct str xml; };

static bool revision_read(struct str text, struct revision *r)
{
    struct str head, id, no;

    r->xml = text;
    if (!str_cut(&r->xml, '\n', &head) || !str_cut(&head, ' ', &id) || !str_cut(&head, ' ', &no))
        return false;
    return id_of_text(id, &r->paper) && str_i64(no, &r->no) && str_from_hex(head, r->digest, DIGEST);
}

/* -- opening -------------------------------------------------------------------------------------------------------------------------- */

static bool is_identity(const struct xform_item *item)
{
    return str_is(xform_extra(item, "lachan:compartment"), "I");
}

static bool asks_identity(const struct xform *form)
{
    for (size_t i = 0; i < form->n_items; i++)
        if (is_identity(&form->items[i]))
            return true;
    return false;
}

/* nameless: what lies in I does not open. */
static struct xform_run *new_run(struct ctx *c, const struct xform *form, bool nameless)
{
    struct xform_setup setup = { .now = c->now, .lang = c->page.lang_code, .nameless = nameless };

    return xform_run_new(c->arena, form, &setup);
}

/* The text of a record by its id, from whichever compartment it lies in. STR_NULL where that does not open, or was altered. */
static struct str record_text(struct ctx *c, const struct comps *comps, struct id record)
{
    struct records_row row = { .id = record };
    struct comp_open *comp;
    struct record r;

    if (row_get(c->ledger, &table_records, &row) != OK)
        return STR_NULL;
    comp = comps_find(comps, row.comp);
    if (comp == NULL || comp->keys == NULL || vault_record_open(c->arena, comp->keys, comp->id, row.id, row.body, &r) != OK)
        return STR_NULL;
    return r.kind == RECORD_PAPER ? r.text : STR_NULL;
}

static status load(struct xform_run *run, struct str answers, struct str names)
{
    struct revision r;

    if (!revision_read(answers, &r))
        return fail(BROKEN, "the answers of a paper cannot be read");
    TRY(xform_run_load(run, r.xml));
    if (names.n && revision_read(names, &r))
        TRY(xform_run_merge(run, r.xml));
    return xform_run_recompute(run);
}

static status newest(struct ctx *c, const struct case_paper *p, struct xform_run **run)
{
    struct str answers = record_text(c, &p->file.comps, p->row.answers);
    struct str names = p->row.names.has ? record_text(c, &p->file.comps, p->row.names.v) : STR_NULL;

    if (p->row.names.has && !p->closed && names.at == NULL)
        return fail(BROKEN, "who and where of a paper cannot be read");     /* not shown as if nobody had answered */
    *run = new_run(c, p->form, p->closed);
    return load(*run, answers, names);
}

status paper_run_nameless(struct ctx *c, const struct case_paper *p, struct xform_run **run)
{
    *run = new_run(c, p->form, true);
    return load(*run, record_text(c, &p->file.comps, p->row.answers), STR_NULL);
}

status paper_newest_run(struct ctx *c, struct case_paper *p)
{
    return newest(c, p, &p->run);
}

void paper_asks(struct case_paper *p)
{
    const struct comp_open *identity = comp_newest(&p->file.comps, "I");

    p->asks_identity = asks_identity(p->form);
    p->closed = p->asks_identity && (identity == NULL || identity->keys == NULL);
}

status paper_open_row(struct ctx *c, struct id paper, struct case_paper *p)
{
    p->row = (struct papers_row){ .id = paper };
    TRY(row_get(c->ledger, &table_papers, &p->row));
    if (!id_eq(p->row.case_id, p->file.row.id))
        return NOT_FOUND;
    TRY(papers_definition(c, p->row.digest, &p->form));
    p->title = paper_form_title(c, p->form);
    paper_asks(p);
    return OK;
}

status paper_open(struct ctx *c, struct id case_id, struct id paper, struct case_paper *p)
{
    *p = (struct case_paper){ 0 };
    TRY(casefile_open(c, case_id, &p->file));
    TRY(paper_open_row(c, paper, p));
    return newest(c, p, &p->run);
}

const char *paper_closed(const struct case_paper *p)
{
    return p->closed ? "I" : NULL;
}

bool paper_may_write(const struct case_paper *p)
{
    return p->file.file.open && (str_is(p->row.state, "draft") || str_is(p->row.state, "returned"));
}

/* -- revisions ------------------------------------------------------------------------------------------------------------------------ */

/* Of one paper: the record of a revision, or (in I) of the last one before it, because whoever has no key to I writes none. */
struct looking { struct id paper; i64 revision, found; struct str text; };

static status take_revision(struct ctx *c, const struct records_row *row, const struct record *r, void *to)
{
    struct looking *l = to;
    struct revision rev;

    (void)c;
    (void)row;
    if (r == NULL || r->kind != RECORD_PAPER || !revision_read(r->text, &rev) || !id_eq(rev.paper, l->paper))
        return OK;
    if (rev.no <= l->revision && rev.no > l->found) {
        l->found = rev.no;
        l->text = r->text;
    }
    return OK;
}

status paper_run_at(struct ctx *c, const struct case_paper *p, i64 revision, struct xform_run **run)
{
    struct looking answers = { .paper = p->row.id, .revision = revision }, names = answers;
    const struct xform *form;
    struct revision r;

    TRY(case_records(c, &p->file.comps, "N", take_revision, &answers));
    TRY(case_records(c, &p->file.comps, "I", take_revision, &names));
    if (answers.found != revision || !revision_read(answers.text, &r))
        return NOT_FOUND;
    TRY(papers_definition(c, str_of(r.digest, DIGEST), &form));
    *run = new_run(c, form, p->closed);
    return load(*run, answers.text, names.text);
}

status paper_run_like(struct ctx *c, const struct case_paper *p, i64 revision, struct xform_run **run)
{
    struct xform_setup setup = { .now = c->now, .lang = c->page.lang_code, .nameless = p->closed };

    TRY(paper_run_at(c, p, revision, run));
    if (xform_run_form(*run) == p->form)
        return OK;
    *run = xform_map(c->arena, *run, p->form, &setup).run;       /* the paper moved to another version since */
    return xform_run_recompute(*run);
}

status paper_run_of(struct ctx *c, const struct case_paper *p, struct str xml, struct xform_run **run)
{
    *run = new_run(c, p->form, p->closed);
    TRY(xform_run_load(*run, xml));
    return xform_run_recompute(*run);
}

status paper_run_draft(struct ctx *c, const struct case_paper *p, const struct paper_draft *draft, struct xform_run **run)
{
    struct xform_setup setup = { .now = c->now, .lang = c->page.lang_code, .nameless = p->closed };
    struct case_paper old = *p;
    struct xform_run *base;

    if (draft->base < p->row.revision) {
        TRY(paper_run_at(c, p, draft->base, &base));
        old.form = xform_run_form(base);
    }
    TRY(paper_run_of(c, &old, draft->xml, run));
    if (old.form == p->form)
        return OK;
    *run = xform_map(c->arena, *run, p->form, &setup).run;
    return xform_run_recompute(*run);
}

struct listing { struct id paper; struct paper_revisions *list; };

static status take_history(struct ctx *c, const struct records_row *row, const struct record *r, void *to)
{
    struct listing *l = to;
    struct revision rev;

    (void)c;
    (void)row;
    if (r == NULL || r->kind != RECORD_PAPER || !revision_read(r->text, &rev) || !id_eq(rev.paper, l->paper))
        return OK;
    if (rev.no > 0 && (size_t)rev.no <= l->list->n)
        l->list->at[l->list->n - (size_t)rev.no] = (struct paper_revision){ rev.no, r->time, r->author, false };
    return OK;
}

status paper_history(struct ctx *c, const struct case_paper *p, struct paper_revisions *list)
{
    struct listing l = { p->row.id, list };

    *list = (struct paper_revisions){ .at = NEW_N(c->arena, struct paper_revision, (size_t)p->row.revision + 1),
                                      .n = (size_t)p->row.revision };
    for (size_t i = 0; i < list->n; i++)
        list->at[i] = (struct paper_revision){ .no = (i64)(list->n - i), .altered = true };
    return case_records(c, &p->file.comps, "N", take_history, &l);
}

/* -- one act on a paper ------------------------------------------------------------------------------------------------------------------ */

status paper_tell(struct ctx *c, const struct case_paper *p, const char *what, struct str words)
{
    return event_write(c, &p->file.comps, &(struct event){ .what = what, .from = p->title, .to = STR(""), .words = words });
}

static status write_part(struct ctx *c, struct case_paper *p, const char *letter, struct str xml, struct id *record)
{
    struct record r = { .kind = RECORD_PAPER, .author = c->actor.user, .time = c->now, .text = revision_text(c, &p->row, xml) };
    const struct comp_open *comp = comp_newest(&p->file.comps, letter);

    if (comp == NULL)
        return fail(INVALID, "the case has no compartment %s", letter);
    return record_write_id(c, comp, &r, record);
}

/* A reader without the key to I saw nothing of what lies there, so their save leaves it as it is. */
status paper_write(struct ctx *c, struct case_paper *p, struct xform_run *run)
{
    p->row.revision++;
    p->row.saved = c->now;
    p->row.saved_by = c->actor.user;
    TRY(write_part(c, p, "N", xform_run_save_part(run, c->arena, "N"), &p->row.answers));
    if (!p->asks_identity || p->closed)
        return OK;
    p->row.names.has = true;
    return write_part(c, p, "I", xform_run_save_part(run, c->arena, "I"), &p->row.names.v);
}

static status act_once(struct ctx *c, struct id case_id, struct paper_work work)
{
    struct case_paper p = { 0 };

    TRY(act_begin(c->ledger, case_act_info(c, work.act, case_id)));
    TRY(casefile_open(c, case_id, &p.file));
    if (!id_is_zero(work.paper))
        TRY(paper_open_row(c, work.paper, &p));
    TRY(work.body(c, &p, work.what));
    return act_commit(c->ledger);
}

/* Side by side on PostgreSQL, two acts change one row: the later one begins again on what the first has left. */
status paper_do(struct ctx *c, struct id case_id, struct paper_work work)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < SAVE_TRIES; tries++) {
        act_again(c->ledger);
        s = act_once(c, case_id, work);
    }
    if (s != OK)
        act_abort(c->ledger);
    return s;
}

/* -- beginning ------------------------------------------------------------------------------------------------------------------------------ */

struct beginning { struct case_form form; struct id id; };

static status begin_body(struct ctx *c, struct case_paper *p, void *what)
{
    const struct beginning *b = what;
    struct xform_run *run;

    if (!p->file.file.open)
        return fail(INVALID, "the case is closed");
    p->form = b->form.form;
    p->title = paper_form_title(c, p->form);
    paper_asks(p);
    run = new_run(c, p->form, p->closed);
    p->row = (struct papers_row){
        .id = b->id, .case_id = p->file.row.id, .form = b->form.name, .digest = b->form.digest, .version = p->form->version,
        .state = STR("draft"), .begun = c->now, .begun_by = c->actor.user };
    TRY(paper_prefill(c, &p->file, run));
    TRY(xform_run_recompute(run));
    TRY(paper_write(c, p, run));
    TRY(row_insert(c->ledger, &table_papers, &p->row));
    return paper_tell(c, p, "paper_begin", STR(""));
}

status paper_begin(struct ctx *c, struct id case_id, struct str form, struct id *paper)
{
    struct beginning b = { .id = id_timed(c->now) };
    struct case_forms forms;
    struct casefile f;

    TRY(casefile_open(c, case_id, &f));
    TRY(papers_forms(c, &f, &forms));
    for (size_t i = 0; i < forms.n; i++)
        if (str_eq(forms.at[i].name, form))
            b.form = forms.at[i];
    if (b.form.form == NULL)
        return fail(INVALID, "the case has no form of this name");
    *paper = b.id;
    return paper_do(c, case_id, (struct paper_work){ "paper.begin", id_zero(), begin_body, &b });
}

/* -- saving -------------------------------------------------------------------------------------------------------------------------------- */

/* What somebody else saved since the base, with what is new in this run. */
static status merge_in(struct ctx *c, struct case_paper *p, struct paper_save *save, struct xform_run **run)
{
    struct xform_run *base, *theirs;

    TRY(paper_run_like(c, p, save->base, &base));
    TRY(newest(c, p, &theirs));
    answers_merge(c->arena, answers_of(base, c->arena), answers_of(theirs, c->arena), answers_of(save->run, c->arena), &save->merged);
    if (save->merged.clashes.n)
        return fail(INVALID, "two people changed the same answers");
    TRY(answers_put(theirs, save->merged.answers));
    TRY(xform_run_recompute(theirs));
    *run = theirs;
    return OK;
}

static status save_body(struct ctx *c, struct case_paper *p, void *what)
{
    struct paper_save *save = what;
    struct xform_run *run = save->run, *now;

    if (!paper_may_write(p))
        return fail(INVALID, "the paper takes no answers any more");
    if (p->row.revision != save->base)
        TRY(merge_in(c, p, save, &run));
    TRY(newest(c, p, &now));
    save->revision = p->row.revision;
    if (answers_same(answers_of(now, c->arena), answers_of(run, c->arena)))
        return OK;              /* nothing is new: no revision */
    TRY(paper_write(c, p, run));
    save->revision = p->row.revision;
    return row_update(c->ledger, &table_papers, &p->row);
}

status paper_save(struct ctx *c, struct id case_id, struct paper_save *save)
{
    return paper_do(c, case_id, (struct paper_work){ "paper.save", save->paper, save_body, save });
}
