/* What follows the opening: files, words about files, the end. */
#include "reports.h"

enum { STEP_TRIES = 8 };

/* -- the report ------------------------------------------------------------------------------------------------------------------------ */

status report_of_no(struct ctx *c, const struct partner *p, i64 no, struct platform_reports_row *row)
{
    TRY(sql_platform_report_of_no(c->ledger, (struct sql_platform_report_of_no){ .no = no }, row));
    return id_eq(row->org, p->org) && (row->sandbox != 0) == p->sandbox ? OK : NOT_FOUND;
}

static bool ran_out(const struct platform_reports_row *row, i64 now)
{
    return now - row->opened >= EXPIRES_OPENED_HOURS * (i64)HOUR_MS && now - row->changed >= EXPIRES_CHANGED_HOURS * (i64)HOUR_MS;
}

static enum ispws_code code_of_state(const struct platform_reports_row *row, i64 now)
{
    if (str_is(row->state, "retracted"))
        return ISPWS_RETRACTED;
    if (str_is(row->state, "finished"))
        return ISPWS_FINISHED;
    return !str_is(row->state, "open") || ran_out(row, now) ? ISPWS_NO_REPORT : ISPWS_OK;
}

/* INVALID with the code where it may not be changed any more. */
static status find_open(struct ctx *c, const struct partner *p, i64 no, struct platform_reports_row *row, struct outcome *o)
{
    status s = report_of_no(c, p, no, row);

    o->report = no;
    o->code = s == NOT_FOUND ? ISPWS_NO_REPORT : ISPWS_OK;
    if (s == OK)
        o->code = code_of_state(row, c->now);
    if (s != OK && s != NOT_FOUND)
        return s;
    return o->code == ISPWS_OK ? OK : INVALID;
}

static status begin(struct ctx *c, const struct partner *p, const char *act, const struct platform_reports_row *row)
{
    return act_begin(c->ledger, (struct act_info){ .act = act, .now = c->now, .actor = p->id, .object = row->id,
                                                   .unit = row->unit.has ? row->unit.v : id_zero() });
}

/* One act on an open report. Two requests at once on one report: the second finds the row changed, and is done again on the new one. */
struct step {
    const char *act;
    i64 no;
    status (*body)(struct ctx *c, struct platform_reports_row *row, void *what, struct outcome *o);
    void *what;
};

static status step_once(struct ctx *c, const struct partner *p, const struct step *step, struct outcome *o)
{
    struct platform_reports_row row;

    TRY(find_open(c, p, step->no, &row, o));
    TRY(begin(c, p, step->act, &row));
    TRY(find_open(c, p, step->no, &row, o));
    row.changed = c->now > row.changed ? c->now : row.changed;
    TRY(step->body(c, &row, step->what, o));
    TRY(row_update(c->ledger, &table_platform_reports, &row));
    return act_commit(c->ledger);
}

static status step_do(struct ctx *c, const struct partner *p, const struct step *step, struct outcome *o)
{
    status s = CONFLICT;

    for (int tries = 0; s == CONFLICT && tries < STEP_TRIES; tries++) {
        act_again(c->ledger);
        s = step_once(c, p, step, o);
    }
    if (s != OK)
        act_abort(c->ledger);
    return s == CONFLICT ? fail(BUSY, "others change this report all the time") : s;
}

/* -- files ------------------------------------------------------------------------------------------------------------------------------- */

struct arriving { const struct partner *p; struct file_new file; struct looked looked; bool unsure; };

static void member(struct out *o, const char *before, struct str value)
{
    out_c(o, before);
    out_json(o, value);
}

static struct str hex_of(struct ctx *c, const uint8_t *bytes, size_t n)
{
    char *text = arena_alloc(c->arena, 2 * n + 1);

    detect_bytes_to_hex(bytes, n, text);
    return str_c(text);
}

static void write_hits(struct ctx *c, struct out *o, const struct bank_hits *hits)
{
    out_c(o, ",\"hits\":[");
    for (size_t i = 0; i < hits->n; i++) {
        const struct bank_hit *h = &hits->at[i];

        member(o, i ? ",{\"bank\":" : "{\"bank\":", h->bank_name);
        member(o, ",\"class\":", h->class);
        member(o, ",\"basis\":", h->basis);
        out_f(o, ",\"kind\":\"%s\",\"distance\":%d,\"live\":%s}", hash_kind_code(h->kind), h->distance, bank_hit_live(h) ? "true" : "false");
    }
    out_char(o, ']');
    (void)c;
}

static const char *look_word(const struct arriving *a)
{
    static const char *const words[] = {
        [LOOK_FINE] = "fine", [LOOK_NO_PICTURE] = "none", [LOOK_BROKEN] = "broken", [LOOK_TOO_LARGE] = "large",
        [LOOK_NO_DECODER] = "no-decoder", [LOOK_TOO_BUSY] = "busy",
    };

    return words[a->looked.fault];
}

