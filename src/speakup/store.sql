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

-- Where new words of a conversation go.
-- name: talk_newest (case_id id) -> one (id id)
SELECT id FROM compartments WHERE case_id = :case_id AND letter = 'C' ORDER BY no DESC LIMIT 1;

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

-- name: merges_of_main (main id) -> merges
SELECT {m.*} FROM merges m WHERE m.main = :main ORDER BY m.since LIMIT 50;

-- name: report_of_ref (ref text) -> one cases
SELECT {c.*} FROM cases c WHERE c.ref = :ref;

-- name: grants_live (comp id, now bigint) -> grants
SELECT {g.*} FROM grants g WHERE g.comp = :comp AND (g.expires IS NULL OR g.expires > :now) LIMIT 200;

-- name: dormant_of_comp (comp id) -> dormant_grants
SELECT {d.*} FROM dormant_grants d WHERE d.comp = :comp ORDER BY d.rank LIMIT 50;

-- name: presence_put (report id, user id, now bigint, until bigint) -> done
INSERT INTO presence (report, "user", since, until) VALUES (:report, :user, :now, :until)
ON CONFLICT (report, "user") DO UPDATE SET until = :until,
  since = CASE WHEN presence.until <= :now THEN :now ELSE presence.since END;

-- name: presence_of (report id, user id, now bigint) -> (user id, since bigint)
SELECT "user", since FROM presence WHERE report = :report AND "user" <> :user AND until > :now ORDER BY since LIMIT 20;

-- name: presence_end (now bigint) -> changed
DELETE FROM presence WHERE until <= :now;

-- name: due_notices (slot bigint) -> (user id, sealed bytea)
SELECT "user", sealed FROM notices WHERE slot < :slot ORDER BY slot LIMIT 500;

-- name: notice_of (user id) -> one (sealed bytea)
SELECT sealed FROM notices WHERE "user" = :user;

-- name: notice_put (user id, slot bigint, sealed bytea) -> done
INSERT INTO notices ("user", slot, sealed) VALUES (:user, :slot, :sealed)
ON CONFLICT ("user") DO UPDATE SET slot = :slot, sealed = :sealed;

-- name: notice_end (user id) -> done
DELETE FROM notices WHERE "user" = :user;

-- Ids and counts alone, unchecked: nothing is decided by them but whether to say that something is new.
-- name: waiting_mine (user id) -> (id id, waiting bigint)
SELECT id, waiting FROM cases WHERE assignee = :user AND state = 'claimed' ORDER BY urgency DESC, due, id LIMIT 300;

-- name: waiting_unclaimed (unit id) -> (id id, waiting bigint)
SELECT id, waiting FROM cases WHERE owner_unit = :unit AND state = 'new' ORDER BY urgency DESC, due, id LIMIT 300;

-- name: pictures_last (case_id id) -> one (no bigint)
SELECT COALESCE(MAX(no), 0) AS no FROM pictures WHERE case_id = :case_id;

-- Pictures of a report, known by their hashes alone, in the order in which they came.
-- name: pictures_of (case_id id) -> pictures
SELECT {p.*} FROM pictures p WHERE p.case_id = :case_id ORDER BY p.no LIMIT 50;

-- name: picture_hashes_of (picture id) -> picture_hashes
SELECT {h.*} FROM picture_hashes h WHERE h.picture = :picture LIMIT 20;

-- Other confirmed pictures that stand for the same hash: counted alone.
-- name: pictures_with (hash id, picture id) -> one (n bigint)
SELECT COUNT(*) AS n FROM picture_hashes h JOIN pictures p ON p.id = h.picture
WHERE h.hash = :hash AND h.picture <> :picture AND p.state = 'confirmed';

-- Turning to another line of the key file.
-- name: notices_after (after id) -> (user id, sealed bytea)
SELECT n."user", n.sealed FROM notices n WHERE n."user" > :after ORDER BY n."user" LIMIT 200;

-- name: notice_seal (user id, sealed bytea, was bytea) -> changed
UPDATE notices SET sealed = :sealed WHERE "user" = :user AND sealed = :was;
