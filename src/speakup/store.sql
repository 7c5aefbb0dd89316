-- name: idem_get (id bytea, now bigint) -> one (sealed bytea)
SELECT sealed FROM idem WHERE id = :id AND until > :now;

-- name: idem_put (id bytea, sealed bytea, until bigint) -> done
INSERT INTO idem (id, sealed, until) VALUES (:id, :sealed, :until);

-- name: idem_end (now bigint) -> changed
DELETE FROM idem WHERE until <= :now;

-- name: reporter_of_lookup (lookup bytea) -> one reporters
SELECT {r.*} FROM reporters r WHERE r.lookup = :lookup;

-- name: reporter_of_report (report id) -> one reporters
SELECT {r.*} FROM reporters r WHERE r.report = :report;

-- name: dormant_of (case_id id) -> dormant_grants
SELECT {d.*} FROM dormant_grants d JOIN compartments p ON p.id = d.comp
WHERE p.case_id = :case_id ORDER BY d.rank LIMIT 200;

-- name: dormant_due (now bigint) -> (case_id id, unit id)
SELECT DISTINCT p.case_id, d.unit FROM dormant_grants d JOIN compartments p ON p.id = d.comp
WHERE d.due <= :now LIMIT 200;

-- name: dormant_of_unit (case_id id, unit id) -> dormant_grants
SELECT {d.*} FROM dormant_grants d JOIN compartments p ON p.id = d.comp
WHERE p.case_id = :case_id AND d.unit = :unit LIMIT 200;

-- name: file_known (id id) -> one (n bigint)
SELECT COUNT(*) AS n FROM files WHERE id = :id;

-- The queue: danger first, then the clock that runs out first. Keyset paging behind the last row of the page before.
-- name: queue (unit id, state text, urgency bigint, due bigint, id id, level bigint, province text) -> cases
SELECT {c.*} FROM cases c
WHERE c.owner_unit = :unit AND c.state = :state
  AND (:level < 0 OR c.urgency = :level) AND (:province = '' OR c.province = :province)
  AND (c.urgency < :urgency OR (c.urgency = :urgency AND (c.due > :due OR (c.due = :due AND c.id > :id))))
ORDER BY c.urgency DESC, c.due, c.id LIMIT 51;

-- name: queue_mine (user id, state text, urgency bigint, due bigint, id id, level bigint, province text) -> cases
SELECT {c.*} FROM cases c
WHERE c.assignee = :user AND c.state = :state
  AND (:level < 0 OR c.urgency = :level) AND (:province = '' OR c.province = :province)
  AND (c.urgency < :urgency OR (c.urgency = :urgency AND (c.due > :due OR (c.due = :due AND c.id > :id))))
ORDER BY c.urgency DESC, c.due, c.id LIMIT 51;

-- name: queue_count (unit id, state text) -> one (n bigint)
SELECT COUNT(*) AS n FROM cases WHERE owner_unit = :unit AND state = :state;

-- name: mine_count (user id) -> one (n bigint, waiting bigint)
SELECT COUNT(*) AS n, COUNT(*) FILTER (WHERE state = 'claimed') AS waiting
FROM cases WHERE assignee = :user AND state IN ('claimed', 'answered');

-- name: dormant_next (case_id id) -> one (due bigint?)
SELECT MIN(d.due) AS due FROM dormant_grants d JOIN compartments p ON p.id = d.comp WHERE p.case_id = :case_id;

-- What /numbers counts: clear columns of a period, of one organisation or of all.
-- name: numbers_reports_all (org id?, since bigint)
--   -> each (state text, urgency bigint, harm text, province text, day bigint, due bigint)
SELECT c.state, c.urgency, c.harm, c.province, c.day, c.due FROM units u JOIN cases c ON c.owner_unit = u.id
WHERE (:org IS NULL OR u.org = :org) AND c.day >= :since AND c.state <> 'none';

-- name: numbers_files_all (org id?, since bigint) -> each (process text, version bigint, state text, risk text)
SELECT f.process, f.version, f.state, f.risk FROM units u JOIN casefiles f ON f.unit = u.id
WHERE (:org IS NULL OR u.org = :org) AND f.opened >= :since;