/* As evidence.c reads what stands beside a file, and more: only the police unit opens it. */
static struct str file_words(struct ctx *c, const struct arriving *a)
{
    const struct looked *k = &a->looked;
    struct out o = { .max = 4 << 20 };
    char id[ID_TEXT + 1];
    struct str text;

    id_text(a->file.id, id);
    out_f(&o, "{\"file\":\"%s\",\"name\":", id);
    out_json(&o, a->file.name);
    member(&o, ",\"type\":", a->file.type);
    out_f(&o, ",\"size\":%lld", (long long)k->hashes.bytes);
    member(&o, ",\"sha256\":", hex_of(c, k->hashes.sha256, 32));
    member(&o, ",\"sha1\":", hex_of(c, k->hashes.sha1, 20));
    member(&o, ",\"md5\":", hex_of(c, k->hashes.md5, 16));
    if (k->n_pdq) {
        member(&o, ",\"pdq\":", hex_of(c, k->pdq[0].bits, 32));
        out_f(&o, ",\"quality\":%d", k->pdq[0].quality);
    }
    out_f(&o, ",\"film\":%s,\"look\":\"%s\",\"asked\":%s", k->film ? "true" : "false", look_word(a), a->unsure ? "false" : "true");
    write_hits(c, &o, &k->hits);
    out_char(&o, '}');
    text = arena_copy(c->arena, out_done(&o));
    out_wipe(&o);
    out_free(&o);
    return text;
}

static status sealed_part(struct ctx *c, struct id report, struct comp_open **part)
{
    struct comps *comps = NEW(c->arena, struct comps);

    TRY(comps_closed(c, report, comps));
    *part = comp_newest(comps, "P");
    return *part != NULL ? OK : fail(BROKEN, "a report without its sealed part");
}

/* For the analyst where a bank knows it; else its hashes alone are kept for some days, for what becomes known later. */
static status tell_seen(struct ctx *c, const struct platform_reports_row *row, const struct arriving *a)
{
    struct seen_new seen = {
        .source = SEEN_REPORT, .partner = a->p->id, .object = a->file.id, .kind = STR("file"), .class = STR(""),
        .ref = arena_f(c->arena, "NT-%lld", (long long)row->no),
        .context = arena_f(c->arena, "{\"report\":%lld}", (long long)row->no), .query = &a->looked.query, .hits = &a->looked.hits,
        .urgent = row->urgent != 0,
    };
    struct id id;

    return a->unsure ? OK : seen_add(c, &seen, &id);
}

static status keep_file(struct ctx *c, struct platform_reports_row *row, const struct arriving *a)
{
    struct record r = { .kind = RECORD_FILE, .time = c->now, .text = file_words(c, a) };
    struct mark_new mark = { MARK_FILE, false, id_zero(), str_of(a->looked.hashes.sha256, 32) };
    struct comp_open *part;

    TRY(sealed_part(c, row->id, &part));
    TRY(row_insert(c->ledger, &table_files, file_row(c->arena, part->id, &part->dpk, &a->file)));
    TRY(record_write(c, part, &r));
    TRY(mark_add(c->ledger, row->id, &mark));
    return tell_seen(c, row, a);
}

static status add_file(struct ctx *c, struct platform_reports_row *row, void *what, struct outcome *o)
{
    struct arriving *a = what;
    struct platform_files_row file = { .id = a->file.id, .report = row->id, .no = row->files };

    if (row->files >= REPORT_FILES_MAX) {
        o->code = ISPWS_BAD_FILE;
        o->words = arena_f(c->arena, "a report has at most %d files", REPORT_FILES_MAX);
        return INVALID;
    }
    row->files++;
    TRY(row_insert(c->ledger, &table_platform_files, &file));
    return row->sandbox ? OK : keep_file(c, row, a);
}

/* Sealed as it is read, and looked at in memory on the way. */
static status receive(struct ctx *c, const struct partner *p, const struct form_file *sent, struct arriving *a)
{
    struct look *look = look_begin(c, p->id);
    status s;

    if (p->sandbox) {
        a->file.id = id_random();
        TRY(form_file_read(c, sent, look_sink, look));
    } else {
        TRY(upload_sent(c, sent, (struct upload_also){ look_sink, look }, &a->file));
    }
    s = look_end(look, p->sandbox, &a->looked);
    a->unsure = s != OK;            /* said in the log by who knows why; a report is taken all the same */
    if (s != OK)
        a->looked.hits = (struct bank_hits){ 0 };
    return OK;
}

status report_add_file(struct ctx *c, const struct partner *p, i64 no, const struct form_file *sent, struct outcome *o)
{
    struct arriving *a = NEW(c->arena, struct arriving);
    struct step step = { "platform.upload", no, add_file, a };
    struct files_new one = { &a->file, 1 };
    struct platform_reports_row row;
    status s;

    *o = (struct outcome){ 0 };
    a->p = p;
    TRY(find_open(c, p, no, &row, o));
    TRY(receive(c, p, sent, a));
    s = step_do(c, p, &step, o);
    if (upload_is_lost(s) && !p->sandbox)
        upload_undo(c, &one);
    o->file = a->file.id;
    detect_bytes_to_hex(a->looked.hashes.md5, sizeof a->looked.hashes.md5, o->md5);
    return s;
}

