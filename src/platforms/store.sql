-- name: platform_report_of_no (no bigint) -> one platform_reports
SELECT {r.*} FROM platform_reports r WHERE r.no = :no;

-- name: platform_files_of (report id, after bigint) -> platform_files
SELECT {f.*} FROM platform_files f WHERE f.report = :report AND f.no > :after ORDER BY f.no LIMIT 1000;

-- Unfinished reports that run out: a day after they were begun, or an hour after the last addition, whichever is later.
-- name: platform_running_out (opened bigint, changed bigint) -> platform_reports
SELECT {r.*} FROM platform_reports r
WHERE r.state = 'open' AND r.changed <= :changed AND r.opened <= :opened ORDER BY r.changed LIMIT 100;

-- What was taken back or ran out, and whose case still lies here.
-- name: platform_to_forget (state text) -> platform_reports
SELECT {r.*} FROM platform_reports r WHERE r.kept = 1 AND r.state = :state ORDER BY r.id LIMIT 20;

-- name: platform_comps (case_id id) -> compartments
SELECT {p.*} FROM compartments p WHERE p.case_id = :case_id ORDER BY p.letter, p.no;

-- name: platform_grants (case_id id) -> grants
SELECT {g.*} FROM grants g JOIN compartments p ON p.id = g.comp WHERE p.case_id = :case_id ORDER BY g.id LIMIT 200;

-- name: platform_records (case_id id) -> records
SELECT {r.*} FROM records r JOIN compartments p ON p.id = r.comp WHERE p.case_id = :case_id ORDER BY r.id LIMIT 200;

-- How much is kept in a compartment.
-- name: platform_kept_bytes (comp id) -> one (n bigint)
SELECT CAST(COALESCE(SUM(LENGTH(r.body)), 0) AS BIGINT) AS n FROM records r WHERE r.comp = :comp;

-- name: platform_sealed (case_id id) -> files
SELECT {f.*} FROM files f JOIN compartments p ON p.id = f.comp WHERE p.case_id = :case_id ORDER BY f.id LIMIT 200;

-- name: platform_mark_add (report id, hash bytea, kind text) -> done
INSERT INTO platform_marks (report, hash, kind) VALUES (:report, :hash, :kind) ON CONFLICT (report, hash) DO NOTHING;

-- name: platform_marks_of (report id) -> (hash bytea, kind text)
SELECT hash, kind FROM platform_marks WHERE report = :report ORDER BY hash;

-- name: platform_marks_end (report id) -> changed
DELETE FROM platform_marks WHERE report = :report;

-- name: platform_bundle_claim (hash bytea, bundle id) -> done
INSERT INTO platform_bundles (hash, bundle) VALUES (:hash, :bundle) ON CONFLICT (hash) DO NOTHING;

-- name: platform_bundle_of (hash bytea) -> one (bundle id)
SELECT bundle FROM platform_bundles WHERE hash = :hash;

-- name: platform_bundle_join (from_bundle id, to_bundle id) -> changed
UPDATE platform_bundles SET bundle = :to_bundle WHERE bundle = :from_bundle;

-- With how many other finished reports of this bundle and of others a report shares a mark.
-- name: platform_shared (report id) -> (kind text, n bigint)
SELECT m.kind, COUNT(DISTINCT o.report) AS n FROM platform_marks m
JOIN platform_marks o ON o.hash = m.hash AND o.report <> m.report
JOIN platform_reports r ON r.id = o.report AND r.state = 'finished'
WHERE m.report = :report GROUP BY m.kind ORDER BY m.kind;

-- name: platform_sharing (report id, kind text, before bigint, id id) -> platform_reports
SELECT {r.*} FROM platform_reports r
WHERE r.state = 'finished' AND r.id <> :report AND (r.finished < :before OR (r.finished = :before AND r.id < :id))
  AND r.id IN (SELECT o.report FROM platform_marks m JOIN platform_marks o ON o.hash = m.hash WHERE m.report = :report AND m.kind = :kind)
ORDER BY r.finished DESC, r.id DESC LIMIT 51;

-- name: platform_queue (unit id, decision text, urgent bigint, finished bigint, id id) -> platform_reports
SELECT {r.*} FROM platform_reports r
WHERE r.unit = :unit AND r.state = 'finished' AND r.kept = 1 AND r.decision = :decision
  AND (r.urgent < :urgent OR (r.urgent = :urgent AND (r.finished > :finished OR (r.finished = :finished AND r.id > :id))))
ORDER BY r.urgent DESC, r.finished, r.id LIMIT 51;

-- name: platform_waiting (unit id) -> one (n bigint, urgent bigint)
SELECT COUNT(*) AS n, COUNT(*) FILTER (WHERE urgent = 1) AS urgent FROM platform_reports
WHERE unit = :unit AND state = 'finished' AND kept = 1 AND decision = '';

-- name: platform_any (unit id) -> one (n bigint)
SELECT COUNT(*) AS n FROM (SELECT 1 FROM platform_reports WHERE unit = :unit AND state = 'finished' LIMIT 1) AS first_one;

-- name: platform_bundle (bundle id, unit id, before bigint, id id) -> platform_reports
SELECT {r.*} FROM platform_reports r
WHERE r.bundle = :bundle AND r.unit = :unit AND r.state = 'finished' AND r.kept = 1 AND (r.finished < :before OR (r.finished = :before AND r.id < :id))
ORDER BY r.finished DESC, r.id DESC LIMIT 51;

-- name: platform_bundle_size (bundle id, unit id) -> one (n bigint, first bigint?, newest bigint?)
SELECT COUNT(*) AS n, MIN(finished) AS first, MAX(finished) AS newest FROM platform_reports
WHERE bundle = :bundle AND unit = :unit AND state = 'finished' AND kept = 1;

-- name: platform_asked (unit id) -> (report id)
SELECT a.report FROM platform_asks a JOIN platform_reports r ON r.id = a.report WHERE r.unit = :unit ORDER BY a.asked, a.report LIMIT 200;

-- name: platform_of_org (org id, sandbox bigint, before bigint, id id) -> platform_reports
SELECT {r.*} FROM platform_reports r
WHERE r.org = :org AND r.sandbox = :sandbox AND (r.opened < :before OR (r.opened = :before AND r.id < :id))
ORDER BY r.opened DESC, r.id DESC LIMIT 51;

-- name: platform_idem_get (id bytea, now bigint) -> one (sealed bytea)
SELECT sealed FROM idem WHERE id = :id AND until > :now;

-- name: platform_idem_put (id bytea, sealed bytea, until bigint) -> done
INSERT INTO idem (id, sealed, until) VALUES (:id, :sealed, :until);
