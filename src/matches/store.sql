-- Blocklists: entries, their words and appeals, who takes which list, and what was published; the exchange of hashes.

-- -- the exchange of hashes ----------------------------------------------------------------------------------------------------

-- name: shares_all () -> exchange_shares
SELECT {s.*} FROM exchange_shares s ORDER BY s.bank LIMIT 500;

-- name: sources_all () -> exchange_sources
SELECT {s.*} FROM exchange_sources s ORDER BY s.code LIMIT 200;

-- name: source_of_code (code text) -> one exchange_sources
SELECT {s.*} FROM exchange_sources s WHERE s.code = :code;

-- Partners' words on a record, the oldest first.
-- name: partner_words (bank id, hash id) -> bank_opinions
SELECT {o.*} FROM bank_opinions o JOIN banks b ON b.no = o.bank
WHERE b.id = :bank AND o.hash = :hash AND o.staff = 0 AND o.word = 'say' ORDER BY o.at, o."by" LIMIT 50;

-- name: exchange_head (list bigint) -> one exchange_heads
SELECT {h.*} FROM exchange_heads h WHERE h.list = :list;

-- name: exchange_head_add (list bigint) -> done
INSERT INTO exchange_heads (list, no, at, seq) VALUES (:list, 0, 0, 0) ON CONFLICT (list) DO NOTHING;

-- Only from where it was: of two that write at once the second one begins anew.
-- name: exchange_head_move (list bigint, no bigint, at bigint, seq bigint, was_at bigint, was_seq bigint) -> changed
UPDATE exchange_heads SET no = :no, at = :at, seq = :seq WHERE list = :list AND at = :was_at AND seq = :was_seq;

-- A promise: what is added from now on lies behind this second.
-- name: exchange_head_raise (list bigint, at bigint) -> changed
UPDATE exchange_heads SET at = :at WHERE list = :list AND at < :at;

-- name: exchange_time_add (list bigint, at bigint, no bigint) -> done
INSERT INTO exchange_times (list, at, no) VALUES (:list, :at, :no);

-- The newest number before a second.
-- name: exchange_no_before (list bigint, at bigint) -> one (no bigint)
SELECT t.no FROM exchange_times t WHERE t.list = :list AND t.at < :at ORDER BY t.at DESC LIMIT 1;

-- name: exchange_record_of (list bigint, key id) -> one exchange_records
SELECT {r.*} FROM exchange_records r WHERE r.list = :list AND r.key = :key;

-- name: exchange_record_drop (list bigint, no bigint) -> done
DELETE FROM exchange_records WHERE list = :list AND no = :no;

-- name: exchange_record_add (list bigint, no bigint, key id, kind bigint, value bytea, bank id, hash id, status bigint, video bigint,
--     family bigint, quality bigint, at bigint, words text, mark bytea) -> done
INSERT INTO exchange_records (list, no, key, kind, value, bank, hash, status, video, family, quality, at, words, mark)
VALUES (:list, :no, :key, :kind, :value, :bank, :hash, :status, :video, :family, :quality, :at, :words, :mark);

-- Numbers are those of enum hash_kind.
-- name: exchange_page_stopncii (list bigint, after bigint, upto bigint, most bigint) -> each exchange_records
SELECT {r.*} FROM exchange_records r
WHERE r.list = :list AND r.no > :after AND r.no <= :upto
      AND ((r.kind = 1 AND r.video = 0) OR (r.kind IN (2, 7) AND r.video = 1) OR r.kind = 5)
ORDER BY r.no LIMIT :most;

-- name: exchange_page_ncmec (list bigint, after bigint, upto bigint, most bigint) -> each exchange_records
SELECT {r.*} FROM exchange_records r
WHERE r.list = :list AND r.no > :after AND r.no <= :upto AND r.kind IN (1, 2, 3, 6, 7) ORDER BY r.no LIMIT :most;

-- name: exchange_page_all (list bigint, after bigint, upto bigint, most bigint) -> each exchange_records
SELECT {r.*} FROM exchange_records r
WHERE r.list = :list AND r.no > :after AND r.no <= :upto ORDER BY r.no LIMIT :most;

-- name: exchange_work_of (bank id) -> one exchange_work
SELECT {w.*} FROM exchange_work w WHERE w.bank = :bank;

-- name: exchange_work_set (bank id, open bigint, upto bigint) -> done
INSERT INTO exchange_work (bank, open, seq, upto) VALUES (:bank, :open, 0, :upto)
ON CONFLICT (bank) DO UPDATE SET open = excluded.open, seq = 0, upto = excluded.upto;

