-- name: job_add (id text, due bigint) -> done
INSERT INTO jobs (id, due, lease) VALUES (:id, :due, 0) ON CONFLICT (id) DO NOTHING;

-- The repeated condition is what makes it once: two claims of the same moment see the first one's lease.
-- name: job_claim (id text, now bigint, until bigint) -> changed
UPDATE jobs SET lease = :until WHERE id = :id AND due <= :now AND lease < :now;

-- Only by who still holds it: a lease that ran out may be another process's by now.
-- name: job_done (id text, due bigint, lease bigint) -> done
UPDATE jobs SET due = :due, lease = 0 WHERE id = :id AND lease = :lease;
