-- The work on a case: its file, tasks, flags, and what goes to other organisations. Words (a task's text, reasons, names)
-- are records in the case's compartments; here stand codes, times of staff acts and who.

-- The file of a case, opened from a report, by staff for a child who called, or for what another organisation referred.
-- The conversation keeps its own state in table cases; the process (content/process/) moves this one.
CREATE TABLE casefiles (
    case_id BYTEA NOT NULL PRIMARY KEY REFERENCES cases CHECK (length(case_id) = 16),
    year BIGINT NOT NULL,               -- TH-YYYY-NNNN is made of year and no: counted for the instance
    no BIGINT NOT NULL,
    unit BYTEA NOT NULL REFERENCES units CHECK (length(unit) = 16),         -- owner, as cases.owner_unit
    worker BYTEA REFERENCES users CHECK (length(worker) = 16),
    process TEXT NOT NULL,              -- folder below content/process/
    version BIGINT NOT NULL,            -- file in it: the case keeps the version under which it began
    state TEXT NOT NULL,                -- of that version
    risk TEXT NOT NULL,                 -- '', low, medium, high: a person's conclusion, with a reason in N
    level BIGINT NOT NULL,              -- 0 .. 4: urgency of the report or the risk, whichever is higher; lists sort by it
    raised BIGINT NOT NULL,             -- level that a finished form computed since a person concluded the risk last; 0: none
    open BIGINT NOT NULL CHECK (open IN (0, 1)),
    opened BIGINT NOT NULL,
    closed BIGINT,
    due BIGINT NOT NULL,                -- of the open task that runs out first; 9007199254740991 where there is none
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    UNIQUE (year, no));
CREATE INDEX casefiles_list ON casefiles (unit, open, level DESC, due, case_id);
CREATE INDEX casefiles_mine ON casefiles (worker, open, level DESC, due, case_id);

CREATE TABLE tasks (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL REFERENCES cases CHECK (length(case_id) = 16),
    kind TEXT NOT NULL,                 -- code of content/process/lists.txt
    words BYTEA CHECK (length(words) = 16),     -- record in N
    state TEXT NOT NULL,                -- open, done, dropped
    due BIGINT NOT NULL,
    worker BYTEA CHECK (length(worker) = 16),
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    since BIGINT NOT NULL,
    ended BIGINT,
    ended_by BYTEA CHECK (length(ended_by) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX tasks_by_case ON tasks (case_id, state, due);
CREATE INDEX tasks_by_worker ON tasks (worker, state, due);

CREATE TABLE flags (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL REFERENCES cases CHECK (length(case_id) = 16),
    kind TEXT NOT NULL,                 -- code of content/process/lists.txt
    words BYTEA CHECK (length(words) = 16),     -- record in N: why
    until BIGINT,                       -- the day on which somebody looks again
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    since BIGINT NOT NULL,
    ended BIGINT,
    ended_by BYTEA CHECK (length(ended_by) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX flags_by_case ON flags (case_id, ended);

-- What one unit sent to another. A referral shares chosen fields as a snapshot (compartment T of the sender's case, granted
-- to both) and the receiver works in a case of its own; a transfer moves the case itself.
CREATE TABLE referrals (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,                 -- referral, transfer
    case_id BYTEA NOT NULL REFERENCES cases CHECK (length(case_id) = 16),   -- the sender's
    comp BYTEA REFERENCES compartments CHECK (length(comp) = 16),           -- T; its thread is in it too
    from_unit BYTEA NOT NULL REFERENCES units CHECK (length(from_unit) = 16),
    to_unit BYTEA NOT NULL REFERENCES units CHECK (length(to_unit) = 16),
    to_case BYTEA REFERENCES cases CHECK (length(to_case) = 16),            -- the receiver's own, once accepted
    state TEXT NOT NULL,                -- asked (waits for the second person), sent, accepted, declined, done, revoked, expired
    purpose TEXT NOT NULL,              -- codes of content/process/lists.txt
    consent TEXT NOT NULL,
    against BIGINT NOT NULL CHECK (against IN (0, 1)),      -- the child left this organisation out: two persons decided
    sent_by BYTEA NOT NULL CHECK (length(sent_by) = 16),
    confirmed_by BYTEA CHECK (length(confirmed_by) = 16),
    sent BIGINT NOT NULL,
    expires BIGINT,
    answered BIGINT,
    answered_by BYTEA CHECK (length(answered_by) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX referrals_by_case ON referrals (case_id);
CREATE UNIQUE INDEX referrals_one_transfer ON referrals (case_id) WHERE kind = 'transfer' AND state IN ('asked', 'sent');
CREATE INDEX referrals_by_own ON referrals (to_case) WHERE to_case IS NOT NULL;
CREATE INDEX referrals_to ON referrals (to_unit, state, sent);
CREATE INDEX referrals_from ON referrals (from_unit, state, sent);
CREATE INDEX referrals_expire ON referrals (expires) WHERE expires IS NOT NULL;

-- A unit's keys of one case, and all that a unit may open in the order of ids (search by name).
DROP INDEX grants_by_comp;
CREATE INDEX grants_by_comp ON grants (comp, unit);
DROP INDEX grants_by_unit;
CREATE INDEX grants_by_unit ON grants (unit, id);

-- Keys of a case that was offered to another unit and not taken yet: each is the grant for that unit, boxed under the house's
-- key for jobs, so it opens only with the house AND the unit (as a dormant grant does, but no clock wakes it).
CREATE TABLE offered_grants (
    referral BYTEA NOT NULL REFERENCES referrals CHECK (length(referral) = 16),
    comp BYTEA NOT NULL REFERENCES compartments CHECK (length(comp) = 16),
    sealed BYTEA NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (referral, comp));
CREATE INDEX offered_grants_comp ON offered_grants (comp);
