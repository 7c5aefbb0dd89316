-- How long a case is kept, what stops its end, and what is left of it then.

-- A closed case or report whose time runs: made by a job when it is closed, gone when it is taken up again.
CREATE TABLE retentions (
    case_id BYTEA NOT NULL PRIMARY KEY REFERENCES cases CHECK (length(case_id) = 16),
    unit BYTEA NOT NULL REFERENCES units CHECK (length(unit) = 16),         -- whose case it is: its supervisors decide
    class TEXT NOT NULL,                -- code of content/process/retention.txt
    since BIGINT NOT NULL,              -- when it was closed; of a report without a file: the day on which it came
    due BIGINT NOT NULL,                -- kept until then
    set_by BYTEA CHECK (length(set_by) = 16),       -- who chose the class; NULL: the usual one
    state TEXT NOT NULL,                -- kept, asked (to be erased: waits for a second person)
    why TEXT,                           -- of the asking: code of content/process/retention.txt
    asked_by BYTEA CHECK (length(asked_by) = 16),
    asked BIGINT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX retentions_by_unit ON retentions (unit, due, case_id);

-- Nothing of the case may be erased while one stands. Taken off by two persons.
CREATE TABLE legal_holds (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL REFERENCES cases CHECK (length(case_id) = 16),
    why TEXT NOT NULL,                  -- code; the words are a line of the case's timeline
    since BIGINT NOT NULL,
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    off_asked_by BYTEA CHECK (length(off_asked_by) = 16),
    ended BIGINT,
    ended_by BYTEA CHECK (length(ended_by) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX legal_holds_by_case ON legal_holds (case_id, ended);

-- What is left of an erased case: nothing that says whose it was.
CREATE TABLE tombstones (
    case_id BYTEA NOT NULL PRIMARY KEY CHECK (length(case_id) = 16),
    unit BYTEA NOT NULL REFERENCES units CHECK (length(unit) = 16),
    class TEXT NOT NULL,
    why TEXT NOT NULL,
    day BIGINT NOT NULL,
    asked_by BYTEA NOT NULL CHECK (length(asked_by) = 16),
    erased_by BYTEA NOT NULL CHECK (length(erased_by) = 16),
    records BIGINT NOT NULL,
    files BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX tombstones_by_unit ON tombstones (unit, day, case_id);

-- not logged ------------------------------------------------------------------------------------------------------------------

-- What erased cases count for in the numbers of past months (number_cells, before sums): they stay true when cases go.
CREATE TABLE number_kept (
    org BYTEA NOT NULL CHECK (length(org) = 16),
    province TEXT NOT NULL,
    month BIGINT NOT NULL,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (org, province, month, kind, code));

-- Files on the disk whose rows went with an erased case: a job takes them away, also after a crash in between.
CREATE TABLE files_to_end (
    id BYTEA NOT NULL PRIMARY KEY);
