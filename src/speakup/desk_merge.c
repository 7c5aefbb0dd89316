/* Two reports of one child become one, and go their own ways again (SECURITY.md, "Compartments": several of one letter are
   allowed, new writes go to the newest).

   What both codes and staff write from the merge on goes to a new C of the main report, sealed to the units that hold both and
   to each code. Old words stay where they are: only the code that wrote them opens them. Notes go to a new N, sealed to the
   same units, so that nobody whom one of the two left out reads on (V8). */
#include "desk.h"

#include "../casework/grants.h"
#include "people.sql.h"

/* -- who holds what ---------------------------------------------------------------------------------------------------------------- */

enum { HOLDERS_MAX = 64 };
/* Units with their rank on the ladder; 0: they hold a grant already. */
struct holder { struct id unit; i64 rank; };
struct holders { struct holder at[HOLDERS_MAX]; size_t n; };

static const struct holder *holder_of(const struct holders *all, struct id unit)
{
    for (size_t i = 0; i < all->n; i++)
        if (id_eq(all->at[i].unit, unit))
            return &all->at[i];
    return NULL;
}

static void holder_add(struct holders *all, struct id unit, i64 rank)
{
    if (all->n < HOLDERS_MAX && holder_of(all, unit) == NULL)
        all->at[all->n++] = (struct holder){ unit, rank };
}

/* Those who open a compartment, then those to whom the ladder may still bring it. */
static status holders_of(struct ctx *c, struct id comp, struct holders *all)
{
    struct grants_rows grants;
    struct dormant_grants_rows dormant;

    all->n = 0;
    TRY(sql_grants_live(c->ledger, (struct sql_grants_live){ .comp = comp, .now = c->now }, &grants));
    TRY(sql_dormant_of_comp(c->ledger, (struct sql_dormant_of_comp){ .comp = comp }, &dormant));
    for (size_t i = 0; i < grants.n; i++)
        if (!grants.at[i].altered && grants.at[i].unit.has)
            holder_add(all, grants.at[i].unit.v, 0);
    for (size_t i = 0; i < dormant.n; i++)
        if (!dormant.at[i].altered)
            holder_add(all, dormant.at[i].unit, dormant.at[i].rank);
    return OK;
}

/* Keeps who holds both; who only may come to hold one of them, only may come to hold what is common. */
static void holders_keep(struct holders *all, const struct holders *other)
{
    size_t kept = 0;

    for (size_t i = 0; i < all->n; i++) {
        const struct holder *there = holder_of(other, all->at[i].unit);

        if (there == NULL)
            continue;
        all->at[kept] = all->at[i];
        if (there->rank > all->at[kept].rank)
            all->at[kept].rank = there->rank;
        kept++;
    }
    all->n = kept;
}

/* -- new compartments ---------------------------------------------------------------------------------------------------------------- */

static status seal_to_unit(struct ctx *c, const struct comp_open *comp, const struct unit_key *unit)
{
    struct grants_row g = { .id = id_random(), .comp = comp->id, .unit = { true, unit->unit }, .epoch = unit->epoch,
                            .why = STR("merge"), .granted_by = { true, c->actor.user } };

    g.sealed = vault_wrap(c->arena, &unit->opk, ctx_comp_key(comp->id, unit->unit, unit->epoch), &comp->keys->ck);
    return row_insert(c->ledger, &table_grants, &g);
}

/* Asleep without a clock: the report is held; giving it back starts the ladder. */
static status seal_dormant(struct ctx *c, const struct comp_open *comp, const struct unit_key *unit, i64 rank)
{
    struct dormant_grants_row d = { .comp = comp->id, .unit = unit->unit, .rank = rank };

    d.sealed = dormant_seal(c->ledger, comp->id, unit, &comp->keys->ck);
    return row_insert(c->ledger, &table_dormant_grants, &d);
}

