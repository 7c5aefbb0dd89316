-- Not T: what a referral shares is opened through the referral alone, and opens no door to the sender's case.
-- name: compartments_of (case_id id) -> compartments
SELECT {p.*} FROM compartments p WHERE p.case_id = :case_id AND p.letter <> 'T' ORDER BY p.letter, p.no LIMIT 200;

-- CROSS JOIN keeps SQLite to this order: by the case's few compartments, not by all that a unit ever held.
-- name: grants_of_unit (case_id id, unit id) -> grants
SELECT {g.*} FROM compartments p CROSS JOIN grants g
WHERE p.case_id = :case_id AND g.comp = p.id AND g.unit = :unit ORDER BY g.epoch DESC, g.id LIMIT 200;

-- Grants of the codes that open a compartment: one, or one for each of the reports that were merged.
-- name: grants_of_codes (comp id) -> grants
SELECT {g.*} FROM grants g WHERE g.comp = :comp AND g.unit IS NULL LIMIT 50;

-- name: records_of (comp id, after bigint) -> records
SELECT {r.*} FROM records r WHERE r.comp = :comp AND r.no > :after ORDER BY r.no LIMIT 100;

-- A body has up to 128 KB, so a few at a time.
-- name: records_before (comp id, before bigint) -> records
SELECT {r.*} FROM records r WHERE r.comp = :comp AND r.no < :before ORDER BY r.no DESC LIMIT 20;

-- name: records_last (comp id) -> one (no bigint)
SELECT COALESCE(MAX(no), 0) AS no FROM records WHERE comp = :comp;

-- name: files_of (case_id id, after id) -> files
SELECT {f.*} FROM files f JOIN compartments p ON p.id = f.comp
WHERE p.case_id = :case_id AND f.id > :after ORDER BY f.id LIMIT 500;

-- The highest number of a year: the next case counts on.
-- name: casefile_last (year bigint) -> one (no bigint)
SELECT COALESCE(MAX(no), 0) AS no FROM casefiles WHERE year = :year;

-- name: casefile_of_ref (year bigint, no bigint) -> one casefiles
SELECT {f.*} FROM casefiles f WHERE f.year = :year AND f.no = :no;

-- Cases of a unit in the order of lists: level first, then the task that runs out first. Keyset paging behind the last row.
-- name: casefiles_of_unit (unit id, open bigint, level bigint, due bigint, id id, state text, risk text, province text) -> casefiles
SELECT {f.*} FROM casefiles f JOIN cases c ON c.id = f.case_id
WHERE f.unit = :unit AND f.open = :open
  AND (:state = '' OR f.state = :state) AND (:risk = '' OR f.risk = :risk) AND (:province = '' OR c.province = :province)
  AND (f.level < :level OR (f.level = :level AND (f.due > :due OR (f.due = :due AND f.case_id > :id))))
ORDER BY f.level DESC, f.due, f.case_id LIMIT 51;

-- name: casefiles_of_worker (worker id, open bigint, level bigint, due bigint, id id, state text, risk text, province text) -> casefiles
SELECT {f.*} FROM casefiles f JOIN cases c ON c.id = f.case_id
WHERE f.worker = :worker AND f.open = :open
  AND (:state = '' OR f.state = :state) AND (:risk = '' OR f.risk = :risk) AND (:province = '' OR c.province = :province)
  AND (f.level < :level OR (f.level = :level AND (f.due > :due OR (f.due = :due AND f.case_id > :id))))
ORDER BY f.level DESC, f.due, f.case_id LIMIT 51;

