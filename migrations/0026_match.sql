-- What a partner lets us keep of what its programs ask (src/matches/match.h). Without a row: nothing but counts.
CREATE TABLE match_settings (
    org BYTEA NOT NULL REFERENCES organisations CHECK (length(org) = 16),
    sandbox BIGINT NOT NULL CHECK (sandbox IN (0, 1)),
    keep TEXT NOT NULL CHECK (keep IN ('nothing', 'hits', 'hashes')),
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    set_at BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (org, sandbox));