-- name: exchange_work_move (bank id, seq bigint) -> done
UPDATE exchange_work SET seq = :seq WHERE bank = :bank;

-- name: exchange_read_of (source id) -> one exchange_reads
SELECT {r.*} FROM exchange_reads r WHERE r.source = :source;

-- name: exchange_read_add (source id) -> done
INSERT INTO exchange_reads (source, since, until, next, due, lease, tries, ok_at, records, skipped, fault)
VALUES (:source, 0, 0, '', 0, 0, 0, 0, 0, 0, '') ON CONFLICT (source) DO NOTHING;

-- name: exchange_read_take (source id, now bigint, lease bigint) -> changed
UPDATE exchange_reads SET lease = :lease WHERE source = :source AND lease < :now;

-- name: exchange_read_hold (source id, lease bigint, lease_was bigint) -> changed
UPDATE exchange_reads SET lease = :lease WHERE source = :source AND lease = :lease_was;

-- Moves only for who still holds it, from where it was read.
-- name: exchange_read_move (source id, lease bigint, lease_was bigint, since bigint, until bigint, next text, records bigint, skipped bigint) -> changed
UPDATE exchange_reads SET since = :since, until = :until, next = :next, lease = :lease, records = records + :records,
       skipped = skipped + :skipped
WHERE source = :source AND lease = :lease_was;

-- name: exchange_read_end (source id, lease bigint, due bigint, tries bigint, ok_at bigint, fault text) -> changed
UPDATE exchange_reads SET lease = 0, due = :due, tries = :tries, ok_at = CASE WHEN :ok_at > 0 THEN :ok_at ELSE ok_at END, fault = :fault
WHERE source = :source AND lease = :lease;

-- name: exchange_read_now (source id) -> changed
UPDATE exchange_reads SET due = 0, tries = 0 WHERE source = :source;

-- name: exchange_entry_keys (source id, entry text) -> exchange_entries
SELECT {e.*} FROM exchange_entries e WHERE e.source = :source AND e.entry = :entry;

-- name: exchange_entry_add (source id, entry text, key id, kind bigint, value bytea) -> done
INSERT INTO exchange_entries (source, entry, key, kind, value) VALUES (:source, :entry, :key, :kind, :value)
ON CONFLICT (source, entry, key) DO NOTHING;

-- name: exchange_entry_drop (source id, entry text, key id) -> done
DELETE FROM exchange_entries WHERE source = :source AND entry = :entry AND key = :key;

-- name: exchange_entries_with (source id, key id) -> one (n bigint)
SELECT COUNT(*) AS n FROM exchange_entries WHERE source = :source AND key = :key;

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



-- name: banks_of (sandbox bigint) -> banks
SELECT {b.*} FROM banks b WHERE b.sandbox = :sandbox ORDER BY b.no;

-- name: bank_by_code (code text) -> one banks
SELECT {b.*} FROM banks b WHERE b.code = :code;

-- name: bank_by_no (no bigint) -> one banks
SELECT {b.*} FROM banks b WHERE b.no = :no;

-- name: banks_by_org (org id, sandbox bigint) -> banks
SELECT {b.*} FROM banks b WHERE b.org = :org AND b.sandbox = :sandbox ORDER BY b.no;

-- name: banks_top () -> one (no bigint)
SELECT COALESCE(MAX(no), 0) AS no FROM banks;

-- The counter of records, held until the commit.
-- name: bank_work_take (now bigint) -> one (seq bigint, at bigint)
INSERT INTO bank_work (no, seq, at, turn) VALUES (1, 0, :now, 1)
ON CONFLICT (no) DO UPDATE SET turn = bank_work.turn + 1, at = CASE WHEN bank_work.at > excluded.at THEN bank_work.at ELSE excluded.at END
RETURNING seq, at;

-- name: bank_work_put (seq bigint) -> done
UPDATE bank_work SET seq = :seq WHERE no = 1;

-- name: bank_work_read () -> one (seq bigint, at bigint, turn bigint)
SELECT seq, at, turn FROM bank_work WHERE no = 1;

-- name: bank_version_newest (bank bigint) -> one bank_versions
SELECT {v.*} FROM bank_versions v WHERE v.bank = :bank ORDER BY v.version DESC LIMIT 1;

-- The first act at or after a time: times never fall while numbers rise.
-- name: bank_version_at (at bigint) -> (first_seq bigint)
SELECT v.first_seq FROM bank_versions v WHERE v.at >= :at ORDER BY v.at, v.first_seq LIMIT 1;