-- name: casefiles_count (unit id, open bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM casefiles WHERE unit = :unit AND open = :open;

-- Every identity compartment that a unit may open, for a search by name.
-- name: identity_grants (unit id, after id) -> grants
SELECT {g.*} FROM grants g CROSS JOIN compartments p
WHERE p.id = g.comp AND p.letter = 'I' AND g.unit = :unit AND g.id > :after ORDER BY g.id LIMIT 500;

-- name: tasks_of_case (case_id id) -> tasks
SELECT {t.*} FROM tasks t WHERE t.case_id = :case_id ORDER BY t.state DESC, t.due, t.id LIMIT 200;

-- name: task_first (case_id id) -> one (due bigint?)
SELECT MIN(due) AS due FROM tasks WHERE case_id = :case_id AND state = 'open';

-- name: tasks_of_worker (worker id) -> tasks
SELECT {t.*} FROM tasks t WHERE t.worker = :worker AND t.state = 'open' ORDER BY t.due, t.id LIMIT 50;

-- name: flags_of_case (case_id id) -> flags
SELECT {f.*} FROM flags f WHERE f.case_id = :case_id ORDER BY f.ended IS NOT NULL, f.since DESC, f.id LIMIT 200;

-- name: flags_open (case_id id) -> one (n bigint)
SELECT COUNT(*) AS n FROM flags WHERE case_id = :case_id AND ended IS NULL;

-- Who may take a case of a unit: its members today.
-- name: unit_people (unit id, now bigint) -> users
SELECT {u.*} FROM users u JOIN members m ON m."user" = u.id
WHERE m.unit = :unit AND m.since <= :now AND (m.until IS NULL OR m.until > :now) AND u.state = 'active'
ORDER BY u.name, u.id LIMIT 200;

-- name: dormants_of_case (case_id id) -> dormant_grants
SELECT {d.*} FROM dormant_grants d JOIN compartments p ON p.id = d.comp WHERE p.case_id = :case_id LIMIT 200;

-- How long a person looked at what was clear, for each day: since and until are 0 while nothing is open.
-- name: viewing_of (user id, day bigint) -> one (ms bigint, since bigint, until bigint)
SELECT ms, since, until FROM viewings WHERE "user" = :user AND day = :day;

-- name: viewing_set (user id, day bigint, ms bigint, since bigint, until bigint) -> done
INSERT INTO viewings ("user", day, ms, since, until) VALUES (:user, :day, :ms, :since, :until)
ON CONFLICT ("user", day) DO UPDATE SET ms = excluded.ms, since = excluded.since, until = excluded.until;

-- name: viewing_forget (user id, day bigint) -> changed
DELETE FROM viewings WHERE "user" = :user AND day < :day;

-- Reports of other units with files that a unit alone may open, newest first. Keyset paging behind the last row.
-- name: sealed_to (unit id, day bigint, id id) -> cases
SELECT {c.*} FROM cases c
WHERE c.id IN (SELECT p.case_id FROM grants g JOIN compartments p ON p.id = g.comp WHERE g.unit = :unit AND p.letter = 'P')
  AND c.owner_unit <> :unit AND (c.day < :day OR (c.day = :day AND c.id > :id))
ORDER BY c.day DESC, c.id LIMIT 51;

-- A unit that police files go to, now or once: asked on every desk, so nothing that grows is counted.
-- name: sealed_place (unit id) -> one (n bigint)
SELECT COUNT(*) AS n FROM units u
WHERE u.id = :unit AND (u.kind = 'police' OR EXISTS (SELECT 1 FROM routes r WHERE r.unit = u.id AND r.kind = 'police'));

-- name: comp_last (case_id id, letter text) -> one (no bigint)
SELECT COALESCE(MAX(no), 0) AS no FROM compartments WHERE case_id = :case_id AND letter = :letter;

-- name: grants_of_comp (comp id) -> grants
SELECT {g.*} FROM grants g WHERE g.comp = :comp ORDER BY g.id LIMIT 200;

-- Other reports of the same child that were merged into this one: their codes write to compartments of their own, too.
-- name: merged_into (main id) -> one (n bigint)
SELECT COUNT(*) AS n FROM merges WHERE main = :main;

-- name: reporters_of_case (report id) -> reporters
SELECT {r.*} FROM reporters r WHERE r.report = :report LIMIT 50;

-- name: units_confirmed () -> units
SELECT {u.*} FROM units u WHERE u.confirmed_by IS NOT NULL AND u.epoch > 0 ORDER BY u.name, u.id LIMIT 10000;

-- What another unit sent here. What waits for a second person, or never had one, has not left the sender's house.
-- name: referrals_received (unit id, state text, before bigint, id id) -> referrals
SELECT {r.*} FROM referrals r
WHERE r.to_unit = :unit AND (:state = '' OR r.state = :state) AND r.state <> 'asked'
  AND (r.against = 0 OR r.confirmed_by IS NOT NULL)
  AND (r.sent < :before OR (r.sent = :before AND r.id < :id))
ORDER BY r.sent DESC, r.id DESC LIMIT 51;

-- name: referrals_sent (unit id, state text, before bigint, id id) -> referrals
SELECT {r.*} FROM referrals r
WHERE r.from_unit = :unit AND (:state = '' OR r.state = :state)
  AND (r.sent < :before OR (r.sent = :before AND r.id < :id))
ORDER BY r.sent DESC, r.id DESC LIMIT 51;

-- name: referrals_of_case (case_id id) -> referrals
SELECT {r.*} FROM referrals r WHERE r.case_id = :case_id OR r.to_case = :case_id ORDER BY r.sent DESC, r.id DESC LIMIT 100;

-- Those that may hold keys to files of a case; a transfer's paper never does.
-- name: referrals_with_files (case_id id, after id) -> referrals
SELECT {r.*} FROM referrals r
WHERE r.case_id = :case_id AND r.kind = 'referral' AND r.comp IS NOT NULL AND r.id > :after ORDER BY r.id LIMIT 100;

-- name: referrals_waiting (unit id) -> one (n bigint)
SELECT COUNT(*) AS n FROM referrals WHERE to_unit = :unit AND state = 'sent';

-- Those that wait for a second person, for one who did not ask.
-- name: referrals_asked (unit id, user id) -> one (n bigint)
SELECT COUNT(*) AS n FROM referrals WHERE from_unit = :unit AND state = 'asked' AND sent_by <> :user;

-- name: referrals_over (now bigint) -> referrals
SELECT {r.*} FROM referrals r WHERE r.expires <= :now AND r.state IN ('asked', 'sent', 'accepted')
  AND (r.kind = 'referral' OR r.state <> 'accepted') ORDER BY r.expires, r.id LIMIT 200;

-- name: offers_of (referral id) -> offered_grants
SELECT {o.*} FROM offered_grants o WHERE o.referral = :referral LIMIT 400;

-- name: offers_of_comp (comp id) -> offered_grants
SELECT {o.*} FROM offered_grants o WHERE o.comp = :comp LIMIT 200;

-- name: tasks_open (case_id id) -> tasks
SELECT {t.*} FROM tasks t WHERE t.case_id = :case_id AND t.state = 'open' LIMIT 200;

-- What was asked to leave the house, newest first. Keyset paging behind the last row.
-- name: exports_of_unit (unit id, before bigint, id id) -> exports
SELECT {e.*} FROM exports e
WHERE e.unit = :unit AND (e.asked < :before OR (e.asked = :before AND e.id < :id)) ORDER BY e.asked DESC, e.id DESC LIMIT 51;

-- Open is 0 .. 1: from :low to :high.
-- name: casefiles_to_export (unit id, since bigint, until bigint, low bigint, high bigint, opened bigint, id id) -> casefiles
SELECT {f.*} FROM casefiles f
WHERE f.unit = :unit AND f.opened >= :since AND f.opened < :until AND f.open BETWEEN :low AND :high
  AND (f.opened > :opened OR (f.opened = :opened AND f.case_id > :id))
ORDER BY f.opened, f.case_id LIMIT 100;

-- name: casefiles_to_export_count (unit id, since bigint, until bigint, low bigint, high bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM casefiles f
WHERE f.unit = :unit AND f.opened >= :since AND f.opened < :until AND f.open BETWEEN :low AND :high;

-- name: referrals_of_case_count (case_id id) -> one (n bigint)
SELECT COUNT(*) AS n FROM referrals WHERE case_id = :case_id AND kind = 'referral';

-- name: tasks_open_count (case_id id) -> one (n bigint)
SELECT COUNT(*) AS n FROM tasks WHERE case_id = :case_id AND state = 'open';

-- Papers of a case, the newest of each form first.
-- name: papers_of_case (case_id id) -> papers
SELECT {p.*} FROM papers p WHERE p.case_id = :case_id ORDER BY p.form, p.begun DESC, p.id DESC LIMIT 200;

-- name: papers_of_form (case_id id, form text) -> papers
SELECT {p.*} FROM papers p WHERE p.case_id = :case_id AND p.form = :form ORDER BY p.begun DESC, p.id DESC LIMIT 50;

-- The definition of a form that was in force on a day: the newest that was met by then, else the first of all.
-- name: form_text_at (form text, at bigint) -> form_texts
SELECT {t.*} FROM form_texts t WHERE t.form = :form
ORDER BY CASE WHEN t.since <= :at THEN 0 ELSE 1 END, CASE WHEN t.since <= :at THEN -t.since ELSE t.since END, t.digest LIMIT 1;

-- name: form_text_met (digest bytea) -> one (n bigint)
SELECT COUNT(*) AS n FROM form_texts WHERE digest = :digest;