/* Units that are not fit any more get nothing; the reader's own unit is fit. */
static status seal_to_all(struct ctx *c, const struct comp_open *comp, const struct holders *all)
{
    for (size_t i = 0; i < all->n; i++) {
        struct unit_key unit;
        status s = people_unit_key(c->ledger, all->at[i].unit, c->now, &unit);

        if (s == NOT_FOUND)
            continue;
        TRY(s);
        TRY(all->at[i].rank ? seal_dormant(c, comp, &unit, all->at[i].rank) : seal_to_unit(c, comp, &unit));
    }
    return OK;
}

/* A report whose reporter row is gone has no code to seal to. */
static status seal_to_code(struct ctx *c, const struct comp_open *comp, struct id report)
{
    struct grants_row g = { .id = id_random(), .comp = comp->id, .why = STR("reporter"), .granted_by = { true, c->actor.user } };
    struct reporters_row reporter;
    struct key rpk;
    status s = sql_reporter_of_report(c->ledger, (struct sql_reporter_of_report){ .report = report }, &reporter);

    if (s == NOT_FOUND)
        return OK;
    TRY(s);
    if (reporter.rpk.n != KEY_BYTES)
        return fail(BROKEN, "a reporter's key has a wrong size");
    TRY(reporter_hold(c, &reporter));
    memcpy(rpk.b, reporter.rpk.at, KEY_BYTES);
    g.sealed = vault_wrap(c->arena, &rpk, ctx_comp_key(comp->id, id_zero(), 0), &comp->keys->ck);
    return row_insert(c->ledger, &table_grants, &g);
}

static void comps_add(struct ctx *c, struct comps *comps, const struct comp_open *comp)
{
    struct comp_open *more = NEW_N(c->arena, struct comp_open, comps->n + 1);

    memcpy(more, comps->at, comps->n * sizeof *more);
    more[comps->n++] = *comp;
    comps->at = more;
}

/* One more compartment of a letter, behind the newest, sealed to these units; it stands in d->comps from then on. */
static status comp_next(struct ctx *c, struct desk_case *d, const char *letter, const struct holders *all, struct comp_open *comp)
{
    TRY(comp_new(c, d->row.id, letter, comp));
    comps_add(c, &d->comps, comp);
    return seal_to_all(c, comp, all);
}

/* -- whom the children left out ------------------------------------------------------------------------------------------------------ */

static bool named(struct strs names, struct str name)
{
    for (size_t i = 0; i < names.n; i++)
        if (str_eq(names.at[i], name))
            return true;
    return false;
}

static struct strs names_of_both(struct ctx *c, struct strs a, struct strs b)
{
    struct strs all = { .at = NEW_N(c->arena, struct str, a.n + b.n + 1) };

    for (size_t i = 0; i < a.n; i++)
        all.at[all.n++] = a.at[i];
    for (size_t i = 0; i < b.n; i++)
        if (!named(a, b.at[i]))
            all.at[all.n++] = b.at[i];
    return all;
}

/* What the child itself said, in the first N: later ones may repeat what held for several. */
static status own_exclude(struct ctx *c, const struct comps *comps, struct strs *names)
{
    struct comps first = { 0 };
    struct answers told;

    for (size_t i = 0; i < comps->n && first.n == 0; i++)
        if (str_is(comps->at[i].letter, "N"))
            first = (struct comps){ &comps->at[i], 1 };
    if (first.n && first.at[0].keys == NULL)
        return NOT_FOUND;       /* without it nobody knows whom to leave out */
    TRY(desk_answers(c, &first, &told));
    *names = told.exclude;
    return OK;
}

static struct str exclude_json(struct ctx *c, struct strs names)
{
    struct out o = { .max = 1 << 20 };
    struct str text;

    out_c(&o, "{\"exclude\":[");
    for (size_t i = 0; i < names.n; i++) {
        out_c(&o, i ? "," : "");
        out_json(&o, names.at[i]);
    }
    out_c(&o, "]}");
    text = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return text;
}

