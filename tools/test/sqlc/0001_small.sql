-- A logged table, and one that is not.
CREATE TABLE cases (
    id BYTEA NOT NULL PRIMARY KEY,
    "user" BYTEA CHECK (length("user") = 16),
    "default" BIGINT NOT NULL,
    note TEXT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

CREATE TABLE visits (
    case_id BYTEA NOT NULL REFERENCES cases,
    day BIGINT NOT NULL,
    seal BYTEA NOT NULL,
    PRIMARY KEY (case_id, day));
