-- Take-down: tracks, notices, who receives them, and what was counted.


-- name: takedowns_of_state (state text, before id) -> takedowns
SELECT {t.*} FROM takedowns t WHERE t.state = :state AND t.id < :before ORDER BY t.id DESC LIMIT 51;

-- name: takedowns_newest (before id) -> takedowns
SELECT {t.*} FROM takedowns t WHERE t.id < :before ORDER BY t.id DESC LIMIT 51;

-- Those whose time runs, the earliest first.
-- name: takedowns_due (after bigint, behind id) -> takedowns
SELECT {t.*} FROM takedowns t WHERE t.due IS NOT NULL AND (t.due > :after OR (t.due = :after AND t.id > :behind)) ORDER BY t.due, t.id LIMIT 51;

-- name: takedowns_past (now bigint) -> takedowns
SELECT {t.*} FROM takedowns t WHERE t.due IS NOT NULL AND t.due <= :now ORDER BY t.due, t.id LIMIT 51;

-- name: takedowns_sum (now bigint) -> one (reported bigint, triaged bigint, asked bigint, running bigint, late bigint, appealed bigint, removed bigint)
SELECT (SELECT COUNT(*) FROM takedowns WHERE state = 'reported') AS reported,
       (SELECT COUNT(*) FROM takedowns WHERE state = 'triaged') AS triaged,
       (SELECT COUNT(*) FROM takedowns WHERE state = 'asked') AS asked,
       (SELECT COUNT(*) FROM takedowns WHERE due IS NOT NULL) AS running,
       (SELECT COUNT(*) FROM takedowns WHERE due IS NOT NULL AND due <= :now) AS late,
       (SELECT COUNT(*) FROM takedowns WHERE state = 'appealed') AS appealed,
       (SELECT COUNT(*) FROM takedowns WHERE state = 'removed') AS removed;

-- name: takedown_live_of (digest bytea) -> takedowns
SELECT {t.*} FROM takedown_names n JOIN takedowns t ON t.id = n.track
WHERE n.digest = :digest AND t.state NOT IN ('confirmed', 'dropped') ORDER BY t.id LIMIT 1;

-- name: takedown_all_of (digest bytea) -> takedowns
SELECT {t.*} FROM takedown_names n JOIN takedowns t ON t.id = n.track WHERE n.digest = :digest ORDER BY t.id DESC LIMIT 20;

-- name: takedown_names_of (track id) -> takedown_names
SELECT {n.*} FROM takedown_names n WHERE n.track = :track LIMIT 200;

-- Of what came from this, those that nobody was asked about.
-- name: takedowns_unasked_of (found id) -> takedowns
SELECT {t.*} FROM takedowns t WHERE t.found = :found AND t.state IN ('reported', 'triaged', 'asked') LIMIT 20;

-- name: takedown_tracks_of_case (case_id id) -> takedowns
SELECT {t.*} FROM takedown_cases k JOIN takedowns t ON t.id = k.track WHERE k.case_id = :case_id ORDER BY t.id DESC LIMIT 200;

-- name: takedown_cases_of (track id) -> takedown_cases
SELECT {k.*} FROM takedown_cases k WHERE k.track = :track LIMIT 200;


-- name: notices_of_track (track id) -> takedown_notices
SELECT {n.*} FROM takedown_notices n WHERE n.track = :track ORDER BY n.id LIMIT 100;

-- name: notices_of_case (case_id id) -> takedown_notices
SELECT {n.*} FROM takedown_cases k JOIN takedown_notices n ON n.track = k.track WHERE k.case_id = :case_id ORDER BY n.id LIMIT 2000;

-- name: notices_next (now bigint) -> (id id, track id)
SELECT n.id, n.track FROM takedown_notices n WHERE n.next IS NOT NULL AND n.next <= :now ORDER BY n.next, n.id LIMIT 100;

-- Of a partner's recipients, the open ones first by their hour.
-- name: notices_of_org (org id) -> takedown_notices
SELECT {n.*} FROM takedown_recipients r JOIN takedown_notices n ON n.recipient = r.id
WHERE r.org = :org AND r.org IS NOT NULL AND n.state = 'sent' ORDER BY n.due, n.id LIMIT 200;

-- name: sends_of_notice (notice id) -> takedown_sends
SELECT {s.*} FROM takedown_sends s WHERE s.notice = :notice ORDER BY s.id LIMIT 100;

-- name: takedown_events_of (track id) -> takedown_events
SELECT {e.*} FROM takedown_events e WHERE e.track = :track ORDER BY e.at DESC, e.id DESC LIMIT 300;


-- name: takedown_recipients_all () -> takedown_recipients
SELECT {r.*} FROM takedown_recipients r WHERE r.until IS NULL ORDER BY r.id LIMIT 1000;

-- name: takedown_orgs_all () -> (id id, name text)
SELECT o.id, o.name FROM organisations o WHERE o.confirmed_by IS NOT NULL AND o.kind = 'platform' ORDER BY o.name LIMIT 200;


-- name: notices_counted (since bigint, after id) -> (id id, class text, state text, sent bigint?, due bigint?, removed bigint?, answered bigint?)
SELECT n.id, t.class, n.state, n.sent, n.due, n.removed, n.answered FROM takedown_notices n JOIN takedowns t ON t.id = n.track
WHERE n.id > :after AND n.sent IS NOT NULL AND n.sent >= :since AND n.due IS NOT NULL ORDER BY n.id LIMIT 5000;

-- name: appeals_counted (since bigint) -> (class text, at bigint)
SELECT t.class, e.at FROM takedown_events e JOIN takedowns t ON t.id = e.track WHERE e.act = 'appealed' AND e.at >= :since;

-- name: figures_forget (quarter bigint) -> done
DELETE FROM takedown_figures WHERE quarter >= :quarter;

-- name: figure_put (quarter bigint, class text, in_time bigint, late bigint, refused bigint, waiting bigint, appeals bigint, median bigint?) -> done
INSERT INTO takedown_figures (quarter, class, in_time, late, refused, waiting, appeals, median)
VALUES (:quarter, :class, :in_time, :late, :refused, :waiting, :appeals, :median);

-- name: figures_of (quarter bigint) -> (class text, in_time bigint, late bigint, refused bigint, waiting bigint, appeals bigint, median bigint?)
SELECT f.class, f.in_time, f.late, f.refused, f.waiting, f.appeals, f.median FROM takedown_figures f WHERE f.quarter = :quarter ORDER BY f.class;

-- name: figure_quarters_all () -> (quarter bigint)
SELECT DISTINCT f.quarter FROM takedown_figures f ORDER BY f.quarter DESC LIMIT 40;

-- name: takedown_ids (before id) -> (id id)
SELECT t.id FROM takedowns t WHERE t.id < :before ORDER BY t.id DESC LIMIT 5000;

-- Turning to another line of the key file.
-- name: takedowns_after (after id) -> takedowns
SELECT {t.*} FROM takedowns t WHERE t.id > :after ORDER BY t.id LIMIT 50;

-- name: takedown_names_turn (track id) -> takedown_names
SELECT {n.*} FROM takedown_names n WHERE n.track = :track ORDER BY n.digest LIMIT 1000;
