-- The log, its head, and the short cut to the newest entry of a row.

-- name: log_add (id id, anonymous bigint, object id, entry bytea, mac bytea, at bigint, actor id?, unit id?, act text) -> done
INSERT INTO log (id, seq, anonymous, object, entry, mac, at, actor, unit, act)
VALUES (:id, NULL, :anonymous, :object, :entry, :mac, :at, :actor, :unit, :act);

-- The organisations that the entry concerns: of the person, of the unit, and of what was acted on.
-- name: log_add_orgs (log id, at bigint, actor id, unit id, object id) -> done
INSERT INTO log_orgs (org, at, log)
SELECT org, :at, :log FROM users WHERE id IN (:actor, :object)
UNION SELECT org, :at, :log FROM units WHERE id IN (:unit, :object)
UNION SELECT u.org, :at, :log FROM cases c JOIN units u ON u.id = c.owner_unit WHERE c.id = :object
UNION SELECT id, :at, :log FROM organisations WHERE id = :object;

-- name: log_name_row (tbl text, row_key bytea, log id) -> done
INSERT INTO log_rows (tbl, row_key, log) VALUES (:tbl, :row_key, :log)
ON CONFLICT (tbl, row_key) DO UPDATE SET log = excluded.log;

-- name: log_newest_of_row (tbl text, row_key bytea) -> one (entry bytea, mac bytea)
SELECT l.entry, l.mac FROM log_rows r JOIN log l ON l.id = r.log WHERE r.tbl = :tbl AND r.row_key = :row_key;

-- The head is one row; the order by size makes a second one, which nobody should have made, harmless.
-- name: log_head_read () -> one (size bigint, edge bytea, signed text, hour bigint)
SELECT size, edge, signed, hour FROM log_head ORDER BY size DESC LIMIT 1;

-- name: log_head_begin (edge bytea, signed text, hour bigint) -> done
INSERT INTO log_head (size, edge, signed, hour) VALUES (0, :edge, :signed, :hour) ON CONFLICT (size) DO NOTHING;

-- Compare-and-set: whoever comes second finds another size.
-- name: log_head_move (was bigint, size bigint, edge bytea, signed text, hour bigint) -> changed
UPDATE log_head SET size = :size, edge = :edge, signed = :signed, hour = :hour WHERE size = :was;

-- name: log_waiting (anonymous bigint, after id) -> (id id, entry bytea, mac bytea)
SELECT id, entry, mac FROM log WHERE seq IS NULL AND anonymous = :anonymous AND id > :after ORDER BY id LIMIT 500;

-- name: log_number_entry (id id, seq bigint) -> changed
UPDATE log SET seq = :seq WHERE id = :id AND seq IS NULL;

-- name: log_numbered (after bigint)
--   -> each (id id, seq bigint, entry bytea, mac bytea, anonymous bigint, object id, at bigint, actor id?, unit id?, act text)
SELECT id, COALESCE(seq, 0) AS seq, entry, mac, anonymous, object, at, actor, unit, act
FROM log WHERE log.seq > :after ORDER BY log.seq;

-- name: log_unnumbered ()
--   -> each (id id, entry bytea, mac bytea, anonymous bigint, object id, at bigint, actor id?, unit id?, act text)
SELECT id, entry, mac, anonymous, object, at, actor, unit, act FROM log WHERE seq IS NULL ORDER BY id;

-- name: log_short_cuts () -> each (tbl text, row_key bytea, entry bytea?)
SELECT r.tbl, r.row_key, l.entry FROM log_rows r LEFT JOIN log l ON l.id = r.log;

-- name: log_origin () -> one instance
SELECT {i.*} FROM instance i LIMIT 1;

-- The tree by subtrees of 256 entries.
-- name: log_entries_from (seq bigint, until bigint) -> each (entry bytea)
SELECT entry FROM log WHERE log.seq >= :seq AND log.seq < :until ORDER BY log.seq;

-- name: log_tile_add (no bigint, root bytea) -> done
INSERT INTO log_tiles (no, root) VALUES (:no, :root) ON CONFLICT (no) DO UPDATE SET root = excluded.root;

-- name: log_tile_last () -> one (no bigint)
SELECT COALESCE(MAX(no), -1) AS no FROM log_tiles;

-- name: log_tiles_all (until bigint) -> each (root bytea)
SELECT root FROM log_tiles WHERE no < :until ORDER BY no;

-- The pages: clear columns alone, the newest first, behind the place (at, id). What is shown is read from the entry itself.
-- name: log_by_at (at bigint, id id, since bigint)
--   -> (id id, at bigint, anonymous bigint, seq bigint?, actor id?, unit id?, act text, object id)
SELECT id, at, anonymous, seq, actor, unit, act, object FROM log
WHERE (at, id) < (:at, :id) AND at >= :since ORDER BY at DESC, id DESC LIMIT 500;