-- name: bank_build_newest (bank bigint) -> one bank_builds
SELECT {b.*} FROM bank_builds b WHERE b.bank = :bank ORDER BY b.build DESC LIMIT 1;

-- name: bank_builds_of (bank bigint) -> bank_builds
SELECT {b.*} FROM bank_builds b WHERE b.bank = :bank ORDER BY b.build DESC LIMIT 20;

-- name: bank_hash_add (bank bigint, id id, seq bigint, kind bigint, family bigint, video bigint, value bytea, quality bigint,
--     status bigint, hold bigint, confirms bigint, denies bigint, batch id?, source_id text, added bigint, at bigint, gen bigint, mark bytea) -> changed
INSERT INTO bank_hashes (bank, id, seq, kind, family, video, value, quality, status, hold, confirms, denies, batch, source_id, added, at, gen, mark)
VALUES (:bank, :id, :seq, :kind, :family, :video, :value, :quality, :status, :hold, :confirms, :denies, :batch, :source_id, :added, :at, :gen, :mark)
ON CONFLICT (bank, id) DO NOTHING;

-- name: bank_hash_set (bank bigint, id id, seq bigint, video bigint, quality bigint, status bigint, hold bigint,
--     confirms bigint, denies bigint, batch id?, source_id text, at bigint, gen bigint, mark bytea, was bytea) -> changed
UPDATE bank_hashes SET seq = :seq, video = :video, quality = :quality, status = :status, hold = :hold, confirms = :confirms, denies = :denies,
    batch = :batch, source_id = :source_id, at = :at, gen = :gen, mark = :mark
WHERE bank = :bank AND id = :id AND mark = :was;

-- name: bank_hash_mark (bank bigint, id id, gen bigint, mark bytea, was bytea) -> changed
UPDATE bank_hashes SET gen = :gen, mark = :mark WHERE bank = :bank AND id = :id AND mark = :was;

-- name: bank_hashes_after (bank bigint, after id) -> bank_hashes
SELECT {h.*} FROM bank_hashes h WHERE (h.bank, h.id) > (:bank, :after) ORDER BY h.bank, h.id LIMIT 500;

-- name: exchange_records_after (list bigint, after bigint) -> exchange_records
SELECT {x.*} FROM exchange_records x WHERE (x.list, x.no) > (:list, :after) ORDER BY x.list, x.no LIMIT 500;

-- name: exchange_record_mark (list bigint, no bigint, mark bytea, was bytea) -> changed
UPDATE exchange_records SET mark = :mark WHERE list = :list AND no = :no AND mark = :was;

-- name: seen_hash_seal (id id, sealed bytea, was bytea) -> changed
UPDATE seen_hashes SET sealed = :sealed WHERE id = :id AND sealed = :was;

-- name: bank_hash_get (bank bigint, id id) -> one bank_hashes
SELECT {h.*} FROM bank_hashes h WHERE h.bank = :bank AND h.id = :id;

-- name: bank_hashes_since (bank bigint, after bigint, upto bigint, most bigint) -> bank_hashes
SELECT {h.*} FROM bank_hashes h WHERE h.bank = :bank AND h.seq > :after AND h.seq <= :upto ORDER BY h.seq LIMIT :most;

-- name: bank_hashes_all (bank bigint) -> each bank_hashes
SELECT {h.*} FROM bank_hashes h WHERE h.bank = :bank ORDER BY h.id;

-- name: bank_hashes_newest (bank bigint, before bigint) -> bank_hashes
SELECT {h.*} FROM bank_hashes h WHERE h.bank = :bank AND h.seq < :before ORDER BY h.seq DESC LIMIT 51;

-- name: bank_hashes_held (bank bigint, hold bigint, after id) -> bank_hashes
SELECT {h.*} FROM bank_hashes h WHERE h.bank = :bank AND h.hold = :hold AND h.hold > 0 AND h.id > :after ORDER BY h.id LIMIT 51;

-- All records that a source calls by one id: its file's hashes of several kinds.
-- name: bank_hashes_of_source (bank bigint, source_id text) -> bank_hashes
SELECT {h.*} FROM bank_hashes h WHERE h.bank = :bank AND h.source_id = :source_id AND h.source_id <> '' ORDER BY h.id LIMIT 1000;

