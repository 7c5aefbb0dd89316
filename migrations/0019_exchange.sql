-- The exchange of hashes with others (docs/hash-exchange.md): what goes out, and the feeds of others that we read.

-- Which banks go out to partners. A row stays when sharing ends, for what was given out has to be called back.
CREATE TABLE exchange_shares (
    bank BYTEA NOT NULL PRIMARY KEY CHECK (length(bank) = 16),
    state TEXT NOT NULL,                -- proposed, shared, ended
    proposed_by BYTEA NOT NULL CHECK (length(proposed_by) = 16),
    proposed_at BIGINT NOT NULL,
    confirmed_by BYTEA CHECK (length(confirmed_by) = 16),       -- another person
    confirmed_at BIGINT,
    ended_by BYTEA CHECK (length(ended_by) = 16),
    ended_at BIGINT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

-- Feeds of others: the only addresses that are ever asked.
CREATE TABLE exchange_sources (
    id BYTEA NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,                 -- stopncii, ncmec
    base TEXT NOT NULL,                 -- "https://api.stopncii.org/v1", "https://report.cybertip.org/hashsharing"
    bank BYTEA NOT NULL CHECK (length(bank) = 16),
    sealed BYTEA NOT NULL,              -- user (or subscription key) and secret, boxed under the house's key
    minutes BIGINT NOT NULL,            -- between two fetches
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    set_at BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

-- not logged: each record carries a mark of the house instead (exchange.c)

-- How far a list (0 production, 1 sandbox) has come. no: of the newest record. at: seconds; nothing will ever be added to the list
-- under this time or an earlier one. seq: of the banks, up to which records were taken over.
CREATE TABLE exchange_heads (
    list BIGINT NOT NULL PRIMARY KEY,
    no BIGINT NOT NULL,
    at BIGINT NOT NULL,
    seq BIGINT NOT NULL);
-- The last number of every second in which records were added.
CREATE TABLE exchange_times (
    list BIGINT NOT NULL,
    at BIGINT NOT NULL,
    no BIGINT NOT NULL,
    PRIMARY KEY (list, at));
-- What goes out: each value once, under the number of its latest change.
CREATE TABLE exchange_records (
    list BIGINT NOT NULL,
    no BIGINT NOT NULL,
    key BYTEA NOT NULL CHECK (length(key) = 16),        -- of kind and value: the id under which others know it
    kind BIGINT NOT NULL,
    value BYTEA NOT NULL,
    bank BYTEA NOT NULL CHECK (length(bank) = 16),      -- whose record stands for it now
    hash BYTEA NOT NULL CHECK (length(hash) = 16),
    status BIGINT NOT NULL,
    video BIGINT NOT NULL,
    family BIGINT NOT NULL,
    quality BIGINT NOT NULL,
    at BIGINT NOT NULL,                 -- seconds
    words TEXT NOT NULL,                -- what partners say of it, as JSON of StopNCII's CSPFeedbacks
    mark BYTEA NOT NULL,
    PRIMARY KEY (list, no));
CREATE UNIQUE INDEX exchange_records_by_key ON exchange_records (list, key);
-- Banks that go out, or did: where that changed, all their records are taken over anew, up to `upto`; what comes later is taken over as
-- every other change.
CREATE TABLE exchange_work (
    bank BYTEA NOT NULL PRIMARY KEY CHECK (length(bank) = 16),
    open BIGINT NOT NULL CHECK (open IN (0, 1)),
    seq BIGINT NOT NULL,
    upto BIGINT NOT NULL);

-- How far a feed was read: one row a feed, moved in the transaction that takes a page over.
CREATE TABLE exchange_reads (
    source BYTEA NOT NULL PRIMARY KEY CHECK (length(source) = 16),
    since BIGINT NOT NULL,              -- seconds: where the present round began
    until BIGINT NOT NULL,              -- NCMEC: where it ends; 0: none is open
    next TEXT NOT NULL,                 -- the page that comes next; '': the first
    due BIGINT NOT NULL,
    lease BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    ok_at BIGINT NOT NULL,              -- of the last round that came to its end; 0: none did
    records BIGINT NOT NULL,            -- taken over in all
    skipped BIGINT NOT NULL,            -- of a kind that we keep nothing of, or malformed
    fault TEXT NOT NULL);               -- why the last try failed; ''
-- NCMEC deletes entries by their name, and one hash may stand in several.
CREATE TABLE exchange_entries (
    source BYTEA NOT NULL CHECK (length(source) = 16),
    entry TEXT NOT NULL,                -- MEMBER-ID
    key BYTEA NOT NULL CHECK (length(key) = 16),
    kind BIGINT NOT NULL,
    value BYTEA NOT NULL,
    PRIMARY KEY (source, entry, key));
CREATE INDEX exchange_entries_by_key ON exchange_entries (source, key);
