-- Partners, banks of hashes, what platforms send and what was matched.

-- blocklists ---------------------------------------------------------------------------------------------------------------

-- Names and addresses that are to be blocked, each with the people who stand for it (docs/blocklist.md). `key` is the host with
-- its labels reversed and a dot behind each ("example.bad."), and of a single address the path behind it ("example.bad./a/b"): so
-- a parent is a prefix of what it covers, and both databases sort by bytes alike.
CREATE TABLE blocklist (
    id BYTEA NOT NULL PRIMARY KEY,
    key BYTEA NOT NULL,
    class TEXT NOT NULL,                -- code of content/lists/classes.txt
    source TEXT NOT NULL,
    basis TEXT NOT NULL,                -- the legal basis, in words
    state TEXT NOT NULL,                -- proposed, active, appealed, expired, removed, refused
    two BIGINT NOT NULL CHECK (two IN (0, 1)),                  -- needs two reviewers
    batch BYTEA CHECK (length(batch) = 16),                     -- those of one import share it
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    set_at BIGINT NOT NULL,
    first_by BYTEA CHECK (length(first_by) = 16),
    first_at BIGINT,
    second_by BYTEA CHECK (length(second_by) = 16),
    second_at BIGINT,
    expires BIGINT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX blocklist_by_state ON blocklist (state, id);
CREATE INDEX blocklist_by_key ON blocklist (key);
CREATE INDEX blocklist_by_batch ON blocklist (batch, id) WHERE batch IS NOT NULL;
CREATE INDEX blocklist_expires ON blocklist (expires) WHERE expires IS NOT NULL;
-- One entry for a name that is in force or may come into force.
CREATE UNIQUE INDEX blocklist_live ON blocklist (key) WHERE state IN ('proposed', 'active', 'appealed');

-- What was done with an entry, and why. It is never changed.
CREATE TABLE blocklist_words (
    entry BYTEA NOT NULL REFERENCES blocklist CHECK (length(entry) = 16),
    id BYTEA NOT NULL,
    at BIGINT NOT NULL,                 -- of an appeal, which is anonymous: the day
    "by" BYTEA CHECK (length("by") = 16),
    act TEXT NOT NULL,
    words TEXT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (entry, id));

-- Somebody without an account asks for a name to be taken out. sealed: words and how to reach them, boxed under the house's key.
CREATE TABLE blocklist_appeals (
    id BYTEA NOT NULL PRIMARY KEY,
    entry BYTEA NOT NULL REFERENCES blocklist CHECK (length(entry) = 16),
    day BIGINT NOT NULL,
    state TEXT NOT NULL,                -- open, upheld, rejected
    sealed BYTEA NOT NULL,
    decided_by BYTEA CHECK (length(decided_by) = 16),
    decided_at BIGINT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX blocklist_appeals_by_state ON blocklist_appeals (state, day);
CREATE INDEX blocklist_appeals_by_entry ON blocklist_appeals (entry, state);

-- How a list (content/lists/classes.txt) goes out: to everybody or by token, under which zone name, and where a blocked name leads.
CREATE TABLE blocklist_feeds (
    list TEXT NOT NULL PRIMARY KEY,
    open BIGINT NOT NULL CHECK (open IN (0, 1)),
    zone TEXT NOT NULL,
    walled TEXT NOT NULL,               -- host of the help page; '': the name does not exist
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    set_at BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

-- Who may fetch a list over HTTP: the token itself is shown once.
CREATE TABLE blocklist_readers (
    id BYTEA NOT NULL PRIMARY KEY,
    list TEXT NOT NULL,
    holder TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    set_at BIGINT NOT NULL,
    until BIGINT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

-- Resolvers that take a list as a zone: the name and secret of their key (TSIG), and where they want to hear of a change.
CREATE TABLE blocklist_peers (
    id BYTEA NOT NULL PRIMARY KEY,
    list TEXT NOT NULL,
    holder TEXT NOT NULL,
    key_name TEXT NOT NULL UNIQUE,
    secret BYTEA NOT NULL,              -- boxed under the house's key
    notify TEXT NOT NULL,               -- ADDRESS:PORT, or ''
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    set_at BIGINT NOT NULL,
    until BIGINT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

-- What was published. The digests stand for the plain tables below: a name put there by another hand is found before it goes out.
CREATE TABLE zone_versions (
    list TEXT NOT NULL,
    serial BIGINT NOT NULL,
    at BIGINT NOT NULL,
    names BIGINT NOT NULL,
    digest BYTEA NOT NULL,              -- of all names of the list
    changes BYTEA NOT NULL,             -- of what changed since the version before
    whole BIGINT NOT NULL CHECK (whole IN (0, 1)),      -- cannot be told as a change: the walled page moved
    walled TEXT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (list, serial));

-- not logged
CREATE TABLE zone_names (
    list TEXT NOT NULL,
    key BYTEA NOT NULL,
    class TEXT NOT NULL,
    PRIMARY KEY (list, key));
CREATE TABLE zone_changes (
    list TEXT NOT NULL,
    serial BIGINT NOT NULL,
    op BIGINT NOT NULL,                 -- 0 gone, 1 new, 2 another class
    key BYTEA NOT NULL,
    PRIMARY KEY (list, serial, op, key));
-- wanted > done: entries changed since the lists were made last.
CREATE TABLE zone_work (
    no BIGINT NOT NULL PRIMARY KEY,
    wanted BIGINT NOT NULL,
    done BIGINT NOT NULL);
