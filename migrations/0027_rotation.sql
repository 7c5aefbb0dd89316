-- The lines of the key file after the first, as the log knows them. note: signed by the line before it, names this one's public key, so
-- that a witness who knew the old key can follow. ended: when the line was taken out of the file.
CREATE TABLE key_lines (
    gen BIGINT NOT NULL PRIMARY KEY,
    log_pk BYTEA NOT NULL,
    since BIGINT NOT NULL,
    note TEXT NOT NULL,
    ended BIGINT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

-- not logged ------------------------------------------------------------------------------------------------------------------

-- How far the turning to a line has come in each table. Only a place to go on from: what still names an old line is counted anew.
CREATE TABLE key_work (
    step TEXT NOT NULL PRIMARY KEY,
    gen BIGINT NOT NULL,
    after BYTEA NOT NULL,
    done BIGINT NOT NULL CHECK (done IN (0, 1)));

-- Which lines each running process has, so that none becomes current, and none goes, before all of them are ready for it.
CREATE TABLE key_holders (
    id BYTEA NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,                 -- machine and process
    gen BIGINT NOT NULL,                -- what it writes with
    lines TEXT NOT NULL,                -- " 1 2 "
    at BIGINT NOT NULL);
