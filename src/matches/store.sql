-- Blocklists: entries, their words and appeals, who takes which list, and what was published.

-- The newest first: ids carry the time.
-- name: blocklist_of_state (state text, before id) -> blocklist
SELECT {b.*} FROM blocklist b WHERE b.state = :state AND b.id < :before ORDER BY b.id DESC LIMIT 51;

-- name: blocklist_newest (before id) -> blocklist
SELECT {b.*} FROM blocklist b WHERE b.id < :before ORDER BY b.id DESC LIMIT 51;

-- name: blocklist_waiting () -> one (proposed bigint, appealed bigint)
SELECT (SELECT COUNT(*) FROM blocklist WHERE state = 'proposed') AS proposed,
       (SELECT COUNT(*) FROM blocklist WHERE state = 'appealed') AS appealed;

-- What is in force for exactly this name, or may come into force.
-- name: blocklist_live (key bytea) -> one blocklist
SELECT {b.*} FROM blocklist b WHERE b.key = :key AND b.state IN ('proposed', 'active', 'appealed');

-- name: blocklist_of_key (key bytea) -> blocklist
SELECT {b.*} FROM blocklist b WHERE b.key = :key ORDER BY b.id DESC LIMIT 20;

-- How many live entries lie below a name: keys between it and the first one that no longer begins with it.
-- name: blocklist_below (key bytea, last bytea) -> one (n bigint)
SELECT COUNT(*) AS n FROM blocklist WHERE key > :key AND key < :last AND state IN ('proposed', 'active', 'appealed');

-- name: blocklist_in_force (after id) -> blocklist
SELECT {b.*} FROM blocklist b WHERE b.id > :after AND b.state IN ('active', 'appealed') ORDER BY b.id LIMIT 5000;

-- name: blocklist_due (now bigint) -> blocklist
SELECT {b.*} FROM blocklist b
WHERE b.expires IS NOT NULL AND b.expires <= :now AND b.state IN ('active', 'appealed') ORDER BY b.expires LIMIT 500;

-- name: blocklist_of_batch (batch id, after id) -> blocklist
SELECT {b.*} FROM blocklist b WHERE b.batch = :batch AND b.id > :after ORDER BY b.id LIMIT 5001;

-- name: blocklist_words_of (entry id) -> blocklist_words
SELECT {w.*} FROM blocklist_words w WHERE w.entry = :entry ORDER BY w.id DESC LIMIT 100;

-- name: appeals_open () -> blocklist_appeals
SELECT {a.*} FROM blocklist_appeals a WHERE a.state = 'open' ORDER BY a.day, a.id LIMIT 200;

-- name: appeals_of_entry (entry id) -> blocklist_appeals
SELECT {a.*} FROM blocklist_appeals a WHERE a.entry = :entry ORDER BY a.day DESC, a.id LIMIT 100;

-- name: readers_all () -> blocklist_readers
SELECT {r.*} FROM blocklist_readers r WHERE r.until IS NULL ORDER BY r.id;

-- name: reader_of_hash (hash bytea) -> one blocklist_readers
SELECT {r.*} FROM blocklist_readers r WHERE r.hash = :hash;

-- name: peers_all () -> blocklist_peers
SELECT {p.*} FROM blocklist_peers p WHERE p.until IS NULL ORDER BY p.id;

-- name: peer_of_name (name text) -> one blocklist_peers
SELECT {p.*} FROM blocklist_peers p WHERE p.key_name = :name;

-- name: zone_newest (list text) -> one zone_versions
SELECT {v.*} FROM zone_versions v WHERE v.list = :list ORDER BY v.serial DESC LIMIT 1;

-- name: zone_oldest (list text) -> one zone_versions
SELECT {v.*} FROM zone_versions v WHERE v.list = :list ORDER BY v.serial LIMIT 1;

-- name: zone_versions_since (list text, serial bigint) -> zone_versions
SELECT {v.*} FROM zone_versions v WHERE v.list = :list AND v.serial > :serial ORDER BY v.serial LIMIT 2000;

-- name: zone_names_of (list text) -> each (key bytea, class text)
SELECT n.key, n.class FROM zone_names n WHERE n.list = :list ORDER BY n.key;

-- name: zone_name_put (list text, key bytea, class text) -> done
INSERT INTO zone_names (list, key, class) VALUES (:list, :key, :class) ON CONFLICT (list, key) DO UPDATE SET class = excluded.class;

-- name: zone_name_drop (list text, key bytea) -> done
DELETE FROM zone_names WHERE list = :list AND key = :key;

-- name: zone_change_add (list text, serial bigint, op bigint, key bytea) -> done
INSERT INTO zone_changes (list, serial, op, key) VALUES (:list, :serial, :op, :key);

-- name: zone_changes_of (list text, serial bigint) -> each (op bigint, key bytea)
SELECT c.op, c.key FROM zone_changes c WHERE c.list = :list AND c.serial = :serial ORDER BY c.op, c.key;

-- name: zone_changes_forget (list text, serial bigint) -> done
DELETE FROM zone_changes WHERE list = :list AND serial <= :serial;

-- Entries changed: the lists have to be made anew.
-- name: zone_work_want () -> done
INSERT INTO zone_work (no, wanted, done) VALUES (1, 1, 0) ON CONFLICT (no) DO UPDATE SET wanted = zone_work.wanted + 1;

-- name: zone_work_read () -> one (wanted bigint, done bigint)
SELECT wanted, done FROM zone_work WHERE no = 1;

-- name: zone_work_finish (wanted bigint) -> done
UPDATE zone_work SET done = :wanted WHERE no = 1 AND done < :wanted;
