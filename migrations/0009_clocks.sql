-- Clocks of a case, and the states it went through. Codes, times of staff acts and units stand here in the clear, so that lists,
-- the sweep and numbers need no key; words and reasons are records in N.

-- One row for each run of a clock of the case's process. What lists call late is computed from due when they are read.
CREATE TABLE clocks (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL REFERENCES cases CHECK (length(case_id) = 16),
    code TEXT NOT NULL,                 -- of the process that the case follows
    unit BYTEA NOT NULL REFERENCES units CHECK (length(unit) = 16),     -- whose case it is now
    above BYTEA CHECK (length(above) = 16),     -- unit of the next organisation that hears when it is late; never one that was left out
    started BIGINT NOT NULL,            -- of an anonymous report: its full hour, the earliest moment that it can have been
    rough BIGINT NOT NULL CHECK (rough IN (0, 1)),      -- started is such an hour
    due BIGINT NOT NULL,
    soon BIGINT NOT NULL,               -- from then on lists call it soon
    state TEXT NOT NULL,                -- running, paused, met, late (ended after due), dropped
    paused BIGINT,                      -- since when it stands still
    ended BIGINT,
    rung BIGINT NOT NULL,               -- rungs of the ladder that were climbed
    next BIGINT NOT NULL,               -- when the sweep looks at it; 9007199254740991: never again
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX clocks_by_case ON clocks (case_id, state);
CREATE INDEX clocks_next ON clocks (next) WHERE state = 'running';
CREATE INDEX clocks_ended ON clocks (code, ended) WHERE ended IS NOT NULL;

-- Every state that a track of a case was in. The row without an end is where it stands; a track without a row stands at its
-- first state. Track "" is the case itself, as casefiles.state.
CREATE TABLE case_states (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL REFERENCES cases CHECK (length(case_id) = 16),
    track TEXT NOT NULL,
    state TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX case_states_by_case ON case_states (case_id, since);
CREATE UNIQUE INDEX case_states_one ON case_states (case_id, track) WHERE until IS NULL;
CREATE INDEX case_states_by_state ON case_states (state, since);

-- Who was told that a clock is late: the number of the case, and nothing of what is in it.
CREATE TABLE clock_notices (
    id BYTEA NOT NULL PRIMARY KEY,
    clock BYTEA NOT NULL REFERENCES clocks CHECK (length(clock) = 16),
    rung BIGINT NOT NULL,
    role TEXT NOT NULL,                 -- owner, supervisor, chair, next
    unit BYTEA NOT NULL REFERENCES units CHECK (length(unit) = 16),
    worker BYTEA REFERENCES users CHECK (length(worker) = 16),  -- owner: the case's worker, if it has one
    at BIGINT NOT NULL,
    seen BIGINT,
    seen_by BYTEA CHECK (length(seen_by) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE UNIQUE INDEX clock_notices_once ON clock_notices (clock, rung);
CREATE INDEX clock_notices_unit ON clock_notices (unit, at) WHERE seen IS NULL;

-- An act of the process that takes two persons: asked by one, waits for another.
CREATE TABLE case_asks (
    case_id BYTEA NOT NULL PRIMARY KEY REFERENCES cases CHECK (length(case_id) = 16),
    act TEXT NOT NULL,
    choice TEXT NOT NULL,               -- item of the act's list
    asked_by BYTEA NOT NULL REFERENCES users CHECK (length(asked_by) = 16),
    asked BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);

-- not logged ------------------------------------------------------------------------------------------------------------------

-- The sweep: when it went last, and whether it stands still because the machine's clock jumped.
CREATE TABLE clock_sweeps (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    at BIGINT NOT NULL,                 -- the newest time that was believed
    held BIGINT,                        -- the time that was not
    allowed BIGINT NOT NULL);           -- a person said that this time is right