/* -- words about a file ------------------------------------------------------------------------------------------------------------------ */

struct describing { const struct told_file *about; struct str document; };

/* A report that nobody can open any more, because so much was said in it, would be hidden from those who must decide. */
static status room_for_words(struct ctx *c, struct id part, size_t n, struct outcome *o)
{
    struct platform_kept_bytes_row kept;

    TRY(sql_platform_kept_bytes(c->ledger->db, (struct sql_platform_kept_bytes){ .comp = part }, &kept));
    if (kept.n + (i64)n <= REPORT_WORDS_MAX)
        return OK;
    o->code = ISPWS_INVALID;
    o->words = arena_f(c->arena, "what is said about the files of one report is at most %d MB", REPORT_WORDS_MAX >> 20);
    return INVALID;
}

static status add_words(struct ctx *c, struct platform_reports_row *row, void *what, struct outcome *o)
{
    const struct describing *d = what;
    struct platform_files_row file;
    struct record r = { .kind = RECORD_PLATFORM, .time = c->now };
    struct out text = { .max = 8 << 20 };
    struct comp_open *part;
    status s;

    memcpy(file.id.b, d->about->file, sizeof file.id.b);
    s = row_get(c->ledger, &table_platform_files, &file);
    if (s == NOT_FOUND || (s == OK && !id_eq(file.report, row->id))) {
        o->code = ISPWS_NO_FILE;
        return INVALID;
    }
    TRY(s);
    if (row->sandbox)
        return OK;
    member(&text, "{\"what\":\"file\",\"file\":", hex_of(c, file.id.b, sizeof file.id.b));
    member(&text, ",\"xml\":", d->document);
    out_char(&text, '}');
    r.text = arena_copy(c->arena, out_done(&text));
    out_wipe(&text);
    out_free(&text);
    TRY(sealed_part(c, row->id, &part));
    TRY(room_for_words(c, part->id, r.text.n, o));
    return record_write(c, part, &r);
}

status report_describe(struct ctx *c, const struct partner *p, const struct told_file *about, struct str document, struct outcome *o)
{
    struct describing d = { about, document };
    struct step step = { "platform.describe", about->report, add_words, &d };

    *o = (struct outcome){ 0 };
    return step_do(c, p, &step, o);
}

/* -- the end -------------------------------------------------------------------------------------------------------------------------------- */

static status finish(struct ctx *c, struct platform_reports_row *row, void *what, struct outcome *o)
{
    struct id bundle;

    (void)what;
    (void)o;
    row->state = STR("finished");
    row->finished = (struct opt_i64){ true, c->now };
    if (row->sandbox)
        return OK;
    TRY(bundle_join(c->ledger, row->id, &bundle));
    row->bundle = (struct opt_id){ true, bundle };
    return OK;
}

static status list_files(struct ctx *c, struct id report, struct outcome *o)
{
    struct platform_files_rows rows;
    i64 after = -1;

    o->files = NEW_N(c->arena, struct id, REPORT_FILES_MAX);
    do {
        TRY(sql_platform_files_of(c->ledger, (struct sql_platform_files_of){ .report = report, .after = after }, &rows));
        for (size_t i = 0; i < rows.n && o->n_files < REPORT_FILES_MAX; i++) {
            o->files[o->n_files++] = rows.at[i].id;
            after = rows.at[i].no;
        }
    } while (rows.n);
    return OK;
}

status report_finish(struct ctx *c, const struct partner *p, i64 no, struct outcome *o)
{
    struct step step = { "platform.finish", no, finish, NULL };
    struct platform_reports_row row;

    *o = (struct outcome){ 0 };
    TRY(step_do(c, p, &step, o));
    TRY(report_of_no(c, p, no, &row));
    return list_files(c, row.id, o);
}

static status retract(struct ctx *c, struct platform_reports_row *row, void *what, struct outcome *o)
{
    (void)what;
    (void)o;
    row->state = STR("retracted");
    return sql_platform_marks_end(c->ledger->db, (struct sql_platform_marks_end){ .report = row->id }, &(i64){ 0 });
}

/* Taken back is said first; what lay here goes then, and where that cannot be done now, the sweep does it within a minute. */
status report_retract(struct ctx *c, const struct partner *p, i64 no, struct outcome *o)
{
    struct step step = { "platform.retract", no, retract, NULL };
    struct platform_reports_row row;

    *o = (struct outcome){ 0 };
    TRY(step_do(c, p, &step, o));
    if (report_of_no(c, p, no, &row) == OK && row.kept && report_forget(c->ledger, c->app->data_dir, &row, c->now) != OK)
        act_abort(c->ledger);
    return OK;
}
