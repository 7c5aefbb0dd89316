-- Partners: what their programs asked for, and where their notices go. Tokens themselves: people/store.sql.

-- name: traffic_add (org id, sandbox bigint, hour bigint, kind text, calls bigint, refused bigint, bytes bigint, us bigint) -> done
INSERT INTO partner_traffic (org, sandbox, hour, kind, calls, refused, bytes, us)
VALUES (:org, :sandbox, :hour, :kind, :calls, :refused, :bytes, :us)
ON CONFLICT (org, sandbox, hour, kind) DO UPDATE SET calls = partner_traffic.calls + excluded.calls,
  refused = partner_traffic.refused + excluded.refused, bytes = partner_traffic.bytes + excluded.bytes, us = partner_traffic.us + excluded.us;

-- name: partner_day_add (org id, sandbox bigint, scope text, day bigint, calls bigint) -> done
INSERT INTO partner_days (org, sandbox, scope, day, calls) VALUES (:org, :sandbox, :scope, :day, :calls)
ON CONFLICT (org, sandbox, scope, day) DO UPDATE SET calls = partner_days.calls + excluded.calls;

-- name: partner_day (org id, sandbox bigint, scope text, day bigint) -> one (calls bigint)
SELECT calls FROM partner_days WHERE org = :org AND sandbox = :sandbox AND scope = :scope AND day = :day;

-- name: token_day_set (token id, day bigint) -> done
INSERT INTO token_days (token, day) VALUES (:token, :day) ON CONFLICT (token) DO UPDATE SET day = excluded.day WHERE token_days.day < excluded.day;

-- name: token_day (token id) -> one (day bigint)
SELECT day FROM token_days WHERE token = :token;

-- name: partner_error_add (id id, org id, sandbox bigint, at bigint, kind text, status bigint, code text) -> done
INSERT INTO partner_errors (id, org, sandbox, at, kind, status, code) VALUES (:id, :org, :sandbox, :at, :kind, :status, :code);

-- The newest first: ids carry the time.
-- name: partner_errors_of (org id, sandbox bigint) -> (at bigint, kind text, status bigint, code text)
SELECT at, kind, status, code FROM partner_errors WHERE org = :org AND sandbox = :sandbox ORDER BY id DESC LIMIT 200;

-- All but the last 200.
-- name: partner_errors_cut (org id, sandbox bigint) -> done
DELETE FROM partner_errors WHERE org = :org AND sandbox = :sandbox AND id <
  (SELECT e.id FROM partner_errors e WHERE e.org = :org AND e.sandbox = :sandbox ORDER BY e.id DESC LIMIT 1 OFFSET 199);

-- name: traffic_kinds (org id, sandbox bigint, since bigint) -> (kind text, calls bigint, refused bigint, bytes bigint, us bigint)
SELECT kind, CAST(SUM(calls) AS BIGINT) AS calls, CAST(SUM(refused) AS BIGINT) AS refused, CAST(SUM(bytes) AS BIGINT) AS bytes,
  CAST(SUM(us) AS BIGINT) AS us
FROM partner_traffic WHERE org = :org AND sandbox = :sandbox AND hour >= :since GROUP BY kind ORDER BY calls DESC, kind LIMIT 100;

-- name: traffic_hours (org id, sandbox bigint, since bigint) -> (hour bigint, calls bigint, refused bigint)
SELECT hour, CAST(SUM(calls) AS BIGINT) AS calls, CAST(SUM(refused) AS BIGINT) AS refused
FROM partner_traffic WHERE org = :org AND sandbox = :sandbox AND hour >= :since GROUP BY hour ORDER BY hour DESC LIMIT 2500;

-- name: traffic_forget (before bigint) -> done
DELETE FROM partner_traffic WHERE hour < :before;

-- name: partner_days_forget (before bigint) -> done
DELETE FROM partner_days WHERE day < :before;

-- name: partner_errors_forget (before bigint) -> done
DELETE FROM partner_errors WHERE at < :before;

-- name: partner_tokens_of (org id) -> tokens
SELECT {t.*} FROM tokens t WHERE t.org = :org ORDER BY t.set_at DESC, t.id LIMIT 500;

-- name: partner_seen_add (token id, hash bytea, until bigint) -> changed
INSERT INTO partner_seen (token, hash, until) VALUES (:token, :hash, :until) ON CONFLICT (token, hash) DO NOTHING;

-- name: partner_seen_drop (token id, hash bytea) -> done
DELETE FROM partner_seen WHERE token = :token AND hash = :hash;

-- name: partner_seen_forget (before bigint) -> done
DELETE FROM partner_seen WHERE until < :before;

-- name: webhook_add (id id, org id, sandbox bigint, type text, object id, made bigint) -> done
INSERT INTO webhooks_sent (id, org, sandbox, type, object, state, made, last, next, tries, code)
VALUES (:id, :org, :sandbox, :type, :object, 'waiting', :made, 0, :made, 0, 0);

-- name: webhook_set (id id, state text, last bigint, next bigint, tries bigint, code bigint) -> done
UPDATE webhooks_sent SET state = :state, last = :last, next = :next, tries = :tries, code = :code WHERE id = :id;

-- name: webhook_of (id id) -> one (state text, made bigint, last bigint, next bigint, tries bigint, code bigint)
SELECT state, made, last, next, tries, code FROM webhooks_sent WHERE id = :id;

-- name: webhooks_of_org (org id, sandbox bigint) -> (id id, type text, state text, made bigint, last bigint, next bigint, tries bigint, code bigint)
SELECT id, type, state, made, last, next, tries, code FROM webhooks_sent WHERE org = :org AND sandbox = :sandbox ORDER BY id DESC LIMIT 20;

-- Of those that came to an end.
-- name: webhooks_forget (before bigint) -> done
DELETE FROM webhooks_sent WHERE made < :before AND state <> 'waiting';