static struct str exclude_lines(struct ctx *c, struct strs names)
{
    struct out o = { .max = 1 << 20 };
    struct str text;

    for (size_t i = 0; i < names.n; i++) {
        out_str(&o, names.at[i]);
        out_char(&o, '\n');
    }
    text = arena_copy(c->arena, out_done(&o));
    out_free(&o);
    return text;
}

/* In C for what a code makes later (a place for police), in N for what staff decide. */
static status write_exclude(struct ctx *c, const struct comp_open *talk, const struct comp_open *notes, struct strs names)
{
    struct record in_talk = { .kind = RECORD_EXCLUDE, .time = clock_hour_floor(c->now), .text = exclude_lines(c, names) };
    struct record in_notes = { .kind = RECORD_ANSWERS, .author = c->actor.user, .time = c->now, .text = exclude_json(c, names) };

    TRY(record_write(c, talk, &in_talk));
    return record_write(c, notes, &in_notes);
}

/* -- merge ------------------------------------------------------------------------------------------------------------------------------ */

static status group_of(struct ctx *c, struct id main, struct merges_rows *rows)
{
    return sql_merges_of_main(c->ledger, (struct sql_merges_of_main){ .main = main }, rows);
}

static status seal_to_group(struct ctx *c, const struct comp_open *talk, struct id main)
{
    struct merges_rows rows;

    TRY(group_of(c, main, &rows));
    TRY(seal_to_code(c, talk, main));
    for (size_t i = 0; i < rows.n; i++)
        TRY(seal_to_code(c, talk, rows.at[i].report));
    return OK;
}

static status notes_open(const struct comps *comps)
{
    const struct comp_open *notes = comp_newest(comps, "N");

    return notes != NULL && notes->keys != NULL ? OK : NOT_FOUND;
}

static status common_make(struct ctx *c, struct desk_case *d, struct desk_case *other, struct comp_open *talk)
{
    struct holders all, others;
    struct comp_open notes;
    struct answers told;
    struct strs ours, theirs;

    TRY(holders_of(c, comp_newest(&d->comps, "C")->id, &all));
    TRY(holders_of(c, comp_newest(&other->comps, "C")->id, &others));
    holders_keep(&all, &others);
    TRY(own_exclude(c, &d->comps, &ours));
    TRY(desk_answers(c, &d->comps, &told));     /* with what earlier merges added */
    TRY(own_exclude(c, &other->comps, &theirs));
    TRY(comp_next(c, d, "C", &all, talk));
    TRY(comp_next(c, d, "N", &all, &notes));
    TRY(seal_to_group(c, talk, d->row.id));
    TRY(seal_to_code(c, talk, other->row.id));
    return write_exclude(c, talk, &notes, names_of_both(c, names_of_both(c, told.exclude, ours), theirs));
}

/* The one that goes on shows what waits in both, and stands no lower than either. */
static status rows_merge(struct ctx *c, struct desk_case *d, struct desk_case *other)
{
    if (other->row.waiting && (d->row.waiting == 0 || other->row.due < d->row.due))
        d->row.due = other->row.due;
    if (other->row.urgency > d->row.urgency)
        d->row.urgency = other->row.urgency;
    d->row.waiting += other->row.waiting;
    d->row.files += other->row.files;
    d->row.state = state_of_held(d->row.waiting);
    other->row.state = STR("merged");
    other->row.assignee = (struct opt_id){ 0 };
    other->row.waiting = 0;
    TRY(ladder_set(c->ledger, &other->row, (struct ladder_clock){ 0 }));
    TRY(row_update(c->ledger, &table_cases, &other->row));
    return row_update(c->ledger, &table_cases, &d->row);
}

static status fits(const struct desk_case *d, const struct desk_case *other)
{
    bool fine = desk_allows(ACT_MERGE, &d->standing) && desk_allows(ACT_BE_MERGED, &other->standing) &&
                id_eq(d->row.owner_unit, other->row.owner_unit) && !id_eq(d->row.id, other->row.id);

    TRY(notes_open(&d->comps));
    TRY(notes_open(&other->comps));
    return fine ? OK : fail(CONFLICT, "these two reports cannot be merged");
}

