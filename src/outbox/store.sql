-- name: job_add (id text, due bigint) -> done
INSERT INTO jobs (id, due, lease) VALUES (:id, :due, 0) ON CONFLICT (id) DO NOTHING;

-- The repeated condition is what makes it once: two claims of the same moment see the first one's lease. Times behind `far` are
-- from a machine whose clock was wrong: no period and no lease is so long, and the work must not wait for that day.
-- name: job_claim (id text, now bigint, until bigint, far bigint) -> changed
UPDATE jobs SET lease = :until WHERE id = :id AND (due <= :now OR due > :far) AND (lease < :now OR lease > :far);

-- Only by who still holds it: a lease that ran out may be another process's by now.
-- name: job_done (id text, due bigint, lease bigint) -> done
UPDATE jobs SET due = :due, lease = 0 WHERE id = :id AND lease = :lease;

-- name: outbox_add (id id, kind text, due bigint, sealed bytea) -> done
INSERT INTO outbox (id, kind, due, lease, tries, sealed) VALUES (:id, :kind, :due, 0, 0, :sealed);

-- name: outbox_due (kind text, now bigint) -> (id id, tries bigint, sealed bytea)
SELECT id, tries, sealed FROM outbox WHERE due <= :now AND lease < :now AND kind = :kind ORDER BY due, id LIMIT 20;

-- name: outbox_take (id id, now bigint, until bigint) -> changed
UPDATE outbox SET lease = :until WHERE id = :id AND due <= :now AND lease < :now;

-- name: outbox_later (id id, due bigint) -> done
UPDATE outbox SET due = :due, lease = 0, tries = tries + 1 WHERE id = :id;

-- Not tried, and not counted as a try.
-- name: outbox_wait (id id, now bigint, due bigint) -> done
UPDATE outbox SET due = :due WHERE id = :id AND lease < :now;

-- name: outbox_remove (id id) -> done
DELETE FROM outbox WHERE id = :id;

-- name: mail_sent_add (id id, now bigint) -> done
INSERT INTO mail_sent (id, made, last, tries, state) VALUES (:id, :now, NULL, 0, 'waits');

-- name: mail_sent_set (id id, now bigint, tries bigint, state text) -> changed
UPDATE mail_sent SET last = :now, tries = :tries, state = :state WHERE id = :id;

-- name: mail_outcome (id id) -> one (made bigint, last bigint?, tries bigint, state text)
SELECT m.made, m.last, m.tries, m.state FROM mail_sent m WHERE m.id = :id;

-- Turning to another line of the key file.
-- name: outbox_after (after id) -> (id id, kind text, sealed bytea)
SELECT o.id, o.kind, o.sealed FROM outbox o WHERE o.id > :after ORDER BY o.id LIMIT 200;

-- name: outbox_seal (id id, sealed bytea, was bytea) -> changed
UPDATE outbox SET sealed = :sealed WHERE id = :id AND sealed = :was;

-- name: retries_until (now bigint, until bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM idem WHERE until > :now AND until <= :until;
