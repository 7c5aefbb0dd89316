-- Banks of hashes, and what was seen.

-- A bank: hashes and addresses of one source, class and legal basis. `no` stands for it in the plain tables below.
CREATE TABLE banks (
    id BYTEA NOT NULL PRIMARY KEY,
    no BIGINT NOT NULL UNIQUE,
    code TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    source TEXT NOT NULL,
    class TEXT NOT NULL,                -- code of content/banks/classes.txt
    basis TEXT NOT NULL,                -- the legal basis, in words
    radius BIGINT NOT NULL CHECK (radius BETWEEN 0 AND 64),
    flood BIGINT NOT NULL,              -- matches of one hash in a day that put it into quarantine
    negative BIGINT NOT NULL CHECK (negative IN (0, 1)),        -- what it knows is harmless: suppresses others' hits
    sandbox BIGINT NOT NULL CHECK (sandbox IN (0, 1)),
    org BYTEA CHECK (length(org) = 16),                         -- a partner's own bank
    state TEXT NOT NULL,                -- proposed, active, off
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    set_at BIGINT NOT NULL,
    first_by BYTEA CHECK (length(first_by) = 16),               -- who approved it, and what changed last
    first_at BIGINT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX banks_by_sandbox ON banks (sandbox, no);
CREATE INDEX banks_by_org ON banks (org) WHERE org IS NOT NULL;

-- Each act on a bank's records gives it a version. `sum` is boxed under the house's key: the XOR of a secret half of each record's
-- mark. So a record that was altered, put there or taken away behind our back is found by whoever reads all of them, and an import of a million costs one
-- row of the log for each batch, not for each record.
CREATE TABLE bank_versions (
    bank BIGINT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,                 -- never falls while seq rises
    first_seq BIGINT NOT NULL,          -- numbers of the records that this act wrote
    last_seq BIGINT NOT NULL,
    records BIGINT NOT NULL,            -- of the bank, whatever their status
    sum BYTEA NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (bank, version));
CREATE INDEX bank_versions_by_time ON bank_versions (at, first_seq);

-- What a mapped file holds: those who open it compare its digests with these.
CREATE TABLE bank_builds (
    bank BIGINT NOT NULL,
    build BIGINT NOT NULL,
    version BIGINT NOT NULL,
    seq BIGINT NOT NULL,                -- records up to this number are in it
    at BIGINT NOT NULL,
    n_full BIGINT NOT NULL,
    n_cpp512 BIGINT NOT NULL,
    n_exact BIGINT NOT NULL,
    digest_full BYTEA,                  -- BLAKE2b of the file; NULL: there is none
    digest_cpp512 BYTEA,
    digest_exact BYTEA,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (bank, build));

-- A file of hashes that somebody brought: checked, importing, waiting (for a reviewer), approving, active; refusing, refused. The list itself lies
-- in DIR/banks/import/ID.list until then; `done` of its records were gone through in the present state.
CREATE TABLE bank_batches (
    id BYTEA NOT NULL PRIMARY KEY,
    bank BIGINT NOT NULL,
    name TEXT NOT NULL,                 -- of the file
    format TEXT NOT NULL,
    records BIGINT NOT NULL,
    done BIGINT NOT NULL,               -- of them, taken in
    added BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    same BIGINT NOT NULL,
    digest BYTEA NOT NULL,              -- BLAKE2b of the kept list
    state TEXT NOT NULL,
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    set_at BIGINT NOT NULL,
    first_by BYTEA CHECK (length(first_by) = 16),
    first_at BIGINT,
    second_by BYTEA CHECK (length(second_by) = 16),
    second_at BIGINT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX bank_batches_by_bank ON bank_batches (bank, id);
CREATE INDEX bank_batches_open ON bank_batches (state, id) WHERE state NOT IN ('active', 'refused');

-- One person's or partner's word on a record.
CREATE TABLE bank_opinions (
    bank BIGINT NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 16),
    "by" BYTEA NOT NULL CHECK (length("by") = 16),
    staff BIGINT NOT NULL CHECK (staff IN (0, 1)),
    word TEXT NOT NULL,                 -- propose, confirm, deny, say
    value TEXT NOT NULL,
    words TEXT NOT NULL,
    at BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (bank, hash, "by"));

-- What hit a bank or a text signal and waits for an analyst. sealed: reference, context and hashes, under the house's key.
CREATE TABLE seen (
    id BYTEA NOT NULL PRIMARY KEY,
    source BIGINT NOT NULL,
    partner BYTEA CHECK (length(partner) = 16),
    object BYTEA CHECK (length(object) = 16),
    kind TEXT NOT NULL,
    class TEXT NOT NULL,
    at BIGINT NOT NULL,                 -- of an anonymous act: the day
    state TEXT NOT NULL,                -- new, confirmed, rejected, doubtful, second
    waits BIGINT NOT NULL CHECK (waits IN (0, 1)),
    urgent BIGINT NOT NULL CHECK (urgent IN (0, 1)),
    sandbox BIGINT NOT NULL CHECK (sandbox IN (0, 1)),
    sealed BYTEA NOT NULL,
    decided_by BYTEA CHECK (length(decided_by) = 16),
    decided_at BIGINT,
    second_by BYTEA CHECK (length(second_by) = 16),
    second_at BIGINT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX seen_waiting ON seen (sandbox, urgent, at, id) WHERE waits = 1;
CREATE INDEX seen_by_state ON seen (sandbox, state, urgent, at, id);
CREATE INDEX seen_by_object ON seen (object) WHERE object IS NOT NULL;

CREATE TABLE seen_hits (
    seen BYTEA NOT NULL REFERENCES seen CHECK (length(seen) = 16),
    no BIGINT NOT NULL,
    bank BIGINT NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 16),
    thing BIGINT NOT NULL,
    query BIGINT NOT NULL,
    distance BIGINT NOT NULL,
    negative BIGINT NOT NULL,
    suppressed BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    confirmed BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (seen, no));

-- not logged: the digests above stand for them

-- Numbers: kind, family, status, hold as in matches/banks.h. mark: of all columns, under the house's key; a row that is read is checked.
CREATE TABLE bank_hashes (
    bank BIGINT NOT NULL,
    id BYTEA NOT NULL CHECK (length(id) = 16),          -- hash_id of the value
    seq BIGINT NOT NULL,
    kind BIGINT NOT NULL,
    family BIGINT NOT NULL,
    video BIGINT NOT NULL,
    value BYTEA NOT NULL,
    quality BIGINT NOT NULL,
    status BIGINT NOT NULL,
    hold BIGINT NOT NULL,
    confirms BIGINT NOT NULL,
    denies BIGINT NOT NULL,
    batch BYTEA CHECK (length(batch) = 16),
    source_id TEXT NOT NULL,
    added BIGINT NOT NULL,
    at BIGINT NOT NULL,
    gen BIGINT NOT NULL,
    mark BYTEA NOT NULL,
    PRIMARY KEY (bank, id));
CREATE UNIQUE INDEX bank_hashes_by_seq ON bank_hashes (bank, seq);
CREATE INDEX bank_hashes_held ON bank_hashes (bank, hold, id) WHERE hold > 0;
CREATE INDEX bank_hashes_by_source ON bank_hashes (bank, source_id) WHERE source_id <> '';

-- One row. seq: the last number that was given; whoever updates it holds it until the commit, so numbers become visible in their order.
CREATE TABLE bank_work (
    no BIGINT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    turn BIGINT NOT NULL);              -- rises with everything that readers of banks have to hear of
CREATE TABLE bank_cursors (
    name TEXT NOT NULL PRIMARY KEY,
    seq BIGINT NOT NULL);
-- What a process found wrong with a bank's file or records.
CREATE TABLE bank_alarms (
    bank BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    rows_wrong BIGINT NOT NULL,         -- 1: the table, not the file
    why TEXT NOT NULL);
CREATE TABLE bank_hit_days (
    day BIGINT NOT NULL,
    bank BIGINT NOT NULL,
    hash BYTEA NOT NULL CHECK (length(hash) = 16),
    n BIGINT NOT NULL,
    PRIMARY KEY (day, bank, hash));
-- Hashes of what hit nothing, sealed, for as long as content/banks/classes.txt says.
CREATE TABLE seen_hashes (
    id BYTEA NOT NULL PRIMARY KEY,
    until BIGINT NOT NULL,
    sealed BYTEA NOT NULL);
CREATE INDEX seen_hashes_until ON seen_hashes (until);