static status merge_body(struct ctx *c, struct desk_case *d, const void *what)
{
    const struct merging *m = what;
    struct merges_row row = { .report = m->other, .main = d->row.id, .merged_by = c->actor.user, .since = c->now };
    struct desk_case other;
    struct comp_open talk;

    TRY(desk_case_open(c, m->other, &other));
    TRY(fits(d, &other));
    TRY(common_make(c, d, &other, &talk));
    row.comp = talk.id;
    TRY(row_insert(c->ledger, &table_merges, &row));
    TRY(rows_merge(c, d, &other));
    TRY(desk_tell(c, d, &(struct event){ "merge", other.row.ref, STR(""), m->words }));
    return desk_tell(c, &other, &(struct event){ "merged", d->row.ref, STR(""), m->words });
}

status desk_merge(struct ctx *c, struct id main, const struct merging *m)
{
    return desk_do(c, main, "report.merge", merge_body, m);
}

/* -- and back ------------------------------------------------------------------------------------------------------------------------------ */

/* One common C of main's that ends, and what takes its place for those who stay. */
struct part { struct comp_open from, to; };
struct parting {
    struct desk_case *leaving, *main;
    struct merges_rows rows;                /* of main's group, the leaving one too */
    struct part *at;
    size_t n;
    struct comp_open own;                   /* of the leaving one */
    i64 waiting;                            /* its messages that nobody has answered */
};

static i64 no_of(const struct desk_case *main, struct id comp)
{
    const struct comp_open *found = comps_find(&main->comps, comp);

    return found ? found->no : 0;
}

static bool stays(const struct parting *p, const struct merges_row *row)
{
    return !id_eq(row->report, p->leaving->row.id);
}

/* Who holds main's own conversation: its newest C from before the first of these merges that was not ended since. */
static status base_holders(struct ctx *c, const struct parting *p, struct holders *all)
{
    i64 first = INT64_MAX;

    for (size_t i = 0; i < p->rows.n; i++) {
        i64 no = no_of(p->main, p->rows.at[i].comp);

        first = no < first ? no : first;
    }
    all->n = 0;
    for (size_t i = p->main->comps.n; i-- > 0 && all->n == 0;) {
        const struct comp_open *comp = &p->main->comps.at[i];

        if (str_is(comp->letter, "C") && comp->no < first)
            TRY(holders_of(c, comp->id, all));
    }
    return all->n ? OK : fail(BROKEN, "a merged report without a compartment of its own");
}

/* Who holds the talk of main and of every report that stays and had joined by the common C of this number. */
static status holders_by(struct ctx *c, const struct parting *p, i64 no, struct holders *all)
{
    TRY(base_holders(c, p, all));
    for (size_t i = 0; i < p->rows.n; i++) {
        const struct merges_row *row = &p->rows.at[i];
        struct talk_newest_row newest;
        struct holders other;

        if (!stays(p, row) || no_of(p->main, row->comp) > no)
            continue;
        TRY(sql_talk_newest(c->ledger->db, (struct sql_talk_newest){ .case_id = row->report }, &newest));
        TRY(holders_of(c, newest.id, &other));
        holders_keep(all, &other);
    }
    return OK;
}

static status codes_by(struct ctx *c, const struct parting *p, i64 no, const struct comp_open *to)
{
    TRY(seal_to_code(c, to, p->main->row.id));
    for (size_t i = 0; i < p->rows.n; i++)
        if (stays(p, &p->rows.at[i]) && no_of(p->main, p->rows.at[i].comp) <= no)
            TRY(seal_to_code(c, to, p->rows.at[i].report));
    return OK;
}

