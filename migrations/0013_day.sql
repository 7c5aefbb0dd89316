-- The caseworker's day: services and follow-ups, meetings, what staff set for themselves. Words (who gives it, what came of it,
-- minutes) are records in N; here stand codes, times of staff acts and who.

-- A service that was planned for a child, or a follow-up: somebody looks again by a day.
CREATE TABLE supports (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL REFERENCES cases CHECK (length(case_id) = 16),
    kind TEXT NOT NULL,                 -- service, follow
    type TEXT NOT NULL,                 -- code of content/process/lists.txt: list "service" or "follow"
    service BYTEA REFERENCES services CHECK (length(service) = 16),         -- of the directory; NULL: named in the words
    words BYTEA CHECK (length(words) = 16),     -- record in N: provider, aim
    outcome BYTEA CHECK (length(outcome) = 16), -- record in N: what came of it, or why it was not given
    state TEXT NOT NULL,                -- planned, given, not_given
    due BIGINT NOT NULL,
    referral BYTEA REFERENCES referrals CHECK (length(referral) = 16),      -- where the outcome comes back from
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    since BIGINT NOT NULL,
    ended BIGINT,
    ended_by BYTEA CHECK (length(ended_by) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX supports_by_case ON supports (case_id, state, due);
CREATE INDEX supports_by_referral ON supports (referral) WHERE referral IS NOT NULL;

-- A case conference. Its place, subject, guests from outside and minutes are records in N.
CREATE TABLE meetings (
    id BYTEA NOT NULL PRIMARY KEY,
    case_id BYTEA NOT NULL REFERENCES cases CHECK (length(case_id) = 16),
    at BIGINT NOT NULL,
    state TEXT NOT NULL,                -- planned, held, dropped
    words BYTEA CHECK (length(words) = 16),
    minutes BYTEA CHECK (length(minutes) = 16),
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    since BIGINT NOT NULL,
    ended BIGINT,
    ended_by BYTEA CHECK (length(ended_by) = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX meetings_by_case ON meetings (case_id, state, at);

-- Members of staff who were asked to come: it stands among their own work. Units that were referred to hear of it in the thread.
CREATE TABLE meeting_guests (
    meeting BYTEA NOT NULL REFERENCES meetings CHECK (length(meeting) = 16),
    "user" BYTEA NOT NULL REFERENCES users CHECK (length("user") = 16),
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (meeting, "user"));
CREATE INDEX meeting_guests_by_user ON meeting_guests ("user");

-- A supervisor's page: cases of a unit in one state, and how many each person has.
CREATE INDEX casefiles_in_state ON casefiles (unit, state) WHERE open = 1;
CREATE INDEX casefiles_load ON casefiles (unit, open, worker, level, due);

-- A search by name goes through a unit's grants in the order of compartments: so the rows of compartments and records that it
-- asks for lie beside each other.
DROP INDEX grants_by_unit;
CREATE INDEX grants_by_unit ON grants (unit, comp);

-- Acts that wait for a second person, the oldest first: few at any time.
CREATE INDEX case_asks_by_time ON case_asks (asked);

-- not logged ------------------------------------------------------------------------------------------------------------------

-- What people set for themselves where they look at what wears out, and how long they have worked without a break: the present
-- stretch alone, seen by nobody else.
CREATE TABLE comforts (
    "user" BYTEA NOT NULL PRIMARY KEY REFERENCES users CHECK (length("user") = 16),
    grey BIGINT NOT NULL CHECK (grey IN (0, 1)),
    began BIGINT NOT NULL,              -- of the present stretch of case work
    seen BIGINT NOT NULL,               -- the last page of it
    told BIGINT NOT NULL);              -- when a break was last suggested
