#include "app.h"

#include "casework/papers.h"
#include "matches/matches.h"
#include "partners/partners.h"
#include "platforms/platforms.h"
#include "review/review.h"
#include "speakup/speakup.h"
#include "takedown/takedown.h"
#include "web/assets_pages.h"
#include "web/route.h"

#include "base/log.h"
#include "base/room.h"
#include "ledger/turn.h"
#include "outbox/jobs.h"
#include "outbox/mail.h"

#include "casework.sql.h"
#include "ledger.sql.h"
#include "matches.sql.h"
#include "network.sql.h"
#include "outbox.sql.h"
#include "partners.sql.h"
#include "people.sql.h"
#include "platforms.sql.h"
#include "review.sql.h"
#include "speakup.sql.h"
#include "tables.sql.h"
#include "takedown.sql.h"
#include "web.sql.h"

#include <stdio.h>

enum { STATEMENT_MS = 5000 };

static status number(struct ledger *l, const struct app *app, i64 now)
{
    (void)app;
    return log_number(l, now);
}

static status room(struct ledger *l, const struct app *app, i64 now)
{
    (void)l, (void)now;
    room_tend(app->data_dir, app->reserve);
    return OK;
}

static status sweep(struct ledger *l, const struct app *app, i64 now)
{
    (void)app;
    TRY(session_sweep(l->db, now));
    TRY(tx_begin(l->db));
    TRY(sql_idem_end(l->db, (struct sql_idem_end){ .now = now }, &(i64){ 0 }));
    TRY(presence_sweep(l->db, now));
    return tx_commit(l->db);
}

/* Every hour the whole log and every row of it. A mismatch alarms, in the log of the program, in /metrics and on the pages
   of administrators and auditors; it never stops intake. */
static status audit(struct ledger *l, const struct app *app, i64 now)
{
    struct audit found = { 0 };
    status s = audit_verify(l, tables, &found);

    (void)app;
    if (s != OK && (s != BROKEN || found.bad.n == 0))
        return s;
    if (s == BROKEN)
        log_error("audit", "ALARM %.*s", (int)found.bad.n, found.bad.at);
    TRY(audit_keep(l, AUDIT_ROWS, &found, now));
    return s;
}

static const struct key_box *const key_boxes[] = {
    secrets_boxes, token_boxes, webhook_boxes, grant_boxes, appeal_boxes, peer_boxes, bank_boxes, seen_boxes, feed_boxes, takedown_boxes,
    verdict_boxes, NULL,
};
static const struct key_step *const key_more[] = { outbox_steps, match_steps, takedown_steps, notice_steps, NULL };
const struct key_plan app_keys = { tables, key_boxes, key_more };

/* A second of it in two: what else is slow goes on between. */
static status turn_key(struct ledger *l, const struct app *app, i64 now)
{
    bool left;

    (void)app;
    if (l->house->n < 2)
        return OK;
    TRY(key_line_log(l, house_now(l->house), now));
    return key_turn_on(l, &app_keys, now, clock_mono_ms() + SECOND_MS, &left);
}

static const struct job jobs[] = {
    { "log.number", SECOND_MS, false, false, number },
    { "room", SECOND_MS, false, false, room, .everywhere = true },
    { "failures", MINUTE_MS, false, false, people_failures_write, .everywhere = true },
    { "ladder", 30 * SECOND_MS, false, false, ladder_run },
    { "clocks", 10 * SECOND_MS, false, false, clocks_sweep },
    { "clocks.all", MINUTE_MS, false, true, clocks_sweep_all },
    { "referrals", MINUTE_MS, false, false, referrals_expire },
    { "notices", MINUTE_MS, false, false, desk_notices },
    { "partners.traffic", SECOND_MS, false, false, traffic_write, .everywhere = true },
    { "partners.sweep", 10 * MINUTE_MS, true, false, partners_sweep },
    { "webhooks", SECOND_MS, false, true, webhooks_send, .everywhere = true },
    { "mail", 20 * SECOND_MS, false, true, mail_send_due, .lease_ms = 5 * MINUTE_MS },
    { "people.dates", 30 * SECOND_MS, false, false, people_dates },
    { "blocklist.dates", MINUTE_MS, false, false, blocklist_expire },
    { "blocklist.zones", 5 * SECOND_MS, false, true, zones_publish, .lease_ms = 3 * MINUTE_MS },
    { "banks.import", 2 * SECOND_MS, false, true, banks_import, .lease_ms = 20 * SECOND_MS },
    { "seen.later", 30 * SECOND_MS, false, true, seen_later, .lease_ms = 3 * MINUTE_MS },
    { "exchange.lists", 5 * SECOND_MS, false, true, exchange_publish, .lease_ms = 5 * MINUTE_MS },
    { "exchange.feeds", 20 * SECOND_MS, false, true, feeds_fetch, .lease_ms = MINUTE_MS },
    { "banks.build", 5 * SECOND_MS, false, true, banks_build, .lease_ms = 3 * MINUTE_MS },
    { "takedown.ladder", 20 * SECOND_MS, false, false, takedown_sweep },
    { "takedown.checks", 10 * SECOND_MS, false, true, takedown_checks, .lease_ms = 10 * MINUTE_MS },
    { "takedown.count", 15 * MINUTE_MS, false, true, takedown_count },
    { "review.words", HOUR_MS, true, true, review_forget },
    { "sweep", 10 * MINUTE_MS, false, false, sweep },
    { "platforms", MINUTE_MS, false, false, platforms_sweep },
    { "numbers", 5 * MINUTE_MS, false, true, stats_count },
    { "audit", HOUR_MS, true, true, audit },
    { "key", 2 * SECOND_MS, false, true, turn_key, .lease_ms = 10 * SECOND_MS },
    { "forms", MINUTE_MS, false, false, papers_meet },
    { "retention", HOUR_MS, false, true, retention_terms },
    { "retention.files", MINUTE_MS, false, true, retention_files },
    { "retention.night", HOUR_MS, false, true, retention_night },
    { "orphans", DAY_MS, true, true, upload_orphans },
    { 0 }
};