/* Whose a message of the common time is: a code's own goes with it, what staff said goes with both. */
static status copy_message(struct ctx *c, const struct comp_open *to, const struct message *m)
{
    static const enum record_kind kinds[] = { [FROM_CHILD] = RECORD_MESSAGE_CHILD, [FROM_STAFF] = RECORD_MESSAGE_STAFF,
                                              [FROM_SYSTEM] = RECORD_MESSAGE_SYSTEM };
    struct record r = { .kind = kinds[m->from], .author = m->author, .time = m->time, .text = m->text };
    struct records_row row = { .id = id_random(), .comp = to->id, .day = m->day };      /* its own day, not that of the act */
    struct records_last_row last;

    TRY(sql_records_last(c->ledger->db, (struct sql_records_last){ .comp = to->id }, &last));
    row.no = last.no + 1;
    row.body = vault_record_seal(c->arena, to->keys, to->id, row.id, &r);
    return row_insert(c->ledger, &table_records, &row);
}

static status part_message(struct ctx *c, struct parting *p, const struct part *part, const struct message *m)
{
    bool theirs = id_eq(m->author, p->leaving->row.id), everybodys = m->from == FROM_STAFF || id_is_zero(m->author);

    p->waiting = m->from == FROM_STAFF ? 0 : p->waiting + theirs;
    if (theirs || everybodys)
        TRY(copy_message(c, &p->own, m));
    return theirs ? OK : copy_message(c, &part->to, m);
}

/* The newest part is read first, the oldest written first. */
static status part_before(struct ctx *c, struct parting *p, const struct part *part, i64 before)
{
    struct comps from = { .at = NEW_N(c->arena, struct comp_open, 1), .n = 1 };
    struct messages all;

    from.at[0] = part->from;
    TRY(messages_read(c, &from, (struct messages_part){ "C", before, PART_MESSAGES, PART_BYTES }, &all));
    if (all.older)
        TRY(part_before(c, p, part, all.older));
    for (size_t i = 0; i < all.n; i++)
        TRY(part_message(c, p, part, &all.at[i]));
    return OK;
}

/* Nobody opens the common C any more: what was in it stands with those whose it is. */
static status end_common(struct ctx *c, struct id comp)
{
    struct grants_rows grants;
    struct dormant_grants_rows dormant;

    TRY(sql_grants_live(c->ledger, (struct sql_grants_live){ .comp = comp, .now = INT64_MIN }, &grants));
    TRY(sql_dormant_of_comp(c->ledger, (struct sql_dormant_of_comp){ .comp = comp }, &dormant));
    for (size_t k = 0; k < grants.n; k++)
        TRY(row_delete(c->ledger, &table_grants, &grants.at[k]));
    for (size_t k = 0; k < dormant.n; k++)
        TRY(row_delete(c->ledger, &table_dormant_grants, &dormant.at[k]));
    return OK;
}

/* The common C that the leaving code opens; all of them must open to the reader, or words would be lost. */
static status find_common(struct ctx *c, struct parting *p, struct id first)
{
    const struct comps *comps = &p->main->comps;

    p->at = NEW_N(c->arena, struct part, comps->n + 1);
    for (size_t i = 0; i < comps->n; i++) {
        const struct comp_open *comp = &comps->at[i];

        if (!str_is(comp->letter, "C") || comp->no < no_of(p->main, first))
            continue;
        if (comp->keys == NULL)
            return NOT_FOUND;
        p->at[p->n++].from = *comp;
    }
    return p->n ? OK : fail(BROKEN, "merged reports without a common compartment");
}

static status rest_exclude(struct ctx *c, const struct parting *p, struct strs *names)
{
    TRY(own_exclude(c, &p->main->comps, names));
    for (size_t i = 0; i < p->rows.n; i++) {
        struct cases_row row;
        struct comps comps;
        struct strs theirs;

        if (!stays(p, &p->rows.at[i]))
            continue;
        TRY(desk_open(c, p->rows.at[i].report, &row, &comps));
        TRY(own_exclude(c, &comps, &theirs));
        *names = names_of_both(c, *names, theirs);
    }
    return OK;
}

