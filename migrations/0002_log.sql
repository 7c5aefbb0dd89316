-- What the log needs beside its entries.

-- The newest entry that names a row. Only a short cut: ledger/ checks the entry that it finds here, and audit verify
-- checks the short cut itself against all entries.
CREATE TABLE log_rows (
    tbl TEXT NOT NULL,
    row_key BYTEA NOT NULL,
    log BYTEA NOT NULL,
    PRIMARY KEY (tbl, row_key));

-- The last full hour at which entries of anonymous acts were numbered.
ALTER TABLE log_head ADD COLUMN hour BIGINT NOT NULL DEFAULT 0;

-- Waiting entries are read in the order of their ids, some hundreds at a time.
DROP INDEX log_waiting;
CREATE INDEX log_waiting ON log (anonymous, id) WHERE seq IS NULL;
