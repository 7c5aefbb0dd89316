-- What the dashboard counts by: a job counts cases, clocks and reports again and again, so that a page adds up some thousand rows
-- and not all there are. Not logged: it says nothing that the logged rows do not say, and a count from them must agree.

-- How many, of one kind and code, of an organisation, a province and a month of the instance's calendar.
CREATE TABLE number_cells (
    org BYTEA NOT NULL CHECK (length(org) = 16),    -- zero: of all organisations
    province TEXT NOT NULL,             -- code, '' where nobody said; '*': of all
    month BIGINT NOT NULL,              -- 12 * year + month, January 0; 0: of today
    kind TEXT NOT NULL,                 -- state, age, harm ...: stats.h
    code TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (org, province, month, kind, code));

CREATE TABLE number_runs (
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL);                -- when the last full count began