/* A new C in the place of each common one, the last of them for new words; a new N, since the common one held for several. */
static status make_parts(struct ctx *c, struct parting *p)
{
    struct comp_open notes;
    struct holders all;
    struct strs names;

    for (size_t i = 0; i < p->n; i++) {
        struct part *part = &p->at[i];

        TRY(holders_by(c, p, part->from.no, &all));
        TRY(comp_next(c, p->main, "C", &all, &part->to));
        TRY(codes_by(c, p, part->from.no, &part->to));
    }
    TRY(comp_next(c, p->main, "N", &all, &notes));
    TRY(holders_of(c, comp_newest(&p->leaving->comps, "C")->id, &all));
    TRY(comp_next(c, p->leaving, "C", &all, &p->own));
    TRY(seal_to_code(c, &p->own, p->leaving->row.id));
    TRY(rest_exclude(c, p, &names));
    return write_exclude(c, &p->at[p->n - 1].to, &notes, names);
}

/* Who joined later than the one that leaves shares what took the place of their first common C. */
static status move_later(struct ctx *c, struct parting *p)
{
    for (size_t i = 0; i < p->rows.n; i++) {
        struct merges_row *row = &p->rows.at[i];

        if (!stays(p, row))
            continue;
        for (size_t k = 0; k < p->n; k++) {
            if (!id_eq(row->comp, p->at[k].from.id))
                continue;
            row->comp = p->at[k].to.id;
            TRY(row_update(c->ledger, &table_merges, row));
            break;
        }
    }
    return OK;
}

static status rows_part(struct ctx *c, const struct parting *p)
{
    struct cases_row *own = &p->leaving->row, *main = &p->main->row;

    main->waiting -= p->waiting < main->waiting ? p->waiting : main->waiting;
    main->files -= own->files < main->files ? own->files : main->files;
    if (str_is(main->state, "claimed"))
        main->state = state_of_held(main->waiting);
    own->waiting = p->waiting;
    own->assignee = (struct opt_id){ true, c->actor.user };
    own->state = state_of_held(p->waiting);
    TRY(row_update(c->ledger, &table_cases, main));
    return row_update(c->ledger, &table_cases, own);
}

static status part_all(struct ctx *c, struct parting *p, struct merges_row *row)
{
    TRY(find_common(c, p, row->comp));
    TRY(make_parts(c, p));
    for (size_t i = 0; i < p->n; i++) {
        TRY(part_before(c, p, &p->at[i], 0));
        TRY(end_common(c, p->at[i].from.id));
    }
    TRY(move_later(c, p));
    TRY(row_delete(c->ledger, &table_merges, row));
    return rows_part(c, p);
}

static status unmerge_body(struct ctx *c, struct desk_case *d, const void *what)
{
    const struct str *words = what;
    struct merges_row row = { .report = d->row.id };
    struct desk_case main;
    struct parting p = { .leaving = d, .main = &main };

    if (!desk_allows(ACT_UNMERGE, &d->standing))
        return fail(CONFLICT, "the report is not merged any more");
    TRY(row_get(c->ledger, &table_merges, &row));
    TRY(desk_case_open(c, row.main, &main));
    TRY(notes_open(&d->comps));
    TRY(notes_open(&main.comps));
    if (main.standing.held && !main.standing.mine && !main.standing.supervise)
        return fail(CONFLICT, "a colleague holds the report that this one was merged into");
    TRY(group_of(c, row.main, &p.rows));
    TRY(part_all(c, &p, &row));
    TRY(desk_tell(c, &main, &(struct event){ "unmerge", d->row.ref, STR(""), *words }));
    return desk_tell(c, d, &(struct event){ "unmerged", main.row.ref, STR(""), *words });
}

status desk_unmerge(struct ctx *c, struct id report, struct str words)
{
    return desk_do(c, report, "report.unmerge", unmerge_body, &words);
}
