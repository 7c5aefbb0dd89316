-- Pictures that a child told of without sending them: the hashes were made in the browser. They lie sealed to N of the report
-- until they are withdrawn; only an officer's confirmation takes them into a bank.
CREATE TABLE pictures (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL REFERENCES cases CHECK (length(case_id) = 16),       -- of the report whose code sent it
    comp BYTEA NOT NULL REFERENCES compartments CHECK (length(comp) = 16),      -- whose keys open `sealed`
    no BIGINT NOT NULL,                 -- in its report: what the child and staff call it
    kind TEXT NOT NULL,                 -- picture (PDQ and file hashes), file (file hashes alone: a film, or what no browser opens)
    state TEXT NOT NULL,                -- new, confirmed, refused, withdrawn
    day BIGINT NOT NULL,
    sealed BYTEA NOT NULL,              -- the hashes; empty once withdrawn
    words BYTEA CHECK (length(words) = 16),         -- record in N: why staff decided so
    decided BIGINT,
    decided_by BYTEA CHECK (length(decided_by) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE UNIQUE INDEX pictures_by_case ON pictures (case_id, no);

-- What a confirmed picture became in a bank: a row for each of its hashes.
CREATE TABLE picture_hashes (
    picture BYTEA NOT NULL REFERENCES pictures CHECK (length(picture) = 16),
    hash BYTEA NOT NULL CHECK (length(hash) = 16),  -- of the bank
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (picture, hash));
CREATE INDEX picture_hashes_by_hash ON picture_hashes (hash);