-- name: bank_hold_count (bank bigint, hold bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM bank_hashes WHERE bank = :bank AND hold = :hold AND hold > 0;

-- name: bank_changed_count (bank bigint, after bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM bank_hashes WHERE bank = :bank AND seq > :after;

-- name: bank_alarm_put (bank bigint, at bigint, rows_wrong bigint, why text) -> done
INSERT INTO bank_alarms (bank, at, rows_wrong, why) VALUES (:bank, :at, :rows_wrong, :why)
ON CONFLICT (bank) DO UPDATE SET at = excluded.at, rows_wrong = excluded.rows_wrong, why = excluded.why;

-- What a process noticed by itself: an alarm that stands already is not made younger, but a file that is wrong is made anew.
-- name: bank_alarm_note (bank bigint, at bigint, rows_wrong bigint, why text) -> done
INSERT INTO bank_alarms (bank, at, rows_wrong, why) VALUES (:bank, :at, :rows_wrong, :why)
ON CONFLICT (bank) DO UPDATE SET rows_wrong = 0, why = excluded.why WHERE excluded.rows_wrong = 0;

-- name: bank_alarm_end (bank bigint) -> done
DELETE FROM bank_alarms WHERE bank = :bank;

-- name: bank_alarms_all () -> (bank bigint, at bigint, rows_wrong bigint, why text)
SELECT bank, at, rows_wrong, why FROM bank_alarms ORDER BY bank LIMIT 1000;

-- name: bank_hits_count (day bigint, bank bigint, hash id, n bigint) -> one (n bigint)
INSERT INTO bank_hit_days (day, bank, hash, n) VALUES (:day, :bank, :hash, :n)
ON CONFLICT (day, bank, hash) DO UPDATE SET n = bank_hit_days.n + excluded.n RETURNING n;

-- name: bank_hits_forget (day bigint) -> done
DELETE FROM bank_hit_days WHERE day < :day;

-- name: bank_hits_of (bank bigint, hash id, day bigint) -> one (n bigint)
SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) AS n FROM bank_hit_days WHERE day = :day AND bank = :bank AND hash = :hash;

-- name: bank_cursor_get (name text) -> one (seq bigint)
SELECT seq FROM bank_cursors WHERE name = :name;

-- name: bank_cursor_put (name text, seq bigint) -> done
INSERT INTO bank_cursors (name, seq) VALUES (:name, :seq) ON CONFLICT (name) DO UPDATE SET seq = excluded.seq;

-- name: bank_opinions_of (bank bigint, hash id) -> bank_opinions
SELECT {o.*} FROM bank_opinions o WHERE o.bank = :bank AND o.hash = :hash ORDER BY o.at, o."by" LIMIT 500;

-- name: bank_batches_of (bank bigint) -> bank_batches
SELECT {b.*} FROM bank_batches b WHERE b.bank = :bank ORDER BY b.id DESC LIMIT 50;

-- Work for the timed job, and what waits for a reviewer.
-- name: bank_batches_in (state text) -> bank_batches
SELECT {b.*} FROM bank_batches b WHERE b.state = :state AND b.state NOT IN ('active', 'refused') ORDER BY b.id LIMIT 100;



-- name: seen_waiting_list (sandbox bigint, urgent bigint, at bigint, id id, most bigint) -> seen
SELECT {s.*} FROM seen s
WHERE s.waits = 1 AND s.sandbox = :sandbox AND (s.urgent < :urgent OR (s.urgent = :urgent AND (s.at > :at OR (s.at = :at AND s.id > :id))))
ORDER BY s.urgent DESC, s.at, s.id LIMIT :most;

-- name: seen_of_state (state text, sandbox bigint, urgent bigint, at bigint, id id, most bigint) -> seen
SELECT {s.*} FROM seen s
WHERE s.state = :state AND s.sandbox = :sandbox AND (s.urgent < :urgent OR (s.urgent = :urgent AND (s.at > :at OR (s.at = :at AND s.id > :id))))
ORDER BY s.urgent DESC, s.at, s.id LIMIT :most;

-- name: seen_count (sandbox bigint) -> one (n bigint)
SELECT COUNT(*) AS n FROM seen WHERE waits = 1 AND sandbox = :sandbox;

-- name: seen_hits_of (seen id) -> seen_hits
SELECT {h.*} FROM seen_hits h WHERE h.seen = :seen ORDER BY h.no;

-- name: seen_hash_keep (id id, until bigint, sealed bytea) -> done
INSERT INTO seen_hashes (id, until, sealed) VALUES (:id, :until, :sealed);

-- name: seen_hashes_after (after id, most bigint) -> (id id, sealed bytea)
SELECT h.id, h.sealed FROM seen_hashes h WHERE h.id > :after ORDER BY h.id LIMIT :most;

-- name: seen_hash_end (id id) -> done
DELETE FROM seen_hashes WHERE id = :id;

-- name: seen_hashes_forget (now bigint) -> done
DELETE FROM seen_hashes WHERE until <= :now;
