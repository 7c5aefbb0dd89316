-- The log, its head, and the short cut to the newest entry of a row.

-- name: log_add (id id, anonymous bigint, object id, entry bytea, mac bytea) -> done
INSERT INTO log (id, seq, anonymous, object, entry, mac) VALUES (:id, NULL, :anonymous, :object, :entry, :mac);

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

-- name: log_numbered (after bigint) -> each (id id, seq bigint, entry bytea, mac bytea)
SELECT id, COALESCE(seq, 0) AS seq, entry, mac FROM log WHERE log.seq > :after ORDER BY log.seq;

-- name: log_unnumbered () -> each (id id, entry bytea, mac bytea)
SELECT id, entry, mac FROM log WHERE seq IS NULL ORDER BY id;

-- name: log_short_cuts () -> each (tbl text, row_key bytea, entry bytea?)
SELECT r.tbl, r.row_key, l.entry FROM log_rows r LEFT JOIN log l ON l.id = r.log;

-- name: log_origin () -> one instance
SELECT {i.*} FROM instance i LIMIT 1;
