-- What the log's pages list by. The entry itself says the same and is what pages show; audit verify compares the two. `at`
-- of an anonymous act is its day.

ALTER TABLE log ADD COLUMN at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE log ADD COLUMN actor BYTEA CHECK (length(actor) = 16);      -- NULL: a child, or a job
ALTER TABLE log ADD COLUMN unit BYTEA CHECK (length(unit) = 16);
ALTER TABLE log ADD COLUMN act TEXT NOT NULL DEFAULT '';
DROP INDEX log_by_object;
CREATE INDEX log_by_object ON log (object, at, id);
CREATE INDEX log_by_at ON log (at, id);
CREATE INDEX log_by_actor ON log (actor, at, id);
CREATE INDEX log_by_act ON log (act, at, id);

-- Which organisations an entry concerns: whose person or unit acted, and who owned the object then.
CREATE TABLE log_orgs (
    org BYTEA NOT NULL CHECK (length(org) = 16),
    at BIGINT NOT NULL,
    log BYTEA NOT NULL CHECK (length(log) = 16),
    PRIMARY KEY (org, at, log));

-- Roots of the log's perfect subtrees of 256 entries, so that the proof of one entry needs some thousands of hashes and not
-- all entries. Only a short cut: a proof is checked against the signed head before it is shown.
CREATE TABLE log_tiles (
    no BIGINT NOT NULL PRIMARY KEY,
    root BYTEA NOT NULL);

-- The last check of each kind (rows: the whole log and every row; head: it extends the head that a process knew).
CREATE TABLE audits (
    kind TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    fine BIGINT NOT NULL CHECK (fine IN (0, 1)),
    entries BIGINT NOT NULL,
    rows_seen BIGINT NOT NULL,
    bad TEXT NOT NULL);                 -- names a table and an id, never content

-- The numbers of a period.
CREATE INDEX cases_by_day ON cases (owner_unit, day);
