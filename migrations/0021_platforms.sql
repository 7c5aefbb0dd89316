-- Reports from platforms (docs/ispws.md). What they say lies sealed in the compartments of a case; here is where a report stands.

CREATE TABLE platform_reports (
    id BYTEA NOT NULL PRIMARY KEY,      -- of its case, too, as long as there is one
    no BIGINT NOT NULL UNIQUE,          -- what the platform knows it by: random, so it counts nothing
    org BYTEA NOT NULL REFERENCES organisations CHECK (length(org) = 16),
    token BYTEA NOT NULL CHECK (length(token) = 16),
    sandbox BIGINT NOT NULL CHECK (sandbox IN (0, 1)),
    via TEXT NOT NULL,                  -- ispws, json
    state TEXT NOT NULL,                -- open, finished, retracted, expired
    kept BIGINT NOT NULL CHECK (kept IN (0, 1)),                -- its case is there
    unit BYTEA CHECK (length(unit) = 16),                       -- that may open it; NULL in the sandbox
    kind TEXT NOT NULL,                 -- of the incident: material, enticement ...
    urgent BIGINT NOT NULL CHECK (urgent IN (0, 1)),
    files BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    changed BIGINT NOT NULL,            -- when the platform last added to it
    finished BIGINT,
    bundle BYTEA CHECK (length(bundle) = 16),                   -- the first report of those that seem to be of one thing
    decision TEXT NOT NULL,             -- '', case, track, duplicate, unfounded
    decided BIGINT,
    answer TEXT NOT NULL,               -- what the platform was told: '', read, taken, more, ended
    answered BIGINT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX platform_reports_queue ON platform_reports (unit, state, decision, urgent DESC, finished, id);
CREATE INDEX platform_reports_bundle ON platform_reports (bundle, finished, id);
CREATE INDEX platform_reports_of_org ON platform_reports (org, sandbox, opened DESC, id);
CREATE INDEX platform_reports_going ON platform_reports (state, changed) WHERE state = 'open';
CREATE INDEX platform_reports_gone ON platform_reports (state, id) WHERE kept = 1;

-- Files in the order in which they came. A file of the sandbox is nowhere else: its bytes were not kept.
CREATE TABLE platform_files (
    id BYTEA NOT NULL PRIMARY KEY,
    report BYTEA NOT NULL REFERENCES platform_reports CHECK (length(report) = 16),
    no BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    UNIQUE (report, no));

-- A decision that takes two people: who asked, and who agreed. The reasons are records in N.
CREATE TABLE platform_asks (
    report BYTEA NOT NULL PRIMARY KEY REFERENCES platform_reports CHECK (length(report) = 16),
    decision TEXT NOT NULL,             -- duplicate, unfounded
    of_report BYTEA CHECK (length(of_report) = 16),             -- whose duplicate it is
    asked_by BYTEA NOT NULL CHECK (length(asked_by) = 16),
    asked BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

-- not logged: by what reports are put together. Each hash is keyed by the house; whoever writes here can put them together wrongly and
-- hides nothing, for every report stands in the list by itself. ------------------------------------------------------------------

CREATE TABLE platform_marks (
    report BYTEA NOT NULL CHECK (length(report) = 16),
    hash BYTEA NOT NULL,
    kind TEXT NOT NULL,                 -- incident, account, file
    PRIMARY KEY (report, hash));
CREATE INDEX platform_marks_by_hash ON platform_marks (hash, report);

CREATE TABLE platform_bundles (
    hash BYTEA NOT NULL PRIMARY KEY,
    bundle BYTEA NOT NULL CHECK (length(bundle) = 16));
CREATE INDEX platform_bundles_of ON platform_bundles (bundle);