static const struct route *const modules[] = {
    web_routes, asset_routes,
    people_routes, recovery_code_routes, log_routes, witness_routes, admin_routes, rescue_routes,
    network_routes, network_staff_routes,
    partner_admin_routes, partner_routes, partner_api_routes,
    blocklist_routes, feed_routes, blocked_routes, bank_routes,
    stopncii_routes, ncmec_routes, hashes_routes, exchange_routes,
    review_routes, takedown_routes, takedown_case_routes, notice_routes, notice_api_routes, transparency_routes,
    match_routes, keeping_routes,
    ispws_routes, report_api_routes, platform_report_routes, partner_report_routes,
    casework_routes, support_routes, meeting_routes, consent_routes, family_routes, team_routes, care_routes, clock_routes,
    communes_routes, paper_routes, evidence_routes, refer_routes, referral_routes, export_routes, print_routes, stats_routes, retention_routes,
    speakup_routes, more_routes, picture_routes, speakup_api_routes, desk_routes, desk_act_routes, desk_setting_routes, open_case_routes, numbers_routes,
    NULL,
};

const struct stmt *const *const app_statements[] = {
    tables_sql, ledger_sql, web_sql, people_sql, outbox_sql, network_sql, partners_sql, matches_sql, takedown_sql, review_sql, casework_sql,
    platforms_sql, speakup_sql, NULL,
};

/* What waits for a person, of all that the menu shows. */
static status counts(struct ctx *c, struct staff_counts *counts)
{
    struct platforms_waiting waiting;

    TRY(desk_counts(c, counts));
    TRY(platforms_waiting(c, &waiting));
    counts->platforms = waiting.any;
    counts->sent = waiting.n;
    counts->sent_urgent = waiting.urgent > 0;
    return OK;
}

void app_make(struct app *app, const struct app_settings *settings, struct db *db, const struct house *house)
{
    *app = (struct app){
        .modules = modules, .db = db, .house = house, .actor_of_user = people_actor, .actor_of_token = partners_actor,
        .program_called = partners_called,
        .staff_not_found = people_not_found, .staff_counts = counts, .staff_note = care_note, .right_name = right_name,
        .spool_dir = settings->data_dir, .data_dir = settings->data_dir, .reserve = settings->reserve, .child_title = settings->child_title, .demo = settings->demo,
        .secure = settings->secure, .webhook_private = settings->webhook_private,
        .jobs = jobs, .head_file = settings->head_file, .exit_url = settings->exit_url, .duty_hours = settings->duty_hours,
        .public_url = settings->public_url, .smtp_url = settings->smtp_url, .smtp_from = settings->smtp_from,
        .fetch_helper = settings->fetch_helper,
    };
}

int app_schema(void)
{
    return migrations_n > 0 ? migrations[migrations_n - 1].n : 0;
}

status app_migrate(struct db *db)
{
    return db_migrate(db, migrations, migrations_n);
}

status app_check_schema(struct db *db, bool older)
{
    i64 n;

    TRY(db_schema(db, &n));
    if (n > app_schema())
        return fail(CONFLICT, "the schema is newer than this program: it has migration %lld, the newest known is %d", (long long)n, app_schema());
    if (n < app_schema() && !older)
        return fail(CONFLICT, "the schema is older than this program: run \"lachan migrate\" first");
    return OK;
}

status app_load_content(void)
{
    TRY(network_load_places());
    if (forms_load() != OK)     /* a form with a mistake is left out and named in the log; all else goes on */
        fail_clear();
    TRY(papers_load());
    TRY(network_load_shapes());
    TRY(quotas_load());
    TRY(lists_load());
    TRY(takedown_load());
    TRY(review_load());
    TRY(bank_classes_load());
    TRY(platforms_load());
    TRY(process_load());
    TRY(care_load());
    TRY(retention_load());
    TRY(holidays_load());
    TRY(desk_load_answers());
    return password_list_load();
}

status app_open_db(const char *data_dir, const char *address, struct db **db)
{
    char path[4096];
    struct db_config config = { .address = address, .statement_ms = STATEMENT_MS };

    if (address == NULL) {
        int n = snprintf(path, sizeof path, "%s/lachan.db", data_dir);

        if (n < 0 || (size_t)n >= sizeof path)
            return fail(INVALID, "the path of the data folder is too long");
        config.address = path;
    }
    TRY(db_open(&config, db));
    for (size_t i = 0; app_statements[i] != NULL; i++)
        db_register(*db, app_statements[i]);
    return OK;
}
