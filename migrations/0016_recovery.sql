-- Recovery of an organisation's units (SECURITY.md, "Lost password / phone ... Nobody left"). The sealed shares themselves stand
-- in recovery_shares until their trustees have printed them.

-- One recovery key of an organisation. Its public half stands in organisations.rpk while it is the present one.
CREATE TABLE recovery_keys (
    org BYTEA NOT NULL REFERENCES organisations,
    no BIGINT NOT NULL,                 -- 1, 2 ...; in recovery_shares: ceremony
    needed BIGINT NOT NULL,             -- how many shares give the key again: 2 of 3, or 1 of 1
    state TEXT NOT NULL,                -- proposed, present, over
    proposal BYTEA CHECK (length(proposal) = 16),       -- which a second person confirmed; NULL: drawn after a recovery
    made_at BIGINT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (org, no));

-- Who keeps its shares. mark: hash of the share, so that a sheet can be tried without the key.
CREATE TABLE recovery_trustees (
    org BYTEA NOT NULL REFERENCES organisations,
    no BIGINT NOT NULL,
    trustee BYTEA NOT NULL CHECK (length(trustee) = 16),
    place BIGINT NOT NULL,              -- 1 .. 3: which of the shares
    mark BYTEA,
    printed_at BIGINT,
    tried_at BIGINT,                    -- the yearly drill
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (org, no, trustee));
CREATE INDEX recovery_trustees_by_trustee ON recovery_trustees (trustee);

-- A unit whose keys nobody holds is to be opened for a new member: asked, told to all, 24 hours, two trustees.
CREATE TABLE recoveries (
    id BYTEA NOT NULL PRIMARY KEY,
    org BYTEA NOT NULL REFERENCES organisations,
    no BIGINT NOT NULL,                 -- the recovery key that is to open it
    unit BYTEA NOT NULL REFERENCES units,
    "user" BYTEA NOT NULL REFERENCES users,     -- the new member
    xpk BYTEA NOT NULL,                 -- whose key it was when asked: an account given anew meanwhile gets nothing
    asked_by BYTEA NOT NULL CHECK (length(asked_by) = 16),
    asked_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,              -- waiting, done, refused
    decided_by BYTEA CHECK (length(decided_by) = 16),
    decided_at BIGINT,
    reason TEXT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX recoveries_by_org ON recoveries (org, asked_at);

-- The first share typed in, wrapped to each of the other trustees: only the next one who types opens it.
CREATE TABLE recovery_typed (
    recovery BYTEA NOT NULL REFERENCES recoveries,
    trustee BYTEA NOT NULL CHECK (length(trustee) = 16),
    reader BYTEA NOT NULL CHECK (length(reader) = 16),
    x BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (recovery, trustee, reader));