-- name: log_by_act (act text, at bigint, id id, since bigint)
--   -> (id id, at bigint, anonymous bigint, seq bigint?, actor id?, unit id?, act text, object id)
SELECT id, at, anonymous, seq, actor, unit, act, object FROM log
WHERE act = :act AND (at, id) < (:at, :id) AND at >= :since ORDER BY at DESC, id DESC LIMIT 500;

-- name: log_by_actor (actor id, at bigint, id id, since bigint)
--   -> (id id, at bigint, anonymous bigint, seq bigint?, actor id?, unit id?, act text, object id)
SELECT id, at, anonymous, seq, actor, unit, act, object FROM log
WHERE actor = :actor AND (at, id) < (:at, :id) AND at >= :since ORDER BY at DESC, id DESC LIMIT 500;

-- name: log_by_object (object id, at bigint, id id, since bigint)
--   -> (id id, at bigint, anonymous bigint, seq bigint?, actor id?, unit id?, act text, object id)
SELECT id, at, anonymous, seq, actor, unit, act, object FROM log
WHERE object = :object AND (at, id) < (:at, :id) AND at >= :since ORDER BY at DESC, id DESC LIMIT 500;

-- name: log_by_org (org id, at bigint, id id, since bigint)
--   -> (id id, at bigint, anonymous bigint, seq bigint?, actor id?, unit id?, act text, object id)
SELECT l.id, o.at, l.anonymous, l.seq, l.actor, l.unit, l.act, l.object FROM log_orgs o JOIN log l ON l.id = o.log
WHERE o.org = :org AND (o.at, o.log) < (:at, :id) AND o.at >= :since ORDER BY o.at DESC, o.log DESC LIMIT 500;

-- name: log_concerns (org id, at bigint, log id) -> one (n bigint)
SELECT COUNT(*) AS n FROM log_orgs WHERE org = :org AND at = :at AND log = :log;

-- name: log_entry_of (id id) -> one (entry bytea, mac bytea, seq bigint?, anonymous bigint, at bigint)
SELECT entry, mac, seq, anonymous, at FROM log WHERE id = :id;

-- name: log_waiting_count (anonymous bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM log WHERE seq IS NULL AND anonymous = :anonymous;

-- What the checks found last.
-- name: audit_put (kind text, at bigint, fine bigint, entries bigint, rows_seen bigint, bad text) -> done
INSERT INTO audits (kind, at, fine, entries, rows_seen, bad) VALUES (:kind, :at, :fine, :entries, :rows_seen, :bad)
ON CONFLICT (kind) DO UPDATE SET at = excluded.at, fine = excluded.fine, entries = excluded.entries,
    rows_seen = excluded.rows_seen, bad = excluded.bad;

-- name: audits_all () -> (kind text, at bigint, fine bigint, entries bigint, rows_seen bigint, bad text)
SELECT kind, at, fine, entries, rows_seen, bad FROM audits ORDER BY kind;

-- Turning to another line of the key file: turn.c.
-- name: log_marks_after (after id) -> (id id, entry bytea, mac bytea)
SELECT id, entry, mac FROM log WHERE id > :after ORDER BY id LIMIT 500;

-- name: log_mark_set (id id, mac bytea, was bytea) -> changed
UPDATE log SET mac = :mac WHERE id = :id AND mac = :was;

-- name: key_work_of (step text) -> one (gen bigint, after bytea, done bigint)
SELECT gen, after, done FROM key_work WHERE step = :step;

-- name: key_work_put (step text, gen bigint, after bytea, done bigint) -> done
INSERT INTO key_work (step, gen, after, done) VALUES (:step, :gen, :after, :done)
ON CONFLICT (step) DO UPDATE SET gen = excluded.gen, after = excluded.after, done = excluded.done;

-- name: key_work_left (gen bigint) -> one (done bigint)
SELECT COUNT(*) AS done FROM key_work WHERE gen = :gen AND done = 1;

-- name: key_lines_all () -> key_lines
SELECT {k.*} FROM key_lines k ORDER BY k.gen;

-- name: key_holder_put (id id, name text, gen bigint, lines text, at bigint) -> done
INSERT INTO key_holders (id, name, gen, lines, at) VALUES (:id, :name, :gen, :lines, :at)
ON CONFLICT (id) DO UPDATE SET gen = excluded.gen, lines = excluded.lines, at = excluded.at;

-- name: key_holder_end (id id, before bigint) -> done
DELETE FROM key_holders WHERE id = :id OR at < :before;

-- name: key_holders_since (since bigint) -> (name text, gen bigint, lines text, at bigint)
SELECT name, gen, lines, at FROM key_holders WHERE at >= :since ORDER BY name;
