-- Not T: what a referral shares is opened through the referral alone, and opens no door to the sender's case. The limits of a case's own
-- parts are beyond what people can make in years: none of it may fall off, the newest last of all.
-- name: compartments_of (case_id id) -> compartments
SELECT {p.*} FROM compartments p WHERE p.case_id = :case_id AND p.letter <> 'T' ORDER BY p.letter, p.no LIMIT 20000;

-- CROSS JOIN keeps SQLite to this order: by the case's few compartments, not by all that a unit ever held.
-- name: grants_of_unit (case_id id, unit id) -> grants
SELECT {g.*} FROM compartments p CROSS JOIN grants g
WHERE p.case_id = :case_id AND g.comp = p.id AND g.unit = :unit ORDER BY g.epoch DESC, g.id LIMIT 20000;

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

-- Cases of a unit in the order of lists: level first, then what runs out first; those alone that are due before an instant.
-- Keyset paging behind the last row.
-- name: casefiles_of_unit (unit id, open bigint, before bigint, level bigint, due bigint, id id, state text, risk text, province text) -> casefiles
SELECT {f.*} FROM casefiles f JOIN cases c ON c.id = f.case_id
WHERE f.unit = :unit AND f.open = :open AND f.due < :before
  AND (:state = '' OR f.state = :state) AND (:risk = '' OR f.risk = :risk) AND (:province = '' OR c.province = :province)
  AND (f.level < :level OR (f.level = :level AND (f.due > :due OR (f.due = :due AND f.case_id > :id))))
ORDER BY f.level DESC, f.due, f.case_id LIMIT 51;

-- Whoever left a unit still stands in the rows of its cases until somebody else takes them: they are none of theirs any more.
-- name: casefiles_of_worker (worker id, now bigint, open bigint, level bigint, due bigint, id id, state text, risk text, province text) -> casefiles
SELECT {f.*} FROM casefiles f JOIN cases c ON c.id = f.case_id
WHERE f.worker = :worker AND f.open = :open
  AND EXISTS (SELECT 1 FROM members m WHERE m.unit = f.unit AND m."user" = f.worker AND m.since <= :now AND (m.until IS NULL OR m.until > :now))
  AND (:state = '' OR f.state = :state) AND (:risk = '' OR f.risk = :risk) AND (:province = '' OR c.province = :province)
  AND (f.level < :level OR (f.level = :level AND (f.due > :due OR (f.due = :due AND f.case_id > :id))))
ORDER BY f.level DESC, f.due, f.case_id LIMIT 51;

