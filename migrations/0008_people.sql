-- Organisations, units and people change by date, and what one administrator sets waits for a second person.

-- What an organisation or a unit was called, and to whom a unit belonged: old records show the name of their day. The row
-- without an end is the present name, which stands in organisations or units as well; a row that begins later is a change to come.
CREATE TABLE names (
    subject BYTEA NOT NULL CHECK (length(subject) = 16),
    since BIGINT NOT NULL,              -- 0: from the beginning
    until BIGINT,
    name TEXT NOT NULL,
    org BYTEA CHECK (length(org) = 16), -- of a unit; NULL: an organisation
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (subject, since));

-- Set by one, decided by another (SECURITY.md, "Joins"). What is proposed has its own row as well, which does nothing while its
-- confirmed_by is NULL.
CREATE TABLE proposals (
    id BYTEA NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,                 -- organisation, unit, route, role, member (the first of a unit), merger
    object BYTEA NOT NULL CHECK (length(object) = 16),      -- organisation, unit, route; of role and member: the person
    org BYTEA NOT NULL REFERENCES organisations,            -- whose affair it is
    target BYTEA CHECK (length(target) = 16),               -- the unit of a route or member; the organisation merged into
    role TEXT,
    since BIGINT,                       -- of a role, as in its row; of a merger: the day
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    set_at BIGINT NOT NULL,
    outcome TEXT NOT NULL,              -- waiting, confirmed, refused, withdrawn
    decided_by BYTEA CHECK (length(decided_by) = 16),
    decided_at BIGINT,
    reason TEXT,                        -- why it was refused
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL);
CREATE INDEX proposals_waiting ON proposals (outcome, set_at);
CREATE INDEX proposals_by_object ON proposals (object);
CREATE INDEX proposals_by_org ON proposals (org, set_at);

-- Who is to become a member, and waits for one who holds the unit's keys; the first of a unit waits for a confirmation.
CREATE TABLE admissions (
    unit BYTEA NOT NULL REFERENCES units,
    "user" BYTEA NOT NULL REFERENCES users,
    until BIGINT,                       -- end of the membership to come
    set_by BYTEA NOT NULL CHECK (length(set_by) = 16),
    set_at BIGINT NOT NULL,
    kgen BIGINT NOT NULL, mac BYTEA NOT NULL,
    PRIMARY KEY (unit, "user"));
CREATE INDEX admissions_by_user ON admissions ("user");

CREATE INDEX units_by_org ON units (org);
CREATE INDEX users_by_org ON users (org);
CREATE INDEX routes_by_unit ON routes (unit);
CREATE INDEX services_by_org ON services (org);
CREATE INDEX members_until ON members (until) WHERE until IS NOT NULL;
CREATE INDEX names_since ON names (since) WHERE until IS NULL;
