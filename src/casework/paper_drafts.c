/* What was typed into a paper and not saved yet: a sealed text for each page that stands open. */
#include "paper_work.h"

/* "paper ID TAB": tabs are ids that tell their time, so the last by name was opened last. */
static struct str draft_name(struct ctx *c, struct id paper, struct str tab)
{
    char id[ID_TEXT + 1];

    id_text(paper, id);
    return arena_f(c->arena, "paper %s %.*s", id, (int)tab.n, tab.at);
}

/* "BASE TIME", a line end, then the submission. */
status paper_draft_keep(struct ctx *c, struct id paper, const struct paper_draft *where, struct xform_run *run)
{
    struct str xml = xform_run_save(run, c->arena);

    return draft_keep(c, draft_name(c, paper, where->tab), arena_f(c->arena, "%lld %lld\n%.*s", (long long)where->base, (long long)c->now,
                                                                   (int)xml.n, xml.at));
}

static struct str mark_of(struct ctx *c, struct str text)
{
    enum { SHORT = 8 };
    struct str parts[1] = { text };
    struct out o = { .max = 100 };
    uint8_t digest[32];

    vault_sha256(digest, (struct parts){ parts, 1 });
    out_hex(&o, digest, SHORT);
    text = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return text;
}

static bool read_draft(struct ctx *c, const struct kept_draft *d, size_t prefix, struct paper_draft *made)
{
    struct str rest = d->text, base, time;

    *made = (struct paper_draft){ .tab = str_from(d->form, prefix), .mark = mark_of(c, d->text) };
    if (!str_cut(&rest, '\n', &time) || !str_cut(&time, ' ', &base) || !str_i64(base, &made->base) || !str_i64(time, &made->at))
        return false;
    made->xml = rest;
    return made->base > 0;
}

status paper_drafts(struct ctx *c, struct id paper, struct paper_drafts *list)
{
    struct str prefix = draft_name(c, paper, STR(""));
    struct drafts all;

    TRY(drafts_read(c, prefix, &all));
    *list = (struct paper_drafts){ .at = NEW_N(c->arena, struct paper_draft, all.n + 1) };
    for (size_t i = 0; i < all.n; i++) {
        struct paper_draft d;
        size_t at = list->n;

        if (!read_draft(c, &all.at[i], prefix.n, &d))
            continue;
        for (; at > 0 && list->at[at - 1].at < d.at; at--)
            list->at[at] = list->at[at - 1];
        list->at[at] = d;
        list->n++;
    }
    return OK;
}

const struct paper_draft *paper_draft_of(const struct paper_drafts *list, struct str tab)
{
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->at[i].tab, tab))
            return &list->at[i];
    return NULL;
}

status paper_draft_end(struct ctx *c, struct id paper, struct str tab)
{
    return draft_end(c, draft_name(c, paper, tab));
}

bool paper_draft_stale(struct ctx *c, const struct case_paper *p, i64 base, struct xform_run *draft)
{
    struct answers now = answers_of(p->run, c->arena);
    struct xform_run *from = p->run;
    struct merged m;

    if (base != p->row.revision && paper_run_like(c, p, base, &from) != OK) {
        fail_clear();
        return false;
    }
    answers_merge(c->arena, answers_of(from, c->arena), now, answers_of(draft, c->arena), &m);
    return m.clashes.n == 0 && answers_same(m.answers, now);
}