-- name: casefiles_count (unit id, open bigint, before bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM casefiles WHERE unit = :unit AND open = :open AND due < :before;

-- Every identity compartment that a unit may open, for a search by name: in the order of compartments, whose rows lie beside each
-- other then. Of the grants of other parts the index alone is read (k). A compartment may have a grant for each epoch.
-- name: identity_grants (unit id, after id, after_grant id) -> grants
SELECT {g.*} FROM grants k CROSS JOIN compartments p CROSS JOIN grants g
WHERE k.unit = :unit AND k.comp >= :after AND (k.comp > :after OR k.id > :after_grant) AND p.id = k.comp AND p.letter = 'I' AND g.id = k.id
ORDER BY k.comp, k.id LIMIT 500;

-- name: tasks_of_case (case_id id) -> tasks
SELECT {t.*} FROM tasks t WHERE t.case_id = :case_id ORDER BY t.state DESC, t.due, t.id LIMIT 200;

-- name: task_first (case_id id) -> one (due bigint?)
SELECT MIN(due) AS due FROM tasks WHERE case_id = :case_id AND state = 'open';

-- name: flags_of_case (case_id id) -> flags
SELECT {f.*} FROM flags f WHERE f.case_id = :case_id ORDER BY f.ended IS NOT NULL, f.since DESC, f.id LIMIT 200;

-- name: flags_open_of_kind (case_id id, kind text) -> one (n bigint)
SELECT COUNT(*) AS n FROM flags WHERE case_id = :case_id AND kind = :kind AND ended IS NULL;

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

-- What the dashboard is counted from: clear columns alone, all of them, one row at a time.
-- All cases, from the zero id to the highest; or one, twice.
-- name: stats_files_all (first id, last id) -> each (org id, province text, age text, harm text, process text, version bigint, state text, risk text,
--   opened bigint, closed bigint?, day bigint, told text)
SELECT u.org, c.province, c.age_band AS age, c.harm, f.process, f.version, f.state, f.risk, f.opened, f.closed, c.day, c.state AS told
FROM casefiles f JOIN cases c ON c.id = f.case_id JOIN units u ON u.id = f.unit
WHERE f.case_id BETWEEN :first AND :last;

-- States that cases went through, case by case.
-- name: stats_states_all (first id, last id) -> each (case_id id, org id, province text, process text, version bigint, opened bigint, state text)
SELECT f.case_id, u.org, c.province, f.process, f.version, f.opened, s.state
FROM casefiles f JOIN case_states s ON s.case_id = f.case_id JOIN cases c ON c.id = f.case_id JOIN units u ON u.id = f.unit
WHERE s.track = '' AND f.case_id BETWEEN :first AND :last ORDER BY f.case_id;

-- name: stats_clocks_all (first id, last id) -> each (org id, province text, code text, started bigint, due bigint, state text, ended bigint?)
SELECT u.org, c.province, k.code, k.started, k.due, k.state, k.ended
FROM clocks k JOIN cases c ON c.id = k.case_id JOIN units u ON u.id = k.unit WHERE k.state <> 'dropped'
  AND k.case_id BETWEEN :first AND :last;

-- name: stats_tasks_all (first id, last id) -> each (org id, province text, opened bigint)
SELECT u.org, c.province, f.opened
FROM tasks t JOIN casefiles f ON f.case_id = t.case_id JOIN cases c ON c.id = t.case_id JOIN units u ON u.id = f.unit
WHERE t.state = 'done' AND t.case_id BETWEEN :first AND :last;

-- name: stats_sent_all (first id, last id) -> each (org id, province text, opened bigint, state text)
SELECT u.org, c.province, f.opened, r.state
FROM referrals r JOIN casefiles f ON f.case_id = r.case_id JOIN cases c ON c.id = r.case_id JOIN units u ON u.id = f.unit
WHERE r.kind = 'referral' AND r.state <> 'asked'
  AND r.case_id BETWEEN :first AND :last;

-- Reports of children: not those of adults about nobody, not what was marked as a prank or merged into another. Answered:
-- somebody wrote back, as the log has it, for a report that is closed does not say so itself.
-- name: stats_reports_all (first id, last id) -> each (org id, province text, day bigint, helped bigint)
SELECT u.org, c.province, c.day,
  CASE WHEN c.state = 'answered' THEN 1
    WHEN EXISTS (SELECT 1 FROM casefiles f WHERE f.case_id = c.id) THEN 1
    WHEN EXISTS (SELECT 1 FROM log l WHERE l.object = c.id AND l.act = 'report.reply') THEN 1 ELSE 0 END AS helped
FROM cases c JOIN units u ON u.id = c.owner_unit
WHERE c.state IN ('new', 'claimed', 'answered', 'closed') AND c.age_band <> 'adult'
  AND c.id BETWEEN :first AND :last;

-- name: stats_load_all () -> (org id, n bigint, workers bigint)
SELECT u.org, COUNT(*) AS n, COUNT(DISTINCT f.worker) AS workers FROM casefiles f JOIN units u ON u.id = f.unit
WHERE f.open = 1 GROUP BY u.org;

-- name: stats_roles_all (now bigint) -> (org id, role text, n bigint)
SELECT r.org, r.role, COUNT(DISTINCT r."user") AS n FROM roles r
WHERE r.role IN ('caseworker', 'counsellor', 'supervisor') AND r.since <= :now AND (r.until IS NULL OR r.until > :now) AND r.confirmed_by IS NOT NULL
GROUP BY r.org, r.role;

-- name: number_cells_all () -> each (org id, province text, month bigint, kind text, code text, n bigint)
SELECT org, province, month, kind, code, n FROM number_cells;

-- name: number_cell_set (org id, province text, month bigint, kind text, code text, n bigint) -> done
INSERT INTO number_cells (org, province, month, kind, code, n) VALUES (:org, :province, :month, :kind, :code, :n)
ON CONFLICT (org, province, month, kind, code) DO UPDATE SET n = excluded.n;

-- name: number_cell_end (org id, province text, month bigint, kind text, code text) -> done
DELETE FROM number_cells WHERE org = :org AND province = :province AND month = :month AND kind = :kind AND code = :code;

-- name: number_run_set (id text, at bigint) -> done
INSERT INTO number_runs (id, at) VALUES (:id, :at) ON CONFLICT (id) DO UPDATE SET at = excluded.at;

-- name: number_run (id text) -> one (at bigint)
SELECT at FROM number_runs WHERE id = :id;

-- name: number_cells_of (org id, province text, from_month bigint, to_month bigint) -> (month bigint, kind text, code text, n bigint)
SELECT month, kind, code, n FROM number_cells
WHERE org = :org AND province = :province AND month >= :from_month AND month <= :to_month ORDER BY month, kind, code;

-- name: number_first (org id) -> one (month bigint?)
SELECT MIN(month) AS month FROM number_cells WHERE org = :org AND province = '*' AND month > 0;

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
SELECT {r.*} FROM referrals r WHERE r.case_id = :case_id OR r.to_case = :case_id ORDER BY r.sent DESC, r.id DESC LIMIT 20000;

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

-- Every file that a case holds: for backups.
-- name: files_all () -> each (id id, size bigint, sha256 bytea)
SELECT id, size, sha256 FROM files ORDER BY id;

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

-- name: papers_carried (worker id, now bigint) -> papers
SELECT {p.*} FROM (SELECT f.case_id FROM casefiles f WHERE f.worker = :worker AND f.open = 1
  AND EXISTS (SELECT 1 FROM members w WHERE w.unit = f.unit AND w."user" = f.worker AND w.since <= :now AND (w.until IS NULL OR w.until > :now))
  ORDER BY f.level DESC, f.due, f.case_id LIMIT 1000) f
CROSS JOIN papers p
WHERE p.case_id = f.case_id AND p.state <> 'void' LIMIT 20000;

-- name: papers_waiting (unit id, after id) -> papers
SELECT {p.*} FROM papers p CROSS JOIN casefiles f
WHERE p.state = 'submitted' AND p.id > :after AND f.case_id = p.case_id AND f.unit = :unit AND f.open = 1 ORDER BY p.id LIMIT 500;

-- name: papers_of_form (case_id id, form text) -> papers
SELECT {p.*} FROM papers p WHERE p.case_id = :case_id AND p.form = :form ORDER BY p.begun DESC, p.id DESC LIMIT 50;

-- The definition of a form that was in force on a day: the newest that was met by then, else the first of all.
-- name: form_text_at (form text, at bigint) -> form_texts
SELECT {t.*} FROM form_texts t WHERE t.form = :form
ORDER BY CASE WHEN t.since <= :at THEN 0 ELSE 1 END, CASE WHEN t.since <= :at THEN -t.since ELSE t.since END, t.digest LIMIT 1;

-- name: form_tables_of (digest bytea) -> form_tables
SELECT {t.*} FROM form_tables t WHERE t.digest = :digest ORDER BY t.name LIMIT 100;

-- name: form_text_met (digest bytea) -> one (n bigint)
SELECT COUNT(*) AS n FROM form_texts WHERE digest = :digest;

-- name: own_tasks (worker id, now bigint, due bigint, id id) -> tasks
SELECT {t.*} FROM tasks t CROSS JOIN casefiles f
WHERE t.worker = :worker AND t.state = 'open' AND f.case_id = t.case_id AND (t.due > :due OR (t.due = :due AND t.id > :id))
  AND EXISTS (SELECT 1 FROM members w WHERE w.unit = f.unit AND w."user" = t.worker AND w.since <= :now AND (w.until IS NULL OR w.until > :now))
ORDER BY t.due, t.id LIMIT 500;

-- The cases that a person carries, of units to which they belong now (rows that still name who left take no place of theirs): by them
-- hang the steps, services, meetings and flags of their day. The thousand that press most bound the page: its sisters below look into
-- the same thousand and no further.
-- name: casefiles_carried (worker id, now bigint) -> casefiles
SELECT {f.*} FROM casefiles f WHERE f.worker = :worker AND f.open = 1
  AND EXISTS (SELECT 1 FROM members w WHERE w.unit = f.unit AND w."user" = f.worker AND w.since <= :now AND (w.until IS NULL OR w.until > :now))
ORDER BY f.level DESC, f.due, f.case_id LIMIT 1000;

-- name: supports_carried (worker id, now bigint) -> supports
SELECT {s.*} FROM (SELECT f.case_id FROM casefiles f WHERE f.worker = :worker AND f.open = 1
  AND EXISTS (SELECT 1 FROM members w WHERE w.unit = f.unit AND w."user" = f.worker AND w.since <= :now AND (w.until IS NULL OR w.until > :now))
  ORDER BY f.level DESC, f.due, f.case_id LIMIT 1000) f
CROSS JOIN supports s
WHERE s.case_id = f.case_id AND s.state = 'planned' ORDER BY s.due, s.id LIMIT 1000;

-- name: flags_carried (worker id, until bigint, now bigint) -> flags
SELECT {g.*} FROM (SELECT f.case_id FROM casefiles f WHERE f.worker = :worker AND f.open = 1
  AND EXISTS (SELECT 1 FROM members w WHERE w.unit = f.unit AND w."user" = f.worker AND w.since <= :now AND (w.until IS NULL OR w.until > :now))
  ORDER BY f.level DESC, f.due, f.case_id LIMIT 1000) f
CROSS JOIN flags g
WHERE g.case_id = f.case_id AND g.ended IS NULL AND g.until <= :until
ORDER BY g.until, g.id LIMIT 1000;

-- name: meetings_carried (worker id, now bigint) -> meetings
SELECT {m.*} FROM (SELECT f.case_id FROM casefiles f WHERE f.worker = :worker AND f.open = 1
  AND EXISTS (SELECT 1 FROM members w WHERE w.unit = f.unit AND w."user" = f.worker AND w.since <= :now AND (w.until IS NULL OR w.until > :now))
  ORDER BY f.level DESC, f.due, f.case_id LIMIT 1000) f
CROSS JOIN meetings m
WHERE m.case_id = f.case_id AND m.state = 'planned' ORDER BY m.at, m.id LIMIT 1000;

-- name: meetings_invited (user id, now bigint) -> meetings
SELECT {m.*} FROM meeting_guests g CROSS JOIN meetings m CROSS JOIN casefiles f
WHERE g."user" = :user AND m.id = g.meeting AND m.state = 'planned' AND f.case_id = m.case_id
  AND EXISTS (SELECT 1 FROM members w WHERE w.unit = f.unit AND w."user" = g."user" AND w.since <= :now AND (w.until IS NULL OR w.until > :now))
ORDER BY m.at, m.id LIMIT 500;

-- name: casefiles_in_state (unit id, state text, after id) -> casefiles
SELECT {f.*} FROM casefiles f WHERE f.unit = :unit AND f.state = :state AND f.open = 1 AND f.case_id > :after
ORDER BY f.case_id LIMIT 200;

-- name: referrals_to_confirm (unit id, user id) -> referrals
SELECT {r.*} FROM referrals r WHERE r.from_unit = :unit AND r.state = 'asked' AND r.sent_by <> :user ORDER BY r.sent, r.id LIMIT 100;

-- name: supports_of_case (case_id id) -> supports
SELECT {s.*} FROM supports s WHERE s.case_id = :case_id ORDER BY s.state DESC, s.due, s.id LIMIT 500;

-- name: supports_of_referral (referral id) -> supports
SELECT {s.*} FROM supports s WHERE s.referral = :referral AND s.state = 'planned' LIMIT 50;

-- name: meetings_of_case (case_id id) -> meetings
SELECT {m.*} FROM meetings m WHERE m.case_id = :case_id ORDER BY m.state DESC, m.at, m.id LIMIT 200;

-- name: guests_of_meeting (meeting id) -> meeting_guests
SELECT {g.*} FROM meeting_guests g WHERE g.meeting = :meeting ORDER BY g."user" LIMIT 200;

-- How many open cases each person of a unit carries.
-- name: casefiles_load (unit id, now bigint) -> (worker id?, n bigint, late bigint, high bigint)
SELECT worker, COUNT(*) AS n, COALESCE(SUM(CASE WHEN due < :now THEN 1 ELSE 0 END), 0) AS late,
  COALESCE(SUM(CASE WHEN level >= 3 THEN 1 ELSE 0 END), 0) AS high
FROM casefiles WHERE unit = :unit AND open = 1 GROUP BY worker LIMIT 500;

-- Open cases of one person in one unit, for handing some of them on.
-- name: casefiles_to_move (unit id, worker id?, level bigint, due bigint, id id) -> casefiles
SELECT {f.*} FROM casefiles f
WHERE f.unit = :unit AND f.open = 1 AND (f.worker = :worker OR (:worker IS NULL AND f.worker IS NULL))
  AND (f.level < :level OR (f.level = :level AND (f.due > :due OR (f.due = :due AND f.case_id > :id))))
ORDER BY f.level DESC, f.due, f.case_id LIMIT 51;

-- name: comfort_of (user id) -> one (grey bigint, began bigint, seen bigint, told bigint)
SELECT grey, began, seen, told FROM comforts WHERE "user" = :user;

-- name: comfort_set (user id, grey bigint, began bigint, seen bigint, told bigint) -> done
INSERT INTO comforts ("user", grey, began, seen, told) VALUES (:user, :grey, :began, :seen, :told)
ON CONFLICT ("user") DO UPDATE SET grey = excluded.grey, began = excluded.began, seen = excluded.seen, told = excluded.told;

-- Clocks of a case that have not ended.
-- name: clocks_open (case_id id) -> clocks
SELECT {k.*} FROM clocks k WHERE k.case_id = :case_id AND k.state IN ('running', 'paused') ORDER BY k.due, k.id LIMIT 200;

-- name: clocks_of_case (case_id id) -> clocks
SELECT {k.*} FROM clocks k WHERE k.case_id = :case_id ORDER BY k.started DESC, k.id DESC LIMIT 200;

-- What the end of a case dropped, for its reopening.
-- name: clocks_dropped (case_id id, ended bigint) -> clocks
SELECT {k.*} FROM clocks k WHERE k.case_id = :case_id AND k.state = 'dropped' AND k.ended = :ended ORDER BY k.id LIMIT 200;

-- Running clocks of a worker's cases, the nearest first.
-- name: clocks_of_worker (worker id, now bigint) -> clocks
SELECT {k.*} FROM (SELECT f.case_id FROM casefiles f WHERE f.worker = :worker AND f.open = 1
  AND EXISTS (SELECT 1 FROM members w WHERE w.unit = f.unit AND w."user" = f.worker AND w.since <= :now AND (w.until IS NULL OR w.until > :now))
  ORDER BY f.level DESC, f.due, f.case_id LIMIT 1000) f
CROSS JOIN clocks k
WHERE k.case_id = f.case_id AND k.state = 'running' ORDER BY k.due, k.id LIMIT 2000;

-- Acts that take two and were asked by somebody else.
-- name: asks_of_unit (unit id, user id) -> case_asks
SELECT {a.*} FROM case_asks a CROSS JOIN casefiles f
WHERE a.asked > 0 AND f.case_id = a.case_id AND f.unit = :unit AND a.asked_by <> :user
ORDER BY a.asked, a.case_id LIMIT 200;

-- Where the tracks of a case stand.
-- name: states_open (case_id id) -> case_states
SELECT {s.*} FROM case_states s WHERE s.case_id = :case_id AND s.until IS NULL LIMIT 20;

-- The steps that the case itself has come to.
-- name: states_walked (case_id id) -> case_states
SELECT {s.*} FROM case_states s WHERE s.case_id = :case_id AND s.track = '' ORDER BY s.since, s.id LIMIT 1000;

-- name: clocks_to_ring (now bigint, next bigint, id id) -> (id id, case_id id, next bigint)
SELECT id, case_id, next FROM clocks
WHERE state = 'running' AND next <= :now AND (next > :next OR (next = :next AND id > :id)) ORDER BY next, id LIMIT 200;

-- What a unit hears and nobody has said to have read: of a worker's own cases only to them, what a supervisor or chair hears only to
-- those (lead), and nothing of a case that went to another unit, but where this one hears as the next organisation.
-- What was told to one person stands before what was told to the unit at the same moment: who reads one of them reads their own.
-- name: notices_of_unit (unit id, user id, lead bigint) -> clock_notices
SELECT {n.*} FROM clock_notices n JOIN clocks k ON k.id = n.clock
WHERE n.unit = :unit AND n.seen IS NULL AND (n.worker IS NULL OR n.worker = :user)
  AND (:lead = 1 OR n.role NOT IN ('supervisor', 'chair')) AND (n.role = 'next' OR k.unit = n.unit)
ORDER BY n.at, n.worker IS NULL, n.rung, n.id LIMIT 100;

-- name: notices_of_clock (clock id, unit id) -> clock_notices
SELECT {n.*} FROM clock_notices n WHERE n.clock = :clock AND n.unit = :unit ORDER BY n.rung LIMIT 100;

-- name: sweep_last () -> one (at bigint, held bigint?, allowed bigint)
SELECT at, held, allowed FROM clock_sweeps WHERE one = 1;

-- name: sweep_went (now bigint) -> done
INSERT INTO clock_sweeps (one, at, held, allowed) VALUES (1, :now, NULL, 0)
ON CONFLICT (one) DO UPDATE SET at = excluded.at, held = NULL, allowed = 0;

-- name: sweep_hold (now bigint) -> changed
UPDATE clock_sweeps SET held = :now WHERE one = 1;

-- name: sweep_allow (now bigint) -> changed
UPDATE clock_sweeps SET allowed = :now WHERE one = 1 AND held IS NOT NULL;

-- Closed, and without a term yet: a case by its file, a report without one by its own state.
-- name: kept_new () -> (id id, unit id, day bigint, closed bigint?)
SELECT c.id, c.owner_unit AS unit, c.day, f.closed FROM casefiles f JOIN cases c ON c.id = f.case_id
WHERE f.open = 0 AND f.closed IS NOT NULL AND NOT EXISTS (SELECT 1 FROM retentions r WHERE r.case_id = f.case_id)
UNION ALL
SELECT c.id, c.owner_unit AS unit, c.day, NULL AS closed FROM units u CROSS JOIN cases c
WHERE c.owner_unit = u.id AND c.state IN ('closed', 'prank') AND NOT EXISTS (SELECT 1 FROM casefiles f WHERE f.case_id = c.id)
  AND NOT EXISTS (SELECT 1 FROM retentions r WHERE r.case_id = c.id)
LIMIT 500;

-- Taken up again since: its term ends.
-- name: kept_again () -> (case_id id)
SELECT r.case_id FROM units u CROSS JOIN retentions r JOIN cases c ON c.id = r.case_id LEFT JOIN casefiles f ON f.case_id = r.case_id
WHERE r.unit = u.id AND (f.open = 1 OR (f.case_id IS NULL AND c.state NOT IN ('closed', 'prank')) OR c.owner_unit <> r.unit) LIMIT 500;

-- name: files_to_end_all () -> (id id, forgotten bigint)
SELECT id, forgotten FROM files_to_end ORDER BY forgotten, id LIMIT 1000;

-- name: file_stuck (id id) -> done
UPDATE files_to_end SET forgotten = 1 WHERE id = :id;

-- name: file_to_end (id id) -> done
INSERT INTO files_to_end (id) VALUES (:id) ON CONFLICT (id) DO NOTHING;

-- name: file_ended (id id) -> done
DELETE FROM files_to_end WHERE id = :id;

-- Those whose time is over first. Keyset paging behind the last row.
-- The places alone, unchecked: what stands in an altered row is not shown, but the page goes on behind it.
-- name: retention_places (unit id, due bigint, id id) -> (case_id id, due bigint)
SELECT r.case_id, r.due FROM retentions r WHERE r.unit = :unit AND (r.due > :due OR (r.due = :due AND r.case_id > :id))
ORDER BY r.due, r.case_id LIMIT 51;

-- name: retentions_over_count (unit id, now bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM retentions WHERE unit = :unit AND due <= :now;

-- Open cases, and reports that nobody closed, that came before an instant: their term cannot begin.
-- name: kept_open_count (unit id, before bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM cases c LEFT JOIN casefiles f ON f.case_id = c.id
WHERE c.owner_unit = :unit AND c.state IN ('new', 'claimed', 'answered') AND c.day < :before AND (f.case_id IS NULL OR f.open = 1);

-- name: holds_of_case (case_id id) -> legal_holds
SELECT {h.*} FROM legal_holds h WHERE h.case_id = :case_id AND h.ended IS NULL ORDER BY h.id LIMIT 20;

-- name: referrals_live (case_id id) -> one (n bigint)
SELECT COUNT(*) AS n FROM referrals WHERE case_id = :case_id AND state IN ('asked', 'sent', 'accepted');

-- name: erased_since (at bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM log WHERE log.act = 'case.erase' AND log.at >= :at;

-- name: tombstones_of_unit (unit id) -> tombstones
SELECT {t.*} FROM tombstones t WHERE t.unit = :unit ORDER BY t.day DESC, t.case_id LIMIT 50;

-- What goes with an erased case, some rows at a time.
-- name: records_to_erase (case_id id) -> records
SELECT {r.*} FROM compartments p CROSS JOIN records r WHERE p.case_id = :case_id AND r.comp = p.id LIMIT 100;

-- name: files_to_erase (case_id id) -> files
SELECT {f.*} FROM compartments p CROSS JOIN files f WHERE p.case_id = :case_id AND f.comp = p.id LIMIT 500;

-- name: grants_to_erase (case_id id) -> grants
SELECT {g.*} FROM compartments p CROSS JOIN grants g WHERE p.case_id = :case_id AND g.comp = p.id LIMIT 500;

-- name: dormant_to_erase (case_id id) -> dormant_grants
SELECT {d.*} FROM compartments p CROSS JOIN dormant_grants d WHERE p.case_id = :case_id AND d.comp = p.id LIMIT 500;

-- name: offers_to_erase (case_id id) -> offered_grants
SELECT {o.*} FROM compartments p CROSS JOIN offered_grants o WHERE p.case_id = :case_id AND o.comp = p.id LIMIT 500;

-- name: reporters_to_erase (case_id id) -> reporters
SELECT {r.*} FROM reporters r WHERE r.report = :case_id LIMIT 100;

-- name: picture_hashes_to_erase (case_id id) -> picture_hashes
SELECT {h.*} FROM pictures p CROSS JOIN picture_hashes h WHERE p.case_id = :case_id AND h.picture = p.id LIMIT 500;

-- name: pictures_to_erase (case_id id) -> pictures
SELECT {p.*} FROM pictures p WHERE p.case_id = :case_id LIMIT 500;

-- name: tasks_to_erase (case_id id) -> tasks
SELECT {t.*} FROM tasks t WHERE t.case_id = :case_id LIMIT 500;

-- name: flags_to_erase (case_id id) -> flags
SELECT {f.*} FROM flags f WHERE f.case_id = :case_id LIMIT 500;

-- name: clock_notices_to_erase (case_id id) -> clock_notices
SELECT {n.*} FROM clocks k CROSS JOIN clock_notices n WHERE k.case_id = :case_id AND n.clock = k.id LIMIT 500;

-- name: clocks_to_erase (case_id id) -> clocks
SELECT {k.*} FROM clocks k WHERE k.case_id = :case_id LIMIT 500;

-- name: case_states_to_erase (case_id id) -> case_states
SELECT {s.*} FROM case_states s WHERE s.case_id = :case_id LIMIT 500;

-- name: case_asks_to_erase (case_id id) -> case_asks
SELECT {a.*} FROM case_asks a WHERE a.case_id = :case_id LIMIT 10;

-- name: papers_to_erase (case_id id) -> papers
SELECT {p.*} FROM papers p WHERE p.case_id = :case_id LIMIT 500;

-- name: supports_to_erase (case_id id) -> supports
SELECT {s.*} FROM supports s WHERE s.case_id = :case_id LIMIT 500;

-- name: guests_to_erase (case_id id) -> meeting_guests
SELECT {g.*} FROM meetings m CROSS JOIN meeting_guests g WHERE m.case_id = :case_id AND g.meeting = m.id LIMIT 500;

-- name: meetings_to_erase (case_id id) -> meetings
SELECT {m.*} FROM meetings m WHERE m.case_id = :case_id LIMIT 500;

-- name: referrals_to_erase (case_id id) -> referrals
SELECT {r.*} FROM referrals r WHERE r.case_id = :case_id LIMIT 500;

-- Others' referrals that this case was made for: they stay, and point nowhere.
-- name: referrals_into (case_id id) -> referrals
SELECT {r.*} FROM referrals r WHERE r.to_case = :case_id LIMIT 500;

-- name: merges_into (case_id id) -> merges
SELECT {m.*} FROM merges m WHERE m.main = :case_id LIMIT 500;

-- name: holds_to_erase (case_id id) -> legal_holds
SELECT {h.*} FROM legal_holds h WHERE h.case_id = :case_id LIMIT 500;

-- name: takedown_links_to_erase (case_id id) -> takedown_cases
SELECT {t.*} FROM takedown_cases t WHERE t.case_id = :case_id LIMIT 500;

-- name: platform_files_to_erase (case_id id) -> platform_files
SELECT {f.*} FROM platform_files f WHERE f.report = :case_id ORDER BY f.no LIMIT 200;

-- What was matched in its files, and what people said of that.
-- name: verdicts_to_erase (case_id id) -> verdicts
SELECT {v.*} FROM platform_files f JOIN seen s ON s.object = f.id JOIN verdicts v ON v.seen = s.id WHERE f.report = :case_id LIMIT 200;

-- name: seen_hits_to_erase (case_id id) -> seen_hits
SELECT {h.*} FROM platform_files f JOIN seen s ON s.object = f.id JOIN seen_hits h ON h.seen = s.id WHERE f.report = :case_id LIMIT 200;

-- name: seen_to_erase (case_id id) -> seen
SELECT {s.*} FROM platform_files f JOIN seen s ON s.object = f.id WHERE f.report = :case_id LIMIT 200;

-- Tracks of content stay, and say no more what they came from.
-- name: takedowns_found_in (case_id id) -> takedowns
SELECT {t.*} FROM takedowns t WHERE t.found = :case_id LIMIT 200;

-- name: takedowns_found_by_picture (case_id id) -> takedowns
SELECT {t.*} FROM pictures p JOIN takedowns t ON t.found = p.id WHERE p.case_id = :case_id LIMIT 200;

-- Marks that no other report has.
-- name: platform_bundles_to_end (report id) -> changed
DELETE FROM platform_bundles WHERE hash IN (SELECT m.hash FROM platform_marks m WHERE m.report = :report
  AND NOT EXISTS (SELECT 1 FROM platform_marks o WHERE o.hash = m.hash AND o.report <> m.report));

-- name: platform_marks_to_end (report id) -> changed
DELETE FROM platform_marks WHERE report = :report;

-- name: compartments_to_erase (case_id id) -> compartments
SELECT {p.*} FROM compartments p WHERE p.case_id = :case_id LIMIT 500;

-- name: presence_forget (report id) -> done
DELETE FROM presence WHERE report = :report;

-- name: drafts_forget (text text) -> done
DELETE FROM drafts WHERE form LIKE '%' || :text || '%';

-- name: number_kept_all () -> each (org id, province text, month bigint, kind text, code text, n bigint)
SELECT org, province, month, kind, code, n FROM number_kept;

-- name: number_kept_add (org id, province text, month bigint, kind text, code text, n bigint) -> done
INSERT INTO number_kept (org, province, month, kind, code, n) VALUES (:org, :province, :month, :kind, :code, :n)
ON CONFLICT (org, province, month, kind, code) DO UPDATE SET n = number_kept.n + excluded.n;
